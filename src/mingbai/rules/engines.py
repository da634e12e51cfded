"""Where a check runs: the same rule text on Polars, DuckDB or Spark, over one frame or over a folder of Parquet by county.

The folder is ``county=140109/rows.parquet`` and so on, as :func:`write_county` lays it out: the columns of
:func:`mingbai.rules.ledger` without identity numbers and phones. Prices are compared within a county, plots and bargains
within an organisation (``_file``), so the rows of one must lie together: :func:`folder` refuses a folder where they do not.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from mingbai.columns import Register
from mingbai.rules.engine import ANSWERS, DISPUTED, YES, Checker, Findings, judge
from mingbai.rules.law import Law
from mingbai.rules.ledger import bits, kinds, schema
from mingbai.rules.rule import Rulebook

ENGINES = ("polars", "duckdb", "spark")
_NEEDS = {"duckdb": ("duckdb", "pyarrow"), "spark": ("pyspark", "pyarrow", "pandas")}
PRIVATE = frozenset(("identity", "phone"))
"""Kinds of column that no rule reads and no export for machines carries."""
_APART = 10**9
"""Rows a county may have: its code times this is added to their numbers, so that no two are alike."""


class EngineError(ValueError):
    """An engine that is not there, or rows that cannot be judged; the sentence says what to do."""


@dataclass(frozen=True)
class Judged:
    """``counts``: rule → answer → rows, of all rows. ``findings``: of the rows with a yes or a disputed answer only."""

    rows: int
    counts: dict[str, dict[str, int]]
    findings: Findings


def on(engine: str, rows: pl.DataFrame | Path, register: Register, rulebook: Rulebook, law: Law, as_of: date) -> Judged:
    """Judges a ledger's frame, or a folder of Parquet by county, on an engine.

    :raises EngineError: the engine is unknown or not installed, or the folder's rows do not lie together.
    """
    rules, kept = list(rulebook.rules), []
    totals: Counter[str] = Counter()
    for suspects, counted in _judged(engine, rows, register, rulebook, law, as_of):
        kept.append(suspects())
        totals.update(counted)
    found = pl.concat(kept).sort("_id").with_columns(pl.col(rules).cast(pl.Int8))
    return Judged(totals["rows"], _by_rule(rulebook, totals), Findings(register, rulebook, law, as_of, found))


def tally(
    engine: str, rows: pl.DataFrame | Path, register: Register, rulebook: Rulebook, law: Law, as_of: date
) -> tuple[int, dict[str, dict[str, int]]]:
    """The same without the findings themselves, which for a nation no memory holds: rows, and rule → answer → rows.

    :raises EngineError: as :func:`on`.
    """
    totals: Counter[str] = Counter()
    for _, counted in _judged(engine, rows, register, rulebook, law, as_of):
        totals.update(counted)
    return totals["rows"], _by_rule(rulebook, totals)


Part = tuple[Callable[[], pl.DataFrame], Mapping[str, int]]


def _judged(
    engine: str, rows: pl.DataFrame | Path, register: Register, rulebook: Rulebook, law: Law, as_of: date
) -> Iterator[Part]:
    """Part by part: a way to the rows with a yes or a disputed answer, and how many rows gave which answer. Polars takes a
    folder county by county, by one plan, in the memory one county needs; the others bring their own way of being large."""
    _ready(engine)
    source, collect = _OPEN[engine](rows)
    if not isinstance(rows, Path):
        yield _part(judge(source, rulebook, law, as_of), rulebook, collect)
        return
    keyed = folder(source, rows, collect)
    if engine != "polars":
        yield _part(judge(keyed, rulebook, law, as_of, by_county=True), rulebook, collect)
        return
    checker = Checker(register, rulebook, law, as_of)
    for county in sorted(rows.glob("county=*")):
        own = pl.concat([pl.read_parquet(each, hive_partitioning=False) for each in sorted(county.glob("*.parquet"))])
        code = county.name.removeprefix("county=")
        judged = checker(own.select("_id", *schema(register), *bits(register), *kinds(register))).judged.with_columns(
            pl.lit(code).alias("_county"), pl.col("_id") + int(code) * _APART
        )
        yield _part(judged.lazy(), rulebook, collect)


def _part(judged: Any, rulebook: Rulebook, collect: Callable[[Any], pl.DataFrame]) -> Part:
    frame, rules = nw.from_native(judged), list(rulebook.rules)
    suspect = nw.any_horizontal(*(nw.col(rule).is_in([YES, DISPUTED]) for rule in rules), ignore_nulls=True)
    totals = _native(
        frame.select(
            nw.len().alias("rows"),
            *(
                (nw.col(rule) == code).cast(nw.Int64).sum().alias(f"{rule}_{code}")
                for rule in rules
                for code in ANSWERS
            ),
        ),
        collect,
    ).row(0, named=True)
    return lambda: _native(frame.filter(suspect), collect), {name: int(number or 0) for name, number in totals.items()}


def _by_rule(rulebook: Rulebook, totals: Mapping[str, int]) -> dict[str, dict[str, int]]:
    return {rule: {word: totals.get(f"{rule}_{code}", 0) for code, word in ANSWERS.items()} for rule in rulebook.rules}


def whole(engine: str, rows: pl.DataFrame, register: Register, rulebook: Rulebook, law: Law, as_of: date) -> Findings:
    """Every row judged on an engine, as :func:`mingbai.rules.check` does on Polars.

    :raises EngineError: the engine is not installed.
    """
    _ready(engine)
    source, collect = _OPEN[engine](rows)
    judged = collect(judge(source, rulebook, law, as_of)).sort("_id")
    return Findings(register, rulebook, law, as_of, judged.with_columns(pl.col(list(rulebook.rules)).cast(pl.Int8)))


def _ready(engine: str) -> None:
    if engine not in ENGINES:
        raise EngineError(f"没有“{engine}”这个引擎；可用的有 {'、'.join(ENGINES)}")
    missing = [name for name in _NEEDS.get(engine, ()) if find_spec(name) is None]
    if missing:
        raise EngineError(
            f"这台机器没有装 {'、'.join(missing)}；请运行 pip install 'mingbai[{engine}]'，或者用 --engine polars"
        )


def write_county(rows: pl.DataFrame, register: Register, county: str, target: Path) -> Path:
    """Lays the rows of one county where :func:`on` finds them; what was there of this county is replaced. Identity numbers
    and phones are left out.

    :raises EngineError: when the code is not one of six digits.
    """
    if not (county.isascii() and county.isdigit() and len(county) == 6):
        raise EngineError(f"“{county}”不是六位的县级区划代码，例如 140109")
    place = target / f"county={county}"
    place.mkdir(parents=True, exist_ok=True)
    private = [
        pl.lit(None, dtype=pl.String).alias(column.name) for column in register.columns if column.kind in PRIVATE
    ]
    draft = place / ".rows.parquet"
    rows.select("_id", *schema(register), *bits(register), *kinds(register)).with_columns(private).write_parquet(draft)
    return draft.replace(place / "rows.parquet")


def folder(table: Any, path: Path, collect: Callable[[Any], pl.DataFrame]) -> Any:
    """The rows of a folder with their county and numbers no two of which are alike.

    :raises EngineError: where what is compared with each other does not lie together.
    """
    frame = nw.from_native(table)
    county = nw.col("county").cast(nw.String)
    frame = frame.with_columns(_county=county, _id=county.cast(nw.Int64) * _APART + nw.col("_id")).drop("county")
    alike = _native(frame.group_by("_id").agg(n=nw.len()).filter(nw.col("n") > 1).select(nw.col("_id")), collect)
    if len(alike):
        counties = sorted({str(number // _APART).zfill(6) for number in alike["_id"]})
        raise EngineError(
            f"{path} 里 {'、'.join(counties[:5])} 的行写了两遍；一个县只放一份 rows.parquet，请重写这几个县"
        )
    split = _native(
        frame.group_by("_file").agg(n=nw.col("_county").n_unique()).filter(nw.col("n") > 1).select(nw.col("_file")),
        collect,
    )
    if len(split):
        raise EngineError(
            f"{path} 里有 {len(split)} 个组织的行分在几个县里（{'、'.join(sorted(split['_file'])[:3])}）；互相比较的行要放在一起，请把它们写进同一个县"
        )
    return frame.to_native()


def _native(frame: Any, collect: Callable[[Any], pl.DataFrame]) -> pl.DataFrame:
    return collect(frame.to_native())


Opened = tuple[Any, Callable[[Any], pl.DataFrame]]


def _parquet(path: Path) -> str:
    if not list(path.glob("county=*/*.parquet")):
        raise EngineError(f"{path} 里没有 county=六位代码/rows.parquet；请先用 mingbai check … --parquet 写出来")
    return str(path)


def _polars(rows: pl.DataFrame | Path) -> Opened:
    if isinstance(rows, Path):
        lazy = pl.scan_parquet(
            f"{_parquet(rows)}/county=*/*.parquet", hive_partitioning=True, hive_schema={"county": pl.String}
        )
    else:
        lazy = rows.lazy()
    return lazy, lambda frame: frame.collect()


def _duckdb(rows: pl.DataFrame | Path) -> Opened:
    import duckdb

    session = duckdb.connect()
    if isinstance(rows, Path):
        files = f"{_parquet(rows)}/county=*/*.parquet"
        table = session.sql(
            "SELECT * FROM read_parquet(?, hive_partitioning = true, hive_types_autocast = false)", params=[files]
        )
    else:
        table = session.from_arrow(rows.to_arrow())

    def collect(frame: Any) -> pl.DataFrame:
        assert session  # a relation dies with its connection: it is kept as long as this function
        return _frame(frame.to_arrow_table())

    return table, collect


def _spark(rows: pl.DataFrame | Path) -> Opened:
    """A session of this process; ``MINGBAI_SPARK`` names another master than this machine's own cores."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.appName("mingbai")
        .master(os.environ.get("MINGBAI_SPARK", "local[*]"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
        .config(
            "spark.sql.codegen.wholeStage", "false"
        )  # all rules in one method: longer than the JVM compiles, four times slower
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    table = session.read.parquet(_parquet(rows)) if isinstance(rows, Path) else session.createDataFrame(rows.to_arrow())
    return table, lambda frame: _frame(frame.toArrow())


def _frame(table: Any) -> pl.DataFrame:
    made = pl.from_arrow(table)
    assert isinstance(made, pl.DataFrame)
    return made


_OPEN: Mapping[str, Callable[[pl.DataFrame | Path], Opened]] = {"polars": _polars, "duckdb": _duckdb, "spark": _spark}
