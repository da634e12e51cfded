"""A batch taken by columns is what its entries are one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking import book, entry
from mingbai.books import balances, months
from mingbai.books.balances import of_lines
from mingbai.books.batch import Batch, batch_of
from mingbai.books.chart import chart_of
from mingbai.books.desk import BookError
from mingbai.books.entry import LINE_FEN_MAX, Leg, Proposal, wrongs
from mingbai.books.models import Line, Voucher

WORDS = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from('"\\\n\t'), max_size=8) | st.sampled_from(("", "收 13912345678 的", "\\N", 'a"b', "1401"))
FEN = st.sampled_from((0, 0, 1, 5, -5, LINE_FEN_MAX, LINE_FEN_MAX + 1)) | st.integers(-10**12, 10**12)
LEGS = st.builds(Leg, st.sampled_from(("102", "50101", "501", "511", "113", "999")), FEN, FEN, WORDS, st.none() | st.integers(1, 9), st.none() | st.integers(1, 9),
                 st.sampled_from(("", "contracts:1")), WORDS, WORDS)
BALANCED = st.builds(lambda fen, debit, credit: (Leg(debit, fen), Leg(credit, 0, fen)), st.integers(1, 9), st.sampled_from(("102", "511")), st.sampled_from(("50101", "113")))
ENTRIES = st.builds(Proposal, st.uuids().map(str), st.sampled_from((date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31))), WORDS | st.just("记一笔"),
                    BALANCED | st.lists(LEGS, min_size=1, max_size=5).map(tuple), st.sampled_from(("", "contracts:2")), stated_fen=st.none() | st.sampled_from((0, 5, 50_000)),
                    of_years=st.sampled_from((1, 1, 2)), closing=st.booleans(), reverses=st.none() | st.just(3))


@settings(deadline=None, max_examples=150)
@given(st.lists(ENTRIES, min_size=1, max_size=12))
def test_columns_say_what_one_by_one_says(entries: list[Proposal]) -> None:
    batch = Batch(entries)
    assert batch.digests() == [each.digest for each in entries]
    assert batch.totals() == [each.total_fen for each in entries]
    assert batch.lines["whom"].to_list() == [leg.whom for each in entries for leg in each.legs]
    assert batch.moves() == of_lines((each.on.year * 100 + each.on.month, each.closing, leg.account, leg.whom, leg.debit_fen, leg.credit_fen) for each in entries for leg in each.legs)
    for plain, each in zip(batch.plain({each.on: chart_of(each.on) for each in entries}), entries, strict=True):
        assert not plain or wrongs(each, chart_of(each.on)) == (), each


def test_the_ordinary_is_plain() -> None:
    on = date(2024, 3, 1)
    assert all(Batch([entry(str(at), on) for at in range(5)]).plain({on: chart_of(on)}))


def test_what_no_column_holds_is_looked_at_one_by_one() -> None:
    many = [entry(str(at), date(2024, 3, 1)) for at in range(60)]
    assert batch_of(many)
    assert batch_of([*many, entry("x", date(2024, 3, 1), 10**20)]) is None
    assert batch_of([*many, Proposal("x", date(2024, 3, 1), "没有分录", ())]) is None


def many(number: int = 120, **more: Any) -> list[Proposal]:
    return [entry(f"e{at}", date(2024, at % 3 + 1, at % 28 + 1), 100 + at, words=f'第{at}笔\t"收"\\款\n{"13912345678" if at == 7 else ""}', household=f"户{at % 5}", debit="113", **more)
            for at in range(number)]


@pytest.mark.django_db
def test_many_are_booked_as_one_by_one(clerk: Any, district: Any) -> None:
    at_once, singly = district.villages[0], district.villages[1]
    entries = many()
    made = book(clerk, at_once, *entries)
    for each in entries:
        book(None, singly, each)
    seen = [[(v.month, v.number, v.on, v.words, v.event, v.digest, v.size, v.total_fen) for v in Voucher.objects.filter(organisation=place)] for place in (at_once, singly)]
    assert seen[0] == seen[1]
    lines = [list(Line.objects.filter(voucher__organisation=place).order_by("voucher__month", "voucher__number", "number").values_list(
        "number", "account", "words", "debit_fen", "credit_fen", "record", "project", "household", "whom")) for place in (at_once, singly)]
    assert lines[0] == lines[1]
    assert balances.kept(at_once) == balances.kept(singly)
    assert list(made) == [Voucher.objects.get(organisation=at_once, event=each.event) for each in entries]
    assert made[7].words == Voucher.objects.get(pk=made[7].pk).words
    assert "13912345678" not in made[7].words
    for place in (at_once, singly):
        assert list(balances.faults(place)) == []
    assert book(clerk, at_once, *entries) == made
    assert months.at_end(at_once, 202403)["113"] == sum(each.total_fen for each in entries)


@pytest.mark.django_db
def test_one_wrong_among_many_stops_them_all(clerk: Any, village: Any) -> None:
    bad = [*many(), entry("bad", date(2024, 3, 1), credit="999"), entry("later", date(2026, 12, 1))]
    with pytest.raises(BookError, match=r"第 121 张.*没有科目 999.*第 122 张.*今天"):
        book(clerk, village, *bad)
    assert not Voucher.objects.exists()
