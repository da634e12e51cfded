"""Identity numbers, credit codes and telephones. Invented persons use the prefix 999999 (no such place)."""

from __future__ import annotations

import pytest

from mingbai.units import Cell, Unreadable, Value, mask_identity, mask_name, mask_phone, parse_identity, parse_phone

PERSON = "999999195006150011"
COLLECTIVE = "N21401090000000000"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check_digit(first_seventeen: str) -> str:
    """GB 11643: written out here a second time, so that the parser is not its own judge."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return first_seventeen + "10X98765432"[sum(w * int(d) for w, d in zip(weights, first_seventeen,
    strict=True)) % 11]


def with_credit_check(first_seventeen: str) -> str:
    """GB 32100, from its printed weights."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    total = sum(w * CREDIT_ALPHABET.index(c) for w, c in zip(weights, first_seventeen, strict=True))
    return first_seventeen + CREDIT_ALPHABET[(31 - total % 31) % 31]


def test_a_person_by_check_digit_and_birth_date_whatever_the_place() -> None:
    number = with_check_digit(PERSON[:17])
    assert parse_identity(number) == Value(number)
    assert parse_identity(f" {number[:6]} {number[6:14]}　{number[14:].lower()} ") == Value(number)
    old_county = with_check_digit("14010919651230001")
    assert parse_identity(old_county) == Value(old_county)
    assert parse_identity("11010519491231002x") == Value("11010519491231002X")  # the standard's own example


def test_the_old_fifteen_digits_have_only_a_birth_date() -> None:
    assert parse_identity("999999500615001") == Value("999999500615001")
    assert parse_identity(999999500615001) == Value("999999500615001")
    assert isinstance(parse_identity("999999501315001"), Unreadable)


def test_credit_codes_of_companies_and_collectives() -> None:
    assert parse_identity("91350100M000100Y43") == Value("91350100M000100Y43")  # the standard's own example
    collective = with_credit_check("N2140109MA0000000")
    assert parse_identity(collective) == Value(collective)


@pytest.mark.parametrize(("cell", "kind"), [
    (140109196512300015, "lost_digits"), (1.40109196512e17, "lost_digits"), ("1.40109E+17", "lost_digits"),
    (with_check_digit("14010919651230001")[:15] + "000", "lost_digits"), ("1401**********1234", "masked"),
    ("14010919651230002X"[:17] + "9", "unreadable"), ("91350100M000100Y44", "unreadable"), ("12345", "unreadable"),
    ("张三", "unreadable"), (True, "unreadable"), ("999999195013150011", "unreadable"), (float("inf"), "lost_digits"),
])
def test_a_wrong_number_is_refused_without_being_repeated(cell: Cell, kind: str) -> None:
    outcome = parse_identity(cell)
    assert isinstance(outcome, Unreadable)
    assert outcome.kind == kind
    number, said = str(cell), outcome.reason + outcome.suggestion
    assert not any(number[at : at + 4] in said for at in range(len(number) - 3))


@pytest.mark.parametrize(("cell", "phone"), [
    ("13800112233", "13800112233"), (13800112233.0, "13800112233"), ("138 0011 2233", "13800112233"),
    ("138-0011-2233", "13800112233"), ("+86 13800112233", "13800112233"), ("0351-6060123", "0351-6060123"),
    ("03516060123", "0351-6060123"), ("(0351)6060123", "0351-6060123"), ("6060123", "6060123"),
    ("0351-6060123转801", "0351-6060123-801"), ("13800112233、0351-6060123", "13800112233/0351-6060123"),
    ("13800112233 13900112233", "13800112233/13900112233"), ("／", None), (None, None),
])
def test_telephones(cell: Cell, phone: str | None) -> None:
    assert parse_phone(cell) == Value(phone)


@pytest.mark.parametrize(("cell", "kind"), [
    ("138****2233", "masked"), ("1380011223313900112233", "unreadable"), ("张三", "unreadable"),
    ("1380011223", "unreadable"), (12.5, "unreadable"),
])
def test_what_is_no_telephone(cell: Cell, kind: str) -> None:
    outcome = parse_phone(cell)
    assert isinstance(outcome, Unreadable)
    assert outcome.kind == kind


def test_masks_for_public_pages() -> None:
    assert mask_identity("140109196512301234") == "1401**********1234"
    assert mask_identity("140109651230123") == "1401*******0123"
    assert mask_identity("91350100M000100Y43") == "91350100M000100Y43"
    assert mask_identity("什么都不是") == "*****"
    assert mask_phone("13800112233") == "138****2233"
    assert mask_phone("13800112233/0351-6060123") == "138****2233/0351-*****23"
    assert [mask_name(name) for name in ("李小明", "李某", "张 三", "张三、李四(代)", "")] == ["李某", "李某",
    "张某", "张某、李某", ""]
