"""How a finding about an asset is put right, what stands on the wall, and what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from mingbai.kit.furniture import Class, Road
from mingbai.kit.indicators import Indicator
from mingbai.kit.road import Proof
from mingbai.places.models import Organisation
from mingbai.registers.assets.pages.cards import panel

DECISION = Proof("decision", "会议决议（应到、实到、同意人数）", "decision")
COUNT = Proof("count", "盘点表（盘点人、监盘人签字）", "file")
CARD = Proof("card", "改对的卡片或者入账凭证", "file")
CONTRACT = Proof("contract", "补签的合同", "file")


def worth(judged: pl.DataFrame) -> Mapping[int, tuple[int | None, int]]:
    """Record number → (cost, 0) in fen."""
    return {row["_row"]: (row["cost_fen"], 0) for row in judged.select("_row", "cost_fen").iter_rows(named=True)}


def laid_over(organisations: Iterable[Organisation], on: date) -> Mapping[str, Mapping[int, Any]]:
    """What the last count found (:mod:`counting`, which itself asks for this furniture)."""
    from mingbai.registers.assets import counting

    return counting.laid_over(organisations, on)


ROAD = Road(
    classes={
        "A": Class("A", "账卡物相符", "照常使用", irregular=False),
        "B": Class("B", "卡片要改", "核对卡片，改对数字", (CARD,)),
        "C": Class("C", "账实不符或者账外", "盘点，入账或者按程序处理", (COUNT, CARD)),
        "D": Class("D", "出租或者被占没有合同", "补签合同，或者收回", (CONTRACT,)),
        "E": Class("E", "闲置", "公开出租、调剂或者处置", (DECISION,)),
        "F": Class("F", "处置没有决议", "补开会议，附决议", (DECISION,)),
    },
    proposes={"F02": "B", "F03": "B", "F10": "B", "F09": "C", "F01": "C", "F07": "C", "F04": "D", "F08": "D", "F06": "E", "F05": "F"},
    clean="A",
    worth=worth,
    stands=laid_over,
    list_columns=("title", "category", "quantity", "cost_fen", "in_use_on", "condition", "keeper"),
    notice=("asset_no", "title", "category", "quantity", "cost_fen", "stated_net_fen", "condition", "user", "contract_no", "keeper"),
    groups={
        "什么": ("asset_no", "title", "category", "nature", "specification", "unit", "quantity", "location", "keeper"),
        "值多少": ("acquired_on", "in_use_on", "cost_fen", "life_months", "residual_fen", "method", "stated_depreciation_fen", "stated_net_fen", "booked", "voucher_no"),
        "谁在用": ("condition", "idle_since", "user", "contract_no"),
        "盘点": ("counted_on", "counted_quantity", "difference"),
        "处置": ("disposed_on", "disposal", "proceeds_fen", "decision"),
        "其他": ("remark",),
    },
    panel=("assets/card.html", panel),
    ways=(("资产和账簿", "assets-books"),),
    indicators=(
        Indicator("assets", "资产", "count", note="收进资产台账的卡片", headline=False),
        Indicator("assets_cost_fen", "资产原值", "fen", total="amount_fen", note="卡片写的原值合计", headline=False),
        Indicator("assets_irregular", "资产：有问题的", "count", Q(irregular=True), query={"irregular": "yes"}, note="有人认定了至少一个疑点的资产", headline=False),
        Indicator("assets_rectified", "资产：已整改", "count", Q(irregular=True, rectified=True), query={"irregular": "yes", "rectified": "yes"},
                  note="上面这些里，整改验收了的", headline=False),
    ),
)
