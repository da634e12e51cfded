"""The work bench 工作台: what is mine to do now, by when, and how far my villages are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.board.rollup import Row, added, by_child
from mingbai.kit import publish
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.models import Case, SpotCheck, Upload
from mingbai.kit.road import Stage
from mingbai.notices.models import Notice, Objection
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Person
from mingbai.places.powers import WRITING
from mingbai.places.scope import grants_of
from mingbai.records.models import Event
from mingbai.web.opened import way

SHOWN, VILLAGES, EVENTS = 8, 5, 12


@dataclass(frozen=True, slots=True)
class Todo:
    """One line: what is to be done, where, by when, and the page to do it on."""

    what: str
    where: str
    url: str
    due: date | None = None
    lit: bool = False
    count: int = 1


@require_GET
@page("view")
def show(request: HttpRequest, here: Here) -> HttpResponse:
    now = today()
    powers = {power for grant in grants_of(here.person) for power in grant.role.powers}
    todos: list[Todo] = _uploads(here) if "import" in powers else []
    todos += _notices(here, powers)
    going_on = set(
        here.of(Case)
        .filter(secret=False)
        .exclude(stage=Stage.CLOSED)
        .order_by()
        .values_list("register", flat=True)
        .distinct()
    )
    for name in furnished():
        kit = furniture(name)
        todos += _cases(here, kit, powers) if name in going_on else []
        if "confirm" in powers:
            todos += _findings(here, kit)
    todos.sort(key=lambda each: (not each.lit, each.due or date.max))
    rows = [
        row
        for row in by_child(here.scope, here.place, now)
        if row.figures["contracts"].value or row.own or row.organisation.is_collective
    ]
    empty = not any(row.figures["contracts"].value for row in rows)
    context = {
        "todos": todos,
        "due_today": sum(each.due == now for each in todos),
        "late": sum(bool(each.due and each.due < now) for each in todos),
        "places": _progress(here, rows),
        "empty": empty and not todos,
        "may_import": "import" in powers,
        "may_people": "people" in powers,
        "alone": empty and "people" in powers and not Person.objects.exclude(pk=here.person.pk).exists(),
        "events": _events(here) if "audit" in powers and not powers & WRITING else [],
        "lateness": _lateness(here, rows, now) if "spot_check" in powers and not here.place.is_collective else [],
    }
    return render(request, "web/home.html", context)


def _uploads(here: Here) -> list[Todo]:
    waiting = here.of(Upload).filter(state=Upload.State.READ).select_related("file", "organisation").defer("reading")
    return [
        Todo(
            _("收下“%(file)s”：读 %(read)s 行，能收 %(accepted)s 行")
            % {"file": each.file.name, "read": each.read, "accepted": each.accepted}
            if not each.errors
            else _("改“%(file)s”的 %(errors)s 处错格，再收下") % {"file": each.file.name, "errors": each.errors},
            each.organisation.name,
            reverse("import", args=(each.pk,)),
        )
        for each in waiting[:SHOWN]
    ]


def _notices(here: Here, powers: set[str]) -> list[Todo]:
    """Drafts to sign and objections to answer."""
    found: list[Todo] = []
    if "sign" in powers:
        drafts = (
            here.of(Notice)
            .filter(state=Notice.State.DRAFT)
            .exclude(drafted_by=here.person)
            .select_related("organisation")
            .defer("content", "records")
        )
        found += [
            Todo(
                _("签字：%(title)s") % {"title": each.title}, each.organisation.name, reverse("notice", args=(each.pk,))
            )
            for each in drafts[:SHOWN]
        ]
    if "answer" in powers:
        waiting = (
            here.of(Objection).filter(state=Objection.State.OPEN).select_related("organisation").order_by("due", "pk")
        )
        found += [
            Todo(
                _("答复异议：%(number)s") % {"number": each.number},
                each.organisation.name,
                reverse("notice", args=(each.notice_id,)) + "#objections",
                each.due,
                lit=True,
            )
            for each in waiting[:SHOWN]
        ]
    return found


def _findings(here: Here, kit: Furniture) -> list[Todo]:
    """Findings to judge, one line a village; the rest in one."""
    rows = here.of(kit.model).filter(Q(open_findings__gt=0) | Q(klass="", confirmed_findings=0)).order_by()
    by_village = list(
        rows.values_list("organisation__name", "organisation__code")
        .annotate(n=Count("pk", filter=Q(open_findings__gt=0)), clean=Count("pk", filter=Q(open_findings=0)))
        .order_by("-n", "organisation__path")
    )
    found = [
        Todo(
            _("认定疑点：%(title)s %(n)s 条没有人看过") % {"title": _(kit.short), "n": n},
            name,
            way("records", kit.name, place=code, findings="open"),
        )
        for name, code, n, _clean in by_village[:VILLAGES]
        if n
    ]
    more = [n for _name, _code, n, _clean in by_village[VILLAGES:] if n]
    if more:
        found.append(
            Todo(
                _("认定疑点：%(title)s 另外 %(v)s 个村还有 %(n)s 条")
                % {"title": _(kit.short), "v": len(more), "n": sum(more)},
                kit.title,
                way("findings", kit.name),
            )
        )
    clean = sum(clean for *_place, clean in by_village)
    if clean:
        found.append(
            Todo(
                _("定类别：%(title)s %(n)s 条没有疑点，可以一起定为“%(class)s”")
                % {"title": _(kit.short), "n": clean, "class": _(kit.road.classes[kit.road.clean].title)},
                by_village[0][0] if len(by_village) == 1 else kit.title,
                way("records", kit.name, decided="no", findings="none"),
            )
        )
    return found


def _cases(here: Here, kit: Furniture, powers: set[str]) -> list[Todo]:
    """The cases whose next step is this person's."""
    cases = here.of(Case).filter(register=kit.name, secret=False)
    wanted: list[tuple[QuerySet[Case], Any, str]] = [
        (
            cases.filter(stage=Stage.ASSIGNED).filter(Q(responsible=here.person) | Q(cell__leader=here.person)),
            _("整改：%(name)s"),
            way("cases", kit.name, stage="assigned"),
        )
    ]
    if "self_check" in powers and "assign" not in powers:
        wanted.append(
            (
                cases.filter(stage=Stage.ASSIGNED).exclude(responsible=here.person),
                _("自查：%(name)s"),
                way("cases", kit.name, stage="assigned"),
            )
        )
    if "accept" in powers:
        wanted.append(
            (cases.filter(stage=Stage.SELF_CHECKED), _("验收：%(name)s"), way("cases", kit.name, stage="self_checked"))
        )
    if "assign" in powers:
        wanted.append(
            (cases.filter(stage=Stage.CONFIRMED), _("派单：%(name)s"), way("cases", kit.name, stage="confirmed"))
        )
    accepted: list[int] = []
    if "spot_check" in powers:
        accepted = list(cases.filter(stage=Stage.ACCEPTED).order_by().values_list("pk", flat=True))
        drawn = {pk for check in here.scope.of(SpotCheck).values_list("drawn", flat=True) for pk in check} & set(
            accepted
        )
        wanted.append((cases.filter(pk__in=drawn), _("抽查：%(name)s 抽中了，去看一眼"), way("spot-checks", kit.name)))
        accepted = [pk for pk in accepted if pk not in drawn]
    found: list[Todo] = []
    chosen = [
        (words, url, list(rows.select_related("organisation").order_by("deadline", "pk")[: SHOWN + 1]), rows)
        for rows, words, url in wanted
    ]
    records = (
        here.of(kit.model)
        .select_related("organisation")
        .in_bulk([case.record for _w, _u, few, _r in chosen for case in few])
    )
    for words, url, few, rows in chosen:
        for case in few[:SHOWN]:
            record = records.get(case.record)
            found.append(
                Todo(
                    words % {"name": record.name if record else case.record},
                    case.measure or kit.road.classes[case.klass].treatment,
                    reverse("record", args=(kit.name, case.record)) + "#case",
                    case.deadline,
                    lit=True,
                )
            )
        if len(few) > SHOWN:
            found.append(Todo(_("还有 %(n)s 件同样的") % {"n": rows.count() - SHOWN}, words.split("：")[0], url))
    if accepted:
        found.append(
            Todo(
                _("抽查：%(n)s 件街道已验收，还没有抽过") % {"n": len(accepted)},
                here.place.name,
                way("spot-checks", kit.name),
            )
        )
    return found


