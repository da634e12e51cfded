"""The figures of a place, each opening to the records it counts, and the summary tables 汇总表."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.board.rollup import Figure, by_child, figures
from mingbai.board.summary import table, workbook
from mingbai.kit.pages.lists import as_file
from mingbai.places.here import Here, page


def _url(figure: Figure, code: str = "") -> str:
    if not figure.register:
        return ""
    query = "&".join(filter(None, (figure.query, f"place={code}" if code else "")))
    return reverse("records", args=(figure.register,)) + (f"?{query}" if query else "")


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    here_figures = figures(here.scope, here.place)
    heads = [{"figure": each, "url": _url(each)} for each in here_figures.values() if each.headline]
    columns = [each for each in here_figures.values() if each.value is not None]
    rows = [{"row": row, "cells": [{"figure": row.figures[each.key], "url": _url(row.figures[each.key], row.organisation.code)} for each in columns]}
            for row in by_child(here.scope, here.place)]
    bars = [(row, row.figures["rectified"].value or 0, row.figures["irregular"].value or 0) for row in by_child(here.scope, here.place)]
    bars = sorted((bar for bar in bars if bar[2]), key=lambda bar: bar[1] / bar[2])
    return render(request, "web/figures.html", {"heads": heads, "columns": columns, "rows": rows, "total": here_figures, "bars": bars[:20]})


@require_GET
@page("view")
def summary(request: HttpRequest, here: Here) -> HttpResponse:
    made = table(here.scope, here.place)
    units = [heading.unit for heading in made.headings]
    lines = [(name, list(zip(units, cells, strict=True))) for name, cells in (*made.rows, (_("合计"), made.total))]
    return render(request, "web/summary.html", {"table": {"title": made.title, "headings": made.headings, "lines": lines}})


@require_GET
@page("export")
def summary_xlsx(request: HttpRequest, here: Here) -> HttpResponse:
    return as_file(workbook(table(here.scope, here.place)), f"{here.place.name}_汇总表.xlsx")
