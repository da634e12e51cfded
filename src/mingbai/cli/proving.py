"""``verify`` and ``setoff``: what anybody can check for themselves, a notice and a net of debts."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mingbai.cli.told import DONE, FOUND, Command, print_json
from mingbai.setoff import command as setoff
from mingbai.sheets import Guard


def commands(command: Command) -> None:
    """Adds the commands to the command line."""
    proving = command(
        "verify",
        _verify,
        "核对一份公示：重算每一处，说出哪里不同",
        "  mingbai verify NOTICE.json --code 3f2a-0b1c-9d4e-77aa-51c3",
    )
    proving.add_argument("file", metavar="文件", type=Path, help="从公示页下载的文件")
    proving.add_argument("--code", default="", metavar="验真码", help="印在墙上的码；不写就只看文件自身对不对得上")
    proving.add_argument("--json", action="store_true", help="只打印 JSON")

    setting_off = command("setoff", _setoff, setoff.BRIEF, setoff.EXAMPLES)
    setoff.arguments(setting_off)


def _verify(options: argparse.Namespace) -> int:
    from mingbai.proofs import code_of, read_canonical, verify

    data = options.file.read_bytes()
    differences = verify(data, options.code)
    if options.json:
        print_json(
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


def _setoff(options: argparse.Namespace) -> int:
    def first_sheet(path: Path) -> list[list[Any]]:
        with Guard(workers=1) as guard:
            sheets = guard.run("mingbai.sheets.formats:describe", path, {"cells": True})["sheets"]
        rows: list[list[Any]] = next((sheet["cells"] for sheet in sheets if not sheet["hidden"]), [])
        return rows

    return setoff.run(options, first_sheet)
