"""The worker 后台工: does queued jobs one by one, and takes up again what an earlier worker of its slot left half done.

A slot is a name with a lock file in the home. Whoever holds the lock is the slot's only worker, so a job that stands
as running under that name was interrupted: it is queued again, and given up after three deaths (it starts from the
beginning each time). Slots are locks of one machine: two hosts on one database need names of their own.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mingbai.records import jobs
from mingbai.records.door import derived
from mingbai.records.models import Job

DEATHS = 3
GIVEN_UP = "做了三次，每次都中途断了，不再做；已经收下的不受影响。请看看文件是不是太大或者机器内存不够，再来一次"
SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_DAYS = 0.2, 60
_log = logging.getLogger(__name__)


class SlotTakenError(RuntimeError):
    """Another worker of this name is at work."""


class DiedError(RuntimeError):
    """What a job given up after its deaths failed of."""


@contextmanager
def slot_held(slot: str) -> Iterator[None]:
    """Holds the lock of a slot; the system lets it go when the process ends, however it ends.

    :raises SlotTakenError: when another worker holds it.
    """
    path = Path(settings.HOME) / f"worker-{slot}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SlotTakenError(f"后台工“{slot}”已经在干活") from error
        yield


def at_work(slot: str = "1") -> bool:
    """Whether somebody holds the slot now."""
    try:
        with slot_held(slot):
            return False
    except SlotTakenError:
        return True


def work(slot: str = "1", *, until_empty: bool = False) -> None:
    """Works until told to stop (SIGTERM and SIGINT let the job at hand finish), or until the queue is empty.

    :raises SlotTakenError: when another worker holds the slot.
    """
    with slot_held(slot):
        take_up(slot)
        look()
        if not until_empty:
            threading.Thread(target=_look_again, daemon=True).start()
        call_command(
            "db_worker",
            worker_id=slot,
            interval=SECONDS_BETWEEN_LOOKS,
            startup_delay=False,
            reload=False,
            batch=until_empty,
            verbosity=0,
            skip_checks=True,
        )


def look() -> None:
    """Queues what has become due by itself."""
    for each in jobs.looks:
        each()


def _look_again() -> None:
    while True:
        time.sleep(SECONDS_BETWEEN_DAYS)
        try:
            look()
        except OperationalError:  # the database is busy: the next look is soon
            _log.warning("the worker could not look for a new day", exc_info=True)
        finally:
            connection.close()


def take_up(slot: str) -> None:
    """Queues again what this slot was doing when it died; gives up what died three times. The caller holds the slot."""
    with derived():
        for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
            if row.worker_ids[-1:] != [slot]:
                continue
            mine = Job.objects.filter(pk=_job_of(row)).exclude(state=Job.State.DONE)
            if len(row.worker_ids) >= DEATHS:
                row.set_failed(DiedError(f"interrupted {len(row.worker_ids)} times"))
                mine.update(state=Job.State.FAILED, message=GIVEN_UP, ended_at=timezone.now())
            else:
                DBTaskResult.objects.filter(pk=row.pk).update(status=TaskResultStatus.READY)
                mine.update(state=Job.State.WAITING, stage="上次中断了，从头再做")


def _job_of(row: Any) -> int | None:
    """The number of our own job: the last argument of :func:`mingbai.records.jobs.run`."""
    last = row.args_kwargs["args"][-1:]
    return last[0] if last and isinstance(last[0], int) else None
