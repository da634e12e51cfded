"""Tallies: what a register's indicators come to over one organisation's own records, by one query.

The door asks for them whenever records of a register were written (:func:`declare`), so a tally changes in the same
transaction as what it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db.models import Aggregate, BigIntegerField, Count, Sum
from django.db.models.functions import Coalesce

from mingbai.board.models import Tally
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.indicators import Indicator
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope
from mingbai.records.door import Commit, recomputes

PREFIX = "tally_"


def declare() -> None:
    """Makes every write to a register's records ask for its tallies."""
    for name in furnished():
        kit = furniture(name)
        recomputes(f"board:{name}", partial(_of_one, kit), after=kit.model, together=partial(rebuild, kit))


def _of_one(kit: Furniture, act: Commit, organisation: Organisation) -> None:
    rebuild(kit, act, (organisation,))


def summed(kit: Furniture) -> list[Indicator]:
    """The indicators that add up; a share is made of two of them."""
    return [each for each in kit.road.indicators if each.unit != "share"]


def aggregates(kit: Furniture) -> dict[str, Aggregate]:
    """An expression for each indicator that adds up, over records of the register. The names carry a prefix: an
    indicator may be called as the column it counts."""
    return {
        PREFIX + each.key: Coalesce(Sum(each.total, filter=each.where), 0, output_field=BigIntegerField())
        if each.total
        else Count("pk", filter=each.where)
        for each in summed(kit)
    }


def counted(kit: Furniture, organisation: Organisation) -> dict[str, int]:
    """Its indicators over the organisation's own records, from the records; {} where it has none."""
    own = Scope(None, "view", (organisation.path,)).of(kit.model).filter(organisation=organisation)
    found: dict[str, int] = own.order_by().aggregate(records=Count("pk"), **aggregates(kit))
    return {key.removeprefix(PREFIX): number for key, number in found.items()} if found.pop("records") else {}


def rebuild(kit: Furniture, act: Commit, organisations: Sequence[Organisation]) -> None:
    """The organisations' tallies of a register, made anew within the open door. Derived: without a line in the event."""
    numbers = [each.pk for each in organisations]
    records = kit.model._default_manager.filter(organisation__in=numbers).order_by().values("organisation")
    now: dict[tuple[int, str], int] = {}
    for row in records.annotate(**aggregates(kit)):
        place = row.pop("organisation")
        now |= {(place, key.removeprefix(PREFIX)): number for key, number in row.items()}
    kept = Tally.objects.filter(organisation__in=numbers, register=kit.name)
    was = {
        (place, key): (pk, number)
        for pk, place, key, number in kept.values_list("pk", "organisation", "indicator", "number")
    }
    act.rewrite(
        Tally,
        ("number",),
        [(was[key][0], (number,)) for key, number in now.items() if key in was and was[key][1] != number],
    )
    act.derive(
        Tally,
        ("organisation", "register", "indicator", "number"),
        [(place, kit.name, key, number) for (place, key), number in now.items() if (place, key) not in was],
    )
    gone = [was[key][0] for key in was.keys() - now.keys()]
    if gone:
        act.drop(kept.filter(pk__in=gone))
