"""Layouts of real ledgers (real-shapes §3), one quirk at a time, in the field's words."""

from __future__ import annotations

import pytest

from mingbai.units import clean_text
from sheets.ledgers import N, column, errors, grid, mapped, read_grids, read_rows, why


def test_title_unit_line_and_three_levels_of_merged_headings():
    result = read_rows(
        [
            ["九院村农村集体经济合同台账"],
            ["填报单位:九院村", N, N, N, N, N, N, N, N, "单位:万元、亩"],
            ["序号", "承包方", "土地情况", N, N, N, N, N, "年租金", "备注"],
            [N, N, "面积", N, "四至", N, N, N, N, N],
            [N, N, "合同", "实测", "东", "南", "西", "北", N, N],
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
            [1, "张三", 10.5, 11, "路", "沟", "李四地", "河", 0.3, N],
        ],
        [
            (1, 1, 1, 10),
            (3, 1, 5, 1),
            (3, 2, 5, 2),
            (3, 3, 3, 8),
            (4, 3, 4, 4),
            (4, 5, 4, 8),
            (3, 9, 5, 9),
            (3, 10, 5, 10),
        ],
    )
    assert result["sheets"][0]["header_rows"] == [3, 4, 5]
    assert column(result, "area_mu4") == [105000]
    assert column(result, "measured_area_mu4") == [110000]
    assert column(result, "bounds") == ["东至路,南至沟,西至李四地,北至河"]
    assert column(result, "rent_fen_per_year") == [300000]
    assert why(result)[1].startswith("标题")
    assert why(result)[2].startswith("表头以上的填报信息")
    assert why(result)[6] == "栏号行"


def test_levels_without_merged_ranges_as_csv_and_html_leave_them():
    result = read_rows(
        [
            ["序号", "合同名称", "承包方", "土地情况", N, N, N, N, N, "备注"],
            [N, N, N, "面积(亩)", N, "四至", N, N, N, N],
            [N, N, N, "合同", "实测", "东", "南", "西", "北", N],
            ["1", "机动地", "张三", "1.5", "2", "路", "沟", "坡", "河", "无"],
        ]
    )
    assert result["sheets"][0]["header_rows"] == [1, 2, 3]
    assert column(result, "area_mu4") == [15000]
    assert column(result, "measured_area_mu4") == [20000]
    assert column(result, "bounds") == ["东至路,南至沟,西至坡,北至河"]


@pytest.mark.parametrize(
    "heading, name, cell, value",
    [
        ("挂牌价格\n(元/月)", "rent_fen_per_year", 100, 120000),
        ("租金(元/亩)", "rent_fen_per_mu_year", 300, 30000),
        ("租 金（元／亩·年）", "rent_fen_per_mu_year", 300, 30000),
        ("总价格（万元/年）", "rent_fen_per_year", 3, 3000000),
        ("起拍价(万元)", None, 3, None),
        ("成交金额（万元）", "total_fen", 8.5, 8500000),
        ("招租面积\n(㎡)", "area_mu4", 2000, 30000),
        ("种植面积/亩", "area_mu4", 3, 30000),
        ("合同期限(月)", "term_months", 18, 18),
        ("林地承包年限（年）", "term_months", 30, 360),
        ("出让 年限", "term_months", "二十年", 240),
        ("签定日期", "signed_on", "2005.3.1", "2005-03-01"),
        ("承包经营终止日", "ends_on", "2028-12-31", "2028-12-31"),
        ("土地承包合同编号", "contract_no", "JY-01", "JY-01"),
        ("*承租人:", "lessee", "李四", "李四"),
    ],
)
def test_a_heading_names_its_column_and_its_unit(heading, name, cell, value):
    result = read_rows([["序号", "合同名称", heading], [1, "甲", cell], [2, "乙", cell], [3, "丙", cell]])
    assert mapped(result)[clean_text(heading)] == name
    if name:
        assert column(result, name) == [value] * 3
        assert errors(result) == {}


