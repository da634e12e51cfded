"""The page of one record: its facts back to their cells, its findings, its remedy, its papers and its history."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai import units
from mingbai.columns import Column, Register
from mingbai.kit import cases, intake, letters, publish
from mingbai.kit.cases import Judgement
from mingbai.kit.findings import after_events, judge, law, policy_of
from mingbai.kit.furniture import Furniture
from mingbai.kit.models import Case, Finding
from mingbai.kit.pages.lists import kit_or_404, steps
from mingbai.kit.record import SEALED, Record
from mingbai.kit.road import MOVES, RoadError, Stage, open_moves
from mingbai.kit.sources import Sources, sources
from mingbai.kit.values import read_form, shown, typed, words
from mingbai.places.clock import today
from mingbai.places.here import Here, page
from mingbai.places.models import Grant, GridCell, Organisation, Person
from mingbai.places.scope import scope
from mingbai.records import files
from mingbai.records.door import commit
from mingbai.records.files import UnwelcomeError
from mingbai.records.models import Attachment, Decision, Event, Receipt
from mingbai.rules import Law
from mingbai.rules.engine import CANNOT_TELL
from mingbai.rules.rule import ymd
from mingbai.sheets.reading import cell_of
from mingbai.units import Value

UNCOVERED = "uncovered"
"""The session's key of the record whose personal data were uncovered."""


def find(here: Here, register: str, pk: int) -> tuple[Furniture, Any]:
    kit = kit_or_404(register)
    record = here.get(kit.model, pk=pk)
    return kit, record


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    """Everything about one record, and the one thing to do next."""
    kit, record = find(here, register, pk)
    now, powers = today(), here.powers(record.organisation)
    findings = list(Finding.objects.filter(register=register, record=pk).select_related("by"))
    case = (
        Case.objects.filter(register=register, record=pk, secret=False)
        .select_related("responsible", "cell")
        .order_by("-pk")
        .first()
    )
    after = after_events(kit, record, now)
    attachments = list(Attachment.objects.filter(record=record.key).select_related("by"))
    receipts = list(Receipt.objects.filter(record=record.key))
    uncovered = request.session.get(UNCOVERED) == record.key and "personal" in powers
    elsewhere = sources(record)
    typed_row = {
        column.name: ymd(value) if isinstance(value := getattr(record, column.name), date) else value
        for column in kit.register.columns
        if column.kind not in SEALED
    }
    statute = law(register, policy_of(kit, record.organisation, now)) if kit.rulebook and findings else None
    context: dict[str, Any] = {
        "kit": kit,
        "record": record,
        "now": now,
        "powers": powers,
        "steps": steps(
            kit, record, publish.covered(register, [record.organisation_id]).get(record.organisation_id), now
        ),
        "uncovered": uncovered,
        "has_sealed": any(getattr(record, c.name) for c in kit.register.columns if c.kind in SEALED),
        "groups": _groups(kit, record, uncovered, elsewhere),
        "to_settle": elsewhere.open,
        "findings": [_finding(kit, record, each, after, typed_row, statute) for each in findings if not each.gone],
        "gone": [each for each in findings if each.gone],
        "waiting": [e for e in findings if e.state == Finding.State.OPEN and not e.gone],
        "klass": kit.road.classes.get(record.klass),
        "proposed": kit.road.classes.get(record.proposed),
        "classes": [c for c in kit.road.classes.values() if not c.secret],
        "case": case,
        "attachments": attachments,
        "decisions": Decision.objects.filter(record=record.key),
        "receipts": receipts,
        "once": secrets.token_hex(12),
        "years": kit.road.picture(record, receipts, now) if kit.road.picture else [],
        "unsure": len(record.unsure.split()),
        "history": _history(record, case, "clue" in powers),
        "bodies": _bodies(kit.register),
        "panel": _panel(kit, record, now, powers),
        "clues": Case.objects.filter(register=register, record=pk, secret=True) if "clue" in powers else [],
    }
    context |= letters.panel(kit, record, now, receipts)
    if case is not None:
        moves = open_moves(Stage(case.stage), powers)
        context |= {
            "moves": [move for move in moves if move.name != "assign"],
            "can_assign": any(move.name == "assign" for move in moves),
            "missing": cases.missing(case),
            "case_steps": case.steps.select_related("by"),
            "case_class": kit.road.classes[case.klass],
            "people": _people(record.organisation),
            "cells": GridCell.objects.filter(organisation=record.organisation),
            "case_stage": Stage(case.stage).label,
            "move_titles": {name: move.title for name, move in MOVES.items()},
        }
    return render(request, "kit/record.html", context)


