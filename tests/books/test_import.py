"""What comes into the books from other programs: read in its variants, the chart asked, accounts confirmed by a person, refused
with cell, reason and mend, whole or absent, and twice is once."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from booking import book, entry
from handed import BALANCES, TWO_LEVELS, VOUCHERS, changed, workbook
from mingbai.books import intake, months
from mingbai.books.chart import chart_of
from mingbai.books.foreign import Theirs, hints, levels, names_of, propose
from mingbai.books.intake import IntakeError
from mingbai.books.models import Import, Line, Origin, SubAccount, Voucher
from mingbai.places.models import Party
from mingbai.records.door import commit

NEW, OLD = chart_of(date(2024, 1, 1)), chart_of(date(2023, 1, 1))


def take(person: Any, place: Any, rows: Any, kind: str = "vouchers", chart: str = "2023", merged: Any = (), **more: Any) -> Import:
    return intake.receive(person, place, kind, "账.xlsx", workbook(rows, merged), chart=chart, **more)


def confirmed(person: Any, found: Import) -> Import:
    asked = intake.look(found).asked
    intake.confirm(person, found, {each.mark: (each.ours.account, each.ours.kind, each.ours.what) for each in asked})
    return found


@pytest.mark.parametrize(("code", "steps"), [
    ("11201", ("112", "01")), ("112-01", ("112", "01")), ("112.01.03", ("112", "01", "03")), ("1120103", ("112", "01", "03")), ("112001", ("112", "001")),
    ("102", ("102",)), ("1001", ("1001",)), ("银行", ()), ("", ()),
])
def test_codes_in_their_variants(code: str, steps: tuple[str, ...]) -> None:
    assert levels(code) == steps


def test_the_chart_is_told_by_names_and_never_guessed(clerk: Any, village: Any) -> None:
    pairs = [("101", "库存现金"), ("153", "在建工程"), ("211", "应付款")]
    assert hints(pairs) == {"2004": (0, 3), "2023": (3, 0)}
    found = take(clerk, village, VOUCHERS, chart="")
    view = intake.look(found)
    assert (view.asked, view.taking.taken, view.ready) == ([], [], False)
    with pytest.raises(IntakeError, match="请选科目表"):
        intake.say(clerk, found, chart="")


@pytest.mark.parametrize(("code", "name", "whom", "expected"), [
    ("102", "银行存款", "", ("102", "", "")), ("113-01", "内部往来/张三", "", ("113", "party", "张三")), ("11202", "李四", "", ("112", "party", "李四")),
    ("", "应收款/张三", "", ("112", "party", "张三")), ("50101", "发包收入", "", ("50101", "", "")), ("50102", "发包收入", "", ("50101", "", "")),
    ("51301", "管理费用-办公费", "", ("51301", "own", "办公费")), ("112", "应收款", "某公司", ("112", "party", "某公司")), ("24101", "专项应付款－机井", "", ("241", "project", "机井")),
])
def test_an_account_of_theirs_is_proposed(code: str, name: str, whom: str, expected: tuple[str, str, str]) -> None:
    ours = propose(Theirs(code, name, whom), NEW, names_of([("112", "应收款"), (code, name)]), {"张三": 1})
    assert (ours.account, ours.kind, ours.what) == expected


@pytest.mark.parametrize(("code", "name", "says"), [("153", "固定资产清理", "是不是选错了科目表"), ("202", "应付款", "没有科目 202"), ("1001", "库存现金", "没有科目 1001"), ("", "小金库", "没有编码"), ("112.1", "张三", "丢了后面的 0")])
def test_what_does_not_fit_waits_for_a_person(code: str, name: str, says: str) -> None:
    ours = propose(Theirs(code, name), NEW, names_of([(code, name)]), {})
    assert not ours.sure
    assert says in ours.why


def test_vouchers_are_taken_after_a_person_confirmed_and_twice_is_once(clerk: Any, village: Any) -> None:
    found = take(clerk, village, VOUCHERS)
    with pytest.raises(IntakeError, match="还没有确认"):
        intake.accept(clerk, found)
    confirmed(clerk, found)
    assert intake.accept(clerk, found).message == "2 张凭证"
    first, second = Voucher.objects.order_by("on")
    assert (first.event, first.words, first.papers) == ("import/202403/记-1", "收张三承包费", 1)
    assert [(each.account, each.debit_fen, each.credit_fen, each.party and each.party.name) for each in first.lines.select_related("party")] == [
        ("102", 2_800_000, 0, None), ("113", 0, 2_800_000, "张三")]
    assert [each.account for each in second.lines.all()] == ["51301", "102"]
    assert SubAccount.objects.get().name == "办公费"
    assert (Origin.objects.get(voucher=first).row, Origin.objects.get(voucher=second).number) == (4, "记-2")
    assert take(clerk, village, VOUCHERS).pk == found.pk, "the same file is the same import"
    again = confirmed(clerk, take(clerk, village, [*VOUCHERS, ["制表：李会计"]]))
    assert intake.look(again).booked == 2
    intake.accept(clerk, again)
    assert (Voucher.objects.count(), Party.objects.filter(organisation=village, name="张三").count()) == (2, 1)


def troubles(found: Import) -> list[tuple[str, str]]:
    reading = intake.reading_of(found)
    return [(str((intake.error_of(reading, each) or {}).get("cell")), each.sentence) for each in intake.look(found).taking.refused]


def warned(found: Import) -> list[tuple[str, str]]:
    reading = intake.reading_of(found)
    return [(str((intake.error_of(reading, each) or {}).get("cell")), each.sentence) for each in intake.look(found).taking.warnings]


def test_a_total_the_sheet_prints_is_held_against_its_lines(clerk: Any, village: Any) -> None:
    assert warned(confirmed(clerk, take(clerk, village, VOUCHERS))) == []
    found = confirmed(clerk, take(clerk, village, changed(VOUCHERS, 7, 5, 30234.5)))
    assert warned(found) == [("F8", "表上印的借方合计是 30,234.50 元，上面各行加起来是 29,234.50 元，差 1,000.00 元")]
    with pytest.raises(IntakeError, match="有提醒"):
        intake.accept(clerk, found)
    assert intake.accept(clerk, found, "导出时漏了一页，已核对").message == "2 张凭证"


@pytest.mark.parametrize(("totals", "says"), [
    ({5: ["合计", None, None, None, None, 28000, 28000], 7: ["合计", None, None, None, None, 1234.5, 1234.5]}, []),
    ({5: ["本页合计", None, None, None, None, 28000, 28000], 7: ["累计", None, None, None, None, 29234.5, 29234.5]}, []),
    ({5: ["合计", None, None, None, None, 28000, 2800], 7: ["合计", None, None, None, None, 1234.5, 1234.5]}, [("G6", "28,000.00")]),
])
def test_a_total_may_be_of_a_voucher_or_of_all_so_far(clerk: Any, village: Any, totals: dict[int, list[Any]], says: list[tuple[str, str]]) -> None:
    rows = [row for at, each in enumerate(VOUCHERS[:7]) for row in ([totals[at], each] if at in totals else [each])] + [totals[7]]
    met = warned(confirmed(clerk, take(clerk, village, rows)))
    assert [cell for cell, _ in met] == [cell for cell, _ in says], met
    assert all(sum_ in sentence for (_, sentence), (_, sum_) in zip(met, says, strict=True))


@pytest.mark.parametrize(("at", "column", "value", "cell", "says"), [
    (4, 6, 2800, "F4", "借贷不平"), (3, 5, "三头牛", "F4", "看不出"), (3, 0, date(2023, 3, 1), "A4", "该用村集体经济组织会计制度"), (3, 0, date(2027, 3, 1), "A4", "在今天"),
    (3, 3, "177", "D4", "没有科目 177"), (3, 1, None, "B4", "没有凭证号"), (3, 0, None, "A4", "没有日期"), (3, 6, 28000, "F4", "填而且只填一个"),
])
def test_what_is_wrong_is_told_by_its_cell_and_nothing_is_taken(clerk: Any, village: Any, at: int, column: int, value: Any, cell: str, says: str) -> None:
    found = take(clerk, village, changed(VOUCHERS, at, column, value))
    view = intake.look(found)
    intake.confirm(clerk, found, {each.mark: (each.ours.account, each.ours.kind, each.ours.what) for each in view.asked if each.ours.account})
    assert [(where, sentence) for where, sentence in troubles(found) if where == cell and says in sentence], troubles(found)
    with pytest.raises(IntakeError):
        intake.accept(clerk, found, "硬收")
    assert not Voucher.objects.exists()
    assert all(each.mend for each in view.taking.refused)


def test_an_amount_beyond_the_limit_and_a_closed_month_are_refused(clerk: Any, village: Any, district: Any) -> None:
    big = changed(changed(VOUCHERS, 3, 5, 20_000_000_000), 4, 6, 20_000_000_000)
    assert any("一百亿" in sentence for _, sentence in troubles(confirmed(clerk, take(clerk, village, big))))
    book(clerk, village, entry("a", date(2024, 3, 1)))
    with commit(district.people["reviewer"], village, "close", "结账") as act:
        months.close(act, 202403)
    assert any("已经结账" in sentence for _, sentence in troubles(confirmed(clerk, take(clerk, village, VOUCHERS))))


def test_the_same_voucher_with_other_content_is_refused(clerk: Any, village: Any) -> None:
    intake.accept(clerk, confirmed(clerk, take(clerk, village, VOUCHERS)))
    other = confirmed(clerk, take(clerk, village, changed(changed(VOUCHERS, 3, 5, 29000), 4, 6, 29000)))
    assert [(where, "内容却不一样" in sentence) for where, sentence in troubles(other)] == [("B4", True)]
    with pytest.raises(IntakeError):
        intake.accept(clerk, other)
    assert Voucher.objects.count() == 2


def test_sides_in_one_column_periods_whom_and_red_ink(clerk: Any, village: Any) -> None:
    rows = [["会计期间", "凭证类别", "凭证号", "摘要", "科目代码", "科目名称", "辅助核算", "方向", "金额"],
            ["2024年3月", "转", "记字第0007号", "应收承包费", "112", "应收款", "某公司", "借", 500], [None, None, None, None, "50101", "发包收入", None, "贷", 500],
            ["2024年3月", "转", 9, "冲错记的办公费", "513", "管理费用", None, "借", -30], [None, None, None, None, "101", "库存现金", None, "贷", "(30)"]]
    found = confirmed(clerk, take(clerk, village, rows))
    view = intake.look(found)
    assert view.taking.refused == []
    assert [each.number for each in view.taking.taken] == ["记-7", "转-9"]
    intake.accept(clerk, found, "原来就这样")
    assert {each.event: each.on for each in Voucher.objects.all()} == {"import/202403/记-7": date(2024, 3, 31), "import/202403/转-9": date(2024, 3, 31)}
    assert Line.objects.get(account="112").party.name == "某公司"
    assert list(Line.objects.filter(account="513").values_list("debit_fen", flat=True)) == [-3000]


@pytest.mark.parametrize(("second", "says"), [
    (date(2024, 3, 7), "记-1 前面写的是 2024-03-01，这一行是 2024-03-07：是两张凭证用了一个号"), (date(2024, 3, 1), "各自都是平的"),
])
def test_two_vouchers_under_one_number_are_never_put_together(clerk: Any, village: Any, second: date, says: str) -> None:
    again = [[second, "记-1", "收李四承包费", code, name, debit, credit] for code, name, debit, credit in (("102", "银行存款", 500, None), ("113-02", "内部往来/李四", None, 500))]
    view = intake.look(confirmed(clerk, take(clerk, village, [*VOUCHERS[:-1], *again])))
    assert [(each.row, says in each.sentence) for each in view.taking.refused] == [(8, True)]


def test_a_voucher_whose_lines_stand_apart_is_one(clerk: Any, village: Any) -> None:
    """A list sorted by account."""
    rows = [*VOUCHERS[:3], VOUCHERS[3], VOUCHERS[6], [date(2024, 3, 1), "记-1", *VOUCHERS[4][2:]], VOUCHERS[5]]
    view = intake.look(confirmed(clerk, take(clerk, village, rows)))
    assert [(each.number, len(each.proposal.legs)) for each in view.taking.taken] == [("记-1", 2), ("记-2", 2)] and not view.taking.troubles


def test_a_missing_number_is_a_warning_with_a_reason(clerk: Any, village: Any) -> None:
    rows = changed(changed(VOUCHERS, 5, 1, "记-4"), 6, 1, "记-4")
    found = confirmed(clerk, take(clerk, village, rows))
    assert [each.sentence for each in intake.look(found).taking.warnings] == ["2024年3月的“记”字凭证缺 2、3 号"]
    with pytest.raises(IntakeError, match="写明原因"):
        intake.accept(clerk, found)
    intake.accept(clerk, found, "原来就断号")
    assert Voucher.objects.count() == 2


def test_opening_balances_of_the_last_level_by_person(clerk: Any, village: Any) -> None:
    found = confirmed(clerk, take(clerk, village, BALANCES, "balances", "2004", TWO_LEVELS, basis="closing", opens_on=date(2023, 12, 31)))
    intake.accept(clerk, found)
    voucher = Voucher.objects.get()
    assert (voucher.event, voucher.on) == ("opening/2023", date(2023, 12, 31))
    assert [(each.account, each.debit_fen, each.credit_fen, each.party and each.party.name) for each in voucher.lines.select_related("party")] == [
        ("101", 50_000, 0, None), ("112", 100_000, 0, "张三"), ("112", 200_000, 0, "李四"), ("301", 0, 350_000, None)]
    other = confirmed(clerk, take(clerk, village, changed(changed(BALANCES, 4, 6, 600), 8, 7, 3600), "balances", "2004", TWO_LEVELS, basis="closing", opens_on=date(2023, 12, 31)))
    assert any("内容却不一样" in sentence for _, sentence in troubles(other))


def test_a_village_with_books_takes_no_second_opening(clerk: Any, village: Any) -> None:
    book(clerk, village, entry("a", date(2023, 3, 1)))
    found = confirmed(clerk, take(clerk, village, BALANCES, "balances", "2004", TWO_LEVELS, basis="closing", opens_on=date(2023, 12, 31)))
    assert any("以前已经有账" in sentence for _, sentence in troubles(found))


@pytest.mark.parametrize(("rows", "says"), [(changed(BALANCES, 8, 7, 3400), "整张表借贷不平"), (changed(BALANCES, 7, 6, 1500), "下级加起来是")])
def test_a_balance_sheet_that_does_not_add_up_is_refused(clerk: Any, village: Any, rows: Any, says: str) -> None:
    found = confirmed(clerk, take(clerk, village, rows, "balances", "2004", TWO_LEVELS, basis="closing", opens_on=date(2023, 12, 31)))
    assert any(says in sentence for _, sentence in troubles(found))
    with pytest.raises(IntakeError):
        intake.accept(clerk, found)


def test_a_balance_with_its_side_in_a_column(clerk: Any, village: Any) -> None:
    rows = [["科目编码", "科目名称", "期初方向", "期初余额", "期末方向", "期末余额"], [101, "库存现金", "借", 80, "借", 100], [301, "资本", "贷", 80, "贷", 100]]
    found = confirmed(clerk, take(clerk, village, rows, "balances", basis="closing", opens_on=date(2024, 1, 1)))
    assert troubles(found) == []
    intake.accept(clerk, found)
    assert sorted(Line.objects.values_list("account", "debit_fen", "credit_fen")) == [("101", 10_000, 0), ("301", 0, 10_000)]


def test_the_marked_copy_carries_the_troubles(clerk: Any, village: Any) -> None:
    found = confirmed(clerk, take(clerk, village, changed(VOUCHERS, 4, 6, 2800)))
    sheet = load_workbook(io.BytesIO(intake.marked(found, intake.look(found).taking.refused)))["Sheet1"]
    assert "借贷不平" in str(sheet["F4"].comment and sheet["F4"].comment.text)


def test_a_sheet_that_is_no_ledger_is_said(clerk: Any, village: Any) -> None:
    found = take(clerk, village, [["随便", "写写"], ["一", "二"]])
    assert found.accepted == 0
    assert found.message
