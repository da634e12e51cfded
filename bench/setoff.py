"""``python -m bench.setoff``: the set-off command beside bare solvers, on invented nets of debts from 10^3 to 10^6 parties.

"Bare" is OR-tools on the merged core already in memory, in a process of its own, in turn with the command in the same run.
Every solver's optimum is compared. The table and the picture of growth are kept in bench/RESULTS.md.

    python -m bench.setoff [--sizes 1000,10000,100000,1000000] [--runs 3]
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.results import keep

HERE = Path(__file__).parent
SIZES = (1_000, 10_000, 100_000, 1_000_000)
SLOW = 10_000
"""networkx and HiGHS up to here: both take most of a minute."""
PATIENCE = 400
"""Seconds after which a peer is left alone, and its time is said to be more."""
SEED = 1
TOWN, TOWNS = 40, 15
"""Parties in a township, townships in a county."""


def net(parties: int, seed: int = SEED, *, wishes: bool = False) -> pl.DataFrame:
    """Invented debts: townships of 40 with one township body, 15 to a county with one platform, the rest villages and
    companies of Pareto activity (α 1.6; bodies × 12, platforms × 60). Of the debts 60 % stay in the township, 25 % in
    the county; 15 % have one the other way, 10 % a second of the same pair; sizes are log-normal (σ 2) × √ of both activities,
    at most 10^11 fen. About 6.8 debts a party. ``wishes`` adds a weight and a due date to each."""
    random = np.random.default_rng(seed)
    at = np.arange(parties)
    activity = (1 + random.pareto(1.6, parties)) * np.where(
        at % (TOWN * TOWNS) == 0, 60, np.where(at % TOWN == 0, 12, 1)
    )
    running = np.concatenate([[0], np.cumsum(activity)])

    def drawn(low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """One party of each range [low, high), the more active the likelier."""
        point = running[low] + random.random(len(low)) * (running[high] - running[low])
        return np.clip(np.searchsorted(running, point, side="right") - 1, low, high - 1)

    count = int(parties * 6.17)
    everywhere = np.zeros(count, np.int64), np.full(count, parties)
    debtor = drawn(*everywhere)
    near = random.random(count)
    width = np.where(near < 0.6, TOWN, np.where(near < 0.85, TOWN * TOWNS, parties))
    low = debtor // width * width
    creditor = drawn(low, np.minimum(low + width, parties))
    back, again = (random.random(count) < share for share in (0.15, 0.10))
    debtor, creditor = (np.concatenate([a, b[back], a[again]]) for a, b in ((debtor, creditor), (creditor, debtor)))
    kept = debtor != creditor
    debtor, creditor = debtor[kept], creditor[kept]
    shuffled = random.permutation(len(debtor))
    debtor, creditor = debtor[shuffled], creditor[shuffled]
    fen = np.exp(random.normal(13, 2.0, len(debtor))) * np.sqrt(activity[debtor] * activity[creditor])
    names = pl.Series([f"P{each:07d}" for each in range(parties)])
    table = {
        "id": pl.Series([f"D{each:08d}" for each in range(len(debtor))]),
        "debtor": names.gather(debtor),
        "creditor": names.gather(creditor),
        "amount_fen": np.clip(fen, 100, 1e11).astype(np.int64),
    }
    if wishes:
        table |= {
            "weight": random.integers(1, 11, len(debtor)),
            "due_date": pl.Series(random.integers(16_000, 20_700, len(debtor))).cast(pl.Int32).cast(pl.Date),
        }
    return pl.DataFrame(table)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--runs", type=int, default=3, help="of bare and command each, in turn; 1 at a million")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, argument = options.child.split(":", 1)
        print(
            json.dumps(CHILDREN[name](argument) | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
        )
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    keep("Set-off", table([measured(size, options.runs if size < 1_000_000 else 1) for size in sizes]))


def measured(size: int, runs: int) -> dict[str, Any]:
    """All figures of one size; medians, seconds and MiB."""
    with tempfile.TemporaryDirectory() as folder:
        path, wished = f"{folder}/debts.csv", f"{folder}/wished.csv"
        child(f"write:{size},{path},")
        child(f"write:{size},{wished},wishes")
        if size == min(SIZES):
            command(path, folder)  # the first run of all compiles
        turns = [(child(f"bare:{path}"), command(path, folder), child(f"ours:{path}")) for _ in range(runs)]
        bare, ours = (statistics.median(turn[at]["seconds"] for turn in turns) for at in (0, 2))
        whole = statistics.median(turn[1]["seconds"] for turn in turns)
        theirs = command(path, folder, "--solver", "ortools")
        choosing = command(wished, folder, tie_break="all")
        first, said = turns[0][0], turns[0][1]
        found = {
            "parties": said["parties"],
            "debts": said["obligations"],
            "arcs": first["arcs"],
            "bare": bare,
            "bare_peak": first["peak"],
            "ours": ours,
            "ours_peak": turns[0][2]["peak"],
            "whole": whole,
            "whole_peak": said["peak"],
            "with_ortools": theirs["seconds"],
            "stages": said["stages"],
            "tie_break": choosing["tie_break"],
            "check": first["check"],
            "share": said["cleared_fen"] / said["total_fen"],
            "lemon": child(f"lemon:{path}"),
        }
        if size <= SLOW:
            found |= {"networkx": child(f"networkx:{path}"), "highs": child(f"highs:{path}")}
        answers = {
            said["cleared_fen"],
            theirs["cleared_fen"],
            choosing["cleared_fen"],
            first["sum"],
            turns[0][2]["sum"],
            found["lemon"].get("sum", first["sum"]),
            *(found[name]["sum"] for name in ("networkx", "highs") if name in found),
        }
        if len(answers) != 1:
            raise SystemExit(f"{size}: the solvers differ: {answers}")
    print(
        f"{size}: bare {bare:.2f}, ours {ours:.2f}, whole {whole:.2f} = {whole / bare:.2f}, with OR-tools {theirs['seconds'] / bare:.2f}",
        file=sys.stderr,
        flush=True,
    )
    return found


def table(found: list[dict[str, Any]]) -> list[str]:
    """The section of RESULTS.md."""
    big = [each for each in found if each["parties"] > 50_000]
    lines = [
        f"{date.today()} · {_cpu()}, {os.cpu_count()} cores · Python {platform.python_version()} · "
        + ", ".join(f"{name} {version(name)}" for name in ("ortools", "pylmcf", "numba", "scipy", "networkx"))
        + f" · seed {SEED} · `python -m bench.setoff`. All solvers of a size reached the same sum. Median of three runs in turn, one run at 10^6. Other work ran on the machine; ratios are of one run.",
        "",
        "| parties / debts (core arcs) | cancels | bare OR-tools, s | our engine, s | LEMON cost scaling, s | networkx, s | HiGHS, s | **whole command**, s | ÷ bare | the same with `--solver ortools` ÷ bare | peak MiB bare / engine / command |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        slow = [f"{each[name]['seconds']:.2f}" if name in each else "–" for name in ("networkx", "highs")]
        lines.append(
            f"| {each['parties']:,} / {each['debts']:,} ({each['arcs']:,}) | {each['share']:.1%} | {each['bare']:.2f} | {each['ours']:.2f} | "
            f"{_said(each['lemon']['seconds'])} | {slow[0]} | {slow[1]} | **{each['whole']:.2f}** | **{each['whole'] / each['bare']:.2f}** | "
            f"{each['with_ortools'] / each['bare']:.2f} | {each['bare_peak']:.0f} / {each['ours_peak']:.0f} / {each['whole_peak']:.0f} |"
        )
    lines += [
        "",
        "The whole command is a process of its own: start, read the csv, validate, merge, filter, solve, certify, allocate, decompose, write "
        "(`--tie-break none`). Asked: 2 × bare at 10^5, 1.6 × and 2.5 GB at 10^6.",
        "",
        "| parties | " + " | ".join(found[0]["stages"]) + " |",
        "|---|" + "---|" * len(found[0]["stages"]),
    ]
    lines += [
        f"| {each['parties']:,} | " + " | ".join(f"{seconds:.2f}" for seconds in each["stages"].values()) + " |"
        for each in found
    ]
    lines += [
        "",
        "Tie-break stages, each ÷ bare (asked: at most 1), on the same debts with a weight and a due date each; the check of the proof, O(m), ÷ bare "
        "(asked: under 1 %):",
        "",
        "| parties | " + " | ".join(stage["wish"] for stage in found[0]["tie_break"]) + " | check of the proof |",
        "|---|" + "---|" * (1 + len(found[0]["tie_break"])),
    ]
    lines += [
        f"| {each['parties']:,} | "
        + " | ".join(f"{stage['seconds'] / each['bare']:.2f}" for stage in each["tie_break"])
        + f" | {each['check'] / each['bare']:.2%} |"
        for each in found
    ]
    if len(found) > 1:
        steps = [(a, b, math.log(b["arcs"] / a["arcs"])) for a, b in itertools.pairwise(found)]
        lines += [
            "",
            "Growth: time ∝ arcs^k, k from size to size: "
            + "; ".join(
                f"{name} " + ", ".join(f"{math.log(b[key] / a[key]) / log:.2f}" for a, b, log in steps)
                for name, key in (("bare", "bare"), ("our engine", "ours"), ("whole command", "whole"))
            )
            + ".",
            "",
            "![growth](growth.svg)",
        ]
        (HERE / "growth.svg").write_text(growth(found), encoding="utf-8")
    if big:
        lines += [
            "",
            "Our engine ÷ OR-tools: "
            + ", ".join(f"**{each['ours'] / each['bare']:.2f}** at {each['parties']:,}" for each in big)
            + "; ÷ LEMON: "
            + ", ".join(
                f"**{each['ours'] / each['lemon']['seconds']:.2f}**"
                for each in big
                if each["lemon"]["seconds"] < math.inf
            )
            + ".",
        ]
    return lines


def growth(found: list[dict[str, Any]]) -> str:
    """Seconds against core arcs, both logarithmic, as SVG."""
    lines = {
        "OR-tools": ("#8a8f98", [each["bare"] for each in found]),
        "LEMON": ("#b0894f", [each["lemon"]["seconds"] for each in found if each["lemon"]["seconds"] < math.inf]),
        "our engine": ("#1f6f5c", [each["ours"] for each in found]),
        "whole command": ("#b33a2b", [each["whole"] for each in found]),
        "networkx": ("#5b6ea6", [each["networkx"]["seconds"] for each in found if "networkx" in each]),
        "HiGHS": ("#7d5ba6", [each["highs"]["seconds"] for each in found if "highs" in each]),
    }

    def x(arcs: float) -> float:
        return 60 + 500 * (math.log10(arcs) - 3) / 4

    def y(seconds: float) -> float:
        return 300 - 270 * (math.log10(max(seconds, 1e-3)) + 3) / 6

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 340" font-family="sans-serif" font-size="12">',
        '<rect width="700" height="340" fill="#fff"/>',
    ]
    for power in range(3, 8):
        parts.append(
            f'<line x1="{x(10**power):.0f}" x2="{x(10**power):.0f}" y1="30" y2="300" stroke="#e5e5e5"/><text x="{x(10**power):.0f}" y="318" text-anchor="middle">10^{power}</text>'
        )
    for power in range(-3, 4):
        parts.append(
            f'<line x1="60" x2="560" y1="{y(10.0**power):.0f}" y2="{y(10.0**power):.0f}" stroke="#e5e5e5"/><text x="52" y="{y(10.0**power) + 4:.0f}" text-anchor="end">{10.0**power:g} s</text>'
        )
    parts.append('<text x="310" y="335" text-anchor="middle">arcs of the core</text>')
    labels: list[float] = []
    for name, (colour, seconds) in sorted(lines.items(), key=lambda line: y(line[1][1][-1]) if line[1][1] else 0):
        if not seconds:
            continue
        points = [(x(each["arcs"]), y(second)) for each, second in zip(found, seconds, strict=False)]
        at = max(
            [
                points[-1][1] + 4,
                *(label + 14 for label in labels if abs(label - points[-1][1]) < 60 and points[-1][0] > 400),
            ]
        )
        if points[-1][0] > 400:
            labels.append(at)
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>'
            f'<text x="{points[-1][0] + 8:.0f}" y="{at:.0f}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _said(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < math.inf else f"> {PATIENCE}"


def _cpu() -> str:
    return next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )


def child(what: str) -> dict[str, Any]:
    """One measurement in a process of its own."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.setoff", "--child", what],
            capture_output=True,
            text=True,
            check=False,
            cwd=HERE.parent,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return {"seconds": math.inf}
    if done.returncode:
        raise SystemExit(f"bench {what} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def command(path: str, folder: str, *more: str, tie_break: str = "none") -> dict[str, Any]:
    """The command as a user runs it, from start to end of the process, with its peak memory."""
    started = time.perf_counter()
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "mingbai",
            "setoff",
            path,
            "--out",
            f"{folder}/out",
            "--json",
            "--tie-break",
            tie_break,
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert running.stdout is not None
    printed = running.stdout.read()
    _, status, usage = os.wait4(running.pid, 0)
    seconds = time.perf_counter() - started
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"mingbai setoff ended with {running.returncode}")
    return {**json.loads(printed), "seconds": seconds, "peak": usage.ru_maxrss / 1024}


