"""The proof 证明: one integer y per party, from which anyone can see that no larger set-off exists.

For any integers y and any circulation f within the capacities L:  Σ w·f ≤ Σ L·max(0, w + y_debtor − y_creditor),
because f conserves at every party, so that the y cancel out. Where both sides are equal, f is the largest (LP duality;
Ahuja, Magnanti, Orlin, Network Flows, ch. 9). Nobody needs to trust the solver, or us.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

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


def potentials(nodes: int, tail: Nodes, head: Nodes, gain: Ints, *, more: NDArray[np.bool_], less: NDArray[np.bool_]) -> Ints:
    """The least y ≥ 0 that proves a largest flow; ``more``/``less``: arcs that are not full / not empty.

    Longest paths in the residual graph by Bellman and Ford, a whole wave at a time; y is the length of the longest
    useful chain, 0 … 16 on a net of a million parties with unit gains.

    :raises NotLargestError: the flow is not the largest.
    """
    y = np.zeros(nodes, np.int64)
    for wave in _waves(nodes, tail, head, gain, more, less):
        y = wave
    left = slack(tail, head, gain, y)
    if (left[more] > 0).any() or (left[less] < 0).any():
        raise NotLargestError("这不是最大的抵销：还能再多抵")
    return y


def near_potentials(nodes: int, tail: Nodes, head: Nodes, capacity: Ints, gain: Ints, flow: Ints, waves: int = 40) -> Ints:
    """For a flow that need not be the largest: of the first waves' y the one with the least bound."""
    best, least = np.zeros(nodes, np.int64), bound(tail, head, capacity, gain, np.zeros(nodes, np.int64))
    for count, y in enumerate(_waves(nodes, tail, head, gain, flow < capacity, flow > 0)):
        if count == waves:
            break
        here = bound(tail, head, capacity, gain, y)
        if here < least:
            best, least = y.copy(), here
    return best


def _waves(nodes: int, tail: Nodes, head: Nodes, gain: Ints, more: NDArray[np.bool_], less: NDArray[np.bool_]) -> Iterator[Ints]:
    """y after each wave; the last if nothing moves any more, or one wave per node has passed."""
    origin = np.concatenate([tail[more], head[less]])
    target = np.concatenate([head[more], tail[less]])
    length = np.concatenate([gain[more], -gain[less]])
    order = np.argsort(origin, kind="stable")
    first = starts(nodes, origin)
    target, length = target[order], length[order]
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
