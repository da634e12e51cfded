"""Canonical JSON: one value, one sequence of bytes. A narrow profile of RFC 8785 (JCS), so that any JCS library agrees.

Allowed: objects with text keys, arrays, text, whole numbers within ±(2^53 − 1), true, false, null. No fractions (money is
whole fen, area whole 1/10,000 mu), no lone surrogates, no key twice.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

WHOLE = 2**53 - 1


class NotCanonicalError(ValueError):
    """A value or bytes outside the profile; the sentence says where."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value (UTF-8).

    :raises NotCanonicalError: for what the profile does not allow.
    """
    _allowed(value, "$")
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, 64 small hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def read_canonical(data: bytes) -> Any:
    """The value of canonical bytes.

    :raises NotCanonicalError: when the bytes are no JSON, or not the canonical bytes of their value.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_fraction, parse_constant=_no_fraction
        )
    except UnicodeDecodeError as error:
        raise NotCanonicalError(f"第 {error.start + 1} 个字节不是 UTF-8 文字") from error
    except json.JSONDecodeError as error:
        raise NotCanonicalError(f"第 {error.pos + 1} 个字起不是 JSON") from error
    except (RecursionError, ValueError) as error:
        raise NotCanonicalError(
            str(error) if isinstance(error, NotCanonicalError) else "数字太长或层次太深，不是规范写法"
        ) from error
    if canonical(value) != data:
        raise NotCanonicalError("内容能读，但不是规范写法（次序、空白或转义被改过）")
    return value


def _allowed(value: Any, where: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > WHOLE:
            raise NotCanonicalError(f"{where} 的数 {value} 超出 ±(2^53−1)")
    elif isinstance(value, str):
        _text(value, where)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            _allowed(item, f"{where}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonicalError(f"{where} 的键 {key!r} 不是文字")
            _text(key, where)
            _allowed(item, f"{where}.{key}")
    else:
        raise NotCanonicalError(f"{where} 是 {type(value).__name__}，只能是文字、整数、真假、空、列表或对照表")


def _text(text: str, where: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError(f"{where} 有不成对的代理字符") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotCanonicalError(f"键“{key}”出现了两次")
        found[key] = value
    return found


def _no_fraction(text: str) -> Any:
    raise NotCanonicalError(f"有小数或特殊数 {text}；这里只有整数")
