"""What a register puts on the wall 公示: its sheet of records, and each step of putting them right.

Only public columns stand there (``Road.notice``), persons masked, what nobody has decided yet said so. A clue
(移交线索) shows nowhere: its record stands as any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q

from mingbai.columns import Column
from mingbai.kit.furniture import Furniture, furniture
from mingbai.kit.models import Case, Finding
from mingbai.kit.road import Stage
from mingbai.notices.desk import Content
from mingbai.notices.models import Notice, Objection
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope
from mingbai.units import mask_numbers, mask_party

SUMMED = ("money", "area")
_LINE = {"name": "line", "title": "序号", "kind": "count"}


def sheet(organisation: Organisation, register: str) -> Content:
    """The organisation's own records, a line each, with how far each has come."""
    kit = furniture(register)
    columns = [kit.register.by_name[name] for name in kit.road.notice]
    assert all(column.public for column in columns), "only public columns are published"
    records = list(_own(kit, organisation).order_by("serial"))
    rows = [
        [number, *(_public(column, getattr(record, column.name)) for column in columns), _standing(record)]
        for number, record in enumerate(records, 1)
    ]
    totals = {
        column.name: sum(getattr(record, column.name) or 0 for record in records)
        for column in columns
        if column.kind in SUMMED and any(getattr(record, column.name) is not None for record in records)
    }
    heads = [
        _LINE,
        *({"name": c.name, "title": c.title, "kind": c.kind} for c in columns),
        {"name": "standing", "title": "清理情况", "kind": "text"},
    ]
    return Content(heads, rows, totals, [record.pk for record in records])


def steps(organisation: Organisation, register: str) -> Content:
    """The organisation's cases, a line each: what is to be put right, how, how far, what came in."""
    kit = furniture(register)
    cases = list(
        Case.objects.filter(organisation=organisation, register=register, secret=False).order_by("record", "pk")
    )
    records = _own(kit, organisation).in_bulk([case.record for case in cases])
    rules = kit.rulebook.rules if kit.rulebook else {}
    found: dict[int, list[str]] = {}
    confirmed = Finding.objects.filter(organisation=organisation, register=register, state=Finding.State.CONFIRMED)
    for record, rule in confirmed.order_by("-severity", "rule").values_list("record", "rule"):
        found.setdefault(record, []).append(rules[rule].title if rule in rules else rule)
    names = [name for name in kit.road.notice if kit.register.by_name[name].kind == "text"][:2]
    rows: list[list[Any]] = []
    for number, case in enumerate(cases, 1):
        record = records[case.record]
        said = [_public(kit.register.by_name[name], getattr(record, name)) for name in names]
        rows.append(
            [
                number,
                *said,
                "、".join(found.get(case.record, [])) or "—",
                kit.road.classes[case.klass].treatment,
                Stage(case.stage).label,
                case.deadline.isoformat() if case.deadline else None,
                record.recovered_fen,
            ]
        )
    heads = [
        _LINE,
        *({"name": name, "title": kit.register.by_name[name].title, "kind": "text"} for name in names),
        *(
            {"name": name, "title": title, "kind": kind}
            for name, title, kind in (
                ("problems", "问题", "text"),
                ("treatment", "怎么办", "text"),
                ("stage", "办到哪一步", "text"),
                ("deadline", "期限", "date"),
                ("recovered_fen", "追回(元)", "money"),
            )
        ),
    ]
    return Content(heads, rows, {"recovered_fen": sum(row[-1] for row in rows)}, [case.record for case in cases])


MAKES: dict[str, Callable[[Organisation, str], Content]] = {"sheet": sheet, "steps": steps}


def title(organisation: Organisation, register: str, kind: str) -> str:
    words = {"sheet": "台账", "steps": "清理整改情况"}
    return (
        organisation.name
        + furniture(register).title.removeprefix("农村集体经济").removesuffix("台账")
        + words[kind]
        + "公示"
    )


def _own(kit: Furniture, organisation: Organisation) -> Any:
    return Scope(None, "view", (organisation.path,)).of(kit.model).filter(organisation=organisation)


def _public(column: Column, value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if column.kind == "date":
        return value.isoformat()
    text = str(value) if column.reference else mask_numbers(str(value))
    return mask_party(text) if column.masked else text


def _standing(record: Any) -> str:
    if not record.klass:
        return "正在清查"
    if record.irregular:
        return "已整改" if record.rectified else "正在整改"
    return "规范"


def displayed(organisations: Iterable[Organisation], register: str) -> dict[int, tuple[date, date]]:
    """Record → first and last day of the sheet it was shown on: the longest, of equal ones the newest. A sheet ends early
    when it was taken down or when a correction, which begins its days anew, took its place."""
    sheets = Notice.objects.filter(
        organisation__in=organisations, register=register, kind=Notice.Kind.SHEET, state=Notice.State.PUBLISHED
    )
    runs = [
        (each.last_shown - each.first_day, each)
        for each in sheets.defer("content", "body").prefetch_related("replaced_by").order_by("pk")
    ]
    runs.sort(key=lambda run: run[0])
    return {record: (sheet.first_day, sheet.last_shown) for _, sheet in runs for record in sheet.records}


def shown(scope: Scope, register: str) -> Counter[str]:
    """Path → 1 where the register's sheet is up or was shown."""
    sheets = scope.of(Notice).filter(register=register, kind=Notice.Kind.SHEET, state=Notice.State.PUBLISHED).order_by()
    return Counter(sheets.values_list("organisation__path", flat=True).distinct())


def covered(register: str, organisations: Iterable[int]) -> dict[int, Notice]:
    """Organisation → its latest sheet that is up or was shown; a record up to its ``newest`` stands on it. One query."""
    sheets = Notice.objects.filter(
        organisation__in=set(organisations), register=register, kind=Notice.Kind.SHEET, state=Notice.State.PUBLISHED
    )
    return {
        sheet.organisation_id: sheet
        for sheet in sheets.defer("content", "body", "records").prefetch_related("replaced_by").order_by("pk")
    }


def done(scope: Scope, register: str, on: Any) -> dict[str, bool]:
    """Path of each organisation that keeps the register → whether it is done: every record decided, every confirmed finding's
    remedy accepted by the street, the sheet shown for all its days and still covering every record, no objection unanswered.
    One query, three more where any has all decided."""
    kit = furniture(register)
    open_work = Q(klass="") | Q(irregular=True, rectified=False) | Q(open_findings__gt=0)
    counts = list(
        scope.of(kit.model)
        .order_by()
        .values_list("organisation", "organisation__path")
        .annotate(n=Count("pk"), newest=Max("pk"), left=Count("pk", filter=open_work))
    )
    kept = dict.fromkeys((path for _, path, *_ in counts), False)
    ready = {pk: (path, n, newest) for pk, path, n, newest, left in counts if not left}
    if not ready:
        return kept
    sheets = scope.of(Notice).filter(
        register=register, kind=Notice.Kind.SHEET, state=Notice.State.PUBLISHED, organisation__in=ready
    )
    shown = {
        notice.organisation_id
        for notice in sheets.defer("content", "body", "records").prefetch_related("replaced_by")
        if notice.full(on)
        and notice.lines == ready[notice.organisation_id][1]
        and notice.newest >= ready[notice.organisation_id][2]
    }
    waiting = set(scope.of(Objection).filter(state=Objection.State.OPEN).values_list("organisation", flat=True))
    return kept | {ready[pk][0]: True for pk in shown - waiting}
