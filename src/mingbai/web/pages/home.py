"""The work bench 工作台: what is mine to do now, and how far my villages are."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.models import Case, Upload
from mingbai.kit.road import Stage
from mingbai.places.clock import today
from mingbai.places.here import Here, page

SHOWN = 12


@require_GET
@page("view")
def show(request: HttpRequest, here: Here) -> HttpResponse:
    now = today()
    todos: list[dict[str, Any]] = []
    villages: dict[int, dict[str, Any]] = {}
    for name in furnished():
        kit = furniture(name)
        rows = here.of(kit.model)
        counts = rows.order_by().values("organisation", "organisation__name", "organisation__code").annotate(
            n=Count("pk"), checked=Count("pk", filter=Q(klass__gt="")), opened=Count("pk", filter=Q(open_findings__gt=0)),
            right=Count("pk", filter=Q(klass__gt="") & (Q(irregular=False) | Q(rectified=True))))
        for each in counts.order_by("organisation__path"):
            villages[each["organisation"]] = each
        waiting = sum(each["opened"] for each in villages.values())
        if waiting and here.may("confirm"):
            todos.append({"what": _("%(n)s 份合同有疑点等您认定") % {"n": waiting}, "where": kit.title, "url": reverse("records", args=(name,)) + "?findings=open"})
        clean = rows.filter(klass="", open_findings=0, confirmed_findings=0).count() if here.may("confirm") else 0
        if clean:
            todos.append({"what": _("%(n)s 份没有疑点的合同等您定类别") % {"n": clean}, "where": kit.title, "url": reverse("records", args=(name,)) + "?decided=no&findings=none"})
        for stage, power, words in ((Stage.CONFIRMED, "assign", _("%(n)s 件整改等您派单")), (Stage.ASSIGNED, "self_check", _("%(n)s 件整改中，凭证齐了就自查")),
                                    (Stage.SELF_CHECKED, "accept", _("%(n)s 件等您验收")), (Stage.ACCEPTED, "spot_check", _("%(n)s 件已验收，可以抽查"))):
            if here.may(power):
                n = here.of(Case).filter(register=name, stage=stage, secret=False).count()
                if n:
                    url = reverse("spot-checks", args=(name,)) if stage == Stage.ACCEPTED else reverse("cases", args=(name,)) + f"?stage={stage}"
                    todos.append({"what": words % {"n": n}, "where": kit.title, "url": url})
    uploads = here.of(Upload).filter(state=Upload.State.READ).select_related("file", "organisation").defer("reading") if here.may("import") else []
    todos += [{"what": _("%(file)s 读好了，等您收下") % {"file": each.file.name}, "where": each.organisation.name, "url": reverse("import", args=(each.pk,))} for each in uploads[:5]]
    mine = list(here.of(Case).filter(stage=Stage.ASSIGNED, secret=False).filter(Q(responsible=here.person) | Q(cell__leader=here.person))
                .select_related("organisation").order_by("deadline")[:SHOWN])
    late = here.of(Case).filter(deadline__lt=now, stage__in=(Stage.CONFIRMED, Stage.ASSIGNED, Stage.SELF_CHECKED), secret=False).count()
    tasks = [{"case": case, "title": case.measure or case.klass, "url": reverse("record", args=(case.register, case.record)) + "#case"} for case in mine]
    table = [{**each, "steps": [
        {"title": _("清查"), "done": each["checked"], "total": each["n"], "state": "now"},
        {"title": _("规范"), "done": each["right"], "total": each["n"], "state": "now"},
    ]} for each in villages.values()]
    return render(request, "web/home.html", {"todos": todos, "tasks": tasks, "late": late, "villages": table[:SHOWN * 6], "may_import": here.may("import")})
