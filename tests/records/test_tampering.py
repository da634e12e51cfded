"""Whoever holds the database itself can change it; ``fsck`` names what they did, at any event, in any way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db
EVENTS = 7


@pytest.fixture
def village_with_a_past(district: Any) -> Any:
    from mingbai.places.models import Officer
    from mingbai.records.door import commit

    place, person = district.villages[0], district.people["reviewer"]
    for number in range(EVENTS):
        with commit(person, place, "places", f"登记{number}", note=f"第{number}次") as act:
            act.save(Officer(organisation=place, name=f"村干部{number}", post="村委委员"))
    return district


def broken(place: Any) -> list[int]:
    """What ``fsck`` says of a place's chain: the numbers of the events it names."""
    import re

    from mingbai.board.fsck import chain

    return [int(found[1]) for each in chain(place) if (found := re.search(r"第 (\d+) 条", each.what))]


def other(event: Any, name: str, district: Any) -> Any:
    """Another value for a field of an event."""
    now = getattr(event, name)
    return {
        "organisation_id": district.villages[1].pk, "person_id": district.people["clerk"].pk, "seq": EVENTS + 5, "on": event.on - timedelta(days=1),
        "at": event.at[:-1] + ("1" if event.at[-1] != "1" else "2"), "lines": [*event.lines, {"what": "没有的事"}],
    }.get(name) or (("0" if now[0] != "0" else "1") + now[1:] if name in ("prev", "hash") else now + "改")


FIELDS = ("organisation_id", "seq", "at", "on", "person_id", "deed", "note", "lines", "prev", "hash")


def test_the_fields_are_all_there_are() -> None:
    from mingbai.records.models import Event

    assert {field.attname for field in Event._meta.concrete_fields} - {"id"} == set(FIELDS)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(data=st.data())
def test_any_field_of_any_event(village_with_a_past: Any, behind_the_door: None, data: st.DataObject) -> None:
    from mingbai.records.models import Event

    place = village_with_a_past.villages[0]
    with transaction.atomic():
        event = Event.objects.get(organisation=place, seq=data.draw(st.integers(1, EVENTS)))
        fields = data.draw(st.sets(st.sampled_from(FIELDS), min_size=1, max_size=3))
        Event.objects.filter(pk=event.pk).update(**{name: other(event, name, village_with_a_past) for name in fields})
        named = broken(place)
        assert named, f"{fields} of event {event.seq}"
        if not {"organisation_id", "seq"} & fields:
            assert event.seq in named or event.seq + 1 in named
        transaction.set_rollback(True)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(first=st.integers(1, EVENTS), second=st.integers(1, EVENTS), how=st.sampled_from(["delete", "delete both", "swap", "insert", "insert made to fit"]))
def test_deleted_swapped_or_put_in(village_with_a_past: Any, behind_the_door: None, first: int, second: int, how: str) -> None:
    from mingbai.records.chain import digest
    from mingbai.records.models import About, Event

    place = village_with_a_past.villages[0]
    with transaction.atomic():
        About.objects.all().delete()
        events = {event.seq: event for event in Event.objects.filter(organisation=place)}
        one, two = events[first], events[second]
        if how.startswith("delete"):
            Event.objects.filter(pk__in=[one.pk, two.pk] if how == "delete both" else [one.pk]).delete()
        elif how == "swap":
            if first == second:
                return
            Event.objects.filter(pk=one.pk).update(seq=EVENTS + 9)
            Event.objects.filter(pk=two.pk).update(seq=first)
            Event.objects.filter(pk=one.pk).update(seq=second)
        else:
            for seq in range(EVENTS, first - 1, -1):
                Event.objects.filter(pk=events[seq].pk).update(seq=seq + 1)
            made = Event(organisation=place, seq=first, at=one.at, on=one.on, person=one.person, deed="没有的事", note="", lines=[], prev=one.prev, hash=one.hash)
            if how.endswith("fit"):
                made.hash = digest(made)
            made.save()
        assert broken(place), how
        transaction.set_rollback(True)


def test_a_whole_chain_written_anew_shows_at_its_end(village_with_a_past: Any, behind_the_door: None) -> None:
    """Every hash made to fit again: only what was kept elsewhere (the head) tells."""
    from mingbai.records.chain import START, digest
    from mingbai.records.models import Event

    place, before = village_with_a_past.villages[0], START
    for event in Event.objects.filter(organisation=place).order_by("seq"):
        event.note, event.prev = "改过", before
        event.hash = before = digest(event)
        event.save()
    assert broken(place) == [EVENTS + 1] or broken(place) == [EVENTS]


def test_an_event_of_no_organisation_at_all_is_not_overlooked(village_with_a_past: Any, behind_the_door: None) -> None:
    """The last event moved to a place without a chain: both ends speak."""
    from mingbai.records.models import Event

    place, empty = village_with_a_past.villages[0], village_with_a_past.villages[2]
    Event.objects.filter(organisation=place, seq=EVENTS).update(organisation=empty)
    assert broken(place)
    assert broken(empty)
