"""The remedy road as a machine: whatever people try, nothing is accepted without its evidence, by its own doer, or early."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mingbai.kit.cases import draw
from mingbai.kit.road import MOVES, Proof, RoadError, Stage, open_moves, take
from mingbai.places.powers import POWERS, ROLES

PEOPLE = {number: frozenset(powers) for number, (_, _, powers) in enumerate(ROLES, 1)}
PROOF = Proof("decision", "会议决议", "decision")


class Road(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stage, self.missing, self.before = Stage.CONFIRMED, (PROOF,), 1
        self.taken: list[tuple[str, int, bool]] = []

    @rule()
    def bring_evidence(self) -> None:
        self.missing = ()

    @rule(name=st.sampled_from([*MOVES, "fly"]), person=st.sampled_from(sorted(PEOPLE)), reason=st.sampled_from(["", "缺签字"]))
    def try_a_step(self, name: str, person: int, reason: str) -> None:
        stage = self.stage
        try:
            self.stage = take(stage, name, powers=PEOPLE[person], missing=self.missing, reason=reason, by=person, before=self.before)
        except RoadError as error:
            assert str(error)
            assert self.stage == stage
            return
        move = MOVES[name]
        assert move.power in PEOPLE[person]
        assert not (move.needs_evidence and self.missing)
        assert not (move.needs_reason and not reason)
        assert not (move.by_another and person == self.before)
        assert move in open_moves(stage, PEOPLE[person])
        self.taken.append((name, person, not self.missing))
        self.before = person

    @invariant()
    def closed_comes_after_accepted_and_accepted_after_self_check(self) -> None:
        names = [name for name, _, _ in self.taken]
        if self.stage == Stage.CLOSED:
            assert "accept" in names
        if self.stage == Stage.ACCEPTED:
            assert "self_check" in names
            assert self.taken[-1][2], "accepted without evidence"


TestRoad = Road.TestCase
TestRoad.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)


def test_a_refusal_says_what_can_be_done() -> None:
    with pytest.raises(RoadError, match="派单"):
        take(Stage.CONFIRMED, "accept", powers=frozenset(POWERS))
    with pytest.raises(RoadError, match="会议决议"):
        take(Stage.ASSIGNED, "self_check", powers=frozenset(POWERS), missing=(PROOF,))


def test_the_same_seed_draws_the_same_sample() -> None:
    cases = list(range(1, 101))
    assert draw(cases, 10, "0925") == draw(cases[::-1], 10, "0925")
    assert len(draw(cases, 10, "0925")) == 10
    assert len(draw([7], 1, "x")) == 1
    assert draw([], 50, "x") == []
    assert draw(cases, 10, "0925") != draw(cases, 10, "0926")
