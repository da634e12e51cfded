"""``mingbai new-register NAME``: a register's folder, small and working, to be made one's own (docs/add-a-register.md)."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from mingbai.columns import registers

TAKEN = (
    "admin",
    "auth",
    "board",
    "contenttypes",
    "humanize",
    "kit",
    "messages",
    "notices",
    "places",
    "records",
    "sessions",
    "staticfiles",
    "vault",
    "web",
)
"""Names that other rooms have in the database."""


class NameError(ValueError):
    """A name no register can have; the sentence says which would do."""


def new_register(name: str, title: str, folder: Path | None = None) -> list[Path]:
    """Writes the folder of a register ``name`` called ``title``; gives its files. Nothing that is there is touched.

    :raises NameError: the name is no lower-case word, or is taken.
    """
    if not re.fullmatch(r"[a-z][a-z_]{2,30}", name) or keyword.iskeyword(name):
        raise NameError(f"“{name}”不能做台账的名字；请用三个以上小写英文字母，例如 inspections")
    if name in TAKEN or name in registers():
        raise NameError(f"“{name}”已经有了；请换一个名字")
    words = title.removesuffix("台账")
    if not words or not re.fullmatch(r"[\w（）、·]+", title):
        raise NameError(f"“{title}”不能做台账的标题；请写中文名，例如 督导整改台账")
    one = name.removesuffix("s")
    filling = {
        "NAME": name,
        "TITLE": words + "台账",
        "WORDS": words,
        "ONE": one,
        "MODEL": "".join(part.title() for part in one.split("_")),
        "APP": "".join(part.title() for part in name.split("_")),
    }
    home = (folder or Path(__file__).parent) / name
    written = []
    for file, text in FILES.items():
        path = home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub("@([A-Z]+)@", lambda found: filling[found[1]], text), encoding="utf-8")
        written.append(path)
    return written


FILES = {
    "__init__.py": '"""@TITLE@: a register (docs/add-a-register.md)."""\n',
    "apps.py": """from django.apps import AppConfig


class @APP@(AppConfig):
    name = "mingbai.registers.@NAME@"
    label = "@NAME@"
    verbose_name = "@TITLE@"
""",
    "migrations/__init__.py": "",
    "models.py": '''"""The record at rest @WORDS@: the register's columns as fields."""

from __future__ import annotations

from django.db import models

from mingbai.kit.record import Record, fields
from mingbai.registers.@NAME@.register import REGISTER


class @MODEL@(Record):
    """One line of @TITLE@."""

    vars().update(fields(REGISTER))
    register = REGISTER

    class Meta(Record.Meta):
        verbose_name = "@WORDS@"
        constraints = (models.UniqueConstraint(fields=("organisation", "serial"), name="@ONE@_serial_once"),)
        indexes = (
            models.Index(fields=("organisation", "serial")),
            models.Index(fields=("organisation", "stage", "deadline")),
        )


RECORD = @MODEL@
''',
    "register.py": '''"""The columns of @TITLE@: what is written in a cell, and under which headings it is found."""

from __future__ import annotations

from mingbai.columns import Column, Register

COLUMNS = (
    Column(name="item", title="事项", public=True, aliases=("内容",)),
    Column(name="responsible", title="责任人", public=True, masked=True, aliases=("负责人",)),
    Column(name="due_on", title="期限", kind="date", public=True, edge="end"),
    Column(name="done_on", title="完成日期", kind="date", public=True),
)

REGISTER = Register(name="@NAME@", title="@TITLE@", columns=COLUMNS, required=(("item",),))
''',
    "rules.py": '''"""The rules of @TITLE@. A rule answers yes, no, or null where the ledger does not say."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw

from mingbai.rules import Answer, Facts, Rulebook
from mingbai.rules.law import ymd_date
from mingbai.units.wording import phrase

RULEBOOK = Rulebook("@NAME@")


@RULEBOOK.facts
def day(f: Facts) -> Mapping[str, nw.Expr]:
    """Whose law counts: that of the day it was due."""
    return {"governing": f.due_on}


@RULEBOOK.rule(
    "X01",
    "逾期未完成",
    severity=2,
    needs=["due_on"],
    cites="practice",
    remedy="限期完成",
    say=lambda r, f: phrase("期限是 {day}，还没有写完成日期", day=ymd_date(r["due_on"])),
)
def overdue(f: Facts) -> Answer:
    """Past its day, and the sheet has a heading for the day it was done with nothing under it."""
    open_ = (
        nw.when(~f.done_on.is_null()).then(nw.lit(False)).otherwise(nw.when(f.left_empty("done_on")).then(nw.lit(True)))
    )
    return Answer((f.due_on < f.today) & open_)


@RULEBOOK.rule(
    "X02",
    "没有责任人",
    severity=1,
    needs=["item"],
    cites="practice",
    remedy="写明责任人",
    say=lambda r, f: "没有写由谁负责",
)
def nobody(f: Facts) -> Answer:
    """The sheet asks who is responsible and nobody is written."""
    return Answer(f.left_empty("responsible"))
''',
    "law.yaml": """# What the rules rest on. An article nobody has compared with its source is to_confirm and shown as 待核实.
articles:
  @MODEL@_PRACTICE: {title: 通行做法, says: 每件事写明责任人和期限，到期完成。, from: 1982-07-01, checked_on: 2026-11-23}
citations:
  practice:
    - {from: 1982-07-01, articles: [@MODEL@_PRACTICE]}
""",
    "road.py": '''"""How a finding is put right, what stands on the wall, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.db.models import Q

from mingbai.kit.furniture import Class, Road
from mingbai.kit.indicators import Indicator
from mingbai.kit.road import Proof


def worth(judged: pl.DataFrame) -> Mapping[int, tuple[int | None, int]]:
    """Record number → (amount, owed) in fen: no money here."""
    return {row: (None, 0) for row in judged["_row"]}


ROAD = Road(
    classes={
        "A": Class("A", "没有问题", "不用整改", irregular=False),
        "B": Class("B", "要整改", "限期整改", (Proof("photo", "整改后的照片或者材料", "file"),)),
    },
    proposes={"X01": "B", "X02": "B"},
    clean="A",
    worth=worth,
    list_columns=("item", "responsible", "due_on", "done_on"),
    notice=("item", "responsible", "due_on", "done_on"),
    indicators=(
        Indicator("@NAME@", "@WORDS@", "count", note="收下的件数", headline=False),
        Indicator("@NAME@_irregular", "@WORDS@：有问题", "count", Q(irregular=True), query={"irregular": "yes"}, note="认定了疑点的件数", headline=False),
    ),
)
''',
}
