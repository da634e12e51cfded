"""The demo district 演示区: 69 invented ledgers in a dozen layouts with the errors real ones have, and their key.

from mingbai import demo
demo.write(Path("台账"))            # 69 workbooks and a policy file, always the same
demo.key().findings                 # what a checker must find in them, and nothing else
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from mingbai.demo.answers import Key, Line, chosen, key
from mingbai.demo.books import draw_book, file_name
from mingbai.demo.contract import AS_OF
from mingbai.demo.district import PLACE, Collective, collectives, streets
from mingbai.demo.files import write_book
from mingbai.demo.plan import SEED

POLICY = "政策_演示.yaml"
"""The demo place's own policy, written beside the ledgers."""

__all__ = ["AS_OF", "PLACE", "POLICY", "SEED", "Collective", "Key", "Line", "collectives", "key", "streets", "write"]


def write(
    folder: Path, seed: int = SEED, villages: int | None = None, progress: Callable[[int, int, str], None] | None = None
) -> None:
    """Writes the ledgers and the policy into a folder, which is made if need be. Demo ledgers of an earlier, larger
    writing are taken away; other files there are left alone.

    ``progress`` is called with ledgers done, ledgers in all, and the file at hand.
    """
    drawn = chosen(villages, seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / POLICY).write_bytes(resources.files(__package__).joinpath(POLICY).read_bytes())
    for village in chosen(None, seed)[len(drawn) :]:
        (folder / file_name(village)).unlink(missing_ok=True)
    for done, village in enumerate(drawn, 1):
        book = draw_book(village, seed)
        write_book(book, folder)
        if progress:
            progress(done, len(drawn), book.file)
