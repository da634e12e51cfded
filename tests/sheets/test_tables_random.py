"""A known table, laid out at random as ledgers are: what was put in comes out, and every other row has its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheets.ledgers import N, read_rows

# (column, headings by level, cells as typed, values as read); one to three levels, the parents shared by neighbours
_COLUMNS: list[tuple[str, tuple[tuple[str, ...], ...], tuple[Any, ...], tuple[Any, ...]]] = [
    (
        "lessee",
        (("承包方",), ("承包方\n名 称",), ("承租人",), ("乙方",)),
        ("张三", "李四", "王五公司", "赵六"),
        ("张三", "李四", "王五公司", "赵六"),
    ),
    (
        "title",
        (("合同名称",), ("项目名称",), ("标的名称",)),
        ("机动地承包", "鱼塘", "门面房租赁", "荒山"),
        ("机动地承包", "鱼塘", "门面房租赁", "荒山"),
    ),
    (
        "lessor",
        (("发包方",), ("甲方",), ("出 租 方",)),
        ("九院村", "一组", "九院村", "二组"),
        ("九院村", "一组", "九院村", "二组"),
    ),
    (
        "area_mu4",
        (("面积(亩)",), ("面积", "合同"), ("土地情况", "面积", "合同"), ("承包面积/亩",)),
        (1.5, "2亩", 3, 0.25),
        (15000, 20000, 30000, 2500),
    ),
    (
        "measured_area_mu4",
        (("实测面积",), ("面积", "实测"), ("土地情况", "面积", "实测")),
        (1, 2, 3, 4),
        (10000, 20000, 30000, 40000),
    ),
    (
        "starts_on",
        (("起始日期",), ("期限", "起"), ("承包起始日期",)),
        ("2005-01-01", "2006.3.1", "2007年5月6日", N),
        ("2005-01-01", "2006-03-01", "2007-05-06", N),
    ),
    (
        "ends_on",
        (("终止日期",), ("期限", "止"), ("承包终止日期",)),
        ("2025-01-01", "2026.3.1", "2027年5月6日", N),
        ("2025-01-01", "2026-03-01", "2027-05-06", N),
    ),
    (
        "rent_fen_per_year",
        (("年租金",), ("租金", "年租金"), ("年承包费用\n(元)",)),
        (300, "1,200.50", "8.5万元", N),
        (30000, 120050, 8500000, N),
    ),
    (
        "rent_fen_per_mu_year",
        (("亩租金",), ("租金(元/亩)",), ("租金", "单价")),
        (300, 120, 85, N),
        (30000, 12000, 8500, N),
    ),
    ("land_class", (("地类",), ("土地类型",)), ("水田", "鱼塘", "门面房", "荒山"), ("耕地", "水面", "房屋", "四荒")),
    ("remark", (("备注",), ("说明",)), ("甲", N, "乙", "丙"), ("甲", N, "乙", "丙")),
]
_SECTIONS = ("第一村民小组", "一、土地类合同", "(二)房屋类")
_TOTALS = ("小计", "合 计", "总计:")
_FOOTS = (
    ("注:面积以实测为准", "(1)租金按年收取;"),
    ("填表人:王五", N, "审核人:赵六"),
    ("村负责人(签字):",),
    ("年   月   日",),
)


@dataclass
class Sheet:
    rows: list[list[Any]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def _heading_rows(
    sheet: Sheet, chosen: list[tuple[str, tuple[str, ...], Any, Any]], shift: int, with_merges: bool
) -> None:
    depth = max(len(path) for _, path, _, _ in chosen)
    rows: list[list[Any]] = [[N] * (shift + len(chosen)) for _ in range(depth)]
    top = len(sheet.rows)
    for place, (_, path, _, _) in enumerate(chosen):
        for level, text in enumerate(path):
            same = place > 0 and chosen[place - 1][1][: level + 1] == path[: level + 1] and level < len(path) - 1
            if not same:
                rows[level][shift + place] = text
                last = place
                while (
                    last + 1 < len(chosen)
                    and level < len(path) - 1
                    and chosen[last + 1][1][: level + 1] == path[: level + 1]
                    and len(chosen[last + 1][1]) > level + 1
                ):
                    last += 1
                bottom = depth - 1 if level == len(path) - 1 else level
                if with_merges and (last > place or bottom > level):
                    sheet.merged.append((top + level + 1, shift + place + 1, top + bottom + 1, shift + last + 1))
    sheet.rows += rows


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    sheet = Sheet()
    picked = draw(st.lists(st.sampled_from(_COLUMNS[2:]), unique_by=lambda each: each[0], min_size=3))
    columns = draw(st.permutations([*_COLUMNS[:2], *picked]))
    # Groups stand together, as a clerk would have them.
    columns = sorted(
        columns, key=lambda each: min(i for i, other in enumerate(columns) if _family(other[0]) == _family(each[0]))
    )
    deep = draw(st.booleans())
    chosen = []
    for name, paths, cells, values in columns:
        usable = [path for path in paths if deep or len(path) == 1]
        chosen.append((name, draw(st.sampled_from(usable)), cells, values))
    shift, serial, merges = draw(st.integers(0, 2)), draw(st.booleans()), draw(st.booleans())
    if serial:
        chosen.insert(0, ("", ("序号",), (1, 2, 3, 4), (N, N, N, N)))
    for _ in range(draw(st.integers(0, 2))):
        sheet.rows.append([N] * shift)
    if draw(st.booleans()):
        sheet.rows.append([*[N] * shift, "九院村农村集体经济合同台账"])
        sheet.merged.append((len(sheet.rows), shift + 1, len(sheet.rows), shift + len(chosen)))
    if draw(st.booleans()):
        sheet.rows.append([*[N] * shift, "填报单位:九院村", N, "单位:元、亩"])
    for block in range(draw(st.integers(1, 3))):
        if block:
            if draw(st.booleans()):
                sheet.rows.append([])
            if draw(st.booleans()):
                chosen = draw(st.permutations(chosen)) if all(len(path) == 1 for _, path, _, _ in chosen) else chosen
        _heading_rows(sheet, list(chosen), shift, merges)
        if block == 0 and draw(st.booleans()):
            sheet.rows.append([*[N] * shift, *range(1, len(chosen) + 1)])
        _records(draw, sheet, chosen, shift)
    if draw(st.booleans()):
        for foot in draw(st.permutations(_FOOTS)):
            sheet.rows.append([*[N] * shift, *(foot if foot[0].startswith(("填表", "年")) else foot[:1])])
            if foot[0].startswith("注"):
                sheet.rows.append([*[N] * shift, foot[1]])
    return sheet


def _family(name: str) -> str:
    return {
        "measured_area_mu4": "area",
        "area_mu4": "area",
        "starts_on": "term",
        "ends_on": "term",
        "rent_fen_per_year": "rent",
        "rent_fen_per_mu_year": "rent",
    }.get(name, name)


def _records(draw: st.DrawFn, sheet: Sheet, chosen: Any, shift: int) -> None:
    if draw(st.booleans()):
        sheet.rows.append([*[N] * shift, draw(st.sampled_from(_SECTIONS))])
        sheet.merged.append((len(sheet.rows), shift + 1, len(sheet.rows), shift + len(chosen)))
    places = draw(st.lists(st.integers(0, 3), min_size=1, max_size=5))
    down = draw(st.booleans()) and len(places) > 1
    first = len(sheet.rows)
    for count, place in enumerate(places):
        row: list[Any] = [N] * shift
        record: dict[str, Any] = {}
        for name, _, cells, values in chosen:
            held = down and name in ("lessee", "land_class")
            row.append(N if held and count else cells[places[0]] if held else count + 1 if not name else cells[place])
            if name:
                record[name] = values[places[0]] if held else values[place]
        sheet.rows.append(row)
        sheet.records.append(record)
        sheet.numbers.append(len(sheet.rows))
    if down:
        for place, (name, *_) in enumerate(chosen):
            if name in ("lessee", "land_class"):
                sheet.merged.append((first + 1, shift + place + 1, first + len(places), shift + place + 1))
    if draw(st.booleans()):
        total = [*[N] * shift, *([N] * len(chosen))]
        total[shift + draw(st.integers(0, min(1, len(chosen) - 1)))] = draw(st.sampled_from(_TOTALS))
        for place, (name, *_) in enumerate(chosen):
            if "area" in name and total[shift + place] is None:
                total[shift + place] = 12.5
        sheet.rows.append(total)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sheets())
def test_a_known_table_is_recovered_from_any_layout(sheet: Sheet) -> None:
    result = read_rows(sheet.rows, sheet.merged)
    found = result["sheets"][0]
    assert found["read"] == found["accepted"] + found["rejected"] + found["skipped"]
    assert found["row_numbers"] == sheet.numbers
    for name in {name for record in sheet.records for name in record}:
        values = found["columns"].get(name, [N] * len(sheet.records))
        assert values == [record.get(name) for record in sheet.records], name
    assert result["errors"] == []


_ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=True),
    st.booleans(),
    st.sampled_from(
        [
            "承包方",
            "面积",
            "合计",
            "序号",
            "注:",
            "四至",
            "东",
            "1",
            "单位:万元",
            "'",
            "#REF!",
            "年",
            "√",
            "长期",
            "无",
            "年租金",
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_ANYTHING, max_size=6), max_size=12), st.data())
def test_no_row_is_lost_whatever_a_sheet_holds(rows: list[list[Any]], data: st.DataObject) -> None:
    height, width = len(rows), max(map(len, rows), default=0)
    merged = []
    if height and width:
        for _ in range(data.draw(st.integers(0, 3))):
            top, left = data.draw(st.integers(1, height)), data.draw(st.integers(1, width))
            merged.append((top, left, data.draw(st.integers(top, height)), data.draw(st.integers(left, width))))
    result = read_rows(rows, merged)
    filled = sum(
        1
        for row in rows
        if any(cell is not None and not (isinstance(cell, str) and (not cell or cell.isspace())) for cell in row)
    )
    sheets = result["sheets"]  # one, or the tables that stand side by side on it
    assert max(sheet["read"] for sheet in sheets) <= filled <= sum(sheet["read"] for sheet in sheets)
    assert all(sheet["read"] == sheet["accepted"] + sheet["rejected"] + sheet["skipped"] for sheet in sheets)
    assert len(result["skips"]) == sum(sheet["skipped"] for sheet in sheets)
    assert len(result["rejected_rows"]) == sum(sheet["rejected"] for sheet in sheets)
    assert all(len(values) == sheet["accepted"] for sheet in sheets for values in sheet["columns"].values())
    assert all(error["suggestion"] and error["reason"] for error in result["errors"])
