"""Cases 整改: who has what to do by when, and the county's spot checks."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.kit import cases
from mingbai.kit.models import Case, SpotCheck
from mingbai.kit.pages.lists import kit_or_404
from mingbai.kit.road import RoadError, Stage
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.units import whole

PAGE = 100


@require_GET
@page("view")
def index(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    kit, now = kit_or_404(register), today()
    rows = here.of(Case).filter(register=register, secret=False)
    counts = dict(rows.order_by().values_list("stage").annotate(n=Count("pk")))
    stage, mine = request.GET.get("stage", ""), request.GET.get("mine", "")
    late = rows.filter(deadline__lt=now).exclude(stage__in=(Stage.ACCEPTED, Stage.CLOSED))
    late_count = late.count()
    if stage == "late":
        rows = late
    elif stage in counts:
        rows = rows.filter(stage=stage)
    if mine:
        rows = rows.filter(responsible=here.person)
    shown = Paginator(rows.select_related("organisation", "responsible").order_by("deadline", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    records = here.of(kit.model).select_related("organisation").in_bulk([each.record for each in shown])
    lines = [
        {
            "case": each,
            "record": records.get(each.record),
            "klass": kit.road.classes[each.klass],
            "stage": Stage(each.stage).label,
            "done": each.stage in (Stage.ACCEPTED, Stage.CLOSED),
            "url": reverse("record", args=(register, each.record)) + "#case",
        }
        for each in shown
    ]
    tabs = [
        ("", _("全部"), sum(counts.values())),
        *((s.value, s.label, counts.get(s.value, 0)) for s in Stage),
        ("late", _("逾期"), late_count),
    ]
    context = {
        "kit": kit,
        "page": shown,
        "lines": lines,
        "tabs": tabs,
        "stage": stage,
        "mine": mine,
        "may_spot": here.may("spot_check"),
    }
    return render(request, "kit/cases.html", context)


@require_http_methods(["GET", "POST"])
@page("view")
def spot(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    """Spot checks drawn with a seed anyone can draw again; drawing one takes the power for it."""
    kit = kit_or_404(register)
    if request.method == "POST":
        try:
            check = cases.spot_check(
                here.person,
                here.place,
                register,
                whole(request.POST.get("share", ""), 3) or 0,
                request.POST.get("seed", ""),
            )
            messages.success(
                request, _("从 %(of)s 件里抽中 %(n)s 件，其余销号") % {"of": len(check.of), "n": len(check.drawn)}
            )
        except RoadError as error:
            messages.error(request, str(error))
        return redirect("spot-checks", register)
    checks = list(here.of(SpotCheck).select_related("by", "organisation")[:20])
    drawn = (
        here.of(Case)
        .filter(pk__in=[pk for each in checks for pk in each.drawn], secret=False)
        .select_related("organisation")
    )
    records = here.of(kit.model).select_related("organisation").in_bulk([case.record for case in drawn])
    waiting = [
        {
            "case": case,
            "record": records.get(case.record),
            "url": reverse("record", args=(register, case.record)) + "#case",
        }
        for case in drawn
        if case.stage == Stage.ACCEPTED
    ]
    ready = here.of(Case).filter(register=register, stage=Stage.ACCEPTED, secret=False).count() - len(waiting)
    return render(
        request,
        "kit/spot.html",
        {"kit": kit, "checks": checks, "waiting": waiting, "ready": ready, "may_spot": here.may("spot_check")},
    )
