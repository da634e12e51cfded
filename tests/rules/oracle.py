"""The contract rules once more, in plain Python with real dates: what the engine must agree with, row by row.

Written from the domain text and the rules' docstrings, not from their expressions. A truth is True, False or None
(the ledger does not say). Numbers and word lists come from the same law files. Also the peer of the speed bench.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from mingbai.rules import Law
from mingbai.rules.law import Decision, Treatment

Row = Mapping[str, Any]
Truth = bool | None

YES, NO, CANNOT_TELL, DISPUTED = "yes", "no", "cannot_tell", "disputed"

CROPLAND = ("耕地", "机动地")
FARM_GROUND = (*CROPLAND, "四荒", "林地", "草地", "园地", "水面")
LAND = (*FARM_GROUND, "建设用地")
PRICES = ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen")
DATES = ("signed_on", "starts_on", "ends_on", "meeting_on", "objected_on", "last_demand_on", "sublet_known_on", "idle_since", "shown_from", "shown_to")

FIRST_VILLAGE_LAW = date(1998, 11, 4)
LAND_CONTRACT_LAW = date(2003, 3, 1)
ONE_DAY = timedelta(days=1)


# --- truths -----------------------------------------------------------------------------------------------------

def every(*truths: Truth) -> Truth:
    """And: one False decides, else one None leaves it open."""
    return False if False in truths else None if None in truths else True


def some(*truths: Truth) -> Truth:
    return True if True in truths else None if None in truths else False


def isnt(truth: Truth) -> Truth:
    return None if truth is None else not truth


def same(value: Any, word: Any) -> Truth:
    return None if value is None else value == word


def among(value: Any, words: Sequence[str]) -> Truth:
    return None if value is None else value in words


def less(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a < b


def answer(yes: Truth, disputed: Truth = False) -> str:
    """Disputed where the law can be read either way; an open question leaves the answer open unless one is certain."""
    if disputed:
        return DISPUTED
    if yes:
        return YES
    return CANNOT_TELL if yes is None or disputed is None else NO


# --- dates ------------------------------------------------------------------------------------------------------

def months_later(day: date, months: int) -> date:
    """The same day of month, or the month's last where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_last_of_month(day: date) -> bool:
    return (day + ONE_DAY).day == 1


def years_later(day: date, years: int) -> date:
    return months_later(day, years * 12)


# --- a contract, its derived facts and its neighbours -------------------------------------------------------------

@dataclass(slots=True)
class Likes:
    """Prices of one class of land in one decade."""

    prices: list[float] = field(default_factory=list)
    median: float = 0.0


