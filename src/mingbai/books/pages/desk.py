"""The voucher desk 凭证: typing one fast, seeing it in words before it is booked, one voucher with where it came from,
taking it back, and a collective's own sub-accounts."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.books import tables
from mingbai.books.balances import proposal_of
from mingbai.books.chart import Chart, ChartError
from mingbai.books.desk import BookError, chart_for, post
from mingbai.books.desk import reverse as red
from mingbai.books.entry import Leg, Proposal, Wrong, refusals, wrongs
from mingbai.books.models import Origin, SubAccount, Voucher
from mingbai.books.templates import TemplateError, propose, say, templates
from mingbai.places.clock import home, today
from mingbai.places.here import Here, page
from mingbai.places.models import Organisation, Party
from mingbai.records.door import commit
from mingbai.records.files import as_file
from mingbai.records.models import Attachment
from mingbai.units import Value, format_money, parse_money, whole

ROWS = 6
"""Empty lines a new voucher shows."""


@require_http_methods(["GET", "POST"])
@page("book")
def new(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """A new voucher: empty, from a template, or as a copy; checked in words, then booked."""
    place = here.get(Organisation, code=code)
    parties = {party.name: party.pk for party in Party.objects.filter(organisation=place)}
    context: dict[str, Any] = {
        "place": place,
        "parties": sorted(parties),
        "templates": templates().values(),
        "token": secrets.token_hex(12),
    }
    if request.method == "POST":
        return _typed(request, here, place, parties, context)
    on, given = today(), None
    if (copied := whole(request.GET.get("copy", ""))) is not None:
        given = proposal_of(here.get(Voucher, pk=copied))
    elif request.GET.get("template"):
        given = _from_template(request, on, context)
    chart = chart_for(place, on)
    return _form(request, context, chart, on, given, {pk: name for name, pk in parties.items()})


def _typed(
    request: HttpRequest, here: Here, place: Organisation, parties: dict[str, int], context: dict[str, Any]
) -> HttpResponse:
    said: list[str] = []
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
        chart = chart_for(place, on)
    except (ValueError, ChartError) as error:
        said.append(str(error) if isinstance(error, ChartError) else _("日期要写成 2026-09-30"))
        on, chart = today(), chart_for(place, today())
    legs = _legs(request, chart, parties, said)
    token = request.POST.get("token", "")[:40] or context["token"]
    papers, stated = request.POST.get("papers", ""), parse_money(request.POST.get("stated", "").strip())
    if not isinstance(stated, Value):
        said.append(_("单据金额：%(why)s") % {"why": stated.reason})
    made = Proposal(
        f"desk/{token}",
        on,
        request.POST.get("words", "").strip()[:200],
        tuple(legs),
        papers=whole(papers, 3) or 0,
        stated_fen=stated.value.fen if isinstance(stated, Value) and stated.value is not None else None,
    )
    reason = request.POST.get("reason", "").strip()[:200]
    found = () if said else (*wrongs(made, chart), *_years_in_one(made, chart))
    context |= {
        "token": token,
        "said": said,
        "wrongs": found,
        "reason": reason,
        "stated": request.POST.get("stated", "").strip()[:40],
    }
    names = {pk: name for name, pk in parties.items()}
    if said or refusals(found) or (found and not reason) or request.POST.get("deed") != "book":
        context["preview"] = say(made, chart) if not said and not refusals(found) else ""
        return _form(request, context, chart, on, made, names, status=400 if said or refusals(found) else 200)
    try:
        with commit(here.person, place, "book", "记账") as act:
            voucher = post(act, [made], reason)[0]
    except BookError as error:
        context["said"] = list(error.sentences)
        return _form(request, context, chart, on, made, names, status=400)
    messages.success(request, _("已入账：%(voucher)s") % {"voucher": str(voucher)})
    return redirect(
        f"{reverse('voucher-new', args=(place.code,))}"
        if "again" in request.POST
        else reverse("voucher", args=(voucher.pk,))
    )


_YEARS = re.compile(
    r"(?:19|20)(\d\d)\s*年?\s*[-—–－至到~～]+\s*(?:19|20)(\d\d)\s*年?|(?<![\d第])([二两三四五六七八九十]|[2-9]|[1-6]\d)\s*年(?:的|度)?(?:承包费|承包款|租金|租赁费)"
)


def _years_in_one(made: Proposal, chart: Chart) -> tuple[Wrong, ...]:
    """A warning where the words tell of several years and everything went into this year's income."""
    said = _YEARS.search(made.words)
    income = sum(
        leg.credit_fen
        for leg in made.legs
        if leg.account in chart.accounts and chart.accounts[leg.account].kind == "income"
    )
    if said is None or (said[1] and said[1] == said[2]) or not income or income < made.total_fen:
        return ()
    return (
        Wrong(
            "years",
            _("摘要说的是“%(words)s”，钱全记进了本年收入；以后年度的部分应记预收（应付款），到年再转收入")
            % {"words": said[0]},
            True,
        ),
    )


