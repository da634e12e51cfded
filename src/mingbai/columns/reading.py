"""A cell under a column: the units' reading, turned into the value the column stores, or the problem it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

from mingbai import units
from mingbai.columns.column import NONE, Column, Stored
from mingbai.columns.register import Register
from mingbai.limits import AREA_MU4_MAX, CONTRACT_FEN_MAX, YEAR_MAX, YEAR_MIN
from mingbai.units import AreaUnit, Cell, Doubt, Money, MoneyUnit, Outcome, Term, Unreadable, Value
from mingbai.units.cells import quoted
from mingbai.units.goods import parse_in_kind
from mingbai.units.money import TIMES_A_YEAR, typed_money
from mingbai.units.wording import phrase

T = TypeVar("T")

Unit: TypeAlias = MoneyUnit | AreaUnit | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell has no value. ``kind``: doubt, unreadable, masked, in_kind, lost_digits, not_a_choice."""

    kind: str
    reason: str
    suggestions: tuple[str, ...] = ()


class Reading(NamedTuple):
    """What a cell gives: its column's value, values it states for other columns (``also``), or a problem. A tuple:
    one is made for every distinct cell of a file, and a frozen dataclass takes twice as long to make."""

    value: Stored = None
    also: tuple[tuple[str, Stored], ...] = ()
    problem: Problem | None = None


BLANK = Reading()
_YES = frozenset(
    [
        "是",
        "有",
        "对",
        "√",
        "✓",
        "✔",
        "☑",
        "Y",
        "y",
        "YES",
        "Yes",
        "yes",
        "真",
        "TRUE",
        "True",
        "已",
        "齐全",
        "齐",
        "在",
        "在档",
        "存在",
        "已入账",
        "入账",
        "在用",
        "本村",
        "本集体",
        "已转租",
    ]
)
_NO = frozenset(
    [
        "否",
        "无",
        "没有",
        "不是",
        "×",
        "✗",
        "✘",
        "X",
        "x",
        "N",
        "n",
        "NO",
        "No",
        "no",
        "假",
        "FALSE",
        "False",
        "未",
        "不",
        "不齐全",
        "不全",
        "不齐",
        "不在",
        "不在档",
        "缺",
        "缺失",
        "遗失",
        "丢失",
        "未入账",
        "外村",
        "非本村",
        "未转租",
    ]
)
_NONE_WORDS = frozenset(
    ["无", "没有", "未办理", "未办", "未报", "未报批", "未批准", "未备案", "未入账", "无备案", "无批准", "否", "未"]
)
_PLAIN = re.compile("[0-9A-Za-z\u4e00-\u9fff]+")
_OUT_OF = re.compile("([0-9]{1,5})人? ?/ ?([0-9]{1,5})人?\\Z")
_SIGNED = re.compile(
    r"[-－−] ?(?P<before>[¥￥\d].*)|[(（](?P<inside>[¥￥\d].*)[)）]|(?P<after>[¥￥\d][\d,.]*)[-－−]|[+＋] ?(?P<plus>[¥￥\d].*)"
)
_OVER_YEARS = re.compile(r"(?P<amount>.*元|[0-9.,]+)[/(（](?P<years>[1-9][0-9]?)年[)）]?")
_WHOLE = re.compile(
    r"(?:(?P<total>总价款?|总额|总计)|共计?|合计|一次性(?:付清|交清|缴清|收取|支付)?)[:：为]?(?P<amount>.+)"
)
_NUMBER = re.compile("[¥￥]?[0-9][0-9.,]*(?:万?元|亩)?|[12][0-9]{3}年|0[0-9]{2,3}-?[0-9]{7,8}")
_DATED = re.compile("[0-9()+./年月日-]+")
_DENIED = re.compile("[不非无否未没]")
_LONGEST_BLANK = 5


