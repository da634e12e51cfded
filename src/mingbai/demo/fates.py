"""What becomes of each case 结局: how far it gets by the demo's day, when, and what is paid on it.

98 % of the irregular contracts are put right, 32.89 million yuan come in, 0.29 million of it in 九院村, as the newspaper
printed. The figures an application shows are never written here: it counts them from receipts and steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

RECOVERED_FEN, SHOWN_RECOVERED_FEN = 32_890_000_00, 290_000_00
WAVES = 3
_UNFINISHED_PERCENT = 2
_LEAST_UNFINISHED = 5
_RETURNED = 0.04
_LARGE_FEN = 300_000_00


class End(Enum):
    """Where a case stands on the demo's day, before any spot check."""

    UNASSIGNED = "nobody has it yet"
    WAITING = "assigned, its day is yet to come"
    OVERDUE = "assigned, its day has passed"
    CHECKED = "waits for the street"
    ACCEPTED = "accepted"


@dataclass(slots=True)
class Fate:
    """Of one case: ``wave`` is when its evidence comes, ``paid_fen`` what comes in, ``returned``: sent back once."""

    wave: int
    end: End = End.ACCEPTED
    paid_fen: int = 0
    owed_fen: int = 0
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Plight:
    """What a fate depends on: the case, whether it is the shown village's, or the slow one's, where work is left."""

    case: int
    owed_fen: int
    shown: bool
    slow: bool = False


def fates(plights: Sequence[Plight], random: Random) -> tuple[dict[int, Fate], int]:
    """Case → its fate, and how many cases the spot check is to reopen."""
    found = {each.case: Fate(random.randrange(WAVES), owed_fen=each.owed_fen) for each in plights}
    for fate in found.values():
        fate.returned = fate.wave < WAVES - 1 and random.random() < _RETURNED
    unfinished = max(_LEAST_UNFINISHED, len(plights) * _UNFINISHED_PERCENT // 100)
    reopened = max(1, unfinished // 9)
    left = unfinished - reopened - _at_home(found, [each for each in plights if each.shown])
    others = [each for each in plights if not each.shown]
    owed = sum(each.owed_fen for each in others)
    kept = owed - min(RECOVERED_FEN - SHOWN_RECOVERED_FEN, owed * 9 // 10)
    left -= _hold_out(found, others, kept, left - 1, random)
    free = [each.case for each in others if each.slow and not each.owed_fen]
    ends = (End.UNASSIGNED, End.CHECKED, End.WAITING, End.OVERDUE)
    for number, case in enumerate(random.sample(free, min(left, len(free)))):
        found[case].end, found[case].returned = ends[number % len(ends)], False
    return found, reopened


def _at_home(found: dict[int, Fate], plights: Sequence[Plight]) -> int:
    """The shown village: its debtors pay one after the other until the printed sum is in; the last one is late with the
    rest, and one remedy waits for the street. Gives the number of unfinished cases."""
    left, unfinished = SHOWN_RECOVERED_FEN, 0
    for each in plights:
        fate = found[each.case]
        fate.paid_fen = min(left, each.owed_fen)
        left -= fate.paid_fen
        if fate.paid_fen < each.owed_fen:
            fate.end, fate.returned = End.OVERDUE, False
            unfinished += 1
    calm = [each.case for each in plights if not each.owed_fen]
    if calm:
        found[calm[-1]] = Fate(WAVES - 1, End.CHECKED)
    return unfinished + bool(calm)


def _hold_out(found: dict[int, Fate], plights: Sequence[Plight], kept: int, room: int, random: Random) -> int:
    """Keeps back ``kept`` fen of what is owed: some large debtors of the slow village pay nothing or part and are late;
    what those (``room`` at most) do not make up stays with others who pay by instalments, half of it at most while
    halves suffice. Gives the number of the late."""
    debtors = [each for each in plights if each.owed_fen]
    for each in debtors:
        found[each.case].paid_fen = each.owed_fen
    large = [each for each in debtors if each.slow and each.owed_fen >= _LARGE_FEN]
    late = random.sample(large, len(large))[: max(room, 0)]
    number = 0
    for each in late:
        if kept:
            fate = found[each.case]
            fate.paid_fen, kept = max(each.owed_fen - kept, 0), max(kept - each.owed_fen, 0)
            fate.end, fate.returned, number = End.OVERDUE, False, number + 1
    rest = sorted((each for each in debtors if each not in late), key=lambda each: -each.owed_fen)
    for share in (2, 20):  # a half of what is owed may stay, or all but a twentieth
        for each in rest:
            fate = found[each.case]
            back = min(kept, max(fate.paid_fen - each.owed_fen // share, 0))
            fate.paid_fen, kept = fate.paid_fen - back, kept - back
    return number
