"""Fen, mu, dates, 大写 and full-width numerals, identity and credit codes: what one cell says, and how to say it back.

Every ``parse_…`` takes a cell as a workbook reader hands it over and returns a value, a doubt with suggestions, or
a reason why not. None of them raises, none of them guesses: the text of a suggestion, typed into the cell, reads as
exactly that suggestion. Money is whole fen, area whole 1/10,000 mu.
"""

from mingbai.units.area import MU, AreaUnit, parse_area, parse_area_unit, whole_mu4
from mingbai.units.cells import clean_text, is_blank
from mingbai.units.dates import parse_date
from mingbai.units.formats import capital_money, format_area, format_date, format_money, format_term, say_money
from mingbai.units.identity import mask_identity, mask_name, mask_party, mask_phone, parse_identity, parse_phone
from mingbai.units.money import YUAN, Money, MoneyUnit, parse_money, parse_money_unit, whole_fen
from mingbai.units.numerals import parse_count, parse_number, whole
from mingbai.units.outcome import Cell, Doubt, Outcome, Suggestion, Unreadable, Value
from mingbai.units.private import holds_numbers, mask_numbers
from mingbai.units.terms import Term, parse_term

__all__ = [
    "MU",
    "YUAN",
    "AreaUnit",
    "Cell",
    "Doubt",
    "Money",
    "MoneyUnit",
    "Outcome",
    "Suggestion",
    "Term",
    "Unreadable",
    "Value",
    "capital_money",
    "clean_text",
    "format_area",
    "format_date",
    "format_money",
    "format_term",
    "holds_numbers",
    "is_blank",
    "mask_identity",
    "mask_name",
    "mask_numbers",
    "mask_party",
    "mask_phone",
    "parse_area",
    "parse_area_unit",
    "parse_count",
    "parse_date",
    "parse_identity",
    "parse_money",
    "parse_money_unit",
    "parse_number",
    "parse_phone",
    "parse_term",
    "say_money",
    "whole",
    "whole_fen",
    "whole_mu4",
]
