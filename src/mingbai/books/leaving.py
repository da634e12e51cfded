"""Everything to take away 带走: the books as Beancount and hledger text, and as plain tables (CSV, Parquet) with a data
dictionary, so that an auditor can recompute them with tools that are not ours.

An account carries its chart in its name, for 153 is not what it was; on the first day of the new system one entry takes
the balances over, by the bridge.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

import polars as pl

from mingbai.books.balances import carried, of_year
from mingbai.books.chart import Chart, chart_of, charts
from mingbai.books.desk import chart_for
from mingbai.books.models import Line, Month, Voucher
from mingbai.places.models import Organisation
from mingbai.sheets.wording import in_csv

CURRENCY = "CNY"
_ROOTS = {
    "asset": "Assets",
    "cost": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
_LETTERS = re.compile(r"[^\w]+")

LINES: dict[str, tuple[str, str]] = {
    "organisation": ("组织代码", "12 位"),
    "month": ("会计期间", "202403"),
    "number": ("凭证号", "每个组织每月从 1 起不断号"),
    "line": ("行号", ""),
    "date": ("日期", "ISO 8601"),
    "chart": ("科目表", "2004 或 2023"),
    "account": ("科目编码", "一级三位，每级加两位"),
    "account_name": ("科目名称", ""),
    "words": ("摘要", "个人号码已遮去一部分"),
    "debit_fen": ("借方", "分，整数；红字为负"),
    "credit_fen": ("贷方", "分，整数；红字为负"),
    "party": ("往来", "当事人编号，空为没有"),
    "peer": ("往来组织", "组织编号"),
    "record": ("来源记录", "contracts:12 表示合同台账第 12 条"),
    "project": ("项目", ""),
    "household": ("农户", ""),
    "event": ("事项", "一件事只入账一次"),
    "closing": ("年末结转", "是或否"),
    "reverses": ("冲销", "被冲销凭证的 月份-号"),
    "digest": ("摘要值", "凭证内容的 SHA-256"),
}
"""The data dictionary: column → (title, what it holds)."""


def beancount(organisation: Organisation) -> str:
    """The books of an organisation as a Beancount file."""
    said = [f'option "title" "{_quoted(organisation.name)}"', f'option "operating_currency" "{CURRENCY}"', ""]
    opened: dict[str, date] = {}
    body = []
    for on, words, mark, legs in _entries(organisation):
        body.append(f'{on} * "{_quoted(words)}"\n  mark: "{mark}"')
        for chart, code, fen in legs:
            account = _account(chart, code, "beancount")
            opened[account] = min(opened.get(account, on), on)
            body.append(f"  {account}  {_yuan(fen)} {CURRENCY}")
        body.append("")
    said += [f"{on} open {account} {CURRENCY}" for account, on in sorted(opened.items())]
    return "\n".join([*said, "", *body])


def hledger(organisation: Organisation) -> str:
    """The same for hledger."""
    said = []
    for on, words, mark, legs in _entries(organisation):
        said.append(f"{on} * {_plain(words)}  ; mark:{mark}")
        said += [f"    {_account(chart, code, 'hledger')}    {_yuan(fen)} {CURRENCY}" for chart, code, fen in legs]
        said.append("")
    return "\n".join(said)


def lines(organisation: Organisation) -> pl.DataFrame:
    """Every line of an organisation's books under the names of :data:`LINES`."""
    names = {chart.key: chart_for(organisation, chart.since) for chart in charts()}
    taken = dict(Voucher.objects.filter(organisation=organisation).values_list("pk", "month"))
    numbers = dict(Voucher.objects.filter(organisation=organisation).values_list("pk", "number"))
    rows = []
    found = (
        Line.objects.filter(voucher__organisation=organisation)
        .select_related("voucher")
        .order_by("voucher__month", "voucher__number", "number")
    )
    for line in found.iterator(chunk_size=2000):
        voucher = line.voucher
        chart = names[chart_of(voucher.on).key]
        rows.append(
            (
                organisation.code,
                voucher.month,
                voucher.number,
                line.number,
                voucher.on,
                chart.key,
                line.account,
                chart.path(line.account),
                line.words or voucher.words,
                line.debit_fen,
                line.credit_fen,
                line.party_id,
                line.peer_id,
                line.record,
                line.project,
                line.household,
                voucher.event,
                voucher.closing,
                f"{taken[voucher.reverses_id]}-{numbers[voucher.reverses_id]}" if voucher.reverses_id else "",
                voucher.digest,
            )
        )
    kinds = {
        "month": pl.Int64,
        "number": pl.Int64,
        "line": pl.Int64,
        "date": pl.Date,
        "debit_fen": pl.Int64,
        "credit_fen": pl.Int64,
        "party": pl.Int64,
        "peer": pl.Int64,
        "closing": pl.Boolean,
    }
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in LINES}, orient="row")


