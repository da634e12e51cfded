"""The text of a cell as a person reads it, before anybody asks what it means.

Ledgers arrive typed full-width, pasted from web pages, read by OCR. What looks the same to a clerk must be the same
text here; what looks different must stay different (``①500`` is an item number and an amount, not 1500).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from math import isnan

from mingbai.units.outcome import Cell

TEXT_MAX = 200
"""A cell longer than this is a remark: no amount, area, date or term of a contract needs more."""

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SQUARED = re.compile("(?<=[mｍMＭ])²")
_BLANK_WORDS = frozenset(
    (
        "无",
        "無",
        "暂无",
        "没有",
        "空",
        "空白",
        "不详",
        "未填",
        "未填写",
        "无效/弃权",
        "N/A",
        "#N/A",
        "NA",
        "NULL",
        "NONE",
        "NAN",
    )
)
_BLANK_MARKS = re.compile(r"[-/\\|—–―−‐‑_~?.。·、,…]*\Z")

_FIELD_TRADITIONAL = str.maketrans(
    "萬億畝頃圓圆約餘長無個間時輪剩餘號終續變遠兩幾過頁為內", "万亿亩顷元元约余长无个间时轮剩余号终续变远两几过页为内"
)
"""Only words of the field: ledgers copied from traditional-character mirrors, and 圆 for 元."""

_MASKED = re.compile(
    r"\*\*|^\*|\*$|[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]\*|\*[零壹贰叁肆伍陆柒捌玖拾佰仟万]"
    r"|[0-9]\*(?=[万元亩年月])|[×xX]{2,}|[0-9]某|某[元亩年月日]|[□■█]"
)


def clean_text(cell: Cell) -> str:
    """The cell as text: full-width forms folded (Unicode NFKC), blanks of every kind one space, ends stripped.

    ``㎡`` and ``m²`` become ``m2``, ``（`` becomes ``(``, ``，`` becomes ``,``; ``。`` and ``、`` stay. Circled numbers
    and fractions stay as they are: folded, ``①500`` would read 1500. Whole floats print without ``.0``, dates as ISO,
    a missing number (NaN) as nothing.
    """
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return " ".join(cell.split()) if " " in cell else cell
        text = _INVISIBLE.sub("", cell)
        if not unicodedata.is_normalized("NFKC", text):
            text = "".join(map(_folded, _SQUARED.sub("2", text)))
        return " ".join(text.split())
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell) if abs(cell) < 10**400 else "inf"
    if isinstance(cell, float):
        return _float_text(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def is_blank(cell: Cell) -> bool:
    """Whether the cell is empty or holds only a mark clerks put for empty: ``/``, ``—``, ``无``, ``？``, ``N/A``.

    ``0`` is not blank, masked digits (``**``) are not blank. A column where 无 is an answer asks before this does.
    """
    if cell is None:
        return True
    if isinstance(cell, str):
        text = clean_text(cell).replace(" ", "")
        return _BLANK_MARKS.match(text) is not None or text.upper() in _BLANK_WORDS
    return isinstance(cell, float) and isnan(cell)


def simplified(text: str) -> str:
    """Clean text with the field's traditional characters (萬, 畝, 圓) made simplified."""
    return text if text.isascii() else text.translate(_FIELD_TRADITIONAL)


def is_masked(text: str) -> bool:
    """Whether digits were hidden on purpose (``伍*``, ``**``, ``XX元``). A lone ``*`` between figures multiplies."""
    return _MASKED.search(text) is not None


def quoted(cell: Cell) -> str:
    """The cell in Chinese quotation marks, shortened, for a sentence to the clerk. Never for identity numbers."""
    text = clean_text(cell)
    return f"“{text}”" if len(text) <= 30 else f"“{text[:28]}…”"


def _folded(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    if folded == character or unicodedata.category(character) == "Nd":
        return folded
    # ①, ½, ², ㏠: folding would glue their digits to the number beside them
    return character if unicodedata.category(character) == "No" or folded[0].isdigit() else folded


def _float_text(number: float) -> str:
    if isnan(number):
        return ""
    if number.is_integer() and abs(number) < 1e16:
        return str(int(number))
    return repr(number)
