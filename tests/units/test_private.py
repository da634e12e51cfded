"""Numbers of persons are hidden in whatever a clerk wrote, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.units import mask_numbers


@pytest.mark.parametrize(("written", "shown"), [
    ("电话13800112233", "电话138****2233"),
    ("张三 138 0011 2233，李四", "张三 138****2233，李四"),
    ("138-0011-2233/0351-6060123", "138****2233/0351-6060123"),
    ("１３８００１１２２３３", "138****2233"),
    ("身份证999999196512301234", "身份证9999**********1234"),
    ("999999 19651230 123x。", "9999**********123x。"),
    ("９９９９９９１９６５１２３０１２３Ｘ", "9999**********123X"),
    ("旧证999999651230123", "旧证9999*******0123"),
    ("卡号6222021234567890123转账", "卡号6222***********0123转账"),
    ("6222 0212 3456 7890 123", "6222***********0123"),
    ("6222-0212-3456-7890", "6222********7890"),
])
def test_numbers_of_persons_are_hidden(written: str, shown: str) -> None:
    assert mask_numbers(written).upper() == shown.upper()
    assert mask_numbers(mask_numbers(written)) == mask_numbers(written)


@pytest.mark.parametrize("written", [
    "2005-01-01 至 2035-12-31", "2003 2004 2005 2006", "20150301001", "14010900100", "91350100M000100Y43",
    "a3f5138001122331b0", "租金13,340,000,000.00元", "0351-6060123", "第 12 块地 1401090010010012345678901234", "",
    "1401**********1234", "138****2233",
])
def test_other_figures_stay(written: str) -> None:
    assert mask_numbers(written) == written


@given(st.text(alphabet="0123456789 -０９村Xx*", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_numbers(text)
    assert mask_numbers(once) == once
