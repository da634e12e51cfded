"""Where the heading rows of a table lie, and what stands above each column, level by level.

Nothing is known beforehand: not the row, not the number of levels, not whether a file keeps its merged cells (csv and
html lose them). A row is a header because its cells are headings the register knows, and because it is not data.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mingbai.sheets.grid import Grid
from mingbai.sheets.headings import ACCEPTED, HEADING_LENGTH, UNIT_HEADINGS, Headings, heading, is_unit
from mingbai.units import Cell, clean_text

LEVELS = 4
CARD_ROWS = 3
"""So many labels one below the other, each with its value beside it, are a card and no table."""
LEAST = 1.75
"""Two headings, one of them perhaps only similar to a known one."""
DIRECTION = re.compile(r"(?:四至|地块|宗地)?([东南西北])(?:至|邻|界|边|侧|面|边界|至界)?\Z")
_DATA_SHARE = 0.2
"""No more of a header's cells look like data."""
_YEAR_HEADING = re.compile(r"(?:19|20)\d\d年?\D{0,10}\Z")
_NUMBERED = re.compile(r"[(（]?(\d{1,3})[)）]?\Z")
_STEMS = "甲乙丙丁戊己庚辛"
Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """A row as evidence: ``weight`` of headings known, ``columns`` they name, cells ``filled``, cells like data."""

    weight: float
    columns: frozenset[str]
    filled: tuple[int, ...]
    data: int


@dataclass(frozen=True, slots=True)
class Header:
    """Heading rows ``top``..``bottom`` (0-based, inclusive); ``paths[c]`` the texts above sheet column c, top first."""

    top: int
    bottom: int
    paths: dict[int, tuple[str, ...]]
    weight: float


def holds(cell: Cell) -> bool:
    """Whether a cell has anything in it; blanks and line breaks are nothing."""
    return cell is not None and (type(cell) is not str or not cell.isspace()) and cell != ""


def numbers_columns(cells: list[Cell]) -> bool:
    """Whether a row only numbers the columns: ``1 2 3 4``, ``(1) (2) (3)``, ``甲 乙 1 2``."""
    texts = [clean_text(cell).replace(" ", "") for cell in cells if holds(cell)]
    while texts and texts[0] in ("栏次", "列次", "序号", "行次"):
        texts = texts[1:]
    stems = 0
    while stems < len(texts) and stems < len(_STEMS) and texts[stems] == _STEMS[stems]:
        stems += 1
    numbers = [_NUMBERED.match(text) for text in texts[stems:]]
    if len(texts) < 3 or not all(numbers):
        return False
    found = [int(number[1]) for number in numbers if number]
    return all(b == a + 1 for a, b in pairwise(found)) and (not found or found[0] in (0, 1, 2))


