"""Publishing 公示: what is due, drafts to read and sign, notices that are up, objections and their answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.kit import publish
from mingbai.kit.furniture import furnished, furniture
from mingbai.notices import desk, objections
from mingbai.notices.law import required
from mingbai.notices.models import Gate, Notice, Objection
from mingbai.notices.words import sheet
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit
from mingbai.records.files import UnwelcomeError
from mingbai.records.models import Attachment
from mingbai.units import whole

SEEN = 100


def published_registers() -> list[str]:
    return [name for name in furnished() if furniture(name).road.notice]


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """The calendar of what is due, drafts that wait, what is up, objections that wait."""
    now = today()
    notices = (
        here.of(Notice)
        .select_related("organisation", "replaces")
        .defer("content", "body", "records")
        .prefetch_related("replaced_by")
    )
    up = list(notices.filter(state=Notice.State.PUBLISHED, last_day__gte=now).order_by("last_day", "pk")[:SEEN])
    waiting = (
        here.of(Objection)
        .filter(state=Objection.State.OPEN)
        .select_related("organisation", "notice")
        .defer("notice__content", "notice__body", "notice__records")
        .order_by("due", "pk")
    )
    photos = set(
        Attachment.objects.filter(record__in=[each.key for each in up], label=desk.PHOTO).values_list(
            "record", flat=True
        )
    )
    context = {
        "due": _due(here, now)[:SEEN],
        "drafts": notices.filter(state__in=(Notice.State.DRAFT, Notice.State.RETURNED)).order_by("-pk")[:SEEN],
        "up": [
            {"notice": each, "left": (each.last_day - now).days, "photo": each.key in photos}
            for each in up
            if each.successor is None and each.down_on is None
        ],
        "over": notices.filter(state=Notice.State.PUBLISHED, last_day__lt=now)[:20],
        "objections": waiting[:SEEN],
        "now": now,
        "may_publish": here.may("publish"),
        "may_sign": here.may("sign"),
        "published": [furniture(name) for name in published_registers()],
    }
    return render(request, "kit/notices.html", context)


def _due(here: Here, now: date) -> list[dict[str, Any]]:
    """Organisations with records whose sheet was never shown, or is to be shown again; the longest overdue first."""
    again, lines = required("again", now).days, []
    for name in published_registers():
        kit = furniture(name)
        counts = dict(here.of(kit.model).order_by().values_list("organisation").annotate(n=Count("pk")))
        last: dict[int, Any] = {}
        for notice in (
            here.of(Notice)
            .filter(register=name, kind=Notice.Kind.SHEET)
            .exclude(state=Notice.State.RETURNED)
            .order_by("pk")
            .defer("content", "body", "records")
        ):
            last[notice.organisation_id] = notice
        for place in Organisation.objects.filter(pk__in=counts):
            was = last.get(place.pk)
            if was is not None and was.state == Notice.State.DRAFT:
                continue
            by = was.first_day + timedelta(days=again) if was else None
            grown = was is not None and was.lines != counts[place.pk]
            down = was is not None and was.down_on is not None
            if by is None or grown or down or by <= now + timedelta(days=14):
                lines.append(
                    {
                        "place": place,
                        "kit": kit,
                        "by": by,
                        "was": was,
                        "grown": grown,
                        "down": down,
                        "records": counts[place.pk],
                    }
                )
    return sorted(lines, key=lambda line: (line["by"] or date.min, line["place"].path))


@require_POST
@page("publish")
def draft(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    """Drafts a sheet or the steps of a village for its supervisor to sign."""
    place = here.get(Organisation, code=request.POST.get("place", here.place.code))
    kind = request.POST.get("kind", "")
    if register not in published_registers() or kind not in publish.MAKES:
        raise Http404(_("没有这一种公示"))
    replaces = here.get(Notice, pk=request.POST["replaces"]) if request.POST.get("replaces") else None
    try:
        made = desk.draft(
            here.person,
            place,
            register,
            kind,
            publish.title(place, register, kind),
            publish.MAKES[kind](place, register),
            replaces=replaces,
            why=request.POST.get("why", ""),
        )
    except desk.NoticeError as error:
        messages.error(request, str(error))
        return redirect("notice", replaces.pk) if replaces else redirect("notices")
    messages.success(request, _("拟好了，请监督成员签字"))
    return redirect("notice", made.pk)


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """A draft as it will hang, or a notice that is up, with its photographs and objections."""
    notice = here.get(Notice, pk=pk)
    now, place = today(), notice.organisation
    published = notice.published if notice.body else {"head": {}, **notice.content}
    powers = here.powers(place)
    mine = list(Objection.objects.filter(notice=notice).select_related("answered_by", "correction").order_by("pk"))
    uncovered = request.session.get("objector") if "objector" in powers else None
    days = required("display", now)
    context = {
        "notice": notice,
        "sheet": sheet(published),
        "digest": desk.to_sign(notice),
        "powers": powers,
        "now": now,
        "days": days,
        "barred": desk.bars(here.person, notice) if "sign" in powers else "",
        "photos": Attachment.objects.filter(record=notice.key, label=desk.PHOTO).select_related("by"),
        "objections": [
            {
                "it": each,
                "late": objections.overdue(each),
                "who": (each.name, each.phone) if uncovered == each.pk else None,
            }
            for each in mine
        ],
        "corrections": list(notice.replaced_by.filter(state=Notice.State.PUBLISHED)),
        "full": notice.full(now),
        "address": request.build_absolute_uri(reverse("public-notice", args=(notice.number,))) if notice.number else "",
    }
    return render(request, "kit/notice.html", context)


def _noted(request: HttpRequest, pk: int, work: Any, done: str) -> HttpResponse:
    try:
        work()
        messages.success(request, done)
    except (desk.NoticeError, objections.ObjectionError, UnwelcomeError) as error:
        messages.error(request, str(error))
    return redirect("notice", pk)


@require_POST
@page("sign")
def sign(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    notice = here.get(Notice, pk=pk)
    return _noted(
        request,
        pk,
        lambda: desk.sign(here.person, notice, request.POST.get("digest", "")),
        _("签过字，公示开始了。请打印出来贴上墙，拍照交回来"),
    )


@require_POST
@page("sign")
def send_back(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    notice = here.get(Notice, pk=pk)
    return _noted(request, pk, lambda: desk.send_back(here.person, notice, request.POST.get("why", "")), _("退回了"))


@require_POST
@page("publish")
def photo(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    notice = here.get(Notice, pk=pk)
    given = request.FILES.get("file")
    if given is None:
        messages.error(request, _("请选一张公示栏的照片"))
        return redirect("notice", pk)
    return _noted(
        request, pk, lambda: desk.photograph(here.person, notice, given.name or "", given.read()), _("照片收下了")
    )


@require_POST
@page("publish")
def take_down(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The sheet came down before its days were over."""
    notice = here.get(Notice, pk=pk)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        messages.error(request, _("写明哪一天取下的，例如 2026-03-05"))
        return redirect("notice", pk)
    return _noted(
        request,
        pk,
        lambda: desk.take_down(here.person, notice, on, request.POST.get("why", "")),
        _("记下了。天数没有满，请改好以后重新公示"),
    )


