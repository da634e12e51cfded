"""``post()``: the one way to book. Whole or not at all, one event once, numbered without gaps, into open months only.

    with commit(person, village, "book", "记账", on=today) as act:
        vouchers = post(act, [proposal, …])

A mistake is taken back by :func:`reverse` 红字冲销, never edited.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Max

from mingbai.books.balances import begun, keep, of_lines, proposal_of
from mingbai.books.chart import Chart, ChartError, chart_of
from mingbai.books.entry import Proposal, refusals, wrongs
from mingbai.books.models import Line, Month, Seal, SubAccount, Voucher
from mingbai.places.models import Organisation
from mingbai.records.door import Commit

TOLD = 20
"""Up to so many vouchers of one posting the event names each; beyond it tells their number and digest."""
_AT_ONCE = 500


class BookError(ValueError):
    """What cannot be booked, every reason of the batch; nothing of it is booked."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("；".join(sentences[:5]) + (f"；另有 {len(sentences) - 5} 处" if len(sentences) > 5 else ""))
        self.sentences = sentences


def chart_for(organisation: Organisation, on: date) -> Chart:
    """The chart of a day with the sub-accounts of an organisation."""
    chart = chart_of(on)
    own = SubAccount.objects.filter(organisation=organisation, chart=chart.key).values_list("code", "name")
    return chart.with_own(own)


def post(act: Commit, proposals: Iterable[Proposal], reason: str = "") -> list[Voucher]:
    """Books entries for the organisation of the open door, in their order, and gives their vouchers. An event that was
    booked already gives the voucher it has.

    ``reason``: why warnings are passed over.

    :raises BookError: nothing is booked then.
    """
    batch = list(proposals)
    organisation = act.organisation
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk))  # one at a time books here
    booked = _booked(organisation, [each.event for each in batch])
    fresh = [each for each in batch if each.event not in booked]
    _refuse(act, batch, booked, fresh, reason)
    if fresh:
        years = begun(organisation)
        _begin(act, {_month(each.on) for each in fresh})
        made = _write(act, fresh, reason)
        keep(act, of_lines(
            (_month(each.on), each.closing, leg.account, leg.whom, leg.debit_fen, leg.credit_fen) for each in fresh for leg in each.legs), years)
        booked.update({each.event: each for each in made})
        whole = hashlib.sha256("".join(each.digest for each in made).encode()).hexdigest()
        act.told("books.post", vouchers=len(made), fen=sum(each.total_fen for each in fresh), digest=whole,
                 **({"which": [f"{each.month}-{each.number}" for each in made]} if len(made) <= TOLD else {}))
        for voucher in made[:TOLD]:
            act.about(voucher.key)
    return [booked[each.event] for each in batch]


def reverse(act: Commit, voucher: Voucher, on: date, why: str) -> Voucher:
    """Takes a voucher back 红字冲销: the same lines below zero, on ``on``.

    :raises BookError: for a voucher taken back already, one that takes another back, or one of another chart.
    """
    if not why.strip():
        raise BookError("请写明为什么冲销")
    if voucher.reverses_id is not None:
        raise BookError(f"{voucher}本身是冲销凭证；要恢复原来的分录，请重新做一张")
    if Voucher.objects.filter(reverses=voucher).exists():
        raise BookError(f"{voucher}已经冲销过了")
    if voucher.closing and _month(on) != voucher.month:
        raise BookError(f"{voucher}是年末结转，只能在当年 12 月冲销；请先重新打开那个月，日期写 {voucher.on}")
    if chart_of(voucher.on).key != chart_of(on).key:
        raise BookError(f"{voucher}记在{chart_of(voucher.on).title}的账上，科目和现在的不同；请用调整凭证更正")
    return post(act, [reversal(voucher, on, why)])[0]


def reversal(voucher: Voucher, on: date, why: str) -> Proposal:
    legs = tuple(replace(leg, debit_fen=-leg.debit_fen, credit_fen=-leg.credit_fen) for leg in proposal_of(voucher).legs)
    return Proposal(f"reverse/{voucher.pk}", on, f"冲销{voucher}：{why}"[:200], legs, voucher.record, voucher.template,
                    closing=voucher.closing, reverses=voucher.pk)


