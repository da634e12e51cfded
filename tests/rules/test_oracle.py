"""The engine and the plain-Python oracle give every rule the same answer on thousands of random rows.

``MINGBAI_SEED`` starts at another seed, ``MINGBAI_LEDGERS`` takes more of them. The differences under ``WAITING`` are
open questions to the rules' author: each has its smallest example
among the cases marked ``awaiting``, and goes with it.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import pytest

from mingbai.registers.contracts.register import REGISTER
from mingbai.rules import Checker, find_rulebook, ledger
from mingbai.rules.law import ymd_date
from rules.cases import law
from rules.ledgers import a_table
from rules.oracle import judge_rows, with_dates

SEED, LEDGERS, ROWS = int(os.environ.get("MINGBAI_SEED", "20261123")), int(os.environ.get("MINGBAI_LEDGERS", "60")), 15
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
        plots = plots_of(judged)
        for row, answers, fact in zip(rows, expected, judged, strict=True):
            plot = plots[fact["_file"], fact["parcel_code"]]
            for rule, answer in answers.items():
                told[rule, answer] += 1
                if WORDS[fact[rule]] != answer and not waits(rule, fact, plot):
                    written = {name: value for name, value in row.items() if value is not None and name != "_headings"}
                    both = f"engine {WORDS[fact[rule]]}, oracle {answer}"
                    differ.append(f"MINGBAI_SEED={seed} row {row['_row']} {rule}: {both}: {written}")
    assert not differ, f"{len(differ)} differ; the first:\n" + "\n".join(differ[:3])
    rules = find_rulebook("contracts").rules
    assert {rule for rule, answer in told if answer == "cannot_tell"} == set(rules)
    assert {rule for rule, answer in told if answer == "yes"} >= set(rules) - ({"C05"} if not policy else set())
    assert sum(told.values()) == LEDGERS * ROWS * len(rules)


def waits(rule: str, fact: Judged, plot: Sequence[Judged]) -> bool:
    return any(open_question(fact, plot) for open_question in WAITING.get(rule, ()))


def plots_of(judged: Sequence[Judged]) -> dict[Any, list[Judged]]:
    plots: dict[Any, list[Judged]] = defaultdict(list)
    for fact in judged:
        plots[fact["_file"], fact["parcel_code"]].append(fact)
    return plots


def test_oracle_names_the_rules_of_the_book() -> None:
    assert list(judge_rows([{}], law(""), date(2026, 9, 30))[0]) == list(find_rulebook("contracts").rules)


def other_resource(fact: Judged, plot: Sequence[Judged]) -> bool:
    return bool(fact["land_class"] == "其他" and fact["object_class"] == "资源")


def no_class(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["land_class"] is None


def no_payment_mode(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["payment_mode"] is None


def no_kind(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["kind"] is None


def not_known_to_be_land(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["is_land"] is None


def not_only_land(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["is_land"] is False


def month_end_moved(fact: Judged, plot: Sequence[Judged]) -> bool:
    """A term counted from a 29th, 30th or 31st into a shorter month."""
    return any(each["end"] is not None and _no_such_day(each["end"]) for each in (fact, *plot))


def six_months_from_a_31st(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["written_due"] is not None and _no_such_day(fact["written_due"])


def _no_such_day(ymd: int) -> bool:
    day = ymd_date(ymd)
    return day is not None and day.year * 10000 + day.month * 100 + day.day != ymd


def renewal_without_its_date(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["signed_on"] is None


def no_date_or_swapped(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["governing"] is None or bool(fact["end"] and fact["start"] and fact["end"] < fact["start"])


def long_without_end_headings(fact: Judged, plot: Sequence[Judged]) -> bool:
    return bool(fact["open_end"] or fact["second_round_term"])


def plot_not_plain(fact: Judged, plot: Sequence[Judged]) -> bool:
    """More than two contracts on the plot, or one of them lacks its lessee, start or end, or has them swapped."""
    return fact["parcel_code"] is None or len(plot) > 2 or any(
        None in (each["lessee"], each["start"], each["end"]) or each["end"] < each["start"] for each in plot)


def long_or_nameless_on_plot(fact: Judged, plot: Sequence[Judged]) -> bool:
    return bool(fact["open_end"]) or any(each["lessee"] is None for each in plot)


def ends_where_it_starts(fact: Judged, plot: Sequence[Judged]) -> bool:
    return bool(fact["start"] and fact["end"] and fact["end"] <= fact["start"])


def limitation_open(fact: Judged, plot: Sequence[Judged]) -> bool:
    """No end, 长期, or dates swapped; due before 1987 or on the last day of a month; a demand after the limitation."""
    due, demand = fact["oldest_due"], fact["last_demand_on"]
    if fact["ends_on"] is None or due is None or due < 19870101 or due % 100 == 0 or fact["ends_on"] < fact["start"]:
        return True
    ends = [end for end in (fact["oldest_due_rent"], fact["oldest_due_general"]) if end]
    return demand is not None and bool(ends) and demand > min(ends)


def float_years(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["rent_fen_per_year"] is None and fact["rent_year"] is not None


def no_bargain_key(fact: Judged, plot: Sequence[Judged]) -> bool:
    return None in (fact["lessee"], fact["subject"], fact["start"])


def votes_without_a_body(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["decision_body"] is None


def old_lease_without_end(fact: Judged, plot: Sequence[Judged]) -> bool:
    return fact["end"] is None and (fact["governing"] or 0) < 19991001


WAITING: dict[str, tuple[Callable[[Judged, Sequence[Judged]], bool], ...]] = {
    "C01": (no_kind, other_resource, month_end_moved, six_months_from_a_31st),
    "C02": (other_resource, not_known_to_be_land, not_only_land),
    "C03": (no_class, other_resource, votes_without_a_body),
    "C04": (no_kind, renewal_without_its_date, old_lease_without_end),
    "C05": (month_end_moved,),
    "C06": (no_class, no_payment_mode),
    "C07": (no_class, no_date_or_swapped, month_end_moved),
    "C11": (other_resource, not_known_to_be_land, long_without_end_headings),
    "C12": (plot_not_plain, month_end_moved),
    "C14": (long_or_nameless_on_plot, ends_where_it_starts, month_end_moved),
    "C16": (limitation_open, float_years),
    "C20": (no_class,),
    "C27": (no_bargain_key,),
}
