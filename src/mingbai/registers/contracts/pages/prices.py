"""可比价格: what land of a class costs, by year and place, with the picture behind C07."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai import units
from mingbai.kit.findings import COMPARED, law, policy_of
from mingbai.kit.furniture import furniture
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope
from mingbai.registers.contracts import events, prices
from mingbai.registers.contracts.life import Terms
from mingbai.registers.contracts.models import Contract
from mingbai.registers.contracts.rules import LAND

FIELDS = (
    "pk",
    "organisation__name",
    "land_class",
    "signed_on",
    "starts_on",
    "ends_on",
    "term_months",
    "rent_fen_per_mu_year",
    "rent_fen_per_year",
    "total_fen",
    "area_mu4",
)


@require_GET
@page("view")
def show(request: HttpRequest, here: Here) -> HttpResponse:
    """One class at a time: the place's own contracts as dots; of the county numbers only, as the rule compares them."""
    record = (
        here.get(Contract, pk=number) if (number := units.whole(request.GET.get("record", ""))) is not None else None
    )
    where = (
        Here(here.person, here.scope, here.get(Organisation, code=request.GET["place"]))
        if request.GET.get("place")
        else here
    )
    place = record.organisation if record is not None else where.place
    county = next((each for each in place.above if each.level == COMPARED), place)
    whole = known(
        Contract.objects.filter(pk__in=Scope(None, "view", (county.path,)).of(Contract).order_by().values("pk")),
        [*county.below],
    )
    own = {each.pk for each in where.of(Contract).only("pk")} | ({record.pk} if record is not None else set())
    mine = [each for each in whole if each.record in own]
    classes = [each for each in LAND if any(price.land_class == each for price in whole)]
    common = max(classes, key=lambda each: sum(price.land_class == each for price in mine), default="")
    chosen = (
        request.GET.get("class", "")
        if request.GET.get("class") in classes
        else record.land_class
        if record is not None and record.land_class in classes
        else common
    )
    of_class = [each for each in whole if each.land_class == chosen]
    shown = [each for each in mine if each.land_class == chosen]
    statute = law(events.REGISTER, policy_of(furniture(events.REGISTER), place, today()))
    fewest, percent, floor = (
        _number(statute, "comparables_min"),
        _number(statute, "cheap_percent"),
        _floor(statute, chosen),
    )
    decades = {decade: found for (_class, decade), found in prices.by(of_class, "decade").items()}
    medians = {decade: found.median for decade, found in decades.items() if found.count >= fewest}
    years = {year: found for (_class, year), found in prices.by(shown, "year").items()}
    words = {
        "title": _("%(class)s每亩年租金") % {"class": chosen},
        "axis": _("元/亩·年"),
        "mine": _("这一份"),
        "beyond": _("另有 {n} 份在图的上边以外"),
    }
    drawn = prices.picture(shown, medians, floor, percent, record.pk if record is not None else None, words)
    at = next((each for each in of_class if record is not None and each.record == record.pk), None)
    places = _by_place(shown) if where.place.level != Organisation.Level.VILLAGE else []
    context = {
        "record": record,
        "classes": classes,
        "chosen": chosen,
        "picture": mark_safe(drawn),  # noqa: S308 - our own SVG, its texts escaped
        "shown": len(shown),
        "where": where.place,
        "county": county,
        "fewest": fewest,
        "percent": percent,
        "floor": floor,
        "at": at,
        "decades": [
            {
                "span": f"{decade}—{decade + 9}",
                "spread": found,
                "enough": found.count >= fewest,
                "line": found.median * percent / 100,
            }
            for decade, found in sorted(decades.items(), reverse=True)
            if found.count >= fewest or county == where.place
        ],
        "years": [{"year": year, "spread": found} for year, found in sorted(years.items(), reverse=True)],
        "places": places,
        "at_decade": decades.get(at.agreed_on.year // 10 * 10) if at else None,
        "villages": here.scope.within(here.place).organisations.filter(is_collective=True, merged_into=None)[:400]
        if here.place.level != Organisation.Level.VILLAGE
        else [],
    }
    return render(request, "contracts/prices.html", context)


def known(rows: Any, places: Iterable[Organisation]) -> list[prices.Price]:
    """The prices of contracts as they stand today, of every class of land."""
    told: Mapping[str, Mapping[int, Any]] = events.laid_over(places, today())
    found = []
    for pk, place, *values in rows.filter(land_class__in=LAND).order_by().values_list(*FIELDS):
        row = {name: told.get(name, {}).get(pk, value) for name, value in zip(FIELDS[2:], values, strict=True)}
        agreed_on = told.get("priced_on", {}).get(pk) or row["signed_on"] or row["starts_on"]
        terms = _terms(row)
        fen = prices.price_of(
            rent_fen_per_mu_year=row["rent_fen_per_mu_year"],
            rent_fen_per_year=row["rent_fen_per_year"],
            total_fen=row["total_fen"],
            area_mu4=row["area_mu4"],
            starts_on=terms.begins,
            ends_on=terms.end,
        )
        if fen is not None and agreed_on is not None:
            found.append(prices.Price(pk, place, row["land_class"], agreed_on, fen, place))
    return found


def _terms(row: Mapping[str, Any]) -> Terms:
    return Terms(
        signed_on=row["signed_on"], starts_on=row["starts_on"], ends_on=row["ends_on"], term_months=row["term_months"]
    )


def _by_place(shown: list[prices.Price]) -> list[dict[str, Any]]:
    names = sorted({each.place for each in shown})
    return [
        {"place": name, "spread": prices.spread([each.fen for each in shown if each.place == name])} for name in names
    ]


def _number(statute: Any, name: str) -> int:
    version = statute.parameters[name].on(today())
    return int(version.value) if version is not None else 0


def _floor(statute: Any, land_class: str) -> int | None:
    version = statute.parameters["price_floor_fen"].on(today())
    said = version.value if version is not None else None
    return said.get(land_class) if isinstance(said, Mapping) else said