def _month(on: date) -> int:
    return on.year * 100 + on.month


def _booked(organisation: Organisation, events: Sequence[str]) -> dict[str, Voucher]:
    found: dict[str, Voucher] = {}
    for start in range(0, len(events), _AT_ONCE):
        some = Voucher.objects.filter(organisation=organisation, event__in=events[start:start + _AT_ONCE])
        found.update({each.event: each for each in some})
    return found


def _refuse(act: Commit, batch: Sequence[Proposal], booked: Mapping[str, Voucher], fresh: Sequence[Proposal], reason: str) -> None:
    said: list[str] = []
    seen: dict[str, str] = {}
    closed = set(Month.objects.filter(organisation=act.organisation, closed=True).values_list("month", flat=True))
    charts: dict[str, Chart] = {}
    for number, each in enumerate(batch, 1):
        where = f"第 {number} 张（{each.words[:20]}）：" if len(batch) > 1 else ""
        before = booked[each.event].digest if each.event in booked else seen.get(each.event)
        if before is not None and before != each.digest:
            said.append(f"{where}这件事已经记过账{'（' + str(booked[each.event]) + '）' if each.event in booked else ''}，内容却不一样；要更正请先冲销原凭证")
        elif before is not None and each.event in seen:
            said.append(f"{where}同一件事在这一批里出现了两次")
        seen[each.event] = each.digest
    for number, each in enumerate(fresh, 1):
        where = f"第 {number} 张（{each.words[:20]}）：" if len(batch) > 1 else ""
        if _month(each.on) in closed:
            said.append(f"{where}{each.on.year}年{each.on.month}月已经结账；请记在以后的月份，或由有权的人写明原因重新打开")
        if each.on > act.on:
            said.append(f"{where}凭证日期 {each.on} 在今天（{act.on}）以后")
        try:
            key = chart_of(each.on).key
            chart = charts.get(key) or charts.setdefault(key, chart_for(act.organisation, each.on))
        except ChartError as error:
            said.append(f"{where}{error}")
            continue
        found = wrongs(each, chart)
        said += [where + wrong.sentence for wrong in (refusals(found) if reason.strip() else found)]
    if said:
        raise BookError(*said)


def _begin(act: Commit, months: set[int]) -> None:
    there = set(Month.objects.filter(organisation=act.organisation, month__in=months).values_list("month", flat=True))
    act.derive(Month, ("organisation", "month", "closed"), [(act.organisation, month, False) for month in sorted(months - there)])


def _write(act: Commit, fresh: Sequence[Proposal], reason: str) -> list[Voucher]:
    organisation = act.organisation
    months = {_month(each.on) for each in fresh}
    last: dict[int, int] = defaultdict(int, Voucher.objects.filter(organisation=organisation, month__in=months).order_by()
                                       .values_list("month").annotate(Max("number")))
    rows = []
    for each in fresh:
        month = _month(each.on)
        last[month] += 1
        rows.append((organisation, month, last[month], each.on, each.words, each.event, each.digest, each.record, each.template, each.papers,
                     each.closing, each.reverses, reason, act.person))
    act.add(Voucher, ("organisation", "month", "number", "on", "words", "event", "digest", "record", "template", "papers", "closing", "reverses",
                      "reason", "by"), rows)
    by_event = _booked(organisation, [each.event for each in fresh])
    made = [by_event[each.event] for each in fresh]
    act.add(Line, ("voucher", "number", "account", "words", "debit_fen", "credit_fen", "party", "peer", "record", "project", "household", "whom"), [
        (voucher, number, leg.account, leg.words, leg.debit_fen, leg.credit_fen, leg.party, leg.peer, leg.record, leg.project, leg.household, leg.whom)
        for voucher, each in zip(made, fresh, strict=True) for number, leg in enumerate(each.legs, 1)])
    act.add(Seal, ("voucher", "lines", "fen"), [(voucher, len(each.legs), each.total_fen) for voucher, each in zip(made, fresh, strict=True)])
    return made
