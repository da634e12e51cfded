"""What may happen to a contract 合同上会发生的事, as a table: with which facts, and what it may follow. :mod:`life` adds them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingbai.registers.contracts.register import REGISTER

RUNNING, EXPIRED, ENDING, ENDED, RETURNED = "running", "expired", "ending", "ended", "returned"
PHASES = {RUNNING: "履行中", EXPIRED: "已到期", ENDING: "约定提前终止、还没到日", ENDED: "已提前终止", RETURNED: "已收回"}
NONE, UNKNOWN, PENDING, CONSENTED, SILENT, OBJECTED = "none", "unknown", "pending", "consented", "silent", "objected"
SUBLEASES = {NONE: "没有转租", UNKNOWN: "转租了，没有写哪天得知", PENDING: "转租了，发包方还没有表态", CONSENTED: "同意转租",
             SILENT: "得知后逾期没有异议，按法律视为同意", OBJECTED: "已经书面异议"}
DISPUTES = {NONE: "没有争议在走程序", "mediating": "调解中", "settled": "调解达成协议", "failed": "调解没有成", "arbitrating": "仲裁中",
            "awarded": "已裁决", "suing": "诉讼中", "judged": "已判决或法院调解", "enforcing": "申请执行中", "withdrawn": "撤回了"}

ALIVE = frozenset((RUNNING, EXPIRED))
ANY = frozenset(PHASES)
AT_REST = frozenset((NONE, "settled", "failed", "judged", "withdrawn", "awarded"))


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of an event. ``kind``: date, money (fen), area (mu4), count, yes_no, choice, text (names and short words)."""

    title: str
    kind: str
    choices: tuple[str, ...] = ()
    help: str = ""


