"""The audit chain: every event of an organisation carries the hash of the one before, and its end is sealed with the home's key;
``verify`` names a break."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from mingbai.places.models import Organisation, Person
from mingbai.records import bulk
from mingbai.records.models import About, Event, Head
from mingbai.units import mask_numbers
from mingbai.vault.seal import mark

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
        "organisation": event.organisation_id,
        "seq": event.seq,
        "at": event.at,
        "on": event.on.isoformat(),
        "person": event.person_id,
        "deed": event.deed,
        "note": event.note,
        "lines": event.lines,
        "prev": event.prev,
    }
    return hashlib.sha256(
        json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def linked(before: str, seq: int, about: Iterable[str]) -> str:
    """The chain over what events are about, with one more event (``about`` sorted); one about nothing leaves it as it is."""
    words = "\n".join(about)
    return hashlib.sha256(f"{before}\n{seq}\n{words}".encode()).hexdigest() if words else before


def seal_of(organisation: int, seq: int, digest: str, abouts: str) -> str:
    """The seal of a chain's end."""
    return mark(f"records.head\n{organisation}\n{seq}\n{digest}\n{abouts}")


End = tuple[int, str, str]
"""Where a chain ends: number and hash of its last event, and the chain over what its events are about."""


def append(
    organisation: Organisation,
    person: Person | None,
    deed: str,
    on: date,
    note: str,
    lines: list[dict[str, Any]],
    about: Iterable[str] = (),
    end: End | None = None,
) -> Event:
    """Adds an event; the caller holds the transaction. ``end``: where the chain ends, of who has asked :func:`ends` in it."""
    seq, prev, abouts = end or end_of(bulk.send([ends(organisation)])[0])
    event = Event(
        organisation=organisation,
        seq=seq + 1,
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        on=on,
        person=person,
        deed=deed,
        note=discreet(note),
        lines=discreet(lines),
        prev=prev,
    )
    event.hash = digest(event)
    named = sorted(about)
    _append(
        [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _FIELDS],
        named,
        event,
        linked(abouts, event.seq, named),
    )
    return event


def ends(organisation: Organisation) -> tuple[str, list[Any]]:
    """The question where a chain ends, which holds it till the transaction does; :func:`end_of` reads the answer."""
    return _END if connection.vendor == "sqlite" else f"{_END} FOR UPDATE", [organisation.pk]


def end_of(rows: list[tuple[Any, ...]]) -> End:
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else (0, START, START)


_END = "SELECT seq, hash, abouts FROM records_head WHERE organisation_id = %s"
_FIELDS = [field for field in Event._meta.concrete_fields if not field.primary_key]
_NAMES = ", ".join(f'"{field.column}"' for field in _FIELDS)
_EVENT = f"INSERT INTO records_event ({_NAMES}) VALUES ({', '.join(['%s'] * len(_FIELDS))}) RETURNING id"  # noqa: S608
_HEAD = (
    "INTO records_head (organisation_id, seq, hash, abouts, seal) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (organisation_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, abouts = excluded.abouts, seal = excluded.seal"
)


def _append(values: list[Any], about: list[str], event: Event, abouts: str) -> None:
    """The event, the records it is about and the head."""
    head = [
        event.organisation_id,
        event.seq,
        event.hash,
        abouts,
        seal_of(event.organisation_id, event.seq, event.hash, abouts),
    ]
    if connection.vendor == "sqlite":
        event.pk = bulk.send([(_EVENT, values)])[0][0][0]
        bulk.send(
            [
                *(
                    ("INSERT INTO records_about (event_id, record) VALUES (%s, %s)", [event.pk, record])
                    for record in about
                ),
                (f"INSERT {_HEAD}", head),
            ]
        )
    else:
        told = "INSERT INTO records_about (event_id, record) SELECT new.id, named FROM new, unnest(%s::text[]) AS named"
        whole = f"WITH new AS ({_EVENT}), told AS ({told}), ended AS (INSERT {_HEAD}) SELECT id FROM new"  # noqa: S608 - our own names
        event.pk = bulk.send([(whole, [*values, about, *head])])[0][0][0]


def telling(organisation: Organisation, what: str) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    """The lines of an organisation's events that tell ``what``, in order: number and person of the event, and the line."""
    events = (
        Event.objects.filter(organisation=organisation)
        .annotate(said=Cast("lines", TextField()))
        .filter(said__contains=f'"{what}"')
        .order_by("seq")
    )
    for seq, person, lines in events.values_list("seq", "person", "lines").iterator():
        yield from ((seq, person, line) for line in lines if line["what"] == what)


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
    """The chains of many organisations in one pass, a few queries whatever their number."""
    names = dict(organisations.values_list("pk", "name"))
    told = Event.objects.filter(organisation__in=organisations)
    linking = _linked(About.objects.filter(event__organisation__in=organisations))
    heads = {head.organisation_id: head for head in Head.objects.filter(organisation__in=organisations)}
    begun = set()
    for place, chain in groupby(
        told.order_by("organisation_id", "seq").iterator(chunk_size=1000), key=lambda event: event.organisation_id
    ):
        begun.add(place)
        yield from _walk(names[place], chain, heads.pop(place, None), linking.get(place, START))
    for place, head in heads.items():
        yield Break(names[place], 1, f"链尾应是第 {head.seq} 条，现在一条也没有")
    for place in sorted(_written(organisations) - begun - heads.keys()):
        yield Break(names[place], 1, "有文件、收款、记录或账，却一条审计记录也没有，链尾也没有")


def _linked(abouts: QuerySet[About]) -> dict[int, str]:
    """Organisation → the chain over what its events are about, made anew."""
    found: dict[int, str] = {}
    rows = (
        abouts.order_by("event__organisation_id", "event__seq")
        .values_list("event__organisation_id", "event__seq", "record")
        .iterator(chunk_size=10_000)
    )
    for (place, seq), named in groupby(rows, key=lambda row: row[:2]):
        found[place] = linked(found.get(place, START), seq, sorted(record for *_, record in named))
    return found


def _written(organisations: QuerySet[Organisation]) -> set[int]:
    """Organisations something was written for which no door but their own writes, so that they must have a chain."""
    from django.apps import apps

    models = [
        model
        for model in apps.get_models()
        if getattr(model, "owner", None) == "organisation"
        and model._meta.app_label != "places"
        and model._meta.label_lower not in _WITHOUT
    ]
    first, *others = (
        model._default_manager.filter(organisation__in=organisations)
        .order_by()
        .values_list("organisation_id", flat=True)
        for model in models
    )
    return set(first.union(*others))


_WITHOUT = ("records.event", "records.head", "records.job", "board.tally", "kit.checked", "kit.finding")
"""Written without an event, or by the door of a place above."""


def _walk(name: str, events: Iterable[Event], head: Head | None, abouts: str) -> Iterator[Break]:
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
    elif head.abouts != abouts:
        yield Break(name, number, "哪条审计记录说的是哪份合同、哪张凭证，被改动过")
    elif head.seal != seal_of(head.organisation_id, head.seq, head.hash, head.abouts):
        yield Break(name, number, "链尾的印记不是用这个家目录的钥匙盖的：整条链可能被重写过，或者链尾被挪过")
