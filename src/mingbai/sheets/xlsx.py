"""An .xlsx before calamine reads it: what it must not contain, how far it reaches, what its formulas rest on.

The sheets are looked at as bytes while they are unpacked, a piece at a time, by regular expressions and not by an XML
parser: the look costs a fifth of the reading. It tells the truth about every file a spreadsheet program writes; a file
forged to slip past it meets the guard's memory cap instead.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache

from mingbai.limits import Limits
from mingbai.sheets.cells import SheetFacts, encrypted, grids, notes_on, refuse_extent
from mingbai.sheets.grid import Refused, Workbook, column_letters, column_number, too_large
from mingbai.sheets.package import Package, damaged, name_of, parsed
from mingbai.sheets.text import RESAVE_WORD, UNKNOWN
from mingbai.units.wording import phrase

Position = tuple[int, int]

_PREFIX = re.compile(rb"<(?:([\w.-]+):)?worksheet\b")
_REFERENCE = re.compile(rb"\br=\"([A-Z]{1,9})([0-9]{1,9})\"")
_SHARED = re.compile(rb"\bsi=\"(\d+)\"")
# [1]Sheet1!A1, '[1]Sheet 1'!A1, 'C:\dir\[other.xlsx]Sheet1'!A1 -- but not Table1[[#This Row],[2020]].
_ELSEWHERE = re.compile(
    rb"'(?:[^'\[]|'')*\[[^\[\]']+\](?:[^']|'')*'!"
    rb"|(?<![\w\]\[])\[\d+\][^\s\[\]!'\"(),+*/&=<>^:-]*!"
)
_NOTHING = re.compile(rb">\s*(?:<[\w:.-]*v\s*/>|<[\w:.-]*v></[^>]*>)?\s*</")
_TRUE = ("1", "true", "on")
_COMMENT = re.compile(rb"<(?:[\w.-]+:)?comment\b[^>]*? ref=\"([A-Z]{1,9}[0-9]{1,9})\"")
_UNIT_SHOWN = re.compile(r"[0#?]\s*\"?\s*((?:[十百千]?万|[千百亿])?元(?:/[亩年月]){0,2}|亩|平方米|㎡|m2|公顷)\"?\s*\Z")
"""A number format that writes a unit behind the number as it stands; a comma before it (``0,"千元"``) scales, and is none."""
CARRY = 8 << 20
"""A single cell's XML is never longer: a cell of 32,767 characters, each written as an entity, takes 0.3 MB."""


@lru_cache(maxsize=8)
def _patterns(prefix: bytes, letters: int, digits: int) -> tuple[re.Pattern[bytes], ...]:
    """(references far right, far down, formula, error cells, row numbers, filled cells) for one namespace prefix."""
    p = re.escape(prefix)
    formula = rb"<%bf\b([^>]*?)(?:/>|>([^<]*)</%bf>)" % (p, p)
    return (
        re.compile(rb' r="([A-Z]{%d,9}[0-9]{1,9})"' % letters),
        re.compile(rb' r="([A-Z]{1,9}[0-9]{%d,9})"' % digits),
        re.compile(rb"<%bc\b([^>]*)>\s*%b\s*(?:<%bv\b[^>]*?(?:/>|>([^<]*)))?" % (p, formula, p)),
        re.compile(rb'<%bc\b([^<>]* t="e"[^<>]*)>\s*(?:%b\s*)?<%bv>([^<]*)<' % (p, formula, p)),
        re.compile(rb'<%brow\b[^>]*? r="([0-9]{1,9})"' % p),
        re.compile(rb'<%bc r="([A-Z]{1,9})([0-9]{1,9})"(?:[^>]*[^/>])?>(?!</)' % p),
    )


