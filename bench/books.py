"""The books: bulk and one-by-one posting against the bare database in the same run, and reading the reports.

    python -m bench.books                                  # SQLite in a folder of its own
    python -m bench.books --settings MODULE                # another database, by a settings module
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from typing import Any

DAY = date(2026, 9, 30)
BATCH = 5_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--organisations", type=int, default=10)
    parser.add_argument("--each", type=int, default=5_000, help="vouchers of four lines of each organisation")
    parser.add_argument("--settings", default="mingbai.settings")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["MINGBAI_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = home, options.settings
        import django

        django.setup()
        _run(options)


def _run(options: argparse.Namespace) -> None:
    from django.core.management import call_command
    from django.db import connection

    from bench.results import keep

    call_command("migrate", verbosity=0)
    places = _places(options.organisations)
    number = options.organisations * options.each
    entries = {place.pk: _proposals(options.each) for place in places}
    bare = _bare(connection, number)
    ours = _timed(lambda: [_post(place, entries[place.pk]) for place in places])
    single = _singles(places[0], 200)
    reads = _reads(places)
    asked = 20 if connection.vendor == "sqlite" else 40
    way = "executemany" if connection.vendor == "sqlite" else "COPY"
    keep(f"The books on {'SQLite' if connection.vendor == 'sqlite' else 'PostgreSQL'}", [
        f"{date.today()} · {os.cpu_count()} cores · Python {platform.python_version()} · {options.organisations} organisations × {options.each:,} vouchers of four lines, commits of {BATCH:,} · `python -m bench.books`",
        "", "| | seconds | vouchers a second |", "|---|---|---|",
        f"| bare {way} of the same lines, one transaction, no index but the key | {bare:.2f} | {number / bare:,.0f} |",
        f"| **mingbai**: checked, numbered, lines, seals with trigger, balances by account and by whom, audit | {ours:.2f} | {number / ours:,.0f} |", "",
        f"Ours ÷ bare speed: **{bare / ours:.0%}** (asked: at least {asked} %).", "",
        f"One voucher of four lines a commit, one connection: median {statistics.median(single) * 1000:.1f} ms, {len(single) / sum(single):,.0f} a second.", "",
        "| report, p95 of 30 | ms |", "|---|---|", *(f"| {name} | {seconds * 1000:.1f} |" for name, seconds in reads.items()),
    ])


def _places(number: int) -> list[Any]:
    from mingbai.places.models import Home, Organisation
    from mingbai.records.door import derived

    with derived():
        Home.objects.create(is_demo=True, today=DAY)
        county = Organisation(code="140109000000", name="区", level="county").placed()
        county.save()
        places = []
        for at in range(number):
            place = Organisation(code=f"14010901{at:04d}", name=f"{at}村", level="village", parent=county, is_collective=True).placed()
            place.save()
            places.append(place)
    return places


def _proposals(number: int, name: str = "e") -> list[Any]:
    from mingbai.books.entry import Leg, Proposal

    return [Proposal(f"{name}/{at}", date(2024 + at % 2, at % 12 + 1, at % 28 + 1), f"收第{at}笔承包费",
                     (Leg("102", 1000 + at), Leg("50101", 0, 900 + at, record=f"contracts:{at % 50}"), Leg("113", 0, 60, household=f"户{at % 50}"), Leg("211", 0, 40, household=f"户{at % 9}")))
            for at in range(number)]


def _post(place: Any, entries: list[Any]) -> None:
    from mingbai.books.desk import post
    from mingbai.records.door import commit

    for start in range(0, len(entries), BATCH):
        with commit(None, place, "book", "批量记账", on=DAY) as act:
            post(act, entries[start:start + BATCH])


def _singles(place: Any, number: int) -> list[float]:
    times = []
    for entry in _proposals(number, "single"):
        started = time.perf_counter()
        _post(place, [entry])
        times.append(time.perf_counter() - started)
    return times


def _bare(connection: Any, vouchers: int) -> float:
    """The lines alone, into a table without constraints: what the database can do."""
    from mingbai.books.models import Line

    names = [field.column for field in Line._meta.concrete_fields if not field.primary_key]
    rows = [(at, line, "102", "收承包费", 1000, 0, None, None, "contracts:1", "", "", "rcontracts:1") for at in range(vouchers) for line in range(4)]
    order = ["voucher_id", "number", "account", "words", "debit_fen", "credit_fen", "party_id", "peer_id", "record", "project", "household", "whom"]
    assert sorted(names) == sorted(order)
    with connection.cursor() as cursor:
        serial = "INTEGER PRIMARY KEY" if connection.vendor == "sqlite" else "BIGSERIAL PRIMARY KEY"
        cursor.execute(f"CREATE TABLE bare (id {serial}, voucher_id BIGINT, number INT, account TEXT, words TEXT, debit_fen BIGINT, credit_fen BIGINT, "
                       "party_id BIGINT, peer_id BIGINT, record TEXT, project TEXT, household TEXT, whom TEXT)")

    def work() -> None:
        from django.db import transaction

        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.executemany(f"INSERT INTO bare ({', '.join(order)}) VALUES ({', '.join(['%s'] * len(order))})", rows)
            else:
                with cursor.copy(f"COPY bare ({', '.join(order)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

    return _timed(work)


def _reads(places: list[Any]) -> dict[str, float]:
    from mingbai.books import reports
    from mingbai.books.desk import chart_for
    from mingbai.places.models import Organisation
    from mingbai.places.scope import whole

    one, chart = Organisation.objects.filter(pk=places[0].pk), chart_for(places[0], date(2025, 12, 1))
    works: dict[str, Callable[[], Any]] = {
        "trial balance of one organisation": lambda: reports.trial_balance(one, 202512, chart),
        "balance sheet and income statement of one organisation": lambda: _sheets(reports.books_of(places[0], 202512)),
        f"balance sheet and income statement of {len(places)} organisations, consolidated": lambda: _sheets(reports.books_below(whole(), 202512)),
    }
    found = {}
    for name, work in works.items():
        work()
        times = sorted(_timed(work) for _ in range(30))
        found[name] = times[28]
    return found


def _sheets(books: Any) -> None:
    assert books.balance.balances
    assert books.income.lines


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
