"""What every part of keeping a home safe stands on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class SafekeepingError(ValueError):
    """What cannot be backed up or restored; the sentence says what to do."""


def settle(path: Path) -> None:
    """On the disk, not only on its way there."""
    with path.open("rb+") as file, suppress(OSError):
        os.fsync(file.fileno())
