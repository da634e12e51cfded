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
