"""Letters 文书: what fits a record, made, looked at, taken away, served with proof and answered; and the forms of places."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.kit import letters
from mingbai.kit.furniture import furnished, furniture
from mingbai.kit.letters import Delivery
from mingbai.kit.models import SpotCheck
from mingbai.kit.pages.lists import kit_or_404
from mingbai.kit.pages.records import find
from mingbai.letters import desk, form
from mingbai.letters.desk import LetterError
from mingbai.letters.form import FormError
from mingbai.letters.kinds import Kind, kinds
from mingbai.letters.models import Form, Letter
from mingbai.letters.paper import Sheet, pdf
from mingbai.letters.word import docx, form_text
from mingbai.limits import FORM_BYTES, LETTERS_AT_ONCE
from mingbai.places.clock import home, today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation
from mingbai.places.scope import scope
from mingbai.records.door import commit
from mingbai.records.files import UnwelcomeError, as_file
from mingbai.records.models import Receipt

PAGE = 100


# -- of a record


@require_http_methods(["GET", "HEAD", "POST"])
@page("view")
def of_record(request: HttpRequest, here: Here, register: str, pk: int) -> HttpResponse:
    """做文书: the letters that fit this record, and those already made of it."""
    kit, record = find(here, register, pk)
    if request.method == "POST":
        try:
            made = letters.make(here.person, record, request.POST.get("kind", ""))
        except LetterError as error:
            messages.error(request, str(error))
            return redirect("record-letters", register, pk)
        messages.success(request, _("做好了，看过再打印"))
        return redirect("letter", made.pk)
    offers = letters.offers(kit, record, today())
    if not offers:
        raise Http404(_("这个台账没有文书"))
    return render(
        request,
        "kit/record_letters.html",
        {
            "kit": kit,
            "record": record,
            "offers": offers,
            "fits": any(each.cause for each in offers),
            "made": letters.letters_of(record),
            "may": here.may("edit", record.organisation),
        },
    )


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """A letter as it will be printed; how it was served, and what was answered."""
    letter = here.get(Letter, pk=pk)
    now, powers = today(), here.powers(letter.organisation)
    register, _colon, number = letter.record.partition(":")
    kit = furniture(register) if register else None
    record = here.scope.of(kit.model).select_related("organisation").filter(pk=number).first() if kit else None
    told: list[str] = []
    if kit is not None and record is not None and kit.road.limitation and letter.what.counts:
        told = list(
            kit.road.limitation(
                record, list(Receipt.objects.filter(record=letter.record)), letters.letters_of(record), now
            )
        )
    return render(
        request,
        "kit/letter.html",
        {
            "letter": letter,
            "sheet": desk.sheet(letter),
            "kit": kit,
            "record": record,
            "now": now,
            "powers": powers,
            "told": told,
            "ways": Letter.Way.choices,
            "answers": Letter.Answer.choices,
            "identity": letters.wants_identity(letter) and "personal" in powers,
            "late": _late(letter, record, now),
        },
    )


def _late(letter: Letter, record: Any, now: date) -> bool:
    """Served, its days over, no answer, and where it asked for money, the money still owed."""
    waits = (
        letter.served_on is not None and not letter.answer and letter.answer_by is not None and letter.answer_by < now
    )
    return waits and (not letter.what.counts or record is None or record.owed_fen > 0)


@require_GET
@page("view")
def file(request: HttpRequest, here: Here, pk: int, ending: str) -> HttpResponse:
    """A letter as .docx or .pdf. With ``identity`` the identity number is put in, for those who may see it; that is audited,
    and the number is not kept."""
    letter = here.get(Letter, pk=pk)
    identity = None
    if request.GET.get("identity") and letters.wants_identity(letter):
        if not here.may("personal", letter.organisation):
            raise PermissionDenied
        with commit(here.person, letter.organisation, "personal", "看完整个人信息", note=str(letter)) as act:
            act.about(letter.key)
            identity = letters.identity_of(letter)
    sheet, demo = desk.sheet(letter, identity), home().is_demo
    return _as(ending, [sheet], letters.file_name(letter), demo)


def _as(ending: str, sheets: list[Sheet], name: str, demo: bool) -> HttpResponse:
    if ending == "docx":
        return as_file(docx(sheets[0], demo), f"{name}.docx")
    if ending == "pdf":
        return as_file(pdf(sheets, demo), f"{name}.pdf")
    raise Http404(_("没有这种文件"))


@require_POST
@page("edit")
def serve(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """It reached its addressee: how, on which day, with which proof."""
    letter, post = here.get(Letter, pk=pk), request.POST
    given = request.FILES.get("file")
    try:
        if given is None:
            raise LetterError(_("请交送达证明：签了字的送达回证、快递签收单、公证书或者报纸的照片"))
        on = date.fromisoformat(post.get("on", ""))
        letters.serve(
            here.person,
            Delivery(letter, post.get("way", ""), on, given.name or "", given.read(), post.get("mark", "")[:200]),
            post.get("why", ""),
        )
        messages.success(request, _("记下了；从送达那天起，诉讼时效重新计算") if letter.what.counts else _("记下了"))
    except (LetterError, UnwelcomeError) as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, _("日期写成 2026-09-30 这样"))
    return redirect("letter", pk)


@require_POST
@page("edit")
def answer(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    letter, post = here.get(Letter, pk=pk), request.POST
    try:
        letters.answer(
            here.person, letter, post.get("answer", ""), date.fromisoformat(post.get("on", "")), post.get("note", "")
        )
        messages.success(request, _("答复记下了"))
    except LetterError as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, _("日期写成 2026-09-30 这样"))
    return redirect("letter", pk)


# -- of a place


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    """Letters made here and below: not served yet, waiting for an answer, overdue; and who owes without having been asked."""
    now, tab = today(), request.GET.get("tab", "unserved")
    served = [name for name, kind in kinds().items() if kind.served]
    rows = here.of(Letter).select_related("organisation").defer("words")
    waits = rows.filter(kind__in=served, served_on__isnull=False, answer="")
    owing = _owing(here)
    settled = [
        pk
        for pk, record in waits.filter(kind__in=[name for name, kind in kinds().items() if kind.counts])
        .order_by()
        .values_list("pk", "record")
        if record not in owing
    ]
    waits = waits.exclude(pk__in=settled)
    sets = {
        "unserved": rows.filter(kind__in=served, served_on=None),
        "waiting": waits.filter(answer_by__gte=now),
        "late": waits.filter(answer_by__lt=now),
        "all": rows,
    }
    counts = {name: each.count() for name, each in sets.items()}
    shown = Paginator(sets.get(tab, sets["all"]), PAGE).get_page(request.GET.get("page"))
    titles = (("unserved", _("待送达")), ("waiting", _("等答复")), ("late", _("逾期没有答复")), ("all", _("全部")))
    return render(
        request,
        "kit/letters.html",
        {
            "page": shown,
            "tab": tab if tab in sets else "all",
            "tabs": [(name, title, counts[name]) for name, title in titles],
            "now": now,
            "owing": owing,
            "debts": _debts(here),
            "may_list": letters.may_list(here.person, here.place),
            "may_edit": here.may("edit"),
            "registers": [furniture(name) for name in furnished() if furniture(name).road.letters],
            "code": here.place.code,
        },
    )


def _owing(here: Here) -> set[str]:
    """The records here that owe, as letters name them."""
    found: set[str] = set()
    for name in furnished():
        if furniture(name).road.demanded:
            found |= {
                f"{name}:{pk}"
                for pk in here.of(furniture(name).model).filter(owed_fen__gt=0).order_by().values_list("pk", flat=True)
            }
    return found


def _debts(here: Here) -> list[dict[str, Any]]:
    """Villages with records that owe, how many of them have no demand within a year, the most first."""
    lines: list[dict[str, Any]] = []
    may = scope(here.person, "edit")
    for name in furnished():
        if not furniture(name).road.demanded:
            continue
        rows = here.of(furniture(name).model).filter(owed_fen__gt=0)
        asked = letters.demanded_lately(here.scope.within(here.place), name, today())
        counts = rows.exclude(pk__in=asked).order_by().values_list("organisation").annotate(n=Count("pk"))
        places = Organisation.objects.in_bulk([place for place, _n in counts])
        out = dict(
            here.of(Letter)
            .filter(kind="demand", served_on=None)
            .order_by()
            .values_list("organisation")
            .annotate(n=Count("pk"))
        )
        places |= Organisation.objects.in_bulk([each for each in out if each not in places])
        left = dict(counts)
        lines += [
            {"place": place, "n": left.get(pk, 0), "out": out.get(pk, 0), "register": name, "may": may.covers(place)}
            for pk, place in places.items()
        ]
    return sorted(lines, key=lambda line: (-line["n"], line["place"].path))


@require_POST
@page("edit")
def batch(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Demands for everybody in a village who owes and was not asked within a year."""
    place, register = here.get(Organisation, code=code), request.POST.get("register", furnished()[0])
    kit_or_404(register)
    records = letters.in_debt(here.scope, place, register)[:LETTERS_AT_ONCE]
    try:
        made = letters.make_many(here.person, place, records, "demand") if records else []
        if made:
            messages.success(request, _("做好了 %(n)s 份催收通知书") % {"n": len(made)})
        else:
            messages.info(request, _("这里没有要催收的：不欠，或者一年里已经催过"))
    except LetterError as error:
        messages.error(request, str(error))
    return redirect("letters")


