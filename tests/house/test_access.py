"""Every address × role × place: one's own, a place above, a sibling, a foreign street. A route that is not in the table
fails; what is another's is not found, in pages, lists, totals, exports, search and files."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from openpyxl import load_workbook

pytestmark = pytest.mark.django_db

OPEN = {"second", "invited", "sign-in", "sign-out", "demo-sign-in", "first-start", "components", "health", "language", "public", "public-receipt", "public-notice", "public-file", "public-wall",
        "public-object", "public-village", "public-gate"}
"""Reached without signing in; what they do then has tests of its own."""

PLAIN = {  # pages of one's own place: no other place's data can be asked for by the address
    "home": ("get", ()), "places": ("get", ()), "rules": ("get", ()), "rule": ("get", ("contracts", "C04")), "figures": ("get", ()),
    "summary": ("get", ()), "summary-xlsx": ("get", ()), "audit": ("get", ()), "audit-export": ("get", ()), "parties": ("get", ()), "jobs": ("get", ()), "people": ("get", ()), "state": ("get", ()),
    "account": ("get", ()), "account-second": ("get", ()), "account-elsewhere": ("post", ()), "policies": ("get", ()), "imports": ("get", ()), "papers": ("get", ()), "learnt": ("get", ()), "records": ("get", ("contracts",)), "records-export": ("get", ("contracts",)),
    "records-template": ("get", ("contracts",)), "record-new": ("get", ("contracts",)), "findings": ("get", ("contracts",)),
    "cases": ("get", ("contracts",)), "spot-checks": ("get", ("contracts",)), "records-bulk": ("post", ("contracts",)), "place-choose": ("post", ()),
    "calendar": ("get", ()), "calendar-xlsx": ("get", ()), "prices": ("get", ()), "self-reports": ("get", ()), "self-report-new": ("get", ()),
    "assets-books": ("get", ()), "books": ("get", ()), "notices": ("get", ()), "notice-gate": ("post", ()), "notice-draft": ("post", ("contracts",)),
    "letters": ("get", ()), "letter-forms": ("get", ()), "letter-form": ("get", ("demand",)), "letter-form-file": ("get", ("demand", "pdf")),
}
BOUND = {  # addresses that name a record, a file or a place of the first village
    "books-month": ("get", "code"), "voucher-new": ("get", "code"), "books-close": ("post", "code"), "books-accounts": ("get", "code"),
    "books-statements": ("get", "code"), "books-trial": ("get", "code"), "books-parties": ("get", "code"), "books-ledger": ("get", "ledger"),
    "books-notes": ("get", "code"), "books-imports": ("get", "code"), "books-import": ("get", "sheet"), "books-import-settle": ("post", "sheet"), "books-import-marked": ("get", "sheet"),
    "books-dues": ("get", "code"), "books-dues-book": ("post", "code"), "books-bank": ("get", "code"), "books-bank-settle": ("post", "code"), "books-reconciliation": ("get", "code"), "books-bridge": ("get", "code"), "books-bridge-settle": ("post", "code"),
    "books-ledger-file": ("get", "ledger-file"), "books-file": ("get", "report"), "voucher": ("get", "voucher"), "voucher-pdf": ("get", "voucher"), "voucher-reverse": ("post", "voucher"),
    "record-letters": ("get", "record"), "letter": ("get", "letter"), "letter-file": ("get", "letter_pdf"), "letter-serve": ("post", "letter"), "letter-answer": ("post", "letter"),
    "letters-batch": ("post", "code"), "letters-together": ("get", "together"), "letters-list": ("post", "code"), "letter-spot": ("post", "check"),
    "policy-effect": ("get", "change"), "place": ("get", "code"), "roster": ("get", "code"), "cells": ("get", "code"), "merge": ("get", "code"), "person": ("get", "person"), "job": ("get", "job"),
    "import": ("get", "upload"), "import-marked": ("get", "upload"), "import-mend": ("post", "upload"),
    "import-headings": ("post", "upload"), "import-accept": ("post", "upload"), "import-drop": ("post", "upload"), "import-learn": ("post", "upload"), "learnt-revoke": ("post", "lesson"), "file": ("get", "file"),
    "paper": ("get", "paper"), "paper-page": ("get", "leaf"), "paper-confirm": ("post", "paper"), "paper-arrange": ("post", "paper"),
    "paper-accept": ("post", "paper"), "paper-settle": ("post", "paper"), "paper-drop": ("post", "paper"),
    "notice": ("get", "notice"), "notice-sign": ("post", "notice"), "notice-return": ("post", "notice"), "notice-photo": ("post", "notice"), "notice-down": ("post", "notice"),
    "notice-objection": ("post", "notice"), "objection-answer": ("post", "objection"), "objection-uncover": ("post", "objection"),
    "record": ("get", "record"), "record-unsure": ("get", "record"), "record-reading": ("get", "reading"), "record-edit": ("get", "record"), "record-decide": ("post", "record"),
    "record-assign": ("post", "record"), "record-step": ("post", "record"), "record-attach": ("post", "record"),
    "record-resolve": ("post", "record"), "record-receive": ("post", "record"), "record-clue": ("post", "record"), "record-uncover": ("post", "record"),
    "assets-wear": ("get", "code"), "assets-wear-book": ("post", "code"), "assets-wear-table": ("get", "code"), "asset-dispose": ("post", "asset"),
    "assets-count": ("get", "code"), "assets-count-save": ("post", "code"), "assets-count-file": ("get", "count"),
    "life-event": ("get", "life"), "life-undo": ("post", "event"), "self-report": ("get", "report_of"), "self-report-decide": ("post", "report_of"),
}


def routes() -> dict[str, Any]:
    found = {}

    def walk(resolver: URLResolver) -> None:
        for each in resolver.url_patterns:
            if isinstance(each, URLResolver):
                walk(each)
            else:
                found[each.name] = each.callback

    walk(get_resolver())
    return found


def test_every_route_is_in_the_table() -> None:
    assert set(routes()) == OPEN | set(PLAIN) | set(BOUND)


def test_every_page_says_which_power_it_takes() -> None:
    assert [name for name, view in routes().items() if name not in OPEN and not getattr(view, "power", "")] == []


@pytest.fixture
def cast(district: Any) -> SimpleNamespace:
    """For every role four people: of the first village, of the county above it, of its sibling, of a foreign street."""
    from handed import VOUCHERS, workbook
    from mingbai.books import intake as books_intake
    from mingbai.books.desk import post
    from mingbai.books.templates import Whom, propose
    from mingbai.kit import letters, policies, publish
    from mingbai.kit.models import SpotCheck, Upload
    from mingbai.notices import desk, objections
    from mingbai.places.clock import today
    from mingbai.places.models import Grant, Organisation, Person, Role
    from mingbai.records.door import commit, derived
    from mingbai.records.models import Attachment
    from mingbai.registers.assets.models import Asset, Count
    from mingbai.registers.contracts import events, reports
    from mingbai.registers.contracts.models import Contract
    from mingbai.scans.models import Field, Leaf, Original, Paper

    first, second = district.villages
    with derived():
        foreign = Organisation(code="140109008000", name="别的街道", level="township", parent=district.county).placed()
        foreign.save()
        people = {}
        for role in Role.objects.all():
            for where, place in (("own", first), ("above", district.county), ("sibling", second), ("foreign", foreign)):
                person = Person.objects.create(login=f"{role.key}-{where}", name=role.title, home=place)
                Grant.objects.create(person=person, role=role, organisation=place)
                people[role.key, where] = person
    record = Contract.objects.filter(organisation=first).first()
    upload = Upload.objects.get(organisation=first)
    notice = desk.draft(people["clerk", "own"], first, "contracts", "sheet", "公示", publish.sheet(first, "contracts"))
    notice = desk.sign(people["supervisor", "own"], notice, desk.to_sign(notice))
    objection, _ = objections.object_to(notice, 1, "面积不对，请重量")
    with commit(people["clerk", "own"], first, "book", "记账") as act:
        voucher = post(act, [propose("rent_now", "access", today(), {"amount": 280_000}, Whom(record=record.key, name="王某"))])[0]
    with commit(people["clerk", "own"], first, "import", "读纸质合同") as act:
        paper = act.save(Paper(organisation=first, register="contracts", state=Paper.State.READ, by=people["clerk", "own"], on=act.on))
        kept = act.save(Attachment(organisation=first, sha256=upload.file.sha256, name="第1页.jpg", kind="image/jpeg", size=1, on=act.on))
        proof = act.save(Attachment(organisation=first, sha256=upload.file.sha256, name="会议记录.pdf", kind="application/pdf", size=1, on=act.on, record=record.key))
        act.save(Original(paper=paper, place=1, file=kept))
        act.save(Leaf(paper=paper, number=1, picture=kept, width=1240, height=1754))
        act.save(Field(paper=paper, column="lessee", raw="某", proposed="某", page=1, region=[[[1, 1], [90, 1], [90, 20], [1, 20]]]))
    change = policies.propose(people["administrator", "own"], first, "contracts", "price_floor_fen", "600", today(), "村民代表会议")
    event = events.record(people["clerk", "own"], record, "demand", today(), {"served_by": "邮寄"})
    hidden = reports.report(people["clerk", "own"], first, reporter="李四", lessee="李四", what="村西旧房")
    letters.make(people["clerk", "own"], Contract.objects.filter(organisation=first, owed_fen__gt=0).first(), "demand")
    letter = letters.make(people["clerk", "own"], record, "confirmation")
    with commit(people["county", "own"], first, "spot_check", "抽查") as act:
        check = act.save(SpotCheck(organisation=first, on=today(), by=act.person, seed="1", share=10, of=[], drawn=[]))
    from mingbai.kit.lessons import learn
    lesson = learn(people["clerk", "own"], upload, "words", "散包", "公开协商", "letting_mode")
    with commit(people["clerk", "own"], first, "edit", "登记资产") as act:
        card = act.save(Asset(organisation=first, serial=1, title="旧校舍"))
        count = act.save(Count(organisation=first, on=act.on))
    sheet = books_intake.receive(people["clerk", "own"], first, "vouchers", "凭证.xlsx", workbook(VOUCHERS), chart="2023")
    arguments = {"sheet": (sheet.pk,), "ledger-file": (first.code, "102", "xlsx"), "asset": (card.pk,), "count": (count.pk, "xlsx"), "lesson": ("lesson", lesson.pk), "paper": (paper.pk,), "leaf": (paper.pk, 1), "letter": (letter.pk,), "letter_pdf": (letter.pk, "pdf"), "together": (first.code, "pdf"), "check": (check.pk,), "life": (record.pk, "demand"), "event": (event.pk,), "report_of": (hidden.pk,), "change": (change.pk,), "voucher": (voucher.pk,), "ledger": (first.code, "102"), "report": (first.code, "statements-xlsx"), "notice": (notice.pk,), "objection": (objection.pk,), "code": (first.code,), "upload": (upload.pk,), "file": (proof.pk,), "record": ("contracts", record.pk), "reading": ("contracts", record.pk, "C04"),
                 "person": (people["clerk", "own"].pk,), "job": (upload.organisation.jobs.first().pk,)}
    return SimpleNamespace(people=people, arguments=arguments, first=first, record=record, second=second)


ROLES = ("clerk", "supervisor", "reviewer", "county", "auditor", "administrator")


@pytest.mark.full
@pytest.mark.parametrize("where", ["own", "above", "sibling", "foreign"])
def test_the_matrix(cast: SimpleNamespace, where: str) -> None:
    from django.db import transaction

    wrong = {}
    for role in ROLES:
        with transaction.atomic():  # each role meets the village as it was
            wrong[role] = answered_wrongly(cast, role, where)
            transaction.set_rollback(True)
    assert not any(wrong.values()), wrong


def answered_wrongly(cast: SimpleNamespace, role: str, where: str) -> list[tuple[str, str, int]]:
    from django.urls import reverse

    from mingbai.places.models import Role

    powers = Role.objects.get(key=role).powers
    client = Client()
    client.force_login(cast.people[role, where])
    wrong = []
    for name, view in routes().items():
        if name in OPEN:
            continue
        method, what = PLAIN.get(name) or BOUND[name]
        bound = name in BOUND
        answer = getattr(client, method)(reverse(name, args=cast.arguments[what] if bound else what))
        if view.power not in powers:
            right = answer.status_code == 403
        elif bound and where in ("sibling", "foreign"):
            right = answer.status_code == 404
        else:
            right = answer.status_code in (200, 302, 400) or (name in ("place-choose", "record-assign", "record-step", "import-mend", "notice-draft") and answer.status_code == 404)
        if not right:
            wrong.append((name, view.power, answer.status_code))
    return wrong


def test_nobody_gets_in_without_signing_in(cast: SimpleNamespace) -> None:
    from django.urls import reverse

    for name in routes():
        if name in OPEN:
            continue
        method, what = PLAIN.get(name) or BOUND[name]
        answer = getattr(Client(), method)(reverse(name, args=cast.arguments[what] if name in BOUND else what))
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith(("/sign-in/", "/first/")), name


def test_a_sibling_sees_nothing_of_the_first_village_in_lists_totals_search_and_exports(cast: SimpleNamespace) -> None:
    from mingbai.registers.contracts.models import Contract

    client = Client()
    client.force_login(cast.people["reviewer", "sibling"])
    theirs = set(Contract.objects.filter(organisation=cast.first).values_list("title", flat=True)) - set(
        Contract.objects.filter(organisation=cast.second).values_list("title", flat=True)) - {None}
    count = Contract.objects.filter(organisation=cast.second).count()
    for address in ("/", "/registers/contracts/", f"/registers/contracts/?q={cast.record.contract_no}", "/findings/contracts/?state=all",
                    "/cases/contracts/", "/figures/", "/figures/summary/", "/imports/", f"/places/{cast.second.code}/"):
        page = client.get(address).content.decode()
        assert not [title for title in theirs if f">{title}<" in page], address
    assert client.get("/registers/contracts/").context["totals"]["n"] == count
    sheet = load_workbook(io.BytesIO(client.get("/registers/contracts/export/").content)).worksheets[0]
    written = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert not theirs & written
    assert client.get(f"/registers/contracts/?place={cast.first.code}").status_code == 404


def test_a_clue_is_seen_by_county_and_auditor_only(cast: SimpleNamespace) -> None:
    from mingbai.kit import cases

    cases.clue(cast.people["county", "above"], cast.record, "转账没有入账，另有隐情")
    for role in ROLES:
        client = Client()
        client.force_login(cast.people[role, "above"])
        page = client.get(f"/registers/contracts/{cast.record.pk}/").content.decode()
        assert ("另有隐情" in page) == (role in ("county", "auditor", "administrator")), role
        assert ("登记线索" in page.partition("来龙去脉")[2]) == (role in ("county", "auditor", "administrator")), f"{role}: that there is one"
        assert "另有隐情" not in client.get("/cases/contracts/").content.decode()


def test_an_original_is_for_who_may_see_whole_numbers_and_leaves_a_trace(cast: SimpleNamespace) -> None:
    from mingbai.kit.models import Upload
    from mingbai.places.models import Organisation
    from mingbai.records.models import Event

    upload = Upload.objects.get(organisation=Organisation.objects.get(code=cast.first.code), register="contracts")
    for role in ROLES:
        client = Client()
        client.force_login(cast.people[role, "above"])
        before = Event.objects.filter(deed="打开原件").count()
        answer = client.get(f"/files/{upload.file_id}/")
        may = role in ("clerk", "reviewer", "administrator")
        assert (answer.status_code == 200, Event.objects.filter(deed="打开原件").count() - before) == (may, int(may)), role


def test_the_auditor_writes_nothing(cast: SimpleNamespace) -> None:
    from mingbai.places.powers import WRITING
    from mingbai.places.scope import scope

    auditor = cast.people["auditor", "above"]
    assert [power for power in WRITING if scope(auditor, power).paths] == []


MOST = 48
"""Queries a page may take, whoever looks and however much there is."""


def queries(cast: SimpleNamespace) -> dict[str, int]:
    """Address → the queries the administrator's page takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    client = Client()
    client.force_login(cast.people["administrator", "above"])
    addresses = ["/places/140109000000/", "/audit/?verify=1", "/registers/contracts/?rule=C04&q=1"]
    for name in routes():
        method, what = PLAIN.get(name) or BOUND.get(name) or ("", ())
        if method == "get" and name != "assets-books":  # one village alone is shown at once
            addresses.append(reverse(name, args=cast.arguments[what] if name in BOUND else what))
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(address).status_code == 200, address
        found[address] = len(taken)
    return found


