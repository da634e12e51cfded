"""新旧会计制度衔接 of 2024-01-01: what each old balance became, who decided where one account becomes several, and the record of it.

The balances of the old chart are carried into the new one by ``chart.yaml`` as soon as a year of the new chart begins, so no
book waits for this. What the table cannot know (which trees bear fruit, whom 内部往来 of old is no member) a person decides
here; it is booked once as an adjusting voucher through ``post()``, and the confirmed table is kept with its totals.

    table(place)                           # old and new, line by line, with choices
    settle(person, place, {key: {"132": 300_000}})
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mingbai.books.balances import of_year
from mingbai.books.chart import Bridge, Chart, bridge, bridges, charts, last_day
from mingbai.books.desk import BookError, chart_for, post
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Bridged, Line, Month
from mingbai.places.models import Organisation, Person
from mingbai.records.door import commit
from mingbai.units import format_money


@dataclass(frozen=True, slots=True)
class Row:
    """One old balance and where it goes. ``choices``: accounts a person may divide it among; the first is where it stands
    until somebody does. ``whom``: the dimensions as one key; () in ``choices`` = nothing to decide."""

    old: str
    old_name: str
    new: str
    new_name: str
    whom: str
    name: str
    fen: int
    choices: tuple[tuple[str, str], ...]
    why: str

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.old}|{self.whom}".encode()).hexdigest()[:16]


def table(organisation: Organisation) -> list[Row]:
    """Every balance the old chart left, by account, and by whom where a person must look at each; [] without old books."""
    old, new = _charts(organisation)
    year = _last_year(organisation)
    if year is None:
        return []
    whole: dict[tuple[str, str], int] = defaultdict(int)
    for (_, account, whom), (debit, credit) in of_year(organisation, year).items():
        whole[account, whom] += debit - credit
    made = []
    for (account, whom), fen in sorted(whole.items()):
        if whom:
            continue
        rule = _rule(account)
        people = {who: part for (code, who), part in whole.items() if who and code == account and part}
        if rule is not None and rule.choices and rule.by_person and people:
            rest = fen - sum(people.values())
            names = _names(organisation, people)
            made += [
                _row(old, new, account, who, names.get(who, who), part, rule) for who, part in sorted(people.items())
            ]
            if rest:
                made.append(_row(old, new, account, "", "", rest, rule))
        elif fen:
            made.append(_row(old, new, account, "", "", fen, rule))
    return made


def totals(rows: list[Row]) -> tuple[int, int]:
    """(debit balances, credit balances) line by line: a line keeps its side, whichever account it stands on."""
    return sum(row.fen for row in rows if row.fen > 0), -sum(row.fen for row in rows if row.fen < 0)


def settle(person: Person | None, organisation: Organisation, said: Mapping[str, Mapping[str, int]]) -> Bridged:
    """Records the bridging, once: ``said`` is row key → account → fen (above zero) of what leaves the first choice.

    :raises BookError: for a second time, an account that is no choice, or more than there is.
    """
    rows = table(organisation)
    if not rows:
        raise BookError(f"{organisation.name}没有旧制度的账，不用衔接")
    if Bridged.objects.filter(organisation=organisation).exists():
        raise BookError("新旧衔接已经做过；再要调整的请记调整凭证")
    legs: list[Leg] = []
    for row in rows:
        parts = {account: fen for account, fen in said.get(row.key, {}).items() if fen}
        allowed = {code for code, _ in row.choices}
        if any(account not in allowed or account == row.new for account in parts):
            raise BookError(f"{row.old} {row.old_name}{row.name}只能分到 {'、'.join(sorted(allowed))}")
        if any(fen < 0 for fen in parts.values()) or sum(parts.values()) > abs(row.fen):
            raise BookError(
                f"{row.old} {row.old_name}{row.name}余额 {format_money(abs(row.fen))} 元，分出去的不能更多，也不能是负数"
            )
        sign = 1 if row.fen > 0 else -1
        for account, fen in sorted(parts.items()):
            at = _dimensions(organisation, row.whom)
            legs.append(_leg(row.new, -sign * fen, at))
            legs.append(_leg(account, sign * fen, at))
    debit, credit = totals(rows)
    digest = hashlib.sha256(
        json.dumps(
            [[row.old, row.new, row.whom, row.fen, sorted(said.get(row.key, {}).items())] for row in rows],
            ensure_ascii=False,
        ).encode()
    ).hexdigest()
    with commit(person, organisation, "close", "新旧会计制度衔接") as act:
        voucher = None
        if legs:
            on = _first_open_day(organisation, act.on)
            voucher = post(
                act, [Proposal("bridge/2024", on, "新旧会计制度衔接：按实际情况分清科目", tuple(legs))], "衔接调整"
            )[0]
        act.told("books.bridge", rows=len(rows), debit_fen=debit, credit_fen=credit, digest=digest)
        return act.save(
            Bridged(
                organisation=organisation,
                on=act.on,
                by=person,
                voucher=voucher,
                debit_fen=debit,
                credit_fen=credit,
                digest=digest,
            )
        )


def _charts(organisation: Organisation) -> tuple[Chart, Chart]:
    old, new = charts()[0], charts()[1]
    return chart_for(organisation, old.since), chart_for(organisation, new.since)


def _last_year(organisation: Organisation) -> int | None:
    """The last year booked under the old chart."""
    month = (
        Month.objects.filter(organisation=organisation, month__lt=charts()[1].since.year * 100)
        .order_by("-month")
        .values_list("month", flat=True)
        .first()
    )
    return month // 100 if month is not None else None


def _rule(account: str) -> Bridge | None:
    found, end = bridges(), len(account)
    while end >= 3:
        if account[:end] in found:
            return found[account[:end]]
        end -= 2
    return None


def _row(old: Chart, new: Chart, account: str, whom: str, name: str, fen: int, rule: Bridge | None) -> Row:
    to = bridge(account)
    choices = tuple((code, new.account(code).name) for code in rule.choices) if rule is not None else ()
    return Row(
        account,
        old.path(account),
        to,
        new.path(to) if to in new.accounts else to,
        whom,
        name,
        fen,
        choices,
        rule.why if rule is not None else "",
    )


def _names(organisation: Organisation, people: Mapping[str, int]) -> dict[str, str]:
    rows = (
        Line.objects.filter(voucher__organisation=organisation, whom__in=list(people))
        .values_list("whom", "party__name", "peer__name", "household", "project")
        .distinct()
    )
    return {whom: party or peer or household or project or whom for whom, party, peer, household, project in rows}


def _dimensions(organisation: Organisation, whom: str) -> Line | None:
    if not whom:
        return None
    found: Line | None = Line.objects.filter(voucher__organisation=organisation, whom=whom).first()
    return found


def _leg(account: str, fen: int, at: Line | None) -> Leg:
    if at is None:
        return Leg(account, max(fen, 0), max(-fen, 0))
    return Leg(
        account,
        max(fen, 0),
        max(-fen, 0),
        party=at.party_id,
        peer=at.peer_id,
        record=at.record,
        project=at.project,
        household=at.household,
    )


def _first_open_day(organisation: Organisation, today: date) -> date:
    """1 January 2024, or the first day of the first month that is still open."""
    closed = set(Month.objects.filter(organisation=organisation, closed=True).values_list("month", flat=True))
    day = charts()[1].since
    while day.year * 100 + day.month in closed:
        day = date.fromordinal(last_day(day.year * 100 + day.month).toordinal() + 1)
    return min(day, today)
