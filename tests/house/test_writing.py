"""Who may write what: the auditor nothing at all; people, grants, accounts and parties by the forms people use. And a
number opens the list of exactly the records it counts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def work(district: Any) -> SimpleNamespace:
    """A record with a case, an upload read and not accepted, and everybody."""
    from conftest import a_row, a_workbook
    from mingbai.kit import cases, intake
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts.models import Contract

    people, village = district.people, district.villages[0]
    record = Contract.objects.filter(organisation=village, open_findings__gt=0).select_related("organisation").first()
    found = list(Finding.objects.filter(record=record.pk))
    case = cases.decide(people["reviewer"], record, "B", [cases.Judgement(each, True) for each in found])
    upload = intake.receive(people["clerk"], village, "contracts", "新.xlsx", a_workbook(a_row()))
    intake.read_upload(None, upload.pk)
    upload.refresh_from_db()
    return SimpleNamespace(people=people, village=village, record=record, found=found, case=case, upload=upload, auditor=people["auditor"])


def deeds() -> dict[str, Callable[[SimpleNamespace, Any], Any]]:
    """Every function of the kit that writes in somebody's name, called as that somebody."""
    from mingbai.kit import cases, intake

    due = date(2026, 12, 1)
    return {
        "judge": lambda w, who: cases.judge(who, w.record, [cases.Judgement(each, True) for each in w.found]),
        "decide": lambda w, who: cases.decide(who, w.record, "C"),
        "decide_many": lambda w, who: cases.decide_many(who, w.village, "contracts", [cases.Choice(w.record, "C")]),
        "pass_clean": lambda w, who: cases.pass_clean(who, w.village, "contracts"),
        "assign": lambda w, who: cases.assign(who, w.case, w.people["clerk"], due, "补程序"),
        "assign_many": lambda w, who: cases.assign_many(who, w.village, "contracts", [cases.Order(w.case, w.people["clerk"], due, "补程序")]),
        "step": lambda w, who: cases.step(who, w.case, "self_check"),
        "step_many": lambda w, who: cases.step_many(who, w.village, "contracts", [w.case], "self_check"),
        "attach": lambda w, who: cases.attach(who, w.record, "照片", "a.pdf", PDF),
        "resolve": lambda w, who: cases.resolve(who, w.record, body="代表会议", held_on=date(2026, 9, 1), entitled=9, present=8, votes_for=8, subject="议题"),
        "receive": lambda w, who: cases.receive(who, w.record, 100, "某人", received_on=date(2026, 9, 1)),
        "clue": lambda w, who: cases.clue(who, w.record, "线索"),
        "spot_check": lambda w, who: cases.spot_check(who, w.village, "contracts", 50, "0925"),
        "intake.receive": lambda w, who: intake.receive(who, w.village, "contracts", "别.xlsx", b"PK\x03\x04" + b"x" * 50),
        "intake.mend_cell": lambda w, who: intake.mend_cell(who, w.upload, "合同", "A2", "1"),
        "intake.settle": lambda w, who: intake.settle(who, w.upload, {"怪栏": "remark"}),
        "intake.drop": lambda w, who: intake.drop(who, w.upload, "不要了"),
        "intake.accept": lambda w, who: intake.accept(who, w.upload),
        "intake.edit": lambda w, who: intake.edit(who, w.record, {"title": "改"}),
    }


def writers(module: ModuleType) -> set[str]:
    """Public functions of a module that open the door for a person."""
    return {name for name, each in inspect.getmembers(module, inspect.isfunction)
            if each.__module__ == module.__name__ and not name.startswith("_") and "person" in inspect.signature(each).parameters}


def test_no_writing_function_is_left_out() -> None:
    from mingbai.kit import cases, intake

    reading = {"powers_over"}
    assert {*(writers(cases) - reading), *(f"intake.{name}" for name in writers(intake))} == set(deeds())


@pytest.mark.parametrize("deed", sorted(deeds()))
def test_the_auditor_is_refused_and_leaves_nothing(work: SimpleNamespace, deed: str) -> None:
    from mingbai.records.models import Attachment, Event

    before = Event.objects.count(), Attachment.objects.count()
    with pytest.raises(PermissionDenied):
        deeds()[deed](work, work.auditor)
    assert (Event.objects.count(), Attachment.objects.count()) == before


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_auditor_is_refused_at_every_address_that_writes(work: SimpleNamespace) -> None:
    client, record = signed_in(work.auditor), ("contracts", work.record.pk)
    for name, args in (("record-decide", record), ("record-assign", record), ("record-attach", record), ("record-resolve", record), ("record-receive", record),
                       ("record-edit", record), ("record-new", ("contracts",)), ("records-bulk", ("contracts",)), ("imports", ()),
                       ("import-accept", (work.upload.pk,)), ("import-mend", (work.upload.pk,)), ("parties", ()), ("people", ()),
                       ("roster", (work.village.code,)), ("cells", (work.village.code,)), ("notice-draft", ("contracts",))):
        assert client.post(reverse(name, args=args), {"deed": "clean"}).status_code == 403, name
    work.case.refresh_from_db()
    client.post(reverse("record-step", args=record), {"step": "self_check"})
    assert work.case.stage == "confirmed"


