"""The way back from a record to its paper: each value to its piece of a page, and what is still to settle."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.kit.record import Record
from mingbai.kit.sources import Sources, sought_by
from mingbai.scans.models import Field, Paper


@sought_by
def on_paper(record: Record) -> Sources:
    """Fields a person confirmed, of papers that became this record or were put to it (those that say what it says)."""
    papers = Paper.objects.filter(register=record.register.name, record=record.pk, state=Paper.State.ACCEPTED)
    fields = (
        Field.objects.filter(paper__in=papers, state=Field.State.CONFIRMED)
        .order_by("paper_id", "id")
        .defer("raw", "proposed", "doubts", "text")
    )
    columns: dict[str, tuple[str, str]] = {}
    differing: dict[int, int] = {}
    for field in fields:
        if field.settled == Field.Settled.OPEN:
            differing[field.paper_id] = differing.get(field.paper_id, 0) + 1
        elif field.page and field.settled != Field.Settled.LEDGER:
            columns.setdefault(
                field.column,
                (
                    _("纸第 %(n)s 页") % {"n": field.page},
                    f"{reverse('paper', args=(field.paper_id,))}?field={field.column}",
                ),
            )
    return Sources(
        columns,
        tuple(
            (_("有 %(n)s 处纸上写的和台账写的不一样，还没有核对。") % {"n": n}, reverse("paper", args=(pk,)))
            for pk, n in differing.items()
        ),
    )
