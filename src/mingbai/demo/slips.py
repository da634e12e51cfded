"""Slips of the pen 错格: cells that nobody can read for certain, each with the kind of error a reader must give it.

A slip never sits where the contract's amount or a planted fault comes from, and never where guessing around it would
accuse anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from random import Random

from mingbai.columns import Stored
from mingbai.demo.contract import Contract
from mingbai.units import Cell


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A formula whose result the file does not hold."""

    formula: str


Written = Cell | Uncomputed


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands in the cell instead, and the ``kind`` of error it must give. ``also``: what it tells all the same."""

    column: str
    kind: str
    write: Callable[[Contract, Random], Written]
    also: str = ""
    typed_only: bool = False
    weight: int = 2

    def suits(self, contract: Contract, columns: Collection[str], *, typed: bool) -> bool:
        """Whether this cell may be spoiled here."""
        if self.column == "signed_on" and "period" in columns:
            return False  # the term may run from that day
        return (
            self.column in columns
            and self.column not in contract.locked | contract.rests_on(columns)
            and contract.values.get(self.column) is not None
            and (typed or not self.typed_only)
            and not (self.column == "received_fen" and "arrears_fen" not in columns)
            and not (self.also and "total_fen" not in columns)
        )

    def told(self, written: Written) -> dict[str, Stored]:
        """What the slip says for another column: grain for rent is kept as it stands."""
        return {self.also: str(written)} if self.also else {}


def _year(contract: Contract) -> int:
    return date.fromisoformat(str(contract.values["signed_on"])).year


def _identity(contract: Contract) -> str:
    return str(contract.values["lessee_id_no"])


def _wrong_check(contract: Contract, random: Random) -> str:
    number = _identity(contract)
    return number[:-1] + random.choice([digit for digit in "123456789" if digit != number[-1]])


def _text(*choices: str) -> Callable[[Contract, Random], Written]:
    return lambda contract, random: random.choice(choices)


SLIPS = (
    Slip("signed_on", "doubt", lambda c, r: float(f"{_year(c)}.1"), weight=4),
    Slip("meeting_on", "doubt", lambda c, r: f"{_year(c)}.1"),
    Slip("signed_on", "doubt", lambda c, r: f"{_year(c)}{r.randint(1, 9)}.{r.randint(2, 9)}"),
    Slip("signed_on", "doubt", lambda c, r: float(f"{_year(c)}6.8"), typed_only=True),
    Slip("signed_on", "doubt", lambda c, r: f"{_year(c)}年初"),
    Slip("signed_on", "unreadable", lambda c, r: f"{_year(c)}年2月30日"),
    Slip("meeting_on", "unreadable", lambda c, r: f"{_year(c)}.13.5"),
    Slip("measured_area_mu4", "doubt", lambda c, r: f"约{r.randint(2, 30) * 50}亩", weight=3),
    Slip("measured_area_mu4", "doubt", lambda c, r: "10余亩"),
    Slip("area_mu4", "doubt", lambda c, r: f"约{r.randint(2, 30) * 50}亩"),
    Slip("area_mu4", "doubt", lambda c, r: f"{r.randint(20, 80)}亩（实际测量为准）"),
    Slip("deposit_fen", "doubt", _text("肆仟(4200)", "伍仟元整（5,200.00）", "壹万元整（12,000.00）"), weight=3),
    Slip("deposit_fen", "doubt", _text("6万余元", "约5000元")),
    Slip("deposit_fen", "masked", _text("伍*", "**")),
    Slip("deposit_fen", "no_cached_value", lambda c, r: Uncomputed("=1000*5"), typed_only=True, weight=4),
    Slip("due_fen", "no_cached_value", lambda c, r: Uncomputed("=200*15"), typed_only=True),
    Slip("received_fen", "unreadable", _text("至今未付款", "尚未交款"), weight=3),
    Slip("lessee_id_no", "lost_digits", lambda c, r: float(int(_identity(c)[:17] + "0")), weight=5),
    Slip("lessee_id_no", "masked", lambda c, r: f"{_identity(c)[:6]}********{_identity(c)[-4:]}", weight=3),
    Slip("lessee_id_no", "unreadable", _wrong_check, weight=4),
    Slip("lessee_id_no", "unreadable", lambda c, r: _identity(c)[:17], weight=3),
    Slip("phone", "masked", lambda c, r: f"199****{r.randint(0, 9999):04d}"),
    Slip("phone", "unreadable", _text("1990000", "见合同")),
    Slip("rent_fen_per_year", "in_kind", _text("300斤鱼/年", "350市斤小麦", "玉米500公斤"), also="in_kind", weight=3),
    Slip("rent_fen_per_year", "unreadable", _text("随行就市，每年另定", "每三年递增10%"), weight=2),
    Slip("kind", "doubt", _text("承包", "承包合同"), weight=5),
    Slip("payment_mode", "not_a_choice", _text("看收成", "面议", "见合同")),
    Slip("land_class", "not_a_choice", _text("待核", "见图"), weight=1),
    Slip("letting_mode", "not_a_choice", _text("不清楚", "记不清")),
    Slip("lessee_is_officer_kin", "not_a_choice", _text("待核", "不清楚")),
    Slip("original_held", "not_a_choice", _text("待查", "在乡镇")),
    Slip("term_months", "doubt", _text("3年,到期续30年每3年办一次", "10+20+20年"), weight=2),
)


def slip_for(contract: Contract, columns: Collection[str], random: Random, *, typed: bool) -> Slip | None:
    """A slip that does no harm in this row, if there is one."""
    suiting = [slip for slip in SLIPS if slip.suits(contract, columns, typed=typed)]
    return random.choices(suiting, [slip.weight for slip in suiting])[0] if suiting else None
