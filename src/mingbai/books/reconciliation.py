"""银行存款余额调节表: the books' balance and the bank's at the end of a month, and what only one of them has.

Both begin where the first statement begins: what the books and the bank differed by then is a line of its own that a person
must explain, and what was booked before is not asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, Sum

from mingbai.books.chart import last_day
from mingbai.books.models import BankAccount, BankLine, Line, Match
from mingbai.books.reports import opening_of


@dataclass(frozen=True, slots=True)
class Item:
    """Money in transit 未达账项: on one side only."""

    on: date
    words: str
    fen: int
    """Above zero."""
    voucher: int | None = None
    line: int | None = None


@dataclass(frozen=True)
class Reconciliation:
    """``book_fen`` + bank's receipts − bank's payments = ``bank_fen`` + books' receipts − books' payments, but for what they
    differed by at the start."""

    account: BankAccount
    month: int
    since: date | None
    """The first day of the first statement; None = there is none."""
    start_gap_fen: int
    """Books minus bank the evening before."""
    book_fen: int
    bank_fen: int
    bank_in: tuple[Item, ...]
    bank_out: tuple[Item, ...]
    book_in: tuple[Item, ...]
    book_out: tuple[Item, ...]

    @property
    def book_adjusted(self) -> int:
        return self.book_fen + _sum(self.bank_in) - _sum(self.bank_out)

    @property
    def bank_adjusted(self) -> int:
        return self.bank_fen + _sum(self.book_in) - _sum(self.book_out) + self.start_gap_fen

    @property
    def agrees(self) -> bool:
        return self.book_adjusted == self.bank_adjusted

    @property
    def items(self) -> int:
        return len(self.bank_in) + len(self.bank_out) + len(self.book_in) + len(self.book_out)


def reconcile(account: BankAccount, month: int) -> Reconciliation:
    """The sheet of a bank account at the end of a month. What is matched is off the sheet once all of it, on both sides, has come;
    until then each side shows what it has of it."""
    day = last_day(month)
    lines = list(BankLine.objects.filter(account=account, on__lte=day).order_by("on", "place"))
    book = book_balance(account, day)
    if not lines:
        return Reconciliation(account, month, None, 0, book, 0, (), (), (), ())
    since = lines[0].on
    eve = since - timedelta(days=1)
    begun = lines[0].balance_fen - lines[0].fen if lines[0].balance_fen is not None else book_balance(account, eve)
    bank = lines[-1].balance_fen if lines[-1].balance_fen is not None else begun + sum(each.fen for each in lines)
    coming = (
        Match.objects.filter(bank_lines__account=account)
        .filter(Q(bank_lines__on__gt=day) | Q(entries__voucher__on__gt=day))
        .order_by()
        .values("pk")
    )
    ahead = {each["pk"] for each in coming}
    theirs = [each for each in lines if each.match_id is None or each.match_id in ahead]
    mine = Line.objects.filter(
        voucher__organisation=account.organisation, account__startswith=account.account, voucher__on__lte=day
    ).annotate(match=F("matched__match"))
    mine = mine.select_related("voucher__reverses", "voucher__reversed_by", "party").order_by(
        "voucher__on", "voucher_id", "number"
    )
    before = list(mine.filter(voucher__on__lt=since, matched__isnull=False))
    late = [each for each in before if each.match in ahead]
    early = sum(_fen(each) for each in before if each.match not in ahead)
    within = mine.filter(voucher__on__gte=since)
    opened = sum(_fen(each) for each in within.filter(voucher__event__startswith="opening/"))
    left = within.exclude(voucher__event__startswith="opening/").filter(Q(matched=None) | Q(matched__match__in=coming))
    come = set(
        mine.filter(matched__isnull=False)
        .exclude(matched__match__in=coming)
        .exclude(voucher__reverses=None, voucher__reversed_by=None)
        .values_list("voucher_id", flat=True)
    )
    ours = [*late, *(each for each in left if not _undone(each, since, day, come))]
    gap = book_balance(account, eve) + opened - begun - early - sum(map(_fen, late))
    return Reconciliation(
        account,
        month,
        since,
        gap,
        book,
        bank,
        tuple(Item(each.on, _said(each), each.fen, line=each.pk) for each in theirs if each.fen > 0),
        tuple(Item(each.on, _said(each), -each.fen, line=each.pk) for each in theirs if each.fen < 0),
        tuple(_item(each) for each in ours if _fen(each) > 0),
        tuple(_item(each) for each in ours if _fen(each) < 0),
    )


def book_balance(account: BankAccount, day: date) -> int:
    """What the books have at the end of a day."""
    opening = sum(
        fen for code, fen in opening_of(account.organisation, day.year).items() if code.startswith(account.account)
    )
    lines = Line.objects.filter(
        voucher__organisation=account.organisation,
        account__startswith=account.account,
        voucher__on__gte=date(day.year, 1, 1),
        voucher__on__lte=day,
    )
    sums = lines.aggregate(debit=Sum("debit_fen"), credit=Sum("credit_fen"))
    return opening + (sums["debit"] or 0) - (sums["credit"] or 0)


def _undone(line: Line, since: date, day: date, come: set[int]) -> bool:
    """A line and the one that took it back, both within the time: nothing a bank will ever have, unless the bank did have one of
    them (``come``: vouchers taken back, or taking back, that are matched)."""
    other = line.voucher.reverses if line.voucher.reverses_id else getattr(line.voucher, "reversed_by", None)
    return other is not None and since <= other.on <= day and other.pk not in come


def _fen(line: Line) -> int:
    return int(line.debit_fen - line.credit_fen)


def _item(line: Line) -> Item:
    return Item(line.voucher.on, f"{line.voucher} {line.words or line.voucher.words}", abs(_fen(line)), line.voucher_id)


def _said(line: BankLine) -> str:
    return (
        " ".join(filter(None, (line.other, line.words, f"（{line.reason}）" if line.reason else "")))
        or "（对账单没有写）"
    )


def _sum(items: tuple[Item, ...]) -> int:
    return sum(each.fen for each in items)
