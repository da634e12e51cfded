"""The marked copy: the clerk's own workbook with every bad cell and finding shown where it is."""

from __future__ import annotations

import openpyxl
import pytest
import xlwt
from openpyxl.comments import Comment

from mingbai import sheets
from mingbai.columns import find_register
from mingbai.sheets.wording import FINDINGS_SHEET
from sheets import papers

CONTRACTS = find_register("contracts")
FINDING = {
    "sheet": "合同",
    "row": 3,
    "rule": "C04",
    "answer": "yes",
    "severity": "重",
    "sentence": "期限超过二十年",
    "cites": ["民法典 第七百零五条"],
    "columns": ["term_months"],
}


@pytest.fixture(scope="module")
def guard():
    with sheets.Guard(workers=1) as guard:
        yield guard


@pytest.fixture
def ledger(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "合同"
    for row in (
        ["九院村合同台账"],
        ["承包方", "面积", "承包期限", "备注"],
        ["张三", "约5亩", "30年", "=1+1"],
        ["李四", "看不清", "5年", None],
        [None, 3],
    ):
        sheet.append(row)
    sheet["D3"].data_type = "s"
    sheet["A3"].font = openpyxl.styles.Font(bold=True, color="FF0000FF")
    sheet["B3"].comment = Comment("丈量人:王五", "王五")
    sheet.merge_cells("A1:D1")
    sheet.column_dimensions["A"].width = 33
    other = book.create_sheet("算")
    other["A1"] = "=SUM(合同!B:B)"
    file = tmp_path / "九院村.xlsx"
    book.save(file)
    return file


def _mark(file, out, guard, findings=(FINDING,)):
    reading = sheets.read(file, CONTRACTS, guard=guard)
    sheets.mark(file, reading, list(findings), out, guard)
    return openpyxl.load_workbook(out)


def test_bad_cells_are_coloured_and_say_what_why_and_how(ledger, tmp_path, guard):
    book = _mark(ledger, tmp_path / "m.xlsx", guard)
    sheet = book["合同"]
    assert "【疑点】" in sheet["B3"].comment.text and "5亩" in sheet["B3"].comment.text
    assert "丈量人:王五" in sheet["B3"].comment.text
    assert "【错格】" in sheet["B4"].comment.text and "怎么改" in sheet["B4"].comment.text
    assert "【错格】" in sheet["A5"].comment.text
    assert sheet["B3"].fill.fill_type == "solid" and sheet["B4"].fill.fill_type == "lightUp"
    assert sheet["A4"].fill.fill_type is None and sheet["A4"].comment is None


def test_a_finding_stands_on_the_column_its_rule_names(ledger, tmp_path, guard):
    book = _mark(
        ledger, tmp_path / "m.xlsx", guard, [FINDING, FINDING | {"columns": ["deposit_fen"], "rule": "C09", "row": 4}]
    )
    assert "【问题】C04 期限超过二十年" in book["合同"]["C3"].comment.text
    assert "第七百零五条" in book["合同"]["C3"].comment.text
    assert "C09" in book["合同"]["A4"].comment.text


def test_the_clerk_s_own_workbook_is_kept_as_it_is(ledger, tmp_path, guard):
    book = _mark(ledger, tmp_path / "m.xlsx", guard)
    sheet = book["合同"]
    assert sheet["A3"].font.bold and sheet.column_dimensions["A"].width == 33
    assert "A1:D1" in [str(merged) for merged in sheet.merged_cells.ranges]
    assert (sheet["D3"].value, sheet["D3"].data_type) == ("=1+1", "s")
    assert book["算"]["A1"].data_type == "f"


def test_the_front_sheet_lists_all_in_words_and_nothing_there_can_run(ledger, tmp_path, guard):
    live = FINDING | {"sentence": '=HYPERLINK("http://x")', "cites": ["＠x"], "rule": "@C1"}
    book = _mark(ledger, tmp_path / "m.xlsx", guard, [FINDING, live])
    front = book.worksheets[0]
    assert front.title == FINDINGS_SHEET and book.active is front
    lines = [[cell.value for cell in line] for line in front.iter_rows()]
    start = next(place for place, line in enumerate(lines) if line[0] == "表")
    assert lines[start] == ["表", "格", "原值", "类别", "为什么", "怎么改", "规则", "依据"]
    listed = lines[start + 1 :]
    assert [line[1] for line in listed] == ["B3", "C3", "C3", "B4", "A5"]
    assert all(cell.data_type != "f" for line in front.iter_rows() for cell in line)
    assert [cell.quotePrefix for line in front.iter_rows() for cell in line if str(cell.value).startswith("=")] == [
        True
    ]


def test_the_marked_copy_reads_back_as_the_original(ledger, tmp_path, guard):
    before = sheets.read(ledger, CONTRACTS, guard=guard)
    _mark(ledger, tmp_path / "m.xlsx", guard)
    after = sheets.read(tmp_path / "m.xlsx", CONTRACTS, guard=guard)
    assert list(after.rows()) == list(before.rows())
    assert after.errors == before.errors
    sheets.mark(tmp_path / "m.xlsx", after, [], tmp_path / "n.xlsx", guard)
    assert openpyxl.load_workbook(tmp_path / "n.xlsx").sheetnames.count(FINDINGS_SHEET) == 1


@pytest.mark.parametrize("kind", ["xls", "csv", "html"])
def test_other_formats_are_written_anew_with_the_same_marks(tmp_path, guard, kind):
    file = tmp_path / f"九院村.{kind}"
    rows = [["承包方", "面积", "备注"], ["张三", "约5亩", "=1+1"], ["李四", "2", "x"]]
    if kind == "xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("合同")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        book.save(str(file))
    elif kind == "csv":
        file.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    else:
        file.write_text(
            "<html><table>"
            + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
            + "</table></html>",
            encoding="utf-8",
        )
    marked = _mark(file, tmp_path / "m.xlsx", guard, [])
    sheet = marked.worksheets[1]
    assert "【疑点】" in sheet["B2"].comment.text
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s")
    after = sheets.read(tmp_path / "m.xlsx", CONTRACTS, guard=guard)
    assert [row["lessee"] for row in after.rows()] == ["张三", "李四"]


def test_a_mark_on_a_merged_cell_goes_to_its_first(tmp_path, guard):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["承包方", "年租金"], ["张三", 300], ["李四", None]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "x.xlsx")
    marked = _mark(tmp_path / "x.xlsx", tmp_path / "m.xlsx", guard, [])
    assert "只记在合并的第一行" in marked["Sheet"]["B2"].comment.text


