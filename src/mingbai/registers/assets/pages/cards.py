"""What a card comes to on its record's page: its course of depreciation drawn, its contract, what a disposal books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.books.desk import BookError, chart_for, post
from mingbai.books.models import Voucher
from mingbai.books.templates import say
from mingbai.kit.furniture import furnished, furniture
from mingbai.places.here import Here, page
from mingbai.records.door import commit
from mingbai.records.models import Decision
from mingbai.registers.assets import posting
from mingbai.registers.assets.depreciation import ordinal
from mingbai.registers.assets.models import Asset
from mingbai.units.wording import phrase

LETTINGS = ("contracts", "contract_no")
"""The register and the column that 出租合同编号 names; a home without it links nothing."""


def panel(record: Asset, on: date, powers: Any) -> Mapping[str, Any]:
    """Context of ``assets/card.html``."""
    entries = posting.disposal(record)
    booked = {
        each.event: each
        for each in Voucher.objects.filter(organisation=record.organisation, event__in=[each.event for each in entries])
    }
    chart = chart_for(record.organisation, record.disposed_on) if entries and record.disposed_on else None
    month = on.year * 100 + on.month
    return {
        "card_month": month,
        "card_worn": posting.worn(record, month),
        "card_net": (record.cost_fen or 0) - posting.worn(record, month),
        "card_course": record.course,
        "card_years": _years(record, on),
        "card_lettings": _lettings(record),
        "card_wears": list(_wears(record)),
        "card_counts": list(
            record.counted.filter(count__finished=True).select_related("count__by").order_by("-count__on", "-count")[:3]
        ),
        "card_entries": [{"words": say(each, chart), "voucher": booked.get(each.event)} for each in entries]
        if chart
        else [],
        "card_waiting": any(each.event not in booked for each in entries),
        "card_decided": Decision.objects.filter(record=record.key).exists(),
        "card_may_book": "book" in powers,
    }


def _lettings(record: Asset) -> list[Any]:
    """Contracts of the same village by the number the card names."""
    register, column = LETTINGS
    if not record.contract_no or register not in furnished():
        return []
    return list(
        furniture(register).model._default_manager.filter(
            organisation=record.organisation, **{column: record.contract_no}
        )[:5]
    )


def _wears(record: Asset) -> Any:
    """Vouchers with a line about this card, newest first."""
    return (
        Voucher.objects.filter(organisation=record.organisation, lines__record=record.key)
        .distinct()
        .order_by("-on", "-pk")[:6]
    )


def _years(record: Asset, on: date) -> list[dict[str, Any]]:
    """The picture: what is left at the end of each year of its life, a bar a year, in units of a picture 40 high."""
    course = record.course
    if course is None:
        return []
    first, months = course.begins.year, ordinal(course.begins.year * 100 + course.begins.month) + course.months
    found = []
    for place, year in enumerate(range(first, min(months // 12, first + 70) + 1)):
        left = max(course.cost_fen - posting.worn(record, year * 100 + 12), 0)
        height = left * 400 // course.cost_fen / 10
        found.append(
            {
                "year": year,
                "left_fen": left,
                "x": place * 10 + 1,
                "y": 42 - height,
                "height": height,
                "past": year < on.year,
            }
        )
    return found


@require_POST
@page("book")
def dispose(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Books what a disposal comes to, once its decision is recorded."""
    record = here.get(Asset, pk=pk)
    back = redirect("record", "assets", record.pk)
    if not Decision.objects.filter(record=record.key).exists():
        messages.error(request, _("还没有登记处置的决议：先在本页“决议”里登记应到、实到、同意人数，再记处置的账"))
        return back
    try:
        with commit(
            here.person, record.organisation, "book", phrase("资产处置入账：{asset!s}", asset=record.name)
        ) as act:
            made = post(act, posting.disposal(record))
        messages.success(request, _("已入账 %(n)d 张凭证") % {"n": len(made)})
    except BookError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
    return back
