"""The law as data: statutes, articles, dated numbers and local policy, read from YAML and checked while reading.

Numbers live in a register's ``law.yaml``, articles in ``statutes.yaml`` beside this file. A place adds or replaces
numbers by a policy of the same shape; the package's own files are read-only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from mingbai.units.wording import phrase

CERTAIN, TO_CONFIRM = "certain", "to_confirm"
_STATUS = (CERTAIN, TO_CONFIRM)


class LawError(ValueError):
    """A law or policy file that cannot be used. Says which file, which key, and how to mend it."""

    def __init__(self, file: str, key: str, mend: str) -> None:
        super().__init__(f"{file}:{key}:{mend}")
        self.file, self.key, self.mend = file, key, mend


@dataclass(frozen=True, slots=True)
class Version:
    """One dated value: holds for governing dates from ``since`` to ``until``, both included."""

    since: date
    until: date | None
    value: Any
    cite: str
    status: str = CERTAIN
    checked_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the law 法定参数 and its history. ``by`` says whose date counts: the contract's or today's."""

    name: str
    title: str
    unit: str
    by: str
    versions: tuple[Version, ...]
    source: str
    """The file that gave the versions: the package's law or a place's policy."""

    def on(self, day: date) -> Version | None:
        return next((version for version in self.versions if version.holds(day)), None)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a statute, in our own words."""

    id: str
    statute: str
    number: str
    says: str
    since: date
    until: date | None
    status: str
    checked_on: date

    @property
    def cite(self) -> str:
        """Where it stands: 民法典 第七百零五条."""
        return f"{self.statute} {self.number}"

    def __str__(self) -> str:
        return self.cite if self.status == CERTAIN else phrase("{article}（待核实）", article=self.cite)


@dataclass(frozen=True, slots=True)
class Citation:
    """The articles one rule cites for governing dates of one period."""

    since: date
    until: date | None
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a body's decision needs at a date: quorum and majority as fractions of the entitled or the present."""

    body: str
    since: date
    until: date | None
    quorum: tuple[int, int, bool]
    passes: tuple[int, int, bool]
    of_entitled: bool
    argued: bool
    cite: str
    status: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """A line of a place's decision table: contracts of this kind are dealt with like this 处置办法."""

    land_class: str
    signed_before: date | None
    signed_from: date | None
    over_years: int | None
    up_to_years: int | None
    payment: str
    accepted: bool
    advice: str
    cite: str
    status: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """Facts that weigh against undoing: for which rules they are shown, from how many years of performance, and the words that
    tell of investment 投入."""

    rules: tuple[str, ...] = ()
    performed_years: int = 0
    invested: tuple[str, ...] = ()


