"""Limitation 诉讼时效: until when the law protects a claim, under the regime of its time, and how sure that is.

A limitation that has run out never deletes a claim: it gives the debtor a defence (民法典第192条). So nothing here
says 无效; the sentences say 疑似已过 or 将过, and a person decides. The last day stated is a day on which suing is
still in time. Every number comes from ``limitation.yaml``.

Where lawyers argue, :func:`readings` shows the ways side by side: each year's rent as a debt of its own, or one debt
in instalments that counts from the last (第189条); and for old dues one year (rent) or two (general).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product
from typing import Literal, TypeAlias

from mingbai.dues.anniversaries import add_months, add_years
from mingbai.dues.arrears import Arrears
from mingbai.dues.law import ClaimKind, InterruptionKind, LimitationLaw, Regime, Status, limitation_law
from mingbai.dues.schedule import Due
from mingbai.units.wording import BESIDE, LISTED, joined, phrase

State: TypeAlias = Literal["running", "soon", "expired", "expired_but_acknowledged"]
ReadingState: TypeAlias = Literal["running", "soon", "expired", "expired_but_acknowledged", "disputed"]
From: TypeAlias = Literal["each_instalment", "last_instalment"]


@dataclass(frozen=True, slots=True)
class Interruption:
    """What restarts a limitation 中断.

    ``kind``: ``demand`` (it reached the debtor), ``part_payment``, ``acknowledgement``, ``plan``, ``suit``.
    ``ended_on``: last day of the proceedings of a suit, from which the new period runs. ``for_dues``: the dues it is
    about; empty = every due that had fallen due.
    """

    kind: InterruptionKind
    on: date
    ended_on: date | None = None
    for_dues: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Suspension:
    """An obstacle 中止 (force majeure, no legal agent): it counts if it lies in the last six months.

    ``to_on``: its last day; None = still there.
    """

    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Limitation:
    """The limitation of one claim as of a day.

    ``end_on``: the last day in time; None while nothing has set it running. ``days_left`` is negative once past.
    ``expired_on``: the last day before a later acknowledgement revived it (``revived_on``). ``long_stop_binds``: the
    20 years end it, not its own period. ``status`` is ``to_confirm`` when any article used awaits checking.
    """

    due_on: date | None
    kind: ClaimKind
    start_on: date | None
    end_on: date | None
    state: State
    days_left: int | None
    regime: str
    cites: tuple[str, ...]
    status: Status
    expired_on: date | None = None
    revived_on: date | None = None
    long_stop_binds: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read the law: from where it counts and as what kind of claim, with what follows."""

    counts_from: From
    kind: ClaimKind
    limitation: Limitation


@dataclass(frozen=True, slots=True)
class Reading:
    """All ways to read one due's limitation. ``state`` is ``disputed`` when the ways end in different states."""

    due: Due
    ways: tuple[Way, ...]
    earliest_end_on: date
    latest_end_on: date
    state: ReadingState


@dataclass(frozen=True, slots=True)
class _Run:
    """One uninterrupted running of the clock."""

    start_on: date
    end_on: date
    regime: Regime
    statuses: tuple[Status, ...]
    """Of every regime it ran under: whether it was still running when the next came hangs on the one before."""


