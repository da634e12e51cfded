"""How the cells of each column of a block are read: in which unit, and with the words a person explained before."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import repeat

from mingbai.columns import Column, Problem, Register, reader
from mingbai.columns import Reading as CellReading
from mingbai.dues import Steps, parse_escalation
from mingbai.dues.prices import said_again
from mingbai.sheets.matching import Mapped, Wish
from mingbai.sheets.tables import NOT_COMPUTED, Block
from mingbai.sheets.wording import VERBATIM
from mingbai.units import (
    YUAN,
    AreaUnit,
    Cell,
    Doubt,
    Money,
    MoneyUnit,
    Value,
    clean_text,
    is_blank,
    parse_area_unit,
    parse_money_unit,
)
from mingbai.units.goods import of_goods
from mingbai.units.money import typed_money
from mingbai.units.wording import phrase

EXCEL_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
_MARKS = ("#", VERBATIM)
"""How ``NOT_COMPUTED``, every Excel error and every text meant as it stands begin."""
_YES, _NO = (
    frozenset(("是", "有", "√", "✓", "✔", "已召开", "已开")),
    frozenset(("否", "无", "×", "✗", "未召开", "没有")),
)
_STAGES = re.compile("[0-9一二三四五六七八九十]年|[0-9]{4} ?[-—~至到] ?[0-9]{4}|[0-9][+][0-9]")
_LONE = re.compile("[0-9一二两三四五六七八九十]{1,3} ?年")
_YEAR_MONTH = re.compile(r"((?:19|20)[0-9]{2})\.1\Z")
_MONTHS = {"january": 1, "october": 10}

RECALCULATE = Problem(
    "no_cached_value",
    phrase("这一格是公式，文件里没有存下计算结果"),
    (phrase("请用 Excel 或 WPS 打开，重新计算（F9）并保存；或选中后“选择性粘贴—数值”"),),
)
_COMPUTED_WRONG = phrase("公式出错，没有结果")


class Readers:
    """The readers of one block. ``units``: sheet column → the cells of it, for columns that name a unit row by row; where
    there are several, each speaks of what stands before it."""

    def __init__(
        self, register: Register, block: Block, wish: Wish, epoch_1904: bool, units: Mapping[int, list[Cell]]
    ) -> None:
        self.register = register
        self.block = block
        self.wish = wish
        self.epoch_1904 = epoch_1904
        self.units = units
        self.scales: dict[str, MoneyUnit] = {}
        """Money column → what its bare numbers count in, where that is one thing for the whole column."""

    def each(
        self, entry: Mapped, column: Column, cells: list[Cell]
    ) -> tuple[Sequence[Hashable], dict[Hashable, CellReading]]:
        """Each cell's key, and the reading of each key. The key is the cell itself where that says it all."""
        read = self.of(entry, column)
        by_row = self.unit_of_row(entry, column)
        if by_row is None and column.kind == "money":
            unit = self.unit(entry, column)
            self.scales[column.name] = unit if isinstance(unit, MoneyUnit) else YUAN
        if by_row is None and bool not in set(map(type, cells)):
            return cells, {cell: read(cell) for cell in dict.fromkeys(cells)}
        # True is not 1 here, though it is as a key; and 5 亩 is not 5 公顷.
        keys = list(zip(map(type, cells), cells, by_row or repeat(""), strict=False))
        return keys, {key: self._read_in(key[2], column, read, key[1]) for key in dict.fromkeys(keys)}

    def of(
        self, entry: Mapped, column: Column, unit: MoneyUnit | AreaUnit | None = None
    ) -> Callable[[Cell], CellReading]:
        unit = unit or self.unit(entry, column)
        read = self._learnt(
            column, reader(column, self.register, unit, self.epoch_1904), unit if isinstance(unit, MoneyUnit) else YUAN
        )

        def marked(cell: Cell) -> CellReading:
            if isinstance(cell, str) and cell.startswith(_MARKS):
                if cell == NOT_COMPUTED:
                    return CellReading(problem=RECALCULATE)
                if cell in EXCEL_ERRORS:
                    return CellReading(
                        problem=Problem(
                            "unreadable", f"{cell}：{_COMPUTED_WRONG}", (phrase("请改正公式，或直接填写数值"),)
                        )
                    )
                if cell.startswith(VERBATIM) and len(cell) > 1:
                    return CellReading(cell[1:]) if column.kind == "text" else read(cell[1:])
            return read(cell)

        def counted(cell: Cell) -> CellReading:
            if not is_blank(cell) and clean_text(cell).isdecimal():
                return read(f"{clean_text(cell)}个月")
            return marked(cell)

        def answered(cell: Cell) -> CellReading:
            """是否召开村民代表会: the heading names the choice, the cell says yes or no."""
            text = clean_text(cell)
            return CellReading(entry.part) if text in _YES else read("无") if text in _NO else marked(cell)

        if column.kind == "choice" and entry.part:
            return answered
        return counted if column.kind == "term" and entry.unit in ("月", "个月", "月数") else marked

    def _learnt(
        self, column: Column, read: Callable[[Cell], CellReading], unit: MoneyUnit
    ) -> Callable[[Cell], CellReading]:
        """The reader with what a person said before: 散包 is 公开协商, a lone 2016.1 is January."""
        words, month = self.wish.words.get(column.name, {}), _MONTHS.get(self.wish.dates, 0)
        if column.kind == "money" and column.family and "escalation" in self.register.by_name:
            return lambda cell: self._staged(column, cell, unit) or read(cell)
        if column.kind == "choice" and words:
            return lambda cell: read(words.get(clean_text(cell).replace(" ", ""), cell))
        if column.kind == "date" and month:
            return lambda cell: (
                read(f"{found[1]}年{month}月") if (found := _YEAR_MONTH.match(clean_text(cell))) else read(cell)
            )
        return read

    def _staged(self, column: Column, cell: Cell, unit: MoneyUnit) -> CellReading | None:
        """A price that states its stages (2003-2006 450, 2006-2011 520): the first is the price, all of them the clause. A lone one
        (30年3万元) may be the money of all its years."""
        if not isinstance(cell, str) or not _STAGES.search(cell):
            return None
        clause = parse_escalation(cell, unit)
        if isinstance(clause, Doubt):
            return CellReading(problem=Problem("doubt", clause.reason, tuple(each.text for each in clause.suggestions)))
        if not isinstance(clause, Value) or not isinstance(clause.value, Steps):
            return None
        steps, text = clause.value, clean_text(cell)
        first, per_mu = steps.stages[0], steps.per_mu
        own = self.register.member(column.family, "mu" if per_mu else column.area, "year")
        if own is None or first.adds:
            return None
        if _LONE.match(text) and len(steps.stages) == 1:
            reason = phrase("“{text!s}”没有说是每年这么多，还是几年一共这么多", text=text)
            return CellReading(
                problem=Problem(
                    "doubt",
                    reason,
                    (said_again(steps).replace("年", "年每年", 1), f"总价{typed_money(Money(first.fen))}"),
                )
            )
        if clause != parse_escalation(cell):  # the heading says the unit: the clause stands alone, in yuan
            said = said_again(replace(steps, per_mu=True) if own.area == "mu" else steps)
        elif per_mu or own.area != "mu":
            said = text
        else:
            said = re.sub(r"(?<=[年:])\s*(?=[0-9])|(?<=[0-9])[ :]+(?=[0-9])", "每亩", text)
        also = (("escalation", said),)
        return (
            CellReading(first.fen, also)
            if own.name == column.name
            else CellReading(None, ((own.name, first.fen), *also))
        )

    def unit(self, entry: Mapped, column: Column) -> MoneyUnit | AreaUnit | None:
        """What plain numbers count in: the heading says it, else the lines above the table."""
        if column.kind == "area":
            return parse_area_unit(entry.unit) or parse_area_unit(self.block.area_unit)
        if column.kind != "money":
            return None
        unit = parse_money_unit(entry.unit) if entry.unit else None
        if unit is None and self.block.money_unit:
            above = parse_money_unit(self.block.money_unit)
            if above and column.family and above.area and above.time:  # 单位:元/亩·年 speaks of the rents
                return above
            if (
                above and column.family and column.time and above.area
            ):  # 单位:元/亩 may be a price by the mu, or yuan and mu
                entry.note = entry.note or phrase(
                    "表上写着“单位:{unit!s}”，这一栏按总数读；是每亩价的，请在下面写明单位", unit=self.block.money_unit
                )
                entry.confidence = min(entry.confidence, 0.7)
            unit = MoneyUnit(above.fen) if above else None
        return MoneyUnit((unit or YUAN).fen, unit.area if unit else "", entry.span) if entry.span else unit

    def unit_of_row(self, entry: Mapped, column: Column) -> list[str] | None:
        """The texts of the 计量单位 column, where it speaks of this column: the heading itself names no unit."""
        spoken = [index for index in sorted(self.units) if index > entry.index] or sorted(self.units, reverse=True)
        if not spoken or column.kind not in ("area", "money"):
            return None
        parse = parse_area_unit if column.kind == "area" else parse_money_unit
        if entry.unit and parse(entry.unit) is not None:
            return None
        texts = ["" if is_blank(cell) else clean_text(cell).replace(" ", "") for cell in self.units[spoken[0]]]
        if column.kind == "money" and not any(parse_money_unit(text) or of_goods(text) for text in set(texts)):
            return None
        return texts

    def _read_in(self, unit: str, column: Column, read: Callable[[Cell], CellReading], cell: Cell) -> CellReading:
        if not unit or is_blank(cell):
            return read(cell)
        found = parse_area_unit(unit) if column.kind == "area" else parse_money_unit(unit)
        if found is not None:
            return self.of(Mapped(0, ""), column, found)(cell)
        if column.kind == "money":
            return read(f"{clean_text(cell)}{unit}" if of_goods(unit) else cell)
        said = phrase("计量单位是“{unit!s}”，不是面积", unit=unit)
        return CellReading(problem=Problem("unreadable", said, (phrase("面积另填，例如 11.85亩；数量写在备注里"),)))
