"""``demo``: the demo district's ledgers written, read and checked, then its house opened."""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path
from typing import Any

from mingbai import application, units
from mingbai.cli.told import DONE, Command, bar
from mingbai.columns import find_register
from mingbai.rules import load_law

AS_OF = date(2026, 9, 30)


def commands(command: Command) -> None:
    """Adds the command to the command line."""
    showing = command(
        "demo",
        _demo,
        "演示：写出一个演示区的台账，读、查、出报告",
        "  mingbai demo\n  mingbai demo --out out --villages 6",
    )
    showing.add_argument("--out", type=Path, default=Path("out"), metavar="文件夹", help="放在哪里（默认 out）")
    showing.add_argument("--villages", type=int, default=None, metavar="个数", help="只做这么多个村（默认 69 个）")
    showing.add_argument("--files", type=Path, metavar="文件夹", help="只写台账和报告到这里，不建应用")
    showing.add_argument("--no-serve", action="store_true", help="建好就停，不打开应用")
    showing.add_argument("--fresh", action="store_true", help="演示区从头再建")


def _demo(options: argparse.Namespace) -> int:
    from mingbai import demo
    from mingbai.report import files_in, publish, survey

    started = time.monotonic()
    options.out = options.files or options.out
    ledgers = options.out / "台账"
    demo.write(ledgers, villages=options.villages, progress=bar("写演示台账"))
    register = find_register("contracts")
    law = load_law("contracts").under(ledgers / demo.POLICY, demo.PLACE)
    result = survey(files_in([ledgers]), register, law, AS_OF, place=demo.PLACE, progress=bar("读、查"))
    publish(result, options.out, title="万柏林区（演示）", demo=True, progress=bar("写批注本"))
    _say_totals(result, time.monotonic() - started)
    print(
        f"\n请用浏览器打开：{(options.out / 'index.html')}\n"
        f"  {options.out / '批注本'}/      每本台账的批注本（前面一张“疑点与错格”）\n"
        f"  {options.out / 'findings.xlsx'}   全部疑点，一行一条\n"
        f"  {options.out / 'findings.json'}   给程序用\n"
        f"  {ledgers}/        演示台账原件（都是编的）\n"
        "查自己的台账：.venv/bin/mingbai check 你的文件夹 --report 报告"
    )
    if options.files:
        return DONE
    return application.play_demo(options.villages, serve=not options.no_serve, fresh=options.fresh)


def _say_totals(result: Any, seconds: float) -> None:
    totals = result.totals
    print(
        f"\n演示区：{totals.files} 个集体，合同 {totals.contracts} 份，金额 {units.say_money(totals.amount_fen)}；"
        f"疑似有问题 {totals.suspect} 份，有争议 {totals.disputed} 份；"
        f"读不懂的格 {totals.errors} 个，退回 {totals.rejected} 行。用时 {seconds:.0f} 秒。"
    )
