"""Where else a record's values were read 出处, beside a workbook's cells. A room above (paper) adds its own way back, and
what is still to settle between its source and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mingbai.kit.record import Record


@dataclass(frozen=True, slots=True)
class Sources:
    """``columns``: column → (what stands on the link, address); ``open``: (sentence, address) of what is to settle."""

    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    open: tuple[tuple[str, str], ...] = ()


_seekers: list[Callable[[Record], Sources]] = []


def sought_by(seeker: Callable[[Record], Sources]) -> Callable[[Record], Sources]:
    """Names a function that tells where a record was read."""
    _seekers.append(seeker)
    return seeker


def sources(record: Record) -> Sources:
    """What every room knows of it."""
    found = [seeker(record) for seeker in _seekers]
    return Sources(
        {name: way for each in found for name, way in each.columns.items()},
        tuple(each for one in found for each in one.open),
    )
