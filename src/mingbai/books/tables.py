"""A report as a table 账表: the same rows on the page, in a workbook and on paper.

Money in a table is fen; a workbook and a print show yuan. Words are data everywhere: no formula, no typst source.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import groupby, zip_longest
from typing import Any, TypeAlias

import pylopdf_fonts_zh_cn
import typst
from django.db.models import QuerySet

from mingbai.books import reports
from mingbai.books.chart import TOP, Chart, chart_of
from mingbai.books.desk import chart_for
from mingbai.books.models import Voucher
from mingbai.books.months import say
from mingbai.books.notes import Note
from mingbai.books.reconciliation import Reconciliation
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
    running: str = ""
    """The title of a paper this is a part of: it follows the one before on the same page."""


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
    return Table(
        "资产负债表",
        place,
        f"{say(books.month)}末",
        ("资产", "期末数", "年初数", "负债和所有者权益", "期末数", "年初数"),
        tuple(rows),
        frozenset((1, 2, 4, 5)),
        frozenset(heavy),
        _doubt(books.balance.certain, books.balance.cite),
    )


def income_table(place: str, books: Books, before: Books | None) -> Table:
    """收益及收益分配表 of the year so far, the same months of the year before beside it."""
    was = {line.key: line.fen for line in before.income.lines} if before else {}
    lines: Sequence[Line] = books.income.lines
    return Table(
        "收益及收益分配表",
        place,
        f"{books.month // 100}年1—{books.month % 100}月",
        ("项目", "本年数", "上年同期"),
        tuple((line.title, line.fen, was.get(line.key)) for line in lines),
        frozenset((1, 2)),
        frozenset(at for at, line in enumerate(lines) if line.total),
        _doubt(books.income.certain, books.income.cite),
    )


def equity_table(place: str, books: Books) -> Table:
    return Table(
        "所有者权益变动表",
        place,
        f"{books.month // 100}年1—{books.month % 100}月",
        ("项目", "年初余额", "本年变动", "期末余额"),
        tuple(books.equity),
        frozenset((1, 2, 3)),
        frozenset((len(books.equity) - 1,)),
    )


def trial_table(place: str, month: int, rows: Sequence[TrialRow]) -> Table:
    """试算平衡表: balances on their side."""

    def sides(fen: int) -> tuple[Value, Value]:
        return (fen, None) if fen > 0 else (None, -fen) if fen < 0 else (None, None)

    lines: list[tuple[Value, ...]] = [
        (
            row.code,
            row.name,
            *sides(row.opening),
            row.debit,
            row.credit,
            row.year_debit,
            row.year_credit,
            *sides(row.closing),
        )
        for row in rows
        if row.code
    ]
    total = [sum(int(line[at] or 0) for line in lines) for at in range(2, 10)]
    headings = (
        "科目编码",
        "科目名称",
        "期初借方",
        "期初贷方",
        "本月借方",
        "本月贷方",
        "本年借方",
        "本年贷方",
        "期末借方",
        "期末贷方",
    )
    return Table(
        "试算平衡表",
        place,
        say(month),
        headings,
        (*lines, ("", "合计", *total)),
        frozenset(range(2, 10)),
        frozenset((len(lines),)),
    )


def ledger_table(place: str, month: int, account: str, opening: int, rows: Sequence[LedgerRow]) -> Table:
    """明细账 in three columns: 借方, 贷方, 借或贷 with the balance; 本月合计 and 本年累计 under each month."""
    lines: list[tuple[Value, ...]] = [("", "", "上年结转", None, None, *_stands(opening))]
    heavy = {0}
    year_debit, year_credit, balance = 0, 0, opening
    for at, group in groupby(rows, key=lambda row: row.line.voucher.month):
        debit, credit = 0, 0
        for row in group:
            line, balance = row.line, row.balance
            debit, credit = debit + line.debit_fen, credit + line.credit_fen
            whom = line.party.name if line.party else line.household
            lines.append(
                (
                    f"{line.voucher.on:%m-%d}",
                    f"记-{line.voucher.number:04d}",
                    f"{line.words or line.voucher.words}{f'（{whom}）' if whom else ''}",
                    line.debit_fen or None,
                    line.credit_fen or None,
                    *_stands(balance),
                )
            )
        year_debit, year_credit = year_debit + debit, year_credit + credit
        for said, sums in (("本月合计", (debit, credit)), ("本年累计", (year_debit, year_credit))):
            heavy.add(len(lines))
            lines.append((f"{at % 100:02d}月", "", said, *sums, *_stands(balance)))
    return Table(
        f"{account} 明细账",
        place,
        f"{month // 100}年1—{month % 100}月",
        ("日期", "凭证字号", "摘要", "借方", "贷方", "借或贷", "余额"),
        tuple(lines),
        frozenset((3, 4, 6)),
        frozenset(heavy),
    )


def general_table(place: str, month: int, months: Sequence[tuple[int, Sequence[TrialRow]]], chart: Chart) -> Table:
    """总账: every top-level account, 本月合计 and 本年累计 month by month."""
    sums: dict[str, list[tuple[int, ...]]] = {}
    for at, rows in months:
        tops: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
        for row in rows:
            for place_of, value in enumerate((row.debit, row.credit, row.year_debit, row.year_credit, row.closing)):
                tops[row.code[:TOP]][place_of] += value
        for code, found in tops.items():
            sums.setdefault(code, []).append((at, *found))
    lines: list[tuple[Value, ...]] = []
    heavy = set()
    for code, each in sorted(sums.items()):
        _, _, _, debit, credit, closing = each[0]
        heavy.add(len(lines))
        lines.append(
            (
                f"{code} {chart.accounts[code].name if code in chart.accounts else ''}",
                "",
                "上年结转",
                None,
                None,
                *_stands(closing - debit + credit),
            )
        )
        for at, month_debit, month_credit, year_debit, year_credit, left in each:
            lines.append(("", f"{at % 100}月", "本月合计", month_debit or None, month_credit or None, *_stands(left)))
            lines.append(("", "", "本年累计", year_debit or None, year_credit or None, *_stands(left)))
    return Table(
        "总账",
        place,
        f"{month // 100}年1—{month % 100}月",
        ("科目", "月", "摘要", "借方", "贷方", "借或贷", "余额"),
        tuple(lines),
        frozenset((3, 4, 6)),
        frozenset(heavy),
    )


def _stands(fen: int) -> tuple[str, int]:
    """Which side a balance stands on, and how much it is."""
    return ("借" if fen > 0 else "贷" if fen < 0 else "平"), abs(fen)


def reconciliation_table(place: str, sheet: Reconciliation) -> Table:
    """银行存款余额调节表 in its two halves."""
    left: list[tuple[str, int | None]] = [
        ("银行存款账面余额", sheet.book_fen),
        ("加：银行已收、我们未记", None),
        *((f"{each.on} {each.words}", each.fen) for each in sheet.bank_in),
        ("减：银行已付、我们未记", None),
        *((f"{each.on} {each.words}", each.fen) for each in sheet.bank_out),
    ]
    right: list[tuple[str, int | None]] = [
        ("银行对账单余额", sheet.bank_fen),
        ("加：我们已收、银行未记", None),
        *((f"{each.on} {each.words}", each.fen) for each in sheet.book_in),
        ("减：我们已付、银行未记", None),
        *((f"{each.on} {each.words}", each.fen) for each in sheet.book_out),
    ]
    if sheet.start_gap_fen:
        right.append((f"对账起点（{sheet.since}）以前的差额", sheet.start_gap_fen))
    rows: list[tuple[Value, ...]] = [
        (*(one or ("", None)), *(other or ("", None))) for one, other in zip_longest(left, right)
    ]
    rows.append(("调节后余额", sheet.book_adjusted, "调节后余额", sheet.bank_adjusted))
    said = () if sheet.agrees and not sheet.start_gap_fen else ("两边不相等，或对账起点有差额，请查明。",)
    return Table(
        "银行存款余额调节表",
        f"{place}　{sheet.account}",
        f"{say(sheet.month)}末",
        ("本单位账", "金额", "银行账", "金额"),
        tuple(rows),
        frozenset((1, 3)),
        frozenset((0, len(rows) - 1)),
        said,
    )


def note_tables(place: str, month: int, notes: Sequence[Note]) -> list[Table]:
    """附注, one table or list of paragraphs after another on running pages."""
    made = []
    for each in notes:
        paragraphs = (*each.paragraphs, *(() if each.certain else ("（依据待核）",)))
        if each.headings:
            rows = each.rows or ((each.empty, *("" for _ in each.headings[1:])),)
            made.append(
                Table(
                    each.title,
                    place,
                    say(month),
                    each.headings,
                    rows,
                    each.money if each.rows else frozenset(),
                    each.heavy,
                    paragraphs,
                    (),
                    "财务报表附注",
                )
            )
        else:
            made.append(
                Table(each.title, place, say(month), (), (), frozenset(), frozenset(), paragraphs, (), "财务报表附注")
            )
    return made


def standing_table(place: str, month: int, rows: Sequence[Standing]) -> Table:
    """往来余额及账龄, the sums of both sides last: they are those of the accounts."""
    lines: list[tuple[Value, ...]] = [
        (
            row.name,
            f"{row.account} {row.title}",
            row.debit_fen or None,
            row.credit_fen or None,
            *(age or None for age in row.ages),
        )
        for row in rows
    ]
    width = 4 + len(AGES)
    lines.append(("合计", "", *(sum(int(line[at] or 0) for line in lines) for at in range(2, width))))
    return Table(
        "往来余额及账龄",
        place,
        f"{say(month)}末",
        ("往来", "科目", "借方余额（欠集体的）", "贷方余额（集体欠的）", *(title for _, title in AGES)),
        tuple(lines),
        frozenset(range(2, width)),
        frozenset((len(lines) - 1,)),
        ("账龄：收到的先抵最早的；贷方余额的账龄写负数。",),
    )


def journal_table(organisation: Organisation, month: int) -> Table:
    """序时账, as accountants hand it over: 凭证字号, 摘要, 科目编码, 借方, 贷方."""
    rows = tuple(
        (
            str(line.voucher.on),
            f"记-{line.voucher.number:04d}",
            line.words or line.voucher.words,
            line.account,
            line.party.name if line.party else line.household,
            line.debit_fen or None,
            line.credit_fen or None,
        )
        for line in reports.journal(organisation, month)
    )
    return Table(
        "序时账",
        organisation.name,
        say(month),
        ("日期", "凭证字号", "摘要", "科目编码", "往来", "借方金额", "贷方金额"),
        rows,
        frozenset((5, 6)),
    )


def vouchers_of(organisation: Organisation, month: int) -> QuerySet[Voucher]:
    return (
        Voucher.objects.filter(organisation=organisation, month=month)
        .select_related("organisation", "by")
        .prefetch_related("lines__party", "lines__peer")
        .order_by("number")
    )


_ON_A_VOUCHER = 6
"""Lines of one printed voucher; a longer one goes on, 1/3, 2/3."""


def vouchers_pdf(vouchers: Sequence[Voucher], demo: bool = False) -> bytes:
    """记账凭证 in its customary form, two on a page of A4: 摘要, 总账科目, 明细科目, digits in their boxes, the sum in 大写."""
    said = []
    charts: dict[tuple[int, str], Chart] = {}
    for voucher in vouchers:
        key = (voucher.organisation_id, chart_of(voucher.on).key)
        chart = charts.get(key) or charts.setdefault(key, chart_for(voucher.organisation, voucher.on))
        lines = sorted(voucher.lines.all(), key=lambda line: line.number)
        total = sum(line.debit_fen for line in lines)
        sheets = [lines[at : at + _ON_A_VOUCHER] for at in range(0, len(lines), _ON_A_VOUCHER)] or [[]]
        for number, part in enumerate(sheets, 1):
            rows = [
                {
                    "words": line.words or voucher.words,
                    "top": _named(chart, line.account[:TOP]),
                    "sub": _below(chart, line),
                    "debit": _digits(line.debit_fen),
                    "credit": _digits(line.credit_fen),
                }
                for line in part
            ]
            last = number == len(sheets)
            said.append(
                {
                    "place": voucher.organisation.name,
                    "on": f"{voucher.on.year} 年 {voucher.on.month} 月 {voucher.on.day} 日",
                    "papers": voucher.papers,
                    "rows": rows,
                    "blank": _ON_A_VOUCHER - len(rows),
                    "number": f"记字第 {voucher.number:04d} 号"
                    + (f"（{number}/{len(sheets)}）" if len(sheets) > 1 else ""),
                    "total": f"合计（大写）{capital_money(total)}"
                    if last and total >= 0
                    else "合计（红字）"
                    if last
                    else "转下页",
                    "sum": _digits(total) if last else [""] * len(_PLACES),
                    "by": voucher.by.name if voucher.by else "",
                }
            )
    return _typst("voucher.typ", {"vouchers": said, "places": _PLACES, "demo": demo})


_PLACES = ["十", "亿", "千", "百", "十", "万", "千", "百", "十", "元", "角", "分"]


def _digits(fen: int) -> list[str]:
    """An amount in its boxes, from the left; the mark ¥ before the first digit, red ink as a minus."""
    if not fen:
        return [""] * len(_PLACES)
    text = f"{abs(fen):03d}"
    sign = "¥" if fen > 0 else "-"
    return [*[""] * (len(_PLACES) - len(text) - 1), *([sign] if len(text) < len(_PLACES) else []), *text][
        -len(_PLACES) :
    ]


def _named(chart: Chart, code: str) -> str:
    return chart.accounts[code].name if code in chart.accounts else code


def _below(chart: Chart, line: Any) -> str:
    """明细科目: the sub-account, and whom it is with."""
    whom = line.party.name if line.party else line.peer.name if line.peer else line.household or line.project
    return "　".join(filter(None, (_named(chart, line.account) if len(line.account) > TOP else "", whom)))


def _doubt(certain: bool, cite: str) -> tuple[str, ...]:
    return () if certain else (f"依据待核：{cite}",)


def workbook(tables: Sequence[Table]) -> bytes:
    """Tables as the sheets of a workbook, in yuan."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    base = {"border": 1, "valign": "vcenter"}
    formats = {
        heavy: (
            book.add_format({**base, "bold": heavy, "num_format": "@"}),
            book.add_format({**base, "bold": heavy, "num_format": "@", "quote_prefix": True}),
            book.add_format({**base, "bold": heavy, "num_format": "#,##0.00"}),
        )
        for heavy in (False, True)
    }
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
                put_cell(
                    sheet, at_row + 3, at, "" if value is None else value, money if at in table.money else words, quoted
                )
        for at, note in enumerate(table.notes):
            put_cell(sheet, len(table.rows) + 4 + at, 0, note, plain, plain)
        paper(sheet)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def pdf(tables: Sequence[Table], demo: bool = False) -> bytes:
    """Tables on A4, one after another, each on its own page."""
    said = [
        {
            "title": table.title,
            "place": table.place,
            "said": table.said,
            "headings": table.headings,
            "right": [at in table.money for at in range(len(table.headings))],
            "rows": [[_printed(cell, at in table.money) for at, cell in enumerate(row)] for row in table.rows],
            "heavy": sorted(table.heavy),
            "notes": table.notes,
            "signs": table.signs,
            "running": table.running,
            "widths": _widths(table),
        }
        for table in tables
    ]
    return _typst("tables.typ", {"tables": said, "demo": demo})


def _widths(table: Table) -> list[int]:
    """How wide the columns of words are to each other: by their longest cell, within bounds."""
    return [
        min(max(max((width_of(row[at]) for row in table.rows), default=4), width_of(heading), 4), 44)
        for at, heading in enumerate(table.headings)
    ]


def _typst(name: str, data: dict[str, Any]) -> bytes:
    """A sheet of this room set with data: words come in as data and are never read as source."""
    fonts = str(pylopdf_fonts_zh_cn.sans_path().parent)
    with resources.as_file(resources.files(__package__).joinpath(name)) as source:
        made = typst.compile(
            str(source),
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    return bytes(made[0] if isinstance(made, list) else made)


def _printed(cell: Value, money: bool) -> str:
    if cell is None:
        return ""
    return format_money(int(cell)) if money else str(cell)
