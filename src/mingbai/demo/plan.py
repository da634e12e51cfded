"""The whole district as it truly is 底账: who let what to whom, chosen so that the printed figures come out exactly.

69 collectives, 3,486 contracts, 13.34 billion yuan; 九院村 19 contracts, 136 million. Works (工程, 投资, 服务), which have
only a stated total, take up what the lettings leave. Every village has a chance of its own, so that its contracts do
not depend on how many villages are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import TypeAlias

from mingbai.demo.businesses import LETTINGS, WORKS
from mingbai.demo.contract import AS_OF, WHOLE, Contract, begins_well, draw, draw_start, measure, price_near, resize
from mingbai.demo.district import Collective, collectives
from mingbai.demo.faults import AFTER_TERMS, INNOCENT, RENT, TERM, TERM_FAULTS, YES, Fault, dues_so_far, owe
from mingbai.demo.layouts import Layout, layout_of

SEED = 20260930
CONTRACTS, AMOUNT_FEN = 3486, 13_340_000_000_00
SHOWN_CONTRACTS, SHOWN_AMOUNT_FEN = 19, 136_000_000_00
SHOWN_ARREARS_FEN = (128_000_00, 96_600_00, 88_000_00)
"""What three lessees of 九院村 owe: a little over the 290,000 yuan that were collected later."""
_SHOWN_WORKS, _SHOWN_DEBTORS = (3, 11), (4, 9, 16)
"""Which of the 19 contracts of 九院村 are works, and who owes."""
_ARREARS = frozenset(("due_fen", "received_fen", "arrears_fen", "last_demand_on", "payment_mode", "prepaid_years"))
_LETTINGS_SHARE = 0.86
_FAULTY = 0.36
_FAULTS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
_LEAST = 14


@dataclass(slots=True)
class Village:
    """A collective, the layout its clerk uses, and its contracts in the order of the ledger."""

    home: Collective
    layout: Layout
    form: str
    contracts: list[Contract] = field(default_factory=list)

    @property
    def plantable(self) -> frozenset[str]:
        """Columns that a single row can leave empty or change: not one merged down over several rows."""
        return self.layout.columns - {"lessor"} if self.layout.merged_down else self.layout.columns


@lru_cache(maxsize=2)
def district(seed: int = SEED) -> tuple[Village, ...]:
    """All villages with their contracts; the same seed, the same district."""
    homes = collectives()
    sizes = _sizes(Random(f"{seed}/份数"), len(homes))
    villages = []
    for place, (home, size) in enumerate(zip(homes, sizes, strict=True)):
        layout, form = layout_of(place)
        village = Village(home, layout, form)
        _fill(Random(f"{seed}/{home.code}"), village, size, shown=place == 0)
        villages.append(village)
    _scale(villages[:1], SHOWN_AMOUNT_FEN)
    _scale(villages[1:], AMOUNT_FEN - SHOWN_AMOUNT_FEN)
    for village in villages:
        _finish(Random(f"{seed}/{village.home.code}/问题"), village, shown=village is villages[0])
    _balance(villages[:1], SHOWN_AMOUNT_FEN)
    _balance(villages[1:], AMOUNT_FEN - SHOWN_AMOUNT_FEN)
    return tuple(villages)


def _sizes(random: Random, count: int) -> list[int]:
    """How many contracts each village has: 19, and the others by chance, some few, some over a hundred."""
    weights = [random.lognormvariate(0, 0.5) for _ in range(count - 1)]
    rest = CONTRACTS - SHOWN_CONTRACTS - _LEAST * len(weights)
    sizes = [_LEAST + int(rest * weight / sum(weights)) for weight in weights]
    for place in range(CONTRACTS - SHOWN_CONTRACTS - sum(sizes)):
        sizes[place % len(sizes)] += 1
    return [SHOWN_CONTRACTS, *sizes]


# -- drawing


def _fill(random: Random, village: Village, size: int, *, shown: bool) -> None:
    taken: set[str] = set()
    works = "total_fen" in village.layout.columns
    for number in range(1, size + 1):
        kinds = WORKS if works and (number in _SHOWN_WORKS if shown else random.random() < 0.055) else LETTINGS
        weights = [each.hills if village.home.in_hills and not shown else each.plain for each in kinds]
        business = random.choices(kinds, weights if kinds is LETTINGS else None)[0]
        if shown and number in _SHOWN_DEBTORS:
            village.contracts.append(_debtor(random, village, taken, number))
            continue
        village.contracts.append(draw(random, village.home, business, taken, number=number))
    _pair_up(random, village, taken)
    for contract in village.contracts:
        if not contract.is_works and not contract.locked and random.random() < 0.14:
            _plant(random, contract, TERM_FAULTS, village.plantable)
        elif not contract.is_works and not contract.locked and random.random() < 0.06:
            _plant(random, contract, INNOCENT, village.plantable)
    _plant_cheap_ground(random, village)
    if village.layout.blocks or village.layout.merged_down:
        village.contracts.sort(key=lambda contract: (contract.group, str(contract.values["lessor"])))


def _debtor(random: Random, village: Village, taken: set[str], number: int) -> Contract:
    """A hall let long enough ago, and large enough, to owe what the newspaper says was collected."""
    halls = next(each for each in LETTINGS if each.land_class == "厂房")
    debtor = draw(random, village.home, halls, taken, start=draw_start(random, 2008, 2018), number=number)
    debtor.area, debtor.rise_percent, debtor.locked = max(debtor.area, 54 * WHOLE), 0, set(_ARREARS)
    debtor.values["payment_mode"] = "按年"
    return debtor


def _plant(random: Random, contract: Contract, faults: Sequence[Fault], columns: frozenset[str]) -> None:
    suiting = [fault for fault in faults if fault.suits(contract, columns)]
    if suiting:
        random.choices(suiting, [fault.weight for fault in suiting])[0].apply(contract, random)


def _plant_cheap_ground(random: Random, village: Village) -> None:
    """Building ground at a third of its price, where the village itself has enough like it to tell: no floor is set."""
    if not {"land_class", "area_mu4", "rent_fen_per_year", "signed_on"} <= village.plantable:
        return
    ground = [each for each in village.contracts if each.business.land_class == "建设用地"]
    decades = Counter(each.start.year // 10 for each in ground)
    for decade, count in sorted(decades.items()):
        free = [each for each in ground if each.start.year // 10 == decade and not each.locked]
        if count >= 8 and free:
            cheap = random.choice(free)
            cheap.price = max(100, price_near(random, cheap.business, cheap.start, 0.22, 0.32))
            cheap.planted.add(("C07", YES))
            cheap.locked |= {*RENT, "area_mu4", "measured_area_mu4", "land_class", *TERM}


# -- pairs of contracts


Pairing: TypeAlias = "Callable[[Random, Village, Contract, set[str]], Contract | None]"
"""Makes a second contract for a first one; None where the first does not suit."""


def _pair_up(random: Random, village: Village, taken: set[str]) -> None:
    """Faults that take two contracts, and two innocent pairs that look like them."""
    columns = village.plantable
    free = [each for each in village.contracts if each.business.mu and each.business.land_class != "耕地"]
    random.shuffle(free)
    if "parcel_code" in columns:
        for pair, chance in ((_let_twice, 0.75), (_renew, 0.6), (_hand_over, 0.6)):
            if random.random() < chance:
                _try_pair(random, village, free, taken, pair)
    if random.random() < 0.35 and "location" in columns:
        _try_pair(random, village, free, taken, _two_texts)


def _try_pair(random: Random, village: Village, free: list[Contract], taken: set[str], pair: Pairing) -> None:
    """Gives the first contract that suits a partner, which takes the place of another one."""
    for first in list(free):
        others = [each for each in free if each is not first and not each.locked]
        second = pair(random, village, first, taken) if others and not first.locked else None
        if second is not None:
            at = village.contracts.index(others[-1])
            second.values["contract_no"] = village.contracts[at].values["contract_no"]
            village.contracts[at] = second
            for each in (first, others[-1]):
                free.remove(each)
            for each in (first, second):
                each.locked |= {
                    "parcel_code",
                    "lessee",
                    "title",
                    "location",
                    "area_mu4",
                    "measured_area_mu4",
                    *TERM,
                    *RENT,
                }
            return


def _partner(random: Random, village: Village, first: Contract, taken: set[str], start: date) -> Contract | None:
    if not begins_well(start):
        return None
    second = draw(random, village.home, first.business, taken, start=start)
    second.group, second.area = first.group, first.area
    for name in ("parcel_code", "location", "lessor", "lessor_level", "owner_level", "measured_area_mu4"):
        second.values[name] = first.values[name]
    return second


def _let_twice(random: Random, village: Village, first: Contract, taken: set[str]) -> Contract | None:
    """C12: before the first contract ends, the plot is let to somebody else."""
    if first.months < 48:
        return None
    second = _partner(random, village, first, taken, first.start + timedelta(days=random.randint(300, 1000)))
    if second is not None:
        first.planted.add(("C12", YES))
        second.planted.add(("C12", YES))
    return second


def _renew(random: Random, village: Village, first: Contract, taken: set[str]) -> Contract | None:
    """Ended and still in use, but let to the same lessee again: no fault."""
    second = None
    if first.end < AS_OF and not first.to_anniversary:
        second = _partner(random, village, first, taken, first.end + timedelta(days=1))
    if second is not None:
        second.party = first.party
        for name in ("lessee", "lessee_id_no", "phone", "lessee_is_member", "township_approval_no"):
            second.values[name] = first.values.get(name)
        first.values["occupied"] = True
        first.locked |= {"occupied"}
    return second


def _hand_over(random: Random, village: Village, first: Contract, taken: set[str]) -> Contract | None:
    """The next lessee begins on the day the first one ends: no overlap."""
    if first.end >= AS_OF:
        return None
    return _partner(random, village, first, taken, first.end)


def _two_texts(random: Random, village: Village, first: Contract, taken: set[str]) -> Contract | None:
    """C27: the same bargain twice, at two prices."""
    if first.rise_percent or first.business.land_class == "设备":
        return None
    second = _partner(random, village, first, taken, first.start)
    if second is None:
        return None
    low, high = (price_near(random, first.business, first.start, *band) for band in ((0.8, 0.9), (1.1, 1.2)))
    if low == high:
        return None
    first.price, second.price = low, high
    second.party, second.months, second.to_anniversary, second.rise_percent = (
        first.party,
        first.months,
        first.to_anniversary,
        0,
    )
    second.values = dict(first.values)
    for each in (first, second):
        each.planted.add(("C27", YES))
    return second


# -- money


def _scale(villages: Sequence[Village], amount_fen: int) -> None:
    """Sizes the built ground so that all lettings together come near their share of the amount."""
    built, other = 0, 0
    for village in villages:
        for contract in village.contracts:
            if contract.is_works:
                continue
            contract.settle(village.layout.columns)
            if contract.business.is_built:
                built += contract.amount_fen or 0
            else:
                other += contract.amount_fen or 0
    factor = (amount_fen * _LETTINGS_SHARE - other) / built
    assert factor > 0
    for village in villages:
        for contract in village.contracts:
            if contract.business.is_built:
                resize(contract, factor)


def _finish(random: Random, village: Village, *, shown: bool) -> None:
    """Settles the money and plants what does not change it."""
    columns = village.layout.columns
    for contract in village.contracts:
        contract.settle(columns)
        measure(random, contract, columns)
        if not contract.is_works and not contract.open_ended and not contract.rise_percent:
            _pay(random, contract)
    if shown:
        _owe_as_printed(village)
    for contract in village.contracts:
        if contract.planted or random.random() < _FAULTY:
            for _ in range(random.choice(_FAULTS) - bool(contract.planted)):
                faults = [f for f in AFTER_TERMS if not shown or ("C15", YES) not in f.finds]
                _plant(random, contract, faults, village.plantable)


def _pay(random: Random, contract: Contract) -> None:
    """All dues so far have come in."""
    if random.random() < 0.8 and dues_so_far(contract):
        due = contract.rent_year * dues_so_far(contract)
        contract.values.update(due_fen=due, received_fen=due, arrears_fen=random.choice((0, None)))


def _owe_as_printed(village: Village) -> None:
    for debtor, owed in zip(
        (each for each in village.contracts if each.locked >= _ARREARS), SHOWN_ARREARS_FEN, strict=True
    ):
        owe(debtor, owed)
        debtor.values["last_demand_on"] = (AS_OF - timedelta(days=100 + owed % 97)).isoformat()
        debtor.planted.add(("C15", YES))
        debtor.locked |= {*RENT, "area_mu4"}


def _balance(villages: Sequence[Village], amount_fen: int) -> None:
    """Divides what the lettings leave among the works, in whole thousands of yuan but for the largest."""
    works = [(each, village) for village in villages for each in village.contracts if each.is_works]
    lettings = sum(each.amount_fen or 0 for village in villages for each in village.contracts if not each.is_works)
    left = amount_fen - lettings
    weight = sum(each.weight for each, _ in works)
    for each, _ in works:
        each.total = max(20_000_00, int(left * each.weight / weight) // 100_000 * 100_000)
    largest = max((each for each, _ in works), key=lambda each: each.total or 0)
    largest.total = (largest.total or 0) + left - sum(each.total or 0 for each, _ in works)
    assert largest.total > 0
    for each, village in works:
        each.settle(village.layout.columns)
