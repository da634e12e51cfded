"""The demo folder against the generator's key: everything planted is found, and nothing else is accused.

The key comes from how the demo was made; here it meets the real reader and the real rules for the first time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mingbai import demo
from mingbai.columns import find_register
from mingbai.registers.contracts.amounts import amount_fen
from mingbai.report.survey import files_in, survey
from mingbai.rules import load_law

Row = tuple[str, str, int]


@dataclass(frozen=True)
class Met:
    """A demo read and checked, in the key's own terms."""

    key: demo.Key
    rows: dict[Row, dict[str, Any]]
    amounts: dict[Row, int | None]
    bad_cells: set[tuple[str, str, str, str]]
    rejected: set[Row]
    findings: set[tuple[str, str, int, str, str]]
    totals: Any
    balanced: bool


def meet(folder: Path, villages: int | None, seed: int = demo.SEED) -> Met:
    demo.write(folder, seed=seed, villages=villages)
    law = load_law("contracts").under(folder / demo.POLICY, demo.PLACE)
    result = survey(files_in([folder]), find_register("contracts"), law, demo.AS_OF, place=demo.PLACE)
    assert result.refusals == []
    rows, bad, rejected = {}, set(), set()
    for reading in result.readings:
        file = Path(reading.file).name
        for row in reading.rows():
            said = {name: value for name, value in row.items() if value is not None and not name.startswith("_")}
            rows[file, row["_sheet"], row["_row"]] = said
        bad |= {(file, error["sheet"], error["cell"], error["kind"]) for error in reading.errors}
        rejected |= {(file, row["sheet"], row["row"]) for row in reading.rejected_rows}
    judged = result.findings.judged.iter_rows(named=True)
    amounts = {(Path(row["_file"]).name, row["_sheet"], row["_row"]): amount_fen(row) for row in judged}
    findings = {(Path(each.file).name, each.sheet, each.row, each.rule, each.answer) for each in result.worded}
    balanced = all(sheet.read == sheet.accepted + sheet.rejected + sheet.skipped
                   for reading in result.readings for sheet in reading.sheets)
    return Met(demo.key(seed=seed, villages=villages), rows, amounts, bad, rejected, findings, result.totals, balanced)


@pytest.fixture(scope="module")
def some(tmp_path_factory) -> Met:
    return meet(tmp_path_factory.mktemp("some"), villages=13)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Met:
    return meet(tmp_path_factory.mktemp("whole"), villages=None)


BOTH = [pytest.param("some", id="13"), pytest.param("whole", id="69", marks=pytest.mark.full)]


@pytest.fixture()
def met(request) -> Met:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("met", BOTH, indirect=True)
def test_every_row_is_read_with_every_value_it_says_and_no_other(met):
    expected = {(line.file, line.sheet, line.row): {k: v for k, v in line.values.items() if v is not None}
                for line in met.key.lines}
    assert met.rows.keys() == expected.keys()
    differing = {row: (expected[row], met.rows[row]) for row in expected if expected[row] != met.rows[row]}
    assert differing == {}
    assert met.balanced


@pytest.mark.parametrize("met", BOTH, indirect=True)
def test_every_planted_bad_cell_is_named_with_its_kind_and_no_other(met):
    assert met.bad_cells == met.key.bad_cells
    assert met.rejected == met.key.rejected


@pytest.mark.parametrize("met", BOTH, indirect=True)
def test_every_planted_fault_is_found_and_nothing_else_accused(met):
    assert met.findings - met.key.findings == set(), "accused without cause"
    assert met.key.findings - met.findings == set(), "planted and not found"


@pytest.mark.parametrize("met", BOTH, indirect=True)
def test_the_amounts_read_are_the_amounts_planned(met):
    assert met.amounts == {(line.file, line.sheet, line.row): line.amount_fen for line in met.key.lines}
    assert met.totals.amount_fen == met.key.amount_fen
    by_village = {}
    village_of = {(line.file, line.sheet, line.row): line.village for line in met.key.lines}
    for row, fen in met.amounts.items():
        count, total = by_village.get(village_of[row], (0, 0))
        by_village[village_of[row]] = (count + 1, total + (fen or 0))
    assert by_village == met.key.by_village()


@pytest.mark.full
def test_the_printed_figures_are_what_was_read(whole):
    totals = whole.totals
    assert (totals.files, totals.contracts, totals.amount_fen) == (69, 3486, 1_334_000_000_000)
    shown = [line for line in whole.key.lines if line.village == "九院村"]
    assert len(shown) == 19
    assert sum(whole.amounts[line.file, line.sheet, line.row] or 0 for line in shown) == 13_600_000_000
    assert totals.arrears_fen > 3_289_000_000
    assert 0.35 < totals.suspect / totals.contracts < 0.47


@pytest.mark.full
@pytest.mark.parametrize("seed", [3, pytest.param(11, marks=pytest.mark.slow)])
def test_another_seed_agrees_with_its_key_too(seed, tmp_path):
    other = meet(tmp_path, None, seed)
    assert other.findings == other.key.findings
    assert other.bad_cells == other.key.bad_cells
    assert other.rejected == other.key.rejected
    assert other.totals.amount_fen == other.key.amount_fen == 1_334_000_000_000


def test_the_small_demo_meets_nearly_every_rule(some):
    assert len(Counter(rule for *_, rule, _ in some.findings)) >= 22