@pytest.mark.parametrize("heading", ["承包方地址", "发包方负责人", "承包方性别", "评价", "房屋间数"])
def test_a_heading_that_only_contains_a_known_word_is_no_match(heading):
    assert mapped(read_rows([["合同名称", "承包人", heading], ["甲", "张三", "x"]]))[heading] is None


@pytest.mark.parametrize("heading", [
    "30年租金(元)", "五年租金", "十年租金", "三年承包费", "第一年租金", "上年租金", "去年承包费", "租金(30年)", "人均面积", "户均亩数", "每户面积", "退还面积",
    "剩余面积", "未发包面积", "超占面积", "上年面积", "面积(人均)", "已承包年限", "承包地块数", "原承包方", "续签终止日期",
])  # fmt: skip
def test_a_word_before_a_heading_that_makes_another_of_it_is_heeded(heading):
    assert mapped(read_rows([["合同名称", "承包人", "合同编号", heading], ["甲", "张三", "1", 3]]))[heading] is None


def test_a_part_set_apart_by_the_heading_above_is_not_the_contracts():
    result = read_rows([["承包方", "合同编号", "人均", N], [N, N, "面积", "亩数"], ["张三", "1", 0.5, 0.5]], [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)])
    assert "area_mu4" not in result["sheets"][0]["columns"]


@pytest.mark.parametrize("heading, name", [
    ("2024年租金", "rent_fen_per_year"), ("占地面积", "area_mu4"), ("草原面积", "area_mu4"), ("水田面积", "area_mu4"), ("租金标准", "rent_fen_per_year"),
    ("30年总租金", "total_fen"), ("年租金总额", "rent_fen_per_year"), ("每亩年租金", "rent_fen_per_mu_year"), ("每年每亩承包费", "rent_fen_per_mu_year"), ("起始年月", "starts_on"), ("终止年月", "ends_on"),
    ("承包费总额", "total_fen"), ("已缴承包费", "received_fen"), ("已交租金", "received_fen"), ("欠租金", "arrears_fen"), ("应交租金", "due_fen"),
])  # fmt: skip
def test_headings_of_real_ledgers_name_their_column(heading, name):
    assert mapped(read_rows([["合同名称", "承包人", heading], ["甲", "张三", N]]))[heading] == name


def test_headings_in_traditional_characters_are_read():
    result = read_rows([["序號", "承包方", "面積（畝）", "簽訂日期", "應收金額(元)"], [1, "张三", 3.5, "2020-01-02", 500]])
    assert column(result, "area_mu4") == [35000] and column(result, "signed_on") == ["2020-01-02"] and column(result, "due_fen") == [50000]
    assert result["sheets"][0]["mapping"][0]["note"] == "行号"


@pytest.mark.parametrize("merged", [[(1, 1, 2, 1)], []])
def test_units_in_a_row_of_their_own_need_no_brackets(merged):
    result = read_rows([["承包方", "面积", "年承包费"], [N, "亩", "万元"], ["张三", 3.5, 0.2], ["李四", 2, 0.1]], merged)
    assert column(result, "area_mu4") == [35000, 20000] and column(result, "rent_fen_per_year") == [200000, 100000]


def test_mu_and_fen_below_one_area_make_one_area():
    result = read_rows([["承包方", "面积", N, "年承包费"], [N, "亩", "分", "元"], ["张三", 3, 5, 200], ["李四", N, 8, 100], ["王五", 2, N, 100]], [(1, 2, 1, 3)])
    assert column(result, "area_mu4") == [35000, 8000, 20000] and column(result, "rent_fen_per_year") == [20000, 10000, 10000]


def test_a_name_is_the_lessees_where_no_other_column_is():
    rows = [["序号", "姓名", "面积(亩)", "年租金(元)"], [1, "张三", 3, 500]]
    assert column(read_rows(rows), "lessee") == ["张三"]
    both = read_rows([["承包方", "姓名", "面积(亩)", "年租金(元)"], ["张三", "李四", 3, 500]])
    assert column(both, "lessee") == ["张三"] and mapped(both)["姓名"] is None
    twice = read_rows([["合同名称", "姓名", "面积(亩)", "年租金(元)", "姓名"], ["甲", "李四", 3, 500, "王五"]])
    assert "lessee" not in twice["sheets"][0]["columns"]


