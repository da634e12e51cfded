"""Paper 纸质合同: hand in pictures, confirm each field beside its piece of the page, accept."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai import paper as papers
from mingbai.kit import recheck
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.record import SEALED
from mingbai.kit.values import MASKS, shown
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.places.scope import scope
from mingbai.records import files
from mingbai.records.files import UnwelcomeError
from mingbai.records.models import Job
from mingbai.scans import desk
from mingbai.scans.desk import ScanError
from mingbai.scans.models import Field, Leaf, Paper

MARGIN, BESIDE = 14, 70
"""Pixels of the page shown above and below a field's region, and left and right of it."""


@require_http_methods(["GET", "POST"])
@page("import")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """Hand in the pictures of one contract; those handed in before."""
    errors: list[dict[str, str]] = []
    villages = here.scope.within(here.place).organisations.filter(is_collective=True, merged_into=None)
    if request.method == "POST":
        village = here.get(Organisation, code=request.POST.get("village", ""))
        register = request.POST.get("register", "")
        if register not in furnished():
            raise Http404(register)
        try:
            return redirect("paper", desk.receive(here.person, village, register, _given(request)).pk)
        except UnwelcomeError as error:
            errors.append({"where": _("照片"), "what": str(error), "instead": "", "url": "#id_file"})
    rows = (
        here.of(Paper)
        .defer("reading")
        .select_related("organisation", "by")
        .annotate(
            asked=Count("fields", distinct=True),
            left=Count("fields", filter=Q(fields__state=Field.State.PROPOSED), distinct=True),
            pages=Count("leaves", distinct=True),
        )
        .order_by("-id")
    )
    context = {
        "villages": villages[:400],
        "registers": [furniture(name) for name in furnished()],
        "papers": Paginator(rows, 50).get_page(request.GET.get("page")),
        "errors": errors,
        "steps": wizard(1),
        "missing": papers.missing(),
        "village": request.POST.get("village") or (here.place.code if here.place.is_collective else ""),
    }
    return render(request, "scans/papers.html", context, status=400 if errors else 200)


def _given(request: HttpRequest) -> list[tuple[str, bytes]]:
    return [(str(file.name), file.read()) for file in request.FILES.getlist("file")]


def wizard(now: int) -> list[dict[str, str]]:
    titles = (_("交照片"), _("逐栏确认"), _("收下"))
    return [
        {"title": title, "state": "done" if place < now else "now" if place == now else "todo"}
        for place, title in enumerate(titles, 1)
    ]


