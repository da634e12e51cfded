"""Area in a cell → whole 1/10,000 mu ("mu4"). By law 1 mu = 2000/3 m², so 1 m² is exactly 15 mu4.

Anything finer is rounded to the nearest mu4 (0.0667 m², a sheet of newspaper; halves up): no survey is that fine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor

from mingbai.limits import AREA_MU4_MAX
from mingbai.units.cells import TEXT_MAX, clean_text, is_blank, is_masked, quoted, simplified
from mingbai.units.formats import format_area
from mingbai.units.numerals import NUMERAL_CHARACTERS, Figures, exact, masked, on_lines, read_figures
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value
from mingbai.units.wording import phrase


@dataclass(frozen=True, slots=True)
class AreaUnit:
    """One written unit is ``mu4_numerator / mu4_denominator`` of 1/10,000 mu."""

    mu4_numerator: int
    mu4_denominator: int
    name: str


MU = AreaUnit(10_000, 1, "亩")
SQUARE_METRE = AreaUnit(15, 1, "平方米")
HECTARE = AreaUnit(150_000, 1, "公顷")
QING = AreaUnit(1_000_000, 1, "顷")
SQUARE_KILOMETRE = AreaUnit(15_000_000, 1, "平方公里")
FEN_OF_MU = AreaUnit(1_000, 1, "分")
WAN_MU = AreaUnit(100_000_000, 1, "万亩")

_MU4_MAX = 10**17
_UNITS = {
    "亩": MU,
    "市亩": MU,
    "亩地": MU,
    "平方公里": SQUARE_KILOMETRE,
    "平方千米": SQUARE_KILOMETRE,
    "km2": SQUARE_KILOMETRE,
    "平方米": SQUARE_METRE,
    "平米": SQUARE_METRE,
    "平方": SQUARE_METRE,
    "平": SQUARE_METRE,
    "m2": SQUARE_METRE,
    "公顷": HECTARE,
    "hm2": HECTARE,
    "ha": HECTARE,
    "顷": QING,
    "分": FEN_OF_MU,
    "分地": FEN_OF_MU,
    "万亩": WAN_MU,
    "万平方米": AreaUnit(150_000, 1, "万平方米"),
    "万m2": AreaUnit(150_000, 1, "万平方米"),
    "万公顷": AreaUnit(1_500_000_000, 1, "万公顷"),
}
_UNIT = "市亩|亩地?|平方公里|平方千米|km2|平方米|平米|平方|平|m2|公顷|hm2|ha|顷"
# Case-blind only where letters stand: a case-blind range of all Chinese characters takes long to compile.
_HEADER_UNIT = re.compile(
    rf"(?<![/每元一-鿿A-Za-z])((?:万(?=亩|平方米|[Mm]2|公顷))?(?i:{_UNIT})|分(?=\Z|[)]))(?![一-鿿A-Za-z0-9])"
)
_HEADER_LABEL = re.compile("(?:计量单位|单位|面积/?)(?=市?亩|平|公顷|顷|万|m2|hm2)")

_N = rf"[0-9{NUMERAL_CHARACTERS}]"
_PLAIN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,4}))?(亩?)\Z").match
_SOME_MORE = re.compile(rf"(?<={_N})[余多几来](?=[万千百]|{_UNIT}|\Z)")
_PHRASE = re.compile(
    rf"""(?P<near>约|大约|大概|近|将近|不足|不到|超过|估计|约计|暂估)?(?:合计|共计|总计|共|计|面积|总面积|合)?[:为]?
    (?:(?P<half>半)(?=亩)|(?P<amount>[0-9.][0-9,.' ]*(?:[万亿千百仟佰]{_N}*)*|[{NUMERAL_CHARACTERS}]+))
    (?P<unit>{_UNIT}|分地?)?
    (?:(?<=亩)(?:(?P<and_half>半)|零?(?P<fen>{_N}(?:\.[0-9]+)?)分(?:(?P<li>{_N}(?:\.[0-9]+)?)厘)?地?))?
    (?P<after>左右|上下|以上|以下|以内|不等|许)?整?[.。;,]?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_POINTED = re.compile(rf"({_N}+)点([零〇一二三四五六七八九0-9]+)")
_SEVERAL = re.compile(r"[0-9.]+(?:[、+和及][0-9.]+)+")
_STATED = re.compile(rf"[约近]?(?:[0-9][0-9,.]*[万千百]?|[{NUMERAL_CHARACTERS}]+)[余多]?(?:{_UNIT})", re.IGNORECASE)
_PARTS = re.compile(rf"[0-9][0-9,.]*(?:(?i:{_UNIT})|(?![0-9,.一-鿿]))")
_PART_OF = re.compile("[,;。]((?:其中|内含|内有).+)")
_UNSETTLED = re.compile("为准|待|暂|估|未测|约|左右|上下|余|多")
_SAID_TWICE = re.compile(r"[/=,;]|约合|折合|合(?!计|同)|即|相当于")


def parse_area_unit(text: str) -> AreaUnit | None:
    """The unit of area named in a header or title: ``面积（亩）``, ``单位:公顷``, ``㎡``. None when it names none
    or several; ``元/亩`` is no unit of area."""
    clean = _HEADER_LABEL.sub(" ", simplified(clean_text(text)[:TEXT_MAX]).replace(" ", ""))
    units = {_UNITS[found[1].lower()] for found in _HEADER_UNIT.finditer(clean)}
    return units.pop() if len(units) == 1 else None


def parse_area(cell: Cell, unit: AreaUnit = MU) -> Outcome[int | None]:
    """An area in 1/10,000 mu. Blank → ``Value(None)``. A bare number counts in ``unit``, a written unit wins.

    An area said twice (``2.11 hm2（31.6亩）``) is a value when both agree within 0.2 % – the figure in mu – and one
    with its parts when they add up to 0.01 mu. Doubtful: 约, 余, disagreement, several areas, and, where the cell
    writes neither 万 nor 亿, more than ``AREA_MU4_MAX``.
    """
    kind = type(cell)
    if kind is float or kind is int:
        return _area_from_number(cell, unit)  # type: ignore[arg-type]
    if kind is str:
        plain = _PLAIN(cell)  # type: ignore[arg-type]
        if plain and (unit is MU or plain[3]):
            mu4 = int(plain[1]) * 10_000
            if plain[2]:
                mu4 += int(plain[2]) * (0, 1000, 100, 10, 1)[len(plain[2])]
            if mu4 <= AREA_MU4_MAX:
                return Value(mu4)
        return _area_from_text(cell, unit)  # type: ignore[arg-type]
    if cell is None:
        return Value(None)
    if isinstance(cell, str):
        return _area_from_text(cell, unit)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _area_from_number(cell, unit)
    return _no_area(cell)


def whole_mu4(number: float, unit: AreaUnit) -> int | None:
    """1/10,000 mu of a plain number, where that is a possible area; None where a closer look is due."""
    if not -_MU4_MAX < number < _MU4_MAX:
        return None
    mu4 = floor(number * unit.mu4_numerator / unit.mu4_denominator + 0.5)
    return mu4 if 0 <= mu4 <= AREA_MU4_MAX else None


def _area_from_number(number: float, unit: AreaUnit) -> Outcome[int | None]:
    mu4 = whole_mu4(number, unit)
    if mu4 is not None:
        return Value(mu4)
    if not -_MU4_MAX < number < _MU4_MAX:
        return Value(None) if is_blank(number) else _no_area(number)
    if number < 0:
        return Unreadable(f"{quoted(number)}是负数，面积不能为负", "填写大于 0 的亩数")
    return _settled(number, Figures((exact(float(number)),)), unit)


def _area_from_text(cell: str, unit: AreaUnit) -> Outcome[int | None]:
    if is_blank(cell):
        return Value(None)
    if len(lines := on_lines(cell)) > 1 and isinstance(one := parse_area(" ".join(lines), unit), Value):
        each_way = [one, *(parse_area(line, unit) for line in lines)]
        return _doubt(
            phrase("{cell!s}里的数字写在两行，分不清是一个数还是几个数", cell=quoted(cell)),
            [each.value for each in each_way if isinstance(each, Value) and each.value is not None],
        )
    text = simplified(clean_text(cell))
    if len(text) > TEXT_MAX:
        return _no_area(cell)
    if is_masked(text):
        return masked(cell)
    if text[0] in "-−负":
        return Unreadable(f"{quoted(cell)}是负数，面积不能为负", "填写大于 0 的亩数")
    text = _POINTED.sub(_pointed, text)
    if "(" not in text:
        text = _PART_OF.sub(r"(\1)", text)
    inner = "、".join(part for part in re.findall(r"\(([^()]*)\)", text) if part.strip())
    outer = re.sub(r"\([^()]*\)", "", text).strip()
    whole = _read_phrase(outer, cell, unit)
    if whole is None:
        return _without_brackets(cell, text, outer, unit)
    if not inner or isinstance(whole, Unreadable):
        return whole
    return _with_remark(cell, whole, outer, inner, unit)


def _pointed(found: re.Match[str]) -> str:
    """十二点五 → 12.5."""
    whole, digits = read_figures(found[1]).readings, [read_figures(each).readings for each in found[2]]
    return (
        f"{whole[0]}.{''.join(str(each[0]) for each in digits)}"
        if len(whole) == 1 and all(len(each) == 1 for each in digits)
        else found[0]
    )


def _with_remark(cell: str, whole: Outcome[int | None], outer: str, inner: str, unit: AreaUnit) -> Outcome[int | None]:
    """An area followed by brackets: the same said again, its parts, or a remark."""
    again = _read_phrase(inner, cell, MU if re.fullmatch(r"[0-9.]+", inner) and unit is not MU else unit)
    if again is not None:
        return _said_twice(cell, [(outer, whole), (inner, again)])
    if isinstance(whole, Value) and whole.value is not None and _UNSETTLED.search(inner):
        return _doubt(f"{quoted(cell)}的面积还没有定下来", [whole.value])
    total = _certain(whole)
    parts = [_certain(_read_phrase(part, cell, unit)) for part in _PARTS.findall(inner)]
    if not parts or total is None or None in parts:
        if parts and isinstance(whole, Value) and whole.value is not None:
            return _doubt(f"{quoted(cell)}括号里的数拿不准", [whole.value])
        return whole
    added = sum(part for part in parts if part is not None)
    part_only = re.match("其中|内含|含|内有", inner) is not None
    if abs(added - total) <= 100 or (part_only and added <= total):
        return whole
    if len(parts) == 1:
        return _doubt(f"{quoted(cell)}里写了两个面积", [total, added])
    differs = phrase(
        "各部分加起来是{added!s}亩，和写的{total!s}亩对不上", added=format_area(added), total=format_area(total)
    )
    return _doubt(f"{quoted(cell)}{differs}", [total, added])


def _without_brackets(cell: str, text: str, outer: str, unit: AreaUnit) -> Outcome[int | None]:
    """No single area outside brackets: said twice with a slash, several, or none at all."""
    pieces = [piece.strip() for piece in _SAID_TWICE.split(outer) if piece.strip()]
    read = [(piece, _read_phrase(piece, cell, unit)) for piece in pieces]
    both = [(piece, outcome) for piece, outcome in read if outcome is not None]
    if len(both) == len(pieces) == 2 and len({"", *map(_unit_of, pieces)}) == 3:
        return _said_twice(cell, both)
    found: list[int] = []
    pieces = [piece for piece in re.split(r"[;、+~—-]|和|及|至|到", outer.replace(" ", "")) if piece]
    bare = _SEVERAL.fullmatch(outer.replace(" ", "")) is not None
    added = (
        [_certain(_read_phrase(piece, cell, unit)) for piece in pieces]
        if bare or ("+" in outer and pieces and "亩" in pieces[0])
        else []
    )
    mu4s = [each for each in added if each is not None]
    if len(mu4s) == len(pieces) > 1:  # “3亩+2分”; “4.5+5.2” where the heading says the unit
        return _doubt(f"{quoted(cell)}里有几个面积，拿不准是合计还是取其中一个", [sum(mu4s), *mu4s][:4])
    last = _unit_of(pieces[-1]) if pieces else ""
    if len(pieces) > 1 and last and all(re.fullmatch(rf"[0-9.]+(?:{_UNIT})?", p, re.IGNORECASE) for p in pieces):
        text = "、".join(piece if _unit_of(piece) else piece + last for piece in pieces)  # “20+30亩”
    for piece in _STATED.findall(text.replace(" ", "")):
        outcome = _read_phrase(piece, cell, unit)
        if isinstance(outcome, Value) and outcome.value is not None:
            found.append(outcome.value)
        elif isinstance(outcome, Doubt):
            found += [s.value for s in outcome.suggestions if s.value is not None]
    if not found:
        return _no_area(cell)
    if len(found) == 1:
        return _doubt(f"{quoted(cell)}里除了面积还有别的话", found)
    return _doubt(f"{quoted(cell)}里有几个面积，拿不准是合计还是取其中一个", [sum(found), *found][:4])


def _said_twice(cell: str, said: list[tuple[str, Outcome[int | None]]]) -> Outcome[int | None]:
    mu4s = [value for _, outcome in said if (value := _certain(outcome)) is not None]
    if len(mu4s) == len(said):
        # 同一单位说两遍应当一样;换算成另一单位,允许换算的零头(666.67 与 667)
        converted = _unit_of(said[0][0]) != _unit_of(said[1][0])
        if abs(mu4s[0] - mu4s[1]) * 500 <= (max(mu4s) if converted else 0):
            in_mu = [mu4 for (text, _), mu4 in zip(said, mu4s, strict=True) if "亩" in text]
            return Value(in_mu[0] if in_mu else mu4s[0])
        return _doubt(f"{quoted(cell)}前后两个面积对不上", mu4s)
    candidates = list(mu4s)
    for _, outcome in said:
        if isinstance(outcome, Doubt):
            candidates += [s.value for s in outcome.suggestions if s.value is not None]
    return _doubt(f"{quoted(cell)}里的面积拿不准", candidates) if candidates else _no_area(cell)


def _read_phrase(text: str, cell: Cell, unit: AreaUnit) -> Outcome[int | None] | None:
    """One area and nothing else; None when the text is not that."""
    text, more = _SOME_MORE.subn("", text.strip(" ,;:。、"))
    found = _PHRASE.match(re.sub(r"(?<![0-9,.']) | (?![0-9,.'])", "", text))
    if not found:
        return None
    figures = Figures((Decimal("0.5"),)) if found["half"] else read_figures(found["amount"])
    if not figures.readings:
        return None
    rest = Decimal("0.5") if found["and_half"] else Decimal(0)
    for part, worth in ((found["fen"], Decimal("0.1")), (found["li"], Decimal("0.01"))):
        if part:
            digits = read_figures(part).readings
            if not digits or digits[0] >= 10:
                return None
            rest += digits[0] * worth
    written = _UNITS[found["unit"].lower()] if found["unit"] else MU if found["half"] else unit
    why = phrase("只是个约数") if more or found["near"] or found["after"] else figures.why
    readings = tuple(reading + rest for reading in figures.readings)
    return _settled(cell, Figures(readings, why, figures.scaled), written)


def _settled(cell: Cell, figures: Figures, unit: AreaUnit) -> Outcome[int | None]:
    mu4s, why = [], figures.why
    for reading in figures.readings:
        mu4 = reading * unit.mu4_numerator / unit.mu4_denominator
        if mu4 >= _MU4_MAX:
            return _no_area(cell)
        mu4s.append(int(mu4.quantize(Decimal(1), ROUND_HALF_UP)))
    if mu4s[0] > AREA_MU4_MAX and not figures.scaled and not why:
        doubt = _doubt(f"{quoted(cell)}超过一百万亩，可能是平方米写成了亩", mu4s)
        metres = figures.readings[0]
        in_metres = int((metres * 15).quantize(Decimal(1), ROUND_HALF_UP))
        if unit.mu4_numerator >= 10_000 and in_metres <= AREA_MU4_MAX:
            return Doubt(doubt.reason, (*doubt.suggestions, Suggestion(in_metres, f"{metres:f}平方米")))
        return doubt
    return _doubt(f"{quoted(cell)}{why}", mu4s) if why else Value(mu4s[0])


def _unit_of(text: str) -> str:
    found = re.search(_UNIT, text, re.IGNORECASE)
    return found[0].lower() if found else ""


def _certain(outcome: Outcome[int | None] | None) -> int | None:
    return outcome.value if isinstance(outcome, Value) else None


def _written(mu4: int) -> str:
    if mu4 > AREA_MU4_MAX:
        return f"{Decimal(mu4).scaleb(-8).normalize():f}万亩"
    return f"{format_area(mu4)}亩"


def _doubt(reason: str, mu4s: list[int]) -> Doubt[int | None]:
    suggestions: list[Suggestion[int | None]] = [Suggestion(mu4, _written(mu4)) for mu4 in dict.fromkeys(mu4s)]
    return Doubt(f"{reason}；请改写成 {' 或 '.join(s.text for s in suggestions)!s}", tuple(suggestions))


def _no_area(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}看不出是多少亩", "只写亩数，例如 11.85；或写明单位，例如 997.5平方米")
