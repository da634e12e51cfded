"""Fields proposed 读出的栏: lines of a paper → for each column of a register what the paper seems to say, where, and how
sure. Labels (甲方：…) come from the columns' titles and aliases, sentences from the register's wording.

A proposal never enters a register by itself: a person confirms it beside its region of the picture.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from mingbai import units
from mingbai.columns import Column, Register, reader
from mingbai.columns.column import Stored
from mingbai.columns.reading import Reading
from mingbai.paper.boxes import Box, Page, Point
from mingbai.paper.order import Line, lines
from mingbai.paper.wording import Sentence, Wording
from mingbai.units import Value

Region = tuple[tuple[Point, ...], ...]
"""Polygons on one page, in pixels: one for each piece of a line a value stands on."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the paper seems to say of one column. ``value`` is None where it is in doubt; ``raw`` are the recognised
    letters, ``doubts`` pairs of a reason and what a person might choose instead."""

    column: str
    value: Stored
    raw: str
    confidence: float
    page: int
    region: Region
    doubts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def doubted(self, reason: str, *suggestions: str) -> Proposal:
        return replace(self, doubts=(*self.doubts, (reason, suggestions)))

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "value": self.value,
            "raw": self.raw,
            "confidence": round(self.confidence, 3),
            "page": self.page,
            "region": [[[round(x), round(y)] for x, y in each] for each in self.region],
            "doubts": [[why, list(said)] for why, said in self.doubts],
        }


SURE = 0.85
"""Below this confidence of the recogniser a field says so."""
_CAPITAL = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{2,}[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*")
_PART = {
    "money": Sentence(r"(?P<it>{money})"),
    "date": Sentence(r"(?P<it>{date})"),
    "area": Sentence(r"(?P<it>{area})"),
    "identity": Sentence(r"(?P<it>[0-9A-Z*]{15,18})"),
    "phone": Sentence(r"(?P<it>[0-9*]{7,12})"),
    "count": Sentence(r"(?P<it>[0-9]+)"),
    "term": Sentence(r"(?P<it>[0-9一二三四五六七八九十]+年)"),
}
_SIGN = r"\((?:盖章|公章|签字|签章|签名|章|签名盖章|签字盖章)\):?"
_TAIL = re.compile(r"[(](?:以下|下)?简?称.*\Z|[_,。;、\s]+\Z")
_EDGE = " ,。;:、()【】[]《》<>|_·."


class _Text:
    """The lines as one run of letters without blanks, half-width, each letter knowing its box."""

    def __init__(self, found: Sequence[Line]) -> None:
        self.lines = found
        letters: list[str] = []
        self._at: list[tuple[int, Box, int]] = []
        self.begins: list[int] = []
        self.spans: list[tuple[int, int]] = []
        self._fresh: set[int] = set()
        for line in found:
            begin = len(letters)
            for box in line.boxes:
                self._fresh.add(len(letters))
                for place, letter in enumerate(box.text):
                    plain = unicodedata.normalize("NFKC", letter)
                    plain = plain if len(plain) == 1 else letter
                    if plain.isspace():
                        self._fresh.add(len(letters))
                    elif plain != "_":
                        letters.append("¥" if plain == "￥" else plain)
                        self._at.append((line.page, box, place))
            self.spans.append((begin, len(letters)))
        self.letters = "".join(letters)

    def begins_word(self, at: int) -> bool:
        return at in self._fresh or at == 0 or self.letters[at - 1] in _EDGE

    def region(self, start: int, end: int) -> tuple[int, Region, float]:
        """Page, polygons and confidence of the letters; of what runs over a page's end, the first page's part."""
        page = self._at[start][0]
        pieces: list[tuple[Box, int, int]] = []
        for number, box, place in self._at[start:end]:
            if number != page:
                break
            if pieces and pieces[-1][0] is box:
                pieces[-1] = (box, min(pieces[-1][1], place), max(pieces[-1][2], place + 1))
            else:
                pieces.append((box, place, place + 1))
        return page, tuple(box.part(a, b) for box, a, b in pieces), min(box.confidence for box, _, _ in pieces)


@dataclass(slots=True)
class _Found:
    """A proposal and the letters it came from."""

    proposal: Proposal
    start: int
    end: int


def propose(pages: Iterable[Page], register: Register, wording: Wording) -> list[Proposal]:
    """The fields of one contract on these pages, in the order of the register's columns."""
    leaves = list(pages)
    text = _Text([line for page in leaves for line in lines(page)])
    if not text.letters:
        return []
    readers = {column.name: reader(column, register) for column in register.columns}
    found: dict[str, _Found] = {}

    def take(name: str, start: int, end: int) -> None:
        column = register.by_name.get(name)
        if column is None or start >= end:
            return
        was = found.get(name)
        if was is not None and was.proposal.value is not None:
            return
        made = _read(text, column, readers[name], start, end)
        if made is None or (was is not None and made[0].proposal.value is None):
            return
        found[name] = made[0]
        for other, value in made[1]:
            if other in register.by_name and other not in found:
                found[other] = _Found(replace(made[0].proposal, column=other, value=value), made[0].start, made[0].end)

    for name, start, end in _labelled(text, register, wording):
        take(name, start, end)
    for sentence in wording.sentences:
        for match in sentence.compiled.finditer(text.letters):
            for name, said in match.groupdict().items():
                if said:
                    take(name, *match.span(name))
    _signed_on(text, wording, found, take)
    _capitals(text, wording, found, readers)
    _terms(wording, found)
    _rents(wording, found)
    _signatures(text, leaves, wording, found)
    order = {column.name: place for place, column in enumerate(register.columns)}
    return sorted((each.proposal for each in found.values()), key=lambda each: order[each.column])