@dataclass(frozen=True)
class _Styles:
    """Cell styles that say something: struck through, a unit behind the number. Most workbooks have neither."""

    struck: frozenset[bytes] = frozenset()
    units: dict[bytes, str] = field(default_factory=dict)

    def cells(self, prefix: bytes) -> re.Pattern[bytes] | None:
        """Finds the filled cells in these styles: (letters, row, style)."""
        ids = b"|".join(sorted(self.struck | self.units.keys()))
        p = re.escape(prefix)
        return (
            re.compile(rb'<%bc (?=[^>]*\bs="(%b)")(?=[^>]*\br="([A-Z]{1,9})([0-9]{1,9})")[^>]*[^/]>(?!</)' % (p, ids))
            if ids
            else None
        )


def _styles(package: Package) -> _Styles:
    xml = package.small("xl/styles.xml") or b""
    if b"strike" not in xml and b"formatCode" not in xml:
        return _Styles()
    book = parsed(xml, phrase("工作簿目录读不通"))
    struck_fonts = {
        str(number)
        for number, font in enumerate(book.iterfind("{*}fonts/{*}font"))
        if (strike := font.find("{*}strike")) is not None and str(strike.get("val", "1")) in _TRUE
    }
    units = {
        str(each.get("numFmtId")): shown[1]
        for each in book.iterfind("{*}numFmts/{*}numFmt")
        if (shown := _UNIT_SHOWN.search(re.split(r";", str(each.get("formatCode", "")))[0])) is not None
    }
    struck, shown_units = set(), {}
    for number, xf in enumerate(book.iterfind("{*}cellXfs/{*}xf")):
        if str(xf.get("fontId")) in struck_fonts:
            struck.add(b"%d" % number)
        if str(xf.get("numFmtId")) in units:
            shown_units[b"%d" % number] = units[str(xf.get("numFmtId"))]
    return _Styles(frozenset(struck), shown_units)


class _SheetLook:
    """Reads one worksheet's XML piece by piece, as ``feed`` is given it, into ``facts`` and ``last_row``."""

    def __init__(self, name: str, limits: Limits, recalculates: bool, styles: _Styles) -> None:
        self.facts = SheetFacts()
        self.last_row = 0
        self.columns: set[bytes] | None = None
        """Letters of filled columns; only gathered on a second look at a long sheet."""
        self.name = name
        self._limits = limits
        self._recalculates = recalculates
        self._styles = styles
        self._styled: re.Pattern[bytes] | None = None
        self._prefix: bytes | None = None
        self._carry = b""
        self._shared_elsewhere: set[bytes] = set()

    def feed(self, piece: bytes) -> None:
        buffer = self._carry + piece
        if self._prefix is None:
            root = _PREFIX.search(buffer)
            self._prefix = b"" if root is None or root.group(1) is None else root.group(1) + b":"
            self._styled = self._styles.cells(self._prefix)
        # Cut where a cell begins, so that no cell is seen in halves.
        cut = max(buffer.rfind(b"<" + self._prefix + b"c "), buffer.rfind(b"<" + self._prefix + b"row "))
        if cut <= 0:
            cut = 0 if len(buffer) < CARRY else len(buffer) - 65_536
        self._carry = buffer[cut:]
        if cut:
            self._look(buffer[:cut])

    def close(self) -> None:
        self._look(self._carry)
        self._carry = b""

    def _look(self, xml: bytes) -> None:
        prefix = self._prefix or b""
        far_right, far_down, formulas, errors, numbers, filled = _patterns(
            prefix, len(column_letters(self._limits.columns + 1)), len(str(self._limits.rows + 1))
        )
        if self.columns is not None:
            cells = filled.findall(xml)
            self.columns.update(letters for letters, _ in cells)
            self.last_row = max(self.last_row, int(cells[-1][1])) if cells else self.last_row
            return
        for match in far_right.finditer(xml):
            self._far(xml, match)
        last = max(xml.rfind(b"<" + prefix + b"row "), 0)
        if (row := numbers.match(xml, last)) is not None:
            self.last_row = max(self.last_row, int(row.group(1)))
        if self.last_row > self._limits.rows:
            for match in far_down.finditer(xml):
                self._far(xml, match)
        if b"<" + prefix + b"f" in xml:
            for match in formulas.finditer(xml):
                self._formula(match)
        if b' t="e"' in xml:
            for match in errors.finditer(xml):
                if (position := _position(match.group(1))) is not None:
                    self.facts.errors[position] = match.group(4).decode("utf-8", "replace")
        for match in self._styled.finditer(xml) if self._styled else ():
            style, letters, line = match.groups()
            if style in self._styles.struck:
                self.facts.struck.add(int(line))
            if style in self._styles.units:
                self.facts.shown[int(line), column_number(letters.decode())] = self._styles.units[style]
        self.facts.hidden_lines = self.facts.hidden_lines or b' hidden="1"' in xml

    def _far(self, xml: bytes, match: re.Match[bytes]) -> None:
        """Refuses a cell beyond the caps if there is anything in it; a styled blank is only a clerk's paint."""
        reference = match.group(1).decode()
        letters = reference.rstrip("0123456789")
        row, column = int(reference[len(letters) :]), column_number(letters)
        if row <= self._limits.rows and column <= self._limits.columns:
            return
        end = xml.find(b">", match.end())
        if xml[end - 1 : end] == b"/" or _NOTHING.match(xml, end):
            return
        edge = f"{column_letters(self._limits.columns)}{self._limits.rows}"
        limit = "columns" if column > self._limits.columns else "rows"
        raise too_large(limit, self.name, f"在 {reference} 处还有内容，超出了可读范围（A1 到 {edge}）")

    def _formula(self, match: re.Match[bytes]) -> None:
        cell, attributes, text, value = match.groups()
        position = _position(cell)
        if position is None:
            return
        # A formula that gives empty text is kept as t="str" with an empty value: computed, and the answer is nothing.
        zero_unseen = self._recalculates and value == b"0"
        if (not value and b't="str"' not in cell) or zero_unseen:
            self.facts.uncached.add(position)
        shared = _SHARED.search(attributes)
        if text and b"[" in text and _ELSEWHERE.search(text.replace(b"&apos;", b"'")):
            self.facts.external.add(position)
            if shared:
                self._shared_elsewhere.add(shared.group(1))
        elif shared and not text and shared.group(1) in self._shared_elsewhere:
            self.facts.external.add(position)


