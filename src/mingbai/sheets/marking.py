"""A marked copy of the clerk's own workbook. The file is untrusted, so the guarded child opens and marks it.

What the marks look like stands in ``marks``; it is loaded only there, because openpyxl takes longer to load than a
small ledger takes to read.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mingbai.sheets.guard import Guard
from mingbai.sheets.reading import Reading

_MARK = "mingbai.sheets.marks:mark_file"


def mark(
    path: Path | str,
    reading: Reading,
    findings: Sequence[Mapping[str, Any]],
    out: Path | str,
    guard: Guard | None = None,
) -> None:
    """Writes a marked copy of the workbook at ``path`` to ``out`` (.xlsx).

    ``findings`` are dictionaries ``{sheet, row, rule, answer, severity, sentence, cites, columns?}``; ``columns`` names
    the register columns the rule rests on, the first that the sheet has carries the mark.

    :raises Refused: for a file that cannot be read.
    """
    if guard is None:
        with Guard(workers=1) as own:
            return mark(path, reading, findings, out, own)
    # Where columns change places from block to block, the row's first cell carries the mark.
    letters = {sheet.name: sheet.letters() for sheet in reading.sheets}
    result = guard.run(
        _MARK, path, {"errors": reading.errors, "findings": [dict(each) for each in findings], "letters": letters}
    )
    Path(out).write_bytes(base64.b64decode(result["xlsx"]))
    return None