def _card(file):
    """A contract as a card: label beside value."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "张三"
    for row in (["合同登记卡"], ["承包方", "张三", "签订日期", "2020年1月5日"], ["面积（亩）", "约5亩", "年承包费（元）", "看不清"], ["坐落", "村东", "备注", "无"]):
        sheet.append(row)
    book.save(file)


def _word_table(file):
    file.write_bytes(papers.docx(papers.paragraph("九院村合同台账"), papers.table([["承包方", "面积（亩）", "年承包费（元）"], ["张三", "约5亩", "300"], ["李四", "2", "看不清"]])))


def _word_card(file):
    file.write_bytes(papers.docx(papers.table([["承包方", "张三", "签订日期", "2020年1月5日"], ["面积（亩）", "约5亩", "年承包费（元）", "看不清"], ["坐落", "村东", "备注", "无"]])))


def _pdf_table(file):
    file.write_bytes(papers.pdf(papers.ruled([["承包方", "面积（亩）", "年承包费（元）"], ["张三", "约5亩", "300"], ["李四", "2", "看不清"]], "九院村合同台账")))


@pytest.mark.parametrize(("make", "name"), [(_card, "卡片.xlsx"), (_word_table, "台账.docx"), (_word_card, "卡片.docx"), (_pdf_table, "台账.pdf")],
                         ids=["card", "word table", "word card", "pdf"])
def test_a_card_a_word_table_and_a_pdf_come_back_marked_as_a_workbook_that_can_be_mended(tmp_path, guard, make, name):
    """Every bad cell is marked where it stands, with the value that was written there; mended in the copy and handed in again, it is read."""
    file, out = tmp_path / name, tmp_path / "批注.xlsx"
    make(file)
    reading = sheets.read(file, CONTRACTS, guard=guard)
    assert {error["value"] for error in reading.errors} == {"约5亩", "看不清"}
    sheets.mark(file, reading, [], out, guard)
    marked = openpyxl.load_workbook(out)
    for error in reading.errors:
        cell = marked[error["sheet"]][error["cell"]]
        assert cell.value == error["value"], "the mark stands on the cell itself"
        assert error["reason"] in cell.comment.text
        cell.value = {"约5亩": "5", "看不清": "300"}[cell.value]
    front = [[cell.value for cell in row] for row in marked[FINDINGS_SHEET].iter_rows()]
    assert [row[2] for row in front if row[2] in ("约5亩", "看不清")] == [error["value"] for error in reading.errors]
    if reading.format in ("docx", "pdf"):
        assert all(any(error["where"] in str(row[1]) for row in front) for error in reading.errors), "and where it stands in the document"
    marked.save(out)
    again = sheets.read(out, CONTRACTS, guard=guard)
    assert again.errors == []
    assert [row["lessee"] for row in again.rows()] == [row["lessee"] for row in reading.rows()]
    assert next(iter(again.rows()))["area_mu4"] == 50_000
