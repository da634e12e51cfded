"""The child that touches untrusted bytes: ``python -m mingbai.sheets.child``. Started by ``guard``, by nobody else.

Messages on its two pipes are eight bytes of length (big-endian), then JSON in UTF-8. The first message from the parent
is ``{"limits": {…}}``; each later one ``{"function", "path", "arguments"}``. Each is answered by ``{"result": …}``,
``{"refused": [kind, reason, mend]}`` or ``{"crashed": exception's class}``, with ``peak_bytes`` (resident memory, the
most so far; 0 where the system does not tell) and ``spent`` (true: this child has grown and leaves).
"""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import math
import os
import re
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from mingbai.limits import Limits
from mingbai.sheets.grid import Refused, out_of_memory

try:
    import resource
except ImportError:  # Windows: only the parent's clock guards there
    resource = None  # type: ignore[assignment]

LENGTH = struct.Struct(">Q")
DOTTED = re.compile(r"mingbai(?:\.[a-z_][a-z0-9_]*)*:[a-z_][a-z0-9_]*")
"""What a child may be asked to call: a public name of ours, and nothing reached through it."""
OPEN_FILES = 64


def function_named(dotted: str) -> Callable[..., Any]:
    """``mingbai.sheets.rows:read_file`` -> the function. Raises ``ValueError`` for anything that is not ours."""
    if DOTTED.fullmatch(dotted) is None or dotted.split(":")[1].startswith("_"):
        raise ValueError(f"not a function of mingbai: {dotted!r}")
    module, name = dotted.split(":")
    function = getattr(importlib.import_module(module), name, None)
    if not inspect.isfunction(function) or not function.__module__.startswith("mingbai."):
        raise ValueError(f"not a function of mingbai: {dotted!r}")
    return function


def main() -> None:
    """Answers until the parent closes the pipe."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get into the answers.
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    first = receive(questions)
    if first is None:
        return
    limits = Limits(**first["limits"])
    # Collecting garbage while millions of cells are made costs a third of the time; between files it costs nothing.
    gc.disable()
    while (question := receive(questions)) is not None:
        answer = _answer(question, limits)
        gc.collect()
        answer["peak_bytes"] = memory_of_this_process("VmHWM")
        answer["spent"] = memory_of_this_process("VmSize") > limits.memory_bytes // 2
        try:
            body = packed(answer)
        except MemoryError:
            body = packed(_refusal(out_of_memory()))
        except (TypeError, ValueError, RecursionError) as failure:
            body = packed({"crashed": type(failure).__name__})
        send(answers, body)
        if answer["spent"]:
            return


def _answer(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    try:
        function = function_named(question["function"])
        gc.freeze()  # our own code, now loaded, is never garbage
        arguments = dict(question["arguments"])
        if "limits" in inspect.signature(function).parameters:
            arguments["limits"] = limits
        # Only now, when our own code is loaded: from here on nothing may be written, and not much be had.
        _enter_cell(limits)
        return {"result": function(Path(question["path"]), **arguments)}
    except Refused as refused:
        return _refusal(refused)
    except MemoryError:
        return _refusal(out_of_memory())
    except BaseException as failure:
        # Only the class: a message may quote a cell or a path.
        return {"crashed": type(failure).__name__}


def _refusal(refused: Refused) -> dict[str, Any]:
    return {"refused": [refused.kind, refused.reason, refused.mend]}


def _enter_cell(limits: Limits) -> None:
    if resource is None:
        return
    seconds = math.ceil(time.process_time() + limits.seconds) + 1
    for what, cap in (
        ("RLIMIT_AS", limits.memory_bytes),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_NOFILE", OPEN_FILES),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        try:
            number = getattr(resource, what)
            hard = resource.getrlimit(number)[1]
            soft = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
            # The processor's clock runs on over many files, so its hard cap must stay open.
            resource.setrlimit(number, (soft, hard if what == "RLIMIT_CPU" else soft))
        except (AttributeError, ValueError, OSError):
            continue  # macOS refuses some: the parent's clock remains


def memory_of_this_process(line: str) -> int:
    """Bytes of ``VmHWM`` (peak resident) or ``VmSize`` (address space) as Linux tells them; 0 elsewhere."""
    try:
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
            for text in status:
                if text.startswith(line + ":"):
                    return int(text.split()[1]) * 1024
    except OSError:
        pass
    return 0


def receive(pipe: IO[bytes], cap: int | None = None) -> dict[str, Any] | None:
    """The next message; ``None`` if the other side is gone. Raises ``ValueError`` for what is no message, or one
    longer than ``cap`` bytes."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if cap is not None and length > cap:
        raise ValueError("message too long")
    body = pipe.read(length)
    if len(body) < length:
        return None
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message


def send(pipe: IO[bytes], body: bytes) -> None:
    """Sends what ``packed`` made."""
    pipe.write(LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def packed(message: dict[str, Any]) -> bytes:
    # A lone surrogate (possible in text from a web page) cannot be sent and means nothing.
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


if __name__ == "__main__":
    main()
