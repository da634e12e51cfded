"""What every page shows around its own content: who, where, which day, the ways from here.

Asked for by templates piece by piece: a page without the shell costs nothing, and each piece is read once a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.models import Case, Finding, Upload
from mingbai.kit.road import MOVES, Stage
from mingbai.notices.models import Objection
from mingbai.places.clock import home
from mingbai.places.here import Here, here
from mingbai.places.models import Home, Person
from mingbai.places.scope import grants_of, scope
from mingbai.records.models import Job

MANY = 999
"""Counts beside the ways stop here: a badge needs no more, and the database need not look further."""
SECTIONS = {
    "home": "home",
    "records": "records",
    "record": "records",
    "findings": "findings",
    "cases": "cases",
    "spot": "cases",
    "import": "imports",
    "imports": "imports",
    "paper": "imports",
    "papers": "imports",
    "place": "places",
    "places": "places",
    "roster": "places",
    "cells": "places",
    "letters": "letters",
    "letter": "letters",
    "parties": "places",
    "figures": "figures",
    "summary": "figures",
    "notices": "notices",
    "notice": "notices",
    "rules": "rules",
    "rule": "rules",
    "policies": "rules",
    "policy": "rules",
    "merge": "places",
    "audit": "audit",
    "life": "records",
    "calendar": "records",
    "prices": "records",
    "self": "records",
    "people": "people",
    "person": "people",
    "state": "people",
    "books": "books",
    "voucher": "books",
}
"""The first word of a page's name → the section it stands in."""


@dataclass(frozen=True)
class Way:
    """One entry of the navigation."""

    title: str
    url: str
    current: bool
    count: str = ""


@dataclass(frozen=True)
class Who:
    name: str
    role_titles: list[str]


@dataclass(frozen=True)
class Where:
    name: str
    code: str
    path_names: list[str]


class Shell:
    """Lives as long as the request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _person(self) -> Person | None:
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def _here(self) -> Here | None:
        if self._person is None:
            return None
        try:
            return getattr(self._request, "here", None) or here(self._request)
        except PermissionDenied:
            return None

    @cached_property
    def _home(self) -> Home:
        return home()

    @cached_property
    def person(self) -> Who | None:
        if self._person is None:
            return None
        titles = dict.fromkeys(_(grant.role.title) for grant in grants_of(self._person))
        return Who(self._person.name, list(titles))

    @cached_property
    def place(self) -> Where | None:
        if self._here is None:
            return None
        place = self._here.place
        names = list(place.above.order_by("path").values_list("name", flat=True))
        return Where(place.name, place.code, names)

    @property
    def today(self) -> date:
        from mingbai.places.clock import today

        return self._home.today or today()

    @property
    def demo(self) -> bool:
        return self._home.is_demo

    @cached_property
    def jobs(self) -> int:
        if self._person is None:
            return 0
        return Job.objects.filter(person=self._person, state__in=(Job.State.WAITING, Job.State.RUNNING)).count()

    @property
    def home_url(self) -> str:
        return reverse("home")

    @property
    def jobs_url(self) -> str:
        return reverse("jobs")

    @property
    def place_url(self) -> str:
        return reverse("places") if self._here else ""

    @property
    def account_url(self) -> str:
        return reverse("account")

    @property
    def sign_out_url(self) -> str:
        return reverse("sign-out")

    @cached_property
    def nav(self) -> list[Way]:
        where = self._here
        if where is None:
            return []
        powers = {power for grant in grants_of(where.person) for power in grant.role.powers}
        ways = [self._way(_("工作台"), "home")]
        ways += [self._way(_(furniture(name).short), "records", name) for name in furnished()]
        ways.append(self._way(_("账簿"), "books"))
        name = self._register
        ways.append(
            self._way(
                _("疑点"),
                "findings",
                name,
                count=_capped(self._open_findings(where, name)) if powers & {"confirm"} else "",
            )
        )
        ways.append(self._way(_("整改"), "cases", name, count=_capped(self._my_cases(where, name, powers))))
        if "import" in powers:
            waiting = where.of(Upload).filter(state=Upload.State.READ)
            ways.append(self._way(_("导入"), "imports", count=_capped(waiting)))
        ways.append(
            self._way(
                _("公示"), "notices", count=_capped(where.of(Objection).filter(state=Objection.State.OPEN).order_by())
            )
        )
        ways.append(self._way(_("文书"), "letters"))
        ways.append(self._way(_("村与责任田"), "places"))
        ways.append(self._way(_("数字"), "figures"))
        ways.append(self._way(_("规则"), "rules"))
        if "audit" in powers:
            ways.append(self._way(_("审计"), "audit"))
        if "people" in powers:
            ways.append(self._way(_("人员"), "people"))
        return ways

    @cached_property
    def _register(self) -> str:
        """The register one stands in: findings and cases are gone to within it."""
        match = self._request.resolver_match
        return (match.kwargs.get("register") if match else None) or furnished()[0]

    def _way(self, title: str, name: str, *args: str, count: str = "") -> Way:
        match = self._request.resolver_match
        current = False
        if match is not None and match.url_name:
            section = SECTIONS.get(match.url_name, SECTIONS.get(match.url_name.split("-")[0], ""))
            named = match.kwargs.get("register") or _folder(match.func)
            current = section == name and (not args or not named or named in args)
        return Way(title, reverse(name, args=args), current, count)

    def _open_findings(self, where: Here, register: str) -> QuerySet[Any]:
        return where.of(Finding).filter(register=register, state=Finding.State.OPEN, gone=False).order_by()

    def _my_cases(self, where: Here, register: str, powers: set[str]) -> QuerySet[Any]:
        """The cases whose next step is this person's."""
        cases = where.of(Case).filter(register=register, secret=False).order_by()
        stages = {
            source
            for move in MOVES.values()
            if move.power in powers & {"assign", "self_check", "accept"}
            and move.name in ("assign", "self_check", "accept")
            for source in move.sources
        }
        if "self_check" not in powers:
            stages.discard(Stage.ASSIGNED)
        mine = cases.filter(responsible=where.person, stage=Stage.ASSIGNED)
        return mine if not stages else cases.filter(stage__in=[stage.value for stage in stages])


def _folder(view: Any) -> str:
    """The register whose own page a view is, "" for others."""
    words = str(getattr(view, "__module__", "")).split(".")
    return words[2] if words[:2] == ["mingbai", "registers"] else ""


def _capped(rows: QuerySet[Any]) -> str:
    number = rows[: MANY + 1].count()
    return f"{MANY}+" if number > MANY else str(number) if number else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    found = getattr(request, "_shell", None)
    if found is None:
        found = request._shell = Shell(request)
    return {"shell": found}


def may(person: Person, power: str) -> bool:
    """Whether a person holds a power anywhere."""
    return bool(scope(person, power).paths)
