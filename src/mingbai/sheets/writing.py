"""Workbooks we write: the template a clerk fills in, and exports that come back unchanged.

Every text goes through ``write_string``: nothing that came from data is ever a formula or a link. Texts that look like
one carry Excel's own quote prefix too, so that editing the cell does not wake them.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import IO, Any, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mingbai.columns import Column, Register, Stored, reader
from mingbai.limits import LIMITS
from mingbai.sheets.lines import Lines
from mingbai.sheets.matching import Mapped
from mingbai.sheets.sense import suspects
from mingbai.sheets.wording import DITTO, GUIDE_SHEET, VERBATIM, in_csv, is_live, worded
from mingbai.units import YUAN, Cell, clean_text

Target: TypeAlias = Path | str | IO[bytes]
Row: TypeAlias = Mapping[str, Stored]

TEMPLATE_ROWS = 1_000
"""Rows below the heading that have their lists of choices ready."""
_MISREAD = (VERBATIM, "#")
WIDEST, HEADING_HEIGHT = 60, 32
_NUMBER_FORMATS = {
    "money": "#,##0.00",
    "area": "0.####",
    "date": "yyyy-mm-dd",
    "count": "0",
    "term": "@",
    "yes_no": "@",
    "choice": "@",
    "text": "@",
    "identity": "@",
    "phone": "@",
}
_HOW = {
    "money": "数字，单位见表头；也可写 8.5万元",
    "area": "数字，单位亩；也可写 997.5平方米",
    "date": "年-月-日，例如 2005-01-01",
    "term": "例如 30年、20年4个月",
    "count": "整数",
    "identity": "身份证号或统一社会信用代码，按文本填",
    "phone": "电话号码",
    "yes_no": "是 或 否",
    "choice": "从下拉的词里选",
    "text": "文字",
}


def write_template(target: Target, register: Register) -> None:
    """An empty ledger of this register: headings with notes, lists of choices, a sheet 填写说明. Reads back clean."""
    _write(target, register, [column for column in register.columns if column.in_template], [])


def export(target: Target, register: Register, rows: Iterable[Row], note: str = "") -> None:
    """Typed rows as a workbook; reading it back gives the same values. Keys that are no columns are left out. A note
    stands on top of the sheet 填写说明.

    :raises ValueError: for a text longer than a cell can hold.
    """
    records = list(rows)
    columns = _columns(register, records)
    _write(target, register, columns, cells_of(register, columns, records), note)


def write_csv(target: Target, register: Register, rows: Iterable[Row]) -> None:
    """Typed rows as UTF-8 csv with a byte-order mark. A text that a spreadsheet program would run or round is written
    after an apostrophe (``'=1+1``, ``'0012``), which reading takes off again."""
    records = list(rows)
    columns = _columns(register, records)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.title for column in columns])
    for cells in cells_of(register, columns, records):
        writer.writerow([in_csv(cell) for cell in cells])
    _put(target, buffer.getvalue().encode("utf-8-sig"))


def cells_of(register: Register, columns: Sequence[Column], rows: Sequence[Row]) -> list[list[Cell]]:
    """Rows as cells that read back: a text that would be read as something else, or a row that would pass for 小计 or
    a note, is written after an apostrophe; so is a value that would be questioned."""
    readers = [reader(column, register) if column.kind == "text" else None for column in columns]
    known: list[dict[Stored, Cell]] = [{} for _ in columns]
    lines = Lines(
        [Mapped(index, column.title, column.name, 1.0, role="value") for index, column in enumerate(columns)], register
    )
    titles = {column.title for column in columns}
    written = []
    for row in rows:
        cells: list[Cell] = []
        for column, read, memo in zip(columns, readers, known, strict=True):
            value = row.get(column.name)
            if value is None or isinstance(value, bool):
                cells.append(worded(column, value))
                continue
            if value not in memo:
                cell = worded(column, value)
                if (
                    read is not None
                    and isinstance(cell, str)
                    and (cell.startswith(_MISREAD) or cell in DITTO or read(cell).value != value)
                ):
                    cell = VERBATIM + cell
                memo[value] = cell
            cells.append(memo[value])
        filled = [index for index, cell in enumerate(cells) if cell is not None]
        if filled and (lines.why_skip(cells, filled) or any(cell in titles for cell in cells if isinstance(cell, str))):
            cells = [_verbatim(column, cell) for column, cell in zip(columns, cells, strict=True)]
        lines.noting = False
        _refuse_long(columns, cells)
        written.append(cells)
    for row_at, at in _questioned(register, columns, rows):
        written[row_at][at] = VERBATIM + clean_text(written[row_at][at])
    return written


def _questioned(register: Register, columns: Sequence[Column], rows: Sequence[Row]) -> list[tuple[int, int]]:
    """(row, column) of values a reader would ask about once more, though somebody has confirmed them."""
    values = {column.name: [row.get(column.name) for row in rows] for column in columns}
    places = {column.name: place for place, column in enumerate(columns)}
    money = {column.name: YUAN for column in columns if column.kind == "money"}
    found: list[tuple[int, int]] = []
    decided: set[tuple[str, int]] = set()
    # Once one of two is marked as meant so, the question may turn to the other.
    while new := list(suspects(register, values, money, lambda *at: at not in decided)):
        decided.update((each.column, each.place) for each in new)
        found += [(each.place, places[each.column]) for each in new]
    return found


def _verbatim(column: Column, cell: Cell) -> Cell:
    if column.kind != "text" or not isinstance(cell, str) or cell.startswith(VERBATIM):
        return cell
    return VERBATIM + cell


def _refuse_long(columns: Sequence[Column], cells: Sequence[Cell]) -> None:
    for column, cell in zip(columns, cells, strict=True):
        if isinstance(cell, str) and len(cell) >= LIMITS.cell_characters:
            raise ValueError(f"“{column.title}”的一格有 {len(cell)} 字，超过表格一格能放的 {LIMITS.cell_characters} 字")


def _columns(register: Register, rows: Sequence[Row]) -> list[Column]:
    used = {name for row in rows for name, value in row.items() if value is not None}
    return [column for column in register.columns if column.in_template or column.name in used]


def _put(target: Target, content: bytes) -> None:
    if isinstance(target, (str, Path)):
        Path(target).write_bytes(content)
    else:
        target.write(content)


def _write(
    target: Target, register: Register, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], note: str = ""
) -> None:
    buffer = io.BytesIO()
    with ExitStack() as stack:
        book = new_workbook(buffer)
        stack.callback(book.close)
        sheet = book.add_worksheet(register.title[:31])
        _dress(book, sheet, register, columns, rows)
        plain = [
            book.add_format({"num_format": _NUMBER_FORMATS[column.kind], "valign": "vcenter", "border": 1})
            for column in columns
        ]
        quoted = [
            book.add_format({"num_format": "@", "valign": "vcenter", "border": 1, "quote_prefix": True})
            for _ in columns
        ]
        for index, cells in enumerate(rows, start=1):
            for place, cell in enumerate(cells):
                if cell is not None:
                    put_cell(sheet, index, place, cell, plain[place], quoted[place])
        _guide(book, register, columns, note)
    _put(target, buffer.getvalue())


def new_workbook(buffer: IO[bytes]) -> xlsxwriter.Workbook:
    """A workbook that turns nothing into formulas, links or numbers, and touches no disk."""
    return xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )


def put_cell(sheet: Worksheet, row: int, column: int, cell: Cell, plain: Format, quoted: Format) -> None:
    """Writes one cell (0-based) as what it is; a text that looks like a formula with the quote prefix."""
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, quoted if is_live(cell) else plain)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, plain)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell, plain)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, plain)
    elif cell is not None:
        sheet.write_string(row, column, str(cell), plain)


def _dress(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    register: Register,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
) -> None:
    must = book.add_format(
        {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#F7E3D4"}
    )
    may = book.add_format(
        {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"}
    )
    sheet.set_row(0, HEADING_HEIGHT)
    last = max(TEMPLATE_ROWS, len(rows))
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column.title, must if column.name in register.required_names else may)
        sheet.write_comment(0, index, _hint(column, register), {"x_scale": 1.6, "y_scale": 1.2})
        width = max([width_of(column.title) / 1.6, 10, *(width_of(row[index]) for row in rows[:200])])
        style = book.add_format({"num_format": _NUMBER_FORMATS[column.kind]})
        sheet.set_column(index, index, min(WIDEST, width + 2), style)
        words = ["是", "否"] if column.kind == "yes_no" else list(column.choices)
        if words and len(",".join(words)) <= 255:
            sheet.data_validation(
                1,
                index,
                last,
                index,
                {
                    "validate": "list",
                    "source": words,
                    "error_type": "warning",
                    "error_title": "不在可选的词里",
                    "error_message": f"可选：{'、'.join(words)}"[:255],
                },
            )
    sheet.freeze_panes(1, 2)
    paper(sheet)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def paper(sheet: Worksheet) -> None:
    """A4 across, as wide as one page, headings and page numbers on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _hint(column: Column, register: Register) -> str:
    words = "、".join(column.choices)
    parts = [_HOW[column.kind] + (f":{words}" if words else "")]
    if column.name in register.required_names:
        others = "或".join(
            register.by_name[name].title for group in register.required if column.name in group for name in group
        )
        parts.append(f"必填：{others}")
    if column.none_is_fact:
        parts.append("没有的写“无”；不清楚的留空")
    if column.note:
        parts.append(column.note)
    return "\n".join(parts)


def _guide(book: xlsxwriter.Workbook, register: Register, columns: Sequence[Column], note: str) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4"})
    line = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet.merge_range(0, 0, 0, 2, f"{register.title} 填写说明", book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(
        1,
        0,
        f"注意：{note}。"
        if note
        else "一行一份合同；不知道的留空，不要猜。表头不要改名，可以调换次序、删去不用的栏。"
        if register.name == "contracts"
        else "一行一条记录；不知道的留空，不要猜。",
    )
    for place, title in enumerate(("栏名", "怎么填", "各地常见的叫法")):
        sheet.write_string(2, place, title, head)
    for index, column in enumerate(columns, start=3):
        sheet.write_string(index, 0, column.title, line)
        sheet.write_string(index, 1, _hint(column, register), line)
        sheet.write_string(index, 2, "、".join(column.aliases[:8]), line)
    for place, width in enumerate((26, 60, 60)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(3, 0)
    paper(sheet)


def width_of(cell: Any) -> int:
    """Columns a text takes: wide characters count two; of several lines the longest counts."""
    if cell is None:
        return 0
    return max(
        (
            sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)
            for line in str(cell)[:400].split("\n")
        ),
        default=0,
    )
