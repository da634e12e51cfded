"""Balances kept month by month, and the same made anew from the lines.

A year begins with what the year before left (carried through the bridge where the system changed), so that a statement
never reads more than one year, however many are kept.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from mingbai.books.chart import RESULT, TOP, bridge, chart_of
from mingbai.books.entry import Leg, Proposal
from mingbai.books.models import Balance, Kept, Line, Month, PartyBalance, Voucher
from mingbai.places.models import Organisation
from mingbai.records.chain import telling
from mingbai.records.door import Commit

Key = tuple[int, str, str]
"""Month, account, whom ("" = the account as a whole)."""
Moves = dict[Key, tuple[int, int]]
"""Key → (debit, credit) in fen."""
TRANSFER = 13


def of_lines(lines: Iterable[tuple[int, bool, str, str, int, int]]) -> Moves:
    """Lines (month, closing, account, whom, debit, credit) added up by month, by account and by whom."""
    found: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for month, closing, account, whom, debit, credit in lines:
        at = month // 100 * 100 + TRANSFER if closing else month
        for key in ((at, account, ""), (at, account, whom)) if whom else ((at, account, ""),):
            sums = found[key]
            sums[0] += debit
            sums[1] += credit
    return {key: (debit, credit) for key, (debit, credit) in found.items()}


def carried(moves: Mapping[Key, tuple[int, int]], from_year: int, to_year: int) -> dict[tuple[str, str], int]:
    """What a year's rows (its opening and its months) leave to another: (account, whom) → debit minus credit. Income and
    expense are not followed person by person into the next year."""
    old, new = chart_of(date(from_year, 12, 31)), chart_of(date(to_year, 1, 1))
    found: dict[tuple[str, str], int] = defaultdict(int)
    for (_, account, whom), (debit, credit) in moves.items():
        if whom and old.account(account[:TOP]).kind in RESULT:
            continue
        found[account if old.key == new.key else bridge(account), whom] += debit - credit
    return {key: fen for key, fen in found.items() if fen}


def begun(organisation: Organisation) -> list[int]:
    """The years in which something is booked."""
    months = Month.objects.filter(organisation=organisation).values_list("month", flat=True)
    return sorted({month // 100 for month in months})


def keep(act: Commit, moves: Moves, years: list[int]) -> None:
    """Adds what was just booked to the kept balances; ``years`` had begun before. The caller holds the books' lock."""
    organisation = act.organisation
    whole = dict(moves)
    known = sorted({*years, *(key[0] // 100 for key in moves)})
    for year in known:
        before = max((each for each in years if each < year), default=None)
        if year not in years and before is not None:  # a year that begins: what was left before this batch
            for (account, whom), fen in carried(of_year(organisation, before), before, year).items():
                _add(whole, (year * 100, account, whom), fen, 0)
    for year in sorted({key[0] // 100 for key in moves}):
        ours = {key: sums for key, sums in moves.items() if key[0] // 100 == year}
        for later in (each for each in known if each > year):
            for (account, whom), fen in carried(ours, year, later).items():
                _add(whole, (later * 100, account, whom), fen, 0)
    for model, of_whom in ((Balance, False), (PartyBalance, True)):
        _put(act, model, {key: sums for key, sums in whole.items() if bool(key[2]) is of_whom})


def _add(moves: Moves, key: Key, debit: int, credit: int) -> None:
    was = moves.get(key, (0, 0))
    moves[key] = (was[0] + debit, was[1] + credit)


def of_year(organisation: Organisation, year: int) -> Moves:
    """The rows of a year as they are kept."""
    found: Moves = {}
    within = {"organisation": organisation, "month__gte": year * 100, "month__lte": year * 100 + TRANSFER}
    for month, account, debit, credit in Balance.objects.filter(**within).values_list(
        "month", "account", "debit_fen", "credit_fen"
    ):
        found[month, account, ""] = (debit, credit)
    for month, account, whom, debit, credit in PartyBalance.objects.filter(**within).values_list(
        "month", "account", "whom", "debit_fen", "credit_fen"
    ):
        found[month, account, whom] = (debit, credit)
    return found


def _put(act: Commit, model: type[Kept], moves: Moves) -> None:
    names = ("month", "account", *(("whom",) if model is PartyBalance else ()))
    act.gather(
        model,
        ("organisation", *names),
        ("debit_fen", "credit_fen"),
        [(act.organisation.pk, *key[: len(names)], *sums) for key, sums in moves.items()],
    )


def anew(organisation: Organisation) -> Moves:
    """Every kept balance of an organisation, made from its lines alone."""
    lines = Line.objects.filter(voucher__organisation=organisation).order_by()
    grouped = lines.values_list("voucher__month", "voucher__closing", "account", "whom").annotate(
        Sum("debit_fen"), Sum("credit_fen")
    )
    moves = of_lines(grouped)
    whole: Moves = {}
    before: int | None = None
    for year in sorted({key[0] // 100 for key in moves} | set(begun(organisation))):
        ours = {key: sums for key, sums in moves.items() if key[0] // 100 == year}
        if before is not None:
            left = {key: sums for key, sums in whole.items() if key[0] // 100 == before}
            ours.update(
                {(year * 100, account, whom): (fen, 0) for (account, whom), fen in carried(left, before, year).items()}
            )
        whole.update(ours)
        before = year
    return whole


def kept(organisation: Organisation) -> Moves:
    """Every kept balance as it stands; rows of nothing left out."""
    found: Moves = {}
    for year in begun(organisation):
        found.update(of_year(organisation, year))
    return {key: sums for key, sums in found.items() if any(sums)}


def rebuild(act: Commit) -> None:
    """Puts the kept balances of an organisation as the lines say."""
    for model in (Balance, PartyBalance):
        act.drop(model._default_manager.filter(organisation=act.organisation))
    fresh = anew(act.organisation)
    for model, of_whom in ((Balance, False), (PartyBalance, True)):
        _put(act, model, {key: sums for key, sums in fresh.items() if bool(key[2]) is of_whom})


def agrees(organisation: Organisation, month: int) -> bool:
    """Whether what is kept of a month is what its lines say, account by account."""
    lines = Line.objects.filter(voucher__organisation=organisation, voucher__month=month).order_by()
    said = lines.values_list("voucher__closing", "account").annotate(Sum("debit_fen"), Sum("credit_fen"))
    stands = Balance.objects.filter(
        organisation=organisation, month__in=(month, month // 100 * 100 + TRANSFER) if month % 100 == 12 else (month,)
    )
    return {
        (month // 100 * 100 + TRANSFER if closing else month, account): (debit, credit)
        for closing, account, debit, credit in said
    } == {
        (at, account): (debit, credit)
        for at, account, debit, credit in stands.values_list("month", "account", "debit_fen", "credit_fen")
    }


def proposal_of(voucher: Voucher) -> Proposal:
    """A voucher as it was proposed: to copy it, and to hold it against its digest."""
    legs = tuple(
        Leg(
            line.account,
            line.debit_fen,
            line.credit_fen,
            line.words,
            line.party_id,
            line.peer_id,
            line.record,
            line.project,
            line.household,
        )
        for line in sorted(voucher.lines.all(), key=lambda line: line.number)
    )
    return Proposal(
        voucher.event,
        voucher.on,
        voucher.words,
        legs,
        voucher.record,
        voucher.template,
        voucher.papers,
        closing=voucher.closing,
        reverses=voucher.reverses_id,
    )


def faults(organisation: Organisation) -> Iterator[tuple[str, bool]]:
    """What is wrong with an organisation's books: a sentence, and whether it can be made anew. One without books has none."""
    yield from ((sentence, False) for sentence in _postings(organisation))
    if not Voucher.objects.filter(organisation=organisation).exists():
        left = {
            model._meta.verbose_name: model._default_manager.filter(organisation=organisation).count()
            for model in (Month, Balance, PartyBalance)
        }
        if any(left.values()):
            yield (
                f"一张凭证也没有，却存着{'、'.join(f'{name} {number} 条' for name, number in left.items() if number)}",
                False,
            )
        return
    yield from _vouchers(organisation)
    said = {key: sums for key, sums in anew(organisation).items() if any(sums)}
    stands = kept(organisation)
    for key in sorted(said.keys() | stands.keys()):
        if said.get(key, (0, 0)) != stands.get(key, (0, 0)):
            yield (
                f"{key[0]} 科目 {key[1]}{'（' + key[2] + '）' if key[2] else ''} 余额存的是 {stands.get(key, (0, 0))}，按分录算是 {said.get(key, (0, 0))}",
                True,
            )


def unguarded() -> Iterator[str]:
    """The triggers of the books that are missing in the database or switched off there. What they do is not looked at."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
            )
        stands = set(cursor.fetchall())
    for table, name in _TRIGGERS[connection.vendor]:
        if (table, name) not in stands:
            yield f"数据库里没有触发器 {name}（表 {table}）：没有它，凭证可以被改、被删而不被拦下"


_TRIGGERS = {
    "sqlite": (
        *(("books_voucher", f"books_voucher_{name}") for name in ("once", "open", "whole", "update", "delete")),
        *(("books_line", f"books_line_{name}") for name in ("after", "update", "delete")),
        *(("books_matched", f"books_matched_{name}") for name in ("insert", "update")),
        ("books_month", "books_month_after"),
    ),
    "postgresql": (
        *((table, f"{table}_{name}") for table in ("books_voucher", "books_line") for name in ("new", "kept")),
        *(("books_posting", name) for name in ("books_whole", "books_noted", "books_not_emptied")),
        ("books_month", "books_month_after"),
        *((table, "books_named") for table in ("places_organisation", "places_party", "places_person")),
    ),
}


def _postings(organisation: Organisation) -> Iterator[str]:
    """The vouchers in the order they were booked against what the events of their posting tell: how many, how much, their digest,
    who booked them. The first difference: behind it nothing is where it was."""
    rows = (
        Voucher.objects.filter(organisation=organisation)
        .order_by("pk")
        .values_list("month", "number", "digest", "total_fen", "by")
        .iterator(chunk_size=5_000)
    )
    last: dict[int, int] = defaultdict(int)
    for seq, person, told in telling(organisation, "books.post"):
        booked = list(islice(rows, told["vouchers"]))
        at = f"第 {seq} 条审计记录记账 {told['vouchers']} 张、合计 {told['fen']} 分"
        if len(booked) < told["vouchers"]:
            yield f"{at}，现在只有 {len(booked)} 张：凭证被删过"
            return
        numbers = [f"{month}-{number}" for month, number, *_ in booked]
        which = f"{numbers[0]} 到 {numbers[-1]}" if len(numbers) > 1 else numbers[0]
        fen = sum(row[3] for row in booked)
        if "which" in told and told["which"] != numbers:
            yield f"{at}，是 {'、'.join(told['which'])}，现在轮到的是 {'、'.join(numbers)}：凭证被删过、换过或改过号"
            return
        if (fen, hashlib.sha256("".join(row[2] for row in booked).encode()).hexdigest()) != (
            told["fen"],
            told["digest"],
        ):
            yield f"{at}，现在的凭证（{which}）合计 {fen} 分，内容与记账时不符"
            return
        if any(by != person for *_, by in booked):
            yield f"{at}，现在的凭证（{which}）上的制单人不是记账的人"
        for month, number, *_ in booked:
            last[month] += 1
            if number != last[month]:
                yield f"{at}，现在 {month}-{number} 不在它记账时的位置上，应是 {month}-{last[month]}"
                return
    for month, number, *_ in rows:
        yield f"{month}-{number} 没有一条审计记录说过记了它"
        return


def _vouchers(organisation: Organisation) -> Iterator[tuple[str, bool]]:
    rows: Any = Voucher.objects.filter(organisation=organisation).order_by("month", "number")
    for voucher in rows.prefetch_related("lines").iterator(chunk_size=1000):
        if proposal_of(voucher).digest != voucher.digest:
            yield f"{voucher}的内容与入账时的摘要值不符", False
    lines = Line.objects.filter(voucher__organisation=organisation).order_by().values_list("voucher")
    sums = {pk: said for pk, *said in lines.annotate(Count("number"), Sum("debit_fen"), Sum("credit_fen"))}
    expected: dict[int, int] = defaultdict(int)
    for pk, month, number, size, fen in rows.values_list("pk", "month", "number", "size", "total_fen"):
        expected[month] += 1
        if number != expected[month]:
            yield f"{month} 的凭证号从 {expected[month]} 跳到 {number}", False
            expected[month] = number
        has = sums.get(pk, [0, 0, 0])
        if has != [size, fen, fen]:
            yield (
                f"{month} 记-{number:04d} 有 {has[0]} 行，借方 {has[1]}、贷方 {has[2]}，与凭证的 {size} 行、{fen} 不符",
                False,
            )
