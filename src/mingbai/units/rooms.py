"""Rents by the room 按间计租: how many rooms a row speaks of, and what a price a room comes to.

``300元/间·年`` with 门面房3间 beside it is 900 yuan a year. Where the texts of a row give no number of rooms, or two that
differ, nothing is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mingbai.units.cells import clean_text, simplified
from mingbai.units.money import Money, MoneyUnit, parse_money
from mingbai.units.numerals import read_figures
from mingbai.units.outcome import Cell, Value

_EACH = re.compile(r"/[一1]?间|每[一1]?间(?!隔)|[一1]间(?=[0-9.]+元)")
_ROOMS = re.compile(r"(?<![0-9一二三四五六七八九十百第.])([0-9]{1,3}|[一二两三四五六七八九十百]{1,4})间(?!隔|接|断)")
_TOTAL = re.compile(r"[,;。]?(?:一?共|合?计|总共)?[0-9一二两三四五六七八九十百]+间房?[,;。:×*x]?|[×*x]$")


def count_rooms(texts: Iterable[str]) -> int | None:
    """The number of rooms on which the texts agree: 旧校舍3间, 门面房（三间）."""
    found = {
        int(figures.readings[0])
        for text in texts
        for said in _ROOMS.findall(_EACH.sub("", _folded(text)))
        if len((figures := read_figures(said)).readings) == 1
    }
    return found.pop() if len(found) == 1 and 0 not in found else None


def price_a_room(cell: Cell, unit: MoneyUnit) -> Money | None:
    """What a room costs, of a cell that gives a price by the room; None for any other cell."""
    text = _folded(cell).replace("间·", "间/") if isinstance(cell, str) else ""
    if not _EACH.search(text):
        return None
    price = parse_money(_TOTAL.sub("", _EACH.sub("", text)).strip("·/,"), unit)
    return price.value if isinstance(price, Value) and price.value is not None and not price.value.area else None


def _folded(text: str) -> str:
    return simplified(clean_text(text)).replace(" ", "")
