"""How a register 台账 is declared, so that reading and checking it need no Django.

A register folder holds a ``register.py`` with one :class:`Register`; everything the kit, the reader and the rules
know about its columns stands there.
"""

from mingbai.columns.column import NONE, Column, Kind, Stored
from mingbai.columns.reading import UNSURE, Problem, Reading, reader, skim
from mingbai.columns.register import Register, find_register, registers

__all__ = [
    "NONE",
    "UNSURE",
    "Column",
    "Kind",
    "Problem",
    "Reading",
    "Register",
    "Stored",
    "find_register",
    "reader",
    "registers",
    "skim",
]
