"""Habits of village clerks: 〃 for the line above, 空置 for nobody, two headings for one term, 35/40 for a vote."""

from __future__ import annotations

import pytest

from mingbai.sheets.writing import cells_of
from sheets.ledgers import CONTRACTS, N, column, errors, mapped, read_rows, why


@pytest.mark.parametrize("ditto", ["〃", "同上", "〞", '"', "″"])
def test_as_above_is_offered_and_never_taken(ditto):
    rows = [["序", "承包方", "地类", "面积"], [1, "张三", "耕地", 3], [2, "李四", ditto, 4], [3, ditto, "林地", ditto]]
    result = read_rows(rows)
    assert column(result, "land_class") == ["耕地", N]
    assert errors(result) == {"C3": "doubt", "B4": "doubt", "D4": "doubt"}
    assert [error["suggestion"] for error in result["errors"]] == ["耕地", "李四", "4"]
    sheet = result["sheets"][0]
    assert (sheet["read"], sheet["accepted"], sheet["rejected"], sheet["skipped"]) == (4, 2, 1, 1)


def test_as_above_in_a_bound_or_with_nothing_above():
    result = read_rows([["承包方", "东至", "西至"], ["张三", "路", "同上"], ["李四", "同上", "沟"]])
    assert errors(result) == {"C2": "doubt", "B3": "doubt"}
    assert column(result, "bounds") == ["东至路", "西至沟"]


def test_a_text_that_looks_like_ditto_survives_an_export():
    columns = [CONTRACTS.by_name[name] for name in ("lessee", "remark")]
    cells = cells_of(CONTRACTS, columns, [{"lessee": "张三", "remark": "同上"}])
    result = read_rows([[each.title for each in columns], *cells])
    assert (column(result, "remark"), result["errors"]) == (["同上"], [])


@pytest.mark.parametrize("vacant", ["空置", "闲置", "未出租", "（空置）", " 未租"])
def test_what_nobody_rents_is_no_contract(vacant):
    result = read_rows([["序号", "资产名称", "承租方", "面积"], [1, "门面1号", vacant, 30], [2, "门面2号", "张三", 30]])
    assert why(result)[2] == "空置，没有合同"
    assert result["sheets"][0]["accepted"] == 1


def test_years_and_dates_of_one_term_side_by_side_are_both_read():
    rows = [["承包方", "承包年限", "起止日期"], ["张三", 30, "2005-01-01至2034-12-31"], ["李四", N, "20年"], ["王五", "10年", "15年"]]
    result = read_rows(rows)
    assert mapped(result) == {"承包方": "lessee", "承包年限": "term_months", "起止日期": "term_months"}
    assert column(result, "term_months") == [360, 240, 120]
    assert column(result, "starts_on") == ["2005-01-01", N, N]
    assert column(result, "ends_on") == ["2034-12-31", N, N]
    assert errors(result) == {"C4": "doubt"}


@pytest.mark.parametrize("heading", ["月租金（元）", "月租金", "每月租金(元)"])
def test_a_month_s_rent_becomes_a_year_s(heading):
    result = read_rows([["承租方", heading], ["张三", 500]])
    assert column(result, "rent_fen_per_year") == [600000]
    assert "12 个月" in result["sheets"][0]["mapping"][1]["note"]


@pytest.mark.parametrize("heading, fen, times", [
    ("半年租金", 200_000, "两个半年"), ("半年租金(元)", 200_000, "两个半年"), ("租金(半年)", 200_000, "两个半年"), ("季租金", 400_000, "4 个季度"),
    ("每季度租金(元)", 400_000, "4 个季度"), ("租金(季)", 400_000, "4 个季度"), ("租金(月)", 1_200_000, "12 个月"),
])  # fmt: skip
def test_the_rent_of_half_a_year_or_a_quarter_becomes_a_year_s(heading, fen, times):
    result = read_rows([["承租方", heading], ["张三", 1000], ["李四", "1000元"]])
    assert column(result, "rent_fen_per_year") == [fen, fen]
    assert times in result["sheets"][0]["mapping"][1]["note"]


def test_a_year_s_rent_is_taken_before_a_month_s():
    result = read_rows([["承租方", "月租金（元）", "年租金（元）"], ["张三", 500, 6000]])
    assert column(result, "rent_fen_per_year") == [600000]
    assert mapped(result)["月租金(元)"] is None


