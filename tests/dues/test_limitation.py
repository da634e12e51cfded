"""诉讼时效: every edge of every regime, what interrupts, what revives, and where lawyers argue."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.dues import (
    Due,
    Interruption,
    LawFileError,
    Receipt,
    Suspension,
    Terms,
    arrears,
    due_date_law,
    limitation_end,
    limitation_end_ymd,
    limitation_law,
    part_payments,
    read_due_dates,
    read_limitation,
    readings,
    say_limitation,
    say_reading,
    schedule,
)
from mingbai.dues import law as law_room

TODAY = date(2026, 9, 30)
EDGES = [
    # 民法通则两年:2017-10-01 前届满的仍为届满
    ("general", date(1987, 1, 1), date(1989, 1, 1)),
    ("general", date(2015, 9, 29), date(2017, 9, 29)),
    ("general", date(2015, 9, 30), date(2017, 9, 30)),
    # 民法总则施行那天还在计算的,三年
    ("general", date(2015, 10, 1), date(2018, 10, 1)),
    ("general", date(2015, 10, 2), date(2018, 10, 2)),
    # 租金一年
    ("rent", date(1995, 12, 31), date(1996, 12, 31)),
    ("rent", date(2015, 10, 1), date(2016, 10, 1)),
    ("rent", date(2016, 9, 29), date(2017, 9, 29)),
    ("rent", date(2016, 9, 30), date(2017, 9, 30)),
    ("rent", date(2016, 10, 1), date(2019, 10, 1)),
    ("rent", date(2016, 10, 2), date(2019, 10, 2)),
    # 民法总则、民法典施行前后一天
    *((kind, date(2017, 9, 30), date(2020, 9, 30)) for kind in ("general", "rent")),
    *((kind, date(2017, 10, 1), date(2020, 10, 1)) for kind in ("general", "rent")),
    *((kind, date(2017, 10, 2), date(2020, 10, 2)) for kind in ("general", "rent")),
    *((kind, date(2017, 12, 31), date(2020, 12, 31)) for kind in ("general", "rent")),
    *((kind, date(2018, 1, 1), date(2021, 1, 1)) for kind in ("general", "rent")),
    *((kind, date(2020, 12, 31), date(2023, 12, 31)) for kind in ("general", "rent")),
    *((kind, date(2021, 1, 1), date(2024, 1, 1)) for kind in ("general", "rent")),
    # 二月二十九日:没有对应日的,月末日
    ("general", date(2012, 2, 29), date(2014, 2, 28)),
    ("rent", date(2016, 2, 29), date(2017, 2, 28)),
    ("general", date(2016, 2, 29), date(2019, 2, 28)),
    ("general", date(2021, 2, 28), date(2024, 2, 28)),
    ("general", date(2024, 2, 29), date(2027, 2, 28)),
    # 民法通则施行前到期的,从 1987-01-01 起算
    ("general", date(1986, 12, 31), date(1989, 1, 1)),
    ("rent", date(1960, 1, 1), date(1988, 1, 1)),
]


def ymd(day):
    return day.year * 10_000 + day.month * 100 + day.day


@pytest.mark.parametrize(("kind", "due_on", "end_on"), EDGES)
def test_the_last_day_in_time(kind, due_on, end_on):
    assert limitation_end(due_on, kind, TODAY).end_on == end_on
    assert limitation_end_ymd(ymd(due_on), kind) == ymd(end_on)


@pytest.mark.parametrize(("due_on", "regime"), [
    (date(2015, 9, 30), "general_principles_1987"), (date(2015, 10, 1), "general_rules_2017"),
    (date(2017, 12, 31), "general_rules_2017"), (date(2018, 1, 1), "civil_code_2021"),
    (date(2021, 1, 1), "civil_code_2021"),
])
def test_the_regime_it_ends_under(due_on, regime):
    assert limitation_end(due_on, "general", TODAY).regime == regime


def test_the_transition_is_cited_where_it_decides():
    transition = limitation_law().facts["transition"].cite
    assert transition in limitation_end(date(2015, 10, 1), "general", TODAY).cites
    assert transition in limitation_end(date(2015, 9, 30), "general", TODAY).cites
    assert transition not in limitation_end(date(2017, 10, 1), "general", TODAY).cites


def test_what_rests_on_unread_law_says_so():
    assert limitation_end(date(2016, 10, 1), "rent", TODAY).status == "to_confirm"
    assert limitation_end(date(2017, 10, 1), "rent", TODAY).status == "certain"
    assert "依据待核" in say_limitation(limitation_end(date(2010, 1, 1), "rent", TODAY))


@pytest.mark.parametrize(("as_of", "state", "left"), [
    (date(2024, 7, 4), "running", 180), (date(2024, 7, 5), "soon", 179), (date(2024, 12, 31), "soon", 0),
    (date(2025, 1, 1), "expired", -1),
])
def test_states_by_the_day(as_of, state, left):
    found = limitation_end(date(2021, 12, 31), "rent", as_of)
    assert (found.end_on, found.state, found.days_left) == (date(2024, 12, 31), state, left)


@pytest.mark.parametrize("kind", ["demand", "part_payment", "acknowledgement", "plan", "suit"])
def test_an_interruption_on_the_last_day_restarts_the_clock(kind):
    found = limitation_end(date(2020, 6, 1), "rent", TODAY, [Interruption(kind, date(2023, 6, 1))])
    assert (found.start_on, found.end_on, found.state) == (date(2023, 6, 1), date(2026, 6, 1), "expired")
    assert found.revived_on is None


@pytest.mark.parametrize(("kind", "revives"), [
    ("demand", False), ("part_payment", False), ("suit", False), ("acknowledgement", True), ("plan", True),
])
def test_a_day_late_only_agreeing_to_pay_revives(kind, revives):
    found = limitation_end(date(2020, 6, 1), "rent", date(2024, 1, 1), [Interruption(kind, date(2023, 6, 2))])
    if revives:
        assert (found.state, found.end_on) == ("expired_but_acknowledged", date(2026, 6, 2))
        assert (found.expired_on, found.revived_on) == (date(2023, 6, 1), date(2023, 6, 2))
    else:
        assert (found.state, found.end_on) == ("expired", date(2023, 6, 1))
        assert "届满之后" in found.notes[0]


def test_a_revived_claim_can_run_out_again():
    events = [Interruption("acknowledgement", date(2023, 6, 2))]
    assert limitation_end(date(2020, 6, 1), "rent", date(2026, 6, 3), events).state == "expired"


def test_demands_in_a_row_keep_it_alive_and_an_event_after_today_is_unknown():
    events = [Interruption("demand", date(year, 5, 1)) for year in (2020, 2022, 2024, 2026)]
    assert limitation_end(date(2018, 6, 1), "rent", date(2025, 1, 1), events).end_on == date(2027, 5, 1)
    assert limitation_end(date(2018, 6, 1), "rent", TODAY, list(reversed(events))).end_on == date(2029, 5, 1)


def test_events_before_the_due_date_do_nothing():
    events = [Interruption("demand", date(2021, 5, 31)), Interruption("acknowledgement", date(2021, 6, 1))]
    assert limitation_end(date(2021, 6, 1), "rent", TODAY, events) == limitation_end(date(2021, 6, 1), "rent", TODAY)


@pytest.mark.parametrize(("demand_on", "end_on"), [
    (date(2015, 9, 29), date(2017, 9, 29)),   # 中断后的两年在 2017-10-01 前届满
    (date(2015, 9, 30), date(2017, 9, 30)),
    (date(2015, 10, 1), date(2018, 10, 1)),   # 中断后仍在计算:三年
    (date(2016, 1, 1), date(2019, 1, 1)),     # 两年的最后一天催收
    (date(2016, 1, 2), date(2016, 1, 1)),     # 晚一天,已经届满
])
def test_the_transition_after_an_interruption(demand_on, end_on):
    found = limitation_end(date(2014, 1, 1), "general", TODAY, [Interruption("demand", demand_on)])
    assert found.end_on == end_on


def test_a_claim_out_before_the_new_law_stays_out_but_an_acknowledgement_gives_three_years():
    demand = Interruption("demand", date(2018, 1, 1))
    assert limitation_end(date(2010, 1, 1), "rent", TODAY, [demand]).state == "expired"
    found = limitation_end(date(2010, 1, 1), "rent", TODAY, [Interruption("plan", date(2025, 1, 1))])
    assert (found.state, found.end_on) == ("expired_but_acknowledged", date(2028, 1, 1))


def test_a_suit_counts_from_the_end_of_its_proceedings():
    ended = Interruption("suit", date(2022, 1, 1), ended_on=date(2023, 8, 1))
    assert limitation_end(date(2020, 6, 1), "rent", TODAY, [ended]).end_on == date(2026, 8, 1)
    pending = limitation_end(date(2020, 6, 1), "rent", TODAY, [Interruption("suit", date(2022, 1, 1))])
    assert pending.end_on == date(2025, 1, 1)
    assert "最早的算法" in pending.notes[0]


def test_twenty_years_end_it_whatever_was_demanded():
    events = [Interruption("demand", date(year, 1, 1)) for year in range(2002, 2024)]
    found = limitation_end(date(2001, 6, 1), "general", TODAY, events)
    assert (found.end_on, found.long_stop_binds, found.status) == (date(2021, 6, 1), True, "to_confirm")
    assert "二十年" in found.notes[-1]
    assert not limitation_end(date(2010, 6, 1), "general", TODAY, []).long_stop_binds


def test_without_a_due_date_it_counts_from_the_end_of_grace_after_the_demand():
    nothing = limitation_end(None, "general", TODAY)
    assert (nothing.end_on, nothing.state) == (None, "running")
    assert "尚未起算" in say_limitation(nothing)
    found = limitation_end(None, "general", TODAY, grace_ends_on=date(2024, 3, 31))
    assert found.end_on == date(2027, 3, 31)
    assert any("第4条" in cite for cite in found.cites)


@pytest.mark.parametrize(("obstacle", "end_on"), [
    (Suspension(date(2020, 1, 1), date(2020, 3, 1)), date(2023, 1, 1)),    # 不在最后六个月内
    (Suspension(date(2022, 6, 1), date(2022, 6, 30)), date(2023, 1, 1)),   # 前一天
    (Suspension(date(2022, 6, 1), date(2022, 7, 1)), date(2023, 1, 1)),    # 六个月正好到原届满日
    (Suspension(date(2022, 6, 1), date(2022, 7, 2)), date(2023, 1, 2)),
    (Suspension(date(2022, 12, 1), date(2023, 2, 28)), date(2023, 8, 28)),
    (Suspension(date(2023, 1, 1), date(2023, 2, 1)), date(2023, 8, 1)),
    (Suspension(date(2023, 1, 2), date(2023, 2, 1)), date(2023, 1, 1)),    # 届满以后
    (Suspension(date(2022, 12, 1)), date(2027, 3, 30)),                    # 至今未消除
])
def test_an_obstacle_in_the_last_six_months(obstacle, end_on):
    assert limitation_end(date(2020, 1, 1), "rent", TODAY, suspensions=[obstacle]).end_on == end_on


def test_under_the_old_law_the_rest_of_the_period_went_on():
    flood = Suspension(date(2011, 12, 1), date(2012, 3, 1))
    found = limitation_end(date(2010, 1, 1), "general", TODAY, suspensions=[flood])
    assert found.end_on == date(2012, 4, 1)  # 停在 2011-12-01,还剩 31 天


def test_an_obstacle_that_carries_an_old_claim_over_the_transition():
    flood = Suspension(date(2017, 8, 1), date(2017, 9, 15))
    found = limitation_end(date(2015, 9, 1), "general", TODAY, suspensions=[flood])
    assert found.end_on == date(2018, 9, 1)


days = st.dates(date(1980, 1, 1), date(2026, 9, 30))
kinds = st.sampled_from(["general", "rent"])


@given(days, kinds)
def test_the_integer_reckoning_agrees(due_on, kind):
    assert limitation_end_ymd(ymd(due_on), kind) == ymd(limitation_end(due_on, kind, TODAY).end_on)


def test_the_integer_reckoning_agrees_on_every_day_about_the_transition():
    for n in range(365 * 7):
        due_on = date(2014, 1, 1) + timedelta(days=n)
        for kind in ("general", "rent"):
            assert limitation_end_ymd(ymd(due_on), kind) == ymd(limitation_end(due_on, kind, TODAY).end_on)


@given(days, days, kinds)
def test_a_later_due_never_ends_earlier(one, other, kind):
    first, second = sorted((one, other))
    assert limitation_end_ymd(ymd(first), kind) <= limitation_end_ymd(ymd(second), kind)


events_lists = st.lists(st.builds(
    Interruption, kind=st.sampled_from(["demand", "part_payment", "acknowledgement", "plan", "suit"]), on=days),
    max_size=6)


@given(days, kinds, events_lists, days)
def test_an_interruption_never_shortens_and_a_demand_never_revives(due_on, kind, events, as_of):
    plain = limitation_end(due_on, kind, as_of)
    found = limitation_end(due_on, kind, as_of, events)
    assert found.end_on >= plain.end_on
    assert (found.days_left < 0) == (found.state == "expired")
    demands = [event for event in events if event.kind == "demand"]
    assert limitation_end(due_on, kind, as_of, demands).state != "expired_but_acknowledged"
    assert limitation_end(due_on, kind, as_of, sorted(events, key=lambda e: (e.on, e.kind))).end_on >= due_on


LONG = schedule(Terms(starts_on=date(2010, 1, 1), ends_on=date(2029, 12, 31), rent_fen_per_year=100_00))


def test_old_yearly_rent_is_disputed():
    old = readings(LONG, TODAY)[4]  # 2014-12-31 到期
    assert [(way.counts_from, way.kind, way.limitation.end_on) for way in old.ways] == [
        ("each_instalment", "rent", date(2015, 12, 31)), ("each_instalment", "general", date(2016, 12, 31)),
        ("last_instalment", "rent", date(2032, 12, 31)), ("last_instalment", "general", date(2032, 12, 31))]
    assert (old.earliest_end_on, old.latest_end_on, old.state) == (date(2015, 12, 31), date(2032, 12, 31), "disputed")
    said = say_reading(old)
    assert "疑似已过诉讼时效，届满日 2015-12-31" in said
    assert "从最后一期起算按租金、从最后一期起算按一般债权：未过诉讼时效" in said
    assert said.endswith("请人工认定")


def test_rent_or_general_alone_can_be_the_dispute():
    dues = schedule(Terms(starts_on=date(2015, 1, 1), ends_on=date(2015, 12, 31), rent_fen_per_year=100_00))
    (found,) = readings(dues, date(2018, 6, 1))
    assert [way.limitation.state for way in found.ways] == ["expired", "running"]
    assert (found.earliest_end_on, found.latest_end_on) == (date(2016, 12, 31), date(2018, 12, 31))
    assert found.state == "disputed"


def test_where_all_ways_agree_there_is_one_answer():
    found = readings(LONG, TODAY, only={16})[0]  # 2025-12-31 到期
    assert found.state == "running"
    assert "诉讼时效到 2028-12-31 止" in say_reading(found)
    assert "最晚到 2032-12-31" in say_reading(found)


def test_a_demand_names_its_year_unless_the_debt_is_one():
    dues = schedule(Terms(starts_on=date(2018, 1, 1), ends_on=date(2020, 12, 31), rent_fen_per_year=100_00))
    first = readings(dues, date(2024, 1, 10), [Interruption("demand", date(2021, 6, 1), for_dues=frozenset({3}))])[0]
    ends = {way.counts_from: way.limitation.end_on for way in first.ways}
    assert ends == {"each_instalment": date(2021, 12, 31), "last_instalment": date(2024, 6, 1)}


def test_part_payments_from_receipts():
    dues = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31), rent_fen_per_year=100_00))
    paid = arrears(dues, [Receipt("1", date(2023, 5, 1), 30_00)], TODAY)
    (found,) = readings(dues, TODAY, part_payments(paid))
    assert found.latest_end_on == date(2026, 5, 1)


def test_no_dues_no_readings():
    assert readings((), TODAY) == ()


@given(days, st.integers(1, 30), days, events_lists)
def test_readings_bracket_every_way_and_dispute_only_on_states(start, years, as_of, events):
    dues = schedule(Terms(starts_on=start, rent_fen_per_year=1), start + timedelta(days=365 * years))
    for reading in readings(dues, as_of, events):
        ends = [way.limitation.end_on for way in reading.ways]
        assert (reading.earliest_end_on, reading.latest_end_on) == (min(ends), max(ends))
        states = {way.limitation.state for way in reading.ways}
        assert (reading.state == "disputed") == (len(states) > 1)
        said = say_reading(reading)
        assert "无效" not in said
        assert "诉讼时效" in said


@pytest.mark.parametrize(("as_of", "words"), [
    (date(2025, 1, 1), ("疑似已过诉讼时效", "债权仍在", "民法典第192条")),
    (date(2024, 12, 1), ("将过诉讼时效", "还有 30 天", "催收")),
    (date(2023, 1, 1), ("诉讼时效到 2024-12-31 止", "民法典第188")),
])
def test_sentences_never_say_invalid(as_of, words):
    said = say_limitation(limitation_end(date(2021, 12, 31), "rent", as_of))
    assert all(word in said for word in words)
    assert "无效" not in said


def test_the_sentence_of_a_revived_claim():
    said = say_limitation(limitation_end(date(2020, 6, 1), "rent", date(2024, 1, 1),
                                         [Interruption("plan", date(2023, 7, 1))]))
    assert "疑似曾于 2023-06-01 届满" in said
    assert "2023-07-01 同意履行" in said


SHIPPED = {name: law_room.files("mingbai.dues").joinpath(name).read_text("utf-8")
           for name in ("limitation.yaml", "due_dates.yaml")}


def test_the_shipped_law_reads():
    assert read_limitation(SHIPPED["limitation.yaml"]) == limitation_law()
    assert read_due_dates(SHIPPED["due_dates.yaml"]) == due_date_law()
    assert [regime.from_on.year for regime in limitation_law().regimes] == [1987, 2017, 2021]
    assert limitation_law().regimes[0].status == "to_confirm"


@pytest.mark.parametrize(("old", "new", "key", "mend"), [
    ("rent: 1}", "rent: one}", "regimes[0].years.rent", "写年数"),
    ("rent: 1}", "rent: 0}", "regimes[0].years.rent", "写年数"),
    ("rent: 1}", "rent: true}", "regimes[0].years.rent", "写年数"),
    ("rent: 1}", "rentt: 1}", "regimes[0].years.rent", "写年数"),
    ("to: 2017-09-30", "to: 2017-09-29", "regimes[0].to", "写 2017-09-30"),
    ("to: null", "to: 2030-01-01", "regimes[2].to", "写 null"),
    ("to: 2017-09-30", "to: 去年", "regimes[0].to", "写日期"),
    ("    status: certain", "    status: sure", "regimes[1].status", "certain 或 to_confirm"),
    ("cite: 民法通则第135、136、137、139条", "cite: ''", "regimes[0].cite", "写一行文字"),
    ("{general: 3, rent: 3}", "{general: 1, rent: 3}", "regimes[1].years", "先改程序"),
    ("suspension: remainder", "suspension: gone", "regimes[0].suspension", "remainder 或 six_months"),
    ("restarts: true", "restarts: 是", "interruptions.demand.restarts", "true 或 false"),
    ("soon_days: 180", "soon_days: -1", "soon_days", "写天数"),
    ("soon_days: 180", "", "soon_days", "写天数"),
    ("  defence:", "  defense:", "facts.defence", "键: 值"),
    ("soon_days: 180", "soon_days: 180\nsoon_days: 90", "(全文)", "对照原文件"),
    ("regimes:\n", "regimes: [\n", "(全文)", "对照原文件"),
    ("to: 2017-09-30", "to: 2017-09-31", "(全文)", "对照原文件"),
])
def test_a_wrong_law_file_names_the_key_and_the_mend(old, new, key, mend):
    assert old in SHIPPED["limitation.yaml"]
    with pytest.raises(LawFileError) as error:
        read_limitation(SHIPPED["limitation.yaml"].replace(old, new, 1), "my.yaml")
    assert (error.value.file, error.value.key) == ("my.yaml", key)
    assert mend in error.value.mend
    assert str(error.value).startswith(f"my.yaml: {key}: ")


@pytest.mark.parametrize("text", ["", "[]", "regimes: []\n", "3"])
def test_a_file_that_is_no_law_is_refused(text):
    with pytest.raises(LawFileError):
        read_limitation(text)
    with pytest.raises(LawFileError):
        read_due_dates(text)


def test_a_due_date_must_be_start_or_end():
    with pytest.raises(LawFileError, match=r"facts\.unstated\.due"):
        read_due_dates(SHIPPED["due_dates.yaml"].replace("due: end", "due: middle", 1))


def test_every_way_to_say_it_is_read_in_english() -> None:
    """Over forty years of due dates, paid, acknowledged and neither: whole in English but for the titles of laws."""
    import re

    from web.test_languages import english

    read, told = english(), set()
    for year in range(1986, 2027):
        for restarts in ((), (Interruption("acknowledgement", date(2026, 3, 1)),), (Interruption("acknowledgement", date(min(year + 5, 2026), 3, 1)),),
                         (Interruption("demand", date(min(year + 1, 2026), 6, 1)),)):
            dues = [Due(number, date(year + number, 1, 1), date(year + number, 12, 31), date(year + number, 6, 30), 1_000_00, "", "约定") for number in (1, 2)]
            for reading in readings(dues, TODAY, restarts):
                said = read(say_reading(reading))
                assert not re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", re.sub(r"\([^()]*\)", "", said)), (say_reading(reading), said)
                told.add(reading.state)
    assert told == {"running", "soon", "expired", "expired_but_acknowledged", "disputed"}
    assert read(say_limitation(limitation_end(None, "rent", TODAY))).startswith("limitation has not begun")
