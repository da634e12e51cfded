"""Rents in kind 实物租金: so many 斤 of wheat a mu a year, fish, maize. Weights are integer grams.

``300斤鱼/年``, ``350市斤小麦/间``, ``350公斤小麦+350公斤玉米/亩``, ``每亩小麦200斤``. What a good is worth is no matter of this
module: a dated price table of the place says it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mingbai.units.cells import clean_text, is_blank, is_masked, quoted, simplified
from mingbai.units.numerals import masked, read_figures
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value

GOODS: dict[str, tuple[str, ...]] = {
    "小麦": ("麦子", "麦", "冬小麦"),
    "玉米": ("苞谷", "苞米", "玉茭"),
    "稻谷": ("水稻", "稻子", "稻", "干谷"),
    "大米": ("米",),
    "谷子": ("小米", "粟"),
    "大豆": ("黄豆", "豆子"),
    "高粱": ("红粮",),
    "鱼": ("鲜鱼", "成鱼"),
    "羊": (),
    "猪肉": ("猪",),
}
"""Good → other words for it. 粮食 is none: which grain is a matter of money."""
PRICED = ("小麦", "玉米", "稻谷", "大米", "谷子", "大豆", "高粱", "鱼")
"""Goods that go by weight, for which a price table may state a price."""
_NAMES = {word: name for name, others in GOODS.items() for word in (name, *others)}
_WEIGHTS = {
    "市斤": 500,
    "斤": 500,
    "公斤": 1000,
    "千克": 1000,
    "kg": 1000,
    "吨": 1_000_000,
    "担": 50_000,
    "市担": 50_000,
}
_N = r"(?P<n>[0-9][0-9,.]*|[一二两三四五六七八九十百千万〇零]+)"
_U = r"(?P<unit>" + "|".join(sorted(_WEIGHTS, key=len, reverse=True)) + ")"
_G = r"(?P<good>" + "|".join(sorted(_NAMES, key=len, reverse=True)) + ")"
_ITEM = re.compile(
    rf"{_N}{_U}(?:的)?{_G}|{_G.replace('good', 'good2')}{_N.replace('<n>', '<n2>')}{_U.replace('<unit>', '<unit2>')}",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?:实物|折实|租金|承包费|交|缴|按|年)*[:]?")
_PER = re.compile(r"(?:[/每一]?(?P<area>亩|间|口|座|棵|公顷)|[/每一]?(?P<time>年|季))")
AREAS: dict[str, Literal["", "mu", "piece"]] = {"": "", "亩": "mu"}


@dataclass(frozen=True, slots=True)
class InKind:
    """Goods a year: (good, grams) in the order written; ``per``: "" the whole, ``mu`` each mu, ``piece`` each 间, 口 …"""

    goods: tuple[tuple[str, int], ...]
    per: Literal["", "mu", "piece"] = ""

    def __str__(self) -> str:
        weights = "+".join(f"{grams / 1000:g}公斤{good}" for good, grams in self.goods)
        return weights + {"": "/年", "mu": "/亩·年", "piece": "/间·年"}[self.per]


def parse_in_kind(cell: Cell) -> Outcome[InKind | None]:
    """A rent in kind. Blank → ``Value(None)``. Doubtful: about so much, either this or that; unreadable: no good named,
    no weight, hidden digits."""
    if is_blank(cell):
        return Value(None)
    text = simplified(clean_text(cell)).replace(" ", "")
    if is_masked(text):
        return masked(cell)
    found = list(_ITEM.finditer(text))
    goods: dict[str, int] = {}
    for each in found:
        figures = read_figures(each["n"] or each["n2"])
        if len(figures.readings) != 1:
            return _unclear(cell)
        name = _NAMES[each["good"] or each["good2"]]
        grams = figures.readings[0] * _WEIGHTS[(each["unit"] or each["unit2"]).lower()]
        if grams != int(grams) or not 0 < grams < 10**12 or name in goods:
            return _unclear(cell)
        goods[name] = int(grams)
    if not goods:
        return _unclear(cell)
    rest = _ITEM.sub("", text)
    areas, times = [], []
    for per in _PER.finditer(rest):
        areas += [per["area"]] if per["area"] else []
        times += [per["time"]] if per["time"] else []
    left = re.sub(r"[+、,和加及/每·;。.()]", "", _LEAD.sub("", _PER.sub("", rest)))
    if len(set(areas)) > 1 or "季" in times or "公顷" in areas:
        return _unclear(cell)
    value = InKind(tuple(goods.items()), AREAS.get(areas[0], "piece") if areas else "")
    if left:
        return Doubt(f"{quoted(cell)}里除了实物还有“{left[:12]}”", (Suggestion(value, str(value)),))
    return Value(value)


def _unclear(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}看不出是多少斤什么", "写明斤数和品名，例如 350公斤小麦+350公斤玉米/亩", "in_kind")


def of_goods(unit: str) -> bool:
    """Whether a unit is of goods, not of money: ``斤小麦``, ``斤/亩``."""
    return unit.partition("/")[0] in _WEIGHTS or not isinstance(parse_in_kind(f"1{unit}"), Unreadable)
