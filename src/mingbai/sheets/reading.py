"""A file read as a register, for callers: the guarded child's answer as objects, and the JSON of ``mingbai read``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingbai.columns import Register, Stored, find_register
from mingbai.sheets.grid import Refused
from mingbai.sheets.guard import Guard
from mingbai.sheets.wording import CARD, LEFT_OUT, ROW_NUMBERS, UNIT_COLUMN
from mingbai.units.wording import phrase

_READ = "mingbai.sheets.rows:read_file"


@dataclass(slots=True)
class SheetReading:
    """One sheet: counts (read = accepted + rejected + skipped), how headings were matched, accepted rows by column."""

    name: str
    hidden: bool
    header_rows: list[int]
    mapping: list[dict[str, Any]]
    read: int
    accepted: int
    rejected: int
    skipped: int
    note: str = ""
    """Why nothing was taken from this sheet; "" where something was."""
    columns: dict[str, list[Stored]] = field(default_factory=dict)
    row_numbers: list[int] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    """Header rows and mapping of each block, where headings change within the sheet."""
    sheet: str = ""
    """The sheet of the file, where ``name`` is only a part of it; "" in readings of old."""
    kind: str = "table"
    """``table`` or ``card``."""
    register: str = ""
    """The register whose columns fit; "" where none does."""
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    """For cards: row number → column → the cell of its value."""
    totals: list[dict[str, int]] = field(default_factory=list)
    """Totals the sheet prints 合计行: ``row`` and the money of each column that has some."""

    def letters(self) -> dict[str, Any]:
        """The way back to a cell: column → letter, or for cards row → column → address; under "" the sheet it lies in."""
        if self.cells:
            return {**self.cells, "": self.sheet or self.name}
        if not self.mapping or self.blocks:
            return {}
        found = {entry["column"]: entry["letter"] for entry in reversed(self.mapping) if entry["column"]}
        return {**found, "": self.sheet} if self.sheet not in ("", self.name) else found


def cell_of(letters: Mapping[str, Any], sheet: str, row: int | None, column: str) -> tuple[str, str] | None:
    """(sheet, address) of a record's value, where ``letters`` (sheet → :meth:`SheetReading.letters`) tell it."""
    known = letters.get(sheet, {})
    home = known.get("", sheet)
    said = known.get(str(row), {}).get(column) if isinstance(known.get(str(row)), dict) else None
    if said:
        return home, said
    return (home, f"{known[column]}{row}") if row and isinstance(known.get(column), str) else None


