"""Numbers of persons in free text: found wherever and however a clerk wrote them, and shown in part only.

Identity numbers (GB 11643: 18 or 15 digits), mobile telephones (also after +86, 0086) and bank cards (16–19 digits), in
full-width digits too, and in groups with blanks, dashes, dots or slashes between or broken by a line's end. A word of letters
before them (``TEL138…``) hides neither a telephone nor an identity number with the right check digit. Figures inside a longer
word of letters and digits (hashes, contract numbers), rows of amounts, dates and an organisation's credit code are no numbers
of persons.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mingbai.units.identity import mask_identity, resident_check

_ALIKE = {
    "-": "‐‑‒–—―−－﹣_",
    " ": "\t\r\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    ".": "．·•・",
    "/": "／\\",
    "\n": "\v\f\x85\u2028\u2029",
    "\u200b": "\u200c\u200d\u200e\u200f\u2060\ufeff\xad",
    "+": "＋",
    "X": "Ｘ",
    "x": "ｘ",
} | {str(digit): chr(0xFF10 + digit) for digit in range(10)}
_FOLD = str.maketrans({other: plain for plain, others in _ALIKE.items() for other in others})
_BETWEEN = "".join(re.escape(plain + _ALIKE[plain]) for plain in "- ./\n\u200b")
_MAYBE = re.compile(f"[0-9０-９](?:[{_BETWEEN}]{{0,4}}[0-9０-９]){{10}}")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_BORN = re.compile(rf"[0-9]{{6}}(?:18|19|20)[0-9]{{2}}{_DAY}")
_BORN_OLD = re.compile(rf"[0-9]{{8}}{_DAY}")
_MOBILE = re.compile(r"1(?:3[0-9]|4[579]|5[0-35-9]|6[2567]|[789][0-9])")
"""First three digits of people's telephones; 140 and its like are for machines, and begin the codes of a province."""
_GAP = "[-./ \n\u200b]{0,4}"
_FOUR = "[0-9](?:\u200b?[0-9]){3}"
_BROKEN = re.compile(r" ?\n ?")
_UNIT = re.compile(" ?[元万亿亩分年月日㎡平]")


class _Figures(NamedTuple):
    """Figures as they were written: the digits, whether a word of letters leads to them, after how many of them a gap stands and
    of which kinds, the lines' ends among them, whether they stand alone, not in a row of figures with the same gaps, and whether
    a unit of measure follows."""

    digits: str
    lettered: bool
    cuts: tuple[int, ...] = ()
    kinds: frozenset[str] = frozenset()
    breaks: int = 0
    alone: bool = True
    measured: bool = False

    @property
    def spaced(self) -> bool:
        """Every digit by itself."""
        return len(self.cuts) == len(self.digits) - 1 and len(self.kinds) == 1 and self.alone

    @property
    def shortest(self) -> int:
        edges = (0, *self.cuts, len(self.digits))
        return min(end - start for start, end in itertools.pairwise(edges))


def mask_numbers(text: str) -> str:
    """The text with every number of a person in part: ``138****2233``, ``1401**********1234``, ``6222***********1234``.

    What was masked already stays as it is; the function may be used twice.
    """
    if not _MAYBE.search(text):
        return text
    folded = text.translate(_FOLD)
    for shape, is_number in _SHAPES:
        found = list(_found(folded, shape, is_number))
        if found:
            text, folded = _replaced(text, found), _replaced(folded, found)
    return text


def holds_numbers(text: str) -> bool:
    """Whether :func:`mask_numbers` would hide something."""
    if not _MAYBE.search(text):
        return False
    folded = text.translate(_FOLD)
    return any(True for shape, is_number in _SHAPES for _ in _found(folded, shape, is_number))


def _replaced(text: str, found: list[tuple[int, int, str]]) -> str:
    parts, last = [], 0
    for start, end, digits in found:
        parts += [text[last:start], _in_part(digits)]
        last = end
    return "".join((*parts, text[last:]))


def _found(text: str, shape: re.Pattern[str], is_number: Callable[[_Figures], bool]) -> Iterator[tuple[int, int, str]]:
    at = 0
    while found := shape.search(text, at):
        figures = _figures(text, found)
        if figures is not None and is_number(figures):
            yield found.start("number"), found.end("number"), figures.digits
            at = found.end()
        else:
            at = found.start() + 1


