"""The command line 命令行: ``mingbai read``, ``check``, ``rules``, ``template``, ``demo``.

Exit 0 = done, 1 = findings or errors in the data, 2 = cannot run. ``--json`` prints one JSON document on standard
output; progress and complaints go to standard error.
"""

from __future__ import annotations

import argparse
import errno
import gettext
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from mingbai import __version__, application, units
from mingbai.columns import Register, find_register
from mingbai.limits import YEAR_MAX, YEAR_MIN
from mingbai.rules import Checker, Law, LawError, find_rulebook, load_law
from mingbai.rules.catalogue import STALE_DAYS, markdown, unchecked
from mingbai.rules.engine import DISPUTED, YES
from mingbai.rules.engines import ENGINES, on, write_county
from mingbai.rules.explain import Reading as Explained
from mingbai.rules.explain import explain, turns
from mingbai.setoff import command as setoff
from mingbai.sheets import Guard, MappingError, Reading, Refused, load_mapping, mark, read, write_template
from mingbai.units.wording import LISTED, Reader, joined, phrase

DONE, FOUND, CANNOT = 0, 1, 2
DEMO_AS_OF = date(2026, 9, 30)
_EXAMPLES = """\
例子：
  mingbai demo                                        先看演示：69 个村的台账，读、查、出报告
  mingbai template --register contracts 空表.xlsx      要一张空白台账
  mingbai read 九院村.xlsx                             看看每一栏认成了什么、哪些格读不懂
  mingbai check 九院村.xlsx                            查一本台账
  mingbai check 各村台账/ --report 报告/               查一个文件夹，出一页总结和每本台账的批注本
  mingbai rules                                       查的是哪些问题、依据哪一条

退出码：0 = 没有问题；1 = 数据里有疑点或错格；2 = 没法运行。
"""


