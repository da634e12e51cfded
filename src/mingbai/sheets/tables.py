"""A sheet laid out: which rows are heads, which are data, and why every other row is neither.

A ledger page is more than its table: title, 填报单位, sub-headings, the header again after a blank line, 小计, 合计,
notes, signers. Each of these rows is skipped with its reason, so that rows read = accepted + rejected + skipped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from mingbai.columns import Register, reader
from mingbai.limits import Limits
from mingbai.sheets.cards import Cards
from mingbai.sheets.grid import Grid, clipped
from mingbai.sheets.headers import Header, Headers, holds, numbers_columns
from mingbai.sheets.headings import Headings, headings_of
from mingbai.sheets.lines import LABELLED, Lines
from mingbai.sheets.matching import Mapped, Matcher, Wish, sheet_units, squeezed
from mingbai.sheets.wording import CARD, NO_DATA_SHEETS
from mingbai.units import Cell, clean_text
from mingbai.units.wording import phrase

SAMPLE = 40
"""Cells looked at below a heading, for evidence."""
_TITLE_LENGTH = 14
"""A heading of a table nobody knows is no longer."""
_NUMERALS = frozenset("一二三四五六七八九十百()（）.、")
_UNSTATED = re.compile("不[详明清知]|[待另面][定议]|协商|口头|实物|[见详同如][合附备上]|免[租费]")
"""What a record says where it has no number: no heading."""


@dataclass(slots=True)
class Block:
    """Data rows under one header. ``rows`` are 0-based sheet rows; units are what the lines above the header say."""

    header: Header
    columns: list[Mapped]
    money_unit: str = ""
    area_unit: str = ""
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A sheet laid out. ``skips``: 0-based row → why. ``read`` counts rows with anything in them."""

    grid: Grid
    blocks: list[Block]
    skips: dict[int, str]
    read: int
    note: str = ""
    kind: str = "table"
    """``table``, or ``card``: label and value beside each other, a record to a card."""
    notes: list[str] = field(default_factory=list)
    """What was left aside on this sheet, where, and how to have it taken."""


def lay_out(
    grid: Grid, register: Register, limits: Limits, wish: Wish | None = None, before: Table | None = None
) -> Table:
    """Finds the tables of a sheet. Never raises on content: a sheet without a header is skipped whole, with a note, unless it
    goes on with the table ``before`` it: as wide, with the same kinds of values in its columns."""
    return _Layout(grid, headings_of(register), limits, wish or Wish()).run(before)


def lay_out_cards(cards: Cards, above: Sequence[str], wish: Wish | None = None) -> Table:
    """The records of cards as the rows of a table; ``above``: texts that may state units."""
    grid = cards.grid
    paths = dict(enumerate(cards.labels))
    matcher = Matcher(
        cards.headings, wish or Wish(), lambda index: [row[index] for row in grid.rows[1:] if holds(row[index])]
    )
    money, area = sheet_units(list(above))
    block = Block(
        Header(0, 0, paths, float(len(paths))), matcher.match(paths), money, area, list(range(1, len(grid.rows)))
    )
    return Table(grid, [block], dict(cards.skips), cards.read, kind="card")


def left_out(grid: Grid, why: str, limits: Limits) -> Table:
    """A piece nothing is taken from, every row skipped with the reason."""
    grid = standing(grid, limits)
    skips = {row: why for row, cells in enumerate(grid.rows) if any(map(holds, cells))}
    return Table(grid, [], skips, len(skips), why)


NO_HEADER = phrase("没有认出表头")
"""The note on a sheet without a header that goes on with nothing."""
NOT_COMPUTED = "#未计算"
"""Stands in a cell whose formula has no cached value: the row is not empty, but nobody knows what it says."""


def standing(grid: Grid, limits: Limits) -> Grid:
    """The grid with every row as wide as the widest, and formulas nobody computed marked as such."""
    rows = grid.rows
    reach = [(row, column) for row, column in grid.uncached if row <= limits.rows and column <= limits.columns]
    height = max([len(rows), *(row for row, _ in reach)], default=0)
    width = max([*map(len, rows), *(column for _, column in reach)], default=0)
    if height * width > limits.cells:
        return grid
    if reach or any(len(row) != width for row in rows):
        rows = [row + [None] * (width - len(row)) for row in rows]
        rows += [[None] * width for _ in range(height - len(rows))]
        for row, column in reach:
            rows[row - 1][column - 1] = NOT_COMPUTED
    return replace(grid, rows=rows, merged=clipped(grid.merged, rows))


