"""Rows of a workbook with typed values, and an error for every cell that has none. Runs in the guarded child.

Nothing is lost: read = accepted + rejected + skipped for every sheet, and a rejected row keeps its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mingbai.columns import Problem, Register, Stored, find_register, registers
from mingbai.limits import LIMITS, Limits
from mingbai.sheets.blocks import TypedBlock, names_records
from mingbai.sheets.cards import Cards
from mingbai.sheets.errors import SheetErrors, apart
from mingbai.sheets.formats import open_workbook
from mingbai.sheets.grid import Workbook, address, column_letters
from mingbai.sheets.headers import holds
from mingbai.sheets.mapping import wish_of
from mingbai.sheets.matching import Wish
from mingbai.sheets.mending import mend
from mingbai.sheets.shapes import Piece, pieces
from mingbai.sheets.tables import NO_HEADER, Block, Table, lay_out, lay_out_cards, left_out, standing
from mingbai.sheets.wording import CARD, NO_DATA_SHEETS, OTHER, TWO_COLUMNS
from mingbai.units import is_blank
from mingbai.units.wording import phrase

_MANY_COLUMNS = 5
_VOID = frozenset(("作废", "已作废", "（作废）", "(作废)", "作废合同", "合同作废", "此行作废", "本行作废"))
"""What a clerk writes into a row that no longer holds."""


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
    book: Workbook,
    register: Register,
    wish: Wish | None = None,
    limits: Limits = LIMITS,
    others: Sequence[Register] = (),
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
            kinds.append(
                piece.register or (register.name if tables[-1].blocks and tables[-1].blocks[0].header.top < 0 else "")
            )
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
        result["errors"] += sheet.errors.errors
        result["rejected_rows"] += sheet.errors.rejected
        result["skips"] += [
            {"sheet": table.grid.home, "row": row + 1, "why": why, **apart(table.grid)}
            for row, why in sorted(table.skips.items())
        ]
    result["notes"] += _notes(tables, register)
    return result


def _notes(tables: Sequence[Table], register: Register) -> Iterator[str]:
    """What to say of the whole workbook: rows written void, and what was not taken."""
    for table in tables:
        yield from table.notes
    for table in tables:
        void = [
            str(table.grid.number(row))
            for block in table.blocks
            for row in block.rows
            if not _VOID.isdisjoint(table.grid.rows[row])
        ]
        if void:
            yield phrase(
                "“{name!s}”有写着作废的行仍按有效收下，不要的请删去，行号：{rows!s}",
                name=table.grid.name,
                rows="、".join(void[:20]) + (f" 等 {len(void)} 行" if len(void) > 20 else ""),
            )
    hidden = [table.grid.name for table in tables if table.grid.hidden and table.read]
    if hidden:
        yield phrase("隐藏的工作表没有取数：{hidden!s}；需要时请先取消隐藏", hidden="、".join(hidden))
    for table in tables:
        if table.note.startswith(OTHER):
            yield phrase(
                "“{name!s}”{note}，这里没有收：请另选那种台账再交一次，或改选它是哪种台账",
                name=table.grid.name,
                note=table.note,
            )
    if any(table.blocks for table in tables):
        for table in tables:
            if table.note == NO_HEADER and any(sum(map(holds, cells)) > 1 for cells in table.grid.rows):
                yield phrase(
                    "工作表“{name!s}” {read!s} 行没有读：没有认出表头。若是接着上一张表，请把表头抄到第 1 行",
                    name=table.grid.name,
                    read=table.read,
                )
    cards = [table.grid.name for table in tables if table.note == CARD]
    if cards and any(table.blocks for table in tables):
        yield phrase("工作表“{cards!s}”没有读：{CARD}", cards="、".join(cards), CARD=CARD)
    if not cards and not any(table.blocks for table in tables):
        yield phrase("没有一张工作表认出“{title}”的表头：请核对表头，或用对照文件写明", title=register.title)


def _laid_out(
    piece: Piece, register: Register, others: Sequence[Register], limits: Limits, wish: Wish, before: Table | None
) -> Table:
    """A piece as a table of the register, or left out where it belongs to another."""
    if piece.aside:
        table = left_out(
            piece.grid, phrase("空列右边的另一张表，不是这张台账的栏目：{aside!s}", aside=piece.aside), limits
        )
        where = next(place for row in piece.grid.rows for place, cell in enumerate(row) if cell is not None)
        said = phrase(
            "工作表“{home!s}”{column!s}列起是另一张表（{aside!s}），没有收：若与左边是同一张表，请删去中间的空列；不是的，把它单独存成一张表",
            home=piece.grid.home,
            column=column_letters(where + 1),
            aside=piece.aside,
        )
        return replace(table, notes=[said])
    if piece.register and piece.register != register.name:
        title = next((each.title for each in others if each.name == piece.register), piece.register)
        if piece.cards is not None:
            return Table(piece.cards.grid, [], _whole(piece.cards), piece.cards.read, f"{OTHER}“{title}”", "card")
        return left_out(piece.grid, f"{OTHER}“{title}”", limits)
    if piece.cards is not None:
        return lay_out_cards(piece.cards, list(piece.cards.skips.values()), wish)
    return lay_out(
        piece.grid, register, limits, wish, before if before is not None and before.kind == "table" else None
    )


def _whole(cards: Cards) -> dict[int, str]:
    """Every row of the cards, with the reason why it is not taken."""
    return {**{number - 1: phrase("另一种台账的卡片") for number in cards.grid.numbers[1:]}, **cards.skips}


def _leave_out_summaries(table: Table, tables: Sequence[Table], register: Register) -> None:
    """A sheet that shares some headings with the register but has none of its names is a summary beside the ledger.
    Where it stands alone, or has much of the register, it is the ledger with a heading nobody knows: an error."""
    if not table.blocks or any(names_records(block, register) for block in table.blocks):
        return
    known = {each.column for block in table.blocks for each in block.columns if each.column}
    others = any(names_records(block, register) for other in tables for block in other.blocks)
    if len(known) >= _MANY_COLUMNS or not others:
        return
    titles = "、".join(register.by_name[name].title for group in register.required for name in group)
    table.note = phrase("没有“{titles}”中的任何一栏，不是这种台账", titles=titles)
    for block in table.blocks:
        table.skips.update(dict.fromkeys(block.rows, table.note))
    table.blocks = []


class _Sheet:
    """One sheet of the answer, from the blocks of its table."""

    def __init__(self, table: Table, register: Register, epoch_1904: bool, limits: Limits, wish: Wish) -> None:
        self.table = table
        self.wish = wish
        self.grid = table.grid
        self.register = register
        self.epoch_1904 = epoch_1904
        self.errors = SheetErrors(table.grid, limits.errors_per_sheet)

    def read(self) -> dict[str, Any]:
        blocks = self.table.blocks
        columns: dict[str, list[Stored]] = {}
        numbers: list[int] = []
        totals: list[dict[str, int]] = []
        for number, block in enumerate(blocks):
            if not number or block.header is not blocks[number - 1].header:
                self._two_in_one(block)
            typing = TypedBlock(self.table, block, self.register, self.wish, self.epoch_1904, self.errors)
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
            "rejected": len(self.errors.rejected),
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
        self.errors.errors.sort(
            key=lambda each: (each["kind"] == "too_many", each["row"], len(each["cell"]), each["cell"])
        )
        if sheet["read"] != sheet["accepted"] + sheet["rejected"] + sheet["skipped"]:
            raise AssertionError(f"{self.grid.name}: rows were lost")
        return sheet

    def _two_in_one(self, block: Block) -> None:
        """One error at each heading that names two columns at once."""
        for entry in block.columns:
            if entry.note != TWO_COLUMNS:
                continue
            row = next(
                row for row in range(block.header.bottom, -1, -1) if not is_blank(self.grid.rows[row][entry.index])
            )
            self.errors.note(
                row,
                entry.index,
                None,
                self.grid.rows[row][entry.index],
                Problem("two_columns", TWO_COLUMNS, (phrase("一栏一列，各写各的表头"),)),
            )

    def _cells(self, blocks: list[Block], numbers: list[int]) -> dict[str, dict[str, str]]:
        """For cards: row number → column → the cell its value stands in."""
        wanted = frozenset(numbers)
        return {
            str(self.grid.number(row)): {
                each.column: address(*self.grid.at(row, each.index)) for each in block.columns if each.column
            }
            for block in blocks
            for row in block.rows
            if self.grid.number(row) in wanted
        }
