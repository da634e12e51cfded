"""A dozen ways to lay out a ledger 版式, as real ones were seen: columns, headings level by level, units, and furniture.

A head is ``column|heading>heading below|unit``. Besides the register's columns there are ``serial`` and ``unit`` (行号,
计量单位), ``period`` (起止 in one cell) and parts: ``bounds:东``, ``signed_on:年``, ``object_class:资源``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

YUAN, WAN_YUAN = 100, 1_000_000
SCALES = {"元": YUAN, "万元": WAN_YUAN, "亩": 10_000, "㎡": 15, "公顷": 150_000}
MONEY = frozenset(
    (
        "rent_fen_per_mu_year",
        "rent_fen_per_year",
        "total_fen",
        "due_fen",
        "received_fen",
        "arrears_fen",
        "deposit_fen",
        "deposit_received_fen",
    )
)
AREAS = frozenset(("area_mu4", "measured_area_mu4"))


@dataclass(frozen=True, slots=True)
class Head:
    """One sheet column. ``scale``: fen, or 1/10,000 mu, that a bare number in it counts."""

    column: str
    path: tuple[str, ...]
    scale: int

    @property
    def part(self) -> str:
        return self.column.partition(":")[2]


@dataclass(frozen=True)
class Layout:
    """``blocks``: the header again for every 村民小组; ``merged_down``: the first column is written once for its rows;
    ``margin``: empty rows above and columns to the left."""

    name: str
    head_lines: str
    money: str = "元"
    blocks: bool = False
    merged_down: bool = False
    subtotals: bool = False
    margin: tuple[int, int] = (0, 0)
    numbered: bool = False
    """A row under the headings numbers the columns."""
    sheet: str = "合同台账"
    extra_sheets: bool = False
    wide: bool = False
    """Styled blanks as far as column IV."""

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        return tuple(self._head(line) for line in self.head_lines.split())

    def _head(self, line: str) -> Head:
        column, path, *unit = line.split("|")
        default = self.money if column in MONEY else "亩"
        levels = tuple(level.replace("¶", "\n") for level in path.split(">"))
        return Head(column, levels, SCALES[unit[0] if unit else default])

    @cached_property
    def columns(self) -> frozenset[str]:
        """The register's columns that a row of this layout can tell."""
        told = {head.column.partition(":")[0] for head in self.heads} - {"serial", "unit"}
        if "period" in told:
            told = (told | {"starts_on", "ends_on", "term_months"}) - {"period"}
        return frozenset(told)

    @cached_property
    def depth(self) -> int:
        return max(len(head.path) for head in self.heads)


FULL = Layout(
    "全表",
    """
serial|序号 contract_no|合同编号 title|合同名称 lessor|发包方 lessor_level|发包层级 owner_level|所有权人(层级) lessee|承包方
lessee_id_no|承包方证件号码 phone|联系电话 lessee_is_member|是否本集体成员 lessee_is_officer_kin|承包人是否村干部或近亲属 kind|合同类型
form|合同形式 object_class|标的类别 land_class|地类 location|坐落 bounds|四至 parcel_code|地块编码 area_mu4|面积(亩)
measured_area_mu4|实测面积(亩) agreed_use|约定用途 actual_use|实际用途 letting_mode|发包方式 decision_body|民主程序 meeting_on|会议日期
entitled|应到人数 present|实到人数 votes_for|同意人数 township_approval_no|乡镇批准文号 signed_on|签订日期 starts_on|起始日期
ends_on|终止日期 term_months|承包期限 pricing_mode|计价方式 rent_fen_per_mu_year|承包费单价(元/亩·年) rent_fen_per_year|年承包费(元)
total_fen|总价款(元) escalation|递增方式 payment_mode|缴纳方式 prepaid_years|预收年数 due_fen|应收金额(元) received_fen|已收金额(元)
arrears_fen|欠缴金额(元) last_demand_on|最近催收日期 deposit_fen|保证金(元) filing_no|备案编号 original_held|原件是否在档
signatures_complete|签章是否齐全 debt_offset|抵债事项 sublet|是否转租 sublet_consent|发包方是否同意转租 sublet_known_on|得知转租日期 occupied|是否到期在用 objected_on|首次书面异议日期
idle_since|闲置起始日期 deposit_received_fen|已收保证金(元) booked|是否入账 special_terms|特殊条款 shown|是否公示 shown_from|公示起始日期
shown_to|公示结束日期 remark|备注
""",
    numbered=True,
)