def test_a_page_takes_few_queries_and_no_more_where_there_is_more(cast: SimpleNamespace, books: Any) -> None:
    from mingbai.kit import intake
    from mingbai.places.models import GridCell, Officer, Organisation, Person
    from mingbai.records.door import derived

    before = queries(cast)
    assert {address: n for address, n in before.items() if n > MOST} == {}
    street, clerk = cast.first.parent, cast.people["clerk", "above"]
    for number in range(6):
        with derived():
            village = Organisation(code=f"14010900795{number}", name=f"新{number}村", level="village", parent=street, is_collective=True).placed()
            village.save()
            GridCell.objects.create(organisation=cast.first, title=f"第{number}责任田", leader=clerk)
            Officer.objects.create(organisation=cast.first, name="某", post="村委委员")
            Person.objects.create(login=f"more{number}", name="某", home=cast.first)
        upload = intake.receive(clerk, village, "contracts", "台账.xlsx", books[0].read_bytes())
        intake.read_upload(None, upload.pk)
        intake.accept(clerk, upload)
    after = queries(cast)
    assert {address: (before[address], n) for address, n in after.items() if n > before[address] + 5} == {}, "a page asks once for each"


ODD = ("²", "9" * 25, "9" * 5000)
"""What ``isdigit`` takes for a number and ``int`` or a database does not."""
NOT_FOUND = {"place", "month", "account"}
"""Parameters whose odd values are said not to be found before others are read: sent by themselves."""
FORMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "books-bank-settle": ({}, ("line", "account")), "voucher-new": ({"deed": "check", "on": "2026-09-01"}, ("papers", "rows")), "records-bulk": ({"deed": "clean"}, ("pick", "back")),
    "spot-checks": ({"seed": "1"}, ("share",)), "notice-objection": ({"text": "面积不对"}, ("line",)), "policies": ({"deed": "approve"}, ("change",)),
    "record-resolve": ({"held_on": "2026-09-01", "body": "会", "subject": "同意", "entitled": "3", "present": "3", "votes_for": "3"}, ("entitled", "present", "votes_for")),
    "record-assign": ({"deadline": "2027-01-01", "measure": "重签"}, ("cell", "responsible")), "import-mend": ({"sheet": "台账", "cell": "A2"}, ("cell",)),
    "books-imports": ({"kind": "bank"}, ("bank",)), "place-choose": ({}, ("place", "next")),
}
"""Forms: what is filled in rightly, and the fields that are filled in oddly, one at a time."""


