"""资产台账: depreciation by hand-computed cards, rules, and a village's cards from the workbook to the books and the wall of agreement."""

from __future__ import annotations

import html
import random
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from conftest import a_workbook
from mingbai.columns import find_register
from mingbai.registers.assets import depreciation
from mingbai.registers.assets.depreciation import by_end_of, of_month, plan
from mingbai.rules import check, find_rulebook, ledger, load_law
from mingbai.rules.finding import Finding

TODAY = date(2026, 9, 30)


# depreciation

def test_a_tractor_of_ten_thousand_over_ten_years() -> None:
    """10,000 yuan, 400 left at the end, ten years: 80 yuan a month from the month after it came."""
    course = plan(cost_fen=1_000_000, residual_fen=40_000, months=120, begins=date(2020, 3, 15), method="年限平均法")
    assert course is not None
    assert [of_month(course, month) for month in (202003, 202004, 202012, 203003, 203004)] == [0, 8_000, 8_000, 8_000, 0]
    assert [by_end_of(course, month) for month in (202003, 202012, 203003, 204001)] == [0, 72_000, 960_000, 960_000]


def test_fen_that_do_not_divide_fall_in_the_first_months() -> None:
    course = plan(cost_fen=100, residual_fen=0, months=3, begins=date(2024, 1, 1), method=None)
    assert course is not None
    assert [of_month(course, month) for month in (202401, 202402, 202403, 202404, 202405)] == [0, 34, 33, 33, 0]


def test_what_leaves_is_written_down_in_its_last_month_and_no_longer() -> None:
    course = plan(cost_fen=1_200, residual_fen=0, months=12, begins=date(2024, 1, 5), method=None, ends=date(2024, 4, 2))
    assert course is not None
    assert (of_month(course, 202404), of_month(course, 202405), by_end_of(course, 202412)) == (100, 0, 300)


def test_a_right_is_written_off_from_the_month_it_came_and_no_longer_in_the_month_it_leaves() -> None:
    """无形资产: 1,200 fen over a year from January; sold in April."""
    said: dict[str, Any] = {"cost_fen": 1_200, "residual_fen": 0, "months": 12, "begins": date(2024, 1, 31), "method": None, "at_once": True}
    whole, sold = plan(**said), plan(**said, ends=date(2024, 4, 2))
    assert whole is not None
    assert sold is not None
    assert [of_month(whole, month) for month in (202312, 202401, 202412, 202501)] == [0, 100, 100, 0]
    assert [of_month(sold, month) for month in (202403, 202404, 202405)] == [100, 0, 0]
    assert by_end_of(plan(**said, ends=date(2024, 1, 31)), 202412) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", [{"cost_fen": None}, {"months": None}, {"begins": None}, {"method": "不提折旧"}, {"method": "工作量法"}, {"months": 0}])
def test_a_card_that_does_not_say_enough_is_not_guessed(missing: dict[str, Any]) -> None:
    said: dict[str, Any] = {"cost_fen": 100, "residual_fen": 0, "months": 12, "begins": date(2024, 1, 1), "method": "年限平均法"}
    assert plan(**(said | missing)) is None


def test_the_months_of_any_card_add_up_to_what_it_loses() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(200):
        cost = dice.randint(1, 10**9)
        course = plan(cost_fen=cost, residual_fen=dice.randint(0, cost), months=dice.randint(1, 600), begins=date(dice.randint(1990, 2020), dice.randint(1, 12), 1), method=None)
        assert course is not None
        months = [year * 100 + month for year in range(1990, 2071) for month in range(1, 13)]
        assert sum(of_month(course, each) for each in months) == course.base_fen == by_end_of(course, 207012)


# rules

def found(**row: Any) -> dict[str, Finding]:
    """Findings of one card whose sheet has these headings; None = the cell is empty."""
    register = find_register("assets")
    table = {"_row": [1], "_file": ["村"], "_sheet": [""], "_headings": ["|".join(("", *sorted(row), ""))], "_doubtful": ["||"]}
    table |= {column.name: [row.get(column.name)] for column in (*register.columns, *register.house)}
    return {each.rule: each for each in check(ledger(register, [table]), register, find_rulebook("assets"), load_law("assets"), TODAY)}


