"""Sheets into the books 导入: hand in, say which chart, confirm whose accounts are which, see what is wrong, take it whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.books import bank, intake
from mingbai.books.chart import charts
from mingbai.books.desk import BookError
from mingbai.books.foreign import KINDS
from mingbai.books.intake import IntakeError, View
from mingbai.books.models import BankAccount, BankLine, Import
from mingbai.books.taking import Trouble
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit
from mingbai.records.files import UnwelcomeError, as_file
from mingbai.sheets import Refused
from mingbai.units import whole

SHOWN = 100
"""Vouchers, lines and troubles shown before one takes or mends them."""


@require_http_methods(["GET", "POST"])
@page("book")
def index(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Hand a sheet in; those handed in before."""
    place = here.get(Organisation, code=code)
    said = ""
    if request.method == "POST":
        try:
            found = _received(request, here, place)
            return redirect("books-import", found.pk)
        except (IntakeError, UnwelcomeError) as error:
            said = str(error)
    rows = [
        {"row": each, "paper": _papers()[each.kind]}
        for each in Import.objects.filter(organisation=place).select_related("file", "by", "bank")[:SHOWN]
    ]
    context = {
        "place": place,
        "said": said,
        "rows": rows,
        "kinds": _papers().items(),
        "kind": request.POST.get("kind") or request.GET.get("kind", ""),
        "banks": bank.accounts_of(place),
        "charts": charts(),
        "today": today(),
    }
    return render(request, "books/imports.html", context, status=400 if said else 200)


def _received(request: HttpRequest, here: Here, place: Organisation) -> Import:
    file, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if file is None:
        raise IntakeError(_("请选一个文件"))
    account = None
    if kind == Import.Kind.BANK:
        account = _account(request, here, place)
    return intake.receive(here.person, place, kind, str(file.name), file.read(), chart=_chart(request), bank=account)


def _account(request: HttpRequest, here: Here, place: Organisation) -> BankAccount:
    if (chosen := whole(request.POST.get("bank", ""))) is not None:
        return here.get(BankAccount, pk=chosen, organisation=place)
    with commit(here.person, place, "book", "加银行账户") as act:
        return bank.open_account(
            act,
            request.POST.get("account", "102").split(" ")[0] or "102",
            request.POST.get("bank_name", ""),
            request.POST.get("bank_number", "")[:40],
        )


