"""Dates as ledgers write them. A cell that may mean two days says so; it is never decided here.

A month without a day is its first day where something begins and its last day where something ends: that is what
a contract "from May to December" means. A year alone is too little and becomes a doubt.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from mingbai.limits import YEAR_MAX, YEAR_MIN
from mingbai.units.cells import TEXT_MAX, clean_text, is_blank, is_masked, quoted, simplified
from mingbai.units.formats import format_date
from mingbai.units.numerals import NUMERAL_CHARACTERS, exact, masked, read_numeral
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value
from mingbai.units.wording import phrase

Edge: TypeAlias = Literal["start", "end"]

_EPOCH = date(1899, 12, 30)
_DAYS_1904 = 1462
_SERIAL_MIN, _SERIAL_MAX = 18_264, 73_050  # 1950-01-01 … 2099-12-31 in the 1900 system
_YEAR_GUESS_MAX = 2060
"""Where the year itself is guessed, no later than a long term of today may end."""


@dataclass(frozen=True, slots=True)
class Point:
    """A date as far as it is written: a year, a month of it, or a day. ``unsure``: ``2016.1``, January or October."""

    year: int
    month: int = 0
    day: int = 0
    unsure: bool = False

    def on(self, edge: Edge) -> date | None:
        """The first or last day of it; None when there is no such day, or outside YEAR_MIN–YEAR_MAX."""
        if not YEAR_MIN <= self.year <= YEAR_MAX or not 0 <= self.month <= 12:
            return None
        month = self.month or (1 if edge == "start" else 12)
        last = monthrange(self.year, month)[1]
        day = self.day or (1 if edge == "start" else last)
        return date(self.year, month, day) if day <= last else None

    def written(self) -> str:
        """As a clerk would type it: ``2016-10``, ``2016-10-05``."""
        return "-".join([f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part])


_Y = "(?P<y>[0-9]{4})"
POINT = re.compile(
    rf"(?<![0-9.]){_Y}(?:"
    r"年(?P<m1>[0-9]{1,2})(?:(?:月份?|[-./])(?:(?P<d1>[0-9]{1,2})[日号]?(?![0-9年月个.]))?|(?![0-9年.]))"
    r"|(?P<sep>[-./])(?P<m2>[0-9]{1,2})(?:(?P=sep)(?P<d2>[0-9]{1,2})[日号]?(?![0-9年月]))?(?![0-9年])月?(?:(?P<d3>[0-9]{1,2})[日号])?"
    r"|年度?(?![0-9])|(?![0-9.]))"
)
"""A date inside squeezed text, from a year alone to a day. Used alone for whole cells and again inside ranges."""

_PLAIN = re.compile(r"([0-9]{4})([-./年])([0-9]{1,2})(?:(?!年)\2|月)([0-9]{1,2})日?\Z").match
_SPACED_POINT = re.compile(r"([0-9]{4}) +([0-9]{1,2}) +([0-9]{1,2})\Z")
_TIME_OF_DAY = re.compile(
    r"(?<=[0-9日])[T ]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|\+[0-9:]+)?\Z|[0-9]{1,2}时\Z"
)
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?\Z")
_BEFORE = re.compile(r"(?:自|从|于|至|到|截至|截止到?|签[订定]于?|日期:?|时间:?)")
_AFTER = re.compile(r"(?:起|开始|止|为止|截止|到期|终止|签[订定]|订立|签)?[.。,;]?\Z")
_NEARLY = re.compile(r"约|左右|前后|大概|上旬|中旬|下旬|初|底|末|春|夏|秋|冬|前|后|以来|半年|季度?")
_RAISED_POINT = re.compile("(?<=[0-9])[·•∙・](?=[0-9])")
_NUMERAL_RUN = re.compile(rf"[{NUMERAL_CHARACTERS}OoＯ]+(?=[年月日号])")
_SHORT_YEAR = re.compile(r"['‘’]?([0-9]{2})(?:年|([-./]))([0-9]{1,2})(?:月|\2)(?:([0-9]{1,2})[日号]?)?\Z")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})\Z")
_ODDLY_SPLIT = re.compile(r"([0-9]{4})[-./,、。_年—\\]{1,3}([0-9]{1,2})[-./,、。_月—\\]{1,3}([0-9]{1,2})日?\Z")
_LONG_YEAR = re.compile(r"([0-9]{5})[-./年]([0-9]{1,2})(?:[-./月]([0-9]{1,2})日?|月)?\Z")
_TO_MONTH = re.compile(r"[至到—-]([0-9]{1,2})月(?:([0-9]{1,2})[日号]?)?(?:止|为止)?\Z")
_FULL = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})[日号]?\Z")
_MONTH_ONLY = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})月?\Z")
_YEARS_END = re.compile(r"([0-9]{4})年(?:年?[底末]|12月[底末])\Z")
_HINT = phrase("按 2010-04-08 的样子填写年月日")


def parse_date(cell: Cell, edge: Edge = "start", epoch_1904: bool = False) -> Outcome[date | None]:
    """A day. Blank → ``Value(None)``. ``edge`` says what a month alone means: its first day or its last.

    Numbers in a plausible range are Excel day numbers (``epoch_1904``: of a workbook counting from 1904).
    Where something ends, ``2028年底`` is 31 December. Doubtful: ``2016.1`` (January or October), a year alone, year's
    end where something begins, six or seven digits, two-digit years, typing slips, ranges. Unreadable: days that do not exist, years outside YEAR_MIN–YEAR_MAX.
    """
    kind = type(cell)
    if kind is str:
        plain = _PLAIN(cell)  # type: ignore[arg-type]
        if plain and YEAR_MIN <= int(plain[1]) <= YEAR_MAX:
            try:
                return Value(date(int(plain[1]), int(plain[3]), int(plain[4])))
            except ValueError:
                pass  # 没有这一天:下面说明原因
        return _date_from_text(cell, edge, epoch_1904)  # type: ignore[arg-type]
    if isinstance(cell, date):
        if not YEAR_MIN <= cell.year <= YEAR_MAX:
            return _outside(cell)
        return Value(cell.date() if isinstance(cell, datetime) else cell)
    if cell is None:
        return Value(None)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _date_from_number(cell, edge, epoch_1904)
    return _date_from_text(cell, edge, epoch_1904) if isinstance(cell, str) else _no_date(cell)


def _date_from_number(number: float, edge: Edge, epoch_1904: bool) -> Outcome[date | None]:
    if not 0 <= number < 10**9:
        return Value(None) if is_blank(number) else _no_date(number)
    if number == int(number):
        return _from_digits(number, str(int(number)), edge, epoch_1904)
    text = f"{exact(number):f}"
    if YEAR_MIN <= number < YEAR_MAX + 1:
        short = text if len(text) <= 9 else f"{number:.8g}"
        return _date_from_text(short, edge, epoch_1904)
    if _maybe_year_and_month(int(number)):
        return _slipped(number, text, edge, _serial(int(number), epoch_1904))
    day = _serial(int(number), epoch_1904)
    return Value(day) if day else _no_date(number)


def _from_digits(cell: Cell, digits: str, edge: Edge, epoch_1904: bool) -> Outcome[date | None]:
    """Digits only: a year, an Excel day number, or a date that lost its 年月日 on the way."""
    number = int(digits)
    if len(digits) == 4 and YEAR_MIN <= number <= YEAR_MAX:
        return _year_only(cell, number, edge)
    if len(digits) == 5:
        day = _serial(number, epoch_1904)
        if _maybe_year_and_month(number):
            days = [day] if day else []
            return _choose(
                cell,
                phrase("分不清是表格软件的日期序号还是年月连写"),
                [*_points_of(Point(number // 10, number % 10), edge), *((d, format_date(d)) for d in days)],
            )
        return Value(day) if day else _no_date(cell)
    if len(digits) == 8:
        point = Point(number // 10_000, number // 100 % 100, number % 100)
        if point.month and point.day and point.on(edge):
            return Value(point.on(edge))
        return _outside(cell) if not YEAR_MIN <= point.year <= YEAR_MAX else _impossible(cell, point)
    if len(digits) not in (6, 7):
        return _no_date(cell)
    year, rest = int(digits[:4]), digits[4:]
    points = [
        Point(year, int(rest[:cut]), int(rest[cut:]))
        for cut in range(len(rest) - 1, 0, -1)
        if rest[0] != "0" or cut > 1
    ]
    points = [point for point in points if point.month and point.day]
    if len(digits) == 6:
        points.append(Point(year, int(rest)))
        points += [
            Point(century + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
            for century in (2000, 1900)
            if 1980 <= century + int(digits[:2]) < 2050
        ]
    points = [point for point in points if point.month and (len(digits) == 6 or point.day)]
    found = [pair for point in points if _plausible(point) for pair in _points_of(point, edge)]
    return _choose(cell, phrase("年月日连在了一起，有不止一种读法"), found) if found else _no_date(cell)


def _date_from_text(cell: str, edge: Edge, epoch_1904: bool) -> Outcome[date | None]:
    if is_blank(cell):
        return Value(None)
    text = squeezed_date(cell)
    if len(text) > TEXT_MAX:
        return _no_date(cell)
    if is_masked(text):
        return masked(cell)
    if text.isdigit() and text.isascii():
        return _from_digits(cell, text, edge, epoch_1904) if len(text) < 10 else _no_date(cell)
    text = _AFTER.sub("", text)
    while begins := _BEFORE.match(text):
        text = text[begins.end() :]
    full = _FULL.match(text)
    if full:
        point = Point(int(full[1]), int(full[2]), int(full[3]))
        day = point.on(edge) if point.month and point.day else None
        if day:
            return Value(day)
        return _outside(cell) if not YEAR_MIN <= point.year <= YEAR_MAX else _impossible(cell, point)
    month = _MONTH_ONLY.match(text.removesuffix("份"))
    if month:
        return _month_only(cell, text, int(month[1]), month[2], edge)
    years_end = _YEARS_END.match(text) if edge == "end" else None
    if years_end and YEAR_MIN <= int(years_end[1]) <= YEAR_MAX:
        return Value(date(int(years_end[1]), 12, 31))
    short = _slip_or_short(cell, text, edge, epoch_1904)
    return short or _within_text(cell, text, edge)


def _month_only(cell: Cell, text: str, year: int, month: str, edge: Edge) -> Outcome[date | None]:
    if not YEAR_MIN <= year <= YEAR_MAX:
        return _outside(cell)
    if month == "1" and text[4] == ".":
        return _january_or_october(cell, year, edge)
    point = Point(year, int(month))
    day = point.on(edge) if point.month else None
    if day:
        return Value(day)
    split = Point(year, int(month[0]), int(month[1])) if len(month) == 2 else Point(year)
    if split.month and split.day and split.on(edge):
        return _choose(cell, phrase("没有这个月份，可能漏了月和日之间的点"), _points_of(split, edge))
    return Unreadable(f"{quoted(cell)}里没有{int(month)}月", f"月份只有 1 到 12，例如 {year}-01")


def _january_or_october(cell: Cell, year: int, edge: Edge) -> Doubt[date | None]:
    january, october = Point(year, 1), Point(year, 10)
    return Doubt(
        f"{quoted(cell)}可能是{year}年1月，也可能是{year}年10月；请改写成 {january.written()} 或 {october.written()}",
        (Suggestion(january.on(edge), january.written()), Suggestion(october.on(edge), october.written())),
    )


def _slip_or_short(cell: Cell, text: str, edge: Edge, epoch_1904: bool) -> Outcome[date | None] | None:
    """Two-digit years, odd separators, years written last, a digit too many. None when it is none of these."""
    short = _SHORT_YEAR.match(text)
    if short and (short[4] or not short[2] or short[2] != "."):
        points = [Point(century + int(short[1]), int(short[3]), int(short[4] or 0)) for century in (2000, 1900)]
        found = [p for point in points if _plausible(point) and point.month for p in _points_of(point, edge)]
        return _choose(cell, phrase("年份只写了两位"), found) if found else _no_date(cell)
    oddly = _ODDLY_SPLIT.match(text)
    if oddly:
        found = _points_of(Point(int(oddly[1]), int(oddly[2]), int(oddly[3])), edge)
        return _choose(cell, phrase("的分隔符号不规范"), found) if found and oddly[2].strip("0") else _no_date(cell)
    last = _YEAR_LAST.match(text)
    if last:
        first, second, year = int(last[1]), int(last[2]), int(last[3])
        points = [Point(year, *pair) for pair in dict.fromkeys([(first, second), (second, first)]) if all(pair)]
        found = [p for point in points for p in _points_of(point, edge)]
        return _choose(cell, phrase("年份写在了后面，月和日分不清先后"), found) if found else _no_date(cell)
    if _LONG_YEAR.match(text) and 1980 <= int(text[:4]) <= _YEAR_GUESS_MAX:
        return _slipped(cell, text, edge, None)
    if re.fullmatch(r"[0-9]{5}\.[0-9]+", text):
        day = _serial(int(text[:5]), epoch_1904)
        return _choose(cell, phrase("像是表格软件的日期序号"), [(day, format_date(day))]) if day else _no_date(cell)
    return None


def _slipped(cell: Cell, text: str, edge: Edge, serial: date | None) -> Outcome[date | None]:
    """``20116.8``: 2011.6.8 without its first point, or 2016.8 with a digit too many."""
    digits = _LONG_YEAR.match(text)
    found: list[tuple[date, str]] = []
    if digits:
        head, second, third = digits[1], int(digits[2]), int(digits[3] or 0)
        if not third and second and head[4] != "0":
            found += _points_of(Point(int(head[:4]), int(head[4]), second), edge)
        years = dict.fromkeys(int(head[:at] + head[at + 1 :]) for at in range(4, -1, -1))
        for year in years:
            point = Point(year, second, third)
            if _plausible(point) and point.month:
                found += _points_of(point, edge)
    if serial:
        found.append((serial, format_date(serial)))
    return _choose(cell, phrase("像是多打或漏打了一个字符"), found) if found else _no_date(cell)


def _within_text(cell: Cell, text: str, edge: Edge) -> Outcome[date | None]:
    """A year alone, a range, or a date among other words: never a value, at best a doubt."""
    if re.search("农历|阴历|民国", text):
        return Unreadable(f"{quoted(cell)}不是公历日期", f"换算成公历再填，{_HINT}")
    points = find_points(text)
    found = [(day, point) for point in points if (day := point.on(edge))]
    if not found:
        return _outside(cell) if points and not points[0].day else _no_date(cell)
    same_year = _TO_MONTH.search(text)
    if same_year and len(found) == 1:
        last = Point(points[0].year, int(same_year[1]), int(same_year[2] or 0))
        found += [(day, last)] if (day := last.on(edge)) else []
    if len(found) > 1:
        chosen = found[-1 if edge == "end" else 0][1]
        choices = _points_of(chosen, edge) if chosen.month else _exact_days(chosen, edge)
        if not re.search("[至到—-]", text):
            choices += [pair for _, other in found for pair in _points_of(other, edge) if other.month]
        return _choose(cell, phrase("里不止一个日期，这里只填其中一个"), choices)
    point = found[0][1]
    if point.unsure:
        return _january_or_october(cell, point.year, edge)
    if not point.month and not _NEARLY.search(text):
        if re.fullmatch(r"[0-9]{4}年度?", text):
            return _year_only(cell, point.year, edge)
        return _choose(cell, phrase("只有年份，没有月和日"), _exact_days(point, edge))
    if not point.month:
        starts, ends = Point(point.year).on("start"), Point(point.year).on("end")
        days = [ends, starts] if re.search("底|末|冬|后|下半年", text) else [starts, ends]
        return _choose(cell, phrase("不是确切的日期"), [(day, format_date(day)) for day in days if day])
    why = phrase("不是确切的日期") if _NEARLY.search(text) else phrase("里除了日期还有别的话")
    return _choose(cell, why, _points_of(point, edge) if point.day else _exact_days(point, edge))


def squeezed_date(cell: Cell) -> str:
    """The cell's text with blanks out, Chinese numerals before 年月日 as digits, time of day and weekday dropped."""
    text = simplified(clean_text(cell))
    spaced = _SPACED_POINT.match(text)
    if spaced:
        text = "-".join(spaced.groups())
    text = _WEEKDAY.sub("", _TIME_OF_DAY.sub("", text).strip()).replace(" ", "")
    text = _RAISED_POINT.sub(".", re.sub("[–—―−~]+", "—", text))
    return (
        text if text.isascii() else _NUMERAL_RUN.sub(_digits_of, text.replace("元旦", "1月1日").replace("元月", "1月"))
    )


