"""One rule text, three engines: the same answer row by row where engines differ most.

DuckDB runs here; Spark in ``make spark`` (``MINGBAI_ENGINES=spark``), since it takes minutes to plan. ``MINGBAI_SEED`` begins
at another seed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from mingbai.limits import AREA_MU4_MAX, CONTRACT_FEN_MAX
from mingbai.registers.contracts.register import REGISTER
from mingbai.rules import Checker, find_rulebook, ledger
from mingbai.rules.engines import EngineError, on, whole, write_county
from rules.cases import law
from rules.ledgers import ALL_HEADINGS, a_table
from rules.oracle import judge_rows, with_dates

SEED = int(os.environ.get("MINGBAI_SEED", "20261124"))
RULEBOOK, TODAY = find_rulebook("contracts"), date(2026, 9, 30)
ENGINES = [engine for engine in ("duckdb", "spark") if find_spec({"spark": "pyspark"}.get(engine, engine))
           and (engine == "duckdb" or engine in os.environ.get("MINGBAI_ENGINES", ""))]
ONCE_MORE = [pytest.param(engine, marks=pytest.mark.slow) if engine == "duckdb" else engine for engine in ENGINES]
"""DuckDB takes half a minute to plan all rules: what it has shown once already is left to ``make slow``."""


def row(number: int, **said: Any) -> dict[str, Any]:
    return {column.name: None for column in REGISTER.columns} | {
        "_file": "甲.xlsx", "_sheet": "台账", "_row": number, "_headings": ALL_HEADINGS, "_doubtful": "|"} | said


def traps() -> list[dict[str, Any]]:
    """Blanks of every kind, 29 February, the turn of years, open ends, ties, values at the edge of what is held."""
    deal = {"land_class": "耕地", "kind": "租赁", "lessee": "张三", "lessor": "村", "location": "村东", "agreed_use": "种植"}
    days = ("2000-02-29", "2003-12-31", "2004-02-29", "2016-02-29", "2019-12-01", "2020-12-31", "2024-02-29", "1999-09-30")
    made = [row(n, **deal, signed_on=day, starts_on=day, term_months=months, rent_fen_per_year=100_000, area_mu4=10_000 * n, parcel_code=f"P{n % 3}",
                payment_mode="按年", arrears_fen=100_000 * n, last_demand_on=day)
            for n, (day, months) in enumerate(((day, months) for day in days for months in (6, 12, 240, 241, 360)), 3)]
    blanks = ("\u3000", "\u3000\u3000", " ", "\u00a0", "无", "种植\u3000", "\u3000厂房", "不得建厂房，种植", "禁止回购；按期交租")
    made += [row(60 + n, **{**deal, "agreed_use": text}, special_terms=text, actual_use=text, escalation=text, starts_on="2021-01-01", ends_on="2025-12-31")
             for n, text in enumerate(blanks)]
    made += [row(80 + n, **deal, open_ended=True, starts_on="1998-06-01", parcel_code="Q", shown_from="2025-12-31", shown_to=last)
             for n, last in enumerate(("2026-01-06", "2026-01-07", "2026-01-14", "2025-12-31"))]
    tied = [row(90 + n, **deal, starts_on="2015-01-01", ends_on="2020-12-31", rent_fen_per_mu_year=price, parcel_code="T")
            for n, price in enumerate((1, 1, 50_000, 50_000, 100_000, 100_000))]
    huge = [row(100 + n, **deal, starts_on="1983-01-01", ends_on="2082-12-31", total_fen=CONTRACT_FEN_MAX, area_mu4=AREA_MU4_MAX,
                measured_area_mu4=AREA_MU4_MAX, rent_fen_per_mu_year=CONTRACT_FEN_MAX, due_fen=CONTRACT_FEN_MAX, received_fen=0, payment_mode="按年", last_demand_on="2026-01-01", idle_since="2024-09-30",
                entitled=2**31 - 1, present=2**31 - 1, votes_for=1, letting_mode="直接发包", signed_on=f"{2009 + n}-12-31") for n in range(3)]
    return made + tied + huge


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    rows = traps() + [each for seed in range(SEED, SEED + 30) for each in a_table(Random(seed), 12)]
    names = list(dict.fromkeys(name for each in rows for name in each))
    return ledger(REGISTER, [{name: [each.get(name) for each in rows] for name in names}])


@pytest.mark.parametrize("policy", ["", "九院村"])
@pytest.mark.parametrize("engine", ONCE_MORE)
def test_every_engine_gives_every_row_the_same_answer(frame: pl.DataFrame, engine: str, policy: str) -> None:
    expected = Checker(REGISTER, RULEBOOK, law(policy), TODAY)(frame).judged.sort("_id")
    found = whole(engine, frame, REGISTER, RULEBOOK, law(policy), TODAY).judged
    rules = list(RULEBOOK.rules)
    assert found["_id"].to_list() == expected["_id"].to_list()
    assert {code for rule in rules for code in expected[rule].unique()} == {0, 1, 2, 3}
    differ = [(rule, expected["_row"][at], expected[rule][at], found[rule][at]) for rule in rules for at in range(len(found)) if expected[rule][at] != found[rule][at]]
    assert differ == [], f"MINGBAI_SEED={SEED}: {differ[:5]}"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_agrees_with_the_oracle(engine: str) -> None:
    """Not only with each other: with a second hand's plain Python over random rows."""
    rows = [each | {"_file": f"{seed}-{each['_file']}"} for seed in range(SEED + 100, SEED + 120) for each in a_table(Random(seed), 12)]
    names = list(dict.fromkeys(name for each in rows for name in each))
    found = whole(engine, ledger(REGISTER, [{name: [each.get(name) for each in rows] for name in names}]), REGISTER, RULEBOOK, law(""), TODAY).judged.to_dicts()
    words = ("no", "yes", "cannot_tell", "disputed")
    expected = judge_rows([with_dates(each) for each in rows], law(""), TODAY)
    differ = [(rule, at, words[found[at][rule]], answer) for at, answers in enumerate(expected) for rule, answer in answers.items() if words[found[at][rule]] != answer]
    assert differ == [], f"MINGBAI_SEED={SEED}: {differ[:5]}"


