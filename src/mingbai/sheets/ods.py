"""OpenDocument spreadsheets (LibreOffice, WPS), read directly: calamine would unroll a row repeated a million times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import cast

from lxml import etree

from mingbai.limits import Limits
from mingbai.sheets.cells import EXACT, encrypted, refuse_extent, refuse_long_texts, refuse_many_sheets
from mingbai.sheets.grid import Grid, Workbook, clipped, squared
from mingbai.sheets.package import Package, damaged
from mingbai.sheets.xlsx import macros
from mingbai.units.outcome import Cell
from mingbai.units.wording import phrase

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_SPAN = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?)?")
_ELSEWHERE = re.compile(r"'(?:file|https?|ftp):|\[(?:file|https?|ftp):", re.IGNORECASE)
_VALUE_TYPE, _VALUE, _STRING_VALUE = f"{_OFFICE}value-type", f"{_OFFICE}value", f"{_OFFICE}string-value"
_DATE_VALUE, _TIME_VALUE, _BOOLEAN_VALUE = f"{_OFFICE}date-value", f"{_OFFICE}time-value", f"{_OFFICE}boolean-value"
_ROWS_REPEATED, _COLUMNS_REPEATED = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
_ROWS_SPANNED, _COLUMNS_SPANNED = f"{_TABLE}number-rows-spanned", f"{_TABLE}number-columns-spanned"
_FORMULA, _PARAGRAPH = f"{_TABLE}formula", f"{_TEXT}p"
CELL_TAGS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


@dataclass(slots=True)
class _Sheet:
    """A table being read; empty rows wait in ``blank`` until a filled one follows."""

    name: str
    hidden: bool
    rows: list[list[Cell]] = field(default_factory=list)
    blank: int = 0
    width: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncached: set[tuple[int, int]] = field(default_factory=set)
    external: set[tuple[int, int]] = field(default_factory=set)

    @property
    def next_row(self) -> int:
        return len(self.rows) + self.blank + 1


def read_ods(package: Package, limits: Limits) -> Workbook:
    """Raises ``Refused``: ``encrypted``, ``macros``, ``damaged``, ``xxe``, ``zip_bomb`` and those of ``cells``."""
    manifest = package.small("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest or "encrypted-package" in package.parts:
        raise encrypted()
    if any(part.startswith(("basic/", "scripts/")) and not part.endswith("/") for part in package.parts):
        raise macros()
    if "content.xml" not in package.parts:
        raise damaged("缺少表格内容")
    package.survey(lambda _: None)
    sheets: list[_Sheet] = []
    try:
        for sheet in _sheets(package, limits):
            sheets.append(sheet)
            refuse_many_sheets(len(sheets), limits)
    except etree.XMLSyntaxError as broken:
        raise damaged("表格内容读不通") from broken
    grids = []
    for sheet in sheets:
        refuse_long_texts(sheet.name, sheet.rows, limits)
        rows = squared(sheet.rows)
        merged = clipped(sheet.merged, rows)
        uncached, external = frozenset(sheet.uncached), frozenset(sheet.external)
        grids.append(Grid(sheet.name, rows, merged, sheet.hidden, uncached, external))
    outside = any(sheet.external for sheet in sheets)
    notes = [phrase("文件链接了别的工作簿；链接没有打开，只用文件里存着的值。")] if outside else []
    return Workbook("ods", grids, False, notes)


def _sheets(package: Package, limits: Limits) -> Iterator[_Sheet]:
    tags = (f"{_TABLE}table", f"{_TABLE}table-row", f"{_STYLE}style")
    parser = etree.XMLPullParser(
        ("start", "end"), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    hidden_styles: set[str] = set()
    sheet: _Sheet | None = None
    for piece in package.stream("content.xml"):
        parser.feed(piece)
        for event, node in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
            if node.tag == f"{_STYLE}style":
                shown = (about.get(f"{_TABLE}display") for about in node.iter(f"{_STYLE}table-properties"))
                if event == "end" and "false" in shown:
                    hidden_styles.add(node.get(f"{_STYLE}name", ""))
            elif node.tag == f"{_TABLE}table" and _top(node):
                if event == "start":
                    sheet = _Sheet(node.get(f"{_TABLE}name", ""), node.get(f"{_TABLE}style-name", "") in hidden_styles)
                elif sheet is not None:
                    yield sheet
                    sheet = None
                    node.clear()
            elif node.tag == f"{_TABLE}table-row" and event == "end" and sheet is not None:
                _row(node, sheet, limits)
                _forget(node)
    parser.close()


def _top(node: etree._Element) -> bool:
    parent = node.getparent()
    return parent is not None and parent.tag == f"{_OFFICE}spreadsheet"


def _forget(node: etree._Element) -> None:
    """Drops a row that has been read, and what stood before it: the tree never grows beyond a row."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _count(about: Mapping[str, str], what: str) -> int:
    text = about.get(what)
    if text is None:
        return 1
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def _attributes(node: etree._Element) -> dict[str, str]:
    """All at once: asking libxml2 for one after another is what takes the time."""
    return dict(cast("list[tuple[str, str]]", node.items()))


