"""Rents that change by stages: what clerks write, the schedule it gives, and what is asked."""

from __future__ import annotations

from datetime import date

import pytest

from mingbai.dues import Stage, Steps, Terms, parse_escalation, schedule
from mingbai.units import Doubt, Unreadable, Value, parse_area, parse_money, parse_term


def steps(*stages, per_mu=None, count="contract"):
    return Value(Steps(count, tuple(Stage(*each) for each in stages), per_mu))


@pytest.mark.parametrize(("cell", "clause"), [
    ("前五年每亩300元后五年每亩400元", steps((1, 5, 30000), (6, 10, 40000), per_mu=True)),
    ("10年300元+20年400元+20年500元", steps((1, 10, 30000), (11, 30, 40000), (31, 50, 50000))),
    ("10+20+20年，每亩100、200、300元", steps((1, 10, 10000), (11, 30, 20000), (31, 50, 30000), per_mu=True)),
    ("10+20+20年:1000、2000、3000", steps((1, 10, 100000), (11, 30, 200000), (31, 50, 300000))),
    ("2003-2006 450, 2006-2011 520", steps((2003, 2006, 45000), (2006, 2011, 52000), count="calendar")),
])
def test_stages_are_read(cell, clause):
    assert parse_escalation(cell) == clause


def test_stages_make_the_schedule():
    clause = parse_escalation("10+20+20年，每亩100、200、300元").value
    dues = schedule(Terms(starts_on=date(2000, 1, 1), ends_on=date(2049, 12, 31), area_mu4=100_000, rent_fen_per_mu_year=10000, steps=clause))
    assert [dues[n].amount_fen for n in (0, 9, 10, 29, 30, 49)] == [100000, 100000, 200000, 200000, 300000, 300000]


def test_a_basis_said_only_once_is_asked_and_each_answer_reads_back():
    asked = parse_escalation("前五年每亩300后五年400")
    assert isinstance(asked, Doubt) and len(asked.suggestions) == 2
    for each in asked.suggestions:
        assert parse_escalation(each.text) == Value(each.value)


@pytest.mark.parametrize("cell", ["10+20+20年", "10+20年，每亩100、200、300元"])
def test_stages_without_their_prices_are_not_guessed(cell):
    assert isinstance(parse_escalation(cell), Unreadable)


@pytest.mark.parametrize(("parse", "cell", "said"), [
    (parse_money, "20000001000000", ["2,000,000元", "1,000,000元"]), (parse_money, 20000001000000, ["2,000,000元", "1,000,000元"]),
    (parse_money, "3000040000", ["30,000元", "40,000元"]), (parse_money, "30000 50000", ["30,000元"]), (parse_money, "3000\n5000", ["3,000元", "5,000元"]),
    (parse_area, "12.512.5", ["12.5亩"]), (parse_area, "108.36108.36", ["108.36亩"]),
    (parse_term, "20032033", ["2003-01-01至2033-12-31"]), (parse_term, "2003.1.12033.1.1", ["2003-01-01至2033-01-01"]),
])
def test_two_numbers_glued_are_a_doubt_with_what_they_may_be(parse, cell, said):
    asked = parse(cell)
    assert isinstance(asked, Doubt), asked
    shown = [each.text for each in asked.suggestions]
    assert all(text in shown for text in said), shown


@pytest.mark.parametrize("cell", ["120000000", 500000000, "123456000", 1.2e9])
def test_a_large_sum_that_is_one_number_stays_one(cell):
    assert isinstance(parse_money(cell), Value)