@require_GET
@page("book")
def one(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """A sheet handed in: what is to be said, what is wrong, what it will become."""
    found = here.get(Import, pk=pk)
    context: dict[str, Any] = {
        "found": found,
        "place": found.organisation,
        "charts": charts(),
        "kinds": _kinds(),
        "paper": _papers()[found.kind],
        "open": found.state == Import.State.READ,
    }
    if found.reading is None:
        return render(request, "books/import.html", context)
    reading = intake.reading_of(found)
    context |= {"notes": reading.notes, "unread": reading.unread_columns}
    if found.kind == Import.Kind.BANK:
        made = bank.check(found)
        context |= {
            "statement": made,
            "troubles": _told(found, made.troubles),
            "refused": len(made.troubles),
            "moves": made.moves[:SHOWN],
            "fresh": len(made.fresh),
            "ready": bool(made.moves) and not made.troubles and context["open"],
        }
        return render(request, "books/import.html", context)
    view = intake.look(found)
    chart = intake.own_chart(found.organisation, found.chart) if found.chart else None
    context |= {
        "view": view,
        "troubles": _told(
            found,
            view.taking.troubles if view.confirmed else [each for each in view.taking.refused if each.column != "code"],
        ),
        "refused": len(view.taking.refused),
        "warnings": len(view.taking.warnings),
        "ready": view.ready and context["open"],
        "asks_balance": found.kind == Import.Kind.BALANCES,
        "vouchers": view.taking.taken[:SHOWN] if view.confirmed else [],
        "hints": _hints(view),
        "chart": chart,
        "accounts": [
            {"code": each.code, "name": chart.path(each.code), "initials": each.initials}
            for each in chart.accounts.values()
        ]
        if chart
        else [],
        "parties": sorted(intake.parties_of(found.organisation)),
        "waiting": sum(1 for each in view.asked if not each.confirmed),
    }
    return render(request, "books/import.html", context)


@require_POST
@page("book")
def settle(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Says the chart, confirms accounts, takes the sheet in, or leaves it."""
    found = here.get(Import, pk=pk)
    deed = request.POST.get("deed", "")
    try:
        if deed == "say":
            intake.say(
                here.person,
                found,
                chart=_chart(request),
                basis=request.POST.get("basis", "") if request.POST.get("basis") in ("opening", "closing") else "",
                opens_on=_day(request),
            )
        elif deed == "confirm":
            said = {
                key.removeprefix("account-"): (
                    value.strip().split(" ")[0],
                    request.POST.get(f"kind-{key.removeprefix('account-')}", ""),
                    request.POST.get(f"what-{key.removeprefix('account-')}", ""),
                )
                for key, value in request.POST.items()
                if key.startswith("account-")
            }
            intake.confirm(here.person, found, said)
            messages.success(request, _("科目对好了。请看下面有没有要改的，没有就收下。"))
        elif deed == "drop":
            intake.drop(here.person, found, request.POST.get("why", ""))
            return redirect("books-imports", found.organisation.code)
        elif found.kind == Import.Kind.BANK:
            found = bank.accept(here.person, found)
            messages.success(request, _("收下了：%(what)s。现在逐笔核对。") % {"what": found.message})
            last = BankLine.objects.filter(taken_from=found).order_by("-on").first()
            return redirect(
                f"{reverse('books-bank', args=(found.organisation.code,))}?month={last.on:%Y%m}"
                if last
                else reverse("books-bank", args=(found.organisation.code,))
            )
        else:
            found = intake.accept(here.person, found, request.POST.get("reason", ""))
            messages.success(request, _("收下了：%(what)s。") % {"what": found.message})
    except (IntakeError, BookError) as error:
        messages.error(request, str(error))
    return redirect("books-import", pk)


@require_GET
@page("book")
def marked(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The clerk's own sheet with the bad cells marked."""
    found = here.get(Import, pk=pk)
    try:
        troubles = bank.check(found).troubles if found.kind == Import.Kind.BANK else intake.look(found).taking.troubles
        data = intake.marked(found, troubles)
    except (IntakeError, Refused) as error:
        messages.error(request, str(error))
        return redirect("books-import", pk)
    return as_file(data, f"{Path(found.file.name).stem}_批注.xlsx")


def _papers() -> dict[str, str]:
    return {"vouchers": _("记账凭证"), "balances": _("科目余额表（建账）"), "bank": _("银行对账单")}


def _kinds() -> dict[str, str]:
    """What may lie below an account, in the order of :data:`mingbai.books.foreign.KINDS`."""
    said = {
        "": _("就是这个科目"),
        "party": _("往来（单位或个人）"),
        "household": _("农户"),
        "project": _("项目"),
        "own": _("新设明细科目"),
    }
    return {key: said[key] for key in KINDS}


def _told(found: Import, troubles: list[Trouble]) -> list[dict[str, Any]]:
    reading = intake.reading_of(found)
    return [
        {"cell": (intake.error_of(reading, each) or {}).get("cell", "") if each.row else "", "trouble": each}
        for each in troubles[:SHOWN]
    ]


def _hints(view: View) -> list[dict[str, Any]]:
    return [
        {"chart": chart, "agree": view.hints[chart.key][0], "differ": view.hints[chart.key][1]} for chart in charts()
    ]


def _chart(request: HttpRequest) -> str:
    said = request.POST.get("chart", "")
    return said if said in {each.key for each in charts()} else ""


def _day(request: HttpRequest) -> date | None:
    said = request.POST.get("opens_on", "")
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise IntakeError(_("建账日要写成 2023-12-31")) from error
