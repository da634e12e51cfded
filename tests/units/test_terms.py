"""What clerks write in one cell about the term of a contract."""

from __future__ import annotations

from datetime import date

import pytest

from mingbai.units import Cell, Doubt, Term, Unreadable, Value, format_term, parse_term


@pytest.mark.parametrize(("cell", "months"), [
    (30, 360), (30.0, 360), ("30", 360), (2.5, 30), ("30年", 360), ("为期20年", 240), ("伍拾年整", 600),
    ("贰拾年", 240),
    ("三十年不变", 360), ("三十", 360), ("20年4个月", 244), ("5年零6个月", 66), ("6个月", 6), ("半年", 6),
    ("一年半", 18),
    ("承包期限30年", 360), ("３０ 年", 360),
])
def test_how_long(cell: Cell, months: int) -> None:
    assert parse_term(cell) == Value(Term(months=months))


@pytest.mark.parametrize(("cell", "starts_on", "ends_on"), [
    ("2003.1-2033.12", "2003-01-01", "2033-12-31"), ("2015.1至2016.1", "2015-01-01", "2016-01-31"),
    ("2016.1-2017.4", "2016-01-01", "2017-04-30"), ("2023 年11 月—2028\n年 11月", "2023-11-01", "2028-11-30"),
    ("2007年10月至11月", "2007-10-01", "2007-11-30"), ("2010-04-08至2030-04-07", "2010-04-08", "2030-04-07"),
    ("2010-04-08-2030-04-07", "2010-04-08", "2030-04-07"), ("2010.4.8～2030.4.7", "2010-04-08", "2030-04-07"),
    ("2010/4/8--2030/4/7", "2010-04-08", "2030-04-07"),
    ("自2010年4月8日起至2030年4月7日止", "2010-04-08", "2030-04-07"),
    ("二〇一〇年四月八日至二〇三〇年四月七日", "2010-04-08", "2030-04-07"),
    ("2015年3月1日至12月31日", "2015-03-01", "2015-12-31"), ("2015.1.1-12.31", "2015-01-01", "2015-12-31"),
    ("20150101-20171231", "2015-01-01", "2017-12-31"),
])
def test_from_when_to_when(cell: str, starts_on: str, ends_on: str) -> None:
    assert parse_term(cell) == Value(Term(starts_on=date.fromisoformat(starts_on),
    ends_on=date.fromisoformat(ends_on)))


@pytest.mark.parametrize(("cell", "term"), [
    ("长期", Term(open_ended=True)), ("永久", Term(open_ended=True)), ("永不变更", Term(open_ended=True)),
    ("自合同签订之日起至2028年8月31日", Term(ends_on=date(2028, 8, 31))),
    ("至2028-08-31", Term(ends_on=date(2028, 8, 31))),
    ("2003年1月1日起30年", Term(months=360, starts_on=date(2003, 1, 1))),
    ("2003年1月1日起", Term(starts_on=date(2003, 1, 1))),
    ("二轮承包剩余年限", Term(second_round=True)), ("第二轮承包期剩余年限", Term(second_round=True)),
    ("二轮承包剩余年限(到2028年止)", Term(second_round=True, ends_on=date(2028, 12, 31))),
    ("2003.1-2033.12,共31年", Term(372, date(2003, 1, 1), date(2033, 12, 31))),
    ("20年,自2010年4月8日至2030年4月7日", Term(240, date(2010, 4, 8), date(2030, 4, 7))),
    ("2003.1.1-2023.1.1(20年)", Term(240, date(2003, 1, 1), date(2023, 1, 1))),
])
def test_other_ways_to_say_it(cell: str, term: Term) -> None:
    assert parse_term(cell) == Value(term)


@pytest.mark.parametrize(("cell", "texts"), [
    ("2016.6-2017.3（2016.12-2017.2未有供砼）", ["2016-06-01至2017-03-31"]), ("3年,到期续30年每3年办一次", ["3年"]),
    ("10+20+20年", ["50年", "10年"]), ("2003-2033", ["2003-01-01至2033-12-31"]), ("约30年", ["30年"]),
    ("3-5年", ["3年", "5年"]), ("长期(30年)", ["30年"]),
    ("2003年1月1日-2033年12月31日共30年", ["2003-01-01至2033-12-31", "30年"]), ("一年一签", ["1年"]),
    ("至2016.1", ["至2016-01-31", "至2016-10-31"]), (2028, ["至2028-12-31"]), (360, ["30年"]),
    (2.55, ["2年6个月", "2年7个月"]),
    (date(2028, 1, 1), ["至2028-01-01", "2028-01-01起"]), ("2028年止", ["至2028-12-31"]),
])
def test_a_doubt_offers_what_it_may_mean(cell: Cell, texts: list[str]) -> None:
    outcome = parse_term(cell)
    assert isinstance(outcome, Doubt)
    assert [suggestion.text for suggestion in outcome.suggestions] == texts
    assert all(parse_term(suggestion.text) == Value(suggestion.value) for suggestion in outcome.suggestions)


@pytest.mark.parametrize(("cell", "kind"), [
    ("2017.1-2016.1", "unreadable"), ("2010年2月30日至2015年1月1日", "unreadable"), ("签字盖章", "unreadable"),
    (0, "unreadable"),
    ("90天", "unreadable"), ("**年", "masked"), (True, "unreadable"), (-3, "unreadable"),
    (float("inf"), "unreadable"),
])
def test_what_is_no_term_is_refused_with_a_reason(cell: Cell, kind: str) -> None:
    outcome = parse_term(cell)
    assert isinstance(outcome, Unreadable)
    assert outcome.kind == kind
    assert outcome.suggestion


def test_an_end_before_its_start_is_said() -> None:
    outcome = parse_term("2017.1-2016.1")
    assert isinstance(outcome, Unreadable)
    assert "结束早于开始" in outcome.reason


def test_blanks_and_printing() -> None:
    assert [parse_term(blank) for blank in (None, "", "/", "无", "—")] == [Value(None)] * 5
    assert format_term(Term(months=244)) == "20年4个月"
    assert format_term(Term(months=6)) == "6个月"
    assert format_term(Term(second_round=True, ends_on=date(2028, 12, 31))) == "二轮承包剩余年限(到2028-12-31止)"