@pytest.mark.parametrize("heading", ["承包方/电话", "面积/年租金", "面积及租金", "起始日期、终止日期"])
def test_two_columns_in_one_are_said_once_at_their_heading(heading):
    result = read_rows([["台账"], ["合同名称", "合同编号", heading], ["甲", "1", "张三 13800000000"], ["乙", "2", "李四 13900000000"]])
    assert [(each["cell"], each["kind"], each["reason"]) for each in result["errors"]] == [("C2", "two_columns", "一格写了两栏，请拆成两列")]
    assert result["sheets"][0]["accepted"] == 2


def test_two_columns_in_one_where_the_name_is_lost_are_one_error_too():
    result = read_rows([["合同编号", "承包方/电话", "面积(亩)"], ["1", "张三 13800000000", 3]])
    assert [(each["cell"], each["kind"]) for each in result["errors"]] == [("B1", "two_columns")]
    assert result["sheets"][0]["rejected"] == 1


def test_headings_below_a_group_are_read_with_it():
    result = read_rows(
        [
            ["承包方", N, "发包方", N, "期限", N, "会议", N, N, "租金", N],
            ["名称", "联系电话", "名称", "联系电话", "起始", "终止", "日期", "应到", "同意", "单价", "年"],
            [
                "张三",
                "13800000000",
                "九院村",
                "13900000000",
                "2005-01-01",
                "2034-12-31",
                "2004-12-01",
                50,
                40,
                300,
                3000,
            ],
        ],
        [(1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 1, 6), (1, 7, 1, 9), (1, 10, 1, 11)],
    )
    assert list(mapped(result).values()) == [
        "lessee",
        "phone",
        "lessor",
        None,
        "starts_on",
        "ends_on",
        "meeting_on",
        "entitled",
        "votes_for",
        "rent_fen_per_mu_year",
        "rent_fen_per_year",
    ]


def test_ticked_columns_make_one_choice_and_two_ticks_a_doubt():
    result = read_rows(
        [
            ["承包方", "资产类型", N, N],
            [N, "经营性", "非经营性", "资源性"],
            ["张三", N, N, "√"],
            ["李四", "√", N, "√"],
            ["王五", "是", "否", N],
        ],
        [(1, 1, 2, 1), (1, 2, 1, 4)],
    )
    assert column(result, "object_class") == ["资源", None, "资产"]
    assert errors(result) == {"D4": "doubt"}


def test_year_month_and_day_in_columns_of_their_own():
    result = read_rows(
        [["承包方", "签订日期", N, N], [N, "年", "月", "日"], ["张三", 2005, 3, 1], ["李四", "2006年", "12月", 9]],
        [(1, 1, 2, 1), (1, 2, 1, 4)],
    )
    assert column(result, "signed_on") == ["2005-03-01", "2006-12-09"]


def test_the_header_again_with_columns_in_another_order():
    result = read_rows(
        [
            ["一组项目汇总"],
            ["序号", "承包方", "面积(亩)", "备注"],
            [1, "张三", 1, "甲"],
            [N],
            ["二组项目汇总"],
            ["序号", "面积(亩)", "承包方", "备注"],
            [1, 2, "李四", "乙"],
            [2, 3, "王五", "丙"],
        ]
    )
    assert column(result, "lessee") == ["张三", "李四", "王五"]
    assert column(result, "area_mu4") == [10000, 20000, 30000]
    assert why(result) == {1: "标题：一组项目汇总", 2: "表头", 5: "小标题：二组项目汇总", 6: "重复的表头"}
    assert [block["header_rows"] for block in result["sheets"][0]["blocks"]] == [[2], [6]]


