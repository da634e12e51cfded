"""Arrears 欠缴: receipts allocated to dues, and what is then owed, late or paid in advance.

The order of 民法典第560条 in the form a lease needs it: what the payer designated, then the oldest due that has
fallen due. The article's further steps (least secured, heavier burden, pro rata) cannot arise between rents of one
contract, which carry the same security and differ in their dates. Costs and interest before principal (第561条) is
not done here: a schedule holds principal only, and a receipt for costs or interest is not a receipt on a due.
Money never pays a due in kind and a due in kind is never given a price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mingbai.dues.schedule import Due


class ReceiptError(ValueError):
    """A receipt cannot be allocated as written; the message says which and why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received 收款, in fen (at least 1), or goods as ``in_kind`` text with 0 fen.

    ``for_dues``: numbers of the dues the payer designated, in the payer's order; goods must name theirs.
    """

    number: str
    on: date
    amount_fen: int
    for_dues: tuple[int, ...] = ()
    in_kind: str = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Fen of one receipt counted towards one due, on the day they counted."""

    receipt: str
    due_number: int
    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class DueState:
    """One due as of a day. ``owed_fen`` is 0 before the due date and None for a due in kind.

    ``days_late``: from the due date to the day it was paid in full, or to ``as_of`` while it is not; the due date
    itself is in time. ``delivered``: goods handed over, word for word; whether they are enough a person decides.
    """

    due: Due
    paid_fen: int
    owed_fen: int | None
    days_late: int
    settled_on: date | None
    delivered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrears:
    """What has been paid and is owed as of a day, in fen; later receipts are left out.

    ``due_fen`` = ``allocated_fen`` + ``owed_fen``; ``received_fen`` = ``allocated_fen`` + ``advance_fen``. The advance
    is what was paid beyond the dues that had fallen due: for later dues by designation, or not yet for any.
    ``overdue_fen`` is the part of ``owed_fen`` whose due date has passed. ``in_kind_due``: numbers of dues in kind
    that have fallen due. ``notes``: what a person must look at.
    """

    as_of: date
    states: tuple[DueState, ...]
    allocations: tuple[Allocation, ...]
    due_fen: int
    received_fen: int
    allocated_fen: int
    owed_fen: int
    overdue_fen: int
    advance_fen: int
    in_kind_due: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def unpaid(self) -> tuple[DueState, ...]:
        """The dues with money owed, oldest due date first."""
        owing = [state for state in self.states if state.owed_fen]
        return tuple(sorted(owing, key=lambda state: (state.due.due_on, state.due.number)))


@dataclass(slots=True)
class _Ledger:
    """Dues with money, oldest first, and the money not yet counted towards any of them."""

    dues: list[Due]
    open_fen: dict[int, int]
    settled_on: dict[int, date] = field(default_factory=dict)
    waiting: list[tuple[str, int]] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)

    def count(self, receipt: str, fen: int, number: int, on: date) -> int:
        """Count fen of a receipt towards a due; the rest comes back."""
        part = min(fen, self.open_fen[number])
        if part:
            self.allocations.append(Allocation(receipt, number, on, part))
            self.open_fen[number] -= part
            if not self.open_fen[number]:
                self.settled_on[number] = on
        return fen - part

    def count_oldest(self, receipt: str, fen: int, on: date) -> None:
        """Count fen towards the dues that have fallen due, oldest first; the rest waits for the next."""
        for due in self.dues:
            if due.due_on > on:
                break
            fen = self.count(receipt, fen, due.number, on)
        if fen:
            self.waiting.append((receipt, fen))

    def fall_due(self, due: Due) -> None:
        """Money that waited pays a due on its due date, first received first."""
        waiting, self.waiting = self.waiting, []
        for receipt, fen in waiting:
            rest = self.count(receipt, fen, due.number, due.due_on)
            if rest:
                self.waiting.append((receipt, rest))