@require_GET
@page("import")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The paper where it stands: still read, to be confirmed, accepted (then each field leads to its region)."""
    paper = here.get(Paper, pk=pk)
    kit = furniture(paper.register)
    leaves = list(paper.leaves.all())
    if paper.state in (Paper.State.RECEIVED, Paper.State.REFUSED) or not leaves:
        job = Job.objects.filter(organisation=paper.organisation, url=reverse("paper", args=(pk,))).first()
        return render(
            request,
            "scans/wait.html",
            {
                "paper": paper,
                "kit": kit,
                "job": job,
                "steps": wizard(1),
                "originals": paper.originals.select_related("file"),
            },
        )
    return render(
        request, "scans/paper.html", _desk(request, here, paper, kit, leaves, request.GET.get("field", ""), None, "")
    )


def _desk(
    request: HttpRequest,
    here: Here,
    paper: Paper,
    kit: Furniture,
    leaves: list[Leaf],
    at: str,
    error: ScanError | None,
    said: str,
) -> dict[str, Any]:
    order = {name: place for place, name in enumerate(name for names in kit.road.groups.values() for name in names)}
    fields = sorted(paper.fields.all(), key=lambda each: order.get(each.column, len(order)))
    left = [each for each in fields if each.state == Field.State.PROPOSED]
    settled = paper.state in (Paper.State.ACCEPTED, Paper.State.DROPPED)
    chosen = next((each for each in fields if each.column == at), None) or (left[0] if left and not settled else None)
    spot = fields.index(chosen) if chosen else -1
    number = request.GET.get("page", "")
    leaf = (
        next((each for each in leaves if str(each.number) == number), None)
        or next((each for each in leaves if chosen and each.number == chosen.page), None)
        or leaves[0]
    )
    column = kit.register.by_name[chosen.column] if chosen else None
    doubts = (
        []
        if chosen is None or not chosen.doubts
        else [{"reason": why, "suggestions": suggestions} for why, suggestions in json.loads(chosen.doubts)]
    )
    if error is not None:
        doubts.insert(0, {"reason": str(error), "suggestions": list(error.suggestions)[:8]})
    values = desk.values_of(paper) if not left and paper.state == Paper.State.READ else {}
    record = kit.model._default_manager.filter(pk=paper.record).first() if paper.record else None
    return {
        "paper": paper,
        "kit": kit,
        "leaves": leaves,
        "leaf": leaf,
        "fields": [_shown(kit, each) for each in fields],
        "left": len(left),
        "asked": len(fields),
        "done": len(fields) - len(left),
        "chosen": chosen,
        "column": column,
        "doubts": doubts,
        "error": error,
        "settled": settled,
        "said": said
        if error
        else MASKS[column.kind](_first(chosen))
        if column and settled and column.kind in SEALED and _first(chosen)
        else _first(chosen),
        "crop": _crop(chosen, leaves),
        "marks": _points(chosen) if chosen and leaf.number == chosen.page else [],
        "before": fields[spot - 1].column if spot > 0 else "",
        "after": fields[spot + 1].column if 0 <= spot < len(fields) - 1 else "",
        "steps": wizard(4 if settled else 2 if left else 3),
        "may": scope(here.person, "import").covers(paper.organisation),
        "may_edit": scope(here.person, "edit").covers(paper.organisation),
        "choices": list(column.choices) if column else [],
        "twins": [_twin(kit, each, values) for each in desk.twins(paper, values)] if values else [],
        "record": record,
        "originals": paper.originals.select_related("file"),
        "differences": _differences(kit, paper, record) if record is not None else [],
    }


def _first(field: Field | None) -> str:
    """What stands in the input: what was confirmed, else what was proposed."""
    if field is None:
        return ""
    return (
        field.text
        if field.state == Field.State.CONFIRMED
        else field.proposed
        if field.state == Field.State.PROPOSED
        else ""
    ) or ""


def _shown(kit: Furniture, field: Field) -> dict[str, Any]:
    column = kit.register.by_name[field.column]
    said = (
        field.text
        if field.state == Field.State.CONFIRMED
        else field.proposed
        if field.state == Field.State.PROPOSED
        else ""
    )
    if said and column.kind in SEALED:  # in full only where it is being confirmed
        said = MASKS[column.kind](said)
    return {
        "column": field.column,
        "title": column.title,
        "said": said or "",
        "state": field.state,
        "word": field.get_state_display(),
        "page": field.page,
        "doubt": bool(field.doubts) and field.state == Field.State.PROPOSED,
        "unit": column.kind,
        "by": field.by_id,
    }


def _points(field: Field) -> list[str]:
    return [" ".join(f"{x},{y}" for x, y in each) for each in field.region]


def _crop(field: Field | None, leaves: list[Leaf]) -> dict[str, Any] | None:
    """The piece of the page a field stands on, as the view of an SVG: the server cuts no picture."""
    leaf = next((each for each in leaves if field and field.region and each.number == field.page), None)
    if leaf is None or field is None:
        return None
    xs, ys = [x for each in field.region for x, _ in each], [y for each in field.region for _, y in each]
    left, top = max(min(xs) - BESIDE, 0), max(min(ys) - MARGIN, 0)
    return {
        "leaf": leaf,
        "x": left,
        "y": top,
        "width": min(max(xs) + BESIDE, leaf.width) - left,
        "height": min(max(ys) + MARGIN, leaf.height) - top,
        "points": _points(field),
    }


def _twin(kit: Furniture, record: Any, values: dict[str, Any]) -> dict[str, Any]:
    """A record the paper may belong to, and what the two say differently."""
    by_name = kit.register.by_name
    differs = [
        {
            "title": by_name[name].title,
            "ledger": shown(by_name[name], getattr(record, name), False),
            "paper": shown(by_name[name], value, False),
        }
        for name, value in values.items()
        if getattr(record, name) != value
    ]
    return {"record": record, "title": getattr(record, "title", None) or record.name, "differs": differs}


def _differences(kit: Furniture, paper: Paper, record: Any) -> list[dict[str, Any]]:
    found = []
    for field, ledger, said in desk.differences(paper, record):
        column = kit.register.by_name[field.column]
        found.append(
            {
                "column": field.column,
                "title": column.title,
                "ledger": shown(column, ledger, False),
                "paper": shown(column, said, False),
                "open": field.settled == Field.Settled.OPEN,
                "word": field.get_settled_display(),
            }
        )
    return found


@require_GET
@page("import")
def picture(request: HttpRequest, here: Here, pk: int, number: int) -> HttpResponse:
    """A page as it was read: our own JPEG, through scope."""
    paper = here.get(Paper, pk=pk)
    leaf = paper.leaves.select_related("picture").filter(number=number).first()
    if leaf is None:
        raise Http404(number)
    return HttpResponse(
        files.content(leaf.picture),
        content_type="image/jpeg",
        headers={"Cache-Control": "private, max-age=600", "Content-Security-Policy": "sandbox; default-src 'none'"},
    )


@require_POST
@page("import")
def confirm(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """One field: what stands in the input, or that it is not on the paper; then the next one that waits."""
    paper = here.get(Paper, pk=pk)
    column, text = (
        request.POST.get("column", ""),
        "" if request.POST.get("absent") else request.POST.get("pick") or request.POST.get("text", ""),
    )
    try:
        desk.confirm(here.person, paper, column, text)
    except ScanError as error:
        leaves = list(paper.leaves.all())
        if not leaves or paper.state != Paper.State.READ:
            messages.error(request, str(error))
            return redirect("paper", pk)
        return render(
            request,
            "scans/paper.html",
            _desk(request, here, paper, furniture(paper.register), leaves, column, error, text),
            status=400,
        )
    return redirect("paper", pk)


@require_POST
@page("import")
def arrange(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Another order of the files, or further ones."""
    paper = here.get(Paper, pk=pk)
    places = [(request.POST.get(f"place:{each.pk}", ""), each.place, each.pk) for each in paper.originals.all()]
    order = [
        each
        for _said, _was, each in sorted(
            (int(said) if said.isdecimal() else was, was, each) for said, was, each in places
        )
    ]
    try:
        desk.arrange(here.person, paper, order, _given(request))
        messages.success(request, _("排好了，正在重新读；确认过的栏都还在"))
    except (ScanError, UnwelcomeError) as error:
        messages.error(request, str(error))
    return redirect("paper", pk)


