"""``mingbai setoff`` from outside: files in every dress, tables out, JSON, exit codes, sentences."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from mingbai.cli import main

ROWS = [["id", "debtor", "creditor", "amount_fen"], ["1", "村", "镇", "100"], ["2", "镇", "公司", "80"], ["3", "公司", "村", "50"], ["4", "村", "村", "9"]]


def write_csv(path: Path, rows: list[list[Any]] = ROWS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, Any, str]:
    code = main(["setoff", *map(str, arguments)])
    said = capsys.readouterr()
    return code, json.loads(said.out) if "--json" in arguments and said.out else said.out, said.err


def test_the_summary_and_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, summary, _ = run(capsys, write_csv(tmp_path / "债.csv"), "--out", tmp_path / "out", "--json")
    assert code == 1, "a row is wrong"
    assert {key: summary[key] for key in ("total_fen", "cleared_fen", "bound_fen", "optimal", "parties", "obligations", "excluded")} == {
        "total_fen": 230, "cleared_fen": 150, "bound_fen": 150, "optimal": True, "parties": 3, "obligations": 4, "excluded": 1}
    assert summary["seconds"] > 0
    tables = {name: (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8").splitlines() for name in ("cleared", "cycles", "parties", "excluded")}
    assert tables["cleared"] == ["id,cleared_fen,status,reason", "1,50,partial,", "2,50,partial,", "3,50,full,", "4,0,excluded,self_debt"]
    assert tables["cycles"] == ["cycle,kind,parties,amount_fen,cleared_fen,path", "1,multilateral,3,50,150,公司>村>镇"]
    assert tables["parties"][0] == ("party_id,name,payable_before_fen,payable_after_fen,receivable_before_fen,receivable_after_fen,"
                                    "net_before_fen,net_after_fen,y")
    assert "村,村,100,50,50,0,-50,-50," in "\n".join(tables["parties"])
    assert tables["excluded"] == ["row,id,reason_code,reason,rule", "5,4,self_debt,债务人和债权人是同一方,数据"]
    proof = json.loads((tmp_path / "out/proof.json").read_text(encoding="utf-8"))
    assert set(proof["sha256"]) == {"input", "cleared.csv", "cycles.csv", "parties.csv", "excluded.csv"}
    assert "ortools " in proof["solver"]


def test_the_same_file_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(tmp_path / "o.csv")
    for out in ("a", "b"):
        run(capsys, path, "--out", tmp_path / out)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def in_every_dress(folder: Path) -> list[Path]:
    book = xlsxwriter.Workbook(folder / "o.xlsx")
    sheet = book.add_worksheet()
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            sheet.write(row, column, int(cell) if cell.isdigit() and column == 3 else cell)
    book.close()
    frame = pl.DataFrame(ROWS[1:], schema=ROWS[0], orient="row")
    frame.write_parquet(folder / "o.parquet")
    frame.with_columns(pl.col("amount_fen").cast(pl.Int64)).write_parquet(folder / "int.parquet")
    frame.with_columns(pl.col("amount_fen").cast(pl.Float64)).write_parquet(folder / "float.parquet")
    (folder / "gbk.csv").write_bytes(frame.write_csv().encode("gb18030"))
    (folder / "bom.csv").write_bytes(b"\xef\xbb\xbf" + frame.write_csv().replace("\n", "\r\n").encode())
    return [folder / name for name in ("o.xlsx", "o.parquet", "int.parquet", "float.parquet", "gbk.csv", "bom.csv")]


def test_a_workbook_parquet_and_old_encodings_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in in_every_dress(tmp_path):
        code, summary, err = run(capsys, path, "--out", tmp_path / "out", "--json")
        assert (code, summary["cleared_fen"], summary["excluded"]) == (1, 150, 1), (path.name, err)


def test_parties_come_from_a_file_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = write_csv(tmp_path / "p.csv", [["party_id", "name", "consent"], ["村", "九院村", "yes"], ["镇", "某镇", "yes"], ["公司", "某公司", "no"]])
    code, summary, _ = run(capsys, write_csv(tmp_path / "o.csv", ROWS[:-1]), "--parties", names, "--out", tmp_path / "out", "--json")
    assert (code, summary["cleared_fen"], summary["excluded_by_reason"]) == (0, 0, {"party_refused": 2})
    assert "村,九院村,100,100" in (tmp_path / "out/parties.csv").read_text(encoding="utf-8")


def test_cash_in_yuan_or_fen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(tmp_path / "o.csv", ROWS[:-1])
    for cash in ("30", "0.3元"):
        _, summary, _ = run(capsys, path, "--out", tmp_path / "out", "--cash", cash, "--json")
        assert (summary["cash_budget_fen"], summary["cleared_fen"]) == (30, 210)


def test_a_line_with_too_many_cells_is_listed_not_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "o.csv"
    path.write_text("id,debtor,creditor,amount_fen\n1,甲,乙,1,000\n2,甲,乙,5\n3,乙,甲,5\n", encoding="utf-8")
    code, summary, _ = run(capsys, path, "--out", tmp_path / "out", "--json")
    assert (code, summary["cleared_fen"], summary["excluded_by_reason"]) == (1, 10, {"bad_row": 1})


@pytest.mark.parametrize(("text", "sentence"), [("", "是空的"), ("a,b\n1,2\n", "缺少这些列"), ("id,id,debtor,creditor,amount_fen\n", "重复的列")])
def test_what_is_no_table_of_debts_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str) -> None:
    (tmp_path / "o.csv").write_text(text, encoding="utf-8")
    code, _, err = run(capsys, tmp_path / "o.csv", "--out", tmp_path / "out")
    assert code == 2
    assert sentence in err


@pytest.mark.parametrize("arguments", [["--mode", "magic"], ["--max-parties", "1"], ["--mode", "bilateral", "--cash", "5"], ["--cash", "-5"],
                                       ["--cash", "一些"], ["--tie-break", "some"], ["--as-of", "yesterday"], ["--without", "没有的"], ["--cash", "own"]])
def test_wishes_that_cannot_be_are_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, _, err = run(capsys, write_csv(tmp_path / "o.csv"), "--out", tmp_path / "out", *arguments)
    assert code == 2
    assert "没法运行" in err
    assert "Traceback" not in err


def test_nothing_to_solve_is_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, summary, _ = run(capsys, write_csv(tmp_path / "o.csv", ROWS[:1]), "--out", tmp_path / "out", "--json")
    assert (code, summary["total_fen"], summary["cleared_fen"], summary["optimal"]) == (0, 0, 0, True)
    assert (tmp_path / "out/cycles.csv").read_text().count("\n") == 1


def test_the_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, write_csv(tmp_path / "o.csv"), "--out", tmp_path / "out", "--pivotal", "1", "--without", "公司")
    assert "已证明：不可能抵得更多" in out
    assert "“公司”若参加，可抵 1.50 元；不参加少抵 1.50 元" in out
    assert "1 笔：债务人和债权人是同一方" in out
    assert "求最大互抵" in err


def test_ids_with_the_arrow_in_them_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(tmp_path / "o.csv", [ROWS[0], ["1", "a>b", "c\\", "5"], ["2", "c\\", "a>b", "5"]])
    run(capsys, path, "--out", tmp_path / "out")
    assert (tmp_path / "out/cycles.csv").read_text().splitlines()[1] == r"1,bilateral,2,5,10,a\>b>c\\"