def _row(node: etree._Element, sheet: _Sheet, limits: Limits) -> None:
    row: list[Cell] = []
    number, column = sheet.next_row, 1
    repeated = _count(_attributes(node), _ROWS_REPEATED)
    for cell in node.iterchildren(*CELL_TAGS):
        about = _attributes(cell)
        times = _count(about, _COLUMNS_REPEATED)
        formula = about.get(_FORMULA)
        value = _value(cell, about)
        uncached = formula is not None and value is None and _VALUE_TYPE not in about
        if value is not None or uncached:
            if column + times - 1 > limits.columns:
                refuse_extent(sheet.name, number + repeated - 1, column + times - 1, limits)
            if len(row) < column - 1:
                row.extend([None] * (column - 1 - len(row)))
            row.extend([value] * times)
        if formula is not None:
            where = [(number, column + i) for i in range(min(times, limits.columns))]
            if uncached:
                sheet.uncached.update(where)
            if _ELSEWHERE.search(formula):
                sheet.external.update(where)
        wide, tall = _count(about, _COLUMNS_SPANNED), _count(about, _ROWS_SPANNED)
        if wide > 1 or tall > 1:
            sheet.merged.append((number, column, number + tall - 1, column + wide - 1))
        column += times
    if not row:
        sheet.blank += repeated
        return
    sheet.width = max(sheet.width, len(row))
    refuse_extent(sheet.name, number + repeated - 1, sheet.width, limits)
    sheet.rows.extend([] for _ in range(sheet.blank))
    sheet.blank = 0
    sheet.rows.extend(list(row) for _ in range(repeated))


def _value(cell: etree._Element, about: Mapping[str, str]) -> Cell:
    kind = about.get(_VALUE_TYPE)
    try:
        if kind in ("float", "percentage", "currency"):
            number = float(about.get(_VALUE, ""))
            if not isfinite(number):
                return _written(cell)
            return int(number) if number.is_integer() and -EXACT < number < EXACT else number
        if kind == "date":
            return _moment(about.get(_DATE_VALUE, ""))
        if kind == "time":
            return _span(about.get(_TIME_VALUE, ""))
        if kind == "boolean":
            return about.get(_BOOLEAN_VALUE) == "true"
    except (ValueError, OverflowError):
        return _written(cell)
    return about.get(_STRING_VALUE) or _written(cell)


def _written(cell: etree._Element) -> str | None:
    """What the cell shows: its paragraphs."""
    if len(cell) == 0:
        return None
    if len(cell) == 1 and len(cell[0]) == 0 and cell[0].tag == _PARAGRAPH:
        return cell[0].text or None
    return "\n".join(_paragraph(part) for part in cell.iterchildren(_PARAGRAPH)) or None


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None) if "T" in text else date.fromisoformat(text)


def _span(text: str) -> time | timedelta:
    parts = _SPAN.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()[1:])
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not parts.group(1) and span < timedelta(days=1):
        return (datetime.min + span).time()
    return -span if parts.group(1) else span


def _paragraph(node: etree._Element) -> str:
    """A paragraph's text; runs of blanks, tabs and line breaks are elements of their own. Notes are not text."""
    text = node.text or ""
    for child in node:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            text += " " * (min(int(count), 1000) if count.isdecimal() and len(count) < 6 else 1)
        elif child.tag == f"{_TEXT}tab":
            text += "\t"
        elif child.tag == f"{_TEXT}line-break":
            text += "\n"
        elif child.tag != f"{_OFFICE}annotation" and isinstance(child.tag, str):
            text += _paragraph(child)
        text += child.tail or ""
    return text