TWO_LEVELS = Layout(
    "两级表头",
    """
serial|序号 contract_no|合同编号 title|合同名称 lessee|承包方>名称 lessee_id_no|承包方>证件号码 phone|承包方>联系电话
lessee_is_member|承包方>是否本村 kind|合同类别 land_class|地类 location|坐落 area_mu4|面积(亩)>合同面积 measured_area_mu4|面积(亩)>实测面积
agreed_use|土地用途 actual_use|实际用途 decision_body|民主程序>会议名称 meeting_on|民主程序>会议日期 entitled|民主程序>应到
present|民主程序>实到 votes_for|民主程序>同意 township_approval_no|乡镇批准文号 signed_on|签定日期 starts_on|承包期限>起 ends_on|承包期限>止
pricing_mode|计价方式 rent_fen_per_mu_year|价款>亩租金(元/亩·年)|元 rent_fen_per_year|价款>年租金 total_fen|价款>合同总价
escalation|租金递增方式 payment_mode|付款方式 arrears_fen|欠缴金额 last_demand_on|最近催收日期 filing_no|是否备案 remark|备注
""",
    money="万元",
)

THREE_LEVELS = Layout(
    "三级表头",
    """
serial|序号 lessor|发包方 lessee|承包方 land_class|土地情况>地类 parcel_code|土地情况>地块编码 area_mu4|土地情况>面积(亩)>合同
measured_area_mu4|土地情况>面积(亩)>实测 bounds:东|土地情况>四至>东 bounds:南|土地情况>四至>南 bounds:西|土地情况>四至>西
bounds:北|土地情况>四至>北 location|土地情况>坐落 agreed_use|土地用途 decision_body|是否民主议定 signed_on|签订日期
starts_on|合同期限>起始日期 ends_on|合同期限>终止日期 rent_fen_per_mu_year|价款(元)>亩租金 rent_fen_per_year|价款(元)>年租金
total_fen|价款(元)>合同总价 payment_mode|缴纳方式 due_fen|收缴(元)>应收金额 received_fen|收缴(元)>已收金额 arrears_fen|收缴(元)>欠缴金额
form|合同形式 signatures_complete|签字盖章 remark|备注
""",
    margin=(0, 0),
)

ASSETS = Layout(
    "表头带单位",
    """
serial|序号 title|资产名¶称 lessee|承租方 lessee_id_no|身份证号 phone|联系电话 object_class:资产|资产类型>经营性
object_class:资源|资产类型>资源性 land_class|资产类别 location|资产地址 area_mu4|租赁面积¶(㎡)|㎡ agreed_use|资产用途
signed_on:年|签订日期>年 signed_on:月|签订日期>月 signed_on:日|签订日期>日 starts_on|起租日期 ends_on|到期日期
rent_fen_per_year|年租金¶(万元)|万元 total_fen|合同总价¶（万元）|万元 deposit_fen|押金¶(元)|元 payment_mode|租金支付方式
form|合同形式 original_held|合同原件 occupied|到期是否在用 arrears_fen|欠费金额¶(元)|元 last_demand_on|催收日期 sublet|是否转租 sublet_consent|是否同意转租 special_terms|特别约定 remark|备注说明
""",
    sheet="资产资源租赁",
)

UNIT_COLUMN = Layout(
    "计量单位一栏",
    """
serial|序号 contract_no|项目编号 title|标的名称 lessor|出让方 lessee|受让方 lessee_is_member|是否本村村民 area_mu4|流转面积/数量
unit|计量单位 land_class|地块类型 location|地块名称 agreed_use|规划用途 kind|交易类别 letting_mode|交易方式 signed_on|交易日期
starts_on|开始日期 ends_on|结束日期 term_months|流转年限 rent_fen_per_year|年收益(元) total_fen|成交金额(元)
payment_mode|结算方式 decision_body|民主议定程序 township_approval_no|乡镇批复 debt_offset|以资抵债 filing_no|备案号 remark|备注
""",
)

JOINT_TERM = Layout(
    "期限合写",
    """
serial|序号 lessee|承包人 lessee_id_no|承包人身份证号 location|地名 land_class|土地类型 area_mu4|承包面积(亩) agreed_use|用途
actual_use|现用途 signed_on|签订时间 period|承包期限 kind|合同类型 rent_fen_per_mu_year|亩承包费(元/亩) rent_fen_per_year|年承包金(元)
total_fen|总承包费(元) payment_mode|交纳方式 arrears_fen|拖欠金额(元) last_demand_on|最近催缴日期 form|是否签订书面合同 lessee_is_officer_kin|是否村干部 remark|备注
""",
)

BLOCKS = Layout(
    "分组重复表头",
    """
serial|序号 lessee|承包户 lessee_is_member|是否本村 location|标的物 land_class|地类 area_mu4|亩数 measured_area_mu4|实测面积
agreed_use|用途 starts_on|承包起始 ends_on|承包截止 rent_fen_per_mu_year|每亩租金 rent_fen_per_year|年租金 received_fen|已交
due_fen|应交金额 payment_mode|缴费方式 prepaid_years|预缴年数 filing_no|是否备案 occupied|是否占用 remark|备注
""",
    blocks=True,
)

