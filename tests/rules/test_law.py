"""The law as data: citations stand, intervals do not overlap, what is cited was in force, bad files are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Protocol

import pytest

from mingbai.notices.law import required
from mingbai.registers.contracts.happenings import KINDS
from mingbai.rules import LawError
from rules.cases import POLICIES, RULEBOOK, TODAY, check_rows, law
from rules.ledgers import ALL_HEADINGS

BAD = Path(__file__).parent / "bad_law"
LAW = law("")
STATUTES_OF_TODAY = ("expiry", "arrears", "limitation", "booking", "idle", "deposit")
"""Citations chosen by the as-of date; a check is never run as of a day before they begin."""

NOT_IN_FORCE = {
    ("lease_term", "CL214"): "courts cut leases older than the contract law all the same (domain 2.7 C04)",
    ("lease_term", "CC705"): "the same",
    ("decision", "VCL98_19"): "none held is a fault in every period (domain 2.7)",
    ("outsider", "RLCL02_48"): "before 2003-03-01 C03 is no: the first citation stands in",
    ("transfer_term", "RLCL02_33"): "before 2003-03-01 C05 is no: the first citation stands in",
    ("land_term", "GBF102_A"): "before 1999-12-21 there is no cap unless a place sets one",
    ("price", "CL54"): "gross unfairness had no article in the economic contract law",
    ("one_plot", "SPCLAND19"): "how courts rank two contracts of any age today",
    ("limitation", "SPCLIM18_2"): "cited from 2017-10-01, when what it explains began; it came in 2018-07",
    ("filing", "SPCLAND14"): "how courts see missing filing of any age today",
    ("use", "LAL98_36"): "use goes on: judged by later law",
    ("lessor", "RLCL02_12"): "before 2003-03-01 by policy",
    ("kin", "VCL10_24"): "before 2010-10-28 by the older village law",
    ("debt_for_land", "RLCL02_54"): "the first article that says so, for older contracts too",
    ("two_texts", "CL52"): "before the contract law by the general principles of civil law",
}
"""Cited for days on which the statute was not in force, and why. Each must still be needed."""


class Dated(Protocol):
    @property
    def since(self) -> date: ...

    @property
    def until(self) -> date | None: ...


def overlapping(dated: Sequence[Dated]) -> list[tuple[Dated, Dated]]:
    last = date.max
    return [(a, b) for a, b in combinations(dated, 2) if a.since <= (b.until or last) and b.since <= (a.until or last)]


def test_every_rule_cites_what_there_is() -> None:
    assert {rule.cites for rule in RULEBOOK.rules.values()} | {kind.cites for kind in KINDS.values()} == set(LAW.citations)
    for versions in LAW.citations.values():
        for version in versions:
            assert version.articles
            assert set(version.articles) <= set(LAW.articles)


def test_every_number_and_decision_rests_on_an_article_of_a_statute() -> None:
    cited = {v.cite for p in LAW.parameters.values() for v in p.versions} | {d.cite for d in LAW.decisions}
    assert cited <= set(LAW.articles)
    for article in LAW.articles.values():
        assert article.statute, article.id
        assert article.number, article.id
        assert article.says.endswith("。"), article.id
        assert article.checked_on <= date(2026, 12, 31)
        assert ("待核实" in str(article)) == (article.status == "to_confirm")


def test_intervals_do_not_overlap() -> None:
    for name, versions in LAW.citations.items():
        assert not overlapping(versions), name
    for parameter in LAW.parameters.values():
        assert not overlapping(parameter.versions), parameter.name
    bodies = defaultdict(list)
    for decision in LAW.decisions:
        bodies[decision.body].append(decision)
    for body, decisions in bodies.items():
        assert not overlapping(decisions), body


def test_intervals_end_after_they_begin() -> None:
    dated: list[Dated] = [version for versions in LAW.citations.values() for version in versions]
    dated += [version for parameter in LAW.parameters.values() for version in parameter.versions] + list(LAW.decisions)
    assert all(each.until is None or each.since <= each.until for each in dated)


def days() -> list[date]:
    """The first and last day and the middle of every year, and every day the law changed with its eve."""
    changes = {day for versions in LAW.citations.values() for v in versions for day in (v.since, v.until) if day}
    yearly = {date(year, *day) for year in range(1985, 2027) for day in ((1, 1), (7, 1), (12, 31))}
    return sorted(yearly | {day for day in changes if day.year >= 1985})


def test_what_is_cited_was_in_force() -> None:
    wrong, needed = [], set()
    for name in LAW.citations:
        for day in days():
            if name in STATUTES_OF_TODAY and day < date(2000, 1, 1):
                continue
            for article in LAW.cited(name, day):
                if not (article.since <= day and (article.until is None or day <= article.until)):
                    needed.add((name, article.id))
                    if (name, article.id) not in NOT_IN_FORCE:
                        wrong.append(f"{name} on {day}: {article}")
    assert not wrong, wrong[:5]
    assert needed == set(NOT_IN_FORCE)


@pytest.mark.parametrize(
    ("name", "day", "article"),
    [
        ("lease_term", (1999, 9, 30), "CC705"),
        ("lease_term", (1999, 10, 1), "CL214"),
        ("lease_term", (2020, 12, 31), "CL214"),
        ("lease_term", (2021, 1, 1), "CC705"),
        ("outsider", (2018, 12, 31), "RLCL02_48"),
        ("outsider", (2019, 1, 1), "RLCL52"),
        ("decision", (2010, 10, 27), "VCL98_19"),
        ("decision", (2010, 10, 28), "VCL10_24"),
        ("decision", (2025, 4, 30), "RLCL19"),
        ("decision", (2025, 5, 1), "RCEO27"),
        ("limitation", (2017, 9, 30), "GPCL136"),
        ("limitation", (2017, 10, 1), "GRCL188"),
        ("limitation", (2021, 1, 1), "CC188"),
        ("expiry", (2020, 12, 31), "CL236"),
        ("expiry", (2021, 1, 1), "CC734"),
    ],
)
def test_the_article_of_the_day(name: str, day: tuple[int, int, int], article: str) -> None:
    assert article in [each.id for each in LAW.cited(name, date(*day))]


@pytest.mark.parametrize(("name", "day", "value"), [
    ("lease_years", (1999, 9, 30), None), ("lease_years", (1999, 10, 1), 20), ("lease_years", (2021, 1, 1), 20),
    ("wasteland_years", (1999, 12, 20), None), ("wasteland_years", (1999, 12, 21), 50),
    ("forest_years", (2003, 2, 28), None), ("forest_years", (2003, 3, 1), 70), ("grass_years", (2019, 1, 1), 50),
    ("limitation_years_rent", (1986, 12, 31), None), ("limitation_years_rent", (2016, 9, 30), 1),
    ("limitation_years_rent", (2016, 10, 1), 3), ("limitation_years_general", (2015, 9, 30), 2),
    ("limitation_years_general", (2015, 10, 1), 3), ("second_round_end", (2026, 9, 30), None),
])
def test_the_number_of_the_day(name: str, day: tuple[int, int, int], value: int | None) -> None:
    version = LAW.parameters[name].on(date(*day))
    assert (version.value if version else None) == value


REFUSED = {
    "不认识的键": ("parametres", "parameters"),
    "键写了两次": ("第", "second_round_end”写了两次"),
    "两段重叠": ("parameters.lease_years", "请给前一段写上 to"),
    "前一段没有止": ("parameters.lease_years", "请给前一段写上 to"),
    "条文不存在": ("parameters.lease_years", "CC750"),
    "日期不对": ("parameters.lease_years", "请写成 2026-01-01"),
    "没有这个参数": ("parameters.lease_year", "是不是“lease_years”"),
    "缺少依据": ("parameters.lease_years", "缺少 cite"),
    "状态不对": ("parameters.lease_years", "certain 或 to_confirm"),
    "数里不认识的键": ("parameters.lease_years.since", "不认识的键"),
    "处置办法不认识的键": ("treatments[0].signed_befor", "是不是“signed_before”"),
    "不是YAML": ("第", "不是正确的 YAML"),
    "不是名字和内容": ("整个文件", "名字: 内容"),
    "不是UTF8": ("整个文件", "不是正确的 YAML"),
    "参数里写错了键": ("parameters.lease_years.valeus", "values"),
    "参数不是名字和内容": ("parameters", "名字: 内容"),
    "条文缺题目": ("articles.LOCAL", "title"),
    "处置办法缺地类": ("treatments[0]", "land_class"),
    "处置办法依据不存在": ("treatments[0]", "LOCLA"),
    "止在起之前": ("parameters.lease_years", "to"),
    "数的种类不对": ("parameters.second_round_end", "2026-01-01"),
    "没有地方": ("place", "place"),
}
def refused(name: str) -> LawError:
    with pytest.raises(LawError) as error:
        LAW.under(BAD / f"{name}.yaml", "140109001200")
    return error.value



@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_file_key_and_mend(name: str) -> None:
    key, mend = REFUSED[name]
    error = refused(name)
    assert error.file == f"{name}.yaml"
    assert key in error.key
    assert mend in error.mend
    assert str(error).startswith(f"{name}.yaml:")


def test_every_bad_file_is_tried() -> None:
    assert {path.stem for path in BAD.glob("*.yaml")} == set(REFUSED)


def test_a_policy_of_another_place_is_refused() -> None:
    with pytest.raises(LawError) as error:
        LAW.under(POLICIES / "九院村.yaml", "140105001200")
    assert (error.value.file, error.value.key) == ("九院村.yaml", "place")
    assert "140109001" in error.value.mend


@pytest.mark.parametrize(("home", "place", "fits"), [
    ("140000", "140109001200", True), ("140100", "140109001200", True), ("140109", "140109001200", True),
    ("140100", "140200000000", False), ("140109", "140110001200", False), ("140109001201", "140109001202", False),
    ("140109001200", "140109001201", False),  # 200 is read as 2xx
    ("141000", "141102001200", False),  # 临汾 for 吕梁
    ("140109001200", "140109001210", False),  # a village for another
    ("140110", "140119001200", False),
])
def test_a_policy_holds_in_its_place_and_below(tmp_path: Path, home: str, place: str, fits: bool) -> None:
    policy = tmp_path / "政策.yaml"
    policy.write_text(f'place: "{home}"\ntitle: 本地政策\n', "utf-8")
    try:
        LAW.under(policy, place)
    except LawError:
        assert not fits
    else:
        assert fits


def test_a_policy_replaces_numbers_and_leaves_the_package_alone() -> None:
    local = law("九院村")
    second_round = local.parameters["second_round_end"].on(TODAY)
    assert second_round
    assert second_round.value == date(2028, 12, 31)
    assert local.parameters["second_round_end"].source == "九院村.yaml"
    assert local.parameters["lease_years"] == LAW.parameters["lease_years"]
    assert LAW.parameters["second_round_end"].on(TODAY) is None
    assert (local.policy, local.place, LAW.policy, LAW.place) == ("九院村测试政策", "140109001", "", "")
    assert local.articles["LOCAL"].statute == "九院村清化收办法(测试)"
    assert "LOCAL" not in LAW.articles


def test_a_policy_is_not_law_before_it_begins() -> None:
    row = {"_file": "甲.xlsx", "_sheet": "台账", "_row": 3, "_headings": ALL_HEADINGS, "_doubtful": "|", "kind": "流转",
           "land_class": "耕地", "signed_on": "2015-01-01", "ends_on": "2029-01-01"}
    said = [check_rows([row], "九院村", day).judged["C05"].item() for day in (date(2022, 7, 31), date(2022, 8, 1))]
    assert said == [2, 1]  # cannot tell, then yes


@pytest.mark.parametrize(
    ("signed", "years", "paid", "answer", "advice"),
    [
        ("1994-02-20", 60, "一次性", "no", "确认并继续履行，补齐文本"),
        ("1994-02-20", 60, "按年", "yes", "提高承包费，签补充协议"),
        ("1994-02-20", 50, "一次性", "no", "确认并继续履行"),
        ("1994-02-20", 50, "按年", "no", "协商提高承包费"),
        ("1994-02-21", 60, "一次性", "yes", "在50年以内重新签订"),
        ("1994-02-21", 50, "一次性", "no", None),
    ],
)
def test_a_places_own_table_for_wasteland(signed: str, years: int, paid: str, answer: str, advice: str | None) -> None:
    """The visible lines of domain 1.6: sign date × term × payment."""
    row = {"_file": "甲.xlsx", "_sheet": "台账", "_row": 3, "_headings": ALL_HEADINGS, "_doubtful": "|",
           "land_class": "四荒", "signed_on": signed,
           "ends_on": f"{int(signed[:4]) + years}{signed[4:]}", "payment_mode": paid}
    found = check_rows([row], "九院村")
    assert ("no", "yes")[found.judged["C06"].item()] == answer
    given = found.judged["advice"].item()
    assert (given is None) if advice is None else (advice in given)


@pytest.mark.parametrize("day", [date(1998, 11, 4), date(2025, 12, 31), date(2026, 1, 1), date(2026, 9, 30)])
def test_the_rule_and_the_notices_ask_for_the_same_days(day: date) -> None:
    """Two floors state it: the contract rules, which know no notices, and the notices, which know no register."""
    version = LAW.parameters["display_days"].on(day)
    assert version is not None
    asked = required("display", day)
    assert (version.value, version.status == "certain") == (asked.days, asked.certain)
