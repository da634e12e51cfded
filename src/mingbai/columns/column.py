"""One column of a register: what it is called, what may stand in it, who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "choice", "yes_no", "date", "term", "money", "area", "count", "identity", "phone"]
Stored: TypeAlias = str | int | bool | None
"""A typed value at rest: text, fen, mu4, months, counts, ISO dates, yes/no; None = the ledger does not say."""

NONE = "无"
"""The ledger says there is none: a fact, unlike an empty cell. Only in columns with ``none_is_fact``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column 栏目.

    ``name`` carries the unit (``rent_fen_per_year``, ``area_mu4``); ``title`` is the Chinese heading the template
    prints; ``aliases`` are headings seen in real ledgers, without their units, best known first.
    """

    name: str
    title: str
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()
    note: str = ""
    """One line for the clerk, printed in the template under the heading."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Canonical word → other words for it; a trailing ``*`` matches any ending."""
    unsettled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that leave the choice open → the choices a person must pick from."""
    none_is_fact: bool = False
    """无 says "there is none"; elsewhere it is one more way to leave a cell empty."""
    zero_is_blank: bool = False
    """A 0 is a clerk's blank: no field has no area, no lease a price of nothing."""
    signed: bool = False
    """For money: an amount may be below zero (红字, a payment in a column of receipts), written ``-5``, ``(5)`` or ``5-``."""
    vacant: tuple[str, ...] = ()
    """Words that say there is nobody to name: the row is no contract."""
    second: str = ""
    """For counts: the column whose count a cell like ``35/40`` states after the stroke."""
    edge: Literal["start", "end"] = "start"
    """For dates: what a month without a day means, its first day or its last."""
    family: str = ""
    """Money columns of one family say the same price in different ways; a cell that names its basis
    (``800元/亩·年`` under 年租金) moves to the member that has this basis."""
    area: Literal["", "mu"] = ""
    time: Literal["", "year"] = ""
    public: bool = False
    """May stand on a public notice."""
    masked: bool = False
    """Personal data: shown in part only."""
    sealed: bool = False
    """Free text in which clerks write numbers of persons: encrypted at rest, as identity numbers and phones always are."""
    named: bool = False
    """Somebody or something is called so: a number, a date or a telephone alone is no name, and becomes a doubt."""
    reference: bool = False
    """The number of a paper or a plot: its digits are no person's, however many they are."""
    in_template: bool = True

    @property
    def words(self) -> dict[str, str]:
        """Every exact word a choice is known by → its canonical word."""
        return {word: canonical for canonical, others in self.choices.items() for word in (canonical, *others)}