class _Layout:
    def __init__(self, grid: Grid, headings: Headings, limits: Limits, wish: Wish) -> None:
        grid = standing(grid, limits)
        self.grid = grid
        self.headings = headings
        self.limits = limits
        self.wish = wish
        self.headers = Headers(grid, headings)
        # ``holds``, written out for every cell of the file: a call for each would take three times as long.
        self.filled = [
            [index for index, cell in enumerate(row) if cell is not None and (type(cell) is not str or cell.strip())]
            for row in grid.rows
        ]
        self.skips: dict[int, str] = {}
        self.blocks: list[Block] = []
        self.notes: list[str] = []
        self.known: set[Cell] = set(headings.words)
        self.evidence: tuple[Header, list[int]] | None = None
        self.lines = Lines((), headings.register)
        self.wide = {(top - 1, left - 1): right - left + 1 for top, left, _, right in grid.merged if right > left}

    def run(self, before: Table | None = None) -> Table:
        read = sum(1 for filled in self.filled if filled)
        if self.grid.name.strip() in self.wish.skipped:
            return self._nothing(read, phrase("对照文件写明不读这张表"))
        if self.grid.hidden:
            return self._nothing(read, phrase("隐藏工作表"))
        if self.grid.name.strip() in NO_DATA_SHEETS:
            return self._nothing(read, phrase("“{strip!s}”不是数据表", strip=self.grid.name.strip()))
        header = self._first_header()
        if self.headers.is_card(header.bottom + 1 if header else self.limits.header_rows_searched):
            return self._nothing(read, CARD)
        if header is not None:
            self._open(header, 0)
            row = self._after(header)
        elif before is not None and before.blocks and self._goes_on(before.blocks[-1]):
            last = before.blocks[-1]
            self.blocks.append(replace(last, header=replace(last.header, top=-1, bottom=-1), rows=[]))
            self.lines = Lines(last.columns, self.headings.register)
            self.notes.append(
                phrase(
                    "工作表“{home!s}”没有表头，栏数和内容都接得上前面的“{name!s}”，按它的表头读：请核对；不是同一张表的，请补上表头",
                    home=self.grid.home,
                    name=before.grid.name,
                )
            )
            row = 0
        else:
            return self._nothing(read, NO_HEADER)
        other = ""  # the headings of another table, while its rows go by
        while row < len(self.grid.rows):
            if not self.filled[row]:
                row += 1
                continue
            again = self._header_again(row)
            if again is not None and not self._is_anothers(again, bool(other)):
                self._open(again, row)
                row, other = self._after(again), ""
                continue
            if not other and (again is not None or self._begins_another(row)):
                other = self._leave_another(row)
            if other:
                self.skips[row] = phrase("另一张表，不是这张台账的记录：{other!s}", other=other)
            else:
                self._place(row)
            row += 1
        data = sum(len(block.rows) for block in self.blocks)
        if read != data + len(self.skips):
            raise AssertionError(f"{self.grid.name}: {read} rows read, {data} data, {len(self.skips)} skipped")
        return Table(self.grid, self.blocks, self.skips, read, notes=self.notes)

    def _nothing(self, read: int, why: str) -> Table:
        skips = {row: why for row, filled in enumerate(self.filled) if filled}
        return Table(self.grid, [], skips, read, why)

    # -- headers

    def _first_header(self) -> Header | None:
        wanted = self.wish.rows.get(self.grid.name.strip(), self.wish.rows.get("*"))
        if wanted is not None:
            row = wanted - 1
            return self.headers.at(row, row, fixed=True) if row < len(self.grid.rows) and self.filled[row] else None
        return self.headers.find(0, self.limits.header_rows_searched)

    def _header_again(self, row: int) -> Header | None:
        cells = self.grid.rows[row]
        if self.known.isdisjoint(cells):
            return None
        known = sum(1 for index in self.filled[row] if cells[index] in self.known)
        if known < 2 or not self.headers.is_candidate(row, least=min(3.0, 0.5 * self.blocks[0].header.weight)):
            return None
        look = self.headers.look(row)
        if len(look.columns) < 2 or 2 * look.weight < len(look.filled):
            return None
        return self.headers.at(row, row)

    def _open(self, header: Header, start: int) -> None:
        """Begins a block: everything above that belongs to nothing is its title."""
        above = [row for row in range(start, header.top) if self.filled[row]]
        for row in above:
            self.skips[row] = self._title(row, first=row == above[0])
        again = bool(self.blocks)
        for row in range(header.top, header.bottom + 1):
            if self.filled[row]:
                self.skips[row] = phrase("重复的表头") if again else "表头"
            self.known.update(cell for cell in self.grid.rows[row] if isinstance(cell, str))
        if again and header.paths == self.blocks[-1].header.paths:
            columns = self.blocks[-1].columns
        else:
            columns = Matcher(self.headings, self.wish, lambda index: self._below(header, index)).match(header.paths)
        money, area = sheet_units(self._lines_above(header.top))
        if again:
            money, area = money or self.blocks[-1].money_unit, area or self.blocks[-1].area_unit
        self.blocks.append(Block(header, columns, money, area))
        self.lines = Lines(columns, self.headings.register)

    def _after(self, header: Header) -> int:
        row = header.bottom + 1
        if row < len(self.grid.rows) and numbers_columns(self.grid.rows[row]):
            self.skips[row] = "栏号行"
            row += 1
        return row

    def _title(self, row: int, first: bool) -> str:
        text = self._text(row)
        if any(LABELLED.match(squeezed(str(self.grid.rows[row][index]))) for index in self.filled[row]):
            return phrase("表头以上的填报信息：{text!s}", text=text)
        return f"标题：{text}" if first or len(self.filled[row]) == 1 else phrase("表头以上的文字：{text!s}", text=text)

    def _lines_above(self, top: int) -> list[str]:
        """Texts of the lines over a header, the nearest first, back to the last data row."""
        data = {row for block in self.blocks for row in block.rows[-1:]}
        lines = []
        for row in range(top - 1, max(-1, top - 1 - self.limits.header_rows_searched), -1):
            if row in data:
                break
            lines += [clean_text(self.grid.rows[row][index]) for index in self.filled[row]]
        return lines

    def _below(self, header: Header, index: int) -> list[Cell]:
        """Cells of a column in rows that look like records: as evidence, totals and notes would mislead."""
        if self.evidence is None or self.evidence[0] is not header:
            least = min(2, 0.3 * len(header.paths))
            first = header.bottom + 1
            rows = [
                row
                for row in range(first, min(len(self.grid.rows), first + 2 * SAMPLE))
                if len(self.filled[row]) > least and not self._is_furniture(self.grid.rows[row])
            ]
            self.evidence = header, rows
        cells = (self.grid.rows[row][index] for row in self.evidence[1])
        return list(islice(filter(holds, cells), SAMPLE))

    def _is_furniture(self, line: list[Cell]) -> bool:
        return any(
            isinstance(cell, str) and (cell in self.known or "计" in cell) for cell in line[:4]
        ) or numbers_columns(line)

    # -- a table that goes on

    def _goes_on(self, block: Block) -> bool:
        """Whether the rows of a sheet without a header are records of the table before it: as wide, most of their cells values
        of the columns they stand in, a name among them that is one, and numbers or dates where that has them."""
        columns = {each.index: each for each in block.columns}
        names = self.headings.register.required_names
        typed = {
            index
            for index, each in columns.items()
            if each.role == "serial" or (each.column and self.headings.register.by_name[each.column].kind != "text")
        }
        lines = Lines(block.columns, self.headings.register)
        rows = [
            row
            for row, filled in enumerate(self.filled[: 2 * SAMPLE])
            if 2 * len(filled) >= len(columns)
            and len(filled) > 1
            and lines.why_skip(self.grid.rows[row], filled) is None
        ]
        if not rows or len(columns) < 3 or any(index not in columns for row in rows for index in self.filled[row]):
            return False
        fits = cells = named = telling = 0
        for row in rows:
            for index in self.filled[row]:
                cell = self.grid.rows[row][index]
                strange = self._is_strange(columns[index], cell)
                named += columns[index].column in names and not strange
                if index in typed:
                    cells, fits = cells + 1, fits + (not strange)
                    telling += not strange and any(map(str.isdigit, clean_text(cell)))
        return 10 * named >= 8 * len(rows) and 10 * fits >= 8 * cells and telling >= 2 * len(rows)

    # -- another table under this one

    def _title_over(self, row: int) -> int | None:
        """The lone text a row stands under, -1 where it stands under a gap, None where a row of the table is right above."""
        above = row - 1
        while above >= 0 and not self.filled[above]:
            above -= 1
        if (
            above > self.blocks[-1].header.bottom
            and len(self.filled[above]) == 1
            and isinstance(self.grid.rows[above][self.filled[above][0]], str)
        ):
            return above
        return -1 if above < row - 1 else None

    def _is_anothers(self, header: Header, within: bool) -> bool:
        """Whether a heading row further down is another table's: it names no record, as the one above does."""
        names = self.headings.register.required_names
        said = set().union(*(self.headers.look(row).columns for row in range(header.top, header.bottom + 1)))
        named = any(each.column in names for each in self.blocks[0].columns)
        return named and not said & names and (within or self._title_over(header.top) is not None)

    def _begins_another(self, row: int) -> bool:
        """Whether a row of short words heads a table of its own: after a gap or a title where most of them are no values of the
        columns they stand under, else where hardly any is. A ledger that merely goes on has its numbers there."""
        filled, cells = self.filled[row], self.grid.rows[row]
        if len(filled) < 3 or not self.blocks[-1].rows or any(not isinstance(cells[index], str) for index in filled):
            return False
        if self.lines.why_skip(cells, filled, self._reach(row)) is not None or any(
            ":" in clean_text(cells[index]) for index in filled
        ):
            return False  # signers, notes
        title = self._title_over(row)
        texts = [clean_text(cells[index]) for index in filled]
        if len(set(texts)) < len(texts) or any(
            len(text) > _TITLE_LENGTH or any(map(str.isdigit, text)) or _UNSTATED.search(text) for text in texts
        ):
            return False
        if (title is None or title < 0) and not any(
            any(map(str.isdigit, clean_text(cell)))
            for below in self.grid.rows[row + 1 : row + 3]
            for cell in below
            if holds(cell)
        ):
            return False
        columns = {each.index: each for each in self.blocks[-1].columns}
        odd = {index: self._is_strange(columns[index], cells[index]) for index in filled if index in columns}
        if any(columns[index].role == "serial" and not strange for index, strange in odd.items()):
            return False
        strange = sum(odd.values())
        if title is None:  # right under a record: hardly anything may fit
            return strange > 2 and 3 * strange > 2 * len(filled)
        telling = sum(
            self._tells(columns[index]) for index in odd
        )  # under a name or a heading nobody knows any words may stand
        return strange > 1 and (
            2 * strange > len(filled) or strange == telling or (title >= 0 and 2 * strange == len(filled))
        )

    def _tells(self, entry: Mapped) -> bool:
        """Whether the values of a column are of a kind that words are not."""
        column = self.headings.register.by_name.get(entry.column or "")
        return entry.role == "serial" or (column is not None and entry.role != "part" and column.kind != "text")

    def _is_strange(self, entry: Mapped, cell: Cell) -> bool:
        """Whether a cell is no value of the column it stands in."""
        text = squeezed(str(cell))
        if entry.role == "serial":
            return not text.isdecimal() and not set(text) <= _NUMERALS
        column = self.headings.register.by_name.get(entry.column or "")
        if column is None or entry.role == "part":
            return False
        problem = reader(column, self.headings.register)(cell).problem
        asked = (
            problem is not None and problem.kind == "doubt" and column.kind != "text" and any(map(str.isdigit, text))
        )  # 约40
        return problem is not None and problem.kind != "in_kind" and not asked

    def _leave_another(self, row: int) -> str:
        """Takes nothing from here on, and says so; the headings of the table that begins."""
        heads = "、".join(clean_text(self.grid.rows[row][index]) for index in self.filled[row])[:60]
        title = self._title_over(row)
        if title is not None and title in self.blocks[-1].rows:
            self.blocks[-1].rows.remove(title)
            self.skips[title] = f"标题：{self._text(title)}"
        self.notes.append(
            phrase(
                "工作表“{home!s}”第{row!s}行起是另一张表（{heads!s}），没有收：要收，请另选那种台账再交一次，或把它单独存成一张表",
                home=self.grid.home,
                row=self.grid.number(row),
                heads=heads,
            )
        )
        return heads

    # -- rows under a header

    def _place(self, row: int) -> None:
        why = self.lines.why_skip(self.grid.rows[row], self.filled[row], self._reach(row))
        if why is None:
            self.blocks[-1].rows.append(row)
            return
        self.skips[row] = why
        if why.startswith("填报信息"):
            self._measure_anew(row)

    def _measure_anew(self, row: int) -> None:
        """单位:万元 between the rows: from here on the same columns count in another unit."""
        block = self.blocks[-1]
        money, area = sheet_units([clean_text(self.grid.rows[row][index]) for index in self.filled[row]])
        if (money and money != block.money_unit) or (area and area != block.area_unit):
            self.blocks.append(Block(block.header, block.columns, money or block.money_unit, area or block.area_unit))

    def _reach(self, row: int) -> int:
        """How many columns the row's first cell is merged over."""
        return self.wide.get((row, self.filled[row][0]), 1)

    def _text(self, row: int) -> str:
        text = " ".join(clean_text(self.grid.rows[row][index]) for index in self.filled[row])
        return text if len(text) <= 60 else f"{text[:58]}…"