CASES = [  # rule, hits, does not, cannot tell
    ("F01", {"quantity": 3, "counted_quantity": 2}, {"quantity": 3, "counted_quantity": 3}, {"quantity": 3}),
    ("F02", {"cost_fen": 100, "stated_depreciation_fen": 40, "stated_net_fen": 50}, {"cost_fen": 100, "stated_depreciation_fen": 40, "stated_net_fen": 60}, {"cost_fen": 100}),
    ("F03", {"cost_fen": 120_00, "life_months": 120, "in_use_on": "2020-09-01", "stated_depreciation_fen": 50_00},
     {"cost_fen": 120_00, "life_months": 120, "in_use_on": "2020-09-01", "stated_depreciation_fen": 72_00}, {"cost_fen": 120_00}),
    ("F04", {"condition": "出租", "contract_no": None}, {"condition": "出租", "contract_no": "HT-1"}, {"condition": "出租"}),
    ("F05", {"disposed_on": "2025-06-01", "decision": "无"}, {"disposed_on": "2025-06-01", "decision": "成员代表大会决议"}, {"disposed_on": "2025-06-01"}),
    ("F06", {"condition": "闲置", "idle_since": "2024-09-30"}, {"condition": "闲置", "idle_since": "2024-10-01"}, {"condition": "闲置"}),
    ("F07", {"booked": False}, {"booked": True}, {"booked": None}),
    ("F08", {"condition": "他人使用", "contract_no": None, "user": "某厂"}, {"condition": "他人使用", "contract_no": "HT-2"}, {"condition": "他人使用"}),
    ("F09", {"counted_on": "2025-09-29"}, {"counted_on": "2025-09-30"}, {"counted_on": None}),
    ("F10", {"location": "小学", "counted_location": "村委会仓库"}, {"location": "小学"}, {}),
]


@pytest.mark.parametrize(("rule", "yes", "no", "silent"), CASES, ids=[each[0] for each in CASES])
def test_a_rule_hits_misses_and_cannot_tell(rule: str, yes: dict[str, Any], no: dict[str, Any], silent: dict[str, Any]) -> None:
    hit = found(title="旧校舍", **yes)[rule]
    assert hit.answer == "yes"
    assert hit.sentence.startswith("疑似")
    assert hit.cites
    assert rule not in found(title="旧校舍", **no)
    assert found(title="旧校舍", **silent).get(rule) is None or found(title="旧校舍", **silent)[rule].answer == "cannot_tell"


def test_every_rule_has_its_case() -> None:
    assert [each[0] for each in CASES] == sorted(find_rulebook("assets").rules)


def test_an_empty_count_is_not_held_against_a_card() -> None:
    assert "F01" not in {rule for rule, each in found(title="旧校舍", quantity=3, counted_quantity=None).items() if each.answer == "yes"}


def test_nothing_found_of_a_card_without_a_number_is_held_against_it() -> None:
    assert found(title="水泵", quantity=None, counted_quantity=0)["F01"].answer == "yes"


def test_a_disposal_is_judged_by_the_law_of_its_day() -> None:
    assert "2018" in found(title="车", disposed_on="2015-06-01", decision="无")["F05"].cites[0]
    assert "农村集体经济组织法" in found(title="车", disposed_on="2025-06-01", decision="无")["F05"].cites[0]


# from the workbook to the books

def a_card(**said: Any) -> dict[str, Any]:
    return {"资产编号": "GZ-001", "固定资产名称": "旧校舍", "资产类别": "房屋及建筑物", "数量": 1, "原值": 120_000, "使用年限": "20年", "净残值": 0, "开始使用日期": "2020-06-01",
            "资产状态": "村自用", "合同编号": None, "保管人": "张三", "实存数量": 1, "处置日期": None, "处置方式": None, "处置收入": None, "处置决议": None} | said


@pytest.fixture
def cards(village: Any, clerk: Any) -> Any:
    from mingbai.kit import intake
    from mingbai.registers.assets.models import Asset

    def take(*rows: dict[str, Any]) -> list[Any]:
        upload = intake.receive(clerk, village, "assets", "资产卡片.xlsx", a_workbook(*rows))
        intake.read_upload(None, upload.pk)
        upload.refresh_from_db()
        assert (upload.accepted, upload.rejected) == (len(rows), 0)
        intake.accept(clerk, upload)
        return list(Asset.objects.filter(organisation=village).order_by("serial"))

    return take


