"""What is declared: every reason for which a debt is left out, each listed with its row, and the rest solved."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from mingbai.setoff import NotATable, Wishes, clear
from mingbai.setoff.reasons import REASONS
from mingbai.setoff.results import excluded
from setoff.debts import cleared, reasons, table

RING = [("甲", "乙", 10), ("乙", "丙", 10), ("丙", "甲", 10)]
"""The ring that is solved whatever is wrong with the debt beside it."""


def beside(debtor: Any = "甲", creditor: Any = "丙", amount: Any = "5", parties: pl.DataFrame | None = None, wishes: Wishes | None = None,
           **columns: Any) -> str | None:
    """The reason given to one debt beside the ring; None if it takes part."""
    net = pl.concat([table(*RING), pl.DataFrame({"id": ["it"], "debtor": [debtor], "creditor": [creditor], "amount_fen": [amount]},
                                                schema=dict.fromkeys(("id", "debtor", "creditor", "amount_fen"), pl.String))])
    net = net.with_columns(*(pl.Series(name, [None, None, None, value], dtype=pl.String) for name, value in columns.items()))
    answer = clear(net, parties, wishes)
    assert answer.cleared_fen >= 30
    assert set(reasons(answer)) <= {"it"}
    assert len(answer.cleared) == 4
    return reasons(answer).get("it")


PARTIES = pl.DataFrame({"party_id": ["甲", "乙", "丙", "丁"], "consent": ["yes", "yes", "", "no"], "status": ["normal", "", "", ""]})


@pytest.mark.parametrize(("reason", "debt"), [
    ("missing_party", {"debtor": ""}), ("missing_party", {"creditor": None}),
    ("missing_amount", {"amount": ""}), ("missing_amount", {"amount": None}),
    ("amount_not_whole", {"amount": "10.5"}), ("amount_not_whole", {"amount": "1,000"}), ("amount_not_whole", {"amount": "三百"}),
    ("amount_not_positive", {"amount": "0"}), ("amount_not_positive", {"amount": "-7"}), ("amount_not_positive", {"amount": "-99999999999999999999"}),
    ("amount_too_large", {"amount": str(2**63)}), (None, {"amount": str(2**62)}),
    ("self_debt", {"creditor": "甲"}),
    ("bad_currency", {"currency": "USD"}), (None, {"currency": "cny"}),
    ("bad_weight", {"weight": "-1"}), ("bad_weight", {"weight": "1.5"}), ("bad_weight", {"weight": str(10**12 + 1)}), (None, {"weight": "0"}),
    ("bad_date", {"due_date": "2026-02-30"}), (None, {"due_date": "2026-02-28"}),
    ("bad_limit", {"max_clear_fen": "-1"}), ("bad_limit", {"max_clear_fen": "x"}), (None, {"max_clear_fen": "0"}),
    ("bad_consent", {"consent": "maybe"}), ("bad_flag", {"frozen": "perhaps"}),
    ("refused", {"consent": "no"}), ("pending", {"consent": "ask"}), (None, {"consent": "yes"}), (None, {"consent": "同意"}),
    ("frozen", {"frozen": "yes"}), ("pledged", {"pledged": "是"}), ("disputed", {"disputed": "1"}),
    ("time_barred", {"time_barred": "yes"}), (None, {"time_barred": "yes", "waiver": "yes"}),
    ("wage", {"kind": "wage"}), ("wage", {"kind": "农民工工资"}), ("tax", {"kind": "tax"}), ("social_insurance", {"kind": "社保"}),
    ("earmarked", {"kind": "fund"}), ("earmarked", {"kind": "earmarked"}), ("relief", {"kind": "relief"}),
    ("land_compensation", {"kind": "land_compensation"}), ("deposit", {"kind": "deposit"}), ("tort", {"kind": "tort"}), ("living", {"kind": "living"}),
    ("frozen", {"kind": "frozen"}), ("pledged", {"kind": "pledged"}), ("disputed", {"kind": "disputed"}), ("time_barred", {"kind": "time_barred"}),
    (None, {"kind": "works"}), (None, {"kind": "rent"}), (None, {}),
    ("unknown_party", {"creditor": "戊", "parties": PARTIES}), ("party_refused", {"creditor": "丁", "parties": PARTIES}),
    ("contradictory_consent", {"creditor": "丁", "parties": PARTIES, "consent": "yes"}),
    ("party_pending", {"creditor": "丁", "parties": PARTIES.with_columns(consent=pl.Series(["", "", "", "ask"]))}),
    ("party_bankrupt", {"creditor": "丁", "parties": PARTIES.with_columns(consent=pl.lit(""), status=pl.Series(["", "", "", "bankrupt"]))}),
    ("party_frozen", {"creditor": "丁", "parties": PARTIES.with_columns(consent=pl.lit(""), status=pl.Series(["", "", "", "冻结"]))}),
    ("contradictory_party", {"creditor": "丁", "parties": pl.concat([PARTIES, PARTIES[3:].with_columns(consent=pl.lit("yes"))])}),
    (None, {"parties": pl.concat([PARTIES, PARTIES[:1]])}),
    ("without", {"creditor": "丁", "wishes": Wishes(without="丁")}),
])
def test_a_debt_is_left_out_for_its_reason(reason: str | None, debt: dict[str, Any]) -> None:
    assert beside(**debt) == reason


def test_every_reason_in_the_table_has_its_example() -> None:
    tried = {mark.args[1][n][0] for mark in test_a_debt_is_left_out_for_its_reason.pytestmark for n in range(len(mark.args[1]))}  # type: ignore[attr-defined]
    elsewhere = {"bad_row", "missing_id", "duplicate_id", "sum_overflow", "not_due"}
    assert {each.code for each in REASONS} == (tried - {None}) | elsewhere


def test_a_repeated_id_takes_all_its_rows_out() -> None:
    net = table(*RING, ("甲", "丙", 5), ("丙", "甲", 5)).with_columns(id=pl.Series(["d1", "d2", "d3", "x", "x"]))
    answer = clear(net)
    assert answer.excluded == {"duplicate_id": 2}
    assert excluded(answer)["row"].to_list() == [5, 6]
    assert answer.cleared_fen == 30


def test_a_row_without_id_is_left_out() -> None:
    assert clear(table(*RING, ("甲", "丙", 5)).with_columns(id=pl.Series(["d1", "d2", "d3", " "]))).excluded == {"missing_id": 1}


def test_rows_at_which_a_sum_would_pass_int64_are_left_out_in_order_of_id() -> None:
    half = 2**62
    net = table(("甲", "乙", half), ("甲", "丙", half), ("甲", "丁", half - 1), ("乙", "甲", 9)).with_columns(id=pl.Series(["c", "a", "b", "e"]))
    answer = clear(net)
    assert reasons(answer) == {"c": "sum_overflow"}, "a and b fill 2^63 − 1 exactly; c comes after them"
    assert answer.total_fen == 2**63 - 1 + 9
    assert clear(net[::-1]).excluded == answer.excluded
    assert reasons(clear(net[::-1])) == {"c": "sum_overflow"}


def test_the_solver_takes_a_party_filled_to_the_brim() -> None:
    brim = 2**63 - 1
    answer = clear(table(("甲", "乙", brim), ("乙", "甲", brim)))
    assert answer.cleared_fen == 2 * brim == answer.bound_fen
    assert answer.optimal


def test_at_most_what_may_be_cleared_is_cleared() -> None:
    answer = clear(table(*RING, max_clear_fen=["4", "", "99"]))
    assert (answer.cleared_fen, answer.total_fen, answer.optimal) == (12, 30, True)


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(NotATable, match="creditor、amount_fen"):
        clear(pl.DataFrame({"id": ["1"], "debtor": ["甲"]}))


def test_nobody_of_that_name() -> None:
    with pytest.raises(NotATable, match="没有“戊”"):
        clear(table(*RING), wishes=Wishes(without="戊"))


def test_blanks_around_names_make_no_new_party() -> None:
    assert clear(table(("甲", "乙 ", 5), (" 乙", "甲", 5))).cleared_fen == 10


def test_what_is_not_due_stays_out_of_a_notice_of_set_off() -> None:
    from datetime import date

    net = table(("甲", "乙", 5), ("乙", "甲", 9), ("乙", "甲", 2), due_date=["2026-01-01", "2027-01-01", ""])
    answer = clear(net, wishes=Wishes(mode="bilateral", as_of=date(2026, 9, 30)))
    assert reasons(answer) == {"d2": "not_due"}
    assert answer.cleared_fen == 4
    assert clear(net, wishes=Wishes(as_of=date(2026, 9, 30))).cleared_fen == 10, "by agreement what is not due may go too"


def test_everything_left_out_is_a_result() -> None:
    answer = clear(table(*RING, consent=["no"] * 3))
    assert (answer.total_fen, answer.cleared_fen, answer.excluded) == (0, 0, {"refused": 3})
    assert cleared(answer) == {"d1": 0, "d2": 0, "d3": 0}


def test_the_page_names_every_reason_and_every_output() -> None:
    from pathlib import Path

    from mingbai.setoff.declaring import NEEDED, OPTIONAL
    from mingbai.setoff.reasons import REASONS
    page = (Path(__file__).parents[2] / "docs/setoff.md").read_text(encoding="utf-8")
    for reason in REASONS:
        assert f"| `{reason.code}` | {reason.sentence} | {reason.rule} |" in page
    for column in (*NEEDED, *OPTIONAL):
        assert f"`{column}`" in page, column
