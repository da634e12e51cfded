"""Reports against hand-computed books: trial balance, ledger, who owes how long, a subtree without its internal dealings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from booking import book, entry
from mingbai.books import reports
from mingbai.books.desk import chart_for
from mingbai.books.entry import Leg, Proposal
from mingbai.places.models import Organisation, Party
from mingbai.places.scope import whole
from mingbai.records.door import derived

pytestmark = pytest.mark.django_db


def party(place: Any, name: str) -> Party:
    with derived():
        return Party.objects.create(organisation=place, name=name)


def of(debit: str, credit: str, fen: int, on: date, **whom: Any) -> Proposal:
    """An entry whose 往来 legs carry ``whom``."""
    legs = tuple(Leg(account, *sums, **(whom if account[:3] in ("112", "113", "211") else {})) for account, sums in ((debit, (fen, 0)), (credit, (0, fen))))
    return Proposal(f"{debit}{credit}{fen}{on}{whom}", on, "记一笔", legs)


def test_113_stands_on_both_sides_person_by_person_over_the_years(clerk: Any, village: Any) -> None:
    zhang, li = party(village, "张三"), party(village, "李四")
    book(clerk, village, of("113", "51101", 9_000, date(2023, 5, 1), party=zhang.pk), of("102", "113", 4_000, date(2023, 6, 1), party=li.pk))
    book(clerk, village, of("102", "113", 2_000, date(2024, 6, 1), party=zhang.pk), of("113", "101", 500, date(2024, 6, 1)))
    for month in (202406, 202501):
        made = reports.books_of(village, month)
        assert made.figures.split["113"] == (7_500, 4_000)
        assert (made.balance.total("receivables"), made.balance.total("payables")) == (7_500, 4_000)
        assert made.balance.balances


def test_who_owes_how_long(clerk: Any, village: Any) -> None:
    zhang = party(village, "张三")
    book(clerk, village, *(of("113", "51101", 1_000, date(year, 12, 1), party=zhang.pk) for year in (2021, 2022, 2023)),
         of("113", "50101", 1_000, date(2024, 12, 1), party=zhang.pk), of("102", "113", 1_500, date(2024, 12, 5), party=zhang.pk))
    (standing,) = reports.standings(village, 202412)
    assert (standing.name, standing.fen, standing.ages) == ("张三", 2_500, (1_000, 1_000, 500, 0))


def test_the_party_list_adds_up_to_the_statement(clerk: Any, village: Any) -> None:
    """What was booked on nobody, like a distribution in one sum, is a row of its own; wages 211 of the old chart are none."""
    zhang = party(village, "张三")
    book(clerk, village, of("541", "211", 300, date(2023, 5, 1)), of("102", "202", 80, date(2023, 5, 1)), of("32202", "113", 900, date(2023, 12, 30)),
         of("113", "51101", 200, date(2023, 5, 1), party=zhang.pk))
    rows = {(each.account, each.name): (each.debit_fen, each.credit_fen) for each in reports.standings(village, 202405)}
    assert rows == {("113", "（没有写往来）"): (0, 900), ("113", "张三"): (200, 0), ("211", "（没有写往来）"): (0, 80)}
    sheet = reports.books_of(village, 202405).balance
    assert (sheet.total("receivables"), sheet.total("payables")) == (200, 980)


def test_the_trial_balance_adds_up(clerk: Any, village: Any) -> None:
    book(clerk, village, entry("a", date(2023, 12, 1), 700), entry("b", date(2024, 1, 5), 100), entry("c", date(2024, 2, 5), 50, credit="50101"))
    rows = {row.code: row for row in reports.trial_balance(Organisation.objects.filter(pk=village.pk), 202402, chart_for(village, date(2024, 2, 1)))}
    assert (rows["102"].opening, rows["102"].debit, rows["102"].year_debit, rows["102"].closing) == (800, 50, 150, 850)
    total = rows[""]
    assert (total.opening, total.debit - total.credit, total.closing) == (0, 0, 0)


def test_a_ledger_runs(clerk: Any, village: Any) -> None:
    book(clerk, village, entry("a", date(2023, 12, 1), 700), entry("b", date(2024, 1, 5), 100), entry("c", date(2024, 2, 5), 50, debit="311", credit="102"))
    opening, rows = reports.ledger(village, "102", 202402)
    assert (opening, [row.balance for row in rows]) == (700, [800, 750])


def test_the_subtree_is_the_sum_of_its_leaves_less_what_they_have_with_each_other(district: Any) -> None:
    village, group, other = district.villages[0], district.group, district.villages[1]
    admin = district.people["administrator"]
    book(admin, village, of("113", "50101", 900, date(2024, 5, 1), peer=group.pk), entry("a", date(2024, 5, 1), 10_000))
    book(admin, group, of("511", "113", 600, date(2024, 5, 2), peer=village.pk))
    book(admin, other, entry("b", date(2024, 5, 3), 5), of("113", "102", 40, date(2024, 5, 3), peer=village.pk))
    leaves = [reports.books_of(each, 202405) for each in (village, group, other)]
    whole_of = reports.books_below(whole(), 202405)
    assert whole_of.eliminated_fen == 600
    for key in ("assets", "sources"):
        assert whole_of.balance.total(key) == sum(each.balance.total(key) for each in leaves) - 600
    assert whole_of.balance.balances
    assert whole_of.income.figure("net") == sum(each.income.figure("net") for each in leaves)
    assert (whole_of.balance.total("receivables"), whole_of.balance.total("payables")) == (340, 0)
