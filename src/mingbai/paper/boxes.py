"""Boxes of text on a page, as a recogniser gives them: four corners, the words, how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Words in one piece 文字框. ``corners``: top left, top right, bottom right, bottom left, in pixels of the upright page;
    ``confidence`` 0–1."""

    text: str
    confidence: float
    corners: tuple[Point, Point, Point, Point]

    @property
    def width(self) -> float:
        return math.dist(self.corners[0], self.corners[1])

    @property
    def height(self) -> float:
        return math.dist(self.corners[0], self.corners[3])

    @property
    def slope(self) -> float:
        """The angle of its upper edge, in radians; clockwise is positive, as y grows downwards."""
        (x0, y0), (x1, y1) = self.corners[:2]
        return math.atan2(y1 - y0, x1 - x0)

    @property
    def centre(self) -> Point:
        return sum(x for x, _ in self.corners) / 4, sum(y for _, y in self.corners) / 4

    def part(self, start: int, end: int) -> tuple[Point, ...]:
        """The corners of its characters ``start`` to ``end`` and half a character on both sides: a Chinese character is taken
        to be as wide as two others, which is nearly so."""
        widths = [2 if letter > "\u2e80" else 1 for letter in self.text]
        whole = sum(widths) or 1
        a, b = max(sum(widths[:start]) - 1, 0) / whole, min(sum(widths[:end]) + 1, whole) / whole
        top, bottom = (self.corners[0], self.corners[1]), (self.corners[3], self.corners[2])
        return _between(*top, a), _between(*top, b), _between(*bottom, b), _between(*bottom, a)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


@dataclass(frozen=True, slots=True)
class Page:
    """One page, upright: its size in pixels, its boxes, and where red ink lies (``(left, top, right, bottom)``)."""

    number: int
    width: int
    height: int
    boxes: tuple[Box, ...]
    red: tuple[tuple[int, int, int, int], ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "width": self.width,
            "height": self.height,
            "red": [list(each) for each in self.red],
            "boxes": [
                [box.text, round(box.confidence, 4), [[round(x, 1), round(y, 1)] for x, y in box.corners]]
                for box in self.boxes
            ],
        }

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Page:
        return cls(
            int(said["number"]),
            int(said["width"]),
            int(said["height"]),
            tuple(_box(*each) for each in said["boxes"]),
            tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in said.get("red", ())),
        )


def _box(text: str, confidence: float, corners: Sequence[Sequence[float]]) -> Box:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Box(str(text), float(confidence), (a, b, c, d))
