"""The demo district 演示区: 万柏林区 with its streets by real name and code, and 69 collectives that are invented.

Only 九院村 bears a real name, because its figures are printed; everything else said about it here is invented too.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from importlib import resources

PLACE = "140109"
SHOWN = "九院"
"""The village whose figures the newspaper printed."""
SHOWN_STREET = "白家庄街道"
HILLS = frozenset(("杜儿坪街道", "白家庄街道", "东社街道", "西铭街道", "神堂沟街道", "王化街道"))
"""Streets in the western hills: more waste land and orchards, fewer halls and shops."""

_INVENTED = ["听松坪", "望舒湾", "晓月沟", "清禾庄", "云岫岭", "锦禾坡", "春砚峪", "秋棠湾", "疏桐坪", "澄溪庄", "鹿鸣岭", "花信坡", "竹里沟", "星河坪", "暖杏湾", "霁雪岭", "朝霞坡", "枕流庄", "兰若坪", "芳菲沟", "南薰岭", "拂柳湾", "碧梧庄", "丹枫坡", "知春坪", "望岚峪", "揽翠岭", "惊鸿湾", "素秋庄", "青萝沟", "映山坡", "闻莺坪", "观澜湾", "停云岭", "半夏庄", "采薇坡", "留香沟", "沐风坪", "含章岭", "静女湾", "流萤庄", "松涛坡", "麦浪坪", "谷雨岭", "初晴沟", "晚照湾", "新荷庄", "凝翠坡", "寻梅坪", "踏歌岭", "汀兰湾", "远岫庄", "茂林坡", "和鸣坪", "平畴岭", "绿筠沟", "朗月庄", "甘棠坡", "蔚霞坪", "嘉禾岭", "暮云湾", "怀远坡", "泽兰庄", "扶光坪", "修竹岭", "梨雨沟", "橙黄坡", "穗丰庄"]


@dataclass(frozen=True, slots=True)
class Collective:
    """A village-level collective 集体: invented code 140109SSS9NN, SSS its street's three digits."""

    code: str
    name: str
    street: str

    @property
    def village(self) -> str:
        return f"{self.name}村"

    @property
    def in_hills(self) -> bool:
        return self.street in HILLS


def streets() -> tuple[tuple[str, str], ...]:
    """(12-digit code, name) of the district's streets, from the published list of places."""
    text = resources.files(__package__).joinpath("wanbolin.csv").read_text(encoding="utf-8-sig")
    return tuple((row["code12"], row["name"]) for row in csv.DictReader(io.StringIO(text)) if row["level"] == "township")


def collectives() -> tuple[Collective, ...]:
    """The 69 collectives, 九院村 first, the others dealt out over the streets in turn."""
    codes = {name: code for code, name in streets()}
    order = [name for _, name in streets()]
    homes = [(SHOWN, SHOWN_STREET), *((name, order[place % len(order)]) for place, name in enumerate(_INVENTED))]
    seen: dict[str, int] = {}
    found = []
    for name, street in homes:
        seen[street] = seen.get(street, 0) + 1
        found.append(Collective(f"{codes[street][:9]}9{seen[street]:02d}", name, street))
    return tuple(found)
