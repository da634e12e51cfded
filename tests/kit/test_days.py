"""A new day comes by itself: the worker sees it and has everything checked again, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import a_row

pytestmark = pytest.mark.django_db


def waiting() -> list[Any]:
    from mingbai.records.models import Job

    return list(Job.objects.filter(state="waiting", title="重查疑点"))


def look_and_work() -> int:
    """The worker's look, then its work; how many rechecks there were."""
    from mingbai.kit import recheck
    from mingbai.records import jobs
    from mingbai.records.door import derived
    from mingbai.records.models import Job
    from mingbai.records.worker import look

    look()
    look()
    done = waiting()
    for job in done:
        assert jobs._works[recheck.RECHECKS] is recheck.recheck
        recheck.recheck(None, job.organisation_id)
        with derived():
            Job.objects.filter(pk=job.pk).update(state="done")
    return len(done)


def turn_to(day: date) -> None:
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    with derived():
        Home.objects.update(today=day)


def test_the_day_turns_and_what_depends_on_it_is_checked(district: Any, import_rows: Any) -> None:
    from mingbai.kit.models import Finding

    (record,) = import_rows(a_row(终止日期="2026-12-31", 是否到期在用="是"))
    assert look_and_work() == 1, "a home that was never checked"
    assert look_and_work() == 0, "the same day, nothing to do"
    turn_to(date(2027, 2, 1))
    assert look_and_work() == 1
    assert Finding.objects.filter(record=record.pk, rule="C14").exists()
    record.refresh_from_db()
    assert record.open_findings == 1
    assert look_and_work() == 0


def test_a_recheck_that_was_broken_off_is_asked_for_again(district: Any, import_rows: Any) -> None:
    from mingbai.records.door import derived
    from mingbai.records.models import Job
    from mingbai.records.worker import look

    import_rows(a_row())
    look()
    with derived():
        Job.objects.update(state="failed")
    look()
    assert len(waiting()) == 1


def test_a_day_on_which_nothing_changed_leaves_no_event(district: Any, import_rows: Any) -> None:
    from mingbai.records.models import Event

    import_rows(a_row())
    look_and_work()
    turn_to(date(2026, 10, 1))
    before = Event.objects.count()
    assert look_and_work() == 1
    assert Event.objects.count() == before
