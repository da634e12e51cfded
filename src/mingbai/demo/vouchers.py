"""The demo's books 演示账: from 2023 to the demo's day, posted by the real door from contracts and from a village's other
business, invented from the seed; the months closed one by one, the years carried over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from mingbai import demo
from mingbai.books import months
from mingbai.books.desk import post
from mingbai.books.entry import Leg, Proposal
from mingbai.books.reports import books_of
from mingbai.books.templates import Whom, propose
from mingbai.demo.cast import Team
from mingbai.records.door import commit
from mingbai.records.models import Receipt
from mingbai.registers.assets import posting as assets
from mingbai.registers.assets.models import Asset
from mingbai.registers.contracts import posting
from mingbai.units.wording import phrase

BEGUN = date(2023, 1, 1)
_YUAN = 100
RESERVED, SHARED = 30, 40
"""Per cent of a year's net income that go to reserves and to the members, where there is any."""


def keep(team: Team, records: list[Any]) -> None:
    """A village's books: opened, kept, closed to the month before the demo's day."""
    random = Random(f"{demo.SEED}/{team.place.code}/账")
    receipts: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in Receipt.objects.filter(organisation=team.place).order_by("received_on", "pk"):
        receipts[receipt.record].append(receipt)
    rents = [each for record in records for each in posting.proposals(record, receipts[record.key], BEGUN, demo.AS_OF)]
    cards = list(Asset.objects.filter(organisation=team.place).order_by("serial"))
    for year in range(BEGUN.year, demo.AS_OF.year + 1):
        entries = (
            [each for each in rents if each.on.year == year]
            + list(_business(random, year))
            + list(_things(cards, year))
        )
        if year == BEGUN.year:
            entries.insert(0, _opening(random, records, cards))
        with commit(team.clerk, team.place, "book", phrase("补记{year}年账", year=year)) as act:
            post(act, sorted(entries, key=lambda each: (each.on, each.event != "opening/2023")))
        with commit(team.reviewer, team.place, "close", phrase("{year}年结账", year=year)) as act:
            last = 12 if year < demo.AS_OF.year else demo.AS_OF.month - 1
            if last == 12:
                post(act, _shared(team, year))
                months.end_year(act, year)
            for month in range(1, last + 1):
                months.close(act, year * 100 + month)


def _opening(random: Random, records: list[Any], cards: list[Asset]) -> Proposal:
    """What the village had when the books begin: invented, but for what its lessees owed, which the contracts say, and its things,
    which their cards say."""
    there = [card for card in cards if card.in_use_on < BEGUN]
    works = random.randint(0, 80) * 1_000 * _YUAN
    legs = [
        Leg("101", random.randint(20, 60) * 100 * _YUAN),
        Leg("102", random.randint(200, 900) * 1_000 * _YUAN),
        Leg("151", sum(card.cost_fen for card in there)),
        Leg("152", 0, sum(assets.worn(card, 202212) for card in there)),
        Leg("301", 0, random.randint(100, 300) * 1_000 * _YUAN),
    ]
    legs += [Leg("154", works, project="机井")] if works else []
    legs += [leg for record in records for leg in posting.opening(record, BEGUN)]
    rest = sum(leg.debit_fen - leg.credit_fen for leg in legs)
    legs.append(Leg("311", max(-rest, 0), max(rest, 0), "年初结余"))
    return Proposal("opening/2023", BEGUN, "建账：2023 年年初余额", tuple(legs))


def _business(random: Random, year: int) -> Iterator[Proposal]:
    """Wages and office costs every month, a grant every year."""
    wages = random.randint(30, 60) * 100 * _YUAN
    for month in range(1, 13 if year < demo.AS_OF.year else demo.AS_OF.month + 1):
        at = f"{year}/{month:02d}"
        yield propose("wages_due", f"wages/{at}", date(year, month, 25), {"amount": wages})
        yield propose("wages_paid", f"wages/{at}/paid", date(year, month, 28), {"amount": wages})
        yield propose("cash_drawn", f"cash/{at}", date(year, month, 1), {"amount": 1_000 * _YUAN})
        yield propose(
            "expense_paid",
            f"office/{at}",
            date(year, month, 16),
            {"amount": random.randint(300, 950) * _YUAN},
            papers=random.randint(1, 5),
        )
    yield propose(
        "grant_income", f"grant/{year}", date(year, 6, 20), {"amount": random.randint(20, 60) * 1_000 * _YUAN}, papers=1
    )


def _things(cards: list[Asset], year: int) -> Iterator[Proposal]:
    """What was bought in the year, and each month's depreciation, by the cards."""
    for card in cards:
        if card.in_use_on >= BEGUN and card.in_use_on.year == year:
            yield propose(
                "asset_bought",
                f"{card.key}/bought",
                card.in_use_on,
                {"amount": card.cost_fen},
                Whom(record=card.key, project=card.title),
                papers=1,
            )
    for month in range(1, 13 if year < demo.AS_OF.year else demo.AS_OF.month + 1):
        yield from assets.wear(cards, year * 100 + month)


def _shared(team: Team, year: int) -> list[Proposal]:
    """Reserves and the members' part of a year that brought something; a loss is carried."""
    net = books_of(team.place, year * 100 + 12).income.figure("net")
    if net < 1_000 * _YUAN:
        return []
    day = date(year, 12, 30)
    return [
        propose("to_reserves", f"reserves/{year}", day, {"amount": net * RESERVED // 100}),
        propose("distribution", f"distribution/{year}", day, {"amount": net * SHARED // 100}),
    ]
