"""到期与时效: the calendar of a place as a page, on paper and as a workbook."""

from __future__ import annotations

import io
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.dues.anniversaries import ONE_DAY, add_months
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit
from mingbai.records.files import as_file
from mingbai.registers.contracts.calendar import KINDS, Calendar, calendar
from mingbai.registers.contracts.models import Contract
from mingbai.sheets.writing import new_workbook, paper, put_cell

SPANS = (3, 12, 36)
MOST = 1000
"""Entries on one page; the workbook has all."""


def _asked(request: HttpRequest, here: Here) -> tuple[Here, date, date, frozenset[str], dict[str, Any]]:
    """The place narrowed by ``?place=``, the months, the kinds; what is no answer chooses nothing away."""
    query, now = request.GET, today()
    chosen = Here(here.person, here.scope, here.get(Organisation, code=query["place"])) if query.get("place") else here
    try:
        since = date.fromisoformat(f"{query.get('from', '')[:7]}-01")
        if not 1950 <= since.year <= 2150:
            raise ValueError
    except ValueError:
        since = now.replace(day=1)
    months = int(query["months"]) if query.get("months", "") in map(str, SPANS) else 12
    kinds = frozenset({query["kind"]}) if query.get("kind") in KINDS else frozenset(KINDS)
    order = "place" if query.get("by") == "place" else "month"
    until = add_months(since, months) - ONE_DAY
    return (
        chosen,
        since,
        until,
        kinds,
        {
            "months": months,
            "kind": query.get("kind", "") if query.get("kind") in KINDS else "",
            "by": order,
            "place": query.get("place", ""),
        },
    )


@require_GET
@page("view")
def show(request: HttpRequest, here: Here) -> HttpResponse:
    """What is due in the coming months, each line opening its contract."""
    chosen, since, until, kinds, asked = _asked(request, here)
    found = calendar(chosen.of(Contract), since, until, today(), kinds)
    entries = list(found.entries[:MOST])
    by_place = asked["by"] == "place"
    if by_place:
        entries.sort(key=lambda each: (each.contract.organisation.path, each.on))
    groups = [
        (title, list(each))
        for title, each in groupby(
            entries,
            key=(lambda each: each.contract.organisation.name)
            if by_place
            else (lambda each: each.on.strftime("%Y-%m")),
        )
    ]
    counts = [(key, _(title), sum(entry.kind == key for entry in found.entries)) for key, title in KINDS.items()]
    villages = here.scope.within(here.place).organisations.filter(is_collective=True, merged_into=None)
    context = {
        "groups": groups,
        "counts": counts,
        "total": len(found.entries),
        "shown": len(entries),
        "undated": found.undated,
        "asked": asked,
        "since": since,
        "until": until,
        "now": today(),
        "spans": SPANS,
        "kinds": [(key, _(title)) for key, title in KINDS.items()],
        "titles": {key: _(title) for key, title in KINDS.items()},
        "villages": villages[:400] if here.place.level != "village" else [],
        "many": chosen.place.level != "village",
        "place": chosen.place,
        "may_export": here.may("export"),
        "earlier": f"{add_months(since, -asked['months']):%Y-%m}",
        "later": f"{add_months(since, asked['months']):%Y-%m}",
    }
    return render(request, "contracts/calendar.html", context)


@require_GET
@page("export")
def export(request: HttpRequest, here: Here) -> HttpResponse:
    """The same as a workbook."""
    chosen, since, until, kinds, _query = _asked(request, here)
    found = calendar(chosen.of(Contract), since, until, today(), kinds)
    with commit(here.person, here.place, "export", "导出") as act:
        act.told("export", register="contracts", rows=len(found.entries), query=request.GET.urlencode())
    return as_file(_workbook(found), f"{chosen.place.name}_{_('到期与时效')}.xlsx")


def _workbook(found: Calendar) -> bytes:
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet(_("到期与时效"))
    bold, plain, quoted = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "@"}),
        book.add_format({"num_format": "@", "quote_prefix": True}),
    )
    for at, words in enumerate(
        (_("哪一天"), _("哪一种"), _("村"), _("编号"), _("合同编号"), _("合同"), _("承包方"), _("说明"))
    ):
        put_cell(sheet, 0, at, words, bold, bold)
    for row, each in enumerate(found.entries, 1):
        contract = each.contract
        cells = (
            each.on.isoformat(),
            _(KINDS[each.kind]),
            contract.organisation.name,
            str(contract.serial),
            contract.contract_no,
            contract.title,
            contract.lessee,
            each.said,
        )
        for at, cell in enumerate(cells):
            put_cell(sheet, row, at, cell, plain, quoted)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 4, 14)
    sheet.set_column(5, 6, 24)
    sheet.set_column(7, 7, 60)
    paper(sheet)
    book.close()
    return buffer.getvalue()
