"""A child that dies, hangs or eats is one file's misfortune: the next file is read, and nothing else is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mingbai.limits import LIMITS
from mingbai.sheets.child import function_named
from mingbai.sheets.grid import Refused
from mingbai.sheets.guard import Guard
from sheets import hostile

DESCRIBE = "mingbai.sheets.formats:describe"
posix = pytest.mark.skipif(sys.platform == "win32", reason="no signals")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "good.xlsx").write_bytes(hostile.xlsx())
    return tmp_path / "good.xlsx"


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A csv that takes a few seconds to read."""
    line = ",".join(str(n) for n in range(90)) + "\n"
    (tmp_path / "slow.csv").write_text(line * 190_000)
    return tmp_path / "slow.csv"


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(workers=1) as guard:
        yield guard


def test_one_child_reads_file_after_file(guard: Guard, good: Path) -> None:
    guard.run(DESCRIBE, good)
    (pid,) = guard.pids()
    started = time.perf_counter()
    for _ in range(20):
        assert guard.run(DESCRIBE, good)["format"] == "xlsx"
    print(f"{(time.perf_counter() - started) / 20 * 1000:.1f} ms a small file")
    assert guard.pids() == [pid]


def test_a_refusal_crosses_whole_and_the_child_lives_on(guard: Guard, good: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"")
    guard.run(DESCRIBE, good)
    (pid,) = guard.pids()
    with pytest.raises(Refused) as caught:
        guard.run(DESCRIBE, tmp_path / "bad.xlsx")
    assert (caught.value.kind, caught.value.reason) == ("empty", "文件是空的，一个字节也没有。")
    assert caught.value.mend == "请确认选对了文件；可能没有传完整，请重发。"
    guard.run(DESCRIBE, good)
    assert guard.pids() == [pid]


@posix
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_child_killed_within_a_file_refuses_that_file_only(
    guard: Guard, good: Path, slow: Path, how: signal.Signals
) -> None:
    guard.run(DESCRIBE, good)
    (pid,) = guard.pids()
    threading.Timer(0.3, os.kill, (pid, how)).start()
    with pytest.raises(Refused) as caught:
        guard.run(DESCRIBE, slow)
    assert caught.value.kind == "crashed"
    assert guard.run(DESCRIBE, good)["format"] == "xlsx"
    assert guard.pids() != [pid]


@posix
def test_a_child_killed_between_two_files_costs_one_refusal_at_most(guard: Guard, good: Path) -> None:
    guard.run(DESCRIBE, good)
    os.kill(guard.pids()[0], signal.SIGKILL)
    with pytest.raises(Refused):
        guard.run(DESCRIBE, good)
    assert guard.run(DESCRIBE, good)["format"] == "xlsx"


def test_a_file_that_takes_too_long_is_stopped_by_the_clock(good: Path, slow: Path) -> None:
    with Guard(workers=1, limits=replace(LIMITS, seconds=1.5, rows=10**6, cells=10**9)) as guard:
        guard.run(DESCRIBE, good)
        with pytest.raises(Refused) as caught:
            guard.run(DESCRIBE, slow)
        assert (caught.value.kind, caught.value.reason) == ("too_slow", "读了 1.5 秒还没读完，已停止。")
        assert guard.run(DESCRIBE, good)["format"] == "xlsx"


@posix
def test_a_file_that_needs_too_much_memory_is_refused_within_the_cap(good: Path, slow: Path) -> None:
    with Guard(workers=1, limits=replace(LIMITS, memory_bytes=400 * 2**20)) as guard:
        guard.run(DESCRIBE, good)
        with pytest.raises(Refused) as caught:
            guard.run(DESCRIBE, slow)
        print(f"{caught.value.kind}: {guard.peak_bytes / 2**20:.0f} MB")
        assert caught.value.kind == "memory"
        assert guard.peak_bytes < 400 * 2**20
        assert guard.run(DESCRIBE, good)["format"] == "xlsx"


