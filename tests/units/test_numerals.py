"""Numerals, plain numbers, counts, and the text of a cell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from mingbai.units import Cell, Doubt, Unreadable, Value, clean_text, is_blank, parse_count, parse_number
from mingbai.units.numerals import read_numeral


@pytest.mark.parametrize(("numeral", "number"), [
    ("零", 0), ("五", 5), ("十", 10), ("十五", 15), ("贰拾", 20), ("廿五", 25), ("一百零五", 105), ("肆仟贰佰", 4200),
    ("一千零五十", 1050), ("壹万零柒佰", 10700), ("壹拾万零柒仟", 107000), ("两万三千", 23000),
    ("壹亿零伍拾万", 100500000),
    ("一万亿", 10**12), ("二〇一三", 2013), ("一五〇〇", 1500), ("貳佰參拾", 230),
])
def test_chinese_numerals(numeral: str, number: int) -> None:
    assert read_numeral(numeral) == (number,)


@pytest.mark.parametrize(("numeral", "numbers"), [
    ("三万五", (35000, 30005)), ("二百五", (250, 205)), ("三四", (34, 3, 4)), ("一百零", ()), ("百十", ()),
    ("十百", ()), ("亩", ()), ("", ()),
])
def test_spoken_shortcuts_have_several_readings_and_nonsense_none(numeral: str, numbers: tuple[int, ...]) -> None:
    assert read_numeral(numeral) == numbers


@pytest.mark.parametrize(("cell", "number"), [
    ("12.5", "12.5"), ("-3.5", "-3.5"), ("1,234.5", "1234.5"), (0.978, "0.978"), ("97.8%", "0.978"),
    ("百分之五", "0.05"),
    ("十二", "12"), ("1.5万", "15000"), (65289.1399999999, "65289.14"), (0.1 + 0.2, "0.3"), ("１２．５", "12.5"),
])
def test_numbers(cell: Cell, number: str) -> None:
    assert parse_number(cell) == Value(Decimal(number))


def test_numbers_that_are_in_doubt_or_none() -> None:
    for doubtful in ("1,22", "三万五", "1.2E+05", "12 34"):
        assert isinstance(parse_number(doubtful), Doubt)
    for wrong in ("①500", "3½", "九院村", True, float("inf"), date(2020, 1, 1), "١٢"):
        assert isinstance(parse_number(wrong), Unreadable)


def test_counts() -> None:
    assert [parse_count(cell) for cell in ("12", 12.0, "12户", "十二", "1,200")] == [Value(12)] * 4 + [Value(1200)]
    assert [parse_count(cell) for cell in (None, "/", "无")] == [Value(None)] * 3
    for wrong in (2.5, "-3", "若干", True):
        assert isinstance(parse_count(wrong), Unreadable)
    assert isinstance(parse_count("三四户"), Doubt)


@pytest.mark.parametrize(("cell", "text"), [
    ("普通大棚 ", "普通大棚"), ("名　称", "名 称"), ("挂牌价格\n(元/月)", "挂牌价格 (元/月)"),
    ("\ufeffＡ１，２\u200b", "A1,2"),
    ("（元）", "(元)"), ("㎡", "m2"), ("m²", "m2"), ("ｈｍ²", "hm2"), ("①500", "①500"), ("3½", "3½"), ("5²", "5²"),
    ("甲。乙、丙", "甲。乙、丙"),
    (3.0, "3"), (3.5, "3.5"), (7, "7"), (True, "TRUE"), (None, ""), (float("nan"), ""), (1e300, "1e+300"),
    (date(2010, 4, 8), "2010-04-08"), (datetime(2010, 4, 8), "2010-04-08"),
    (datetime(2010, 4, 8, 9, 5), "2010-04-08 09:05:00"),
    ("\u00a03\u00a0900 ", "3 900"),
])
def test_the_text_a_person_reads(cell: Cell, text: str) -> None:
    assert clean_text(cell) == text


def test_marks_for_empty_are_blank_and_zero_and_masks_are_not() -> None:
    blanks: list[Cell] = [None, "", " ", "　", "/", "—", "——", "-", "--", "－", "无", "無", "？", "?", "??", "N/A",
    "n/a", "#N/A", "…", "无效/弃权"]
    assert all(is_blank(cell) for cell in blanks)
    assert not any(is_blank(cell) for cell in (0, "0", "**", "无证", "至今未付款", False, 0.0))
