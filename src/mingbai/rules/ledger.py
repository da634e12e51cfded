"""Typed rows as the rules meet them: one frame, money and area in integers, dates as Int32 yyyymmdd, gaps as null.

Integers because engines differ on dates and decimals and never on these (docs/ideas.md); null because an open end
must not look like the year 9999.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from mingbai.columns import Register
from mingbai.units import Value
from mingbai.units.goods import PRICED, InKind, parse_in_kind
from mingbai.units.rooms import count_rooms

ROW_KEYS = {"_file": pl.String, "_sheet": pl.String, "_row": pl.Int32, "_headings": pl.String, "_doubtful": pl.String}
"""Where a row stands, which columns its sheet has, and which of its cells could not be read. The last two are
``|name|name|``: a column that is not there, an empty cell and an unreadable cell are three different silences."""

_TYPES: dict[str, Any] = {
    "money": pl.Int64,
    "area": pl.Int64,
    "count": pl.Int64,
    "term": pl.Int32,
    "date": pl.Int32,
    "yes_no": pl.Boolean,
}


def schema(register: Register) -> dict[str, Any]:
    """The frame's columns and Polars types for a register."""
    declared = {column.name: _TYPES.get(column.kind, pl.String) for column in (*register.columns, *register.house)}
    return {**ROW_KEYS, **declared}


def ledger(register: Register, tables: Iterable[Mapping[str, Sequence[Any]]]) -> pl.DataFrame:
    """One frame from tables of typed columns (name → values of equal length; dates as ISO text).

    Columns a table lacks are null. ``_id`` numbers the rows from 0 in the order given.
    """
    types = schema(register)
    dates = {column.name for column in (*register.columns, *register.house) if column.kind == "date"}
    frames = []
    for table in tables:
        height = len(next(iter(table.values()), ()))
        series = []
        for name, kind in types.items():
            values = table.get(name)
            if values is None:
                series.append(pl.repeat(None, height, dtype=kind, eager=True).alias(name))
            elif name in dates:
                compact = pl.Series(name, values, dtype=pl.String).str.replace_all("-", "", literal=True)
                series.append(compact.cast(pl.Int32))
            else:
                series.append(pl.Series(name, values, dtype=kind))
        frames.append(pl.DataFrame(series))
    joined = pl.concat(frames) if frames else pl.DataFrame(schema=types)
    return with_silences(joined.with_row_index("_id").with_columns(pl.col("_id").cast(pl.Int64)), register)


BITS = 50
"""Columns that one integer tells of; a register with more has a second. Below 2^53, since Spark divides integers as doubles."""


def bits(register: Register) -> list[str]:
    """The columns :func:`with_silences` adds."""
    return [f"{name}{word}" for name in ("_headings", "_doubtful") for word in range(-(-len(register.columns) // BITS))]


def bit(register: Register, name: str) -> tuple[int, int]:
    """The word and the bit that tell of a column in ``_headings0``, ``_headings1`` … and ``_doubtful0`` …"""
    return divmod([column.name for column in register.columns].index(name), BITS)


def with_silences(frame: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The frame with ``_headings`` and ``_doubtful`` as bits too: searching a long text a dozen times for every row was
    two thirds of the time all rules took."""
    made = []
    for name in ("_headings", "_doubtful"):
        texts = [text for text in frame[name].unique().to_list() if text is not None]
        for word in range(-(-len(register.columns) // BITS)):
            masks = [
                sum(
                    1 << place
                    for column in text.split("|")
                    if column in register.by_name
                    for at, place in [bit(register, column)]
                    if at == word
                )
                for text in texts
            ]
            made.append(
                pl.col(name).replace_strict(texts, masks, default=None, return_dtype=pl.Int64).alias(f"{name}{word}")
            )
    return frame.with_columns(*made, *_in_kind(frame, register))


def kinds(register: Register) -> list[str]:
    """The columns :func:`with_silences` adds for a register whose rents may be in kind: grams a mu a year, by good."""
    return [f"_grams_{good}" for good in PRICED] if {"in_kind", "area_mu4"} <= register.by_name.keys() else []


def _rooms(frame: pl.DataFrame, by_room: Sequence[str]) -> pl.Expr:
    """How many rooms a row speaks of, where its rent is so much a room: in that rent, its title or its place."""
    texts = [name for name in ("in_kind", "title", "location") if name in frame.columns]
    told = (
        {
            row["_id"]: count_rooms(filter(None, (row[name] for name in texts)))
            for row in frame.filter(pl.col("in_kind").is_in(by_room)).select("_id", *texts).iter_rows(named=True)
        }
        if by_room
        else {}
    )
    return (
        pl.col("_id").replace_strict(list(told), list(told.values()), default=None, return_dtype=pl.Int64)
        if told
        else pl.lit(None, pl.Int64)
    )


def _in_kind(frame: pl.DataFrame, register: Register) -> list[pl.Expr]:
    """What ``in_kind`` says as numbers: engines read texts differently, and a price is by the kilogram."""
    names = kinds(register)
    if not names:
        return []
    said: dict[str, InKind] = {}
    for text in frame["in_kind"].unique().to_list():
        outcome = parse_in_kind(text) if text else None
        if (
            isinstance(outcome, Value)
            and outcome.value is not None
            and all(good in PRICED for good, _ in outcome.value.goods)
        ):
            said[text] = outcome.value
    if not said:
        return [pl.lit(None, pl.Int64).alias(name) for name in names]
    by = {
        per: pl.col("in_kind").is_in([text for text, each in said.items() if each.per == per])
        for per in ("", "mu", "piece")
    }
    rooms = _rooms(frame, [text for text, each in said.items() if each.per == "piece"])
    whole = pl.when(by[""]).then(10_000).when(by["piece"]).then(rooms * 10_000).otherwise(None)
    share = pl.coalesce(whole / pl.col("area_mu4"), pl.when(by["mu"]).then(1.0))
    return [
        (
            pl.col("in_kind").replace_strict(
                list(said),
                [dict(each.goods).get(good, 0) for each in said.values()],
                default=None,
                return_dtype=pl.Int64,
            )
            * share
        )
        .round()
        .cast(pl.Int64)
        .alias(name)
        for name, good in zip(names, PRICED, strict=True)
    ]