@pytest.mark.full
def test_odd_numbers_in_an_address_or_a_form_are_answered(cast: SimpleNamespace) -> None:
    import re
    from pathlib import Path

    from django.urls import reverse

    import mingbai

    known = {"upload", "cell", "party"} | {name for path in Path(mingbai.__file__).parent.rglob("*.py") for name in re.findall(r'(?:GET|query|said)(?:\.get\(|\.getlist\(|\[)"(\w+)"', path.read_text())}
    assert {"copy", "top", "record", "month"} <= known
    client = Client(raise_request_exception=False)
    client.force_login(cast.people["administrator", "own"])
    wrong = []
    for name, (method, what) in {**PLAIN, **BOUND}.items():
        address = reverse(name, args=cast.arguments[what] if name in BOUND else what)
        for odd in ODD if method == "get" else ():
            for parameters in (known - NOT_FOUND, *({each} for each in sorted(NOT_FOUND) if odd is ODD[0])):
                answer = client.get(address, dict.fromkeys(parameters, odd))
                if answer.status_code >= 500:
                    wrong.append((name, sorted(parameters)[:1], odd[:9]))
        right, fields = FORMS.get(name, ({}, ()))
        for odd in ODD:
            wrong += [(name, field, odd[:9]) for field in fields if client.post(address, {**right, field: odd}).status_code >= 500]
    code = cast.first.code
    for odd in ODD:
        client.post(f"/assets/books/{code}/count/save/", {"deed": "begin", "on": "2026-09-01"})
        wrong += [("count", odd[:9]) for name in (f"is-{odd}", "quantity-1") if client.post(f"/assets/books/{code}/count/save/", {name: "otherwise", "is-1": "otherwise"}).status_code >= 500]
        wrong += [("pick", odd[:9]) for line in cast.first.bank_accounts.all() if client.post(
            f"/books/{code}/bank/settle/", {"deed": "together", "account": line.pk, "pick": f"match:{odd}/{odd}", "tick": odd}).status_code >= 500]
    assert wrong == []


def test_a_bulk_step_leads_back_to_a_page_of_this_house_only(cast: SimpleNamespace) -> None:
    client = Client()
    client.force_login(cast.people["clerk", "own"])
    for back in ("x", "//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)"):
        assert client.post("/registers/contracts/bulk/", {"back": back}).headers["Location"] == "/registers/contracts/", back
    assert client.post("/registers/contracts/bulk/", {"back": "/registers/contracts/?klass=A"}).headers["Location"] == "/registers/contracts/?klass=A"
