"""The facts of a contract in the words of a finding: short, exact, and only what the ledger says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mingbai import units
from mingbai.rules import Facts
from mingbai.rules.law import Law, ymd_date

Row = Mapping[str, Any]
DENIED = "(?:禁止|严禁|不得|不准|不许|不可|不能|不建|不用于|不作|不搞|非(?:居住|住宅|经营性建设))[^，,。；;]*"
"""What a clause forbids is no use: “禁止建厂房，种植” is 种植."""


def as_date(day: int | None) -> str:
    """20051231 → 2005-12-31; null → 未写."""
    date = ymd_date(day)
    return date.isoformat() if date else "未写"


def amount(fen: int) -> str:
    return f"{units.format_money(fen)}元"


def area(mu4: int) -> str:
    return f"{units.format_area(mu4)}亩"


def span(r: Row) -> str:
    """2005-01-01 至 2035-12-31(31 年), or what of it is known; says when the start stands in for the signing."""
    stand_in = "（没有签订日期，按起始日期）" if r["signed_on"] is None and r["starts_on"] else ""
    if r["open_end"]:
        return f"{as_date(r['start'])}起，期限写作“长期”{stand_in}"
    if r["renewed_on"] and r["end"]:
        return f"{as_date(r['renewed_on'])}续签至{as_date(r['end'])}（{_years(r['renewed_on'], r['end'])}）"
    if r["start"] and r["end"]:
        return f"{as_date(r['start'])}至{as_date(r['end'])}（{_years(r['start'], r['end'])}）{stand_in}"
    return f"期限{_months(r['term_months'])}" if r["term_months"] else f"{as_date(r['start'])}至{as_date(r['end'])}"


def _years(start: int, end: int) -> str:
    """Whole years, and the months beyond them; the eve of the anniversary completes the year."""
    first, last = ymd_date(start), ymd_date(end)
    assert first is not None
    assert last is not None
    days, after = (last - first).days + 1, last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)
    return _months(months) if months > 0 else f"{days}天"


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest else "") or "0个月"


def body(r: Row) -> str:
    held = {None: "没有写民主程序", "无": "民主程序写的是“无”"}.get(r["decision_body"], r["decision_body"])
    when = f"（{as_date(r['meeting_on'])}）" if r["meeting_on"] else ""
    return f"{held}{when}"


def votes(r: Row) -> str:
    parts = [f"{title}{r[name]}人" for name, title in (("entitled", "应到"), ("present", "实到"), ("votes_for", "同意"))
             if r[name] is not None]
    return ("，" if parts else "") + "、".join(parts)


def uses(r: Row) -> str:
    return f"约定用途“{r['agreed_use'] or '未写'}”，实际用途“{r['actual_use'] or '未写'}”"


def clock(r: Row) -> str:
    """From which day the limitation of the oldest unpaid due runs."""
    if r["last_demand_on"] and r["last_demand_on"] > r["oldest_due"]:
        return f"从最近催收的{as_date(r['last_demand_on'])}"
    return f"从最早一笔到期的{as_date(r['oldest_due'])}"


def compared(r: Row, f: Facts) -> str:
    """What a mu costs a year, beside the local floor and the median of its like."""
    in_kind = r["in_kind"] if all(r[name] is None for name in ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen")) else ""
    today, then = (f"{r['land_class']}每亩每年{f'{in_kind}，折价' if in_kind else ''}{_yuan(price)}元" if price is not None else ""
                   for price in (r["price_today"], r["price_mu"]))
    floors = f.now("price_floor_fen") or {}
    floor = floors if isinstance(floors, int) else floors.get(r["land_class"])
    if floor is not None and r["price_today"] is not None and r["price_today"] < floor:
        return f"{today}，低于当地最低指导价{_yuan(floor)}元"
    return f"{then}，不到同地类同年代{r['comparables']}份合同中位价{_yuan(r['median_price'])}元的{f.now('cheap_percent')}%"


def _yuan(fen: float) -> str:
    return units.format_money(round(fen))


def lease_readings(r: Row) -> str:
    if r["open_end"]:
        return "一种读法是不定期租赁、可以随时通知解除，另一种读法是超过20年"
    if r["land_class"] == "四荒":
        return "超过20年；“四荒”以租赁名义发包，按其他方式承包读没有20年上限，按租赁读有"
    return "超过20年；签订在1999年10月1日前，当时的法律没有20年上限，法院也有照20年处理的"


def lacking_terms(r: Row) -> str:
    """The clauses a row lacks, by the same test as rule C11."""
    prices = ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen", "in_kind")
    said: dict[str, tuple[str, ...]] = {"发包方": ("lessor",), "承包方": ("lessee",)}
    if r["is_land"]:
        said |= {"坐落": ("location",), "面积": ("area_mu4",), "用途": ("agreed_use",)}
    said["价款"] = prices
    if r["end"] is None and not r["open_end"] and not r["second_round_term"]:
        said["期限"] = ("ends_on", "term_months")
    return "、".join(title for title, names in said.items() if _left_empty(r, names))


def _left_empty(r: Row, names: tuple[str, ...]) -> bool:
    there = [name for name in names if f"|{name}|" in r["_headings"]]
    unread = any(f"|{name}|" in r["_doubtful"] for name in there)
    return bool(there) and not unread and all(r[name] is None for name in names)


def used_by(r: Row) -> str:
    """Who uses it, in words that name nobody the ledger does not name."""
    return "台账写明已经转租" if r["sublet"] else "实际使用人和承包方不是同一个"


def unfair_terms(r: Row, f: Facts) -> str:
    """The marked words of the clauses, and a penalty above the line."""
    titles = {"buy_back": "回购", "open_ended": "赔偿没有限度", "rent_free": "免租"}
    written = re.sub(DENIED, "", r["special_terms"] or "")
    said = [f"条款里有“{word}”（{titles[kind]}）" for kind, words in f.statute.clauses.items() for word in words if word in written]
    line = f.now("penalty_percent")
    if r["penalty_percent"] is not None and line is not None and r["penalty_percent"] > line:
        said.append(f"违约金比例{r['penalty_percent']}%，超过{line}%")
    return "，".join(said)


def weighs_against_undoing(r: Row, law: Law, as_of: date) -> list[str]:
    """Long performance and investment, of a row's own words: what a person weighs before anything is undone."""
    first, last = ymd_date(r["starts_on"] or r["signed_on"]), ymd_date(r["ends_on"])
    said = []
    if first is not None:
        until = min(as_of, last) if last is not None else as_of
        years = until.year - first.year - ((until.month, until.day) < (first.month, first.day))
        owed = r["arrears_fen"] if r["arrears_fen"] is not None else None if r["due_fen"] is None or r["received_fen"] is None else r["due_fen"] - r["received_fen"]
        if years >= law.weighing.performed_years:
            paid = "，台账写明没有欠缴" if owed is not None and owed <= 0 else f"，台账写明欠缴{amount(owed)}" if owed else "，是否欠缴台账没有写"
            said.append(f"从{first}起已经履行{years}年{paid}")
    clauses = [clause for text in (r["special_terms"], r["remark"]) for clause in re.split("[，。；;\n]", text or "")]
    said += [f"台账写着“{units.mask_numbers(clause.strip())[:60]}”" for clause in clauses
             if any(word in clause for word in law.weighing.invested) and not re.search("没有|未|无|不得|禁止", clause)]
    return said


def unpaid_security(r: Row) -> str:
    said = [f"{title}应收{amount(r[due])}，已收{amount(r[received])}"
            for title, due, received in (("保证金", "deposit_fen", "deposit_received_fen"), ("违约金", "penalty_due_fen", "penalty_received_fen"))
            if r[due] is not None and r[received] is not None and r[received] < r[due]]
    return "，".join(said)


def shown_span(r: Row, f: Facts) -> str:
    """From when to when it was shown, and what the law of its first day asks; the first day does not count."""
    first, last = ymd_date(r["shown_from"]), ymd_date(r["shown_to"])
    if first is None or last is None:
        return "台账写明没有公示"
    asked = f.statute.parameters["display_days"].on(first)
    return f"{first}至{last}公示，满{max((last - first).days, 0)}天，要求不少于{asked.value if asked else '？'}天"