def test_a_form_of_money_sent_twice_is_one_receipt(work: SimpleNamespace) -> None:
    import re

    from mingbai.records.models import Event, Receipt

    clerk, address = signed_in(work.people["clerk"]), reverse("record-receive", args=("contracts", work.record.pk))
    page = clerk.get(reverse("record", args=("contracts", work.record.pk))).content.decode()
    once = re.search(r'name="once" value="(\w+)"', page)
    assert once
    form = {"amount": "100", "received_on": "2026-09-01", "payer": "张三", "once": once[1]}
    for _ in range(2):
        assert "收款登记好了，收据号" in clerk.post(address, form, follow=True).content.decode()
    assert Receipt.objects.filter(record=work.record.key).count() == 1
    assert Event.objects.filter(deed="登记收款").count() == 1
    assert "这一笔没有登记" in clerk.post(address, {**form, "amount": "200"}, follow=True).content.decode()
    assert Receipt.objects.filter(record=work.record.key).count() == 1
    clerk.post(address, {**form, "once": "another"})
    assert Receipt.objects.filter(record=work.record.key).count() == 2


def test_money_comes_after_the_contract(work: SimpleNamespace) -> None:
    from mingbai.kit import cases
    from mingbai.kit.road import RoadError
    from mingbai.records.models import Receipt

    clerk, address = signed_in(work.people["clerk"]), reverse("record-receive", args=("contracts", work.record.pk))
    said = clerk.post(address, {"amount": "100", "received_on": "0001-01-01"}, follow=True).content.decode()
    assert "早于" in said
    began = min(work.record.signed_on, work.record.starts_on)
    with pytest.raises(RoadError, match="早于"):
        cases.receive(work.people["clerk"], work.record, 100, "某人", received_on=began - timedelta(1))
    assert not Receipt.objects.filter(record=work.record.key)
    cases.receive(work.people["clerk"], work.record, 100, "某人", received_on=began)


# people

def test_a_person_is_invited_granted_and_stopped(district: Any) -> None:
    from mingbai.places.models import Grant, Person

    village, county = district.villages[0], signed_in(district.people["administrator"])
    page = county.post(reverse("people"), {"name": "新人", "login": "xinren", "role": "clerk", "place": village.code, "phone": ""})
    assert page.status_code == 200
    person = Person.objects.get(login="xinren")
    assert [(grant.role.key, grant.organisation) for grant in person.grants.all()] == [("clerk", village)]
    assert not person.has_usable_password(), "nobody but the person will know it"
    theirs = signed_in(person)
    assert theirs.get(reverse("home")).status_code == 200

    address = reverse("person", args=(person.pk,))
    county.post(address, {"deed": "grant", "role": "supervisor", "place": village.code, "until": "2026-12-31"})
    assert Grant.objects.filter(person=person, role__key="supervisor", until=date(2026, 12, 31)).exists()
    county.post(address, {"deed": "end", "grant": Grant.objects.get(person=person, role__key="clerk").pk})
    assert Grant.objects.get(person=person, role__key="clerk").until == date(2026, 9, 30)
    county.post(address, {"deed": "stop"})
    person.refresh_from_db()
    assert not person.is_active
    assert theirs.get(reverse("home")).status_code == 302, "whoever is stopped is out at once"
    county.post(address, {"deed": "start"})
    person.refresh_from_db()
    assert person.is_active


def test_nobody_grants_more_than_they_hold(district: Any) -> None:
    from mingbai.places.models import Grant, Organisation, Person

    county_person = district.people["county"]
    client = signed_in(county_person)
    clerk = district.people["clerk"]
    clerk.home = district.villages[0]
    from mingbai.records.door import derived

    with derived():
        clerk.save()
    before = Grant.objects.count()
    client.post(reverse("person", args=(clerk.pk,)), {"deed": "grant", "role": "administrator", "place": district.villages[0].code})
    client.post(reverse("people"), {"name": "某", "login": "mou", "role": "administrator", "place": district.county.code})
    assert Grant.objects.count() == before
    assert not Person.objects.filter(login="mou").exists()
    assert Organisation.objects.count() == 4
    assert signed_in(district.people["reviewer"]).post(reverse("people"), {}).status_code == 403


