"""What happened to the demo's contracts 合同的一生: remedies written down as events, and quiet contracts that were renewed,
passed on, ended early, argued over; hidden contracts reported and not yet confirmed.

    live(team, records)        # one deed a village, by its clerk's hand

Nothing here moves a published figure: amounts are the ledger's, a confirmed finding stays confirmed when an event has put
it right, and a report counts for nothing before the village's word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from mingbai import demo
from mingbai.demo.cast import Team
from mingbai.dues.anniversaries import ONE_DAY, add_years
from mingbai.kit.models import Case, Finding
from mingbai.records.door import commit
from mingbai.records.models import Attachment, Decision
from mingbai.registers.contracts import reports
from mingbai.registers.contracts.events import record_within, terms
from mingbai.registers.contracts.happenings import UNDO

Happening = tuple[str, date, Mapping[str, Any], str]
"""Kind, day, facts, words."""

_TERM, _PLAIN = frozenset(("C04", "C06")), frozenset(("C17", "C22", "C29", "C30"))
"""Findings a shorter term puts right, and findings that no event here touches."""
_HIDDEN = (("村西旧饲养院两间房", "房屋", 600_00), ("河滩边菜地", "耕地", 400_00), ("旧砖窑空地，停车用", "建设用地", None), ("后坡核桃林", "林地", 300_00),
           ("大队部旁门面一间", "房屋", 2400_00), ("沟口荒坡，种了花椒", "四荒", None), ("老学校操场，堆料", "建设用地", 1200_00), ("渠边鱼塘半口", "水面", 800_00))
_SURNAMES, _NAMES = "赵钱孙李周吴郑王冯陈", ("大山", "秀英", "建民", "桂花", "保国", "玉兰")


def live(team: Team, records: Sequence[Any]) -> None:
    """Writes down a village's events, all in one deed, and some hidden contracts reported in it."""
    random = Random(f"{demo.SEED}/{team.place.code}/一生")
    findings: dict[int, list[Finding]] = {}
    for each in Finding.objects.filter(organisation=team.place, register="contracts"):
        findings.setdefault(each.record, []).append(each)
    cases = {case.record: case for case in Case.objects.filter(organisation=team.place, register="contracts", secret=False)}
    found = [(record, happened) for record in records for happened in _mended(record, findings.get(record.pk, []), cases.get(record.pk), random)]
    quiet = [record for record in records if _is_quiet(record, findings.get(record.pk, []))]
    random.shuffle(quiet)
    fates: tuple[Callable[[Any, Random], list[Happening] | None], ...] = (_renewed, _ended_early, _passed_on, _sublet, _talked_over)
    for fate in fates:
        for record in quiet:
            happened = fate(record, random)
            if happened:
                quiet.remove(record)
                found += [(record, each) for each in happened]
                break
    if found:
        with commit(team.clerk, team.place, "edit", "补记合同事件") as act:
            for record, (kind, on, facts, words) in found:
                made = record_within(act, record, kind, on, facts, words=words, paper=_paper(record, kind))
                if kind == "demand" and random.random() < 0.04:  # a slip of the pen, and its mending
                    record_within(act, record, UNDO, act.on, {"why": "送达日期抄错了一天，另记"}, undoes=made)
                    record_within(act, record, kind, on - ONE_DAY, facts, words=words, paper=made.paper)
    for _ in range(random.choice((0, 0, 0, 0, 1, 1, 2))):
        _report(team, random)


def _paper(record: Any, kind: str) -> Attachment | None:
    label = {"supplement": "补充协议", "demand": "催收通知书及送达证明", "early_end": "解除协议、裁决或判决", "judgment": "解除协议、裁决或判决"}.get(kind)
    return Attachment.objects.filter(record=record.key, label=label).first() if label else None


# -- remedies as events

