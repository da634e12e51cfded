"""Cards 卡片: label and value beside each other (``合同编号 | HT-1 | 签定日期 | 2003-1-1``), one record to a card.

A sheet holds one card or several, one below the other, often above a table of payments; or the labels stand once in
the first column and the records beside each other. Each record becomes a row; each value keeps the cell it came from.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, pairwise

from mingbai.sheets.grid import Grid
from mingbai.sheets.headers import Headers, holds
from mingbai.sheets.headings import HEADING_LENGTH, Headings, heading
from mingbai.units import Cell, clean_text
from mingbai.units.wording import phrase

LABELS, ROWS = 4, 2
"""A card has at least so many labels in so many rows, or three labels in three rows."""
_BOXES = 4
"""So many single characters under one label are a number written into boxes."""
_NUMBER, _MEASURE = re.compile("[0-9][0-9.,]*"), re.compile("[百千万亿]?[元亩分平年月日公至到号户人个左以约余]")
_Path = tuple[str, ...]


@dataclass(slots=True)
class _Said:
    """A label with its value: where both stand (0-based), and the label with its owner above it."""

    path: _Path
    column: str
    row: int
    at: int
    value: Cell


@dataclass(slots=True)
class _Record:
    said: dict[_Path, _Said] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    number: int = 0


@dataclass(slots=True)
class Cards:
    """The cards of a sheet. ``grid``: row 0 the labels, then a row to each record; ``skips`` in true 0-based rows."""

    headings: Headings
    grid: Grid
    labels: tuple[_Path, ...]
    skips: dict[int, str]
    rest: set[int]
    """Rows with content that belong to no card."""
    read: int

    @classmethod
    def find(cls, grid: Grid, headings: Headings) -> Cards | None:
        """The cards of a grid, or None where it is none."""
        return _Search(grid, headings).run()

    @classmethod
    def beside(cls, grid: Grid, headings: Headings) -> list[int]:
        """Columns where the second and further of cards beside each other begin; [] where none do."""
        return _Search(grid, headings).beside()

    def leave(self, rows: Collection[int]) -> None:
        """These rows are counted elsewhere."""
        self.read -= sum(1 for row in rows if self.skips.pop(row, None) is not None)


class _Search:
    def __init__(self, grid: Grid, headings: Headings) -> None:
        self.grid = grid
        self.headings = headings
        self.register = headings.register
        self.headers = Headers(grid, headings)

    @cached_property
    def filled(self) -> list[list[int]]:
        """The places of each row that have something in them."""
        return [[place for place, cell in enumerate(row) if holds(cell)] for row in self.grid.rows]

    def run(self) -> Cards | None:
        if not self._may_be():
            return None
        if all(len(filled) <= 1 for filled in self.filled):
            lines = self._one_a_line()
            if lines is not None:
                return lines
        sideways = self._sideways()
        if sideways is not None:
            return sideways
        rows = {row: said for row in range(len(self.grid.rows)) if (said := self._card_row(row))}
        records = self._records(rows)
        records = [each for each in records if self._is_card(each)]
        if not records:
            return None
        return self._laid_out(records)

    def _may_be(self) -> bool:
        """A quick look: a card begins near the top, and its first cells are labels in several rows."""
        first = (islice(filter(holds, row), 2) for row in islice(self.grid.rows, 60))
        return sum(any(map(self._is_exact, cells)) for cells in first) >= ROWS

    def _is_exact(self, cell: Cell) -> bool:
        if not isinstance(cell, str) or len(cell) > 4 * HEADING_LENGTH:
            return False
        return self.headings.exact(heading(clean_text(cell).partition(":")[0]).bare) is not None

    # -- one row

    def _label(self, row: int, place: int) -> str:
        """The column a cell names, "" where it is no label."""
        cell = self.headers.cell(row, place)
        if not isinstance(cell, str) or len(cell) > HEADING_LENGTH or any(map(str.isdigit, cell)):
            return ""
        match = self.headings.match(heading(cell).bare)
        return match.column.name if match is not None and match.confidence >= 0.7 else ""

    def _inline(self, row: int, place: int) -> tuple[str, str, str] | None:
        """``承包方：张三`` in one cell: label, column and value."""
        text = clean_text(self.headers.cell(row, place))
        label, colon, value = text.partition(":")
        if not colon or not value.strip() or len(label) > HEADING_LENGTH:
            return None
        match = self.headings.match(heading(label).bare)
        if match is None or match.confidence < 0.7:
            return None
        return label.strip(), match.column.name, value.strip()

    def _card_row(self, row: int) -> list[_Said]:
        """Labels and values of a row, [] where it is no row of a card."""
        filled = self.filled[row]
        if not filled:
            return []
        inline = [(place, found) for place in filled if (found := self._inline(row, place)) is not None]
        if inline and len(inline) == len(filled):
            return [_Said((label,), column, row, place, value) for place, (label, column, value) in inline]
        labels = [place for place in filled if self._label(row, place)]
        if not labels or labels[0] != filled[0]:
            return []
        answered = 0
        said: list[_Said] = []
        width = len(self.grid.rows[row])
        for place, end in pairwise([*labels, width]):
            values = [at for at in filled if place < at < end]
            cells = [self.grid.rows[row][at] for at in values]
            text = clean_text(self.grid.rows[row][place]).rstrip(":")
            column = self._label(row, place)
            if not values:
                if end == place + 1 and end < width:
                    return []  # two labels touching: a header
                said.append(_Said((text,), column, row, min(place + 1, width - 1), None))
                continue
            answered += 1
            value = cells[0]
            if len(cells) > 1:
                if self._pairs(cells):
                    # the known label has the first, what follows are labels nobody knows, with theirs
                    said.append(_Said((text,), column, row, values[0], value))
                    said += [
                        _Said((clean_text(cells[at]).rstrip(":"),), "", row, values[at + 1], cells[at + 1])
                        for at in range(1, len(values) - 1, 2)
                    ]
                    continue
                value = self._joined(text, column, [clean_text(cell) for cell in cells])
            said.append(_Said((text,), column, row, values[0], value))
        return said if answered and 2 * answered >= len(labels) else []

    def _joined(self, label: str, column: str, texts: list[str]) -> str:
        """Cells under one label as one text: ``10`` and ``亩``, 2015 年 3 月, digits each in a box of its own. Two numbers beside
        each other are never made one: they are written so that their column asks which is meant."""
        known = self.register.by_name.get(column)
        glued = any(left[-1:].isdigit() and right[:1].isdigit() for left, right in pairwise(texts))
        boxes = len(texts) >= _BOXES and all(len(text) == 1 for text in texts)
        if not glued or boxes or (known is not None and known.kind in ("identity", "phone")):
            return "".join(texts)
        unit = heading(label).unit if known is not None and known.kind == "area" else ""
        if all(_NUMBER.fullmatch(text) for text in texts) and known is not None and known.kind != "text":
            return "、".join(f"{text}{unit}" for text in texts)
        return " ".join(texts)

    def beside(self) -> list[int]:
        """Columns where cards beside each other begin anew: the first label of a row stands there again, row after row. A
        telephone under either party (甲方 | … | 乙方 | …, below it 电话 | … | 电话 | …) begins no card."""
        if not self._may_be():
            return []
        labels: list[list[tuple[int, str]]] = []
        for row in range(len(self.grid.rows)):
            if self._card_row(row):
                said = ((place, self._inline(row, place)) for place in self.filled[row])
                labels.append(
                    [
                        (place, found[0] if found else heading(self.grid.rows[row][place]).bare)
                        for place, found in said
                        if found or self._label(row, place)
                    ]
                )
        starts = [tuple(place for place, text in line if text == line[0][1]) for line in labels]
        found = max((each for each in starts if len(each) > 1), key=starts.count, default=())
        twice = [line for line, each in zip(labels, starts, strict=True) if each == found]
        if not found or any(
            each != found and line[-1][0] >= found[1] for line, each in zip(labels, starts, strict=True)
        ):
            return []
        last = sum(1 for line in twice for place, _ in line if place >= found[-1])
        return list(found[1:]) if last >= LABELS or (last >= 3 and len(twice) >= 3) else []

    def _pairs(self, cells: list[Cell]) -> bool:
        """张三 | 经办 | 李四, 1000 | 口粮田 | 3: a value, then an unknown label with its own value. What goes on with a number (亩,
        年初) is no label."""
        labels = [clean_text(cell) if isinstance(cell, str) else "" for cell in cells[1::2]]
        if len(cells) % 2 == 0 or any(len(label) < 2 or any(map(str.isdigit, label)) for label in labels):
            return False
        return all(isinstance(cell, str) for cell in cells) or not any(_MEASURE.match(label) for label in labels)

    # -- records

    def _records(self, rows: dict[int, list[_Said]]) -> list[_Record]:
        telling = self.register.required_names | {
            column.name for column in self.register.columns if column.name.endswith("_no") and column.kind == "text"
        }
        records: list[_Record] = []
        now: _Record | None = None
        for row, said in rows.items():
            begins = now is None or any(
                (each.path in now.said and each.path == next(iter(now.said)))
                or (each.column in telling and any(other.column == each.column for other in now.said.values()))
                for each in said
            )
            if now is None or (begins and row not in now.rows):
                now = _Record(number=row + 1)
                records.append(now)
            owner: _Path = ()
            for each in said:
                column = self.register.by_name.get(each.column)
                if (
                    column is not None
                    and column.kind == "text"
                    and column.public
                    and column.name in ("lessor", *self.register.required_names)
                ):
                    owner = each.path
                elif column is not None and column.masked and owner:
                    each.path = (*owner, *each.path)  # 甲方 | … | 电话 | …: that telephone is not the lessee's
                while each.path in now.said:
                    each.path = (*each.path[:-1], f"{each.path[-1]} ")
                now.said[each.path] = each
            now.rows.append(row)
        return records

    def _is_card(self, record: _Record) -> bool:
        known = {each.column for each in record.said.values() if each.column}
        telling = known & self.register.required_names or not self.register.required
        enough = (len(known) >= LABELS and len(record.rows) >= ROWS) or (len(known) >= 3 and len(record.rows) >= 3)
        return bool(telling) and enough

    def _laid_out(self, records: list[_Record]) -> Cards:
        labels = tuple(dict.fromkeys(path for record in records for path in record.said))
        rows: list[list[Cell]] = [[" / ".join(path).strip() for path in labels]]
        origin: dict[tuple[int, int], tuple[int, int]] = {}
        numbers = [records[0].number]
        skips: dict[int, str] = {}
        for record in records:
            place = len(rows)
            rows.append([record.said[path].value if path in record.said else None for path in labels])
            for column, path in enumerate(labels):
                if path in record.said:
                    origin[place, column] = record.said[path].row, record.said[path].at
                    origin.setdefault((0, column), (record.said[path].row, record.said[path].at))
            numbers.append(record.number)
            skips |= {
                row: phrase("卡片的一行，并入第 {number!s} 行的那一份", number=record.number)
                for row in record.rows
                if row + 1 != record.number
            }
        used = {row for record in records for row in record.rows}
        rest = {row for row, filled in enumerate(self.filled) if filled and row not in used}
        first, last = min(used), max(used)
        for row in rest:
            text = " ".join(clean_text(self.grid.rows[row][place]) for place in self.filled[row])[:40]
            where = (
                phrase("卡片以上的文字")
                if row < first
                else phrase("卡片下面的行，不是记录")
                if row > last
                else phrase("卡片之间的文字")
            )
            skips[row] = f"{where}：{text}"
        laid = replace(
            self.grid,
            rows=rows,
            merged=[],
            uncached=frozenset(),
            external=frozenset(),
            origin=origin,
            numbers=tuple(numbers),
        )
        read = sum(1 for filled in self.filled if filled)
        return Cards(self.headings, laid, labels, skips, rest, read)

    # -- one cell to a line

    def _one_a_line(self) -> Cards | None:
        """Headings one below the other, then the records' cells one below the other: text taken from a picture or page.

        Taken only where the count comes out: every record has as many lines as there are headings."""
        lines = [(row, filled[0]) for row, filled in enumerate(self.filled) if filled]
        cells = {row: self.grid.rows[row][place] for row, place in lines}
        heads = [
            at
            for at, (row, place) in enumerate(lines)
            if self._label(row, place) or heading(cells[row]).bare in self.headings.serial
        ]
        if len(heads) < 3:
            return None
        first = heads[0]
        last = first
        while last + 1 in heads or (last + 2 in heads and last + 2 < len(lines)):
            last += 1 if last + 1 in heads else 2
        count, data = last - first + 1, lines[last + 1 :]
        while data and len(data) % count and ":" in clean_text(cells[data[-1][0]]):
            data = data[:-1]  # 填表人: …
        if count < 3 or not data or len(data) % count:
            return None
        labels = tuple((clean_text(cells[row]),) for row, _ in lines[first : last + 1])
        names = {self._label(row, place) for row, place in lines[first : last + 1]}
        chunks = [data[at : at + count] for at in range(0, len(data), count)]
        if heading(labels[0][0]).bare in self.headings.serial:
            numbers = [clean_text(cells[chunk[0][0]]).strip(".、") for chunk in chunks]
            if any(not number.isdecimal() for number in numbers):
                return None
        if not names & self.register.required_names:
            return None
        laid: list[list[Cell]] = [[path[0] for path in labels]]
        origin = {(0, place): line for place, line in enumerate(lines[first : last + 1])}
        for chunk in chunks:
            origin |= {(len(laid), place): line for place, line in enumerate(chunk)}
            laid.append([cells[row] for row, _ in chunk])
        starts = [chunk[0][0] for chunk in chunks]
        skips = {row: "表头" for row, _ in lines[first : last + 1]}
        skips |= {
            row: phrase("一格一行，并入第 {chunk!s} 行起的那一份", chunk=chunk[0][0] + 1)
            for chunk in chunks
            for row, _ in chunk[1:]
        }
        skips |= {
            row: phrase("表以外的文字：{cells!s}", cells=clean_text(cells[row])[:40])
            for row, _ in lines
            if row not in skips and row not in starts
        }
        grid = replace(
            self.grid, rows=laid, merged=[], origin=origin, numbers=(lines[first][0] + 1, *(row + 1 for row in starts))
        )
        return Cards(self.headings, grid, labels, skips, set(), len(lines))

    # -- labels in the first column, records beside each other

    def _sideways(self) -> Cards | None:
        """合同名称 | 鱼塘承包 | 果园承包; 承包方 | 张三 | 李四: the table turned on its side, where two records or more stand."""
        first = next((filled[0] for filled in self.filled if filled and len(filled) > 1), None)
        if first is None:
            return None
        rows = [
            row
            for row, filled in enumerate(self.filled)
            if len(filled) > 2 and filled[0] == first and self._label(row, first)
        ]
        if len(rows) < 3 or any(self._label(row, place) for row in rows for place in self.filled[row][1:]):
            return None
        lone = [
            row
            for row, filled in enumerate(self.filled)
            if len(filled) > 1
            and row not in rows
            and not (filled[0] == first and isinstance(self.grid.rows[row][first], str))
        ]
        names = [self._label(row, first) for row in rows]
        if lone or len(set(names)) < 3 or not set(names) & self.register.required_names:
            return None
        whole = [row for row, filled in enumerate(self.filled) if len(filled) > 1 and filled[0] == first]
        columns = sorted({place for row in whole for place in self.filled[row] if place > first})
        if len(columns) < 2:
            return None
        labels = tuple((clean_text(self.grid.rows[row][first]).rstrip(":"),) for row in whole)
        laid: list[list[Cell]] = [[path[0] for path in labels]]
        origin: dict[tuple[int, int], tuple[int, int]] = {(0, place): (row, first) for place, row in enumerate(whole)}
        for column in columns:
            origin |= {(len(laid), place): (row, column) for place, row in enumerate(whole)}
            laid.append([self.grid.rows[row][column] if column < len(self.grid.rows[row]) else None for row in whole])
        rest = {row for row, filled in enumerate(self.filled) if filled and row not in whole}
        skips = {
            row: phrase("表以外的文字：{rows!s}", rows=clean_text(self.grid.rows[row][self.filled[row][0]])[:40])
            for row in rest
        }
        # A record is known by its column here; the labels count as the one row of headings.
        numbers = (first + 1, *(column + 1 for column in columns))
        grid = replace(
            self.grid,
            name=f"{self.grid.name}（竖排）",
            sheet=self.grid.home,
            rows=laid,
            merged=[],
            uncached=frozenset(),
            external=frozenset(),
            origin=origin,
            numbers=numbers,
        )
        return Cards(self.headings, grid, labels, skips, rest, len(columns) + len(rest))