@dataclass(slots=True, eq=False)
class Contract:
    """Governing date = signed, else start; missing start = signed; missing end = start + term (domain 1.9)."""

    row: Row
    law: Law
    today: date
    governing: date | None = None
    start: date | None = None
    end: date | None = None
    open_end: bool = False
    owed: int | None = None
    price: float | None = None
    plot: list[Contract] = field(default_factory=list)
    bargain: list[Contract] = field(default_factory=list)
    likes: Likes | None = None

    def __post_init__(self) -> None:
        row = self.row
        signed, starts, ends, term = (row.get(name) for name in ("signed_on", "starts_on", "ends_on", "term_months"))
        self.governing, self.start, self.end = signed or starts, starts or signed, ends
        if ends is None and self.start and term is not None:
            self.end = months_later(self.start, term)
        self.open_end = row.get("open_ended") is True and ends is None
        self.owed = row.get("arrears_fen")
        if self.owed is None and row.get("due_fen") is not None and row.get("received_fen") is not None:
            self.owed = row["due_fen"] - row["received_fen"]
        self.price = price_of_a_mu(self)

    def says(self, name: str) -> Any:
        return self.row.get(name)

    def number(self, name: str, day: date | None) -> Any:
        """What the law says on a day; None where it says nothing or the day is unknown."""
        version = self.law.parameters[name].on(day) if day else None
        return version.value if version else None

    def now(self, name: str) -> Any:
        return self.number(name, self.today)

    def longer_than(self, months: int | None) -> Truth:
        """Ending on the same day of month is not longer; the same for the day before (domain 1.9)."""
        if self.open_end:
            return True
        if months is None:
            return None
        if self.start and self.end:
            beyond = self.past(months_later(self.start, months))
            if beyond is not None:
                return beyond
        return less(months, self.says("term_months"))

    def past(self, limit: date) -> Truth:
        """Whether the end is beyond a day; open where only the unwritten days of 2003年5月至2023年5月 would make it so."""
        assert self.end is not None
        if self.start and self.says("ends_on") and self.start.day == 1 and self.start.month == self.end.month and is_last_of_month(self.end):
            least = self.end.replace(day=1)
            return True if least > limit else None if self.end > limit else False
        return self.end > limit

    def at_least(self, months: int | None) -> Truth:
        """Six months from 1 January are complete with 30 June."""
        if self.open_end:
            return True
        if months is None:
            return None
        if self.start and self.end:
            return self.end + ONE_DAY >= months_later(self.start, months)
        term = self.says("term_months")
        return None if term is None else term >= months

    @property
    def is_land(self) -> Truth:
        """Land or another resource. 其他 is land only when the object is called a resource."""
        land_class, object_class = self.says("land_class"), self.says("object_class")
        if land_class is None:
            return same(object_class, "资源")
        return bool(object_class == "资源" if land_class == "其他" else land_class in LAND)

    @property
    def is_farm_ground(self) -> Truth:
        """Ground under the land contract law. A resource of no named class may be 建设用地, which is not."""
        land_class, object_class = self.says("land_class"), self.says("object_class")
        if land_class not in (None, "其他"):
            return land_class in FARM_GROUND
        if object_class == "资源":
            return None
        return False if land_class == "其他" else same(object_class, "资源")

    @property
    def of_a_household(self) -> bool:
        """Household contracts are outside the clean-up (domain 1.3): a row is inside unless it says otherwise."""
        return bool(self.says("kind") == "家庭承包" or self.says("lessor_level") == "农户")


def price_of_a_mu(c: Contract) -> float | None:
    """Fen a mu a year: as stated, or from the year's rent, or from the total over the term."""
    stated, yearly, total, area = (c.says(name) for name in (*PRICES, "area_mu4"))
    if stated is not None:
        return float(stated)
    if not area:
        return None
    if yearly is not None:
        return float(yearly / (area / 10000))
    if total is None or c.start is None or c.end is None or c.end < c.start:
        return None
    return float(total / (area / 10000) / (((c.end - c.start).days + 1) / 365.2425))


# --- the rules ----------------------------------------------------------------------------------------------------

def c01_oral(c: Contract) -> str:
    """form ≠ written and (term ≥ 6 months or land); custody of up to a year is exempt (RLCL 40)."""
    oral = same(c.says("form"), "口头")
    half_year = c.at_least(c.number("written_form_months", c.governing))
    custody = every(same(c.says("kind"), "流转"), isnt(c.longer_than(c.number("custody_months", c.governing))))
    return answer(every(oral, some(c.is_land, half_year), isnt(custody)))


def c02_no_decision(c: Contract) -> str:
    """Land, resource or major, and none held, or votes below the rule of the meeting's date and body."""
    if c.of_a_household:
        return NO
    limit, total = c.now("major_contract_fen"), c.says("total_fen")
    major = False if limit is None else None if total is None else total >= limit
    matters = some(c.is_land, major)
    body, day = c.says("decision_body"), c.says("meeting_on") or c.governing
    if body == "无":
        return answer(matters)
    if body is None or day is None:
        return answer(every(matters, None))
    if day < FIRST_VILLAGE_LAW:
        return NO
    rule = decision_rule(c.law, body, day)
    if rule is None:
        return answer(matters)
    enough = every(reaches(c.says("present"), c.says("entitled"), rule.quorum),
                   reaches(c.says("votes_for"), c.says("entitled" if rule.of_entitled else "present"), rule.passes))
    # RCEO 28: representatives cannot decide land contracting; a major contract over a building they can
    argued = every(c.is_land, enough) if rule.argued else False
    return answer(every(matters, isnt(enough)), argued)


