"""A finding explains itself in three lines, and reads otherwise under another date or another place's numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import a_long_lease, a_workbook
from mingbai.registers.contracts.register import REGISTER
from mingbai.rules import Checker, Law, ledger
from mingbai.rules.explain import Reading, explain, turns
from rules.cases import RULEBOOK, TODAY, law, read_row


def read(rule: str, day: date | None = None, policy: str = "", as_of: date = TODAY, under: Law | None = None, **said: Any) -> Reading:
    row = read_row({title: str(value) for title, value in said.items()}, list(said), 3)
    rows = ledger(REGISTER, [{name: [value] for name, value in row.items()}])
    return explain(Checker(REGISTER, RULEBOOK, under or law(policy), as_of), rows, 0, rule, day)


LEASE = {"合同类型": "租赁", "地类": "耕地", "签订日期": "2005-01-01", "起始日期": "2005-01-01", "终止日期": "2035-12-31"}


def test_a_lease_of_31_years_reads_by_the_law_of_its_signing() -> None:
    now = read("C04", **LEASE)
    assert (now.answer, now.day) == ("yes", date(2005, 1, 1))
    assert "2005-01-01至2035-12-31" in now.sentence
    assert [each.number for each in now.articles] == ["第二百一十四条"]
    assert now.usual


@pytest.mark.parametrize(("day", "answer", "changed"), [
    (date(1999, 9, 30), "disputed", ("answer", "sentence", "articles")), (date(1999, 10, 1), "yes", ()), (date(2020, 12, 31), "yes", ()), (date(2021, 1, 1), "yes", ("articles",)),
])
def test_the_same_lease_signed_on_another_day(day: date, answer: str, changed: tuple[str, ...]) -> None:
    now, then = read("C04", **LEASE), read("C04", day, **LEASE)
    assert (then.answer, then.day, now.differs(then)) == (answer, day, changed)
    assert "2005-01-01至2035-12-31" in then.sentence, "the term is the ledger's, whatever the day of signing"


def test_a_term_counted_from_the_signing_stays_where_it_was() -> None:
    said = {title: value for title, value in LEASE.items() if title != "起始日期"}
    assert "2005-01-01至2035-12-31" in read("C04", date(2021, 1, 1), **said).sentence


def test_a_meeting_on_another_day_is_measured_by_that_days_rule() -> None:
    vote = {"地类": "耕地", "签订日期": "2024-03-01", "民主程序": "成员大会", "会议日期": "2024-03-01", "应到人数": "90", "实到人数": "60", "同意人数": "40"}
    assert read("C02", **vote).answer == "no", "more than half of those present"
    then = read("C02", date(2025, 5, 1), **vote)
    assert then.answer == "yes", "two thirds of all since the law on collectives"
    assert any("农村集体经济组织法" in each.statute for each in then.articles)


def test_a_display_on_another_day_keeps_its_length() -> None:
    shown = {"是否公示": "是", "公示起始日期": "2025-12-01", "公示结束日期": "2025-12-11"}
    assert (read("C29", **shown).answer, read("C29", date(2026, 1, 1), **shown).answer) == ("no", "yes")
    assert "2026-01-01至2026-01-11公示，满10天" in read("C29", date(2026, 1, 1), **shown).sentence


def test_a_village_with_a_number_of_its_own_reads_by_it() -> None:
    transfer = {"合同类型": "流转", "地类": "耕地", "签订日期": "2015-01-01", "起始日期": "2015-01-01", "终止日期": "2035-01-01"}
    nowhere, there = read("C05", **transfer), read("C05", policy="九院村", **transfer)
    assert (nowhere.answer, there.answer) == ("cannot_tell", "yes")
    assert "answer" in nowhere.differs(there)
    assert there.policy


def test_where_the_answer_is_no_the_law_is_told_all_the_same() -> None:
    told = read("C04", **{**LEASE, "终止日期": "2015-12-31"})
    assert (told.answer, told.sentence) == ("no", "按这一天的规定，不构成“租赁期限过长”")
    assert told.articles


@pytest.mark.parametrize("rule", RULEBOOK.rules)
def test_every_rule_knows_the_days_its_law_turned(rule: str) -> None:
    days = turns(law(""), RULEBOOK.rules[rule])
    assert days == sorted(set(days))
    for day in days:
        assert read(rule, day, **LEASE).articles


def test_no_finding_of_the_demo_lacks_fact_law_and_date(tmp_path: Path) -> None:
    lacking(tmp_path, villages=8)


@pytest.mark.slow
def test_nor_does_any_of_the_whole_district(tmp_path: Path) -> None:
    lacking(tmp_path, villages=None)


def lacking(folder: Path, villages: int | None) -> None:
    """Every finding has cells of the row behind it (or says which are missing), articles of its day (one that is younger says
    since when it holds), a day from the ledger or the word that there is none, and a next step."""
    from mingbai import demo
    from mingbai.report import files_in, survey
    from mingbai.rules import load_law
    from mingbai.rules.law import ymd_date

    demo.write(folder, villages=villages)
    statute = load_law("contracts").under(folder / demo.POLICY, demo.PLACE)
    found = survey(files_in([folder]), REGISTER, statute, TODAY, place=demo.PLACE).findings
    rows = {(row["_file"], row["_sheet"], row["_row"]): row for row in found.judged.iter_rows(named=True)}
    number = 0
    for each in found.where(1, 3):
        number += 1
        row, rule = rows[each.file, each.sheet, each.row], RULEBOOK.rules[each.rule]
        assert each.sentence.removeprefix(f"疑似{rule.title}：").removeprefix("有争议："), each
        assert each.columns, each
        assert each.cites, each
        assert each.advice, each
        day = TODAY if rule.law_of == "today" else ymd_date(row[rule.law_of])
        if day is None:
            assert len(statute.citations[rule.cites]) == 1 or "看不出是哪一年的事" in each.sentence, each
        else:
            for article, cite in zip(found.articles(each.rule, row), each.cites, strict=True):
                assert article.until is None or article.until >= day, (each, article)
                assert article.since <= day or cite.endswith(f"（{article.since} 起施行）"), (each, article)
        if each.rule != "C11":  # whose fact is the empty cell
            assert any(row.get(name) is not None for name in each.columns), each
    assert number > (2000 if villages is None else 200)


def test_the_command_reads_a_row_and_every_period(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "村.xlsx"))
    sheet = book.add_worksheet("台账")
    said = {"合同编号": "1", "承包方": "张三", **LEASE}
    sheet.write_row(0, 0, list(said))
    sheet.write_row(1, 0, list(said.values()))
    book.close()

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "mingbai", "explain", "村.xlsx", "--as-of", "2026-09-30", *words], capture_output=True, text=True, check=False, cwd=tmp_path)

    told = run("--row", "2", "--rule", "c04", "--json")
    assert told.returncode == 1, told.stderr
    data = json.loads(told.stdout)
    assert data["now"]["answer"] == "yes"
    assert [each["day"] for each in data["instead"]] == ["1982-07-01", "1999-10-01", "2021-01-01"]
    assert "＊" in run("--row", "2", "--rule", "C04", "--signed", "1995-01-01").stdout
    assert run("--row", "9", "--rule", "C04").returncode == 2
    assert "没有“C99”" in run("--row", "2", "--rule", "C99").stderr


def test_long_performance_and_investment_are_shown_and_change_no_answer() -> None:
    said = {**LEASE, "欠缴金额(元)": "0", "备注": "承包后投资20万元打井修渠；没有投入的部分不算"}
    told, plain = read("C04", **said), read("C04", **LEASE)
    assert told.weighs == ("从2005-01-01起已经履行21年，台账写明没有欠缴", "台账写着“承包后投资20万元打井修渠”")
    assert (told.answer, told.sentence) == (plain.answer, plain.sentence)
    assert plain.weighs == ("从2005-01-01起已经履行21年，是否欠缴台账没有写",)
    assert read("C04", **{**LEASE, "签订日期": "2022-01-01", "起始日期": "2022-01-01", "终止日期": "2052-01-01"}).weighs == (), "four years"
    assert read("C15", **{**LEASE, "欠缴金额(元)": "100"}).weighs == (), "arrears are to be paid, however long"


PROCEDURE = ("C01", "C02", "C03", "C11", "C13", "C17", "C21", "C22", "C29", "C30")


def test_a_defect_of_procedure_alone_is_a_thing_to_mend() -> None:
    """Its class is 补程序、补文本, its words are of mending, and nothing says that the contract falls."""
    from mingbai.registers.contracts.road import PROPOSES

    assert {PROPOSES[rule] for rule in PROCEDURE} == {"B"}
    for rule in PROCEDURE:
        remedy = RULEBOOK.rules[rule].remedy
        assert any(word in remedy for word in ("补", "重新", "追认", "公开", "复印")), (rule, remedy)
        assert not remedy.startswith(("解除", "收回"))


def test_wasteland_let_as_a_lease_tells_both_readings() -> None:
    told = read("C04", **{**LEASE, "地类": "荒山"})
    assert told.answer == "disputed"
    assert "按其他方式承包读没有20年上限，按租赁读有" in told.sentence


def test_the_three_lines_in_english(tmp_path: Path) -> None:
    book = tmp_path / "九院村.xlsx"
    book.write_bytes(a_workbook(a_long_lease()))
    ran = subprocess.run([sys.executable, "-m", "mingbai", "explain", str(book), "--row", "2", "--rule", "C04", "--signed", "1999-09-30", "--as-of", "2026-09-30", "--english"],
                         capture_output=True, text=True, check=False)
    assert "C04 Lease too long: by the law of 2005-01-01, as of 2026-09-30" in ran.stdout
    assert "2005-01-01 to 2035-12-31 (31 years), beyond the 20 years" in ran.stdout
    assert "Contract Law (合同法) art. 214 (to be confirmed): A lease may not exceed twenty years" in ran.stdout
    assert "Disputed: 2005-01-01 to 2035-12-31 (31 years), over 20 years; signed before 1999-10-01" in ran.stdout
