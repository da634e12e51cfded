"""Organisations and the grid: district → street → village → grid cell → contract → person, in clicks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.board.rollup import Figure, added, by_child
from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.letters import may_list
from mingbai.kit.models import Case
from mingbai.kit.road import Stage
from mingbai.places.clock import today
from mingbai.places.here import PLACE, Here, page
from mingbai.places.models import GridCell, Kin, Officer, Organisation, Person
from mingbai.places.tree import ancestors
from mingbai.records import mergers
from mingbai.records.door import commit
from mingbai.web.forms import CellForm, KinForm, MergeForm, OfficerForm
from mingbai.web.opened import safe_next, way

COLUMNS = ("contracts", "contracts_amount_fen", "irregular", "rectified", "owed_fen", "recovered_fen")
"""What a place's tables show, of the figures declared."""


@require_POST
@page("view")
def choose(request: HttpRequest, here: Here) -> HttpResponse:
    """Looks at another place from now on."""
    place = here.get(Organisation, code=request.POST.get("code", ""))
    request.session[PLACE] = place.code
    messages.success(request, _("现在看的是%(name)s") % {"name": place.name})
    return redirect(safe_next(request, reverse("home")))


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """The whole tree in reach, to look around in and to choose from."""
    places = list(here.scope.organisations)
    known = {place.path for place in places}
    tree: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    counts = _contracts(here)
    for place in places:
        node = {
            "place": place,
            "children": [],
            "n": counts.get(place.path, 0),
            "open": here.place.path.startswith(place.path),
        }
        tree[place.path] = node
        above = ancestors(place.path)[-2:-1]
        (tree[above[0]]["children"] if above and above[0] in known else roots).append(node)
    words = request.GET.get("q", "").strip()[:40]
    found = (
        [place for place in places if words in place.name or (words.isdigit() and place.code.startswith(words))][:60]
        if words
        else []
    )
    return render(
        request,
        "web/places.html",
        {"roots": roots, "number": len(places), "words": words, "found": found, "may_edit": here.may("edit")},
    )


def _contracts(here: Here) -> dict[str, int]:
    """How many records lie in each organisation or below it, by its path."""
    counts: dict[str, int] = {}
    for name in furnished():
        for path, n in (
            here.scope.of(furniture(name).model).order_by().values_list("organisation__path").annotate(Count("pk"))
        ):
            for each in ancestors(path):
                counts[each] = counts.get(each, 0) + n
    return counts


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    now = today()
    rows = by_child(here.scope, place, now)
    below = [row for row in rows if not row.own]
    late = _late(here, place, now)
    lines = [
        {
            "row": row,
            "late": _sum_below(late, place.path, own=True) if row.own else _sum_below(late, row.organisation.path),
            "cells": [_cell(row.figures[key], row.organisation.code) for key in COLUMNS],
        }
        for row in rows
    ]
    total = added(rows)
    own = place.level in (Organisation.Level.VILLAGE, Organisation.Level.GROUP) or not below
    context = {
        "place": place,
        "above": [each for each in place.above if here.scope.covers(each) and each.pk != place.pk],
        "lines": lines if below else [],
        "tiles": [_cell(total[key], place.code) for key in COLUMNS],
        "late": sum(late.values()),
        "late_url": way("cases", furnished()[0], stage="late"),
        "columns": [total[key] for key in COLUMNS],
        "registers": [
            {"title": furniture(name).title, "url": way("records", name, place=place.code)} for name in furnished()
        ],
        "cells": _cells(here, place, now) if own else [],
        "own": own,
        "officers": here.scope.of(Officer).filter(organisation=place).prefetch_related("kin") if own else [],
        "people": here.scope.of(Person).filter(home=place, is_active=True).prefetch_related("grants__role"),
        "absorbed": place.absorbed.all(),
        "may_edit": here.may("places", place),
        "may_list": may_list(here.person, place),
        "here": here.place.pk == place.pk,
    }
    return render(request, "web/place.html", context)


def _cell(figure: Figure, code: str) -> dict[str, Any]:
    query = dict(pair.split("=", 1) for pair in figure.query.split("&") if pair)
    return {"figure": figure, "url": way("records", figure.register, place=code, **query) if figure.register else ""}


def _late(here: Here, place: Organisation, now: date) -> dict[str, int]:
    """Overdue cases by the path of their village."""
    rows = (
        here.scope.within(place)
        .of(Case)
        .filter(secret=False, deadline__lt=now)
        .exclude(stage__in=(Stage.ACCEPTED, Stage.CLOSED))
    )
    return dict(rows.order_by().values_list("organisation__path").annotate(Count("pk")))


def _sum_below(counts: dict[str, int], path: str, own: bool = False) -> int:
    return sum(n for each, n in counts.items() if (each == path if own else each.startswith(path)))


