"""The report: its totals are sums of what was read, its pages are safe to pass on, its copies are marked."""

import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from mingbai.columns import find_register
from mingbai.report import files_in, publish, survey, unseen_in
from mingbai.report.publish import labels
from mingbai.rules import load_law
from test_cli import CLEAN, workbook

EVIL = '<script>alert(1)</script>=HYPERLINK("http://x")'
IDENTITY = "999999198001011239"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    ledgers = folder / "台账"
    ledgers.mkdir()
    lease = CLEAN | {"合同类型": "租赁", "签订日期": "2005-01-01", "起始日期": "2005-01-01", "终止日期": "2035-12-31", "合同名称": EVIL}
    workbook(ledgers / "甲村.xlsx", lease, CLEAN | {"面积(亩)": "约1500亩"})
    workbook(ledgers / "乙村.xlsx", CLEAN | {"承包方证件号码": IDENTITY, "欠缴金额(元)": 1234.56})
    (ledgers / "坏.xls").write_bytes(b"\xd0\xcf\x11\xe0 broken")
    result = survey(files_in([ledgers]), find_register("contracts"), load_law("contracts"), date(2026, 9, 30))
    publish(result, folder / "报告")
    parts = list(result.by_file.values())
    assert result.totals.contracts == sum(t.contracts for t in parts) == 3
    assert result.totals.amount_fen == sum(t.amount_fen for t in parts) == 3 * 2_000_000
    assert result.totals.arrears_fen == 123_456
    assert result.totals.refused == 1
    assert result.totals.read == result.totals.accepted + result.totals.rejected + result.totals.skipped
    return folder / "报告"


def test_the_page_shows_its_figures_and_runs_no_script(report: Path) -> None:
    page = (report / "index.html").read_text(encoding="utf-8")
    assert 'lang="zh-Hans"' in page
    assert "1,234.56" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r'(src|href)="(https?:)?//', page), "the page must stand offline"


def test_every_link_of_the_page_leads_somewhere(report: Path) -> None:
    from urllib.parse import unquote

    page = (report / "index.html").read_text(encoding="utf-8")
    for target in set(re.findall(r'href="([^"]+)"', page)):
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in page, target
        else:
            assert (report / unquote(target)).exists(), target


def test_no_identity_number_leaves_in_the_report(report: Path) -> None:
    for name in ("index.html", "findings.json"):
        assert IDENTITY not in (report / name).read_text(encoding="utf-8"), name
    for sheet in openpyxl.load_workbook(report / "findings.xlsx"):
        assert all(IDENTITY not in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_nothing_the_report_writes_is_a_live_formula(report: Path) -> None:
    files = [report / "findings.xlsx", *(report / "批注本").iterdir()]
    assert len(files) == 3
    for file in files:
        for sheet in openpyxl.load_workbook(file):
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" for cell in row), (file.name, sheet.title)


def test_the_marked_copy_says_where_and_why(report: Path) -> None:
    book = openpyxl.load_workbook(report / "批注本" / "甲村_批注.xlsx")
    front = "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
    assert "约1500亩" in front
    assert "C04" in front
    sheet = book["合同"]
    area = next(cell for cell in sheet[1] if cell.value == "面积(亩)").column
    assert sheet.cell(3, area).comment is not None
    assert sheet.cell(3, area).fill.fgColor.rgb != "00000000"


def test_findings_json_holds_what_was_found_and_what_was_not_read(report: Path) -> None:
    found = json.loads((report / "findings.json").read_text(encoding="utf-8"))
    assert found["counts"]["by_rule"]["C15"]["yes"] == 1
    assert any(error["kind"] == "doubt" for error in found["errors"])
    assert found["refused"][0]["reason"]


def test_labels_name_files_without_the_machines_folders(tmp_path: Path) -> None:
    files = [tmp_path / "街道" / "甲.xlsx", tmp_path / "街道" / "甲.csv", tmp_path / "乙.xlsx"]
    assert list(labels([str(f) for f in files]).values()) == ["街道/甲.xlsx", "街道/甲.csv", "乙"]


def test_what_lies_in_the_folder_and_is_not_looked_at_is_named(tmp_path: Path) -> None:
    workbook(tmp_path / "甲村.xlsx", CLEAN)
    (tmp_path / "乙村").write_bytes((tmp_path / "甲村.xlsx").read_bytes())
    for name in ("丙村.zip", "丁村.doc", "戊村.jpg", "己村.rar", "账.db", "政策.yaml", ".隐藏", "~$甲村.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in files_in([tmp_path])] == ["乙村", "甲村.xlsx"]
    left = unseen_in([tmp_path])
    assert sorted(Path(each.file).name for each in left) == ["丁村.doc", "丙村.zip", "己村.rar", "戊村.jpg", "账.db"]
    assert all(each.reason and each.mend for each in left)
    result = survey(files_in([tmp_path]), find_register("contracts"), load_law("contracts"), date(2026, 9, 30), unseen=left)
    publish(result, tmp_path / "报告")
    page = (tmp_path / "报告" / "index.html").read_text(encoding="utf-8")
    assert "没有看的文件" in page and "丙村.zip、己村.rar：压缩包。请先解压" in page
    assert len(json.loads((tmp_path / "报告" / "findings.json").read_text(encoding="utf-8"))["unseen"]) == 5
    assert {file.name for file in files_in([tmp_path])} == {"乙村", "甲村.xlsx"}, "the report is not looked at either"
