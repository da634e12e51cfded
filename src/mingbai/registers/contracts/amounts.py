"""What a contract is worth 合同金额: its stated total, else the schedule of its rents over the term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingbai import dues
from mingbai.rules.law import ymd_date
from mingbai.units import Value

PRICED = ("total_fen", "start", "end", "rent_fen_per_year", "rent_fen_per_mu_year", "area_mu4", "escalation")
"""What of a judged row the amount is made of."""


def amount_fen(row: Mapping[str, Any]) -> int | None:
    """Fen of one judged row (see :func:`mingbai.rules.judge`); None where the ledger gives neither total nor rent and term.

    Rents that rise by a clause the ledger words plainly rise in the schedule too.
    """
    if row["total_fen"] is not None:
        return int(row["total_fen"])
    starts_on, ends_on = ymd_date(row["start"]), ymd_date(row["end"])
    if starts_on is None or ends_on is None or ends_on < starts_on:
        return None
    if row["rent_fen_per_year"] is None and (row["rent_fen_per_mu_year"] is None or row["area_mu4"] is None):
        return None
    clause = dues.parse_escalation(row["escalation"] or "")
    rising = clause.value if isinstance(clause, Value) else None
    try:
        planned = dues.schedule(
            dues.Terms(
                starts_on=starts_on,
                ends_on=ends_on,
                rent_fen_per_year=row["rent_fen_per_year"],
                rent_fen_per_mu_year=row["rent_fen_per_mu_year"],
                area_mu4=row["area_mu4"],
                escalation=rising if isinstance(rising, dues.Escalation) else None,
                steps=rising if isinstance(rising, dues.Steps) else None,
            )
        )
    except dues.TermsError:
        return None
    return sum(due.amount_fen or 0 for due in planned)
