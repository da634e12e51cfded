"""How a rule is written: a function from the facts of a row to a nullable yes/no, with its law and its words."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

import narwhals as nw

from mingbai.columns import Register
from mingbai.rules.law import Law, Version
from mingbai.rules.ledger import bit
from mingbai.units.wording import phrase

Expr: TypeAlias = nw.Expr
Spell: TypeAlias = tuple[date, date | None, Any]
Say: TypeAlias = Callable[[Mapping[str, Any], "Facts"], str]
Weighs: TypeAlias = Callable[[Mapping[str, Any], Law, date], list[str]]
Step: TypeAlias = Callable[[Any, "Facts"], Any]


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

    def __init__(self, law: Law, as_of: date, register: Register, by_county: bool = False) -> None:
        self._by_county = by_county
        self._law = law
        self._register = register
        self.as_of = as_of
        self.today = as_of.year * 10000 + as_of.month * 100 + as_of.day
        self._cites: dict[tuple[tuple[str, ...], tuple[bool, ...]], tuple[str, ...]] = {}

    def __getattr__(self, name: str) -> Expr:
        if name.startswith("__"):
            raise AttributeError(name)
        return nw.col(name)

    @property
    def statute(self) -> Law:
        return self._law

    def market(self, *names: str) -> tuple[str, ...]:
        """The columns whose equals are compared with each other, within the county where the rows are of several."""
        return ("_county", *names) if self._by_county else names

    def cited(self, name: str, day: date) -> tuple[str, ...]:
        """The articles of a citation for a day, in words; one that is younger than the day says since when it holds. Asked for
        once a finding, so kept."""
        names = self._law.in_force(name, day)
        younger = tuple(self._law.articles[each].since > day for each in names)
        found = self._cites.get((names, younger))
        if found is None:
            articles = (self._law.articles[each] for each in names)
            found = self._cites[names, younger] = tuple(
                phrase("{article}（{since} 起施行）", article=each, since=each.since) if late else str(each)
                for each, late in zip(articles, younger, strict=True)
            )
        return found

    def law(self, name: str, on: str = "governing") -> Expr:
        """The value of a parameter on the day in column ``on``; null where no version holds or the day is unknown."""
        parameter = self._law.parameters[name]
        assert parameter.by == "governing", f"{name} is a number of today: use now()"
        expression = nw.lit(None, dtype=nw.Int64)
        for since, until, value in spells(
            (version.since, version.until, version.value) for version in parameter.versions
        ):
            expression = (
                nw.when(within(nw.col(on), since, until)).then(nw.lit(value, dtype=nw.Int64)).otherwise(expression)
            )
        return expression

    def now(self, name: str) -> Any:
        """The value of a parameter today (on the as-of date), a plain number or mapping; None where none holds."""
        version = self._law.parameters[name].on(self.as_of)
        return None if version is None else version.value

    def history(self, name: str) -> tuple[Version, ...]:
        """Every dated version of a parameter; () where the place has set none."""
        return self._law.parameters[name].versions

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

    reads: tuple[str, ...] = field(init=False)
    """Every column of ``needs``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", tuple(name for group in self.needs for name in group))


