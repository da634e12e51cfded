"""Sheets that are more than one table: cards, tables side by side, registers one below the other, units by block."""

from __future__ import annotations

import random

import pytest

from mingbai.columns import find_register
from mingbai.limits import LIMITS
from mingbai.sheets.grid import Workbook
from mingbai.sheets.mapping import MappingError, checked, load_mapping, wish_of, written
from mingbai.sheets.reading import cell_of, reading_of
from mingbai.sheets.rows import read_workbook
from sheets.ledgers import CONTRACTS, N, column, errors, grid, why

INSPECTIONS = find_register("inspections")


def read_rows(rows, register=CONTRACTS, merged=(), mapping=None, name="合同"):
    book = Workbook("xlsx", [grid(rows, merged, name)])
    result = read_workbook(book, register, wish_of(checked(mapping, register)) if mapping else None, LIMITS, [CONTRACTS, INSPECTIONS])
    nothing_lost(result, rows)
    return result


def nothing_lost(result, rows):
    for sheet in result["sheets"]:
        assert sheet["read"] == sheet["accepted"] + sheet["rejected"] + sheet["skipped"], sheet["name"]
    where = {skip["row"] for skip in result["skips"]} | {row["row"] for row in result["rejected_rows"]}
    where |= {row for sheet in result["sheets"] for row in sheet["row_numbers"]}
    if not any("竖排" in sheet["name"] for sheet in result["sheets"]):
        assert where >= {number for number, row in enumerate(rows, 1) if any(cell not in (None, "") for cell in row)}


def cells_of(result, name, sheet=0):
    reading = reading_of("x.xlsx", CONTRACTS, result)
    part = reading.sheets[sheet]
    letters = {part.name: part.letters()}
    return [cell_of(letters, part.name, row, name) for row in part.row_numbers]


CARD = [["合同登记卡"], ["签定日期", "2015-03-01", "合同编号", "JY-1"], ["发包方", "九院村", "承包方", "张三"], ["面积", "12亩", "年租金(元)", 3600]]
SECOND = [[N], ["签定日期", "2016-05-01", "合同编号", "JY-2"], ["发包方", "九院村", "承包方", "李四"], ["面积", N, "年租金(元)", "约500"]]


def test_a_card_is_one_row_and_each_value_keeps_its_cell():
    result = read_rows(CARD)
    assert (column(result, "lessee"), column(result, "contract_no"), column(result, "area_mu4")) == (["张三"], ["JY-1"], [120000])
    assert column(result, "rent_fen_per_year") == [360000]
    assert cells_of(result, "rent_fen_per_year") == [("合同", "D4")]
    assert why(result)[1].startswith("卡片以上的文字")


def test_nothing_is_said_of_headings_where_the_file_is_cards():
    assert reading_of("x.xlsx", CONTRACTS, read_rows(CARD)).sentence == ""


def test_cards_one_below_the_other_are_a_row_each():
    result = read_rows(CARD + SECOND)
    assert column(result, "lessee") == ["张三", "李四"]
    assert cells_of(result, "lessee") == [("合同", "D3"), ("合同", "D7")]
    assert result["sheets"][0]["row_numbers"] == [2, 6]
    assert errors(result) == {"D8": "doubt"}
    (error,) = result["errors"]
    assert (error["row"], error["column"]) == (6, "rent_fen_per_year")


def test_a_card_above_a_table_of_payments():
    rows = [*CARD, ["月份", "应收", "实收"], ["1月", 300, 300], ["2月", 300, 0]]
    result = read_rows(rows)
    assert column(result, "lessee") == ["张三"]
    assert [why(result)[row][:9] for row in (5, 6, 7)] == ["卡片下面的行，不是"] * 3


def test_labels_with_the_value_in_the_same_cell():
    result = read_rows([["合同"], ["合同编号：JY-9"], ["承包方：张三"], ["面积：12亩"], ["承包期限：2003-01-01至2013-01-01"]])
    assert (column(result, "lessee"), column(result, "ends_on")) == (["张三"], ["2013-01-01"])


def test_a_telephone_beside_the_lessor_is_not_the_lessees():
    result = read_rows([["甲方", "九院村", "联系电话", "13800000001"], ["乙方", "张三", "联系电话", "13900000002"],
                        ["合同编号", "1", "面积", "3亩"]])
    assert column(result, "phone") == ["13900000002"]