def _panel(kit: Furniture, record: Record, now: date, powers: frozenset[str]) -> dict[str, Any] | None:
    """The folder's own part of the page."""
    if kit.road.panel is None:
        return None
    template, told = kit.road.panel
    return {"template": template, **told(record, now, powers)}


def _people(place: Organisation) -> list[Person]:
    """Who can be given work here: those who hold a role in the village first, then those above it."""
    held = Grant.objects.filter(organisation__in=place.above, person__is_active=True).select_related(
        "person", "organisation", "role"
    )
    near = sorted(
        (grant for grant in held if grant.holds(today()) and "view" in grant.role.powers),
        key=lambda grant: (-len(grant.organisation.path), grant.pk),
    )
    return list({grant.person_id: grant.person for grant in near}.values())


def _bodies(register: Register) -> list[str]:
    column = register.by_name.get("decision_body")
    return [choice for choice in column.choices if choice != "无"] if column else [_("会议")]


def _source(record: Record, name: str) -> tuple[str, str]:
    """The cell of the workbook a value came from, and the address of the page that shows it; ("", "") where nobody knows."""
    at = cell_of(record.upload.letters, record.source_sheet, record.source_row, name) if record.upload else None
    return (
        (at[1], f"{reverse('import', args=(record.upload_id,))}?{urlencode({'sheet': at[0], 'cell': at[1]})}")
        if at
        else ("", "")
    )


def _groups(
    kit: Furniture, record: Record, uncovered: bool, elsewhere: Sources
) -> list[tuple[str, list[dict[str, Any]]]]:
    by_name = kit.register.by_name
    groups = []
    for title, names in kit.road.groups.items():
        facts = []
        for name in names:
            value, column = getattr(record, name), by_name[name]
            doubtful = f"|{name}|" in record.doubtful
            if value is None and not doubtful:
                continue
            fact: dict[str, Any] = {
                "label": column.title,
                "value": shown(column, value, uncovered),
                "masked": column.kind in SEALED and not uncovered and value is not None,
            }
            if doubtful:
                fact["note"] = _("原表这一格没读懂")
            fact["cell"], fact["cell_url"] = _source(record, name)
            if not fact["cell"] and name in elsewhere.columns:
                fact["cell"], fact["cell_url"] = elsewhere.columns[name]
            facts.append(fact)
        if facts:
            groups.append((title, facts))
    return groups


def _finding(
    kit: Furniture,
    record: Record,
    each: Finding,
    after: dict[str, Any],
    typed_row: Mapping[str, Any],
    statute: Law | None,
) -> dict[str, Any]:
    by_name = kit.register.by_name
    rule = kit.rulebook.rules.get(each.rule) if kit.rulebook else None
    said = [
        {
            "label": by_name[name].title,
            "value": _said(by_name[name], record, after),
            **dict(zip(("cell", "url"), _source(record, name), strict=True)),
        }
        for name in dict.fromkeys(each.columns)
        if name in by_name and by_name[name].kind not in SEALED
    ]
    state = {"confirmed": "confirmed", "set_aside": "aside"}.get(each.state)
    return {
        "pk": each.pk,
        "rule": each.rule,
        "title": rule.title if rule else each.rule,
        "answer": each.answer,
        "severity": each.severity,
        "sentence": each.sentence,
        "said": said,
        "usual": each.advice,
        "anchor": f"f{each.pk}",
        "open": each.state == Finding.State.OPEN,
        "laws": [{"cite": cite, "url": reverse("rule", args=(kit.name, each.rule))} for cite in each.cites],
        "again": reverse("record-reading", args=(kit.name, record.pk, each.rule)) if rule else "",
        "status": {"title": each.get_state_display(), "state": state} if state else None,
        "reason": _reason(each),
        "look": _look(kit, record, each.rule),
        "weighs": kit.rulebook.weighs(each.rule, typed_row, statute, today()) if kit.rulebook and statute else [],
    }


