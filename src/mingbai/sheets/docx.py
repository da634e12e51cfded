"""Tables of a Word document (.docx). The package is unpacked and counted first; macros and entities are refused."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from mingbai.limits import Limits
from mingbai.sheets.delimited import stroked
from mingbai.sheets.documents import Found, sheets_of, whole_characters
from mingbai.sheets.grid import Refused, Workbook, too_large
from mingbai.sheets.package import Package, damaged, too_much
from mingbai.units.outcome import Cell
from mingbai.units.wording import phrase

DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_LARGEST = 64 << 20
"""The text of a document as XML; a thousand-page one has a tenth."""
_DEEPEST = 8


def is_docx(package: Package) -> bool:
    return DOCUMENT in package.parts


def read_docx(package: Package, limits: Limits) -> Workbook:
    """Each table of the document is a sheet, with the lines above it; merged cells have their value at the top left.

    Raises ``Refused``: ``macros``, ``zip_bomb``, ``xxe``, ``damaged``, ``no_table`` and those of ``cells``.
    """
    types = package.small("[Content_Types].xml") or b""
    if b"macroEnabled" in types or any(name.endswith("vbaproject.bin") for name in package.parts):
        raise Refused(
            "macros",
            "这是带宏的 Word 文档（.docm），宏可能是恶意的，没有打开。",
            "请在 Word 或 WPS 中另存为「Word 文档（*.docx）」，再上传。",
        )
    kept = bytearray()

    def watch(name: str) -> object:
        def keep(piece: bytes) -> None:
            kept.extend(piece)
            if len(kept) > _LARGEST:
                raise too_much(limits)

        return keep if name == DOCUMENT else None

    package.survey(watch)  # type: ignore[arg-type]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(bytes(kept), parser)
    except etree.XMLSyntaxError as broken:
        raise damaged("文档内容读不通") from broken
    body = next((each for each in root if _name(each) == "body"), None)
    if body is None:
        raise damaged("文档内容读不通")
    reader = _Reader(limits)
    reader.walk(body, 0)
    grids = sheets_of(reader.finished(), limits)
    if not grids:
        raise Refused(
            "no_table",
            "这份 Word 文档里没有表格，也没有文字。",
            "请确认选对了文件；照片贴在文档里的，请走纸质合同识别。",
        )
    tabled = reader.tables or any(len(row) > 1 for row in grids[0].rows)
    notes = (
        []
        if tabled
        else [
            phrase(
                "文档里没有表格，按一行一条文字读取；是合同原文的，请打印成 PDF 或照相，从“纸质合同”一页交，是台账的，请做成表格。"
            )
        ]
    )
    return Workbook("docx", grids, False, notes)


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.removeprefix(_W).removeprefix(_STRICT) if isinstance(tag, str) else ""


def _value(element: etree._Element | None, otherwise: str = "") -> str:
    if element is None:
        return otherwise
    return str(element.get(f"{_W}val") or element.get(f"{_STRICT}val") or otherwise)


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next((each for each in element if _name(each) == name), None) if element is not None else None


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.tables: list[Found] = []
        self.above: list[str] = []
        self._spans: list[tuple[Found, int, list[int]]] = []

    def finished(self) -> list[Found]:
        """The tables; the lines after the last one, or all lines where there is none, as one more."""
        if not self.above:
            return self.tables
        drawn = stroked(self.above) if not self.tables and not any("\n" in text for text in self.above) else None
        lines: list[list[Cell]] = drawn or [[text] for text in self.above]
        places = [f"正文第{number}段" for number in range(1, len(lines) + 1)]
        return [*self.tables, Found(lines, [], places, "正文" if not self.tables else "表后文字")]

    def walk(self, parent: etree._Element, depth: int) -> None:
        """Paragraphs and tables in their order; content controls and the like are walked through."""
        if depth > 4 * _DEEPEST:
            raise damaged("嵌套太深")
        for element in parent:
            name = _name(element)
            if name == "p":
                text = _text(element)
                if text.strip():
                    self.above.append(text.strip())
                for nested in element.iter(f"{_W}txbxContent", f"{_STRICT}txbxContent"):
                    if not any(
                        _name(each) == "Fallback" or str(each.tag).endswith("}Fallback")
                        for each in nested.iterancestors()
                    ):
                        self.walk(nested, depth + 1)
            elif name == "tbl":
                self.table(element, depth)
            elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
                self.walk(element, depth + 1)

    def table(self, element: etree._Element, depth: int) -> None:
        if depth > _DEEPEST:
            raise damaged("表格嵌套太深")
        number = len(self.tables) + 1
        found = Found(
            [],
            [],
            [],
            f"表{number}",
            [(text, f"表{number}上面") for text in self.above],
            goes_on=bool(self.tables) and not self.above,
        )
        self.above = []
        self.tables.append(found)
        open_spans: dict[int, list[int]] = {}
        inside: list[etree._Element] = []
        for line, row in enumerate(_rows(element), 1):
            cells: list[Cell] = []
            properties = _child(row, "trPr")
            cells += [None] * self._count(_child(properties, "gridBefore"), 0)
            reach: dict[int, list[int]] = {}
            for cell in _cells(row):
                about = _child(cell, "tcPr")
                wide = max(1, self._count(_child(about, "gridSpan"), 1))
                merge = _child(about, "vMerge")
                left = len(cells)
                goes_down = merge is not None and _value(merge, "continue") != "restart" and left in open_spans
                text = "\n".join(filter(None, (_text(each).strip() for each in cell if _name(each) == "p")))
                cells += [None if goes_down else text or None, *[None] * (wide - 1)]
                if len(cells) > self.limits.columns:
                    raise too_large("columns", found.name, f"有一行超过 {self.limits.columns} 列")
                if goes_down:
                    open_spans[left][2] = line
                    reach[left] = open_spans[left]
                elif merge is not None or wide > 1:
                    reach[left] = [line, left + 1, line, left + wide]
                    found.merged.append((0, 0, 0, 0))
                    self._spans.append((found, len(found.merged) - 1, reach[left]))
                inside += [each for each in cell if _name(each) in ("tbl", "sdt")]
            open_spans = reach
            found.rows.append(cells)
            found.places.append(f"{found.name}第{line}行")
            if len(found.rows) > self.limits.rows:
                raise too_large("rows", found.name, f"超过 {self.limits.rows} 行")
        self._close(found)
        for each in inside:
            if _name(each) == "tbl":
                self.table(each, depth + 1)
            else:
                self.walk(each, depth + 1)

    def _close(self, found: Found) -> None:
        for table, place, (top, left, bottom, right) in self._spans:
            if table is found:
                found.merged[place] = (top, left, bottom, right)
        self._spans = [each for each in self._spans if each[0] is not found]
        found.merged = [each for each in found.merged if each[:2] != each[2:]]

    def _count(self, element: etree._Element | None, otherwise: int) -> int:
        text = _value(element)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else otherwise
        if number > self.limits.columns:
            raise too_large("columns", "文档", f"有一格横跨 {number} 列，超过 {self.limits.columns} 列")
        return number


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table:
        if _name(element) == "tr":
            yield element
        elif _name(element) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(element)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for element in row:
        if _name(element) == "tc":
            yield element
        elif _name(element) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _cells(element)


def _text(paragraph: etree._Element) -> str:
    """What a paragraph shows: no deleted text, no field codes; text boxes speak for themselves."""
    pieces: list[str] = []
    boxes = set(paragraph.iter(f"{_W}txbxContent", f"{_STRICT}txbxContent"))
    for element in paragraph.iter():
        name = _name(element)
        if name not in ("t", "tab", "br", "cr", "noBreakHyphen") or (
            boxes and any(each in boxes for each in element.iterancestors())
        ):
            continue
        pieces.append(
            element.text or "" if name == "t" else "-" if name == "noBreakHyphen" else " " if name == "tab" else "\n"
        )
    return whole_characters("".join(pieces))
