"""What a collective at the edge of a city lets, for how long and for how much 标的: the stock the demo draws from."""

from __future__ import annotations

from dataclasses import dataclass

FARMLAND = frozenset(("耕地", "机动地"))
AGRICULTURAL = FARMLAND | {"四荒", "林地", "草地", "园地", "水面"}
LAND = AGRICULTURAL | {"建设用地"}
TOTAL_ONLY = frozenset(("工程", "投资", "服务"))


@dataclass(frozen=True, slots=True)
class Business:
    """One kind of letting. ``prices``: yuan a mu a year in the 1990s, 2000s, 2010s, 2020s; ``mu``: median area."""

    name: str
    land_class: str | None
    object_class: str
    kinds: tuple[str, ...]
    years: tuple[int, int]
    prices: tuple[int, int, int, int] = (0, 0, 0, 0)
    step: int = 1
    mu: float = 0.0
    spread: float = 0.8
    uses: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """What the object is called in a title: 机动地, 荒坡, 门面 …"""
    hills: float = 1.0
    plain: float = 1.0
    """How often it is met in a village in the hills and in the plain."""

    @property
    def is_land(self) -> bool:
        return self.land_class in LAND

    @property
    def is_built(self) -> bool:
        """Ground and halls whose rents carry the district's total; their areas are scaled to it."""
        return self.land_class in ("建设用地", "厂房", "房屋")


_CROPS = ("种植玉米", "种植谷子", "种植蔬菜", "粮食种植", "种植马铃薯", "种植药材")
BUSINESSES = (
    Business("耕地流转", "耕地", "资源", ("流转",), (1, 15), (180, 300, 550, 800), 10, 12, 0.8, _CROPS,
             ("承包地", "水浇地", "平地"), 1.6, 0.7),
    Business("机动地承包", "机动地", "资源", ("其他方式承包",), (3, 20), (160, 260, 450, 650), 10, 20, 0.8, _CROPS,
             ("机动地", "预留地"), 1.2, 0.7),
    Business("四荒承包", "四荒", "资源", ("其他方式承包",), (15, 50), (25, 40, 70, 100), 1, 120, 0.9,
             ("植树造林", "经济林种植", "荒山治理"), ("荒坡", "荒沟", "荒山"), 1.6, 0.25),
    Business("林地承包", "林地", "资源", ("其他方式承包",), (20, 70), (20, 30, 50, 80), 1, 150, 0.9,
             ("林木管护", "经济林种植"), ("山林", "林地"), 0.8, 0.1),
    Business("草地承包", "草地", "资源", ("其他方式承包",), (15, 50), (15, 20, 30, 45), 1, 80, 0.8,
             ("放牧", "牧草种植"), ("草坡",), 0.35, 0.02),
    Business("园地承包", "园地", "资源", ("其他方式承包",), (5, 30), (200, 320, 500, 750), 10, 15, 0.7,
             ("果树种植", "桃树种植"), ("果园", "桃园"), 1.0, 0.3),
    Business("水面承包", "水面", "资源", ("其他方式承包", "租赁"), (5, 20), (250, 400, 700, 1000), 10, 10, 0.7,
             ("水产养殖", "养鱼"), ("鱼塘", "蓄水池"), 0.4, 0.2),
    Business("场地租赁", "建设用地", "资源", ("租赁",), (3, 20), (2500, 7000, 15000, 24000), 100, 6, 0.7,
             ("仓储", "停车场", "物流货场", "砂石堆场", "汽修"), ("场地", "空地", "货场"), 1.4, 2.0),
    Business("厂房租赁", "厂房", "资产", ("租赁",), (3, 20), (5000, 14000, 30000, 45000), 100, 5, 0.7,
             ("加工厂", "仓储", "机械加工"), ("厂房", "旧车间", "仓库"), 0.9, 2.0),
    Business("房屋租赁", "房屋", "资产", ("租赁",), (1, 10), (20000, 50000, 120000, 200000), 1000, 0.6, 0.7,
             ("商铺", "餐饮", "办公", "养老院"), ("门面房", "旧校舍", "办公楼"), 0.8, 2.2),
    Business("设备租赁", "设备", "资产", ("租赁",), (1, 5), uses=("农机作业", "灌溉"), words=("农机具", "机井", "水泵"),
             hills=0.4, plain=0.2),
    Business("工程施工", None, "工程", ("工程",), (1, 2), words=("村道硬化工程", "管网改造工程", "旧村改造工程", "文化广场工程")),
    Business("合作投资", None, "投资", ("投资",), (3, 15), words=("商业楼合作开发", "停车楼合作开发", "市场合作经营")),
    Business("委托服务", None, "服务", ("服务",), (1, 3), words=("保洁服务", "绿化管护服务", "测绘服务")),
)
LETTINGS = tuple(each for each in BUSINESSES if each.object_class not in TOTAL_ONLY)
WORKS = tuple(each for each in BUSINESSES if each.object_class in TOTAL_ONLY)
