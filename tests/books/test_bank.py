"""The bank's statement: read in its variants, followed from balance to balance, matched one by one and in sets, and reconciled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from booking import book, entry
from conftest import a_row
from handed import changed, workbook
from mingbai.books import bank, intake, matching
from mingbai.books.intake import IntakeError
from mingbai.books.models import BankAccount, BankLine, Import, Line, Voucher
from mingbai.books.reconciliation import reconcile
from mingbai.books.templates import Whom, propose
from mingbai.records.door import commit
from mingbai.records.models import Receipt

HEAD = ["交易日期", "交易流水号", "摘要", "对方户名", "对方账号", "借方发生额", "贷方发生额", "余额"]
STATEMENT = [
    ["账户明细查询"], ["账号：", "6228480000000000001", "户名：", "九院村股份经济合作社"], HEAD,
    ["20240301", "A001", "转账", "张三", "6222020000000000017", None, 28000, 128000.00],
    ["20240305", "A002", "办公用品", "文具店", "6222020000000000025", 1234.5, None, 126765.50],
    ["20240321", "A003", "结息", None, None, None, 34.5, 126800.00],
]


@pytest.fixture
def account(clerk: Any, village: Any) -> BankAccount:
    with commit(clerk, village, "book", "加银行账户") as act:
        return bank.open_account(act, "102", "农商行营业部", "6228 4800 0000 0000 001")


@pytest.fixture
def contract(import_rows: Any) -> Any:
    """张三 owes 3,000 yuan of this year's 5,000."""
    return import_rows(a_row(**{"应收金额(元)": 30000, "已收金额(元)": 27000, "欠缴金额(元)": 3000}))[0]


def hand(person: Any, account: BankAccount, rows: Any) -> Import:
    return intake.receive(person, account.organisation, "bank", "流水.xlsx", workbook(rows), bank=account)


def take(person: Any, account: BankAccount, rows: Any) -> list[BankLine]:
    bank.accept(person, hand(person, account, rows))
    return list(BankLine.objects.filter(account=account))


def test_a_statement_is_taken_and_numbers_of_accounts_are_sealed(clerk: Any, account: BankAccount) -> None:
    lines = take(clerk, account, STATEMENT)
    assert [(str(each.on), each.fen, each.balance_fen) for each in lines] == [("2024-03-01", 2_800_000, 12_800_000), ("2024-03-05", -123_450, 12_676_550), ("2024-03-21", 3_450, 12_680_000)]
    assert (lines[0].other_no, account.number, account.tail) == ("6222020000000000017", "6228480000000000001", "0001")
    from django.db import connection

    from mingbai.records.models import Event

    with connection.cursor() as cursor:
        cursor.execute("SELECT other_no FROM books_bankline")
        assert all(b"6222" not in bytes(row[0]) for row in cursor.fetchall() if row[0])
    assert not [each for each in Event.objects.all() if "62220200" in str(each.lines) or "62284800" in str(each.lines)]
    take(clerk, account, STATEMENT)
    take(clerk, account, [*STATEMENT, ["20240401", "A004", "转账", "李四", None, None, 100, 126900]])
    assert BankLine.objects.count() == 4, "an overlapping statement brings what is new"


@pytest.mark.parametrize("rows", [
    [["日期", "摘要", "对方户名", "交易金额", "余额"], ["2024-03-01", "转账", "张三", 28000, 128000], ["2024-03-05", "办公", "文具店", -1234.5, 126765.5]],
    [["记账日期", "收支标志", "金额", "账户余额", "对方名称"], ["2024/3/1", "收", "28,000.00", "128,000.00", "张三"], ["2024/3/5", "支", "1,234.50", "126,765.50", "文具店"]],
    [["交易时间", "支出金额", "收入金额", "余额", "用途"], ["2024-03-05", "1,234.50", "", "126,765.50", "办公"], ["2024-03-01", "", "28,000.00", "128,000.00", "转账"]],
])
def test_statements_in_their_variants_come_to_the_same(clerk: Any, account: BankAccount, rows: Any) -> None:
    assert [(str(each.on), each.fen) for each in take(clerk, account, rows)] == [("2024-03-01", 2_800_000), ("2024-03-05", -123_450)]


