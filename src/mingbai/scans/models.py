"""Paper in hand: its pictures in order, its pages as read, its fields as proposed and as a person confirmed them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingbai.places.models import Organisation, Person
from mingbai.records.models import Attachment
from mingbai.vault.fields import FreeText, SealedField


class Paper(models.Model):
    """A contract on paper 纸质合同: received → read (confirm every field) → accepted into one record, or refused, or dropped."""

    class State(models.TextChoices):
        RECEIVED = "received", "在读"
        READ = "read", "待确认"
        REFUSED = "refused", "没读成"
        ACCEPTED = "accepted", "已收下"
        DROPPED = "dropped", "放弃"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="papers", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    on = models.DateField("日期")
    reading = models.BinaryField(null=True)
    """The boxes of every page as JSON, compressed and sealed: they hold names and identity numbers."""
    record = models.BigIntegerField("记录", null=True, db_index=True)
    """The record it became, or was put to as evidence."""
    attached = models.BooleanField("附到已有的", default=False)
    message = FreeText("说明", blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "纸质合同"

    @property
    def key(self) -> str:
        """The record its events are about; "" before there is one."""
        return f"{self.register}:{self.record}" if self.record else ""


class Original(models.Model):
    """One file as it was handed in, at its place in the contract."""

    owner: ClassVar[str] = "paper__organisation"
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="originals")
    place = models.PositiveSmallIntegerField("第几个")
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        ordering = ("place", "id")


class Leaf(models.Model):
    """A page 页 as it was read: upright, without what the camera wrote beside it. Sizes in pixels."""

    owner: ClassVar[str] = "paper__organisation"
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="leaves")
    number = models.PositiveSmallIntegerField("页")
    picture = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="页图")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("paper", "number"), name="leaf_once"),)


class Field(models.Model):
    """A field 栏: what was proposed, where it stands on the paper, and what a person says it is."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "已确认"
        ABSENT = "absent", "纸上没有"

    class Settled(models.TextChoices):
        NOTHING = "", "没有不同"
        OPEN = "open", "待核对"
        LEDGER = "ledger", "以台账为准"
        PAPER = "paper", "以纸为准"

    owner: ClassVar[str] = "paper__organisation"
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="fields")
    column = models.CharField("栏", max_length=60)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    raw = SealedField("认出的字", null=True)
    proposed = SealedField("读作", null=True)
    text = SealedField("确认为", null=True)
    doubts = SealedField(null=True)
    """Pairs of a reason and suggestions, as JSON; sealed, as they quote the paper."""
    confidence = models.PositiveSmallIntegerField("把握（%）", default=0)
    page = models.PositiveSmallIntegerField("页", default=0)
    """0 = nothing was found."""
    region = models.JSONField("位置", default=list)
    """Polygons on that page, in its pixels."""
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    on = models.DateField("确认日期", null=True)
    settled = models.CharField("核对", max_length=10, choices=Settled.choices, default=Settled.NOTHING, blank=True)
    """Of a paper put to a record that was there: whether the two say the same, and if not, which holds."""

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("paper", "column"), name="scan_field_once"),)
        verbose_name = "纸上的栏"
