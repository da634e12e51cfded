"""A contract's life on its page: what stands after its events, the timeline, one short form for each kind, undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mingbai import units
from mingbai.kit.findings import law
from mingbai.kit.values import words
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.records.files import UnwelcomeError
from mingbai.registers.contracts import events, life
from mingbai.registers.contracts.happenings import (
    DISPUTES,
    EXPIRED,
    FIELDS,
    KINDS,
    NONE,
    PENDING,
    PHASES,
    RUNNING,
    SUBLEASES,
    TITLES,
    Field,
)
from mingbai.registers.contracts.life import LifeError, Standing
from mingbai.registers.contracts.models import Contract, ContractEvent
from mingbai.units import Value, format_area, format_money, mask_numbers

GROUPS = ("期限", "人", "钱", "争议")


def panel(record: Contract, on: date, powers: Any) -> Mapping[str, Any]:
    """What the record's page shows of its life."""
    rows = list(record.events.select_related("by", "paper", "undoes"))
    now = events.standing(record, on)
    out = life.struck(events.as_event(row) for row in rows)
    may_next = life.fitting(now) if "edit" in powers else {}
    kinds = [
        (_(group), [kind for kind in KINDS.values() if kind.group == group and may_next.get(kind.key) == ""])
        for group in GROUPS
    ]
    closed = [
        (_(kind.title), may_next[kind.key])
        for kind in KINDS.values()
        if kind.group in GROUPS and may_next.get(kind.key)
    ]
    return {
        "life_now": now,
        "life_said": _said(now),
        "life_differs": _differs(record, now, rows),
        "life_rows": [_row(row, out) for row in reversed(rows)],
        "life_kinds": [(group, each) for group, each in kinds if each],
        "life_closed": closed,
        "life_misfits": [sentence for _number, sentence in now.misfits],
    }


def _said(now: Standing) -> list[dict[str, Any]]:
    """The contract as it stands, in a few lines."""
    facts: list[dict[str, Any]] = [{"label": _("现在"), "value": _(PHASES[now.phase]), "note": _phase_note(now)}]
    if now.sublease != NONE:
        facts.append(
            {
                "label": _("转租"),
                "value": _(SUBLEASES[now.sublease]),
                "note": _("提异议的最后一天 %(day)s（民法典第七百一十八条）") % {"day": now.object_by}
                if now.object_by and now.sublease == PENDING
                else "",
            }
        )
    if now.deposit_in_fen:
        facts.append(
            {
                "label": _("保证金"),
                "value": _("手里 %(n)s 元") % {"n": format_money(now.deposit_held_fen)},
                "note": _("收 %(a)s，退 %(b)s，扣抵 %(c)s")
                % {
                    "a": format_money(now.deposit_in_fen),
                    "b": format_money(now.deposit_back_fen),
                    "c": format_money(now.deposit_kept_fen),
                },
            }
        )
    if now.dispute != NONE:
        facts.append(
            {
                "label": _("争议"),
                "value": _(DISPUTES[now.dispute]),
                "note": _("下一步最晚 %(day)s") % {"day": now.act_by} if now.act_by else "",
            }
        )
    if now.ended_on:
        facts.append({"label": _("怎么结束的"), "value": _(now.ended_how), "note": _settled(now)})
    if now.review_on:
        facts.append({"label": _("下次议价"), "value": str(now.review_on)})
    if now.interruptions:
        facts.append(
            {
                "label": _("时效重新起算"),
                "value": str(now.demanded_on),
                "note": _("%(n)s 次催收、承认或者程序") % {"n": len(now.interruptions)},
            }
        )
    return facts


def _phase_note(now: Standing) -> str:
    if now.endless:
        return _("到期以后仍在用，没有书面异议：可能已经成为不定期租赁（民法典第七百三十四条），请马上书面异议或者续签")
    if now.phase == EXPIRED and now.objected_on and now.ends_on:
        return _(
            "到期后第 %(n)s 天（%(day)s）提出书面异议；这以前是否已经成为不定期租赁（民法典第七百三十四条）要看当时的情形。留好送达凭证，收回或者按程序重新发包"
        ) % {"n": (now.objected_on - now.ends_on).days, "day": now.objected_on}
    return _("到 %(day)s") % {"day": now.ends_on} if now.ends_on and now.phase == RUNNING else ""


def _settled(now: Standing) -> str:
    parts = []
    if now.lessee_pays_fen:
        parts.append(_("承包方付 %(n)s 元") % {"n": format_money(now.lessee_pays_fen)})
    if now.collective_pays_fen:
        parts.append(_("集体付 %(n)s 元") % {"n": format_money(now.collective_pays_fen)})
    return "；".join([*parts, *([now.settles] if now.settles else [])])


def _differs(record: Contract, now: Standing, rows: list[ContractEvent]) -> list[dict[str, Any]]:
    """Column by column: what the ledger wrote, what it is after the events, and which event made it so."""
    by_pk = {row.pk: row for row in rows}
    told = life.overlay(events.terms(record), now)
    by_name = {column.name: column for column in (*record.register.columns, *record.register.house)}
    found = []
    for name, value in told.items():
        column, row = (
            by_name[name],
            by_pk.get(now.why.get("review_on" if name == "escalation" and "escalation" not in now.why else name, 0)),
        )
        found.append(
            {
                "label": _(column.title),
                "was": words(column, getattr(record, name, None)),
                "now": words(column, value),
                "why": f"{row.on} {_(TITLES[row.kind])}" if row else "",
            }
        )
    return found


