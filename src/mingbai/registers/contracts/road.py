"""The contract's road 整改: classes A to G with their evidence (domain §1.5), what it is worth, and its indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from mingbai.kit.furniture import Class, Road
from mingbai.kit.indicators import Indicator
from mingbai.kit.road import Proof
from mingbai.places.models import Organisation
from mingbai.registers.contracts.amounts import PRICED, amount_fen
from mingbai.registers.contracts.letters import LETTERS
from mingbai.registers.contracts.limitation import limitation
from mingbai.registers.contracts.strip import strip

DECISION = Proof("decision", "会议决议（应到、实到、同意人数）", "decision")
SUPPLEMENT = Proof("supplement", "补充协议", "file")
NEW_CONTRACT = Proof("contract", "补签或重新签订的合同", "file")
DEMAND = Proof("demand", "催收通知书及送达证明", "file")
ENDED = Proof("ended", "解除协议、裁决或判决", "file")
HANDED = Proof("handed", "线索移交单", "file")

CLASSES = (
    Class("A", "合法合规", "继续履行", irregular=False),
    Class("B", "程序或文本不规范", "补程序、补文本", (DECISION, NEW_CONTRACT)),
    Class("C", "期限或价格有问题", "协商调整，签补充协议", (DECISION, SUPPLEMENT)),
    Class("D", "到期仍占用", "收回或按程序重新发包", (DECISION, NEW_CONTRACT)),
    Class("E", "拖欠承包费", "催收，收不回的解除或起诉", (DEMAND,)),
    Class("F", "可能解除或由法院判断", "协商解除、调解、仲裁或诉讼", (ENDED,)),
    Class("G", "涉嫌违纪违法", "移交线索", (HANDED,), secret=True),
)

PROPOSES = {
    "C01": "B", "C02": "B", "C03": "B", "C11": "B", "C13": "B", "C17": "B", "C18": "B", "C29": "B", "C21": "B", "C22": "B", "C23": "B", "C30": "B", "C09": "B",
    "C04": "C", "C05": "C", "C06": "C", "C07": "C", "C08": "C", "C10": "C", "C12": "C", "C19": "C", "C24": "C",
    "C14": "D", "C15": "E", "C16": "E", "C28": "E", "C20": "F", "C25": "F", "C26": "F", "C27": "F",
}
"""Nothing is ever proposed as G: that is for a person to see."""


def worth(judged: pl.DataFrame) -> Mapping[int, tuple[int | None, int]]:
    """Record number (``_row``) → (amount, owed), in fen. The amount is the ledger's: what was renewed or priced anew later
    does not move it."""
    rows = judged.select("_row", "owed", "stated_amount_fen", *PRICED)
    return {row["_row"]: (row["stated_amount_fen"] if row["stated_amount_fen"] is not None else amount_fen(row), max(row["owed"] or 0, 0))
            for row in rows.iter_rows(named=True)}


INDICATORS = (
    Indicator("contracts", "合同", "count", note="收下的合同份数"),
    Indicator("contracts_amount_fen", "合同金额", "fen", total="amount_fen", note="台账写的总价；没有总价的按租金和期限算出的全期金额"),
    Indicator("decided", "已清查", "count", Q(klass__gt=""), query={"decided": "yes"}, note="类别已经由人定下的合同", headline=False),
    Indicator("suspected", "待认定疑点", "count", Q(open_findings__gt=0), query={"findings": "open"}, note="还有疑点没有人认定的合同"),
    Indicator("irregular", "不规范合同", "count", Q(irregular=True), query={"irregular": "yes"}, note="有人认定了至少一个疑点的合同"),
    Indicator("rectified", "已整改", "count", Q(irregular=True, rectified=True), query={"irregular": "yes", "rectified": "yes"},
              note="每个认定疑点的整改都验收了的合同", headline=False),
    Indicator("irregular_rectified_share", "整改率", "share", over="irregular", total="rectified", query={"irregular": "yes", "rectified": "yes"},
              note="已整改 ÷ 不规范"),
    Indicator("owed_fen", "尚欠", "fen", Q(owed_fen__gt=0), total="owed_fen", query={"owed": "yes"}, note="台账写的欠缴，减去以后收到的"),
    Indicator("recovered_fen", "追缴", "fen", Q(recovered_fen__gt=0), total="recovered_fen", query={"recovered": "yes"},
              note="收款里用来抵欠缴的部分"),
)

def laid_over(organisations: Iterable[Organisation], on: date) -> Mapping[str, Mapping[int, Any]]:
    """What events made of the contracts (:mod:`events`, which itself asks for this furniture)."""
    from mingbai.registers.contracts import events

    return events.laid_over(organisations, on)


def picture(record: Any, receipts: Sequence[Any], today: date) -> Any:
    """The strip of years, as its life made them."""
    from mingbai.registers.contracts.course import course

    return strip(record, course(record), receipts, today)


def panel(record: Any, today: date, powers: Any) -> Mapping[str, Any]:
    """Its life, on its page."""
    from mingbai.registers.contracts.pages import life

    return life.panel(record, today, powers)


ROAD = Road(
    classes={each.key: each for each in CLASSES},
    proposes=PROPOSES,
    clean="A",
    worth=worth,
    peers=("land_class", "object_class", "signed_on", "starts_on", "ends_on", "term_months", "rent_fen_per_mu_year",
           "rent_fen_per_year", "total_fen", "area_mu4"),
    party=("lessee", "lessee_id_no", "phone"),
    notice=("contract_no", "lessee", "land_class", "location", "area_mu4", "starts_on", "ends_on", "rent_fen_per_year", "total_fen", "arrears_fen"),
    shown=("shown_from", "shown_to"),
    demanded="last_demand_on",
    letters=LETTERS,
    list_columns=("title", "lessee", "land_class", "area_mu4", "starts_on", "ends_on"),
    groups={
        "谁与谁": ("contract_no", "title", "lessor", "lessor_level", "owner_level", "lessee", "lessee_id_no", "phone", "lessee_is_member",
                "lessee_is_officer_kin", "actual_user"),
        "什么": ("kind", "form", "object_class", "land_class", "location", "bounds", "parcel_code", "area_mu4", "measured_area_mu4",
               "agreed_use", "actual_use", "idle_since"),
        "怎么定的": ("letting_mode", "decision_body", "meeting_on", "entitled", "present", "votes_for", "township_approval_no"),
        "多久": ("signed_on", "starts_on", "ends_on", "term_months", "open_ended", "second_round_term", "occupied", "objected_on"),
        "多少钱": ("pricing_mode", "rent_fen_per_mu_year", "rent_fen_per_year", "total_fen", "escalation", "payment_mode", "prepaid_years",
                "in_kind", "due_fen", "received_fen", "arrears_fen", "last_demand_on", "deposit_fen", "deposit_received_fen", "penalty_percent", "penalty_due_fen",
                "penalty_received_fen", "debt_offset"),
        "账与档": ("booked", "voucher_no", "filing_no", "archive_no", "original_held", "signatures_complete", "shown", "shown_from", "shown_to"),
        "其他": ("sublet", "sublet_consent", "sublet_known_on", "special_terms", "problem", "treatment", "responsible", "remark"),
    },
    indicators=INDICATORS,
    stands=laid_over,
    panel=("contracts/life.html", panel),
    ways=(("到期与时效", "calendar"), ("可比价格", "prices"), ("隐性合同自报", "self-reports")),
    looks={"C07": ("看同类价格的图", "prices")},
    picture=picture,
    limitation=limitation,
)
