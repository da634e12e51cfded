"""Numbers as ledgers write them: figures with commas or spaces, 大写, 一二三, 8.5万, and what may not be guessed.

A reading is exact (``Decimal``) or it is several readings, each a candidate a person chooses from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from mingbai.units.cells import TEXT_MAX, clean_text, is_blank, is_masked, quoted, simplified
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value
from mingbai.units.wording import phrase

_DIGITS = {
    character: value
    for value, variants in enumerate(
        ("零〇○◯", "一壹壱弌", "二贰貳弍两兩贰", "三叁參叄弎参", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for character in variants
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_TWENTIES = str.maketrans({"廿": "二十", "卄": "二十", "卅": "三十", "卌": "四十"})

NUMERAL_CHARACTERS = "".join(_DIGITS) + "".join(_UNITS) + "".join(_BIG) + "廿卄卅卌"
"""Every character a Chinese numeral may hold, for a regular expression's class."""

_DECIMAL = re.compile(r"[0-9]{1,20}(?:\.[0-9]{0,20})?\Z|\.[0-9]{1,20}\Z")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([, '])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]{1,20})?\Z")
_NEXT_LINE = re.compile(r"(?<=[0-9])[^\S\n]*\n\s*(?=[0-9])")
_FIGURES = re.compile(r"[0-9][0-9,.' ]*\Z")
_SCIENTIFIC = re.compile(r"([0-9]\.?[0-9]{0,15})[eE]\+?([0-9]{1,2})\Z")
_AROUND_POINT = re.compile(r" ?([,.]) ?")
_MEASURE_WORDS = re.compile(r"[个人户宗份块间处口台辆头只笔件套座栋名家株棵条项眼孔票]\Z")
_PERCENT = re.compile(r"(.+?) ?%\Z")
_NUMBER_MAX = Decimal(10) ** 24


@dataclass(frozen=True, slots=True)
class Figures:
    """What a piece of text says as a number.

    One reading and no ``why``: it says that and nothing else. ``why`` is the reason of a doubt, to follow the quoted
    cell. No reading: it is no number. ``scaled``: it states 万 or 亿 itself. ``spoken``: in Chinese numerals.
    """

    readings: tuple[Decimal, ...] = ()
    why: str = ""
    scaled: bool = False
    spoken: bool = False


NO_FIGURES = Figures()


_TWICE = re.compile(r"([0-9]+\.[0-9]+)\1")


def on_lines(cell: str) -> list[str]:
    """The pieces of a cell whose numbers stand on lines of their own; one piece where they do not."""
    return _NEXT_LINE.split(cell) if "\n" in cell else [cell]


def read_figures(text: str) -> Figures:
    """Read clean text that should be one non-negative number and nothing else. Pure; never raises."""
    text = text.strip()
    if _DECIMAL.match(text):
        return Figures((Decimal(text),))
    if not text or len(text) > TEXT_MAX:
        return NO_FIGURES
    if _FIGURES.match(text):
        return _read_separated(_AROUND_POINT.sub(r"\1", text).rstrip(" "))
    scientific = _SCIENTIFIC.match(text)
    if scientific:
        number = Decimal(scientific[1]) * 10 ** int(scientific[2])
        return Figures((number,), phrase("是科学计数法，可能已经丢失了后面的位数"))
    return _read_spoken(text.replace(" ", "").translate(_TWENTIES))


def _read_separated(text: str) -> Figures:
    """Figures with commas, spaces or several points: right thousands say one number, the rest is a doubt."""
    if _DECIMAL.match(text):
        return Figures((Decimal(text),))
    if _GROUPED.match(text):
        return Figures((Decimal(re.sub("[, ']", "", text)),))
    blocks = re.split("[, '.]", text.rstrip(".,"))
    if len(text) > 40 or not all(blocks):
        return NO_FIGURES
    readings = [Decimal("".join(blocks))]
    if text.count(" ") < len(blocks) - 1:
        readings.append(Decimal("".join(blocks[:-1]) + "." + blocks[-1]))
    if " " in text:
        readings += [Decimal(part) for part in re.sub("[,']", "", text).split(" ") if _DECIMAL.match(part)]
        return Figures(tuple(dict.fromkeys(readings)), phrase("里的数字中间有空格，分不清是一个数还是几个数"))
    twice = _TWICE.fullmatch(text)
    if twice:
        return Figures((Decimal(twice[1]),), phrase("像是同一个数写了两遍、连在了一起"))
    if not _DECIMAL.match(f"{readings[0]}"):
        return NO_FIGURES
    return Figures(tuple(dict.fromkeys(readings)), phrase("里逗号或小数点的位置不对，千分位应是三位一组"))


def _read_spoken(text: str) -> Figures:
    """Chinese numerals, or figures followed by 百, 千, 万, 亿: ``肆仟贰佰``, ``8.5万``, ``2亿3000万``, ``1万2千``."""
    spoken = all(c in NUMERAL_CHARACTERS for c in text)
    readings = read_numeral(text) if spoken else _read_mixed(text)
    scaled = any(c in _BIG for c in text)
    why = "" if len(readings) < 2 else phrase("是口头说法，有不止一种读法")
    return Figures(tuple(Decimal(r) for r in readings), why, scaled, spoken)


def _read_mixed(text: str) -> tuple[Decimal, ...]:
    for characters, size in (("亿億", 10**8), ("万萬", 10**4), ("千仟", 1000), ("百佰", 100)):
        found = re.search(f"[{characters}]", text)
        if not found:
            continue
        left, right = text[: found.start()], text[found.end() :]
        heads = _read_part(left)
        if len(heads) != 1:
            return ()
        head = heads[0] * size
        if not right:
            return (head,)
        tails = _read_part(right.lstrip("零〇"))
        if heads[0] != int(heads[0]) or any(tail >= size for tail in tails):
            return ()
        # “2万5”说的是两万五千,写的却可能是 20005
        if len(right) == 1 and len(tails) == 1:
            return (head + tails[0] * size / 10, head + tails[0])
        return tuple(head + tail for tail in tails)
    return ()


def _read_part(text: str) -> tuple[Decimal, ...]:
    if _DECIMAL.match(text):
        return (Decimal(text),)
    if _GROUPED.match(text):
        return (Decimal(re.sub("[, ']", "", text)),)
    return tuple(Decimal(r) for r in read_numeral(text)) or _read_mixed(text)


def read_numeral(text: str) -> tuple[int, ...]:
    """All whole numbers a Chinese numeral may mean: ``伍拾`` → (50,), ``三万五`` → (35000, 30005), not one → ().

    Digit by digit (``二〇一三``) and with units both count; ``三四`` may be 34, or three to four.
    """
    text = text.translate(_TWENTIES)
    if not text or len(text) > 40:
        return ()
    if all(c in _DIGITS for c in text):
        digits = [_DIGITS[c] for c in text]
        together = int("".join(map(str, digits)))
        if len(digits) == 2 and digits[1] == digits[0] + 1 and digits[0]:
            return (together, digits[0], digits[1])
        return (together,)
    return _read_sections(text, 10**16)


def _read_sections(text: str, ceiling: int) -> tuple[int, ...]:
    """Split at the last 亿, then at 万: the parts before count that many times."""
    for characters, size in (("亿億", 10**8), ("万萬", 10**4)):
        at = max(text.rfind(c) for c in characters)
        if at < 0:
            continue
        left = _read_sections(text[:at], ceiling // size)
        rest = text[at + 1 :]
        if len(left) != 1 or not left[0]:
            return ()
        if not rest:
            return (left[0] * size,)
        if len(rest) == 1:
            digit = _DIGITS.get(rest, 0)
            return (left[0] * size + digit * size // 10, left[0] * size + digit) if digit else ()
        below = _read_sections(rest, size) if not rest.startswith(tuple("零〇")) else _read_sections(rest[1:], size)
        if any(value >= size for value in below):
            return ()
        return tuple(left[0] * size + value for value in below)
    return _read_section(text)


def _read_section(text: str) -> tuple[int, ...]:
    """A number below 10,000: units must fall, 零 stands only over a gap."""
    total, last, zero, at = 0, 10_000, False, 0
    while at < len(text):
        character = text[at]
        if _DIGITS.get(character) == 0:
            if zero or not total:
                return ()
            zero, at = True, at + 1
            continue
        if character in _DIGITS:
            digit = _DIGITS[character]
            unit = _UNITS.get(text[at + 1], 0) if at + 1 < len(text) else 1
            at += 2
        else:
            digit, unit = (1, 10) if _UNITS.get(character) == 10 else (0, 0)
            at += 1
        if not unit or unit >= last or (zero and last <= unit * 10):
            return ()
        if unit == 1 and total and last > 10 and not zero:
            return (total + digit * last // 10, total + digit)
        total, last, zero = total + digit * unit, unit, False
    return () if zero else (total,)


def exact(number: float) -> Decimal:
    """A float as the decimal a person typed: the noise of the last bits (``65289.1399999999``) is rounded away."""
    short = Decimal(f"{number:.13g}")
    full = Decimal(repr(number))
    return short if abs(short - full) <= abs(full) * Decimal("3e-15") else full


def parse_number(cell: Cell) -> Outcome[Decimal | None]:
    """A plain number, possibly negative. ``97.8%`` is 0.978. Blank → ``Value(None)``."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str, type(None))):
        return _no_number(cell)
    if is_blank(cell):
        return Value(None)
    if isinstance(cell, (int, float)):
        if abs(cell) > _NUMBER_MAX:
            return _no_number(cell)
        return Value(exact(cell) if isinstance(cell, float) else Decimal(cell))
    text = simplified(clean_text(cell))
    if is_masked(text):
        return masked(cell)
    sign = -1 if text[0] in "-−负" else 1
    body = text.lstrip("+-−负 ") if text[0] in "+-−负" else text
    percent = _PERCENT.match(body)
    part = body[3:] if body.startswith("百分之") else percent[1] if percent else body
    scale = Decimal("0.01") if part is not body else Decimal(1)
    figures = read_figures(part)
    if not figures.readings:
        return _no_number(cell)
    values = [sign * scale * reading for reading in figures.readings]
    if len(values) == 1 and not figures.why:
        return Value(values[0])
    suggestions: list[Suggestion[Decimal | None]] = [Suggestion(value, f"{value:f}") for value in values]
    return Doubt(
        f"{quoted(cell)}{figures.why}；请改写成 {' 或 '.join(s.text for s in suggestions)!s}", tuple(suggestions)
    )


def whole(text: str, digits: int = 18) -> int | None:
    """The number that figures in an address or a form stand for; None where they are no ASCII digits, or more than a database
    takes. Never use ``isdigit`` for that: ``"²".isdigit()`` holds, and ``int`` refuses five thousand nines."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def parse_count(cell: Cell) -> Outcome[int | None]:
    """How many: a whole number, zero or more, with or without a measure word (``12户``). Blank → ``Value(None)``."""
    if isinstance(cell, str):
        text = clean_text(cell)
        outcome = parse_number(_MEASURE_WORDS.sub("", text) or text)
    else:
        outcome = parse_number(cell)
    if isinstance(outcome, Unreadable):
        return outcome
    if isinstance(outcome, Value):
        if outcome.value is None:
            return Value(None)
        if outcome.value < 0 or outcome.value != int(outcome.value):
            return Unreadable(f"{quoted(cell)}不是整数个数", "只写整数，例如 12")
        return Value(int(outcome.value))
    whole: list[Suggestion[int | None]] = [
        Suggestion(int(s.value), str(int(s.value)))
        for s in outcome.suggestions
        if s.value is not None and s.value >= 0 and s.value == int(s.value)
    ]
    return Doubt(outcome.reason, tuple(whole)) if whole else Unreadable(outcome.reason, "只写整数，例如 12")


def masked(cell: Cell) -> Unreadable:
    """The answer to hidden digits."""
    return Unreadable(f"{quoted(cell)}的数字被遮住了，读不出来", "请查原合同，填写完整的数字", "masked")


def _no_number(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}不是数字", "只写数字，例如 12.5")
