"""One round of set-off 一轮互抵: declared debts in, the answer with its proof out. This joins the other modules."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from mingbai.setoff import certificate, circulation, rings
from mingbai.setoff.allocation import allocate
from mingbai.setoff.declaring import Ints, Obligations, load, obligations
from mingbai.setoff.exact import exact_sum
from mingbai.setoff.network import Network, merge, sums, with_cash
from mingbai.setoff.reasons import REASONS
from mingbai.setoff.rings import Rings
from mingbai.setoff.wishes import Stage, Wishes, choose

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pivotal:
    """What staying away of one party would cost everybody: the largest set-off with it less that without it, fen."""

    party: str
    lost_fen: int
    own_fen: int


@dataclass(frozen=True)
class Answer:
    """What one round clears. Sums are Python integers in fen; arrays have one entry per row, arc, party or ring.

    ``cleared_fen`` ≤ ``bound_fen`` always; equal (``optimal``) means that no larger set-off of this mode exists. In
    priority mode the same holds of ``objective`` ≤ ``bound_objective`` (Σ weight × fen). ``y`` is the proof.
    """

    given: Obligations
    wishes: Wishes
    network: Network
    flow: Ints
    cleared: Ints
    y: Ints
    rings: Rings
    total_fen: int
    cleared_fen: int
    bound_fen: int
    optimal: bool
    method: str
    objective: int | None = None
    bound_objective: int | None = None
    through_fen: int = 0
    """Σ over parties of min(payable, receivable): a loose upper bound, a figure and no proof."""
    net_fen: int = 0
    """Σ of positive net positions: the least cash that would pay everything."""
    cash_fen: int = 0
    """Cash that is paid out to parties, of the budget or of their own."""
    stages: tuple[Stage, ...] = ()
    pivotal: tuple[Pivotal, ...] = ()
    with_everyone_fen: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    solver: str = ""

    @property
    def excluded(self) -> dict[str, int]:
        """Rows left out, by reason code, in the order of precedence."""
        counts = Counter(self.given.reason.tolist())
        return {reason.code: counts[number] for number, reason in enumerate(REASONS, 1) if counts[number]}

    @property
    def faults(self) -> int:
        """Rows left out because the data are wrong."""
        return sum(count for code, count in self.excluded.items() if any(r.code == code and r.fault for r in REASONS))

    @property
    def before(self) -> tuple[Ints, Ints]:
        """Payable and receivable of each party before the round, eligible debts only, fen."""
        return self._sums(self.given.amount)

    @property
    def cleared_by_party(self) -> tuple[Ints, Ints]:
        """Cleared of what each party owes and of what it is owed; equal but for cash."""
        return self._sums(self.cleared)

    def _sums(self, amounts: Ints) -> tuple[Ints, Ints]:
        taking = self.given.reason == 0
        parties = len(self.given.parties)
        return sums(parties, self.given.debtor[taking], amounts[taking]), sums(
            parties, self.given.creditor[taking], amounts[taking]
        )

    def to_json(self) -> dict[str, Any]:
        """The summary that ``mingbai setoff --json`` prints; amounts are integers in fen."""
        said: dict[str, Any] = {
            "total_fen": self.total_fen,
            "cleared_fen": self.cleared_fen,
            "bound_fen": self.bound_fen,
            "optimal": self.optimal,
            "parties": len(self.given.parties),
            "obligations": len(self.given),
            "excluded": int((self.given.reason > 0).sum()),
            "seconds": round(sum(self.seconds.values()), 3),
            "mode": self.wishes.mode,
            "method": self.method,
            "gap_fen": self.bound_fen - self.cleared_fen,
            "net_fen": self.net_fen,
            "rings": len(self.rings),
            "excluded_by_reason": self.excluded,
            "solver": self.solver,
            "tie_break": [
                {"wish": stage.wish, "done": stage.done, "seconds": round(stage.seconds, 3)} for stage in self.stages
            ],
            "stages": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
        }
        if self.objective is not None:
            said |= {"objective": self.objective, "bound_objective": self.bound_objective}
        if self.wishes.max_parties is not None:
            said["max_parties"] = self.wishes.max_parties
        if self.wishes.cash is not None or self.wishes.own_cash:
            said |= {"cash_budget_fen": self.wishes.cash, "cash_used_fen": self.cash_fen}
        if self.with_everyone_fen is not None:
            said["without"] = {
                "party": self.wishes.without,
                "with_everyone_fen": self.with_everyone_fen,
                "lost_fen": self.with_everyone_fen - self.cleared_fen,
            }
        if self.pivotal:
            said["pivotal"] = [
                {"party": each.party, "lost_fen": each.lost_fen, "own_fen": each.own_fen} for each in self.pivotal
            ]
        return said


def clear(
    source: pl.DataFrame | Path | str,
    parties: pl.DataFrame | Path | str | None = None,
    wishes: Wishes | None = None,
    progress: Progress | None = None,
) -> Answer:
    """The largest set-off of a list of obligations, with its proof.

    :param source: csv or Parquet file, or a table, with the columns ``id,debtor,creditor,amount_fen`` (fen, positive
        integers) and any of ``weight, due_date, consent, kind, max_clear_fen, currency, frozen, pledged, disputed,
        time_barred, waiver, designation, secured, burden``.
    :param parties: likewise, ``party_id`` and any of ``name, kind, status, consent, cash_limit_fen``; None: all known.
    :param progress: is told each stage in Chinese when it begins.
    :raises NotATable: a needed column is missing; ValueError: wishes that do not go together; TooLargeError: cash or
        weights beyond int64. Rows that are wrong raise nothing: they are in ``Answer.excluded``.

    Sources: docs/setoff.md; Fleischman, Dini & Littera, JRFM 13(12):295 (2020), on the problem; 民法典 560, 568, 569.
    """
    wishes = wishes or Wishes()
    clock = _Clock(progress, wishes.time_limit)
    clock.begin("read", "读表")
    path = Path(source) if isinstance(source, str | Path) else None
    table = source if isinstance(source, pl.DataFrame) else load(source)
    listed = parties if isinstance(parties, pl.DataFrame) or parties is None else load(parties)
    clock.begin("check", "逐笔核对")
    plain = path is not None and _plain(path, table)
    given = _declared(table, listed, wishes, plain)
    everyone = None
    if wishes.without is not None:
        whole = _declared(table, listed, replace(wishes, without=None), plain)
        everyone = largest_sum(whole, wishes, clock.until)
    del table, listed, source, parties
    answer = _answer(given, wishes, clock)
    if everyone is not None:
        answer = replace(answer, with_everyone_fen=everyone)
    if wishes.pivotal:
        clock.begin("pivotal", "推算关键方")
        answer = replace(answer, pivotal=pivotal(answer, wishes.pivotal, clock.until))
    return replace(answer, seconds=clock.end())


class _Clock:
    """Seconds of each stage, and the moment at which the time limit runs out."""

    def __init__(self, progress: Progress | None, limit: float | None) -> None:
        self.seconds: dict[str, float] = {}
        self.until = None if limit is None else time.monotonic() + limit
        self._progress, self._stage, self._since = progress, "", 0.0

    def begin(self, stage: str, said: str) -> None:
        self.end()
        self._stage, self._since = stage, time.monotonic()
        if self._progress:
            self._progress(said)

    def end(self) -> dict[str, float]:
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + time.monotonic() - self._since
            self._stage = ""
        return self.seconds


def _plain(path: Path, table: pl.DataFrame) -> bool:
    """Whether the verifier, which knows UTF-8 csv and the columns by their names alone, can read the file as it is."""
    if path.suffix.lower() != ".csv":
        return False
    with path.open("rb") as file:
        header = file.readline().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip().split(",")
        start = file.read(1 << 16).decode("utf-8", "replace")
    return header == table.columns and "\ufffd" not in start[:-4]


def _declared(table: pl.DataFrame, parties: pl.DataFrame | None, wishes: Wishes, plain: bool) -> Obligations:
    as_of = None if wishes.as_of is None else (wishes.as_of - date(1970, 1, 1)).days
    return obligations(table, parties, as_of=as_of, due_only=wishes.pairs_only, without=wishes.without, plain=plain)


def _answer(given: Obligations, wishes: Wishes, clock: _Clock) -> Answer:
    clock.begin("merge", "合并同一对")
    network = merge(given, by_weight=wishes.mode == "priority")
    if wishes.cash is not None or wishes.own_cash:
        network = with_cash(network, wishes.cash, _own(given) if wishes.own_cash else None)
    found = _Flow(network, wishes, clock.until)
    clock.begin("solve", "求最大互抵")
    found.solve()
    clock.begin("certify", "写证明")
    found.certify()
    stages: list[Stage] = []
    if wishes.tie_break == "all" and found.method == "exact" and wishes.mode in ("free", "priority"):
        clock.begin("tie_break", "同额再选优")
        free = certificate.slack(network.tail, network.head, network.gain, found.y) == 0
        found.flow, stages = choose(given, network, found.flow, free, wishes.mode, clock.until, wishes.solver)
    clock.begin("allocate", "分到每一笔")
    debts = slice(0, network.debts)
    cleared = allocate(given, network, found.flow)
    clock.begin("rings", "拆成债务环")
    if found.rings is None:
        found.decompose()
    assert found.rings is not None
    taking = given.reason == 0
    parties = len(given.parties)
    out, into = (
        sums(parties, given.debtor[taking], given.amount[taking]),
        sums(parties, given.creditor[taking], given.amount[taking]),
    )
    net = into - out
    cleared_fen = exact_sum(found.flow[debts])
    if exact_sum(cleared) != cleared_fen:
        raise AssertionError("what the debts are given is not what the pairs clear")
    objective = exact_sum(found.flow, network.gain) if wishes.mode == "priority" else None
    optimal = found.method in ("exact", "pairs") and found.bound == (cleared_fen if objective is None else objective)
    change = sums(network.nodes, network.tail[debts], found.flow[debts]) - sums(
        network.nodes, network.head[debts], found.flow[debts]
    )
    return Answer(
        given,
        wishes,
        network,
        found.flow,
        cleared,
        found.y[:parties],
        found.rings,
        exact_sum(given.amount[taking]),
        cleared_fen,
        # in priority mode the weighted dual proves the objective; the sum has the plain bound of the same arcs
        found.bound if objective is None else found.plain_bound(),
        optimal,
        found.method,
        objective,
        found.bound if objective is not None else None,
        exact_sum(np.minimum(out, into)),
        exact_sum(net[net > 0]),
        exact_sum(change[change > 0]),
        tuple(stages),
        solver=circulation.solver(wishes.solver),
    )


def _own(given: Obligations) -> Ints:
    if given.cash is None:
        raise ValueError("--cash own 要有当事人名单，里面写 cash_limit_fen")
    return given.cash


class _Flow:
    """The flow of a mode on the merged network, and its dual."""

    def __init__(self, network: Network, wishes: Wishes, until: float | None) -> None:
        self.network, self.wishes, self.until = network, wishes, until
        self.method = "exact"
        self.flow = np.zeros(len(network.tail), np.int64)
        self.y = np.zeros(network.nodes, np.int64)
        self.bound = 0
        self.rings: Rings | None = None
        self.rest: Ints = self.flow
        self.exact: Ints | None = None

    def solve(self) -> None:
        net = self.network
        if self.wishes.pairs_only or self.wishes.mode == "bilateral-first":
            self.flow = pairs(net)
            self.method = "pairs" if self.wishes.pairs_only else "pairs_first"
        if self.wishes.pairs_only:
            return
        try:
            rest = circulation.largest(
                net.nodes, net.tail, net.head, net.capacity - self.flow, net.gain, self.until, self.wishes.solver
            )
        except circulation.NotFinishedError:
            self.method = "greedy"
            net = replace(net, capacity=net.capacity - self.flow)
            _, rest = rings.peel(net, net.capacity)
        if self.wishes.max_parties is not None:
            # the exact answer is solved all the same: it is the bound that tells what the rule of K parties costs
            self.exact = rest if self.method == "exact" else None
            self.method = "short_rings"
            self.rings, rest = rings.short(net, net.capacity, self.wishes.max_parties)
        self.flow = self.flow + rest
        self.rest = rest

    def certify(self) -> None:
        net = self.network
        arcs = net.nodes, net.tail, net.head
        if self.method == "pairs":
            self.bound = exact_sum(self.flow)
            return
        if self.method == "greedy" or (self.method == "short_rings" and self.exact is None):
            self.y = certificate.near_potentials(*arcs, net.capacity, net.gain, self.flow)
        else:
            capacity, flow = net.capacity, self.flow
            if self.method == "pairs_first":
                capacity, flow = net.capacity - (self.flow - self.rest), self.rest
            elif self.method == "short_rings":
                assert self.exact is not None
                flow = self.exact
            self.y = certificate.potentials(*arcs, net.gain, more=flow < capacity, less=flow > 0)
        self.bound = certificate.bound(net.tail, net.head, net.capacity, net.gain, self.y)
        reached = exact_sum(self.flow, net.gain)
        if self.method == "exact" and reached != self.bound:
            raise AssertionError(f"the dual {self.bound} does not prove {reached}")

    def plain_bound(self) -> int:
        """An upper bound on the sum in priority mode, where the dual is for the weighted sum: a y for gain 1."""
        net = self.network
        ones = (np.arange(len(net.tail)) < net.debts).astype(np.int64)
        y = certificate.near_potentials(net.nodes, net.tail, net.head, net.capacity, ones, self.flow)
        return certificate.bound(net.tail, net.head, net.capacity, ones, y)

    def decompose(self) -> None:
        net = self.network
        if self.method == "pairs_first":
            first, _ = rings.short(net, self.flow - self.rest, 2)
            second, taken = rings.peel(net, self.rest)
            self.rings = rings.joined(first, second)
            taken = taken + self.flow - self.rest
        elif self.wishes.pairs_only:
            self.rings, taken = rings.short(net, self.flow, 2)
        elif self.wishes.shortest_rings:
            first, some = rings.short(net, self.flow, rings.SHORT)
            second, more = rings.peel(net, self.flow - some)
            self.rings, taken = rings.joined(first, second), some + more
        else:
            self.rings, taken = rings.peel(net, self.flow)
        if not np.array_equal(taken, self.flow):
            raise AssertionError("the rings do not add up to the answer")


def pairs(network: Network) -> Ints:
    """What two parties owe each other, the smaller of both ways: all that a notice of one of them can set off."""
    key = network.tail.astype(np.int64) * network.nodes + network.head
    back = network.head.astype(np.int64) * network.nodes + network.tail
    if not len(key):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(key, back), len(key) - 1)
    return np.where(key[at] == back, np.minimum(network.capacity, network.capacity[at]), 0)


def largest_sum(given: Obligations, wishes: Wishes, until: float | None = None) -> int:
    """Only the sum of the same mode: for what-ifs. Greedy if the time limit comes first."""
    clock = _Clock(None, None)
    clock.until = until
    return _answer(given, replace(wishes, without=None, tie_break="none"), clock).cleared_fen


def pivotal(answer: Answer, hubs: int, until: float | None = None) -> tuple[Pivotal, ...]:
    """The hubs through which most is cleared, each with what all lose if it stays away, the dearest first."""
    own, _ = answer.cleared_by_party
    found = []
    for at in np.argsort(-own, kind="stable")[:hubs].tolist():
        if own[at] == 0:
            break
        reason = answer.given.reason.copy()
        touched = (reason == 0) & ((answer.given.debtor == at) | (answer.given.creditor == at))
        reason[touched] = len(REASONS)
        left = largest_sum(replace(answer.given, reason=reason), answer.wishes, until)
        found.append(Pivotal(answer.given.parties[at], answer.cleared_fen - left, int(own[at])))
    return tuple(sorted(found, key=lambda each: (-each.lost_fen, each.party)))
