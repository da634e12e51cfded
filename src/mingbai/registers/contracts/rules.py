"""The rules of the contract register: the irregular-contract catalogue of the clean-up (C01 … C30).

Each function answers one question about a row; what the law of the row's day says comes from ``law.yaml``. A flag
advises, a person decides: the words say "suspected, because", and only a court can say more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import narwhals as nw

from mingbai.registers.contracts.words import (
    DENIED,
    amount,
    approval,
    area,
    argued_decision,
    as_date,
    clock,
    compared,
    lacking_terms,
    lease_readings,
    objection,
    shown_span,
    span,
    undecided,
    unfair_terms,
    unpaid_security,
    used_by,
    uses,
    votes,
    weighs_against_undoing,
)
from mingbai.rules import Answer, Facts, Rulebook
from mingbai.rules.rule import Spell, day_number, next_day, real_day, same_day, spells, within, ymd
from mingbai.units.goods import PRICED
from mingbai.units.wording import CHAINED, joined, phrase

RULEBOOK = Rulebook("contracts")
rule = RULEBOOK.rule
RULEBOOK.weighing(weighs_against_undoing)

FARMLAND = ("耕地", "机动地")
AGRICULTURAL = (*FARMLAND, "四荒", "林地", "草地", "园地", "水面")
LAND = (*AGRICULTURAL, "建设用地")
RENEWED = "续签|续租|续订|续包|延包"
FAR = 99991231
"""Where no end is in sight; for comparing only, never shown."""
WIDEST = 9e18
"""Products beyond are left unknown: some engines wrap them silently, others stop."""
CROWD = 200
YEAR = 10000
"""One year in yyyymmdd arithmetic: the same calendar day a year later."""

CHECKLIST = ("lessor", "lessee")
LAND_CHECKLIST = ("location", "area_mu4", "agreed_use")
SIGNED = ("signed_on", "starts_on")
BEGINS = ("starts_on", "signed_on")
ENDS = ("ends_on", "term_months", "open_ended")
PRICE = ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen")
OBJECT = ("land_class", "object_class")
CLAUSES = (*CHECKLIST, *LAND_CHECKLIST, *PRICE, "in_kind", "ends_on", "term_months")


@RULEBOOK.facts
def dates(f: Facts) -> Mapping[str, nw.Expr]:
    """Governing date = signed, else start; a missing start is the signing. What was renewed is a term of its own day, and
    a price agreed anew a price of its own."""
    start = nw.coalesce(f.starts_on, f.signed_on)
    governing = nw.coalesce(f.signed_on, f.starts_on)
    return {
        "governing": governing,
        "termed": nw.coalesce(f.renewed_on, governing),
        "priced": nw.coalesce(f.priced_on, governing),
        "start": start,
        "term_end": same_day(start, f.term_months),
        "open_end": f.open_ended.fill_null(False) & f.ends_on.is_null(),
        "subject": nw.coalesce(f.parcel_code, f.location, f.title),
        "subject_area": nw.when(f.parcel_code.is_null()).then(f.area_mu4),
    }


@RULEBOOK.facts
def ends(f: Facts) -> Mapping[str, nw.Expr]:
    """A missing end is start + term."""
    return {"end": nw.coalesce(f.ends_on, real_day(f.term_end)), "era": f.priced // (10 * YEAR)}


@RULEBOOK.facts
def spans(f: Facts) -> Mapping[str, nw.Expr]:
    """How long it runs."""
    endless = f.open_end & f.end.is_null()
    return {
        "after": next_day(f.end),
        "endless": endless,
        "far_end": nw.when(endless).then(nw.lit(FAR)).otherwise(f.end),
        "days": day_number(f.end) - day_number(f.start) + 1,
    }


@RULEBOOK.facts
def months(f: Facts) -> Mapping[str, nw.Expr]:
    """Where the ledger gives months and no days: an end that is a month's last day, and the end not counting that month.

    From the first of a month to the last of the same month: “2003年5月至2023年5月”. Twenty years or twenty years and a
    month? Nobody is accused of that month.
    """
    first = nw.when(f.after % 100 == 1).then(f.end - f.end % 100 + 1)
    by_month = ~f.ends_on.is_null() & (f.start % 100 == 1) & (f.start // 100 % 100 == f.end // 100 % 100)
    return {"end_month": first, "sure_end": nw.when(by_month).then(nw.coalesce(first, f.end)).otherwise(f.end)}


@RULEBOOK.facts
def prices(f: Facts) -> Mapping[str, nw.Expr]:
    """Fen a mu a year: as stated, or from the year's rent, or from the total; and the price of the whole term."""
    mu, years = f.area_mu4 / 10000, nw.when(f.days > 0).then(f.days) / 365.2425
    return {
        "whole_price": nw.coalesce(f.total_fen.cast(nw.Float64), f.rent_fen_per_year.cast(nw.Float64) * years),
        "price_mu": nw.coalesce(
            f.rent_fen_per_mu_year.cast(nw.Float64),
            f.rent_fen_per_year / mu,
            f.total_fen / mu / years,
            *_valued(f, f.governing),
        ),
        "price_today": nw.coalesce(
            f.rent_fen_per_mu_year.cast(nw.Float64),
            f.rent_fen_per_year / mu,
            f.total_fen / mu / years,
            *_valued(f, nw.lit(f.as_of.year * YEAR + f.as_of.month * 100 + f.as_of.day, dtype=nw.Int32)),
        ),
    }


def _valued(f: Facts, day: nw.Expr) -> list[nw.Expr]:
    """Rents in kind at the place's prices of a day, fen a mu a year: one expression for each dated price list. A list that
    lacks a good the rent consists of values nothing."""
    lists: list[nw.Expr] = []
    for version in f.history("in_kind_price_fen"):
        prices = version.value if isinstance(version.value, Mapping) else {}
        fen: nw.Expr = nw.lit(0.0)
        for good in PRICED:
            grams = nw.col(f"_grams_{good}")
            fen = fen + (grams * int(prices[good]) / 1000 if good in prices else nw.when(grams == 0).then(nw.lit(0.0)))
        lists.append(nw.when(within(day, version.since, version.until)).then(fen))
    return lists


