"""An entry 分录 before it is booked: what happened, on which accounts, and everything that can be wrong with it.

    wrongs(proposal, chart_of(proposal.on))    # () = may be booked

A refusal stops it; a warning is shown and a person may book it all the same, saying why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mingbai.books.chart import Chart, ChartError
from mingbai.units import format_money, mask_numbers

LINE_FEN_MAX = 10_000_000_000_00
"""A line above ten billion yuan is a slip of the keyboard."""
LINES_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Leg:
    """A line of an entry. One of ``debit_fen`` and ``credit_fen`` is 0; below 0 only in a reversal 红字.

    Dimensions, "" or None where there is none: ``party`` (its number in places), ``peer`` (the number of another
    organisation of the house it is with), ``record`` (``contracts:12``), ``project``, ``household``.
    """

    account: str
    debit_fen: int = 0
    credit_fen: int = 0
    words: str = ""
    party: int | None = None
    peer: int | None = None
    record: str = ""
    project: str = ""
    household: str = ""

    @property
    def whom(self) -> str:
        """Who and what it is about, as one key: the balances of parties are kept by it."""
        parts = (
            ("o", self.peer),
            ("p", self.party),
            ("r", self.record),
            ("j", kept(self.project)),
            ("h", kept(self.household)),
        )
        return "|".join(f"{sign}{what}" for sign, what in parts if what)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry nobody has booked yet. ``event`` is what happened (``contracts:12/due/2024``): one event is booked once.

    ``stated_fen``: what the paper behind it says; ``of_years``: how many years' income it holds; ``closing``: the
    transfer at the end of a year; ``reverses``: the number (in the database) of the voucher it takes back.
    """

    event: str
    on: date
    words: str
    legs: tuple[Leg, ...]
    record: str = ""
    template: str = ""
    papers: int = 0
    stated_fen: int | None = None
    of_years: int = 1
    closing: bool = False
    reverses: int | None = None
    red: bool = False
    """Amounts below zero stand as they came: a voucher taken over from another program, where 红字 is how one corrects."""

    @property
    def total_fen(self) -> int:
        return sum(leg.debit_fen for leg in self.legs)

    @property
    def digest(self) -> str:
        """SHA-256 of what is booked: the same event with another digest is refused."""
        said = [
            self.on.isoformat(),
            kept(self.words),
            self.record,
            self.closing,
            self.reverses,
            [
                [
                    leg.account,
                    leg.debit_fen,
                    leg.credit_fen,
                    kept(leg.words),
                    leg.party,
                    leg.peer,
                    leg.record,
                    kept(leg.project),
                    kept(leg.household),
                ]
                for leg in self.legs
            ],
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an entry and how to mend it. ``warning``: it may be booked if a person says why."""

    what: str
    sentence: str
    warning: bool = False
    line: int = 0
    """The line it is about, from 1; 0 = the whole voucher."""


@lru_cache(maxsize=4096)
def kept(words: str) -> str:
    """Words as they are kept: numbers of persons in part."""
    return mask_numbers(words) if words else words


def wrongs(proposal: Proposal, chart: Chart) -> tuple[Wrong, ...]:
    """Everything wrong with an entry, refusals first."""
    found = [*_form(proposal), *_lines(proposal, chart), *_sense(proposal, chart)]
    return tuple(sorted(found, key=lambda each: each.warning))


def refusals(found: Sequence[Wrong]) -> tuple[Wrong, ...]:
    return tuple(each for each in found if not each.warning)


def _form(proposal: Proposal) -> list[Wrong]:
    found = []
    debit, credit = proposal.total_fen, sum(leg.credit_fen for leg in proposal.legs)
    if debit != credit:
        found.append(
            Wrong(
                "unbalanced",
                f"借贷不平：借方 {format_money(debit)} 元，贷方 {format_money(credit)} 元，"
                f"差 {format_money(abs(debit - credit))} 元；请核对每一行的金额",
            )
        )
    if not 2 <= len(proposal.legs) <= LINES_MAX:
        found.append(Wrong("lines", f"一张凭证要有 2 到 {LINES_MAX} 行分录，现在有 {len(proposal.legs)} 行"))
    if proposal.closing and proposal.on.month != 12:
        found.append(Wrong("closing", "年末结转只能记在 12 月"))
    if not proposal.words.strip():
        found.append(Wrong("words", "摘要没有写；请写一句发生了什么，例如：收到王某 2024 年承包费"))
    return found


def _lines(proposal: Proposal, chart: Chart) -> list[Wrong]:
    found = []
    for number, leg in enumerate(proposal.legs, 1):
        try:
            account = chart.account(leg.account)
        except ChartError as error:
            found.append(Wrong("account", f"第 {number} 行：{error}", line=number))
            continue
        if leg.account in chart.divided and not proposal.closing:
            below = [each for each in chart.accounts.values() if each.own and each.code[:-2] == leg.account]
            found.append(
                Wrong("not_last", f"第 {number} 行：{account}设了明细（{below[0]} 等），请记到明细科目", line=number)
            )
        if bool(leg.debit_fen) == bool(leg.credit_fen):
            found.append(Wrong("amount", f"第 {number} 行（{account}）：借方和贷方要填而且只填一个", line=number))
        if proposal.reverses is None and not proposal.red and min(leg.debit_fen, leg.credit_fen) < 0:
            found.append(
                Wrong(
                    "negative",
                    f"第 {number} 行（{account}）：金额是负数；冲销请用“红字冲销”，不要手填负数",
                    line=number,
                )
            )
        if abs(leg.debit_fen or leg.credit_fen) > LINE_FEN_MAX:
            found.append(
                Wrong("large", f"第 {number} 行（{account}）：超过一百亿元，多半是单位写错，请核对", line=number)
            )
    return found


def _sense(proposal: Proposal, chart: Chart) -> list[Wrong]:
    """What balances and is yet likely a slip. Reversals and transfers go against the grain by their nature."""
    if proposal.closing or proposal.reverses is not None:
        return []
    found = []
    income = 0
    for number, leg in enumerate(proposal.legs, 1):
        account = chart.accounts.get(leg.account)
        if account is None:
            continue
        if account.kind == "income" and leg.credit_fen:
            income += leg.credit_fen
        if (account.kind == "income" and leg.debit_fen) or (account.kind == "expense" and leg.credit_fen):
            side = "借" if leg.debit_fen else "贷"
            found.append(
                Wrong(
                    "swapped",
                    f"第 {number} 行：{account}记在{side}方，和它的性质相反，是不是借贷记反了？冲减请用红字冲销",
                    True,
                    number,
                )
            )
    if proposal.of_years > 1 and income:
        found.append(
            Wrong(
                "years",
                f"这笔钱是 {proposal.of_years} 年的收入，一次全记进了本年收入；"
                "请把以后年度的部分记作预收（应付款），到年再转收入",
            )
        )
    stated, total = proposal.stated_fen, proposal.total_fen
    if stated and total != stated:
        if total * 10_000 == stated or stated * 10_000 == total:
            found.append(
                Wrong(
                    "unit",
                    f"凭证 {format_money(total)} 元，原始单据 {format_money(stated)} 元，正好差一万倍：多半是元和万元弄混了，请改金额",
                )
            )
        else:
            found.append(
                Wrong(
                    "stated",
                    f"凭证 {format_money(total)} 元，原始单据 {format_money(stated)} 元，对不上；确实不同的请写明原因",
                    True,
                )
            )
    return found