def _mended(record: Any, findings: Sequence[Finding], case: Case | None, random: Random) -> Iterator[Happening]:
    """A remedy that was accepted, where the register's own words do not show it: a shorter term, a demand served, a
    sub-lease objected to or agreed, a dispute carried through."""
    if case is None or case.stage not in ("accepted", "closed") or any(each.state != Finding.State.CONFIRMED for each in findings):
        return
    rules = {each.rule for each in findings}
    held = Decision.objects.filter(record=record.key).order_by("held_on").values_list("held_on", flat=True).first()
    if case.klass == "C" and rules & _TERM and rules <= _TERM | _PLAIN | {"C08"} and held and _priced_by_year(record):
        years = {"林地": 70, "草地": 50, "四荒": 50}.get(record.land_class, 20) if "C06" in rules else 20
        end = add_years(record.starts_on, years) - ONE_DAY if record.starts_on else None
        if end and held < end < (record.ends_on or date.max) and not record.owed_fen:
            yield "supplement", held, {"ends_on": end}, "经会议通过，把期限缩短到法律允许的年限"
    elif case.klass == "C" and "C08" in rules and rules <= _PLAIN | {"C08"} and held and held <= (terms(record).end or date.max):
        yield "supplement", held, {"escalation": "每五年递增5%"}, "经会议通过，增加调价条款"
    elif case.klass == "E" and held is None:
        served = Attachment.objects.filter(record=record.key, label="催收通知书及送达证明").values_list("on", flat=True).first()
        if served and (record.last_demand_on is None or record.last_demand_on < served):
            yield "demand", served, {"served_by": random.choice(("当面签收", "邮寄", "留置送达"))}, ""
    elif rules <= _PLAIN | {"C19"} and "C19" in rules and record.sublet_known_on:
        yield from _answered(record, random)
    elif case.klass == "F" and not record.owed_fen and random.random() < 0.4 and not (record.signed_on and record.signed_on > date(2025, 6, 1)):
        yield from _fought(random)


def _answered(record: Any, random: Random) -> Iterator[Happening]:
    """Of those who had known for six months some objected too late; the others had objected in time."""
    late = record.sublet_known_on + timedelta(days=200)
    if record.signed_on and record.sublet_known_on < record.signed_on:
        return  # a ledger at odds with itself: nothing to answer
    if late < demo.AS_OF:
        yield "sublease_objection", min(late + timedelta(days=random.randint(1, 90)), demo.AS_OF - timedelta(days=2)), {"served_by": "邮寄"}, "得知后过了六个月才提的异议"
    else:
        yield "sublease_objection", record.sublet_known_on + timedelta(days=20), {"served_by": "当面签收"}, ""


def _fought(random: Random) -> Iterator[Happening]:
    """Mediation, arbitration, court: as far as it went."""
    begun = date(2026, 1, 5) + timedelta(days=random.randint(0, 50))
    yield "mediation", begun, {"body": "街道人民调解委员会"}, ""
    if random.random() < 0.3:
        yield "mediation_end", begun + timedelta(days=20), {"outcome": "达成协议", "pay_by": date(2026, 12, 31)}, "协议由司法所盖章"
        return
    yield "mediation_end", begun + timedelta(days=20), {"outcome": "没有达成"}, ""
    yield "arbitration", begun + timedelta(days=30), {"body": "区农村土地承包仲裁委员会", "case_no": f"〔2026〕万农仲{random.randint(1, 60)}号"}, ""
    yield "award", begun + timedelta(days=90), {"won": random.choice(("支持", "部分支持")), "served_on": begun + timedelta(days=95)}, ""
    if random.random() < 0.6:
        yield "suit", begun + timedelta(days=115), {"body": "区人民法院"}, "对方不服裁决"
        yield "judgment", begun + timedelta(days=180), {"won": "支持", "case_no": f"（2026）晋民初{random.randint(100, 999)}号", "pay_by": begun + timedelta(days=200)}, ""


def _priced_by_year(record: Any) -> bool:
    return record.rent_fen_per_mu_year is not None or record.rent_fen_per_year is not None


# -- quiet contracts

def _is_quiet(record: Any, findings: Sequence[Finding]) -> bool:
    return not findings and not record.owed_fen and record.starts_on is not None and record.ends_on is not None and _priced_by_year(record) and record.kind in ("租赁", "其他方式承包")


