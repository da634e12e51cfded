"""The bank's statement 对账单: its lines taken in with their running balance checked, cell by cell.

    check(found)                      # what is wrong with a statement, by cell
    accept(person, found)             # its lines, whole or not at all; lines there already are left alone
    faults(village)                   # what is not as the statements say, for fsck

What each line is in the books: :mod:`mingbai.books.matching`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from mingbai.books.chart import ChartError
from mingbai.books.desk import chart_for
from mingbai.books.intake import IntakeError, reading_of
from mingbai.books.models import BankAccount, BankLine, Import
from mingbai.books.taking import CREDIT, DEBIT, Trouble
from mingbai.places.models import Organisation, Person
from mingbai.records.door import Commit, commit
from mingbai.units import format_money, mask_numbers
from mingbai.vault.seal import Unopenable, mark

BANK = "102"


@dataclass(frozen=True, slots=True)
class Move:
    """A line of a statement as read. ``fen`` above zero came in."""

    sheet: str
    row: int
    on: date
    words: str
    other: str
    other_no: str
    fen: int
    balance_fen: int | None
    serial: str

    @property
    def out_fen(self) -> int:
        return max(-self.fen, 0)


@dataclass(slots=True)
class Statement:
    """A statement in the order of time."""

    moves: list[Move]
    troubles: list[Trouble]
    fresh: list[Move]
    """Those that are not in the books' statement yet."""

    @property
    def opening_fen(self) -> int | None:
        first = self.moves[0] if self.moves else None
        return first.balance_fen - first.fen if first and first.balance_fen is not None else None

    @property
    def in_fen(self) -> int:
        return sum(max(each.fen, 0) for each in self.moves)

    @property
    def out_fen(self) -> int:
        return -sum(min(each.fen, 0) for each in self.moves)


def open_account(act: Commit, account: str, bank: str, number: str = "") -> BankAccount:
    """A bank account of the collective whose door is open.

    :raises IntakeError: where the account of the books is none for money at a bank, or is taken.
    """
    chart = chart_for(act.organisation, act.on)
    try:
        found = chart.account(account)
    except ChartError as error:
        raise IntakeError(str(error)) from error
    if found.top != BANK:
        raise IntakeError(f"{found}不是银行存款；请选 102 或它的明细科目")
    if any(each.own and each.code.startswith(account) and each.code != account for each in chart.accounts.values()):
        raise IntakeError(f"{found}设了明细，请选明细科目")
    if BankAccount.objects.filter(organisation=act.organisation, account=account).exists():
        raise IntakeError(f"{found}已经有银行账户；一个账户一个科目，请先在“科目”里加明细")
    digits = "".join(each for each in number if each.isdigit())
    if not bank.strip():
        raise IntakeError("请写开户行")
    return act.save(
        BankAccount(
            organisation=act.organisation,
            account=account,
            bank=bank.strip()[:60],
            number=digits or None,
            number_mark=mark(digits) if digits else "",
            tail=digits[-4:],
        )
    )


def check(found: Import) -> Statement:
    """A statement in the order of time and what is wrong with it."""
    assert found.bank is not None
    reading = reading_of(found)
    made = Statement(
        [],
        [
            Trouble(
                each["sheet"],
                each["row"],
                each["column"] or "",
                f"“{each['value']}”：{each['reason']}",
                each["suggestion"],
            )
            for each in reading.errors
            if each["column"] not in ("time", "other", "other_no", "other_bank")
        ],
        [],
    )
    told = {(each.sheet, each.row) for each in made.troubles}
    made.troubles += [
        Trouble(
            each["sheet"], each["row"], "on", f"这一行没有读成：{each['why']}", "请补上交易日期，或删去不是流水的行"
        )
        for each in reading.rejected_rows
        if (each["sheet"], each["row"]) not in told
    ]
    rows = list(reading.rows())
    for row in rows:
        fen = _fen(row)
        if fen is None:
            made.troubles.append(
                Trouble(
                    str(row["_sheet"]),
                    int(str(row["_row"])),
                    "fen",
                    "金额没有写是收入还是支出",
                    "请在收支一栏写“收”或“支”，或把支出写成负数",
                )
            )
        elif fen:
            words = " ".join(dict.fromkeys(str(row[name]) for name in ("words", "more") if row[name]))
            made.moves.append(
                Move(
                    str(row["_sheet"]),
                    int(str(row["_row"])),
                    date.fromisoformat(str(row["on"])),
                    words[:200],
                    str(row["other"] or "")[:200],
                    str(row["other_no"] or ""),
                    fen,
                    row["balance_fen"] if isinstance(row["balance_fen"], int) else None,
                    str(row["serial"] or "")[:60],
                )
            )
    if not made.troubles:
        _in_order(made)
        _continue(made, found.bank)
    return made


