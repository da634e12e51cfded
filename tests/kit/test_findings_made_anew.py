"""Findings are made anew when the record, the policy or the day changes; what a person set aside stays so, until the
facts it was set aside on are others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import a_long_lease, a_row

pytestmark = pytest.mark.django_db
REASON = "看过原件：是四荒地，五十年合法"


def rules_of(record: Any, **which: Any) -> set[str]:
    from mingbai.kit.models import Finding

    return set(Finding.objects.filter(record=record.pk, gone=False, **which).values_list("rule", flat=True))


def finding(record: Any, rule: str) -> Any:
    from mingbai.kit.models import Finding

    return Finding.objects.get(record=record.pk, rule=rule)


def set_aside(person: Any, record: Any, rule: str) -> None:
    from mingbai.kit import cases

    cases.judge(person, record, [cases.Judgement(finding(record, rule), False, REASON)])


def day_turns(district: Any, to: date) -> None:
    from mingbai.kit import recheck
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    with derived():
        Home.objects.update(today=to)
    recheck.recheck(None, district.county.pk)


def test_a_change_of_the_record_brings_and_takes_findings(clerk: Any, import_rows: Any) -> None:
    from mingbai.kit import intake

    (record,) = import_rows(a_long_lease())
    assert "C04" in rules_of(record)
    record = intake.edit(clerk, record, {"ends_on": date(2014, 12, 31)})
    assert "C04" not in rules_of(record)
    intake.edit(clerk, record, {"ends_on": date(2035, 12, 31)})
    assert "C04" in rules_of(record, state="open")


def test_a_telephone_number_in_a_cell_makes_no_finding_look_changed_for_ever(district: Any, import_rows: Any) -> None:
    """A sentence keeps numbers of persons in part; what it is compared with does so too."""
    from mingbai.kit.findings import stale
    from mingbai.kit.furniture import furniture

    record = import_rows(a_row(合同类型="租赁", 是否本集体成员="否", 到会人数=11, 应到人数=32, 同意人数=1, 乡镇批准文号="电话 13976809107 找他"))[0]
    assert any("139****9107" in each for each in (finding(record, rule).sentence for rule in rules_of(record)))
    assert record.organisation_id not in stale(furniture("contracts"), district.county, date(2026, 9, 30))


def test_the_day_alone_brings_findings(district: Any, import_rows: Any) -> None:
    (record,) = import_rows(a_row(终止日期="2026-12-31", 是否到期在用="是"))
    assert "C14" not in rules_of(record)
    day_turns(district, date(2027, 2, 1))
    assert "C14" in rules_of(record)


def test_set_aside_stays_so_whatever_else_changes(district: Any, clerk: Any, import_rows: Any) -> None:
    from mingbai.kit import intake

    (record,) = import_rows(a_long_lease())
    set_aside(clerk, record, "C04")
    intake.edit(clerk, record, {"location": "村西"})
    day_turns(district, date(2026, 11, 30))
    kept = finding(record, "C04")
    assert (kept.state, kept.reason, kept.gone) == ("set_aside", REASON, False)


def test_set_aside_is_open_again_when_its_facts_change(clerk: Any, import_rows: Any) -> None:
    from mingbai.kit import intake
    from mingbai.records.models import Event

    (record,) = import_rows(a_long_lease())
    set_aside(clerk, record, "C04")
    record = intake.edit(clerk, record, {"ends_on": date(2055, 12, 31)})
    again = finding(record, "C04")
    assert again.state == "open"
    assert again.reason == REASON, "what was said before can still be read"
    assert record.open_findings == len(rules_of(record, state="open"))
    told = Event.objects.filter(abouts__record=record.key).order_by("-seq").first()
    assert [line["now"] for line in told.lines if line["what"] == "kit.finding"] == [{"state": "open"}]


def test_set_aside_comes_back_as_it_was_when_the_rule_was_silent_in_between(clerk: Any, import_rows: Any) -> None:
    from mingbai.kit import intake

    (record,) = import_rows(a_long_lease())
    set_aside(clerk, record, "C04")
    record = intake.edit(clerk, record, {"ends_on": date(2014, 12, 31)})
    assert finding(record, "C04").gone
    intake.edit(clerk, record, {"ends_on": date(2035, 12, 31)})
    assert (finding(record, "C04").gone, finding(record, "C04").state) == (False, "set_aside")
