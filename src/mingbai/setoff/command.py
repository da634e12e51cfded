"""``mingbai setoff``: the command's arguments, its run and what it says. Light to import: the solver comes when it runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from mingbai import units

Grid = list[list[Any]]
BRIEF = "债务互抵：一分钱现金不用，最多能抵掉多少；附谁都能核对的证明"
EXAMPLES = """\
  mingbai setoff 债务.csv --out 结果/ --report
  mingbai setoff 债务.xlsx --parties 当事人.csv --out 结果/ --json
  mingbai setoff 债务.csv --out 结果/ --cash 100万元       再拿出一百万现金，能了结多少
  mingbai setoff 债务.csv --out 结果/ --without 城投公司     这一方不参加，少抵多少
  mingbai setoff 债务.csv --out 结果/ --mode bilateral      只抵两两互欠的（民法典 568 条）

表头：id,debtor,creditor,amount_fen（金额是分，整数）；可以再有 weight,due_date,consent,kind,max_clear_fen"""


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="文件", type=Path, help="债务明细：csv、xlsx 或 Parquet")
    add("--out", metavar="文件夹", type=Path, required=True, help="结果写到哪里")
    add("--parties", metavar="文件", type=Path, help="当事人名单：party_id,name,kind,status,consent,cash_limit_fen")
    add(
        "--mode",
        default="free",
        metavar="抵法",
        help="free 最大（默认）、priority 按权重、bilateral 只抵两两互欠、bilateral-first 先两两后多方",
    )
    add("--max-parties", type=int, metavar="K", help="一个环最多几方（3 以上是近似）")
    add(
        "--cash",
        metavar="金额",
        help="可以动用的现金：整数是分，也可以写 100万元；写 own 则各方用名单里自己的 cash_limit_fen",
    )
    add("--tie-break", default="all", metavar="none|all", help="同额时再选优：权重、到期早、零头少（默认 all）")
    add("--without", metavar="当事人", help="假设这一方不参加")
    add("--pivotal", type=int, default=0, metavar="N", help="推算最大的 N 个枢纽各自不参加会少抵多少")
    add("--as-of", type=_day, metavar="日期", help="按哪一天分到期和未到期（不写：都算到期）")
    add(
        "--rings",
        default="any",
        choices=("any", "shortest"),
        metavar="any|shortest",
        help="拆环：随意（默认）或先短后长（小网络）",
    )
    add("--time-limit", type=float, metavar="秒", help="到时没有算完，给出近似答案和差距上限")
    add("--solver", default="auto", metavar="auto|ortools|scaling", help="用哪个求解器（默认自动；换一个算，证明一样）")
    add("--report", action="store_true", help="再写一页看得懂的报告（index.html）和各方的对账单")
    add("--title", default="", metavar="标题", help="报告的标题（默认是文件名）")
    add("--demo", action="store_true", help="在报告上标明是演示数据")
    add("--json", action="store_true", help="只打印 JSON（金额是分）")


def run(options: argparse.Namespace, workbook: Callable[[Path], Grid]) -> int:
    """Exit code: 0 done, 1 some rows are wrong. ``workbook`` gives the first sheet of an xlsx as rows of cells."""
    from mingbai.setoff import clear, write
    from mingbai.setoff.wishes import Wishes

    wishes = Wishes(
        mode=options.mode,
        tie_break=options.tie_break,
        max_parties=options.max_parties,
        own_cash=options.cash == "own",
        cash=None if options.cash in (None, "own") else _fen(options.cash),
        time_limit=options.time_limit,
        as_of=options.as_of,
        without=options.without,
        pivotal=options.pivotal,
        shortest_rings=options.rings == "shortest",
        solver=options.solver,
    )
    progress = (
        (lambda stage: print(f"  {stage}……", file=sys.stderr, flush=True))
        if sys.stderr.isatty() or not options.json
        else None
    )
    answer = clear(
        _table(options.file, workbook), options.parties and _table(options.parties, workbook), wishes, progress
    )
    write(answer, options.out, options.file)
    if options.report:
        from mingbai.setoff.page import report

        report(answer, options.out, title=options.title or options.file.stem, demo=options.demo, progress=progress)
    if options.json:
        json.dump(answer.to_json(), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _say(answer, options)
    return 1 if answer.faults else 0


def _table(path: Path, workbook: Callable[[Path], Grid]) -> Any:
    """A path for csv and Parquet, a table of texts for a workbook: its first row is the header."""
    if path.suffix.lower() not in (".xlsx", ".xlsm", ".xls", ".ods"):
        return path
    import polars as pl

    from mingbai.setoff.declaring import NotATable

    rows = workbook(path)
    if not rows:
        raise NotATable(f"{path.name} 的第一张表是空的")
    header = [str(cell or "").strip().lower() for cell in rows[0]]
    named = [at for at, name in enumerate(header) if name]
    if len({header[at] for at in named}) != len(named):
        raise NotATable(f"{path.name} 的表头有重复的列")
    return pl.DataFrame(
        {header[at]: [_said(row[at]) for row in rows[1:]] for at in named},
        schema={header[at]: pl.String for at in named},
    )


def _said(cell: Any) -> str | None:
    return None if cell is None else str(cell)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期；请写成 2026-09-30") from None


def _fen(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    outcome = units.parse_money(text)
    money = outcome.value if isinstance(outcome, units.Value) else None
    if not isinstance(money, units.Money) or money.area or money.time:
        raise ValueError(f"--cash “{text}”不是金额；请写整数（分），或者写成 100万元")
    return money.fen


def _say(answer: Any, options: argparse.Namespace) -> None:
    total, cleared = answer.total_fen, answer.cleared_fen
    share = f"（{100 * cleared / total:.1f}%）" if total else ""
    print(f"参加的债务 {units.say_money(total)}，可以抵掉 {units.say_money(cleared)}{share}。")
    if answer.optimal:
        print(
            "已证明：不可能抵得更多。" if answer.method == "exact" else "两两互欠的已经全部抵掉（不含三方以上的环）。"
        )
    else:
        print(f"这是近似答案；离上限最多还差 {units.say_money(answer.bound_fen - cleared)}。")
    if answer.cash_fen:
        print(f"动用现金 {units.say_money(answer.cash_fen)}。")
    if answer.with_everyone_fen is not None:
        print(
            f"“{options.without}”若参加，可抵 {units.say_money(answer.with_everyone_fen)}；不参加少抵 {units.say_money(answer.with_everyone_fen - cleared)}。"
        )
    for each in answer.pivotal:
        print(f"  {each.party} 不参加，大家少抵 {units.say_money(each.lost_fen)}")
    left_out = {reason: answer.excluded[reason.code] for reason in _reasons() if reason.code in answer.excluded}
    if left_out:
        print(f"没有参加的 {sum(left_out.values())} 笔（明细见 excluded.csv）：")
        for reason, count in left_out.items():
            print(f"  {count} 笔：{reason.sentence}")
    print(f"结果在 {options.out}/" + ("，请打开 index.html" if options.report else ""))


def _reasons() -> Any:
    from mingbai.setoff.reasons import REASONS

    return REASONS