def limitation_end(
    due_on: date | None,
    kind: ClaimKind,
    as_of: date,
    interruptions: Sequence[Interruption] = (),
    *,
    suspensions: Sequence[Suspension] = (),
    grace_ends_on: date | None = None,
    law: LimitationLaw | None = None,
) -> Limitation:
    """When a claim's limitation ends, and how it stands on ``as_of``.

    The period counts from ``due_on``; without one, from the end of the grace given by the first demand
    (``grace_ends_on``, or the day the debtor refused); without either it has not begun. Interruptions before the
    start or after ``as_of`` do not count. An interruption restarts the clock if it had not run out; afterwards only
    an agreement to pay revives the claim. A suit without ``ended_on`` counts from its day, the earliest possible.
    """
    law = law or limitation_law()
    if due_on is None and grace_ends_on is None:
        fact = law.facts["no_due_date"]
        return Limitation(None, kind, None, None, "running", None, "", (fact.cite,), fact.status, notes=(fact.says,))
    start = due_on or grace_ends_on
    assert start is not None
    used = [law.facts["counting"]]
    if due_on is None:
        used.append(law.facts["no_due_date"])
    first_law_day = law.regimes[0].from_on
    if start < first_law_day:
        start = first_law_day
        used.append(law.facts["before_1987"])
    clock = _Clock(law, kind, as_of, suspensions, start)
    for event in sorted(interruptions, key=lambda event: event.on):
        if event.on <= as_of:
            clock.take(event)
    return clock.stands(due_on, [fact.cite for fact in used], [fact.status for fact in used])


class _Clock:
    """A limitation running through the events of a claim's life, oldest first."""

    def __init__(
        self, law: LimitationLaw, kind: ClaimKind, as_of: date, suspensions: Sequence[Suspension], start: date
    ) -> None:
        self.law, self.kind, self.as_of, self.suspensions = law, kind, as_of, suspensions
        self.begun_on = start
        self.run = self._run(start)
        self.long_stop_on = add_years(start, self.run.regime.long_stop_years)
        self.expired_on: date | None = None
        self.revived_on: date | None = None
        self.cites: list[str] = []
        self.statuses: list[Status] = []
        self.notes: list[str] = []

    @property
    def end_on(self) -> date:
        return min(self.run.end_on, self.long_stop_on)

    def take(self, event: Interruption) -> None:
        """Let one interruption act on the clock."""
        ended_on = event.ended_on if event.ended_on is not None and event.ended_on <= self.as_of else None
        resumes_on = max(event.on, ended_on or event.on)
        if event.on < self.begun_on or resumes_on <= self.run.start_on:
            return
        effect = self.law.effects[event.kind]
        if event.on <= self.end_on:
            if not effect.restarts:
                return
        elif effect.revives:
            renewed = self.law.facts["renewed"]
            self.expired_on, self.revived_on = self.end_on, event.on
            self.long_stop_on = add_years(event.on, self.run.regime.long_stop_years)
            self._use(renewed.cite, renewed.status)
        else:
            self.notes.append(f"{event.on} 的{effect.title}在时效届满之后，不使时效重新计算")
            return
        if event.kind == "suit":
            self.notes.append(
                f"{event.on} 起诉或仲裁：已有生效裁判的，另看申请执行的期限"
                + ("" if ended_on else ";没有填程序终结日，按起诉日起算，是最早的算法")
            )
        self._use(effect.cite, effect.status)
        self.run = self._run(resumes_on)

    def stands(self, due_on: date | None, cites: Sequence[str], statuses: Sequence[Status]) -> Limitation:
        """The end of the clock as it now runs, and how it stands on the day asked."""
        binds = self.long_stop_on < self.run.end_on
        self._use(self.run.regime.cite, self.run.regime.status)
        self.statuses.extend(self.run.statuses)
        for name, applies in (("transition", self._transitional()), ("long_stop", binds)):
            if applies:
                self._use(self.law.facts[name].cite, self.law.facts[name].status)
        if binds:
            self.notes.append(self.law.facts["long_stop"].says)
        left = (self.end_on - self.as_of).days
        state: State = (
            "expired"
            if left < 0
            else "expired_but_acknowledged"
            if self.revived_on
            else "soon"
            if left < self.law.soon_days
            else "running"
        )
        status: Status = "to_confirm" if "to_confirm" in (*statuses, *self.statuses) else "certain"
        return Limitation(
            due_on=due_on,
            kind=self.kind,
            start_on=self.run.start_on,
            end_on=self.end_on,
            state=state,
            days_left=left,
            regime=self.run.regime.id,
            cites=tuple(dict.fromkeys((*self.cites, *cites))),
            status=status,
            expired_on=self.expired_on,
            revived_on=self.revived_on,
            long_stop_binds=binds,
            notes=tuple(self.notes),
        )

    def _use(self, cite: str, status: Status) -> None:
        self.cites.append(cite)
        self.statuses.append(status)

    def _transitional(self) -> bool:
        """Whether the transition decided: it began under a regime whose period was later lengthened."""
        regimes = self.law.regimes
        return any(
            a.from_on <= self.run.start_on < b.from_on and a.years[self.kind] < b.years[self.kind]
            for a, b in pairwise(regimes)
        )

    def _run(self, start: date) -> _Run:
        """The period from a start: the regime of that day, or the next if it is still running when that comes."""
        regimes = self.law.regimes
        at = max(n for n, regime in enumerate(regimes) if regime.from_on <= start)
        first = at
        end = self._suspended(add_years(start, regimes[at].years[self.kind]))
        while at + 1 < len(regimes) and end >= regimes[at + 1].from_on:
            at += 1
            end = self._suspended(add_years(start, regimes[at].years[self.kind]))
        return _Run(start, end, regimes[at], tuple(r.status for r in regimes[first : at + 1]))

    def _suspended(self, end: date) -> date:
        """The end moved by obstacles in the last six months before it, oldest first."""
        for obstacle in sorted(self.suspensions, key=lambda obstacle: obstacle.from_on):
            window = add_months(end, -6)
            gone = min(obstacle.to_on or self.as_of, self.as_of)
            if obstacle.from_on > end or gone < window or gone < obstacle.from_on:
                continue
            regime = max((r for r in self.law.regimes if r.from_on <= gone), key=lambda r: r.from_on)
            if regime.suspension == "six_months":
                end = max(end, add_months(gone, 6))
            else:
                end = max(end, gone + (end - max(obstacle.from_on, window)))
        return end


