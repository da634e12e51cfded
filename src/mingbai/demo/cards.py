"""A village's asset cards 资产卡片, invented from the seed: what it built and bought, as its clerk keeps them in a workbook of their own.

    drawn(team.place.code)      # the cards, oldest first
    workbook(cards, "九院村")    # bytes of an .xlsx

Everything is in order but in the village that has not finished: there a shed is let without a contract.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from random import Random

import xlsxwriter

from mingbai import demo

HEADINGS = ("资产编号", "固定资产名称", "类别", "经营性/非经营性", "规格型号", "单位", "数量", "坐落", "保管人", "开始使用日期", "原值(元)", "使用年限", "净残值(元)",
            "资产状态", "承租人", "合同编号", "清查日期", "实存数量", "是否入账", "处置日期", "处置方式", "处置收入(元)", "处置决议")
_KINDS = (  # name, category, nature, unit, years, thousand yuan from, to, where
    ("办公楼", "房屋建筑物", "非经营性", "栋", 40, 300, 900, "村部"), ("旧校舍", "房屋建筑物", "经营性", "栋", 30, 80, 300, "村东"), ("文化活动室", "房屋建筑物", "非经营性", "间", 30, 60, 200, "村部"),
    ("机井", "房屋建筑物", "非经营性", "眼", 20, 40, 120, "村北大路边"), ("日间照料中心", "房屋建筑物", "非经营性", "间", 30, 90, 260, "村南"), ("变压器", "机器设备", "非经营性", "台", 15, 30, 90, "村西坪上"),
    ("拖拉机", "机器设备", "经营性", "台", 10, 20, 80, "村部库房"), ("办公电脑", "办公家具", "非经营性", "台", 5, 3, 9, "村部"), ("会议桌椅", "办公家具", "非经营性", "套", 8, 2, 8, "村部"))
_BOUGHT = ("打印机", "办公家具", "非经营性", "台", 5, 2, 6, "村部")


@dataclass(frozen=True, slots=True)
class Card:
    """As :data:`HEADINGS` need it; money in yuan."""

    number: str
    name: str
    category: str
    nature: str
    unit: str
    years: int
    cost: int
    where: str
    since: date
    let: bool = False


def drawn(code: str, keepers: list[str], *, unfinished: bool = False) -> tuple[list[Card], str]:
    """The cards of a village, and who keeps the things."""
    random = Random(f"{demo.SEED}/{code}/资产")
    chosen = sorted(random.sample(range(len(_KINDS)), random.randint(4, 7)))
    cards = []
    for place, which in enumerate(chosen, 1):
        name, category, nature, unit, years, low, high, where = _KINDS[which]
        since = date(2022 - random.randint(0, min(years - 2, 18)), random.randint(1, 12), random.randint(1, 28))
        cards.append(Card(f"GZ-{place:03d}", name, category, nature, unit, years, random.randint(low, high) * 1_000, where, since))
    name, category, nature, unit, years, low, high, where = _BOUGHT
    cards.append(Card(f"GZ-{len(cards) + 1:03d}", name, category, nature, unit, years, random.randint(low, high) * 1_000, where, date(2024, random.randint(2, 11), 15)))
    if unfinished:
        cards.append(Card(f"GZ-{len(cards) + 1:03d}", "看护房", "房屋建筑物", "经营性", "间", 20, 24_000, "村西坪上", date(2012, 5, 1), let=True))
    return cards, random.choice(keepers)


def workbook(cards: list[Card], village: str, keeper: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("资产卡片")
        day, bold = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
        sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, f"{village}集体资产登记表（演示数据）", bold)
        sheet.write_row(1, 0, HEADINGS, bold)
        for row, card in enumerate(cards, 2):
            cells = (card.number, card.name, card.category, card.nature, "", card.unit, 1, card.where, keeper, card.since, card.cost, f"{card.years}年", 0,
                     "出租" if card.let else "自用", "演示承租户" if card.let else "", "", date(2026, 8, 12), 1, "是", "", "", "", "")
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, day)
                else:
                    sheet.write(row, column, cell)
    return out.getvalue()
