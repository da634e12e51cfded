"""A stored value as a clerk would write it, so that it reads back as the same value.

Texts that a cell could not carry as they are (``无`` where 无 means empty, leading blanks, ``小计``) are written after
an apostrophe; the reader takes what follows it as it stands. In csv the same mark disarms what a spreadsheet program
would run as a formula, and keeps long numbers and leading zeros from being rounded.
"""

from __future__ import annotations

import re
from datetime import date

from mingbai.columns import Column, Stored
from mingbai.units import Cell, Term, clean_text, format_term
from mingbai.units.wording import phrase

CARD = phrase(
    "这是卡片（左边栏名、右边内容），里面没有认出是谁的、哪一份：请补上承包方或合同名称，或改成一行写一份、栏名写在最上面一行；空白台账可以用 mingbai template 生成"
)
"""What is said of a sheet that is a card and names no record."""
OTHER = "像是"
"""How the note on a piece begins that belongs to another register."""
ROW_NUMBERS, UNIT_COLUMN, LEFT_OUT = "行号", "计量单位", phrase("按对照文件不取")
"""Notes on sheet columns that belong to no column of the register, and rightly so."""
TWO_COLUMNS = phrase("一格写了两栏，请拆成两列")
"""The note on a heading that names two columns at once (承包方/电话)."""
FINDINGS_SHEET, GUIDE_SHEET = "疑点与错格", "填写说明"
NO_DATA_SHEETS = frozenset((FINDINGS_SHEET, GUIDE_SHEET, "填表说明", "填报说明", "目录", "索引"))
VERBATIM = "'"
DITTO = frozenset(("〃", "〞", "〝", "″", "”", "“", '"', "同上", "同前", "同上行", "同上一行"))
"""Marks for "as above"."""
LIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "\t", "\r", "\n")
"""A text that begins so may be run as a formula by a program that opens it as csv, or by one that is pasted into."""
_DAMAGED_DIGITS = re.compile(r"0\d+\Z|\d{12,}\Z")


def worded(column: Column, value: Stored) -> Cell:
    """Fen as yuan, mu4 as mu, months as 30年, dates as dates, yes and no as 是 and 否; None stays None.

    >>> worded(Column(name="total_fen", title="总价款(元)", kind="money"), 8_500_000)
    85000
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        if column.kind == "money":
            return _shifted(value, 100)
        if column.kind == "area":
            return _shifted(value, 10_000)
        return format_term(Term(value)) if column.kind == "term" else value
    if column.kind == "date":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def is_live(text: str) -> bool:
    """Whether a spreadsheet program might take the text for a formula, blanks before it or not."""
    return text.startswith(LIVE) or text.lstrip(" \u3000\xa0\u200b\ufeff").startswith(LIVE)


def in_csv(cell: Cell) -> str:
    """A cell as csv text: disarmed, and with its digits safe from Excel."""
    if not isinstance(cell, str):
        return clean_text(cell)
    if is_live(cell) or _DAMAGED_DIGITS.match(cell):
        return VERBATIM + cell
    return cell  # what begins with the apostrophe has it from ``cells_of`` already


def _shifted(value: int, by: int) -> int | float:
    whole, rest = divmod(value, by)
    return value / by if rest else whole
