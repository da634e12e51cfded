"""Many rows at once, in the way each database takes them fastest: executemany on SQLite, COPY on PostgreSQL.

Only the door (:mod:`mingbai.records.door`) comes here: what is written is checked and masked there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import partial
from typing import Any

import polars as pl
from django.db import connection

Row = Sequence[Any]
FEW = 100
"""Up to so many rows go to PostgreSQL in one INSERT; COPY pays off beyond."""
_PART = 5_000


@contextmanager
def inserting(table: str, columns: Sequence[str], rows: Sequence[Row] | pl.DataFrame) -> Iterator[None]:
    """New rows, by one statement. They stand when the block is left: PostgreSQL takes a frame while the block runs."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows.rows() if isinstance(rows, pl.DataFrame) else rows)  # noqa: S608 - our own names
            yield
        elif len(rows) <= FEW:
            listed = rows.rows() if isinstance(rows, pl.DataFrame) else rows
            marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(listed))
            _run(f"INSERT INTO {table} ({names}) VALUES {marks}", [value for row in listed for value in row])  # noqa: S608
            yield
        else:
            _flush()
            _guarded(lambda *_: None, f"INSERT INTO {table}")
            yield from _copying(cursor, f"COPY {table} ({names}) FROM STDIN", rows)


def _copying(cursor: Any, sql: str, rows: Sequence[Row] | pl.DataFrame) -> Iterator[None]:
    from psycopg.copy import QueuedLibpqWriter

    if isinstance(rows, pl.DataFrame):
        with cursor.copy(sql, writer=QueuedLibpqWriter(cursor.cursor)) as copy:
            for start in range(0, len(rows), _PART):  # a part is on its way while the next is written out
                copy.write(_text(rows[start:start + _PART]))
            yield
    else:
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        yield


def gather(table: str, columns: Sequence[tuple[str, str]], keys: int, rows: Sequence[Row]) -> None:
    """Adds to rows that are there, makes the others. ``columns``: names with their types, the first ``keys`` of them the key."""
    quoted = [connection.ops.quote_name(name) for name, _ in columns]
    of_key, of_sum = quoted[:keys], quoted[keys:]
    there = f"ON CONFLICT ({', '.join(of_key)}) DO UPDATE SET " + ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in of_sum)
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({marks}) {there}", rows)  # noqa: S608
    elif len(rows) <= FEW:
        marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        _run(f"INSERT INTO {table} ({', '.join(quoted)}) VALUES {marks} {there}", [value for row in rows for value in row])  # noqa: S608
    else:
        arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
        _run(f"INSERT INTO {table} ({', '.join(quoted)}) SELECT * FROM unnest({arrays}) {there}", [list(column) for column in zip(*rows, strict=True)])  # noqa: S608


@contextmanager
def together() -> Iterator[None]:
    """What few rows are written in the block goes to PostgreSQL in one message at its end: each message is a wait."""
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
        send(waiting)
        waiting.clear()


def send(statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
    """Statements one after the other, each seeing what the one before did; gives the rows of each. PostgreSQL gets them in
    one message and plans each of them once a connection."""
    if connection.vendor == "sqlite":
        found = []
        with connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                found.append(list(cursor.fetchall()) if cursor.description else [])
        return found
    from psycopg import Cursor
    from psycopg.types.numeric import Int8Dumper

    connection.ensure_connection()
    raw, cursors = connection.connection, []
    with connection.wrap_database_errors:
        with raw.pipeline() if len(statements) > 1 else nullcontext():
            for sql, values in statements:
                cursors.append(Cursor(raw))
                cursors[-1].adapters.register_dumper(int, Int8Dumper)  # a statement is known by the kinds of its values, too
                _guarded(cursors[-1].execute, sql, values)
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


def _guarded(execute: Callable[..., Any], sql: str, values: Sequence[Any] = ()) -> None:
    """Through whatever stands at the connection (:mod:`mingbai.records.guard`), as Django's own cursors go."""
    ask: Callable[..., Any] = lambda sql, values, _many, _context: execute(sql, values)  # noqa: E731
    for wrapper in reversed(connection.execute_wrappers):
        ask = partial(wrapper, ask)
    ask(sql, values, False, {"connection": connection})


def reserve(table: str, number: int) -> tuple[str, list[Any]]:
    """A SELECT, with its values, whose rows (:func:`reserved`) are numbers nobody else will get."""
    if connection.vendor == "sqlite":  # whoever writes holds the only lock there is
        return "SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s", [table]
    return "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [f"{table}_id_seq", number]


def reserved(rows: Sequence[int], number: int) -> list[int]:
    return list(range(rows[0], rows[0] + number)) if connection.vendor == "sqlite" else sorted(rows)


def _text(rows: pl.DataFrame) -> bytes:
    """Rows in COPY's own text: tabs between values, ``\\N`` for nothing."""
    odd = [name for name, kind in rows.schema.items() if kind == pl.String and rows[name].str.contains(r"[\\\t\n\r]").any()]
    for name in odd:
        rows = rows.with_columns(pl.col(name).str.replace_many({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}))
    return rows.write_csv(include_header=False, separator="\t", quote_style="never", null_value="\\N").encode()
