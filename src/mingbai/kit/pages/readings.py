"""A finding read again: the three lines as they stand, beside those of another date or another place's policy."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.kit.findings import law, policies_of, policy_of, rows_of
from mingbai.kit.furniture import Furniture
from mingbai.kit.pages.records import find
from mingbai.kit.readings import readings
from mingbai.limits import YEAR_MAX, YEAR_MIN
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.rules.explain import Reading, turns

MOST_PLACES = 60


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, register: str, pk: int, rule: str) -> HttpResponse:
    """Choose a day of the deed, a day of the check or a place whose numbers hold; the lines that differ are marked."""
    kit, record = find(here, register, pk)
    if kit.rulebook is None or rule not in kit.rulebook.rules:
        raise Http404(rule)
    now, wrong, tested = today(), "", kit.rulebook.rules[rule]
    asked: dict[str, date | None] = {}
    for name in ("signed", "on"):
        try:
            asked[name] = _day(request.GET.get(name, ""))
        except ValueError:
            asked[name], wrong = (
                None,
                _("“%(said)s”不是日期；请写成 2021-01-01") % {"said": request.GET.get(name, "")[:20]},
            )
    code = request.GET.get("under", "")
    under = here.get(Organisation, code=code) if code else None
    statute = law(kit.name, policy_of(kit, record.organisation, now))
    days = turns(statute, tested) if tested.law_of != "today" else []
    rows = rows_of(kit, record.organisation, now)  # once: a county's rows are many
    as_it_is, *periods = readings(kit, record, rule, now, (None, *days), rows=rows)
    other = None
    if any(asked.values()) or under is not None:
        other = readings(kit, record, rule, asked["on"] or now, (asked["signed"],), under, rows)[0]
    each: list[dict[str, Any]] = []
    for day, found in zip(days, periods, strict=True):
        each.append({"day": day, "reading": _shown(found), "differs": as_it_is.differs(found)})
    return render(
        request,
        "kit/reading.html",
        {
            "kit": kit,
            "record": record,
            "rule": tested,
            "now": _shown(as_it_is),
            "other": _shown(other) if other else None,
            "differs": as_it_is.differs(other) if other else (),
            "each": each,
            "places": _places(here, kit, now),
            "query": request.GET.dict(),
            "wrong": wrong,
            "of_today": tested.law_of == "today",
            "deed": {"vote_day": _("假如会是这一天开的"), "shown_from": _("假如是从这一天起公示的")}.get(
                tested.law_of, _("假如是这一天签的")
            ),
        },
        status=400 if wrong else 200,
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    day = date.fromisoformat(text.strip())
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise ValueError(text)
    return day


def _shown(reading: Reading) -> dict[str, Any]:
    return {
        "reading": reading,
        "answer": reading.answer,
        "laws": [
            {
                "cite": str(each),
                "text": each.says,
                "since": each.since,
                "until": each.until,
                "younger": reading.day is not None and each.since > reading.day,
            }
            for each in reading.articles
        ],
    }


def _places(here: Here, kit: Furniture, now: date) -> list[Organisation]:
    """The places within one's scope whose numbers are not those of the place above."""
    places = list(here.scope.organisations.order_by("path")[:2000])
    holds = policies_of(kit, places, now)
    own = [each for each in places if each.parent_id not in holds or holds[each.pk] != holds[each.parent_id]]
    return own[:MOST_PLACES]
