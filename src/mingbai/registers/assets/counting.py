"""Counting what a collective owns 资产盘点: card by card, what is there, what is not, what is otherwise or elsewhere.

    count = begin(person, village, on, witness="张三")
    note(person, count, {card.pk: Found("there"), other.pk: Found("otherwise", 2, "村委会仓库")}, [Found("new", 1, title="水泵")])
    finish(person, count)          # every card answered; from then on it stands
    sheet(count)                   # 盘点表, to be printed and taken along, or kept

A count changes no card and books nothing. Once finished it is laid over what the ledger says of the last count, and the rules
find what differs (F01, F10); what had no card gets one that is on no books (F07). 盘盈 and 盘亏 are then for a decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingbai.books.tables import Table, Value
from mingbai.kit.furniture import furniture
from mingbai.kit.intake import enter
from mingbai.places.models import Organisation, Person
from mingbai.records.door import commit
from mingbai.registers.assets.models import Asset, Count, Counted

REGISTER = "assets"
GONE = ("报废", "已处置")
ANSWERS = ("there", "missing", "otherwise")
"""在、不在、有出入 (another number, or elsewhere)."""
MOST = 10**6


class CountError(ValueError):
    """What a count cannot be, and what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a card (``answer`` of :data:`ANSWERS`), or ``new``: a thing without one, by its ``title``."""

    answer: str
    quantity: int | None = None
    location: str = ""
    remark: str = ""
    title: str = ""


def cards_of(organisation: Organisation) -> list[Asset]:
    """The cards to be counted: of what has not left the collective."""
    return list(
        Asset.objects.filter(organisation=organisation, disposed_on=None).exclude(condition__in=GONE).order_by("serial")
    )


def begin(person: Person | None, organisation: Organisation, on: date, witness: str = "") -> Count:
    """Begins a count, or says anew of the one that is under way on which day and who watched it.

    :raises CountError: for a day to come.
    """
    with commit(person, organisation, "edit", "资产盘点") as act:
        if on > act.on:
            raise CountError(f"盘点日期 {on} 在今天（{act.on}）以后")
        count = Count.objects.filter(organisation=organisation, finished=False).first() or Count(
            organisation=organisation
        )
        count.on, count.by, count.witness = on, person, witness.strip()[:60]
        return act.save(count)


def note(person: Person | None, count: Count, found: Mapping[int, Found], fresh: Sequence[Found] = ()) -> int:
    """Keeps what was found, card by card; again is otherwise. How many were kept.

    :raises CountError: for a finished count, or an answer that says nothing.
    """
    with commit(person, count.organisation, "edit", "登记盘点结果") as act:
        count = _open(count)
        there = {card.pk: card for card in cards_of(count.organisation)}
        known = {line.asset_id: line for line in count.lines.all()}
        for pk, said in found.items():
            card = there.get(pk)
            if card is None:
                raise CountError("有一张卡片已经不在台账里，请重新打开这一页")
            quantity, location = _found(card, said)
            line = known.get(pk) or Counted(count=count, asset=card)
            line.title, line.expected, line.quantity, line.location, line.remark = (
                (card.title or "")[:100],
                card.quantity,
                quantity,
                location,
                said.remark.strip()[:200],
            )
            act.save(line)
        for said in fresh:
            if not said.title.strip() or not 0 < (said.quantity or 0) <= MOST:
                raise CountError("账上没有的资产，要写名称和数量")
            act.save(
                Counted(
                    count=count,
                    title=said.title.strip()[:100],
                    expected=0,
                    quantity=said.quantity,
                    location=said.location.strip()[:100],
                    remark=said.remark.strip()[:200],
                )
            )
    return len(found) + len(fresh)


def drop(person: Person | None, line: Counted) -> None:
    """Takes out a thing without a card that was noted by mistake."""
    with commit(person, line.count.organisation, "edit", "删去盘点的一行") as act:
        _open(line.count)
        if line.asset_id is not None:
            raise CountError("有卡片的资产不能从盘点表里删去")
        act.remove(line, "登记错了")


def finish(person: Person | None, count: Count) -> Count:
    """Closes a count: it stands, and the rules look at it.

    :raises CountError: while a card is left.
    """
    kit = furniture(REGISTER)
    with commit(person, count.organisation, "edit", "完成资产盘点") as act:
        count = _open(count)
        answered = {line.asset_id for line in count.lines.all()}
        left = [card for card in cards_of(count.organisation) if card.pk not in answered]
        if left or not answered:
            raise CountError(
                f"还有 {len(left)} 张卡片没有盘到，第一张：{left[0].title or left[0].serial}"
                if left
                else "还没有盘到一张卡片"
            )
        for line in count.lines.filter(asset=None):
            values = {
                "title": line.title,
                "quantity": line.quantity,
                "location": line.location or None,
                "booked": False,
                "counted_on": count.on,
                "counted_quantity": line.quantity,
            }
            line.asset = enter(act, kit, Asset(organisation=count.organisation), values, tuple(values))
            act.save(line, "asset")
        count.finished, count.by = True, person
        act.save(count, "finished", "by")
        act.told("assets.count", on=str(count.on), cards=len(answered), differ=len(differences(count)))
        act.recheck(f"findings:{REGISTER}")
    return count


def differences(count: Count) -> list[Counted]:
    """What was not found as the cards say."""
    return [line for line in count.lines.select_related("asset") if line.more or line.location]


def laid_over(organisations: Iterable[Organisation], on: date) -> Mapping[str, Mapping[int, Any]]:
    """Column → card → what the last finished count found, where the ledger does not know a later one: what :attr:`Road.stands` asks for."""
    told: dict[str, dict[int, Any]] = defaultdict(dict)
    rows = Counted.objects.filter(
        count__organisation__in=organisations, count__finished=True, count__on__lte=on, asset__isnull=False
    )
    for line in rows.select_related("count", "asset").order_by("count__on", "count_id"):
        if line.asset.counted_on is None or line.asset.counted_on <= line.count.on:
            said = {
                "counted_on": line.count.on,
                "counted_quantity": line.quantity,
                "difference": line.remark or None,
                "counted_location": line.location if line.location and line.location != line.asset.location else None,
            }
            for name, value in said.items():
                told[name][line.asset_id] = value
    return told


def sheet(count: Count) -> Table:
    """盘点表: what was found beside what the cards say; blank where nothing was found out yet."""
    lines = {line.asset_id: line for line in count.lines.select_related("asset") if line.asset_id}
    cards = [line.asset for line in lines.values()] if count.finished else cards_of(count.organisation)
    rows: list[tuple[Value, ...]] = [_row(card, lines.get(card.pk)) for card in cards]
    rows += [
        ("", line.title, "", "", "", "0", str(line.quantity), f"+{line.quantity}", "", line.location, line.remark)
        for line in count.lines.filter(asset=None)
    ]
    made = differences(count)
    more, less, moved = (
        sum(map(is_so, made))
        for is_so in (
            lambda line: line.more > 0,
            lambda line: line.more < 0,
            lambda line: bool(line.location) and not line.more,
        )
    )
    said = (
        (
            f"盘盈 {more} 项，盘亏 {less} 项，地点不符 {moved} 项。盘盈、盘亏按民主程序决议以后处理；决议以前不改卡片、不记账。",
        )
        if lines
        else ()
    )
    return Table(
        "资产盘点表",
        count.organisation.name,
        f"{count.on}",
        (
            "资产编号",
            "资产名称",
            "类别",
            "规格型号",
            "单位",
            "账面数量",
            "实存数量",
            "盈亏",
            "存放地点",
            "实存地点",
            "备注",
        ),
        tuple(rows),
        frozenset(),
        frozenset(),
        said,
        (f"盘点人：{count.by.name if count.by and count.finished else ''}", f"监盘人：{count.witness}", "保管人："),
    )


def _row(card: Asset, line: Counted | None) -> tuple[Value, ...]:
    expected = line.expected if line else card.quantity
    return (
        card.asset_no or "",
        card.title or "",
        card.category or "",
        card.specification or "",
        card.unit or "",
        "" if expected is None else str(expected),
        "" if line is None else str(line.quantity),
        f"{line.more:+d}" if line is not None and line.more else "",
        card.location or "",
        line.location if line else "",
        line.remark if line else "",
    )


def _found(card: Asset, said: Found) -> tuple[int, str]:
    """How many, and where if elsewhere."""
    if said.answer not in ANSWERS:
        raise CountError(f"“{card.title}”：请选在、不在还是有出入")
    if said.answer != "otherwise":
        return (0, "") if said.answer == "missing" else (card.quantity if card.quantity is not None else 1, "")
    location = "" if said.location.strip() == (card.location or "") else said.location.strip()[:100]
    if (said.quantity is None or said.quantity == card.quantity) and not location:
        raise CountError(f"“{card.title}”有出入：请写实存数量，或者实存地点")
    if said.quantity is not None and not 0 <= said.quantity <= MOST:
        raise CountError(f"“{card.title}”：数量 {said.quantity} 不对")
    return said.quantity if said.quantity is not None else card.quantity if card.quantity is not None else 1, location


def _open(count: Count) -> Count:
    fresh: Count = Count.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=count.pk)
    if fresh.finished:
        raise CountError(f"{fresh.on} 的盘点已经完成，不能再改；有新情况请另做一次盘点")
    return fresh