FIELDS: Mapping[str, Field] = {
    "from_on": Field("从哪天起", "date"),
    "ends_on": Field("到哪天止", "date"),
    "rent_fen_per_mu_year": Field("每亩年租金（元）", "money"),
    "rent_fen_per_year": Field("年租金（元）", "money"),
    "area_mu4": Field("面积（亩）", "area"),
    "escalation": Field("调价怎么写", "text", help="例如：每五年递增5%"),
    "to": Field("给谁", "text"),
    "member": Field("是不是本集体成员", "yes_no"),
    "consent": Field("发包方同意没有", "yes_no", help="还没有表态就不选"),
    "known_on": Field("发包方哪天得知", "date", help="六个月从这一天起算"),
    "how": Field("怎么终止的", "choice", ("协商解除", "通知解除", "仲裁裁决", "法院判决")),
    "lessee_pays_fen": Field("承包方应付（元）", "money", help="欠租、违约金、恢复费用合计"),
    "collective_pays_fen": Field("集体应付（元）", "money", help="退预收、补地上物合计"),
    "settles": Field("清算写了什么", "text", help="例如：欠租分两次付清，大棚归集体"),
    "amount_fen": Field("金额（元）", "money"),
    "why": Field("为什么", "text"),
    "next_on": Field("下次哪天再议", "date"),
    "served_by": Field("怎么送达的", "choice", ("当面签收", "邮寄", "留置送达", "短信微信", "公证送达", "公告")),
    "owned": Field("承认的是什么", "choice", ("承认欠款", "还款计划", "部分付款")),
    "body": Field("哪个机构", "text", help="例如：街道人民调解委员会、区土地承包仲裁委、区法院"),
    "case_no": Field("案号", "text"),
    "outcome": Field("结果", "choice", ("达成协议", "没有达成")),
    "won": Field("结果对集体", "choice", ("支持", "部分支持", "没有支持")),
    "served_on": Field("收到文书的日期", "date"),
    "pay_by": Field("应当履行到哪天", "date"),
    "decision_body": Field("续签由什么会决定", "choice", tuple(REGISTER.by_name["decision_body"].choices), help="没有开会就选“无”；不知道的不选"),
    "met_on": Field("会议日期", "date"),
    "entitled": Field("应到人数", "count"),
    "present": Field("实到人数", "count"),
    "votes_for": Field("同意人数", "count"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What may happen to a contract. ``needs``: facts it must bring; ``may``: facts it may bring; ``one_of``: at least one
    of them. ``phases``, ``subleases``, ``disputes``: what it may follow. ``then``: the next step, in words."""

    key: str
    title: str
    group: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    phases: frozenset[str] = ANY
    subleases: frozenset[str] = frozenset(SUBLEASES)
    disputes: frozenset[str] = frozenset(DISPUTES)
    cites: str = ""
    then: str = ""


def _kinds(*kinds: Kind) -> Mapping[str, Kind]:
    return {kind.key: kind for kind in kinds}


_PRICE = ("rent_fen_per_mu_year", "rent_fen_per_year")
_MEETING = ("decision_body", "met_on", "entitled", "present", "votes_for")
"""Who decided a renewal: it lets anew, so the meeting of the first letting does not count for it."""
_LET = frozenset((UNKNOWN, PENDING, CONSENTED, SILENT, OBJECTED))

KINDS: Mapping[str, Kind] = _kinds(
    Kind("renewal", "续签", "期限", ("ends_on",), ("from_on", *_PRICE, "escalation", *_MEETING), phases=ALIVE, cites="life_renewal",
         then="把续签的合同和会议记录交到附件里；续签等于重新发包，要另外走民主程序。"),
    Kind("supplement", "补充协议", "期限", may=("from_on",), one_of=("ends_on", *_PRICE, "area_mu4", "escalation"), phases=frozenset((RUNNING,)),
         cites="life_change", then="把补充协议和会议记录交到附件里。"),
    Kind("transfer", "转让给别人", "人", ("to", "consent"), ("from_on", "member"), phases=frozenset((RUNNING,)), cites="life_transfer",
         then="请新的承包方确认欠租谁付；同意转让的文书交到附件里。"),
    Kind("sublease", "转租", "人", ("to",), ("known_on", "consent"), phases=ALIVE, subleases=frozenset((NONE,)), cites="sublet",
         then="不同意的，得知起六个月内书面提异议；同意的登记“同意转租”。"),
    Kind("sublease_known", "得知转租", "人", phases=ALIVE, subleases=frozenset((UNKNOWN,)), cites="sublet", then="六个月从这一天起算。"),
    Kind("sublease_consent", "同意转租", "人", phases=ALIVE, subleases=frozenset((UNKNOWN, PENDING, SILENT, OBJECTED)), cites="sublet",
         then="补签三方协议，写明租金谁付。"),
    Kind("sublease_objection", "对转租的书面异议", "人", may=("served_by",), phases=ALIVE, subleases=frozenset((UNKNOWN, PENDING, SILENT)), cites="sublet",
         then="留好送达凭证；对方不改的，可以解除。"),
    Kind("sublease_end", "转租结束", "人", phases=ANY, subleases=_LET, cites="sublet"),
    Kind("expiry_objection", "到期书面异议", "期限", may=("served_by",), phases=frozenset((EXPIRED,)), cites="expiry",
         then="留好送达凭证；接着收回或者按程序重新发包。"),
    Kind("early_end", "提前终止和清算", "期限", ("how", "ends_on"), ("lessee_pays_fen", "collective_pays_fen", "settles"), phases=ALIVE, cites="life_end",
         then="按清算收付，保证金另外登记退还或者扣抵，交还以后登记“收回”。"),
    Kind("returned", "收回、交还", "期限", phases=frozenset((EXPIRED, ENDING, ENDED)), cites="life_end", then="重新发包要走民主程序、公开竞价。"),
    Kind("deposit", "收到保证金", "钱", ("amount_fen",), phases=frozenset((RUNNING, EXPIRED, ENDING)), cites="deposit", then="开收据，记往来账，不是收入。"),
    Kind("deposit_back", "退还保证金", "钱", ("amount_fen",), cites="deposit"),
    Kind("deposit_kept", "扣抵保证金", "钱", ("amount_fen", "why"), cites="deposit", then="扣抵欠租的，另外登记一笔收款。"),
    Kind("price_review", "议价、调价", "钱", may=("from_on", *_PRICE, "next_on"), phases=ALIVE, cites="life_price",
         then="谈成的，签补充协议、走民主程序；没谈成的，写上下次哪天再议。"),
    Kind("demand", "催收送达", "钱", ("served_by",), ("amount_fen",), cites="life_demand", then="送达凭证交到附件里：时效从送达重新起算。"),
    Kind("acknowledgement", "对方承认、还款计划", "钱", ("owned",), ("amount_fen", "pay_by"), cites="life_demand", then="把签字的原件交到附件里。"),
    Kind("mediation", "申请调解", "争议", ("body",), disputes=AT_REST, cites="life_dispute"),
    Kind("mediation_end", "调解有了结果", "争议", ("outcome",), ("pay_by",), disputes=frozenset(("mediating",)), cites="life_dispute",
         then="没有达成的，可以仲裁或者起诉；达成协议的，按协议履行，可以申请司法确认。"),
    Kind("arbitration", "申请仲裁", "争议", ("body",), ("case_no",), disputes=AT_REST, cites="life_dispute"),
    Kind("award", "仲裁裁决", "争议", ("won",), ("served_on", "case_no", "pay_by"), disputes=frozenset(("arbitrating",)), cites="life_dispute",
         then="不服的，收到裁决书起三十日内起诉；不起诉的，裁决生效。"),
    Kind("suit", "起诉", "争议", ("body",), ("case_no",), disputes=AT_REST, cites="life_dispute"),
    Kind("judgment", "判决或法院调解", "争议", ("won",), ("case_no", "pay_by"), disputes=frozenset(("suing",)), cites="life_dispute",
         then="对方不履行的，在申请执行的期限里申请。"),
    Kind("withdrawal", "撤回申请、撤诉", "争议", may=("why",), disputes=frozenset(("mediating", "arbitrating", "suing")), cites="life_dispute",
         then="撤回以后时效怎么算有争议：请马上再送一次催收。"),
    Kind("enforcement", "申请执行", "争议", ("body",), ("case_no",), disputes=frozenset(("settled", "awarded", "judged")), cites="life_dispute"),
    Kind("self_report", "隐性合同自报", "来历", ("to",), cites="life_report", then="自报已经由村里确认，照常核查。"),
)
"""The one table: what may happen, with which facts, and what it may follow."""

UNDO = "undo"
TITLES = {**{key: kind.title for key, kind in KINDS.items()}, UNDO: "撤销"}