@dataclass(slots=True)
class Reading:
    """A workbook read as a register. Money in fen, area in 1/10,000 mu, terms in months, dates ISO."""

    file: str
    register: Register
    format: str
    sheets: list[SheetReading]
    errors: list[dict[str, Any]]
    skips: list[dict[str, Any]]
    rejected_rows: list[dict[str, Any]]
    """``{sheet, row, cells: {heading: text}, why}``: what was written there, kept as it was."""
    notes: list[str]

    @property
    def accepted(self) -> int:
        return sum(sheet.accepted for sheet in self.sheets)

    @property
    def sentence(self) -> str:
        """Why the file gave no table at all; "" where a header or a card was found."""
        if any(sheet.header_rows or (sheet.kind == "card" and sheet.mapping) for sheet in self.sheets):
            return ""
        if any(sheet.note == CARD for sheet in self.sheets):
            return CARD
        return phrase(
            "没有一张工作表认出“{title}”的表头：请核对表头，或用对照文件（--mapping）写明哪一栏是什么",
            title=self.register.title,
        )

    @property
    def unread_columns(self) -> list[str]:
        """Headings nothing was taken from, in the order of the workbook: a clerk should see what was left aside."""
        entries = [
            entry
            for sheet in self.sheets
            for mapping in (sheet.mapping, *(block["mapping"] for block in sheet.blocks))
            for entry in mapping
        ]
        rightly = (ROW_NUMBERS, UNIT_COLUMN, LEFT_OUT)
        return list(
            dict.fromkeys(each["header"] for each in entries if not each["column"] and each["note"] not in rightly)
        )

    def columns(self) -> dict[str, list[Stored]]:
        """All accepted rows by column, every column of the register, with ``_sheet`` and ``_row``."""
        table: dict[str, list[Stored]] = {column.name: [] for column in self.register.columns}
        table["_sheet"], table["_row"] = [], []
        for sheet in self.sheets:
            for column in self.register.columns:
                table[column.name] += sheet.columns.get(column.name) or [None] * sheet.accepted
            table["_sheet"] += [sheet.name] * sheet.accepted
            table["_row"] += sheet.row_numbers
        return table

    def rows(self) -> Iterator[dict[str, Stored]]:
        """Accepted rows, each with every column of the register (None = not stated), ``_sheet`` and ``_row``."""
        table = self.columns()
        names = list(table)
        for values in zip(*table.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def to_json(self) -> dict[str, Any]:
        """What ``mingbai read --json`` prints."""
        sheets = []
        for sheet in self.sheets:
            shown: dict[str, Any] = {
                "name": sheet.name,
                "header_rows": sheet.header_rows,
                "mapping": sheet.mapping,
                "read": sheet.read,
                "accepted": sheet.accepted,
                "rejected": sheet.rejected,
                "skipped": sheet.skipped,
                "hidden": sheet.hidden,
                "note": sheet.note,
                "register": sheet.register,
            }
            if sheet.kind != "table":
                shown |= {"kind": sheet.kind, "cells": sheet.cells}
            if sheet.sheet not in ("", sheet.name):
                shown["sheet"] = sheet.sheet
            if sheet.blocks:
                shown["blocks"] = sheet.blocks
            sheets.append(shown)
        return {
            "file": self.file,
            "sheets": sheets,
            "rows": list(self.rows()),
            "errors": self.errors,
            "skips": self.skips,
            "rejected_rows": self.rejected_rows,
            "format": self.format,
            "register": self.register.name,
            "notes": self.notes,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not read at all: why, and what to do."""

    file: str
    kind: str
    reason: str
    mend: str

    def to_json(self) -> dict[str, str]:
        return {"file": self.file, "kind": self.kind, "reason": self.reason, "mend": self.mend}


def read(
    path: Path | str, register: Register | None, mapping: Mapping[str, Any] | None = None, guard: Guard | None = None
) -> Reading:
    """Reads one file in a guarded child. ``mapping`` comes from ``load_mapping``; without a register, as the one whose
    columns fit best.

    :raises Refused: for a file that cannot be read.
    """
    if guard is None:
        with Guard(workers=1) as own:
            return read(path, register, mapping, own)
    result = guard.run(_READ, path, _arguments(register, mapping))
    return reading_of(str(path), register or find_register(result["register"]), result)


def read_many(
    paths: Iterable[Path | str],
    register: Register,
    mapping: Mapping[str, Any] | None = None,
    guard: Guard | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Reading | Refusal]:
    """Reads files one after another, in the order given; a file that is refused stops nothing.

    ``progress`` is called with the number of files done.
    """
    if guard is None:
        with Guard() as own:
            yield from read_many(paths, register, mapping, own, progress)
        return
    files = list(paths)
    arguments = _arguments(register, mapping)
    results = guard.map(_READ, ((file, arguments) for file in files), progress)
    for file, result in zip(files, results, strict=True):
        if isinstance(result, Refused):
            yield Refusal(str(file), result.kind, result.reason, result.mend)
        else:
            yield reading_of(str(file), register, result)


def reading_of(file: str, register: Register, result: Mapping[str, Any]) -> Reading:
    """The dictionary ``rows.read_workbook`` gives, as a ``Reading``."""
    sheets = [SheetReading(**sheet) for sheet in result["sheets"]]
    return Reading(
        file,
        register,
        result["format"],
        sheets,
        result["errors"],
        result["skips"],
        result["rejected_rows"],
        result["notes"],
    )


def _arguments(register: Register | None, mapping: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"register": register.name if register else "", "mapping": dict(mapping) if mapping else None}
