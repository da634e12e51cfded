"""A contract's life 合同的一生: dated events, and the contract as it stands on a day.

    standing = fold(terms, events, on=date(2026, 9, 30), law=law)   # what the events made of what the ledger wrote
    admit(terms, events, new, law)                                  # or LifeError: where, what, how to mend
    overlay(terms, standing)                                        # column -> value after the events, where it differs

No event is edited or deleted: an ``undo`` names the event it strikes and why, and may itself be undone. An event that is
struck counts as never having happened, on every day. Which event may follow which stands in one table, :data:`~mingbai.registers.contracts.happenings.KINDS`.

What the law says of periods comes from ``law.yaml``: six months of silence after knowing of a sub-lease count as consent
(民法典 718), use after expiry without objection makes a lease without end (734), a demand, an acknowledgement, mediation,
arbitration or a suit restart a limitation (195). Nothing here says 无效: the standing is a fact, findings are the rules'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mingbai import dues
from mingbai.dues.anniversaries import ONE_DAY, add_months, add_years
from mingbai.registers.contracts.happenings import (
    CONSENTED,
    DISPUTES,
    ENDED,
    ENDING,
    EXPIRED,
    FIELDS,
    KINDS,
    NONE,
    OBJECTED,
    PENDING,
    PHASES,
    RETURNED,
    RUNNING,
    SILENT,
    SUBLEASES,
    TITLES,
    UNDO,
    UNKNOWN,
    Kind,
)
from mingbai.rules import Law
from mingbai.units import format_money


class LifeError(ValueError):
    """An event that cannot be: ``where`` (the field, or the other event), ``what`` is wrong, and ``mend``."""

    def __init__(self, where: str, what: str, mend: str, name: str = "") -> None:
        super().__init__(f"{where}：{what}；{mend}")
        self.where, self.what, self.mend, self.name = where, what, mend, name


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or the striking of one (``kind`` undo, ``undoes`` its number). ``number`` orders a day."""

    number: int
    kind: str
    on: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None

    def day(self, name: str) -> date | None:
        said = self.facts.get(name)
        return date.fromisoformat(said) if isinstance(said, str) and said else said or None

    def __str__(self) -> str:
        return f"{self.on} 的“{TITLES[self.kind]}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the ledger wrote of a contract 台账写的, as far as events can change it. Money in fen, area in 1/10,000 mu."""

    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    term_months: int | None = None
    lessee: str | None = None
    actual_user: str | None = None
    lessee_is_member: bool | None = None
    rent_fen_per_mu_year: int | None = None
    rent_fen_per_year: int | None = None
    area_mu4: int | None = None
    escalation: str | None = None
    deposit_received_fen: int | None = None
    sublet: bool | None = None
    sublet_consent: bool | None = None
    sublet_known_on: date | None = None
    occupied: bool | None = None
    objected_on: date | None = None
    last_demand_on: date | None = None

    @property
    def begins(self) -> date | None:
        return self.starts_on or self.signed_on

    @property
    def end(self) -> date | None:
        """As the rules read it: the written end, else start and term."""
        if self.ends_on is not None or self.begins is None or self.term_months is None:
            return self.ends_on
        return add_months(self.begins, self.term_months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The contract as it stands 事件之后 on a day. ``why``: column → number of the event that made it so."""

    on: date
    ends_on: date | None
    lessee: str | None
    user: str | None
    member: bool | None
    rent_fen_per_mu_year: int | None
    rent_fen_per_year: int | None
    area_mu4: int | None
    escalation: str | None
    sublease: str
    known_on: date | None
    objected_on: date | None
    deposit_in_fen: int
    occupied: bool | None
    demanded_on: date | None
    object_by: date | None = None
    """The last day on which an objection to the sub-lease is in time."""
    consent: bool | None = None
    sublet_objected_on: date | None = None
    late_objection_on: date | None = None
    """An objection after the six months: kept, though the law takes the silence before it for consent."""
    renewed_on: date | None = None
    renewal: Mapping[str, Any] = field(default_factory=dict)
    """Of the renewal's meeting what is known: ``body``, ``met_on``, ``entitled``, ``present``, ``votes_for``."""
    priced_on: date | None = None
    review_on: date | None = None
    deposit_back_fen: int = 0
    deposit_kept_fen: int = 0
    ended_how: str = ""
    ended_on: date | None = None
    lessee_pays_fen: int | None = None
    collective_pays_fen: int | None = None
    settles: str = ""
    returned_on: date | None = None
    dispute: str = NONE
    dispute_on: date | None = None
    act_by: date | None = None
    """The last day for the next step of a dispute: a suit after an award, enforcement after a judgment."""
    reported_on: date | None = None
    interruptions: tuple[dues.Interruption, ...] = ()
    why: Mapping[str, int] = field(default_factory=dict)
    misfits: tuple[tuple[int, str], ...] = ()
    """Events that do not fit what is before them (the ledger was changed afterwards): number, sentence."""

    @property
    def deposit_held_fen(self) -> int:
        return self.deposit_in_fen - self.deposit_back_fen - self.deposit_kept_fen

    @property
    def phase(self) -> str:
        if self.returned_on is not None:
            return RETURNED
        if self.ended_on is not None:
            return ENDED if self.on > self.ended_on else ENDING
        return EXPIRED if self.ends_on is not None and self.on > self.ends_on else RUNNING

    @property
    def endless(self) -> bool:
        """Expired, still used and nobody objected in writing: perhaps a lease without end by now (民法典 734)."""
        return self.phase == EXPIRED and bool(self.occupied) and self.objected_on is None


def fitting(now: Standing) -> dict[str, str]:
    """Kind → "" where it may come next, else the sentence that says why not."""
    found = {}
    for kind in KINDS.values():
        wrong = _misplaced(now, kind)
        found[kind.key] = "" if wrong is None else f"{wrong.what}；{wrong.mend}"
    return found


def effective(events: Iterable[Event]) -> list[Event]:
    """The events that count, by day: without undos and what they strike. An undo that was undone strikes nothing."""
    all_of = sorted(events, key=lambda each: each.number)
    struck: set[int] = set()
    for each in reversed(all_of):
        if each.kind == UNDO and each.number not in struck and each.undoes is not None:
            struck.add(each.undoes)
    return sorted(
        (each for each in all_of if each.kind != UNDO and each.number not in struck),
        key=lambda each: (each.on, each.number),
    )


def struck(events: Iterable[Event]) -> set[int]:
    """The numbers of the events (undos too) that an undo has taken out."""
    out: set[int] = set()
    for each in sorted(events, key=lambda each: -each.number):
        if each.kind == UNDO and each.number not in out and each.undoes is not None:
            out.add(each.undoes)
    return out


def fold(terms: Terms, events: Iterable[Event], on: date, law: Law) -> Standing:
    """The contract as it stands on a day: what the ledger wrote, then each event up to that day in turn."""
    now = _written(terms, on, law)
    for event in effective(events):
        if event.on > on:
            break
        now = _at(now, event.on, law)
        wrong = _refusal(terms, now, event)
        if wrong is not None:
            now = replace(now, misfits=(*now.misfits, (event.number, str(wrong))))
        now = _apply(terms, now, event, law)
    return _at(now, on, law)


def admit(terms: Terms, events: Sequence[Event], new: Event, law: Law, today: date) -> Standing:
    """The standing today once ``new`` is among the events.

    :raises LifeError: when it may not happen, lacks a fact, or makes a later event impossible.
    """
    if new.on > today:
        raise LifeError("日期", f"{new.on} 还没有到", f"写事情发生的那一天，{today} 或以前", "on")
    before = fold(terms, events, date.max, law)
    if new.kind == UNDO:
        _may_undo(events, new)
    else:
        _complete(new)
    after = fold(terms, (*events, new), date.max, law)
    for number, sentence in after.misfits:
        if number == new.number:
            raise _fitting(terms, events, new, law)
        if (number, sentence) not in before.misfits:
            later = next(each for each in events if each.number == number)
            raise LifeError(str(later), f"这样一来它就接不上了（{sentence}）", "先撤销它，再登记这一件")
    return fold(terms, (*events, new), today, law)


def _fitting(terms: Terms, events: Sequence[Event], new: Event, law: Law) -> LifeError:
    earlier = [each for each in effective(events) if (each.on, each.number) < (new.on, new.number)]
    found = _refusal(terms, _at(fold(terms, earlier, new.on, law), new.on, law), new)
    assert found is not None, "an event that does not fit says why"
    return found


def _may_undo(events: Sequence[Event], new: Event) -> None:
    target = next((each for each in events if each.number == new.undoes), None)
    if target is None:
        raise LifeError("撤销哪一件", "没有这一件事", "从时间线上选要撤销的那一件")
    if target.number in struck(events):
        raise LifeError("撤销哪一件", f"{target}已经撤销过了", "看时间线上划掉的那一件")
    if not str(new.facts.get("why") or "").strip():
        raise LifeError("为什么撤销", "没有写理由", "写明错在哪里，例如：登记到别的合同上了", "why")


def _complete(new: Event) -> None:
    kind = KINDS.get(new.kind)
    if kind is None:
        raise LifeError(
            "哪一种事",
            f"没有“{new.kind}”这一种",
            f"从这些里选：{'、'.join(each.title for each in KINDS.values())}",
            "kind",
        )
    known = {*kind.needs, *kind.may, *kind.one_of}
    for name, value in new.facts.items():
        if name not in known:
            raise LifeError(FIELDS[name].title if name in FIELDS else name, f"“{kind.title}”没有这一项", "去掉它", name)
        asked = FIELDS[name]
        if asked.kind == "choice" and value not in (None, "", *asked.choices):
            raise LifeError(asked.title, f"没有“{value}”这个说法", f"从这些里选：{'、'.join(asked.choices)}", name)
        if (
            asked.kind in ("money", "area", "count")
            and value is not None
            and (isinstance(value, bool) or not isinstance(value, int) or value < 0)
        ):
            raise LifeError(
                asked.title,
                "不是一个数" if not isinstance(value, int) else "不能是负数",
                "写大于 0 的数，例如 12000",
                name,
            )
        if asked.kind == "date" and value not in (None, ""):
            try:
                new.day(name)
            except (TypeError, ValueError):
                raise LifeError(asked.title, f"“{value}”不是日期", "写成 2026-09-30 这样", name) from None
    for name in kind.needs:
        if new.facts.get(name) in (None, ""):
            raise LifeError(FIELDS[name].title, "没有填", f"“{kind.title}”要写明这一项", name)
    if kind.one_of and all(new.facts.get(name) in (None, "") for name in kind.one_of):
        titles = "、".join(FIELDS[name].title for name in kind.one_of)
        raise LifeError(kind.title, "没有写改了什么", f"至少填一项：{titles}", kind.one_of[0])


# -- one event after another


def _written(terms: Terms, on: date, law: Law) -> Standing:
    """Before any event: what the ledger wrote."""
    sublease = NONE
    if terms.sublet:
        sublease = CONSENTED if terms.sublet_consent else PENDING if terms.sublet_known_on else UNKNOWN
    return _at(
        Standing(
            on=on,
            ends_on=terms.end,
            lessee=terms.lessee,
            user=terms.actual_user,
            member=terms.lessee_is_member,
            rent_fen_per_mu_year=terms.rent_fen_per_mu_year,
            rent_fen_per_year=terms.rent_fen_per_year,
            area_mu4=terms.area_mu4,
            escalation=terms.escalation,
            sublease=sublease,
            known_on=terms.sublet_known_on if terms.sublet else None,
            consent=terms.sublet_consent,
            objected_on=terms.objected_on
            if terms.objected_on and terms.end and terms.objected_on > terms.end
            else None,
            sublet_objected_on=terms.objected_on
            if sublease == PENDING
            and terms.objected_on
            and terms.sublet_known_on
            and terms.objected_on >= terms.sublet_known_on
            else None,
            deposit_in_fen=terms.deposit_received_fen or 0,
            occupied=terms.occupied,
            demanded_on=terms.last_demand_on,
        ),
        on,
        law,
    )


def _at(now: Standing, on: date, law: Law) -> Standing:
    """The same a day later: six months of silence pass without anybody's doing."""
    if now.sublease not in (PENDING, SILENT, OBJECTED):
        return replace(now, on=on)
    by = _object_by(now.known_on, law)
    if now.sublet_objected_on is not None and (by is None or now.sublet_objected_on <= by):
        return replace(now, on=on, sublease=OBJECTED, object_by=by)
    return replace(now, on=on, object_by=by, sublease=SILENT if by is not None and on > by else PENDING)


def _object_by(known_on: date | None, law: Law) -> date | None:
    version = law.parameters["sublet_silence_months"].on(known_on) if known_on else None
    return add_months(known_on, version.value) if version is not None and known_on else None


def _refusal(terms: Terms, now: Standing, event: Event) -> LifeError | None:
    """Why an event may not follow this standing; None where it may."""
    if terms.signed_on and event.on < terms.signed_on and event.kind != "self_report":
        return LifeError("日期", f"{event.on} 早于签订日期 {terms.signed_on}", "核对是哪一天，或者先改签订日期", "on")
    return _misplaced(now, KINDS[event.kind]) or _numbers(now, event)


def _misplaced(now: Standing, kind: Kind) -> LifeError | None:
    """What the table says of a kind after this standing."""
    if now.phase not in kind.phases:
        return LifeError(kind.title, f"{now.on} 这份合同{PHASES[now.phase]}", _instead(now, kind))
    if now.sublease not in kind.subleases:
        need = (
            "先登记“转租结束”"
            if kind.key == "sublease"
            else "先登记“转租”"
            if now.sublease == NONE
            else "看时间线：这一步已经过了"
        )
        return LifeError(kind.title, f"{now.on} {SUBLEASES[now.sublease]}", need)
    if now.dispute not in kind.disputes:
        return LifeError(kind.title, f"{now.on} {DISPUTES[now.dispute]}", _dispute_first(kind))
    return None


def _instead(now: Standing, kind: Kind) -> str:
    match now.phase:
        case "expired":
            return "到期以后接着租的登记“续签”，不租了登记“到期书面异议”或者“收回”"
        case "running":
            return (
                "还没有到期：提前不租的登记“提前终止和清算”"
                if kind.key != "expiry_objection"
                else "到期以后仍在用的，才登记到期异议"
            )
        case _:
            return "合同已经结束：重新租的另立一份合同；登记错了的，先撤销那一件"


def _dispute_first(kind: Kind) -> str:
    match kind.key:
        case "mediation_end" | "award" | "judgment":
            return f"先登记“{TITLES[{'mediation_end': 'mediation', 'award': 'arbitration', 'judgment': 'suit'}[kind.key]]}”"
        case "enforcement":
            return "有了调解协议、裁决或者判决，才能申请执行"
        case _:
            return "先登记这一程序的结果，或者“撤回申请、撤诉”"


def _numbers(now: Standing, event: Event) -> LifeError | None:
    begins, ends, last = event.day("from_on"), event.day("ends_on"), now.ends_on
    match event.kind:
        case "renewal" if begins is None and last is None:
            return LifeError("从哪天起", "台账没有写原来哪天到期", "写明续签从哪天起", "from_on")
        case "renewal":
            first = begins or (last or event.on) + ONE_DAY
            if ends is not None and ends <= first:
                return LifeError("到哪天止", f"{ends} 不在续签起始日 {first} 之后", "核对续签的起止日期", "ends_on")
        case "early_end":
            if last is not None and now.phase == RUNNING and ends is not None and ends > last:
                return LifeError(
                    "到哪天止",
                    f"{ends} 在原来到期的 {last} 以后",
                    "提前终止要早于到期；延长的登记“补充协议”",
                    "ends_on",
                )
        case "supplement":
            if ends is not None and ends < event.on:
                return LifeError(
                    "到哪天止", f"{ends} 早于补充协议签订的 {event.on}", "提前终止的登记“提前终止和清算”", "ends_on"
                )
        case "sublease":
            known = event.day("known_on")
            if known is not None and known < event.on:
                return LifeError(
                    "发包方哪天得知", f"{known} 早于转租的 {event.on}", "核对两个日期：得知不会早于转租", "known_on"
                )
        case "sublease_known" | "sublease_objection" if now.known_on is not None and event.on < now.known_on:
            return LifeError("日期", f"{event.on} 早于得知转租的 {now.known_on}", "核对两个日期", "on")
        case "deposit_back" | "deposit_kept":
            amount = event.facts.get("amount_fen") or 0
            if amount > now.deposit_held_fen:
                return LifeError(
                    "金额",
                    f"手里的保证金只有 {format_money(now.deposit_held_fen)} 元",
                    "核对金额；没登记过收到的，先登记“收到保证金”",
                    "amount_fen",
                )
    if event.kind in ("deposit", "deposit_back", "deposit_kept") and not event.facts.get("amount_fen"):
        return LifeError("金额", "是 0", "写大于 0 的数", "amount_fen")
    return None


def _apply(terms: Terms, now: Standing, event: Event, law: Law) -> Standing:
    said, on = event.facts, event.on
    why = dict(now.why)

    def note(*columns: str) -> Mapping[str, int]:
        return {**why, **dict.fromkeys(columns, event.number)}

    match event.kind:
        case "renewal":
            first = event.day("from_on") or (now.ends_on or on) + ONE_DAY
            meeting = {
                "body": said.get("decision_body"),
                "met_on": event.day("met_on"),
                **{name: said.get(name) for name in ("entitled", "present", "votes_for")},
            }
            return _priced(
                replace(
                    now,
                    ends_on=event.day("ends_on"),
                    renewed_on=first,
                    renewal=meeting,
                    objected_on=None,
                    escalation=said.get("escalation") or now.escalation,
                    why=note("ends_on", "renewed_on"),
                ),
                event,
                first,
            )
        case "supplement":
            changed = {name: said[name] for name in ("area_mu4", "escalation") if said.get(name) not in (None, "")}
            if said.get("ends_on"):
                changed["ends_on"] = event.day("ends_on")
            return _priced(replace(now, **changed, why=note(*changed)), event, event.day("from_on") or on)
        case "price_review":
            review = event.day("next_on")
            now = replace(now, review_on=review, why=note(*(("review_on",) if review else ())))
            return _priced(now, event, event.day("from_on") or on)
        case "transfer" if said.get("consent"):
            return replace(now, lessee=said["to"], member=said.get("member"), why=note("lessee", "lessee_is_member"))
        case "transfer":  # without consent it is somebody else who uses it
            return replace(
                now,
                user=said["to"],
                sublease=UNKNOWN if now.sublease == NONE else now.sublease,
                consent=False,
                why=note("actual_user", "sublet", "sublet_consent"),
            )
        case "sublease":
            known = event.day("known_on")
            state = CONSENTED if said.get("consent") else PENDING if known else UNKNOWN
            consent = said.get("consent")
            return _at(
                replace(
                    now,
                    user=said["to"],
                    sublease=state,
                    consent=consent,
                    known_on=known,
                    sublet_objected_on=None,
                    late_objection_on=None,
                    why=note("actual_user", "sublet", "sublet_consent", *(("sublet_known_on",) if known else ())),
                ),
                on,
                law,
            )
        case "sublease_known":
            return _at(replace(now, sublease=PENDING, known_on=on, why=note("sublet_known_on")), on, law)
        case "sublease_consent":
            return replace(now, sublease=CONSENTED, consent=True, object_by=None, why=note("sublet_consent"))
        case "sublease_objection":
            by = _object_by(now.known_on, law)
            if by is not None and on > by:
                return replace(now, late_objection_on=on, why=note("sublet_objected_on"))
            first_known = now.known_on or on  # who objects knows
            return _at(
                replace(
                    now,
                    sublease=OBJECTED,
                    consent=False,
                    known_on=first_known,
                    sublet_objected_on=on,
                    why=note("sublet_consent", "sublet_objected_on", "sublet_known_on"),
                ),
                on,
                law,
            )
        case "sublease_end":
            return replace(
                now,
                sublease=NONE,
                consent=None,
                known_on=None,
                object_by=None,
                user=None,
                why=note("sublet", "actual_user"),
            )
        case "expiry_objection":
            return now if now.objected_on else replace(now, objected_on=on, why=note("objected_on"))
        case "early_end":
            return replace(
                now,
                ended_how=said["how"],
                ended_on=event.day("ends_on"),
                ends_on=event.day("ends_on"),
                lessee_pays_fen=said.get("lessee_pays_fen"),
                collective_pays_fen=said.get("collective_pays_fen"),
                settles=said.get("settles") or "",
                why=note("ends_on"),
            )
        case "returned":
            return replace(now, returned_on=on, occupied=False, why=note("occupied"))
        case "deposit":
            return replace(
                now, deposit_in_fen=now.deposit_in_fen + said["amount_fen"], why=note("deposit_received_fen")
            )
        case "deposit_back":
            return replace(now, deposit_back_fen=now.deposit_back_fen + said["amount_fen"])
        case "deposit_kept":
            return replace(now, deposit_kept_fen=now.deposit_kept_fen + said["amount_fen"])
        case "self_report":
            return replace(now, reported_on=on)
        case "demand" | "acknowledgement":
            kind = (
                {"还款计划": "plan", "部分付款": "part_payment"}.get(said.get("owned", ""), "acknowledgement")
                if event.kind == "acknowledgement"
                else "demand"
            )
            return _interrupted(now, event, dues.Interruption(kind, on), note("last_demand_on"))  # type: ignore[arg-type]
        case _:
            return _disputed(now, event, law, note("last_demand_on"))


def _priced(now: Standing, event: Event, first: date) -> Standing:
    """A new price from a day on; the other way to say it follows from the area."""
    mu, year = event.facts.get("rent_fen_per_mu_year"), event.facts.get("rent_fen_per_year")
    if mu is None and year is None:
        return now
    area = now.area_mu4
    if mu is None and area and year is not None:
        mu = (year * 10000 * 2 + area) // (2 * area)  # to the nearest fen, half up
    if year is None and area and mu is not None:
        year = dues.rent_of_area(mu, area)
    return replace(
        now,
        rent_fen_per_mu_year=mu,
        rent_fen_per_year=year,
        priced_on=first,
        why={**now.why, **dict.fromkeys(("rent_fen_per_mu_year", "rent_fen_per_year", "priced_on"), event.number)},
    )


def _interrupted(now: Standing, event: Event, what: dues.Interruption, why: Mapping[str, int]) -> Standing:
    return replace(
        now, interruptions=(*now.interruptions, what), demanded_on=max(now.demanded_on or event.on, event.on), why=why
    )


_BEGINS = {"mediation": "mediating", "arbitration": "arbitrating", "suit": "suing", "enforcement": "enforcing"}
_ENDS = {"award": "awarded", "judgment": "judged", "withdrawal": "withdrawn"}


def _disputed(now: Standing, event: Event, law: Law, why: Mapping[str, int]) -> Standing:
    """Proceedings interrupt from the day they are asked for; the new period runs from the day they end (民法典 195)."""
    on = event.on
    if event.kind in _BEGINS:
        now = replace(now, dispute=_BEGINS[event.kind], dispute_on=on, act_by=None)
        return _interrupted(now, event, dues.Interruption("suit", on), why)
    ended = tuple(
        replace(each, ended_on=on) if each.kind == "suit" and each.ended_on is None else each
        for each in now.interruptions
    )
    if event.kind == "mediation_end":
        state = "settled" if event.facts.get("outcome") == "达成协议" else "failed"
    else:
        state = _ENDS[event.kind]
    served = event.day("served_on") or on
    by = _after(law, "award_suit_days", served) if state == "awarded" else None
    if state == "judged":
        by = _after(law, "enforcement_years", event.day("pay_by") or on)
    if (
        event.kind == "withdrawal"
    ):  # whether a withdrawn suit interrupts at all is argued: counted from its first day only
        return replace(now, dispute=state, dispute_on=on, act_by=None)
    return replace(
        now,
        dispute=state,
        dispute_on=on,
        act_by=by,
        interruptions=ended,
        demanded_on=max(now.demanded_on or on, on),
        why=why,
    )


def _after(law: Law, name: str, day: date) -> date | None:
    version = law.parameters[name].on(day)
    if version is None:
        return None
    return (
        date.fromordinal(day.toordinal() + version.value) if name.endswith("_days") else add_years(day, version.value)
    )


# -- what the rules are told


def overlay(terms: Terms, now: Standing) -> dict[str, Any]:
    """Column of the register → its value after the events, for every column an event touched. House columns
    (:attr:`Register.house`) too: ``renewed_on`` and the meeting that decided it, ``priced_on``, ``sublet_objected_on``, ``signed_lessee``."""
    let = now.sublease != NONE
    said: dict[str, Any] = {
        "ends_on": now.ends_on,
        "renewed_on": now.renewed_on,
        "priced_on": now.priced_on,
        "lessee": now.lessee,
        "lessee_is_member": now.member,
        "actual_user": now.user,
        "sublet": let,
        "sublet_consent": _consent(now),
        "sublet_known_on": now.known_on,
        "sublet_objected_on": now.sublet_objected_on or now.late_objection_on,
        "objected_on": now.objected_on,
        "occupied": now.occupied,
        "rent_fen_per_mu_year": now.rent_fen_per_mu_year,
        "rent_fen_per_year": now.rent_fen_per_year,
        "area_mu4": now.area_mu4,
        "escalation": now.escalation,
        "deposit_received_fen": now.deposit_in_fen,
        "last_demand_on": now.demanded_on,
        "review_on": now.review_on,
    }
    told = {name: said[name] for name in now.why}
    if "renewed_on" in told:
        told |= {f"renewal_{name}": value for name, value in now.renewal.items() if value is not None}
    if "lessee" in told and terms.lessee is not None:
        told["signed_lessee"] = terms.lessee
    if "review_on" in told:
        review = told.pop("review_on")
        if review is not None:
            told["escalation"] = f"约定{review}再议租金"
    return {name: value for name, value in told.items() if not hasattr(terms, name) or getattr(terms, name) != value}


def _consent(now: Standing) -> bool | None:
    """Whether the lessor consented, as a ledger would put it: silence is for the rule to read (C19, 718)."""
    if now.sublease == CONSENTED:
        return True
    return None if now.sublease == NONE else False if now.known_on is not None or now.consent is False else None
