"""Pictures of a round 图, drawn here as SVG: who owes whom in a circle, one ring before and after, bars, the cash curve.

They stand offline, without script and in print. Amounts are to scale from zero; what colour says, words say too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from mingbai.units import say_money

Pair = tuple[int, int, int]
"""Debtor and creditor as places in the list of names, and fen."""
_ARROW = (
    '<defs><marker id="{id}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="{size}" markerHeight="{size}" markerUnits="userSpaceOnUse" '
    'orient="auto"><path d="M0 0 L10 5 L0 10 z" class="{kind}"/></marker></defs>'
)


def circle(names: Sequence[str], pairs: Sequence[Pair], most: int, title: str, kind: str) -> str:
    """Parties in a circle, an arrow from each debtor to its creditor as wide as the debt. ``most`` fen is the widest."""
    wide, high, radius = 640, 400, 150
    middle = wide / 2, high / 2
    place = [
        (
            middle[0] + 1.25 * radius * math.sin(2 * math.pi * n / len(names)),
            middle[1] - radius * math.cos(2 * math.pi * n / len(names)),
        )
        for n in range(len(names))
    ]
    parts = [_ARROW.format(id=f"arrow-{kind}", size=13, kind=f"tip {kind}")]
    for debtor, creditor, fen in sorted(pairs, key=lambda each: -each[2]):
        (x1, y1), (x2, y2) = place[debtor], place[creditor]
        length = math.hypot(x2 - x1, y2 - y1)
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        bend = 0.14 * length
        cx, cy = (x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend
        sx, sy = _towards((x1, y1), (cx, cy), 13)
        ex, ey = _towards((x2, y2), (cx, cy), 17)
        width = max(1.0, 11 * fen / most)
        parts.append(
            f'<path d="M{sx:.1f} {sy:.1f} Q{cx:.1f} {cy:.1f} {ex:.1f} {ey:.1f}" class="flow {kind}" stroke-width="{width:.1f}" '
            f'marker-end="url(#arrow-{kind})"><title>{escape(names[debtor])} 欠 {escape(names[creditor])} {say_money(fen)}</title></path>'
        )
    for (x, y), name in zip(place, names, strict=True):
        side = "middle" if abs(x - middle[0]) < 40 else "start" if x > middle[0] else "end"
        dx, dy = {"middle": (0, -18 if y < middle[1] else 30), "start": (17, 5), "end": (-17, 5)}[side]
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" class="party"/>'
            f'<text x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{side}" class="label">{escape(short(name, 8))}</text>'
        )
    return _svg(wide, high, title, "".join(parts))


def _towards(start: tuple[float, float], end: tuple[float, float], by: float) -> tuple[float, float]:
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1
    return start[0] + (end[0] - start[0]) * by / length, start[1] + (end[1] - start[1]) * by / length


def triangle(names: Sequence[str], debts: Sequence[int], title: str) -> str:
    """One ring as boxes and arrows, with what each owes the next."""
    wide, high = 380, 250
    boxes = [(190, 34), (316, 204), (64, 204)] if len(names) == 3 else [(84, 125), (296, 125)]
    parts = [_ARROW.format(id=f"ring-{sum(debts)}", size=12, kind="tip before")]
    for n, fen in enumerate(debts):
        (x1, y1), (x2, y2) = boxes[n], boxes[(n + 1) % len(boxes)]
        (sx, sy), (ex, ey) = _edge((x1, y1), (x2, y2)), _edge((x2, y2), (x1, y1))
        if len(boxes) == 2:
            sy, ey = sy + (-12 if n == 0 else 12), ey + (-12 if n == 0 else 12)
        gone = " gone" if fen == 0 else ""
        arrow = "" if fen == 0 else f' marker-end="url(#ring-{sum(debts)})"'
        parts.append(
            f'<path d="M{sx:.1f} {sy:.1f} L{ex:.1f} {ey:.1f}" class="flow before{gone}" stroke-width="2.5"{arrow}/>'
        )
        mx, my = (sx + ex) / 2, (sy + ey) / 2
        anchor, dx, dy = (
            (("start", 12, 0), ("middle", 0, 22), ("end", -12, 0))[n]
            if len(boxes) == 3
            else ("middle", 0, -12 if n == 0 else 24)
        )
        said = "两清" if fen == 0 else f"欠 {say_money(fen)}"
        parts.append(f'<text x="{mx + dx:.1f}" y="{my + dy:.1f}" text-anchor="{anchor}" class="number">{said}</text>')
    for (x, y), name in zip(boxes, names, strict=True):
        parts.append(
            f'<rect x="{x - 60}" y="{y - 19}" width="120" height="38" rx="3" class="box"/>'
            f'<text x="{x}" y="{y + 5}" text-anchor="middle" class="label">{escape(short(name, 8))}</text>'
        )
    return _svg(wide, high, title, "".join(parts))


def _edge(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Where the line from one box to another leaves the box."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    scale = min(64 / abs(dx) if dx else 9e9, 23 / abs(dy) if dy else 9e9)
    return start[0] + dx * scale, start[1] + dy * scale


def whole(cleared: int, by_cash: int, left: int, title: str) -> str:
    """All debts as one bar: what cancels, what cash settled, what is left."""
    total = max(cleared + by_cash + left, 1)
    wide, high, x = 1200, 44, 0.0
    parts = []
    for fen, kind in ((cleared, "cleared"), (by_cash, "cash"), (left, "left")):
        width = wide * fen / total
        parts.append(f'<rect x="{x:.1f}" width="{width:.1f}" height="{high}" class="{kind}"/>')
        x += width
    return f'<svg viewBox="0 0 {wide} {high}" preserveAspectRatio="none" class="whole-bar" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def bar(first: int, second: int, most: int) -> str:
    """Before (pale) with after (dark) in front of it, one line high."""
    wide = 240
    return (
        f'<svg viewBox="0 0 {wide} 12" preserveAspectRatio="none" class="line-bar" aria-hidden="true">'
        f'<rect width="{wide * first / max(most, 1):.1f}" height="12" class="cleared"/>'
        f'<rect width="{wide * second / max(most, 1):.1f}" height="12" class="left"/></svg>'
    )


def curve(points: Sequence[tuple[int, int]], total: int, title: str) -> str:
    """What is settled (upright) by so much cash (across), both from zero; labelled at each point that has room."""
    wide, high, left, right, top, ground = 1000, 330, 92, 40, 34, 284
    most = max(cash for cash, _ in points) or 1
    at = [
        (left + (wide - left - right) * cash / most, ground - (ground - top) * settled / max(total, 1))
        for cash, settled in points
    ]
    parts = [
        f'<line x1="{left}" y1="{top}" x2="{wide - right}" y2="{top}" class="grid"/>'
        f'<text x="{wide - right}" y="{top - 10}" text-anchor="end" class="number">全部债务 {say_money(total)}</text>'
        f'<line x1="{left}" y1="{ground}" x2="{wide - right}" y2="{ground}" class="axis"/><line x1="{left}" y1="{top}" x2="{left}" y2="{ground}" class="axis"/>',
        f'<path d="M{left} {ground} L'
        + " L".join(f"{x:.1f} {y:.1f}" for x, y in at)
        + f' L{at[-1][0]:.1f} {ground} z" class="area"/>',
        '<path d="M' + " L".join(f"{x:.1f} {y:.1f}" for x, y in at) + '" class="curve"/>',
    ]
    shown = -200.0
    for (x, y), (cash, settled) in zip(at, points, strict=True):
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="dot"><title>现金 {say_money(cash)}，了结 {say_money(settled)}</title></circle>'
        )
        if x - shown > 118 or cash == most:
            parts.append(
                f'<text x="{x + 9 if x < wide - 150 else x - 6:.1f}" y="{y + 22:.1f}" text-anchor="{"start" if x < wide - 150 else "end"}" class="label">{say_money(settled)}</text>'
                f'<text x="{x:.1f}" y="{ground + 22}" text-anchor="{"middle" if cash < most else "end"}" class="number">{"不用现金" if cash == 0 else say_money(cash)}</text>'
            )
            shown = x
    parts.append(f'<text x="{wide - right}" y="{high - 4}" text-anchor="end" class="number">拿出的现金 →</text>')
    return _svg(wide, high, title, "".join(parts))


def short(name: str, most: int) -> str:
    """A name that fits a picture; the whole stands in the tables."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _svg(width: int, height: int, title: str, inside: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" class="picture"><title>{escape(title)}</title>{inside}</svg>'
