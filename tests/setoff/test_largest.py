"""The largest set-off: small cases in the field's words, laws that hold of every net, and other solvers' answers."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.setoff import Wishes, clear
from mingbai.setoff.results import parties
from setoff.debts import Debt, brute, cleared, networkx_sum, solve, table

NAMES = "甲乙丙丁戊己庚"
debts = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 50)).filter(lambda d: d[0] != d[1]), max_size=24)


def test_a_ring_of_three_is_cleared_by_its_smallest_debt() -> None:
    answer = solve([("村", "镇", 100), ("镇", "公司", 80), ("公司", "村", 50)])
    assert answer.cleared_fen == 150, "three debts of 50 each; the ring's amount is 50"
    assert answer.optimal
    assert (answer.bound_fen, answer.total_fen, answer.net_fen) == (150, 230, 50)
    assert cleared(answer) == {"d1": 50, "d2": 50, "d3": 50}
    assert len(answer.rings) == 1


def test_a_chain_clears_nothing_and_that_is_a_result() -> None:
    answer = solve([("甲", "乙", 7), ("乙", "丙", 9)])
    assert (answer.cleared_fen, answer.bound_fen, answer.optimal, len(answer.rings)) == (0, 0, True, 0)


def test_no_debts_at_all_is_a_result() -> None:
    answer = clear(table())
    assert (answer.total_fen, answer.cleared_fen, answer.optimal, len(answer.given.parties)) == (0, 0, True, 0)


def test_pairs_first_is_not_the_largest() -> None:
    net: list[Debt] = [("甲", "乙", 1), ("乙", "甲", 1), ("乙", "丙", 1), ("丙", "甲", 1)]
    assert solve(net).cleared_fen == 3
    first = solve(net, mode="bilateral-first")
    assert (first.cleared_fen, first.optimal, first.bound_fen) == (2, False, 3)


def test_shortest_ring_first_is_not_the_largest() -> None:
    # one debt (甲 → 乙) lies on a ring of three and on a ring of four: whoever takes the shorter first loses one
    net: list[Debt] = [("甲", "乙", 1), ("乙", "丙", 1), ("丙", "甲", 1), ("乙", "丁", 1), ("丁", "戊", 1), ("戊", "甲", 1)]
    assert solve(net).cleared_fen == 4
    greedy = solve(net, max_parties=3)
    assert (greedy.cleared_fen, greedy.optimal, greedy.bound_fen) == (3, False, 4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from("甲乙丙丁"), st.integers(1, 3)).filter(lambda d: d[0] != d[1]), max_size=7))
def test_equal_to_brute_force(net: list[Debt]) -> None:
    assert solve(net).cleared_fen == brute(net)


@settings(max_examples=60, deadline=None)
@given(debts)
def test_conservation_bounds_and_proof(net: list[Debt]) -> None:
    answer = solve(net)
    assert answer.optimal
    assert answer.cleared_fen == answer.bound_fen == networkx_sum(net) <= answer.through_fen
    assert answer.cleared_fen <= answer.total_fen - answer.net_fen
    assert (answer.cleared >= 0).all()
    assert (answer.cleared <= answer.given.amount).all()
    paid, received = answer.cleared_by_party
    assert (paid == received).all()
    sheet = parties(answer)
    assert sheet["net_before_fen"].equals(sheet["net_after_fen"])
    assert sum(amount * length for amount, length in zip(answer.rings.amount.tolist(), answer.rings.lengths.tolist(), strict=True)) == answer.cleared_fen


@settings(max_examples=40, deadline=None)
@given(debts, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_of_rows(net: list[Debt], shuffle: random.Random) -> None:
    first = table(*net, weight=[1 + n % 3 for n in range(len(net))], due_date=[f"2020-01-{1 + n % 9:02d}" for n in range(len(net))])
    order = list(range(len(net)))
    shuffle.shuffle(order)
    assert cleared(clear(first)) == cleared(clear(first[order] if net else first))


@settings(max_examples=40, deadline=None)
@given(debts, st.integers(2, 9))
def test_scaling_reversal_union_and_monotony(net: list[Debt], factor: int) -> None:
    once = solve(net).cleared_fen
    assert solve([(u, v, factor * fen) for u, v, fen in net]).cleared_fen == factor * once
    assert solve([(v, u, fen) for u, v, fen in net]).cleared_fen == once
    assert solve(net + [(f"另{u}", f"另{v}", fen) for u, v, fen in net]).cleared_fen == 2 * once
    assert solve([*net, ("甲", "庚", 5)]).cleared_fen >= once
    assert solve(net, cash=3).cleared_fen >= once


def random_net(parties: int, count: int, seed: int, most: int = 10**9) -> list[Debt]:
    draw = random.Random(seed)
    ends = [(draw.randrange(parties), draw.randrange(parties), draw.randint(1, most)) for _ in range(count)]
    return [(f"P{u}", f"P{v}", fen) for u, v, fen in ends if u != v]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equal_to_a_second_engine_on_larger_nets(seed: int) -> None:
    net = random_net(300, 1500, seed)
    assert solve(net).cleared_fen == networkx_sum(net), f"seed {seed}"


@pytest.mark.parametrize("fen", [2**31 + 1, 2**53 + 1, 10**17 + 3])
def test_amounts_beyond_what_int32_and_float_hold(fen: int) -> None:
    answer = solve([("甲", "乙", fen), ("乙", "丙", fen + 2), ("丙", "甲", fen + 1), ("丙", "丁", 5)])
    assert answer.cleared_fen == 3 * fen == answer.bound_fen


def test_totals_beyond_int64() -> None:
    big = 2**62
    net = [(f"{ring}{a}", f"{ring}{b}", big) for ring in range(5) for a, b in ("甲乙", "乙丙", "丙甲")]
    answer = solve(net)
    assert answer.total_fen == answer.cleared_fen == answer.bound_fen == 15 * big


def test_the_order_of_wishes_on_the_optimal_face() -> None:
    # 甲 can be cleared against 乙 or 丙, not both: equal in amount
    net: list[Debt] = [("甲", "乙", 10), ("乙", "甲", 6), ("甲", "丙", 10), ("丙", "甲", 6)]
    either: list[Debt] = [("甲", "枢", 5), ("枢", "乙", 5), ("枢", "丙", 5), ("乙", "甲", 5), ("丙", "甲", 5)]
    assert solve(net).cleared_fen == 24
    weighted = clear(table(*either, weight=[1, 1, 1, 1, 9]))
    assert (cleared(weighted)["d5"], cleared(weighted)["d4"]) == (5, 0)
    older = clear(table(*either, due_date=["", "", "", "2019-01-01", "2021-01-01"]))
    assert (cleared(older)["d4"], cleared(older)["d5"]) == (5, 0)
    both = clear(table(*either, weight=[1, 1, 1, 1, 2], due_date=["", "", "", "2019-01-01", "2021-01-01"]))
    assert cleared(both)["d5"] == 5, "weight comes before age"
    assert {each.cleared_fen for each in (weighted, older, both)} == {15}


@settings(max_examples=40, deadline=None)
@given(debts, st.data())
def test_wishes_never_cost_a_fen_and_equal_one_large_weight(net: list[Debt], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(0, 9), min_size=len(net), max_size=len(net)))
    plain = solve(net)
    wished = clear(table(*net, weight=weights))
    assert wished.cleared_fen == plain.cleared_fen
    value = int((wished.cleared * np.array([*weights], np.int64)).sum()) if net else 0
    big = clear(table(*net, weight=[10**6 + w for w in weights]), wishes=Wishes(mode="priority"))
    assert big.objective == 10**6 * plain.cleared_fen + value


def test_priority_maximises_the_weighted_sum_and_proves_it() -> None:
    # the heavy pair and the ring of three share 甲 → 乙
    net = table(("甲", "乙", 1), ("乙", "甲", 1), ("乙", "丙", 1), ("丙", "甲", 1), weight=[5, 5, 1, 1])
    answer = clear(net, wishes=Wishes(mode="priority"))
    assert (answer.objective, answer.bound_objective, answer.cleared_fen, answer.optimal) == (10, 10, 2, True)
    assert answer.bound_fen >= 3
    assert clear(net).cleared_fen == 3


def test_pairs_fall_due_together() -> None:
    answer = clear(table(("甲", "乙", 5), ("乙", "甲", 9), ("乙", "丙", 3)), wishes=Wishes(mode="bilateral"))
    assert (answer.cleared_fen, answer.bound_fen, answer.optimal) == (10, 10, True)
    assert set(answer.rings.lengths.tolist()) == {2}


@pytest.mark.parametrize("most", [2, 3, 4])
def test_no_ring_has_more_parties_than_asked_for(most: int) -> None:
    net = random_net(25, 120, 7, 100)
    answer = solve(net, max_parties=most)
    assert answer.rings.lengths.max() <= most
    assert answer.cleared_fen <= solve(net).cleared_fen
    assert answer.optimal is (most == 2)


def test_shortest_rings_first_add_up_to_the_same_answer() -> None:
    net = random_net(40, 200, 3, 100)
    long, short = solve(net), solve(net, shortest_rings=True)
    assert cleared(long) == cleared(short)
    assert short.rings.lengths.tolist()[0] == 2
    total = lambda answer: int((answer.rings.amount * answer.rings.lengths).sum())  # noqa: E731
    assert total(short) == total(long) == long.cleared_fen


def test_machine_code_and_python_give_the_same_rings() -> None:
    pytest.importorskip("numba")
    from mingbai.setoff import compiled
    net = random_net(60, 400, 5, 1000)
    plain = solve(net)
    before, compiled.WORTH_COMPILING = compiled.WORTH_COMPILING, 0
    try:
        fast = solve(net)
    finally:
        compiled.WORTH_COMPILING = before
    assert plain.rings.nodes.tolist() == fast.rings.nodes.tolist()
    assert plain.rings.amount.tolist() == fast.rings.amount.tolist()


def test_a_party_that_stays_away_and_what_that_costs() -> None:
    net = [("枢", "甲", 10), ("甲", "枢", 10), ("枢", "乙", 4), ("乙", "枢", 4), ("丙", "丁", 3), ("丁", "丙", 3)]
    answer = solve(net, without="枢")
    assert (answer.cleared_fen, answer.with_everyone_fen) == (6, 34)
    hubs = solve(net, pivotal=2).pivotal
    assert [(each.party, each.lost_fen, each.own_fen) for each in hubs] == [("枢", 28, 14), ("甲", 20, 10)]


def test_when_time_is_up_the_greedy_answer_comes_with_its_gap() -> None:
    net = random_net(60, 300, 11)
    answer, best = solve(net, time_limit=0.0), solve(net)
    assert (answer.method, answer.optimal) == ("greedy", False)
    assert 0 < answer.cleared_fen <= best.cleared_fen <= answer.bound_fen
    paid, received = answer.cleared_by_party
    assert (paid == received).all()


def test_within_the_time_limit_the_answer_is_the_same() -> None:
    net = random_net(40, 200, 12)
    assert cleared(solve(net, time_limit=60.0)) == cleared(solve(net))


def test_the_same_file_gives_the_same_answer() -> None:
    net = random_net(200, 1200, 5)
    first, second = solve(net), solve(net)
    assert first.cleared.tolist() == second.cleared.tolist()
    assert "ortools " in first.solver
    assert isinstance(first.to_json()["cleared_fen"], int)
    assert pl.Series(first.rings.nodes).equals(pl.Series(second.rings.nodes))


@settings(max_examples=60, deadline=None)
@given(debts, st.sampled_from(["free", "priority"]), st.data())
def test_both_engines_reach_the_same_proved_sum(net: list[Debt], mode: str, data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(0, 1000), min_size=len(net), max_size=len(net)))
    ours, theirs = (clear(table(*net, weight=weights), wishes=Wishes(mode=mode, solver=solver, tie_break="none"))
                    for solver in ("scaling", "ortools"))
    assert ours.optimal
    assert theirs.optimal
    assert (ours.cleared_fen if mode == "free" else ours.objective) == (theirs.cleared_fen if mode == "free" else theirs.objective)


def test_long_rings_need_a_finer_scale_than_the_first() -> None:
    # a ring of 300, each two neighbours also owing back a little: potentials far above the sixteenth the engine begins with
    size = 300
    net = [(f"P{n:03d}", f"P{(n + 1) % size:03d}", 1000 + n) for n in range(size)] + [(f"P{n + 1:03d}", f"P{n:03d}", 7) for n in range(size - 1)]
    answer = solve(net, solver="scaling", tie_break="none")
    assert answer.optimal
    assert answer.cleared_fen == networkx_sum(net)


def test_our_engine_gives_the_same_flow_in_python_and_in_machine_code() -> None:
    pytest.importorskip("numba")
    from mingbai.setoff import compiled
    net = random_net(60, 400, 5, 2**40)
    plain = solve(net, solver="scaling", tie_break="none")
    before, compiled.WORTH_COMPILING = compiled.WORTH_COMPILING, 0
    try:
        fast = solve(net, solver="scaling", tie_break="none")
    finally:
        compiled.WORTH_COMPILING = before
    assert plain.flow.tolist() == fast.flow.tolist()
    assert plain.y.tolist() == fast.y.tolist()


def test_our_engine_takes_sums_of_exactly_int64_max() -> None:
    most = 2**63 - 1
    answer = solve([("甲", "乙", most), ("乙", "丙", most - 4), ("丙", "甲", most)], solver="scaling")
    assert answer.cleared_fen == 3 * (most - 4) == answer.bound_fen