def _cells(here: Here, place: Organisation, now: date) -> list[dict[str, Any]]:
    numbers: dict[tuple[str, int | None], dict[str, Any]] = {}
    for name in furnished():
        counts = (
            here.scope.of(furniture(name).model)
            .filter(organisation=place)
            .order_by()
            .values("cell")
            .annotate(
                n=Count("pk"),
                amount=Sum("amount_fen"),
                left=Count("pk", filter=Q(irregular=True, rectified=False)),
                late=Count("pk", filter=Q(deadline__lt=now)),
            )
        )
        numbers |= {(name, row.pop("cell")): row for row in counts}
    none = {"n": 0, "amount": 0, "left": 0, "late": 0}
    rows = here.scope.of(GridCell).filter(organisation=place).select_related("leader").prefetch_related("members")
    return [
        {
            "cell": cell,
            "url": way("records", name, place=place.code, cell=cell.pk),
            **numbers.get((name, cell.pk), none),
        }
        for cell in rows
        for name in furnished()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page("places")
def roster(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Officers of a village and their kin: who held which post, from when to when."""
    place = here.get(Organisation, code=code)
    officers = here.scope.of(Officer).filter(organisation=place)
    officer_form, kin_form = OfficerForm(), KinForm(officers=officers)
    deed = request.POST.get("deed", "")
    if request.method == "POST" and deed == "officer":
        officer_form = OfficerForm(request.POST)
        if officer_form.is_valid():
            with commit(here.person, place, "places", "登记村干部") as act:
                act.save(Officer(organisation=place, **officer_form.cleaned_data))
            return _back(request, "roster", place, _("记下了：%(post)s %(name)s") % officer_form.cleaned_data)
    elif request.method == "POST" and deed == "kin":
        kin_form = KinForm(request.POST, officers=officers)
        if kin_form.is_valid():
            with commit(here.person, place, "places", "登记近亲属") as act:
                act.save(Kin(**kin_form.cleaned_data))
            return _back(request, "roster", place, _("记下了：%(relation)s %(name)s") % kin_form.cleaned_data)
    elif request.method == "POST" and deed == "leave":
        officer, day = (
            here.get(Officer, pk=request.POST.get("officer", ""), organisation=place),
            _day(request.POST.get("until", "")),
        )
        if day is None or (officer.since and day < officer.since):
            messages.error(request, _("请选离任日期，不能早于任职日期"))
        else:
            with commit(here.person, place, "places", "登记离任") as act:
                officer.until = day
                act.save(officer, "until")
            messages.success(request, _("%(name)s 离任记下了") % {"name": officer.name})
        return redirect("roster", place.code)
    elif request.method == "POST" and deed == "strike":
        kin = here.get(Kin, pk=request.POST.get("kin", ""), officer__organisation=place)
        why = request.POST.get("reason", "").strip()[:200]
        if not why:
            messages.error(request, _("删去近亲属要写明理由，例如“写错了人”"))
        else:
            with commit(here.person, place, "places", "删去近亲属", note=why) as act:
                act.remove(kin, why)
            messages.success(request, _("删去了；审计记录里看得到"))
        return redirect("roster", place.code)
    elif request.method == "POST":
        raise Http404(deed)
    wrong = officer_form.errors or kin_form.errors
    context = {
        "place": place,
        "officers": officers.prefetch_related("kin").order_by("until", "pk"),
        "officer_form": officer_form,
        "kin_form": kin_form,
    }
    return render(request, "web/roster.html", context, status=400 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page("places")
def cells(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Grid cells of a village: who leads each, who works in it. ``?cell=`` opens one to change it."""
    place = here.get(Organisation, code=code)
    wanted = request.POST.get("cell") or request.GET.get("cell") or ""
    cell = here.get(GridCell, pk=wanted, organisation=place) if wanted else None
    able = _able(here, place)
    first = {"title": cell.title, "leader": cell.leader_id, "members": cell.members.all()} if cell else None
    form = CellForm(request.POST if request.method == "POST" else None, initial=first, people=able)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with commit(here.person, place, "places", "改责任田" if cell else "建责任田") as act:
            row = cell or GridCell(organisation=place)
            row.title, row.leader = said["title"], said["leader"]
            act.save(row)
            row.members.set(said["members"])
            act.told("members", cell=row.pk, people=[person.pk for person in said["members"]])
        return _back(
            request,
            "cells",
            place,
            _("存好了：%(title)s，负责人 %(leader)s") % {"title": row.title, "leader": row.leader.name},
        )
    context = {"place": place, "cells": _cells(here, place, today()), "cell": cell, "form": form, "able": able.exists()}
    return render(request, "web/cells.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page("places")
def merge(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Takes an organisation into another one: its history stays, its scope follows."""
    place = here.get(Organisation, code=code)
    others = here.scope.organisations.filter(level=place.level, merged_into=None).exclude(pk=place.pk)
    form = MergeForm(request.POST if request.method == "POST" else None, places=others, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            mergers.merge(here.person, place, said["into"], said["on"], said["source"])
        except mergers.MergerError as error:
            form.add_error(None, str(error))
        else:
            return _back(
                request,
                "place",
                said["into"],
                _("%(gone)s并入%(into)s，记下了") % {"gone": place.name, "into": said["into"].name},
            )
    return render(
        request,
        "web/merge.html",
        {"place": place, "form": form, "able": others.exists()},
        status=400 if form.errors else 200,
    )


def _able(here: Here, place: Organisation) -> Any:
    """People who work in the village or above it, so far as they are in reach."""
    paths = ancestors(place.path)
    return (
        here.scope.of(Person)
        .filter(Q(home__path__in=paths) | Q(grants__organisation__path__in=paths), is_active=True)
        .distinct()
        .order_by("name", "pk")
    )


def _back(request: HttpRequest, name: str, place: Organisation, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(name, place.code)


def _day(said: str) -> Any:
    return forms.DateField(required=False).to_python(said) if len(said) == 10 else None
