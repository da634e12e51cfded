"""A record 记录: one line of a register at rest. Its columns are the register's declaration, made into model fields."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from mingbai.columns import Column, Register
from mingbai.places.models import GridCell, Organisation, Party
from mingbai.vault.fields import FreeText, SealedField

SEALED = ("identity", "phone")
"""Kinds of column that are sealed at rest."""


class Record(models.Model):
    """What a line of any register has beside its own columns: whose it is, where it was read, how far it is.

    ``headings`` and ``doubtful`` (``|name|name|``) tell an absent column, an empty cell and an unread cell apart.
    The last block is derived (:mod:`mingbai.kit.standing`) and can be rebuilt at any time.
    """

    class Light(models.TextChoices):
        NONE = "", "—"
        GREEN = "green", "按期"
        YELLOW = "yellow", "快到期"
        RED = "red", "逾期"

    owner: ClassVar[str] = "organisation"
    register: ClassVar[Register]

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    serial = models.PositiveIntegerField("编号")
    """Its number in this register of this organisation; never given again."""
    cell = models.ForeignKey(GridCell, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="责任田")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="当事人")
    upload = models.ForeignKey(
        "kit.Upload", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="来自文件"
    )
    source_sheet = models.CharField("工作表", max_length=100, blank=True)
    source_row = models.PositiveIntegerField("行", null=True, blank=True)
    fingerprint = models.CharField(max_length=32, db_index=True, blank=True)
    headings = models.TextField(blank=True)
    doubtful = models.TextField(blank=True)

    klass = models.CharField("类别", max_length=1, blank=True)
    """A to G, decided by a person; "" = not yet decided."""
    proposed = models.CharField("建议类别", max_length=1, blank=True)

    open_findings = models.PositiveSmallIntegerField("待认定", default=0)
    confirmed_findings = models.PositiveSmallIntegerField("已认定", default=0)
    severity = models.PositiveSmallIntegerField("轻重", default=0)
    irregular = models.BooleanField("不规范", default=False)
    rectified = models.BooleanField("已整改", default=False)
    stage = models.CharField("整改环节", max_length=12, blank=True)
    deadline = models.DateField("期限", null=True, blank=True)
    unsure = models.TextField(blank=True)
    amount_fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    stated_owed_fen = models.BigIntegerField(default=0)
    owed_fen = models.BigIntegerField("欠缴（分）", default=0)
    recovered_fen = models.BigIntegerField("追缴（分）", default=0)

    class Meta:
        abstract = True
        ordering = ("organisation__path", "serial")

    DERIVED: ClassVar[tuple[str, ...]] = (
        "proposed",
        "open_findings",
        "confirmed_findings",
        "severity",
        "irregular",
        "rectified",
        "stage",
        "deadline",
        "unsure",
        "amount_fen",
        "stated_owed_fen",
        "owed_fen",
        "recovered_fen",
    )

    @property
    def key(self) -> str:
        """``contracts:12``, how attachments, decisions and receipts name it."""
        return f"{self.register.name}:{self.pk}"

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.organisation.name} {self.serial} 号"


def fields(register: Register) -> dict[str, Any]:
    """Model fields for the columns of a register, to stand in a model's body: ``vars().update(fields(REGISTER))``."""
    return {column.name: _field(column) for column in register.columns}


def _field(column: Column) -> models.Field[Any, Any]:
    title = column.title
    match column.kind:
        case "money" | "area":
            return models.BigIntegerField(title, null=True, blank=True)
        case "count" | "term":
            return models.IntegerField(title, null=True, blank=True)
        case "date":
            return models.DateField(title, null=True, blank=True)
        case "yes_no":
            return models.BooleanField(title, null=True, blank=True)
        case "choice":
            return models.CharField(title, max_length=30, null=True, blank=True)
        case kind if kind in SEALED or column.sealed:
            return SealedField(title, null=True, blank=True)
        case _ if column.reference:
            return models.TextField(title, null=True, blank=True)
        case _:
            return FreeText(title, null=True, blank=True)