def _figures(text: str, found: re.Match[str]) -> _Figures | None:
    """None inside a longer word of letters and digits."""
    word = found.start()
    while word and text[word - 1].isascii() and text[word - 1].isalpha():
        word -= 1
    lettered = word < found.start()
    if lettered and word and (text[word - 1].isdigit() or text[word - 1] == "*"):
        return None
    if found["number"].isalnum():
        return _Figures(found["number"], lettered)
    joined, breaks = _BROKEN.subn("", found["number"].replace("\u200b", ""))
    pieces = re.split("([-./ ]+)", joined)
    cuts, at = [], 0
    for piece in pieces[:-1:2]:
        at += len(piece)
        cuts.append(at)
    kinds = frozenset(gap.strip()[:1] or " " for gap in pieces[1::2])
    start, end = found.span()
    beside = {
        text[end : end + 2][:1] if text[end + 1 : end + 2].isdigit() else "",
        text[start - 1] if start > 1 and text[start - 2].isdigit() else "",
    }
    return _Figures(
        "".join(pieces[::2]), lettered, tuple(cuts), kinds, breaks, not beside & kinds, bool(_UNIT.match(text, end))
    )


def _is_person(it: _Figures) -> bool:
    if not _BORN.match(it.digits) or it.breaks > 1:
        return False
    usual = set(it.cuts) <= {6, 10, 14}
    if resident_check(it.digits.upper()):
        return usual or len(it.kinds) < 2
    return not it.lettered and (usual or it.spaced or (len(it.kinds) == 1 and it.shortest > 1 and it.alone))


def _is_old_person(it: _Figures) -> bool:
    """In groups only with a year of birth, not with one of this century's contracts."""
    if it.lettered or it.breaks > 1 or not _BORN_OLD.match(it.digits):
        return False
    return not it.cuts or (set(it.cuts) <= {6, 8, 12} and len(it.kinds) == 1 and it.alone and it.digits[6] > "2")


def _is_mobile(it: _Figures) -> bool:
    if not _MOBILE.match(it.digits) or it.breaks > 1:
        return False
    if it.cuts in ((), (3, 7)) or it.spaced:
        return True
    a_quotient = len(it.cuts) == 1 and it.kinds <= {".", "/"}
    return (
        len(it.kinds) == 1
        and (it.shortest > 2 or it.cuts == (3, 5, 7, 9))
        and it.alone
        and not it.measured
        and not a_quotient
    )


def _is_card(it: _Figures) -> bool:
    if it.lettered or "/" in it.kinds or it.breaks > 1:
        return False
    return bool(it.cuts) or not it.breaks or _luhn(it.digits)


def _luhn(digits: str) -> bool:
    return (
        sum(
            int(each) if at % 2 == 0 else int(each) * 2 // 10 + int(each) * 2 % 10
            for at, each in enumerate(reversed(digits))
        )
        % 10
        == 0
    )


def _shape(before: str, number: str) -> re.Pattern[str]:
    return re.compile(f"(?<![0-9*]){before}(?P<number>{number})(?![0-9A-Za-z*])")


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[_Figures], bool]], ...] = (
    (_shape("", f"[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx]"), _is_person),
    (_shape("", f"[1-9](?:{_GAP}[0-9]){{14}}"), _is_old_person),
    (_shape(rf"(?:(?:\+|00)?86{_GAP}|0)?", f"1(?:{_GAP}[0-9]){{10}}"), _is_mobile),
    (
        _shape(
            "",
            rf"(?=[3-9]){_FOUR}(?:{_GAP}(?<![0-9]){_FOUR}){{3}}(?:{_GAP}(?<![0-9])[0-9](?:\u200b?[0-9]){{0,2}})?|[0-9](?:(?: ?\n ?|\u200b)?[0-9]){{15,18}}",
        ),
        _is_card,
    ),
)


def _in_part(digits: str) -> str:
    if len(digits) == 11:
        return f"{digits[:3]}****{digits[7:]}"
    return mask_identity(digits) if len(digits) in (15, 18) else f"{digits[:4]}{'*' * (len(digits) - 8)}{digits[-4:]}"
