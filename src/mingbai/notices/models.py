"""Notices as they were frozen, and what villagers objected to."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models

from mingbai.places.models import Organisation, Person
from mingbai.proofs import code_of, read_canonical
from mingbai.vault.fields import FreeLine, FreeText, SealedField


class Notice(models.Model):
    """A notice 公示. Once signed off its bytes (``docs/canonical.md``) never change; a correction is a new notice."""

    class State(models.TextChoices):
        DRAFT = "draft", "待签字"
        RETURNED = "returned", "退回"
        PUBLISHED = "published", "公示中"

    class Kind(models.TextChoices):
        SHEET = "sheet", "台账公示"
        STEPS = "steps", "整改公示"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notices", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    kind = models.CharField("哪一类", max_length=10, choices=Kind.choices)
    number = models.CharField("编号", max_length=40, unique=True, null=True)
    title = FreeLine("标题", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    content = models.JSONField("内容")
    """``columns``, ``rows``, ``totals`` as drafted: what the supervisor reads and signs."""
    records = models.JSONField(default=list)
    """The record behind each row, in order; not published."""
    lines = models.PositiveIntegerField("行数", default=0)
    newest = models.BigIntegerField(default=0)
    """The highest number among ``records``: with ``lines`` it tells whether the sheet still covers them all."""
    body = models.BinaryField("规范字节", null=True)
    """``NOTICE.json`` as published."""
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="拟稿人")
    drafted_on = models.DateField("拟稿日期")
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="签字人")
    first_day = models.DateField("起", null=True)
    last_day = models.DateField("止", null=True)
    down_on = models.DateField("提前取下的日期", null=True)
    down_why = FreeText("提前取下的原因", blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="更正的公示"
    )
    why = FreeText("说明", blank=True)
    """Why it was returned, or what the correction mends."""

    class Meta:
        ordering = ("-id",)
        verbose_name = "公示"

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        return f"notice:{self.pk}"

    @property
    def code(self) -> str:
        """The code on the wall 验真码."""
        return code_of(str(self.sha256))

    @property
    def published(self) -> dict[str, Any]:
        """The notice as it was frozen: ``head``, ``columns``, ``rows``, ``totals``."""
        found: dict[str, Any] = read_canonical(bytes(self.body))["notice"]
        return found

    @property
    def successor(self) -> Notice | None:
        """The correction that took its place, once that is signed off."""
        return next((each for each in self.replaced_by.all() if each.state == self.State.PUBLISHED), None)

    @property
    def last_shown(self) -> date:
        """The last day it hung, or is to hang: sooner than its last day when taken down, or when a correction took its place."""
        ends = [self.last_day, self.down_on, self.successor.first_day if self.successor else None]
        found: date = min(each for each in ends if each is not None)
        return found

    def full(self, on: date) -> bool:
        """Shown for all its days: not taken down, and not taken over by a correction, before they were over."""
        return (
            self.state == self.State.PUBLISHED
            and self.last_day is not None
            and self.last_day < on
            and (self.successor is None or self.successor.first_day > self.last_day)
            and self.last_shown == self.last_day
        )


class Objection(models.Model):
    """An objection 异议 to a line of a notice, from a phone or from paper; who objects is sealed."""

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        ANSWERED = "answered", "已答复"
        CORRECTED = "corrected", "已更正"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="objections", verbose_name="组织")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections", verbose_name="公示")
    line = models.PositiveIntegerField("第几行")
    """0 = the whole notice."""
    number = models.CharField("回执号", max_length=40, unique=True)
    secret_mark = models.CharField(max_length=32)
    """The mark of the word printed on the receipt: with it the objector finds the answer again."""
    way = models.CharField("来自", max_length=10, choices=[("phone", "手机"), ("paper", "纸面")])
    on = models.DateField("日期")
    due = models.DateField("答复期限")
    text = SealedField("内容")
    name = SealedField("姓名", null=True)
    phone = SealedField("电话", null=True)
    origin = models.CharField(max_length=32, blank=True, db_index=True)
    """The mark of where it came from on that day, to slow a flood; not the address itself."""
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    answer = FreeText("答复", blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_on = models.DateField("答复日期", null=True)
    correction = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="corrects", verbose_name="更正公示")

    class Meta:
        ordering = ("-id",)
        verbose_name = "异议"

    @property
    def key(self) -> str:
        return f"notice:{self.notice_id}"


class Gate(models.Model):
    """A village code 村口令: where one is set, the village's pages ask for it first (共有 by the village only)."""

    owner: ClassVar[str] = "organisation"
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="gate", verbose_name="组织")
    word = SealedField("口令")
