"""The letters of a contract: demand, supplementary agreement, confirmation sheet, the six sheets of 四议两公开.

What fills them comes from the record, its findings and the law of its day; what the house does not know stays open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mingbai.dues.anniversaries import add_years
from mingbai.kit.furniture import Asked, Writes
from mingbai.letters.desk import chinese
from mingbai.letters.form import LINE, Facts
from mingbai.notices.law import required
from mingbai.registers.contracts.limitation import interruptions, unpaid
from mingbai.registers.contracts.rules import RULEBOOK
from mingbai.rules.law import Decision
from mingbai.units import capital_money, format_area, format_money

_CAPS = {"四荒": "wasteland_years", "林地": "forest_years", "草地": "grass_years"}
_NUMBERS = "一二三四五六七八九十"
_CLAUSES = {
    "payment_mode": "承包费缴纳方式和日期：＿＿＿＿＿＿＿＿＿＿",
    "location": "标的坐落和四至：东至＿＿＿＿，南至＿＿＿＿，西至＿＿＿＿，北至＿＿＿＿",
    "area_mu4": "标的面积：＿＿＿＿亩（附测绘图）",
    "agreed_use": "约定用途：＿＿＿＿＿＿，未经发包方书面同意不得改变",
    "ends_on": "期限：自＿＿＿＿年＿＿月＿＿日起至＿＿＿＿年＿＿月＿＿日止",
    "rent_fen_per_year": "承包费：每年＿＿＿＿＿＿元",
    "lessee": "承包方姓名或者名称：＿＿＿＿＿＿",
    "lessor": "发包方：＿＿＿＿＿＿",
}
"""Column → the clause that is missing where the column is empty."""


def _who(asked: Asked) -> dict[str, str | None]:
    """What every letter of a contract says of it."""
    r = asked.record
    area = f"{format_area(r.area_mu4)} 亩" if r.area_mu4 else ""
    ends_on = r.ends_on
    term = (
        f"自{chinese(r.starts_on) or LINE}起至{chinese(ends_on) or LINE}止"
        if r.starts_on or ends_on
        else "不定期"
        if r.open_ended
        else None
    )
    return {
        "发包方": r.lessor or r.organisation.name,
        "承包方": r.lessee,
        "合同编号": r.contract_no,
        "合同名称": r.title or "承包合同",
        "签订日期": chinese(r.signed_on),
        "坐落": r.location,
        "标的": " ".join(filter(None, (r.land_class or r.object_class, area))) or None,
        "起始日期": chinese(r.starts_on),
        "终止日期": chinese(ends_on),
        "期限": term,
    }


# -- 催收通知书


def demand(asked: Asked) -> Facts:
    """What is owed, due by due. The sum is what the ledger says is owed, less what was received since; of what no schedule can
    be made of, the date is left open."""
    r = asked.record
    rows: list[Mapping[str, str | None]] = []
    parts = unpaid(r, asked.on)
    rest = r.owed_fen - sum(part for _, part in parts)
    if rest > 0:
        rows.append(
            {
                "期次": None if parts else "1",
                "所属期间": "以前各期（台账记载）" if parts else "台账记载的欠缴",
                "应缴日期": None,
                "应缴": None,
                "已缴": None,
                "尚欠": format_money(rest),
            }
        )
    for number, (due, part) in enumerate(parts, 1):
        rows.append(
            {
                "期次": str(number),
                "所属期间": f"{chinese(due.period_from)}至{chinese(due.period_to)}",
                "应缴日期": chinese(due.due_on),
                "应缴": format_money(due.amount_fen or 0),
                "已缴": format_money((due.amount_fen or 0) - part),
                "尚欠": format_money(part),
            }
        )
    return Facts(
        {
            **_who(asked),
            "合计": format_money(r.owed_fen),
            "合计大写": capital_money(r.owed_fen),
            "催收日期": chinese(asked.on),
        },
        {"每期": rows, "上次": _last_time(asked)},
    )


_RESTARTS = {
    "demand": "催收",
    "acknowledgement": "同意履行",
    "plan": "还款计划",
    "part_payment": "部分付款",
    "suit": "调解、仲裁或者起诉",
}


def _last_time(asked: Asked) -> list[Mapping[str, str | None]]:
    """The last day on which payment was demanded, promised or made in part (民法典第195条); [] where the house knows of none. Whether
    the limitation was alive on that day is not for the letter to say."""
    found = [(each.on, each.kind) for each in interruptions(asked.record, asked.receipts, asked.letters, asked.on)]
    found += [(each.received_on, "part_payment") for each in asked.receipts]
    last = max((each for each in found if each[0] <= asked.on), default=None)
    return [{"日期": chinese(last[0]), "事由": _RESTARTS[last[1]]}] if last else []


# -- 补充协议


def supplement(asked: Asked) -> Facts:
    """Clauses that answer the findings: a term cut to what the law allows, a price, what is missing."""
    clauses = [each for finding in asked.findings for each in _clauses(asked, finding.rule)] or [
        f"双方就下列事项约定：{LINE}{LINE}"
    ]
    meeting = _meeting(asked)
    values = {
        **_who(asked),
        "会议": meeting.body if meeting else None,
        "会议日期": chinese(meeting.held_on) if meeting else None,
        "应到": str(meeting.entitled) if meeting else None,
        "实到": str(meeting.present) if meeting else None,
        "同意": str(meeting.votes_for) if meeting else None,
        "拟稿日期": chinese(asked.on),
    }
    return Facts(
        values,
        {
            "条款": [{"序号": _number(at), "内容": words} for at, words in enumerate(dict.fromkeys(clauses))],
            "原因": _causes(asked),
        },
    )


def _number(at: int) -> str:
    return _NUMBERS[at] if at < 10 else f"十{_NUMBERS[at - 10]}" if at < 19 else str(at + 1)


def _causes(asked: Asked) -> list[Mapping[str, str | None]]:
    return [{"内容": _fact(finding), "依据": "、".join(finding.cites) or None} for finding in asked.findings]


def _fact(finding: Any) -> str:
    """What a finding saw, without the house's own word for it: a letter to a person states facts, no suspicion."""
    return str(finding.sentence).partition("：")[2].rstrip("。") or str(finding.sentence).rstrip("。")


