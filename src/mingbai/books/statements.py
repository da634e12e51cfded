"""The statements 会计报表 as lines of data: every line says which balances it adds up, and can be opened to them.

    balance_sheet(chart, figures)      # 资产负债表, two sides that must agree
    income_statement(chart, figures)   # 收益及收益分配表

What goes in is :class:`Figures`, balances by account as of a day; nothing here knows where they were kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from mingbai.books.chart import TOP, Chart

Balances = Mapping[str, int]
"""Account code → fen, debit minus credit."""
Split = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Figures:
    """Balances of one set of books. All are debit minus credit, in fen.

    ``closing``: balances at the end, by account. ``opening``: at the beginning of the year. ``turned``: what moved this
    year, the transfer at its end left out. ``split``: accounts 往来 that stand on both sides, as the sum of the debit
    and the sum of the credit balances person by person (both positive).
    """

    closing: Balances
    opening: Balances = field(default_factory=dict)
    turned: Balances = field(default_factory=dict)
    split: Split = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement: its fen, and the terms it came from. ``head`` lines have no figure; an ``aside`` is shown
    but not added again."""

    key: str
    title: str
    fen: int | None
    terms: tuple[str, ...]
    total: bool = False
    aside: bool = False
    note: str = ""
    of_lines: bool = False

    @property
    def formula(self) -> str:
        """``151 − 152``; for a line of lines their keys."""
        said = " + ".join(self.terms)
        return said.replace("+ -", "− ").removeprefix("+ ")

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts behind it, to be opened."""
        return () if self.of_lines else tuple(dict.fromkeys(term.strip("-借贷") for term in self.terms))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A balance sheet. ``certain`` is False while its format has not been held against the annex."""

    assets: tuple[Line, ...]
    sources: tuple[Line, ...]
    cite: str
    certain: bool

    @property
    def balances(self) -> bool:
        return self.total("assets") == self.total("sources")

    def total(self, key: str) -> int:
        return next(line.fen or 0 for line in (*self.assets, *self.sources) if line.key == key)


@dataclass(frozen=True, slots=True)
class Statement:
    lines: tuple[Line, ...]
    cite: str
    certain: bool

    def figure(self, key: str) -> int:
        return next(line.fen or 0 for line in self.lines if line.key == key)


def balance_sheet(chart: Chart, figures: Figures) -> Sheet:
    """资产负债表. Assets stand debit minus credit, sources credit minus debit; income and expense not yet carried to
    本年收益 count as undistributed."""
    form = _form(chart.key)
    assets, sources = (
        _lines(form["balance"][side], chart, figures.split, of=figures.closing) for side in ("assets", "sources")
    )
    return Sheet(assets, sources, form["cite"], form["status"] == "certain")


def income_statement(chart: Chart, figures: Figures) -> Statement:
    """收益及收益分配表 of the year up to the day of the figures."""
    form = _form(chart.key)
    lines = _lines(
        form["income"], chart, figures.split, of=figures.turned, opening=figures.opening, turned=figures.turned
    )
    return Statement(lines, form["cite"], form["status"] == "certain")


def equity_changes(chart: Chart, figures: Figures) -> list[tuple[str, int, int, int]]:
    """所有者权益变动: (title, opening, change, closing), credit minus debit; the year's result counts as undistributed."""
    parts = {"资本": ("301",), "公积公益金": ("311",), "未分配收益": ("321", "322", *chart.result)}
    rows = []
    for title, tops in parts.items():
        opening, closing = (-sum(_under(of, top) for top in tops) for of in (figures.opening, figures.closing))
        rows.append((title, opening, closing - opening, closing))
    return [*rows, ("合计", sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows))]


def _under(balances: Balances, code: str) -> int:
    """The balance of an account with everything below it."""
    return sum(fen for account, fen in balances.items() if account.startswith(code))


def _lines(form: Sequence[dict[str, Any]], chart: Chart, split: Split, **balances: Balances) -> tuple[Line, ...]:
    known: dict[str, int] = {}
    made = []
    for each in form:
        which = next((name for name in ("lines", *balances) if name in each), "")
        terms = tuple(each[which]) if which else ()
        if which == "lines":
            fen = sum(-known[term[1:]] if term.startswith("-") else known[term] for term in terms)
        else:
            fen = sum(_term(term, balances[which], chart, split) for term in terms)
        known[each["key"]] = fen
        made.append(
            Line(
                each["key"],
                each["title"],
                fen if which else None,
                terms,
                each.get("total", False),
                each.get("aside", False),
                each.get("note", ""),
                which == "lines",
            )
        )
    return tuple(made)


def _term(term: str, balances: Balances, chart: Chart, split: Split) -> int:
    """A term on the natural side of its account: debit for assets, costs and expenses, credit for the rest."""
    if term[-1] in "借贷":
        return split.get(term[:-1], (0, 0))[term[-1] == "贷"]
    code, sign = (term[1:], -1) if term[0] == "-" else (term, 1)
    account = chart.account(code[:TOP])
    debit = account.side != "credit" if account.kind == "asset" else account.kind in ("cost", "expense")
    return _under(balances, code) * sign * (1 if debit else -1)


@cache
def _form(key: str) -> dict[str, Any]:
    forms: list[dict[str, Any]] = yaml.safe_load(
        resources.files(__package__).joinpath("statements.yaml").read_text(encoding="utf-8")
    )
    return next(form for form in forms if key in form["charts"])