@dataclass(frozen=True)
class Law:
    """All that rules may read of the law, for one register and, with a policy, one place."""

    articles: Mapping[str, Article]
    parameters: Mapping[str, Parameter]
    decisions: tuple[Decision, ...] = ()
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    citations: Mapping[str, tuple[Citation, ...]] = field(default_factory=dict)
    treatments: tuple[Treatment, ...] = ()
    weighing: Weighing = Weighing()
    policy: str = ""
    place: str = ""

    def in_force(self, name: str, day: date) -> tuple[str, ...]:
        """The articles of a citation that are in force on a day, by their keys; before the first, the first ones."""
        versions = self.citations[name]
        for each in versions:
            if each.since <= day and (each.until is None or day <= each.until):
                return each.articles
        return versions[0].articles if day < versions[0].since else versions[-1].articles

    def cited(self, name: str, day: date) -> tuple[Article, ...]:
        """The same, whole."""
        return tuple(self.articles[each] for each in self.in_force(name, day))

    def under(self, policy: Path, place: str | None = None) -> Law:
        """This law with a place's policy on top.

        :raises LawError: the file is not a policy, or is the policy of another place.
        """
        return self.under_text(policy.name, policy.read_bytes(), place)

    def under_text(self, name: str, text: bytes, place: str | None = None) -> Law:
        """The same for a policy that is no file: ``name`` is what complaints call it."""
        data = _load(name, text)
        known = {"place", "title", "decided_by", "decided_on", "note", "parameters", "articles", "treatments"}
        _refuse_unknown(name, data, known)
        home = str(_wanted(name, "", data, "place"))
        if place and not place.startswith(_own_digits(home)):
            raise LawError(name, "place", f"这份政策属于 {home}，不能用在 {place}；请换一份政策文件")
        articles = dict(self.articles)
        for key, entry in _named(name, data, "articles"):
            articles[key] = _local_article(name, key, entry)
        parameters = dict(self.parameters)
        for wanted, entry in _named(name, data, "parameters"):
            old, key = parameters.get(wanted), f"parameters.{wanted}"
            if old is None:
                raise LawError(name, key, f"没有这个参数{_near(wanted, parameters)}")
            _refuse_unknown(name, entry, {"values", "note"}, key)
            versions = _versions(name, key, _wanted(name, key, entry, "values"), articles, old.unit)
            parameters[wanted] = replace(old, versions=versions, source=name)
        treatments = self.treatments
        if "treatments" in data:
            treatments = tuple(_treatment(name, i, each, articles) for i, each in enumerate(data["treatments"]))
        return replace(
            self,
            articles=articles,
            parameters=parameters,
            treatments=treatments,
            policy=str(data.get("title", name)),
            place=home,
        )


def load_law(register: str) -> Law:
    """The law of a register, from ``statutes.yaml`` and the register's ``law.yaml``, which may bring ``articles`` of its own
    (title, article, says, from, to, status, checked_on), as a policy may.

    :raises LawError: names file, key and mend.
    """
    articles = _articles()
    file = f"registers/{register}/law.yaml"
    data = _load(file, resources.files("mingbai.registers").joinpath(register, "law.yaml").read_bytes())
    _refuse_unknown(file, data, {"articles", "parameters", "decisions", "uses", "clauses", "weighs", "citations"})
    for name, entry in _named(file, data, "articles"):
        if name in articles:
            raise LawError(file, f"articles.{name}", "statutes.yaml 里已有这个名字；请换一个")
        articles[name] = _local_article(file, name, entry)
    parameters = {}
    for name, entry in data.get("parameters", {}).items():
        key = f"parameters.{name}"
        _refuse_unknown(file, entry, {"title", "unit", "by", "values"}, key)
        versions = _versions(file, key, entry.get("values", []), articles, entry["unit"])
        parameters[name] = Parameter(name, entry["title"], entry["unit"], entry.get("by", "governing"), versions, file)
    citations = {}
    for name, entries in data.get("citations", {}).items():
        citations[name] = tuple(
            Citation(
                _day(file, f"citations.{name}", each["from"]),
                _open(file, f"citations.{name}", each.get("to")),
                tuple(_known(file, f"citations.{name}", a, articles) for a in each["articles"]),
            )
            for each in entries
        )
    decisions = tuple(_decision(file, i, each, articles) for i, each in enumerate(data.get("decisions", [])))
    uses, clauses = ({name: tuple(words) for name, words in data.get(key, {}).items()} for key in ("uses", "clauses"))
    return Law(
        articles,
        parameters,
        decisions,
        uses,
        clauses,
        citations,
        weighing=_weighing(file, data["weighs"]) if "weighs" in data else Weighing(),
    )


def _weighing(file: str, entry: Mapping[str, Any]) -> Weighing:
    _refuse_unknown(file, entry, {"rules", "performed_years", "invested"}, "weighs")
    years = _wanted(file, "weighs", entry, "performed_years")
    if not isinstance(years, int) or years < 1:
        raise LawError(file, "weighs.performed_years", f"“{years}”不是年数；请写整数，例如 5")
    return Weighing(
        tuple(_wanted(file, "weighs", entry, "rules")), years, tuple(_wanted(file, "weighs", entry, "invested"))
    )


