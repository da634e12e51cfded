"""Wording 写法: what a register's paper says beside its columns' own titles. Declared in the register's folder as
``paper.py`` (``WORDING``), plain data; a register without one is read by its titles and aliases alone."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec


@dataclass(frozen=True)
class Sentence:
    """A sentence of the paper. Each named group of ``pattern`` is a column's name; what it catches is read as a cell of
    that column. The text has no blanks and half-width letters, and runs over the ends of lines; ``{date}``, ``{money}``,
    ``{area}`` stand for what is caught of that kind."""

    pattern: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern.replace("{date}", _DATE).replace("{money}", _MONEY).replace("{area}", _AREA))


_DIGIT = "0-9〇零○OoＯ一二三四五六七八九十廿卅"
_DATE = rf"[{_DIGIT}]{{2,4}}[年.\-/][{_DIGIT}]{{1,3}}[月.\-/][{_DIGIT}]{{1,3}}[日号]?"
_MONEY = r"(?:[0-9][0-9,，.]*[万]?|[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+)元"
_AREA = r"(?:[0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十百千万零〇]+)(?:亩|平方米|公顷)"


@dataclass(frozen=True)
class Wording:
    """``labels``: column → further words before a colon. ``sentences``: tried in order, the first that catches wins.
    ``asked``: the columns a person is asked about even where nothing was found. ``capitals``: columns whose amount is also
    written in 大写. ``terms`` (months, first day, last day) and ``rents`` (per mu and year, area, per year) are compared.
    ``signed``: (column of yes/no, words of the one side, words of the other side)."""

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()
    asked: tuple[str, ...] = ()
    total: str = ""
    terms: tuple[str, str, str] | None = None
    rents: tuple[str, str, str] | None = None
    signed: tuple[str, tuple[str, ...], tuple[str, ...]] | None = None
    signed_on: str = ""


def find_wording(register: str) -> Wording:
    """The wording a register's folder declares, else an empty one."""
    module = f"mingbai.registers.{register}.paper"
    wording = importlib.import_module(module).WORDING if find_spec(module) else Wording()
    assert isinstance(wording, Wording)
    return wording
