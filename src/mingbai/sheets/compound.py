"""The compound file (OLE) that an old .xls, a .doc and every password-protected workbook lie in.

Only what is needed to tell them apart and to take the workbook stream out; each chain is followed at most as many
steps as the file has sectors, so a ring of sectors ends.
"""

from __future__ import annotations

import struct

from mingbai.sheets.package import damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
"""Sector numbers above are marks: end of chain, free, table."""
_ENTRY = 128


class Compound:
    """``names`` lists every stream and storage; ``stream(name)`` gives one stream's bytes. Raises ``damaged``."""

    def __init__(self, data: bytes) -> None:
        try:
            self._open(data)
        except (struct.error, IndexError) as broken:
            raise damaged("复合文档目录读不通") from broken

    def _open(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise damaged("复合文档目录读不通")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, _, self._mini_below, mini_table, _, more, _ = struct.unpack_from("<7I", data, 48)
        tables = list(struct.unpack_from("<109I", data, 76))
        seen = 0
        while more < _LAST_SECTOR and seen <= len(data) // self._size:
            sector = self._numbers(more)
            tables += sector[:-1]
            more, seen = sector[-1], seen + 1
        self._next: list[int] = []
        for table in tables[: len(data) // self._size]:
            if table < _LAST_SECTOR:
                self._next += self._numbers(table)
        entries = self._chain(directory)
        self._entries: dict[str, tuple[int, int]] = {}
        root = 0
        for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            name_bytes, kind = struct.unpack_from("<HB", entries, at + 64)
            if kind not in (1, 2, 5) or not 2 <= name_bytes <= 64:
                continue
            name = entries[at : at + name_bytes - 2].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entries, at + 116)
            self._entries.setdefault(name, (start, size if kind == 2 else 0))
            root = start if kind == 5 else root
        self.names = set(self._entries)
        self._mini_next = list(struct.iter_unpack("<I", self._chain(mini_table))) if mini_table < _LAST_SECTOR else []
        self._mini = self._chain(root) if self._mini_next else b""

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack_from(f"<{self._size // 4}I", self._data, (sector + 1) * self._size)

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _LAST_SECTOR and len(pieces) <= len(self._next):
            start = (sector + 1) * self._size
            pieces.append(self._data[start : start + self._size])
            sector = self._next[sector]
        if len(pieces) > len(self._next):
            raise damaged("复合文档的链成了环")
        return b"".join(pieces)

    def stream(self, name: str) -> bytes:
        start, size = self._entries[name]
        try:
            if size >= self._mini_below:
                return self._chain(start)[:size]
            pieces: list[bytes] = []
            while start < _LAST_SECTOR and len(pieces) <= len(self._mini_next):
                pieces.append(self._mini[start * self._mini_size : (start + 1) * self._mini_size])
                start = self._mini_next[start][0]
            return b"".join(pieces)[:size]
        except IndexError as broken:
            raise damaged("复合文档的链断了") from broken