@pytest.mark.parametrize(("at", "column", "value", "cell", "says"), [
    (4, 7, 126765.0, "H5", "余额接不上"), (4, 5, "三头牛", "F5", "看不出"), (3, 0, "某天", "A4", "没有读成|看不出|读不出|不像"),
])
def test_what_is_wrong_is_told_by_its_cell_and_no_line_is_taken(clerk: Any, account: BankAccount, at: int, column: int, value: Any, cell: str, says: str) -> None:
    found = hand(clerk, account, changed(STATEMENT, at, column, value))
    reading = intake.reading_of(found)
    said = [(str((intake.error_of(reading, each) or {}).get("cell")), each.sentence) for each in bank.check(found).troubles]
    assert [where for where, sentence in said if where == cell and any(word in sentence for word in says.split("|"))], said
    with pytest.raises(IntakeError, match="整份对账单没有收"):
        bank.accept(clerk, found)
    assert not BankLine.objects.exists()


def test_a_gap_between_statements_and_columns_the_wrong_way_round_are_refused(clerk: Any, account: BankAccount) -> None:
    take(clerk, account, STATEMENT)
    later = [HEAD, ["20240501", "A009", "转账", "李四", None, None, 100, 999_100]]
    with pytest.raises(IntakeError, match="接不上"):
        bank.accept(clerk, hand(clerk, account, later))
    turned = [["日期", "收入金额", "支出金额", "余额"], ["2024-06-01", 100, None, 900], ["2024-06-02", 50, None, 850], ["2024-06-03", None, 20, 870]]
    with pytest.raises(IntakeError, match="对反了"):
        bank.accept(clerk, hand(clerk, account, turned))
    other = changed(STATEMENT[:4], 3, 6, 29000)
    with pytest.raises(IntakeError, match="流水号 A001 以前收过"):
        bank.accept(clerk, hand(clerk, account, changed(other, 3, 7, 129000)))


def test_a_voucher_that_is_there_is_matched_and_a_business_is_booked(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, propose("rent_now", "a", date(2024, 3, 2), {"amount": 2_800_000}, Whom(name="张三")), entry("b", date(2024, 3, 2), 2_800_000, words="另一笔同样多的钱"))
    lines = take(clerk, account, STATEMENT)
    offers = matching.offers(account, lines)
    assert [(each.kind, each.exact) for each in offers[lines[0].pk]] == [("match", True), ("match", False)], "the one that names 张三"
    assert [(each.kind, each.template) for each in offers[lines[1].pk]] == [("template", "expense_paid")]
    assert [(each.kind, each.template) for each in offers[lines[2].pk]] == [("template", "interest_in")]
    assert matching.settle_exact(clerk, account, lines) == 1
    with pytest.raises(IntakeError, match="已经对上"):
        matching.settle(clerk, lines[0], offers[lines[0].pk][1])
    before = Voucher.objects.count()
    matching.settle(clerk, lines[1], offers[lines[1].pk][0])
    made = Voucher.objects.latest("pk")
    assert (Voucher.objects.count(), made.on, made.papers) == (before + 1, date(2024, 3, 5), 1)
    assert sorted((each.account, each.debit_fen, each.credit_fen) for each in made.lines.all()) == [("102", 0, 123_450), ("513", 123_450, 0)], "paid by the bank, not in cash"
    line = BankLine.objects.get(pk=lines[1].pk)
    assert line.match.vouchers == [made]
    matching.part(clerk, line, "对错了")
    assert BankLine.objects.get(pk=line.pk).match is None
    matching.leave(clerk, lines[2], "等银行回单")
    assert BankLine.objects.get(pk=lines[2].pk).reason == "等银行回单"


def test_what_a_lessee_paid_is_proposed_to_the_due_and_books_receipt_and_voucher(district: Any, clerk: Any, village: Any, account: BankAccount, contract: Any) -> None:
    owed = contract.owed_fen
    rows = [HEAD, ["20260915", "B1", "转账", contract.lessee, "6222020000000000017", None, 3000, 3000], ["20260916", "B2", "转账", contract.lessee, None, None, 50, 3050]]
    lines = take(clerk, account, rows)
    offers = matching.offers(account, lines)
    first = offers[lines[0].pk][0]
    assert (first.kind, first.claims[0].fen) == ("due", 300_000)
    assert [each.exact for each in offers[lines[1].pk]] == [False] * len(offers[lines[1].pk]), "another amount is for a person to say"
    matching.settle(clerk, lines[0], first)
    receipt = Receipt.objects.get(record=contract.key)
    voucher = Voucher.objects.get(event=f"receipts:{receipt.pk}")
    contract.refresh_from_db()
    assert (receipt.amount_fen, receipt.received_on, voucher.on, contract.owed_fen) == (300_000, date(2026, 9, 15), date(2026, 9, 15), max(owed - 300_000, 0))
    assert BankLine.objects.get(pk=lines[0].pk).match.vouchers == [voucher]


