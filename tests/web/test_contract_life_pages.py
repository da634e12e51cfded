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
