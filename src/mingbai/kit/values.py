"""A column's value in words for a page, and back from a form."""

from __future__ import annotations

from datetime import date
from typing import Any

from mingbai import units
from mingbai.columns import Column, Register, reader
from mingbai.kit.record import SEALED, Record
from mingbai.units import format_area, format_date, format_money

MASKS = {"identity": units.mask_identity, "phone": units.mask_phone}


def words(column: Column, value: Any) -> str:
    """The value as a person writes it: yuan, mu, years, 是/否; "" for what is not said."""
    if value is None or value == "":
        return ""
    match column.kind:
        case "money":
            return f"{format_money(value)} 元"
        case "area":
            return f"{format_area(value)} 亩"
        case "date":
            return format_date(value)
        case "term":
            years, months = divmod(value, 12)
            return (f"{years} 年" if years else "") + (f" {months} 个月" if months else "")
        case "yes_no":
            return "是" if value else "否"
        case "count":
            return f"{value:,}"
        case _:
            return str(value)


def typed(column: Column, value: Any) -> str:
    """The value as it stands in a form's field, fit to be read again."""
    if value is None or value == "":
        return ""
    match column.kind:
        case "money":
            return format_money(value).replace(",", "")
        case "area":
            return format_area(value)
        case "term":
            return f"{value}个月" if value % 12 else f"{value // 12}年"
        case _:
            return words(column, value)


def shown(column: Column, value: Any, uncovered: bool) -> str:
    """Words for a page; identity numbers and phones in part unless uncovered."""
    if value and column.kind in SEALED and not uncovered:
        return MASKS[column.kind](str(value))
    return words(column, value)


def read_form(register: Register, posted: Any, record: Record) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A posted form as values by column, and what is wrong with it: ``[{where, what, instead, url}]``.

    Every field is read as a cell of a ledger is: 300元/亩, 三百元, 2003.5.1 are understood here too.
    """
    values: dict[str, Any] = {}
    wrong: list[dict[str, str]] = []
    for column in register.columns:
        if column.name not in posted:
            continue
        text = posted[column.name].strip()
        if text == typed(column, getattr(record, column.name)):
            values[column.name] = getattr(record, column.name)
            continue
        reading = reader(column, register)(text or None)
        if reading.problem is not None:
            wrong.append(
                {
                    "where": column.title,
                    "what": reading.problem.reason,
                    "instead": "；".join(reading.problem.suggestions),
                    "url": f"#id_{column.name}",
                }
            )
            continue
        value: Any = reading.value
        if column.kind == "date" and isinstance(value, str):
            value = date.fromisoformat(value)
        values[column.name] = value
        for name, also in reading.also:
            values.setdefault(name, also)
    for group in register.required:
        if not any(values.get(name, getattr(record, name)) for name in group):
            titles = "或".join(register.by_name[name].title for name in group)
            wrong.append({"where": titles, "what": "必须填一个", "instead": "", "url": f"#id_{group[0]}"})
    return values, wrong
