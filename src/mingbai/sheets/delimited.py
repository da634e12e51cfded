"""Delimited text (csv): cells stay text, exactly as typed. Numbers are read later, where their column is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from mingbai.limits import Limits
from mingbai.sheets.cells import refuse_extent
from mingbai.sheets.grid import Grid, Refused, Workbook, squared, too_large
from mingbai.units.outcome import Cell

_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 50
WIDEST = 16_384
"""Excel writes this many commas a line for a sheet painted to its edge; more is refused before it is cut into cells."""
_END = "\x1amingbai-end\x1a"
"""A last line of our own: if it does not come back alone, an unclosed quote has swallowed what stood before it."""


def read_csv(text: str, encoding: str, limits: Limits) -> Workbook:
    """Raises ``Refused``: ``unclosed_quote``, ``cell_too_long``, ``rows``, ``columns``, ``cells``, ``damaged``."""
    delimiter = _delimiter(text)
    before = csv.field_size_limit(limits.cell_characters)
    try:
        rows = _rows(text, delimiter, limits)
    except csv.Error as broken:
        raise Refused(
            "cell_too_long",
            f"有一格文字超过 {limits.cell_characters} 字，多半是引号没有配对。",
            "请用 Excel 或 WPS 打开检查，另存为 .xlsx 后再上传。",
        ) from broken
    finally:
        csv.field_size_limit(before)
    notes = [f"按 {encoding.upper()} 编码读取。"]
    return Workbook("csv", [Grid("csv", squared(rows), [])], False, notes)


def _rows(text: str, delimiter: str, limits: Limits) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    width = 0
    closed = False
    for fields in csv.reader(_lines(text, delimiter), delimiter=delimiter):
        if fields == [_END]:
            closed = True
            break
        row: list[Cell] = [field or None for field in fields]
        while row and row[-1] is None:
            row.pop()
        rows.append(row)
        width = max(width, len(row))
        refuse_extent("csv", len(rows), width, limits)
    if not closed:
        raise Refused(
            "unclosed_quote",
            "文件里有一个引号没有配对，它后面的行会被吞进一格里。",
            "请用 Excel 或 WPS 打开检查，另存为 .xlsx 后再上传。",
        )
    return rows


def _lines(text: str, delimiter: str) -> Iterator[str]:
    """The text's lines with their ends, then ours. Line ends are CR, LF and CR LF only: ``splitlines`` would also cut
    at a form feed or U+2028 within a cell."""
    if not text.endswith(("\n", "\r")):
        text += "\n"
    for line in io.StringIO(text, newline=""):
        if line.count(delimiter) >= WIDEST:
            raise too_large("columns", "csv", f"有一行超过 {WIDEST} 列")
        yield line
    yield _END


def _delimiter(text: str) -> str:
    """The one that cuts the first lines into the most equal widths; a comma where none does."""
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        widths: dict[int, int] = {}
        try:
            for count, row in enumerate(csv.reader(io.StringIO(text[:65_536], newline=""), delimiter=delimiter)):
                if len(row) > 1:
                    widths[len(row)] = widths.get(len(row), 0) + 1
                if count >= _LOOKED_AT:
                    break
        except csv.Error:
            continue
        score = max(widths.values(), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best
