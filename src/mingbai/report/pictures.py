"""Pictures 图: small, honest, drawn here as SVG so that they stand offline, without script and in print.

Axes start at zero, bars carry their numbers, and what colour says a pattern says too (black-and-white print).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

ROW, LABEL, NUMBER, WIDTH = 30, 250, 90, 900
_HATCH = ('<defs><pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
          '<rect width="6" height="6" class="disputed-ground"/><line x1="0" y1="0" x2="0" y2="6" class="disputed-line"/></pattern></defs>')


def bars(rows: Sequence[tuple[str, str, int, int]], title: str) -> str:
    """Horizontal bars: (label, address it leads to, suspected, disputed), in the order given."""
    most = max((suspected + disputed for _, _, suspected, disputed in rows), default=1) or 1
    scale = (WIDTH - LABEL - NUMBER) / most
    parts = []
    for index, (label, target, suspected, disputed) in enumerate(rows):
        y = index * ROW
        first, second = suspected * scale, disputed * scale
        said = f"{suspected}" + (f" ＋ {disputed}" if disputed else "")
        parts.append(
            f'<a href="{escape(target)}"><text x="{LABEL - 10}" y="{y + 20}" text-anchor="end" class="label">{escape(label)}</text>'
            f'<rect x="{LABEL}" y="{y + 6}" width="{first:.1f}" height="{ROW - 12}" class="suspected"/>'
            f'<rect x="{LABEL + first:.1f}" y="{y + 6}" width="{second:.1f}" height="{ROW - 12}" fill="url(#hatch)"/>'
            f'<text x="{LABEL + first + second + 8:.1f}" y="{y + 20}" class="number">{said}</text></a>')
    height = len(rows) * ROW + 4
    return _svg(WIDTH, height, title, _HATCH + f'<line x1="{LABEL}" y1="0" x2="{LABEL}" y2="{height}" class="axis"/>' + "".join(parts))


def columns(rows: Sequence[tuple[str, int, int]], title: str, height: int = 170) -> str:
    """Upright bars: (label, all, of these suspected); the suspected part stands in front of the whole."""
    most = max((whole for _, whole, _ in rows), default=1) or 1
    step = WIDTH / max(len(rows), 1)
    wide = min(step * 0.7, 64)
    ground = height - 24
    scale = (ground - 22) / most
    parts = [f'<line x1="0" y1="{ground}" x2="{WIDTH}" y2="{ground}" class="axis"/>']
    for index, (label, whole, part) in enumerate(rows):
        x = index * step + (step - wide) / 2
        tall, low = whole * scale, part * scale
        parts.append(
            f'<rect x="{x:.1f}" y="{ground - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" class="whole"/>'
            f'<rect x="{x:.1f}" y="{ground - low:.1f}" width="{wide:.1f}" height="{low:.1f}" class="suspected"/>'
            f'<text x="{x + wide / 2:.1f}" y="{ground - tall - 6:.1f}" text-anchor="middle" class="number">{whole or ""}</text>'
            f'<text x="{x + wide / 2:.1f}" y="{height - 6}" text-anchor="middle" class="label">{escape(label)}</text>')
    return _svg(WIDTH, height, title, "".join(parts))


def share(part: int, whole: int) -> str:
    """A bar one line high: how much of a whole."""
    width = 60 * part / whole if whole else 0
    return (f'<svg class="share" viewBox="0 0 60 10" width="60" height="10" role="img" aria-label="{part}/{whole}">'
            f'<rect width="60" height="10" class="whole"/><rect width="{width:.1f}" height="10" class="suspected"/></svg>')


def _svg(width: int, height: int, title: str, inside: str) -> str:
    return (f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" class="picture">'
            f"<title>{escape(title)}</title>{inside}</svg>")
