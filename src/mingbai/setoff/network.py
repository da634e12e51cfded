"""The graph of debts: obligations of one pair merged into an arc, and the part of it in which anything can cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingbai.setoff.declaring import INT64_MAX, Ints, Obligations
from mingbai.setoff.exact import exact_sum

Nodes = NDArray[np.int32]


@dataclass(frozen=True)
class Network:
    """Arcs debtor → creditor, sorted by both: the answer does not depend on the order of rows.

    Arc ``a`` merges the rows ``rows[start[a]:start[a + 1]]``; ``gain`` is what one fen cleared on it counts (1, or the
    weight in priority mode). With cash, the last nodes are the purse and the arcs from ``debts`` on carry cash.
    """

    nodes: int
    tail: Nodes
    head: Nodes
    capacity: Ints
    gain: Ints
    rows: Ints
    start: Ints

    @property
    def debts(self) -> int:
        """Arcs that are obligations; any after these are cash."""
        return len(self.start) - 1


def merge(given: Obligations, *, by_weight: bool = False) -> Network:
    """One arc for each (debtor, creditor), or for each (debtor, creditor, weight) if ``by_weight``. O(m log m)."""
    rows = np.flatnonzero((given.reason == 0) & (given.capacity > 0))
    parties = len(given.parties)
    pair = given.debtor[rows].astype(np.int64) * parties + given.creditor[rows]
    weight = given.weight[rows] if by_weight and given.weight is not None else None
    order = np.argsort(pair, kind="stable") if weight is None else np.lexsort((-weight, pair))
    rows, pair = rows[order], pair[order]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = pair[1:] != pair[:-1]
    if weight is not None:
        weight = weight[order]
        fresh[1:] |= weight[1:] != weight[:-1]
    first = np.flatnonzero(fresh)
    capacity = np.add.reduceat(given.capacity[rows], first) if len(first) else np.zeros(0, np.int64)
    gain = np.ones(len(first), np.int64) if weight is None else weight[first]
    tail, head = np.divmod(pair[first], max(parties, 1))
    return Network(
        parties, tail.astype(np.int32), head.astype(np.int32), capacity, gain, rows, np.append(first, len(rows))
    )


def with_cash(network: Network, budget: int | None, own: Ints | None) -> Network:
    """The network with a purse: cash goes from it to a party that pays, and back from the party that keeps it.

    With a ``budget`` (fen) the purse is a lender's and two nodes with one arc between them; with ``own`` (fen, one for
    each party) every party puts in at most its own. Cash itself gains nothing: only debts count.

    :raises ValueError: the sums of all parties together would not fit the solver's int64.
    """
    parties = network.nodes
    out, into = (sums(parties, ends, network.capacity) for ends in (network.tail, network.head))
    everyone = np.arange(parties, dtype=np.int32)
    back_cap = into + 1  # never full, so that the purse's integer lies above every party's
    if own is None:
        assert budget is not None
        back_cap, lent_cap = np.minimum(back_cap, budget + 1), np.minimum(out, budget) + 1
        tails = [everyone, np.full(parties, parties + 1), np.array([parties])]
        heads = [np.full(parties, parties), everyone, np.array([parties + 1])]
        caps = [back_cap, lent_cap, np.array([budget], np.int64)]
    else:
        rich = np.flatnonzero(own > 0).astype(np.int32)
        tails = [everyone, np.full(len(rich), parties)]
        heads = [np.full(parties, parties), rich]
        caps = [back_cap, np.minimum(own[rich], out[rich] + 1)]
    if max(exact_sum(each) for each in caps) > INT64_MAX // 2:
        raise ValueError("全部应付应收合计太大，加上现金算不下；请分地区来算")
    added = sum(len(each) for each in caps)

    def join(arcs: Any, more: list[Any], kind: Any) -> Any:
        return np.concatenate([arcs, *(each.astype(kind) for each in more)])

    return Network(
        parties + (2 if own is None else 1),
        join(network.tail, tails, np.int32),
        join(network.head, heads, np.int32),
        join(network.capacity, caps, np.int64),
        join(network.gain, [np.zeros(added)], np.int64),
        network.rows,
        network.start,
    )


def sums(nodes: int, ends: Nodes, amounts: Ints) -> Ints:
    """Σ amounts at each node, exact in int64 (a float bincount is not)."""
    total = np.zeros(nodes, np.int64)
    np.add.at(total, ends, amounts)
    return total


def core(nodes: int, tail: Nodes, head: Nodes) -> NDArray[np.intp]:
    """The arcs that lie on some ring: both ends in one strongly connected component. Nothing else can carry flow. O(m)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(tail):
        return np.zeros(0, np.intp)
    graph = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(nodes, nodes)).tocsr()
    _, component = connected_components(graph, directed=True, connection="strong")
    return np.flatnonzero(component[tail] == component[head])


def starts(nodes: int, tail: Nodes) -> Ints:
    """Where each node's arcs begin, for arcs sorted by tail: node x has arcs start[x] … start[x + 1]."""
    return np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=nodes))]).astype(np.int64)
