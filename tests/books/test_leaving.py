"""Books taken away: the peers' own tools read them and come to the same trial balance; tables recompute it."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from booking import book, entry
from mingbai.books import leaving, months
from mingbai.records.door import commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(clerk: Any, village: Any) -> Any:
    """Two systems, odd words, red ink, a year carried over."""
    from mingbai.books.desk import reverse

    made = book(clerk, village, entry("a", date(2023, 3, 1), 900, debit="154", words='修井 "一期"; 付 | 款\\'), entry("b", date(2023, 4, 1), 35, credit="51101"))
    book(clerk, village, entry("c", date(2024, 3, 1), 70_005, debit="153", credit="102"), entry("d", date(2024, 3, 1), 7, debit="113", credit="50101", household="=cmd"))
    odd = book(clerk, village, entry("e", date(2025, 3, 1), 11))[0]
    with commit(clerk, village, "book", "冲销") as act:
        reverse(act, odd, date(2025, 4, 1), "错了")
    with commit(None, village, "close", "结转") as act:
        months.end_year(act, 2023)
    assert made
    return village


def expected(village: Any) -> dict[str, int]:
    return {code: fen for code, fen in months.at_end(village, 202512).items() if fen}


def test_beancount_comes_to_the_same_balances(kept: Any) -> None:
    loader = pytest.importorskip("beancount.loader", reason="beancount is not installed: pip install beancount")
    entries, errors, _ = loader.load_string(leaving.beancount(kept))
    assert errors == []
    sums: dict[str, Decimal] = {}
    for each in entries:
        for posting in getattr(each, "postings", ()):
            sums[posting.account] = sums.get(posting.account, Decimal()) + posting.units.number
    found = {account.split(":")[2].split("-")[0]: int(fen * 100) for account, fen in sums.items() if fen}
    assert found == expected(kept)
    assert all(":J2023:" in account for account, fen in sums.items() if fen)


def test_hledger_comes_to_the_same_balances(kept: Any, tmp_path: Path) -> None:
    if shutil.which("hledger") is None:
        pytest.skip("hledger is not installed: apt-get install hledger")
    (tmp_path / "books.journal").write_text(leaving.hledger(kept), encoding="utf-8")
    done = subprocess.run(["hledger", "-f", tmp_path / "books.journal", "balance", "--flat", "-N", "-O", "csv"], capture_output=True, text=True, check=True, env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    assert {account.split(":")[2].split(" ")[0]: round(Decimal(amount.split(" ")[0].replace(",", "")) * 100) for account, amount in rows} == expected(kept)


def test_the_tables_recompute_the_books(kept: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(leaving.archive(kept))) as file:
        frame = pl.read_parquet(io.BytesIO(file.read("lines.parquet")))
        text = file.read("lines.csv").decode("utf-8-sig")
        named = {row["column"] for row in csv.DictReader(io.StringIO(file.read("dictionary.csv").decode("utf-8-sig")))}
    assert set(frame.columns) == named
    assert frame["debit_fen"].sum() == frame["credit_fen"].sum()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == frame.height
    assert not [row for row in rows if any(str(cell).startswith("=") for cell in row.values())], "a spreadsheet would run it"
    year = frame.filter(pl.col("month") >= 202400)
    assert year.filter(pl.col("account") == "153")["debit_fen"].sum() == 70_005
