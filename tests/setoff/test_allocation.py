"""民法典 560: what a pair has cleared is handed to its debts, first to the one the article puts first."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from mingbai.setoff import Wishes, clear
from setoff.debts import cleared, table


def of_two(back: int = 6, as_of: date | None = None, **columns: Any) -> tuple[int, int]:
    """甲 owes 乙 two debts of 5 and is owed ``back``: what is cleared of the two."""
    answer = clear(table(("甲", "乙", 5), ("甲", "乙", 5), ("乙", "甲", back), **{name: [*two, ""] for name, two in columns.items()}), wishes=Wishes(as_of=as_of))
    got = cleared(answer)
    assert got["d1"] + got["d2"] == got["d3"] == back
    return got["d1"], got["d2"]


def test_the_earlier_due_first() -> None:
    assert of_two(due_date=["2024-05-01", "2023-05-01"]) == (1, 5)


def test_a_debt_without_due_date_comes_last() -> None:
    assert of_two(due_date=["", "2025-01-01"]) == (1, 5)


def test_the_due_before_the_undue_even_if_better_secured() -> None:
    assert of_two(as_of=date(2026, 9, 30), due_date=["2027-01-01", "2026-01-01"], secured=["none", "mortgage"]) == (1, 5)


def test_of_due_debts_the_least_secured_first() -> None:
    assert of_two(due_date=["2023-01-01", "2024-01-01"], secured=["mortgage", "none"]) == (1, 5)
    assert of_two(secured=["guarantee", "mortgage"]) == (5, 1)


def test_of_equally_secured_debts_the_heavier_first() -> None:
    assert of_two(due_date=["2023-01-01", "2024-01-01"], burden=["4.35", "12"]) == (1, 5)


def test_what_the_debtor_designates_goes_before_all_else() -> None:
    assert of_two(designation=["2", "1"], due_date=["2020-01-01", "2026-01-01"]) == (1, 5)
    assert of_two(designation=["", "1"]) == (1, 5)


def test_the_weight_the_round_agreed_on_goes_first() -> None:
    assert of_two(weight=["1", "3"], due_date=["2020-01-01", "2026-01-01"]) == (1, 5)


def test_equals_share_in_proportion_and_odd_fen_go_by_id() -> None:
    assert of_two(back=6) == (3, 3)
    assert of_two(back=7) == (4, 3)
    got = cleared(clear(table(("甲", "乙", 30), ("甲", "乙", 10), ("乙", "甲", 20))))
    assert (got["d1"], got["d2"]) == (15, 5)


@example(debts=[2057, 1, 1, 6477], wanted=775)  # the first share is whole: 2057 × 776 ÷ 8536 = 187
@given(st.lists(st.integers(1, 2**59), min_size=2, max_size=6), st.integers(0, 2**62))
def test_shares_of_any_size_differ_from_proportion_by_less_than_a_fen(debts: list[int], wanted: int) -> None:
    back = 1 + wanted % sum(debts)
    got = cleared(clear(table(*(("甲", "乙", debt) for debt in debts), ("乙", "甲", back))))
    shares = [got[f"d{n}"] for n in range(1, len(debts) + 1)]
    assert sum(shares) == back
    for share, debt in zip(shares, debts, strict=True):
        assert 0 <= share <= debt
        assert abs(share * sum(debts) - back * debt) < sum(debts)
