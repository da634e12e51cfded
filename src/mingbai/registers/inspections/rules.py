"""The rules of 督导整改: put right by its day, and seen again by someone else. The day and the weeks are local practice."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw

from mingbai.rules import Answer, Facts, Rulebook
from mingbai.rules.law import ymd_date
from mingbai.rules.rule import day_number
from mingbai.units.wording import phrase

RULEBOOK = Rulebook("inspections")


@RULEBOOK.facts
def days(f: Facts) -> Mapping[str, nw.Expr]:
    """Whose practice counts, and how long ago it was put right."""
    return {"governing": f.inspected_on, "since_done": day_number(nw.lit(f.today)) - day_number(f.done_on)}


def _open(f: Facts, name: str) -> nw.Expr:
    """The sheet has this column and nothing stands under it; null where there is no such heading."""
    return (
        nw.when(~nw.col(name).is_null()).then(nw.lit(False)).otherwise(nw.when(f.left_empty(name)).then(nw.lit(True)))
    )


@RULEBOOK.rule(
    "I01",
    "逾期未整改",
    severity=2,
    needs=["due_on"],
    cites="in_time",
    remedy="督促责任人整改，交整改后的照片",
    otherwise="台账没有“整改完成日期”这一栏",
    say=lambda r, f: phrase("期限是 {day}，还没有写整改完成日期", day=ymd_date(r["due_on"])),
)
def overdue(f: Facts) -> Answer:
    """Past its day and not done. The day itself is still in time."""
    return Answer((f.due_on < f.today) & _open(f, "done_on"))


@RULEBOOK.rule(
    "I02",
    "整改后没有复查合格",
    severity=2,
    needs=["done_on"],
    cites="recheck",
    law_of="today",
    remedy="换一个人复查，写明结果",
    otherwise="台账没有“复查结果”这一栏",
    say=lambda r, f: (
        phrase("{day} 写已整改，复查不合格", day=ymd_date(r["done_on"]))
        if r["recheck"]
        else phrase("{day} 写已整改，{n} 天了还没有复查", day=ymd_date(r["done_on"]), n=r["since_done"])
    ),
)
def unseen(f: Facts) -> Answer:
    """Seen and found wanting, or not seen for longer than the place allows after it was done."""
    late = (f.since_done > f.now("recheck_days")) & _open(f, "recheck")
    return Answer(~f.done_on.is_null() & ((f.recheck == "不合格").fill_null(False) | late))
