"""The list of a register: filters, totals of what is shown, bulk steps, export and template."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.kit import cases, publish
from mingbai.kit.export import workbook
from mingbai.kit.filters import CHOICES, chosen, lights, said
from mingbai.kit.furniture import Furniture, furniture
from mingbai.kit.record import Record
from mingbai.kit.values import shown
from mingbai.notices.models import Notice
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit
from mingbai.records.files import as_file
from mingbai.sheets import write_template
from mingbai.units import whole

PAGE = 50


def kit_or_404(register: str) -> Furniture:
    try:
        return furniture(register)
    except KeyError as error:
        raise Http404(error.args[0]) from error


@require_GET
@page("view")
def index(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    kit, now = kit_or_404(register), today()
    query = request.GET.dict()
    everything = _place(here, query).of(kit.model)
    rows = chosen(kit, everything, query, now)
    totals = rows.order_by().aggregate(
        n=Count("pk"), amount=Sum("amount_fen"), owed=Sum("owed_fen"), recovered=Sum("recovered_fen")
    )
    pages = Paginator(rows.values_list("pk", flat=True), PAGE)  # narrow rows sort fast; only those shown are read whole
    pages.count = totals["n"]
    columns = [kit.register.by_name[name] for name in kit.road.list_columns if name in kit.register.by_name]
    shown = pages.get_page(query.get("page"))
    whole = kit.model._default_manager.select_related("organisation").in_bulk(shown)
    records = [whole[pk] for pk in shown]
    filters = [
        {
            "name": name,
            "title": _(title),
            "values": [(value, _(each[0])) for value, each in values.items()],
            "now": query.get(name, ""),
        }
        for name, (title, values) in CHOICES.items()
    ]
    filters.append(
        {
            "name": "light",
            "title": _("期限"),
            "values": [(v, _(each[0])) for v, each in lights(now).items()],
            "now": query.get("light", ""),
        }
    )
    filters.append(
        {
            "name": "klass",
            "title": _("类别"),
            "values": [(k, f"{k} {_(c.title)}") for k, c in kit.road.classes.items() if not c.secret],
            "now": query.get("klass", ""),
        }
    )
    sheets = publish.covered(register, {row.organisation_id for row in records})
    context = {
        "kit": kit,
        "page": shown,
        "rows": [_line(kit, row, columns, sheets.get(row.organisation_id), now) for row in records],
        "columns": columns,
        "totals": totals,
        "query": query,
        "filters": filters,
        "said": [(words, _without(query, name)) for name, words in said(query, now)],
        "kept": [
            (name, query[name]) for name in ("rule", "upload", "cell", "party", "place", "sort") if query.get(name)
        ],
        "empty": not totals["n"] and not everything.exists(),
        "many": here.place.level != "village",
        "may_import": here.may("import"),
        "may_edit": here.may("edit"),
        "may_export": here.may("export"),
        "may_confirm": here.may("confirm"),
        "can_clean": here.may("confirm") and here.place.level == Organisation.Level.VILLAGE,
        "clean_count": everything.filter(klass="", open_findings=0, confirmed_findings=0).count()
        if here.may("confirm")
        else 0,
    }
    return render(request, "kit/list.html", context)


def _without(query: dict[str, str], name: str) -> str:
    return "?" + urlencode({key: value for key, value in query.items() if key not in (name, "page")})


def _place(here: Here, query: dict[str, str]) -> Here:
    """The place narrowed by ``?place=``, never widened."""
    code = query.get("place", "")
    if not code:
        return here
    return Here(here.person, here.scope, here.get(Organisation, code=code))


def _line(kit: Furniture, row: Record, columns: list[Any], sheet: Notice | None, now: date) -> dict[str, Any]:
    cells = [
        {
            "text": shown(column, getattr(row, column.name), uncovered=False).removesuffix(" 亩"),
            "number": column.kind in ("money", "area", "count"),
            "date": column.kind == "date",
        }
        for column in columns
        if column.name != "title"
    ]
    return {
        "row": row,
        "cells": cells,
        "steps": steps(kit, row, sheet, now),
        "url": reverse("record", args=(kit.name, row.pk)),
    }


def steps(kit: Furniture, row: Record, sheet: Notice | None, now: date) -> list[dict[str, Any]]:
    """清查 → 规范 → 公示 of one record; ``sheet`` is the latest one its village published."""
    on_it = sheet is not None and row.pk <= sheet.newest
    checked = bool(row.klass)
    right = checked and (not row.irregular or row.rectified)
    late = row.deadline is not None and row.deadline < now and not right
    return [
        {
            "title": _("清查"),
            "state": "done" if checked else "now",
            "note": row.klass and _(kit.road.classes[row.klass].title),
        },
        {
            "title": _("规范"),
            "state": "done" if right else "late" if late else "now" if checked else "todo",
            "note": "",
        },
        {
            "title": _("公示"),
            "state": "todo" if not on_it or sheet is None else "done" if sheet.full(now) else "now",
            "note": _("%(number)s，%(first)s 至 %(last)s")
            % {"number": sheet.number, "first": sheet.first_day, "last": sheet.last_day}
            if on_it and sheet
            else "",
            "url": reverse("notice", args=(sheet.pk,)) if on_it and sheet else "",
        },
    ]


@require_GET
@page("export")
def export(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    """What the filters show, as a workbook that can be handed in again."""
    kit = kit_or_404(register)
    rows = chosen(kit, _place(here, request.GET.dict()).of(kit.model), request.GET.dict(), today())
    made = workbook(here.scope, kit.name, rows.order_by())
    with commit(here.person, here.place, "export", "导出") as act:
        act.told("export", register=kit.name, rows=made.records, query=request.GET.urlencode())
    return as_file(made.data, f"{here.place.name}_{kit.title}.xlsx")


@require_GET
@page("view")
def template(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    """An empty ledger to fill in."""
    kit = kit_or_404(register)
    target = io.BytesIO()
    write_template(target, kit.register)
    return as_file(target.getvalue(), f"{kit.title}_空表.xlsx")


@require_POST
@page("confirm")
def bulk(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    """One step for many records: each village its own commit, each record that cannot take it named."""
    kit = kit_or_404(register)
    deed = request.POST.get("deed", "")
    back = request.POST.get("back", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = reverse("records", args=(kit.name,))
    if deed == "clean":
        picked = [pk for pk in map(whole, request.POST.getlist("pick")) if pk is not None]
        rows = here.of(kit.model).filter(pk__in=picked) if picked else here.of(kit.model)
        done = 0
        for place in _places(rows.filter(klass="", open_findings=0, confirmed_findings=0)):
            done += cases.pass_clean(here.person, place, kit.name, picked or None)
        if done:
            clean = _(kit.road.classes[kit.road.clean].title)
            messages.success(request, _("%(n)s 条没有疑点的定为“%(class)s”") % {"n": done, "class": clean})
        else:
            messages.warning(request, _("没有可以这样定的：要没有待认定和已认定的疑点，而且还没有定类别"))
    else:
        messages.error(request, _("没有这个批量步骤"))
    return redirect(back)


def _places(rows: QuerySet[Any]) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=rows.order_by().values("organisation").distinct())
