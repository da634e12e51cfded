"""The summary page 总结页: one HTML file without script, in Chinese, that prints on A4 and opens on any old PC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mingbai import __version__, units
from mingbai.report import pictures
from mingbai.report.survey import Survey, by_kind, masked
from mingbai.report.tables import SEVERITY
from mingbai.rules import Finding, Rule
from mingbai.rules.engine import YES
from mingbai.rules.rule import ymd

EXAMPLES, CELLS = 8, 40
"""Findings shown for a rule and unread cells shown in all; the rest stands in findings.xlsx."""


@dataclass(frozen=True)
class Problem:
    """One rule with what it found, ready to be shown: fact, law, and what people usually do."""

    rule: Rule
    suspected: int
    disputed: int
    examples: Sequence[Mapping[str, Any]]
    articles: Sequence[Any]

    @property
    def severity(self) -> str:
        return SEVERITY[self.rule.severity]


def draw(
    survey: Survey,
    names: Mapping[str, str],
    copies: Mapping[str, str],
    *,
    title: str,
    demo: bool,
    troubles: Sequence[str],
) -> str:
    """The page as text. ``names`` and ``copies`` give each file its short name and its marked copy."""
    environment = Environment(
        loader=PackageLoader("mingbai.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"say_money": units.say_money, "money": units.format_money, "thousands": lambda n: f"{n:,}"}
    names = {file: name.replace("_", " ") for file, name in names.items()}
    problems = _problems(survey, names, copies)
    return environment.get_template("page.html").render(
        survey=survey,
        totals=survey.totals,
        names=names,
        copies=copies,
        title=title,
        demo=demo,
        troubles=troubles,
        unseen=by_kind(survey.unseen, names),
        unread=_unread(survey, names),
        problems=problems,
        villages=_villages(survey),
        errors=_errors(survey, names),
        kinds=_kinds(survey),
        rule_picture=Markup(
            pictures.bars(
                [
                    (
                        name,
                        [
                            (f"{p.rule.id} {p.rule.title}", f"#{p.rule.id}", p.suspected, p.disputed)
                            for p in problems
                            if p.rule.severity == grade
                        ],
                    )
                    for grade, name in SEVERITY.items()
                    if any(p.rule.severity == grade for p in problems)
                ]
            )
        ),
        era_picture=Markup(pictures.columns(_eras(survey), "各年代签订的合同")),
        end_picture=Markup(pictures.columns(_endings(survey), "今后各年到期的合同")),
        share=lambda part, whole: Markup(pictures.share(part, whole)),
        parameters=_parameters(survey),
        version=__version__,
    )


def _problems(survey: Survey, names: Mapping[str, str], copies: Mapping[str, str]) -> list[Problem]:
    """Every rule that found something, the gravest and commonest first."""
    counts = survey.findings.counts()
    rows = {(row["_file"], row["_sheet"], row["_row"]): row for row in survey.findings.judged.iter_rows(named=True)}
    found: dict[str, list[Finding]] = {}
    for finding in survey.worded:
        found.setdefault(finding.rule, []).append(finding)
    problems = []
    for rule in survey.findings.rulebook.rules.values():
        mine = found.get(rule.id, [])
        if not mine:
            continue
        mine.sort(key=lambda f: -(rows[f.file, f.sheet, f.row]["total_fen"] or 0))
        articles = list(
            dict.fromkeys(survey.law.articles[a] for each in survey.law.citations[rule.cites] for a in each.articles)
        )
        problems.append(
            Problem(
                rule,
                counts[rule.id]["yes"],
                counts[rule.id]["disputed"],
                [_example(f, rows[f.file, f.sheet, f.row], names, copies) for f in _spread(mine)],
                articles,
            )
        )
    return sorted(problems, key=lambda p: (-p.rule.severity, -p.suspected, p.rule.id))


def _spread(findings: Sequence[Finding]) -> list[Finding]:
    """A few that show the rule's range: the largest, and at least one disputed where there is one."""
    shown = list(findings[:EXAMPLES])
    disputed = next((f for f in findings if f.answer == "disputed"), None)
    if disputed is not None and disputed not in shown:
        shown[-1] = disputed
    return shown


