"""Until when the law protects a contract's arrears 诉讼时效: what interrupted it, and how each unpaid due stands.

:func:`interruptions` is the one place that says what restarts the limitation of a contract: the ledger's own last demand,
letters that were served, what the debtor agreed to in writing, part payments, and the events of its life (a demand, an
acknowledgement, mediation, a suit).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from mingbai import dues
from mingbai.units import format_money
from mingbai.units.wording import phrase

SHOWN = 6


def interruptions(
    record: Any, receipts: Sequence[Any], letters: Sequence[Any], today: date, paid: dues.Arrears | None = None
) -> tuple[dues.Interruption, ...]:
    """What restarts the limitation of a contract, oldest first, each once: a letter that was served may stand among the
    events too. A letter counts from the day it was served, never before."""
    from mingbai.registers.contracts import events  # which itself asks for this furniture

    found = [dues.Interruption("demand", record.last_demand_on)] if record.last_demand_on else []
    found += [dues.Interruption("demand", each.served_on) for each in letters if each.what.counts and each.served_on]
    found += [
        dues.Interruption("acknowledgement", each.answered_on)
        for each in letters
        if each.answer == "agreed" and each.answered_on
    ]
    if paid is not None:
        dated = {each.full_number for each in receipts}  # what the ledger received has no date of its own
        found += [
            dues.Interruption("part_payment", each.on, for_dues=frozenset((each.due_number,)))
            for each in paid.allocations
            if each.receipt in dated
        ]
    lived = events.standing(record, today).interruptions
    return tuple(sorted({*found, *lived}, key=lambda each: (each.on, each.kind)))


def unpaid(record: Any, today: date) -> list[tuple[dues.Due, int]]:
    """The dues that make up what a contract owes, oldest first, with the fen open on each: what was paid settled the oldest
    (民法典第560条), so what is owed lies on the newest that have fallen due. Their sum may fall short of what is owed."""
    from mingbai.registers.contracts.course import course  # whose events ask for this furniture

    left, found = record.owed_fen, []
    for due in sorted(
        (due for due in course(record) if due.amount_fen and due.due_on < today),
        key=lambda due: (due.due_on, due.number),
        reverse=True,
    ):
        part = min(left, due.amount_fen or 0)
        if part <= 0:
            break
        found.append((due, part))
        left -= part
    return found[::-1]


def limitation(record: Any, receipts: Sequence[Any], letters: Sequence[Any], today: date) -> list[str]:
    """One sentence for each unpaid due, the oldest first; a sentence with both readings where lawyers argue."""
    from mingbai.registers.contracts.course import course

    if record.owed_fen <= 0:
        return []
    open_dues = unpaid(record, today)
    if not open_dues:
        return [phrase("按台账的期限和租金排不出各期应缴日期，时效算不出来；补填起止日期和租金以后再看")]
    terms = course(record)
    starts_on = record.starts_on or record.signed_on
    paid = (
        [dues.Receipt("台账", min(starts_on, today), record.received_fen)] if record.received_fen and starts_on else []
    )
    paid += [dues.Receipt(each.full_number, each.received_on, each.amount_fen) for each in receipts]
    try:
        counted = dues.arrears(terms, paid, today)
    except dues.ReceiptError:
        counted = None
    numbers = {due.number for due, _ in open_dues}
    told = {
        each.due.number: each
        for each in dues.readings(terms, today, interruptions(record, receipts, letters, today, counted), only=numbers)
    }
    return [
        phrase(
            "{due} 应缴的一期，尚欠 {sum} 元：{said}",
            due=due.due_on,
            sum=format_money(part),
            said=dues.say_reading(told[due.number]),
        )
        for due, part in open_dues[:SHOWN]
    ]
