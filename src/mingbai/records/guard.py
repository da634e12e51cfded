"""The guard of the door: a write to a table of this house while no door is open is refused, wherever it comes from.

It stands at every connection, so that what a reader of the source overlooks (a ``save()`` far away, a queryset's
``update()``, a signal) fails at once. Tables that are Django's own (sessions, queued tasks) are none of its business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from mingbai.records.door import DoorError, is_open

_WRITES = re.compile(
    r'(?:INSERT(?: OR [A-Z]+)? INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?)\s+["`]?(\w+)', re.IGNORECASE
)
_lifted = 0


def install() -> None:
    """Puts the guard at every connection there will be."""
    connection_created.connect(_stand, dispatch_uid="mingbai.records.guard")
    pre_migrate.connect(_lift, dispatch_uid="mingbai.records.guard")
    post_migrate.connect(_set_again, dispatch_uid="mingbai.records.guard")


@contextmanager
def lifted() -> Iterator[None]:
    """Without the guard: for clearing a half-built demo away, and for tests that tamper."""
    global _lifted
    _lifted += 1
    try:
        yield
    finally:
        _lifted -= 1


@cache
def _ours() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models if model.__module__.startswith("mingbai."))


def _hold(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    if not (_lifted or _migrating or is_open()) and isinstance(sql, str):
        found = (
            _WRITES.match(sql)
            if sql[:1] in "IRUDTirudt"
            else _WRITES.search(sql)
            if sql[:5].upper() == "WITH "
            else None
        )
        if found and found[1] in _ours():
            raise DoorError(f"a write to {found[1]} outside the door: open it with commit()")
    return execute(sql, params, many, context)


def _stand(connection: Any, **_: object) -> None:
    if _hold not in connection.execute_wrappers:
        connection.execute_wrappers.append(_hold)
    if connection.vendor == "sqlite":  # what the triggers of the books ask; without it (another program) they refuse
        connection.connection.create_function("mingbai_lifted", 0, lambda: int(_lifted > 0))


_migrating = False


def _lift(**_: object) -> None:
    global _migrating
    _migrating = True


def _set_again(**_: object) -> None:
    global _migrating
    _migrating = False
