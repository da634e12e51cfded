"""What is wished of a round: how far rings may reach, what cash there is, and what decides among equals."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mingbai.setoff.circulation import SOLVERS, NotFinishedError, TooLargeError
from mingbai.setoff.declaring import NO_DUE, Ints, Obligations
from mingbai.setoff.face import Face
from mingbai.setoff.network import Network, Nodes

SMALL_FIRST = 64
"""Above the power of two of any debt, so that a gain is never 0."""
MODES = ("free", "priority", "bilateral", "bilateral-first")


@dataclass(frozen=True)
class Wishes:
    """``mode``: ``free`` the largest amount; ``priority`` the largest Σ weight × cleared; ``bilateral`` pairs only
    (民法典 568); ``bilateral-first`` pairs, then rings of what is left.

    ``max_parties``: no ring of more parties (greedy from 3 on). ``cash``: a lender's budget in fen; ``own_cash``: the
    parties' own ``cash_limit_fen``. ``time_limit``: seconds, after which the greedy answer is given. ``as_of``: the day
    that parts due from not due. ``without``: what if this party stayed away. ``pivotal``: how many hubs to solve without.
    ``solver``: which engine; whichever it is, the proof is the same.
    """

    mode: str = "free"
    tie_break: str = "all"
    max_parties: int | None = None
    cash: int | None = None
    own_cash: bool = False
    time_limit: float | None = None
    as_of: date | None = None
    without: str | None = None
    pivotal: int = 0
    shortest_rings: bool = False
    solver: str = "auto"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"没有“{self.mode}”这种抵法；可用的有 {'、'.join(MODES)}")
        if self.solver not in SOLVERS:
            raise ValueError(f"没有“{self.solver}”这个求解器；可用的有 {'、'.join(SOLVERS)}")
        if self.tie_break not in ("none", "all"):
            raise ValueError("--tie-break 只能是 none 或 all")
        if self.max_parties is not None and self.max_parties < 2:
            raise ValueError("--max-parties 至少是 2")
        if self.max_parties is not None and self.mode != "free":
            raise ValueError("--max-parties 只能和 --mode free 一起用")
        if (self.cash is not None or self.own_cash) and (
            self.mode not in ("free", "priority") or self.max_parties is not None
        ):
            raise ValueError("--cash 只能和 --mode free 或 priority 一起用，不能和 --max-parties 一起用")
        if self.cash is not None and self.own_cash:
            raise ValueError("--cash 写一个总额，或者写 own，不能两样都要")
        if self.cash is not None and not 0 <= self.cash < 2**60:
            raise ValueError("--cash 应当是零或正整数（分），不超过 2^60")
        if self.time_limit is not None and self.time_limit < 0:
            raise ValueError("--time-limit 不能是负数")

    @property
    def pairs_only(self) -> bool:
        return self.mode == "bilateral" or self.max_parties == 2


@dataclass(frozen=True)
class Stage:
    """One wish, fulfilled or not: what it maximised, and the seconds it took."""

    wish: str
    done: bool
    arcs: int
    seconds: float


def choose(
    given: Obligations,
    network: Network,
    flow: Ints,
    free: NDArray[np.bool_],
    mode: str,
    until: float | None,
    solver: str = "auto",
) -> tuple[Ints, list[Stage]]:
    """Among all largest set-offs the one with the least cash, then the greatest weight, the oldest due dates, and few
    partial remnants (this last a heuristic: a fen of a small debt before one of a large, by the debt's power of two; its best
    is a vertex, hence few partial debts; gains this small are found three times as fast as 1/debt, and leave as few).

    ``free``: arcs of slack 0. Arcs with several weights or due dates are split, since a wish may tell them apart.
    """
    tail, head, capacity, now, weight, due, owner = _split(given, network, flow, np.flatnonzero(free))
    face = Face(network.nodes, tail, head, capacity, now, solver)
    wishes: list[tuple[str, Ints]] = []
    cash = owner >= network.debts
    if cash.any():
        wishes.append(("least_cash", -(cash & (tail >= len(given.parties))).astype(np.int64)))
    if weight is not None and mode != "priority":
        wishes.append(("weight", weight))
    if due is not None and len(due):
        dated = due != NO_DUE
        wishes.append(("older_due_date", np.where(dated, 1 + due.max(initial=0, where=dated) - due, 0)))
    wishes.append(
        ("fewer_remnants", np.where(cash, 0, SMALL_FIRST - np.log2(np.maximum(capacity, 1)).astype(np.int64)))
    )
    result, stages = now, []
    kept = np.arange(len(owner))
    for wish, gain in wishes:
        started = time.monotonic()
        try:
            face = face.best(gain[kept], until)
            result[kept] = face.flow
            loose = face.free(gain[kept]) if wish != "fewer_remnants" else np.zeros(len(kept), bool)
        except (NotFinishedError, TooLargeError):
            stages.append(Stage(wish, False, len(kept), time.monotonic() - started))
            break
        stages.append(Stage(wish, True, len(kept), time.monotonic() - started))
        kept = kept[loose]
        face = Face(face.nodes, face.tail[loose], face.head[loose], face.capacity[loose], face.flow[loose], solver)
    chosen = flow.copy()
    chosen[np.unique(owner)] = 0
    np.add.at(chosen, owner, result)
    return chosen, stages


def _split(
    given: Obligations, network: Network, flow: Ints, arcs: NDArray[np.intp]
) -> tuple[Nodes, Nodes, Ints, Ints, Ints | None, Ints | None, Ints]:
    """Arcs as classes of equal weight and due date: tail, head, capacity, flow, weight, due, and the arc each is of.

    Within an arc the heavier, then the earlier class has the flow. Cash arcs come last, one class each.
    """
    debts, cash = arcs[arcs < network.debts], arcs[arcs >= network.debts]
    length = network.start[debts + 1] - network.start[debts]
    owner = np.repeat(debts, length)
    rows = network.rows[
        np.repeat(network.start[debts] - np.cumsum(length) + length, length) + np.arange(int(length.sum()))
    ]
    weight = None if given.weight is None else given.weight[rows]
    due = None if given.due is None else given.due[rows].astype(np.int64)
    keys = [each for each in (due, None if weight is None else -weight) if each is not None]
    order = np.lexsort((*keys, owner))
    fresh = np.ones(len(order), bool)
    fresh[1:] = owner[order][1:] != owner[order][:-1]
    for key in keys:
        fresh[1:] |= key[order][1:] != key[order][:-1]
    first = np.flatnonzero(fresh)
    capacity = np.add.reduceat(given.capacity[rows[order]], first) if len(first) else np.zeros(0, np.int64)
    owner = owner[order][first]
    now = filled(owner, capacity, flow)
    more = np.zeros(len(cash), np.int64)
    return (
        np.concatenate([network.tail[owner], network.tail[cash]]),
        np.concatenate([network.head[owner], network.head[cash]]),
        np.concatenate([capacity, network.capacity[cash]]),
        np.concatenate([now, flow[cash]]),
        None if weight is None else np.concatenate([weight[order][first], more]),
        None if due is None else np.concatenate([due[order][first], more + NO_DUE]),
        np.concatenate([owner, cash]),
    )


def filled(owner: Ints, capacity: Ints, flow: Ints) -> Ints:
    """What each class gets if the classes of an arc (given one after another) are filled in their order.

    Running sums over all arcs may wrap; their differences within an arc, which fits int64, do not suffer from it.
    """
    if not len(owner):
        return np.zeros(0, np.int64)
    before = np.cumsum(capacity) - capacity
    first = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    before -= np.repeat(before[first], np.diff(np.append(first, len(owner))))
    return np.clip(flow[owner] - before, 0, capacity)