@RULEBOOK.facts
def neighbours(f: Facts) -> Mapping[str, nw.Expr]:
    """What the other rows say: comparable prices, other contracts on the plot, other texts of the same bargain."""
    bargain = [*f.market("_file"), "lessee", "subject", "subject_area", "start"]
    return {
        "median_price": f.price_mu.median().over(*f.market("land_class", "era")),
        "comparables": nw.when(~f.era.is_null()).then(f.price_mu.count().over(*f.market("land_class", "era"))),
        "on_plot": f._id.count().over(*f.market("_file", "parcel_code")),
        "prices_differ": nw.any_horizontal(
            *(nw.col(each).min().over(*bargain) != nw.col(each).max().over(*bargain) for each in PRICE),
            ignore_nulls=True,
        ),
    }


@RULEBOOK.table
def plots(table: Any, f: Facts) -> Any:
    """The other contracts on the plot: one at the same time with someone else, a later one signed with the same lessee,
    whoever took that over since.

    Pairs are made within a plot only; a "plot code" that stands on more than CROWD contracts of a village is no code of
    a plot, and what it says of doubled letting cannot be told.
    """
    plot = f.market("_file", "parcel_code")
    side = table.filter(~f.parcel_code.is_null() & (f.on_plot > 1) & (f.on_plot <= CROWD)).select(
        "_id",
        *plot,
        "lessee",
        "start",
        "end",
        "far_end",
        "end_month",
        signed_with=nw.coalesce(f.signed_lessee, f.lessee),
    )
    pairs = side.join(side, on=list(plot), how="inner", suffix="_2").filter(nw.col("_id") != nw.col("_id_2"))
    same = nw.col("lessee") == nw.col("lessee_2")
    overlap = _before("start", "_2", "far_end") & _before("start_2", "", "far_end") & ~same
    dated = ~(nw.col("start_2").is_null() | nw.col("end").is_null())
    renewal = (
        dated & ~_before("start_2", "", "end").fill_null(False) & (same | (nw.col("lessee") == nw.col("signed_with_2")))
    )
    told = (
        pairs.with_columns(overlap=_degree(overlap), renewal=_degree(renewal))
        .group_by("_id")
        .agg(nw.col("overlap").max(), nw.col("renewal").max())
    )
    return table.join(told, on="_id", how="left")


def _before(start: str, suffix: str, end: str) -> nw.Expr:
    """One contract begins before the other ends; null where both say only the same month (至2020年3月, 自2020年3月起)."""
    first, handed_over = nw.col(start), nw.col(start) == nw.col(f"end_month{suffix}")
    return nw.when(~handed_over.fill_null(False)).then(first < nw.col(f"{end}{suffix}"))


def _degree(truth: nw.Expr) -> nw.Expr:
    """False, unknown, true as 0, 1, 2: the maximum over a row's pairs is Kleene's "or"."""
    return (truth.cast(nw.Int8) * 2).fill_null(1)


# What a row says by itself comes after the join, which would carry every one of these columns along.


@RULEBOOK.facts
def words(f: Facts) -> Mapping[str, nw.Expr]:
    """What the row's words and sums amount to."""
    texts = [nw.col(name).fill_null("") for name in ("title", "special_terms", "remark")]
    return {
        "renewed": nw.concat_str(texts).str.contains(RENEWED),
        "owed": nw.coalesce(f.arrears_fen, f.due_fen - f.received_fen),
        "letting_vote_day": nw.coalesce(f.meeting_on, f.signed_on, f.starts_on),
        "renewal_vote_day": nw.coalesce(f.renewal_met_on, f.renewed_on),
        "rent4": nw.coalesce(
            f.rent_fen_per_year * 10000,
            nw.when(f.rent_fen_per_mu_year.cast(nw.Float64) * f.area_mu4 < WIDEST).then(
                f.rent_fen_per_mu_year * f.area_mu4
            ),
        ),
        "agreed": _use(f, "agreed_use"),
        "actual": _use(f, "actual_use"),
        "is_land": _is(f, LAND, nw.lit(True)),
        "is_farm_ground": _is(f, AGRICULTURAL, nw.lit(None, dtype=nw.Boolean)),
    }


def _use(f: Facts, column: str) -> nw.Expr:
    """A word of use → non_farm, argued or farm; null for a word in no list, or none written."""
    written = nw.col(column).str.replace_all(DENIED, "")
    kind = nw.lit(None, dtype=nw.String)
    for name in ("farm", "argued", "non_farm"):
        kind = nw.when(written.str.contains("|".join(f.statute.uses[name]))).then(nw.lit(name)).otherwise(kind)
    return kind


def _is(f: Facts, classes: tuple[str, ...], resource: nw.Expr) -> nw.Expr:
    """The object is ground of these classes; where none is written, or 其他, a resource counts as ``resource`` says."""
    known = nw.when(~(f.land_class.is_null() & f.object_class.is_null())).then(
        f.land_class.is_in(classes).fill_null(False)
    )
    unclassed = f.land_class.is_null() | (f.land_class == "其他")
    return nw.when(unclassed & (f.object_class == "资源")).then(resource).otherwise(known)


@RULEBOOK.facts
def silences(f: Facts) -> Mapping[str, nw.Expr]:
    """Of each clause that a ledger ought to have: left empty under its heading, or without a heading."""
    return {f"empty_{name}": f.left_empty(name) for name in CLAUSES} | {
        f"unsaid_{name}": ~f.has_heading(name) & nw.col(name).is_null() for name in CLAUSES
    }


