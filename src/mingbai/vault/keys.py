"""The keys of a home: one small file each, made on first use, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path


class Keys:
    """Keys under ``HOME/keys``. A home without its keys cannot be read: keep a copy apart from the backup."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "keys"

    def bytes(self, name: str) -> bytes:
        """32 random bytes by name, made on first use."""
        path = self.folder / f"{name}.key"
        try:
            return bytes.fromhex(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = secrets.token_bytes(32)
            draft = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(made.hex())
            try:
                os.link(draft, path)  # two processes starting at once: the first name wins, both read the same key
            except FileExistsError:
                return bytes.fromhex(path.read_text(encoding="ascii"))
            finally:
                draft.unlink()
            return made

    def text(self, name: str) -> str:
        return self.bytes(name).hex()

    @cached_property
    def current(self) -> str:
        """The name of the newest sealing key (``seal-1``, ``seal-2`` …); older ones still open what they sealed."""
        numbers = [int(path.stem.removeprefix("seal-")) for path in self.folder.glob("seal-*.key")]
        return f"seal-{max(numbers, default=1)}"
