"""What a sheet could not be taken for: an error for every bad cell, up to a cap, and the rows rejected, with their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingbai.columns import Problem
from mingbai.sheets.grid import Grid, address
from mingbai.sheets.tables import NOT_COMPUTED
from mingbai.units import Cell, clean_text
from mingbai.units.wording import phrase


class SheetErrors:
    """``errors`` and ``rejected`` of one sheet, plain JSON; rows and columns are handed in 0-based."""

    def __init__(self, grid: Grid, cap: int) -> None:
        self.grid = grid
        self.cap = cap
        self.errors: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        self.unheaded: set[int] = set()
        """Columns without a heading that have been spoken of."""

    def note(self, row: int, index: int, column: str | None, cell: Cell, problem: Problem) -> None:
        """Notes a bad cell (0-based row and column); past the cap only that there are more."""
        if len(self.errors) > self.cap:
            return
        if len(self.errors) == self.cap:
            problem = Problem(
                "too_many",
                phrase("错格超过 {cap!s} 个，其余不再一一列出；多半是表头对错了栏", cap=self.cap),
                (phrase("请核对表头与栏目的对应，或用对照文件写明"),),
            )
            column, cell = None, None
        suggestions = [text for text in problem.suggestions if text] or [phrase("请对照合同原件改写这一格")]
        self.errors.append(
            {
                "sheet": self.grid.home,
                "cell": address(*self.grid.at(row, index)),
                "row": self.grid.number(row),
                "column": column,
                "value": "" if cell == NOT_COMPUTED else clean_text(cell),
                "kind": problem.kind,
                "reason": problem.reason,
                "suggestion": " 或 ".join(suggestions),
                "suggestions": suggestions,
                **apart(self.grid),
                **({"where": self.grid.spoken(row, index)} if self.grid.places else {}),
            }
        )

    def reject(self, row: int, headed: Mapping[int, str], why: str) -> None:
        """Keeps the text of a row that is not taken, by its headings, or by the cell's address where there is none."""
        grid, cells = self.grid, dict[str, str]()
        for index, cell in enumerate(grid.rows[row]):
            if cell is not None and cell != "":
                name = headed.get(index) or address(*grid.at(row, index))
                cells[name if name not in cells else f"{name} {address(*grid.at(row, index))}"] = clean_text(cell)
        self.rejected.append({"sheet": grid.home, "row": grid.number(row), "cells": cells, "why": why, **apart(grid)})


def apart(grid: Grid) -> dict[str, str]:
    """The name a part of a sheet goes by, where it has one of its own."""
    return {"part": grid.name} if grid.name != grid.home else {}
