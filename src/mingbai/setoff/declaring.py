"""What is declared 申报: rows of a file → typed arrays, and for every row that is left out the reason.

Nothing is dropped: an ``Obligations`` has all rows of the file in their order; ``reason`` is 0 where a row takes part.
Amounts are fen in int64; a party's in- and out-sum fit int64 by construction, totals beyond that are Python integers.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mingbai.setoff.exact import exact_sum
from mingbai.setoff.reasons import KINDS, NUMBER

Ints = NDArray[np.int64]
INT64_MAX = 2**63 - 1
WEIGHT_MAX = 10**12
"""Times a million parties this is still within the solver's range of costs."""
NO_DUE = 2**31 - 1
"""Day number of a debt without due date: after every other."""
NEEDED = ("id", "debtor", "creditor", "amount_fen")
OPTIONAL = (
    "weight",
    "due_date",
    "consent",
    "kind",
    "max_clear_fen",
    "currency",
    "frozen",
    "pledged",
    "disputed",
    "time_barred",
    "waiver",
    "designation",
    "secured",
    "burden",
)
PARTY_NEEDED = ("party_id",)
PARTY_OPTIONAL = ("name", "kind", "status", "consent", "cash_limit_fen")
_BAD_ROW = "_bad_row"
_YES = ("yes", "y", "true", "1", "是", "同意", "有")
_NO = ("no", "n", "false", "0", "否", "不同意", "无")
_ASK = ("ask", "待答复", "未答复")
_SECURED = {"none": 0, "无": 0, "guarantee": 1, "保证": 1, "pledge": 2, "质押": 2, "mortgage": 3, "抵押": 3}


class NotATable(ValueError):  # noqa: N818 -- said to the person at the keyboard
    """The file cannot be read as this table: a Chinese sentence says why."""


@dataclass(frozen=True)
class Obligations:
    """All rows of a file. Arrays have one entry per row; parties are numbered in the order of their ids.

    ``capacity`` is what may be cleared of a row: min(amount, max_clear). ``order`` are the keys of art. 560, the first
    to be paid first, each an array that sorts ascending; empty if the file says nothing that tells debts apart.
    """

    ids: pl.Series
    parties: pl.Series
    names: pl.Series
    debtor: NDArray[np.int32]
    creditor: NDArray[np.int32]
    amount: Ints
    capacity: Ints
    weight: Ints | None
    due: NDArray[np.int32] | None
    order: tuple[Ints, ...]
    reason: NDArray[np.uint8]
    cash: Ints | None
    plain: bool
    """The file is UTF-8 csv with exactly these columns, so the stand-alone verifier can read it as it is."""

    def __len__(self) -> int:
        return len(self.ids)


def load(path: Path | str) -> pl.DataFrame:
    """A csv (UTF-8 or GB18030) or Parquet file as a table of texts; whole numbers stay numbers.

    :raises NotATable: no header, or bytes that are no text; OSError: no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"没有这个文件：{path}")
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            return pl.read_parquet(path)
        except pl.exceptions.PolarsError as broken:
            raise NotATable(f"{path.name} 不是完好的 Parquet 文件") from broken
    try:
        return _clean_header(pl.read_csv(path, infer_schema=False, quote_char='"'), path)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return _clean_header(_by_hand(path), path)


def _by_hand(path: Path) -> pl.DataFrame:
    """The slow road for files the fast reader refuses: another encoding, or rows longer than the header."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NotATable(f"{path.name} 不是 UTF-8 也不是 GB18030 的文字")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as broken:
        raise NotATable(f"{path.name} 不像 csv：{broken}") from broken
    if not rows or not any(rows[0]):
        raise NotATable(f"{path.name} 是空的，第一行应当是表头：{','.join(NEEDED)}")
    header, body = rows[0], rows[1:]
    width = len(header)
    columns: dict[str, list[Any]] = {
        name: [row[i] if i < len(row) else None for row in body] for i, name in enumerate(header)
    }
    columns[_BAD_ROW] = ["yes" if len(row) > width else None for row in body]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _clean_header(table: pl.DataFrame, path: Path) -> pl.DataFrame:
    names = {name: name.strip().lstrip("\ufeff").lower() for name in table.columns}
    if len(set(names.values())) != len(names) or any("_duplicated_" in name for name in table.columns):
        raise NotATable(f"{path.name} 的表头有重复的列")
    return table.rename(names)


