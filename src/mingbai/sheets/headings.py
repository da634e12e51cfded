"""What one heading means: its words without unit and ornament, and the register's column they name, with a confidence.

Headings of real ledgers are typed by hand: spaces inside (``名 称``), a line break before the unit
(``挂牌价格\\n(元/月)``), full-width brackets, 签定 for 签订. In Chinese the last words of a heading are its head:
``土地承包合同编号`` is a 合同编号, but ``承包方地址`` is not a 承包方. Matching follows that.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from mingbai.columns import Column, Register
from mingbai.sheets.wording import VERBATIM
from mingbai.units import Cell, clean_text, parse_area_unit, parse_money_unit
from mingbai.units.cells import simplified

TITLE, ALIAS = 1.0, 0.95
ACCEPTED = 0.5
"""Below, a heading names no column."""
HEADING_LENGTH = 30
"""Longer texts are sentences, not headings."""

_TRADITIONAL = str.maketrans(
    "積簽訂發賃讓證稱聯繫係電話備註數類價單總應額繳實測編標權層級審檔憑戶屬資產種營經業範圍項塊邊東議會員幹親從轉違約罰開結貫計費責負務處問題鎮鄉"
    "組縣區現況狀歸認確協遞減調條詳細書圖農養魚園預還補償擔檢驗黨廠樓納給該對與於訴訟據號餘裡複頁內佔勞幣買賣採倉庫設師長",
    "积签订发赁让证称联系系电话备注数类价单总应额缴实测编标权层级审档凭户属资产种营经业范围项块边东议会员干亲从转违约罚开结贯计费责负务处问题镇乡"
    "组县区现况状归认确协递减调条详细书图农养鱼园预还补偿担检验党厂楼纳给该对与于诉讼据号余里复页内占劳币买卖采仓库设师长",
)
"""What headings in traditional characters are made of, besides the words of values."""
_ORNAMENT = re.compile(r"^[*★☆●#]+|[*★☆:。]+$|\((?:必填|选填|必填项|可不填)\)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_TAIL_UNIT = re.compile(
    r"(?P<rest>.+?)(?:[/,:_-](?P<slash>亩|平方米|m2|公顷|(?:百|千|万)?元(?:/.+)?)|(?<=面积)(?P<area>亩|平方米|m2|公顷)"
    r"|(?<=[额费款价金])(?P<money>(?:百|千|万)?元(?:/.+)?))\Z"
)
_UNIT_ONLY = re.compile(r"(?:人民币)?[十百千万亿元亩市公顷平方米里khm2a/每·.•∙・*()年月季度日天个分]+\Z", re.IGNORECASE)
_COUNT_UNITS = frozenset(("年", "月", "个月", "人", "户", "份", "宗", "个", "岁", "%", "年数", "月数", "张"))
UNIT_HEADINGS = frozenset(("计量单位", "单位", "面积单位", "数量单位", "金额单位", "计价单位"))
"""Columns that say row by row what the area or price beside them counts in."""
_CONTRAST = frozenset("起止始终应已实欠未甲乙承发东南西北入出年月总单原现")
"""Characters that turn a heading into its opposite (应收/已收, 起/止): a fuzzy match may not change one."""
_NUMERALS = frozenset("0123456789一二两三四五六七八九十百几半季")
_NEUTRAL = frozenset(("名称", "姓名", "户名", "单位名称", "情况", "内容", "信息", "全称", "名", "登记", "公章"))
_OF_FIGURES = frozenset(("数额", "标准", "数"))
"""Neutral after a figure only: 承包地块数 counts plots and is no 承包地块."""
_FIGURES = frozenset(("money", "area", "count", "term"))
_APART = r"[人户村组]均|平均|每[人户]|[上去前明下次往历]年|上[次期季月]|剩余|退还|超占|未发包"
_OTHER = re.compile(
    rf"{_APART}|[每已未应欠剩余退超减免缓补预另非无净差增扣摊拟待占征续原亩]|不(?!动产)|其中|累计|实[交付缴收]|收回|代收"
    r"|闲置|空闲|空置|撂荒|弃耕|抛荒|可发包|争议|纠纷|误差|违|外\Z"
)
"""Words before a heading that make another of it: 人均面积 is not the contract's, 已承包年限 not its term."""
_NOT_OTHER = re.compile("每年|占地|原[件始]|[草平高]原|手续|[田地]亩|供应|应用|无公害|增值")
_SPAN = re.compile(
    r"半年?\Z|季度?\Z|[月日天周]\Z|(?<![0-9])(?!(?:19|20)[0-9]{2}年?\Z)(?:[0-9]+|[零一二两三四五六七八九十百几数多]+)个?(?:年|月|季度?|天|日)?的?\Z"
)
"""What before a year's price says that it is not one year's: 30年租金, 季租金. 2024年租金 is."""
_YEARS_ALL = re.compile(r"(?<![0-9零一二两三四五六七八九十百几])年\Z")
"""年 before a whole price makes it a year's: 年租金总额."""
_ASKED = re.compile(r"\A是否(?:依法|已)?(?:召开|经过?|开过?|通过)?|(?:讨论|表决|同意|通过|议定|决定|决议)+\Z")
_AND = re.compile("[/、,和及与+]")
_BASIS_WORDS = re.compile("[年月季亩总价]|合同|成交|合计")