@pytest.mark.parametrize("engine", ["polars", *ONCE_MORE])
def test_a_folder_by_county_is_judged_county_by_county(engine: str, tmp_path: Path) -> None:
    """Each county's answers are those of its own rows alone: a neighbour's prices decide nothing, equal names are two."""
    frames = {}
    for number, county in enumerate(("140109", "140110")):
        rows = [each | {"_file": f"{county}-{each['_file']}"} for seed in range(SEED, SEED + 10) for each in a_table(Random(seed + number), 12)]
        names = list(dict.fromkeys(name for each in rows for name in each))
        frames[county] = ledger(REGISTER, [{name: [each.get(name) for each in rows] for name in names}])
        kept = write_county(frames[county], REGISTER, county, tmp_path)
    assert pl.read_parquet(kept)["lessee_id_no"].null_count() == len(frames["140110"]), "no identity numbers in it"
    judged = on(engine, tmp_path, REGISTER, RULEBOOK, law(""), TODAY)
    told: list[tuple[Any, ...]] = []
    counts: dict[str, dict[str, int]] = {rule: {"yes": 0, "cannot_tell": 0, "disputed": 0} for rule in RULEBOOK.rules}
    for county in frames:
        alone = on("polars", frames[county], REGISTER, RULEBOOK, law(""), TODAY)
        told += alone.findings.judged.select("_file", "_sheet", "_row", *RULEBOOK.rules).rows()
        for rule, said in alone.counts.items():
            for word, number in said.items():
                counts[rule][word] += number
    assert sorted(judged.findings.judged.select("_file", "_sheet", "_row", *RULEBOOK.rules).rows()) == sorted(told)
    assert (judged.counts, judged.rows) == (counts, sum(map(len, frames.values())))
    assert all(each.cites for each in judged.findings.where(1, 3))


@pytest.mark.parametrize("engine", ["polars", *ENGINES])
def test_rows_that_are_compared_must_lie_together(engine: str, frame: pl.DataFrame, tmp_path: Path) -> None:
    write_county(frame, REGISTER, "140109", tmp_path)
    write_county(frame, REGISTER, "140110", tmp_path)
    with pytest.raises(EngineError, match=r"分在几个县里（乙.xls、甲.xlsx"):
        on(engine, tmp_path, REGISTER, RULEBOOK, law(""), TODAY)
    (tmp_path / "county=140110/rows.parquet").rename(tmp_path / "county=140109/again.parquet")
    with pytest.raises(EngineError, match="140109 的行写了两遍"):
        on(engine, tmp_path, REGISTER, RULEBOOK, law(""), TODAY)


@pytest.mark.parametrize("county", ["", "14", "1401090", "万柏林"])
def test_a_county_is_six_digits(county: str, frame: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="六位"):
        write_county(frame, REGISTER, county, tmp_path)


def test_an_engine_that_is_not_installed_is_said_in_words(frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.rules.engines.find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"pip install 'mingbai\[duckdb\]'"):
        whole("duckdb", frame, REGISTER, RULEBOOK, law(""), TODAY)
    with pytest.raises(EngineError, match="没有“abacus”这个引擎"):
        whole("abacus", frame, REGISTER, RULEBOOK, law(""), TODAY)


@pytest.mark.skipif("duckdb" not in ENGINES, reason="DuckDB is not installed")
@pytest.mark.slow
def test_from_workbooks_to_parquet_to_findings(tmp_path: Path) -> None:
    """The road a county takes: read once, keep the typed rows, check them anywhere."""
    from mingbai import demo

    demo.write(tmp_path / "台账", villages=2)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "mingbai", "check", *words, "--place", "140109", "--as-of", "2026-09-30", "--json"],
                              capture_output=True, text=True, check=False, cwd=tmp_path)

    import json

    first = json.loads(run("台账", "--parquet", "全省").stdout)
    again = run("全省", "--engine", "duckdb")
    assert again.returncode == 1, again.stderr
    then = json.loads(again.stdout)
    assert then["counts"]["by_rule"] == first["counts"]["by_rule"]
    told = [{key: each[key] for key in ("sheet", "row", "rule", "answer", "sentence")} for each in first["findings"] if each["answer"] != "cannot_tell"]
    assert [{key: each[key] for key in ("sheet", "row", "rule", "answer", "sentence")} for each in then["findings"]] == told
    assert run("全省", "--report", "报告").returncode == 2
