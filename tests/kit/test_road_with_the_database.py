"""The remedy road with its database as a machine: seven people try everything in any order, and the day goes on.

A second account of the road is kept here in plain sets. Whatever the house lets through, the plain account allows;
whatever it refuses leaves nothing behind; and the numbers are always those of the records.
"""

from __future__ import annotations

import itertools
import os
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conftest import TODAY, a_long_lease, a_row

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MAY = {  # what a role may do on the road, written down again
    "clerk": {"confirm", "edit"}, "supervisor": {"self_check"}, "reviewer": {"confirm", "edit", "assign", "accept"},
    "county": {"confirm", "assign", "spot_check", "clue"}, "auditor": {"clue"}, "foreign": set(),
    "administrator": {"confirm", "edit", "assign", "self_check", "accept", "spot_check", "clue"},
}
BRINGS = {"B": {"decision", "补签或重新签订的合同"}, "C": {"decision", "补充协议"}, "D": {"decision", "补签或重新签订的合同"},
          "E": {"催收通知书及送达证明"}, "F": {"解除协议、裁决或判决"}}
STEPS = {  # from, to, power, reason?, evidence?, by another?
    "self_check": ({"assigned"}, "self_checked", "self_check", False, True, False),
    "return": ({"self_checked"}, "assigned", "accept", True, False, False),
    "accept": ({"self_checked"}, "accepted", "accept", False, True, True),
    "close": ({"accepted"}, "closed", "spot_check", False, False, True),
    "reopen": ({"accepted", "closed"}, "assigned", "spot_check", True, False, False),
}
who = st.sampled_from(sorted(MAY))
reasons = st.sampled_from(["", "  ", "看过原件"])
which = st.integers(0, 2)


