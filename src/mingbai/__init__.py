"""Mingbai 明白账: the accounts of a rural collective, put in order and open to every villager."""

__version__ = "0.1.0"
