"""Everything derived, made anew and compared; everything kept, held against its hash. Behind ``mingbai fsck``.

Each check walks the organisations at or below a place and yields what differs, by name. A difference in what is
derived can be mended by making it anew; one in the audit chain or in a file cannot: it is told, never hidden.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mingbai.board import retold
from mingbai.board.models import Tally
from mingbai.board.rollup import branch
from mingbai.board.tallies import counted
from mingbai.books import balances, bank, matching
from mingbai.kit.findings import recheck
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.models import Finding
from mingbai.kit.record import Record
from mingbai.notices.models import Notice
from mingbai.places.clock import today
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope
from mingbai.places.tree import STEP
from mingbai.proofs import verify
from mingbai.records import chain as chained
from mingbai.records import files, jobs
from mingbai.records.door import Commit, commit, derived
from mingbai.records.models import Attachment, Event, Receipt
from mingbai.vault.seal import Unopenable

_WORDS = ("answer", "severity", "sentence", "cites", "columns", "advice", "gone", "state")


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs: where, and in words. ``derived``: it can be made anew."""

    part: str
    organisation: str
    what: str
    derived: bool = False

    def __str__(self) -> str:
        return f"[{self.part}] {self.organisation}：{self.what}"


Progress = Callable[[str, int, int], None]
CHAINS, CHECKED, SOUND = "board.chains", "核对审计链", "没有被改动过"
SAID = 20
"""Breaks told in the last words of the job; the rest by ``mingbai fsck``."""


def differences(scope: Scope, progress: Progress | None = None) -> Iterator[Difference]:
    """Every difference in what the scope reaches. Writes nothing."""
    places = list(scope.organisations.order_by("path"))
    for number, place in enumerate(places, 1):
        if progress:
            progress("核对", number, len(places))
        yield from chain(place)
        yield from attachments(place)
        yield from receipts(place)
        yield from books(place)
        yield from notices(place)
        for name in furnished():
            yield from standing(furniture(name), place)
            yield from tallies(furniture(name), place)
    yield from told(places)
    yield from (Difference("账簿", places[0].name, sentence) for sentence in balances.unguarded() if places)
    yield from tree(places)
    yield from totals(scope, places)


def mend(scope: Scope) -> int:
    """Makes everything derived anew, one organisation a transaction. The organisations that had anything to mend."""
    mended = 0
    for place in scope.organisations.order_by("path"):
        wrong = [kit for kit in map(furniture, furnished()) if any(standing(kit, place)) or any(tallies(kit, place))]
        unkept = any(each.derived for each in books(place))
        if wrong or unkept:
            with commit(None, place, "edit", "重算") as act:
                for kit in wrong:
                    act.recheck(f"findings:{kit.name}")
                    act.recheck(f"board:{kit.name}")
                if unkept:
                    balances.rebuild(act)
        mended += bool(wrong or unkept)
    return mended


def books(place: Organisation) -> Iterator[Difference]:
    """The books: numbers without gaps, vouchers whole and as they were booked, and the kept balances; the bank's lines as its
    statements say, and matched to the same money."""
    for sentence, is_derived in balances.faults(place):
        yield Difference("账簿", place.name, sentence, is_derived)
    for sentence in (*bank.faults(place), *matching.faults(place)):
        yield Difference("银行对账", place.name, sentence)


def chain(place: Organisation) -> Iterator[Difference]:
    """The audit chain: events altered, removed or put in."""
    for each in chained.verify(place):
        yield Difference("审计链", each.organisation, f"第 {each.seq} 条：{each.what}")


@jobs.works(CHAINS)
def chains(progress: jobs.Progress | None, organisation: int) -> str:
    """The chains of a place and everything below it, as a job."""
    within = Organisation.objects.get(pk=organisation).below
    if progress:
        progress("核对审计链")
    number = Event.objects.filter(organisation__in=within).count()
    found = [f"{each.organisation}第 {each.seq} 条：{each.what}" for each in chained.verify_all(within)]
    if not found:
        return f"{number} 条都接得上，{SOUND}"
    return (
        f"{number} 条里有 {len(found)} 处对不上："
        + "；".join(found[:SAID])
        + ("……其余请运行 mingbai fsck" if len(found) > SAID else "")
    )


