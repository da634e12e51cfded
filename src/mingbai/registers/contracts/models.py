"""The contract at rest 合同: the register's columns as fields; the events of its life; hidden contracts reported."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingbai.kit.record import Record, fields
from mingbai.places.models import Organisation, Person
from mingbai.records.models import Attachment
from mingbai.registers.contracts.register import REGISTER
from mingbai.vault.fields import FreeLine, FreeText, SealedField


class Contract(Record):
    """One contract of a collective. Money in fen, area in 1/10,000 mu, term in months."""

    vars().update(fields(REGISTER))
    register = REGISTER

    class Meta(Record.Meta):
        verbose_name = "合同"
        constraints = (models.UniqueConstraint(fields=("organisation", "serial"), name="contract_serial_once"),)
        indexes = (
            models.Index(fields=("organisation", "serial")),
            models.Index(fields=("organisation", "stage", "deadline")),
            models.Index(fields=("organisation", "irregular", "rectified")),
        )

    @property
    def name(self) -> str:
        """九院村 3 号 王某 果园承包合同"""
        words = self.title or "".join(filter(None, (self.lessee, self.location)))
        return f"{self.organisation.name} {self.contract_no or self.serial} {words or '合同'}"


class ContractEvent(models.Model):
    """Something that happened to a contract 合同事件 (:mod:`mingbai.registers.contracts.life`): added, never changed. An
    ``undo`` names in ``undoes`` the one it strikes."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="events", verbose_name="合同")
    kind = models.CharField("什么事", max_length=20)
    on = models.DateField("日期")
    facts = models.JSONField("事实", default=dict)
    """Numbers in fen and mu4, dates as ISO, names and short words with numbers of persons in part."""
    words = SealedField("说明", null=True, blank=True)
    """Free words, sealed."""
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销")
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭证")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    entered_on = models.DateField("登记日期")

    class Meta:
        ordering = ("on", "id")
        indexes = (models.Index(fields=("organisation", "kind")),)
        verbose_name = "合同事件"

    @property
    def key(self) -> str:
        return f"contracts:{self.contract_id}"


class SelfReport(models.Model):
    """A hidden contract reported by whoever holds it 隐性合同自报. It counts for nothing until the village has confirmed it;
    then it is a contract of the register, whose life begins with the report."""

    class State(models.TextChoices):
        REPORTED = "reported", "待村里确认"
        CONFIRMED = "confirmed", "已确认，进了台账"
        REFUSED = "refused", "核对后不成立"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    number = models.PositiveIntegerField("编号")
    reported_on = models.DateField("自报日期")
    reporter = FreeLine("谁来报的", max_length=60)
    reporter_phone = SealedField("电话", null=True, blank=True)
    reporter_id_no = SealedField("证件号码", null=True, blank=True)
    lessee = FreeLine("谁在用", max_length=60)
    what = FreeLine("什么", max_length=200)
    land_class = models.CharField("地类", max_length=30, blank=True)
    since = models.DateField("从哪天起", null=True, blank=True)
    until = models.DateField("到哪天止", null=True, blank=True)
    area_mu4 = models.BigIntegerField("面积", null=True, blank=True)
    rent_fen_per_year = models.BigIntegerField("年租金（分）", null=True, blank=True)
    oral = models.BooleanField("口头的", default=True)
    words = SealedField("还说了什么", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.REPORTED)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    decided_on = models.DateField("确认日期", null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    reason = FreeText("理由", blank=True)
    sheet = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签好的确认单"
    )
    contract = models.OneToOneField(
        Contract, models.PROTECT, null=True, blank=True, related_name="reported_as", verbose_name="合同"
    )

    class Meta:
        ordering = ("-reported_on", "-id")
        constraints = (models.UniqueConstraint(fields=("organisation", "number"), name="self_report_once"),)
        verbose_name = "隐性合同自报"

    def __str__(self) -> str:
        return f"{self.lessee} {self.what}"


RECORD = Contract