def decision_rule(law: Law, body: str, day: date) -> Decision | None:
    for rule in law.decisions:
        if rule.body == body and rule.since <= day and (rule.until is None or day <= rule.until):
            return rule
    return None


def reaches(part: int | None, whole: int | None, fraction: tuple[int, int, bool]) -> Truth:
    if part is None or whole is None:
        return None
    numerator, denominator, strict = fraction
    return part * denominator > whole * numerator if strict else part * denominator >= whole * numerator


def c03_outsider(c: Contract) -> str:
    """land ∧ outsider ∧ (for < ⅔ ∨ no approval), since 2003-03-01."""
    if c.says("lessor_level") == "农户":
        return NO
    votes, entitled = c.says("votes_for"), c.says("entitled")
    below = None if votes is None or entitled is None else votes * 3 < entitled * 2
    if c.says("decision_body") == "无":
        below = True  # none was held, so none was for it
    fault = some(below, same(c.says("township_approval_no"), "无"))
    since = None if c.governing is None else c.governing >= LAND_CONTRACT_LAW
    return answer(every(c.is_farm_ground, isnt(c.says("lessee_is_member")), since, fault))


def c04_lease(c: Contract) -> str:
    """A lease over 20 years, a renewed one counted from its renewal."""
    lease = same(c.says("kind"), "租赁")
    cap = c.number("lease_years", c.governing) or 20
    over = False if c.open_end else over_from_renewal(c, cap)
    capped = None if c.governing is None else c.governing >= c.law.parameters["lease_years"].versions[0].since
    wasteland = c.says("land_class") == "四荒"
    argued = some(c.open_end, every(over, some(isnt(capped), wasteland)))
    return answer(every(lease, over, capped), every(lease, argued))


def over_from_renewal(c: Contract, cap: int) -> Truth:
    words = "".join(c.says(name) or "" for name in ("title", "special_terms", "remark"))
    renewal = any(word in words for word in ("续签", "续租", "续订", "续包", "延包"))
    signed = c.says("signed_on")
    if renewal and signed and c.start and c.end and signed > c.start:
        beyond = c.past(years_later(signed, cap))
        return less(cap * 12, c.says("term_months")) if beyond is None else beyond
    over = c.longer_than(cap * 12)
    return None if renewal and signed is None and over else over  # when it was renewed is not known


def c05_beyond_second_round(c: Contract) -> str:
    """Household cropland transferred beyond the end of the second round, which the village sets."""
    last_day = c.now("second_round_end")
    since = None if c.governing is None else c.governing >= LAND_CONTRACT_LAW
    beyond = None if last_day is None else True if c.open_end else less(last_day, c.end)
    to_its_end = c.says("second_round_term") is True
    household_land = every(same(c.says("kind"), "流转"), same(c.says("land_class"), "耕地"))
    return answer(every(household_land, since, beyond, not to_its_end))


def c06_land_term(c: Contract) -> str:
    """四荒, forest, grass beyond the cap of the governing date (no cap then: no), unless the place accepts the term."""
    caps = {"四荒": "wasteland_years", "林地": "forest_years", "草地": "grass_years"}
    beyond: list[Truth] = []
    for land_class, name in caps.items():
        cap = c.number(name, c.governing)
        over = None if c.governing is None else False if cap is None else c.longer_than(cap * 12)
        beyond.append(every(same(c.says("land_class"), land_class), over))
    return answer(every(some(*beyond), isnt(accepted(c))))


def accepted(c: Contract) -> Truth:
    """Whether the place's decision table lets the term stand (domain 1.6); open when a fact it asks for is missing."""
    standing: Truth = False
    for line in c.law.treatments:
        fit = fits(c, line)
        if fit:
            standing = line.accepted
        elif fit is None and standing != line.accepted:
            standing = None
    return standing