def _said(column: Column, record: Record, after: dict[str, Any]) -> str:
    """What the ledger wrote, and what events made of it since."""
    wrote = words(column, getattr(record, column.name))
    if column.name not in after:
        return wrote
    return _("%(wrote)s，事件之后 %(now)s") % {
        "wrote": wrote or _("没有写"),
        "now": words(column, after[column.name]) or _("没有"),
    }


def _look(kit: Furniture, record: Record, rule: str) -> dict[str, str] | None:
    found = kit.road.looks.get(rule)
    return {"title": _(found[0]), "url": f"{reverse(found[1])}?record={record.pk}"} if found else None


def _reason(each: Finding) -> str:
    if not each.reason:
        return ""
    said = f"{each.by.name if each.by else ''}：{each.reason}"
    return (
        _("以前排除过，事实变了，请再看一遍。%(said)s") % {"said": said} if each.state == Finding.State.OPEN else said
    )


def _history(record: Record, case: Case | None, clues: bool) -> list[dict[str, Any]]:
    """From the cell to today, newest first: the events that name the record, in words; those of clues for whoever may see them."""
    label = record._meta.label_lower
    events = Event.objects.filter(organisation=record.organisation).select_related("person").order_by("-seq")
    found = []
    keys = {f"{label}:{record.pk}"} | ({f"kit.case:{case.pk}"} if case else set())
    titles = {column.name: column.title for column in record.register.columns}
    hidden = (
        set()
        if clues
        else {
            f"kit.case:{pk}"
            for pk in Case.objects.filter(register=record.register.name, record=record.pk, secret=True).values_list(
                "pk", flat=True
            )
        }
    )
    for event in events.filter(abouts__record=record.key)[:60]:
        if hidden and any(
            line.get("what") in hidden or f"kit.case:{(line.get('now') or {}).get('case_id')}" in hidden
            for line in event.lines
        ):
            continue
        changes = []
        for line in event.lines:
            if line.get("what") in keys and "was" in line and line["what"].startswith(label):
                changes += [
                    {"label": titles[name], "was": line["was"].get(name), "now": line["now"].get(name)}
                    for name in line["now"]
                    if name in titles
                ]
        found.append(
            {
                "at": event.on,
                "who": event.person.name if event.person else "",
                "what": event.deed,
                "detail": event.note,
                "changes": changes[:12],
            }
        )
    if record.upload_id:
        home = record.upload.letters.get(record.source_sheet, {}).get("", record.source_sheet)
        found.append(
            {
                "at": record.upload.on,
                "who": record.upload.by.name if record.upload.by else "",
                "what": _("从台账收下"),
                "detail": record.upload.file.name,
                "kind": "strong",
                "source": f"{record.source_sheet} {record.source_row}",
                "source_url": f"{reverse('import', args=(record.upload_id,))}?{urlencode({'sheet': home, 'cell': f'A{record.source_row}'})}",
            }
        )
    return found


def _back(record: Any) -> HttpResponse:
    return redirect("record", record.register.name, record.pk)