def _position(attributes: bytes) -> Position | None:
    found = _REFERENCE.search(attributes)
    return None if found is None else (int(found.group(2)), column_number(found.group(1).decode()))


def read_xlsx(data: bytes, package: Package, limits: Limits) -> Workbook:
    """A zipped Office workbook. Raises ``Refused``; see ``package`` and ``cells`` for the kinds, and ``macros``,
    ``xlsb`` and ``unknown_format`` here."""
    _refuse_others(package)
    names, recalculates, epoch_1904 = _directory(package)
    styles = _styles(package)
    looks = [_SheetLook(name, limits, recalculates, styles) for name, _ in names]
    by_part: dict[str, _SheetLook] = {}
    for (_, part), look in zip(names, looks, strict=True):
        by_part.setdefault(part.lower(), look)
    package.survey(lambda part: by_part[part].feed if part in by_part else None)
    for part, look in by_part.items():
        look.close()
        look.facts.commented += _comments(package, part)
        _measure(package, part, look, limits)
    notes = _notes(package, names, looks)
    return Workbook("xlsx", grids(data, [look.facts for look in looks], limits), epoch_1904, notes)


def _refuse_others(package: Package) -> None:
    parts = package.parts
    if "encryptedpackage" in parts:
        raise encrypted()
    if "xl/workbook.bin" in parts:
        raise Refused(
            "xlsb", "这是 .xlsb（二进制工作簿）。", "请用 Excel 打开，另存为「Excel 工作簿（*.xlsx）」后再上传。"
        )
    if any(part.startswith("word/") for part in parts):
        raise Refused("unknown_format", "这是 Word 文档，不是表格。", RESAVE_WORD)
    types = package.small("[Content_Types].xml") or b""
    if any("vbaproject" in part or part.startswith("xl/macrosheets/") for part in parts) or b"macroEnabled" in types:
        raise macros()
    if "xl/workbook.xml" not in parts:
        raise _no_workbook(package)


