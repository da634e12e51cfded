"""The words of findings 措辞, in the language of whoever reads them.

A finding is worded once, in Chinese, and kept; it may be read years later, when the row it speaks of says something else. So its
sentence is made of phrases with named gaps, :func:`phrase`, and a :class:`Reader` takes it apart by the same phrases and says it
again in the other language, with the values it was said with. What the ledger wrote itself stands in gaps marked ``!s`` and stays
as it is. A refusal (an error raised, a cell nobody can read) is an f-string, and read back in the same way: its catalogue entry
names its gaps by what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any

TELLING = 3
"""A phrase with fewer characters of its own (甲、乙) says nothing about what stands in its gaps."""
_MARKS = re.compile("[。；]")
_CHINESE = re.compile("[\u2e80-\ufaff\uff00-\uffef\u3000-\u303f“”]")


def phrase(text: str, /, **gaps: object) -> str:
    """A phrase with its gaps filled: ``phrase("{years}年", years=31)`` → ``31年``. The catalogue of a language has the phrase as
    it is written here, gaps and all; what fills a gap is a phrase itself, a word of the catalogue, a number or a date, or where
    the gap is marked, ``“{use!s}”``, the ledger's own words."""
    return text.format(**gaps)


LISTED, EITHER, CHAINED, BESIDE = "{first}、{rest}", "{first}或{rest}", "{first}，{rest}", "{first}；{rest}"
"""Several things in a row: 甲、乙、丙; 甲或乙; 甲，乙; 甲；乙."""


def joined(how: str, items: Iterable[str]) -> str:
    """``joined(LISTED, ("坐落", "面积"))`` → ``坐落、面积``; nothing of nothing."""
    *before, said = list(items) or [""]
    for each in reversed(before):
        said = phrase(how, first=each, rest=said)
    return said


class _Phrase:
    """A phrase as its fixed parts, one more than its gaps: (name, whether it takes the ledger's words)."""

    __slots__ = ("english", "fixed", "gaps", "weight")

    def __init__(self, text: str, english: str) -> None:
        self.english, self.fixed, self.gaps = english, [""], list[tuple[str, bool]]()
        for literal, name, _spec, mark in Formatter().parse(text):
            self.fixed[-1] += literal
            if name is not None:
                self.gaps.append((name, mark == "s"))
                self.fixed.append("")
        self.weight = sum(map(len, self.fixed))

    def may(self, text: str) -> bool:
        return (
            text.startswith(self.fixed[0])
            and text.endswith(self.fixed[-1])
            and all(each in text for each in self.fixed)
        )


class Reader:
    """Reads sentences in the language of a catalogue as gettext keeps it: phrase or word → the same in that language. Plural
    forms, whose keys are pairs, are no words of a sentence."""

    def __init__(self, catalogue: Mapping[Any, str]) -> None:
        self._words: dict[str, str] = {text: said for text, said in catalogue.items() if isinstance(text, str) and text}
        phrases = [_Phrase(text, english) for text, english in self._words.items() if "{" in text]
        self._phrases = sorted(
            phrases, key=lambda each: (not each.fixed[0], -each.weight)
        )  # what opens a sentence goes round the rest of it
        self._read: dict[tuple[str, bool, bool], str | None] = {}

    def __call__(self, sentence: str) -> str:
        """The sentence in the other language; as it stands where it is not made of the catalogue's phrases. Where what fills a
        gap is none of its words (a name, a title somebody wrote), that stays as it is and the rest is said."""
        if len(self._read) > 50_000:
            self._read.clear()
        for quotes, loose in (
            (False, False),
            (True, False),
            (True, True),
        ):  # the ledger's own words seldom have quotation marks in them
            found = self._say(sentence, quotes, loose)
            if found is not None:
                return found
        return sentence

    def _say(self, text: str, quotes: bool, loose: bool) -> str | None:
        word = self._words.get(text)
        if word is not None:
            return word
        if not _CHINESE.search(text):
            return text
        key = text, quotes, loose
        if key not in self._read:
            self._read[key] = None  # a phrase is never a part of itself
            self._read[key] = next(self._ways(text, quotes, loose), None)
        return self._read[key]

    def _ways(self, text: str, quotes: bool, loose: bool) -> Iterator[str]:
        for each in self._phrases:
            if each.may(text) and not (loose and each.weight < TELLING):
                for values in self._fill(each, text[len(each.fixed[0]) :], 0, quotes, loose):
                    yield each.english.format(**values)
        if loose and (ways := list(self._one_after_the_other(text, quotes))):
            yield min(ways, key=lambda said: len(_CHINESE.findall(said)))

    def _one_after_the_other(self, text: str, quotes: bool) -> Iterator[str]:
        """Several sentences, parted at each mark in turn: a sentence may have such a mark in itself."""
        for mark in _MARKS.finditer(text):
            parts = text[: mark.end()].removesuffix("；"), text[mark.end() :]
            head, tail = (self._say(part, quotes, False) or self._say(part, quotes, True) for part in parts)
            if parts[1] and (head or tail):
                yield f"{head or parts[0]}{';' if mark[0] == '；' else ''} {tail or parts[1]}"

    def _fill(self, each: _Phrase, rest: str, gap: int, quotes: bool, loose: bool) -> Iterator[dict[str, str]]:
        """What may stand in the gaps from ``gap`` on, the shortest first."""
        name, own = each.gaps[gap]
        after, last = each.fixed[gap + 1], gap + 1 == len(each.gaps)
        at = len(rest) - len(after) if last else rest.find(after)
        while 0 <= at <= len(rest) - len(after):
            value = rest[:at]
            if own and not quotes and ("“" in value or "”" in value):
                return
            said = value if own else self._say(value, quotes, loose)
            if said is None and loose:
                said = value
            if said is not None:
                more = iter(({},)) if last else self._fill(each, rest[at + len(after) :], gap + 1, quotes, loose)
                for others in more:
                    yield {name: said, **others}
            if last:
                return
            at = rest.find(after, at + 1)