@require_http_methods(["GET", "POST"])
@page("edit")
def edit(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    kit, record = find(here, register, pk)
    return _form(request, here, kit, record)


@require_http_methods(["GET", "POST"])
@page("edit")
def new(request: HttpRequest, here: Here, register: str) -> HttpResponse:
    kit = kit_or_404(register)
    village = here.get(Organisation, code=request.POST["village"]) if request.POST.get("village") else here.place
    return _form(request, here, kit, kit.model(organisation=village))


def _form(request: HttpRequest, here: Here, kit: Furniture, record: Any) -> HttpResponse:
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        if not scope(here.person, "edit").covers(record.organisation):
            raise PermissionDenied
        values, errors = read_form(kit.register, request.POST, record)
        if request.POST.get("seen", record.fingerprint) != record.fingerprint:
            errors.append(
                {
                    "where": kit.title,
                    "what": _("您打开以后，别人改过这一份"),
                    "instead": _("下面是您填的；对照现在的内容，再存一次"),
                    "url": "",
                }
            )
        if not record.organisation.is_collective:
            errors.append({"where": _("村"), "what": _("请选是哪个村的"), "instead": "", "url": "#id_village"})
        if not errors:
            intake.edit(here.person, record, values, request.POST.get("note", ""))
            messages.success(request, _("存好了，疑点已经重新查过"))
            return _back(record)
    by_name = kit.register.by_name
    groups = [
        (
            title,
            [
                {
                    "column": by_name[name],
                    "text": request.POST.get(name, typed(by_name[name], getattr(record, name))),
                    "sealed": by_name[name].kind in SEALED,
                    "wrong": next((e for e in errors if e["url"] == f"#id_{name}"), None),
                }
                for name in names
            ],
        )
        for title, names in kit.road.groups.items()
    ]
    villages = (
        here.scope.within(here.place).organisations.filter(is_collective=True, merged_into=None)
        if record.pk is None
        else []
    )
    context = {
        "kit": kit,
        "record": record,
        "groups": groups,
        "errors": errors,
        "villages": villages[:400],
        "note": request.POST.get("note", ""),
    }
    return render(request, "kit/form.html", context, status=400 if errors else 200)


@require_POST
@page("confirm")
def decide(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    """Findings judged and, where a class was chosen, the class."""
    record = find(here, register, pk)[1]
    judgements = []
    for finding in Finding.objects.filter(register=register, record=pk, gone=False):
        word = request.POST.get(f"judge:{finding.pk}", "")
        if word in ("confirm", "aside"):
            judgements.append(Judgement(finding, word == "confirm", request.POST.get(f"reason:{finding.pk}", "")))
    try:
        if request.POST.get("klass"):
            cases.decide(here.person, record, request.POST["klass"], judgements)
        elif judgements:
            cases.judge(here.person, record, judgements)
        else:
            raise RoadError(_("还没有认定，也没有选类别"))
        messages.success(request, _("记下了"))
    except RoadError as error:
        messages.error(request, str(error))
    return _back(record)


def _case(here: Here, record: Any) -> Case:
    case = Case.objects.filter(register=record.register.name, record=record.pk, secret=False).order_by("-pk").first()
    if case is None:
        raise Http404
    return case


@require_POST
@page("assign")
def assign(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    record = find(here, register, pk)[1]
    case = _case(here, record)
    try:
        responsible = next(
            (p for p in _people(record.organisation) if str(p.pk) == request.POST.get("responsible")), None
        )
        if responsible is None:
            raise RoadError(_("请选责任人"))
        cell = GridCell.objects.filter(
            organisation=record.organisation, pk=units.whole(request.POST.get("cell", "")) or 0
        ).first()
        cases.assign(
            here.person,
            case,
            responsible,
            _date(request.POST.get("deadline", "")),
            request.POST.get("measure", ""),
            cell,
        )
        messages.success(request, _("派给%(who)s了，期限 %(when)s") % {"who": responsible.name, "when": case.deadline})
    except (RoadError, ValueError) as error:
        messages.error(request, str(error))
    return _back(record)


@require_POST
@page("view")
def step(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    record = find(here, register, pk)[1]
    case = _case(here, record)
    name = request.POST.get("step", "")
    try:
        cases.step(here.person, case, name, request.POST.get("note", "") or request.POST.get("reason", ""))
        messages.success(request, MOVES[name].title)
    except RoadError as error:
        messages.error(request, str(error))
    return _back(record)


@require_POST
@page("edit")
def attach(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    record = find(here, register, pk)[1]
    found = request.FILES.getlist("file")
    if not found:
        messages.error(request, _("还没有选文件"))
    for file in found:
        try:
            cases.attach(here.person, record, request.POST.get("label", "")[:40], file.name, file.read())
            messages.success(request, _("收好了：%(name)s") % {"name": file.name})
        except UnwelcomeError as error:
            messages.error(request, str(error))
    return _back(record)


@require_POST
@page("edit")
def resolve(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    record = find(here, register, pk)[1]
    post = request.POST
    try:
        numbers = [
            number
            for name in ("entitled", "present", "votes_for")
            if (number := units.whole(post.get(name, "").strip(), 7)) is not None
        ]
        if len(numbers) < 3:
            raise ValueError("not three numbers of people")
        minutes = None
        if request.FILES.get("minutes"):
            file = request.FILES["minutes"]
            minutes = cases.attach(here.person, record, _("会议记录"), file.name, file.read())
        cases.resolve(
            here.person,
            record,
            body=post.get("body", "")[:20],
            held_on=_date(post.get("held_on", "")),
            entitled=numbers[0],
            present=numbers[1],
            votes_for=numbers[2],
            subject=post.get("subject", "")[:200],
            minutes=minutes,
        )
        messages.success(request, _("决议登记好了"))
    except (RoadError, UnwelcomeError) as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, _("人数要填数字，日期写成 2026-09-30 这样"))
    return _back(record)


@require_POST
@page("edit")
def receive(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    record = find(here, register, pk)[1]
    post = request.POST
    try:
        amount = units.parse_money(post.get("amount", ""))
        if not isinstance(amount, Value) or amount.value is None:
            raise RoadError(_("金额读不懂：写成 12000 或 1.2万元"))
        receipt = cases.receive(
            here.person,
            record,
            amount.value.fen,
            post.get("payer", "")[:200] or record.name,
            received_on=_date(post.get("received_on", "")),
            way=post.get("way", "转账")[:20],
            once=post.get("once", "")[:40],
        )
        messages.success(request, _("收款登记好了，收据号 %(number)s") % {"number": receipt.full_number})
    except RoadError as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, _("日期写成 2026-09-30 这样"))
    return _back(record)


@require_POST
@page("clue")
def clue(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    record = find(here, register, pk)[1]
    try:
        cases.clue(here.person, record, request.POST.get("facts", ""))
        messages.success(request, _("线索登记了，只有区里和审计看得到"))
    except RoadError as error:
        messages.error(request, str(error))
    return _back(record)


@require_POST
@page("personal")
def uncover(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    """Shows identity numbers and phones of one record for this session; the audit keeps that it was done."""
    record = find(here, register, pk)[1]
    with commit(here.person, record.organisation, "personal", "看完整个人信息") as act:
        act.about(record.key)
    request.session[UNCOVERED] = record.key
    return _back(record)


@require_GET
@page("view")
def file(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """An attachment, through scope; never shown as a page of ours. What was handed in as it came has whole numbers of persons in it:
    it is for whoever may see them, and the audit keeps that it was opened."""
    attachment = here.get(Attachment, pk=pk)
    if not attachment.record:
        if not here.may("personal", attachment.organisation):
            raise PermissionDenied(_("原件里有完整的证件号码和电话，您没有看的权力"))
        with commit(here.person, attachment.organisation, "personal", "打开原件") as act:
            act.told("file", name=attachment.name, sha256=attachment.sha256)
    inline = attachment.kind in ("application/pdf", "image/png", "image/jpeg")
    return HttpResponse(
        files.content(attachment),
        content_type=attachment.kind,
        headers={
            "Content-Disposition": content_disposition_header(not inline, attachment.name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@require_GET
@page("view")
def unsure(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    """What the rules cannot tell, and what is missing for it; asked for when someone opens it."""
    kit, record = find(here, register, pk)
    found = judge(kit, record.organisation, today(), only=record.pk)
    missing = [
        {"rule": each.rule, "sentence": each.sentence}
        for each in found.where(CANNOT_TELL)
        if each.rule in record.unsure.split()
    ]
    return render(request, "kit/unsure.html", {"kit": kit, "record": record, "missing": missing})


def _date(text: str) -> date:
    return date.fromisoformat(text)
