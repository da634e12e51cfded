"""Statements, trial balance, ledgers and party balances on the page, as a workbook and on paper; each figure opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingbai.books import reports as made
from mingbai.books import tables
from mingbai.books.bank import accounts_of
from mingbai.books.chart import ChartError, last_day
from mingbai.books.desk import chart_for
from mingbai.books.leaving import archive
from mingbai.books.models import Month
from mingbai.books.months import say
from mingbai.books.notes import notes as notes_of
from mingbai.books.pages.asked import around, month_of
from mingbai.books.reconciliation import reconcile
from mingbai.books.reports import AGES, Books
from mingbai.books.tables import Table
from mingbai.places.clock import home
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.files import as_file


@require_GET
@page("view")
def statements(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    books, beginning, last_year = _three(here, place, month)
    was = {line.key: line.fen for line in (*beginning.balance.assets, *beginning.balance.sources)} if beginning else {}
    then = {line.key: line.fen for line in last_year.income.lines} if last_year else {}
    context = {
        **_around(here, place, month),
        "books": books,
        "alone": _alone(place),
        "together": not _alone(place),
        "sides": [
            [{"line": line, "was": was.get(line.key)} for line in side]
            for side in (books.balance.assets, books.balance.sources)
        ],
        "income": [{"line": line, "was": then.get(line.key)} for line in books.income.lines],
    }
    return render(request, "books/statements.html", context)


@require_GET
@page("view")
def trial(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    table = _trial(here, place, month)
    return render(
        request,
        "books/trial.html",
        {
            **_around(here, place, month),
            "table": table,
            "rows": table.rows[:-1],
            "total": table.rows[-1],
            "alone": _alone(place),
        },
    )


@require_GET
@page("view")
def ledger(request: HttpRequest, here: Here, code: str, account: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    opening, rows = made.ledger(place, account, month)
    return render(
        request,
        "books/ledger.html",
        {
            **_around(here, place, month),
            "code": account,
            "account": _account(place, account, month),
            "opening": opening,
            "rows": rows,
            "debit": sum(row.line.debit_fen for row in rows),
            "credit": sum(row.line.credit_fen for row in rows),
            "closing": rows[-1].balance if rows else opening,
        },
    )


@require_GET
@page("view")
def parties(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    rows = made.standings(place, month)
    sums = {
        "in": sum(row.debit_fen for row in rows),
        "out": sum(row.credit_fen for row in rows),
        "ages": [sum(row.ages[at] for row in rows) for at in range(len(AGES))],
    }
    return render(
        request,
        "books/parties.html",
        {**_around(here, place, month), "rows": rows, "sums": sums, "ages": [title for _, title in AGES]},
    )


@require_GET
@page("view")
def notes(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """附注 to the statements."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    if not _alone(place):
        raise Http404("附注按一个集体编；请进到一个村")
    return render(request, "books/notes.html", {**_around(here, place, month), "notes": notes_of(place, month)})


@require_GET
@page("export")
def ledger_file(request: HttpRequest, here: Here, code: str, account: str, form: str) -> HttpResponse:
    """The ledger of an account as a workbook or on paper."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    if form not in ("xlsx", "pdf"):
        raise Http404("没有这种账表")
    opening, rows = made.ledger(place, account, month)
    return _sheets(
        place, month, [tables.ledger_table(place.name, month, _account(place, account, month), opening, rows)], form
    )


@require_GET
@page("export")
def file(request: HttpRequest, here: Here, code: str, what: str) -> HttpResponse:
    """``statements-xlsx``, ``journal-pdf``, …: one report or all of them as a file."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    kind, _, form = what.partition("-")
    if what == "archive-zip":
        return as_file(archive(place), f"{place.name}_账簿.zip")
    if kind not in KINDS or form not in ("xlsx", "pdf"):
        raise Http404("没有这种账表")
    if kind == "vouchers" and form == "pdf":
        return as_file(
            tables.vouchers_pdf(list(tables.vouchers_of(place, month)), home().is_demo),
            f"{place.name}_{say(month)}_记账凭证.pdf",
            inline=True,
        )
    return _sheets(place, month, KINDS[kind](here, place, month), form)


