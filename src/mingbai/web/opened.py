"""Pages for everybody, signed in or not. They say so, for the matrix of who may reach what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

P = ParamSpec("P")
View = Callable[P, HttpResponse]


def open_page(view: View[P]) -> View[P]:
    marked: Any = view
    marked.power = ""  # the access matrix reads it
    return view


def way(name: str, *args: object, **query: object) -> str:
    """The address of a page with a query string."""
    said = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    return reverse(name, args=args) + (f"?{said}" if said else "")


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where ``next=`` leads, when it leads to this very site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed and wanted.startswith("/") else otherwise
