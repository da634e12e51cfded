"""A batch of entries as columns: what is asked of every line of fifty thousand vouchers is asked of all of them at once.

    batch = Batch(proposals)
    batch.digests()              # the same as proposal.digest, one by one
    batch.plain(charts)          # which of them nobody has to look at more closely

Whatever is not plainly right is looked at one by one (:func:`mingbai.books.entry.wrongs`), which finds the words for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from json.encoder import encode_basestring
from operator import attrgetter

import polars as pl

from mingbai.books.balances import TRANSFER, Moves
from mingbai.books.chart import Chart
from mingbai.books.entry import LINE_FEN_MAX, LINES_MAX, Proposal
from mingbai.records.door import masked

_TEXT, _NUMBER = ("account", "words", "record", "project", "household"), ("debit_fen", "credit_fen", "party", "peer")
_IN_DIGEST = ("account", "debit_fen", "credit_fen", "words", "party", "peer", "record", "project", "household")
FEW = 50
_WHOM = (("o", "peer"), ("p", "party"), ("r", "record"), ("j", "project"), ("h", "household"))


def batch_of(proposals: Sequence[Proposal]) -> Batch | None:
    """None for few, which are sooner done one by one, and where one has no line or an amount that no column holds."""
    if len(proposals) < FEW:
        return None
    try:
        return Batch(proposals)
    except (ValueError, TypeError, OverflowError, pl.exceptions.PolarsError):
        return None


class Batch:
    """Entries in their order; ``lines`` has a row for each of their lines, ``at`` saying whose it is."""

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        self.proposals = proposals
        self.sizes = [len(each.legs) for each in proposals]
        if 0 in self.sizes:
            raise ValueError("an entry without lines")
        legs = [leg for each in proposals for leg in each.legs]
        columns = [
            pl.Series("at", [at for at, size in enumerate(self.sizes) for _ in range(size)], dtype=pl.Int64),
            pl.Series("number", [number for size in self.sizes for number in range(1, size + 1)], dtype=pl.Int64),
        ]
        columns += [pl.Series(name, list(map(attrgetter(name), legs)), dtype=pl.String) for name in _TEXT]
        columns += [pl.Series(name, list(map(attrgetter(name), legs)), dtype=pl.Int64) for name in _NUMBER]
        lines = pl.DataFrame(columns)
        lines = lines.with_columns([masked(lines[name]) for name in ("words", "project", "household")])
        self.lines = lines.with_columns(
            pl.concat_str([_part(sign, name) for sign, name in _WHOM]).str.slice(1).alias("whom")
        )

    def totals(self) -> list[int]:
        """The sum of each entry's debit, in fen."""
        return self.lines.group_by("at", maintain_order=True).agg(pl.col("debit_fen").sum())["debit_fen"].to_list()

    def digests(self) -> list[str]:
        """SHA-256 of each entry, as :attr:`mingbai.books.entry.Proposal.digest` says it."""
        said = [
            _json(self.lines, name) if name in _TEXT else pl.col(name).cast(pl.String).fill_null("null")
            for name in _IN_DIGEST
        ]
        legs = self.lines.select(pl.concat_str(said, separator=",")).to_series().to_list()
        words = masked(pl.Series([each.words for each in self.proposals], dtype=pl.String)).to_list()
        days = {each: each.isoformat() for each in {each.on for each in self.proposals}}
        quoted, start = encode_basestring, 0
        found = []
        for each, word, size in zip(self.proposals, words, self.sizes, strict=True):
            of_lines = "],[".join(legs[start : start + size])
            start += size
            found.append(
                hashlib.sha256(
                    (
                        f'["{days[each.on]}",{quoted(word)},{quoted(each.record)},{"true" if each.closing else "false"},'
                        f"{'null' if each.reverses is None else each.reverses},[[{of_lines}]]]"
                    ).encode()
                ).hexdigest()
            )
        return found

    def plain(self, charts: Mapping[date, Chart]) -> list[bool]:
        """Which entries are ordinary and right beyond doubt; ``charts``: the chart of every day that has one."""
        sides = (pl.col("debit_fen") == 0) != (pl.col("credit_fen") == 0)
        fine = (
            sides
            & (pl.min_horizontal("debit_fen", "credit_fen") == 0)
            & (pl.max_horizontal("debit_fen", "credit_fen") <= LINE_FEN_MAX)
        )
        days = {each.on for each in self.proposals}
        known: dict[str, tuple[Chart, int]] = {}
        for chart in charts.values():
            known.setdefault(chart.key, (chart, len(known)))
        which = {on: known[charts[on].key][1] if on in charts else -1 for on in days}
        at = pl.Series("chart", [which[each.on] for each in self.proposals for _ in each.legs], dtype=pl.Int8)
        right = pl.lit(value=False)
        for chart, number in known.values():
            kinds = {code: each.kind for code, each in chart.accounts.items() if code not in chart.divided}
            debited = pl.col("account").is_in([code for code, kind in kinds.items() if kind != "income"]) & (
                pl.col("debit_fen") != 0
            )
            credited = pl.col("account").is_in([code for code, kind in kinds.items() if kind != "expense"]) & (
                pl.col("credit_fen") != 0
            )
            right = right | ((pl.col("chart") == number) & (debited | credited))
        found = (
            self.lines.with_columns(at)
            .group_by("at", maintain_order=True)
            .agg(
                (fine & right).fill_null(value=False).all().alias("fine"),
                pl.col("debit_fen").sum(),
                pl.col("credit_fen").sum(),
            )
        )
        return [
            fine
            and debit == credit
            and 2 <= size <= LINES_MAX
            and not each.closing
            and each.reverses is None
            and each.of_years == 1
            and (not each.stated_fen or each.stated_fen == debit)
            and bool(each.words.strip())
            for each, size, (_, fine, debit, credit) in zip(self.proposals, self.sizes, found.rows(), strict=True)
        ]

    def moves(self) -> Moves:
        """What the lines add to the kept balances, as :func:`mingbai.books.balances.of_lines` says it."""
        months = [each.on.year * 100 + (TRANSFER if each.closing else each.on.month) for each in self.proposals]
        month = pl.Series(
            "month",
            [month for month, size in zip(months, self.sizes, strict=True) for _ in range(size)],
            dtype=pl.Int64,
        )
        sums = (pl.col("debit_fen").sum(), pl.col("credit_fen").sum())
        of_whom = self.lines.with_columns(month).group_by("month", "account", "whom").agg(*sums)
        whole = of_whom.group_by("month", "account").agg(*sums)
        found: Moves = {(month, account, ""): (debit, credit) for month, account, debit, credit in whole.rows()}
        found.update(
            {(month, account, whom): (debit, credit) for month, account, whom, debit, credit in of_whom.rows() if whom}
        )
        return found


def _part(sign: str, name: str) -> pl.Expr:
    said = pl.col(name).cast(pl.String)
    return pl.when(said != "").then(pl.concat_str(pl.lit(f"|{sign}"), said)).otherwise(pl.lit(""))


def _json(lines: pl.DataFrame, name: str) -> pl.Expr:
    """Words as JSON writes them."""
    odd = (
        {each: encode_basestring(each)[1:-1] for each in lines[name].unique() if encode_basestring(each) != f'"{each}"'}
        if lines[name].str.contains(r'["\\\x00-\x1f]').any()
        else {}
    )
    return pl.concat_str([pl.lit('"'), pl.col(name).replace(odd) if odd else pl.col(name), pl.lit('"')])
