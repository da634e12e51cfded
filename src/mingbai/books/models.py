"""The books at rest: sub-accounts, months, vouchers with their lines, balances month by month, and what is handed in to them:
sheets of other programs and the lines of bank statements.

A voucher is its own seal: it says how many lines it has and what they come to, and the database itself refuses one whose
lines do not stand, do not balance, or come, go or change afterwards (``migrations/0005_whole.py``).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingbai.places.models import Organisation, Party, Person
from mingbai.records.models import Attachment
from mingbai.vault.fields import FreeLine, SealedField


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
    closed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结账人"
    )

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
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="vouchers", verbose_name="组织", db_index=False
    )
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
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲销"
    )
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
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="往来", db_index=False
    )
    peer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="往来组织", db_index=False
    )
    record = models.CharField("合同", max_length=60, blank=True)
    project = FreeLine("项目", max_length=60, blank=True)
    household = FreeLine("农户", max_length=60, blank=True)
    whom = models.CharField(max_length=250, blank=True)
    """The dimensions as one key (:attr:`mingbai.books.entry.Leg.whom`)."""

    class Meta:
        ordering = ("voucher", "number")
        constraints = (
            models.CheckConstraint(
                condition=(Q(debit_fen=0) & ~Q(credit_fen=0)) | (~Q(debit_fen=0) & Q(credit_fen=0)),
                name="line_one_side",
            ),
        )
        indexes = (
            models.Index(fields=("party",), name="line_party", condition=Q(party__isnull=False)),
            models.Index(fields=("peer",), name="line_peer", condition=Q(peer__isnull=False)),
        )
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
        constraints = (
            models.UniqueConstraint(fields=("organisation", "account", "month", "whom"), name="party_balance_once"),
        )


class BankAccount(models.Model):
    """A bank account 银行账户 of a collective, kept on an account of its books (102, or a sub-account of it)."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bank_accounts", verbose_name="组织")
    account = models.CharField("科目", max_length=11)
    bank = FreeLine("开户行", max_length=60)
    number = SealedField("账号", null=True, blank=True)
    number_mark = models.CharField(max_length=32, blank=True)
    tail = models.CharField("账号末四位", max_length=4, blank=True)

    class Meta:
        ordering = ("account", "id")
        verbose_name = "银行账户"

    def __str__(self) -> str:
        return f"{self.bank}{f'（尾号 {self.tail}）' if self.tail else ''}"