def _row(row: ContractEvent, out: set[int]) -> dict[str, Any]:
    kind = KINDS.get(row.kind)
    return {
        "pk": row.pk,
        "on": row.on,
        "title": _(TITLES[row.kind]),
        "by": row.by.name if row.by else "",
        "entered_on": row.entered_on,
        "struck": row.pk in out,
        "facts": [
            {
                "label": _(FIELDS[name].title).removesuffix("（元）").removesuffix("（亩）"),
                "value": said(FIELDS[name], value),
            }
            for name, value in row.facts.items()
            if name in FIELDS
        ],
        "words": mask_numbers(row.words) if row.words else "",
        "paper": row.paper,
        "undoes": f"{row.undoes.on} {_(TITLES[row.undoes.kind])}" if row.undoes else "",
        "cites": [str(article) for article in law(events.REGISTER).cited(kind.cites, row.on)] if kind else [],
    }


def said(asked: Field, value: Any) -> str:
    """A fact in words."""
    match asked.kind:
        case "money":
            return _("%(n)s 元") % {"n": format_money(value)}
        case "area":
            return _("%(n)s 亩") % {"n": format_area(value)}
        case "yes_no":
            return _("是") if value else _("否")
        case "choice":
            return _(value)
        case _:
            return str(value)


@require_http_methods(["GET", "POST"])
@page("edit")
def add(request: HttpRequest, here: Here, pk: int, kind: str) -> HttpResponse:
    """One form for one kind of event; nothing typed is lost to an error."""
    contract = here.get(Contract, pk=pk)
    if kind not in KINDS or KINDS[kind].group not in GROUPS:
        raise Http404
    what = KINDS[kind]
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        facts, errors = read(what.key, request.POST)
        on = day_of(request.POST.get("on", ""))
        if on is None:
            errors.insert(
                0,
                {"where": _("哪一天"), "what": _("没有填日期"), "instead": _("写成 2026-09-30 这样"), "url": "#id_on"},
            )
        file = request.FILES.get("file")
        if not errors and on is not None:
            try:
                made = events.record(
                    here.person,
                    contract,
                    kind,
                    on,
                    facts,
                    words=request.POST.get("words", ""),
                    file=(file.name, file.read()) if file else None,
                )
                messages.success(
                    request,
                    _("登记好了：%(what)s。%(then)s")
                    % {"what": _(what.title), "then": _(what.then) if what.then else _("疑点已经重新查过。")},
                )
                return redirect(f"{_address(contract)}#life{made.pk}")
            except LifeError as error:
                errors = [
                    {
                        "where": error.where,
                        "what": error.what,
                        "instead": error.mend,
                        "url": f"#id_{error.name}" if error.name else "",
                    }
                ]
            except UnwelcomeError as error:
                errors = [{"where": _("凭证"), "what": str(error), "instead": "", "url": "#id_file"}]
    context = {
        "contract": contract,
        "kind": what,
        "errors": errors,
        "fields": _fields(what.key, request.POST),
        "on": request.POST.get("on", today().isoformat()),
        "words": request.POST.get("words", ""),
        "cites": law(events.REGISTER).cited(what.cites, today()),
        "life_said": _said(events.standing(contract, today())),
    }
    return render(request, "contracts/event.html", context, status=400 if errors else 200)


def _fields(key: str, posted: Any) -> list[dict[str, Any]]:
    kind = KINDS[key]
    return [
        {
            "name": name,
            "title": _(FIELDS[name].title),
            "kind": FIELDS[name].kind,
            "choices": [(each, _(each)) for each in FIELDS[name].choices],
            "help": _(FIELDS[name].help) if FIELDS[name].help else "",
            "needed": name in kind.needs,
            "text": posted.get(name, ""),
        }
        for name in (*kind.needs, *kind.one_of, *kind.may)
    ]


def read(key: str, posted: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A posted form as facts, and what could not be read: money as 12000 or 1.2万元, days as a ledger writes them."""
    kind = KINDS[key]
    facts: dict[str, Any] = {}
    wrong: list[dict[str, str]] = []
    for name in (*kind.needs, *kind.one_of, *kind.may):
        text, asked = posted.get(name, "").strip(), FIELDS[name]
        if not text:
            continue
        value: Any = text[:200]
        if asked.kind == "money":
            money = units.parse_money(text)
            value = money.value.fen if isinstance(money, Value) and money.value is not None else None
        elif asked.kind == "area":
            area = units.parse_area(text)
            value = area.value if isinstance(area, Value) else None
        elif asked.kind == "count":
            value = units.whole(text, 6)
        elif asked.kind == "date":
            value = day_of(text)
        elif asked.kind == "yes_no":
            value = {"yes": True, "no": False}.get(text)
        if value is None:
            examples = {
                "money": _("写成 12000 或 1.2万元"),
                "area": _("写成 12.5"),
                "count": _("写整数，例如 30"),
                "date": _("写成 2026-09-30 这样"),
                "yes_no": _("选是或者否"),
            }
            wrong.append(
                {
                    "where": _(asked.title),
                    "what": _("“%(text)s”读不懂") % {"text": text},
                    "instead": examples.get(asked.kind, ""),
                    "url": f"#id_{name}",
                }
            )
        else:
            facts[name] = value
    return facts, wrong


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@page("edit")
def undo(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Strikes an event by a further one."""
    event = here.get(ContractEvent, pk=pk)
    try:
        events.undo(here.person, event, today(), request.POST.get("reason", ""))
        messages.success(request, _("撤销了；原来那一件还在时间线上，划掉了"))
    except LifeError as error:
        messages.error(request, str(error))
    return redirect(f"{_address(event.contract)}#life")


def _address(contract: Contract) -> str:
    return reverse("record", args=(events.REGISTER, contract.pk))
