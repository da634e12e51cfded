"""The furniture of a register folder, found and held together: ``furniture("contracts")``.

A folder brings ``register.py`` (columns), ``models.py`` (``RECORD``), and, as it needs them, ``rules.py``, ``law.yaml``
and ``road.py`` (classes, evidence, amounts, indicators). Nothing outside the folder names it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import Any

import polars as pl

from mingbai.columns import Register, find_register, registers
from mingbai.kit.indicators import Indicator
from mingbai.kit.record import Record
from mingbai.kit.road import Proof
from mingbai.letters.form import Facts
from mingbai.places.models import Organisation
from mingbai.rules import Law, Rulebook, find_rulebook

Worth = Callable[[pl.DataFrame], Mapping[int, tuple[int | None, int]]]
"""Judged rows → record number → (what it is worth, what is owed on it), in fen."""


@dataclass(frozen=True, slots=True)
class Class:
    """A class 类别 a person puts a record in, and what its remedy must bring."""

    key: str
    title: str
    treatment: str
    proofs: tuple[Proof, ...] = ()
    irregular: bool = True
    secret: bool = False
    """A clue (移交线索): seen only by those with the power ``clue``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a letter about a record is made from. ``findings`` are those a person confirmed, and those nobody judged yet."""

    record: Any
    on: date
    law: Law
    findings: Sequence[Any] = ()
    decisions: Sequence[Any] = ()
    receipts: Sequence[Any] = ()
    case: Any = None
    letters: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Writes:
    """A kind of letter a register's records give cause for 做文书."""

    kind: str
    cause: Callable[[Any], str]
    """Asked → why this record wants it; "" where nothing speaks for it."""
    facts: Callable[[Any], Facts]
    """Asked → what fills its blanks."""
    amount_fen: Callable[[Any], int | None] = lambda asked: None


@dataclass(frozen=True)
class Road:
    """What a register's ``road.py`` exports as ``ROAD``."""

    classes: Mapping[str, Class]
    proposes: Mapping[str, str]
    """Rule → the class it speaks for; the gravest (last by letter) is proposed."""
    clean: str
    """The class of a record nobody found anything wrong with."""
    worth: Worth
    peers: tuple[str, ...] = ()
    """Columns of other villages' rows that the rules compare with."""
    party: tuple[str, str, str] | None = None
    """The columns that name the other side: name, identity number, phone."""
    list_columns: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    """The public columns of the sheet on the wall, in order; () = not published."""
    shown: tuple[str, str] | None = None
    """The columns of the first and the last day a record was shown. The house knows them from its notices, better than a
    ledger does, and tells the rules."""
    stands: Callable[[Iterable[Organisation], date], Mapping[str, Mapping[int, Any]]] | None = None
    """Organisations, day → what later events made of their records: column (of the house too) → record → value. Laid over
    the ledger when the rules look; the ledger's own cells stay as they are."""
    panel: tuple[str, Callable[[Any, date, Any], Mapping[str, Any]]] | None = None
    """A part of a record's page of the folder's own: template, and (record, today, powers) → its context."""
    ways: tuple[tuple[str, str], ...] = ()
    """Pages of the folder's own, reached from the list: (title, name of the address)."""
    looks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Rule → a page that shows what it saw: (title, name of the address), asked with ``?record=``."""
    demanded: str | None = None
    """The column of the last demand. The house adds the demands it served itself."""
    letters: tuple[Writes, ...] = ()
    """The letters of its records, the most usual first."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How a record page and its form arrange the columns: heading → column names."""
    indicators: tuple[Indicator, ...] = ()
    says: Callable[[Any], str] = str
    """One line that tells people which record it is."""
    picture: Callable[[Any, Any, Any], Any] | None = None
    """Record, receipts, today → what the page draws of its terms (see the folder)."""
    limitation: Callable[[Any, Any, Any, Any], Sequence[str]] | None = None
    """Record, receipts, letters, today → until when the law protects what is owed, in sentences."""


@dataclass(frozen=True)
class Furniture:
    name: str
    register: Register
    model: type[Record]
    rulebook: Rulebook | None
    road: Road

    @property
    def title(self) -> str:
        return self.register.title

    @property
    def short(self) -> str:
        """The title without what every register of a collective could say of itself: 合同台账."""
        return self.register.title.removeprefix("农村集体经济")

    @property
    def one(self) -> str:
        """What people call one record: 合同."""
        return str(self.model._meta.verbose_name)


@cache
def furniture(name: str) -> Furniture:
    """The furniture of a register.

    :raises KeyError: when there is no such register in this home.
    """
    if name not in furnished():
        raise KeyError(f"没有名为“{name}”的台账；现有：{'、'.join(furnished())}")
    folder = f"mingbai.registers.{name}"
    model = importlib.import_module(f"{folder}.models").RECORD
    road = importlib.import_module(f"{folder}.road").ROAD
    rulebook = find_rulebook(name) if find_spec(f"{folder}.rules") else None
    return Furniture(name, find_register(name), model, rulebook, road)


@cache
def furnished() -> tuple[str, ...]:
    """Registers that keep records (have models)."""
    kept = (name for name in registers() if find_spec(f"mingbai.registers.{name}.models"))
    return tuple(sorted(kept, key=lambda name: (find_register(name).rank, name)))
