"""A sheet goes on the wall: drafted, signed by another, frozen, shown for the days of the law, objected to, corrected."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import a_long_lease, a_row
from mingbai.proofs import digest, verify

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.fixture
def drafted(district: SimpleNamespace, import_rows: Any) -> Any:
    from mingbai.kit import publish
    from mingbai.notices import desk

    import_rows(a_row(承包方="张三", 联系电话="13800112233"), a_long_lease(合同编号="HT-002", 承包方="丰收农业公司", 坐落="村西 13900112233", 联系电话=None))
    village, clerk = district.villages[0], district.people["clerk"]
    return desk.draft(clerk, village, "contracts", "sheet", publish.title(village, "contracts", "sheet"), publish.sheet(village, "contracts"))


@pytest.fixture
def shown(district: SimpleNamespace, drafted: Any) -> Any:
    from mingbai.notices import desk

    return desk.sign(district.people["supervisor"], drafted, desk.to_sign(drafted))


def turn_to(day: date) -> None:
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    with derived():
        Home.objects.update(today=day)


def test_what_is_published_is_frozen_masked_and_adds_up(shown: Any) -> None:
    data = bytes(shown.body)
    assert verify(data, shown.code) == []
    text = data.decode()
    assert "张某" in text
    assert "张三" not in text
    assert "丰收农业公司" in text
    assert "139****2233" in text
    assert not {"13800112233", "13900112233", "lessee_id_no", "phone"} & set(text.replace('"', " ").split())
    published = shown.published
    assert published["totals"]["rows"] == 2
    assert published["totals"]["total_fen"] == 2 * 45000_00
    assert (published["head"]["drafted_by"], published["head"]["signed_by"]) == ("王报账", "李监督")


def test_fifteen_full_days_from_2026_and_the_first_day_does_not_count(district: Any, shown: Any) -> None:
    assert shown.last_day - shown.first_day == timedelta(days=15)
    assert not shown.full(shown.last_day)
    assert shown.full(shown.last_day + timedelta(days=1))


@pytest.mark.parametrize(("on", "days", "certain"), [(date(2025, 12, 31), 7, False), (date(2026, 1, 1), 15, True)])
def test_the_law_of_the_date_says_how_long(on: date, days: int, certain: bool) -> None:
    from mingbai.notices.law import required

    assert (required("display", on).days, required("display", on).certain) == (days, certain)


def test_the_drafter_cannot_sign_even_with_the_power(district: Any, drafted: Any) -> None:
    from mingbai.notices import desk
    from mingbai.places.models import Grant, Role
    from mingbai.records.door import derived

    clerk = district.people["clerk"]
    with derived():
        Grant.objects.create(person=clerk, role=Role.objects.get(key="supervisor"), organisation=district.villages[0])
    clerk = type(clerk).objects.get(pk=clerk.pk)
    with pytest.raises(desk.NoticeError, match="不能给自己"):
        desk.sign(clerk, drafted, desk.to_sign(drafted))


@pytest.mark.parametrize("turned", [False, True])
def test_kin_of_the_drafter_cannot_sign(district: Any, drafted: Any, turned: bool) -> None:
    from mingbai.notices import desk
    from mingbai.places.models import Kin, Officer
    from mingbai.records.door import derived

    one, other = ("李监督", "王报账") if turned else ("王报账", "李监督")
    with derived():
        officer = Officer.objects.create(organisation=district.villages[0], name=one, post="会计")
        Kin.objects.create(officer=officer, name=other, relation="夫妻")
    with pytest.raises(desk.NoticeError, match="近亲属（夫妻）"):
        desk.sign(district.people["supervisor"], drafted, desk.to_sign(drafted))


def test_a_draft_that_changed_while_it_was_read_is_not_signed(district: Any, drafted: Any) -> None:
    from mingbai.notices import desk

    with pytest.raises(desk.NoticeError, match="变了"):
        desk.sign(district.people["supervisor"], drafted, "0" * 64)


def test_who_lacks_the_power_neither_drafts_nor_signs(district: Any, drafted: Any) -> None:
    from django.core.exceptions import PermissionDenied

    from mingbai.kit import publish
    from mingbai.notices import desk

    village = district.villages[0]
    for person in (district.people["auditor"], district.foreign):
        with pytest.raises(PermissionDenied):
            desk.draft(person, village, "contracts", "sheet", "公示", publish.sheet(village, "contracts"))
        with pytest.raises(PermissionDenied):
            desk.sign(person, drafted, desk.to_sign(drafted))


def test_an_objection_is_answered_by_a_correction_that_names_the_old_notice(district: Any, shown: Any) -> None:
    from mingbai.kit import intake, publish
    from mingbai.notices import desk, objections
    from mingbai.registers.contracts.models import Contract

    clerk, supervisor, village = district.people["clerk"], district.people["supervisor"], district.villages[0]
    objection, word = objections.object_to(shown, 1, "面积不对，是 12 亩", name="赵六", phone="13700112233", sender="10.0.0.7")
    assert objection.due - objection.on == timedelta(days=10)
    assert objections.find(objection.number.lower(), word) == objection
    assert objections.find(objection.number, "000000" if word != "000000" else "111111") is None

    record = Contract.objects.get(pk=shown.records[0])
    intake.edit(clerk, record, {"area_mu4": 12_0000}, note="照异议核对")
    renewed = desk.draft(clerk, village, "contracts", "sheet", shown.title, publish.sheet(village, "contracts"), replaces=shown, why="第 1 行面积改为 12 亩")
    with pytest.raises(objections.ObjectionError, match="已经公布"):
        objections.answer(clerk, objection, "查过，改为 12 亩", renewed)
    renewed = desk.sign(supervisor, renewed, desk.to_sign(renewed))
    answered = objections.answer(clerk, objection, "查过，改为 12 亩", renewed)
    assert answered.state == "corrected"
    head = renewed.published["head"]
    assert head["replaces"] == {"number": shown.number, "sha256": shown.sha256}
    shown.refresh_from_db()
    assert not shown.full(shown.last_day + timedelta(days=1)), "taken over before its days were over"
    assert verify(bytes(shown.body), shown.code) == [], "the old one stays as it was"


def test_who_objects_is_sealed_and_in_no_event(district: Any, shown: Any) -> None:
    from django.db import connection

    from mingbai.notices import objections
    from mingbai.records.models import Event

    objections.object_to(shown, 1, "面积不对，是 12 亩", name="赵六六", phone="13700112233", sender="10.0.0.7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_objection")
        cells = b" ".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cursor.fetchone())
    told = str(list(Event.objects.values_list("note", "lines")))
    for secret in ("赵六六", "13700112233", "10.0.0.7", "面积不对"):
        assert secret.encode() not in cells
        assert secret not in told


def test_a_flood_from_one_phone_is_slowed_and_paper_is_not(district: Any, shown: Any) -> None:
    from mingbai.notices import objections

    for _ in range(objections.A_DAY):
        objections.object_to(shown, 0, "请说明这份公示", sender="10.0.0.7")
    with pytest.raises(objections.ObjectionError, match="明天再交"):
        objections.object_to(shown, 0, "请说明这份公示", sender="10.0.0.7")
    objections.object_to(shown, 0, "请说明这份公示", sender="10.0.0.8")
    objection, _ = objections.object_to(shown, 0, "请说明这份公示", person=district.people["clerk"])
    assert objection.number.endswith("-007"), "numbered without gaps"


@pytest.mark.parametrize(("line", "text", "why"), [(3, "面积不对，是 12 亩", "没有第 3 行"), (1, "错", "5 到 1000"), (1, "错" * 1001, "5 到 1000")])
def test_an_objection_that_cannot_be_taken_says_why(shown: Any, line: int, text: str, why: str) -> None:
    from mingbai.notices import objections

    with pytest.raises(objections.ObjectionError, match=why):
        objections.object_to(shown, line, text)


def test_a_photograph_of_the_board_is_kept_and_only_a_picture(district: Any, shown: Any) -> None:
    from mingbai.notices import desk

    clerk = district.people["clerk"]
    assert desk.photograph(clerk, shown, "公示栏.png", PNG).label == desk.PHOTO
    with pytest.raises(desk.NoticeError, match="图片"):
        desk.photograph(clerk, shown, "公示栏.pdf", b"%PDF-1.4\n%%EOF")


def done(on: date) -> set[str]:
    from mingbai.kit import publish
    from mingbai.places.scope import whole

    return {path for path, yes in publish.done(whole(), "contracts", on).items() if yes}


def test_a_village_is_done_when_all_is_decided_mended_shown_and_answered(district: Any, shown: Any) -> None:
    from mingbai.kit import cases
    from mingbai.notices import objections
    from mingbai.registers.contracts.models import Contract

    village, clerk = district.villages[0], district.people["clerk"]
    after = shown.last_day + timedelta(days=1)
    first, second = Contract.objects.filter(organisation=village).order_by("serial")
    assert done(after) == set(), "nothing is decided yet"
    from mingbai.kit.models import Finding

    for record in (first, second):
        found = [cases.Judgement(each, False, "看过原件，不是问题") for each in Finding.objects.filter(record=record.pk)]
        cases.decide(clerk, record, "A", found)
    assert done(after) == {village.path}
    assert done(shown.last_day) == set(), "the last day is not over"
    objection, _ = objections.object_to(shown, 1, "面积不对，是 12 亩")
    assert done(after) == set(), "an objection waits"
    objections.answer(clerk, objection, "量过，没有错")
    assert done(after) == {village.path}


def test_a_contract_added_after_the_sheet_makes_a_village_not_done(district: Any, shown: Any, import_rows: Any) -> None:
    from mingbai.kit import cases
    from mingbai.kit.models import Finding

    after = shown.last_day + timedelta(days=1)
    for record in import_rows(a_row(合同编号="HT-003")):
        cases.decide(district.people["clerk"], record, "A", [cases.Judgement(f, False, "看过原件") for f in Finding.objects.filter(record=record.pk)])
    assert done(after) == set()


def not_shown_enough() -> list[tuple[str, str]]:
    from mingbai.kit.models import Finding

    return list(Finding.objects.filter(rule="C29").order_by("record").values_list("answer", "sentence"))


def test_a_sheet_taken_down_early_is_a_finding_until_it_was_shown_again(district: Any, shown: Any) -> None:
    from mingbai.kit import publish
    from mingbai.notices import desk

    clerk, village = district.people["clerk"], district.villages[0]
    assert not_shown_enough() == []
    torn = shown.first_day + timedelta(days=6)
    turn_to(torn)
    desk.take_down(clerk, shown, torn, "被雨淋坏了")
    found = not_shown_enough()
    assert len(found) == 2
    assert {answer for answer, _ in found} == {"yes"}
    assert f"{shown.first_day}至{torn}公示，满6天，要求不少于15天" in found[0][1]
    turn_to(shown.last_day + timedelta(days=1))
    shown.refresh_from_db()
    assert not shown.full(shown.last_day + timedelta(days=1))
    again = desk.draft(clerk, village, "contracts", "sheet", "重新公示", publish.sheet(village, "contracts"))
    desk.sign(district.people["supervisor"], again, desk.to_sign(again))
    assert not_shown_enough() == []


def test_a_correction_takes_the_place_of_a_notice_of_its_own_village_and_kind_only(district: Any, shown: Any) -> None:
    from mingbai.kit import publish
    from mingbai.notices import desk

    clerk, supervisor, (village, other, *_) = district.people["clerk"], district.people["supervisor"], district.villages
    content = publish.sheet(village, "contracts")
    for place, kind in ((other, "sheet"), (village, "steps")):
        with pytest.raises(desk.NoticeError, match="同一个村、同一类"):
            desk.draft(None, place, "contracts", kind, "更正", content, replaces=shown, why="改一行")
    first = desk.draft(clerk, village, "contracts", "sheet", "更正", content, replaces=shown, why="改一行")
    with pytest.raises(desk.NoticeError, match="重新读过"):  # what is signed says what it replaces
        desk.sign(supervisor, first, digest(first.content))
    desk.send_back(supervisor, first, "不对")
    with pytest.raises(desk.NoticeError, match="只有公布过的"):
        desk.draft(clerk, village, "contracts", "sheet", "更正", content, replaces=first, why="改一行")
    second = desk.draft(clerk, village, "contracts", "sheet", "更正", content, replaces=shown, why="改一行")
    desk.sign(supervisor, second, desk.to_sign(second))
    shown = type(shown).objects.get(pk=shown.pk)
    with pytest.raises(desk.NoticeError, match="请更正那一份"):
        desk.draft(clerk, village, "contracts", "sheet", "再更正", content, replaces=shown, why="再改一行")


@pytest.mark.parametrize(("after", "why", "said"), [
    (15, "风吹走了", "应当在"), (-1, "风吹走了", "应当在"), (3, " ", "为什么"), (3, "风吹走了", "")])
def test_taking_down_wants_a_day_of_its_days_and_a_reason(district: Any, shown: Any, after: int, why: str, said: str) -> None:
    from mingbai.notices import desk

    clerk, on = district.people["clerk"], shown.first_day + timedelta(days=after)
    turn_to(shown.first_day + timedelta(days=4))
    if not said:
        assert desk.take_down(clerk, shown, on, why).down_on == on
        said = "已经记过取下"
    with pytest.raises(desk.NoticeError, match=said):
        desk.take_down(clerk, shown, on, why)


def test_a_ledger_and_a_house_that_differ_the_house_knows(district: Any, import_rows: Any) -> None:
    """The ledger says three days; the notice of the house hung for all of them."""
    from mingbai.kit import publish
    from mingbai.notices import desk

    import_rows(a_row(公示起始日期="2026-03-01", 公示结束日期="2026-03-04"))
    assert [answer for answer, _ in not_shown_enough()] == ["yes"]
    village = district.villages[0]
    made = desk.draft(district.people["clerk"], village, "contracts", "sheet", "公示", publish.sheet(village, "contracts"))
    desk.sign(district.people["supervisor"], made, desk.to_sign(made))
    assert not_shown_enough() == []


NAMED = {"body": "与它的摘要不符", "body and digest": "审计记录说签发的是", "back to a draft": "签发过，现在没有了", "never signed": "没有签发过"}


@pytest.mark.parametrize("how", NAMED)
def test_a_published_notice_changed_behind_the_door_is_named(shown: Any, behind_the_door: None, how: str) -> None:
    from mingbai.board import fsck
    from mingbai.notices.models import Notice
    from mingbai.proofs.notice import envelope

    place, rows = shown.organisation, Notice.objects.filter(pk=shown.pk)
    assert list(fsck.notices(place)) == []
    content = shown.published | {"head": shown.published["head"] | {"to": "2026-10-01"}}
    if how == "body":
        rows.update(body=bytes(shown.body).replace("九院村".encode(), "九院屯".encode()))
    elif how == "body and digest":
        rows.update(body=envelope(content), sha256=digest(content))
    elif how == "back to a draft":
        rows.update(body=None, sha256="")
    else:
        rows.update(number="140109007201-2026-009")
    assert NAMED[how] in "\n".join(map(str, fsck.notices(place)))
