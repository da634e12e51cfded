"""From the rows of a sheet to entries 导入凭证、余额: vouchers put together, balances of the last level only, and whatever is
wrong told by its cell. No database: what a collective has comes in as arguments.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from mingbai.books.chart import Chart, ChartError, chart_of, last_day
from mingbai.books.entry import Leg, Proposal, wrongs
from mingbai.books.foreign import Ours, Theirs, levels, pieces
from mingbai.units import format_money, mask_numbers

Row = Mapping[str, Any]
"""A row read: columns of a paper, ``_sheet`` and ``_row``."""
_PART = re.compile(r"[（(]?\d+\s*/\s*\d+[)）]?\s*$")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[\u4e00-\u9fff]+")
_FILLERS = str.maketrans("", "", "字第号凭证")
_PERIOD = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}")
DEBIT, CREDIT = (
    frozenset(("借", "借方", "1", "D", "DR", "J", "支", "支出")),
    frozenset(("贷", "贷方", "-1", "2", "C", "CR", "收", "收入")),
)
_NO_MORE_THAN = 50
"""Missing numbers named one by one."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong at a place of the sheet. ``column`` is the paper's; ``row`` 0 = the sheet as a whole. A ``warning`` may be
    passed over with a reason."""

    sheet: str
    row: int
    column: str
    sentence: str
    mend: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A voucher put together: its entry, their number, and the row of each line (from the first)."""

    proposal: Proposal
    number: str
    sheet: str
    rows: tuple[int, ...]


@dataclass(slots=True)
class Taking:
    taken: list[Taken] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def refused(self) -> list[Trouble]:
        return [each for each in self.troubles if not each.warning]

    @property
    def warnings(self) -> list[Trouble]:
        return [each for each in self.troubles if each.warning]

    @property
    def debit_fen(self) -> int:
        return sum(each.proposal.total_fen for each in self.taken)


def theirs_of(row: Row) -> Theirs:
    """The account a row names, with its sub-account and whom."""
    name = "/".join(filter(None, (str(row["name"] or ""), str(row.get("sub") or ""))))
    code = str(row["code"] or "")
    if code and not _NUMBER.search(code):  # the column 科目 holds names
        code, name = "", "/".join(filter(None, (code, name)))
    elif code and not name:  # 102 银行存款 in one cell
        found = re.match(r"([\d.\-]+)\s*(\D.*)?$", code)
        if found and found[2]:
            code, name = found[1], found[2]
    return Theirs(code, name, str(row.get("whom") or ""))


def amounts(row: Row, theirs: Theirs, chart: Chart | None = None, prefix: str = "") -> tuple[int, int] | None:
    """(debit, credit) of a row in fen from two columns, or from one with its side; None where nothing says the side."""
    debit, credit = row.get(f"{prefix}debit_fen") or 0, row.get(f"{prefix}credit_fen") or 0
    if debit or credit:
        return debit, credit
    fen = row.get(f"{prefix}fen") or 0
    if not fen:
        return 0, 0
    side = str(row.get(f"{prefix}side") or row.get("closing_side") or "").strip().upper()
    if side in DEBIT or side in CREDIT:
        return (fen, 0) if side in DEBIT else (0, fen)
    if chart is None:
        return None
    at = levels(theirs.code)
    account = chart.accounts.get(at[0] if at else "")
    if account is None or account.side == "both":
        return None
    return (fen, 0) if account.side == "debit" else (0, fen)


def vouchers(rows: Iterable[Row], chart: Chart, ours: Mapping[Theirs, Ours], parties: Mapping[str, int]) -> Taking:
    """The vouchers of a sheet, each with every line balanced against the other, in the order of their days.

    ``parties``: name → number; a name that is not there yet stands on no party.
    """
    made = Taking()
    groups: dict[tuple[str, int, str], list[tuple[Row, Theirs]]] = {}
    heads: dict[tuple[str, int, str], tuple[date, int]] = {}
    parts: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    current: tuple[str, int, str] | None = None
    on: date | None = None
    for row in rows:
        sheet, at = str(row["_sheet"]), int(row["_row"])
        on = _day(row) or on
        number = _number(row)
        if number:
            if on is None:
                made.troubles.append(Trouble(sheet, at, "on", f"{number} 没有日期", "请写上凭证日期，例如 2024-03-05"))
                continue
            key = (sheet, on.year * 100 + on.month, number)
            if key != current and key in groups:
                parts[key].append(len(groups[key]))
            current = key
            heads.setdefault(current, (on, int(row.get("papers") or 0)))
        if current is None:
            made.troubles.append(
                Trouble(
                    sheet,
                    at,
                    "number",
                    "这一行不知道属于哪张凭证：没有凭证号",
                    "请在每张凭证的第一行写凭证字号，例如 记-12",
                )
            )
            continue
        groups.setdefault(current, []).append((row, theirs_of(row)))
    for key, lines in groups.items():
        made.troubles += _two_in_one(key, heads[key][0], lines, parts[key])
        _voucher(made, key, heads[key], lines, chart, ours, parties)
    made.taken.sort(key=lambda each: each.proposal.on)
    made.troubles += _gaps(made.taken)
    return made


