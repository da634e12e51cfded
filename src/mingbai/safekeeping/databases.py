"""Where a home's rows lie, as far as keeping them safe goes: copied as of one moment with their totals, brought back, compared.

``SQLite`` is the file in the home; ``PostgreSQL`` the database ``MINGBAI_DATABASE`` names, by its own ``pg_dump`` and ``pg_restore``
(Debian: ``postgresql-client``), which must be at least as new as the server.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from mingbai.safekeeping.files import SafekeepingError

Ask = Callable[[str], Iterable[tuple[Any, ...]]]


class Database(Protocol):
    """``name`` is what its copy is called in a backup."""

    name: str

    def copy(self, target: Path) -> dict[str, Any]:
        """Writes the rows as of one moment while people go on working; gives their totals.

        :raises SafekeepingError: there is nothing to copy, or the copying failed.
        """

    def bring(self, copy: Path, wanted: dict[str, Any]) -> None:
        """Makes the rows from a copy that lies in the new home and whose totals must be ``wanted``; the copy is used up.

        :raises SafekeepingError: the place is taken, or the copy is not what it says; nothing is left then.
        """

    def forget(self) -> None:
        """Takes away what :meth:`bring` made outside the home's folder."""


class SQLite:
    name = "mingbai.sqlite3"

    def __init__(self, home: Path) -> None:
        self.file = home / self.name

    def copy(self, target: Path) -> dict[str, Any]:
        if not self.file.is_file():
            raise SafekeepingError(f"{self.file.parent} 里没有账（没有 {self.name}）；用 MINGBAI_HOME 指明家目录")
        with closing(sqlite3.connect(self.file)) as living, closing(sqlite3.connect(target)) as still:
            living.backup(still)
        return sqlite_totals(target)

    def bring(self, copy: Path, wanted: dict[str, Any]) -> None:
        with closing(sqlite3.connect(copy)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok" or sqlite_totals(copy) != wanted:
            raise SafekeepingError(f"备份里的数据库和它自己的合计对不上（{said}）；请换另一份备份")

    def forget(self) -> None:
        """Its file goes with the folder."""


class PostgreSQL:
    name = "mingbai.pgdump"

    def __init__(self, url: str) -> None:
        self.url = url

    def copy(self, target: Path) -> dict[str, Any]:
        with self._open() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            found = totals(connection.execute, self._tables(connection.execute))
            if not found["rows"]:
                raise SafekeepingError("MINGBAI_DATABASE 指的库里没有账；请核对库名")
            # The dump looks at the very moment that was counted, however long it takes.
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={target}",
                self.url,
            )
        return found

    def bring(self, copy: Path, wanted: dict[str, Any]) -> None:
        with self._open() as connection:
            if self._tables(connection.execute):
                raise SafekeepingError(
                    "MINGBAI_DATABASE 指的库里已经有表，恢复不会盖掉它；请另建一个空库（createdb），指向它再恢复"
                )
        try:
            self._run(
                "pg_restore",
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
                f"--dbname={self.url}",
                str(copy),
            )
            with self._open() as connection:
                found = totals(connection.execute, self._tables(connection.execute))
            if found != wanted:
                raise SafekeepingError("备份里的数据库和它自己的合计对不上；请换另一份备份")
        except BaseException:
            self.forget()
            raise
        copy.unlink()

    def forget(self) -> None:
        """It was empty before: whatever lies in it came from the copy."""
        with self._open() as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")

    def _open(self) -> Any:
        import psycopg

        try:
            return psycopg.connect(self.url, autocommit=True)
        except psycopg.OperationalError as unreachable:
            raise SafekeepingError(f"连不上 MINGBAI_DATABASE 指的库：{unreachable}") from unreachable

    @staticmethod
    def _tables(ask: Any) -> list[str]:
        return [name for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]

    @staticmethod
    def _run(program: str, *words: str) -> None:
        if shutil.which(program) is None:
            raise SafekeepingError(
                f"没有 {program}；请先装 PostgreSQL 的客户端（Debian：apt install postgresql-client）"
            )
        done = subprocess.run(
            [program, *words], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        if done.returncode:
            raise SafekeepingError(
                f"{program} 没有做成：{done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
            )


def of(home: Path) -> Database:
    """The database of a home: what ``MINGBAI_DATABASE`` names, else the file in it."""
    url = os.environ.get("MINGBAI_DATABASE")
    return PostgreSQL(url) if url else SQLite(home)


def totals(ask: Ask, tables: Iterable[str]) -> dict[str, Any]:
    """What two databases must have alike: rows of every table of the house, and the digest of all chains' events."""
    kept = sorted(name for name in tables if not name.startswith(("sqlite_", "django_session", "django_tasks")))
    counts = {name: next(iter(ask(f'SELECT count(*) FROM "{name}"')))[0] for name in kept}  # noqa: S608 - names of its own
    chains = hashlib.sha256()
    if "records_event" in kept:
        for (each,) in ask("SELECT hash FROM records_event ORDER BY id"):
            chains.update(str(each).encode())
    migrations = (
        sorted([app, name] for app, name in ask("SELECT app, name FROM django_migrations"))
        if "django_migrations" in kept
        else []
    )
    return {"rows": counts, "chains": chains.hexdigest(), "migrations": migrations}


def sqlite_totals(database: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as base:
        return totals(
            base.execute, [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        )