def attachments(place: Organisation) -> Iterator[Difference]:
    """Files: there, unaltered, and of the hash they are known by."""
    for each in Attachment.objects.filter(organisation=place):
        try:
            data = files.content(each)
        except FileNotFoundError:
            yield Difference("附件", place.name, f"“{each.name}”（{each.sha256[:12]}）不见了")
            continue
        except Unopenable as error:
            yield Difference("附件", place.name, f"“{each.name}”（{each.sha256[:12]}）：{error}")
            continue
        if hashlib.sha256(data).hexdigest() != each.sha256:
            yield Difference("附件", place.name, f"“{each.name}”（{each.sha256[:12]}）的内容和登记的不一样")


def receipts(place: Organisation) -> Iterator[Difference]:
    """Receipt numbers: 1, 2, 3 … each year."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for year, number in (
        Receipt.objects.filter(organisation=place).order_by("year", "number").values_list("year", "number")
    ):
        numbers[year].append(number)
    for year, given in numbers.items():
        missing = sorted(set(range(1, given[-1] + 1)) - set(given))
        if missing:
            yield Difference("收款", place.name, f"{year} 年的收款缺 {'、'.join(map(str, missing[:10]))} 号")


def notices(place: Organisation) -> Iterator[Difference]:
    """Published notices: their bytes hold, are those of their code, and are those that were signed off."""
    signed = {line["number"]: line["sha256"] for _, _, line in chained.telling(place, "notice")}
    for each in Notice.objects.filter(organisation=place, body__isnull=False).order_by("pk"):
        for wrong in verify(bytes(each.body), each.sha256):
            yield Difference("公示", place.name, f"{each.number}“{each}”：{wrong.where}：{wrong.what}")
        said = signed.pop(each.number, None)
        if said != each.sha256:
            yield Difference(
                "公示",
                place.name,
                f"{each.number}“{each}”的摘要是 {each.sha256[:16]}…，审计记录说"
                + (f"签发的是 {said[:16]}…" if said else "没有签发过"),
            )
    for number, said in signed.items():
        yield Difference("公示", place.name, f"{number}（{said[:16]}…）签发过，现在没有了")


def standing(kit: Furniture, place: Organisation) -> Iterator[Difference]:
    """Findings and the derived columns of records, as kept and as made anew today."""
    if not kit.model._default_manager.filter(organisation=place).exists():
        return
    with _undone():
        kept = _snapshot(kit, place)
        recheck(kit, Commit(None, place, "fsck", today()), place)
        made = _snapshot(kit, place)
        names = {
            each.pk: each.name
            for each in kit.model._default_manager.filter(organisation=place).select_related("organisation")
        }
    for key in sorted(kept.keys() | made.keys(), key=lambda key: (key[0], str(key[1]))):
        record, thing = key
        old, new = kept.get(key), made.get(key)
        if old == new:
            continue
        who = names.get(record, f"{kit.title} 第 {record} 条记录（没有这条记录）")
        if old is None or new is None:
            what = f"{who}：疑点 {thing} " + ("应该有，没有存" if old is None else "存着，规则已经不这样说")
        else:
            what = f"{who}：{thing} 存的是 {_brief(old)}，重算是 {_brief(new)}"
        yield Difference("疑点和状态", place.name, what, derived=True)


def tallies(kit: Furniture, place: Organisation) -> Iterator[Difference]:
    """Tallies, as kept and as counted from the records."""
    now = counted(kit, place)
    kept = dict(Tally.objects.filter(organisation=place, register=kit.name).values_list("indicator", "number"))
    for key in sorted(now.keys() | kept.keys()):
        if now.get(key) != kept.get(key):
            yield Difference(
                "计数",
                place.name,
                f"{key} 存的是 {_brief(kept.get(key))}，从记录数是 {_brief(now.get(key))}",
                derived=True,
            )


def told(places: list[Organisation]) -> Iterator[Difference]:
    """Rows that are not as the events say which wrote them."""
    names = {each.pk: each.name for each in places}
    for each in retold.differences(names):
        yield Difference("登记", names[each.organisation], each.what)


def tree(places: list[Organisation]) -> Iterator[Difference]:
    """Paths: each one step below the parent's, which is the truth."""
    paths = dict(Organisation.objects.values_list("pk", "path"))
    for place in places:
        above = paths[place.parent_id] if place.parent_id else ""
        if place.path[:-STEP] != above or len(place.path) % STEP:
            yield Difference("组织树", place.name, f"路径 {place.path} 和上级对不上")


