"""findings.xlsx: every finding a line, with what was not read and what was sent back. Inert whatever the data say."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from mingbai import units
from mingbai.report.survey import Survey
from mingbai.sheets.writing import new_workbook, paper, put_cell, width_of
from mingbai.units import Cell

ANSWERS = {"yes": "疑似", "disputed": "有争议", "cannot_tell": "说不准"}
SEVERITY = {3: "要害", 2: "须整改", 1: "纸面"}


def write_findings(survey: Survey, names: Mapping[str, str], path: Path) -> None:
    """Five sheets: findings, totals by workbook, unread cells, rows sent back, files refused; files not looked at, where there are any."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    _sheet(
        book,
        "疑点",
        ("台账", "工作表", "行", "规则", "结论", "程度", "因为", "依据", "通常怎么办"),
        (
            (
                names[f.file],
                f.sheet,
                f.row,
                f.rule,
                ANSWERS[f.answer],
                SEVERITY[f.severity],
                f.sentence,
                "；".join(f.cites),
                f.advice,
            )
            for f in survey.worded
        ),
    )
    _sheet(
        book,
        "各台账汇总",
        (
            "台账",
            "读",
            "收",
            "退",
            "略",
            "错格",
            "合同份数",
            "没有金额",
            "合同金额(元)",
            "疑似份数",
            "其中要害",
            "有争议份数",
            "欠缴金额(元)",
        ),
        (
            (
                names[file],
                t.read,
                t.accepted,
                t.rejected,
                t.skipped,
                t.errors,
                t.contracts,
                t.unpriced,
                t.amount_fen / 100,
                t.suspect,
                t.grave,
                t.disputed,
                t.arrears_fen / 100,
            )
            for file, t in survey.by_file.items()
        ),
    )
    _sheet(
        book,
        "读不懂的格",
        ("台账", "工作表", "格", "原来写的", "为什么", "可以改成"),
        (
            (names[e["file"]], e["sheet"], e["cell"], units.clean_text(e["value"]), e["reason"], e["suggestion"])
            for e in survey.errors
        ),
    )
    _sheet(
        book,
        "退回的行",
        ("台账", "工作表", "行", "为什么", "原来写的"),
        (
            (
                names[r.file],
                row["sheet"],
                row["row"],
                row["why"],
                "；".join(f"{k}：{v}" for k, v in row["cells"].items()),
            )
            for r in survey.readings
            for row in survey.rejected_rows(r)
        ),
    )
    _sheet(
        book,
        "没能读的文件",
        ("文件", "为什么", "怎么办"),
        (
            *((names[r.file], r.reason, r.mend) for r in survey.refusals),
            *((names[r.file], r.sentence, "") for r in survey.readings if r.sentence),
        ),
    )
    if survey.unseen:
        _sheet(
            book,
            "没有看的文件",
            ("文件", "是什么", "怎么办"),
            ((names[r.file], r.reason, r.mend) for r in survey.unseen),
        )
    missing = survey.missing
    _sheet(book, "缺什么", ("补上这一栏", "能多得出几个结论"), missing)
    book.close()
    path.write_bytes(buffer.getvalue())


def _sheet(book: xlsxwriter.Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    head = book.add_format({"bold": True, "bg_color": "#E3EEEE", "border": 1, "text_wrap": True, "valign": "vcenter"})
    plain = book.add_format({"valign": "top", "text_wrap": True})
    quoted = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
    money = book.add_format({"valign": "top", "num_format": "#,##0.00"})
    sheet = book.add_worksheet(name)
    widths = [width_of(heading) for heading in headings]
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, head)
    last = 0
    for last, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            put_cell(sheet, last, column, cell, money if isinstance(cell, float) else plain, quoted)
            shown = units.format_money(round(cell * 100)) if isinstance(cell, float) else cell
            widths[column] = max(widths[column], width_of(shown))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width + 2, 60))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(headings) - 1)
    paper(sheet)
