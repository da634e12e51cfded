"""Accounts of another bookkeeping program 对照科目: which of ours each of theirs is, as a proposal a person confirms.

    tree = names_of([("112", "应收款"), ("11201", "张三")])
    propose(Theirs("11201", "张三"), chart, tree, parties={"张三": 7})     # Ours("112", "party", "张三")

Codes are met as 11201, 112-01, 112.01.03, 112001 or not at all (应收款/张三). Which chart they belong to is asked: 153 and 154
changed places in 2024, so the numbers alone mislead. :func:`hints` only says what the names speak for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mingbai.books.chart import TOP, Chart, ChartError, charts

KINDS = {
    "": "就是这个科目",
    "party": "往来（单位或个人）",
    "household": "农户",
    "project": "项目",
    "own": "新设明细科目",
}
"""What becomes of the part below an account."""
_BREAK = re.compile(r"\s*[/／\\＼>＞→_＿:：|｜]\s*|\s*[-－—–]{1,2}\s*")
_DIGITS = re.compile(r"\d+")
_FOLD = re.compile(r"[\s()（）\[\]【】·、,，]")
_BY_NAME = {"2004": ("112", "113", "202", "221"), "2023": ("112", "113", "211", "221")}
_BY_PROJECT = ("241", "231")


@dataclass(frozen=True, slots=True)
class Theirs:
    """An account as the sheet writes it; ``whom`` from a column of its own 辅助核算."""

    code: str
    name: str
    whom: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.code, self.name, f"（{self.whom}）" if self.whom else "")))


@dataclass(frozen=True, slots=True)
class Ours:
    """Where it goes: ``kind`` of :data:`KINDS`, ``what`` its name. ``sure``: code and name agree with the chart, or a
    person said so. ``why`` is what to look at. ``account`` "" = nothing was found."""

    account: str
    kind: str = ""
    what: str = ""
    sure: bool = True
    why: str = ""


def levels(code: str) -> tuple[str, ...]:
    """``112.01.03`` → ("112", "01", "03"); () for what is no code of three digits and more."""
    parts = _DIGITS.findall(code)
    if not parts or len(parts[0]) < TOP:
        return ()
    if len(parts) == 1:
        rest = parts[0][TOP:]
        step = 3 if len(rest) % 2 and len(rest) % 3 == 0 else 2
        if len(rest) % step:
            return (parts[0],)  # a chart with four digits at the top, or a slip
        return (parts[0][:TOP], *(rest[at : at + step] for at in range(0, len(rest), step)))
    return tuple(parts)


def pieces(name: str) -> tuple[str, ...]:
    """``应收款/张三`` → ("应收款", "张三")."""
    return tuple(each for each in _BREAK.split(name.strip()) if each)


def names_of(accounts: Iterable[tuple[str, str]]) -> dict[tuple[str, ...], str]:
    """Levels → the last piece of the name the sheet gives them, so that 李四 under 112 is known to be 应收款's."""
    return {at: pieces(name)[-1] for code, name in accounts if (at := levels(code)) and pieces(name)}