def test_labels_in_the_first_column_and_records_beside_each_other():
    result = read_rows([["合同台账"], ["合同名称", "鱼塘承包", "果园承包"], ["承包方", "张三", "李四"], ["面积", 12, "约13"], ["签订日期", "2015.3.1", "2016.1.5"]])
    assert (column(result, "title"), column(result, "area_mu4")) == (["鱼塘承包", "果园承包"], [120000, None])
    assert errors(result) == {"C4": "doubt"}
    assert cells_of(result, "lessee") == [("合同", "B3"), ("合同", "C3")]


SIDE = [["承包方", "面积(亩)", "年租金", N, "承包方", "面积(亩)", "年租金"], ["张三", 1, 100, N, "王五", 3, 300], ["李四", 2, "约200", N, "赵六", 4, "五百"],
        [N, N, N, N, "钱七", "1/2亩？", 60]]


@pytest.mark.parametrize("gap", [True, False])
def test_the_same_table_twice_side_by_side(gap):
    rows = [[cell for place, cell in enumerate(row) if gap or place != 3] for row in SIDE]
    result = read_rows([["九院村合同台账"], *rows])
    assert (column(result, "lessee"), column(result, "lessee", 1)) == (["张三", "李四"], ["王五", "赵六", "钱七"])
    assert [sheet["name"] for sheet in result["sheets"]] == ["合同", "合同（E–G列）" if gap else "合同（D–F列）"]
    assert cells_of(result, "lessee", 1) == [("合同", f"{'E' if gap else 'D'}{row}") for row in (3, 4, 5)]
    assert ("C4" in errors(result)) and all(error["sheet"] == "合同" for error in result["errors"])


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_cards_beside_each_other_are_each_read_from_their_own_cells(gap):
    pairs = [["合同编号", "JY-1", "JY-2"], ["承包方", "张三", "李四"], ["面积（亩）", 10, 20], ["签订日期", "2015-03-01", "约2016年"]]
    result = read_rows([["合同登记卡"], *[[label, one, *[N] * gap, label, two] for label, one, two in pairs]])
    assert [column(result, name, sheet) for sheet in (0, 1) for name in ("contract_no", "lessee", "area_mu4")] == [
        ["JY-1"], ["张三"], [100000], ["JY-2"], ["李四"], [200000]]
    second = "DEF"[gap]
    assert cells_of(result, "lessee") + cells_of(result, "lessee", 1) == [("合同", "B3"), ("合同", f"{second}3")]
    assert list(errors(result)) == [f"{second}5"]


def test_three_cards_beside_each_other_and_two_below():
    rows = [[cell for number in (1, 2, 3) for cell in ("承包方", f"户{number}", "面积", number)],
            [cell for number in (1, 2, 3) for cell in ("合同编号", f"JY-{number}", "签订日期", "2010-1-1")], [N],
            ["承包方", "户4", "面积", 4], ["合同编号", "JY-4", "签订日期", "2010-1-1"]]
    result = read_rows(rows)
    assert [sheet["columns"]["lessee"] for sheet in result["sheets"]] == [["户1", "户4"], ["户2"], ["户3"]]


def test_both_parties_telephones_in_one_row_are_one_card():
    result = read_rows([["甲方", "九院村", "乙方", "张三"], ["联系电话", "13800000001", "联系电话", "13900000002"], ["合同编号", "1", "面积", "3亩"]])
    assert [sheet["columns"]["lessee"] for sheet in result["sheets"]] == [["张三"]]


@pytest.mark.parametrize(
    ("label", "cells", "name", "value"),
    [
        ("面积（亩）", [10, "亩"], "area_mu4", 100000), ("面积（亩）", [10, 5], "area_mu4", None), ("面积", [10, 200], "area_mu4", None),
        ("年承包费（元）", [1000, 200], "rent_fen_per_year", None), ("年承包费（元）", [10, 200], "rent_fen_per_year", None),
        ("年承包费（元）", [1000, "元"], "rent_fen_per_year", 100000), ("起始日期", [2015, "年", 3, "月", 1, "日"], "starts_on", "2015-03-01"),
        ("起始日期", ["2015-3-1", "2025-3-1"], "starts_on", None), ("坐落", ["村东", "第", 3, "地块"], "location", "村东第3地块"),
        ("联系电话", ["138", "0000", "0001"], "phone", "13800000001"), ("年承包费（元）", [*"1200"], "rent_fen_per_year", 120000),
    ],
)
def test_two_numbers_under_one_label_are_never_made_one(label, cells, name, value):
    result = read_rows([["合同编号", "JY-1"], ["承包方", "张三"], ["签订日期", "2015-3-1"], [label, *cells]])
    assert column(result, name) == [value]
    assert list(errors(result)) == ([] if value else ["B4"])