class Road(RuleBasedStateMachine):
    world: SimpleNamespace

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.people: dict[str, Any] = self.world.people
        self.evidence: dict[int, set[tuple[str, date]]] = {}
        self.last_by: dict[int, str] = {}
        self.day = TODAY

    def teardown(self) -> None:
        from mingbai.board.fsck import differences
        from mingbai.places.scope import whole

        try:
            assert [str(each) for each in differences(whole())] == []
        finally:
            transaction.set_rollback(True)
            self.rollback.__exit__(None, None, None)

    # what there is

    def record(self, number: int) -> Any:
        from mingbai.registers.contracts.models import Contract

        return Contract.objects.select_related("organisation").get(pk=self.world.records[number])

    def case(self, record: Any) -> Any:
        from mingbai.kit.models import Case

        return Case.objects.filter(record=record.pk, secret=False).order_by("-pk").first()

    def findings(self, record: Any) -> list[Any]:
        from mingbai.kit.models import Finding

        return list(Finding.objects.filter(record=record.pk).order_by("pk"))

    def brought(self, record: Any, case: Any) -> set[str]:
        return {name for name, on in self.evidence.get(record.pk, set()) if on >= case.opened_on}

    def tried(self, person: str, power: str, deed: Any, allowed: bool | None) -> bool:
        """Does it; whether it was let through. ``allowed``: what the plain account says, None where it does not know."""
        from mingbai.kit.models import Case, Finding, Step
        from mingbai.kit.road import RoadError
        from mingbai.records.models import Event

        def state() -> list[Any]:
            return [Event.objects.count(), Step.objects.count(), list(Case.objects.values_list("pk", "stage", "klass")),
                    list(Finding.objects.values_list("pk", "state", "reason"))]

        before = state()
        try:
            with transaction.atomic():
                deed()
        except (RoadError, PermissionDenied) as error:
            assert str(error)
            assert state() == before, "a refusal left something behind"
            assert allowed is not True or power not in MAY[person], f"refused what is allowed: {error}"
            return False
        assert power in MAY[person], f"{person} has no {power}"
        assert allowed is not False, "let through what is not allowed"
        return True

    # what people do

    @initialize(times=st.tuples(st.just(9), st.integers(0, 9), st.integers(0, 9)))  # one is at the end of the road from the start
    def begin_anywhere(self, times: tuple[int, ...]) -> None:
        for number, some in enumerate(times):
            self.go_on(number, some)

    @rule(number=which, times=st.integers(1, 9))
    def go_on(self, number: int, times: int) -> None:
        """The next right steps by whose turn it is, so that the machine gets to the end of the road too."""
        for _ in range(times):
            self._go_on(number)

    @rule(number=which, how=st.sampled_from(["return", "reopen", "aside"]))
    def turn_back(self, number: int, how: str) -> None:
        """The ways back, by those who may."""
        if how == "aside":
            self.judge("reviewer", number, False, "看过原件", True)
        else:
            self.step("reviewer" if how == "return" else "county", number, how, "缺签字")

    def _go_on(self, number: int) -> None:
        record = self.record(number)
        case = self.case(record)
        stage = case.stage if case is not None else ""
        if any(each.state == "open" and not each.gone for each in self.findings(record)):
            self.judge("clerk", number, True, "", True)
        elif not stage:
            self.decide("clerk", number, "C" if any(each.state == "confirmed" for each in self.findings(record)) else "A")
        elif stage == "confirmed":
            self.assign("reviewer", "clerk", number, 20, "签补充协议")
        elif stage in ("assigned", "self_checked") and (missing := BRINGS[case.klass] - self.brought(record, case)):
            for name in sorted(missing):
                self.resolve("clerk", number, 0, 9, 8) if name == "decision" else self.attach("clerk", number, name)
        elif stage == "assigned":
            self.step("supervisor", number, "self_check", "")
        elif stage == "self_checked":
            self.step("reviewer", number, "accept", "")
        elif stage == "accepted":
            self.spot_check("county", 50, "0925")

    @rule(person=who, number=which, confirm=st.booleans(), reason=reasons, all_of_them=st.booleans())
    def judge(self, person: str, number: int, confirm: bool, reason: str, all_of_them: bool) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        found = self.findings(record)[: None if all_of_them else 1]
        if not found:
            return
        on_a_case = any(each.case_id for each in found)
        allowed = confirm or (bool(reason.strip()) and (not on_a_case or bool(MAY[person] & {"accept", "spot_check"})))
        self.tried(person, "confirm", lambda: cases.judge(self.people[person], record, [cases.Judgement(each, confirm, reason) for each in found]), allowed)

    @rule(person=who, number=which, klass=st.sampled_from("ABCDEFGX"))
    def decide(self, person: str, number: int, klass: str) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        found, before = self.findings(record), self.case(record)
        waiting = [each for each in found if each.state == "open" and not each.gone]
        confirmed = [each for each in found if each.state == "confirmed"]
        settled = bool(confirmed) and all(each.case_id and each.case.stage in ("accepted", "closed") for each in confirmed)
        allowed = klass in "ABCDEF" and not waiting and bool(confirmed) == (klass != "A") and not (settled and klass != record.klass)
        if self.tried(person, "confirm", lambda: cases.decide(self.people[person], record, klass), allowed):
            assert self.record(number).klass == klass
            case = self.case(record)
            if case is not None and case != before:
                self.last_by[case.pk] = person

    @rule(person=who, to=who, number=which, days=st.integers(-3, 40), measure=st.sampled_from(["", "签补充协议"]))
    def assign(self, person: str, to: str, number: int, days: int, measure: str) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        case = self.case(record)
        if case is None:
            return
        allowed = case.stage in ("confirmed", "assigned") and days >= 0 and bool(measure) and to != "foreign"
        if self.tried(person, "assign", lambda: cases.assign(self.people[person], case, self.people[to], self.day + timedelta(days), measure), allowed):
            self.last_by[case.pk] = person

    @rule(person=who, number=which, name=st.sampled_from([*STEPS, "assign", "open", "withdraw", "fly"]), note=reasons)
    def step(self, person: str, number: int, name: str, note: str) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        case = self.case(record)
        if case is None:
            return
        if name not in STEPS:
            self.tried(person, "", lambda: cases.step(self.people[person], case, name, note), False)
            return
        sources, to, power, reason, evidence, another = STEPS[name]
        missing = BRINGS[case.klass] - self.brought(record, case)
        allowed = (case.stage in sources and not (reason and not note.strip()) and not (evidence and missing)
                   and not (another and self.last_by.get(case.pk) == person))
        if self.tried(person, power, lambda: cases.step(self.people[person], case, name, note), allowed):
            assert self.case(record).stage == to
            self.last_by[case.pk] = person

    @rule(person=who, number=which, label=st.sampled_from(["补充协议", "补签或重新签订的合同", "催收通知书及送达证明", "解除协议、裁决或判决", "照片"]))
    def attach(self, person: str, number: int, label: str) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        if self.tried(person, "edit", lambda: cases.attach(self.people[person], record, label, "证明.pdf", PDF), True):
            self.evidence.setdefault(record.pk, set()).add((label, self.day))

    @rule(person=who, number=which, days=st.integers(-5, 2), present=st.integers(0, 12), votes=st.integers(-1, 12))
    def resolve(self, person: str, number: int, days: int, present: int, votes: int) -> None:
        from mingbai.kit import cases

        record, held = self.record(number), self.day + timedelta(days)
        allowed = 0 < present <= 10 and 0 <= votes <= present and days <= 0
        if self.tried(person, "edit", lambda: cases.resolve(self.people[person], record, body="代表会议", held_on=held, entitled=10, present=present,
                                                           votes_for=votes, subject="调整"), allowed):
            self.evidence.setdefault(record.pk, set()).add(("decision", held))

    @rule(person=who, number=which, fen=st.integers(-1, 900_000), days=st.integers(-5, 2))
    def receive(self, person: str, number: int, fen: int, days: int) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        owed = record.owed_fen
        allowed = fen > 0 and days <= 0
        if self.tried(person, "edit", lambda: cases.receive(self.people[person], record, fen, "张三", received_on=self.day + timedelta(days)), allowed):
            assert self.record(number).owed_fen == max(owed - fen, 0)

    @rule(person=who, share=st.sampled_from([0, 1, 50, 100, 101]), seed=st.sampled_from(["", "0925"]))
    def spot_check(self, person: str, share: int, seed: str) -> None:
        from mingbai.kit import cases
        from mingbai.kit.models import Case, SpotCheck

        drawn = {pk for check in SpotCheck.objects.all() for pk in check.drawn}
        pool = set(Case.objects.filter(stage="accepted", secret=False).values_list("pk", flat=True)) - drawn
        allowed = 1 <= share <= 100 and bool(seed) and bool(pool)
        if self.tried(person, "spot_check", lambda: cases.spot_check(self.people[person], self.world.village, "contracts", share, seed), allowed):
            check = SpotCheck.objects.first()
            assert set(check.of) == pool
            assert set(Case.objects.filter(pk__in=pool, stage="closed").values_list("pk", flat=True)) == pool - set(check.drawn)
            for pk in pool - set(check.drawn):
                self.last_by[pk] = person

    @rule(person=who, number=which, facts=reasons)
    def clue(self, person: str, number: int, facts: str) -> None:
        from mingbai.kit import cases

        record = self.record(number)
        self.tried(person, "clue", lambda: cases.clue(self.people[person], record, facts), bool(facts.strip()) and "confirm" in MAY[person])

    @rule(person=who, number=which, years=st.sampled_from([10, 31]))
    def edit(self, person: str, number: int, years: int) -> None:
        from mingbai.kit import intake

        record = self.record(number)
        values = {"ends_on": record.starts_on.replace(year=record.starts_on.year + years)}
        self.tried(person, "edit", lambda: intake.edit(self.people[person], record, values), True)

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        from mingbai.kit import recheck
        from mingbai.places.models import Home
        from mingbai.records.door import derived

        self.day += timedelta(days)
        with derived():
            Home.objects.update(today=self.day)
        recheck.recheck(None, self.world.county.pk)

    # what always holds

    @invariant()
    def a_case_stands_where_its_last_step_says(self) -> None:
        from mingbai.kit.models import Case, Step

        self.world.seen.update(Step.objects.values_list("name", flat=True))

        for case in Case.objects.prefetch_related("steps"):
            steps = list(case.steps.all())
            assert steps[0].name == "open"
            assert case.stage == steps[-1].to
            assert (case.closed_on is not None) == (case.stage == "closed")
            names = [step.name for step in steps]
            if case.stage == "closed":
                assert "accept" in names or names[-1] == "withdraw"
            for before, after in itertools.pairwise(steps):
                if after.name == "accept":
                    assert before.by_id != after.by_id, "accepted by whoever checked it"

    @invariant()
    def a_record_has_one_case_on_the_road_at_most(self) -> None:
        from mingbai.kit.models import Case

        on_it = list(Case.objects.filter(secret=False).exclude(stage__in=("accepted", "closed")).values_list("record", flat=True))
        assert len(on_it) == len(set(on_it))

    @invariant()
    def the_numbers_are_those_of_the_records(self) -> None:
        from mingbai.board.rollup import figures
        from mingbai.kit.models import Case, Finding
        from mingbai.places.scope import whole
        from mingbai.records.models import Receipt

        shown = {key: each.value for key, each in figures(whole(), self.world.county, self.day).items()}
        confirmed: dict[int, list[Any]] = {}
        for each in Finding.objects.filter(state="confirmed"):
            confirmed.setdefault(each.record, []).append(each.case_id)
        finished = set(Case.objects.filter(secret=False, stage__in=("accepted", "closed")).values_list("pk", flat=True))
        assert shown["irregular"] == len(confirmed)
        assert shown["rectified"] <= sum(all(case in finished for case in cases) for cases in confirmed.values())
        assert shown["recovered_fen"] == sum(Receipt.objects.values_list("arrears_fen", flat=True))
        owed = sum(self.record(number).stated_owed_fen for number in range(3))
        assert shown["owed_fen"] + shown["recovered_fen"] == owed

    @invariant()
    def nothing_rectified_lacks_its_evidence(self) -> None:
        for number in range(3):
            record = self.record(number)
            if record.rectified:
                case = self.case(record)
                assert case.stage in ("accepted", "closed")
                assert record.klass == case.klass, "put right as another class than it has"
                assert self.brought(record, case) >= BRINGS[record.klass]