def accept(person: Person | None, found: Import) -> Import:
    """Takes the lines of a statement. Twice is once; a statement that overlaps one before brings only what is new.

    :raises IntakeError: naming the first thing wrong; nothing is taken then.
    """
    with commit(person, found.organisation, "book", "收下对账单") as act:
        found = (
            Import.objects.select_for_update(of=("self",))
            .select_related("organisation", "file", "bank")
            .get(pk=found.pk)
        )
        if found.state == Import.State.ACCEPTED:
            return found
        if found.state != Import.State.READ or found.bank is None:
            raise IntakeError(found.message or "这份对账单不能收")
        made = check(found)
        if made.troubles:
            raise IntakeError(
                f"还有 {len(made.troubles)} 处要改，整份对账单没有收；第一处：{made.troubles[0].sentence}"
            )
        if not made.moves:
            raise IntakeError("对账单里没有流水")
        prints = dict(zip(map(id, made.moves), _prints(made.moves), strict=True))
        start = BankLine.objects.filter(account=found.bank).count()
        act.add(
            BankLine,
            (
                "organisation",
                "account",
                "taken_from",
                "row",
                "place",
                "on",
                "words",
                "other",
                "other_no",
                "fen",
                "balance_fen",
                "serial",
                "fingerprint",
                "reason",
            ),
            [
                (
                    found.organisation,
                    found.bank,
                    found,
                    each.row,
                    start + number,
                    each.on,
                    each.words,
                    each.other,
                    each.other_no or None,
                    each.fen,
                    each.balance_fen,
                    each.serial,
                    prints[id(each)],
                    "",
                )
                for number, each in enumerate(made.fresh, 1)
            ],
        )
        found.state, found.message = (
            Import.State.ACCEPTED,
            f"{len(made.fresh)} 笔流水"
            + (f"，另有 {len(made.moves) - len(made.fresh)} 笔以前收过" if len(made.fresh) < len(made.moves) else ""),
        )
        act.told(
            "statement",
            id=found.pk,
            sha256=found.file.sha256,
            lines=len(made.fresh),
            known=len(made.moves) - len(made.fresh),
            in_fen=made.in_fen,
            out_fen=made.out_fen,
        )
        act.save(found, "state", "message")
    return found


def faults(organisation: Organisation) -> Iterator[str]:
    """What of an organisation's lines is not as its statements say, and where a balance does not follow."""
    for account in accounts_of(organisation):
        lines = list(BankLine.objects.filter(account=account).order_by("on", "place"))
        yield from _told(account, lines)
        balance: int | None = None
        for _, day in groupby(lines, key=lambda each: each.on):
            of_day = list(day)
            printed = [
                (each.balance_fen - each.fen, each.balance_fen) for each in of_day if each.balance_fen is not None
            ]
            whole = _chained(printed) if len(printed) == len(of_day) else None
            if whole is not None and balance in (None, whole[0]):
                balance = whole[1]
                continue
            for each in of_day:
                balance = None if balance is None else balance + each.fen
                if each.balance_fen is not None:
                    if balance is not None and balance != each.balance_fen:
                        yield f"{account} {_line(each)}：余额接不上，应为 {format_money(balance)}，存的是 {format_money(each.balance_fen)}"
                    balance = each.balance_fen


