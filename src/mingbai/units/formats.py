"""Values back to text: what is printed here, the parsers of this room read back as the same value."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mingbai.units.terms import Term

_CAPITAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_CAPITAL_UNITS = ("", "拾", "佰", "仟")
_CAPITAL_SECTIONS = ("", "万", "亿", "万亿")


def format_money(fen: int) -> str:
    """Fen as yuan with thousands and two decimals: 123456789 → ``1,234,567.89``."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{cents:02d}"


def say_money(fen: int) -> str:
    """Fen as people say it: ``133.40 亿元``, ``3,289 万元``, ``8.5 万元``, ``4,200 元``. Rounded: not to be added."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    tens = Decimal(size) / 1_000_000
    if size < 1_000_000:
        yuan = format_money(size)
        return f"{sign}{yuan.removesuffix('.00')} 元"
    step = Decimal(1) if tens >= 100 else Decimal("0.01")
    tens = tens.quantize(step, ROUND_HALF_UP)
    if tens < 10_000:
        return f"{sign}{_trimmed(f'{tens:,f}')} 万元"
    return f"{sign}{(Decimal(size) / 10**10).quantize(Decimal('0.01'), ROUND_HALF_UP):,f} 亿元"


def capital_money(fen: int) -> str:
    """Fen in 大写 as on a receipt: 100000 → ``壹仟元整``, 1005 → ``壹拾元零伍分``. Zero is ``零元整``.

    Raises ValueError for a negative amount or one of 10^16 yuan and more: no receipt is written for these.
    """
    if not 0 <= fen < 10**18:
        raise ValueError("大写金额只能写 0 元以上、一亿亿元以下的数")
    yuan, cents = divmod(fen, 100)
    jiao, odd = divmod(cents, 10)
    text = f"{_capital_whole(yuan)}元" if yuan else ""
    if jiao:
        text += f"{_CAPITAL_DIGITS[jiao]}角"
    elif odd and yuan:
        text += "零"
    if odd:
        return f"{text}{_CAPITAL_DIGITS[odd]}分"
    return f"{text}整" if text else "零元整"


def _capital_whole(number: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        section = number // 10 ** (4 * place) % 10_000
        if not section:
            gap = bool(text)
            if place == 2 and number // 10**12:
                text += "亿"  # 一万亿的“亿”不能省
            continue
        if text and (gap or section < 1000):
            text += "零"
        name = "万" if place == 3 else _CAPITAL_SECTIONS[place]
        text, gap = text + _capital_section(section) + name, False
    return text


def _capital_section(section: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = section // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _CAPITAL_DIGITS[digit] + _CAPITAL_UNITS[place]
        gap = False
    return text


def format_area(mu4: int) -> str:
    """1/10,000 mu as mu, without idle zeros: 118500 → ``11.85``."""
    sign = "-" if mu4 < 0 else ""
    whole, rest = divmod(abs(mu4), 10_000)
    return f"{sign}{_trimmed(f'{whole}.{rest:04d}')}"


def format_date(day: date) -> str:
    """``2005-01-01``."""
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"


def format_term(term: Term) -> str:
    """A term in words that ``parse_term`` reads back: ``20年4个月``, ``2003-01-01至2033-12-31``, ``长期``."""
    length = "长期" if term.open_ended else "" if term.months is None else _months(term.months)
    start = format_date(term.starts_on) if term.starts_on else ""
    end = format_date(term.ends_on) if term.ends_on else ""
    if term.second_round:
        remarks = [f"{start}起"] * bool(start) + [length] * bool(length) + [f"到{end}止"] * bool(end)
        return "二轮承包剩余年限" + (f"({','.join(remarks)})" if remarks else "")
    if start and end:
        return f"{start}至{end}" + (f",共{length}" if length else "")
    if start:
        return f"{start}起{length}"
    if end:
        return f"{length}，至{end}" if length else f"至{end}"
    return length


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
