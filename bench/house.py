"""What the house costs: taking a workbook in through the door, against openpyxl that merely reads it and
django-import-export that stores it with its defaults and checks nothing; the contract list over 400 organisations.

    python -m bench.house [--runs 5] [--only intake]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TODAY = date(2026, 9, 30)
ROWS, COLUMNS = 10_000, 50
LISTED, PLACES, STREETS = 20_000, 400, 20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=BENCHES)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, argument = options.child.split(":", 1)
        print(json.dumps(CHILDREN[name](argument, options.runs)))
        return
    for name, bench in BENCHES.items():
        if options.only in (None, name):
            print("\n".join(bench(options)), flush=True)


def _child(what: str, runs: int) -> dict[str, Any]:
    """One measurement in a process and a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "MINGBAI_HOME": home, "DJANGO_SETTINGS_MODULE": "mingbai.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "bench.house", "--child", what, "--runs", str(runs)],
            env=env,
            text=True,
            capture_output=True,
            check=False,
            cwd=HERE.parent,
        )
    if done.returncode:
        raise SystemExit(f"bench {what} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


# Intake

ORDERLY = 0.9
"""Nine contracts of ten in order leave 0.7 findings a contract; the demo district has 0.6."""


def intake(options: argparse.Namespace) -> list[str]:
    """Two ledgers of the same shape, each read by all: one as villages have it, one whose every row has half a dozen findings."""
    from bench.data import wide_workbook
    from mingbai.columns import find_register

    lines = [f"## Taking in {ROWS:,} rows × {COLUMNS} columns"]
    for title, orderly in (
        ("a ledger as villages have it", ORDERLY),
        ("a ledger of random terms, nearly every row in disorder", 0.0),
    ):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wide.xlsx"
            wide_workbook(path, find_register("contracts"), ROWS, COLUMNS, orderly=orderly)
            ours = _child(f"ours:{path}", options.runs)
            reading = _child(f"openpyxl:{path}", min(options.runs, 3))["seconds"]
            peer = _child(f"import_export:{path}", 1)
        whole, shown = ours["seconds"], peer["seconds"] + peer["preview"]
        lines += [
            "",
            f"| {title} | seconds |",
            "|---|---|",
            f"| **mingbai**: read, parse, check, store, counted, ready to look at ({ours['records']:,} records, {ours['findings']:,} findings, "
            f"{ours['errors']} bad cells) | {whole:.2f} |",
            f"| of which keeping and reading / storing and checking | {ours['read']:.2f} / {ours['accept']:.2f} |",
            f"| openpyxl read-only: cells into Python, nothing more | {reading:.2f} |",
            f"| django-import-export, bare import_data(), columns as text, no checks ({peer['records']:,} records) | {peer['seconds']:.2f} |",
            f"| the same as its admin does it: the preview first | {shown:.2f} |",
            "",
            f"mingbai ÷ openpyxl = **{whole / reading:.2f}** (asked: below 1); django-import-export ÷ mingbai = **{peer['seconds'] / whole:.1f}** bare, "
            f"**{shown / whole:.1f}** with the preview (asked: 10).",
        ]
    return lines


def _house(*more: str) -> Any:
    """An empty home with a county, and more applications installed."""
    import django
    from django.core.management import call_command

    from mingbai import settings

    settings.INSTALLED_APPS += more
    django.setup()
    call_command("migrate", verbosity=0)
    from mingbai.places.models import Home, Organisation
    from mingbai.records.door import derived

    with derived():
        Home.objects.create(today=TODAY)
        county = Organisation(code="140109000000", name="区", level="county").placed()
        county.save()
    return county


def _village(county: Any, number: int) -> Any:
    from mingbai.places.models import Organisation
    from mingbai.records.door import derived

    with derived():
        village = Organisation(
            code=f"1401090{number:05d}", name=f"{number}村", level="village", parent=county, is_collective=True
        ).placed()
        village.save()
    return village


def _ours(path: str, runs: int) -> dict[str, Any]:
    """Each run into a village of its own in an otherwise empty county: the first one warms up and is not counted."""

    county = _house()
    from mingbai.kit import intake as door
    from mingbai.kit.models import Finding
    from mingbai.places.models import Organisation
    from mingbai.records.door import derived
    from mingbai.registers.contracts.models import Contract

    data = Path(path).read_bytes()
    times: list[tuple[float, float]] = []
    for number in range(1, runs + 2):
        alone = partial(
            Organisation.objects.create,
            level="county",
            code=f"15{number:04d}000000",
            name="别区",
            path=f"{5000 + number:04d}",
        )
        with derived():
            apart = alone() if number else county
        village = _village(apart, number)
        started = time.perf_counter()
        upload = door.receive(None, village, "contracts", "wide.xlsx", data)
        door.read_upload(None, upload.pk)
        middle = time.perf_counter()
        upload.refresh_from_db()
        door.accept(None, upload)
        times.append((middle - started, time.perf_counter() - middle))
    times = times[1:]
    return {
        "seconds": statistics.median(sum(each) for each in times),
        "read": statistics.median(each[0] for each in times),
        "accept": statistics.median(each[1] for each in times),
        "records": Contract.objects.filter(organisation=village).count(),
        "errors": upload.errors,
        "findings": Finding.objects.filter(organisation=village).count(),
    }


def _openpyxl(path: str, runs: int) -> dict[str, Any]:
    import openpyxl

    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        for _row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True):
            pass
        times.append(time.perf_counter() - started)
    return {"seconds": statistics.median(times[1:])}


