"""The catalogue 规则目录 for lawyers: every rule with its law by date, and what nobody has compared with its source for long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mingbai.columns import Register
from mingbai.rules.law import CERTAIN, Law, Parameter
from mingbai.rules.rule import Rulebook

STALE_DAYS = 180


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something of the law that nobody has checked for long. ``checked_on`` None = never."""

    what: str
    title: str
    checked_on: date | None
    certain: bool


def unchecked(law: Law, on: date, days: int = STALE_DAYS) -> list[Unchecked]:
    """The articles and numbers not compared with their source for more than ``days``, the longest first."""
    since = on - timedelta(days=days)
    found = [
        Unchecked(name, each.cite, each.checked_on, each.status == CERTAIN)
        for name, each in law.articles.items()
        if each.checked_on < since
    ]
    found += [
        Unchecked(f"{name}（{version.since} 起）", parameter.title, version.checked_on, version.status == CERTAIN)
        for name, parameter in law.parameters.items()
        for version in parameter.versions
        if version.checked_on is None or version.checked_on < since
    ]
    return sorted(found, key=lambda each: (each.checked_on or date.min, each.what))


def markdown(register: Register, rulebook: Rulebook, law: Law) -> str:
    """Every rule: what it asks, which columns it needs, the articles by the day of the contract, its numbers, the remedy."""
    said = [
        f"# {register.title}：规则和依据",
        "",
        "本页由 `mingbai rules --markdown` 生成，不要手改；要改数字和条文，请改 `law.yaml` 和 `statutes.yaml`。",
        "条文用自己的话概括，引用请查原文。“待核实”是还没有人对过原文的。规则只提示疑点，由人认定，不下“无效”的结论。",
        "",
    ]
    for rule in rulebook.rules.values():
        needs = "；".join(
            "或".join(register.by_name[name].title for name in group if name in register.by_name)
            for group in rule.needs
        )
        said += [
            f"## {rule.id} {rule.title}",
            "",
            f"严重程度 {rule.severity}。要看：{needs}。通常：{rule.remedy}。",
            "",
            "| 合同的日子" + ("（今天的法）" if rule.law_of == "today" else "") + " | 依据 | 说什么 |",
            "|---|---|---|",
        ]
        for citation in law.citations[rule.cites]:
            for number, name in enumerate(citation.articles):
                article = law.articles[name]
                said.append(
                    f"| {_spell(citation.since, citation.until) if not number else ''} | {article} | {article.says} |"
                )
        cited = {name for citation in law.citations[rule.cites] for name in citation.articles}
        numbers = [each for each in law.parameters.values() if any(version.cite in cited for version in each.versions)]
        if numbers:
            said += ["", "| 数 | 起止 | 是多少 | 依据 |", "|---|---|---|---|"]
            said += [
                f"| {each.title} | {_spell(version.since, version.until)} | {_value(each, version.value)} | {law.articles[version.cite]} |"
                for each in numbers
                for version in each.versions
            ]
        said.append("")
    local = [each.title for each in law.parameters.values() if not each.versions]
    if local:
        said += [
            "## 由当地定的数",
            "",
            "、".join(local) + "：国家没有定，用本地政策给出；没有给出的，用到它的规则答“说不准”。",
            "",
        ]
    return "\n".join(said)


def _spell(since: date, until: date | None) -> str:
    return f"{since} 起" if until is None else f"{since} 至 {until}"


def _value(parameter: Parameter, value: Any) -> str:
    if isinstance(value, Mapping):
        return "；".join(f"{key} {each} {parameter.unit}" for key, each in value.items())
    return str(value) if parameter.unit == "日期" else f"{value} {parameter.unit}"
