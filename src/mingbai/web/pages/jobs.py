"""Background work: what runs, what is done, what failed and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingbai.places.here import Here, page
from mingbai.records.models import Job


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    shown = Paginator(here.of(Job).select_related("organisation", "person"), 50).get_page(request.GET.get("page"))
    return render(request, "web/jobs.html", {"page": shown})
