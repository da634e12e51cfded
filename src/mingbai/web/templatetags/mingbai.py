"""How a value is said on a page: money as people say it, areas in 亩, terms with their years, masked persons.

A filter given nothing says ``—``: unknown is never 0. The exact figure is always one hover (and one print) away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import catalog

from mingbai.units import format_area, format_date, format_money, mask_identity, mask_name, mask_phone, say_money
from mingbai.units.wording import Reader

register = template.Library()

NOTHING = "—"
_LATE, _SOON, _FINE, _DONE, _NO_DAY = "red", "yellow", "green", "done", "none"
_ANSWERS = {
    "yes": ("suspected", gettext_lazy("疑似")),
    "cannot_tell": ("unsure", gettext_lazy("说不准")),
    "disputed": ("disputed", gettext_lazy("有争议")),
    "no": ("clear", gettext_lazy("未见问题")),
}


@register.filter
def spoken(word: Any) -> str:
    """A word of the house's own vocabulary (a role, a stage, a class), or a sentence made of its phrases (a finding's), in the
    language of the page; other text as it is."""
    if not word:
        return ""
    language = get_language() or ""
    return _(str(word)) if language.startswith("zh") else _reader(language)(str(word))


@lru_cache(maxsize=4)
def _reader(language: str) -> Reader:
    return Reader(catalog()._catalog)


@register.filter
def yuan(fen: int | str | None) -> str:
    """Fen to the fen, for tables: 123450 → ``1,234.50``."""
    return NOTHING if fen is None or fen == "" else format_money(int(fen))


@register.filter
def money(fen: int | str | None) -> str:
    """Fen as people say it, the exact figure on hover and in print: ``3,289 万元``."""
    if fen is None or fen == "":
        return NOTHING
    exact = _("%(yuan)s 元") % {"yuan": format_money(int(fen))}
    return format_html('<data class="money" value="{}" title="{}">{}</data>', int(fen), exact, say_money(int(fen)))


@register.filter
def number(count: int | str | None) -> str:
    """A count with its thousands: 3486 → ``3,486``."""
    return NOTHING if count is None or count == "" else f"{int(count):,}"


@register.filter
def mu(mu4: int | str | None) -> str:
    """1/10,000 mu as ``12.35 亩``, square metres on hover (1 ㎡ is exactly 15 of them)."""
    if mu4 is None or mu4 == "":
        return NOTHING
    metres = (Decimal(int(mu4)) / 15).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return format_html(
        '<data class="area" value="{}" title="{} ㎡">{} {}</data>',
        int(mu4),
        f"{metres:,f}",
        _grouped(int(mu4)),
        _("亩"),
    )


@register.filter
def day(value: date | str | None) -> str:
    """A date, a moment or ISO text as ``2026-09-30``; a moment in the time of the place."""
    if not value:
        return NOTHING
    if isinstance(value, str):
        return value[:10]
    return format_date(_local(value))


@register.filter
def moment(value: date | str | None) -> str:
    """A moment as ``2026-09-30 14:05``, in the time of the place; a day as a day, words as they are."""
    if not isinstance(value, datetime):
        return value if isinstance(value, str) and value else day(value)
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"


@register.filter
def term(start: date | str | None, end: date | str | None = None) -> str:
    """``2005-01-01 至 2035-12-31（31 年）``; the last day belongs to the term."""
    first, last = _as_date(start), _as_date(end)
    if first and last:  # a line breaks between the two days, never inside one
        length = _length(first, last)
        said = format_date(last) + (f"（{length}）" if length else "")
        return format_html('<span class="nobr">{} 至</span> <span class="nobr">{}</span>', format_date(first), said)
    if first:
        return f"{format_date(first)} 起"
    return f"至 {format_date(last)}" if last else NOTHING


@register.filter
def share(part: float | str | None) -> str:
    """0–1 as ``98.2 %``. Nothing short of all is said to be 100 %, nothing above none to be 0 %."""
    if part is None or part == "":
        return NOTHING
    hundred = Decimal(str(part)) * 100
    if hundred in (0, 100):
        return f"{hundred:.0f} %"
    shown = hundred.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if 0 < hundred < 100:
        shown = min(max(shown, Decimal("0.1")), Decimal("99.9"))
    return f"{shown} %"


@register.filter
def masked(text: str | None, kind: str = "name") -> str:
    """A person as others may see him. ``kind``: ``name``, ``phone``, ``identity`` or ``bank``."""
    if not text:
        return NOTHING
    if kind == "bank":
        digits = "".join(text.split())
        return "*" * max(len(digits) - 4, 0) + digits[-4:] if len(digits) > 8 else "*" * len(digits)
    masks = {"name": mask_name, "phone": mask_phone, "identity": mask_identity}
    return masks[kind](text)


@register.filter
def answer_tag(answer: str) -> str:
    """A rule's answer as a tag: ``yes`` → 疑似, ``cannot_tell`` → 说不准, ``disputed`` → 有争议, ``no`` → 未见问题."""
    kind, word = _ANSWERS[answer]
    return format_html('<span class="tag {}">{}</span>', kind, word)


