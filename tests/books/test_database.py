"""What the database itself refuses, whoever writes: by raw SQL, past the door and past every check of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from booking import book, entry
from handed import workbook
from mingbai.books import balances, bank, intake
from mingbai.books.models import Line, Month, Voucher
from mingbai.records.door import commit

pytestmark = pytest.mark.django_db

LINE = "INSERT INTO books_line (voucher_id, number, account, words, debit_fen, credit_fen, record, project, household, whom) VALUES (%s, %s, '102', '', %s, %s, '', '', '', '')"
VOUCHER = ('INSERT INTO books_voucher (id, organisation_id, month, number, "on", words, event, digest, record, template, papers, closing, reason, size, total_fen) '
           "VALUES (%s, %s, %s, %s, '2024-04-01', '直接写', %s, '', '', '', 0, %s, '', %s, %s)")
FREE = 9_000_000
"""A number no voucher has."""


@contextmanager
def raw() -> Iterator[Callable[..., None]]:
    """SQL past the guard; at the end everything that waits for the commit is asked."""
    with transaction.atomic(), connection.connection.cursor() if connection.vendor == "postgresql" else connection.cursor() as cursor:
        def run(sql: str, *values: Any) -> None:
            if connection.vendor == "sqlite":
                connection.connection.execute(sql.replace("%s", "?"), values)
            else:
                cursor.execute(sql, values)

        try:
            yield run
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            else:
                connection.check_constraints()
        except DatabaseError:
            raise
        except Exception as error:
            raise DatabaseError(str(error)) from error


def whole(run: Callable[..., None], place: Any, pk: int = FREE, *, size: int = 2, fen: int = 5, lines: tuple[tuple[int, int], ...] = ((5, 0), (0, 5)), month: int = 202404,
          number: int = 1, event: str = "raw", late: bool = False) -> None:
    """A voucher by raw SQL; ``late``: before its lines."""
    def the_voucher() -> None:
        run(VOUCHER, pk, place.pk, month, number, event, False, size, fen)

    if late:
        the_voucher()
    for at, (debit, credit) in enumerate(lines, 1):
        run(LINE, pk, at, debit, credit)
    if not late:
        the_voucher()


@pytest.fixture
def voucher(clerk: Any, village: Any) -> Voucher:
    """One that was booked, and an open April."""
    found = book(clerk, village, entry("a", date(2024, 3, 1)), entry("b", date(2024, 4, 1)))[0]
    with raw():  # what waited for the commit is asked now, as it would have been
        pass
    return found


def test_a_voucher_that_is_whole_is_taken(voucher: Voucher, village: Any) -> None:
    with raw() as run:
        whole(run, village, number=2)
    assert Voucher.objects.filter(pk=FREE).exists()


@pytest.mark.parametrize(("what", "said"), [
    ("a side too much", {"lines": ((5, 0), (0, 6))}),
    ("both sides other than said", {"lines": ((6, 0), (0, 6))}),
    ("no line", {"lines": ()}),
    ("one line", {"lines": ((5, 0),), "size": 1}),
    ("a line that is missing", {"size": 3}),
    ("a line that is not told of", {"lines": ((5, 0), (0, 4), (0, 1))}),
    ("a line of nothing", {"lines": ((5, 0), (0, 5), (0, 0)), "size": 3}),
    ("a line on both sides", {"lines": ((5, 5), (0, 5)), "fen": 5}),
    ("a month nobody opened", {"month": 203001}),
    ("a number taken", {"number": 1}),
    ("an event booked", {"number": 2, "event": "b"}),
])
def test_what_is_not_whole_is_refused(voucher: Voucher, village: Any, what: str, said: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), raw() as run:
        whole(run, village, **{"number": 2} | said)
    assert Voucher.objects.count() == 2, what


def test_nothing_comes_into_a_closed_month(voucher: Voucher, village: Any, behind_the_door: None) -> None:
    Month.objects.filter(month=202404).update(closed=True)
    with pytest.raises(DatabaseError), raw() as run:
        whole(run, village, number=2)


def test_no_month_is_opened_before_a_closed_one(voucher: Voucher, village: Any, behind_the_door: None) -> None:
    Month.objects.filter(month=202404).update(closed=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Month.objects.create(organisation=village, month=202403)
    Month.objects.create(organisation=village, month=202405)


@pytest.mark.parametrize("deed", [
    "UPDATE books_line SET debit_fen = 7 WHERE voucher_id = {pk} AND number = 1", "UPDATE books_line SET words = '别的' WHERE voucher_id = {pk}",
    "UPDATE books_line SET voucher_id = {other} WHERE voucher_id = {pk}", "DELETE FROM books_line WHERE voucher_id = {pk}",
    "UPDATE books_voucher SET number = 9 WHERE id = {pk}", "UPDATE books_voucher SET size = 4, total_fen = 9 WHERE id = {pk}", "DELETE FROM books_voucher WHERE id = {pk}",
])
def test_what_is_booked_is_not_changed(voucher: Voucher, deed: str) -> None:
    with pytest.raises(DatabaseError), raw() as run:
        run(deed.format(pk=voucher.pk, other=FREE))


@pytest.mark.parametrize("lines", [((3, 5, 0),), ((3, 5, 0), (4, 0, 5)), ((1, 100, 0),)])
def test_no_line_comes_late(voucher: Voucher, lines: tuple[tuple[int, int, int], ...]) -> None:
    with pytest.raises(DatabaseError), raw() as run:
        for number, debit, credit in lines:
            run(LINE, voucher.pk, number, debit, credit)


def test_lines_without_a_voucher_are_refused(voucher: Voucher) -> None:
    with pytest.raises(DatabaseError), raw() as run:
        run(LINE, FREE, 1, 5, 0)
        run(LINE, FREE, 2, 0, 5)


@pytest.mark.parametrize("same", ["id", "number", "event"])
def test_a_row_is_not_replaced(voucher: Voucher, village: Any, same: str) -> None:
    """SQLite's INSERT OR REPLACE asks no trigger of DELETE; PostgreSQL's ON CONFLICT DO UPDATE asks that of UPDATE."""
    pk, number, event = voucher.pk if same == "id" else FREE, 1 if same == "number" else 7, "a" if same == "event" else "new"
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError), raw() as run:
            if same != "id":
                run(LINE, pk, 1, 5, 0)
                run(LINE, pk, 2, 0, 5)
            run(VOUCHER.replace("INSERT", "INSERT OR REPLACE"), pk, village.pk, 202403, number, event, False, 2, 100 if same == "id" else 5)
        with pytest.raises(DatabaseError), raw() as run:
            run(LINE.replace("INSERT", "INSERT OR REPLACE"), voucher.pk, 1, 100, 0)
    else:
        with pytest.raises(DatabaseError), raw() as run:
            run(LINE + " ON CONFLICT (voucher_id, number) DO UPDATE SET words = '别的'", voucher.pk, 1, 100, 0)
        key = {"id": "id", "number": "organisation_id, month, number", "event": "organisation_id, event"}[same]
        with pytest.raises(DatabaseError), raw() as run:
            run(VOUCHER + f" ON CONFLICT ({key}) DO UPDATE SET words = '别的'", pk, village.pk, 202403, number, event, False, 2, 100)
    assert list(balances.faults(village)) == []


@pytest.mark.parametrize("cheat", ["late", "checked before", "note taken away", "note changed", "note emptied", "forged"])
def test_the_check_at_commit_is_not_talked_out_of_it(voucher: Voucher, village: Any, cheat: str) -> None:
    """PostgreSQL looks at commit: whatever is done to its notes, what was put in is looked at."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite looks at every row")
    with pytest.raises(DatabaseError), raw() as run:
        whole(run, village, number=2, late=True)
        if cheat == "checked before":
            run("SET CONSTRAINTS ALL IMMEDIATE")
            run("SET CONSTRAINTS ALL DEFERRED")
        elif cheat == "forged":
            run("INSERT INTO books_posting (lo, hi) VALUES (0, 99999999)")
        run(LINE, voucher.pk, 3, 5, 0)
        if cheat == "note taken away":
            run("DELETE FROM books_posting")
        elif cheat == "note changed":
            run("UPDATE books_posting SET lo = 1, hi = 0")
        elif cheat == "note emptied":
            run("TRUNCATE books_posting")


