"""A state machine against a small model: whatever is posted, repeated, reversed, closed, reopened and carried over, in any
order, the books hold what the model holds."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mingbai.books import balances, months
from mingbai.books.chart import bridge, chart_of
from mingbai.books.desk import BookError, post, reverse
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Month, Voucher
from mingbai.records.door import commit

ACCOUNTS = ("101", "102", "113", "151", "152", "154", "311", "501", "511", "322")
"""Codes that both charts have, some with another meaning."""
DAYS = st.builds(date, st.integers(2022, 2025), st.sampled_from((1, 2, 6, 11, 12)), st.integers(1, 28))


class Books(RuleBasedStateMachine):
    village: Any = None

    @initialize()
    def begin(self) -> None:
        self.booked: list[tuple[Proposal, Voucher]] = []
        self.taken_back: set[int] = set()
        self.closed: set[int] = set()

    def do(self, deed: Any) -> Any:
        with commit(None, self.village, "book", "记账") as act:
            return deed(act)

    def refused(self, deed: Any) -> None:
        with pytest.raises(BookError), transaction.atomic():
            self.do(deed)

    @rule(on=DAYS, fen=st.integers(1, 10**9), debit=st.sampled_from(ACCOUNTS), credit=st.sampled_from(ACCOUNTS), household=st.sampled_from(("", "甲", "乙")))
    def book(self, on: date, fen: int, debit: str, credit: str, household: str) -> None:
        made = Proposal(f"e{len(self.booked)}", on, "记一笔", (Leg(debit, fen, household=household), Leg(credit, 0, fen, household=household)))
        if on.year * 100 + on.month <= max(self.closed, default=0):
            self.refused(lambda act: post(act, [made], "试"))
        else:
            self.booked.append((made, self.do(lambda act: post(act, [made], "试"))[0]))

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def book_again(self, data: Any) -> None:
        made, voucher = data.draw(st.sampled_from(self.booked))
        if not made.event.startswith("e"):
            return
        assert self.do(lambda act: post(act, [made], "试")) == [voucher]
        other = Proposal(made.event, made.on, "别的话", made.legs)
        self.refused(lambda act: post(act, [other], "试"))

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), on=DAYS)
    def take_back(self, data: Any, on: date) -> None:
        made, voucher = data.draw(st.sampled_from(self.booked))
        may = ((not made.closing or on.year * 100 + on.month == voucher.month) and voucher.reverses_id is None and voucher.pk not in self.taken_back and on.year * 100 + on.month > max(self.closed, default=0)
               and chart_of(on).key == chart_of(made.on).key)
        if not may:
            self.refused(lambda act: reverse(act, voucher, on, "试"))
            return
        red = self.do(lambda act: reverse(act, voucher, on, "试"))
        self.taken_back.add(voucher.pk)
        legs = tuple(Leg(leg.account, -leg.debit_fen, -leg.credit_fen, household=leg.household) for leg in made.legs)
        self.booked.append((Proposal(f"r{voucher.pk}", on, "冲销", legs, closing=made.closing, reverses=voucher.pk), red))

    @precondition(lambda self: self.booked)
    @rule()
    def close_next(self) -> None:
        """The first open month is closed where its checklist allows it, and only then."""
        month = min((each.on.year * 100 + each.on.month for each, _ in self.booked if each.on.year * 100 + each.on.month not in self.closed), default=None)
        if month is None:
            return
        ready = all(check.done for check in months.checklist(self.village, month) if check.must)
        if ready:
            self.do(lambda act: months.close(act, month))
            self.closed.add(month)
        else:
            self.refused(lambda act: months.close(act, month))

    @precondition(lambda self: self.closed)
    @rule(data=st.data())
    def reopen(self, data: Any) -> None:
        month = data.draw(st.sampled_from(sorted(self.closed)))
        if month == max(self.closed):
            self.do(lambda act: months.reopen(act, month, "试"))
            self.closed.discard(month)
        else:
            self.refused(lambda act: months.reopen(act, month, "试"))

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def carry_over(self, data: Any) -> None:
        year = data.draw(st.sampled_from(sorted({each.on.year for each, _ in self.booked})))
        entries = months.transfer(self.village, year)
        if not entries:
            return
        if year * 100 + 12 <= max(self.closed, default=0):
            self.refused(lambda act: post(act, entries))
            return
        made = self.do(lambda act: months.end_year(act, year))
        self.booked += list(zip(entries, made, strict=True))
        left = months.at_end(self.village, year * 100 + 12)
        assert not [code for code, fen in left.items() if fen and chart_of(date(year, 12, 31)).account(code).kind in ("income", "expense")]

    @invariant()
    def the_books_hold_what_the_model_holds(self) -> None:
        numbers: dict[int, list[int]] = defaultdict(list)
        for _, voucher in self.booked:
            numbers[voucher.month].append(voucher.number)
        assert all(sorted(each) == list(range(1, len(each) + 1)) for each in numbers.values())
        assert Voucher.objects.filter(organisation=self.village).count() == len(self.booked)
        assert set(Month.objects.filter(organisation=self.village, closed=True).values_list("month", flat=True)) == self.closed
        for end in (202206, 202302, 202312, 202402, 202506, 202512):
            expected: dict[str, int] = defaultdict(int)
            for made, voucher in self.booked:
                if voucher.month <= end:
                    for leg in made.legs:
                        code = leg.account if chart_of(made.on).key == chart_of(date(end // 100, 12, 1)).key else bridge(leg.account)
                        expected[code] += leg.debit_fen - leg.credit_fen
            found = {code: fen for code, fen in months.at_end(self.village, end).items() if fen}
            assert found == {code: fen for code, fen in expected.items() if fen}, end

    def teardown(self) -> None:
        assert list(balances.faults(self.village)) == []
        transaction.savepoint_rollback(self.savepoint)

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()


@pytest.mark.django_db
def test_the_books_against_a_model(village: Any) -> None:
    """500 steps in a quick run; ``MINGBAI_STEPS=10000`` for the long one."""
    Books.village = village
    steps = int(os.environ.get("MINGBAI_STEPS", "500"))
    run_state_machine_as_test(Books, settings=settings(max_examples=max(steps // 25, 1), stateful_step_count=25, deadline=None,
                                                       suppress_health_check=list(HealthCheck), print_blob=True))
