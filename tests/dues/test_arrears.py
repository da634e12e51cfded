"""欠缴: receipts allocated to dues."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.dues import Due, Receipt, ReceiptError, Terms, arrears, part_payments, schedule

THREE = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2023, 12, 31), rent_fen_per_year=100_00))
"""Three dues of 100 yuan on 2021, 2022 and 2023-12-31."""


def paid(found):
    return [state.paid_fen for state in found.states]


def test_nothing_paid():
    found = arrears(THREE, [], date(2023, 1, 10))
    assert (found.due_fen, found.owed_fen, found.overdue_fen, found.advance_fen) == (200_00, 200_00, 200_00, 0)
    assert [state.owed_fen for state in found.states] == [100_00, 100_00, 0]
    assert [state.days_late for state in found.states] == [375, 10, 0]
    assert [state.due.number for state in found.unpaid] == [1, 2]


def test_the_due_date_itself_is_in_time():
    found = arrears(THREE, [], date(2021, 12, 31))
    assert (found.owed_fen, found.overdue_fen, found.states[0].days_late) == (100_00, 0, 0)
    assert arrears(THREE, [Receipt("1", date(2021, 12, 31), 100_00)], date(2022, 6, 1)).states[0].days_late == 0


def test_without_designation_the_oldest_due_first():
    found = arrears(THREE, [Receipt("1", date(2023, 2, 1), 150_00)], date(2023, 2, 1))
    assert paid(found) == [100_00, 50_00, 0]
    assert found.states[0].settled_on == date(2023, 2, 1)
    assert found.states[0].days_late == 397
    assert found.owed_fen == 50_00


def test_the_payer_designates():
    found = arrears(THREE, [Receipt("1", date(2023, 2, 1), 150_00, for_dues=(2,))], date(2023, 2, 1))
    assert paid(found) == [50_00, 100_00, 0]


def test_money_beyond_the_dues_is_an_advance_until_the_next_falls_due():
    receipts = [Receipt("1", date(2022, 1, 1), 150_00)]
    assert arrears(THREE, receipts, date(2022, 6, 1)).advance_fen == 50_00
    later = arrears(THREE, receipts, date(2022, 12, 31))
    assert (later.advance_fen, later.owed_fen) == (0, 50_00)
    assert later.allocations[-1].on == date(2022, 12, 31)


def test_a_designated_future_due_is_an_advance_that_does_not_pay_older_ones():
    found = arrears(THREE, [Receipt("1", date(2022, 1, 5), 100_00, for_dues=(3,))], date(2022, 1, 5))
    assert (found.owed_fen, found.advance_fen, paid(found)) == (100_00, 100_00, [0, 0, 100_00])
    settled = arrears(THREE, [Receipt("1", date(2022, 1, 5), 100_00, for_dues=(3,))], date(2024, 1, 5))
    assert (settled.owed_fen, settled.advance_fen, settled.states[2].days_late) == (200_00, 0, 0)


def test_receipts_after_the_day_are_left_out():
    found = arrears(THREE, [Receipt("1", date(2024, 1, 1), 300_00)], date(2023, 12, 31))
    assert (found.received_fen, found.owed_fen) == (0, 300_00)


def test_a_due_in_kind_never_turns_into_money():
    dues = schedule(Terms(starts_on=date(2021, 1, 1), ends_on=date(2022, 12, 31), in_kind="300斤鱼/年"))
    found = arrears(dues, [Receipt("1", date(2022, 1, 1), 500_00, for_dues=(1,)),
                           Receipt("2", date(2022, 1, 2), 0, for_dues=(1,), in_kind="鱼 280 斤")], date(2023, 1, 1))
    assert [(state.paid_fen, state.owed_fen) for state in found.states] == [(0, None), (0, None)]
    assert (found.owed_fen, found.advance_fen, found.in_kind_due) == (0, 500_00, (1, 2))
    assert found.states[0].delivered == ("鱼 280 斤",)
    assert "请人工确认" in found.notes[0]


def test_money_meant_for_a_due_in_kind_waits_for_a_person():
    fish = Due(4, date(2021, 1, 1), date(2021, 12, 31), date(2021, 12, 31), None, "300斤鱼", "")
    found = arrears([*THREE, fish], [Receipt("1", date(2022, 1, 5), 70_00, for_dues=(4,))], date(2023, 1, 5))
    assert (paid(found)[0], found.advance_fen) == (0, 70_00)


@pytest.mark.parametrize(("receipt", "why"), [
    (Receipt("9", date(2022, 1, 1), 1, for_dues=(7,)), "收款 9 指定的第7期"),
    (Receipt("9", date(2022, 1, 1), 0), "大于零"),
    (Receipt("9", date(2022, 1, 1), -5), "大于零"),
    (Receipt("9", date(2022, 1, 1), 5, for_dues=(1,), in_kind="鱼"), "实物"),
    (Receipt("9", date(2022, 1, 1), 0, in_kind="鱼"), "实物"),
])
def test_a_wrong_receipt_says_why(receipt, why):
    with pytest.raises(ReceiptError, match=why):
        arrears(THREE, [receipt], date(2023, 1, 1))


def test_a_number_may_not_stand_twice():
    with pytest.raises(ReceiptError, match="重复"):
        arrears([THREE[0], THREE[0]], [], date(2023, 1, 1))


def test_part_payments_interrupt_the_dues_they_were_counted_to():
    found = arrears(THREE, [Receipt("1", date(2023, 2, 1), 150_00)], date(2023, 2, 1))
    (event,) = part_payments(found)
    assert (event.kind, event.on, event.for_dues) == ("part_payment", date(2023, 2, 1), frozenset({1, 2}))


days = st.dates(date(2020, 1, 1), date(2026, 12, 31))
dues_lists = st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 10_000))), max_size=8).map(
    lambda rows: [Due(n, on, on, on, fen, "" if fen is not None else "粮", "") for n, (on, fen) in enumerate(rows, 1)])


@given(st.data())
def test_every_fen_received_is_allocated_or_advance(data):
    dues = data.draw(dues_lists)
    designated = st.lists(st.sampled_from([due.number for due in dues]), max_size=3).map(tuple) if dues else st.just(())
    receipts = data.draw(st.lists(st.builds(
        Receipt, number=st.just("r"), on=days, amount_fen=st.integers(1, 30_000), for_dues=designated), max_size=8))
    as_of = data.draw(days)
    found = arrears(dues, receipts, as_of)
    assert found.received_fen == sum(r.amount_fen for r in receipts if r.on <= as_of)
    assert found.allocated_fen + found.advance_fen == found.received_fen
    assert found.allocated_fen + found.owed_fen == found.due_fen
    assert found.advance_fen >= 0
    assert 0 <= found.overdue_fen <= found.owed_fen
    assert sum(a.fen for a in found.allocations) == sum(s.paid_fen for s in found.states)
    for state in found.states:
        assert state.days_late >= 0
        assert state.owed_fen is None if state.due.amount_fen is None else state.owed_fen >= 0
        assert state.paid_fen <= (state.due.amount_fen or 0)


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=6))
def test_what_is_owed_does_not_hang_on_how_a_sum_is_cut(parts):
    on = date(2024, 1, 1)
    cut = arrears(THREE, [Receipt(str(n), on, fen) for n, fen in enumerate(parts)], on + timedelta(days=30))
    whole = arrears(THREE, [Receipt("1", on, sum(parts))], on + timedelta(days=30))
    assert [s.owed_fen for s in cut.states] == [s.owed_fen for s in whole.states]
