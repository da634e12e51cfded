"""Prices that change over a term 计价: raises every so many years, staged prices, and what may not be guessed.

A price is an integer number of fen, per year or per mu and year as its column says. A raise in per cent is compound:
each raise is on the price before it, rounded half up to the fen, because that is the sum the parties write down and
pay; ``compound=False`` (合同写明以首年为基数) adds the same per cent of the first price each time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias

from mingbai.units.cells import clean_text, is_blank, is_masked, quoted, simplified
from mingbai.units.money import TIMES_A_YEAR, YUAN, MoneyUnit
from mingbai.units.numerals import read_figures
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value


@dataclass(frozen=True, slots=True)
class Escalation:
    """递增: from contract year ``first_year`` on, and every ``every_years`` after it, the price rises.

    By ``percent`` (a Fraction, 10 % = 1/10) or by ``add_fen``; one of them is None. ``per_mu``: the fen are per mu;
    None = as the price column. ``times``: at most so many raises; None = no end.
    """

    every_years: int
    first_year: int
    percent: Fraction | None = None
    add_fen: int | None = None
    per_mu: bool | None = None
    compound: bool = True
    times: int | None = None

    def raises(self, year_number: int) -> int:
        """How many raises a price has seen by contract year ``year_number`` (from 1)."""
        if year_number < self.first_year:
            return 0
        seen = (year_number - self.first_year) // self.every_years + 1
        return seen if self.times is None else min(seen, self.times)


@dataclass(frozen=True, slots=True)
class Stage:
    """A price from year ``first`` to year ``last`` (None = to the end). ``adds``: on top of the contract's price."""

    first: int
    last: int | None
    fen: int
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """分段计价. ``count``: years are counted from 1 in the contract, or are calendar years.

    A contract year belongs to the calendar year it begins in; of two stages that share a year (2003-2006, 2006-2011)
    the later one has it.
    """

    count: Literal["contract", "calendar"]
    stages: tuple[Stage, ...]
    per_mu: bool | None = None

    def stage(self, year_number: int, begins_in: int) -> Stage | None:
        """The stage of a contract year, None where the stages say nothing."""
        year = year_number if self.count == "contract" else begins_in
        return next(
            (
                stage
                for stage in reversed(self.stages)
                if stage.first <= year and (stage.last is None or year <= stage.last)
            ),
            None,
        )


PriceClause: TypeAlias = Escalation | Steps


def half_up(number: Fraction) -> int:
    """A non-negative number rounded to the next integer, one half upwards."""
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def rent_of_area(rent_fen_per_mu_year: int, area_mu4: int) -> int:
    """Fen a year for an area in 1/10,000 mu, rounded half up: 300.00 元/亩 × 11.85 亩 = 3,555.00 元."""
    return half_up(Fraction(rent_fen_per_mu_year * area_mu4, 10_000))


def price_in_year(base_fen: int | None, clause: PriceClause | None, year_number: int, begins_in: int) -> int | None:
    """The price of contract year ``year_number``, which begins in calendar year ``begins_in``.

    ``base_fen`` is the price the contract starts with, in the clause's own basis. None where the text gives no price
    for that year.
    """
    if clause is None:
        return base_fen
    if isinstance(clause, Steps):
        stage = clause.stage(year_number, begins_in)
        if stage is None or (stage.adds and base_fen is None):
            return base_fen
        return stage.fen + (base_fen or 0) if stage.adds else stage.fen
    if base_fen is None:
        return None
    raises = clause.raises(year_number)
    if clause.percent is None:
        return base_fen + raises * (clause.add_fen or 0)
    if not clause.compound:
        return half_up(base_fen * (1 + raises * clause.percent))
    price = base_fen
    for _ in range(raises):
        price = half_up(price * (1 + clause.percent))
    return price


