"""``python -m bench.paper``: contracts rendered, worn like scans and photographs, read by the recogniser in its guarded child.

For each level of wear: share of letters wrong (edit distance over the letters of the contract, in reading order), share of fields
whose value is exactly right, seconds a page (this machine's clock, and processor seconds of the child, which hold on a busy machine
too), pages a minute, peak memory. The pages are rendered from an invented contract with a packaged font: real scans are worse.

    python -m bench.paper [--pages 10] [--seed 20260930]
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
import unicodedata
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bench.results import keep
from mingbai import paper
from mingbai.columns import find_register

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from paper_pages import LEVELS, contract, errors, rendered, worn


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=10, help="pages of each level, after one to warm up")
    parser.add_argument("--seed", type=int, default=20_260_930)
    options = parser.parse_args()
    lines = [
        f"{date.today()} · {os.cpu_count()} cores · Python {platform.python_version()} · rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')} · "
        f"seed {options.seed} · {options.pages} pages a level after one to warm up · load {os.getloadavg()[0]:.1f} at the start · `python -m bench.paper`. "
        "**Rendered pages** (one invented contract form, a packaged font, 150 dots an inch, turned, shadowed, speckled, pressed): real scans, "
        "handwriting and old type are worse, which is why a person confirms every field.",
        "",
        "| level | wear | letters wrong | fields right | s a page, clock (median) | s a page, processor | pages a minute | peak memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in LEVELS:
        lines.append(_level(name, options.pages, options.seed))
        print(lines[-1], flush=True)
    keep("Paper", lines)


def _level(name: str, pages: int, seed: int) -> str:
    register, wording, wear = find_register("contracts"), paper.find_wording("contracts"), LEVELS[name]
    random = np.random.default_rng(seed)
    wrong = letters = right = fields = 0
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder, paper.reader() as guard:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for number in range(pages + 1):
            one = contract(number, random)
            path = Path(folder) / f"{number}.jpg"
            path.write_bytes(worn(rendered(one), wear, random))
            started = time.perf_counter()
            (leaf,) = paper.read([path], guard)
            found = {each.column: each.value for each in paper.propose([leaf.page], register, wording)}
            took = time.perf_counter() - started
            if number == 0:  # the models are loaded
                continue
            seconds.append(took)
            said, read = _plain(one.text), _plain("".join(line.text for line in paper.lines(leaf.page)))
            wrong, letters = wrong + errors(said, read), letters + len(said)
            right, fields = (
                right + sum(found.get(column) == value for column, value in one.fields.items()),
                fields + len(one.fields),
            )
        peak = guard.peak_bytes
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # the child has ended: its whole time counts, loading too
    processor = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / (pages + 1)
    middle = statistics.median(seconds)
    how = f"{wear.turned:+g}°, noise {wear.noise:g}, shadow {wear.shadow:.0%}, JPEG {wear.quality}"
    return f"| {name} | {how} | {wrong / letters:.2%} | {right / fields:.1%} of {fields} | {middle:.1f} | {processor:.1f} | {60 / middle:.1f} | {peak / 2**20:,.0f} MB |"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")


if __name__ == "__main__":
    main()
