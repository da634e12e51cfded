"""The pages of the books, as an accountant does a month: type, check, book, reverse, close, read and print."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from booking import book, entry
from mingbai.books.models import Month, SubAccount, Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(district: Any) -> Client:
    client = Client()
    client.force_login(district.people["reviewer"])
    return client


def typed(**said: str) -> dict[str, str]:
    return {"on": "2024-03-05", "words": "收王某承包费", "token": "abc", "rows": "6", "deed": "book", "account-1": "yhck", "debit-1": "2.8万", "account-2": "50101 经营收入－发包收入",
            "credit-2": "28,000", **said}


def test_a_voucher_is_typed_by_initials_and_seen_before_it_is_booked(desk: Client, village: Any) -> None:
    url = f"/books/{village.code}/new/"
    page = desk.post(url, typed(deed="check"))
    assert page.context["preview"] == "借：银行存款 28,000.00／贷：经营收入－发包收入 28,000.00"
    assert not Voucher.objects.exists()
    answer = desk.post(url, typed())
    voucher = Voucher.objects.get()
    assert answer.headers["Location"] == f"/books/voucher/{voucher.pk}/"
    desk.post(url, typed())
    assert Voucher.objects.count() == 1, "sent twice, booked once"
    assert "28,000.00" in desk.get(f"/books/voucher/{voucher.pk}/").content.decode()
    assert desk.get(f"/books/voucher/{voucher.pk}/pdf/").content.startswith(b"%PDF")
    copy = desk.get(f"{url}?copy={voucher.pk}").context["lines"]
    assert copy[0][1]["debit"] == "28,000.00"


@pytest.mark.parametrize(("said", "says"), [
    ({"debit-1": "3万"}, "借贷不平"), ({"account-1": "999"}, "没有科目 999"), ({"debit-1": "三头牛"}, "第 1 行"), ({"on": "去年"}, "2026-09-30"),
    ({"on": "2027-01-01"}, "今天"), ({"words": ""}, "摘要"), ({"account-1": "50101", "account-2": "102"}, "记反"),
])
def test_what_cannot_be_booked_is_said_and_nothing_typed_is_lost(desk: Client, village: Any, said: dict[str, str], says: str) -> None:
    page = desk.post(f"/books/{village.code}/new/", typed(**said))
    assert says in page.content.decode()
    assert "28,000" in page.content.decode()
    assert not Voucher.objects.exists()


@pytest.mark.parametrize(("said", "says", "status"), [
    ({"stated": "2.8", "debit-1": "2.8万"}, "差一万倍", 400), ({"stated": "28,001"}, "对不上", 200), ({"stated": "三头牛"}, "单据金额", 400),
    ({"words": "收王某三年承包费"}, "以后年度", 200), ({"words": "收王某2024-2026年租金"}, "以后年度", 200),
])
def test_the_paper_and_the_words_are_held_against_the_entry(desk: Client, village: Any, said: dict[str, str], says: str, status: int) -> None:
    page = desk.post(f"/books/{village.code}/new/", typed(**said))
    assert page.status_code == status
    assert says in page.content.decode()
    assert not Voucher.objects.exists()


def test_one_year_is_no_warning(desk: Client, village: Any) -> None:
    assert desk.post(f"/books/{village.code}/new/", typed(words="收王某2024年承包费", stated="2.8万")).status_code == 302


def test_a_warning_is_passed_over_with_a_reason(desk: Client, village: Any) -> None:
    odd = {"account-1": "50101", "account-2": "102", "credit-2": "28000"}
    assert desk.post(f"/books/{village.code}/new/", typed(**odd, reason="退多收的")).status_code == 302
    assert Voucher.objects.get().reason == "退多收的"


def test_a_template_fills_the_lines(desk: Client, village: Any) -> None:
    page = desk.get(f"/books/{village.code}/new/?template=rent_prepaid&ask-amount=3万&ask-years=3")
    assert [line["credit"] or line["debit"] for _, line in page.context["lines"][:3]] == ["30,000.00", "10,000.00", "20,000.00"]
    assert "大于 0" in desk.get(f"/books/{village.code}/new/?template=rent_now&ask-amount=0").content.decode()


def test_a_month_is_closed_reopened_and_carried_over(desk: Client, district: Any, village: Any) -> None:
    book(district.people["clerk"], village, entry("a", date(2024, 12, 3), 9000, credit="50101"))
    url = f"/books/{village.code}/close/"
    desk.post(url, {"month": "202412"})
    assert not Month.objects.get().closed
    desk.post(url, {"month": "202412", "deed": "transfer"})
    desk.post(url, {"month": "202412"})
    assert Month.objects.get().closed
    desk.post(url, {"month": "202412", "deed": "reopen", "why": "漏记"})
    assert not Month.objects.get().closed
    assert desk.get(f"/books/{village.code}/?month=202413").status_code == 404


def test_a_voucher_is_taken_back_on_its_page(desk: Client, district: Any, village: Any) -> None:
    voucher = book(district.people["clerk"], village, entry("a", date(2024, 12, 3), 9000))[0]
    answer = desk.post(f"/books/voucher/{voucher.pk}/reverse/", {"why": "记错了"})
    assert answer.headers["Location"] == f"/books/voucher/{Voucher.objects.get(reverses=voucher).pk}/"
    assert "记错了" in desk.get(answer.headers["Location"]).content.decode()


def test_a_sub_account_is_added_and_used(desk: Client, village: Any) -> None:
    url = f"/books/{village.code}/accounts/"
    assert desk.post(url, {"code": "99901", "name": "没有上级"}).status_code == 400
    desk.post(url, {"code": "10201", "name": "农商行"})
    assert SubAccount.objects.get().name == "农商行"
    assert "请记到明细科目" in desk.post(f"/books/{village.code}/new/", typed(**{"account-1": "102"})).content.decode()
    assert desk.post(f"/books/{village.code}/new/", typed(**{"account-1": "10201"})).status_code == 302


def test_every_report_opens_to_its_vouchers_and_can_be_taken_away(desk: Client, district: Any, village: Any) -> None:
    voucher = book(district.people["clerk"], village, entry("a", date(2024, 3, 3), 900_000, credit="50101"), entry("b", date(2024, 3, 4), 100, household="=1+1", debit="101", credit="113"))[0]
    page = desk.get(f"/books/{village.code}/statements/?month=202403").content.decode()
    assert f"/books/{village.code}/ledger/102/?month=202403" in page
    assert f"/books/voucher/{voucher.pk}/" in desk.get(f"/books/{village.code}/ledger/102/?month=202403").content.decode()
    assert desk.get(f"/books/{village.code}/ledger/777/").status_code == 404
    for kind in ("statements", "journal", "trial", "parties"):
        assert desk.get(f"/books/{village.code}/file/{kind}-pdf/?month=202403").content.startswith(b"%PDF")
        sheet = load_workbook(io.BytesIO(desk.get(f"/books/{village.code}/file/{kind}-xlsx/?month=202403").content))
        cells = [cell for row in sheet.worksheets[0].iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"], kind
        if kind == "trial":
            assert 9000 in [cell.value for cell in cells]
    assert desk.get(f"/books/{village.code}/file/archive-zip/").content.startswith(b"PK")
    assert desk.get(f"/books/{village.code}/file/nothing-pdf/").status_code == 404


def test_the_street_sees_its_villages_together(desk: Client, district: Any) -> None:
    for place in district.villages[:2]:
        book(district.people["administrator"], place, entry("a", date(2024, 3, 3), 700))
    street = district.streets[0]
    page = desk.get(f"/books/{street.code}/statements/?month=202403")
    assert page.context["books"].balance.total("assets") == 1400
    assert [line["place"].name for line in desk.get("/books/").context["lines"] if line["kept"]] == ["九院村", "东社村"]
    assert desk.get(f"/books/{district.villages[3].code}/").status_code == 404
