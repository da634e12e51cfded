"""Allocation 抵充: what is cleared of a pair, handed to its debts in the order of 民法典 art. 560.

First what the round gave the most weight (the debtors' common designation), then what the debtor designates, the due
before the undue, the least secured, the heaviest, the earliest due; equals share pro rata, odd fen by order of id among the shares that are not whole.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mingbai.setoff.declaring import Ints, Obligations
from mingbai.setoff.network import Network
from mingbai.setoff.wishes import filled

_EXACT = 2**52
"""Below this a float64 holds the sum of a group exactly."""


def allocate(given: Obligations, network: Network, flow: Ints) -> Ints:
    """Fen cleared of each row of the file. Σ over the rows of an arc = flow of the arc; 0 ≤ cleared ≤ capacity."""
    cleared = np.zeros(len(given), np.int64)
    rows, arcs = network.rows, np.repeat(np.arange(network.debts), np.diff(network.start))
    touched = flow[arcs] > 0
    rows, arcs = rows[touched], arcs[touched]
    keys = [key[rows] for key in ([] if given.weight is None else [-given.weight]) + list(given.order)]
    if keys:
        order = np.lexsort((*reversed(keys), arcs))
        rows, arcs, keys = rows[order], arcs[order], [key[order] for key in keys]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = arcs[1:] != arcs[:-1]
    for key in keys:
        fresh[1:] |= key[1:] != key[:-1]
    first = np.flatnonzero(fresh)
    if not len(first):
        return cleared
    capacity = given.capacity[rows]
    whole = np.add.reduceat(capacity, first)
    given_to = filled(arcs[first], whole, flow)
    members = np.diff(np.append(first, len(rows)))
    group = np.repeat(np.arange(len(first)), members)
    share = np.where(given_to[group] == whole[group], capacity, 0)
    partial = (given_to > 0) & (given_to < whole)
    alone = np.flatnonzero(partial & (members == 1))
    share[first[alone]] = given_to[alone]
    several = np.flatnonzero(partial & (members > 1))
    small = (whole[several] < _EXACT) & (whole[several] > 0)
    _share_small(share, several[small], first, members, group, given_to, whole, capacity)
    for at in several[~small].tolist():
        span = slice(int(first[at]), int(first[at] + members[at]))
        share[span] = [int(given_to[at]) * debt // int(whole[at]) for debt in capacity[span].tolist()]
    broken = given_to[group] * capacity != share * whole[group]  # both wrap alike: they differ by less than the whole
    _odd_fen(share, several, first, members, given_to, rows, given.ids, broken)
    cleared[rows] = share
    return cleared


def _share_small(
    share: Ints, groups: Ints, first: Ints, members: Ints, group: Ints, given_to: Ints, whole: Ints, capacity: Ints
) -> None:
    """⌊given × debt ÷ whole⌋ for whole < 2^52, all groups at once: a float's quotient, off by one at most, is mended by
    the remainder, which int64 gives exactly although both its products wrap."""
    length = members[groups]
    at = np.repeat(first[groups] - np.cumsum(length) + length, length) + np.arange(int(length.sum()))
    part, total, debt = given_to[group[at]], whole[group[at]], capacity[at]
    quotient = (part * (debt / total)).astype(np.int64)
    remainder = part * debt - quotient * total
    share[at] = quotient + remainder // total


def _odd_fen(
    share: Ints,
    groups: Ints,
    first: Ints,
    members: Ints,
    given_to: Ints,
    rows: Ints,
    ids: pl.Series,
    broken: NDArray[np.bool_],
) -> None:
    """The fen that rounding down leaves over, one each by order of id to the shares that were ``broken`` off: of these there are
    always more than fen, so that no share is a whole fen from its proportion, and no debt gets more than it is."""
    odd = given_to[groups] - _within(share, groups, first, members)
    groups, odd = groups[odd > 0], odd[odd > 0]
    length = members[groups]
    at = np.repeat(first[groups] - np.cumsum(length) + length, length) + np.arange(int(length.sum()))
    owner = np.repeat(np.arange(len(groups)), length)
    order = (
        pl.DataFrame({"owner": owner, "even": ~broken[at], "id": ids.gather(rows[at])})
        .select(pl.arg_sort_by("owner", "even", "id"))
        .to_series()
        .to_numpy()
    )
    place = np.arange(len(at)) - np.repeat(np.cumsum(length) - length, length)
    share[at[order]] += place < odd[owner]


def _within(share: Ints, groups: Ints, first: Ints, members: Ints) -> Ints:
    running = np.concatenate([[0], np.cumsum(share)])  # may wrap; the differences do not suffer
    sums: Ints = running[first[groups] + members[groups]] - running[first[groups]]
    return sums
