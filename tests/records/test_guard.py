"""The guard of the door: a write that went round it is refused by the connection itself, whoever wrote the code."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from conftest import a_row
from mingbai.records.door import DoorError, commit

pytestmark = pytest.mark.django_db


def saved(record: Any) -> None:
    record.title = "绕过去"
    record.save()


def updated(record: Any) -> None:
    type(record).objects.filter(pk=record.pk).update(title="绕过去")


def bulk(record: Any) -> None:
    record.title = "绕过去"
    type(record).objects.bulk_update([record], ["title"])


def deleted(record: Any) -> None:
    record.delete()


def emptied(record: Any) -> None:
    type(record).objects.all().delete()


def raw(record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contracts_contract SET title = %s", ["绕过去"])


def many(record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.executemany('INSERT OR REPLACE INTO "records_event" ("id") VALUES (%s)', [(1,), (2,)])


def chained(record: Any) -> None:
    from mingbai.records.chain import append

    append(record.organisation, None, "没有的事", record.upload.on, "", [])


def joined(record: Any) -> None:
    from mingbai.places.models import GridCell, Person

    GridCell.members.through.objects.create(gridcell_id=1, person=Person.objects.first())


@pytest.mark.parametrize("write", [saved, updated, bulk, deleted, emptied, raw, many, chained, joined], ids=lambda f: f.__name__)
def test_a_write_outside_the_door_is_refused(import_rows: Any, write: Any) -> None:
    (record,) = import_rows(a_row())
    with pytest.raises(DoorError, match="outside the door"), transaction.atomic():
        write(record)
    record.refresh_from_db()
    assert record.title == "村东耕地承包"


def test_a_door_that_closed_on_an_error_is_closed(village: Any, clerk: Any) -> None:
    with pytest.raises(ZeroDivisionError), commit(clerk, village, "edit", "改合同"):
        raise ZeroDivisionError
    with pytest.raises(DoorError):
        village.save()


def test_a_door_inside_a_door_is_refused(village: Any, clerk: Any) -> None:
    with pytest.raises(DoorError, match="inside"), commit(clerk, village, "edit", "改合同"), commit(clerk, village, "edit", "再改"):
        pass


def test_signing_in_writes_only_what_is_djangos_own(client: Any, district: SimpleNamespace) -> None:
    from mingbai.records.models import Event

    before = Event.objects.count()
    client.force_login(district.people["clerk"])
    assert client.session["_auth_user_id"] == str(district.people["clerk"].pk)
    assert Event.objects.count() == before
