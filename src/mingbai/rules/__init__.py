"""Rules, dated law and policy: one rule text for a form, a folder of workbooks, a county, a nation.

A rule is a function from a table of rows, as of a date, to a yes/no column, with the law it rests on. Missing data
is null and stays null (Kleene logic): a rule that cannot tell says so, and never says yes.
"""

from mingbai.rules.engine import Checker, Findings, check, judge
from mingbai.rules.finding import Finding
from mingbai.rules.law import Article, Law, LawError, Version, load_law
from mingbai.rules.ledger import ledger
from mingbai.rules.rule import Answer, Facts, Rule, Rulebook, find_rulebook

__all__ = [
    "Answer",
    "Article",
    "Checker",
    "Facts",
    "Finding",
    "Findings",
    "Law",
    "LawError",
    "Rule",
    "Rulebook",
    "Version",
    "check",
    "find_rulebook",
    "judge",
    "ledger",
    "load_law",
]
