"""Many rows at once, in the way each database takes them fastest: executemany on SQLite, COPY on PostgreSQL.

Only the door (:mod:`mingbai.records.door`) comes here: what is written is checked and masked there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, cast
from weakref import WeakSet

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Row = Sequence[Any]
FEW = 100
"""Up to so many rows go to PostgreSQL in one INSERT; COPY pays off beyond."""
_PART = 5_000
_PLAIN = frozenset(("varchar", "text", "bigint", "integer", "smallint", "boolean", "date"))


@dataclass(frozen=True)
class Table:
    """Where rows go: a table and those of its columns they have, quoted, with their kinds."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def into(self) -> str:
        return f"INSERT INTO {self.name} ({', '.join(self.columns)})"

    @property
    def values(self) -> str:
        return f"VALUES ({', '.join(['%s'] * len(self.columns))})"

    @property
    def given(self) -> str:
        """Rows as one value, JSON (:meth:`said`): the same words however many rows, and one value to bring over."""
        kinds = ", ".join(f"{name} {kind}" for name, kind in zip(self.columns, self.kinds, strict=True))
        return f"SELECT {', '.join(self.columns)} FROM json_to_recordset(%s::json) AS given({kinds})"  # noqa: S608 - our own names

    def said(self, rows: Sequence[Row]) -> list[str]:
        names = [name.strip('"') for name in self.columns]
        return [json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, default=str)]


def table(model: type[models.Model], columns: tuple[str, ...]) -> Table:
    return _table(cast(Hashable, model), columns)


@cache
def _table(model: Hashable, columns: tuple[str, ...]) -> Table:
    here = connections[DEFAULT_DB_ALIAS]
    meta: Any = getattr(model, "_meta")  # noqa: B009 - a model class, which the cache knows as anything
    fields: list[Any] = [meta.get_field(name) for name in columns]
    quote = here.ops.quote_name
    # Without its length a text that is too long is refused, with it cut off.
    return Table(
        quote(meta.db_table),
        tuple(quote(field.column) for field in fields),
        tuple(str(field.db_type(here)).partition("(")[0] for field in fields),
    )


