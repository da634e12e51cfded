"""新旧衔接 on a page: every old balance, where it goes, and what a person must decide; recorded once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.books import bridging
from mingbai.books.chart import charts
from mingbai.books.desk import BookError
from mingbai.books.models import Bridged
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.units import Value, parse_money


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    place = here.get(Organisation, code=code)
    return render(request, "books/bridge.html", _context(here, place))


@require_POST
@page("close")
def settle(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Records the table with what a person divided."""
    place = here.get(Organisation, code=code)
    said: dict[str, dict[str, int]] = {}
    wrong = []
    for name, text in request.POST.items():
        part, dash, account = name.removeprefix("part-").rpartition("-")
        if not name.startswith("part-") or not dash or not text.strip():
            continue
        outcome = parse_money(text)
        if isinstance(outcome, Value):
            said.setdefault(part, {})[account] = outcome.value.fen if outcome.value is not None else 0
        else:
            wrong.append(f"“{text}”：{outcome.reason}")
    try:
        if wrong:
            raise BookError(*wrong)
        done = bridging.settle(here.person, place, said)
    except BookError as error:
        return render(
            request,
            "books/bridge.html",
            {
                **_context(here, place),
                "wrong": str(error),
                "typed": {name: text for name, text in request.POST.items() if name.startswith("part-")},
            },
            status=400,
        )
    messages.success(
        request,
        _("新旧衔接已记录。") + (_("调整凭证：%(voucher)s") % {"voucher": str(done.voucher)} if done.voucher else ""),
    )
    return redirect("books-bridge", code)


def _context(here: Here, place: Organisation) -> dict[str, Any]:
    rows = bridging.table(place)
    debit, credit = bridging.totals(rows)
    return {
        "place": place,
        "rows": rows,
        "debit": debit,
        "credit": credit,
        "old": charts()[0],
        "new": charts()[1],
        "done": Bridged.objects.filter(organisation=place).select_related("voucher", "by").first(),
        "may_close": here.may("close", place),
        "asks": sum(1 for row in rows if len(row.choices) > 1),
        "typed": {},
    }
