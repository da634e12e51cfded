"""Run a rulebook over a frame: answers for every row and rule in one pass, words for those that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import narwhals as nw
import polars as pl
from narwhals.typing import IntoFrameT
from polars.io.plugins import register_io_source

from mingbai.columns import Register, find_register
from mingbai.rules.finding import Finding
from mingbai.rules.law import Article, Law, ymd_date
from mingbai.rules.ledger import ledger
from mingbai.rules.rule import Facts, Rule, Rulebook, Step
from mingbai.units.wording import EITHER, LISTED, joined, phrase

NO, YES, CANNOT_TELL, DISPUTED = 0, 1, 2, 3
ANSWERS = {YES: "yes", CANNOT_TELL: "cannot_tell", DISPUTED: "disputed"}


def judge(frame: IntoFrameT, rulebook: Rulebook, law: Law, as_of: date, by_county: bool = False) -> IntoFrameT:
    """The frame (Polars lazy, DuckDB, Spark …) with the shared facts and one Int8 column per rule:
    0 no, 1 yes, 2 cannot tell, 3 disputed. Rows stay as they are, in any order the engine likes. ``by_county``: it holds
    several counties, told apart by ``_county``; otherwise all rows are one county's."""
    facts = Facts(law, as_of, find_register(rulebook.register), by_county)
    for steps in _stages(rulebook):
        frame = _through(steps, frame, facts)
    return frame


def _stages(rulebook: Rulebook) -> list[list[Step]]:
    """The rulebook's steps, the rules themselves as the last."""
    *before, last = rulebook.stages
    return [
        *before,
        [
            *last,
            lambda table, facts: table.with_columns(
                **{rule.id: _answer(rule, facts) for rule in rulebook.rules.values()}
            ),
        ],
    ]


def _through(steps: list[Step], frame: IntoFrameT, facts: Facts) -> IntoFrameT:
    table: Any = nw.from_native(frame)
    for step in steps:
        table = step(table, facts)
    return table.to_native()  # type: ignore[no-any-return]


def _answer(rule: Rule, facts: Facts) -> nw.Expr:
    answer = rule.test(facts)
    code = answer.yes.cast(nw.Int8).fill_null(CANNOT_TELL)  # false 0, true 1: Kleene logic has done the rest
    if answer.disputed is not None:
        doubt = answer.disputed.is_null() & ~answer.yes
        code = (
            nw.when(answer.disputed)
            .then(nw.lit(DISPUTED))
            .otherwise(nw.when(doubt).then(nw.lit(CANNOT_TELL)).otherwise(code))
        )
    return code.cast(nw.Int8)


SLICE = 20_000
"""Rows that are worded at a time."""


class _Columns(dict[str, list[Any]]):
    """A frame's columns as lists, each made when first asked for: the words of a finding need a few of two hundred."""

    def __init__(self, frame: pl.DataFrame) -> None:
        super().__init__()
        self._frame = frame
        self._names = frozenset(frame.columns)

    def __missing__(self, name: str) -> list[Any]:
        if name not in self._names:
            raise KeyError(name)
        self[name] = values = self._frame[name].to_list()
        return values

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._names else default


class _Row(Mapping[str, Any]):
    """The row ``at`` of some columns, moved from row to row."""

    __slots__ = ("at", "columns")

    def __init__(self, columns: Mapping[str, list[Any]]) -> None:
        self.columns, self.at = columns, 0

    def __getitem__(self, name: str) -> Any:
        return self.columns[name][self.at]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


