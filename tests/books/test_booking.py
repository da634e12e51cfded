"""Booking: balanced by the database, once, without gaps, into open months; reversal; months and years."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from booking import book, entry
from mingbai.books import balances, months
from mingbai.books.desk import BookError, reverse
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Balance, Line, Voucher
from mingbai.records.door import commit
from mingbai.records.models import Event

pytestmark = pytest.mark.django_db


def sound(place: Any) -> bool:
    return list(balances.faults(place)) == []


def test_numbers_run_per_month_and_one_event_tells_the_batch(clerk: Any, village: Any) -> None:
    made = book(clerk, village, entry("a", date(2024, 3, 1)), entry("b", date(2024, 4, 1)), entry("c", date(2024, 3, 9)))
    assert [(each.month, each.number) for each in made] == [(202403, 1), (202404, 1), (202403, 2)]
    event = Event.objects.get(deed="记账")
    told = next(line for line in event.lines if line["what"] == "books.post")
    assert (told["vouchers"], told["fen"], len(told["digest"])) == (3, 300, 64)
    assert sound(village)


def test_the_same_event_is_booked_once_and_other_content_refused(clerk: Any, village: Any) -> None:
    first = book(clerk, village, entry("a", date(2024, 3, 1)))
    assert book(clerk, village, entry("a", date(2024, 3, 1))) == first
    assert Voucher.objects.count() == 1
    with pytest.raises(BookError, match="内容却不一样"):
        book(clerk, village, entry("b", date(2024, 3, 2)), entry("a", date(2024, 3, 1), 200))
    with pytest.raises(BookError, match="出现了两次"):
        book(clerk, village, entry("x", date(2024, 3, 2)), entry("x", date(2024, 3, 2)))
    assert Voucher.objects.count() == 1


def test_words_with_a_telephone_number_are_the_same_event_again(clerk: Any, village: Any) -> None:
    said = entry("a", date(2024, 3, 1), words="收王某 13912345678 承包费")
    first = book(clerk, village, said)
    assert "13912345678" not in Voucher.objects.get().words
    assert book(clerk, village, said) == first


@pytest.mark.parametrize(("proposal", "says"), [
    (Proposal("a", date(2024, 3, 1), "不平", (Leg("102", 5), Leg("311", 0, 6))), "借贷不平"),
    (entry("a", date(2023, 3, 1), credit="211", debit="213"), "没有科目 213"),
    (entry("a", date(2024, 3, 1), debit="541"), "没有科目 541"),
    (entry("a", date(2026, 10, 1)), "今天"),
    (entry("a", date(2001, 10, 1)), "最早从"),
])
def test_a_batch_is_whole_or_absent(clerk: Any, village: Any, proposal: Proposal, says: str) -> None:
    with pytest.raises(BookError, match=says):
        book(clerk, village, entry("good", date(2024, 3, 1)), proposal)
    assert not Voucher.objects.exists()
    assert not Event.objects.filter(deed="记账").exists()


def test_a_warning_needs_a_reason(clerk: Any, village: Any) -> None:
    odd = entry("a", date(2024, 3, 1), debit="50101", credit="102")
    with pytest.raises(BookError, match="记反"):
        book(clerk, village, odd)
    assert book(clerk, village, odd, reason="退回多收的承包费")[0].reason == "退回多收的承包费"


def test_who_may_not_book_does_not(district: Any) -> None:
    for role in ("supervisor", "auditor", "county"):
        with pytest.raises(PermissionDenied):
            book(district.people[role], district.villages[0], entry("a", date(2024, 3, 1)))


def test_reversal_takes_back_once(clerk: Any, village: Any) -> None:
    voucher = book(clerk, village, entry("a", date(2024, 3, 1), 700))[0]
    with commit(clerk, village, "book", "冲销") as act:
        red = reverse(act, voucher, date(2024, 5, 2), "记错了")
    assert sorted((line.debit_fen, line.credit_fen) for line in red.lines.all()) == [(-700, 0), (0, -700)]
    assert months.at_end(village, 202405) == {"102": 0, "311": 0}
    for again in (voucher, red):
        with pytest.raises(BookError), commit(clerk, village, "book", "冲销") as act:
            reverse(act, again, date(2024, 5, 3), "再来")
    assert sound(village)


def test_an_old_voucher_is_not_reversed_into_the_new_chart(clerk: Any, village: Any) -> None:
    voucher = book(clerk, village, entry("a", date(2023, 3, 1), debit="153"))[0]
    with pytest.raises(BookError, match="调整凭证"), commit(clerk, village, "book", "冲销") as act:
        reverse(act, voucher, date(2024, 1, 2), "记错了")


def test_a_transfer_is_taken_back_in_its_own_december(district: Any) -> None:
    place, reviewer = district.villages[0], district.people["reviewer"]
    book(reviewer, place, entry("rent", date(2024, 3, 1), 9000, credit="50101"))
    with commit(reviewer, place, "close", "年末结转") as act:
        made = months.end_year(act, 2024)
    with pytest.raises(BookError, match="12 月冲销"), commit(reviewer, place, "book", "冲销") as act:
        reverse(act, made[0], date(2025, 3, 1), "记错了")
    for voucher in reversed(made):
        with commit(reviewer, place, "book", "冲销") as act:
            reverse(act, voucher, date(2024, 12, 31), "记错了")
    assert {code: fen for code, fen in months.at_end(place, 202412).items() if fen} == {"102": 9000, "50101": -9000}
    with commit(reviewer, place, "close", "年末结转") as act:
        assert len(months.end_year(act, 2024)) == 2
    assert sound(place)


def test_balances_cross_into_the_new_system(clerk: Any, village: Any) -> None:
    """Posted in any order, a year's opening is what the year before left, by the bridge."""
    book(clerk, village, entry("new", date(2024, 2, 1), 10, debit="153"))
    book(clerk, village, entry("old", date(2023, 2, 1), 1000, debit="154"), entry("rent", date(2023, 3, 1), 30, credit="51101", debit="102", record="contracts:1"))
    book(clerk, village, entry("later", date(2026, 2, 1), 1, debit="153"))
    assert months.at_end(village, 202402) == {"153": 1010, "311": -1010, "102": 30, "50101": -30}
    assert months.at_end(village, 202602)["153"] == 1011
    assert sound(village)


