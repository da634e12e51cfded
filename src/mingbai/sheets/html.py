"""Tables of a web page: what many village systems export under the name .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from mingbai.limits import Limits
from mingbai.sheets.cells import refuse_extent, refuse_long_texts, refuse_many_sheets
from mingbai.sheets.grid import Grid, Refused, Workbook, clipped, out_of_memory, squared, too_large
from mingbai.sheets.package import damaged
from mingbai.units.outcome import Cell
from mingbai.units.wording import phrase

_SPACES = re.compile(r"[ \t\r\n\f]+")
_ROW = re.compile("<tr", re.IGNORECASE)
_SILENT = frozenset({"script", "style", "template", "noscript"})
_BREAKS = frozenset({"br", "p", "div", "li"})


def read_html(text: str, encoding: str, limits: Limits) -> Workbook:
    """Every table of the page is a sheet; a cell over several rows or columns has its value at the top left only.

    Raises ``Refused``: ``no_table``, ``damaged`` and those of ``cells``.
    """
    rows = len(_ROW.findall(text))
    if rows > limits.rows:
        raise too_large("rows", "网页", f"共有 {rows} 行，超过 {limits.rows} 行")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as broken:
        if any(error.type_name == "ERR_NO_MEMORY" for error in parser.error_log):
            raise out_of_memory() from broken
        raise damaged("网页读不通") from broken
    # libxml2 stops at its caps on depth and text length and keeps what it has: half a table, which must not pass.
    if root is None or any(
        "huge" in error.message.lower() or "depth" in error.message.lower() for error in parser.error_log
    ):
        raise damaged("网页读不通")
    tables = list(root.iter("table"))
    grids: list[Grid] = []
    for table in tables:
        name = next((_text(caption) for caption in table.iterchildren("caption")), None)
        grid = _grid(table, name or f"表{len(grids) + 1}", limits)
        # Pages use tables for layout: one that holds only another table has nothing of its own.
        if grid.rows:
            grids.append(grid)
            refuse_many_sheets(len(grids), limits)
    if not grids:
        raise Refused(
            "no_table",
            "这是网页文件，里面没有表格。",
            "请在浏览器中打开，把表格复制到 Excel 或 WPS 表格，存为 .xlsx 后再上传。",
        )
    return Workbook(
        "html", grids, False, [phrase("文件其实是网页（HTML）表格，按 {upper!s} 编码读取。", upper=encoding.upper())]
    )


def _grid(table: etree._Element, name: str, limits: Limits) -> Grid:
    rows: list[list[Cell]] = []
    merged: list[tuple[int, int, int, int]] = []
    taken: dict[int, int] = {}
    """Column -> how many rows further a cell from above still reaches into it."""
    width = 0
    for line in _lines(table):
        row: list[Cell] = []
        number, column = len(rows) + 1, 1
        below: dict[int, int] = {}
        for cell in line.iterchildren("td", "th"):
            while taken.get(column, 0) > 0:
                column += 1
            value = _text(cell)
            wide = min(_span(cell, "colspan", 1000), max(1, limits.columns + 1 - column))
            tall = _span(cell, "rowspan", 65_534)
            if value is not None:
                row.extend([None] * (column - 1 - len(row)))
                row.append(value)
                width = max(width, column)
                refuse_extent(name, number, width, limits)
            if column > limits.columns:
                break
            if (wide, tall) != (1, 1):
                merged.append((number, column, number + tall - 1, column + wide - 1))
            if tall > 1:
                below.update((column + i, tall) for i in range(wide))
            column += wide
        taken = {column: left - 1 for column, left in (taken | below).items() if left > 1}
        rows.append(row)
        refuse_extent(name, len(rows), width, limits)
    refuse_long_texts(name, rows, limits)
    rows = squared(rows)
    return Grid(name, rows, clipped(merged, rows))


def _lines(table: etree._Element) -> Iterator[etree._Element]:
    """The table's own rows, not those of tables inside its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _span(cell: etree._Element, what: str, cap: int) -> int:
    text = (cell.get(what) or "").strip()
    return min(max(1, int(text)), cap) if text.isdecimal() and len(text) < 10 else 1


def _text(cell: etree._Element) -> str | None:
    """The words a reader of the page sees in the cell: blanks collapsed, line breaks kept, inner tables left out."""
    words = "".join(_words(cell, top=True)).replace("\r", "")
    lines = (_SPACES.sub(" ", line).strip(" ") for line in words.split("\x0b"))
    return "\n".join(line for line in lines if line) or None


def _words(node: etree._Element, top: bool = False) -> Iterator[str]:
    if node.tag in _BREAKS:
        yield "\x0b"
    if node.text:
        yield node.text
    for child in node:
        if isinstance(child.tag, str) and child.tag not in _SILENT and child.tag != "table":
            yield from _words(child)
        if child.tail:
            yield child.tail
    if node.tag in _BREAKS and node.tag != "br" and not top:
        yield "\x0b"
