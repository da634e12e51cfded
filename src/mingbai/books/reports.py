"""Reports of the books: journal, ledgers, party balances with their age, trial balance, statements; of one organisation or
of a subtree, consolidated.

Everything is read from the kept balances of one year, so it costs the same however many years are kept; every figure
leads back to its lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Max, Q, QuerySet, Sum

from mingbai.books.balances import TRANSFER, carried, of_year
from mingbai.books.chart import INTERNAL, RESULT, TOP, Chart, bridge, chart_of, last_day
from mingbai.books.desk import chart_for
from mingbai.books.models import Balance, Line, Month, PartyBalance, SubAccount
from mingbai.books.statements import Figures, Sheet, Statement, balance_sheet, equity_changes, income_statement
from mingbai.places.models import Organisation, Party
from mingbai.places.scope import Scope


@dataclass(frozen=True)
class Books:
    """The books of a place as of the end of a month. ``eliminated_fen``: internal dealings left out of both sides."""

    chart: Chart
    month: int
    figures: Figures
    eliminated_fen: int = 0

    @cached_property
    def balance(self) -> Sheet:
        return balance_sheet(self.chart, self.figures)

    @cached_property
    def income(self) -> Statement:
        return income_statement(self.chart, self.figures)

    @cached_property
    def equity(self) -> list[tuple[str, int, int, int]]:
        return equity_changes(self.chart, self.figures)


def books_of(organisation: Organisation, month: int) -> Books:
    """The books of one organisation alone."""
    return _books(
        Organisation.objects.filter(pk=organisation.pk), month, chart_for(organisation, last_day(month)), together=False
    )


def books_below(within: Scope, month: int) -> Books:
    """The books of everything a scope reaches, consolidated: what its organisations owe each other and sold each other
    is left out of both sides, as far as both have booked it."""
    chart = chart_of(last_day(month))
    own = within.of(SubAccount).filter(chart=chart.key).values_list("code", "name").distinct().order_by("code")
    return _books(
        within.organisations,
        month,
        chart.with_own({code: name for code, name in own if code not in chart.accounts}.items()),
        together=True,
    )


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A row of the trial balance: fen, debit minus credit at both ends, turnover of the month and of the year."""

    code: str
    name: str
    opening: int
    debit: int
    credit: int
    year_debit: int
    year_credit: int
    closing: int


def trial_balance(organisations: QuerySet[Organisation], month: int, chart: Chart) -> list[TrialRow]:
    """试算平衡表 by account, the last row the sum; the year-end transfer is part of December."""
    year, sums = month // 100, defaultdict[str, list[int]](lambda: [0] * 5)
    until = year * 100 + TRANSFER if month % 100 == 12 else month
    for at, account, debit, credit in _rows(organisations, year, until):
        row = sums[account]
        if at < month:
            row[0] += debit - credit
        else:
            row[1] += debit
            row[2] += credit
        if at > year * 100:
            row[3] += debit
            row[4] += credit
    for account, fen in _left(_lagging(organisations, year)).items():
        sums[account][0] += fen
    rows = [
        TrialRow(code, chart.path(code), row[0], row[1], row[2], row[3], row[4], row[0] + row[1] - row[2])
        for code, row in sorted(sums.items())
    ]
    total = [sum(row[at] for row in sums.values()) for at in range(5)]
    return [
        *rows,
        TrialRow("", "合计", total[0], total[1], total[2], total[3], total[4], total[0] + total[1] - total[2]),
    ]


