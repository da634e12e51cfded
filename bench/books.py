"""The books: posting and reading on both databases, beside the peers, in one run.

    python -m bench.books                 # everything; about half an hour on two cores
    python -m bench.books --only bulk     # or interactive, programs, county

PostgreSQL runs in a private cluster of the run's own (``tests/cluster.py``) with ``fsync=on`` and its usual settings, the same for
all. The peers stand in databases and processes of their own (``bench.ledgers``):

    pip install "django-hordak==2.0.0" "django-ledger==0.8.5" "beanquery==0.2.0"; apt-get install hledger
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
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

DAY = date(2026, 9, 30)
BATCH = 5_000
SAFE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WAYS = {"sqlite": ("executemany", 20), "postgresql": ("COPY", 40)}
PARTS = ("bulk", "interactive", "programs", "county")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--runs", type=int, default=3, help="bulk: runs of bare and ours in turn, medians kept")
    parser.add_argument("--singles", type=int, default=300, help="interactive: vouchers of each connection")
    parser.add_argument(
        "--county", type=int, nargs=3, default=(400, 1250, 3), metavar=("ORGANISATIONS", "VOUCHERS", "YEARS")
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        import django

        os.environ["DJANGO_SETTINGS_MODULE"] = "mingbai.settings"
        django.setup()
        print(json.dumps(CHILDREN[options.child](options)))
        return
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from cluster import cluster

    with cluster(*SAFE) as server:
        for part in PARTS:
            if options.only in (None, part):
                globals()[part](server, options)


def keep(title: str, lines: list[str]) -> None:
    from bench import results

    results.keep(
        title,
        [
            f"{date.today()} · {os.cpu_count()} cores · Python {platform.python_version()} · `python -m bench.books`",
            "",
            *lines,
        ],
    )


# The parent: each figure in a process and a database of its own.


def child(server: Any, what: str, database: str, options: argparse.Namespace) -> Any:
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "MINGBAI_HOME": home}
        env.pop("MINGBAI_DATABASE", None)
        if database == "postgresql":
            env["MINGBAI_DATABASE"] = fresh(server, what)
        words = [
            "--child",
            what,
            "--runs",
            str(options.runs),
            "--singles",
            str(options.singles),
            "--county",
            *map(str, options.county),
        ]
        return _told([sys.executable, "-m", "bench.books", *words], env)


def peer(server: Any, name: str, connections: int, options: argparse.Namespace) -> Any:
    number = options.singles if name == "hordak" else max(options.singles // 6, 10)
    return _told(
        [sys.executable, "-m", "bench.ledgers", name, fresh(server, name), str(connections), str(number)],
        dict(os.environ),
    )


def fresh(server: Any, name: str) -> str:
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        connection.execute("CHECKPOINT")
    return str(server.url(name))


def _told(words: list[str], env: dict[str, str]) -> Any:
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])
    return json.loads(done.stdout.splitlines()[-1])


def bulk(server: Any, options: argparse.Namespace) -> None:
    for database, name in DATABASES.items():
        found = child(server, "bulk", database, options)
        bare, ours, number = statistics.median(found["bare"]), statistics.median(found["ours"]), found["vouchers"]
        way, asked = WAYS[database]
        keep(
            f"The books on {name}",
            [
                f"10 organisations × 5,000 vouchers of four lines, commits of {BATCH:,}; medians of {len(found['bare'])} runs in turn",
                "",
                "| | seconds | vouchers a second |",
                "|---|---|---|",
                f"| bare {way} of the same lines, one transaction, no index but the key | {bare:.2f} | {number / bare:,.0f} |",
                f"| **mingbai**: checked, numbered, lines, vouchers the database holds to their lines, balances by account and by whom, audit | {ours:.2f} | {number / ours:,.0f} |",
                "",
                f"Ours ÷ bare speed: **{bare / ours:.0%}** (asked: at least {asked} %); run by run {', '.join(f'{b / o:.0%}' for b, o in zip(found['bare'], found['ours'], strict=True))}.",
                "",
                "| report, p95 of 40 (asked: under 50 ms) | ms |",
                "|---|---|",
                *(f"| {what} | {seconds * 1000:.1f} |" for what, seconds in found["reads"].items()),
            ],
        )


def interactive(server: Any, options: argparse.Namespace) -> None:
    rows = []
    for connections in (1, 8):
        ours, one = (
            child(server, f"single{connections}", "postgresql", options),
            child(server, "single8of1", "postgresql", options) if connections == 8 else None,
        )
        hordak, ledger = peer(server, "hordak", connections, options), peer(server, "ledger", connections, options)
        for name, found in (
            (
                f"**mingbai**, four legs, audit, balances; {connections} organisation{'s' if connections > 1 else ''}",
                ours,
            ),
            ("**mingbai**, the same, all for one organisation", one),
            ("django-hordak 2.0.0, two legs", hordak),
            ("django-ledger 0.8.5, two legs", ledger),
        ):
            if found:
                each = found["each"]
                speed = found["vouchers"] / found["seconds"]
                rows.append(
                    f"| {connections} | {name} | {each[len(each) // 2] * 1000:.1f} | {each[len(each) * 95 // 100] * 1000:.1f} | {speed:,.0f} | {speed / (hordak['vouchers'] / hordak['seconds']):.2f} |"
                )
    alone = child(server, "single1", "sqlite", options)
    rows.append(
        f"| 1 | **mingbai** on SQLite | {alone['each'][len(alone['each']) // 2] * 1000:.1f} | {alone['each'][len(alone['each']) * 95 // 100] * 1000:.1f} | {alone['vouchers'] / alone['seconds']:,.0f} | |"
    )
    keep(
        "One voucher a commit",
        [
            "PostgreSQL 15 with fsync=on, each in a database and processes of its own.",
            "",
            "| connections | | median ms | p95 ms | vouchers a second | ÷ hordak |",
            "|---|---|---|---|---|---|",
            *rows,
        ],
    )


def programs(server: Any, options: argparse.Namespace) -> None:
    found = child(server, "programs", "postgresql", options)
    keep(
        "Reading the books beside plain-text accounting",
        [
            f"One organisation, {found['vouchers']:,} vouchers of four lines, its own export read by the other programs (whole process; hledger and bean-query read the file each time).",
            "",
            "| | seconds |",
            "|---|---|",
            *(f"| {name} | {seconds:.3f} |" for name, seconds in found["times"].items()),
        ],
    )


def county(server: Any, options: argparse.Namespace) -> None:
    for database, name in DATABASES.items():
        found = child(server, "county", database, options)
        organisations, each, years = options.county
        keep(
            f"A county on {name}",
            [
                f"{organisations} organisations × {each:,} vouchers of four lines a year, {years} years, posted by the bulk path: {found['seconds']:,.0f} s, {organisations * each * years / found['seconds']:,.0f} vouchers a second.",
                "",
                "| p95 of 20, ms (asked: under 300) | "
                + " | ".join(f"{kept} year{'s' if int(kept) > 1 else ''} kept" for kept in found["reads"])
                + " |",
                "|---|" + "---|" * len(found["reads"]),
                *(
                    f"| {what} | "
                    + " | ".join(f"{found['reads'][kept][what] * 1000:.0f}" for kept in found["reads"])
                    + " |"
                    for what in next(iter(found["reads"].values()))
                ),
            ],
        )


# The children.


def child_bulk(options: argparse.Namespace) -> dict[str, Any]:
    from django.db import connection

    _begin()
    bare, ours = [], []
    for run in range(options.runs):
        places = _places(10, run)
        entries = {place.pk: _proposals(5_000) for place in places}
        bare.append(_bare(connection, 50_000))
        ours.append(
            _timed(lambda places=places, entries=entries: [_post(place, entries[place.pk]) for place in places])
        )
    return {"bare": bare, "ours": ours, "vouchers": 50_000, "reads": _reads(places[0], 40)}


def child_single(connections: int, organisations: int, options: argparse.Namespace) -> dict[str, Any]:
    from bench.ledgers import at_once

    _begin()
    places = _places(organisations, 0)
    for place in places:
        _post(place, _proposals(500))

    def writer(number: int) -> Callable[[int], None]:
        place, ready = (
            places[number % organisations],
            dict(zip(range(-20, options.singles), _proposals(options.singles + 20, f"single{number}"), strict=True)),
        )
        return lambda at: _post(place, [ready[at]])

    return at_once(writer, connections, options.singles)


def child_programs(options: argparse.Namespace) -> dict[str, Any]:
    from mingbai.books import leaving

    _begin()
    (place,) = _places(1, 0)
    _post(place, _proposals(5_000))
    times = {f"mingbai: {name}, p95 of 40": seconds for name, seconds in _reads(place, 40).items()}
    with tempfile.TemporaryDirectory() as folder:
        bean, journal = Path(folder, "books.beancount"), Path(folder, "books.journal")
        times["mingbai: export as Beancount"] = _timed(
            lambda: bean.write_text(leaving.beancount(place), encoding="utf-8")
        )
        journal.write_text(leaving.hledger(place), encoding="utf-8")
        query = [
            str(Path(sys.executable).with_name("bean-query")),
            str(bean),
            "SELECT account, sum(position) GROUP BY account",
        ]
        for name, words in (
            ("bean-query: balances by account", query),
            ("hledger bal", ["hledger", "-f", str(journal), "bal", "-N"]),
        ):
            if shutil.which(words[0]):
                run = partial(
                    subprocess.run, words, stdout=subprocess.DEVNULL, env={**os.environ, "LANG": "C.UTF-8"}, check=True
                )
                times[f"{name}, median of 3"] = statistics.median(_timed(run) for _ in range(3))
    return {"vouchers": 5_000, "times": times}


def child_county(options: argparse.Namespace) -> dict[str, Any]:
    from mingbai.books import reports
    from mingbai.books.chart import chart_of
    from mingbai.places.scope import whole

    _begin()
    organisations, each, years = options.county
    places = _places(organisations, 0)
    seconds, reads = 0.0, {}
    for kept in range(1, years + 1):
        year = 2023 + kept
        for place in places:
            made = _proposals(each, f"{year}", (year,))
            seconds += _timed(lambda place=place, made=made: _post(place, made))
        if kept in (1, years):
            _analyzed()
            month, chart = year * 100 + (9 if year == DAY.year else 12), chart_of(date(year, 9, 1))
            reads[kept] = {
                "trial balance of the county": _p95(
                    lambda month=month, chart=chart: reports.trial_balance(whole().organisations, month, chart), 20
                ),
                "balance sheet and income statement of the county, consolidated": _p95(
                    lambda month=month: _sheets(reports.books_below(whole(), month)), 20
                ),
                "balance sheet and income statement of one": _p95(
                    lambda month=month: _sheets(reports.books_of(places[0], month)), 20
                ),
            }
    return {"seconds": seconds, "reads": reads}


CHILDREN: dict[str, Callable[[argparse.Namespace], Any]] = {
    "bulk": child_bulk,
    "programs": child_programs,
    "county": child_county,
    "single1": lambda options: child_single(1, 1, options),
    "single8": lambda options: child_single(8, 8, options),
    "single8of1": lambda options: child_single(8, 1, options),
}


def _begin() -> None:
    from django.core.management import call_command

    from mingbai.places.models import Home
    from mingbai.records.door import derived

    call_command("migrate", verbosity=0)
    with derived():
        Home.objects.create(is_demo=True, today=DAY)


def _places(number: int, which: int) -> list[Any]:
    from mingbai.places.models import Organisation
    from mingbai.records.door import derived

    with derived():
        county = Organisation(code=f"1401{which:02d}000000", name="区", level="county").placed()
        county.save()
        places = []
        for at in range(number):
            place = Organisation(
                code=f"1401{which:02d}01{at:04d}", name=f"{at}村", level="village", parent=county, is_collective=True
            ).placed()
            place.save()
            places.append(place)
    return places


def _proposals(number: int, name: str = "e", years: tuple[int, ...] = (2024, 2025)) -> list[Any]:
    """Vouchers of four lines; of 2026 the months up to the demo's day."""
    from mingbai.books.entry import Leg, Proposal

    return [
        Proposal(
            f"{name}/{at}",
            date(year := years[at % len(years)], at % (9 if year == DAY.year else 12) + 1, at % 28 + 1),
            f"收第{at}笔承包费",
            (
                Leg("102", 1000 + at),
                Leg("50101", 0, 900 + at, record=f"contracts:{at % 50}"),
                Leg("113", 0, 60, household=f"户{at % 50}"),
                Leg("211", 0, 40, household=f"户{at % 9}"),
            ),
        )
        for at in range(number)
    ]


