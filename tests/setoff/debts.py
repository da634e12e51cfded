"""Small nets of debts as text, and the same question asked of others: brute force, and a second engine."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import polars as pl

from mingbai.setoff import Answer, Wishes, clear

Debt = tuple[str, str, int]


def table(*debts: Debt, **columns: list[Any]) -> pl.DataFrame:
    """``("甲", "乙", 100)`` is 甲 owes 乙 100 fen; ids are d1, d2 …; further columns by name."""
    return pl.DataFrame(
        {"id": [f"d{n}" for n in range(1, len(debts) + 1)], "debtor": [d[0] for d in debts], "creditor": [d[1] for d in debts],
         "amount_fen": [str(d[2]) for d in debts]} | columns,
        schema_overrides={"id": pl.String, "debtor": pl.String, "creditor": pl.String, "amount_fen": pl.String})


def solve(debts: list[Debt], **wishes: Any) -> Answer:
    return clear(table(*debts), wishes=Wishes(**wishes))


def cleared(answer: Answer) -> dict[str, int]:
    return dict(zip(answer.given.ids.to_list(), answer.cleared.tolist(), strict=True))


def reasons(answer: Answer) -> dict[str, str]:
    """Id → reason code, of the rows left out."""
    from mingbai.setoff.results import excluded

    return {row["id"]: row["reason_code"] for row in excluded(answer).iter_rows(named=True)}


def brute(debts: list[Debt]) -> int:
    """The largest set-off by trying every amount on every debt: for a handful of small debts."""
    parties = {p for d in debts for p in d[:2]}
    best = 0
    for amounts in itertools.product(*(range(d[2] + 1) for d in debts)):
        if sum(amounts) > best and all(
                sum(a * ((d[0] == p) - (d[1] == p)) for a, d in zip(amounts, debts, strict=True)) == 0 for p in parties):
            best = sum(amounts)
    return best


def networkx_sum(debts: list[Debt]) -> int:
    """The largest set-off by networkx's network simplex in Python integers."""
    import networkx as nx

    graph = nx.DiGraph()
    for u, v, fen in debts:
        if u != v:
            have = graph.get_edge_data(u, v, {"capacity": 0})["capacity"]
            graph.add_edge(u, v, capacity=have + fen, weight=-1)
    return -nx.network_simplex(graph)[0] if graph else 0


def verifier() -> str:
    """The stand-alone script, out of the page that prints it."""
    page = (Path(__file__).parents[2] / "docs" / "setoff.md").read_text(encoding="utf-8")
    return page.split("```python\n", 1)[1].split("```", 1)[0]
