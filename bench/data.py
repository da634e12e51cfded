"""Seeded data for the benches: a ledger of any size as a frame, and a workbook of 10,000 rows × 50 columns."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter

from mingbai.columns import Register
from mingbai.rules.ledger import schema, with_silences

SEED = 20260930
CHOICES = {
    "kind": ["租赁", "租赁", "流转", "其他方式承包", "家庭承包", None],
    "form": ["书面", "书面", "口头", None],
    "land_class": [
        "耕地",
        "耕地",
        "机动地",
        "四荒",
        "林地",
        "草地",
        "园地",
        "水面",
        "建设用地",
        "房屋",
        "厂房",
        "其他",
        None,
    ],
    "object_class": ["资源", "资源", "资产", None],
    "letting_mode": ["招标", "公开协商", "直接发包", None],
    "decision_body": [
        "代表会议",
        "代表会议",
        "村民会议",
        "成员大会",
        "村民小组会议",
        "四议两公开",
        "两委会议",
        "无",
        None,
    ],
    "payment_mode": ["按年", "按年", "按年", "一次性", "分期", None],
    "pricing_mode": ["固定", "递增", None, None],
    "escalation": [None, None, "无", "每五年递增5%", "租金固定不变"],
    "prepaid_years": [None, None, None, None, 1, 5],
    "lessor_level": ["村", "村", "组", "农户", None],
    "owner_level": ["村", "组", None],
    "agreed_use": ["种植", "小麦、玉米", "种植，禁止建厂房", "养殖", "仓储", "别的", None],
    "actual_use": ["种植", "种植", "果树", "厂房", None],
    "special_terms": [None, None, None, None, "续签", "到期后同等条件优先续租"],
    "in_kind": [None, None, None, "每亩小麦300斤"],
    "township_approval_no": ["镇批〔2010〕1号", "无", None],
    "filing_no": ["备001", "无", None],
    "debt_offset": ["无", "无", "抵工程款", None],
    "open_ended": [None, None, None, None, None, False, False, True],
    "second_round_term": [None, None, None, None, False, True],
}
MONTHS = [3, 6, 12, 12, 36, 60, 60, 120, 180, 240, 240, 242, 360, 600, 840, 900]


def ledger_frame(register: Register, rows: int, seed: int = SEED) -> pl.DataFrame:
    """``rows`` random contracts in ``rows / 50`` villages, in the shape the rules read, so mixed that every answer occurs.

    A village has about three plots for two contracts; one contract stands there in two texts, one was renewed."""
    i, place = pl.col("i"), pl.col("i") % 50
    deal, who = pl.when(place == 49).then(i - 1).otherwise(i), pl.when(place >= 48).then(i - place + 47).otherwise(i)

    def number(low: int, high: int, salt: int, of: pl.Expr = i) -> pl.Expr:
        return (of.hash(seed + salt) % (high - low) + low).cast(pl.Int64)

    def pick(values: list[object], salt: int, kind: object, of: pl.Expr = i) -> pl.Expr:
        return pl.lit(pl.Series(values, dtype=kind)).gather(number(0, len(values), salt, of))  # type: ignore[arg-type]

    def often(percent: int, salt: int, value: pl.Expr, of: pl.Expr = i) -> pl.Expr:
        return pl.when(number(0, 100, salt, of) < percent).then(value)

    def ymd(day: pl.Expr) -> pl.Expr:
        return day.dt.year() * 10000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()

    start = pl.lit(date(1985, 1, 1)) + pl.duration(days=number(0, 15_200, 1, deal))
    start = pl.when(number(0, 3, 2, deal) == 0).then(start.dt.month_start()).otherwise(start)
    months = pick(MONTHS, 3, pl.Int64)
    end = start + pl.duration(days=(months * 30.436875).cast(pl.Int64) - 1)
    whole_months = (
        end + pl.duration(days=number(0, 2, 4) * 20 - 10)
    ).dt.month_end()  # the eve, or the last of the same month
    end = pl.when(start.dt.day() == 1).then(whole_months).otherwise(end)
    signed = start + pl.duration(days=pick([0, 0, 0, -40, 200], 5, pl.Int64, deal))
    poor = i // 50 % 5 == 0  # every fifth village's sheet has few columns
    full, few = [
        "|" + "|".join(name for name in register.by_name if name not in lost) + "|"
        for lost in ((), ("lessor", "in_kind", "agreed_use"))
    ]
    made: dict[str, pl.Expr] = {
        "_id": i,
        "_file": pl.format("村{}", i // 50),
        "_sheet": pl.lit("合同"),
        "_row": place + 2,
        "_headings": pl.when(poor).then(pl.lit(few)).otherwise(pl.lit(full)),
        "_doubtful": pick(["|", "|", "|", "|area_mu4|ends_on|"], 6, pl.String),
        "lessee": often(97, 7, pl.format("张{}", number(0, 30, 8, who)), who),
        "lessor": often(97, 9, pl.lit("某村")),
        "parcel_code": often(80, 10, pl.format("P{}", number(0, 75, 11, who)), who),
        "location": often(90, 12, pl.format("地块{}", number(0, 200, 13, deal)), deal),
        "title": often(90, 14, pl.lit("土地承包合同"), deal),
        "signed_on": often(90, 15, ymd(signed), deal),
        "starts_on": often(80, 16, ymd(start), deal),
        "ends_on": often(65, 17, ymd(end)),
        "term_months": often(60, 18, months),
        "area_mu4": often(90, 19, number(1_0000, 500_0000, 20, deal)),
        "rent_fen_per_mu_year": often(50, 21, number(5_000, 200_000, 22)),
        "rent_fen_per_year": often(50, 23, number(100_000, 50_000_000, 24)),
        "total_fen": often(40, 25, number(1_000_000, 900_000_000, 26)),
        "arrears_fen": often(50, 27, number(0, 3, 28) * 1_000_000),
        "due_fen": often(50, 29, number(1, 9, 30) * 1_000_000),
        "received_fen": often(70, 31, number(0, 9, 32) * 1_000_000),
        "last_demand_on": often(60, 33, number(2012, 2027, 34) * 10000 + 601),
        "entitled": often(80, 35, number(30, 60, 36)),
        "present": often(80, 37, number(20, 50, 38)),
        "votes_for": often(80, 39, number(10, 50, 40)),
    }
    made["measured_area_mu4"] = often(80, 41, made["area_mu4"] * number(95, 108, 42) // 100)
    for name in ("lessor", "in_kind", "agreed_use"):
        made[name] = pl.when(~poor).then(made.get(name, pick(CHOICES.get(name, [None]), 43, pl.String)))
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
    return with_silences(pl.select(i=pl.int_range(rows)).select(**frame), register)


ORDERLY = {
    "lessee_is_officer_kin": "否",
    "kind": "其他方式承包",
    "form": "书面",
    "object_class": "资源",
    "land_class": "耕地",
    "idle_since": None,
    "lessor_level": "村",
    "letting_mode": "招标",
    "decision_body": "代表会议",
    "entitled": 50,
    "present": 45,
    "votes_for": 40,
    "pricing_mode": "递增",
    "payment_mode": "按年",
    "prepaid_years": 1,
    "arrears_fen": 0,
    "penalty_percent": 10,
    "booked": "是",
}
"""What a contract in order says where a disorderly one says anything."""


def wide_workbook(
    path: Path, register: Register, rows: int = 10_000, columns: int = 50, seed: int = SEED, orderly: float = 0
) -> None:
    """A clerk's ledger of the register's first columns: real dates, texts, numbers with and without units, some bad cells.

    The rows are random, so that nearly every one has half a dozen findings; of the share ``orderly`` the terms are in order."""
    dice = random.Random(seed)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("合同台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    chosen = [column for column in register.columns if column.in_template][:columns]
    sheet.write_row(0, 0, [column.title for column in chosen])
    for row in range(1, rows + 1):
        start, years = date(1990, 1, 1) + timedelta(days=dice.randrange(14_000)), dice.choice((5, 20, 30))
        rent, area = round(dice.uniform(80, 900), 2), round(dice.uniform(0.5, 300), 2)
        agreed = {
            "rent_fen_per_mu_year": rent,
            "rent_fen_per_year": round(rent * area, 2),
            "total_fen": round(rent * area * years, 2),
            "ends_on": start + timedelta(days=365 * years),
        }
        fixed: dict[str, object] = {}
        if orderly and dice.random() < orderly:
            rent, years = 400 + rent / 3, min(years, 20)
            due, deposit, penalty = (round(dice.uniform(500, 9000), 2) for _ in range(3))
            agreed = {
                "rent_fen_per_mu_year": round(rent, 2),
                "rent_fen_per_year": round(rent * area, 2),
                "total_fen": round(rent * area * years, 2),
                "ends_on": start + timedelta(days=365 * years),
                "due_fen": due,
                "received_fen": due,
                "deposit_fen": deposit,
                "deposit_received_fen": deposit,
                "penalty_due_fen": penalty,
                "penalty_received_fen": penalty,
            }
            fixed = ORDERLY
        for place, column in enumerate(chosen):
            if column.name in fixed:
                if fixed[column.name] is not None:
                    sheet.write(row, place, fixed[column.name])
                continue
            match column.kind:
                case "date":
                    sheet.write_datetime(row, place, agreed.get(column.name, start), day)
                case "money":
                    value = agreed.get(column.name, round(dice.uniform(500, 9000), 2))
                    sheet.write(row, place, value if dice.random() < 0.9 else f"{value:,.2f}元")
                case "area":
                    sheet.write(row, place, area)
                case "count":
                    sheet.write(row, place, dice.randrange(20, 60))
                case "choice":
                    sheet.write(row, place, dice.choice(list(column.choices)))
                case "yes_no":
                    sheet.write(row, place, dice.choice(["是", "否"]))
                case "term":
                    sheet.write(row, place, f"{years}年")
                case "phone":
                    sheet.write(row, place, f"139{dice.randrange(10**8):08d}")
                case "identity":
                    sheet.write(row, place, "/")
                case _:
                    sheet.write(row, place, f"{column.title[:2]}{dice.randrange(100_000)}")
        if row % 100 == 0:
            sheet.write(row, 16, "约1500亩")
    book.close()