def test_the_voucher_may_come_before_its_lines(voucher: Voucher, village: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite the lines come first")
    with raw() as run:
        whole(run, village, number=2, late=True)


@pytest.mark.parametrize("column", ["party_id", "peer_id", "by_id", "reverses_id"])
def test_who_is_named_must_be_there(voucher: Voucher, village: Any, column: str) -> None:
    of_line = column in ("party_id", "peer_id")
    with pytest.raises(DatabaseError), raw() as run:
        line = LINE.replace("voucher_id,", f"voucher_id, {column},").replace("VALUES (%s,", "VALUES (%s, 999999,") if of_line else LINE
        for number, debit, credit in ((1, 5, 0), (2, 0, 5)):
            run(line, FREE, number, debit, credit)
        sql = VOUCHER if of_line else VOUCHER.replace("(id,", f"(id, {column},").replace("VALUES (%s,", "VALUES (%s, 999999,")
        run(sql, FREE, village.pk, 202404, 2, "raw", False, 2, 5)


@pytest.mark.parametrize("to", ["number = 9", "voucher_id = 9000000", "number = NULL"])
def test_a_line_of_the_bank_is_matched_to_a_line_that_is_there_and_none_twice(clerk: Any, village: Any, to: str) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1)))
    with commit(clerk, village, "book", "加银行账户") as act:
        account = bank.open_account(act, "102", "农商行")
    rows = [["交易日期", "收入", "余额"], ["2024-03-01", 1, 1], ["2024-03-01", 1, 2]]
    bank.accept(clerk, intake.receive(clerk, village, "bank", "流水.xlsx", workbook(rows), bank=account))
    theirs = Line.objects.get(account="102")
    with raw() as run:
        for match in (1, 2):
            run("INSERT INTO books_match (id, organisation_id, how) VALUES (%s, %s, 'match')", match, village.pk)
        run("INSERT INTO books_matched (match_id, voucher_id, number) VALUES (1, %s, %s)", theirs.voucher_id, theirs.number)
    with pytest.raises(DatabaseError), raw() as run:
        run(f"UPDATE books_matched SET {to}")
    with pytest.raises(DatabaseError), raw() as run:
        run("INSERT INTO books_matched (match_id, voucher_id, number) VALUES (2, %s, %s)", theirs.voucher_id, theirs.number)
    with pytest.raises(DatabaseError), raw() as run:
        run("INSERT INTO books_matched (match_id, voucher_id, number) VALUES (2, %s, 9)", theirs.voucher_id)