def test_a_label_nobody_knows_behind_a_number_has_its_own_value():
    result = read_rows([["合同编号", "JY-1", "承包方", "张三"], ["年承包费（元）", 1000, "口粮田", 3], ["面积（亩）", 3, "亩左右", "口头"]])
    assert (column(result, "rent_fen_per_year"), column(result, "area_mu4")) == ([100000], [N])
    assert errors(result) == {"B3": "doubt"}


BESIDE = [["承包方", "面积(亩)", "年承包费(元)", "签订日期", N, "债务人", "金额", "发生时间"],
          ["甲", 1, 100, "2010-1-1", N, "李四", 30000, "2005-1-1"], ["乙", 2, 200, "2011-1-1"], [N, N, N, N, N, "王五", 500, "2006-1-1"]]


@pytest.mark.parametrize("numbered", [True, False])
def test_nothing_is_taken_across_an_empty_column_from_a_table_nobody_knows(numbered):
    rows = [[*row[:5], *([["序号"], [1], [], [2]][place] if numbered else []), *row[5:]] for place, row in enumerate(BESIDE)]
    result = read_rows(rows)
    assert (column(result, "lessee"), result["errors"]) == (["甲", "乙"], [])
    assert "total_fen" not in result["sheets"][0]["columns"]
    heads = "序号、债务人、金额、发生时间" if numbered else "债务人、金额、发生时间"
    assert result["notes"] == [f"工作表“合同”F列起是另一张表（{heads}），没有收：若与左边是同一张表，请删去中间的空列；不是的，把它单独存成一张表"]


@pytest.mark.parametrize("right", [["经办人签章", "备注"], ["面积(亩)", "备注"], ["备注"], ["年租金", "签订日期"]])
def test_an_empty_column_before_the_ledger_s_own_columns_is_only_empty(right):
    result = read_rows([["承包方", "坐落", N, *right], ["甲", "东坡", N, 3, "2010-1-1"], ["乙", "西坡", N, 4, "2011-1-1"]])
    assert (len(result["sheets"]), result["notes"]) == (1, [])


MIXED = [["一、合同"], ["序号", "合同编号", "承包方", "面积(亩)", "年租金"], [1, "A1", "张三", 3, 300], [2, "A2", "李四", 4, 400],
         ["二、督导整改"], ["序号", "督导编号", "问题事项", "整改期限", "整改措施"], [1, "D1", "未公示", "2026-10-01", "补公示"], [2, "D2", "欠租", "2026-11-01", "催收"]]


def test_two_registers_on_one_sheet_each_go_to_their_own():
    contracts, inspections = read_rows(MIXED), read_rows(MIXED, INSPECTIONS)
    assert column(contracts, "lessee") == ["张三", "李四"]
    assert [sheet["register"] for sheet in contracts["sheets"]] == ["contracts", "inspections"]
    assert "督导整改台账" in contracts["notes"][0]
    assert column(inspections, "item", 1) == ["未公示", "欠租"]
    assert inspections["sheets"][1]["row_numbers"] == [7, 8]


def test_two_registers_side_by_side():
    rows = [[*MIXED[row], N, *MIXED[row + 4]] for row in (1, 2, 3)]
    assert column(read_rows(rows), "lessee") == ["张三", "李四"]
    assert column(read_rows(rows, INSPECTIONS), "item", 1) == ["未公示", "欠租"]


def test_a_person_may_say_which_register_a_block_is():
    result = read_rows(MIXED[4:], mapping={"kinds": {"合同": "contracts"}, "headers": {"问题事项": "title"}, "sheets": {}})
    assert column(result, "title") == ["未公示", "欠租"]


@pytest.mark.parametrize("header_again", [True, False])
def test_the_unit_changes_from_block_to_block(header_again):
    header = ["承包方", "面积", "合同金额"]
    rows = [["台账"], ["单位:元、平方米"], header, ["张三", 2000, 5000], ["李四", 4000, 6000], ["单位:万元、亩"],
            *([header] if header_again else []), ["王五", 3, 0.8], ["赵六", 6, 1.5]]
    result = read_rows(rows)
    assert column(result, "total_fen") == [500000, 600000, 800000, 1500000]
    assert column(result, "area_mu4") == [30000, 60000, 30000, 60000]


