"""The words people put on paper while they put contracts right: why a finding is none, how a class is mended."""

from __future__ import annotations

SET_ASIDE = {
    "C01": "在街道档案室找到了书面合同，双方都签了字，台账抄成了口头。",
    "C02": "查了会议记录本和签到表，人数够、表决通过，台账抄错了一栏。",
    "C07": "合同写明对方负责修路、打井，折进租金不低于同类，有评估单。",
    "C10": "到地里重新量过，按水平面积和合同一致，台账的实测数是斜坡面积。",
    "C11": "合同原件第三条写着，台账漏抄了。",
    "C14": "场地已于到期当月交回，有移交单，台账没有更新。",
    "C17": "在街道经管站查到了备案登记，台账没有填。",
    "C22": "看了合同原件，双方签章齐全，台账填错了。",
    "C30": "原件在街道档案室，已经复印归档。",
}
"""Rule → why it was no problem after all, where somebody looked it up."""

UNDISPUTED = {
    "C02": "当时的章程把这类事项交给代表会议，会议记录和签到表都在。",
    "C04": "司法所看过合同：签订在当时的法律没有二十年上限之时，双方一直履行，不作问题处理。",
    "C16": "找到了邮寄催收的回执，时效没有过。",
    "C20": "自然资源所出具了说明：这块地登记为设施农用地，用途合规。",
}
"""Rule → why a disputed finding was read in favour of the contract."""

MEASURE = {
    "B": "补开会议、补签文本，报街道备案，原件归档",
    "C": "与承包方协商调整期限或价格，经会议通过后签补充协议",
    "D": "书面通知收回；愿意续的按程序重新发包",
    "E": "送达催收通知书，限期缴清；确有困难的签分期还款协议，仍不缴的起诉",
    "F": "先协商解除，协商不成的申请调解、仲裁或者起诉",
}
"""Class → what is to be done."""

SUBJECT = {
    "B": "追认并补签合同",
    "C": "调整合同期限、价格，签补充协议",
    "D": "收回到期资产、重新发包",
    "E": "追缴拖欠的承包费",
    "F": "解除合同",
}
"""Class → what the meeting decided."""

INSTALMENTS = "分期还款协议"
SLIP = "收款回单"
MINUTES = "会议记录"
RETURNED = "会议记录没有附签到表，请补上再报"
REOPENED = ("现场看，地块仍由原承包方使用，与上报不符", "补充协议没有承包方签字", "价格调整没有按会议通过的数执行")
CLUE = "两份文本价格不同，差额去向不明，建议移交核查（演示线索，全为虚构）"

OBJECTION = "这块地不在这个地方，在村北老水渠东边，请核对"
MENDED_LOCATION = "村北老水渠以东"
CORRECTION = "第 1 行的坐落写错了，改为村北老水渠以东"
ANSWER = "村监委会和承包人一起到地里看过，坐落写错了，已经改正，重新公示。"
WAITING_OBJECTION = "这份合同的承包费好像少写了，请把收据拿出来看一看"

SERVED = (
    ("signed", ""),
    ("signed", ""),
    ("signed", ""),
    ("witnessed", "见证人：村民代表两人"),
    ("ems", "EMS 演示单号 1040000000000"),
)
"""How the demo's demands reached the debtors, and what is noted beside."""
