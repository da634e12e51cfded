"""Pictures 图: small, honest, drawn here as SVG so that they stand offline, without script and in print.

Axes start at zero, bars carry their numbers, and what colour says a pattern says too (black-and-white print).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

HALF = 592
"""Pixels of half the page on a desktop, for pictures that stand side by side."""
_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" class="disputed-ground"/><line x1="0" y1="0" x2="0" y2="6" class="disputed-line"/></pattern></defs>'
)


def bars(groups: Sequence[tuple[str, Sequence[tuple[str, str, int, int]]]]) -> str:
    """Horizontal bars in named groups, each bar (label, address it leads to, suspected, disputed), in the order given.

    Words are page text, only the bars are drawn: they shrink with the page while the words stay readable.
    """
    most = max((suspected + disputed for _, rows in groups for _, _, suspected, disputed in rows), default=1) or 1
    parts = [f'<svg width="0" height="0" class="patterns" aria-hidden="true">{_HATCH}</svg><dl class="bars">']
    for name, rows in groups:
        parts.append(f"<dt>{escape(name)}</dt>")
        for label, target, suspected, disputed in rows:
            first, second = 100 * suspected / most, 100 * disputed / most
            said = f"{suspected}" + (f" ＋ {disputed}" if disputed else "")
            parts.append(
                f'<dd><a href="{escape(target)}">{escape(label)}</a><svg role="img" aria-label="{said}">'
                f'<rect width="{first:.2f}%" height="100%" class="suspected"/>'
                f'<rect x="{first:.2f}%" width="{second:.2f}%" height="100%" fill="url(#hatch)"/></svg><span>{said}</span></dd>'
            )
    return "".join([*parts, "</dl>"])


def columns(rows: Sequence[tuple[str, int, int]], title: str, height: int = 180) -> str:
    """Upright bars: (label, all, of these suspected); the suspected part stands in front of the whole."""
    most = max((whole for _, whole, _ in rows), default=1) or 1
    step = HALF / max(len(rows), 1)
    wide = min(step * 0.7, 64)
    ground = height - 24
    scale = (ground - 22) / most
    parts = [f'<line x1="0" y1="{ground}" x2="{HALF}" y2="{ground}" class="axis"/>']
    for index, (label, whole, part) in enumerate(rows):
        x = index * step + (step - wide) / 2
        tall, low = whole * scale, part * scale
        parts.append(
            f'<rect x="{x:.1f}" y="{ground - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" class="whole"/>'
            f'<rect x="{x:.1f}" y="{ground - low:.1f}" width="{wide:.1f}" height="{low:.1f}" class="suspected"/>'
            f'<text x="{x + wide / 2:.1f}" y="{ground - tall - 6:.1f}" text-anchor="middle" class="number">{whole or ""}</text>'
            f'<text x="{x + wide / 2:.1f}" y="{height - 6}" text-anchor="middle" class="label">{escape(label)}</text>'
        )
    return _svg(HALF, height, title, "".join(parts))


def share(part: int, whole: int) -> str:
    """A bar one line high: how much of a whole."""
    width = 60 * part / whole if whole else 0
    return (
        f'<svg class="share" viewBox="0 0 60 10" width="60" height="10" role="img" aria-label="{part}/{whole}">'
        f'<rect width="60" height="10" class="whole"/><rect width="{width:.1f}" height="10" class="suspected"/></svg>'
    )


def _svg(width: int, height: int, title: str, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" class="picture">'
        f"<title>{escape(title)}</title>{inside}</svg>"
    )
