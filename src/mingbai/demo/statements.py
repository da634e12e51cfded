"""The demo's bank statements 演示对账单: of a few villages for the last two months, drawn from their books with a cheque still on its
way, handed in and matched by the real door. Two lines of the bank alone are left for whoever tries it."""

from __future__ import annotations

import io
from datetime import date, timedelta

from mingbai import demo
from mingbai.books import bank, intake, matching
from mingbai.books.models import BankLine, Line
from mingbai.books.reconciliation import book_balance
from mingbai.demo.cast import Team
from mingbai.records.door import commit
from mingbai.sheets.writing import new_workbook, put_cell

VILLAGES = 3
SINCE = date(demo.AS_OF.year, demo.AS_OF.month - 1, 1)
INTEREST_FEN, FEE_FEN = 12_634, 2_000


def hand_in(team: Team) -> int:
    """A village's statement; how many of its lines were matched without a doubt."""
    with commit(team.clerk, team.place, "book", "加银行账户") as act:
        account = bank.open_account(act, "102", "演示农商行营业部", "9999990000001234")
    rows = []
    ours = (
        Line.objects.filter(
            voucher__organisation=team.place, account="102", voucher__on__gte=SINCE, voucher__on__lte=demo.AS_OF
        )
        .select_related("voucher", "party")
        .order_by("voucher__on", "voucher_id", "number")
    )
    on_its_way = max((line.pk for line in ours if line.credit_fen), default=None)
    for line in ours:
        if line.pk == on_its_way:
            continue
        fen, on = line.debit_fen - line.credit_fen, line.voucher.on
        if fen < 0:  # a payment reaches the bank a day later
            on += timedelta(days=1)
        if on <= demo.AS_OF:
            rows.append((on, line.voucher.words, line.party.name if line.party else "", fen))
    rows += [
        (date(demo.AS_OF.year, demo.AS_OF.month, 21), "结息", "", INTEREST_FEN),
        (demo.AS_OF, "账户管理费", "", -FEE_FEN),
    ]
    data = _sheet(
        sorted(rows, key=lambda row: row[0]), book_balance(account, SINCE - timedelta(days=1)), team.place.name
    )
    found = intake.receive(
        team.clerk, team.place, "bank", f"{team.place.name}_银行对账单_演示.xlsx", data, bank=account
    )
    bank.accept(team.clerk, found)
    return matching.settle_exact(
        team.clerk, account, list(BankLine.objects.filter(account=account).select_related("account", "organisation"))
    )


def _sheet(rows: list[tuple[date, str, str, int]], balance_fen: int, village: str) -> bytes:
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet, plain = book.add_worksheet("对账单"), book.add_format({"num_format": "@"})
    put_cell(sheet, 0, 0, f"{village}账户交易明细（演示数据）", plain, plain)
    for at, heading in enumerate(("交易日期", "流水号", "摘要", "对方户名", "借方发生额", "贷方发生额", "余额")):
        put_cell(sheet, 1, at, heading, plain, plain)
    money = book.add_format({"num_format": "#,##0.00"})
    for number, (on, words, other, fen) in enumerate(rows, 1):
        balance_fen += fen
        for at, text in enumerate((on.isoformat(), f"Y{on:%m%d}{number:04d}", words, other)):
            put_cell(sheet, number + 1, at, text, plain, plain)
        sheet.write_number(number + 1, 5 if fen > 0 else 4, abs(fen) / 100, money)
        sheet.write_number(number + 1, 6, balance_fen / 100, money)
    book.close()
    return buffer.getvalue()
