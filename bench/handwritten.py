"""The contract rules written by hand in plain Polars, as an engineer would who needed them only here: the speed peer.

Same questions, same answers (the bench compares them); the law's numbers and dates are typed in, for the bench's law and
date. Only the lists of words are the package's own.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from mingbai.registers.contracts.register import COLUMNS
from mingbai.registers.contracts.rules import DENIED
from mingbai.rules.law import Law
from mingbai.rules.ledger import BITS

c = pl.col
FARM_GROUND = ["耕地", "机动地", "四荒", "林地", "草地", "园地", "水面"]
LAND = [*FARM_GROUND, "建设用地"]
MEETINGS, DELEGATES = ["村民会议", "成员大会"], ["代表会议", "四议两公开", "村民小组会议"]
PRICES = ["rent_fen_per_mu_year", "rent_fen_per_year", "total_fen"]
Y = 10000  # a year in yyyymmdd
PLACE = {column.name: divmod(place, BITS) for place, column in enumerate(COLUMNS)}
"""Word and bit of each column in the frame that ``mingbai.rules.ledger`` gives."""


def length(year: pl.Expr, month: pl.Expr) -> pl.Expr:
    """Days of a month."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return pl.when(month == 2).then(28 + leap.cast(pl.Int32)).otherwise(30 + (month + month // 8) % 2)


def later(day: pl.Expr, months: pl.Expr | int) -> pl.Expr:
    """So many months later, at most the month's last day. Whole years need no such care: just add Y."""
    count = day // Y * 12 + day // 100 % 100 - 1 + months
    year, month = count // 12, count % 12 + 1
    return year * Y + month * 100 + pl.min_horizontal(day % 100, length(year, month))


def next_day(day: pl.Expr) -> pl.Expr:
    year, month = day // Y, day // 100 % 100
    first = pl.when(month == 12).then(year * Y + 10101).otherwise(year * Y + month * 100 + 101)
    return pl.when(day % 100 < length(year, month)).then(day + 1).otherwise(first)


