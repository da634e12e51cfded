"""The findings board: by rule, village and state, each finding one line with its record."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.kit.models import Finding
from mingbai.kit.pages.lists import kit_or_404
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation

PAGE = 100


@require_GET
@page("view")
def index(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    kit = kit_or_404(register)
    query = request.GET.dict()
    rows = here.of(Finding).filter(register=register, gone=False)
    if query.get("place"):
        place = here.get(Organisation, code=query["place"])
        rows = rows.filter(organisation__in=here.scope.within(place).organisations.values("pk"))
    state = query.get("state", Finding.State.OPEN)
    by_rule = {
        each["rule"]: each
        for each in rows.order_by()
        .values("rule")
        .annotate(
            n=Count("pk"),
            opened=Count("pk", filter=Q(state="open")),
            confirmed=Count("pk", filter=Q(state="confirmed")),
            aside=Count("pk", filter=Q(state="set_aside")),
        )
    }
    rules = kit.rulebook.rules if kit.rulebook else {}
    table = [{"rule": rule, **by_rule[rule.id]} for rule in rules.values() if rule.id in by_rule]
    if state != "all":
        rows = rows.filter(state=state)
    if query.get("rule"):
        rows = rows.filter(rule=query["rule"])
    shown = Paginator(
        rows.select_related("organisation").order_by("-severity", "organisation__path", "record", "rule"), PAGE
    ).get_page(query.get("page"))
    records = here.of(kit.model).select_related("organisation").in_bulk([each.record for each in shown])
    lines: list[dict[str, Any]] = [
        {
            "finding": each,
            "rule": rules.get(each.rule),
            "record": records.get(each.record),
            "url": f"{reverse('record', args=(register, each.record))}#f{each.pk}",
        }
        for each in shown
    ]
    states = [(value, words, value == state) for value, words in ((*Finding.State.choices, ("all", _("全部"))))]
    return render(
        request,
        "kit/findings.html",
        {"kit": kit, "page": shown, "lines": lines, "table": table, "query": query, "states": states},
    )
