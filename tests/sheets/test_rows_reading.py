"""Files read in the guarded child, and the JSON of ``mingbai read``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from mingbai import sheets
from mingbai.columns import find_register

CONTRACTS = find_register("contracts")


@pytest.fixture(scope="module")
def guard():
    with sheets.Guard(workers=2) as guard:
        yield guard


def _write(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("合同")
    for index, row in enumerate(rows):
        sheet.write_row(index, 0, row)
    book.close()
    return path


def test_the_json_is_the_contract_of_the_command_line(tmp_path, guard):
    file = _write(
        tmp_path / "九院村.xlsx",
        [["台账"], ["序号", "承包方", "面积", "年租金"], [1, "张三", 1.5, "约300"], [2, None, 3, 3], ["合计"]],
    )
    reading = sheets.read(file, CONTRACTS, guard=guard)
    printed = json.loads(json.dumps(reading.to_json(), ensure_ascii=False))
    assert list(printed)[:5] == ["file", "sheets", "rows", "errors", "skips"]
    (sheet,) = printed["sheets"]
    assert (
        sheet["name"],
        sheet["header_rows"],
        sheet["read"],
        sheet["accepted"],
        sheet["rejected"],
        sheet["skipped"],
    ) == ("合同", [2], 5, 1, 1, 3)
    assert {"header", "column", "confidence"} <= set(sheet["mapping"][1])
    (row,) = printed["rows"]
    assert (row["lessee"], row["area_mu4"], row["rent_fen_per_year"], row["_sheet"], row["_row"]) == (
        "张三",
        15000,
        None,
        "合同",
        3,
    )
    assert set(row) == {column.name for column in CONTRACTS.columns} | {"_sheet", "_row"}
    assert {"sheet", "cell", "column", "value", "kind", "reason", "suggestion"} <= set(printed["errors"][0])
    assert [set(skip) for skip in printed["skips"]] == [{"sheet", "row", "why"}] * 3


def test_many_files_in_order_and_a_bad_one_stops_nothing(tmp_path, guard):
    good = _write(tmp_path / "a.xlsx", [["承包方", "面积"], ["张三", 1]])
    bad = tmp_path / "b.xlsx"
    bad.write_bytes(b"PK\x03\x04nonsense")
    csv = tmp_path / "c.csv"
    csv.write_text("承包方,面积\n李四,2\n", encoding="gb18030")
    done: list[int] = []
    first, second, third = sheets.read_many([good, bad, csv], CONTRACTS, guard=guard, progress=done.append)
    assert isinstance(first, sheets.Reading) and first.accepted == 1
    assert isinstance(second, sheets.Refusal) and second.reason and second.mend
    assert isinstance(third, sheets.Reading) and next(third.rows())["lessee"] == "李四"
    assert done == [1, 2, 3]


def test_a_file_without_the_table_says_so_in_a_sentence(tmp_path, guard):
    file = _write(tmp_path / "x.xlsx", [["你好"], [1, 2]])
    assert "没有一张工作表认出" in sheets.read(file, CONTRACTS, guard=guard).sentence


def test_without_a_guard_one_is_hired_for_the_file(tmp_path):
    file = _write(tmp_path / "x.xlsx", [["承包方", "面积"], ["张三", 1]])
    assert sheets.read(file, CONTRACTS).accepted == 1