def limitation_end_ymd(due_ymd: int, kind: ClaimKind, law: LimitationLaw | None = None) -> int:
    """:func:`limitation_end` without interruptions in plain integers: 20150930, ``general`` → 20170930.

    The rules' vector expressions are compared with it. ``due_ymd`` is a valid date as yyyymmdd.
    """
    law = law or limitation_law()
    steps = [(r.from_on.year * 10_000 + r.from_on.month * 100 + r.from_on.day, r.years[kind]) for r in law.regimes]
    start = max(due_ymd, steps[0][0])
    end = 0
    for from_ymd, years in steps:
        if from_ymd <= start or end >= from_ymd:
            end = start + years * 10_000
            year = end // 10_000
            leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
            if end % 10_000 == 229 and not leap:
                end -= 1
    return end


def part_payments(paid: Arrears) -> tuple[Interruption, ...]:
    """The receipts allocated to dues as part performance of these dues (最高法诉讼时效规定第14条)."""
    by_day: dict[date, set[int]] = {}
    for allocation in paid.allocations:
        by_day.setdefault(allocation.on, set()).add(allocation.due_number)
    return tuple(
        Interruption("part_payment", on, for_dues=frozenset(numbers)) for on, numbers in sorted(by_day.items())
    )


def readings(
    dues: Sequence[Due],
    as_of: date,
    interruptions: Sequence[Interruption] = (),
    *,
    suspensions: Sequence[Suspension] = (),
    only: Collection[int] | None = None,
    law: LimitationLaw | None = None,
) -> tuple[Reading, ...]:
    """Every due of a contract (or the numbers in ``only``) under each way to read the law, in the order of the dues.

    Pass the whole schedule: the last instalment is the latest due of all. Counted from it, an interruption about any
    due is about the one debt; counted separately, only about the dues it names.
    """
    if not dues:
        return ()
    law = law or limitation_law()
    last_due_on = max(due.due_on for due in dues)
    kinds: tuple[ClaimKind, ...] = ("rent", "general")
    whole = {
        kind: limitation_end(last_due_on, kind, as_of, interruptions, suspensions=suspensions, law=law)
        for kind in kinds
    }
    found: list[Reading] = []
    for due in dues:
        if only is not None and due.number not in only:
            continue
        about = [event for event in interruptions if not event.for_dues or due.number in event.for_dues]
        each = {
            kind: limitation_end(due.due_on, kind, as_of, about, suspensions=suspensions, law=law) for kind in kinds
        }
        orders: tuple[From, ...] = ("each_instalment", "last_instalment") if len(dues) > 1 else ("each_instalment",)
        ways = tuple(
            Way(order, kind, (each if order == "each_instalment" else whole)[kind])
            for order, kind in product(orders, kinds)
        )
        ends = [way.limitation.end_on for way in ways if way.limitation.end_on is not None]
        states: set[ReadingState] = {way.limitation.state for way in ways}
        state: ReadingState = states.pop() if len(states) == 1 else "disputed"
        found.append(Reading(due, ways, min(ends), max(ends), state))
    return tuple(found)


