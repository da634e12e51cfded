"""What a contract makes due 应缴, from its first day to its last, as its life made it: the one place where the ledger's terms and the
events meet in dues.

    course(contract)     # dues, oldest first, numbered from 1: the same due keeps its number whatever happens after it

A price agreed anew holds from its day: the periods stay, the one it falls into is divided by days. A rise the contract worded
by percent or by money goes on from the new price; stages that named prices of their own end. A renewal with a price, or after a
gap, begins years of its own; without, the old ones go on. After an early end nothing more falls due than the period it fell in:
what is settled of that is booked by its own paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from mingbai import dues
from mingbai.dues.anniversaries import ONE_DAY, add_months, add_years
from mingbai.dues.prices import half_up
from mingbai.registers.contracts import events, life
from mingbai.registers.contracts.life import Event, Standing
from mingbai.rules import load_law
from mingbai.units import Value

_PRICE = ("rent_fen_per_mu_year", "rent_fen_per_year")


@dataclass(frozen=True, slots=True)
class _Run:
    """The dues ``made`` so far, and the terms they run by: ``before`` of them stand before the first of those terms."""

    made: tuple[dues.Due, ...]
    terms: dues.Terms | None
    before: int = 0


def course(record: Any) -> tuple[dues.Due, ...]:
    """Everything a contract makes due by its terms and its events; () where they give no schedule."""
    terms = _terms(record)
    run = _Run(_schedule(terms), terms)
    rows = [events.as_event(each) for each in record.events.all()]
    if rows:
        said, law, lived = events.terms(record), load_law(events.REGISTER), life.effective(rows)
        for place, event in enumerate(lived):
            if event.kind in ("renewal", "supplement", "price_review", "early_end"):
                run = _after(run, event, life.fold(said, lived[: place + 1], event.on, law))
    return run.made


def _terms(record: Any) -> dues.Terms | None:
    """What the ledger wrote of paying; None where it says no first day."""
    starts_on = record.starts_on or record.signed_on
    if starts_on is None:
        return None
    ends_on = record.ends_on or (add_months(starts_on, record.term_months) if record.term_months else None)
    rising = _clause(record.escalation)
    return dues.Terms(
        starts_on=starts_on,
        ends_on=ends_on,
        rent_fen_per_year=record.rent_fen_per_year,
        rent_fen_per_mu_year=record.rent_fen_per_mu_year,
        area_mu4=record.area_mu4,
        total_fen=record.total_fen,
        payment=record.payment_mode,
        prepaid_years=record.prepaid_years,
        in_kind=record.in_kind or "",
        escalation=rising if isinstance(rising, dues.Escalation) else None,
        steps=rising if isinstance(rising, dues.Steps) else None,
    )


def _clause(words: str | None) -> Any:
    """How the price rises, where the words say it plainly."""
    clause = dues.parse_escalation(words or "")
    return clause.value if isinstance(clause, Value) else None


def _after(run: _Run, event: Event, now: Standing) -> _Run:
    """The dues after an event that left the contract standing so."""
    if event.kind == "early_end":
        return replace(
            run, made=tuple(due for due in run.made if now.ended_on is None or due.period_from <= now.ended_on)
        )
    if run.terms is None:
        return run
    priced = any(event.facts.get(name) is not None for name in _PRICE)
    rising = (
        _clause(now.escalation)
        if event.facts.get("escalation")
        else run.terms.escalation
        if priced
        else run.terms.escalation or run.terms.steps
    )
    terms = replace(
        run.terms,
        ends_on=now.ends_on or run.terms.ends_on,
        area_mu4=now.area_mu4,
        escalation=rising if isinstance(rising, dues.Escalation) else None,
        steps=rising if isinstance(rising, dues.Steps) else None,
    )
    if priced:
        terms = replace(
            terms,
            rent_fen_per_year=now.rent_fen_per_year,
            rent_fen_per_mu_year=now.rent_fen_per_mu_year,
            total_fen=None,
        )
    if event.kind == "renewal" and now.renewed_on is not None:
        if priced or run.terms.ends_on is None or now.renewed_on > run.terms.ends_on + ONE_DAY:
            return _begun(run, replace(terms, starts_on=now.renewed_on), now.renewed_on)
        return _joined(run, terms, run.before, now.renewed_on)
    first = event.day("from_on") or event.on
    if not priced:
        return _joined(run, terms, run.before, first)
    start = _period_start(run, first)
    return _joined(run, replace(terms, starts_on=start), sum(due.period_from < start for due in run.made), first)


def _period_start(run: _Run, day: date) -> date:
    """The first day of the year of the contract a day lies in, or of the longer period that is paid at once."""
    assert run.terms is not None
    first, years = run.terms.starts_on, 0
    while add_years(first, years + 1) <= day:
        years += 1
    start: date = add_years(first, years)
    return min((start, *(due.period_from for due in run.made[run.before :] if due.period_from <= day <= due.period_to)))


def _begun(run: _Run, terms: dues.Terms, first: date) -> _Run:
    """Years of their own from ``first`` on; a period they cut short is due for its days."""
    kept = tuple(
        due
        if due.period_to < first
        else replace(due, period_to=first - ONE_DAY, amount_fen=_part(due, due.period_from, first - ONE_DAY))
        for due in run.made
        if due.period_from < first
    )
    return _Run((*kept, *_numbered(_schedule(terms), len(kept))), terms, len(kept))


def _joined(run: _Run, terms: dues.Terms, before: int, first: date) -> _Run:
    """The same periods by other terms from ``first`` on."""
    fresh = _numbered(_schedule(terms), before)
    if not fresh:
        return run
    was = {due.number: due for due in run.made}
    return _Run((*run.made[:before], *(_divided(was.get(due.number), due, first) for due in fresh)), terms, before)


def _divided(was: dues.Due | None, now: dues.Due, first: date) -> dues.Due:
    """A period before and after ``first``."""
    if was is None or now.period_from >= first or (was.period_from, was.period_to) != (now.period_from, now.period_to):
        return now
    if now.period_to < first or was.amount_fen == now.amount_fen:
        return was
    old, new = _part(was, was.period_from, first - ONE_DAY), _part(now, first, now.period_to)
    return now if old is None or new is None else replace(now, amount_fen=old + new)


def _part(due: dues.Due, since: date, until: date) -> int | None:
    """What of a due's sum falls on some of its days, half up to the fen."""
    if due.amount_fen is None:
        return None
    return half_up(Fraction(due.amount_fen * ((until - since).days + 1), (due.period_to - due.period_from).days + 1))


def _schedule(terms: dues.Terms | None) -> tuple[dues.Due, ...]:
    try:
        return dues.schedule(terms) if terms is not None else ()
    except dues.TermsError:
        return ()


def _numbered(fresh: Sequence[dues.Due], before: int) -> tuple[dues.Due, ...]:
    return tuple(replace(due, number=due.number + before) for due in fresh)
