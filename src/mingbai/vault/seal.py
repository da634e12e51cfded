"""Sealing: AES-256-GCM with the home's key; the key's name stands in front, so that keys can be changed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mingbai.vault.keys import Keys


class Unopenable(Exception):  # noqa: N818 - what happened, in the word for it
    """A sealed value that this home's keys do not open: altered, or the keys of another home."""


@cache
def _keys_of(home: Path) -> Keys:
    return Keys(home)


def _keys() -> Keys:
    return _keys_of(settings.HOME)


@cache
def _cipher_of(keys: Keys, name: str) -> AESGCM:
    return AESGCM(keys.bytes(name))


@cache
def _marking(keys: Keys) -> hmac.HMAC:
    """The digest before anything is said, its key read once: a ledger has ten thousand numbers to mark."""
    return hmac.new(keys.bytes("mark"), digestmod=hashlib.sha256)


def _cipher(name: str) -> AESGCM:
    return _cipher_of(_keys(), name)


def current() -> str:
    """The name of the key that seals now."""
    return _keys().current


def fresh_key() -> str:
    """Makes the next sealing key and seals with it from now on; the older ones still open what they sealed."""
    keys = _keys()
    name = f"seal-{int(keys.current.removeprefix('seal-')) + 1}"
    keys.bytes(name)
    _keys_of.cache_clear()
    _cipher_of.cache_clear()
    return name


def seal(plain: bytes, about: str) -> bytes:
    """``plain`` sealed. ``about`` names the place it belongs to; it opens nowhere else."""
    return sealer(about)(plain)


def sealer(about: str) -> Callable[[bytes], bytes]:
    """What seals for one place: for many values at once, of which each gets a nonce of its own."""
    name = _keys().current
    encrypt, place, front = _cipher(name).encrypt, about.encode(), name.encode() + b":"

    def sealed(plain: bytes) -> bytes:
        nonce = secrets.token_bytes(12)
        return front + nonce + encrypt(nonce, plain, place)

    return sealed


def unseal(sealed: bytes, about: str) -> bytes:
    """:raises Unopenable: when it was altered, moved or sealed by another home."""
    name, _, rest = sealed.partition(b":")
    try:
        return _cipher(name.decode("ascii")).decrypt(rest[:12], rest[12:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopenable(f"加密的内容打不开（{about}）：被改动过，或者不是这个家目录的钥匙") from error


def mark(plain: str) -> str:
    """A keyed digest: equal values have equal marks, and a mark tells nothing without the key."""
    marking = _marking(_keys()).copy()
    marking.update(plain.encode())
    return marking.hexdigest()[:32]
