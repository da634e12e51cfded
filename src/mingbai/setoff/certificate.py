"""The proof 证明: one integer y per party, from which anyone can see that no larger set-off exists.

For any integers y and any circulation f within the capacities L:  Σ w·f ≤ Σ L·max(0, w + y_debtor − y_creditor),
because f conserves at every party, so that the y cancel out. Where both sides are equal, f is the largest (LP duality;
Ahuja, Magnanti, Orlin, Network Flows, ch. 9). Nobody needs to trust the solver, or us.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingbai.setoff.compiled import compiled
from mingbai.setoff.declaring import Ints
from mingbai.setoff.exact import exact_sum
from mingbai.setoff.network import Nodes, starts


class NotLargestError(ValueError):
    """The flow can still be improved: it is not the largest, or no circulation."""


def slack(tail: Nodes, head: Nodes, gain: Ints, y: Ints) -> Ints:
    """w + y_debtor − y_creditor: above 0 an arc must be full in every largest set-off, below 0 empty."""
    left: Ints = gain + y[tail] - y[head]
    return left


def bound(tail: Nodes, head: Nodes, capacity: Ints, gain: Ints, y: Ints) -> int:
    """Σ L·max(0, w + y_debtor − y_creditor), an upper bound for every set-off whatever y is. O(m)."""
    return exact_sum(capacity, np.maximum(slack(tail, head, gain, y), 0))


def potentials(
    nodes: int, tail: Nodes, head: Nodes, gain: Ints, *, more: NDArray[np.bool_], less: NDArray[np.bool_]
) -> Ints:
    """The least y ≥ 0 that proves a largest flow; ``more``/``less``: arcs that are not full / not empty.

    Longest paths in the residual graph; y is the length of the longest useful chain, 0 … 18 on a net of a million
    parties with unit gains.

    :raises NotLargestError: the flow is not the largest.
    """
    first, target, length = _residual(nodes, tail, head, gain, more, less)
    y = proving(first, target, length, np.ones(len(target), np.int64))
    if y is None:
        raise NotLargestError("这不是最大的抵销：还能再多抵")
    return y


def proving(first: Ints, target: Nodes, length: Ints, room: Ints) -> Ints | None:
    """The least y ≥ 0 with y[target] ≥ y[origin] + length on every arc with room, or None: some ring has a positive length.

    Arcs are given by origin: those of node x are first[x] … first[x + 1]. Bellman and Ford, with a look for a ring among
    the nodes' predecessors once for every round's worth of work.
    """
    nodes = len(first) - 1
    y, came, seen = np.zeros(nodes, np.int64), np.full(nodes, -1, np.int32), np.zeros(nodes, np.int32)
    queue, waiting = np.zeros(nodes + 1, np.int32), np.zeros(nodes, np.uint8)
    return y if _longest(room, first, target, length, y, came, seen, queue, waiting) == 0 else None


@compiled
def _longest(room, first, target, length, y, came, seen, queue, waiting):  # type: ignore[no-untyped-def]
    """0, or 1 if there is a ring of positive length."""
    nodes, size = len(y), len(queue)
    front, end, raised = 0, 0, 0
    for u in range(nodes):
        queue[end] = u
        end += 1
        waiting[u] = 1
    while front != end:
        u = queue[front]
        front = front + 1 if front + 1 < size else 0
        waiting[u] = 0
        for arc in range(first[u], first[u + 1]):
            v = target[arc]
            reach = y[u] + length[arc]
            if room[arc] > 0 and reach > y[v]:
                y[v] = reach
                came[v] = u
                raised += 1
                if not waiting[v]:
                    waiting[v] = 1
                    queue[end] = v
                    end = end + 1 if end + 1 < size else 0
        if raised >= nodes:
            raised = 0
            for v in range(nodes):
                seen[v] = 0
            for v in range(nodes):
                stamp = v + 1
                at = v
                while at >= 0 and seen[at] == 0:
                    seen[at] = stamp
                    at = came[at]
                if at >= 0 and seen[at] == stamp:
                    return 1
    return 0


def near_potentials(
    nodes: int, tail: Nodes, head: Nodes, capacity: Ints, gain: Ints, flow: Ints, waves: int = 40
) -> Ints:
    """For a flow that need not be the largest: of the first waves' y the one with the least bound."""
    best, least = np.zeros(nodes, np.int64), bound(tail, head, capacity, gain, np.zeros(nodes, np.int64))
    for count, y in enumerate(_waves(nodes, tail, head, gain, flow < capacity, flow > 0)):
        if count == waves:
            break
        here = bound(tail, head, capacity, gain, y)
        if here < least:
            best, least = y.copy(), here
    return best


def _waves(
    nodes: int, tail: Nodes, head: Nodes, gain: Ints, more: NDArray[np.bool_], less: NDArray[np.bool_]
) -> Iterator[Ints]:
    """y after each wave; the last if nothing moves any more, or one wave per node has passed."""
    first, target, length = _residual(nodes, tail, head, gain, more, less)
    y = np.zeros(nodes, np.int64)
    active = np.arange(nodes)
    yield y
    for _ in range(nodes + 1):
        degree = first[active + 1] - first[active]
        arcs = np.repeat(first[active] - np.cumsum(degree) + degree, degree) + np.arange(int(degree.sum()))
        reach = np.repeat(y[active], degree) + length[arcs]
        ends = target[arcs]
        better = reach > y[ends]
        if not better.any():
            return
        ends = ends[better]
        np.maximum.at(y, ends, reach[better])
        active = np.unique(ends)
        yield y


def _residual(
    nodes: int, tail: Nodes, head: Nodes, gain: Ints, more: NDArray[np.bool_], less: NDArray[np.bool_]
) -> tuple[Ints, Nodes, Ints]:
    """What can still change, by origin: an arc that is not full onward with its gain, one that is not empty back with the loss."""
    origin = np.concatenate([tail[more], head[less]])
    order = np.argsort(origin, kind="stable")
    return (
        starts(nodes, origin),
        np.concatenate([head[more], tail[less]])[order],
        np.concatenate([gain[more], -gain[less]])[order],
    )