def _sheets(place: Organisation, month: int, sheets: list[Table], form: str) -> HttpResponse:
    data = tables.workbook(sheets) if form == "xlsx" else tables.pdf(sheets, home().is_demo)
    return as_file(data, f"{place.name}_{say(month)}_{sheets[0].title}.{form}", inline=form == "pdf")


def _statements(here: Here, place: Organisation, month: int) -> list[Table]:
    books, beginning, last_year = _three(here, place, month)
    return [
        tables.balance_table(place.name, books, beginning),
        tables.income_table(place.name, books, last_year),
        tables.equity_table(place.name, books),
    ]


def _trial(here: Here, place: Organisation, month: int) -> Table:
    within = Organisation.objects.filter(pk=place.pk) if _alone(place) else here.scope.within(place).organisations
    chart = (
        chart_for(place, last_day(month)) if _alone(place) else made.books_below(here.scope.within(place), month).chart
    )
    return tables.trial_table(place.name, month, made.trial_balance(within, month, chart))


def _journal(_: Here, place: Organisation, month: int) -> list[Table]:
    return [tables.journal_table(place, month)]


def _parties(_: Here, place: Organisation, month: int) -> list[Table]:
    return [tables.standing_table(place.name, month, made.standings(place, month))]


def _notes(_: Here, place: Organisation, month: int) -> list[Table]:
    return tables.note_tables(place.name, month, notes_of(place, month))


def _reconciliation(_: Here, place: Organisation, month: int) -> list[Table]:
    return [tables.reconciliation_table(place.name, reconcile(each, month)) for each in accounts_of(place)] or [
        Table("银行存款余额调节表", place.name, say(month), ("项目",), (("还没有银行账户",),), frozenset())
    ]


def _general(_: Here, place: Organisation, month: int) -> list[Table]:
    return [
        tables.general_table(place.name, month, made.trial_balances(place, month), chart_for(place, last_day(month)))
    ]


KINDS: dict[str, Callable[[Here, Organisation, int], list[Table]]] = {
    "statements": _statements,
    "journal": _journal,
    "parties": _parties,
    "notes": _notes,
    "reconciliation": _reconciliation,
    "general": _general,
    "vouchers": _journal,
    "trial": lambda here, place, month: [_trial(here, place, month)],
}


def _alone(place: Organisation) -> bool:
    """Whether a place keeps books of its own: else it is shown with all below it."""
    return Month.objects.filter(organisation=place).exists()


def _three(here: Here, place: Organisation, month: int) -> tuple[Books, Books | None, Books | None]:
    """The books of a month, those the year began with, and those of the same month a year before."""

    def at(month: int) -> Books:
        return made.books_of(place, month) if _alone(place) else made.books_below(here.scope.within(place), month)

    first = (
        Month.objects.filter(organisation__in=place.below.order_by().values("pk"))
        .order_by("month")
        .values_list("month", flat=True)
        .first()
    )
    beginning, last_year = month // 100 * 100 - 100 + 12, month - 100
    try:
        return (
            at(month),
            at(beginning) if first and first <= beginning else None,
            at(last_year) if first and first <= last_year else None,
        )
    except ChartError as error:
        raise Http404(str(error)) from error


def _around(here: Here, place: Organisation, month: int) -> dict[str, Any]:
    before, after = around(month)
    return {
        "place": place,
        "month": month,
        "said": say(month),
        "before": before,
        "after": after,
        "may_export": here.may("export", place),
    }


def _account(place: Organisation, code: str, month: int) -> str:
    try:
        return str(chart_for(place, last_day(month)).account(code))
    except ChartError as error:
        raise Http404(str(error)) from error
