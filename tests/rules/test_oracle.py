"""The engine and the plain-Python oracle give every rule the same answer on thousands of random rows.

``MINGBAI_SEED`` starts at another seed, ``MINGBAI_LEDGERS`` takes more of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import pytest

from mingbai.registers.contracts.register import REGISTER
from mingbai.rules import Checker, find_rulebook, ledger
from rules.cases import law
from rules.ledgers import a_table
from rules.oracle import judge_rows, with_dates

SEED, LEDGERS, ROWS = int(os.environ.get("MINGBAI_SEED", "20261123")), int(os.environ.get("MINGBAI_LEDGERS", "60")), 20
WORDS = ("no", "yes", "cannot_tell", "disputed")
SETTINGS = [("", date(2026, 9, 30)), ("", date(2016, 2, 29)), ("九院村", date(2026, 9, 30))]

Judged = Mapping[str, Any]


@pytest.mark.parametrize(("policy", "as_of"), SETTINGS)
def test_engine_and_oracle_agree(policy: str, as_of: date) -> None:
    checker = Checker(REGISTER, find_rulebook("contracts"), law(policy), as_of)
    told: Counter[tuple[str, str]] = Counter()
    differ: list[str] = []
    for seed in range(SEED, SEED + LEDGERS):
        rows = a_table(Random(seed), ROWS)
        judged = checker(ledger(REGISTER, [{name: [row[name] for row in rows] for name in rows[0]}])).judged.to_dicts()
        expected = judge_rows([with_dates(row) for row in rows], law(policy), as_of)
        for row, answers, fact in zip(rows, expected, judged, strict=True):
            for rule, answer in answers.items():
                told[rule, answer] += 1
                if WORDS[fact[rule]] != answer:
                    written = {name: value for name, value in row.items() if value is not None and name != "_headings"}
                    both = f"engine {WORDS[fact[rule]]}, oracle {answer}"
                    differ.append(f"MINGBAI_SEED={seed} row {row['_row']} {rule}: {both}: {written}")
    assert not differ, f"{len(differ)} differ; the first:\n" + "\n".join(differ[:3])
    rules = find_rulebook("contracts").rules
    assert {rule for rule, answer in told if answer == "cannot_tell"} == set(rules)
    assert {rule for rule, answer in told if answer == "yes"} >= set(rules) - ({"C05", "C13"} if not policy else set())
    assert sum(told.values()) == LEDGERS * ROWS * len(rules)


def test_oracle_names_the_rules_of_the_book() -> None:
    assert list(judge_rows([{}], law(""), date(2026, 9, 30))[0]) == list(find_rulebook("contracts").rules)
