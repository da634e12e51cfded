"""Set-off 债权债务互抵: from a list of debts, the largest amount that cancels without a yuan of cash, with its proof.

    from mingbai import setoff
    answer = setoff.clear("obligations.csv")
    answer.cleared_fen, answer.bound_fen, answer.optimal
    setoff.write(answer, "out")

``declaring`` types the rows and says why one is left out; ``network`` merges them into a graph; ``circulation`` finds
the largest circulation in it; ``certificate`` proves it with one integer per party; ``wishes`` chooses among equals;
``allocation`` hands each pair's sum to its debts by 民法典 art. 560; ``rings`` takes the answer apart into rings.
``clearing`` joins them; ``results`` and ``page`` write what people read. The mathematics stands in docs/setoff.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mingbai.setoff.clearing import Answer, clear
    from mingbai.setoff.declaring import NotATable
    from mingbai.setoff.results import write
    from mingbai.setoff.wishes import Wishes

__all__ = ["Answer", "NotATable", "Wishes", "clear", "write"]

# Imported when first asked for: the solver and its arrays are heavy, and `mingbai --help` needs none of them.
_HOMES = {"clearing": ("Answer", "clear"), "declaring": ("NotATable",), "results": ("write",), "wishes": ("Wishes",)}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
