"""Sheets of other programs into the books 导入: handed in, read in the guarded child, looked at, taken whole or not at all.

    taken = receive(person, village, "vouchers", "凭证.xlsx", data, chart="2023")
    view = look(taken)              # what it comes to: entries, troubles by cell, the accounts to confirm
    confirm(person, taken, {...})   # which of ours their accounts are
    accept(person, taken)           # through post(): every voucher, or none

The same file twice gives the import there is; the same voucher twice is one voucher (its event is its number).
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from mingbai.books import taking
from mingbai.books.chart import Chart, ChartError, find_chart
from mingbai.books.desk import chart_for, post
from mingbai.books.foreign import KINDS, Ours, Theirs, hints, levels, names_of, propose, settled
from mingbai.books.models import Import, Month, Origin, SubAccount, Voucher
from mingbai.books.papers import PAPERS
from mingbai.books.taking import Taking, Trouble
from mingbai.places.models import Organisation, Party, Person
from mingbai.records import files
from mingbai.records.door import Commit, commit
from mingbai.sheets import Reading, Refused, read
from mingbai.sheets.guard import kept
from mingbai.sheets.marking import mark as mark_cells
from mingbai.sheets.reading import SheetReading
from mingbai.units import mask_numbers
from mingbai.units.wording import phrase
from mingbai.vault.seal import seal, unseal


class IntakeError(ValueError):
    """What cannot be taken, and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An account of theirs, how often it is met, and which of ours it is: proposed, or ``confirmed`` by a person."""

    theirs: Theirs
    ours: Ours
    times: int
    confirmed: bool

    @property
    def mark(self) -> str:
        return mark_of(self.theirs)


@dataclass(slots=True)
class View:
    """What an import comes to. ``hints``: chart → (names that agree, that do not)."""

    hints: dict[str, tuple[int, int]]
    asked: list[Asked]
    taking: Taking
    months: list[tuple[int, int]]
    booked: int
    """Vouchers that are in the books already, word for word."""

    @property
    def confirmed(self) -> bool:
        return all(each.confirmed for each in self.asked)

    @property
    def ready(self) -> bool:
        return self.confirmed and bool(self.taking.taken) and not self.taking.refused


def receive(
    person: Person | None,
    organisation: Organisation,
    kind: str,
    name: str,
    data: bytes,
    *,
    chart: str = "",
    basis: str = "",
    opens_on: date | None = None,
    bank: Any = None,
) -> Import:
    """Keeps a sheet and reads it. The same bytes again give the import there is.

    :raises files.UnwelcomeError: for what is no sheet.
    """
    if kind not in PAPERS:
        raise IntakeError("请选这是哪一种表")
    same = Import.objects.filter(
        organisation=organisation, kind=kind, bank=bank, file__sha256=hashlib.sha256(data).hexdigest()
    )
    again: Import | None = same.exclude(state__in=(Import.State.DROPPED, Import.State.REFUSED)).first()
    if again is not None:
        return again
    with commit(person, organisation, "book", "交来账外来表") as act:
        file = files.keep(act, name, data, label=Import.Kind(kind).label)
        found = act.save(
            Import(
                organisation=organisation,
                kind=kind,
                file=file,
                chart=chart,
                basis=basis,
                opens_on=opens_on,
                bank=bank,
                by=person,
                on=act.on,
            )
        )
        try:
            with on_disk(found) as path:
                reading = read(path, PAPERS[kind], None, kept())
        except Refused as refused:
            found.state, found.message = Import.State.REFUSED, str(refused)[:400]
            return act.save(found, "state", "message")
        found.reading = _pack(reading, found.pk)
        act.rewrite(Import, ("reading",), [(found.pk, (found.reading,))])  # derived: it can be made again from the file
        found.read, found.accepted = sum(each.read for each in reading.sheets), reading.accepted
        found.rejected, found.skipped = (
            sum(each.rejected for each in reading.sheets),
            sum(each.skipped for each in reading.sheets),
        )
        found.message = reading.sentence[:400]
        if not reading.accepted:
            found.message = found.message or "表里没有一行可以读成账：请核对表头"
        return act.save(found, "read", "accepted", "rejected", "skipped", "message")


def say(person: Person | None, found: Import, *, chart: str, basis: str = "", opens_on: date | None = None) -> None:
    """Which chart the sheet was kept in, and for balances which column and as of which day.

    :raises IntakeError: for a chart there is not, or after it was taken.
    """
    _still_open(found)
    try:
        find_chart(chart)
    except (ChartError, KeyError) as error:
        raise IntakeError("请选科目表：旧（2004）还是新（2023）") from error
    with commit(person, found.organisation, "book", "说明账外来表") as act:
        if chart != found.chart:
            found.accounts = {}
        found.chart, found.basis, found.opens_on = chart, basis or found.basis, opens_on or found.opens_on
        act.save(found, "chart", "basis", "opens_on", "accounts")


def look(found: Import) -> View:
    """What an import comes to as it stands. Nothing is written."""
    reading = reading_of(found)
    rows = list(reading.rows())
    theirs = Counter(taking.theirs_of(row) for row in rows)
    pairs = [(each.code, each.name) for each in theirs]
    view = View(hints(pairs), [], Taking(), [], 0)
    if not found.chart:
        return view
    organisation = found.organisation
    chart = own_chart(organisation, found.chart)
    parties = parties_of(organisation)
    view.asked = _asked(found, theirs, chart, names_of(pairs), parties)
    ours = {each.theirs: each.ours for each in view.asked}
    chart = _with_new(chart, view.asked)
    if found.kind == Import.Kind.BALANCES:
        if found.opens_on is None or not found.basis:
            view.taking.troubles.append(Trouble("", 0, "", "还没有写建账日和取哪一栏", "请在上面写明"))
        else:
            view.taking = taking.balances(rows, found.basis, found.opens_on, chart, ours, parties)
    else:
        view.taking = taking.vouchers(rows, chart, ours, parties)
    unread = _unread(reading)
    view.taking.troubles += unread
    if found.kind == Import.Kind.VOUCHERS and not unread:  # a cell nobody could read is no part of any sum
        view.taking.troubles += taking.printed(rows, {sheet.name: sheet.totals for sheet in reading.sheets})
    _against_books(found, view)
    view.months = sorted(
        Counter(each.proposal.on.year * 100 + each.proposal.on.month for each in view.taking.taken).items()
    )
    return view


def confirm(person: Person | None, found: Import, said: Mapping[str, tuple[str, str, str]]) -> None:
    """Which of ours their accounts are: fingerprint → (account, kind, what), as :func:`look` asked.

    :raises IntakeError: for an account the chart has not.
    """
    _still_open(found)
    chart = own_chart(found.organisation, found.chart)
    for account, kind, what in said.values():
        if kind not in KINDS:
            raise IntakeError("请选这个科目下面是什么")
        if kind == "own":
            if not what.strip():
                raise IntakeError(f"{account} 是新设的明细科目，请写名称")
            if account[:-2] not in chart.accounts or not account.isdigit():
                raise IntakeError(f"新设明细 {account} 没有上级科目：编码是上级编码加两位数字")
        elif account not in chart.accounts:
            raise IntakeError(f"{chart.title}里没有科目 {account or '（空）'}")
        elif kind and not what.strip():
            raise IntakeError(f"{account} 的{KINDS[kind]}没有写名称")
    with commit(person, found.organisation, "book", "对照科目") as act:
        found.accounts = {
            **found.accounts,
            **{mark: [account, kind, mask_numbers(what.strip()[:60])] for mark, (account, kind, what) in said.items()},
        }
        act.save(found, "accounts")


def accept(person: Person | None, found: Import, reason: str = "") -> Import:
    """Takes an import into the books: new sub-accounts and parties, then every voucher, by one posting. Twice is once.

    ``reason``: why warnings are passed over.

    :raises IntakeError: where something is refused, or a warning has no reason.
    :raises BookError: as :func:`mingbai.books.desk.post`.
    """
    with commit(person, found.organisation, "book", phrase("导入{what}", what=found.get_kind_display())) as act:
        found = Import.objects.select_for_update(of=("self",)).select_related("organisation", "file").get(pk=found.pk)
        if found.state == Import.State.ACCEPTED:
            return found
        _still_open(found)
        view = look(found)
        if not view.confirmed:
            raise IntakeError("科目对照还没有确认")
        if view.taking.refused:
            raise IntakeError(
                f"还有 {len(view.taking.refused)} 处要改，整份表一张也没有收；第一处：{view.taking.refused[0].sentence}"
            )
        if view.taking.warnings and not reason.strip():
            raise IntakeError("有提醒的地方，请写明原因再收下")
        if not view.taking.taken:
            raise IntakeError("这份表里没有凭证")
        _make_room(act, found, view.asked)
        parties = parties_of(found.organisation)
        rows, ours = list(reading_of(found).rows()), {each.theirs: each.ours for each in view.asked}
        chart = own_chart(found.organisation, found.chart)
        if found.kind == Import.Kind.BALANCES:
            assert found.opens_on is not None
            made = taking.balances(rows, found.basis, found.opens_on, chart, ours, parties)
        else:
            made = taking.vouchers(rows, chart, ours, parties)
        vouchers = post(act, [each.proposal for each in made.taken], reason.strip() or "导入")
        known = set(Origin.objects.filter(voucher__in=vouchers).values_list("voucher", flat=True))
        act.derive(
            Origin,
            ("voucher", "taken_from", "sheet", "row", "number"),
            [
                (voucher, found, each.sheet[:100], each.rows[0] if each.rows else 0, each.number[:40])
                for voucher, each in zip(vouchers, made.taken, strict=True)
                if voucher.pk not in known
            ],
        )
        found.state, found.message = (
            Import.State.ACCEPTED,
            f"{len(vouchers)} 张凭证" + (f"，其中 {len(known)} 张以前收过" if known else ""),
        )
        act.told(
            "import",
            id=found.pk,
            sha256=found.file.sha256,
            vouchers=len(vouchers),
            known=len(known),
            fen=made.debit_fen,
        )
        act.save(found, "state", "message")
    return found


def drop(person: Person | None, found: Import, why: str) -> None:
    """Leaves an import; the file stays."""
    _still_open(found)
    if not why.strip():
        raise IntakeError("请写明为什么放弃")
    with commit(person, found.organisation, "book", "放弃账外来表", note=why) as act:
        found.state, found.message = Import.State.DROPPED, why.strip()[:400]
        act.save(found, "state", "message")


def marked(found: Import, troubles: Sequence[Trouble]) -> bytes:
    """The clerk's own sheet with every trouble marked at its cell, to mend in Excel and hand in again."""
    reading = reading_of(found)
    reading.errors = [each for each in (error_of(reading, trouble) for trouble in troubles) if each is not None]
    with on_disk(found) as path, tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "marked.xlsx"
        mark_cells(path, reading, [], out, kept())
        return out.read_bytes()


