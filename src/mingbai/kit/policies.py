"""Local numbers 本地政策: a change is proposed by one person with its source, approved by another, and then checked by.

A policy is kept whole, as the YAML of :mod:`mingbai.rules.law`; a change makes a new one of the same place in which the
number has one more dated version. Numbers the national law fixes are not for a place to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from mingbai.kit import recheck
from mingbai.kit.findings import COMPARED, county_rows, judge_all, law, policy_of
from mingbai.kit.furniture import Furniture, furniture
from mingbai.kit.models import Change, Policy
from mingbai.places.clock import today
from mingbai.places.models import Organisation, Person
from mingbai.records.door import Commit, commit
from mingbai.rules import Finding
from mingbai.rules.engine import DISPUTED, YES
from mingbai.rules.law import CERTAIN, LawError, Parameter, Version, load_law
from mingbai.units.goods import PRICED

DAY = "日期"
_DAY = timedelta(days=1)


class PolicyError(ValueError):
    """A change that cannot be; the sentence says why and what to do."""


def local(kit: Furniture) -> list[str]:
    """The parameters a place may set: those no article confirmed in the national law fixes."""
    return [
        name
        for name, each in load_law(kit.name).parameters.items()
        if not any(version.status == CERTAIN for version in each.versions)
    ]


def read(kit: Furniture, parameter: Parameter, text: str) -> Any:
    """What a person typed as the value a policy holds: ``120`` (yuan where the unit is fen), ``2028-12-31``, or by 地类
    ``耕地 100；园地 120``.

    :raises PolicyError: when it is none of these.
    """
    said = text.replace("，", ",").replace("；", ";").replace("：", " ").replace("=", " ").strip()
    if parameter.unit == DAY:
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise PolicyError(f"“{text}”不是日期；请写成 2028-12-31") from None
    parts = [part.split() for part in said.replace(",", ";").replace("\n", ";").split(";") if part.strip()]
    by_good = "公斤" in parameter.unit
    if len(parts) == 1 and len(parts[0]) == 1 and not by_good:
        return _number(parameter, parts[0][0])
    if "亩" not in parameter.unit and not by_good:
        raise PolicyError(f"“{text}”读不懂；{parameter.title}只要一个数")
    known = (
        PRICED
        if by_good
        else tuple(kit.register.by_name["land_class"].choices)
        if "land_class" in kit.register.by_name
        else ()
    )
    found: dict[str, int] = {}
    for part in parts:
        if len(part) != 2 or part[0] not in known or part[0] in found:
            raise PolicyError(
                f"“{' '.join(part)}”读不懂；请写一个数，或者每个{'品名' if by_good else '地类'}一个数，例如：{known[0] if known else ''} 100；{'品名' if by_good else '地类'}有 {'、'.join(known)}"
            )
        found[part[0]] = _number(parameter, part[1])
    if not found:
        raise PolicyError("请写改成多少")
    return found


def _number(parameter: Parameter, text: str) -> int:
    try:
        value = Decimal(text) * (100 if parameter.unit.startswith("分") else 1)
    except InvalidOperation:
        raise PolicyError(f"“{text}”不是数") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value < 10**13:
        raise PolicyError(f"“{text}”不能用；请写不小于 0 的数，金额到分为止，其他写整数")
    return int(value)


def propose(
    person: Person,
    place: Organisation,
    register: str,
    parameter: str,
    text: str,
    since: date | None,
    source: str,
    note: str = "",
) -> Change:
    """Writes a proposal down; it changes nothing yet.

    :raises PolicyError: when it could not be approved as it stands.
    """
    kit = furniture(register)
    if parameter not in local(kit):
        raise PolicyError("这个数由国家法律定，或者没有这个数，当地不能改")
    if since is None:
        raise PolicyError("请选从哪一天起")
    if not source.strip():
        raise PolicyError("请写明依据：哪个会、哪一天、哪个文号")
    with commit(person, place, "policy", "提出改政策", note=source.strip()) as act:
        value = read(kit, law(register, policy_of(kit, place, act.on)).parameters[parameter], text)
        kept = value.isoformat() if isinstance(value, date) else value
        change = Change(
            organisation=place,
            register=register,
            parameter=parameter,
            value=kept,
            since=since,
            source=source.strip(),
            note=note.strip(),
            proposed_by=act.person,
            proposed_on=act.on,
        )
        _written(kit, change, act.on)
        return act.save(change)


def approve(person: Person, change: Change) -> Policy:
    """Approves another's proposal: the policy holds from today, and everything below the place is checked again.

    :raises PolicyError: for one's own proposal, or one that is decided.
    """
    kit = furniture(change.register)
    with commit(person, change.organisation, "policy", "批准本地政策", note=change.source) as act:
        change = _waiting(act, change)
        policy = act.save(
            Policy(
                organisation=change.organisation,
                register=change.register,
                text=_written(kit, change, act.on),
                since=act.on,
                approved_by=act.person,
            )
        )
        change.state, change.policy = Change.State.APPROVED, policy
        _decide(act, change)
        recheck.queue_below(act.person, change.organisation)
    return policy


@dataclass(frozen=True, slots=True)
class Effect:
    """A finding that a change would bring (``comes``) or take away; ``finding.file`` is the organisation's code."""

    finding: Finding
    comes: bool