def test_a_heading_that_asks_for_the_meeting_is_answered_by_yes_and_no():
    rows = [["承包方", "是否召开村民代表会"], ["张三", "是"], ["李四", "否"], ["王五", "村民会议"], ["赵六", "记不清"]]
    result = read_rows(rows)
    assert column(result, "decision_body") == ["代表会议", "无", "村民会议", N]
    assert errors(result) == {"B5": "not_a_choice"}


def test_present_out_of_entitled_in_one_cell():
    result = read_rows([["承包方", "到会/应到", "同意票"], ["张三", "35/40", "30票"], ["李四", "35人/40人", 31]])
    assert column(result, "present") == [35, 35]
    assert column(result, "entitled") == [40, 40]
    result = read_rows([["承包方", "应到/实到"], ["张三", "40/35"]])
    assert (column(result, "entitled"), column(result, "present")) == ([40], [35])


def test_easy_words_need_no_question():
    rows = [
        ["承包方", "是否村干部亲属", "缴纳方式", "终止日期"],
        ["张三", "村主任之弟", "年初交", "至2028年底"],
        ["李四", "外来企业", "先交后用", "2016年底"],
        ["王五", "村干部已否认", "按年", "2016年12月"],
    ]
    result = read_rows(rows)
    assert column(result, "lessee_is_officer_kin") == [True, False, N]
    assert column(result, "payment_mode") == ["按年"] * 3
    assert column(result, "ends_on") == ["2028-12-31", "2016-12-31", "2016-12-31"]
    assert errors(result) == {"B4": "not_a_choice"}


def test_a_number_torn_by_its_comma_is_asked_about_and_the_column_without_heading_is_named():
    rows = [["序号", "承包方", "面积(亩)", "年承包费(元)"], ["1", "张三", "10", "1", "050"], ["2", "李四", "20", "2", "000"], ["3", "王五", "30", "3000"]]
    result = read_rows(rows)
    assert column(result, "rent_fen_per_year") == [N, N, 300000]
    assert errors(result) == {"D2": "doubt", "E2": "missing_column", "D3": "doubt"}
    doubt, column_error, _ = result["errors"]
    assert doubt["suggestions"] == ["1050", "1"]
    assert column_error["reason"] == "E列没有表头，第2行写着“050”，连同下面共 2 格都没有取"
    assert column_error["suggestions"] == ["补写这一列的表头；不要的内容请删去", "千分位逗号把一个数拆开的，请改成 1050"]


def test_what_stands_right_of_a_torn_number_has_moved_by_a_cell():
    rows = [["承包方", "面积(亩)", "年承包费(元)", "签订日期", "备注"], ["张三", "10", "1", "050", "2010-1-1", "好"], ["李四", "20", "300", "2011-1-1", "好"]]
    result = read_rows(rows)
    assert (column(result, "rent_fen_per_year"), column(result, "signed_on"), column(result, "remark")) == ([N, 30000], [N, "2011-01-01"], [N, "好"])
    assert set(errors(result)) == {"C2", "D2", "E2", "F2"}


def test_cells_under_no_heading_are_named_once_for_each_column():
    rows = [["序号", "承包方", N, "年承包费(元)"], [1, "张三", 10, 1000, N, "2010-1-1", "2020-1-1"], [2, "李四", 20, 2000, N, "2011-1-1"], [3, "王五", "/", 3000]]
    result = read_rows(rows)
    assert column(result, "rent_fen_per_year") == [100000, 200000, 300000]
    assert errors(result) == {"C2": "missing_column", "F2": "missing_column", "G2": "missing_column"}
    assert result["errors"][-1]["reason"] == "G列没有表头，第2行写着“2020-1-1”，没有取"


def test_numbers_of_the_lines_need_no_heading():
    result = read_rows([[N, "承包方", "面积"], [1, "张三", 3], [2, "李四", 4], [3, "王五", 5]])
    assert (column(result, "lessee"), result["errors"]) == (["张三", "李四", "王五"], [])


def test_rows_marked_as_void_are_taken_and_said():
    result = read_rows([["序号", "承包方", "面积(亩)"], ["作废", "张三", 3], [2, "李四", 4], [3, "王五", "作废"]])
    assert column(result, "lessee") == ["张三", "李四", "王五"]
    assert result["notes"] == ["“合同”有写着作废的行仍按有效收下，不要的请删去，行号：2、4"]
