"""Money in a cell → whole fen, together with what it is charged by (mu, hectare, m²; year, month …).

Nothing is converted between years and months here; that needs the contract's term, which a cell does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, TypeAlias

from mingbai.limits import CONTRACT_FEN_MAX
from mingbai.units.cells import TEXT_MAX, clean_text, is_blank, is_masked, quoted, simplified
from mingbai.units.formats import format_money
from mingbai.units.numerals import NUMERAL_CHARACTERS, Figures, exact, masked, on_lines, read_figures
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value
from mingbai.units.wording import phrase

PerArea: TypeAlias = Literal["", "mu", "hectare", "sqm"]
PerTime: TypeAlias = Literal["", "year", "half", "quarter", "month", "day"]


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """What one written unit is worth: ``fen`` per unit (元 100, 万元 1,000,000), charged per ``area`` and ``time``."""

    fen: int
    area: str = ""
    time: str = ""


class Money(NamedTuple):
    """Whole fen, per ``area`` ("", "mu", "hectare", "sqm") and per ``time`` ("", "year", "half", "quarter", "month", "day")."""

    fen: int
    area: str = ""
    time: str = ""


YUAN = MoneyUnit(100)
TIMES_A_YEAR = {"year": 1, "half": 2, "quarter": 4, "month": 12}

FEN_MAX = 10**17
"""Above a million billion yuan nothing is money; int64 columns hold 92 times as much."""

_SCALES = {
    "": 100,
    "十": 1_000,
    "百": 10_000,
    "千": 100_000,
    "万": 10**6,
    "十万": 10**7,
    "百万": 10**8,
    "千万": 10**9,
    "亿": 10**10,
}
_AREAS: dict[str, PerArea] = {
    "亩": "mu",
    "市亩": "mu",
    "公顷": "hectare",
    "hm2": "hectare",
    "ha": "hectare",
    "平方米": "sqm",
    "平米": "sqm",
    "平方": "sqm",
    "平": "sqm",
    "m2": "sqm",
}
_TIMES: dict[str, PerTime] = {
    "年": "year",
    "月": "month",
    "个月": "month",
    "季度": "quarter",
    "季": "quarter",
    "日": "day",
    "天": "day",
}
_AREA_SAID = {"": "", "mu": "亩", "hectare": "公顷", "sqm": "平方米"}
_TIME_SAID = {"": "", "year": "年", "half": "半年", "month": "月", "quarter": "季度", "day": "天"}

_PER = r"(?:市?亩|公顷|hm2|ha|平方米|平米|平方|平|m2|年|个?月|季度?|日|天)"
_PERS = rf"(?:(?:[/每]|(?<=元)一){_PER}(?:[/每·.•∙・*-]{_PER}|(?<=亩)年|(?<=年)亩)*)"
_PER_WORD = re.compile(_PER)
_BRACKETED_PER = re.compile(r"/ ?\(([^()]*)\)")

_HEADER_UNIT = re.compile(
    rf"(?:(?<![一-鿿])|(?<=人民币)|(?<=单位)|(?<=金额)|(?<=租金)|(?<=价))((?:十|百|千)?万|亿|[十百千])?元({_PERS})?(?![一-鿿/])"
)
_HEADER_SCALE = re.compile(r"(?:单位:)?(亿|(?:十|百|千)?万)\Z")

_N = rf"[0-9{NUMERAL_CHARACTERS}]"
_PLAIN = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,2}))?(元?)\Z").match
_DOTTED_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}\Z")
_SOME_MORE = re.compile(rf"(?<={_N})[余多几来](?=[万亿千百元块]|\Z)")
_PHRASE = re.compile(
    rf"""(?P<near>约|大约|大概|近|将近|不足|不到|超过|估计|暂估)?
    (?P<head>(?:每(?:亩|年|月|季度|天|公顷|平方米))+|一年|[年月](?=租|承|费|金))?
    (?P<label>租金|承包费|承包金|承包款|费用|金额|价款|合同价|总价款?|总额|总计|合计|共计|一次性|共|计)?[:为]?
    (?:人民币|RMB|CNY|¥)*:?
    (?:(?P<amount>[0-9.][0-9,.' ]*(?:[万亿千百仟佰]{_N}*)*|[{NUMERAL_CHARACTERS}]+)(?P<unit>元|块钱?)?整?正?)??
    (?:零?(?P<jiao>{_N})角[整正]?)?(?:零?(?P<fen>{_N})分[整正]?)?
    (?P<per>{_PERS})?(?P<after>左右|上下|以上|以下|以内|不等|许)?[整正]?[.。;,]?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_TOTALS = ("总价", "总价款", "总额", "总计", "合计", "共计", "一次性", "共")
_STATED = re.compile(rf"(?:[0-9][0-9,.]*[万亿千百]*|[{NUMERAL_CHARACTERS}]+)元(?:{_PERS})?")
_UNIT_SAID = re.compile(rf"[万亿千百]*元(?:{_PERS})?\Z")
_BARE = re.compile(r"[0-9][0-9,.]*\Z")
_GLUED = re.compile(r"([1-9][0-9]*?0{3,})([1-9][0-9]*0{2,})")
"""Two round sums run together; only asked about above ``_LARGE``, where a contract of such a sum is as rare."""
_LARGE = 10**8 * 100
_CAPITAL_LABEL = re.compile(
    r"[,;。]?\(?(?:大写|小写)(?:金额)?:?|(?<=[0-9元]) (?=[壹贰叁肆伍陆柒捌玖])|(?<=[整正]) (?=[0-9¥])"
)

_UNPAID = re.compile(r"(?:至今|尚|一直|均|都|全部)?未(?:付|交|缴|收|支付|缴纳)(?:款|费|租金|清)?[.。]?\Z")
_FREE = re.compile(r"(?:免费|无偿|免租|免收|免交)[^0-9]*\Z")
_IN_KIND = re.compile(
    r"(?<![/每])(?:[斤吨石]|担(?!保)|千克|kg)|\A(?!.*元).*(?:麦|玉米|稻|粮|谷子|大豆|高粱|花生|鱼|羊|猪)"
)
_STAGED = re.compile(
    r"(?:19|20)[0-9]{2}[年.]?[0-9]*月?[-~至到—](?:19|20)?[0-9]{2}(?![0-9])"
    r"|递增|逐年|第[一二三四五六七八九十0-9]+个?年|[前后每][一二三四五六七八九十0-9]+年"
)
_PER_OTHER = re.compile(r"[/每](?:户|人|间|株|棵|口|次|斤|吨|个|头|只|套|台|米|处|车|立方|方)")


def parse_money_unit(text: str) -> MoneyUnit | None:
    """The unit named in a header or a title line: ``元``, ``单位:万元``, ``租金(元/亩·年)``. None when it names none,
    or several that differ."""
    clean = _BRACKETED_PER.sub(r"/\1", simplified(clean_text(text)[:TEXT_MAX])).replace(" ", "")
    scale = _HEADER_SCALE.match(clean)
    if scale:
        return MoneyUnit(_SCALES[scale[1]])
    units = {
        MoneyUnit(_SCALES[found[1] or ""], *pers)
        for found in _HEADER_UNIT.finditer(clean)
        if (pers := _read_pers(found[2] or "")) is not None
    }
    return units.pop() if len(units) == 1 else None


def parse_money(cell: Cell, unit: MoneyUnit = YUAN) -> Outcome[Money | None]:
    """An amount of money. Blank → ``Value(None)``, zero is an amount.

    A bare number counts in ``unit``; what the cell writes itself (元, 万元, /亩, /年) wins over it. Numbers within
    10⁻⁶ yuan of a whole fen are that fen (Excel's float noise); a real fraction of a fen is a doubt.
    Doubtful: 约, 余, wrong thousands, several numbers, 大写 that differs from the figures, and, without 亿 written,
    more than ``CONTRACT_FEN_MAX``. Unreadable: hidden digits, grain and fish, staged rents, negative amounts.
    """
    kind = type(cell)
    if kind is float or kind is int:
        return _money_from_number(cell, unit)  # type: ignore[arg-type]
    if kind is str:
        plain = _PLAIN(cell)  # type: ignore[arg-type]
        if plain:
            whole, cents, scale = plain[1], plain[2], 100 if plain[3] else unit.fen
            fen = int(whole.replace(",", "")) * scale
            if cents:
                fen += int(cents) * scale // (100 if len(cents) == 2 else 10)
            if fen <= _LARGE or (fen <= CONTRACT_FEN_MAX and _GLUED.fullmatch(whole) is None):
                return Value(Money(fen, unit.area, unit.time))
        return _money_from_text(cell, unit)  # type: ignore[arg-type]
    if cell is None:
        return Value(None)
    if isinstance(cell, str):
        return _money_from_text(cell, unit)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _money_from_number(cell, unit)
    return _no_money(cell)


def whole_fen(number: float, per: int) -> int | None:
    """Fen of a plain number counted in ``per`` fen, where it is a whole and possible amount; None where a closer look is due."""
    if not -FEN_MAX < number < FEN_MAX:
        return None
    written = number * per
    fen = round(written)
    # 一元的百万分之一以内是表格软件的浮点误差;数额很大时,误差以浮点数本身的间隔为限
    if abs(written - fen) > 1e-4 + abs(written) * 4e-16 or not 0 <= fen <= CONTRACT_FEN_MAX:
        return None
    return fen if fen <= _LARGE or _GLUED.fullmatch(f"{number:.0f}") is None else None


def _money_from_number(number: float, unit: MoneyUnit) -> Outcome[Money | None]:
    fen = whole_fen(number, unit.fen)
    if fen is not None:
        return Value(Money(fen, unit.area, unit.time))
    if not -FEN_MAX < number < FEN_MAX:
        return Value(None) if is_blank(number) else _no_money(number)
    if round(number * unit.fen) < 0:
        return _negative(number)
    amount = exact(number) if isinstance(number, float) else Decimal(number)
    return _settled(number, Figures((amount,)), Decimal(unit.fen), unit)


def _money_from_text(cell: str, unit: MoneyUnit) -> Outcome[Money | None]:
    if is_blank(cell):
        return Value(None)
    if len(lines := on_lines(cell)) > 1 and isinstance(one := parse_money(" ".join(lines), unit), Value):
        each_way = [one, *(parse_money(line, unit) for line in lines)]
        return _doubt(
            phrase("{cell!s}里的数字写在两行，分不清是一个数还是几个数", cell=quoted(cell)),
            [each.value for each in each_way if isinstance(each, Value) and each.value is not None],
        )
    text = simplified(clean_text(cell))
    refused = _refusal(cell, text)
    if refused:
        return refused
    text = _BRACKETED_PER.sub(r"/\1", text).replace("亩均", "每亩")
    inner = [part.strip() for part in re.findall(r"\(([^()]*)\)", text) if part.strip()]
    outer = re.sub(r"\([^()]*\)", "", text)
    outside = [part.strip() for part in _CAPITAL_LABEL.split(outer) if part.strip()]
    own = [found for part in inner if (found := parse_money_unit(part)) is not None and not re.search("[0-9]", part)]
    unit = own[0] if len(own) == 1 else unit  # 1200(元/亩)
    said = [_read_phrase(part, cell, unit) for part in outside]
    pers: tuple[str, str] = ("", "")
    remark = ""
    for part in inner:
        aside = _read_pers(part) if part.startswith(("/", "每")) else None
        if aside:
            pers = aside
            continue
        if len(own) == 1 and parse_money_unit(part) == own[0]:
            continue
        again = _read_phrase(_CAPITAL_LABEL.sub("", part), cell, unit)
        if again is None and part not in ("人民币", "大写", "小写", "现金", "转账", "含税", "元"):
            remark = part
        elif again is not None:
            said.append(again)
    outcomes = [outcome for outcome in said if outcome is not None]
    if len(outcomes) != len(said) or not outcomes:
        return _several_or_nothing(cell, text, unit)
    if len(outcomes) > 1:
        return _agreed(cell, outcomes, pers)
    outcome = _charged(outcomes[0], pers)
    if remark and isinstance(outcome, Value) and outcome.value is not None:
        return _doubt(f"{quoted(cell)}里的“{remark[:20]}”可能改变金额的意思", [outcome.value])
    return outcome


def _refusal(cell: str, text: str) -> Unreadable | None:
    """Texts that are about money but state no amount in money."""
    squeezed = text.replace(" ", "")
    if len(text) > TEXT_MAX:
        return _no_money(cell)
    if is_masked(squeezed):
        return masked(cell)
    if _UNPAID.match(squeezed):
        return Unreadable(f"{quoted(cell)}说的是没有交钱，不是金额", "0")
    if _FREE.match(squeezed):
        return Unreadable(f"{quoted(cell)}说的是不收钱，不是金额", "0")
    if squeezed[0] in "-−负" or re.match(r"\([0-9][0-9,.]*\)\Z", squeezed):
        return _negative(cell)
    if _IN_KIND.search(squeezed):
        return Unreadable(
            f"{quoted(cell)}是实物租，不是钱数", "实物照原样记在备注；如已折价，填写折合的元数", "in_kind"
        )
    if _STAGED.search(squeezed) or _STAGED.search(text):
        why = phrase("{cell!s}是分段或递增的租金，一个金额说不清", cell=quoted(cell))
        return Unreadable(why, "这里填第一年的金额，以后的变化写在“递增方式”一栏")
    if "%" in squeezed:
        return Unreadable(f"{quoted(cell)}是百分比，不是金额", "填写金额，例如 3000 元")
    if _PER_OTHER.search(squeezed):
        return Unreadable(f"{quoted(cell)}不是按亩、按年计价", "换算成元/亩·年或元/年再填，原来的写法记在备注")
    return None


def _read_phrase(text: str, cell: Cell, unit: MoneyUnit) -> Outcome[Money | None] | None:
    """One amount with its unit and nothing else; None when the text is not that."""
    text, more = _SOME_MORE.subn("", text.strip(" ,;:。"))
    found = _PHRASE.match(re.sub(r"(?<![0-9,.']) | (?![0-9,.'])", "", text))
    if not found:
        return None
    amount, jiao, fen = found["amount"], found["jiao"], found["fen"]
    if amount is None and not (jiao or fen):
        return None
    if amount is not None and (jiao or fen) and not found["unit"]:
        return None
    figures = read_figures(amount) if amount else Figures((Decimal(0),))
    if not figures.readings:
        return None
    cents = Decimal(0)
    for part, worth in ((jiao, Decimal("0.1")), (fen, Decimal("0.01"))):
        if part:
            digits = read_figures(part).readings
            if not digits or digits[0] > 9:
                return None
            cents += digits[0] * worth
    said = _read_pers((found["per"] or "") + _head_pers(found["head"]))
    if said is None:
        return None
    own_scale = bool(found["unit"] or figures.scaled or jiao or fen)
    scale = Decimal(100 if own_scale else unit.fen)
    per = MoneyUnit(unit.fen, said[0] or unit.area, said[1] or unit.time)
    why = figures.why
    if more or found["near"] or found["after"]:
        why = phrase("只是个约数")
    elif found["label"] in _TOTALS and per != MoneyUnit(unit.fen):
        why = phrase("写的是总数，这一栏却按亩或按年计")
    readings = tuple(reading + cents for reading in figures.readings)
    if scale == 100 and _DOTTED_THOUSANDS.match(amount or ""):
        readings, why = (*readings, readings[0] * 1000), why or phrase("的小数点后有三位，可能是千分位的逗号")
    if figures.spoken and not own_scale and unit.fen != 100:
        readings, why = readings + tuple(r * 100 / unit.fen for r in readings), phrase("分不清单位是元还是本栏的单位")
    return _settled(cell, Figures(readings, why, figures.scaled), scale, per)


def _settled(cell: Cell, figures: Figures, scale: Decimal, per: MoneyUnit) -> Outcome[Money | None]:
    """Readings × fen per unit → a value, or the doubt that is in them."""
    moneys, why = [], figures.why
    for reading in figures.readings:
        if reading * scale >= FEN_MAX:
            return _no_money(cell)
        written = reading * scale
        fen = written.quantize(Decimal(1), ROUND_HALF_UP)
        if abs(written - fen) > Decimal("0.0001"):
            why = why or phrase("的小数算到了分以下")
        moneys.append(Money(int(fen), per.area, per.time))
    digits = str(figures.readings[0]) if len(figures.readings) == 1 else ""
    apart = _GLUED.fullmatch(digits) if not figures.scaled and scale == 100 and moneys[0].fen > _LARGE else None
    if apart and not why:
        two = [Money(int(part) * 100, per.area, per.time) for part in apart.groups()]
        return _doubt(
            f"{quoted(cell)}像是两个数连在了一起", [*two, moneys[0]] if moneys[0].fen <= CONTRACT_FEN_MAX else two
        )
    if moneys[0].fen > CONTRACT_FEN_MAX and not figures.scaled and not why:
        why = phrase("超过一百亿元，可能是单位写错，或是两个数连在了一起")
        if scale > 100:
            moneys.append(Money(int(figures.readings[0] * 100), per.area, per.time))
    return _doubt(f"{quoted(cell)}{why}", moneys) if why else Value(moneys[0])


def _agreed(cell: Cell, outcomes: list[Outcome[Money | None]], pers: tuple[str, str]) -> Outcome[Money | None]:
    """大写 beside figures: one amount said twice, or two amounts."""
    moneys: list[Money] = []
    sure = True
    for outcome in outcomes:
        outcome = _charged(outcome, pers)
        if isinstance(outcome, Unreadable):
            return outcome
        sure = sure and isinstance(outcome, Value)
        for candidate in [outcome.value] if isinstance(outcome, Value) else [s.value for s in outcome.suggestions]:
            if candidate is not None and candidate not in moneys:
                moneys.append(candidate)
    if len(moneys) == 1 and sure:
        return Value(moneys[0])
    return _doubt(f"{quoted(cell)}里前后写的金额{'对不上' if len(moneys) > 1 else '拿不准'}", moneys)


def _charged(outcome: Outcome[Money | None], pers: tuple[str, str]) -> Outcome[Money | None]:
    """The outcome with what a bracket adds: ``800元(每年)``."""
    if pers == ("", "") or not isinstance(outcome, Value) or outcome.value is None:
        return outcome
    money = outcome.value
    return Value(Money(money.fen, pers[0] or money.area, pers[1] or money.time))


def _several_or_nothing(cell: str, text: str, unit: MoneyUnit) -> Outcome[Money | None]:
    """Amounts among other words: a person chooses. No amount: the reason why."""
    found: list[Money] = []
    pieces = [piece for piece in re.split(r"[;、+~—-]|和|及|至|到", text) if piece.strip()]
    unit_said = _UNIT_SAID.search(pieces[-1]) if pieces else None
    if unit_said:  # “3-5万元”的单位管着前面的数
        pieces = [f"{piece}{unit_said[0]}" if _BARE.match(piece.strip()) else piece for piece in pieces]
    read = [_read_phrase(piece, cell, unit) for piece in pieces]
    if len(pieces) < 2 or not all(isinstance(outcome, Value) for outcome in read):
        read = [_read_phrase(piece, cell, unit) for piece in _STATED.findall(text.replace(" ", ""))]
    for outcome in read:
        if isinstance(outcome, Value) and outcome.value is not None and outcome.value not in found:
            found.append(outcome.value)
    if not found:
        return _no_money(cell)
    if "+" in text and len(found) == len(pieces) > 1 and len({(money.area, money.time) for money in found}) == 1:
        total = Money(sum(money.fen for money in found), found[0].area, found[0].time)
        found.insert(0, total)
    why = phrase("里有几个金额") if len(found) > 1 else phrase("里除了金额还有别的话")
    return _doubt(f"{quoted(cell)}{why}，拿不准该取哪一个" if len(found) > 1 else f"{quoted(cell)}{why}", found[:4])


def _head_pers(head: str | None) -> str:
    if not head:
        return ""
    return head if head.startswith("每") else f"/{head[-1]}"


def _read_pers(text: str) -> tuple[PerArea, PerTime] | None:
    """``/亩·年`` → ("mu", "year"). None when something stands there twice differently or is no such unit."""
    area: PerArea = ""
    time: PerTime = ""
    if re.sub(r"[/每一·.•∙・*-]", "", _PER_WORD.sub("", text)):
        return None
    for word in _PER_WORD.findall(text):
        if word in _AREAS:
            if area not in ("", _AREAS[word]):
                return None
            area = _AREAS[word]
        else:
            if time not in ("", _TIMES[word]):
                return None
            time = _TIMES[word]
    return area, time


def typed_money(money: Money) -> str:
    """Money as a clerk would type it beyond doubt."""
    per = "·".join(filter(None, (_AREA_SAID[money.area], _TIME_SAID[money.time])))
    if money.fen > CONTRACT_FEN_MAX:
        amount = f"{Decimal(money.fen).scaleb(-10).normalize():f}亿元"
    else:
        amount = f"{format_money(money.fen).removesuffix('.00')}元"
    return f"{amount}/{per}" if per else amount


def _doubt(reason: str, moneys: list[Money]) -> Doubt[Money | None]:
    distinct = dict.fromkeys(moneys)
    suggestions: list[Suggestion[Money | None]] = [Suggestion(money, typed_money(money)) for money in distinct]
    return Doubt(f"{reason}；请改写成 {' 或 '.join(s.text for s in suggestions)!s}", tuple(suggestions))


def _negative(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}是负数，这里的金额不能为负", "冲减或退款另记一行，并在备注里写明")


def _no_money(cell: Cell) -> Unreadable:
    return Unreadable(f"{quoted(cell)}看不出是多少钱", "只写数字，例如 3000；或写明单位，例如 8.5万元")
