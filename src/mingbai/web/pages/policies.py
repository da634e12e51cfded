"""Local numbers: what holds here, what is proposed, and who decided it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.kit import policies
from mingbai.kit.findings import law, policy_of
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.models import Change
from mingbai.kit.policies import PolicyError
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.scope import scope
from mingbai.rules import Law
from mingbai.rules.law import CERTAIN
from mingbai.units import whole
from mingbai.web.forms import ChangeForm
from mingbai.web.pages.rules import value_said

SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    now, may = today(), scope(here.person, "policy").covers(here.place)
    books = [kit for kit in map(furniture, furnished()) if kit.rulebook is not None]
    statutes = {kit.name: law(kit.name, policy_of(kit, here.place, now)) for kit in books}
    choices = [
        (f"{kit.name}:{name}", _(statutes[kit.name].parameters[name].title))
        for kit in books
        for name in policies.local(kit)
    ]
    deed = request.POST.get("deed", "")
    form = ChangeForm(request.POST if deed == "propose" else None, parameters=choices, initial={"since": now})
    if request.method == "POST":
        try:
            if _done(request, here, form):
                return redirect("policies")
        except PolicyError as error:
            if deed == "propose":
                form.add_error(None, str(error))
            else:
                messages.error(request, str(error))
                return redirect("policies")
    changes = Change.objects.filter(
        organisation__in=[*here.place.above, *here.scope.within(here.place).organisations]
    ).select_related("organisation", "proposed_by", "decided_by")
    lines = [
        {
            "change": each,
            "title": statutes[each.register].parameters[each.parameter].title,
            "value": _value(statutes[each.register], each),
            "mine": each.proposed_by_id == here.person.pk,
            "may": scope(here.person, "policy").covers(each.organisation),
        }
        for each in changes[:SHOWN]
    ]
    return render(
        request,
        "web/policies.html",
        {
            "books": [
                {"kit": kit, "policy": statutes[kit.name].policy, "lines": _standing(kit, statutes[kit.name], now)}
                for kit in books
            ],
            "waiting": [line for line in lines if line["change"].state == Change.State.PROPOSED],
            "decided": [line for line in lines if line["change"].state != Change.State.PROPOSED],
            "form": form,
            "may": may,
            "place": here.place,
        },
        status=400 if form.errors else 200,
    )


@require_GET
@page("policy")
def effect(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """What a proposed number would do to the findings of the living district, before anybody approves it."""
    change = here.get(Change, pk=pk)
    statute = law(change.register, policy_of(furniture(change.register), change.organisation, today()))
    try:
        told = policies.effect(change) if change.state == Change.State.PROPOSED else []
    except PolicyError as error:
        messages.error(request, str(error))
        return redirect("policies")
    kit = furniture(change.register)
    assert kit.rulebook is not None
    by_rule: dict[str, list[int]] = {}
    by_place: dict[str, list[int]] = {}
    for each in told:
        for table, key in ((by_rule, each.finding.rule), (by_place, each.finding.file)):
            table.setdefault(key, [0, 0])[0 if each.comes else 1] += 1
    named = dict(here.scope.organisations.filter(code__in=by_place).values_list("code", "name"))
    records = (
        here.scope.of(kit.model).select_related("organisation").in_bulk([each.finding.row for each in told[:SHOWN]])
    )
    return render(
        request,
        "web/effect.html",
        {
            "change": change,
            "title": statute.parameters[change.parameter].title,
            "value": _value(statute, change),
            "register": kit.name,
            "comes": sum(each.comes for each in told),
            "goes": sum(not each.comes for each in told),
            "all": len(told),
            "by_rule": [
                {"rule": kit.rulebook.rules[rule], "comes": comes, "goes": goes}
                for rule, (comes, goes) in sorted(by_rule.items())
            ],
            "by_place": [
                {"name": named.get(code, code), "code": code, "comes": comes, "goes": goes}
                for code, (comes, goes) in sorted(by_place.items(), key=lambda one: -sum(one[1]))[:SHOWN]
            ],
            "lines": [
                {"finding": each.finding, "comes": each.comes, "record": records.get(each.finding.row)}
                for each in told[:SHOWN]
            ],
            "mine": change.proposed_by_id == here.person.pk,
            "open": change.state == Change.State.PROPOSED,
            "ahead": change.since > today(),
            "by_signing": statute.parameters[change.parameter].by == "governing",
            "later": [
                {"since": each.since, "value": value_said(statute.parameters[change.parameter], each.value)}
                for each in policies.later(change)
            ],
        },
    )


def _done(request: HttpRequest, here: Here, form: ChangeForm) -> bool:
    """One deed. False where the form has to be shown again."""
    deed = request.POST.get("deed", "")
    if not scope(here.person, "policy").paths:
        raise PermissionDenied(_("您没有改本地政策的权力"))
    if deed == "propose":
        if not form.is_valid():
            return False
        said = form.cleaned_data
        register, _colon, name = said["parameter"].partition(":")
        policies.propose(
            here.person, here.place, register, name, said["value"], said["since"], said["source"], said["note"]
        )
        messages.success(request, _("提出来了，等另一个人批准；批准以前照旧"))
        return True
    change = scope(here.person, "policy").of(Change).filter(pk=whole(request.POST.get("change", "")) or 0).first()
    if change is None or deed not in ("approve", "refuse"):
        raise Http404(deed)
    if deed == "approve":
        policies.approve(here.person, change)
        messages.success(
            request,
            _("批准了，从 %(since)s 起照新的数查；%(name)s正在后台重查")
            % {"since": max(change.since, today()), "name": change.organisation.name},
        )
    else:
        policies.refuse(here.person, change, request.POST.get("why", ""))
        messages.success(request, _("记下了：不改"))
    return True


def _value(statute: Law, change: Change) -> str:
    parameter = statute.parameters[change.parameter]
    value = forms.DateField().to_python(change.value) if parameter.unit == policies.DAY else change.value
    return value_said(parameter, value)


def _standing(kit: Furniture, statute: Law, now: date) -> list[dict[str, Any]]:
    """Each local number as it holds today, with where it comes from."""
    lines = []
    for name in policies.local(kit):
        parameter = statute.parameters[name]
        version = parameter.on(now)
        article = statute.articles[version.cite] if version else None
        lines.append(
            {
                "parameter": parameter,
                "version": version,
                "value": value_said(parameter, version.value) if version else "",
                "article": article,
                "certain": version is not None and version.status == CERTAIN,
                "own": not parameter.source.startswith("registers/"),
            }
        )
    return lines