def test_fourteen_blocks_each_with_title_header_and_total():
    rows = []
    for block in range(14):
        rows += [
            [f"{block + 1}号项目汇总"],
            ["序号", "承租人", "面积"],
            [1, "张三", 1],
            [2, "李四", 2],
            ["合计", N, 3],
            [N],
        ]
    result = read_rows(rows, [(6 * block + 1, 1, 6 * block + 1, 3) for block in range(14)])
    sheet = result["sheets"][0]
    assert (sheet["read"], sheet["accepted"], sheet["rejected"], sheet["skipped"]) == (70, 28, 0, 42)
    assert "blocks" not in sheet


def test_a_second_block_may_count_in_another_unit():
    result = read_rows(
        [
            ["单位:万元"],
            ["承包方", "合同金额"],
            ["张三", 3],
            [N],
            ["单位:元"],
            ["承包方", "合同金额"],
            ["李四", 3],
        ]
    )
    assert column(result, "total_fen") == [3000000, 300]


@pytest.mark.parametrize(
    "line, reason",
    [
        (["小计", N, N, 12], "合计行"),
        ([N, "合 计", N, 12], "合计行"),
        ([N, N, "总计:", 12], "合计行"),
        (["合计", "12户", N, 12], "合计行"),
        (["其中:机动地", N, N, 3], "其中项"),
        (["一、家庭承包", N, N, 3], "分类行"),
        (["(二)其他方式承包"], "分类行"),
        ([7], "空行（只有序号）"),
        ([7, "/", "—", "/"], "空行（只有序号和空白记号）"),
        (["村清理小组成员(签字):", N, "负责人:"], "签字落款"),
        (["填表人:王五", N, "审核人:赵六"], "签字落款"),
        ([N, N, "年  月  日"], "落款日期"),
        (["注:指标平衡关系:2=4+6+7+8"], "注释"),
        (["说明:面积以实测为准"], "注释"),
        (["第一村民小组"], "小标题"),
        (["序号", "承包方", "坐落", "面积"], "重复的表头"),
        (["单位:亩"], "填报信息"),
        (["例", "张某某", "村东", 3], "示例行"),
        (["本表一式三份,村、乡镇、县各存一份,由村委会填报,并由乡镇农经站审核"], "说明文字"),
    ],
)
def test_a_line_that_is_no_record_is_skipped_with_its_reason(line, reason):
    rows = [["序号", "承包方", "坐落", "面积"], [1, "张三", "村东", 1], line, [2, "李四", "村西", 2]]
    result = read_rows(rows)
    assert why(result)[3].startswith(reason)
    assert column(result, "lessee") == ["张三", "李四"]


@pytest.mark.parametrize(
    "line",
    [
        [7, "计小明", "村东", 3],
        [7, "张三"],
        [N, "张三", N, 3],
        [7, "九院村小计算机合作社", "村东", 3],
        ["一", "张三", "村东", 3],
        ["(一)", "张三", N, 3],
        ["1、", "张三", "注:未测", 3],
    ],
)
def test_a_line_that_may_be_a_record_is_one(line):
    result = read_rows([["序号", "承包方", "坐落", "面积"], [1, "张三", "村东", 1], line])
    assert result["sheets"][0]["accepted"] == 2


def test_notes_go_on_over_several_lines():
    result = read_rows(
        [["序号", "承包方", "面积"], [1, "张三", 1], ["注:"], ["(1)面积以实测为准;"], ["(2)租金每年收。"]]
    )
    assert [reason[:2] for reason in why(result).values()] == ["表头", "注释", "注释", "注释"]


def test_merged_down_text_is_every_row_s_and_a_merged_sum_only_the_first_s():
    result = read_rows(
        [
            ["承包方", "地块名称", "年租金", "签订日期"],
            ["张三", "甲", 3000, "2005-01-01"],
            [N, "乙", N, N],
            [N, "丙", N, N],
        ],
        [(2, 1, 4, 1), (2, 3, 4, 3), (2, 4, 4, 4)],
    )
    assert column(result, "lessee") == ["张三"] * 3
    assert column(result, "signed_on") == ["2005-01-01"] * 3
    assert column(result, "rent_fen_per_year") == [300000, None, None]
    assert errors(result) == {"C3": "doubt", "C4": "doubt"}