def obligations(
    table: pl.DataFrame,
    parties: pl.DataFrame | None = None,
    *,
    as_of: int | None = None,
    due_only: bool = False,
    without: str | None = None,
    plain: bool = False,
) -> Obligations:
    """Types every row and gives the reason of those left out.

    :param table: columns ``NEEDED`` and any of ``OPTIONAL``, texts or numbers; :param parties: the ``--parties`` file.
    :param as_of: day number (days since 1970-01-01) that parts due from not due; None counts every debt as due.
    :param due_only: leave out what is not due on that day; :param without: leave out all debts of this party.
    :raises NotATable: a needed column is missing, or ``without`` names nobody.
    """
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise NotATable(f"缺少这些列：{'、'.join(missing)}。需要的是 {','.join(NEEDED)}")
    has = set(table.columns)
    rows = table.height
    reason = np.zeros(rows, np.uint8)

    def mark(code: str, where: Any) -> None:
        mask = where.to_numpy() if isinstance(where, pl.Series) else where
        reason[(reason == 0) & mask] = NUMBER[code]

    ids, debtors, creditors = (_text(table, name) for name in NEEDED[:3])
    if _BAD_ROW in has:
        mark("bad_row", table[_BAD_ROW].is_not_null())
    mark("missing_id", ids == "")
    mark("duplicate_id", ids.is_duplicated())
    mark("missing_party", (debtors == "") | (creditors == ""))
    amount = _amounts(table["amount_fen"], mark)
    known = _known(parties)
    names, debtor, creditor = _numbered(debtors, creditors, known)
    del debtors, creditors
    mark("self_debt", debtor == creditor)
    if known is not None:
        listed = _flag_of(names, known, pl.lit(True))
        mark("unknown_party", ~(listed[debtor] & listed[creditor]))
    if "currency" in has:
        mark("bad_currency", ~_text(table, "currency").str.to_uppercase().is_in(["", "CNY", "RMB", "人民币"]))
    weight = _weights(table, mark) if "weight" in has else None
    due = _due(table, mark) if "due_date" in has else None
    capacity = amount
    if "max_clear_fen" in has:
        limit, blank = _whole(table["max_clear_fen"])
        mark("bad_limit", (limit.is_null() & ~blank) | (limit < 0).fill_null(False))
        capacity = np.minimum(amount, limit.fill_null(INT64_MAX).to_numpy())
    consent = _words(table, "consent") if "consent" in has else None
    if consent is not None:
        mark("bad_consent", ~consent.is_in(["", *_YES, *_NO, *_ASK]))
    flags: dict[str, NDArray[np.bool_]] = {
        name: _flagged(table, name, mark)
        for name in ("frozen", "pledged", "disputed", "time_barred", "waiver")
        if name in has
    }
    kinds = _words(table, "kind").replace_strict(KINDS, default=None, return_dtype=pl.String) if "kind" in has else None
    if known is not None:
        twice = _flag_of(names, known, pl.col("_contradictory"))
        mark("contradictory_party", twice[debtor] | twice[creditor])
        no, asked = (_flag_of(names, known, pl.col("consent").is_in(words)) for words in (_NO, _ASK))
        if consent is not None:
            mark("contradictory_consent", (no[debtor] | no[creditor]) & consent.is_in(_YES).to_numpy())
        for code, words in (("party_frozen", ("frozen", "冻结")), ("party_bankrupt", ("bankrupt", "破产"))):
            held = _flag_of(names, known, pl.col("status").is_in(words))
            mark(code, held[debtor] | held[creditor])
    waived = flags.get("waiver", np.zeros(rows, bool))
    for code in (
        "frozen",
        "pledged",
        "wage",
        "tax",
        "social_insurance",
        "earmarked",
        "relief",
        "land_compensation",
        "deposit",
        "tort",
        "living",
        "disputed",
        "time_barred",
    ):
        kept_out = flags.get(code)
        if kinds is not None:
            of_kind = (kinds == code).fill_null(False).to_numpy()
            kept_out = of_kind if kept_out is None else kept_out | of_kind
        if kept_out is not None:
            mark(code, kept_out & ~waived if code == "time_barred" else kept_out)
    if known is not None:
        mark("party_refused", no[debtor] | no[creditor])
        mark("party_pending", asked[debtor] | asked[creditor])
    if consent is not None:
        mark("refused", consent.is_in(_NO))
        mark("pending", consent.is_in(_ASK))
    if due_only and as_of is not None and due is not None:
        mark("not_due", (due > as_of) & (due != NO_DUE))
    if without is not None:
        at = names.index_of(without)
        if at is None:
            raise NotATable(f"--without：没有“{without}”这一方")
        mark("without", (debtor == at) | (creditor == at))
    _hold_sums(ids, debtor, creditor, amount, reason, len(names))
    said = names
    if known is not None:
        said = names.to_frame("party_id").join(known, "party_id", "left", maintain_order="left")["name"].fill_null("")
    return Obligations(
        ids,
        names,
        said,
        debtor,
        creditor,
        amount,
        capacity,
        weight,
        due,
        _order(table, due, as_of),
        reason,
        _cash(names, known),
        plain and has <= {*NEEDED, *OPTIONAL},
    )


