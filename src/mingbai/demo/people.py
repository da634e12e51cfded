"""Invented persons and firms 虚构的人: identity numbers with prefix 999999, telephone numbers nobody has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

PREFIX = "999999"
"""No county has this code: an identity number that begins so is nobody's."""

_SURNAMES = ["郝", "晋", "郗", "苗", "逯", "侯", "卫", "尉", "续", "段", "冀", "弓", "牛", "巩", "栗", "原", "樊", "温", "靳", "郄", "要", "籍", "史", "米", "药", "亢", "令狐", "解", "畅", "暴"]
_GIVEN = ["望田", "守禾", "拾穗", "秋实", "满仓", "兰圃", "青禾", "麦冬", "春畦", "石青", "云栖", "槐序", "豆蔻", "小满", "芒种", "白露", "霜降", "惊蛰", "知秋", "杏林", "柳舟", "桐雨", "松庭", "竹青", "荷清", "菊溪", "梅影", "稻香", "谷丰", "粟盈", "田园", "山泉", "溪亭", "月圃", "星田", "晨耕", "晚晴", "雨墨", "风荷", "雪松", "霞飞", "露浓", "苗壮", "蔓青", "茵陈", "黍离", "葵心", "榆荫"]
_FIRMS = ("仓储", "建材", "物流", "农业", "苗木", "养殖", "汽修", "商贸", "机械", "包装")
_KINDS = ("演示有限公司", "演示合作社", "演示经营部", "演示加工厂")
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Party:
    """A lessee. A firm has no number here: demo data leave credit codes blank."""

    name: str
    identity: str | None
    phone: str
    is_firm: bool


def checked(digits: str) -> str:
    """17 digits with the check digit of GB 11643 behind them."""
    return digits + _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def person(random: Random, taken: set[str]) -> Party:
    """Somebody whose name is not yet in ``taken``."""
    name = _fresh(random, taken, lambda: random.choice(_SURNAMES) + random.choice(_GIVEN))
    born = f"{random.randint(1948, 1996)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    return Party(name, checked(f"{PREFIX}{born}{random.randint(100, 989)}"), _phone(random), False)


def firm(random: Random, taken: set[str]) -> Party:
    """A firm whose very name says that it is one of the demo."""
    name = _fresh(random, taken, lambda: random.choice(_GIVEN) + random.choice(_FIRMS) + random.choice(_KINDS))
    return Party(name, None, _phone(random), True)


def _fresh(random: Random, taken: set[str], invent: Callable[[], str]) -> str:
    while True:
        name = invent()
        if name not in taken:
            taken.add(name)
            return name


def _phone(random: Random) -> str:
    return f"1990000{random.randint(0, 9999):04d}"