@require_GET
@page("export")
def together(request: HttpRequest, here: Here, code: str, ending: str) -> HttpResponse:
    """All demands of a village that wait to be served: one PDF, each on pages of its own, or a zip of Word files."""
    place = here.get(Organisation, code=code)
    waiting = list(
        here.scope.of(Letter)
        .filter(organisation=place, kind="demand", served_on=None)
        .select_related("organisation")
        .order_by("year", "number")[:LETTERS_AT_ONCE]
    )
    if not waiting:
        messages.info(request, _("没有待送达的催收通知书；先做，再一起打印"))
        return redirect("letters")
    name = f"{place.name}_催收通知书_{len(waiting)}份"
    if ending == "zip":
        return as_file(letters.bundle(waiting, home().is_demo), f"{name}.zip")
    return _as("pdf" if ending == "pdf" else "", letters.paper_sheets(waiting), name, home().is_demo)


@require_POST
@page("view")
def list_of(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """The rectification list of a village or a street."""
    place, register = here.get(Organisation, code=code), request.POST.get("register", furnished()[0])
    kit_or_404(register)
    if not letters.may_list(here.person, place):
        messages.error(request, _("整改清单由村里登记合同的人或者街道、区里派单的人做"))
        return redirect("letters")
    return redirect("letter", letters.list_of(here.person, place, register).pk)


@require_POST
@page("spot_check")
def of_check(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The record of a spot check."""
    return redirect("letter", letters.check_record(here.person, here.get(SpotCheck, pk=pk)).pk)


# -- forms


def _kind(name: str) -> Kind:
    if name not in kinds():
        raise Http404(_("没有这种文书"))
    return kinds()[name]


def _seen(here: Here) -> Any:
    """The forms of the places above, which hold here, and of those below."""
    within = here.scope.within(here.place).organisations
    return Form.objects.filter(
        Q(organisation__in=here.place.above) | Q(organisation__in=within.values("pk"))
    ).select_related("organisation", "proposed_by", "decided_by")


@require_GET
@page("view")
def forms(request: HttpRequest, here: Here) -> HttpResponse:
    """Every kind of letter with the form that holds here."""
    waiting = set(_seen(here).filter(state=Form.State.PROPOSED).values_list("kind", flat=True))
    lines = [{"kind": kind, "held": held, "waiting": kind.name in waiting} for kind, held in letters.forms(here.place)]
    return render(request, "kit/letter_forms.html", {"lines": lines, "place": here.place})


@require_http_methods(["GET", "HEAD", "POST"])
@page("view")
def one_form(request: HttpRequest, here: Here, kind: str) -> HttpResponse:
    """The form of a kind that holds here: looked at, changed, approved by another, gone back from."""
    what = _kind(kind)
    held = desk.forms_of(here.place).get(kind)
    text, told = held.text if held else what.own_form, []
    if request.method == "POST":
        try:
            text = _form_said(request) or text
            if _form_done(request, here, what, text):
                return redirect("letter-form", kind)
            told = form.wrongs(text, what.blanks, what.lists, what.needs, what.refuses)
        except FormError as error:
            told = list(error.sentences)
        except LetterError as error:
            messages.error(request, str(error))
            return redirect("letter-form", kind)
    rows = list(_seen(here).filter(kind=kind))
    chosen = next((each for each in rows if str(each.pk) == request.GET.get("form")), None)
    if chosen is not None and request.method != "POST":
        text = chosen.text or what.own_form
    try:
        blocks = form.revealed(form.fill(text, _example(here, what, request.GET.get("real"))), None)
    except FormError as error:
        blocks, told = [], told or list(error.sentences)
    may = scope(here.person, "policy")
    lines = [
        {"form": each, "mine": each.proposed_by_id == here.person.pk, "may": may.covers(each.organisation)}
        for each in rows
    ]
    return render(
        request,
        "kit/letter_form.html",
        {
            "kind": what,
            "held": held,
            "chosen": chosen,
            "text": text,
            "told": [{"where": what.title, "what": each} for each in told],
            "blocks": blocks,
            "place": here.place,
            "own": held is not None and held.organisation_id == here.place.pk,
            "may": may.covers(here.place),
            "real": bool(request.GET.get("real")),
            "tried": request.method == "POST" and not told,
            "waiting": [line for line in lines if line["form"].state == Form.State.PROPOSED],
            "decided": [line for line in lines if line["form"].state != Form.State.PROPOSED],
            "note": request.POST.get("note", ""),
        },
        status=400 if told else 200,
    )


def _form_said(request: HttpRequest) -> str:
    """What was typed, or what a Word file says."""
    given = request.FILES.get("file")
    if given is None:
        return request.POST.get("text", "")
    if given.size > FORM_BYTES:
        raise FormError(_("文件太大：范本最多 %(n)s MB") % {"n": FORM_BYTES // 2**20})
    return form_text(given.read())


def _form_done(request: HttpRequest, here: Here, what: Kind, text: str) -> bool:
    """One deed. False where the form is only to be looked at."""
    deed, note = request.POST.get("deed", ""), request.POST.get("note", "")
    if deed in ("propose", "back"):
        with commit(
            here.person, here.place, "policy", "提出文书范本" if deed == "propose" else "提出改回上级范本", note=note
        ) as act:
            desk.propose(act, what, text if deed == "propose" else "", note)
        messages.success(request, _("提出了；另一个人批准以后才用"))
        return True
    if deed in ("approve", "refuse"):
        wanted = next(
            (each for each in _seen(here).filter(kind=what.name) if str(each.pk) == request.POST.get("form")), None
        )
        if wanted is None:
            raise Http404(_("没有这一份"))
        with commit(
            here.person,
            wanted.organisation,
            "policy",
            "批准文书范本" if deed == "approve" else "不批准文书范本",
            note=request.POST.get("why", ""),
        ) as act:
            desk.decide(act, wanted, deed == "approve", request.POST.get("why", ""))
        messages.success(request, _("定了"))
        return True
    return False


def _example(here: Here, what: Kind, real: str | None) -> form.Facts:
    """An invented example, or a record of the place that such a letter fits."""
    for name in furnished() if real and what.of == "record" else ():
        kit = furniture(name)
        writes = next((each for each in kit.road.letters if each.kind == what.name), None)
        record = (
            here.of(kit.model).select_related("organisation").order_by("-owed_fen", "-severity", "pk").first()
            if writes
            else None
        )
        if writes is not None and record is not None:
            return writes.facts(letters.asked(kit, record, today()))
    return what.sample


@require_GET
@page("view")
def form_file(request: HttpRequest, here: Here, kind: str, ending: str) -> HttpResponse:
    """The form that holds here: to change in Word (its blanks as they are), or an example on paper."""
    what = _kind(kind)
    held = desk.forms_of(here.place).get(kind)
    chosen = next((each for each in _seen(here).filter(kind=kind) if str(each.pk) == request.GET.get("form")), None)
    shown = chosen or held
    text = shown.text if shown is not None and shown.text else what.own_form
    if ending == "docx":
        return _as("docx", [Sheet("", what.title, form.read(text))], f"{what.title}_范本", False)
    return _as(
        ending,
        [Sheet(_("样张"), what.title, form.revealed(form.fill(text, what.sample), None))],
        f"{what.title}_样张",
        False,
    )