_OF_A_MU: Mapping[str, Fraction] = {"hectare": Fraction(1, 15), "sqm": Fraction(2000, 3)}
"""Unit of area → a price by it, by the mu."""
_N = r"[0-9]{1,3}|[一二两三四五六七八九十]{1,3}"
_RENT = r"(?:的?(?:年租金|租金|租价|承包费|承包金|单价|价格|价款))?"
_FROM = rf"(?:从?(?:合同)?第(?P<from>{_N})(?:个)?年(?:起|开始),?)?"
_EVERY = rf"(?P<every>逐年|每(?P<apart>隔)?(?P<n>{_N})?(?:个)?年)?"
_VERBS = "递增|上涨|上浮|增长|增加|上调|提高|涨"
_VERB = rf"(?P<verb>按?(?:{_VERBS}|加价))"
_BEFORE = r"(?:(?:一次|1次|调整一次|一调),?)?"
_ONCE = rf"(?:(?:一次|1次),?(?:(?:每次|幅度)(?:为|是)?)?(?:{_VERBS})?)?"
_AMOUNT = (
    r"(?:(?P<percent>[0-9.]+)%|百分之(?P<spoken>[0-9.一二三四五六七八九十]+)"
    r"|(?:人民币)?(?P<money>[0-9.]+)(?P<yuan>元)?(?P<mu_after>/亩|每亩)?)"
)
_RAISE = re.compile(
    rf"{_FROM}{_RENT}{_EVERY}{_RENT},?"
    rf"(?P<mu>每亩|亩均)?{_RENT}(?P<yearly>每年)?(?P<mu2>每亩)?{_RENT}"
    rf"(?:在[^0-9]{{1,12}}上,?)?{_BEFORE}{_VERB}{_RENT}{_ONCE}{_AMOUNT}"
)
_BASE = re.compile(r"首年|第一年租金|第1年租金|原租金|基数|基准")
_PARTS = re.compile(r"[0-9]{1,3}(?:年?\+[0-9]{1,3})+年?")
_PARTS_PRICED = re.compile(
    r"(?P<years>[0-9]{1,3}(?:年?\+[0-9]{1,3})+)年?[,:;(]*(?P<mu>每亩)?(?:每年)?(?:租金|承包费|单价)?(?:分别)?(?:为|是)?"
    r"(?P<prices>[0-9][0-9.]*元?(?:[、,;/+和][0-9][0-9.]*元?)+)(?P<tail>(?:/亩|/年|每亩|每年|·年|·亩)*)[)]?"
)
_FIXED = re.compile(r"(?:固定|租金|价格|价)*(?:固定|不变|不递增|不调整|不上涨|无递增)(?:租金|价格|价|不变)*")
_OPEN = ("随行就市", "市场", "协商", "面议", "另议", "物价", "CPI", "指数", "政策", "浮动", "粮价", "评估")
_STAGE = re.compile(
    r"(?:(?P<first>(?:19|20)[0-9]{2})年?(?:-|~|至|到|—|–)(?P<last>(?:19|20)[0-9]{2})年?"
    rf"|第?(?P<nth>{_N})年?(?:-|~|至|到|—|–)第?(?P<nth_last>{_N})年"
    rf"|(?P<side>前|头|后|再)?(?P<span>{_N})年)"
    r"[: ,]*(?P<mu>每亩)?(?P<yearly>每年)?(?:每亩)?(?:租金|承包费|单价|价格|为)?[: ]*"
    r"(?P<money>[0-9][0-9.]*) ?(?P<own>万?元|万)?"
    r"(?P<tail>(?:/亩|/年|每亩|每年|·年|·亩|一年|一亩)*)[,;、。+ ]*"
)


def parse_escalation(cell: Cell, unit: MoneyUnit = YUAN) -> Outcome[PriceClause | None]:
    """Read 递增方式: ``每三年递增10%``, ``第6年起每亩增加50元``, ``2003-2006 450, 2006-2011 520``.

    ``unit`` is that of the column where prices by stages stand in a column of rents: what a stage does not say itself (元, 万,
    每亩, 每年) it has from there, and comes out in fen a year, by the mu where that is by an area.

    ``Value(None)``: blank, or the price is fixed. What leaves room (每年增加 from a year on, a bare number, no
    interval) is a doubt with the clauses it may mean; what only the parties or an index can say is unreadable.
    """
    if is_blank(cell):
        return Value(None)
    text = simplified(clean_text(cell)).rstrip("。;,. ")
    tight = text.replace(" ", "")
    if _FIXED.fullmatch(tight):
        return Value(None)
    if is_masked(tight):
        return Unreadable(f"{quoted(cell)}的数字被遮住了，读不出来", "请查原合同，填写完整的数字", "masked")
    parts = _PARTS_PRICED.fullmatch(tight)
    if parts:
        return _parts(parts, cell)
    if _PARTS.fullmatch(tight):
        return Unreadable(
            f"{quoted(cell)}写的是分几段期限，没有写每段的价格", "逐段写价格，例如 第1-10年300元，第11-30年400元"
        )
    staged = _staged(text, cell, unit)
    if staged is not None:
        return staged
    found = _RAISE.fullmatch(tight)
    if found:
        return _raised(found, tight, cell)
    if any(word in tight.upper() for word in _OPEN):
        return Unreadable(f"{quoted(cell)}要由双方商定或按外部行情确定，算不出以后的价格", "商定后补签协议，逐段写价格")
    return Unreadable(
        f"{quoted(cell)}看不出怎样递增", "写成 每三年递增10% 或 第6年起每亩增加50元 或 2003-2006 450,2006-2011 520"
    )


