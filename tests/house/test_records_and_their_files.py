"""A record that came with a workbook is what was read there until an event says otherwise: whoever writes past the door is named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from tests.house.test_intake import book, mine, taken

pytestmark = pytest.mark.django_db

TAMPERED = (
    ("UPDATE contracts_contract SET rent_fen_per_year = 10000 WHERE id = {read}", "的年承包费(元)（rent_fen_per_year）是 “10000”，台账.xlsx 的“Sheet1”第 2 行读出的是 “30000”，没有一条审计记录说改过"),
    ("UPDATE contracts_contract SET lessee = '赵某' WHERE id = {read}", "是 “赵某”，台账.xlsx 的“Sheet1”第 2 行读出的是 “王某”"),
    ("UPDATE contracts_contract SET lessee_id_no = NULL WHERE id = {read}", "（lessee_id_no）是 别的号码"),
    ("UPDATE contracts_contract SET rent_fen_per_year = 30000 WHERE id = {edited}", "是 “30000”，审计记录说是 “50000”"),
    ("UPDATE contracts_contract SET source_row = 3 WHERE id = {read}", "另有一条记录已经来自它"),
    ("UPDATE contracts_contract SET klass = 'A' WHERE id = {edited}", "的类别（klass）是 “A”，没有一条审计记录说定过"),
    ("DELETE FROM contracts_contract WHERE id = {read}", "条记录，审计记录说登记过"),
)


def said() -> str:
    from mingbai.board.retold import differences
    from mingbai.places.models import Organisation

    return "\n".join(each.what for each in differences(Organisation.objects.values_list("pk", flat=True)))


def test_what_was_read_is_what_stands_until_an_event_says_otherwise(district: SimpleNamespace, behind_the_door: None, tmp_path: Path) -> None:
    from mingbai.kit import intake

    taken(district, book(tmp_path, ["甲1", "王某", "999999198001010011", 300], ["甲2", "李某", "", 400]))
    read, edited = mine(district).order_by("contract_no")
    intake.edit(district.people["clerk"], edited, {"rent_fen_per_year": 50000}, "写错了")
    assert said() == ""
    for tamper, names in TAMPERED:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(tamper.format(read=read.pk, edited=edited.pk))
            assert names in said(), tamper
            transaction.set_rollback(True)
    assert said() == ""


def test_an_import_writes_a_record_whole_and_what_was_told_before_holds_no_longer(district: SimpleNamespace, tmp_path: Path) -> None:
    from mingbai.kit import intake

    taken(district, book(tmp_path, ["甲1", "王某", "", 300]))
    intake.edit(district.people["clerk"], mine(district).get(), {"rent_fen_per_year": 50000}, "写错了")
    taken(district, book(tmp_path, ["甲1", "王某", "999999********0011", 350]))
    assert said() == ""
