"""What every register shares: audit events, attachments, decisions of meetings, receipts and the progress of jobs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from mingbai.places.models import Organisation, Person
from mingbai.vault.fields import FreeLine, FreeText, SealedField


class Event(models.Model):
    """An audit event 审计记录: who did what to which records of an organisation, chained by hash to the one before."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="events", verbose_name="组织")
    seq = models.PositiveIntegerField("序号")
    at = models.CharField("时刻", max_length=32)
    on = models.DateField("业务日期")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="events", verbose_name="人员")
    deed = models.CharField("事项", max_length=60, db_index=True)
    note = models.TextField("说明", blank=True)
    lines = models.JSONField("变动", default=list)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("organisation", "seq")
        constraints = (models.UniqueConstraint(fields=("organisation", "seq"), name="event_once"),)
        verbose_name = "审计记录"


class About(models.Model):
    """Which record an event is about, so that a record's history is one look-up."""

    owner: ClassVar[str] = "event__organisation"
    event = models.ForeignKey(Event, models.PROTECT, related_name="abouts")
    record = models.CharField(max_length=60, db_index=True)


class Head(models.Model):
    """The end of an organisation's chain, so that events cut off at the end are missed too. ``abouts`` is a chain of its own over
    what the events are about; ``seal`` a mark over all of it, which nobody makes without the home's key."""

    owner: ClassVar[str] = "organisation"
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="chain_head")
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    abouts = models.CharField(max_length=64)
    seal = models.CharField(max_length=32)


class Attachment(models.Model):
    """An attachment 附件: a file of an organisation, known by the hash of its bytes and sealed on disk."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="attachments", verbose_name="组织")
    sha256 = models.CharField(max_length=64, db_index=True)
    name = FreeLine("文件名", max_length=200)
    kind = models.CharField("类型", max_length=80)
    size = models.BigIntegerField("字节")
    label = FreeLine("是什么", max_length=40, blank=True)
    record = models.CharField(max_length=60, blank=True, db_index=True)
    """The record it belongs to, as ``contracts:12``; "" for a workbook handed in."""
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    on = models.DateField("日期")

    class Meta:
        ordering = ("id",)
        verbose_name = "附件"

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return self.record


class Decision(models.Model):
    """A decision 决议 of a meeting: which body, when, how many were entitled, present and for."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="decisions", verbose_name="组织")
    record = models.CharField(max_length=60, blank=True, db_index=True)
    body = FreeLine("会议", max_length=20)
    held_on = models.DateField("日期")
    entitled = models.PositiveIntegerField("应到人数")
    present = models.PositiveIntegerField("实到人数")
    votes_for = models.PositiveIntegerField("同意人数")
    subject = FreeLine("议题", max_length=200)
    minutes = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会议记录"
    )

    class Meta:
        ordering = ("held_on", "id")
        verbose_name = "决议"

    @property
    def key(self) -> str:
        return self.record


class Receipt(models.Model):
    """A receipt 收款: numbered without gaps per organisation and year; money that came in for one record.

    ``arrears_fen`` is the part that settled what was in arrears on that day (追缴), the rest is rent of its time.
    """

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="receipts", verbose_name="组织")
    record = models.CharField(max_length=60, db_index=True)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("号")
    received_on = models.DateField("收款日期")
    amount_fen = models.BigIntegerField("金额（分）")
    arrears_fen = models.BigIntegerField("其中追缴（分）", default=0)
    payer = FreeLine("交款人", max_length=200)
    way = FreeLine("方式", max_length=20, default="转账")
    account = SealedField("银行账号", null=True, blank=True)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭据"
    )
    once = models.CharField(max_length=40, null=True)
    """The mark of the form it was typed in: the same form sent again is the same receipt."""

    class Meta:
        ordering = ("year", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "once"), condition=models.Q(once__isnull=False), name="receipt_form_once"
            ),
            models.UniqueConstraint(fields=("organisation", "year", "number"), name="receipt_number_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="receipt_positive"),
            models.CheckConstraint(
                condition=models.Q(arrears_fen__gte=0, arrears_fen__lte=models.F("amount_fen")),
                name="receipt_arrears_within",
            ),
        )
        verbose_name = "收款"

    @property
    def key(self) -> str:
        return self.record

    @property
    def full_number(self) -> str:
        return f"{self.year}-{self.number:05d}"


class Job(models.Model):
    """A job 后台任务: what it does, how far it is. Its arguments are numbers of records, never personal data."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "没有完成"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="jobs", verbose_name="组织")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="jobs", verbose_name="人员")
    title = FreeLine("任务", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    stage = models.CharField("正在做", max_length=120, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = FreeText("结果", blank=True)
    url = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "后台任务"

    derived: Any = True
