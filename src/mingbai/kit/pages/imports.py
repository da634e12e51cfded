"""Import 导入: hand in, look at the sheet as the clerk knows it, settle headings, mend cells, accept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from string import ascii_letters
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.kit import intake, lessons, recheck
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.intake import IntakeError
from mingbai.kit.models import Heading, Lesson, Upload
from mingbai.kit.record import SEALED
from mingbai.limits import LIMITS
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.places.scope import scope
from mingbai.records.files import UnwelcomeError, as_file, content
from mingbai.records.models import Job
from mingbai.sheets import MappingError, Reading, Refused, mark
from mingbai.sheets.grid import column_letters, column_number
from mingbai.sheets.guard import kept
from mingbai.sheets.mapping import written
from mingbai.sheets.package import Package, name_of
from mingbai.units import mask_identity, mask_numbers, whole

KINDS = "kinds"
"""The lesson that says which register a sheet is."""
ROWS = 60
"""Rows of a sheet on one page."""


@require_http_methods(["GET", "POST"])
@page("import")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """Hand in a workbook; those handed in before."""
    errors: list[dict[str, str]] = []
    villages = here.scope.within(here.place).organisations.filter(is_collective=True, merged_into=None)
    if request.method == "POST":
        village = here.get(Organisation, code=request.POST.get("village", ""))
        register = request.POST.get("register", "")
        files = request.FILES.getlist("file")
        if register not in furnished():
            raise Http404(register)
        if not files:
            errors.append(
                {
                    "where": _("文件"),
                    "what": _("还没有选文件"),
                    "instead": _("请选一个 Excel、WPS 或 CSV 台账"),
                    "url": "#id_file",
                }
            )
        taken = []
        for name, data in unpacked(files, errors):
            try:
                taken.append(intake.receive(here.person, village, register, name, data))
            except UnwelcomeError as error:
                errors.append({"where": name, "what": str(error), "instead": "", "url": "#id_file"})
        if taken and not errors:
            return redirect("import", taken[0].pk) if len(taken) == 1 else redirect("imports")
    uploads = Paginator(here.of(Upload).defer("reading").select_related("file", "organisation", "by"), 50).get_page(
        request.GET.get("page")
    )
    context = {
        "villages": villages[:400],
        "registers": [furniture(name) for name in furnished()],
        "uploads": uploads,
        "errors": errors,
        "village": request.POST.get("village") or (here.place.code if here.place.is_collective else ""),
        "steps": wizard(1),
    }
    return render(request, "kit/imports.html", context, status=400 if errors else 200)


def unpacked(files: Iterable[Any], errors: list[dict[str, str]]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each file handed in, one at a time; a .zip gives what lies in it, counted while it is unpacked."""
    for file in files:
        if not file.name.lower().endswith(".zip"):
            yield file.name, file.read()
            continue
        try:
            package = Package(
                file.read(), replace(LIMITS, zip_parts=LIMITS.files, unpacked_bytes=LIMITS.unpacked_bytes)
            )
            for entry in package.parts.values():
                if (
                    not entry.is_dir()
                    and not Path(entry.filename).name.startswith((".", "~$"))
                    and Path(entry.filename).suffix
                ):
                    yield name_of(entry), b"".join(package.stream(entry.filename.replace("\\", "/")))
        except Refused as refused:
            errors.append({"where": file.name, "what": refused.reason, "instead": refused.mend, "url": "#id_file"})


def wizard(now: int) -> list[dict[str, str]]:
    titles = (_("选文件"), _("对表头"), _("改错"), _("收下"))
    return [
        {"title": title, "state": "done" if place < now else "now" if place == now else "todo"}
        for place, title in enumerate(titles, 1)
    ]


def _upload(here: Here, pk: int) -> Upload:
    return here.get(Upload, pk=pk)


