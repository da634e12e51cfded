"""The house looked at by those who keep it: every component in every state, and whether it lives."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingbai.web.opened import open_page


@open_page
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "web/components.html")


@open_page
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """``ok`` while the database answers; for whatever watches the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
