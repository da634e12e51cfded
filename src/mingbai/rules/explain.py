"""How a finding reads: what the ledger says, what the law of that day says, what people usually do; and how the same row
would read under another date or another place's policy.

The row's facts stay as they are. Only the day whose law counts is moved: the signing, the meeting or the display, whichever
the rule asks; a rule of today's law is moved by the as-of date of its checker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from mingbai.rules.engine import Checker
from mingbai.rules.law import Article, Law, ymd_date
from mingbai.rules.rule import Rule, ymd

PARTS = ("answer", "sentence", "articles", "usual")


@dataclass(frozen=True, slots=True)
class Reading:
    """``day``: whose law counts, None where the ledger does not tell (then today's). ``answer`` as a finding's, or ``no``."""

    rule: str
    title: str
    day: date | None
    as_of: date
    policy: str
    answer: str
    sentence: str
    articles: tuple[Article, ...]
    usual: str
    weighs: tuple[str, ...] = ()
    """Facts that weigh against undoing."""

    def differs(self, other: Reading) -> tuple[str, ...]:
        """Which of :data:`PARTS` are not the same."""
        return tuple(part for part in PARTS if getattr(self, part) != getattr(other, part))

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "day": self.day.isoformat() if self.day else None,
            "as_of": self.as_of.isoformat(),
            "policy": self.policy,
            "answer": self.answer,
            "ledger": self.sentence,
            "usual": self.usual,
            "weighs": list(self.weighs),
            "law": [
                {
                    "cite": str(each),
                    "says": each.says,
                    "from": each.since.isoformat(),
                    "to": each.until.isoformat() if each.until else None,
                }
                for each in self.articles
            ],
        }


def explain(checker: Checker, rows: pl.DataFrame, number: int, rule: str, day: date | None = None) -> Reading:
    """The rule over the row whose ``_id`` is ``number``, beside all the rows it is compared with; with ``day``, as if the deed
    the rule asks about had been done on that day.

    :raises KeyError: no such rule. :raises ValueError: no such row.
    """
    tested = checker.rulebook.rules[rule]
    if day is not None:
        rows = _moved(rows, number, tested, day)
    found = checker(rows)
    row = next(found.judged.filter(pl.col("_id") == number).iter_rows(named=True), None)
    if row is None:
        raise ValueError(f"没有第 {number} 行")
    told = found.about(rule, row)
    return Reading(
        rule,
        tested.title,
        ymd_date(row.get(tested.law_of)) if tested.law_of != "today" else checker.as_of,
        checker.as_of,
        checker.law.policy,
        told.answer,
        told.sentence,
        found.articles(rule, row),
        told.advice,
        tuple(checker.rulebook.weighs(rule, row, checker.law, checker.as_of))
        if told.answer in ("yes", "disputed")
        else (),
    )


def turns(law: Law, rule: Rule) -> list[date]:
    """The days on which what the rule rests on changed: its articles, and the numbers that rest on them."""
    cited = {name for citation in law.citations[rule.cites] for name in citation.articles}
    days = {citation.since for citation in law.citations[rule.cites]}
    days |= {version.since for each in law.parameters.values() for version in each.versions if version.cite in cited}
    return sorted(days)


def _moved(rows: pl.DataFrame, number: int, rule: Rule, day: date) -> pl.DataFrame:
    """The deed on another day; a term that was counted from the signing stays where it was."""
    here, then = pl.col("_id") == number, pl.lit(ymd(day), dtype=pl.Int32)
    if rule.law_of == "today":
        return rows
    if rule.law_of == "shown_from":  # as many days, from that day on
        first, last = (pl.col(name).cast(pl.String).str.to_date("%Y%m%d") for name in ("shown_from", "shown_to"))
        length = last - first
        moved = (pl.lit(day) + length).dt.strftime("%Y%m%d").cast(pl.Int32)
        return rows.with_columns(
            shown_from=pl.when(here).then(then).otherwise("shown_from"),
            shown_to=pl.when(here).then(moved).otherwise("shown_to"),
        )
    meant = {
        "starts_on": pl.when(here).then(pl.coalesce("starts_on", "signed_on")).otherwise("starts_on"),
        "signed_on": pl.when(here).then(then).otherwise("signed_on"),
    }
    if rule.law_of == "vote_day":
        meant["meeting_on"] = pl.when(here).then(then).otherwise("meeting_on")
    return rows.with_columns(**meant)
