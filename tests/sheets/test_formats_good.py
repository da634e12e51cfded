"""What can be read is read as it lies: the right cell at the right address, in every format."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
import xlwt

from mingbai.limits import LIMITS
from mingbai.sheets.formats import describe, open_workbook
from mingbai.sheets.grid import Workbook, address, column_letters, column_number
from sheets import hostile


def read(tmp_path: Path, name: str, data: bytes) -> Workbook:
    (tmp_path / name).write_bytes(data)
    return open_workbook(tmp_path / name, LIMITS)


TITLE = ["九院村合同台账", None, None, None, None]


def test_addresses_are_those_of_excel() -> None:
    assert [address(17, 4), address(1, 27), address(1, 702), address(1, 16_384)] == ["D17", "AA1", "ZZ1", "XFD1"]
    assert all(column_number(column_letters(n)) == n for n in range(1, 16_385))


@pytest.mark.parametrize(
    ("name", "data", "kind"), [("a.xlsx", hostile.xlsx(), "xlsx"), ("a.xls", hostile.xls(), "xls")]
)
def test_title_header_and_contract_lie_where_excel_shows_them(
    tmp_path: Path, name: str, data: bytes, kind: str
) -> None:
    book = read(tmp_path, name, data)
    (sheet,) = book.sheets
    assert (book.format, book.epoch_1904, book.notes, sheet.name) == (kind, False, [], "合同台账")
    assert sheet.rows == [TITLE, hostile.HEADER, hostile.ROW]
    assert type(sheet.rows[2][3]) is int
    assert sheet.merged == [(1, 1, 1, 5)]


def test_leading_empty_rows_and_columns_keep_their_place(tmp_path: Path) -> None:
    def fill(book, sheet):  # type: ignore[no-untyped-def]
        book.add_worksheet("远").write("C5", "在 C5")

    sheet = read(tmp_path, "a.xlsx", hostile.xlsx(fill)).sheets[1]
    assert sheet.rows == [[None] * 3] * 4 + [[None, None, "在 C5"]]


def test_error_cells_keep_their_text_and_do_not_turn_into_blanks(tmp_path: Path) -> None:
    def in_xlsx(book, sheet):  # type: ignore[no-untyped-def]
        sheet.write_formula("A4", "=VLOOKUP(1,B:B,1,0)", None, "#N/A")
        sheet.write_formula("B4", "=1/0", None, "#DIV/0!")

    def in_xls(book, sheet):  # type: ignore[no-untyped-def]
        sheet.row(3).set_cell_error(0, "#N/A!")
        sheet.row(3).set_cell_error(1, "#DIV/0!")

    assert read(tmp_path, "a.xlsx", hostile.xlsx(in_xlsx)).sheets[0].rows[3] == ["#N/A", "#DIV/0!", None, None, None]
    assert read(tmp_path, "a.xls", hostile.xls(in_xls)).sheets[0].rows[3] == ["#N/A", "#DIV/0!", None, None, None]


def test_hidden_sheets_are_read_and_said_and_chart_sheets_left_out(tmp_path: Path) -> None:
    def fill(book, sheet):  # type: ignore[no-untyped-def]
        book.add_chartsheet("图")
        hidden = book.add_worksheet("旧台账")
        hidden.write("A1", "旧")
        hidden.write_formula("A2", "=B2", None, "")
        hidden.hide()
        sheet.set_row(2, None, None, {"hidden": True})

    book = read(tmp_path, "a.xlsx", hostile.xlsx(fill))
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("合同台账", False), ("旧台账", True)]
    assert book.notes == ["工作表「合同台账」有隐藏的行或列，也一并读取。", "有隐藏的工作表：「旧台账」。"]
    # The chart sheet between them must not shift what we know about the sheet after it.
    assert book.sheets[1].uncached == {(2, 1)}


def test_rows_struck_through_and_comments_are_said(tmp_path: Path) -> None:
    def in_xlsx(book, sheet):  # type: ignore[no-untyped-def]
        struck = book.add_format({"font_strikeout": True})
        sheet.write_row("A4", ["HT-002", "李四"], struck)
        sheet.write_blank("A5", None, struck)
        sheet.write("A6", "HT-003")
        sheet.write_comment("C3", "实际为12亩")

    def in_xls(book, sheet):  # type: ignore[no-untyped-def]
        sheet.write(3, 0, "HT-002", xlwt.easyxf("font: struck_out on"))
        sheet.write(4, 0, "HT-003")
        sheet.row(4).hidden = True

    book = read(tmp_path, "a.xlsx", hostile.xlsx(in_xlsx))
    assert book.notes == ["工作表「合同台账」有删除线的行仍按有效收下，不要的请删去，行号：4。", "工作表「合同台账」有批注的格没有读批注：C3。"]
    assert read(tmp_path, "a.xls", hostile.xls(in_xls)).notes == ["工作表「合同台账」有隐藏的行或列，也一并读取。", book.notes[0]]


def test_a_unit_the_number_format_writes_is_read_with_the_number(tmp_path: Path) -> None:
    def fill(book, sheet):  # type: ignore[no-untyped-def]
        for place, shown in enumerate(('0.0"万元"', '#,##0.00千元', '0"亩"', '#,##0,"千元"', '0!.0,"万元"', '0"户"', "#,##0.00")):
            sheet.write_number(3, place, 0.5, book.add_format({"num_format": shown}))

    assert read(tmp_path, "a.xlsx", hostile.xlsx(fill)).sheets[0].rows[3] == ["0.5万元", "0.5千元", "0.5亩", 0.5, 0.5, 0.5, 0.5]


def test_a_workbook_of_1904_gives_the_same_dates(tmp_path: Path) -> None:
    book = read(tmp_path, "a.xlsx", hostile.xlsx(None, date_1904=True))
    assert book.epoch_1904 and book.sheets[0].rows[2][4] == date(2020, 3, 5)


def test_formulas_nobody_computed_are_named(tmp_path: Path) -> None:
    assert read(tmp_path, "a.xlsx", hostile.uncached_by_openpyxl()).sheets[0].uncached == {(2, 3)}
    # XlsxWriter puts a zero where the value belongs and asks Excel to compute on opening.
    data = hostile.xlsx(
        lambda book, sheet: sheet.write_formula("C4", "=C3*D3") or sheet.write_formula("D4", "=C3", None, 5)
    )
    sheet = read(tmp_path, "b.xlsx", data).sheets[0]
    assert sheet.uncached == {(4, 3)} and sheet.rows[3][3] == 5
    import xlwt

    data = hostile.xls(lambda book, sheet: sheet.write(3, 2, xlwt.Formula("C3*D3")))
    assert read(tmp_path, "a.xls", data).sheets[0].uncached == {(4, 3)}


def test_a_formula_that_gives_empty_text_is_computed(tmp_path: Path) -> None:
    data = hostile.with_rows(b'<row r="4"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4"><v>1</v></c></row>')
    sheet = read(tmp_path, "a.xlsx", data).sheets[0]
    assert sheet.uncached == frozenset() and sheet.rows[3][:2] == [None, 1]


def test_formulas_that_take_their_value_from_another_workbook_are_named_and_kept(tmp_path: Path) -> None:
    rows = (
        b'<row r="4"><c r="A4"><f>[1]Sheet1!A1</f><v>5</v></c>'
        b"<c r=\"B4\"><f>SUM(1,'[2]\xe5\x8f\xb0 \xe8\xb4\xa6'!A1)</f><v>6</v></c>"
        b'<c r="C4"><f>SUM(T[[#This Row],[2020]])+Sheet2!A1</f><v>7</v></c>'
        b'<c r="D4"><f t="shared" ref="D4:D5" si="0">[1]Sheet1!D4</f><v>8</v></c></row>'
        b'<row r="5"><c r="D5"><f t="shared" si="0"/><v>9</v></c></row>'
    )
    data = hostile.changed(hostile.with_rows(rows), {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    book = read(tmp_path, "a.xlsx", data)
    assert book.sheets[0].external == {(4, 1), (4, 2), (4, 4), (5, 4)}
    assert book.sheets[0].rows[3] == [5, 6, 7, 8, None] and book.sheets[0].rows[4][3] == 9
    assert book.notes == ["文件链接了别的工作簿；链接没有打开，只用文件里存着的值。"]


def test_sheets_of_programs_that_prefix_every_tag_are_looked_at_too(tmp_path: Path) -> None:
    def prefixed(xml: bytes) -> bytes:
        for tag in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"f", b"mergeCells", b"mergeCell"):
            for end in (b" ", b">"):
                xml = xml.replace(b"<" + tag + end, b"<x:" + tag + end).replace(b"</" + tag + end, b"</x:" + tag + end)
        return xml.replace(b'xmlns="', b'xmlns:x="')

    formula = b'<row r="4"><c r="A4"><f>1+1</f></c></row>'
    book = read(tmp_path, "a.xlsx", hostile.changed(hostile.with_rows(formula), {hostile.SHEET: prefixed}))
    assert book.sheets[0].rows[2] == hostile.ROW and book.sheets[0].uncached == {(4, 1)}


def test_opendocument_cells_come_typed_and_repeats_do_not_unroll(tmp_path: Path) -> None:
    hidden = (
        '<table:table table:name="旧" table:style-name="hid"><table:table-row><table:table-cell '
        'office:value-type="time" office:time-value="PT08H30M00S"/></table:table-row></table:table>'
    )
    book = read(tmp_path, "a.ods", hostile.ods(hostile.ODS_TABLE + hidden))
    first, second = book.sheets
    assert first.rows == [
        [None] * 5,
        [None] * 5,
        [None, "面积  租金", None, None, None],
        [12.5, 300, date(2020, 3, 5), True, 7],
    ]
    assert first.merged == [(3, 2, 3, 4)] and first.uncached == {(3, 5)} and first.external == {(4, 5)}
    assert second.rows == [[time(8, 30)]] and second.hidden


def test_a_web_page_named_xls_is_read_as_what_it_is(tmp_path: Path) -> None:
    book = read(tmp_path, "a.xls", hostile.HTML.encode("gb18030"))
    assert book.format == "html" and [sheet.name for sheet in book.sheets] == ["合同台账", "表2"]
    assert book.sheets[0].rows == [
        ["合同编号", "租金", None, "备注"],
        [None, "单价", "\xa0", None],
        ["HT-001", "300", "3,000元", "张三\n李四"],
    ]
    assert book.sheets[0].merged == [(1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4)]
    assert book.sheets[1].rows == [["第二张"]]
    assert book.notes == [
        "文件名是 .xls，内容其实是 html，已按内容读取。",
        "文件其实是网页（HTML）表格，按 GB18030 编码读取。",
    ]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (hostile.CSV.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + hostile.CSV.encode(), "UTF-8"),
        (hostile.CSV.encode("gb18030"), "GB18030"),
        (hostile.CSV.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + hostile.CSV.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_csv_in_every_encoding_of_the_field(tmp_path: Path, data: bytes, encoding: str) -> None:
    book = read(tmp_path, "a.csv", data)
    assert book.sheets[0].rows == [
        ["合同编号", "承租方", "亩租金"],
        ["HT-001", "张三\r\n李四", "300"],
        ["HT-002", "王五", "1,200"],
    ]
    assert book.notes == [f"按 {encoding} 编码读取。"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row) for row in (["编号", "姓名", "备注"], ["0012", "张三", "见附件，二页"], ["13", "", ""])
    )
    rows = read(tmp_path, "a.csv", text.encode()).sheets[0].rows
    assert rows == [["编号", "姓名", "备注"], ["0012", "张三", "见附件，二页"], ["13", None, None]]


def test_a_description_is_fit_for_json(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(hostile.xlsx())
    about = describe(tmp_path / "a.xlsx", LIMITS, cells=True)
    assert about["sheets"][0]["cells"][2] == ["HT-001", "张三", 12.5, 300, "2020-03-05"]