def test_nobody_stops_themselves_or_somebody_greater(district: Any) -> None:
    from mingbai.records.door import derived

    admin, county = district.people["administrator"], district.people["county"]
    with derived():
        for person in (admin, county):
            person.home = district.county
            person.save()
    signed_in(admin).post(reverse("person", args=(admin.pk,)), {"deed": "stop"})
    signed_in(county).post(reverse("person", args=(admin.pk,)), {"deed": "stop"})
    signed_in(county).post(reverse("person", args=(admin.pk,)), {"deed": "password"})
    password = admin.password
    admin.refresh_from_db()
    assert (admin.is_active, admin.password) == (True, password)


# parties

@pytest.fixture
def twins(district: Any) -> tuple[Any, Any]:
    """One name in two villages."""
    from mingbai.places.models import Party
    from mingbai.records.door import derived

    with derived():
        return tuple(Party.objects.create(organisation=village, name="独一人") for village in district.villages)  # type: ignore[return-value]


def asked(client: Client) -> set[tuple[int, int]]:
    return {(line["pair"].one.pk, line["pair"].other.pk) for line in client.get(reverse("parties")).context["lines"]}


def test_two_villages_words_are_one_party_when_a_person_says_so(district: Any, twins: Any) -> None:
    one, other = twins
    client = signed_in(district.people["clerk"])
    assert (one.pk, other.pk) in asked(client)
    client.post(reverse("parties"), {"deed": "same", "one": one.pk, "other": other.pk})
    other.refresh_from_db()
    assert other.same_as == one
    assert (one.pk, other.pk) not in asked(client)
    client.post(reverse("parties"), {"deed": "part", "other": other.pk})
    other.refresh_from_db()
    assert other.same_as is None
    assert (one.pk, other.pk) in asked(client), "taken apart, it may be asked again"


def test_what_a_person_said_are_two_is_kept_and_not_asked_again(district: Any, twins: Any) -> None:
    from mingbai.kit.models import Apart

    one, other = twins
    client = signed_in(district.people["clerk"])
    for _ in range(2):
        client.post(reverse("parties"), {"deed": "apart", "one": other.pk, "other": one.pk})
    kept = Apart.objects.get()
    assert (kept.one, kept.other, kept.by) == (one, other, district.people["clerk"])
    assert (one.pk, other.pk) not in asked(client)
    client.post(reverse("parties"), {"deed": "same", "one": one.pk, "other": other.pk})
    assert not Apart.objects.exists(), "said again the other way, the last word holds"


def test_a_clerk_of_one_village_says_nothing_of_anothers_parties(district: Any, twins: Any) -> None:
    from mingbai.places.models import Grant
    from mingbai.records.door import derived

    one, other = twins
    with derived():
        Grant.objects.filter(person=district.people["clerk"]).update(organisation=district.villages[0])
    assert signed_in(district.people["clerk"]).post(reverse("parties"), {"deed": "same", "one": one.pk, "other": other.pk}).status_code == 404


# numbers and their lists

@pytest.mark.parametrize("key", ["contracts", "decided", "suspected", "irregular", "rectified", "owed_fen", "recovered_fen", "contracts_amount_fen", "irregular_rectified_share"])
def test_a_number_opens_the_list_of_what_it_counts(work: SimpleNamespace, district: Any, key: str) -> None:
    from mingbai.board.rollup import by_child, figures
    from mingbai.kit import cases
    from mingbai.places.scope import scope
    from mingbai.registers.contracts.models import Contract

    people = district.people
    owing = Contract.objects.filter(owed_fen__gt=200).select_related("organisation").first()
    cases.receive(people["clerk"], owing, 100, "某人", received_on=date(2026, 9, 1))
    case = cases.assign(people["reviewer"], work.case, people["clerk"], date(2026, 12, 1), "补程序")
    cases.attach(people["clerk"], work.record, "补签或重新签订的合同", "a.pdf", PDF)
    cases.resolve(people["clerk"], work.record, body="代表会议", held_on=date(2026, 9, 30), entitled=9, present=8, votes_for=8, subject="议题")
    cases.step(people["reviewer"], cases.step(people["supervisor"], case, "self_check"), "accept")
    client, seen = signed_in(people["county"]), scope(people["county"], "view")
    for place, found in ((district.county, figures(seen, district.county)), *((row.organisation, row.figures) for row in by_child(seen, district.street))):
        figure = found[key]
        page = client.get(f"{reverse('records', args=(figure.register,))}?place={place.code}&{figure.query}")
        totals = page.context["totals"]
        shown = {"count": totals["n"], "fen": totals["recovered" if key == "recovered_fen" else "owed" if key == "owed_fen" else "amount"] or 0,
                 "share": totals["n"] / found["irregular"].value if found["irregular"].value else None}[figure.unit]
        assert shown == figure.value, place
    assert figures(seen, district.county)[key].value, "a number that is nothing proves nothing"


def test_every_indicator_of_contracts_is_among_them() -> None:
    from mingbai.kit.furniture import furniture

    marks = next(mark for mark in test_a_number_opens_the_list_of_what_it_counts.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]
    assert {each.key for each in furniture("contracts").road.indicators} == set(marks.args[1])
