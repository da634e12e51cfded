"""A home kept before vouchers were their own seals, and before a match was a set, is brought over with every voucher it has and
with what was matched to them."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mingbai.books import balances, matching
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Balance, BankLine, Line, Origin, PartyBalance, Voucher
from mingbai.records import guard
from mingbai.records.door import commit
from mingbai.records.models import Attachment

SEALED, NOW = [("books", "0004_incoming")], [("books", "0006_matches")]
HASH = "0" * 64
TABLES = ("books_bankline", "books_matched", "books_match", "books_origin", "books_import", "books_bankaccount", "books_bridged", "books_line", "books_voucher", "books_balance", "books_partybalance",
          "books_month", "books_subaccount")


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
        with commit(clerk, village, "book", "记账") as act:
            act.told("books.post", vouchers=3, fen=sum(each.total_fen for each in made), digest=hashlib.sha256("".join(each.digest for each in made).encode()).hexdigest())
        statement, vouchers = _taken_from_outside(old, village.pk, clerk.pk)
        kept_before = [list(model.objects.order_by("pk").values()) for model in (balance, of_whom)]
        migrate(NOW)
    assert [list(model._default_manager.order_by("pk").values()) for model in (Balance, PartyBalance)] == kept_before
    assert [(each.fen, each.match and [(entry.voucher.event, entry.line.account) for entry in each.match.entries.all()]) for each in BankLine.objects.order_by("place")] == [
        (-41, [("e1", "102")]), (-40, [("e0", "102")]), (7, None)]
    assert sorted(Line.objects.filter(account="102", matched=None).values_list("voucher__event", flat=True)) == ["e2"]
    assert {(each.voucher.event, each.taken_from_id) for each in Origin.objects.select_related("voucher")} == {("e0", vouchers), ("e2", vouchers)}
    assert BankLine.objects.filter(taken_from=statement).count() == 3
    assert list(matching.faults(village)) == []
    assert [(each.event, each.size, each.total_fen, each.by_id) for each in Voucher.objects.all()] == [(each.event, 3, each.total_fen, clerk.pk) for each in made]
    assert Line.objects.count() == 9
    assert list(balances.faults(village)) == []
    with pytest.raises(Exception, match="凭证已经入账"):  # by the driver itself
        connection.connection.cursor().execute("UPDATE books_voucher SET words = 'x'")


def _taken_from_outside(old: Any, village: int, clerk: int) -> tuple[int, int]:
    """A bank's statement, two of whose lines are matched, and a sheet two vouchers were taken from; gives their numbers."""
    account = old.get_model("books", "BankAccount").objects.create(organisation_id=village, account="102", bank="农商行")
    file = Attachment.objects.create(organisation_id=village, name="对账单.xlsx", sha256=HASH, size=1, on=date(2024, 3, 9))
    taken, line, origin, bank = (old.get_model("books", name) for name in ("Import", "Line", "Origin", "BankLine"))
    statement, vouchers = (taken.objects.create(organisation_id=village, kind=kind, file_id=file.pk, by_id=clerk, on=date(2024, 3, 9)) for kind in ("bank", "vouchers"))
    ours = {each.voucher.event: each for each in line.objects.filter(account="102").select_related("voucher")}
    for place, (fen, event) in enumerate(((-41, "e1"), (-40, "e0"), (7, "")), 1):
        bank.objects.create(organisation_id=village, account=account, taken_from=statement, row=place, place=place, on=date(2024, 3, 5), fen=fen, fingerprint=f"{place}", matched=ours.get(event))
    for event in ("e0", "e2"):
        origin.objects.create(voucher=ours[event].voucher, taken_from=vouchers, sheet="凭证", row=2, number="记-1")
    return statement.pk, vouchers.pk


def _as_they_were(cursor: Any) -> None:
    """The books' tables of migration 0004_incoming, empty."""
    if connection.vendor == "sqlite":
        for table in TABLES:
            cursor.execute(f"DROP TABLE {table}")
    else:
        cursor.execute(f"DROP TABLE {', '.join(TABLES)}, books_posting CASCADE")
        for table in ("places_party", "places_organisation", "places_person"):
            cursor.execute(f"DROP TRIGGER books_named ON {table}")
        cursor.execute("SELECT 'DROP FUNCTION ' || proname || '()' FROM pg_proc WHERE proname LIKE 'books\\_%' AND pronamespace = 'public'::regnamespace")
        for said, in cursor.fetchall():
            cursor.execute(said)
    cursor.execute("DELETE FROM django_migrations WHERE app = 'books'")
    executor = MigrationExecutor(connection)
    executor.migrate([("books", "0002_seals")])
    executor.recorder.record_applied("books", "0003_powers")
    MigrationExecutor(connection).migrate(SEALED)
