"""What the tests of sixteen bookkeepers and of pulled plugs run in a home of their own: ``python crowd.py NAME SEED``."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

HOME = Path(os.environ["MINGBAI_HOME"])
WRITERS, BATCHES, KILLS = 16, 6, 12


def build() -> Any:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from mingbai.places.models import Home, Organisation
    from mingbai.records.door import derived

    with derived():
        Home.objects.create(is_demo=True, today=date(2026, 9, 30))
        village = Organisation(code="140109007201", name="九院村", level="village", is_collective=True).placed()
        village.save()
    return village


def a_batch(village: Any, name: str, chance: random.Random) -> list[str]:
    """Books one to five vouchers in one commit; gives their events."""
    from mingbai.books.desk import post
    from mingbai.books.entry import Leg, Proposal
    from mingbai.records.door import commit

    made = [Proposal(f"{name}/{number}", date(2024, chance.randint(1, 3), 5), "记一笔",
                     (Leg("102", fen := chance.randint(1, 999)), Leg("113", 0, fen, household=f"户{chance.randint(1, 4)}"))) for number in range(chance.randint(1, 5))]
    with commit(None, village, "book", "记账") as act:
        post(act, made)
    return [each.event for each in made]


def forked(work: Any) -> int:
    pid = os.fork()
    if pid:
        return pid
    from django.db import connections

    try:
        connections.close_all()
        work()
        os._exit(0)
    except BaseException as error:
        (HOME / f"error-{os.getpid()}").write_text(repr(error), encoding="utf-8")
        os._exit(1)


def told(village: Any) -> dict[str, Any]:
    """What the books hold at the end."""
    from mingbai.books import balances
    from mingbai.books.models import Voucher
    from mingbai.records.chain import verify

    return {"faults": [sentence for sentence, _ in balances.faults(village)], "breaks": [each.what for each in verify(village)],
            "events": sorted(Voucher.objects.values_list("event", flat=True)), "errors": [path.read_text("utf-8") for path in HOME.glob("error-*")]}


def crowd(seed: int) -> dict[str, Any]:
    from django.db import connections

    village = build()
    connections.close_all()

    def write(writer: int) -> None:
        chance = random.Random(f"{seed}/{writer}")
        events = [event for batch in range(BATCHES) for event in a_batch(village, f"{writer}/{batch}", chance)]
        (HOME / f"told-{writer}").write_text(json.dumps(events), encoding="utf-8")

    for pid in [forked(lambda writer=writer: write(writer)) for writer in range(WRITERS)]:
        os.waitpid(pid, 0)
    return told(village) | {"told": sorted(event for path in HOME.glob("told-*") for event in json.loads(path.read_text("utf-8")))}


def plug(seed: int) -> dict[str, Any]:
    """A bookkeeper killed at a moment of chance, again and again; what was acknowledged stands in a file."""
    from django.db import connections

    village = build()
    chance = random.Random(seed)

    def write(round_: int) -> None:
        mine = random.Random(f"{seed}/{round_}")
        with (HOME / "told").open("a", encoding="utf-8") as file:
            for batch in range(10_000):
                events = a_batch(village, f"{round_}/{batch}", mine)
                file.write("".join(f"{event}\n" for event in events))
                file.flush()

    for round_ in range(KILLS):
        connections.close_all()
        pid = forked(lambda round_=round_: write(round_))
        time.sleep(chance.uniform(0.05, 0.4))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return told(village) | {"told": sorted((HOME / "told").read_text("utf-8").split())}


def hold(seed: int) -> dict[str, Any]:
    """Four bookkeepers of two villages who book until the database is gone; what was acknowledged stands in ``told``."""
    from django.db import DatabaseError, connections

    from mingbai.places.models import Organisation
    from mingbai.records.door import derived

    villages = list(Organisation.objects.order_by("pk")) if (HOME / "told").exists() else [build()]
    if len(villages) == 1:
        with derived():
            other = Organisation(code="140109007202", name="东社村", level="village", is_collective=True).placed()
            other.save()
        villages.append(other)
    (HOME / "told").touch()
    connections.close_all()

    def write(writer: int) -> None:
        chance = random.Random(f"{seed}/{writer}")
        with (HOME / "told").open("a", encoding="utf-8") as file:
            for batch in range(100_000):
                try:
                    events = a_batch(villages[writer % 2], f"{seed}-{writer}/{batch}", chance)
                except DatabaseError:
                    return
                file.write("".join(f"{event}\n" for event in events))
                file.flush()

    for pid in [forked(lambda writer=writer: write(writer)) for writer in range(4)]:
        os.waitpid(pid, 0)
    return {}


def look(_seed: int) -> dict[str, Any]:
    """What the books of every village hold after a crash."""
    from mingbai.places.models import Organisation

    found = [told(village) for village in Organisation.objects.order_by("pk")]
    return found[0] | {"faults": [each["faults"] for each in found if each["faults"]], "breaks": [each["breaks"] for each in found if each["breaks"]],
                       "told": sorted((HOME / "told").read_text("utf-8").split())}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings")
    import django

    django.setup()
    print(json.dumps({"crowd": crowd, "plug": plug, "hold": hold, "look": look}[sys.argv[1]](int(sys.argv[2]))))