def days(x: pl.Expr) -> pl.Expr:
    return pl.date(x // Y, x // 100 % 100, x % 100).cast(pl.Int32)


def judge(rows: pl.LazyFrame, law: Law, as_of: date) -> pl.LazyFrame:
    def ymd(ahead: int) -> int:
        return int((as_of + timedelta(days=ahead)).strftime("%Y%m%d"))

    rows = _spans(rows, law)
    rows = rows.with_columns(
        oldest_due=_oldest_due(ymd(1)), enough=_enough(), price=_price(), **_ground(LAND, FARM_GROUND)
    )
    deal = ["_file", "lessee", "subject", "subject_area", "start"]
    rows = rows.with_columns(
        median=c("price").median().over("land_class", "era"),
        comparables=c("price").count().over("land_class", "era"),
        on_plot=pl.len().over("_file", "parcel_code"),
        prices_differ=pl.any_horizontal((c(p).min() != c(p).max()).over(deal).fill_null(False) for p in PRICES),
    )
    return _with_plots(rows).with_columns(**_answers(ymd(0), ymd(180), law))


def _spans(rows: pl.LazyFrame, law: Law) -> pl.LazyFrame:
    start = pl.coalesce("starts_on", "signed_on")

    def use(name: str) -> pl.Expr:
        text = c(name).str.replace_all(DENIED, "")
        said = [text.str.contains("|".join(law.uses[kind])) for kind in ("non_farm", "argued", "farm")]
        return pl.when(said[0]).then(0).when(said[1]).then(1).when(said[2]).then(2)

    rows = rows.with_columns(
        governing=pl.coalesce("signed_on", "starts_on"),
        vote_day=pl.coalesce("meeting_on", "signed_on", "starts_on"),
        start=start,
        end=pl.coalesce("ends_on", later(start, c("term_months"))),
        open_end=c("open_ended").fill_null(False) & c("ends_on").is_null(),
        owed=pl.coalesce(c("arrears_fen"), c("due_fen") - c("received_fen")),
        rent4=pl.coalesce(c("rent_fen_per_year") * 10000, c("rent_fen_per_mu_year") * c("area_mu4")),
        subject=pl.coalesce("parcel_code", "location", "title"),
        subject_area=pl.when(c("parcel_code").is_null()).then("area_mu4"),
        renewed=pl.concat_str(c("title", "special_terms", "remark").fill_null("")).str.contains(
            "续签|续租|续订|续包|延包"
        ),
        agreed=use("agreed_use"),
        actual=use("actual_use"),
    )
    rows = rows.with_columns(
        after=next_day(c("end")),
        endless=c("open_end") & c("end").is_null(),
        era=c("governing") // (10 * Y),
        from_day=pl.when(c("renewed") & (c("signed_on") > c("start"))).then("signed_on").otherwise("start"),
    )
    first_of_month = pl.when(c("after") % 100 == 1).then(
        c("end") // 100 * 100 + 1
    )  # of an end that is a month's last day
    by_month = (c("start") % 100 == 1) & c("ends_on").is_not_null() & (c("start") // 100 % 100 == c("end") // 100 % 100)
    return rows.with_columns(
        first_of_month=first_of_month,
        sure_end=pl.when(by_month).then(pl.coalesce(first_of_month, "end")).otherwise("end"),
        far_end=pl.when("endless").then(99991231).otherwise("end"),
    )


def _oldest_due(tomorrow: int) -> pl.Expr:
    until = pl.when("endless").then(tomorrow).otherwise(c("after").clip(upper_bound=tomorrow))
    unpaid = pl.when(c("rent4") > 0, c("owed") > 0).then((c("owed") * 10000 + c("rent4") - 1) // c("rent4"))
    yearly = c("start") + ((until - c("start")) // Y - unpaid + 1).clip(lower_bound=1) * Y - 1
    return (
        pl.when(c("payment_mode") == "一次性", c("owed") > 0)
        .then(c("start").cast(pl.Int64))
        .when(c("payment_mode") == "按年")
        .then(yearly)
    )


def _enough() -> pl.Expr:
    """The vote meets the rule of its day."""
    body, day = c("decision_body"), c("vote_day")
    majority, two_thirds = c("votes_for") * 2 > c("present"), c("present") * 3 >= c("entitled") * 2
    return (
        pl.when(body.is_null() | day.is_null())
        .then(None)
        .when(day < 19981104)
        .then(True)
        .when(body.is_in(MEETINGS), day < 20250501)
        .then((c("present") * 2 > c("entitled")) & majority)
        .when(body.is_in(DELEGATES), day < 20250501)
        .then(two_thirds & majority)
        .when(body.is_in(MEETINGS + DELEGATES))
        .then(two_thirds & (c("votes_for") * 3 >= c("entitled") * 2))
        .otherwise(False)
    )


def _price() -> pl.Expr:
    """Fen a mu a year."""
    mu, span = c("area_mu4") / 10000, days(c("end")) - days(c("start")) + 1
    return pl.coalesce(
        c("rent_fen_per_mu_year").cast(pl.Float64),
        c("rent_fen_per_year") / mu,
        c("total_fen") / mu / (pl.when(span > 0).then(span) / 365.2425),
    )


def _ground(land: list[str], farm: list[str]) -> dict[str, pl.Expr]:
    of, resource = c("land_class"), c("object_class") == "资源"

    def ground(classes: list[str], unclassed: bool | None) -> pl.Expr:
        return (
            pl.when(of.is_null() | (of == "其他"), resource)
            .then(pl.lit(unclassed, dtype=pl.Boolean))
            .when(of.is_not_null())
            .then(of.is_in(classes))
            .when(c("object_class").is_not_null())
            .then(False)
        )

    return {"is_land": ground(land, True), "is_farm_ground": ground(farm, None)}


def _with_plots(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The other contracts on the plot: 0 no, 1 unknown, 2 yes."""
    side = rows.filter(c("parcel_code").is_not_null(), c("on_plot").is_between(2, 200)).select(
        "_id", "_file", "parcel_code", "lessee", "start", "end", "far_end", "first_of_month"
    )

    def before(start: str, other: str) -> pl.Expr:
        return pl.when(c(start).ne_missing(c(f"first_of_month{other}"))).then(c(start) < c(f"far_end{other}"))

    same = c("lessee") == c("lessee_2")
    follows = ((c("start_2") >= c("end")) | (c("start_2") == c("first_of_month"))).fill_null(False)
    degrees = {"overlap": before("start", "_2") & before("start_2", "") & ~same, "renewal": follows & same}
    pairs = side.join(side, on=["_file", "parcel_code"], suffix="_2").filter(c("_id") != c("_id_2"))
    told = pairs.group_by("_id").agg(
        (truth.cast(pl.Int8) * 2).fill_null(1).max().alias(name) for name, truth in degrees.items()
    )
    return rows.join(told, on="_id", how="left").with_columns(c("overlap", "renewal").fill_null(0))


def _answers(today: int, horizon: int, law: Law) -> dict[str, pl.Expr]:
    def code(yes: pl.Expr, disputed: pl.Expr | None = None) -> pl.Expr:
        answer = yes.cast(pl.Int8).fill_null(2)
        if disputed is None:
            return answer
        return (
            pl.when(disputed)
            .then(pl.lit(3, dtype=pl.Int8))
            .when(disputed.is_null(), answer == 0)
            .then(pl.lit(2, dtype=pl.Int8))
            .otherwise(answer)
        )

    def past(limit: pl.Expr) -> pl.Expr:
        return pl.when(c("sure_end") > limit).then(True).when(c("end") <= limit).then(False)

    def longer(years: pl.Expr | int) -> pl.Expr:
        return c("open_end") | pl.coalesce(past(c("start") + years * Y), c("term_months") > years * 12)

    def said(what: str, name: str) -> pl.Expr:
        word, place = PLACE[name]
        return (c(f"{what}{word}") // (1 << place)) % 2 == 1

    def heading(name: str) -> pl.Expr:
        return said("_headings", name)

    def empty(name: str) -> pl.Expr:
        return heading(name) & c(name).is_null() & ~said("_doubtful", name)

    def unsaid(*names: str) -> pl.Expr:
        return pl.all_horizontal(~heading(n) & c(n).is_null() for n in names)

    def all_empty(*names: str) -> pl.Expr:
        return pl.any_horizontal(map(heading, names)) & pl.all_horizontal(
            c(n).is_null() & (~heading(n) | empty(n)) for n in names
        )

    g, land, lease = c("governing"), c("is_land"), c("kind") == "租赁"
    by_farmer = (c("lessor_level") == "农户").fill_null(False)
    # C01: since the Economic Contract Law of 1982 six months; custody up to a year may stay oral
    long = c("open_end") | pl.when(g >= 19820701).then(
        pl.coalesce(c("after") >= later(c("start"), 6), c("term_months") >= 6)
    )
    custody = (c("kind") == "流转") & ~longer(pl.when(g >= 19820701).then(1))
    # C02, C03
    matters = land & ~((c("kind") == "家庭承包").fill_null(False) | by_farmer)
    argued_body = c("decision_body").is_in(["代表会议", "四议两公开"]) & (c("vote_day") >= 20250501)
    few = (c("votes_for") * 3 < c("entitled") * 2) | (c("decision_body") == "无").fill_null(False)
    # C04, C06
    over = pl.coalesce(past(c("from_day") + 20 * Y), c("term_months") > 240)
    over = pl.when("open_end").then(False).when(~(c("renewed") & c("signed_on").is_null()) | ~over).then(over)
    arguable = (g < 19991001) | (c("land_class") == "四荒").fill_null(False)
    cap = (
        pl.when(c("land_class").fill_null("四荒") == "四荒", g >= 19991221)
        .then(50)
        .when(c("land_class") == "林地", g >= 20030301)
        .then(70)
        .when(c("land_class") == "草地", g >= 20030301)
        .then(50)
    )
    over_cap = pl.when(cap.is_not_null()).then(longer(cap)).when(g.is_not_null()).then(False)
    # C07, C08, C09
    cheap = pl.when(c("comparables") >= 5, c("land_class").is_not_null(), g.is_not_null()).then(
        c("price") * 100 < c("median") * 50
    )
    fixed_words = c("escalation").str.contains("^无$|固定|不变|不递增|不调|不作调整")
    fixed = (
        pl.when(c("pricing_mode").is_in(["递增", "分段", "分成"]) | ~fixed_words)
        .then(False)
        .when((c("pricing_mode") == "固定") | fixed_words)
        .then(True)
    )
    at_once = (
        pl.when(c("prepaid_years").is_not_null())
        .then(c("prepaid_years") > 1)
        .otherwise((c("payment_mode") == "一次性") & longer(1))
    )
    # C11
    priced, dated, ground = (*PRICES, "in_kind"), ("ends_on", "term_months"), ("location", "area_mu4", "agreed_use")
    no_end = all_empty(*dated) & ~c("open_end") & ~c("second_round_term").fill_null(False) & c("end").is_null()
    missing = pl.any_horizontal(
        empty("lessor"), empty("lessee"), all_empty(*priced), no_end, land & pl.any_horizontal(map(empty, ground))
    )
    silent = pl.any_horizontal(
        unsaid("lessor"),
        unsaid("lessee"),
        unsaid(*priced),
        unsaid(*dated) & c("end").is_null() & ~c("open_end"),
        land.fill_null(True) & pl.any_horizontal(map(unsaid, ground)),
    )
    # C12, C14
    one_plot = c("parcel_code").is_not_null() & (c("on_plot") <= 200) & (c("overlap") != 1)
    expired = pl.when("endless").then(False).otherwise(c("end") < today)
    renewed = pl.when(c("renewal") != 1).then(c("renewal") == 2)
    # C16: old dues as rent (one year) or as any debt (two), each year alone or from the last instalment
    demand = c("last_demand_on")

    def ends(due: str, old: int, change: int) -> pl.Expr:
        return pl.when(c(due) >= change).then(c(due) + 3 * Y).when(c(due) >= 19870101).then(c(due) + old * Y)

    def late(due: str, *reading: int) -> pl.Expr:
        end = ends(due, *reading)
        return (
            pl.when(end.is_null())
            .then(None)
            .when(demand <= c(due))
            .then(end < horizon)
            .when(ends("last_demand_on", *reading) < horizon)
            .then(True)
            .when(demand <= end)
            .then(False)
        )

    rent, debt = (1, 20161001), (2, 20151001)
    each = late("oldest_due", *rent), late("oldest_due", *debt)
    whole = (
        pl.when(c("payment_mode") == "按年")
        .then(pl.when("open_end").then(False).otherwise(late("end", *way)))
        .otherwise(each[0])
        for way in (rent, debt)
    )
    readings = [*each, *whole]
    some_late, all_late = pl.any_horizontal(readings), pl.all_horizontal(readings)
    safe = (
        (c("owed") <= 0) | ((ends("oldest_due", *rent) >= horizon) & (ends("oldest_due", *debt) >= horizon))
    ).fill_null(False)
    told = demand.is_not_null() & c("oldest_due").is_not_null()
    # C19: six months of silence since the Civil Code; C24, C26, C28, C29
    himself = (c("actual_user") == c("lessee")) | c("actual_user").is_in(
        ["本人", "自用", "自己", "承包人本人", "同承包方"]
    )
    refused = pl.coalesce(c("sublet"), ~himself) & ~c("sublet_consent")
    silence = pl.when(c("sublet_known_on") >= 20210101).then(later(c("sublet_known_on"), 6))
    objected = ((c("objected_on") >= c("sublet_known_on")) & (c("objected_on") <= silence)).fill_null(False)
    unfair = (
        c("special_terms")
        .str.replace_all(DENIED, "")
        .str.contains("|".join(word for words in law.clauses.values() for word in words))
    )

    def either(a: pl.Expr, b: pl.Expr) -> pl.Expr:
        return pl.when(a.is_not_null() | b.is_not_null()).then(a.fill_null(False) | b.fill_null(False))

    at_work = pl.when(~c("actual_use").str.contains("|".join(law.uses["idle"]))).then(False)
    shown, asked = (
        days(c("shown_to")) - days(c("shown_from")),
        pl.when(c("shown_from") >= 20260101).then(15).when(c("shown_from") >= 19981104).then(7),
    )
    # C20, C21
    cropland, non_farm = c("land_class").is_in(["耕地", "机动地"]), (c("agreed") == 0) | (c("actual") == 0)
    argued_use = (c("agreed") == 1).fill_null(False) | (c("actual") == 1).fill_null(False)
    levels = ["乡镇", "村", "组"]
    known_deal = pl.all_horizontal(c("lessee", "subject", "start").is_not_null())
    return {
        "C01": code((c("form") == "口头") & (land | long) & ~custody),
        "C02": code(matters & ((c("decision_body") == "无") | ~c("enough")), matters & argued_body & c("enough")),
        "C03": code(
            c("is_farm_ground")
            & ~c("lessee_is_member")
            & ~by_farmer
            & (g >= 20030301)
            & (few | (c("township_approval_no") == "无"))
        ),
        "C04": code(lease & over & (g >= 19991001), lease & (c("open_end") | over & arguable)),
        "C05": code(
            (c("kind") == "流转")
            & (c("land_class") == "耕地")
            & (g >= 20030301)
            & ~c("second_round_term").fill_null(False)
            & pl.lit(None, dtype=pl.Boolean)
        ),
        "C06": code(c("land_class").is_in(["四荒", "林地", "草地"]) & over_cap),
        "C07": code(c("land_class").is_in(LAND) & cheap),
        "C08": code(longer(5) & fixed),
        "C09": code(at_once),
        "C10": code((c("measured_area_mu4") - c("area_mu4")).abs() * 100 > c("area_mu4") * 5),
        "C11": code(pl.when(missing).then(True).when(~silent, ~missing).then(False)),
        "C12": code(pl.when(one_plot).then(c("overlap") == 2)),
        "C13": code((c("letting_mode") == "直接发包") & pl.lit(None, dtype=pl.Boolean)),
        "C14": code(expired & c("occupied") & ~renewed),
        "C15": code(c("owed") > 0),
        "C16": code(pl.when(safe).then(False).when(told).then(all_late), ~safe & told & some_late & ~all_late),
        "C17": code(c("filing_no") == "无"),
        "C18": code(
            (c("received_fen") > 0)
            & pl.when(c("booked").is_not_null()).then(~c("booked")).otherwise(c("voucher_no") == "无")
        ),
        "C19": code(refused, refused.fill_null(False) & (silence < today).fill_null(False) & ~objected),
        "C20": code(cropland & non_farm, cropland & argued_use & ~non_farm.fill_null(False)),
        "C21": code(
            c("owner_level").is_in(levels) & c("lessor_level").is_in(levels) & (c("owner_level") != c("lessor_level"))
        ),
        "C22": code(~c("signatures_complete")),
        "C23": code(c("lessee_is_officer_kin")),
        "C24": code(either(unfair, c("penalty_percent") > 30)),
        "C25": code(c("debt_offset") != "无"),
        "C26": code(c("is_farm_ground") & pl.coalesce(later(c("idle_since"), 24) <= today, at_work)),
        "C27": code(pl.when(known_deal).then(c("prices_differ"))),
        "C28": code(
            either(c("deposit_received_fen") < c("deposit_fen"), c("penalty_received_fen") < c("penalty_due_fen"))
        ),
        "C29": code(
            pl.coalesce(shown + 1 < asked, pl.when(~c("shown")).then(True)), (shown + 1 == asked).fill_null(False)
        ),
        "C30": code(~c("original_held")),
    }
