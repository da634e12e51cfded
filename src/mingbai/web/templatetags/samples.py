"""Invented data for /components/, so that the page shows the real parts in every state and not copies of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Paginator

register = template.Library()

_LONG = "山西某某生态农业综合开发有限责任公司万柏林区九院分公司（原九院村林场承包经营联合体）"


def _steps(*states: str) -> list[dict[str, str]]:
    return [{"title": title, "state": state} for title, state in zip(("清查", "规范", "公示"), states, strict=True)]


def _wizard(now: int) -> list[dict[str, str]]:
    titles = ("选文件", "对表头", "改错", "收下")
    return [{"title": t, "state": "done" if i < now else "now" if i == now else "todo",
             "note": "还剩 3 处" if i == now == 2 else ""} for i, t in enumerate(titles)]


_PLACES = (("九院村", 19, 17, 12), ("小井峪村", 64, 58, 0), ("大虎峪村", 33, 9, 0), ("东社村", 0, 0, 0))
_LINES = (
    ("JY-014", "后沟林地承包", "王某某", "2005-01-01", "2035-12-31", 1235000, 3_000_000, 5_400_000, "yes", -3, ("done", "now", "todo")),
    ("JY-015", "村口门面房租赁", "李某某", "2019-06-01", "2029-05-31", 1500, 12_000_000, 0, "", 2, ("done", "done", "now")),
    ("JY-016", "砖厂用地", _LONG, "1998-03-01", "2048-02-28", 420000, 860_000_050, 129_000_008, "disputed", 21, ("done", "late", "todo")),
    ("JY-017", "东坡果园", "张某某等 3 人", "2012-04-01", "2027-03-31", 385500, 1_927_500, 0, "cannot_tell", None, ("now", "todo", "todo")),
    ("JY-018", "河滩地", "刘某", "2020-01-01", "2024-12-31", 96000, 480_000, 1_440_000, "yes", -41, ("done", "late", "todo")),
    ("JY-019", "旧学校院落", "赵某某", "2021-09-01", "2031-08-31", 31200, 7_200_000, 0, "", None, ("done", "done", "done")),
)
_NAMES = ("后山坡地", "水渠东地块", "老队部房屋", "鱼塘", "养殖小区", "北岭林地", "通信基站用地", "加油站用地")


def _rows() -> list[dict[str, Any]]:
    today = date(2026, 9, 30)
    rows: list[dict[str, Any]] = []
    for number in range(24):
        code, title, party, start, end, area, rent, owed, answer, left, states = _LINES[number % len(_LINES)]
        if number >= len(_LINES):
            code, title = f"JY-{number + 14:03d}", f"{_NAMES[number % 8]}{number // 8 + 1}号"
            area, rent, owed = area + number * 1700, rent + number * 35_000, owed and owed + number * 1_000
        rows.append({"code": code, "title": title, "party": party, "start": start, "end": end, "area": area,
                     "rent": rent, "owed": owed, "answer": answer, "steps": _steps(*states),
                     "done": today if states[2] == "done" else None,
                     "due": None if left is None else date.fromordinal(today.toordinal() + left)})
    return rows


def _finding(answer: str, **more: Any) -> dict[str, Any]:
    return {
        "rule": "C04", "title": "合同期限超过二十年", "answer": answer, "severity": 3,
        "sentence": "合同期限 31 年，比签订时法律允许的最长期限多 11 年。",
        "said": [{"label": "起始日期", "value": "2005-01-01", "cell": "F17", "url": "#sheet"},
                 {"label": "终止日期", "value": "2035-12-31", "cell": "G17", "url": "#sheet"}],
        "laws": [{"cite": "《中华人民共和国合同法》第二百一十四条", "force": "签订时有效：1999-10-01 至 2020-12-31",
                  "text": "租赁期限不得超过二十年。超过二十年的，超过部分无效。租赁期间届满，当事人可以续订租赁合同，"
                          "但约定的租赁期限自续订之日起不得超过二十年。"}],
        "usual": "先看是租赁还是家庭承包；是租赁的，与对方签补充协议，把期限改到 2024-12-31 以内，经成员（代表）会议同意后另行续订。",
        **more,
    }


@register.simple_tag
def samples() -> dict[str, Any]:
    """Everything /components/ needs."""
    today, rows = date(2026, 9, 30), _rows()
    return {
        "long": _LONG, "today": today, "late": date(2026, 9, 27), "soon": date(2026, 10, 2), "far": date(2026, 12, 15),
        "before": date(2026, 9, 20), "steps": [_steps("now", "todo", "todo"), _steps("done", "late", "todo"),
                                              _steps("done", "done", "now"), _steps("done", "done", "done")],
        "wizard": _wizard(2), "places": [
            {"name": name, "steps": [{"title": "清查", "state": "done", "done": all_, "total": all_},
                                     {"title": "规范", "state": "now", "done": right, "total": all_},
                                     {"title": "公示", "state": "todo", "done": shown, "total": all_}]}
            for name, all_, right, shown in _PLACES],
        "rows": rows, "area": sum(r["area"] for r in rows), "rent": sum(r["rent"] for r in rows),
        "owed": sum(r["owed"] for r in rows),
        "page": Paginator(range(3486), 50).page(7), "only_page": Paginator(range(19), 50).page(1),
        "findings": [
            _finding("yes", due=date(2026, 10, 2), owner="李桂兰", anchor="C04",
                     status={"title": "已确认", "state": "confirmed"}),
            _finding("cannot_tell", rule="C11", title="可能没有经过民主程序", severity=2, said=[],
                     sentence="台账没有写会议日期，附件里也没有会议记录，说不准有没有开过会。",
                     usual="找当年的会议记录；找不到的，补开成员（代表）会议追认，三分之二以上同意后留存签名表。",
                     laws=[{"cite": "《中华人民共和国农村集体经济组织法》第二十六条", "force": "2025-05-01 起施行", "url": "#law"}]),
            _finding("disputed", rule="C16", title="面积与实测不一致", severity=1, laws=[],
                     said=[{"label": "合同面积", "value": "42 亩", "cell": "D17"}, {"label": "实测面积", "value": "51.6 亩"}],
                     sentence="承包人认为多出的 9.6 亩是自己开的荒地，村里认为是多占。", due=date(2026, 9, 27),
                     usual="双方到场复测，签字认可；仍有争议的，由街道主持调解。"),
            _finding("yes", rule="C07", title="租金明显低于周边", severity=1, status={"title": "已搁置", "state": "aside"},
                     reason="搁置理由：此地为高压线走廊，只能种低秆作物，2025-03-12 成员代表会议认可此价。（王建国，2026-08-14）"),
        ],
        "jobs": [
            {"title": "导入 九院村合同台账.xlsx", "state": "waiting", "now": "前面还有 1 件"},
            {"title": "导入 九院村合同台账.xlsx", "state": "running", "done": 2140, "total": 3486, "elapsed": "41 秒",
             "remaining": "约 26 秒", "now": "正在核对第 2,140 份合同的期限"},
            {"title": "生成公示表", "state": "running", "done": 0, "total": None, "now": "正在排版"},
            {"title": "导入 九院村合同台账.xlsx", "state": "done", "elapsed": "1 分 07 秒", "read": 61, "accepted": 57,
             "rejected": 3, "skipped": 1, "result_url": "#", "result_title": "改 3 处错"},
            {"title": "导入 旧账.xls", "state": "failed", "elapsed": "2 秒", "retry_url": "#",
             "error": "文件有密码，打不开。请在 WPS 里去掉密码另存一份，再拖进来；已收下的 0 行没有变动。"},
        ],
        "events": [
            {"at": "2026-10-02 前", "what": "街道验收", "kind": "ahead", "who": "九院街道"},
            {"at": datetime(2026, 9, 28, 16, 20), "who": "李桂兰", "what": "上传会议记录和补充协议", "url": "#",
             "detail": "应到 41 人，实到 35 人，同意 33 人", "kind": "strong"},
            {"at": datetime(2026, 9, 27, 9, 2), "who": "系统", "what": "整改期限已过", "kind": "late"},
            {"at": datetime(2026, 8, 14, 10, 31), "who": "王建国", "what": "改了两项",
             "changes": [{"label": "终止日期", "was": "2035-12-31", "now": "2024-12-31"},
                         {"label": "会议日期", "was": "", "now": "2026-08-12"}]},
            {"at": datetime(2026, 6, 3, 15, 47), "who": "李桂兰", "what": "从台账收下", "source": "合同台账!D17", "source_url": "#sheet"},
        ],
        "facts": [
            {"label": "合同编号", "value": "JY-014", "cell": "A17", "cell_url": "#sheet"},
            {"label": "标的", "value": "后沟林地承包，东至沟边、南至水渠、西至机耕路、北至林场界桩", "cell": "B17"},
            {"label": "承包人", "value": "王某某", "masked": True, "cell": "C17"},
            {"label": "期限", "value": "2005-01-01 至 2035-12-31（31 年）", "answer": "yes", "cell": "F17"},
            {"label": "面积", "value": "123.5 亩", "note": "实测 126.1 亩（2026-05 测绘）", "answer": "disputed", "cell": "D17"},
            {"label": "年租金", "value": "30,000.00 元", "cell": "H17"},
            {"label": "会议日期", "value": None},
            {"label": "责任人", "value": "李桂兰（第 3 格）", "url": "#"},
        ],
        "errors": [
            {"where": "合同台账 D17", "what": "“一百二十多亩”不是一个数", "instead": "填数字，例如 123.5；拿不准就填合同上写的数", "url": "#cell"},
            {"where": "合同台账 G22", "what": "终止日期 2004-12-31 早于起始日期 2005-01-01", "instead": "对照合同原件，可能是 2024-12-31", "url": "#cell"},
        ],
    }
