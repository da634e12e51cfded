"""The columns of 督导整改台账: what an inspection found, who puts it right by when, and what the re-check saw."""

from __future__ import annotations

from mingbai.columns import Column, Register

COLUMNS = (
    Column(name="inspection_no", title="督导编号", reference=True, public=True, aliases=("编号", "问题编号", "督查编号", "清单编号")),
    Column(name="kind", title="督导方式", kind="choice", public=True, aliases=("方式", "检查方式", "督查方式"),
           choices={"随机": ("随机抽查", "随机督导", "抽查", "四不两直"), "交叉": ("交叉检查", "交叉督导", "互查"), "专项": ("专项督导", "专项检查"), "其他": ("其它",)}),
    Column(name="level", title="督导层级", kind="choice", public=True, aliases=("层级", "检查层级", "督导单位层级"),
           choices={"省": ("省级",), "市": ("市级",), "县": ("县级", "区级", "区", "县(区)"), "乡镇": ("乡镇级", "街道", "镇", "乡"), "村": ("村级", "自查")}),
    Column(name="inspected_on", title="督导日期", kind="date", public=True, aliases=("检查日期", "发现日期", "督导时间", "检查时间")),
    Column(name="item", title="问题事项", named=True, public=True, aliases=("问题", "存在问题", "事项", "发现问题", "问题描述")),
    Column(name="location", title="地点", public=True, aliases=("位置", "点位", "问题地点", "涉及地块")),
    Column(name="picture", title="问题照片", reference=True, aliases=("照片", "照片编号", "图片")),
    Column(name="responsible", title="责任人", public=True, masked=True, aliases=("整改责任人", "负责人", "包联人")),
    Column(name="due_on", title="整改期限", kind="date", public=True, edge="end", aliases=("期限", "整改时限", "完成时限", "限期")),
    Column(name="measure", title="整改措施", public=True, aliases=("措施", "整改办法")),
    Column(name="done_on", title="整改完成日期", kind="date", public=True, aliases=("完成日期", "完成时间", "整改日期", "销号日期")),
    Column(name="evidence", title="整改佐证", aliases=("佐证", "佐证材料", "整改照片", "整改材料")),
    Column(name="rechecked_on", title="复查日期", kind="date", public=True, aliases=("复查时间", "回头看日期")),
    Column(name="recheck", title="复查结果", kind="choice", public=True, aliases=("复查情况", "回头看结果", "复查意见"),
           choices={"合格": ("通过", "整改到位", "已整改到位", "属实"), "不合格": ("未通过", "不通过", "未整改到位", "退回")}),
    Column(name="rechecker", title="复查人", public=True, masked=True, aliases=("验收人", "复查人员")),
)

REGISTER = Register(name="inspections", title="督导整改台账", columns=COLUMNS, required=(("item",),), serial=("序号", "序", "行号", "No", "No."))