def error_of(reading: Reading, trouble: Trouble) -> dict[str, Any] | None:
    """A trouble as the error of a cell: where its column is missing, the first of the row that is there."""
    sheet = next((each for each in reading.sheets if each.name == trouble.sheet), None)
    if sheet is None or not sheet.header_rows:
        return None
    letters = {entry["column"]: entry["letter"] for entry in reversed(sheet.mapping) if entry["column"]}
    row = trouble.row or sheet.header_rows[0]
    near = {
        "debit_fen": ("fen",),
        "fen": ("debit_fen",),
        "code": ("name",),
        "opening_debit_fen": ("opening_fen",),
        "closing_debit_fen": ("closing_fen",),
    }
    letter = next(
        (
            letters[name]
            for name in (trouble.column, *near.get(trouble.column, ()), "number", "code", "on")
            if name in letters
        ),
        "A",
    )
    return {
        "sheet": trouble.sheet,
        "cell": f"{letter}{row}",
        "row": row,
        "column": trouble.column,
        "value": "",
        "kind": "book",
        "reason": trouble.sentence,
        "suggestion": trouble.mend,
        "suggestions": [trouble.mend],
    }


def reading_of(found: Import) -> Reading:
    """What was read.

    :raises IntakeError: where nothing was.
    """
    if found.reading is None:
        raise IntakeError(found.message or "这个文件没有读成")
    whole = json.loads(zlib.decompress(unseal(bytes(found.reading), f"books.import.reading.{found.pk}")))
    sheets = [SheetReading(**sheet) for sheet in whole.pop("sheets")]
    return Reading(file=found.file.name, register=PAPERS[found.kind], sheets=sheets, **whole)


