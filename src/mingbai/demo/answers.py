"""The generator's own key 答案: what stands where in the demo and what must be found in it. Only tests read it.

It comes from how the demo was made, never from reading a file or running a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mingbai.columns import Stored
from mingbai.demo.books import Book, draw_book
from mingbai.demo.plan import SEED, Village, district


@dataclass(frozen=True, slots=True)
class Line:
    """A contract: where it stands, the values a reader should take from the row (what is not there is not said), the
    rules that must answer yes or disputed – and no others –, and its amount (None: the row gives none)."""

    file: str
    sheet: str
    row: int
    village: str
    values: dict[str, Stored]
    findings: frozenset[tuple[str, str]]
    amount_fen: int | None


@dataclass(frozen=True)
class Key:
    """``bad_cells``: (file, sheet, cell, kind); ``rejected``: (file, sheet, row), extra to the contracts."""

    files: tuple[str, ...]
    lines: tuple[Line, ...]
    bad_cells: frozenset[tuple[str, str, str, str]]
    rejected: frozenset[tuple[str, str, int]]

    @property
    def contracts(self) -> int:
        return len(self.lines)

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen or 0 for line in self.lines)

    @property
    def findings(self) -> frozenset[tuple[str, str, int, str, str]]:
        """(file, sheet, row, rule, answer)."""
        return frozenset((line.file, line.sheet, line.row, *each) for line in self.lines for each in line.findings)

    def by_village(self) -> dict[str, tuple[int, int]]:
        """Village → (contracts, amount in fen)."""
        counts: Counter[str] = Counter(line.village for line in self.lines)
        sums: Counter[str] = Counter()
        for line in self.lines:
            sums[line.village] += line.amount_fen or 0
        return {village: (counts[village], sums[village]) for village in counts}

    def planted(self) -> dict[tuple[str, str], int]:
        """(rule, answer) → how many contracts have it."""
        return dict(sorted(Counter(each for line in self.lines for each in line.findings).items()))


def chosen(villages: int | None, seed: int = SEED) -> tuple[Village, ...]:
    """All villages, or the first so many: 九院村 first, and thirteen show every layout and form of file.

    :raises ValueError: for fewer than one.
    """
    whole = district(seed)
    if villages is not None and villages < 1:
        raise ValueError("演示至少要一个村")
    return whole if villages is None else whole[:villages]


def key(seed: int = SEED, villages: int | None = None) -> Key:
    """The key of the demo with this seed and number of villages."""
    drawn = chosen(villages, seed)
    return _key((village, draw_book(village, seed)) for village in drawn)


def _key(drawn: Iterable[tuple[Village, Book]]) -> Key:
    files, lines, bad, rejected = [], [], set(), set()
    for village, book in drawn:
        files.append(book.file)
        for entry in book.entries:
            contract = entry.contract
            lines.append(
                Line(
                    book.file,
                    entry.sheet,
                    entry.row,
                    village.home.village,
                    entry.told,
                    frozenset(contract.planted),
                    contract.amount_fen,
                )
            )
        bad |= {(book.file, sheet, f"{_letters(column)}{row}", kind) for sheet, row, column, kind in book.bad}
        rejected |= {(book.file, sheet, row) for sheet, row in book.rejected}
    return Key(tuple(files), tuple(lines), frozenset(bad), frozenset(rejected))


def _letters(column: int) -> str:
    head, last = divmod(column - 1, 26)
    return (chr(64 + head) if head else "") + chr(65 + last)
