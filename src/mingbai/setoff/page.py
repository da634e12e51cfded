"""The report 报告: one page that somebody who never heard of graphs understands, and a sheet for every party. No script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mingbai import __version__, units
from mingbai.setoff import pictures
from mingbai.setoff.clearing import Answer, largest_sum, pivotal
from mingbai.setoff.declaring import NO_DUE
from mingbai.setoff.reasons import REASONS

SHEETS = "对账单"
SHEETS_MOST = 2_000
"""Sheets are written for the parties with the largest debts; a million files help nobody."""
HUBS, SHOWN, RINGS, CIRCLE = 8, 30, 6, 8
SLOW = 3.0
"""Seconds of solving beyond which the what-ifs (some twenty more solves) are left out and the page says how to get them."""
BUDGETS = (0, 1, 2, 5, 10, 20, 35, 50, 75, 100)
"""Cash of the curve, in percent of what would pay everything."""


@dataclass(frozen=True)
class Ring:
    """One ring in words: its parties in turn, what each owed the next, and the amount all are relieved of."""

    names: Sequence[str]
    debts: Sequence[int]
    fen: int

    @property
    def cleared_fen(self) -> int:
        return self.fen * len(self.names)


def report(
    answer: Answer, folder: Path | str, *, title: str, demo: bool = False, progress: Callable[[str], None] | None = None
) -> None:
    """Writes ``index.html`` and ``对账单/`` into ``folder``. Solves the what-ifs the page shows, where one solve is quick."""
    folder = Path(folder)
    say = progress or (lambda stage: None)
    quick = answer.seconds.get("solve", 0.0) < SLOW
    say("推算关键方和现金")
    plain = answer.wishes.cash is None and not answer.wishes.own_cash
    hubs = answer.pivotal or (pivotal(answer, HUBS) if quick else ())
    curve = _curve(answer) if quick and plain and answer.method == "exact" and answer.wishes.mode == "free" else []
    say("写报告")
    pages = Environment(
        loader=PackageLoader("mingbai.setoff", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"say": units.say_money, "money": units.format_money, "thousands": lambda n: f"{n:,}"}
    table = _parties(answer)
    sheets = _sheets(answer, table, folder, pages, title, demo)
    rings = _rings(answer)
    example = next((ring for ring in rings if len(ring.names) == 3), None) or next(
        (ring for ring in rings if len(ring.names) == 2), None
    )
    status = answer.cleared[answer.given.reason == 0]
    amount = answer.given.amount[answer.given.reason == 0]
    own_names = dict(zip(answer.given.parties.to_list(), _names(answer), strict=True)) if hubs else {}
    page = pages.get_template("page.html").render(
        answer=answer,
        wishes=answer.wishes,
        title=title,
        demo=demo,
        version=__version__,
        left=answer.total_fen - answer.cleared_fen,
        share=100 * answer.cleared_fen / answer.total_fen if answer.total_fen else 0.0,
        eligible=len(amount),
        full=int((status == amount).sum()),
        partial=int(((status > 0) & (status < amount)).sum()),
        untouched=int((status == 0).sum()),
        bar=Markup(pictures.whole(answer.cleared_fen, 0, answer.total_fen - answer.cleared_fen, "抵掉的和还剩的")),
        circles=_circles(answer),
        example=example,
        example_pictures=_example(example),
        rings=rings[:RINGS],
        lengths=_lengths(answer),
        hubs=[(own_names[hub.party], hub) for hub in hubs],
        most_hub=max((hub.lost_fen for hub in hubs), default=1),
        hub_bar=lambda fen, most: Markup(pictures.bar(fen, fen, most)),
        curve=curve,
        curve_picture=Markup(pictures.curve(curve, answer.total_fen, "现金与了结的债务")) if curve else "",
        quick=quick,
        plain=plain,
        parties=table[:SHOWN],
        party_count=len(table),
        party_bar=lambda before, after: Markup(
            pictures.bar(
                before, after, max((max(row["payable"], row["receivable"]) for row in table[:SHOWN]), default=1)
            )
        ),
        sheets=sheets,
        left_out=_left_out(answer),
    )
    fresh = folder / "index.html.new"
    fresh.write_text(page, encoding="utf-8")
    fresh.replace(folder / "index.html")


def _names(answer: Answer) -> list[str]:
    """What people call each party: its name, else its id; numbers of persons in part only, since sheets are passed on."""
    return [
        units.mask_numbers(name or party)
        for name, party in zip(answer.given.names.to_list(), answer.given.parties.to_list(), strict=True)
    ]


def _parties(answer: Answer) -> list[dict[str, Any]]:
    """Parties that take part, the largest sums first."""
    payable, receivable = answer.before
    paid, received = answer.cleared_by_party
    order = np.argsort(-np.maximum(payable, receivable), kind="stable")
    order = order[(payable[order] > 0) | (receivable[order] > 0)][:SHEETS_MOST]
    names = answer.given.names.gather(order).to_list()
    ids = answer.given.parties.gather(order).to_list()
    return [
        {
            "at": at,
            "id": units.mask_numbers(party),
            "name": units.mask_numbers(name or party),
            "payable": int(payable[at]),
            "receivable": int(receivable[at]),
            "paid": int(paid[at]),
            "received": int(received[at]),
            "payable_after": int(payable[at] - paid[at]),
            "receivable_after": int(receivable[at] - received[at]),
            "net": int(receivable[at] - payable[at]),
        }
        for at, party, name in zip(order.tolist(), ids, names, strict=True)
    ]


def _pairs(answer: Answer) -> pl.DataFrame:
    """Debtor, creditor, owed before and after, one line a pair, the largest first."""
    given = answer.given
    taking = np.flatnonzero(given.reason == 0)
    rows = pl.DataFrame(
        {
            "debtor": given.debtor[taking],
            "creditor": given.creditor[taking],
            "before": given.amount[taking],
            "after": given.amount[taking] - answer.cleared[taking],
        }
    )
    return (
        rows.group_by("debtor", "creditor")
        .agg(pl.col("before", "after").sum())
        .sort("before", "debtor", "creditor", descending=[True, False, False])
    )


def _circles(answer: Answer) -> tuple[Markup, Markup, int, int] | None:
    """The circle before and after, for the few parties that owe each other most; and their debts before and after."""
    pairs = _pairs(answer)
    if pairs.height < 2:
        return None
    weight = pl.concat([pairs.select(party=side, fen=pl.col("before")) for side in ("debtor", "creditor")])
    few = (
        weight.group_by("party")
        .agg(pl.col("fen").sum())
        .sort("fen", "party", descending=[True, False])["party"]
        .head(CIRCLE)
        .sort()
        .to_list()
    )
    among = pairs.filter(pl.col("debtor").is_in(few) & pl.col("creditor").is_in(few))
    if not among.height:
        return None
    names = _names(answer)
    place = {party: n for n, party in enumerate(few)}
    drawn = among.head(24)
    most = int(drawn["before"].max())  # type: ignore[arg-type]

    def picture(column: str, title: str, kind: str) -> Markup:
        arrows = [
            (place[u], place[v], fen) for u, v, fen in drawn.select("debtor", "creditor", column).iter_rows() if fen
        ]
        return Markup(pictures.circle([names[party] for party in few], arrows, most, title, kind))

    return (
        picture("before", "抵之前谁欠谁", "before"),
        picture("after", "抵之后谁欠谁", "after"),
        int(drawn["before"].sum()),
        int(drawn["after"].sum()),
    )


def _rings(answer: Answer) -> list[Ring]:
    """Rings worth showing: of few parties and much money; of each kind of length the largest, then by what they clear."""
    rings, count = answer.rings, len(answer.given.parties)
    owed = {(u, v): fen for u, v, fen in _pairs(answer).select("debtor", "creditor", "before").iter_rows()}
    names = _names(answer)
    picked: list[int] = []
    lengths = rings.lengths
    for parties in (3, 4, 2, 5, 6):
        some = np.flatnonzero(lengths == parties)
        picked += some[np.argsort(-rings.amount[some], kind="stable")][: 3 if parties == 3 else 1].tolist()
    shown = []
    for ring in picked:
        nodes = rings.nodes[rings.start[ring] : rings.start[ring + 1]].tolist()
        if max(nodes) < count:
            shown.append(
                Ring(
                    [names[node] for node in nodes],
                    [owed[u, v] for u, v in zip(nodes, [*nodes[1:], nodes[0]], strict=True)],
                    int(rings.amount[ring]),
                )
            )
    return shown


def _example(ring: Ring | None) -> tuple[Markup, Markup] | None:
    if ring is None:
        return None
    after = [fen - ring.fen for fen in ring.debts]
    return Markup(pictures.triangle(ring.names, ring.debts, "抵之前")), Markup(
        pictures.triangle(ring.names, after, "抵之后")
    )


def _lengths(answer: Answer) -> list[tuple[str, int, int]]:
    """How much of what is cleared lies in rings of so many parties: words, rings, fen."""
    lengths, amount = answer.rings.lengths, answer.rings.amount
    groups = (("两家", 2, 2), ("三家", 3, 3), ("四到五家", 4, 5), ("六到十家", 6, 10), ("十家以上", 11, 10**9))
    found = []
    for words, low, high in groups:
        some = (lengths >= low) & (lengths <= high)
        if some.any():
            found.append(
                (
                    words,
                    int(some.sum()),
                    sum(a * n for a, n in zip(amount[some].tolist(), lengths[some].tolist(), strict=True)),
                )
            )
    return found


def _curve(answer: Answer) -> list[tuple[int, int]]:
    """Cash in fen → settled debts in fen, from nothing to all that is needed."""
    if answer.net_fen == 0:
        return []
    budgets = sorted({answer.net_fen * percent // 100 for percent in BUDGETS})
    return [
        (cash, answer.cleared_fen if cash == 0 else largest_sum(answer.given, replace(answer.wishes, cash=cash)))
        for cash in budgets
    ]


def _left_out(answer: Answer) -> list[tuple[Any, int, int]]:
    """Each reason with its rows and their fen (of amounts that could be read)."""
    found = []
    for number, reason in enumerate(REASONS, 1):
        rows = answer.given.reason == number
        if rows.any():
            found.append((reason, int(rows.sum()), sum(fen for fen in answer.given.amount[rows].tolist() if fen > 0)))
    return found


def _sheets(
    answer: Answer, table: Sequence[dict[str, Any]], folder: Path, pages: Environment, title: str, demo: bool
) -> dict[int, str]:
    """A sheet for each party of the table; returns its number → address."""
    (folder / SHEETS).mkdir(parents=True, exist_ok=True)
    given, names = answer.given, _names(answer)
    template = pages.get_template("sheet.html")
    at_of = np.full(len(names), -1)
    for n, party in enumerate(table):
        at_of[party["at"]] = n
    rows_of: list[list[int]] = [[] for _ in table]
    for row in np.flatnonzero((at_of[given.debtor] >= 0) | (at_of[given.creditor] >= 0)).tolist():
        if given.debtor[row] != given.creditor[row]:
            for side in (given.debtor, given.creditor):
                if (of := int(at_of[side[row]])) >= 0:
                    rows_of[of].append(row)
    addresses: dict[int, str] = {}
    for n, party in enumerate(table):
        mine = [_line(answer, row, party["at"], names) for row in rows_of[n]]
        mine.sort(key=lambda line: (line["counterparty"], line["id"]))
        safe = "".join(letter if letter.isalnum() else "_" for letter in party["name"])[:40]
        address = f"{SHEETS}/{n + 1:04d}_{safe}.html"
        (folder / address).write_text(
            template.render(
                party=party,
                title=title,
                demo=demo,
                answer=answer,
                wishes=answer.wishes,
                version=__version__,
                owes=[line for line in mine if line["owes"]],
                owed=[line for line in mine if not line["owes"]],
            ),
            encoding="utf-8",
        )
        addresses[party["at"]] = address
    return addresses


def _line(answer: Answer, row: int, party: int, names: Sequence[str]) -> dict[str, Any]:
    given = answer.given
    owes = bool(given.debtor[row] == party)
    reason = int(given.reason[row])
    due = None if given.due is None or given.due[row] == NO_DUE else date(1970, 1, 1) + timedelta(int(given.due[row]))
    amount, cleared = int(given.amount[row]), int(answer.cleared[row])
    return {
        "id": given.ids[row],
        "owes": owes,
        "counterparty": names[int(given.creditor[row] if owes else given.debtor[row])],
        "amount": amount,
        "cleared": cleared,
        "left": amount - cleared,
        "due": due,
        "why": REASONS[reason - 1].sentence if reason else "",
        "said": "不参加" if reason else "抵清" if cleared == amount else "抵一部分" if cleared else "这次没抵",
    }