def arrears(dues: Sequence[Due], receipts: Sequence[Receipt], as_of: date) -> Arrears:
    """Allocate the receipts up to ``as_of`` to the dues of one contract and say what is owed. Raises ReceiptError."""
    _check(dues, receipts)
    in_money = sorted((due for due in dues if due.amount_fen is not None), key=lambda due: (due.due_on, due.number))
    ledger = _Ledger(in_money, {due.number: due.amount_fen or 0 for due in in_money})
    ledger.settled_on.update((due.number, due.due_on) for due in in_money if not due.amount_fen)
    seen = sorted((receipt for receipt in receipts if receipt.on <= as_of), key=lambda receipt: receipt.on)
    coming = [due for due in in_money if due.due_on <= as_of]
    notes: list[str] = []
    for receipt in seen:
        while coming and coming[0].due_on <= receipt.on:
            ledger.fall_due(coming.pop(0))
        if receipt.amount_fen:
            _take(ledger, receipt, notes)
    for due in coming:
        ledger.fall_due(due)
    return _summary(dues, ledger, seen, as_of, tuple(notes))


def _check(dues: Sequence[Due], receipts: Sequence[Receipt]) -> None:
    numbers = {due.number for due in dues}
    if len(numbers) != len(dues):
        raise ReceiptError("缴款计划里有重复的期号")
    for receipt in receipts:
        unknown = [number for number in receipt.for_dues if number not in numbers]
        if unknown:
            raise ReceiptError(f"收款 {receipt.number} 指定的第{unknown[0]}期不在缴款计划里，请更正期号")
        if receipt.amount_fen < 0 or (not receipt.amount_fen and not receipt.in_kind):
            raise ReceiptError(f"收款 {receipt.number} 的金额应大于零；退款另行登记，不写成负数")
        if receipt.in_kind and (receipt.amount_fen or not receipt.for_dues):
            raise ReceiptError(f"收款 {receipt.number} 是实物，应写明期号，金额留 0")


def _take(ledger: _Ledger, receipt: Receipt, notes: list[str]) -> None:
    """First the designated dues, then the oldest; money for a due in kind waits for a person."""
    fen = receipt.amount_fen
    for number in receipt.for_dues:
        if number in ledger.open_fen:
            fen = ledger.count(receipt.number, fen, number, receipt.on)
    in_kind = [number for number in receipt.for_dues if number not in ledger.open_fen]
    if in_kind and fen:
        notes.append(
            f"收款 {receipt.number} 指定用于实物租金第{in_kind[0]}期，余下的钱不折抵实物，也不冲抵其他各期，请人工确认"
        )
        return
    ledger.count_oldest(receipt.number, fen, receipt.on)


def _summary(
    dues: Sequence[Due], ledger: _Ledger, seen: Sequence[Receipt], as_of: date, notes: tuple[str, ...]
) -> Arrears:
    states = tuple(_state(due, ledger, seen, as_of) for due in dues)
    fallen = [state for state in states if state.due.due_on <= as_of and state.due.amount_fen is not None]
    received = sum(receipt.amount_fen for receipt in seen)
    allocated = sum(state.paid_fen for state in fallen)
    return Arrears(
        as_of=as_of,
        states=states,
        allocations=tuple(ledger.allocations),
        due_fen=sum(state.due.amount_fen or 0 for state in fallen),
        received_fen=received,
        allocated_fen=allocated,
        owed_fen=sum(state.owed_fen or 0 for state in fallen),
        overdue_fen=sum(state.owed_fen or 0 for state in fallen if state.due.due_on < as_of),
        advance_fen=received - allocated,
        in_kind_due=tuple(due.number for due in dues if due.in_kind and due.due_on <= as_of),
        notes=notes,
    )


def _state(due: Due, ledger: _Ledger, seen: Sequence[Receipt], as_of: date) -> DueState:
    delivered = tuple(receipt.in_kind for receipt in seen if receipt.in_kind and due.number in receipt.for_dues)
    if due.amount_fen is None:
        return DueState(due, 0, None, 0, None, delivered)
    still_open = ledger.open_fen[due.number]
    settled_on = ledger.settled_on.get(due.number)
    fallen = due.due_on <= as_of
    late = ((settled_on or as_of) - due.due_on).days if fallen else 0
    return DueState(due, due.amount_fen - still_open, still_open if fallen else 0, max(late, 0), settled_on, delivered)
