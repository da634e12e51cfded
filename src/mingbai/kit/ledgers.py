"""Records as the rules meet them: rows of the database made into the frame of :func:`mingbai.rules.ledger`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from mingbai.columns import Register
from mingbai.kit.record import SEALED
from mingbai.rules import ledger

Table = Mapping[str, Sequence[Any]]
"""Rows by column: the register's own, dates as ISO text, and those of :data:`mingbai.rules.ledger.ROW_KEYS`."""


def frame(
    register: Register,
    own: QuerySet[Any],
    peers: QuerySet[Any] | None = None,
    lend: Sequence[str] = (),
    known: Mapping[str, Mapping[int, Any]] | None = None,
    fresh: Table | None = None,
) -> pl.DataFrame:
    """The rows ``own``, and the columns ``lend`` of the rows ``peers`` the rules compare them with.

    ``_row`` is the record's number; peers have ``_row`` 0. ``_file`` is the organisation's code. Identity numbers and
    phones stay sealed: no rule reads them. ``known``: column (of the house too) → record → value, laid over what the
    ledger says. ``fresh``: rows that are yet to be stored, as such a table, their numbers under ``_row``.
    """
    names = [column.name for column in register.columns if column.kind not in SEALED]
    told = known or {}
    tables: list[Table] = [_table(register, own, names, told, own=True), *([] if fresh is None else [fresh])]
    if peers is not None and lend:
        tables.append(_table(register, peers, list(lend), told, own=False))
    return ledger(register, [table for table in tables if table["_row"]])


def _table(
    register: Register, rows: QuerySet[Any], names: list[str], known: Mapping[str, Mapping[int, Any]], own: bool
) -> dict[str, Sequence[Any]]:
    places = ["pk", "organisation__code", "headings", "doubtful"] if own else ["pk", "organisation__code"]
    days = {
        name: f"{name}_text" for name in names if register.by_name[name].kind == "date"
    }  # as text, which the rules' frame takes: no date is made
    fetched = list(
        rows.order_by("organisation__path", "serial")
        .annotate(**{text: Cast(name, TextField()) for name, text in days.items()})
        .values_list(*places, *(days.get(name, name) for name in names))
    )
    columns: list[Sequence[Any]] = list(zip(*fetched, strict=True)) if fetched else [()] * (len(places) + len(names))
    height = len(fetched)
    table: dict[str, Sequence[Any]]
    if own:
        table = {"_row": columns[0], "_file": columns[1], "_headings": columns[2], "_doubtful": columns[3]}
    else:
        table = {"_row": [0] * height, "_file": columns[1], "_headings": [""] * height, "_doubtful": [""] * height}
    table["_sheet"] = [""] * height
    for name, values in zip(names, columns[len(places) :], strict=True):
        table[name] = _over(columns[0], values, known.get(name))
    for column in register.house:
        table[column.name] = _over(columns[0], [None] * height, known.get(column.name))
    return table


def _over(records: Sequence[int], said: Sequence[Any], known: Mapping[int, Any] | None) -> Sequence[Any]:
    """What the ledger says, and over it what the house knows; days as text."""
    return [_text(known.get(record, each)) for record, each in zip(records, said, strict=True)] if known else said


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
