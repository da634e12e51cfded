"""What the commands share: exit codes, the sentence for a command that cannot run, options, progress, JSON."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from mingbai.limits import YEAR_MAX, YEAR_MIN
from mingbai.rules import Law, load_law

DONE, FOUND, CANNOT = 0, 1, 2
Command = Callable[[str, Any, str, str], argparse.ArgumentParser]
"""Name, what runs, in a line, examples: adds a command to the command line."""


class CannotError(Exception):
    """The command cannot run: a sentence for the person at the keyboard."""


def common(child: argparse.ArgumentParser) -> None:
    """The options of every command that reads a ledger or speaks of one."""
    child.add_argument("--register", default="contracts", metavar="台账", help="哪一种台账（默认 contracts 合同台账）")
    child.add_argument("--json", action="store_true", help="只打印 JSON（金额是分，面积是万分之一亩，日期是 ISO）")


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise CannotError(f"“{text}”不是日期；请写成 2026-09-30") from None
    if not YEAR_MIN <= found.year <= YEAR_MAX:
        raise CannotError(f"--as-of “{text}”不在 {YEAR_MIN} 到 {YEAR_MAX} 年之间")
    return found


def law_of(options: argparse.Namespace) -> Law:
    """The law of a register, under the policy of the place where one is named."""
    law = load_law(options.register)
    if options.place is not None and not (
        options.place.isascii() and options.place.isdigit() and 2 <= len(options.place) <= 12
    ):
        raise CannotError(f"--place “{options.place}”不是区划代码；应当是 2 到 12 位数字，例如 140109")
    if options.policy:
        if not options.policy.is_file():
            raise FileNotFoundError(f"没有这个政策文件：{options.policy}")
        law = law.under(options.policy, options.place)
    return law


def print_json(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def bar(what: str) -> Any:
    """A progress line on standard error: rewritten in place on a terminal, silent when it goes to a file."""
    shown = sys.stderr.isatty()
    last = 0.0

    def progress(done: int, total: int, at: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if not shown:
            if done == total:
                print(f"{what} {done}/{total}", file=sys.stderr)
            return
        if done < total and now - last < 0.05:
            return
        last = now
        name = Path(at).name if at else ""
        end = "\n" if done == total else ""
        print(f"\r\x1b[K{what} {done}/{total} {name}", end=end, file=sys.stderr, flush=True)

    return progress
