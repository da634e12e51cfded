"""A finding read again on its page: another day, another place's numbers, the difference marked, nothing written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import TODAY, a_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(district: Any) -> Client:
    client = Client()
    client.force_login(district.people["county"])
    return client


def page(reader: Client, record: Any, rule: str, **asked: str) -> str:
    return str(reader.get(reverse("record-reading", args=("contracts", record.pk, rule)), asked).content.decode())


def test_a_long_lease_signed_before_the_contract_law_is_disputed(reader: Client, import_rows: Any) -> None:
    from mingbai.records.models import Event

    (record,) = import_rows(a_row(合同类型="租赁", 签订日期="2005-01-01", 起始日期="2005-01-01", 终止日期="2035-12-31"))
    assert reverse("record-reading", args=("contracts", record.pk, "C04")) in reader.get(reverse("record", args=("contracts", record.pk))).content.decode()
    events = Event.objects.count()
    now = page(reader, record, "C04")
    assert "第二百一十四条" in now
    assert "<mark>" not in now
    assert [day for day in ("1982-07-01", "1999-10-01", "2021-01-01") if f"signed={day}" in now] == ["1982-07-01", "1999-10-01", "2021-01-01"]
    then = page(reader, record, "C04", signed="1999-09-30")
    assert "有不同" in then
    assert "<mark>有争议" in then
    assert "那时还没有施行" in then
    assert "读起来一样" in page(reader, record, "C04", signed="2001-01-01")
    assert Event.objects.count() == events
    record.refresh_from_db()
    assert record.signed_on == date(2005, 1, 1)


def test_another_places_floor_price(reader: Client, district: Any, import_rows: Any) -> None:
    from mingbai.kit import policies

    (record,) = import_rows(a_row(**{"承包费单价(元/亩·年)": 500}))
    one, two = district.people["county"], district.people["administrator"]
    policies.approve(two, policies.propose(one, district.villages[1], "contracts", "price_floor_fen", "耕地 600", TODAY, "村民代表会议"))
    then = page(reader, record, "C07", under=district.villages[1].code)
    assert "600.00元" in then
    assert "有不同" in then
    client = Client()
    client.force_login(district.people["clerk"])
    assert client.get(reverse("record-reading", args=("contracts", record.pk, "C07")), {"under": district.villages[1].code}).status_code == 404, "another village's numbers are not the clerk's to see"


def test_a_day_that_is_none_is_said_and_kept(reader: Client, import_rows: Any) -> None:
    (record,) = import_rows(a_row())
    answer = reader.get(reverse("record-reading", args=("contracts", record.pk, "C04")), {"signed": "2021年"})
    assert answer.status_code == 400
    assert "请写成 2021-01-01" in answer.content.decode()
    assert reader.get(reverse("record-reading", args=("contracts", record.pk, "C99"))).status_code == 404
    assert reader.get(reverse("record-reading", args=("contracts", record.pk, "C16")), {"on": "2030-01-01"}).status_code == 200
