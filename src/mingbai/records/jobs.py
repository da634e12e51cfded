"""Long work in the background: queued in the same database, done by the worker that ``mingbai serve`` starts.

A job starts from the beginning after a crash, so every job may run twice: it finds what it already did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from mingbai.places.models import Organisation, Person
from mingbai.records.door import derived
from mingbai.records.models import Job

Work = Callable[["Progress | None", int], str]
_works: dict[str, Work] = {}


class Progress:
    """Where a job tells how far it is."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        with derived():
            Job.objects.filter(pk=self.job.pk).update(stage=stage, done=done, total=total)


def works(name: str) -> Callable[[Work], Work]:
    """Names a kind of job: a function of progress and one number (of an upload, an organisation) to its last words."""

    def register(work: Work) -> Work:
        _works[name] = work
        return work

    return register


looks: list[Callable[[], None]] = []
"""What the worker looks for between jobs, about once a minute."""


def each_look(look: Callable[[], None]) -> Callable[[], None]:
    """Names something the worker looks for by itself (a new day). It queues a job, it does not do the work."""
    looks.append(look)
    return look


def enqueue(
    name: str, about: int, *, organisation: Organisation, person: Person | None, title: str, url: str = ""
) -> Job:
    """Queues a job with the transaction at hand: rolled back, it was never queued."""
    with derived():
        job = Job.objects.create(organisation=organisation, person=person, title=title, url=url)
        run.enqueue(name, about, job.pk)
    return job


@task()
def run(name: str, about: int, job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    if job.state == Job.State.DONE:
        return
    with derived():
        Job.objects.filter(pk=job_id).update(state=Job.State.RUNNING)
    try:
        message = _works[name](Progress(job), about)
    except Exception as error:
        _end(job_id, Job.State.FAILED, f"没有完成：{type(error).__name__}；已经收下的不受影响，可以再来一次")
        raise
    _end(job_id, Job.State.DONE, message)


def _end(job_id: int, state: Any, message: str) -> None:
    with transaction.atomic(), derived():
        Job.objects.filter(pk=job_id).update(state=state, message=message, ended_at=timezone.now())