def say_limitation(limitation: Limitation) -> str:
    """One Chinese sentence for a clerk: what is suspected, until when, on what ground."""
    if limitation.end_on is None or limitation.days_left is None:
        return phrase("诉讼时效尚未起算：没有约定履行期限，从催告的宽限期届满之日起算")
    ground, end = joined(LISTED, limitation.cites), limitation.end_on
    if limitation.status == "to_confirm":
        ground = phrase("{cites}，依据待核", cites=ground)
    match limitation.state:
        case "expired":
            defence = limitation_law().facts["defence"]
            return phrase(
                "疑似已过诉讼时效：{end} 届满（{ground}）。{defence}（{cite}）",
                end=end,
                ground=ground,
                defence=defence.says,
                cite=defence.cite,
            )
        case "expired_but_acknowledged":
            return phrase(
                "诉讼时效疑似曾于 {expired} 届满，债务人 {revived} 同意履行后重新计算，到 {end} 止（{ground}）",
                expired=limitation.expired_on,
                revived=limitation.revived_on,
                end=end,
                ground=ground,
            )
        case "soon":
            return phrase(
                "将过诉讼时效：到 {end} 止，还有 {days} 天（{ground}）。请尽快催收并留存送达凭证",
                end=end,
                days=limitation.days_left,
                ground=ground,
            )
        case "running":
            return phrase("诉讼时效到 {end} 止（{ground}）", end=end, ground=ground)


def say_reading(reading: Reading) -> str:
    """One Chinese sentence for a due: the ways agree, or which way ends when; a person decides."""
    if reading.state != "disputed":
        earliest = min(reading.ways, key=lambda way: way.limitation.end_on or date.max)
        said = say_limitation(earliest.limitation)
        if reading.earliest_end_on == reading.latest_end_on:
            return said
        return phrase("{said}；各种算法最晚到 {day}", said=said, day=reading.latest_end_on)
    lines: dict[str, list[str]] = {}
    for way in reading.ways:
        lines.setdefault(_short(way.limitation), []).append(_counted(way))
    ways = [phrase("{ways}：{said}", ways=joined(LISTED, names), said=said) for said, names in lines.items()]
    return phrase("诉讼时效有不同算法：{ways}。请人工认定", ways=joined(BESIDE, ways))


def _counted(way: Way) -> str:
    if way.counts_from == "each_instalment":
        return phrase("每期各自起算按租金") if way.kind == "rent" else phrase("每期各自起算按一般债权")
    return phrase("从最后一期起算按租金") if way.kind == "rent" else phrase("从最后一期起算按一般债权")


def _short(limitation: Limitation) -> str:
    match limitation.state:
        case "expired":
            return phrase("疑似已过诉讼时效，届满日 {end}", end=limitation.end_on)
        case "soon":
            return phrase("将过诉讼时效，届满日 {end}", end=limitation.end_on)
        case "running":
            return phrase("未过诉讼时效，届满日 {end}", end=limitation.end_on)
        case "expired_but_acknowledged":
            return phrase("曾届满、后经同意重新计算，届满日 {end}", end=limitation.end_on)