@dataclass(frozen=True, slots=True)
class Heading:
    """``text`` as the clerk reads it, ``bare`` the words that name a column, ``unit`` what its brackets say or ""."""

    text: str
    bare: str
    unit: str


@dataclass(frozen=True, slots=True)
class Match:
    """The column a heading names, 0–1 sure; ``key`` is the title or alias it was recognised by.

    ``answer``: the choice that 是 stands for, where the heading asks for one (是否召开村民代表会).
    """

    column: Column
    confidence: float
    key: str
    answer: str = ""


def is_unit(text: str) -> bool:
    """Whether the text is a unit and nothing else: ``万元/年``, ``亩``, ``人``."""
    words = text.removeprefix("单位").lstrip(":")
    if words in _COUNT_UNITS:
        return True
    return bool(_UNIT_ONLY.match(words)) and (parse_money_unit(words) is not None or parse_area_unit(words) is not None)


def heading(cell: Cell) -> Heading:
    """Splits a heading cell into words and unit. What is marked as a value (an apostrophe before it) heads nothing."""
    text = simplified(clean_text(cell)).translate(_TRADITIONAL)
    if not text or len(text) > 4 * HEADING_LENGTH or text.startswith(VERBATIM):
        return Heading(text, "", "")
    pieces = text.split(" ")
    unit = ""
    if len(pieces) > 1 and len(pieces[-1]) <= 8 and is_unit(pieces[-1].strip("()")):
        unit = pieces.pop().strip("()")
    bare = _ORNAMENT.sub("", "".join(pieces))
    for inside in _BRACKETS.findall(bare):
        if is_unit(inside):
            unit = unit or inside
            bare = bare.replace(f"({inside})", "")
    tail = _TAIL_UNIT.match(bare)
    if tail and not unit:
        unit = tail["slash"] or tail["area"] or tail["money"]
        bare = tail["rest"]
    if not unit and bare not in _COUNT_UNITS and is_unit(bare):  # 面积, below it 亩
        return Heading(text, "", bare)
    if not bare and unit:
        return Heading(text, "", unit)
    return Heading(text, _ORNAMENT.sub("", bare), unit)


