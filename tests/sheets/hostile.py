"""Makers of workbooks: good ones, and each kind of bad one that a village or an attacker may send. All return bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import openpyxl
import xlsxwriter
import xlwt

from mingbai.sheets.compound import Compound

HEADER = ["合同编号", "承租方", "面积（亩）", "亩租金", "签订日期"]
ROW = ["HT-001", "张三", 12.5, 300, date(2020, 3, 5)]
SHEET = "xl/worksheets/sheet1.xml"

Change = bytes | Callable[[bytes], bytes] | None


def xlsx(fill: Callable[[Any, Any], None] | None = None, **options: Any) -> bytes:
    """A workbook by XlsxWriter: title over five columns, header, one contract; ``fill(book, sheet)`` adds to it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("合同台账")
    sheet.merge_range("A1:E1", "九院村合同台账")
    sheet.write_row("A2", HEADER)
    sheet.write_row("A3", ROW[:4])
    sheet.write_datetime("E3", ROW[4], book.add_format({"num_format": "yyyy-mm-dd"}))
    if fill is not None:
        fill(book, sheet)
    book.close()
    return out.getvalue()


def changed(package: bytes, changes: Mapping[str, Change]) -> bytes:
    """The zip with parts replaced, rewritten, added, or (``None``) left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in changes if name not in old.namelist())]:
            content = old.read(name) if name in old.namelist() else b""
            change = changes.get(name, content)
            if change is not None:
                new.writestr(name, change if isinstance(change, bytes) else change(content))
    return out.getvalue()


def with_rows(rows: bytes) -> bytes:
    """The good workbook with raw row XML after its own."""
    return changed(xlsx(), {SHEET: lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")})


def million_styled_blanks() -> bytes:
    """A small table in a sheet painted over 1,000 columns and 1,000 rows, the last of them row 1,048,576."""

    def painted(row: int) -> bytes:
        cells = b"".join(b'<c r="%b%d" s="1"/>' % (letters, row) for letters in LETTERS[:1000])
        return b'<row r="%d">%b</row>' % (row, cells)

    return with_rows(b"".join(painted(row) for row in [*range(4, 1003), 1_048_576]))


def _letters(column: int) -> bytes:
    letters = b""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


LETTERS = [_letters(column) for column in range(1, 16_385)]


def sixteen_thousand_columns(filled: bool) -> bytes:
    cell = b'<c r="%b4"><v>1</v></c>' if filled else b'<c r="%b4" s="1"/>'
    return with_rows(b'<row r="4">%b</row>' % b"".join(cell % letters for letters in LETTERS))


def far_corner_in_disguise() -> bytes:
    """A value in XFD1048576 in quotes that our look does not see: calamine would lay out 17 billion cells."""
    return with_rows(b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>")


def zip_bomb(megabytes: int) -> bytes:
    """A sheet that is ``megabytes`` of blanks."""
    return changed(xlsx(), {SHEET: lambda xml: xml.replace(b"<sheetData>", b" " * (megabytes << 20) + b"<sheetData>")})


def lying_zip_bomb(megabytes: int) -> bytes:
    """The same with the sheet's unpacked size given as 1,000 bytes, in both places a zip writes it."""
    bomb = zip_bomb(megabytes)
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        truth = struct.pack("<I", package.getinfo(SHEET).file_size)
    return bomb.replace(truth, struct.pack("<I", 1000))


def encrypted_entry() -> bytes:
    """The zip's own password flag set on every part."""
    package = bytearray(xlsx())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = package.find(mark)
        while at >= 0:
            package[at + flags] |= 1
            at = package.find(mark, at + 4)
    return bytes(package)


def duplicate_part() -> bytes:
    out = io.BytesIO(xlsx())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("XL/workbook.xml", b"<workbook/>")
    return out.getvalue()


def xxe(part: str, declaration: bytes) -> bytes:
    """``declaration`` after the XML declaration of a part."""
    return changed(xlsx(), {part: lambda xml: xml.replace(b"?>", b"?>" + declaration, 1)})