def _text(table: pl.DataFrame, name: str) -> pl.Series:
    return table[name].cast(pl.String).str.strip_chars().fill_null("")


def _words(table: pl.DataFrame, name: str) -> pl.Series:
    return _text(table, name).str.to_lowercase()


def _whole(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Whole numbers in int64, null where there is none; and which cells are blank."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64, strict=False), column.is_null()
    if column.dtype.is_float():
        fits = column.is_finite() & (column == column.floor()) & (column.abs() < 2**53)
        return pl.select(pl.when(fits).then(column)).to_series().cast(pl.Int64, strict=False), column.is_null()
    text = column.cast(pl.String).str.strip_chars()
    return text.cast(pl.Int64, strict=False), (text == "").fill_null(True)


def _amounts(column: pl.Series, mark: Any) -> Ints:
    amount, blank = _whole(column)
    if amount.null_count():
        text = column.cast(pl.String).str.strip_chars()
        mark("missing_amount", blank)
        digits = text.str.contains(r"^[+-]?\d+$").fill_null(False)
        mark("amount_too_large", amount.is_null() & digits & ~text.str.starts_with("-").fill_null(False))
        mark("amount_not_positive", amount.is_null() & digits)
        mark("amount_not_whole", amount.is_null())
    values = amount.fill_null(0).to_numpy()
    mark("amount_not_positive", values <= 0)
    return values


def _weights(table: pl.DataFrame, mark: Any) -> Ints | None:
    weight, blank = _whole(table["weight"])
    weight = pl.select(pl.when(blank).then(1).otherwise(weight)).to_series()
    mark("bad_weight", weight.is_null() | ~weight.is_between(0, WEIGHT_MAX).fill_null(False))
    values = weight.fill_null(1).to_numpy()
    return None if (values == 1).all() else values


def _due(table: pl.DataFrame, mark: Any) -> NDArray[np.int32]:
    column = table["due_date"]
    if column.dtype.is_temporal():
        days = column.cast(pl.Date, strict=False)
    else:
        text = _text(table, "due_date")
        days = text.str.to_date("%Y-%m-%d", strict=False)
        mark("bad_date", days.is_null() & (text != ""))
    return days.to_physical().fill_null(NO_DUE).cast(pl.Int32).to_numpy()


def _flagged(table: pl.DataFrame, name: str, mark: Any) -> NDArray[np.bool_]:
    words = _words(table, name)
    mark("bad_flag", ~words.is_in(["", *_YES, *_NO]))
    return words.is_in(_YES).to_numpy()


def _order(table: pl.DataFrame, due: NDArray[np.int32] | None, as_of: int | None) -> tuple[Ints, ...]:
    """民法典 560: what the debtor designates; the due before the undue; the least secured; the heaviest; the earliest due."""
    keys: list[Ints] = []
    last = np.int64(INT64_MAX)
    if "designation" in table.columns:
        keys.append(_whole(table["designation"])[0].fill_null(last).to_numpy())
    if due is not None and as_of is not None:
        keys.append((due > as_of).astype(np.int64))
    if "secured" in table.columns:
        keys.append(_words(table, "secured").replace_strict(_SECURED, default=0, return_dtype=pl.Int64).to_numpy())
    if "burden" in table.columns:
        burden = _text(table, "burden").cast(pl.Float64, strict=False).fill_null(0.0).fill_nan(0.0)
        keys.append((-burden.rank("dense").cast(pl.Int64)).to_numpy())
    if due is not None:
        keys.append(due.astype(np.int64))
    return tuple(keys)


def _known(parties: pl.DataFrame | None) -> pl.DataFrame | None:
    """The parties' file, one row a party; ``_contradictory`` where two rows of a party differ."""
    if parties is None:
        return None
    if "party_id" not in parties.columns:
        raise NotATable("当事人名单缺少 party_id 一列")
    columns = [
        _text(parties, name).alias(name)
        if name in parties.columns
        else pl.Series(name, [""] * parties.height, pl.String)
        for name in (*PARTY_NEEDED, *PARTY_OPTIONAL)
    ]
    table = (
        pl.DataFrame(columns)
        .with_columns(pl.col("status", "consent", "kind").str.to_lowercase())
        .unique(maintain_order=True)
    )
    strange = ~pl.col("consent").is_in(["", *_YES, *_NO, *_ASK])
    return (
        table.with_columns(_contradictory=pl.col("party_id").is_duplicated() | strange)
        .unique("party_id", keep="first", maintain_order=True)
        .filter(pl.col("party_id") != "")
    )


def _numbered(
    debtors: pl.Series, creditors: pl.Series, known: pl.DataFrame | None
) -> tuple[pl.Series, NDArray[np.int32], NDArray[np.int32]]:
    """Parties in the order of their ids, and each row's two as numbers into it."""
    seen = [debtors.unique(), creditors.unique(), *([known["party_id"]] if known is not None else [])]
    names = pl.concat([each.rename("party_id") for each in seen]).unique().sort()
    names = names.filter(names != "")
    kind = pl.Enum(names)
    first, second = (
        each.cast(kind, strict=False).to_physical().cast(pl.Int32).fill_null(0).to_numpy()
        for each in (debtors, creditors)
    )
    return names, first, second


def _flag_of(names: pl.Series, known: pl.DataFrame, flag: pl.Expr) -> NDArray[np.bool_]:
    listed = known.select("party_id", flag=flag)
    return (
        names.to_frame("party_id")
        .join(listed, "party_id", "left", maintain_order="left")["flag"]
        .fill_null(False)
        .to_numpy()
    )


def _cash(names: pl.Series, known: pl.DataFrame | None) -> Ints | None:
    if known is None or (known["cash_limit_fen"] == "").all():
        return None
    limit, blank = _whole(known["cash_limit_fen"])
    if ((limit.is_null() & ~blank) | (limit < 0).fill_null(False)).any():
        raise NotATable("当事人名单的 cash_limit_fen 应当是零或正整数（分）")
    listed = known.select("party_id").with_columns(limit=limit)
    return (
        names.to_frame("party_id")
        .join(listed, "party_id", "left", maintain_order="left")["limit"]
        .fill_null(0)
        .to_numpy()
    )


def _hold_sums(
    ids: pl.Series,
    debtor: NDArray[np.int32],
    creditor: NDArray[np.int32],
    amount: Ints,
    reason: NDArray[np.uint8],
    parties: int,
) -> None:
    """Leaves out, in the order of ids, the rows at which a party's out- or in-sum would pass int64."""
    taking = reason == 0
    if exact_sum(amount[taking]) <= INT64_MAX:
        return
    heavy = np.zeros(parties, bool)
    for side in (debtor, creditor):
        heavy |= np.bincount(side[taking], amount[taking].astype(np.float64), parties) > 0.9 * INT64_MAX
    rows = np.flatnonzero(taking & (heavy[debtor] | heavy[creditor]))
    rows = rows[ids.gather(rows).arg_sort().to_numpy()]
    out: dict[int, int] = {}
    into: dict[int, int] = {}
    for row, u, v, fen in zip(
        rows.tolist(), debtor[rows].tolist(), creditor[rows].tolist(), amount[rows].tolist(), strict=True
    ):
        owed, due = out.get(u, 0) + fen, into.get(v, 0) + fen
        if owed > INT64_MAX or due > INT64_MAX:
            reason[row] = NUMBER["sum_overflow"]
        else:
            out[u], into[v] = owed, due
