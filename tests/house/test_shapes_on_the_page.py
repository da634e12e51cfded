"""The import page says what a file holds and what to do next, for files of every shape."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mingbai.kit import intake
from mingbai.kit.furniture import furniture
from mingbai.kit.lessons import learnt
from mingbai.kit.models import Upload
from mingbai.sheets.mapping import written

pytestmark = pytest.mark.django_db

MIXED = ("序号,合同编号,承包方,面积(亩),发包方式\n1,A1,张三,3,散包\n2,A2,李四,4,招标\n"
         "督导整改,,,,\n序号,督导编号,问题事项,整改期限,整改措施\n1,D1,未公示,2026-10-01,补公示\n")
CARD = "合同编号,JY-1,签订日期,2015-03-01\n发包方,九院村,承包方,张三\n面积,12亩,年租金,约500\n"


@pytest.fixture
def clerk(district, client):
    client.force_login(district.people["clerk"])
    return client


def hand_in(client, village, name, data):
    client.post(reverse("imports"), {"village": village.code, "register": "contracts", "file": _file(name, data)})
    return read_all(village)


def read_all(village):
    """Read as the worker would: here, so that it sees the test's own rows."""
    for upload in Upload.objects.filter(organisation=village, state="received"):
        intake.read_upload(None, upload.pk)
    return Upload.objects.filter(organisation=village).order_by("-pk").first()


def _file(name, data):
    return SimpleUploadedFile(name, data)


def test_a_file_of_two_registers(clerk, district):
    upload = hand_in(clerk, district.villages[0], "两种.csv", MIXED.encode())
    page = clerk.get(reverse("import", args=(upload.pk,))).content.decode()
    assert "这个文件里有什么" in page and "交给督导整改台账" in page and "以后“散包”都这样读" in page
    part = "csv（第4–6行）"
    answer = clerk.post(reverse("import-learn", args=(upload.pk,)), {"kind": "kinds", "said": part, "value": "inspections"}, follow=True)
    assert answer.status_code == 200
    assert Upload.objects.get(register="inspections").accepted == 1
    assert "读表记忆" in clerk.get(reverse("learnt")).content.decode()
    assert "inspections" in written(learnt(upload.organisation, furniture("contracts").register))


def test_a_card(clerk, district):
    upload = hand_in(clerk, district.villages[0], "卡片.csv", CARD.encode())
    page = clerk.get(reverse("import", args=(upload.pk,))).content.decode()
    assert "卡片" in page and 'id="D3"' in page and upload.accepted == 1


def test_a_zip_of_many_with_a_bad_one(clerk, district):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("一.csv", CARD)
        archive.writestr("二.csv", MIXED)
        archive.writestr("坏.xlsx", b"x")
    clerk.post(reverse("imports"), {"village": district.villages[0].code, "register": "contracts", "file": _file("各组.zip", out.getvalue())})
    read_all(district.villages[0])
    names = set(Upload.objects.filter(organisation=district.villages[0]).values_list("file__name", flat=True))
    assert {"一.csv", "二.csv"} <= names
