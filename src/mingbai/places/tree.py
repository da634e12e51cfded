"""Paths of the organisation tree: four digits a level, so that a subtree is a half-open range of text.

``startswith`` scans the whole table on SQLite; ``>= '00010002' and < '00010003'`` uses the index on both databases and
under every collation.
"""

from __future__ import annotations

STEP = 4


class TooManyChildrenError(ValueError):
    """An organisation holds at most 9,998 children."""


def child_path(parent: str, last: str | None) -> str:
    """The path of the next child of ``parent``, whose last child so far has the path ``last``."""
    number = int(last[-STEP:]) + 1 if last else 1
    if number > 9998:
        raise TooManyChildrenError("一个组织下面最多 9,998 个下级")
    return f"{parent}{number:04d}"


def after(path: str) -> str:
    """The end (not included) of the range that holds a path and everything under it."""
    return f"{path[:-STEP]}{int(path[-STEP:]) + 1:04d}"


def ancestors(path: str) -> list[str]:
    """The path itself and those above it, from the top."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]
