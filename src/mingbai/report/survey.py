"""A survey 清查: many workbooks read and checked together, with totals that are computed from what was read."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from mingbai import units
from mingbai.columns import Register
from mingbai.limits import LIMITS
from mingbai.rules import Finding, Findings, Law, check, find_rulebook, ledger
from mingbai.rules.engine import CANNOT_TELL, DISPUTED, YES
from mingbai.rules.engines import whole
from mingbai.sheets import Reading, Refusal, read_many
from mingbai.units.wording import phrase

LEDGERS = frozenset(
    (
        ".xlsx",
        ".xlsm",
        ".xls",
        ".ods",
        ".csv",
        ".tsv",
        ".txt",
        ".html",
        ".htm",
        ".et",
        ".xlsb",
        ".docx",
        ".docm",
        ".pdf",
        ".md",
    )
)
"""Endings worth opening; what is inside decides, and says so when it cannot be read."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a file without an ending begins that is worth opening: a zipped Office file, a compound file."""
_OWN = frozenset((".yaml", ".yml"))
"""Policies and mapping files lie beside the ledgers and are named on their own."""
_UNSEEN = {
    **dict.fromkeys(
        (".zip", ".rar", ".7z", ".gz", ".tar"), (phrase("压缩包"), phrase("请先解压，再查解压出来的文件夹"))
    ),
    **dict.fromkeys(
        (".doc", ".wps", ".rtf", ".wpt", ".dot", ".odt"),
        (phrase("旧版文字文档"), phrase("请用 Word 或 WPS 打开，另存为 .docx；是表格的也可以存为 .xlsx")),
    ),
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".heic"),
        (phrase("图片"), phrase("照片和扫描件请从“纸质合同”一页交")),
    ),
}
_UNSEEN_ELSE = phrase("不是台账的格式"), phrase("里面有台账的，请用 Excel 或 WPS 打开，另存为 .xlsx")
REPORT = ("index.html", "findings.xlsx", "findings.json")
"""Three files that together are a report of ours."""


@dataclass(slots=True)
class Totals:
    """Counts of one workbook or of all; money in fen. ``suspect`` and ``disputed`` count contracts, not findings."""

    files: int = 0
    refused: int = 0
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    errors: int = 0
    contracts: int = 0
    unpriced: int = 0
    amount_fen: int = 0
    arrears_fen: int = 0
    suspect: int = 0
    disputed: int = 0
    grave: int = 0

    def __iadd__(self, other: Totals) -> Totals:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


