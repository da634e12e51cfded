"""The rules once more over a whole county, as a job: one village's prices are another's comparison, and days pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Max

from mingbai.kit import findings
from mingbai.kit.findings import COMPARED, Told, stale
from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.models import Checked
from mingbai.places.clock import today
from mingbai.places.models import Organisation, Person
from mingbai.places.tree import after
from mingbai.records import jobs
from mingbai.records.door import commit, derived
from mingbai.records.models import Event, Job

RECHECKS = "kit.recheck"
_TITLE = "重查疑点"


def queue(person: Person | None, organisation: Organisation) -> None:
    """Queues a recheck of the county an organisation lies in, unless one waits already."""
    top = next((each for each in organisation.above if each.level == COMPARED), None)
    if top is not None:
        queue_below(person, top)


def queue_below(person: Person | None, organisation: Organisation) -> None:
    """Queues a recheck of a place and everything below it, unless one waits already."""
    if not Job.objects.filter(organisation=organisation, title=_TITLE, state=Job.State.WAITING).exists():
        jobs.enqueue(RECHECKS, organisation.pk, organisation=organisation, person=person, title=_TITLE)


TOGETHER = 100
"""Organisations written by one transaction: people work in between."""


@jobs.works(RECHECKS)
def recheck(progress: jobs.Progress | None, organisation: int) -> str:
    """A county is judged at once, and only the villages where something changed are written, many by one commit. What people
    changed meanwhile is judged again, and what a person had judged is looked at again, by a commit of the village's own. No
    event where nothing changed."""
    top, on = Organisation.objects.get(pk=organisation), today()
    counties = list(top.below.filter(level=COMPARED)) or [
        next((each for each in top.above if each.level == COMPARED), top)
    ]
    number = 0
    for done, county in enumerate(counties):
        if progress:
            progress(county.name, done, len(counties))
        heads = _heads(county)
        changed = {
            name: stale(furniture(name), county, on) for name in furnished() if furniture(name).rulebook is not None
        }
        places = list(
            top.below.filter(pk__in={pk for each in changed.values() for pk in each}).filter(
                path__gte=county.path, path__lt=after(county.path)
            )
        )
        number += sum(place.pk in told for told in changed.values() for place in places)
        for batch in (places[at : at + TOGETHER] for at in range(0, len(places), TOGETHER)):
            _write(county, batch, heads, changed, on)
    checked(top, on)
    return f"重查了 {top.below.filter(is_collective=True).count()} 个村，{number} 个有变化"


def _write(
    county: Organisation,
    places: Sequence[Organisation],
    heads: Mapping[int, int],
    changed: Mapping[str, Mapping[int, Told]],
    on: date,
) -> None:
    with commit(None, county, "view", "重查疑点", on=on, quiet=True) as act:
        now = _heads(county)
        alone = [
            place
            for place in places
            if now.get(place.pk) != heads.get(place.pk)
            or any(told[place.pk].reopened for told in changed.values() if place.pk in told)
        ]
        for name, told in changed.items():
            findings.recheck_all(
                furniture(name), act, [place for place in places if place.pk in told and place not in alone], told
            )
    for place in alone:
        with commit(None, place, "view", "重查疑点", on=on, quiet=True) as act:
            same = _heads(place).get(place.pk) == heads.get(place.pk)
            for name, told in changed.items():
                if place.pk in told:
                    findings.recheck(furniture(name), act, place, told[place.pk] if same else None)


def _heads(place: Organisation) -> dict[int, int]:
    """Organisation at or below a place → its last event: while that stands, nothing was changed there."""
    found: dict[int, int] = dict(
        Event.objects.filter(organisation__in=place.below).order_by().values_list("organisation").annotate(Max("pk"))
    )
    return found


def checked(organisation: Organisation, on: date) -> None:
    """Notes that everything at and below a place stands as of a day."""
    with derived():
        Checked.objects.update_or_create(organisation=organisation, defaults={"on": on})


@jobs.each_look
def day_turns() -> None:
    """Deadlines pass and claims lapse without anybody's doing: on a new day every county is checked again."""
    on = today()
    stale = Organisation.objects.filter(level=COMPARED).exclude(
        pk__in=Checked.objects.filter(on=on).values("organisation")
    )
    for county in stale:
        if not Job.objects.filter(
            organisation=county, title=_TITLE, state__in=(Job.State.WAITING, Job.State.RUNNING)
        ).exists():
            queue_below(None, county)
