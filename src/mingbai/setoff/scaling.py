"""The largest circulation by cost scaling 费用缩放, stopped by its proof: an engine of machine code, exact in int64.

Goldberg & Tarjan (1990) push excess along arcs of negative reduced cost and let ε fall until ε < 1 ÷ nodes proves the
answer. In nets of debts the potentials are small (0 … 18 at a million parties), so a flow is the largest long before
that: here ε stops at 1/16 of a unit gain, longest paths are tried as a proof, and only if there is none ε falls on. Two phases in
place of nine. Paths of at most four arcs are augmented at a time (Király & Kovács 2012), prices are renewed by a
backward search over buckets (Goldberg 1997). Needs numba for nets of any size; the kernels are plain Python otherwise.
"""

from __future__ import annotations

import numpy as np

from mingbai.setoff.certificate import proving
from mingbai.setoff.compiled import compiled
from mingbai.setoff.declaring import Ints
from mingbai.setoff.network import Nodes

VERSION = 1
"""Changes whenever the choice among equals may."""
FIRST_SCALE = 16
"""Units of price per unit of gain at the first attempt of a proof."""
STEP = 4
"""ε falls to a quarter from phase to phase."""
WORTH_ARCS = 200_000
"""From so many arcs; below, OR-tools is done before the machine code is loaded."""
WORTH_MAX = 100_000
"""Gains up to this; above, many phases are needed and OR-tools is the faster."""
_BUCKETS = 1 << 22


