"""From a contract to the books 记账: what fell due and what was received, as entries to be booked.

    opening(contract, date(2023, 1, 1), today)       # what was owed, or paid ahead, when the books began
    proposals(contract, receipts, since, until)      # dues and receipts from a day to a day

Rent is booked when it falls due (权责发生制). A sum that pays for several years is a receivable against 预收, and becomes
income year by year. What falls due, at which price and until when, follows the contract's life (:mod:`course`). What the
ledger says was received has no date of its own: it is booked on the day the due it pays fell due, and the voucher says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from mingbai import dues
from mingbai.books.chart import chart_of
from mingbai.books.entry import Leg, Proposal
from mingbai.books.templates import Whom, propose
from mingbai.registers.contracts.course import course

LETTINGS = ("其他方式承包", "租赁", "流转", "家庭承包")
"""Kinds of contract that bring the collective rent; works, investments and services are booked by their own papers."""
_YEAR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class _Course:
    """What a contract's terms and payments come to: dues with how much of each the ledger's own sum paid."""

    dues: tuple[dues.Due, ...]
    paid: dict[int, int]


def proposals(record: Any, receipts: Sequence[Any], since: date, until: date) -> list[Proposal]:
    """The entries of a contract whose day lies from ``since`` to ``until``, in the order of their days. [] for a contract
    that is no letting or whose terms give no schedule."""
    course = _course(record)
    if course is None:
        return []
    whom, made = _whom(record), []
    for due in course.dues:
        amount = due.amount_fen or 0
        if amount:
            event = f"{record.key}/due/{due.number}"
            if _long(due):
                if since <= due.due_on <= until:
                    made.append(propose("rent_due_prepaid", event, due.due_on, {"amount": amount}, whom))
                made += [
                    propose("prepaid_to_income", f"{event}/{year}", on, {"amount": part}, whom)
                    for year, on, part in _earned(due)
                    if since <= on <= until
                ]
            elif since <= due.due_on <= until:
                made.append(propose("rent_due", event, due.due_on, {"amount": amount}, whom))
        paid = course.paid.get(due.number, 0)
        if paid and since <= due.due_on <= until:
            words = f"收{whom.name}{due.period_from.year}年承包费（台账没有写收款日期，记在应缴日）"
            made.append(
                propose("rent_received", f"{record.key}/ledger/{due.number}", due.due_on, {"amount": paid}, whom, words)
            )
    for receipt in receipts:
        if since <= receipt.received_on <= until:
            made.append(of_receipt(record, receipt))
    return sorted(made, key=lambda each: each.on)


def of_receipt(record: Any, receipt: Any) -> Proposal:
    """The entry of money received on a contract."""
    whom = _whom(record)
    return propose(
        "rent_received",
        f"receipts:{receipt.pk}",
        receipt.received_on,
        {"amount": receipt.amount_fen},
        whom,
        f"收{whom.name}承包费（收据 {receipt.full_number}）",
        receipt.amount_fen,
        papers=1,
    )


def opening(record: Any, on: date) -> list[Leg]:
    """What a contract stood at when the books begin on ``on``: owed by the lessee, and paid for years to come."""
    course = _course(record)
    if course is None:
        return []
    before = [due for due in course.dues if due.amount_fen and due.due_on < on]
    owed = sum((due.amount_fen or 0) - course.paid.get(due.number, 0) for due in before)
    ahead = sum(part for due in before if _long(due) for _, day, part in _earned(due) if day >= on)
    whom, chart = _whom(record), chart_of(on)
    receivable = "113" if whom.member else "112"
    payable = "202" if chart.key == "2004" else "211"
    made = [
        Leg(receivable, owed, 0, "年初欠缴", whom.party, record=whom.record),
        Leg(payable, 0, ahead, "年初预收", whom.party, record=whom.record),
    ]
    return [leg for leg in made if leg.debit_fen or leg.credit_fen]


def _course(record: Any) -> _Course | None:
    if record.kind not in LETTINGS:
        return None
    terms = course(record)
    if not terms:
        return None
    left, paid = record.received_fen or 0, {}
    for due in sorted((due for due in terms if due.amount_fen), key=lambda due: (due.due_on, due.number)):
        part = min(left, due.amount_fen or 0)
        left -= part
        if part:
            paid[due.number] = part
    return _Course(terms, paid)


def _whom(record: Any) -> Whom:
    return Whom(
        party=record.party_id, name=record.lessee or "承包方", member=bool(record.lessee_is_member), record=record.key
    )


def _long(due: dues.Due) -> bool:
    return due.period_to - due.period_from > _YEAR


def _earned(due: dues.Due) -> list[tuple[int, date, int]]:
    """A due's sum by calendar year, (year, day it becomes income, fen): divided by days, the parts give the sum."""
    days = []
    for year in range(due.period_from.year, due.period_to.year + 1):
        first, last = max(due.period_from, date(year, 1, 1)), min(due.period_to, date(year, 12, 31))
        days.append((year, Fraction((last - first).days + 1)))
    parts = dues.spread(due.amount_fen or 0, [number for _, number in days])
    return [
        (year, max(date(year, 12, 31), due.due_on), part) for (year, _), part in zip(days, parts, strict=True) if part
    ]