def fits(c: Contract, line: Treatment) -> Truth:
    parts = [same(c.says("land_class"), line.land_class)]
    if line.signed_before:
        parts.append(less(c.governing, line.signed_before))
    if line.signed_from:
        parts.append(isnt(less(c.governing, line.signed_from)))
    if line.over_years is not None:
        parts.append(c.past(years_later(c.start, line.over_years)) if c.start and c.end else None)
    if line.up_to_years is not None:
        parts.append(isnt(c.past(years_later(c.start, line.up_to_years)) if c.start and c.end else None))
    if line.payment:
        parts.append(same(c.says("payment_mode"), line.payment))
    return every(*parts)


def c07_cheap(c: Contract) -> str:
    """Below the local floor, or below half the median of the same class and decade, of which there must be five."""
    land_class = c.says("land_class")
    floor = (c.now("price_floor_fen") or {}).get(land_class)
    below: Truth = None
    if c.price is not None and c.likes and len(c.likes.prices) >= c.now("comparables_min"):
        below = c.price * 100 < c.likes.median * c.now("cheap_percent")
    if floor is not None:
        below = some(less(c.price, floor), below or False)
    return answer(every(among(land_class, LAND), below))


def c08_never_adjusted(c: Contract) -> str:
    """Longer than five years at a price the ledger says is fixed."""
    mode, clause = c.says("pricing_mode"), c.says("escalation")
    if mode in ("递增", "分段", "分成") or clause not in (None, "无"):
        fixed: Truth = False
    else:
        fixed = True if mode == "固定" or clause == "无" else None
    return answer(every(c.longer_than(c.now("unadjusted_years") * 12), fixed))


def c09_prepaid(c: Contract) -> str:
    """More than a year's rent at once; 一次性 without a number of years is the whole term."""
    limit, years = c.now("prepaid_years"), c.says("prepaid_years")
    if years is not None:
        return answer(years > limit)
    return answer(every(same(c.says("payment_mode"), "一次性"), c.longer_than(limit * 12)))


def c10_area(c: Contract) -> str:
    contracted, measured = c.says("area_mu4"), c.says("measured_area_mu4")
    if contracted is None or measured is None:
        return CANNOT_TELL
    return answer(abs(measured - contracted) * 100 > contracted * c.now("area_tolerance_percent"))


def c11_incomplete(c: Contract) -> str:
    """A clause left empty under a present heading. An absent heading says nothing, an unread cell says something."""
    missing = [clause_missing(c, ("lessor",)), clause_missing(c, ("lessee",)), clause_missing(c, (*PRICES, "in_kind"))]
    term_said = c.end is not None or c.open_end or c.says("second_round_term") is True
    missing.append(False if term_said else clause_missing(c, ("ends_on", "term_months")))
    missing += [every(c.is_land, clause_missing(c, (name,))) for name in ("location", "area_mu4", "agreed_use")]
    return answer(some(*missing))


def clause_missing(c: Contract, names: tuple[str, ...]) -> Truth:
    headings, doubtful = c.says("_headings") or "", c.says("_doubtful") or ""
    there = [name for name in names if f"|{name}|" in headings]
    if any(c.says(name) is not None for name in names) or any(f"|{name}|" in doubtful for name in there):
        return False
    return True if there else None


def c12_let_twice(c: Contract) -> str:
    """Different people on one plot at one time; handing over on the same day is no overlap."""
    if c.says("parcel_code") is None:
        return CANNOT_TELL
    return answer(some(*(every(overlap(c, other), another_person(c, other)) for other in c.plot if other is not c)))


def overlap(a: Contract, b: Contract) -> Truth:
    return every(begins_before_end(a, b), begins_before_end(b, a))


def begins_before_end(a: Contract, b: Contract) -> Truth:
    if a.start and b.end and same_month_handover(a.start, b.end):
        return None
    return True if b.open_end and b.end is None and a.start else less(a.start, b.end)


def same_month_handover(start: date, end: date) -> bool:
    """One ends in March 2020, the next begins in March 2020: no days are written, no overlap is sure."""
    return start.day == 1 and is_last_of_month(end) and (start.year, start.month) == (end.year, end.month)


def another_person(a: Contract, b: Contract) -> Truth:
    mine, theirs = a.says("lessee"), b.says("lessee")
    return None if mine is None or theirs is None else mine != theirs


