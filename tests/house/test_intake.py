"""A workbook handed in: twice changes nothing, a mend lets a row in, an unread cell takes nothing away."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

pytestmark = pytest.mark.django_db

HEAD = ["合同编号", "承包方", "承包方证件号码", "年承包费(元)"]


def book(folder: Path, *rows: list[Any], head: list[str] | None = None) -> bytes:
    path = folder / "台账.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for place, row in enumerate([head or HEAD, *rows]):
            sheet.write_row(place, 0, row)
    return path.read_bytes()


def taken(district: SimpleNamespace, data: bytes, name: str = "台账.xlsx") -> Any:
    from mingbai.kit import intake

    clerk = district.people["clerk"]
    upload = intake.receive(clerk, district.villages[0], "contracts", name, data)
    intake.read_upload(None, upload.pk)
    return intake.accept(clerk, upload)


def mine(district: SimpleNamespace) -> Any:
    from mingbai.registers.contracts.models import Contract

    return Contract.objects.filter(organisation=district.villages[0], contract_no__startswith="甲")


def test_the_same_rows_in_another_file_change_nothing(district: Any, tmp_path: Path) -> None:
    first = taken(district, book(tmp_path, ["甲1", "王某", "", 300]))
    again = taken(district, book(tmp_path, ["甲1", "王某", "", 300], ["甲2", "李某", "", 400]))
    assert (first.added, again.added, again.same, again.changed) == (1, 1, 1, 0)


def test_a_contract_number_known_from_before_is_updated(district: Any, tmp_path: Path) -> None:
    taken(district, book(tmp_path, ["甲1", "王某", "", 300]))
    assert taken(district, book(tmp_path, ["甲1", "王某", "", 350])).changed == 1
    assert mine(district).get().rent_fen_per_year == 35000


def test_an_unread_cell_takes_nothing_from_a_record_that_is_there(district: Any, tmp_path: Path) -> None:
    taken(district, book(tmp_path, ["甲1", "王某", "999999198001010011", 300]))
    taken(district, book(tmp_path, ["甲1", "王某", "999999********0011", 350]))
    assert mine(district).get().lessee_id_no == "999999198001010011"


def test_a_mended_cell_is_read_and_the_counts_hold(district: Any, tmp_path: Path) -> None:
    from mingbai.kit import intake
    from mingbai.kit.models import Upload

    clerk = district.people["clerk"]
    upload = intake.receive(clerk, district.villages[0], "contracts", "台账.xlsx", book(tmp_path, ["甲1", "王某", "", "三头牛"]))
    intake.read_upload(None, upload.pk)
    assert Upload.objects.get(pk=upload.pk).errors == 1
    intake.mend_cell(clerk, Upload.objects.get(pk=upload.pk), "Sheet1", "D2", "三百元")
    upload.refresh_from_db()
    assert upload.errors == 0
    assert upload.read == upload.accepted + upload.rejected + upload.skipped
    intake.accept(clerk, upload)
    assert mine(district).get().rent_fen_per_year == 30000


def test_a_heading_settled_once_is_remembered_and_offered_next_door(district: Any, tmp_path: Path) -> None:
    """The village's own next file is read so; a neighbour's only once a person there took it, after seeing whose reading it is."""
    from django.test import Client

    from mingbai.kit import intake
    from mingbai.kit.models import Heading

    clerk, (own, neighbour) = district.people["clerk"], district.villages[:2]

    def column(upload: Any) -> str | None:
        upload.refresh_from_db()
        return next(entry["column"] for sheet in intake.reading_of(upload).sheets for entry in sheet.mapping if entry["header"] == "怪栏")

    def hand_in(place: Any, name: str, number: str) -> Any:
        upload = intake.receive(clerk, place, "contracts", name, book(tmp_path, [number, "王某", "", 300, "某话"], head=[*HEAD, "怪栏"]))
        intake.read_upload(None, upload.pk)
        upload.refresh_from_db()
        return upload

    intake.settle(clerk, hand_in(own, "一.xlsx", "甲1"), {"怪栏": "remark"})
    assert column(hand_in(own, "二.xlsx", "甲2")) == "remark"
    next_door = hand_in(neighbour, "三.xlsx", "甲3")
    assert column(next_door) != "remark", "not applied unasked"
    client = Client()
    client.force_login(clerk)
    page = client.get(f"/imports/{next_door.pk}/").content.decode()
    assert f"{own.name}：备注" in page
    assert 'name="heading:怪栏" value="remark"' in page
    assert not Heading.objects.filter(organisation=neighbour).exists()
    client.post(f"/imports/{next_door.pk}/headings/", {"heading:怪栏": "remark"})
    assert column(next_door) == "remark"
    assert "邻村这样认表头" not in client.get(f"/imports/{next_door.pk}/").content.decode()
    assert Heading.objects.get(organisation=neighbour).column == "remark"


def test_a_word_document_is_given_back_as_a_marked_workbook(district: Any) -> None:
    import io

    from django.test import Client
    from openpyxl import load_workbook

    from mingbai.kit import intake
    from sheets.papers import docx, table

    clerk = district.people["clerk"]
    upload = intake.receive(clerk, district.villages[0], "contracts", "台账.docx", docx(table([["承包方", "面积（亩）", "年承包费（元）"], ["张三", "约5亩", "300"]])))
    intake.read_upload(None, upload.pk)
    client = Client()
    client.force_login(clerk)
    answer = client.get(f"/imports/{upload.pk}/marked/")
    assert "%E5%8F%B0%E8%B4%A6_%E6%89%B9%E6%B3%A8.xlsx" in answer["Content-Disposition"]
    assert any("约5亩" in str(cell.value) for row in load_workbook(io.BytesIO(answer.content)).worksheets[1].iter_rows() for cell in row if cell.comment)


def test_accepting_twice_is_once(district: Any, tmp_path: Path) -> None:
    from mingbai.kit import intake

    upload = taken(district, book(tmp_path, ["甲1", "王某", "", 300]))
    intake.accept(district.people["clerk"], upload)
    assert mine(district).count() == 1
