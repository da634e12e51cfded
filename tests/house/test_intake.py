"""A workbook handed in: twice changes nothing, a mend lets a row in, an unread cell takes nothing away."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

pytestmark = pytest.mark.django_db

HEAD = ["合同编号", "承包方", "承包方证件号码", "年承包费(元)"]


def book(folder: Path, *rows: list[Any]) -> bytes:
    path = folder / "台账.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for place, row in enumerate([HEAD, *rows]):
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
    from mingbai.kit import intake

    clerk = district.people["clerk"]
    upload = intake.receive(clerk, district.villages[0], "contracts", "台账.xlsx", book(tmp_path, ["甲1", "王某", "", 300]))
    intake.read_upload(None, upload.pk)
    upload.refresh_from_db()
    intake.settle(clerk, upload, {"怪栏": "remark"})
    from mingbai.registers.contracts.register import REGISTER

    assert intake.remembered(district.villages[0], REGISTER)["怪栏"] == "remark"
    assert intake.remembered(district.villages[1], REGISTER)["怪栏"] == "remark"


def test_accepting_twice_is_once(district: Any, tmp_path: Path) -> None:
    from mingbai.kit import intake

    upload = taken(district, book(tmp_path, ["甲1", "王某", "", 300]))
    intake.accept(district.people["clerk"], upload)
    assert mine(district).count() == 1
