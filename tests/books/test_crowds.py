"""Sixteen bookkeepers at once, and the plug pulled at any moment: no half voucher, no gap, nothing acknowledged lost."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

CROWD = Path(__file__).with_name("crowd.py")


def run(home: Path, name: str) -> Any:
    seed = random.SystemRandom().randrange(10**6)
    env = {**os.environ, "MINGBAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings"}
    done = subprocess.run([sys.executable, CROWD, name, str(seed)], env=env, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, f"seed {seed}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1]) | {"seed": seed}


def test_sixteen_bookkeepers_leave_no_gap(tmp_path: Path) -> None:
    found = run(tmp_path, "crowd")
    assert (found["errors"], found["faults"], found["breaks"]) == ([], [], []), found["seed"]
    assert found["events"] == found["told"]
    assert len({event.split("/")[0] for event in found["told"]}) == 16


def test_a_pulled_plug_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    found = run(tmp_path, "plug")
    assert (found["errors"], found["faults"], found["breaks"]) == ([], [], []), found["seed"]
    assert found["told"], "nobody came to book anything"
    assert set(found["told"]) <= set(found["events"]), found["seed"]
    more = set(found["events"]) - set(found["told"])
    assert len({event.rsplit("/", 1)[0] for event in more}) <= 12, "at most the batch in hand, once a kill"
