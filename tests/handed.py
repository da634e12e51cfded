"""Sheets as bookkeeping programs and banks export them, for tests of what comes into the books."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter


def workbook(rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # the same words are the same file, whenever they are written
        sheet, day = book.add_worksheet("Sheet1"), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, datetime(value.year, value.month, value.day), day)
                elif value is not None:
                    sheet.write(at, column, value)
        for each in merged:
            sheet.merge_range(*each)
    return buffer.getvalue()


HEAD = ["日期", "凭证字号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额", "附单据数", "制单人"]
VOUCHERS = [
    ["九院村凭证列表"], ["单位：九院村股份经济合作社", None, None, None, None, None, "单位：元"], HEAD,
    [date(2024, 3, 1), "记-1", "收张三承包费", "102", "银行存款", 28000, None, 1, "李会计"],
    [None, None, "收张三承包费", "113-01", "内部往来/张三", None, 28000, None, None],
    [date(2024, 3, 5), "记-2", "付办公费", 51301, "管理费用-办公费", "1,234.50", None, 2, "李会计"],
    [date(2024, 3, 5), "记-2", "付办公费", 102, "银行存款", None, "1,234.50", None, None],
    ["合计", None, None, None, None, 29234.5, 29234.5],
]
BALANCES = [
    ["科目余额表"], ["单位：九院村", "", "2023年12月"], ["科目编码", "科目名称", "期初余额", None, "本期发生额", None, "期末余额", None],
    [None, None, "借方", "贷方", "借方", "贷方", "借方", "贷方"],
    ["101", "现金", 500, None, 0, 0, 500, None], ["112", "应收款", 3000, None, None, None, 3000, None], ["11201", "应收款/张三", 1000, None, None, None, 1000, None],
    ["11202", "李四", 2000, None, None, None, 2000, None], ["301", "资本", None, 3500, None, None, None, 3500], ["合计", None, 3500, 3500, 0, 0, 3500, 3500],
]
TWO_LEVELS = ((2, 2, 2, 3, "期初余额"), (2, 4, 2, 5, "本期发生额"), (2, 6, 2, 7, "期末余额"))


def changed(rows: Sequence[Sequence[Any]], at: int, column: int, value: Any) -> list[list[Any]]:
    """The sheet with one cell otherwise (from 0)."""
    made = [list(row) for row in rows]
    made[at] = made[at] + [None] * (column + 1 - len(made[at]))
    made[at][column] = value
    return made
