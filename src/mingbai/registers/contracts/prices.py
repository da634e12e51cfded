"""Comparable prices 可比价格: what a mu of a class of land cost in which year, in quartiles, and drawn.

The same price and the same day as rule C07 reads: fen a mu a year, by the day it was agreed (anew). No Django here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

YEAR_DAYS = 365.2425


@dataclass(frozen=True, slots=True)
class Price:
    """One contract's price: fen a mu a year, agreed on a day."""

    record: int
    place: str
    land_class: str
    agreed_on: date
    fen: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How prices of one class in one span lie: number, least, quartiles, most, in fen."""

    count: int
    least: float
    lower: float
    median: float
    upper: float
    most: float


def price_of(
    *,
    rent_fen_per_mu_year: int | None,
    rent_fen_per_year: int | None,
    total_fen: int | None,
    area_mu4: int | None,
    starts_on: date | None,
    ends_on: date | None,
) -> float | None:
    """Fen a mu a year: as stated, else from the year's rent, else from the total; None where it cannot be told."""
    if rent_fen_per_mu_year is not None:
        return float(rent_fen_per_mu_year)
    if not area_mu4:
        return None
    if rent_fen_per_year is not None:
        return rent_fen_per_year * 10000 / area_mu4
    days = (ends_on - starts_on).days + 1 if starts_on and ends_on else 0
    return total_fen * 10000 / area_mu4 / (days / YEAR_DAYS) if total_fen is not None and days > 0 else None


def spread(prices: Sequence[float]) -> Spread:
    """Quartiles between neighbours in proportion (the median of an even number is the mean of the middle two)."""
    ordered = sorted(prices)
    assert ordered, "nothing to compare"

    def at(part: float) -> float:
        place = part * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

    return Spread(len(ordered), ordered[0], at(0.25), at(0.5), at(0.75), ordered[-1])


def by(prices: Iterable[Price], key: str) -> dict[tuple[str, int], Spread]:
    """(class, year or decade) → spread. ``key``: "year" or "decade"."""
    groups: dict[tuple[str, int], list[float]] = defaultdict(list)
    for each in prices:
        year = each.agreed_on.year
        groups[each.land_class, year if key == "year" else year // 10 * 10].append(each.fen)
    return {group: spread(found) for group, found in sorted(groups.items())}


_WIDE, _HIGH, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 340, 64, 20, 36, 34


def picture(
    prices: Sequence[Price],
    medians: Mapping[int, float],
    floor_fen: float | None,
    cheap_percent: int,
    mine: int | None,
    words: Mapping[str, str],
) -> str:
    """Each contract a dot over its year, the median of its decade (a line) and the line below which C07 speaks (dashed),
    the local floor; ``mine`` is drawn large. Prices from zero; what lies far above stands at the edge and says so.
    ``words``: title, axis, median, line, floor, mine, beyond."""
    if not prices:
        return ""
    first, last = min(each.agreed_on.year for each in prices), max(each.agreed_on.year for each in prices)
    ordered = sorted(each.fen for each in prices)
    shown = max(
        ordered[int(0.97 * (len(ordered) - 1))] * 1.25,
        (floor_fen or 0) * 1.25,
        max(medians.values(), default=0) * 1.25,
        next((each.fen for each in prices if each.record == mine), 0) * 1.05,
        1,
    )
    step = _step(shown / 100)
    top = -(-shown // (step * 100)) * step * 100

    def x(year: float) -> float:
        return _LEFT + (year - first + 0.5) * (_WIDE - _LEFT - _RIGHT) / (last - first + 1)

    def y(fen: float) -> float:
        return _HIGH - _BOTTOM - min(fen, top) * (_HIGH - _TOP - _BOTTOM) / top

    parts = [f'<text x="{_LEFT - 52}" y="14" class="axis">{escape(words["axis"])}</text>']
    yuan = 0
    while yuan * 100 <= top:
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y(yuan * 100):.1f}" y2="{y(yuan * 100):.1f}" class="grid"/>'
            f'<text x="{_LEFT - 8}" y="{y(yuan * 100) + 4:.1f}" text-anchor="end" class="axis">{yuan:,}</text>'
        )
        yuan += step
    every = max(1, -(-(last - first + 1) // 12))
    parts += [
        f'<text x="{x(year):.1f}" y="{_HIGH - 12}" text-anchor="middle" class="axis">{year}</text>'
        for year in range(first, last + 1)
        if (last - year) % every == 0
    ]
    for decade, fen in sorted(medians.items()):
        x1, x2 = x(max(decade, first) - 0.5), x(min(decade + 9, last) + 0.5)
        if x2 <= x1:
            continue
        line = fen * cheap_percent / 100
        parts.append(
            f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y(fen):.1f}" y2="{y(fen):.1f}" class="median"/>'
            f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y(line):.1f}" y2="{y(line):.1f}" class="limit"/>'
        )
    if floor_fen:
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y(floor_fen):.1f}" y2="{y(floor_fen):.1f}" class="floor"/>'
        )
    beyond = 0
    for each in sorted(prices, key=lambda each: each.record == mine):
        at = x(each.agreed_on.year + (each.agreed_on.timetuple().tm_yday - 183) / 366 * 0.9)
        told = f"<title>{escape(each.name or each.place)} {each.agreed_on.year} {each.fen / 100:,.2f}</title>"
        if each.record == mine:
            parts.append(
                f'<path d="M{at:.1f} {y(each.fen) - 9:.1f} l9 9 l-9 9 l-9 -9 z" class="mine">{told}</path>'
                f'<text x="{at + (-14 if at > _WIDE * 0.75 else 14):.1f}" y="{y(each.fen) + 5:.1f}" text-anchor="{"end" if at > _WIDE * 0.75 else "start"}" class="label">{escape(words["mine"])} {each.fen / 100:,.0f}</text>'
            )
        elif each.fen > top:
            beyond += 1
            parts.append(f'<path d="M{at:.1f} {_TOP - 6} l4 7 h-8 z" class="dot">{told}</path>')
        else:
            parts.append(f'<circle cx="{at:.1f}" cy="{y(each.fen):.1f}" r="3.2" class="dot">{told}</circle>')
    if beyond:
        parts.append(
            f'<text x="{_WIDE - _RIGHT}" y="13" text-anchor="end" class="axis">{escape(words["beyond"].replace("{n}", str(beyond)))}</text>'
        )
    return f'<svg class="plot" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(words["title"])}">{"".join(parts)}</svg>'


def _step(most_yuan: float) -> int:
    """A round number of yuan that cuts the axis into four to eight."""
    size = 1
    while True:
        for part in (1, 2, 5):
            if most_yuan / (part * size) <= 7:
                return part * size
        size *= 10
