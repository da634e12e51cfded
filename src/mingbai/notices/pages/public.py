"""What anyone sees without signing in: a village's notices, one notice on a phone, its file, its sheet for the wall,
the way to object and the way to the answer. Everything comes from the frozen bytes; no record is read here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.notices import objections
from mingbai.notices.law import required
from mingbai.notices.models import Gate, Notice
from mingbai.notices.wall import Size, wall
from mingbai.notices.words import sheet
from mingbai.places.clock import home, today
from mingbai.places.models import Organisation
from mingbai.places.tries import Tries
from mingbai.records.files import as_file

TRIES, MINUTES = 20, 30
"""So many tries at a receipt's or a village's word in so many minutes: of a million words that is next to none. Right ones count
too: nobody asks for one answer so often."""
RECEIPT, RECEIPTS, GATE = (
    Tries("receipt", TRIES, MINUTES),
    Tries("receipts", 10 * TRIES, MINUTES),
    Tries("gate", TRIES, MINUTES),
)
OPENED = "gates"
"""The session's key of the villages whose code was given."""
PLAIN = {
    "area_mu4": "这块地有多大",
    "starts_on": "从哪天起",
    "ends_on": "到哪天止",
    "rent_fen_per_year": "每年该交多少钱",
    "total_fen": "整个合同一共多少钱",
    "arrears_fen": "还欠多少没交",
    "standing": "查到哪一步了",
    "recovered_fen": "追回来多少钱",
}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Villages that show something; a name or a part of it finds one."""
    words = request.GET.get("q", "").strip()[:40]
    found = Organisation.objects.filter(notices__state=Notice.State.PUBLISHED).distinct().order_by("path")
    if words:
        found = found.filter(name__contains=words)
    return render(request, "notices/index.html", {"villages": found[:200], "q": words, "demo": home().is_demo})


@require_GET
def village(request: HttpRequest, code: str) -> HttpResponse:
    """Everything a village has published, what is up now first."""
    place = _place(code)
    if not _let_in(request, place):
        return redirect(f"{reverse('public-gate', args=(code,))}?next={request.path}")
    now = today()
    notices = list(_published().filter(organisation=place).order_by("-first_day", "-pk"))
    up = [each for each in notices if each.last_shown >= now and each.successor is None]
    context = {
        "place": place,
        "above": place.above,
        "up": up,
        "over": [each for each in notices if each not in up],
        "today": now,
        "demo": home().is_demo,
    }
    return render(request, "notices/village.html", context)


@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    """One notice in plain words, every line with its way to object."""
    notice = _notice(number)
    if not _let_in(request, notice.organisation):
        return redirect(f"{reverse('public-gate', args=(notice.organisation.code,))}?next={request.path}")
    published, now = notice.published, today()
    set_up = sheet(published)
    plain = [(column["title"], PLAIN[column["name"]]) for column in published["columns"] if column["name"] in PLAIN]
    lines = [
        {"number": number, "cells": list(zip(set_up.titles, line, set_up.right, strict=True))[1:]}
        for number, line in enumerate(set_up.lines, 1)
    ]
    totals = [(title, total) for title, total in list(zip(set_up.titles, set_up.totals, strict=True))[1:] if total]
    context = {
        "notice": notice,
        "head": set_up.head,
        "lines": lines,
        "totals": totals,
        "plain": plain,
        "later": notice.successor,
        "today": now,
        "left": (notice.last_day - now).days,
        "place": notice.organisation,
        "explains": f"{notice.register}/notice.html",
    }
    return render(request, "notices/show.html", context)


@require_GET
def file(request: HttpRequest, number: str) -> HttpResponse:
    """``NOTICE.json``: the frozen bytes themselves."""
    notice = _notice(number)
    if not _let_in(request, notice.organisation):
        raise Http404
    return as_file(bytes(notice.body), f"{notice.number}.json")


@require_GET
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet for the wall, ``?size=a3`` or ``a4``."""
    notice = _notice(number)
    if not _let_in(request, notice.organisation):
        raise Http404
    size: Size = "a4" if request.GET.get("size") == "a4" else "a3"
    address = request.build_absolute_uri(reverse("public-notice", args=(notice.number,)))
    return as_file(wall(notice, address, size), f"{notice.title}-{size.upper()}.pdf", inline=True)


