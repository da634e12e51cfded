"""The bank's desk 银行对账: the lines of a month with what each may be, confirmed one by one, those without doubt together, or ticked
as a set; and the month's reconciliation sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.books import bank, matching
from mingbai.books.chart import last_day
from mingbai.books.desk import BookError
from mingbai.books.intake import IntakeError
from mingbai.books.matching import Waiting
from mingbai.books.models import BankAccount, BankLine
from mingbai.books.months import say
from mingbai.books.pages.asked import around, month_of
from mingbai.books.reconciliation import reconcile
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.units import whole


@require_GET
@page("view")
def desk(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    month = _month(request, place)
    before, after = around(month)
    accounts = bank.accounts_of(place)
    chosen = _chosen(request, accounts)
    context: dict[str, Any] = {
        "place": place,
        "month": month,
        "said": say(month),
        "before": before,
        "after": after,
        "accounts": accounts,
        "chosen": chosen,
        "may_book": here.may("book", place),
    }
    if chosen is not None:
        lines = _lines(chosen, month)
        left = [each for each in lines if each.match_id is None]
        around_it = matching.waiting(chosen, left[0].on, left[-1].on) if left else None
        offers = matching.offers(chosen, lines, around_it)
        rows: list[dict[str, Any]] = [
            {
                "line": each,
                "offers": offers.get(each.pk, []),
                "others": [
                    way
                    for way in matching.other_ways(each)
                    if way.key not in {offer.key for offer in offers.get(each.pk, [])}
                ],
            }
            for each in lines
        ]
        context |= {
            "rows": rows,
            "exact": sum(1 for each in rows if each["offers"] and each["offers"][0].exact),
            "left": len(left),
            "in_fen": sum(max(each.fen, 0) for each in lines),
            "out_fen": -sum(min(each.fen, 0) for each in lines),
        }
        if around_it is not None and context["may_book"]:
            context |= _to_tick(around_it, left)
    return render(request, "books/bank.html", context)


@require_POST
@page("book")
def settle(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Confirms a line, all without doubt or a set that was ticked, says why one waits, or takes a match back."""
    place = here.get(Organisation, code=code)
    month, deed = _month(request, place), request.POST.get("deed", "")
    back = f"{reverse('books-bank', args=(code,))}?month={month}&account={request.POST.get('account', '')}"
    try:
        if deed == "exact":
            account = here.get(BankAccount, pk=request.POST.get("account", "0"), organisation=place)
            number = matching.settle_exact(here.person, account, _lines(account, month))
            messages.success(request, _("对上了 %(n)d 笔；剩下的请逐笔看。") % {"n": number})
            return redirect(back)
        if deed == "together":
            account = here.get(BankAccount, pk=request.POST.get("account", "0"), organisation=place)
            lines = list(
                BankLine.objects.filter(
                    account=account, pk__in=[pk for pk in map(whole, request.POST.getlist("tick")) if pk is not None]
                ).order_by("on", "place")
            )
            offer = matching.ticked(account, lines, request.POST.getlist("pick"))
            match = matching.settle(here.person, lines[0], offer)
            messages.success(request, _("对上了：%(voucher)s") % {"voucher": "、".join(map(str, match.vouchers))})
            return redirect(f"{back}#line-{lines[0].pk}")
        if (pk := whole(request.POST.get("line", ""))) is None:
            return redirect(back)
        line = here.get(BankLine, pk=pk, organisation=place)
        if deed == "leave":
            matching.leave(here.person, line, request.POST.get("reason", ""))
        elif deed == "part":
            matching.part(here.person, line, request.POST.get("reason", ""))
        else:
            key = request.POST.get("offer", "")
            known = [
                *matching.offers(line.account, _lines(line.account, month)).get(line.pk, []),
                *matching.other_ways(line),
            ]
            chosen = next((each for each in known if each.key == key), None)
            if chosen is None:
                raise IntakeError(_("请选这一笔是什么"))
            match = matching.settle(here.person, line, chosen, request.POST.get("reason", ""))
            messages.success(request, _("对上了：%(voucher)s") % {"voucher": "、".join(map(str, match.vouchers))})
        return redirect(f"{back}#line-{line.pk}")
    except (IntakeError, BookError) as error:
        messages.error(request, str(error))
    return redirect(back)


@require_GET
@page("view")
def reconciliation(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """余额调节表 of a month."""
    place = here.get(Organisation, code=code)
    month = _month(request, place)
    before, after = around(month)
    sheets = [reconcile(each, month) for each in bank.accounts_of(place)]
    return render(
        request,
        "books/reconciliation.html",
        {
            "place": place,
            "month": month,
            "said": say(month),
            "before": before,
            "after": after,
            "sheets": sheets,
            "day": last_day(month),
            "may_export": here.may("export", place),
        },
    )


def _month(request: HttpRequest, place: Organisation) -> int:
    """The month asked for; else the last the bank told of; else the books'."""
    if not request.GET.get("month") and not request.POST.get("month"):
        last = BankLine.objects.filter(organisation=place).order_by("-on").values_list("on", flat=True).first()
        if last is not None:
            return last.year * 100 + last.month
    return month_of(request, place)


def _chosen(request: HttpRequest, accounts: list[BankAccount]) -> BankAccount | None:
    said = request.GET.get("account", "")
    if said and whole(said) is None:
        raise Http404("没有这个银行账户")
    return next((each for each in accounts if str(each.pk) == said), accounts[0] if accounts else None)


def _to_tick(around_it: Waiting, left: Sequence[BankLine]) -> dict[str, Any]:
    """What a person may tick together with the month's lines: other lines near them, entries, and money expected of whoever paid."""
    first, last = (day + timedelta(days=way * matching.APART_DAYS) for day, way in ((left[0].on, -1), (left[-1].on, 1)))
    shown, payers = {each.pk for each in left}, {each.other for each in left if each.other}
    return {
        "beside": [each for each in around_it.lines if each.pk not in shown and first <= each.on <= last],
        "entries": [
            {"line": each, "key": matching.entry_key((each.voucher_id, each.number))}
            for each in around_it.entries
            if first <= each.voucher.on <= last
        ],
        "owed": [each for each in around_it.owed if each.receipt is not None or each.name in payers],
    }


def _lines(account: BankAccount, month: int) -> list[BankLine]:
    day = last_day(month)
    rows = BankLine.objects.filter(account=account, on__gte=day.replace(day=1), on__lte=day).select_related(
        "match", "account", "organisation"
    )
    return list(rows.prefetch_related("match__entries__voucher", "match__bank_lines").order_by("on", "place"))