def test_a_unit_column_counts_row_by_row():
    result = read_rows(
        [
            ["承包方", "承租面积", "计量单位"],
            ["张三", 2000, "平方米"],
            ["李四", 2, "亩"],
            ["王五", 3, "间"],
            ["赵六", "5亩", "平方米"],
        ]
    )
    assert column(result, "area_mu4") == [30000, 20000, None, 50000]
    assert errors(result) == {"B4": "unreadable"}


@pytest.mark.parametrize(
    "numbers, name",
    [([1, 2, 3], None), (["HT-1", "HT-2", "HT-3"], "contract_no"), ([202301, 202317, 202399], "contract_no")],
)
def test_a_number_counts_lines_if_it_runs_on_and_else_names_the_contract(numbers, name):
    result = read_rows(
        [["编号", "承包方", "面积"], *([number, f"户{place}", 1] for place, number in enumerate(numbers))]
    )
    assert mapped(result)["编号"] == name


def test_two_headings_for_one_column_leave_the_weaker_out_and_say_so():
    result = read_rows([["承包方", "承租人", "面积"], ["张三", "李四", 1]])
    first, second, _ = result["sheets"][0]["mapping"]
    assert (first["column"], second["column"]) == ("lessee", None)
    assert "A 列" in second["note"]


def test_an_open_price_heading_is_less_sure_than_one_that_says_its_basis():
    result = read_rows([["承包方", "承包金额", "亩租金"], ["张三", 3000, 300]])
    sure = {each["header"]: each["confidence"] for each in result["sheets"][0]["mapping"]}
    assert sure["承包金额"] < sure["亩租金"] <= sure["承包方"]


def test_a_card_above_the_table_is_not_its_header():
    result = read_rows(
        [
            ["签定日期", "2016年1月2日", "合同编号", "JY-3"],
            ["甲方", "九院村", "乙方", "张三"],
            [N],
            ["序号", "承租人", "租赁面积", "年租金"],
            [1, "李四", 2, 3000],
        ]
    )
    card, table = result["sheets"]
    assert (card["kind"], table["header_rows"]) == ("card", [4])
    assert (column(result, "lessee"), column(result, "lessee", 1)) == (["张三"], ["李四"])


def test_sheets_without_the_table_are_skipped_whole_and_say_so():
    result = read_grids(
        grid([["目录"], ["一组"], ["二组"]], name="目录"),
        grid([["承包方", "面积"], ["张三", 1]]),
        grid([["序号", "村名", "合同份数", "面积", "备注"], [1, "九院村", 12, 300, N]], name="汇总"),
        grid([["承包方", "面积"], ["李四", 1]], name="旧", hidden=True),
        grid([["x", "y"], [1, 2]], name="辅助"),
    )
    assert [
        (sheet["read"], sheet["accepted"], sheet["skipped"], bool(sheet["note"])) for sheet in result["sheets"]
    ] == [(3, 0, 3, True), (2, 1, 1, False), (2, 0, 2, True), (2, 0, 2, True), (2, 0, 2, True)]
    assert any("隐藏" in note for note in result["notes"])


def test_a_ledger_whose_names_nobody_knows_is_an_error_not_silence():
    result = read_rows(
        [["序号", "谁在种", "坐落", "面积", "年租金"], [1, "张三", "村东", 1, 300], [2, "李四", "村西", 2, 600]]
    )
    sheet = result["sheets"][0]
    assert (sheet["accepted"], sheet["rejected"]) == (0, 2)
    assert [error["kind"] for error in result["errors"]] == ["missing_column"]
    assert result["rejected_rows"][0]["cells"]["谁在种"] == "张三"


