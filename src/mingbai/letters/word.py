"""Letters in Word: blocks → .docx, and a .docx a county has changed → the text of a form.

Of a file that comes in only the words of its main part are read: paragraphs, where they stand, tables and page breaks.
Macros, links, fields, pictures and whatever else it carries never enter the house; what cannot be kept is named.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from lxml import etree

from mingbai.letters.form import BREAK, Block, FormError, written
from mingbai.letters.paper import Sheet, figures
from mingbai.limits import FORM_BYTES, Limits
from mingbai.sheets.grid import Refused
from mingbai.sheets.package import Package, parsed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CAPS = Limits(file_bytes=FORM_BYTES, unpacked_bytes=16 * 2**20, zip_parts=200)
_TITLE, _BODY, _TABLE = Pt(22), Pt(14), Pt(11)
_REFUSED = {
    "drawing": "图片或图形",
    "pict": "图片或图形",
    "object": "嵌入的对象",
    "txbxContent": "文本框",
    "altChunk": "嵌入的文件",
    "del": "没有接受的修订",
    "ins": "没有接受的修订",
    "footnoteReference": "脚注",
}
"""What a form cannot hold, by the name of its mark."""


def docx(sheet: Sheet, demo: bool = False) -> bytes:
    """One letter as a Word file of A4."""
    made: Any = Document()
    page = made.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(26)
    page.top_margin = page.bottom_margin = Mm(25)
    _font(made.styles["Normal"], "仿宋", _BODY)
    made.core_properties.title, made.core_properties.author, made.core_properties.comments = sheet.title, "明白账", ""
    if demo:
        note = page.header.paragraphs[0]
        note.text, note.alignment = "演示数据，内容全为虚构", WD_ALIGN_PARAGRAPH.RIGHT
        note.runs[0].font.size = Pt(9)
    _footer(page.footer.paragraphs[0], sheet.number)
    broken = False
    for block in sheet.blocks:
        if block.kind == "page":
            broken = True
        elif block.kind == "table":
            if broken:
                made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            _table(made, block, page.page_width - page.left_margin - page.right_margin)
            broken = False
        else:
            paragraph = made.add_paragraph()
            paragraph.paragraph_format.page_break_before = broken or None
            broken = False
            _paragraph(paragraph, block)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _font(holder: Any, name: str, size: Any, bold: bool | None = None) -> None:
    holder.font.name, holder.font.size, holder.font.bold = "Times New Roman", size, bold
    element = holder.element if hasattr(holder, "element") else holder._element
    element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _paragraph(paragraph: Any, block: Block) -> None:
    lay = paragraph.paragraph_format
    lay.space_after, lay.line_spacing = Pt(0), Pt(25)
    paragraph.alignment = {
        "title": WD_ALIGN_PARAGRAPH.CENTER,
        "centre": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }.get(block.kind)
    if block.kind == "plain":
        lay.first_line_indent = _BODY * 2
    if block.kind == "title":
        lay.line_spacing, lay.space_after = Pt(36), Pt(8)
    if block.kind == "gap":
        lay.line_spacing = Pt(14)
        return
    run = paragraph.add_run(block.text)
    if block.kind in ("title", "heading"):
        _font(
            run,
            "宋体" if block.kind == "title" else "黑体",
            _TITLE if block.kind == "title" else _BODY,
            bold=block.kind == "title" or None,
        )
    if block.kind == "heading":
        run.bold = True


def _table(made: Any, block: Block, width: int) -> None:
    shares = block.shares
    right = figures(block)
    table = made.add_table(rows=0, cols=len(shares))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Emu(width * each // sum(shares)) for each in shares]
    for number, row in enumerate(block.rows):
        line = table.add_row()
        head = block.head and number == 0
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if head:
            line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for at, size in enumerate(widths):
            cell = line.cells[at]
            cell.width = size
            for place, words in enumerate((row[at] if at < len(row) else "").split(BREAK)):
                paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                paragraph.alignment = (
                    WD_ALIGN_PARAGRAPH.CENTER if head else WD_ALIGN_PARAGRAPH.RIGHT if right[at] else None
                )
                paragraph.paragraph_format.space_after = Pt(0)
                _font(paragraph.add_run(words), "仿宋", _TABLE, bold=True if head else None)
    after = made.add_paragraph()
    after.paragraph_format.space_after, after.paragraph_format.line_spacing = Pt(0), Pt(8)


def _footer(paragraph: Any, number: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{number}  第 " if number else "第 ").font.size = Pt(9)
    _field(paragraph, "PAGE")
    paragraph.add_run(" 页，共 ").font.size = Pt(9)
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(" 页").font.size = Pt(9)


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    run.font.size = Pt(9)
    field.append(run._r)
    paragraph._p.append(field)


def form_text(data: bytes) -> str:
    """The text of a form from a Word file.

    :raises FormError: for a file that is no Word file or holds what a form cannot; each with what to do.
    """
    if len(data) > FORM_BYTES:
        raise FormError(f"文件有 {len(data) / 2**20:.1f} MB，范本最多 {FORM_BYTES // 2**20} MB；请删去图片")
    try:
        package = Package(data, _CAPS)
        if any(part.endswith(("vbaproject.bin", ".bin")) or "/activex/" in part for part in package.parts):
            raise FormError("文件里有宏或控件；请另存为普通的 .docx 再交")
        main = package.small("word/document.xml")
        if main is None:
            raise FormError("这不是 Word 的 .docx 文件；请用 Word 或 WPS 另存为 .docx 再交")
        body = parsed(main, "正文").find(f"{_W}body")
    except Refused as refused:
        raise FormError(f"{refused.reason}请用 Word 或 WPS 打开，另存为新的 .docx 再交") from refused
    if body is None:
        raise FormError("Word 文件里没有正文；请从现在用的范本改起")
    told = dict.fromkeys(said for name, said in _REFUSED.items() if body.find(f".//{_W}{name}") is not None)
    if told:
        raise FormError(f"文件里有{'、'.join(told)}，范本里留不住；请删去或接受修订后再交")
    blocks: list[Block] = []
    for element in body:
        if element.tag == f"{_W}p":
            blocks += [
                each
                for each in _said(element)
                if each.kind != "gap" or (blocks and blocks[-1].kind not in ("table", "gap"))
            ]
        elif element.tag == f"{_W}tbl":
            blocks.append(_rows(element))
    while blocks and blocks[0].kind == "gap":
        blocks.pop(0)
    at = next((at for at, block in enumerate(blocks[:6]) if block.kind == "centre"), None)
    if at is not None and not any(block.kind == "title" for block in blocks):
        blocks[at] = replace(blocks[at], kind="title")
    return written(blocks)


def _said(element: etree._Element) -> list[Block]:
    """A paragraph: its words, and where they stand."""
    text = _words(element).strip()
    lay = element.find(f"{_W}pPr")

    def of(name: str) -> str | None:
        found = lay.find(f"{_W}{name}") if lay is not None else None
        return None if found is None else found.get(f"{_W}val", "")

    before = of("pageBreakBefore")
    broken = element.find(f".//{_W}br[@{_W}type='page']") is not None or (
        before is not None and before not in ("0", "false")
    )
    page = [Block("page")] if broken else []
    if not text:
        return page or [Block("gap")]
    stands, indent = of("jc"), lay.find(f"{_W}ind") if lay is not None else None
    size = max((int(each.get(f"{_W}val") or 0) for each in element.iter(f"{_W}sz")), default=0)
    runs = [run for run in element.iter(f"{_W}r") if _words(run).strip()]
    bold = bool(runs) and all(
        (mark := run.find(f"{_W}rPr/{_W}b")) is not None and mark.get(f"{_W}val") not in ("0", "false") for run in runs
    )
    if stands == "center":
        kind = "title" if size >= 36 else "centre"
    elif stands in ("right", "end"):
        kind = "right"
    elif bold:
        kind = "heading"
    else:
        indented = indent is not None and any(
            (indent.get(f"{_W}{name}") or "0") not in ("0", "") for name in ("firstLine", "firstLineChars")
        )
        kind = "plain" if indented else "flush"
    return [*page, Block(kind, text)]


def _rows(element: etree._Element) -> Block:
    lines = element.findall(f"{_W}tr")
    rows = tuple(
        tuple(
            BREAK.join(_words(p).replace("|", "｜") for p in cell.findall(f"{_W}p")).strip()
            for cell in line.findall(f"{_W}tc")
        )
        for line in lines
    )
    head = bool(lines) and lines[0].find(f"{_W}trPr/{_W}tblHeader") is not None
    return Block("table", "", rows, head)


def _words(element: etree._Element) -> str:
    """The words of a paragraph or run; a field's code is none of them."""
    return "".join(
        (each.text or "") if each.tag == f"{_W}t" else " " for each in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
    )
