"""The month-end board of a place's villages, and the month of one: its vouchers, its checklist, closing and reopening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.books import months
from mingbai.books.desk import BookError
from mingbai.books.models import Month, Voucher
from mingbai.books.pages.asked import around, month_of
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit

PAGE = 100


@require_GET
@page("view")
def board(request: HttpRequest, here: Here) -> HttpResponse:
    """Every village that keeps books: how far it is booked and closed."""
    kept = (
        here.of(Month)
        .order_by()
        .values("organisation")
        .annotate(
            last=Max("month"),
            closed_to=Max("month", filter=Q(closed=True)),
            waiting=Count("pk", filter=Q(closed=False)),
            first=Min("month"),
        )
    )
    rows = {each["organisation"]: each for each in kept}
    vouchers = dict(here.of(Voucher).order_by().values_list("organisation").annotate(Count("pk")))
    places = here.of(Organisation).filter(Q(is_collective=True) | Q(pk__in=rows)).order_by("path")
    lines = [
        {
            "place": place,
            "kept": rows.get(place.pk),
            "vouchers": vouchers.get(place.pk, 0),
            "said": _said(rows.get(place.pk)),
        }
        for place in places
    ]
    if len(lines) == 1:
        return redirect("books-month", lines[0]["place"].code)
    last = max((each["last"] for each in rows.values()), default=0)
    context = {
        "lines": lines,
        "place": here.place,
        "behind": sum(1 for line in lines if line["kept"] and line["kept"]["last"] < last),
        "last": months.say(last) if last else "",
        "waiting": sum(each["waiting"] for each in rows.values()),
        "vouchers": sum(vouchers.values()),
        "kept": len(rows),
    }
    return render(request, "books/board.html", context)


@require_GET
@page("view")
def month(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    at = month_of(request, place)
    row = Month.objects.filter(organisation=place, month=at).first()
    rows = Voucher.objects.filter(organisation=place, month=at).select_related("by").order_by("number")
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    before, after = around(at)
    checks = months.checklist(place, at) if row and not row.closed else []
    context: dict[str, Any] = {
        "place": place,
        "month": at,
        "said": months.say(at),
        "row": row,
        "page": shown,
        "before": before,
        "after": after,
        "checks": checks,
        "ready": all(check.done for check in checks if check.must),
        "may_book": here.may("book", place),
        "may_close": here.may("close", place),
        "may_export": here.may("export", place),
        "december": at % 100 == 12,
        "transfer": bool(row and not row.closed and at % 100 == 12 and months.transfer(place, at // 100)),
    }
    return render(request, "books/month.html", context)


@require_POST
@page("close")
def close(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Closes a month, opens the last one again, or carries the year over."""
    place = here.get(Organisation, code=code)
    at = month_of(request, place)
    deed = request.POST.get("deed", "close")
    try:
        if deed == "reopen":
            with commit(here.person, place, "close", "重新打开月份") as act:
                months.reopen(act, at, request.POST.get("why", ""))
            messages.success(request, _("%(month)s已重新打开，原因记入审计。") % {"month": months.say(at)})
        elif deed == "transfer":
            with commit(here.person, place, "close", "年末结转") as act:
                made = months.end_year(act, at // 100)
            messages.success(request, _("年末结转记了 %(n)d 张凭证。") % {"n": len(made)})
        else:
            with commit(here.person, place, "close", "结账") as act:
                months.close(act, at)
            messages.success(request, _("%(month)s已结账。") % {"month": months.say(at)})
    except BookError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
    return redirect(f"{reverse('books-month', args=(code,))}?month={at}")


def _said(kept: dict[str, Any] | None) -> dict[str, str]:
    return {name: months.say(kept[name]) if kept and kept[name] else "" for name in ("last", "closed_to", "first")}
