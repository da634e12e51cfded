"""``read``, ``check``, ``template``, ``new-register``: ledgers as files, with no home."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from mingbai import units
from mingbai.cli.told import DONE, FOUND, CannotError, Command, bar, common, day, law_of, print_json
from mingbai.columns import Register, find_register
from mingbai.rules import find_rulebook
from mingbai.rules.engine import DISPUTED, YES
from mingbai.rules.engines import ENGINES, on, write_county
from mingbai.sheets import Reading, Refused, load_mapping, mark, read, write_template


def commands(command: Command) -> None:
    """Adds the commands to the command line."""
    reading = command(
        "read",
        _read,
        "读一本台账：每一栏认成了什么，哪些格读不懂",
        "  mingbai read 九院村.xlsx\n  mingbai read 九院村.xls --json > 九院村.json\n"
        "  mingbai read 九院村.xlsx --mapping 对照.yaml\n\n"
        "对照文件（YAML）：\n  headers: {亩价: rent_fen_per_mu_year, 经办: null}",
    )
    reading.add_argument("file", metavar="文件", type=Path, help="xlsx、xls、ods、csv 或网页表格")
    reading.add_argument("--mapping", metavar="文件", type=Path, help="写明哪个表头是哪一栏（YAML 或 JSON）")
    common(reading)
    reading.set_defaults(register=None)

    checking = command(
        "check",
        _check,
        "查台账：读出来，按签订时的法律查一遍",
        "  mingbai check 九院村.xlsx --marked 九院村_批注.xlsx\n"
        "  mingbai check 各村台账/ --report 报告/ --as-of 2026-09-30\n"
        "  mingbai check 各村台账/ --place 140109 --policy 政策.yaml --json > 疑点.json\n"
        "  mingbai check 各村台账/ --place 140109 --parquet 全省/ && mingbai check 全省/ --engine spark",
    )
    checking.add_argument("files", metavar="文件", nargs="+", type=Path, help="台账文件，或者装着台账的文件夹")
    checking.add_argument("--as-of", type=day, default=None, metavar="日期", help="按哪一天查（默认今天）")
    checking.add_argument("--place", default=None, metavar="区划代码", help="哪个地方（例如 140109）")
    checking.add_argument(
        "--policy", type=Path, default=None, metavar="文件", help="当地政策（YAML）：最低指导价、二轮期满日等"
    )
    checking.add_argument(
        "--engine", default="polars", metavar="引擎", help="polars（默认）、duckdb、spark；同一份规则，逐行同样的答案"
    )
    checking.add_argument(
        "--parquet",
        metavar="文件夹",
        type=Path,
        help="另存类型化的行：文件夹/county=区划代码/rows.parquet（要 --place），以后直接查这个文件夹",
    )
    checking.add_argument("--mapping", metavar="文件", type=Path, help="写明哪个表头是哪一栏（YAML 或 JSON）")
    checking.add_argument("--marked", metavar="文件", type=Path, help="另存一本批注本（只查一个文件时）")
    checking.add_argument(
        "--report", metavar="文件夹", type=Path, help="出报告：总结页、每本台账的批注本、findings.xlsx、findings.json"
    )
    common(checking)

    blank = command(
        "template",
        _template,
        "写一张空白台账，照它填就能读",
        "  mingbai template --register contracts\n  mingbai template --register contracts 空白合同台账.xlsx",
    )
    blank.add_argument("--register", default="contracts", metavar="台账", help="哪一种台账（默认 contracts 合同台账）")
    blank.add_argument("out", metavar="文件", nargs="?", type=Path, help="写到哪里（默认以台账名称为文件名）")

    founding = command(
        "new-register",
        _new_register,
        "写出一种新台账的文件夹，照 docs/add-a-register.md 改成自己的",
        "  mingbai new-register inspections --title 督导整改台账",
    )
    founding.add_argument("name", metavar="名字", help="小写英文，例如 inspections")
    founding.add_argument("--title", required=True, metavar="标题", help="中文名，例如 督导整改台账")


def _read(options: argparse.Namespace) -> int:
    register = find_register(options.register) if options.register else None
    if options.file.is_dir():
        raise CannotError(
            f"{options.file} 是文件夹；read 一次读一个文件，读整个文件夹请用 mingbai check {options.file}"
        )
    if not options.file.is_file():
        raise FileNotFoundError(f"没有这个文件：{options.file}")
    mapping = load_mapping(options.mapping, register or find_register("contracts")) if options.mapping else None
    try:
        reading = read(options.file, register, mapping)
    except Refused as refused:
        if options.json:
            print_json(
                {
                    "file": str(options.file),
                    "sheets": [],
                    "rows": [],
                    "errors": [],
                    "skips": [],
                    "refused": {"kind": refused.kind, "reason": refused.reason, "mend": refused.mend},
                }
            )
        print(f"{options.file}：{refused.reason.rstrip('。')}。{refused.mend}", file=sys.stderr)
        return FOUND
    if options.json:
        print_json(reading.to_json())
    else:
        if register is None:
            print(f"台账种类：{reading.register.title}（{reading.register.name}；不对就用 --register 写明）")
        _say_reading(reading, reading.register)
    return FOUND if reading.errors or reading.sentence or not reading.accepted else DONE


def _say_reading(reading: Reading, register: Register) -> None:
    titles = {column.name: column.title for column in register.columns}
    for note in (*reading.notes, reading.sentence):
        if note:
            print(f"注意：{note}")
    for sheet in reading.sheets:
        print(
            f"\n工作表“{sheet.name}”：读 {sheet.read} 行 = 收 {sheet.accepted} + 退 {sheet.rejected} + 略 {sheet.skipped}"
            + (f"（{sheet.note}）" if sheet.note else "")
        )
        for entry in sheet.mapping:
            target = titles.get(entry["column"] or "", "（不读）")
            sure = f"{entry['confidence']:.0%}" if entry["column"] else ""
            note = f"（{entry['note']}）" if entry["note"] else ""
            print(f"  {entry['header']} → {target} {sure}{note}")
    if reading.errors:
        print(f"\n读不懂的格 {len(reading.errors)} 个：")
    for error in reading.errors:
        mend = f"；建议：{error['suggestion']}" if error["suggestion"] else ""
        print(f"  {error['sheet']}!{error['cell']} “{error['value']}”：{error['reason']}{mend}")


def _check(options: argparse.Namespace) -> int:
    from mingbai.report import by_kind, files_in, publish, survey, unseen_in

    if options.engine not in ENGINES:
        raise CannotError(f"没有“{options.engine}”这个引擎；可用的有 {'、'.join(ENGINES)}")
    if len(options.files) == 1 and any(options.files[0].glob("county=*/*.parquet")):
        return _check_parquet(options, options.files[0])
    register = find_register(options.register)
    law = law_of(options)
    files, unseen = files_in(options.files), unseen_in(options.files)
    if not files:
        raise CannotError(
            "文件夹里没有台账（xlsx、xls、ods、csv、docx、pdf 或网页表格）"
            + "".join(f"\n没有看：{line}" for line in by_kind(unseen))
        )
    if options.marked and len(files) != 1:
        raise CannotError("--marked 只用于一个文件；多个文件请用 --report 文件夹")
    if options.marked and options.marked.resolve() == files[0].resolve():
        raise CannotError("--marked 写的就是台账原件；原件不能覆盖，请换一个文件名")
    mapping = load_mapping(options.mapping, register) if options.mapping else None
    result = survey(
        files,
        register,
        law,
        options.as_of or date.today(),
        place=options.place,
        mapping=mapping,
        progress=bar("读台账"),
        engine=options.engine,
        unseen=unseen,
    )
    if options.parquet:
        kept = write_county(result.rows, register, (options.place or "")[:6], options.parquet)
        print(f"类型化的行：{kept}（不含证件号码和电话）", file=sys.stderr)
    if options.marked and result.readings:
        own = [finding.to_json() for finding in result.worded]
        mark(files[0], result.readings[0], own, options.marked)
        print(f"批注本：{options.marked}", file=sys.stderr)
    if options.report:
        publish(result, options.report, progress=bar("写批注本"))
        print(f"报告：{options.report / 'index.html'}", file=sys.stderr)
    if options.json:
        print_json(result.to_json())
    else:
        _say_check(result)
    return DONE if result.clean else FOUND


def _check_parquet(options: argparse.Namespace, folder: Path) -> int:
    """A folder of typed rows by county: no workbook to mark, so counts and findings are all there is to say."""
    if options.marked or options.report or options.mapping or options.parquet:
        raise CannotError("--marked、--report、--mapping、--parquet 用于台账文件；Parquet 文件夹里没有格子可批注")
    judged = on(
        options.engine,
        folder,
        find_register(options.register),
        find_rulebook(options.register),
        law_of(options),
        options.as_of or date.today(),
    )
    if options.json:
        print_json(
            {
                "as_of": judged.findings.as_of.isoformat(),
                "place": options.place,
                "findings": [each.to_json() for each in judged.findings.where(YES, DISPUTED)],
                "counts": {"contracts": judged.rows, "by_rule": judged.counts},
            }
        )
    else:
        for finding in judged.findings.where(YES, DISPUTED):
            print(
                f"{finding.file} {finding.sheet} 第{finding.row}行 {finding.rule} {finding.sentence}（{'；'.join(finding.cites)}）"
            )
        print(
            f"\n{judged.rows} 行："
            + "，".join(
                f"{rule} 疑似 {said['yes']} 争议 {said['disputed']} 说不准 {said['cannot_tell']}"
                for rule, said in judged.counts.items()
            )
        )
    return FOUND if len(judged.findings.judged) else DONE


def _say_check(result: Any) -> None:
    from mingbai.report import by_kind

    totals = result.totals
    for refusal in result.refusals:
        print(f"没有读：{refusal.file}：{refusal.reason.rstrip('。')}。{refusal.mend}")
    for finding in result.worded:
        print(
            f"{finding.file} {finding.sheet} 第{finding.row}行 {finding.rule} {finding.sentence}（{'；'.join(finding.cites)}）"
        )
    for reading in result.readings:
        for error in reading.errors:
            print(f"{reading.file} {error['sheet']}!{error['cell']} “{error['value']}”：{error['reason']}")
        for note in dict.fromkeys((*reading.notes, reading.sentence)):
            if note:
                print(f"注意：{reading.file}：{note}")
    print(
        f"\n{totals.files} 个文件（{totals.refused} 个没能读），读 {totals.read} 行 = 收 {totals.accepted} + 退 {totals.rejected}"
        f" + 略 {totals.skipped}；合同 {totals.contracts} 份，金额 {units.say_money(totals.amount_fen)}；"
        f"疑似有问题 {totals.suspect} 份，有争议 {totals.disputed} 份，读不懂的格 {totals.errors} 个。"
    )
    for line in by_kind(result.unseen):
        print(f"没有看的文件：{line}")


def _template(options: argparse.Namespace) -> int:
    register = find_register(options.register)
    out = options.out or Path(f"{register.title}_空白.xlsx")
    if out.exists():
        raise CannotError(f"{out} 已经有了，不覆盖；请换一个文件名")
    write_template(out, register)
    print(f"空白台账：{out}")
    return DONE


def _new_register(options: argparse.Namespace) -> int:
    from mingbai.registers.scaffold import new_register

    for path in new_register(options.name, options.title):
        print(path)
    print(
        f"接着：python -m django makemigrations {options.name} --settings mingbai.settings，再照 docs/add-a-register.md 往下做。"
    )
    return 0
