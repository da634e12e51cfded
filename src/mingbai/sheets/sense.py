"""Values that read well one by one and cannot all be meant: an end before its start, 5000 under 万元 where the others
say 0.5, a year's rent ten times the price of the whole term. Ten thousand times too much, taken in silence, is worse
than a question: each becomes a doubt, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from mingbai.columns import Column, Problem, Register, Stored
from mingbai.units import Money, MoneyUnit
from mingbai.units.money import typed_money
from mingbai.units.wording import phrase

ENOUGH = 5
"""Fewer amounts have no usual size."""
_FAR, _WAN = 1_000, 10_000
_SMALL_FEN = 50_00
"""Below, an amount in 元 may be one in 万元. Fifty yuan a year is what a family pays for a corner of flexible land."""

Values = Mapping[str, Sequence[Stored]]
Asked = Callable[[str, int], bool]


class Suspect(NamedTuple):
    """A value that is not believed: its column, its place in the list of values, and what to ask."""

    column: str
    place: int
    problem: Problem


def suspects(register: Register, values: Values, units: Mapping[str, MoneyUnit], asked: Asked) -> Iterator[Suspect]:
    """Each value that cannot be meant beside the others. Taken out by the caller at once, it is asked about only once.

    ``units``: what bare numbers of a money column count in; columns not there are left alone. ``asked(column, place)``:
    whether the cell may be doubted at all – one that writes its own unit, or is marked as meant so, has been decided.
    """
    for name, unit in units.items():
        column = register.by_name[name]
        if unit.time in ("", "year") and unit.area in ("", "mu"):
            yield from _out_of_scale(column, values.get(name, ()), unit, asked)
    for family in {column.family for column in register.columns if column.family}:
        year, whole = register.member(family, "", "year"), register.member(family, "", "")
        if year and whole and {year.name, whole.name} <= units.keys() & values.keys():
            yield from _year_above_whole(year, whole, values, units, asked)
    if {"starts_on", "ends_on"} <= values.keys() & register.by_name.keys():
        yield from _end_before_start(values["starts_on"], values["ends_on"], asked)


def _out_of_scale(column: Column, amounts: Sequence[Stored], unit: MoneyUnit, asked: Asked) -> Iterator[Suspect]:
    """Amounts a thousand times the usual under 万元, ten thousand times under 元, or a thousandth of it under 元."""
    said: list[int] = sorted(fen for fen in amounts if isinstance(fen, int) and fen > 0)
    if len(said) < ENOUGH:
        return
    usual = said[len(said) // 2]
    ceiling = usual * (_WAN if unit.fen == 100 else _FAR)
    floor = min(usual // _FAR, _SMALL_FEN) if unit.fen == 100 and column.family else 0
    if said[-1] < ceiling and said[0] > floor:
        return
    for place, fen in enumerate(amounts):
        if not isinstance(fen, int) or not fen or floor < fen < ceiling or not asked(column.name, place):
            continue
        beside = phrase("同一栏多在 {usual!s} 上下", usual=_yuan(usual))
        yield Suspect(column.name, place, _large(fen, unit, beside) if fen >= ceiling else _little(fen, beside))


def _year_above_whole(
    year: Column, whole: Column, values: Values, units: Mapping[str, MoneyUnit], asked: Asked
) -> Iterator[Suspect]:
    """A year's rent more than ten times the price of the whole term. The one whose unit tempts to it is asked first."""
    months = values.get("term_months") or [None] * len(values[year.name])
    for place, (rent, total) in enumerate(zip(values[year.name], values[whole.name], strict=True)):
        if not isinstance(rent, int) or not isinstance(total, int) or not 0 < 10 * total < rent:
            continue
        term = months[place]
        if isinstance(term, int) and rent * term <= 120 * total:
            continue  # let for a month or two
        beside = phrase(
            "这一行{said} {rent!s}，{said2}只有 {total!s}",
            said=year.title.split("(")[0],
            rent=_yuan(rent),
            said2=whole.title.split("(")[0],
            total=_yuan(total),
        )
        of_rent = Suspect(year.name, place, _large(rent, units[year.name], beside))
        of_total = Suspect(whole.name, place, _little(total, beside))
        may = [each for each in (of_rent, of_total) if asked(each.column, place)]
        if units[year.name].fen > 100 and of_rent in may:
            may = [of_rent]
        elif total < _SMALL_FEN and units[whole.name].fen == 100 and of_total in may:
            may = [of_total]
        yield from may


def _end_before_start(starts: Sequence[Stored], ends: Sequence[Stored], asked: Asked) -> Iterator[Suspect]:
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if isinstance(start, str) and isinstance(end, str) and end < start and asked("ends_on", place):
            reason = phrase("终止日期 {end!s} 早于起始日期 {start!s}", end=end, start=start)
            yield Suspect("ends_on", place, Problem("doubt", reason, (phrase("对照合同原件，改正起始日期或终止日期"),)))


def _large(fen: int, unit: MoneyUnit, beside: str) -> Problem:
    smaller = Fraction(fen * 100, unit.fen if unit.fen > 100 else 100 * _WAN)
    why = phrase("是不是表头写了万元、格子里却是元？") if unit.fen > 100 else phrase("是不是多写了几个零？")
    said = [smaller, Fraction(fen)] if smaller.denominator == 1 else [Fraction(fen)]
    return Problem(
        "doubt",
        phrase("读作 {fen!s}，{beside}；{why}", fen=_yuan(fen), beside=beside, why=why),
        tuple(_yuan(int(each)) for each in said),
    )


def _little(fen: int, beside: str) -> Problem:
    reason = phrase("读作 {fen!s}，{beside}；是不是表头写了元、格子里却是万元？", fen=_yuan(fen), beside=beside)
    return Problem("doubt", reason, (_yuan(fen * _WAN), _yuan(fen)))


def _yuan(fen: int) -> str:
    return typed_money(Money(fen))