def _articles() -> dict[str, Article]:
    file = "rules/statutes.yaml"
    data = _load(file, resources.files("mingbai.rules").joinpath("statutes.yaml").read_bytes())
    statutes = data["statutes"]
    found = {}
    for name, entry in data["articles"].items():
        key = f"articles.{name}"
        _refuse_unknown(file, entry, {"statute", "article", "says"}, key)
        statute = statutes.get(entry["statute"])
        if statute is None:
            raise LawError(file, key, f"没有名为 {entry['statute']} 的法律{_near(entry['statute'], statutes)}")
        found[name] = Article(
            name,
            statute["short"],
            entry["article"],
            entry["says"],
            _day(file, key, statute["from"]),
            _open(file, key, statute.get("to")),
            _status(file, key, statute["status"]),
            _day(file, key, statute["checked_on"]),
        )
    return found


def _local_article(file: str, name: str, entry: Mapping[str, Any]) -> Article:
    key = f"articles.{name}"
    _refuse_unknown(file, entry, {"title", "article", "says", "from", "to", "status", "checked_on"}, key)
    for wanted in ("title", "says", "from", "checked_on"):
        _wanted(file, key, entry, wanted)
    return Article(
        name,
        entry["title"],
        entry.get("article", ""),
        entry["says"],
        _day(file, key, entry["from"]),
        _open(file, key, entry.get("to")),
        _status(file, key, entry.get("status", TO_CONFIRM)),
        _day(file, key, entry["checked_on"]),
    )


def _versions(
    file: str, key: str, entries: Iterable[Mapping[str, Any]], articles: Mapping[str, Article], unit: str
) -> tuple[Version, ...]:
    versions = []
    for entry in entries:
        _refuse_unknown(file, entry, {"from", "to", "value", "cite", "status", "checked_on"}, key)
        for wanted in ("from", "value", "cite"):
            if wanted not in entry:
                raise LawError(file, key, f"缺少 {wanted}；每个数都要写从哪天起、是多少、依据哪一条")
        if isinstance(entry["value"], date) != (unit == "日期"):
            wanted = "一个日期，例如 2026-01-01" if unit == "日期" else "一个数，或者按地类写的一组数"
            raise LawError(file, key, f"value 应当是{wanted}")
        if unit != "日期" and not isinstance(entry["value"], (int, Mapping)):
            raise LawError(file, key, "value 应当是一个数，或者按地类写的一组数")
        if entry.get("to") and entry["to"] < entry["from"]:
            raise LawError(file, key, f"to（{entry['to']}）在 from（{entry['from']}）之前")
        checked = entry.get("checked_on")
        versions.append(
            Version(
                _day(file, key, entry["from"]),
                _open(file, key, entry.get("to")),
                entry["value"],
                _known(file, key, entry["cite"], articles),
                _status(file, key, entry.get("status", TO_CONFIRM)),
                _day(file, key, checked) if checked else None,
            )
        )
    for earlier, later in pairwise(versions):
        if earlier.until is None or earlier.until >= later.since:
            raise LawError(file, key, f"{earlier.since} 起的一段与 {later.since} 起的一段重叠；请给前一段写上 to")
    return tuple(versions)


def _decision(file: str, index: int, entry: Mapping[str, Any], articles: Mapping[str, Article]) -> Decision:
    key = f"decisions[{index}]"
    _refuse_unknown(file, entry, {"body", "from", "to", "quorum", "passes", "argued", "cite", "status"}, key)
    quorum, passes = entry["quorum"], entry["passes"]
    return Decision(
        entry["body"],
        _day(file, key, entry["from"]),
        _open(file, key, entry.get("to")),
        (quorum[0], quorum[1], "strict" in quorum),
        (passes[0], passes[1], "strict" in passes),
        "entitled" in passes,
        bool(entry.get("argued")),
        _known(file, key, entry["cite"], articles),
        _status(file, key, entry["status"]),
    )


