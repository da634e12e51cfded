"""What records bring into a month of the books: dues and receipts of contracts, in words and as entries, to be booked by a click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.books import claims, months
from mingbai.books.chart import last_day
from mingbai.books.desk import BookError, post
from mingbai.books.entry import Proposal
from mingbai.books.models import Month
from mingbai.books.pages.asked import around, entries, month_of
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit
from mingbai.units.wording import phrase


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """A month's entries: those not booked yet with a tick, those booked with their voucher."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    lines = entries(place, month, _of_month(place, month))
    row = Month.objects.filter(organisation=place, month=month).first()
    before, after = around(month)
    context: dict[str, Any] = {
        "place": place,
        "month": month,
        "said": months.say(month),
        "before": before,
        "after": after,
        "lines": lines,
        "closed": bool(row and row.closed),
        "waiting": sum(line.voucher is None for line in lines),
        "may_book": here.may("book", place),
    }
    return render(request, "books/dues.html", context)


@require_POST
@page("book")
def book(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Books the ticked entries, all or none; what is booked already is left as it is."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    ticked = set(request.POST.getlist("event"))
    chosen = [each for each in _of_month(place, month) if each.event in ticked]
    try:
        if not chosen:
            raise BookError(_("没有勾选要记的：在前面的方框里打勾"))
        with commit(here.person, place, "book", phrase("记合同的账：{month}", month=months.say(month))) as act:
            made = post(act, chosen)
        messages.success(request, _("已入账 %(n)d 张凭证") % {"n": len(made)})
    except BookError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
    return redirect(f"{reverse('books-dues', args=(code,))}?month={month}")


def _of_month(place: Organisation, month: int) -> list[Proposal]:
    return claims.entries(place, last_day(month).replace(day=1), last_day(month))
