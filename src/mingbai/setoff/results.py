"""What a round leaves in its folder: four tables and the proof, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl

from mingbai.setoff.clearing import Answer
from mingbai.setoff.declaring import NEEDED
from mingbai.setoff.reasons import REASONS

STATUS = ("none", "partial", "full", "excluded")
_LEGS = 1 << 21
"""Rings are written so many legs at a time: a million parties have forty million."""


def write(answer: Answer, folder: Path | str, source: Path | str | None = None) -> None:
    """Writes ``cleared.csv``, ``cycles.csv``, ``parties.csv``, ``excluded.csv`` and ``proof.json``.

    If ``source`` is not UTF-8 csv, ``obligations.csv`` too, so that the stand-alone verifier has what it reads. Files of an
    earlier round of the same names are replaced, others left alone. ``proof.json`` holds the SHA-256 of all of them.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Callable[[IO[bytes]], None]] = {
        "cleared.csv": lambda file: cleared(answer).write_csv(file),
        "cycles.csv": lambda file: _cycles(answer, file),
        "parties.csv": lambda file: parties(answer).write_csv(file),
        "excluded.csv": lambda file: excluded(answer).write_csv(file),
    }
    if not answer.given.plain:
        tables["obligations.csv"] = lambda file: _obligations(answer).write_csv(file)
    hashes = {name: _replace(folder / name, table) for name, table in tables.items()}
    inputs = {}
    if source is not None:
        inputs["input"] = _sha256(Path(source))
    text = json.dumps(proof(answer) | {"sha256": inputs | hashes}, ensure_ascii=False, indent=1)
    _replace(folder / "proof.json", lambda file: file.write(text.encode()) and None)


def cleared(answer: Answer) -> pl.DataFrame:
    """One line for every row of the file, in its order: ``id,cleared_fen,status,reason``."""
    given = answer.given
    status = np.where(
        given.reason > 0, 3, np.where(answer.cleared == 0, 0, np.where(answer.cleared < given.amount, 1, 2))
    )
    return pl.DataFrame(
        {
            "id": given.ids,
            "cleared_fen": answer.cleared,
            "status": _named(status, STATUS),
            "reason": _named(given.reason, (None, *(each.code for each in REASONS))),
        }
    )


def _named(numbers: Any, words: tuple[str | None, ...]) -> pl.Series:
    return pl.Series(words).gather(pl.Series(numbers.astype(np.uint32)))


def parties(answer: Answer) -> pl.DataFrame:
    """One line for every party: payable and receivable before and after, the net position (never moved), and y."""
    payable, receivable = answer.before
    paid, received = answer.cleared_by_party
    table = {
        "party_id": answer.given.parties,
        "name": answer.given.names.replace("", None),
        "payable_before_fen": payable,
        "payable_after_fen": payable - paid,
        "receivable_before_fen": receivable,
        "receivable_after_fen": receivable - received,
        "net_before_fen": receivable - payable,
        "net_after_fen": receivable - received - payable + paid,
        "y": answer.y,
    }
    if answer.wishes.cash is not None or answer.wishes.own_cash:
        table |= {"cash_in_fen": np.maximum(paid - received, 0), "cash_out_fen": np.maximum(received - paid, 0)}
    if answer.given.cash is not None and answer.wishes.own_cash:
        table["cash_limit_fen"] = answer.given.cash
    return pl.DataFrame(table)


def excluded(answer: Answer) -> pl.DataFrame:
    """One line for every row left out: its row in the file (the header is row 1), id, reason code and words, rule."""
    given = answer.given
    at = np.flatnonzero(given.reason)
    numbers = given.reason[at]
    words = {name: (None, *(getattr(each, name) for each in REASONS)) for name in ("code", "sentence", "rule")}
    return pl.DataFrame(
        {
            "row": at + 2,
            "id": given.ids.gather(at),
            "reason_code": _named(numbers, words["code"]),
            "reason": _named(numbers, words["sentence"]),
            "rule": _named(numbers, words["rule"]),
        }
    )


def _obligations(answer: Answer) -> pl.DataFrame:
    """What was read, as the verifier reads it: the amounts of rows that took part are exact."""
    given = answer.given
    names = given.parties if len(given.parties) else pl.Series([""])
    table = {
        "id": given.ids,
        "debtor": names.gather(given.debtor),
        "creditor": names.gather(given.creditor),
        "amount_fen": given.amount,
    }
    assert tuple(table) == NEEDED
    if given.weight is not None:
        table["weight"] = given.weight
    if given.capacity is not given.amount:
        table["max_clear_fen"] = given.capacity
    return pl.DataFrame(table)