@never_cache
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """The form to object to a line (0 = the whole notice), and the receipt."""
    notice = _notice(number)
    if not _let_in(request, notice.organisation):
        raise Http404
    if line > notice.lines:
        raise Http404(_("这份公示没有这一行"))
    published = notice.published
    set_up = sheet(published)
    cells = list(zip(set_up.titles, set_up.lines[line - 1], strict=True)) if line else []
    context: dict[str, Any] = {
        "notice": notice,
        "line": line,
        "cells": cells,
        "days": required("answer", today()).days,
        "place": notice.organisation,
    }
    if request.method == "POST":
        posted = {name: request.POST.get(name, "") for name in ("text", "name", "phone")}
        try:
            objection, word = objections.object_to(
                notice,
                line,
                posted["text"],
                name=posted["name"],
                phone=posted["phone"],
                sender=request.META.get("REMOTE_ADDR", ""),
            )
        except objections.ObjectionError as error:
            return render(request, "notices/object.html", {**context, **posted, "wrong": str(error)}, status=400)
        return render(request, "notices/receipt.html", {**context, "objection": objection, "word": word})
    return render(request, "notices/object.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """The answer, for whoever holds the receipt: number and word."""
    context: dict[str, Any] = {"number": request.POST.get("number", "")[:60]}
    if request.method == "POST":
        if not (RECEIPT.count(context["number"]) and RECEIPTS.count(request.META.get("REMOTE_ADDR", ""))):
            return render(request, "notices/find.html", {**context, "wrong": _often()}, status=429)
        found = objections.find(context["number"], request.POST.get("word", "")[:20])
        if found is None:
            return render(
                request, "notices/find.html", {**context, "wrong": _("没有找到：请照回执核对编号和查询码")}, status=400
            )
        context |= {"objection": found, "place": found.organisation}
    return render(request, "notices/find.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest, code: str) -> HttpResponse:
    """Asks for the village's code, where one is set."""
    place = _place(code)
    onward = request.GET.get("next", "")
    if not onward.startswith("/g/") or "//" in onward or "\\" in onward:
        onward = reverse("public-village", args=(code,))
    if request.method == "POST":
        if not GATE.count(code, request.META.get("REMOTE_ADDR", "")):
            return render(request, "notices/gate.html", {"place": place, "wrong": _often()}, status=429)
        kept = Gate.objects.filter(organisation=place).first()
        if kept is None or constant_time_compare(kept.word.strip(), request.POST.get("word", "").strip()):
            request.session[OPENED] = [*request.session.get(OPENED, []), place.pk]
            return redirect(onward)
        return render(
            request, "notices/gate.html", {"place": place, "wrong": _("口令不对；问村里的干部或看公示栏")}, status=400
        )
    return render(request, "notices/gate.html", {"place": place})


def _often() -> str:
    return _("试得太多了，请过 %(minutes)s 分钟再试") % {"minutes": MINUTES}


def _published() -> Any:
    return (
        Notice.objects.filter(state=Notice.State.PUBLISHED)
        .select_related("organisation", "replaces")
        .prefetch_related("replaced_by")
    )


def _notice(number: str) -> Notice:
    found: Notice | None = _published().filter(number=number).first()
    if found is None:
        raise Http404(_("没有这份公示；请核对编号"))
    return found


def _place(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code, notices__state=Notice.State.PUBLISHED).distinct().first()
    if found is None:
        raise Http404(_("这个村还没有公示"))
    return found


def _let_in(request: HttpRequest, place: Organisation) -> bool:
    return place.pk in request.session.get(OPENED, []) or not Gate.objects.filter(organisation=place).exists()