def archive(organisation: Organisation) -> bytes:
    """A zip with everything: ``lines.csv``, ``lines.parquet``, ``books.beancount``, ``books.journal`` and the dictionary."""
    frame = lines(organisation)
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    inert = frame.with_columns(
        [
            pl.col(name).map_elements(in_csv, return_dtype=pl.String, skip_nulls=True)
            for name in ("words", "project", "household", "account_name")
        ]
    )
    dictionary = "column,title,meaning\n" + "".join(
        f"{name},{title},{meaning}\n" for name, (title, meaning) in LINES.items()
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("lines.csv", "\ufeff" + inert.write_csv())
        file.writestr("lines.parquet", parquet.getvalue())
        file.writestr("dictionary.csv", "\ufeff" + dictionary)
        file.writestr("books.beancount", beancount(organisation))
        file.writestr("books.journal", hledger(organisation))
    return buffer.getvalue()


def _entries(organisation: Organisation) -> Iterator[tuple[date, str, str, list[tuple[Chart, str, int]]]]:
    """Vouchers as (day, words, mark, legs (chart, account, fen debit minus credit)), with the entry of the bridge between."""
    own = {chart.key: chart_for(organisation, chart.since) for chart in charts()}
    bridged = False
    rows = Voucher.objects.filter(organisation=organisation).order_by("on", "month", "number").prefetch_related("lines")
    for voucher in rows:
        chart = own[chart_of(voucher.on).key]
        if not bridged and chart.key != charts()[0].key:
            yield from _bridge(organisation, own)
            bridged = True
        yield (
            voucher.on,
            voucher.words,
            f"{voucher.month}-{voucher.number}",
            [
                (chart, line.account, line.debit_fen - line.credit_fen)
                for line in sorted(voucher.lines.all(), key=lambda line: line.number)
            ],
        )


def _bridge(
    organisation: Organisation, own: dict[str, Chart]
) -> Iterator[tuple[date, str, str, list[tuple[Chart, str, int]]]]:
    old, new = charts()[0], charts()[1]
    assert old.until is not None
    months = [
        month // 100
        for month in Month.objects.filter(organisation=organisation, month__lt=new.since.year * 100).values_list(
            "month", flat=True
        )
    ]
    if not months:
        return
    year = max(months)
    left: dict[str, int] = defaultdict(int)
    for (_, account, whom), (debit, credit) in of_year(organisation, year).items():
        if not whom:
            left[account] += debit - credit
    legs = [(own[old.key], account, -fen) for account, fen in sorted(left.items()) if fen]
    legs += [
        (own[new.key], account, fen)
        for (account, whom), fen in sorted(carried(of_year(organisation, year), year, new.since.year).items())
        if not whom
    ]
    if legs:
        yield new.since, "新旧会计制度衔接", "bridge", legs


@cache
def _named(chart: str, code: str, name: str, kind: str, form: str) -> str:
    root = _ROOTS[kind]
    if form == "hledger":
        return f"{root}:{chart}:{code} {' '.join(name.split())}"
    return f"{root}:J{chart}:{code}-{_LETTERS.sub('', name).replace('_', '')}"


def _account(chart: Chart, code: str, form: str) -> str:
    account = chart.account(code)
    return _named(chart.key, code, account.name, account.kind, form)


def _yuan(fen: int) -> str:
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02d}"


def _quoted(words: str) -> str:
    return _plain(words).replace("\\", "＼").replace('"', "”")


def _plain(words: str) -> str:
    """Words on one line, without what hledger reads as a comment or a payee."""
    return " ".join(words.replace(";", "；").replace("|", "｜").split())
