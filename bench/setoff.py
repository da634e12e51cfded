"""``python -m bench.setoff``: the set-off command beside bare solvers, on invented nets of debts from 10^3 to 10^6 parties.

"Bare" is OR-tools on the merged core already in memory, in a process of its own and in the same run as the command.
Ratios are what counts; results go to bench/RESULTS-setoff.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HERE = Path(__file__).parent
SEED = 1
TOWN, TOWNS = 40, 15
"""Parties in a township, townships in a county."""


def net(parties: int, seed: int = SEED, *, wishes: bool = False) -> pl.DataFrame:
    """Invented debts: townships of 40 with one township body, 15 to a county with one platform, the rest villages and
    companies of Pareto activity (α 1.6; bodies × 12, platforms × 60). Of the debts 60 % stay in the township, 25 % in
    the county; 15 % have one the other way, 10 % a second of the same pair; sizes are log-normal (σ 2) × √ of both activities,
    at most 10^11 fen. About 6.8 debts a party. ``wishes`` adds a weight and a due date to each."""
    random = np.random.default_rng(seed)
    at = np.arange(parties)
    activity = (1 + random.pareto(1.6, parties)) * np.where(at % (TOWN * TOWNS) == 0, 60, np.where(at % TOWN == 0, 12, 1))
    running = np.concatenate([[0], np.cumsum(activity)])

    def drawn(low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """One party of each range [low, high), the more active the likelier."""
        point = running[low] + random.random(len(low)) * (running[high] - running[low])
        return np.clip(np.searchsorted(running, point, side="right") - 1, low, high - 1)

    count = int(parties * 6.17)
    everywhere = np.zeros(count, np.int64), np.full(count, parties)
    debtor = drawn(*everywhere)
    near = random.random(count)
    width = np.where(near < 0.6, TOWN, np.where(near < 0.85, TOWN * TOWNS, parties))
    low = debtor // width * width
    creditor = drawn(low, np.minimum(low + width, parties))
    back, again = (random.random(count) < share for share in (0.15, 0.10))
    debtor, creditor = (np.concatenate([a, b[back], a[again]]) for a, b in ((debtor, creditor), (creditor, debtor)))
    kept = debtor != creditor
    debtor, creditor = debtor[kept], creditor[kept]
    shuffled = random.permutation(len(debtor))
    debtor, creditor = debtor[shuffled], creditor[shuffled]
    fen = np.exp(random.normal(13, 2.0, len(debtor))) * np.sqrt(activity[debtor] * activity[creditor])
    names = pl.Series([f"P{each:07d}" for each in range(parties)])
    table = {"id": pl.Series([f"D{each:08d}" for each in range(len(debtor))]), "debtor": names.gather(debtor),
             "creditor": names.gather(creditor), "amount_fen": np.clip(fen, 100, 1e11).astype(np.int64)}
    if wishes:
        table |= {"weight": random.integers(1, 11, len(debtor)), "due_date": pl.Series(random.integers(16_000, 20_700, len(debtor))).cast(pl.Int32).cast(pl.Date)}
    return pl.DataFrame(table)
