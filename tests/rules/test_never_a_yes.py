"""Missing data is never a yes: what a row does not say cannot accuse anybody.

Facts are taken away, not cells: columns that stand in for each other (a missing start is the signing, a missing end is
start + term, domain 1.9) go together, so that taking one away does not uncover a contradiction.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from mingbai.registers.contracts.register import REGISTER
from rules.cases import RULEBOOK, check_rows
from rules.ledgers import ALL_HEADINGS, a_table

SEED = int(os.environ.get("MINGBAI_SEED", "20261123"))
YES, NO, CANNOT_TELL = 1, 0, 2

FACTS = [
    ("signed_on", "starts_on", "meeting_on"), ("ends_on", "term_months", "open_ended"),
    ("arrears_fen", "due_fen", "received_fen"), ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen"),
    ("payment_mode", "prepaid_years"), ("pricing_mode", "escalation"), ("land_class", "object_class"),
    ("title", "special_terms", "remark"), ("votes_for", "present", "entitled"), ("location", "parcel_code", "area_mu4"),
    ("shown", "shown_from", "shown_to"), ("booked", "voucher_no"), ("sublet", "actual_user", "actual_use"),
]
ALONE = {column.name for column in REGISTER.columns} - {name for fact in FACTS for name in fact}
FACTS += [(name,) for name in sorted(ALONE)]

EXCUSES = {
    "C02": ({"kind", "lessor_level"}, "a row is within the clean-up unless it says household (domain 1.3)"),
    "C03": ({"lessor_level"}, "the same"),
    "C04": ({"title"}, "words of renewal are a mark: without them a contract is not a renewal"),
    "C05": ({"second_round_term"}, "a mark as well"),
    "C11": (
        set(ALONE) | {"title", "signed_on", "ends_on", "location", "rent_fen_per_mu_year"},
        "an empty cell is the fault itself",
    ),
    "C14": ({"location", "lessee"}, "到期在用 is said outright; the renewal would have to be shown"),
}


def empty_row(**said: Any) -> dict[str, Any]:
    return {column.name: None for column in REGISTER.columns} | {
        "_file": "甲.xlsx", "_sheet": "台账", "_row": 3, "_headings": ALL_HEADINGS, "_doubtful": "|"} | said


@pytest.mark.parametrize("headings", [ALL_HEADINGS, "|"])
@pytest.mark.parametrize("policy", ["", "九院村"])
def test_a_row_that_says_nothing_accuses_nobody(headings: str, policy: str) -> None:
    (judged,) = check_rows([empty_row(_headings=headings)], policy).judged.to_dicts()
    accused = {rule for rule in RULEBOOK.rules if judged[rule] not in (NO, CANNOT_TELL)}
    assert accused == ({"C11"} if headings != "|" else set())


def test_rows_that_say_nothing_do_not_accuse_each_other() -> None:
    judged = check_rows([empty_row(_headings="|") for _ in range(12)]).judged
    assert {rule for rule in RULEBOOK.rules if set(judged[rule]) - {NO, CANNOT_TELL}} == set()


def consistent(row: dict[str, Any]) -> dict[str, Any]:
    """The row with one way to its end, after its start, on a sheet with all headings."""
    start, end = row["starts_on"] or row["signed_on"], row["ends_on"]
    stated = {"term_months": None} if end and start and end > start else {"ends_on": None}
    return row | stated | {"_headings": ALL_HEADINGS, "_doubtful": "|"}


def test_taking_facts_away_never_makes_a_yes() -> None:
    """Each ledger stands beside copies of itself (files of their own) in which one row lost one fact."""
    turned = []
    for seed in range(SEED, SEED + 150):
        random = Random(seed)
        rows = [consistent(row) for row in a_table(random, 8)]
        at, gone = random.randrange(len(rows)), random.sample(FACTS, 12)
        copies = [rows] + [
            [
                row | (dict.fromkeys(fact) if number == at else {}) | {"_file": f"{copy}{row['_file']}"}
                for number, row in enumerate(rows)
            ]
            for copy, fact in enumerate(gone)
        ]
        judged = check_rows([row for copy in copies for row in copy]).judged.to_dicts()
        before = judged[at]
        for copy, fact in enumerate(gone, 1):
            after = judged[copy * len(rows) + at]
            for rule in RULEBOOK.rules:
                excused = {*EXCUSES.get(rule, (set(),))[0]}
                if before[rule] == NO and after[rule] == YES and not excused & set(fact):
                    said = {name: value for name, value in rows[at].items() if value and name != "_headings"}
                    turned.append(f"MINGBAI_SEED={seed} {rule}: yes once {fact} are gone from {said}")
    assert not turned, f"{len(turned)}; the first:\n" + "\n".join(turned[:3])


def a_whole_row() -> dict[str, Any]:
    return empty_row(
        lessor="九院村", lessee="张三", land_class="耕地", location="村东", area_mu4=100_000, agreed_use="种植",
        rent_fen_per_year=100_000, ends_on="2030-12-31")


def test_three_silences_are_three_different_things() -> None:
    """An empty cell is a missing clause, an absent column says nothing, an unreadable cell says something."""
    whole = a_whole_row()
    without = ALL_HEADINGS.replace("|agreed_use|", "|")
    rows = [whole, whole | {"agreed_use": None}, whole | {"agreed_use": None, "_headings": without},
            whole | {"agreed_use": None, "_doubtful": "|agreed_use|"}]
    assert check_rows(rows).judged["C11"].to_list() == [NO, YES, CANNOT_TELL, NO]


@pytest.mark.parametrize("name", ["lessor", "lessee", "location", "area_mu4", "agreed_use"])
def test_every_clause_has_its_three_silences(name: str) -> None:
    whole = a_whole_row()
    silent = whole | {name: None}
    rows = [silent, silent | {"_headings": ALL_HEADINGS.replace(f"|{name}|", "|")}, silent | {"_doubtful": f"|{name}|"}]
    assert check_rows(rows).judged["C11"].to_list() == [YES, CANNOT_TELL, NO]
