"""The doors: sign-in, the demo's one click, the first start of an empty home."""

from __future__ import annotations

import csv
import io
import ipaddress
import re
from datetime import timedelta

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.places.clock import home as this_home
from mingbai.places.models import Grant, Organisation, Person, Role
from mingbai.places.powers import ROLES
from mingbai.records.door import commit
from mingbai.records.models import Event

TRIES, WITHIN = 5, timedelta(minutes=15)
WRONG = "登录不成"
BACKEND = "django.contrib.auth.backends.ModelBackend"
DEMO = (
    ("clerk", "九院村报账员", "导入台账、改错格、认定疑点、交凭证"),
    ("supervisor", "九院村监委会", "看、自查"),
    ("reviewer", "白家庄街道审核员", "派单、验收、退回"),
    ("county", "区农业农村局", "看全区数字、抽查、退回重办"),
    ("auditor", "审计员", "什么都能看，什么都不能改"),
    ("admin", "系统管理员", "组织、人员、授权"),
)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; after five wrong tries the name rests for a quarter of an hour."""
    if not Person.objects.exists():
        return redirect("first-start")
    if request.user.is_authenticated:
        return redirect(_next(request))
    error = ""
    if request.method == "POST":
        name = request.POST.get("login", "").strip()[:40]
        if _resting(name):
            error = _("这个登录名错得太多，请过一刻钟再试")
        else:
            person = authenticate(request, login=name, password=request.POST.get("password", ""))
            if person is not None:
                return _enter(request, person)
            _wrong(name)
            error = _("登录名或密码不对")
    demo = DEMO if _demo_here(request) else ()
    context = {"error": error, "login": request.POST.get("login", ""), "demo": demo, "next": _next(request)}
    return render(request, "web/sign_in.html", context, status=400 if error else 200)


def _enter(request: HttpRequest, person: Person) -> HttpResponse:
    login(request, person, backend=BACKEND)
    place = _home_of(person)
    if place is not None:
        with commit(None, place, "view", "登录") as act:
            act.person = person
    return redirect(_next(request))


def _home_of(person: Person) -> Organisation | None:
    if person.home is not None:
        return person.home
    grant = person.grants.select_related("organisation").order_by("pk").first()
    return grant.organisation if grant else None


def _wrong(name: str) -> None:
    person = Person.objects.filter(login=name).first()
    place = _home_of(person) if person else None
    if place is not None:
        with commit(None, place, "view", WRONG, note=name):
            pass


def _resting(name: str) -> bool:
    since = (timezone.now() - WITHIN).astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="milliseconds")
    return Event.objects.filter(deed=WRONG, note=name, at__gte=since).count() >= TRIES


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"


def _demo_here(request: HttpRequest) -> bool:
    """A demo home, asked from this very machine."""
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        local = False
    return local and this_home().is_demo


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click, in a demo home on the loopback address only."""
    if not _demo_here(request):
        raise Http404
    person = Person.objects.filter(login=request.POST.get("login", ""), is_active=True).first()
    if person is None:
        raise Http404
    logout(request)
    return _enter(request, person)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


_CODE = re.compile("[0-9]{12}")


@require_http_methods(["GET", "POST"])
def first_start(request: HttpRequest) -> HttpResponse:
    """An empty home: the tree from codes, then the first administrator. Closed as soon as there is a person."""
    if Person.objects.exists():
        raise Http404
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        rows = _tree(request.POST.get("tree", ""), errors)
        name, key = request.POST.get("name", "").strip(), request.POST.get("login", "").strip()
        person = Person(login=key, name=name)
        if not name or not key:
            errors.append({"where": _("管理员"), "what": _("姓名和登录名都要填"), "instead": "", "url": "#id_login"})
        try:
            validate_password(request.POST.get("password", ""), person)
        except ValidationError as error:
            errors.append({"where": _("密码"), "what": " ".join(error.messages), "instead": "", "url": "#id_password"})
        if not errors:
            person.set_password(request.POST["password"])
            _found(rows, person)
            login(request, person, backend=BACKEND)
            return redirect("home")
    context = {"errors": errors, "tree": request.POST.get("tree", ""), "name": request.POST.get("name", ""), "login": request.POST.get("login", "")}
    return render(request, "web/first_start.html", context, status=400 if errors else 200)


def _tree(text: str, errors: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """(code, name, level) by line; a village's street is the line before it whose first nine digits are its own."""
    rows: list[tuple[str, str, str]] = []
    seen: set[str] = set()
    for number, line in enumerate(csv.reader(io.StringIO(text)), 1):
        words = [word.strip() for word in line if word.strip()]
        if not words or words[0] in ("code", "代码"):
            continue
        where, code = _("第 %(n)s 行") % {"n": number}, words[0].ljust(12, "0")
        if not _CODE.fullmatch(code) or len(words) < 2:
            errors.append({"where": where, "what": _("要写成“代码,名称”"), "instead": "140109007203,九院村", "url": "#id_tree"})
        elif code in seen:
            errors.append({"where": where, "what": _("代码 %(code)s 写了两次") % {"code": code}, "instead": "", "url": "#id_tree"})
        else:
            seen.add(code)
            rows.append((code, words[1][:100], _level(code)))
    rows.sort()
    if not rows and not errors:
        errors.append({"where": _("组织"), "what": _("至少写一行"), "instead": "140109,万柏林区", "url": "#id_tree"})
    elif rows and not errors:
        top = rows[0][0]
        strange = [code for code, _name, _level in rows if not code.startswith(top.rstrip("0"))]
        if strange:
            errors.append({"where": strange[0], "what": _("不在最上面的 %(top)s 之下") % {"top": top}, "instead": "", "url": "#id_tree"})
    return rows


def _level(code: str) -> str:
    for end, level in ((2, "province"), (4, "city"), (6, "county"), (9, "township")):
        if code[end:].strip("0") == "":
            return level
    return "village"


def _found(rows: list[tuple[str, str, str]], person: Person) -> None:
    made: dict[str, Organisation] = {}
    code, name, level = rows[0]
    top = Organisation(code=code, name=name, level=level).placed()
    top.path = "0001"
    with commit(None, top, "places", "第一次启动") as act:
        act.save(top)
        made[top.code] = top
        for code, name, level in rows[1:]:
            above = next(made[each] for end in (9, 6, 4, 2, 0) if (each := code[:end].ljust(12, "0")) in made and each != code) if any(
                code[:end].ljust(12, "0") in made for end in (9, 6, 4, 2)) else top
            made[code] = act.save(Organisation(code=code, name=name, level=level, parent=above, is_collective=level == "village").placed())
        roles = {key: act.save(Role(key=key, title=title, powers=list(powers))) for key, title, powers in ROLES}
        person.home = top
        act.save(person)
        act.save(Grant(person=person, role=roles["administrator"], organisation=top))


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "web/components.html")


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
