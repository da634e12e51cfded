"""The month and the year 结账: what must be done before a month is closed, closing, reopening with a reason, and the
transfer of the year's income and expense.

Months are closed in their order and reopened from the last one back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mingbai.books.balances import TRANSFER, agrees, carried, of_year
from mingbai.books.chart import APPROPRIATION, PROFIT, TOP, UNDISTRIBUTED, Chart, last_day
from mingbai.books.desk import BookError, chart_for, post
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Balance, BankLine, Month, Voucher
from mingbai.places.models import Organisation
from mingbai.records.door import Commit
from mingbai.units import format_money
from mingbai.units.wording import phrase


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist. ``must``: the month cannot be closed while it is not done."""

    title: str
    done: bool
    says: str
    must: bool = True


def checklist(organisation: Organisation, month: int) -> list[Check]:
    """What stands between a month and its closing."""
    months = dict(Month.objects.filter(organisation=organisation).values_list("month", "closed"))
    open_before = sorted(each for each, closed in months.items() if each < month and not closed)
    balances = at_end(organisation, month)
    chart = chart_for(organisation, last_day(month))
    checks = [
        Check("以前的月份都已结账", not open_before, f"{say(open_before[0])}还没有结账" if open_before else ""),
        Check(
            "试算平衡",
            not sum(balances.values()),
            f"借贷相差 {format_money(abs(sum(balances.values())))} 元" if sum(balances.values()) else "",
        ),
        *_ordinary(balances, chart),
    ]
    checks.append(Check("余额与分录相符", agrees(organisation, month), "请运行 mingbai fsck 查明"))
    waiting = BankLine.objects.filter(
        organisation=organisation, match=None, on__year=month // 100, on__month=month % 100
    ).count()
    if BankLine.objects.filter(organisation=organisation).exists():
        checks.append(
            Check(
                "银行流水都对上了",
                not waiting,
                f"还有 {waiting} 笔没有对上，请到“银行对账”看" if waiting else "",
                must=False,
            )
        )
    if month % 100 == 12:
        rest = {code: fen for code, fen in balances.items() if code[:TOP] in (*chart.result, PROFIT) and fen}
        checks.append(
            Check("本年收支已经结转", not rest, f"还有 {len(rest)} 个收支科目有余额；请做年末结转" if rest else "")
        )
    return checks


def _ordinary(balances: Mapping[str, int], chart: Chart) -> list[Check]:
    """Balances on the side where they do not belong."""
    found = []
    for code in ("101", "102"):
        fen = sum(each for account, each in balances.items() if account.startswith(code))
        name = chart.account(code).name
        found.append(
            Check(
                f"{name}没有贷方余额",
                fen >= 0,
                f"{name}余额 {format_money(fen)} 元：付出的比有的还多，请核对" if fen < 0 else "",
                code == "101",
            )
        )
    return found


def close(act: Commit, month: int) -> Month:
    """Closes a month.

    :raises BookError: naming every point of the checklist that is not done.
    """
    row = _row(act.organisation, month)
    if row.closed:
        raise BookError(f"{say(month)}已经结账")
    left = [f"{each.title}：{each.says}" for each in checklist(act.organisation, month) if each.must and not each.done]
    if left:
        raise BookError(*left)
    row.closed, row.closed_on, row.closed_by = True, act.on, act.person
    return act.save(row, "closed", "closed_on", "closed_by")


def reopen(act: Commit, month: int, why: str) -> Month:
    """Opens the last closed month again; the reason stands in the audit event.

    :raises BookError: without a reason, or while a later month is closed.
    """
    if not why.strip():
        raise BookError("请写明为什么重新打开")
    row = _row(act.organisation, month)
    if not row.closed:
        raise BookError(f"{say(month)}没有结账，不用打开")
    later = Month.objects.filter(organisation=act.organisation, month__gt=month, closed=True).order_by("-month").first()
    if later is not None:
        raise BookError(f"{say(later.month)}也结了账；请从最后一个月往回打开")
    row.closed, row.closed_on, row.closed_by = False, None, None
    act.told("books.reopen", month=month, why=why)
    return act.save(row, "closed", "closed_on", "closed_by")


def transfer(organisation: Organisation, year: int) -> list[Proposal]:
    """The year-end transfer 年末结转 as entries to be booked on 31 December: income and expense to 本年收益, 本年收益 to
    未分配收益, the year's appropriations to 未分配收益. [] where nothing is left to carry over."""
    month, day = year * 100 + 12, date(year, 12, 31)
    chart = chart_for(organisation, day)
    balances = at_end(organisation, month)
    again = Voucher.objects.filter(organisation=organisation, closing=True, month=month).count()
    made: list[Proposal] = []
    legs: list[Leg] = []
    result = 0
    for code, fen in sorted(balances.items()):
        if code[:TOP] in chart.result and fen:
            legs.append(Leg(code, max(-fen, 0), max(fen, 0)))
            result += fen
    if legs:
        if result:
            legs.append(Leg(PROFIT, max(result, 0), max(-result, 0)))
        made.append(Proposal(f"closing/{year}/{again + 1}", day, f"结转{year}年度收支", tuple(legs), closing=True))
    profit = balances.get(PROFIT, 0) + result
    if profit:
        legs = [Leg(PROFIT, max(-profit, 0), max(profit, 0)), Leg(UNDISTRIBUTED, max(profit, 0), max(-profit, 0))]
        made.append(Proposal(f"closing/{year}/{again + 2}", day, f"结转{year}年度本年收益", tuple(legs), closing=True))
    given = {
        code: fen
        for code, fen in balances.items()
        if code.startswith(APPROPRIATION) and code not in (APPROPRIATION, UNDISTRIBUTED) and fen
    }
    if given:
        legs = [Leg(code, max(-fen, 0), max(fen, 0)) for code, fen in sorted(given.items())]
        rest = sum(given.values())
        legs += [Leg(UNDISTRIBUTED, max(rest, 0), max(-rest, 0))] if rest else []
        made.append(Proposal(f"closing/{year}/{again + 3}", day, f"结转{year}年度收益分配", tuple(legs), closing=True))
    return made


def end_year(act: Commit, year: int) -> Sequence[Voucher]:
    """Books the year-end transfer."""
    return post(act, transfer(act.organisation, year))


def at_end(organisation: Organisation, month: int) -> dict[str, int]:
    """Account → debit minus credit at the end of a month; of December with the transfer."""
    last = month // 100 * 100 + TRANSFER if month % 100 == 12 else month
    found: dict[str, int] = defaultdict(int)
    rows = Balance.objects.filter(organisation=organisation, month__gte=month // 100 * 100, month__lte=last)
    for account, debit, credit in rows.values_list("account", "debit_fen", "credit_fen"):
        found[account] += debit - credit
    if not found:  # nothing yet this year: what the last year left
        before = (
            Balance.objects.filter(organisation=organisation, month__lt=month // 100 * 100)
            .order_by("-month")
            .values_list("month", flat=True)
            .first()
        )
        if before is not None:
            year = before // 100
            for (account, whom), fen in carried(of_year(organisation, year), year, month // 100).items():
                if not whom:
                    found[account] += fen
    return dict(found)


def say(month: int) -> str:
    return phrase("{year}年{month}月", year=month // 100, month=month % 100)


def _row(organisation: Organisation, month: int) -> Month:
    found: Month | None = Month.objects.filter(organisation=organisation, month=month).first()
    if found is None:
        raise BookError(f"{say(month)}还没有凭证")
    return found
