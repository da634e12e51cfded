"""How a village clerk writes a value into a cell 记账的手: in one of the many ways real ledgers show, never ambiguous.

What is written here reads back as exactly the value meant; what does not is the business of ``slips``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import TypeAlias

from mingbai.columns import Stored
from mingbai.demo.contract import Contract
from mingbai.demo.layouts import AREAS, MONEY, WAN_YUAN, YUAN, Head
from mingbai.dues.anniversaries import ONE_DAY
from mingbai.units import Cell, capital_money, format_area

Told: TypeAlias = dict[str, Stored]
_DATES = frozenset(
    (
        "signed_on",
        "starts_on",
        "ends_on",
        "meeting_on",
        "last_demand_on",
        "objected_on",
        "sublet_known_on",
        "idle_since",
        "shown_from",
        "shown_to",
    )
)
_YES_NO = frozenset(
    (
        "lessee_is_member",
        "lessee_is_officer_kin",
        "original_held",
        "signatures_complete",
        "sublet",
        "occupied",
        "booked",
        "shown",
        "sublet_consent",
    )
)
_COUNTS = frozenset(("entitled", "present", "votes_for", "prepaid_years"))
_OTHER_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "kind": {
        "租赁": ("租赁", "出租", "租赁合同"),
        "流转": ("流转", "土地流转"),
        "其他方式承包": ("其他方式承包", "其它方式承包"),
        "工程": ("工程", "工程建设"),
        "投资": ("投资", "投资合作"),
        "服务": ("服务", "服务合同"),
    },
    "land_class": {
        "四荒": ("四荒", "荒山", "荒沟", "荒坡"),
        "耕地": ("耕地", "旱地", "水浇地"),
        "水面": ("水面", "鱼塘", "坑塘水面"),
        "园地": ("园地", "果园"),
        "林地": ("林地", "山林"),
        "建设用地": ("建设用地", "集体建设用地", "场地"),
        "房屋": ("房屋", "门面房", "商铺"),
        "厂房": ("厂房", "厂区"),
        "草地": ("草地", "草场"),
    },
    "decision_body": {
        "代表会议": ("村民代表会议", "代表会议", "村民代表大会"),
        "无": ("无", "未召开会议", "没有", "未开会"),
        "两委会议": ("村两委会议", "两委会"),
        "村民会议": ("村民会议", "村民大会"),
        "成员大会": ("成员大会",),
    },
    "payment_mode": {
        "按年": ("按年", "一年一付", "每年", "年付"),
        "一次性": ("一次性", "一次付清", "一次性缴清"),
        "半年": ("半年一付",),
        "按季": ("按季", "季付"),
        "分期": ("分期", "按进度"),
    },
    "form": {"书面": ("书面", "书面合同"), "口头": ("口头", "口头协议")},
    "object_class": {
        "资源": ("资源", "资源性"),
        "资产": ("资产", "经营性资产"),
        "工程": ("工程",),
        "投资": ("投资",),
        "服务": ("服务",),
    },
    "filing_no": {"无": ("无", "未备案")},
    "township_approval_no": {"无": ("无", "未报批")},
    "lessor_level": {"村": ("村", "村级"), "组": ("组", "村民小组")},
    "owner_level": {"村": ("村", "村集体"), "组": ("组", "组集体")},
}
_YES_WORDS = {
    "original_held": (("在档", "缺失"), ("有", "无"), ("是", "否")),
    "signatures_complete": (("齐全", "不齐全"), ("是", "否")),
    "lessee_is_member": (("是", "否"), ("本村", "外村")),
}


@dataclass(frozen=True, slots=True)
class Hand:
    """One clerk's habits. ``typed``: the file keeps numbers and dates as such, not as text."""

    dates: tuple[str, ...]
    money: tuple[str, ...]
    areas: tuple[str, ...]
    yes_no: tuple[str, str]
    blank: Cell
    words: int
    typed: bool


def hand_of(random: Random, *, typed: bool) -> Hand:
    """The habits of the village whose chance this is."""
    styles = [("iso",), ("han",), ("dot",), ("iso", "han", "dot", "month", "slash"), ("month", "han"), ("dot", "month")]
    if typed:
        styles += [("cell",), ("cell", "cell", "serial", "han"), ("cell", "iso")]
    return Hand(
        dates=random.choice(styles),
        money=random.choice(
            (
                ("number",),
                ("number", "number", "comma"),
                ("comma",),
                ("number", "number", "space", "wan", "yuan", "capital", "basis", "noise"),
            )
        ),
        areas=random.choice((("number",), ("number",), ("number", "mu"))),
        yes_no=random.choice((("是", "否"), ("是", "否"), ("√", "×"))),
        blank=random.choice((None, None, None, "/", "—")),
        words=random.randrange(4),
        typed=typed,
    )


