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
