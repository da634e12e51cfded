"""A report as a table 账表: the same rows on the page, in a workbook and on paper.

Money in a table is fen; a workbook and a print show yuan. Words are data everywhere: no formula, no typst source.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import zip_longest
from typing import TypeAlias

import pylopdf_fonts_zh_cn
import typst

from mingbai.books import reports
from mingbai.books.models import Voucher
from mingbai.books.months import say
from mingbai.books.reports import AGES, Books, LedgerRow, Standing, TrialRow
from mingbai.books.statements import Line
from mingbai.places.models import Organisation
from mingbai.sheets.writing import new_workbook, paper, put_cell, width_of
from mingbai.units import capital_money, format_money

Value: TypeAlias = str | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """``money``: the places (from 0) of the columns in fen. ``heavy``: rows that are sums."""

    title: str
    place: str
    said: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    money: frozenset[int]
    heavy: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    signs: tuple[str, ...] = field(default=("会计：", "出纳：", "审核："))


def balance_table(place: str, books: Books, before: Books | None) -> Table:
    """资产负债表 in two halves, with the year's beginning beside the end."""
    rows: list[tuple[Value, ...]] = []
    heavy = set()
    was = {line.key: line.fen for line in (*before.balance.assets, *before.balance.sources)} if before else {}
    for left, right in zip_longest(books.balance.assets, books.balance.sources):
        cells: list[Value] = []
        for line in (left, right):
            cells += [line.title if line else "", line.fen if line else None, was.get(line.key) if line else None]
        if any(line is not None and line.total for line in (left, right)):
            heavy.add(len(rows))
        rows.append(tuple(cells))
    return Table("资产负债表", place, f"{say(books.month)}末", ("资产", "期末数", "年初数", "负债和所有者权益", "期末数", "年初数"), tuple(rows),
                 frozenset((1, 2, 4, 5)), frozenset(heavy), _doubt(books.balance.certain, books.balance.cite))


def income_table(place: str, books: Books, before: Books | None) -> Table:
    """收益及收益分配表 of the year so far, the same months of the year before beside it."""
    was = {line.key: line.fen for line in before.income.lines} if before else {}
    lines: Sequence[Line] = books.income.lines
    return Table("收益及收益分配表", place, f"{books.month // 100}年1—{books.month % 100}月", ("项目", "本年数", "上年同期"),
                 tuple((line.title, line.fen, was.get(line.key)) for line in lines), frozenset((1, 2)),
                 frozenset(at for at, line in enumerate(lines) if line.total), _doubt(books.income.certain, books.income.cite))


def equity_table(place: str, books: Books) -> Table:
    return Table("所有者权益变动表", place, f"{books.month // 100}年1—{books.month % 100}月", ("项目", "年初余额", "本年变动", "期末余额"), tuple(books.equity),
                 frozenset((1, 2, 3)), frozenset((len(books.equity) - 1,)))


def trial_table(place: str, month: int, rows: Sequence[TrialRow]) -> Table:
    """试算平衡表: balances on their side."""
    def sides(fen: int) -> tuple[Value, Value]:
        return (fen, None) if fen > 0 else (None, -fen) if fen < 0 else (None, None)

    lines: list[tuple[Value, ...]] = [(row.code, row.name, *sides(row.opening), row.debit, row.credit, row.year_debit, row.year_credit, *sides(row.closing))
                                      for row in rows if row.code]
    total = [sum(int(line[at] or 0) for line in lines) for at in range(2, 10)]
    headings = ("科目编码", "科目名称", "期初借方", "期初贷方", "本月借方", "本月贷方", "本年借方", "本年贷方", "期末借方", "期末贷方")
    return Table("试算平衡表", place, say(month), headings, (*lines, ("", "合计", *total)), frozenset(range(2, 10)), frozenset((len(lines),)))


def ledger_table(place: str, month: int, account: str, opening: int, rows: Sequence[LedgerRow]) -> Table:
    lines: list[tuple[Value, ...]] = [("", "", "年初余额", None, None, opening)]
    lines += [(str(row.line.voucher.on), str(row.line.voucher), row.line.words or row.line.voucher.words, row.line.debit_fen or None,
               row.line.credit_fen or None, row.balance) for row in rows]
    return Table(f"{account} 明细账", place, f"{month // 100}年1—{month % 100}月", ("日期", "凭证", "摘要", "借方", "贷方", "余额（借为正）"), tuple(lines), frozenset((3, 4, 5)))


def standing_table(place: str, month: int, rows: Sequence[Standing]) -> Table:
    return Table("往来余额及账龄", place, f"{say(month)}末", ("科目", "往来", "余额（欠集体为正）", *(title for _, title in AGES)),
                 tuple((row.account, row.name, row.fen, *row.ages) for row in rows), frozenset(range(2, 3 + len(AGES))))


