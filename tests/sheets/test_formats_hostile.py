"""Files that must not be read, each refused with a sentence a clerk can act on, in bounded memory.

Every file goes through a child of its own, as in real use, so that the memory it took can be told.
"""

from __future__ import annotations

import io
import os
import random
import struct
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mingbai.limits import LIMITS
from mingbai.sheets.compound import MAGIC, Compound
from mingbai.sheets.formats import open_workbook
from mingbai.sheets.grid import Refused
from mingbai.sheets.guard import Guard
from sheets import hostile

MB = 2**20
RESIDENT = 300 * MB
"""What one file may take, as promised (R10); ``limits.memory_bytes`` is the wall behind it."""
DESCRIBE = "mingbai.sheets.formats:describe"


def refusal(tmp_path: Path, data: bytes, name: str = "台账.xlsx", resident: int = RESIDENT) -> Refused:
    (tmp_path / name).write_bytes(data)
    with Guard(workers=1) as guard:
        with pytest.raises(Refused) as caught:
            guard.run(DESCRIBE, tmp_path / name)
        print(f"{caught.value.kind}: {guard.peak_bytes / MB:.0f} MB")
        assert guard.peak_bytes <= resident
    return caught.value


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


XXE_FILE = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MANY_PARTS = {f"xl/media/{n}.png": b"" for n in range(2001)}
WORD = hostile.changed(hostile.xlsx(), {"xl/workbook.xml": None, "word/document.xml": b"<w/>"})
ENCRYPTED = hostile.compound({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": b"\1" * 9000})
OTHER_UTF = {"xl/workbook.xml": lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")}
OTHER_NAME = {"xl/workbook.xml": lambda xml: xml.replace(b"UTF-8", b"UTF-7")}
ZIPPED = zipped({"杨家庄/台账.xlsx": hostile.xlsx(), "说明.txt": b"x"})
LONG = hostile.xlsx(lambda book, sheet: sheet.write("A4", "明" * 32_767))


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        pytest.param(hostile.lying_zip_bomb(5), "damaged", "登记的不符", id="zip whose headers lie about sizes"),
        pytest.param(hostile.xlsx()[:-400], "damaged", "没有传完整", id="zip cut short"),
        pytest.param(hostile.xlsx()[:3000], "damaged", "没有传完整", id="half a file"),
        pytest.param(b"PK\x05\x06" + bytes(18), "unknown_format", "空的压缩包", id="empty zip"),
        pytest.param(ZIPPED, "zip", "里面有：杨家庄/台账.xlsx、说明.txt。请先解压", id="zip of ledgers"),
        pytest.param(b"\xff\xd8\xff\xe0 JFIF", "unknown_format", "这是图片，不是表格。照片和扫描件请从“纸质合同”一页交", id="photograph"),
        pytest.param(b"{\\rtf1 x}", "unknown_format", "另存为「Word 文档（*.docx）」", id="rtf"),
        pytest.param(b"Rar!\x1a", "unknown_format", "请先解压", id="rar"),
        pytest.param(hostile.changed(hostile.xlsx(), MANY_PARTS), "too_many_parts", "部件", id="2,001 parts"),
        pytest.param(hostile.duplicate_part(), "duplicate_part", "同名部件", id="two parts of one name"),
        pytest.param(hostile.encrypted_entry(), "encrypted", "密码", id="zip with a password"),
        pytest.param(hostile.changed(hostile.xlsx(), {"../../etc/cron": b""}), "bad_path", "路径", id="path upwards"),
        pytest.param(hostile.xxe("xl/workbook.xml", XXE_FILE), "xxe", "外部实体", id="XXE in the workbook"),
        pytest.param(hostile.xxe(hostile.SHEET, LAUGHS), "xxe", "外部实体", id="billion laughs in a sheet"),
        pytest.param(hostile.xxe("docProps/app.xml", XXE_FILE), "xxe", "外部实体", id="XXE where nobody looks"),
        pytest.param(hostile.changed(hostile.xlsx(), OTHER_UTF), "xxe", "编码", id="a part in UTF-16"),
        pytest.param(hostile.changed(hostile.xlsx(), OTHER_NAME), "xxe", "编码", id="a part in UTF-7"),
        pytest.param(hostile.changed(hostile.xlsx(), {"xl/vbaProject.bin": b"x"}), "macros", "宏", id="xlsm"),
        pytest.param(
            hostile.compound({"Workbook": b"\x09\x08", "_VBA_PROJECT_CUR": b"x"}), "macros", "宏", id="xls macro"
        ),
        pytest.param(hostile.ods(**{"Basic/Standard/script-lb.xml": b"<x/>"}), "macros", "宏", id="ods macro"),
        pytest.param(ENCRYPTED, "encrypted", "用密码进行加密", id="xlsx with a password"),
        pytest.param(hostile.encrypted_xls(), "encrypted", "用密码进行加密", id="xls with a password"),
        pytest.param(
            hostile.ods(manifest=b"<manifest:encryption-data/>"), "encrypted", "密码", id="ods with a password"
        ),
        pytest.param(hostile.changed(hostile.xlsx(), {"xl/workbook.bin": b"x"}), "xlsb", "另存为", id="xlsb"),
        pytest.param(WORD, "damaged", "重发", id="docx"),
        pytest.param(hostile.compound({"WordDocument": b"x"}), "unknown_format", "另存为「Word 文档（*.docx）」", id="doc"),
        pytest.param(hostile.compound({"Other": b"x"}), "unknown_format", "没有工作簿", id="some other OLE"),
        pytest.param(hostile.impossible_dimensions(), "damaged", "范围不可能", id="xls of four billion rows"),
        pytest.param(hostile.ring_of_sectors(), "damaged", "链成了环", id="OLE chain biting its tail"),
        pytest.param(hostile.xls()[:2000], "damaged", "损坏", id="half an xls"),
        pytest.param(hostile.sixteen_thousand_columns(True), "columns", "在 AAA4 处还有内容", id="16,384 columns"),
        pytest.param(
            hostile.with_rows(b'<row r="200001"><c r="B200001"><v>1</v></c></row>'), "rows", "B200001", id="far down"
        ),
        pytest.param(hostile.far_corner_in_disguise(), "crashed", "中途退出", id="a corner calamine would die of"),
        pytest.param(
            hostile.with_rows(b'<row r="4"><c r="A4" t="s"><v>999</v></c></row>'), "damaged", "读不通", id="bad string"
        ),
        pytest.param(b"", "empty", "一个字节也没有", id="nothing"),
        pytest.param(b" \r\n ", "empty", "只有空白", id="blanks"),
        pytest.param(b"%PDF-1.7 ...", "damaged", "重发", id="pdf"),
        pytest.param(random.Random(7).randbytes(4000), "unknown_format", "认不出", id="noise"),
        pytest.param(b"\x09\x02\x06\x00\x00\x00\x10\x00", "old_xls", "很旧的", id="Excel 3"),
        pytest.param("编号,姓名\n1,\0张三".encode(), "nul_bytes", "空字节", id="csv with NUL"),
        pytest.param(
            '编号,姓名\n1,"张三\n2,李四\n'.encode(), "unclosed_quote", "引号没有配对", id="csv quote left open"
        ),
        pytest.param("编号,姓名\n1,张三".encode()[:-1], "encoding", "没有传完整", id="csv cut within a character"),
        pytest.param(f'编号\n"{"明" * 32_768}"'.encode(), "cell_too_long", "引号没有配对", id="csv cell too long"),
        pytest.param(b"," * 800 + b"x", "columns", "超过 ZZ 列", id="csv too wide"),
        pytest.param(b"MIME-Version: 1.0\nContent-Type: multipart/related", "mhtml", "另存为", id="mht"),
        pytest.param(b"<html><frameset/></html>", "no_table", "没有表格", id="page without a table"),
        pytest.param(b"<html>" + b"<div>" * 5000 + b"<table><tr><td>x", "damaged", "网页读不通", id="deep page"),
        pytest.param(b"<feed><a/></feed>", "unknown_format", "XML", id="some xml"),
        pytest.param(
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "spreadsheetml",
            "XML 表格 2003",
            id="xml spreadsheet 2003",
        ),
    ],
)
def test_each_is_refused_with_its_sentence(tmp_path: Path, data: bytes, kind: str, says: str) -> None:
    refused = refusal(tmp_path, data, resident=LIMITS.memory_bytes if kind == "crashed" else RESIDENT)
    assert refused.kind == kind
    assert says in str(refused)
    assert refused.reason.endswith("。") and refused.mend.endswith("。")


def test_a_bomb_is_refused_at_the_cap_without_being_held(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(hostile.zip_bomb(80))
    assert (tmp_path / "a.xlsx").stat().st_size < MB // 8
    with Guard(workers=1, limits=replace(LIMITS, unpacked_bytes=64 * MB)) as guard:
        with pytest.raises(Refused, match="解压后超过 64 MB，不像台账，可能是压缩炸弹") as caught:
            guard.run(DESCRIBE, tmp_path / "a.xlsx")
        print(f"{guard.peak_bytes / MB:.0f} MB")
        assert guard.peak_bytes < 60 * MB
    assert caught.value.kind == "zip_bomb"


def test_a_file_larger_than_the_cap_is_not_even_read(tmp_path: Path) -> None:
    with open(tmp_path / "a.xlsx", "wb") as file:
        file.truncate(LIMITS.file_bytes + 1)
    with pytest.raises(Refused, match="文件超过 64 MB") as caught:
        open_workbook(tmp_path / "a.xlsx", LIMITS)
    assert caught.value.kind == "too_big"


def test_a_row_repeated_a_million_times_is_refused_before_it_is_unrolled(tmp_path: Path) -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="%d" '
        'office:value-type="string"><text:p>炸</text:p></table:table-cell></table:table-row>'
    )
    table = '<table:table table:name="表">' + row + "</table:table>"
    assert refusal(tmp_path, hostile.ods(table % 1)).kind == "rows"
    assert refusal(tmp_path, hostile.ods(table.replace("1048576", "1") % 16_384)).kind == "columns"
    assert refusal(tmp_path, hostile.ods(table.replace("1048576", "200000") % 700)).kind == "cells"


def test_an_old_xls_of_many_far_corners_is_refused_before_it_is_laid_out(tmp_path: Path) -> None:
    def fill(book, sheet):  # type: ignore[no-untyped-def]
        for n in range(3):
            far = book.add_sheet(str(n))
            far.write(0, 0, 1)
            far.write(65_535, 255, 1)

    assert refusal(tmp_path, hostile.xls(fill)).kind == "cells"


@pytest.mark.parametrize("data", [hostile.million_styled_blanks(), hostile.sixteen_thousand_columns(False)])
def test_a_small_table_in_a_painted_sheet_is_simply_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(data)
    with Guard(workers=1) as guard:
        (sheet,) = guard.run(DESCRIBE, tmp_path / "a.xlsx")["sheets"]
        print(f"{guard.peak_bytes / MB:.0f} MB")
        assert (sheet["rows"], sheet["columns"]) == (3, 5)
        assert guard.peak_bytes < RESIDENT


def test_a_sheet_of_width_iv_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(hostile.xls(lambda book, sheet: sheet.write(3, 255, "末列")))
    assert open_workbook(tmp_path / "a.xls", LIMITS).sheets[0].rows[3][255] == "末列"


def test_a_cell_as_long_as_excel_allows_is_read_and_a_longer_cap_is_ours(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(LONG)
    assert len(str(open_workbook(tmp_path / "a.xlsx", LIMITS).sheets[0].rows[3][0])) == 32_767
    with pytest.raises(Refused, match="A4 的文字超过 1000 字") as caught:
        open_workbook(tmp_path / "a.xlsx", replace(LIMITS, cell_characters=1000))
    assert caught.value.kind == "cell_too_long"


def test_spans_of_a_page_cannot_swell(tmp_path: Path) -> None:
    page = "<table>" + "<tr><td colspan=999999999 rowspan=999999999>甲<td>乙</tr>" * 300 + "</table>"
    (tmp_path / "a.html").write_bytes(page.encode())
    with Guard(workers=1) as guard:
        with pytest.raises(Refused):
            guard.run(DESCRIBE, tmp_path / "a.html")
        assert guard.peak_bytes < RESIDENT


def test_a_page_of_too_many_rows_is_refused_before_its_tree_is_built(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b"<table>" + b"<tr><td>x" * 200_001, resident=120 * MB)
    assert (refused.kind, refused.reason) == ("rows", "工作表「网页」共有 200001 行，超过 200000 行。")


def test_a_line_of_a_million_commas_is_refused_before_it_is_cut(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"," * 1_000_000 + b"x", resident=120 * MB).kind == "columns"


def test_the_blank_columns_of_a_painted_sheet_saved_as_csv_are_cut(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,姓名" + "," * 16_382 + "\n1,张三" + "," * 16_382)
    assert open_workbook(tmp_path / "a.csv", LIMITS).sheets[0].rows == [["编号", "姓名"], ["1", "张三"]]


@pytest.mark.skipif(sys.platform != "linux", reason="no cap on address space")
def test_a_page_whose_tree_needs_too_much_memory_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<table><tr><td>" + b"<b></b>" * 3_000_000)
    with Guard(workers=1, limits=replace(LIMITS, memory_bytes=400 * MB)) as guard:
        with pytest.raises(Refused) as caught:
            guard.run(DESCRIBE, tmp_path / "a.html")
    assert caught.value.kind == "memory"


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(hostile.xlsx())
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "a.xlsx")
    others = [tmp_path, tmp_path / "link.xlsx", Path("/dev/zero")]
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.xlsx")
        others.append(tmp_path / "pipe.xlsx")
    for path in others:
        with pytest.raises(Refused, match="不是普通文件") as caught:
            open_workbook(path, LIMITS)
        assert caught.value.kind == "not_a_file"
    with pytest.raises(Refused) as caught:
        open_workbook(tmp_path / "none.xlsx", LIMITS)
    assert caught.value.kind == "cannot_open"


def test_too_many_sheets(tmp_path: Path) -> None:
    data = hostile.xlsx(lambda book, sheet: [book.add_worksheet() for _ in range(64)])
    assert refusal(tmp_path, data).reason == "有 65 张工作表，超过 64 张。"


def test_a_long_sheet_is_measured_before_calamine_lays_it_out(tmp_path: Path) -> None:
    rows = b'<row r="4"><c r="ZZ4"><v>1</v></c></row><row r="150000"><c r="A150000"><v>1</v></c></row>'
    refused = refusal(tmp_path, hostile.with_rows(rows))
    assert refused.kind == "cells" and "150000 行 × 702 列" in refused.reason


def test_an_empty_workbook_is_said_to_be_empty(tmp_path: Path) -> None:
    empty = hostile.changed(hostile.xlsx(), {hostile.SHEET: lambda xml: _emptied(xml)})
    assert refusal(tmp_path, empty).reason == "工作簿是空的，没有任何内容。"


def _emptied(xml: bytes) -> bytes:
    return xml[: xml.index(b"<sheetData>")] + b"<sheetData/></worksheet>"


def _mutated(data: bytes, dice: random.Random) -> bytes:
    """One to eight of: a byte changed, a stretch cut, doubled, zeroed or swapped for noise, the tail lost."""
    file = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        at = dice.randrange(len(file) or 1)
        length = dice.choice((1, 2, 4, 64, 600))
        match dice.randrange(6):
            case 0:
                file[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del file[at : at + length]
            case 2:
                file[at:at] = file[at : at + length]
            case 3:
                file[at : at + length] = bytes(length)
            case 4:
                file[at : at + length] = dice.randbytes(length)
            case _:
                file[at : at + 4] = struct.pack("<I", dice.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)))
        if dice.random() < 0.05:
            del file[at:]
    return bytes(file)


def _mutated_part(data: bytes, dice: random.Random) -> bytes:
    """The same inside one part, with sizes, checksums and chains made right again: past the first wall."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            part = dice.choice([name for name in package.namelist() if name.endswith((".xml", ".rels"))])
        return hostile.changed(data, {part: lambda xml: _mutated(xml, dice)})
    if data.startswith(MAGIC):
        return hostile.compound({"Workbook": _mutated(Compound(data).stream("Workbook"), dice)})
    return _mutated(data, dice)


def test_mutated_workbooks_are_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    seed = int(os.environ.get("MINGBAI_SEED", random.SystemRandom().randrange(2**32)))
    rounds = int(os.environ.get("MINGBAI_MUTATIONS", 200))
    print(f"MINGBAI_SEED={seed} MINGBAI_MUTATIONS={rounds}")
    dice = random.Random(seed)
    good = [
        ("a.xlsx", hostile.xlsx(lambda book, sheet: sheet.write_formula("A4", "=[1]S!A1", None, "#N/A"))),
        ("a.xls", hostile.xls(lambda book, sheet: sheet.write(4, 4, True))),
        ("a.ods", hostile.ods()),
        ("a.html", hostile.HTML.encode("gb18030")),
        ("a.csv", hostile.CSV.encode("gb18030")),
    ]
    files = []
    for number in range(rounds):
        name, data = good[number % len(good)]
        path = tmp_path / f"{number}{name}"
        path.write_bytes((_mutated if dice.random() < 0.5 else _mutated_part)(data, dice))
        files.append(path)
    counts: dict[str, int] = {}
    with Guard(workers=2, limits=replace(LIMITS, seconds=20, cells=5_000_000)) as guard:
        for path, outcome in zip(files, guard.map(DESCRIBE, [(path, {}) for path in files]), strict=True):
            kind = outcome.kind if isinstance(outcome, Refused) else "read"
            counts[kind] = counts.get(kind, 0) + 1
            # A crash with an exception's class is a fault of ours; one without is a child that died in calamine, which
            # is what the guard is for (about one old .xls in ten thousand).
            assert kind != "too_slow", (seed, path.name)
            assert "（" not in str(outcome) or kind != "crashed", (seed, path.name, str(outcome))
        print(counts, f"{guard.peak_bytes / MB:.0f} MB")
        assert guard.peak_bytes < 2 * RESIDENT
    assert counts["read"] > 0 and len(counts) > 1
