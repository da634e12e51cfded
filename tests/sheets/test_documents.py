"""Word tables, text PDFs, tables drawn with strokes, one cell to a line; and documents that mean harm."""

from __future__ import annotations

import random
import zlib

import pytest

from mingbai import sheets
from mingbai.columns import find_register
from mingbai.sheets.documents import whole_characters
from sheets.papers import docx, paragraph, pdf, ruled, table

CONTRACTS = find_register("contracts")
HEAD = ["序号", "承包方", "面积(亩)", "年租金", "签订日期"]
ROWS = [["1", "张三", "3.5", "300", "2010-01-01"], ["2", "李四", "4", "约400", "2011-05-01"]]


@pytest.fixture(scope="module")
def guard():
    with sheets.Guard(workers=1) as guard:
        yield guard


@pytest.fixture
def read(tmp_path, guard):
    def do(data, name="台账.docx"):
        file = tmp_path / name
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        reading = sheets.read(file, CONTRACTS, guard=guard)
        assert all(sheet.read == sheet.accepted + sheet.rejected + sheet.skipped for sheet in reading.sheets)
        return reading
    return do


def lessees(reading):
    return [row["lessee"] for row in reading.rows()]


def test_a_table_in_a_word_document(read):
    reading = read(docx(paragraph("九院村合同台账"), paragraph("单位：万元"), table([HEAD, *ROWS])))
    assert (reading.format, lessees(reading)) == ("docx", ["张三", "李四"])
    assert reading.columns()["rent_fen_per_year"] == [300_0000_00, None]
    (error,) = reading.errors
    assert (error["sheet"], error["cell"], error["where"]) == ("表1", "D5", "表1第3行第4列")


def test_merged_and_nested_cells_and_a_header_repeated_after_a_break(read):
    span, start, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    nested = table([["承包方", "面积(亩)", "年租金"], ["钱七", "7", "70"]])
    reading = read(docx(
        table([["序号", "承包方", ("期限", span)], ["", "", "起", "止"], ["1", ("张三", start), "2010-01-01", "2020-01-01"], ["2", ("", on), "2011-01-01", "2021-01-01"]]),
        table([["序号", "承包方", "起", "止"], ["3", "王五", "2012-01-01", "2022-01-01"]]),
        paragraph("附"), table([[nested]])))
    assert lessees(reading) == ["张三", "张三", "王五", "钱七"]
    assert [row["ends_on"] for row in reading.rows()][:2] == ["2020-01-01", "2021-01-01"]


def test_a_card_in_a_word_document_and_lines_without_a_table(read):
    card = [["合同编号", "JY-1", "签订日期", "2010年1月1日"], ["发包方", "九院村", "承包方", "张三"], ["面积", "3亩", "年租金", "300元"]]
    assert lessees(read(docx(paragraph("承包合同登记卡"), table(card)))) == ["张三"]
    assert lessees(read(docx(*map(paragraph, ("合同", "合同编号：JY-2", "承包方：李四", "面积：4亩", "签订日期：2011年5月1日"))))) == ["李四"]


def test_a_pdf_with_text_keeps_page_row_and_column(read):
    more = [[str(number), f"种植户{number}", "3", "300", "2010-01-01"] for number in range(3, 60)]
    reading = read(pdf(ruled([HEAD, *ROWS, *more], "九院村合同台账")), "台账.pdf")
    assert reading.format == "pdf"
    assert lessees(reading)[:3] == ["张三", "李四", "种植户3"] and len(lessees(reading)) == 59
    assert [error["where"] for error in reading.errors] == ["第1页第3行第4列"]


def test_radicals_become_the_characters_they_look_like():
    assert whole_characters("村⺠⼩组 ⻋库 12㎡ ①") == "村民小组 车库 12㎡ ①"


def test_a_scanned_pdf_points_to_the_paper_way(read):
    with pytest.raises(sheets.Refused) as said:
        read(pdf("#rect(width: 5cm, height: 5cm, fill: gray)"), "扫描.pdf")
    assert said.value.kind == "scanned" and "纸质合同" in said.value.mend


@pytest.mark.parametrize("name", ["台账.md", "台账.txt", "台账.csv"])
def test_a_table_drawn_with_strokes(read, name):
    lines = ["九院村台账", "", "| " + " | ".join(HEAD) + " |", "|---|:--|---|---|---|", *("| " + " | ".join(row) + " |" for row in ROWS)]
    reading = read("\n".join(lines), name)
    assert lessees(reading) == ["张三", "李四"] and reading.errors[0]["cell"] == "D6"


@pytest.mark.parametrize("stroke", ["│", "┃", "｜", "║"])
def test_a_table_drawn_in_a_box(read, stroke):
    row = lambda cells: stroke + stroke.join(cells) + stroke  # noqa: E731
    lines = ["┌──┬──┐", row(HEAD), "├──┼──┤", row(ROWS[0]), "├──┼──┤", row(ROWS[1]), "└──┴──┘"]
    reading = read("\n".join(lines), "台账.txt")
    assert lessees(reading) == ["张三", "李四"] and reading.errors[0]["cell"] == "D6"


def test_a_table_drawn_with_strokes_in_the_paragraphs_of_a_document(read):
    reading = read(docx(*(paragraph("|" + "|".join(row) + "|") for row in (HEAD, *ROWS))), "台账.docx")
    assert lessees(reading) == ["张三", "李四"] and not reading.notes