def _no_workbook(package: Package) -> Refused:
    """A zip of something else: of another program's document, or of files somebody packed."""
    if "[content_types].xml" in package.parts:
        return Refused("unknown_format", "这是 Office 文件，里面却没有工作簿。", UNKNOWN)
    files = [name_of(entry) for entry in package.parts.values() if not entry.is_dir()]
    if not files:
        return Refused("unknown_format", "这是空的压缩包。", "请确认选对了文件。")
    listed = "、".join(files[:5]) + (f"等 {len(files)} 个文件" if len(files) > 5 else "")
    return Refused(
        "zip", f"这是压缩包，里面有：{listed!s}。", "请先解压，再逐个上传里面的文件；网页的“导入台账”可以直接收 .zip。"
    )


def macros() -> Refused:
    return Refused(
        "macros",
        "文件带有宏（程序），为安全起见不读取。",
        "请用 Excel 或 WPS 打开，另存为「Excel 工作簿（*.xlsx）」（不带宏），再上传。",
    )


def _directory(package: Package) -> tuple[list[tuple[str, str]], bool, bool]:
    """((sheet name, part) in workbook order, whether formulas await computing, whether days count from 1904)."""
    book = parsed(package.small("xl/workbook.xml") or b"", phrase("工作簿目录读不通"))
    relations = package.small("xl/_rels/workbook.xml.rels")
    if relations is None:
        raise damaged("缺少工作簿目录")
    targets = {}
    for relation in parsed(relations, phrase("工作簿目录读不通")).iter("{*}Relationship"):
        target = str(relation.get("Target", "")).replace("\\", "/")
        targets[str(relation.get("Id"))] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    names = []
    for sheet in book.iter("{*}sheet"):
        key = next((str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")
        names.append((str(sheet.get("name", "")), targets.get(key, "")))
    recalculates = any(str(calc.get("fullCalcOnLoad")) in _TRUE for calc in book.iter("{*}calcPr"))
    epoch_1904 = any(str(about.get("date1904")) in _TRUE for about in book.iter("{*}workbookPr"))
    return names, recalculates, epoch_1904


def _comments(package: Package, part: str) -> list[str]:
    """Addresses of the cells of a worksheet that have a comment."""
    folder, name = posixpath.split(part)
    relations = package.small(f"{folder}/_rels/{name}.rels")
    if relations is None or b"/comments" not in relations:
        return []
    found = []
    for relation in parsed(relations, phrase("工作簿目录读不通")).iter("{*}Relationship"):
        if str(relation.get("Type", "")).endswith("/comments"):
            target = posixpath.normpath(
                posixpath.join(f"/{folder}", str(relation.get("Target", "")).replace("\\", "/"))
            ).lstrip("/")
            found += [reference.decode() for reference in _COMMENT.findall(package.small(target) or b"")]
    return found


def _measure(package: Package, part: str, look: _SheetLook, limits: Limits) -> None:
    """Calamine lays a sheet out as one rectangle: a long sheet is looked at again for its width before it may."""
    if look.last_row * limits.columns <= limits.cells:
        return
    look.columns, look.last_row = set(), 0
    for piece in package.stream(part):
        look.feed(piece)
    look.close()
    width = max((column_number(letters.decode()) for letters in look.columns), default=0)
    refuse_extent(look.name, look.last_row, width, limits)


def _notes(package: Package, names: list[tuple[str, str]], looks: list[_SheetLook]) -> list[str]:
    notes = []
    if any(part.startswith("xl/externallinks/") for part in package.parts):
        notes.append(phrase("文件链接了别的工作簿；链接没有打开，只用文件里存着的值。"))
    for (name, _), look in zip(names, looks, strict=True):
        notes += notes_on(name, look.facts)
    return notes
