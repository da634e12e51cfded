"""A home kept before vouchers were their own seals is brought over with every voucher it has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mingbai.books import balances
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Line, Voucher
from mingbai.records import guard

SEALED, WHOLE = [("books", "0003_powers")], [("books", "0004_whole")]


@pytest.mark.django_db(transaction=True)
def test_an_older_home_keeps_its_vouchers(village: Any, clerk: Any) -> None:
    def migrate(to: Any) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate(to)
        return executor.loader.project_state(to).apps

    made = [Proposal(f"e{at}", date(2024, 3, 1 + at), f"第{at}笔", (Leg("113", 100 + at, household="户1"), Leg("50101", 0, 60), Leg("102", 0, 40 + at, record="contracts:1"))) for at in range(3)]
    with connection.cursor() as cursor, guard.lifted():  # there is no way back in the migrations: the tables are made as they were
        _as_they_were(cursor)
        old = MigrationExecutor(connection).loader.project_state(SEALED).apps
        month, voucher, line, seal, balance, of_whom = (old.get_model("books", name) for name in ("Month", "Voucher", "Line", "Seal", "Balance", "PartyBalance"))
        month.objects.create(organisation_id=village.pk, month=202403)
        for number, each in enumerate(made, 1):
            kept = voucher.objects.create(organisation_id=village.pk, month=202403, number=number, on=each.on, words=each.words, event=each.event, digest=each.digest, by_id=clerk.pk)
            for at, leg in enumerate(each.legs, 1):
                line.objects.create(voucher=kept, number=at, account=leg.account, debit_fen=leg.debit_fen, credit_fen=leg.credit_fen, record=leg.record, household=leg.household, whom=leg.whom)
            seal.objects.create(voucher=kept, lines=3, fen=each.total_fen)
        for (at, account, whom), (debit, credit) in balances.of_lines((202403, False, leg.account, leg.whom, leg.debit_fen, leg.credit_fen) for each in made for leg in each.legs).items():
            said = {"organisation_id": village.pk, "month": at, "account": account, "debit_fen": debit, "credit_fen": credit}
            of_whom.objects.create(**said, whom=whom) if whom else balance.objects.create(**said)
        migrate(WHOLE)
    assert [(each.event, each.size, each.total_fen, each.by_id) for each in Voucher.objects.all()] == [(each.event, 3, each.total_fen, clerk.pk) for each in made]
    assert Line.objects.count() == 9
    assert list(balances.faults(village)) == []
    with pytest.raises(Exception, match="凭证已经入账"):  # by the driver itself
        connection.connection.cursor().execute("UPDATE books_voucher SET words = 'x'")


def _as_they_were(cursor: Any) -> None:
    """The books' tables of migration 0003, empty."""
    if connection.vendor == "sqlite":
        for name in ("books_line", "books_voucher", "books_balance", "books_partybalance", "books_month", "books_subaccount"):
            cursor.execute(f"DROP TABLE {name}")
    else:
        cursor.execute("DROP TABLE books_line, books_voucher, books_balance, books_partybalance, books_month, books_subaccount, books_posting CASCADE")
        for table in ("places_party", "places_organisation", "places_person"):
            cursor.execute(f"DROP TRIGGER books_named ON {table}")
        cursor.execute("SELECT 'DROP FUNCTION ' || proname || '()' FROM pg_proc WHERE proname LIKE 'books\\_%' AND pronamespace = 'public'::regnamespace")
        for said, in cursor.fetchall():
            cursor.execute(said)
    cursor.execute("DELETE FROM django_migrations WHERE app = 'books'")
    executor = MigrationExecutor(connection)
    executor.migrate([("books", "0002_seals")])
    executor.recorder.record_applied("books", "0003_powers")
