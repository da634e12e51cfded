"""Contracts rendered for tests and the bench: set by typst with the packaged font, then turned, dimmed, speckled and
pressed like a phone's photograph. Real scans are worse."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pylopdf_fonts_zh_cn
import typst
from PIL import Image

SOURCE = """
#let said = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 25mm, y: 22mm))
#set text(font: said.font, size: 12pt, lang: "zh")
#set par(leading: 11pt, spacing: 13pt)
#align(center, text(20pt)[#said.title])
#align(right)[合同编号：#said.contract_no]
#for line in said.body [
  #line

]
#v(14pt)
#grid(columns: (1fr, 1fr), row-gutter: 16pt, ..said.signed)
#if said.seal { place(bottom + left, dx: 60pt, dy: said.seal_dy * 1pt, circle(radius: 40pt, stroke: 3pt + rgb(210, 30, 30), align(center + horizon, text(9pt, fill: rgb(210, 30, 30))[★]))) }
"""


@dataclass(frozen=True)
class Contract:
    """What a rendered contract says; ``fields`` is the truth by column."""

    said: dict[str, Any]
    fields: dict[str, Any]

    @property
    def text(self) -> str:
        """Every letter of it in reading order, the signatures column by column, without blanks."""
        s = self.said
        left, right = s["signed"][0::2], s["signed"][1::2]
        return "".join([s["title"], "合同编号：" + s["contract_no"], *s["body"], *left, *right]).replace(" ", "")


NAMES = ("王建国", "李秀英", "张德福", "赵玉梅", "刘满仓", "陈有才", "杨桂兰", "周铁柱")
PLACES = ("村东大沟", "南坡水库边", "西沟三道梁", "河滩北地", "老窑上", "后山果园")


def contract(number: int, rng: np.random.Generator) -> Contract:
    """A lease of farm land, invented: names, place, area, price, term from the generator."""
    from mingbai.units import capital_money

    name, place = str(rng.choice(NAMES)), str(rng.choice(PLACES))
    area = int(rng.integers(50, 1500)) * 1000  # mu4, one decimal
    price = int(rng.integers(10, 90)) * 10
    year, month, day = int(rng.integers(2004, 2022)), int(rng.integers(1, 13)), int(rng.integers(1, 28))
    years = int(rng.choice([5, 8, 10, 15, 20]))
    rent = price * area // 10_000
    total = rent * years
    id_no = _identity(rng)
    mu = f"{area / 10_000:g}"
    begins = f"{year}年{month}月{day}日"
    last_day = (np.datetime64(f"{year + years}-{month:02d}-{day:02d}") - 1).astype(object)
    ends = f"{last_day.year}年{last_day.month}月{last_day.day}日"
    signed = f"{year}年{month}月1日"
    present = int(rng.integers(24, 31))
    said = {
        "title": "土地承包合同书", "contract_no": f"JY-{year}-{number:03d}",
        "body": [
            "甲方（发包方）：九院村股份经济合作社", f"乙方（承包方）：{name}", f"身份证号：{id_no}",
            f"经{year}年{month}月1日村民代表会议讨论通过，应到代表35人，实到{present}人，同意{present - 1}人，甲乙双方订立本合同。",
            f"一、甲方将位于{place}的耕地{mu}亩承包给乙方经营，用于种植玉米。",
            f"二、承包期限{years}年，自{begins}起至{ends}止。",
            f"三、每亩每年承包费{price}元，年承包费{rent}元，合计{total}元（大写：{capital_money(total * 100)}）。",
            "四、承包费一年一付，每年三月底前交清。", "五、乙方不得改变土地用途，不得转租。",
            "六、本合同一式三份，甲乙双方各执一份，街道存档一份。",
        ],
        "signed": ["甲方（盖章）：九院村股份经济合作社", f"乙方（签字）：{name}", "代表人：李保田", "电话：13800001234", signed, signed],
        "seal": True, "seal_dy": -200, "font": "Noto Sans SC",
    }
    fields = {
        "contract_no": said["contract_no"], "lessor": "九院村股份经济合作社", "lessee": name, "lessee_id_no": id_no, "location": place, "area_mu4": area,
        "land_class": "耕地", "agreed_use": "种植玉米", "term_months": years * 12, "starts_on": f"{year}-{month:02d}-{day:02d}", "ends_on": last_day.isoformat(),
        "rent_fen_per_mu_year": price * 100, "rent_fen_per_year": rent * 100, "total_fen": total * 100, "payment_mode": "按年", "signed_on": f"{year}-{month:02d}-01",
        "meeting_on": f"{year}-{month:02d}-01", "decision_body": "代表会议", "entitled": 35, "present": present, "votes_for": present - 1,
    }
    return Contract(said, fields)


def _identity(rng: np.random.Generator) -> str:
    head = f"999999{int(rng.integers(1955, 1990))}{int(rng.integers(1, 13)):02d}{int(rng.integers(1, 28)):02d}{int(rng.integers(0, 1000)):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True)) % 11]


def rendered(one: Contract, ppi: float = 150.0) -> Image.Image:
    fonts = str(pylopdf_fonts_zh_cn.sans_path().parent)
    made = typst.compile(SOURCE.encode(), font_paths=[fonts], ignore_system_fonts=True, format="png", ppi=ppi, sys_inputs={"data": json.dumps(one.said, ensure_ascii=False)})
    return Image.open(io.BytesIO(made[0] if isinstance(made, list) else made)).convert("RGB")


@dataclass(frozen=True)
class Wear:
    """What was done to a page: degrees turned, deviation of the noise (0–255), depth of the shadow (0–1), JPEG quality."""

    turned: float = 0.0
    noise: float = 0.0
    shadow: float = 0.0
    quality: int = 90


LEVELS = {"clean": Wear(), "scan": Wear(0.7, 8, 0.1, 75), "photo": Wear(-1.8, 14, 0.35, 60), "poor photo": Wear(3.0, 24, 0.5, 40)}


def worn(picture: Image.Image, wear: Wear, rng: np.random.Generator) -> bytes:
    """The page as a JPEG."""
    if wear.turned:
        picture = picture.rotate(wear.turned, Image.Resampling.BICUBIC, expand=True, fillcolor=(236, 232, 224))
    seen = np.asarray(picture).astype(np.float32)
    if wear.shadow:
        across = np.linspace(0, 1, seen.shape[1], dtype=np.float32)[None, :] * np.linspace(0.3, 1, seen.shape[0], dtype=np.float32)[:, None]
        seen *= (1 - wear.shadow * across)[:, :, None]
    if wear.noise:
        seen += rng.normal(0, wear.noise, seen.shape).astype(np.float32)
    out = io.BytesIO()
    Image.fromarray(seen.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=wear.quality)
    return out.getvalue()


def errors(said: str, read: str) -> int:
    """Letters to change, add or take away to make the one into the other."""
    row = list(range(len(read) + 1))
    for at, letter in enumerate(said, 1):
        last, row[0] = row[0], at
        for place, other in enumerate(read, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (letter != other))
    return row[-1]
