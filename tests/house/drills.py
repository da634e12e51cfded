"""What the tests of crowds and of crashes run in a process and a home of their own (``python drills.py NAME SEED``).

Knows no pytest: the settings then point at the home of ``MINGBAI_HOME``. A drill prints one JSON line with what it
found; whatever is killed is a fork of it, so that a round costs no start-up.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HOME = Path(os.environ["MINGBAI_HOME"])
TODAY = date(2026, 9, 30)
LATER = date(2026, 12, 1)
WRITERS, DEEDS = 16, 12
PROCESSES = 4


def build() -> None:
    """A county, a street, a village with its people, and the workbook ``HOME/book.xlsx`` handed in and read."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from mingbai.kit import intake
    from mingbai.places.models import Grant, Home, Organisation, Person, Role
    from mingbai.places.powers import ROLES
    from mingbai.records.door import derived

    with derived():
        Home.objects.create(is_demo=True, today=TODAY)
        county = Organisation(code="140109000000", name="区", level="county").placed()
        county.save()
        street = Organisation(code="140109007000", name="街道", level="township", parent=county).placed()
        street.save()
        village = Organisation(code="140109007201", name="九院村", level="village", parent=street, is_collective=True).placed()
        village.save()
        for key, title, powers in ROLES:
            role = Role.objects.create(key=key, title=title, powers=list(powers))
            Grant.objects.create(person=Person.objects.create(login=key, name=title, home=village), role=role, organisation=county)
    upload = intake.receive(who("clerk"), village, "contracts", "book.xlsx", (HOME / "book.xlsx").read_bytes())
    intake.read_upload(None, upload.pk)


def who(login: str) -> Any:
    from mingbai.places.models import Person

    return Person.objects.get(login=login)


def village() -> Any:
    from mingbai.places.models import Organisation

    return Organisation.objects.get(level="village")


def contracts() -> Any:
    from mingbai.registers.contracts.models import Contract

    return Contract.objects.select_related("organisation").order_by("pk")


def accept() -> None:
    from mingbai.kit import intake
    from mingbai.kit.models import Upload

    intake.accept(who("clerk"), Upload.objects.select_related("organisation").get())