@pytest.mark.django_db
def test_a_month_of_depreciation_is_booked_once_and_agrees(village: Any, clerk: Any, cards: Any) -> None:
    from mingbai.books.desk import BookError, post
    from mingbai.books.entry import Leg, Proposal
    from mingbai.books.models import Line, Voucher
    from mingbai.records.door import commit

    mine = cards(a_card(), a_card(资产编号="GZ-002", 固定资产名称="拖拉机", 资产类别="农机", 原值=6_000, 使用年限="5年", 开始使用日期="2026-07-10"))
    assert [(each.title, each.category, each.cost_fen, each.life_months) for each in mine] == [("旧校舍", "房屋建筑物", 12_000_000, 240), ("拖拉机", "机器设备", 600_000, 60)]
    with commit(clerk, village, "book", "建账") as act:  # what the cards say at the end of July
        post(act, [Proposal("opening", date(2026, 7, 31), "建账", (Leg("151", 12_600_000), Leg("152", 0, 3_650_000), Leg("301", 0, 8_950_000)))])
    page = Client()
    page.force_login(clerk)
    address = f"/assets/books/{village.code}/"
    assert "卡片和账相符" in page.get(address, {"month": 202607}).content.decode()
    before = page.get(address, {"month": 202608}).content.decode()
    assert "卡片和账不符" in before
    assert "600.00" in before
    for _ in range(2):
        assert page.post(address + "book/", {"month": 202608}).status_code == 302
    (made,) = Voucher.objects.filter(organisation=village, template="depreciation")
    assert list(Line.objects.filter(voucher=made).order_by("number").values_list("account", "debit_fen", "credit_fen", "record")) == [
        ("513", 50_000, 0, mine[0].key), ("513", 10_000, 0, mine[1].key), ("152", 0, 60_000, "")]
    after = page.get(address, {"month": 202608}).content.decode()
    assert "卡片和账相符" in after
    assert f"/books/voucher/{made.pk}/" in page.get(f"/registers/assets/{mine[0].pk}/").content.decode()
    with pytest.raises(BookError), commit(clerk, village, "book", "记账") as act:
        from mingbai.registers.assets.posting import wear
        mine[0].cost_fen = 1
        post(act, wear(mine, 202608))
    table = page.get(address + "table/", {"month": 202608})
    assert table.status_code == 200


@pytest.mark.django_db
def test_a_right_is_amortised_month_by_month_against_162(village: Any, clerk: Any, cards: Any) -> None:
    from mingbai.books.desk import post
    from mingbai.books.entry import Leg, Proposal
    from mingbai.books.models import Line, Voucher
    from mingbai.records.door import commit
    from mingbai.registers.assets.posting import wear

    (mark,) = cards(a_card(资产编号="WX-001", 固定资产名称="九院小米商标", 资产类别="商标", 原值=12_000, 使用年限="10年", 开始使用日期="2026-07-10"))
    assert (mark.category, [each.total_fen for each in wear([mark], 202607)], wear([mark], 202606)) == ("无形资产", [10_000], [])
    with commit(clerk, village, "book", "建账") as act:
        post(act, [Proposal("opening", date(2026, 7, 31), "建账", (Leg("161", 1_200_000), Leg("162", 0, 10_000), Leg("301", 0, 1_190_000)))])
    page = Client()
    page.force_login(clerk)
    address = f"/assets/books/{village.code}/"
    assert "卡片和账相符" in page.get(address, {"month": 202607}).content.decode()
    assert "计提2026年8月无形资产摊销（1 项）" in page.get(address, {"month": 202608}).content.decode()
    for _ in range(2):
        page.post(address + "book/", {"month": 202608})
    (made,) = Voucher.objects.filter(organisation=village, template="amortisation")
    assert list(Line.objects.filter(voucher=made).order_by("number").values_list("account", "debit_fen", "credit_fen", "words")) == [
        ("513", 10_000, 0, "九院小米商标摊销"), ("162", 0, 10_000, "")]
    assert "卡片和账相符" in page.get(address, {"month": 202608}).content.decode()
    mark.in_use_on = date(2020, 1, 1)
    assert [len(wear([mark], month)) for month in (202312, 202401)] == [0, 1], "the chart of 2004 has no such account"


def test_what_a_card_of_a_right_says_was_written_off_is_held_against_its_months() -> None:
    card = {"title": "商标", "category": "无形资产", "cost_fen": 120_00, "life_months": 120, "in_use_on": "2026-09-01"}
    assert "F03" not in found(**card, stated_depreciation_fen=1_00)
    assert "F03" in found(**card | {"life_months": 12, "cost_fen": 12_00}, stated_depreciation_fen=0)


