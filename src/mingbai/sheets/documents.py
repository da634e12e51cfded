"""What a Word document and a PDF give over: tables with the lines above them, as sheets.

Tables that go on over a page or after a break are one sheet; each row knows where it stands (``第2页第5行``), because a
document has no cell addresses a clerk could look up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from mingbai.limits import Limits
from mingbai.sheets.cells import refuse_extent, refuse_long_texts, refuse_many_sheets
from mingbai.sheets.grid import Grid, clipped, squared
from mingbai.units.outcome import Cell

Merged = tuple[int, int, int, int]

# Radicals some programs write for the whole character. NFKC knows those of Kangxi and two of the supplement.
_RADICALS = str.maketrans(
    dict(
        zip(
            "⺁⺊⺎⺓⺕⺙⺝⺟⺠⺩⺪⺫⺬⺮⺶⺼⻁⻄⻅⻆⻉⻋⻏⻓⻔⻖⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻯⻰⻳",
            "厂卜兀幺彐攵月母民王疋目示竹羊月虎西见角贝车邑长门阜青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龙龟",
            strict=True,
        )
    )
)


def whole_characters(text: str) -> str:
    """Text in which radicals (⺠, ⽅) and compatibility ideographs stand as the characters they look like.

    >>> whole_characters("村⺠⼩组 12㎡")
    '村民小组 12㎡'
    """
    if text.isascii():
        return text
    folded = "".join(
        unicodedata.normalize("NFKC", each) if "\u2e80" <= each <= "\u2fdf" or "\uf900" <= each <= "\ufaff" else each
        for each in text
    )
    return folded.translate(_RADICALS)


@dataclass(slots=True)
class Found:
    """A table as it was found: rows, its merged ranges, the place of each row, and the lines above it with theirs."""

    rows: list[list[Cell]]
    merged: list[Merged]
    places: list[str]
    name: str
    above: list[tuple[str, str]] = field(default_factory=list)
    """(text, place)."""
    goes_on: bool = False
    """Nothing stands between this table and the one before: the same number of columns makes it one."""


def sheets_of(tables: Iterable[Found], limits: Limits) -> list[Grid]:
    """The tables as sheets, those that go on joined. Raises ``Refused`` beyond the caps."""
    grids: list[Grid] = []
    for table in tables:
        lines: list[list[Cell]] = [[text] for text, _ in table.above]
        rows = [*lines, *table.rows]
        width = max(map(len, rows), default=0)
        places = (*(place for _, place in table.above), *table.places)
        last = grids[-1] if grids else None
        if last is not None and table.goes_on and not table.above and last.rows and max(map(len, last.rows)) == width:
            down = len(last.rows)
            last.rows += rows
            last.merged += [(top + down, left, bottom + down, right) for top, left, bottom, right in table.merged]
            last.places += places
            refuse_extent(last.name, len(last.rows), width, limits)
            continue
        down = len(table.above)
        merged = [(top + down, left, bottom + down, right) for top, left, bottom, right in table.merged]
        refuse_extent(table.name, len(rows), width, limits)
        grids.append(Grid(table.name, rows, merged, places=places))
        refuse_many_sheets(len(grids), limits)
    for grid in grids:
        refuse_long_texts(grid.name, grid.rows, limits)
        grid.rows = squared(grid.rows)
        grid.merged = clipped(grid.merged, grid.rows)
    return [grid for grid in grids if grid.rows]