class Headers:
    """Finds the headers of one sheet."""

    def __init__(self, grid: Grid, headings: Headings) -> None:
        self.grid = grid
        self.headings = headings
        self.width = max((len(row) for row in grid.rows), default=0)
        self._looks: dict[int, Look] = {}

    @cached_property
    def _ranges(self) -> dict[int, list[Range]]:
        """Merged ranges by each row they cover, 0-based; tall ones are data, not headings. A range with texts inside
        besides its first is no merged cell, whatever the file says."""
        by_row: dict[int, list[Range]] = defaultdict(list)
        for top, left, bottom, right in self.grid.merged:
            if bottom - top <= LEVELS + 1 and not self._is_torn(top, left, bottom, right):
                for row in range(top - 1, bottom):
                    by_row[row].append((top - 1, left - 1, bottom - 1, right - 1))
        return by_row

    def _is_torn(self, top: int, left: int, bottom: int, right: int) -> bool:
        inside = (cell for row in self.grid.rows[top - 1 : bottom] for cell in row[left - 1 : right])
        return sum(map(holds, inside)) > 1

    def cell(self, row: int, column: int) -> Cell:
        cells = self.grid.rows[row]
        return cells[column] if column < len(cells) else None

    def look(self, row: int) -> Look:
        if row not in self._looks:
            self._looks[row] = self._look(row)
        return self._looks[row]

    def _look(self, row: int) -> Look:
        weight, data, columns, filled = 0.0, 0, set(), []
        for index, cell in enumerate(self.grid.rows[row]):
            if not holds(cell):
                continue
            filled.append(index)
            if _is_data(cell):
                data += 1
                continue
            bare = heading(cell).bare
            if bare in self.headings.serial or bare in UNIT_HEADINGS or DIRECTION.match(bare):
                weight += 1
            elif (match := self.headings.match(bare)) is not None and match.confidence >= ACCEPTED:
                weight += 1 if match.confidence > 0.8 else 0.75
                columns.add(match.column.name)
        return Look(weight, frozenset(columns), tuple(filled), data)

    def is_candidate(self, row: int, least: float = LEAST) -> bool:
        if self._is_figures(row):
            return False
        look = self.look(row)
        count = len(look.filled)
        return (
            look.weight >= least
            and bool(look.columns)
            and look.weight >= 0.3 * count
            and look.data <= _DATA_SHARE * count
            and not self._is_card(row)
        )

    def _is_figures(self, row: int) -> bool:
        """Whether the numbers and dates alone make the row data: then its texts need no looking up."""
        filled = [cell for cell in self.grid.rows[row] if holds(cell)]
        return sum(1 for cell in filled if type(cell) is not str and _is_data(cell)) > _DATA_SHARE * len(filled)

    def _is_card(self, row: int) -> bool:
        """``甲方 | 九院村 | 乙方 | 张三``: labels with their values beside them, no heading of a table."""
        look = self.look(row)
        known = [index for index in look.filled if self._is_known(row, index)]
        if not known or 2 * len(known) > len(look.filled):
            return False
        order = {index: place for place, index in enumerate(look.filled)}
        answered = sum(
            1
            for index in known
            if order[index] + 1 < len(look.filled) and not self._is_known(row, look.filled[order[index] + 1])
        )
        below = row + 1
        labels_below = below < len(self.grid.rows) and any(self._is_known(below, index) for index in known)
        return answered == len(known) and (
            labels_below
            or (2 * len(known) == len(look.filled) and look.data > 0)
            or any(clean_text(self.cell(row, index)).endswith(":") for index in known)
        )

    def is_card(self, stop: int) -> bool:
        """Whether the rows before ``stop`` are a card: labels in a column with their values beside them, one record
        to a sheet (``合同名称 | 鱼塘承包``, below it ``承包方 | 张三``)."""
        rows, columns = 0, set()
        for row in range(min(stop, len(self.grid.rows))):
            filled = self.look(row).filled
            known = [index for index in filled if self._is_known(row, index)]
            said = [index for index, after in pairwise(filled) if index in known and after not in known]
            if known and said == known and 2 * len(known) <= len(filled):
                rows += 1
                columns |= {clean_text(self.cell(row, index)) for index in known}
        return rows >= CARD_ROWS and len(columns) >= CARD_ROWS

    def _is_known(self, row: int, index: int) -> bool:
        cell = self.cell(row, index)
        if not holds(cell) or _is_data(cell):
            return False
        bare = heading(cell).bare
        match = self.headings.match(bare)
        return bare in self.headings.serial or (match is not None and match.confidence >= ACCEPTED)

    def find(self, start: int, stop: int, least: float = LEAST) -> Header | None:
        """The first header that begins in rows ``start``..``stop``-1 (0-based)."""
        for row in range(start, min(stop, len(self.grid.rows))):
            if self.is_candidate(row, least):
                return self.at(row, start)
        return None

    def at(self, row: int, floor: int, fixed: bool = False) -> Header:
        """The header whose rows include ``row``; it reaches up no further than ``floor``. ``fixed``: begins here."""
        pick = row
        if not fixed:
            for below in (row + 1, row + 2):
                if (
                    below < len(self.grid.rows)
                    and self.is_candidate(below)
                    and self.look(below).weight > 1.5 * self.look(pick).weight
                ):
                    pick = below
        top = bottom = pick
        while not fixed and top > floor and bottom - top < LEVELS and self._is_level_above(top - 1, top):
            top -= 1
        while bottom + 1 < len(self.grid.rows) and bottom - top + 1 < LEVELS and self._is_level_below(top, bottom):
            bottom += 1
        weight = sum(self.look(level).weight for level in range(top, bottom + 1))
        return Header(top, bottom, self._paths(top, bottom), weight)

    def _is_level_above(self, above: int, top: int) -> bool:
        look = self.look(above)
        if not look.filled or look.data:
            return False
        if any(first <= above and last >= top for first, _, last, _ in self._ranges[above]):
            return True
        texts = [clean_text(self.cell(above, index)) for index in look.filled]
        if len(texts) < 2 or any(":" in text or len(text) > 14 for text in texts):
            return False
        wide = [right - left + 1 for first, left, _, right in self._ranges[above] if first == above]
        if wide:
            return max(wide) <= 0.6 * self.width
        below = set(self.look(top).filled)
        return look.weight >= 1 and len(set(look.filled) - below) >= 1 and len(below - set(look.filled)) >= 1

    def _is_level_below(self, top: int, bottom: int) -> bool:
        below = bottom + 1
        look = self.look(below)
        if not look.filled or (look.data > 0 and not self._reaches_down(top, bottom)):
            return False
        cells = [self.cell(below, index) for index in look.filled]
        if all(is_unit(clean_text(cell).strip("()")) for cell in cells):
            return True
        if numbers_columns(cells) or any(len(clean_text(cell)) > HEADING_LENGTH for cell in cells):
            return False
        if self._reaches_down(top, bottom):
            return True
        # No cell says so: then every text below must stand under an open group, and nothing under a finished heading.
        groups = self._open_groups(bottom)
        lone = [index for index in look.filled if index not in groups]
        if 2 * len(lone) > len(self.look(top).filled):
            return False
        if not all(self._belongs_under(below, index) for index in lone):
            return False
        if any(self._spans(bottom, index) for index in look.filled):
            return True
        known = sum(1 for index in look.filled if self._is_known_under(below, index, groups.get(index, index)))
        return 2 * known >= len(look.filled)

    def _reaches_down(self, top: int, bottom: int) -> bool:
        """Whether a heading above is merged down into the row below ``bottom``."""
        return any(first >= top and last > bottom for first, _, last, _ in self._ranges[bottom])

    def _spans(self, row: int, column: int) -> bool:
        return any(left <= column <= right and right > left for _, left, _, right in self._ranges[row])

    def _open_groups(self, row: int) -> dict[int, int]:
        """Columns that may have a heading below, with the column where their group's heading stands in ``row``."""
        filled = self.look(row).filled
        groups: dict[int, int] = {}
        for place, index in enumerate(filled):
            end = filled[place + 1] if place + 1 < len(filled) else self.width
            for _, left, _, right in self._ranges[row]:
                if left == index:
                    end = right + 1
            if end - index > 1:
                groups.update(dict.fromkeys(range(index, end), index))
        return groups

    def _is_known_under(self, row: int, index: int, parent: int) -> bool:
        """Whether the text is a heading by itself, with the group's above it, or a choice to tick there."""
        leaf = heading(self.cell(row, index)).bare
        parent_match = self.headings.match(heading(self.cell(row - 1, parent)).bare)
        if leaf and (self._is_known(row, index) or (parent_match and leaf in parent_match.column.words)):
            return True
        return self._joins(row, index, parent)

    def _belongs_under(self, row: int, index: int) -> bool:
        """Whether the text, alone below a heading that may be finished, is a heading of it and not a record's cell."""
        if self._joins(row, index, index):
            return True
        above = self.headings.match(heading(self.cell(row - 1, index)).bare)
        leaf = self.headings.match(heading(self.cell(row, index)).bare)
        return leaf is not None and (
            above is None
            or above.column is leaf.column
            or (leaf.column.family != "" and above.column.family == leaf.column.family)
        )

    def _joins(self, row: int, index: int, parent: int) -> bool:
        leaf, above = heading(self.cell(row, index)).bare, heading(self.cell(row - 1, parent)).bare
        if not leaf:
            return False
        if DIRECTION.match(leaf) or leaf in ("年", "月", "日"):
            return True
        return any(
            (match := self.headings.match(text)) is not None and match.confidence > 0.8
            for text in (leaf + above, above + leaf)
        )

    def _paths(self, top: int, bottom: int) -> dict[int, tuple[str, ...]]:
        levels = range(top, bottom + 1)
        texts = [[clean_text(self.cell(row, column)) for column in range(self.width)] for row in levels]
        filled = [row[:] for row in texts]
        wide = [[False] * self.width for _ in levels]
        for level, row in enumerate(levels):
            for first, left, _, right in self._ranges[row]:
                for column in range(left, min(right + 1, self.width)):
                    anchor = max(first, top)
                    filled[level][column] = filled[level][column] or texts[anchor - top][left]
                    wide[level][column] = wide[level][column] or right > left
        for level in range(len(filled) - 1):
            self._spread(filled, texts, wide, level)
        paths: dict[int, tuple[str, ...]] = {}
        for column in range(self.width):
            path: list[str] = []
            for level in range(len(filled)):
                text = filled[level][column]
                if text and (not path or path[-1] != text):
                    path.append(text)
            if path:
                paths[column] = tuple(path)
        return paths

    def _spread(self, filled: list[list[str]], texts: list[list[str]], wide: list[list[bool]], level: int) -> None:
        """A group's heading, where no merged range says how far it goes: over the blanks to its right that have
        headings below, as far as the group it belongs to itself."""
        parent = None
        for column in range(self.width):
            if texts[level][column]:
                has_child = any(texts[lower][column] for lower in range(level + 1, len(texts)))
                parent = column if has_child and not wide[level][column] else None
            elif any(texts[upper][column] for upper in range(level)):
                parent = None
            elif parent is not None and not filled[level][column]:
                if any(texts[lower][column] for lower in range(level + 1, len(texts))):
                    filled[level][column] = texts[level][parent]
                else:
                    parent = None


def _is_data(cell: Cell) -> bool:
    """Numbers, dates and long or figure-laden text are data; a year alone may head a column."""
    if isinstance(cell, str):
        text = clean_text(cell)
        return len(text) > 4 * HEADING_LENGTH or (sum(map(str.isdigit, text)) >= 3 and not _YEAR_HEADING.match(text))
    return not (type(cell) is int and 1949 <= cell <= 2150)
