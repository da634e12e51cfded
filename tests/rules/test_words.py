"""The words of a finding: it suspects, says its facts, and never says what only a court can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from random import Random
from typing import Any

import pytest

from mingbai.columns import Column, find_register, registers
from mingbai.rules import Finding, check, find_rulebook, ledger, load_law
from rules.cases import RULEBOOK, cases, check_case, check_rows, law
from rules.ledgers import a_table
from web.test_languages import english

TODAY = date(2026, 9, 30)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
OWN = re.compile(r"“[^”]*”|\([^()]*[\u4e00-\u9fff][^()]*\)")
"""What may be Chinese: the ledger's words, and the title of a law."""
BEGINS = {"yes": "疑似", "disputed": "有争议", "cannot_tell": "说不准"}


@cache
def findings() -> list[Finding]:
    found = [finding for case in cases() for finding in check_case(case)[1]]
    for seed in range(20):
        found += check_rows(a_table(Random(seed), 15), "九院村" if seed % 2 else "")
    return found


def test_there_are_findings_of_every_answer_of_every_rule() -> None:
    told = {(finding.rule, finding.answer) for finding in findings()}
    assert told >= {(rule, answer) for rule in RULEBOOK.rules for answer in ("yes", "cannot_tell")}
    assert len(findings()) > 5_000


def test_no_sentence_says_invalid() -> None:
    for finding in findings():
        assert "无效" not in finding.sentence + finding.advice + "".join(finding.cites), finding
    assert not any("无效" in rule.title + rule.remedy for rule in RULEBOOK.rules.values())
    assert not any("无效" in article.says for article in law("").articles.values())


def test_a_sentence_begins_with_how_sure_it_is() -> None:
    for finding in findings():
        assert finding.sentence.startswith(BEGINS[finding.answer]), finding


def test_no_sentence_shows_the_machine() -> None:
    for finding in findings():
        assert not re.search(r"None|nan|inf|null|True|False|_fen|_mu4", finding.sentence), finding


def test_a_yes_cites_its_law_and_a_remedy() -> None:
    for finding in findings():
        assert finding.cites, finding
        assert bool(finding.advice) == (finding.answer != "cannot_tell"), finding
        assert finding.columns, finding


@pytest.mark.parametrize(("rule", "name", "facts"), [
    ("C01", "耕地口头承包五年", ["口头", "2020-01-01至2024-12-31", "5年"]),
    ("C02", "2025-05-01 同样的票不够了", ["代表会议", "2025-05-01", "应到30人", "实到20人", "同意11人"]),
    ("C03", "外村人承包，乡镇批准写无", ["不是本集体成员", "乡镇批准文号：无"]),
    ("C04", "2005年租到2035年底", ["2005-01-01至2035-12-31", "31年", "20年"]),
    ("C04", "20年差一天", []),
    ("C05", "超过期满日一天", ["2029-01-01", "2028-12-31"]),
    ("C06", "四荒50年多一天", ["四荒", "2050-01-02", "50年"]),
    ("C07", "机动地低于最低指导价300元", ["机动地", "299.99元", "300.00元"]),
    ("C08", "固定租金十年", ["10年", "固定"]),
    ("C09", "预收两年", ["2年租金"]),
    ("C10", "多出百分之五再多一厘", ["100亩", "105.001亩", "5%"]),
    ("C11", "用途空着", ["用途"]),
    ("C12", "两个人重叠一天", ["P1", "2010-01-01至2020-01-02"]),
    ("C14", "昨天到期还在用", ["2026-09-29"]),
    ("C15", "写着欠300元", ["300.00元"]),
    ("C16", "时效离今天179天", ["1,000.00元", "2024-03-28", "180天"]),
    ("C20", "耕地约定种植实际停车", ["耕地", "停车场"]),
    ("C21", "组里的地村里发包", ["组集体", "村"]),
    ("C25", "抵修路款", ["抵2001年修路款"]),
    ("C27", "两份价格不同", ["2015-01-01"]),
])
def test_a_sentence_tells_the_facts_of_its_row(rule: str, name: str, facts: list[str]) -> None:
    (case,) = [each for each in cases() if (each.file, each.name) == (rule, name)]
    said = [finding for finding in check_case(case)[1] if finding.rule == rule]
    assert bool(said) == bool(facts)
    for fact in facts:
        assert fact in said[0].sentence, said[0].sentence


def test_a_start_that_stands_in_for_the_signing_is_said() -> None:
    (case,) = [each for each in cases() if each.name == "耕地口头承包五年"]
    assert "没有签订日期" in next(finding.sentence for finding in check_case(case)[1] if finding.rule == "C01")


def test_no_decision_is_graver_when_the_price_is_low_too() -> None:
    row = {"_file": "甲.xlsx", "_sheet": "台账", "_row": 3, "_headings": "|", "_doubtful": "|", "land_class": "机动地",
           "signed_on": "2015-01-01", "decision_body": "无"}
    dear, cheap = row | {"rent_fen_per_mu_year": 30_000}, row | {"rent_fen_per_mu_year": 29_999}
    checked = check_rows([dear, cheap | {"_row": 4}], "九院村")
    found = {(finding.row, finding.rule): finding.severity for finding in checked if finding.answer == "yes"}
    assert found == {(3, "C02"): 2, (4, "C02"): 3, (4, "C07"): 2}


def a_value(column: Column, dice: Random) -> Any:
    """Something a ledger might say in this column."""
    if dice.random() < 0.3:
        return None
    if column.choices and column.kind == "choice":
        return dice.choice([*column.choices])
    said: dict[str, tuple[Any, ...]] = {"date": ("2020-02-29", "2024-12-31", "2026-09-30", "2027-01-01"), "yes_no": (True, False)}
    said |= dict.fromkeys(("money", "area", "count"), (0, 1, 12, 13, 24_000, 1_234_567)) | {"term": (0, 1, 12, 13, 240, 400)}
    return dice.choice(said.get(column.kind, ("无", "旧校舍", "代表会议", "王家沟，河东", "至2020年，“老地”")))


def sentences() -> Iterator[tuple[str, str]]:
    """(rule, sentence): of the contracts the examples and ledgers that look for trouble, of all registers ledgers at random, with what
    only the house knows."""
    for found in findings():
        yield found.rule, found.sentence
    for name in registers():
        register, dice = find_register(name), Random(1)
        stands = {"_file": "九院村", "_sheet": "台账", "_headings": "|" + "".join(f"{column.name}|" for column in register.columns), "_doubtful": "|"}
        rows = [{column.name: a_value(column, dice) for column in (*register.columns, *register.house)} | stands | {"_row": number} for number in range(400)]
        table = ledger(register, [{key: [row[key] for row in rows] for key in rows[0]}])
        for found in check(table, register, find_rulebook(name), load_law(name), TODAY):
            yield found.rule, found.sentence


def numbers(sentence: str) -> set[str]:
    return set(re.findall(r"\d[\d,.\-]*\d|\d", sentence.replace("1999年10月1日", "1999-10-01")))


def test_every_sentence_of_every_rule_is_read_in_english() -> None:
    read, told = english(), set()
    for rule, sentence in sentences():
        said = read(sentence)
        assert not CHINESE.search(OWN.sub("", said)), (rule, sentence, said)
        assert said.startswith(("Suspected: ", "Disputed: ", "Cannot tell “")), said
        assert numbers(sentence) <= numbers(said), "its numbers and dates are the same"
        told.add((rule, said.split(":")[0]))
    for register in registers():
        assert {rule for rule, how in told if how == "Suspected"} >= set(find_rulebook(register).rules)
