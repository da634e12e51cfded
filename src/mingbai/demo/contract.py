"""A contract of the demo as it truly is, before a clerk writes it down: every value typed, every fault on purpose.

As drawn it has no fault: dates keep clear of the days on which the law changed, prices stay near their class's
price of the decade, votes pass by the strictest rule. ``faults`` then breaks one thing at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from mingbai.columns import Stored
from mingbai.demo.businesses import AGRICULTURAL, FARMLAND, TOTAL_ONLY, Business
from mingbai.demo.district import Collective
from mingbai.demo.people import Party, firm, person
from mingbai.dues.anniversaries import ONE_DAY, add_months

AS_OF = date(2026, 9, 30)
SECOND_ROUND_END = date(2028, 12, 31)
WHOLE = 1500
"""Areas are whole multiples of 0.15 mu, which is 100 m²: exact in mu, m² and hectares, and so are their rents."""
_CHANGES = ((1993, 11, 1994, 6), (1998, 9, 1999, 3), (1999, 8, 2000, 3), (2002, 12, 2003, 6), (2025, 3, 2025, 9))
"""Around these months the law changed; no contract of the demo begins in them, so that no date is a close call."""
_LARGEST = 4.0
"""Times the median area of its business."""
_ERAS = (1991, 2000, 2010, 2020)
_MEMBERS_MEETING = date(2025, 5, 1)


@dataclass(slots=True)
class Contract:
    """``values`` are the register's columns; ``planted`` what a checker must find; ``locked`` the columns that rests
    on, which nothing else may disturb."""

    business: Business
    group: int
    party: Party
    start: date
    months: int
    values: dict[str, Stored] = field(default_factory=dict)
    price: int = 0
    """Yuan a mu a year; of equipment, yuan a year."""
    area: int = 0
    to_anniversary: bool = False
    """Ends on the anniversary itself rather than on its eve: both are whole years."""
    open_ended: bool = False
    rise_percent: int = 0
    """Every five years."""
    total: int | None = None
    """Set from outside for works; for lettings the sum of the years."""
    amount_fen: int | None = None
    weight: float = 0.0
    """Of works: the share in what the lettings leave of the total."""
    planted: set[tuple[str, str]] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)

    @property
    def is_works(self) -> bool:
        return self.business.object_class in TOTAL_ONLY

    @property
    def years(self) -> int:
        return self.months // 12

    @property
    def end(self) -> date:
        anniversary = add_months(self.start, self.months)
        return anniversary if self.to_anniversary else anniversary - ONE_DAY

    @property
    def rent_year(self) -> int:
        """Fen of the first year."""
        if not self.business.mu:
            return self.price * 100
        fen, rest = divmod(self.price * 100 * self.area, 10_000)
        assert rest == 0, "areas and prices are chosen to give whole fen"
        return fen

    def settle(self, columns: Collection[str]) -> None:
        """Writes dates and money into ``values`` as a ledger with these columns would say them."""
        said = self.values
        said["starts_on"] = self.start.isoformat()
        said["term_months"] = None if self.open_ended else self.months
        said["ends_on"] = None if self.open_ended else self.end.isoformat()
        said["open_ended"] = True if self.open_ended else None
        if self.business.mu:
            said["area_mu4"] = self.area
        if self.is_works:
            said["total_fen"] = self.amount_fen = self.total
            return
        if self.business.mu and self.business.is_land:
            said["rent_fen_per_mu_year"] = self.price * 100
        said["rent_fen_per_year"] = self.rent_year
        rises = self.rise_percent if {"total_fen", "escalation"} <= set(columns) else 0
        said["escalation"] = f"每5年递增{rises}%" if rises else None
        self.total = self._sum(rises)
        said["total_fen"] = self.total
        self.amount_fen = self.total if "total_fen" in columns or not self.open_ended else None

    def _sum(self, percent: int) -> int:
        total, rent = 0, self.rent_year
        for year in range(self.years):
            if percent and year and year % 5 == 0:
                rent = (rent * (100 + percent) + 50) // 100
            total += rent
        return total

    def rests_on(self, columns: Collection[str]) -> set[str]:
        """The columns that the contract's amount is computed from."""
        if "total_fen" in columns and self.values.get("total_fen") is not None:
            return {"total_fen"}
        rent = {"rent_fen_per_year"} if "rent_fen_per_year" in columns else {"rent_fen_per_mu_year", "area_mu4"}
        return rent | {"starts_on", "ends_on", "term_months", "period"}


