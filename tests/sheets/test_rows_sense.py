"""Values that read well alone and cannot all be meant: the reader asks, and takes the answer it suggested."""

from __future__ import annotations

import pytest

from mingbai.sheets.writing import cells_of
from sheets.ledgers import CONTRACTS, N, column, errors, read_rows

BELOW = [["李四", 0.5], ["王五", 0.45], ["赵六", 0.6], ["钱七", 0.52], ["孙八", 0.48]]


def test_yuan_under_a_heading_in_wan_is_not_taken_for_ten_thousand_times_as_much():
    result = read_rows([["承包方", "年租金（万元）"], ["张三", 5000], *BELOW])
    assert column(result, "rent_fen_per_year") == [N, 500000, 450000, 600000, 520000, 480000]
    (doubt,) = result["errors"]
    assert (doubt["cell"], doubt["kind"], doubt["suggestions"]) == ("B2", "doubt", ["5,000元", "50,000,000元"])


def test_wan_under_a_heading_in_yuan_is_not_taken_for_a_ten_thousandth():
    result = read_rows([["承包方", "总额（元）"], ["张三", 2.8], *([name, 28000] for name, _ in BELOW)])
    assert column(result, "total_fen")[0] is None
    assert result["errors"][0]["suggestions"] == ["28,000元", "2.80元"]


@pytest.mark.parametrize("written, fen", [("5,000元", 500000), ("50,000,000元", 5_000_000_000)])
def test_what_was_suggested_is_taken_as_the_answer(written, fen):
    result = read_rows([["承包方", "年租金（万元）"], ["张三", written], *BELOW])
    assert (column(result, "rent_fen_per_year")[0], result["errors"]) == (fen, [])


def test_too_few_neighbours_have_no_usual_size_and_a_wide_spread_is_no_slip():
    assert errors(read_rows([["承包方", "年租金（万元）"], ["张三", 5000], *BELOW[:3]])) == {}
    rents = [200, 300, 250, 320, 280, 450000]
    assert errors(read_rows([["承包方", "年租金（元）"], *(["张三", rent] for rent in rents)])) == {}


def test_a_year_s_rent_above_ten_times_the_whole_price_is_asked_about():
    result = read_rows([["承包方", "年租金（万元）", "总额（元）"], ["张三", 5000, 150000], ["李四", 0.5, 150000]])
    assert errors(result) == {"B2": "doubt"}
    assert column(result, "rent_fen_per_year") == [N, 500000]
    result = read_rows([["承包方", "年租金（元）", "总额（元）"], ["张三", 2000, 2.8]])
    assert result["errors"][0]["cell"] == "C2"
    assert result["errors"][0]["suggestions"] == ["28,000元", "2.80元"]


def test_let_for_a_fortnight_a_year_s_rent_may_be_above_the_whole():
    assert errors(read_rows([["承包方", "年租金", "总额", "租期"], ["市场", 120000, 10000, "1个月"]])) == {}


def test_an_end_before_its_start_is_asked_about():
    result = read_rows([["承包方", "起始日期", "终止日期"], ["张三", "2015-01-01", "2010-12-31"], ["李四", "2015-01-01", "2015-01-01"]])
    assert errors(result) == {"C2": "doubt"}
    assert column(result, "ends_on") == [N, "2015-01-01"]
    assert "早于" in result["errors"][0]["reason"]
    sheet = result["sheets"][0]
    assert sheet["read"] == sheet["accepted"] + sheet["rejected"] + sheet["skipped"]


def test_an_end_that_another_cell_states_is_asked_about_where_it_stands():
    result = read_rows([["承包方", "起始日期", "承包期限"], ["张三", "2015-01-01", "至2010-12-31"]])
    assert errors(result) == {"C2": "doubt"}


def test_an_export_marks_what_would_be_asked_again():
    columns = [CONTRACTS.by_name[name] for name in ("lessee", "starts_on", "ends_on", "rent_fen_per_year", "total_fen")]
    row = {"lessee": "张三", "starts_on": "2015-01-01", "ends_on": "2010-12-31", "rent_fen_per_year": 200000, "total_fen": 280}
    cells = cells_of(CONTRACTS, columns, [row])
    result = read_rows([[each.title for each in columns], *cells])
    assert result["errors"] == []
    assert {name: column(result, name)[0] for name in row} == row