@pytest.mark.django_db
def test_what_is_sold_leaves_the_books_by_a_decision(village: Any, clerk: Any, cards: Any) -> None:
    from mingbai.books.models import Voucher
    from mingbai.kit import cases

    (card,) = cards(a_card(处置日期="2026-09-10", 处置方式="出售", 处置收入=100_000, 资产状态="已出售", 处置决议="成员代表大会〔2026〕3号"))
    page = Client()
    page.force_login(clerk)
    address = f"/registers/assets/{card.pk}/"
    assert "处置要先有决议" in page.get(address).content.decode()
    page.post(f"/assets/{card.pk}/dispose/")
    assert not Voucher.objects.filter(organisation=village).exists()
    cases.resolve(clerk, card, body="代表会议", held_on=date(2026, 9, 1), entitled=30, present=28, votes_for=27, subject="出售旧校舍")
    assert "记处置的账" in page.get(address).content.decode()
    page.post(f"/assets/{card.pk}/dispose/")
    words = [str(each.words) for each in Voucher.objects.filter(organisation=village).order_by("number")]
    assert words == ["旧校舍转入清理", "收旧校舍处置价款", "结转旧校舍处置净收益"]
    out = Voucher.objects.get(organisation=village, event=f"{card.key}/out")
    assert sorted(out.lines.values_list("account", "debit_fen", "credit_fen")) == [("151", 0, 12_000_000), ("152", 3_750_000, 0), ("154", 8_250_000, 0)]
    assert "记处置的账" not in page.get(address).content.decode()


@pytest.mark.django_db
def test_a_letting_leads_to_its_contract(village: Any, clerk: Any, cards: Any, import_rows: Any) -> None:
    from conftest import a_row

    contract = next(each for each in import_rows(a_row(合同编号="HT-009", 合同名称="旧校舍租赁")) if each.contract_no == "HT-009")
    let, lost = cards(a_card(资产状态="出租", 合同编号="HT-009"), a_card(资产编号="GZ-002", 固定资产名称="仓库", 资产状态="出租", 合同编号="HT-404"))
    page = Client()
    page.force_login(clerk)
    assert f"/registers/contracts/{contract.pk}/" in page.get(f"/registers/assets/{let.pk}/").content.decode()
    assert "HT-404 在本村合同台账里没有" in page.get(f"/registers/assets/{lost.pk}/").content.decode()


# counting

@pytest.mark.django_db
def test_a_count_finds_what_differs_and_changes_neither_cards_nor_books(village: Any, clerk: Any, cards: Any) -> None:
    from mingbai.books.models import Voucher
    from mingbai.kit.models import Finding
    from mingbai.registers.assets import counting
    from mingbai.registers.assets.counting import CountError, Found
    from mingbai.registers.assets.models import Asset, Count

    school, pump, chairs, car = cards(a_card(), a_card(资产编号="GZ-002", 固定资产名称="水泵"), a_card(资产编号="GZ-003", 固定资产名称="椅子", 数量=40, 实存数量=40), a_card(资产编号="GZ-004", 固定资产名称="卖掉的车", 资产状态="已出售"))
    count = counting.begin(clerk, village, date(2026, 9, 28), "李监事")
    assert counting.note(clerk, count, {school.pk: Found("there"), pump.pk: Found("missing", remark="上年被水冲走")}) == 2
    with pytest.raises(CountError, match="还有 1 张卡片没有盘到，第一张：椅子"):
        counting.finish(clerk, count)
    with pytest.raises(CountError, match="写实存数量，或者实存地点"):
        counting.note(clerk, count, {chairs.pk: Found("otherwise", 40)})
    counting.note(clerk, count, {chairs.pk: Found("otherwise", 38, "村委会二楼")}, [Found("new", 2, "仓库", title="发电机")])
    assert not Finding.objects.filter(register="assets", rule__in=("F01", "F10"), gone=False).exists(), "under way"
    before = [Asset.objects.filter(pk=each.pk).values("quantity", "counted_on", "counted_quantity", "location").get() for each in (school, pump, chairs)]
    count = counting.finish(clerk, count)
    assert [(line.title, line.more, line.location) for line in counting.differences(count)] == [("水泵", -1, ""), ("椅子", -2, "村委会二楼"), ("发电机", 2, "仓库")]
    assert before == [Asset.objects.filter(pk=each.pk).values("quantity", "counted_on", "counted_quantity", "location").get() for each in (school, pump, chairs)]
    assert not Voucher.objects.exists()
    generator = Asset.objects.get(title="发电机")
    said = {(each.record, each.rule): each.sentence for each in Finding.objects.filter(register="assets", gone=False, rule__in=("F01", "F07", "F10"))}
    assert sorted(said) == sorted([(pump.pk, "F01"), (chairs.pk, "F01"), (chairs.pk, "F10"), (generator.pk, "F07")])
    assert "账面 40，实存 38" in said[chairs.pk, "F01"]
    assert "村委会二楼" in said[chairs.pk, "F10"]
    assert not Finding.objects.filter(record=school.pk, register="assets", rule="F09", gone=False).exists(), "counted just now"
    with pytest.raises(CountError, match="已经完成"):
        counting.note(clerk, count, {school.pk: Found("missing")})
    again = counting.begin(clerk, village, date(2026, 9, 30))
    counting.note(clerk, again, {each.pk: Found("there") for each in counting.cards_of(village)})
    counting.finish(clerk, again)
    assert not Finding.objects.filter(register="assets", gone=False, rule__in=("F01", "F10")).exists(), "the last count is the one that holds"
    assert Count.objects.filter(finished=True).count() == 2
    assert car.pk not in {line.asset_id for line in count.lines.all()}