def _legs(request: HttpRequest, chart: Chart, parties: dict[str, int], said: list[str]) -> list[Leg]:
    """The typed lines; empty ones are none. What cannot be read is said by its line."""
    legs = []
    count = whole(request.POST.get("rows", ""), 4)
    for row in range(1, min(ROWS if count is None else count, 200) + 1):
        cells = {
            name: request.POST.get(f"{name}-{row}", "").strip()
            for name in ("account", "words", "debit", "credit", "whom")
        }
        if not any(cells[name] for name in ("account", "debit", "credit")):
            continue
        sums = []
        for name, title in (("debit", _("借方")), ("credit", _("贷方"))):
            outcome = parse_money(cells[name])
            if not isinstance(outcome, Value):
                said.append(_("第 %(row)d 行%(title)s：%(why)s") % {"row": row, "title": title, "why": outcome.reason})
            sums.append(outcome.value.fen if isinstance(outcome, Value) and outcome.value is not None else 0)
        account = cells["account"].split(" ")[0]
        if account not in chart.accounts:
            matching = chart.matching(cells["account"])
            account = matching[0].code if len(matching) == 1 else account
        whom = cells["whom"]
        legs.append(
            Leg(
                account,
                sums[0],
                sums[1],
                cells["words"][:200],
                parties.get(whom),
                household="" if whom in parties else whom[:60],
            )
        )
    return legs


def _from_template(request: HttpRequest, on: date, context: dict[str, Any]) -> Proposal | None:
    """The entry a template makes of the amounts in the address, or the questions it still asks."""
    key = request.GET["template"]
    found = templates().get(key)
    if found is None:
        return None
    amounts, asked = {}, []
    for name, title in found.asks.items():
        text = request.GET.get(f"ask-{name}", "").strip()
        asked.append({"name": name, "title": title, "text": text})
        outcome = parse_money(text)
        if text and isinstance(outcome, Value) and outcome.value is not None:
            amounts[name] = outcome.value.fen // 100 if name == "years" else outcome.value.fen
    words = request.GET.get("words", "").strip()[:200]
    context |= {"template": found, "asked": asked, "about": words}
    try:
        return propose(key, "", on, amounts, words=words) if amounts else None
    except TemplateError as error:
        context["said"] = [str(error)]
        return None


def _form(
    request: HttpRequest,
    context: dict[str, Any],
    chart: Chart,
    on: date,
    given: Proposal | None,
    parties: dict[int, str],
    status: int = 200,
) -> HttpResponse:
    legs = list(given.legs) if given else []
    names = {code: chart.path(code) for code in chart.accounts}
    lines = [
        {
            "account": f"{leg.account} {names.get(leg.account, '')}".strip(),
            "words": leg.words,
            "debit": format_money(leg.debit_fen) if leg.debit_fen else "",
            "credit": format_money(leg.credit_fen) if leg.credit_fen else "",
            "whom": parties.get(leg.party or 0, leg.household),
        }
        for leg in legs
    ]
    blank = {"account": "", "words": "", "debit": "", "credit": "", "whom": ""}
    lines += [blank] * max(ROWS - len(lines), 2)
    context |= {
        "lines": list(enumerate(lines, 1)),
        "rows": len(lines),
        "on": on,
        "words": given.words if given else "",
        "papers": given.papers if given else 0,
        "chart": chart,
        "accounts": [
            {"code": each.code, "name": names[each.code], "initials": each.initials} for each in chart.accounts.values()
        ],
    }
    return render(request, "books/desk.html", context, status=status)


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """One voucher, the record it came from, what it was taken back by, and its papers."""
    voucher = here.get(Voucher, pk=pk)
    lines = list(voucher.lines.select_related("party", "peer"))
    chart = chart_for(voucher.organisation, voucher.on)
    found = templates().get(voucher.template)
    context = {
        "voucher": voucher,
        "place": voucher.organisation,
        "lines": [{"line": line, "name": chart.path(line.account), "source": _source(line.record)} for line in lines],
        "total": sum(line.debit_fen for line in lines),
        "origin": Origin.objects.filter(voucher=voucher).select_related("taken_from__file").first(),
        "source": _source(voucher.record),
        "template": found,
        "papers": Attachment.objects.filter(record=voucher.key),
        "taken_back": Voucher.objects.filter(reverses=voucher).first(),
        "may_book": here.may("book", voucher.organisation),
        "today": today(),
    }
    return render(request, "books/voucher.html", context)


@require_GET
@page("view")
def paper(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The voucher on paper."""
    voucher = here.get(Voucher, pk=pk)
    return as_file(tables.vouchers_pdf([voucher], home().is_demo), f"{voucher}.pdf", inline=True)


@require_POST
@page("book")
def take_back(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    voucher = here.get(Voucher, pk=pk)
    try:
        with commit(here.person, voucher.organisation, "book", "红字冲销") as act:
            made = red(act, voucher, voucher.on if voucher.closing else today(), request.POST.get("why", ""))
    except BookError as error:
        messages.error(request, str(error))
        return redirect("voucher", pk)
    messages.success(request, _("已冲销：%(voucher)s") % {"voucher": str(made)})
    return redirect("voucher", made.pk)


@require_http_methods(["GET", "POST"])
@page("book")
def accounts(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """The chart in force, and a collective's own sub-accounts."""
    place = here.get(Organisation, code=code)
    chart = chart_for(place, today())
    wrong = ""
    if request.method == "POST":
        typed, name = request.POST.get("code", "").strip()[:11], request.POST.get("name", "").strip()[:60]
        try:
            if not name:
                raise ChartError(_("请写明细科目的名称"))
            chart = chart.with_own([(typed, name)])
            with commit(here.person, place, "book", "加明细科目") as act:
                act.save(SubAccount(organisation=place, chart=chart.key, code=typed, name=name))
            return redirect("books-accounts", code)
        except ChartError as error:
            wrong = str(error)
    return render(
        request,
        "books/accounts.html",
        {"place": place, "chart": chart, "accounts": chart.accounts.values(), "wrong": wrong},
        status=400 if wrong else 200,
    )


def _source(record: str) -> str:
    """The page of the record ``contracts:12``; "" where there is none."""
    register, _colon, pk = record.partition(":")
    return reverse("record", args=(register, int(pk))) if whole(pk) is not None else ""
