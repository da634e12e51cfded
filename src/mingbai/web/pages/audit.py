"""Audit search: who did what where, and whether the chain holds."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.chain import verify
from mingbai.records.models import Event


@require_GET
@page("audit")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    query = request.GET.dict()
    place = here.get(Organisation, code=query["place"]) if query.get("place") else here.place
    rows = here.scope.within(place).of(Event).select_related("person", "organisation").order_by("-at", "-pk")
    if query.get("deed"):
        rows = rows.filter(deed=query["deed"])
    if query.get("who"):
        rows = rows.filter(person__name__contains=query["who"].strip()[:40])
    if query.get("record"):
        rows = rows.filter(abouts__record=query["record"].strip()[:60])
    for name, lookup in (("from", "on__gte"), ("to", "on__lte")):
        if len(query.get(name, "")) == 10:
            rows = rows.filter(**{lookup: query[name]})
    deeds = sorted(set(here.scope.within(place).of(Event).order_by().values_list("deed", flat=True).distinct()))
    breaks = None
    if query.get("verify") and place.is_collective:
        breaks = list(verify(place))
    shown = Paginator(rows, 100).get_page(query.get("page"))
    return render(request, "web/audit.html", {"page": shown, "query": query, "deeds": deeds, "place": place, "breaks": breaks})
