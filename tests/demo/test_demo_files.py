"""The demo as written: the same bytes every time, every ledger marked 演示数据, forms as their names do not always say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingbai import demo
from mingbai.demo.books import draw_book
from mingbai.demo.clerk import Clerk, Hand
from mingbai.demo.plan import district
from mingbai.limits import LIMITS
from mingbai.sheets.formats import open_workbook


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Thirteen ledgers: every layout and form of file."""
    written = tmp_path_factory.mktemp("demo")
    demo.write(written, villages=13)
    return written


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    district.cache_clear()
    demo.write(tmp_path, villages=13)
    assert bytes_of(tmp_path) == bytes_of(folder)
    demo.write(tmp_path, villages=13, seed=7)
    assert bytes_of(tmp_path) != bytes_of(folder)


def test_a_smaller_demo_takes_the_larger_one_s_ledgers_away_and_nothing_else(tmp_path):
    mine = tmp_path / "我的台账.xlsx"
    mine.write_bytes(b"mine")
    demo.write(tmp_path, villages=3)
    seen = []
    demo.write(tmp_path, villages=2, progress=lambda done, total, file: seen.append((done, total, file)))
    assert set(bytes_of(tmp_path)) == {mine.name, demo.POLICY, *demo.key(villages=2).files}
    assert seen == [(1, 2, demo.key(villages=2).files[0]), (2, 2, demo.key(villages=2).files[1])]
    assert seen[0][2] == "白家庄街道_九院村_合同台账.xlsx"


def test_every_ledger_says_that_it_is_a_demo(folder):
    for name in demo.key(villages=13).files:
        book = open_workbook(folder / name, LIMITS)
        texts = [str(cell) for grid in book.sheets for row in grid.rows[:4] for cell in row if cell is not None]
        assert any("演示数据" in text for text in texts), name
        if name.endswith((".csv", ".xls", ".ods")):
            assert book.format == {"csv": "csv", "xls": "html", "ods": "ods"}[name.rpartition(".")[2]]


def test_the_csv_files_differ_in_encoding(folder):
    data = [(folder / name).read_bytes() for name in demo.key(villages=13).files if name.endswith(".csv")]
    assert sorted(each.startswith(b"\xef\xbb\xbf") for each in data) == [False, True]
    gb = next(each for each in data if not each.startswith(b"\xef\xbb\xbf"))
    with pytest.raises(UnicodeDecodeError):
        gb.decode("utf-8")
    assert "演示数据" in gb.decode("gb18030")


def test_all_69_are_written(tmp_path):
    demo.write(tmp_path)
    assert len(list(tmp_path.iterdir())) == 70


def test_drawing_a_book_twice_changes_nothing():
    village = district(demo.SEED)[0]
    first, second = draw_book(village, demo.SEED), draw_book(village, demo.SEED)
    assert first.pages[0].cells == second.pages[0].cells
    assert [entry.told for entry in first.entries] == [entry.told for entry in second.entries]


@pytest.mark.parametrize("style, fen, scale, cell", [
    ("number", 390_000, 100, 3900), ("number", 390_050, 100, 3900.5), ("comma", 120_000, 100, "1,200.00"),
    ("space", 390_000, 100, "3 900"), ("wan", 8_500_000, 100, "8.5万元"), ("yuan", 320_000, 100, "3200元"),
    ("capital", 3_000_000, 100, "叁万元整（30,000.00）"), ("number", 8_500_000, 1_000_000, 8.5),
    ("basis", 80_000, 100, "800元/年"), ("noise", 6_528_914, 100, 65289.14 - 1e-10),
])
def test_money_is_written_as_clerks_write_it(style, fen, scale, cell):
    from random import Random

    clerk = Clerk(Hand(("iso",), (style,), ("number",), ("是", "否"), None, 0, typed=True), Random(1))
    assert clerk.money("rent_fen_per_year", fen, scale) == cell