@pytest.mark.full
@pytest.mark.django_db
def test_the_road_holds_whatever_people_try(district: Any, import_rows: Any) -> None:
    records = import_rows(a_long_lease(合同编号="1"), a_long_lease(合同编号="2", **{"应收金额(元)": 9000, "已收金额(元)": 1000, "欠缴金额(元)": 8000}), a_row(合同编号="3"))
    Road.world = SimpleNamespace(records=[each.pk for each in records], village=district.villages[0], county=district.county,
                                 seen=set(), people={**district.people, "foreign": district.foreign})
    run_state_machine_as_test(Road, settings=settings(max_examples=max(int(os.environ.get("MINGBAI_STEPS", "120")) // 40, 1), stateful_step_count=40, deadline=None, print_blob=True,
                                                     suppress_health_check=list(HealthCheck)))
    assert Road.world.seen >= {"open", "assign", "self_check", "accept"}, "the machine never got along the road"


def _to_the_street(people: Any, record: Any) -> Any:
    """Decided, handed out, proved and self-checked: waiting for the street."""
    from mingbai.kit import cases
    from mingbai.kit.models import Finding

    case = cases.decide(people["clerk"], record, "C", [cases.Judgement(each, True) for each in Finding.objects.filter(record=record.pk)])
    case = cases.assign(people["reviewer"], case, people["clerk"], TODAY, "签补充协议")
    cases.resolve(people["clerk"], record, body="代表会议", held_on=TODAY, entitled=10, present=9, votes_for=8, subject="调整")
    cases.attach(people["clerk"], record, "补充协议", "补充协议.pdf", PDF)
    return cases.step(people["supervisor"], case, "self_check")


@pytest.mark.django_db
def test_the_ways_back(district: Any, import_rows: Any) -> None:
    from mingbai.kit import cases

    people, (record,) = district.people, import_rows(a_long_lease())
    case = _to_the_street(people, record)
    case = cases.step(people["reviewer"], case, "return", "缺签字")
    case = cases.step(people["supervisor"], case, "self_check")
    case = cases.step(people["reviewer"], case, "accept")
    case = cases.step(people["county"], case, "reopen", "面积没有改")
    assert (case.stage, case.reopened) == ("assigned", 1)


@pytest.mark.django_db
def test_a_finding_on_its_road_is_set_aside_by_the_street_and_the_case_withdrawn(district: Any, import_rows: Any) -> None:
    from mingbai.kit import cases
    from mingbai.kit.models import Finding
    from mingbai.kit.road import RoadError

    people, (record,) = district.people, import_rows(a_long_lease())
    case = _to_the_street(people, record)
    aside = [cases.Judgement(each, False, "看过原件：是林地") for each in Finding.objects.filter(record=record.pk)]
    with pytest.raises(RoadError, match="请街道"):
        cases.judge(people["clerk"], record, aside)
    cases.judge(people["reviewer"], record, aside)
    case.refresh_from_db()
    record.refresh_from_db()
    assert (case.stage, case.closed_on, record.irregular) == ("closed", TODAY, False)
    assert list(case.steps.values_list("name", flat=True)) == ["open", "assign", "self_check", "withdraw"]


@pytest.mark.django_db
def test_what_was_accepted_as_one_class_is_not_renamed_another(district: Any, import_rows: Any) -> None:
    from mingbai.kit import cases
    from mingbai.kit.road import RoadError

    people, (record,) = district.people, import_rows(a_long_lease())
    cases.step(people["reviewer"], _to_the_street(people, record), "accept")
    with pytest.raises(RoadError, match="原来的类别"):
        cases.decide(people["clerk"], record, "F")


@pytest.mark.django_db
def test_a_finding_confirmed_again_after_its_case_was_withdrawn_is_not_put_right(district: Any, import_rows: Any) -> None:
    """Found by the machine above: the withdrawn case counted as the remedy of what was confirmed anew."""
    from mingbai.kit import cases
    from mingbai.kit.models import Finding

    (record,) = import_rows(a_long_lease(合同编号="1"))
    clerk, officer = district.people["clerk"], district.people["reviewer"]

    def all_of_them(confirm: bool) -> list[Any]:
        return [cases.Judgement(each, confirm, "看过原件") for each in Finding.objects.filter(record=record.pk)]

    cases.decide(clerk, record, "C", all_of_them(True))
    cases.judge(officer, record, all_of_them(False))
    assert (record.irregular, record.rectified) == (False, False)
    cases.judge(officer, record, all_of_them(True))
    assert (record.irregular, record.rectified) == (True, False)
    assert cases.decide(clerk, record, "C").stage == "confirmed", "a case of its own"