def _two_in_one(
    key: tuple[str, int, str], on: date, lines: Sequence[tuple[Row, Theirs]], parts: Sequence[int]
) -> Iterator[Trouble]:
    """Two vouchers under one number: put together they would balance and nobody would see that one of them is gone.
    ``parts``: where the lines begin again after other vouchers; a sheet sorted by account has such parts, yet none balances."""
    sheet, _, number = key
    for row, _ in lines:
        day = _day(row)
        if day not in (None, on):
            yield Trouble(
                sheet,
                int(row["_row"]),
                "on",
                f"{number} 前面写的是 {on}，这一行是 {day}：是两张凭证用了一个号，还是日期写错了",
                "一张凭证一个日期；是两张的，请改其中一张的号",
            )
            return
    sides = [amounts(row, theirs) or (0, 0) for row, theirs in lines]
    pieces_of = [sides[start:end] for start, end in pairwise((0, *parts, len(lines)))]
    if len(pieces_of) > 1 and all(debit == credit for debit, credit, _ in map(_added, pieces_of)):
        yield Trouble(
            sheet,
            int(lines[parts[0]][0]["_row"]),
            "number",
            f"{number} 前面已经有一张，这里又有一张，各自都是平的",
            "重复的请删去一张；是两张的，请改其中一张的号",
        )


def _voucher(
    made: Taking,
    key: tuple[str, int, str],
    head: tuple[date, int],
    lines: Sequence[tuple[Row, Theirs]],
    chart: Chart,
    ours: Mapping[Theirs, Ours],
    parties: Mapping[str, int],
) -> None:
    sheet, month, number = key
    on, papers = head
    first = int(lines[0][0]["_row"])
    if not _chart_fits(made, chart, on, sheet, first):
        return
    words = next((str(row["words"]) for row, _ in lines if row["words"]), "") or f"{number}（原表没有摘要）"
    legs, rows, whole = [], [], True
    for row, theirs in lines:
        at = int(row["_row"])
        sums = amounts(row, theirs)
        if sums is None:
            made.troubles.append(
                Trouble(sheet, at, "fen", f"{number} 的这一行有金额，没有写是借方还是贷方", "请在方向一栏写“借”或“贷”")
            )
            whole = False
            continue
        if sums == (0, 0):
            continue  # a line of nothing: programs print them
        to = ours.get(theirs)
        if to is None or not to.account:
            made.troubles.append(
                Trouble(
                    sheet,
                    at,
                    "code",
                    f"{number}：{theirs} 还没有对上科目" + (f"：{to.why}" if to else ""),
                    "请在“对照科目”里选一个，或在表上改编码",
                )
            )
            whole = False
            continue
        said = str(row["words"] or "")[:200]
        legs.append(_leg(to, sums, "" if said == words else said, parties, str(row.get("project") or "")))
        rows.append(at)
    if not whole:
        return
    proposal = Proposal(
        f"import/{month}/{number}",
        on,
        words[:200],
        tuple(legs),
        papers=min(papers, 999),
        red=any(leg.debit_fen < 0 or leg.credit_fen < 0 for leg in legs),
    )
    for wrong in wrongs(proposal, chart):
        line = rows[wrong.line - 1] if wrong.line else first
        column = (
            "debit_fen"
            if wrong.what in ("unbalanced", "amount", "large", "swapped", "lines")
            else "code"
            if wrong.what in ("account", "not_last")
            else "words"
        )
        sentence = re.sub(r"^第 \d+ 行(：|（)", lambda found: "" if found[1] == "：" else "（", wrong.sentence)
        made.troubles.append(
            Trouble(
                sheet,
                line,
                column,
                f"{number}：{sentence}",
                _MENDS.get(wrong.what, "请对照原凭证改写这一格"),
                wrong.warning,
            )
        )
    made.taken.append(Taken(proposal, number, sheet, tuple(rows)))


_MENDS = {
    "unbalanced": "请对照原凭证改正这张凭证的金额；整份表要么全部收下，要么一张也不收",
    "account": "请改科目编码，或在“对照科目”里选一个",
    "not_last": "请在“对照科目”里选明细科目",
    "amount": "请只填借方或贷方一栏",
    "large": "请核对是不是单位写错",
    "lines": "请补上另一边的分录",
    "swapped": "请核对借贷；确实如此的，收下时写明原因",
}