def test_a_tampered_balance_is_found_and_made_anew(clerk: Any, village: Any, behind_the_door: None) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1)))
    Balance.objects.filter(account="102").update(debit_fen=99)
    assert [derived for _, derived in balances.faults(village)] == [True]
    with commit(None, village, "book", "重算", quiet=True) as act:
        balances.rebuild(act)
    assert sound(village)


def test_a_tampered_line_is_found(clerk: Any, village: Any, behind_the_door: None) -> None:
    voucher = book(clerk, village, entry("a", date(2024, 3, 1)))[0]
    if connection.vendor == "postgresql":  # whoever owns the database can still do this
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
    Line.objects.filter(voucher=voucher, number=1).update(debit_fen=99)
    assert any("与凭证的" in sentence for sentence, _ in balances.faults(village))
    Line.objects.filter(voucher=voucher, number=1).update(debit_fen=100, words="换了话")
    assert any("摘要值" in sentence for sentence, _ in balances.faults(village))


def closed(person: Any, place: Any, *which: int) -> None:
    for month in which:
        with commit(person, place, "close", "结账") as act:
            months.close(act, month)


def test_months_close_in_order_and_take_nothing_more(district: Any) -> None:
    place, reviewer = district.villages[0], district.people["reviewer"]
    book(reviewer, place, entry("a", date(2024, 3, 1)), entry("b", date(2024, 4, 1)))
    with pytest.raises(BookError, match="3月还没有结账"):
        closed(reviewer, place, 202404)
    closed(reviewer, place, 202403, 202404)
    for late in (date(2024, 3, 2), date(2024, 2, 1), date(2023, 12, 31), date(2015, 1, 5)):  # a month before the first changes the balances of all after it
        with pytest.raises(BookError, match="已经结账"):
            book(reviewer, place, entry("c", late))
    with pytest.raises(BookError, match="往回"), commit(reviewer, place, "close", "重开") as act:
        months.reopen(act, 202403, "漏记")
    with pytest.raises(BookError, match="为什么"), commit(reviewer, place, "close", "重开") as act:
        months.reopen(act, 202404, " ")
    with commit(reviewer, place, "close", "重开") as act:
        months.reopen(act, 202404, "漏记一张")
    book(reviewer, place, entry("d", date(2024, 4, 2)))
    assert "漏记一张" in str(Event.objects.get(deed="重开").lines)


def test_the_year_is_carried_over_and_its_income_still_told(district: Any) -> None:
    from mingbai.books.reports import books_of

    place, reviewer = district.villages[0], district.people["reviewer"]
    book(reviewer, place, entry("rent", date(2024, 3, 1), 9000, credit="50101"), entry("pay", date(2024, 4, 1), 2000, debit="513", credit="102"),
         entry("reserve", date(2024, 12, 30), 500, debit="32201", credit="311"))
    closed(reviewer, place, 202403, 202404)
    with pytest.raises(BookError, match="年末结转"):
        closed(reviewer, place, 202412)
    with commit(reviewer, place, "close", "年末结转") as act:
        months.end_year(act, 2024)
        assert months.end_year(act, 2024) == []
    closed(reviewer, place, 202412)
    assert {code: fen for code, fen in months.at_end(place, 202412).items() if fen} == {"102": 7000, "311": -500, "32299": -6500}
    assert months.at_end(place, 202501) == {"102": 7000, "311": -500, "32299": -6500}
    made = books_of(place, 202412)
    assert (made.income.figure("net"), made.income.figure("to_reserves"), made.income.figure("closing")) == (7000, 500, 6500)
    assert made.balance.balances
    assert made.balance.total("undistributed") == 6500
    book(reviewer, place, entry("next", date(2025, 1, 5), 1, credit="50101"))
    assert books_of(place, 202501).income.figure("opening") == 6500
    assert sound(place)