@dataclass(frozen=True, slots=True)
class _Rise:
    """What a sentence with a verb of rising says; each way to take it is a clause and the text that says just that."""

    amount: Fraction
    start: int | None
    per_mu: bool | None
    compound: bool

    def by_percent(self, years: int | None) -> Suggestion[PriceClause | None]:
        """A raise in per cent every so many years; None = once."""
        clause = Escalation(
            years or 1, self._begins(years), self.amount / 100, compound=self.compound, times=None if years else 1
        )
        base = "" if self.compound else "在首年租金基础上"
        return Suggestion(clause, f"{self._since(years)}{base}{'递增' if years else '增加'}{self._shown()}%")

    def by_money(self, years: int | None) -> Suggestion[PriceClause | None]:
        """A raise in yuan every so many years; None = once."""
        fen, begins = half_up(self.amount * 100), self._begins(years)
        clause = (
            Steps("contract", (Stage(begins, None, fen, adds=True),), self.per_mu)
            if years is None
            else Escalation(years, begins, add_fen=fen, per_mu=self.per_mu)
        )
        mu = "每亩" if self.per_mu else ""
        return Suggestion(clause, f"{self._since(years)}{mu}{'递增' if years else '增加'}{self._shown()}元")

    def _begins(self, years: int | None) -> int:
        return self.start or (years or 1) + 1

    def _since(self, years: int | None) -> str:
        return (f"第{self.start}年起" if self.start else "") + (f"每{years}年" if years else "")

    def _shown(self) -> str:
        return f"{Decimal(self.amount.numerator) / self.amount.denominator:f}"


def _raised(found: re.Match[str], tight: str, cell: Cell) -> Outcome[PriceClause | None]:
    """A sentence with a verb of rising: 递增, 上浮, 增加 …"""
    percent_text, money_text = found["percent"] or found["spoken"], found["money"]
    amount = _number(percent_text or money_text)
    every = _number(found["n"]) if found["n"] else Fraction(1) if found["every"] or found["yearly"] else None
    first = _number(found["from"]) if found["from"] else None
    if amount is None or (found["n"] and not every) or (found["from"] and (first is None or first <= 1)):
        return Unreadable(f"{quoted(cell)}里的数字读不出来", "写成 每3年递增10%")
    rise = _Rise(
        amount,
        int(first) if first else None,
        per_mu=True if found["mu"] or found["mu2"] or found["mu_after"] else None,
        compound=_BASE.search(tight) is None,
    )
    years = int(every) if every else None
    take = rise.by_percent if percent_text else rise.by_money
    if years is None and rise.start is None:
        return Doubt(f"{quoted(cell)}没有写几年递增一次", (take(1), take(3), take(5)))
    if money_text and not found["yuan"]:
        return Doubt(f"{quoted(cell)}没有写是百分之几还是几元", (rise.by_percent(years), rise.by_money(years)))
    if found["apart"] and years:
        return Doubt(f"{quoted(cell)}的“每隔几年”有两种说法", (take(years), take(years + 1)))
    if rise.start and years == 1 and money_text and "递增" not in found["verb"]:
        return Doubt(f"{quoted(cell)}分不清是从那年起多收这么多，还是以后每年再加这么多", (take(None), take(1)))
    return Value(take(years).value)


