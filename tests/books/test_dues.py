"""What contracts bring into a month: shown in words and as entries, ticked, booked once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import a_row
from mingbai.books.models import Voucher


@pytest.fixture
def contract(import_rows: Any) -> Any:
    """Rent of 5,000 yuan a year, due at the end of each year of the contract, 4 January 2021 to 2029; 27,000 came in, nobody wrote down when."""
    return import_rows(a_row(**{"应收金额(元)": 30000, "已收金额(元)": 27000, "欠缴金额(元)": 3000}))[0]


def events_of(contract: Any, month: date) -> list[str]:
    from mingbai.books import claims

    year, number = month.year, month.month
    return [each.event for each in claims.entries(contract.organisation, month, date(year + number // 12, number % 12 + 1, 1))]


def test_rent_due_in_a_month_is_shown_ticked_and_booked_once(client: Any, clerk: Any, contract: Any) -> None:
    client.force_login(clerk)
    address = f"/books/{contract.organisation.code}/dues/"
    page = client.get(address, {"month": "202601"}).content.decode()
    assert "还有 2 笔没有记" in page  # 到期的一年，和台账写的已收里付这一年的 2,000
    assert "5,000.00" in page
    event = next(each for each in events_of(contract, date(2026, 1, 1)) if "/due/" in each)
    client.post(f"{address}book/", {"month": "202601", "event": [event]})
    booked = Voucher.objects.get(organisation=contract.organisation, event=event)
    assert {(line.debit_fen, line.credit_fen) for line in booked.lines.all()} == {(500_000, 0), (0, 500_000)}
    page = client.get(address, {"month": "202601"}).content.decode()
    assert "还有 1 笔没有记" in page
    assert f"/books/voucher/{booked.pk}/" in page
    client.post(f"{address}book/", {"month": "202601", "event": [event]})
    assert Voucher.objects.filter(organisation=contract.organisation).count() == 1


def test_what_the_ledger_received_on_no_day_is_shown_but_not_ticked(client: Any, clerk: Any, contract: Any) -> None:
    client.force_login(clerk)
    page = client.get(f"/books/{contract.organisation.code}/dues/", {"month": "202401"}).content.decode()
    ticks = {part.split('"')[0]: " checked" in part.split(">")[0] for part in page.split('name="event" value="')[1:]}
    assert {event.split("/")[-2]: ticked for event, ticked in ticks.items()} == {"due": True, "ledger": False}


def test_nothing_ticked_is_said_and_nothing_booked(client: Any, clerk: Any, contract: Any) -> None:
    client.force_login(clerk)
    answer = client.post(f"/books/{contract.organisation.code}/dues/book/", {"month": "202601"}, follow=True)
    assert "没有勾选要记的" in answer.content.decode()
    assert not Voucher.objects.exists()


def test_what_ended_early_brings_no_rent_for_the_time_after(clerk: Any, contract: Any) -> None:
    from mingbai.registers.contracts import events

    assert any("/due/" in each for each in events_of(contract, date(2028, 1, 1)))
    events.record(clerk, contract, "early_end", date(2026, 9, 20), {"how": "协商解除", "ends_on": "2026-09-25", "lessee_pays_fen": 1})
    assert not any("/due/" in each for each in events_of(contract, date(2028, 1, 1)))
    assert any("/due/" in each for each in events_of(contract, date(2027, 1, 1)))  # of the year in which it ended


def rents_of(contract: Any) -> dict[str, int]:
    """First day of each period → yuan due for it."""
    from mingbai.registers.contracts.course import course

    contract.refresh_from_db()
    return {str(due.period_from): (due.amount_fen or 0) / 100 for due in course(contract)}


def test_rent_is_booked_at_the_price_in_force_in_its_time(clerk: Any, contract: Any) -> None:
    from mingbai.books import claims
    from mingbai.registers.contracts import events

    before = rents_of(contract)
    assert set(before.values()) == {5000.0}
    events.record(clerk, contract, "price_review", date(2026, 9, 1), {"rent_fen_per_year": 730_000, "from_on": "2027-01-05"})
    after = rents_of(contract)
    assert {day: yuan for day, yuan in after.items() if day < "2027"} == {day: yuan for day, yuan in before.items() if day < "2027"}
    assert {yuan for day, yuan in after.items() if day >= "2027"} == {7300.0}
    (booked,) = [each for each in claims.entries(contract.organisation, date(2028, 1, 1), date(2028, 1, 31)) if "/due/" in each.event]
    assert (booked.total_fen, booked.event) == (730_000, next(each for each in events_of(contract, date(2028, 1, 1)) if "/due/" in each)), "its number stays"


def test_a_price_agreed_within_a_period_is_divided_by_days(clerk: Any, contract: Any) -> None:
    from mingbai.registers.contracts import events

    days = (date(2027, 1, 5) - date(2026, 1, 5)).days
    events.record(clerk, contract, "price_review", date(2026, 9, 1), {"rent_fen_per_year": 730_000, "from_on": "2026-07-05"})
    old, new = (date(2026, 7, 5) - date(2026, 1, 5)).days, (date(2027, 1, 5) - date(2026, 7, 5)).days
    assert rents_of(contract)["2026-01-05"] == pytest.approx((5000 * old + 7300 * new) / days, abs=0.01)
    assert (rents_of(contract)["2025-01-05"], rents_of(contract)["2027-01-05"]) == (5000, 7300)


def test_a_renewal_goes_on_at_its_price_and_an_undone_one_never_was(clerk: Any, contract: Any) -> None:
    from mingbai.registers.contracts import events

    before = rents_of(contract)
    made = events.record(clerk, contract, "renewal", date(2026, 9, 1), {"ends_on": "2034-01-04", "rent_fen_per_year": 600_000})
    renewed = rents_of(contract)
    assert {day: yuan for day, yuan in renewed.items() if day in before} == before
    assert {yuan for day, yuan in renewed.items() if day not in before} == {6000.0}
    assert len(renewed) > len(before)
    events.undo(clerk, made, date(2026, 9, 2), "登错了")
    assert rents_of(contract) == before
    events.record(clerk, contract, "supplement", date(2026, 9, 3), {"ends_on": "2032-01-04"})
    longer = rents_of(contract)
    assert {day: yuan for day, yuan in longer.items() if day in before} == before
    assert set(longer.values()) == {5000.0}


def test_the_banks_desk_offers_no_due_of_the_time_after_an_early_end(clerk: Any, contract: Any) -> None:
    from mingbai.books import claims
    from mingbai.registers.contracts import events

    def after() -> list[str]:
        return [str(each.due_on) for each in claims.open_claims(contract.organisation, date(2027, 12, 20)) if each.record == contract.key and each.due_on > date(2027, 1, 31)]

    assert after() == ["2028-01-04"]
    events.record(clerk, contract, "early_end", date(2026, 9, 20), {"how": "协商解除", "ends_on": "2026-09-25"})
    assert after() == []