def c13_no_tender(c: Contract) -> str:
    """over threshold of the place ∧ mode = direct; the stated total, else the year's rent over the term"""
    price: float | None = c.says("total_fen")
    rent = c.says("rent_fen_per_year")
    if price is None and rent is not None and c.start and c.end and c.end >= c.start:
        price = rent * (((c.end - c.start).days + 1) / 365.2425)
    limit = c.number("open_tender_fen", c.governing)
    over = None if price is None or limit is None else price >= limit
    return answer(every(same(c.says("letting_mode"), "直接发包"), over))


def c14_expired(c: Contract) -> str:
    """end < today ∧ occupied ∧ no later contract of the same lessee on the plot; 长期 has no end to pass."""
    passed = False if c.open_end and c.end is None else less(c.end, c.today)
    renewed: Truth = False
    if c.says("parcel_code") is not None and c.end is not None:
        end = c.end
        later = [other for other in c.plot if other is not c and other.start and (other.start >= end or same_month_handover(other.start, end))]
        renewed = some(*(isnt(another_person(c, other)) for other in later))
    return answer(every(passed, c.says("occupied"), isnt(renewed)))


def c15_arrears(c: Contract) -> str:
    return CANNOT_TELL if c.owed is None else answer(c.owed > 0)


def c16_limitation(c: Contract) -> str:
    """limitation_end − today < 180 d, or passed; on the readings of rent (1 or 2 years of old) and of the instalments
    (each alone, or all from the last). They agree: that; they differ: disputed (domain 2.1, 3.3)."""
    if c.owed is not None and c.owed <= 0:
        return NO
    due = oldest_unpaid_due(c)
    if c.owed is None or due is None:
        return CANNOT_TELL
    horizon = c.today + timedelta(days=c.now("limitation_warning_days"))
    names = ("limitation_years_rent", "limitation_years_general")
    ends = [limitation_end(c, name, due) for name in names]
    if all(end is not None and end >= horizon for end in ends):
        return NO
    demand = c.says("last_demand_on")
    if demand is None:
        return CANNOT_TELL  # a demand may have restarted it
    readings = [late(c, name, due, demand, horizon) for name in names]
    if c.says("payment_mode") == "按年" and c.open_end:
        readings.append(False)  # the last instalment is not in sight
    elif c.says("payment_mode") == "按年":
        readings += [late(c, name, c.end, demand, horizon) for name in names]
    if True in readings and False in readings:
        return DISPUTED
    return CANNOT_TELL if None in readings else YES if True in readings else NO


