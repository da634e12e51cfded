"""Cells mended by a person, laid over a workbook before it is read; and a window on a sheet as the clerk knows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mingbai.limits import LIMITS, Limits
from mingbai.sheets.formats import open_workbook
from mingbai.sheets.grid import Workbook, column_letters, column_number
from mingbai.units import clean_text

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def mend(book: Workbook, cells: Mapping[str, Mapping[str, str]]) -> None:
    """Puts texts into cells: sheet name → ``{"D17": "300元"}``. An address outside the sheet is passed over."""
    for sheet in book.sheets:
        texts = cells.get(sheet.name, {})
        for where, text in texts.items():
            found = _ADDRESS.fullmatch(where)
            if found is None:
                continue
            row, column = int(found[2]), column_number(found[1])
            if row <= len(sheet.rows) and column <= len(sheet.rows[row - 1]):
                sheet.rows[row - 1][column - 1] = text or None
                sheet.uncached -= {(row, column)}


def window(path: Path | str, sheet: str, top: int = 1, rows: int = 60, limits: Limits = LIMITS) -> dict[str, Any]:
    """Part of a sheet as text: ``{sheets, columns: [A…], rows: [[number, [text…]]], of, merged}``. Runs in the guard's child."""
    book = open_workbook(Path(path), limits)
    grid = next((each for each in book.sheets if each.name == sheet), book.sheets[0] if book.sheets else None)
    if grid is None:
        return {"sheets": [], "columns": [], "rows": [], "of": 0, "merged": []}
    width = len(grid.rows[0]) if grid.rows else 0
    shown = [
        [top + place, [clean_text(cell) for cell in row]]
        for place, row in enumerate(grid.rows[top - 1 : top - 1 + rows])
    ]
    return {
        "sheets": [each.name for each in book.sheets],
        "name": grid.name,
        "columns": [column_letters(place + 1) for place in range(width)],
        "rows": shown,
        "of": len(grid.rows),
        "merged": [list(span) for span in grid.merged if span[0] >= top and span[0] < top + rows],
    }