def test_the_first_column_may_be_empty_and_rows_far_down():
    rows = [[N]] * 20 + [[N, N, "承包方", "面积"], [N, N, "张三", 1]]
    result = read_rows(rows)
    assert result["sheets"][0]["row_numbers"] == [22]
    assert result["sheets"][0]["mapping"][0]["letter"] == "C"


def test_no_table_at_all_is_a_sentence():
    result = read_rows([["你好"], [1, 2, 3]])
    assert result["sheets"][0]["read"] == result["sheets"][0]["skipped"] == 2
    assert any("没有一张工作表认出" in note for note in result["notes"])


def test_an_empty_sheet():
    assert read_grids(grid([]), grid([["承包方", "面积"], ["张三", 1]]))["sheets"][0]["read"] == 0


def test_parts_of_an_area_are_not_taken_for_the_area():
    rows = [["承包方", "面积(亩)", N, N], [N, "水田", "旱地", "合计"], ["张三", 1, 2, 3]]
    result = read_rows(rows, [(1, 1, 2, 1), (1, 2, 1, 4)])
    assert column(result, "area_mu4") == [30000]
    assert mapped(result)["面积(亩)/水田"] is None


def test_a_merged_range_with_texts_inside_is_no_merged_cell():
    result = read_rows([["承包方", "面积"], ["张三", 1], ["李四", 2]], [(1, 1, 3, 2)])
    assert column(result, "lessee") == ["张三", "李四"]


@pytest.mark.parametrize(
    "rows",
    [
        [["合同编号", "2015-1"], ["地类", "耕地"], ["面积", "12亩"], ["签订日期", "2015-03-01"]],
        [["合同登记卡"], ["甲方", "九院村委会", "签订日期", "2015.3.1"], ["面积", "12亩", "地类", "耕地"], ["用途", "种植", "期限", "3年"]],
    ],
)
def test_a_card_that_names_nobody_says_what_to_add(rows):
    result = read_rows(rows)
    (sheet,) = result["sheets"]
    assert (sheet["header_rows"], sheet["skipped"]) == ([], len(rows))
    assert "卡片" in sheet["note"] and "请补上承包方或合同名称" in sheet["note"]


def test_a_ledger_with_labels_above_it_is_no_card():
    rows = [["合同台账"], ["发包方", "九院村"], ["日期", "2024.3"], ["序", "承包方", "面积", "地类"], [1, "张三", 3, "耕地"]]
    assert read_rows(rows)["sheets"][0]["accepted"] == 1


LEDGER = [["序号", "承包方", "面积(亩)", "年承包费(元)"], [1, "甲", 10, 1000], [2, "乙", 20, 2000]]


@pytest.mark.parametrize(
    "below, first",
    [
        ([[N], ["年度", "收入", "支出", "结余"], [2019, 3000, 1000, 2000], [2020, 3000, 500, 2500]], 5),
        ([[N], ["附：各组面积"], ["组别", "户数", "人口", "耕地"], ["一组", 30, 120, 300]], 6),
        ([["村务监督委员会"], ["职务", "姓名", "电话"], ["主任", "张三", "13800000001"]], 5),
        ([["理财小组"], ["姓名", "职务", "分工"], ["张三", "组长", "全面"]], 5),
        ([[N], ["债务人", "金额", "发生时间", "备注"], ["李四", 5000, "2010-5-1"]], 5),
        ([["折价表"], ["日期", "小麦(元/斤)", "玉米(元/斤)"], ["2010-10-1", 0.95, 0.85]], 5),
        ([[N], ["年度", "面积(亩)", "年承包费(元)", "备注"], [2019, 30, 3000]], 5),
    ],
)
def test_another_table_under_the_ledger_is_left_out_and_said(below, first):
    result = read_rows(LEDGER + below)
    assert column(result, "lessee") == ["甲", "乙"]
    assert (result["errors"], result["rejected_rows"]) == ([], [])
    last = len(LEDGER) + len(below)
    assert all(why(result)[row].startswith("另一张表") for row in range(first, last + 1) if below[row - len(LEDGER) - 1] != [N])
    assert result["notes"][0].startswith(f"工作表“合同”第{first}行起是另一张表（{'、'.join(below[first - 4])}），没有收：要收，请另选那种台账")


