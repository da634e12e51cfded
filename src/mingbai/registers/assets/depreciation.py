"""What a card's thing has lost in value 折旧、摊销: month by month, in whole fen, never more than its cost less its residual value.

The straight line 年限平均法: from the month after it came into use, the same each month of its life; the fen that do not divide
fall in the first months, so that the whole is exact. Rights 无形资产 are written off from the month they came into use itself, and
in the month they leave no longer. Which month begins and ends it is the accounting practice the templates cite (固定资产当月增加
当月不提、当月减少当月照提；无形资产当月增加当月摊销、当月减少当月不摊), marked 待核实 there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

STRAIGHT, NONE = "年限平均法", "不提折旧"
INTANGIBLE = "无形资产"
"""The category of rights: written off from the month they come."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``cost_fen`` less ``residual_fen`` over ``months``, the first in the month after ``begins`` (``at_once``: in that month); ``ends``: the
    day it left the collective."""

    cost_fen: int
    residual_fen: int
    months: int
    begins: date
    ends: date | None = None
    at_once: bool = False

    @property
    def base_fen(self) -> int:
        return max(self.cost_fen - self.residual_fen, 0)


def plan(
    *,
    cost_fen: int | None,
    residual_fen: int | None,
    months: int | None,
    begins: date | None,
    method: str | None,
    ends: date | None = None,
    at_once: bool = False,
) -> Plan | None:
    """A card's plan; None where the card does not say enough, is worked off by use, or is not written down at all."""
    if method not in (None, STRAIGHT) or not cost_fen or cost_fen < 0 or not months or months < 1 or begins is None:
        return None
    return Plan(cost_fen, max(residual_fen or 0, 0), months, begins, ends, at_once)


def ordinal(month: int) -> int:
    """202403 as a count of months, so that months can be subtracted."""
    return month // 100 * 12 + month % 100 - 1


def _month(day: date) -> int:
    return day.year * 100 + day.month


def by_end_of(course: Plan, month: int) -> int:
    """Accumulated by the end of ``month`` (202403), in fen."""
    last = ordinal(month) if course.ends is None else min(ordinal(month), ordinal(_month(course.ends)) - course.at_once)
    passed = min(max(last - ordinal(_month(course.begins)) + course.at_once, 0), course.months)
    each, over = divmod(course.base_fen, course.months)
    return each * passed + min(passed, over)


def of_month(course: Plan, month: int) -> int:
    """What falls in ``month``."""
    before = month - 1 if month % 100 > 1 else (month // 100 - 1) * 100 + 12
    return by_end_of(course, month) - by_end_of(course, before)
