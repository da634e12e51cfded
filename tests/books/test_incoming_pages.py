"""The pages of what comes into the books, as an accountant walks them: hand in, say, confirm, take; statement, match, reconcile;
the bridge; notes; and what is printed."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from booking import book, entry
from handed import BALANCES, TWO_LEVELS, VOUCHERS, changed, workbook
from mingbai.books import bridging
from mingbai.books.balances import anew, kept
from mingbai.books.desk import BookError
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import BankLine, Bridged, Import, Voucher
from mingbai.books.reports import books_of

pytestmark = pytest.mark.django_db

STATEMENT = [["日期", "摘要", "对方户名", "收入", "支出", "余额"], ["2024-03-01", "承包费", "张三", 28000, None, 28000], ["2024-03-05", "办公用品", "文具店", None, 1234.5, 26765.5]]


@pytest.fixture
def desk(district: Any) -> Client:
    client = Client()
    client.force_login(district.people["reviewer"])
    return client


def hand_in(desk: Client, village: Any, data: bytes, **said: str) -> Import:
    answer = desk.post(f"/books/{village.code}/in/", {"file": SimpleUploadedFile("账.xlsx", data), **said})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def as_asked(page: Any) -> dict[str, str]:
    said = {}
    for each in page.context["view"].asked:
        said |= {f"account-{each.mark}": each.ours.account, f"kind-{each.mark}": each.ours.kind, f"what-{each.mark}": each.ours.what}
    return said


def test_vouchers_from_another_program(desk: Client, village: Any) -> None:
    found = hand_in(desk, village, workbook(VOUCHERS), kind="vouchers")
    url = f"/books/in/{found.pk}/"
    page = desk.get(url)
    assert "一级科目 3 个名称相同，0 个不同" in page.content.decode()
    assert "收下这" not in page.content.decode()
    desk.post(f"{url}settle/", {"deed": "say", "chart": "2023"})
    page = desk.get(url)
    assert "对照科目" in page.content.decode()
    desk.post(f"{url}settle/", {"deed": "confirm", **as_asked(page)})
    assert "收下这 2 张凭证" in desk.get(url).content.decode()
    desk.post(f"{url}settle/", {"deed": "accept"})
    voucher = Voucher.objects.order_by("pk").first()
    assert "第 4 行，原凭证号 记-1" in desk.get(f"/books/voucher/{voucher.pk}/").content.decode()
    assert "<a" in desk.get(f"/books/{village.code}/in/").content.decode()


def test_what_is_wrong_stands_on_the_page_and_in_the_marked_copy(desk: Client, village: Any) -> None:
    found = hand_in(desk, village, workbook(changed(VOUCHERS, 4, 6, 2800)), kind="vouchers", chart="2023")
    url = f"/books/in/{found.pk}/"
    desk.post(f"{url}settle/", {"deed": "confirm", **as_asked(desk.get(url))})
    page = desk.get(url).content.decode()
    assert "借贷不平：借方 28,000.00 元，贷方 2,800.00 元" in page
    assert "Sheet1 F4" in page
    assert load_workbook(io.BytesIO(desk.get(f"{url}marked/").content))["Sheet1"]["F4"].comment
    desk.post(f"{url}settle/", {"deed": "accept"})
    assert not Voucher.objects.exists()
    desk.post(f"{url}settle/", {"deed": "drop", "why": "交错了"})
    assert Import.objects.get().state == "dropped"
    assert desk.post(f"/books/{village.code}/in/", {"kind": "vouchers"}).status_code == 400


def test_opening_balances_ask_for_column_and_day(desk: Client, village: Any) -> None:
    found = hand_in(desk, village, workbook(BALANCES, TWO_LEVELS), kind="balances")
    url = f"/books/in/{found.pk}/"
    desk.post(f"{url}settle/", {"deed": "say", "chart": "2004", "basis": "closing", "opens_on": "2023-12-31"})
    desk.post(f"{url}settle/", {"deed": "confirm", **as_asked(desk.get(url))})
    desk.post(f"{url}settle/", {"deed": "accept"})
    assert Voucher.objects.get().on == date(2023, 12, 31)


def test_a_statement_is_matched_and_reconciled(desk: Client, village: Any, district: Any) -> None:
    book(district.people["clerk"], village, entry("b", date(2024, 3, 2), 2_800_000, words="收张三承包费"), entry("c", date(2024, 3, 30), 9_900, words="月底交存"))
    found = hand_in(desk, village, workbook(STATEMENT), kind="bank", bank="", bank_name="农商行", bank_number="6228480000000000001", account="102")
    page = desk.get(f"/books/in/{found.pk}/").content.decode()
    assert "收下这 2 笔流水" in page
    assert "6228480000000000001" not in page
    desk.post(f"/books/in/{found.pk}/settle/", {"deed": "accept"})
    url = f"/books/{village.code}/bank/"
    page = desk.get(url)
    assert (page.context["exact"], page.context["left"]) == (1, 2)
    account = str(page.context["chosen"].pk)
    desk.post(f"{url}settle/", {"deed": "exact", "account": account, "month": "202403"})
    line = BankLine.objects.get(fen=-123_450)
    desk.post(f"{url}settle/", {"deed": "one", "line": str(line.pk), "offer": "template:expense_paid", "account": account, "month": "202403"})
    assert desk.get(url).context["left"] == 0
    sheet = desk.get(f"/books/{village.code}/reconciliation/?month=202403")
    assert "两边相等" in sheet.content.decode()
    assert sheet.context["sheets"][0].book_adjusted == 2_800_000 - 123_450 + 9_900
    cells = [cell.value for row in load_workbook(io.BytesIO(desk.get(f"/books/{village.code}/file/reconciliation-xlsx/?month=202403").content)).worksheets[0].iter_rows() for cell in row]
    assert 26_864.5 in cells
    assert desk.get(f"/books/{village.code}/file/reconciliation-pdf/?month=202403").content.startswith(b"%PDF")
    desk.post(f"{url}settle/", {"deed": "part", "line": str(line.pk), "reason": "对错了"})
    desk.post(f"{url}settle/", {"deed": "leave", "line": str(line.pk), "reason": "等发票"})
    assert "等发票" in desk.get(url).content.decode()


def test_lines_and_entries_are_ticked_together_on_the_page(desk: Client, village: Any, district: Any) -> None:
    book(district.people["clerk"], village, entry("b", date(2024, 3, 2), 1_500_000, words="收一队承包费"), entry("c", date(2024, 3, 2), 1_300_000, words="收二队承包费"), entry("d", date(2024, 3, 2), 1_300_000, words="收三队承包费"))
    found = hand_in(desk, village, workbook(STATEMENT), kind="bank", bank="", bank_name="农商行", bank_number="6228480000000000001", account="102")
    desk.post(f"/books/in/{found.pk}/settle/", {"deed": "accept"})
    url = f"/books/{village.code}/bank/"
    page = desk.get(url)
    keys = {each["line"].voucher.event: each["key"] for each in page.context["entries"]}
    assert sorted(keys) == ["b", "c", "d"]
    line = BankLine.objects.get(fen=2_800_000)
    said = {"deed": "together", "month": "202403", "account": str(line.account_id), "tick": [str(line.pk)]}
    refused = desk.post(f"{url}settle/", {**said, "pick": [keys["b"]]}, follow=True).content.decode()
    assert "差 13,000.00 元" in refused
    desk.post(f"{url}settle/", {**said, "pick": [keys["b"], keys["d"]]})
    assert desk.get(url).context["left"] == 1
    assert [each.event for each in BankLine.objects.get(pk=line.pk).match.vouchers] == ["b", "d"]
    desk.post(f"{url}settle/", {"deed": "part", "line": str(line.pk), "reason": "勾错了"})
    assert desk.get(url).context["left"] == 2


def old_books(person: Any, village: Any) -> None:
    legs = (Leg("101", 900), Leg("154", 5_000), Leg("132", 4_000), Leg("113", 700, household="王五"), Leg("113", 0, 300, household="外村赵六"), Leg("202", 0, 800, household="供货商"), Leg("212", 0, 100), Leg("311", 0, 9_400))
    book(person, village, Proposal("opening/2023", date(2023, 12, 31), "建账", legs))


def test_the_bridge_shows_every_balance_and_is_recorded_once(desk: Client, clerk: Any, district: Any, village: Any) -> None:
    old_books(clerk, village)
    url = f"/books/{village.code}/bridge/"
    rows = {(row.old, row.name): row for row in desk.get(url).context["rows"]}
    assert rows["154", ""].new == "153"
    assert rows["202", ""].new == "211"
    assert [code for code, _ in rows["113", "外村赵六"].choices] == ["113", "112", "211"]
    before, balance = bridging.totals(bridging.table(village)), books_of(village, 202401).balance
    too_much = desk.post(f"{url}settle/", {f"part-{rows['132', ''].key}-134": "999"})
    assert too_much.status_code == 400
    assert "不能更多" in too_much.content.decode()
    assert not Bridged.objects.exists()
    desk.post(f"{url}settle/", {f"part-{rows['132', ''].key}-134": "15", f"part-{rows['113', '外村赵六'].key}-211": "3"})
    done = Bridged.objects.get()
    after = books_of(village, 202401)
    assert done.voucher.on == date(2024, 1, 1)
    assert (done.debit_fen, done.credit_fen) == before == (10_600, 10_600)
    assert after.balance.total("assets") == balance.total("assets") == books_of(village, 202312).balance.total("assets")
    assert after.balance.balances
    assert {code: fen for code, fen in after.figures.closing.items() if fen} == {"101": 900, "153": 5_000, "132": 2_500, "134": 1_500, "113": 700, "211": -1_100, "212": -100, "311": -9_400}
    assert anew(village) == kept(village)
    with pytest.raises(BookError, match="已经做过"):
        bridging.settle(district.people["reviewer"], village, {})
    assert desk.get(f"/books/{district.villages[1].code}/bridge/").status_code == 200


def test_the_notes_tell_basis_ages_and_the_change_of_system(desk: Client, clerk: Any, village: Any) -> None:
    old_books(clerk, village)
    book(clerk, village, Proposal("x", date(2024, 5, 1), "应收", (Leg("113", 2_000, household="王五"), Leg("50101", 0, 2_000))), entry("y", date(2024, 5, 2), 6_000, debit="151", credit="241", project="机井"))
    page = desk.get(f"/books/{village.code}/notes/?month=202406")
    notes = {note.title: note for note in page.context["notes"]}
    assert notes["五、应收款项（按人按账龄）"].rows[0] == ("王五", "内部往来", 2_700, 2_700, 0, 0, 0)
    assert [row[2] for row in notes["七、应付款项（按人按账龄）"].rows] == [800, 300, 1_100]
    assert notes["六、固定资产变动"].rows[1] == ("固定资产", 0, 6_000, 0, 6_000)
    assert notes["八、专项应付款和一事一议资金变动"].rows == (("专项应付款", 0, 6_000, 0, 6_000), ("合计", 0, 6_000, 0, 6_000))
    assert ("154 在建工程", "153 在建工程", "", 5_000) in notes["九、会计政策变更"].rows
    assert not [text for note in notes.values() for text in note.paragraphs if "{" in text]
    book_ = load_workbook(io.BytesIO(desk.get(f"/books/{village.code}/file/notes-xlsx/?month=202406").content))
    assert len(book_.worksheets) == len(notes)
    assert desk.get(f"/books/{village.code}/file/notes-pdf/?month=202406").content.startswith(b"%PDF")
    assert "会计政策变更" not in desk.get(f"/books/{village.code}/notes/?month=202312").content.decode()


def test_vouchers_and_ledgers_are_printed_in_the_customary_forms(desk: Client, clerk: Any, village: Any) -> None:
    from pdf_words import pages

    many = Proposal("many", date(2024, 3, 9), "发放误工补助", (*(Leg("113", 100 + n, household=f"户{n}") for n in range(8)), Leg("102", 0, 828)))
    book(clerk, village, entry("a", date(2024, 3, 3), 123_456_789, words="收#set text(red)承包费", debit="102", credit="50101"), many)
    said = {name: "".join(pages(desk.get(f"/books/{village.code}/{kind}/?month=202403").content))
            for name, kind in (("vouchers", "file/vouchers-pdf"), ("general", "file/general-pdf"), ("ledger", "ledger/102/pdf"))}
    assert "记账凭证" in said["vouchers"].replace(" ", "")
    assert "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分" in said["vouchers"]
    assert "（1/2）" in said["vouchers"]
    assert "#set text(red)" in said["vouchers"], "words are words"
    assert all(word in said["ledger"] for word in ("上年结转", "本月合计", "本年累计", "借或贷"))
    assert all(word in said["general"] for word in ("102 银行存款", "501 经营收入", "本年累计"))
    assert desk.get(f"/books/{village.code}/ledger/102/xlsx/?month=202403").content.startswith(b"PK")
    assert desk.get(f"/books/{village.code}/ledger/102/doc/?month=202403").status_code == 404