def find_points(text: str) -> list[Point]:
    """Every date inside squeezed text, in order."""
    return [point_of(found) for found in POINT.finditer(text)]


def point_of(found: re.Match[str]) -> Point:
    """A match of ``POINT`` as a date."""
    month, day = found["m1"] or found["m2"], found["d1"] or found["d2"] or found["d3"]
    unsure = not day and found["m2"] == "1" and found["sep"] == "."
    return Point(int(found["y"]), int(month or 0), int(day or 0), unsure)


def _digits_of(found: re.Match[str]) -> str:
    numeral = re.sub("[OoＯ]", "〇", found[0]) if len(found[0]) > 1 else found[0]
    readings = read_numeral(numeral)
    # “三四月”一类说不准的照原样留着
    return str(readings[0]) if len(readings) == 1 and readings[0] < 10_000 else found[0]


def _serial(number: int, epoch_1904: bool) -> date | None:
    days = number + (_DAYS_1904 if epoch_1904 else 0)
    return _EPOCH + timedelta(days=days) if _SERIAL_MIN <= days <= _SERIAL_MAX else None


def _maybe_year_and_month(number: int) -> bool:
    """Five digits like 20116: as a day number 1955, as a slip 2011-6. No contract in these ledgers is of 1953–1959."""
    return number % 10 > 0 and 1980 <= number // 10 <= _YEAR_GUESS_MAX


