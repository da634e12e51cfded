"""What is still to be received 待收款项, as registers tell it: the books know no register, a register says what it is owed.

A register's app calls :func:`told_by` when it starts; the bank's desk asks :func:`open_claims` and, once a person confirmed,
:func:`receive`; the page of a month asks :func:`entries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mingbai.books.entry import Proposal
from mingbai.places.models import Organisation
from mingbai.records.door import Commit


@dataclass(frozen=True, slots=True)
class Claim:
    """Money expected on a record: a due not paid yet, or (``receipt``) received and not booked yet, in fen."""

    record: str
    title: str
    name: str
    due_on: date
    fen: int
    receipt: int | None = None

    @property
    def key(self) -> str:
        return f"receipt:{self.receipt}" if self.receipt is not None else f"due:{self.record}:{self.due_on.isoformat()}"


class Source(Protocol):
    """A register that is owed money."""

    name: str

    def claims(self, organisation: Organisation, on: date) -> list[Claim]:
        """What is open on a day, the oldest first."""

    def receive(self, act: Commit, claim: Claim, fen: int, on: date, payer: str) -> Proposal:
        """Writes the receipt on the record (unless it is there) and gives the entry to be booked."""

    def entries(self, organisation: Organisation, since: date, until: date) -> list[Proposal]:
        """What its records bring into the books from a day to a day, booked already or not."""


_sources: dict[str, Source] = {}


def told_by(source: Source) -> None:
    _sources[source.name] = source


def open_claims(organisation: Organisation, on: date) -> list[Claim]:
    return [claim for source in _sources.values() for claim in source.claims(organisation, on)]


def entries(organisation: Organisation, since: date, until: date) -> list[Proposal]:
    """In the order of their days."""
    return sorted(
        (each for source in _sources.values() for each in source.entries(organisation, since, until)),
        key=lambda each: (each.on, each.event),
    )


def receive(act: Commit, claim: Claim, fen: int, on: date, payer: str) -> Proposal:
    return _sources[claim.record.partition(":")[0]].receive(act, claim, fen, on, payer)
