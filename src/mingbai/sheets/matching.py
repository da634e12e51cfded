"""Which register column each sheet column is, judged by its headings, by what stands below, or by the user's own word.

A column of the register is taken at most once; of two headings that name it the surer wins, the other is left out
and says so. Some sheet columns only together make one value: 四至{东|南|西|北}, 资产类型{经营性|资源性} ticked,
签订日期{年|月|日}.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from mingbai.columns import Column, Register
from mingbai.sheets.grid import column_letters
from mingbai.sheets.headers import DIRECTION
from mingbai.sheets.headings import (
    ACCEPTED,
    UNIT_HEADINGS,
    Heading,
    Headings,
    Match,
    heading,
    is_apart,
    is_unit,
    names_no_basis,
)
from mingbai.sheets.wording import LEFT_OUT, ROW_NUMBERS, TWO_COLUMNS, UNIT_COLUMN
from mingbai.units import Cell, clean_text, is_blank, parse_area_unit, parse_date, parse_money_unit
from mingbai.units.goods import of_goods
from mingbai.units.wording import phrase

Role: TypeAlias = Literal["value", "again", "part", "unit", "serial", "unknown"]
Paths: TypeAlias = Mapping[int, tuple[str, ...]]
_STARTS = frozenset(
    ("起", "起始", "开始", "自", "起期", "始", "起于", "起始日", "起始时间", "开始时间", "起始日期", "开始日期", "从")
)
_ENDS = frozenset(
    (
        "止",
        "终止",
        "结束",
        "至",
        "到期",
        "到",
        "止期",
        "截止",
        "终",
        "终止时间",
        "结束时间",
        "终止日期",
        "结束日期",
        "到期时间",
        "截止日期",
    )
)
_SAME_AS_ABOVE = frozenset(("名称", "姓名", "单位名称", "户名", "情况", "内容", "合计", "总计", "小计", "总数", "计"))
"""Below a heading that is a column, these are that column: 承包方{名称}, 面积{水田|旱地|合计}."""
_SPANS = {
    "半年": ("half", phrase("半年的租金，按两个半年折成一年")),
    "季": ("quarter", phrase("一季的租金，按 4 个季度折成一年")),
    "月": ("month", phrase("月租金，按 12 个月折成一年")),
}
_SAID_NUMERALS = frozenset("壹贰叁肆伍陆柒捌玖拾佰仟一二三四五六七八九十两半零")
_PIECES = frozenset("间口座栋处套棵台株")
_NUMERALS = frozenset("一二三四五六七八九十百")
_MEETINGS = ("会议", "民主", "议定", "表决", "决议")


@dataclass(slots=True)
class Mapped:
    """One sheet column: ``index`` 0-based, ``header`` its headings top to bottom, ``column`` of the register or None.

    ``part`` is the piece it gives of a value made of several columns: a direction, a choice, 年/月/日; or the choice its
    heading asks for (是否召开村民代表会). ``again``: a second column of the same, read and compared.
    """

    index: int
    header: str
    column: str | None = None
    confidence: float = 0.0
    unit: str = ""
    role: Role = "unknown"
    part: str = ""
    note: str = ""
    span: str = ""
    """The heading says the amount is not a year's: a ``month``'s (月租金), a ``quarter``'s (季租金), a ``half`` year's."""

    def to_json(self) -> dict[str, object]:
        return {
            "header": self.header,
            "column": self.column,
            "confidence": round(self.confidence, 2),
            "unit": self.unit,
            "letter": column_letters(self.index + 1),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user's mapping file says. ``headers``: heading → column name or None (leave out)."""

    headers: Mapping[str, str | None] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    """Sheet → its first heading row, 1-based."""
    skipped: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Sheet, or part of one by the name it is shown under → register its rows belong to."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Column → word in the cells → the choice a person took it for."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Heading → unit of its plain numbers."""
    dates: Literal["", "january", "october"] = ""
    """What a lone ``2016.1`` stored as a number means in these files."""


class Matcher:
    """Matches the columns under one header. ``below(index)`` gives cells of a column, for evidence."""

    def __init__(self, headings: Headings, wish: Wish, below: Callable[[int], list[Cell]]) -> None:
        self.headings = headings
        self.register: Register = headings.register
        self.below = below
        self.wished = {squeezed(header): column for header, column in wish.headers.items()}
        self.measured = {squeezed(header): unit for header, unit in wish.units.items()}

    def match(self, paths: Paths) -> list[Mapped]:
        leaves = {index: [heading(text) for text in path] for index, path in paths.items()}
        mapped = [Mapped(index, "/".join(path)) for index, path in sorted(paths.items())]
        self._parts(mapped, leaves)
        for entry in mapped:
            if entry.role == "unknown":
                self._single(entry, leaves[entry.index])
        for entry in mapped:
            self._weigh(entry)
        self._settle(mapped)
        self._only_name(mapped, leaves)
        return mapped

    # -- values made of several columns

    def _parts(self, mapped: list[Mapped], leaves: Mapping[int, list[Heading]]) -> None:
        groups: dict[tuple[str, str, str], list[tuple[Mapped, str]]] = {}
        for entry in mapped:
            found = self._part(leaves[entry.index])
            if found is not None and not self._wished(entry):
                column, kind, part = found
                above = "/".join(each.bare for each in leaves[entry.index][:-1]) if kind != "bound" else ""
                groups.setdefault((column, kind, above), []).append((entry, part))
        for (column, kind, _), members in groups.items():
            if len({part for _, part in members}) < 2:
                continue
            for entry, part in members:
                entry.column, entry.part, entry.role = column, part, "part"
                entry.confidence = 0.85 if kind == "tick" else 0.9

    def _part(self, path: list[Heading]) -> tuple[str, str, str] | None:
        leaf = path[-1].bare
        direction = DIRECTION.match(leaf)
        if direction:
            bounds = self.headings.match("四至")
            return (bounds.column.name, "bound", direction[1]) if bounds else None
        for above in path[:-1]:
            parent = self.headings.match(above.bare)
            if parent is None:
                continue
            if parent.column.kind == "date" and (path[-1].unit or leaf) in ("年", "月", "日"):
                return parent.column.name, "day", path[-1].unit or leaf
            if parent.column.kind == "area" and not leaf and path[-1].unit in ("亩", "分", "厘"):
                return parent.column.name, "measure", path[-1].unit
            if parent.column.kind == "choice" and leaf in parent.column.words and self.headings.exact(leaf) is None:
                return parent.column.name, "tick", parent.column.words[leaf]
        return None

    # -- one heading, one column

    def _wished(self, entry: Mapped) -> str | None:
        names = (squeezed(entry.header), squeezed(entry.header.rsplit("/", 1)[-1]), heading(entry.header).bare)
        return next((name for name in names if name in self.wished), None)

    def _single(self, entry: Mapped, path: list[Heading]) -> None:
        said = self.measured.get(squeezed(entry.header)) or self.measured.get(squeezed(entry.header.rsplit("/", 1)[-1]))
        entry.unit = said or next((each.unit for each in reversed(path) if each.unit), "")
        wished = self._wished(entry)
        if wished is not None:
            entry.column = self.wished[wished]
            entry.role = "value" if entry.column else "unknown"
            entry.confidence = 1.0
            entry.note = phrase("按对照文件") if entry.column else LEFT_OUT
            return
        words = [each for each in path if each.bare]
        if not words:
            return
        if self.headings.is_two(words[-1].bare):
            entry.note = TWO_COLUMNS
            return
        leaf = words[-1].bare
        match = self._best([each.bare for each in words])
        if leaf in self.headings.serial and (match is None or leaf == path[-1].text):
            self._serial(entry, leaf)
        elif leaf in UNIT_HEADINGS and self._holds_units(entry.index):
            entry.role, entry.note, entry.confidence = "unit", UNIT_COLUMN, 1.0
        elif match is not None:
            self._take(entry, match)

    def _best(self, words: list[str]) -> Match | None:
        """The surest reading of a path: the leaf alone, or with a heading above on either side of it."""
        leaf, above = words[-1], words[:-1]
        owners = [owner for text in above if (owner := self.headings.exact(text)) is not None]
        # Joined words must be known as they are: 面积{水田|旱地} are parts of the area, not 水田面积 for 面积.
        spoken = [match for text in self._spoken(leaf, above) if (match := self.headings.match(text)) is not None]
        found = [match for match in spoken if match.confidence >= 0.85]
        alone = self.headings.match(leaf)
        if (
            alone is not None
            and not any(map(is_apart, above))
            and not (alone.column.masked and any(_is_somebody_else(alone.column, owner.column) for owner in owners))
        ):
            found.append(
                Match(alone.column, round(alone.confidence * (0.99 if above else 1.0), 4), alone.key, alone.answer)
            )
        if not found and leaf in _SAME_AS_ABOVE:
            return next((Match(owner.column, 0.85, owner.key) for owner in owners), None)
        return max(found, key=lambda match: match.confidence, default=None)

    def _spoken(self, leaf: str, above: list[str]) -> list[str]:
        texts = []
        for text in above:
            texts += [text + leaf, leaf + text]
            term = self.headings.match(text)
            if "期限" in text or "起止" in text or (term is not None and term.column.kind == "term"):
                texts += ["期限起"] * (leaf in _STARTS) + ["期限止"] * (leaf in _ENDS)
            if leaf in ("时间", "日期") and any(word in text for word in _MEETINGS):
                texts.append("会议" + leaf)
        return texts

    def _take(self, entry: Mapped, match: Match) -> None:
        column, confidence = match.column, match.confidence
        if column.kind == "money":
            column, confidence = self._on_basis(entry, match)
        elif match.answer:
            entry.part, entry.note = match.answer, f"“是”即“{match.answer}”"
        entry.column, entry.confidence, entry.role = column.name, confidence, "value"

    def _on_basis(self, entry: Mapped, match: Match) -> tuple[Column, float]:
        """A price column by the basis its unit names: 租金(元/亩) is a mu's, 总价格(万元/年) a year's."""
        column, confidence = match.column, match.confidence
        unit = parse_money_unit(entry.unit) if entry.unit else None
        span = next((span for span in _SPANS if span in match.key or entry.unit == span), "")
        if span and column.time == "year" and not (unit and unit.time):
            entry.span, entry.note = _SPANS[span]
            confidence = min(confidence, 0.9)
        area = "mu" if unit and unit.area else ""
        time = "year" if unit and (unit.time or unit.area) else ""
        if not column.family or not (area or time):
            return column, min(confidence, 0.7) if names_no_basis(match) else confidence
        if "亩" in match.key:
            return column, confidence
        sister = self.register.member(column.family, area, time)
        if sister is None or sister.name == column.name:
            return column, confidence
        entry.note = phrase("按表头的单位“{unit!s}”", unit=entry.unit)
        return sister, min(confidence, 0.9)

    def _serial(self, entry: Mapped, leaf: str) -> None:
        """序号 counts lines; 编号 does so only if its numbers run on, else it is the contract's number."""
        texts = [clean_text(cell).strip("().、") for cell in self.below(entry.index) if not is_blank(cell)]
        numbers = [int(text) for text in texts if text.isdecimal() and text.isascii() and len(text) < 6]
        if leaf == "编号":
            steps = sum(1 for a, b in pairwise(numbers) if b - a == 1 or b in (1, a))
            low = not numbers or numbers[0] <= max(50, len(numbers))
            runs = low and len(numbers) >= 0.7 * len(texts) and steps >= 0.7 * (len(numbers) - 1)
        else:
            counted = len(numbers) + sum(1 for text in texts if text and set(text) <= _NUMERALS)
            runs = counted >= 0.4 * len(texts)
        number = self.headings.match("合同编号")
        if runs or number is None:
            entry.role, entry.note, entry.confidence = "serial", ROW_NUMBERS, 1.0
        else:
            entry.role, entry.column, entry.confidence, entry.note = (
                "value",
                number.column.name,
                0.6,
                phrase("不是连续的行号"),
            )

    # -- evidence

    def _holds_units(self, index: int) -> bool:
        cells = [cell for cell in self.below(index) if not is_blank(cell)]
        units = sum(1 for cell in cells if is_unit(text := clean_text(cell)) or text in _PIECES or of_goods(text))
        return 2 * units >= len(cells)

    def _weigh(self, entry: Mapped) -> None:
        """Lowers the confidence of a column whose cells contradict its heading."""
        if entry.role != "value" or entry.column is None or entry.note.startswith(phrase("按对照文件")):
            return
        column = self.register.by_name[entry.column]
        cells = [cell for cell in self.below(entry.index) if not is_blank(cell)]
        if len(cells) < 3 or column.kind not in ("date", "money", "area", "count"):
            return
        good = sum(1 for cell in cells if _may_be(column, cell))
        if good >= 0.2 * len(cells):
            return
        entry.note = phrase("格子里的内容不像这一栏")
        entry.confidence = round(entry.confidence * 0.6, 2)

    def _settle(self, mapped: list[Mapped]) -> None:
        """One sheet column for each register column; whoever is left out says why."""
        taken: dict[str, Mapped] = {entry.column: entry for entry in mapped if entry.role == "part" and entry.column}
        for entry in sorted(mapped, key=lambda each: (-each.confidence, each.index)):
            if entry.role != "value" or entry.column is None:
                continue
            if entry.confidence < ACCEPTED:
                entry.column, entry.role = None, "unknown"
                continue
            first = taken.setdefault(entry.column, entry)
            if first is entry:
                continue
            if self.register.by_name[entry.column].kind == "term" and first.role == "value":
                entry.role, entry.note = (
                    "again",
                    phrase(
                        "与 {index!s} 列“{header!s}”对照着读",
                        index=column_letters(first.index + 1),
                        header=first.header,
                    ),
                )
            else:
                title = self.register.by_name[entry.column].title
                entry.note = phrase(
                    "重复：“{title}”已由 {index!s} 列“{header!s}”对应",
                    title=title,
                    index=column_letters(first.index + 1),
                    header=first.header,
                )
                entry.column, entry.role, entry.confidence = None, "unknown", 0.0
        for entry in mapped:
            if entry.role == "unknown" and not entry.note:
                entry.confidence = 0.0

    def _only_name(self, mapped: list[Mapped], leaves: Mapping[int, list[Heading]]) -> None:
        """姓名 is the name the register asks for, where no other column is, and others say that this is its ledger."""
        known = {entry.column for entry in mapped if entry.column}
        names = [
            entry for entry in mapped if [each.bare for each in leaves[entry.index]] == ["姓名"] and not entry.note
        ]
        column = next(
            (each for each in self.register.columns if each.masked and each.name in self.register.required_names), None
        )
        if column is None or column.name in known or len(known) < 2 or len(names) != 1:
            return
        names[0].column, names[0].role, names[0].confidence = column.name, "value", 0.7
        names[0].note = phrase("没有别的栏写“{title}”，按姓名取", title=column.title)


