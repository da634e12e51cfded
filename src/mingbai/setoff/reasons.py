"""Why an obligation is left out: a code for programs, a sentence for people, the rule it rests on.

The order is the order of precedence: an obligation has the first reason that fits. Articles are paraphrased from the
statutes; those not read in the statute's own text are marked 待核实.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """``fault`` tells an error in the data (which someone should mend) from a debt that law or a party keeps out."""

    code: str
    sentence: str
    rule: str
    fault: bool = False


_FAULTS = {
    "bad_row": "这一行的格数比表头多，数字可能错位",
    "missing_id": "没有编号",
    "duplicate_id": "编号重复，分不清是哪一笔",
    "missing_party": "没有写债务人或债权人",
    "missing_amount": "没有写金额",
    "amount_not_whole": "金额不是整数（单位是分，不要小数点和逗号）",
    "amount_not_positive": "金额是零或负数",
    "amount_too_large": "金额超过 9,223,372,036,854,775,807 分",
    "self_debt": "债务人和债权人是同一方",
    "unknown_party": "当事人不在名单里",
    "bad_currency": "不是人民币",
    "bad_weight": "权重不是 0 到 1,000,000,000,000 之间的整数",
    "bad_date": "到期日不是 2026-09-30 这样的日期",
    "bad_limit": "最多可抵金额不是零或正整数",
    "bad_consent": "“是否同意”看不懂（请写 yes、no 或 ask）",
    "bad_flag": "“冻结、质押、争议、时效、放弃”里有看不懂的词（请写 yes 或 no）",
    "contradictory_party": "同一方在名单里出现两次，写的不一样",
    "contradictory_consent": "这一笔写同意，它的一方却不同意参加",
    "sum_overflow": "加上这一笔，一方的应付或应收合计超过 9,223,372,036,854,775,807 分",
}
_LAW = {
    "frozen": ("债权被法院冻结", "（2022）最高法执监61号"),
    "party_frozen": ("一方的财产被法院冻结", "（2022）最高法执监61号"),
    "party_bankrupt": ("一方已进入破产程序", "企业破产法 16、31、32、40条"),
    "pledged": ("债权已出质或转让，质权人没有同意", "民法典 445、546、549条"),
    "wage": ("工资（含农民工工资）", "保障农民工工资支付条例（待核实）"),
    "tax": ("税款", "税收征收管理法（待核实）"),
    "social_insurance": ("社会保险费", "社会保险法（待核实）"),
    "earmarked": ("专项资金、衔接资金", "专款专用（预算法，待核实）"),
    "relief": ("救助、抚恤、优待款", "民法典 568条：按债务性质不得抵销"),
    "land_compensation": ("土地补偿费，属成员事项", "农村集体经济组织法 26条"),
    "deposit": ("押金、保证金等代管的钱", "民法典 568条：按债务性质不得抵销"),
    "tort": ("侵害人身或故意、重大过失的赔偿", "法释〔2023〕13号 57条（待核实）"),
    "living": ("个人生活必需的款项", "民法典 568条：按债务性质不得抵销"),
    "disputed": ("双方有争议，还没有确认", "民法典 568条"),
    "time_barred": ("过了诉讼时效，债务人没有书面放弃抗辩", "法释〔2023〕13号 58条"),
    "party_refused": ("一方不同意参加", "民法典 569条：须协商一致"),
    "party_pending": ("一方还没有答复", "民法典 569条：须协商一致"),
    "refused": ("这一笔不同意抵", "民法典 569条：须协商一致"),
    "pending": ("这一笔还没有答复", "民法典 569条：须协商一致"),
    "not_due": ("还没有到期，单方通知抵销须已到期", "民法典 568条"),
    "without": ("假设这一方不参加", "假设推算"),
}
REASONS: tuple[Reason, ...] = (
    *(Reason(code, sentence, "数据", fault=True) for code, sentence in _FAULTS.items()),
    *(Reason(code, *words) for code, words in _LAW.items()),
)
NUMBER = {reason.code: number for number, reason in enumerate(REASONS, 1)}
"""Code → the small integer it has in arrays; 0 is none."""

KINDS = {
    "wage": "wage",
    "wages": "wage",
    "工资": "wage",
    "农民工工资": "wage",
    "tax": "tax",
    "税款": "tax",
    "税": "tax",
    "social_insurance": "social_insurance",
    "社保": "social_insurance",
    "社会保险费": "social_insurance",
    "fund": "earmarked",
    "earmarked": "earmarked",
    "专项资金": "earmarked",
    "衔接资金": "earmarked",
    "relief": "relief",
    "救助": "relief",
    "救助款": "relief",
    "land_compensation": "land_compensation",
    "土地补偿费": "land_compensation",
    "deposit": "deposit",
    "押金": "deposit",
    "保证金": "deposit",
    "tort": "tort",
    "赔偿": "tort",
    "living": "living",
    "frozen": "frozen",
    "冻结": "frozen",
    "pledged": "pledged",
    "质押": "pledged",
    "disputed": "disputed",
    "争议": "disputed",
    "time_barred": "time_barred",
    "超时效": "time_barred",
}
"""What the column ``kind`` may say that keeps a debt out; other kinds (goods, works, rent, loan …) are eligible."""
