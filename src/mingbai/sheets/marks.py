"""Marks put into a workbook: bad cells and findings as colour and comment, and a list of them in front.

Runs in the guarded child; ``marking`` is the door to it. Colour never stands alone: every mark begins with a word in
brackets (【错格】 【疑点】 【问题】), bad cells are hatched so that they show in black and white, and the front sheet
says all of it in words. An .xlsx is opened and kept as it is; any other format is written anew from its values.
Nothing in the copy that comes from us can run.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook as OpenBook
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.cell.cell import Cell as OpenCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from mingbai.limits import LIMITS, Limits
from mingbai.sheets.formats import open_workbook
from mingbai.sheets.grid import Workbook, address, column_number
from mingbai.sheets.reading import cell_of
from mingbai.sheets.wording import FINDINGS_SHEET, is_live
from mingbai.sheets.writing import width_of

_COLUMNS = ("表", "格", "原值", "类别", "为什么", "怎么改", "规则", "依据")
_SEVERITY = {3: "要害", 2: "须整改", 1: "纸面"}
_WIDTHS = (16, 8, 24, 10, 60, 44, 8, 40)
_KINDS = {
    "doubt": "疑点",
    "unreadable": "读不懂",
    "masked": "数字被遮",
    "in_kind": "实物",
    "lost_digits": "数字已丢位",
    "not_a_choice": "不在选项",
    "missing": "缺填",
    "missing_column": "缺栏",
    "two_columns": "一格两栏",
    "no_cached_value": "公式未计算",
    "external_link": "外部链接",
    "too_many": "错格太多",
}
_ANSWERS = {"yes": "问题", "cannot_tell": "说不清", "disputed": "有争议"}
_DOUBT = PatternFill("solid", fgColor="FFE3A3")
_WRONG = PatternFill("lightUp", fgColor="D9480F", bgColor="FFD8C7")
_FINDING = PatternFill("gray125", fgColor="8A6D1F", bgColor="FFF3CD")
_HEAD = PatternFill("solid", fgColor="E8EEF4")
COMMENT_LONGEST = 2_000
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to show: where (sheet, row and column from 1), the word that goes with the colour, and the words. ``spoken``: where it
    stands in a document that has no cells."""

    sheet: str
    row: int
    column: int
    word: str
    kind: str
    why: str
    how: str = ""
    value: str = ""
    rule: str = ""
    cites: str = ""
    spoken: str = ""

    @property
    def comment(self) -> str:
        lines = [f"【{self.word}】{self.rule + ' ' if self.rule else ''}{self.why}"]
        lines += [f"怎么改：{self.how}"] * bool(self.how) + [f"依据：{self.cites}"] * bool(self.cites)
        return "\n".join(lines)


def mark_file(
    path: Path | str,
    errors: list[dict[str, Any]],
    findings: list[dict[str, Any]],
    letters: dict[str, dict[str, Any]],
    limits: Limits = LIMITS,
) -> dict[str, str]:
    """``{"xlsx": base64}``. Runs in the guarded child, which may write no file."""
    file = Path(path)
    grids = open_workbook(file, limits)
    marks = [_of_error(error) for error in errors] + [_of_finding(finding, letters, grids) for finding in findings]
    book = _own(file) if grids.format == "xlsx" else None
    notes = list(grids.notes)
    if book is None:
        if grids.format == "xlsx":
            notes.append("原工作簿的样式没有能带过来，只带来了各格的值。")
        book = _anew(grids)
    for placed in marks:
        if placed.sheet in book.sheetnames:
            _put(book[placed.sheet], placed)
    _front(book, marks, grids, notes)
    return {"xlsx": base64.b64encode(_bytes(book)).decode("ascii")}


def _of_error(error: Mapping[str, Any]) -> Mark:
    found = _CELL.match(str(error["cell"]))
    column, row = (column_number(found[1]), int(found[2])) if found else (1, 1)
    doubt = error["kind"] in ("doubt", "external_link", "no_cached_value", "in_kind")
    return Mark(
        error["sheet"],
        row,
        column,
        "疑点" if doubt else "错格",
        _KINDS.get(error["kind"], error["kind"]),
        error["reason"],
        error["suggestion"],
        error["value"],
        spoken=error.get("where", ""),
    )


def _of_finding(finding: Mapping[str, Any], letters: Mapping[str, Mapping[str, Any]], book: Workbook) -> Mark:
    found = next(
        (
            at
            for name in finding.get("columns") or ()
            if (at := cell_of(letters, finding["sheet"], int(finding["row"]), name))
        ),
        None,
    )
    home = found[0] if found else letters.get(finding["sheet"], {}).get("", finding["sheet"])
    place = _CELL.match(found[1]) if found else None
    letter, row = (place[1], int(place[2])) if place else ("", int(finding["row"]))
    grid = next((sheet for sheet in book.sheets if sheet.name == home), None)
    cells = grid.rows[row - 1] if grid is not None and 0 < row <= len(grid.rows) else []
    first = next((index for index, cell in enumerate(cells, start=1) if cell is not None), 1)
    column = column_number(letter) if letter else first
    cites = finding.get("cites") or ()
    said = cites if isinstance(cites, str) else "；".join(_cited(cite) for cite in cites)
    value = cells[column - 1] if 0 < column <= len(cells) else None
    return Mark(
        home,
        row,
        column,
        _ANSWERS.get(finding.get("answer", "yes"), "问题"),
        _SEVERITY.get(finding.get("severity", 0), "问题"),
        finding["sentence"],
        str(finding.get("advice") or ""),
        "" if value is None else str(value),
        str(finding["rule"]),
        said,
    )


