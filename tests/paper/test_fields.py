"""Fields found in lines: labels, sentences over the ends of lines, tables; what does not agree is a doubt with both readings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mingbai.columns import find_register
from mingbai.paper import Box, Page, Proposal, find_wording, propose

CONTRACTS = find_register("contracts")
WORDING = find_wording("contracts")


def page(*written: str, number: int = 1, confidence: float = 0.99) -> Page:
    """One line of text a box; `|` parts boxes of a line."""
    boxes = []
    for at, line in enumerate(written):
        left = 100.0
        for text in line.split("|"):
            width = 30.0 * len(text)
            top = 100.0 + 60 * at
            boxes.append(Box(text, confidence, ((left, top), (left + width, top), (left + width, top + 30), (left, top + 30))))
            left += width + 300
    return Page(number, 1600, 2300, tuple(boxes))


def read(*pages: Page) -> dict[str, Proposal]:
    return {each.column: each for each in propose(list(pages), CONTRACTS, WORDING)}


RECORDED = json.loads((Path(__file__).with_name("recorded.json")).read_text("utf-8"))


@pytest.mark.parametrize("wear", sorted(RECORDED))
def test_a_recorded_page_gives_every_field(wear: str) -> None:
    found = read(Page.from_json(RECORDED[wear]["page"]))
    assert {name: found[name].value if name in found else None for name in RECORDED[wear]["fields"]} == RECORDED[wear]["fields"]


def test_labels_with_half_or_full_colons_and_words_in_brackets() -> None:
    found = read(page("合同编号:HT-7", "发包人（甲方）：九院村经济合作社", "承包人：  张三  身份证号：999999198001010011", "签订日期：2015年2月20日"))
    assert {name: found[name].value for name in ("contract_no", "lessor", "lessee", "signed_on")} == {
        "contract_no": "HT-7", "lessor": "九院村经济合作社", "lessee": "张三", "signed_on": "2015-02-20"}
    assert found["lessee_id_no"].raw == "999999198001010011"


OTHER_FORMS = {
    "a shop": (
        ("房屋租赁合同", "出租方：白家庄村股份经济联合社（以下简称甲方）", "承租方：刘满仓（以下简称乙方）", "第一条 甲方将位于白家庄村北街18号的门面房三间，面积120平方米，出租给乙方使用。",
         "第二条 租赁期自2020年1月1日至2024年12月31日，共五年。", "第三条 年租金为人民币贰万肆仟元整（¥24000.00元），乙方应于每年1月10日前一次性缴纳。", "第四条 乙方应交纳押金5000元。",
         "第五条 房屋用途：经营超市。", "出租方（公章）：|承租方（签字）：刘满仓", "2019年12月20日|2019年12月20日"),
        {"title": "房屋租赁合同", "lessor": "白家庄村股份经济联合社", "lessee": "刘满仓", "location": "白家庄村北街18号", "area_mu4": 1800, "starts_on": "2020-01-01", "ends_on": "2024-12-31",
         "term_months": 60, "rent_fen_per_year": 24_000_00, "payment_mode": "按年", "deposit_fen": 5_000_00, "agreed_use": "经营超市", "signed_on": "2019-12-20"}),
    "a barren hill": (
        ("荒山承包合同", "合同编号2003-07", "发包方（甲方）:石千峰村民委员会", "承包方（乙方）:赵玉梅", "为了开发荒山资源，经村民代表大会讨论同意，甲方将村西荒山三百亩承包给乙方植树造林。",
         "一、四至：东至大路，西至沟底，南至河，北至山梁。", "二、承包期50年，从2003年5月1日起到2053年4月30日止。", "三、承包费每亩每年2元，共计叁万元整，合同签订之日一次付清。",
         "甲方代表（签字）：王某|乙方（签字）：赵玉梅", "签订日期：二〇〇三年四月二十八日"),
        {"lessor": "石千峰村民委员会", "lessee": "赵玉梅", "area_mu4": 300_0000, "starts_on": "2003-05-01", "ends_on": "2053-04-30", "term_months": 600, "rent_fen_per_mu_year": 200,
         "total_fen": 30_000_00, "payment_mode": "一次性", "decision_body": "代表会议", "signed_on": "2003-04-28"}),
    "a table": (
        ("农村土地经营权流转合同", "流出方|九院村股份经济合作社|流入方|某农业公司", "地块名称|南坪|流转面积|86.5亩", "流转期限|2022年3月1日至2027年2月28日|流转用途|种植谷子",
         "流转价格|每亩每年450元|付款方式|每年3月1日前支付", "签订日期|2022年2月15日"),
        {"lessor": "九院村股份经济合作社", "lessee": "某农业公司", "location": "南坪", "area_mu4": 86_5000, "starts_on": "2022-03-01", "ends_on": "2027-02-28", "agreed_use": "种植谷子",
         "rent_fen_per_mu_year": 450_00, "payment_mode": "按年", "signed_on": "2022-02-15"}),
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_other_forms_are_read_too(name: str) -> None:
    written, truth = OTHER_FORMS[name]
    found = read(page(*written))
    assert {column: found[column].value if column in found else None for column in truth} == truth


def test_the_heading_is_the_title() -> None:
    assert read(page("土地承包合同书", "合同编号：HT-7", "甲方：九院村"))["title"].value == "土地承包合同书"
    assert "title" not in read(page("甲方：九院村", "本合同一式三份"))


def test_a_sentence_runs_over_the_end_of_a_line_and_its_region_has_two_pieces() -> None:
    found = read(page("二、承包期限15年，自2015年3月1", "日起至2030年2月28日止。"))
    assert (found["term_months"].value, found["starts_on"].value, found["ends_on"].value) == (180, "2015-03-01", "2030-02-28")
    assert len(found["starts_on"].region) == 2 and len(found["ends_on"].region) == 1
    assert not found["term_months"].doubts


def test_the_region_is_the_piece_of_the_line_the_value_stands_on() -> None:
    found = read(page("乙方（承包方）：张三"))
    (polygon,) = found["lessee"].region
    assert 280 < polygon[0][0] < polygon[1][0] <= 400 and polygon[0][1] == 100


def test_a_table_without_colons_is_read_by_its_cells() -> None:
    found = read(page("承包方|张三", "合同面积|35.6亩", "终止日期|2030.2.28"))
    assert (found["lessee"].value, found["area_mu4"].value, found["ends_on"].value) == ("张三", 35_6000, "2030-02-28")


def test_capitals_and_figures_that_differ_are_a_doubt_with_both() -> None:
    found = read(page("合计160200元（大写：壹拾陆万零贰佰元整）。"))
    assert (found["total_fen"].value, found["total_fen"].doubts) == (160_200_00, ())
    found = read(page("合计160200元（大写：壹拾陆万贰仟元整）。"))
    assert found["total_fen"].value is None
    ((reason, suggestions),) = found["total_fen"].doubts
    assert "大写" in reason and suggestions == ("160,200.00元", "162,000.00元")


def test_an_amount_only_in_capitals_is_the_amount() -> None:
    assert read(page("承包费人民币壹拾陆万零贰佰元整，一次性付清。"))["total_fen"].value == 160_200_00


def test_years_that_do_not_fit_the_dates_are_a_doubt() -> None:
    found = read(page("承包期限20年，自2015年3月1日起至2030年2月28日止。"))
    assert found["term_months"].doubts[-1][1] == ("20年", "15年")
    assert found["ends_on"].doubts


def test_a_price_times_the_area_that_is_not_the_rent_is_a_doubt() -> None:
    found = read(page("耕地10亩承包给乙方，每亩每年承包费300元，年承包费3600元。"))
    assert (found["rent_fen_per_mu_year"].value, found["rent_fen_per_year"].value) == (300_00, 3600_00)
    assert "3,000.00" in found["rent_fen_per_year"].doubts[-1][0]


def test_two_days_below_the_signatures_are_a_doubt() -> None:
    found = read(page("甲方（盖章）：九院村|乙方（签字）：王某", "2015年3月1日|2015年3月9日"))
    assert found["signed_on"].value is None
    assert found["signed_on"].doubts[-1][1] == ("2015年3月1日", "2015年3月9日")


def test_signatures_are_seen_but_never_without_a_doubt() -> None:
    found = read(page("甲方（盖章）：九院村|乙方（签字）：王某"))
    assert found["signatures_complete"].value is True and found["signatures_complete"].doubts
    found = read(page("甲方（盖章）：|乙方（签字）：王某"))
    assert found["signatures_complete"].value is None and "没看到" in found["signatures_complete"].doubts[0][0]


def test_what_was_read_unsurely_says_so() -> None:
    assert "不太准" in read(page("承包方：张三", confidence=0.6))["lessee"].doubts[0][0]


def test_a_second_page_goes_on_where_the_first_ended() -> None:
    found = read(page("甲方：九院村", "承包期限15年，自2015年3月1日起至"), page("2030年2月28日止。", "合同编号：HT-9", number=2))
    assert found["ends_on"].page == 2 and found["starts_on"].page == 1 and found["contract_no"].page == 2


def test_an_empty_page_and_a_page_of_something_else_give_nothing_and_do_not_fail() -> None:
    assert read(Page(1, 100, 100, ())) == {}
    assert read(page("今日菜单", "红烧肉 38元")) == {}


def test_any_letters_at_all_are_read_without_failing() -> None:
    import random

    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    letters = "甲乙方承包期限自至年月日亩元大写壹拾（）：:0123456789，。 _"
    for _ in range(300):
        written = ["".join(dice.choice(letters) for _ in range(dice.randrange(1, 30))) for _ in range(dice.randrange(1, 8))]
        for each in read(page(*written)).values():
            assert each.region and each.page == 1


def test_a_register_without_words_of_its_own_is_read_by_its_columns() -> None:
    inspections = find_register("inspections")
    column = next(each for each in inspections.columns if each.kind == "text")
    found: list[Any] = propose([page(f"{column.title}：某某某")], inspections, find_wording("inspections"))
    assert [each.column for each in found] == [column.name]
