"""Pictures and words of the register pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mingbai.letters.form import BREAK
from mingbai.units import format_money

register = template.Library()

WIDTH, BAR, HIGH = 640, 28, 56
_FILLS = {"paid": "paid", "late": "overdue", "coming": "due", "in_kind": "barred"}


@register.filter
def file_word(kind: str) -> str:
    """A media type in three letters: ``application/pdf`` → PDF."""
    words = {
        "application/pdf": "PDF",
        "image/png": _("图"),
        "image/jpeg": _("图"),
        "text/csv": "CSV",
        "text/plain": _("文本"),
    }
    return words.get(kind, "DOC" if "word" in kind else "XLS")


@register.filter
def broken(text: str) -> SafeString:
    """The words of a letter's cell, with its line breaks."""
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.split(BREAK)))


@register.simple_tag
def rent_strip(years: Sequence[Any]) -> SafeString:
    """The dues of a contract as a strip: paid is full, late is red, to come is open; each says its sum on hover."""
    step = WIDTH / max(len(years), 1)
    bars = format_html_join(
        "",
        '<rect x="{}" y="4" width="{}" height="{}" class="{}"><title>{}</title></rect>',
        (
            (
                round(place * step, 2),
                round(max(step - 1, 0.5), 2),
                BAR,
                _FILLS[each.state],
                f"{each.label} · {_state(each.state)} · {format_money(each.amount_fen) if each.amount_fen is not None else _('实物')}",
            )
            for place, each in enumerate(years)
        ),
    )
    every = max(1, -(-len(years) * 44 // WIDTH))
    labels = format_html_join(
        "",
        '<text x="{}" y="50" class="number">{}</text>',
        ((round(place * step, 2), each.label) for place, each in enumerate(years) if place % every == 0),
    )
    counts = {state: sum(each.state == state for each in years) for state in _FILLS}
    said = "，".join(f"{_state(state)} {n}" for state, n in counts.items() if n)
    legend = format_html_join(
        "",
        '<span><svg viewBox="0 0 12 12" aria-hidden="true"><rect x="0.5" y="0.5" width="11" height="11" class="{}"/></svg>{}</span>',
        ((_FILLS[state], f"{_state(state)} {n}") for state, n in counts.items() if n),
    )
    return format_html(
        '<svg class="picture" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg><p class="legend">{}</p>',
        WIDTH,
        HIGH,
        said,
        bars,
        labels,
        legend,
    )


def _state(state: str) -> str:
    return {"paid": _("已付清"), "late": _("逾期未付"), "coming": _("未到期"), "in_kind": _("实物")}[state]