@pytest.mark.django_db
def test_a_count_is_made_and_printed_on_the_page(village: Any, clerk: Any, cards: Any) -> None:
    import io

    from openpyxl import load_workbook

    from mingbai.registers.assets.models import Count, Counted

    school, chairs = cards(a_card(), a_card(资产编号="GZ-003", 固定资产名称="椅子", 数量=40, 实存数量=40))
    page = Client()
    page.force_login(clerk)
    address = f"/assets/books/{village.code}/count/"
    assert "开始盘点" in page.get(address).content.decode()
    assert "还没有开始盘点" in page.post(f"{address}save/", {"deed": "save"}, follow=True).content.decode()
    page.post(f"{address}save/", {"deed": "begin", "on": "2026-09-30", "witness": "李监事"})
    count = Count.objects.get()
    blank = page.get(f"/assets/count/{count.pk}/xlsx/")
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(blank.content)).worksheets[0].iter_rows(min_row=4, max_row=5)]
    assert [row[1] for row in rows] == ["旧校舍", "椅子"]
    assert not any(row[6] for row in rows), "to be written in by hand"
    answers = {f"is-{school.pk}": "there", f"is-{chairs.pk}": "otherwise", f"quantity-{chairs.pk}": "38", "title-new0": "发电机", "quantity-new0": "1", "location-new0": "仓库"}
    assert "不是数字" in page.post(f"{address}save/", {"deed": "save", **answers, f"quantity-{chairs.pk}": "三十八"}, follow=True).content.decode()
    page.post(f"{address}save/", {"deed": "save", **answers})
    assert "都盘到了" in page.get(address).content.decode()
    page.post(f"{address}save/", {"deed": f"drop-{Counted.objects.get(asset=None).pk}"})
    done = page.post(f"{address}save/", {"deed": "finish", f"is-{school.pk}": "there", f"is-{chairs.pk}": "otherwise", f"quantity-{chairs.pk}": "38"}, follow=True).content.decode()
    assert "盘点完成：1 处和卡片不符" in done
    # The accountant finds the entry ready, for the two chairs out of forty: 120,000 in all, written down since July 2020.
    desk = html.unescape(re.search(r'href="(/books/[^"]+)"[^>]*>去记账', done)[1])
    asked = parse_qs(urlsplit(desk).query)
    assert (asked["template"], asked["ask-amount"]) == (["shortage_found"], ["6000.00"])
    entry = page.get(desk).content.decode()
    assert "2026年9月30日盘点，椅子盘亏 2件，转入待处理" in entry
    assert all(said in entry for said in ('value="181 待处理财产损溢"', 'value="6,000.00"', f'value="{6000 - float(asked["ask-worn"][0]):,.2f}"'))
    assert "盘亏 2" in done
    assert page.get(f"/assets/count/{count.pk}/pdf/").content.startswith(b"%PDF")
    assert "盘亏 2" in page.get(f"/registers/assets/{chairs.pk}/").content.decode()


def test_a_course_without_months_is_none() -> None:
    assert depreciation.ordinal(202401) - depreciation.ordinal(202312) == 1
