"""The summary table 汇总表: the places under an organisation by row, what the campaign asks for by column.

A column whose register does not exist yet stands there as 未建, so that nobody takes an empty column for a nought.
Every line of totals is the sum of the lines above it.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count, F, Q, Sum

from mingbai.board.rollup import Row, branch, by_child
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.models import Case, Finding
from mingbai.places.clock import today
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope, scope
from mingbai.places.tree import STEP
from mingbai.sheets.writing import new_workbook, paper, put_cell, width_of
from mingbai.units.wording import phrase

UNBUILT = "未建"
NOT_SAID = phrase("未写明")
_BY = ("lessor_level", "object_class")
"""Columns of choices that split a register's records, where it has them."""
_LATER: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("claims", ((phrase("债权"), phrase("总额（元）")), (phrase("债权"), phrase("已清收（元）")))),
    (
        "obligations",
        (
            (phrase("债务"), phrase("总额（元）")),
            (phrase("债务"), phrase("已化解（元）")),
            (phrase("债务"), phrase("尚余（元）")),
        ),
    ),
    (
        "resources",
        (
            (phrase("新增资源"), phrase("面积（亩）")),
            (phrase("新增资源"), phrase("已收费面积（亩）")),
            (phrase("新增资源"), phrase("应收（元）")),
            (phrase("新增资源"), phrase("已收（元）")),
        ),
    ),
    (
        "suits",
        (
            (phrase("其他"), phrase("新增年收入（元）")),
            (phrase("其他"), phrase("收回面积（亩）")),
            (phrase("其他"), phrase("诉讼（件）")),
        ),
    ),
)
"""Columns the campaign's tables have, by the register that will bring them."""

Unit = Literal["count", "fen", "share", "unbuilt"]
Cell = int | float | None


@dataclass(frozen=True, slots=True)
class Heading:
    group: str
    title: str
    unit: Unit
    share_of: tuple[int, int] | None = None
    """For a share: the places of the two columns it divides."""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: a place and a cell per heading (counts, fen, shares from 0 to 1; None = unknown or not built)."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    total: Sequence[Cell]


def table(within: Scope, organisation: Organisation) -> Table:
    """The summary table of an organisation over what a scope reaches; a bounded number of queries."""
    here = within.within(organisation)
    length = len(organisation.path) + STEP
    rows = by_child(here, organisation)
    columns: list[tuple[Heading, dict[str, int]]] = [
        (Heading(phrase("集体经济组织"), phrase("总数（个）"), "count"), _from_figures(rows, "organisations")),
        (Heading(phrase("集体经济组织"), phrase("已完成（个）"), "count"), _from_figures(rows, "organisations_done")),
    ]
    for name in furnished():
        columns += _of_register(here, furniture(name), rows, length)
    if _sees_clues(within, organisation):
        clues = here.of(Case).filter(secret=True).order_by().annotate(at=branch("organisation__path", length))
        columns.append(
            (
                Heading(phrase("其他"), phrase("移交线索（件）"), "count"),
                dict(clues.values_list("at").annotate(Count("pk"))),
            )
        )
    built = {*furnished()}
    columns += [
        (Heading(group, title, "unbuilt"), {})
        for register, later in _LATER
        if register not in built
        for group, title in later
    ]
    return _laid_out(
        phrase("{place!s} 汇总表（{day}）", place=organisation.name, day=f"{today():%Y-%m-%d}"), rows, columns
    )


def _of_register(here: Scope, kit: Furniture, rows: Sequence[Row], length: int) -> list[tuple[Heading, dict[str, int]]]:
    group = next((each.title for each in kit.road.indicators), kit.title)
    found: list[tuple[Heading, dict[str, int]]] = [
        (
            Heading(group, _yuan(each.title) if each.unit == "fen" else _copies(each.title), each.unit),
            _from_figures(rows, each.key),
        )
        for each in kit.road.indicators
        if each.unit != "share"
    ]
    records = here.of(kit.model).order_by().annotate(at=branch("organisation__path", length))
    for name in _BY:
        column = kit.register.by_name.get(name)
        if column is None:
            continue
        numbers: dict[str, dict[str, int]] = defaultdict(dict)
        money: dict[str, dict[str, int]] = defaultdict(dict)
        for at, word, count, fen in records.values_list("at", name).annotate(Count("pk"), Sum("amount_fen")):
            numbers[word or NOT_SAID][at] = numbers[word or NOT_SAID].get(at, 0) + count
            money[word or NOT_SAID][at] = money[word or NOT_SAID].get(at, 0) + (fen or 0)
        for word in (*column.choices, NOT_SAID):
            found.append((Heading(phrase("按{column}", column=column.title), _copies(word), "count"), numbers[word]))
            found.append((Heading(phrase("按{column}", column=column.title), _yuan(word), "fen"), money[word]))
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    confirmed = here.of(Finding).filter(register=kit.name, state=Finding.State.CONFIRMED).order_by()
    for at, rule, count in (
        confirmed.annotate(at=branch("organisation__path", length)).values_list("at", "rule").annotate(Count("pk"))
    ):
        kinds[rule][at] = count
    titles = {rule.id: rule.title for rule in kit.rulebook.rules.values()} if kit.rulebook else {}
    found += [
        (
            Heading(
                phrase("已认定的问题"), phrase("{rule} {title}（个）", rule=rule, title=titles.get(rule, "")), "count"
            ),
            kinds[rule],
        )
        for rule in sorted(kinds)
    ]
    decided: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for at, klass, count, done in (
        records.filter(klass__gt="")
        .values_list("at", "klass")
        .annotate(Count("pk"), done=Count("pk", filter=Q(rectified=True)))
        .values_list("at", F("klass"), "pk__count", "done")
    ):
        decided[klass][at] = (count, done)
    for klass in kit.road.classes.values():
        if klass.secret:
            continue
        found.append(
            (
                Heading(phrase("处置"), phrase("{klass} {title}（份）", klass=klass.key, title=klass.title), "count"),
                {at: pair[0] for at, pair in decided[klass.key].items()},
            )
        )
        if klass.irregular:
            found.append(
                (
                    Heading(phrase("处置"), phrase("{klass} 已整改（份）", klass=klass.key), "count"),
                    {at: pair[1] for at, pair in decided[klass.key].items()},
                )
            )
    return found


