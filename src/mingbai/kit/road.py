"""The remedy road 整改: stages, the steps between them, who may take each and what it must bring. Pure, no database.

found → confirmed → assigned → self_checked → accepted → closed, with ways back that keep their reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands 环节."""

    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    SELF_CHECKED = "self_checked"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            "confirmed": "待派单",
            "assigned": "整改中",
            "self_checked": "待验收",
            "accepted": "已验收",
            "closed": "已销号",
        }[self]


@dataclass(frozen=True, slots=True)
class Move:
    """A step 步骤: from which stages to which, the power it takes, and whether it needs a reason or the evidence."""

    name: str
    title: str
    sources: frozenset[Stage]
    to: Stage
    power: str
    needs_reason: bool = False
    needs_evidence: bool = False
    by_another: bool = False
    """Not by the person who took the step before: nobody accepts their own work."""


def _moves(*moves: Move) -> Mapping[str, Move]:
    return {move.name: move for move in moves}


MOVES = _moves(
    Move("assign", "派单", frozenset((Stage.CONFIRMED, Stage.ASSIGNED)), Stage.ASSIGNED, "assign"),
    Move(
        "self_check",
        "村级自查通过",
        frozenset((Stage.ASSIGNED,)),
        Stage.SELF_CHECKED,
        "self_check",
        needs_evidence=True,
    ),
    Move("return", "退回补充", frozenset((Stage.SELF_CHECKED,)), Stage.ASSIGNED, "accept", needs_reason=True),
    Move(
        "accept",
        "乡镇验收通过",
        frozenset((Stage.SELF_CHECKED,)),
        Stage.ACCEPTED,
        "accept",
        needs_evidence=True,
        by_another=True,
    ),
    Move("close", "县级抽查通过，销号", frozenset((Stage.ACCEPTED,)), Stage.CLOSED, "spot_check", by_another=True),
    Move(
        "reopen",
        "抽查不通过，退回重办",
        frozenset((Stage.ACCEPTED, Stage.CLOSED)),
        Stage.ASSIGNED,
        "spot_check",
        needs_reason=True,
    ),
)


class RoadError(ValueError):
    """A step that cannot be taken: the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence 凭证 a class asks for."""

    key: str
    title: str
    kind: str
    """``decision`` (with entitled, present, for), ``receipt``, or ``file`` (an attachment labelled with the title)."""


def take(
    stage: Stage,
    name: str,
    *,
    powers: Collection[str],
    missing: Collection[Proof] = (),
    reason: str = "",
    by: int | None = None,
    before: int | None = None,
) -> Stage:
    """The stage a step leads to.

    ``powers`` are those the person holds over the record, ``missing`` the evidence that is not there yet, ``by`` and
    ``before`` who takes this step and who took the last.

    :raises RoadError: when it cannot be taken.
    """
    move = MOVES.get(name)
    if move is None:
        raise RoadError(f"没有“{name}”这一步")
    if stage not in move.sources:
        raise RoadError(
            f"现在是“{stage.label}”，不能“{move.title}”；可以做的：{'、'.join(m.title for m in open_moves(stage, powers)) or '等别人办'}"
        )
    if move.power not in powers:
        raise RoadError(f"“{move.title}”不归您办")
    if move.needs_reason and not reason.strip():
        raise RoadError(f"“{move.title}”要写明理由")
    if move.needs_evidence and missing:
        raise RoadError(f"还缺凭证：{'、'.join(proof.title for proof in missing)}；补上后再{move.title}")
    if move.by_another and by is not None and by == before:
        raise RoadError(f"上一步是您自己办的，“{move.title}”要换一个人")
    return move.to


def open_moves(stage: Stage, powers: Collection[str]) -> list[Move]:
    """The steps this person could take from here."""
    return [move for move in MOVES.values() if stage in move.sources and move.power in powers]
