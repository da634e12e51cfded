"""Audit search: who did what where, what it changed, and whether the chain holds. The list leaves as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai import units
from mingbai.board import fsck
from mingbai.kit.furniture import furnished, furniture
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records import jobs
from mingbai.records.chain import verify_all
from mingbai.records.door import commit
from mingbai.records.files import as_file
from mingbai.records.models import Event
from mingbai.sheets.writing import new_workbook, put_cell
from mingbai.web.opened import way

PAGE, LINES, MOST = 100, 30, 50_000
WALKED = 20_000
"""Events verified in one request; more are a job."""
CLUE = "登记线索"
"""A clue is seen by those with the power ``clue`` only, in the audit too."""


@require_GET
@page("audit")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    place, rows, query = _chosen(request, here)
    deeds = list(here.scope.within(place).of(Event).order_by("deed").values_list("deed", flat=True).distinct())
    shown = Paginator(rows.select_related("person", "organisation"), PAGE).get_page(query.get("page"))
    told = [
        {
            "event": event,
            "lines": [_told(line) for line in event.lines[:LINES]],
            "more": max(len(event.lines) - LINES, 0),
        }
        for event in shown
    ]
    breaks, walked = None, here.scope.within(place).of(Event).count() if "verify" in request.GET else 0
    if walked > WALKED:
        job = jobs.enqueue(
            fsck.CHAINS, place.pk, organisation=place, person=here.person, title=fsck.CHECKED, url=reverse("audit")
        )
        return redirect("job", job.pk)
    if "verify" in request.GET:
        breaks = list(verify_all(here.scope.within(place).organisations))
    on = [(name, query[name]) for name in ("place", "who", "deed", "record", "from", "to") if query.get(name)]
    return render(
        request,
        "web/audit.html",
        {
            "page": shown,
            "told": told,
            "query": query,
            "deeds": deeds,
            "place": place,
            "breaks": breaks,
            "walked": walked,
            "filtered": bool(on),
            "may_export": here.may("export"),
            "places": here.scope.organisations if here.scope.organisations.count() <= 500 else [],
        },
    )


@require_GET
@page("audit")
def export(request: HttpRequest, here: Here) -> HttpResponse:
    """What the filters show, as a workbook; the export itself stands in the audit."""
    place, rows, query = _chosen(request, here)
    with commit(here.person, place, "export", "导出审计记录") as act:
        made, number = _workbook(place, rows.select_related("person", "organisation")[:MOST])
        act.told("export", rows=number, query=query)
    return as_file(made, _("%(name)s_审计记录.xlsx") % {"name": place.name})


def _chosen(request: HttpRequest, here: Here) -> tuple[Organisation, QuerySet[Event], dict[str, str]]:
    query = {key: value.strip()[:60] for key, value in request.GET.dict().items()}
    place = here.get(Organisation, code=query["place"]) if query.get("place") else here.place
    rows = here.scope.within(place).of(Event).order_by("-at", "-pk")
    if not here.may("clue", place):
        rows = rows.exclude(deed=CLUE)
    if query.get("deed"):
        rows = rows.filter(deed=query["deed"])
    if query.get("who"):
        rows = rows.filter(Q(person__name__contains=query["who"]) | Q(person__login=query["who"]))
    if query.get("record"):
        rows = rows.filter(abouts__record=query["record"])
    for name, lookup in (("from", "on__gte"), ("to", "on__lte")):
        day = _day(query.get(name, ""))
        if day is None:
            query.pop(name, None)
        else:
            rows = rows.filter(**{lookup: day})
    return place, rows, query


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _told(line: Mapping[str, Any]) -> dict[str, Any]:
    """One line of an event in the words of the pages."""
    label, _colon, pk = str(line.get("what", "")).partition(":")
    model = _model(label)
    title = str(model._meta.verbose_name) if model else label
    was, now = line.get("was") or {}, line.get("now") or {}
    changes = [
        {"label": _label(model, name), "was": _said(was.get(name)), "now": _said(now.get(name))}
        for name in dict.fromkeys((*was, *now))
    ]
    facts = [f"{_label(model, key)} {_said(value)}" for key, value in line.items() if key not in ("what", "was", "now")]
    return {"title": f"{title} {pk}".strip(), "url": _url(label, pk), "changes": changes, "facts": facts}


def _model(label: str) -> Any:
    try:
        return apps.get_model(label) if "." in label else None
    except (LookupError, ValueError):
        return None


def _label(model: Any, name: str) -> str:
    known = {
        "added": _("新增"),
        "rows": _("编号"),
        "why": _("理由"),
        "register": _("台账"),
        "query": _("筛选"),
        "gone": _("不再出现"),
        "rewritten": _("重算"),
        "person": _("人员"),
    }
    if name in known:
        return known[name]
    if model is not None:
        for each in (name, name.removesuffix("_id")):
            try:
                return str(model._meta.get_field(each).verbose_name)
            except FieldDoesNotExist:
                continue
    return name


def _said(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(str(each) for each in value[:20]) + ("……" if len(value) > 20 else "")
    return str(value)[:300]


def _url(label: str, pk: str) -> str:
    for name in furnished():
        if furniture(name).model._meta.label_lower == label and units.whole(pk) is not None:
            return way("record", name, pk)
    return ""


def _workbook(place: Organisation, rows: QuerySet[Event]) -> tuple[bytes, int]:
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("审计记录")
    bold, plain, quoted = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "@"}),
        book.add_format({"num_format": "@", "quote_prefix": True}),
    )
    for at, words in enumerate(
        (
            _("业务日期"),
            _("时刻"),
            _("谁"),
            _("地方"),
            _("代码"),
            _("序号"),
            _("事项"),
            _("说明"),
            _("变动"),
            _("本条哈希"),
            _("前一条哈希"),
        )
    ):
        put_cell(sheet, 0, at, words, bold, bold)
    number = 0
    for number, event in enumerate(rows.iterator(chunk_size=1000), 1):
        for at, cell in enumerate(_cells(event)):
            put_cell(sheet, number, at, cell, plain, quoted)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 6, 14)
    sheet.set_column(7, 8, 40)
    book.close()
    return buffer.getvalue(), number


def _cells(event: Event) -> Iterator[str]:
    yield from (
        event.on.isoformat(),
        event.at,
        event.person.name if event.person else _("命令行"),
        event.organisation.name,
        event.organisation.code,
        str(event.seq),
    )
    yield from (
        event.deed,
        event.note,
        "；".join(_line(_told(line)) for line in event.lines[:LINES])[:5000],
        event.hash,
        event.prev,
    )


def _line(told: Mapping[str, Any]) -> str:
    changes = [
        f"{change['label']}：{change['was']}→{change['now']}" if change["was"] else f"{change['label']} {change['now']}"
        for change in told["changes"]
    ]
    return " ".join([told["title"], *changes, *told["facts"]])