def squeezed(text: str) -> str:
    return clean_text(text).replace(" ", "")


def _is_somebody_else(column: Column, owner: Column) -> bool:
    """发包方{名称|电话}: that telephone is not the lessee's."""
    return owner.kind == "text" and not owner.masked and owner.name != column.name


def _may_be(column: Column, cell: Cell) -> bool:
    if column.kind == "date":
        return not hasattr(parse_date(cell), "kind")
    return not isinstance(cell, str) or any(map(str.isdigit, cell)) or not _SAID_NUMERALS.isdisjoint(cell)


def sheet_units(texts: list[str]) -> tuple[str, str]:
    """(money unit, area unit) that title lines state: ``单位:万元、公顷`` → ("万元", "公顷"); "" where none is."""
    money = area = ""
    for text in texts:
        for piece in unit_pieces(text):
            if parse_money_unit(piece) is not None:
                money = money or piece
            elif parse_area_unit(piece) is not None:
                area = area or piece
    return money, area


def unit_pieces(text: str) -> list[str]:
    """What a title line says after 单位: split into single units."""
    clean = clean_text(text)
    pieces: list[str] = []
    for start in _after_label(clean):
        words = clean[start:].split(")")[0].split(" ")
        for word in words[:4]:
            found = [piece for piece in re.split("[;,、,]", word) if piece]
            if not found or not any(is_unit(piece) for piece in found):
                if found:
                    break
                continue
            pieces += [piece for piece in found if is_unit(piece)]
    return pieces


def _after_label(clean: str) -> list[int]:
    starts, at = [], clean.find("单位:")
    while at >= 0:
        starts.append(at + 3)
        at = clean.find("单位:", at + 3)
    return starts
