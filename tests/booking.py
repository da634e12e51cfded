"""Entries for tests of the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from mingbai.books.entry import Leg, Proposal


def entry(event: str, on: date, fen: int = 100, debit: str = "102", credit: str = "311", **more: Any) -> Proposal:
    return Proposal(event, on, more.pop("words", "记一笔"), (Leg(debit, fen), Leg(credit, 0, fen, **more)))


def book(person: Any, place: Any, *proposals: Proposal, reason: str = "") -> list[Any]:
    from mingbai.books.desk import post
    from mingbai.records.door import commit

    with commit(person, place, "book", "记账") as act:
        return post(act, proposals, reason)
