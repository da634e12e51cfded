"""What reading a cell can end in: a value, a doubt with suggestions, or a reason why not. Never a silent guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Generic, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
"""A cell as a workbook reader hands it over."""


class Value(NamedTuple, Generic[T]):
    """The cell says exactly one thing. ``Value(None)`` is a blank: empty, or one of the marks clerks put for empty.

    A tuple, as nearly every cell ends in one and a frozen dataclass takes twice as long to make.
    """

    value: T


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[T]):
    """One way to read a doubtful cell: the value, and the text to type that would say it beyond doubt."""

    value: T
    text: str


@dataclass(frozen=True, slots=True)
class Doubt(Generic[T]):
    """The cell can be read in more than one way, or only approximately. A person chooses; the value stays empty."""

    reason: str
    suggestions: tuple[Suggestion[T], ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The cell says something, but not what belongs here.

    ``kind`` is ``unreadable``, ``masked`` (hidden digits), ``in_kind`` (grain, fish: kept as text, not priced)
    or ``lost_digits`` (a long number that Excel has already rounded).
    """

    reason: str
    suggestion: str = ""
    kind: str = "unreadable"


Outcome: TypeAlias = Value[T] | Doubt[T] | Unreadable