def _told(account: BankAccount, lines: Sequence[BankLine]) -> Iterator[str]:
    """Each line held against the statements as they were read."""
    known, told = {each.fingerprint: each for each in lines}, set()
    for found in (
        Import.objects.filter(bank=account, kind=Import.Kind.BANK, state=Import.State.ACCEPTED)
        .select_related("organisation", "file", "bank")
        .order_by("pk")
    ):
        try:
            moves = check(found).moves
        except (IntakeError, Unopenable) as error:
            yield f"{account}：对账单“{found.file.name}”打不开，核不了（{error}）"
            return
        for move, mark_of in zip(moves, _prints(moves), strict=True):
            told.add(mark_of)
            line = known.get(mark_of)
            if line is None:
                yield f"{account}：对账单“{found.file.name}”第 {move.row} 行（{move.on} {format_money(move.fen)}）的流水不见了"
            elif (line.on, line.fen, line.balance_fen, line.serial, line.other, line.words) != (
                move.on,
                move.fen,
                move.balance_fen,
                move.serial,
                mask_numbers(move.other),
                mask_numbers(move.words),
            ):
                yield f"{account} {_line(line)}：和对账单“{found.file.name}”第 {move.row} 行（{move.on} {format_money(move.fen)}）不一样"
    yield from (f"{account} {_line(each)}：哪一份对账单上都没有" for each in lines if each.fingerprint not in told)


def _line(line: BankLine) -> str:
    return f"{line.on} 第 {line.place} 笔 {format_money(line.fen)}"


def _fen(row: Mapping[str, Any]) -> int | None:
    """In minus out. A bank writes from its side: what it owes us grows on the right, so 贷 is money that came in."""
    if row["in_fen"] or row["out_fen"]:
        return int(row["in_fen"] or 0) - int(row["out_fen"] or 0)
    fen = int(row["fen"] or 0)
    side = str(row["side"] or "").strip().upper()
    if side in DEBIT or side in ("-", "付", "转出", "付款"):
        return -abs(fen)
    if side in CREDIT or side in ("+", "转入", "收款", "进"):
        return abs(fen)
    return None if side else fen


def _in_order(made: Statement) -> None:
    """Puts the lines in the order of time and follows the balance from line to line."""
    moves = made.moves
    if len(moves) > 1 and all(each.balance_fen is not None for each in moves):
        down = sum(_follows(a, b) for a, b in pairwise(moves))
        up = sum(_follows(b, a) for a, b in pairwise(moves))
        if up > down or (up == down and moves[0].on > moves[-1].on):
            moves.reverse()
        turned = [replace(each, fen=-each.fen) for each in moves]
        if not max(up, down) and all(_follows(a, b) for a, b in pairwise(turned)):
            made.troubles.append(
                Trouble(
                    moves[0].sheet,
                    moves[0].row,
                    "out_fen",
                    "余额按收入增加、支出减少算不通，反过来却都对：收入和支出两栏多半对反了",
                    "请核对表头：银行的“借方”是支出，“贷方”是收入",
                )
            )
            return
    for before, after in pairwise(moves):
        if after.balance_fen is not None and before.balance_fen is not None and not _follows(before, after):
            said = before.balance_fen + after.fen
            made.troubles.append(
                Trouble(
                    after.sheet,
                    after.row,
                    "balance_fen",
                    f"余额接不上：上一笔余额 {format_money(before.balance_fen)}，本笔 {format_money(after.fen)}，应为 {format_money(said)}，表上是 {format_money(after.balance_fen)}",
                    "请核对这一笔和上一笔；中间是不是少了一笔",
                )
            )
        elif after.on < before.on and None in (after.balance_fen, before.balance_fen):
            moves.sort(key=lambda each: each.on)
            return