class Clerk:
    """Writes the cells of one village."""

    def __init__(self, hand: Hand, random: Random) -> None:
        self.hand = hand
        self.random = random

    def write(self, head: Head, contract: Contract) -> tuple[Cell, Told]:
        """The cell under a head, and what it tells of the register's columns."""
        column, _, part = head.column.partition(":")
        value = contract.values.get(column)
        if column == "period":
            return self._period(contract)
        if column == "unit":
            return _unit_word(contract, head), {}
        if part:
            return self._part(column, part, value)
        if column == "term_months" and contract.open_ended:
            return self.random.choice(("长期", "永久")), {"open_ended": True}
        if value is None:
            return self.hand.blank, {}
        return self._cell(column, head, value), {column: value}

    def _cell(self, column: str, head: Head, value: Stored) -> Cell:
        if column in MONEY:
            return self.money(column, _number(value), head.scale)
        if column in AREAS:
            return self.area(_number(value), head.scale)
        if column in _DATES:
            return self.date(date.fromisoformat(str(value)), at_end=column in ("ends_on", "shown_to"))
        if column in _YES_NO:
            pairs = _YES_WORDS.get(column)
            yes, no = pairs[self.hand.words % len(pairs)] if pairs else self.hand.yes_no
            return yes if value else no
        if column == "term_months":
            return self.term(_number(value))
        if column in _COUNTS:
            return _number(value) if self.random.random() < 0.9 or column == "prepaid_years" else f"{value}人"
        if column == "phone" and self.hand.typed and self.hand.words == 1:
            return int(str(value))
        return self._text(column, str(value))

    def _text(self, column: str, value: str) -> str:
        if column == "bounds":
            return value.replace(",", "，")
        words = _OTHER_WORDS.get(column, {}).get(value)
        if words:
            return words[self.random.randrange(len(words)) if self.hand.words else 0]
        return f"{value} " if self.random.random() < 0.02 and column != "lessee_id_no" else value

    # -- numbers

    def money(self, column: str, fen: int, scale: int) -> Cell:
        style = self.random.choice(self.hand.money)
        yuan = fen % 100 == 0
        if scale == YUAN:
            if style == "comma":
                return f"{fen // 100:,}.{fen % 100:02d}"
            if style == "space" and yuan and fen >= 100_000:
                return f"{fen // 100:,}".replace(",", " ")
            if style == "yuan" and yuan:
                return f"{fen // 100}元"
            if style == "capital" and yuan and fen:
                return f"{capital_money(fen)}（{fen // 100:,}.00）"
            if style == "noise" and not yuan:
                return fen / 100 - 1e-10
        if style == "wan" and fen >= WAN_YUAN and fen % 10_000 == 0:
            return f"{Decimal(fen).scaleb(-6).normalize():f}万元"
        if style == "basis" and yuan and column in ("rent_fen_per_mu_year", "rent_fen_per_year"):
            mu = column == "rent_fen_per_mu_year"
            return f"{fen // 100}{self.random.choice(('元/亩·年', '元/年·亩', '元/亩/年') if mu else ('元/年',))}"
        return _shifted(fen, scale)

    def area(self, mu4: int, scale: int) -> Cell:
        if scale == 10_000 and self.random.choice(self.hand.areas) == "mu":
            return f"{format_area(mu4)}亩"
        return _shifted(mu4, scale)

    def term(self, months: int) -> Cell:
        years, rest = divmod(months, 12)
        if rest:
            return f"{months}个月"
        return (f"{years}年", years, f"{years}年", f"为期{years}年")[self.hand.words]

    # -- dates

    def date(self, day: date, *, at_end: bool = False) -> Cell:
        style = self.random.choice(self.hand.dates)
        whole_month = (day + ONE_DAY).day == 1 if at_end else day.day == 1
        if style == "month" and whole_month:
            return f"{day.year}年{day.month}月"
        if style == "cell":
            return datetime(day.year, day.month, day.day)
        if style == "serial" and day.year < 2080:
            return (day - date(1899, 12, 30)).days
        if style == "dot":
            return f"{day.year}.{day.month}.{day.day}"
        if style == "slash":
            return f"{day.year}/{day.month}/{day.day}"
        return f"{day.year}年{day.month}月{day.day}日" if style in ("han", "month") else day.isoformat()

    def _period(self, contract: Contract) -> tuple[Cell, Told]:
        """The whole term in one cell: from and to, or, where it runs from the signing, how long or until when."""
        start, end = contract.start, contract.end
        if contract.open_ended:
            return f"{start.isoformat()}起长期", {"starts_on": start.isoformat(), "open_ended": True}
        told: Told = {"starts_on": start.isoformat(), "ends_on": end.isoformat()}
        style = self.random.randrange(4)
        if contract.values["signed_on"] == start.isoformat():
            if style == 0:
                return self.term(contract.months), {"term_months": contract.months}
            if style == 1:
                return f"自合同签订之日起至{end.year}年{end.month}月{end.day}日", {"ends_on": end.isoformat()}
        if start.day == 1 and (end + ONE_DAY).day == 1 and style != 3:
            return f"{start.year}.{start.month}-{end.year}.{end.month}", told
        if style == 2:
            return f"{start.year}年{start.month}月{start.day}日至{end.year}年{end.month}月{end.day}日", told
        return f"{start.year}.{start.month}.{start.day}-{end.year}.{end.month}.{end.day}", told

    # -- values in several columns

    def _part(self, column: str, part: str, value: Stored) -> tuple[Cell, Told]:
        if value is None:
            return None, {}
        if column == "bounds":
            said = {text[0]: text[2:] for text in str(value).split(",")}
            return said[part], {column: value}
        if column == "object_class":
            return ("√", {column: value}) if value == part else (None, {})
        day = date.fromisoformat(str(value))
        return {"年": day.year, "月": day.month, "日": day.day}[part], {column: value}


def _unit_word(contract: Contract, head: Head) -> Cell:
    assert head.column == "unit"
    if contract.values.get("area_mu4") is None:
        return None
    return {0: "亩", 1: "平方米", 2: "公顷"}[unit_choice(contract)]


def unit_choice(contract: Contract) -> int:
    """Which unit the row of a ledger with a 计量单位 column counts in: built ground in m², wide hills in hectares."""
    if contract.business.is_built:
        return 1
    return 2 if contract.area >= 1_000_000 else 0


def _number(value: Stored) -> int:
    assert isinstance(value, int)
    return value


def _shifted(number: int, scale: int) -> int | float:
    whole, rest = divmod(number, scale)
    return number / scale if rest else whole
