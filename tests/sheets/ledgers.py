"""Small ledgers for the tests of this room: rows as a clerk would lay them out, read without a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mingbai.columns import Register, find_register
from mingbai.limits import LIMITS, Limits
from mingbai.sheets.grid import Grid, Workbook, squared
from mingbai.sheets.mapping import checked, wish_of
from mingbai.sheets.rows import read_workbook

CONTRACTS = find_register("contracts")
N = None


def grid(
    rows: Iterable[Sequence[Any]], merged: Iterable[tuple[int, int, int, int]] = (), name: str = "合同", **more: Any
) -> Grid:
    return Grid(name, squared([list(row) for row in rows]), list(merged), **more)


def read_grids(
    *grids: Grid, mapping: dict[str, Any] | None = None, register: Register = CONTRACTS, limits: Limits = LIMITS
) -> dict[str, Any]:
    wish = wish_of(checked(mapping, register)) if mapping else None
    return read_workbook(Workbook("xlsx", list(grids)), register, wish, limits)


def read_rows(
    rows: Iterable[Sequence[Any]], merged: Iterable[tuple[int, int, int, int]] = (), **more: Any
) -> dict[str, Any]:
    return read_grids(grid(rows, merged), **more)


def column(result: dict[str, Any], name: str, sheet: int = 0) -> list[Any]:
    return result["sheets"][sheet]["columns"][name]


def mapped(result: dict[str, Any], sheet: int = 0) -> dict[str, Any]:
    """heading → column"""
    return {each["header"]: each["column"] for each in result["sheets"][sheet]["mapping"]}


def why(result: dict[str, Any]) -> dict[int, str]:
    return {skip["row"]: skip["why"] for skip in result["skips"]}


def errors(result: dict[str, Any]) -> dict[str, str]:
    return {error["cell"]: error["kind"] for error in result["errors"]}