def _renewed(record: Any, random: Random) -> list[Happening] | None:
    """Ended in the year before the demo's day, and let again to the same for a few years at a price that rises."""
    first = record.ends_on + ONE_DAY
    if first >= demo.AS_OF - ONE_DAY or record.land_class in ("四荒", "林地", "草地", "耕地") or record.pricing_mode == "固定" or record.payment_mode == "一次性":
        return None
    last = add_years(demo.AS_OF, random.randint(1, 4))
    begun = max(first, record.signed_on or first)
    if begun < date(2025, 10, 1) or _let_to_others(record, begun):  # of older ones nobody has written down what came in since
        return None
    return [("renewal", begun, {"ends_on": last, "escalation": "每五年递增5%", "decision_body": "成员大会", "met_on": begun, "entitled": 120, "present": 100, "votes_for": 92},
             "续签经会议通过，租金不变")]


def _let_to_others(record: Any, since: date) -> bool:
    """The same ground is another's after that day."""
    if not record.parcel_code:
        return False
    same = type(record).objects.filter(organisation=record.organisation_id, parcel_code=record.parcel_code).exclude(pk=record.pk)
    return any(each.ends_on is None or each.ends_on >= since for each in same)


def _ended_early(record: Any, random: Random) -> list[Happening] | None:
    """Ended by agreement, settled, the deposit given back, the ground too."""
    if not record.starts_on < date(2024, 1, 1) or record.ends_on <= demo.AS_OF or record.occupied:
        return None
    agreed = date(2026, 3, 1) + timedelta(days=random.randint(0, 60))
    last = date(2026, 6, 30)
    deposit = [("deposit_back", last + timedelta(days=5), {"amount_fen": record.deposit_received_fen}, "")] if record.deposit_received_fen else []
    settled: dict[str, Any] = {"how": "协商解除", "ends_on": last, "lessee_pays_fen": random.randrange(0, 6) * 500_00, "settles": "租金结清到终止日，地上物归集体"}
    return [("early_end", agreed, settled, ""), ("returned", last + ONE_DAY, {}, ""), *deposit]


def _passed_on(record: Any, random: Random) -> list[Happening] | None:
    if not record.starts_on < date(2024, 1, 1) or record.ends_on <= demo.AS_OF:
        return None
    heir = record.lessee_is_member
    return [("transfer", date(2025, 10, 1) + timedelta(days=random.randint(0, 200)), {"to": _somebody(random), "consent": True, **({} if heir is None else {"member": heir})}, "三方签了转让协议，欠租由原承包方结清")]


def _sublet(record: Any, random: Random) -> list[Happening] | None:
    if not record.starts_on < date(2024, 1, 1) or record.ends_on <= demo.AS_OF or record.sublet:
        return None
    return [("sublease", date(2025, 11, 1) + timedelta(days=random.randint(0, 200)), {"to": _somebody(random), "consent": True}, "发包方在三方协议上盖了章")]


def _talked_over(record: Any, random: Random) -> list[Happening] | None:
    if not record.starts_on < date(2024, 1, 1) or record.ends_on <= add_years(demo.AS_OF, 2):
        return None
    return [("price_review", date(2026, 5, 10) + timedelta(days=random.randint(0, 60)), {"next_on": date(2027, 1, 1) + timedelta(days=random.randint(0, 200))}, "这次没有谈成，说好明年再议")]


def _somebody(random: Random) -> str:
    return random.choice(_SURNAMES) + random.choice(_NAMES)


def _report(team: Team, random: Random) -> None:
    what, land_class, rent = random.choice(_HIDDEN)
    who = _somebody(random)
    made = reports.report(team.clerk, team.place, reported_on=date(2026, 9, random.randint(2, 25)), reporter=who, lessee=who, what=what, land_class=land_class,
                          since=date(random.randint(2005, 2020), random.randint(1, 12), 1), rent_fen_per_year=rent, oral=True)
    if random.random() < 0.15:
        reports.refuse(team.supervisor, made, "核对台账：与已有的一份是同一块地、同一个人，只是名字写法不同")