def printed(rows: Iterable[Row], totals: Mapping[str, Sequence[Mapping[str, int]]]) -> list[Trouble]:
    """The totals a sheet prints (sheet → ``row`` and the fen of each column) held against its lines: a total may be of a voucher or a
    page (the lines since the one before), of all the lines so far, or of the whole file."""
    lines: list[tuple[str, int, tuple[int, int]]] = [
        (str(row["_sheet"]), int(row["_row"]), amounts(row, theirs_of(row)) or (0, 0)) for row in rows
    ]
    whole = _added(sums for _, _, sums in lines)
    found = []
    for sheet, said in totals.items():
        mine, last = [(at, sums) for name, at, sums in lines if name == sheet], 0
        for total in sorted(said, key=lambda each: each["row"]):
            at = total["row"]
            since, so_far = (
                _added(sums for row, sums in mine if last < row < at),
                _added(sums for row, sums in mine if row < at),
            )
            near = since if any(since) and any(row > at for row, _ in mine) else so_far
            for column, (title, sides) in _TOTALS.items():
                fen = total.get(column)
                if fen is not None and not any(fen == sums[side] for sums in (since, so_far, whole) for side in sides):
                    is_so = near[sides[0]]
                    found.append(
                        Trouble(
                            sheet,
                            at,
                            column,
                            f"表上印的{title}合计是 {format_money(fen)} 元，上面各行加起来是 {format_money(is_so)} 元，差 {format_money(abs(fen - is_so))} 元",
                            "请核对是不是漏了一行，或者合计没有改；各行没有错的，收下时写明原因",
                            True,
                        )
                    )
            last = at
    return found


_TOTALS = {"debit_fen": ("借方", (0,)), "credit_fen": ("贷方", (1,)), "fen": ("金额", (0, 1, 2))}
"""Column → what its total is of: debit, credit, or in one column either or both."""


def _added(sums: Iterable[tuple[int, int]]) -> tuple[int, int, int]:
    """Debit, credit, both."""
    debit, credit = (sum(side) for side in zip((0, 0), *sums, strict=True))
    return debit, credit, debit + credit


def balances(
    rows: Iterable[Row], basis: str, on: date, chart: Chart, ours: Mapping[Theirs, Ours], parties: Mapping[str, int]
) -> Taking:
    """The opening entry of a balance sheet: the rows of the last level, those above checked against them.

    ``basis``: ``opening`` or ``closing``, the columns the balances are taken from.
    """
    made = Taking()
    read = [(row, theirs_of(row)) for row in rows]
    if not read or not _chart_fits(made, chart, on, str(read[0][0]["_sheet"]), int(read[0][0]["_row"])):
        return made
    prefix = f"{basis}_"
    known: list[tuple[Row, Theirs, int]] = []
    for row, theirs in read:
        sums = amounts(row, theirs, chart, prefix)
        if sums is None:
            made.troubles.append(
                Trouble(
                    str(row["_sheet"]),
                    int(row["_row"]),
                    f"{prefix}fen",
                    f"{theirs} 的余额不知道在借方还是贷方",
                    "请写上方向",
                )
            )
        else:
            known.append((row, theirs, sums[0] - sums[1]))
    places = [_place(theirs) for _, theirs, _ in known]
    above = {place[:end] for place in places for end in range(1, len(place))}
    legs: list[Leg] = []
    rows_of: list[int] = []
    for (row, theirs, fen), place in zip(known, places, strict=True):
        sheet, at = str(row["_sheet"]), int(row["_row"])
        if place in above:
            below = sum(
                other
                for (_, _, other), where in zip(known, places, strict=True)
                if where[: len(place)] == place and where not in above
            )
            if fen and fen != below:
                made.troubles.append(
                    Trouble(
                        sheet,
                        at,
                        f"{prefix}debit_fen",
                        f"{theirs} 是 {format_money(fen)} 元，下级加起来是 {format_money(below)} 元",
                        "请核对：下级科目的余额应当加成上级的",
                    )
                )
            continue
        if not fen:
            continue
        to = ours.get(theirs)
        if to is None or not to.account:
            made.troubles.append(
                Trouble(
                    sheet,
                    at,
                    "code",
                    f"{theirs} 还没有对上科目" + (f"：{to.why}" if to else ""),
                    "请在“对照科目”里选一个，或在表上改编码",
                )
            )
            continue
        legs.append(_leg(to, (max(fen, 0), max(-fen, 0)), "", parties))
        rows_of.append(at)
    sheet = str(read[0][0]["_sheet"])
    if not known or not (legs or made.troubles):
        title = "期初" if basis == "opening" else "期末"
        made.troubles.append(Trouble(sheet, 0, "", f"{title}余额都是空的", "请换一栏取数，或核对表头"))
    debit, credit = sum(leg.debit_fen for leg in legs), sum(leg.credit_fen for leg in legs)
    if debit != credit and not made.troubles:
        made.troubles.append(
            Trouble(
                sheet,
                0,
                "",
                f"整张表借贷不平：借方合计 {format_money(debit)} 元，贷方合计 {format_money(credit)} 元，差 {format_money(abs(debit - credit))} 元",
                "请在原来的账上查平以后再导出；余额表不平，一行也不收",
            )
        )
    proposal = Proposal(f"opening/{on.year}", on, f"建账：{on.year}年{on.month}月{on.day}日余额", tuple(legs))
    for wrong in wrongs(proposal, chart) if legs else ():
        if wrong.what in ("unbalanced", "swapped"):
            continue  # said above; a balance stands where it stands
        line = rows_of[wrong.line - 1] if wrong.line else 0
        made.troubles.append(
            Trouble(sheet, line, "code", wrong.sentence, _MENDS.get(wrong.what, "请核对"), wrong.warning)
        )
    if legs:
        made.taken.append(Taken(proposal, "建账", sheet, tuple(rows_of)))
    return made