def _pack(reading: Reading, about: int) -> bytes:
    whole = {
        "format": reading.format,
        "errors": reading.errors,
        "skips": reading.skips,
        "notes": reading.notes,
        "rejected_rows": reading.rejected_rows,
        "sheets": [{each.name: getattr(sheet, each.name) for each in fields(sheet)} for sheet in reading.sheets],
    }
    return seal(
        zlib.compress(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(), 1),
        f"books.import.reading.{about}",
    )


@contextmanager
def on_disk(found: Import) -> Iterator[Path]:
    """The sheet as a file for the reading child, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mingbai-") as folder:
        path = Path(folder) / f"sheet{Path(found.file.name).suffix.lower()}"
        path.write_bytes(files.content(found.file))
        yield path


def own_chart(organisation: Organisation, key: str) -> Chart:
    """A chart with the sub-accounts a collective has in it."""
    return chart_for(organisation, find_chart(key).since)


def parties_of(organisation: Organisation) -> dict[str, int]:
    """Name → party of a collective; of two with one name the first, which a person sees when confirming."""
    return dict(Party.objects.filter(organisation=organisation).order_by("-pk").values_list("name", "pk"))


def mark_of(theirs: Theirs) -> str:
    return hashlib.sha256(json.dumps([theirs.code, theirs.name, theirs.whom], ensure_ascii=False).encode()).hexdigest()[
        :20
    ]


def _asked(
    found: Import,
    theirs: Counter[Theirs],
    chart: Chart,
    tree: Mapping[tuple[str, ...], str],
    parties: Mapping[str, int],
) -> list[Asked]:
    above = (
        {at[:end] for each in theirs for at in (levels(each.code),) for end in range(1, len(at))}
        if found.kind == Import.Kind.BALANCES
        else set()
    )
    wanted = [
        each
        for each in sorted(theirs, key=lambda each: (each.code, each.name, each.whom))
        if levels(each.code) not in above or each.whom
    ]
    proposed = settled([(each, propose(each, chart, tree, parties)) for each in wanted], chart)
    made = []
    for each, ours in proposed.items():
        said = found.accounts.get(mark_of(each))
        made.append(Asked(each, Ours(said[0], said[1], said[2]) if said else ours, theirs[each], said is not None))
    return made


def _with_new(chart: Chart, asked: Sequence[Asked]) -> Chart:
    fresh = {
        each.ours.account: each.ours.what
        for each in asked
        if each.ours.kind == "own" and each.ours.account and each.ours.account not in chart.accounts
    }
    try:
        return chart.with_own(fresh.items()) if fresh else chart
    except ChartError:
        return chart  # said line by line: the account is not in the chart


def _make_room(act: Commit, found: Import, asked: Sequence[Asked]) -> None:
    """The sub-accounts and parties an import brings with it."""
    chart = own_chart(found.organisation, found.chart)
    fresh = {
        each.ours.account: each.ours.what
        for each in asked
        if each.ours.kind == "own" and each.ours.account not in chart.accounts
    }
    try:
        chart.with_own(fresh.items())
    except ChartError as error:
        raise IntakeError(str(error)) from error
    for code, name in sorted(fresh.items()):
        act.save(SubAccount(organisation=found.organisation, chart=found.chart, code=code, name=name))
    there = parties_of(found.organisation)
    for name in dict.fromkeys(mask_numbers(each.ours.what) for each in asked if each.ours.kind == "party"):
        if name not in there:
            act.save(Party(organisation=found.organisation, name=name))


def _unread(reading: Reading) -> list[Trouble]:
    """Cells nobody could read and rows that were refused: in the books nothing is left out in silence."""
    found = [
        Trouble(
            each["sheet"], each["row"], each["column"] or "", f"“{each['value']}”：{each['reason']}", each["suggestion"]
        )
        for each in reading.errors
        if each["column"] not in ("by", "checked_by", "papers", "line")
    ]
    told = {(each.sheet, each.row) for each in found}
    return found + [
        Trouble(each["sheet"], each["row"], "code", f"这一行没有读成：{each['why']}", "请补全这一行，或删去不是账的行")
        for each in reading.rejected_rows
        if (each["sheet"], each["row"]) not in told
    ]


def _against_books(found: Import, view: View) -> None:
    """What the books themselves say against it: closed months, days to come, the same voucher with other content."""
    from mingbai.places.clock import today

    organisation, now = found.organisation, today()
    closed = set(Month.objects.filter(organisation=organisation, closed=True).values_list("month", flat=True))
    events = [each.proposal.event for each in view.taking.taken]
    there: dict[str, Voucher] = {}
    for start in range(0, len(events), 500):
        there.update(
            {
                each.event: each
                for each in Voucher.objects.filter(organisation=organisation, event__in=events[start : start + 500])
            }
        )
    for each in view.taking.taken:
        known = there.get(each.proposal.event)
        row = each.rows[0] if each.rows else 0
        if known is not None:
            if known.digest == each.proposal.digest:
                view.booked += 1
            else:
                view.taking.troubles.append(
                    Trouble(
                        each.sheet,
                        row,
                        "number",
                        f"{each.number} 已经记过账（{known}），内容却不一样",
                        "要更正的请先冲销原来那张；没有变的请用原来的表",
                    )
                )
            continue
        month = each.proposal.on.year * 100 + each.proposal.on.month
        if month in closed:
            view.taking.troubles.append(
                Trouble(
                    each.sheet,
                    row,
                    "on",
                    f"{each.number}：{month // 100}年{month % 100}月已经结账",
                    "请由有权的人写明原因重新打开那个月，或改日期",
                )
            )
        if each.proposal.on > now:
            view.taking.troubles.append(
                Trouble(
                    each.sheet, row, "on", f"{each.number}：日期 {each.proposal.on} 在今天（{now}）以后", "请核对日期"
                )
            )
    if found.kind == Import.Kind.BALANCES and found.opens_on is not None and not there:
        first = Voucher.objects.filter(organisation=organisation, on__lte=found.opens_on).order_by("on").first()
        if first is not None:
            view.taking.troubles.append(
                Trouble(
                    "",
                    0,
                    "",
                    f"{organisation.name}在 {found.opens_on} 以前已经有账（{first}）",
                    "年初余额只在建账时导入一次；要调整的请记调整凭证",
                )
            )


def _still_open(found: Import) -> None:
    if found.state != Import.State.READ:
        raise IntakeError(f"这个文件{found.get_state_display()}，不能再改")