@pytest.mark.parametrize("seed", range(30))
def test_layouts_thrown_together_lose_nothing(seed):
    dice = random.Random(seed)
    rows, lessees = [], []
    number = 0
    for _ in range(dice.randint(1, 4)):
        kind = dice.choice(["card", "table", "beside", "title"])
        if kind == "card":
            for _ in range(dice.randint(1, 3)):
                number += 1
                lessees.append(f"户主{'甲乙丙丁戊'[number % 5]}{number}")
                rows += [["合同编号", f"H-{number}", "承包方", lessees[-1]], ["面积", f"{number}亩", "年租金", number * 100],
                         ["签订日期", "2010-01-01", "发包方", "九院村"], [N]]
        elif kind == "table":
            rows.append(["承包方", "面积", "年租金", "签订日期"])
            for _ in range(dice.randint(2, 5)):
                number += 1
                lessees.append(f"种植户{number}")
                rows.append([lessees[-1], number, number * 100, "2010-01-01"])
            rows.append(["合计", number, N, N])
        elif kind == "title":
            rows += [[N], ["九院村各组合同汇总"]]
        else:
            rows += [["单位:元"]]
    result = read_rows([*rows, ["填表人:"]])
    read = [name for sheet in result["sheets"] for name in sheet["columns"].get("lessee", [])]
    if not any(row[0] == "合同编号" for row in rows) or not any(row[0] == "承包方" for row in rows):
        assert sorted(read) == sorted(lessees), f"seed {seed}"
    for sheet, part in enumerate(result["sheets"]):
        if part["columns"].get("lessee") and part["kind"] == "card":
            for value, (_, cell) in zip(part["columns"]["lessee"], cells_of(result, "lessee", sheet), strict=True):
                assert rows[int(cell[1:]) - 1]["ABCDEFG".index(cell[0])] == value


def test_what_a_person_said_before_is_read_at_once():
    rows = [["承包方", "发包方式", "签订日期", "合同价"], ["张三", "散包", 2016.1, 0.8], ["李四", "招标", "2017-01-01", 1.2]]
    mapping = {"words": {"letting_mode": {"散包": "公开协商"}}, "dates": "october", "units": {"合同价": "万元"}, "headers": {"合同价": "total_fen"}}
    result = read_rows(rows, mapping=mapping)
    assert (column(result, "letting_mode"), column(result, "signed_on")) == (["公开协商", "招标"], ["2016-10-01", "2017-01-01"])
    assert column(result, "total_fen") == [800000, 1200000]
    assert set(errors(read_rows(rows))) >= {"B2", "C2"}


def test_a_mapping_file_says_all_of_it_and_comes_back(tmp_path):
    mapping = {"headers": {"亩价": "rent_fen_per_mu_year", "备注1": None}, "kinds": {"表2": "inspections"},
               "words": {"letting_mode": {"散包": "公开协商"}}, "units": {"合同价": "万元"}, "dates": "january"}
    file = tmp_path / "对照.yaml"
    file.write_text(written(mapping), "utf-8")
    assert {key: said for key, said in load_mapping(file, CONTRACTS).items() if said} == mapping


@pytest.mark.parametrize(("wrong", "said"), [
    ({"kinds": {"a": "x"}}, "没有这种台账"), ({"words": {"letting_mode": {"散包": "散"}}}, "可选的有"), ({"words": {"letting_mode": "散"}}, "应写成"),
    ({"units": {"a": "b"}}, "不是单位"), ({"dates": "may"}, "january"), ({"words": []}, ""), ({"kinds": 3}, "的形式"),
])
def test_a_mapping_that_cannot_be_says_which_key(wrong, said):
    if not said:
        assert checked(wrong, CONTRACTS)["headers"] == {}
        return
    with pytest.raises(MappingError, match=said):
        checked(wrong, CONTRACTS)


