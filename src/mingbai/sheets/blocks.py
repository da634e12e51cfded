"""The rows of one block as typed values. Work goes column by column: a ledger repeats itself, so each distinct cell of a
column is read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mingbai.columns import UNSURE, Column, Problem, Register, Stored, reader, skim
from mingbai.columns import Reading as CellReading
from mingbai.sheets.errors import SheetErrors
from mingbai.sheets.grid import column_letters
from mingbai.sheets.lines import TOTAL
from mingbai.sheets.matching import Mapped, Wish
from mingbai.sheets.readers import RECALCULATE, Readers
from mingbai.sheets.sense import suspects
from mingbai.sheets.tables import NOT_COMPUTED, Block, Table
from mingbai.sheets.wording import DITTO, TWO_COLUMNS, VERBATIM, worded
from mingbai.units import YUAN, Cell, clean_text, is_blank
from mingbai.units.money import TIMES_A_YEAR
from mingbai.units.rooms import count_rooms, price_a_room
from mingbai.units.wording import phrase

_TICKED_NOT = frozenset(("否", "无", "×", "x", "X", "0", "没有", "N", "n"))
_COUNTED_TWICE = frozenset(("money", "area", "count"))
"""Kinds whose merged-down cell is the value of one row only: repeated, it would be added up again."""
_THOUSANDS, _HUNDREDS = re.compile(r"[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}(?:[.][0-9]+)?")
_BARE = re.compile(r"[0-9][0-9,.]*\Z")


@dataclass(slots=True)
class _Also:
    """A value one cell states for another column."""

    place: int
    target: str
    value: Stored
    entry: Mapped
    cell: Cell


class TypedBlock:
    """Types the rows of one block of ``table``. Rows are counted by ``place``, their index in ``block.rows``."""

    def __init__(
        self, table: Table, block: Block, register: Register, wish: Wish, epoch_1904: bool, errors: SheetErrors
    ) -> None:
        self.table = table
        self.grid = table.grid
        self.block = block
        self.register = register
        self.errors = errors
        self.rows = block.rows
        self.lines = [self.grid.rows[row] for row in block.rows]
        self.turned = list(zip(*self.lines, strict=True))
        self.places = {row: place for place, row in enumerate(block.rows)}
        self.values: dict[str, list[Stored]] = {}
        self.bad: dict[str, set[int]] = {}
        """Column → places whose cell has a problem: nothing another cell states may fill it."""
        self.also: list[_Also] = []
        self.columns = {each.index: each for each in block.columns if each.column is not None}
        self.filled_down = self._merged_down()
        self.readers = Readers(
            register,
            block,
            wish,
            epoch_1904,
            {each.index: self._cells(each.index) for each in block.columns if each.role == "unit"},
        )
        self.links: dict[int, list[int]] = {}
        for row, column in sorted(self.grid.external):
            if row - 1 in self.places:
                self.links.setdefault(column - 1, []).append(self.places[row - 1])

    def read(self) -> tuple[dict[str, list[Stored]], list[int]]:
        """(accepted values by column, their 1-based sheet rows)."""
        if not names_records(self.block, self.register):
            return self._unnamed()
        for role in ("value", "again"):
            for entry in self.columns.values():
                if entry.role == role:
                    self._read_column(entry)
        self._read_parts()
        self._unheaded()
        for said in self.also:
            self._apply(said)
        self._question()
        refused = self._refused()
        for place, why in refused.items():
            self._reject(place, why)
        if not refused:
            return self.values, [self.grid.number(row) for row in self.rows]
        kept = [place for place in range(len(self.rows)) if place not in refused]
        return (
            {name: [column[place] for place in kept] for name, column in self.values.items()},
            [self.grid.number(self.rows[place]) for place in kept],
        )

    def totals(self) -> list[dict[str, int]]:
        """The totals printed under the header: 1-based sheet row, and the money of each column that has some."""
        grid, table, below = self.grid, self.table, self.block.header.bottom
        until = min((each.header.top for each in table.blocks if each.header.top > below), default=len(grid.rows))
        lines = [row for row, why in sorted(table.skips.items()) if below < row < until and why.startswith(TOTAL)]
        money = [
            (entry, self.register.by_name[entry.column or ""])
            for entry in self.columns.values()
            if entry.role == "value"
        ]
        readers = (
            [
                (entry.index, column.name, self.readers.of(entry, column))
                for entry, column in money
                if column.kind == "money"
            ]
            if lines
            else []
        )
        said = [{name: read(grid.rows[row][index]).value for index, name, read in readers} for row in lines]
        return [
            {"row": grid.number(row), **{name: fen for name, fen in each.items() if isinstance(fen, int)}}
            for row, each in zip(lines, said, strict=True)
        ]

    # -- cells

    def _cells(self, index: int) -> list[Cell]:
        cells = list(self.turned[index]) if self.turned else []
        for place, cell in self.filled_down.get(index, {}).items():
            cells[place] = cell
        return cells

    def _merged_down(self) -> dict[int, dict[int, Cell]]:
        """Sheet column → place → what a cell merged down from above says there."""
        found: dict[int, dict[int, Cell]] = {}
        rows = self.grid.rows
        wanted = self.columns.keys() | {each.index for each in self.block.columns if each.role == "unit"}
        for top, left, bottom, _ in self.grid.merged:
            index = left - 1
            if bottom == top or index not in wanted or rows[top - 1][index] is None:
                continue
            for row in range(top, bottom):
                place = self.places.get(row)
                if place is not None and rows[row][index] is None:
                    found.setdefault(index, {})[place] = rows[top - 1][index]
        return found

    def _problem(self, place: int, entry: Mapped, cell: Cell, problem: Problem) -> None:
        if entry.column is not None:
            self.bad.setdefault(entry.column, set()).add(place)
        self.errors.note(self.rows[place], entry.index, entry.column, cell, problem)

    # -- whole columns

    def _read_column(self, entry: Mapped) -> None:
        column = self.register.by_name[entry.column or ""]
        cells = self._cells(entry.index)
        repeated: Mapping[int, Cell] = {}
        if column.kind in _COUNTED_TWICE:
            repeated = self.filled_down.get(entry.index, {})
            for place in repeated:
                cells[place] = None
        self._take_out_links(entry, cells)
        self._take_out_dittos(entry, cells)
        values = (
            skim(column, self.readers.unit(entry, column), cells)
            if self.readers.unit_of_row(entry, column) is None
            else None
        )
        left: Sequence[int] = range(len(cells))
        if values is None:
            keys, readings = self.readers.each(entry, column, cells)
            values = [readings[key].value for key in keys]
        else:
            left = [place for place, value in enumerate(values) if value is UNSURE]
            keys, readings = self.readers.each(entry, column, [cells[place] for place in left])
            for place, key in zip(left, keys, strict=True):
                values[place] = readings[key].value
        if entry.role == "value":
            self.values[column.name] = values
        else:  # a second column of the same: what it says fills blanks, and is compared
            said = enumerate(values)
            self.also += [
                _Also(place, column.name, value, entry, cells[place]) for place, value in said if value is not None
            ]
        telling = {key: reading for key, reading in readings.items() if reading.problem or reading.also}
        for place, key in zip(left, keys, strict=True) if telling else ():
            if key in telling:
                reading, cell = telling[key], cells[place]
                by_room = self._by_room(place, column, cell) if reading.problem is not None and column.family else None
                if by_room is not None:
                    self.also.append(_Also(place, *by_room, entry, cell))
                    continue
                if reading.problem is not None:
                    self._problem(place, entry, cell, reading.problem)
                for target, value in reading.also:
                    self.also.append(_Also(place, target, value, entry, cell))
        for place, cell in repeated.items():
            self._counted_once(place, entry, cell)

    def _by_room(self, place: int, column: Column, cell: Cell) -> tuple[str, int] | None:
        """A price by the room, times the rooms the row speaks of: the rent of a year and its column."""
        unit = self.readers.scales.get(column.name, YUAN)
        price = price_a_room(cell, unit)
        yearly = self.register.member(column.family, "", "year")
        times = TIMES_A_YEAR.get((price.time or column.time) if price else "")
        if price is None or times is None or yearly is None:
            return None
        rooms = count_rooms(each for each in self.lines[place] if isinstance(each, str))
        return (yearly.name, price.fen * times * rooms) if rooms is not None else None

    def _take_out_links(self, entry: Mapped, cells: list[Cell]) -> None:
        """Values of formulas that look into other workbooks: as of whenever somebody last opened both."""
        for place in self.links.get(entry.index, ()):
            if cells[place] in (None, NOT_COMPUTED):
                continue
            text = clean_text(cells[place])
            reason = phrase("这一格的公式取自别的工作簿，存着的结果“{text!s}”不知是何时的", text=text)
            self._problem(
                place,
                entry,
                cells[place],
                Problem("external_link", reason, (phrase("核对后直接填写 {text!s}", text=text),)),
            )
            cells[place] = None

    def _take_out_dittos(self, entry: Mapped, cells: list[Cell]) -> None:
        """〃 and 同上: the value above is offered, not taken; after sorting it would be somebody else's."""
        if DITTO.isdisjoint(cells):
            return
        above: Cell = None
        for place, cell in enumerate(cells):
            if cell not in DITTO:
                above = cell if not is_blank(cell) else above
                continue
            text = clean_text(above)
            reason = (
                phrase("“{cell!s}”是“同上”，上面写的是“{text!s}”", cell=clean_text(cell), text=text)
                if text
                else phrase("“{cell!s}”上面没有内容", cell=clean_text(cell))
            )
            self._problem(place, entry, cell, Problem("doubt", reason, (text or phrase("填写这一格自己的内容"),)))
            cells[place] = None

    def _counted_once(self, place: int, entry: Mapped, cell: Cell) -> None:
        reason = phrase("这一格与上面的行合并，“{cell!s}”只记在合并的第一行，免得重复计算", cell=clean_text(cell))
        self._problem(
            place,
            entry,
            cell,
            Problem("doubt", reason, (phrase("拆开合并，各行分别填写"), phrase("这一行没有，就留空"))),
        )

    # -- values made of several columns

    def _read_parts(self) -> None:
        groups: dict[str, list[Mapped]] = {}
        for entry in self.columns.values():
            if entry.role == "part" and entry.column:
                groups.setdefault(entry.column, []).append(entry)
        for name, members in groups.items():
            column = self.register.by_name[name]
            cells = {entry.index: self._cells(entry.index) for entry in members}
            for entry in members:
                self._take_out_dittos(entry, cells[entry.index])
            if column.kind == "choice":
                self.values[name] = [self._ticked(place, members, cells) for place in range(len(self.rows))]
            elif column.kind in ("date", "area"):
                read = reader(column, self.register, None, self.readers.epoch_1904)
                self.values[name] = [self._pieces(place, members, cells, read) for place in range(len(self.rows))]
            else:
                self.values[name] = [self._bounds(place, members, cells) for place in range(len(self.rows))]

    def _ticked(self, place: int, members: list[Mapped], cells: dict[int, list[Cell]]) -> Stored:
        ticked = [
            entry
            for entry in members
            if not is_blank(cells[entry.index][place]) and clean_text(cells[entry.index][place]) not in _TICKED_NOT
        ]
        words = list(dict.fromkeys(entry.part for entry in ticked))
        if len(words) > 1:
            entry = ticked[1]
            reason = phrase("同时勾了{words!s}，只能选一个", words="和".join(words))
            self._problem(place, entry, cells[entry.index][place], Problem("doubt", reason, tuple(words)))
            return None
        return words[0] if words else None

    def _pieces(
        self, place: int, members: list[Mapped], cells: dict[int, list[Cell]], read: Callable[[Cell], CellReading]
    ) -> Stored:
        said = {
            entry.part: clean_text(cells[entry.index][place])
            for entry in members
            if not is_blank(cells[entry.index][place])
        }
        if not said:
            return None
        text = "".join(f"{said[part].removesuffix(part)}{part}" for part in "年月日亩分厘" if part in said)
        reading = read(text)
        if reading.problem is not None:
            self._problem(place, members[0], text, reading.problem)
        return reading.value

    def _bounds(self, place: int, members: list[Mapped], cells: dict[int, list[Cell]]) -> Stored:
        said: list[str] = []
        for direction in "东南西北":
            for entry in members:
                cell = cells[entry.index][place]
                if entry.part == direction and cell == NOT_COMPUTED:
                    self._problem(place, entry, cell, RECALCULATE)
                elif entry.part == direction and not is_blank(cell):
                    said.append(f"{direction}至{clean_text(cell).removeprefix(direction).lstrip('至:')}")
        return ",".join(said) or None

    # -- cells under no heading

    def _unheaded(self) -> None:
        """One error to each column that has something in it and no heading; where a comma has torn a number in two, the number
        and whatever stands right of it is not believed."""
        headed = {each.index for each in self.block.columns}
        for index, cells in enumerate(self.turned):
            if index in headed or index in self.errors.unheaded:
                continue
            places = [place for place, cell in enumerate(cells) if not is_blank(cell)]
            if not places or (index < min(headed) and _runs_on([cells[place] for place in places])):
                continue
            torn = [whole for place in places if index > max(headed) and (whole := self._torn(place, index))]
            self.errors.unheaded.add(index)
            gaps = {
                "letter": column_letters(index + 1),
                "row": self.grid.number(self.rows[places[0]]),
                "text": clean_text(cells[places[0]]),
            }
            reason = (
                phrase("{letter!s}列没有表头，第{row!s}行写着“{text!s}”，没有取", **gaps)
                if len(places) == 1
                else (
                    phrase(
                        "{letter!s}列没有表头，第{row!s}行写着“{text!s}”，连同下面共 {count!s} 格都没有取",
                        **gaps,
                        count=len(places),
                    )
                )
            )
            mends = [
                phrase("补写这一列的表头；不要的内容请删去"),
                *(phrase("千分位逗号把一个数拆开的，请改成 {whole!s}", whole=whole) for whole in torn[:1]),
            ]
            self.errors.note(
                self.rows[places[0]], index, None, cells[places[0]], Problem("missing_column", reason, tuple(mends))
            )

    def _torn(self, place: int, end: int) -> str:
        """The number a comma has torn in a row that is longer than its heading (``1,050`` as 1 and 050), "" where none is."""
        line = self.lines[place]
        kinds = {
            each.index: self.register.by_name[each.column or ""].kind
            for each in self.columns.values()
            if each.role == "value"
        }
        for at in range(end):
            left, right = line[at], line[at + 1]
            if kinds.get(at) not in ("money", "area") or not _THOUSANDS.fullmatch(clean_text(left)):
                continue
            rest = f"{right:03}" if type(right) is int and at + 1 == end and 0 <= right < 1000 else right
            if not isinstance(rest, str) or not _HUNDREDS.fullmatch(rest.strip()):
                continue
            whole = f"{clean_text(left)}{rest.strip()}"
            for entry in self.columns.values():
                name = entry.column or ""
                if entry.index < at or is_blank(line[entry.index]) or name not in self.values:
                    continue
                told = place in self.bad.get(name, ())
                self.values[name][place] = None
                self.also = [said for said in self.also if (said.place, said.entry.index) != (place, entry.index)]
                if entry.index == at:
                    reason = phrase(
                        "“{left!s}”和右边的“{right!s}”像是一个数，被千分位逗号拆开了",
                        left=clean_text(left),
                        right=clean_text(right),
                    )
                    self._problem(place, entry, left, Problem("doubt", reason, (whole, clean_text(left))))
                elif not told:
                    reason = phrase("左边的数被千分位逗号拆开，这一格跟着错开了一格")
                    self._problem(
                        place, entry, line[entry.index], Problem("doubt", reason, (clean_text(line[entry.index + 1]),))
                    )
            return whole
        return ""

    # -- rows

    def _apply(self, said: _Also) -> None:
        """Fills a blank with what another cell states; a stated other value is kept, and the clerk is told."""
        column = self.values.setdefault(said.target, [None] * len(self.rows))
        stated = column[said.place]
        if stated is None:
            if said.place not in self.bad.get(said.target, ()):
                column[said.place] = said.value
        elif stated != said.value:
            title = self.register.by_name[said.target].title
            reason = phrase(
                "这一格说的{title}是 {register!s}，“{title2}”栏写的是 {register2!s}，按该栏取",
                title=title,
                register=shown(self.register, said.target, said.value),
                title2=title,
                register2=shown(self.register, said.target, stated),
            )
            self.errors.note(
                self.rows[said.place],
                said.entry.index,
                said.entry.column,
                said.cell,
                Problem("doubt", reason, (phrase("对照合同原件，把两处改成一致"),)),
            )

    def _question(self) -> None:
        """Takes back what cannot be meant beside the other values, and asks."""
        for name, place, problem in suspects(self.register, self.values, self.readers.scales, self._may_be_asked):
            self.values[name][place] = None
            entry, cell = self._source(name, place)
            self.bad.setdefault(name, set()).add(place)
            self.errors.note(self.rows[place], entry.index, name, cell, problem)

    def _may_be_asked(self, name: str, place: int) -> bool:
        """Whether a cell leaves anything open: what is marked as meant so, or writes its own unit, does not."""
        cell = self._source(name, place)[1]
        if isinstance(cell, str) and cell.startswith(VERBATIM):
            return False
        return self.register.by_name[name].kind != "money" or _BARE.match(clean_text(cell)) is not None

    def _source(self, name: str, place: int) -> tuple[Mapped, Cell]:
        """The cell a value comes from: of its own column, or of another that states it."""
        for entry in self.columns.values():
            if entry.column == name and entry.role in ("value", "part"):
                cell = self.filled_down.get(entry.index, {}).get(place, self.lines[place][entry.index])
                if not is_blank(cell):
                    return entry, cell
        said = next(each for each in self.also if (each.target, each.place) == (name, place))
        return said.entry, said.cell

    def _refused(self) -> dict[int, str]:
        """Places of rows that lack what makes them a record, with the sentence why."""
        refused: dict[int, str] = {}
        empty: list[Stored] = [None] * len(self.rows)
        for group in self.register.required:
            lists = [self.values.get(name, empty) for name in group]
            titles = "、".join(self.register.by_name[name].title for name in group)
            for place, said in enumerate(zip(*lists, strict=True)):
                if place in refused or any(value is not None for value in said):
                    continue
                if any(place in self.bad.get(name, ()) for name in group):
                    refused[place] = phrase("“{titles}”有疑点，要有人选定才能收", titles=titles)
                    continue
                refused[place] = f"“{titles}”{'都' if len(group) > 1 else ''}没有填"
                entry = next(each for name in group for each in self.block.columns if each.column == name)
                self._problem(
                    place,
                    entry,
                    None,
                    Problem(
                        "missing",
                        phrase("{refused}，认不出是哪一份合同", refused=refused[place])
                        if self.register.name == "contracts"
                        else refused[place],
                        (phrase("补填这一格；若与上一行合并，请写明"), phrase("不是记录的行请删去")),
                    ),
                )
        return refused

    def _reject(self, place: int, why: str) -> None:
        self.errors.reject(self.rows[place], {each.index: each.header for each in self.block.columns}, why)

    def _unnamed(self) -> tuple[dict[str, list[Stored]], list[int]]:
        """No heading gives a record its name: one error at the header, every row rejected."""
        titles = "”或“".join(self.register.by_name[name].title for group in self.register.required for name in group)
        top = self.block.header.top
        index = min(self.block.header.paths, default=0)
        headers = "、".join(each.header for each in self.block.columns if each.column is None)[:120]
        if not any(each.note == TWO_COLUMNS for each in self.block.columns):
            problem = Problem(
                "missing_column",
                phrase("表头里没有认出“{titles}”", titles=titles),
                (phrase("改正表头，或用对照文件写明哪一栏是"),),
            )
            self.errors.note(top, index, None, headers, problem)
        for place in range(len(self.rows)):
            self._reject(place, phrase("表头里没有认出“{titles}”", titles=titles))
        return {}, []


def names_records(block: Block, register: Register) -> bool:
    return not register.required or any(each.column in register.required_names for each in block.columns)


def _runs_on(cells: Sequence[Cell]) -> bool:
    """Whether cells without a heading only number the lines."""
    texts = [clean_text(cell).strip("().、") for cell in cells]
    return all(text.isdecimal() and text.isascii() and len(text) < 6 for text in texts) and len(set(texts)) == len(
        texts
    )


def shown(register: Register, name: str, value: Stored) -> str:
    """A stored value as a clerk would write it."""
    return clean_text(worded(register.by_name[name], value))
