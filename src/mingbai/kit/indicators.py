"""Indicators 指标: declared by a register, counted per organisation, added up along the tree by :mod:`mingbai.board`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q

Unit = Literal["count", "fen", "share"]


@dataclass(frozen=True)
class Indicator:
    """A number of a place: how many records, or the sum of a column over them.

    ``query`` is the same choice as a list filter, so that a click on the number opens the records it counts.
    A *share* has ``over``: the key of the indicator it is divided by.
    """

    key: str
    title: str
    unit: Unit
    where: Q = field(default_factory=Q)
    total: str = ""
    """Column to add up; "" counts records."""
    over: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    """What exactly is counted, in one sentence."""
    headline: bool = True