@dataclass
class Rulebook:
    """The rules of a register, in order of their ids, and the facts they share.

    A step turns the table into one with more columns. Most add named expressions over the columns of the steps before
    (a window over a derived column must wait for the step that made it); a few join the table with itself. Such a join
    begins a new stage: a plan of its own in a checker (see there).
    """

    register: str
    stages: list[list[Step]] = field(default_factory=lambda: [[]])
    rules: dict[str, Rule] = field(default_factory=dict)
    _weighs: Weighs | None = None

    def weighing(self, told: Weighs) -> Weighs:
        """Declare what tells, of a row's typed values (dates as yyyymmdd), the facts that weigh against undoing it."""
        self._weighs = told
        return told

    def weighs(self, rule: str, row: Mapping[str, Any], law: Law, as_of: date) -> list[str]:
        """Those facts, in words, where the law wants them beside findings of the rule."""
        return self._weighs(row, law, as_of) if self._weighs is not None and rule in law.weighing.rules else []

    def facts(self, step: Callable[[Facts], Mapping[str, Expr]]) -> Callable[[Facts], Mapping[str, Expr]]:
        """Declare a function that names new columns and their expressions."""
        self.stages[-1].append(lambda table, facts: table.with_columns(**step(facts)))
        return step

    def table(self, step: Step) -> Step:
        """Declare a function from table (a Narwhals frame) to table; rows stay the same, columns may come."""
        self.stages.append([step])
        return step

    def rule(
        self,
        id: str,
        title: str,
        *,
        severity: int,
        needs: Sequence[str | tuple[str, ...]],
        cites: str,
        remedy: str,
        say: Say,
        argued: Say | None = None,
        otherwise: str = "",
        law_of: str = "governing",
        graver_with: str = "",
        treated: bool = False,
    ) -> Callable[[Callable[[Facts], Answer]], Callable[[Facts], Answer]]:
        """Declare the decorated function as rule ``id``. Ids are unique and never given to another test."""
        assert id not in self.rules, f"rule {id} is declared twice"
        groups = tuple((each,) if isinstance(each, str) else each for each in needs)

        def declare(test: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
            self.rules[id] = Rule(
                id=id,
                title=title,
                severity=severity,
                needs=groups,
                cites=cites,
                remedy=remedy,
                test=test,
                say=say,
                argued=argued,
                otherwise=otherwise,
                law_of=law_of,
                graver_with=graver_with,
                treated=treated,
            )
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


def spells(dated: Iterable[Spell]) -> list[Spell]:
    """Dated values in order of their dates; a value that goes on under a new article is one spell."""
    joined: list[Spell] = []
    for since, until, value in sorted(dated, key=lambda spell: spell[0]):
        if joined and joined[-1][1:] == (since - timedelta(days=1), value):
            since = joined.pop()[0]
        joined.append((since, until, value))
    return joined


def within(day: Expr, since: date, until: date | None) -> Expr:
    """The yyyymmdd lies in the spell; a day 0 is the eve of a first."""
    inside = day >= ymd(since)
    return inside if until is None else inside & (day < ymd(until + timedelta(days=1)))


def same_day(day: Expr, months: Expr | int) -> Expr:
    """The yyyymmdd ``months`` later with the same day of month, which that month need not have: 20210231. Since no day
    lies between it and the month's last, it answers what lies *beyond* it; anything else needs :func:`real_day`."""
    if isinstance(months, int) and months % 12 == 0:
        return day + months // 12 * 10000
    count = day // 100 - day // 10000 * 88 - 1 + months  # of months since the year 0
    return count // 12 * 8800 + count * 100 + 100 + day % 100


def real_day(day: Expr) -> Expr:
    """A 31 February is the last day of February (民法典 202)."""
    return nw.min_horizontal(day, day - day % 100 + _length(day // 10000, day // 100 % 100))


def _length(year: Expr, month: Expr) -> Expr:
    """Days of a month."""
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = nw.when(leap).then(nw.lit(29)).otherwise(nw.lit(28))
    short = nw.when(month.is_in([4, 6, 9, 11])).then(nw.lit(30)).otherwise(nw.lit(31))
    return nw.when(month == 2).then(february).otherwise(short)


def next_day(day: Expr) -> Expr:
    """The yyyymmdd of the day after."""
    month = day // 100 % 100
    of_next_month = day - day % 100 + nw.when(month == 12).then(nw.lit(8901)).otherwise(nw.lit(101))
    return nw.when(day % 100 < _length(day // 10000, month)).then(day + 1).otherwise(of_next_month)


def day_number(day: Expr) -> Expr:
    """Days since 0000-03-01 of a yyyymmdd, in integer arithmetic that every engine does alike."""
    months = day // 100 - day // 10000 * 88 - 3  # since 0000-03
    year = months // 12
    return year * 365 + year // 4 - year // 100 + year // 400 + (months % 12 * 306 + 5) // 10 + day % 100 - 1
