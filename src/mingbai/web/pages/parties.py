"""The same party in different villages: suggested by equal identity numbers or equal names, decided by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.models import Apart
from mingbai.places.here import Here, page
from mingbai.places.models import Party
from mingbai.records.door import commit
from mingbai.units.wording import phrase

GROUPS, SHOWN, DECIDED = 200, 40, 30
SAME, APART = phrase("认定同一当事人"), phrase("认定不是同一当事人")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two villages' words for what may be one party, and why it is asked."""

    one: Party
    other: Party
    by_number: bool

    @property
    def key(self) -> str:
        return pair_key(self.one.pk, self.other.pk)


def pair_key(one: int, other: int) -> str:
    """How an event names a decided pair, whichever way round."""
    return f"parties:{min(one, other)}-{max(one, other)}"


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method == "POST":
        return _decide(request, here)
    pairs = list(_pairs(here.of(Party)))
    said = set(Apart.objects.filter(one__in=[pair.one.pk for pair in pairs]).values_list("one", "other"))
    waiting = [pair for pair in pairs if (pair.one.pk, pair.other.pk) not in said]
    decided = (
        here.of(Party)
        .exclude(same_as=None)
        .select_related("organisation", "same_as__organisation")
        .order_by("-pk")[:DECIDED]
    )
    shown = waiting[:SHOWN]
    counts = _records(here, [party.pk for pair in shown for party in (pair.one, pair.other)])
    lines = [
        {"pair": pair, "sides": [{"party": party, "n": counts.get(party.pk, 0)} for party in (pair.one, pair.other)]}
        for pair in shown
    ]
    return render(
        request,
        "web/parties.html",
        {"lines": lines, "waiting": len(waiting), "decided": decided, "register": furnished()[0]},
    )


def _pairs(rows: QuerySet[Party]) -> Iterator[Pair]:
    """Pairs of different villages with the same number, then with the same name (unless their numbers differ)."""
    seen: set[str] = set()
    for field in ("id_mark", "name"):
        groups = (
            rows.exclude(**{field: ""})
            .order_by()
            .values(field)
            .annotate(n=Count("organisation", distinct=True))
            .filter(n__gt=1)
            .order_by("-n", field)[:GROUPS]
        )
        members: dict[str, list[Party]] = defaultdict(list)
        for party in (
            rows.filter(**{f"{field}__in": [group[field] for group in groups]})
            .select_related("organisation")
            .order_by("pk")
        ):
            members[getattr(party, field)].append(party)
        for group in groups:
            for one, other in combinations(members[group[field]][:6], 2):
                differ = bool(one.id_mark and other.id_mark and one.id_mark != other.id_mark)
                key = pair_key(one.pk, other.pk)
                if (
                    one.organisation_id != other.organisation_id
                    and _root(one) != _root(other)
                    and not differ
                    and key not in seen
                ):
                    seen.add(key)
                    yield Pair(one, other, field == "id_mark")


def _root(party: Party) -> int:
    return party.same_as_id or party.pk


def _records(here: Here, parties: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for name in furnished():
        for party, n in (
            here.of(furniture(name).model)
            .filter(party__in=set(parties))
            .order_by()
            .values_list("party")
            .annotate(Count("pk"))
        ):
            counts[party] = counts.get(party, 0) + n
    return counts


def _decide(request: HttpRequest, here: Here) -> HttpResponse:
    deed = request.POST.get("deed", "")
    other: Any = here.get(Party, pk=request.POST.get("other", ""))
    if deed == "part":
        with commit(here.person, other.organisation, "edit", "拆开当事人") as act:
            act.about(f"parties:{other.pk}")
            other.same_as = None
            act.save(other, "same_as")
        messages.success(request, _("拆开了：%(name)s") % {"name": other.name})
        return redirect("parties")
    one: Any = here.get(Party, pk=request.POST.get("one", ""))
    if deed not in ("same", "apart") or one.pk == other.pk:
        raise Http404(deed)
    if deed == "same":
        root = one.same_as or one
        moved = Party.objects.filter(Q(pk=_root(other)) | Q(same_as=_root(other))).select_related("organisation")
        if not all(here.scope.covers(party.organisation) for party in (root, *moved)):
            raise PermissionDenied(_("其中有您范围以外的当事人，请上级来认"))
        with commit(here.person, other.organisation, "edit", SAME) as act:
            act.about(pair_key(one.pk, other.pk))
            act.change(moved.exclude(pk=root.pk), same_as=root.pk)
            for apart in Apart.objects.filter(one=min(one.pk, other.pk), other=max(one.pk, other.pk)):
                act.remove(apart, "认定是同一当事人")
        messages.success(
            request,
            _("记下了：%(one)s和%(other)s是同一个%(name)s")
            % {"one": one.organisation.name, "other": other.organisation.name, "name": other.name},
        )
    else:
        with commit(here.person, other.organisation, "edit", APART) as act:
            act.about(pair_key(one.pk, other.pk))
            first, second = sorted((one, other), key=lambda party: party.pk)
            if not Apart.objects.filter(one=first, other=second).exists():
                act.save(Apart(one=first, other=second, by=here.person, on=act.on))
        messages.success(request, _("记下了：不是同一个，以后不再问"))
    return redirect("parties")
