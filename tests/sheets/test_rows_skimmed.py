"""Clean cells of a column are skimmed, the others read with care: on messy ledgers both ways give the same, cell for cell."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mingbai.columns import UNSURE, Reading, Register, find_register, reader, registers, skim
from mingbai.sheets import blocks
from mingbai.sheets.grid import Grid, Workbook
from mingbai.sheets.rows import read_workbook
from mingbai.units import MU, YUAN, AreaUnit, MoneyUnit

SEED = int(os.environ.get("MINGBAI_SEED", random.SystemRandom().randrange(2**32)))
REGISTER = find_register("contracts")
TITLES = ["合同编号", "合同名称", "发包方", "承包方", "承包方证件号码", "联系电话", "地类", "坐落", "面积(公顷)", "实测面积(亩)", "签订日期", "起始日期", "终止日期",
          "承包期限", "承包费单价(元/亩·年)", "年承包费(万元)", "总价款(元)", "欠缴金额(元)", "违约金比例(%)", "是否入账", "备案编号", "备注"]
MESS: list[Any] = [
    None, "", " ", "\u3000", "/", "无", "—", 0, 1, 0.0, -1, -0.004, 3.14159, 0.1 + 0.2, 1234.565, 1e15, 1e17, 1e300, 12345678901234567, True, False, "300",
    "1,234.56元", "三百元", "约1500亩", "25.3", "0.5万元", "-", "#REF!", "#未计算", "〃", "同上", "800元/亩·年", "每年粮食300斤", "2003.5.1", "2019年3月",
    "长期", date(1948, 12, 31), date(2151, 1, 1), date(2003, 5, 1), datetime(2003, 5, 1, 13, 30), timedelta(days=3), "2016.1", 43831, 20200131,
    "13900001111", "139 0000 1111", "１３９００００１１１１", "13900001111\n13900002222", "0351-6060000", "王某", "王某王某王某", "张三、李四", "村东头水渠以北地块",
    300000300000, 60000500000.0, "300斤小麦/亩", "2003-2006 450,2006-2011 520", "第1-3年300元,第4年起400元", "(1,200.00)", "1,200.00-",
    "甲乙丙丁戊己\n庚辛壬癸子丑", "ＡＢＣＤＥＦＧ", "'000123", "99.99%", "是", "否", "耕地", "水浇地", "20年", "240", "999999198001010011", "合计", "未办理", "abcdef ",
]


def messy(dice: random.Random, height: int = 60) -> Workbook:
    """Columns of mostly clean cells and some of anything."""
    clean: list[Any] = [lambda: f"合同甲乙{dice.randrange(10**6):06d}", lambda: round(dice.uniform(0, 9e5), 2), lambda: date(1990, 1, 1) + timedelta(days=dice.randrange(15_000)),
                        lambda: f"139{dice.randrange(10**8):08d}", lambda: dice.randrange(10_000)]
    of = [dice.choice(clean) for _ in TITLES]
    share = [dice.choice((0, 0.02, 0.4)) for _ in TITLES]
    lines: list[list[Any]] = [list(TITLES)]
    for _ in range(height):
        lines.append([dice.choice(MESS) if dice.random() < much else made() for made, much in zip(of, share, strict=True)])
        lines[-1][3] = lines[-1][3] if dice.random() < 0.1 else f"承包人某某{dice.randrange(10**4):04d}"
    return Workbook("xlsx", [Grid("合同", lines, [], False, frozenset(), frozenset())], False, [])


@pytest.mark.parametrize("number", range(8))
def test_a_messy_ledger_reads_the_same_skimmed_and_with_care(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"MINGBAI_SEED={SEED}")
    skimmed = read_workbook(messy(random.Random(SEED + number)), REGISTER)
    monkeypatch.setattr(blocks, "skim", lambda *_: None)
    careful = read_workbook(messy(random.Random(SEED + number)), REGISTER)
    assert skimmed == careful
    assert repr(skimmed) == repr(careful)  # 1 is not True here
    assert careful["errors"]
    assert careful["sheets"][0]["accepted"] > 20


UNITS = [None, YUAN, MoneyUnit(1_000_000), MoneyUnit(100, "mu", "year"), MoneyUnit(100, "", "month"), MU, AreaUnit(150_000, 1, "公顷")]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("register", [find_register(name) for name in registers()], ids=registers())
def test_what_is_skimmed_is_what_care_reads(register: Register, unit: Any) -> None:
    for column in register.columns:
        values = skim(column, unit, MESS)
        careful = reader(column, register, unit)
        for cell, value in zip(MESS, values or [], strict=values is not None):
            if value is not UNSURE:
                reading = careful(cell)
                assert (reading, type(reading.value)) == (Reading(value), type(value)), (column.name, cell)
        if column.kind in ("money", "area", "date", "text", "phone") and unit is None and not column.signed:
            assert values is not None
            assert any(value not in (UNSURE, None) for value in values)


def test_an_amount_below_zero_and_two_numbers_run_together_are_read_with_care() -> None:
    money = REGISTER.by_name["rent_fen_per_year"]
    assert skim(money, YUAN, [1200, 300000300000, 60000500000.0]) == [120_000, UNSURE, UNSURE]
    assert skim(replace(money, signed=True), YUAN, [1200, -1200]) is None
    assert reader(replace(money, signed=True), REGISTER, YUAN)(-1200) == Reading(-120_000)


def test_staged_rents_are_read_as_stages_in_a_skimmed_column() -> None:
    """2003-2006 450: the first stage is the price, all of them are the clause; the plain numbers beside it are skimmed."""
    rows_of = [["合同编号", "承包方", "面积(亩)", "年承包费(元)"], ["一", "张三家庭农场", 10, 4500], ["二", "李四家庭农场", 10, "2003-2006 450,2006-2011 520"]]
    result = read_workbook(Workbook("xlsx", [Grid("合同", rows_of, [], False, frozenset(), frozenset())], False, []), REGISTER)
    columns = result["sheets"][0]["columns"]
    assert columns["rent_fen_per_year"] == [450_000, 45_000]
    assert columns["escalation"][0] is None
    assert columns["escalation"][1].startswith("2003-2006")