def test_a_receipt_registered_before_is_booked_and_not_received_twice(clerk: Any, village: Any, account: BankAccount, contract: Any) -> None:
    from mingbai.kit import cases

    cases.receive(clerk, contract, 300_000, contract.lessee, received_on=date(2026, 9, 14))
    lines = take(clerk, account, [HEAD, ["20260915", "B1", "转账", contract.lessee, None, None, 3000, 3000]])
    first = matching.offers(account, lines)[lines[0].pk][0]
    assert (first.kind, first.exact) == ("receipt", True)
    assert matching.settle_exact(clerk, account, lines) == 1
    assert Receipt.objects.count() == 1
    assert Line.objects.filter(account="102").count() == 1


def test_the_sheet_of_a_month_tells_what_only_one_side_has(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, entry("a", date(2024, 2, 1), 10_000_000), entry("b", date(2024, 3, 1), 2_800_000, words="收张三"), entry("c", date(2024, 3, 30), 7_000, credit="102", debit="311", words="付电费支票"))
    lines = take(clerk, account, STATEMENT)
    matching.settle_exact(clerk, account, lines)
    sheet = reconcile(account, 202403)
    assert (sheet.book_fen, sheet.bank_fen, sheet.start_gap_fen) == (12_793_000, 12_680_000, 0)
    assert ([each.fen for each in sheet.bank_in], [each.fen for each in sheet.bank_out], [each.fen for each in sheet.book_in], [each.fen for each in sheet.book_out]) == ([3_450], [123_450], [], [7_000])
    assert sheet.agrees
    assert sheet.book_adjusted == sheet.bank_adjusted == 12_673_000
    book(clerk, village, entry("d", date(2024, 2, 3), 500))
    assert reconcile(account, 202403).start_gap_fen == 500, "what differed before the first statement is said apart"


# several entries to a line, several lines to an entry

def rows_of(*moves: tuple[str, str, float]) -> list[list[Any]]:
    """A statement of (day, other side, yuan) from 10,000 yuan on."""
    balance, made = 10_000.0, []
    for number, (on, other, yuan) in enumerate(moves, 1):
        balance += yuan
        made.append([on, f"S{number}", "转账", other, None, -yuan if yuan < 0 else None, yuan if yuan > 0 else None, balance])
    return [HEAD, *made]


def sets_of(account: BankAccount, line: BankLine) -> list[matching.Offer]:
    return [each for each in matching.offers(account, [line])[line.pk] if each.kind == "set"]


def test_one_receipt_that_covers_three_vouchers_is_proposed_and_taken_back_whole(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1), 10_000, words="收张三一号地"), entry("b", date(2024, 3, 2), 20_000, words="收张三二号地"), entry("c", date(2024, 3, 3), 50_000, words="收张三三号地"),
         entry("d", date(2024, 3, 3), 30_000, words="收李四"))
    (line,) = take(clerk, account, rows_of(("20240301", "张三", 800)))
    (offer,) = sets_of(account, line)
    assert (len(offer.entries), offer.exact) == (3, False), "a person says so, never the machine"
    assert matching.settle_exact(clerk, account, [line]) == 0
    match = matching.settle(clerk, line, offer)
    assert [each.event for each in match.vouchers] == ["a", "b", "c"]
    assert reconcile(account, 202403).agrees
    assert [each.fen for each in reconcile(account, 202403).book_in] == [30_000]
    line.refresh_from_db()
    matching.part(clerk, line, "勾错了")
    assert Line.objects.filter(account="102", matched=None).count() == 4
    assert sets_of(account, BankLine.objects.get()) == [offer], "free again"


def test_a_voucher_paid_in_two_instalments_is_off_the_sheet_when_both_have_come(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, entry("a", date(2024, 3, 28), 300_000, words="收张三承包费"))
    first, _, second = take(clerk, account, rows_of(("20240328", "张三", 1000), ("20240329", "李四", 500), ("20240402", "张三", 2000)))
    (offer,) = sets_of(account, first)
    assert offer.beside == (second.pk,)
    assert sets_of(account, second)[0].beside == (first.pk,)
    matching.settle(clerk, first, offer)
    march, april = reconcile(account, 202403), reconcile(account, 202404)
    assert ([each.fen for each in march.bank_in], [each.fen for each in march.book_in], march.agrees) == ([100_000, 50_000], [300_000], True)
    assert ([each.fen for each in april.bank_in], list(april.book_in), april.agrees) == ([50_000], [], True)


