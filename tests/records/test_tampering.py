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


def sealed_wrong(place: Any) -> str:
    """What ``fsck`` says of a place's chain, in words."""
    from mingbai.board.fsck import chain

    return "\n".join(map(str, chain(place)))


def test_a_chain_and_its_end_written_anew_without_the_key_is_named(village_with_a_past: Any, behind_the_door: None) -> None:
    from mingbai.records.chain import START, digest
    from mingbai.records.models import Event, Head

    place, before = village_with_a_past.villages[0], START
    for event in Event.objects.filter(organisation=place).order_by("seq"):
        event.note, event.prev = "改过", before
        event.hash = before = digest(event)
        event.save()
    Head.objects.filter(organisation=place).update(hash=before)
    assert "不是用这个家目录的钥匙盖的" in sealed_wrong(place)


def test_the_last_event_cut_off_and_the_end_moved_back_is_named(village_with_a_past: Any, behind_the_door: None) -> None:
    from mingbai.records.models import About, Event, Head

    place = village_with_a_past.villages[0]
    About.objects.filter(event__organisation=place, event__seq=EVENTS).delete()
    Event.objects.filter(organisation=place, seq=EVENTS).delete()
    Head.objects.filter(organisation=place).update(seq=EVENTS - 1, hash=Event.objects.get(organisation=place, seq=EVENTS - 1).hash)
    assert "不是用这个家目录的钥匙盖的" in sealed_wrong(place)


def test_the_end_of_another_chain_is_no_end_of_this_one(village_with_a_past: Any, behind_the_door: None) -> None:
    """A seal opens nothing anywhere else: not at another place, not at another number."""
    from mingbai.records.chain import seal_of

    place = village_with_a_past.villages[0]
    head = place.chain_head
    seals = {seal_of(at, seq, digest, abouts) for at in (place.pk, place.pk + 1) for seq in (head.seq, head.seq - 1) for digest in (head.hash, "0" * 64) for abouts in (head.abouts, "1" * 64)}
    assert len(seals) == 16
    assert head.seal in seals


def test_a_whole_chain_gone_with_its_end_is_named_where_there_are_records(village_with_a_past: Any, behind_the_door: None) -> None:
    from mingbai.records import receipts
    from mingbai.records.door import commit
    from mingbai.records.models import About, Event, Head

    place, other = village_with_a_past.villages[0], village_with_a_past.villages[1]
    with commit(None, place, "edit", "登记收款") as act:
        receipts.receive(act, record="contracts:1", received_on=village_with_a_past.today, amount_fen=100, payer="张三")
    for model, at in ((About, "event__organisation"), (Event, "organisation"), (Head, "organisation")):
        model.objects.filter(**{at: place}).delete()  # type: ignore[attr-defined]
    assert "一条审计记录也没有" in sealed_wrong(place)
    assert sealed_wrong(other) == "", "nothing was ever written for it"


@pytest.mark.parametrize("how", ["gone", "another"])
def test_what_an_event_is_about_cannot_be_changed_unseen(village_with_a_past: Any, behind_the_door: None, how: str) -> None:
    from mingbai.records.door import commit
    from mingbai.records.models import About

    place = village_with_a_past.villages[0]
    for number in range(3):
        with commit(None, place, "edit", f"登记{number}") as act:
            act.told("事")
            act.about(f"contracts:{number}")
            act.about("vouchers:1")
    assert sealed_wrong(place) == ""
    rows = About.objects.filter(record="contracts:1")
    rows.delete() if how == "gone" else rows.update(record="contracts:7")
    assert "被改动过" in sealed_wrong(place)


def test_a_home_of_before_is_sealed_as_it_stands(village_with_a_past: Any, behind_the_door: None) -> None:
    from importlib import import_module

    from django.apps import apps

    from mingbai.records.models import Head

    place = village_with_a_past.villages[0]
    Head.objects.update(abouts="", seal="")
    assert sealed_wrong(place)
    import_module("mingbai.records.migrations.0006_sealed_heads").seal(apps, None)
    assert sealed_wrong(place) == ""
