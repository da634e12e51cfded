"""A published value in words, for the wall and for the phone: yuan, mu, days; "—" for what the ledger does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingbai.units import format_area, format_money

NOTHING = "—"
NUMBERS = ("money", "area", "count")


def said(kind: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    match kind:
        case "money":
            return format_money(int(value))
        case "area":
            return format_area(int(value))
        case "yes_no":
            return "是" if value else "否"
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A published notice ready to be set: headings, lines of words, the line of totals."""

    head: Mapping[str, Any]
    titles: list[str]
    right: list[bool]
    """Which columns are numbers, set flush right."""
    lines: list[list[str]]
    totals: list[str]

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        """The lines with, for each cell, whether it is a number."""
        return [list(zip(line, self.right, strict=True)) for line in self.lines]

    @property
    def foot(self) -> list[tuple[str, bool]]:
        return list(zip(self.totals, self.right, strict=True))

    @property
    def heads(self) -> list[tuple[str, bool]]:
        return list(zip(self.titles, self.right, strict=True))


def sheet(published: Mapping[str, Any]) -> Sheet:
    """A notice (``head``, ``columns``, ``rows``, ``totals``) in words."""
    columns = published["columns"]
    kinds = [column.get("kind", "text") for column in columns]
    totals = [
        said(kind, published["totals"][column["name"]]) if column["name"] in published["totals"] else ""
        for column, kind in zip(columns, kinds, strict=True)
    ]
    if totals:
        totals[0] = "合计"
    return Sheet(
        published["head"],
        [column["title"] for column in columns],
        [kind in NUMBERS for kind in kinds],
        [[said(kind, value) for kind, value in zip(kinds, row, strict=True)] for row in published["rows"]],
        totals,
    )