def test_a_ledger_that_goes_on_after_a_gap_is_read_on():
    rows = [*LEDGER, [N], [3, "丙", "不详", "不详"], [N], ["四组"], ["四", "丁", "暂无", "未收"], [5, "戊", 30, 3000], ["五组"], [N, "己", "另议", "口头"]]
    result = read_rows(rows)
    assert column(result, "lessee") == ["甲", "乙", "丙", "丁", "戊", "己"]
    assert not [note for note in result["notes"] if "另一张表" in note]


def test_after_another_table_the_ledger_goes_on_under_its_own_heading():
    result = read_rows([*LEDGER, [N], ["年度", "收入", "支出", "结余"], [2019, 3000, 1000, 2000], [N], *LEDGER[:1], [3, "丙", 30, 3000]])
    assert column(result, "lessee") == ["甲", "乙", "丙"]
    assert len(result["notes"]) == 1


@pytest.mark.parametrize("name", [3000, 2019.0, "3000", "1,000元", "2010-5-1", "2019年", "13800000001", "0351-1234567"])
def test_a_number_a_date_or_a_telephone_is_nobody_s_name(name):
    result = read_rows([*LEDGER, [3, name, 30, 3000]])
    assert column(result, "lessee") == ["甲", "乙"]
    assert errors(result) == {"B4": "doubt"}
    assert result["errors"][0]["reason"].endswith("是不是填错了栏？")
    assert result["rejected_rows"][0]["why"] == "“承包方、合同名称”有疑点，要有人选定才能收"


@pytest.mark.parametrize("name", ["李某", "X某甲", "户主(代)", "5号", "三组", "208队", "2015年东坡地承包", "3-2-101", "'3000"])
def test_what_is_a_name_with_figures_in_it_stays_one(name):
    assert column(read_rows([*LEDGER, [3, name, 30, 3000]]), "lessee")[-1] == name.lstrip("'")


def test_another_table_right_under_the_last_record_is_left_out_where_hardly_a_word_fits():
    rows = [["承包方", "面积(亩)", "年承包费(元)", "签订日期"], ["甲", 1, 100, "2010-1-1"], ["债务人", "金额", "发生时间", "形成原因"], ["李四", 30000, "2005-1-1", "借款"]]
    result = read_rows(rows)
    assert (column(result, "lessee"), result["errors"], len(result["notes"])) == (["甲"], [], 1)


@pytest.mark.parametrize(
    "line, said",
    [
        (["合", "计", 60, 6000], "合计行：合计"), (["小", "计", 60, 6000], "合计行：小计"), ([N, "平均", 3, 300], "平均行：平均"), ([N, "合", 3, 300], "合计行：合"),
        ([N, "全村", 60, 6000], "合计行：全村"), (["接上页", N, 3, 300], "承前过次的行：接上页"), (["承前页", N, 3, 300], "承前过次的行：承前页"),
        ([N, "过次页", 3, 300], "承前过次的行：过次页"), ([N, "总和", 60, 6000], "合计行：总和"), (["共2户", N, 30, 3000], "合计行：共2户"),
        (["全村总计30户", N, 30, 3000], "合计行：全村总计30户"), (["Σ", N, 30, 3000], "合计行：Σ"), (["转下页", N, N, N], None),
    ],
)
def test_sums_averages_and_lines_carried_over_are_no_contracts(line, said):
    result = read_rows([*LEDGER, line, [3, "丙", 30, 3000]])
    assert column(result, "lessee") == ["甲", "乙", "丙"]
    assert (result["errors"], result["rejected_rows"]) == ([], [])
    assert said is None or why(result)[4] == said


