"""Ten million contracts on Polars, DuckDB and Spark, side by side: the same rule text over the same folder of Parquet.

    python -m bench.engines [--rows 10000000] [--engines polars,duckdb,spark]

A county is 100,000 rows. Each engine runs in a process of its own; peak memory is that of the process and what it started
(Spark's is a JVM). Spark needs Java 17 and `pip install pyspark` (see `make spark`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.results import keep

AS_OF, COUNTY = date(2026, 9, 30), 100_000
ENGINES = ("polars", "duckdb", "spark")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--limit", type=int, default=3600, help="seconds an engine may take")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        engine, folder = options.child.split(":", 1)
        print(json.dumps(_judge(engine, Path(folder))))
        return
    with tempfile.TemporaryDirectory() as place:
        size = _write(Path(place), options.rows) / 2**20
        found = {}
        for engine in options.engines.split(","):
            found[engine] = _child(engine, place, options.limit)
            print(engine, {name: value for name, value in found[engine].items() if name != "counts"}, flush=True)
    late = [engine for engine, each in found.items() if not each]
    found = {engine: each for engine, each in found.items() if each}
    fastest = min(each["seconds"] for each in found.values())
    lines = [
        f"{date.today()} · {options.rows:,} rows in {options.rows // COUNTY} counties, {size:,.0f} MiB of Parquet, {os.cpu_count()} cores shared, `python -m bench.engines`, one run each.",
        "",
        "| engine | seconds, from files to every rule's counts | ÷ fastest | rows a second | peak MiB |",
        "|---|---|---|---|---|",
        *(f"| {name} | not done in {options.limit} | | | |" for name in late),
        *(
            f"| {name} {each['version']} | {each['seconds']:.1f} | {each['seconds'] / fastest:.2f} | {options.rows / each['seconds']:,.0f} | {each['peak']:,.0f} |"
            for name, each in found.items()
        ),
        "",
        f"Counts of all {len(next(iter(found.values()))['counts'])} rules equal on all engines: {len({json.dumps(each['counts'], sort_keys=True) for each in found.values()}) == 1}.",
    ]
    keep("Engines", lines)


def _write(place: Path, rows: int) -> int:
    """The folder, county by county; its size in bytes."""
    import polars as pl

    from bench.data import SEED, ledger_frame
    from mingbai.columns import find_register
    from mingbai.rules.engines import write_county

    register = find_register("contracts")
    for number in range(rows // COUNTY):
        code = str(100_000 + number)
        frame = ledger_frame(register, COUNTY, SEED + number).with_columns(
            pl.format("{}-{}", pl.lit(code), pl.col("_file")).alias("_file")
        )
        write_county(frame, register, code, place)
    return sum(each.stat().st_size for each in place.rglob("*.parquet"))


def _child(engine: str, place: str, limit: int) -> dict[str, Any]:
    """What :func:`_judge` says in a process of its own; {} where it takes longer than it may."""
    env = {"PYSPARK_SUBMIT_ARGS": "--driver-memory 6g pyspark-shell", **os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.engines", "--child", f"{engine}:{place}"],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parent.parent,
            env=env,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return {}
    if done.returncode:
        raise SystemExit(f"bench {engine} failed:\n{done.stderr[-4000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _judge(engine: str, folder: Path) -> dict[str, Any]:
    from importlib.metadata import version

    from mingbai.columns import find_register
    from mingbai.rules import find_rulebook, load_law
    from mingbai.rules.engines import tally

    register, rulebook, law = find_register("contracts"), find_rulebook("contracts"), load_law("contracts")
    started = time.perf_counter()
    rows, counts = tally(engine, folder, register, rulebook, law, AS_OF)
    seconds = time.perf_counter() - started
    assert rows == sum(1 for _ in folder.glob("county=*")) * COUNTY
    return {
        "seconds": seconds,
        "counts": counts,
        "peak": _peak(os.getpid()),
        "version": version("pyspark" if engine == "spark" else engine),
    }


def _peak(pid: int) -> float:
    """The high-water marks of a process and of all it started and that still run, MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    own = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0) / 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_peak(int(child)) for child in children)


if __name__ == "__main__":
    main()
