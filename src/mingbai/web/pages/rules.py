"""The catalogue of rules with their law, as it stands for this place today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.kit.findings import law, policy_of
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.models import Finding
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.rules import Law, Rule
from mingbai.rules.catalogue import STALE_DAYS, unchecked
from mingbai.rules.law import CERTAIN, Parameter
from mingbai.units import format_money
from mingbai.units.wording import EITHER, LISTED, joined
from mingbai.web.opened import way


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    now = today()
    books = []
    for name in furnished():
        kit = furniture(name)
        if kit.rulebook is None:
            continue
        counts = {
            each.pop("rule"): each
            for each in here.of(Finding)
            .filter(register=name, gone=False)
            .order_by()
            .values("rule")
            .annotate(opened=Count("pk", filter=Q(state="open")), confirmed=Count("pk", filter=Q(state="confirmed")))
        }
        statute = law(name, policy_of(kit, here.place, now))
        lines = [
            {
                "rule": rule,
                "cites": [str(article) for article in statute.cited(rule.cites, now)],
                **counts.get(rule.id, {"opened": 0, "confirmed": 0}),
                "klass": kit.road.proposes.get(rule.id, ""),
                "url": way("findings", name, rule=rule.id),
            }
            for rule in kit.rulebook.rules.values()
        ]
        books.append(
            {
                "kit": kit,
                "lines": lines,
                "opened": sum(line["opened"] for line in lines),
                "confirmed": sum(line["confirmed"] for line in lines),
                "policy": statute.policy,
                "unchecked": unchecked(statute, now),
            }
        )
    return render(request, "web/rules.html", {"books": books, "days": STALE_DAYS})


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, register: str, rule: str) -> HttpResponse:
    kit = furniture(register) if register in furnished() else None
    found = kit.rulebook.rules.get(rule) if kit and kit.rulebook else None
    if kit is None or found is None:
        raise Http404(rule)
    now = today()
    statute = law(register, policy_of(kit, here.place, now))
    counts = (
        here.of(Finding)
        .filter(register=register, rule=rule, gone=False)
        .aggregate(
            open=Count("pk", filter=Q(state="open")),
            confirmed=Count("pk", filter=Q(state="confirmed")),
            set_aside=Count("pk", filter=Q(state="set_aside")),
        )
    )
    states = [
        {"title": words, "n": counts[state], "url": way("findings", register, rule=rule, state=state)}
        for state, words in Finding.State.choices
    ]
    klass = kit.road.classes.get(kit.road.proposes.get(rule, ""))
    context = {
        "kit": kit,
        "rule": found,
        "periods": _periods(statute, found, now),
        "parameters": _parameters(statute, found, now),
        "states": states,
        "needs": joined(
            LISTED,
            [
                joined(EITHER, (kit.register.by_name[name].title for name in group if name in kit.register.by_name))
                for group in found.needs
            ],
        ),
        "klass": klass,
        "policy": statute.policy,
        "before": _near(kit, found, -1),
        "after": _near(kit, found, 1),
    }
    return render(request, "web/rule.html", context)


def _periods(statute: Law, rule: Rule, now: date) -> list[dict[str, Any]]:
    """The articles by the day of the contract, newest first."""
    periods = []
    for citation in reversed(statute.citations[rule.cites]):
        articles = [statute.articles[each] for each in citation.articles]
        periods.append(
            {
                "since": citation.since,
                "until": citation.until,
                "now": citation.since <= now and (citation.until is None or now <= citation.until),
                "articles": [{"article": each, "certain": each.status == CERTAIN} for each in articles],
            }
        )
    return periods


def _parameters(statute: Law, rule: Rule, now: date) -> list[dict[str, Any]]:
    """The numbers that rest on the articles the rule cites."""
    cited = {each for citation in statute.citations[rule.cites] for each in citation.articles}
    return [
        {
            "parameter": parameter,
            "versions": [
                {
                    "version": version,
                    "value": value_said(parameter, version.value),
                    "now": version.holds(now),
                    "certain": version.status == CERTAIN,
                    "cite": statute.articles[version.cite],
                }
                for version in reversed(parameter.versions)
            ],
        }
        for parameter in statute.parameters.values()
        if any(version.cite in cited for version in parameter.versions)
    ]


def value_said(parameter: Parameter, value: Any) -> str:
    """A number of the law in words."""
    if isinstance(value, Mapping):
        return "；".join(f"{_(key)} {_said(parameter.unit, each)}" for key, each in value.items())
    return _said(parameter.unit, value)


def _said(unit: str, value: Any) -> str:
    if unit.startswith("分") and isinstance(value, int):
        return f"{format_money(value)} {_(unit.replace('分', '元', 1))}"
    return str(value) if unit == "日期" else f"{value} {_(unit)}"


def _near(kit: Furniture, rule: Rule, step: int) -> Rule | None:
    assert kit.rulebook is not None
    rules = list(kit.rulebook.rules.values())
    at = rules.index(rule) + step
    return rules[at] if 0 <= at < len(rules) else None
