"""The chart of accounts 会计科目表: which accounts there are follows from the year a voucher belongs to.

    chart_of(date(2023, 12, 31)).account("153").name    # 固定资产清理
    chart_of(date(2024, 1, 1)).account("153").name      # 在建工程

Top-level accounts are fixed by the system and stand in ``chart.yaml`` with their status; a collective adds sub-accounts
below them (five digits and more), never beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal

import yaml

Kind = Literal["asset", "liability", "equity", "cost", "income", "expense"]
Side = Literal["debit", "credit", "both"]
TOP = 3
"""Digits of a top-level account; each further level has two."""
RESULT: tuple[Kind, ...] = ("income", "expense")
"""Kinds that are carried to 本年收益 at the end of the year."""
PROFIT, APPROPRIATION, UNDISTRIBUTED = "321", "322", "32299"
RECEIVABLE, INTERNAL, RESERVES = "112", "113", "311"


class ChartError(LookupError):
    """No such account, or no chart for a day; the sentence says what there is."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account 科目: ``side`` is where its balance normally stands. ``certain`` is False while its name or code rests on
    habit rather than on a text somebody read."""

    code: str
    name: str
    initials: str
    kind: Kind
    side: Side
    certain: bool
    own: bool = False
    """Added by a collective."""

    @property
    def top(self) -> str:
        return self.code[:TOP]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True)
class Chart:
    """The accounts in force from a day to a day."""

    key: str
    title: str
    since: date
    until: date | None
    cite: str
    accounts: Mapping[str, Account]

    def account(self, code: str) -> Account:
        """:raises ChartError: with what the chart has instead."""
        found = self.accounts.get(code)
        if found is None:
            near = [
                str(each)
                for each in self.accounts.values()
                if code and (each.code.startswith(code[:2]) or code in each.name)
            ][:6]
            raise ChartError(
                f"{self.title}里没有科目 {code or '（空）'}" + (f"；相近的有：{'、'.join(near)}" if near else "")
            )
        return found

    def with_own(self, own: Iterable[tuple[str, str]]) -> Chart:
        """The chart with a collective's sub-accounts (code, name) below its own.

        :raises ChartError: where the account above is missing, or the code is taken.
        """
        accounts = dict(self.accounts)
        for code, name in sorted(own):
            above = accounts.get(code[:-2])
            if above is None or len(code) <= TOP or not code.isdigit():
                raise ChartError(f"明细科目 {code} {name} 没有上级科目；编码是上级编码加两位数字，例如 {code[:TOP]}01")
            if code in accounts:
                raise ChartError(f"编码 {code} 已经是 {accounts[code].name}；请换一个")
            accounts[code] = replace(above, code=code, name=name, initials="", certain=True, own=True)
        return replace(self, accounts=dict(sorted(accounts.items())))

    def matching(self, typed: str) -> list[Account]:
        """Accounts by the beginning of their code or initials, or by a part of their name; best first."""
        said = typed.strip().upper()
        ranked = [(rank, each) for each in self.accounts.values() if (rank := _rank(each, said)) is not None]
        return [each for _, each in sorted(ranked, key=lambda pair: (pair[0], pair[1].code))]

    @cached_property
    def result(self) -> tuple[str, ...]:
        """Top-level accounts of income and expense."""
        return tuple(code for code, each in self.accounts.items() if len(code) == TOP and each.kind in RESULT)

    @cached_property
    def divided(self) -> frozenset[str]:
        """Accounts below which a collective has its own: nothing is booked on them any more."""
        return frozenset(code[:-2] for code, each in self.accounts.items() if each.own)

    def path(self, code: str) -> str:
        """``经营收入－发包收入``."""
        steps = [code[:end] for end in range(TOP, len(code) + 1, 2)]
        return "－".join(self.account(step).name for step in steps)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where an account of the old chart goes in the new one; ``choices``: a person must divide it."""

    to: str
    choices: tuple[str, ...] = ()
    why: str = ""
    by_person: bool = False
    """Each balance with somebody is decided alone."""


@cache
def charts() -> tuple[Chart, ...]:
    """Every chart, the oldest first."""
    return tuple(_chart(each) for each in _text()["charts"])


def find_chart(key: str) -> Chart:
    for each in charts():
        if each.key == key:
            return each
    raise ChartError(f"没有 {key} 年的科目表；现有：{'、'.join(each.key for each in charts())}")


def last_day(month: int) -> date:
    """The last day of a month (202402 → 2024-02-29), whose chart and balances are the month's; what is booked after
    December at a year's end belongs to 31 December."""
    year, number = divmod(month, 100)
    return date(year, 12, 31) if number >= 12 else date.fromordinal(date(year, number + 1, 1).toordinal() - 1)


@cache
def chart_of(on: date) -> Chart:
    """The chart in force on a day.

    :raises ChartError: before the first.
    """
    for each in charts():
        if each.since <= on and (each.until is None or on <= each.until):
            return each
    raise ChartError(f"{on} 没有可用的科目表；最早从 {charts()[0].since} 起")


def bridge(code: str) -> str:
    """The code in the new chart of an account of the old one, at whatever depth."""
    found, end = bridges(), len(code)
    while end >= TOP:
        if code[:end] in found:
            to = found[code[:end]].to
            whole = to + code[end:]
            return whole if len(to) == end else to
        end -= 2
    return code


@cache
def bridges() -> Mapping[str, Bridge]:
    entries: dict[str, dict[str, Any]] = _text()["bridging"]["accounts"]
    return {
        code: Bridge(each["to"], tuple(each.get("choices", ())), each.get("why", ""), each.get("by_person", False))
        for code, each in entries.items()
    }


@cache
def _text() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        resources.files(__package__).joinpath("chart.yaml").read_text(encoding="utf-8")
    )
    return found


def _chart(text: dict[str, Any]) -> Chart:
    accounts: dict[str, Account] = {}
    for code, name, initials, kind, side, status in text["accounts"]:
        accounts[code] = Account(code, name, initials, kind, side, status == "certain")
    for code, name, initials in text["sub"]:
        accounts[code] = replace(accounts[code[:-2]], code=code, name=name, initials=initials, certain=False)
    return Chart(text["key"], text["title"], text["from"], text["to"], text["cite"], dict(sorted(accounts.items())))


def _rank(account: Account, said: str) -> int | None:
    if not said or account.code.startswith(said):
        return 0
    if account.initials.startswith(said):
        return 1
    return 2 if said in account.name.upper() else None
