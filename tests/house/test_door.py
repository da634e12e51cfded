"""One door for writing: nothing goes round it, every event is chained, and a tampered chain says where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

import mingbai

SOURCE = Path(mingbai.__file__).parent
WRITES = re.compile(r"\.(save|bulk_create|bulk_update|update_or_create|get_or_create|create)\(|objects[^\n]*\.(update|delete)\(|executemany|\bINSERT |\bUPDATE \b")
GROUND = ("units", "sheets", "paper", "report", "rules", "dues", "columns", "setoff", "proofs")
"""Rooms that know no database (held by import-linter)."""
DOORS = {
    "records/door.py", "records/bulk.py", "records/chain.py",  # the door itself, its statements, and the chain it writes
    "records/jobs.py", "records/worker.py",  # progress of jobs: derived()
    "kit/recheck.py",  # the day a place was last checked: derived
    "demo/play.py",  # the day a demo home stands at
    "notices/wall.py",  # a QR, into memory
    "letters/word.py",  # a Word file, into memory
    "kit/intake.py",  # what was read of a workbook: derived, inside the open door
    "scans/desk.py",  # what was read of a paper: the same
}


def test_no_write_goes_round_the_door() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if name in DOORS or "/migrations/" in name or name.split("/")[0] in GROUND:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if WRITES.search(line) and "act.save(" not in line and "hashlib" not in line:
                found.append(f"{name}:{number}: {line.strip()}")
    assert found == []


@pytest.mark.django_db
def test_whoever_lacks_the_power_does_not_open_it(district: Any) -> None:
    from mingbai.records.door import commit

    with pytest.raises(PermissionDenied), commit(district.people["auditor"], district.villages[0], "edit", "改合同"):
        raise AssertionError("the door opened")


@pytest.mark.django_db
def test_a_failed_deed_leaves_neither_rows_nor_event(district: Any) -> None:
    from mingbai.records.door import commit
    from mingbai.records.models import Event
    from mingbai.registers.contracts.models import Contract

    record, before = Contract.objects.first(), Event.objects.count()
    with pytest.raises(ZeroDivisionError), commit(district.people["clerk"], record.organisation, "edit", "改合同") as act:
        record.title = "改了一半"
        act.save(record, "title")
        raise ZeroDivisionError
    record.refresh_from_db()
    assert record.title != "改了一半"
    assert Event.objects.count() == before


def break_it(how: str, events: Any) -> None:
    middle = events.order_by("seq")[1]
    if how == "removed":
        events.filter(pk=middle.pk).delete()
    elif how == "cut":
        events.order_by("-seq").first().delete()
    elif how == "swapped":
        first = events.order_by("seq")[0]
        first.lines, middle.lines = middle.lines, first.lines
        first.save()
        middle.save()
    else:
        events.filter(pk=middle.pk).update(**{how: {"deed": "没有的事", "note": "改了", "lines": [], "on": "2020-01-01", "prev": "f" * 64, "at": "2020"}[how]})


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["deed", "note", "lines", "on", "prev", "at", "removed", "cut", "swapped"])
def test_tampering_with_an_event_is_named(district: Any, behind_the_door: None, how: str) -> None:
    from mingbai.records.chain import verify
    from mingbai.records.models import About, Event

    village = district.villages[0]
    assert list(verify(village)) == []
    About.objects.all().delete()
    break_it(how, Event.objects.filter(organisation=village))
    assert list(verify(village)) != []


@pytest.mark.django_db(transaction=True)
def test_personal_numbers_stand_nowhere_in_plain(settings: Any, tmp_path: Path) -> None:
    """Identity numbers, phones and cards: not in a table, an event, a job or a file."""
    from datetime import date

    import xlsxwriter
    from django.db import connection

    from mingbai.kit import intake
    from mingbai.places.models import Grant, Home, Organisation, Person, Role
    from mingbai.places.powers import ROLES
    from mingbai.records.door import derived

    settings.HOME = tmp_path
    numbers = ("999999198001010011", "13912345678")
    book = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["合同编号", "承包方", "承包方证件号码", "联系电话", "年承包费(元)", "备注"])
        sheet.write_row(1, 0, ["1", "甲某", numbers[0], numbers[1], "300", f"电话{numbers[1]}"])
        sheet.write_row(2, 0, ["2", "乙某", numbers[0], numbers[1], "三头牛", "无"])
    with derived():
        Home.objects.create(is_demo=True, today=date(2026, 9, 30))
        key, title, powers = ROLES[-1]
        role = Role.objects.create(key=key, title=title, powers=list(powers))
        village = Organisation(code="140109007901", name="村", level="village", is_collective=True).placed()
        village.save()
        person = Person.objects.create(login="a", name="管理员")
        Grant.objects.create(person=person, role=role, organisation=village)
    upload = intake.receive(person, village, "contracts", book.name, book.read_bytes())
    intake.read_upload(None, upload.pk)
    upload.refresh_from_db()
    intake.mend_cell(person, upload, "Sheet1", "E3", "300")
    intake.accept(person, upload)
    book.unlink()
    leaks = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    text = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    leaks += [(table, number) for number in numbers if number.encode() in text]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            leaks += [(path.name, number) for number in numbers if number.encode() in path.read_bytes()]
    assert leaks == []
