"""Rings 债务环: a circulation taken apart into rings of parties, each with one amount; and answers made of rings alone.

Rings explain; the answer is the sum of all. ``peel`` follows debts depth first (O(m) rings); ``short`` takes the rings
of fewest parties first and can stop at K parties; run on the capacities instead of an answer, both are greedy answers,
which are not the largest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mingbai.setoff.compiled import compiled
from mingbai.setoff.declaring import Ints
from mingbai.setoff.network import Network, Nodes, starts

SHORT = 8
"""Shortest-first looks for rings of up to so many parties and peels the rest."""
_LEGS = 1 << 20
"""A kernel fills this many legs, is emptied and goes on."""


@dataclass(frozen=True)
class Rings:
    """Ring ``r`` is nodes[start[r]:start[r + 1]], each party owing the next and the last the first, ``amount[r]`` fen."""

    amount: Ints
    start: Ints
    nodes: Nodes

    def __len__(self) -> int:
        return len(self.amount)

    @property
    def lengths(self) -> Ints:
        return np.diff(self.start)


def peel(network: Network, flow: Ints) -> tuple[Rings, Ints]:
    """Rings of ``flow`` depth first, and what they sum to on each arc: ``flow`` itself if it is a circulation."""
    return _run(network, flow, None)


def short(network: Network, capacity: Ints, parties: int) -> tuple[Rings, Ints]:
    """Rings of at most ``parties``, the shortest first, as many as there are in ``capacity``. Greedy."""
    return _run(network, capacity, parties)


def joined(first: Rings, second: Rings) -> Rings:
    """Both, one after the other."""
    return Rings(
        np.concatenate([first.amount, second.amount]),
        np.concatenate([first.start, second.start[1:] + first.start[-1]]),
        np.concatenate([first.nodes, second.nodes]),
    )


def _run(network: Network, capacity: Ints, parties: int | None) -> tuple[Rings, Ints]:
    order = np.argsort(network.tail, kind="stable")
    order = order[capacity[order] > 0]
    first = starts(network.nodes, network.tail[order])
    head, rest, taken = network.head[order].astype(np.int64), capacity[order].copy(), np.zeros(len(order), np.int64)
    nodes = network.nodes
    buffer = min(_LEGS, 64 + 4 * len(order)) + nodes
    amounts, lengths, legs = np.zeros(buffer, np.int64), np.zeros(buffer, np.int64), np.zeros(buffer, np.int32)
    work = [np.zeros(nodes + 1, np.int64) for _ in range(3)]
    state = np.zeros(4, np.int64)
    tail = network.tail[order].astype(np.int64) if parties else None
    pointer = first[:-1].copy()
    found: list[tuple[Ints, Ints, Nodes]] = []
    more = 1
    while more:
        state[2:] = 0
        if tail is None:
            more = _peel(rest, taken, first, head, pointer, *work, state, amounts, lengths, legs)
        else:
            more = _short(rest, taken, first, head, tail, parties, *work, state, amounts, lengths, legs)
        found.append((amounts[: state[2]].copy(), lengths[: state[2]].copy(), legs[: state[3]].copy()))
    result = np.zeros(len(capacity), np.int64)
    result[order] = taken
    length = np.concatenate([each[1] for each in found])
    return Rings(
        np.concatenate([each[0] for each in found]),
        np.concatenate([[0], np.cumsum(length)]),
        np.concatenate([each[2] for each in found]),
    ), result


@compiled
def _peel(rest, taken, first, head, pointer, position, path, through, state, amounts, lengths, legs):  # type: ignore[no-untyped-def]
    """Walks on along arcs with something left; where the walk meets itself is a ring. 1 if the buffer is full.

    state: the start node, 1 + depth of the walk (0: none), rings and legs written. ``position[x]`` is 1 + depth of x on
    the walk, ``path`` its nodes, ``through`` its arcs.
    """
    nodes = len(pointer)
    source, depth, rings, used = state[0], state[1] - 1, 0, 0
    while True:
        if depth < 0:
            if source == nodes:
                state[0], state[1], state[2], state[3] = source, 0, rings, used
                return 0
            depth = 0
            path[0] = source
            position[source] = 1
        here = path[depth]
        arc, end = pointer[here], first[here + 1]
        while arc < end and rest[arc] == 0:
            arc += 1
        pointer[here] = arc
        if arc == end:  # a dead end: nobody's debt goes on from here
            position[here] = 0
            depth -= 1
            if depth < 0:
                source += 1
            else:
                rest[through[depth]] = 0
            continue
        through[depth] = arc
        there = head[arc]
        if position[there] == 0:
            depth += 1
            path[depth] = there
            position[there] = depth + 1
            continue
        begin = position[there] - 1
        length = depth - begin + 1
        if used + length > len(legs) or rings == len(amounts):
            state[0], state[1], state[2], state[3] = source, depth + 1, rings, used
            return 1
        least = rest[through[begin]]
        for at in range(begin + 1, depth + 1):
            least = min(least, rest[through[at]])
        empty = depth
        for at in range(depth, begin - 1, -1):
            rest[through[at]] -= least
            taken[through[at]] += least
            legs[used + at - begin] = path[at]
            if rest[through[at]] == 0:
                empty = at
        amounts[rings] = least
        lengths[rings] = length
        rings += 1
        used += length
        for at in range(empty + 1, depth + 1):
            position[path[at]] = 0
        depth = empty


@compiled
def _short(rest, taken, first, head, tail, longest, seen, queue, came, state, amounts, lengths, legs):  # type: ignore[no-untyped-def]
    """For k = 2 … ``longest``, for every arc: a shortest way back of at most k − 1 arcs, by breadth-first search.

    state: k − 2, the arc, rings and legs written. ``seen[x]`` is the stamp of the last search that met x.
    """
    arcs = len(rest)
    size, arc, rings, used = state[0] + 2, state[1], 0, 0
    stamp = 0
    for node in range(len(seen)):
        seen[node] = 0
    while size <= longest:
        while arc < arcs:
            if rest[arc] == 0:
                arc += 1
                continue
            if used + size > len(legs) or rings == len(amounts):
                state[0], state[1], state[2], state[3] = size - 2, arc, rings, used
                return 1
            stamp += 1
            origin, goal = head[arc], tail[arc]
            seen[origin] = stamp
            queue[0] = origin
            front, back, level_end, level = 0, 1, 1, 1
            found = False
            while front < back and not found and level < size:
                here = queue[front]
                front += 1
                for other in range(first[here], first[here + 1]):
                    there = head[other]
                    if rest[other] == 0 or seen[there] == stamp:
                        continue
                    seen[there] = stamp
                    came[there] = other
                    queue[back] = there
                    back += 1
                    if there == goal:
                        found = True
                        break
                if front == level_end:
                    level_end = back
                    level += 1
            if not found:
                arc += 1
                continue
            least = rest[arc]
            node, length = goal, 1
            while node != origin:
                least = min(least, rest[came[node]])
                node = tail[came[node]]
                length += 1
            rest[arc] -= least
            taken[arc] += least
            node, at = goal, used
            legs[at] = goal
            at = used + length
            while node != origin:
                rest[came[node]] -= least
                taken[came[node]] += least
                node = tail[came[node]]
                at -= 1
                legs[at] = node
            amounts[rings] = least
            lengths[rings] = length
            rings += 1
            used += length
        arc = 0
        size += 1
    state[0], state[1], state[2], state[3] = size - 2, arc, rings, used
    return 0
