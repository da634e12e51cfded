"""Numbers of persons are hidden in whatever a clerk wrote, and nothing else is."""

import itertools
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.units import format_area, format_money, holds_numbers, mask_numbers
from mingbai.units.identity import resident_check


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
    ("+8613800138000", "+86138****8000"),
    ("008613800138000", "0086138****8000"),
    ("(+86)138 0013 8000", "(+86)138****8000"),
    ("TEL13800138000，wx13900139000", "TEL138****8000，wx139****9000"),
    ("ID140109199001011233", "ID1401**********1233"),
    ("13800 138000", "138****8000"),
    ("138-001-38000", "138****8000"),
    ("138—0013—8000", "138****8000"),
    ("138/0013/8000", "138****8000"),
    ("138 00 13 80 00", "138****8000"),
    ("1 4 0 1 0 9 1 9 9 0 0 1 0 1 1 2 3 4", "1401**********1234"),
    ("1-3-8-0-0-1-3-8-0-0-0", "138****8000"),
    ("138  0013  8000", "138****8000"),
    ("140109–19900101–1234", "1401**********1234"),
    ("140109/19900101/1234", "1401**********1234"),
    ("140109.19900101.1234", "1401**********1234"),
    ("1401 0919 9001 0112 34", "1401**********1234"),
    ("140109 900101 123", "1401*******1123"),
    ("1380013\n8000", "138****8000"),
    ("1380013\u200b8000", "138****8000"),
    ("14010919900\n1011234", "1401**********1234"),
    ("6222—0212—3456—7890", "6222********7890"),
    ("622202123456\u200b7890123", "6222***********0123"),
])
def test_numbers_of_persons_are_hidden(written: str, shown: str) -> None:
    assert mask_numbers(written).upper() == shown.upper()
    assert mask_numbers(mask_numbers(written)) == mask_numbers(written)


@pytest.mark.parametrize("written", [
    "2005-01-01 至 2035-12-31", "2003 2004 2005 2006", "20150301001", "14010900100", "91350100M000100Y43",
    "a3f5138001122331b0", "租金13,340,000,000.00元", "0351-6060123", "第 12 块地 1401090010010012345678901234", "",
    "1401**********1234", "138****2233",
    "2003.1.1-2032.12.31", "2003.01.01-2032.12.31", "2013.12.15-2043.12.14 5", "15-2043.12.14 1", "13.01.01-2033.01.01 1234", "15000/160000",
    "15000 160000 170000", "15000—160000元", "1500.00/1600.00", "15.3 16.25 18.2 19.3亩", "130.12345678", "13 800 138.00", "GF-2015-0001", "HT140109200101010012",
    "140109007201-2015-01", "140109-150101-001", "〔2015〕138号", "记-2015-001", "1990-1995-2000-2005", "202001010000000012345678", "a13800138000b0",
    "5d13800138000", "3000 4000 5000 60",
])
def test_other_figures_stay(written: str) -> None:
    assert mask_numbers(written) == written


@given(st.text(alphabet="0123456789 -０９村Xx*", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_numbers(text)
    assert mask_numbers(once) == once


SEED = random.SystemRandom().randrange(10**9)
GAPS = {"": 3, " ": 2, "  ": 1, "-": 2, "—": 1, "–": 1, " - ": 1, "/": 1, "·": 1, "\u3000": 1, "\xa0": 1, "_": 1}
AROUND = ["", "，", "电话：", "（", "）", "证 ", "、李四", "\n", "；", "村东果园"]


def persons(seed: random.Random) -> tuple[str, list[int]]:
    """A number of a person and lengths of groups in which people write it."""
    kind = seed.randrange(3)
    if kind == 0:
        return f"{seed.choice((130, 138, 151, 166, 177, 189, 199))}{seed.randrange(10**8):08}", seed.choice([[11], [3, 4, 4], [3, 3, 5], [4, 3, 4], [4, 4, 3], [3, 8], [5, 6], [7, 4]])
    if kind == 1:
        body = f"{seed.randrange(110000, 659999)}{seed.randrange(1930, 2015)}{seed.randrange(1, 13):02}{seed.randrange(1, 29):02}{seed.randrange(1000):03}"
        return body + next(c for c in "0123456789X" if resident_check(body + c)), seed.choice([[18], [6, 8, 4], [6, 4, 4, 4], [4, 4, 4, 4, 2], [3] * 6, [6, 6, 6], [14, 4]])
    return f"62{seed.randrange(10**17):017}", seed.choice([[19], [4, 4, 4, 4, 3]])


def test_a_number_is_hidden_however_it_is_written() -> None:
    print(f"seed {SEED}")
    seed = random.Random(SEED)
    for _ in range(4000):
        number, groups = persons(seed)
        gap = seed.choices(list(GAPS), list(GAPS.values()))[0]
        if (number.startswith("62") and "/" in gap) or (gap in "/·" and len(groups) == 2):
            gap = ""
        edges = [sum(groups[:at]) for at in range(len(groups) + 1)]
        written = gap.join(number[start:end] for start, end in itertools.pairwise(edges))
        if seed.random() < 0.2:
            cut = seed.randrange(1, len(written))
            written = written[:cut] + "\u200b" + written[cut:]
        before = seed.choice(["TEL", "wx", "ID:", "+86" if len(number) == 11 else "No.", ""]) if len(number) < 19 else ""
        text = seed.choice(AROUND) + before + written + seed.choice(AROUND)
        shown = mask_numbers(text)
        assert holds_numbers(text), (SEED, text)
        assert number not in re.sub(r"[^0-9X]", "", shown), (SEED, text, shown)
        assert re.sub("[0-9X*]", "", shown).startswith(re.sub("[0-9X*]", "", text.split(written)[0])), (SEED, text, shown)
        assert mask_numbers(shown) == shown


def test_amounts_dates_and_areas_stay_however_they_are_written() -> None:
    print(f"seed {SEED}")
    seed = random.Random(SEED)

    def day() -> str:
        year, month, day = seed.randrange(1980, 2060), seed.randrange(1, 13), seed.randrange(1, 29)
        return seed.choice([f"{year}.{month}.{day}", f"{year}-{month:02}-{day:02}", f"{year}/{month}/{day}", f"{year}年{month}月{day}日", f"{year}{month:02}{day:02}"])

    for _ in range(4000):
        text = seed.choice([
            lambda: f"{day()}{seed.choice('-—至~')}{day()}", lambda: f"{day()} {day()}", lambda: f"{day()}签，{format_money(seed.randrange(10**10))}元",
            lambda: " ".join(format_money(seed.randrange(10**8)) for _ in range(4)), lambda: "/".join(format_area(seed.randrange(10**7)) for _ in range(3)) + "亩",
            lambda: f"HT-{seed.randrange(1990, 2030)}-{seed.randrange(1000):03}", lambda: f"记字第{seed.randrange(1000)}号 {day()}", lambda: f"{seed.randrange(20) + 1}.{seed.randrange(99)}-{day()}",
        ])()
        assert mask_numbers(text) == text, (SEED, text)
