"""Records as the rules meet them: rows of the database made into the frame of :func:`mingbai.rules.ledger`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from mingbai.columns import Register
from mingbai.kit.record import SEALED
from mingbai.rules import ledger

Table = Mapping[str, Sequence[Any]]
"""Rows by column: the register's own, dates as ISO text, and those of :data:`mingbai.rules.ledger.ROW_KEYS`."""


def frame(register: Register, own: QuerySet[Any], peers: QuerySet[Any] | None = None, lend: Sequence[str] = (),
          known: Mapping[str, Mapping[int, date]] | None = None, fresh: Table | None = None) -> pl.DataFrame:
    """The rows ``own``, and the columns ``lend`` of the rows ``peers`` the rules compare them with.

    ``_row`` is the record's number; peers have ``_row`` 0. ``_file`` is the organisation's code. Identity numbers and
    phones stay sealed: no rule reads them. ``known``: column → record → day, laid over what the ledger says. ``fresh``: rows
    that are yet to be stored, as such a table, their numbers under ``_row``.
    """
    names = [column.name for column in register.columns if column.kind not in SEALED]
    mine = _table(register, own, names, own=True)
    for name, days in (known or {}).items():
        mine[name] = [days[record].isoformat() if record in days else said for record, said in zip(mine["_row"], mine[name], strict=True)]
    tables = [mine] if fresh is None else [mine, fresh]
    if peers is not None and lend:
        tables.append(_table(register, peers, list(lend), own=False))
    return ledger(register, [table for table in tables if table["_row"]])


def _table(register: Register, rows: QuerySet[Any], names: list[str], own: bool) -> dict[str, Sequence[Any]]:
    places = ["pk", "organisation__code", "headings", "doubtful"] if own else ["organisation__code"]
    asked = [Cast(name, TextField()) if register.by_name[name].kind == "date" else F(name) for name in names]  # ISO text is all a ledger wants
    fetched = list(rows.order_by("organisation__path", "serial").values_list(*places, *asked))
    columns: list[Sequence[Any]] = list(zip(*fetched, strict=True)) if fetched else [()] * (len(places) + len(names))
    height = len(fetched)
    table: dict[str, Sequence[Any]]
    if own:
        table = {"_row": columns[0], "_file": columns[1], "_headings": columns[2], "_doubtful": columns[3]}
    else:
        table = {"_row": [0] * height, "_file": columns[0], "_headings": [""] * height, "_doubtful": [""] * height}
    table["_sheet"] = [""] * height
    table.update(zip(names, columns[len(places):], strict=True))
    return table
