"""递增方式: what clerks write, and what may not be guessed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.dues import Escalation, Stage, Steps, parse_escalation, price_in_year, rent_of_area
from mingbai.units import Doubt, Unreadable, Value

TEN_PERCENT, FIVE_PERCENT = Fraction(1, 10), Fraction(1, 20)


@pytest.mark.parametrize(("text", "clause"), [
    ("每三年递增10%", Escalation(3, 4, TEN_PERCENT)),
    ("每年递增5%", Escalation(1, 2, FIVE_PERCENT)),
    ("逐年递增5%", Escalation(1, 2, FIVE_PERCENT)),
    ("每5年递增一次,每次10%", Escalation(5, 6, TEN_PERCENT)),
    ("每５年递增一次，每次１０％", Escalation(5, 6, TEN_PERCENT)),
    ("每五年一次,上浮百分之十", Escalation(5, 6, TEN_PERCENT)),
    ("租金每3年上涨 10 %。", Escalation(3, 4, TEN_PERCENT)),
    ("第6年起每年递增5%", Escalation(1, 6, FIVE_PERCENT)),
    ("第六年起租金上浮10%", Escalation(1, 6, TEN_PERCENT, times=1)),
    ("每年在首年租金基础上递增5%", Escalation(1, 2, FIVE_PERCENT, compound=False)),
    ("每年每亩增加10元", Escalation(1, 2, add_fen=1000, per_mu=True)),
    ("每三年递增500元", Escalation(3, 4, add_fen=50000)),
    ("第6年起每亩增加50元", Steps("contract", (Stage(6, None, 5000, adds=True),), per_mu=True)),
    ("2003-2006 450, 2006-2011 520", Steps("calendar", (Stage(2003, 2006, 45000), Stage(2006, 2011, 52000)))),
    ("2003年至2005年每亩450元；2006年至2011年每亩520元",
     Steps("calendar", (Stage(2003, 2005, 45000), Stage(2006, 2011, 52000)), per_mu=True)),
    ("第1-5年300元，第6-10年400元", Steps("contract", (Stage(1, 5, 30000), Stage(6, 10, 40000)))),
    ("前5年300元/亩,后25年400元/亩", Steps("contract", (Stage(1, 5, 30000), Stage(6, 30, 40000)), per_mu=True)),
    ("前5年1.2万元,后5年1.5万元", Steps("contract", (Stage(1, 5, 1200000), Stage(6, 10, 1500000)))),
])
def test_a_clear_clause_is_read(text, clause):
    assert parse_escalation(text) == Value(clause)


@pytest.mark.parametrize("text", ["", None, "无", "/", "固定", "固定租金", "租金不变", "不递增", "固定不变"])
def test_blank_or_fixed_is_no_clause(text):
    assert parse_escalation(text) == Value(None)


@pytest.mark.parametrize(("text", "reason"), [
    ("10+20+20年", "分几段期限"),
    ("随行就市", "外部行情"),
    ("按市场价协商", "外部行情"),
    ("按CPI调整", "外部行情"),
    ("每三年递增**%", "遮住"),
    ("一年一涨", "看不出"),
    ("每年上涨不低于5%", "看不出"),
    ("2003-2005 450,2008-2011 520", "不相接"),
    ("2003-2008 450,2006-2011 520", "不相接"),
    ("2003-2005 450,第4-6年 520", "写法不同"),
    ("2006-2003 450", "年份或价格"),
    ("第1年起每年递增5%", "数字读不出来"),
    (450, "看不出"),
])
def test_what_cannot_be_computed_says_why(text, reason):
    outcome = parse_escalation(text)
    assert isinstance(outcome, Unreadable)
    assert reason in outcome.reason
    assert outcome.suggestion


@pytest.mark.parametrize("text", [
    "递增10%", "递增500元", "每三年递增10", "第6年起递增10", "第6年起每年增加50元", "每隔三年上涨百分之十",
    "第6年起每隔两年上涨5%", "每年每亩递增8", "每年在首年租金基础上递增0.05", "每亩增加50元",
])
def test_a_doubt_offers_readings_whose_text_reads_as_just_that(text):
    outcome = parse_escalation(text)
    assert isinstance(outcome, Doubt)
    assert len(outcome.suggestions) >= 2
    for suggestion in outcome.suggestions:
        assert parse_escalation(suggestion.text) == Value(suggestion.value)


def test_a_raise_in_per_cent_is_compound_and_rounded_at_each_step():
    clause = Escalation(3, 4, TEN_PERCENT)
    # 333.33 → 366.663 → 366.66 → 403.326 → 403.33
    assert [price_in_year(33333, clause, n, 0) for n in (1, 3, 4, 6, 7)] == [33333, 33333, 36666, 36666, 40333]


def test_a_raise_on_the_first_price_is_not_compound():
    clause = Escalation(1, 2, TEN_PERCENT, compound=False)
    assert [price_in_year(10000, clause, n, 0) for n in (1, 2, 3, 11)] == [10000, 11000, 12000, 20000]


def test_half_a_fen_rounds_up():
    assert price_in_year(10, Escalation(1, 2, FIVE_PERCENT), 2, 0) == 11  # 10.5
    assert rent_of_area(1, 5000) == 1
    assert rent_of_area(1, 4999) == 0
    assert rent_of_area(30000, 118500) == 355500


def test_a_shared_year_belongs_to_the_later_stage():
    steps = Steps("calendar", (Stage(2003, 2006, 45000), Stage(2006, 2011, 52000)))
    assert [price_in_year(None, steps, 1, year) for year in (2002, 2003, 2005, 2006, 2011, 2012)] == [
        None, 45000, 45000, 52000, 52000, None]


@given(base=st.integers(0, 10**12), every=st.integers(1, 10), hundredths=st.integers(0, 5000), n=st.integers(1, 70))
def test_a_price_never_falls_by_a_raise(base, every, hundredths, n):
    clause = Escalation(every, every + 1, Fraction(hundredths, 10_000))
    assert price_in_year(base, clause, n + 1, 0) >= price_in_year(base, clause, n, 0) >= base


@given(st.text(alphabet="每第年起递增元亩0123456789%.一三五十,- ~至到前后固定万/*", max_size=20))
def test_no_text_raises(text):
    outcome = parse_escalation(text)
    assert isinstance(outcome, (Value, Doubt, Unreadable))
    if isinstance(outcome, Doubt):
        assert all(parse_escalation(s.text) == Value(s.value) for s in outcome.suggestions)
