"""The strip of years 租金年带: what a contract's terms make due, year by year, and what has been paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingbai import dues
from mingbai.dues.anniversaries import add_months
from mingbai.units import Value


@dataclass(frozen=True, slots=True)
class Year:
    """One due of the strip: when, how much, and whether it is paid, late, or yet to come."""

    label: str
    due_on: date
    amount_fen: int | None
    paid_fen: int
    state: str


def planned(record: Any) -> tuple[dues.Due, ...]:
    """Everything a contract's terms make due, oldest first; () where they give no schedule."""
    starts_on = record.starts_on or record.signed_on
    ends_on = record.ends_on or (add_months(starts_on, record.term_months) if starts_on and record.term_months else None)
    if starts_on is None or ends_on is None or ends_on < starts_on:
        return ()
    clause = dues.parse_escalation(record.escalation or "")
    rising = clause.value if isinstance(clause, Value) else None
    try:
        return dues.schedule(dues.Terms(
            starts_on=starts_on, ends_on=ends_on, rent_fen_per_year=record.rent_fen_per_year,
            rent_fen_per_mu_year=record.rent_fen_per_mu_year, area_mu4=record.area_mu4, total_fen=record.total_fen,
            payment=record.payment_mode, prepaid_years=record.prepaid_years, in_kind=record.in_kind or "",
            escalation=rising if isinstance(rising, dues.Escalation) else None,
            steps=rising if isinstance(rising, dues.Steps) else None))
    except dues.TermsError:
        return ()


def strip(record: Any, receipts: Sequence[Any], today: date) -> list[Year]:
    """The dues of a contract as of today. What the ledger says was received counts from the oldest due on; [] where
    the terms give no schedule."""
    terms = planned(record)
    starts_on = record.starts_on or record.signed_on
    paid = [dues.Receipt("台账", min(starts_on, today), record.received_fen)] if record.received_fen and terms else []
    paid += [dues.Receipt(each.full_number, each.received_on, each.amount_fen) for each in receipts]
    try:
        states = dues.arrears(terms, paid, today).states
    except dues.ReceiptError:
        return []
    return [Year(_label(each.due), each.due.due_on, each.due.amount_fen, each.paid_fen, _state(each, today)) for each in states]


def _label(due: dues.Due) -> str:
    return str(due.period_from.year)


def _state(each: Any, today: date) -> str:
    if each.due.amount_fen is None:
        return "in_kind"
    if each.paid_fen >= each.due.amount_fen:
        return "paid"
    return "late" if each.due.due_on < today else "coming"