def journal_table(organisation: Organisation, month: int) -> Table:
    """序时账, as accountants hand it over: 凭证字号, 摘要, 科目编码, 借方, 贷方."""
    rows = tuple((str(line.voucher.on), f"记-{line.voucher.number:04d}", line.words or line.voucher.words, line.account, line.party.name if line.party else line.household,
                  line.debit_fen or None, line.credit_fen or None) for line in reports.journal(organisation, month))
    return Table("序时账", organisation.name, say(month), ("日期", "凭证字号", "摘要", "科目编码", "往来", "借方金额", "贷方金额"), rows, frozenset((5, 6)))


def voucher_table(voucher: Voucher, names: dict[str, str]) -> Table:
    """记账凭证 in its customary form: 摘要, 科目, 借方, 贷方, the sum in 大写."""
    lines = list(voucher.lines.select_related("party"))
    rows: list[tuple[Value, ...]] = [(line.words or voucher.words, f"{line.account} {names.get(line.account, '')}", line.party.name if line.party else line.household,
                                      line.debit_fen or None, line.credit_fen or None) for line in lines]
    total = sum(line.debit_fen for line in lines)
    rows.append((f"合计（大写）{capital_money(total)}" if total >= 0 else "合计（红字）", "", "", total, total))
    return Table("记账凭证", voucher.organisation.name, f"{voucher.on}　记字第 {voucher.number:04d} 号　附件 {voucher.papers} 张", ("摘要", "会计科目", "往来", "借方金额", "贷方金额"),
                 tuple(rows), frozenset((3, 4)), frozenset((len(rows) - 1,)), signs=("会计主管：", "审核：", "出纳：", f"制单：{voucher.by.name if voucher.by else ''}"))


def _doubt(certain: bool, cite: str) -> tuple[str, ...]:
    return () if certain else (f"依据待核：{cite}",)


def workbook(tables: Sequence[Table]) -> bytes:
    """Tables as the sheets of a workbook, in yuan."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    base = {"border": 1, "valign": "vcenter"}
    formats = {heavy: (book.add_format({**base, "bold": heavy, "num_format": "@"}), book.add_format({**base, "bold": heavy, "num_format": "@", "quote_prefix": True}),
                       book.add_format({**base, "bold": heavy, "num_format": "#,##0.00"})) for heavy in (False, True)}
    head = book.add_format({**base, "bold": True, "align": "center", "bg_color": "#E8EEF4", "text_wrap": True})
    title, plain = book.add_format({"bold": True, "font_size": 16}), book.add_format({"num_format": "@"})
    for number, table in enumerate(tables, 1):
        sheet = book.add_worksheet(f"{number}{table.title}"[:28].replace("/", "、"))
        put_cell(sheet, 0, 0, table.title, title, title)
        put_cell(sheet, 1, 0, f"编制单位：{table.place}　{table.said}　单位：元", plain, plain)
        for at, heading in enumerate(table.headings):
            put_cell(sheet, 2, at, heading, head, head)
            width = max((width_of(row[at]) if at not in table.money else 14 for row in table.rows), default=8)
            sheet.set_column(at, at, min(max(width, width_of(heading)) + 2, 48))
        for at_row, row in enumerate(table.rows):
            words, quoted, money = formats[at_row in table.heavy]
            for at, cell in enumerate(row):
                value = int(cell) / 100 if at in table.money and cell is not None else cell
                put_cell(sheet, at_row + 3, at, "" if value is None else value, money if at in table.money else words, quoted)
        for at, note in enumerate(table.notes):
            put_cell(sheet, len(table.rows) + 4 + at, 0, note, plain, plain)
        paper(sheet)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def pdf(tables: Sequence[Table], demo: bool = False) -> bytes:
    """Tables on A4, one after another, each on its own page."""
    said = [{"title": table.title, "place": table.place, "said": table.said, "headings": table.headings, "right": [at in table.money for at in range(len(table.headings))],
             "rows": [[_printed(cell, at in table.money) for at, cell in enumerate(row)] for row in table.rows], "heavy": sorted(table.heavy),
             "notes": table.notes, "signs": table.signs} for table in tables]
    fonts = str(pylopdf_fonts_zh_cn.sans_path().parent)
    with resources.as_file(resources.files(__package__).joinpath("tables.typ")) as source:
        made = typst.compile(str(source), font_paths=[fonts], ignore_system_fonts=True, format="pdf",
                             sys_inputs={"data": json.dumps({"tables": said, "demo": demo}, ensure_ascii=False)})
    return bytes(made[0] if isinstance(made, list) else made)


def _printed(cell: Value, money: bool) -> str:
    if cell is None:
        return ""
    return format_money(int(cell)) if money else str(cell)
