"""What the events last said of a row is what stands in it: whoever writes past the door is named by table, number and field."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def said() -> str:
    from mingbai.board.fsck import differences
    from mingbai.places.scope import whole

    return "\n".join(str(each) for each in differences(whole()) if not each.derived)


@pytest.fixture
def written(district: SimpleNamespace) -> SimpleNamespace:
    """A village whose clerk took money, held a meeting, opened a bank account, and an officer who left."""
    from mingbai.books.models import BankAccount
    from mingbai.places.models import Grant, Officer, Role
    from mingbai.records import receipts
    from mingbai.records.door import commit
    from mingbai.records.models import Decision

    place, today = district.villages[0], district.today
    with commit(district.people["clerk"], place, "edit", "登记") as act:
        district.receipt = receipts.receive(act, "contracts:1", 5000, "张三 13812345678", received_on=today)
        district.decision = act.save(Decision(organisation=place, record="contracts:1", body="代表会议", held_on=today, entitled="30", present=28, votes_for=27, subject="发包"))
        district.account = act.save(BankAccount(organisation=place, account="102", bank="农商行", number="6222000011112222", number_mark="x", tail="2222"))
        officer = act.save(Officer(organisation=place, name="李四", post="村委委员"))
    with commit(None, district.county, "people", "授权") as act:
        district.grant = act.save(Grant(person=district.foreign, role=Role.objects.get(key="clerk"), organisation=place, since=today))
        district.role = act.save(Role(key="guest", title="来客", powers=["view"]))
    with commit(district.people["clerk"], place, "edit", "登记离任") as act:
        officer.until = today
        act.save(officer, "until")
    return district


@pytest.mark.parametrize(("tamper", "says"), [
    ("UPDATE records_receipt SET payer = '王五'", "收款 records_receipt 第 {receipt} 号的交款人（payer）是 “王五”，审计记录说是 “张三 138****5678”"),
    ("UPDATE records_receipt SET amount_fen = 4900", "（amount_fen）是 “4900”，审计记录说是 “5000”"),
    ("UPDATE records_receipt SET way = '现金'", "（way）"),
    ("UPDATE records_decision SET entitled = 27", "决议 records_decision 第 {decision} 号的应到人数（entitled）是 “27”，审计记录说是 “30”"),
    ("DELETE FROM records_decision", "决议 records_decision 第 {decision} 号不见了：审计记录说登记过，没有说删去"),
    ("UPDATE places_grant SET role_id = (SELECT id FROM places_role WHERE key = 'administrator') WHERE id = {grant}", "授权 places_grant 第 {grant} 号的角色（role）"),
    ("UPDATE places_grant SET until = '2030-01-01' WHERE id = {grant}", "（until）是 “2030-01-01”，审计记录说是 空"),
    ("UPDATE places_role SET powers = '[\"view\", \"people\"]' WHERE id = {role}", "（powers）"),
    ("UPDATE places_officer SET until = NULL", "（until）是 空，审计记录说是 “2026-09-30”"),
    ("UPDATE books_bankaccount SET tail = '0000'", "（tail）是 “0000”，审计记录说是 “2222”"),
])
def test_a_row_changed_or_deleted_past_the_door_is_named(written: SimpleNamespace, behind_the_door: None, tamper: str, says: str) -> None:
    numbers = {name: getattr(written, name).pk for name in ("receipt", "decision", "grant", "role", "account")}
    assert said() == ""
    with connection.cursor() as cursor:
        cursor.execute(tamper.replace("{grant}", str(numbers["grant"])).replace("{role}", str(numbers["role"])))
    assert says.format(**numbers) in said()


def test_a_row_that_was_taken_away_and_stands_again_is_named(written: SimpleNamespace, behind_the_door: None) -> None:
    from mingbai.places.models import Officer
    from mingbai.records.door import commit

    officer = Officer.objects.get(name="李四")
    with commit(None, officer.organisation, "places", "删去") as act:
        act.remove(Officer.objects.get(pk=officer.pk), "登记错了")
    assert said() == ""
    officer.save(force_insert=True)
    assert f"places_officer 第 {officer.pk} 号还在，审计记录说删去了" in said()


def test_many_changed_at_once_are_known_from_their_numbers(written: SimpleNamespace, behind_the_door: None) -> None:
    from mingbai.places.models import Officer
    from mingbai.records.door import commit

    with commit(None, written.villages[0], "places", "改") as act:
        act.change(Officer.objects.filter(name="李四"), post="会计")
    assert said() == ""
    Officer.objects.update(post="主任")
    assert "（post）是 “主任”，审计记录说是 “会计”" in said()


def test_a_grant_nobody_gave_is_named_in_a_home_whose_chain_begins_with_it(written: SimpleNamespace, behind_the_door: None) -> None:
    from mingbai.places.models import Grant, Home
    from mingbai.records.door import commit

    Home.objects.all().delete()
    with commit(None, written.county, "places", "第一次启动") as act:
        act.save(Home(is_demo=True, today=written.today))
    forged = Grant.objects.create(person=written.foreign, role=written.role, organisation=written.villages[0])
    assert f"授权 places_grant 第 {forged.pk} 号这样，没有一条审计记录说过" in said()
    assert f"places_grant 第 {written.grant.pk} 号" not in said()


def test_powers_that_a_later_version_gave_a_role_are_no_difference(district: SimpleNamespace, behind_the_door: None) -> None:
    from importlib import import_module

    from django.apps import apps

    from mingbai.places.models import Role
    from mingbai.records.door import commit

    with commit(None, district.county, "people", "角色") as act:
        Role.objects.filter(key="reviewer").update(key="former")
        role = act.save(Role(key="reviewer", title="审核", powers=["view", "confirm"]))
    import_module("mingbai.books.migrations.0003_powers").give(apps, None)
    assert Role.objects.get(pk=role.pk).powers == ["view", "confirm", "book", "close"]
    assert said() == ""
    Role.objects.filter(pk=role.pk).update(powers=["view", "confirm", "people"])
    assert "（powers）" in said()


def test_what_is_made_anew_washes_nothing_clean(written: SimpleNamespace, import_rows: Any, behind_the_door: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt deleted by hand leaves findings and counts to be made anew: they are, and the receipt is still missed."""
    from argparse import Namespace

    from conftest import a_long_lease
    from mingbai import application
    from mingbai.board.models import Tally
    from mingbai.records.models import Receipt

    import_rows(a_long_lease())
    monkeypatch.setattr(application, "house", lambda: None)
    asked = Namespace(place="", rebuild=True)
    assert application._fsck(asked) == application.DONE
    Receipt.objects.all().delete()
    Tally.objects.filter(organisation=written.villages[0]).update(number=77)
    for _ in range(2):
        capsys.readouterr()
        assert application._fsck(asked) == application.FOUND
        told = capsys.readouterr().out
        assert "records_receipt" in told
        assert "77" not in told


@pytest.mark.parametrize(("change", "says"), [({"state": "set_aside"}, "（state）是 “set_aside”，审计记录说是 “confirmed”"), ({"reason": "看过，没有问题"}, "（reason）"), (None, "不见了")])
def test_what_a_person_made_of_a_finding_cannot_be_changed_unseen(district: SimpleNamespace, import_rows: Any, behind_the_door: None, change: dict[str, Any] | None, says: str) -> None:
    from conftest import a_long_lease
    from mingbai.kit.models import Finding
    from mingbai.records.door import commit

    import_rows(a_long_lease())
    finding = Finding.objects.filter(rule="C04").get()
    finding.state, finding.reason, finding.by, finding.on = Finding.State.CONFIRMED, "看过合同", district.people["clerk"], district.today
    with commit(district.people["clerk"], finding.organisation, "confirm", "认定疑点") as act:
        act.save(finding, "state", "reason", "by", "on")
    assert "kit_finding" not in said()
    rows = Finding.objects.filter(pk=finding.pk)
    rows.delete() if change is None else rows.update(**change)
    assert f"kit_finding 第 {finding.pk} 号" in said()
    assert says in said()
