"""Signing in and out; in a demo on this very computer, one click for each role."""

from __future__ import annotations

import ipaddress
import time
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.contrib.auth.hashers import check_password, make_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingbai.places import second
from mingbai.places.clock import home
from mingbai.places.invitation import opens
from mingbai.places.models import Organisation, Person
from mingbai.places.scope import grants_of, scope
from mingbai.places.tries import Tries
from mingbai.records.door import commit
from mingbai.web.forms import CodeForm, InvitedForm, SignInForm
from mingbai.web.opened import open_page, safe_next

TRIES, MINUTES = 5, 15
SIGN_IN, INVITED, SECOND = (Tries(what, TRIES, MINUTES) for what in ("sign-in", "invited", "second"))
WAITING, MISSING = "second_waiting", "second_missing"
"""In the session: whose password was right, and who has yet to set the second factor up."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class DemoRole:
    login: str
    title: str
    does: str


DEMO_ROLES = (
    DemoRole("clerk", gettext_lazy("九院村报账员"), gettext_lazy("导入台账、改错格、认定疑点、交整改凭证")),
    DemoRole("supervisor", gettext_lazy("监委会成员"), gettext_lazy("看本村的账，整改办完先自查")),
    DemoRole("reviewer", gettext_lazy("白家庄街道审核员"), gettext_lazy("派单、定期限，验收或退回各村的整改")),
    DemoRole("county", gettext_lazy("区农业农村局"), gettext_lazy("看全区进度，抽查销号，管人员和组织")),
    DemoRole("auditor", gettext_lazy("审计员"), gettext_lazy("查每一笔改动是谁在什么时候做的，什么也不改")),
    DemoRole("admin", gettext_lazy("系统管理员"), gettext_lazy("什么都能做，用来看全貌")),
)


@open_page
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = safe_next(request, reverse("home"))
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _recognised(request, form.cleaned_data["login"], form.cleaned_data["password"])
        if isinstance(person, Person):
            if person.second:
                request.session.cycle_key()
                request.session[WAITING] = {"person": person.pk, "until": time.time() + MINUTES * 60, "next": onward}
                return redirect("second")
            _enter(request, person)
            return redirect(onward)
        form.add_error(None, person)
    roles: list[DemoRole] = []
    if demo_here(request):
        there = set(
            Person.objects.filter(login__in=[role.login for role in DEMO_ROLES], is_active=True).values_list(
                "login", flat=True
            )
        )
        roles = [role for role in DEMO_ROLES if role.login in there]
    context = {"form": form, "roles": roles, "next": onward if onward != reverse("home") else ""}
    return render(request, "web/sign_in.html", context, status=400 if form.errors else 200)


@open_page
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code after the password; a recovery code in its place. As few tries as passwords have."""
    waiting = request.session.get(WAITING)
    person = (
        Person.objects.filter(pk=waiting["person"], is_active=True).first()
        if waiting and waiting["until"] > time.time()
        else None
    )
    if person is None or not person.second:
        request.session.pop(WAITING, None)
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not SECOND.count(str(person.pk)):
            form.add_error(
                None, _("连着输错 %(tries)s 次，请过 %(minutes)s 分钟再试") % {"tries": TRIES, "minutes": MINUTES}
            )
        elif _spent(person, form.cleaned_data["code"]):
            SECOND.forget(str(person.pk))
            onward = request.session.pop(WAITING)["next"]
            _enter(request, person)
            return redirect(onward)
        else:
            form.add_error(None, _("动态码不对。看看手机上的是不是刚换过，再输一遍；手机不在身边，输一个恢复码"))
    return render(request, "web/second.html", {"form": form}, status=400 if form.errors else 200)


@open_page
@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """Who was invited chooses a password. The code is good once; as few tries as passwords have."""
    form = InvitedForm(request.POST or None, initial={"login": request.GET.get("login", "")[:40]})
    if request.method == "POST" and form.is_valid():
        person = _answered(request, form.cleaned_data["login"], form.cleaned_data["code"])
        place = _own_place(person) if isinstance(person, Person) else None
        if isinstance(person, Person) and place is not None:
            with commit(None, place, "view", "凭邀请设密码", note=f"{person.name}（{person.login}）") as act:
                person.set_password(form.cleaned_data["password"])
                person.invited, person.invited_until = "", None
                act.save(person, "password", "invited", "invited_until")
            close_session(request)
            if person.second:
                return redirect("sign-in")
            _enter(request, person)
            return redirect("home")
        form.add_error(None, person if isinstance(person, str) else _("您还没有授权，请找给您开账号的人"))
    return render(request, "web/invited.html", {"form": form}, status=400 if form.errors else 200)


