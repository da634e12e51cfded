"""How a rule is written: a function from the facts of a row to a nullable yes/no, with its law and its words."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

import narwhals as nw

from mingbai.columns import Register
from mingbai.rules.law import Law
from mingbai.rules.ledger import bit

Expr: TypeAlias = nw.Expr
Say: TypeAlias = Callable[[Mapping[str, Any], "Facts"], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """``yes``: true = the rule hits, false = it does not, null = cannot tell.

    ``disputed``: where true, the law itself can be read either way, and the answer is *disputed* whatever ``yes``
    says; where null, a no becomes *cannot tell*.
    """

    yes: Expr
    disputed: Expr | None = None


class Facts:
    """The columns of a row, derived ones included, and the law of its day, as Narwhals expressions.

    ``f.ends_on`` is the column; ``f.law("lease_years")`` the number in force on the row's governing date;
    ``f.today`` the as-of date as yyyymmdd. Written once, it runs on Polars, DuckDB and Spark.
    """

    def __init__(self, law: Law, as_of: date, register: Register) -> None:
        self._law = law
        self._register = register
        self.as_of = as_of
        self.today = as_of.year * 10000 + as_of.month * 100 + as_of.day

    def __getattr__(self, name: str) -> Expr:
        if name.startswith("__"):
            raise AttributeError(name)
        return nw.col(name)

    @property
    def statute(self) -> Law:
        return self._law

    def law(self, name: str, on: str = "governing") -> Expr:
        """The value of a parameter on the day in column ``on``; null where no version holds or the day is unknown."""
        parameter = self._law.parameters[name]
        assert parameter.by == "governing", f"{name} is a number of today: use now()"
        expression = nw.lit(None, dtype=nw.Int64)
        for version in parameter.versions:
            day = nw.col(on)
            inside = day >= ymd(version.since)
            if version.until is not None:
                inside = inside & (day < ymd(version.until + timedelta(days=1)))  # a day 0 is the eve of a first
            expression = nw.when(inside).then(nw.lit(version.value, dtype=nw.Int64)).otherwise(expression)
        return expression

    def now(self, name: str) -> Any:
        """The value of a parameter today (on the as-of date), a plain number or mapping; None where none holds."""
        version = self._law.parameters[name].on(self.as_of)
        return None if version is None else version.value

    def has_heading(self, name: str) -> Expr:
        return self._said("_headings", name)

    def left_empty(self, name: str) -> Expr:
        """The sheet has this column and the clerk wrote nothing here (an unreadable cell is not empty)."""
        return self.has_heading(name) & nw.col(name).is_null() & ~self._said("_doubtful", name)

    def _said(self, silence: str, name: str) -> Expr:
        word, place = bit(self._register, name)
        return (nw.col(f"{silence}{word}") // (1 << place)) % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A test of the catalogue (domain §2.7).

    ``needs``: groups of columns; in each group one must be known for the rule to tell. ``cites`` names a citation of
    the register's ``law.yaml``, chosen by ``law_of``: the contract's governing date or today. ``say`` words a finding
    from the row's facts; ``otherwise`` words what is missing when no single column is. ``graver_with`` raises the
    severity to 3 when that rule says yes too.
    """

    id: str
    title: str
    severity: int
    needs: tuple[tuple[str, ...], ...]
    cites: str
    remedy: str
    test: Callable[[Facts], Answer]
    say: Say
    argued: Say | None = None
    otherwise: str = ""
    law_of: str = "governing"
    graver_with: str = ""
    treated: bool = False
    """The place's decision table (column ``advice``) says what is usually done, where a line of it fits."""

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(name for group in self.needs for name in group)


@dataclass
class Rulebook:
    """The rules of a register, in order of their ids, and the facts they share.

    A step turns the table into one with more columns. Most add named expressions over the columns of the steps before
    (a window over a derived column must wait for the step that made it); a few join the table with itself.
    """

    register: str
    steps: list[Callable[[Any, Facts], Any]] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)

    def facts(self, step: Callable[[Facts], Mapping[str, Expr]]) -> Callable[[Facts], Mapping[str, Expr]]:
        """Declare a function that names new columns and their expressions."""
        self.steps.append(lambda table, facts: table.with_columns(**step(facts)))
        return step

    def table(self, step: Callable[[Any, Facts], Any]) -> Callable[[Any, Facts], Any]:
        """Declare a function from table (a Narwhals frame) to table; rows stay the same, columns may come."""
        self.steps.append(step)
        return step

    def rule(
        self, id: str, title: str, *, severity: int, needs: Sequence[str | tuple[str, ...]], cites: str, remedy: str,
        say: Say, argued: Say | None = None, otherwise: str = "", law_of: str = "governing", graver_with: str = "", treated: bool = False,
    ) -> Callable[[Callable[[Facts], Answer]], Callable[[Facts], Answer]]:
        """Declare the decorated function as rule ``id``. Ids are unique and never given to another test."""
        assert id not in self.rules, f"rule {id} is declared twice"
        groups = tuple((each,) if isinstance(each, str) else each for each in needs)

        def declare(test: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
            self.rules[id] = Rule(
                id=id, title=title, severity=severity, needs=groups, cites=cites, remedy=remedy, test=test, say=say,
                argued=argued, otherwise=otherwise, law_of=law_of, graver_with=graver_with, treated=treated)
            return test

        return declare


def find_rulebook(register: str) -> Rulebook:
    """The rulebook that a register folder's ``rules.py`` exports as ``RULEBOOK``."""
    rulebook = importlib.import_module(f"mingbai.registers.{register}.rules").RULEBOOK
    assert isinstance(rulebook, Rulebook)
    return rulebook


def ymd(day: date) -> int:
    """2026-09-30 → 20260930, the form in which dates meet the rules."""
    return day.year * 10000 + day.month * 100 + day.day


def later(day: Expr, months: Expr | int) -> Expr:
    """The yyyymmdd ``months`` later, same day of month, or the month's last day where it has none (民法典 202)."""
    count = (day // 10000) * 12 + (day // 100) % 100 - 1 + months
    year, month = count // 12, count % 12 + 1
    return year * 10000 + month * 100 + nw.min_horizontal(day % 100, _length(year, month))


def _length(year: Expr, month: Expr) -> Expr:
    """Days of a month."""
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = nw.when(leap).then(nw.lit(29)).otherwise(nw.lit(28))
    short = nw.when(month.is_in([4, 6, 9, 11])).then(nw.lit(30)).otherwise(nw.lit(31))
    return nw.when(month == 2).then(february).otherwise(short)


def next_day(day: Expr) -> Expr:
    """The yyyymmdd of the day after."""
    year, month = day // 10000, (day // 100) % 100
    of_next_month = nw.when(month == 12).then(year * 10000 + 10101).otherwise(year * 10000 + month * 100 + 101)
    return nw.when(day % 100 < _length(year, month)).then(day + 1).otherwise(of_next_month)


def day_number(day: Expr) -> Expr:
    """Days since 0000-03-01 of a yyyymmdd, in integer arithmetic that every engine does alike."""
    month = (day // 100) % 100
    year = day // 10000 - nw.when(month <= 2).then(nw.lit(1)).otherwise(nw.lit(0))
    of_year = ((month + 9) % 12 * 306 + 5) // 10 + day % 100 - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year
