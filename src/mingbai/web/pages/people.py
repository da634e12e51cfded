"""People and what they may do: invite, grant a role over a place, end a grant, invite anew; one's own account."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.models import Case
from mingbai.kit.road import Stage
from mingbai.places import invitation, second
from mingbai.places.clock import today
from mingbai.places.granting import GrantError, check_account, check_grant, may_grant
from mingbai.places.here import Here, page
from mingbai.places.models import Grant, GridCell, Person, Role
from mingbai.places.scope import grants_of, scope
from mingbai.records.door import commit
from mingbai.web.forms import AccountForm, CodeForm, GrantForm, InviteForm
from mingbai.web.opened import way
from mingbai.web.pages.signing import MISSING

PAGE = 100
NEW_SECRET = "second_new"  # noqa: S105 -- where it stands in the session


@require_http_methods(["GET", "HEAD", "POST"])
@page("people")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """Everybody in reach with their roles; a new person is invited with a code that is shown once."""
    places, roles = here.scope.organisations, _grantable(here)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        places=places,
        roles=roles,
        initial={"place": here.place.code},
    )
    fresh: dict[str, str] | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            check_grant(here.person, said["role"], said["place"])
        except GrantError as error:
            form.add_error("role", str(error))
        else:
            person = Person(login=said["login"], name=said["name"], home=said["place"], phone=said["phone"] or None)
            code = invitation.invite(person, timezone.now())
            with commit(here.person, said["place"], "people", "请人") as act:
                act.save(person)
                act.save(
                    Grant(
                        person=person,
                        role=said["role"],
                        organisation=said["place"],
                        granted_by=here.person,
                        since=act.on,
                    )
                )
            fresh = _told(request, person, code)
            form = InviteForm(places=places, roles=roles, initial={"place": said["place"].code})
    words = request.GET.get("q", "").strip()[:40]
    rows = here.scope.of(Person).filter(home__in=here.scope.within(here.place).organisations.values("pk"))
    if words:
        rows = rows.filter(Q(name__contains=words) | Q(login__icontains=words) | Q(home__name__contains=words))
    grants = Grant.objects.select_related("role", "organisation").order_by("pk")
    shown = Paginator(
        rows.select_related("home")
        .prefetch_related(Prefetch("grants", grants))
        .order_by("-is_active", "home__path", "name", "pk"),
        PAGE,
    ).get_page(request.GET.get("page"))
    now = today()
    lines = [{"person": each, "grants": [grant for grant in each.grants.all() if grant.holds(now)]} for each in shown]
    return render(
        request,
        "web/people.html",
        {"form": form, "fresh": fresh, "page": shown, "lines": lines, "words": words},
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page("view")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """One person: where they may do what, what they answer for; whoever may, changes it here."""
    person = here.get(Person, pk=pk)
    keeps = person.home is not None and scope(here.person, "people").covers(person.home)
    form = GrantForm(places=scope(here.person, "people").organisations, roles=_grantable(here)) if keeps else None
    code = ""
    if request.method == "POST":
        if not keeps:
            raise Http404
        deed = request.POST.get("deed", "")
        form = GrantForm(
            request.POST if deed == "grant" else None,
            places=scope(here.person, "people").organisations,
            roles=_grantable(here),
        )
        try:
            code = _deed(request, here, person, deed, form)
        except GrantError as error:
            messages.error(request, str(error))
            return redirect("person", pk)
        if not code and not form.errors:
            return redirect("person", pk)
    now, seen = today(), here.scope
    grants = list(
        seen.of(Grant).filter(person=person).select_related("role", "organisation", "granted_by").order_by("-pk")
    )
    cases = []
    for name in furnished():
        kit = furniture(name)
        rows = (
            seen.of(Case)
            .filter(register=name, responsible=person, secret=False)
            .exclude(stage__in=(Stage.ACCEPTED, Stage.CLOSED))
            .order_by("deadline", "pk")[:20]
        )
        records = seen.of(kit.model).select_related("organisation").in_bulk([case.record for case in rows])
        cases += [
            {"case": case, "record": records.get(case.record), "url": way("record", name, case.record) + "#case"}
            for case in rows
        ]
    context: dict[str, Any] = {
        "who": person,
        "grants": [
            {
                "grant": grant,
                "holds": grant.holds(now),
                "mine": keeps and may_grant(here.person, grant.role, grant.organisation),
            }
            for grant in grants
        ],
        "cells": seen.of(GridCell)
        .filter(Q(leader=person) | Q(members=person))
        .select_related("organisation")
        .distinct(),
        "cases": cases,
        "keeps": keeps,
        "form": form,
        "fresh": _told(request, person, code) if code else None,
        "self": person.pk == here.person.pk,
    }
    return render(request, "web/person.html", context, status=400 if form and form.errors else 200)


def _deed(request: HttpRequest, here: Here, person: Person, deed: str, form: GrantForm) -> str:
    """One deed on a person; the code of a new invitation comes back, to be shown once.

    :raises GrantError: when it is beyond the keeper's own powers.
    """
    assert person.home is not None
    if deed == "grant":
        if form.is_valid():
            said = form.cleaned_data
            check_grant(here.person, said["role"], said["place"])
            with commit(here.person, said["place"], "people", "授权") as act:
                act.save(
                    Grant(
                        person=person,
                        granted_by=here.person,
                        role=said["role"],
                        organisation=said["place"],
                        since=act.on,
                        until=said["until"],
                    )
                )
            messages.success(
                request,
                _("%(name)s 现在是%(place)s的%(role)s")
                % {"name": person.name, "place": said["place"].name, "role": said["role"].title},
            )
        return ""
    if deed == "end":
        grant = here.get(Grant, pk=request.POST.get("grant", ""), person=person)
        if person.pk == here.person.pk:
            raise GrantError(_("不能收回自己的授权，请别的管理员来做"))
        check_grant(here.person, grant.role, grant.organisation)
        with commit(here.person, grant.organisation, "people", "收回授权") as act:
            grant.until = act.on
            act.save(grant, "until")
        messages.success(
            request,
            _("收回了%(name)s在%(place)s的“%(role)s”")
            % {"name": person.name, "place": grant.organisation.name, "role": grant.role.title},
        )
        return ""
    check_account(here.person, person)
    if person.pk == here.person.pk:
        raise GrantError(_("自己的密码在“我的账号”里改，自己也不能停用自己"))
    if deed == "password":
        code = invitation.invite(person, timezone.now())
        with commit(here.person, person.home, "people", "重设密码", note=f"{person.name}（{person.login}）") as act:
            act.save(person, "password", "invited", "invited_until")
        return code
    if deed == "second":
        with commit(here.person, person.home, "people", "取消动态码", note=f"{person.name}（{person.login}）") as act:
            person.second = person.recovery = None  # type: ignore[assignment]
            act.save(person, "second", "recovery")
        messages.success(request, _("%(name)s 下次登录要重新设动态码") % {"name": person.name})
        return ""
    if deed in ("stop", "start"):
        with commit(here.person, person.home, "people", "停用账号" if deed == "stop" else "启用账号") as act:
            person.is_active = deed == "start"
            act.save(person, "is_active")
        messages.success(
            request,
            _("%(name)s 的账号停用了") % {"name": person.name}
            if deed == "stop"
            else _("%(name)s 的账号又能用了") % {"name": person.name},
        )
        return ""
    raise Http404(deed)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page("view")
def account(request: HttpRequest, here: Here) -> HttpResponse:
    """Oneself: what one may do where, and a new password."""
    person = Person.objects.get(pk=here.person.pk)  # the request's own is lazy
    form = AccountForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        place = person.home if person.home is not None and here.scope.covers(person.home) else here.place
        with commit(person, place, "view", "改自己的密码") as act:
            person.set_password(form.cleaned_data["password"])
            act.save(person, "password")
        update_session_auth_hash(request, person)
        messages.success(request, _("密码改好了，别处登录着的都要重新登录"))
        return redirect("account")
    return render(
        request,
        "web/account.html",
        {
            "form": form,
            "grants": grants_of(person),
            "others": len(_elsewhere(request, person)),
            "second": bool(person.second),
        },
        status=400 if form.errors else 200,
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page("view")
def second_factor(request: HttpRequest, here: Here) -> HttpResponse:
    """Sets the second factor up: a QR code, one code to prove it, then recovery codes that are shown once."""
    person = Person.objects.get(pk=here.person.pk)
    if person.second:
        return render(request, "web/account_second.html", {"set": True})
    secret = request.session.setdefault(NEW_SECRET, second.new_secret())
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        step = second.step_of(secret, form.cleaned_data["code"])
        if step is not None:
            codes, kept = second.recovery_codes()
            place = person.home if person.home is not None and here.scope.covers(person.home) else here.place
            with commit(here.person, place, "view", "设动态码") as act:
                person.second, person.recovery, person.second_step = secret, kept, step
                act.save(person, "second", "recovery", "second_step")
            request.session.pop(NEW_SECRET)
            request.session.pop(MISSING, None)
            return render(request, "web/account_second.html", {"codes": codes})
        form.add_error("code", _("不对。等手机上换一个新的码，再输一遍；总不对，看看手机的时间准不准"))
    picture = segno.make(second.address(person, secret), error="m").png_data_uri(scale=5, border=3)
    return render(
        request,
        "web/account_second.html",
        {"form": form, "picture": picture, "secret": secret, "must": MISSING in request.session},
        status=400 if form.errors else 200,
    )


@require_POST
@page("view")
def elsewhere(request: HttpRequest, here: Here) -> HttpResponse:
    """Ends one's other sessions."""
    others = _elsewhere(request, here.person)
    for session in others:
        session.delete()
    messages.success(request, _("别处的 %(n)s 个登录都退出了") % {"n": len(others)})
    return redirect("account")


def _elsewhere(request: HttpRequest, person: Person) -> list[Session]:
    found = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=request.session.session_key)
    return [each for each in found if each.get_decoded().get(SESSION_KEY) == str(person.pk)]


def _told(request: HttpRequest, person: Person, code: str) -> dict[str, str]:
    """What the person is to be told. The address names the login, never the code."""
    address = request.build_absolute_uri(way("invited", login=person.login))
    return {
        "name": person.name,
        "login": person.login,
        "code": code,
        "address": address,
        "picture": segno.make(address, error="m").png_data_uri(scale=4, border=3),
    }


def _grantable(here: Here) -> Any:
    """Roles one could grant somewhere: none with a power one does not hold at all."""
    held = {power for grant in grants_of(here.person) for power in grant.role.powers}
    return Role.objects.filter(pk__in=[role.pk for role in Role.objects.all() if set(role.powers) <= held])
