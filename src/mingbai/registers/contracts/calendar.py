"""The calendar 到期与时效: on which days contracts end, claims lapse, silence becomes consent, prices are talked over again.

Every entry is the contract as it stands by its events. The limitation is the earliest of the ways lawyers read it
(:func:`mingbai.dues.readings`), of the oldest due that is still unpaid; where the terms give no schedule there is no day,
and the number of such contracts is told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mingbai import dues
from mingbai.records.models import Receipt
from mingbai.registers.contracts import events
from mingbai.registers.contracts.course import course
from mingbai.registers.contracts.happenings import DISPUTES, EXPIRED, PENDING, RUNNING
from mingbai.registers.contracts.life import Standing
from mingbai.registers.contracts.models import Contract, ContractEvent
from mingbai.units import format_money

KINDS = {
    "expiry": "合同到期",
    "limitation": "诉讼时效届满",
    "consent": "转租异议最后一天",
    "review": "议价",
    "dispute": "争议的下一步",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of the calendar."""

    on: date
    kind: str
    contract: Contract
    said: str


@dataclass(frozen=True, slots=True)
class Calendar:
    entries: tuple[Entry, ...]
    undated: int
    """Contracts with arrears whose terms give no schedule: no day of limitation can be told."""


def calendar(
    rows: QuerySet[Contract], since: date, until: date, today: date, kinds: frozenset[str] = frozenset(KINDS)
) -> Calendar:
    """What lies between two days, both included, by day and village."""
    lived = ContractEvent.objects.filter(contract__in=rows.order_by().values("pk")).order_by().values("contract")
    wanted = Q(pk__in=lived)
    if "expiry" in kinds:
        wanted |= Q(ends_on__range=(since, until)) | Q(ends_on=None, term_months__gt=0)
    if "limitation" in kinds:
        wanted |= Q(owed_fen__gt=0)
    chosen = list(rows.filter(wanted).select_related("organisation").prefetch_related("events"))
    standing = events.standings(chosen, today)
    receipts: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in Receipt.objects.filter(
        organisation__in={each.organisation_id for each in chosen}, record__startswith="contracts:"
    ):
        receipts[receipt.record].append(receipt)
    found: list[Entry] = []
    undated = 0
    for contract in chosen:
        now = standing[contract.pk][1] if contract.pk in standing else None
        found += _dated(contract, now, kinds)
        if "limitation" in kinds and contract.owed_fen > 0:
            end = limitation(contract, now, receipts[contract.key], today)
            undated += end is None
            if end is not None:
                found.append(Entry(end.earliest_end_on, "limitation", contract, _said(contract, end, today)))
    inside = (entry for entry in found if since <= entry.on <= until)
    return Calendar(
        tuple(
            sorted(inside, key=lambda each: (each.on, each.contract.organisation.path, each.contract.serial, each.kind))
        ),
        undated,
    )


def _dated(contract: Contract, now: Standing | None, kinds: frozenset[str]) -> list[Entry]:
    end = now.ends_on if now is not None else events.terms(contract).end
    found = []
    if "expiry" in kinds and end is not None and (now is None or now.returned_on is None):
        objected = (
            now.objected_on
            if now is not None
            else contract.objected_on
            if contract.objected_on and contract.objected_on > end
            else None
        )
        said = (
            _("提前终止")
            if now is not None and now.ended_on
            else _("续签以后的到期日")
            if now is not None and now.renewed_on
            else (
                _("已在 %(day)s 书面异议，收回或者按程序重新发包") % {"day": objected}
                if objected
                else _("到期以后仍在用的，马上书面异议或者续签")
            )
        )
        found.append(Entry(end, "expiry", contract, said))
    if now is None:
        return found
    if "consent" in kinds and now.sublease == PENDING and now.object_by is not None:
        found.append(
            Entry(
                now.object_by,
                "consent",
                contract,
                _("转给%(who)s，过了这一天没有书面异议，按民法典第七百一十八条视为同意")
                % {"who": now.user or _("别人")},
            )
        )
    if "review" in kinds and now.review_on is not None and now.phase in (RUNNING, EXPIRED):
        found.append(Entry(now.review_on, "review", contract, _("上次说好这一天再议租金")))
    if "dispute" in kinds and now.act_by is not None:
        found.append(
            Entry(
                now.act_by,
                "dispute",
                contract,
                _("%(state)s：起诉或者申请执行的最后一天（待核实）") % {"state": _(DISPUTES[now.dispute])},
            )
        )
    return found


def limitation(contract: Contract, now: Standing | None, receipts: list[Receipt], today: date) -> dues.Reading | None:
    """The reading of the oldest unpaid due: what had fallen due less what is still owed counts as paid, the oldest first
    (民法典 560). None where the terms give no schedule."""
    terms = course(contract)
    fallen = sum(due.amount_fen or 0 for due in terms if due.due_on < today)
    if not fallen or contract.owed_fen <= 0:
        return None
    left = max(fallen - contract.owed_fen, 0)
    unpaid = None
    for due in terms:
        if due.due_on >= today:
            break
        left -= due.amount_fen or 0
        if left < 0:
            unpaid = due
            break
    if unpaid is None:
        return None
    restarts = list(now.interruptions) if now is not None else []
    if contract.last_demand_on is not None:
        restarts.append(dues.Interruption("demand", contract.last_demand_on))
    restarts += [dues.Interruption("part_payment", each.received_on) for each in receipts]
    return next(iter(dues.readings(terms, today, restarts, only=(unpaid.number,))), None)


def _said(contract: Contract, reading: dues.Reading, today: date) -> str:
    left = (reading.earliest_end_on - today).days
    words: str = _("尚欠 %(n)s 元，最早一期 %(due)s 到期") % {
        "n": format_money(contract.owed_fen),
        "due": reading.due.due_on,
    }
    words += "；" + (
        _("疑似已过，还可以争取对方签字承认") if left < 0 else _("还有 %(n)s 天，送催收并留送达凭证") % {"n": left}
    )
    if reading.latest_end_on != reading.earliest_end_on:
        words += "；" + _("另一种读法到 %(day)s") % {"day": reading.latest_end_on}
    return words
