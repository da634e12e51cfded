"""The bank's statement: read in its variants, followed from balance to balance, proposed, confirmed, and reconciled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from booking import book, entry
from conftest import a_row
from handed import changed, workbook
from mingbai.books import bank, intake
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
    offers = bank.offers(account, lines)
    assert [(each.kind, each.exact) for each in offers[lines[0].pk]] == [("match", True), ("match", False)], "the one that names 张三"
    assert [(each.kind, each.template) for each in offers[lines[1].pk]] == [("template", "expense_paid")]
    assert [(each.kind, each.template) for each in offers[lines[2].pk]] == [("template", "interest_in")]
    assert bank.settle_exact(clerk, account, lines) == 1
    with pytest.raises(IntakeError, match="已经对上"):
        bank.settle(clerk, lines[0], offers[lines[0].pk][1])
    before = Voucher.objects.count()
    bank.settle(clerk, lines[1], offers[lines[1].pk][0])
    made = Voucher.objects.latest("pk")
    assert (Voucher.objects.count(), made.on, made.papers) == (before + 1, date(2024, 3, 5), 1)
    assert sorted((each.account, each.debit_fen, each.credit_fen) for each in made.lines.all()) == [("102", 0, 123_450), ("513", 123_450, 0)], "paid by the bank, not in cash"
    line = BankLine.objects.get(pk=lines[1].pk)
    assert line.matched.voucher == made
    bank.part(clerk, line, "对错了")
    assert BankLine.objects.get(pk=line.pk).matched is None
    bank.leave(clerk, lines[2], "等银行回单")
    assert BankLine.objects.get(pk=lines[2].pk).reason == "等银行回单"


def test_what_a_lessee_paid_is_proposed_to_the_due_and_books_receipt_and_voucher(district: Any, clerk: Any, village: Any, account: BankAccount, contract: Any) -> None:
    owed = contract.owed_fen
    rows = [HEAD, ["20260915", "B1", "转账", contract.lessee, "6222020000000000017", None, 3000, 3000], ["20260916", "B2", "转账", contract.lessee, None, None, 50, 3050]]
    lines = take(clerk, account, rows)
    offers = bank.offers(account, lines)
    first = offers[lines[0].pk][0]
    assert (first.kind, first.claim.fen) == ("due", 300_000)
    assert [each.exact for each in offers[lines[1].pk]] == [False] * len(offers[lines[1].pk]), "another amount is for a person to say"
    bank.settle(clerk, lines[0], first)
    receipt = Receipt.objects.get(record=contract.key)
    voucher = Voucher.objects.get(event=f"receipts:{receipt.pk}")
    contract.refresh_from_db()
    assert (receipt.amount_fen, receipt.received_on, voucher.on, contract.owed_fen) == (300_000, date(2026, 9, 15), date(2026, 9, 15), max(owed - 300_000, 0))
    assert BankLine.objects.get(pk=lines[0].pk).matched.voucher == voucher


def test_a_receipt_registered_before_is_booked_and_not_received_twice(clerk: Any, village: Any, account: BankAccount, contract: Any) -> None:
    from mingbai.kit import cases

    cases.receive(clerk, contract, 300_000, contract.lessee, received_on=date(2026, 9, 14))
    lines = take(clerk, account, [HEAD, ["20260915", "B1", "转账", contract.lessee, None, None, 3000, 3000]])
    first = bank.offers(account, lines)[lines[0].pk][0]
    assert (first.kind, first.exact) == ("receipt", True)
    assert bank.settle_exact(clerk, account, lines) == 1
    assert Receipt.objects.count() == 1
    assert Line.objects.filter(account="102").count() == 1


def test_the_sheet_of_a_month_tells_what_only_one_side_has(clerk: Any, village: Any, account: BankAccount) -> None:
    book(clerk, village, entry("a", date(2024, 2, 1), 10_000_000), entry("b", date(2024, 3, 1), 2_800_000, words="收张三"), entry("c", date(2024, 3, 30), 7_000, credit="102", debit="311", words="付电费支票"))
    lines = take(clerk, account, STATEMENT)
    bank.settle_exact(clerk, account, lines)
    sheet = reconcile(account, 202403)
    assert (sheet.book_fen, sheet.bank_fen, sheet.start_gap_fen) == (12_793_000, 12_680_000, 0)
    assert ([each.fen for each in sheet.bank_in], [each.fen for each in sheet.bank_out], [each.fen for each in sheet.book_in], [each.fen for each in sheet.book_out]) == ([3_450], [123_450], [], [7_000])
    assert sheet.agrees
    assert sheet.book_adjusted == sheet.bank_adjusted == 12_673_000
    book(clerk, village, entry("d", date(2024, 2, 3), 500))
    assert reconcile(account, 202403).start_gap_fen == 500, "what differed before the first statement is said apart"
