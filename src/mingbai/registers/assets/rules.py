"""The rules of 资产台账: the card, the thing and the books agree; what is let has a contract, what is gone a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from mingbai.registers.assets import depreciation
from mingbai.rules import Answer, Facts, Rulebook
from mingbai.rules.law import ymd_date
from mingbai.units import format_money
from mingbai.units.wording import phrase

RULEBOOK = Rulebook("assets")
_GONE = ("报废", "已处置")
_YEAR = 10_000


@RULEBOOK.facts
def dates(f: Facts) -> Mapping[str, nw.Expr]:
    """Since when it is there; and how many months it has been written down by the day it is looked at or left."""
    begun = nw.coalesce(f.in_use_on, f.acquired_on)
    last = nw.min_horizontal(
        nw.lit(f.today, dtype=nw.Int32), nw.coalesce(f.disposed_on, nw.lit(f.today, dtype=nw.Int32))
    )
    passed = (last // _YEAR * 12 + last // 100 % 100) - (begun // _YEAR * 12 + begun // 100 % 100)
    passed += (
        nw.when(f.category == depreciation.INTANGIBLE).then(nw.lit(1)).otherwise(nw.lit(0))
    )  # rights from the month they came
    return {
        "governing": nw.coalesce(f.acquired_on, f.in_use_on),
        "begun": begun,
        "passed": passed,
        "gone": f.condition.is_in(_GONE) | ~f.disposed_on.is_null(),
    }


@RULEBOOK.facts
def course(f: Facts) -> Mapping[str, nw.Expr]:
    """What the card comes to by its own years: the straight line, in whole fen (:mod:`depreciation`)."""
    base = nw.max_horizontal(f.cost_fen - nw.coalesce(f.residual_fen, nw.lit(0)), nw.lit(0))
    months = nw.max_horizontal(nw.min_horizontal(f.passed, f.life_months), nw.lit(0))
    straight = f.method.is_null() | (f.method == depreciation.STRAIGHT)
    worn = base // f.life_months * months + nw.min_horizontal(months, base % f.life_months)
    return {"worn_fen": nw.when(straight & (f.life_months > 0) & (f.cost_fen > 0)).then(worn), "base_fen": base}


@RULEBOOK.rule(
    "F01",
    "账实不符",
    severity=2,
    needs=["counted_quantity", "quantity"],
    cites="counted",
    law_of="today",
    remedy="查明原因；盘盈入账、盘亏按程序处理，再盘一次",
    otherwise="台账没有账面数量或者实存数量",
    say=lambda r, f: (
        phrase("账面没有写数量，实存 {counted}", counted=r["counted_quantity"])
        if r["quantity"] is None
        else phrase("账面 {booked}，实存 {counted}", booked=r["quantity"], counted=r["counted_quantity"])
        if r["difference"]
        else phrase("账面 {booked}，实存 {counted}，没有写原因", booked=r["quantity"], counted=r["counted_quantity"])
    ),
)
def miscounted(f: Facts) -> Answer:
    """Counted, and not as many as on the books; or none found at all."""
    return Answer((f.counted_quantity != f.quantity) | ((f.counted_quantity == 0) & f.quantity.is_null()))


@RULEBOOK.rule(
    "F02",
    "净值与原值、折旧对不上",
    severity=1,
    needs=["cost_fen", "stated_depreciation_fen", "stated_net_fen"],
    cites="written_down",
    law_of="today",
    remedy="核对卡片，改对三个数",
    otherwise="台账缺原值、累计折旧或者净值",
    say=lambda r, f: phrase(
        "原值 {cost} − 累计折旧 {worn} ≠ 净值 {net}",
        cost=format_money(r["cost_fen"]),
        worn=format_money(r["stated_depreciation_fen"]),
        net=format_money(r["stated_net_fen"]),
    ),
)
def net_differs(f: Facts) -> Answer:
    """原值 − 累计折旧 = 净值."""
    return Answer(f.cost_fen - f.stated_depreciation_fen != f.stated_net_fen)


def _worn(row: Mapping[str, Any], f: Facts) -> str:
    return phrase(
        "卡片写累计折旧 {said} 元，按使用年限 {months} 个月算应为 {worn} 元",
        said=format_money(row["stated_depreciation_fen"]),
        months=row["life_months"],
        worn=format_money(row["worn_fen"]),
    )


@RULEBOOK.rule(
    "F03",
    "折旧没有按年限提",
    severity=1,
    needs=["cost_fen", "life_months", "stated_depreciation_fen"],
    cites="written_down",
    law_of="today",
    remedy="按使用年限补提或者冲回，写明原因",
    otherwise="台账缺原值、使用年限或者累计折旧",
    say=_worn,
)
def worn_wrongly(f: Facts) -> Answer:
    """What the card says was written down is further from the straight line than the place allows."""
    apart = nw.max_horizontal(f.worn_fen - f.stated_depreciation_fen, f.stated_depreciation_fen - f.worn_fen)
    return Answer((apart * 100 > f.base_fen * f.now("wear_tolerance_percent")) & ~f.gone.fill_null(False))


@RULEBOOK.rule(
    "F04",
    "出租没有合同",
    severity=3,
    needs=["condition"],
    cites="let",
    law_of="today",
    remedy="补签书面合同，收进合同台账，再写上合同编号",
    otherwise="台账没有“出租合同编号”这一栏",
    say=lambda r, f: (
        phrase("使用状况写的是出租，实际使用人“{user!s}”，没有合同编号", user=r["user"])
        if r["user"]
        else phrase("使用状况写的是出租，没有合同编号")
    ),
)
def let_without_contract(f: Facts) -> Answer:
    """Let, and no contract named under its heading."""
    return Answer((f.condition == "出租") & _empty(f, "contract_no"))


@RULEBOOK.rule(
    "F05",
    "处置没有决议",
    severity=3,
    needs=["disposed_on"],
    cites="disposed",
    law_of="disposed_on",
    remedy="补开成员（代表）大会，附决议；价款没有入账的入账",
    otherwise="台账没有“处置决议”这一栏",
    say=lambda r, f: phrase(
        "{day} {how}，{decision}",
        day=ymd_date(r["disposed_on"]),
        how=r["disposal"] or phrase("处置"),
        decision=phrase("处置决议写的是“无”") if r["decision"] else phrase("没有写处置决议"),
    ),
)
def disposed_without_decision(f: Facts) -> Answer:
    """Sold, scrapped or given away, and nobody decided it."""
    none = (f.decision == "无").fill_null(False) | _empty(f, "decision").fill_null(False)
    known = ~f.decision.is_null() | ~_empty(f, "decision").is_null()
    return Answer(nw.when(known).then(~f.disposed_on.is_null() & none))


@RULEBOOK.rule(
    "F06",
    "长期闲置",
    severity=1,
    needs=["condition"],
    cites="kept",
    law_of="today",
    remedy="公开出租、调剂或者按程序处置",
    otherwise="台账没有写从哪天起闲置",
    say=lambda r, f: phrase("{day} 起闲置，满 {years} 年", day=ymd_date(r["idle_since"]), years=f.now("idle_years")),
)
def idle(f: Facts) -> Answer:
    """Idle for longer than the place allows."""
    return Answer((f.condition == "闲置") & (f.idle_since + f.now("idle_years") * _YEAR <= f.today))


@RULEBOOK.rule(
    "F07",
    "账外资产",
    severity=2,
    needs=["booked"],
    cites="booked",
    law_of="today",
    remedy="估价入账，登记卡片",
    otherwise="台账没有“是否入账”这一栏",
    say=lambda r, f: phrase("台账写没有入账"),
)
def unbooked(f: Facts) -> Answer:
    """The ledger itself says that it is on no books."""
    return Answer(~f.booked & ~f.gone.fill_null(False))


@RULEBOOK.rule(
    "F08",
    "被他人使用没有依据",
    severity=3,
    needs=["condition"],
    cites="kept",
    law_of="today",
    remedy="收回，或者补签合同、按市价收费",
    otherwise="台账没有“出租合同编号”这一栏",
    say=lambda r, f: (
        phrase("使用状况写的是他人使用（“{user!s}”），没有合同编号", user=r["user"])
        if r["user"]
        else phrase("使用状况写的是他人使用，没有合同编号")
    ),
)
def used_by_others(f: Facts) -> Answer:
    """Someone else has it and no contract is named."""
    return Answer((f.condition == "他人使用") & _empty(f, "contract_no"))


@RULEBOOK.rule(
    "F09",
    "长期没有盘点",
    severity=1,
    needs=["counted_on"],
    cites="counted",
    law_of="today",
    remedy="盘点，写明盘点日期和实存数量",
    otherwise="台账没有盘点日期",
    say=lambda r, f: phrase(
        "上次盘点 {day}，超过 {months} 个月", day=ymd_date(r["counted_on"]), months=f.now("count_months")
    ),
)
def uncounted(f: Facts) -> Answer:
    """Last counted longer ago than the place allows."""
    since = (nw.lit(f.as_of.year * 12 + f.as_of.month)) - (f.counted_on // _YEAR * 12 + f.counted_on // 100 % 100)
    return Answer(
        ((since > f.now("count_months")) | ((since == f.now("count_months")) & (f.counted_on % 100 < f.as_of.day)))
        & ~f.gone.fill_null(False)
    )


@RULEBOOK.rule(
    "F10",
    "存放地点和卡片不符",
    severity=1,
    needs=["title"],
    cites="counted",
    law_of="today",
    remedy="核对以后改卡片的存放地点，或者搬回原处",
    say=lambda r, f: (
        phrase("盘点时在“{found!s}”，卡片写的是“{said!s}”", found=r["counted_location"], said=r["location"])
        if r["location"]
        else phrase("盘点时在“{found!s}”，卡片没有写存放地点", found=r["counted_location"])
    ),
)
def elsewhere(f: Facts) -> Answer:
    """The last count found it elsewhere than the card says."""
    return Answer(~f.counted_location.is_null())


def _empty(f: Facts, name: str) -> nw.Expr:
    """The sheet has this column and nothing stands under it; false where something does, null where there is no such heading."""
    return (
        nw.when(~nw.col(name).is_null()).then(nw.lit(False)).otherwise(nw.when(f.left_empty(name)).then(nw.lit(True)))
    )
