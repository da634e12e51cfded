"""The columns of 资产台账: a card for each thing a collective owns, what it cost, what is left of it, and who has it now.

Headings are those of real card files and of the national inventory's tables; 折旧 is computed by :mod:`depreciation`, never typed.
"""

from __future__ import annotations

from mingbai.columns import Column, Register

CATEGORIES = {
    "房屋建筑物": ("房屋", "房屋及建筑物", "建筑物", "房屋建筑", "办公楼", "校舍", "厂房", "仓库", "门面房", "构筑物", "水利设施", "道路", "机井", "大棚"),
    "机器设备": ("设备", "机械", "机械设备", "农机", "生产设备", "通用设备", "专用设备", "机器"),
    "运输工具": ("车辆", "运输设备", "交通工具", "汽车"),
    "办公家具": ("办公设备", "家具", "电子设备", "器具", "工具器具", "家具用具", "器具工具", "电脑"),
    "生产性生物资产": ("果树", "经济林", "役畜", "产畜", "种畜", "生物资产", "牲畜(禽)资产", "林木资产"),
    "无形资产": ("专利", "商标", "软件", "土地使用权"),
    "其他": ("其它", "其他固定资产"),
}

COLUMNS = (
    Column(name="asset_no", title="资产编号", reference=True, public=True, aliases=("卡片号", "固定资产编号", "资产编码", "卡片编号", "编号")),
    Column(name="title", title="资产名称", named=True, public=True, aliases=("固定资产名称", "名称", "资产名称(中文)", "类别名称及规格")),
    Column(name="category", title="资产类别", kind="choice", public=True, aliases=("类别", "类别名称", "资产类型", "资产分类", "固定资产类别"), choices=CATEGORIES),
    Column(name="nature", title="经营性质", kind="choice", public=True, aliases=("资产性质", "经营性/非经营性", "是否经营性", "性质"),
           choices={"经营性": ("经营性资产", "是", "经营类"), "非经营性": ("非经营性资产", "否", "公益性", "非经营类", "公益类")}),
    Column(name="specification", title="规格型号", public=True, aliases=("规格", "型号", "厂牌号码", "结构", "建筑结构")),
    Column(name="unit", title="计量单位", public=True, aliases=("单位",)),
    Column(name="quantity", title="账面数量", kind="count", public=True, aliases=("数量", "账面数", "账存数量")),
    Column(name="location", title="存放地点", public=True, aliases=("坐落", "存放位置", "地点", "位置", "座落", "使用地点")),
    Column(name="keeper", title="保管人", public=True, masked=True, aliases=("使用人", "管理人", "责任人", "保管责任人")),
    Column(name="acquired_on", title="取得日期", kind="date", public=True, aliases=("购建时间", "购置日期", "取得时间", "购建日期", "建造时间", "年份", "入账时间", "入账日期")),
    Column(name="in_use_on", title="开始使用日期", kind="date", public=True, aliases=("启用日期", "使用日期", "投入使用日期", "开始使用时间")),
    Column(name="cost_fen", title="原值(元)", kind="money", public=True, aliases=("资产原值", "原值", "固定资产原值", "账面原值", "金额", "账面数额", "入账价值")),
    Column(name="life_months", title="使用年限", kind="term", public=True, aliases=("预计使用年限", "折旧年限", "耐用年度", "耐用年限", "使用寿命")),
    Column(name="residual_fen", title="净残值(元)", kind="money", aliases=("预计净残值", "净残值", "残值")),
    Column(name="method", title="折旧方法", kind="choice", aliases=("计提方法",),
           choices={"年限平均法": ("直线法", "平均年限法", "年限平均"), "工作量法": ("工作量",), "不提折旧": ("不计提", "不提", "不折旧", "无需计提")}),
    Column(name="stated_depreciation_fen", title="累计折旧(元)", kind="money", public=True, aliases=("累计折旧额", "累计折旧", "已提折旧", "已计提折旧")),
    Column(name="stated_net_fen", title="净值(元)", kind="money", public=True, aliases=("固定资产净值", "净值", "折余价值", "账面净值", "净额")),
    Column(name="condition", title="使用状况", kind="choice", public=True, aliases=("资产状态", "使用状态", "状态", "现状", "利用情况", "使用情况"),
           choices={"自用": ("村自用", "正常使用", "在用", "使用", "使用中"), "出租": ("租赁", "出租中", "发包", "承包", "对外出租"), "闲置": ("空置", "未使用", "停用", "空闲"),
                    "他人使用": ("被占用", "他人占用", "外单位使用", "借用", "出借"), "报废": ("已报废", "待报废", "毁损", "灭失"), "已处置": ("已出售", "已拆除", "已转让", "已处理")}),
    Column(name="idle_since", title="闲置开始日期", kind="date", aliases=("闲置日期", "何时闲置", "闲置时间")),
    Column(name="user", title="实际使用人", public=True, masked=True, aliases=("承租人", "承租方", "使用单位", "租户", "占用人")),
    Column(name="contract_no", title="出租合同编号", reference=True, public=True, aliases=("合同编号", "租赁合同编号", "合同号", "对应合同")),
    Column(name="counted_on", title="盘点日期", kind="date", public=True, aliases=("清查日期", "盘点时间", "清查时间", "核实日期")),
    Column(name="counted_quantity", title="实存数量", kind="count", public=True, aliases=("盘点数量", "实盘数量", "清查数量", "实存数", "核实数量")),
    Column(name="difference", title="账实不符的原因", public=True, aliases=("差异原因", "盘盈盘亏原因", "不符原因")),
    Column(name="booked", title="是否入账", kind="yes_no", aliases=("入账", "是否在账", "账内/账外", "是否登记入账"), choices={"是": ("账内", "已入账"), "否": ("账外", "未入账")}),
    Column(name="voucher_no", title="入账凭证号", reference=True, none_is_fact=True, aliases=("凭证号", "凭证字号", "记账凭证号")),
    Column(name="disposed_on", title="处置日期", kind="date", public=True, aliases=("报废日期", "出售日期", "处置时间", "拆除日期")),
    Column(name="disposal", title="处置方式", kind="choice", public=True, aliases=("处理方式",),
           choices={"出售": ("变卖", "转让", "拍卖", "出让"), "报废": ("毁损报废",), "拆除": ("拆毁",), "调拨": ("划拨", "无偿调出"), "捐赠": ("赠与",), "对外投资": ("入股", "投资")}),
    Column(name="proceeds_fen", title="处置收入(元)", kind="money", public=True, aliases=("变价收入", "处置价款", "出售收入", "残值收入")),
    Column(name="decision", title="处置决议", none_is_fact=True, public=True, aliases=("民主程序", "处置程序", "会议决议", "决议", "审批情况", "审批文号")),
    Column(name="remark", title="备注", sealed=True, aliases=("说明", "备注说明", "其他说明")),
)

HOUSE = (Column(name="counted_location", title="实存地点"),)
"""Where the last count found it, if not where the card says."""

REGISTER = Register(name="assets", title="资产台账", columns=COLUMNS, house=HOUSE, required=(("title",),), serial=("序号", "序", "行号", "项次", "No", "No."), rank=20)