def _progress(here: Here, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """清查 → 规范 → 公示 as measured, a line for each place below."""
    shown = rows or [Row(here.place, added(rows), own=True)]
    published, lines = publish.shown(here.scope.within(here.place), shown[0].figures["contracts"].register), []
    for row in shown:
        number = {key: int(each.value or 0) for key, each in row.figures.items() if each.unit == "count"}
        code, register = row.organisation.code, row.figures["contracts"].register
        under = row.organisation.path
        hung = sum(n for path, n in published.items() if path == under or (not row.own and path.startswith(under)))
        keeping = number["organisations"] if number["contracts"] else 0
        decided, total, irregular, right = (
            number["decided"],
            number["contracts"],
            number["irregular"],
            number["rectified"],
        )
        lines.append(
            {
                "place": row.organisation,
                "own": row.own,
                "total": total,
                "steps": [
                    {
                        "title": _("清查"),
                        "done": decided,
                        "total": total,
                        "state": _state(decided, total),
                        "url": way("records", register, place=code, decided="no") if decided < total else "",
                    },
                    {
                        "title": _("规范"),
                        "done": right,
                        "total": irregular,
                        "state": _state(right, irregular),
                        "url": way("records", register, place=code, rectified="no") if right < irregular else "",
                    },
                    {
                        "title": _("公示"),
                        "done": hung,
                        "total": keeping,
                        "state": _state(hung, keeping),
                        "url": reverse("notices") if hung < keeping else "",
                    },
                ],
            }
        )
    return lines


def _state(done: int, total: int) -> str:
    return "done" if total and done >= total else "now"


def _lateness(here: Here, rows: Iterable[Row], now: date) -> list[dict[str, Any]]:
    """Overdue cases of each place below, most first."""
    paths = dict(
        here.of(Case)
        .filter(secret=False, deadline__lt=now)
        .exclude(stage__in=(Stage.ACCEPTED, Stage.CLOSED))
        .order_by()
        .values_list("organisation__path")
        .annotate(Count("pk"))
    )
    found = [
        {
            "place": row.organisation,
            "late": sum(n for path, n in paths.items() if path.startswith(row.organisation.path)),
            "url": reverse("place", args=(row.organisation.code,)),
        }
        for row in rows
        if not row.own
    ]
    found = sorted((each for each in found if each["late"]), key=lambda each: -each["late"])
    return [{**each, "most": found[0]["late"]} for each in found]


def _events(here: Here) -> list[dict[str, Any]]:
    rows = here.of(Event).select_related("person", "organisation").order_by("-at", "-pk")[:EVENTS]
    return [
        {
            "at": each.on,
            "who": each.person.name if each.person else _("命令行"),
            "what": each.deed,
            "detail": each.note,
            "source": each.organisation.name,
            "url": way("audit", place=each.organisation.code),
        }
        for each in rows
    ]
