"""Among equals: the largest set-off is rarely unique. A further wish chooses on the optimal face, never against it.

Complementary slackness says which arcs every largest set-off fills (slack > 0) or leaves (slack < 0); only arcs with
slack 0 are free. On these the next wish is a circulation again: each may go up by what it lacks and down by what it has.
So wishes are lexicographic without large weights and without overflow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingbai.setoff import certificate, circulation
from mingbai.setoff.declaring import Ints
from mingbai.setoff.network import Nodes


@dataclass(frozen=True)
class Face:
    """The free arcs of a largest flow, with the flow that stands on them now."""

    nodes: int
    tail: Nodes
    head: Nodes
    capacity: Ints
    flow: Ints
    solver: str = "auto"

    def best(self, gain: Ints, until: float | None = None) -> Face:
        """The flow of this face with the largest Σ gain·flow.

        :raises NotFinishedError: at ``until``; TooLargeError: a node's sums or a gain beyond the solver's int64.
        """
        up, down = np.flatnonzero(self.flow < self.capacity), np.flatnonzero(self.flow > 0)
        change = circulation.largest(
            self.nodes,
            np.concatenate([self.tail[up], self.head[down]]),
            np.concatenate([self.head[up], self.tail[down]]),
            np.concatenate([(self.capacity - self.flow)[up], self.flow[down]]),
            np.concatenate([gain[up], -gain[down]]),
            until,
            self.solver,
        )
        flow = self.flow.copy()
        flow[up] += change[: len(up)]
        flow[down] -= change[len(up) :]
        return replace(self, flow=flow)

    def free(self, gain: Ints) -> NDArray[np.bool_]:
        """Which arcs of a face that is best for ``gain`` are still free for the next wish."""
        y = certificate.potentials(
            self.nodes, self.tail, self.head, gain, more=self.flow < self.capacity, less=self.flow > 0
        )
        loose: NDArray[np.bool_] = certificate.slack(self.tail, self.head, gain, y) == 0
        return loose
