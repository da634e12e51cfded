"""The term of a contract in one cell: how long, or from when to when, or "for long", or what the second round leaves.

A cell is turned into a pattern of dates (P), lengths (D) and words, and the pattern decides. Inside a range a month
such as ``2016.1`` is January: the clerk who wrote ``2016.10-2017.4`` beside it typed text, not numbers.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from mingbai.limits import YEAR_MAX, YEAR_MIN
from mingbai.units.cells import TEXT_MAX, is_blank, is_masked, quoted
from mingbai.units.dates import POINT, Point, point_of, squeezed_date
from mingbai.units.formats import format_term
from mingbai.units.numerals import NUMERAL_CHARACTERS, exact, masked, read_numeral
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value
from mingbai.units.wording import phrase


@dataclass(frozen=True, slots=True)
class Term:
    """What the cell states; ``months`` is None when it states only dates. ``ends_on`` is the last day of the term."""

    months: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    open_ended: bool = False
    second_round: bool = False


_YEARS_MAX = 200
_DAYS_OFF = 2
"""A term to 31 December and one to 1 January are the same term, said by two people."""

_LENGTH = re.compile(
    r"(?<![0-9.])(?:([0-9]{1,3}(?:\.[0-9]{1,2})?)周?年(半)?(?:零?([0-9]{1,2})个月|整?(?![0-9度月]))"
    r"|([0-9]{1,4})个月|(半)年)整?"
)
_NUMERAL_LENGTH = re.compile(rf"([{NUMERAL_CHARACTERS}]+)(?=个月|周?年(?!代))")
_MONTH_DAY = re.compile(r"(?<![0-9年.\-/])([0-9]{1,2})月(?:([0-9]{1,2})[日号])?(?:底|末)?")
_DIGITS_ONLY = re.compile(r"(?<![0-9.])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])")
_SAME_YEAR = re.compile(r"([0-9]{4})\.([0-9]{1,2}\.[0-9]{1,2})([-—至到]+)([0-9]{1,2}\.[0-9]{1,2})\Z")
_GLUED_YEARS = re.compile(r"((?:19|20)[0-9]{2}年?)((?:19|20)[0-9]{2}年?)")
_GLUED_DAYS = re.compile(
    r"((?:19|20)[0-9]{2}[.\-/年][0-9]{1,2}[.\-/月][0-9]{1,2}日?)((?:19|20)[0-9]{2}[.\-/年][0-9]{1,2}[.\-/月][0-9]{1,2}日?)"
)
_OPEN = re.compile(r"长期有效|长期|永久|永远|永不变更|永不变|无限期|无固定期限")
_SECOND_ROUND = re.compile(
    r"(?:第)?(?:二|2)轮(?:土地|延包|家庭)*(?:承包期?)?(?:合同)?的?"
    r"(?:剩余|余下|所剩|未到期)?(?:承包)?(?:年限|年期|期限|时间|期)?(?:内|到期|届满|为止|止)?"
)

_TO = "(?:起?[至到—-]+|起,?至|起到)"
_TAIL = "(?:止|为止|结束|截止|期满|到期|终止)?"
_LEAD = "(?:自|从|由|为期|期限|承包期限?|租期|租赁期限?|合同期限?|共计|共|计|为|:|,)*"
_COUNTED = r"(?:[,(;、]*(?:共计|合计|共|计|为期|期限|租期|承包期)?:?(?P<length>D)[)]?)?"
_END = r"[.。;,]?\Z"
_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("length", rf"{_LEAD}D期?(?:不变|整|期限)?{_END}"),
        ("range", rf"{_LEAD}P{_TO}P{_TAIL}{_COUNTED}{_END}"),
        ("range", rf"{_LEAD}D[,;:(]*{_LEAD}P{_TO}P{_TAIL}[)]?{_END}"),
        ("partial", rf"{_LEAD}P{_TO}M{_TAIL}{_COUNTED}{_END}"),
        ("open", rf"{_LEAD}O{_END}"),
        ("open_from", rf"{_LEAD}P(?:起|开始|{_TO})[,;]?O{_END}"),
        ("from", rf"{_LEAD}P(?:起|开始)?[,;]?(?:为期|共|计|租期|承包期)?D{_END}"),
        ("from", rf"D[,;(]*(?:自|从)?P(?:起|开始)[)]?{_END}"),
        ("from", rf"(?:自|从)P(?:起|开始)?{_END}|{_LEAD}P(?:起|开始){_END}"),
        (
            "until",
            r"(?:自?(?:合同|协议)?(?:签[订定]|生效|签字)之?日(?:起)?|自?即日起)?,?"
            rf"(?:至|到|截止到?|截至)P{_TAIL}{_COUNTED}{_END}",
        ),
        ("until", rf"P(?:止|为止|到期|截止|期满){_END}"),
        ("until", rf"D[,;(]*(?:至|到|截止到?|截至)P{_TAIL}[)]?{_END}"),
        ("second", rf"{_LEAD}S{_END}"),
        ("second_from", rf"{_LEAD}S[(,;:]*P起,?(?:D,?)?[)]?{_END}"),
        ("second", rf"{_LEAD}S[(,;:]*(?:P起,?)?(?:D,?)?(?:(?:即|至|到|截止到?|截至)*P{_TAIL})?[)]?{_END}"),
    )
)
_SUMMED = re.compile(r"[0-9]{1,3}(?:年?\+[0-9]{1,3})+年?\Z")
_HINT = phrase("写成 30年，或 2003-01-01至2033-12-31")


def parse_term(cell: Cell) -> Outcome[Term | None]:
    """A term. Blank → ``Value(None)``; a plain number is years; month precision ends on the month's last day.

    Doubtful: a range in years only, lengths and dates that disagree, ranges with a remark, renewals, ``10+20+20年``.
    Unreadable: an end before its start, a length of nothing, words that state no term.
    """
    if isinstance(cell, (bool, timedelta)):
        return _no_term(cell)
    if isinstance(cell, (datetime, date)):
        day = cell.date() if isinstance(cell, datetime) else cell
        if not YEAR_MIN <= day.year <= YEAR_MAX:
            return _impossible(cell)
        return _doubt(f"{quoted(cell)}是一个日期，不是期限", Term(ends_on=day), Term(starts_on=day))
    if is_blank(cell):
        return Value(None)
    if isinstance(cell, (int, float)):
        return _term_from_number(cell)
    if not isinstance(cell, str):
        return _no_term(cell)
    text = squeezed_date(cell)
    if len(text) > TEXT_MAX:
        return _no_term(cell)
    if is_masked(text):
        return masked(cell)
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,4})?", text):
        return _term_from_number(float(text) if "." in text else int(text), cell)
    glued = _GLUED_YEARS.fullmatch(text) or _GLUED_DAYS.fullmatch(text)
    if glued:
        found = _term_from_text(cell, f"{glued[1]}至{glued[2]}")
        return (
            _doubt(f"{quoted(cell)}像是起止两个日期连在了一起", found.value)
            if isinstance(found, Value) and found.value
            else found
        )
    text = _SAME_YEAR.sub(r"\1.\2\3\1.\4", _DIGITS_ONLY.sub(r"\1-\2-\3", text))
    return _term_from_text(cell, _NUMERAL_LENGTH.sub(_digits_of, text))


def _term_from_number(number: float, cell: Cell = None) -> Outcome[Term | None]:
    cell = number if cell is None else cell
    if not 0 < number < 100_000:
        return _no_term(cell)
    months = (exact(number) if isinstance(number, float) else Decimal(number)) * 12
    if months <= 100 * 12:
        whole = int(months)
        if whole == months and whole:
            return Value(Term(months=whole))
        return _doubt(f"{quoted(cell)}年不是整月", Term(months=max(whole, 1)), Term(months=whole + 1))
    if number == int(number) and YEAR_MIN <= number <= YEAR_MAX:
        return _doubt(f"{quoted(cell)}是年份，不是期限", Term(ends_on=date(int(number), 12, 31)))
    if number == int(number) and number <= 1200:
        return _doubt(f"{quoted(cell)}年太长，可能写的是月数", Term(months=int(number)))
    return _no_term(cell)


def _term_from_text(cell: str, text: str) -> Outcome[Term | None]:
    spoken = _spoken_years(text)
    if spoken:
        return spoken
    if _SUMMED.match(text):
        years = [int(part) for part in re.findall("[0-9]+", text)]
        if 0 < sum(years) <= _YEARS_MAX and years[0]:
            total, first = Term(months=sum(years) * 12), Term(months=years[0] * 12)
            return _doubt(f"{quoted(cell)}是分几期的期限，不知取合计还是第一期", total, first)
    pattern, points, lengths, ends = _pattern_of(text)
    for name, compiled in _PATTERNS:
        if compiled.match(pattern):
            return _build(cell, name, points, lengths, ends, "S" in pattern)
    near = re.sub("约|左右|大约|以上|以内", "", pattern)
    if near != pattern and re.fullmatch(f"{_LEAD}D", near) and lengths[0]:
        return _doubt(f"{quoted(cell)}只是个约数", Term(months=lengths[0]))
    return _best_guess(cell, text, pattern, points, lengths)


def _spoken_years(text: str) -> Outcome[Term | None] | None:
    """``三十`` alone is thirty years, as 30 is."""
    readings = read_numeral(text)
    if len(readings) == 1 and 0 < readings[0] <= 100:
        return Value(Term(months=readings[0] * 12))
    return None


def _pattern_of(text: str) -> tuple[str, list[Point], list[int], list[tuple[int, int]]]:
    """The text with dates, lengths, months and set words each as one letter, and what the letters stand for."""
    points: list[Point] = []
    lengths: list[int] = []
    ends: list[tuple[int, int]] = []

    def point(found: re.Match[str]) -> str:
        points.append(point_of(found))
        return "P"

    def length(found: re.Match[str]) -> str:
        years, half, more, months, half_year = found.groups()
        total = Decimal(years or 0) * 12 + (6 if half or half_year else 0) + int(more or 0) + int(months or 0)
        lengths.append(int(total) if total == int(total) and total <= _YEARS_MAX * 12 else 0)
        return "D"

    def month(found: re.Match[str]) -> str:
        ends.append((int(found[1]), int(found[2] or 0)))
        return "M"

    pattern = re.sub("[A-Z]", "?", text)
    pattern = _SECOND_ROUND.sub("S", pattern)
    pattern = _LENGTH.sub(length, POINT.sub(point, pattern))
    pattern = _OPEN.sub("O", _MONTH_DAY.sub(month, pattern))
    return pattern, points, lengths, ends


def _build(
    cell: str, name: str, points: list[Point], lengths: list[int], ends: list[tuple[int, int]], second_round: bool
) -> Outcome[Term | None]:
    """The term a matched pattern states, checked against itself."""
    if any(not months for months in lengths):
        return _no_term(cell)
    months = lengths[0] if lengths else None
    if name == "partial":
        points = [points[0], Point(points[0].year, *ends[0])]
        name = "range"
    if name == "range":
        return _range(cell, points[0], points[1], months)
    if name == "second" and len(points) == 2:
        return _settled(cell, Term(months, points[0].on("start"), points[1].on("end"), second_round=True), points)
    if name == "second" or name == "until":
        point = points[0] if points else None
        term = Term(months, ends_on=point.on("end") if point else None, second_round=second_round)
        if point and not point.month and not second_round:
            return _doubt(f"{quoted(cell)}只写到年份", term) if term.ends_on else _no_term(cell)
        return _settled(cell, term, points)
    if name in ("from", "open_from", "second_from"):
        term = Term(months, starts_on=points[0].on("start"), open_ended=name == "open_from", second_round=second_round)
        if not points[0].month:
            return _doubt(f"{quoted(cell)}只写到年份", term) if term.starts_on else _no_term(cell)
        return _settled(cell, term, points)
    return Value(Term(months, open_ended=name == "open"))


def _settled(cell: str, term: Term, points: list[Point]) -> Outcome[Term | None]:
    """A term of one date: the date must exist, and a lone ``2016.1`` stays a doubt."""
    if any(point.on("end") is None for point in points):
        return _impossible(cell)
    if len(points) == 1 and points[0].unsure:
        october = Point(points[0].year, 10)
        other = replace(
            term,
            starts_on=october.on("start") if term.starts_on else None,
            ends_on=october.on("end") if term.ends_on else None,
        )
        return _doubt(f"{quoted(cell)}里的月份可能是1月，也可能是10月", term, other)
    return Value(term)


def _range(cell: str, first: Point, last: Point, months: int | None) -> Outcome[Term | None]:
    starts_on, ends_on = first.on("start"), last.on("end")
    if starts_on is None or ends_on is None:
        return _impossible(cell)
    if ends_on < starts_on:
        return Unreadable(f"{quoted(cell)}的结束早于开始", "查对原合同，先写开始后写结束，例如 2003-01-01至2033-12-31")
    dates = Term(starts_on=starts_on, ends_on=ends_on)
    if not first.month or not last.month:
        return _doubt(f"{quoted(cell)}只写到年份", dates)
    if months is None:
        return Value(dates)
    if abs((_after(starts_on, months) - ends_on).days) > _DAYS_OFF:
        return _doubt(f"{quoted(cell)}写的年数和起止日期对不上", dates, Term(months=months))
    return Value(replace(dates, months=months))


def _best_guess(cell: str, text: str, pattern: str, points: list[Point], lengths: list[int]) -> Outcome[Term | None]:
    """No pattern fits: the first range or length is offered, never taken."""
    ranged = re.search(f"P{_TO}P", pattern)
    if ranged:
        at = pattern[: ranged.start()].count("P")
        starts_on, ends_on = points[at].on("start"), points[at + 1].on("end")
        if starts_on and ends_on and starts_on <= ends_on:
            return _doubt(f"{quoted(cell)}除了起止日期还有别的话", Term(starts_on=starts_on, ends_on=ends_on))
    between = re.fullmatch("([0-9]{1,2})[-—至到]+([0-9]{1,2})年", text)
    if between and between[1].strip("0") and between[2].strip("0"):
        return _doubt(f"{quoted(cell)}是个范围", Term(months=int(between[1]) * 12), Term(months=int(between[2]) * 12))
    if lengths and lengths[0]:
        return _doubt(f"{quoted(cell)}除了年数还有别的话", Term(months=lengths[0]))
    if "S" in pattern:
        return _doubt(f"{quoted(cell)}除了二轮承包还有别的话", Term(second_round=True))
    if "O" in pattern:
        return _doubt(f"{quoted(cell)}除了长期还有别的话", Term(open_ended=True))
    if len(points) == 1:
        ends_on, starts_on = points[0].on("end"), points[0].on("start")
        if ends_on and starts_on:
            return _doubt(f"{quoted(cell)}只有一个日期", Term(ends_on=ends_on), Term(starts_on=starts_on))
    return _no_term(cell)


def _after(start: date, months: int) -> date:
    """The last day of a term of so many months from ``start``."""
    month = start.year * 12 + start.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1])) - timedelta(days=1)


def _digits_of(found: re.Match[str]) -> str:
    readings = read_numeral(found[1])
    return str(readings[0]) if len(readings) == 1 else found[0]


def _doubt(reason: str, *terms: Term) -> Doubt[Term | None]:
    suggestions: list[Suggestion[Term | None]] = [Suggestion(term, format_term(term)) for term in dict.fromkeys(terms)]
    return Doubt(f"{reason}；请改写成 {' 或 '.join(s.text for s in suggestions)!s}", tuple(suggestions))


def _impossible(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}里有不存在的日期，或年份不在{YEAR_MIN}到{YEAR_MAX}年之间", f"查对原合同，{_HINT}")


def _no_term(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}看不出期限多长", _HINT)