def test_full_width_commas_part_cells_where_every_line_has_as_many(read):
    assert lessees(read("\n".join("，".join(row) for row in (HEAD, *ROWS)), "台账.csv")) == ["张三", "李四"]
    prose = read("张三承包东坡，十亩。\n自2010年起，年租金，一千元，到期收回。", "说明.txt")
    assert not lessees(prose) and any("分列" in note for note in prose.notes)


def test_a_table_aligned_with_blanks_is_not_guessed_and_says_how(read):
    reading = read("\n".join("   ".join(row) for row in (HEAD, *ROWS)), "台账.txt")
    assert not lessees(reading) and any("空格对齐" in note and "分列" in note for note in reading.notes)


@pytest.mark.parametrize("stroke", ["", "| "])
def test_one_cell_to_a_line(read, stroke):
    cells = ["九院村合同", *HEAD, *(cell for row in ROWS for cell in row), "填表人：王五"]
    reading = read("\n".join(stroke + cell for cell in cells), "网页.txt")
    assert lessees(reading) == ["张三", "李四"]
    assert [error["cell"] for error in reading.errors] == ["A15"]


def test_one_cell_to_a_line_that_does_not_come_out_is_not_guessed(read):
    reading = read("\n".join([*HEAD, *ROWS[0], *ROWS[1][:3]]), "网页.txt")
    assert not lessees(reading) and reading.sentence


@pytest.mark.parametrize("seed", range(12))
def test_documents_thrown_together_lose_nothing(read, seed):
    dice = random.Random(seed)
    body, expected = [], []
    for block in range(dice.randint(1, 4)):
        if dice.random() < 0.6:
            body.append(paragraph(dice.choice(["单位：元", f"第{block}组", "合同台账"])))
        head = HEAD[: dice.randint(3, 5)]
        rows = [[str(n), f"户主{block}{n}", str(n), str(n * 100), "2010-01-01"][: len(head)] for n in range(1, dice.randint(2, 5))]
        expected += [row[1] for row in rows]
        body.append(table([head, *rows]))
    reading = read(docx(*body))
    assert lessees(reading) == expected, f"seed {seed}"


def swelling() -> bytes:
    """A page whose drawing swells from a few kilobytes to ninety megabytes of operators."""
    packed = zlib.compress(b"q " * (45 << 20))
    return b"".join((
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj ",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj 4 0 obj<</Filter/FlateDecode/Length ",
        str(len(packed)).encode(), b">>stream\n", packed, b"\nendstream endobj trailer<</Root 1 0 R>>"))


HARM = {
    "macros": docx(table([HEAD]), types='<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'),
    "vba": docx(table([HEAD]), parts={"word/vbaProject.bin": b"x"}),
    "entity": docx(table([HEAD]), head='<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "bomb": docx(table([HEAD]), parts={"word/media/a.bin": b"\0" * (20 << 20)}),
    "wide": docx(table([[("承包方", '<w:gridSpan w:val="900000"/>')]])),
    "deep": docx("".join("<w:tbl><w:tr><w:tc>" for _ in range(60)) + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 60),
    "torn": docx(table([HEAD]))[:-40],
    "nothing": docx(),
    "noxml": docx("<w:p><w:r>"),
    "pdf torn": b"%PDF-1.7\n" + b"\xff" * 500,
    "pdf ring": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj trailer<</Root 1 0 R>>",
    "pdf swells": swelling(),
}


@pytest.mark.parametrize("name", HARM)
def test_a_document_that_means_harm_is_refused_with_a_sentence(tmp_path, name):
    from mingbai.limits import Limits

    file = tmp_path / ("坏.pdf" if name.startswith("pdf") else "坏.docx")
    file.write_bytes(HARM[name])
    with sheets.Guard(workers=1, limits=Limits(seconds=8, unpacked_bytes=16 << 20)) as guard, pytest.raises(sheets.Refused) as said:
        sheets.read(file, CONTRACTS, guard=guard)
    assert said.value.reason.endswith("。") and said.value.mend
    kinds = {"macros": "macros", "vba": "macros", "entity": "xxe", "bomb": "zip_bomb", "wide": "columns", "torn": "damaged", "nothing": "no_table"}
    assert said.value.kind == kinds.get(name, said.value.kind) and said.value.kind != "crashed"


def test_a_document_of_too_many_pages(tmp_path):
    from mingbai.limits import Limits

    file = tmp_path / "长.pdf"
    file.write_bytes(pdf("#pagebreak()\n" * 5))
    with sheets.Guard(workers=1, limits=Limits(pdf_pages=4)) as guard, pytest.raises(sheets.Refused) as said:
        sheets.read(file, CONTRACTS, guard=guard)
    assert said.value.kind == "pages"


def test_a_second_table_under_a_word_that_it_goes_on_is_read_under_the_same_headings(read):
    reading = read(docx(table([HEAD, *ROWS]), paragraph("（续表）"), table([["3", "王五", "5", "500", "2012-05-01"]]), paragraph("经办人：赵六")))
    assert lessees(reading) == ["张三", "李四", "王五"]
    assert reading.columns()["rent_fen_per_year"][-1] == 50000
    assert reading.notes == ["工作表“表2”没有表头，栏数和内容都接得上前面的“表1”，按它的表头读：请核对；不是同一张表的，请补上表头"]