def test_a_price_in_stages_is_its_first_and_the_clause_says_the_rest():
    rows = [["承包方", "面积", "年租金", "起始日期"], ["张三", 3, "2003-2006 450,2006-2011 520", "2003-01-01"],
            ["李四", 3, "前五年每亩300元后五年每亩400元", "2003-01-01"], ["王五", 3, "前五年每亩300后五年400", "2003-01-01"], ["赵六", 3, "350公斤小麦/亩", N]]
    result = read_rows(rows)
    assert column(result, "rent_fen_per_year") == [45000, None, None, None]
    assert column(result, "rent_fen_per_mu_year") == [None, 30000, None, None]
    assert column(result, "escalation")[:3] == ["2003-2006 450,2006-2011 520", "前五年每亩300元后五年每亩400元", None]
    assert column(result, "in_kind")[3] == "350公斤小麦/亩"
    assert errors(result) == {"C4": "doubt", "C5": "in_kind"}
    assert "实物折价" in result["errors"][1]["reason"] and len(result["errors"][0]["suggestions"]) == 2


@pytest.mark.parametrize(("heading", "cell", "column_of", "fen", "clause"), [
    ("年承包费(万元)", "前10年每年0.5，后20年每年0.8", "rent_fen_per_year", 500_000, "第1-10年5000元,第11-30年8000元"),
    ("年承包费(万元)", "前10年5000元，后20年8000元", "rent_fen_per_year", 500_000, "前10年5000元,后20年8000元"),
    ("承包费(元/公顷)", "前5年3000元，后5年4500元", "rent_fen_per_mu_year", 20_000, "第1-5年每亩200元,第6-10年每亩300元"),
    ("月租金(元)", "前5年500元，后5年600元", "rent_fen_per_year", 600_000, "第1-5年6000元,第6-10年7200元"),
    ("月租金(元)", "前5年每年500元，后5年每年600元", "rent_fen_per_year", 50_000, "前5年每年500元,后5年每年600元"),
    ("承包费(元/亩)", "前5年500元，后5年600元", "rent_fen_per_mu_year", 50_000, "前5年每亩500元,后5年每亩600元"),
])
def test_a_price_in_stages_counts_in_the_unit_of_its_column(heading, cell, column_of, fen, clause):
    result = read_rows([["承包方", "面积(亩)", heading], ["张三", 3, cell]])
    assert (column(result, column_of), column(result, "escalation")) == ([fen], [clause])


@pytest.mark.parametrize(("heading", "cell"), [("总价款(元)", "30年3万元"), ("年承包费(元)", "三年1500元"), ("年承包费(元)", "共10000元"), ("承包费单价(元/亩·年)", "一次性付清30000元")])
def test_the_money_of_many_years_is_asked_about(heading, cell):
    rows = [["承包方", "面积(亩)", heading], ["张三", 3, cell]]
    result = read_rows(rows)
    assert errors(result) == {"C2": "doubt"}
    assert not {"rent_fen_per_year", "rent_fen_per_mu_year", "total_fen", "escalation"} & {name for name, cells in result["sheets"][0]["columns"].items() if cells[0] is not None}
    yearly, whole = result["errors"][0]["suggestions"]
    for text, name in ((yearly, "rent_fen_per_mu_year" if "亩" in heading else "rent_fen_per_year"), (whole, "total_fen")):  # either can be typed
        rows[1][2] = text
        again = read_rows(rows)
        assert errors(again) == {} and column(again, name)[0], text


def test_a_unit_above_the_table_may_be_a_price_or_two_units():
    certain = read_rows([["承包费单位：元/亩·年"], ["承包方", "面积", "承包费"], ["张三", 10, 200]])
    assert column(certain, "rent_fen_per_mu_year") == [20_000]
    either = read_rows([["单位：元/亩"], ["承包方", "面积", "承包费"], ["张三", 10, 200]])
    (note,) = [each["note"] for each in either["sheets"][0]["mapping"] if each["note"]]
    assert "是每亩价的，请在下面写明单位" in note


def test_each_column_of_units_speaks_of_what_stands_before_it():
    result = read_rows([["承包方", "面积", "面积单位", "年承包费", "金额单位"], ["张三", 10, "亩", 2, "万元"], ["李四", 1, "公顷", 500, "元"]])
    assert column(result, "area_mu4") == [100_000, 150_000]
    assert column(result, "rent_fen_per_year") == [2_000_000, 50_000]


def test_a_rent_whose_unit_is_of_goods_is_in_kind():
    result = read_rows([["承包方", "面积(亩)", "承包费", "单位"], ["张三", 10, 100, "斤/亩"], ["李四", 10, 300, "斤小麦"], ["王五", 5, 300, "元"]])
    assert column(result, "rent_fen_per_year") == [None, None, 30_000]
    assert column(result, "in_kind") == ["100斤/亩", "300斤小麦", None]