def _example(
    finding: Finding, row: Mapping[str, Any], names: Mapping[str, str], copies: Mapping[str, str]
) -> dict[str, Any]:
    who = units.mask_party(masked(row["lessee"] or ""))
    return {
        "finding": finding,
        "file": names[finding.file],
        "marked": copies[finding.file],
        "contract": masked(row["title"]) or "（没有合同名称）",
        "lessee": who,
        "cites": "；".join(finding.cites),
    }


def _villages(survey: Survey) -> list[tuple[str, Any]]:
    """Workbooks by the number of suspected contracts, most first."""
    return sorted(survey.by_file.items(), key=lambda item: (-item[1].suspect, item[0]))


def _errors(survey: Survey, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Unread cells, one village after another so that each shows before any shows twice."""
    queues: list[list[dict[str, Any]]] = [
        [{**error, "file": names[file]} for error in group]
        for file, group in groupby(survey.errors, key=lambda e: e["file"])
    ]
    shown: list[dict[str, Any]] = []
    depth = 0
    while len(shown) < CELLS and any(len(queue) > depth for queue in queues):
        shown += [queue[depth] for queue in queues if len(queue) > depth]
        depth += 1
    return shown[:CELLS]


def _unread(survey: Survey, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Columns that nothing was taken from, workbook by workbook; workbooks laid out alike share a line."""
    files: dict[str, list[str]] = {}
    for reading in survey.readings:
        if reading.unread_columns:
            files.setdefault("、".join(map(masked, reading.unread_columns)), []).append(names[reading.file])
    return [("、".join(alike), columns) for columns, alike in files.items()]


KINDS = {
    "doubt": "可以有两种读法",
    "unreadable": "读不成这一栏的值",
    "masked": "数字被遮住",
    "in_kind": "实物租金（按原文保留）",
    "lost_digits": "长号码丢了尾数",
    "no_cached_value": "公式没有存结果",
    "external_link": "引用别的工作簿",
    "not_a_choice": "不在可选的词里",
    "missing": "必填的没有填",
}


def _kinds(survey: Survey) -> list[tuple[str, int]]:
    counted = Counter(error["kind"] for reading in survey.readings for error in reading.errors)
    return [(KINDS.get(kind, kind), count) for kind, count in counted.most_common()]


def _flagged(survey: Survey) -> pl.DataFrame:
    rules = [pl.col(rule) == YES for rule in survey.findings.rulebook.rules]
    return survey.findings.judged.with_columns(flagged=pl.any_horizontal(*rules))


def _eras(survey: Survey) -> list[tuple[str, int, int]]:
    """Contracts by the five years they were signed in, and how many of them are suspect."""
    table = (
        _flagged(survey)
        .filter(pl.col("governing").is_not_null())
        .group_by(era=pl.col("governing") // 50000 * 5)
        .agg(pl.len(), pl.col("flagged").sum())
        .sort("era")
    )
    return [(f"{era}–{(era + 4) % 100:02d}", count, flagged) for era, count, flagged in table.iter_rows()]


def _endings(survey: Survey) -> list[tuple[str, int, int]]:
    """Contracts that end in each of the next twelve years."""
    this = survey.as_of.year
    table = _flagged(survey).filter(pl.col("end").is_not_null(), pl.col("end") >= ymd(survey.as_of))
    years = dict.fromkeys(range(this, this + 12), (0, 0))
    grouped = table.group_by(year=pl.col("end") // 10000).agg(pl.len(), pl.col("flagged").sum())
    years |= {year: (count, flagged) for year, count, flagged in grouped.iter_rows() if year in years}
    return [(str(year), *pair) for year, pair in sorted(years.items())]


def _parameters(survey: Survey) -> list[dict[str, Any]]:
    """The numbers that were used, with their days, source and status."""
    shown = []
    for parameter in survey.law.parameters.values():
        for version in parameter.versions:
            value = version.value
            if isinstance(value, Mapping):
                value = "；".join(
                    f"{k} {units.format_money(v)}元" if parameter.unit.startswith("分") else f"{k} {v}"
                    for k, v in value.items()
                )
            elif parameter.unit == "分":
                value = f"{units.format_money(value)}元"
            shown.append(
                {
                    "title": parameter.title,
                    "value": value,
                    "unit": "" if parameter.unit in ("日期", "分", "分/亩·年") else parameter.unit,
                    "since": version.since,
                    "until": version.until,
                    "article": survey.law.articles[version.cite],
                    "certain": version.status == "certain",
                    "checked_on": version.checked_on,
                }
            )
    return shown
