"""A contract's life at rest: events through the door, the rules see the contract as it stands, nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import a_long_lease, a_row

pytestmark = pytest.mark.django_db


def rules_of(contract: Any) -> dict[str, str]:
    from mingbai.kit.models import Finding

    return dict(Finding.objects.filter(record=contract.pk, gone=False).values_list("rule", "answer"))


def test_a_lease_of_31_years_shortened_by_a_supplement_is_too_long_no_more(clerk: Any, import_rows: Any) -> None:
    from mingbai.registers.contracts import events

    contract = import_rows(a_long_lease())[0]
    worth = contract.amount_fen
    assert "C04" in rules_of(contract)
    made = events.record(clerk, contract, "supplement", date(2026, 9, 20), {"ends_on": "2027-12-31"})
    assert "C04" in rules_of(contract)  # 2005 to 2027 is still over twenty
    events.undo(clerk, made, date(2026, 9, 21), "年份写错了")
    events.record(clerk, contract, "early_end", date(2026, 9, 22), {"how": "协商解除", "ends_on": "2026-09-25", "lessee_pays_fen": 1})
    contract.refresh_from_db()
    assert contract.ends_on == date(2035, 12, 31)  # what the ledger wrote stays
    assert contract.amount_fen == worth
    assert events.standing(contract, date(2026, 9, 30)).phase == "ended"


def test_a_renewal_of_thirty_years_is_measured_from_its_own_day(clerk: Any, import_rows: Any) -> None:
    from mingbai.registers.contracts import events

    short = {"合同类型": "租赁", "签订日期": "2005-01-01", "起始日期": "2005-01-01", "终止日期": "2024-12-31"}
    contract = import_rows(a_row(**short))[0]
    assert "C04" not in rules_of(contract)
    made = events.record(clerk, contract, "renewal", date(2025, 1, 1), {"ends_on": "2044-12-31"})
    assert "C04" not in rules_of(contract)  # forty years in all, twenty from the renewal
    events.undo(clerk, made, date(2026, 9, 1), "期限写错了")
    events.record(clerk, contract, "renewal", date(2025, 1, 1), {"ends_on": "2054-12-31"})
    assert rules_of(contract)["C04"] == "yes"


@pytest.mark.parametrize(("meeting", "answer", "said"), [
    ({}, "", ""),
    ({"decision_body": "无"}, "yes", "2025-06-01续签，民主程序写的是“无”；续签等于重新发包"),
    ({"decision_body": "成员大会", "met_on": "2025-05-20", "entitled": 90, "present": 80, "votes_for": 45}, "yes", "成员大会（2025-05-20），应到90人、实到80人、同意45人"),
    ({"decision_body": "代表会议", "met_on": "2025-05-20", "entitled": 30, "present": 28, "votes_for": 25}, "disputed", "只能由成员大会决定"),
    ({"decision_body": "成员大会", "met_on": "2025-05-20", "entitled": 90, "present": 80, "votes_for": 60}, "no", ""),
])
def test_a_renewal_lets_anew_and_needs_a_meeting_of_its_own(clerk: Any, import_rows: Any, meeting: dict[str, Any], answer: str, said: str) -> None:
    """The meeting of 2020 decided the first letting; the renewal of 2025 is for the members by the law of its own day. Whoever does
    not write down a meeting is not accused of having held none."""
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts import events

    contract = import_rows(a_row(终止日期="2025-05-31"))[0]
    assert "C02" not in rules_of(contract)
    events.record(clerk, contract, "renewal", date(2025, 6, 1), {"ends_on": "2030-05-31", **meeting})
    contract.refresh_from_db()
    assert rules_of(contract).get("C02", "") == (answer if answer in ("yes", "disputed") else "")
    assert ("C02" in contract.unsure.split()) == (answer == "")
    if said:
        found = Finding.objects.get(record=contract.pk, rule="C02")
        assert said in found.sentence
        assert "农村集体经济组织法 第二十七条" in found.cites, "by the law of the renewal's day, not of the first letting's"


def test_a_fault_of_the_first_letting_is_not_mended_by_a_renewal_of_which_nothing_is_known(clerk: Any, import_rows: Any) -> None:
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts import events

    contract = import_rows(a_row(终止日期="2025-05-31", 民主程序="无"))[0]
    events.record(clerk, contract, "renewal", date(2025, 6, 1), {"ends_on": "2030-05-31"})
    found = Finding.objects.get(record=contract.pk, rule="C02")
    assert found.answer == "yes"
    assert "续签" not in found.sentence
    assert "村委会组织法(2018) 第二十四条" in found.cites


def test_an_objection_after_expiry_counts_on_the_page_in_the_finding_and_in_the_calendar(clerk: Any, import_rows: Any) -> None:
    """Used on after 2025-06-30 and objected to a year later: what it had become by then is for a person to say (民法典 734)."""
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts import events
    from mingbai.registers.contracts.calendar import calendar
    from mingbai.registers.contracts.models import Contract
    from mingbai.registers.contracts.pages.life import panel

    def told() -> tuple[str, str, str]:
        found = Finding.objects.get(record=contract.pk, rule="C14")
        entries = calendar(Contract.objects.all(), date(2025, 1, 1), date(2026, 12, 31), date(2026, 9, 30)).entries
        return found.sentence, panel(contract, date(2026, 9, 30), frozenset())["life_said"][0]["note"], next(each.said for each in entries if each.kind == "expiry")

    contract = import_rows(a_row(终止日期="2025-06-30", 是否到期在用="是"))[0]
    sentence, note, entry = told()
    assert "没有写书面异议" in sentence
    assert "可能已经成为不定期租赁" in note
    assert "马上书面异议" in entry
    events.record(clerk, contract, "expiry_objection", date(2026, 6, 30), {"served_by": "当面签收"})
    sentence, note, entry = told()
    assert "2026-06-30提出书面异议，是到期后第365天；这以前是否已经成为不定期租赁要看当时的情形" in sentence
    assert "到期后第 365 天（2026-06-30）提出书面异议" in note
    assert "已在 2026-06-30 书面异议" in entry


def test_who_took_over_the_later_contract_does_not_make_the_earlier_one_overheld(clerk: Any, import_rows: Any) -> None:
    from mingbai.registers.contracts import events

    ground = {"合同类型": "租赁", "地块编码": "140109007903JD00016", "承包方": "要荷清"}
    first, later = import_rows(
        a_row(合同编号="1", 起始日期="2010-03-28", 终止日期="2023-03-27", 签订日期="2010-03-28", 是否到期在用="是", **ground),
        a_row(合同编号="2", 起始日期="2023-03-28", 终止日期="2033-03-27", 签订日期="2023-03-28", **ground))
    assert "C14" not in rules_of(first)
    events.record(clerk, later, "transfer", date(2025, 12, 19), {"to": "赵桂花", "consent": True})
    assert "C14" not in rules_of(first)


def test_six_months_of_silence_make_a_sublease_disputed_and_an_objection_in_time_does_not(clerk: Any, import_rows: Any) -> None:
    from mingbai.registers.contracts import events

    contract = import_rows(a_row())[0]
    events.record(clerk, contract, "sublease", date(2026, 1, 10), {"to": "李四", "known_on": "2026-02-10"})
    assert rules_of(contract)["C19"] == "disputed"  # 2026-08-10 passed in silence
    events.record(clerk, contract, "sublease_objection", date(2026, 8, 10), {"served_by": "当面签收"})
    assert rules_of(contract)["C19"] == "yes"
    events.record(clerk, contract, "sublease_consent", date(2026, 9, 1))
    assert "C19" not in rules_of(contract)


def test_a_demand_served_counts_for_the_limitation(clerk: Any, import_rows: Any) -> None:
    from mingbai.kit.findings import judge
    from mingbai.kit.furniture import furniture
    from mingbai.registers.contracts import events

    contract = import_rows(a_row(**{"应收金额(元)": 35000, "已收金额(元)": 30000, "欠缴金额(元)": 5000}))[0]
    events.record(clerk, contract, "demand", date(2026, 9, 1), {"served_by": "邮寄", "amount_fen": 5000_00}, words="手机 13800001234")
    row = judge(furniture("contracts"), contract.organisation, date(2026, 9, 30)).judged.row(0, named=True)
    assert row["last_demand_on"] == 20260901
    assert contract.last_demand_on is None


def test_a_word_set_aside_opens_again_when_an_event_changes_what_it_stood_on(clerk: Any, import_rows: Any) -> None:
    from mingbai.kit import cases
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts import events

    contract = import_rows(a_long_lease())[0]
    finding = Finding.objects.get(record=contract.pk, rule="C04")
    cases.judge(clerk, contract, [cases.Judgement(finding, False, "看过原件")])
    events.record(clerk, contract, "supplement", date(2026, 9, 20), {"ends_on": "2034-12-31"})
    finding.refresh_from_db()
    assert finding.state == "open"
