"""A register 台账: its columns, what a row must at least say, and where the folder's other furniture lies."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from functools import cached_property

from mingbai.columns.column import Column


@dataclass(frozen=True)
class Register:
    """The declaration of a register, the one object its folder must export as ``REGISTER``.

    ``required`` lists groups of column names; in each group at least one must be filled, else the row is rejected.
    ``serial`` are headings of mere line numbers, which belong to no column. ``house`` are columns no workbook has: what
    the house itself knows of a record and tells the rules.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...] = ()
    house: tuple[Column, ...] = ()
    serial: tuple[str, ...] = ("序号", "序", "编号", "行号", "项次", "顺序号", "No", "NO", "No.")
    rank: int = 50
    """Where it stands among the registers of a home: the lower, the further in front."""

    def __post_init__(self) -> None:
        names = [column.name for column in (*self.columns, *self.house)]
        if len(set(names)) != len(names):
            raise ValueError(f"register {self.name}: two columns share a name")
        for group in self.required:
            for name in group:
                if name not in names:
                    raise ValueError(f"register {self.name}: required column {name!r} is not declared")

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def required_names(self) -> frozenset[str]:
        return frozenset(name for group in self.required for name in group)

    def member(self, family: str, area: str, time: str) -> Column | None:
        """The column of a price family that has this basis (``("rent", "mu", "year")`` → 亩租金)."""
        for column in self.columns:
            if column.family == family and (column.area, column.time) == (area, time):
                return column
        return None


def registers() -> list[str]:
    """Names of the registers that are there: every folder of ``mingbai.registers`` is one."""
    package = importlib.import_module("mingbai.registers")
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)


def find_register(name: str) -> Register:
    """The register of this name, or a paper of another room: ``books.vouchers`` is ``PAPERS["vouchers"]`` of
    ``mingbai.books.papers``.

    :raises KeyError: with a Chinese sentence that lists the registers there are.
    """
    room, dot, paper = name.partition(".")
    if (
        dot
        and room.isidentifier()
        and importlib.util.find_spec(f"mingbai.{room}")
        and importlib.util.find_spec(f"mingbai.{room}.papers")
    ):
        found = importlib.import_module(f"mingbai.{room}.papers").PAPERS.get(paper)
        if isinstance(found, Register):
            return found
    if name not in registers():
        raise KeyError(f"没有名为“{name}”的台账；现有：{'、'.join(registers())}")
    register = importlib.import_module(f"mingbai.registers.{name}.register").REGISTER
    if not isinstance(register, Register):
        raise KeyError(f"台账“{name}”的 register.py 没有给出 REGISTER")
    return register
