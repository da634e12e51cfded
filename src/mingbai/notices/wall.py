"""The sheet for the wall: a PDF of A4 or A3 in type one reads standing, with the QR and the code 验真码 to check it by.

Set by typst with a font from a package, the same on every machine. The words go in as data, never as typst source.
"""

from __future__ import annotations

import io
import json
from importlib import resources
from typing import Literal

import pylopdf_fonts_zh_cn
import segno
import typst

from mingbai.notices.models import Notice
from mingbai.notices.words import Sheet, sheet

Size = Literal["a4", "a3"]
_PPI = 72.0


def wall(notice: Notice, address: str, size: Size = "a3", form: Literal["pdf", "png"] = "pdf") -> bytes:
    """A published notice as a PDF, or its first page as a picture. ``address`` is what the QR leads to."""
    set_up = sheet(notice.published)
    code = io.BytesIO()
    segno.make(address, error="m", micro=False).save(code, kind="svg", border=2, xmldecl=False)
    data = {
        "size": size,
        "address": address,
        "qr": code.getvalue().decode(),
        "code": notice.code,
        "head": dict(set_up.head),
        "titles": set_up.titles,
        "wide": _widest(set_up),
        "right": set_up.right,
        "lines": set_up.lines,
        "totals": set_up.totals,
    }
    fonts = str(pylopdf_fonts_zh_cn.sans_path().parent)
    with resources.as_file(resources.files(__package__).joinpath("wall.typ")) as source:
        made: bytes | list[bytes] = typst.compile(
            str(source),
            font_paths=[fonts],
            ignore_system_fonts=True,
            format=form,
            ppi=_PPI,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    return made[0] if isinstance(made, list) else made


def _widest(set_up: Sheet) -> int:
    """The column of words that takes what room is left: the one with the longest cell, a Chinese character as wide as two digits."""
    said = {
        at: max((sum(2 if letter > "\u2e80" else 1 for letter in line[at]) for line in set_up.lines), default=0)
        for at, right in enumerate(set_up.right)
        if not right
    }
    return max(said, key=lambda at: said[at], default=0)