def _staged(text: str, cell: Cell, unit: MoneyUnit) -> Outcome[PriceClause | None] | None:
    """Stages one after another to the end of the text; None when the text is no list of stages."""
    at, stages = 0, list[Stage]()
    counts, bases = set[str](), set[bool | None]()
    while at < len(text):
        found = _STAGE.match(text, at)
        if not found:
            return None
        amount = _number(found["money"])
        span = _stage_years(found, stages)
        if amount is None or span is None:
            return Unreadable(f"{quoted(cell)}里的年份或价格读不出来", "写成 2003-2006 450,2006-2011 520")
        of_mu, of_year = bool(found["mu"]) or "亩" in found["tail"], bool(found["yearly"]) or "年" in found["tail"]
        scale = Fraction(unit.fen if not found["own"] else 100 * (10_000 if "万" in found["own"] else 1))
        scale *= (1 if of_mu else _OF_A_MU.get(unit.area, 1)) * (1 if of_year else TIMES_A_YEAR.get(unit.time, 1))
        stages.append(Stage(*span, half_up(amount * scale)))
        counts.add("calendar" if found["first"] else "contract")
        bases.add(True if of_mu or unit.area in _OF_A_MU else None)
        at = found.end()
    if len(counts) == 1 and len(bases) == 2:  # 前五年每亩300后五年400
        (count,) = counts
        mu, whole = (
            Steps("calendar" if count == "calendar" else "contract", tuple(stages), base) for base in (True, None)
        )
        return Doubt(
            f"{quoted(cell)}只有一部分写了每亩，别的段是每亩还是一共多少？",
            (Suggestion(mu, said_again(mu)), Suggestion(whole, said_again(whole))),
        )
    if len(counts) != 1 or len(bases) != 1:
        return Unreadable(f"{quoted(cell)}各段的写法不同", "每段用同一种写法，例如 2003-2006 450,2006-2011 520")
    calendar = "calendar" in counts
    for before, after in pairwise(stages):
        last = before.last or 0
        if after.first != last + 1 and not (calendar and after.first == last):
            return Unreadable(
                f"{quoted(cell)}的各段不相接：{before.last}之后是{after.first}", "补上缺的年份，去掉重叠的年份"
            )
    return Value(Steps("calendar" if calendar else "contract", tuple(stages), bases.pop()))


def _parts(found: re.Match[str], cell: Cell) -> Outcome[PriceClause | None]:
    """``10+20+20年，每亩100、200、300元``: the lengths of the stages, then their prices."""
    years = [int(part) for part in re.findall("[0-9]+", found["years"])]
    prices = [_number(part) for part in re.findall(r"[0-9][0-9.]*", found["prices"])]
    if len(years) != len(prices) or not all(years) or any(price is None for price in prices):
        return Unreadable(
            f"{quoted(cell)}有 {len(years)} 段期限、{len(prices)} 个价格，对不上",
            "逐段写价格，例如 第1-10年300元，第11-30年400元",
        )
    stages, done = list[Stage](), 0
    for span, price in zip(years, prices, strict=True):
        stages.append(Stage(done + 1, done + span, half_up((price or Fraction(0)) * 100)))
        done += span
    return Value(Steps("contract", tuple(stages), True if found["mu"] or "亩" in found["tail"] else None))


def said_again(steps: Steps) -> str:
    """Stages as :func:`parse_escalation` reads them back, in yuan."""
    mu = "每亩" if steps.per_mu else ""
    parts = [f"{each.first}-{each.last}年{mu}{Decimal(each.fen) / 100:f}元" for each in steps.stages]
    return ",".join(("" if steps.count == "calendar" else "第") + part for part in parts)


def _stage_years(found: re.Match[str], before: list[Stage]) -> tuple[int, int] | None:
    """First and last year of a stage; 后5年 follows what stands before it."""
    if found["span"]:
        span, done = _number(found["span"]), (before[-1].last or 0) if before else 0
        first_words, later_words = ("前", "头", None), ("后", "再", None)
        if not span or found["side"] not in (later_words if before else first_words):
            return None
        return done + 1, done + int(span)
    first, last = _number(found["first"] or found["nth"]), _number(found["last"] or found["nth_last"])
    if not first or not last or last < first:
        return None
    return int(first), int(last)


def _number(text: str | None) -> Fraction | None:
    """A number with one reading only."""
    readings: tuple[Decimal, ...] = read_figures(text).readings if text else ()
    return Fraction(readings[0]) if len(readings) == 1 else None
