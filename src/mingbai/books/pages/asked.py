"""What a page of the books was asked for: a month; and what several of them show: entries beside their vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.http import Http404, HttpRequest

from mingbai.books.chart import last_day
from mingbai.books.desk import chart_for
from mingbai.books.entry import Proposal
from mingbai.books.models import Month, Voucher
from mingbai.books.templates import say
from mingbai.places.clock import today
from mingbai.places.models import Organisation
from mingbai.units import whole


def month_of(request: HttpRequest, place: Organisation) -> int:
    """``?month=202403``, else the last month of the place's books (or of those below it) that has begun, else today's.

    :raises Http404: for what is no month.
    """
    said = request.GET.get("month", "") or request.POST.get("month", "")
    if said:
        month = whole(said, 6)
        if month is None or not (1 <= month % 100 <= 12 and 1950 <= month // 100 <= 2150):
            raise Http404("没有这个月份")
        return month
    last: int | None = Month.objects.filter(organisation__in=place.below.order_by().values("pk")).aggregate(
        Max("month")
    )["month__max"]
    now = today()
    return last or now.year * 100 + now.month


def around(month: int) -> tuple[int, int]:
    """The month before and the month after."""
    year, number = divmod(month, 100)
    return (year * 100 + number - 1 if number > 1 else (year - 1) * 100 + 12), (
        year * 100 + number + 1 if number < 12 else (year + 1) * 100 + 1
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as people read it, and the voucher it was booked with, if it was."""

    it: Proposal
    words: str
    voucher: Voucher | None

    @property
    def other(self) -> bool:
        """What it comes from was changed after it was booked."""
        return self.voucher is not None and self.voucher.digest != self.it.digest


def entries(place: Organisation, month: int, proposals: Sequence[Proposal]) -> list[Entry]:
    """A month's proposals beside the vouchers of the same events."""
    booked = {
        each.event: each
        for each in Voucher.objects.filter(organisation=place, event__in=[each.event for each in proposals])
    }
    chart = chart_for(place, last_day(month))
    return [Entry(each, say(each, chart), booked.get(each.event)) for each in proposals]
