"""The largest circulation 最大循环流, exact in int64, by OR-tools' cost scaling or by our own (``scaling``).

max Σ gain·f  subject to  Σ out f = Σ in f at every node, 0 ≤ f ≤ capacity. The matrix is totally unimodular: integer
capacities give an integer optimum, with no rounding anywhere. Kovács 2015 compares such algorithms; the circulation form with cost −gain
is faster here than the remainder form with supplies (docs/setoff.md).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from mingbai.setoff import scaling
from mingbai.setoff.compiled import machine_code
from mingbai.setoff.declaring import INT64_MAX, Ints
from mingbai.setoff.network import Nodes, core, sums


class NotFinishedError(Exception):
    """The time limit came first."""


class TooLargeError(ValueError):
    """Amounts or weights beyond the solver's int64 arithmetic."""


SOLVERS = ("auto", "ortools", "scaling")


def solver(choice: str = "auto") -> str:
    """Names and versions, recorded with every answer: two versions may choose differently among equals."""
    ours = f"scaling {scaling.VERSION}" + (f" (numba {version('numba')})" if machine_code() else "")
    theirs = f"ortools {version('ortools')}"
    return {"ortools": theirs, "scaling": ours}.get(choice, f"{ours}, {theirs}" if machine_code() else theirs)


def _chosen(choice: str, gain: Ints) -> str:
    """The faster engine: ours in machine code, unless gains are so large that it takes many phases."""
    if choice != "auto":
        return choice
    ours = len(gain) >= scaling.WORTH_ARCS and machine_code() and int(np.abs(gain).max()) <= scaling.WORTH_MAX
    return "scaling" if ours else "ortools"


def largest(
    nodes: int, tail: Nodes, head: Nodes, capacity: Ints, gain: Ints, until: float | None = None, choice: str = "auto"
) -> Ints:
    """A flow on each arc that is a circulation of the largest Σ gain·flow. Deterministic for one version and arc order.

    ``until`` is a ``time.monotonic()`` moment; ``choice`` one of ``SOLVERS``. Arcs off every ring are left out before solving.

    :raises NotFinishedError: at ``until``; TooLargeError: a node's capacities pass 2^63−1 or a gain is too large.
    """
    flow = np.zeros(len(tail), np.int64)
    inside = core(nodes, tail, head)
    if not len(inside) or not (gain[inside] > 0).any():
        return flow
    used, ends = np.unique(np.concatenate([tail[inside], head[inside]]), return_inverse=True)
    first, second = (each.astype(np.int32) for each in np.split(ends, 2))
    limit, worth = capacity[inside], gain[inside]

    engine = _chosen(choice, worth)

    def solve(tail: Nodes, head: Nodes, capacity: Ints, gain: Ints) -> Ints:
        arcs = engine, len(used), tail, head, capacity, gain
        return _solve(*arcs) if until is None else _solve_in_child(*arcs, until)

    if engine == "scaling" or max(sums(len(used), ends, limit).max() for ends in (first, second)) < INT64_MAX:
        flow[inside] = solve(first, second, limit, worth)
        return flow
    # A sum of exactly 2^63 − 1 is one more than OR-tools takes. With every arc one lower the optimum lies at most one
    # per arc away (Cook et al. 1986, on sensitivity of totally unimodular programs); a second solve goes the rest of the way.
    near, room = solve(first, second, limit - 1, worth), len(inside)
    change = solve(
        np.concatenate([first, second]),
        np.concatenate([second, first]),
        np.minimum(np.concatenate([limit - near, near]), room),
        np.concatenate([worth, -worth]),
    )
    flow[inside] = near + change[:room] - change[room:]
    return flow


def _solve(engine: str, nodes: int, tail: Nodes, head: Nodes, capacity: Ints, gain: Ints) -> Ints:
    if engine == "scaling":
        return scaling.largest(nodes, tail, head, capacity, gain)
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, -gain)
    status = flow.solve()
    if status in (flow.BAD_COST_RANGE, flow.BAD_CAPACITY_RANGE):
        raise TooLargeError("金额或权重太大，超出求解器的整数范围")
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the solver gave status {status} for {nodes} nodes and {len(tail)} arcs")
    return np.asarray(flow.flows(arcs), np.int64)


def _solve_in_child(
    engine: str, nodes: int, tail: Nodes, head: Nodes, capacity: Ints, gain: Ints, until: float
) -> Ints:
    """The solver cannot be interrupted, a process can."""
    with tempfile.TemporaryDirectory() as folder:
        problem, result = Path(folder) / "problem.npz", Path(folder) / "flow.npy"
        np.savez(problem, nodes=nodes, tail=tail, head=head, capacity=capacity, gain=gain)
        left = until - time.monotonic()
        if left <= 0:
            raise NotFinishedError
        try:
            done = subprocess.run(
                [sys.executable, "-m", "mingbai.setoff.circulation", engine, problem, result],
                timeout=left,
                capture_output=True,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotFinishedError from None
        if done.returncode == 3:
            raise TooLargeError(done.stdout.strip())
        if done.returncode:
            raise RuntimeError(done.stderr)
        flow: Ints = np.load(result)
        return flow


def _child(engine: str, problem: str, result: str) -> int:
    with np.load(problem) as arcs:
        try:
            np.save(
                result, _solve(engine, int(arcs["nodes"]), arcs["tail"], arcs["head"], arcs["capacity"], arcs["gain"])
            )
        except TooLargeError as error:
            print(error)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(_child(*sys.argv[1:]))
