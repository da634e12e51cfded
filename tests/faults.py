"""A disk that is full at the n-th file operation, a database that fails at the n-th statement."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class Faults:
    """Lets the n-th file operation fail with a full disk."""

    OPERATIONS = ((Path, "replace"), (Path, "rename"), (Path, "write_text"), (Path, "write_bytes"), (os, "fsync"), (shutil, "copyfileobj"), (shutil, "copyfile"),
                  (zipfile.ZipFile, "write"), (zipfile.ZipFile, "writestr"), (sqlite3, "connect"))

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.seen = 0, 0
        for owner, name in self.OPERATIONS:
            monkeypatch.setattr(owner, name, self._failing(getattr(owner, name)))

    def _failing(self, real: Any) -> Any:
        def operation(*arguments: Any, **options: Any) -> Any:
            self.seen += 1
            if self.seen == self.at:
                raise OSError(28, "No space left on device")
            return real(*arguments, **options)
        return operation

    def each(self) -> Iterator[int]:
        """Fails at the first, the second … operation, until there are none left."""
        while self.at <= self.seen:
            self.at, self.seen = self.at + 1, 0
            yield self.at

    def ends(self) -> Iterator[int]:
        """Fails at the first and at the last of the operations just seen; the many between are alike."""
        last = self.seen
        for self.at in (*range(1, 9), *range(last - 5, last + 2)):
            self.seen = 0
            yield self.at


class Statements:
    """Lets the n-th statement to the database fail; for ``connection.execute_wrapper``."""

    def __init__(self) -> None:
        self.at, self.seen = 0, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        from django.db import OperationalError

        self.seen += 1
        if self.seen == self.at:
            raise OperationalError("disk I/O error")
        return execute(sql, params, many, context)

    def each(self) -> Iterator[int]:
        while self.at <= self.seen:
            self.at, self.seen = self.at + 1, 0
            yield self.at