def proof(answer: Answer) -> dict[str, Any]:
    """What is claimed, and all that is needed to check it besides ``parties.csv`` (y) and ``cleared.csv``."""
    wishes = answer.wishes
    said: dict[str, Any] = {
        "claim": "Σ cleared = Σ L·max(0, w + y_debtor − y_creditor) + cash: no larger set-off exists"
        if answer.optimal
        else "Σ cleared ≤ Σ L·max(0, w + y_debtor − y_creditor) + cash: at most the gap is missing",
        "mode": wishes.mode,
        "method": answer.method,
        "weighted": wishes.mode == "priority",
        "pairs_only": wishes.pairs_only,
        "max_parties": wishes.max_parties,
        "cash_budget_fen": wishes.cash,
        "own_cash": wishes.own_cash,
        "as_of": wishes.as_of and wishes.as_of.isoformat(),
        "without": wishes.without,
        "tie_break": wishes.tie_break,
        "tie_break_done": [stage.wish for stage in answer.stages if stage.done],
        "total_fen": answer.total_fen,
        "cleared_fen": answer.cleared_fen,
        "bound_fen": answer.bound_fen,
        "optimal": answer.optimal,
        "through_fen": answer.through_fen,
        "net_fen": answer.net_fen,
        "cash_used_fen": answer.cash_fen,
        "parties": len(answer.given.parties),
        "obligations": len(answer.given),
        "excluded": answer.excluded,
        "rings": len(answer.rings),
        "arcs": answer.network.debts,
        "solver": answer.solver,
    }
    if answer.objective is not None:
        said |= {"objective": answer.objective, "bound_objective": answer.bound_objective}
    return said


def _cycles(answer: Answer, file: IO[bytes]) -> None:
    """``cycle,kind,parties,amount_fen,cleared_fen,path``: a ring A>B>C is A owes B owes C owes A; a path with cash ends
    at its last party. Each debt on it is cleared by ``amount_fen``; a ``>`` or ``\\`` in an id has a ``\\`` before it."""
    rings, count = answer.rings, len(answer.given.parties)
    names = answer.given.parties.str.replace_all(r"([\\>])", r"\$1")
    file.write(b"cycle,kind,parties,amount_fen,cleared_fen,path\n")
    first = 0
    while first < len(rings):
        last = max(first + 1, int(np.searchsorted(rings.start, rings.start[first] + _LEGS, side="right")) - 1)
        span = slice(int(rings.start[first]), int(rings.start[last]))
        nodes = rings.nodes[span]
        ring = np.repeat(np.arange(first, last), rings.lengths[first:last])
        length = rings.lengths[first:last]
        debts = length
        kind = np.where(length == 2, 0, 1)
        if answer.network.nodes > count:
            nodes, ring = _opened(nodes, ring, count)
            here = np.bincount(ring - first, minlength=last - first)
            by_cash = here < length
            length, debts, kind = here, np.where(by_cash, here - 1, here), np.where(by_cash, 2, kind)
        legs = (
            pl.DataFrame({"ring": ring, "name": names.gather(nodes)})
            if len(nodes)
            else pl.DataFrame(schema={"ring": pl.Int64, "name": pl.String})
        )
        path = legs.group_by("ring", maintain_order=True).agg(pl.col("name").str.join(">"))["name"]
        amount = rings.amount[first:last]
        kept = debts > 0
        pl.DataFrame(
            {
                "cycle": np.arange(first + 1, last + 1)[kept],
                "kind": _named(kind[kept], ("bilateral", "multilateral", "cash_path")),
                "parties": length[kept],
                "amount_fen": amount[kept],
                "cleared_fen": pl.Series(
                    [a * d for a, d in zip(amount[kept].tolist(), debts[kept].tolist(), strict=True)], dtype=pl.Int128
                )
                if int(amount.max(initial=0)) * int(debts.max(initial=0)) >= 2**63
                else amount[kept] * debts[kept],
                "path": path.filter(pl.Series(kept[np.unique(ring) - first]))
                if len(path)
                else pl.Series([], dtype=pl.String),
            }
        ).write_csv(file, include_header=False)
        first = last


def _opened(nodes: Any, ring: Any, count: int) -> tuple[Any, Any]:
    """Rings through the purse cut open there: the path begins with the party that is given cash."""
    cut = np.flatnonzero(nodes >= count)
    fresh = np.flatnonzero(np.concatenate([[True], ring[1:] != ring[:-1]]))
    place = np.arange(len(nodes)) - np.repeat(fresh, np.diff(np.append(fresh, len(nodes))))
    last_cut = np.full(int(ring[-1]) - int(ring[0]) + 1, -1)
    last_cut[ring[cut] - ring[0]] = place[cut]
    # what stands after the purse comes first; two purse nodes stand next to each other, but may lie across the ring's seam
    after = last_cut[ring - ring[0]]
    size = np.bincount(ring - ring[0])[ring - ring[0]]
    both = np.zeros(len(last_cut), np.int64)
    np.add.at(both, ring[cut] - ring[0], 1)
    first_cut = np.full(len(last_cut), len(nodes))
    np.minimum.at(first_cut, ring[cut] - ring[0], place[cut])
    seam = (both == 2) & (first_cut == 0) & (last_cut == np.bincount(ring - ring[0]) - 1)
    after = np.where(seam[ring - ring[0]], 0, after)
    order = np.lexsort(((place - after - 1) % size, ring))
    nodes, ring = nodes[order], ring[order]
    kept = nodes < count
    return nodes[kept], ring[kept]


def _replace(path: Path, content: Callable[[IO[bytes]], Any]) -> str:
    """Whole or not at all; returns the SHA-256 of what was written."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        content(file)
    digest = _sha256(fresh)
    fresh.replace(path)
    return digest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