def _follows(before: Move, after: Move) -> bool:
    return (
        before.balance_fen is not None
        and after.balance_fen is not None
        and before.balance_fen + after.fen == after.balance_fen
    )


def _continue(made: Statement, account: BankAccount) -> None:
    """Which lines are new, and whether they join those taken before."""
    if not made.moves or made.troubles:
        return
    known = dict(BankLine.objects.filter(account=account).values_list("fingerprint", "pk"))
    serials = {
        serial: (on, fen)
        for serial, on, fen in BankLine.objects.filter(account=account)
        .exclude(serial="")
        .values_list("serial", "on", "fen")
    }
    prints = _prints(made.moves)
    made.fresh = [each for each, seen in zip(made.moves, prints, strict=True) if seen not in known]
    for each in made.fresh:
        was = serials.get(each.serial) if each.serial else None
        if was is not None and was[0] == each.on and was[1] != each.fen:
            made.troubles.append(
                Trouble(
                    each.sheet,
                    each.row,
                    "serial",
                    f"流水号 {each.serial} 以前收过，金额是 {format_money(was[1])}，这里是 {format_money(each.fen)}",
                    "同一个流水号内容不一样，请向银行核对",
                )
            )
    if made.troubles or not made.fresh:
        return
    first, last = made.fresh[0], made.fresh[-1]
    rows = BankLine.objects.filter(account=account).exclude(balance_fen=None).order_by("on", "place")
    before, after = rows.filter(on__lt=first.on).last(), rows.filter(on__gt=last.on).first()
    if before is not None and first.balance_fen is not None and len(made.fresh) == len(made.moves):
        _, evening = _of_day(rows.filter(on=before.on))
        if evening != first.balance_fen - first.fen:
            made.troubles.append(
                Trouble(
                    first.sheet,
                    first.row,
                    "balance_fen",
                    f"和上一份对账单接不上：{before.on} 余额 {format_money(evening)}，这一份从 {format_money(first.balance_fen - first.fen)} 开始",
                    "中间少了一段，请先交那一段的对账单",
                )
            )
    if after is not None and last.balance_fen is not None and len(made.fresh) == len(made.moves):
        morning, _ = _of_day(rows.filter(on=after.on))
        if morning != last.balance_fen:
            made.troubles.append(
                Trouble(
                    last.sheet,
                    last.row,
                    "balance_fen",
                    f"和后一份对账单接不上：这一份末余额 {format_money(last.balance_fen)}，{after.on} 那一份从 {format_money(morning)} 开始",
                    "中间少了一段，请先交那一段的对账单",
                )
            )


def _of_day(lines: Iterable[BankLine]) -> tuple[int, int]:
    """The balances a day began and ended with, by its lines that print one."""
    printed = [(each.balance_fen - each.fen, each.balance_fen) for each in lines if each.balance_fen is not None]
    return _chained(printed) or (printed[0][0], printed[-1][1])


def _chained(printed: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where lines (balance before, balance after) begin and end that each but the first begin where another ended: statements handed
    in one after the other leave the lines of a day in no order. None where they do not, or come back to where they began."""
    begins, ends = Counter(begin for begin, _ in printed), Counter(end for _, end in printed)
    first, last = begins - ends, ends - begins
    return (next(iter(first)), next(iter(last))) if first.total() == last.total() == 1 else None


def _prints(moves: Iterable[Move]) -> list[str]:
    """What a line is known again by: its facts, and how many of the same came before it in this statement."""
    seen: Counter[tuple[Any, ...]] = Counter()
    made = []
    for each in moves:
        facts = (
            each.on.isoformat(),
            each.fen,
            each.balance_fen,
            each.serial,
            "" if each.serial else each.other,
            "" if each.serial else each.words,
        )
        seen[facts] += 1
        made.append(hashlib.sha256(repr((*facts, seen[facts])).encode()).hexdigest())
    return made


def accounts_of(organisation: Organisation) -> list[BankAccount]:
    return list(BankAccount.objects.filter(organisation=organisation))