def _clauses(asked: Asked, rule: str) -> list[str]:
    r = asked.record
    match rule:
        case "C04" | "C06":
            until = allowed_until(asked, rule)
            return [
                f"原合同期限变更为自{chinese(r.starts_on or r.signed_on) or LINE}起至{chinese(until) or LINE}止，超出的部分不再履行。期满以后继续使用的，按当时的法律和民主程序另行订立合同。"
            ]
        case "C05":
            version = asked.law.parameters["second_round_end"].on(asked.on)
            return [f"流转期限变更为至{chinese(version.value) if version else LINE}止（不超过承包期的剩余期限）。"]
        case "C07" | "C08":
            was = (
                f"每年 {format_money(r.rent_fen_per_year)} 元"
                if r.rent_fen_per_year
                else f"每亩每年 {format_money(r.rent_fen_per_mu_year)} 元"
                if r.rent_fen_per_mu_year
                else LINE
            )
            return [
                f"自＿＿＿＿年＿＿月＿＿日起，承包费由{was}调整为每年＿＿＿＿＿＿元；此后每＿＿年由双方按照同类标的的市场价格协商调整一次。"
            ]
        case "C09":
            return ["已经一次收取的各年承包费按年分摊入账；此后承包费每年缴纳一次，于每年＿＿月＿＿日前缴清。"]
        case "C10":
            measured = f"{format_area(r.measured_area_mu4)} 亩" if r.measured_area_mu4 else f"{LINE}亩"
            return [f"标的面积以实测 {measured}为准，承包费按实测面积计算，四至以双方确认的测绘图为准。"]
        case "C11":
            return [
                words
                for name, words in _CLAUSES.items()
                if getattr(r, name) in (None, "")
                and not (name == "rent_fen_per_year" and (r.rent_fen_per_mu_year or r.total_fen or r.in_kind))
            ]
        case "C14":
            return [f"原合同期满后的使用，自＿＿＿＿年＿＿月＿＿日起由＿＿＿＿继续；承包费每年＿＿＿＿＿＿元，{LINE}。"]
        case "C19":
            return [
                "承包方将标的交由他人使用的，须经发包方书面同意；现由＿＿＿＿＿＿使用，发包方□同意　□不同意，不同意的应于＿＿＿＿年＿＿月＿＿日前收回自用。"
            ]
        case "C20":
            return ["承包方于＿＿＿＿年＿＿月＿＿日前恢复约定用途；此后未经批准不得改变土地用途。"]
        case "C15" | "C16":
            return (
                [
                    f"承包方确认截至{chinese(asked.on)}尚欠承包费 {format_money(r.owed_fen)} 元（大写 {capital_money(r.owed_fen)}），同意于＿＿＿＿年＿＿月＿＿日前缴清。"
                ]
                if r.owed_fen > 0
                else []
            )
        case _:
            title = RULEBOOK.rules[rule].title if rule in RULEBOOK.rules else rule
            return [f"关于“{title}”，双方约定：＿＿＿＿＿＿＿＿＿＿＿＿"]


