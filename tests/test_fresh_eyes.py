"""What a bureau officer and an unbelieving auditor found by trying workbooks of their own making."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mingbai.cli import main
from mingbai.columns import find_register
from mingbai.registers.contracts.words import span
from mingbai.report import files_in
from mingbai.rules import check, find_rulebook, ledger, load_law

REGISTER = find_register("contracts")
LAW = load_law("contracts")
AS_OF = date(2026, 9, 30)


def answers(*contracts: dict[str, Any]) -> list[dict[str, int]]:
    """Rule → 0 no, 1 yes, 2 cannot tell, 3 disputed, for each contract of one village."""
    table: dict[str, list[Any]] = {column.name: [each.get(column.name) for each in contracts] for column in REGISTER.columns}
    table |= {"_file": ["村.xlsx"] * len(contracts), "_sheet": ["台账"] * len(contracts), "_row": list(range(2, 2 + len(contracts))),
              "_headings": ["|"] * len(contracts), "_doubtful": ["|"] * len(contracts)}
    judged = check(ledger(REGISTER, [table]), REGISTER, find_rulebook("contracts"), LAW, AS_OF).judged
    return list(judged.iter_rows(named=True))


def workbook(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


@pytest.mark.parametrize(("kind", "land", "rule", "start", "end"), [
    ("租赁", "房屋", "C04", "2003-05-01", "2023-05-31"),
    ("其他方式承包", "林地", "C06", "2012-03-01", "2082-03-31"),
])
def test_2003年5月至2023年5月_is_twenty_years_and_accuses_nobody(kind: str, land: str, rule: str, start: str, end: str) -> None:
    contract = {"lessee": "甲", "kind": kind, "land_class": land, "signed_on": start, "starts_on": start, "ends_on": end}
    years = 20 if rule == "C04" else 70
    months_only, with_term, a_month_more = answers(
        contract, contract | {"term_months": years * 12}, contract | {"ends_on": str(int(end[:4]) + 1) + end[4:]})
    assert (months_only[rule], with_term[rule], a_month_more[rule]) == (2, 0, 1)


def test_handing_over_in_the_same_month_is_no_double_letting() -> None:
    old = {"parcel_code": "A-1", "lessee": "甲", "starts_on": "2010-03-01", "ends_on": "2020-03-31", "occupied": True}
    new = {"parcel_code": "A-1", "starts_on": "2020-03-01", "ends_on": "2030-02-28", "occupied": True}
    assert [row["C12"] for row in answers(old, new | {"lessee": "乙"})] == [2, 2]
    assert answers(old, new | {"lessee": "甲"})[0]["C14"] == 0, "the same lessee goes on under a new contract"


@pytest.mark.parametrize(("use", "answer"), [
    ("种植，禁止建厂房、仓库", 0), ("非居住", 2), ("不得改变用途；现建厂房", 1), ("建厂房", 1), ("种玉米", 0)])
def test_what_a_clause_forbids_is_no_use(use: str, answer: int) -> None:
    assert answers({"lessee": "甲", "land_class": "耕地", "agreed_use": "种植", "actual_use": use})[0]["C20"] == answer


def test_a_second_run_does_not_read_its_own_report(tmp_path: Path) -> None:
    village = workbook(tmp_path / "各 村" / "下河村.xlsx", ("承包方", "面积(亩)", "是否备案"), ("张大牛", 3, "无"))
    folder = village.parent
    for _ in range(2):
        assert main(["check", str(folder), "--report", str(folder / "报告")]) == 1
        assert files_in([folder]) == [village]
    assert main(["check", str(village), "--marked", str(folder / "下河村_批注.xlsx")]) == 1
    assert files_in([folder, tmp_path / "各 村" / ".." / "各 村"]) == [village], "a folder given twice is read once"


def test_the_original_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    village = workbook(tmp_path / "下河村.xlsx", ("承包方", "面积(亩)"), ("张大牛", 3))
    before = village.read_bytes()
    assert main(["check", str(village), "--marked", str(tmp_path / "." / "下河村.xlsx")]) == 2
    assert village.read_bytes() == before
    assert "不能覆盖" in capsys.readouterr().err


def test_numbers_of_persons_stand_nowhere_in_a_report_whole(tmp_path: Path) -> None:
    identity, phone = "999999197001011239", "13900139001"
    workbook(tmp_path / "入" / "村.xlsx", ("合同名称", "承包方", "面积(亩)", "合同形式", "抵债事项", "地类", "承包期限", "签订日期"),
             (f"与张三({identity})土地承包", f"张三 {identity}", f"见{identity}", "口头", f"抵欠张三{phone}工程款", "耕地", "30年", "2016-03-01"),
             ("", "", 5, f"电话{phone}", "", "耕地", "30年", "2016-03-01"))
    assert main(["check", str(tmp_path / "入"), "--report", str(tmp_path / "出")]) == 1
    cells = [str(cell) for sheet in openpyxl.load_workbook(tmp_path / "出" / "findings.xlsx") for row in sheet.values for cell in row]
    for text in ((tmp_path / "出" / "index.html").read_text("utf-8"), (tmp_path / "出" / "findings.json").read_text("utf-8"), "".join(cells)):
        assert identity not in text
        assert phone not in text
    assert json.loads((tmp_path / "出" / "findings.json").read_text("utf-8"))["counts"]["accepted"] == 1


@pytest.mark.parametrize("words", [
    ["--report", "{file}"], ["--report", "{file}/报告"], ["--marked", "{folder}/没有/批注.xlsx"], ["--marked", "{folder}"],
    ["--as-of", "0001-01-01"], ["--as-of", "9999-12-31"], ["--place", "１４"]])
def test_odd_words_on_the_command_line_get_a_sentence_and_exit_2(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    village = workbook(tmp_path / "下河村.xlsx", ("承包方", "面积(亩)"), ("张大牛", 3))
    shutil.copy(village, tmp_path / "别的")
    given = [word.format(file=tmp_path / "别的", folder=tmp_path) for word in words]
    assert main(["check", str(village), *given]) == 2
    said = capsys.readouterr().err
    assert "没法运行" in said
    assert "Errno" not in said


def test_headings_of_village_clerks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    village = workbook(
        tmp_path / "东关.xlsx",
        ("承包户主", "每年承包款", "累计应交", "累计已交", "尚欠", "起租日", "到租日", "是否书面合同", "付款方式", "会议记录"),
        ("张三", 3900, 31200, 20000, 11200, "2017-03-01", "2027-02-28", "√", "一年一清", "没有会议记录"))
    assert main(["read", str(village), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["lessee"], row["rent_fen_per_year"], row["total_fen"]) == ("张三", 390000, None)
    assert (row["due_fen"], row["received_fen"], row["arrears_fen"]) == (3120000, 2000000, 1120000)
    assert (row["starts_on"], row["ends_on"]) == ("2017-03-01", "2027-02-28")
    assert (row["form"], row["payment_mode"], row["decision_body"]) == ("书面", "按年", "无")


def test_the_page_lists_the_columns_that_were_not_read(tmp_path: Path) -> None:
    headings = ("序", "承包方", "面积(亩)", "是否备案", "村里自编的栏")
    for name in ("东关", "西关"):
        workbook(tmp_path / "入" / f"{name}.xlsx", headings, (1, "张大牛", 3, "无", "x"))
    card = (("合同编号", "2015-1"), ("地类", "水面"), ("面积", "12亩"), ("签订日期", "2015-03-01"))
    workbook(tmp_path / "入" / "卡片.xlsx", *card)
    assert main(["check", str(tmp_path / "入"), "--report", str(tmp_path / "出")]) == 1
    page = (tmp_path / "出" / "index.html").read_text("utf-8")
    assert "没有读的列" in page
    assert "<b>东关、西关</b>：村里自编的栏" in page
    assert "卡片：这是卡片" in page


@pytest.mark.parametrize(("start", "end", "said"), [
    (20130609, 20330608, "20年"), (20190101, 20290101, "10年"), (20190101, 20281231, "10年"), (20120229, 20220228, "10年"),
    (20200131, 20210130, "1年"), (20030501, 20230531, "20年1个月"), (20200101, 20200110, "10天"), (20150315, 20150914, "6个月")])
def test_the_eve_of_the_anniversary_completes_the_year(start: int, end: int, said: str) -> None:
    row = {"signed_on": date(2000, 1, 1), "starts_on": None, "open_end": False, "start": start, "end": end, "term_months": None, "renewed_on": None}
    assert span(row).endswith(f"（{said}）")


def test_a_contract_without_a_date_says_that_the_articles_are_today_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    village = workbook(tmp_path / "村.xlsx", ("承包方", "地类", "民主程序", "签订日期"), ("甲", "耕地", "无", "2016.1"), ("乙", "耕地", "无", "2016-03-01"))
    assert main(["check", str(village), "--json"]) == 1
    said = [f["sentence"] for f in json.loads(capsys.readouterr().out)["findings"] if f["rule"] == "C02"]
    assert ["条文按现行法列出" in each for each in said] == [True, False]


def test_every_workbook_gets_its_own_marked_copy_whatever_its_name(tmp_path: Path) -> None:
    long = "很长的村名" * 15
    for name in ("甲/乙.xlsx", "甲_乙.xlsx", f"{long}.xlsx", f"甲/{long}.xlsx"):
        workbook(tmp_path / "入" / name, ("承包方", "是否备案"), ("张大牛", "无"))
    assert main(["check", str(tmp_path / "入"), "--report", str(tmp_path / "出")]) == 1
    assert len(list((tmp_path / "出" / "批注本").iterdir())) == 4
