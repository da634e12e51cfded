"""The example cases of a register: rows as clerks write them, and what each rule answers.

A key is a column's title; a key without a value is an empty cell under a present heading, a title not written at all
is a column the sheet does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from mingbai.columns import reader
from mingbai.registers.contracts.register import REGISTER
from mingbai.rules import Checker, Finding, Findings, Law, find_rulebook, ledger, load_law

FOLDER = resources.files("mingbai.registers.contracts").joinpath("cases")
POLICIES = Path(__file__).parent / "policies"
TODAY = date(2026, 9, 30)
ANSWERS = {"是": "yes", "否": "no", "说不准": "cannot_tell", "有争议": "disputed"}
RULEBOOK = find_rulebook("contracts")
TITLES = {column.title: column for column in REGISTER.columns}


@dataclass(frozen=True)
class Case:
    file: str
    name: str
    rows: tuple[Mapping[str, Any], ...]
    expect: tuple[Mapping[str, str], ...]
    missing: tuple[str, ...] = ()
    """What every "cannot tell" of the case must name."""
    says: tuple[str, ...] = ()
    """What the first row's sentence must hold."""
    cites: tuple[str, ...] = ()
    """How each article of the first finding begins, in order."""
    advice: str = ""
    as_of: date = TODAY
    policy: str = ""

    def __str__(self) -> str:
        return f"{self.file} {self.name}"


def cases() -> list[Case]:
    found = []
    for file in sorted(FOLDER.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".yaml"):
            continue
        for entry in yaml.safe_load(file.read_text("utf-8")):
            given, expect = entry.pop("given"), entry.pop("expect")
            lists: dict[str, Any] = {name: tuple(entry.pop(name)) for name in ("missing", "says", "cites") if name in entry}
            found.append(Case(file.name.removesuffix(".yaml"), entry.pop("name"),
                              tuple(given) if isinstance(given, list) else (given,),
                              tuple(expect) if isinstance(expect, list) else (expect,), **lists, **entry))
    return found


def read_row(written: Mapping[str, Any], headings: Sequence[str], number: int) -> dict[str, Any]:
    """One row of cells, read as the intake reads them: a term may state dates, an unreadable cell is noted."""
    row: dict[str, Any] = {column.name: None for column in REGISTER.columns}
    unread = []
    for title, cell in written.items():
        column = TITLES[title]
        reading = reader(column, REGISTER)(cell)
        if reading.problem:
            unread.append(column.name)
        for name, value in ((column.name, reading.value), *reading.also):
            row[name] = value if row[name] is None else row[name]
    there = "".join(f"{TITLES[title].name}|" for title in headings)
    doubtful = "".join(f"{name}|" for name in unread)
    stands = {"_file": "九院村.xlsx", "_sheet": "台账", "_row": number}
    return row | stands | {"_headings": f"|{there}", "_doubtful": f"|{doubtful}"}


@cache
def law(policy: str) -> Law:
    package = load_law("contracts")
    return package.under(POLICIES / f"{policy}.yaml") if policy else package


@cache
def checker(policy: str, as_of: date) -> Checker:
    return Checker(REGISTER, RULEBOOK, law(policy), as_of)


def check_rows(rows: Sequence[Mapping[str, Any]], policy: str = "", as_of: date = TODAY) -> Findings:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return checker(policy, as_of)(ledger(REGISTER, [{name: [row.get(name) for row in rows] for name in names}]))


def check_case(case: Case) -> tuple[list[dict[str, str]], list[Finding]]:
    """Every rule's answer for every row of a case, and the findings."""
    headings = list(dict.fromkeys(title for row in case.rows for title in row))
    rows = [read_row(row, headings, number) for number, row in enumerate(case.rows, 3)]
    found = check_rows(rows, case.policy, case.as_of)
    words = ("no", "yes", "cannot_tell", "disputed")
    return [{rule: words[row[rule]] for rule in RULEBOOK.rules} for row in found.judged.to_dicts()], list(found)
