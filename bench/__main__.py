"""``make bench``: every figure in a process of its own, peers in the same run, ratios of medians, kept in RESULTS.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import house
from bench.data import SEED
from bench.results import keep

HERE = Path(__file__).parent
AS_OF = date(2026, 9, 30)
PEERS = ("polars", "narwhals", "python-calamine", "openpyxl")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5, help="timed runs of each, after one warm-up")
    parser.add_argument("--only", choices=BENCHES)
    parser.add_argument("--big", action="store_true", help="rules on 10 M rows too (about 18 GB and six minutes)")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, argument = options.child.split(":", 1)
        print(json.dumps(CHILDREN[name](argument, options.runs)))
        return
    lines = [_machine(options.runs)]
    for name, bench in BENCHES.items():
        if options.only in (None, name):
            lines += ["", *bench(options)]
            print("\n".join(lines[-8:]), flush=True)
    if options.only is None:
        keep("Measured", lines)


def _machine(runs: int) -> str:
    cpu = (
        next(
            (
                line.split(":")[1].strip()
                for line in Path("/proc/cpuinfo").read_text().splitlines()
                if "model name" in line
            ),
            platform.machine(),
        )
        if Path("/proc/cpuinfo").exists()
        else platform.processor()
    )
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    return (
        f"{date.today()} · {cpu}, {os.cpu_count()} cores · Python {platform.python_version()} · {peers} · seed {SEED} · "
        f"median of {runs} runs after a warm-up, `make bench`. Ratios are what counts; absolute times are this machine's."
    )


def _timed(work: Callable[[], Any], runs: int) -> float:
    """Median seconds."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _child(what: str, runs: int) -> dict[str, Any]:
    """One measurement in a process of its own, with the peak memory of that process and its children (MiB)."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--child", what, "--runs", str(runs)],
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parent,
    )
    if done.returncode:
        raise SystemExit(f"bench {what} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _peak() -> float:
    import resource

    own, below = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    )
    return max(own, below) / 1024


# Reading


def reading(options: argparse.Namespace) -> list[str]:
    from bench.data import wide_workbook
    from mingbai.columns import find_register

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.xlsx"
        wide_workbook(path, find_register("contracts"))
        size = path.stat().st_size / 2**20
        rows = {name: _child(f"{name}:{path}", options.runs) for name in ("calamine", "mingbai_read", "openpyxl")}
    bare, ours, slow = (rows[name]["seconds"] for name in rows)
    return [
        f"## Reading 10,000 rows × 50 columns ({size:.1f} MiB xlsx)",
        "",
        "| | seconds | of calamine | peak MiB |",
        "|---|---|---|---|",
        f"| bare calamine: cells into Python, nothing more | {bare:.2f} | 1.00 | {rows['calamine']['peak']:.0f} |",
        f"| **mingbai**: guarded child, header, types, {rows['mingbai_read']['errors']} cell errors | {ours:.2f} | **{ours / bare:.2f}** (asked: 4) | "
        f"{rows['mingbai_read']['peak']:.0f} |",
        f"| openpyxl read-only: cells into Python, nothing more | {slow:.2f} | {slow / bare:.2f} | {rows['openpyxl']['peak']:.0f} |",
        "",
        f"mingbai ÷ openpyxl = **{ours / slow:.2f}** (asked: below 1).",
    ]


def _calamine(path: str, runs: int) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook

    def work() -> int:
        return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False))

    return {"seconds": _timed(work, runs), "peak": _peak()}


def _openpyxl(path: str, runs: int) -> dict[str, Any]:
    import openpyxl

    def work() -> int:
        book = openpyxl.load_workbook(path, read_only=True)
        return sum(len(row) for row in book.active.iter_rows(values_only=True))

    return {"seconds": _timed(work, min(runs, 3)), "peak": _peak()}


def _mingbai_read(path: str, runs: int) -> dict[str, Any]:
    from mingbai.columns import find_register
    from mingbai.sheets import Guard, read

    register = find_register("contracts")
    last: list[Any] = []

    def work() -> None:
        with Guard(workers=1) as guard:  # a fresh child each time: its start is part of the price
            last[:] = [read(path, register, guard=guard)]

    seconds = _timed(work, runs)
    return {"seconds": seconds, "peak": _peak(), "errors": len(last[0].errors)}


# The demo folder


def folder(options: argparse.Namespace) -> list[str]:
    from mingbai import demo

    with tempfile.TemporaryDirectory() as place:
        demo.write(Path(place))
        ours, plain = _child(f"mingbai_folder:{place}", options.runs), _child(f"plain_folder:{place}", options.runs)
    return [
        "## Read and check the demo folder",
        "",
        "| | seconds | contracts |",
        "|---|---|---|",
        f"| **mingbai**: all 69 files, guarded, every rule, findings in words | {ours['seconds']:.2f} | {ours['contracts']} |",
        f"| openpyxl (its .xlsx files only: {plain['files']}), then the same rules in a plain Python loop over {plain['contracts']} typed rows | "
        f"{plain['seconds']:.2f} | {plain['contracts']} |",
        "",
        f"mingbai ÷ openpyxl + loop = **{ours['seconds'] / plain['seconds']:.2f}**. The peer is spared the header finding and the typing of cells, "
        "which it does not do.",
    ]


def _mingbai_folder(place: str, runs: int) -> dict[str, Any]:
    from mingbai import demo
    from mingbai.columns import find_register
    from mingbai.report import files_in, survey
    from mingbai.rules import load_law

    law = load_law("contracts").under(Path(place) / demo.POLICY, demo.PLACE)
    counted: list[int] = []

    def work() -> None:
        result = survey(files_in([Path(place)]), find_register("contracts"), law, AS_OF, place=demo.PLACE)
        counted[:] = [result.totals.contracts, len(result.worded)]

    return {"seconds": _timed(work, runs), "contracts": counted[0]}


def _plain_folder(place: str, runs: int) -> dict[str, Any]:
    import openpyxl

    from mingbai import demo
    from mingbai.columns import find_register
    from mingbai.report import files_in
    from mingbai.report.survey import table_of
    from mingbai.rules import load_law
    from mingbai.sheets import Reading, read_many

    sys.path.insert(0, str(HERE.parent / "tests"))
    oracle = import_module("rules.oracle")
    law = load_law("contracts").under(Path(place) / demo.POLICY, demo.PLACE)
    files = files_in([Path(place)])
    typed: list[dict[str, Any]] = []
    for result in read_many(files, find_register("contracts")):
        if isinstance(result, Reading):
            table = table_of(result)
            typed += [
                oracle.with_dates(dict(zip(table, values, strict=True))) for values in zip(*table.values(), strict=True)
            ]
    books = [file for file in files if file.suffix == ".xlsx"]

    def work() -> None:
        for file in books:
            for sheet in openpyxl.load_workbook(file, read_only=True):
                for _ in sheet.iter_rows(values_only=True):
                    pass
        oracle.judge_rows(typed, law, AS_OF)

    return {"seconds": _timed(work, min(runs, 3)), "contracts": len(typed), "files": len(books)}


# Rules


def rules(options: argparse.Namespace) -> list[str]:
    sizes = [1_000_000] + ([10_000_000] if options.big else [])
    lines = [
        "## Every contract rule",
        "",
        "| rows | hand-written Polars, s | mingbai, s | ratio | peak MiB hand-written / mingbai |",
        "|---|---|---|---|---|",
    ]
    equal = True
    for size in sizes:
        runs = options.runs if size < 5_000_000 else min(options.runs, 2)
        both = _child(f"rules:{size}", runs)
        equal = equal and both["equal"]
        peaks = [_child(f"rules_peak:{which},{size}", 1)["peak"] for which in ("hand", "ours")]
        lines.append(
            f"| {size:,}{'' if runs == options.runs else f' (median of {runs})'} | {both['hand']:.2f} | {both['ours']:.2f} | **{both['ours'] / both['hand']:.2f}** (asked: 1.3) | {peaks[0]:.0f} / {peaks[1]:.0f} |"
        )
    one = _child("rules_one:1", 50)
    return [
        *lines,
        "",
        f"Answers equal on every row and rule: {equal}. One row, checker ready: **{1000 * one['seconds']:.0f} ms** "
        f"(asked: 50); making the checker: {1000 * one['making']:.0f} ms.",
    ]


def _rules(size: str, runs: int) -> dict[str, Any]:
    from bench import handwritten
    from bench.data import ledger_frame
    from mingbai.columns import find_register
    from mingbai.rules import find_rulebook, judge, load_law

    register, rulebook, law = find_register("contracts"), find_rulebook("contracts"), load_law("contracts")
    frame = ledger_frame(register, int(size))
    names = ["_id", *rulebook.rules]

    def ours() -> Any:
        return judge(frame.lazy(), rulebook, law, AS_OF).select(names).collect()

    def hand() -> Any:
        return handwritten.judge(frame.lazy(), law, AS_OF).select(names).collect()

    equal = ours().sort("_id").equals(hand().sort("_id"))
    pairs = []
    for _ in range(runs):  # in turn, so that a drifting machine drifts for both
        for work in (ours, hand):
            started = time.perf_counter()
            work()
            pairs.append(time.perf_counter() - started)
    return {"ours": statistics.median(pairs[::2]), "hand": statistics.median(pairs[1::2]), "equal": equal}


def _rules_peak(what: str, _: int) -> dict[str, Any]:
    from bench import handwritten
    from bench.data import ledger_frame
    from mingbai.columns import find_register
    from mingbai.rules import find_rulebook, judge, load_law

    which, size = what.split(",")
    rulebook, law = find_rulebook("contracts"), load_law("contracts")
    frame = ledger_frame(find_register("contracts"), int(size)).lazy()
    plan = judge(frame, rulebook, law, AS_OF) if which == "ours" else handwritten.judge(frame, law, AS_OF)
    plan.select("_id", *rulebook.rules).collect()
    return {"peak": _peak()}


def _rules_one(_: str, runs: int) -> dict[str, Any]:
    from bench.data import ledger_frame
    from mingbai.columns import find_register
    from mingbai.rules import Checker, find_rulebook, load_law

    register = find_register("contracts")
    frame = ledger_frame(register, 1)
    started = time.perf_counter()
    checker = Checker(register, find_rulebook("contracts"), load_law("contracts"), AS_OF)
    making = time.perf_counter() - started
    return {"seconds": _timed(lambda: list(checker(frame)), runs), "making": making}


BENCHES = {"reading": reading, "folder": folder, "rules": rules, **house.BENCHES}
CHILDREN: dict[str, Callable[[str, int], dict[str, Any]]] = {
    "calamine": _calamine,
    "openpyxl": _openpyxl,
    "mingbai_read": _mingbai_read,
    "mingbai_folder": _mingbai_folder,
    "plain_folder": _plain_folder,
    "rules": _rules,
    "rules_peak": _rules_peak,
    "rules_one": _rules_one,
}

if __name__ == "__main__":
    main()