@dataclass(frozen=True)
class Survey:
    """What was read, what was refused, and what the rules say of it."""

    register: Register
    law: Law
    as_of: date
    place: str | None
    readings: Sequence[Reading]
    refusals: Sequence[Refusal]
    findings: Findings
    rows: pl.DataFrame
    """What was read, typed, as the rules met it."""
    unseen: Sequence[Refusal] = ()
    """Files that lie among the workbooks and were not opened."""

    @cached_property
    def worded(self) -> list[Finding]:
        """Every yes and disputed finding, in words."""
        return [_discreet(finding) for finding in self.findings.where(YES, DISPUTED)]

    @cached_property
    def by_file(self) -> dict[str, Totals]:
        """Totals of each workbook that was read, in the order given."""
        table: dict[str, Totals] = {}
        for reading in self.readings:
            sheets = reading.sheets
            table[reading.file] = Totals(
                files=1,
                read=sum(s.read for s in sheets),
                accepted=reading.accepted,
                rejected=sum(s.rejected for s in sheets),
                skipped=sum(s.skipped for s in sheets),
                errors=len(reading.errors),
            )
        amount = importlib.import_module(f"mingbai.registers.{self.register.name}.amounts").amount_fen
        rules = list(self.findings.rulebook.rules.values())
        for row in self.findings.judged.iter_rows(named=True):
            totals = table[row["_file"]]
            totals.contracts += 1
            fen = amount(row)
            totals.amount_fen += fen or 0
            totals.unpriced += fen is None
            totals.arrears_fen += max(row["owed"] or 0, 0)
            hit = [rule for rule in rules if row[rule.id] == YES]
            totals.suspect += bool(hit)
            totals.grave += any(rule.severity == 3 for rule in hit)
            totals.disputed += not hit and any(row[rule.id] == DISPUTED for rule in rules)
        return table

    @cached_property
    def totals(self) -> Totals:
        """The sum of :attr:`by_file`, and the files that were refused."""
        added = Totals(files=len(self.refusals), refused=len(self.refusals))
        for each in self.by_file.values():
            added += each
        return added

    @cached_property
    def missing(self) -> list[tuple[str, int]]:
        """Columns whose emptiness keeps rules from telling, with the number of answers each would open, most first."""
        judged = self.findings.judged
        gaps: Counter[str] = Counter()
        for rule in self.findings.rulebook.rules.values():
            silent = judged.filter(judged[rule.id] == CANNOT_TELL)
            for group in rule.needs:
                empty = silent.select(list(group)).select(all_null=_all_null(group))["all_null"].sum()
                gaps["或".join(self.register.by_name[name].title for name in group)] += int(empty)
        return [(title, count) for title, count in gaps.most_common() if count]

    @cached_property
    def errors(self) -> list[dict[str, Any]]:
        """Every cell that could not be read, with its file; identity numbers and phones only in part."""
        return [
            {
                "file": reading.file,
                **error,
                "value": self._shown(error["column"], error["value"]),
                "reason": masked(error["reason"]),
                "suggestion": masked(error["suggestion"]),
            }
            for reading in self.readings
            for error in reading.errors
        ]

    def _shown(self, column: str | None, value: Any) -> Any:
        private = {
            name
            for each in self.register.columns
            if each.kind in ("identity", "phone")
            for name in (each.name, each.title)
        }
        return _in_part(value) if column in private else masked(value)

    def rejected_rows(self, reading: Reading) -> list[dict[str, Any]]:
        """The rows of a workbook that were sent back, as they may be shown: numbers of persons only in part."""
        return [
            {**row, "cells": {key: self._shown(key, value) for key, value in row["cells"].items()}}
            for row in reading.rejected_rows
        ]

    @property
    def clean(self) -> bool:
        """Nothing suspected, disputed, unread or refused. What cannot be told is not a fault of the data."""
        return not (self.worded or self.refusals or any(r.errors or r.sentence for r in self.readings))

    def counts(self) -> dict[str, Any]:
        return {**asdict(self.totals), "by_rule": self.findings.counts()}

    def to_json(self) -> dict[str, Any]:
        """What ``mingbai check --json`` prints."""
        return {
            "as_of": self.as_of.isoformat(),
            "place": self.place,
            "policy": self.law.policy or None,
            "findings": [_discreet(finding).to_json() for finding in self.findings],
            "counts": self.counts(),
            "errors": self.errors,
            "rejected": [{"file": r.file, **row} for r in self.readings for row in self.rejected_rows(r)],
            "refused": [refusal.to_json() for refusal in self.refusals],
            "unseen": [each.to_json() for each in self.unseen],
            "notes": [
                {"file": r.file, "note": masked(note)} for r in self.readings for note in (*r.notes, r.sentence) if note
            ],
        }


def masked(value: Any) -> Any:
    """A text in which numbers of persons (identity, mobile phone) stand only in part, wherever a clerk wrote them."""
    if isinstance(value, str):
        return units.mask_numbers(value)
    return (
        _in_part(value) if isinstance(value, (int, float)) and units.holds_numbers(units.clean_text(value)) else value
    )


def _discreet(finding: Finding) -> Finding:
    return finding._replace(sentence=masked(finding.sentence))


def _in_part(value: Any) -> Any:
    """A number as it may be shown on a page that is passed on: its first digits, the rest stars."""
    text = units.clean_text(value)
    return text[:3] + "*" * max(len(text) - 3, 0) if text else value


def _all_null(names: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_null() for name in names)


