"""Seeded data for the benches: a ledger of any size as a frame, and a workbook of 10,000 rows × 50 columns."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter

from mingbai.columns import Register
from mingbai.rules.ledger import schema

SEED = 20260930
CHOICES = {
    "kind": ["租赁", "租赁", "流转", "其他方式承包", "家庭承包", None], "form": ["书面", "书面", "口头", None],
    "land_class": ["耕地", "机动地", "四荒", "林地", "草地", "水面", "建设用地", "房屋", "厂房", None],
    "object_class": ["资源", "资产", None], "letting_mode": ["招标", "公开协商", "直接发包", None],
    "decision_body": ["代表会议", "村民会议", "两委会议", "无", None], "payment_mode": ["按年", "按年", "一次性", "分期", None],
    "pricing_mode": ["固定", "递增", None], "lessor_level": ["村", "村", "组", None], "owner_level": ["村", "组", None],
    "agreed_use": ["种植", "养殖", "厂房", "别的", None], "actual_use": ["种植", "仓储", None],
    "township_approval_no": ["镇批〔2010〕1号", "无", None], "filing_no": ["备001", "无", None], "debt_offset": ["无", "抵工程款", None],
}


def ledger_frame(register: Register, rows: int, seed: int = SEED) -> pl.DataFrame:
    """``rows`` random contracts in ``rows / 50`` villages, in the shape the rules read."""
    def pick(values: list[object], salt: int, kind: object) -> pl.Expr:
        table = pl.Series(values, dtype=kind)  # type: ignore[arg-type]
        return pl.lit(table).gather(pl.col("i").hash(seed + salt) % len(values))

    def number(low: int, high: int, salt: int) -> pl.Expr:
        return (pl.col("i").hash(seed + salt) % (high - low) + low).cast(pl.Int64)

    base = pl.DataFrame({"i": pl.int_range(rows, eager=True)})
    year, months = number(1985, 2026, 1), number(3, 500, 2)
    start = (year * 10000 + number(1, 13, 3) * 100 + number(1, 29, 4)).cast(pl.Int32)
    made: dict[str, pl.Expr] = {
        "_id": pl.col("i"), "_file": pl.format("村{}", pl.col("i") // 50), "_sheet": pl.lit("合同"),
        "_row": (pl.col("i") % 50 + 2).cast(pl.Int32), "_headings": pl.lit("|" + "|".join(register.by_name) + "|"), "_doubtful": pl.lit("|"),
        "lessee": pl.format("张{}", number(0, 20, 5)), "lessor": pl.lit("某村"), "parcel_code": pl.format("P{}", number(0, 60, 6)),
        "title": pl.lit("土地承包合同"), "location": pl.format("地块{}", number(0, rows, 7)),
        "signed_on": pl.when(number(0, 10, 8) > 0).then(start), "starts_on": pl.when(number(0, 10, 9) > 1).then(start),
        "term_months": pl.when(number(0, 10, 10) > 3).then(months).cast(pl.Int32),
        "ends_on": pl.when(number(0, 10, 11) > 4).then(start + months // 12 * 10000).cast(pl.Int32),
        "area_mu4": pl.when(number(0, 10, 12) > 0).then(number(1_0000, 500_0000, 13)),
        "rent_fen_per_mu_year": pl.when(number(0, 10, 14) > 4).then(number(5_000, 200_000, 15)),
        "rent_fen_per_year": pl.when(number(0, 10, 16) > 4).then(number(100_000, 50_000_000, 17)),
        "total_fen": pl.when(number(0, 10, 18) > 5).then(number(1_000_000, 900_000_000, 19)),
        "arrears_fen": pl.when(number(0, 10, 20) > 3).then(number(0, 3, 21) * 1_000_000),
        "last_demand_on": pl.when(number(0, 10, 22) > 5).then(number(2015, 2027, 23) * 10000 + 601).cast(pl.Int32),
    }
    made["measured_area_mu4"] = (made["area_mu4"] * number(95, 108, 24)) // 100
    made |= {"entitled": number(30, 60, 25), "present": number(20, 40, 26), "votes_for": number(10, 40, 27)}
    frame = {}
    for salt, (name, kind) in enumerate({"_id": pl.Int64, **schema(register)}.items(), 100):
        if name in made:
            frame[name] = made[name].cast(kind)
        elif name in CHOICES:
            frame[name] = pick(CHOICES[name], salt, kind)  # type: ignore[arg-type]
        elif kind == pl.Boolean:
            frame[name] = pick([True, False, False, None], salt, kind)
        else:
            frame[name] = pl.lit(None, dtype=kind)
    return base.select(**frame)


def wide_workbook(path: Path, register: Register, rows: int = 10_000, columns: int = 50, seed: int = SEED) -> None:
    """A clerk's ledger of the register's first columns: real dates, texts, numbers with and without units, some bad cells."""
    dice = random.Random(seed)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("合同台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    chosen = [column for column in register.columns if column.in_template][:columns]
    sheet.write_row(0, 0, [column.title for column in chosen])
    for row in range(1, rows + 1):
        for place, column in enumerate(chosen):
            match column.kind:
                case "date":
                    sheet.write_datetime(row, place, date(1990, 1, 1) + timedelta(days=dice.randrange(14_000)), day)
                case "money":
                    value = round(dice.lognormvariate(9, 2), 2)
                    sheet.write(row, place, value if dice.random() < 0.9 else f"{value:,.2f}元")
                case "area":
                    sheet.write(row, place, round(dice.uniform(0.5, 300), 2))
                case "count":
                    sheet.write(row, place, dice.randrange(20, 60))
                case "choice":
                    sheet.write(row, place, dice.choice(list(column.choices)))
                case "yes_no":
                    sheet.write(row, place, dice.choice(["是", "否"]))
                case "term":
                    sheet.write(row, place, dice.choice(["30年", "20年", "5年", "长期"]))
                case "phone":
                    sheet.write(row, place, f"139{dice.randrange(10**8):08d}")
                case "identity":
                    sheet.write(row, place, "/")
                case _:
                    sheet.write(row, place, f"{column.title[:2]}{dice.randrange(100_000)}")
        if row % 100 == 0:
            sheet.write(row, 16, "约1500亩")
    book.close()
