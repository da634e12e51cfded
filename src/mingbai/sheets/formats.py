"""What a file is, told from its bytes; then the reader for it. Runs inside the child: see ``guard``."""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path
from typing import Any

from mingbai.limits import Limits
from mingbai.sheets import compound
from mingbai.sheets.delimited import read_csv
from mingbai.sheets.docx import is_docx, read_docx
from mingbai.sheets.grid import Refused, Workbook, address, out_of_memory
from mingbai.sheets.html import read_html
from mingbai.sheets.ods import read_ods
from mingbai.sheets.package import Package, damaged
from mingbai.sheets.text import ON_PAPER, RESAVE_WORD, UNKNOWN, UNPACK, decoded
from mingbai.sheets.xls import read_xls
from mingbai.sheets.xlsx import read_xlsx
from mingbai.units.wording import phrase

_PLAIN = frozenset({str, int, float, bool})
_STRANGERS = {
    b"\x89PNG": ("图片", ON_PAPER),
    b"\xff\xd8\xff": ("图片", ON_PAPER),
    b"GIF8": ("图片", ON_PAPER),
    b"II*\x00": ("图片", ON_PAPER),
    b"MM\x00*": ("图片", ON_PAPER),
    b"RIFF": ("图片", ON_PAPER),
    b"Rar!": ("RAR 压缩包", UNPACK),
    b"7z\xbc\xaf": ("7z 压缩包", UNPACK),
    b"\x1f\x8b": ("gzip 压缩包", UNPACK),
    b"{\\rtf": ("RTF 文档", RESAVE_WORD),
    b"SQLite format 3": ("数据库", UNKNOWN),
}
"""How a file begins that is no table → what it is, and what to do."""
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")


def open_workbook(path: Path, limits: Limits) -> Workbook:
    """Reads a workbook of any format we know, or raises ``Refused``; nothing else, whatever the bytes.

    The extension is not trusted, only compared: a surprise is said in ``notes``.
    """
    data = _bytes(path, limits)
    try:
        book = _workbook(data, limits)
    except MemoryError as spent:
        raise out_of_memory() from spent
    except RecursionError as deep:
        raise damaged("嵌套太深") from deep
    except (ValueError, LookupError, OverflowError, struct.error) as broken:
        raise damaged("内容读不通") from broken
    if not any(sheet.rows or sheet.uncached for sheet in book.sheets):
        raise Refused("empty", "工作簿是空的，没有任何内容。", "请确认选对了文件。")
    claimed = path.suffix.lower().lstrip(".")
    if claimed in ("xlsx", "xls", "ods", "csv", "docx", "pdf") and claimed != book.format:
        book.notes.insert(
            0,
            phrase("文件名是 .{claimed!s}，内容其实是 {format!s}，已按内容读取。", claimed=claimed, format=book.format),
        )
    hidden = "、".join(f"「{sheet.name}」" for sheet in book.sheets if sheet.hidden)
    if hidden:
        book.notes.append(phrase("有隐藏的工作表：{hidden!s}。", hidden=hidden))
    return book


def describe(path: Path, limits: Limits, cells: bool = False) -> dict[str, Any]:
    """What a file is, fit for JSON: its format, notes and sheets, and with ``cells`` all rows too (dates in ISO).

    Raises ``Refused``.
    """
    book = open_workbook(path, limits)
    sheets = []
    for sheet in book.sheets:
        about: dict[str, Any] = {
            "name": sheet.name,
            "rows": len(sheet.rows),
            "columns": len(sheet.rows[0]) if sheet.rows else 0,
            "hidden": sheet.hidden,
            "merged": sheet.merged,
            "uncached": [address(*at) for at in sorted(sheet.uncached)],
            "external": [address(*at) for at in sorted(sheet.external)],
        }
        if cells:
            about["cells"] = [
                [cell if cell is None or type(cell) in _PLAIN else str(cell) for cell in row] for row in sheet.rows
            ]
        sheets.append(about)
    return {"format": book.format, "epoch_1904": book.epoch_1904, "notes": book.notes, "sheets": sheets}


def _bytes(path: Path, limits: Limits) -> bytes:
    """The file's bytes, if it is a regular file of bearable size. A link, pipe or device is not followed."""
    not_a_file = Refused("not_a_file", "这不是普通文件（是目录、链接或设备）。", "请选择表格文件本身。")
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise not_a_file
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise not_a_file
            data = file.read(limits.file_bytes + 1)
    except (OSError, ValueError) as broken:
        raise Refused(
            "cannot_open", "文件打不开或不存在。", "请确认文件还在、没有被别的程序占用，再试一次。"
        ) from broken
    if not data:
        raise Refused("empty", "文件是空的，一个字节也没有。", "请确认选对了文件；可能没有传完整，请重发。")
    if len(data) > limits.file_bytes:
        raise Refused(
            "too_big",
            f"文件超过 {limits.file_bytes // 2**20} MB。",
            "请删除图片和用不到的工作表，或把表拆成几个文件，再上传。",
        )
    return data


def _workbook(data: bytes, limits: Limits) -> Workbook:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        package = Package(data, limits)
        if is_docx(package):
            return read_docx(package, limits)
        if package.small("mimetype") is not None and "xl/workbook.xml" not in package.parts:
            return read_ods(package, limits)
        return read_xlsx(data, package, limits)
    if b"%PDF-" in data[:1024]:
        from mingbai.sheets.pdf import read_pdf  # half a second to load, and most files are none

        return read_pdf(data, limits)
    if data.startswith(compound.MAGIC):
        return read_xls(data, limits)
    if data.startswith(_OLD_BIFF):
        raise Refused(
            "old_xls", "这是很旧的 .xls 格式（Excel 95 以前）。", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
        )
    for magic, (what, mend) in _STRANGERS.items():
        if data.startswith(magic):
            raise Refused("unknown_format", f"这是{what}，不是表格。", mend)
    text, encoding = decoded(data)
    return _text(text, encoding, limits)


def _text(text: str, encoding: str, limits: Limits) -> Workbook:
    head = text[:4096].lstrip("\ufeff \t\r\n").lower()
    if not head:
        raise Refused("empty", "文件里只有空白。", "请确认选对了文件。")
    if head.startswith(("mime-version:", "content-type: multipart/", "from: <saved by")) or (
        "mime-version:" in head and "multipart/related" in head
    ):
        raise Refused("mhtml", "这是单个文件网页（.mht）。", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。")
    if head.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in head and "<html" not in head:
            raise Refused(
                "spreadsheetml",
                "这是「XML 表格 2003」文件。",
                "请用 Excel 或 WPS 打开，另存为「Excel 工作簿（*.xlsx）」后再上传。",
            )
        if "<html" in head or "<table" in text.lower():
            return read_html(text, encoding, limits)
        raise Refused("unknown_format", "这是 XML 文件，里面没有表格。", UNKNOWN)
    return read_csv(text, encoding, limits)
