"""What contracts still have to receive 合同待收款, for the bank's desk in the books."""

from __future__ import annotations

from datetime import date

from mingbai.books.claims import Claim
from mingbai.books.entry import Proposal
from mingbai.books.models import Voucher
from mingbai.kit.findings import restand
from mingbai.kit.furniture import furniture
from mingbai.places.models import Organisation
from mingbai.records.door import Commit
from mingbai.records.models import Receipt
from mingbai.records.receipts import receive
from mingbai.registers.contracts import posting
from mingbai.registers.contracts.course import course
from mingbai.registers.contracts.models import Contract
from mingbai.registers.contracts.strip import strip

AHEAD_DAYS = 60
"""Dues of the coming weeks may be paid already."""


class Contracts:
    name = "contracts"

    def claims(self, organisation: Organisation, on: date) -> list[Claim]:
        """Dues not paid in full, and receipts no voucher was booked for."""
        found: list[Claim] = []
        receipts = _receipts(organisation)
        booked = set(
            Voucher.objects.filter(organisation=organisation, event__startswith="receipts:").values_list(
                "event", flat=True
            )
        )
        for record in Contract.objects.filter(organisation=organisation, kind__in=posting.LETTINGS).prefetch_related(
            "events"
        ):
            mine = receipts.get(record.key, [])
            title, name = str(record.contract_no or record.title or record.serial), record.lessee or ""
            found += [
                Claim(record.key, title, name, each.received_on, each.amount_fen, each.pk)
                for each in mine
                if f"receipts:{each.pk}" not in booked
            ]
            for year in strip(record, course(record), mine, on):
                left = (year.amount_fen or 0) - year.paid_fen
                if left > 0 and (year.due_on - on).days <= AHEAD_DAYS:
                    found.append(Claim(record.key, title, name, year.due_on, left))
        return sorted(found, key=lambda each: (each.due_on, each.record))

    def receive(self, act: Commit, claim: Claim, fen: int, on: date, payer: str) -> Proposal:
        """The receipt on the contract (what is in arrears comes first) and its entry."""
        record = Contract.objects.select_for_update().get(
            pk=int(claim.record.partition(":")[2]), organisation=act.organisation
        )
        if claim.receipt is not None:
            receipt = Receipt.objects.get(pk=claim.receipt, organisation=act.organisation, record=record.key)
        else:
            receipt = receive(
                act, record.key, fen, payer or record.lessee or "承包方", received_on=on, in_arrears_fen=record.owed_fen
            )
            restand(furniture(self.name), act, record)
        return posting.of_receipt(record, receipt)

    def entries(self, organisation: Organisation, since: date, until: date) -> list[Proposal]:
        receipts = _receipts(organisation)
        records = (
            Contract.objects.filter(organisation=organisation, kind__in=posting.LETTINGS)
            .order_by("serial")
            .prefetch_related("events")
        )
        return [
            each for record in records for each in posting.proposals(record, receipts.get(record.key, []), since, until)
        ]


def _receipts(organisation: Organisation) -> dict[str, list[Receipt]]:
    """Record → its receipts, in the order they came."""
    found: dict[str, list[Receipt]] = {}
    for receipt in Receipt.objects.filter(organisation=organisation, record__startswith="contracts:").order_by(
        "received_on", "pk"
    ):
        found.setdefault(receipt.record, []).append(receipt)
    return found