def _import_export(path: str, _: int) -> dict[str, Any]:
    """A plain model with a text field per column, a ModelResource with nothing set, its own xlsx format."""
    _house("bench", "import_export")
    from django.db import connection, models
    from import_export.formats.base_formats import XLSX
    from import_export.resources import modelresource_factory

    from mingbai.columns import find_register

    names = {column.title: column.name for column in find_register("contracts").columns if column.in_template}
    fields: dict[str, Any] = {name: models.TextField(null=True, blank=True) for name in list(names.values())[:COLUMNS]}
    meta = type("Meta", (), {"app_label": "bench"})
    plain = type("Plain", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    with connection.schema_editor() as editor:
        editor.create_model(plain)
    resource = modelresource_factory(plain)()

    def taken(dry_run: bool) -> tuple[Any, float]:
        started = time.perf_counter()
        dataset = XLSX().create_dataset(Path(path).read_bytes())
        dataset.headers = [names[title] for title in dataset.headers]
        dataset.append_col([None] * len(dataset), header="id")
        return resource.import_data(dataset, dry_run=dry_run), time.perf_counter() - started

    _, preview = taken(True)
    result, seconds = taken(False)
    assert not result.has_errors(), result.base_errors or result.row_errors()[:1]
    return {"seconds": seconds, "preview": preview, "records": plain._default_manager.count()}


# Lists


def lists(options: argparse.Namespace) -> list[str]:
    found = _child("listing:contracts", max(options.runs, 5))
    return [
        f"## {LISTED:,} contracts of {PLACES} organisations",
        "",
        "| | p50, ms | p95, ms | queries |",
        "|---|---|---|---|",
        *(
            f"| {name} | {1000 * each['p50']:.0f} | **{1000 * each['p95']:.0f}** (asked: {each['asked']}) | {each['queries']} |"
            for name, each in found.items()
        ),
    ]


def _listing(_: str, runs: int) -> dict[str, Any]:
    """Server time of what the pages are made of, and of the pages themselves where :func:`pages` names any."""
    county = _house()
    _fill(county)
    from mingbai.board import rollup, summary
    from mingbai.places.scope import whole

    everything = whole()
    works: dict[str, tuple[Callable[[], Any], int]] = {
        "figures of the county": (lambda: rollup.figures(everything, county), 150),
        "figures by child": (lambda: rollup.by_child(everything, county), 150),
        "summary table": (lambda: summary.table(everything, county), 150),
        **{f"page {url}": (visit, asked) for url, visit, asked in pages(county)},
    }
    return {name: {**_percentiles(work, 20 * runs), "asked": asked} for name, (work, asked) in works.items()}


def pages(county: Any) -> list[tuple[str, Callable[[], Any], int]]:
    """(address, a visit by somebody who may do everything in the whole county, ms asked): list, home, figures, record."""
    from django.test import Client

    from mingbai.places.models import Person
    from mingbai.records.door import derived
    from mingbai.registers.contracts.models import Contract

    with derived():
        person = Person.objects.create(login="bench", name="测", home=county)
    _grant(person, county)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person)
    record = Contract.objects.order_by("pk")[LISTED // 2]
    listed = "/registers/contracts/"
    found = []
    for url, asked in (
        (listed, 100),
        (f"{listed}?owed=yes&q=张", 100),
        (f"{listed}?rule=C04", 100),
        (f"{listed}?sort=-amount&page=300", 100),
        ("/", 150),
        ("/figures/", 150),
        (f"{listed}{record.pk}/", 150),
        ("/places/140109000000/", 150),
        ("/findings/contracts/", 150),
        ("/cases/contracts/", 150),
    ):
        assert client.get(url).status_code == 200, url
        found.append((url, partial(client.get, url), asked))
    return found


def _fill(county: Any) -> None:
    """20,000 contracts in 400 villages of 20 streets, with tallies; a third has something owed, two thirds a finding, a third a case."""
    from mingbai.kit.furniture import furniture
    from mingbai.kit.models import Case, Finding
    from mingbai.places.models import Organisation
    from mingbai.records.door import commit, derived

    kit, each = furniture("contracts"), LISTED // PLACES
    with derived():
        streets = [
            Organisation(code=f"14010{number:04d}000", name=f"{number}街道", level="township", parent=county)
            for number in range(1, STREETS + 1)
        ]
        for street in streets:
            street.placed().save()
    columns = (
        "organisation",
        "serial",
        "contract_no",
        "title",
        "lessee",
        "land_class",
        "area_mu4",
        "starts_on",
        "ends_on",
        "amount_fen",
        "source_sheet",
        "fingerprint",
        "headings",
        "doubtful",
        "klass",
        "proposed",
        "open_findings",
        "confirmed_findings",
        "severity",
        "irregular",
        "rectified",
        "stage",
        "unsure",
        "stated_owed_fen",
        "owed_fen",
        "recovered_fen",
    )
    for number in range(1, PLACES + 1):
        village = _village(streets[number % STREETS], number)
        with commit(None, village, "edit", "填") as act:
            act.add(
                kit.model,
                columns,
                [
                    (
                        village.pk,
                        row,
                        f"合{number}-{row}",
                        f"第{row}号地承包合同",
                        f"张{row % 30}",
                        "耕地",
                        10_0000 + row,
                        date(2010, 1, 1),
                        date(2010 + row % 30, 12, 31),
                        100_000 * row,
                        "",
                        f"{number}-{row}",
                        "||",
                        "||",
                        "",
                        "A",
                        row % 3,
                        0,
                        row % 4,
                        False,
                        False,
                        "suspected" if row % 3 else "new",
                        "",
                        0,
                        5_000 * (row % 3),
                        0,
                    )
                    for row in range(1, each + 1)
                ],
            )
            numbers = list(kit.model._default_manager.filter(organisation=village).values_list("pk", flat=True))
            act.add(
                Finding,
                (
                    "organisation",
                    "register",
                    "record",
                    "rule",
                    "answer",
                    "severity",
                    "sentence",
                    "cites",
                    "columns",
                    "advice",
                    "gone",
                    "since",
                    "state",
                    "reason",
                    "facts",
                ),
                [
                    (
                        village.pk,
                        kit.name,
                        pk,
                        rule,
                        "yes",
                        2,
                        f"第{pk}份租期超过二十年",
                        ["《民法典》第七百零五条"],
                        ["starts_on", "ends_on"],
                        "协商调整",
                        False,
                        TODAY,
                        "open",
                        "",
                        "",
                    )
                    for pk in numbers
                    for rule in ("C04", "C15")[: pk % 3]
                ],
            )
            act.add(
                Case,
                (
                    "organisation",
                    "register",
                    "record",
                    "klass",
                    "stage",
                    "deadline",
                    "measure",
                    "secret",
                    "opened_on",
                    "reopened",
                ),
                [
                    (
                        village.pk,
                        kit.name,
                        pk,
                        "C",
                        ("confirmed", "assigned", "self_checked")[pk // 3 % 3],
                        date(2026, 9 + pk % 3, 15),
                        "签补充协议",
                        False,
                        TODAY,
                        0,
                    )
                    for pk in numbers
                    if pk % 3 == 0
                ],
            )


# Checking again


def again(options: argparse.Namespace) -> list[str]:
    found = _child("rechecked:", options.runs)
    return [
        f"## A local number changed over {LISTED:,} contracts of {PLACES} organisations",
        "",
        "| | seconds |",
        "|---|---|",
        f"| **preview**: which findings the change would add or take away ({found['previewed']:,}) | {found['preview']:.2f} (asked: below 3) |",
        f"| **checked again**, every village whose findings change written ({found['changed']} villages, {found['findings']:,} findings) | {found['seconds']:.2f} (asked: below 2) |",
        f"| the same where nothing changes (a new day) | {found['quiet']:.2f} |",
    ]


def _rechecked(_: str, runs: int) -> dict[str, Any]:
    """A floor price is proposed, looked at beforehand, approved and checked by; each run raises it a little further."""
    county = _house()
    _fill(county)
    from mingbai.kit import policies, recheck
    from mingbai.kit.models import Finding
    from mingbai.places.models import Person
    from mingbai.records.door import derived
    from mingbai.registers.contracts.models import Contract

    with derived():
        for contract in Contract.objects.only("pk"):
            Contract.objects.filter(pk=contract.pk).update(
                rent_fen_per_mu_year=40_000 + contract.pk * 7919 % 40_000, headings="|land_class|"
            )
        one, two = (Person.objects.create(login=login, name=login, home=county) for login in ("one", "two"))
    _grant(one, county), _grant(two, county)
    recheck.recheck(None, county.pk)
    previews, times, quiet, villages, seen, findings = [], [], [], set(), 0, 0
    for number in range(runs):
        before = Finding.objects.filter(rule="C07", gone=False).count()
        change = policies.propose(
            one, county, "contracts", "price_floor_fen", str(400 + (number + 1) * 2), date(2026, 1, 1), "区政府文件"
        )
        started = time.perf_counter()
        seen = len(policies.effect(change))
        previews.append(time.perf_counter() - started)
        policies.approve(two, change)
        started = time.perf_counter()
        said = recheck.recheck(None, county.pk)
        times.append(time.perf_counter() - started)
        villages.add(said)
        findings = Finding.objects.filter(rule="C07", gone=False).count() - before
        assert findings == seen > 50, (findings, seen)
        started = time.perf_counter()
        recheck.recheck(None, county.pk)
        quiet.append(time.perf_counter() - started)
    return {
        "preview": statistics.median(previews),
        "seconds": statistics.median(times),
        "quiet": statistics.median(quiet),
        "previewed": seen,
        "findings": findings,
        "changed": said.split("，")[1].split(" ")[0],
    }


def _grant(person: Any, county: Any) -> None:
    from mingbai.places.models import Grant, Role
    from mingbai.places.powers import ROLES
    from mingbai.records.door import derived

    with derived():
        for key, title, powers in ROLES:
            Role.objects.update_or_create(key=key, defaults={"title": title, "powers": list(powers)})
        Grant.objects.create(person=person, role=Role.objects.get(key="administrator"), organisation=county)


def _percentiles(work: Callable[[], Any], times: int) -> dict[str, Any]:
    from django.db import connection

    queries: list[str] = []

    def counted(execute: Any, sql: str, *more: Any) -> Any:
        queries.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(counted):
        work()
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    cuts = statistics.quantiles(seconds, n=20)
    return {"p50": cuts[9], "p95": cuts[18], "queries": len(queries)}


BENCHES = {"intake": intake, "lists": lists, "again": again}
CHILDREN: dict[str, Callable[[str, int], dict[str, Any]]] = {
    "ours": _ours,
    "openpyxl": _openpyxl,
    "import_export": _import_export,
    "listing": _listing,
    "rechecked": _rechecked,
}

if __name__ == "__main__":
    main()
