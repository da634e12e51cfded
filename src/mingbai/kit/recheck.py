"""The rules once more over a whole county, as a job: one village's prices are another's comparison, and days pass."""

from __future__ import annotations

from mingbai.kit.findings import COMPARED
from mingbai.kit.furniture import furnished
from mingbai.places.models import Organisation, Person
from mingbai.records import jobs
from mingbai.records.door import commit
from mingbai.records.models import Job

RECHECKS = "kit.recheck"
_TITLE = "全县重查疑点"


def queue(person: Person | None, organisation: Organisation) -> None:
    """Queues a recheck of the county an organisation lies in, unless one waits already."""
    top = next((each for each in organisation.above if each.level == COMPARED), None)
    if top is not None and not Job.objects.filter(organisation=top, title=_TITLE, state=Job.State.WAITING).exists():
        jobs.enqueue(RECHECKS, top.pk, organisation=top, person=person, title=_TITLE)


@jobs.works(RECHECKS)
def recheck(progress: jobs.Progress | None, county: int) -> str:
    """Each village its own commit, so that people can work in between."""
    places = list(Organisation.objects.get(pk=county).below.filter(is_collective=True, merged_into=None))
    for done, place in enumerate(places):
        if progress:
            progress(place.name, done, len(places))
        with commit(None, place, "view", "重查疑点") as act:
            for name in furnished():
                act.recheck(f"findings:{name}", place)
    return f"重查了 {len(places)} 个村"