def _answered(request: HttpRequest, login: str, code: str) -> Person | str:
    """The person this invitation is for, or why not. The same words for an unknown login and a wrong or old code."""
    if not INVITED.count(login, _address(request)):
        return _("连着输错 %(tries)s 次，请过 %(minutes)s 分钟再试") % {"tries": TRIES, "minutes": MINUTES}
    person = Person.objects.select_related("home").filter(login=login, is_active=True).first()
    if person is not None and opens(person, code, timezone.now()):
        INVITED.forget(login, _address(request))
        return person
    return _("登录名或邀请码不对，或者邀请码用过了、过期了。请核对，或者请给您开账号的人重发一个")


def _spent(person: Person, code: str) -> bool:
    """Whether the code is right; it is good no second time."""
    step = second.step_of(person.second, code, person.second_step)
    left = None if step is not None else second.spend(person.recovery, code)
    if step is None and left is None:
        return False
    place = _own_place(person)
    if place is None:
        return False
    with (
        suppress(_SpentError),
        commit(
            None,
            place,
            "view",
            "动态码" if step is not None else "用了一个恢复码",
            note=f"{person.name}（{person.login}）",
        ) as act,
    ):
        fresh = Person.objects.get(pk=person.pk)
        if (fresh.second_step, fresh.recovery) != (person.second_step, person.recovery):
            raise _SpentError
        if step is not None:
            person.second_step = step
            act.save(person, "second_step")
        else:
            person.recovery = left  # type: ignore[assignment]
            act.save(person, "recovery")
        return True
    return False


class _SpentError(Exception):
    """Another request used a code of this person while this one was looked at."""


@open_page
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click; only in a demo home, asked for from the machine it runs on."""
    wanted = request.POST.get("login", "")
    if not demo_here(request) or wanted not in {role.login for role in DEMO_ROLES}:
        raise Http404
    person = Person.objects.filter(login=wanted, is_active=True).first()
    if person is None:
        raise Http404
    _enter(request, person)
    return redirect(safe_next(request, reverse("home")))


@open_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    close_session(request)
    return redirect("sign-in")


def demo_here(request: HttpRequest) -> bool:
    """A demo home, asked from its own machine and not through a proxy."""
    forwarded = any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))
    return (
        not forwarded
        and _loopback(request.META.get("REMOTE_ADDR", ""))
        and _loopback(_host(request))
        and home().is_demo
    )


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    bare = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return "127.0.0.1" if bare in ("localhost", "testserver") else bare


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _recognised(request: HttpRequest, login: str, password: str) -> Person | str:
    """The person these words belong to, or why not. The same words for an unknown login and a wrong password."""
    address = _address(request)
    tries = SIGN_IN.count(login, address)
    if not tries:
        return _("连着输错 %(tries)s 次，请过 %(minutes)s 分钟再试；忘了密码请找管理员重设") % {
            "tries": TRIES,
            "minutes": MINUTES,
        }
    person = Person.objects.select_related("home").filter(login=login, is_active=True).first()
    if person is None:
        make_password(password)  # as slow as a real one
    elif check_password(password, person.password):
        SIGN_IN.forget(login, address)
        return person
    if tries == TRIES and person is not None:
        place = _own_place(person)
        if place is not None:
            with commit(
                None, place, "view", "连续输错密码，暂停登录", note=f"{person.name}（{person.login}），来自 {address}"
            ):
                pass
    return _("登录名或密码不对。分清大小写，再输一遍")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _enter(request: HttpRequest, person: Person) -> None:
    open_session(request, person, backend=BACKEND)
    if not person.second and second.wanted(person):
        request.session[MISSING] = True
    place = _own_place(person)
    if place is not None:
        with commit(person, place, "view", "登录"):
            pass


def _own_place(person: Person) -> Organisation | None:
    """Where a person's own events stand: the organisation they belong to, else the first they see."""
    seen = scope(person, "view")
    if person.home is not None and seen.covers(person.home):
        return person.home
    return next((grant.organisation for grant in grants_of(person) if "view" in grant.role.powers), None)