def _place(theirs: Theirs) -> tuple[str, ...]:
    """Where a row stands in the tree of the sheet: codes, else names; whom below them."""
    at = levels(theirs.code) or pieces(theirs.name)
    return (*at, f"@{theirs.whom}") if theirs.whom else at


def _chart_fits(made: Taking, chart: Chart, on: date, sheet: str, row: int) -> bool:
    try:
        right = chart_of(on)
    except ChartError as error:
        made.troubles.append(Trouble(sheet, row, "on", str(error), "请核对日期"))
        return False
    if right.key != chart.key:
        made.troubles.append(
            Trouble(
                sheet,
                row,
                "on",
                f"{on} 该用{right.title}，选的是{chart.title}",
                "旧科目的余额请把建账日写成 2023-12-31，再做新旧衔接；2024 年起的凭证要用新科目"
                if right.key == "2023"
                else "2024 年以前的账请选旧科目表",
            )
        )
        return False
    return True


def _leg(to: Ours, sums: tuple[int, int], words: str, parties: Mapping[str, int], project: str = "") -> Leg:
    return Leg(
        to.account,
        *sums,
        words=words,
        party=parties.get(mask_numbers(to.what)) if to.kind == "party" else None,
        household=to.what if to.kind == "household" else "",
        project=to.what if to.kind == "project" else project[:60],
    )


def _day(row: Row) -> date | None:
    if row["on"]:
        return date.fromisoformat(str(row["on"]))
    found = _PERIOD.search(str(row.get("period") or ""))
    if found and 1 <= int(found[2]) <= 12:
        year, month = int(found[1]), int(found[2])
        return last_day(year * 100 + month)
    return None


def _number(row: Row) -> str:
    """``记-12`` of 记-12, 记字第0012号, 12 with 凭证类别 记, 记-12（1/2）; "" where the row names none."""
    said = _PART.sub("", str(row["number"] or "").strip()) or str(row["number"] or "").strip()
    found = _NUMBER.findall(said)
    if not found:
        return ""
    word = (
        "".join(_WORD.findall(said)).translate(_FILLERS)
        or str(row.get("word") or "").strip().translate(_FILLERS)
        or "记"
    )
    return f"{word[:6]}-{int(found[-1][-9:])}"


def _gaps(taken: Sequence[Taken]) -> list[Trouble]:
    """Numbers missing between those there are: a voucher was perhaps left out of the export."""
    seen: dict[tuple[int, str], dict[int, Taken]] = defaultdict(dict)
    for each in taken:
        word, _, number = each.number.rpartition("-")
        seen[each.proposal.on.year * 100 + each.proposal.on.month, word][int(number)] = each
    found = []
    for (month, word), numbers in sorted(seen.items()):
        missing = [
            number for number in range(min(numbers), min(max(numbers), min(numbers) + 100_000)) if number not in numbers
        ][:_NO_MORE_THAN]
        if missing:
            after = numbers[min(number for number in numbers if number > missing[0])]
            found.append(
                Trouble(
                    after.sheet,
                    after.rows[0] if after.rows else 0,
                    "number",
                    f"{month // 100}年{month % 100}月的“{word}”字凭证缺 {'、'.join(map(str, missing))} 号",
                    "请核对是不是漏导了；原来就断号的，收下时写明原因",
                    True,
                )
            )
    return found