def _write(argument: str) -> dict[str, Any]:
    size, path, wishes = argument.split(",")
    net(int(size), wishes=bool(wishes)).write_csv(path)
    return {}


def _core(path: str) -> tuple[int, Any, Any, Any, Any]:
    """The merged network's core, renumbered: nodes, tail, head, capacity, gain."""
    from mingbai.setoff import declaring, network

    merged = network.merge(declaring.obligations(declaring.load(path)))
    inside = network.core(merged.nodes, merged.tail, merged.head)
    used, ends = np.unique(np.concatenate([merged.tail[inside], merged.head[inside]]), return_inverse=True)
    tail, head = (each.astype(np.int32) for each in np.split(ends, 2))
    return len(used), tail, head, merged.capacity[inside], merged.gain[inside]


def _bare(path: str) -> dict[str, Any]:
    """OR-tools, from arrays to array; and the seconds that checking a proof takes, which is the same for any answer."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    from mingbai.setoff import certificate

    nodes, tail, head, capacity, gain = _core(path)
    started = time.perf_counter()
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, -gain)
    assert solver.solve() == solver.OPTIMAL
    flow = solver.flows(arcs)
    seconds = time.perf_counter() - started
    y = certificate.potentials(nodes, tail, head, gain, more=flow < capacity, less=flow > 0)
    started = time.perf_counter()
    assert certificate.bound(tail, head, capacity, gain, y) == int(flow.sum())
    return {"seconds": seconds, "arcs": len(tail), "sum": int(flow.sum()), "check": time.perf_counter() - started}


def _ours(path: str) -> dict[str, Any]:
    from mingbai.setoff import scaling

    core = _core(path)
    scaling.largest(
        2,
        *(
            np.array(each, kind)
            for each, kind in (([0, 1], np.int32), ([1, 0], np.int32), ([1, 1], np.int64), ([1, 1], np.int64))
        ),
    )
    started = time.perf_counter()
    flow = scaling.largest(*core)
    return {"seconds": time.perf_counter() - started, "sum": int(flow.sum())}


def _lemon(path: str) -> dict[str, Any]:
    """LEMON's cost scaling, in the remainder form that suits it: supplies are net positions, costs not negative."""
    import pylmcf.pylmcf_cpp as pylmcf

    nodes, tail, head, capacity, _ = _core(path)
    supply = np.zeros(nodes, np.int64)
    np.add.at(supply, tail, capacity)
    np.subtract.at(supply, head, capacity)
    started = time.perf_counter()
    rest = pylmcf.lmcf_cost_scaling(
        supply, tail.astype(np.int64), head.astype(np.int64), capacity, np.ones(len(tail), np.int64)
    )
    return {"seconds": time.perf_counter() - started, "sum": int(capacity.sum() - np.asarray(rest).sum())}


