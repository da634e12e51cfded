"""A messy workbook → typed rows and cell errors; rows → a workbook that comes back unchanged. No Django, no database.

    from mingbai import sheets
    reading = sheets.read("九院村.xlsx", find_register("contracts"))
    reading.to_json()["errors"]

Untrusted files are only ever opened in a guarded child process (``guard``). Within: ``formats`` tells what a file is
and gives a ``Grid``; ``tables`` finds headers and data rows in it; ``rows`` types the cells; ``writing`` makes
templates and exports, ``marking`` the marked copy of a clerk's own workbook.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mingbai.sheets.grid import Grid, Refused, Workbook, address, column_letters
    from mingbai.sheets.guard import Guard
    from mingbai.sheets.mapping import MappingError, load_mapping
    from mingbai.sheets.marking import mark
    from mingbai.sheets.reading import Reading, Refusal, SheetReading, read, read_many
    from mingbai.sheets.writing import export, write_csv, write_template

__all__ = [
    "Grid",
    "Guard",
    "MappingError",
    "Reading",
    "Refusal",
    "Refused",
    "SheetReading",
    "Workbook",
    "address",
    "column_letters",
    "export",
    "load_mapping",
    "mark",
    "read",
    "read_many",
    "write_csv",
    "write_template",
]

# Imported when first asked for: every reading child passes through this module and needs none of its names.
_HOMES = {
    "grid": ("Grid", "Refused", "Workbook", "address", "column_letters"),
    "guard": ("Guard",),
    "mapping": ("MappingError", "load_mapping"),
    "marking": ("mark",),
    "reading": ("Reading", "Refusal", "SheetReading", "read", "read_many"),
    "writing": ("export", "write_csv", "write_template"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
