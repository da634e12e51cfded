"""Reading order: lines askew, two columns of signatures, tables that are no columns; nothing is lost."""

from __future__ import annotations

import math
import random

from mingbai.paper import Box, Page, lines


def box(text: str, left: float, top: float, width: float = 0, height: float = 30) -> Box:
    width = width or 30 * len(text)
    return Box(text, 0.99, ((left, top), (left + width, top), (left + width, top + height), (left, top + height)))


def turned(each: Box, degrees: float) -> Box:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    a, b, c, d = ((x * cos - y * sin, x * sin + y * cos) for x, y in each.corners)
    return Box(each.text, each.confidence, (a, b, c, d))


def said(*boxes: Box) -> list[str]:
    return [line.text for line in lines(Page(1, 2000, 2800, boxes))]


SIGNED = (
    box("六、本合同一式三份，双方各执一份。", 200, 1000),
    box("甲方（盖章）：九院村", 200, 1100), box("乙方（签字）：王某", 1000, 1104),
    box("代表人：李某", 200, 1160), box("电话：138", 1000, 1161),
    box("2015年3月1日", 260, 1220), box("2015年3月2日", 1050, 1222),
)
READ = ["六、本合同一式三份，双方各执一份。", "甲方（盖章）：九院村", "代表人：李某", "2015年3月1日", "乙方（签字）：王某", "电话：138", "2015年3月2日"]


def test_two_columns_of_signatures_are_read_one_after_the_other() -> None:
    assert said(*SIGNED) == READ


def test_a_page_that_lies_askew_reads_the_same() -> None:
    for degrees in (-3, -1.2, 0.5, 2, 3):
        assert said(*(turned(each, degrees) for each in SIGNED)) == READ, degrees


def test_a_column_that_is_longer_than_the_other_stays_whole() -> None:
    assert said(*SIGNED, box("（捺印）", 1050, 1290)) == [*READ, "（捺印）"]


def test_a_table_of_labels_and_values_is_read_across() -> None:
    assert said(box("面积：", 200, 100), box("35.6亩", 800, 100), box("单价：", 200, 160), box("300元", 800, 160)) == ["面积： 35.6亩", "单价： 300元"]


def test_every_box_stands_in_exactly_one_line_however_they_lie() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(200):
        boxes = [box(f"{n}{dice.choice(['：', '', '甲方（盖章）：'])}", dice.uniform(0, 1500), dice.uniform(0, 600), dice.uniform(20, 900)) for n in range(dice.randrange(25))]
        found = [each.text for line in lines(Page(1, 2000, 2800, tuple(boxes))) for each in line.boxes]
        assert sorted(found) == sorted(each.text for each in boxes)