@posix
def test_a_corner_calamine_would_die_of_is_one_refusal(guard: Guard, good: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(hostile.far_corner_in_disguise())
    with pytest.raises(Refused) as caught:
        guard.run(DESCRIBE, tmp_path / "bad.xlsx")
    assert caught.value.kind == "crashed"
    assert guard.run(DESCRIBE, good)["format"] == "xlsx"


def test_many_files_come_back_in_order_with_their_refusals_among_them(tmp_path: Path) -> None:
    files = []
    for number in range(69):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(b"" if number % 10 == 3 else hostile.xlsx(lambda book, sheet, n=number: sheet.write(3, 0, n)))
        files.append((path, {"cells": True}))
    told: list[int] = []
    with Guard(workers=2) as guard:
        outcomes = list(guard.map(DESCRIBE, files, progress=told.append))
        assert len(guard.pids()) == 2
    assert told == list(range(1, 70))
    for number, outcome in enumerate(outcomes):
        if number % 10 == 3:
            assert isinstance(outcome, Refused) and outcome.kind == "empty"
        else:
            assert isinstance(outcome, dict)
            assert outcome["sheets"][0]["cells"][3][0] == number


def test_leaving_a_map_early_leaves_nobody_behind(tmp_path: Path, good: Path) -> None:
    with Guard(workers=2) as guard:
        for _ in guard.map(DESCRIBE, [(good, {})] * 50):
            break
        pids = guard.pids()
    assert guard.pids() == []
    for pid in pids:
        with pytest.raises(OSError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "mingbai.sheets.guard:subprocess.run",
        "mingbai.sheets.guard:Guard",
        "mingbai.sheets.child:_answer",
        "mingbai.limits:dataclass",
        "mingbai.sheets.formats:open_workbook ",
        "mingbai..sheets:x",
    ],
)
def test_only_our_own_functions_can_be_called(guard: Guard, good: Path, name: str) -> None:
    with pytest.raises(ValueError):
        function_named(name)
    with pytest.raises((ValueError, Refused)):
        guard.run(name, good)


def test_a_fault_of_ours_is_told_by_its_class_and_nothing_from_the_file(guard: Guard, good: Path) -> None:
    with pytest.raises(Refused) as caught:
        guard.run("mingbai.sheets.formats:open_workbook", good)  # a Workbook is not fit for JSON
    assert caught.value.kind == "crashed" and "（TypeError）" in caught.value.reason
    assert good.name not in str(caught.value)


@posix
def test_nothing_comes_out_on_our_own_output(tmp_path: Path) -> None:
    """A child that dies in Rust prints a report; a clerk's terminal and our logs must not show it."""
    (tmp_path / "秘密.xlsx").write_bytes(hostile.far_corner_in_disguise())
    program = (
        "import sys\nfrom mingbai.sheets.guard import Guard\n"
        "with Guard(workers=1) as guard:\n"
        "    try:\n        guard.run('mingbai.sheets.formats:describe', sys.argv[1])\n"
        "    except Exception as refused:\n        print(refused.kind)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(hostile.__file__).parents[2] / "src")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "秘密.xlsx")], capture_output=True, env=environment, check=True
    )
    assert (done.stdout, done.stderr) == (b"crashed\n", b"")


@posix
def test_the_child_may_write_nothing_and_sees_no_secrets(
    guard: Guard, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGBAI_DATABASE", "postgres://secret")
    guard.run(DESCRIBE, good)
    status = Path(f"/proc/{guard.pids()[0]}/limits")
    if not status.exists():
        pytest.skip("no /proc")
    caps = {line[:25].strip(): line[25:].split()[0] for line in status.read_text().splitlines()[1:]}
    assert caps["Max file size"] == "0" and caps["Max core file size"] == "0"
    assert caps["Max address space"] == str(LIMITS.memory_bytes)
    assert b"secret" not in Path(f"/proc/{guard.pids()[0]}/environ").read_bytes()