def _read(
    text: _Text, column: Column, read: Callable[[Any], Reading], start: int, end: int
) -> tuple[_Found, tuple[tuple[str, Stored], ...]] | None:
    said = text.letters[start:end]
    if column.kind == "text":
        said = _TAIL.sub("", _TAIL.sub("", said)).strip(_EDGE.replace("(", "").replace(")", ""))
    else:
        said = said.strip(_EDGE.replace("(", "").replace(")", ""))
    if not said:
        return None
    start = text.letters.index(said, start)
    reading = read(said)
    part = _PART.get(column.kind)
    if part is not None and (reading.problem is not None or reading.value is None):
        inside = part.compiled.search(said)
        if inside and inside["it"] != said:
            smaller = read(inside["it"])
            if smaller.problem is None and smaller.value is not None:
                start, said, reading = start + inside.start("it"), inside["it"], smaller
    if reading.problem is None and reading.value is None and not reading.also:
        return None
    page, region, confidence = text.region(start, start + len(said))
    made = Proposal(column.name, reading.value, said, confidence, page, region)
    if reading.problem is not None:
        made = made.doubted(reading.problem.reason, *reading.problem.suggestions)
    if confidence < SURE:
        made = made.doubted(f"这几个字认得不太准（{confidence:.0%}），请对着图看一遍")
    return _Found(made, start, start + len(said)), reading.also


def labels_of(register: Register, wording: Wording) -> dict[str, str]:
    """Every word that may stand before a colon → its column; the wording's own words go first."""
    known: dict[str, str] = {}
    for name, words in wording.labels.items():
        for word in words:
            known.setdefault(word, name)
    for column in register.columns:
        for word in (column.title, *column.aliases):
            plain = re.sub(r"[(（].*?[)）]", "", word)
            if len(plain) > 1 and plain not in register.serial:
                known.setdefault(plain, column.name)
    return known


