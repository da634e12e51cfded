"""A published notice 公示 as a file anyone can check: ``NOTICE.json`` holds the notice and the digests of its parts.

    {"notice": {"head": {...}, "columns": [...], "rows": [[...], ...], "totals": {...}},
     "proof": {"format": "mingbai-notice-1", "sha256": "…", "parts": {"head": "…", "columns": "…", "totals": "…", "rows": ["…", …]}}}

``sha256`` is the digest of the whole notice; the digests of the parts only tell *which* part differs. A forger can make
all of them anew, so the last word has the code printed on the wall (``code_of``), compared by a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingbai.proofs.canonical import NotCanonicalError, canonical, digest, read_canonical

FORMAT = "mingbai-notice-1"
_PARTS = ("head", "columns", "totals")
_SHAPE = {
    "notice": {"head": dict, "columns": list, "totals": dict, "rows": list},
    "proof": {"format": str, "sha256": str, "parts": dict},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a file differs from what was published, in words."""

    where: str
    what: str


def envelope(notice: Mapping[str, Any]) -> bytes:
    """The bytes of ``NOTICE.json`` for a notice (``head``, ``columns``, ``rows``, ``totals``)."""
    parts = {name: digest(notice[name]) for name in _PARTS}
    return canonical(
        {
            "notice": dict(notice),
            "proof": {
                "format": FORMAT,
                "sha256": digest(notice),
                "parts": {**parts, "rows": [digest(row) for row in notice["rows"]]},
            },
        }
    )


def code_of(sha256: str) -> str:
    """The code on the wall 验真码: the first 80 bits of the digest in five groups, ``3f2a-…``."""
    return "-".join(sha256[at : at + 4] for at in range(0, 20, 4))


def verify(data: bytes, code: str = "") -> list[Difference]:
    """Recomputes everything in a ``NOTICE.json`` and names each difference; none = it is as published.

    ``code``: the code read off the wall, with or without dashes, in any case; without it only the file's own
    consistency is known.
    """
    try:
        found = read_canonical(data)
    except NotCanonicalError as error:
        return [Difference("文件", str(error))]
    return list(_shape(found)) or list(_compare(found, code))


def _shape(found: Any) -> Iterator[Difference]:
    if not isinstance(found, dict) or set(found) != set(_SHAPE):
        yield Difference("文件", "不是公示文件：应当只有 notice 和 proof 两部分")
        return
    for part, fields in _SHAPE.items():
        if not isinstance(found[part], dict) or set(found[part]) != set(fields):
            yield Difference(part, f"应当只有 {'、'.join(fields)}")
            return
        for name, kind in fields.items():
            if not isinstance(found[part][name], kind):
                yield Difference(f"{part}.{name}", "类型不对")
    if found["proof"]["format"] != FORMAT:
        yield Difference("proof.format", f"写的是 {found['proof']['format']!r}，这个程序认得 {FORMAT}")
    parts = found["proof"]["parts"]
    if isinstance(parts, dict) and (set(parts) != {*_PARTS, "rows"} or not isinstance(parts["rows"], list)):
        yield Difference("proof.parts", f"应当只有 {'、'.join((*_PARTS, 'rows'))}")


def _compare(found: dict[str, Any], code: str) -> Iterator[Difference]:
    notice, proof = found["notice"], found["proof"]
    words = {"head": "抬头（谁、什么、起止、签字）", "columns": "栏目", "totals": "合计"}
    for name in _PARTS:
        if digest(notice[name]) != proof["parts"][name]:
            yield Difference(words[name], "与它的摘要不符")
    rows, sums = notice["rows"], proof["parts"]["rows"]
    if len(rows) != len(sums):
        yield Difference("各行", f"有 {len(rows)} 行，摘要却有 {len(sums)} 个")
    for number, (row, expected) in enumerate(zip(rows, sums, strict=False), 1):
        if digest(row) != expected:
            yield Difference(f"第 {number} 行", "与它的摘要不符")
    yield from _sums(notice)
    whole = digest(notice)
    if whole != proof["sha256"]:
        yield Difference("全文", f"现在的摘要是 {whole[:16]}…，文件里写的是 {str(proof['sha256'])[:16]}…")
    wanted = "".join(code.split()).replace("-", "").lower()
    if wanted and not (len(wanted) >= 20 and whole.startswith(wanted)):
        yield Difference("验真码", f"墙上的是 {code}，这个文件的是 {code_of(whole)}：不是同一份")


def _sums(notice: dict[str, Any]) -> Iterator[Difference]:
    """The totals against the rows they stand under."""
    names = [column.get("name") if isinstance(column, dict) else None for column in notice["columns"]]
    for name, total in notice["totals"].items():
        if name == "rows":
            real = len(notice["rows"])
        elif name in names:
            at = names.index(name)
            values = [row[at] for row in notice["rows"] if isinstance(row, list) and at < len(row)]
            real = sum(value for value in values if isinstance(value, int) and not isinstance(value, bool))
        else:
            yield Difference("合计", f"“{name}”没有这一栏")
            continue
        if real != total:
            yield Difference("合计", f"“{name}”写的是 {total}，各行加起来是 {real}")