def forked(work: Callable[[], None]) -> int:
    """Runs in a child of its own; the number of the child."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def whole(work: Callable[[], None]) -> None:
    """Runs in a child to its end (rules run on threads, which no fork outlives)."""
    _, status = os.waitpid(forked(work), 0)
    assert status == 0, f"{work.__name__} failed"


def killed(work: Callable[[], None], after: float) -> bool:
    """Runs in a child that is killed after so many seconds; whether it was still alive then."""
    child = forked(work)
    until = time.monotonic() + after
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def nothing_differs() -> None:
    """Chain, files, findings, standing, tallies: all as they would be made anew."""
    from mingbai.board.fsck import differences
    from mingbai.places.scope import whole as everything

    found = [str(each) for each in differences(everything())]
    assert not found, found


def rounds(seed: int, work: Callable[[], None], look: Callable[[], Any], number: int = 10) -> list[Any]:
    """The same start again and again, each time killed at another moment; what ``look`` sees after each."""
    from django.db import connection, connections

    with connection.cursor() as cursor:  # a killed or forked writer leaves its last pages in the log
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    start, chance = HOME / "start.sqlite3", random.Random(seed)

    def anew() -> None:
        connections.close_all()
        for path in HOME.glob("mingbai.sqlite3*"):
            path.unlink()
        shutil.copy(start, HOME / "mingbai.sqlite3")

    shutil.copy(HOME / "mingbai.sqlite3", start)
    started = time.monotonic()
    whole(work)
    takes = time.monotonic() - started
    seen = []
    for turn in range(number):
        anew()
        cut = killed(work, takes * (turn + chance.random()) / number)
        whole(nothing_differs)
        seen.append({"cut": cut, **look()})
        whole(work)  # whoever comes next goes on where it stands
        whole(nothing_differs)
        seen[-1]["then"] = look()
    return seen


def kill_accept(seed: int) -> Any:
    """Import-accept, killed."""
    from mingbai.kit.models import Finding, Upload
    from mingbai.records.models import Event

    def look() -> dict[str, Any]:
        return {"records": contracts().count(), "findings": Finding.objects.count() > 0, "state": Upload.objects.get().state,
                "events": Event.objects.filter(deed="收下台账").count()}

    return rounds(seed, accept, look)


def kill_read(seed: int) -> Any:
    """The reading job, its worker killed; the next worker of the slot takes it up."""
    from mingbai.kit.models import Upload
    from mingbai.records import guard
    from mingbai.records.models import Event, Job
    from mingbai.records.worker import work

    with guard.lifted():  # back to the moment it was handed in
        Upload.objects.update(state=Upload.State.RECEIVED, reading=None, read=0, accepted=0)

    def look() -> dict[str, Any]:
        upload = Upload.objects.get()
        return {"state": upload.state, "read": upload.read, "job": Job.objects.order_by("pk").first().state, "events": Event.objects.filter(deed="读台账").count()}

    return rounds(seed, lambda: work("1", until_empty=True), look, number=6)


def road() -> None:
    """One contract from finding to the spot check, each step by its own role, from wherever it stands."""
    from mingbai.kit import cases
    from mingbai.kit.models import Case, Finding

    record = next(each for each in contracts() if Finding.objects.filter(record=each.pk, rule="C04").exists())
    if not record.klass:
        cases.decide(who("clerk"), record, "C", [cases.Judgement(each, True) for each in Finding.objects.filter(record=record.pk)])
    case = Case.objects.get()
    if case.stage == "confirmed":
        case = cases.assign(who("reviewer"), case, who("clerk"), LATER, "签补充协议")
    if case.stage == "assigned":
        cases.resolve(who("clerk"), record, body="代表会议", held_on=TODAY, entitled=30, present=28, votes_for=27, subject="调整期限")
        cases.attach(who("clerk"), record, "补充协议", "补充协议.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
        case = cases.step(who("supervisor"), case, "self_check")
    if case.stage == "self_checked":
        case = cases.step(who("reviewer"), case, "accept")
    if case.stage == "accepted" and not cases.waiting_for_check([case]):
        cases.spot_check(who("county"), village(), "contracts", 100, "0925")
    if case.stage == "accepted":
        cases.step(who("county"), Case.objects.get(), "close")


def kill_road(seed: int) -> Any:
    """Remedy steps, killed: the case stands where its last step says, and each step has its event."""
    from mingbai.kit.models import Case, SpotCheck, Step
    from mingbai.records.models import Event

    whole(accept)

    def look() -> dict[str, Any]:
        case = Case.objects.first()
        steps = list(Step.objects.order_by("pk").values_list("to", flat=True))
        told = sum(line["what"].startswith("kit.step:") for event in Event.objects.all() for line in event.lines)
        return {"stage": case.stage if case else "", "last": steps[-1] if steps else "", "steps": len(steps), "told": told,
                "checks": SpotCheck.objects.count()}

    return rounds(seed, road, look)


def crowd(seed: int) -> Any:
    """Sixteen writers (four processes of four threads) at one village: receipts, edits, judgements, the same file."""
    from mingbai.kit.furniture import furniture
    from mingbai.kit.models import Upload
    from mingbai.places.models import Organisation
    from mingbai.records.chain import verify
    from mingbai.records.models import Attachment, Event, Receipt

    whole(accept)
    children = [forked(lambda number=number: _threads(number)) for number in range(PROCESSES)]  # type: ignore[misc]
    failed = [status for _, status in (os.waitpid(child, 0) for child in children) if status]
    told = [json.loads(line) for path in sorted(HOME.glob("told-*")) for line in path.read_text(encoding="utf-8").splitlines()]
    numbers = sorted(Receipt.objects.values_list("number", flat=True))
    whole(nothing_differs)
    return {
        "failed": len(failed), "errors": [each["error"] for each in told if "error" in each],
        "done": sum("error" not in each for each in told), "receipts": sum(each["deed"] == "receipt" for each in told),
        "numbers": numbers, "events": Event.objects.filter(deed__in=("登记收款", f"改{furniture('contracts').title}")).count(),
        "sum": sum(Receipt.objects.values_list("amount_fen", flat=True)), "told_sum": sum(each.get("fen", 0) for each in told),
        "uploads": Upload.objects.count(), "files": Attachment.objects.filter(label="台账").count(),
        "breaks": [each.what for place in Organisation.objects.all() for each in verify(place)],
        "edits": [[each.title, each.location] for each in contracts()[: WRITERS // 2]],
    }


def _threads(process: int) -> None:
    threads = [threading.Thread(target=_writer, args=(process * (WRITERS // PROCESSES) + number,)) for number in range(WRITERS // PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _writer(number: int) -> None:
    from django.db import connections

    from mingbai.kit import cases, intake

    told = HOME / f"told-{number}"
    for turn in range(DEEDS):
        said: dict[str, Any] = {"deed": ("receipt", "edit", "again")[turn % 3]}
        try:
            record = contracts()[(number + turn) % contracts().count()]
            if said["deed"] == "receipt":
                said["fen"] = cases.receive(who("clerk"), record, 100 + number, "某人", received_on=TODAY).amount_fen
            elif said["deed"] == "edit":
                record = contracts()[number // 2]  # two writers at one contract, each at a cell of its own
                intake.edit(who("clerk"), record, {("title", "location")[number % 2]: f"改{turn}"})
            else:
                intake.receive(who("clerk"), village(), "contracts", "又一本.xlsx", (HOME / "other.xlsx").read_bytes())
        except Exception as error:
            said["error"] = f"{type(error).__name__}: {error}"
        with told.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
    connections.close_all()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings")
    import django

    django.setup()
    name, seed = sys.argv[1], int(sys.argv[2])
    print(json.dumps({"build": lambda _: build(), "crowd": crowd, "accept": kill_accept, "read": kill_read, "road": kill_road}[name](seed),
                     ensure_ascii=False))
