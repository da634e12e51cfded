"""Figures of a place: tallies added up over a range of the tree's paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Substr

from mingbai.board.models import Tally
from mingbai.kit import publish
from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.indicators import Indicator, Unit
from mingbai.places.clock import today
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope, whole
from mingbai.places.tree import STEP

COLLECTIVES = Indicator("organisations", "集体经济组织", "count", note="有集体经济组织的村和组；已并入别处的不算")
DONE = Indicator(
    "organisations_done",
    "清理完成的组织",
    "count",
    note="每份合同都定了类别、认定的疑点都经街道验收、公示满法定天数、没有未答复的异议",
)

PROMISED = (
    "organisations",
    "organisations_done",
    "contracts",
    "contracts_amount_fen",
    "irregular",
    "irregular_rectified_share",
    "recovered_fen",
    "claims_fen",
    "debts_fen",
    "claims_collected_fen",
    "debts_resolved_fen",
    "debts_resolved_by",
    "resource_charges_fen",
)
"""The keys ``mingbai figures --json`` prints; null until a register declares them."""


class NoPlaceError(ValueError):
    """No organisation of this home has the code."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a place. ``value`` is a count, fen, or a share from 0 to 1; None = not known, never 0 for unknown."""

    key: str
    value: int | float | None
    unit: Unit
    title: str
    note: str
    register: str
    query: str
    """The list filter that shows the records it counts, as ``irregular=yes``."""
    headline: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table by place: a child, or the organisation's own records (``own``)."""

    organisation: Organisation
    figures: dict[str, Figure]
    own: bool = False


def figures(scope: Scope, organisation: Organisation, on: date | None = None) -> dict[str, Figure]:
    """Every declared indicator over what the scope reaches of an organisation and below it. Six queries, one more
    for each further register.

    ``on`` decides which collectives still stand; today where it is not said.
    """
    here = scope.within(organisation)
    sums = {
        (register, key): number
        for register, key, number in here.of(Tally)
        .order_by()
        .values_list("register", "indicator")
        .annotate(Sum("number"))
    }
    day = on or today()
    standing = set(here.organisations.filter(_standing(day)).values_list("path", flat=True))
    return _worded(sums, len(standing), len(standing & done(here, day)))


def by_child(scope: Scope, organisation: Organisation, on: date | None = None) -> list[Row]:
    """The same for each child, in few queries whatever their number. Where the organisation has records of its own,
    they are the last row: the rows always add up to :func:`figures`."""
    here = scope.within(organisation)
    length = len(organisation.path) + STEP
    sums: dict[str, dict[tuple[str, str], int]] = {}
    tallies = here.of(Tally).order_by().annotate(child=branch("organisation__path", length))
    for child, register, key, number in tallies.values_list("child", "register", "indicator").annotate(Sum("number")):
        sums.setdefault(child, {})[register, key] = number
    day = on or today()
    standing = set(here.organisations.filter(_standing(day)).values_list("path", flat=True))
    counts = Counter(path[:length] for path in standing)
    finished = Counter(path[:length] for path in standing & done(here, day))

    def figures_of(path: str) -> dict[str, Figure]:
        return _worded(sums.get(path, {}), counts[path], finished[path])

    rows = [Row(child, figures_of(child.path)) for child in children(here, organisation)]
    if organisation.path in sums or organisation.path in counts:
        rows.append(Row(organisation, figures_of(organisation.path), own=True))
    return rows


def added(rows: Iterable[Row]) -> dict[str, Figure]:
    """The figures of the place whose rows these are (:func:`by_child`), without asking again."""
    sums: Counter[tuple[str, str]] = Counter()
    collectives = finished = 0
    for row in rows:
        for key, figure in row.figures.items():
            if figure.register and figure.unit != "share":
                sums[figure.register, key] += int(figure.value or 0)
        collectives += int(row.figures[COLLECTIVES.key].value or 0)
        finished += int(row.figures[DONE.key].value or 0)
    return _worded(sums, collectives, finished)


def done(scope: Scope, on: date) -> set[str]:
    """Paths of the organisations that are done with every register they keep and that is published, and whose merged ones,
    for which they now stand, are done too."""
    kept = [publish.done(scope, name, on) for name in furnished() if furniture(name).road.notice]
    finished = {path for each in kept for path in each if all(other.get(path, True) for other in kept)}
    if finished:
        begun = {path for each in kept for path in each}
        merged = scope.organisations.filter(merged_into__isnull=False, merged_on__lte=on).values_list(
            "path", "merged_into__path"
        )
        for path, into in sorted(merged, key=lambda pair: -len(pair[0])):  # they lie below: the deepest first
            if path in begun and path not in finished:
                finished.discard(into)
    return finished


def children(scope: Scope, organisation: Organisation) -> list[Organisation]:
    """The organisations right below one, so far as they hold anything in scope, in the order of the tree."""
    length = len(organisation.path) + STEP
    paths = (
        scope.within(organisation).organisations.order_by().values_list(branch("path", length), flat=True).distinct()
    )
    return list(Organisation.objects.filter(path__in=set(paths) - {organisation.path}).order_by("path"))


def branch(path: str, length: int) -> Substr:
    """The path of the ancestor of this length."""
    return Substr(F(path), Value(1), Value(length))


def at(code: str) -> Organisation:
    """The organisation with a code of 2 to 12 digits; trailing zeros may be left out.

    :raises NoPlaceError: when there is none.
    """
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
        raise NoPlaceError(f"“{code}”不是区划代码；应当是 2 到 12 位数字，例如 140109")
    found = Organisation.objects.filter(code__in={code, code.ljust(12, "0")}).order_by("path").first()
    if found is None:
        near = Organisation.objects.filter(code__startswith=code[:6]).order_by("path")[:5]
        known = "、".join(f"{each.code} {each.name}" for each in near or Organisation.objects.order_by("path")[:5])
        raise NoPlaceError(
            f"这个家目录里没有代码是 {code} 的组织" + (f"；有：{known}" if known else "；这里还是空的，请先建组织")
        )
    return found


def figures_json(place: str) -> dict[str, Any]:
    """What ``mingbai figures --place CODE --json`` prints (design §6)."""
    on = today()
    found = figures(whole(), at(place), on)
    values = {key: found[key].value if key in found else None for key in PROMISED}
    return {"place": place, "as_of": on.isoformat(), "indicators": values}


def _standing(on: date) -> Q:
    """Collectives that stand on a day: not merged into another, or not yet."""
    return Q(is_collective=True) & (Q(merged_into=None) | Q(merged_on__gt=on)) & (Q(since=None) | Q(since__lte=on))


def _worded(sums: Mapping[tuple[str, str], int], collectives: int, finished: int) -> dict[str, Figure]:
    made = {COLLECTIVES.key: _figure(COLLECTIVES, "", collectives), DONE.key: _figure(DONE, "", finished)}
    for name in furnished():
        for each in furniture(name).road.indicators:
            if each.unit != "share":
                made[each.key] = _figure(each, name, sums.get((name, each.key), 0))
        for each in furniture(name).road.indicators:
            if each.unit == "share":
                over, part = made[each.over].value, made[each.total].value
                made[each.key] = _figure(each, name, round(part / over, 4) if over and part is not None else None)
    return made


def _figure(each: Indicator, register: str, value: int | float | None) -> Figure:
    return Figure(each.key, value, each.unit, each.title, each.note, register, urlencode(each.query), each.headline)
