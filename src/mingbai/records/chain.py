"""The audit chain: every event of an organisation carries the hash of the one before; ``verify`` names a break."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from mingbai.places.models import Organisation, Person
from mingbai.records import bulk
from mingbai.records.models import Event, Head
from mingbai.units import mask_numbers

START = "0" * 64


def discreet(value: Any) -> Any:
    """The value fit for an event: text without identity numbers, phones or card numbers, dates as ISO."""
    if isinstance(value, str):
        return mask_numbers(value)
    if isinstance(value, dict):
        return {discreet(key): discreet(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [discreet(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} 字节"
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def digest(event: Event) -> str:
    """SHA-256 over the event's own words and the hash before it, as JSON with sorted keys."""
    words = {
        "organisation": event.organisation_id, "seq": event.seq, "at": event.at, "on": event.on.isoformat(),
        "person": event.person_id, "deed": event.deed, "note": event.note, "lines": event.lines, "prev": event.prev,
    }
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def append(organisation: Organisation, person: Person | None, deed: str, on: date, note: str, lines: list[dict[str, Any]],
           about: Iterable[str] = (), end: tuple[int, str] | None = None) -> Event:
    """Adds an event; the caller holds the transaction. ``end``: where the chain ends, of who has asked :func:`ends` in it."""
    seq, prev = end or end_of(bulk.send([ends(organisation)])[0])
    event = Event(organisation=organisation, seq=seq + 1, at=datetime.now(UTC).isoformat(timespec="milliseconds"), on=on, person=person, deed=deed,
                  note=discreet(note), lines=discreet(lines), prev=prev)
    event.hash = digest(event)
    _append([field.get_db_prep_save(getattr(event, field.attname), connection) for field in _FIELDS], sorted(about), event)
    return event


def ends(organisation: Organisation) -> tuple[str, list[Any]]:
    """The question where a chain ends, which holds it till the transaction does; :func:`end_of` reads the answer."""
    return _END if connection.vendor == "sqlite" else f"{_END} FOR UPDATE", [organisation.pk]


def end_of(rows: list[tuple[Any, ...]]) -> tuple[int, str]:
    return (rows[0][0], rows[0][1]) if rows else (0, START)


_END = "SELECT seq, hash FROM records_head WHERE organisation_id = %s"
_FIELDS = [field for field in Event._meta.concrete_fields if not field.primary_key]
_NAMES = ", ".join(f'"{field.column}"' for field in _FIELDS)
_EVENT = f"INSERT INTO records_event ({_NAMES}) VALUES ({', '.join(['%s'] * len(_FIELDS))}) RETURNING id"  # noqa: S608
_HEAD = ("INTO records_head (organisation_id, seq, hash) VALUES (%s, %s, %s) "
         "ON CONFLICT (organisation_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash")


def _append(values: list[Any], about: list[str], event: Event) -> None:
    """The event, the records it is about and the head."""
    head = [event.organisation_id, event.seq, event.hash]
    if connection.vendor == "sqlite":
        event.pk = bulk.send([(_EVENT, values)])[0][0][0]
        bulk.send([*(("INSERT INTO records_about (event_id, record) VALUES (%s, %s)", [event.pk, record]) for record in about), (f"INSERT {_HEAD}", head)])
    else:
        told = "INSERT INTO records_about (event_id, record) SELECT new.id, named FROM new, unnest(%s::text[]) AS named"
        whole = f"WITH new AS ({_EVENT}), told AS ({told}), ended AS (INSERT {_HEAD}) SELECT id FROM new"  # noqa: S608 - our own names
        event.pk = bulk.send([(whole, [*values, about, *head])])[0][0][0]


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold, in words."""

    organisation: str
    seq: int
    what: str


def verify(organisation: Organisation) -> Iterator[Break]:
    """Walks an organisation's chain and names every event that was altered, removed or put in."""
    return verify_all(Organisation.objects.filter(pk=organisation.pk))


def verify_all(organisations: QuerySet[Organisation]) -> Iterator[Break]:
    """The chains of many organisations in one pass: three queries, whatever their number."""
    names = dict(organisations.values_list("pk", "name"))
    heads = {head.organisation_id: head for head in Head.objects.filter(organisation__in=organisations)}
    events = Event.objects.filter(organisation__in=organisations).order_by("organisation_id", "seq").iterator(chunk_size=1000)
    for place, chain in groupby(events, key=lambda event: event.organisation_id):
        yield from _walk(names[place], chain, heads.pop(place, None))
    for place, head in heads.items():
        yield Break(names[place], 1, f"链尾应是第 {head.seq} 条，现在一条也没有")


def _walk(name: str, events: Iterable[Event], head: Head | None) -> Iterator[Break]:
    before, number = START, 0
    for event in events:
        if event.seq != number + 1:
            yield Break(name, number + 1, f"第 {number + 1} 条到第 {event.seq - 1} 条不见了")
        elif event.prev != before:
            yield Break(name, event.seq, "与前一条接不上")
        if event.hash != digest(event):
            yield Break(name, event.seq, "内容被改动过")
        before, number = event.hash, event.seq
    if head is None:
        yield Break(name, number, "链尾记录不见了")
    elif (head.seq, head.hash) != (number, before):
        yield Break(name, number + 1, f"链尾应是第 {head.seq} 条，现在到第 {number} 条为止，或最后一条被换过")
