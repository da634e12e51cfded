"""The command line 命令行: ``mingbai read``, ``check``, ``rules``, ``template``, ``demo`` and what needs a home.

Exit 0 = done, 1 = findings or errors in the data, 2 = cannot run. ``--json`` prints one JSON document on standard
output; progress and complaints go to standard error.
"""

from __future__ import annotations

import argparse
import errno
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from mingbai import __version__, application
from mingbai.cli import demo, law, ledgers, proving
from mingbai.cli.told import CANNOT, DONE, CannotError
from mingbai.rules import LawError
from mingbai.sheets import MappingError, Refused

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
        raise CannotError(f"{message}\n用 {self.prog} --help 看怎么写")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # an old PC's console may be GBK
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except (CannotError, LawError, MappingError, ValueError, Refused) as error:
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

    for brought in (ledgers, law, proving, demo, application):
        brought.commands(command)
    return parser
