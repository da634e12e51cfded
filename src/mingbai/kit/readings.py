"""How a record's finding would read under another date or another place's policy. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from mingbai.kit.findings import checker_of, policy_of, rows_of
from mingbai.kit.furniture import Furniture
from mingbai.kit.record import Record
from mingbai.places.models import Organisation
from mingbai.rules.explain import Reading, explain


def readings(
    kit: Furniture,
    record: Record,
    rule: str,
    on: date,
    days: Sequence[date | None] = (None,),
    under: Organisation | None = None,
    rows: pl.DataFrame | None = None,
) -> list[Reading]:
    """The rule over a record beside its county's, as of ``on``, for each day as if its deed had been done then (None = as it
    was), by the policy of ``under`` instead of its own place's. ``rows``: what :func:`rows_of` gave, where it was asked already.

    :raises KeyError: no such rule.
    """
    if rows is None:
        rows = rows_of(kit, record.organisation, on)
    number = rows.filter(pl.col("_row") == record.pk)["_id"].item()
    checker = checker_of(kit, policy_of(kit, under or record.organisation, on), on)
    return [explain(checker, rows, number, rule, day) for day in days]
