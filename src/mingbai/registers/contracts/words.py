"""The facts of a contract in the words of a finding: short, exact, and only what the ledger says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mingbai import units
from mingbai.rules import Facts
from mingbai.rules.law import Law, ymd_date
from mingbai.units.wording import CHAINED, LISTED, joined, phrase

Row = Mapping[str, Any]
DENIED = "(?:禁止|严禁|不得|不准|不许|不可|不能|不建|不用于|不作|不搞|非(?:居住|住宅|经营性建设))[^，,。；;]*"
"""What a clause forbids is no use: “禁止建厂房，种植” is 种植."""


def as_date(day: int | None) -> str:
    """20051231 → 2005-12-31; null → 未写."""
    date = ymd_date(day)
    return date.isoformat() if date else phrase("未写")


def amount(fen: int) -> str:
    return phrase("{yuan}元", yuan=units.format_money(fen))


def area(mu4: int) -> str:
    return phrase("{mu}亩", mu=units.format_area(mu4))


def span(r: Row) -> str:
    """2005-01-01 至 2035-12-31(31 年), or what of it is known; says when the start stands in for the signing."""
    stand_in = phrase("（没有签订日期，按起始日期）") if r["signed_on"] is None and r["starts_on"] else ""
    if r["open_end"]:
        return phrase("{start}起，期限写作“长期”{stand_in}", start=as_date(r["start"]), stand_in=stand_in)
    if r["renewed_on"] and r["end"]:
        return phrase(
            "{day}续签至{end}（{length}）",
            day=as_date(r["renewed_on"]),
            end=as_date(r["end"]),
            length=_years(r["renewed_on"], r["end"]),
        )
    if r["start"] and r["end"]:
        return phrase(
            "{start}至{end}（{length}）{stand_in}",
            start=as_date(r["start"]),
            end=as_date(r["end"]),
            length=_years(r["start"], r["end"]),
            stand_in=stand_in,
        )
    return (
        phrase("期限{length}", length=_months(r["term_months"]))
        if r["term_months"]
        else phrase("{start}至{end}", start=as_date(r["start"]), end=as_date(r["end"]))
    )


def _years(start: int, end: int) -> str:
    """Whole years, and the months beyond them; the eve of the anniversary completes the year."""
    first, last = ymd_date(start), ymd_date(end)
    assert first is not None
    assert last is not None
    days, after = (last - first).days + 1, last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)
    return _months(months) if months > 0 else phrase("{days}天", days=days)


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    if years and rest:
        return phrase("{years}年{months}个月", years=years, months=rest)
    return phrase("{years}年", years=years) if years else phrase("{months}个月", months=rest)


def undecided(r: Row) -> str:
    """Whose decision is lacking: that of the letting, or that of its renewal."""
    if r["of_renewal"]:
        return phrase(
            "{day}续签，{body}{votes}；续签等于重新发包，当时应当另由村民（成员）会议或者依法授权的代表会议按规定票数决定",
            day=as_date(r["renewed_on"]),
            body=_body(r["renewal_body"], r["renewal_met_on"]),
            votes=votes(r, "renewal_"),
        )
    return phrase(
        "{body}{votes}；这样的合同当时应当由村民（成员）会议或者依法授权的代表会议按规定票数决定",
        body=_body(r["decision_body"], r["meeting_on"]),
        votes=votes(r),
    )


def argued_decision(r: Row) -> str:
    if r["of_renewal"]:
        return phrase(
            "{day}续签，{body}{votes}；一种读法是代表会议可以决定具体合同，另一种读法是土地承包只能由成员大会决定",
            day=as_date(r["renewed_on"]),
            body=_body(r["renewal_body"], r["renewal_met_on"]),
            votes=votes(r, "renewal_"),
        )
    return phrase(
        "{body}{votes}；一种读法是代表会议可以决定具体合同，另一种读法是土地承包只能由成员大会决定",
        body=_body(r["decision_body"], r["meeting_on"]),
        votes=votes(r),
    )


def _body(body: str | None, day: int | None) -> str:
    held = {None: phrase("没有写民主程序"), "无": phrase("民主程序写的是“无”")}.get(body, str(body))
    return phrase("{body}（{day}）", body=held, day=as_date(day)) if day else held


def votes(r: Row, of: str = "") -> str:
    """，应到30人、实到20人、同意11人, or what of it is known. ``of``: ``renewal_`` for those of the renewal."""
    entitled, present, votes_for = (r[f"{of}{name}"] for name in ("entitled", "present", "votes_for"))
    told = (
        entitled is not None and phrase("应到{n}人", n=entitled),
        present is not None and phrase("实到{n}人", n=present),
        votes_for is not None and phrase("同意{n}人", n=votes_for),
    )
    said = [each for each in told if each]
    return phrase("，{votes}", votes=joined(LISTED, said)) if said else ""


def approval(r: Row) -> str:
    number = r["township_approval_no"]
    if number in (None, "无"):
        return phrase("乡镇批准文号：未写") if number is None else phrase("乡镇批准文号：无")
    return phrase("乡镇批准文号：{number!s}", number=number)


def objection(r: Row) -> str:
    """When the lessor first objected: what was used before that day after expiry may have become a lease without a term (734)."""
    objected, end = ymd_date(r["objected_on"]), ymd_date(r["end"])
    if objected is None or end is None:
        return phrase("没有写书面异议（长期不提异议会变成不定期租赁）")
    late = (objected - end).days
    if late <= 0:
        return phrase("{day}、到期以前提出过书面异议", day=objected)
    return phrase(
        "{day}提出书面异议，是到期后第{n}天；这以前是否已经成为不定期租赁要看当时的情形，成了的，异议也是解除的通知",
        day=objected,
        n=late,
    )


def uses(r: Row) -> str:
    agreed, actual = r["agreed_use"], r["actual_use"]
    return joined(
        CHAINED,
        (
            phrase("约定用途“{use!s}”", use=agreed) if agreed else phrase("约定用途“未写”"),
            phrase("实际用途“{use!s}”", use=actual) if actual else phrase("实际用途“未写”"),
        ),
    )


def clock(r: Row) -> str:
    """From which day the limitation of the oldest unpaid due runs."""
    if r["last_demand_on"] and r["last_demand_on"] > r["oldest_due"]:
        return phrase("从最近催收的{day}", day=as_date(r["last_demand_on"]))
    return phrase("从最早一笔到期的{day}", day=as_date(r["oldest_due"]))


def compared(r: Row, f: Facts) -> str:
    """What a mu costs a year, beside the local floor and the median of its like."""
    in_kind = (
        r["in_kind"]
        if all(r[name] is None for name in ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen"))
        else ""
    )
    floors = f.now("price_floor_fen") or {}
    floor = floors if isinstance(floors, int) else floors.get(r["land_class"])
    if floor is not None and r["price_today"] is not None and r["price_today"] < floor:
        return phrase(
            "{price}，低于当地最低指导价{floor}元", price=_per_mu(r, in_kind, r["price_today"]), floor=_yuan(floor)
        )
    return phrase(
        "{price}，不到同地类同年代{n}份合同中位价{median}元的{percent}%",
        price=_per_mu(r, in_kind, r["price_mu"]),
        n=r["comparables"],
        median=_yuan(r["median_price"]),
        percent=f.now("cheap_percent"),
    )


def _per_mu(r: Row, in_kind: str, price: float | None) -> str:
    if price is None:
        return ""
    if in_kind:
        return phrase("{land}每亩每年{goods!s}，折价{yuan}元", land=r["land_class"], goods=in_kind, yuan=_yuan(price))
    return phrase("{land}每亩每年{yuan}元", land=r["land_class"], yuan=_yuan(price))


def _yuan(fen: float) -> str:
    return units.format_money(round(fen))


def lease_readings(r: Row) -> str:
    if r["open_end"]:
        return phrase("一种读法是不定期租赁、可以随时通知解除，另一种读法是超过20年")
    if r["land_class"] == "四荒":
        return phrase("超过20年；“四荒”以租赁名义发包，按其他方式承包读没有20年上限，按租赁读有")
    return phrase("超过20年；签订在1999年10月1日前，当时的法律没有20年上限，法院也有照20年处理的")


def lacking_terms(r: Row) -> str:
    """The clauses a row lacks, by the same test as rule C11."""
    prices = ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen", "in_kind")
    said: dict[str, tuple[str, ...]] = {phrase("发包方"): ("lessor",), phrase("承包方"): ("lessee",)}
    if r["is_land"]:
        said |= {phrase("坐落"): ("location",), phrase("面积"): ("area_mu4",), phrase("用途"): ("agreed_use",)}
    said[phrase("价款")] = prices
    if r["end"] is None and not r["open_end"] and not r["second_round_term"]:
        said[phrase("合同期限")] = ("ends_on", "term_months")
    return joined(LISTED, (title for title, names in said.items() if _left_empty(r, names)))


def _left_empty(r: Row, names: tuple[str, ...]) -> bool:
    there = [name for name in names if f"|{name}|" in r["_headings"]]
    unread = any(f"|{name}|" in r["_doubtful"] for name in there)
    return bool(there) and not unread and all(r[name] is None for name in names)


def used_by(r: Row) -> str:
    """Who uses it, in words that name nobody the ledger does not name."""
    return phrase("台账写明已经转租") if r["sublet"] else phrase("实际使用人和承包方不是同一个")


def unfair_terms(r: Row, f: Facts) -> str:
    """The marked words of the clauses, and a penalty above the line."""
    titles = {"buy_back": phrase("回购"), "open_ended": phrase("赔偿没有限度"), "rent_free": phrase("免租")}
    written = re.sub(DENIED, "", r["special_terms"] or "")
    said = [
        phrase("条款里有“{word!s}”（{kind}）", word=word, kind=titles[kind])
        for kind, words in f.statute.clauses.items()
        for word in words
        if word in written
    ]
    line = f.now("penalty_percent")
    if r["penalty_percent"] is not None and line is not None and r["penalty_percent"] > line:
        said.append(phrase("违约金比例{percent}%，超过{line}%", percent=r["penalty_percent"], line=line))
    return joined(CHAINED, said)


def weighs_against_undoing(r: Row, law: Law, as_of: date) -> list[str]:
    """Long performance and investment, of a row's own words: what a person weighs before anything is undone."""
    first, last = ymd_date(r["starts_on"] or r["signed_on"]), ymd_date(r["ends_on"])
    said = []
    if first is not None:
        until = min(as_of, last) if last is not None else as_of
        years = until.year - first.year - ((until.month, until.day) < (first.month, first.day))
        owed = (
            r["arrears_fen"]
            if r["arrears_fen"] is not None
            else None
            if r["due_fen"] is None or r["received_fen"] is None
            else r["due_fen"] - r["received_fen"]
        )
        if years >= law.weighing.performed_years:
            paid = (
                phrase("台账写明没有欠缴")
                if owed is not None and owed <= 0
                else phrase("台账写明欠缴{owed}", owed=amount(owed))
                if owed
                else phrase("是否欠缴台账没有写")
            )
            said.append(phrase("从{day}起已经履行{years}年，{paid}", day=first, years=years, paid=paid))
    clauses = [clause for text in (r["special_terms"], r["remark"]) for clause in re.split("[，。；;\n]", text or "")]
    said += [
        phrase("台账写着“{clause!s}”", clause=units.mask_numbers(clause.strip())[:60])
        for clause in clauses
        if any(word in clause for word in law.weighing.invested) and not re.search("没有|未|无|不得|禁止", clause)
    ]
    return said


def unpaid_security(r: Row) -> str:
    said = []
    if _short(r["deposit_fen"], r["deposit_received_fen"]):
        said.append(
            phrase(
                "保证金应收{due}，已收{received}",
                due=amount(r["deposit_fen"]),
                received=amount(r["deposit_received_fen"]),
            )
        )
    if _short(r["penalty_due_fen"], r["penalty_received_fen"]):
        said.append(
            phrase(
                "违约金应收{due}，已收{received}",
                due=amount(r["penalty_due_fen"]),
                received=amount(r["penalty_received_fen"]),
            )
        )
    return joined(CHAINED, said)


def _short(due: int | None, received: int | None) -> bool:
    return due is not None and received is not None and received < due


def shown_span(r: Row, f: Facts) -> str:
    """From when to when it was shown, and what the law of its first day asks; the first day does not count."""
    first, last = ymd_date(r["shown_from"]), ymd_date(r["shown_to"])
    if first is None or last is None:
        return phrase("台账写明没有公示")
    asked = f.statute.parameters["display_days"].on(first)
    return phrase(
        "{first}至{last}公示，满{days}天，要求不少于{asked}天",
        first=first,
        last=last,
        days=max((last - first).days, 0),
        asked=asked.value if asked else "?",
    )