@require_POST
@page("import")
def accept(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """A new record, or evidence of one that is there."""
    paper = here.get(Paper, pk=pk)
    to = request.POST.get("record", "")
    record = here.get(furniture(paper.register).model, pk=to) if to else None
    try:
        made = desk.accept(here.person, paper, record)
        recheck.queue(here.person, paper.organisation)
    except ScanError as error:
        messages.error(request, str(error))
        return redirect("paper", pk)
    paper.refresh_from_db()
    if paper.attached and paper.fields.filter(settled=Field.Settled.OPEN).exists():
        messages.warning(request, _("附上了。纸和台账有不一样的地方，请逐处核对"))
        return redirect("paper", pk)
    messages.success(request, _("收下了，每一栏都能点回纸上的位置"))
    return redirect("record", paper.register, made.pk)


@require_POST
@page("edit")
def settle(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Which holds: the paper or the ledger."""
    paper = here.get(Paper, pk=pk)
    try:
        desk.settle(here.person, paper, request.POST.get("column", ""), request.POST.get("which", ""))
        messages.success(request, _("记下了"))
    except ScanError as error:
        messages.error(request, str(error))
    return redirect("paper", pk)


@require_POST
@page("import")
def drop(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Leaves a paper; the files stay."""
    paper = here.get(Paper, pk=pk)
    reason = request.POST.get("reason", "").strip()
    try:
        if not reason:
            raise ScanError(_("放弃要写明理由"))
        desk.drop(here.person, paper, reason)
    except ScanError as error:
        messages.error(request, str(error))
        return redirect("paper", pk)
    return redirect("papers")
