"""Faults that are planted on purpose 种下的问题: each breaks one thing of a faultless contract and says what must be found.

Which rule answers what is written down here by hand, from the rules' text; nothing here runs a rule. ``needs`` are the
headings a ledger must have for the fault to show, ``touches`` the columns it changes or relies on: two faults of one
contract never share a column, so that neither hides the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mingbai.columns import Stored
from mingbai.demo.businesses import AGRICULTURAL
from mingbai.demo.contract import AS_OF, SECOND_ROUND_END, Contract, is_farmland

YES, DISPUTED = "yes", "disputed"
TERM = ("starts_on", "signed_on", "ends_on", "term_months", "period", "open_ended")
RENT = ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen")
VOTES = ("decision_body", "meeting_on", "entitled", "present", "votes_for")
RENT_FLOORS = {"耕地": 100, "机动地": 100, "四荒": 10, "林地": 10, "草地": 5, "园地": 120, "水面": 150}
"""Yuan a mu a year, as 政策_演示.yaml has them."""
_LAW_AT_REST = date(2024, 3, 1)
"""Claims last demanded before this day are out of time, or nearly, on 2026-09-30; those of June 2024 and later are safe."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``finds``: rule → answer. ``on_terms``: changes term or price, so it comes before the money is settled."""

    finds: tuple[tuple[str, str], ...]
    needs: frozenset[str]
    touches: frozenset[str]
    weight: float
    fits: Callable[[Contract], bool]
    plant: Callable[[Contract, Random], None]
    on_terms: bool = False

    def suits(self, contract: Contract, columns: Collection[str]) -> bool:
        """Whether it can be planted here without disturbing what was planted before."""
        return (self.needs <= set(columns) and not self.touches & contract.locked
                and not {rule for rule, _ in self.finds} & {rule for rule, _ in contract.planted} and self.fits(contract))

    def apply(self, contract: Contract, random: Random) -> None:
        self.plant(contract, random)
        contract.planted |= set(self.finds)
        contract.locked |= self.touches | self.needs


def _fault(rule: str, answer: str, weight: float, needs: str, touches: tuple[str, ...], fits: Callable[[Contract], bool],
           plant: Callable[[Contract, Random], None], *, on_terms: bool = False, also: tuple[tuple[str, str], ...] = ()) -> Fault:
    return Fault(((rule, answer), *also), frozenset(needs.split()), frozenset((*touches, *needs.split())), weight, fits, plant,
                 on_terms)


def _says(**values: Stored | tuple[Stored, ...]) -> Callable[[Contract, Random], None]:
    """Sets columns to values; a tuple is a choice."""
    def plant(contract: Contract, random: Random) -> None:
        for name, value in values.items():
            contract.values[name] = random.choice(value) if isinstance(value, tuple) else value
    return plant


def _land(contract: Contract) -> bool:
    return contract.business.is_land


def _always(contract: Contract) -> bool:
    return True


# -- terms


def _lengthen(low: int, high: int, kind: str | None = None) -> Callable[[Contract, Random], None]:
    def plant(contract: Contract, random: Random) -> None:
        contract.months, contract.rise_percent = random.randint(low, high) * 12, 0
        contract.values.update(pricing_mode=random.choice(("递增", "分段", None)), payment_mode="按年",
                               occupied=False if contract.end < AS_OF else None)
        if kind:
            contract.values["kind"] = kind
    return plant


def _let_for_ever(contract: Contract, random: Random) -> None:
    contract.months, contract.open_ended = random.choice((30, 40, 50)) * 12, True
    contract.values.update(kind="租赁", pricing_mode=None, payment_mode="按年", occupied=None)


def _beyond_second_round(contract: Contract, random: Random) -> None:
    contract.months = (SECOND_ROUND_END.year - contract.start.year + random.randint(2, 15)) * 12
    contract.values.update(pricing_mode=random.choice(("递增", None)), payment_mode="按年", occupied=None)