def reader(
    column: Column, register: Register, unit: Unit = None, epoch_1904: bool = False
) -> Callable[[Cell], Reading]:
    """A function that reads one cell of this column.

    ``unit`` is what the heading, the title or a unit column says of plain numbers; without it money is in 元 and
    area in 亩. The function never raises on a cell.
    """
    match column.kind:
        case "money":
            written = unit if isinstance(unit, MoneyUnit) else units.YUAN
            return partial(_money, column, register, written)
        case "area":
            measured = unit if isinstance(unit, AreaUnit) else units.MU
            return partial(_area, column, measured)
        case "date":
            return partial(_date, column, register, epoch_1904)
        case "term":
            return partial(_term, register)
        case "count":
            return partial(_count, column, register)
        case "identity":
            return lambda cell: _outcome(units.parse_identity(cell), str)
        case "phone":
            return lambda cell: _outcome(units.parse_phone(cell), str)
        case "yes_no":
            return partial(_yes_no, column)
        case "choice":
            return partial(_choice, column)
        case "text":
            return partial(_text, column)


UNSURE: Any = object()
"""Stands where a cell is to be read with care."""

_LINE = {"text": re.compile("[0-9A-Za-z\u4e00-\u9fff]{6,}"), "phone": re.compile("1[3-9][0-9]{9}")}
"""Texts that are read as they stand: nothing to fold, and too long to be a mark for a blank."""
_NAME = re.compile("[A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff]{5,}")
_LINES = {kind: re.compile(f"(?:{line.pattern}\n)*") for kind, line in _LINE.items()}


def skim(column: Column, unit: Unit, cells: Sequence[Cell]) -> list[Any] | None:
    """The values of a whole column's plainly clean cells, as :func:`reader` gives them, with ``UNSURE`` where that must be
    asked; None for a kind of column that gains nothing by it. Nearly all cells of a ledger are clean."""
    if column.signed:
        return None  # a bank's amounts: what is below zero is to be read too
    match column.kind:
        case "money":
            written = unit if isinstance(unit, MoneyUnit) else units.YUAN
            if (written.area, written.time) not in (("", ""), (column.area, column.time)):
                return None
            return _numbers(cells, partial(units.whole_fen, per=written.fen), column.zero_is_blank)
        case "area":
            measured = unit if isinstance(unit, AreaUnit) else units.MU
            return _numbers(cells, partial(units.whole_mu4, unit=measured), column.zero_is_blank)
        case "date":
            return [
                cell.isoformat()[:10]
                if isinstance(cell, date) and YEAR_MIN <= cell.year <= YEAR_MAX
                else None
                if cell is None
                else UNSURE
                for cell in cells
            ]
        case "text" | "phone" as kind:
            if None not in cells and not column.named and set(map(type, cells)) == {str}:
                joined = "\n".join((*map(str, cells), ""))
                if _LINES[kind].fullmatch(joined) and joined.count("\n") == len(cells):
                    return list(cells)
            line = (_NAME if column.named else _LINE[kind]).fullmatch
            return [cell if cell is None or (type(cell) is str and line(cell)) else UNSURE for cell in cells]
    return None


def _numbers(cells: Sequence[Cell], whole: Callable[[float], int | None], zero_is_blank: bool) -> list[Any]:
    zero = None if zero_is_blank else 0
    values: list[Any] = []
    for cell in cells:
        if type(cell) is float or type(cell) is int:
            value = whole(cell)
            values.append(UNSURE if value is None else value or zero)
        else:
            values.append(None if cell is None else UNSURE)
    return values


def _outcome(outcome: Outcome[T | None], store: Callable[[T], Stored]) -> Reading:
    if isinstance(outcome, Value):
        return BLANK if outcome.value is None else Reading(store(outcome.value))
    return _problem(outcome)