def begins_well(start: date) -> bool:
    """Whether a contract may begin on this day: the law was at rest around it."""
    month = (start.year, start.month)
    return all(not (y1, m1) <= month <= (y2, m2) for y1, m1, y2, m2 in _CHANGES) and start <= AS_OF - timedelta(days=40)


def draw_start(random: Random, first: int = 1991, last: int = 2026) -> date:
    while True:
        if random.random() < 0.07 and last == 2026:
            first = 2025  # something of the law now in force
        year = min(int(random.triangular(first, last + 1, max(2014, first))), last)
        start = date(year, random.randint(1, 12), 1 if random.random() < 0.6 else random.randint(2, 28))
        if begins_well(start):
            return start


def price_near(random: Random, business: Business, start: date, low: float = 0.8, high: float = 1.2) -> int:
    """Yuan a mu a year, within a fifth of the price of the class in the decade."""
    if not business.mu:
        return random.randrange(1500, 18_000, 100)
    base = business.prices[max(place for place, year in enumerate(_ERAS) if start.year >= year)]
    step = business.step
    least, most = -(-int(base * low) // step), max(int(base * high) // step, -(-int(base * low) // step))
    return random.randint(least, most) * step


def draw(
    random: Random, home: Collective, business: Business, taken: set[str], *, start: date | None = None, number: int = 1
) -> Contract:
    """A contract without fault. ``start`` None: any day at which the law was at rest."""
    begins = start or draw_start(random)
    low, high = business.years
    years = min(random.randint(low, high), random.randint(low, high) + 2) if high > 5 else random.randint(low, high)
    years = max(low, min(years, high))
    if business.land_class == "耕地":
        while begins.year > 2026 or (start is None and begins.year > 2025):
            begins = draw_start(random)
        years = max(1, min(years, SECOND_ROUND_END.year - begins.year))
    member = (
        random.random() < (0.8 if business.land_class in AGRICULTURAL else 0.35) and business.object_class != "工程"
    )
    party = (
        person(random, taken)
        if member or (random.random() < 0.45 and business.object_class not in TOTAL_ONLY)
        else firm(random, taken)
    )
    contract = Contract(business, random.randint(1, 4), party, begins, years * 12)
    contract.price = price_near(random, business, begins)
    if business.mu:
        contract.area = (
            max(1, round(min(random.lognormvariate(0, business.spread), _LARGEST) * business.mu / 0.15)) * WHOLE
        )
    contract.to_anniversary = random.random() < 0.12 and business.land_class != "耕地"
    contract.rise_percent = random.choice((5, 8, 10)) if years > 5 and random.random() < 0.4 else 0
    contract.weight = random.lognormvariate(0, 0.8)
    _say(random, home, contract, member=member and not party.is_firm, number=number)
    _decide(random, contract)
    return contract


def _say(random: Random, home: Collective, contract: Contract, *, member: bool, number: int) -> None:
    """Everything a register says of a contract but its dates and money."""
    business, start = contract.business, contract.start
    level = random.choice(("村", "村", "村", "组"))
    place = random.choice("东西南北") + random.choice(
        ("河滩", "沟口", "坪上", "大路边", "塬头", "桥头", "后坡", "渠边")
    )
    lessor = (
        f"{home.village}股份经济合作社"
        if level == "村"
        else f"{home.village}第{'一二三四'[contract.group - 1]}村民小组"
    )
    object_word = random.choice(business.words)
    verb = "租赁" if "租赁" in business.name else "" if contract.is_works else "承包"
    contract.values.update(
        contract_no=f"{home.name}合〔{start.year}〕{number}号",
        title=f"村{place}{object_word}{verb}合同",
        lessor=lessor,
        lessor_level=level,
        owner_level=level,
        lessee=contract.party.name,
        lessee_id_no=contract.party.identity,
        phone=contract.party.phone if random.random() < 0.9 else None,
        lessee_is_member=member,
        lessee_is_officer_kin=random.choice((False, False, None)),
        kind=random.choice(business.kinds),
        form="书面",
        object_class=business.object_class,
        land_class=business.land_class,
        original_held=random.choice((True, True, None)),
        signatures_complete=random.choice((True, True, None)),
        debt_offset=random.choice(("无", None, None)),
        signed_on=_signed(random, start).isoformat(),
        filing_no=random.choice((f"万农备{start.year}第{number:03d}号", None)),
        letting_mode=_mode(random, start),
        occupied=False if contract.end < AS_OF else None,
        pricing_mode=_pricing(random, contract),
        payment_mode=_payment(random, contract),
        deposit_fen=random.choice((None, None, random.randrange(2, 60) * 100_000)),
        sublet=random.choice((False, None)),
        remark=random.choice((None, None, None, "已实地核实", "资料待整理")),
    )
    _file(Random(f"{home.code}/{number}/归档"), contract)
    if business.mu:
        contract.values.update(location=f"村{place}", bounds=_bounds(random))
        contract.values["parcel_code"] = f"{home.code}JD{number:05d}"
        contract.values["measured_area_mu4"] = contract.area
    if business.uses:
        contract.values["agreed_use"] = use = random.choice(business.uses)
        contract.values["actual_use"] = random.choice((use, use, None))
    farm = business.land_class in AGRICULTURAL
    if not member and (farm or business.is_land):
        contract.values["township_approval_no"] = f"万街批{start.year}第{random.randint(3, 190)}号"
    elif member:
        contract.values["township_approval_no"] = random.choice((None, None, "无"))


def _file(random: Random, contract: Contract) -> None:
    """What a careful clerk notes beside the contract: the deposit came in, the rent was booked, the sheet hung long enough."""
    shown_from = contract.start + timedelta(days=random.randint(1, 30))
    shown_to = shown_from + timedelta(days=random.randint(15, 25))
    hung = random.random() < 0.5 and shown_to <= AS_OF
    contract.values.update(
        deposit_received_fen=contract.values["deposit_fen"],
        booked=random.choice((True, None)),
        shown=True if hung else None,
        shown_from=shown_from.isoformat() if hung else None,
        shown_to=shown_to.isoformat() if hung else None,
        special_terms=random.choice((None, None, "同等条件下本集体成员优先", "不得改变用途、不得回购")),
    )


def resize(contract: Contract, factor: float) -> None:
    """Scales the area of built ground; what was measured goes with it."""
    contract.area = max(1, round(contract.area * factor / WHOLE)) * WHOLE


def measure(random: Random, contract: Contract, columns: Collection[str]) -> None:
    """The measured area, within four in a hundred of the contracted one, or right at the tolerance of five."""
    if "measured_area_mu4" not in columns or not contract.area:
        return
    near = round(contract.area * random.choice((1, 1, 1, random.uniform(0.965, 1.035))) / 150) * 150
    limit, rest = divmod(contract.area * 105, 100)
    contract.values["measured_area_mu4"] = limit if not rest and limit % 150 == 0 and random.random() < 0.05 else near
    if abs(near - contract.area) * 100 > contract.area * 5:
        contract.values["measured_area_mu4"] = contract.area


def _signed(random: Random, start: date) -> date:
    signed = start - timedelta(days=random.choice((0, 0, 0, random.randint(1, 40))))
    return signed if signed.year // 10 == start.year // 10 else start


def _mode(random: Random, start: date) -> str | None:
    return random.choice((None, "公开协商", "招标" if start.year > 2005 else "公开协商", "公开协商"))


def _pricing(random: Random, contract: Contract) -> str | None:
    if contract.is_works:
        return None
    return random.choice(("递增", "分段", None)) if contract.months > 60 else random.choice(("固定", "固定", None))


def _payment(random: Random, contract: Contract) -> str:
    if contract.months <= 12:
        return random.choice(("一次性", "按季", "按年"))
    return "分期" if contract.is_works else random.choice(("按年", "按年", "按年", "按年", "半年"))


def _bounds(random: Random) -> str:
    edges = ("路", "沟", "渠", "坡", "河", "村道", "石堰", "林带")
    return ",".join(f"{side}至{random.choice(edges)}" for side in "东南西北")


def _decide(random: Random, contract: Contract) -> None:
    """A meeting whose vote passes by the rule of its day, whichever body the law of the day asks for."""
    signed = date.fromisoformat(str(contract.values["signed_on"]))
    meeting = signed - timedelta(days=random.randint(3, 30))
    if not contract.business.is_land and random.random() < 0.6:
        contract.values.update(decision_body="两委会议" if random.random() < 0.7 else None)
        return
    if meeting >= _MEMBERS_MEETING:
        body, entitled = "成员大会", random.randint(150, 900)
    else:
        body, entitled = random.choice(
            (
                ("代表会议", random.randint(25, 60)),
                ("代表会议", random.randint(25, 60)),
                ("四议两公开", random.randint(25, 60)),
                ("村民会议", random.randint(150, 900)),
            )
        )
    present = random.randint(-(-entitled * 4 // 5), entitled)
    contract.values.update(
        decision_body=body,
        meeting_on=meeting.isoformat(),
        entitled=entitled,
        present=present,
        votes_for=random.randint(-(-entitled * 7 // 10), present),
    )


def is_farmland(contract: Contract) -> bool:
    return contract.business.land_class in FARMLAND