@RULEBOOK.facts
def laws(f: Facts) -> Mapping[str, nw.Expr]:
    """What the law of the day says of terms, of writing and of the vote."""
    caps = {"四荒": "wasteland_years", "林地": "forest_years", "草地": "grass_years"}
    cap: nw.Expr = nw.when(f.land_class.is_null()).then(nw.min_horizontal(*(f.law(name) for name in caps.values())))
    for land_class, name in caps.items():
        cap = nw.when(f.land_class == land_class).then(f.law(name)).otherwise(cap)
    vote_enough, vote_argued = _votes(f, f.decision_body, f.letting_vote_day, f.entitled, f.present, f.votes_for)
    again_enough, again_argued = _votes(
        f, f.renewal_body, f.renewal_vote_day, f.renewal_entitled, f.renewal_present, f.renewal_votes_for
    )
    return {
        "from_day": nw.coalesce(
            f.renewed_on, nw.when(f.renewed & (f.signed_on > f.start)).then(f.signed_on).otherwise(f.start)
        ),
        "land_cap": cap,
        "lease_cap": nw.coalesce(f.law("lease_years", on="termed"), nw.lit(20)),
        "written_due": same_day(f.start, f.law("written_form_months")),
        "undecided": (f.decision_body == "无") | ~vote_enough,
        "decision_argued": vote_argued & vote_enough,
        "again_undecided": nw.when(f.renewed_on.is_null())
        .then(nw.lit(False))
        .otherwise((f.renewal_body == "无") | ~again_enough),
        "again_argued": nw.when(f.renewed_on.is_null()).then(nw.lit(False)).otherwise(again_argued & again_enough),
    }


@RULEBOOK.facts
def lettings(f: Facts) -> Mapping[str, nw.Expr]:
    """Which letting the vote is asked of, and on which day: the first one where that has a fault, else the renewal, which is
    decided anew by the law of its own day."""
    first_sound = ~(
        f.undecided.fill_null(False) | f.decision_argued.fill_null(False) & ~f.again_undecided.fill_null(False)
    )
    of_renewal = ~f.renewed_on.is_null() & first_sound
    return {
        "of_renewal": of_renewal,
        "vote_day": nw.when(of_renewal).then(f.renewal_vote_day).otherwise(f.letting_vote_day),
    }


@RULEBOOK.facts
def limits(f: Facts) -> Mapping[str, nw.Expr]:
    """The days on which terms reach what the law of their day allows, and the oldest unpaid due."""
    return {
        "written_due": real_day(f.written_due),
        "lease_end": f.from_day + f.lease_cap * YEAR,
        "land_end": nw.coalesce(f.renewed_on, f.start) + f.land_cap * YEAR,
        "oldest_due": _oldest_unpaid_due(f),
    }


