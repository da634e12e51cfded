"""Typed rows: values, doubts, what one cell says for another, what is rejected and what is kept."""

from __future__ import annotations

import pytest

from mingbai.columns import Column, Register
from mingbai.limits import Limits
from mingbai.sheets.grid import Grid, Workbook
from mingbai.sheets.mapping import MappingError, checked, load_mapping
from mingbai.sheets.rows import read_workbook
from sheets.ledgers import CONTRACTS, N, column, errors, grid, mapped, read_grids, read_rows


def test_an_error_says_where_what_why_and_how():
    result = read_rows([["承包方", "面积", "签订日期"], ["张三", "约1500亩", "很久以前"]])
    doubt, unreadable = result["errors"]
    assert (doubt["sheet"], doubt["cell"], doubt["column"], doubt["value"], doubt["kind"]) == (
        "合同",
        "B2",
        "area_mu4",
        "约1500亩",
        "doubt",
    )
    assert "1500亩" in doubt["suggestion"] and doubt["reason"]
    assert (unreadable["cell"], unreadable["kind"]) == ("C2", "unreadable")
    assert unreadable["suggestion"]
    assert result["sheets"][0]["accepted"] == 1


def test_a_price_on_another_basis_moves_to_its_column():
    result = read_rows([["承包方", "年租金"], ["张三", "800元/亩·年"], ["李四", 3000]])
    assert column(result, "rent_fen_per_mu_year") == [80000, N]
    assert column(result, "rent_fen_per_year") == [N, 300000]


def test_a_price_by_the_room_is_times_the_rooms_of_its_row():
    """Three rooms at 300 yuan; 200 yuan a month in a column of monthly rents; of how many rooms nobody says: asked about, as before."""
    result = read_rows([["合同名称", "承包方", "年租金"], ["旧校舍3间", "张三", "300元/间"], ["门面", "李四", "3间，每间200元/月"], ["门面房", "王五", "300元/间"],
                        ["门面2间", "赵六", 3000]])
    assert column(result, "rent_fen_per_year") == [900_00, 7200_00, N, 3000_00]
    (error,) = result["errors"]
    assert (error["cell"], error["kind"]) == ("C4", "unreadable")


def test_a_term_that_names_dates_fills_the_blanks_of_their_columns():
    result = read_rows([["承包方", "承包期限", "终止日期"], ["张三", "2005-01-01至2034-12-31", N]])
    assert column(result, "starts_on") == ["2005-01-01"]
    assert column(result, "ends_on") == ["2034-12-31"]
    assert result["errors"] == []


def test_a_stated_value_is_kept_when_another_cell_says_otherwise_and_the_clerk_is_told():
    result = read_rows([["承包方", "承包期限", "终止日期"], ["张三", "2005-01-01至2034-12-31", "2035-12-31"]])
    assert column(result, "ends_on") == ["2035-12-31"]
    (error,) = result["errors"]
    assert (error["cell"], error["kind"]) == ("B2", "doubt")
    assert "2034-12-31" in error["reason"] and "2035-12-31" in error["reason"]


def test_what_a_doubtful_cell_leaves_open_no_other_cell_fills():
    result = read_rows([["承包方", "承包期限", "终止日期"], ["张三", "2005-01-01至2034-12-31", "2016.1或2017.1"]])
    assert column(result, "ends_on") == [N]


def test_a_row_without_its_names_is_rejected_and_kept_with_its_text():
    result = read_rows([["序号", "合同名称", "承包方", "面积"], [1, "机动地", N, 1], [2, N, "/", 3.5]])
    sheet = result["sheets"][0]
    assert (sheet["accepted"], sheet["rejected"]) == (1, 1)
    assert result["rejected_rows"] == [
        {
            "sheet": "合同",
            "row": 3,
            "cells": {"序号": "2", "承包方": "/", "面积": "3.5"},
            "why": "“承包方、合同名称”都没有填",
        }
    ]
    assert errors(result) == {"C3": "missing"}


def test_a_doubt_in_the_only_name_rejects_until_someone_chooses():
    register = Register(
        name="x",
        title="测试",
        required=(("kind",),),
        columns=(
            Column(
                name="kind", title="类型", kind="choice", choices={"甲": (), "乙": ()}, unsettled={"甲乙": ("甲", "乙")}
            ),
            Column(name="area_mu4", title="面积", kind="area"),
        ),
    )
    result = read_rows([["类型", "面积"], ["甲乙", 1], ["甲", 1]], register=register)
    assert (result["sheets"][0]["accepted"], result["rejected_rows"][0]["row"]) == (1, 2)
    assert errors(result) == {"A2": "doubt"}


