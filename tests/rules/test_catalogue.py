"""The lawyer's page of all rules, and the list of what nobody has checked for long."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mingbai.cli import main
from mingbai.registers.contracts.register import REGISTER
from mingbai.rules import find_rulebook, load_law
from mingbai.rules.catalogue import markdown, unchecked

PAGE = Path(__file__).parents[2] / "docs/rules.md"
LAW = load_law("contracts")


def test_the_page_in_the_docs_is_the_catalogue() -> None:
    written = markdown(REGISTER, find_rulebook("contracts"), LAW)
    assert PAGE.read_text(encoding="utf-8") == written + "\n", "run: mingbai rules --markdown > docs/rules.md"
    assert all(f"## {rule.id} {rule.title}" in written for rule in find_rulebook("contracts").rules.values())


def test_nothing_is_overdue_right_after_it_was_checked_and_everything_is_years_later() -> None:
    newest = max(each.checked_on for each in LAW.articles.values())
    assert unchecked(LAW, newest) == []
    late = unchecked(LAW, date(newest.year + 2, 1, 1))
    assert {each.what for each in late} >= set(LAW.articles)
    assert len(late) == len(LAW.articles) + sum(len(each.versions) for each in LAW.parameters.values())
    assert [each.checked_on for each in late] == sorted(each.checked_on for each in late if each.checked_on)


@pytest.mark.parametrize(("on", "code"), [("2026-11-30", 0), ("2027-12-01", 1)])
def test_the_command_says_what_is_overdue(on: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--unchecked", "--as-of", on]) == code
    said = capsys.readouterr().out
    assert "180 天没有核对的有" in said
    assert ("民法典 第七百零五条" in said) == bool(code)