def _labelled(text: _Text, register: Register, wording: Wording) -> Iterable[tuple[str, int, int]]:
    """Column and letters of each value that stands behind its label: after a colon, or in the next cell of a table."""
    known = labels_of(register, wording)
    either = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    label = re.compile(rf"({either})(?:\([^()]{{1,10}}\))?:")
    stop = re.compile(r"(?=[一-鿿]{2,8}(?:\([^()]{1,10}\))?:)")
    for place, (begin, end) in enumerate(text.spans):
        said = text.letters[begin:end]
        hits = [hit for hit in label.finditer(said) if text.begins_word(begin + hit.start())]
        stops = sorted(
            {hit.start() for hit in stop.finditer(said) if text.begins_word(begin + hit.start())}
            | {hit.start() for hit in hits}
        )
        for hit in hits:
            own = {
                each.start() for each in hits
            }  # right behind a label only another known one ends the value: 承包人：张三 身份证号：…
            until = next((at for at in stops if at > hit.end() or (at == hit.end() and at in own)), len(said))
            if until > hit.end():
                yield known[hit[1]], begin + hit.end(), begin + until
        boxes = text.lines[place].boxes
        at = begin
        for one, other in itertools.pairwise(boxes):
            size, following = (
                sum(not letter.isspace() and letter != "_" for letter in each.text) for each in (one, other)
            )
            word, cell = text.letters[at : at + size].rstrip(":"), text.letters[at + size : at + size + following]
            if word in known and cell.rstrip(":") not in known and not label.match(cell):
                yield known[word], at + size, at + size + following
            at += size


def _signed_on(text: _Text, wording: Wording, found: dict[str, _Found], take: Callable[[str, int, int], None]) -> None:
    """The day of signing where no label gives it: the dates below the signatures. Two different ones are a doubt."""
    name = wording.signed_on
    if not name or name in found or wording.signed is None:
        return
    heads = re.compile(rf"(?:{'|'.join((*wording.signed[1], *wording.signed[2]))}){_SIGN}")
    first = next(iter(heads.finditer(text.letters)), None)
    if first is None:
        return
    dates = list(_PART["date"].compiled.finditer(text.letters, first.start()))
    if not dates:
        return
    take(name, *dates[0].span("it"))
    if name in found and len({each["it"] for each in dates}) > 1:
        both = tuple(dict.fromkeys(each["it"] for each in dates))
        one = found[name]
        one.proposal = replace(one.proposal.doubted("落款处写着几个日期，请选签订的那一个", *both), value=None)


def _capitals(
    text: _Text, wording: Wording, found: dict[str, _Found], readers: dict[str, Callable[[Any], Reading]]
) -> None:
    """大写 beside figures: they must agree. Where only 大写 stands, it is the amount."""
    for match in _CAPITAL.finditer(text.letters):
        amount = units.parse_money(match[0])
        if not isinstance(amount, Value) or amount.value is None:
            continue
        if any(each.start <= match.start() < each.end for each in found.values()):
            continue  # the field itself is written in 大写
        near = [each for name, each in found.items() if name.endswith("fen") and 0 <= match.start() - each.end <= 16]
        if near:
            one = min(near, key=lambda each: match.start() - each.end)
            if one.proposal.value is not None and one.proposal.value != amount.value.fen:
                figures = units.format_money(int(one.proposal.value))
                one.proposal = replace(
                    one.proposal.doubted(
                        f"小写是 {figures} 元，大写“{match[0]}”是 {units.format_money(amount.value.fen)} 元，两处不一样",
                        f"{figures}元",
                        f"{units.format_money(amount.value.fen)}元",
                    ),
                    value=None,
                )
        elif wording.total and wording.total not in found and wording.total in readers:
            page, region, confidence = text.region(*match.span())
            found[wording.total] = _Found(
                Proposal(wording.total, amount.value.fen, match[0], confidence, page, region), *match.span()
            )