@pytest.mark.parametrize("name", ["计建国", "全村敬老院", "平均收", "合众公司", "共青团林场", "接官亭", "张总和", "共和二组", "全村"])
def test_names_with_the_words_of_a_sum_in_them_are_records(name):
    assert column(read_rows([*LEDGER, [3, name, 30, 3000]]), "lessee")[-1] == name


def test_a_sum_with_many_columns_is_a_sum_too():
    rows = [["序号", "承包方", "坐落", "地类", "面积(亩)", "年承包费(元)", "备注", "签订日期"], [1, "甲", "东", "耕地", 1, 100, "好", "2010-1-1"],
            ["合", "计", "东", "西", 1, 100, "好", "2010-1-1"], [N, "全村", "东", "西", 1, 100, "好", "2010-1-1"]]
    assert column(read_rows(rows), "lessee") == ["甲"]


def test_a_sheet_without_headings_goes_on_with_the_table_before_it():
    second = [["（续表）"], [3, "丙", 30, 3000], [4, "丁", "约40", 4000], ["合计", N, 100, 10000]]
    third = [[5, "戊", 50, 5000], [6, N, 50, 5000], [7, "己", 50, 5000], [8, "庚", 50, 5000], [9, "辛", 50, 5000]]
    result = read_grids(grid(LEDGER), grid(second, name="Sheet2"), grid(third, name="Sheet3"))
    assert [column(result, "lessee", sheet) for sheet in (0, 1, 2)] == [["甲", "乙"], ["丙", "丁"], ["戊", "己", "庚", "辛"]]
    assert result["sheets"][1]["row_numbers"] == [2, 3]
    assert result["sheets"][1]["header_rows"] == []
    assert result["sheets"][1]["totals"] == [{"row": 4, "rent_fen_per_year": 1000000}]
    assert errors(result) == {"C3": "doubt", "B2": "missing"}
    assert [note.split("，")[0] for note in result["notes"]] == ["工作表“Sheet2”没有表头", "工作表“Sheet3”没有表头"]


@pytest.mark.parametrize(
    "rows",
    [
        [[2019, 3000, 1000, 2000], [2020, 3000, 500, 2500]],
        [["年份", "小麦", "玉米", "依据"], [2015, 2.36, 2, "国家最低收购价"]],
        [[3, "丙", 30, 3000, "备注"], [4, "丁", 40, 4000, "有"]],
        [["丙", 30, 3000], ["丁", 40, 4000]],
        [[3, "主任", "张三", "十年"], [4, "会计", "李四", "十年"]],
    ],
)
def test_a_sheet_that_does_not_go_on_is_left_out_with_a_note(rows):
    result = read_grids(grid(LEDGER), grid(rows, name="Sheet2"))
    assert result["sheets"][1]["accepted"] == 0
    assert result["notes"] == ["工作表“Sheet2” 2 行没有读：没有认出表头。若是接着上一张表，请把表头抄到第 1 行"]


def test_lines_of_text_on_a_sheet_of_their_own_need_no_note():
    assert read_grids(grid(LEDGER), grid([["填表人：张三"], ["2024年12月1日"]], name="表后文字"))["notes"] == []


def test_signers_under_the_ledger_are_no_other_table():
    result = read_rows([*LEDGER, [N], ["制表人：", "审核人：", "负责人：", "会计："], [N, N, N, "2024年12月1日"]])
    assert (column(result, "lessee"), result["notes"], why(result)[5]) == (["甲", "乙"], [], "签字落款：制表人:")


def test_another_table_under_a_column_nobody_knows_is_another_table_all_the_same():
    ledger = [["序号", "承包方", "人均面积", "面积(亩)", "年承包费(元)"], [1, "张三", 2, 10, 1000], [2, "李四", 3, 12, 1200]]
    result = read_rows([*ledger, [N], ["年度", "收入", "支出", "结余"], [2019, 3000, 1000, 2000]])
    assert column(result, "lessee") == ["张三", "李四"]
    assert result["notes"][0].startswith("工作表“合同”第5行起是另一张表（年度、收入、支出、结余）")