class Import(models.Model):
    """A sheet handed in to the books 账外来表: read at once, then looked at, and taken whole or not at all."""

    class Kind(models.TextChoices):
        VOUCHERS = "vouchers", "记账凭证"
        BALANCES = "balances", "科目余额表（建账）"
        BANK = "bank", "银行对账单"

    class State(models.TextChoices):
        READ = "read", "待收下"
        REFUSED = "refused", "没读成"
        ACCEPTED = "accepted", "已收下"
        DROPPED = "dropped", "放弃"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    kind = models.CharField("是什么", max_length=10, choices=Kind.choices)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.READ)
    chart = models.CharField("科目表", max_length=8, blank=True)
    """What a person said; "" until then, never guessed."""
    basis = models.CharField("取数栏", max_length=10, blank=True)
    """For balances: ``opening`` or ``closing``."""
    opens_on = models.DateField("建账日", null=True)
    bank = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+", verbose_name="银行账户")
    accounts = models.JSONField("科目对照", default=dict)
    """Fingerprint of an account of theirs → [account, kind, what], as a person confirmed."""
    reading = models.BinaryField(null=True)
    """The reading as JSON, compressed and sealed."""
    read = models.PositiveIntegerField("读", default=0)
    accepted = models.PositiveIntegerField("收", default=0)
    rejected = models.PositiveIntegerField("退", default=0)
    skipped = models.PositiveIntegerField("略", default=0)
    message = FreeLine("说明", max_length=400, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    on = models.DateField("日期")

    class Meta:
        ordering = ("-id",)
        verbose_name = "账外来表"


class Origin(models.Model):
    """Where a voucher was taken from: the sheet and the row of its first line."""

    owner: ClassVar[str] = "voucher__organisation"
    voucher = models.OneToOneField(Voucher, models.PROTECT, related_name="origin", primary_key=True)
    taken_from = models.ForeignKey(Import, models.PROTECT, related_name="origins", verbose_name="账外来表")
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    number = models.CharField("原凭证号", max_length=40)


class Match(models.Model):
    """Lines of a bank's statement and lines of the books that are the same money 勾对, as a person said: mostly one and one, but one
    receipt may cover several entries, and several instalments be one. Both sides come to the same sum, and whoever takes it back
    takes it back whole."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    how = models.CharField("怎么对上的", max_length=20, blank=True)
    """match, receipt, due or the key of a template."""
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")

    class Meta:
        verbose_name = "勾对"

    @property
    def vouchers(self) -> list[Voucher]:
        """In their order, each once."""
        return sorted({each.voucher for each in self.entries.all()}, key=lambda each: (each.month, each.number))


class Matched(models.Model):
    """A line of the books in a match; the database takes none that is not there, and none twice."""

    owner: ClassVar[str] = "match__organisation"
    match = models.ForeignKey(Match, models.PROTECT, related_name="entries", verbose_name="勾对")
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="+", verbose_name="凭证", db_index=False)
    number = models.PositiveSmallIntegerField("行")
    line = models.ForeignObject(
        Line,
        models.PROTECT,
        from_fields=("voucher", "number"),
        to_fields=("voucher", "number"),
        related_name="matched",
        verbose_name="分录",
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("voucher", "number"), name="line_matched_once"),)
        verbose_name = "勾对的分录"


class BankLine(models.Model):
    """A line of a bank's statement 银行流水. ``fen`` is above zero for what came in; ``match`` names the lines of the books that are
    the same money."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines", verbose_name="银行账户")
    taken_from = models.ForeignKey(Import, models.PROTECT, related_name="+", verbose_name="账外来表")
    row = models.PositiveIntegerField("行")
    place = models.PositiveIntegerField("顺序")
    """Its place in the account's course, from 1: banks print several lines of one day."""
    on = models.DateField("交易日期")
    words = FreeLine("摘要", max_length=200, blank=True)
    other = FreeLine("对方户名", max_length=200, blank=True)
    other_no = SealedField("对方账号", null=True, blank=True)
    fen = models.BigIntegerField("金额（分）")
    balance_fen = models.BigIntegerField("余额（分）", null=True)
    serial = models.CharField("流水号", max_length=60, blank=True)
    fingerprint = models.CharField(max_length=64)
    match = models.ForeignKey(
        Match, models.PROTECT, null=True, blank=True, related_name="bank_lines", verbose_name="勾对"
    )
    reason = FreeLine("没对上的原因", max_length=120, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")

    class Meta:
        ordering = ("account", "on", "place")
        constraints = (models.UniqueConstraint(fields=("account", "fingerprint"), name="bank_line_once"),)
        indexes = (models.Index(fields=("account", "on")),)
        verbose_name = "银行流水"

    @property
    def key(self) -> str:
        return f"bank:{self.pk}"

    @property
    def out_fen(self) -> int:
        """What went out, above zero."""
        return max(-self.fen, 0)


class Bridged(models.Model):
    """That a collective's balances were taken over into the chart of 2023 and by whom 新旧衔接: the totals before and after."""

    owner: ClassVar[str] = "organisation"
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="bridged", verbose_name="组织")
    on = models.DateField("日期")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, related_name="+", verbose_name="调整凭证")
    debit_fen = models.BigIntegerField("借方余额合计（分）")
    credit_fen = models.BigIntegerField("贷方余额合计（分）")
    digest = models.CharField(max_length=64)
    """SHA-256 of the table that was confirmed: old account, new account, whom, fen."""

    class Meta:
        verbose_name = "新旧衔接"