def oldest_unpaid_due(c: Contract) -> date | None:
    """Payments cover the oldest dues (CC 560); a year's rent is due when the year is full (721), a one-off at once."""
    if c.owed is None or c.start is None:
        return None
    if c.says("payment_mode") == "一次性":
        return c.start
    rent, per_mu, area = c.says("rent_fen_per_year"), c.says("rent_fen_per_mu_year"), c.says("area_mu4")
    rent4 = rent * 10000 if rent is not None else None if per_mu is None or area is None else per_mu * area
    if c.says("payment_mode") != "按年" or not rent4 or (c.end is None and not c.open_end):
        return None
    until = c.today if c.end is None else min(c.end, c.today)
    fallen = 0
    while last_day_of_year(c.start, fallen + 1) <= until:
        fallen += 1
    unpaid = -(-c.owed * 10000 // rent4)
    return last_day_of_year(c.start, max(fallen - unpaid + 1, 1))


def last_day_of_year(start: date, number: int) -> date:
    """The eve of the anniversary; of a year from 29 February to a February of 28 days, the 28th."""
    anniversary = years_later(start, number)
    return anniversary - ONE_DAY if anniversary.day == start.day else anniversary


def limitation_end(c: Contract, name: str, due: date) -> date | None:
    years = c.number(name, due)
    return None if years is None else years_later(due, years)


def late(c: Contract, name: str, due: date | None, demand: date, horizon: date) -> Truth:
    """Whether the limitation ends before the horizon, a demand counted. What had run out before the demand stays out
    (domain 2.1), unless an earlier demand, of which the ledger says nothing, had kept it alive: open."""
    end = limitation_end(c, name, due) if due else None
    if due is None or end is None or demand <= due:
        return less(end, horizon)
    anew = limitation_end(c, name, demand)
    return True if less(anew, horizon) else False if demand <= end else None


def c17_not_filed(c: Contract) -> str:
    return answer(same(c.says("filing_no"), "无"))


def c18_not_booked(c: Contract) -> str:
    """received, and booked says no or, where it says nothing, the voucher number is 无"""
    unbooked = isnt(c.says("booked")) if c.says("booked") is not None else same(c.says("voucher_no"), "无")
    return answer(every(less(0, c.says("received_fen")), unbooked))


def c19_sublet(c: Contract) -> str:
    """user ≠ lessee ∧ no consent; six months of silence after knowing = consent (CC 718, from 2021) → disputed"""
    sublet, user, lessee = c.says("sublet"), c.says("actual_user"), c.says("lessee")
    if sublet is None and user is not None:
        himself = user in ("本人", "自用", "自己", "承包人本人", "同承包方")
        sublet = False if himself else None if lessee is None else user != lessee
    refused = every(sublet, isnt(c.says("sublet_consent")))
    known = c.says("sublet_known_on")
    months = c.number("sublet_silence_months", known)
    over = months_later(known, months) if known and months else None
    objected = c.says("objected_on")
    silent = over is not None and over < c.today and not (objected is not None and known <= objected <= over)
    return answer(refused, refused is True and silent)


def c20_use(c: Contract) -> str:
    """Farmland and a non-farm use, agreed or actual; sheds, ponds, trees are argued; unknown words say nothing."""
    cropland = among(c.says("land_class"), CROPLAND)
    agreed, actual = (use_of(c.law, c.says(name)) for name in ("agreed_use", "actual_use"))
    non_farm = some(same(agreed, "non_farm"), same(actual, "non_farm"))
    argued = "argued" in (agreed, actual) and non_farm is not True
    return answer(every(cropland, non_farm), every(cropland, argued))


def use_of(law: Law, words: str | None) -> str | None:
    for name in ("non_farm", "argued", "farm"):
        if words and any(word in allowed(words) for word in law.uses[name]):
            return name
    return None


def allowed(words: str) -> str:
    """What is left of a use when the clauses that forbid something are taken out."""
    denials = ("禁止", "严禁", "不得", "不准", "不许", "不可", "不能", "不建", "不用于", "不作", "不搞", "非居住", "非住宅", "非经营性建设")
    kept = []
    for clause in re.split("[，,。；;]", words):
        at = min((clause.find(word) for word in denials if word in clause), default=len(clause))
        kept.append(clause[:at])
    return "，".join(kept)


def c21_lessor(c: Contract) -> str:
    levels = ("乡镇", "村", "组")
    owner, lessor = c.says("owner_level"), c.says("lessor_level")
    return answer(every(among(owner, levels), among(lessor, levels), isnt(same(owner, lessor) if lessor else None)))


def c22_unsigned(c: Contract) -> str:
    return answer(isnt(c.says("signatures_complete")))


def c23_kin(c: Contract) -> str:
    return answer(c.says("lessee_is_officer_kin"))


def c24_unfair(c: Contract) -> str:
    """buy-back, open-ended compensation, no rent, > 30 % penalty; what is known decides"""
    terms, percent, line = c.says("special_terms"), c.says("penalty_percent"), c.now("penalty_percent")
    marked = None if terms is None else any(word in allowed(terms) for words in c.law.clauses.values() for word in words)
    return answer(known_or(marked, less(line, percent)))


def known_or(*truths: Truth) -> Truth:
    known = [truth for truth in truths if truth is not None]
    return any(known) if known else None


def c25_for_debt(c: Contract) -> str:
    return answer(isnt(same(c.says("debt_offset"), "无")))


def c26_idle(c: Contract) -> str:
    """farm ground idle ≥ 2 y; a use that is not idleness says no, idleness without its first day says nothing"""
    months, since, use = c.now("idle_months"), c.says("idle_since"), c.says("actual_use")
    if months is None:
        return CANNOT_TELL
    if since is not None:
        idle: Truth = months_later(since, months) <= c.today
    else:
        idle = False if use is not None and not any(word in use for word in c.law.uses["idle"]) else None
    return answer(every(c.is_farm_ground, idle))


def c27_two_texts(c: Contract) -> str:
    """The same lessee, object and start twice with different prices."""
    if c.says("lessee") is None or subject(c) is None or c.start is None:
        return CANNOT_TELL
    return answer(any(len({each.says(name) for each in c.bargain} - {None}) > 1 for name in PRICES))


def subject(c: Contract) -> str | None:
    for name in ("parcel_code", "location", "title"):
        if c.says(name) is not None:
            return str(c.says(name))
    return None


def c28_security(c: Contract) -> str:
    """clause vs receipt, of the deposit and of the penalty"""
    return answer(known_or(less(c.says("deposit_received_fen"), c.says("deposit_fen")), less(c.says("penalty_received_fen"), c.says("penalty_due_fen"))))


def c29_shown(c: Contract) -> str:
    """days < rule of the first day; that day does not count (CC 201), and days that are enough only with it are argued"""
    first, last = c.says("shown_from"), c.says("shown_to")
    asked = c.number("display_days", first)
    if first is None or last is None or asked is None:
        return answer(True if c.says("shown") is False else None)
    days = (last - first).days
    return answer(days + 1 < asked, days + 1 == asked)


def c30_no_original(c: Contract) -> str:
    return answer(isnt(c.says("original_held")))


RULES: dict[str, Callable[[Contract], str]] = {
    "C01": c01_oral, "C02": c02_no_decision, "C03": c03_outsider, "C04": c04_lease, "C05": c05_beyond_second_round,
    "C06": c06_land_term, "C07": c07_cheap, "C08": c08_never_adjusted, "C09": c09_prepaid, "C10": c10_area,
    "C11": c11_incomplete, "C12": c12_let_twice, "C13": c13_no_tender, "C14": c14_expired, "C15": c15_arrears, "C16": c16_limitation,
    "C17": c17_not_filed, "C18": c18_not_booked, "C19": c19_sublet, "C20": c20_use, "C21": c21_lessor, "C22": c22_unsigned, "C23": c23_kin, "C24": c24_unfair,
    "C25": c25_for_debt, "C26": c26_idle, "C27": c27_two_texts, "C28": c28_security, "C29": c29_shown, "C30": c30_no_original,
}


def judge_rows(rows: Sequence[Row], law: Law, as_of: date) -> list[dict[str, str]]:
    """Every rule on every row. Rows are typed (fen, mu4, months) with dates as :class:`datetime.date`."""
    contracts = [Contract(row, law, as_of) for row in rows]
    meet(contracts)
    return [{rule: test(contract) for rule, test in RULES.items()} for contract in contracts]


def meet(contracts: Sequence[Contract]) -> None:
    """Introduce each contract to those on its plot, of its bargain, and of its class and decade."""
    plots: dict[Any, list[Contract]] = defaultdict(list)
    bargains: dict[Any, list[Contract]] = defaultdict(list)
    likes: dict[Any, Likes] = defaultdict(Likes)
    for c in contracts:
        file, parcel, lessee, land_class = (c.says(name) for name in ("_file", "parcel_code", "lessee", "land_class"))
        if parcel is not None:
            plots[file, parcel].append(c)
            c.plot = plots[file, parcel]
        key = (file, lessee, subject(c), None if parcel is not None else c.says("area_mu4"), c.start)
        bargains[key].append(c)
        c.bargain = bargains[key]
        if land_class is not None and c.governing is not None:
            c.likes = likes[land_class, c.governing.year // 10]
            if c.price is not None:
                c.likes.prices.append(c.price)
    for like in likes.values():
        like.median = median(like.prices) if like.prices else 0.0


def with_dates(row: Row) -> dict[str, Any]:
    """A row whose dates are ISO text, as the reader gives them, with real dates."""
    return {name: date.fromisoformat(value) if name in DATES and value else value for name, value in row.items()}
