"""Dues 应缴: what a contract makes due when, what was paid, what is owed, and until when the law protects it.

Four steps, each usable alone: :func:`parse_escalation` reads how a price changes, :func:`schedule` makes the dues,
:func:`arrears` allocates receipts to them, :func:`limitation_end` and :func:`readings` say how long they can be sued
for. Money is fen, area 1/10,000 mu; the law's numbers stand in this room's YAML files.
"""

from mingbai.dues.arrears import Allocation, Arrears, DueState, Receipt, ReceiptError, arrears
from mingbai.dues.law import (
    ClaimKind,
    InterruptionKind,
    LawFileError,
    LimitationLaw,
    due_date_law,
    limitation_law,
    read_due_dates,
    read_limitation,
)
from mingbai.dues.limitation import (
    Interruption,
    Limitation,
    Reading,
    Suspension,
    Way,
    limitation_end,
    limitation_end_ymd,
    part_payments,
    readings,
    say_limitation,
    say_reading,
)
from mingbai.dues.prices import Escalation, Stage, Steps, parse_escalation, price_in_year, rent_of_area
from mingbai.dues.schedule import Due, DueRule, Instalment, Payment, Terms, TermsError, schedule, spread

__all__ = [
    "Allocation",
    "Arrears",
    "ClaimKind",
    "Due",
    "DueRule",
    "DueState",
    "Escalation",
    "Instalment",
    "Interruption",
    "InterruptionKind",
    "LawFileError",
    "Limitation",
    "LimitationLaw",
    "Payment",
    "Reading",
    "Receipt",
    "ReceiptError",
    "Stage",
    "Steps",
    "Suspension",
    "Terms",
    "TermsError",
    "Way",
    "arrears",
    "due_date_law",
    "limitation_end",
    "limitation_end_ymd",
    "limitation_law",
    "parse_escalation",
    "part_payments",
    "price_in_year",
    "read_due_dates",
    "read_limitation",
    "readings",
    "rent_of_area",
    "say_limitation",
    "say_reading",
    "schedule",
    "spread",
]
