"""财务报表附注: the notes to the statements of a month, made of ``notes.yaml`` (what is said) and the books (what is counted)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from mingbai.books import bridging
from mingbai.books.models import BankAccount, Bridged, Month
from mingbai.books.months import say
from mingbai.books.reconciliation import reconcile
from mingbai.books.reports import AGES, Books, Standing, books_of, standings, trial_balance
from mingbai.places.models import Organisation

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Note:
    """A note 附注: paragraphs, and a table where there is something to count. ``money`` are its columns in fen; ``heavy`` rows are
    sums. ``certain`` False = the wording rests on habit."""

    title: str
    paragraphs: tuple[str, ...]
    certain: bool
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    money: frozenset[int] = frozenset()
    heavy: frozenset[int] = frozenset()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    words: int = 1
    """The first so many columns are words, the others money."""
    total: bool = True


def notes(organisation: Organisation, month: int) -> list[Note]:
    """The notes to the statements of an organisation as of the end of a month."""
    books = books_of(organisation, month)
    first = Month.objects.filter(organisation=organisation).order_by("month").values_list("month", flat=True).first()
    facts = {
        "place": organisation.name,
        "code": organisation.code,
        "chart": books.chart.title,
        "cite": books.chart.cite,
        "year": month // 100,
        "month": month % 100,
        "since": say(first) if first else "—",
    }
    made = []
    for each in _text():
        if each.get("only", books.chart.key) != books.chart.key:
            continue
        words = tuple(str(text).format(**facts) for text in each.get("text", ()))
        table = _TABLES[each["table"]](organisation, month, books) if "table" in each else None
        if table is None:
            made.append(Note(each["title"], words, each["status"] == "certain"))
            continue
        rows, width = list(table.rows), len(table.headings)
        if rows and table.total:
            rows.append(
                (
                    "合计",
                    *("" for _ in range(table.words - 1)),
                    *(sum(int(row[at] or 0) for row in rows) for at in range(table.words, width)),
                )
            )
        made.append(
            Note(
                each["title"],
                words,
                each["status"] == "certain",
                table.headings,
                tuple(rows),
                frozenset(range(table.words, width)),
                frozenset((len(rows) - 1,)) if rows and table.total else frozenset(),
                "" if rows else "没有",
            )
        )
    return made


def _money(organisation: Organisation, month: int, books: Books) -> _Table:
    rows = trial_balance(Organisation.objects.filter(pk=organisation.pk), month, books.chart)
    return _Table(
        ("项目", "年初余额", "期末余额", "对账单余额"),
        [
            (
                row.name,
                row.closing - row.year_debit + row.year_credit,
                row.closing,
                _at_bank(organisation, row.code, month),
            )
            for row in rows
            if row.code[:3] in ("101", "102")
        ],
        total=False,
    )


def _at_bank(organisation: Organisation, code: str, month: int) -> int | None:
    account = BankAccount.objects.filter(organisation=organisation, account=code).first()
    sheet = reconcile(account, month) if account is not None else None
    return sheet.bank_fen if sheet is not None and sheet.since else None


def _people(side: int, accounts: tuple[str, ...]) -> Callable[[Organisation, int, Books], _Table]:
    def table(organisation: Organisation, month: int, books: Books) -> _Table:
        found: list[Standing] = [each for each in standings(organisation, month, accounts) if each.fen * side > 0]
        rows: list[tuple[Cell, ...]] = [
            (each.name, each.title, abs(each.fen), *(abs(age) for age in each.ages)) for each in found
        ]
        return _Table(("往来", "科目", "期末余额", *(title for _, title in AGES)), rows, 2)

    return table


def _moved(*accounts: tuple[str, bool]) -> Callable[[Organisation, int, Books], _Table]:
    """Opening, increase, decrease, closing of accounts; True = the balance stands on the credit side."""

    def table(organisation: Organisation, month: int, books: Books) -> _Table:
        rows: list[tuple[Cell, ...]] = []
        for row in trial_balance(Organisation.objects.filter(pk=organisation.pk), month, books.chart):
            credit = next((side for code, side in accounts if row.code.startswith(code) and row.code), None)
            if credit is None:
                continue
            opening = row.closing - row.year_debit + row.year_credit
            rows.append(
                (row.name, -opening, row.year_credit, row.year_debit, -row.closing)
                if credit
                else (row.name, opening, row.year_debit, row.year_credit, row.closing)
            )
        return _Table(
            ("项目", "年初余额", "本年增加", "本年减少", "期末余额"),
            rows,
            total=len({side for _, side in accounts}) == 1,
        )

    return table


def _bridge(organisation: Organisation, month: int, books: Books) -> _Table:
    done = Bridged.objects.filter(organisation=organisation).first()
    rows: list[tuple[Cell, ...]] = [
        (f"{each.old} {each.old_name}", f"{each.new} {each.new_name}", each.name, each.fen)
        for each in bridging.table(organisation)
    ]
    if done is not None and done.voucher is not None:
        rows.append((f"另按实际情况分清科目，见 {done.voucher}", "", "", None))
    return _Table(("旧科目", "新科目", "往来", "余额（借为正）"), rows, 3)


def _equity(organisation: Organisation, month: int, books: Books) -> _Table:
    return _Table(("项目", "年初余额", "本年变动", "期末余额"), list(books.equity[:-1]))


_TABLES: dict[str, Callable[[Organisation, int, Books], _Table]] = {
    "money": _money,
    "receivables": _people(1, ("112", "113")),
    "payables": _people(-1, ("202", "211", "113")),
    "assets": _moved(("151", False), ("152", True), ("132", False), ("133", True)),
    "special": _moved(("241", True), ("231", True)),
    "bridge": _bridge,
    "equity": _equity,
}


@cache
def _text() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(
        resources.files(__package__).joinpath("notes.yaml").read_text(encoding="utf-8")
    )
    return found
