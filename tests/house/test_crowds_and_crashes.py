"""Sixteen at once, and the plug pulled at any moment: nothing is lost, nothing is half there, every chain holds."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import a_long_lease, a_row, a_workbook

DRILLS = Path(__file__).with_name("drills.py")
ROWS = 40
"""Beside them one line of headings is read and skipped."""
Drill = Callable[[str], Any]


def _run(home: Path, name: str, seed: int) -> Any:
    env = {**os.environ, "MINGBAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings"}
    done = subprocess.run([sys.executable, DRILLS, name, str(seed)], env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"seed {seed}\n{done.stderr[-6000:]}"
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("built")
    rows = [(a_long_lease if number % 2 else a_row)(合同编号=f"HT-{number:03d}", 承包方=f"张{number}") for number in range(ROWS)]
    (home / "book.xlsx").write_bytes(a_workbook(*rows))
    (home / "other.xlsx").write_bytes(a_workbook(a_row(合同编号="别-1")))
    _run(home, "build", 0)
    return home


@pytest.fixture
def drill(built: Path, tmp_path: Path) -> Drill:
    home = tmp_path / "home"
    shutil.copytree(built, home)
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return lambda name: _run(home, name, seed)


def test_sixteen_writers_lose_nothing_and_nobody_is_told_of_a_lock(drill: Drill) -> None:
    found = drill("crowd")
    assert found["errors"] == []
    assert found["failed"] == 0
    assert found["done"] == 16 * 12
    assert found["numbers"] == list(range(1, found["receipts"] + 1)), "receipts are numbered without gaps"
    assert found["sum"] == found["told_sum"]
    assert (found["uploads"], found["files"]) == (2, 2), "the same file from sixteen hands is one"
    assert found["edits"] == [["改10", "改10"]] * 8, "an edit of one cell took back another's"
    assert found["breaks"] == []
    assert found["events"] == 16 * 4 * 2, "an event for each receipt and each edit"


def test_an_import_killed_at_any_moment_is_whole_or_absent(drill: Drill) -> None:
    turns = drill("accept")
    for turn in turns:
        whole = {"records": ROWS, "findings": True, "state": "accepted", "events": 1}
        absent = {"records": 0, "findings": False, "state": "read", "events": 0}
        seen = {key: turn[key] for key in whole}
        assert seen in (whole, absent), turn
        assert turn["then"] == whole, "accepting again takes all in, once"
    assert any(turn["cut"] and turn["records"] == 0 for turn in turns), "no round was killed before the end"


def test_a_reading_job_whose_worker_is_killed_is_taken_up_again(drill: Drill) -> None:
    turns = drill("read")
    for turn in turns:
        assert (turn["state"], turn["read"]) in (("received", 0), ("read", ROWS + 1)), turn
        assert turn["then"]["job"] == "done"
        assert (turn["then"]["state"], turn["then"]["read"]) == ("read", ROWS + 1)
    assert any(turn["cut"] and turn["job"] == "running" for turn in turns), "no worker was killed at work"


def test_a_remedy_killed_at_any_moment_stands_where_its_last_step_says(drill: Drill) -> None:
    turns = drill("road")
    for turn in turns:
        for seen in (turn, turn["then"]):
            assert seen["stage"] == seen["last"]
            assert seen["steps"] == seen["told"], "a step without its event, or an event without its step"
        assert turn["then"]["stage"] == "closed"
        assert turn["then"]["checks"] == 1
    assert len({turn["stage"] for turn in turns}) > 2, "the rounds were all killed at one place"
