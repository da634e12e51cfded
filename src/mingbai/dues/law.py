"""The numbers of the law this room rests on, read from the YAML beside it: dated, cited, marked when unconfirmed.

``limitation.yaml`` holds the limitation regimes, what interrupts a limitation, and single facts; ``due_dates.yaml``
says when rent falls due where the contract is silent. A lawyer mends the YAML; a wrong file is refused with the
file, the key and how to mend it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, TypeAlias, TypeVar, cast

import yaml

Status: TypeAlias = Literal["certain", "to_confirm"]
ClaimKind: TypeAlias = Literal["general", "rent"]
InterruptionKind: TypeAlias = Literal["demand", "part_payment", "acknowledgement", "plan", "suit"]

CLAIM_KINDS: tuple[ClaimKind, ...] = ("general", "rent")
INTERRUPTION_KINDS: tuple[InterruptionKind, ...] = ("demand", "part_payment", "acknowledgement", "plan", "suit")
LIMITATION_FACTS = (
    "transition",
    "before_1987",
    "counting",
    "last_instalment",
    "each_instalment",
    "no_due_date",
    "long_stop",
    "renewed",
    "defence",
)
DUE_DATE_FACTS = ("unstated", "once", "prepaid", "within_year", "part_year")

T = TypeVar("T")


class LawFileError(ValueError):
    """A law file cannot be used. The message names the file, the key, what is wrong and how to mend it."""

    def __init__(self, file: str, key: str, wrong: str, mend: str) -> None:
        super().__init__(f"{file}: {key}: {wrong}；{mend}")
        self.file, self.key, self.wrong, self.mend = file, key, wrong, mend


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of law: what it says, where it stands, when we looked, and whether we are sure."""

    says: str
    cite: str
    checked_on: date
    status: Status


@dataclass(frozen=True, slots=True)
class Regime:
    """Limitation periods in force from ``from_on`` to ``to_on`` (None = still), in years by kind of claim."""

    id: str
    title: str
    from_on: date
    to_on: date | None
    years: Mapping[ClaimKind, int]
    long_stop_years: int
    suspension: Literal["remainder", "six_months"]
    """When the obstacle is gone: the rest of the period goes on, or six months remain."""
    cite: str
    checked_on: date
    status: Status


@dataclass(frozen=True, slots=True)
class Effect:
    """What an interruption does: restart a running limitation, revive one that has run out (CC 192, 195)."""

    title: str
    restarts: bool
    revives: bool
    cite: str
    checked_on: date
    status: Status


@dataclass(frozen=True, slots=True)
class LimitationLaw:
    """``limitation.yaml``: regimes without gaps, oldest first, the last one open."""

    regimes: tuple[Regime, ...]
    effects: Mapping[InterruptionKind, Effect]
    facts: Mapping[str, Fact]
    soon_days: int


@dataclass(frozen=True, slots=True)
class DueDateFact:
    """When a due of an unstated date falls due: the first or the last day of its period."""

    due: Literal["start", "end"]
    fact: Fact


@cache
def limitation_law() -> LimitationLaw:
    """The limitation law shipped with the package. Raises LawFileError."""
    return read_limitation(files("mingbai.dues").joinpath("limitation.yaml").read_text("utf-8"))


@cache
def due_date_law() -> Mapping[str, DueDateFact]:
    """The due dates of contracts that name none, shipped with the package. Raises LawFileError."""
    return read_due_dates(files("mingbai.dues").joinpath("due_dates.yaml").read_text("utf-8"))


def read_limitation(text: str, file: str = "limitation.yaml") -> LimitationLaw:
    """Read the text of a ``limitation.yaml``. ``file`` is only for messages. Raises LawFileError."""
    page = _Page(file, "", _parse(text, file))
    regimes = tuple(_regime(item) for item in page.items("regimes"))
    _check_gapless(file, regimes)
    effects = {kind: _effect(page.section("interruptions").section(kind)) for kind in INTERRUPTION_KINDS}
    facts = {name: _fact(page.section("facts").section(name)) for name in LIMITATION_FACTS}
    return LimitationLaw(regimes, effects, facts, page.count("soon_days", "写天数，例如 180"))


def read_due_dates(text: str, file: str = "due_dates.yaml") -> Mapping[str, DueDateFact]:
    """Read the text of a ``due_dates.yaml``. ``file`` is only for messages. Raises LawFileError."""
    page = _Page(file, "", _parse(text, file)).section("facts")
    sections = {name: page.section(name) for name in DUE_DATE_FACTS}
    return {
        name: DueDateFact(cast(Literal["start", "end"], section.word("due", ("start", "end"))), _fact(section))
        for name, section in sections.items()
    }


