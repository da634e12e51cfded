"""The shapes of a sheet 版式: one table, tables side by side, tables of several registers one below the other, cards.

Real files hold more than one table to a sheet. Each piece is cut out with its cells where they lie (the others blank),
so that every address stays true; a card (label and value beside each other) is laid out anew as one row to a record,
with the way back to each cell. No cell is in two pieces, and none is in no piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mingbai.columns import Register
from mingbai.limits import Limits
from mingbai.sheets.cards import Cards
from mingbai.sheets.grid import Grid, column_letters
from mingbai.sheets.headers import Header, Headers, holds
from mingbai.sheets.headings import ACCEPTED, heading, headings_of
from mingbai.sheets.matching import Wish
from mingbai.sheets.wording import NO_DATA_SHEETS
from mingbai.units.outcome import Cell

SURE = 2
"""A piece goes to another register than the one asked for when that knows so many headings more."""
_COUNTED = frozenset(("money", "area", "count", "date", "term"))
_LEAST = 3
"""Known headings that make a row the header of another register's table."""


@dataclass(slots=True)
class Piece:
    """A part of a sheet: its grid, the register it belongs to ("" = none is sure), and its cards, where it is cards."""

    grid: Grid
    register: str = ""
    cards: Cards | None = None
    aside: str = ""
    """The headings of a strangers' table that stands beside the register's own: nothing is taken from it."""


def pieces(grid: Grid, register: Register, others: Sequence[Register], limits: Limits, wish: Wish) -> list[Piece]:
    """The pieces of a sheet, top to bottom and left to right; the first keeps the sheet's name.

    ``others``: the registers a piece may belong to instead. What the mapping file fixes (``header_row``, ``kinds``) holds.
    """
    known = [register, *(each for each in others if each.name != register.name)]
    name = grid.name.strip()
    if (
        grid.hidden
        or name in NO_DATA_SHEETS
        or name in wish.skipped
        or not grid.rows
        or name in wish.rows
        or "*" in wish.rows
    ):
        return [Piece(grid, register.name)]
    found: list[Piece] = []
    for band in _bands(grid, known):
        for part in _beside(band, known, limits):
            found += [part] if part.aside else _of_cards(part.grid, known, limits)
    for number, piece in enumerate(found):
        said = wish.kinds.get(piece.grid.name.strip(), wish.kinds.get("*" if number == 0 else "", ""))
        if said:
            piece.register, piece.aside = said, ""
        elif not piece.aside:
            piece.register = piece.register or _kind(piece, known, limits)
    return found


def _cut(grid: Grid, name: str, rows: tuple[int, int] | None = None, columns: tuple[int, int] | None = None) -> Grid:
    """The same grid with only these rows and columns (0-based, the end excluded) filled."""
    top, bottom = rows or (0, len(grid.rows))
    width = len(grid.rows[0]) if grid.rows else 0
    left, right = columns or (0, width)
    kept: list[list[Cell]] = [
        [cell if left <= place < right else None for place, cell in enumerate(row)]
        if top <= number < bottom
        else [None] * width
        for number, row in enumerate(grid.rows)
    ]
    merged = [each for each in grid.merged if top < each[0] <= bottom and left < each[1] <= right]
    inside = frozenset(at for at in grid.uncached if top < at[0] <= bottom and left < at[1] <= right)
    outside = frozenset(at for at in grid.external if top < at[0] <= bottom and left < at[1] <= right)
    return replace(grid, name=name, sheet=grid.home, rows=kept, merged=merged, uncached=inside, external=outside)


# -- one below the other