def allowed_until(asked: Asked, rule: str) -> date | None:
    """The last day the law of its day allows a contract to run; None where its beginning or the cap is not known."""
    r = asked.record
    begins, governing = r.starts_on or r.signed_on, r.signed_on or r.starts_on
    name = "lease_years" if rule == "C04" else _CAPS.get(r.land_class or "")
    if begins is None or governing is None or name is None:
        return None
    version = asked.law.parameters[name].on(governing) or asked.law.parameters[name].on(asked.on)
    return add_years(begins, int(version.value)) if version else None


# -- 核实确认单


def confirmation(asked: Asked) -> Facts:
    r = asked.record
    parts = unpaid(r, asked.on) if r.owed_fen > 0 else []
    rent = (
        f"每年 {format_money(r.rent_fen_per_year)} 元"
        if r.rent_fen_per_year
        else f"每亩每年 {format_money(r.rent_fen_per_mu_year)} 元"
        if r.rent_fen_per_mu_year
        else f"总价 {format_money(r.total_fen)} 元"
        if r.total_fen
        else r.in_kind
    )
    values = {
        **_who(asked),
        "合同类型": r.kind,
        "承包费": rent,
        "应收": _yuan(r.due_fen),
        "已收": _yuan(r.received_fen),
        "尚欠": format_money(r.owed_fen),
        "尚欠大写": capital_money(r.owed_fen) if r.owed_fen else "零元整",
        "到期日": chinese(parts[0][0].due_on) if parts else None,
        "核实日期": chinese(asked.on),
    }
    return Facts(
        values, {"疑点": [{"序号": str(at), "内容": _fact(finding)} for at, finding in enumerate(asked.findings, 1)]}
    )


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else format_money(fen)


# -- 四议两公开