def _plausible(point: Point) -> bool:
    return YEAR_MIN <= point.year <= _YEAR_GUESS_MAX


def _points_of(point: Point, edge: Edge) -> list[tuple[date, str]]:
    day = point.on(edge)
    return [(day, point.written())] if day else []


def _exact_days(point: Point, edge: Edge) -> list[tuple[date, str]]:
    """To the day in both directions, the one this column means first."""
    both: tuple[Edge, Edge] = ("start", "end") if edge == "start" else ("end", "start")
    days = dict.fromkeys(day for side in both if (day := point.on(side)))
    return [(day, format_date(day)) for day in days]


def _year_only(cell: Cell, year: int, edge: Edge) -> Outcome[date | None]:
    return _choose(cell, phrase("只有年份，没有月和日"), _exact_days(Point(year), edge))


def _choose(cell: Cell, why: str, found: Iterable[tuple[date, str]]) -> Outcome[date | None]:
    suggestions: list[Suggestion[date | None]] = [Suggestion(day, text) for day, text in list(dict.fromkeys(found))[:4]]
    if not suggestions:
        return _no_date(cell)
    return Doubt(f"{quoted(cell)}{why}；请改写成 {' 或 '.join(s.text for s in suggestions)!s}", tuple(suggestions))


def _impossible(cell: Cell, point: Point) -> Unreadable:
    if not 1 <= point.month <= 12:
        return Unreadable(f"{quoted(cell)}里没有{point.month}月", f"月份只有 1 到 12，{_HINT}")
    last = monthrange(point.year, point.month)[1]
    return Unreadable(
        f"{point.year}年{point.month}月只有{last}天，没有{point.day}日",
        f"查对原合同，例如 {Point(point.year, point.month, last).written()}",
    )


def _outside(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}的年份不在{YEAR_MIN}到{YEAR_MAX}年之间", f"查对原合同，{_HINT}")


def _no_date(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}看不出是哪一天", _HINT)
