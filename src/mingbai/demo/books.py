"""A village's ledger drawn cell by cell 誊写: titles, headings, rows, totals, notes, and the answers kept beside them.

Drawing is one thing with the key: the row and cell that a slip, a rejected line or a contract ends up in are noted
as they are drawn. Every ledger says 演示数据 above its table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random

from mingbai.columns import Stored
from mingbai.demo.clerk import Clerk, hand_of, unit_choice
from mingbai.demo.contract import Contract
from mingbai.demo.layouts import AREAS, MONEY, YUAN, Head
from mingbai.demo.plan import Village
from mingbai.demo.slips import Slip, Written, slip_for
from mingbai.units import format_money

SLIPPED, REJECTED = 0.07, 0.45
"""How many rows have a slip; how many ledgers a line without a name."""
_UNITS_OF_COLUMN = (10_000, 15, 150_000)
_WIDEST = 256
TITLE, HEAD, PLAIN, FAINT = "title", "head", "plain", "faint"


@dataclass(slots=True)
class Page:
    """One sheet: cells by 1-based (row, column), their styles, merged ranges (top, left, bottom, right)."""

    name: str
    cells: dict[tuple[int, int], Written] = field(default_factory=dict)
    styles: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False

    def put(self, row: int, column: int, cell: Written, style: str = PLAIN) -> None:
        self.styles[row, column] = style
        if cell is not None:
            self.cells[row, column] = cell

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))

    @property
    def size(self) -> tuple[int, int]:
        return max(row for row, _ in self.styles), max(column for _, column in self.styles)


@dataclass(frozen=True, slots=True)
class Entry:
    """A contract as it stands in a book: its sheet and row, and what a reader should take from it."""

    sheet: str
    row: int
    contract: Contract
    told: dict[str, Stored]


@dataclass(slots=True)
class Book:
    """A ledger ready to be written, and its answers: ``bad`` are (sheet, row, column number, kind)."""

    file: str
    form: str
    pages: list[Page]
    entries: list[Entry] = field(default_factory=list)
    bad: list[tuple[str, int, int, str]] = field(default_factory=list)
    rejected: list[tuple[str, int]] = field(default_factory=list)


def file_name(village: Village) -> str:
    """``白家庄街道_九院村_合同台账.xlsx``."""
    return f"{village.home.street}_{village.home.village}_合同台账.{village.form.rpartition('.')[2]}"


def draw_book(village: Village, seed: int) -> Book:
    """The ledger of a village as its clerk would keep it."""
    return _Drawing(village, Random(f"{seed}/{village.home.code}/誊写")).book()


class _Drawing:
    def __init__(self, village: Village, random: Random) -> None:
        self.village, self.layout, self.random = village, village.layout, random
        self.typed = village.form in ("xlsx", "ods")
        self.clerk = Clerk(hand_of(random, typed=self.typed), random)
        top, left = self.layout.margin
        self.left, self.row = left + 1, top + 1
        self.heads = self.layout.heads
        self.right = left + len(self.heads)
        name = {"gb18030.csv": "csv", "bom.csv": "csv", "html.xls": "表1"}.get(village.form, self.layout.sheet)
        self.page = Page(name)
        self.result = Book(file_name(village), village.form, [self.page])

    def book(self) -> Book:
        self._title()
        contracts = self.village.contracts
        known = [
            place
            for place, each in enumerate(contracts)
            if each.area and each.values["location"] and each.values["area_mu4"]
        ]
        lost = self.random.choice(known) if self.random.random() < REJECTED else None
        grouped = self.layout.blocks or self.layout.merged_down
        number = 0
        for group, members in groupby(enumerate(contracts), key=lambda pair: pair[1].group if grouped else 0):
            if self.layout.blocks:
                self._section(group)
            if self.layout.blocks or not number:
                self._headings()
            begun = self.row
            for place, contract in members:
                number += 1
                self._contract(number, contract)
                if place == lost:
                    self._nameless(contract)
            if self.layout.merged_down:
                self._merge_lessors(begun)
            if self.layout.subtotals:
                self._total("小计", [c for c in contracts if c.group == group])
            if self.layout.blocks:
                self.row += 1
        self._foot(contracts)
        if self.layout.wide:
            self.page.put(2, _WIDEST, None, FAINT)
        if self.layout.extra_sheets:
            self._extra_sheets()
        return self.result

    # -- above the table

    def _title(self) -> None:
        home = self.village.home
        self._line(f"{home.street}{home.village}农村集体经济合同台账（演示数据）", TITLE)
        self.page.put(self.row, self.left, f"填报单位：{home.village}（演示）", FAINT)
        self.page.put(self.row, self.right, f"单位：{self.layout.money}", FAINT)
        self.row += 1

    def _line(self, text: str, style: str) -> None:
        """A text over the whole width."""
        self.page.put(self.row, self.left, text, style)
        self.page.merge(self.row, self.left, self.row, self.right)
        self.row += 1

    def _section(self, group: int) -> None:
        self._line(f"第{'一二三四'[group - 1]}村民小组合同汇总", HEAD)

    def _headings(self) -> None:
        """Headings level by level: a group's over its columns, a single one down to the last level."""
        depth, top = self.layout.depth, self.row
        for place, head in enumerate(self.heads):
            for level in range(depth):
                self.page.put(top + level, self.left + place, None, HEAD)
            if len(head.path) < depth:
                self.page.merge(top + len(head.path) - 1, self.left + place, top + depth - 1, self.left + place)
        for level in range(depth):
            for path, run in groupby(enumerate(self.heads), key=lambda pair: pair[1].path[: level + 1]):
                places = [place for place, _ in run]
                if len(path) == level + 1:
                    self.page.put(top + level, self.left + places[0], path[level], HEAD)
                    self.page.merge(top + level, self.left + places[0], top + level, self.left + places[-1])
        self.row += depth
        if self.layout.numbered:
            for place in range(len(self.heads)):
                self.page.put(self.row, self.left + place, place + 1, FAINT)
            self.row += 1

    # -- rows

    def _contract(self, number: int, contract: Contract) -> None:
        slip = None
        if self.random.random() < SLIPPED:
            columns = {head.column for head in self.heads}
            slip = slip_for(contract, columns, self.random, typed=self.typed)
        told: dict[str, Stored] = {}
        for place, head in enumerate(self.heads):
            if slip is not None and slip.column == head.column:
                told |= self._slip(place, slip, contract)
                continue
            cell, said = self._cell(number, head, contract)
            self.page.put(self.row, self.left + place, cell)
            told |= said
        self.result.entries.append(Entry(self.page.name, self.row, contract, told))
        self.row += 1

    def _cell(self, number: int, head: Head, contract: Contract) -> tuple[Written, dict[str, Stored]]:
        if head.column == "serial":
            return number, {}
        if head.column in AREAS and any(each.column == "unit" for each in self.heads):
            head = Head(head.column, head.path, _UNITS_OF_COLUMN[unit_choice(contract)])
        return self.clerk.write(head, contract)

    def _slip(self, place: int, slip: Slip, contract: Contract) -> dict[str, Stored]:
        written = slip.write(contract, self.random)
        self.page.put(self.row, self.left + place, written)
        self.result.bad.append((self.page.name, self.row, self.left + place, slip.kind))
        return slip.told(written)

    def _nameless(self, contract: Contract) -> None:
        """A line with a plot and no name: nobody can say which contract it is."""
        for place, head in enumerate(self.heads):
            if head.column in ("location", "land_class", "area_mu4", "unit", "starts_on", "lessor"):
                cell, _ = self._cell(0, head, contract)
                self.page.put(self.row, self.left + place, cell)
            if head.column == "lessee":
                self.page.put(self.row, self.left + place, None)
                self.result.bad.append((self.page.name, self.row, self.left + place, "missing"))
        self.result.rejected.append((self.page.name, self.row))
        self.row += 1

    def _merge_lessors(self, begun: int) -> None:
        """发包方 written once for all rows under it."""
        rows = range(begun, self.row)
        for _, run in groupby(rows, key=lambda row: self.page.cells.get((row, self.left))):
            same = list(run)
            for row in same[1:]:
                self.page.cells.pop((row, self.left), None)
            self.page.merge(same[0], self.left, same[-1], self.left)

    def _total(self, word: str, contracts: Sequence[Contract]) -> None:
        """小计, 合计: of years' rents and totals; like many a real one it is not always right."""
        at = next(place for place, head in enumerate(self.heads) if head.column in ("serial", "lessee"))
        self.page.put(self.row, self.left + at, word, HEAD)
        for place, head in enumerate(self.heads):
            if head.column in MONEY & {"rent_fen_per_year", "total_fen"}:
                fen = sum(int(each.values.get(head.column) or 0) for each in contracts)
                fen += 100_000 if self.random.random() < 0.1 else 0
                self.page.put(self.row, self.left + place, fen / head.scale, HEAD)
        self.row += 1

    # -- below the table

    def _foot(self, contracts: Sequence[Contract]) -> None:
        self._total("合计", contracts)
        if self.random.random() < 0.6:
            self._line("注：1、本表为演示数据，人名、单位、金额都是编的。", FAINT)
            self._line("（2）面积以实测为准。", FAINT)
        self.page.put(self.row, self.left, "填表人：演示员甲", FAINT)
        self.page.put(self.row, self.left + 3, "审核人：演示员乙", FAINT)
        if self.random.random() < 0.5:
            self.page.put(self.row, self.left + 6, "单位负责人：演示员丙", FAINT)
        self.row += 1
        if self.random.random() < 0.4:
            self.page.put(self.row, self.right - 1, "2026年9月30日", FAINT)

    def _extra_sheets(self) -> None:
        """An index in front, and a hidden sheet from which somebody once made drop-down lists."""
        index, lists = Page("目录"), Page("下拉", hidden=True)
        index.put(1, 1, "目录（演示数据）", TITLE)
        index.put(2, 1, self.layout.sheet)
        index.put(2, 2, f"{len(self.village.contracts)}份，合计{format_money(self._sum())}元")
        lists.put(1, 1, "合同类型", HEAD)
        lists.put(1, 2, "承包方", HEAD)
        for row, word in enumerate(("租赁", "流转", "其他方式承包", "工程"), 2):
            lists.put(row, 1, word)
            lists.put(row, 2, "演示数据")
        self.result.pages[:] = [index, self.page, lists]

    def _sum(self) -> int:
        return sum(each.amount_fen or 0 for each in self.village.contracts) // YUAN * YUAN
