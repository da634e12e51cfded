"""Cells as calamine hands them over, set right.

Calamine is fast and forgets some things: error cells and formulas that were never computed come back as empty text,
whole numbers as floats. What our own look at the bytes found (``SheetFacts``) puts them back.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mingbai.limits import Limits
from mingbai.sheets.grid import Grid, Refused, address, clipped, out_of_memory, squared, too_large
from mingbai.sheets.package import damaged
from mingbai.units import clean_text
from mingbai.units.outcome import Cell
from mingbai.units.wording import phrase

EXACT = 1e15
"""Whole floats below become ``int``; above, Excel's 15 digits are spent and the float says so itself."""


@dataclass(slots=True)
class SheetFacts:
    """What calamine does not tell about a sheet. Addresses are (row, column), 1-based."""

    uncached: set[tuple[int, int]] = field(default_factory=set)
    external: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_lines: bool = False
    struck: set[int] = field(default_factory=set)
    """Rows with a filled cell that is struck through."""
    commented: list[str] = field(default_factory=list)
    """Addresses of cells with a comment."""
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    """Numbers whose format writes a unit behind them (``0.0"万元"``), with that unit."""


def encrypted() -> Refused:
    return Refused(
        "encrypted",
        "文件设有打开密码，无法读取。",
        "请用 Excel 或 WPS 打开文件，在「文件－信息－保护工作簿－用密码进行加密」中清空密码，保存后再上传。",
    )


def grids(data: bytes, facts: Sequence[SheetFacts | None], limits: Limits) -> list[Grid]:
    """The worksheets of an xlsx or xls; ``facts[i]`` belongs to the i-th sheet of the workbook, chart sheets counted.

    Raises ``Refused``: ``encrypted``, ``damaged``, ``memory``, ``too_many_sheets``, ``rows``, ``columns``, ``cells``,
    ``cell_too_long``. A panic inside calamine is a ``BaseException`` of its own and means damage too.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(i, meta) for i, meta in enumerate(book.sheets_metadata) if meta.typ == SheetTypeEnum.WorkSheet]
        refuse_many_sheets(len(sheets), limits)
        found = []
        for index, meta in sheets:
            fact = (facts[index] if index < len(facts) else None) or SheetFacts()
            hidden = meta.visible != SheetVisibleEnum.Visible
            found.append(_grid(meta.name, book.get_sheet_by_index(index), fact, hidden, limits))
        return found
    except (Refused, KeyboardInterrupt, SystemExit):
        raise
    except MemoryError as spent:
        raise out_of_memory() from spent
    except PasswordError as locked:
        raise encrypted() from locked
    except (CalamineError, ValueError, OverflowError, OSError) as broken:
        raise damaged("表格内容读不通") from broken
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        raise damaged("表格内容读不通") from panic


def refuse_many_sheets(count: int, limits: Limits) -> None:
    if count > limits.sheets:
        raise Refused(
            "sheets", f"有 {count} 张工作表，超过 {limits.sheets} 张。", "请删除用不到的工作表，或拆成几个文件。"
        )


def _grid(name: str, sheet: CalamineSheet, fact: SheetFacts, hidden: bool, limits: Limits) -> Grid:
    end = sheet.end
    if end is None:
        rows: list[list[Cell]] = []
    else:
        refuse_extent(name, end[0] + 1, end[1] + 1, limits)
        # Not iter_rows(): it leaves out empty columns on the left even where it keeps empty rows on top.
        laid_out: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        for index, row in enumerate(laid_out):
            laid_out[index] = _set_right(row)
        rows = laid_out
        refuse_long_texts(name, rows, limits)
    for (line, column), text in fact.errors.items():
        if line <= len(rows) and column <= len(rows[line - 1]):
            rows[line - 1][column - 1] = text
    for (line, column), unit in fact.shown.items():
        if line <= len(rows) and column <= len(rows[line - 1]) and type(rows[line - 1][column - 1]) in (int, float):
            rows[line - 1][column - 1] = f"{clean_text(rows[line - 1][column - 1])}{unit}"
    merged = [
        (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]
    rows = squared(rows)
    return Grid(name, rows, clipped(merged, rows), hidden, frozenset(fact.uncached), frozenset(fact.external))


def notes_on(name: str, fact: SheetFacts) -> list[str]:
    """What a reader should know of a sheet that its cells do not say."""
    notes = []
    if fact.hidden_lines:
        notes.append(phrase("工作表「{name!s}」有隐藏的行或列，也一并读取。", name=name))
    if fact.struck:
        rows = _first([str(row) for row in sorted(fact.struck)])
        notes.append(
            phrase("工作表「{name!s}」有删除线的行仍按有效收下，不要的请删去，行号：{rows!s}。", name=name, rows=rows)
        )
    if fact.commented:
        notes.append(
            phrase("工作表「{name!s}」有批注的格没有读批注：{cells!s}。", name=name, cells=_first(fact.commented))
        )
    return notes


def _first(places: list[str], most: int = 20) -> str:
    return "、".join(places[:most]) + (f" 等 {len(places)} 处" if len(places) > most else "")


def refuse_extent(name: str, height: int, width: int, limits: Limits) -> None:
    """Refuses a sheet whose used rectangle, ``height`` rows by ``width`` columns, is beyond the caps."""
    if height > limits.rows:
        raise too_large("rows", name, f"用到第 {height} 行，超过 {limits.rows} 行")
    if width > limits.columns:
        raise too_large("columns", name, f"用到 {address(1, width)[:-1]} 列，超过 {address(1, limits.columns)[:-1]} 列")
    if height * width > limits.cells:
        raise too_large("cells", name, f"占 {height} 行 × {width} 列，超过 {limits.cells} 个单元格")


def refuse_long_texts(name: str, rows: list[list[Cell]], limits: Limits) -> None:
    """Refuses a sheet with a cell longer than Excel itself would keep."""
    cap = limits.cell_characters
    for row in rows:
        lengths = [len(cell) if type(cell) is str else 0 for cell in row]
        if lengths and max(lengths) > cap:
            raise Refused(
                "cell_too_long",
                f"工作表「{name}」{address(rows.index(row) + 1, lengths.index(max(lengths)) + 1)} 的文字超过 {cap} 字。",
                "请检查这一格：多半是整篇文字粘在一格里，或引号没有配对。",
            )


def _set_right(row: list[Any]) -> list[Cell]:
    return [
        (value or None) if (kind := type(value)) is str else _number(value) if kind is float else value for value in row
    ]


def _number(value: float) -> Cell:
    if value.is_integer():
        return int(value) if -EXACT < value < EXACT else value
    return value if isfinite(value) else str(value)