def hints(accounts: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Chart → (top-level codes whose name agrees with it, that disagree)."""
    tops: dict[str, str] = {}
    for code, name in accounts:
        at, said = levels(code), pieces(name)
        if at and said and (len(at) == 1 or len(said) > 1):
            tops.setdefault(at[0], said[0])
    found = {}
    for chart in charts():
        agree = sum(
            1 for code, name in tops.items() if code in chart.accounts and _same(chart.accounts[code].name, name)
        )
        found[chart.key] = (agree, len(tops) - agree)
    return found


def propose(theirs: Theirs, chart: Chart, tree: Mapping[tuple[str, ...], str], parties: Mapping[str, int]) -> Ours:
    """What an account of the sheet most likely is in ``chart`` (with the collective's own sub-accounts)."""
    at, said = levels(theirs.code), pieces(theirs.name)
    if not at:
        top = next(
            (code for code, each in chart.accounts.items() if len(code) == TOP and said and _same(each.name, said[0])),
            "",
        )
        if not top:
            return Ours("", sure=False, why=f"没有编码，名称也对不上{chart.title}的科目；请选一个")
        below = said[1:]
    else:
        top = at[0]
        if top not in chart.accounts:
            try:
                chart.account(top)
            except ChartError as error:
                return Ours("", sure=False, why=str(error))
        name = chart.accounts[top].name
        called = tree.get((top,), said[0] if len(at) == 1 and said else "")
        if called and not _same(name, called):
            other = next(
                (each for each in chart.accounts.values() if len(each.code) == TOP and _same(each.name, called)), None
            )
            return Ours(
                other.code if other else "",
                sure=False,
                why=f"表上 {top} 叫“{called}”，{chart.title}的 {top} 是“{name}”"
                + (f"，“{called}”是 {other.code}" if other else "")
                + "；是不是选错了科目表？",
            )
        below = tuple(tree.get(at[:end], "") for end in range(2, len(at))) + (
            (said[-1],) if len(at) > 1 and said else ()
        )
        if len(at) == 1:
            below = said[1:]
        elif len(said) > 1:
            below = said[1:] if _same(said[0], name) else said
    below = tuple(each for each in below if each)
    whole = "".join(at)
    if theirs.whom:
        return _with_whom(top, theirs.whom, chart, parties)
    if not below:
        if len(at) > 1 and whole not in chart.accounts:
            return Ours(top, sure=False, why=f"{theirs.code} 没有名称，不知道是谁或什么")
        return Ours(whole if whole in chart.accounts else top)
    last = below[-1]
    known = next(
        (
            each.code
            for each in chart.accounts.values()
            if each.code.startswith(top) and len(each.code) > TOP and _same(each.name, last)
        ),
        "",
    )
    if known:
        return Ours(known)
    odd = any(len(step) == 1 for step in at[1:])
    why = f"{theirs.code} 的末位是一位数，Excel 可能丢了后面的 0" if odd else ""
    if top in _BY_NAME[chart.key]:
        return Ours(top, "party", last, not odd, why or ("" if last in parties else "名册里还没有，收下时新登记"))
    if top in _BY_PROJECT:
        return Ours(top, "project", last, not odd, why)
    fits = len(whole) > TOP and whole not in chart.accounts and whole[:-2] in chart.accounts
    return Ours(whole if fits else _free(top, chart), "own", "－".join(below)[:60], not odd, why)


def settled(asked: Iterable[tuple[Theirs, Ours]], chart: Chart) -> dict[Theirs, Ours]:
    """Proposals side by side: two new sub-accounts never get one code, and one name under one account gets one code."""
    taken: dict[str, str] = {}
    made: dict[Theirs, Ours] = {}
    for theirs, ours in asked:
        if ours.kind == "own" and ours.account:
            same = next(
                (code for code, name in taken.items() if name == ours.what and code[:TOP] == ours.account[:TOP]), ""
            )
            code = same or ours.account
            while not same and code in taken:
                code = f"{code[:-2]}{(int(code[-2:]) + 1) % 100:02d}"
            taken[code] = ours.what
            ours = Ours(code, "own", ours.what, ours.sure, ours.why)
        made[theirs] = ours
    return made


def _with_whom(top: str, whom: str, chart: Chart, parties: Mapping[str, int]) -> Ours:
    name = pieces(whom)[-1] if pieces(whom) else whom
    if top in _BY_PROJECT:
        return Ours(top, "project", name)
    return Ours(top, "party", name, why="" if name in parties else "名册里还没有，收下时新登记")


def _free(top: str, chart: Chart) -> str:
    taken = {code for code in chart.accounts if code.startswith(top) and len(code) == TOP + 2}
    return next((code for number in range(1, 100) if (code := f"{top}{number:02d}") not in taken), f"{top}99")


def _same(ours: str, said: str) -> bool:
    """One name in two spellings: 生产(劳务)成本, 生产（劳务）成本; 现金 for 库存现金 is said otherwise and not the same."""
    return _FOLD.sub("", ours) == _FOLD.sub("", said)