def _lease_can_be_long(contract: Contract) -> bool:
    return contract.start.year >= 2000 and contract.business.land_class in ("水面", "建设用地", "厂房", "房屋", "园地")


def _old_lease(contract: Contract) -> bool:
    return contract.start < date(1999, 8, 1) and contract.business.land_class in ("水面", "建设用地", "厂房", "园地", "房屋")


def _accepted_of_old(contract: Contract, random: Random) -> None:
    """四荒 for more than fifty years, signed before 1994-02-21 and paid at once: the place's policy accepts the term."""
    _lengthen(55, 70, "其他方式承包")(contract, random)
    contract.values["payment_mode"] = "一次性"


def _kept_for_a_year(contract: Contract, random: Random) -> None:
    """代耕 of no more than a year may stay oral."""
    contract.months, contract.rise_percent = 12, 0
    contract.values.update(form="口头", payment_mode="按年", pricing_mode=None, occupied=False if contract.end < AS_OF else None)


def _passed_on(contract: Contract, random: Random) -> None:
    """A farmer passes on his own land: no meeting need be held, no approval asked."""
    contract.values.update(lessor="本村农户", lessor_level="农户", decision_body="无", meeting_on=None,
                           entitled=None, present=None, votes_for=None, lessee_is_member=False, township_approval_no="无")


def _cheapen(contract: Contract, random: Random) -> None:
    floor = RENT_FLOORS[str(contract.business.land_class)]
    contract.price = max(2, round(floor * random.uniform(0.25, 0.6)))


_DEAL = (*TERM, "kind", "land_class", "pricing_mode", "payment_mode", "occupied")
TERM_FAULTS = (
    _fault("C04", YES, 5, "kind land_class signed_on starts_on ends_on", _DEAL, _lease_can_be_long, _lengthen(21, 32, "租赁"),
           on_terms=True),
    _fault("C04", DISPUTED, 3, "kind land_class signed_on starts_on ends_on", _DEAL, _old_lease, _lengthen(25, 50, "租赁"),
           on_terms=True),
    _fault("C04", DISPUTED, 5, "kind land_class signed_on starts_on ends_on", _DEAL,
           lambda c: c.business.land_class == "四荒" and c.start.year >= 2000, _lengthen(25, 50, "租赁"), on_terms=True),
    _fault("C04", DISPUTED, 1.2, "kind land_class signed_on starts_on term_months total_fen", _DEAL, _lease_can_be_long,
           _let_for_ever, on_terms=True),
    _fault("C05", YES, 12, "kind land_class signed_on starts_on ends_on", _DEAL,
           lambda c: c.business.land_class == "耕地" and c.start.year >= 2004, _beyond_second_round, on_terms=True),
    _fault("C06", YES, 7, "land_class signed_on starts_on ends_on", _DEAL,
           lambda c: c.business.land_class == "四荒" and c.start.year >= 1995, _lengthen(55, 70, "其他方式承包"), on_terms=True),
    _fault("C06", YES, 5, "land_class signed_on starts_on ends_on", _DEAL,
           lambda c: c.business.land_class == "林地" and c.start.year >= 2004, _lengthen(75, 90, "其他方式承包"), on_terms=True),
    _fault("C06", YES, 5, "land_class signed_on starts_on ends_on", _DEAL,
           lambda c: c.business.land_class == "草地" and c.start.year >= 2004, _lengthen(55, 70, "其他方式承包"), on_terms=True),
    _fault("C07", YES, 3, "land_class area_mu4 starts_on rent_fen_per_year", (*RENT, "signed_on", *TERM[2:]),
           lambda c: c.business.land_class in RENT_FLOORS, _cheapen, on_terms=True),
)


