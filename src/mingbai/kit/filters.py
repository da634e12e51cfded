"""List filters: a query string becomes a choice of records, the same choice an indicator counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from mingbai.kit.furniture import Furniture
from mingbai.kit.models import Finding
from mingbai.kit.record import SEALED
from mingbai.units import whole

SOON = timedelta(days=7)

CHOICES: Mapping[str, tuple[str, Mapping[str, tuple[str, Q]]]] = {
    "decided": ("清查", {"yes": ("已定类别", Q(klass__gt="")), "no": ("未定类别", Q(klass=""))}),
    "findings": ("疑点", {"open": ("待认定", Q(open_findings__gt=0)), "none": ("没有待认定", Q(open_findings=0))}),
    "irregular": ("规范", {"yes": ("不规范", Q(irregular=True)), "no": ("未见不规范", Q(irregular=False))}),
    "rectified": (
        "整改",
        {"yes": ("已整改", Q(rectified=True)), "no": ("未整改完", Q(irregular=True, rectified=False))},
    ),
    "owed": ("欠缴", {"yes": ("有欠缴", Q(owed_fen__gt=0)), "no": ("没有欠缴", Q(owed_fen=0))}),
    "recovered": ("追缴", {"yes": ("有追缴", Q(recovered_fen__gt=0))}),
    "stage": (
        "环节",
        {
            "confirmed": ("待派单", Q(stage="confirmed")),
            "assigned": ("整改中", Q(stage="assigned")),
            "self_checked": ("待验收", Q(stage="self_checked")),
            "accepted": ("已验收", Q(stage="accepted")),
            "closed": ("已销号", Q(stage="closed")),
        },
    ),
}
"""Filter → (its title, value → (words, condition))."""

SORTS = {"amount": "amount_fen", "owed": "owed_fen", "deadline": "deadline", "severity": "severity"}


def lights(today: date) -> Mapping[str, tuple[str, Q]]:
    """Deadline lights as conditions: red is over, yellow within a week, green later."""
    return {
        "red": ("逾期", Q(deadline__lt=today)),
        "yellow": ("七天内到期", Q(deadline__gte=today, deadline__lte=today + SOON)),
        "green": ("按期", Q(deadline__gt=today + SOON)),
    }


def chosen(kit: Furniture, rows: QuerySet[Any], query: Mapping[str, str], today: date) -> QuerySet[Any]:
    """The records a query string asks for; words it does not know choose nothing away."""
    for name, (_, values) in CHOICES.items():
        found = values.get(query.get(name, ""))
        if found:
            rows = rows.filter(found[1])
    light = lights(today).get(query.get("light", ""))
    if light:
        rows = rows.filter(light[1])
    if query.get("klass", "") in kit.road.classes:
        rows = rows.filter(klass=query["klass"])
    if query.get("rule"):
        hits = Finding.objects.filter(register=kit.name, rule=query["rule"], gone=False).exclude(
            state=Finding.State.SET_ASIDE
        )
        rows = rows.filter(pk__in=hits.values("record"))
    for name in ("upload", "cell", "party"):
        if (number := whole(query.get(name, ""))) is not None:
            rows = rows.filter(**{name: number})
    words = query.get("q", "").strip()[:60]
    if words:
        wanted = Q()
        for name in searched(kit):
            wanted |= Q(**{f"{name}__icontains": words})
        rows = rows.filter(wanted)
    order = SORTS.get(query.get("sort", "").lstrip("-"))
    if order:
        rows = rows.order_by(f"-{order}" if query["sort"].startswith("-") else order, "pk")
    return rows


def searched(kit: Furniture) -> list[str]:
    """Text columns of the list that words are looked for in."""
    by_name = kit.register.by_name
    return [
        name
        for name in (*kit.road.list_columns, "contract_no", "location")
        if name in by_name
        and by_name[name].kind == "text"
        and not by_name[name].sealed
        and by_name[name].kind not in SEALED
    ]


def said(query: Mapping[str, str], today: date) -> list[tuple[str, str]]:
    """The filters that are on, in words: ``[(name, "整改：已整改")]``."""
    words = []
    for name, (title, values) in CHOICES.items():
        if query.get(name) in values:
            words.append((name, f"{title}：{values[query[name]][0]}"))
    if query.get("light") in lights(today):
        words.append(("light", f"期限：{lights(today)[query['light']][0]}"))
    for name, title in (
        ("klass", "类别"),
        ("rule", "规则"),
        ("q", "找"),
        ("upload", "来自导入"),
        ("cell", "责任田"),
        ("party", "当事人"),
    ):
        if query.get(name):
            words.append((name, f"{title}：{query[name]}"))
    return words
