"""An accountant does a month in the browser without help: hand in the bank's statement, match it, book what is left from the
keyboard, reconcile, close, print. Any answer of 400 or more fails."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from booking import book
from handed import workbook
from mingbai.books.templates import Whom, propose

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
STATEMENT = [
    ["账户交易明细"], ["交易日期", "流水号", "摘要", "对方户名", "对方账号", "收入", "支出", "余额"],
    ["2026-08-03", "F1", "承包费", "张三", "6222020000000000017", 28000, None, 128000], ["2026-08-05", "F2", "电费", "供电所", None, None, 860.5, 127139.5],
    ["2026-08-21", "F3", "结息", None, None, 42.3, None, 127181.8], ["2026-08-28", "F4", "转账", "李建材", None, None, 5000, 122181.8],
]
SHOTS = Path(os.environ["MINGBAI_SHOTS"]) if "MINGBAI_SHOTS" in os.environ else None


def shot(page: Any, name: str, phone: bool = False) -> None:
    """A picture for people to look at, where a folder was named."""
    if SHOTS is None:
        return
    page.set_viewport_size({"width": 390, "height": 844} if phone else {"width": 1366, "height": 768})
    page.screenshot(path=str(SHOTS / f"{name}{'-phone' if phone else ''}.png"), full_page=phone)
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_month_from_the_statement_to_the_print(walker: Any, district: Any, village: Any, clerk: Any, tmp_path: Path) -> None:
    from mingbai.books.models import BankLine, Month, Voucher

    opened = propose("capital_in", "opening/2026", date(2026, 8, 1), {"amount": 10_000_000}, words="建账")
    book(clerk, village, opened, propose("rent_now", "a", date(2026, 8, 2), {"amount": 2_800_000}, Whom(name="张三")))
    paper = tmp_path / "八月流水.xlsx"
    paper.write_bytes(workbook(STATEMENT))
    desk = walker(district.people["reviewer"])

    # 1 the statement
    desk.goto(f"/books/{village.code}/")
    desk.get_by_role("link", name="银行对账").click()
    desk.get_by_role("link", name="导入对账单").click()
    desk.locator("#id_bank_name").fill("农商行九院支行")
    desk.locator("#id_bank_number").fill("6228480000000000001")
    desk.locator("#id_file").set_input_files(str(paper))
    shot(desk, "1-hand-in")
    desk.get_by_role("button", name="交上来，读一读").click()
    shot(desk, "2-read")
    desk.get_by_role("button", name="收下这 4 笔流水").click()
    shot(desk, "3-bank")
    shot(desk, "3-bank", phone=True)
    desk.get_by_role("button", name="确认没有疑问的 1 笔").click()
    for offer in ("付办公、水电", "存款利息"):
        row = desk.locator("tr", has=desk.locator("form select", has_text=offer)).filter(has=desk.locator(f"option:checked:has-text('{offer}')")).first
        row.get_by_role("button", name="就是这个").click()
    assert BankLine.objects.filter(match=None).count() == 1
    # the sums of what is ticked run along
    desk.goto(f"/books/{village.code}/bank/")
    desk.get_by_role("checkbox", name=re.compile("5,000.00")).check()
    assert desk.locator("[data-ticks]").inner_text().split("合起来对上")[0].split() == ["勾的流水", "-5,000.00", "·", "勾的账", "0.00", "·", "相差", "-5,000.00"]
    shot(desk, "3-ticks")
    shot(desk, "3-ticks", phone=True)

    # 2 what the bank does not tell is booked from the keyboard
    desk.goto(f"/books/{village.code}/new/")
    desk.locator("#on").fill("2026-08-28")
    desk.locator("#words").click()
    keys = desk.keyboard
    for text in ("付李建材修渠材料款", "1", "5000", "sclw", "", "", "5000", "", "yhck", "", "", "", "="):
        if text:
            keys.press("Control+A")
            keys.type(text)
        keys.press("Enter")
    assert desk.locator("[name=account-1]").input_value().startswith("401 ")
    assert desk.locator("[name=account-2]").input_value() == "102 银行存款"
    assert desk.locator("[name=credit-2]").input_value() == "5000.00"
    assert desk.locator("[data-gap]").inner_text() == "✓"
    shot(desk, "4-desk")
    shot(desk, "4-desk", phone=True)
    desk.get_by_role("button", name="入账").click()
    assert Voucher.objects.latest("pk").words == "付李建材修渠材料款"
    shot(desk, "5-voucher")
    desk.goto(f"/books/{village.code}/bank/")
    desk.get_by_role("button", name=re.compile("确认没有疑问")).click()
    assert desk.get_by_text("都对上了").is_visible()

    # 3 reconciled, closed
    desk.get_by_role("link", name="余额调节表").click()
    assert desk.get_by_text("两边相等").is_visible()
    shot(desk, "6-reconciliation")
    desk.goto(f"/books/{village.code}/?month=202608")
    shot(desk, "7-month")
    desk.get_by_role("button", name="结账").click()
    assert Month.objects.get(organisation=village, month=202608).closed

    # 4 drilled to its source and printed
    desk.goto(f"/books/{village.code}/statements/?month=202608")
    shot(desk, "8-statements")
    desk.locator("summary", has_text="货币资金").click()
    desk.get_by_role("link", name="102", exact=True).first.click()
    shot(desk, "9-ledger")
    desk.get_by_role("link", name="记-0003").first.click()
    assert desk.locator("h1").inner_text().endswith("记-0003")
    desk.goto(f"/books/{village.code}/notes/?month=202608")
    shot(desk, "10-notes")
    desk.goto(f"/books/{village.code}/bridge/")
    for kind in ("file/vouchers-pdf", "file/statements-pdf", "file/general-pdf", "file/reconciliation-pdf", "file/notes-pdf", "file/trial-pdf", "ledger/102/pdf"):
        answer = desk.request.get(f"/books/{village.code}/{kind}/?month=202608")
        assert answer.body().startswith(b"%PDF"), kind
        if SHOTS is not None:
            (SHOTS / f"{kind.replace('/', '-')}.pdf").write_bytes(answer.body())


def test_vouchers_of_another_program_are_taken_in(walker: Any, district: Any, village: Any, tmp_path: Path) -> None:
    from handed import VOUCHERS
    from mingbai.books.models import Voucher

    paper = tmp_path / "旧软件凭证.xlsx"
    paper.write_bytes(workbook(VOUCHERS))
    desk = walker(district.people["reviewer"])
    desk.goto(f"/books/{village.code}/in/")
    desk.locator("#id_kind").select_option("vouchers")
    desk.locator("#id_file").set_input_files(str(paper))
    desk.get_by_role("button", name="交上来，读一读").click()
    shot(desk, "20-chart")
    desk.locator("input[name=chart][value='2023']").check()
    desk.get_by_role("button", name="就是这张").click()
    shot(desk, "21-accounts", phone=True)
    shot(desk, "21-accounts")
    desk.get_by_role("button", name="科目这样对照").click()
    shot(desk, "22-ready")
    desk.get_by_role("button", name="收下这 2 张凭证").click()
    assert Voucher.objects.count() == 2
    desk.get_by_role("link", name="看收下的凭证").click()
    desk.get_by_role("link", name="0001").click()
    assert desk.get_by_text("第 4 行，原凭证号 记-1").is_visible()
    shot(desk, "23-voucher")