def test_formulas_nobody_computed_are_no_values_and_no_empty_rows():
    sheet = grid([["承包方", "面积"], ["张三", N], [N, N]], uncached=frozenset({(2, 2), (3, 1), (3, 2)}))
    result = read_grids(sheet)
    assert errors(result) == {"B2": "no_cached_value", "A3": "no_cached_value", "B3": "no_cached_value"}
    assert (result["sheets"][0]["read"], result["sheets"][0]["accepted"], result["sheets"][0]["rejected"]) == (3, 1, 1)


def test_a_formula_below_the_last_row_is_still_a_row():
    result = read_grids(grid([["承包方", "面积"], ["张三", 1]], uncached=frozenset({(3, 1)})))
    assert result["sheets"][0]["rejected"] == 1


def test_values_from_other_workbooks_wait_for_a_person():
    result = read_grids(grid([["承包方", "面积"], ["张三", 12]], external=frozenset({(2, 2)})))
    assert column(result, "area_mu4") == [N]
    assert errors(result) == {"B2": "external_link"}
    assert "12" in result["errors"][0]["suggestion"]


def test_excel_s_own_errors_are_unreadable():
    result = read_rows([["承包方", "面积", "备注"], ["张三", "#REF!", "#N/A"]])
    assert errors(result) == {"B2": "unreadable", "C2": "unreadable"}


def test_past_the_cap_one_error_speaks_for_the_rest_and_counts_stay_right():
    rows = [["承包方", "面积"], *(["张三", "看不清"] for _ in range(50))]
    result = read_rows(rows, limits=Limits(errors_per_sheet=10))
    assert [error["kind"] for error in result["errors"]] == ["unreadable"] * 10 + ["too_many"]
    assert result["sheets"][0]["accepted"] == 50


def test_true_and_one_are_read_each_as_what_they_are():
    result = read_rows([["承包方", "面积", "是否入账"], ["张三", 1, True], ["李四", True, 1], ["王五", 1.0, 0]])
    assert column(result, "booked") == [True, True, False]
    assert errors(result) == {"B3": "unreadable"}


def test_what_follows_an_apostrophe_is_taken_as_it_stands():
    result = read_rows([["承包方", "合同编号", "身份证号", "面积"], ["'=1+1", "'0012", "'11010519491231002X", "'3"]])
    assert column(result, "lessee") == ["=1+1"]
    assert column(result, "contract_no") == ["0012"]
    assert column(result, "area_mu4") == [30000]
    assert column(result, "lessee_id_no") == ["11010519491231002X"]


def test_the_user_s_mapping_wins(tmp_path):
    rows = [["序号", "谁在种", "亩价", "备注1"], [1, "张三", 300, "x"]]
    file = tmp_path / "对照.yaml"
    file.write_text("headers:\n  谁在种: lessee\n  亩价: 年承包费(元)\n  备注1: null\n", encoding="utf-8")
    mapping = load_mapping(file, CONTRACTS)
    result = read_rows(rows, mapping=mapping)
    assert mapped(result) == {"序号": None, "谁在种": "lessee", "亩价": "rent_fen_per_year", "备注1": None}
    assert {each["header"]: each["confidence"] for each in result["sheets"][0]["mapping"]}["谁在种"] == 1.0


def test_the_user_may_say_where_the_header_is_and_what_to_skip():
    mapping = {
        "headers": {"甲": "lessee", "乙": "area_mu4"},
        "sheets": {"合同": {"header_row": 2}, "旧": {"skip": True}},
    }
    result = read_grids(
        grid([["随便"], ["甲", "乙"], ["张三", 1]]), grid([["承包方", "面积"], ["李四", 1]], name="旧"), mapping=mapping
    )
    assert [sheet["accepted"] for sheet in result["sheets"]] == [1, 0]


@pytest.mark.parametrize(
    "content, said",
    [
        ({"headers": {"亩价": "rent_fen_per_mu"}}, "rent_fen_per_mu_year"),
        ({"header": {}}, "不认识"),
        ([1], "headers"),
        ({"headers": {"甲": 3}}, "甲"),
        ({"sheets": {"合同": {"header_row": "四"}}}, "行号"),
        ({"sheets": {"合同": 4}}, "header_row"),
    ],
)
def test_a_wrong_mapping_is_a_sentence_that_names_the_key(content, said):
    with pytest.raises(MappingError, match=said):
        checked(content, CONTRACTS)


@pytest.mark.parametrize("text", ["headers: [", "{", "\x00", "- 1"])
def test_a_broken_mapping_file_is_a_sentence(tmp_path, text):
    file = tmp_path / "对照.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError):
        load_mapping(file, CONTRACTS)


def test_ragged_rows_do_no_harm():
    book = Workbook("xlsx", [Grid("合同", [["承包方", "面积", "备注"], ["张三"], [], ["李四", 1]], [(1, 1, 9, 9)])])
    assert read_workbook(book, CONTRACTS)["sheets"][0]["accepted"] == 2
