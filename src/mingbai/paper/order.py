"""Reading order 阅读顺序: boxes → lines, as a person reads them.

A page that lies askew is set straight first. Two columns of signatures (甲方 left, 乙方 right, each with its date) are
read one column after the other: read line by line, the date of the one would stand behind the name of the other.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mingbai.paper.boxes import Box, Page

_LABELLED = re.compile(r"[:：]|[（(](?:盖章|签字|签章|签名|公章|章)[)）]")
_GUTTER = 1.2
"""A gap between two boxes of a line that is wider than this many line heights may part two columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """Boxes that stand beside each other, left to right. ``column``: 0 = across the page, 1 and 2 = of two columns."""

    page: int
    boxes: tuple[Box, ...]
    column: int = 0

    @property
    def text(self) -> str:
        return " ".join(box.text for box in self.boxes)


@dataclass(slots=True)
class _Placed:
    """A box on the straightened page."""

    box: Box
    left: float
    right: float
    middle: float
    height: float


def lines(page: Page) -> list[Line]:
    """The lines of a page in reading order. Nothing is lost: every box stands in exactly one line."""
    rows = _rows(_straight(page.boxes))
    found: list[Line] = []
    at = 0
    while at < len(rows):
        end, gutter = _block(rows, at)
        if end - at < 2:
            found.append(Line(page.number, tuple(each.box for each in rows[at])))
            at += 1
            continue
        for column in (1, 2):
            for row in rows[at:end]:
                side = tuple(each.box for each in row if (_middle(each) < gutter) == (column == 1))
                if side:
                    found.append(Line(page.number, side, column))
        at = end
    return found


def skew(boxes: Iterable[Box]) -> float:
    """The angle the page lies at, in radians: the middle one of its long boxes, the long ones counting for more."""
    weighed = sorted((box.slope, box.width) for box in boxes if box.width > 3 * box.height)
    half, sofar = sum(width for _, width in weighed) / 2, 0.0
    for slope, width in weighed:
        sofar += width
        if sofar >= half:
            return slope
    return 0.0


def _straight(boxes: Sequence[Box]) -> list[_Placed]:
    angle = -skew(boxes)
    cos, sin = math.cos(angle), math.sin(angle)
    placed = []
    for box in boxes:
        turned = [(x * cos - y * sin, x * sin + y * cos) for x, y in box.corners]
        xs, ys = [x for x, _ in turned], [y for _, y in turned]
        placed.append(_Placed(box, min(xs), max(xs), sum(ys) / 4, max(box.height, 1.0)))
    return sorted(placed, key=lambda each: (each.middle, each.left))


def _rows(placed: list[_Placed]) -> list[list[_Placed]]:
    rows: list[list[_Placed]] = []
    for each in placed:
        row = rows[-1] if rows else []
        if (
            row
            and abs(each.middle - sum(other.middle for other in row) / len(row))
            < 0.5 * min(each.height, min(other.height for other in row))
            and not any(_over(each, other) for other in row)
        ):
            row.append(each)
        else:
            rows.append([each])
    for row in rows:
        row.sort(key=lambda each: each.left)
    return rows


def _over(one: _Placed, other: _Placed) -> bool:
    """Two boxes that cover each other sideways stand in two lines, however near."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0.5 * min(one.right - one.left, other.right - other.left)


def _block(rows: list[list[_Placed]], at: int) -> tuple[int, float]:
    """Where a block of two columns that begins at row ``at`` ends (``at`` itself: none begins here), and its gutter."""
    left, right = 0.0, math.inf
    end, both, heads = at, 0, [0, 0]
    for place in range(at, len(rows)):
        row = rows[place]
        parted = _parted(row)
        if parted is not None:
            a, b = max(left, parted[0]), min(right, parted[1])
            if b <= a:
                break
            left, right, both = a, b, both + 1
        elif (
            place == at
            or not (
                (row[-1].right <= right and _middle(row[-1]) < left)
                or (row[0].left >= left and _middle(row[0]) > right)
            )
            or both == 0
        ):
            break
        gutter = (left + right) / 2
        for each in row:
            heads[_middle(each) >= gutter] += bool(_LABELLED.search(each.box.text))
        end = place + 1
    if end - at < 2 or not all(heads) or not _labels_both(rows[at], (left + right) / 2):
        return at, 0.0
    return end, (left + right) / 2


def _labels_both(row: list[_Placed], gutter: float) -> bool:
    """The block's first line names somebody on both sides; a line with one label and its value is no head of columns."""
    sides = ["".join(each.box.text for each in row if (_middle(each) < gutter) == first) for first in (True, False)]
    return all(_LABELLED.search(side) for side in sides)


def _parted(row: list[_Placed]) -> tuple[float, float] | None:
    """The widest gap of a row, when it is wide enough to part columns."""
    gaps = [(b.left - a.right, a.right, b.left, min(a.height, b.height)) for a, b in itertools.pairwise(row)]
    wide = max(gaps, default=None)
    return (wide[1], wide[2]) if wide and wide[0] > _GUTTER * wide[3] else None


def _middle(each: _Placed) -> float:
    return (each.left + each.right) / 2