def totals(scope: Scope, places: list[Organisation]) -> Iterator[Difference]:
    """Sum of leaves equal to the total at every level: the tallies added up child by child along ``parent``, against
    the records themselves counted over the range of the path, which is how a page gets its figure."""
    children: dict[int | None, list[Organisation]] = defaultdict(list)
    for place in places:
        children[place.parent_id].append(place)
    leaves: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for owner, register, key, number in scope.of(Tally).values_list("organisation", "register", "indicator", "number"):
        leaves[owner][register, key] = number
    inside = {place.pk for place in places}
    for root in (place for place in places if place.parent_id not in inside):
        yield from _level(root, children, leaves, _ranges(scope))[1]


def _ranges(scope: Scope) -> Callable[[str], dict[tuple[str, str], int]]:
    """Path → what the range under it comes to, read once for each depth of the tree."""
    from django.db.models import Sum

    read: dict[int, dict[str, dict[tuple[str, str], int]]] = {}

    def ranged(path: str) -> dict[tuple[str, str], int]:
        depth = len(path)
        if depth not in read:
            read[depth] = defaultdict(dict)
            rows = scope.of(Tally).order_by().annotate(at=branch("organisation__path", depth))
            for at, register, key, number in rows.values_list("at", "register", "indicator").annotate(Sum("number")):
                read[depth][at][register, key] = number
        return read[depth].get(path, {})

    return ranged


def _level(
    place: Organisation,
    children: dict[int | None, list[Organisation]],
    leaves: dict[int, dict[tuple[str, str], int]],
    ranged: Callable[[str], dict[tuple[str, str], int]],
) -> tuple[dict[tuple[str, str], int], list[Difference]]:
    sums: dict[tuple[str, str], int] = defaultdict(int, leaves.get(place.pk, {}))
    found: list[Difference] = []
    for child in children[place.pk]:
        below, wrong = _level(child, children, leaves, ranged)
        found += wrong
        for key, number in below.items():
            sums[key] += number
    total = ranged(place.path)
    found += [
        Difference("汇总", place.name, f"{key[1]} 合计 {total.get(key)}，各下级加起来 {sums.get(key)}")
        for key in sorted(sums.keys() | total.keys())
        if sums.get(key) != total.get(key)
    ]
    return dict(sums), found


@contextmanager
def _undone() -> Iterator[None]:
    """What is written inside is taken back at the end."""
    with derived():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)


def _snapshot(kit: Furniture, place: Organisation) -> dict[tuple[int, str], Any]:
    """(record, rule) → its words, and (record, derived column) → its value."""
    found: dict[tuple[int, str], Any] = {}
    for record, rule, *words in Finding.objects.filter(organisation=place, register=kit.name).values_list(
        "record", "rule", *_WORDS
    ):
        found[record, rule] = dict(zip(_WORDS, words, strict=True))
    for pk, *values in kit.model._default_manager.filter(organisation=place).values_list("pk", *Record.DERIVED):
        found.update({(pk, name): value for name, value in zip(Record.DERIVED, values, strict=True)})
    return found


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return "“" + str(value.get("sentence", value))[:40] + "”"
    return "无" if value is None else f"“{value}”" if isinstance(value, str) else str(value)
