"""Every cap in one table: what is larger is refused with a sentence, never half read.

Sizes are bytes, times seconds, the rest counts. The caps are generous for a village ledger (a county's largest
workbook seen so far has 12,000 rows) and small enough that the worst file cannot hurt a clerk's old PC.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what one untrusted workbook may cost. Frozen: a caller who needs others makes another table."""

    file_bytes: int = 64 * 2**20
    """The file as it lies on disk."""
    unpacked_bytes: int = 512 * 2**20
    """All parts of a zipped workbook, counted while unpacking: the sizes written in the zip are the sender's claim."""
    zip_parts: int = 2_000
    sheets: int = 64
    rows: int = 200_000
    columns: int = 702
    """Up to column ZZ. Ledgers of IV width (256) exist; 16,384 is a sheet formatted to its edge, or an attack."""
    cells: int = 8_000_000
    """Rows × columns of one sheet's used rectangle, the blanks between included."""
    cell_characters: int = 32_767
    """What Excel itself allows in a cell."""
    seconds: float = 60.0
    memory_bytes: int = 2 * 2**30
    """Address space of the reading child (address space, not resident memory: the reader maps more than it uses)."""
    header_rows_searched: int = 60
    errors_per_sheet: int = 5_000
    """Past this the sheet is refused as one: its columns are mapped wrongly, or it is another kind of table."""
    files: int = 5_000
    """In one folder."""
    pages: int = 60
    """Of one contract on paper, all its pictures together."""
    picture_pixels: int = 80_000_000
    """Of one picture as its header gives them: a phone of today takes 50 million, a bomb says billions."""
    page_side: int = 2_000
    """The longer side at which a page is read and kept, in pixels: A4 at about 170 dots an inch."""
    pdf_pages: int = 200
    """Of one PDF: a page with a table takes up to a quarter of a second."""


LIMITS = Limits()

PAPER = Limits(file_bytes=50 * 2**20, seconds=120.0, memory_bytes=8 * 2**30)
"""For pictures: the recogniser maps far more address space than it uses (about 1 GB resident)."""

CONTRACT_FEN_MAX = 10_000_000_000_00
"""A single village contract above 10 billion yuan is read as a doubt: most likely a 万元 heading over cells in 元."""
AREA_MU4_MAX = 1_000_000_0000
"""A single contract above a million mu is read as a doubt: most likely ㎡ under a heading in 亩."""
YEAR_MIN, YEAR_MAX = 1949, 2150
"""Dates outside are not dates of a collective's contract."""

FORM_BYTES, FORM_CHARACTERS, FORM_LINES = 2 * 2**20, 40_000, 800
"""A form of a letter 文书范本: the Word file it comes in, its characters and its lines."""
LETTERS_AT_ONCE = 500
"""Letters made or printed in one go."""