def _bands(grid: Grid, known: Sequence[Register]) -> list[Grid]:
    """The sheet cut where the header of another register's table begins."""
    if len(known) < 2:
        return [grid]
    starts: list[tuple[int, str]] = []
    looks = {register.name: Headers(grid, headings_of(register)) for register in known}
    for row in range(len(grid.rows)):
        counts = {
            name: len(headers.look(row).columns)
            for name, headers in looks.items()
            if _speaks(headers, row) and headers.is_candidate(row)
        }
        if not counts:
            continue
        # the most headings win; of equals the register asked for, which stands first
        best = max(counts, key=lambda name: counts[name])
        if not starts or starts[-1][1] != best:
            starts.append((row, best))
    if len(starts) < 2:
        return [grid]
    tops = [0, *(_title_above(grid, row) for row, _ in starts[1:]), len(grid.rows)]
    bands = []
    for number, (top, bottom) in enumerate(pairwise(tops)):
        name = grid.name if number == 0 else f"{grid.name}（第{top + 1}–{bottom}行）"
        bands.append(_cut(grid, name, rows=(top, bottom)))
    return bands


def _title_above(grid: Grid, row: int) -> int:
    """The first of the lone lines right above a header: they are its title."""
    while row > 0 and sum(map(holds, grid.rows[row - 1])) == 1:
        row -= 1
    return row


def _speaks(headers: Headers, row: int) -> bool:
    """A quick look at a row of any length: some headings stand there word for word."""
    cells, words = headers.grid.rows[row], headers.headings.words
    return not words.isdisjoint(cells) and sum(1 for cell in cells if cell in words) >= _LEAST


def _header(grid: Grid, register: Register, limits: Limits, asked: bool) -> tuple[Headers, Header | None]:
    """The first header of a register's table. For a register nobody asked for only where headings stand word for word."""
    headers = Headers(grid, headings_of(register))
    if asked:
        return headers, headers.find(0, limits.header_rows_searched)
    for row in range(min(limits.header_rows_searched, len(grid.rows))):
        if _speaks(headers, row) and headers.is_candidate(row):
            return headers, headers.at(row, 0)
    return headers, None


# -- side by side


def _beside(grid: Grid, known: Sequence[Register], limits: Limits) -> list[Piece]:
    """The sheet cut between cards beside each other, or tables that stand beside each other under one row of headers."""
    for register in known:
        if cards := Cards.beside(grid, headings_of(register)):
            return _parted(grid, dict.fromkeys(cards, ""))
    for register in known:
        headers, header = _header(grid, register, limits, asked=register is known[0])
        if header is None:
            continue
        cuts = dict.fromkeys(_repeats(headers, header.bottom, header.top), "") or _gaps(grid, headers, header, known)
        if cuts:
            return _parted(grid, cuts)
    return [Piece(grid)]


def _parted(grid: Grid, cuts: Mapping[int, str]) -> list[Piece]:
    edges = [0, *cuts, max(map(len, grid.rows))]
    return [
        Piece(
            _cut(
                grid,
                grid.name if left == 0 else f"{grid.name}（{column_letters(left + 1)}–{column_letters(right)}列）",
                columns=(left, right),
            ),
            aside=cuts.get(left, ""),
        )
        for left, right in pairwise(edges)
    ]


