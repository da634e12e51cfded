"""The strip of years 租金年带: what a contract makes due (:mod:`course`), year by year, and what has been paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingbai import dues


@dataclass(frozen=True, slots=True)
class Year:
    """One due of the strip: when, how much, and whether it is paid, late, or yet to come."""

    label: str
    due_on: date
    amount_fen: int | None
    paid_fen: int
    state: str


def strip(record: Any, terms: Sequence[dues.Due], receipts: Sequence[Any], today: date) -> list[Year]:
    """The dues of a contract (``terms``) as of today. What the ledger says was received counts from the oldest due on."""
    starts_on = record.starts_on or record.signed_on
    paid = [dues.Receipt("台账", min(starts_on, today), record.received_fen)] if record.received_fen and terms else []
    paid += [dues.Receipt(each.full_number, each.received_on, each.amount_fen) for each in receipts]
    try:
        states = dues.arrears(terms, paid, today).states
    except dues.ReceiptError:
        return []
    return [
        Year(_label(each.due), each.due.due_on, each.due.amount_fen, each.paid_fen, _state(each, today))
        for each in states
    ]


def _label(due: dues.Due) -> str:
    return str(due.period_from.year)


def _state(each: Any, today: date) -> str:
    if each.due.amount_fen is None:
        return "in_kind"
    if each.paid_fen >= each.due.amount_fen:
        return "paid"
    return "late" if each.due.due_on < today else "coming"