def uncached_by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["数量", "单价", "金额"])
    book.active.append([2, 3, "=A2*B2"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(fill: Callable[[Any, Any], None] | None = None) -> bytes:
    """The same small table by xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("合同台账")
    sheet.write_merge(0, 0, 0, 4, "九院村合同台账")
    for column, (title, value) in enumerate(zip(HEADER, ROW, strict=True)):
        sheet.write(1, column, title)
        style = xlwt.easyxf(num_format_str="YYYY-MM-DD") if column == 4 else xlwt.Style.default_style
        sheet.write(2, column, value, style)
    if fill is not None:
        fill(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE) with these streams, each padded to the 4,096 bytes below which other rules hold."""
    sector, end, free, table = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    padded = {name: body.ljust(4096, b"\0") for name, body in streams.items()}
    counts = {name: -(-len(body) // sector) for name, body in padded.items()}
    directory = -(-(len(streams) + 1) * 128 // sector)
    tables = 1
    while tables * 128 < tables + directory + sum(counts.values()):
        tables += 1
    chain = [table] * tables + [*range(tables + 1, tables + directory), end]
    entries = [_entry("Root Entry", 5, end, 0)]
    for name, body in padded.items():
        start = len(chain)
        chain += [*range(start + 1, start + counts[name]), end]
        entries.append(_entry(name, 2, start, len(body)))
    chain += [free] * (tables * 128 - len(chain))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, tables, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", *range(tables), *[free] * (109 - tables))
    body = struct.pack(f"<{len(chain)}I", *chain) + b"".join(entries).ljust(directory * sector, b"\0")
    return head + body + b"".join(one.ljust(counts[name] * sector, b"\0") for name, one in padded.items())


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBB3I", len(raw), kind, 1, *[0xFFFFFFFF] * 3)
    return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def encrypted_xls() -> bytes:
    """A FILEPASS record right after the first one, as Excel writes it."""
    stream = Compound(xls()).stream("Workbook")
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    return compound({"Workbook": stream[:first] + struct.pack("<HHHHHH", 0x2F, 6, 0, 1, 2, 3) + stream[first:]})


def impossible_dimensions() -> bytes:
    """An xls whose sheet claims four billion rows: calamine would ask for all of them."""
    stream = Compound(xls()).stream("Workbook")
    at = stream.index(struct.pack("<HH", 0x200, 14)) + 4
    return compound({"Workbook": stream[: at + 4] + struct.pack("<I", 0xFFFFFFF0) + stream[at + 8 :]})


def ring_of_sectors() -> bytes:
    """A compound file whose directory chain bites its own tail."""
    file = bytearray(compound({"Workbook": b"\x09\x08"}))
    struct.pack_into("<I", file, 512 + 4, 1)
    return bytes(file)


ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:automatic-styles><style:style '
    'style:name="hid" style:family="table"><style:table-properties table:display="false"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>%s</office:spreadsheet></office:body>"
    "</office:document-content>"
)
ODS_TABLE = (
    '<table:table table:name="合同台账">'
    '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/>'
    "</table:table-row><table:table-row><table:table-cell/>"
    '<table:table-cell office:value-type="string" table:number-columns-spanned="3"><text:p>面积<text:s text:c="2"/>租金'
    '</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated="2"/>'
    '<table:table-cell table:formula="of:=[.A1]*2"/></table:table-row>'
    '<table:table-row><table:table-cell office:value-type="float" office:value="12.5"><text:p>12.50</text:p>'
    '</table:table-cell><table:table-cell office:value-type="currency" office:value="300"/>'
    '<table:table-cell office:value-type="date" office:date-value="2020-03-05"/>'
    '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
    '<table:table-cell office:value-type="float" office:value="7" '
    "table:formula=\"of:='file:///C:/other.ods'#$Sheet1.A1\"/>"
    '</table:table-row><table:table-row table:number-rows-repeated="1048571"><table:table-cell '
    'table:number-columns-repeated="1024"/></table:table-row></table:table>'
)


def ods(tables: str = ODS_TABLE, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("content.xml", ODS % tables)
        package.writestr("META-INF/manifest.xml", parts.pop("manifest", b"<manifest/>"))
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


HTML = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type"
content="text/html; charset=gb2312"><style>td {color: red}</style></head><body><table border=1>
<caption>合同台账</caption>
<tr><th rowspan=2>合同编号<th colspan=2>租金<td rowspan=2>备注</tr>
<tr><th>单价<th>&nbsp;</tr>
<tr><td>HT-001<td>300<td>3,000元<td>张三<br>李四</tr></table>
<table><tr><td><table><tr><td>第二张</table></table></body></html>"""

CSV = '合同编号,承租方,亩租金\r\nHT-001,"张三\r\n李四",300\r\nHT-002,王五,"1,200"\r\n'


def raw_deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()
