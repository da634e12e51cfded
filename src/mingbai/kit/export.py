"""Export 导出: a register's records as a workbook. One village's, complete, comes back through the import unchanged.

Identity numbers and phones are shown in full only where the person holds the power ``personal``; elsewhere they are
masked, as is what looks like one in free text, and the workbook says so: what is masked cannot be handed in again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from mingbai.columns import Column, Register, Stored
from mingbai.kit.furniture import furniture
from mingbai.kit.record import SEALED, Record
from mingbai.kit.values import MASKS
from mingbai.places.scope import Scope, scope
from mingbai.records.chain import discreet
from mingbai.sheets import export

MASKED = "证件号码、电话已遮盖，这一份不能再导入"
SEVERAL = "各组织的记录排在一张表里，第一栏写明是谁的；这一份用来看，不能再导入"
_PLACE = Column(name="_place", title="所属组织")


@dataclass(frozen=True, slots=True)
class Made:
    """A workbook, how many records it has, and what one must know about it ("" = it can be handed in again)."""

    data: bytes
    records: int
    note: str


def workbook(within: Scope, register: str, rows: QuerySet[Any] | None = None) -> Made:
    """The records of a register that a scope reaches, or a choice ``rows`` among them, under the template's headings.

    Texts are never formulas. Records of several organisations get a first column that names theirs.
    """
    kit = furniture(register)
    reached = within.of(kit.model)
    chosen = (
        (reached if rows is None else rows.filter(pk__in=reached.order_by().values("pk")))
        .select_related("organisation")
        .order_by("organisation__path", "serial")
    )
    records = list(chosen)
    plain = scope(within.person, "personal") if within.person is not None else within
    several = len({record.organisation_id for record in records}) > 1
    shape = replace(kit.register, columns=(_PLACE, *kit.register.columns)) if several else kit.register
    masked = False
    lines: list[dict[str, Stored]] = []
    for record in records:
        clear = plain.covers(record.organisation)
        masked |= not clear
        line = _line(record, kit.register, clear)
        lines.append({_PLACE.name: record.organisation.name, **line} if several else line)
    note = "；".join([*([MASKED] if masked else []), *([SEVERAL] if several else [])])
    buffer = io.BytesIO()
    export(buffer, shape, lines, note=note)
    return Made(buffer.getvalue(), len(records), note)


def _line(record: Record, register: Register, clear: bool) -> dict[str, Stored]:
    """A record's columns as the sheets know them: dates ISO; masked unless ``clear``."""
    line: dict[str, Stored] = {}
    for column in register.columns:
        value = getattr(record, column.name)
        if hasattr(value, "isoformat"):
            value = value.isoformat()
        line[column.name] = value if clear or value is None else _masked(column, value)
    return line


def _masked(column: Column, value: Any) -> Any:
    if column.reference:
        return value
    if column.kind in SEALED:
        return MASKS[column.kind](value)
    return discreet(value)
