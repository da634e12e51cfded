"""What a reader hands over: sheets as they lie, and the one way to say that a file is not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mingbai.units.outcome import Cell


@dataclass(slots=True)
class Grid:
    """One sheet as it lies: ``rows[0]`` is the sheet's row 1, ``rows[r][0]`` its column A.

    Leading empties are included, so addresses never shift; trailing empty rows and columns are cut. All rows are
    equally long; an empty cell is ``None``, an error cell its text (``#N/A``). Numbers of a workbook that are whole
    come as ``int``; cells of csv and html stay text.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]]
    """(top, left, bottom, right), 1-based inclusive, clipped to the grid. The value stands at the top left."""
    hidden: bool = False
    uncached: frozenset[tuple[int, int]] = frozenset()
    """Formulas without a cached value, as (row, column), 1-based; their cell in ``rows`` is empty or a zero nobody
    computed. May lie outside ``rows``."""
    external: frozenset[tuple[int, int]] = frozenset()
    """Formulas that take their value from another workbook; the value cached here is kept in ``rows``."""
    places: tuple[str, ...] = ()
    """Where each row stands in a document that has no cells of its own (``第2页第5行``); () for a workbook."""
    sheet: str = ""
    """The sheet of the file this is a part of, where it is laid out apart under a name of its own; "" = ``name``."""
    origin: Mapping[tuple[int, int], tuple[int, int]] | None = None
    """For a card laid out as rows: (row, column) here → where the value stands in the sheet, all 0-based."""
    numbers: tuple[int, ...] = ()
    """For a card: the 1-based sheet row each row here goes by; () = rows lie as they do in the sheet."""

    @property
    def home(self) -> str:
        """The name of the sheet in the file."""
        return self.sheet or self.name

    def number(self, row: int) -> int:
        """The 1-based sheet row of a 0-based row."""
        return self.numbers[row] if self.numbers else row + 1

    def at(self, row: int, column: int) -> tuple[int, int]:
        """Where a cell (0-based) stands in the sheet, 1-based."""
        true = (
            self.origin.get((row, column), (self.number(row) - 1, column)) if self.origin is not None else (row, column)
        )
        return true[0] + 1, true[1] + 1

    def spoken(self, row: int, column: int) -> str:
        """Where a cell (0-based) stands, as one says it of a document: ``第2页第5行第4列``; "" for a workbook."""
        line, place = self.at(row, column)
        return f"{self.places[line - 1]}第{place}列" if 0 < line <= len(self.places) else ""


@dataclass(slots=True)
class Workbook:
    """A file that could be read, whatever its name claims."""

    format: str
    """``xlsx``, ``xls``, ``ods``, ``csv``, ``html``, ``docx``, ``pdf`` or ``text``: what the bytes are, not what the name ends in."""
    sheets: list[Grid]
    epoch_1904: bool = False
    """The file counts days from 1904; dates in ``rows`` are right already, bare serial numbers are not."""
    notes: list[str] = field(default_factory=list)
    """What a reader should know, in Chinese: the encoding used, html named .xls, hidden sheets, …"""


class Refused(Exception):  # noqa: N818 -- no fault of ours: an outcome, in the field's word
    """A file is not read, and nothing of it is used.

    ``kind`` is a word for programs (``encrypted``, ``too_big`` …), ``reason`` says in Chinese what is wrong,
    ``mend`` what to do about it.
    """

    def __init__(self, kind: str, reason: str, mend: str) -> None:
        super().__init__(kind, reason, mend)
        self.kind = kind
        self.reason = reason
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.reason}{self.mend}"


def column_letters(column: int) -> str:
    """1 -> ``A``, 27 -> ``AA``, 16384 -> ``XFD``."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """``A`` -> 1, ``XFD`` -> 16384: the other way round."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """(17, 4) -> ``D17``, both counted from 1."""
    return f"{column_letters(column)}{row}"


def squared(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The same rows without trailing empty rows and columns, all equally long. Changes its argument."""
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    width = 0
    for row in rows:
        end = len(row)
        while end > width and row[end - 1] is None:
            end -= 1
        width = max(width, end)
    for row in rows:
        if len(row) > width:
            del row[width:]
        elif len(row) < width:
            row.extend([None] * (width - len(row)))
    return rows


def clipped(merged: list[tuple[int, int, int, int]], rows: list[list[Cell]]) -> list[tuple[int, int, int, int]]:
    """Merged ranges cut to where the grid has cells, so that walking one is never longer than walking the grid."""
    height, width = len(rows), len(rows[0]) if rows else 0
    kept = []
    for top, left, bottom, right in merged:
        bottom, right = min(bottom, height), min(right, width)
        if 1 <= top <= bottom and 1 <= left <= right and (top, left) != (bottom, right):
            kept.append((top, left, bottom, right))
    return kept


def too_large(limit: str, name: str, where: str) -> Refused:
    """The refusal for a sheet beyond the caps; ``where`` says what was found, with its address or count."""
    return Refused(
        limit,
        f"工作表「{name}」{where}。",
        "请在 Excel 或 WPS 中删除表格以外多余的空行、空列和内容，或把表拆成几个文件，再重新上传。",
    )


def out_of_memory() -> Refused:
    return Refused(
        "memory", "读这个文件需要的内存超过上限。", "请删除多余的空行、空列和工作表，或把表拆成几个文件，再上传。"
    )
