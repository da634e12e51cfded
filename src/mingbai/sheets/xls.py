"""An old .xls (BIFF8, BIFF5) before calamine reads it: the same look as ``xlsx`` takes, over binary records."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mingbai.limits import Limits
from mingbai.sheets.cells import SheetFacts, encrypted, grids, notes_on, refuse_extent, refuse_many_sheets
from mingbai.sheets.compound import Compound
from mingbai.sheets.grid import Refused, Workbook, address, too_large
from mingbai.sheets.package import damaged
from mingbai.sheets.text import RESAVE_WORD
from mingbai.sheets.xlsx import macros
from mingbai.units.wording import phrase

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET, _RECALCID = 0x809, 0x0A, 0x2F, 0x22, 0x85, 0x1C1
_EXTERNSHEET, _SUPBOOK, _FORMULA, _BOOLERR, _MULRK = 0x17, 0x1AE, 0x06, 0x205, 0xBD
_FILLED = frozenset({0x203, 0x27E, 0xFD, 0x204, 0xD6, _BOOLERR, _FORMULA, _MULRK})
"""Number, RK, shared and plain text, rich text, boolean or error, formula, several RK: all begin with row, column."""
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_STRING, _BETWEEN = 0x207, frozenset({0x4BC, 0x221, 0x236})
"""A formula that gives text is followed by it; only a shared, array or table formula may stand between."""
_DIMENSIONS, _STRINGS = 0x200, 0xFC
_ROW, _COLINFO, _NOTE, _FONT, _XF = 0x208, 0x7D, 0x1C, 0x31, 0xE0
_SAME_BOOK, _ADD_IN = 0x0401, 0x3A01


@dataclass(slots=True)
class _Sheet:
    """One worksheet as its records tell; ``height`` and ``width`` reach to its last filled cell."""

    facts: SheetFacts = field(default_factory=SheetFacts)
    silent: set[tuple[int, int]] = field(default_factory=set)
    """Formulas that gave empty text; ``spoken`` counts those that gave anything else."""
    spoken: int = 0
    height: int = 0
    width: int = 0


@dataclass(slots=True)
class _Globals:
    """What the workbook's own records say, before its sheets."""

    starts: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    epoch_1904: bool = False
    computed: bool = False
    """Excel's mark that it has computed the workbook; programs that only write files leave it out."""
    books_outside: set[int] = field(default_factory=set)
    books: int = 0
    fonts: list[bool] = field(default_factory=list)
    """Whether each font is struck through. There is no font number 4."""
    struck: set[int] = field(default_factory=set)
    """Cell styles in such a font."""
    styles: int = 0
    outside: re.Pattern[bytes] | None = None
    """Finds a reference into another workbook in a formula's tokens."""


