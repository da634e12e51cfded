"""What clerks write in date columns."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from mingbai.units import Cell, Doubt, Suggestion, Unreadable, Value, format_date, parse_date


@pytest.mark.parametrize(("cell", "iso"), [
    ("2013年6月9日", "2013-06-09"), ("2010-04-08", "2010-04-08"), ("2010/4/8", "2010-04-08"),
    ("2010.4.8", "2010-04-08"),
    ("20100408", "2010-04-08"), (20100408, "2010-04-08"), ("２０１３年６月９日", "2013-06-09"),
    ("2010 04 08", "2010-04-08"),
    ("二〇一三年六月九日", "2013-06-09"), ("二零一三年十二月三十一日", "2013-12-31"),
    ("二O一三年五月一日", "2013-05-01"),
    ("2013 年 6 月\n9 日", "2013-06-09"), ("2010-04-08 00:00:00", "2010-04-08"),
    ("2010年4月8日 星期四", "2010-04-08"),
    ("2010年4月8日起", "2010-04-08"), ("至2028年12月31日止", "2028-12-31"), ("2010年4月8日签订", "2010-04-08"),
    (datetime(2010, 4, 8, 12, 30), "2010-04-08"), (date(2010, 4, 8), "2010-04-08"),
    (39417, "2007-12-01"), (39417.0, "2007-12-01"), (39417.5, "2007-12-01"), ("39417", "2007-12-01"),
])
def test_a_day(cell: Cell, iso: str) -> None:
    assert parse_date(cell) == Value(date.fromisoformat(iso))
    assert parse_date(cell, "end") == Value(date.fromisoformat(iso))


@pytest.mark.parametrize(("cell", "first", "last"), [
    ("2001年5月", "2001-05-01", "2001-05-31"), ("1999-12", "1999-12-01", "1999-12-31"),
    ("2016.2", "2016-02-01", "2016-02-29"),
    (2016.2, "2016-02-01", "2016-02-29"), (2016.11, "2016-11-01", "2016-11-30"),
    (2016.12, "2016-12-01", "2016-12-31"),
    ("2016.10", "2016-10-01", "2016-10-31"), ("2016.01", "2016-01-01", "2016-01-31"),
    ("2016-1", "2016-01-01", "2016-01-31"),
    ("2023 年11 月", "2023-11-01", "2023-11-30"), ("2028\n年 11月", "2028-11-01", "2028-11-30"),
    ("2018.2", "2018-02-01", "2018-02-28"),
    ("2001年5月份", "2001-05-01", "2001-05-31"),
])
def test_a_month_is_its_first_day_at_a_start_and_its_last_at_an_end(cell: Cell, first: str, last: str) -> None:
    assert parse_date(cell) == Value(date.fromisoformat(first))
    assert parse_date(cell, "end") == Value(date.fromisoformat(last))


@pytest.mark.parametrize("cell", ["2016.1", 2016.1, "２０１６．１", "2016.1."])
def test_the_tenth_month_typed_as_a_number_is_never_guessed(cell: Cell) -> None:
    outcome = parse_date(cell)
    assert isinstance(outcome, Doubt)
    assert outcome.suggestions == (Suggestion(date(2016, 1, 1), "2016-01"), Suggestion(date(2016, 10, 1), "2016-10"))
    assert outcome.reason.endswith("可能是2016年1月，也可能是2016年10月；请改写成 2016-01 或 2016-10")
    at_end = parse_date(cell, "end")
    assert isinstance(at_end, Doubt)
    assert [suggestion.value for suggestion in at_end.suggestions] == [date(2016, 1, 31), date(2016, 10, 31)]


@pytest.mark.parametrize(("cell", "texts"), [
    (2015, ["2015-01-01", "2015-12-31"]), ("2015", ["2015-01-01", "2015-12-31"]),
    ("2015年", ["2015-01-01", "2015-12-31"]),
    ("2015初", ["2015-01-01", "2015-12-31"]), ("2015年底", ["2015-12-31", "2015-01-01"]),
    ("200248", ["2002-04-08"]), (200248, ["2002-04-08"]), ("200811", ["2008-01-01", "2008-11", "2020-08-11"]),
    ("20116.8", ["2011-06-08", "2011-08", "2016-08"]), ("20116.8.5", ["2011-08-05", "2016-08-05"]),
    (20116.8, ["2011-06-08", "2011-08", "2016-08", "1955-01-27"]), ("20116", ["2011-06", "1955-01-27"]),
    ("2016.13", ["2016-01-03"]), ("98年5月1日", ["1998-05-01"]), ("10-04-08", ["2010-04-08"]),
    ("2010、4、8", ["2010-04-08"]), ("2013--06-09", ["2013-06-09"]), ("4/8/2010", ["2010-04-08", "2010-08-04"]),
    ("约2015年3月5日", ["2015-03-05"]), ("39417.5", ["2007-12-01"]),
    ("2015.1至2016.1", ["2015-01"]), ("2010-04-08至2030-04-07", ["2010-04-08"]), ("2007年10月至11月", ["2007-10"]),
    ("2010年4月8日,2011年5月6日补签", ["2010-04-08", "2011-05-06"]),
])
def test_a_doubt_offers_what_it_may_mean(cell: Cell, texts: list[str]) -> None:
    outcome = parse_date(cell)
    assert isinstance(outcome, Doubt)
    assert [suggestion.text for suggestion in outcome.suggestions] == texts
    assert all(parse_date(suggestion.text) == Value(suggestion.value) for suggestion in outcome.suggestions)


def test_of_a_range_the_column_of_ends_is_offered_its_end() -> None:
    for cell, text in (("2016.1-2017.4", "2017-04"), ("2010-04-08至2030-04-07", "2030-04-07"),
    ("2007年10月至11月", "2007-11")):
        outcome = parse_date(cell, "end")
        assert isinstance(outcome, Doubt)
        assert [suggestion.text for suggestion in outcome.suggestions] == [text]


@pytest.mark.parametrize(("cell", "kind"), [
    ("2015-02-30", "unreadable"), ("2015年2月30日", "unreadable"), ("20131301", "unreadable"),
    ("2月30日", "unreadable"),
    ("1900-01-01", "unreadable"), ("2200-01-01", "unreadable"), (datetime(1900, 1, 1), "unreadable"),
    ("yy-mm-dd", "unreadable"),
    ("农历2015年5月", "unreadable"), ("2013年**月", "masked"), ("**", "masked"), (True, "unreadable"),
    (time(1), "unreadable"),
    (timedelta(1), "unreadable"), (-5, "unreadable"), (0, "unreadable"), (float("inf"), "unreadable"),
    ("9" * 5000, "unreadable"),
])
def test_what_is_no_day_is_refused_with_a_reason(cell: Cell, kind: str) -> None:
    outcome = parse_date(cell)
    assert isinstance(outcome, Unreadable)
    assert outcome.kind == kind
    assert outcome.suggestion


def test_a_day_that_does_not_exist_is_answered_with_the_last_that_does() -> None:
    outcome = parse_date("2015-02-30")
    assert isinstance(outcome, Unreadable)
    assert outcome.reason == "2015年2月只有28天，没有30日"
    assert "2015-02-28" in outcome.suggestion


def test_workbooks_that_count_from_1904_and_blanks() -> None:
    assert parse_date(37955, epoch_1904=True) == Value(date(2007, 12, 1))
    assert [parse_date(blank) for blank in (None, "", "/", "—", "无", "　")] == [Value(None)] * 6
    assert format_date(date(2005, 1, 1)) == "2005-01-01"
