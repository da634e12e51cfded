"""What comes into the books from elsewhere 账外来表: the voucher sheet and the balance sheet of a bookkeeping program, and the
statement of a bank, as declarations. Read like any register (:mod:`mingbai.sheets`), under the names ``books.vouchers``,
``books.balances`` and ``books.bank``.
"""

from __future__ import annotations

from mingbai.columns import Column, Register

_CODE = Column(name="code", title="科目编码", reference=True, aliases=("科目代码", "科目编号", "会计科目编码", "会计科目代码", "科目号", "科目", "会计科目", "编码", "代码", "一级科目编码"))
_NAME = Column(name="name", title="科目名称", aliases=("会计科目名称", "科目全称", "科目全名", "总账科目", "一级科目", "科目名", "名称", "总账科目名称"))
_SUB = Column(name="sub", title="明细科目", aliases=("二级科目", "明细科目名称", "子目", "细目", "子目细目", "下级科目", "明细"))
_WHOM = Column(name="whom", title="辅助核算", aliases=("往来单位", "往来", "往来单位名称", "往来户", "核算项目", "辅助项", "辅助核算项目", "单位或个人", "客户", "供应商", "个人"))

VOUCHERS = Register(
    name="books.vouchers", title="记账凭证表", required=(("code", "name"),),
    columns=(
        Column(name="on", title="日期", kind="date", aliases=("凭证日期", "制单日期", "记账日期", "入账日期", "业务日期", "会计日期")),
        Column(name="period", title="会计期间", aliases=("期间", "会计月份", "月份", "会计年月", "年月", "所属期间")),
        Column(name="word", title="凭证类别", aliases=("凭证字", "字", "类别", "凭证类型", "类型")),
        Column(name="number", title="凭证字号", reference=True, aliases=("凭证号", "凭证编号", "凭证号数", "字号", "号", "凭证号码", "记账凭证号", "凭证")),
        Column(name="line", title="分录号", kind="count", aliases=("行号", "分录序号", "分录行号")),
        Column(name="words", title="摘要", aliases=("业务摘要", "说明", "内容", "事由")),
        _CODE, _NAME, _SUB, _WHOM,
        Column(name="debit_fen", title="借方金额", kind="money", signed=True, zero_is_blank=True, aliases=("借方", "借方本币", "借方发生额", "借", "借方金额本位币", "本币借方")),
        Column(name="credit_fen", title="贷方金额", kind="money", signed=True, zero_is_blank=True, aliases=("贷方", "贷方本币", "贷方发生额", "贷", "贷方金额本位币", "本币贷方")),
        Column(name="side", title="方向", aliases=("借贷方向", "借贷", "借贷标志", "余额方向")),
        Column(name="fen", title="金额", kind="money", signed=True, zero_is_blank=True, aliases=("本币金额", "发生额", "本位币", "分录金额")),
        Column(name="project", title="项目", aliases=("项目名称", "项目核算", "工程项目")),
        Column(name="papers", title="附单据数", kind="count", aliases=("附件数", "附件张数", "附件", "单据数", "附单据", "所附单据", "附原始凭证")),
        Column(name="by", title="制单人", aliases=("制单", "填制人", "会计", "录入人", "经办人")),
        Column(name="checked_by", title="审核人", aliases=("审核", "复核", "复核人", "记账人", "记账", "出纳")),
    ))

_SIDES = (("opening", "期初", ("期初余额", "年初余额", "年初", "上期余额", "期初数", "年初数")), ("moved", "本期", ("本期发生额", "本期发生", "本月发生额", "发生额", "本期发生数")),
          ("year", "本年累计", ("本年累计发生额", "累计发生额", "本年发生额", "累计发生", "本年累计数")), ("closing", "期末", ("期末余额", "期末数", "年末余额", "年末", "余额", "月末余额")))


