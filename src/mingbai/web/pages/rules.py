"""The catalogue of rules with their law, as it stands for this place today."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingbai.kit.findings import law, policy_of
from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.models import Finding
from mingbai.places.clock import today
from mingbai.places.here import Here, page


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    books = []
    for name in furnished():
        kit = furniture(name)
        if kit.rulebook is None:
            continue
        counts = {each["rule"]: each for each in here.of(Finding).filter(register=name, gone=False).order_by().values("rule").annotate(
            opened=Count("pk", filter=Q(state="open")), confirmed=Count("pk", filter=Q(state="confirmed")))}
        books.append({"kit": kit, "rules": [{"rule": rule, "n": counts.get(rule.id, {})} for rule in kit.rulebook.rules.values()]})
    return render(request, "web/rules.html", {"books": books})


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, register: str, rule: str) -> HttpResponse:
    if register not in furnished():
        raise Http404(register)
    kit = furniture(register)
    found = kit.rulebook.rules.get(rule) if kit.rulebook else None
    if found is None:
        raise Http404(rule)
    here_law = law(register, policy_of(kit, here.place, today()))
    versions: list[dict[str, Any]] = [
        {"articles": [str(article) for article in version.articles] if hasattr(version, "articles") else [], "since": getattr(version, "since", None),
         "until": getattr(version, "until", None)} for version in here_law.citations.get(found.cites, ())]
    cites = [str(article) for article in here_law.cited(found.cites, today())]
    needs = ["或".join(kit.register.by_name[name].title for name in group if name in kit.register.by_name) for group in found.needs]
    counts = here.of(Finding).filter(register=register, rule=rule, gone=False).aggregate(
        opened=Count("pk", filter=Q(state="open")), confirmed=Count("pk", filter=Q(state="confirmed")), aside=Count("pk", filter=Q(state="set_aside")))
    return render(request, "web/rule.html", {"kit": kit, "rule": found, "cites": cites, "versions": versions, "needs": needs, "counts": counts,
                                             "policy": here_law.policy})
