"""What a page of the books was asked for: a month."""

from __future__ import annotations

from django.db.models import Max
from django.http import Http404, HttpRequest

from mingbai.books.models import Month
from mingbai.places.clock import today
from mingbai.places.models import Organisation


def month_of(request: HttpRequest, place: Organisation) -> int:
    """``?month=202403``, else the last month of the place's books (or of those below it) that has begun, else today's.

    :raises Http404: for what is no month.
    """
    said = request.GET.get("month", "") or request.POST.get("month", "")
    if said:
        if not (said.isascii() and said.isdigit() and len(said) == 6 and 1 <= int(said) % 100 <= 12 and 1950 <= int(said) // 100 <= 2150):
            raise Http404("没有这个月份")
        return int(said)
    last: int | None = Month.objects.filter(organisation__in=place.below.order_by().values("pk")).aggregate(Max("month"))["month__max"]
    now = today()
    return last or now.year * 100 + now.month


def around(month: int) -> tuple[int, int]:
    """The month before and the month after."""
    year, number = divmod(month, 100)
    return (year * 100 + number - 1 if number > 1 else (year - 1) * 100 + 12), (year * 100 + number + 1 if number < 12 else (year + 1) * 100 + 1)
