"""From the cards to the books 记账: a month's depreciation and amortisation, what a disposal comes to, and cards held against accounts.

wear(cards, 202409)             # one entry a kind of asset, a line a card
disposal(card)                  # out of the books, the price, what is gained or lost
difference(line)                # what a count found more or less, until a meeting decides
against(cards, balances, 202409)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingbai.books.chart import Chart, chart_of, last_day
from mingbai.books.entry import Leg, Proposal
from mingbai.books.templates import Whom, propose, templates
from mingbai.registers.assets.depreciation import INTANGIBLE, by_end_of, of_month
from mingbai.registers.assets.models import Asset, Counted

LIVING = "生产性生物资产"
_WEARS = {
    "fixed": ("depreciation", "折旧"),
    "living": ("biological_depreciation", "折旧"),
    "intangible": ("amortisation", "摊销"),
}
"""Kind of asset → the template what it loses is booked by, and the word for it."""


def kind(card: Asset) -> str:
    """fixed, living or intangible: which accounts a card belongs to."""
    return {LIVING: "living", INTANGIBLE: "intangible"}.get(card.category or "", "fixed")


def worn(card: Asset, month: int) -> int:
    """Accumulated depreciation by the end of a month, in fen: by the card's years; 0 where it is not written down."""
    return by_end_of(card.course, month) if card.course is not None else 0


def wear(cards: Sequence[Asset], month: int) -> list[Proposal]:
    """A month's depreciation and amortisation, an entry a kind. What a card took over from earlier books is not booked again: only what falls in this month."""
    last = last_day(month)
    made = []
    for which, (template, word) in _WEARS.items():
        found = templates()[template]
        legs_of = found.legs.get(chart_of(last).key)
        parts = [
            (card, of_month(card.course, month)) for card in cards if kind(card) == which and card.course is not None
        ]
        parts = [(card, fen) for card, fen in parts if fen]
        if legs_of is None or not parts:
            continue
        (_, expense, _), (_, accumulated, _) = legs_of
        legs = [Leg(expense, fen, 0, f"{card.title}{word}"[:60], record=card.key) for card, fen in parts]
        legs.append(Leg(accumulated, 0, sum(fen for _, fen in parts)))
        words = f"计提{month // 100}年{month % 100}月{found.title.removeprefix('计提')}（{len(parts)} 项）"
        made.append(Proposal(f"assets/wear/{which}/{month}", last, words, tuple(legs), template=template))
    return made


def disposal(card: Asset) -> list[Proposal]:
    """What a card's disposal comes to: its cost and what was written down leave the books, the price comes in, the rest is gained or lost.
    [] for a card that is still there, says no cost, or is no fixed asset (a living one or a right is taken off by hand)."""
    if card.disposed_on is None or not card.cost_fen or kind(card) != "fixed":
        return []
    on, about = card.disposed_on, Whom(record=card.key, project=card.title or "")
    written = min(worn(card, on.year * 100 + on.month), card.cost_fen)
    made = [propose("asset_out", f"{card.key}/out", on, {"amount": card.cost_fen, "worn": written}, about)]
    price, left = card.proceeds_fen or 0, card.cost_fen - written
    if price:
        made.append(propose("asset_sold", f"{card.key}/price", on, {"amount": price}, about))
    if price != left:
        template = "asset_gain" if price > left else "asset_loss"
        made.append(propose(template, f"{card.key}/result", on, {"amount": abs(price - left)}, about))
    return made


@dataclass(frozen=True, slots=True)
class Difference:
    """What a count found more or less of a fixed asset, as it is booked until a meeting decides: the template, its amounts in fen as far as
    the card tells them, and the words."""

    template: str
    amounts: Mapping[str, int]
    words: str


def difference(line: Counted) -> Difference | None:
    """What is to be booked of a finished count's line 盘盈、盘亏. None where nothing is more or less, or it is no fixed asset."""
    card, day = line.asset, line.count.on
    if not line.more or card is None or kind(card) != "fixed":
        return None
    words = f"{day.year}年{day.month}月{day.day}日盘点，{line.title}盘{'盈' if line.more > 0 else '亏'} {abs(line.more)}{card.unit or '件'}，转入待处理"
    if line.more > 0:
        return Difference("surplus_found", {}, words)
    whole, cost = line.expected or 1, card.cost_fen or 0
    written = min(worn(card, day.year * 100 + day.month), cost)
    return Difference(
        "shortage_found",
        {"amount": cost * line.less // whole, "worn": written * line.less // whole} if cost else {},
        words,
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """One account held against the cards, in fen. ``cards``: how many stand behind it."""

    account: str
    title: str
    cards: int
    by_cards_fen: int
    by_books_fen: int

    @property
    def difference_fen(self) -> int:
        return self.by_cards_fen - self.by_books_fen


def against(cards: Sequence[Asset], balances: Mapping[str, int], month: int, chart: Chart) -> list[Agreement]:
    """Cost and accumulated depreciation or amortisation of the cards that are there at the end of ``month`` beside the balances of the books
    (account → debit minus credit, :func:`mingbai.books.months.at_end`)."""
    last = last_day(month)
    there = [
        card
        for card in cards
        if (card.disposed_on is None or card.disposed_on > last)
        and (card.acquired_on or card.in_use_on or last) <= last
    ]
    living = ("132", "133") if chart.key == "2023" else ("132", "")
    found = []
    for which, (cost, accumulated) in {
        "fixed": ("151", "152"),
        "living": living,
        "intangible": ("161", "162") if chart.key == "2023" else ("", ""),
    }.items():
        mine = [card for card in there if kind(card) == which]
        for account, fen in (
            (cost, sum(card.cost_fen or 0 for card in mine)),
            (accumulated, sum(worn(card, month) for card in mine)),
        ):
            if not account or account not in chart.accounts:
                continue
            booked = sum(each for code, each in balances.items() if code.startswith(account))
            booked = -booked if account == accumulated else booked
            if mine or booked:
                found.append(Agreement(account, chart.account(account).name, len(mine), fen, booked))
    return found
