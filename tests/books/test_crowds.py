"""Sixteen bookkeepers at once, and the plug pulled at any moment, of the bookkeeper and of the database: no half voucher, no
gap, nothing acknowledged lost. On SQLite and on a PostgreSQL that waits for the disk."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster import Cluster, NoClusterError, cluster

CROWD = Path(__file__).with_name("crowd.py")
CRASHES = 3


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    try:
        with cluster("fsync=on", "full_page_writes=on") as running:
            yield running
    except NoClusterError as without:
        pytest.skip(str(without))


@pytest.fixture(params=["sqlite", "postgresql"])
def env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """A home of its own on either database."""
    found = {**os.environ, "MINGBAI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mingbai.settings"}
    found.pop("MINGBAI_DATABASE", None)
    return found if request.param == "sqlite" else found | {"MINGBAI_DATABASE": made(request.getfixturevalue("server"))}


def made(server: Cluster) -> str:
    """A database of its own."""
    import psycopg

    name = f"crowd_{random.SystemRandom().randrange(10**9)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url(name)


def run(env: dict[str, str], name: str, seed: int | None = None) -> Any:
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    done = subprocess.run([sys.executable, CROWD, name, str(seed)], env=env, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, f"seed {seed}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1]) | {"seed": seed}


def test_sixteen_bookkeepers_leave_no_gap(env: dict[str, str]) -> None:
    found = run(env, "crowd")
    assert (found["errors"], found["faults"], found["breaks"]) == ([], [], []), found["seed"]
    assert found["events"] == found["told"]
    assert len({event.split("/")[0] for event in found["told"]}) == 16


def test_a_pulled_plug_loses_nothing_that_was_acknowledged(env: dict[str, str]) -> None:
    found = run(env, "plug")
    assert (found["errors"], found["faults"], found["breaks"]) == ([], [], []), found["seed"]
    assert found["told"], "nobody came to book anything"
    assert set(found["told"]) <= set(found["events"]), found["seed"]
    more = set(found["events"]) - set(found["told"])
    assert len({event.rsplit("/", 1)[0] for event in more}) <= 12, "at most the batch in hand, once a kill"


def test_a_crashed_database_loses_nothing_that_was_acknowledged(server: Cluster, tmp_path: Path) -> None:
    """``pg_ctl stop -m immediate`` in the middle of the work, again and again."""
    env = {**os.environ, "MINGBAI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mingbai.settings", "MINGBAI_DATABASE": made(server)}
    seed = random.SystemRandom().randrange(10**6)
    chance, told = random.Random(seed), tmp_path / "told"
    for crash in range(CRASHES):
        before = told.read_text("utf-8") if told.exists() else ""
        writers = subprocess.Popen([sys.executable, CROWD, "hold", str(seed + crash)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 120
        while (not told.exists() or told.read_text("utf-8") == before) and time.monotonic() < until and writers.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.uniform(0.05, 0.6))
        server.stop("immediate")
        _, complaint = writers.communicate(timeout=60)
        server.start("fsync=on", "full_page_writes=on")
        assert writers.returncode == 0, f"seed {seed}\n{complaint[-4000:]}"
        assert told.read_text("utf-8") != before, "nobody came to book anything"
        found = run(env, "look", 0)
        assert (found["errors"], found["faults"], found["breaks"]) == ([], [], []), seed
        assert set(found["told"]) <= set(found["events"]), seed
        more = set(found["events"]) - set(found["told"])
        assert len({event.rsplit("/", 1)[0] for event in more}) <= 4 * (crash + 1), "at most the batch in each hand, once a crash"