class _CannotError(Exception):
    """The command cannot run: a sentence for the person at the keyboard."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help in Chinese, with the examples as they stand."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def format_help(self) -> str:
        return re.sub("^(参数|选项|命令):$", r"\1：", super().format_help(), flags=re.MULTILINE)

    def start_section(self, heading: str | None) -> None:
        super().start_section({"options": "选项", "positional arguments": "参数"}.get(heading or "", heading))


_PARSER_WORDS = {
    "the following arguments are required: ": "还缺少：",
    "unrecognized arguments: ": "不认识：",
    "argument ": "参数 ",
    "expected one argument": "后面要写一个值",
    "expected at least one argument": "后面至少要写一个值",
    "invalid choice: ": "不能是 ",
    " (choose from ": "（可用的有 ",
    "')": "'）",
    "invalid int value: ": "要写整数，不能是 ",
    ": ": "：",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        for english, chinese in _PARSER_WORDS.items():
            message = message.replace(english, chinese)
        raise _CannotError(f"{message}\n用 {self.prog} --help 看怎么写")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # an old PC's console may be GBK
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except (_CannotError, LawError, MappingError, ValueError, Refused) as error:
        print(f"没法运行：{error}", file=sys.stderr)
        return CANNOT
    except KeyError as error:
        print(f"没法运行：{error.args[0]}", file=sys.stderr)
        return CANNOT
    except BrokenPipeError:
        return DONE
    except OSError as error:
        print(f"没法运行：{_trouble(error)}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("\n已停下。", file=sys.stderr)
        return CANNOT


def _trouble(error: OSError) -> str:
    """What the disk would not do, in words a clerk can act on; our own sentences stand as they are."""
    if error.errno is None:
        return str(error)
    words = {
        errno.ENOENT: "没有这个文件夹",
        errno.EACCES: "没有权限",
        errno.EPERM: "没有权限",
        errno.EROFS: "那里只能读、不能写",
        errno.ENOTDIR: "路径中间有一段是文件，不是文件夹",
        errno.EEXIST: "那里已经有一个同名的文件",
        errno.EISDIR: "那是一个文件夹，不是文件",
        errno.ENOSPC: "磁盘满了",
        errno.ENAMETOOLONG: "文件名太长",
        errno.ELOOP: "链接绕成了圈",
    }
    return f"{error.filename or ''}：{words.get(error.errno, error.strerror)}".lstrip("：")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="mingbai",
        description="明白账：把乱的合同台账读清楚，按签订时的法律查一遍。",
        epilog=_EXAMPLES,
        formatter_class=_Help,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="help", help="显示这份说明")
    parser.add_argument("--version", action="version", version=f"mingbai {__version__}", help="显示版本")
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True, dest="command")

    def command(name: str, run: Any, brief: str, examples: str) -> argparse.ArgumentParser:
        child = commands.add_parser(
            name, help=brief, description=brief, epilog=f"例子：\n{examples}", formatter_class=_Help, add_help=False
        )
        child.add_argument("-h", "--help", action="help", help="显示这份说明")
        child.set_defaults(run=run)
        return child

    def common(child: argparse.ArgumentParser) -> None:
        child.add_argument(
            "--register", default="contracts", metavar="台账", help="哪一种台账（默认 contracts 合同台账）"
        )
        child.add_argument("--json", action="store_true", help="只打印 JSON（金额是分，面积是万分之一亩，日期是 ISO）")

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
    checking.add_argument("--as-of", type=_day, default=None, metavar="日期", help="按哪一天查（默认今天）")
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

    explaining = command(
        "explain",
        _explain,
        "一份合同的一条疑点：台账写的、那天的法律规定的、通常怎么办；换一天、换一地的政策再读一遍",
        "  mingbai explain 九院村.xlsx --row 12 --rule C04\n  mingbai explain 九院村.xlsx --row 12 --rule C04 --signed 2021-01-01\n"
        "  mingbai explain 九院村.xlsx --row 12 --rule C07 --other 邻县政策.yaml\n  mingbai explain 九院村.xlsx --row 12 --rule C04 --english",
    )
    explaining.add_argument("file", metavar="台账", type=Path, help="一本台账")
    explaining.add_argument("--row", type=int, required=True, metavar="行", help="表里的第几行（从 1 数，和表上一样）")
    explaining.add_argument("--rule", required=True, metavar="规则", help="例如 C04")
    explaining.add_argument("--sheet", default="", metavar="工作表", help="哪张工作表（只有一张收了这一行时不用写）")
    explaining.add_argument(
        "--signed",
        type=_day,
        default=None,
        metavar="日期",
        help="假如是这一天签（议定、公示）的；不写就把每个时期都读一遍",
    )
    explaining.add_argument("--then", type=_day, default=None, metavar="日期", help="假如在这一天查")
    explaining.add_argument("--other", type=Path, default=None, metavar="文件", help="假如用这一份政策")
    explaining.add_argument("--as-of", type=_day, default=None, metavar="日期", help="按哪一天查（默认今天）")
    explaining.add_argument("--place", default=None, metavar="区划代码", help="哪个地方（例如 140109）")
    explaining.add_argument("--policy", type=Path, default=None, metavar="文件", help="当地政策（YAML）")
    explaining.add_argument("--mapping", metavar="文件", type=Path, help="写明哪个表头是哪一栏（YAML 或 JSON）")
    explaining.add_argument("--english", action="store_true", help="规则、条文和怎么办用英文说；台账上的原话不译")
    common(explaining)

    ruling = command(
        "rules",
        _rules,
        "列出查的是哪些问题、依据哪一条、读哪几栏",
        "  mingbai rules\n  mingbai rules --json\n  mingbai rules --unchecked",
    )
    ruling.add_argument(
        "--markdown", action="store_true", help="每条规则、各时期的依据和数字，写成一页（docs/rules.md 就是它）"
    )
    ruling.add_argument("--unchecked", action="store_true", help=f"哪些条文和数字 {STALE_DAYS} 天没有人核对过")
    ruling.add_argument("--as-of", type=_day, default=None, metavar="日期", help="按哪一天算（默认今天）")
    ruling.add_argument("--english", action="store_true", help="规则、条文和怎么办用英文说；台账上的原话不译")
    common(ruling)

    blank = command(
        "template",
        _template,
        "写一张空白台账，照它填就能读",
        "  mingbai template --register contracts\n  mingbai template --register contracts 空白合同台账.xlsx",
    )
    blank.add_argument("--register", default="contracts", metavar="台账", help="哪一种台账（默认 contracts 合同台账）")
    blank.add_argument("out", metavar="文件", nargs="?", type=Path, help="写到哪里（默认以台账名称为文件名）")

    proving = command(
        "verify",
        _verify,
        "核对一份公示：重算每一处，说出哪里不同",
        "  mingbai verify NOTICE.json --code 3f2a-0b1c-9d4e-77aa-51c3",
    )
    proving.add_argument("file", metavar="文件", type=Path, help="从公示页下载的文件")
    proving.add_argument("--code", default="", metavar="验真码", help="印在墙上的码；不写就只看文件自身对不对得上")
    proving.add_argument("--json", action="store_true", help="只打印 JSON")

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
    setting_off = command("setoff", _setoff, setoff.BRIEF, setoff.EXAMPLES)
    setoff.arguments(setting_off)

    founding = command(
        "new-register",
        _new_register,
        "写出一种新台账的文件夹，照 docs/add-a-register.md 改成自己的",
        "  mingbai new-register inspections --title 督导整改台账",
    )
    founding.add_argument("name", metavar="名字", help="小写英文，例如 inspections")
    founding.add_argument("--title", required=True, metavar="标题", help="中文名，例如 督导整改台账")

    application.commands(command)
    return parser


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _CannotError(f"“{text}”不是日期；请写成 2026-09-30") from None
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise _CannotError(f"--as-of “{text}”不在 {YEAR_MIN} 到 {YEAR_MAX} 年之间")
    return day


def _print_json(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _read(options: argparse.Namespace) -> int:
    register = find_register(options.register) if options.register else None
    if options.file.is_dir():
        raise _CannotError(
            f"{options.file} 是文件夹；read 一次读一个文件，读整个文件夹请用 mingbai check {options.file}"
        )
    if not options.file.is_file():
        raise FileNotFoundError(f"没有这个文件：{options.file}")
    mapping = load_mapping(options.mapping, register or find_register("contracts")) if options.mapping else None
    try:
        reading = read(options.file, register, mapping)
    except Refused as refused:
        if options.json:
            _print_json(
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
        _print_json(reading.to_json())
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


def _law(options: argparse.Namespace) -> Law:
    law = load_law(options.register)
    if options.place is not None and not (
        options.place.isascii() and options.place.isdigit() and 2 <= len(options.place) <= 12
    ):
        raise _CannotError(f"--place “{options.place}”不是区划代码；应当是 2 到 12 位数字，例如 140109")
    if options.policy:
        if not options.policy.is_file():
            raise FileNotFoundError(f"没有这个政策文件：{options.policy}")
        law = law.under(options.policy, options.place)
    return law


def _check(options: argparse.Namespace) -> int:
    from mingbai.report import by_kind, files_in, publish, survey, unseen_in

    if options.engine not in ENGINES:
        raise _CannotError(f"没有“{options.engine}”这个引擎；可用的有 {'、'.join(ENGINES)}")
    if len(options.files) == 1 and any(options.files[0].glob("county=*/*.parquet")):
        return _check_parquet(options, options.files[0])
    register = find_register(options.register)
    law = _law(options)
    files, unseen = files_in(options.files), unseen_in(options.files)
    if not files:
        raise _CannotError(
            "文件夹里没有台账（xlsx、xls、ods、csv、docx、pdf 或网页表格）"
            + "".join(f"\n没有看：{line}" for line in by_kind(unseen))
        )
    if options.marked and len(files) != 1:
        raise _CannotError("--marked 只用于一个文件；多个文件请用 --report 文件夹")
    if options.marked and options.marked.resolve() == files[0].resolve():
        raise _CannotError("--marked 写的就是台账原件；原件不能覆盖，请换一个文件名")
    mapping = load_mapping(options.mapping, register) if options.mapping else None
    result = survey(
        files,
        register,
        law,
        options.as_of or date.today(),
        place=options.place,
        mapping=mapping,
        progress=_bar("读台账"),
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
        publish(result, options.report, progress=_bar("写批注本"))
        print(f"报告：{options.report / 'index.html'}", file=sys.stderr)
    if options.json:
        _print_json(result.to_json())
    else:
        _say_check(result)
    return DONE if result.clean else FOUND


def _check_parquet(options: argparse.Namespace, folder: Path) -> int:
    """A folder of typed rows by county: no workbook to mark, so counts and findings are all there is to say."""
    if options.marked or options.report or options.mapping or options.parquet:
        raise _CannotError("--marked、--report、--mapping、--parquet 用于台账文件；Parquet 文件夹里没有格子可批注")
    judged = on(
        options.engine,
        folder,
        find_register(options.register),
        find_rulebook(options.register),
        _law(options),
        options.as_of or date.today(),
    )
    if options.json:
        _print_json(
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


def _explain(options: argparse.Namespace) -> int:
    """One rule over one row, as it stands and as it would read; no finding is written anywhere."""
    from mingbai.report import survey

    register, rulebook, law = find_register(options.register), find_rulebook(options.register), _law(options)
    rule = rulebook.rules.get(options.rule.upper())
    if rule is None:
        raise _CannotError(f"没有“{options.rule}”这条规则；有 {'、'.join(rulebook.rules)}")
    if not options.file.is_file():
        raise FileNotFoundError(f"没有这个文件：{options.file}")
    as_of = options.as_of or date.today()
    mapping = load_mapping(options.mapping, register) if options.mapping else None
    result = survey([options.file], register, law, as_of, place=options.place, mapping=mapping)
    for refusal in result.refusals:
        raise _CannotError(f"{refusal.file}：{refusal.reason.rstrip('。')}。{refusal.mend}")
    there = [
        (number, sheet)
        for number, sheet, row in result.rows.select("_id", "_sheet", "_row").iter_rows()
        if row == options.row and options.sheet in ("", sheet)
    ]
    if len(there) != 1:
        raise _CannotError(
            f"第 {options.row} 行没有收下的记录（标题、合计和退回的行不算）"
            if not there
            else f"有 {len(there)} 张工作表有第 {options.row} 行；请加 --sheet，例如 --sheet {there[0][1]}"
        )
    number, rows = there[0][0], result.rows
    now = explain(Checker(register, rulebook, law, as_of), rows, number, rule.id)
    other = law.under(options.other) if options.other else law
    then = Checker(register, rulebook, other, options.then or as_of)
    asked = options.signed or options.then or options.other
    days = [options.signed] if asked or rule.law_of == "today" else turns(other, rule)
    readings = [explain(then, rows, number, rule.id, day) for day in days] if asked or days != [None] else []
    if options.json:
        _print_json(
            {
                "file": str(options.file),
                "row": options.row,
                "now": now.to_json(),
                "instead": [each.to_json() | {"differs": list(now.differs(each))} for each in readings],
            }
        )
    else:
        spoken = _spoken(options)
        _say_reading_of(now, None, spoken)
        for each in readings:
            _say_reading_of(each, now, spoken)
    return FOUND if now.answer in ("yes", "disputed") else DONE


def _spoken(options: argparse.Namespace) -> Callable[[str], str]:
    """The words of the rules as the person at the keyboard reads them."""
    if not options.english:
        return str
    with resources.files("mingbai.web").joinpath("locale", "en", "LC_MESSAGES", "django.mo").open("rb") as file:
        catalogue: Any = gettext.GNUTranslations(file)
    return Reader(catalogue._catalog)


def _say_reading_of(reading: Explained, beside: Explained | None, spoken: Callable[[str], str]) -> None:
    """The three lines; ＊ marks those that read otherwise than ``beside``."""
    from mingbai.report.survey import masked

    different = beside.differs(reading) if beside else ()
    star = {part: "＊" if part in different else "" for part in ("sentence", "articles", "usual")}
    colon, semicolon = spoken("："), spoken("；")
    head = f"{reading.rule} {spoken(reading.title)}" if beside is None else spoken("假如这样")
    day = (
        phrase("按 {day} 的法律，{on} 查", day=reading.day, on=reading.as_of)
        if reading.day
        else phrase("台账没有写日期，按现行法，{on} 查", on=reading.as_of)
    )
    print(f"{head}{colon}{spoken(day)}{semicolon + spoken('本地政策：') + reading.policy if reading.policy else ''}")
    print(f"  {spoken('台账写的')}{star['sentence']}{colon}{spoken(masked(reading.sentence))}")
    print(
        f"  {spoken('法律规定的')}{star['articles']}{colon}"
        + semicolon.join(f"{spoken(str(each))}{colon}{spoken(each.says)}" for each in reading.articles)
    )
    print(f"  {spoken('通常怎么办')}{star['usual']}{colon}{spoken(reading.usual or '先补上台账缺的栏')}")
    if reading.weighs:
        print(f"  {spoken('处理前要权衡')}{colon}{semicolon.join(spoken(masked(each)) for each in reading.weighs)}")


def _rules(options: argparse.Namespace) -> int:
    register, law, rulebook = (
        find_register(options.register),
        load_law(options.register),
        find_rulebook(options.register),
    )
    catalogue: list[dict[str, Any]] = [
        {
            "id": rule.id,
            "title": rule.title,
            "severity": rule.severity,
            "cites": list(
                dict.fromkeys(str(law.articles[a]) for each in law.citations[rule.cites] for a in each.articles)
            ),
            "reads": list(rule.reads),
            "remedy": rule.remedy,
        }
        for rule in rulebook.rules.values()
    ]
    if options.markdown:
        print(markdown(register, rulebook, law))
        return DONE
    if options.unchecked:
        late = unchecked(law, options.as_of or date.today())
        if options.json:
            _print_json(
                [
                    asdict(each) | {"checked_on": each.checked_on.isoformat() if each.checked_on else None}
                    for each in late
                ]
            )
        else:
            for each in late:
                print(
                    f"{each.checked_on or '从来没有'} 核对过：{each.what} {each.title}{'' if each.certain else '（待核实）'}"
                )
            print(f"{STALE_DAYS} 天没有核对的有 {len(late)} 条")
        return FOUND if late else DONE
    if options.json:
        _print_json(catalogue)
        return DONE
    spoken = _spoken(options)
    colon, semicolon = spoken("："), spoken("；")
    for entry in catalogue:
        titles = joined(LISTED, (register.by_name[name].title for name in entry["reads"]))
        print(
            f"{entry['id']} {spoken(entry['title'])} · {spoken('轻重')} {entry['severity']}\n    {spoken('依据')}{colon}{semicolon.join(map(spoken, entry['cites']))}\n"
            f"    {spoken('看台账的哪几栏')}{colon}{spoken(titles)}\n    {spoken('通常怎么办')}{colon}{spoken(entry['remedy'])}"
        )
    return DONE


def _template(options: argparse.Namespace) -> int:
    register = find_register(options.register)
    out = options.out or Path(f"{register.title}_空白.xlsx")
    if out.exists():
        raise _CannotError(f"{out} 已经有了，不覆盖；请换一个文件名")
    write_template(out, register)
    print(f"空白台账：{out}")
    return DONE


def _verify(options: argparse.Namespace) -> int:
    from mingbai.proofs import code_of, read_canonical, verify

    data = options.file.read_bytes()
    differences = verify(data, options.code)
    if options.json:
        _print_json(
            {
                "file": options.file.name,
                "as_published": not differences,
                "differences": [asdict(each) for each in differences],
            }
        )
        return FOUND if differences else DONE
    for each in differences:
        print(f"{each.where}：{each.what}")
    if differences:
        print(f"有 {len(differences)} 处不同：这份文件不是当初公示的内容，或者在路上坏了。")
        return FOUND
    found = read_canonical(data)
    print(f"{found['notice']['head'].get('title', '公示')}：内容与摘要一致，{len(found['notice']['rows'])} 行。")
    print("与墙上的验真码一致。" if options.code else f"请再与墙上的验真码核对：{code_of(found['proof']['sha256'])}")
    return DONE


def _new_register(options: argparse.Namespace) -> int:
    from mingbai.registers.scaffold import new_register

    for path in new_register(options.name, options.title):
        print(path)
    print(
        f"接着：python -m django makemigrations {options.name} --settings mingbai.settings，再照 docs/add-a-register.md 往下做。"
    )
    return 0


def _setoff(options: argparse.Namespace) -> int:
    def first_sheet(path: Path) -> list[list[Any]]:
        with Guard(workers=1) as guard:
            sheets = guard.run("mingbai.sheets.formats:describe", path, {"cells": True})["sheets"]
        rows: list[list[Any]] = next((sheet["cells"] for sheet in sheets if not sheet["hidden"]), [])
        return rows

    return setoff.run(options, first_sheet)


def _demo(options: argparse.Namespace) -> int:
    from mingbai import demo
    from mingbai.report import files_in, publish, survey

    started = time.monotonic()
    options.out = options.files or options.out
    ledgers = options.out / "台账"
    demo.write(ledgers, villages=options.villages, progress=_bar("写演示台账"))
    register = find_register("contracts")
    law = load_law("contracts").under(ledgers / demo.POLICY, demo.PLACE)
    result = survey(files_in([ledgers]), register, law, DEMO_AS_OF, place=demo.PLACE, progress=_bar("读、查"))
    publish(result, options.out, title="万柏林区（演示）", demo=True, progress=_bar("写批注本"))
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


def _bar(what: str) -> Any:
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
