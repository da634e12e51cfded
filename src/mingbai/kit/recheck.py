"""The rules once more over a whole county, as a job: one village's prices are another's comparison, and days pass."""

from __future__ import annotations

from datetime import date

from mingbai.kit.findings import COMPARED
from mingbai.kit.furniture import furnished
from mingbai.kit.models import Checked
from mingbai.places.clock import today
from mingbai.places.models import Organisation, Person
from mingbai.records import jobs
from mingbai.records.door import commit, derived
from mingbai.records.models import Job

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


@jobs.works(RECHECKS)
def recheck(progress: jobs.Progress | None, organisation: int) -> str:
    """Each village its own commit, so that people can work in between; no event where nothing changed."""
    top, on = Organisation.objects.get(pk=organisation), today()
    places = list(top.below.filter(is_collective=True))
    for done, place in enumerate(places):
        if progress:
            progress(place.name, done, len(places))
        with commit(None, place, "view", "重查疑点", on=on, quiet=True) as act:
            for name in furnished():
                act.recheck(f"findings:{name}", place)
    checked(top, on)
    return f"重查了 {len(places)} 个村"


def checked(organisation: Organisation, on: date) -> None:
    """Notes that everything at and below a place stands as of a day."""
    with derived():
        Checked.objects.update_or_create(organisation=organisation, defaults={"on": on})


@jobs.each_look
def day_turns() -> None:
    """Deadlines pass and claims lapse without anybody's doing: on a new day every county is checked again."""
    on = today()
    stale = Organisation.objects.filter(level=COMPARED).exclude(pk__in=Checked.objects.filter(on=on).values("organisation"))
    for county in stale:
        if not Job.objects.filter(organisation=county, title=_TITLE, state__in=(Job.State.WAITING, Job.State.RUNNING)).exists():
            queue_below(None, county)