MERGED = Layout(
    "发包方合并",
    """
lessor|发包方 serial|序号 lessee|承包方 title|合同名称 parcel_code|地块编号 location|坐落 area_mu4|面积(亩)
measured_area_mu4|确权面积(亩) land_class|土地类别 agreed_use|土地用途 actual_use|现用途 signed_on|签定日期 starts_on|开始时间
ends_on|到期时间 pricing_mode|租金方式 rent_fen_per_year|年承包费(元) total_fen|合同金额(元) due_fen|应收承包费(元)
received_fen|实收租金(元) payment_mode|付款方式 last_demand_on|催收日期 owner_level|所有权人层级 lessor_level|签订层级
signatures_complete|签章 remark|备注
""",
    merged_down=True,
    subtotals=True,
)

INDENTED = Layout(
    "空行空列",
    """
contract_no|合同号 lessee|承租户 phone|手机号 title|项目名称 object_class|标的性质 land_class|土地性质 parcel_code|宗地号
location|土地座落 area_mu4|总面积(公顷)|公顷 agreed_use|土地用途 actual_use|目前用途 signed_on|合同签订日期 starts_on|租赁开始日期
ends_on|合同到期日 kind|合同性质 pricing_mode|计费方式 rent_fen_per_year|每年租金(元) total_fen|合同总金额(元) payment_mode|收费方式
decision_body|决策程序 entitled|应到会人数 present|实到会人数 votes_for|同意票数 original_held|有无原件 occupied|到期未收回 remark|说明
""",
    margin=(2, 2),
    extra_sheets=True,
    wide=True,
    sheet="明细",
)

TEXT = Layout(
    "文本导出",
    """
serial|序号 contract_no|合同编号 title|合同名称 lessor|甲方 lessee|乙方 lessee_id_no|乙方证件号码 kind|合同类别 land_class|地类
location|坐落位置 parcel_code|图斑号 area_mu4|合同面积(亩) measured_area_mu4|实测面积(亩) agreed_use|约定用途 actual_use|实际用途
decision_body|会议记录 meeting_on|会议时间 entitled|应到人数 present|实到人数 votes_for|赞成票数 signed_on|签约日期 starts_on|合同起始日期
ends_on|合同终止日期 rent_fen_per_year|年租金(元) total_fen|合同总价(元) payment_mode|支付方式 arrears_fen|尾欠(元)
last_demand_on|催收时间 form|书面/口头 filing_no|备案情况 remark|备注
""",
    sheet="",
)

WEB = Layout(
    "网页导出",
    """
serial|行号 title|合同名称 lessee|乙方名称 phone|联系手机 land_class|地类名称 area_mu4|面积（亩） agreed_use|合同用途
location|具体位置 signed_on|签订日期 starts_on|期限>起 ends_on|期限>止 rent_fen_per_year|金额(元)>年租金 total_fen|金额(元)>总价
payment_mode|付款方式 arrears_fen|欠费金额(元) signatures_complete|签章齐全 lessee_is_officer_kin|是否干部或近亲属 remark|备注
""",
    sheet="",
)

OPEN_DOCUMENT = Layout(
    "开放文档",
    """
serial|序号 contract_no|合同编号 lessor|发包方名称 owner_level|所有权层级 lessor_level|合同层级 lessee|承包方名称 land_class|地类
location|地点 area_mu4|面积(亩)>合同面积 measured_area_mu4|面积(亩)>核实面积 agreed_use|用途 decision_body|会议>名称 meeting_on|会议>日期
entitled|会议>应到 present|会议>实到 votes_for|会议>同意 signed_on|签订日期 starts_on|期限>起 ends_on|期限>止 kind|合同种类
rent_fen_per_mu_year|单价(元/亩·年) rent_fen_per_year|年承包金(元) total_fen|合同标的额(元) payment_mode|收费方式 arrears_fen|拖欠承包费(元)
form|合同形式 remark|备注
""",
    margin=(1, 0),
)

XLSX = (FULL, TWO_LEVELS, THREE_LEVELS, ASSETS, UNIT_COLUMN, JOINT_TERM, BLOCKS, MERGED, INDENTED)
OTHERS = ((TEXT, "gb18030.csv"), (WEB, "html.xls"), (OPEN_DOCUMENT, "ods"), (TEXT, "bom.csv"))
"""Layouts with the form of file they come in; the last endings say what is inside."""


def layout_of(place: int) -> tuple[Layout, str]:
    """The layout and form of the ``place``-th ledger: the first thirteen show them all, a few csv come again later."""
    if place < len(XLSX):
        return XLSX[place], "xlsx"
    if place < len(XLSX) + len(OTHERS):
        return OTHERS[place - len(XLSX)]
    if place in (30, 50):
        return TEXT, "gb18030.csv"
    return XLSX[(place - len(OTHERS)) % len(XLSX)], "xlsx"