def _oldest_unpaid_due(f: Facts) -> nw.Expr:
    """The day the oldest unpaid rent fell due: paid money covers the oldest dues first (民法典 560), a year's rent is
    due at the year's end where nothing else is agreed (721), a one-off rent at the start."""
    tomorrow = nw.lit(ymd(f.as_of + timedelta(days=1)))
    until = (
        nw.when(f.endless)
        .then(tomorrow)
        .otherwise(nw.when(~f.end.is_null()).then(nw.min_horizontal(f.after, tomorrow)))
    )
    fallen_due = (until - f.start) // YEAR
    unpaid = nw.when((f.rent4 > 0) & (f.owed > 0)).then((f.owed * 10000 + f.rent4 - 1) // f.rent4)
    oldest = nw.max_horizontal(fallen_due - unpaid + 1, nw.lit(1))
    yearly = nw.when(~unpaid.is_null() & ~fallen_due.is_null()).then(f.start + oldest * YEAR - 1)
    return (
        nw.when((f.payment_mode == "一次性") & (f.owed > 0))
        .then(f.start)
        .otherwise(nw.when(f.payment_mode == "按年").then(yearly))
        .cast(nw.Int64)
    )


@RULEBOOK.facts
def overruns(f: Facts) -> Mapping[str, nw.Expr]:
    """Whether a lease runs beyond its limit, and the place's own treatment."""
    accepted, advice = _treatments(f)
    return {
        "over_lease": nw.coalesce(_past(f, f.lease_end), f.term_months > f.lease_cap * 12),
        "accepted": accepted,
        "advice": advice,
    }


def _past(f: Facts, limit: nw.Expr) -> nw.Expr:
    """The end lies beyond this day; null where it does so only by the days of a month that the ledger does not give."""
    return nw.when(f.sure_end > limit).then(nw.lit(True)).otherwise(nw.when(f.end <= limit).then(nw.lit(False)))


def _treatments(f: Facts) -> tuple[nw.Expr, nw.Expr]:
    """The line of the place's decision table that fits: whether it accepts the term, and what it advises."""
    accepted, advice = nw.lit(False), nw.lit(None, dtype=nw.String)
    for t in f.statute.treatments:
        fits = f.land_class == t.land_class
        if t.signed_before:
            fits = fits & (f.governing < ymd(t.signed_before))
        if t.signed_from:
            fits = fits & (f.governing >= ymd(t.signed_from))
        if t.over_years is not None:
            fits = fits & _past(f, f.start + t.over_years * YEAR)
        if t.up_to_years is not None:
            fits = fits & ~_past(f, f.start + t.up_to_years * YEAR)
        if t.payment:
            fits = fits & (f.payment_mode == t.payment)
        accepted = accepted | fits if t.accepted else accepted
        advice = nw.when(fits).then(nw.lit(t.advice)).otherwise(advice)
    return accepted, advice


@RULEBOOK.facts
def limitation_ends(f: Facts) -> Mapping[str, nw.Expr]:
    """When the limitation ends, counted from the oldest due, from the last demand and from the last instalment, on
    either reading of the rent."""
    return {
        f"{due}_{reading}": nw.col(due) + f.law(f"limitation_years_{reading}", on=due) * YEAR
        for due in ("oldest_due", "last_demand_on", "end")
        for reading in ("rent", "general")
    }


@RULEBOOK.facts
def limitations(f: Facts) -> Mapping[str, nw.Expr]:
    """Whether the limitation ends before the warning's day: of the oldest due alone, and of the whole debt, which for
    yearly rent may be counted from the last instalment (民法典 189); on either reading of the rent."""
    horizon = warning_ends(f)
    told = {f"late_each_{reading}": _late(f, "oldest_due", reading, horizon) for reading in ("rent", "general")}
    for reading in ("rent", "general"):
        last = nw.when(f.open_end).then(nw.lit(False)).otherwise(_late(f, "end", reading, horizon))
        told[f"late_whole_{reading}"] = nw.when(f.payment_mode == "按年").then(last).otherwise(told["late_each_rent"])
    return told


def warning_ends(f: Facts) -> int:
    return ymd(f.as_of + timedelta(days=f.now("limitation_warning_days")))


def _late(f: Facts, due: str, reading: str, horizon: int) -> nw.Expr:
    """Whether the limitation of a due ends before the horizon, the last demand counted. What had run out before that
    demand stays out, unless an earlier one, of which the ledger says nothing, had kept it alive: null."""
    end, anew = nw.col(f"{due}_{reading}"), nw.col(f"last_demand_on_{reading}")
    revived = nw.when(anew < horizon).then(nw.lit(True)).otherwise(nw.when(f.last_demand_on <= end).then(nw.lit(False)))
    counted = nw.when(f.last_demand_on <= nw.col(due)).then(end < horizon).otherwise(revived)
    return nw.when(~end.is_null()).then(counted)


@rule(
    "C01",
    "口头合同",
    severity=2,
    needs=["form", OBJECT, ENDS, BEGINS],
    cites="written_form",
    remedy="补签书面合同（规范完善）",
    say=lambda r, f: phrase("合同形式写的是“口头”，{span}；租期六个月以上或者土地类的合同应当书面", span=span(r)),
)
def oral(f: Facts) -> Answer:
    """Oral where writing is due: land, or six months and longer; custody (代耕) of up to a year may stay oral."""
    long = f.open_end | nw.coalesce(f.after >= f.written_due, f.term_months >= f.law("written_form_months"))
    custody = (f.kind == "流转") & ~_longer(f, f.law("custody_months"))
    return Answer((f.form == "口头") & (f.is_land | long) & ~custody)


def _longer(f: Facts, months: nw.Expr | int) -> nw.Expr:
    """The term is longer than so many months; ending on the same day of month is not longer."""
    return f.open_end | nw.coalesce(_past(f, same_day(f.start, months)), f.term_months > months)


@rule(
    "C02",
    "无民主程序",
    severity=2,
    needs=["decision_body", OBJECT, SIGNED, "entitled", "present", "votes_for"],
    cites="decision",
    law_of="vote_day",
    remedy="补开会议或者重新议定（规范完善/协商调整）",
    graver_with="C07",
    otherwise="续签要另外走民主程序，没有登记续签时的会议；或者现有的几栏不够下结论",
    say=lambda r, f: undecided(r),
    argued=lambda r, f: argued_decision(r),
)
def no_decision(f: Facts) -> Answer:
    """None held is a fault in every period; otherwise the votes are measured by the rule of the meeting's date. A renewal lets
    anew (合同法 214、民法典 705) and needs a meeting of its own: one that nobody recorded leaves the answer open."""
    major = f.now("major_contract_fen")
    matters = f.is_land if major is None else f.is_land | (f.total_fen >= major)
    household = (f.kind == "家庭承包").fill_null(False) | (f.lessor_level == "农户").fill_null(False)
    lacking = f.undecided | f.again_undecided
    argued = (f.decision_argued | f.again_argued) & ~lacking.fill_null(False)
    return Answer(matters & ~household & lacking, disputed=f.is_land & ~household & argued)


def _votes(
    f: Facts, body: nw.Expr, day: nw.Expr, entitled: nw.Expr, present: nw.Expr, votes_for: nw.Expr
) -> tuple[nw.Expr, nw.Expr]:
    """Whether the vote meets the rule of its date for its body, and whether that body's power is argued."""
    enough: nw.Expr = nw.when(~body.is_null()).then(day < 19981104)
    argued = nw.lit(False)
    bodies: dict[Spell, list[str]] = {}
    for name in dict.fromkeys(d.body for d in f.statute.decisions):
        needed = (
            (d.since, d.until, (d.quorum, d.passes, d.of_entitled, d.argued))
            for d in f.statute.decisions
            if d.body == name
        )
        for spell in spells(needed):
            bodies.setdefault(spell, []).append(name)
    for (since, until, (quorum, passes, of_entitled, open_to_argument)), alike in bodies.items():
        here = body.is_in(alike) & within(day, since, until)
        passed = _share(votes_for, entitled if of_entitled else present, passes)
        enough = nw.when(here).then(_share(present, entitled, quorum) & passed).otherwise(enough)
        argued = argued | here if open_to_argument else argued
    return enough, argued


def _share(part: nw.Expr, whole: nw.Expr, fraction: tuple[int, int, bool]) -> nw.Expr:
    numerator, denominator, strict = fraction
    return part * denominator > whole * numerator if strict else part * denominator >= whole * numerator


@rule(
    "C03",
    "对外发包未经三分之二同意或未报乡镇批准",
    severity=3,
    needs=["lessee_is_member", OBJECT, SIGNED, "township_approval_no", "votes_for", "entitled"],
    cites="outsider",
    remedy="补办程序和批准；办不成的协商解除（解除/规范完善）",
    say=lambda r, f: phrase(
        "承包方不是本集体成员{votes}，{approval}", votes=votes(r) or phrase("，没有表决记录"), approval=approval(r)
    ),
)
def outsider_without_approval(f: Facts) -> Answer:
    """Land let to an outsider since 2003-03-01 needs two thirds and the township's approval."""
    by_collective = ~(f.lessor_level == "农户").fill_null(False)
    few = (f.votes_for * 3 < f.entitled * 2) | (f.decision_body == "无").fill_null(False)
    unapproved = f.township_approval_no == "无"
    return Answer(
        f.is_farm_ground & ~f.lessee_is_member & by_collective & (f.governing >= 20030301) & (few | unapproved)
    )


@rule(
    "C04",
    "租赁期限过长",
    severity=3,
    treated=True,
    needs=["kind", SIGNED, ENDS],
    cites="lease_term",
    law_of="termed",
    remedy="超出部分协商缩短，经民主程序签补充协议（协商调整）",
    say=lambda r, f: phrase("{span}，超过签订时法律规定的租赁期限上限20年", span=span(r)),
    argued=lambda r, f: joined(CHAINED, (span(r), lease_readings(r))),
)
def lease_too_long(f: Facts) -> Answer:
    """A lease over 20 years. Older ones, 四荒 worded as a lease and leases without end can be read either way."""
    lease = f.kind == "租赁"
    unclear = f.renewed & f.signed_on.is_null() & f.renewed_on.is_null() & f.over_lease
    over = nw.when(f.open_end).then(nw.lit(False)).otherwise(nw.when(~unclear).then(f.over_lease))
    capped = f.termed >= ymd(f.statute.parameters["lease_years"].versions[0].since)
    wasteland = (f.land_class == "四荒").fill_null(False)
    return Answer(lease & over & capped, disputed=lease & (f.open_end | over & (~capped | wasteland)))


@rule(
    "C05",
    "流转期超过剩余承包期",
    severity=2,
    needs=["kind", "land_class", ENDS],
    cites="transfer_term",
    remedy="缩短到二轮承包期满（协商调整）",
    say=lambda r, f: phrase("流转{span}，超过二轮承包期满日{day}", span=span(r), day=as_date(second_round_end(f))),
    otherwise="没有设定本村二轮承包期满日（用 --policy 给出）",
)
def beyond_second_round(f: Facts) -> Answer:
    """Household land transferred beyond what is left of the second round; the village's own date is local policy."""
    covered = (f.kind == "流转") & (f.land_class == "耕地") & (f.governing >= 20030301)
    last_day = second_round_end(f)
    beyond = nw.lit(None, dtype=nw.Boolean) if last_day is None else f.open_end | (f.end > last_day)
    return Answer(covered & beyond & ~f.second_round_term.fill_null(False))


def second_round_end(f: Facts) -> int | None:
    day = f.now("second_round_end")
    return None if day is None else day.year * YEAR + day.month * 100 + day.day


@rule(
    "C06",
    "四荒、林地、草地期限过长",
    severity=2,
    treated=True,
    needs=["land_class", SIGNED, ENDS],
    cites="land_term",
    remedy="协商缩短，经民主程序签补充协议（协商调整）",
    say=lambda r, f: phrase(
        "{land}，{span}，超过签订时的期限上限{years}年", land=r["land_class"], span=span(r), years=r["land_cap"]
    ),
)
def land_term_too_long(f: Facts) -> Answer:
    """四荒, forest and grass beyond the years of their class; a place's decision table may accept old, paid-up ones.
    Where no cap was in force at the signing the answer is no."""
    over = f.open_end | nw.coalesce(_past(f, f.land_end), f.term_months > f.land_cap * 12)
    no_cap = f.land_cap.is_null() & ~f.governing.is_null()
    beyond = nw.when(no_cap).then(nw.lit(False)).otherwise(nw.when(~f.land_cap.is_null()).then(over))
    return Answer(f.land_class.is_in(["四荒", "林地", "草地"]) & beyond & ~f.accepted)


@rule(
    "C07",
    "价格明显偏低",
    severity=2,
    needs=["land_class", (*PRICE, "in_kind"), ("area_mu4", "rent_fen_per_mu_year", "in_kind"), SIGNED],
    cites="price",
    remedy="协商提价，经民主程序签补充协议（协商调整）",
    otherwise="同地类、同年代的可比合同太少，也没有设定最低指导价；实物租金要先在本地政策里添上当年的“实物折价”",
    say=lambda r, f: compared(r, f),
)
def cheap(f: Facts) -> Answer:
    """Below the local floor, or below half the median of the same class of land in the same decade."""
    said: Mapping[str, int] | int = f.now("price_floor_fen") or {}
    floors = dict.fromkeys(LAND, said) if isinstance(said, int) else said
    floor: nw.Expr = nw.lit(None, dtype=nw.Int64)
    for land_class, fen in floors.items():
        floor = nw.when(f.land_class == land_class).then(nw.lit(fen, dtype=nw.Int64)).otherwise(floor)
    enough = f.comparables >= f.now("comparables_min")
    below = nw.when(enough).then(f.price_mu * 100 < f.median_price * f.now("cheap_percent"))
    measured = nw.when(floor.is_null()).then(below).otherwise((f.price_today < floor) | below.fill_null(False))
    return Answer(f.land_class.is_in(LAND) & nw.when(~f.land_class.is_null()).then(measured))


@rule(
    "C08",
    "长期不调价",
    severity=1,
    treated=True,
    needs=["pricing_mode", "escalation", ENDS, BEGINS],
    cites="price_practice",
    remedy="增加调价条款（协商调整）",
    say=lambda r, f: phrase("{span}，租金固定不变", span=span(r)),
)
def never_adjusted(f: Facts) -> Answer:
    """Longer than five years at one price (at the present one, where it was agreed anew). The ledger must say that it is fixed: an empty cell is not that."""
    fixed_words = f.escalation.str.contains("^无$|固定|不变|不递增|不调|不作调整")
    adjusts = f.pricing_mode.is_in(["递增", "分段", "分成"]).fill_null(False) | (~fixed_words).fill_null(False)
    fixed = (f.pricing_mode == "固定").fill_null(False) | fixed_words.fill_null(False)
    says = nw.when(adjusts).then(nw.lit(False)).otherwise(nw.when(fixed).then(nw.lit(True)))
    years = f.now("unadjusted_years")
    anew = nw.when(~f.priced_on.is_null()).then(nw.coalesce(_past(f, f.priced_on + years * YEAR), f.open_end))
    return Answer(nw.coalesce(anew, _longer(f, years * 12)) & says)


@rule(
    "C09",
    "一次性收取多年租金",
    severity=2,
    needs=[("payment_mode", "prepaid_years"), ENDS, BEGINS],
    cites="price_practice",
    remedy="按年分摊入账，停止一次性收取（规范完善）",
    say=lambda r, f: (
        phrase("{n}年租金一次预收", n=r["prepaid_years"])
        if r["prepaid_years"]
        else phrase("{span}，租金一次性收取", span=span(r))
    ),
)
def prepaid(f: Facts) -> Answer:
    """Several years' rent taken at once; 一次性 without a number of years means the whole term."""
    years = f.now("prepaid_years")
    at_once = (f.payment_mode == "一次性") & _longer(f, years * 12)
    return Answer(nw.when(~f.prepaid_years.is_null()).then(f.prepaid_years > years).otherwise(at_once))


@rule(
    "C10",
    "合同面积与实测面积不符",
    severity=2,
    needs=["area_mu4", "measured_area_mu4"],
    cites="area",
    remedy="重新丈量；多出部分登记为新增资源",
    say=lambda r, f: phrase(
        "合同面积{agreed}，实测{measured}，相差超过{percent}%",
        agreed=area(r["area_mu4"]),
        measured=area(r["measured_area_mu4"]),
        percent=f.now("area_tolerance_percent"),
    ),
)
def area_differs(f: Facts) -> Answer:
    """Measured and contracted area differ by more than the tolerance (of the contracted area)."""
    return Answer((f.measured_area_mu4 - f.area_mu4).abs() * 100 > f.area_mu4 * f.now("area_tolerance_percent"))


@rule(
    "C11",
    "合同条款不全",
    severity=1,
    needs=["lessor", "lessee", PRICE, ENDS, "location", "area_mu4", "agreed_use"],
    cites="terms",
    remedy="补齐条款（规范完善）",
    say=lambda r, f: phrase("台账有这一栏而没有填写：{columns}", columns=lacking_terms(r)),
)
def incomplete(f: Facts) -> Answer:
    """The one rule for which an empty cell under a present heading counts: the clause itself is what is missing."""
    price_empty = _all_empty((*PRICE, "in_kind"))
    end_empty = (
        _all_empty(("ends_on", "term_months")) & ~f.open_end & ~f.second_round_term.fill_null(False) & f.end.is_null()
    )
    ground_empty, ground_unsaid = (
        _any(f"{silence}_{name}" for name in LAND_CHECKLIST) for silence in ("empty", "unsaid")
    )
    missing = _any(f"empty_{name}" for name in CHECKLIST) | price_empty | end_empty | f.is_land & ground_empty
    end_unsaid = _unsaid(("ends_on", "term_months")) & f.end.is_null() & ~f.open_end
    unsaid = (
        _any(f"unsaid_{name}" for name in CHECKLIST)
        | _unsaid((*PRICE, "in_kind"))
        | end_unsaid
        | f.is_land.fill_null(True) & ground_unsaid
    )
    return Answer(
        nw.when(missing).then(nw.lit(True)).otherwise(nw.when(~unsaid & ~missing.is_null()).then(nw.lit(False)))
    )


def _any(names: Iterable[str]) -> nw.Expr:
    return nw.any_horizontal(*names, ignore_nulls=False)


def _all_empty(names: tuple[str, ...]) -> nw.Expr:
    """At least one of these headings is there, and every one that is there was left empty."""
    return nw.all_horizontal(
        *(nw.col(f"empty_{n}") | nw.col(f"unsaid_{n}") for n in names), ignore_nulls=False
    ) & ~_unsaid(names)


def _unsaid(names: tuple[str, ...]) -> nw.Expr:
    return nw.all_horizontal(*(f"unsaid_{name}" for name in names), ignore_nulls=False)


@rule(
    "C12",
    "一地多包",
    severity=3,
    needs=["parcel_code", BEGINS, ENDS],
    cites="one_plot",
    remedy="核实先后和占有，协商或者诉讼解决（协商调整/诉讼）",
    say=lambda r, f: phrase("地块{parcel!s}在同一时间还发包给了别人：{span}", parcel=r["parcel_code"], span=span(r)),
)
def plot_let_twice(f: Facts) -> Answer:
    """Two contracts with different people on one plot at one time; handing over on the same day is no overlap."""
    known = ~f.parcel_code.is_null() & (f.on_plot <= CROWD)
    return Answer(nw.when(known & (f.overlap.fill_null(0) != 1)).then(f.overlap.fill_null(0) == 2))


@rule(
    "C13",
    "应当公开发包而直接发包",
    severity=2,
    needs=["letting_mode", ("total_fen", "rent_fen_per_year"), SIGNED],
    cites="tender",
    remedy="公开说明，核对价格；到期后公开发包（规范完善）",
    otherwise="没有设定应当公开发包的金额（由本地政策给出）",
    say=lambda r, f: phrase(
        "直接发包，全期金额约{sum}，达到当地应当公开发包的金额", sum=amount(round(r["whole_price"]))
    ),
)
def let_without_tender(f: Facts) -> Answer:
    """Let directly where the place's limit of the day asks for open letting; negotiating openly is not letting directly."""
    return Answer((f.letting_mode == "直接发包") & (f.whole_price >= f.law("open_tender_fen")))


@rule(
    "C14",
    "到期未收回",
    severity=3,
    needs=[ENDS, "occupied"],
    cites="expiry",
    law_of="today",
    remedy="书面通知，收回或者按程序重新发包",
    say=lambda r, f: phrase("合同{day}到期，仍在使用，{objection}", day=as_date(r["end"]), objection=objection(r)),
)
def expired_still_used(f: Facts) -> Answer:
    """Ended before today and still occupied, with no later contract of the same lessee on the plot."""
    renewed = nw.when(f.renewal.fill_null(0) != 1).then(f.renewal.fill_null(0) == 2)
    passed = nw.when(f.endless).then(nw.lit(False)).otherwise(f.end < f.today)
    return Answer(passed & f.occupied & ~renewed)


@rule(
    "C15",
    "拖欠承包费",
    severity=3,
    needs=[("arrears_fen", "due_fen"), ("arrears_fen", "received_fen")],
    cites="arrears",
    law_of="today",
    remedy="书面催收（同时保住时效），收不回的解除或者起诉（清收）",
    say=lambda r, f: phrase("欠缴{owed}", owed=amount(r["owed"])),
)
def in_arrears(f: Facts) -> Answer:
    """The ledger states arrears, or more due than received."""
    return Answer(f.owed > 0)


@rule(
    "C16",
    "诉讼时效将届满或已过",
    severity=3,
    needs=[("arrears_fen", "due_fen"), "payment_mode", BEGINS, PRICE, "last_demand_on"],
    cites="limitation",
    law_of="today",
    remedy="马上书面催收并留下送达证据，争取对方签字承认（清收）",
    say=lambda r, f: phrase(
        "欠缴{owed}，{clock}起算，时效疑似已过或者不足{days}天",
        owed=amount(r["owed"]),
        clock=clock(r),
        days=f.now("limitation_warning_days"),
    ),
    argued=lambda r, f: phrase(
        "欠缴{owed}，{clock}起算已近或已过；按各年分别起算与按最后一期起算（民法典第一百八十九条）、按租金与按一般债权，结论不同",
        owed=amount(r["owed"]),
        clock=clock(r),
    ),
)
def limitation_near(f: Facts) -> Answer:
    """Both readings of yearly rent (each year alone, or from the last instalment) and of old dues (1 or 2 years).

    A demand may have restarted the clock, so without its date only "still safe" can be told.
    """
    horizon = warning_ends(f)
    safe = ((f.owed <= 0) | ((f.oldest_due_rent >= horizon) & (f.oldest_due_general >= horizon))).fill_null(False)
    readings = [f"late_{of}_{reading}" for of in ("each", "whole") for reading in ("rent", "general")]
    some_late = nw.any_horizontal(*readings, ignore_nulls=False)
    all_late = nw.all_horizontal(*readings, ignore_nulls=False)
    told = ~f.last_demand_on.is_null() & ~f.oldest_due.is_null()
    return Answer(
        nw.when(safe).then(nw.lit(False)).otherwise(nw.when(told).then(all_late | _differ(some_late, all_late))),
        disputed=~safe & told & some_late & ~all_late,
    )


def _differ(some: nw.Expr, every: nw.Expr) -> nw.Expr:
    """Null where some reading is late and whether all are is unknown: neither yes nor disputed can be said."""
    return nw.when(~(some & every.is_null())).then(nw.lit(False))


@rule(
    "C17",
    "合同未备案",
    severity=1,
    needs=["filing_no"],
    cites="filing",
    remedy="补报备案（不影响合同效力）",
    say=lambda r, f: phrase("备案编号写的是“无”"),
)
def not_filed(f: Facts) -> Answer:
    return Answer(f.filing_no == "无")


@rule(
    "C18",
    "收入未入账",
    severity=3,
    needs=["received_fen", ("booked", "voucher_no")],
    cites="booking",
    law_of="today",
    remedy="补记入账，查清款项去向；存在个人账户的移交线索（规范完善）",
    say=lambda r, f: phrase(
        "已收{received}，{booked}",
        received=amount(r["received_fen"]),
        booked=phrase("台账写明没有入账") if r["booked"] is False else phrase("凭证号写的是“无”"),
    ),
)
def not_booked(f: Facts) -> Answer:
    """Money was received and the ledger says that it was not booked."""
    unbooked = nw.when(~f.booked.is_null()).then(~f.booked).otherwise(f.voucher_no == "无")
    return Answer((f.received_fen > 0) & unbooked)


@rule(
    "C19",
    "擅自转租转包",
    severity=2,
    needs=[("sublet", "actual_user"), "sublet_consent"],
    cites="sublet",
    remedy="书面提出异议；同意的补签三方协议，不同意的解除（协商调整）",
    say=lambda r, f: phrase("{user}，台账写明发包方没有同意", user=used_by(r)),
    argued=lambda r, f: phrase(
        "{user}，发包方没有同意，但{day}已经知道而六个月内没有写提出过异议；按民法典第七百一十八条读视为同意",
        user=used_by(r),
        day=as_date(r["sublet_known_on"]),
    ),
)
def sublet_without_consent(f: Facts) -> Answer:
    """Someone else uses it and the lessor did not consent. Silence for six months after knowing counts as consent (718),
    which the ledger alone cannot settle: other notice may have been given."""
    himself = (f.actual_user == f.lessee) | f.actual_user.is_in(["本人", "自用", "自己", "承包人本人", "同承包方"])
    passed_on = nw.coalesce(f.sublet, ~himself)
    refused = passed_on & ~f.sublet_consent
    silent = real_day(same_day(f.sublet_known_on, f.law("sublet_silence_months", on="sublet_known_on")))
    objected = [(each >= f.sublet_known_on) & (each <= silent) for each in (f.objected_on, f.sublet_objected_on)]
    in_time = objected[0].fill_null(False) | objected[1].fill_null(False)
    return Answer(refused, disputed=refused.fill_null(False) & (silent < f.today).fill_null(False) & ~in_time)


@rule(
    "C20",
    "改变土地用途",
    severity=3,
    needs=["land_class", "agreed_use", "actual_use"],
    cites="use",
    remedy="责令恢复，报告主管部门，严重的解除（解除）",
    otherwise="用途里的词不在词表里",
    say=lambda r, f: joined(CHAINED, (r["land_class"], uses(r))),
    argued=lambda r, f: phrase(
        "{use}；养殖、林果、设施等在耕地上是否改变用途，要看地方规定和手续",
        use=joined(CHAINED, (r["land_class"], uses(r))),
    ),
)
def use_changed(f: Facts) -> Answer:
    """Cropland used, or agreed to be used, for what is not farming; sheds, ponds and trees on it can be argued."""
    cropland = f.land_class.is_in(FARMLAND)
    non_farm = (f.agreed == "non_farm") | (f.actual == "non_farm")
    argued = (f.agreed == "argued").fill_null(False) | (f.actual == "argued").fill_null(False)
    return Answer(cropland & non_farm, disputed=cropland & argued & ~non_farm.fill_null(False))


@rule(
    "C21",
    "发包主体不适格",
    severity=2,
    needs=["owner_level", "lessor_level"],
    cites="lessor",
    remedy="由所有权人追认或者重签（规范完善）",
    say=lambda r, f: phrase(
        "所有权人是{owner}集体，发包的是{lessor}", owner=r["owner_level"], lessor=r["lessor_level"]
    ),
)
def wrong_lessor(f: Facts) -> Answer:
    """The owner's level and the signer's differ; a farmer passing on his own land is not letting it for the collective."""
    levels = ["乡镇", "村", "组"]
    return Answer(f.owner_level.is_in(levels) & f.lessor_level.is_in(levels) & (f.owner_level != f.lessor_level))


@rule(
    "C22",
    "签章不齐全",
    severity=1,
    needs=["signatures_complete"],
    cites="signature",
    remedy="补签字盖章（规范完善）",
    say=lambda r, f: phrase("台账写明签章不齐全"),
)
def unsigned(f: Facts) -> Answer:
    return Answer(~f.signatures_complete)


@rule(
    "C23",
    "村干部或近亲属承包",
    severity=2,
    needs=["lessee_is_officer_kin"],
    cites="kin",
    remedy="公开说明，核对价格和程序",
    say=lambda r, f: phrase("台账写明承包人是村干部或近亲属"),
)
def officer_or_kin(f: Facts) -> Answer:
    return Answer(f.lessee_is_officer_kin)


@rule(
    "C24",
    "显失公平的条款",
    severity=2,
    needs=[("special_terms", "penalty_percent")],
    cites="unfair",
    remedy="请司法所看条款，协商修改，经民主程序签补充协议（协商调整）",
    say=lambda r, f: phrase("{terms}；是否过分，要看整份合同和实际损失", terms=unfair_terms(r, f)),
)
def unfair_clause(f: Facts) -> Answer:
    """A clause of buying back, of damages without end, of no rent, or a penalty above the line that courts look at."""
    written = f.special_terms.str.replace_all(DENIED, "")
    marked = written.str.contains("|".join(word for words in f.statute.clauses.values() for word in words))
    line = f.now("penalty_percent")
    heavy = nw.lit(None, dtype=nw.Boolean) if line is None else f.penalty_percent > line
    return Answer(_either(marked, heavy))


def _either(one: nw.Expr, other: nw.Expr) -> nw.Expr:
    """Yes if one says so; no if what is known says no; null where neither is known."""
    return nw.when(~(one.is_null() & other.is_null())).then(one.fill_null(False) | other.fill_null(False))


@rule(
    "C25",
    "以资源抵债",
    severity=2,
    needs=["debt_offset"],
    cites="debt_for_land",
    remedy="核实所抵债务，经成员会议决定；承包地不得抵债",
    say=lambda r, f: phrase("抵债事项写着“{debt!s}”", debt=r["debt_offset"]),
)
def let_for_debt(f: Facts) -> Answer:
    """The ledger names a debt that the land pays; whether that debt exists is for the debt register to say."""
    return Answer(f.debt_offset != "无")


@rule(
    "C26",
    "长期闲置",
    severity=2,
    needs=[("idle_since", "actual_use"), OBJECT],
    cites="idle",
    law_of="today",
    remedy="书面催告恢复利用；不恢复的依法终止（解除）",
    otherwise="没有写从哪一天起闲置",
    say=lambda r, f: phrase(
        "{day}起闲置，已经连续{years}年以上", day=as_date(r["idle_since"]), years=f.now("idle_months") // 12
    ),
)
def left_idle(f: Facts) -> Answer:
    """Farm ground left idle for two years. A word of idleness without its first day says nothing of how long."""
    months = f.now("idle_months")
    if months is None:
        return Answer(nw.lit(None, dtype=nw.Boolean))
    used = nw.when(~f.actual_use.str.contains("|".join(f.statute.uses["idle"]))).then(nw.lit(False))
    since = real_day(same_day(f.idle_since, months)) <= f.today
    return Answer(f.is_farm_ground & nw.coalesce(since, used))


@rule(
    "C27",
    "阴阳合同",
    severity=3,
    needs=["lessee", ("parcel_code", "location", "title"), BEGINS],
    cites="two_texts",
    remedy="核对两份文本和实际收款；有线索的移交",
    say=lambda r, f: phrase("同一承包方、同一标的、同一起始日（{day}）有两份合同而价格不同", day=as_date(r["start"])),
)
def two_texts(f: Facts) -> Answer:
    """The same lessee, object and start appear twice with different prices."""
    return Answer(nw.when(~f.lessee.is_null() & ~f.subject.is_null() & ~f.start.is_null()).then(f.prices_differ))


@rule(
    "C28",
    "保证金或违约金没有收齐",
    severity=1,
    needs=[("deposit_fen", "penalty_due_fen"), ("deposit_received_fen", "penalty_received_fen")],
    cites="deposit",
    law_of="today",
    remedy="补收，或者写明不收的理由（清收）",
    otherwise="没有写收到多少",
    say=lambda r, f: unpaid_security(r),
)
def security_unpaid(f: Facts) -> Answer:
    """Less came in than the deposit, or the penalty, that the contract asks for."""
    return Answer(_either(f.deposit_received_fen < f.deposit_fen, f.penalty_received_fen < f.penalty_due_fen))


@rule(
    "C29",
    "未公示或公示天数不足",
    severity=1,
    needs=[("shown", "shown_from"), ("shown", "shown_to")],
    cites="display",
    law_of="shown_from",
    remedy="重新公示满天数（规范完善）",
    otherwise="没有写公示到哪一天",
    say=lambda r, f: shown_span(r, f),
    argued=lambda r, f: phrase(
        "{shown}；开始的当天算在内正好够，不算在内少一天（民法典第二百零一条）", shown=shown_span(r, f)
    ),
)
def not_shown_long_enough(f: Facts) -> Answer:
    """Not shown at all, or for fewer days than the law of the first day asks. The day it begins does not count (201); a
    ledger whose days are enough only with it can be read either way. In a house the register's notices give the days."""
    shown, asked = day_number(f.shown_to) - day_number(f.shown_from), f.law("display_days", on="shown_from")
    short = nw.coalesce(shown + 1 < asked, nw.when(~f.shown).then(nw.lit(True)))
    return Answer(short, disputed=(shown + 1 == asked).fill_null(False))


@rule(
    "C30",
    "合同原件缺失",
    severity=1,
    needs=["original_held"],
    cites="archive",
    remedy="向对方复印，书面说明后归档（规范完善）",
    say=lambda r, f: phrase("台账写明原件不在档"),
)
def no_original(f: Facts) -> Answer:
    return Answer(~f.original_held)