def _networkx(path: str) -> dict[str, Any]:
    import networkx

    _, tail, head, capacity, _ = _core(path)
    graph = networkx.DiGraph()
    graph.add_edges_from(
        (u, v, {"capacity": c, "weight": -1})
        for u, v, c in zip(tail.tolist(), head.tolist(), capacity.tolist(), strict=True)
    )
    started = time.perf_counter()
    cost, _ = networkx.network_simplex(graph)
    return {"seconds": time.perf_counter() - started, "sum": -cost}


def _highs(path: str) -> dict[str, Any]:
    """HiGHS' dual simplex, in float64."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    nodes, tail, head, capacity, gain = _core(path)
    arcs = np.arange(len(tail))
    balance = coo_array(
        (np.repeat([1.0, -1.0], len(tail)), (np.concatenate([tail, head]), np.concatenate([arcs, arcs]))),
        shape=(nodes, len(tail)),
    ).tocsr()
    started = time.perf_counter()
    done = linprog(
        -gain.astype(float),
        A_eq=balance,
        b_eq=np.zeros(nodes),
        bounds=np.column_stack([np.zeros(len(tail)), capacity]),
        method="highs-ds",
    )
    return {"seconds": time.perf_counter() - started, "sum": int(np.rint(done.x).astype(np.int64).sum())}


CHILDREN: dict[str, Callable[[str], dict[str, Any]]] = {
    "write": _write,
    "bare": _bare,
    "ours": _ours,
    "lemon": _lemon,
    "networkx": _networkx,
    "highs": _highs,
}

if __name__ == "__main__":
    main()