def test_a_set_that_is_not_the_only_one_is_not_proposed(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, *(entry(f"{at}", date(2024, 3, 1 + at), fen) for at, fen in enumerate((10_000, 20_000, 15_000, 15_000))))
    (line,) = take(clerk, account, rows_of(("20240303", "刷卡清算", 300)))
    assert sets_of(account, line) == [], "100 + 200 and 150 + 150"


def test_what_is_the_whole_of_another_line_is_no_part_of_a_set(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1), 10_000), entry("b", date(2024, 3, 1), 20_000), entry("c", date(2024, 3, 1), 5_000), entry("d", date(2024, 3, 1), 15_000))
    one, whole = take(clerk, account, rows_of(("20240301", "李四", 100), ("20240302", "刷卡清算", 350)))
    assert [len(each.entries) for each in sets_of(account, whole)] == [2], "200 + 150: the 100 are 李四's"
    assert matching.offers(account, [one])[one.pk][0].exact


def test_a_lessee_who_pays_three_contracts_at_once_gets_three_receipts(clerk: Any, village: Any, account: BankAccount, import_rows: Any) -> None:
    owed = {"应收金额(元)": 30000, "已收金额(元)": 27000, "欠缴金额(元)": 3000}
    made = [each for each in import_rows(a_row(合同编号="HT-1", **owed), a_row(合同编号="HT-2", **owed), a_row(合同编号="HT-3", **owed)) if each.contract_no in ("HT-1", "HT-2", "HT-3")]
    assert len(made) == 3
    (line,) = take(clerk, account, rows_of(("20260915", made[0].lessee, 9000)))
    (offer,) = sets_of(account, line)
    assert [each.fen for each in offer.claims] == [300_000] * 3
    match = matching.settle(clerk, line, offer)
    assert sorted(Receipt.objects.values_list("record", "amount_fen")) == sorted((each.key, 300_000) for each in made)
    assert len(match.vouchers) == 3
    assert reconcile(account, 202609).agrees


def test_what_a_person_ticks_is_taken_where_the_sums_are_equal_and_refused_where_not(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1), 100_000, words="收刷卡租金"), entry("fee", date(2024, 3, 1), 600, credit="102", debit="515", words="刷卡手续费"), entry("b", date(2024, 3, 9), 7_700))
    net, other, last = take(clerk, account, rows_of(("20240303", "刷卡清算", 994), ("20240304", "李四", 70), ("20240305", "李四", 7)))
    rent, fee = (matching.entry_key((each.voucher_id, each.number)) for each in Line.objects.filter(account="102", voucher__event__in=("a", "fee")).order_by("voucher"))
    with pytest.raises(IntakeError, match=r"流水合计 994.00 元，勾的分录和应缴款合计 1,000.00 元，差 6.00 元"):
        matching.settle(clerk, net, matching.ticked(account, [net], [rent]))
    with pytest.raises(IntakeError, match="两边都打勾"):
        matching.ticked(account, [net], [])
    with pytest.raises(IntakeError, match="已经变了"):
        matching.ticked(account, [net], ["due:contracts:1:2024-01-01"])
    assert [each.event for each in matching.settle(clerk, net, matching.ticked(account, [net], [rent, fee])).vouchers] == ["a", "fee"]
    with pytest.raises(IntakeError, match="已经对上"):
        matching.settle(clerk, other, matching.ticked(account, [other], [fee]))
    with pytest.raises(IntakeError, match="逐笔来"):
        matching.settle(clerk, other, matching.Offer("", template="interest_in", beside=(last.pk,)))


def test_the_search_for_a_set_is_bounded() -> None:
    assert matching.the_only_set([1, 2, 4, 8, 16], 31) == (0, 1, 2, 3, 4)
    assert matching.the_only_set([-1, 5, -2], -3) == (0, 2)
    assert matching.the_only_set([1, 2, 4, 8, 16, 32], 63) == (), "six are for a person to tick"
    assert matching.the_only_set(list(range(100, 200)), 205) == (), "too many to be sure"


