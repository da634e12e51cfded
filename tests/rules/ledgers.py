"""Random ledgers that look for trouble: nulls, equal dates, 29 February, month ends, open ends, pools that collide."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from mingbai.registers.contracts.register import LAND_CLASSES, REGISTER
from rules.oracle import CROPLAND, months_later

EDGES = [
    date(*ymd)
    for ymd in (
        (1982, 6, 30),
        (1982, 7, 1),
        (1986, 12, 31),
        (1994, 2, 20),
        (1994, 2, 21),
        (1998, 11, 3),
        (1998, 11, 4),
        (1999, 9, 30),
        (1999, 10, 1),
        (1999, 12, 20),
        (1999, 12, 21),
        (2000, 2, 29),
        (2003, 2, 28),
        (2003, 3, 1),
        (2008, 2, 29),
        (2010, 1, 1),
        (2010, 10, 27),
        (2010, 10, 28),
        (2015, 9, 30),
        (2015, 10, 1),
        (2016, 2, 29),
        (2016, 8, 31),
        (2016, 9, 30),
        (2016, 10, 1),
        (2018, 12, 31),
        (2019, 1, 1),
        (2020, 12, 31),
        (2021, 1, 1),
        (2023, 12, 31),
        (2025, 4, 30),
        (2025, 5, 1),
        (2026, 9, 29),
        (2026, 9, 30),
        (2026, 10, 1),
        (2027, 3, 29),
        (2028, 12, 31),
        (2029, 1, 1),
    )
]
TERMS = (0, 1, 5, 6, 7, 11, 12, 13, 24, 60, 61, 120, 239, 240, 241, 360, 600, 601, 840, 841)
USES = ("撂荒", "闲置", "种植", "种植小麦", "养殖", "鱼塘", "种树", "仓储", "粮食仓储", "停车", "厂房", "猪舍", "旅游", "自用", "农业")
ALL_HEADINGS = "|" + "|".join(column.name for column in REGISTER.columns) + "|"


OFTEN_SAID_ELSEWHERE = {"ends_on", "starts_on", "open_ended", "second_round_term", "in_kind"}
"""Columns that have values without a heading of their own: another cell states them."""


def a_day(random: Random) -> date:
    if random.random() < 0.5:
        return random.choice(EDGES)
    return date(1983, 1, 1) + timedelta(days=random.randrange(45 * 365))


def a_display(random: Random, maybe: Any) -> dict[str, Any]:
    first = random.choice((date(2025, 12, 31), date(2026, 1, 1), a_day(random)))
    last = first + timedelta(days=random.choice((-1, 0, 5, 6, 7, 13, 14, 15, 30)))
    return {"shown_from": maybe(first.isoformat()), "shown_to": maybe(last.isoformat())}


def a_row(random: Random, number: int) -> dict[str, Any]:
    """One typed row, dates as ISO text."""
    gap = random.choice((0.05, 0.2, 0.5))

    def maybe(value: Any, more: float = 0.0) -> Any:
        return None if random.random() < gap + more else value

    def pick(*pool: Any) -> Any:
        return maybe(random.choice(pool))

    def choice(name: str) -> Any:
        return pick(*REGISTER.by_name[name].choices)

    start = a_day(random)
    eve, later = start - timedelta(days=1), start + timedelta(days=random.choice((1, 400, 3660)))
    signed = random.choice((start, start, eve, later, a_day(random)))
    months = random.choice(TERMS)
    anniversary = months_later(start, months)
    end = random.choice((anniversary, anniversary + timedelta(days=random.choice((-1, 1))), a_day(random)))
    entitled = random.choice((0, 1, 3, 30, 45, 300))
    present = random.choice((0, entitled // 2, entitled // 2 + 1, entitled * 2 // 3, -(-entitled * 2 // 3), entitled))
    area = random.choice((1, 9999, 5700, 10_000, 33_333, 100_000, 505_000))
    return {
        "_file": random.choice(("甲.xlsx", "甲.xlsx", "乙.xls")),
        "_sheet": "台账",
        "_row": number,
        "title": pick("果园承包合同", "续签合同", "门面租赁"),
        "lessor": pick("九院村"),
        "lessee": pick("张三", "张三", "李四", "王五"),
        "lessor_level": pick("乡镇", "村", "村", "组", "农户"),
        "owner_level": choice("owner_level"),
        "lessee_is_member": pick(True, False),
        "lessee_is_officer_kin": pick(True, False),
        "kind": pick("家庭承包", "其他方式承包", "租赁", "租赁", "流转", "流转", "服务"),
        "form": choice("form"),
        "object_class": pick("资源", "资源", "资产", "工程"),
        "land_class": pick(*CROPLAND * 4, "四荒", "林地", "草地", *LAND_CLASSES),
        "location": pick("村东", "村西"),
        "parcel_code": pick("P1", "P1", "P2", "P3"),
        "area_mu4": maybe(area),
        "measured_area_mu4": maybe(random.choice((area, area * 105 // 100, area * 95 // 100, area * 2, area + 1))),
        "agreed_use": pick(*USES),
        "actual_use": pick(*USES),
        "decision_body": choice("decision_body"),
        "meeting_on": maybe(random.choice((signed, a_day(random))).isoformat()),
        "entitled": maybe(entitled),
        "present": maybe(present),
        "votes_for": maybe(
            random.choice((0, present // 2, present // 2 + 1, present, -(-entitled * 2 // 3), entitled * 2 // 3))
        ),
        "township_approval_no": pick("无", "万政函〔2020〕3号"),
        "signed_on": maybe(signed.isoformat()),
        "starts_on": maybe(start.isoformat()),
        "ends_on": maybe(end.isoformat(), 0.2),
        "term_months": maybe(months or 1, 0.2),
        "open_ended": True if random.random() < 0.1 else None,
        "second_round_term": True if random.random() < 0.05 else None,
        "pricing_mode": choice("pricing_mode"),
        "escalation": maybe(random.choice(("每五年递增5%", "无")), 0.5),
        "rent_fen_per_mu_year": maybe(random.choice((1, 5_000, 50_000, 30_000, 1_000_000_000)), 0.2),
        "rent_fen_per_year": maybe(random.choice((1, 100_000, 100_000, 500_000)), 0.2),
        "total_fen": maybe(random.choice((1, 999_999, 1_000_000, 10**15)), 0.2),
        "in_kind": maybe("小麦200斤", 0.5),
        "payment_mode": pick("按年", "按年", "一次性", "分期"),
        "prepaid_years": maybe(random.choice((0, 1, 2, 30)), 0.3),
        "due_fen": pick(0, 100_000, 500_000),
        "received_fen": pick(0, 100_000, 600_000),
        "arrears_fen": pick(0, 1, 99_999, 100_000, 100_001, 500_000, 10**12),
        "filing_no": pick("无", "备2020-3"),
        "original_held": pick(True, False),
        "occupied": pick(True, True, False),
        "last_demand_on": maybe(a_day(random).isoformat(), 0.2),
        "signatures_complete": pick(True, False),
        "debt_offset": pick("无", "抵2001年修路款"),
        "special_terms": maybe(random.choice(("到期续租", "五年后回购", "不得回购，按期交租", "前两年免租")), 0.6),
        "letting_mode": pick("直接发包", "直接发包", "招标", "公开协商"),
        "booked": pick(True, False),
        "voucher_no": pick("无", "记-12"),
        "sublet": pick(True, False),
        "sublet_consent": pick(True, False),
        "sublet_known_on": maybe(a_day(random).isoformat()),
        "objected_on": maybe(a_day(random).isoformat()),
        "actual_user": pick("张三", "李四", "本人"),
        "penalty_percent": pick(0, 5, 30, 31, 100),
        "penalty_due_fen": pick(0, 100_000),
        "penalty_received_fen": pick(0, 99_999, 100_000),
        "deposit_fen": pick(0, 500_000),
        "deposit_received_fen": pick(0, 499_999, 500_000),
        "idle_since": maybe(random.choice((date(2024, 9, 30), date(2024, 10, 1), date(2014, 2, 28), date(2014, 3, 1), a_day(random))).isoformat(), 0.3),
        "shown": pick(True, False),
        **a_display(random, maybe),
        "remark": maybe("已公示", 0.5),
    }


def a_table(random: Random, rows: int) -> list[dict[str, Any]]:
    """A ledger whose sheet may lack headings and hold unreadable cells; an absent column has no values."""
    absent = {column.name for column in REGISTER.columns if random.random() < random.choice((0.0, 0.1, 0.4))}
    headings = "|" + "".join(f"{column.name}|" for column in REGISTER.columns if column.name not in absent)
    alike = random.random() < 0.3
    table: list[dict[str, Any]] = []
    for number in range(rows):
        row = a_row(random, number + 3)
        if alike:  # enough comparable prices of one class and decade
            row |= {"land_class": "耕地", "signed_on": f"201{random.randrange(10)}-02-28",
                    "rent_fen_per_mu_year": random.choice((9_999, 10_000, 20_000))}
        elif table and random.random() < 0.1:  # the same bargain once more
            row = table[-1] | {"_row": number + 3, "rent_fen_per_year": random.choice((100_000, 500_000))}
        empty = [name for name, value in row.items() if value is None and name not in absent and name != "open_ended"]
        unread = [name for name in empty if random.random() < 0.1]
        for name in absent - OFTEN_SAID_ELSEWHERE:
            row[name] = None
        first, last = row["starts_on"] or row["signed_on"] or "", row["ends_on"] or "9999"
        if last < first or (row["ends_on"] is None and first[8:] > "28"):
            row["total_fen"] = None  # a price over swapped dates is a case of C07; here it would move the median of all
        table.append(row | {"_headings": headings, "_doubtful": "|" + "".join(f"{name}|" for name in unread)})
    return table
