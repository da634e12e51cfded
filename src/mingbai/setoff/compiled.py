"""Loops that numpy cannot say: machine code where numba is installed (``pip install mingbai[fast]``), Python elsewhere.

A kernel takes arrays and plain integers, works in place and calls nothing but itself, so both ways run the same text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np

WORTH_COMPILING = 20_000
"""Below this many arcs Python is done before numba has been imported."""


def machine_code() -> bool:
    """Whether kernels can be compiled here."""
    return find_spec("numba") is not None


class compiled:  # noqa: N801 -- a decorator
    """``@compiled``: the first argument is an array as long as the work is large."""

    def __init__(self, kernel: Callable[..., int]) -> None:
        self.kernel = kernel
        self.__doc__ = kernel.__doc__

    @cached_property
    def machine(self) -> Callable[..., int] | None:
        if not machine_code():
            return None
        from numba import njit

        fast: Callable[..., int] = njit(cache=True)(self.kernel)
        return fast

    def __call__(self, *arguments: Any) -> int:
        if len(arguments[0]) >= WORTH_COMPILING and self.machine is not None:
            return int(self.machine(*arguments))
        # A memoryview gives and takes Python integers, three times as fast as an array's own.
        return self.kernel(*(each.data if isinstance(each, np.ndarray) else each for each in arguments))
