"""A contract's life without a database: worked examples, and a state machine against a small model of its own."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mingbai.registers.contracts.happenings import FIELDS, KINDS, UNDO
from mingbai.registers.contracts.life import Event, LifeError, Terms, admit, effective, fold, overlay
from mingbai.rules import load_law

LAW = load_law("contracts")
TODAY = date(2026, 9, 30)
LEASE = Terms(signed_on=date(2015, 1, 1), starts_on=date(2015, 1, 1), ends_on=date(2024, 12, 31), lessee="张三", rent_fen_per_mu_year=500_00,
              rent_fen_per_year=5000_00, area_mu4=10_0000, deposit_received_fen=1000_00, occupied=True)


class Life:
    """A contract with events, added one after another."""

    def __init__(self, terms: Terms = LEASE) -> None:
        self.terms, self.events = terms, []  # type: ignore[var-annotated]

    def add(self, kind: str, on: str, undoes: int | None = None, **facts: Any) -> Event:
        new = Event(len(self.events) + 1, kind, date.fromisoformat(on), facts, undoes)
        admit(self.terms, self.events, new, LAW, TODAY)
        self.events.append(new)
        return new

    def on(self, day: str) -> Any:
        return fold(self.terms, self.events, date.fromisoformat(day), LAW)


def test_a_renewal_begins_the_day_after_the_old_end_and_may_bring_a_price() -> None:
    life = Life()
    life.add("renewal", "2025-01-10", ends_on="2034-12-31", rent_fen_per_mu_year=650_00)
    now = life.on("2026-09-30")
    assert (now.phase, now.renewed_on, now.ends_on) == ("running", date(2025, 1, 1), date(2034, 12, 31))
    assert (now.rent_fen_per_mu_year, now.rent_fen_per_year, now.priced_on) == (650_00, 6500_00, date(2025, 1, 1))
    assert life.on("2024-12-31").phase == "running"
    assert life.on("2025-01-05").phase == "expired"  # nobody had renewed it yet
    assert overlay(life.terms, now)["ends_on"] == date(2034, 12, 31)


@pytest.mark.parametrize(("known", "last"), [("2021-08-31", "2022-02-28"), ("2026-03-30", "2026-09-30"), ("2026-03-29", "2026-09-29")])
def test_six_months_after_knowing_silence_counts_as_consent(known: str, last: str) -> None:
    life = Life(Terms(starts_on=date(2015, 1, 1), ends_on=date(2034, 12, 31), lessee="张三"))
    life.add("sublease", "2021-01-05", to="李四", known_on=known)
    by = date.fromisoformat(last)
    assert life.on(last).object_by == by
    assert life.on(last).sublease == "pending"
    assert life.on((by + timedelta(days=1)).isoformat()).sublease == "silent"
    if by < TODAY:
        late = life.add("sublease_objection", (by + timedelta(days=1)).isoformat())
        assert life.on("2026-09-30").sublease == "silent"  # kept, and too late
        assert life.on("2026-09-30").late_objection_on == late.on
        life.add("undo", "2026-09-01", undoes=late.number, why="日期写错")
    life.add("sublease_objection", last)
    assert life.on("2026-09-30").sublease == "objected"


def test_before_the_civil_code_silence_had_no_six_months() -> None:
    life = Life(Terms(starts_on=date(2015, 1, 1), ends_on=date(2034, 12, 31)))
    life.add("sublease", "2019-01-05", to="李四", known_on="2019-02-01")
    assert life.on("2026-09-30").sublease == "pending"


def test_the_first_written_objection_after_expiry_counts_and_silence_may_make_a_lease_without_end() -> None:
    life = Life()
    assert life.on("2025-06-01").endless
    with pytest.raises(LifeError, match="到期以后仍在用的"):
        life.add("expiry_objection", "2024-12-31")
    life.add("expiry_objection", "2025-02-01", served_by="邮寄")
    life.add("expiry_objection", "2025-05-01", served_by="当面签收")
    now = life.on("2026-09-30")
    assert (now.objected_on, now.endless) == (date(2025, 2, 1), False)
    life.add("returned", "2025-07-01")
    assert life.on("2026-09-30").phase == "returned"
    assert overlay(life.terms, life.on("2026-09-30"))["occupied"] is False


def test_an_early_end_is_settled_and_the_deposit_goes_back() -> None:
    life = Life()
    life.add("deposit", "2016-01-01", amount_fen=500_00)
    life.add("early_end", "2020-03-01", how="协商解除", ends_on="2020-06-30", lessee_pays_fen=800_00, settles="欠租两次付清")
    assert [life.on(day).phase for day in ("2020-02-29", "2020-06-30", "2020-07-01")] == ["running", "ending", "ended"]
    with pytest.raises(LifeError, match=r"只有 1,500\.00 元"):
        life.add("deposit_back", "2020-07-01", amount_fen=1500_01)
    life.add("deposit_kept", "2020-07-01", amount_fen=800_00, why="抵欠租")
    life.add("deposit_back", "2020-07-02", amount_fen=700_00)
    assert life.on("2026-09-30").deposit_held_fen == 0
    with pytest.raises(LifeError, match="另立一份合同"):
        life.add("renewal", "2020-08-01", ends_on="2030-01-01")


def test_a_dispute_goes_from_mediation_to_arbitration_to_the_court() -> None:
    life = Life()
    with pytest.raises(LifeError, match="先登记“申请仲裁”"):
        life.add("award", "2025-03-01", won="支持")
    life.add("mediation", "2025-03-01", body="街道人民调解委员会")
    with pytest.raises(LifeError, match="先登记这一程序的结果"):
        life.add("suit", "2025-03-02", body="区法院")
    life.add("mediation_end", "2025-04-01", outcome="没有达成")
    life.add("arbitration", "2025-05-06", body="区仲裁委")
    life.add("award", "2025-08-01", won="部分支持", served_on="2025-08-05")
    assert life.on("2025-08-10").act_by == date(2025, 9, 4)  # thirty days from the service
    life.add("suit", "2025-09-01", body="区法院")
    assert [each.ended_on for each in life.on("2026-01-01").interruptions] == [date(2025, 4, 1), date(2025, 8, 1), None]
    life.add("judgment", "2026-02-01", won="支持", pay_by="2026-03-01")
    now = life.on("2026-09-30")
    assert (now.dispute, now.act_by, now.demanded_on) == ("judged", date(2028, 3, 1), date(2026, 2, 1))


def test_only_a_further_event_undoes_and_what_rests_on_it_must_go_first() -> None:
    life = Life()
    first = life.add("sublease", "2022-01-01", to="李四", known_on="2022-02-01")
    second = life.add("sublease_consent", "2022-03-01")
    with pytest.raises(LifeError, match=r"2022-03-01 的“同意转租”.*先撤销它"):
        life.add(UNDO, "2022-04-01", undoes=first.number, why="错了")
    with pytest.raises(LifeError, match="没有写理由"):
        life.add(UNDO, "2022-04-01", undoes=second.number, why=" ")
    struck = life.add(UNDO, "2022-04-01", undoes=second.number, why="不是这一份")
    assert life.on("2022-05-01").sublease == "pending"
    with pytest.raises(LifeError, match="已经撤销过了"):
        life.add(UNDO, "2022-04-02", undoes=second.number, why="再撤一次")
    life.add(UNDO, "2022-04-03", undoes=struck.number, why="原来没错")
    assert life.on("2022-05-01").sublease == "consented"


@pytest.mark.parametrize(("kind", "facts", "where"), [
    ("renewal", {}, "到哪天止"), ("renewal", {"ends_on": "2034年"}, "到哪天止"), ("renewal", {"ends_on": "2020-01-01"}, "到哪天止"),
    ("deposit", {"amount_fen": 0}, "金额"), ("deposit", {"amount_fen": -5}, "金额"), ("early_end", {"how": "跑了", "ends_on": "2024-01-01"}, "怎么终止的"),
    ("sublease", {"to": "李四", "known_on": "2019-01-01"}, "发包方哪天得知"), ("supplement", {}, "补充协议"), ("demand", {}, "怎么送达的"),
    ("price_review", {"outcome": "达成协议"}, "结果"), ("无此事", {}, "哪一种事"),
])
def test_a_refusal_says_where_what_and_how_to_mend(kind: str, facts: dict[str, Any], where: str) -> None:
    with pytest.raises(LifeError) as refused:
        Life().add(kind, "2020-01-01", **facts)
    assert refused.value.where.startswith(where)
    assert refused.value.what
    assert refused.value.mend


def test_nothing_happens_tomorrow_or_before_the_signing() -> None:
    with pytest.raises(LifeError, match="还没有到"):
        Life().add("demand", "2026-10-01", served_by="邮寄")
    with pytest.raises(LifeError, match="早于签订日期"):
        Life().add("demand", "2014-12-31", served_by="邮寄")


def test_a_ledger_changed_afterwards_shows_what_no_longer_fits_and_loses_nothing() -> None:
    life = Life()
    life.add("expiry_objection", "2025-02-01", served_by="邮寄")
    longer = Terms(starts_on=date(2015, 1, 1), ends_on=date(2034, 12, 31))
    now = fold(longer, life.events, TODAY, LAW)
    assert [number for number, _ in now.misfits] == [1]


# -- the machine

class Model:
    """What a clerk would keep on a slip of paper: written again by hand, without the tables of the house."""

    def __init__(self) -> None:
        self.end, self.ended, self.back, self.let, self.case = date(2024, 12, 31), None, False, "", ""
        self.held, self.price, self.who = 1000_00, 500_00, "张三"
        self.known: date | None = None
        self.restarts = 0

    def phase(self, on: date) -> str:
        if self.back:
            return "back"
        if self.ended:
            return "over" if on > self.ended else "leaving"
        return "late" if on > self.end else "on"

    def may(self, kind: str, on: date, facts: dict[str, Any]) -> bool:
        phase = self.phase(on)
        alive = phase in ("on", "late")
        match kind:
            case "renewal":
                return alive and date.fromisoformat(facts["ends_on"]) > self.end + timedelta(days=1)
            case "supplement":
                return phase == "on"
            case "transfer":
                return phase == "on"
            case "sublease":
                return alive and not self.let
            case "sublease_consent":
                return alive and bool(self.let) and self.let != "yes"
            case "sublease_objection":
                return alive and self.let == "open"
            case "sublease_end":
                return bool(self.let)
            case "expiry_objection":
                return phase == "late"
            case "early_end":
                return alive and (phase == "late" or date.fromisoformat(facts["ends_on"]) <= self.end)
            case "returned":
                return phase in ("late", "leaving", "over")
            case "deposit":
                return phase in ("on", "late", "leaving")
            case "deposit_back":
                return facts["amount_fen"] <= self.held
            case "mediation" | "arbitration" | "suit":
                return self.case in ("", "closed")
            case "mediation_end" | "award" | "judgment":
                return self.case == {"mediation_end": "mediation", "award": "arbitration", "judgment": "suit"}[kind]
            case _:
                return True

    def happen(self, kind: str, on: date, facts: dict[str, Any]) -> None:
        match kind:
            case "renewal":
                self.end = date.fromisoformat(facts["ends_on"])
            case "supplement":
                self.price = facts["rent_fen_per_mu_year"]
            case "transfer":
                self.who = facts["to"]
            case "sublease":
                self.let = "open"
            case "sublease_consent":
                self.let = "yes"
            case "sublease_objection":
                self.let = "no"
            case "sublease_end":
                self.let = ""
            case "early_end":
                self.ended = self.end = date.fromisoformat(facts["ends_on"])
            case "returned":
                self.back = True
            case "deposit":
                self.held += facts["amount_fen"]
            case "deposit_back":
                self.held -= facts["amount_fen"]
            case "demand":
                self.restarts += 1
            case "mediation" | "arbitration" | "suit":
                self.case, self.restarts = kind, self.restarts + 1
            case "mediation_end" | "award" | "judgment":
                self.case = "closed"


FACTS: dict[str, Any] = {
    "renewal": st.sampled_from(("2024-12-31", "2025-01-01", "2025-01-02", "2030-06-30", "2026-03-31")).map(lambda day: {"ends_on": day}),
    "supplement": st.integers(1, 900_00).map(lambda fen: {"rent_fen_per_mu_year": fen}),
    "transfer": st.sampled_from("王李赵").map(lambda name: {"to": name, "consent": True}),
    "sublease": st.just({"to": "李四"}),
    "early_end": st.sampled_from(("2020-03-31", "2022-03-31", "2024-12-31", "2025-01-01", "2026-03-31")).map(lambda day: {"how": "协商解除", "ends_on": day}),
    "deposit": st.sampled_from((500_00, 1000_00)).map(lambda fen: {"amount_fen": fen}),
    "deposit_back": st.sampled_from((500_00, 1000_00, 1000_01)).map(lambda fen: {"amount_fen": fen}),
    "demand": st.just({"served_by": "邮寄"}),
    "mediation": st.just({"body": "街道"}), "arbitration": st.just({"body": "仲裁委"}), "suit": st.just({"body": "法院"}),
    "mediation_end": st.sampled_from(("达成协议", "没有达成")).map(lambda word: {"outcome": word}),
    "award": st.just({"won": "支持"}), "judgment": st.just({"won": "支持"}),
    "sublease_consent": st.just({}), "sublease_objection": st.just({}), "sublease_end": st.just({}), "expiry_objection": st.just({}), "returned": st.just({}),
}
DAYS = st.sampled_from([date(year, month, day) for year in (2015, 2020, 2022, 2024, 2025, 2026) for month, day in ((1, 1), (1, 2), (3, 31), (4, 1), (6, 30))])
"""Few days, so that events meet on their edges."""
ANYTHING = st.sampled_from(sorted(FACTS)).flatmap(lambda kind: st.tuples(st.just(kind), FACTS[kind]))


def replay(events: list[Event]) -> Model | None:
    """The model after these events by day; None where one of them cannot follow what is before it."""
    model = Model()
    for each in sorted(events, key=lambda each: (each.on, each.number)):
        if not model.may(each.kind, each.on, dict(each.facts)):
            return None
        model.happen(each.kind, each.on, dict(each.facts))
    return model


class ContractLife(RuleBasedStateMachine):
    """Events in any order of days, undone and undone again: the house takes exactly those the model takes, keeps all, and
    stands where the model stands on any day."""

    @initialize()
    def begin(self) -> None:
        self.events: list[Event] = []
        self.live: list[Event] = []

    def _try(self, new: Event, live: list[Event]) -> bool:
        fits = replay(live) is not None
        try:
            admit(LEASE, self.events, new, LAW, TODAY)
        except LifeError as error:
            assert error.where
            assert error.mend
            assert not fits, f"{new} was refused: {error}"
            return False
        assert fits, f"{new} was taken after {[str(each) for each in self.events]}"
        self.events.append(new)
        self.live = live
        return True

    @rule(what=ANYTHING, on=DAYS)
    def happen(self, what: tuple[str, dict[str, Any]], on: date) -> None:
        """At any day from the signing to today, also before what is there already."""
        new = Event(len(self.events) + 1, what[0], on, what[1])
        self._try(new, [*self.live, new])

    @rule(what=ANYTHING, later=st.sampled_from((0, 1, 30, 90)))
    def happen_next(self, what: tuple[str, dict[str, Any]], later: int) -> None:
        last = max((each.on for each in self.live), default=date(2020, 1, 1))
        new = Event(len(self.events) + 1, what[0], min(last + timedelta(days=later), TODAY), what[1])
        self._try(new, [*self.live, new])

    @rule(pick=st.integers(0, 30))
    def undo(self, pick: int) -> None:
        if not self.live:
            return
        target = self.live[pick % len(self.live)]
        new = Event(len(self.events) + 1, UNDO, TODAY, {"why": "登记错了"}, target.number)
        self._try(new, [each for each in self.live if each is not target])

    @rule(pick=st.integers(0, 30))
    def undo_an_undo(self, pick: int) -> None:
        undone = {each.undoes for each in self.events if each.kind == UNDO}
        undos = [each for each in self.events if each.kind == UNDO and each.number not in undone]
        if not undos:
            return
        target = undos[pick % len(undos)]
        back = next((each for each in self.events if each.number == target.undoes and each.kind != UNDO), None)
        if back is None:
            return
        new = Event(len(self.events) + 1, UNDO, TODAY, {"why": "原来没错"}, target.number)
        self._try(new, [*self.live, back])

    @invariant()
    def the_same_events_count(self) -> None:
        if hasattr(self, "live"):
            assert {each.number for each in effective(self.events)} == {each.number for each in self.live}

    @invariant()
    def every_day_stands_as_on_paper(self) -> None:
        if not hasattr(self, "live"):
            return
        ends = {date.fromisoformat(each.facts["ends_on"]) for each in self.live if "ends_on" in each.facts}
        for on in {TODAY, *(each.on for each in self.live), *ends, *(end + timedelta(days=1) for end in ends)}:
            model = replay([each for each in self.live if each.on <= on])
            assert model is not None
            now = fold(LEASE, self.events, on, LAW)
            assert not now.misfits
            phase = {"back": "returned", "over": "ended", "leaving": "ending", "late": "expired", "on": "running"}[model.phase(on)]
            assert (now.phase, now.ends_on, now.lessee, now.rent_fen_per_mu_year) == (phase, model.end, model.who, model.price)
            assert now.deposit_held_fen == model.held
            assert now.sublease == {"": "none", "open": "unknown", "yes": "consented", "no": "objected"}[model.let]
            assert len(now.interruptions) == model.restarts


def test_contract_life_as_a_state_machine() -> None:
    """Another seed: ``MINGBAI_SEED=7 pytest …``; MINGBAI_STEPS for a longer walk."""
    number, steps = int(os.environ.get("MINGBAI_SEED", "20260930")), int(os.environ.get("MINGBAI_STEPS", "40"))
    print(f"seed {number}, {steps} steps")
    run_state_machine_as_test(seeded(number)(ContractLife), settings=settings(
        max_examples=100, stateful_step_count=steps, deadline=None, database=None, suppress_health_check=list(HealthCheck)))


def test_every_kind_names_facts_that_are_declared_and_says_its_law() -> None:
    for kind in KINDS.values():
        assert {*kind.needs, *kind.may, *kind.one_of} <= set(FIELDS), kind.key
        assert LAW.cited(kind.cites, TODAY)
