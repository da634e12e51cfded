"""Years and months on the calendar, and a term cut into its contract years 合同年度.

A period of N years ends on the corresponding day N years on, or the month's last day where there is none (29 Feb);
民法典第202条. Everything counts from the first day, so that month ends do not drift.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

ONE_DAY = timedelta(days=1)


def add_months(start: date, months: int) -> date:
    """The corresponding day ``months`` later (or earlier), or that month's last day: 31 Jan + 1 → 28 Feb."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_years(start: date, years: int) -> date:
    """The corresponding day ``years`` later: 2016-02-29 + 3 → 2019-02-28."""
    return add_months(start, 12 * years)


@dataclass(frozen=True, slots=True)
class ContractYear:
    """The ``number``-th year of a contract, first and last day. ``share`` is 1, or days ÷ days of that year."""

    number: int
    first_day: date
    last_day: date
    share: Fraction


def contract_years(starts_on: date, ends_on: date) -> tuple[ContractYear, ...]:
    """The contract years from the first to the last day of a term, the last one perhaps in part.

    N years end on the day before the N-th anniversary or on the anniversary itself: both are N years (a term
    written 2005-01-01 – 2035-01-01 has 30), the odd day belongs to the last year and costs nothing.
    ``ends_on`` must not lie before ``starts_on``.
    """
    assert starts_on <= ends_on, "ends before it starts"
    years: list[ContractYear] = []
    first = starts_on
    while first <= ends_on:
        number = len(years) + 1
        following = add_years(starts_on, number)
        if ends_on in (following - ONE_DAY, following):
            return (*years, ContractYear(number, first, ends_on, Fraction(1)))
        last = min(ends_on, following - ONE_DAY)
        share = Fraction((last - first).days + 1, (following - first).days)
        years.append(ContractYear(number, first, last, share))
        first = following
    return tuple(years)
