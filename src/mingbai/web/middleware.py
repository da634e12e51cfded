"""Headers every answer carries (no script, style or picture from anywhere but here), and the way into an empty home."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from mingbai.places.models import Person
from mingbai.web.pages.signing import MISSING

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Spoken:
    """The language a person chose at the foot of a page; Chinese until then, whatever the browser was installed with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
        return response


class Guarded:
    """The middleware. Pages hold personal data: a shared computer keeps no copy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _holds_null(request):
            raise Http404
        response = _to_first_start(request) or _to_second_factor(request) or self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _holds_null(request: HttpRequest) -> bool:
    """U+0000 in an address or a form: no keyboard types it, and PostgreSQL takes it in no text."""
    forms = (request.GET, request.POST)
    return "\0" in request.path or any(
        "\0" in value for form in forms for _, values in form.lists() for value in values
    )


def _to_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Who approves and has no second factor yet sets it up before anything else."""
    ways = tuple(reverse(name) for name in ("account-second", "sign-out", "health", "public"))
    if not request.session.get(MISSING) or request.path.startswith((*ways, "/static/")):
        return None
    return redirect("account-second")


def _to_first_start(request: HttpRequest) -> HttpResponse | None:
    """An empty home has nobody who could sign in: every page leads to the first start."""
    start = reverse("first-start")
    if request.path.startswith((start, reverse("health"))) or SESSION_KEY in request.session or Person.objects.exists():
        return None
    return redirect(start)
