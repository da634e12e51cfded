"""Organisations and the grid: district → street → village → grid cell → contract → person, in clicks."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from mingbai.board.rollup import by_child, children, figures
from mingbai.kit.furniture import furnished, furniture
from mingbai.places.here import PLACE, Here, page
from mingbai.places.models import GridCell, Kin, Officer, Organisation, Party


@require_POST
@page("view")
def choose(request: HttpRequest, here: Here) -> HttpResponse:
    """Looks at another place from now on."""
    place = here.get(Organisation, code=request.POST.get("code", ""))
    request.session[PLACE] = place.code
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if safe else reverse("home"))


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    return redirect("place", here.place.code)


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    above = [each for each in place.above if here.scope.covers(each)]
    cells = []
    for cell in here.scope.of(GridCell).filter(organisation=place).select_related("leader").prefetch_related("members"):
        for name in furnished():
            kit = furniture(name)
            n = here.scope.of(kit.model).filter(cell=cell).aggregate(n=Count("pk"), amount=Sum("amount_fen"), late=Count("pk", filter=Q(irregular=True, rectified=False)))
            cells.append({"cell": cell, "kit": kit, **n})
    parties = here.scope.of(Party).filter(organisation=place).order_by("name")[:200] if not children(here.scope, place) else []
    context = {
        "place": place, "above": above, "rows": by_child(here.scope, place), "figures": figures(here.scope, place), "cells": cells,
        "officers": here.scope.of(Officer).filter(organisation=place).prefetch_related("kin"), "kin": here.scope.of(Kin).filter(officer__organisation=place),
        "parties": parties, "registers": [furniture(name) for name in furnished()],
    }
    return render(request, "web/place.html", context)
