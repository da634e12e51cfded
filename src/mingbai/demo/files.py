"""Books written to disk 落盘: xlsx by XlsxWriter, csv in GB18030 or UTF-8, a web page under the name .xls, OpenDocument.

The same book gives the same bytes: dates of making are fixed and nothing depends on the machine.
"""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mingbai.demo.books import FAINT, HEAD, PLAIN, TITLE, Book, Page
from mingbai.demo.slips import Uncomputed, Written

_MADE = datetime(2026, 9, 30)
_ZIPPED = (2026, 9, 30, 0, 0, 0)
_NOTE = "演示数据：人名、单位、金额都是编的"


def write_book(book: Book, folder: Path) -> None:
    """Writes one ledger into the folder under its own name."""
    data = _WRITERS[book.form](book)
    (folder / book.file).write_bytes(data)


# -- xlsx


def _xlsx(book: Book) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": book.file, "comments": _NOTE, "created": _MADE})
    kinds: dict[str, dict[str, object]] = {
        TITLE: {"bold": True, "font_size": 16, "align": "center"},
        FAINT: {"font_color": "#555555"},
        HEAD: {
            "bold": True,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "border": 1,
            "bg_color": "#EAF1F1",
        },
        PLAIN: {"border": 1, "valign": "vcenter"},
    }
    formats = {name: workbook.add_format(kind) for name, kind in kinds.items()}
    day = workbook.add_format({**kinds[PLAIN], "num_format": "yyyy-mm-dd"})
    for page in book.pages:
        _sheet(workbook.add_worksheet(page.name), page, formats, day)
    shown = next(place for place, page in enumerate(book.pages) if len(page.cells) > 20)
    workbook.worksheets()[shown].activate()
    workbook.close()
    return buffer.getvalue()


def _sheet(sheet: Worksheet, page: Page, formats: dict[str, Format], day: Format) -> None:
    if page.hidden:
        sheet.hide()
    for top, left, bottom, right in page.merged:
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", formats[page.styles[top, left]])
    for (row, column), style in sorted(page.styles.items()):
        cell, look = page.cells.get((row, column)), formats[style]
        if isinstance(cell, Uncomputed):
            sheet.write_formula(row - 1, column - 1, cell.formula, look)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row - 1, column - 1, cell, day)
        elif isinstance(cell, str):
            sheet.write_string(row - 1, column - 1, cell, look)
        elif isinstance(cell, (int, float)):
            sheet.write_number(row - 1, column - 1, cell, look)
        elif not any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in page.merged):
            sheet.write_blank(row - 1, column - 1, None, look)
    if page.size[0] > 3:
        sheet.set_column(0, min(page.size[1], 80), 13)


# -- text


def _csv(book: Book, encoding: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    page = book.pages[0]
    height, width = page.size
    for row in range(1, height + 1):
        writer.writerow([_text(page.cells.get((row, column))) for column in range(1, width + 1)])
    return text.getvalue().encode(encoding)


def _text(cell: Written) -> str:
    assert not isinstance(cell, Uncomputed)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell >= 1e15:
        return f"{cell:.5E}"  # as Excel saves a long number
    return f"{cell:%Y-%m-%d}" if isinstance(cell, datetime) else str(cell)


def _web(book: Book) -> bytes:
    page = book.pages[0]
    height, width = page.size
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merged}
    covered = {
        (row, column)
        for top, left, bottom, right in page.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    lines = ['<html><head><meta charset="utf-8"><title>演示数据</title></head><body><table border="1">']
    for row in range(1, height + 1):
        cells = []
        for column in range(1, width + 1):
            if (row, column) in covered:
                continue
            tall, wide = spans.get((row, column), (1, 1))
            span = (f' rowspan="{tall}"' if tall > 1 else "") + (f' colspan="{wide}"' if wide > 1 else "")
            cells.append(f"<td{span}>{html.escape(_text(page.cells.get((row, column))))}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    lines.append("</table></body></html>")
    return "\n".join(lines).encode()


# -- OpenDocument


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    f' manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _ods(book: Book) -> bytes:
    tables = "".join(_table(page) for page in book.pages)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {_SPACES} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text, packing in (
            ("mimetype", _ODS, zipfile.ZIP_STORED),
            ("content.xml", content, zipfile.ZIP_DEFLATED),
            ("META-INF/manifest.xml", _MANIFEST, zipfile.ZIP_DEFLATED),
        ):
            part = zipfile.ZipInfo(name, _ZIPPED)
            part.create_system = 3
            archive.writestr(part, text.encode(), packing)
    return buffer.getvalue()


def _table(page: Page) -> str:
    height, width = page.size
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merged}
    rows = []
    for row in range(1, height + 1):
        cells = [
            _ods_cell(page.cells.get((row, column)), *spans.get((row, column), (1, 1)))
            for column in range(1, width + 1)
        ]
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return f'<table:table table:name="{html.escape(page.name)}">{"".join(rows)}</table:table>'


def _ods_cell(cell: Written, tall: int, wide: int) -> str:
    span = f' table:number-rows-spanned="{tall}" table:number-columns-spanned="{wide}"' if tall > 1 or wide > 1 else ""
    if cell is None:
        return f"<table:table-cell{span}/>"
    if isinstance(cell, Uncomputed):
        return f'<table:table-cell{span} table:formula="of:{cell.formula}"/>'
    if isinstance(cell, datetime):
        kind, shown = f' office:value-type="date" office:date-value="{cell:%Y-%m-%d}"', f"{cell:%Y-%m-%d}"
    elif isinstance(cell, (int, float)):
        kind, shown = f' office:value-type="float" office:value="{cell!r}"', str(cell)
    else:
        kind, shown = ' office:value-type="string"', str(cell)
    return f"<table:table-cell{span}{kind}><text:p>{html.escape(shown, quote=False)}</text:p></table:table-cell>"


_WRITERS: dict[str, Callable[[Book], bytes]] = {
    "xlsx": _xlsx,
    "ods": _ods,
    "html.xls": _web,
    "gb18030.csv": lambda book: _csv(book, "gb18030"),
    "bom.csv": lambda book: _csv(book, "utf-8-sig"),
}
