"""A zipped workbook before anybody trusts it: its parts, unpacked and counted for real.

The sizes in a zip are the sender's claim. Every part is inflated here once, in pieces, and counted as it comes out;
what is larger than the cap stops at the cap, with no more than a piece in memory.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from lxml import etree

from mingbai.limits import Limits
from mingbai.sheets.grid import Refused
from mingbai.units.wording import phrase

PIECE = 1 << 20
SMALL_PART = 16 << 20
"""Directories of a workbook (workbook.xml, its relations) are kept whole up to this many bytes."""

_RESAVE = phrase("请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后再上传；打不开就请发送人重发。")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_DOORS = (b"<!DOCTYPE", b"<!ENTITY")


def damaged(what: str) -> Refused:
    """The refusal for bytes that are not what their format promises."""
    return Refused("damaged", f"文件已损坏或没有传完整（{what}）。", _RESAVE)


def too_much(limits: Limits) -> Refused:
    megabytes = limits.unpacked_bytes // 2**20
    return Refused(
        "zip_bomb",
        f"文件解压后超过 {megabytes} MB，不像台账，可能是压缩炸弹。",
        "请确认来源；如确是台账，请只保留需要的工作表，另存为新文件。",
    )


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name of a file in a zip: Windows in Chinese writes it in GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename


class Package:
    """The parts of a zip. Refuses with ``damaged``, ``zip_bomb``, ``too_many_parts``, ``encrypted``, ``bad_path``,
    ``duplicate_part`` or ``xxe``."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, EOFError) as broken:
            raise damaged("压缩包读不开") from broken
        if len(entries) > limits.zip_parts:
            raise Refused("too_many_parts", f"文件里有 {len(entries)} 个部件，超过 {limits.zip_parts} 个。", _RESAVE)
        self.parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._admit(entry)

    def _admit(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename.replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise Refused("encrypted", "压缩包设了密码，无法读取。", "请取消密码后另存，再上传。")
        if name.startswith("/") or ".." in name.split("/") or name.count("/") > 16:
            raise Refused("bad_path", "文件里有越出自身的部件路径，可能被人动过手脚。", _RESAVE)
        # Office looks parts up without regard to case, so two that differ in case are two of the same.
        if name.lower() in self.parts:
            raise Refused("duplicate_part", "文件里有两个同名部件，无法确定以哪个为准。", _RESAVE)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged("不认识的压缩方法")
        self.parts[name.lower()] = entry

    def stream(self, name: str) -> Iterator[bytes]:
        """The part's bytes in pieces of at most 1 MiB, checked against its length and checksum at the end."""
        entry = self.parts[name.lower()]
        at = entry.header_offset
        if self._data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(self._data):
            raise damaged("部件位置不对")
        name_length, extra_length = struct.unpack_from("<HH", self._data, at + 26)
        start = at + 30 + name_length + extra_length
        packed = memoryview(self._data)[start : start + entry.compress_size]
        if len(packed) != entry.compress_size:
            raise damaged("部件被截断")
        length = checksum = 0
        for piece in _inflated(packed) if entry.compress_type == zipfile.ZIP_DEFLATED else _stored(packed):
            length += len(piece)
            if length > self._limits.unpacked_bytes:
                raise too_much(self._limits)
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if length != entry.file_size or checksum != entry.CRC:
            raise damaged("部件的长度或校验和与登记的不符")

    def small(self, name: str) -> bytes | None:
        """A part kept whole, or ``None`` where there is none."""
        if name.lower() not in self.parts:
            return None
        kept = bytearray()
        for piece in self.stream(name):
            kept += piece
            if len(kept) > SMALL_PART:
                raise too_much(self._limits)
        refuse_entities(bytes(kept[:4]), bytes(kept))
        return bytes(kept)

    def survey(self, watch: Callable[[str], Callable[[bytes], None] | None]) -> None:
        """Unpacks every part once: counts, looks for entities in XML, hands the pieces to whom ``watch`` names."""
        total = 0
        for name in self.parts:
            reader = watch(name)
            xml: bool | None = True if name.endswith((".xml", ".rels", ".vml")) else None
            head = tail = b""
            for piece in self.stream(name):
                total += len(piece)
                if total > self._limits.unpacked_bytes:
                    raise too_much(self._limits)
                if xml is None:
                    xml = piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
                if xml:
                    head = head or piece[:4]
                    refuse_entities(head, tail + piece)
                    tail = piece[-16:]
                if reader is not None:
                    reader(piece)


def _inflated(packed: memoryview) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    try:
        # Fed in slices: zlib copies what it has not yet consumed, which over a whole part would be quadratic.
        for start in range(0, len(packed), PIECE // 4):
            waiting: bytes | memoryview = packed[start : start + PIECE // 4]
            while waiting and not machine.eof:
                piece = machine.decompress(waiting, PIECE)
                waiting = machine.unconsumed_tail
                if piece:
                    yield piece
        while not machine.eof and (piece := machine.decompress(b"", PIECE)):
            yield piece
    except zlib.error as broken:
        raise damaged("部件解不开") from broken
    if not machine.eof:
        raise damaged("部件被截断")


def _stored(packed: memoryview) -> Iterator[bytes]:
    for start in range(0, len(packed), PIECE):
        yield bytes(packed[start : start + PIECE])


def refuse_entities(head: bytes, piece: bytes) -> None:
    """Refuses XML that declares a document type or entities, or hides in another encoding than UTF-8.

    No workbook program writes either; whoever does wants the reader to fetch or to swell. ``head`` is how the part
    begins (four bytes).
    """
    foreign = head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head
    if not foreign and head.lstrip(b"\xef\xbb\xbf")[:1] == b"<" and piece.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml"):
        declared = _DECLARED.match(piece.lstrip(b"\xef\xbb\xbf")[:200])
        foreign = declared is not None and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    if foreign or any(door in piece for door in _DOORS):
        raise Refused(
            "xxe",
            "文件的 XML 里声明了外部实体或用了不常见的编码，正常的表格软件不会这样写，可能是攻击文件。",
            "请确认来源；如确是台账，请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后再上传。",
        )


def parsed(xml: bytes, what: str) -> etree._Element:
    """A small part as a tree: no network, no entities, no depth or size beyond libxml2's own caps."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as broken:
        raise damaged(what) from broken
