"""``post()``: the one way to book. Whole or not at all, one event once, numbered without gaps, into open months only.

    with commit(person, village, "book", "记账", on=today) as act:
        vouchers = post(act, [proposal, …])

A mistake is taken back by :func:`reverse` 红字冲销, never edited.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, overload

import polars as pl
from django.db import connection

from mingbai.books.balances import keep, of_lines, proposal_of
from mingbai.books.batch import Batch, batch_of
from mingbai.books.chart import Chart, ChartError, chart_of
from mingbai.books.entry import Proposal, kept, refusals, wrongs
from mingbai.books.models import Line, Month, SubAccount, Voucher
from mingbai.places.models import Organisation
from mingbai.records import bulk
from mingbai.records.door import Commit, masked
from mingbai.units.wording import phrase

TOLD = 20
"""Up to so many vouchers of one posting the event names each; beyond it tells their number and digest."""
_AT_ONCE = 5_000
_FIELDS = tuple(each.attname for each in Voucher._meta.concrete_fields)
_LINE = (
    "voucher",
    "number",
    "account",
    "words",
    "debit_fen",
    "credit_fen",
    "party",
    "peer",
    "record",
    "project",
    "household",
    "whom",
)


class BookError(ValueError):
    """What cannot be booked, every reason of the batch; nothing of it is booked."""

    def __init__(self, *sentences: str) -> None:
        more = (phrase("另有 {n} 处", n=len(sentences) - 5),) if len(sentences) > 5 else ()
        super().__init__("；".join((*sentences[:5], *more)))
        self.sentences = sentences


def chart_for(organisation: Organisation, on: date) -> Chart:
    """The chart of a day with the sub-accounts of an organisation."""
    chart = chart_of(on)
    own = SubAccount.objects.filter(organisation=organisation, chart=chart.key).values_list("code", "name")
    return chart.with_own(own)


class Vouchers(Sequence[Voucher]):
    """Vouchers in the order of their entries, each made when it is asked for: of fifty thousand seldom one is."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Voucher: ...
    @overload
    def __getitem__(self, at: slice) -> Vouchers: ...
    def __getitem__(self, at: int | slice) -> Voucher | Vouchers:
        return (
            Vouchers(self._rows[at])
            if isinstance(at, slice)
            else Voucher.from_db(connection.alias, _FIELDS, self._rows[at])
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def post(act: Commit, proposals: Iterable[Proposal], reason: str = "") -> Vouchers:
    """Books entries for the organisation of the open door, in their order, and gives their vouchers. An event that was
    booked already gives the voucher it has.

    ``reason``: why warnings are passed over.

    :raises BookError: nothing is booked then.
    """
    entries = list(proposals)
    if not entries:
        return Vouchers([])
    organisation = act.organisation
    standing = _standing(act, entries)
    booked = standing.booked
    fresh = [each for each in entries if each.event not in booked]
    batch = batch_of(fresh)
    _refuse(act, entries, fresh, batch, standing, reason)
    if fresh:
        with bulk.together():
            act.derive(
                Month,
                ("organisation", "month", "closed"),
                [
                    (organisation, month, False)
                    for month in sorted({_month(on) for on in {each.on for each in fresh}} - set(standing.months))
                ],
            )
            made = _write(act, fresh, batch, standing, reason)
            moves = (
                batch.moves()
                if batch
                else of_lines(
                    (_month(each.on), each.closing, leg.account, leg.whom, leg.debit_fen, leg.credit_fen)
                    for each in fresh
                    for leg in each.legs
                )
            )
            keep(act, moves, sorted({month // 100 for month in standing.months}))
        booked.update({row[_EVENT]: row for row in made})
        whole = hashlib.sha256("".join(row[_DIGEST] for row in made).encode()).hexdigest()
        act.told(
            "books.post",
            vouchers=len(made),
            fen=sum(row[_TOTAL] for row in made),
            digest=whole,
            **({"which": [f"{row[_MONTH]}-{row[_NUMBER]}" for row in made]} if len(made) <= TOLD else {}),
        )
        for voucher in Vouchers(made[:TOLD]):
            act.about(voucher.key)
    return Vouchers([booked[each.event] for each in entries])


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
    legs = tuple(
        replace(leg, debit_fen=-leg.debit_fen, credit_fen=-leg.credit_fen) for leg in proposal_of(voucher).legs
    )
    return Proposal(
        f"reverse/{voucher.pk}",
        on,
        f"冲销{voucher}：{why}"[:200],
        legs,
        voucher.record,
        voucher.template,
        closing=voucher.closing,
        reverses=voucher.pk,
    )


def _month(on: date) -> int:
    return on.year * 100 + on.month


_EVENT, _DIGEST, _TOTAL, _MONTH, _NUMBER = (
    _FIELDS.index(name) for name in ("event", "digest", "total_fen", "month", "number")
)


@dataclass
class _Standing:
    """How the books stand before a posting: what it must know of them, read at once."""

    months: dict[int, bool] = field(default_factory=dict)
    """Month → whether it is closed."""
    own: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Chart → sub-accounts (code, name)."""
    last: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """Month → the last number given."""
    booked: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Event → row of the voucher it has."""
    free: list[int] = field(default_factory=list)
    """Numbers for the rows of new vouchers."""


def _standing(act: Commit, entries: Sequence[Proposal]) -> _Standing:
    """One at a time books for an organisation, and asks all at once: each question is a wait for a database far away."""
    found, events, months = (
        _Standing(),
        [each.event for each in entries],
        sorted({_month(on) for on in {each.on for each in entries}}),
    )
    numbers, values = bulk.reserve(Voucher._meta.db_table, len(entries))
    event = month = "= %s"
    listed: list[Any] = [months[0], events[0]]
    if len(entries) > 1:
        listed = [json.dumps(months), json.dumps(events, ensure_ascii=False)]
        event = month = "IN (SELECT value FROM json_each(%s))"
        if connection.vendor != "sqlite":  # one text: an array's values would be looked at one by one on their way
            event, month = (
                "IN (SELECT json_array_elements_text(%s::json))",
                "IN (SELECT json_array_elements_text(%s::json)::int)",
            )
    pk, there = act.organisation.pk, []
    ask = (
        "SELECT 'month', month, CASE WHEN closed THEN 1 ELSE 0 END, '', '' FROM books_month WHERE organisation_id = %s "  # noqa: S608 - our own words
        "UNION ALL SELECT chart, 0, 0, code, name FROM books_subaccount WHERE organisation_id = %s "
        f"UNION ALL SELECT 'last', month, MAX(number), '', '' FROM books_voucher WHERE organisation_id = %s AND month {month} GROUP BY month "
        f"UNION ALL SELECT 'booked', id, 0, '', '' FROM books_voucher WHERE organisation_id = %s AND event {event} "
        f"UNION ALL SELECT 'free', 0, 0, numbers.*, '' FROM ({numbers}) AS numbers"
    )
    for kind, first, second, code, name in act.alone((ask, [pk, pk, pk, listed[0], pk, listed[1], *values]))[0]:
        if kind == "month":
            found.months[first] = bool(second)
        elif kind == "last":
            found.last[first] = second
        elif kind == "booked":
            there.append(first)
        elif kind == "free":
            found.free = bulk.reserved(code, len(entries))
        else:
            found.own[kind].append((code, name))
    for start in range(0, len(there), _AT_ONCE):
        rows = Voucher.objects.filter(pk__in=there[start : start + _AT_ONCE]).order_by().values_list(*_FIELDS)
        found.booked.update({row[_EVENT]: row for row in rows})
    return found


def _refuse(
    act: Commit,
    entries: Sequence[Proposal],
    fresh: Sequence[Proposal],
    batch: Batch | None,
    standing: _Standing,
    reason: str,
) -> None:
    said: list[str] = []
    if len(fresh) < len(entries) or len({each.event for each in entries}) < len(entries):
        said += _repeated(entries, standing.booked)
    own = standing.own
    charts: dict[date, Chart] = {}
    late: dict[date, list[str]] = {}
    closed = max(
        (month for month, is_closed in standing.months.items() if is_closed), default=0
    )  # what came before it went into its balances
    with_own: dict[str, Chart] = {}
    for on in {each.on for each in fresh}:
        late[on] = (
            [
                phrase(
                    "{year}年{month}月已经结账；请记在以后的月份，或由有权的人写明原因重新打开",
                    year=on.year,
                    month=on.month,
                )
            ]
            if _month(on) <= closed
            else []
        )
        if on > act.on:
            late[on].append(phrase("凭证日期 {on} 在今天（{today}）以后", on=on, today=act.on))
        try:
            chart = chart_of(on)
            charts[on] = with_own.get(chart.key) or with_own.setdefault(
                chart.key, chart.with_own(own[chart.key]) if own[chart.key] else chart
            )
        except ChartError as error:
            late[on].append(str(error))
    plain = batch.plain(charts) if batch else [False] * len(fresh)
    for number, each in enumerate(fresh):
        if not plain[number] or late[each.on]:
            found = wrongs(each, charts[each.on]) if each.on in charts else ()
            mine = [*late[each.on], *(wrong.sentence for wrong in (refusals(found) if reason.strip() else found))]
            said += [_where(number + 1, each, sentence) for sentence in mine] if len(entries) > 1 else mine
    if said:
        raise BookError(*said)


def _where(number: int, entry: Proposal, sentence: str) -> str:
    return phrase("第 {number} 张（{words!s}）：{sentence}", number=number, words=entry.words[:20], sentence=sentence)


def _repeated(entries: Sequence[Proposal], booked: Mapping[str, tuple[Any, ...]]) -> list[str]:
    """What is wrong with entries whose event is there already, in the books or in the batch."""
    said: list[str] = []
    seen: dict[str, str] = {}
    for number, each in enumerate(entries, 1):
        there, digest = booked.get(each.event), each.digest
        before = there[_DIGEST] if there else seen.get(each.event)
        sentence = ""
        if before is not None and before != digest:
            sentence = (
                phrase(
                    "这件事已经记过账（{voucher}），内容却不一样；要更正请先冲销原凭证", voucher=Vouchers([there])[0]
                )
                if there
                else phrase("这件事已经记过账，内容却不一样；要更正请先冲销原凭证")
            )
        elif before is not None and each.event in seen:
            sentence = phrase("同一件事在这一批里出现了两次")
        if sentence:
            said.append(_where(number, each, sentence) if len(entries) > 1 else sentence)
        seen[each.event] = digest
    return said


def _write(
    act: Commit, fresh: Sequence[Proposal], batch: Batch | None, standing: _Standing, reason: str
) -> list[tuple[Any, ...]]:
    """The lines, then their vouchers: the database takes a voucher only over lines that stand and balance. Gives the rows."""
    organisation = act.organisation
    month_of = {on: _month(on) for on in {each.on for each in fresh}}
    mine = [month_of[each.on] for each in fresh]
    last, numbers = standing.last, []
    for month in mine:
        last[month] += 1
        numbers.append(last[month])
    ids = standing.free[: len(fresh)]
    digests: list[str] = []
    if batch:
        with act.adding(
            Line, _LINE, batch.lines.select(pl.Series("voucher", ids).gather(batch.lines["at"]), *_LINE[1:])
        ):
            digests = batch.digests()
    else:
        act.add(
            Line,
            _LINE,
            [
                (
                    pk,
                    number,
                    leg.account,
                    leg.words,
                    leg.debit_fen,
                    leg.credit_fen,
                    leg.party,
                    leg.peer,
                    leg.record,
                    leg.project,
                    leg.household,
                    leg.whom,
                )
                for pk, each in zip(ids, fresh, strict=True)
                for number, leg in enumerate(each.legs, 1)
            ],
        )
    same = len(fresh)
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "organisation": [organisation.pk] * same,
        "month": mine,
        "number": numbers,
        "on": [each.on for each in fresh],
        "words": masked(pl.Series([each.words for each in fresh], dtype=pl.String)).to_list()
        if batch
        else [kept(each.words) for each in fresh],
        "event": [each.event for each in fresh],
        "digest": digests or [each.digest for each in fresh],
        "record": [each.record for each in fresh],
        "template": [each.template for each in fresh],
        "papers": [each.papers for each in fresh],
        "closing": [each.closing for each in fresh],
        "reverses": [each.reverses for each in fresh],
        "reason": [kept(reason)] * same,
        "by": [act.person.pk if act.person else None] * same,
        "size": batch.sizes if batch else [len(each.legs) for each in fresh],
        "total_fen": batch.totals() if batch else [each.total_fen for each in fresh],
    }
    rows = list(zip(*columns.values(), strict=True))
    if batch:
        days = {each: each.isoformat() for each in set(columns["on"])}
        frame = [
            pl.Series(
                name,
                values,
                dtype=pl.Boolean if name == "closing" else pl.String if isinstance(values[0], str) else pl.Int64,
            )
            for name, values in (columns | {"on": [days[each] for each in columns["on"]]}).items()
        ]
        act.add(Voucher, tuple(columns), pl.DataFrame(frame))
    else:
        act.add(Voucher, tuple(columns), rows)
    return rows
