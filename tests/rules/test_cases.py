"""Every example case of the contract register answers as written, and every rule has its cases."""

from __future__ import annotations

from collections import defaultdict

import pytest

from rules.cases import ANSWERS, RULEBOOK, Case, cases, check_case

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    answers, findings = check_case(case)
    told = [{rule: row[rule] for rule in expected} for row, expected in zip(answers, case.expect, strict=True)]
    assert told == [{rule: ANSWERS[word] for rule, word in expected.items()} for expected in case.expect]
    rules = {rule for expected in case.expect for rule in expected}
    mine = [finding for finding in findings if finding.rule in rules]
    for finding in mine:
        if finding.answer == "cannot_tell":
            assert all(word in finding.sentence for word in case.missing), finding.sentence
    if case.says:
        assert all(word in mine[0].sentence for word in case.says), mine[0].sentence
    if case.cites:
        assert len(mine[0].cites) == len(case.cites), mine[0].cites
        assert all(cite.startswith(word) for cite, word in zip(mine[0].cites, case.cites, strict=True)), mine[0].cites
    if case.advice:
        assert case.advice in mine[0].advice


def test_every_rule_is_hit_missed_and_cannot_tell() -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for case in CASES:
        for expected in case.expect:
            for rule, word in expected.items():
                told[rule].add(word)
    assert set(told) == set(RULEBOOK.rules)
    assert all(words >= {"是", "否", "说不准"} for words in told.values()), told
    argued = {rule.id for rule in RULEBOOK.rules.values() if rule.argued}
    assert {rule for rule, words in told.items() if "有争议" in words} == argued


def test_a_file_is_named_after_its_rule() -> None:
    for case in CASES:
        assert {rule for expected in case.expect for rule in expected} == {case.file}, str(case)


def test_names_are_told_once() -> None:
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names)


TURNS = ("1998-11-04", "1999-10-01", "2003-03-01", "2010-10-28", "2015-10-01", "2016-10-01", "2017-10-01", "2019-01-01", "2021-01-01", "2025-05-01", "2026-01-01")
"""The days on which the governing text changed (contracts, limitation, land, villages, collectives), and the two days of dues that
the change of limitation of 2017-10-01 divides."""


@pytest.mark.parametrize("day", TURNS)
def test_each_day_the_law_turned_has_a_case_on_it_and_on_its_eve(day: str) -> None:
    from datetime import date, timedelta

    eve = date.fromisoformat(day) - timedelta(days=1)
    asked = {str(value) for case in CASES for row in case.rows for value in row.values()} | {str(case.as_of) for case in CASES}
    assert {day, eve.isoformat()} <= asked


CITED = ("1999-10-01", "2003-03-01", "2017-10-01", "2019-01-01", "2021-01-01", "2025-05-01", "2026-01-01")


@pytest.mark.parametrize("day", CITED)
def test_the_articles_cited_turn_on_that_day(day: str) -> None:
    from datetime import date, timedelta

    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    told = {each: {case.cites for case in CASES if case.cites and each in {str(case.as_of), *map(str, case.rows[0].values())}} for each in (eve, day)}
    assert told[eve]
    assert told[day]
    assert told[eve] != told[day]
