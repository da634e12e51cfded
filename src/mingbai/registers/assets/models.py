"""The card at rest 资产卡片: the register's columns as fields; and what was found when the cards were counted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingbai.kit.record import Record, fields
from mingbai.places.models import Organisation, Person
from mingbai.registers.assets import depreciation
from mingbai.registers.assets.depreciation import Plan
from mingbai.registers.assets.register import REGISTER
from mingbai.vault.fields import FreeLine


class Asset(Record):
    """One card of a collective's assets. Money in fen, life in months."""

    vars().update(fields(REGISTER))
    register = REGISTER

    class Meta(Record.Meta):
        verbose_name = "资产"
        constraints = (models.UniqueConstraint(fields=("organisation", "serial"), name="asset_serial_once"),)
        indexes = (
            models.Index(fields=("organisation", "serial")),
            models.Index(fields=("organisation", "stage", "deadline")),
        )

    @property
    def name(self) -> str:
        """九院村 GZ-003 旧校舍"""
        return f"{self.organisation.name} {self.asset_no or self.serial} {self.title or '资产'}"

    @property
    def course(self) -> Plan | None:
        """How it is written down."""
        return depreciation.plan(
            cost_fen=self.cost_fen,
            residual_fen=self.residual_fen,
            months=self.life_months,
            begins=self.in_use_on or self.acquired_on,
            method=self.method,
            ends=self.disposed_on,
            at_once=self.category == depreciation.INTANGIBLE,
        )


class Count(models.Model):
    """A count 盘点 of a collective's assets on a day (:mod:`mingbai.registers.assets.counting`); once ``finished`` it stands."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    on = models.DateField("盘点日期")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="盘点人")
    witness = FreeLine("监盘人", max_length=60, blank=True)
    finished = models.BooleanField("已完成", default=False)

    class Meta:
        ordering = ("-on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation",), condition=models.Q(finished=False), name="count_one_open"
            ),
        )
        verbose_name = "盘点"


class Counted(models.Model):
    """What a count found of one card; ``asset`` is empty for a thing without a card until the count is finished."""

    owner: ClassVar[str] = "count__organisation"
    count = models.ForeignKey(Count, models.PROTECT, related_name="lines", verbose_name="盘点")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="counted", verbose_name="资产")
    title = FreeLine("资产名称", max_length=100)
    expected = models.IntegerField("账面数量", null=True)
    """The card's on the day; empty where it says none."""
    quantity = models.IntegerField("实存数量")
    location = FreeLine("实存地点", max_length=100, blank=True)
    """Where it was found, if not where the card says."""
    remark = FreeLine("备注", max_length=200, blank=True)

    class Meta:
        ordering = ("asset__serial", "id")
        constraints = (models.UniqueConstraint(fields=("count", "asset"), name="counted_once"),)
        verbose_name = "盘点结果"

    @property
    def key(self) -> str:
        return f"assets:{self.asset_id}" if self.asset_id else ""

    @property
    def more(self) -> int:
        """More found than the card says 盘盈; below zero, less 盘亏. A card that says no number is of one thing, or of as many as there are."""
        expected = self.expected if self.expected is not None else max(self.quantity, 1)
        return int(self.quantity - expected)

    @property
    def less(self) -> int:
        return -self.more


RECORD = Asset
