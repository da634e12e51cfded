"""Delimited text (csv): cells stay text, exactly as typed. Numbers are read later, where their column is known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from mingbai.limits import Limits
from mingbai.sheets.cells import refuse_extent
from mingbai.sheets.grid import Grid, Refused, Workbook, squared, too_large
from mingbai.units.outcome import Cell
from mingbai.units.wording import phrase

_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 50
_STROKES = str.maketrans("│┃｜║┆┇┊┋", "||||||||")
_RULE = re.compile(r":?[-=—─]{2,}:?|")
_RULED = re.compile("[\u2500-\u257f|+=:\\s—-]+")
"""A line that only rules: ``├──┼──┤``, ``|---|---|``, ``+----+``."""
_SEPARATORS = re.compile(r"[;|]|,(?![0-9]{3})")
_LINES_LEAST = 6
WIDEST = 16_384
"""Excel writes this many commas a line for a sheet painted to its edge; more is refused before it is cut into cells."""
_END = "\x1amingbai-end\x1a"
"""A last line of our own: if it does not come back alone, an unclosed quote has swallowed what stood before it."""


def read_csv(text: str, encoding: str, limits: Limits) -> Workbook:
    """Raises ``Refused``: ``unclosed_quote``, ``cell_too_long``, ``rows``, ``columns``, ``cells``, ``damaged``."""
    drawn = _drawn(text, limits)
    if drawn is not None:
        what = "竖线表格" if any(len(row) > 1 for row in drawn) else "一格一行的文字"
        return Workbook(
            "text",
            [Grid("文本", squared(drawn), [])],
            False,
            [phrase("按 {upper!s} 编码读取，{what!s}。", upper=encoding.upper(), what=what)],
        )
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
    notes = [phrase("按 {upper!s} 编码读取。", upper=encoding.upper())]
    full = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    if _is_spaced(full) and max(map(len, rows), default=0) < 3:
        notes.append(
            phrase(
                "像是用空格对齐的表，空着的格分不清是哪一栏的：请在 Excel 或 WPS 里用“分列”按空格分开，核对后另存为 .xlsx 再交"
            )
        )
    elif max(map(len, rows), default=0) == 1:
        notes.append(
            phrase(
                "每行只有一格，没有分列的符号：是台账的，请在 Excel 或 WPS 里用“分列”分开，另存为 .xlsx 再交；是合同原文的，请打印成 PDF 或照相，从“纸质合同”一页交"
            )
        )
    return Workbook("csv", [Grid("csv", squared(rows), [])], False, notes)


def _drawn(text: str, limits: Limits) -> list[list[Cell]] | None:
    """A table drawn with strokes, or one cell to a line as text taken from a picture or a page comes; None for what is
    neither. Line n of the text is row n."""
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > limits.rows:
        raise too_large("rows", "文本", f"用到第 {len(lines)} 行，超过 {limits.rows} 行")
    full = [line.strip() for line in lines[: _LOOKED_AT * 4] if line.strip()]
    if not full or any('"' in line or "\t" in line for line in full[:_LOOKED_AT]):
        return None
    if (drawn := stroked(lines)) is not None:
        for number, row in enumerate(drawn, 1):
            refuse_extent("文本", number, len(row), limits)
        return drawn
    single = sum(1 for line in full if not _SEPARATORS.search(line.strip("|")))
    if len(full) >= _LINES_LEAST and 10 * single >= 7 * len(full) and max(map(len, full)) < 200 and not _is_wide(full):
        return [[line.strip().strip("|").strip() or None] for line in lines]
    return None


def stroked(lines: list[str]) -> list[list[Cell]] | None:
    """The cells of a table drawn with strokes (``| 承包方 | 面积 |``, ``│承包方│面积│``, ruled between), a row to a line; None
    where most lines are not drawn so."""
    straight = [line.strip().translate(_STROKES) for line in lines]
    spoken = [line for line in straight[: _LOOKED_AT * 4] if line and not _RULED.fullmatch(line)]
    drawn = sum(1 for line in spoken if line.startswith("|") and line.endswith("|") and line.count("|") > 2)
    if drawn < 2 or 2 * drawn < len(spoken):
        return None
    rows: list[list[Cell]] = []
    for line in straight:
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        ruled = all(_RULE.fullmatch(cell) for cell in cells) or _RULED.fullmatch(line)
        rows.append([None if ruled else cell or None for cell in cells])
    return rows


def _is_wide(lines: list[str]) -> bool:
    """Whether the full-width comma cuts nearly all lines into equally many cells, three or more: then it is no stop."""
    counts = [line.count("，") for line in lines]
    usual = max(set(counts), key=counts.count, default=0)
    return usual >= 2 and counts.count(usual) >= 2 and 10 * counts.count(usual) >= 9 * len(counts)


def _is_spaced(lines: list[str]) -> bool:
    """Whether lines look like columns set apart by blanks, of which nobody can tell an empty cell."""
    cut = sum(1 for line in lines if len(re.split(r"\s{2,}|\u3000+", line.strip())) >= 3)
    return len(lines) >= 2 and 2 * cut >= len(lines)


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
    if not best_score and _is_wide([line for line in text[:65_536].splitlines()[:_LOOKED_AT] if line.strip()]):
        return "，"
    return best