def _problem(outcome: Doubt[Any] | Unreadable) -> Reading:
    if isinstance(outcome, Doubt):
        return Reading(problem=Problem("doubt", outcome.reason, tuple(each.text for each in outcome.suggestions)))
    suggestions = (outcome.suggestion,) if outcome.suggestion else ()
    return Reading(problem=Problem(outcome.kind, outcome.reason, suggestions))


def _money(column: Column, register: Register, unit: MoneyUnit, cell: Cell) -> Reading:
    if column.signed:
        size, below = _size(cell)
        reading = _money(replace(column, signed=False), register, unit, size)
        return Reading(-reading.value) if below and isinstance(reading.value, int) else reading
    whole = _of_all_years(column, register, unit, cell) if isinstance(cell, str) and column.time else None
    if whole is not None:
        return whole
    outcome = units.parse_money(cell, unit)
    if not isinstance(outcome, Value):
        reading = _problem(outcome)
        if reading.problem and reading.problem.kind == "in_kind" and column.family and "in_kind" in register.by_name:
            return Reading(also=(("in_kind", units.clean_text(cell)),), problem=_in_kind(cell))
        return reading
    money = outcome.value
    if money is None or (money.fen == 0 and column.zero_is_blank):
        return BLANK
    if money.fen > CONTRACT_FEN_MAX:
        smaller = units.format_money(money.fen // 10_000)
        reason = phrase(
            "读作 {fen!s} 元，大得不像一份合同；是不是表头写了万元、格子里却是元？", fen=units.format_money(money.fen)
        )
        return Reading(problem=Problem("doubt", reason, (f"{smaller}元", f"{units.format_money(money.fen)}元")))
    if not money.area and not money.time:
        return Reading(money.fen)
    return _on_basis(column, register, money)


def _of_all_years(column: Column, register: Register, unit: MoneyUnit, cell: str) -> Reading | None:
    """What a column of yearly rents says of the whole term: 总价30000元 goes to the column of totals, 共30000元 may be either."""
    total = register.member(column.family, "", "") if column.family else None
    text = units.clean_text(cell).replace(" ", "")
    said = (_WHOLE.fullmatch(text) or _OVER_YEARS.fullmatch(text)) if total is not None else None
    outcome = units.parse_money(said["amount"], MoneyUnit(unit.fen)) if said else None
    if (
        total is None
        or said is None
        or not isinstance(outcome, Value)
        or outcome.value is None
        or outcome.value.area
        or outcome.value.time
    ):
        return None
    fen, parts = outcome.value.fen, said.groupdict()
    if parts.get("total"):
        return Reading(also=((total.name, fen),))
    as_total = f"总价{typed_money(Money(fen))}"
    if parts.get("years"):  # 12万元/10年
        yearly = () if column.area else (typed_money(Money(round(Fraction(fen, int(parts["years"]))), "", "year")),)
        reason = phrase("{cell!s}写的是 {years} 年的钱，这一栏按年计", cell=quoted(cell), years=parts["years"])
        return Reading(problem=Problem("doubt", reason, (as_total, *yearly)))
    reason = phrase("{cell!s}说的是总数，这一栏却按年计：是一年的，还是几年一共的？", cell=quoted(cell))
    return Reading(problem=Problem("doubt", reason, (typed_money(Money(fen, column.area, "year")), as_total)))


def _in_kind(cell: Cell) -> Problem:
    """A rent in kind is kept as it is written; the sentence says what it takes to value it."""
    outcome = parse_in_kind(cell)
    if isinstance(outcome, Value) and outcome.value is not None:
        goods = "、".join(name for name, _ in outcome.value.goods)
        reason = phrase(
            "实物租金（{value!s}），已原样记在“实物租金”一栏；要折成钱，请在本地政策的“实物折价”里添上{goods!s}当年的价格和出处",
            value=outcome.value,
            goods=goods,
        )
        return Problem("in_kind", reason, (phrase("已折价的，填写折合的元数"),))
    if isinstance(outcome, Doubt):
        return Problem("in_kind", outcome.reason, tuple(each.text for each in outcome.suggestions))
    reason = outcome.reason if isinstance(outcome, Unreadable) else phrase("没有写多少")
    return Problem(
        "in_kind", reason, (outcome.suggestion if isinstance(outcome, Unreadable) else phrase("填写折合的元数"),)
    )


def _size(cell: Cell) -> tuple[Cell, bool]:
    """An amount without its sign, and whether it was below zero."""
    if isinstance(cell, bool) or cell is None:
        return cell, False
    if isinstance(cell, int | float):
        return abs(cell), cell < 0
    said = _SIGNED.fullmatch(units.clean_text(cell)) if isinstance(cell, str) else None
    if said is None:
        return cell, False
    return said["before"] or said["inside"] or said["after"] or said["plus"], not said["plus"]


def _on_basis(column: Column, register: Register, money: Money) -> Reading:
    """Bring a price to the basis of its column, or move it to the sister column that has the basis it names."""
    if (money.area, money.time) == (column.area, column.time):
        return Reading(money.fen)
    fen, time = Fraction(money.fen), money.time
    if time in TIMES_A_YEAR:
        fen, time = fen * TIMES_A_YEAR[time], "year"
    elif time:
        return Reading(problem=Problem("doubt", phrase("按天计的价格，不知一年收多少天；请改写成一年的金额"), ()))
    if money.area == "hectare":
        fen /= 15
    elif money.area == "sqm":
        fen = fen * 2000 / 3
    area = "mu" if money.area else ""
    exact = round(fen)
    if (area, time) == (column.area, column.time):
        return Reading(exact)
    if not column.family:
        return (
            Reading(exact)
            if not area
            else Reading(problem=Problem("doubt", phrase("这一栏是总额，格子里却写着每亩的价格"), ()))
        )
    sister = register.member(column.family, area, time or "year")
    if sister is None or sister.name == column.name:
        return Reading(exact)
    return Reading(also=((sister.name, exact),))


def _area(column: Column, unit: AreaUnit, cell: Cell) -> Reading:
    outcome = units.parse_area(cell, unit)
    if isinstance(outcome, Value) and outcome.value is not None and outcome.value > AREA_MU4_MAX:
        square_metres = f"{units.clean_text(cell)}平方米"
        reason = phrase("读作 {value!s} 亩，大得不像一块地；是不是单位写错了？", value=units.format_area(outcome.value))
        return Reading(problem=Problem("doubt", reason, (square_metres,)))
    reading = _outcome(outcome, int)
    return BLANK if reading.value == 0 and column.zero_is_blank else reading


def _date(column: Column, register: Register, epoch_1904: bool, cell: Cell) -> Reading:
    if column.edge == "end" and "open_ended" in register.by_name and isinstance(cell, str):
        term = units.parse_term(cell)  # 长期, 永久 under 终止日期
        if isinstance(term, Value) and term.value is not None and term.value.open_ended:
            return Reading(also=(("open_ended", True),))
    return _outcome(units.parse_date(cell, column.edge, epoch_1904), date.isoformat)


def _term(register: Register, cell: Cell) -> Reading:
    outcome: Outcome[Term | None] = units.parse_term(cell)
    if not isinstance(outcome, Value):
        return _problem(outcome)
    term = outcome.value
    if term is None:
        return BLANK
    also: list[tuple[str, Stored]] = []
    if term.starts_on:
        also.append(("starts_on", term.starts_on.isoformat()))
    if term.ends_on:
        also.append(("ends_on", term.ends_on.isoformat()))
    if term.open_ended:
        also.append(("open_ended", True))
    if term.second_round:
        also.append(("second_round_term", True))
    return Reading(term.months, tuple((name, value) for name, value in also if name in register.by_name))


def _count(column: Column, register: Register, cell: Cell) -> Reading:
    said = (
        _OUT_OF.match(units.clean_text(cell)) if isinstance(cell, str) and column.second in register.by_name else None
    )
    if said:
        return Reading(int(said[1]), ((column.second, int(said[2])),))
    if column.name.endswith("_percent"):  # 30%, and what Excel keeps of it: 0.3
        cell = (
            round(cell * 100)
            if isinstance(cell, float) and 0 < cell < 1
            else cell.rstrip(" %％")
            if isinstance(cell, str)
            else cell
        )
    return _outcome(units.parse_count(cell), int)


def _yes_no(column: Column, cell: Cell) -> Reading:
    if isinstance(cell, (bool, int, float)) and cell in (0, 1):
        return Reading(bool(cell))
    text = units.clean_text(cell)
    if text in _YES or text in column.choices.get("是", ()):
        return Reading(True)
    if text in _NO or text in column.choices.get("否", ()):
        return Reading(False)
    if not _DENIED.search(text):
        for answer, words in column.choices.items():
            if any(word.endswith("*") and text.startswith(word[:-1]) for word in words):
                return Reading(answer == "是")
    if units.is_blank(cell):
        return BLANK
    return Reading(problem=Problem("not_a_choice", phrase("“{text!s}”看不出是“是”还是“否”", text=text), ("是", "否")))


def _choice(column: Column, cell: Cell) -> Reading:
    text = units.clean_text(cell).replace(" ", "")
    known = column.words.get(text)
    if known:
        return Reading(known)
    if column.none_is_fact and text in _NONE_WORDS:
        return Reading(NONE)
    if units.is_blank(cell):
        return BLANK
    if text in column.unsettled:
        options = column.unsettled[text]
        return Reading(
            problem=Problem(
                "doubt", phrase("只写“{text!s}”，分不清是{options!s}", text=text, options="还是".join(options)), options
            )
        )
    for word, canonical in column.words.items():
        if word.endswith("*") and text.startswith(word[:-1]):
            return Reading(canonical)
    inside = {canonical for word, canonical in column.words.items() if len(word) > 1 and word in text}
    if len(inside) == 1:
        return Reading(
            problem=Problem(
                "doubt",
                phrase("“{text!s}”不在可选的词里，像是“{inside!s}”", text=text, inside=min(inside)),
                (min(inside),),
            )
        )
    return Reading(
        problem=Problem("not_a_choice", phrase("“{text!s}”不在可选的词里", text=text), tuple(column.choices))
    )


def _text(column: Column, cell: Cell) -> Reading:
    if column.named and isinstance(cell, str) and cell.startswith("'") and _is_no_name(cell[1:]):
        return Reading(units.clean_text(cell[1:]))
    if column.named and _is_no_name(cell):
        reason = phrase(
            "“{column!s}”只写着“{text!s}”，是数字、日期或电话，不像名称：是不是填错了栏？",
            column=column.title,
            text=units.clean_text(cell),
        )
        return Reading(problem=Problem("doubt", reason, (phrase("填写姓名或名称；确实就叫这个的，在前面加一撇（'）"),)))
    if isinstance(cell, str) and len(cell) > _LONGEST_BLANK and _PLAIN.fullmatch(cell):
        return Reading(cell)  # most texts of a ledger: nothing to fold, too long to be a blank mark
    if column.none_is_fact and units.clean_text(cell) in _NONE_WORDS:
        return Reading(NONE)
    return BLANK if units.is_blank(cell) else Reading(units.clean_text(cell))


def _is_no_name(cell: Cell) -> bool:
    """Whether a cell is only a number, a date or a telephone; a code of letters and figures may be a name."""
    if not isinstance(cell, str):
        return cell is not None
    text = units.clean_text(cell).replace(" ", "")
    if not any(map(str.isdigit, text)):
        return False
    if _NUMBER.fullmatch(text):
        return True
    return _DATED.fullmatch(text) is not None and (
        isinstance(units.parse_date(text), Value) or isinstance(units.parse_phone(text), Value)
    )
