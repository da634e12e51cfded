"""The contract rules written by hand in plain Polars, as an engineer would who needed them only here: the speed peer.

Same questions, same answers (the bench compares them); numbers of the law typed in for the bench's law and date.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from mingbai.rules.law import Law

c = pl.col
LAND = ["耕地", "机动地", "四荒", "林地", "草地", "园地", "水面", "建设用地"]
Y = 10000


def day(x: pl.Expr) -> pl.Expr:
    month, year = x // 100 % 100, x // 10000
    year = pl.when(month <= 2).then(year - 1).otherwise(year)
    return year * 365 + year // 4 - year // 100 + year // 400 + ((month + 9) % 12 * 306 + 5) // 10 + x % 100 - 1


def later(x: pl.Expr, months: pl.Expr | int) -> pl.Expr:
    n = x // 10000 * 12 + x // 100 % 100 - 1 + months
    return n // 12 * 10000 + (n % 12 + 1) * 100 + x % 100


def next_day(x: pl.Expr) -> pl.Expr:
    return ((x.cast(pl.String).str.to_date("%Y%m%d", strict=False) + pl.duration(days=1)).dt.strftime("%Y%m%d")).cast(pl.Int32)


def judge(rows: pl.LazyFrame, law: Law, as_of: date) -> pl.LazyFrame:
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    tomorrow = int((as_of + timedelta(days=1)).strftime("%Y%m%d"))
    horizon = int((as_of + timedelta(days=180)).strftime("%Y%m%d"))

    def use(name: str) -> pl.Expr:
        e = pl.lit(None, dtype=pl.String)
        for kind in ("farm", "argued", "non_farm"):
            e = pl.when(c(name).str.contains("|".join(law.uses[kind]))).then(pl.lit(kind)).otherwise(e)
        return e

    def is_in(classes: list[str]) -> pl.Expr:
        return pl.when(c("land_class").is_null()).then(c("object_class") == "资源").otherwise(c("land_class").is_in(classes))

    start = pl.coalesce("starts_on", "signed_on")
    rows = rows.with_columns(
        governing=pl.coalesce("signed_on", "starts_on"), start=start,
        end=pl.coalesce("ends_on", later(start, c("term_months"))),
        open_end=c("open_ended").fill_null(False) & c("ends_on").is_null(),
        owed=pl.coalesce(c("arrears_fen"), c("due_fen") - c("received_fen")),
        subject=pl.coalesce("parcel_code", "location", "title"),
        subject_area=pl.when(c("parcel_code").is_null()).then(c("area_mu4")),
        vote_day=pl.coalesce("meeting_on", "signed_on", "starts_on"),
        rent_year=pl.coalesce(c("rent_fen_per_year").cast(pl.Float64), c("rent_fen_per_mu_year") * (c("area_mu4") / 10000)),
        agreed=use("agreed_use"), actual=use("actual_use"), is_land=is_in(LAND), is_farm_ground=is_in(LAND[:-1]))
    g = c("governing")
    cap = (pl.when((c("land_class") == "四荒") & (g >= 19991221)).then(50)
           .when((c("land_class") == "林地") & (g >= 20030301)).then(70).when((c("land_class") == "草地") & (g >= 20030301)).then(50))
    enough = pl.when(c("decision_body").is_not_null()).then(c("vote_day") < 19981104)
    argued = pl.lit(False)
    for d in law.decisions:
        here = (c("decision_body") == d.body) & (c("vote_day") >= int(d.since.strftime("%Y%m%d")))
        if d.until:
            here = here & (c("vote_day") <= int(d.until.strftime("%Y%m%d")))

        def share(part: str, whole: str, f: tuple[int, int, bool]) -> pl.Expr:
            return c(part) * f[1] > c(whole) * f[0] if f[2] else c(part) * f[1] >= c(whole) * f[0]

        enough = pl.when(here).then(share("present", "entitled", d.quorum)
                                    & share("votes_for", "entitled" if d.of_entitled else "present", d.passes)).otherwise(enough)
        argued = argued | here if d.argued else argued
    renewed_late = pl.concat_str(c("title", "special_terms", "remark").fill_null("")).str.contains("续签|续租|续订|续包|延包") & (c("signed_on") > c("start"))
    fallen = (pl.min_horizontal(next_day(c("end")), tomorrow) - c("start")) // Y
    unpaid = pl.when((c("rent_year") > 0) & (c("owed") > 0)).then(c("owed") / c("rent_year")).ceil().cast(pl.Int64)
    yearly = pl.when(unpaid.is_not_null() & fallen.is_not_null()).then(c("start") + pl.max_horizontal(fallen - unpaid + 1, 1) * Y - 1)
    rows = rows.with_columns(
        from_day=pl.when(renewed_late).then(c("signed_on")).otherwise(c("start")), start_day=day(c("start")), end_day=day(c("end")),
        written_due=pl.when(g >= 19820701).then(later(c("start"), 6)), vote_enough=enough, vote_argued=argued, land_cap=cap, era=g // 100000,
        oldest_due=pl.when((c("payment_mode") == "一次性") & (c("owed") > 0)).then(c("start").cast(pl.Int64))
        .otherwise(pl.when(c("payment_mode") == "按年").then(yearly)))
    mu = c("area_mu4") / 10000
    rows = rows.with_columns(
        price_mu=pl.coalesce(c("rent_fen_per_mu_year").cast(pl.Float64), c("rent_fen_per_year") / mu,
                             c("total_fen") / mu / ((c("end_day") - c("start_day") + 1) / 365.2425)),
        written_due_day=day(c("written_due")),
        clock=pl.when(c("oldest_due").is_not_null()).then(pl.max_horizontal("oldest_due", "last_demand_on")))
    plot, bargain = ["_file", "parcel_code"], ["_file", "lessee", "subject", "subject_area", "start"]
    prices = ["rent_fen_per_mu_year", "rent_fen_per_year", "total_fen"]
    rows = rows.with_columns(
        median_price=c("price_mu").median().over("land_class", "era"), comparables=c("price_mu").count().over("land_class", "era"),
        reach=c("end").cum_max().over(plot, order_by=["start", "_id"]), next_start=c("start").shift(-1).over(plot, order_by=["start", "_id"]),
        lessees_differ=c("lessee").min().over(plot) != c("lessee").max().over(plot),
        latest_start=c("start").max().over("_file", "lessee", "parcel_code"),
        prices_differ=pl.any_horizontal(*((c(p).min().over(bargain) != c(p).max().over(bargain)) for p in prices)).fill_null(False))
    ends = {}
    for due in ("oldest_due", "clock", "end"):
        ends[f"{due}_rent"] = c(due) + pl.when(c(due) >= 20161001).then(3 * Y).when(c(due) >= 19870101).then(Y)
        ends[f"{due}_general"] = c(due) + pl.when(c(due) >= 20151001).then(3 * Y).when(c(due) >= 19870101).then(2 * Y)
    rows = rows.with_columns(reach_before=c("reach").shift(1).over(plot, order_by=["start", "_id"]), **ends)
    return rows.with_columns(**_answers(today, horizon))


def _answers(today: int, horizon: int) -> dict[str, pl.Expr]:
    def code(yes: pl.Expr, disputed: pl.Expr | None = None) -> pl.Expr:
        answer = yes.cast(pl.Int8).fill_null(2)
        return answer if disputed is None else pl.when(disputed).then(pl.lit(3, dtype=pl.Int8)).otherwise(answer)

    def longer(months: int) -> pl.Expr:
        return c("open_end") | pl.coalesce(c("end") > later(c("start"), months), c("term_months") > months)

    g, lease = c("governing"), c("kind") == "租赁"
    over20 = pl.coalesce(c("end") > c("from_day") + 20 * Y, c("term_months") > 240) & ~c("open_end")
    matters = c("is_land") & ~((c("kind") == "家庭承包").fill_null(False) | (c("lessor_level") == "农户").fill_null(False))
    over_cap = c("open_end") | pl.coalesce(c("end") > c("start") + c("land_cap") * Y, c("term_months") > c("land_cap") * 12)
    adjusts = c("pricing_mode").is_in(["递增", "分段", "分成"]) | (c("escalation").is_not_null() & (c("escalation") != "无"))
    fixed = (c("pricing_mode") == "固定") | (c("escalation") == "无")
    whole = [pl.when(c("payment_mode") == "按年").then(c(n)) for n in ("end_rent", "end_general")]
    safe = ((c("owed") <= 0) | (pl.min_horizontal("oldest_due_rent", "oldest_due_general") >= horizon)).fill_null(False)
    told = c("last_demand_on").is_not_null() & c("clock").is_not_null()
    late_all = pl.max_horizontal("clock_rent", "clock_general", *whole) < horizon
    cropland = c("land_class").is_in(["耕地", "机动地"])
    non_farm = (c("agreed") == "non_farm") | (c("actual") == "non_farm")
    arguable = (c("agreed") == "argued").fill_null(False) | (c("actual") == "argued").fill_null(False)
    known_plot = pl.when(c("parcel_code").is_not_null() & c("start").is_not_null() & c("end").is_not_null()).then(True)
    known_deal = pl.when(c("lessee").is_not_null() & c("subject").is_not_null() & c("start").is_not_null()).then(True)
    levels = ["乡镇", "村", "组"]

    def heading(name: str) -> pl.Expr:
        return c("_headings").str.contains(f"|{name}|", literal=True)

    def empty(name: str) -> pl.Expr:
        return heading(name) & c(name).is_null() & ~c("_doubtful").str.contains(f"|{name}|", literal=True)

    def all_empty(*names: str) -> pl.Expr:
        return (pl.any_horizontal(*(heading(n) for n in names))
                & pl.all_horizontal(*(~heading(n) | empty(n) for n in names), *(c(n).is_null() for n in names)))

    priced = ("rent_fen_per_mu_year", "rent_fen_per_year", "total_fen", "in_kind")
    land = c("is_land").fill_null(False)
    no_end = all_empty("ends_on", "term_months") & ~c("open_end") & ~c("second_round_term").fill_null(False) & c("end").is_null()
    missing = pl.any_horizontal(empty("lessor"), empty("lessee"), all_empty(*priced), no_end,
                                *(land & empty(n) for n in ("location", "area_mu4", "agreed_use")))
    unsaid = pl.any_horizontal(
        *(~heading(n) & c(n).is_null() for n in ("lessor", "lessee")),
        *(c("is_land").fill_null(True) & ~heading(n) & c(n).is_null() for n in ("location", "area_mu4", "agreed_use")),
        pl.all_horizontal(*(~heading(n) & c(n).is_null() for n in priced)),
        pl.all_horizontal(*(~heading(n) & c(n).is_null() for n in ("ends_on", "term_months"))) & c("end").is_null())
    cheap = pl.when(c("comparables") >= 5).then(c("price_mu") * 100 < c("median_price") * 50)
    return {
        "C01": code((c("form") == "口头") & (c("is_land") | c("open_end") | pl.coalesce(
            c("end_day") + 1 >= c("written_due_day"), pl.when(g >= 19820701).then(c("term_months") >= 6)))
            & ~((c("kind") == "流转").fill_null(False) & ~(c("open_end") | pl.when(g >= 19820701).then(pl.coalesce(
                c("end") > later(c("start"), 12), c("term_months") > 12))))),
        "C02": code(matters & ((c("decision_body") == "无") | ~c("vote_enough")), matters & c("vote_argued") & c("vote_enough")),
        "C03": code(c("is_farm_ground") & ~c("lessee_is_member") & ~(c("lessor_level") == "农户").fill_null(False) & (g >= 20030301)
                    & ((c("votes_for") * 3 < c("entitled") * 2) | (c("decision_body") == "无") | (c("township_approval_no") == "无"))),
        "C04": code(lease & over20 & (g >= 19991001),
                    lease & (c("open_end") | over20 & (~(g >= 19991001) | (c("land_class") == "四荒").fill_null(False)))),
        "C05": code((c("kind") == "流转") & (c("land_class") == "耕地") & (g >= 20030301) & pl.lit(None, dtype=pl.Boolean)
                    & ~c("second_round_term").fill_null(False)),
        "C06": code(c("land_class").is_in(["四荒", "林地", "草地"]) & pl.when(c("land_cap").is_null() & g.is_not_null()).then(False)
                    .when(c("land_cap").is_not_null()).then(over_cap)),
        "C07": code(c("land_class").is_in(LAND) & cheap),
        "C08": code(longer(60) & pl.when(adjusts.fill_null(False)).then(False).when(fixed.fill_null(False)).then(True)),
        "C09": code(pl.when(c("prepaid_years").is_not_null()).then(c("prepaid_years") > 1).otherwise((c("payment_mode") == "一次性") & longer(12))),
        "C10": code((c("measured_area_mu4") - c("area_mu4")).abs() * 100 > c("area_mu4") * 5),
        "C11": code(pl.when(missing).then(True).when(~unsaid).then(False)),
        "C12": code(known_plot & c("lessees_differ") & ((c("start") < c("reach_before")).fill_null(False) | (c("next_start") < c("end")).fill_null(False))),
        "C14": code((c("end") < today) & c("occupied") & ~((c("latest_start") >= c("end")).fill_null(False) & c("parcel_code").is_not_null())),
        "C15": code(c("owed") > 0),
        "C16": code(pl.when(safe).then(False).when(told).then(late_all),
                    ~safe & told & (pl.min_horizontal("clock_rent", "clock_general") < horizon) & ~late_all),
        "C17": code(c("filing_no") == "无"),
        "C20": code(cropland & non_farm, cropland & arguable & ~non_farm.fill_null(False)),
        "C21": code(c("owner_level").is_in(levels) & c("lessor_level").is_in(levels) & (c("owner_level") != c("lessor_level"))),
        "C22": code(~c("signatures_complete")), "C23": code(c("lessee_is_officer_kin").cast(pl.Boolean)), "C25": code(c("debt_offset") != "无"),
        "C27": code(known_deal & c("prices_differ")), "C30": code(~c("original_held")),
    }
