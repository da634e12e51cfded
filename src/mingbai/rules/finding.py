"""A finding 问题: a rule that said yes, disputed or cannot tell about a record. It suspects; a person decides."""

from __future__ import annotations

from typing import Any, NamedTuple


class Finding(NamedTuple):
    """``answer`` is ``yes``, ``cannot_tell`` or ``disputed``; ``sentence`` gives the row's facts in Chinese;
    ``columns`` are the ledger's columns the finding rests on; ``row`` is the sheet's own 1-based number. A tuple: a county
    has a hundred thousand, and a frozen dataclass takes four times as long to make."""

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
        data = self._asdict()
        data["cites"], data["columns"] = list(self.cites), list(self.columns)
        return data
