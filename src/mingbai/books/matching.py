"""Lines of the bank against lines of the books 勾对: what each may be, confirmed by a person.

    offers(account, lines)              # line → proposals, the surest first
    settle(person, line, offer)         # match, or receipts and vouchers through post()
    settle_exact(person, account, lines)  # all that leave no doubt
    ticked(account, lines, keys)        # the offer a person put together by ticking
    part(person, line, why)             # taken back, whole
    faults(village)                     # matches that are none, for fsck

Mostly one line is one entry. Where none is, one line may be several entries (a settlement of the day, a lessee who pays three
contracts) and several lines one entry (paid in two instalments): such a set is proposed only where its sums are equal to the
fen and no other set is, and nobody but a person says that it is so. No line of the books ends in two matches.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.core.exceptions import PermissionDenied

from mingbai.books import claims
from mingbai.books.bank import BANK
from mingbai.books.claims import Claim
from mingbai.books.desk import post
from mingbai.books.entry import Proposal
from mingbai.books.intake import IntakeError
from mingbai.books.models import BankAccount, BankLine, Line, Match, Matched
from mingbai.books.templates import Whom, propose, templates
from mingbai.places.models import Organisation, Party, Person
from mingbai.places.scope import scope
from mingbai.records.door import Commit, commit
from mingbai.units import format_money

CASH = "101"
NEAR_DAYS, APART_DAYS = 5, 20
"""A voucher within so many days of the bank's line is the same money without a doubt; further away it is only proposed."""
MOST, POOL = 5, 20
"""A set has at most so many members, and is looked for among at most so many: where more would do, a person ticks."""
_ENTRY = re.compile(r"match:([0-9]{1,18})/([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a line may be: lines of the books (``entries``, by voucher and number), money that is expected (``claims``), a business
    (``template``). ``beside``: the other lines of the bank (their numbers) that are of the set. ``exact``: a person may confirm it
    with the others that leave no doubt."""

    title: str
    exact: bool = False
    entries: tuple[tuple[int, int], ...] = ()
    claims: tuple[Claim, ...] = ()
    template: str = ""
    beside: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """match, receipt, due, template, or set."""
        if len(self.entries) + len(self.claims) > 1 or self.beside:
            return "set"
        if self.claims:
            return "receipt" if self.claims[0].receipt is not None else "due"
        return "match" if self.entries else "template"

    @property
    def key(self) -> str:
        parts = [
            *(entry_key(at) for at in self.entries),
            *(each.key for each in self.claims),
            *([f"template:{self.template}"] if self.template else []),
            *(f"bank:{pk}" for pk in self.beside),
        ]
        return "+".join(parts)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What nobody matched yet between two days: lines of the bank and of the books, and what registers expect."""

    lines: list[BankLine]
    entries: list[Line]
    owed: list[Claim]


def waiting(account: BankAccount, since: date, until: date) -> Waiting:
    """What waits on an account around some days: as far as anything that a line of these days may be reaches."""
    first, last = since - timedelta(days=3 * APART_DAYS), until + timedelta(days=3 * APART_DAYS)
    lines = list(
        BankLine.objects.filter(account=account, match=None, on__gte=first, on__lte=last).order_by("on", "place")
    )
    rows = Line.objects.filter(
        voucher__organisation=account.organisation,
        account__startswith=account.account,
        voucher__on__gte=first,
        voucher__on__lte=last,
        matched=None,
    )
    entries = list(
        rows.exclude(voucher__event__startswith="opening/")
        .filter(voucher__reverses=None, voucher__reversed_by=None)
        .select_related("voucher", "party")
        .order_by("voucher__on", "voucher_id", "number")
    )
    owed = claims.open_claims(account.organisation, until) if any(each.fen > 0 for each in lines) else []
    return Waiting(lines, entries, owed)


def offers(account: BankAccount, lines: Sequence[BankLine], found: Waiting | None = None) -> dict[int, list[Offer]]:
    """Line (by number) → what it may be. Lines that are matched have none. ``found``: what waits, where it was read already."""
    left = [each for each in lines if each.match_id is None]
    if not left:
        return {}
    around = found or waiting(account, min(each.on for each in left), max(each.on for each in left))
    sets = _Sets(around)
    made: dict[int, list[Offer]] = {}
    for each in left:
        same = _matches(
            each,
            [line for line in around.entries if fen_of(line) == each.fen],
            [line for line in around.lines if line.fen == each.fen],
        )
        owed = _of_claims(each, around.owed) if each.fen > 0 and not any(offer.exact for offer in same) else []
        whole = [*same, *(offer for offer in owed if offer.claims[0].fen == each.fen)]
        made[each.pk] = [
            *whole,
            *([] if whole else sets.of(each)),
            *(offer for offer in owed if offer not in whole),
            *_of_words(each),
        ]
    return made


def ticked(account: BankAccount, lines: Sequence[BankLine], keys: Iterable[str]) -> Offer:
    """The offer a person put together: lines of the bank, and what they are by their keys.

    :raises IntakeError: where one side is empty, or what was ticked is gone.
    """
    said = list(dict.fromkeys(keys))
    if not lines or not said:
        raise IntakeError("请两边都打勾：上面的流水，下面的分录或应缴款")
    entries = tuple((int(at[1]), int(at[2])) for at in map(_ENTRY.fullmatch, said) if at)
    wanted = [key for key in said if not _ENTRY.fullmatch(key)]
    owed = (
        {each.key: each for each in claims.open_claims(account.organisation, max(each.on for each in lines))}
        if wanted
        else {}
    )
    if any(key not in owed for key in wanted):
        raise IntakeError("勾的应缴款或收款已经变了，请重新打开这一页再勾")
    return Offer(
        "", entries=entries, claims=tuple(owed[key] for key in wanted), beside=tuple(each.pk for each in lines[1:])
    )


def settle(person: Person | None, line: BankLine, offer: Offer, reason: str = "") -> Match:
    """Confirms what a line (and those beside it) is: matched to lines of the books, or booked now (receipt and voucher) and matched.

    :raises mingbai.books.desk.BookError: as ``post()``.
    :raises IntakeError: where it is no longer so, or the sums differ.
    """
    with commit(person, line.organisation, "book", "银行对账") as act:
        return _settle(act, line, offer, reason)


def settle_exact(person: Person | None, account: BankAccount, lines: Sequence[BankLine]) -> int:
    """Confirms every line whose first proposal leaves no doubt; how many. What one line took may leave no doubt about the next."""
    left, number = list(lines), 0
    with commit(person, account.organisation, "book", "银行对账（批量）") as act:
        while True:
            taken: dict[str, BankLine] = {}
            for pk, made in offers(account, left).items():
                if made and made[0].exact and made[0].key not in taken:
                    line = next(each for each in left if each.pk == pk)
                    _settle(act, line, made[0], "")
                    taken[made[0].key] = line
            if not taken:
                return number
            number += len(taken)
            left = [each for each in left if each not in taken.values()]


def leave(person: Person | None, line: BankLine, reason: str) -> None:
    """Says why a line has no voucher yet."""
    if not reason.strip():
        raise IntakeError("请写原因，例如：等发票")
    with commit(person, line.organisation, "book", "银行流水待查") as act:
        line.reason, line.by = reason.strip()[:120], person
        act.save(line, "reason", "by")


def part(person: Person | None, line: BankLine, why: str) -> None:
    """Takes a match back with every line of it; what was booked stays booked."""
    if not why.strip():
        raise IntakeError("请写明为什么撤销")
    with commit(person, line.organisation, "book", "撤销对账", note=why) as act:
        match = Match.objects.select_for_update(of=("self",)).filter(bank_lines=line).first()
        if match is None:
            raise IntakeError("这一笔没有对上，不用撤销")
        for each in match.bank_lines.all():
            each.match, each.reason = None, why.strip()[:120]
            act.save(each, "match", "reason")
        for entry in match.entries.all():
            act.remove(entry, why)
        act.remove(match, why)


def other_ways(line: BankLine) -> list[Offer]:
    """Every business one can book a line as, where nothing was proposed: those that ask for one amount."""
    ways = {each["template"] for each in _words() if each["direction"] == ("in" if line.fen > 0 else "out")}
    return [Offer(templates()[key].title, template=key) for key in templates() if key in ways]


def faults(organisation: Organisation) -> Iterator[str]:
    """Matches of an organisation whose sides are not the same money of one account."""
    for line in BankLine.objects.filter(organisation=organisation, match__isnull=False).exclude(
        match__organisation=organisation
    ):
        yield f"{line.on} 的流水 {format_money(line.fen)} 对到了别的组织"
    for match in (
        Match.objects.filter(organisation=organisation)
        .prefetch_related("bank_lines__account", "entries__voucher", "entries__line")
        .order_by("pk")
        .iterator(chunk_size=1000)
    ):
        lines, entries = list(match.bank_lines.all()), list(match.entries.all())
        said = f"勾对第 {match.pk} 号（{'、'.join(f'{each.on} {format_money(each.fen)}' for each in lines) or '没有流水'}；{'、'.join(map(str, match.vouchers)) or '没有分录'}）"
        if not lines or not entries:
            yield f"{said}只有一边"
            continue
        bank, books = sum(each.fen for each in lines), sum(fen_of(each.line) for each in entries)
        if bank != books:
            yield f"{said}两边不相等：流水 {format_money(bank)}，分录 {format_money(books)}"
        if any(each.organisation_id != match.organisation_id for each in lines) or any(
            each.voucher.organisation_id != match.organisation_id for each in entries
        ):
            yield f"{said}不是同一个组织的"
        if len({each.account_id for each in lines}) > 1 or any(
            not each.line.account.startswith(lines[0].account.account) for each in entries
        ):
            yield f"{said}不是同一个银行账户的"


def fen_of(line: Line) -> int:
    """What came in by a line of the books, below zero what went out."""
    return int(line.debit_fen - line.credit_fen)


def _settle(act: Commit, line: BankLine, offer: Offer, reason: str) -> Match:
    rows = (
        BankLine.objects.select_for_update(of=("self",))
        .select_related("account", "organisation")
        .filter(organisation=act.organisation, account=line.account_id)
    )
    lines = list(rows.filter(pk__in=(line.pk, *offer.beside)).order_by("on", "place"))
    if len(lines) != 1 + len(offer.beside):
        raise IntakeError("勾的流水不在同一个银行账户里")
    if any(each.match_id is not None for each in lines):
        raise IntakeError("这一笔已经对上了")
    account, total = lines[0].account, sum(each.fen for each in lines)
    theirs = [_free(act, account, at) for at in offer.entries]
    if (offer.claims or offer.template) and len(lines) > 1:
        raise IntakeError("登记收款、记一张凭证要逐笔来：一次只勾一笔流水")
    alone = bool(offer.template) or (len(offer.claims) == 1 and not theirs)  # one due may be paid in part, or ahead
    said = total if alone else sum(map(fen_of, theirs)) + sum(each.fen for each in offer.claims)
    if said != total:
        raise IntakeError(
            f"流水合计 {format_money(total)} 元，勾的分录和应缴款合计 {format_money(said)} 元，差 {format_money(abs(said - total))} 元：不相等，不能勾在一起"
        )
    theirs += [
        _booked(act, lines[0], _received(act, lines[0], each, total if alone else each.fen), reason)
        for each in offer.claims
    ]
    if offer.template:
        theirs.append(_booked(act, lines[0], _business(lines[0], offer.template), reason))
    match = act.save(Match(organisation=act.organisation, how=offer.template or offer.kind, by=act.person))
    for entry in theirs:
        act.save(Matched(match=match, voucher_id=entry.voucher_id, number=entry.number))
        act.about(entry.voucher.key)
    for each in lines:
        each.match, each.reason, each.by = match, "", act.person
        act.save(each, "match", "reason", "by")
    return match


def _free(act: Commit, account: BankAccount, at: tuple[int, int]) -> Line:
    """A line of the books that may still be matched to money of this account."""
    found = Line.objects.select_related("voucher").filter(pk=at, voucher__organisation=act.organisation).first()
    if (
        found is None
        or not found.account.startswith(account.account)
        or Matched.objects.filter(voucher=at[0], number=at[1]).exists()
    ):
        raise IntakeError(f"{found.voucher if found else '这张凭证'}的这一行不是这个银行账户的，或已经对上别的流水")
    return found


def _booked(act: Commit, line: BankLine, entry: Proposal, reason: str) -> Line:
    """Books an entry on the account of a line of the bank; gives the line of the books that is its money."""
    money = next((code for code in (BANK, CASH) if any(leg.account == code for leg in entry.legs)), "")
    code, fen = line.account.account, sum(leg.debit_fen - leg.credit_fen for leg in entry.legs if leg.account == money)
    voucher = post(
        act,
        [replace(entry, legs=tuple(replace(leg, account=code) if leg.account == money else leg for leg in entry.legs))],
        reason,
    )[0]
    found = next((each for each in voucher.lines.all() if each.account.startswith(code) and fen_of(each) == fen), None)
    if found is None or Matched.objects.filter(voucher=voucher, number=found.number).exists():
        raise IntakeError(f"{voucher}里没有这一笔银行存款，或已经对上别的流水")
    return found


def _received(act: Commit, line: BankLine, claim: Claim, fen: int) -> Proposal:
    if act.person is not None and not scope(act.person, "edit").covers(act.organisation):
        raise PermissionDenied("登记收款要有“登记和修改合同、收款”的权力")
    return claims.receive(act, claim, fen, line.on, line.other or claim.name)


def _business(line: BankLine, template: str) -> Proposal:
    whom = Party.objects.filter(organisation=line.organisation, name=line.other).first() if line.other else None
    return propose(
        template,
        f"bank/{line.fingerprint[:32]}",
        line.on,
        {"amount": abs(line.fen)},
        Whom(party=whom.pk if whom else None, name=line.other),
        words=f"{line.words or templates()[template].title}{f'（{line.other}）' if line.other else ''}"[:200],
        stated_fen=abs(line.fen),
        papers=1,
    )


def entry_key(at: tuple[int, int]) -> str:
    """How a line of the books is named on the page: by voucher and number."""
    return f"match:{at[0]}/{at[1]}"


def _at(line: Line) -> tuple[int, int]:
    return line.voucher_id, line.number


def _matches(line: BankLine, candidates: Sequence[Line], rivals: Sequence[BankLine]) -> list[Offer]:
    """Lines of the books of the same amount. ``rivals``: lines of the bank of that amount, this one among them."""
    near = [each for each in candidates if abs((each.voucher.on - line.on).days) <= APART_DAYS]
    near.sort(key=lambda each: (not _names(line, each), abs((each.voucher.on - line.on).days)))
    named = [each for each in near if _names(line, each)]
    same_day = [each for each in near if each.voucher.on == line.on]
    sure = None
    if len(near) == 1 and not any(
        each.pk != line.pk and abs((each.on - near[0].voucher.on).days) <= APART_DAYS for each in rivals
    ):
        sure = near[0] if abs((near[0].voucher.on - line.on).days) <= NEAR_DAYS else None
    elif len(named) == 1:
        sure = named[0] if abs((named[0].voucher.on - line.on).days) <= NEAR_DAYS else None
    elif not named and len(same_day) == 1:
        sure = same_day[0]
    return [
        Offer(f"{each.voucher} {each.words or each.voucher.words}", each is sure, entries=(_at(each),))
        for each in sorted(near[:5], key=lambda each: each is not sure)
    ]


def _names(line: BankLine, candidate: Line) -> bool:
    """Whether the voucher names the other side of the bank's line."""
    return (
        bool(line.other)
        and line.other
        in f"{candidate.words} {candidate.voucher.words} {candidate.party.name if candidate.party else ''}"
    )


def _of_claims(line: BankLine, owed: Sequence[Claim]) -> list[Offer]:
    """Claims of whoever paid. Exact: one claim of that name and that amount."""
    named, said = _owed_by(line, owed)
    of_amount = [
        each
        for each in (named or said or owed)
        if each.fen == line.fen and (named or said or abs((each.due_on - line.on).days) <= APART_DAYS)
    ]
    first = [each for each in of_amount if each.receipt is not None] or of_amount
    rest = [each for each in (named or said) if each.receipt is None and each not in first][:3]
    return [
        Offer(_claim_title(each), bool(named) and len(first) == 1 and each in first, claims=(each,))
        for each in (*first[:3], *rest)
    ]


def _owed_by(line: BankLine, owed: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Claims on the other side of the bank's line, and on whom its words name."""
    return (
        [each for each in owed if each.name and each.name == line.other],
        [each for each in owed if each.name and each.name in line.words],
    )


def _claim_title(claim: Claim) -> str:
    if claim.receipt is not None:
        return f"已登记的收款，还没有记账：{claim.name} {claim.title}（{claim.due_on}）"
    return f"{claim.name} {claim.title} {claim.due_on} 应缴 {format_money(claim.fen)} 元"


def _of_words(line: BankLine) -> list[Offer]:
    way = "in" if line.fen > 0 else "out"
    said = f"{line.words} {line.other}"
    return [
        Offer(templates()[each["template"]].title, template=each["template"])
        for each in _words()
        if each["direction"] == way and any(word in said for word in each["words"])
    ]


@cache
def _words() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(
        resources.files(__package__).joinpath("bank.yaml").read_text(encoding="utf-8")
    )
    return found


class _Sets:
    """Sets proposed among what waits. What is the whole of something on the other side is no part of a set."""

    def __init__(self, around: Waiting) -> None:
        self._owed = around.owed
        self._entries = [
            each
            for each in around.entries
            if not any(
                line.fen == fen_of(each) and _apart(line.on, each.voucher.on) <= APART_DAYS for line in around.lines
            )
        ]
        self._lines = [
            each
            for each in around.lines
            if not any(
                fen_of(entry) == each.fen and _apart(each.on, entry.voucher.on) <= APART_DAYS
                for entry in around.entries
            )
        ]
        self._of_line: dict[int, list[Offer]] = defaultdict(list)
        for entry in self._entries:
            for offer_of, offer in self._instalments(entry):
                self._of_line[offer_of].append(offer)

    def of(self, line: BankLine) -> list[Offer]:
        """The sets a line may be of: several entries or claims, or one entry together with other lines."""
        return [*self._of_entries(line), *self._of_dues(line), *self._of_line[line.pk]]

    def _of_entries(self, line: BankLine) -> Iterator[Offer]:
        there = [each for each in self._entries if _apart(each.voucher.on, line.on) <= APART_DAYS]
        named = [each for each in there if _names(line, each)]
        pool = named or [each for each in there if _apart(each.voucher.on, line.on) <= NEAR_DAYS]
        chosen = the_only_set([fen_of(each) for each in pool], line.fen)
        if chosen:
            title = f"{len(chosen)} 笔分录：" + "、".join(
                f"{_short(pool[at])} {format_money(abs(fen_of(pool[at])))}" for at in chosen
            )
            yield Offer(title, entries=tuple(_at(pool[at]) for at in chosen))

    def _of_dues(self, line: BankLine) -> Iterator[Offer]:
        named, said = _owed_by(line, self._owed)
        pool = (
            named
            or said
            or [each for each in self._owed if each.receipt is not None and _apart(each.due_on, line.on) <= NEAR_DAYS]
        )
        chosen = the_only_set([each.fen for each in pool], line.fen)
        if chosen:
            title = f"{len(chosen)} 项应缴或收款：" + "、".join(
                f"{pool[at].name} {pool[at].title} {pool[at].due_on} {format_money(pool[at].fen)}" for at in chosen
            )
            yield Offer(title, claims=tuple(pool[at] for at in chosen))

    def _instalments(self, entry: Line) -> Iterator[tuple[int, Offer]]:
        """Lines of one counterparty that are one entry together."""
        by_other: dict[str, list[BankLine]] = defaultdict(list)
        for each in self._lines:
            if each.other and _apart(each.on, entry.voucher.on) <= APART_DAYS:
                by_other[each.other].append(each)
        pools = [pool for pool in by_other.values() if _names(pool[0], entry)] or list(by_other.values())
        hits = [
            [pool[at] for at in chosen]
            for pool in pools
            if (chosen := the_only_set([each.fen for each in pool], fen_of(entry)))
        ]
        if len(hits) != 1:
            return
        for each in hits[0]:
            others = [other for other in hits[0] if other is not each]
            title = f"{entry.voucher} {entry.words or entry.voucher.words}，和另外 {len(others)} 笔流水：" + "、".join(
                f"{other.on} {format_money(abs(other.fen))}" for other in others
            )
            yield each.pk, Offer(title, entries=(_at(entry),), beside=tuple(other.pk for other in others))


def _short(line: Line) -> str:
    return f"{line.voucher.month % 100}月记-{line.voucher.number:04d}"


def _apart(one: date, other: date) -> int:
    return abs((one - other).days)


def the_only_set(fens: Sequence[int], total: int) -> tuple[int, ...]:
    """The places of the two to :data:`MOST` amounts that come to ``total``, all on its side of zero; () where there is no such set,
    more than one, or more than :data:`POOL` amounts to choose from."""
    sign = 1 if total > 0 else -1
    left = sorted(((sign * fen, at) for at, fen in enumerate(fens) if 0 < sign * fen < sign * total), reverse=True)
    if len(left) > POOL:
        return ()
    found: list[tuple[int, ...]] = []

    def look(start: int, rest: int, chosen: tuple[int, ...]) -> None:
        for number in range(start, len(left)):
            fen, at = left[number]
            if len(found) > 1 or fen * (MOST - len(chosen)) < rest:  # those after it are no larger
                return
            if fen == rest and chosen:
                found.append((*chosen, at))
            elif fen < rest and len(chosen) + 1 < MOST:
                look(number + 1, rest - fen, (*chosen, at))

    look(0, abs(total), ())
    return tuple(sorted(found[0])) if len(found) == 1 else ()
