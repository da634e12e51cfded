"""Letters on paper: many as one PDF, each beginning its own page and counting its own pages. Set by typst with a font from
a package, the same on every machine; the words go in as data."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import pylopdf_fonts_zh_cn
import typst

from mingbai.letters.form import Block

_FIGURES = re.compile(r"[-\d,.]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter ready for paper."""

    number: str
    title: str
    blocks: Sequence[Block]


def pdf(sheets: Sequence[Sheet], demo: bool = False) -> bytes:
    """The letters as one file."""
    data = {
        "title": sheets[0].title if sheets else "",
        "demo": demo,
        "letters": [
            {"at": at, "number": sheet.number, "blocks": [_block(block) for block in sheet.blocks]}
            for at, sheet in enumerate(sheets)
        ],
    }
    fonts = str(pylopdf_fonts_zh_cn.serif_path().parent)
    with resources.as_file(resources.files(__package__).joinpath("letter.typ")) as source:
        made: bytes | list[bytes] = typst.compile(
            str(source),
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    return made[0] if isinstance(made, list) else made


def _block(block: Block) -> dict[str, object]:
    width = len(block.shares)
    rows = [[*row, *[""] * (width - len(row))] for row in block.rows]
    return {
        "kind": block.kind,
        "text": block.text,
        "rows": rows,
        "head": block.head,
        "shares": block.shares,
        "right": figures(block),
    }


def figures(block: Block) -> list[bool]:
    """Which columns of a table hold figures only, and stand to the right."""
    body = block.rows[1:] if block.head else ()
    return [
        any(row[at : at + 1] for row in body) and all(_FIGURES.fullmatch(row[at]) for row in body if at < len(row))
        for at in range(len(block.shares))
    ]
