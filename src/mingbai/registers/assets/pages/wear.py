"""A village's cards and its books: the month's depreciation to be booked, and each account held against the cards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.books import months
from mingbai.books.chart import last_day
from mingbai.books.desk import BookError, chart_for, post
from mingbai.books.models import Month
from mingbai.books.months import say
from mingbai.books.pages.asked import around, entries, month_of
from mingbai.books.tables import Table, workbook
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.records.door import commit
from mingbai.records.files import as_file
from mingbai.registers.assets import posting
from mingbai.registers.assets.depreciation import of_month
from mingbai.registers.assets.models import Asset
from mingbai.units.wording import phrase


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """The villages that keep cards; one alone is shown at once."""
    rows = list(here.of(Asset).order_by().values("organisation").annotate(cards=Count("pk"), cost=Sum("cost_fen")))
    places = here.of(Organisation).in_bulk([each["organisation"] for each in rows])
    lines = sorted(
        ({"place": places[each["organisation"]], **each} for each in rows if each["organisation"] in places),
        key=lambda line: line["place"].path,
    )
    if len(lines) == 1:
        return redirect("assets-wear", lines[0]["place"].code)
    return render(request, "assets/villages.html", {"lines": lines, "place": here.place})


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """One month: what each card loses in it, whether that is booked, and cards beside accounts."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    cards = _cards(place)
    proposals = posting.wear(cards, month)
    shown = entries(place, month, proposals)
    chart = chart_for(place, last_day(month))
    row = Month.objects.filter(organisation=place, month=month).first()
    before, after = around(month)
    context: dict[str, Any] = {
        "place": place,
        "month": month,
        "said": say(month),
        "before": before,
        "after": after,
        "entries": shown,
        "waiting": [each for each in shown if each.voucher is None],
        "closed": bool(row and row.closed),
        "may_book": here.may("book", place),
        "may_export": here.may("export", place),
        "rows": [_row(card, month) for card in cards],
        "agreements": posting.against(cards, months.at_end(place, month), month, chart),
    }
    context["agreed"] = all(not each.difference_fen for each in context["agreements"])
    return render(request, "assets/wear.html", context)


@require_POST
@page("book")
def book(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Books a month's depreciation; what is booked already is left as it is."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    try:
        with commit(here.person, place, "book", phrase("计提折旧、摊销：{month}", month=say(month))) as act:
            made = post(act, posting.wear(_cards(place), month))
        messages.success(request, _("已入账 %(n)d 张凭证") % {"n": len(made)})
    except BookError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
    return redirect(f"{reverse('assets-wear', args=(code,))}?month={month}")


@require_GET
@page("export")
def table(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """折旧计算表 of a month as a workbook."""
    place = here.get(Organisation, code=code)
    month = month_of(request, place)
    rows: list[tuple[Any, ...]] = [
        (
            each["card"].asset_no or "",
            each["card"].title or "",
            each["card"].category or "",
            str(each["card"].in_use_on or each["card"].acquired_on or ""),
            each["card"].cost_fen,
            each["card"].life_months,
            each["fen"],
            each["worn"],
            each["net"],
        )
        for each in (_row(card, month) for card in _cards(place))
    ]
    total = tuple(sum(row[place_] or 0 for row in rows) for place_ in (4, 6, 7, 8))
    rows.append((_("合计"), "", "", "", total[0], None, *total[1:]))
    made = Table(
        "资产折旧、摊销计算表",
        place.name,
        say(month),
        (
            "资产编号",
            "资产名称",
            "类别",
            "开始使用",
            "原值",
            "使用年限（月）",
            "本月折旧、摊销",
            "累计折旧、摊销",
            "净值",
        ),
        tuple(rows),
        frozenset((4, 6, 7, 8)),
        frozenset((len(rows) - 1,)),
        ("折旧、摊销按卡片的使用年限、年限平均法计算。",),
    )
    return as_file(workbook([made]), f"{place.name}_{say(month)}_折旧摊销计算表.xlsx")


def _cards(place: Organisation) -> list[Asset]:
    return list(Asset.objects.filter(organisation=place).order_by("serial"))


def _row(card: Asset, month: int) -> dict[str, Any]:
    worn = posting.worn(card, month)
    return {
        "card": card,
        "fen": of_month(card.course, month) if card.course else None,
        "worn": worn,
        "net": (card.cost_fen or 0) - worn,
    }
