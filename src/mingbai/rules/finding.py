"""A finding 问题: a rule that said yes, disputed or cannot tell about a record. It suspects; a person decides."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """``answer`` is ``yes``, ``cannot_tell`` or ``disputed``; ``sentence`` gives the row's facts in Chinese;
    ``columns`` are the ledger's columns the finding rests on; ``row`` is the sheet's own 1-based number."""

    file: str
    sheet: str
    row: int
    rule: str
    answer: str
    severity: int
    sentence: str
    cites: tuple[str, ...]
    columns: tuple[str, ...] = ()
    advice: str = ""

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["cites"], data["columns"] = list(self.cites), list(self.columns)
        return data