def _treatment(file: str, index: int, entry: Mapping[str, Any], articles: Mapping[str, Article]) -> Treatment:
    key = f"treatments[{index}]"
    known = {
        "land_class",
        "signed_before",
        "signed_from",
        "over_years",
        "up_to_years",
        "payment",
        "accepted",
        "advice",
        "cite",
        "status",
    }
    _refuse_unknown(file, entry, known, key)
    for wanted in ("land_class", "payment", "advice", "cite"):
        _wanted(file, key, entry, wanted)
    _known(file, key, entry["cite"], articles)
    return Treatment(
        entry["land_class"],
        _open(file, key, entry.get("signed_before")),
        _open(file, key, entry.get("signed_from")),
        entry.get("over_years"),
        entry.get("up_to_years"),
        entry["payment"],
        bool(entry.get("accepted")),
        entry["advice"],
        entry["cite"],
        _status(file, key, entry.get("status", TO_CONFIRM)),
    )


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice: the second would silently win over the law."""


def _no_duplicates(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"“{key}”写了两次", problem_mark=key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _no_duplicates)


def _load(file: str, text: bytes) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第{mark.line + 1}行" if mark else "整个文件"
        raise LawError(file, where, f"不是正确的 YAML:{getattr(error, 'problem', error)}") from error
    if not isinstance(data, dict):
        raise LawError(file, "整个文件", "应当是“名字: 内容”的形式")
    return data


def _refuse_unknown(file: str, entry: Mapping[str, Any], known: set[str], key: str = "") -> None:
    if not isinstance(entry, Mapping):
        raise LawError(file, key, "应当是“名字: 内容”的形式")
    for name in entry:
        if name not in known:
            raise LawError(file, f"{key}.{name}".lstrip("."), f"不认识的键{_near(str(name), known)}")


def _wanted(file: str, key: str, entry: Mapping[str, Any], name: str) -> Any:
    if name not in entry:
        raise LawError(file, f"{key}.{name}".lstrip("."), f"缺少 {name}；请补上")
    return entry[name]


def _named(file: str, data: Mapping[str, Any], key: str) -> Iterable[tuple[str, Any]]:
    entries = data.get(key) or {}
    if not isinstance(entries, Mapping):
        raise LawError(file, key, "应当是“名字: 内容”的形式")
    return entries.items()


def _own_digits(code: str) -> str:
    """The digits of a division code that say which place it is: 141000 → 1410, 140109007000 → 140109007."""
    for length in (2, 4, 6, 9):
        if len(code) > length and not code[length:].strip("0"):
            return code[:length]
    return code


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.4)
    return f";是不是“{close[0]}”？" if close else ""


def _known(file: str, key: str, name: str, articles: Mapping[str, Article]) -> str:
    if name not in articles:
        raise LawError(file, key, f"引用的条文 {name} 不存在{_near(name, articles)}")
    return name


def _status(file: str, key: str, status: str) -> str:
    if status not in _STATUS:
        raise LawError(file, key, f"status 只能是 {' 或 '.join(_STATUS)}")
    return status


def _day(file: str, key: str, day: object) -> date:
    if not isinstance(day, date):
        raise LawError(file, key, f"“{day}”不是日期；请写成 2026-01-01")
    return day


def _open(file: str, key: str, day: object) -> date | None:
    return None if day is None else _day(file, key, day)


@lru_cache(maxsize=1 << 15)  # the days of ninety years
def ymd_date(ymd: int | None) -> date | None:
    """20260930 → 2026-09-30. A 31 February (see :func:`mingbai.rules.rule.same_day`) is brought back into its month, and
    a day 0, the eve of a first, is the last of the month before."""
    if ymd is None:
        return None
    year, month, day = ymd // 10000, ymd // 100 % 100, ymd % 100
    first = date(year, month, 1)
    return min(first + timedelta(days=day - 1), _last_of_month(first))


def _last_of_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