def survey(
    files: Sequence[Path],
    register: Register,
    law: Law,
    as_of: date,
    *,
    place: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    engine: str = "polars",
    unseen: Sequence[Refusal] = (),
) -> Survey:
    """Read and check files together: comparable prices and doubled plots are looked for across all of them.

    ``progress`` is called with files done, files in all, and the file at hand.
    """
    readings: list[Reading] = []
    refusals: list[Refusal] = []
    for number, result in enumerate(read_many(files, register, mapping), 1):
        (readings if isinstance(result, Reading) else refusals).append(result)  # type: ignore[arg-type]
        if progress:
            progress(number, len(files), result.file)
    rows = ledger(register, (table_of(reading) for reading in readings))
    rulebook = find_rulebook(register.name)
    findings = (
        check(rows, register, rulebook, law, as_of)
        if engine == "polars"
        else whole(engine, rows, register, rulebook, law, as_of)
    )
    return Survey(register, law, as_of, place, readings, refusals, findings, rows, unseen)


def table_of(reading: Reading) -> dict[str, list[Any]]:
    """A reading as the rules want it: typed columns, where each row stands, and what its sheet could have said."""
    table: dict[str, list[Any]] = dict(reading.columns())
    doubtful: dict[tuple[str, int], list[str]] = {}
    for error in reading.errors:
        doubtful.setdefault((error.get("part", error["sheet"]), error["row"]), []).append(error["column"] or "")
    headings = {}
    for sheet in reading.sheets:
        maps = [sheet.mapping, *(block["mapping"] for block in sheet.blocks)]
        names = sorted({entry["column"] for each in maps for entry in each if entry["column"]})
        headings[sheet.name] = "|".join(("", *names, ""))
    places = list(zip(table["_sheet"], table["_row"], strict=True))
    table["_file"] = [reading.file] * len(places)
    table["_headings"] = [headings[sheet] for sheet, _ in places]
    table["_doubtful"] = ["|".join(("", *doubtful.get(place, ()), "")) for place in places]
    return table


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The workbooks among paths and within folders, in a stable order; locks (``~$``) and hidden files are left out.

    :raises FileNotFoundError: a path that is not there.
    :raises ValueError: more files than ``limits.files``.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [each for each in _inside(path) if _is_worth_opening(each)]
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(f"没有这个文件或文件夹：{path}")
    if len(found) > LIMITS.files:
        raise ValueError(f"一次最多 {LIMITS.files} 个文件，这里有 {len(found)} 个；请分几次")
    return list({path.resolve(): path for path in reversed(found)}.values())[::-1]


def unseen_in(paths: Iterable[Path]) -> list[Refusal]:
    """The files within folders that :func:`files_in` leaves out, with what each seems to be and how to hand it in."""
    left = {
        each.resolve(): each
        for path in paths
        if path.is_dir()
        for each in _inside(path)
        if not _is_worth_opening(each) and each.suffix.lower() not in _OWN
    }
    return [
        Refusal(str(each), "not_looked_at", *_UNSEEN.get(each.suffix.lower(), _UNSEEN_ELSE)) for each in left.values()
    ]


def by_kind(unseen: Iterable[Refusal], names: Mapping[str, str] | None = None, most: int = 20) -> list[str]:
    """A sentence for each kind of file that was not looked at, naming the first ones."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for each in unseen:
        kinds.setdefault((each.reason, each.mend), []).append(names[each.file] if names else each.file)
    return [
        f"{'、'.join(files[:most])}{f' 等 {len(files)} 个' if len(files) > most else ''}：{reason}。{mend}"
        for (reason, mend), files in kinds.items()
    ]


def _inside(folder: Path) -> list[Path]:
    files = (each for each in folder.rglob("*") if each.is_file() and not each.name.startswith(("~$", ".")))
    return sorted(
        each
        for each in files
        if not any(part.startswith(".") for part in each.relative_to(folder).parts) and not _our_own(each, folder)
    )


def _is_worth_opening(file: Path) -> bool:
    if file.suffix:
        return file.suffix.lower() in LEDGERS
    with file.open("rb") as opened:
        return opened.read(4) in _WORKBOOKS


def _our_own(file: Path, top: Path) -> bool:
    """What an earlier run left there: a marked copy, or a part of a report. A report is not checked as a ledger."""
    if file.name.endswith("_批注.xlsx"):
        return True
    inside = file.relative_to(top).parts[:-1]
    return any(
        all((folder / name).is_file() for name in REPORT)
        for folder in (top.joinpath(*inside[:depth]) for depth in range(len(inside) + 1))
    )
