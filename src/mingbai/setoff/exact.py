"""Sums that cannot wrap: int64 arrays in, Python integers out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROOM = 2**62


def exact_sum(values: NDArray[Any], times: NDArray[Any] | None = None) -> int:
    """Σ values, or Σ values × times, as a Python integer of any size.

    numpy's own int64 sum wraps silently past 9.2e18, which a nation's debts in fen can reach.
    """
    if len(values) == 0:
        return 0
    largest = int(np.abs(values).max()) if times is None else int(np.abs(values).max()) * int(np.abs(times).max())
    if largest == 0:
        return 0
    step = _ROOM // largest
    if step < 64:  # a few huge numbers: Python's own arithmetic
        whole = values.tolist()
        return sum(whole) if times is None else sum(a * b for a, b in zip(whole, times.tolist(), strict=True))
    total = 0
    for start in range(0, len(values), step):
        part = values[start : start + step].astype(np.int64, copy=False)
        total += (
            int(part.sum()) if times is None else int(part @ times[start : start + step].astype(np.int64, copy=False))
        )
    return total
