"""How long a notice must be shown, how soon an objection answered, how soon the sheet shown again: dated data in ``law.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Period = Literal["display", "answer", "again"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """So many days by the law of a date, with its source; ``certain`` is False while nobody has read the text."""

    days: int
    cite: str
    certain: bool


@cache
def _text() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        resources.files(__package__).joinpath("law.yaml").read_text(encoding="utf-8")
    )
    return found


def required(what: Period, on: date) -> Requirement:
    """What the law of a day asks for.

    :raises LookupError: for a day no entry of ``law.yaml`` covers.
    """
    for entry in _text()[what]:
        if entry["from"] <= on and (entry["to"] is None or on <= entry["to"]):
            return Requirement(entry["days"], entry["cite"], entry["status"] == "certain")
    raise LookupError(f"law.yaml 的 {what} 没有 {on} 这一天；请补一条")


def last_day(first: date, days: int) -> date:
    """The last day of a period of ``days`` full days. The day it begins on does not count (民法典第201条)."""
    return first + timedelta(days=days)