@require_GET
@page("import")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The upload where it stands: still read, to be looked at, accepted."""
    upload = _upload(here, pk)
    kit = furniture(upload.register)
    context: dict[str, Any] = {
        "upload": upload,
        "kit": kit,
        "may_import": scope(here.person, "import").covers(upload.organisation),
    }
    if upload.state == Upload.State.RECEIVED:
        job = Job.objects.filter(organisation=upload.organisation, url=reverse("import", args=(pk,))).first()
        context |= {"steps": wizard(1), "job": job}
        return render(request, "kit/import_wait.html", context)
    if upload.reading is None:
        return render(request, "kit/import_wait.html", context | {"steps": wizard(1)})
    reading = intake.reading_of(upload)
    context |= _sheet(request, upload, reading, kit)
    settled = upload.state in (Upload.State.ACCEPTED, Upload.State.DROPPED)
    context["steps"] = wizard(5 if settled else 2 if not upload.accepted else 3 if upload.errors else 4)
    context["settled"] = settled
    return render(request, "kit/import.html", context)


def _sheet(request: HttpRequest, upload: Upload, reading: Reading, kit: Furniture) -> dict[str, Any]:
    sheets = reading.sheets
    name = request.GET.get("sheet", "") or next(
        (s.sheet or s.name for s in sheets if s.accepted), sheets[0].sheet or sheets[0].name if sheets else ""
    )
    mine = [error for error in reading.errors if error["sheet"] == name]
    at = request.GET.get("cell", "")
    chosen = next((error for error in reading.errors if error["sheet"] == name and error["cell"] == at), None) or (
        mine[0] if mine else None
    )
    top = whole(request.GET.get("top", ""), 7) or 1
    if at and not request.GET.get("top"):
        top = max(1, _row(at) - 12)
    elif chosen and _row(chosen["cell"]) > ROWS:
        top = max(1, _row(chosen["cell"]) - 12)
    with intake.on_disk(upload) as path:
        try:
            shown = kept().run("mingbai.sheets.mending:window", path, {"sheet": name, "top": max(1, top), "rows": ROWS})
        except Refused as refused:
            shown = {"sheets": [], "columns": [], "rows": [], "of": 0, "merged": [], "refused": str(refused)}
    sheet = next((s for s in sheets if s.name == name), None)
    mended = {mend.cell: mend.text for mend in upload.mends.all() if mend.sheet == name}
    order = [(error["sheet"], error["cell"]) for error in reading.errors]
    spot = order.index((chosen["sheet"], chosen["cell"])) if chosen else -1
    following = reading.errors[spot + 1] if chosen and spot + 1 < len(order) else None
    mapping = _mapping(reading, kit)
    return {
        "to_check": [each for each in mapping if each["column"] and not each["sure"]],
        "unknown": [each for each in mapping if not each["column"]],
        "reading": reading,
        "sheet": sheet,
        "sheets": [
            {"name": each, "n": sum(e["sheet"] == each for e in reading.errors)}
            for each in dict.fromkeys(s.sheet or s.name for s in sheets)
        ],
        "window": shown,
        "rows": _window(reading, kit, name, shown, mended, chosen),
        "top": top,
        "before": max(1, top - ROWS) if top > 1 else None,
        "after": top + ROWS if top + ROWS <= shown["of"] else None,
        "chosen": chosen,
        "following": following,
        "errors_left": len(reading.errors),
        "chosen_text": mended.get(chosen["cell"], "") if chosen else "",
        "suggestions": _suggestions(chosen),
        "rejected_rows": reading.rejected_rows[:50],
        "mapping": mapping,
        "columns": kit.register.columns,
        "teachable": lessons.teachable(chosen, kit.register)[0],
        "offers": lessons.offers(upload, reading) if may_learn(upload) else [],
        "next_door": _next_door(upload, reading, kit) if may_learn(upload) else [],
        "pieces": _pieces(reading, kit),
        "registers": [furniture(each) for each in furnished()],
    }


def _window(
    reading: Reading,
    kit: Furniture,
    name: str,
    shown: dict[str, Any],
    mended: dict[str, str],
    chosen: dict[str, Any] | None,
) -> list[dict[str, Any]]:
    """The rows of a window on a sheet as the page shows them: each cell with its state, the numbers of persons in part."""
    sheet = next((s for s in reading.sheets if s.name == name), None)
    bad = {error["cell"]: error for error in reading.errors if error["sheet"] == name}
    skips = {skip["row"]: skip["why"] for skip in reading.skips if skip["sheet"] == name}
    rejected = {row["row"]: row["why"] for row in reading.rejected_rows if row["sheet"] == name}
    headers = set(sheet.header_rows) if sheet else set()
    letters = (
        [
            entry["letter"]
            for entry in sheet.mapping
            if (column := kit.register.by_name.get(entry["column"] or "")) is not None and column.kind in SEALED
        ]
        if sheet
        else []
    )
    sealed = {place for place in range(1, len(shown["columns"]) + 1) if column_letters(place) in letters}
    rows = []
    for number, texts in shown["rows"]:
        cells = []
        for place, text in enumerate(texts, 1):
            where = f"{column_letters(place)}{number}"
            state = "bad" if where in bad else "mended" if where in mended else ""
            if where in bad and bad[where]["kind"] == "doubt":
                state = "doubt"
            said = mended.get(where, text)
            if where != (chosen or {}).get("cell"):  # numbers of persons in part, but for the cell that is being mended
                said = (
                    mask_identity(said)
                    if place in sealed and number not in headers and sum(map(str.isdigit, said)) >= 8
                    else mask_numbers(said)
                )
            cells.append(
                {"where": where, "text": said, "state": state, "why": bad[where]["reason"] if where in bad else ""}
            )
        rows.append(
            {
                "number": number,
                "cells": cells,
                "why": rejected.get(number) or skips.get(number, ""),
                "state": "header"
                if number in headers
                else "refused"
                if number in rejected
                else "skipped"
                if number in skips
                else "",
            }
        )
    return rows


def _next_door(upload: Upload, reading: Reading, kit: Furniture) -> list[dict[str, Any]]:
    """What a neighbour took a heading for, beside what it is taken for here."""
    titles = {column.name: column.title for column in kit.register.columns}
    now = {entry["header"]: entry["column"] or "" for sheet in reading.sheets for entry in sheet.mapping}
    return [
        {
            "heading": each.heading,
            "column": each.column,
            "place": each.organisation.name,
            "title": titles.get(each.column, _("（不收这一栏）")),
            "now": titles.get(now[each.heading], _("没认出")),
        }
        for each in lessons.headings_next_door(upload, reading)
    ]


def _pieces(reading: Reading, kit: Furniture) -> list[dict[str, Any]]:
    """The parts of the file, where there is more than one table to it or one that belongs to another register."""
    titles = {each: furniture(each).title for each in furnished()}
    found = [
        {
            "name": sheet.name,
            "register": sheet.register,
            "title": titles.get(sheet.register, ""),
            "kind": sheet.kind,
            "accepted": sheet.accepted,
            "note": sheet.note,
            "mine": sheet.register == kit.name,
        }
        for sheet in reading.sheets
        if sheet.read
    ]
    return (
        found
        if any(
            each["kind"] == "card" or not each["mine"] or each["name"] != sheet.sheet
            for each, sheet in zip(found, [s for s in reading.sheets if s.read], strict=True)
            if sheet.sheet
        )
        else []
    )


def _suggestions(error: dict[str, Any] | None) -> list[str]:
    """What a suggestion would put into the cell: its words, when they are short enough to be a value."""
    if error is None:
        return []
    said = error.get("suggestions") or str(error["suggestion"] or "").split("；")
    return [each for each in said if each and len(each) <= 30]


def _mapping(reading: Reading, kit: Furniture) -> list[dict[str, Any]]:
    seen: dict[str, dict[str, Any]] = {}
    for sheet in reading.sheets:
        for entry in sheet.mapping:
            if entry["header"] and entry["header"] not in seen:
                column = kit.register.by_name.get(entry["column"] or "")
                seen[entry["header"]] = {
                    **entry,
                    "title": column.title if column else "",
                    "sure": entry["confidence"] >= 0.8,
                }
    return list(seen.values())


def _row(cell: str) -> int:
    """The row of ``B12``; 1 for what is no cell."""
    return whole(cell.lstrip(ascii_letters), 7) or 1


@require_POST
@page("import")
def mend(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """One cell, put right in place."""
    upload = _upload(here, pk)
    sheet, cell, text = (
        request.POST.get("sheet", ""),
        request.POST.get("cell", "").upper(),
        request.POST.get("text", ""),
    )
    letters = "".join(filter(str.isalpha, cell))
    if not letters or whole(cell[len(letters) :], 7) is None or column_number(letters) > 702:
        raise Http404(cell)
    try:
        error = next((e for e in intake.reading_of(upload).errors if e["sheet"] == sheet and e["cell"] == cell), None)
        if (
            error
            and request.POST.get("always")
            and may_learn(upload)
            and lessons.from_mend(here.person, upload, error, text)
        ):
            intake.read_upload(None, upload.pk)
            messages.success(
                request, _("记住了：“%(said)s”以后都这样读，本村别的文件也一样") % {"said": error["value"]}
            )
            return redirect(f"{reverse('import', args=(pk,))}?{urlencode({'sheet': sheet})}")
        intake.mend_cell(here.person, upload, sheet, cell, text)
    except (IntakeError, Refused) as refused:
        messages.error(request, str(refused))
        return redirect("import", pk)
    reading = intake.reading_of(upload)
    still = next((e for e in reading.errors if e["sheet"] == sheet and e["cell"] == cell), None)
    if still:
        messages.warning(request, _("%(cell)s 还是读不懂：%(why)s") % {"cell": cell, "why": still["reason"]})
        return redirect(f"{reverse('import', args=(pk,))}?sheet={sheet}&cell={cell}")
    messages.success(request, _("%(cell)s 改好了。还有 %(n)s 格要改") % {"cell": cell, "n": len(reading.errors)})
    return redirect(f"{reverse('import', args=(pk,))}?sheet={sheet}")


@require_POST
@page("import")
def headings(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Which heading is which column."""
    upload = _upload(here, pk)
    said = {key.removeprefix("heading:"): value for key, value in request.POST.items() if key.startswith("heading:")}
    now = {
        entry["header"]: entry["column"] or "" for sheet in intake.reading_of(upload).sheets for entry in sheet.mapping
    }
    changed = {heading: column for heading, column in said.items() if now.get(heading, "") != column}
    if not changed:
        messages.warning(request, _("没有改动"))
        return redirect("import", pk)
    try:
        intake.settle(here.person, upload, changed)
        messages.success(request, _("表头对好了，本村下次自动这样认，邻村也会得到提示"))
    except (IntakeError, Refused) as error:
        messages.error(request, str(error))
    return redirect("import", pk)


