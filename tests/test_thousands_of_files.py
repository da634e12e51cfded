"""A county hands in everything it has: thousands of workbooks in one folder, some of them broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import a_row, a_workbook

FILES, ROWS, BROKEN = int(os.environ.get("MINGBAI_FILES", "3000")), 12, (7, 11, 22)
CHECK = """
import resource, sys
from mingbai.cli import main
code = main(["check", sys.argv[1], "--json", "--as-of", "2026-09-30"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
raise SystemExit(code)
"""


@pytest.mark.slow
def test_three_thousand_workbooks_in_one_folder(tmp_path: Path) -> None:
    """Every row is in the totals, what is broken is named, and the memory is that of the rows, not of the files."""
    sound = a_workbook(*(a_row(合同编号=f"HT-{number}", 地块编码=f"P{number}") for number in range(ROWS)))
    for number in range(FILES):
        street = tmp_path / f"街道{number % 20}"
        street.mkdir(exist_ok=True)
        (street / f"村{number}_台账.xlsx").write_bytes(b"PK\x03\x04 broken" if number in BROKEN else sound)
    done = subprocess.run([sys.executable, "-c", CHECK, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    said = json.loads(done.stdout)
    totals = said["counts"]
    assert (totals["files"], totals["refused"], totals["contracts"]) == (FILES, len(BROKEN), (FILES - len(BROKEN)) * ROWS)
    assert {Path(each["file"]).name for each in said["refused"]} == {f"村{number}_台账.xlsx" for number in BROKEN}
    peak = int(done.stderr.strip().splitlines()[-1])
    print(f"peak {peak} MiB")
    assert peak < 2_000
