"""Kinds of letter 文书种类 and the house's own form of each: data beside this file, ``kinds.yaml`` and ``forms/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from mingbai.letters.form import Facts


@dataclass(frozen=True)
class Kind:
    """``of``: whose letter it is (``record``, ``place`` or ``check``). ``mark``: the word in its number. ``blanks`` and
    ``lists``: every blank there is, with an invented example."""

    name: str
    title: str
    mark: str
    of: str
    blanks: Mapping[str, str]
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    once: tuple[str, ...] = ()
    """Lists that have one member at most: a sentence that stands only where its facts are known."""
    needs: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    answer_days: int | None = None
    """Days its addressee is given to pay or answer."""
    served: bool = False
    """It is delivered to somebody, and the proof of that is kept."""
    counts: bool = False
    """Being served restarts the limitation: 民法典第195条, 诉讼时效规定(2020)第8条."""

    @property
    def own_form(self) -> str:
        """The house's own form."""
        return resources.files(__package__).joinpath("forms", f"{self.name}.txt").read_text(encoding="utf-8")

    @property
    def sample(self) -> Facts:
        return Facts(
            self.blanks, {name: [row] if name in self.once else [row, row] for name, row in self.lists.items()}
        )


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind, by name, in order."""
    data: dict[str, dict[str, Any]] = yaml.safe_load(
        resources.files(__package__).joinpath("kinds.yaml").read_text(encoding="utf-8")
    )
    return {
        name: Kind(name=name, **(entry | {key: tuple(entry.get(key, ())) for key in ("once", "needs", "refuses")}))
        for name, entry in data.items()
    }