def trial_balances(organisation: Organisation, month: int) -> list[tuple[int, list[TrialRow]]]:
    """The trial balance of each month of a year up to one: what a general ledger 总账 shows."""
    alone = Organisation.objects.filter(pk=organisation.pk)
    return [
        (each, trial_balance(alone, each, chart_for(organisation, last_day(each)))[:-1])
        for each in range(month // 100 * 100 + 1, month + 1)
    ]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line with the balance after it (debit minus credit)."""

    line: Line
    balance: int


def ledger(organisation: Organisation, account: str, month: int) -> tuple[int, list[LedgerRow]]:
    """明细账 of an account and what lies below it, this year up to a month: what it began with, and its lines."""
    year = month // 100
    opening = sum(fen for code, fen in opening_of(organisation, year).items() if code.startswith(account))
    lines = Line.objects.filter(
        voucher__organisation=organisation,
        voucher__month__gt=year * 100,
        voucher__month__lte=month,
        account__startswith=account,
    )
    rows, balance = [], opening
    for line in lines.select_related("voucher", "party").order_by("voucher__month", "voucher__number", "number"):
        balance += line.debit_fen - line.credit_fen
        rows.append(LedgerRow(line, balance))
    return opening, rows


def journal(organisation: Organisation, month: int) -> QuerySet[Line]:
    """序时账: the lines of a month in the order of their vouchers."""
    lines = Line.objects.filter(voucher__organisation=organisation, voucher__month=month)
    return lines.select_related("voucher", "party").order_by("voucher__number", "number")


BY_WHOM = {"2004": ("112", "113", "202", "221", "241"), "2023": ("112", "113", "211", "221", "241")}
"""Chart → the accounts kept by whom they are with: 211 is 应付工资 in the chart of 2004."""
NOBODY = "（没有写往来）"
AGES = ((1, "1 年以内"), (2, "1—2 年"), (3, "2—3 年"), (200, "3 年以上"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody owes (above zero) or is owed, and how old it is: fen by the steps of ``AGES``, oldest lines paid first.
    ``whom`` "" is what stands on the account for nobody in particular, so that the rows of an account are its balance."""

    account: str
    title: str
    whom: str
    name: str
    record: str
    fen: int
    ages: tuple[int, ...]

    @property
    def debit_fen(self) -> int:
        return max(self.fen, 0)

    @property
    def credit_fen(self) -> int:
        return max(-self.fen, 0)


def standings(organisation: Organisation, month: int, accounts: Iterable[str] | None = None) -> list[Standing]:
    """往来余额及账龄 as of the end of a month, the largest first."""
    day = last_day(month)
    chart = chart_for(organisation, day)
    kept = tuple(each for each in BY_WHOM[chart.key] if accounts is None or each in accounts)
    wanted = Q()
    for account in {each for every in BY_WHOM.values() for each in every}:
        wanted |= Q(account__startswith=account)
    lines = Line.objects.filter(wanted, voucher__organisation=organisation, voucher__month__lte=month)
    old = chart_of(day)
    moves: dict[tuple[str, str], list[tuple[date, int]]] = defaultdict(list)
    shown: dict[str, tuple[int | None, int | None, str, str]] = {}
    for account, whom, debit, credit, on, party, peer, record, household in lines.order_by(
        "voucher__on", "voucher_id", "number"
    ).values_list("account", "whom", "debit_fen", "credit_fen", "voucher__on", "party", "peer", "record", "household"):
        if (now := _as_of(account, on, old)).startswith(kept):
            moves[now, whom].append((on, debit - credit))
            shown[whom] = (party, peer, record, household)
    parties = dict(
        Party.objects.filter(pk__in={each[0] for each in shown.values() if each[0]}).values_list("pk", "name")
    )
    peers = dict(
        Organisation.objects.filter(pk__in={each[1] for each in shown.values() if each[1]}).values_list("pk", "name")
    )
    found = []
    for (account, whom), each in moves.items():
        fen = sum(amount for _, amount in each)
        if fen:
            party, peer, record, household = shown[whom]
            name = parties.get(party or 0) or peers.get(peer or 0) or household or record or whom or NOBODY
            title = chart.path(account) if account in chart.accounts else account
            found.append(Standing(account, title, whom, name, record, fen, _aged(each, fen, day)))
    return sorted(found, key=lambda each: (-abs(each.fen), each.account, each.whom))


def opening_of(organisation: Organisation, year: int) -> dict[str, int]:
    """Account → what a year began with."""
    kept = dict(Balance.objects.filter(organisation=organisation, month=year * 100).values_list("account", "debit_fen"))
    return kept or _left(_lagging(Organisation.objects.filter(pk=organisation.pk), year))


def _books(organisations: QuerySet[Organisation], month: int, chart: Chart, together: bool) -> Books:
    year = month // 100
    until = year * 100 + TRANSFER if month % 100 == 12 else month
    lagging = _lagging(organisations, year)
    opening: dict[str, int] = defaultdict(int, _left(lagging))
    turned: dict[str, int] = defaultdict(int)
    closing: dict[str, int] = defaultdict(int, opening)
    for at, account, debit, credit in _rows(organisations, year, until):
        net = debit - credit
        closing[account] += net
        if at == year * 100:
            opening[account] += net
        elif at % 100 != TRANSFER:
            turned[account] += net
    people = _people(
        organisations, year, until, lagging, [code for code in chart.accounts if code.startswith(INTERNAL)]
    )
    left_out = _internal(organisations, year, until, closing, turned, people) if together else 0
    debit = sum(fen for fen in people.values() if fen > 0)
    split = {INTERNAL: (debit, debit - sum(fen for code, fen in closing.items() if code.startswith(INTERNAL)))}
    return Books(chart, month, Figures(dict(closing), dict(opening), dict(turned), split), left_out)


def _rows(organisations: QuerySet[Organisation], year: int, until: int) -> Iterable[tuple[int, str, int, int]]:
    rows = Balance.objects.filter(
        organisation__in=organisations.order_by().values("pk"), month__gte=year * 100, month__lte=until
    )
    found: Iterable[tuple[int, str, int, int]] = rows.values_list("month", "account").annotate(
        Sum("debit_fen"), Sum("credit_fen")
    )
    return found


Lagging = dict[tuple[int, str, str], int]
"""(organisation, account, whom) → fen."""


def _lagging(organisations: QuerySet[Organisation], year: int) -> Lagging:
    """What those begin the year with who have booked nothing in it yet."""
    found: Lagging = {}
    last = Month.objects.filter(organisation__in=organisations.order_by().values("pk"), month__lt=year * 100 + TRANSFER)
    for pk, month in last.order_by().values_list("organisation").annotate(Max("month")):
        if month // 100 < year:
            before = month // 100
            found.update(
                {
                    (pk, *key): fen
                    for key, fen in carried(of_year(Organisation.objects.get(pk=pk), before), before, year).items()
                }
            )
    return found


def _left(lagging: Lagging) -> dict[str, int]:
    """The same by account."""
    found: dict[str, int] = defaultdict(int)
    for (_, account, whom), fen in lagging.items():
        if not whom:
            found[account] += fen
    return dict(found)


def _people(
    organisations: QuerySet[Organisation], year: int, until: int, lagging: Lagging, accounts: list[str]
) -> dict[tuple[int, str], int]:
    """(organisation, whom) → balance on 内部往来 (``accounts``); "" is what stands there for nobody in particular."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    for (pk, account, whom), fen in lagging.items():
        if account.startswith(INTERNAL):
            found[pk, whom] += fen
            found[pk, ""] -= fen if whom else 0
    ours = organisations.order_by().values("pk")
    # Each account by its name, which the index goes on from to the month: "begins with 113" would read every year there is.
    within = {"organisation__in": ours, "account__in": accounts, "month__gte": year * 100, "month__lte": until}
    for pk, debit, credit in (
        Balance.objects.filter(**within)
        .order_by()
        .values_list("organisation")
        .annotate(Sum("debit_fen"), Sum("credit_fen"))
    ):
        found[pk, ""] += debit - credit
    named = (
        PartyBalance.objects.filter(**within)
        .order_by()
        .values_list("organisation", "whom")
        .annotate(Sum("debit_fen"), Sum("credit_fen"))
    )
    for pk, whom, debit, credit in named:
        found[pk, whom] += debit - credit
        found[pk, ""] -= debit - credit
    return dict(found)


def _internal(
    organisations: QuerySet[Organisation],
    year: int,
    until: int,
    closing: dict[str, int],
    turned: dict[str, int],
    people: dict[tuple[int, str], int],
) -> int:
    """Takes out of both sides what organisations inside have with each other: of a pair, as much as both have booked."""
    inside = set(organisations.values_list("pk", flat=True))
    dealt = (
        Line.objects.filter(peer__in=organisations.order_by().values("pk"))
        .order_by()
        .values_list("voucher__organisation", flat=True)
    )  # few, by an index of their own
    rows = PartyBalance.objects.filter(
        organisation__in=inside & set(dealt), whom__gte="o", whom__lt="p", month__gte=year * 100, month__lte=until
    )
    sums: dict[tuple[bool, int, int], list[tuple[str, str, int]]] = defaultdict(list)
    for pk, account, whom, debit, credit in (
        rows.order_by().values_list("organisation", "account", "whom").annotate(Sum("debit_fen"), Sum("credit_fen"))
    ):
        peer = int(whom.split("|")[0][1:])
        if peer in inside and debit != credit:
            result = chart_of(last_day(until)).account(account[:TOP]).kind in RESULT
            sums[result, pk, peer].append((account, whom, debit - credit))
    total = 0
    for (result, pk, peer), mine in sums.items():
        theirs = sums.get((result, peer, pk), [])
        left = min(sum(max(fen, 0) for _, _, fen in mine), sum(max(-fen, 0) for _, _, fen in theirs))
        total += left
        for side, owner, each in ((1, pk, mine), (-1, peer, theirs)):
            rest = left
            for account, whom, fen in each:
                part = min(max(side * fen, 0), rest)
                rest -= part
                closing[account] -= side * part
                if result:
                    turned[account] -= side * part
                elif account.startswith(INTERNAL):
                    people[owner, whom] -= side * part
    return total


def _aged(moves: list[tuple[date, int]], fen: int, day: date) -> tuple[int, ...]:
    """The balance by age: the youngest movements on its side make it up."""
    sign, left = (1 if fen > 0 else -1), abs(fen)
    ages = [0] * len(AGES)
    for on, amount in sorted(moves, reverse=True):
        part = min(max(sign * amount, 0), left)
        years = (day.year - on.year) - ((day.month, day.day) < (on.month, on.day))
        ages[next(at for at, (end, _) in enumerate(AGES) if years < end)] += sign * part
        left -= part
    return tuple(ages)


def _as_of(account: str, on: date, chart: Chart) -> str:
    return account if chart_of(on).key == chart.key else bridge(account)
