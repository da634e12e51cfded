"""Cash 现金: what a lender's budget, or the parties' own, settles beyond the set-off. Small cases worked by hand."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.setoff import Wishes, clear
from setoff.debts import Debt, cleared, solve, table

CHAIN: list[Debt] = [("甲", "乙", 10), ("乙", "丙", 10), ("丙", "丁", 10)]


def paths(answer: object, tmp_path: object) -> list[tuple[str, str, int, int]]:
    from mingbai.setoff import write

    write(answer, tmp_path)  # type: ignore[arg-type]
    rows = pl.read_csv(f"{tmp_path}/cycles.csv")
    return sorted(zip(rows["kind"], rows["path"], rows["amount_fen"], rows["cleared_fen"], strict=True))


def test_one_yuan_walks_down_a_chain(tmp_path: object) -> None:
    answer = solve(CHAIN, cash=4)
    assert (answer.cleared_fen, answer.bound_fen, answer.cash_fen) == (12, 12, 4)
    assert paths(answer, tmp_path) == [("cash_path", "甲>乙>丙>丁", 4, 12)]


def test_cash_goes_where_it_settles_most() -> None:
    net: list[Debt] = [*CHAIN, ("戊", "己", 10)]
    assert cleared(solve(net, cash=10)) == {"d1": 10, "d2": 10, "d3": 10, "d4": 0}
    assert solve(net, cash=15).cleared_fen == 35, "30 on the chain, then one for one"


def test_cash_beyond_the_net_debt_is_not_used() -> None:
    answer = solve([*CHAIN, ("丁", "丙", 3)], cash=10**9)
    assert answer.cleared_fen == answer.total_fen == 33
    assert answer.cash_fen == answer.net_fen == 10


def test_no_cash_is_the_plain_set_off() -> None:
    net: list[Debt] = [("甲", "乙", 5), ("乙", "丙", 7), ("丙", "甲", 6)]
    assert solve(net, cash=0).cleared_fen == solve(net).cleared_fen == 15


def test_a_ring_and_cash_together(tmp_path: object) -> None:
    answer = solve([("甲", "乙", 5), ("乙", "丙", 7), ("丙", "甲", 6)], cash=1)
    assert (answer.cleared_fen, answer.cash_fen) == (17, 1), "乙 pays 丙 one, 丙 pays 甲 the same"
    assert paths(answer, tmp_path) == [("cash_path", "乙>丙>甲", 1, 2), ("multilateral", "丙>甲>乙", 5, 15)]


def test_each_party_pays_at_most_its_own_cash() -> None:
    parties = pl.DataFrame({"party_id": ["甲", "乙", "丙", "丁"], "cash_limit_fen": ["3", "2", "", "50"]})
    answer = clear(table(*CHAIN), parties, Wishes(own_cash=True))
    # 甲's 3 go all the way; 乙 adds 2 to what it gets from 甲
    assert cleared(answer) == {"d1": 3, "d2": 5, "d3": 5}
    assert (answer.cleared_fen, answer.bound_fen, answer.optimal, answer.cash_fen) == (13, 13, True, 5)


def test_own_cash_needs_a_list_of_parties() -> None:
    with pytest.raises(ValueError, match="cash_limit_fen"):
        clear(table(*CHAIN), wishes=Wishes(own_cash=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), st.sampled_from("甲乙丙丁戊"), st.integers(1, 20)).filter(lambda d: d[0] != d[1]), max_size=12),
       st.integers(0, 30))
def test_cash_never_hurts_is_proved_and_worth_less_and_less(net: list[Debt], budget: int) -> None:
    sums = [solve(net, cash=cash).cleared_fen for cash in (budget, budget + 1, budget + 2)]
    assert sums[0] <= sums[1] <= sums[2]
    assert sums[2] - sums[1] <= sums[1] - sums[0]
    answer = solve(net, cash=budget)
    assert answer.optimal
    assert answer.cash_fen <= min(budget, answer.net_fen)
    rings = answer.rings
    own = rings.nodes < len(answer.given.parties)
    walked = [int(own[rings.start[r]:rings.start[r + 1]].sum()) - (not own[rings.start[r]:rings.start[r + 1]].all()) for r in range(len(rings))]
    assert sum(a * n for a, n in zip(rings.amount.tolist(), walked, strict=True)) == answer.cleared_fen