class Headings:
    """Every name the columns of one register go by."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.serial = frozenset(heading(name).bare for name in register.serial)
        self._exact: dict[str, Match] = {}
        for column in register.columns:
            self._add(heading(column.title).bare, column, TITLE)
            self._add(_plain(column.title), column, TITLE)
        for column in register.columns:
            for alias in column.aliases:
                self._add(heading(alias).bare, column, ALIAS)
                self._add(_plain(alias), column, ALIAS)
        self.words = frozenset(self._exact) | self.serial
        """Exact headings, for a first quick look at a row."""
        self._found: dict[str, Match | None] = {}

    def _add(self, key: str, column: Column, confidence: float) -> None:
        if key and key not in self._exact:
            self._exact[key] = Match(column, confidence, key)

    def exact(self, bare: str) -> Match | None:
        return self._exact.get(bare)

    def match(self, bare: str) -> Match | None:
        """The column these words name, or None. Serial headings (序号) name none."""
        if bare not in self._found:
            self._found[bare] = self._search(bare)
        return self._found[bare]

    def is_two(self, bare: str) -> bool:
        """Whether the words name two columns at once (承包方/电话, 面积及租金), and are no known heading together."""
        if bare in self._exact or len(pieces := _AND.split(bare)) < 2:
            return False
        named = [self._exact.get(piece) for piece in pieces]
        return all(named) and len({match.column.name for match in named if match}) > 1

    def _search(self, bare: str) -> Match | None:
        if not bare or len(bare) > HEADING_LENGTH or bare in self.serial:
            return None
        if bare in self._exact:
            return self._exact[bare]
        plain = _BRACKETS.sub("", bare)
        inside = "".join(_BRACKETS.findall(bare))
        if inside and inside + plain in self._exact:
            return self._exact[inside + plain]
        if (asked := self._asked(plain)) is not None:
            return asked
        if plain != bare and plain in self._exact:
            column = self._exact[plain].column
            return None if is_apart(inside) or _is_span(inside, column) else Match(column, 0.85, plain)
        candidates = [found for key in self._exact if (found := self._contained(plain, key)) is not None]
        if not candidates and len(plain) >= 4:
            candidates = [found for key in self._exact if (found := self._similar(plain, key)) is not None]
        return max(candidates, key=lambda match: (match.confidence, len(match.key)), default=None)

    def _asked(self, plain: str) -> Match | None:
        """是否召开村民代表会 asks whether 民主程序 was 代表会议."""
        word = _ASKED.sub("", plain) if plain.startswith("是否") else ""
        for column in self.register.columns if word else ():
            if column.kind == "choice" and column.none_is_fact and word in column.words:
                return Match(column, 0.85, plain, column.words[word])
        return None

    def _contained(self, plain: str, key: str) -> Match | None:
        column = self._exact[key].column
        if len(key) >= len(plain) or len(key) < 2:
            return None
        share = len(key) / len(plain)
        after, before = plain[len(key) :], plain[: -len(key)]
        if plain.startswith(key) and (after in _NEUTRAL or (after in _OF_FIGURES and column.kind in _FIGURES)):
            return Match(column, round(0.7 + 0.1 * share, 2), key)
        if not plain.endswith(key) or (len(key) < 3 and column.kind not in ("area", "phone")):
            return None
        said = before + "年" * key.startswith("年")
        if _OTHER.search(_NOT_OTHER.sub("", said)) or _is_span(said, column):
            return None
        if column.family and not column.time and _YEARS_ALL.search(before):
            return None
        owner = self._exact.get(before) or self._exact.get(before.removesuffix("的"))
        if owner is not None and owner.column is not column and not (owner.column.masked and column.masked):
            return None  # 发包方负责人 is somebody of the 发包方, not the 负责人 of the ledger
        return Match(column, round(0.6 + 0.2 * share, 2), key)

    def _similar(self, plain: str, key: str) -> Match | None:
        if (
            len(key) < 4
            or abs(len(key) - len(plain)) > 2
            or (plain.endswith("数") and self._exact[key].column.kind not in _FIGURES)
        ):
            return None
        ours, theirs = set(plain), set(key)
        if 10 * len(ours & theirs) < 6 * len(ours) or _CONTRAST & ours != _CONTRAST & theirs:
            return None
        if _OTHER.findall(plain) != _OTHER.findall(key) or _NUMERALS & ours != _NUMERALS & theirs:
            return None
        matcher = difflib.SequenceMatcher(None, plain, key, autojunk=False)
        if matcher.quick_ratio() < 0.84 or (ratio := matcher.ratio()) < 0.84:
            return None
        return Match(self._exact[key].column, round(0.6 * ratio, 2), key)


def is_apart(text: str) -> bool:
    """Whether a word beside or above a heading sets a part of it apart, or another's: 人均, 剩余, 上年."""
    return re.fullmatch(_APART, text) is not None


def _is_span(before: str, column: Column) -> bool:
    return column.time == "year" and _SPAN.search(before) is not None


def names_no_basis(match: Match) -> bool:
    """Whether a price heading (租金, 承包费, 金额) leaves open if it is a year's, a mu's or the whole."""
    return bool(match.column.family) and _BASIS_WORDS.search(match.key) is None


def _plain(text: str) -> str:
    return clean_text(text).replace(" ", "")


def headings_of(register: Register) -> Headings:
    """The headings of a register, made once."""
    key = id(register)
    if key not in _BY_IDENTITY or _BY_IDENTITY[key].register is not register:
        _BY_IDENTITY[key] = Headings(register)
    return _BY_IDENTITY[key]


_BY_IDENTITY: dict[int, Headings] = {}
