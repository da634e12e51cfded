"""隐性合同自报: the clerk's form, the list, the sheet to sign, and the village's word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai import units
from mingbai.columns import reader
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.places.scope import scope
from mingbai.records.files import UnwelcomeError
from mingbai.registers.contracts import reports
from mingbai.registers.contracts.models import SelfReport
from mingbai.registers.contracts.pages.life import day_of
from mingbai.registers.contracts.register import LAND_CLASSES, REGISTER
from mingbai.units import Value, mask_identity, mask_numbers, mask_phone

PAGE = 50
_READ = {
    "reporter_phone": "phone",
    "reporter_id_no": "lessee_id_no",
    "area_mu4": "area_mu4",
    "rent_fen_per_year": "rent_fen_per_year",
}
"""Fields read as a cell of the register's column is."""


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    rows = here.of(SelfReport).select_related("organisation", "contract")
    state = request.GET.get("state", "")
    counts = [(value, _(label), rows.filter(state=value).count()) for value, label in SelfReport.State.choices]
    shown = Paginator(rows.filter(state=state) if state in SelfReport.State.values else rows, PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "contracts/reports.html",
        {
            "page": shown,
            "counts": counts,
            "state": state,
            "total": sum(n for *_name, n in counts),
            "may_edit": here.may("edit"),
            "many": here.place.level != Organisation.Level.VILLAGE,
        },
    )


@require_http_methods(["GET", "POST"])
@page("edit")
def new(request: HttpRequest, here: Here) -> HttpResponse:
    """Who reports, what, since when, at what rent, by word of mouth or on paper."""
    errors: list[dict[str, str]] = []
    villages = here.scope.within(here.place).organisations.filter(is_collective=True, merged_into=None)
    if request.method == "POST":
        village = here.get(Organisation, code=request.POST["village"]) if request.POST.get("village") else here.place
        if not scope(here.person, "edit").covers(village):
            raise PermissionDenied
        said, errors = _read(request.POST)
        if not village.is_collective:
            errors.append({"where": _("村"), "what": _("请选是哪个村的"), "instead": "", "url": "#id_village"})
        if not errors:
            try:
                made = reports.report(here.person, village, **said)
                messages.success(
                    request, _("登记好了。下一步：打印确认单，双方签字，请村监委会确认；确认以前不计入合同。")
                )
                return redirect("self-report", made.pk)
            except reports.ReportError as error:
                errors = [
                    {
                        "where": error.where,
                        "what": error.what,
                        "instead": error.mend,
                        "url": f"#id_{error.name}" if error.name else "",
                    }
                ]
    context = {
        "errors": errors,
        "posted": request.POST,
        "villages": villages[:400] if here.place.level != Organisation.Level.VILLAGE else [],
        "classes": LAND_CLASSES,
        "now": today(),
    }
    return render(request, "contracts/report_new.html", context, status=400 if errors else 200)


def _read(posted: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
    said: dict[str, Any] = {
        name: posted.get(name, "").strip()[:200] for name in ("reporter", "lessee", "what", "words")
    }
    said["lessee"] = said["lessee"] or said["reporter"]
    said["words"] = said["words"] or None
    said["land_class"] = posted.get("land_class", "") if posted.get("land_class") in LAND_CLASSES else ""
    said["oral"] = posted.get("oral", "yes") != "no"
    wrong: list[dict[str, str]] = []
    for name in ("reported_on", "since", "until"):
        text = posted.get(name, "").strip()
        day = day_of(text)
        if text and day is None:
            found = units.parse_date(text)
            day = found.value if isinstance(found, Value) and found.value is not None else None
        if text and day is None:
            wrong.append(
                {
                    "where": {"since": _("从哪天起"), "until": _("到哪天止")}.get(name, _("自报日期")),
                    "what": _("“%(text)s”读不懂") % {"text": text},
                    "instead": _("写成 2012-03-01 这样"),
                    "url": f"#id_{name}",
                }
            )
        said[name] = day
    for name, column in _READ.items():
        reading = reader(REGISTER.by_name[column], REGISTER)(posted.get(name, "").strip() or None)
        if reading.problem is not None:
            wrong.append(
                {
                    "where": REGISTER.by_name[column].title,
                    "what": reading.problem.reason,
                    "instead": "；".join(reading.problem.suggestions),
                    "url": f"#id_{name}",
                }
            )
        said[name] = reading.value
    return said, wrong


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The report; on paper the sheet that both sides sign."""
    report = here.get(SelfReport, pk=pk)
    whole = here.may("personal", report.organisation)
    return render(
        request,
        "contracts/report.html",
        {
            "report": report,
            "powers": here.powers(report.organisation),
            "own": report.by_id == here.person.pk,
            "phone": _part(report.reporter_phone, mask_phone),
            "id_no": _part(report.reporter_id_no, mask_identity),
            "words": (report.words if whole else mask_numbers(report.words)) if report.words else "",
            "state": _(report.get_state_display()),
        },
    )


def _part(text: str | None, mask: Any) -> str:
    return str(mask(text)) if text else ""


@require_POST
@page("self_check")
def decide(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The village's word: confirmed with the signed sheet, or refused with the reason."""
    report = here.get(SelfReport, pk=pk)
    try:
        if request.POST.get("word") == "refuse":
            reports.refuse(here.person, report, request.POST.get("reason", ""))
            messages.success(request, _("记下了：核对后不成立，自报留着，理由也留着"))
        else:
            file = request.FILES.get("sheet")
            if file is None:
                raise reports.ReportError(_("确认单"), _("还没有交"), _("打印这一页，双方签字后拍照交上来"))
            contract = reports.confirm(here.person, report, (file.name, file.read()))
            messages.success(request, _("确认了，已经进台账：第 %(n)s 号，照常核查") % {"n": contract.serial})
            return redirect("record", "contracts", contract.pk)
    except (reports.ReportError, UnwelcomeError) as error:
        messages.error(request, str(error))
    return redirect("self-report", report.pk)
