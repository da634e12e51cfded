"""Tries at a secret 输错几次: so many in so many minutes, whoever makes them.

SIGN_IN = Tries("sign-in", 5, minutes=15)
if not SIGN_IN.count(login, address):   # one too many: the password is not looked at
SIGN_IN.forget(login, address)          # it was right
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files import locks


@dataclass(frozen=True, slots=True)
class Tries:
    """``most`` tries at ``what`` in ``minutes``, counted apart for each set of words that says whose they are."""

    what: str
    most: int
    minutes: int

    def count(self, *whose: str) -> int:
        """Which try this is, from 1, counted before it is looked at, so that many at once are no more than one after another;
        0 for one too many. The cache alone would read and write in two steps, and other processes serve too."""
        folder, key = Path(settings.HOME) / "cache", self._key(whose)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "tries.lock").open("w") as lock:
            locks.lock(lock, locks.LOCK_EX)
            before: int = cache.get(key, 0)
            if before >= self.most:
                return 0
            cache.set(key, before + 1, self.minutes * 60)
        return before + 1

    def forget(self, *whose: str) -> None:
        cache.delete(self._key(whose))

    def _key(self, whose: tuple[str, ...]) -> str:
        return f"{self.what}:" + hashlib.sha256("\n".join(whose).encode()).hexdigest()
