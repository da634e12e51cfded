"""How a finding of an inspection is put right, what stands on the wall, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.db.models import Q

from mingbai.kit.furniture import Class, Road
from mingbai.kit.indicators import Indicator
from mingbai.kit.road import Proof


def worth(judged: pl.DataFrame) -> Mapping[int, tuple[int | None, int]]:
    """Record number → (amount, owed) in fen: an inspection has neither."""
    return dict.fromkeys(judged["_row"], (None, 0))


ROAD = Road(
    classes={
        "A": Class("A", "按期整改", "不用再办", irregular=False),
        "B": Class("B", "逾期未整改", "督促整改", (Proof("picture", "整改后的照片", "file"),)),
        "C": Class("C", "没有复查合格", "重新整改、复查", (Proof("picture", "整改后的照片", "file"), Proof("recheck", "复查记录", "file"))),
    },
    proposes={"I01": "B", "I02": "C"},
    clean="A",
    worth=worth,
    list_columns=("item", "location", "responsible", "due_on", "done_on", "recheck"),
    notice=("inspection_no", "item", "location", "responsible", "due_on", "done_on", "recheck"),
    groups={
        "督导": ("inspection_no", "kind", "level", "inspected_on", "item", "location", "picture"),
        "整改": ("responsible", "due_on", "measure", "done_on", "evidence"),
        "复查": ("rechecked_on", "recheck", "rechecker"),
    },
    indicators=(
        Indicator("inspections", "督导问题", "count", note="督导发现、收进台账的问题", headline=False),
        Indicator("inspections_irregular", "督导问题：逾期或没有复查合格", "count", Q(irregular=True), query={"irregular": "yes"},
                  note="有人认定逾期未整改或者没有复查合格的", headline=False),
        Indicator("inspections_rectified", "督导问题：已补办", "count", Q(irregular=True, rectified=True), query={"irregular": "yes", "rectified": "yes"},
                  note="上面这些里，补办后验收了的", headline=False),
    ),
)