def read_xls(data: bytes, limits: Limits) -> Workbook:
    """A compound file. Raises ``Refused``: ``encrypted``, ``macros``, ``unknown_format`` and those of ``cells``."""
    compound = Compound(data)
    if "EncryptedPackage" in compound.names or "EncryptionInfo" in compound.names:
        raise encrypted()
    if "WordDocument" in compound.names:
        raise Refused("unknown_format", "这是旧版 Word 文档（.doc、.wps），不是表格。", RESAVE_WORD)
    name = next((name for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in compound.names), None)
    if name is None:
        raise Refused(
            "unknown_format", "文件里没有工作簿。", "请确认选对了文件，用 Excel 或 WPS 另存为 .xlsx 后再上传。"
        )
    stream = compound.stream(name)
    try:
        book = _globals(stream)
        if 1 in book.kinds or "_VBA_PROJECT_CUR" in compound.names:
            raise macros()
        refuse_many_sheets(len(book.starts), limits)
        looks = [_sheet(stream, start, book) for start in book.starts]
    except (struct.error, IndexError) as broken:
        raise damaged("工作簿记录读不通") from broken
    if not book.computed and not any(look.spoken for look in looks):
        # xlwt writes every formula as if it had given empty text. In Excel's own files some formula says something.
        for look in looks:
            look.facts.uncached |= look.silent
    # Calamine lays all sheets of an .xls out at once, so the sum of their rectangles must be bearable.
    total = 0
    for index, look in enumerate(looks):
        refuse_extent(f"第 {index + 1} 张", look.height, look.width, limits)
        total += look.height * look.width
    if total > limits.cells:
        raise too_large("cells", "全部", f"合计占 {total} 个单元格，超过 {limits.cells} 个")
    notes = [phrase("文件链接了别的工作簿；链接没有打开，只用文件里存着的值。")] if book.books_outside else []
    sheets = grids(data, [look.facts for look in looks], limits)
    worksheets = [look.facts for look, kind in zip(looks, book.kinds, strict=True) if not kind]
    for sheet, facts in zip(sheets, worksheets, strict=False):
        notes += notes_on(sheet.name, facts)
    return Workbook("xls", sheets, book.epoch_1904, notes)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(record type, body) from ``at`` to the end of the substream, those of charts lying inside left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _globals(stream: bytes) -> _Globals:
    book = _Globals()
    if stream[:2] != b"\x09\x08":
        raise damaged("工作簿记录读不通")
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _DATEMODE:
            book.epoch_1904 = body[:1] == b"\x01"
        elif kind == _RECALCID:
            book.computed = True
        elif kind == _STRINGS and struct.unpack_from("<I", body, 4)[0] > len(stream) // 3:
            # No string takes less than three bytes; calamine makes room for as many as are claimed.
            raise damaged("文字表的长度不可能")
        elif kind == _BOUNDSHEET:
            start, _, sheet_kind = struct.unpack_from("<IBB", body)
            book.starts.append(start)
            book.kinds.append(sheet_kind)
        elif kind == _FONT:
            book.fonts.append(bool(body[2] & 0x08))
        elif kind == _XF:
            font = struct.unpack_from("<H", body)[0]
            font -= font > 4
            if font < len(book.fonts) and book.fonts[font]:
                book.struck.add(book.styles)
            book.styles += 1
        elif kind == _SUPBOOK:
            if struct.unpack_from("<H", body, 2)[0] not in (_SAME_BOOK, _ADD_IN):
                book.books_outside.add(book.books)
            book.books += 1
        elif kind == _EXTERNSHEET and book.books_outside:
            entries = struct.iter_unpack("<HHH", body[2 : 2 + (len(body) - 2) // 6 * 6])
            outside = [struct.pack("<H", i) for i, entry in enumerate(entries) if entry[0] in book.books_outside]
            if outside:
                # A token that points to another sheet, then the number of the sheet it points to.
                choices = b"|".join(re.escape(number) for number in outside)
                book.outside = re.compile(rb"[\x39-\x3d\x59-\x5d\x79-\x7d](?:%b)" % choices, re.DOTALL)
    return book


def _sheet(stream: bytes, start: int, book: _Globals) -> _Sheet:
    """A formula that promises text which does not follow was never computed."""
    look = _Sheet()
    awaited: tuple[int, int] | None = None
    for kind, body in _records(stream, start):
        if awaited is not None and kind not in _BETWEEN:
            if kind != _STRING:
                look.facts.uncached.add(awaited)
            awaited = None
        if kind == _DIMENSIONS:
            _believe_dimensions(body)
        elif (kind == _ROW and body[12] & 0x20) or (kind == _COLINFO and body[8] & 0x01):
            look.facts.hidden_lines = True
        elif kind == _NOTE:
            above, left = struct.unpack_from("<HH", body)
            look.facts.commented.append(address(above + 1, left + 1))
        if kind not in _FILLED:
            continue
        row, column = struct.unpack_from("<HH", body)
        if book.struck and struct.unpack_from("<H", body, 4)[0] in book.struck:
            look.facts.struck.add(row + 1)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MULRK else column
        look.height, look.width = max(look.height, row + 1), max(look.width, last + 1)
        if kind == _BOOLERR and body[7]:
            look.facts.errors[row + 1, column + 1] = _ERRORS.get(body[6], "#N/A")
        elif kind == _FORMULA:
            _formula(look, (row + 1, column + 1), body, book)
            awaited = (row + 1, column + 1) if body[6] == 0 and body[12:14] == b"\xff\xff" else None
    if awaited is not None:
        look.facts.uncached.add(awaited)
    return look


def _believe_dimensions(body: bytes) -> None:
    """Calamine asks for the memory of the whole rectangle claimed here at once, and dies if there is none."""
    form = "<IIHH" if len(body) >= 14 else "<HHHH"
    top, bottom, left, right = struct.unpack_from(form, body)
    if not (top <= bottom <= 65_536 and left <= right <= 256):
        raise damaged("工作表的范围不可能")


def _formula(look: _Sheet, position: tuple[int, int], body: bytes, book: _Globals) -> None:
    result, flags, facts = body[6:14], body[14], look.facts
    if result[6:8] == b"\xff\xff" and result[0] == 3:
        look.silent.add(position)
    else:
        look.spoken += 1
    if result[6:8] == b"\xff\xff" and result[0] == 2:
        facts.errors[position] = _ERRORS.get(result[2], "#N/A")
    if result == bytes(8) and flags & 0x02:
        # "Compute on load", and a zero nobody computed: written by a program, never opened in Excel.
        facts.uncached.add(position)
    if book.outside is not None and book.outside.search(body, 20):
        facts.external.add(position)