def _copies(what: str) -> str:
    return phrase("{what}（份）", what=what)


def _yuan(what: str) -> str:
    return phrase("{what}（元）", what=what)


def _from_figures(rows: Sequence[Row], key: str) -> dict[str, int]:
    values = {row.organisation.path: row.figures[key].value for row in rows}
    return {path: int(value) for path, value in values.items() if value is not None}


def _sees_clues(within: Scope, organisation: Organisation) -> bool:
    """Whoever runs the command line holds the files anyway; a person needs the power over the whole place."""
    return within.person is None or scope(within.person, "clue").covers(organisation)


def _laid_out(title: str, rows: Sequence[Row], columns: Sequence[tuple[Heading, dict[str, int]]]) -> Table:
    headings = [heading for heading, _ in columns]
    keys = [heading.title for heading in headings]
    share = None
    if "不规范合同（份）" in keys and "已整改（份）" in keys:
        share = (keys.index("已整改（份）"), keys.index("不规范合同（份）"))
    lines = []
    for row in rows:
        name = f"{row.organisation.name}本级" if row.own else row.organisation.name
        cells: list[Cell] = [
            None if heading.unit == "unbuilt" else values.get(row.organisation.path, 0) for heading, values in columns
        ]
        lines.append((name, cells))
    total: list[Cell] = [
        None if heading.unit == "unbuilt" else sum(int(cells[place] or 0) for _, cells in lines)
        for place, heading in enumerate(headings)
    ]
    if share:
        part, over = share
        headings.insert(part + 1, Heading(headings[part].group, "整改率", "share", share))
        for cells in (*(cells for _, cells in lines), total):
            known = cells[over]
            cells.insert(part + 1, round((cells[part] or 0) / known, 4) if known else None)
    return Table(title, headings, lines, total)


def workbook(made: Table) -> bytes:
    """The table as a workbook: two rows of headings, a line of totals, money in yuan; no text is ever a formula."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("汇总表")
    base: dict[str, Any] = {"border": 1, "valign": "vcenter"}
    head = book.add_format({**base, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E8EEF4"})
    quoted = book.add_format({**base, "num_format": "@", "quote_prefix": True})
    plain = book.add_format({**base, "num_format": "@"})
    grey = book.add_format({**base, "align": "center", "font_color": "#888888"})
    numbers = {
        unit: book.add_format({**base, "num_format": how})
        for unit, how in (("count", "#,##0"), ("fen", "#,##0.00"), ("share", "0.00%"))
    }
    put_cell(sheet, 0, 0, made.title, book.add_format({"bold": True, "font_size": 14}), quoted)
    sheet.merge_range(1, 0, 2, 0, "单位", head)
    place = 0
    while place < len(made.headings):
        group, first = made.headings[place].group, place
        while place < len(made.headings) and made.headings[place].group == group:
            put_cell(sheet, 2, place + 1, made.headings[place].title, head, head)
            place += 1
        if place - first > 1:
            sheet.merge_range(1, first + 1, 1, place, "", head)
        put_cell(sheet, 1, first + 1, group, head, head)
    for line, (name, cells) in enumerate((*made.rows, ("合计", made.total)), start=3):
        put_cell(sheet, line, 0, name, plain, quoted)
        for at, (heading, cell) in enumerate(zip(made.headings, cells, strict=True), start=1):
            if heading.unit == "unbuilt":
                put_cell(sheet, line, at, UNBUILT, grey, grey)
            elif cell is None:
                put_cell(sheet, line, at, "—", grey, grey)
            else:
                value = cell / 100 if heading.unit == "fen" else cell
                put_cell(sheet, line, at, value, numbers[heading.unit], quoted)
    sheet.set_column(0, 0, max((width_of(name) for name, _ in made.rows), default=8) + 2)
    sheet.set_column(1, len(made.headings), 13)
    sheet.set_row(2, 48)
    sheet.freeze_panes(3, 1)
    paper(sheet)
    sheet.repeat_rows(0, 2)
    book.close()
    return buffer.getvalue()
