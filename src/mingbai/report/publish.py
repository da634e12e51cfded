"""Leave everything a survey found in one folder: the page, the marked copies, findings.xlsx and findings.json."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mingbai.report.page import draw
from mingbai.report.survey import Survey
from mingbai.report.tables import write_findings
from mingbai.sheets import Guard, Reading, Refused, mark

MARKED = "批注本"
STEM_BYTES = 180
"""Of the 255 a file name may have; the ending of a marked copy and a temporary name need the rest."""


def publish(
    survey: Survey,
    folder: Path,
    *,
    title: str = "农村集体经济合同",
    demo: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> None:
    """Write ``index.html``, ``findings.xlsx``, ``findings.json`` and a marked copy of every workbook into ``folder``.

    Files of an earlier report of the same name are replaced; others in the folder are left alone.
    """
    (folder / MARKED).mkdir(parents=True, exist_ok=True)
    names = labels([reading.file for reading in survey.readings] + [refusal.file for refusal in survey.refusals])
    others = labels([each.file for each in survey.unseen], endings=True)
    own: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in survey.worded:
        own[finding.file].append(finding.to_json())
    copies = {file: f"{MARKED}/{stem}_批注.xlsx" for file, stem in _stems(names, survey.readings).items()}
    with Guard() as guard, ThreadPoolExecutor(guard.workers) as pool:

        def copy(reading: Reading) -> str:
            try:
                mark(reading.file, reading, own[reading.file], folder / copies[reading.file], guard)
            except Refused as refused:
                copies[reading.file] = ""
                return f"{names[reading.file]}：没能写出批注本（{refused.reason}）"
            return ""

        troubles = [f"{names[reading.file]}：{reading.sentence}" for reading in survey.readings if reading.sentence]
        for done, trouble in enumerate(pool.map(copy, survey.readings), 1):
            troubles += [trouble] if trouble else []
            if progress:
                progress(done, len(survey.readings), survey.readings[done - 1].file)
    write_findings(survey, names | others, folder / "findings.xlsx")
    _replace(folder / "findings.json", json.dumps(survey.to_json(), ensure_ascii=False, indent=1))
    _replace(folder / "index.html", draw(survey, names | others, copies, title=title, demo=demo, troubles=troubles))


def _stems(names: dict[str, str], readings: Sequence[Reading]) -> dict[str, str]:
    """A file name for each marked copy: no two the same (甲/乙.xlsx and 甲_乙.xlsx are two), none too long for the disk."""
    stems: dict[str, str] = {}
    for reading in readings:
        stem = names[reading.file].replace("/", "_").encode()[-STEM_BYTES:].decode(errors="ignore")
        while stem in stems.values():
            stem = f"{stem}_"
        stems[reading.file] = stem
    return stems


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: a reader never meets half a page."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def labels(files: Sequence[str], endings: bool = False) -> dict[str, str]:
    """A short, unambiguous name for each file: its path below the folder they share, without the ending (or with it).

    Nothing of the machine's own folders gets onto a page that is printed and passed on.
    """
    if not files:
        return {}
    parents = [str(Path(file).resolve().parent) for file in files]
    root = Path(os.path.commonpath(parents))
    short = {file: Path(file).resolve().relative_to(root) for file in files}
    stems = [str(path.with_suffix("")) for path in short.values()]
    return {
        file: str(path if endings or stems.count(str(path.with_suffix(""))) > 1 else path.with_suffix(""))
        for file, path in short.items()
    }
