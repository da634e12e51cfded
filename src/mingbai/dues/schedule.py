"""The payment schedule 租金计划: from a contract's terms to what falls due when, in fen.

A schedule is computed from terms each time, never stored as a "next date". Where the contract names no date, rent is
due at the end of each full year, and what is left of a year at the end of the term (民法典第721条); the other
defaults stand in ``due_dates.yaml`` with their standing. The same terms give the same total however they are paid:
yearly sums are made first, then split or joined without losing a fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from mingbai.dues.anniversaries import ONE_DAY, ContractYear, add_months, add_years, contract_years
from mingbai.dues.law import due_date_law
from mingbai.dues.prices import Escalation, PriceClause, Steps, half_up, price_in_year, rent_of_area
from mingbai.limits import YEAR_MAX, YEAR_MIN
from mingbai.units.formats import format_area, format_money

Payment: TypeAlias = Literal["按年", "一次性", "分期", "按月", "按季", "半年", "实物"]
_MONTHS: dict[Payment | None, int] = {"按月": 1, "按季": 3, "半年": 6}


class TermsError(ValueError):
    """The terms give no schedule; the message says why and what to look up, in Chinese."""


@dataclass(frozen=True, slots=True)
class DueRule:
    """The date the contract names: ``at`` the first or last day of each period, or on ``month``/``day``.

    A named day is the first one within the period (it is the period's last day if none falls in it); with ``before``
    the last one before the period begins (先交后用: 每年12月31日前交下一年的).
    """

    at: Literal["start", "end", "date"] = "end"
    month: int = 12
    day: int = 31
    before: bool = False

    def due_on(self, first_day: date, last_day: date) -> date:
        """The due date of a period."""
        if self.at != "date":
            return first_day if self.at == "start" else last_day
        if self.before:
            days = [self._named_day(year) for year in (first_day.year - 1, first_day.year)]
            return max(day for day in days if day < first_day)
        days = [self._named_day(year) for year in range(first_day.year, last_day.year + 1)]
        return min((day for day in days if first_day <= day <= last_day), default=last_day)

    def _named_day(self, year: int) -> date:
        month_end = add_months(date(year, self.month, 1), 1) - ONE_DAY
        return min(date(year, self.month, min(self.day, month_end.day)), month_end)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a written plan (分期): its date and its fen."""

    due_on: date
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a contract says about paying. Money in fen, area in 1/10,000 mu; None = the contract does not say.

    The yearly sum counts before the price per mu, the price per mu before the total; only a single payment (一次性)
    takes the total first. ``ends_on`` None: open-ended. ``payment`` None counts as 按年. ``prepaid_years``: paid in
    blocks of so many years. ``in_kind`` is kept word for word and never priced; with payment 实物 no money is due.
    """

    starts_on: date
    ends_on: date | None = None
    rent_fen_per_year: int | None = None
    rent_fen_per_mu_year: int | None = None
    area_mu4: int | None = None
    total_fen: int | None = None
    payment: Payment | None = None
    prepaid_years: int | None = None
    steps: Steps | None = None
    escalation: Escalation | None = None
    in_kind: str = ""
    due_rule: DueRule | None = None
    instalments: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One due 应缴: period first and last day, due date, fen (None = in kind only), and why it is so (``basis``)."""

    number: int
    period_from: date
    period_to: date
    due_on: date
    amount_fen: int | None
    in_kind: str
    basis: str


@dataclass(frozen=True, slots=True)
class _Period:
    first_day: date
    last_day: date
    fen: int | None
    part: bool
    says: str


def schedule(terms: Terms, until: date | None = None) -> tuple[Due, ...]:
    """All dues of a contract, oldest first, numbered from 1.

    A term with an end is scheduled to its end. An open-ended one is scheduled for every period that begins on or
    before ``until``. Part years count by days of that contract year, rounded half up to the fen. Raises TermsError.
    """
    _check(terms, until)
    if terms.instalments:
        return _planned(terms)
    last_day = terms.ends_on or _open_end(terms, until)
    if terms.payment == "一次性" and not terms.prepaid_years:
        periods = [_whole_term(terms, last_day)]
    else:
        periods = _periods(terms, _yearly(terms, contract_years(terms.starts_on, last_day)))
    if terms.ends_on is None and until is not None:
        periods = [period for period in periods if period.first_day <= until]
    return tuple(_due(terms, number, period) for number, period in enumerate(periods, 1))


def spread(total_fen: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Divide a sum by weights to the fen, largest remainder first (the earlier at a tie): the parts give the sum."""
    whole = sum(weights, Fraction(0))
    assert whole > 0, "nothing to divide by"
    exact = [total_fen * weight / whole for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: total_fen - sum(parts)]:
        parts[at] += 1
    return tuple(parts)


def _check(terms: Terms, until: date | None) -> None:
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise TermsError(f"终止日期 {terms.ends_on} 早于起始日期 {terms.starts_on}，请查原合同")
    for day in (terms.starts_on, terms.ends_on, until):
        if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
            raise TermsError(f"日期 {day} 不在 {YEAR_MIN}—{YEAR_MAX} 年之间，请查原合同")
    numbers = (
        terms.rent_fen_per_year,
        terms.rent_fen_per_mu_year,
        terms.area_mu4,
        terms.total_fen,
        terms.prepaid_years,
        *(instalment.amount_fen for instalment in terms.instalments),
    )
    if any(number is not None and number < 0 for number in numbers):
        raise TermsError("租金、面积、总价和年数不能是负数，请查原合同")
    if terms.steps is not None and terms.escalation is not None:
        raise TermsError("分段价和递增只能用一个，请按原合同选定")
    if terms.instalments and terms.total_fen not in (None, sum(i.amount_fen for i in terms.instalments)):
        raise TermsError(
            f"各期付款合计 {format_money(sum(i.amount_fen for i in terms.instalments))} 元，"
            f"与总价 {format_money(terms.total_fen or 0)} 元不等，请查原合同"
        )


def _open_end(terms: Terms, until: date | None) -> date:
    """The last day of the last year an open-ended contract is scheduled for (it begins on or before ``until``)."""
    if until is None:
        raise TermsError("没有终止日期，要说明计划排到哪一天为止")
    number = max(until.year - terms.starts_on.year, 0)
    while add_years(terms.starts_on, number) > until and number:
        number -= 1
    return add_years(terms.starts_on, number + 1) - ONE_DAY


def _planned(terms: Terms) -> tuple[Due, ...]:
    plan = sorted(terms.instalments, key=lambda instalment: instalment.due_on)
    last_day = terms.ends_on or max(plan[-1].due_on, terms.starts_on)
    return tuple(
        Due(
            number,
            terms.starts_on,
            last_day,
            part.due_on,
            part.amount_fen,
            terms.in_kind,
            f"第{number}期，合同写明 {part.due_on} 缴 {format_money(part.amount_fen)} 元",
        )
        for number, part in enumerate(plan, 1)
    )


def _yearly(terms: Terms, years: tuple[ContractYear, ...]) -> list[_Period]:
    """The contract years with their fen: priced one by one, or the total spread over them."""
    if terms.payment == "实物" or not _priced(terms):
        if not terms.in_kind and terms.payment != "实物":
            raise TermsError("没有租金、单价或总价，排不出缴款计划，请查原合同")
        return [_Period(y.first_day, y.last_day, None, y.share < 1, "实物租金照原文保留，不折价") for y in years]
    clause = terms.steps or terms.escalation
    if _total_only(terms):
        if terms.ends_on is None:
            raise TermsError("只有总价而没有终止日期，分不到各年，请查原合同")
        fen = spread(terms.total_fen or 0, [year.share for year in years])
        says = f"总价 {format_money(terms.total_fen or 0)} 元按年分摊" + (",递增条款没有用于总价" if clause else "")
        return [_Period(y.first_day, y.last_day, part, y.share < 1, says) for y, part in zip(years, fen, strict=True)]
    return [_priced_year(terms, clause, year) for year in years]


def _priced(terms: Terms) -> bool:
    return any(
        price is not None
        for price in (terms.rent_fen_per_year, terms.rent_fen_per_mu_year, terms.total_fen, terms.steps)
    )


def _total_only(terms: Terms) -> bool:
    """Nothing gives a yearly sum (a price per mu without an area does not), and there is a total."""
    by_mu = terms.rent_fen_per_mu_year is not None and terms.area_mu4 is not None
    return terms.total_fen is not None and terms.rent_fen_per_year is None and not by_mu and terms.steps is None


def _priced_year(terms: Terms, clause: PriceClause | None, year: ContractYear) -> _Period:
    number, begins_in = year.number, year.first_day.year
    per_mu = _is_per_mu(terms, clause)
    if per_mu and terms.rent_fen_per_mu_year is None and terms.rent_fen_per_year is not None:
        whole = _rent_with_rise_per_mu(terms, clause, number, begins_in)
        says = f"年租金 {format_money(whole)} 元"
    else:
        base = terms.rent_fen_per_mu_year if per_mu else terms.rent_fen_per_year
        if base is None and not per_mu and terms.rent_fen_per_mu_year is not None:
            base = rent_of_area(terms.rent_fen_per_mu_year, _area(terms))
        price = price_in_year(base, clause, number, begins_in)
        if price is None:
            raise TermsError(f"第{number}年（{year.first_day} 起）没有写价格，请查原合同")
        whole = rent_of_area(price, _area(terms)) if per_mu else price
        says = f"年租金 {format_money(whole)} 元"
        if per_mu:
            says += f"(每亩 {format_money(price)} 元 × {format_area(_area(terms))} 亩)"
    return _Period(year.first_day, year.last_day, half_up(whole * year.share), year.share < 1, says)


def _rent_with_rise_per_mu(terms: Terms, clause: PriceClause | None, number: int, begins_in: int) -> int:
    """A yearly sum to which a clause adds, or which it replaces by, so much per mu."""
    per_mu_fen = rent_of_area(price_in_year(0, clause, number, begins_in) or 0, _area(terms))
    stage = clause.stage(number, begins_in) if isinstance(clause, Steps) else None
    return per_mu_fen if stage is not None and not stage.adds else per_mu_fen + (terms.rent_fen_per_year or 0)


def _is_per_mu(terms: Terms, clause: PriceClause | None) -> bool:
    """Whether the year's price is reckoned per mu: as the clause says, else as the price column."""
    in_per_cent = isinstance(clause, Escalation) and clause.percent is not None
    if clause is not None and clause.per_mu is not None and not in_per_cent:
        return clause.per_mu
    if isinstance(clause, Steps) and (terms.rent_fen_per_year is None) == (terms.rent_fen_per_mu_year is None):
        raise TermsError("分段价没有写是每亩还是每年，请按原合同选定")
    return terms.rent_fen_per_year is None


def _area(terms: Terms) -> int:
    if terms.area_mu4 is None:
        raise TermsError("有每亩单价而没有面积，算不出年租金，请查原合同或实测")
    return terms.area_mu4


def _whole_term(terms: Terms, last_day: date) -> _Period:
    """A single payment for the whole term: the stated total, else the sum of the years."""
    if terms.total_fen is not None:
        says = f"合同总价 {format_money(terms.total_fen)} 元"
        return _Period(terms.starts_on, last_day, terms.total_fen, part=False, says=says)
    if terms.ends_on is None:
        raise TermsError("一次付清而没有终止日期和总价，算不出金额，请查原合同")
    return _joined(_yearly(terms, contract_years(terms.starts_on, last_day)))


def _joined(years: Sequence[_Period]) -> _Period:
    if len(years) == 1:
        return years[0]
    known = [year.fen for year in years if year.fen is not None]
    fen = sum(known) if known else None
    says = years[0].says if fen is None else f"{len(years)} 个年度合计 {format_money(fen)} 元"
    return _Period(years[0].first_day, years[-1].last_day, fen, any(year.part for year in years), says)


def _periods(terms: Terms, years: list[_Period]) -> list[_Period]:
    """The contract years joined to blocks, left as they are, or split into months, quarters, half years."""
    if terms.prepaid_years:
        size = terms.prepaid_years
        return [_joined(years[at : at + size]) for at in range(0, len(years), size)]
    months = _MONTHS.get(terms.payment)
    if months is None:
        return years
    return [part for at, year in enumerate(years) for part in _split(terms.starts_on, at, year, months)]


def _split(starts_on: date, years_before: int, year: _Period, months: int) -> list[_Period]:
    """One contract year in steps of ``months``: equal parts of a full year, by days of a part year."""
    firsts = [add_months(starts_on, 12 * years_before + month) for month in range(0, 12, months)]
    firsts = [first for first in firsts if first <= year.last_day]
    lasts = [first - ONE_DAY for first in firsts[1:]] + [year.last_day]
    days = [Fraction((last - first).days + 1) for first, last in zip(firsts, lasts, strict=True)]
    weights = days if year.part else [Fraction(1)] * len(firsts)
    fen: Sequence[int | None] = [None] * len(firsts) if year.fen is None else spread(year.fen, weights)
    return [
        _Period(first, last, part, year.part, year.says) for first, last, part in zip(firsts, lasts, fen, strict=True)
    ]


def _due(terms: Terms, number: int, period: _Period) -> Due:
    law = due_date_law()
    if terms.due_rule is not None:
        due_on, why = terms.due_rule.due_on(period.first_day, period.last_day), "按合同写明的缴款日"
    else:
        name = (
            "prepaid"
            if terms.prepaid_years
            else "once"
            if terms.payment == "一次性"
            else "within_year"
            if terms.payment in _MONTHS
            else "unstated"
        )
        default = law[name]
        due_on = period.first_day if default.due == "start" else period.last_day
        why = f"{default.fact.says}({_cited(default.fact.cite, default.fact.status)})"
    part = (
        f";{law['part_year'].fact.says}({_cited(law['part_year'].fact.cite, law['part_year'].fact.status)})"
        if period.part and period.fen is not None
        else ""
    )
    basis = f"第{number}期 {period.first_day} 至 {period.last_day}：{period.says}{part}；{why}"
    return Due(number, period.first_day, period.last_day, due_on, period.fen, terms.in_kind, basis)


def _cited(cite: str, status: str) -> str:
    return cite if status == "certain" else f"{cite}，待核"