@register.filter
def percent_of(part: int | None, whole: int | None) -> str:
    """``part`` of ``whole`` as an SVG width, ``53.33%``: bars are drawn by the server, no style attribute needed."""
    if not part or not whole:
        return "0%"
    return f"{min(max(100 * part / whole, 0), 100):.2f}%"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present query string with replacements: ``{% query page=2 %}`` → ``?street=x&page=2``.

    ``None`` or empty takes a key out, a list repeats it. A change of anything else goes back to the first page.
    """
    request = context.get("request")
    wanted = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if "page" not in changes:
        wanted.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            wanted.pop(key, None)
        elif isinstance(value, Iterable) and not isinstance(value, str):
            wanted.setlist(key, [str(one) for one in value])
        else:
            wanted[key] = str(value)
    return f"?{wanted.urlencode()}"


@register.simple_tag
def pages(page: Page[Any]) -> list[int | None]:
    """The page numbers worth showing, ``None`` where some are left out."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [number if isinstance(number, int) else None for number in shown]


@register.inclusion_tag("web/parts/light.html", takes_context=True)
def light(
    context: Context, due: date | None, done_on: date | None = None, today: date | None = None, soon: int = 7
) -> dict[str, Any]:
    """The light of a deadline: green, yellow from ``soon`` days before, red from the day after; ✓ when done.

    ``today`` defaults to the day of the home (``shell.today``), so a demo does not drift with the clock.
    """
    now = today or _shell_day(context) or timezone.localdate()
    colour, word = deadline(due, now, done_on, soon)
    return {"colour": colour, "word": word, "due": due}


def deadline(due: date | None, today: date, done_on: date | None = None, soon: int = 7) -> tuple[str, str]:
    """Colour and word of a deadline, for lists that count and sort by it as well as for the light."""
    if done_on:
        late = (done_on - due).days if due else 0
        if late > 0:
            return _DONE, ngettext("办结，晚 %(days)d 天", "办结，晚 %(days)d 天", late) % {"days": late}
        return _DONE, _("按期办结") if due else _("办结")
    if due is None:
        return _NO_DAY, _("未定期限")
    left = (due - today).days
    if left < 0:
        return _LATE, ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", -left) % {"days": -left}
    colour = _SOON if left <= soon else _FINE
    if left == 0:
        return colour, _("今天到期")
    return colour, ngettext("还有 %(days)d 天", "还有 %(days)d 天", left) % {"days": left}


@register.simple_tag
def meter(part: int | None, whole: int | None, late: int = 0) -> SafeString:
    """A bar one line high drawn from zero: ``part`` of ``whole``, after it in red what is ``late``."""
    return format_html(
        '<svg class="meter" role="img" aria-label="{}/{}"><rect class="whole" width="100%" height="100%"/>'
        '<rect class="part" width="{}" height="100%"/><rect class="late" x="{}" width="{}" height="100%"/></svg>',
        part or 0,
        whole or 0,
        percent_of(part, whole),
        percent_of(part, whole),
        percent_of(late, whole),
    )


def _grouped(mu4: int) -> str:
    whole, point, rest = format_area(mu4).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole != "-0" else f"-0{point}{rest}"


def _local(value: date) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def _as_date(value: date | str | None) -> date | None:
    if not value:
        return None
    return date.fromisoformat(value[:10]) if isinstance(value, str) else _local(value)


def _length(first: date, last: date) -> str:
    """Whole years and months of a term. Ending on the very day of the year it began (2005-01-01 至 2035-01-01) is
    said as 30 years too; odd days are left out."""
    if last < first:
        return ""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)
    years, rest = divmod(months, 12)
    if not months:
        return f"{(after - first).days} 天"
    return " ".join([f"{years} 年"] * bool(years) + [f"{rest} 个月"] * bool(rest))


def _shell_day(context: Context) -> date | None:
    shell = context.get("shell")
    found = shell.get("today") if isinstance(shell, Mapping) else getattr(shell, "today", None)
    return found if isinstance(found, date) else None
