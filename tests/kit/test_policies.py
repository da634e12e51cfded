"""A local number is proposed by one, approved by another, dated, with its source; findings follow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from conftest import TODAY, a_row

pytestmark = pytest.mark.django_db
SOURCE = "区政府常务会 2026-09-01 〔2026〕3号"


def rules_of(record: Any) -> set[str]:
    from mingbai.kit.models import Finding

    return set(Finding.objects.filter(record=record.pk, gone=False).values_list("rule", flat=True))


def work_off() -> None:
    """What the worker does."""
    from mingbai.kit import recheck
    from mingbai.records.models import Job

    for job in Job.objects.filter(state="waiting", title="重查疑点"):
        recheck.recheck(None, job.organisation_id)


@pytest.fixture
def two(district: Any) -> tuple[Any, Any]:
    return district.people["county"], district.people["administrator"]


def test_a_floor_price_is_set_by_two_and_then_checked_by(district: Any, two: Any, import_rows: Any) -> None:
    from mingbai.kit import policies

    (record,) = import_rows(a_row(**{"承包费单价(元/亩·年)": 500}))
    before = rules_of(record)
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 600；园地 700", date(2026, 1, 1), SOURCE)
    work_off()
    assert rules_of(record) == before, "a proposal changes nothing"
    policies.approve(two[1], change)
    work_off()
    assert rules_of(record) - before == {"C07"}
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "400", date(2026, 9, 30), SOURCE)
    policies.approve(two[1], change)
    work_off()
    assert rules_of(record) == before


def test_nobody_approves_their_own_or_twice(district: Any, two: Any) -> None:
    from mingbai.kit import policies
    from mingbai.kit.models import Policy
    from mingbai.kit.policies import PolicyError

    change = policies.propose(two[0], district.county, "contracts", "prepaid_years", "3", TODAY, SOURCE)
    with pytest.raises(PolicyError, match="另一个人"):
        policies.approve(two[0], change)
    policies.approve(two[1], change)
    with pytest.raises(PolicyError, match="已经定了"):
        policies.approve(two[1], change)
    with pytest.raises(PolicyError, match="已经定了"):
        policies.refuse(two[1], change, "不合适")
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(("parameter", "value", "source", "why"), [
    ("lease_years", "30", SOURCE, "国家法律"), ("没有的", "3", SOURCE, "没有这个数"), ("prepaid_years", "三", SOURCE, "不是数"), ("prepaid_years", "1.5", SOURCE, "不能用"),
    ("prepaid_years", "-1", SOURCE, "不能用"), ("second_round_end", "2028", SOURCE, "不是日期"), ("price_floor_fen", "月亮 100", SOURCE, "读不懂"), ("prepaid_years", "3", " ", "依据"),
    ("prepaid_years", "耕地 3；园地 4", SOURCE, "只要一个数"),
])
def test_what_cannot_stand_is_refused_with_what_to_write(district: Any, two: Any, parameter: str, value: str, source: str, why: str) -> None:
    from mingbai.kit import policies
    from mingbai.kit.models import Change
    from mingbai.kit.policies import PolicyError

    with pytest.raises(PolicyError, match=why):
        policies.propose(two[0], district.county, "contracts", parameter, value, TODAY, source)
    assert not Change.objects.exists()


def test_the_clerk_has_no_say(district: Any, clerk: Any) -> None:
    from mingbai.kit import policies

    with pytest.raises(PermissionDenied):
        policies.propose(clerk, district.villages[0], "contracts", "prepaid_years", "3", TODAY, SOURCE)


def test_the_past_keeps_its_number_and_a_lower_place_its_own(district: Any, two: Any) -> None:
    from mingbai.kit import policies
    from mingbai.kit.findings import law, policy_of
    from mingbai.kit.furniture import furniture

    kit, village = furniture("contracts"), district.villages[0]

    def years(place: Any, day: date) -> Any:
        return law("contracts", policy_of(kit, place, TODAY)).parameters["prepaid_years"].on(day).value

    policies.approve(two[1], policies.propose(two[0], district.county, "contracts", "prepaid_years", "3", date(2026, 1, 1), SOURCE))
    assert (years(village, date(2025, 12, 31)), years(village, date(2026, 1, 1))) == (1, 3)
    policies.approve(two[1], policies.propose(two[0], district.streets[0], "contracts", "prepaid_years", "4", date(2026, 6, 1), SOURCE))
    assert (years(village, date(2026, 5, 31)), years(village, TODAY)) == (3, 4)
    assert years(district.villages[-1], TODAY) == 3, "another street is not meant"
    policies.approve(two[1], policies.propose(two[0], district.county, "contracts", "cheap_percent", "40", TODAY, SOURCE))
    assert law("contracts", policy_of(kit, village, TODAY)).parameters["cheap_percent"].on(TODAY).value == 40, "what changes above still comes down"
    assert years(village, TODAY) == 4


def test_the_page_proposes_approves_and_refuses(district: Any, two: Any) -> None:
    from mingbai.kit.models import Change, Policy

    one, other = Client(), Client()
    one.force_login(two[0])
    other.force_login(two[1])
    address = reverse("policies")
    said = {"deed": "propose", "parameter": "contracts:prepaid_years", "value": "3", "since": "2026-09-30", "source": SOURCE, "note": ""}
    assert one.post(address, {**said, "value": "三"}).status_code == 400
    for _ in range(2):
        assert one.post(address, said).status_code == 302
    first, second = Change.objects.order_by("pk")
    one.post(address, {"deed": "approve", "change": first.pk})
    assert not Policy.objects.exists()
    other.post(address, {"deed": "approve", "change": first.pk})
    other.post(address, {"deed": "refuse", "change": second.pk, "why": "重复了"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.why) == ("approved", "refused", "重复了")
    page = other.get(address).content.decode()
    assert SOURCE in page
    assert "重复了" in page
    clerk = Client()
    clerk.force_login(district.people["clerk"])
    assert clerk.get(address).status_code == 200
    assert clerk.post(address, said).status_code == 403


def test_one_number_for_every_class_of_land_is_said_in_words(district: Any, two: Any, import_rows: Any) -> None:
    from mingbai.kit import policies
    from mingbai.kit.models import Finding

    (record,) = import_rows(a_row(**{"承包费单价(元/亩·年)": 500}))
    policies.approve(two[1], policies.propose(two[0], district.county, "contracts", "price_floor_fen", "600", date(2026, 1, 1), SOURCE))
    work_off()
    assert "低于当地最低指导价600.00元" in Finding.objects.get(record=record.pk, rule="C07").sentence


def test_the_effect_of_a_change_is_seen_before_it_is_approved(district: Any, two: Any, import_rows: Any) -> None:
    """What the preview says is exactly what comes: findings brought, findings taken away, and nothing written meanwhile."""
    from mingbai.kit import policies
    from mingbai.records.models import Event

    first, second = import_rows(a_row(合同编号="一", **{"承包费单价(元/亩·年)": 500}), a_row(合同编号="二", 承包方="李四", **{"承包费单价(元/亩·年)": 900}))
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 600", date(2026, 1, 1), SOURCE)
    events = Event.objects.count()
    told = policies.effect(change)
    assert [(each.finding.row, each.finding.rule, each.comes) for each in told] == [(first.pk, "C07", True)]
    assert "600.00元" in told[0].finding.sentence
    assert Event.objects.count() == events
    assert "C07" not in rules_of(first)
    policies.approve(two[1], change)
    work_off()
    assert "C07" in rules_of(first)
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 1000", date(2026, 9, 30), SOURCE)
    assert {(each.finding.row, each.comes) for each in policies.effect(change)} == {(second.pk, True)}
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 100", date(2026, 9, 30), SOURCE)
    assert {(each.finding.row, each.comes) for each in policies.effect(change)} == {(first.pk, False)}


def test_a_village_with_a_number_of_its_own_is_not_touched_by_its_countys(district: Any, two: Any, import_rows: Any) -> None:
    from mingbai.kit import policies

    (record,) = import_rows(a_row(**{"承包费单价(元/亩·年)": 500}))
    own = policies.propose(two[0], district.villages[0], "contracts", "price_floor_fen", "100", date(2026, 1, 1), SOURCE)
    policies.approve(two[1], own)
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "600", date(2026, 1, 1), SOURCE)
    assert policies.effect(change) == []
    policies.approve(two[1], change)
    work_off()
    assert "C07" not in rules_of(record)


def test_judged_at_once_a_county_is_judged_as_village_by_village(district: Any, import_rows: Any, two: Any) -> None:
    from mingbai.kit import findings, policies
    from mingbai.kit.furniture import furniture

    import_rows(a_row(), a_row(合同编号="二", 承包方="李四", **{"承包费单价(元/亩·年)": 10}))
    import_rows(a_row(合同编号="东"), person=district.people["reviewer"], place=district.villages[1])
    policies.approve(two[1], policies.propose(two[0], district.villages[1], "contracts", "price_floor_fen", "100000", date(2026, 1, 1), SOURCE))
    kit = furniture("contracts")
    apart = {(each.row, each.rule, each.answer, each.sentence) for place in district.villages for each in findings.judge(kit, place, TODAY)}
    at_once = {(each.row, each.rule, each.answer, each.sentence) for run in findings.judge_all(kit, district.county, TODAY) for each in run}
    assert at_once == apart
    assert len(apart) > 20


def test_the_page_of_the_effect_and_the_approval_from_it(district: Any, two: Any, import_rows: Any) -> None:
    from mingbai.kit import policies

    (record,) = import_rows(a_row(**{"承包费单价(元/亩·年)": 500}))
    change = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 600", date(2026, 1, 1), SOURCE)
    client = Client()
    client.force_login(two[1])
    page = client.get(reverse("policy-effect", args=(change.pk,))).content.decode()
    assert "会多出疑点" in page
    assert reverse("record", args=("contracts", record.pk)) in page
    assert reverse("policy-effect", args=(change.pk,)) in client.get(reverse("policies")).content.decode()
    client.post(reverse("policies"), {"deed": "approve", "change": change.pk})
    work_off()
    assert "C07" in rules_of(record)
    assert "已经定了" in client.get(reverse("policy-effect", args=(change.pk,))).content.decode()


def test_a_number_for_a_later_day_holds_from_that_day(district: Any, two: Any, import_rows: Any) -> None:
    """Proposed for 15 October: the preview is of that day, nothing moves before it, and what was decided for later stands."""
    from mingbai.kit import policies, recheck
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    (record,) = import_rows(a_row(**{"承包费单价(元/亩·年)": 500}))
    first = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 600", date(2026, 10, 15), SOURCE)
    assert [(each.finding.row, each.finding.rule, each.comes) for each in policies.effect(first)] == [(record.pk, "C07", True)]
    policies.approve(two[1], first)
    now = policies.propose(two[0], district.county, "contracts", "price_floor_fen", "耕地 450", TODAY, SOURCE)
    assert [each.since for each in policies.later(now)] == [date(2026, 10, 15)]
    policies.approve(two[1], now)
    for day, found in ((TODAY, False), (date(2026, 10, 14), False), (date(2026, 10, 15), True)):
        with derived():
            Home.objects.update(today=day)
        recheck.day_turns()
        work_off()
        assert ("C07" in rules_of(record)) is found, day


def test_every_local_number_can_be_proposed(district: Any, two: Any) -> None:
    """Whatever its unit: what the page offers can be typed, previewed and approved."""
    from mingbai.kit import policies
    from mingbai.kit.findings import law, policy_of
    from mingbai.kit.furniture import furniture

    kit = furniture("contracts")
    offered = policies.local(kit)
    assert {"price_floor_fen", "open_tender_fen", "second_round_end", "wasteland_years", "penalty_percent", "cheap_percent", "major_contract_fen"} <= set(offered)
    for name in offered:
        typed = {"second_round_end": "2028-12-31", "in_kind_price_fen": "小麦 7"}.get(name, "7")
        change = policies.propose(two[0], district.county, "contracts", name, typed, TODAY, SOURCE)
        policies.effect(change)
        policies.approve(two[1], change)
    statute = law("contracts", policy_of(kit, district.villages[0], TODAY))
    held = {name: statute.parameters[name].on(TODAY).value for name in offered}
    assert held.pop("second_round_end") == date(2028, 12, 31)
    assert held.pop("in_kind_price_fen") == {"小麦": 700}
    assert {name: value // (100 if statute.parameters[name].unit.startswith("分") else 1) for name, value in held.items()} == dict.fromkeys(held, 7)
