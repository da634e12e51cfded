"""From what happened to an entry 业务模板: declared in ``templates.yaml``, shown in words before anything is booked.

propose("rent_received", "receipt/7", date(2024, 5, 1), {"amount": 280_000}, Whom(party=3, name="王某", member=True))
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from mingbai.books.chart import Chart, chart_of
from mingbai.books.entry import Leg, Proposal
from mingbai.units import format_money

_LEG = re.compile(r"(借|贷) (\S+) (\w+)")
_SIDES = ("112", "113", "202", "211", "221", "231", "241")
"""Accounts kept by whom they are with: 211 is 应付工资 in the chart of 2004, where nobody is named."""


class TemplateError(ValueError):
    """Facts that make no entry; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Whom:
    """The other side: a party of places, another organisation of the house, or a household; ``member``: of this collective
    (or a unit of it), so that 内部往来 is used."""

    party: int | None = None
    peer: int | None = None
    household: str = ""
    name: str = ""
    member: bool = False
    record: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of business. ``asks``: the amounts it needs (name → what to ask), in fen but for ``years``."""

    key: str
    title: str
    words: str
    asks: Mapping[str, str]
    legs: Mapping[str, tuple[tuple[str, str, str], ...]]
    """Chart → (借/贷, account, amount)."""
    cite: str
    certain: bool


@cache
def templates() -> Mapping[str, Template]:
    text: dict[str, dict[str, Any]] = yaml.safe_load(
        resources.files(__package__).joinpath("templates.yaml").read_text(encoding="utf-8")
    )
    return {
        key: Template(
            key,
            each["title"],
            each["words"],
            each["asks"],
            {
                chart: tuple((side, account, amount) for side, account, amount in _LEG.findall(each[chart]))
                for chart in ("2004", "2023")
                if chart in each
            },
            each["cite"],
            each["status"] == "certain",
        )
        for key, each in text.items()
    }


def propose(
    template: str,
    event: str,
    on: date,
    amounts: Mapping[str, int],
    whom: Whom | None = None,
    words: str = "",
    stated_fen: int | None = None,
    papers: int = 0,
) -> Proposal:
    """The entry of a kind of business on a day. Lines of nothing are left out.

    :raises TemplateError: for an unknown template, one the chart of the day has no entry for, or amounts that do not fit.
    """
    found = templates().get(template)
    if found is None:
        raise TemplateError(f"没有名为 {template} 的模板")
    chart = chart_of(on)
    if chart.key not in found.legs:
        raise TemplateError(f"{chart.title}没有“{found.title}”这种业务")
    at = whom or Whom()
    known = _amounts(found, amounts)
    legs = []
    for side, account, name in found.legs[chart.key]:
        fen = known[name]
        code = _account(account, chart, at.member)
        if fen:
            legs.append(_leg(code, chart, at, (fen, 0) if side == "借" else (0, fen)))
    said = words or found.words.format(
        whom=at.name, year=on.year, month=on.month, project=at.project or "项目", years=amounts.get("years", "")
    )
    return Proposal(event, on, said, tuple(legs), at.record, template, papers, stated_fen)


def say(proposal: Proposal, chart: Chart) -> str:
    """An entry as an accountant writes it: ``借：银行存款 2,800.00／贷：经营收入－发包收入 2,800.00``."""
    return "／".join(
        f"{'借' if leg.debit_fen else '贷'}：{chart.path(leg.account)} {format_money(leg.debit_fen or leg.credit_fen)}"
        for leg in proposal.legs
    )


def _amounts(template: Template, given: Mapping[str, int]) -> dict[str, int]:
    missing = [title for name, title in template.asks.items() if name not in given]
    if missing:
        raise TemplateError(f"“{template.title}”还要写：{'、'.join(missing)}")
    known = dict(given)
    whole = known["amount"]
    if whole <= 0:
        raise TemplateError("金额要大于 0")
    for name, title in template.asks.items():
        if name in ("amount", "years"):
            continue
        if not 0 <= known[name] <= whole:
            raise TemplateError(f"{title}不能超过 {format_money(whole)} 元")
        known[f"rest_of_{name}"] = whole - known[name]
    if "years" in template.asks:
        if not 1 <= known["years"] <= 70:
            raise TemplateError("年数在 1 到 70 之间")
        known["this_year"] = -(-whole // known["years"])
        known["later"] = whole - known["this_year"]
    return known


def _account(said: str, chart: Chart, member: bool) -> str:
    """应收, 应付 and 预收 by who the other side is; a code as it stands."""
    payable = "202" if chart.key == "2004" else "211"
    return {"应收": "113" if member else "112", "应付": "113" if member else payable, "预收": payable}.get(said, said)


def _leg(code: str, chart: Chart, at: Whom, sums: tuple[int, int]) -> Leg:
    kept = code[:3] in _SIDES and not (chart.key == "2004" and code == "211")
    if kept:
        return Leg(
            code, *sums, party=at.party, peer=at.peer, household=at.household, record=at.record, project=at.project
        )
    return Leg(
        code, *sums, record=at.record if chart.account(code).kind in ("income", "expense") else "", project=at.project
    )