def largest(nodes: int, tail: Nodes, head: Nodes, capacity: Ints, gain: Ints) -> Ints:
    """A flow on each arc that is a circulation of the largest Σ gain·flow, like ``circulation.largest``.

    Every node's capacities must sum to at most 2^63 − 1. Deterministic, the same with and without machine code.
    """
    arcs = len(tail)
    if not arcs or not (gain > 0).any():
        return np.zeros(arcs, np.int64)
    origin = np.concatenate([tail, head])
    order = np.argsort(origin, kind="stable")
    place = np.empty(2 * arcs, np.int32)
    place[order] = np.arange(2 * arcs, dtype=np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(origin, minlength=nodes))]).astype(np.int64)
    to = np.concatenate([head, tail])[order].astype(np.int32)
    back = np.concatenate([place[arcs:], place[:arcs]])[order]
    room = np.concatenate([capacity, np.zeros(arcs, np.int64)])[order]
    worth = np.concatenate([gain, -gain])[order]
    del origin, order
    price, excess, current = (np.zeros(nodes, np.int64) for _ in range(3))
    queue, rank, after, before = (np.zeros(nodes + 1, np.int32) for _ in range(4))
    waiting, on_path = (np.zeros(nodes, np.uint8) for _ in range(2))
    bucket, state = np.full(min(_BUCKETS, 64 + 16 * nodes), -1, np.int32), np.zeros(4, np.int64)
    scale = FIRST_SCALE
    epsilon = scale * int(np.abs(gain).max())
    while True:
        epsilon = max(1, epsilon // STEP)
        _saturate(room, first, to, back, worth, scale, price, excess, current, queue, waiting, state)
        more = 1
        while more:
            _renew(room, first, to, back, worth, scale, epsilon, price, excess, current, rank, after, before, bucket)
            more = _push(
                room, first, to, back, worth, scale, epsilon, price, excess, current, queue, waiting, on_path, state
            )
        if epsilon > 1:
            continue
        if proving(first, to, worth, room) is not None:
            flow: Ints = room[place[arcs:]]
            return flow
        scale, epsilon = scale * STEP, STEP
        price *= STEP


@compiled
def _saturate(room, first, to, back, worth, scale, price, excess, current, queue, waiting, state):  # type: ignore[no-untyped-def]
    """Fills every arc of negative reduced cost; who has excess then queues. state: front and end of the ring queue."""
    nodes = len(excess)
    for u in range(nodes):
        current[u] = first[u]
        for arc in range(first[u], first[u + 1]):
            fen = room[arc]
            if fen > 0 and price[u] - price[to[arc]] < scale * worth[arc]:
                excess[u] -= fen
                excess[to[arc]] += fen
                room[arc] = 0
                room[back[arc]] += fen
    end = 0
    for u in range(nodes):
        waiting[u] = 0
        if excess[u] > 0:
            queue[end] = u
            waiting[u] = 1
            end += 1
    state[0], state[1] = 0, end
    return 0


@compiled
def _renew(room, first, to, back, worth, scale, epsilon, price, excess, current, rank, after, before, bucket):  # type: ignore[no-untyped-def]
    """Lowers each price by ε × the rank, the number of relabels that part the node from the nearest deficit.

    Dijkstra backwards from the deficits; nodes of a rank are a doubly linked list. rank −1: not met; below −1: done.
    """
    nodes, last = len(excess), len(bucket) - 1
    left, top, here = 0, 0, 0
    for u in range(nodes):
        rank[u] = -1
        if excess[u] > 0:
            left += 1
        elif excess[u] < 0:
            rank[u] = 0
            after[u], before[u] = bucket[0], -1
            if bucket[0] >= 0:
                before[bucket[0]] = u
            bucket[0] = u
    while left > 0 and here <= top:
        u = bucket[here]
        if u < 0:
            here += 1
            continue
        bucket[here] = after[u]
        if after[u] >= 0:
            before[after[u]] = -1
        rank[u] = -2 - here
        if excess[u] > 0:
            left -= 1
            if left == 0:
                break
        for arc in range(first[u], first[u + 1]):
            if room[back[arc]] == 0:
                continue
            v = to[arc]
            old = rank[v]
            if old < -1:
                continue
            reduced = scale * worth[arc] + price[v] - price[u]
            new = here + reduced // epsilon + 1 if reduced >= 0 else here
            if (old < 0 or new < old) and new < last:
                if old >= 0:
                    if before[v] >= 0:
                        after[before[v]] = after[v]
                    else:
                        bucket[old] = after[v]
                    if after[v] >= 0:
                        before[after[v]] = before[v]
                rank[v] = new
                after[v], before[v] = bucket[new], -1
                if bucket[new] >= 0:
                    before[bucket[new]] = v
                bucket[new] = v
                top = max(top, new)
    for each in range(top + 1):
        bucket[each] = -1
    for u in range(nodes):
        steps = -2 - rank[u] if rank[u] < -1 else here
        if steps > 0:
            price[u] -= steps * epsilon
            current[u] = first[u]
    return 0


@compiled
def _push(room, first, to, back, worth, scale, epsilon, price, excess, current, queue, waiting, on_path, state):  # type: ignore[no-untyped-def]
    """Moves excess to deficits until none is left (0), or until it is time to renew the prices (1)."""
    nodes, size = len(excess), len(queue)
    front, end, relabels = state[0], state[1], 0
    path = [0, 0, 0, 0]
    while front != end:
        if relabels >= 2 * nodes:
            state[0], state[1] = front, end
            return 1
        u = queue[front]
        front = front + 1 if front + 1 < size else 0
        waiting[u] = 0
        while excess[u] > 0:
            length, tip = 0, u
            on_path[u] = 1
            while length < 4 and excess[tip] >= 0:
                arc, stop, own = current[tip], first[tip + 1], price[tip]
                while arc < stop and (room[arc] == 0 or own - price[to[arc]] >= scale * worth[arc]):
                    arc += 1
                if arc < stop:
                    current[tip] = arc
                    path[length] = arc
                    length += 1
                    tip = to[arc]
                    if on_path[tip]:
                        break
                    on_path[tip] = 1
                    continue
                least = np.int64(1) << 62
                for other in range(first[tip], stop):
                    if room[other] > 0:
                        least = min(least, own - price[to[other]] - scale * worth[other])
                price[tip] = own - least - epsilon
                current[tip] = first[tip]
                relabels += 1
                if length:
                    on_path[tip] = 0
                    length -= 1
                    tip = to[back[path[length]]]
            here = u
            on_path[u] = 0
            for step in range(length):
                arc = path[step]
                there = to[arc]
                on_path[there] = 0
                fen = min(excess[here], room[arc])
                room[arc] -= fen
                room[back[arc]] += fen
                excess[here] -= fen
                excess[there] += fen
                if there != u and excess[there] > 0 and not waiting[there]:
                    waiting[there] = 1
                    queue[end] = there
                    end = end + 1 if end + 1 < size else 0
                here = there
    state[0], state[1] = front, end
    return 0