def _terms(wording: Wording, found: dict[str, _Found]) -> None:
    """Years beside dates."""
    if wording.terms is None or not all(name in found for name in wording.terms):
        return
    months, starts, ends = (found[name].proposal.value for name in wording.terms)
    if not (isinstance(months, int) and isinstance(starts, str) and isinstance(ends, str)):
        return
    first, last = date.fromisoformat(starts), date.fromisoformat(ends)
    said = {_months(first, last), _months(first, last + timedelta(days=1))}
    if months not in said:
        whole = max((each for each in said if each is not None), default=None)
        years = (f"{whole // 12}年" if whole % 12 == 0 else f"{whole}个月",) if whole else ()
        one = found[wording.terms[0]]
        one.proposal = one.proposal.doubted(
            f"纸上写 {months / 12:g} 年，起止日期却是 {first} 至 {last}，对不上", one.proposal.raw, *years
        )
        for name in wording.terms[1:]:
            found[name].proposal = found[name].proposal.doubted("起止日期和写的年数对不上，请看原文")


def _months(first: date, last: date) -> int | None:
    """Whole months from the one day to the same day of another month; None where it is not the same day."""
    if first.day != last.day and not (last.month == 2 and last.day >= 28 and first.day > 28):
        return None
    return (last.year - first.year) * 12 + last.month - first.month


def _rents(wording: Wording, found: dict[str, _Found]) -> None:
    """Price × area beside the yearly rent, to the yuan."""
    if wording.rents is None or not all(name in found for name in wording.rents):
        return
    price, area, rent = (found[name].proposal.value for name in wording.rents)
    if (
        isinstance(price, int)
        and isinstance(area, int)
        and isinstance(rent, int)
        and abs(price * area / 10_000 - rent) > 100
    ):
        worked = units.format_money(round(price * area / 10_000))
        one = found[wording.rents[2]]
        one.proposal = one.proposal.doubted(
            f"单价 × 面积是 {worked} 元，和写的年承包费不一样", f"{units.format_money(rent)}元", f"{worked}元"
        )


def _signatures(text: _Text, pages: list[Page], wording: Wording, found: dict[str, _Found]) -> None:
    """Whether both sides seem to have signed: a name behind their label below the text, or red ink on it. Whether it is
    theirs no machine can see, so it is always a doubt."""
    if wording.signed is None or wording.signed[0] in found:
        return
    name, *sides = wording.signed
    seen: list[bool] = []
    places: list[tuple[int, int]] = []
    either = re.compile(rf"(?:{'|'.join((*sides[0], *sides[1]))}){_SIGN}")
    for words in sides:
        heads = list(re.finditer(rf"(?:{'|'.join(words)}){_SIGN}", text.letters))
        if not heads:
            return
        head = heads[-1]
        until = next(end for begin, end in text.spans if begin <= head.start() < end)
        other = either.search(text.letters, head.end(), until)
        until = other.start() if other else until
        behind = text.letters[head.end() : until]
        page, region, _ = text.region(head.start(), head.end())
        near = any(_touches(red, region) for each in pages if each.number == page for red in each.red)
        seen.append(near or bool(re.match(r"[一-鿿]{2,}", behind)))
        places.append((head.start(), until))
    page, region, confidence = text.region(*places[0])
    if text.region(*places[1])[0] == page:
        region = (*region, *text.region(*places[1])[1])
    made = Proposal(name, all(seen) or None, "、".join(text.letters[a:b] for a, b in places), confidence, page, region)
    why = (
        "落款处好像都有签名或印章；真不真要人看，请对着图认"
        if all(seen)
        else "落款处有一方没看到签名或印章，请对着图认"
    )
    found[name] = _Found(made.doubted(why, "是", "否"), *places[0])


def _touches(red: tuple[int, int, int, int], region: Region) -> bool:
    """Red ink on the region, or beside it by no more than its own size."""
    xs, ys = [x for each in region for x, _ in each], [y for each in region for _, y in each]
    around = max(ys) - min(ys) + 40
    return (
        red[0] < max(xs) + 4 * around
        and red[2] > min(xs) - around
        and red[1] < max(ys) + 2 * around
        and red[3] > min(ys) - 2 * around
    )
