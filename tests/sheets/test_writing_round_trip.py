"""What we write comes back unchanged, and nothing in it can run."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai import sheets
from mingbai.columns import Column, find_register
from mingbai.limits import AREA_MU4_MAX, CONTRACT_FEN_MAX, LIMITS
from mingbai.sheets.rows import read_file
from mingbai.sheets.writing import export, write_csv, write_template

CONTRACTS = find_register("contracts")
LIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", " =", "　=")
NASTY = (
    '=HYPERLINK("http://x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\t=1",
    "\r=1",
    "=cmd|'/c calc'!A0",
    "0012",
    "http://x.cn",
    "123456789012345678",
    "无",
    "/",
    "-",
    "'",
    "''",
    "'x",
    "  两头空格  ",
    "小计",
    "合计:",
    "注:见附件",
    "填表人:王五",
    "一、土地",
    "承包方",
    "合同名称",
    "1",
    "TRUE",
    "1E5",
    "{=1}",
    "第一行\n第二行",
    "（全角）",
    "张三",
    "_x000D_",
    "#REF!",
    "#未计算",
    "序号",
    "3-2",
    "2005-1-1",
    "例",
    "甲",
    "其中:",
    "单位:万元",
    "年 月 日",
    "第1页",
)
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(["张三", "九院村", "机动地"]),
    st.builds(
        lambda head, rest: head + rest,
        st.sampled_from(LIVE),
        st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=6),
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12),
)
IDENTITIES = ("11010519491231002X", "999999199001010017", "91350100M000100Y43")


def _values(column: Column) -> st.SearchStrategy[Any]:
    match column.kind:
        case "money":
            return st.integers(1 if column.zero_is_blank else 0, CONTRACT_FEN_MAX)
        case "area":
            return st.integers(1, AREA_MU4_MAX)
        case "date":
            return st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case "term":
            return st.integers(1, 1200)
        case "count":
            return st.integers(0, 9999)
        case "yes_no":
            return st.booleans()
        case "choice":
            return st.sampled_from(list(column.choices))
        case "identity":
            return st.sampled_from([value for value in IDENTITIES if _reads(column, value)])
        case "phone":
            return st.sampled_from(["13812345678", "0351-6543210"]).filter(lambda value: _reads(column, value))
        case _:
            return st.one_of(st.just("无"), TEXTS) if column.none_is_fact else TEXTS


def _reads(column: Column, value: str) -> bool:
    from mingbai.columns import reader

    return reader(column, CONTRACTS)(value).value == value


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    record: dict[str, Any] = {"lessee": draw(TEXTS)}
    for column in draw(st.lists(st.sampled_from(CONTRACTS.columns), unique_by=lambda each: each.name, max_size=12)):
        record[column.name] = draw(_values(column))
    return record


def _back(path: Path) -> list[dict[str, Any]]:
    result = read_file(path, "contracts")
    assert result["errors"] == []
    sheet = result["sheets"][0]
    assert (sheet["accepted"], sheet["rejected"]) == (len(sheet["row_numbers"]), 0)
    return [
        {name: values[place] for name, values in sheet["columns"].items() if values[place] is not None}
        for place in range(sheet["accepted"])
    ]


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.lists(records(), min_size=1, max_size=5))
def test_export_then_import_changes_nothing(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    expected = [{name: value for name, value in row.items() if value is not None} for row in rows]
    file = tmp_path / "导出.xlsx"
    export(file, CONTRACTS, rows)
    assert _back(file) == expected
    text = tmp_path / "导出.csv"
    write_csv(text, CONTRACTS, rows)
    assert _back(text) == expected


@settings(max_examples=120, deadline=None)
@given(st.lists(records(), min_size=1, max_size=5))
def test_no_cell_of_an_export_is_a_formula_or_a_link(rows: list[dict[str, Any]]) -> None:
    buffer = io.BytesIO()
    export(buffer, CONTRACTS, rows)
    parts = zipfile.ZipFile(buffer)
    xml = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name)
    assert b"<f>" not in xml and b"<f " not in xml and b"<hyperlink" not in xml
    for sheet in openpyxl.load_workbook(buffer).worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value.startswith(
                    ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t")
                ):
                    assert cell.quotePrefix
    text = io.BytesIO()
    write_csv(text, CONTRACTS, rows)
    for line in csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig"), newline="")):
        assert not any(
            field.lstrip(" 　").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")) for field in line
        )


@pytest.mark.parametrize("text", NASTY)
def test_each_nasty_text_comes_back(tmp_path, text):
    rows = [{"lessee": text, "title": "机动地", "remark": text}, {"lessee": "张三", "contract_no": text}]
    for name, write in (("a.xlsx", export), ("a.csv", write_csv)):
        write(tmp_path / name, CONTRACTS, rows)
        assert _back(tmp_path / name) == rows


def test_every_column_of_the_register_comes_back_once(tmp_path):
    row: dict[str, Any] = {}
    for column in CONTRACTS.columns:
        row[column.name] = {
            "money": 6528914,
            "area": 118501,
            "date": "2005-02-28",
            "term": 244,
            "count": 7,
            "yes_no": False,
            "choice": next(iter(column.choices), None),
            "identity": "11010519491231002X",
            "phone": "13812345678",
            "text": f"{column.title}的话",
        }[column.kind]
    export(tmp_path / "a.xlsx", CONTRACTS, [row])
    assert _back(tmp_path / "a.xlsx") == [row]


def test_a_text_longer_than_a_cell_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="备注"):
        export(tmp_path / "a.xlsx", CONTRACTS, [{"lessee": "张三", "remark": "长" * (LIMITS.cell_characters + 1)}])


def test_the_template_reads_back_clean_empty_and_filled(tmp_path):
    file = tmp_path / "模板.xlsx"
    write_template(file, CONTRACTS)
    empty = read_file(file, "contracts")
    assert empty["errors"] == [] and [sheet["accepted"] for sheet in empty["sheets"]] == [0, 0]
    assert empty["sheets"][0]["header_rows"] == [1]
    assert all(each["confidence"] == 1.0 for each in empty["sheets"][0]["mapping"])
    assert empty["sheets"][1]["note"]
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    filled = {"承包方": "张三", "面积(亩)": 3.5, "签订日期": date(2005, 1, 1), "承包期限": "30年", "是否入账": "是"}
    for cell in sheet[1]:
        if cell.value in filled:
            sheet.cell(2, cell.column, filled[cell.value])
    book.save(file)
    result = read_file(file, "contracts")
    assert result["errors"] == []
    assert result["sheets"][0]["columns"]["term_months"] == [360]


def test_the_template_is_ready_for_a_clerk(tmp_path):
    file = tmp_path / "模板.xlsx"
    write_template(file, CONTRACTS)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert sheet.freeze_panes == "C2"
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
    assert all(cell.comment is not None for cell in sheet[1])
    lists = [str(each.formula1) for each in sheet.data_validations.dataValidation]
    assert any("家庭承包" in words for words in lists) and any("是,否" in words for words in lists)
    assert all(sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width >= 10 for place in range(1, 10))


def test_ten_thousand_rows_come_back(tmp_path):
    start = date(2000, 1, 1)
    rows = [
        {"lessee": f"户{place}", "total_fen": place * 101 + 1, "signed_on": (start + timedelta(place)).isoformat()}
        for place in range(10_000)
    ]
    export(tmp_path / "a.xlsx", CONTRACTS, rows)
    reading = sheets.read(tmp_path / "a.xlsx", CONTRACTS)
    assert reading.accepted == 10_000
    assert [row["total_fen"] for row in reading.rows()] == [row["total_fen"] for row in rows]