def _post(place: Any, entries: list[Any]) -> None:
    from mingbai.books.desk import post
    from mingbai.records.door import commit

    for start in range(0, len(entries), BATCH):
        with commit(None, place, "book", "批量记账", on=DAY) as act:
            post(act, entries[start : start + BATCH])


def _bare(connection: Any, vouchers: int) -> float:
    """The lines alone, into a table without constraints: what the database can do."""
    from mingbai.books.models import Line

    names = [field.column for field in Line._meta.concrete_fields]
    rows = [
        (at, line, "102", "收承包费", 1000, 0, None, None, "contracts:1", "", "", "rcontracts:1")
        for at in range(vouchers)
        for line in range(4)
    ]
    order = [
        "voucher_id",
        "number",
        "account",
        "words",
        "debit_fen",
        "credit_fen",
        "party_id",
        "peer_id",
        "record",
        "project",
        "household",
        "whom",
    ]
    assert sorted(names) == sorted(order)
    with connection.cursor() as cursor:
        serial = "INTEGER PRIMARY KEY" if connection.vendor == "sqlite" else "BIGSERIAL PRIMARY KEY"
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(
            f"CREATE TABLE bare (id {serial}, voucher_id BIGINT, number INT, account TEXT, words TEXT, debit_fen BIGINT, credit_fen BIGINT, "
            "party_id BIGINT, peer_id BIGINT, record TEXT, project TEXT, household TEXT, whom TEXT)"
        )

    def work() -> None:
        from django.db import transaction

        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.executemany(
                    f"INSERT INTO bare ({', '.join(order)}) VALUES ({', '.join(['%s'] * len(order))})", rows
                )
            else:
                with cursor.copy(f"COPY bare ({', '.join(order)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

    return _timed(work)


def _reads(place: Any, times: int) -> dict[str, float]:
    from mingbai.books import reports
    from mingbai.books.desk import chart_for
    from mingbai.places.models import Organisation

    _analyzed()
    one, chart = Organisation.objects.filter(pk=place.pk), chart_for(place, date(2025, 12, 1))
    return {
        "trial balance of one organisation": _p95(lambda: reports.trial_balance(one, 202512, chart), times),
        "balance sheet and income statement of one organisation": _p95(
            lambda: _sheets(reports.books_of(place, 202512)), times
        ),
    }


def _analyzed() -> None:
    """As the database would be by itself some minutes later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _sheets(books: Any) -> None:
    assert books.balance.balances
    assert books.income.lines


def _p95(work: Callable[[], Any], times: int) -> float:
    work()
    return sorted(_timed(work) for _ in range(times))[times * 95 // 100 - 1]


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
