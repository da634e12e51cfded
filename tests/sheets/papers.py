"""Word documents and PDFs for the tests, made here: no binary files are kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = ('<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def cell(text: object, properties: str = "") -> str:
    inner = text if isinstance(text, str) and text.startswith("<") else paragraph("" if text is None else str(text))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def table(rows: Iterable[Sequence[object]]) -> str:
    """A cell may be text, or (text, properties)."""
    drawn = "".join("<w:tr>" + "".join(cell(*each) if isinstance(each, tuple) else cell(each) for each in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{drawn}</w:tbl>"


def docx(*body: str, types: str = TYPES, head: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document {_W}><w:body>{"".join(body)}</w:body></w:document>')
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf(source: str) -> bytes:
    """A PDF set by typst from its own markup."""
    from pathlib import Path

    import typst
    from pylopdf_fonts_zh_cn import __file__ as fonts

    return typst.compile(source.encode(), font_paths=[str(Path(fonts).parent)])


def ruled(rows: Sequence[Sequence[object]], above: str = "") -> str:
    cells = ", ".join(f"[{'' if each is None else each}]" for row in rows for each in row)
    return f'#set text(font: "Noto Sans SC", size: 9pt)\n{above}\n\n#table(columns: {len(rows[0])}, {cells})\n'
