"""The books at rest: sub-accounts, months, vouchers with their lines, and balances month by month.

A voucher is its own seal: it says how many lines it has and what they come to, and the database itself refuses one whose
lines do not stand, do not balance, or come, go or change afterwards (``migrations/0004_whole.py``).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingbai.places.models import Organisation, Party, Person
from mingbai.vault.fields import FreeLine


class SubAccount(models.Model):
    """A sub-account 明细科目 a collective added below an account of a chart."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sub_accounts", verbose_name="组织")
    chart = models.CharField("科目表", max_length=8)
    code = models.CharField("编码", max_length=11)
    name = FreeLine("名称", max_length=60)

    class Meta:
        ordering = ("chart", "code")
        constraints = (models.UniqueConstraint(fields=("organisation", "chart", "code"), name="sub_account_once"),)
        verbose_name = "明细科目"


class Month(models.Model):
    """A month 会计期间 of an organisation's books, there from its first voucher on."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="months", verbose_name="组织")
    month = models.PositiveIntegerField("月份")
    """202403."""
    closed = models.BooleanField("已结账", default=False)
    closed_on = models.DateField("结账日期", null=True, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结账人")

    class Meta:
        ordering = ("month",)
        constraints = (models.UniqueConstraint(fields=("organisation", "month"), name="month_once"),)
        verbose_name = "会计期间"


class Voucher(models.Model):
    """A voucher 记账凭证: numbered without gaps per organisation and month, never changed, corrected only by reversal.

    ``event`` is what happened; ``digest`` what was booked for it. ``record`` is where it came from (``contracts:12``),
    ``reason`` why a warning was passed over.
    """

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="vouchers", verbose_name="组织", db_index=False)
    month = models.PositiveIntegerField("月份")
    number = models.PositiveIntegerField("号")
    on = models.DateField("日期")
    words = FreeLine("摘要", max_length=200)
    event = models.CharField("事项", max_length=100)
    digest = models.CharField(max_length=64)
    record = models.CharField("来源", max_length=60, blank=True)
    template = models.CharField("模板", max_length=40, blank=True)
    papers = models.PositiveSmallIntegerField("附件张数", default=0)
    closing = models.BooleanField("年末结转", default=False)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲销")
    reason = FreeLine("说明", max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="制单人", db_index=False)
    size = models.PositiveSmallIntegerField("行数", default=2)
    total_fen = models.BigIntegerField("金额（分）", default=0)
    """Of each side."""

    class Meta:
        ordering = ("month", "number")
        indexes = (models.Index(fields=("record",), name="voucher_record"),)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "month", "number"), name="voucher_number_once"),
            models.UniqueConstraint(fields=("organisation", "event"), name="voucher_event_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="voucher_number_from_one"),
            models.CheckConstraint(condition=Q(size__gte=2), name="voucher_two_lines"),
        )
        verbose_name = "记账凭证"

    def __str__(self) -> str:
        return f"{self.month // 100}年{self.month % 100}月 记-{self.number:04d}"

    @property
    def key(self) -> str:
        return f"vouchers:{self.pk}"


class Line(models.Model):
    """A line 分录 of a voucher, in fen; below zero only where a voucher is taken back 红字. Lines lie together by voucher."""

    owner: ClassVar[str] = "voucher__organisation"
    pk = models.CompositePrimaryKey("voucher_id", "number")
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveSmallIntegerField("行")
    account = models.CharField("科目", max_length=11)
    words = FreeLine("摘要", max_length=200, blank=True)
    debit_fen = models.BigIntegerField("借方（分）", default=0)
    credit_fen = models.BigIntegerField("贷方（分）", default=0)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="往来", db_index=False)
    peer = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="往来组织", db_index=False)
    record = models.CharField("合同", max_length=60, blank=True)
    project = FreeLine("项目", max_length=60, blank=True)
    household = FreeLine("农户", max_length=60, blank=True)
    whom = models.CharField(max_length=250, blank=True)
    """The dimensions as one key (:attr:`mingbai.books.entry.Leg.whom`)."""

    class Meta:
        ordering = ("voucher", "number")
        constraints = (
            models.CheckConstraint(condition=(Q(debit_fen=0) & ~Q(credit_fen=0)) | (~Q(debit_fen=0) & Q(credit_fen=0)), name="line_one_side"),
        )
        indexes = (models.Index(fields=("party",), name="line_party", condition=Q(party__isnull=False)),
                   models.Index(fields=("peer",), name="line_peer", condition=Q(peer__isnull=False)))
        verbose_name = "分录"


class Kept(models.Model):
    """Balances kept so that a statement does not add up every line: derived, made anew and compared by ``fsck``.

    ``month`` 202403 holds what moved in that month, 202413 the transfer at the year's end; 202400 what was carried into
    the year, debit minus credit, in ``debit_fen`` alone.
    """

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    month = models.PositiveIntegerField()
    account = models.CharField(max_length=11)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Balance(Kept):
    """By organisation, month and account."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "month", "account"), name="balance_once"),)


class PartyBalance(Kept):
    """By organisation, month, account and whom: lines that have a dimension."""

    whom = models.CharField(max_length=250)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "account", "month", "whom"), name="party_balance_once"),)


