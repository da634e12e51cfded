"""Rows of a workbook with typed values, and an error for every cell that has none. Runs in the guarded child.

Work goes column by column: a ledger repeats itself, so each distinct cell of a column is read once. Nothing is lost:
read = accepted + rejected + skipped for every sheet, and a rejected row keeps its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

from mingbai.columns import UNSURE, Column, Problem, Register, Stored, find_register, reader, registers, skim
from mingbai.columns import Reading as CellReading
from mingbai.dues import Steps, parse_escalation
from mingbai.dues.prices import said_again
from mingbai.limits import LIMITS, Limits
from mingbai.sheets.cards import Cards
from mingbai.sheets.formats import open_workbook
from mingbai.sheets.grid import Grid, Workbook, address, column_letters
from mingbai.sheets.headers import holds
from mingbai.sheets.lines import TOTAL
from mingbai.sheets.mapping import wish_of
from mingbai.sheets.matching import Mapped, Wish
from mingbai.sheets.mending import mend
from mingbai.sheets.sense import suspects
from mingbai.sheets.shapes import Piece, pieces
from mingbai.sheets.tables import NO_HEADER, NOT_COMPUTED, Block, Table, lay_out, lay_out_cards, left_out, standing
from mingbai.sheets.wording import CARD, DITTO, NO_DATA_SHEETS, OTHER, TWO_COLUMNS, VERBATIM, worded
from mingbai.units import (
    YUAN,
    AreaUnit,
    Cell,
    Doubt,
    Money,
    MoneyUnit,
    Value,
    clean_text,
    is_blank,
    parse_area_unit,
    parse_money_unit,
)
from mingbai.units.goods import of_goods
from mingbai.units.money import TIMES_A_YEAR, typed_money
from mingbai.units.rooms import count_rooms, price_a_room
from mingbai.units.wording import phrase

EXCEL_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
_MARKS = ("#", VERBATIM)
"""How ``NOT_COMPUTED``, every Excel error and every text meant as it stands begin."""
_TICKED_NOT = frozenset(("否", "无", "×", "x", "X", "0", "没有", "N", "n"))
_COUNTED_TWICE = frozenset(("money", "area", "count"))
"""Kinds whose merged-down cell is the value of one row only: repeated, it would be added up again."""
_MANY_COLUMNS = 5
_VOID = frozenset(("作废", "已作废", "（作废）", "(作废)", "作废合同", "合同作废", "此行作废", "本行作废"))
"""What a clerk writes into a row that no longer holds."""
_YES, _NO = frozenset(("是", "有", "√", "✓", "✔", "已召开", "已开")), frozenset(("否", "无", "×", "✗", "未召开", "没有"))
_STAGES = re.compile("[0-9一二三四五六七八九十]年|[0-9]{4} ?[-—~至到] ?[0-9]{4}|[0-9][+][0-9]")
_LONE = re.compile("[0-9一二两三四五六七八九十]{1,3} ?年")
_YEAR_MONTH = re.compile(r"((?:19|20)[0-9]{2})\.1\Z")
_MONTHS = {"january": 1, "october": 10}
_THOUSANDS, _HUNDREDS = re.compile(r"[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}(?:[.][0-9]+)?")
_BARE = re.compile(r"[0-9][0-9,.]*\Z")

_RECALCULATE = Problem(
    "no_cached_value",
    phrase("这一格是公式，文件里没有存下计算结果"),
    (phrase("请用 Excel 或 WPS 打开，重新计算（F9）并保存；或选中后“选择性粘贴—数值”"),),
)
_COMPUTED_WRONG = phrase("公式出错，没有结果")


def read_file(
    path: Path | str, register: str, mapping: Mapping[str, Any] | None = None, limits: Limits = LIMITS
) -> dict[str, Any]:
    """Reads one untrusted file as a register; see ``read_workbook``. ``mapping`` as ``load_mapping`` gives it.

    Raises ``Refused`` for a file that cannot be read.
    """
    book = open_workbook(Path(path), limits)
    mend(book, (mapping or {}).get("cells", {}))
    others = sorted(map(find_register, registers()), key=lambda each: each.rank)
    if register:
        return read_workbook(book, find_register(register), wish_of(mapping), limits, others)
    fit = {each.name: 0 for each in others}
    for grid in book.sheets:
        if grid.name.strip() in NO_DATA_SHEETS or grid.hidden:
            continue
        for piece in pieces(standing(grid, limits), others[0], others[1:], limits, Wish()):
            if piece.register:
                fit[piece.register] += len(piece.grid.rows)
    best = max(fit, key=lambda name: fit[name])
    return read_workbook(book, find_register(best), wish_of(mapping), limits, others)


def read_workbook(
    book: Workbook, register: Register, wish: Wish | None = None, limits: Limits = LIMITS, others: Sequence[Register] = ()
) -> dict[str, Any]:
    """``{format, notes, sheets, errors, skips, rejected_rows}``, plain JSON.

    A sheet has ``name, hidden, header_rows, mapping, read, accepted, rejected, skipped, note``, and its accepted rows
    column-wise: ``columns`` {name: values}, ``row_numbers`` (1-based). Columns no heading names are absent.
    """
    wish = wish or Wish()
    tables: list[Table] = []
    kinds: list[str] = []
    for grid in book.sheets:
        for piece in pieces(standing(grid, limits), register, others, limits, wish):
            before = next((each for each in reversed(tables) if each.read), None)
            tables.append(_laid_out(piece, register, others, limits, wish, before))
            kinds.append(piece.register or (register.name if tables[-1].blocks and tables[-1].blocks[0].header.top < 0 else ""))
    for table in tables:
        _leave_out_summaries(table, tables, register)
    result: dict[str, Any] = {
        "format": book.format,
        "register": register.name,
        "notes": list(book.notes),
        "sheets": [],
        "errors": [],
        "skips": [],
        "rejected_rows": [],
    }
    for table, kind in zip(tables, kinds, strict=True):
        sheet = _Sheet(table, register, book.epoch_1904, limits, wish)
        result["sheets"].append({**sheet.read(), "sheet": table.grid.home, "kind": table.kind, "register": kind})
        result["errors"] += sheet.errors
        result["rejected_rows"] += sheet.rejected
        result["skips"] += [
            {"sheet": table.grid.home, "row": row + 1, "why": why, **_apart(table.grid)} for row, why in sorted(table.skips.items())
        ]
    result["notes"] += [note for table in tables for note in table.notes]
    for table in tables:
        void = [str(table.grid.number(row)) for block in table.blocks for row in block.rows if not _VOID.isdisjoint(table.grid.rows[row])]
        if void:
            result["notes"].append(phrase("“{name!s}”有写着作废的行仍按有效收下，不要的请删去，行号：{rows!s}", name=table.grid.name, rows="、".join(void[:20]) + (f" 等 {len(void)} 行" if len(void) > 20 else "")))
    hidden = [table.grid.name for table in tables if table.grid.hidden and table.read]
    if hidden:
        result["notes"].append(phrase("隐藏的工作表没有取数：{hidden!s}；需要时请先取消隐藏", hidden='、'.join(hidden)))
    for table in tables:
        if table.note.startswith(OTHER):
            result["notes"].append(phrase("“{name!s}”{note}，这里没有收：请另选那种台账再交一次，或改选它是哪种台账", name=table.grid.name, note=table.note))
    if any(table.blocks for table in tables):
        for table in tables:
            if table.note == NO_HEADER and any(sum(map(holds, cells)) > 1 for cells in table.grid.rows):
                result["notes"].append(phrase("工作表“{name!s}” {read!s} 行没有读：没有认出表头。若是接着上一张表，请把表头抄到第 1 行", name=table.grid.name, read=table.read))
    cards = [table.grid.name for table in tables if table.note == CARD]
    if cards and any(table.blocks for table in tables):
        result["notes"].append(phrase("工作表“{cards!s}”没有读：{CARD}", cards='、'.join(cards), CARD=CARD))
    if not cards and not any(table.blocks for table in tables):
        result["notes"].append(phrase("没有一张工作表认出“{title}”的表头：请核对表头，或用对照文件写明", title=register.title))
    return result


def _laid_out(piece: Piece, register: Register, others: Sequence[Register], limits: Limits, wish: Wish, before: Table | None) -> Table:
    """A piece as a table of the register, or left out where it belongs to another."""
    if piece.aside:
        table = left_out(piece.grid, phrase("空列右边的另一张表，不是这张台账的栏目：{aside!s}", aside=piece.aside), limits)
        where = next(place for row in piece.grid.rows for place, cell in enumerate(row) if cell is not None)
        said = phrase("工作表“{home!s}”{column!s}列起是另一张表（{aside!s}），没有收：若与左边是同一张表，请删去中间的空列；不是的，把它单独存成一张表",
                      home=piece.grid.home, column=column_letters(where + 1), aside=piece.aside)
        return replace(table, notes=[said])
    if piece.register and piece.register != register.name:
        title = next((each.title for each in others if each.name == piece.register), piece.register)
        if piece.cards is not None:
            return Table(piece.cards.grid, [], _whole(piece.cards), piece.cards.read, f"{OTHER}“{title}”", "card")
        return left_out(piece.grid, f"{OTHER}“{title}”", limits)
    if piece.cards is not None:
        return lay_out_cards(piece.cards, list(piece.cards.skips.values()), wish)
    return lay_out(piece.grid, register, limits, wish, before if before is not None and before.kind == "table" else None)


def _whole(cards: Cards) -> dict[int, str]:
    """Every row of the cards, with the reason why it is not taken."""
    return {**{number - 1: phrase("另一种台账的卡片") for number in cards.grid.numbers[1:]}, **cards.skips}


def _names_records(block: Block, register: Register) -> bool:
    return not register.required or any(each.column in register.required_names for each in block.columns)


def _leave_out_summaries(table: Table, tables: Sequence[Table], register: Register) -> None:
    """A sheet that shares some headings with the register but has none of its names is a summary beside the ledger.
    Where it stands alone, or has much of the register, it is the ledger with a heading nobody knows: an error."""
    if not table.blocks or any(_names_records(block, register) for block in table.blocks):
        return
    known = {each.column for block in table.blocks for each in block.columns if each.column}
    others = any(_names_records(block, register) for other in tables for block in other.blocks)
    if len(known) >= _MANY_COLUMNS or not others:
        return
    titles = "、".join(register.by_name[name].title for group in register.required for name in group)
    table.note = phrase("没有“{titles}”中的任何一栏，不是这种台账", titles=titles)
    for block in table.blocks:
        table.skips.update(dict.fromkeys(block.rows, table.note))
    table.blocks = []


@dataclass(slots=True)
class _Also:
    """A value one cell states for another column."""

    place: int
    target: str
    value: Stored
    entry: Mapped
    cell: Cell


class _Sheet:
    """Types one sheet; ``errors`` and ``rejected`` gather what goes wrong."""

    def __init__(self, table: Table, register: Register, epoch_1904: bool, limits: Limits, wish: Wish) -> None:
        self.table = table
        self.wish = wish
        self.grid = table.grid
        self.register = register
        self.epoch_1904 = epoch_1904
        self.cap = limits.errors_per_sheet
        self.errors: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        self.unheaded: set[int] = set()
        """Columns without a heading that have been spoken of."""

    def read(self) -> dict[str, Any]:
        blocks = self.table.blocks
        columns: dict[str, list[Stored]] = {}
        numbers: list[int] = []
        totals: list[dict[str, int]] = []
        for number, block in enumerate(blocks):
            if not number or block.header is not blocks[number - 1].header:
                self._two_in_one(block)
            typing = _Typing(self, block)
            values, kept = typing.read()
            totals += typing.totals()
            for name in dict.fromkeys([*columns, *values]):
                column = columns.setdefault(name, [None] * len(numbers))
                column += values.get(name) or [None] * len(kept)
            numbers += kept
        first = blocks[0].header if blocks else None
        sheet: dict[str, Any] = {
            "name": self.grid.name,
            "hidden": self.grid.hidden,
            "header_rows": list(range(first.top + 1, first.bottom + 2)) if first and first.top >= 0 else [],
            "mapping": [each.to_json() for each in blocks[0].columns] if blocks else [],
            "read": self.table.read,
            "accepted": len(numbers),
            "rejected": len(self.rejected),
            "skipped": len(self.table.skips),
            "note": self.table.note,
            "columns": columns,
            "row_numbers": numbers,
            "totals": totals,
            "cells": self._cells(blocks, numbers) if self.grid.origin is not None else {},
        }
        if self.grid.origin is not None and blocks:
            sheet["header_rows"] = []
            for entry, shown_as in zip(blocks[0].columns, sheet["mapping"], strict=True):
                shown_as["letter"] = address(*self.grid.at(0, entry.index))
        if any(block.columns is not blocks[0].columns for block in blocks):
            sheet["blocks"] = [
                {
                    "header_rows": list(range(block.header.top + 1, block.header.bottom + 2)),
                    "mapping": [each.to_json() for each in block.columns],
                }
                for block in blocks
            ]
        self.errors.sort(key=lambda each: (each["kind"] == "too_many", each["row"], len(each["cell"]), each["cell"]))
        if sheet["read"] != sheet["accepted"] + sheet["rejected"] + sheet["skipped"]:
            raise AssertionError(f"{self.grid.name}: rows were lost")
        return sheet

    def _two_in_one(self, block: Block) -> None:
        """One error at each heading that names two columns at once."""
        for entry in block.columns:
            if entry.note != TWO_COLUMNS:
                continue
            row = next(row for row in range(block.header.bottom, -1, -1) if not is_blank(self.grid.rows[row][entry.index]))
            self.error(row, entry.index, None, self.grid.rows[row][entry.index], Problem("two_columns", TWO_COLUMNS, (phrase("一栏一列，各写各的表头"),)))

    def _cells(self, blocks: list[Block], numbers: list[int]) -> dict[str, dict[str, str]]:
        """For cards: row number → column → the cell its value stands in."""
        wanted = frozenset(numbers)
        return {
            str(self.grid.number(row)): {each.column: address(*self.grid.at(row, each.index)) for each in block.columns if each.column}
            for block in blocks for row in block.rows if self.grid.number(row) in wanted
        }

    def error(self, row: int, index: int, column: str | None, cell: Cell, problem: Problem) -> None:
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
                **_apart(self.grid),
                **({"where": self.grid.spoken(row, index)} if self.grid.places else {}),
            }
        )


class _Typing:
    """Types the rows of one block. Rows are counted by ``place``, their index in ``block.rows``."""

    def __init__(self, sheet: _Sheet, block: Block) -> None:
        self.sheet = sheet
        self.block = block
        self.register = sheet.register
        self.rows = block.rows
        self.lines = [sheet.grid.rows[row] for row in block.rows]
        self.turned = list(zip(*self.lines, strict=True))
        self.places = {row: place for place, row in enumerate(block.rows)}
        self.values: dict[str, list[Stored]] = {}
        self.bad: dict[str, set[int]] = {}
        """Column → places whose cell has a problem: nothing another cell states may fill it."""
        self.also: list[_Also] = []
        self.scales: dict[str, MoneyUnit] = {}
        """Money column → what its bare numbers count in, where that is one thing for the whole column."""
        self.columns = {each.index: each for each in block.columns if each.column is not None}
        self.filled_down = self._merged_down()
        self.units = {each.index: self._cells(each.index) for each in block.columns if each.role == "unit"}
        """Columns that name a unit row by row. Where there are several, each speaks of what stands before it."""
        self.links: dict[int, list[int]] = {}
        for row, column in sorted(sheet.grid.external):
            if row - 1 in self.places:
                self.links.setdefault(column - 1, []).append(self.places[row - 1])

    def read(self) -> tuple[dict[str, list[Stored]], list[int]]:
        """(accepted values by column, their 1-based sheet rows)."""
        if not _names_records(self.block, self.register):
            return self._unnamed()
        for role in ("value", "again"):
            for entry in self.columns.values():
                if entry.role == role:
                    self._read_column(entry)
        self._read_parts()
        self._unheaded()
        for said in self.also:
            self._apply(said)
        self._question()
        refused = self._refused()
        for place, why in refused.items():
            self._reject(place, why)
        if not refused:
            return self.values, [self.sheet.grid.number(row) for row in self.rows]
        kept = [place for place in range(len(self.rows)) if place not in refused]
        return (
            {name: [column[place] for place in kept] for name, column in self.values.items()},
            [self.sheet.grid.number(self.rows[place]) for place in kept],
        )

    def totals(self) -> list[dict[str, int]]:
        """The totals printed under the header: 1-based sheet row, and the money of each column that has some."""
        grid, table, below = self.sheet.grid, self.sheet.table, self.block.header.bottom
        until = min((each.header.top for each in table.blocks if each.header.top > below), default=len(grid.rows))
        lines = [row for row, why in sorted(table.skips.items()) if below < row < until and why.startswith(TOTAL)]
        money = [(entry, self.register.by_name[entry.column or ""]) for entry in self.columns.values() if entry.role == "value"]
        readers = [(entry.index, column.name, self._reader(entry, column)) for entry, column in money if column.kind == "money"] if lines else []
        said = [{name: read(grid.rows[row][index]).value for index, name, read in readers} for row in lines]
        return [{"row": grid.number(row), **{name: fen for name, fen in each.items() if isinstance(fen, int)}} for row, each in zip(lines, said, strict=True)]

    # -- cells

    def _cells(self, index: int) -> list[Cell]:
        cells = list(self.turned[index]) if self.turned else []
        for place, cell in self.filled_down.get(index, {}).items():
            cells[place] = cell
        return cells

    def _merged_down(self) -> dict[int, dict[int, Cell]]:
        """Sheet column → place → what a cell merged down from above says there."""
        found: dict[int, dict[int, Cell]] = {}
        rows = self.sheet.grid.rows
        wanted = self.columns.keys() | {each.index for each in self.block.columns if each.role == "unit"}
        for top, left, bottom, _ in self.sheet.grid.merged:
            index = left - 1
            if bottom == top or index not in wanted or rows[top - 1][index] is None:
                continue
            for row in range(top, bottom):
                place = self.places.get(row)
                if place is not None and rows[row][index] is None:
                    found.setdefault(index, {})[place] = rows[top - 1][index]
        return found

    def _problem(self, place: int, entry: Mapped, cell: Cell, problem: Problem) -> None:
        if entry.column is not None:
            self.bad.setdefault(entry.column, set()).add(place)
        self.sheet.error(self.rows[place], entry.index, entry.column, cell, problem)

    # -- whole columns

    def _read_column(self, entry: Mapped) -> None:
        column = self.register.by_name[entry.column or ""]
        cells = self._cells(entry.index)
        repeated: Mapping[int, Cell] = {}
        if column.kind in _COUNTED_TWICE:
            repeated = self.filled_down.get(entry.index, {})
            for place in repeated:
                cells[place] = None
        self._take_out_links(entry, cells)
        self._take_out_dittos(entry, cells)
        values = skim(column, self._unit(entry, column), cells) if self._unit_of_row(entry, column) is None else None
        left: Sequence[int] = range(len(cells))
        if values is None:
            keys, readings = self._readings(entry, column, cells)
            values = [readings[key].value for key in keys]
        else:
            left = [place for place, value in enumerate(values) if value is UNSURE]
            keys, readings = self._readings(entry, column, [cells[place] for place in left])
            for place, key in zip(left, keys, strict=True):
                values[place] = readings[key].value
        if entry.role == "value":
            self.values[column.name] = values
        else:  # a second column of the same: what it says fills blanks, and is compared
            said = enumerate(values)
            self.also += [
                _Also(place, column.name, value, entry, cells[place]) for place, value in said if value is not None
            ]
        telling = {key: reading for key, reading in readings.items() if reading.problem or reading.also}
        for place, key in zip(left, keys, strict=True) if telling else ():
            if key in telling:
                reading, cell = telling[key], cells[place]
                by_room = self._by_room(place, column, cell) if reading.problem is not None and column.family else None
                if by_room is not None:
                    self.also.append(_Also(place, *by_room, entry, cell))
                    continue
                if reading.problem is not None:
                    self._problem(place, entry, cell, reading.problem)
                for target, value in reading.also:
                    self.also.append(_Also(place, target, value, entry, cell))
        for place, cell in repeated.items():
            self._counted_once(place, entry, cell)

    def _by_room(self, place: int, column: Column, cell: Cell) -> tuple[str, int] | None:
        """A price by the room, times the rooms the row speaks of: the rent of a year and its column."""
        unit = self.scales.get(column.name, YUAN)
        price = price_a_room(cell, unit)
        yearly = self.register.member(column.family, "", "year")
        times = TIMES_A_YEAR.get((price.time or column.time) if price else "")
        if price is None or times is None or yearly is None:
            return None
        rooms = count_rooms(each for each in self.lines[place] if isinstance(each, str))
        return (yearly.name, price.fen * times * rooms) if rooms is not None else None

    def _readings(
        self, entry: Mapped, column: Column, cells: list[Cell]
    ) -> tuple[Sequence[Hashable], dict[Hashable, CellReading]]:
        """Each cell's key, and the reading of each key. The key is the cell itself where that says it all."""
        read = self._reader(entry, column)
        by_row = self._unit_of_row(entry, column)
        if by_row is None and column.kind == "money":
            unit = self._unit(entry, column)
            self.scales[column.name] = unit if isinstance(unit, MoneyUnit) else YUAN
        if by_row is None and bool not in set(map(type, cells)):
            return cells, {cell: read(cell) for cell in dict.fromkeys(cells)}
        # True is not 1 here, though it is as a key; and 5 亩 is not 5 公顷.
        keys = list(zip(map(type, cells), cells, by_row or repeat(""), strict=False))
        return keys, {key: self._read_in(key[2], column, read, key[1]) for key in dict.fromkeys(keys)}

    def _reader(
        self, entry: Mapped, column: Column, unit: MoneyUnit | AreaUnit | None = None
    ) -> Callable[[Cell], CellReading]:
        unit = unit or self._unit(entry, column)
        read = self._learnt(column, reader(column, self.register, unit, self.sheet.epoch_1904), unit if isinstance(unit, MoneyUnit) else YUAN)

        def marked(cell: Cell) -> CellReading:
            if isinstance(cell, str) and cell.startswith(_MARKS):
                if cell == NOT_COMPUTED:
                    return CellReading(problem=_RECALCULATE)
                if cell in EXCEL_ERRORS:
                    return CellReading(
                        problem=Problem("unreadable", f"{cell}：{_COMPUTED_WRONG}", (phrase("请改正公式，或直接填写数值"),))
                    )
                if cell.startswith(VERBATIM) and len(cell) > 1:
                    return CellReading(cell[1:]) if column.kind == "text" else read(cell[1:])
            return read(cell)

        def counted(cell: Cell) -> CellReading:
            if not is_blank(cell) and clean_text(cell).isdecimal():
                return read(f"{clean_text(cell)}个月")
            return marked(cell)

        def answered(cell: Cell) -> CellReading:
            """是否召开村民代表会: the heading names the choice, the cell says yes or no."""
            text = clean_text(cell)
            return CellReading(entry.part) if text in _YES else read("无") if text in _NO else marked(cell)

        if column.kind == "choice" and entry.part:
            return answered
        return counted if column.kind == "term" and entry.unit in ("月", "个月", "月数") else marked

    def _learnt(self, column: Column, read: Callable[[Cell], CellReading], unit: MoneyUnit) -> Callable[[Cell], CellReading]:
        """The reader with what a person said before: 散包 is 公开协商, a lone 2016.1 is January."""
        words, month = self.sheet.wish.words.get(column.name, {}), _MONTHS.get(self.sheet.wish.dates, 0)
        if column.kind == "money" and column.family and "escalation" in self.register.by_name:
            return lambda cell: self._staged(column, cell, unit) or read(cell)
        if column.kind == "choice" and words:
            return lambda cell: read(words.get(clean_text(cell).replace(" ", ""), cell))
        if column.kind == "date" and month:
            return lambda cell: read(f"{found[1]}年{month}月") if (found := _YEAR_MONTH.match(clean_text(cell))) else read(cell)
        return read

    def _staged(self, column: Column, cell: Cell, unit: MoneyUnit) -> CellReading | None:
        """A price that states its stages (2003-2006 450, 2006-2011 520): the first is the price, all of them the clause. A lone one
        (30年3万元) may be the money of all its years."""
        if not isinstance(cell, str) or not _STAGES.search(cell):
            return None
        clause = parse_escalation(cell, unit)
        if isinstance(clause, Doubt):
            return CellReading(problem=Problem("doubt", clause.reason, tuple(each.text for each in clause.suggestions)))
        if not isinstance(clause, Value) or not isinstance(clause.value, Steps):
            return None
        steps, text = clause.value, clean_text(cell)
        first, per_mu = steps.stages[0], steps.per_mu
        own = self.register.member(column.family, "mu" if per_mu else column.area, "year")
        if own is None or first.adds:
            return None
        if _LONE.match(text) and len(steps.stages) == 1:
            reason = phrase("“{text!s}”没有说是每年这么多，还是几年一共这么多", text=text)
            return CellReading(problem=Problem("doubt", reason, (said_again(steps).replace("年", "年每年", 1), f"总价{typed_money(Money(first.fen))}")))
        if clause != parse_escalation(cell):  # the heading says the unit: the clause stands alone, in yuan
            said = said_again(replace(steps, per_mu=True) if own.area == "mu" else steps)
        elif per_mu or own.area != "mu":
            said = text
        else:
            said = re.sub(r"(?<=[年:])\s*(?=[0-9])|(?<=[0-9])[ :]+(?=[0-9])", "每亩", text)
        also = (("escalation", said),)
        return CellReading(first.fen, also) if own.name == column.name else CellReading(None, ((own.name, first.fen), *also))

    def _unit(self, entry: Mapped, column: Column) -> MoneyUnit | AreaUnit | None:
        """What plain numbers count in: the heading says it, else the lines above the table."""
        if column.kind == "area":
            return parse_area_unit(entry.unit) or parse_area_unit(self.block.area_unit)
        if column.kind != "money":
            return None
        unit = parse_money_unit(entry.unit) if entry.unit else None
        if unit is None and self.block.money_unit:
            above = parse_money_unit(self.block.money_unit)
            if above and column.family and above.area and above.time:  # 单位:元/亩·年 speaks of the rents
                return above
            if above and column.family and column.time and above.area:  # 单位:元/亩 may be a price by the mu, or yuan and mu
                entry.note = entry.note or phrase("表上写着“单位:{unit!s}”，这一栏按总数读；是每亩价的，请在下面写明单位", unit=self.block.money_unit)
                entry.confidence = min(entry.confidence, 0.7)
            unit = MoneyUnit(above.fen) if above else None
        return MoneyUnit((unit or YUAN).fen, unit.area if unit else "", entry.span) if entry.span else unit

    def _unit_of_row(self, entry: Mapped, column: Column) -> list[str] | None:
        """The texts of the 计量单位 column, where it speaks of this column: the heading itself names no unit."""
        spoken = [index for index in sorted(self.units) if index > entry.index] or sorted(self.units, reverse=True)
        if not spoken or column.kind not in ("area", "money"):
            return None
        parse = parse_area_unit if column.kind == "area" else parse_money_unit
        if entry.unit and parse(entry.unit) is not None:
            return None
        texts = ["" if is_blank(cell) else clean_text(cell).replace(" ", "") for cell in self.units[spoken[0]]]
        if column.kind == "money" and not any(parse_money_unit(text) or of_goods(text) for text in set(texts)):
            return None
        return texts

    def _read_in(self, unit: str, column: Column, read: Callable[[Cell], CellReading], cell: Cell) -> CellReading:
        if not unit or is_blank(cell):
            return read(cell)
        found = parse_area_unit(unit) if column.kind == "area" else parse_money_unit(unit)
        if found is not None:
            return self._reader(Mapped(0, ""), column, found)(cell)
        if column.kind == "money":
            return read(f"{clean_text(cell)}{unit}" if of_goods(unit) else cell)
        said = phrase("计量单位是“{unit!s}”，不是面积", unit=unit)
        return CellReading(problem=Problem("unreadable", said, (phrase("面积另填，例如 11.85亩；数量写在备注里"),)))

    def _take_out_links(self, entry: Mapped, cells: list[Cell]) -> None:
        """Values of formulas that look into other workbooks: as of whenever somebody last opened both."""
        for place in self.links.get(entry.index, ()):
            if cells[place] in (None, NOT_COMPUTED):
                continue
            text = clean_text(cells[place])
            reason = phrase("这一格的公式取自别的工作簿，存着的结果“{text!s}”不知是何时的", text=text)
            self._problem(place, entry, cells[place], Problem("external_link", reason, (phrase("核对后直接填写 {text!s}", text=text),)))
            cells[place] = None

    def _take_out_dittos(self, entry: Mapped, cells: list[Cell]) -> None:
        """〃 and 同上: the value above is offered, not taken; after sorting it would be somebody else's."""
        if DITTO.isdisjoint(cells):
            return
        above: Cell = None
        for place, cell in enumerate(cells):
            if cell not in DITTO:
                above = cell if not is_blank(cell) else above
                continue
            text = clean_text(above)
            reason = phrase("“{cell!s}”是“同上”，上面写的是“{text!s}”", cell=clean_text(cell), text=text) if text else phrase("“{cell!s}”上面没有内容", cell=clean_text(cell))
            self._problem(place, entry, cell, Problem("doubt", reason, (text or phrase("填写这一格自己的内容"),)))
            cells[place] = None

    def _counted_once(self, place: int, entry: Mapped, cell: Cell) -> None:
        reason = phrase("这一格与上面的行合并，“{cell!s}”只记在合并的第一行，免得重复计算", cell=clean_text(cell))
        self._problem(place, entry, cell, Problem("doubt", reason, (phrase("拆开合并，各行分别填写"), phrase("这一行没有，就留空"))))

    # -- values made of several columns

    def _read_parts(self) -> None:
        groups: dict[str, list[Mapped]] = {}
        for entry in self.columns.values():
            if entry.role == "part" and entry.column:
                groups.setdefault(entry.column, []).append(entry)
        for name, members in groups.items():
            column = self.register.by_name[name]
            cells = {entry.index: self._cells(entry.index) for entry in members}
            for entry in members:
                self._take_out_dittos(entry, cells[entry.index])
            if column.kind == "choice":
                self.values[name] = [self._ticked(place, members, cells) for place in range(len(self.rows))]
            elif column.kind in ("date", "area"):
                read = reader(column, self.register, None, self.sheet.epoch_1904)
                self.values[name] = [self._pieces(place, members, cells, read) for place in range(len(self.rows))]
            else:
                self.values[name] = [self._bounds(place, members, cells) for place in range(len(self.rows))]

    def _ticked(self, place: int, members: list[Mapped], cells: dict[int, list[Cell]]) -> Stored:
        ticked = [
            entry
            for entry in members
            if not is_blank(cells[entry.index][place]) and clean_text(cells[entry.index][place]) not in _TICKED_NOT
        ]
        words = list(dict.fromkeys(entry.part for entry in ticked))
        if len(words) > 1:
            entry = ticked[1]
            reason = phrase("同时勾了{words!s}，只能选一个", words='和'.join(words))
            self._problem(place, entry, cells[entry.index][place], Problem("doubt", reason, tuple(words)))
            return None
        return words[0] if words else None

    def _pieces(
        self, place: int, members: list[Mapped], cells: dict[int, list[Cell]], read: Callable[[Cell], CellReading]
    ) -> Stored:
        said = {
            entry.part: clean_text(cells[entry.index][place])
            for entry in members
            if not is_blank(cells[entry.index][place])
        }
        if not said:
            return None
        text = "".join(f"{said[part].removesuffix(part)}{part}" for part in "年月日亩分厘" if part in said)
        reading = read(text)
        if reading.problem is not None:
            self._problem(place, members[0], text, reading.problem)
        return reading.value

    def _bounds(self, place: int, members: list[Mapped], cells: dict[int, list[Cell]]) -> Stored:
        said: list[str] = []
        for direction in "东南西北":
            for entry in members:
                cell = cells[entry.index][place]
                if entry.part == direction and cell == NOT_COMPUTED:
                    self._problem(place, entry, cell, _RECALCULATE)
                elif entry.part == direction and not is_blank(cell):
                    said.append(f"{direction}至{clean_text(cell).removeprefix(direction).lstrip('至:')}")
        return ",".join(said) or None

    # -- cells under no heading

    def _unheaded(self) -> None:
        """One error to each column that has something in it and no heading; where a comma has torn a number in two, the number
        and whatever stands right of it is not believed."""
        headed = {each.index for each in self.block.columns}
        for index, cells in enumerate(self.turned):
            if index in headed or index in self.sheet.unheaded:
                continue
            places = [place for place, cell in enumerate(cells) if not is_blank(cell)]
            if not places or (index < min(headed) and _runs_on([cells[place] for place in places])):
                continue
            torn = [whole for place in places if index > max(headed) and (whole := self._torn(place, index))]
            self.sheet.unheaded.add(index)
            gaps = {"letter": column_letters(index + 1), "row": self.sheet.grid.number(self.rows[places[0]]), "text": clean_text(cells[places[0]])}
            reason = phrase("{letter!s}列没有表头，第{row!s}行写着“{text!s}”，没有取", **gaps) if len(places) == 1 else (
                phrase("{letter!s}列没有表头，第{row!s}行写着“{text!s}”，连同下面共 {count!s} 格都没有取", **gaps, count=len(places)))
            mends = [phrase("补写这一列的表头；不要的内容请删去"), *(phrase("千分位逗号把一个数拆开的，请改成 {whole!s}", whole=whole) for whole in torn[:1])]
            self.sheet.error(self.rows[places[0]], index, None, cells[places[0]], Problem("missing_column", reason, tuple(mends)))

    def _torn(self, place: int, end: int) -> str:
        """The number a comma has torn in a row that is longer than its heading (``1,050`` as 1 and 050), "" where none is."""
        line = self.lines[place]
        kinds = {each.index: self.register.by_name[each.column or ""].kind for each in self.columns.values() if each.role == "value"}
        for at in range(end):
            left, right = line[at], line[at + 1]
            if kinds.get(at) not in ("money", "area") or not _THOUSANDS.fullmatch(clean_text(left)):
                continue
            rest = f"{right:03}" if type(right) is int and at + 1 == end and 0 <= right < 1000 else right
            if not isinstance(rest, str) or not _HUNDREDS.fullmatch(rest.strip()):
                continue
            whole = f"{clean_text(left)}{rest.strip()}"
            for entry in self.columns.values():
                name = entry.column or ""
                if entry.index < at or is_blank(line[entry.index]) or name not in self.values:
                    continue
                told = place in self.bad.get(name, ())
                self.values[name][place] = None
                self.also = [said for said in self.also if (said.place, said.entry.index) != (place, entry.index)]
                if entry.index == at:
                    reason = phrase("“{left!s}”和右边的“{right!s}”像是一个数，被千分位逗号拆开了", left=clean_text(left), right=clean_text(right))
                    self._problem(place, entry, left, Problem("doubt", reason, (whole, clean_text(left))))
                elif not told:
                    reason = phrase("左边的数被千分位逗号拆开，这一格跟着错开了一格")
                    self._problem(place, entry, line[entry.index], Problem("doubt", reason, (clean_text(line[entry.index + 1]),)))
            return whole
        return ""

    # -- rows

    def _apply(self, said: _Also) -> None:
        """Fills a blank with what another cell states; a stated other value is kept, and the clerk is told."""
        column = self.values.setdefault(said.target, [None] * len(self.rows))
        stated = column[said.place]
        if stated is None:
            if said.place not in self.bad.get(said.target, ()):
                column[said.place] = said.value
        elif stated != said.value:
            title = self.register.by_name[said.target].title
            reason = (
                phrase("这一格说的{title}是 {register!s}，“{title2}”栏写的是 {register2!s}，按该栏取", title=title, register=shown(self.register, said.target, said.value), title2=title, register2=shown(self.register, said.target, stated))
            )
            self.sheet.error(
                self.rows[said.place],
                said.entry.index,
                said.entry.column,
                said.cell,
                Problem("doubt", reason, (phrase("对照合同原件，把两处改成一致"),)),
            )

    def _question(self) -> None:
        """Takes back what cannot be meant beside the other values, and asks."""
        for name, place, problem in suspects(self.register, self.values, self.scales, self._may_be_asked):
            self.values[name][place] = None
            entry, cell = self._source(name, place)
            self.bad.setdefault(name, set()).add(place)
            self.sheet.error(self.rows[place], entry.index, name, cell, problem)

    def _may_be_asked(self, name: str, place: int) -> bool:
        """Whether a cell leaves anything open: what is marked as meant so, or writes its own unit, does not."""
        cell = self._source(name, place)[1]
        if isinstance(cell, str) and cell.startswith(VERBATIM):
            return False
        return self.register.by_name[name].kind != "money" or _BARE.match(clean_text(cell)) is not None

    def _source(self, name: str, place: int) -> tuple[Mapped, Cell]:
        """The cell a value comes from: of its own column, or of another that states it."""
        for entry in self.columns.values():
            if entry.column == name and entry.role in ("value", "part"):
                cell = self.filled_down.get(entry.index, {}).get(place, self.lines[place][entry.index])
                if not is_blank(cell):
                    return entry, cell
        said = next(each for each in self.also if (each.target, each.place) == (name, place))
        return said.entry, said.cell

    def _refused(self) -> dict[int, str]:
        """Places of rows that lack what makes them a record, with the sentence why."""
        refused: dict[int, str] = {}
        empty: list[Stored] = [None] * len(self.rows)
        for group in self.register.required:
            lists = [self.values.get(name, empty) for name in group]
            titles = "、".join(self.register.by_name[name].title for name in group)
            for place, said in enumerate(zip(*lists, strict=True)):
                if place in refused or any(value is not None for value in said):
                    continue
                if any(place in self.bad.get(name, ()) for name in group):
                    refused[place] = phrase("“{titles}”有疑点，要有人选定才能收", titles=titles)
                    continue
                refused[place] = f"“{titles}”{'都' if len(group) > 1 else ''}没有填"
                entry = next(each for name in group for each in self.block.columns if each.column == name)
                self._problem(
                    place,
                    entry,
                    None,
                    Problem(
                        "missing",
                        phrase("{refused}，认不出是哪一份合同", refused=refused[place]) if self.register.name == "contracts" else refused[place],
                        (phrase("补填这一格；若与上一行合并，请写明"), phrase("不是记录的行请删去")),
                    ),
                )
        return refused

    def _reject(self, place: int, why: str) -> None:
        row = self.rows[place]
        cells: dict[str, str] = {}
        headed = {each.index: each.header for each in self.block.columns}
        for index, cell in enumerate(self.sheet.grid.rows[row]):
            if cell is not None and cell != "":
                name = headed.get(index) or address(*self.sheet.grid.at(row, index))
                cells[name if name not in cells else f"{name} {address(*self.sheet.grid.at(row, index))}"] = clean_text(cell)
        grid = self.sheet.grid
        self.sheet.rejected.append({"sheet": grid.home, "row": grid.number(row), "cells": cells, "why": why, **_apart(grid)})

    def _unnamed(self) -> tuple[dict[str, list[Stored]], list[int]]:
        """No heading gives a record its name: one error at the header, every row rejected."""
        titles = "”或“".join(self.register.by_name[name].title for group in self.register.required for name in group)
        top = self.block.header.top
        index = min(self.block.header.paths, default=0)
        headers = "、".join(each.header for each in self.block.columns if each.column is None)[:120]
        if not any(each.note == TWO_COLUMNS for each in self.block.columns):
            problem = Problem("missing_column", phrase("表头里没有认出“{titles}”", titles=titles), (phrase("改正表头，或用对照文件写明哪一栏是"),))
            self.sheet.error(top, index, None, headers, problem)
        for place in range(len(self.rows)):
            self._reject(place, phrase("表头里没有认出“{titles}”", titles=titles))
        return {}, []


def _runs_on(cells: Sequence[Cell]) -> bool:
    """Whether cells without a heading only number the lines."""
    texts = [clean_text(cell).strip("().、") for cell in cells]
    return all(text.isdecimal() and text.isascii() and len(text) < 6 for text in texts) and len(set(texts)) == len(texts)


def _apart(grid: Grid) -> dict[str, str]:
    """The name a part of a sheet goes by, where it has one of its own."""
    return {"part": grid.name} if grid.name != grid.home else {}


def shown(register: Register, name: str, value: Stored) -> str:
    """A stored value as a clerk would write it."""
    return clean_text(worded(register.by_name[name], value))
