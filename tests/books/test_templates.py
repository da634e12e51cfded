"""Every template against worked examples, in both charts; facts that make no entry are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from mingbai.books.chart import chart_of, find_chart
from mingbai.books.entry import wrongs
from mingbai.books.templates import TemplateError, Whom, propose, say, templates

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "templates.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['do']} {case['day'].year}")
def test_worked_example(case: dict[str, Any]) -> None:
    amounts = {name: value if name == "years" else round(value * 100) for name, value in case["amounts"].items()}
    made = propose(case["do"], "e", case["day"], amounts, Whom(party=1, name="王某", member=case.get("member", False), record="contracts:1", project="机井"))
    chart = chart_of(case["day"])
    assert say(made, chart) == case["entry"]
    assert wrongs(made, chart) == ()
    assert "{" not in made.words


def test_every_template_has_an_example_and_known_accounts() -> None:
    assert {case["do"] for case in CASES} == set(templates())
    for each in templates().values():
        for key, legs in each.legs.items():
            assert len(legs) >= 2, each.key
            for _, account, _ in legs:
                assert account in ("应收", "应付", "预收") or account in find_chart(key).accounts, (each.key, account)


@pytest.mark.parametrize(("do", "on", "amounts", "says"), [
    ("rent_due", date(2024, 1, 1), {}, "应收金额"),
    ("rent_due", date(2024, 1, 1), {"amount": 0}, "大于 0"),
    ("biological_bought", date(2023, 1, 1), {"amount": 1}, "没有“买入生产性"),
    ("loan_back", date(2024, 1, 1), {"amount": 1, "interest": 2}, "不能超过"),
    ("rent_prepaid", date(2024, 1, 1), {"amount": 1, "years": 0}, "年数"),
    ("nothing", date(2024, 1, 1), {"amount": 1}, "没有名为"),
])
def test_what_makes_no_entry_is_said(do: str, on: date, amounts: dict[str, int], says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        propose(do, "e", on, amounts)


def test_whom_stands_on_the_lines_that_are_kept_by_it() -> None:
    made = propose("rent_received", "e", date(2024, 5, 1), {"amount": 5}, Whom(party=7, record="contracts:1"))
    assert [leg.whom for leg in made.legs] == ["", "p7|rcontracts:1"]
    assert propose("wages_paid", "e", date(2023, 5, 1), {"amount": 5}, Whom(party=7)).legs[0].whom == ""