def six_steps(asked: Asked) -> Facts:
    """The six sheets; the thresholds are those of the day of the meeting, and a vote that is known is held against them."""
    r, meeting = asked.record, _meeting(asked)
    body, on = (meeting.body, meeting.held_on) if meeting else ("代表会议", asked.on)
    rule = next(
        (
            each
            for each in asked.law.decisions
            if each.body == body and each.since <= on and (each.until is None or on <= each.until)
        ),
        None,
    )
    cite = str(asked.law.articles[rule.cite]) if rule and rule.cite in asked.law.articles else None
    treatment = asked.case.measure if asked.case is not None and asked.case.measure else None
    display = required("display", on)
    values = {
        **_who(asked),
        "村": r.organisation.name,
        "事项": f"《{r.title or '承包合同'}》的整改",
        "处理意见": treatment,
        "党员大会门槛": "应到党员三分之二以上到会，到会党员过半数同意（通行做法，待核）",
        "决议机构": body if meeting else f"□ 成员大会　□ 村民会议　□ 成员（村民）代表会议：{LINE}",
        "决议门槛": _threshold(rule) if rule else None,
        "决议依据": cite,
        "会议日期": chinese(meeting.held_on) if meeting else "＿＿＿＿年＿＿月＿＿日",
        "应到": str(meeting.entitled) if meeting else "＿＿",
        "实到": str(meeting.present) if meeting else "＿＿",
        "同意": str(meeting.votes_for) if meeting else "＿＿",
        "到会率": f"{meeting.present * 1000 // meeting.entitled / 10:g}％" if meeting else "＿＿％",
        "结论": _reached(rule, meeting) if meeting and rule else None,
        "公示天数": str(display.days),
        "填表日期": chinese(asked.on),
    }
    argued = (
        [{"内容": "土地承包等事项，一种读法是代表会议可以决定，另一种读法是只能由成员大会决定；拿不准的，开成员大会。"}]
        if rule and rule.argued
        else []
    )
    return Facts(values, {"来源": _causes(asked) or [{"内容": None, "依据": None}], "争议": argued})


def _meeting(asked: Asked) -> Any:
    """The newest decision about the record; None where there is none."""
    return max(asked.decisions, key=lambda each: (each.held_on, each.pk), default=None)


_WORDS = {2: "二", 3: "三", 4: "四", 5: "五"}


def _fraction(part: tuple[int, int, bool]) -> str:
    return (
        "过半数"
        if part == (1, 2, True)
        else f"{_WORDS[part[1]]}分之{'一' if part[0] == 1 else _WORDS[part[0]]}{'以上' if not part[2] else '以上（不含本数）'}"
    )


def _threshold(rule: Decision) -> str:
    return f"应到人员{_fraction(rule.quorum)}到会，{'全体应到' if rule.of_entitled else '到会'}人员{_fraction(rule.passes)}同意"


def _over(number: int, of: int, part: tuple[int, int, bool]) -> bool:
    return number * part[1] > of * part[0] if part[2] else number * part[1] >= of * part[0]


def _reached(rule: Decision, meeting: Any) -> str:
    there = _over(meeting.present, meeting.entitled, rule.quorum)
    passed = _over(meeting.votes_for, meeting.entitled if rule.of_entitled else meeting.present, rule.passes)
    return "达到" if there and passed else "没有达到" + ("（到会人数不够）" if not there else "（同意人数不够）")


# -- which fit


def _owes(asked: Asked) -> str:
    return f"还欠 {format_money(asked.record.owed_fen)} 元" if asked.record.owed_fen > 0 else ""


def _found(*rules: str) -> Any:
    def cause(asked: Asked) -> str:
        here = [finding.rule for finding in asked.findings if finding.rule in rules]
        return "、".join(f"{rule} {RULEBOOK.rules[rule].title}" for rule in here)

    return cause


def _any_finding(asked: Asked) -> str:
    return f"查到 {len(asked.findings)} 个情形，请双方核对" if asked.findings else ""


LETTERS = (
    Writes("demand", _owes, demand, lambda asked: asked.record.owed_fen),
    Writes("supplement", _found("C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C19", "C20"), supplement),
    Writes("six_steps", _found("C02", "C03", "C04", "C05", "C06", "C07", "C08", "C10", "C14", "C20"), six_steps),
    Writes("confirmation", _any_finding, confirmation, lambda asked: asked.record.owed_fen or None),
)
