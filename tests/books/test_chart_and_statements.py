"""The chart of a day, the bridge between the two systems, what is refused before booking, and statements by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingbai.books.chart import ChartError, bridge, bridges, chart_of, charts
from mingbai.books.entry import Leg, Proposal, wrongs
from mingbai.books.statements import Figures, balance_sheet, equity_changes, income_statement

OLD, NEW = chart_of(date(2023, 12, 31)), chart_of(date(2024, 1, 1))
TABLE = """101 库存现金 102 银行存款 111 短期投资 112 应收款 113 内部往来 121 库存物资 131 消耗性生物资产 132 生产性生物资产
133 生产性生物资产累计折旧 134 公益性生物资产 141 长期投资 151 固定资产 152 累计折旧 153 在建工程 154 固定资产清理 161 无形资产
162 累计摊销 171 长期待摊费用 181 待处理财产损溢 201 短期借款 211 应付款 212 应付工资 213 应付劳务费 214 应交税费
221 长期借款及应付款 231 一事一议资金 241 专项应付款 301 资本 311 公积公益金 321 本年收益 322 收益分配 401 生产（劳务）成本
501 经营收入 502 投资收益 503 补助收入 504 其他收入 511 经营支出 512 税金及附加 513 管理费用 514 公益支出 515 其他支出 521 所得税费用"""


def test_the_42_accounts_are_those_of_the_system() -> None:
    words = TABLE.split()
    assert {each.code: each.name for each in NEW.accounts.values() if len(each.code) == 3} == dict(zip(words[::2], words[1::2], strict=True))
    kinds = [each.kind for each in NEW.accounts.values() if len(each.code) == 3]
    assert [kinds.count(kind) for kind in ("asset", "liability", "equity", "cost")] == [19, 8, 4, 1]
    assert kinds.count("income") + kinds.count("expense") == 10


def test_153_and_154_changed_places() -> None:
    assert (OLD.account("153").name, OLD.account("154").name) == ("固定资产清理", "在建工程")
    assert (NEW.account("153").name, NEW.account("154").name) == ("在建工程", "固定资产清理")
    assert (bridge("153"), bridge("154"), bridge("15301")) == ("154", "153", "15401")


def test_every_old_account_has_a_place_in_the_new_chart() -> None:
    for code in OLD.accounts:
        assert bridge(code) in NEW.accounts, code
    for each in bridges().values():
        assert {each.to, *each.choices} <= set(NEW.accounts)
        assert not each.choices or each.why
    assert bridge("51101") == "50101"
    for top in OLD.result:
        assert NEW.account(bridge(top)).kind == OLD.account(top).kind


def test_no_chart_before_the_first() -> None:
    with pytest.raises(ChartError, match="2005-01-01"):
        chart_of(date(2004, 12, 31))


def test_an_account_is_found_by_code_name_or_initials() -> None:
    assert [str(each) for each in NEW.matching("yhck")] == ["102 银行存款"]
    assert [each.code for each in NEW.matching("往来")] == ["113"]
    assert NEW.matching("501")[0].code == "501"
    with pytest.raises(ChartError, match="501 经营收入"):
        NEW.account("509")


def test_own_sub_accounts_stand_below_an_account() -> None:
    mine = NEW.with_own([("50104", "光伏收入"), ("10201", "农商行基本户")])
    assert (mine.path("50104"), mine.account("10201").side) == ("经营收入－光伏收入", "debit")
    for code in ("99901", "502", "50101"):
        with pytest.raises(ChartError):
            NEW.with_own([(code, "不行")])


def entry(*legs: Leg, **more: Any) -> Proposal:
    return Proposal("e", date(2024, 5, 1), more.pop("words", "收到承包费"), legs, **more)


GOOD = (Leg("102", 280000), Leg("50101", 0, 280000))


@pytest.mark.parametrize(("proposal", "what"), [
    (entry(Leg("102", 60000000), Leg("50101", 0, 6000000)), "unbalanced"),
    (entry(Leg("102", 100), Leg("541", 0, 100)), "account"),
    (entry(Leg("102", 100), Leg("50101", 0, 100), of_years=3), "years"),
    (entry(Leg("102", 280), Leg("50101", 0, 280), stated_fen=2800000), "unit"),
    (entry(Leg("50101", 100), Leg("102", 0, 100)), "swapped"),
    (entry(*GOOD, stated_fen=290000), "stated"),
    (entry(Leg("102", -100), Leg("50101", 0, -100)), "negative"),
    (entry(Leg("102", 100, 100), Leg("50101")), "amount"),
    (entry(*GOOD, words=" "), "words"),
    (entry(Leg("102", 10**13), Leg("50101", 0, 10**13)), "large"),
    (entry(Leg("102", 0, 0)), "lines"),
])
def test_what_is_wrong_is_named(proposal: Proposal, what: str) -> None:
    found = {each.what: each for each in wrongs(proposal, NEW)}
    assert what in found
    assert found[what].warning == (what in ("swapped", "stated"))
    assert wrongs(entry(*GOOD), NEW) == ()


def test_the_same_entry_has_the_same_digest_and_another_has_not() -> None:
    assert entry(*GOOD).digest == entry(*GOOD).digest
    assert len({entry(*GOOD).digest, entry(*GOOD, words="别的").digest, entry(GOOD[0], Leg("50102", 0, 280000)).digest}) == 3


BALANCE_ONCE = ("113",)


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.key)
def test_every_account_stands_in_the_balance_sheet_once(chart: Any) -> None:
    sheet = balance_sheet(chart, Figures({}))
    said = [code for line in (*sheet.assets, *sheet.sources) if not line.aside for code in line.accounts]
    expected = [code for code in chart.accounts if len(code) == 3]
    assert sorted(said) == sorted([*expected, *BALANCE_ONCE])
    income = [code for line in income_statement(chart, Figures({})).lines for code in line.accounts if code in chart.result]
    assert sorted(income) == sorted(chart.result)


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.key)
def test_any_balanced_books_balance_on_the_sheet(chart: Any) -> None:
    """Each account in turn against cash: the sheet agrees, and the undistributed end of both statements too."""
    for at, code in enumerate(code for code in chart.accounts if len(code) == 3):
        amount = 700 + at
        closing = {code: amount, "101": -amount} if code != "101" else {}
        split = {"113": (amount, 0)} if code == "113" else {}
        figures = Figures(closing, {}, closing, split)
        sheet, income = balance_sheet(chart, figures), income_statement(chart, figures)
        assert sheet.balances, code
        assert sheet.total("undistributed") == income.figure("closing"), code


def test_statements_by_hand() -> None:
    """Bank 90,000 of which rent 60,000 this year; a member owes 5,000, another was overpaid 2,000; wages 10,000 paid."""
    turned = {"102": 5_000_000, "113": 300_000, "50101": -6_300_000, "513": 1_000_000}
    opening = {"102": 4_000_000, "311": -3_500_000, "32299": -500_000}
    closing = {code: opening.get(code, 0) + turned.get(code, 0) for code in opening.keys() | turned.keys()}
    figures = Figures(closing, opening, turned, {"113": (500_000, 200_000)})
    sheet, income = balance_sheet(NEW, figures), income_statement(NEW, figures)
    assert (sheet.total("money"), sheet.total("receivables"), sheet.total("payables")) == (9_000_000, 500_000, 200_000)
    assert sheet.total("assets") == sheet.total("sources") == 9_500_000
    assert (income.figure("operating"), income.figure("net")) == (5_300_000, 5_300_000)
    assert (income.figure("opening"), income.figure("closing")) == (500_000, 5_800_000)
    assert equity_changes(NEW, figures)[-1] == ("合计", 4_000_000, 5_300_000, 9_300_000)
    assert not sheet.certain
