"""The limitation that rule C16 reads from ``law.yaml`` is the one the dues room computes, day by day over every regime."""

from datetime import date, timedelta

import polars as pl
import pytest

from mingbai.columns import find_register
from mingbai.dues import limitation_end_ymd
from mingbai.rules import load_law
from mingbai.rules.rule import Facts, ymd

FIRST, DAYS = date(1987, 1, 1), 365 * 40


@pytest.mark.parametrize(("reading", "kind"), [("rent", "rent"), ("general", "general")])
def test_c16_and_the_dues_room_count_alike(reading: str, kind: str) -> None:
    import narwhals as nw

    days = [ymd(FIRST + timedelta(days=n)) for n in range(DAYS)]
    frame = nw.from_native(pl.DataFrame({"due": days}))
    facts = Facts(load_law("contracts"), date(2026, 9, 30), find_register("contracts"))
    ends = frame.select(end=nw.col("due") + facts.law(f"limitation_years_{reading}", on="due") * 10_000)["end"].to_list()
    for due, end in zip(days, ends, strict=True):
        expected = limitation_end_ymd(due, kind)  # type: ignore[arg-type]
        # 29 February plus some years is kept as a 29th that no year has: it lies between the 28th and 1 March, as it must.
        assert end == expected or (due % 10_000 == 229 and end == expected + 1), due
