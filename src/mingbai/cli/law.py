"""``rules`` and ``explain``: the law as the program has it, and one finding read through it."""

from __future__ import annotations

import argparse
import gettext
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from mingbai.cli.told import DONE, FOUND, CannotError, Command, common, day, law_of, print_json
from mingbai.columns import find_register
from mingbai.rules import Checker, find_rulebook, load_law
from mingbai.rules.catalogue import STALE_DAYS, markdown, unchecked
from mingbai.rules.explain import Reading, explain, turns
from mingbai.sheets import load_mapping
from mingbai.units.wording import LISTED, Reader, joined, phrase


def commands(command: Command) -> None:
    """Adds the commands to the command line."""
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
        type=day,
        default=None,
        metavar="日期",
        help="假如是这一天签（议定、公示）的；不写就把每个时期都读一遍",
    )
    explaining.add_argument("--then", type=day, default=None, metavar="日期", help="假如在这一天查")
    explaining.add_argument("--other", type=Path, default=None, metavar="文件", help="假如用这一份政策")
    explaining.add_argument("--as-of", type=day, default=None, metavar="日期", help="按哪一天查（默认今天）")
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
    ruling.add_argument("--as-of", type=day, default=None, metavar="日期", help="按哪一天算（默认今天）")
    ruling.add_argument("--english", action="store_true", help="规则、条文和怎么办用英文说；台账上的原话不译")
    common(ruling)


def _explain(options: argparse.Namespace) -> int:
    """One rule over one row, as it stands and as it would read; no finding is written anywhere."""
    from mingbai.report import survey

    register, rulebook, law = find_register(options.register), find_rulebook(options.register), law_of(options)
    rule = rulebook.rules.get(options.rule.upper())
    if rule is None:
        raise CannotError(f"没有“{options.rule}”这条规则；有 {'、'.join(rulebook.rules)}")
    if not options.file.is_file():
        raise FileNotFoundError(f"没有这个文件：{options.file}")
    as_of = options.as_of or date.today()
    mapping = load_mapping(options.mapping, register) if options.mapping else None
    result = survey([options.file], register, law, as_of, place=options.place, mapping=mapping)
    for refusal in result.refusals:
        raise CannotError(f"{refusal.file}：{refusal.reason.rstrip('。')}。{refusal.mend}")
    there = [
        (number, sheet)
        for number, sheet, row in result.rows.select("_id", "_sheet", "_row").iter_rows()
        if row == options.row and options.sheet in ("", sheet)
    ]
    if len(there) != 1:
        raise CannotError(
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
        print_json(
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


def _say_reading_of(reading: Reading, beside: Reading | None, spoken: Callable[[str], str]) -> None:
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
            print_json(
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
        print_json(catalogue)
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