@contextmanager
def inserting(table: Table, rows: Sequence[Row] | pl.DataFrame) -> Iterator[None]:
    """New rows, by one statement. They stand when the block is left: PostgreSQL takes a frame while the block runs."""
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor == "sqlite":
        with here.cursor() as cursor:
            cursor.executemany(f"{table.into} {table.values}", rows.rows() if isinstance(rows, pl.DataFrame) else rows)
        yield
    elif len(rows) <= FEW:
        _run(*_few(table, rows.rows() if isinstance(rows, pl.DataFrame) else rows))
        yield
    else:
        _flush()
        _guarded(lambda *_: None, table.into)
        with here.cursor() as cursor:
            yield from _copying(cursor, f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN", rows)


def _few(table: Table, rows: Sequence[Row]) -> tuple[str, list[Any]]:
    if _PLAIN.issuperset(table.kinds):
        return f"{table.into} {table.given}", table.said(rows)
    return f"{table.into} {table.values}" + f", {table.values.removeprefix('VALUES ')}" * (len(rows) - 1), [
        value for row in rows for value in row
    ]


def _copying(cursor: Any, sql: str, rows: Sequence[Row] | pl.DataFrame) -> Iterator[None]:
    from psycopg.copy import QueuedLibpqWriter

    if isinstance(rows, pl.DataFrame):
        with cursor.copy(sql, writer=QueuedLibpqWriter(cursor.cursor)) as copy:
            for start in range(0, len(rows), _PART):  # a part is on its way while the next is written out
                copy.write(_text(rows[start : start + _PART]))
            yield
    else:
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        yield


def gather(table: Table, keys: int, rows: Sequence[Row]) -> None:
    """Adds to rows that are there, makes the others. The first ``keys`` columns are the key."""
    there = f"ON CONFLICT ({', '.join(table.columns[:keys])}) DO UPDATE SET " + ", ".join(
        f"{name} = {table.name}.{name} + excluded.{name}" for name in table.columns[keys:]
    )
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor == "sqlite":
        with here.cursor() as cursor:
            cursor.executemany(f"{table.into} {table.values} {there}", rows)
    else:
        _run(f"{table.into} {table.given} {there}", table.said(rows))


@contextmanager
def together() -> Iterator[None]:
    """What few rows are written in the block, into one table each, goes to PostgreSQL as one statement at its end: each message
    is a wait."""
    token = _waiting.set([])
    try:
        yield
        _flush()
    finally:
        _waiting.reset(token)


_waiting: ContextVar[list[tuple[str, list[Any]]] | None] = ContextVar("waiting", default=None)


def _run(sql: str, values: list[Any]) -> None:
    waiting = _waiting.get()
    if waiting is None:
        send([(sql, values)])
    else:
        waiting.append((sql, values))


def _flush() -> None:
    if waiting := _waiting.get():
        *before, (last, _) = waiting
        said = ", ".join(f"written_{at} AS ({sql})" for at, (sql, _) in enumerate(before))
        send([(f"WITH {said} {last}" if said else last, [value for _, values in waiting for value in values])])
        waiting.clear()


def send(statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
    """Statements one after the other, each seeing what the one before did; gives the rows of each. PostgreSQL gets them in
    one message and plans each of them once a connection."""
    here = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks itself up for every word
    if here.vendor == "sqlite":
        found = []
        with here.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                found.append(list(cursor.fetchall()) if cursor.description else [])
        return found
    from psycopg import Cursor
    from psycopg.types.numeric import Int8Dumper

    here.ensure_connection()
    raw, cursors = here.connection, []
    if raw not in _met:
        raw.adapters.register_dumper(int, Int8Dumper)  # a statement is known by the kinds of its values, too
        _met.add(raw)
    with here.wrap_database_errors:
        with raw.pipeline() if len(statements) > 1 else nullcontext():
            for sql, values in statements:
                cursors.append(Cursor(raw))
                _guarded(cursors[-1].execute, sql, values)
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


_met: WeakSet[Any] = WeakSet()


def _guarded(execute: Callable[..., Any], sql: str, values: Sequence[Any] = ()) -> None:
    """Through whatever stands at the connection (:mod:`mingbai.records.guard`), as Django's own cursors go."""
    ask: Callable[..., Any] = lambda sql, values, _many, _context: execute(sql, values)  # noqa: E731
    here = connections[DEFAULT_DB_ALIAS]
    for wrapper in reversed(here.execute_wrappers):
        ask = partial(wrapper, ask)
    ask(sql, values, False, {"connection": here})


def reserve(table: str, number: int) -> tuple[str, list[Any]]:
    """A SELECT, with its values, whose one text (:func:`reserved`) tells numbers nobody else will get."""
    if connection.vendor == "sqlite":  # whoever writes holds the only lock there is
        return "SELECT CAST(COALESCE(MAX(seq), 0) + 1 AS TEXT) FROM sqlite_sequence WHERE name = %s", [table]
    return "SELECT string_agg(nextval(%s::regclass)::text, ' ') FROM generate_series(1, %s)", [
        f"{table}_id_seq",
        number,
    ]


def reserved(said: str, number: int) -> list[int]:
    return (
        list(range(int(said), int(said) + number)) if connection.vendor == "sqlite" else sorted(map(int, said.split()))
    )


def _text(rows: pl.DataFrame) -> bytes:
    """Rows in COPY's own text: tabs between values, ``\\N`` for nothing."""
    odd = [
        name for name, kind in rows.schema.items() if kind == pl.String and rows[name].str.contains(r"[\\\t\n\r]").any()
    ]
    for name in odd:
        rows = rows.with_columns(pl.col(name).str.replace_many({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}))
    return rows.write_csv(include_header=False, separator="\t", quote_style="never", null_value="\\N").encode()
