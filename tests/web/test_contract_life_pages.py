"""The pages of a contract's life, as a clerk works with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import a_long_lease, a_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(clerk: Any) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def test_an_event_is_typed_seen_on_the_timeline_and_struck(browser: Client, import_rows: Any) -> None:
    contract = import_rows(a_long_lease())[0]
    address = reverse("record", args=("contracts", contract.pk))
    form = reverse("life-event", args=(contract.pk, "supplement"))
    assert form in browser.get(address).content.decode()
    refused = browser.post(form, {"on": "2026-09-20", "rent_fen_per_mu_year": "很多钱", "escalation": "每五年递增5%"})
    assert refused.status_code == 400
    said = refused.content.decode()
    assert "“很多钱”读不懂" in said
    assert 'value="每五年递增5%"' in said  # nothing typed is lost
    taken = browser.post(form, {"on": "2026-09-20", "ends_on": "2024-12-31", "rent_fen_per_mu_year": "600元"})
    assert taken.status_code == 400  # a supplement does not end what is over already: that is an early end
    assert "提前终止和清算" in taken.content.decode()
    taken = browser.post(form, {"on": "2026-09-20", "ends_on": "2030-12-31", "rent_fen_per_mu_year": "600元", "words": "电话 13800001234"}, follow=True)
    said = taken.content.decode()
    assert "2035-12-31" in said  # 台账写的
    assert "2030-12-31" in said  # 事件之后
    assert "600.00 元" in said
    assert "13800001234" not in said
    event = contract.events.get()
    said = browser.post(reverse("life-undo", args=(event.pk,)), {"reason": "写错了"}, follow=True).content.decode()
    assert "已撤销" in said
    assert "<del>补充协议</del>" in said


def test_what_may_not_come_next_is_not_offered_and_says_why(browser: Client, import_rows: Any) -> None:
    contract = import_rows(a_row())[0]
    said = browser.get(reverse("record", args=("contracts", contract.pk))).content.decode()
    assert reverse("life-event", args=(contract.pk, "award")) not in said
    assert "先登记“申请仲裁”" in said
    refused = browser.post(reverse("life-event", args=(contract.pk, "award")), {"on": "2026-09-01", "won": "支持"})
    assert refused.status_code == 400
    assert browser.get(reverse("life-event", args=(contract.pk, "self_report"))).status_code == 404


def test_a_file_handed_in_with_an_event_is_its_evidence(browser: Client, import_rows: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    contract = import_rows(a_row())[0]
    paper = SimpleUploadedFile("回执.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")
    browser.post(reverse("life-event", args=(contract.pk, "demand")), {"on": "2026-09-01", "served_by": "邮寄", "file": paper})
    event = contract.events.get()
    assert (event.paper.label, event.paper.record) == ("催收送达", contract.key)
    assert event.on == date(2026, 9, 1)


def test_the_calendar_lists_what_is_due_and_leaves_as_a_workbook(browser: Client, import_rows: Any) -> None:
    import io

    from openpyxl import load_workbook

    from mingbai.registers.contracts import events

    _first, second, owing, _quiet = import_rows(
        a_row(终止日期="2027-01-04"), a_row(合同编号="2", 合同名称="村西", 地块编码="P2"),
        a_row(**{"合同编号": "3", "合同名称": "+村南", "地块编码": "P3", "应收金额(元)": 35000, "已收金额(元)": 30000, "欠缴金额(元)": 5000}),
        a_row(合同编号="4", 合同名称="+村北", 地块编码="P4"))
    events.record(browser_person(browser), second, "sublease", date(2026, 5, 1), {"to": "李四", "known_on": "2026-06-15"})
    events.record(browser_person(browser), second, "price_review", date(2026, 8, 1), {"next_on": "2027-03-01"})
    page = browser.get(reverse("calendar"))
    said = page.content.decode()
    days = [(entry.on.isoformat(), entry.kind) for _title, entries in page.context["groups"] for entry in entries]
    assert ("2027-01-04", "expiry") in days
    assert ("2026-12-15", "consent") in days
    assert ("2027-03-01", "review") in days
    assert "2026-12" in said
    far = browser.get(reverse("calendar"), {"from": "2026-09", "months": "36", "kind": "limitation"})
    assert [(entry.contract.pk, entry.kind) for _title, entries in far.context["groups"] for entry in entries] == [(owing.pk, "limitation")]
    sheet = load_workbook(io.BytesIO(browser.get(reverse("calendar-xlsx"), {"from": "2026-09", "months": "36"}).content)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert any("村南" in str(cell) for cell in cells), cells
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def browser_person(browser: Client) -> Any:
    from mingbai.places.models import Person

    return Person.objects.get(pk=browser.session["_auth_user_id"])


def test_the_picture_behind_c07_marks_the_contract_in_question(browser: Client, import_rows: Any) -> None:
    rows = [a_row(**{"合同编号": str(n), "合同名称": f"地{n}", "地块编码": f"P{n}", "承包费单价(元/亩·年)": price, "总价款(元)": None})
            for n, price in enumerate((500, 520, 540, 560, 580, 100), 1)]
    contract = import_rows(*rows)[-1]
    record = browser.get(reverse("record", args=("contracts", contract.pk))).content.decode()
    assert f"{reverse('prices')}?record={contract.pk}" in record
    page = browser.get(reverse("prices"), {"record": contract.pk})
    said = page.content.decode()
    assert said.count('class="dot"') == 5 + 1  # and one in the legend
    assert said.count('class="mine"') == 1 + 1
    spread = page.context["years"][0]["spread"]
    assert (spread.count, spread.least, spread.median, spread.most) == (6, 100_00, 530_00, 580_00)
    assert page.context["decades"][0]["line"] == 265_00


def test_a_hidden_contract_counts_only_after_another_person_confirmed_it(browser: Client, import_rows: Any, district: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from mingbai.kit.models import Finding
    from mingbai.registers.contracts.models import Contract, SelfReport

    import_rows(a_row())
    refused = browser.post(reverse("self-report-new"), {"reporter": "李四", "what": "", "since": "十年前", "rent_fen_per_year": "三百元"})
    assert refused.status_code == 400
    assert 'value="李四"' in refused.content.decode()
    taken = browser.post(reverse("self-report-new"), {
        "reporter": "李四", "reporter_phone": "13800001234", "what": "村西旧校舍两间", "land_class": "房屋", "since": "2012.3.1", "rent_fen_per_year": "三百元", "oral": "yes"}, follow=True)
    said = taken.content.decode()
    assert "138****1234" in said
    assert "13800001234" not in said
    report = SelfReport.objects.get()
    assert (Contract.objects.count(), report.since, report.rent_fen_per_year) == (1, date(2012, 3, 1), 300_00)
    sheet = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
    decide = reverse("self-report-decide", args=(report.pk,))
    assert browser.post(decide, {"word": "confirm"}).status_code == 403  # a clerk does not confirm
    supervisor = Client()
    supervisor.force_login(district.people["supervisor"])
    assert "还没有交" in supervisor.post(decide, {"word": "confirm"}, follow=True).content.decode()
    supervisor.post(decide, {"word": "confirm", "sheet": SimpleUploadedFile("确认单.pdf", sheet)})
    contract = Contract.objects.get(title="村西旧校舍两间")
    assert (contract.form, contract.lessee, contract.phone) == ("口头", "李四", "13800001234")
    assert contract.events.get().kind == "self_report"
    assert contract.events.get().on == date(2026, 9, 30)
    lacking = Finding.objects.get(record=contract.pk, rule="C11").sentence
    assert "终止日期" in lacking or "期限" in lacking  # asked, and nothing was agreed
    assert "发包方" not in lacking  # nobody was asked
    supervisor.post(decide, {"word": "refuse", "reason": "再来一次"})
    report.refresh_from_db()
    assert report.state == "confirmed"
