"""Untrusted files are read in children: what goes wrong there ends one child, and is a sentence about one file.

    with Guard(workers=2) as guard:
        result = guard.run(function="mingbai.sheets.rows:read_file", path="九院村.xlsx", arguments={"sheet": "合同"})

A child reads one file after another, so that many files do not pay for many starts of Python. It has caps on memory,
processor time and files, may write nothing, and is killed by the clock here. Only JSON comes back: nothing that a child
which has touched hostile bytes says is ever executed.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import mingbai
from mingbai.limits import LIMITS, Limits
from mingbai.sheets.child import DOTTED, packed, receive, send
from mingbai.sheets.grid import Refused

Result = dict[str, Any]
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TZ", "LD_LIBRARY_PATH")
"""Of our environment a child sees these: no secrets, no settings."""


class _Worker:
    """One child. ``ask`` returns its answer, or raises ``Refused`` if it died or overslept; then it is ``dead``."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {"PYTHONPATH": str(Path(mingbai.__file__).parents[1]), "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "mingbai.sheets.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Not even a crash report comes out: it would quote cells and paths.
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self.dead = False
        self._tell({"limits": asdict(limits)})

    def _tell(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        # It may be gone; the answer that does not come will say so.
        with suppress(OSError):
            send(self._process.stdin, packed(message))

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdout is not None
        overslept = threading.Event()

        def wake() -> None:
            overslept.set()
            self._process.kill()

        clock = threading.Timer(self._limits.seconds, wake)
        clock.daemon = True
        clock.start()
        try:
            self._tell(question)
            answer = receive(self._process.stdout, cap=self._limits.unpacked_bytes)
        except (ValueError, RecursionError, OSError):
            answer = None
        finally:
            clock.cancel()
        if answer is None:
            self.close()
            raise self._too_slow() if overslept.is_set() else crashed()
        if answer.get("spent"):
            self.close()
        return answer

    def _too_slow(self) -> Refused:
        return Refused(
            "too_slow",
            f"读了 {self._limits.seconds:g} 秒还没读完，已停止。",
            "请删除多余的空行、空列和工作表，或把表拆成几个文件，再上传。",
        )

    def close(self) -> None:
        self.dead = True
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def crashed(failure: str = "") -> Refused:
    """The refusal for a file whose reader broke; ``failure`` is the exception's class, where one was caught."""
    return Refused(
        "crashed",
        f"读这个文件的进程中途退出了，文件可能已损坏或被人动过手脚{failure and f'（{failure}）'}。",
        "请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后再上传。",
    )


class Guard:
    """A pool of reading children. Safe to use from several threads; ``workers`` files are read at a time.

    ``peak_bytes`` is the most resident memory any child has reported, on Linux.
    """

    def __init__(self, workers: int = 2, limits: Limits = LIMITS) -> None:
        if workers < 1:
            raise ValueError("a guard needs a worker")
        self.workers = workers
        self.peak_bytes = 0
        self._limits = limits
        self._closed = False
        self._lock = threading.Lock()
        self._alive: set[_Worker] = set()
        # Last in, first out: a single file after another is always read by the same warm child.
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Kills the children; files being read then are refused as ``crashed``."""
        with self._lock:
            self._closed = True
            alive, self._alive = self._alive, set()
        for worker in alive:
            worker.close()

    def pids(self) -> list[int]:
        """The children that live now."""
        with self._lock:
            return [worker.pid for worker in self._alive]

    def run(self, function: str, path: Path | str, arguments: Mapping[str, Any] | None = None) -> Result:
        """Calls ``function(path, **arguments)`` in a child and returns its dictionary.

        ``function`` is ``mingbai.….module:name``; if it has a parameter ``limits``, it gets this guard's. Raises
        ``Refused``: what the function raised, or ``too_slow``, ``memory``, ``crashed``; ``ValueError`` for a name that
        is not ours.
        """
        if DOTTED.fullmatch(function) is None:
            raise ValueError(f"not a function of mingbai: {function!r}")
        if self._closed:
            raise ValueError("the guard is closed")
        question = {"function": function, "path": str(Path(path).absolute()), "arguments": dict(arguments or {})}
        worker = self._idle.get()
        try:
            if worker is None:
                worker = self._hire()
            answer = worker.ask(question)
        finally:
            if worker is not None and worker.dead:
                with self._lock:
                    self._alive.discard(worker)
                worker = None
            self._idle.put(worker)
        return self._result(answer)

    def _hire(self) -> _Worker:
        worker = _Worker(self._limits)
        with self._lock:
            if not self._closed:
                self._alive.add(worker)
                return worker
        worker.close()
        raise crashed()

    def _result(self, answer: dict[str, Any]) -> Result:
        with self._lock:
            self.peak_bytes = max(self.peak_bytes, int(answer.get("peak_bytes", 0)))
        refused = answer.get("refused")
        if isinstance(refused, list) and len(refused) == 3:
            raise Refused(*map(str, refused))
        result = answer.get("result")
        if not isinstance(result, dict):
            raise crashed("".join(filter(str.isalpha, str(answer.get("crashed", ""))))[:40])
        return result

    def map(
        self,
        function: str,
        files: Iterable[tuple[Path | str, Mapping[str, Any]]],
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Result | Refused]:
        """Results in the order of ``files``; a file that is refused yields its ``Refused`` and stops nothing.

        ``progress`` is called in the caller's thread with the number of files done, each time one is handed over.
        At most two files a worker are read ahead of the caller.
        """
        waiting: deque[Future[Result]] = deque()
        source = iter(files)
        done = 0
        with ThreadPoolExecutor(self.workers, thread_name_prefix="guard") as pool:
            try:
                while True:
                    while len(waiting) < 2 * self.workers and (file := next(source, None)) is not None:
                        waiting.append(pool.submit(self.run, function, *file))
                    if not waiting:
                        return
                    try:
                        outcome: Result | Refused = waiting.popleft().result()
                    except Refused as refused:
                        outcome = refused
                    done += 1
                    if progress is not None:
                        progress(done)
                    yield outcome
            finally:
                for future in waiting:
                    future.cancel()


@cache
def kept() -> Guard:
    """One guarded child for this process, kept warm for whoever reads a file now and then."""
    return Guard(workers=1, limits=LIMITS)
