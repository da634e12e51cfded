"""What clerks write in area columns. All areas are whole 1/10,000 mu."""

from __future__ import annotations

import pytest

from mingbai.units import MU, AreaUnit, Cell, Doubt, Unreadable, Value, format_area, parse_area, parse_area_unit

SQUARE_METRES = AreaUnit(15, 1, "平方米")


@pytest.mark.parametrize(("cell", "mu4"), [
    ("11.85亩", 118_500), (11.85, 118_500), ("11.85", 118_500), (12, 120_000), ("０．５亩", 5_000),
    ("1,234.5", 12_345_000),
    ("3.3公顷", 495_000), ("3.3hm²", 495_000), ("250000平方米", 3_750_000), ("997.5㎡", 14_963), ("997.5m²", 14_963),
    ("667 平米", 10_005), ("2顷", 2_000_000), ("1.5万亩", 150_000_000), ("1平方公里", 15_000_000),
    ("三十亩", 300_000),
    ("三亩二分", 32_000), ("3亩5分2厘", 35_200), ("三亩半", 35_000), ("半亩", 5_000), ("5畝", 50_000),
    ("5分地", 5_000),
    ("11.85亩(实测)", 118_500), ("共11.85亩", 118_500), (0, 0), (33.333333, 333_333),
])
def test_an_area_is_read_to_a_ten_thousandth_of_a_mu(cell: Cell, mu4: int) -> None:
    assert parse_area(cell) == Value(mu4)


def test_a_square_metre_is_exactly_fifteen_and_the_cell_overrules_the_heading() -> None:
    assert parse_area(997.5, SQUARE_METRES) == Value(14_963)
    assert parse_area("2000", SQUARE_METRES) == Value(30_000)
    assert parse_area("3亩", SQUARE_METRES) == Value(30_000)


@pytest.mark.parametrize(("cell", "mu4"), [
    ("2.11 hm2（31.6亩）", 316_000), ("2.11公顷/31.6亩", 316_000), ("667㎡(1亩)", 10_000),
    ("1亩(666.67平方米)", 10_000),
    ("108.36亩（田74.92亩、地33.44亩）", 1_083_600), ("108.36亩（其中田74.92亩）", 1_083_600),
    ("20亩,其中水田5亩", 200_000), ("30㎡(3间)", 450),
])
def test_said_twice_or_with_its_parts_it_must_agree(cell: str, mu4: int) -> None:
    assert parse_area(cell) == Value(mu4)


@pytest.mark.parametrize(("cell", "texts"), [
    ("约1500亩", ["1500亩"]), ("10余亩", ["10亩"]), ("十几亩", ["10亩"]), ("3亩左右", ["3亩"]),
    ("2.11公顷(40亩)", ["31.65亩", "40亩"]), ("1000亩(998亩)", ["1000亩", "998亩"]),
    ("108.36亩（田74.92亩、地30亩）", ["108.36亩", "104.92亩"]),
    ("20+30亩", ["50亩", "20亩", "30亩"]), ("4.5、5.2", ["9.7亩", "4.5亩", "5.2亩"]), ("12\n345", ["12345亩", "12亩", "345亩"]), ("田74.92亩、地33.44亩", ["108.36亩", "74.92亩", "33.44亩"]),
    ("11.85亩(以实测为准)", ["11.85亩"]),
    (20_000_000, ["2000万亩", "20000000平方米"]), ("1,22", ["122亩", "1.22亩"]), ("三四亩", ["34亩", "3亩", "4亩"]),
])
def test_a_doubt_offers_what_it_may_mean(cell: Cell, texts: list[str]) -> None:
    outcome = parse_area(cell)
    assert isinstance(outcome, Doubt)
    assert [suggestion.text for suggestion in outcome.suggestions] == texts
    assert all(parse_area(suggestion.text) == Value(suggestion.value) for suggestion in outcome.suggestions)


@pytest.mark.parametrize(("cell", "kind"), [
    ("四间,每间宽3.33米", "unreadable"), ("(实际测量为准)", "unreadable"), ("20*30", "unreadable"),
    ("-3", "unreadable"),
    (-3, "unreadable"), ("长30米,宽20米", "unreadable"), ("**", "masked"), ("1**亩", "masked"), (True, "unreadable"),
    (float("inf"), "unreadable"), ("整片山坡", "unreadable"),
])
def test_what_is_no_area_is_refused_with_a_reason(cell: Cell, kind: str) -> None:
    outcome = parse_area(cell)
    assert isinstance(outcome, Unreadable)
    assert outcome.kind == kind
    assert outcome.suggestion


@pytest.mark.parametrize("blank", [None, "", "/", "—", "无", "？", float("nan")])
def test_a_blank_is_a_value_of_nothing(blank: Cell) -> None:
    assert parse_area(blank) == Value(None)


@pytest.mark.parametrize(("heading", "name"), [
    ("亩", "亩"), ("面积（亩）", "亩"), ("单位:元、亩", "亩"), ("地块面积/亩", "亩"), ("面积亩", "亩"),
    ("总面积(亩)", "亩"),
    ("㎡", "平方米"), ("水面面积 (㎡)", "平方米"), ("面积（平方米）", "平方米"), ("单位:公顷", "公顷"),
    ("hm²", "公顷"),
    ("平方公里", "平方公里"), ("顷", "顷"), ("万亩", "万亩"),
    ("元/亩", None), ("元/亩·年", None), ("亩租金", None), ("亩数", None), ("平均", None), ("", None),
    ("亩或公顷", None),
])
def test_the_unit_of_a_heading(heading: str, name: str | None) -> None:
    unit = parse_area_unit(heading)
    assert (unit.name if unit else None) == name


def test_area_is_printed_in_mu_without_idle_zeros() -> None:
    assert [format_area(mu4) for mu4 in (118_500, 10_000, 0, 1, 15_000_000)] == ["11.85", "1", "0", "0.0001", "1500"]
    assert MU.name == "亩"
