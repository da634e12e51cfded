"""缴款计划: from terms to dues."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.dues import DueRule, Escalation, Instalment, Stage, Steps, Terms, TermsError, schedule, spread

THIRTY = {"starts_on": date(2005, 1, 1), "rent_fen_per_year": 500_00}


def amounts(dues):
    return [due.amount_fen for due in dues]


@pytest.mark.parametrize(("ends_on", "dues"), [
    (date(2034, 12, 30), 30), (date(2034, 12, 31), 30), (date(2035, 1, 1), 30), (date(2035, 1, 2), 31),
    (date(2035, 12, 31), 31),
])
def test_thirty_years_have_thirty_dues(ends_on, dues):
    assert len(schedule(Terms(ends_on=ends_on, **THIRTY))) == dues


def test_the_same_calendar_day_is_not_over_thirty_years_and_costs_nothing():
    to_the_day_before = schedule(Terms(ends_on=date(2034, 12, 31), **THIRTY))
    to_the_same_day = schedule(Terms(ends_on=date(2035, 1, 1), **THIRTY))
    assert amounts(to_the_day_before) == amounts(to_the_same_day) == [500_00] * 30
    assert to_the_same_day[-1].period_to == to_the_same_day[-1].due_on == date(2035, 1, 1)


def test_a_silent_contract_is_due_at_each_full_year_and_the_rest_at_the_end():
    dues = schedule(Terms(starts_on=date(2020, 3, 1), ends_on=date(2022, 8, 31), rent_fen_per_year=365_00))
    assert [due.due_on for due in dues] == [date(2021, 2, 28), date(2022, 2, 28), date(2022, 8, 31)]
    assert amounts(dues) == [365_00, 365_00, 184_00]  # 2022-03-01 至 08-31 有 184 天
    assert "民法典第721条" in dues[0].basis
    assert "按天数折算" in dues[2].basis
    assert "待核" in dues[2].basis
    assert "待核" not in dues[0].basis


def test_less_than_a_year_is_due_at_the_end():
    (due,) = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2021, 3, 31), rent_fen_per_year=100_00))
    assert (due.due_on, due.amount_fen) == (date(2021, 3, 31), 2466)  # 90/365


def test_per_mu():
    dues = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2022, 12, 31), rent_fen_per_mu_year=800_00,
                          area_mu4=11_8500))
    assert amounts(dues) == [9480_00, 9480_00]
    assert "800.00 元 × 11.85 亩" in dues[0].basis


def test_per_mu_rounds_half_up_to_the_fen():
    (due,) = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31), rent_fen_per_mu_year=333_33,
                            area_mu4=1_5000))
    assert due.amount_fen == 500_00  # 499.995


@pytest.mark.parametrize(("payment", "dues", "first_due"), [
    ("按年", 2, date(2021, 12, 31)), (None, 2, date(2021, 12, 31)), ("分期", 2, date(2021, 12, 31)),
    ("半年", 4, date(2021, 6, 30)), ("按季", 8, date(2021, 3, 31)), ("按月", 24, date(2021, 1, 31)),
    ("一次性", 1, date(2021, 1, 1)),
])
def test_ways_of_paying(payment, dues, first_due):
    found = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2022, 12, 31), rent_fen_per_year=1000_00,
                           payment=payment))
    assert len(found) == dues
    assert found[0].due_on == first_due
    assert sum(amounts(found)) == 2000_00


def test_prepaid_years_are_blocks_due_at_their_start():
    dues = schedule(Terms(starts_on=date(2010, 1, 1), ends_on=date(2021, 12, 31), rent_fen_per_year=100_00,
                          payment="一次性", prepaid_years=5))
    assert [(due.due_on, due.amount_fen) for due in dues] == [
        (date(2010, 1, 1), 500_00), (date(2015, 1, 1), 500_00), (date(2020, 1, 1), 200_00)]
    assert dues[0].period_to == date(2014, 12, 31)


def test_a_total_alone_is_spread_without_losing_a_fen():
    dues = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2023, 12, 31), total_fen=100_00))
    assert amounts(dues) == [3334, 3333, 3333]


def test_a_single_payment_takes_the_stated_total():
    (due,) = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2070, 12, 31), total_fen=1000_00,
                            rent_fen_per_year=20_00, payment="一次性"))
    assert (due.amount_fen, due.due_on, due.period_to) == (1000_00, date(2021, 1, 1), date(2070, 12, 31))


def test_rent_in_kind_is_kept_word_for_word_and_never_priced():
    dues = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2022, 12, 31), in_kind="350市斤小麦/间",
                          payment="实物", rent_fen_per_year=400_00))
    assert [(due.amount_fen, due.in_kind) for due in dues] == [(None, "350市斤小麦/间")] * 2
    assert "不折价" in dues[0].basis


def test_in_kind_beside_money_keeps_both():
    (due,) = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31), in_kind="300斤鱼/年",
                            rent_fen_per_year=400_00))
    assert (due.amount_fen, due.in_kind) == (400_00, "300斤鱼/年")


def test_stages_by_calendar_years():
    steps = Steps("calendar", (Stage(2003, 2006, 450_00), Stage(2006, 2011, 520_00)))
    dues = schedule(Terms(starts_on=date(2003, 3, 1), ends_on=date(2011, 2, 28), rent_fen_per_mu_year=450_00,
                          area_mu4=10_0000, steps=steps))
    assert amounts(dues) == [4500_00] * 3 + [5200_00] * 5


def test_a_raise_per_mu_on_top_of_a_yearly_sum():
    steps = Steps("contract", (Stage(6, None, 50_00, adds=True),), per_mu=True)
    dues = schedule(Terms(starts_on=date(2010, 1, 1), ends_on=date(2016, 12, 31), rent_fen_per_year=3000_00,
                          area_mu4=10_0000, steps=steps))
    assert amounts(dues) == [3000_00] * 5 + [3500_00] * 2


def test_a_raise_per_mu_on_a_price_per_mu():
    dues = schedule(Terms(starts_on=date(2010, 1, 1), ends_on=date(2012, 12, 31), rent_fen_per_mu_year=300_00,
                          area_mu4=2_0000, escalation=Escalation(1, 2, add_fen=10_00, per_mu=True)))
    assert amounts(dues) == [600_00, 620_00, 640_00]


def test_a_raise_in_per_cent_rounds_the_price_per_mu_first():
    dues = schedule(Terms(starts_on=date(2010, 1, 1), ends_on=date(2011, 12, 31), rent_fen_per_mu_year=333_33,
                          area_mu4=100_0000, escalation=Escalation(1, 2, Fraction(1, 10))))
    assert amounts(dues) == [33333_00, 36666_00]


def test_an_open_ended_contract_is_scheduled_for_the_years_begun():
    terms = Terms(starts_on=date(2020, 7, 1), rent_fen_per_year=100_00)
    assert len(schedule(terms, date(2023, 6, 30))) == 3
    assert len(schedule(terms, date(2023, 7, 1))) == 4
    assert schedule(terms, date(2023, 7, 1))[-1].period_to == date(2024, 6, 30)
    assert schedule(terms, date(2019, 1, 1)) == ()


def test_an_open_ended_monthly_lease_stops_at_the_month_begun():
    dues = schedule(Terms(starts_on=date(2023, 1, 31), rent_fen_per_year=1200_00, payment="按月"), date(2023, 3, 30))
    assert [(due.period_from, due.period_to) for due in dues] == [
        (date(2023, 1, 31), date(2023, 2, 27)), (date(2023, 2, 28), date(2023, 3, 30))]


def test_a_start_on_leap_day():
    dues = schedule(Terms(starts_on=date(2004, 2, 29), ends_on=date(2024, 2, 28), rent_fen_per_year=100_00))
    assert len(dues) == 20
    assert [due.period_from for due in dues[:5]] == [
        date(2004, 2, 29), date(2005, 2, 28), date(2006, 2, 28), date(2007, 2, 28), date(2008, 2, 29)]
    to_leap_day = schedule(Terms(starts_on=date(2004, 2, 29), ends_on=date(2024, 2, 29), rent_fen_per_year=100_00))
    assert len(to_leap_day) == 20
    odd = schedule(Terms(starts_on=date(2004, 2, 29), ends_on=date(2034, 2, 28), rent_fen_per_year=100_00))
    assert len(odd) == 30


@pytest.mark.parametrize(("rule", "due_on"), [
    (DueRule("start"), date(2021, 3, 1)),
    (DueRule("end"), date(2022, 2, 28)),
    (DueRule("date", 12, 31), date(2021, 12, 31)),
    (DueRule("date", 2, 30), date(2022, 2, 28)),
    (DueRule("date", 3, 1), date(2021, 3, 1)),
    (DueRule("date", 12, 31, before=True), date(2020, 12, 31)),
    (DueRule("date", 3, 1, before=True), date(2020, 3, 1)),
])
def test_the_date_the_contract_names(rule, due_on):
    (due,) = schedule(Terms(starts_on=date(2021, 3, 1), ends_on=date(2022, 2, 28), rent_fen_per_year=1, due_rule=rule))
    assert due.due_on == due_on
    assert "按合同写明的缴款日" in due.basis


def test_a_named_day_outside_a_part_year_is_its_last_day():
    dues = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2022, 3, 31), rent_fen_per_year=1,
                          due_rule=DueRule("date", 11, 30)))
    assert [due.due_on for due in dues] == [date(2021, 11, 30), date(2022, 3, 31)]


def test_a_written_plan_is_taken_as_it_stands():
    plan = (Instalment(date(2022, 1, 1), 60_00), Instalment(date(2021, 1, 1), 40_00))
    dues = schedule(Terms(starts_on=date(2021, 1, 1), total_fen=100_00, payment="分期", instalments=plan))
    assert [(due.due_on, due.amount_fen) for due in dues] == [(date(2021, 1, 1), 40_00), (date(2022, 1, 1), 60_00)]


@pytest.mark.parametrize(("terms", "why"), [
    ({"ends_on": date(2004, 12, 31), "rent_fen_per_year": 1}, "早于起始日期"),
    ({"ends_on": date(2999, 1, 1), "rent_fen_per_year": 1}, "不在"),
    ({"ends_on": date(2010, 1, 1)}, "没有租金"),
    ({"ends_on": date(2010, 1, 1), "rent_fen_per_mu_year": 1}, "没有面积"),
    ({"ends_on": date(2010, 1, 1), "rent_fen_per_year": -1}, "负数"),
    ({"total_fen": 1}, "终止日期"),
    ({"payment": "一次性", "rent_fen_per_year": 1}, "终止日期"),
    ({"ends_on": date(2010, 1, 1), "total_fen": 5, "instalments": (Instalment(date(2006, 1, 1), 4),)}, "不等"),
    ({"ends_on": date(2010, 1, 1), "rent_fen_per_year": 1, "escalation": Escalation(1, 2, Fraction(1, 10)),
      "steps": Steps("contract", (Stage(1, 5, 1),))}, "只能用一个"),
    ({"ends_on": date(2010, 12, 31), "steps": Steps("contract", (Stage(1, 5, 1),), per_mu=False)}, "第6年"),
    ({"ends_on": date(2010, 12, 31), "steps": Steps("contract", (Stage(1, 6, 1),))}, "每亩还是每年"),
    ({"ends_on": date(2010, 12, 31), "escalation": Escalation(1, 2, Fraction(1, 10))}, "没有租金"),
])
def test_terms_that_give_no_schedule_say_why(terms, why):
    with pytest.raises(TermsError, match=why):
        schedule(Terms(starts_on=date(2005, 1, 1), **terms), None if "total_fen" not in terms else date(2030, 1, 1))


def test_an_open_end_needs_a_day_to_stop():
    with pytest.raises(TermsError, match="排到哪一天"):
        schedule(Terms(starts_on=date(2005, 1, 1), rent_fen_per_year=1))


starts = st.dates(date(1950, 1, 1), date(2060, 12, 31))
lengths = st.integers(0, 365 * 70)
rents = st.integers(0, 10**10)


@given(starts, lengths, rents, st.sampled_from(["按年", "按月", "按季", "半年", "分期", "一次性"]),
       st.sampled_from([None, 1, 3, 5]))
def test_however_it_is_paid_the_periods_tile_the_term_and_the_total_is_the_same(start, days, rent, payment, prepaid):
    terms = {"starts_on": start, "ends_on": start + timedelta(days=days), "rent_fen_per_year": rent}
    plain = schedule(Terms(**terms))
    dues = schedule(Terms(payment=payment, prepaid_years=prepaid, **terms))
    assert sum(amounts(dues)) == sum(amounts(plain))
    assert dues[0].period_from == start
    assert dues[-1].period_to == terms["ends_on"]
    assert all(a.period_to + timedelta(days=1) == b.period_from for a, b in pairwise(dues))
    assert all(due.period_from <= due.due_on <= due.period_to for due in dues)
    assert [due.number for due in dues] == list(range(1, len(dues) + 1))


@given(starts, lengths, st.integers(0, 10**12), st.sampled_from(["按年", "按月", "按季", "半年", "一次性"]))
def test_a_total_is_spread_exactly(start, days, total, payment):
    dues = schedule(Terms(starts_on=start, ends_on=start + timedelta(days=days), total_fen=total, payment=payment))
    assert sum(amounts(dues)) == total
    assert all(due.amount_fen >= 0 for due in dues)


@given(starts, st.integers(1, 70), st.booleans())
def test_n_years_have_n_dues(start, years, same_day):
    following = (start.replace(year=start.year + years) if (start.month, start.day) != (2, 29)
                 else start.replace(year=start.year + years, day=28))
    ends_on = following if same_day else following - timedelta(days=1)
    dues = schedule(Terms(starts_on=start, ends_on=ends_on, rent_fen_per_year=100))
    assert amounts(dues) == [100] * years


@given(st.integers(0, 10**13), st.lists(st.fractions(0, 1000), min_size=1, max_size=80).filter(lambda w: sum(w) > 0))
def test_spreading_keeps_the_sum_and_each_part_within_a_fen(total, weights):
    parts = spread(total, weights)
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))