def test_a_matched_voucher_taken_back_stands_on_the_sheet_again(clerk: Any, village: Any, account: BankAccount) -> None:
    from mingbai.books.desk import reverse

    (voucher,) = book(clerk, village, entry("a", date(2024, 3, 1), 100_000, words="收张三"))
    (line,) = take(clerk, account, rows_of(("20240301", "张三", 1000)))
    assert matching.settle_exact(clerk, account, [line]) == 1
    with commit(clerk, village, "book", "冲销") as act:
        reverse(act, voucher, date(2024, 3, 20), "记错了")
    sheet = reconcile(account, 202403)
    assert ([each.fen for each in sheet.book_out], sheet.agrees) == ([100_000], True)


# fsck

@pytest.fixture
def matched(clerk: Any, village: Any, account: BankAccount) -> list[BankLine]:
    """Two lines that are one voucher, and one that is another."""
    book(clerk, village, entry("a", date(2024, 3, 2), 300_000, words="收张三承包费"), entry("b", date(2024, 3, 3), 50_000, words="收李四"))
    lines = take(clerk, account, rows_of(("20240302", "张三", 1000), ("20240303", "李四", 500), ("20240304", "张三", 2000)))
    matching.settle(clerk, lines[0], sets_of(account, lines[0])[0])
    matching.settle_exact(clerk, account, lines[1:2])
    return lines


def test_sound_lines_have_no_faults(village: Any, matched: list[BankLine]) -> None:
    from mingbai.board import fsck

    assert BankLine.objects.filter(match=None).count() == 0
    assert [str(each) for each in fsck.books(village)] == []


def test_two_statements_of_one_day_in_the_wrong_order_are_no_fault(clerk: Any, account: BankAccount) -> None:
    take(clerk, account, [HEAD, ["20240501", "A2", "转账", "李四", None, None, 200, 1300]])
    take(clerk, account, [HEAD, ["20240501", "A1", "转账", "王五", None, None, 100, 1100]])
    take(clerk, account, [HEAD, ["20240502", "A3", "转账", "赵六", None, None, 50, 1350]])
    assert list(bank.faults(account.organisation)) == []


@pytest.mark.parametrize(("tamper", "says"), [
    ("UPDATE books_bankline SET fen = fen + 100 WHERE place = 3", ["和对账单“流水.xlsx”第 4 行（2024-03-04 2,000.00）不一样", "余额接不上，应为 13,501.00", "两边不相等：流水 3,001.00，分录 3,000.00"]),
    ("UPDATE books_bankline SET balance_fen = balance_fen - 1 WHERE place = 2", ["余额接不上，应为 11,500.00，存的是 11,499.99"]),
    ("UPDATE books_bankline SET other = '王五' WHERE place = 3", ["第 4 行（2024-03-04 2,000.00）不一样"]),
    ("UPDATE books_bankline SET fingerprint = 'x' WHERE place = 2", ["第 3 行（2024-03-03 500.00）的流水不见了", "哪一份对账单上都没有"]),
    ("UPDATE books_bankline SET match_id = NULL WHERE place = 3", ["两边不相等：流水 1,000.00，分录 3,000.00"]),
    ("UPDATE books_bankline SET match_id = NULL WHERE place = 2", ["没有流水", "只有一边"]),
    ("UPDATE books_bankaccount SET account = '10201'", ["不是同一个银行账户的"]),
])
def test_tampering_with_the_banks_lines_is_named(village: Any, matched: list[BankLine], tamper: str, says: list[str]) -> None:
    from django.db import connection

    from mingbai.board import fsck
    from mingbai.records import guard

    with guard.lifted(), connection.cursor() as cursor:
        cursor.execute(tamper)
    said = "\n".join(str(each) for each in fsck.books(village))
    assert [each for each in says if each not in said] == [], said


def test_a_line_matched_to_the_voucher_of_another_village_is_named(district: Any, clerk: Any, village: Any, matched: list[BankLine]) -> None:
    from django.db import connection

    from mingbai.board import fsck
    from mingbai.records import guard

    (theirs,) = book(district.people["reviewer"], district.villages[1], entry("a", date(2024, 3, 3), 50_000))
    with guard.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE books_matched SET voucher_id = %s, number = 1 WHERE match_id = (SELECT match_id FROM books_bankline WHERE place = 2)", [theirs.pk])
    assert any("不是同一个组织的" in str(each) for each in fsck.books(village))