def _repeats(headers: Headers, bottom: int, top: int) -> list[int]:
    """Columns where the same headings begin again: 承包方 面积 租金 | 承包方 面积 租金."""
    for row in range(bottom, top - 1, -1):
        filled = headers.look(row).filled
        texts = [str(headers.cell(row, index)).replace(" ", "") for index in filled]
        required = headers.headings.register.required_names
        names = [match.column.name if (match := headers.headings.match(text)) else "" for text in texts]
        if len(texts) < 4 or not any(names.count(name) > 1 for name in required):
            continue
        starts = [place for place, text in enumerate(texts) if text == texts[0]]
        if len(starts) < 2:
            continue
        runs = [set(texts[start:end]) for start, end in pairwise([*starts, len(texts)])]
        if all(len(run & runs[0]) >= max(2, len(runs[0]) // 2) for run in runs):
            return [filled[start] for start in starts[1:]]
    return []


def _gaps(grid: Grid, headers: Headers, header: Header, known: Sequence[Register]) -> dict[int, str]:
    """Columns after an empty one, where what stands on either side is a table of its own → the headings of what stands there,
    where no register knows it, else ""."""
    top, bottom = header.top, header.bottom
    empty = [
        column
        for column in range(1, headers.width - 1)
        if not any(holds(headers.cell(row, column)) for row in range(top, len(grid.rows)))
        and not any(left - 1 <= column < right and low > top for _, left, low, right in grid.merged)
    ]
    cuts: dict[int, str] = {}
    begin = 0
    for column in empty:
        left, right = _cut(grid, "", columns=(begin, column)), _cut(grid, "", columns=(column + 1, headers.width))
        if not _is_table(left, known, top, bottom):
            continue
        strange = "" if _is_table(right, known, top, bottom) else _strangers(headers, header, column + 1)
        if strange or _is_table(right, known, top, bottom):
            cuts[column + 1] = strange
            begin = column + 1
    return cuts


def _strangers(headers: Headers, header: Header, start: int) -> str:
    """The headings from a column on, where they are another table's: the first is none of ours (债务人), and an amount, area or
    date after it (金额) would be taken for the records on the left. "" where they are not; what is only a remark beside the
    table belongs to it."""
    paths = [path for index, path in sorted(header.paths.items()) if index >= start]
    matches = [
        headers.headings.match(heading(path[-1]).bare)
        for path in paths
        if heading(path[-1]).bare not in headers.headings.serial
    ]
    kinds = [match.column.kind for match in matches if match is not None and match.confidence >= ACCEPTED]
    if (
        len(paths) < 2
        or not matches
        or (matches[0] is not None and matches[0].confidence >= ACCEPTED)
        or not _COUNTED.intersection(kinds)
    ):
        return ""
    return "、".join(path[-1] for path in paths)[:60]


def _is_table(grid: Grid, known: Sequence[Register], top: int, bottom: int) -> bool:
    for register in known:
        headers = Headers(grid, headings_of(register))
        for row in range(top, bottom + 1):
            if headers.is_candidate(row) and headers.look(row).columns & register.required_names:
                return True
    return False


# -- cards


def _of_cards(grid: Grid, known: Sequence[Register], limits: Limits) -> list[Piece]:
    """The piece as cards, with what is left of it where that is a table of its own; else as it is."""
    best: Cards | None = None
    for register in known:
        found = Cards.find(grid, headings_of(register))
        if found is not None and (best is None or len(found.labels) > len(best.labels)):
            best = found
    if best is None or any(_fit(grid, each, limits, each is known[0]) >= len(best.labels) for each in known):
        return [Piece(grid)]
    piece = Piece(best.grid, best.headings.register.name, best)
    if not best.rest:
        return [piece]
    first, last = min(best.rest), max(best.rest) + 1
    left = _cut(grid, f"{grid.name}（第{first + 1}–{last}行）", rows=(first, last))
    left.rows = [row if number in best.rest else [None] * len(row) for number, row in enumerate(left.rows)]
    if not any(_is_table(left, known, row, row) for row in sorted(best.rest)[: limits.header_rows_searched]):
        return [piece]
    best.leave(best.rest)
    return [piece, Piece(left)]


# -- which register


def _kind(piece: Piece, known: Sequence[Register], limits: Limits) -> str:
    """The register whose columns fit the piece: the one asked for, unless another surely fits better. "" = none fits."""
    fits = {register.name: _fit(piece.grid, register, limits, register is known[0]) for register in known}
    asked = known[0].name
    best = max(fits, key=lambda name: fits[name])
    if fits[best] >= fits[asked] + SURE:
        return best
    return asked if fits[asked] else ""


def _fit(grid: Grid, register: Register, limits: Limits, asked: bool) -> int:
    """Columns of the register the piece's header names; 0 where it has none of those a record needs."""
    headers, header = _header(grid, register, limits, asked)
    if header is None:
        return 0
    columns = set().union(*(headers.look(row).columns for row in range(header.top, header.bottom + 1)))
    return len(columns) if columns & register.required_names or not register.required else 0