@require_POST
@page("answer")
def write_down(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """An objection that came on paper."""
    notice = here.get(Notice, pk=pk)
    line = whole(request.POST.get("line", ""), 9)
    try:
        made, word = objections.object_to(
            notice,
            -1 if line is None else line,
            request.POST.get("text", ""),
            name=request.POST.get("name", ""),
            phone=request.POST.get("phone", ""),
            person=here.person,
        )
        messages.success(
            request,
            _("登记了。请把回执号 %(number)s 和查询码 %(word)s 写给提出的人") % {"number": made.number, "word": word},
        )
    except objections.ObjectionError as error:
        messages.error(request, str(error))
    return redirect("notice", pk)


@require_POST
@page("answer")
def answer(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    objection = here.get(Objection, pk=pk)
    chosen = request.POST.get("correction", "")
    correction = here.get(Notice, pk=chosen) if chosen else None
    return _noted(
        request,
        objection.notice_id,
        lambda: objections.answer(here.person, objection, request.POST.get("answer", ""), correction),
        _("答复了"),
    )


@require_POST
@page("objector")
def uncover(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Shows once who objects, and says so in the audit."""
    objection = here.get(Objection, pk=pk)
    with commit(here.person, objection.organisation, "objector", "看异议人") as act:
        act.about(objection.key)
        act.told("objector", objection=objection.number)
    request.session["objector"] = objection.pk
    return redirect("notice", objection.notice_id)


@require_POST
@page("publish")
def gate(request: HttpRequest, here: Here) -> HttpResponse:
    """Sets or lifts the village code of the place one looks at."""
    word = request.POST.get("word", "").strip()[:40]
    if not here.may("publish"):
        raise PermissionDenied
    with commit(here.person, here.place, "publish", "设村口令" if word else "取消村口令") as act:
        kept = Gate.objects.filter(organisation=here.place).first()
        if word:
            act.save(Gate(pk=kept.pk if kept else None, organisation=here.place, word=word))
        elif kept:
            act.remove(kept, "对外公开")
    messages.success(request, _("设好了") if word else _("取消了，谁都可以看"))
    return redirect("notices")