def may_learn(upload: Upload) -> bool:
    return upload.state not in (Upload.State.ACCEPTED, Upload.State.DROPPED)


@require_POST
@page("import")
def learn(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Remembers a unit, a word or a neighbour's lesson; or says which register a sheet is, and hands the file in there too."""
    upload = _upload(here, pk)
    kind, said, value = request.POST.get("kind", ""), request.POST.get("said", ""), request.POST.get("value", "")
    try:
        if not may_learn(upload):
            raise IntakeError(_("这个文件已经收下或放弃，不能再改"))
        lessons.learn(here.person, upload, kind, said, value, request.POST.get("column", ""))
        intake.read_upload(None, upload.pk)
        if kind == KINDS and value != upload.register and value in furnished():
            other = intake.receive(here.person, upload.organisation, value, upload.file.name, content(upload.file))
            if may_learn(other):
                lessons.learn(here.person, other, kind, said, value)
                intake.read_upload(None, other.pk)
            messages.success(
                request,
                _("“%(sheet)s”交给了%(title)s，请在这里接着看") % {"sheet": said, "title": furniture(value).title},
            )
            return redirect("import", other.pk)
        messages.success(request, _("记住了，已经照这样重新读过；本村下一个文件也这样读"))
    except (IntakeError, Refused, MappingError, UnwelcomeError) as error:
        messages.error(request, str(error))
    return redirect("import", pk)


@require_GET
@page("import")
def learnt(request: HttpRequest, here: Here) -> HttpResponse:
    """What the reader has learnt here; ``?yaml=register`` takes a village's lessons away as a mapping file."""
    register = request.GET.get("yaml", "")
    if register:
        if register not in furnished() or not here.place.is_collective:
            raise Http404(register)
        text = written(lessons.learnt(here.place, furniture(register).register))
        return as_file(text.encode(), f"{here.place.name}_{_('对照')}.yaml")
    titles = {name: furniture(name) for name in furnished()}
    rows = []
    for heading in here.of(Heading).select_related("organisation").order_by("organisation", "pk")[:500]:
        kit = titles.get(heading.register)
        column = kit.register.by_name.get(heading.column) if kit else None
        rows.append(
            {
                "pk": heading.pk,
                "what": "heading",
                "place": heading.organisation,
                "kind": _("表头"),
                "said": heading.heading,
                "value": column.title if column else _("（不收这一栏）"),
                "register": kit.title if kit else heading.register,
            }
        )
    sorts = {"words": _("格子里的词"), "units": _("表头的单位"), "dates": _("日期写法"), "kinds": _("工作表的种类")}
    dates = {"january": _("2016.1 是1月"), "october": _("2016.1 是10月")}
    for lesson in here.of(Lesson).select_related("organisation", "by").order_by("organisation", "pk")[:500]:
        kit = titles.get(lesson.register)
        value = (
            titles[lesson.value].title
            if lesson.kind == KINDS and lesson.value in titles
            else dates.get(lesson.value, lesson.value)
        )
        rows.append(
            {
                "pk": lesson.pk,
                "what": "lesson",
                "place": lesson.organisation,
                "kind": sorts[lesson.kind],
                "said": lesson.said or "2016.1",
                "value": value,
                "register": kit.title if kit else lesson.register,
                "by": lesson.by,
                "on": lesson.on,
            }
        )
    return render(
        request, "kit/learnt.html", {"rows": rows, "registers": list(titles.values()), "own": here.place.is_collective}
    )


@require_POST
@page("import")
def revoke(request: HttpRequest, here: Here, what: str, pk: int) -> HttpResponse:
    """Takes back a lesson."""
    if what not in ("heading", "lesson"):
        raise Http404(what)
    row: Heading | Lesson = here.get(Heading, pk=pk) if what == "heading" else here.get(Lesson, pk=pk)
    lessons.revoke(here.person, row)
    messages.success(request, _("忘掉了。已经收下的台账不变，下一个文件不再这样读"))
    return redirect("learnt")


@require_POST
@page("import")
def accept(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Into the register, and checked."""
    upload = _upload(here, pk)
    try:
        upload = intake.accept(here.person, upload)
        recheck.queue(here.person, upload.organisation)
    except IntakeError as error:
        messages.error(request, str(error))
        return redirect("import", pk)
    messages.success(
        request,
        _("收下了：新增 %(added)s 份，更新 %(changed)s 份，没有变化 %(same)s 份。疑点已经查好")
        % {"added": upload.added, "changed": upload.changed, "same": upload.same},
    )
    return redirect(f"{reverse('records', args=(upload.register,))}?upload={upload.pk}")


@require_POST
@page("import")
def drop(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Leaves an upload; the file stays."""
    upload = _upload(here, pk)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("放弃一个导入要写明理由"))
        return redirect("import", pk)
    try:
        intake.drop(here.person, upload, reason)
    except IntakeError as error:
        messages.error(request, str(error))
    return redirect("imports")


@require_GET
@page("import")
def marked(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The clerk's own workbook with every bad cell marked, to mend in Excel and hand in again."""
    upload = _upload(here, pk)
    try:
        reading = intake.reading_of(upload)
        with intake.on_disk(upload) as path, tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "marked.xlsx"
            mark(path, reading, [], out, kept())
            data = out.read_bytes()
    except (IntakeError, Refused) as error:
        messages.error(request, str(error))
        return redirect("import", pk)
    return as_file(data, f"{Path(upload.file.name).stem}_批注.xlsx")