INNOCENT = (
    _fault("C09", YES, 6, "land_class payment_mode signed_on starts_on ends_on", _DEAL,
           lambda c: c.business.land_class == "四荒" and c.start < date(1993, 11, 1), _accepted_of_old, on_terms=True),
    Fault((), frozenset(("form", "kind")), frozenset(("form", *_DEAL)), 1, lambda c: c.business.land_class == "耕地",
          _kept_for_a_year, on_terms=True),
    Fault((), frozenset(("lessor", "lessor_level", "kind")),
          frozenset(("lessor", "lessor_level", "owner_level", *_DEAL, *VOTES, "lessee_is_member", "township_approval_no")), 1,
          lambda c: c.business.land_class == "耕地", _passed_on, on_terms=True),
)
"""What looks like a fault and is none, or only another one: a checker that accuses these is too eager."""


# -- votes


def _no_meeting(contract: Contract, random: Random) -> None:
    contract.values.update(decision_body="无", meeting_on=None, entitled=None, present=None, votes_for=None)


def _wrong_body(contract: Contract, random: Random) -> None:
    contract.values.update(decision_body=random.choice(("两委会议", "党员大会", "理事会")))


def _too_few_came(contract: Contract, random: Random) -> None:
    entitled = random.randint(30, 60)
    present = random.randint(entitled // 4, entitled // 2 - 1)
    contract.values.update(entitled=entitled, present=present, votes_for=present)


def _too_few_agreed(contract: Contract, random: Random) -> None:
    entitled = random.randint(30, 60)
    present = random.randint(entitled * 3 // 4 + 1, entitled)
    contract.values.update(entitled=entitled, present=present, votes_for=random.randint(present // 5, present // 2 - 1))


def _by_representatives(contract: Contract, random: Random) -> None:
    entitled = random.randint(30, 60)
    contract.values.update(decision_body=random.choice(("代表会议", "四议两公开")), entitled=entitled, present=entitled,
                           votes_for=random.randint(-(-entitled * 4 // 5), entitled))


def _outsider_few_votes(contract: Contract, random: Random) -> None:
    """Enough for the meeting (more than half of those present), too few for an outsider (two thirds of all)."""
    entitled = random.randint(40, 60)
    present = -(-entitled * 7 // 10)
    contract.values.update(lessee_is_member=False, decision_body="代表会议", entitled=entitled, present=present,
                           votes_for=present // 2 + 2)


def _insider(contract: Contract) -> bool:
    """Land, and let to a member or no farm ground: a faulty vote then is no fault towards an outsider too."""
    return _land(contract) and (contract.values["lessee_is_member"] is True or contract.business.land_class == "建设用地")


def _meets_in_old_law(contract: Contract) -> bool:
    return _insider(contract) and 2000 <= contract.start.year <= 2024


def _outsider(contract: Contract) -> bool:
    return contract.business.land_class in AGRICULTURAL and contract.start.year >= 2004


_VOTE = (*VOTES, "lessee_is_member", "land_class", "object_class")
_VOTED = "land_class decision_body entitled present votes_for signed_on starts_on"
VOTE_FAULTS = (
    _fault("C02", YES, 16, "land_class decision_body signed_on starts_on", _VOTE, _insider, _no_meeting),
    _fault("C02", YES, 6, "land_class decision_body signed_on starts_on", _VOTE,
           lambda c: _insider(c) and c.start.year >= 2000, _wrong_body),
    _fault("C02", YES, 5, _VOTED, _VOTE, lambda c: _meets_in_old_law(c) and c.values["decision_body"] in ("代表会议", "四议两公开"),
           _too_few_came),
    _fault("C02", YES, 5, _VOTED, _VOTE, _meets_in_old_law, _too_few_agreed),
    _fault("C02", DISPUTED, 220, _VOTED, _VOTE, lambda c: _land(c) and c.start >= date(2025, 9, 16), _by_representatives),
    _fault("C03", YES, 16, "land_class lessee_is_member township_approval_no starts_on", (*_VOTE, "township_approval_no"),
           _outsider, _says(lessee_is_member=False, township_approval_no="无")),
    _fault("C03", YES, 14, f"{_VOTED} lessee_is_member", _VOTE, lambda c: _outsider(c) and c.start.year <= 2024, _outsider_few_votes),
)


# -- arrears


def dues_so_far(contract: Contract) -> int:
    """Years' rents that have fallen due by the day of the demo, by the eve of the anniversary."""
    until = min(contract.end, AS_OF)
    return max(0, until.year - contract.start.year - (1 if (until.month, until.day) < (contract.start.month, contract.start.day) else 0))


def owe(contract: Contract, owed: int) -> None:
    """Arrears of ``owed`` fen: due so far, what of it came in, and what did not."""
    due = contract.rent_year * dues_so_far(contract)
    assert 0 < owed <= due
    contract.values.update(due_fen=due, received_fen=due - owed, arrears_fen=owed)


def _owes_something(contract: Contract, random: Random) -> None:
    due = contract.rent_year * dues_so_far(contract)
    wanted = round(random.lognormvariate(0, 0.9) * 190_000) * 100 // 50_00 * 50_00
    owe(contract, min(due, max(wanted, 500_00)))
    contract.values["last_demand_on"] = _day_between(random, date(2024, 6, 1), date(2026, 8, 31)) if random.random() < 0.6 else None


def _owes_for_years(contract: Contract, random: Random) -> None:
    """So many years' rent that the oldest of it has been due since before March 2024, and no demand since."""
    owe(contract, contract.rent_year * random.randint(4, min(6, dues_so_far(contract))))
    contract.values.update(payment_mode="按年", last_demand_on=_day_between(random, date(2018, 3, 1), _LAW_AT_REST))


def _owes_since_it_ended(contract: Contract, random: Random) -> None:
    due = contract.rent_year * dues_so_far(contract)
    owe(contract, min(due, contract.rent_year * random.randint(1, 3)))
    contract.values.update(payment_mode="按年", last_demand_on=_day_between(random, date(2018, 3, 1), _LAW_AT_REST))


def _day_between(random: Random, first: date, last: date) -> str:
    return (first + timedelta(days=random.randrange((last - first).days))).isoformat()


def _rented(contract: Contract) -> bool:
    return (not contract.is_works and not contract.open_ended and contract.amount_fen is not None and not contract.rise_percent
            and contract.rent_year > 0 and dues_so_far(contract) >= 1)


def _rented_for_little(contract: Contract) -> bool:
    return _rented(contract) and contract.rent_year <= 4_500_000


_OWED = ("due_fen", "received_fen", "arrears_fen", "last_demand_on", "payment_mode", "prepaid_years", *RENT, "area_mu4")
_CLOCKED = "arrears_fen payment_mode last_demand_on starts_on ends_on rent_fen_per_year"
PAYMENT_FAULTS = (
    _fault("C15", YES, 11, "arrears_fen", _OWED, _rented, _owes_something),
    _fault("C15", YES, 9, "due_fen received_fen", _OWED, _rented, _owes_something),
    _fault("C16", DISPUTED, 40, _CLOCKED, (*_OWED, *TERM), also=(("C15", YES),), plant=_owes_for_years,
           fits=lambda c: _rented_for_little(c) and c.end >= date(2024, 6, 1) and c.start.year <= 2018
           and dues_so_far(c) >= 5 and c.years >= 5),
    _fault("C16", YES, 25, _CLOCKED, (*_OWED, *TERM), also=(("C15", YES),), plant=_owes_since_it_ended,
           fits=lambda c: _rented_for_little(c) and c.years >= 2 and c.end <= date(2023, 12, 31)),
    _fault("C09", YES, 4, "payment_mode starts_on ends_on", ("payment_mode", "prepaid_years", *TERM),
           lambda c: c.months >= 24 and not c.is_works, _says(payment_mode="一次性", prepaid_years=None)),
    _fault("C09", YES, 2, "prepaid_years", ("payment_mode", "prepaid_years"),
           lambda c: c.months >= 60 and not c.is_works, _says(prepaid_years=(2, 3, 5))),
    _fault("C08", YES, 16, "pricing_mode starts_on ends_on", ("pricing_mode", "escalation", *TERM),
           lambda c: c.months >= 84 and not c.is_works and not c.rise_percent and not c.open_ended, _says(pricing_mode="固定")),
)


# -- paper


def _mismeasure(contract: Contract, random: Random) -> None:
    change = random.choice((random.uniform(1.1, 1.5), random.uniform(1.08, 1.2), random.uniform(0.7, 0.9)))
    contract.values["measured_area_mu4"] = max(round(contract.area * change / 150), 1) * 150


def _leave_price_empty(contract: Contract, random: Random) -> None:
    contract.values.update(dict.fromkeys((*RENT, "escalation", "due_fen", "received_fen", "arrears_fen"), None))
    contract.amount_fen = None


def _has_body(contract: Contract) -> bool:
    return _land(contract) and contract.area >= 6000


def _receive_unbooked(contract: Contract, random: Random) -> None:
    due = contract.rent_year * dues_so_far(contract)
    contract.values.update(due_fen=due, received_fen=due, arrears_fen=None, booked=False)


def _sublet(contract: Contract, random: Random) -> None:
    """Told lately, or objected to in time: no silence of six months."""
    known = _day_between(random, date(2026, 5, 1), date(2026, 9, 1))
    contract.values.update(sublet=True, sublet_consent=False, sublet_known_on=random.choice((known, None)), objected_on=None)


def _sublet_in_silence(contract: Contract, random: Random) -> None:
    contract.values.update(sublet=True, sublet_consent=False, sublet_known_on=_day_between(random, date(2021, 6, 1), date(2025, 12, 31)),
                           objected_on=None)


def _lie_idle(contract: Contract, random: Random) -> None:
    contract.values.update(actual_use=random.choice(("撂荒", "闲置")), idle_since=_day_between(random, date(2020, 3, 1), date(2024, 6, 1)))


def _hold_back_the_deposit(contract: Contract, random: Random) -> None:
    deposit = random.randrange(10, 60) * 100_000
    contract.values.update(deposit_fen=deposit, deposit_received_fen=random.choice((0, deposit // 2)))


def _show_for(first: date, last: date, days: int) -> Callable[[Contract, Random], None]:
    """Shown from some day of a period, for so many days after the first."""
    def plant(contract: Contract, random: Random) -> None:
        begins = date.fromisoformat(_day_between(random, first, last))
        contract.values.update(shown=True, shown_from=begins.isoformat(), shown_to=(begins + timedelta(days=days)).isoformat())
    return plant


_UNFAIR = ("期满由发包方按原价回购地上物", "前三年免收租金", "发包方违约时赔偿承包方一切损失")
OPEN_TENDER_FEN = 500_000_00
"""From which total a contract since 2006 must be let openly, as 政策_演示.yaml has it."""
_SHOWN = "shown shown_from shown_to"
_USES_BAD = ("厂房", "仓储", "停车场", "餐饮", "砂石堆场", "居住")
_USES_ARGUED = ("苗木", "养殖鸡舍", "植树", "温室大棚", "果树", "水产")
PAPER_FAULTS = (
    _fault("C01", YES, 5, "form starts_on ends_on", ("form", "kind", "land_class", "object_class", *TERM),
           lambda c: c.months >= 24 and not c.is_works and not c.open_ended, _says(form="口头")),
    _fault("C10", YES, 7, "area_mu4 measured_area_mu4", (), _has_body, _mismeasure),
    _fault("C11", YES, 2, "land_class agreed_use", ("agreed_use", "actual_use", "object_class"), _land, _says(agreed_use=None)),
    _fault("C11", YES, 1.5, "land_class location", ("location", "object_class"), _land, _says(location=None)),
    _fault("C11", YES, 1.5, "lessor", ("lessor", "lessor_level"), _always, _says(lessor=None)),
    _fault("C11", YES, 1, "land_class area_mu4 total_fen", (*RENT, "area_mu4", "measured_area_mu4", "object_class"), _land,
           _says(area_mu4=None)),
    _fault("C11", YES, 0.6, "lessee rent_fen_per_year", (*_OWED, "in_kind", "escalation", "deposit_fen"),
           lambda c: _rented_for_little(c) and c.total is not None and c.total < 30_000_000, _leave_price_empty),
    _fault("C14", YES, 7, "ends_on occupied", ("occupied", *TERM, "parcel_code", "objected_on"),
           lambda c: c.end < AS_OF and not c.open_ended and not c.is_works, _says(occupied=True)),
    _fault("C17", YES, 4, "filing_no", (), _always, _says(filing_no="无")),
    _fault("C20", YES, 6, "land_class actual_use", ("agreed_use", "actual_use"), is_farmland, _says(actual_use=_USES_BAD)),
    _fault("C20", YES, 2, "land_class agreed_use", ("agreed_use", "actual_use"), is_farmland, _says(agreed_use=_USES_BAD)),
    _fault("C20", DISPUTED, 6, "land_class actual_use agreed_use", ("agreed_use", "actual_use"), is_farmland,
           _says(actual_use=_USES_ARGUED)),
    _fault("C21", YES, 3, "owner_level lessor_level", (), _land, _says(owner_level="组", lessor_level="村")),
    _fault("C22", YES, 4, "signatures_complete", (), _always, _says(signatures_complete=False)),
    _fault("C23", YES, 3, "lessee_is_officer_kin", (), lambda c: not c.party.is_firm, _says(lessee_is_officer_kin=True)),
    _fault("C25", YES, 2, "debt_offset", (), lambda c: not c.is_works,
           _says(debt_offset=("抵欠工程款", "抵修路款", "以地抵债", "抵拖欠工资"))),
    _fault("C13", YES, 30, "letting_mode total_fen signed_on starts_on", (*RENT, *TERM),
           lambda c: c.start.year >= 2006 and not c.is_works and not c.open_ended and (c.total or 0) >= OPEN_TENDER_FEN,
           _says(letting_mode="直接发包")),
    _fault("C18", YES, 22, "received_fen due_fen booked", _OWED, _rented, _receive_unbooked),
    _fault("C19", YES, 8, "sublet sublet_consent", ("sublet_known_on", "objected_on", "occupied"), lambda c: not c.is_works, _sublet),
    _fault("C19", DISPUTED, 14, "sublet sublet_consent sublet_known_on", ("objected_on", "occupied"), lambda c: not c.is_works, _sublet_in_silence),
    _fault("C24", YES, 6, "special_terms", (), lambda c: not c.is_works, _says(special_terms=_UNFAIR)),
    _fault("C26", YES, 90, "land_class actual_use idle_since", ("agreed_use", "object_class"),
           lambda c: c.business.land_class in AGRICULTURAL and c.end > AS_OF, _lie_idle),
    _fault("C28", YES, 10, "deposit_fen deposit_received_fen", (), lambda c: not c.is_works, _hold_back_the_deposit),
    _fault("C29", YES, 4, _SHOWN, (), _always, _says(shown=False, shown_from=None, shown_to=None)),
    _fault("C29", YES, 6, _SHOWN, (), _always, _show_for(date(2026, 1, 1), date(2026, 8, 1), 7)),
    _fault("C29", DISPUTED, 12, _SHOWN, (), _always, _show_for(date(2026, 1, 1), date(2026, 8, 1), 14)),
    _fault("C30", YES, 4, "original_held", (), _always, _says(original_held=False)),
)
AFTER_TERMS = (*VOTE_FAULTS, *PAYMENT_FAULTS, *PAPER_FAULTS)
