"""People and what they may do: add a person, grant a role over a place, end a grant; one's own password."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.places.clock import today
from mingbai.places.granting import GrantError, check_grant
from mingbai.places.here import Here, page
from mingbai.places.models import Grant, Organisation, Person, Role
from mingbai.records.door import commit

SHOWN = 400


@require_http_methods(["GET", "POST"])
@page("people")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    initial: tuple[Person, str] | None = None
    if request.method == "POST":
        try:
            initial = _act(request, here)
        except GrantError as error:
            messages.error(request, str(error))
        if initial is None:
            return redirect("people")
    grants = here.of(Grant).select_related("person", "role", "organisation").order_by("organisation__path", "pk")
    return render(request, "web/people.html", {
        "grants": [grant for grant in grants if grant.holds(today())][:SHOWN], "roles": Role.objects.all(), "initial": initial,
        "places": here.scope.within(here.place).organisations[:SHOWN]})


def _act(request: HttpRequest, here: Here) -> tuple[Person, str] | None:
    """One deed of the page; a new person's first password comes back to be shown once."""
    post = request.POST
    if post.get("end"):
        grant = here.get(Grant, pk=post["end"])
        check_grant(here.person, grant.role, grant.organisation)
        with commit(here.person, grant.organisation, "people", "收回授权") as act:
            grant.until = act.on
            act.save(grant, "until")
        return None
    place = here.get(Organisation, code=post.get("place", ""))
    role = Role.objects.filter(key=post.get("role", "")).first()
    if role is None:
        raise GrantError(_("请选角色"))
    check_grant(here.person, role, place)
    login, name = post.get("login", "").strip()[:40], post.get("name", "").strip()[:40]
    person = Person.objects.filter(login=login).first() if login else None
    if person is None and not (login and name):
        raise GrantError(_("新人要填登录名和姓名"))
    if person is not None and person.home is not None and not here.scope.covers(person.home):
        raise GrantError(_("这个登录名已经有人用"))
    password = ""
    with commit(here.person, place, "people", "授权") as act:
        if person is None:
            password = secrets.token_urlsafe(9)
            person = Person(login=login, name=name, home=place)
            person.set_password(password)
            act.save(person)
        act.save(Grant(person=person, role=role, organisation=place, granted_by=here.person, since=act.on))
    return (person, password) if password else None


@require_http_methods(["GET", "POST"])
@page("view")
def account(request: HttpRequest, here: Here) -> HttpResponse:
    error = ""
    if request.method == "POST":
        person, new = Person.objects.get(pk=here.person.pk), request.POST.get("new", "")  # the request's own is lazy
        if not person.check_password(request.POST.get("old", "")):
            error = _("现在的密码不对")
        else:
            try:
                validate_password(new, person)
            except ValidationError as wrong:
                error = " ".join(wrong.messages)
        if not error:
            person.set_password(new)
            with commit(None, person.home or here.place, "view", "改密码") as act:
                act.person = person
                act.save(person, "password")
            update_session_auth_hash(request, person)
            messages.success(request, _("密码改好了"))
            return redirect("account")
    return render(request, "web/account.html", {"error": error}, status=400 if error else 200)