def _regime(page: _Page) -> Regime:
    years = page.section("years")
    return Regime(
        id=page.text("id"),
        title=page.text("title"),
        from_on=page.day("from"),
        to_on=page.day_or_none("to"),
        years={kind: years.count(kind, "写年数，例如 3") for kind in CLAIM_KINDS},
        long_stop_years=page.count("long_stop_years", "写年数，例如 20"),
        suspension=cast(Literal["remainder", "six_months"], page.word("suspension", ("remainder", "six_months"))),
        cite=page.text("cite"),
        checked_on=page.day("checked_on"),
        status=page.status(),
    )


def _effect(page: _Page) -> Effect:
    return Effect(
        title=page.text("title"),
        restarts=page.flag("restarts"),
        revives=page.flag("revives"),
        cite=page.text("cite"),
        checked_on=page.day("checked_on"),
        status=page.status(),
    )


def _fact(page: _Page) -> Fact:
    return Fact(says=page.text("says"), cite=page.text("cite"), checked_on=page.day("checked_on"), status=page.status())


def _check_gapless(file: str, regimes: Sequence[Regime]) -> None:
    if not regimes:
        raise LawFileError(file, "regimes", "一段也没有", "至少写一段时效期间")
    for at, (regime, following) in enumerate(pairwise(regimes)):
        expected = following.from_on - timedelta(days=1)
        if regime.to_on != expected:
            wrong = f"与下一段的 from {following.from_on} 不相接"
            raise LawFileError(file, f"regimes[{at}].to", wrong, f"写 {expected}")
        if regime.from_on >= following.from_on:
            raise LawFileError(file, f"regimes[{at + 1}].from", "不晚于上一段", "按施行日期从早到晚排列")
        if any(following.years[kind] < regime.years[kind] for kind in CLAIM_KINDS):
            raise LawFileError(file, f"regimes[{at + 1}].years", "比上一段短", "过渡规则只写了期间变长，变短须先改程序")
    if regimes[-1].to_on is not None:
        raise LawFileError(file, f"regimes[{len(regimes) - 1}].to", "最后一段有截止日", "写 null，表示现行有效")


@dataclass(frozen=True, slots=True)
class _Page:
    """A mapping inside a law file that knows where it stands, so that its errors can say so."""

    file: str
    at: str
    content: object

    def _key(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def _get(self, name: str, kind: type[T], mend: str) -> T:
        content = self.content
        if not isinstance(content, dict):
            raise LawFileError(self.file, self.at or "(全文)", "不是“键: 值”的列表", "逐行写“键: 值”")
        if name not in content:
            raise LawFileError(self.file, self._key(name), "缺这一项", mend)
        value = content[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise LawFileError(self.file, self._key(name), f"写的是 {value!r}", mend)
        return value

    def section(self, name: str) -> _Page:
        return _Page(self.file, self._key(name), self._get(name, dict, "逐行写“键: 值”"))

    def items(self, name: str) -> list[_Page]:
        found = self._get(name, list, "每段以“- ”开头")
        return [_Page(self.file, f"{self._key(name)}[{at}]", item) for at, item in enumerate(found)]

    def text(self, name: str) -> str:
        value = self._get(name, str, "写一行文字").strip()
        if not value:
            raise LawFileError(self.file, self._key(name), "是空的", "写一行文字")
        return value

    def day(self, name: str) -> date:
        return self._get(name, date, "写日期，例如 2021-01-01")

    def day_or_none(self, name: str) -> date | None:
        content = self.content
        if isinstance(content, dict) and name in content and content[name] is None:
            return None
        return self._get(name, date, "写日期，例如 2020-12-31；没有截止日写 null")

    def count(self, name: str, mend: str) -> int:
        value = self._get(name, int, mend)
        if value <= 0:
            raise LawFileError(self.file, self._key(name), f"写的是 {value}", mend)
        return value

    def flag(self, name: str) -> bool:
        return self._get(name, bool, "写 true 或 false")

    def word(self, name: str, words: tuple[str, ...]) -> str:
        mend = "写 " + " 或 ".join(words)
        value = self._get(name, str, mend)
        if value not in words:
            raise LawFileError(self.file, self._key(name), f"写的是 {value!r}", mend)
        return value

    def status(self) -> Status:
        return cast(Status, self.word("status", ("certain", "to_confirm")))


class _OneKeyOnce(yaml.SafeLoader):
    """YAML that refuses a key written twice: the plain loader would silently keep the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        names = [self.construct_object(key) for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                line = node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"第 {line} 行起的一段里“{name}”写了两次")
        return super().construct_mapping(node, deep)


def _parse(text: str, file: str) -> object:
    try:
        return yaml.load(text, Loader=_OneKeyOnce)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:
        raise LawFileError(file, "(全文)", f"不是 YAML:{error}", "对照原文件改回缩进、冒号和日期") from error
