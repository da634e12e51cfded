"""The figures of a place, each opening to the records it counts, and the summary tables 汇总表."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.board.rollup import Figure, Row, added, by_child
from mingbai.board.summary import Table, table, workbook
from mingbai.kit.furniture import furnished
from mingbai.kit.models import Case
from mingbai.kit.road import Stage
from mingbai.notices.models import Objection
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.records.files import as_file
from mingbai.records.models import Event
from mingbai.web.opened import way
from mingbai.web.pages.audit import CLUE

QUIET = (
    CLUE,
    "登录",
    "登录不成",
    "连续输错密码，暂停登录",
    "改自己的密码",
    "重设密码",
    "导出",
    "导出审计记录",
    "读台账",
)
"""Deeds that change nothing of the records, or are not for everybody's eyes."""
CHANGES, BARS = 10, 24
ABREAST = 14
"""Columns of the summary table that stand beside each other on paper."""


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    now = today()
    rows = by_child(here.scope, here.place, now)
    found = added(rows)
    late = _late(here, now)
    kept = {each.register for each in found.values() if each.value} | {furnished()[0], ""}
    columns = [
        each for each in found.values() if each.register in kept and (each.value is not None or each.unit == "share")
    ]
    lines = [
        {
            "row": row,
            "late": _below(late, row),
            "cells": [
                {"figure": row.figures[each.key], "url": _url(row.figures[each.key], row.organisation.code)}
                for each in columns
            ],
        }
        for row in rows
    ]
    bars = [
        {
            "row": row,
            "done": int(row.figures["rectified"].value or 0),
            "all": int(row.figures["irregular"].value or 0),
            "late": _below(late, row),
        }
        for row in rows
    ]
    context = {
        "heads": [{"figure": each, "url": _url(each)} for each in found.values() if each.headline],
        "columns": columns,
        "lines": lines if len(rows) > 1 else [],
        "total": [{"figure": each, "url": _url(each)} for each in columns],
        "late": sum(late.values()),
        "late_url": way("cases", furnished()[0], stage="late"),
        "bars": sorted((bar for bar in bars if bar["all"]), key=_worst)[:BARS] if len(rows) > 1 else [],
        "changes": _changes(here, now),
        "empty": not found["contracts"].value,
        "may_audit": here.may("audit"),
        "may_export": here.may("export"),
        "may_import": here.may("import"),
        "objections": _objections(here, now),
    }
    return render(request, "web/figures.html", context)


def _url(figure: Figure, code: str = "") -> str:
    if not figure.register:
        return way("places") if not code else ""
    return way("records", figure.register, place=code, **dict(parse_qsl(figure.query)))


def _objections(here: Here, now: date) -> dict[str, int]:
    """What villagers said to notices, and what became of it. One query."""
    state = Objection.State

    def of(**which: Any) -> Count:
        return Count("pk", filter=Q(**which))

    return (
        here.of(Objection)
        .order_by()
        .aggregate(
            all=Count("pk"),
            phone=of(way="phone"),
            open=of(state=state.OPEN),
            late=of(state=state.OPEN, due__lt=now),
            answered=of(state=state.ANSWERED),
            corrected=of(state=state.CORRECTED),
            in_time=of(answered_on__lte=F("due")),
        )
    )


def _late(here: Here, now: date) -> dict[str, int]:
    rows = (
        here.of(Case)
        .filter(secret=False, deadline__lt=now)
        .exclude(stage__in=(Stage.ACCEPTED, Stage.CLOSED))
        .order_by()
    )
    return dict(rows.values_list("organisation__path").annotate(Count("pk")))


def _below(counts: dict[str, int], row: Row) -> int:
    path = row.organisation.path
    return sum(n for each, n in counts.items() if (each == path if row.own else each.startswith(path)))


def _worst(bar: dict[str, Any]) -> tuple[float, int]:
    return bar["done"] / bar["all"], -bar["all"]


def _changes(here: Here, now: date) -> dict[str, Any]:
    """今天变了什么: how often which deed was done today; where nothing was, on the last day something was."""
    rows = here.of(Event).exclude(deed__in=QUIET)
    last = rows.filter(on__lte=now).order_by("-on").values_list("on", flat=True).first()
    deeds: Sequence[Any] = (
        list(
            rows.filter(on=last)
            .order_by()
            .values_list("deed")
            .annotate(n=Count("pk"), places=Count("organisation", distinct=True))
            .order_by("-n")[:CHANGES]
        )
        if last
        else []
    )
    return {
        "on": last,
        "today": last == now,
        "lines": [
            {"deed": deed, "n": n, "places": places, "url": way("audit", deed=deed, **{"from": last, "to": last})}
            for deed, n, places in deeds
        ],
    }


@require_GET
@page("view")
def summary(request: HttpRequest, here: Here) -> HttpResponse:
    made = table(here.scope, here.place)
    stripes = [_stripe(made, start, start + ABREAST) for start in range(0, len(made.headings), ABREAST)]
    context = {
        "made": made,
        "whole": _stripe(made, 0, len(made.headings)),
        "stripes": stripes,
        "may_export": here.may("export"),
    }
    return render(request, "web/summary.html", context)


def _stripe(made: Table, start: int, end: int) -> dict[str, Any]:
    """Some columns of the table, with their groups over them."""
    headings = made.headings[start:end]
    groups = [
        {"title": title, "span": len(list(each))} for title, each in groupby(heading.group for heading in headings)
    ]
    units = [heading.unit for heading in headings]
    lines = [{"name": name, "cells": list(zip(units, cells[start:end], strict=True))} for name, cells in made.rows]
    return {
        "groups": groups,
        "headings": headings,
        "lines": lines,
        "total": list(zip(units, made.total[start:end], strict=True)),
    }


@require_GET
@page("export")
def summary_xlsx(request: HttpRequest, here: Here) -> HttpResponse:
    return as_file(workbook(table(here.scope, here.place)), _("%(name)s_汇总表.xlsx") % {"name": here.place.name})
