"""Receipts: numbered without gaps, and split into what was in arrears and what was not."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from mingbai.records.door import Commit
from mingbai.records.models import Attachment, Receipt


def receive(
    act: Commit,
    record: str,
    amount_fen: int,
    payer: str,
    *,
    received_on: date,
    in_arrears_fen: int = 0,
    way: str = "转账",
    evidence: Attachment | None = None,
    once: str | None = None,
) -> Receipt:
    """Books money for a record. Arrears come first (art. 560 of the Civil Code: the oldest due first); the number is
    the next of the organisation and year, taken inside the transaction, so that none is skipped."""
    last = Receipt.objects.filter(organisation=act.organisation, year=received_on.year).aggregate(Max("number"))[
        "number__max"
    ]
    return act.save(
        Receipt(
            organisation=act.organisation,
            record=record,
            year=received_on.year,
            number=(last or 0) + 1,
            received_on=received_on,
            amount_fen=amount_fen,
            arrears_fen=min(amount_fen, max(in_arrears_fen, 0)),
            payer=payer,
            way=way,
            evidence=evidence,
            once=once,
        )
    )
