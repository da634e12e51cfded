"""Rents by the room: 300 yuan a room and three rooms are 900 yuan a year."""

from __future__ import annotations

import pytest

from mingbai.units import YUAN, Money
from mingbai.units.rooms import count_rooms, price_a_room


@pytest.mark.parametrize(("texts", "rooms"), [
    (("旧校舍3间",), 3), (("村委门面房（三间）", "王家沟"), 3), (("门面2间", "西街门面两间"), 2), (("3间", "村东4间"), None), (("旧校舍",), None),
    (("300元/间",), None), (("每间300元，共3间",), 3), (("第3间",), None), (("0间",), None), (("中间地带",), None), (("十二间平房",), 12), (("2023年间",), None),
])
def test_the_rooms_a_row_speaks_of(texts: tuple[str, ...], rooms: int | None) -> None:
    assert count_rooms(texts) == rooms


@pytest.mark.parametrize(("cell", "price"), [
    ("300元/间", Money(300_00, "", "")), ("每间每年300元", Money(300_00, "", "year")), ("300元/间·年", Money(300_00, "", "year")), ("200元/间/月", Money(200_00, "", "month")),
    ("300元/间，共3间", Money(300_00, "", "")), ("3间×300元/间", Money(300_00, "", "")), ("300元/亩", None), (300, None), ("每间若干", None), ("300", None),
])
def test_what_a_room_costs(cell: object, price: Money | None) -> None:
    assert price_a_room(cell, YUAN) == price  # type: ignore[arg-type]
