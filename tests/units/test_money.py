"""What clerks write in money columns, and what must come of it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mingbai.units import (
    YUAN,
    Cell,
    Doubt,
    Money,
    MoneyUnit,
    Unreadable,
    Value,
    capital_money,
    format_money,
    parse_money,
    parse_money_unit,
    say_money,
)

WAN_YUAN = MoneyUnit(1_000_000)
YUAN_PER_MU_YEAR = MoneyUnit(100, "mu", "year")


@pytest.mark.parametrize(("cell", "yuan"), [
    ("8.5万元", 85_000), ("31.12万元", 311_200), ("133.4亿元", 13_340_000_000), ("2万3千元", 23_000),
    ("1.5万", 15_000),
    ("3 900", 3_900), ("91 000元", 91_000), ("300 000", 300_000), ("122,484.87元", 122_484.87), ("１２，４８４．８７元", 12_484.87),
    ("3 900 ", 3_900), ("¥3,000.00", 3_000), ("人民币3000元整", 3_000), ("合计：3000元", 3_000), ("500块钱", 500),
    ("壹仟元整", 1_000), ("三百元", 300), ("肆仟贰佰", 4_200), ("壹拾元零伍分", 10.05), ("伍角", 0.5),
    ("12元5角", 12.5),
    ("(大写:柒佰元整)", 700), ("700元(大写:柒佰元整)", 700), ("肆仟贰佰元整(¥4200.00)", 4_200), ("5萬圓整", 50_000),
    ("大写:肆仟贰佰元整 小写:4200元", 4_200), ("￥4200 肆仟贰佰元整", 4_200),
    (3000, 3_000), (0, 0), ("0", 0), (0.1 + 0.2, 0.3), (65289.1399999999, 65_289.14), ("3000.", 3_000),
])
def test_an_amount_is_read_to_the_fen(cell: Cell, yuan: float) -> None:
    assert parse_money(cell) == Value(Money(round(yuan * 100)))


@pytest.mark.parametrize(("cell", "money"), [
    ("800元/亩·年", Money(80_000, "mu", "year")), ("900元/年·亩", Money(90_000, "mu", "year")),
    ("800元/亩/年", Money(80_000, "mu", "year")), ("3000元/公顷", Money(300_000, "hectare")),
    ("6000.00 元/年", Money(600_000, "", "year")), ("500元/月", Money(50_000, "", "month")),
    ("3.5万元/年", Money(3_500_000, "", "year")), ("1.2元/㎡·天", Money(120, "sqm", "day")),
    ("每亩800元", Money(80_000, "mu")), ("每亩每年800元", Money(80_000, "mu", "year")),
    ("年租金800元", Money(80_000, "", "year")), ("800元每亩每年", Money(80_000, "mu", "year")),
    ("800元/(亩·年)", Money(80_000, "mu", "year")), ("800元(每年)", Money(80_000, "", "year")),
    ("800元一年", Money(80_000, "", "year")), ("900元/季度", Money(90_000, "", "quarter")),
])
def test_what_it_is_charged_by_is_kept_and_not_converted(cell: str, money: Money) -> None:
    assert parse_money(cell) == Value(money)


def test_the_heading_gives_the_unit_and_the_cell_may_overrule_it() -> None:
    assert parse_money(8.5, WAN_YUAN) == Value(Money(8_500_000))
    assert parse_money(8.123456, WAN_YUAN) == Value(Money(8_123_456))
    assert parse_money("8.5", WAN_YUAN) == Value(Money(8_500_000))
    assert parse_money("8.5万", WAN_YUAN) == Value(Money(8_500_000))
    assert parse_money("3000元", WAN_YUAN) == Value(Money(300_000))
    assert parse_money(800, YUAN_PER_MU_YEAR) == Value(Money(80_000, "mu", "year"))
    assert parse_money("6000元/公顷", YUAN_PER_MU_YEAR) == Value(Money(600_000, "hectare", "year"))


@pytest.mark.parametrize("blank", [
    None, "", "  ", "　", "\u200b", "/", "—", "——", "-", "--", "无", "？", "?", "N/A", "无效/弃权", float("nan"),
])
def test_a_blank_is_a_value_of_nothing(blank: Cell) -> None:
    assert parse_money(blank) == Value(None)


@pytest.mark.parametrize(("cell", "unit", "texts"), [
    ("6万余元", YUAN, ["60,000元"]), ("60余万元", YUAN, ["600,000元"]), ("约8万元", YUAN, ["80,000元"]),
    ("3000元左右", YUAN, ["3,000元"]), (12.3456, YUAN, ["12.35元"]), ("12.345元", YUAN, ["12.35元", "12,345元"]),
    ("3.000", YUAN, ["3元", "3,000元"]),
    ("1,22", YUAN, ["122元", "1.22元"]), ("1.234,56", YUAN, ["123,456元", "1,234.56元"]),
    ("肆仟(4200)", YUAN, ["4,000元", "4,200元"]), ("4200元(大写:肆仟元整)", YUAN, ["4,200元", "4,000元"]),
    ("2万5", YUAN, ["25,000元", "20,005元"]), ("三万五", YUAN, ["35,000元", "30,005元"]),
    ("20000001000000", YUAN, ["2,000,000元", "1,000,000元"]), ("1500 800", YUAN, ["1,500,800元", "1,500元", "800元"]),
    ("91 00\n0", YUAN, ["91,000元", "91元", "0元"]), ("50\n600", YUAN, ["50,600元", "50元", "600元"]),
    ("3000元,已交2000元", YUAN, ["3,000元", "2,000元"]), ("3000元+500元", YUAN, ["3,500元", "3,000元", "500元"]),
    ("2000-2500元", YUAN, ["2,000元", "2,500元"]), ("3-5万元", YUAN, ["30,000元", "50,000元"]),
    ("3000元(已付)", YUAN, ["3,000元"]), ("3000元已付清", YUAN, ["3,000元"]),
    ("800元/亩(不含水费)", YUAN, ["800元/亩"]), ("肆仟", WAN_YUAN, ["40,000,000元", "4,000元"]),
    (1_500_000, WAN_YUAN, ["150亿元", "1,500,000元"]), (8.1234567, WAN_YUAN, ["81,234.57元"]),
    ("总价3000元", YUAN_PER_MU_YEAR, ["3,000元/亩·年"]),
])
def test_a_doubt_offers_what_it_may_mean(cell: Cell, unit: MoneyUnit, texts: list[str]) -> None:
    outcome = parse_money(cell, unit)
    assert isinstance(outcome, Doubt)
    assert [suggestion.text for suggestion in outcome.suggestions] == texts
    for suggestion in outcome.suggestions:
        assert suggestion.text in outcome.reason
        assert parse_money(suggestion.text, unit) == Value(suggestion.value)


@pytest.mark.parametrize(("cell", "kind"), [
    ("300斤鱼/年", "in_kind"), ("350市斤小麦/间", "in_kind"), ("350公斤小麦+350公斤玉米/亩", "in_kind"),
    ("300斤鱼折600元", "in_kind"), ("**", "masked"), ("****", "masked"), ("伍*", "masked"),
    ("(大写:柒*元整)", "masked"),
    ("XX元", "masked"), ("2003-2006 450, 2006-2011 520…", "unreadable"), ("每三年递增10%", "unreadable"),
    ("-500", "unreadable"), (-500, "unreadable"), (-0.5, "unreadable"), ("(500)", "unreadable"),
    ("至今未付款", "unreadable"), ("300元/户", "unreadable"), ("10%", "unreadable"), ("几万元", "unreadable"),
    ("见合同", "unreadable"), (True, "unreadable"), (date(2020, 1, 1), "unreadable"),
    (datetime(2020, 1, 1), "unreadable"),
    (float("inf"), "unreadable"), ("①500", "unreadable"),
])
def test_what_is_no_amount_is_refused_with_a_reason(cell: Cell, kind: str) -> None:
    outcome = parse_money(cell)
    assert isinstance(outcome, Unreadable)
    assert outcome.kind == kind
    assert outcome.reason
    assert outcome.suggestion


def test_absurd_lengths_are_refused_too() -> None:
    assert all(isinstance(parse_money(cell), Unreadable) for cell in (10**400, -(10**400),
    "9" * 5000, "1," * 3000, "(" * 9000))


def test_not_yet_paid_suggests_zero_and_staged_rent_names_its_column() -> None:
    unpaid, staged = parse_money("至今未付款"), parse_money("2003-2006 450, 2006-2011 520…")
    assert isinstance(unpaid, Unreadable)
    assert unpaid.suggestion == "0"
    assert isinstance(staged, Unreadable)
    assert "递增方式" in staged.suggestion


@pytest.mark.parametrize(("heading", "unit"), [
    ("元", YUAN), ("人民币元", YUAN), ("承包费（元）", YUAN), ("合同金额 元", YUAN), ("单位：元、亩", YUAN),
    ("万元", WAN_YUAN), ("单位:万元", WAN_YUAN), ("起始价（万元）", WAN_YUAN), ("萬圓", WAN_YUAN),
    ("千元", MoneyUnit(100_000)),
    ("元/亩·年", YUAN_PER_MU_YEAR), ("元/年·亩", YUAN_PER_MU_YEAR), ("元/亩/年", YUAN_PER_MU_YEAR),
    ("租金(元/亩·年)", YUAN_PER_MU_YEAR),
    ("元/亩年", YUAN_PER_MU_YEAR), ("元/公顷", MoneyUnit(100, "hectare")),
    ("元/㎡·月", MoneyUnit(100, "sqm", "month")),
    ("万元/年", MoneyUnit(1_000_000, "", "year")), ("挂牌价格\n(元/月)", MoneyUnit(100, "", "month")),
    ("亩", None), ("单元号", None), ("元旦", None), ("元/户", None), ("元或万元", None), ("", None),
])
def test_the_unit_of_a_heading(heading: str, unit: MoneyUnit | None) -> None:
    assert parse_money_unit(heading) == unit


def test_money_is_printed_said_and_written_out() -> None:
    assert format_money(123_456_789) == "1,234,567.89"
    assert format_money(-5) == "-0.05"
    assert [say_money(fen) for fen in (1_334_000_000_000, 3_289_000_000, 8_500_000, 420_000, 420_050, 0,
    999_999_999_999)] == [
        "133.40 亿元", "3,289 万元", "8.5 万元", "4,200 元", "4,200.50 元", "0 元", "100.00 亿元"]
    assert say_money(9_999_999_999) == "1.00 亿元"
    assert [capital_money(fen) for fen in (100_000, 1005, 5, 50, 0, 10_700_053, 1_640_902, 10**14)] == [
        "壹仟元整", "壹拾元零伍分", "伍分", "伍角整", "零元整", "壹拾万柒仟元伍角叁分", "壹万陆仟肆佰零玖元零贰分",
        "壹万亿元整"]
    with pytest.raises(ValueError, match="大写"):
        capital_money(-1)
