"""What holds for every value and every cell: printing and reading are inverse, and a doubt is never silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.limits import AREA_MU4_MAX, CONTRACT_FEN_MAX, YEAR_MAX, YEAR_MIN
from mingbai.units import (
    YUAN,
    Cell,
    Doubt,
    Money,
    MoneyUnit,
    Outcome,
    Suggestion,
    Term,
    Unreadable,
    Value,
    capital_money,
    clean_text,
    format_area,
    format_date,
    format_money,
    format_term,
    is_blank,
    parse_area,
    parse_area_unit,
    parse_count,
    parse_date,
    parse_identity,
    parse_money,
    parse_money_unit,
    parse_number,
    parse_phone,
    parse_term,
    whole,
)

patiently = settings(deadline=None, print_blob=True, max_examples=300)

FEN = st.integers(0, CONTRACT_FEN_MAX)
DAYS = st.dates(date(YEAR_MIN, 1, 1), date(YEAR_MAX, 12, 31))
EDGES = st.sampled_from(["start", "end"])
MONEY_UNITS = st.builds(
    MoneyUnit,
    st.sampled_from([100, 1_000_000, 10**10]),
    st.sampled_from(["", "mu", "sqm", "hectare"]),
    st.sampled_from(["", "year", "month"]),
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas()
)
PIECES = st.sampled_from(
    "0 1 2 8 12 500 2003 2016 2016.1 2033.12 39417 3,000 1,22 . , 、 + - — / ( ) （ ） : · * ** 元 万元 "
    "万 亿 千 角 分 亩 公顷 ㎡ hm² 厘 半 约 余 多 "
    "左右 整 大写: ¥ 每 年 月 日 个月 季度 初 底 至 到 自 起 止 共 长期 二轮承包剩余年限 "
    "壹 伍 三 四 〇 十 拾 佰 仟 零 斤 鱼 % 未付 已交 其中 田 － 　 \n".split(" ")
)
DIGITS = st.integers(10_000, 3_000_000).map(str) | st.integers(10_000, 30_000_000)
LEDGER_TEXT = st.lists(PIECES, min_size=1, max_size=8).map("".join)


@patiently
@given(FEN, st.sampled_from(["", "mu", "hectare", "sqm"]), st.sampled_from(["", "year", "month", "quarter", "day"]))
def test_money_printed_reads_back(fen: int, area: str, time: str) -> None:
    per = MoneyUnit(100, area, time)
    assert parse_money(format_money(fen), per) == Value(Money(fen, area, time))
    assert parse_money(f"{format_money(fen)}元", MoneyUnit(1_000_000, area, time)) == Value(Money(fen, area, time))
    assert parse_money(fen / 100, per) == Value(Money(fen, area, time))


@patiently
@given(FEN)
def test_money_in_capitals_reads_back(fen: int) -> None:
    assert parse_money(capital_money(fen)) == Value(Money(fen))
    assert parse_money(f"{format_money(fen)}元(大写:{capital_money(fen)})") == Value(Money(fen))


@patiently
@given(FEN, FEN)
def test_capitals_that_differ_from_figures_are_a_doubt_with_both(fen: int, other: int) -> None:
    outcome = parse_money(f"{capital_money(fen)}(¥{format_money(other)})")
    if fen == other:
        assert outcome == Value(Money(fen))
    else:
        assert isinstance(outcome, Doubt)
        assert [suggestion.value for suggestion in outcome.suggestions] == [Money(fen), Money(other)]


@patiently
@given(st.integers(0, AREA_MU4_MAX))
def test_area_printed_reads_back(mu4: int) -> None:
    assert parse_area(format_area(mu4)) == Value(mu4)
    assert parse_area(f"{format_area(mu4)}亩") == Value(mu4)
    assert parse_area(mu4 / 10_000) == Value(mu4)


@patiently
@given(DAYS, EDGES)
def test_a_date_printed_reads_back(day: date, edge: Literal["start", "end"]) -> None:
    assert parse_date(format_date(day), edge) == Value(day)
    assert parse_date(f"{day.year}年{day.month}月{day.day}日", edge) == Value(day)
    assert parse_date(f"{day.year}.{day.month}.{day.day}", edge) == Value(day)
    assert parse_date(f"{day:%Y%m%d}", edge) == Value(day)


@patiently
@given(st.integers(1, 200 * 12), DAYS, DAYS)
def test_a_term_printed_reads_back(months: int, one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    for term in (
        Term(months), Term(starts_on=first, ends_on=last), Term(starts_on=first), Term(ends_on=last), Term(months,
        starts_on=first),
        Term(months, ends_on=last), Term(open_ended=True), Term(starts_on=first, open_ended=True),
        Term(second_round=True),
        Term(second_round=True, ends_on=last), Term(months, second_round=True), Term(None, first, last,
        second_round=True),
        Term(months, ends_on=last, second_round=True), Term(months, starts_on=first, second_round=True),
        Term(months, first, last, second_round=True),
    ):
        assert parse_term(format_term(term)) == Value(term)


@patiently
@given(st.integers(1900, 2200), st.integers(1, 9))
def test_january_or_october_is_never_decided(year: int, month: int) -> None:
    outcome = parse_date(float(f"{year}.{month}"))
    if not YEAR_MIN <= year <= YEAR_MAX:
        assert isinstance(outcome, Unreadable)
    elif month == 1:
        assert isinstance(outcome, Doubt)
    else:
        assert outcome == Value(date(year, month, 1))


def spoken_for(outcome: Outcome[Any], parse: Callable[[str], Outcome[Any]]) -> None:
    """Three answers and no fourth: a doubt has a reason and suggestions, and each suggestion typed in settles it."""
    if isinstance(outcome, Unreadable):
        assert outcome.reason
        assert outcome.kind in {"unreadable", "masked", "in_kind", "lost_digits"}
    elif isinstance(outcome, Doubt):
        assert outcome.reason
        assert outcome.suggestions
        for suggestion in outcome.suggestions:
            assert isinstance(suggestion, Suggestion)
            assert parse(suggestion.text) == Value(suggestion.value)
    else:
        assert isinstance(outcome, Value)


@patiently
@given(CELLS | LEDGER_TEXT, MONEY_UNITS)
def test_money_is_a_value_a_settled_doubt_or_a_reason(cell: Cell, unit: MoneyUnit) -> None:
    spoken_for(parse_money(cell, unit), lambda text: parse_money(text, unit))


@patiently
@given(CELLS | LEDGER_TEXT, st.sampled_from(["亩", "㎡", "公顷", "顷", "分"]))
def test_area_is_a_value_a_settled_doubt_or_a_reason(cell: Cell, name: str) -> None:
    unit = parse_area_unit(name)
    assert unit is not None
    spoken_for(parse_area(cell, unit), lambda text: parse_area(text, unit))


@patiently
@given(CELLS | LEDGER_TEXT | DIGITS, EDGES, st.booleans())
def test_dates_are_a_value_a_settled_doubt_or_a_reason(
    cell: Cell, edge: Literal["start", "end"], epoch_1904: bool
) -> None:
    spoken_for(parse_date(cell, edge, epoch_1904), lambda text: parse_date(text, edge, epoch_1904))


@patiently
@given(CELLS | LEDGER_TEXT)
def test_everything_else_is_a_value_a_settled_doubt_or_a_reason(cell: Cell) -> None:
    for parse in (parse_term, parse_number, parse_count, parse_identity, parse_phone):
        spoken_for(parse(cell), parse)
    is_blank(cell)
    parse_money_unit(clean_text(cell))
    parse_area_unit(clean_text(cell))
    assert clean_text(clean_text(cell)) == clean_text(cell)


@patiently
@given(
    st.integers(1, 99_999),
    st.integers(1, 99_999),
    st.sampled_from(["、", "+", ";", "和", "/", "元,", "元 ", "元、", "元已交", "*", "-", "至"]),
)
def test_of_two_amounts_never_one_is_taken(one: int, other: int, between: str) -> None:
    assert not isinstance(parse_money(f"{one}{between}{other}元", YUAN), Value)
    assert not isinstance(parse_area(f"{one}{between.replace('元', '亩')}{other * 2 + one}亩"), Value)


@patiently
@given(LEDGER_TEXT, st.sampled_from(["约{}", "{}左右", "{}余"]))
def test_about_is_never_exact(text: str, about: str) -> None:
    for outcome in (parse_money(about.format(text)), parse_area(about.format(text)), parse_term(about.format(text))):
        assert not isinstance(outcome, Value) or is_blank(about.format(text))


def test_whole_takes_what_a_database_takes_and_nothing_else() -> None:
    assert [whole(text) for text in ("0", "12", "9" * 18)] == [0, 12, 10**18 - 1]
    assert [whole(text) for text in ("", "²", "-1", "1.0", "٣", "１", "1_0", " 1", "9" * 19, "9" * 5000)] == [None] * 10
    assert (whole("1234", 3), whole("123", 3)) == (None, 123)