def test_fsck_tells_of_the_books_and_mends_what_is_derived(clerk: Any, village: Any, behind_the_door: None) -> None:
    from mingbai.board.fsck import differences, mend
    from mingbai.places.scope import whole

    book(clerk, village, entry("a", date(2024, 3, 1)))
    Balance.objects.filter(account="102").update(debit_fen=99)
    assert [each.part for each in differences(whole()) if each.part == "账簿"] == ["账簿"]
    mend(whole())
    assert [each for each in differences(whole()) if each.part == "账簿"] == []


def run(*statements: str) -> None:
    """What somebody writes who holds the database: on PostgreSQL its owner switches the triggers off."""
    triggers = connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        for table in ("books_voucher", "books_line") if triggers else ():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for each in statements:
            cursor.execute(each)
        if triggers:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("books_voucher", "books_line"):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def said_of(place: Any) -> str:
    return "\n".join(sentence for sentence, derived in balances.faults(place) if not derived)


LAST = "(SELECT MAX(id) FROM books_voucher)"


def test_balances_and_months_without_a_voucher_are_named(clerk: Any, village: Any, behind_the_door: None) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1)))
    run("DELETE FROM books_line", "DELETE FROM books_voucher")
    assert "一张凭证也没有，却存着" in said_of(village)
    assert "现在只有 0 张" in said_of(village)


def test_a_trigger_that_is_gone_is_named(village: Any, behind_the_door: None) -> None:
    from mingbai.board.fsck import differences
    from mingbai.places.scope import whole

    assert list(differences(whole())) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER books_voucher_update" if connection.vendor == "sqlite" else "ALTER TABLE books_voucher DISABLE TRIGGER books_voucher_kept")
    (only,) = map(str, differences(whole()))
    assert "没有触发器 books_voucher_" in only


def rebuilt(place: Any) -> None:
    with commit(None, place, "edit", "重算") as act:
        balances.rebuild(act)


def test_a_voucher_edited_with_its_digest_and_balances_is_named(clerk: Any, village: Any, behind_the_door: None) -> None:
    first, second, _ = book(clerk, village, entry("a", date(2024, 3, 1)), entry("b", date(2024, 3, 2)), entry("c", date(2024, 4, 2)))
    assert sound(village)
    run(f"UPDATE books_line SET debit_fen = debit_fen * 2, credit_fen = credit_fen * 2 WHERE voucher_id = {second.pk}", f"UPDATE books_voucher SET total_fen = total_fen * 2 WHERE id = {second.pk}")
    run(f"UPDATE books_voucher SET digest = '{balances.proposal_of(Voucher.objects.get(pk=second.pk)).digest}' WHERE id = {second.pk}")
    rebuilt(village)
    assert "现在的凭证（202403-1 到 202404-1）合计 400 分，内容与记账时不符" in said_of(village)
    assert first.digest != second.digest


@pytest.mark.parametrize(("statements", "says"), [
    ((f"DELETE FROM books_line WHERE voucher_id = {LAST}", f"DELETE FROM books_voucher WHERE id = {LAST}"), "现在只有 0 张：凭证被删过"),
    ((f"UPDATE books_voucher SET by_id = NULL WHERE id = {LAST}",), "制单人不是记账的人"),
    ((f"UPDATE books_voucher SET month = 202404, number = 1 WHERE id = {LAST}",), "现在轮到的是 202404-1"),
])
def test_the_last_voucher_deleted_moved_or_under_another_name_is_named(clerk: Any, village: Any, behind_the_door: None, statements: tuple[str, ...], says: str) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1)), entry("b", date(2024, 3, 2)))
    book(clerk, village, entry("c", date(2024, 3, 2)))
    run(*statements)
    rebuilt(village)
    assert says in said_of(village)


def test_a_voucher_nobody_booked_is_named(clerk: Any, village: Any, behind_the_door: None) -> None:
    book(clerk, village, entry("a", date(2024, 3, 1)))
    run("INSERT INTO books_line (voucher_id, number, account, words, debit_fen, credit_fen, record, project, household, whom) VALUES (9000000, 1, '102', '', 5, 0, '', '', '', ''), (9000000, 2, '311', '', 0, 5, '', '', '', '')",
        "INSERT INTO books_voucher (id, organisation_id, month, number, \"on\", words, event, digest, record, template, papers, closing, reason, size, total_fen) "
        f"SELECT 9000000, organisation_id, month, 2, \"on\", words, 'x', digest, record, template, papers, closing, reason, 2, 5 FROM books_voucher WHERE id = {LAST}")
    assert "202403-2 没有一条审计记录说过记了它" in said_of(village)
