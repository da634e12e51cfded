"""The command line as a contract: what it prints, how it ends, what it says when it cannot."""

import json
from pathlib import Path

import openpyxl
import pytest

from mingbai.cli import main

CLEAN = {
    "合同编号": "HT-001", "合同名称": "村东耕地承包", "发包方": "某村", "发包层级": "村", "承包方": "张三", "是否本集体成员": "是",
    "承包人是否村干部或近亲属": "否", "合同类型": "其他方式承包", "合同形式": "书面", "标的类别": "资源", "地类": "耕地", "坐落": "村东",
    "地块编码": "P1", "面积(亩)": 10, "实测面积(亩)": 10, "约定用途": "种植", "实际用途": "种植", "民主程序": "代表会议", "会议日期": "2020-01-01",
    "应到人数": 30, "实到人数": 28, "同意人数": 27, "签订日期": "2020-01-05", "起始日期": "2020-01-05", "终止日期": "2024-01-05",
    "计价方式": "递增", "承包费单价(元/亩·年)": 500, "缴纳方式": "按年", "应收金额(元)": 20000, "已收金额(元)": 20000, "欠缴金额(元)": 0,
    "备案编号": "备1", "原件是否在档": "是", "是否到期在用": "否", "最近催收日期": None, "所有权人(层级)": "村", "签章是否齐全": "是", "抵债事项": "无",
    "总价款(元)": 20000, "乡镇批准文号": "批1",
}


def workbook(path: Path, *rows: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "合同"
    headings = list(rows[0])
    sheet.append(headings)
    for row in rows:
        sheet.append([row[h] for h in headings])
    book.save(path)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_clean_ledger_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = workbook(tmp_path / "清.xlsx", CLEAN)
    code, out, _err = run(capsys, "check", file, "--as-of", "2026-09-30", "--json")
    report = json.loads(out)
    assert code == 0, [f for f in report["findings"] if f["answer"] != "cannot_tell"]
    assert report["counts"]["contracts"] == 1
    assert report["counts"]["amount_fen"] == 2_000_000


def test_a_suspect_contract_gives_cell_fact_and_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = workbook(tmp_path / "租.xlsx", CLEAN | {"合同类型": "租赁", "签订日期": "2005-01-01", "起始日期": "2005-01-01", "终止日期": "2035-12-31"})
    code, out, _ = run(capsys, "check", file, "--as-of", "2026-09-30", "--json")
    report = json.loads(out)
    assert code == 1
    assert {"as_of", "place", "findings", "counts"} <= report.keys()
    finding = next(f for f in report["findings"] if f["rule"] == "C04")
    assert {"file", "sheet", "row", "rule", "answer", "severity", "sentence", "cites"} <= finding.keys()
    assert (finding["sheet"], finding["row"], finding["answer"], finding["severity"]) == ("合同", 2, "yes", 3)
    assert "2005-01-01至2035-12-31（31年）" in finding["sentence"]
    assert any("合同法" in cite for cite in finding["cites"])


def test_read_prints_the_json_of_the_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = workbook(tmp_path / "读.xlsx", CLEAN | {"签订日期": 2016.1})
    code, out, _ = run(capsys, "read", file, "--json")
    reading = json.loads(out)
    sheet = reading["sheets"][0]
    assert code == 1  # 2016.1 is a doubt
    assert {"name", "header_rows", "mapping", "read", "accepted", "rejected", "skipped"} <= sheet.keys()
    assert sheet["read"] == sheet["accepted"] + sheet["rejected"] + sheet["skipped"]
    assert reading["rows"][0]["area_mu4"] == 100_000
    assert reading["rows"][0]["ends_on"] == "2024-01-05"
    assert reading["rows"][0]["_row"] == 2
    error = reading["errors"][0]
    assert {"sheet", "cell", "column", "value", "kind", "reason", "suggestion"} <= error.keys()
    assert (error["kind"], error["column"]) == ("doubt", "signed_on")


def test_the_rule_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "rules", "--json")
    catalogue = json.loads(out)
    assert code == 0
    assert all(set(entry) == {"id", "title", "severity", "cites", "reads", "remedy"} for entry in catalogue)
    wanted = "C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30".split()
    assert [entry["id"] for entry in catalogue] == wanted
    assert all(entry["cites"] and entry["reads"] and entry["remedy"] for entry in catalogue)


@pytest.mark.parametrize(("arguments", "said"), [
    (["check", "没有.xlsx"], "没有这个文件"),
    (["check", ".", "--engine", "abacus"], "没有“abacus”这个引擎"),
    (["check", ".", "--as-of", "2026年"], "请写成 2026-09-30"),
    (["check", ".", "--register", "contract"], "没有名为“contract”的台账"),
    (["read", "没有.xlsx"], "没有这个文件"),
    (["read", "."], "是文件夹；read 一次读一个文件，读整个文件夹请用 mingbai check ."),
    (["nonsense"], "不能是 'nonsense'（可用的有 'read'"),
    (["demo", "--villages", "六"], "参数 --villages：要写整数，不能是 '六'"),
    (["check", ".", "--engine"], "参数 --engine：后面要写一个值"),
    ([], "看怎么写"),
])
def test_what_cannot_run_ends_with_2_and_a_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not out


def test_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("", "read", "check", "rules", "template", "demo"):
        with pytest.raises(SystemExit) as ended:
            main([*([command] if command else []), "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        assert "例子：" in said
        assert f"mingbai {command}" in said
        assert "usage:" not in said
        assert "选项：" in said


def test_a_policy_of_another_place_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "政策.yaml"
    policy.write_text("place: '140109'\ntitle: 政策\n", encoding="utf-8")
    file = workbook(tmp_path / "清.xlsx", CLEAN)
    code, _, err = run(capsys, "check", file, "--place", "110101", "--policy", policy)
    assert code == 2
    assert "140109" in err


def test_the_template_reads_back_without_a_single_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank = tmp_path / "空白.xlsx"
    assert run(capsys, "template", "--register", "contracts", blank)[0] == 0
    assert run(capsys, "template", "--register", "contracts", blank)[0] == 2  # never overwritten
    book = openpyxl.load_workbook(blank)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for heading, value in CLEAN.items():
        sheet.cell(2, headings.index(heading) + 1, value)
    book.save(blank)
    code, out, _ = run(capsys, "read", blank, "--json")
    reading = json.loads(out)
    assert code == 0, reading["errors"]
    assert len(reading["rows"]) == 1


def test_a_refused_file_among_good_ones_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook(tmp_path / "好.xlsx", CLEAN)
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    (tmp_path / "~$好.xlsx").write_bytes(b"lock")
    code, out, _ = run(capsys, "check", tmp_path, "--as-of", "2026-09-30", "--json")
    report = json.loads(out)
    assert code == 1
    assert [Path(r["file"]).name for r in report["refused"]] == ["坏.xlsx"]
    assert report["refused"][0]["mend"]
    assert report["counts"]["contracts"] == 1