def _cited(cite: Any) -> str:
    return "".join(str(part) for part in cite.values() if part) if isinstance(cite, Mapping) else str(cite)


def _own(file: Path) -> OpenBook | None:
    """The clerk's workbook as openpyxl keeps it; None where it cannot."""
    try:
        return load_workbook(io.BytesIO(file.read_bytes()), keep_vba=False)
    except MemoryError:
        raise
    except Exception:  # openpyxl raises whatever its parsers do; the values are safe in the grid
        return None


def _anew(grids: Workbook) -> OpenBook:
    book = OpenBook()
    book.remove(book.active)  # type: ignore[arg-type]
    for grid in grids.sheets:
        sheet = book.create_sheet(grid.name)
        for row, cells in enumerate(grid.rows, start=1):
            for column, cell in enumerate(cells, start=1):
                if cell is not None:
                    _say(sheet.cell(row, column), cell)
        for top, left, bottom, right in grid.merged:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for index in range(1, (max(map(len, grid.rows)) if grid.rows else 0) + 1):
            widest = max((width_of(cells[index - 1]) for cells in grid.rows[:100] if index <= len(cells)), default=8)
            sheet.column_dimensions[address(1, index)[:-1]].width = min(40, max(9, widest + 2))
        if grid.hidden:
            sheet.sheet_state = "hidden"
    return book


def _say(cell: OpenCell, value: object) -> None:
    """Puts a value in a cell as what it is: text stays text, whatever it looks like."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        if is_live(value):
            cell.quotePrefix = True
    else:
        cell.value = value  # type: ignore[assignment]


def _put(sheet: Worksheet, placed: Mark) -> None:
    cell = sheet.cell(placed.row, placed.column)
    if isinstance(cell, MergedCell):
        home = next((merged for merged in sheet.merged_cells.ranges if cell.coordinate in merged), None)
        cell = sheet.cell(home.min_row, home.min_col) if home is not None else cell
    if isinstance(cell, MergedCell):
        return
    wrong = placed.word == "错格"
    if wrong or cell.fill.fgColor.rgb not in (_WRONG.fgColor.rgb,):
        cell.fill = _WRONG if wrong else _FINDING if placed.rule else _DOUBT
    before = cell.comment.text if cell.comment is not None else ""
    text = f"{before}\n{placed.comment}" if before else placed.comment
    comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text)[:COMMENT_LONGEST], "明白账")
    comment.width, comment.height = 320, 40 + 18 * (width_of(text) // 20 + text.count("\n") + 1)
    cell.comment = comment


def _front(book: OpenBook, marks: Sequence[Mark], grids: Workbook, notes: Sequence[str]) -> None:
    if FINDINGS_SHEET in book.sheetnames:
        book.remove(book[FINDINGS_SHEET])  # the list of an earlier round
    sheet = book.create_sheet(FINDINGS_SHEET, 0)
    wrong = sum(1 for each in marks if each.word == "错格")
    found = sum(1 for each in marks if each.rule)
    counts = f"错格 {wrong} 处，疑点 {len(marks) - wrong - found} 处，问题 {found} 条。"
    lines = [
        "疑点与错格",
        counts,
        "改好后可把这份文件原样再交，本表不会当作数据。",
        "问题只是“疑似，因为……”，由人核实认定。",
        *notes,
    ]
    if any(grid.uncached for grid in grids.sheets) or _has_formulas(book):
        lines.append("表里有公式：交之前请用 Excel 或 WPS 打开本文件、重新计算并保存一次。")
    for row, text in enumerate(lines, start=1):
        _say(sheet.cell(row, 1), text)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    start = len(lines) + 2
    thin = Side(style="thin", color="BBBBBB")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    for column, title in enumerate(_COLUMNS, start=1):
        head = sheet.cell(start, column, title)
        head.font, head.fill, head.border = Font(bold=True), _HEAD, border
        sheet.column_dimensions[head.column_letter].width = _WIDTHS[column - 1]
    order = {name: place for place, name in enumerate(book.sheetnames)}
    for row, each in enumerate(
        sorted(marks, key=lambda one: (order.get(one.sheet, 0), one.row, one.column)), start + 1
    ):
        where = address(each.row, each.column)
        cells = (
            each.sheet,
            f"{where}（{each.spoken}）" if each.spoken else where,
            each.value,
            f"【{each.word}】{each.kind}" if each.kind != each.word else f"【{each.word}】",
            each.why,
            each.how,
            each.rule,
            each.cites,
        )
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(row, column)
            _say(cell, text)
            cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top"), border
        longest = max(-(-width_of(text) // _WIDTHS[column]) for column, text in enumerate(cells))
        sheet.row_dimensions[row].height = 15 * min(max(longest, 1), 8)  # not every program fits the row to its words
        if each.sheet in order:
            quoted = each.sheet.replace("'", "''")
            sheet.cell(row, 2).hyperlink = f"#'{quoted}'!{where}"
            sheet.cell(row, 2).font = Font(color="0B5394", underline="single")
    sheet.freeze_panes = sheet.cell(start + 1, 1)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{start}:{start}"
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


def _has_formulas(book: OpenBook) -> bool:
    return any(cell.data_type == "f" for sheet in book.worksheets for line in sheet.iter_rows() for cell in line)


class _InMemory(ExcelWriter):
    """openpyxl writes each sheet to a temporary file; the guarded child may write none."""

    _archive: zipfile.ZipFile

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        part = io.BytesIO()
        writer: Any = WorksheetWriter(ws, out=part)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], part.getvalue())
        self.manifest.append(ws)


def _bytes(book: OpenBook) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        writer = _InMemory(book, archive)
        writer.write_data()
    return buffer.getvalue()