def _balances() -> tuple[Column, ...]:
    made = []
    for name, title, others in _SIDES:
        for side, word in (("debit", "借方"), ("credit", "贷方")):
            aliases = tuple(dict.fromkeys(said for above in (title, *others) for said in (f"{above}{word}", f"{word}{above}", f"{above}{word[0]}", f"{above}{word}金额", f"{above}{word}余额")))
            made.append(Column(name=f"{name}_{side}_fen", title=f"{title}{word}", kind="money", signed=True, zero_is_blank=True, aliases=tuple(each for each in aliases if each != f"{title}{word}")))
        if name in ("opening", "closing"):
            made.append(Column(name=f"{name}_side", title=f"{title}方向", aliases=tuple(said for above in (title, *others) for said in (f"{above}方向", f"{above}借贷", f"{above}借贷方向") if said != f"{title}方向") + (("方向", "余额方向", "借贷方向", "借或贷") if name == "closing" else ())))
            made.append(Column(name=f"{name}_fen", title=f"{title}余额" if name == "opening" else "期末余额", kind="money", signed=True, zero_is_blank=True,
                               aliases=tuple(said for above in (title, *others) for said in (above, f"{above}金额") if said not in (f"{title}余额",))))
    return tuple(made)


BALANCES = Register(name="books.balances", title="科目余额表", required=(("code", "name"),), columns=(_CODE, _NAME, _SUB, _WHOM, *_balances()))

BANK = Register(
    name="books.bank", title="银行对账单", required=(("on",),),
    columns=(
        Column(name="on", title="交易日期", kind="date", aliases=("日期", "记账日期", "入账日期", "交易时间", "记账日", "交易日", "发生日期", "起息日", "会计日期", "业务日期")),
        Column(name="time", title="时间", reference=True, aliases=("交易时点", "交易时刻", "时分秒")),
        Column(name="serial", title="流水号", reference=True, aliases=("交易流水号", "交易流水", "流水", "银行流水号", "交易号", "凭证号码", "凭证号", "柜员流水号", "核心流水号", "业务流水号", "业务编号", "参考号")),
        Column(name="words", title="摘要", aliases=("交易摘要", "用途", "附言", "交易说明", "备注", "说明", "交易附言", "摘要说明", "交易类型", "业务摘要")),
        Column(name="more", title="附言", aliases=("用途附言", "客户附言", "转账附言", "交易备注")),
        Column(name="other", title="对方户名", aliases=("对方名称", "对方账户名称", "对方账户名", "对方单位", "对方单位名称", "对手户名", "交易对方", "对手方名称", "收付款人", "收/付款人", "收付方名称", "对方", "往来户名", "交易对手名称")),
        Column(name="other_no", title="对方账号", sealed=True, reference=True, aliases=("对方账户", "对手账号", "对方卡号", "收付方账号", "交易对手账号", "对方账号卡号", "对方帐号", "往来账号")),
        Column(name="other_bank", title="对方开户行", aliases=("对方行名", "对方银行", "对手开户行", "对方开户机构", "收付方开户行")),
        Column(name="out_fen", title="借方发生额", kind="money", signed=True, zero_is_blank=True, aliases=("支出", "支出金额", "借方金额", "借方", "付出", "支取", "转出金额", "支出（借）", "付款金额", "借方交易金额", "借")),
        Column(name="in_fen", title="贷方发生额", kind="money", signed=True, zero_is_blank=True, aliases=("收入", "收入金额", "贷方金额", "贷方", "存入", "转入金额", "收入（贷）", "收款金额", "贷方交易金额", "贷")),
        Column(name="side", title="借贷标志", aliases=("收支", "收支标志", "借贷", "借贷方向", "方向", "收/支", "收支方向", "借/贷", "交易方向")),
        Column(name="fen", title="交易金额", kind="money", signed=True, zero_is_blank=True, aliases=("金额", "发生额", "收支金额", "交易发生额", "发生金额", "收入/支出金额")),
        Column(name="balance_fen", title="余额", kind="money", signed=True, aliases=("账户余额", "当前余额", "本次余额", "可用余额", "账面余额", "交易后余额", "联机余额")),
    ))

PAPERS = {"vouchers": VOUCHERS, "balances": BALANCES, "bank": BANK}
