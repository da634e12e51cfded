"""A line of a table that is no record: 小计, 合计, sub-headings, notes, signers, numbered blanks. Each has a reason.

The rule for doubt is: a line is a record unless it clearly is not. A record wrongly skipped is lost to the rules; a
line wrongly taken for a record is rejected with an error that the clerk sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mingbai.columns import Register
from mingbai.sheets.headers import numbers_columns
from mingbai.sheets.matching import Mapped
from mingbai.sheets.wording import VERBATIM
from mingbai.units import Cell, clean_text, is_blank
from mingbai.units.wording import phrase

TOTAL = "合计行："
"""How the reason of a total begins."""
_TOTAL = re.compile(
    r"(?:其中:?)?[^,。;]{0,12}(?:小计|合计|总计|累计|共计)(?:[:(].*|[\d.,]+[户份宗人个笔块家处])?\Z|共[\d一二三四五六七八九十百]+[户份宗人个笔块家处]\Z|总和\Z|[Σ∑]\Z"
)
_SUMS = frozenset(("合", "全村", "全组", "全村合", "总和"))
"""Under a name, in a line that begins with it and has no number as a record has, these are a sum; and these an average or what a page takes over."""
_AVERAGES = frozenset(("平均", "平均数", "平均值", "均值", "户均", "亩均", "人均"))
_CARRIED = re.compile(r"(?:接|承|续|转|过)(?:上|前|下|次|后)一?页(?:[:(].*)?\Z")
_COUNTED = re.compile(r"[\d.,]*(?:[户份宗人个笔块家]|处)?\Z")
_CLASS_LINE = re.compile(r"(?:[(]?[一二三四五六七八九十]{1,3}[)]?[、.,)]|第[一二三四五六七八九十]+[类部组])")
_SIGNERS = re.compile(
    r".{0,24}?(?:签字|签名|签章|盖章|公章|填表人?|填报人|制表人?|审核人?|复核人?|审批人|负责人|经办人|经手人|会计|出纳|村主任|支部书记"
    r"|主任|委员会|清理小组成员|小组成员)(?:[(].{0,8}[)])?:"
)
LABELLED = re.compile(
    r"(?:计量|金额|面积)?单位:|(?:填报|编制|制表|上报|报送)(?:单位|部门|日期|时间|村)?:|(?:日期|时间|截止日期|村名|乡镇|街道|村|镇|组"
    r"|表号|单位名称|单位公章|联系人|联系电话|电话|截至|年度):"
)
_NOTE = re.compile(
    r"(?:注|备注|说明|附注|注释|提示|填[表报写]说明|注意事项|注意)(?:\d{1,2}|[一二三四五六七八九十])?[:、.]|[※*]|注\d"
)
_NOTE_GOES_ON = re.compile(r"[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[①-⑳])[)、.]?")
_DAY_LINE = re.compile(r"(?:日期:?)?(?:\d{4})?年(?:\d{1,2})?月(?:\d{1,2})?日\Z")
_EXAMPLE = re.compile(r"(?:例|示例|样例|举例|填写示例)[:\d]*\Z")
_PAGE = re.compile(r"-?第?\d+页?(?:[,/]?共\d+页)?-?\Z")
_SECTION_WORDS = re.compile(r"(?:项目|汇总|汇总表|台账|明细|明细表|一览表|统计表|登记表|部分|情况|类|:)\Z")
_TELLING, _TELLING_FIRST = frozenset("计:\uff1a例页共均"), frozenset("注说备※*栏甲(\uff08其一二三四五六七八九十第")
SENTENCE = 30
"""A lone text longer than this is a remark on the table."""
_SHORTENED = 40
_AROUND = " \u3000()（）"


class Lines:
    """Judges the rows under one header, from top to bottom: a note may go on over several lines."""

    def __init__(self, columns: Sequence[Mapped], register: Register) -> None:
        self._serial = frozenset(each.index for each in columns if each.role == "serial")
        self._idle = frozenset(each.index for each in columns if each.role in ("serial", "unit"))
        self._names = tuple(each.index for each in columns if each.column in register.required_names)
        self._mapped = frozenset(each.index for each in columns if each.column is not None)
        self._width = len(columns)
        self._vacant = tuple(
            (each.index, register.by_name[each.column].vacant)
            for each in columns
            if each.role == "value" and each.column and register.by_name[each.column].vacant
        )
        self.noting = False

    def why_skip(self, cells: Sequence[Cell], filled: Sequence[int], reach: int = 1) -> str | None:
        """Why this row is no record, or None. ``filled``: its columns with content; ``reach``: columns its first
        cell is merged over."""
        for index, words in self._vacant:
            cell = cells[index]
            if type(cell) is str and (cell in words or cell.strip(_AROUND) in words):
                return phrase("空置，没有合同")
        if (len(filled) > 6 and self._surely_record(cells, filled)) or self._verbatim(cells):
            self.noting = False
            return None
        why = self._empty(cells, filled) or self._total(cells, filled) or self._worded(cells, filled)
        if why is None and len(filled) == 1:
            why = self._lone(cells, filled[0], reach)
        if why is None and len(filled) > 2 and len({clean_text(cells[index]) for index in filled}) == 1:
            why = f"小标题：{_short(_squeezed(cells[filled[0]]))}"  # a merged line, repeated by a writer that cannot merge
        self.noting = why is not None and (why.startswith("注释") or self.noting)
        return why

    def _surely_record(self, cells: Sequence[Cell], filled: Sequence[int]) -> bool:
        """The quick way out for nearly all rows: a name, and no word of the others among the first cells."""
        if not any(cells[index] is not None for index in self._names):
            return False
        for index in filled[:4]:
            cell = cells[index]
            if type(cell) is str and (cell in _SUMS or not _TELLING.isdisjoint(cell) or cell[0] in _TELLING_FIRST):
                return False
        first = cells[filled[0]]
        return first not in (0, 1, "0", "1")

    def _verbatim(self, cells: Sequence[Cell]) -> bool:
        """Whether a name is marked as meant so, as exports do where a name reads 合计 or 注."""
        return any(isinstance(cell := cells[index], str) and cell.startswith(VERBATIM) for index in self._names)

    def _empty(self, cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
        others = [index for index in filled if index not in self._idle]
        if not others and all(
            _is_number(cells[index]) or is_blank(cells[index]) for index in filled if index in self._serial
        ):
            return phrase("空行（只有序号）")
        if others and not self._named(cells, filled) and all(is_blank(cells[index]) for index in others):
            return phrase("空行（只有序号和空白记号）") if len(filled) > len(others) else phrase("空行（只有空白记号）")
        if len(filled) > 2 and numbers_columns([cells[index] for index in filled]):
            return "栏号行"
        return None

    def _total(self, cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
        for index in filled[:4]:
            cell = cells[index]
            if isinstance(cell, str) and "计" in cell and _TOTAL.match(text := _squeezed(cell)):
                others = [name for name in self._named(cells, filled) if name != text and not _COUNTED.match(name)]
                if not others or (index not in self._names and all(map(_TOTAL.match, others))):
                    return f"{TOTAL}{_short(text)}"
        return self._summed(cells, filled)

    def _summed(self, cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
        """合 | 计 in two cells, 平均, 全村, 接上页: words that no cell with 计 tells."""
        if not any(
            type(cell := cells[index]) is str
            and (len(cell) == 1 or cell.strip() in _SUMS or not _TELLING.isdisjoint(cell))
            for index in filled[:4]
        ):
            return None
        names = self._named(cells, filled)
        words = [text for index in filled[:4] if isinstance(cells[index], str) and (text := _squeezed(cells[index]))]
        for text in words:
            if any(name not in (text, "") and not _COUNTED.match(name) for name in names):
                continue
            if _CARRIED.match(text):
                return phrase("承前过次的行：{text!s}", text=_short(text))
            if _TOTAL.match(text):
                return f"{TOTAL}{_short(text)}"
        if (
            len(words) > 1
            and len(words[0]) == len(words[1]) == 1
            and _TOTAL.match(words[0] + words[1])
            and set(names) <= set(words[:2])
        ):
            return f"{TOTAL}{words[0]}{words[1]}"
        if len(set(names)) != 1 or filled[0] not in self._names:
            return None
        if names[0] in _AVERAGES:
            return phrase("平均行：{names!s}", names=names[0])
        return f"{TOTAL}{names[0]}" if names[0] in _SUMS else None

    def _worded(self, cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
        first = cells[filled[0]]
        if not isinstance(first, str):
            return None
        text = _squeezed(first)
        alone = all(name == text or LABELLED.match(name) or _SIGNERS.match(name) for name in self._named(cells, filled))
        if filled[0] not in self._names and _EXAMPLE.match(text):
            return "示例行"
        if not alone:
            return None
        few = len(filled) <= max(3, self._width // 2)
        if _NOTE.match(text) and few:
            return f"注释：{_short(text)}"
        if self.noting and len(filled) <= 2 and _NOTE_GOES_ON.match(text):
            return f"注释：{_short(text)}"
        if _SIGNERS.match(text) and (few or all(_SIGNERS.match(_squeezed(cells[index])) for index in filled)):
            return f"签字落款：{_short(text)}"
        if LABELLED.match(text) and few:
            return f"填报信息：{_short(text)}"
        if _DAY_LINE.match("".join(_squeezed(cells[index]) for index in filled)) and len(filled) <= 6:
            return f"落款日期：{_short(text)}"
        if text.startswith("其中") and len(text) < SENTENCE:
            return f"其中项：{_short(text)}"
        if (
            _CLASS_LINE.match(text)
            or any(isinstance(cells[index], str) and _CLASS_LINE.match(_squeezed(cells[index])) for index in filled[:2])
        ) and few:
            return f"分类行：{_short(text)}"
        return None

    def _lone(self, cells: Sequence[Cell], index: int, reach: int) -> str | None:
        text = _squeezed(cells[index])
        if reach >= max(3, self._width // 3) or (isinstance(cells[index], str) and len(text) > SENTENCE):
            return f"说明文字：{_short(text)}" if len(text) > SENTENCE else f"小标题：{_short(text)}"
        if index in self._names:
            return f"小标题：{_short(text)}" if _SECTION_WORDS.search(text) else None
        if _PAGE.match(text) and index not in self._mapped and "页" in text:
            return f"页码：{text}"
        if isinstance(cells[index], str) and index not in self._mapped and not _is_number(text):
            return f"小标题：{_short(text)}"
        return None

    def _named(self, cells: Sequence[Cell], filled: Sequence[int]) -> list[str]:
        """What the row says in the columns that make it a record."""
        return [_squeezed(cells[index]) for index in self._names if index in filled and not is_blank(cells[index])]


def _squeezed(cell: Cell) -> str:
    return clean_text(cell).replace(" ", "")


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) or _squeezed(cell).strip("().、").isdecimal()


def _short(text: str) -> str:
    return text if len(text) <= _SHORTENED else f"{text[: _SHORTENED - 1]}…"