def effect(change: Change) -> list[Effect]:
    """What a change would do to the findings at and below its place, were it approved today, by place and record: as of its
    first day, where that is still to come. Writes nothing.

    :raises PolicyError: when the change could not be approved.
    """
    kit, on, place = furniture(change.register), max(today(), change.since), change.organisation
    then = {place.path: _written(kit, change, on)}
    county = next((each for each in place.above if each.level == COMPARED), None)
    codes = set(place.below.values_list("code", flat=True))
    found: list[Effect] = []
    for each in [county] if county is not None else place.below.filter(level=COMPARED):
        rows = county_rows(kit, each, on)
        was, will = (
            {
                (one.row, one.rule, one.answer): one
                for run in judge_all(kit, each, on, instead, rows)
                for one in run.where(YES, DISPUTED)
                if one.file in codes
            }
            for instead in (None, then)
        )
        found += [Effect(will[key], True) for key in will.keys() - was.keys()] + [
            Effect(was[key], False) for key in was.keys() - will.keys()
        ]
    return sorted(found, key=lambda one: (one.finding.file, one.finding.row, one.finding.rule))


def refuse(person: Person, change: Change, why: str) -> None:
    """Refuses another's proposal, or takes one's own back, with the reason."""
    if not why.strip():
        raise PolicyError("请写明理由")
    with commit(person, change.organisation, "policy", "不批准改政策", note=why.strip()) as act:
        change = _waiting(act, change, own=True)
        change.state, change.why = Change.State.REFUSED, why.strip()
        _decide(act, change)


def _waiting(act: Commit, change: Change, own: bool = False) -> Change:
    change = Change.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=change.pk)
    if change.state != Change.State.PROPOSED:
        raise PolicyError(f"这一条已经定了：{change.get_state_display()}")
    if not own and act.person is not None and change.proposed_by_id == act.person.pk:
        raise PolicyError("自己提的要由另一个人批准")
    return change


def _decide(act: Commit, change: Change) -> None:
    change.decided_by, change.decided_on = act.person, act.on
    act.save(change, "state", "policy", "why", "decided_by", "decided_on")


def _written(kit: Furniture, change: Change, on: date) -> str:
    """The place's policy with the change in it.

    :raises PolicyError: when the law's reader would not take it.
    """
    place = change.organisation
    above = policy_of(kit, place.parent, on) if place.parent is not None else ()
    newest = Policy.objects.filter(organisation=place, register=kit.name, since__lte=on).order_by("since", "pk").last()
    data: dict[str, Any] = (
        yaml.safe_load(newest.text)
        if newest
        else {"place": place.code, "title": f"{place.name}本地政策", "decided_by": place.name}
    )
    before = law(kit.name, (*above, *((newest.text,) if newest else ()))).parameters[change.parameter]
    articles = data.setdefault("articles", {})
    key = next(name for number in range(1, 10_000) if (name := f"LOCAL{number}_{place.code}") not in articles)
    articles[key] = {
        "title": change.source,
        "says": change.note or f"{before.title}自 {change.since} 起改定。",
        "from": min(change.since, on),
        "status": CERTAIN,
        "checked_on": on,
    }
    value = date.fromisoformat(change.value) if before.unit == DAY else change.value
    kept = [_entry(each, change.since - _DAY) for each in before.versions if each.since < change.since]
    decided = [
        _entry(each) for each in before.versions if each.since > change.since
    ]  # for a later day already: it stands
    new = {"from": change.since, "value": value, "cite": key, "status": CERTAIN, "checked_on": on} | (
        {"to": decided[0]["from"] - _DAY} if decided else {}
    )
    data.setdefault("parameters", {})[change.parameter] = {"values": [*kept, new, *decided]}
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=200)
    try:
        law(kit.name, (*above, text))
    except LawError as error:
        raise PolicyError(f"这样改不成立：{error.mend}") from error
    return text


def later(change: Change) -> list[Version]:
    """What is decided already for days after a change's first: it stands, and the change ends the day before."""
    kit = furniture(change.register)
    parameter = law(kit.name, policy_of(kit, change.organisation, today())).parameters[change.parameter]
    return [each for each in parameter.versions if each.since > change.since]


def _entry(version: Version, last: date | None = None) -> dict[str, Any]:
    """A version as a policy writes it, ended by the day ``last`` where a new one begins after that."""
    until = min((each for each in (version.until, last) if each is not None), default=None)
    value = dict(version.value) if isinstance(version.value, Mapping) else version.value
    entry = {"from": version.since, "value": value, "cite": version.cite, "status": version.status}
    return entry | ({"to": until} if until else {}) | ({"checked_on": version.checked_on} if version.checked_on else {})