@dataclass(frozen=True)
class Findings:
    """What a check found. ``judged`` is the frame of :func:`judge`; findings are worded only when asked for."""

    register: Register
    rulebook: Rulebook
    law: Law
    as_of: date
    judged: pl.DataFrame

    def __iter__(self) -> Iterator[Finding]:
        """Every yes, disputed and cannot tell, by row, then rule."""
        return self.where(YES, DISPUTED, CANNOT_TELL)

    def where(self, *answers: int) -> Iterator[Finding]:
        rules = list(self.rulebook.rules.values())
        facts = Facts(self.law, self.as_of, self.register)
        wanted = pl.any_horizontal(*(pl.col(rule.id).is_in(answers) for rule in rules))
        for part in self.judged.filter(wanted).iter_slices(SLICE):
            columns, by_row = _Columns(part), [list[Finding]() for _ in range(len(part))]
            for rule in rules:
                for at, finding in self._worded(rule, columns, answers, facts):
                    by_row[at].append(finding)
            for found in by_row:
                yield from found

    def counts(self) -> dict[str, dict[str, int]]:
        """Rule → answer → number of rows, with every rule present."""
        table: dict[str, dict[str, int]] = {}
        for rule in self.rulebook.rules.values():
            found = Counter(self.judged[rule.id].to_list())
            table[rule.id] = {word: found.get(code, 0) for code, word in ANSWERS.items()}
        return table

    def about(self, rule: str, row: Mapping[str, Any]) -> Finding:
        """What one rule says of a judged row, also where it says no."""
        tested = self.rulebook.rules[rule]
        if row[rule] != NO:
            alone = {name: [value] for name, value in row.items()}
            return next(self._worded(tested, alone, (row[rule],), Facts(self.law, self.as_of, self.register)))[1]
        return Finding(
            row["_file"],
            row["_sheet"],
            row["_row"],
            rule,
            "no",
            0,
            phrase("按这一天的规定，不构成“{title}”", title=tested.title),
            tuple(map(str, self.articles(rule, row))),
            tested.reads[:1],
            phrase("这一条不用整改"),
        )

    def articles(self, rule: str, row: Mapping[str, Any]) -> tuple[Article, ...]:
        """The articles that hold for a judged row."""
        tested = self.rulebook.rules[rule]
        day = self.as_of if tested.law_of == "today" else ymd_date(row[tested.law_of])
        return self.law.cited(tested.cites, day or self.as_of)

    def _worded(
        self, rule: Rule, columns: Mapping[str, list[Any]], answers: tuple[int, ...], facts: Facts
    ) -> Iterator[tuple[int, Finding]]:
        """The findings of one rule: what all rows have in common is asked once, words are made row by row."""
        codes = columns[rule.id]
        hits = [at for at, code in enumerate(codes) if code in answers]
        if not hits:
            return
        files, sheets, numbers = columns["_file"], columns["_sheet"], columns["_row"]
        graver, advised = columns.get(rule.graver_with), columns.get("advice") if rule.treated else None
        days = columns[rule.law_of] if rule.law_of != "today" else None
        read = [(name, columns[name]) for name in rule.reads if name in columns]
        cited: dict[int | None, tuple[str, ...]] = {}
        shapes: dict[tuple[str, ...], tuple[str, ...]] = {}
        varies = len(self.law.citations[rule.cites]) > 1
        row = _Row(columns)
        for at in hits:
            row.at, code, day = at, codes[at], days[at] if days is not None else None
            cites = cited.get(day)
            if cites is None:
                cites = cited[day] = facts.cited(rule.cites, ymd_date(day) or self.as_of)
            severity = 3 if graver is not None and graver[at] == YES else rule.severity
            if code == CANNOT_TELL:
                sentence = phrase("说不准“{title}”：{missing}", title=rule.title, missing=self._missing(rule, row))
            elif code == DISPUTED and rule.argued is not None:
                sentence = phrase("有争议：{argued}", argued=rule.argued(row, facts))
            else:
                sentence = phrase("疑似{title}：{said}", title=rule.title, said=rule.say(row, facts))
            if varies and days is not None and day is None and code != CANNOT_TELL:
                sentence = phrase("{sentence}（台账上看不出是哪一年的事，条文按现行法列出）", sentence=sentence)
            seen = tuple([name for name, values in read if values[at] is not None]) or rule.reads[:1]
            seen = shapes.setdefault(seen, seen)
            advice = "" if code == CANNOT_TELL else (advised[at] if advised is not None else None) or rule.remedy
            yield (
                at,
                Finding(
                    files[at], sheets[at], numbers[at], rule.id, ANSWERS[code], severity, sentence, cites, seen, advice
                ),
            )

    def _missing(self, rule: Rule, row: Mapping[str, Any]) -> str:
        titles = self.register.by_name
        gaps = [
            joined(EITHER, (titles[name].title for name in group if name in titles))
            for group in rule.needs
            if all(row.get(name) is None for name in group)
        ]
        if not gaps:
            return rule.otherwise or phrase("现有的几栏合起来还不够下结论")
        doubtful = row.get("_doubtful") or ""
        unread = any(f"|{name}|" in doubtful for group in rule.needs for name in group)
        columns = joined(LISTED, gaps)
        return (
            phrase("台账没有写{columns}（其中有格子没能读懂）", columns=columns)
            if unread
            else phrase("台账没有写{columns}", columns=columns)
        )


class Checker:
    """All rules of a register as of a date, made ready once for any number of ledgers on Polars.

    Making one costs what wording some thousand expressions costs; a form keeps its checker and asks it row by row.
    Each stage is a plan of its own: a table that is joined with itself would be planned once for every time the join
    names it, and for one row planning is most of the time. Safe to share between threads (one check at a time).
    """

    def __init__(self, register: Register, rulebook: Rulebook, law: Law, as_of: date) -> None:
        self.register, self.rulebook, self.law, self.as_of = register, rulebook, law, as_of
        self._lock = Lock()
        self._rows = ledger(register, [])
        self._plans: list[pl.LazyFrame] = []
        facts, shape = Facts(law, as_of, register), self._rows.schema
        for steps in _stages(rulebook):
            plan = _through(steps, register_io_source(self._scan, schema=shape, validate_schema=False), facts)
            self._plans.append(plan)
            shape = plan.collect_schema()

    def _scan(
        self, columns: list[str] | None, predicate: pl.Expr | None, _rows: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        frame = self._rows if columns is None else self._rows.select(columns)
        yield frame if predicate is None else frame.filter(predicate)

    def __call__(self, rows: pl.DataFrame) -> Findings:
        """Check typed rows (see :func:`mingbai.rules.ledger`)."""
        with self._lock:
            for plan in self._plans:
                self._rows = rows
                rows = plan.collect()
            self._rows = rows.clear()
        return Findings(self.register, self.rulebook, self.law, self.as_of, rows.sort("_id"))


def check(rows: pl.DataFrame, register: Register, rulebook: Rulebook, law: Law, as_of: date) -> Findings:
    """All rules over typed rows, once."""
    return Checker(register, rulebook, law, as_of)(rows)
