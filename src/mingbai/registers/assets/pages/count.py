"""A village's count 资产盘点: its cards with what was found of each, the sheet to print, and the counts of earlier years."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.books.tables import pdf, workbook
from mingbai.places.clock import home, today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.files import as_file
from mingbai.registers.assets import counting
from mingbai.registers.assets.counting import CountError, Found
from mingbai.registers.assets.models import Count, Counted
from mingbai.registers.assets.posting import difference
from mingbai.units import format_money, whole

FORMS = ("xlsx", "pdf")
FRESH = 3
"""Lines for things without a card, on the page at once."""


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """The count under way, and those before it."""
    place = here.get(Organisation, code=code)
    counts = list(Count.objects.filter(organisation=place).select_related("by"))
    count = next((each for each in counts if not each.finished), None)
    context: dict[str, Any] = {
        "place": place,
        "today": today(),
        "count": count,
        "finished": [
            {"count": each, "differences": [(line, _desk(line)) for line in counting.differences(each)]}
            for each in counts
            if each.finished
        ],
        "may_edit": here.may("edit", place),
        "may_export": here.may("export", place),
        "may_book": here.may("book", place),
        "fresh": range(FRESH),
    }
    cards = counting.cards_of(place)
    lines = {line.asset_id: line for line in count.lines.all()} if count else {}
    context |= {
        "rows": [{"card": card, "line": lines.get(card.pk), "answer": _answer(lines.get(card.pk))} for card in cards],
        "left": sum(card.pk not in lines for card in cards),
        "without_card": count.lines.filter(asset=None) if count else (),
    }
    return render(request, "assets/count.html", context)


@require_POST
@page("edit")
def save(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Begins a count, keeps what was found, or finishes it."""
    place = here.get(Organisation, code=code)
    deed, said = request.POST.get("deed", ""), request.POST
    try:
        if deed == "begin":
            counting.begin(here.person, place, _day(said.get("on", "")), said.get("witness", ""))
            return redirect("assets-count", code)
        count = Count.objects.filter(organisation=place, finished=False).first()
        if count is None:
            raise CountError(_("还没有开始盘点"))
        found = {
            pk: Found(
                value, _number(said, name), said.get(f"location-{name[3:]}", ""), said.get(f"remark-{name[3:]}", "")
            )
            for name, value in said.items()
            if name.startswith("is-") and (pk := whole(name[3:])) is not None and value
        }
        fresh = [
            Found(
                "new",
                _number(said, f"is-{name}"),
                said.get(f"location-{name}", ""),
                said.get(f"remark-{name}", ""),
                said.get(f"title-{name}", ""),
            )
            for name in (f"new{number}" for number in range(FRESH))
            if said.get(f"title-{name}", "").strip()
        ]
        number = counting.note(here.person, count, found, fresh)
        if deed.startswith("drop-"):
            counting.drop(here.person, here.get(Counted, pk=deed.removeprefix("drop-"), count=count))
        elif deed == "finish":
            count = counting.finish(here.person, count)
            messages.success(
                request,
                _("盘点完成：%(n)d 处和卡片不符，已列为疑点，由人认定") % {"n": len(counting.differences(count))},
            )
        else:
            messages.success(request, _("记下了 %(n)d 项") % {"n": number})
    except CountError as error:
        messages.error(request, str(error))
    return redirect("assets-count", code)


@require_GET
@page("export")
def file(request: HttpRequest, here: Here, pk: int, form: str) -> HttpResponse:
    """盘点表 of a count, as a workbook or to print."""
    count = here.get(Count, pk=pk)
    if form not in FORMS:
        raise Http404("没有这种文件")
    table = counting.sheet(count)
    data = workbook([table]) if form == "xlsx" else pdf([table], home().is_demo)
    return as_file(data, f"{count.organisation.name}_资产盘点表_{count.on}.{form}", inline=form == "pdf")


def _desk(line: Counted) -> str:
    """Where what was found more or less is booked: the voucher desk with its template, amounts and words; "" where it is not."""
    made = difference(line)
    if made is None:
        return ""
    asked = {f"ask-{name}": format_money(fen).replace(",", "") for name, fen in made.amounts.items()}
    return f"{reverse('voucher-new', args=(line.count.organisation.code,))}?{urlencode({'template': made.template, 'words': made.words, **asked})}"


def _answer(line: Counted | None) -> str:
    if line is None:
        return ""
    return "missing" if not line.quantity else "otherwise" if line.more or line.location else "there"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CountError(_("请写盘点日期，例如 2026-09-30")) from error


def _number(said: Any, name: str) -> int | None:
    text = said.get(f"quantity-{name[3:]}", "").strip()
    if not text:
        return None
    number = whole(text, 7)
    if number is None:
        raise CountError(_("数量“%(text)s”不是数字") % {"text": text})
    return number
