"""Tables of a PDF that has text. Scanned pages have none: they are named, and go the way of paper.

pdfplumber finds the ruled tables; a page without one gives its lines, cut into cells only where every line of a run has
the same number of pieces – a table with blanks and no rules would be read with its columns shifted.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any

from mingbai.limits import Limits
from mingbai.sheets.documents import Found, sheets_of, whole_characters
from mingbai.sheets.grid import Refused, Workbook
from mingbai.units.outcome import Cell
from mingbai.units.wording import phrase

_PAPER = phrase("请走纸质合同的路（拍照或扫描件由机器认字、人逐格确认），或者向原单位要一份电子表格。")
_GAP = 2.0
"""Pieces of a line are further apart than so many characters."""


def read_pdf(data: bytes, limits: Limits) -> Workbook:
    """Raises ``Refused``: ``scanned``, ``pages``, ``encrypted``, ``damaged`` and those of ``cells``."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber import open as open_pdf
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with open_pdf(io.BytesIO(data)) as document:
            return _read(document, limits)
    except (Refused, MemoryError, RecursionError):
        raise
    except Exception as broken:
        causes = (broken, *broken.args) if isinstance(broken, PdfminerException) else (broken,)
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
            raise Refused("encrypted", "这份 PDF 设有打开密码，无法读取。", "请去掉密码另存后再上传。") from broken
        raise Refused(
            "damaged", "这份 PDF 已损坏或没有传完整。", "请用浏览器打开看看；打不开就请发送人重发。"
        ) from broken


def _read(document: Any, limits: Limits) -> Workbook:
    pages = len(document.pages)
    if pages > limits.pdf_pages:
        raise Refused("pages", f"这份 PDF 有 {pages} 页，超过 {limits.pdf_pages} 页。", "请拆成几个文件再上传。")
    tables: list[Found] = []
    blank: list[int] = []
    for number, page in enumerate(document.pages, 1):
        if not page.chars:
            blank.append(number)
            continue
        tables += _of_page(page, number, limits)
        page.close()
    if not tables:
        raise Refused("scanned", "这份 PDF 是扫描的图片，里面没有文字。", _PAPER)
    notes = (
        [phrase("第 {said} 页是扫描的图片，没有文字，没有读。{PAPER}", said="、".join(map(str, blank)), PAPER=_PAPER)]
        if blank
        else []
    )
    return Workbook("pdf", sheets_of(tables, limits), False, notes)


def _of_page(page: Any, number: int, limits: Limits) -> list[Found]:
    found: list[Found] = []
    spans: list[tuple[float, float]] = []
    ruled = [table for table in page.find_tables() if len(table.rows) > 1]
    lines = page.extract_text_lines(return_chars=False, strip=True) if ruled else []
    for table in sorted(ruled, key=lambda each: (each.bbox[1], each.bbox[0])):
        _, top, _, bottom = table.bbox
        floor = max((low for _, low in spans), default=0.0)
        above = [whole_characters(line["text"]) for line in lines if floor <= line["top"] and line["bottom"] <= top + 1]
        spans.append((top, bottom))
        rows: list[list[Cell]] = [
            [whole_characters(cell).strip() or None if cell else None for cell in row] for row in table.extract()
        ]
        places = [f"第{number}页第{line}行" for line in range(1, len(rows) + 1)]
        found.append(
            Found(
                rows,
                [],
                places,
                f"第{number}页" if not found else f"第{number}页表{len(found) + 1}",
                [(text, f"第{number}页表上面") for text in above if not _is_folio(text)],
                goes_on=number > 1 and not found,
            )
        )
    if found:
        below = [whole_characters(line["text"]) for line in lines if line["top"] >= max(low for _, low in spans) - 1]
        found[-1].rows += [[text] for text in below if not _is_folio(text)]
        found[-1].places += [f"第{number}页表下面" for text in below if not _is_folio(text)]
        return found
    pieces = _lines(page)
    places = [f"第{number}页第{line}行" for line in range(1, len(pieces) + 1)]
    return [Found(pieces, [], places, f"第{number}页", goes_on=number > 1)] if pieces else []


def _lines(page: Any) -> list[list[Cell]]:
    words = page.extract_words(keep_blank_chars=False, use_text_flow=False)
    cut: list[list[str]] = []
    for _, line in groupby(
        sorted(words, key=lambda each: (round(each["top"] / 4), each["x0"])), key=lambda each: round(each["top"] / 4)
    ):
        texts: list[str] = []
        end = -1e9
        for word in line:
            height = word["bottom"] - word["top"]
            text = whole_characters(word["text"])
            if texts and word["x0"] - end < _GAP * height:
                texts[-1] += (" " if word["x0"] - end > 0.2 * height else "") + text
            else:
                texts.append(text)
            end = word["x1"]
        cut.append(texts)
    rows: list[list[Cell]] = []
    for width, run in groupby(cut, key=len):
        same = list(run)
        rows += (
            [list(texts) for texts in same] if width > 1 and len(same) > 1 else [["    ".join(texts)] for texts in same]
        )
    return rows


def _is_folio(text: str) -> bool:
    """A page number at the foot."""
    bare = text.replace(" ", "").strip("-—第页共/")
    return bare.isdecimal() and len(bare) < 4
