"""Rents in kind are valued by the place's dated prices, and not at all where there is none."""

from __future__ import annotations

from datetime import date

import pytest

from mingbai.columns import find_register
from mingbai.rules import check, find_rulebook, ledger, load_law
from mingbai.rules.engine import CANNOT_TELL, YES
from mingbai.rules.engines import whole
from mingbai.units import Doubt, Unreadable, Value
from mingbai.units.goods import InKind, parse_in_kind

CONTRACTS = find_register("contracts")
POLICY = """
place: "140109"
articles: {JIA: {title: 县粮食收购价（例子）, article: 每年通告, says: 当年的收购价, from: 1998-01-01, status: to_confirm, checked_on: 2026-11-23}}
parameters:
  in_kind_price_fen:
    values:
      - {from: 1998-01-01, to: 1998-12-31, value: {小麦: 140, 玉米: 120}, cite: JIA, status: to_confirm}
      - {from: 2026-01-01, value: {小麦: 240}, cite: JIA, status: to_confirm}
  price_floor_fen:
    values:
      - {from: 2020-01-01, value: {耕地: 60000}, cite: JIA, status: to_confirm}
"""


@pytest.mark.parametrize(("cell", "goods", "per"), [
    ("300斤鱼/年", (("鱼", 150_000),), ""), ("350市斤小麦/间", (("小麦", 175_000),), "piece"),
    ("350公斤小麦+350公斤玉米/亩", (("小麦", 350_000), ("玉米", 350_000)), "mu"), ("每亩小麦200斤", (("小麦", 100_000),), "mu"),
    ("三百斤小麦/亩·年", (("小麦", 150_000),), "mu"), ("0.5吨玉米/年", (("玉米", 500_000),), ""),
])
def test_a_rent_in_kind_is_read(cell, goods, per):
    assert parse_in_kind(cell) == Value(InKind(goods, per))
    assert parse_in_kind(str(InKind(goods, per))) == Value(InKind(goods, per))


@pytest.mark.parametrize(("cell", "kind"), [("粮食200斤", Unreadable), ("小麦若干", Unreadable), ("**斤小麦", Unreadable), ("", Value), ("200斤小麦或折现", Doubt)])
def test_what_is_not_sure_is_asked(cell, kind):
    assert isinstance(parse_in_kind(cell), kind)


def _answers(policy=True, engine="polars"):
    texts = ["350公斤小麦/亩", "350公斤小麦+350公斤玉米/亩", "100公斤小麦/亩", "3000公斤小麦/年", "300斤羊/亩"]
    rows = ledger(CONTRACTS, [{"lessee": [f"户{n}" for n in range(5)], "in_kind": texts, "area_mu4": [100_000] * 5, "land_class": ["耕地"] * 5,
                               "signed_on": ["1998-05-01"] * 5, "starts_on": ["1998-05-01"] * 5, "_headings": ["|in_kind|area_mu4|land_class|signed_on|"] * 5,
                               "_doubtful": ["||"] * 5, "_file": ["a"] * 5, "_sheet": ["s"] * 5, "_row": list(range(5))}])
    law = load_law("contracts")
    law = law.under_text("政策.yaml", POLICY.encode(), "140109") if policy else law
    run = check if engine == "polars" else lambda *given: whole(engine, *given)
    return run(rows, CONTRACTS, find_rulebook("contracts"), law, date(2026, 9, 30)).judged


def test_the_price_of_the_day_values_it():
    judged = _answers()
    assert judged["price_mu"].to_list() == [49000, 91000, 14000, 42000, None]
    assert judged["price_today"].to_list() == [84000, None, 24000, 72000, None]
    assert [answer == YES for answer in judged["C07"]] == [False, False, True, False, False]


def test_without_a_price_nothing_is_said_and_the_rule_tells_what_to_add():
    judged = _answers(policy=False)
    assert judged["price_mu"].null_count() == 5 and set(judged["C07"]) == {CANNOT_TELL}
    assert "实物折价" in find_rulebook("contracts").rules["C07"].otherwise


@pytest.mark.slow
def test_duckdb_values_it_alike():
    assert _answers(engine="duckdb")["C07"].to_list() == _answers()["C07"].to_list()


def test_goods_by_the_room_are_times_the_rooms_a_row_speaks_of():
    """175 kg of wheat a room, three rooms, on a mu: 525 kg at 2.40 yuan; of how many rooms nobody says: not valued."""
    rows = ledger(CONTRACTS, [{"lessee": ["甲", "乙", "丙"], "in_kind": ["350市斤小麦/间"] * 3, "title": ["旧校舍3间", "旧校舍", "旧校舍3间"], "location": [None, None, "村东4间"],
                               "area_mu4": [10_000] * 3, "land_class": ["建设用地"] * 3, "signed_on": ["2026-01-01"] * 3, "starts_on": ["2026-01-01"] * 3, "_file": ["a"] * 3,
                               "_sheet": ["s"] * 3, "_row": [1, 2, 3]}])
    law = load_law("contracts").under_text("政策.yaml", POLICY.encode(), "140109")
    assert check(rows, CONTRACTS, find_rulebook("contracts"), law, date(2026, 9, 30)).judged["price_today"].to_list() == [525 * 240, None, None]
