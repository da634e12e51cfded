"""The desk for paper 纸质合同: handed in, read in the job worker, confirmed field by field, accepted through the door.

Until a person confirmed every field there is no record: nothing of a reading stands in a list, a total, a search or a
figure. The originals stay as they came and become the record's papers; every value leads back to its piece of a page.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from mingbai import paper as papers
from mingbai.columns import Column, reader
from mingbai.kit import intake
from mingbai.kit.furniture import Furniture, furniture
from mingbai.kit.record import Record
from mingbai.kit.values import typed
from mingbai.paper.boxes import Page
from mingbai.paper.fields import Proposal
from mingbai.paper.reading import Leaf as ReadLeaf
from mingbai.places.models import Organisation, Person
from mingbai.records import files, jobs
from mingbai.records.door import Commit, commit
from mingbai.records.files import UnwelcomeError
from mingbai.records.models import Attachment
from mingbai.scans.models import Field, Leaf, Original, Paper
from mingbai.sheets import Refused
from mingbai.sheets.guard import Guard
from mingbai.vault.seal import seal, unseal

READS = "scans.read"
PICTURES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
Given = Sequence[tuple[str, bytes]]


class ScanError(ValueError):
    """A step this paper is not ready for, or a field that does not read; the sentence says what to do."""

    def __init__(self, sentence: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.suggestions = tuple(suggestions)


@cache
def _guard() -> Guard:
    return papers.reader()


def _rest(after: Paper) -> None:
    """Where no other paper waits, the recogniser's gigabyte is given back."""
    if not Paper.objects.filter(state=Paper.State.RECEIVED).exclude(pk=after.pk).exists():
        _guard().close()
        _guard.cache_clear()


def receive(person: Person | None, organisation: Organisation, register: str, given: Given) -> Paper:
    """Keeps the pictures of one contract, in order, and queues their reading. The same pictures again give the paper there is.

    :raises UnwelcomeError: for what is no picture and no PDF.
    """
    _welcome(given)
    digests = [hashlib.sha256(data).hexdigest() for _, data in given]
    with commit(person, organisation, "import", "交来纸质合同") as act:
        known = Paper.objects.filter(organisation=organisation, register=register, originals__file__sha256=digests[0])
        for each in known.exclude(state__in=(Paper.State.DROPPED, Paper.State.REFUSED)).distinct():
            if [original.file.sha256 for original in each.originals.select_related("file")] == digests:
                act.told("paper", id=each.pk)
                return each
        paper = act.save(Paper(organisation=organisation, register=register, by=person, on=act.on))
        _lay(act, paper, given, 1)
        _queue(person, paper)
    return paper


def _welcome(given: Given) -> None:
    if not given:
        raise UnwelcomeError("还没有选照片")
    for name, data in given:
        if files.kind_of(name, data) not in PICTURES:
            raise UnwelcomeError(f"“{name}”不是照片；纸质合同收 JPEG、PNG 图片和 PDF，表格请到“导入台账”交")


def _lay(act: Commit, paper: Paper, given: Given, place: int) -> None:
    for at, (name, data) in enumerate(given):
        act.save(Original(paper=paper, place=place + at, file=files.keep(act, name, data, label="纸质合同")))


def _queue(person: Person | None, paper: Paper) -> None:
    jobs.enqueue(
        READS, paper.pk, organisation=paper.organisation, person=person, title="读纸质合同", url=f"/papers/{paper.pk}/"
    )


def arrange(person: Person | None, paper: Paper, order: Sequence[int], more: Given = ()) -> None:
    """Puts the files in another order (their numbers, all of them) or adds some, and reads again. What was confirmed stays.

    :raises ScanError: after acceptance, or for an order that does not name every file once.
    """
    _still_open(paper)
    if more:
        _welcome(more)
    with commit(person, paper.organisation, "import", "排纸质合同") as act:
        originals = {each.pk: each for each in paper.originals.all()}
        if order:
            if sorted(order) != sorted(originals):
                raise ScanError("页序里每个文件要写一次，不能重复")
            for place, pk in enumerate(order, 1):
                originals[pk].place = place
                act.save(originals[pk], "place")
        _lay(act, paper, more, len(originals) + 1)
        paper.state = Paper.State.RECEIVED
        act.save(paper, "state")
        _queue(person, paper)


@jobs.works(READS)
def read_paper(progress: jobs.Progress | None, paper_id: int) -> str:
    """Reads the pages of a paper and proposes its fields; says what came of it."""
    paper = Paper.objects.select_related("organisation", "by").get(pk=paper_id)
    if paper.state in (Paper.State.ACCEPTED, Paper.State.DROPPED):
        return paper.message
    kit = furniture(paper.register)
    try:
        leaves = _read(paper, progress)
    except Refused as refused:
        with commit(paper.by, paper.organisation, "import", "纸质合同没读成") as act:
            paper.state, paper.message = Paper.State.REFUSED, str(refused)
            act.save(paper, "state", "message")
        return paper.message
    finally:
        _rest(paper)
    wording = papers.find_wording(paper.register)
    proposals = papers.propose([leaf.page for leaf in leaves], kit.register, wording)
    with commit(paper.by, paper.organisation, "import", "读纸质合同") as act:
        act.drop(Leaf.objects.filter(paper=paper))
        for leaf in leaves:
            picture = files.keep(act, f"第{leaf.page.number}页.jpg", leaf.picture, label="纸质合同页图")
            act.save(
                Leaf(
                    paper=paper,
                    number=leaf.page.number,
                    picture=picture,
                    width=leaf.page.width,
                    height=leaf.page.height,
                )
            )
        _propose(act, paper, kit, proposals, wording.asked)
        paper.reading = _pack([leaf.page for leaf in leaves], paper.pk)
        paper.state, paper.message = Paper.State.READ, ""
        paper.save(update_fields=("reading",))
        act.save(paper, "state", "message")
        act.told("paper", id=paper.pk, pages=len(leaves), proposed=len(proposals))
    return f"读了 {len(leaves)} 页，读出 {len(proposals)} 栏，等人逐栏确认"


def _read(paper: Paper, progress: jobs.Progress | None) -> list[ReadLeaf]:
    def told(done: int, of: int) -> None:
        if progress:
            progress(f"正在读第 {done + 1} 页", done, of)

    with tempfile.TemporaryDirectory(prefix="mingbai-") as folder:
        paths = []
        for each in paper.originals.select_related("file"):
            path = Path(folder) / f"{each.place}{PICTURES[each.file.kind]}"
            path.write_bytes(files.content(each.file))
            paths.append(path)
        return papers.read(paths, _guard(), told)


def _propose(act: Commit, paper: Paper, kit: Furniture, proposals: Sequence[Proposal], asked: Sequence[str]) -> None:
    known = {each.column: each for each in paper.fields.all()}
    said = {each.column: each for each in proposals}
    wanted = [
        column.name
        for column in kit.register.columns
        if column.name in said or column.name in asked or column.name in kit.register.required_names
    ]
    for name in wanted:
        field, proposal = known.get(name) or Field(paper=paper, column=name), said.get(name)
        field.raw = proposal.raw if proposal else None
        field.proposed = _words(kit.register.by_name[name], proposal) if proposal else None
        field.doubts = (
            json.dumps(proposal.to_json()["doubts"], ensure_ascii=False) if proposal and proposal.doubts else None
        )
        field.confidence = round(proposal.confidence * 100) if proposal else 0
        field.page, field.region = (proposal.page, proposal.to_json()["region"]) if proposal else (0, [])
        act.save(field)
    for name, field in known.items():
        if name not in wanted and field.state == Field.State.PROPOSED:
            act.drop(Field.objects.filter(pk=field.pk))


def _words(column: Column, proposal: Proposal) -> str:
    """What stands in the field when it is asked about: the value as it is typed, else the letters as they were read."""
    if proposal.value is None:
        return proposal.raw
    value = (
        date.fromisoformat(proposal.value)
        if column.kind == "date" and isinstance(proposal.value, str)
        else proposal.value
    )
    return typed(column, value)


def _pack(pages: Sequence[Page], about: int) -> bytes:
    return seal(
        zlib.compress(json.dumps([page.to_json() for page in pages], ensure_ascii=False).encode(), 6),
        f"scans.paper.reading.{about}",
    )


def pages_of(paper: Paper) -> list[Page]:
    """The boxes of the pages, unsealed.

    :raises ScanError: before it was read.
    """
    if paper.reading is None:
        raise ScanError(paper.message or "这份纸质合同还在读，请稍等")
    return [
        Page.from_json(each)
        for each in json.loads(zlib.decompress(unseal(bytes(paper.reading), f"scans.paper.reading.{paper.pk}")))
    ]


def confirm(person: Person | None, paper: Paper, column: str, text: str) -> Field:
    """A person says what a field is; "" = it does not stand on the paper.

    :raises ScanError: for words that do not read as this column (nothing is stored), or after acceptance.
    """
    _still_open(paper)
    kit = furniture(paper.register)
    if paper.state != Paper.State.READ or column not in kit.register.by_name:
        raise ScanError("这份纸质合同还没有读好，或者没有这一栏")
    text = text.strip()
    if text:
        _values(kit, column, text)
    with commit(person, paper.organisation, "import", "确认一栏") as act:
        field = Field.objects.filter(paper=paper, column=column).first() or Field(paper=paper, column=column)
        field.state, field.text = (Field.State.CONFIRMED, text) if text else (Field.State.ABSENT, None)
        field.by, field.on = person, act.on
        act.save(field)
    return field


def _values(kit: Furniture, column: str, text: str) -> dict[str, Any]:
    reading = reader(kit.register.by_name[column], kit.register)(text)
    if reading.problem is not None:
        raise ScanError(reading.problem.reason, reading.problem.suggestions)
    if reading.value is None and not reading.also:
        raise ScanError("这样写等于没有填；纸上真没有的，请按“纸上没有”")
    said = {column: reading.value} | dict(reading.also)
    return {
        name: date.fromisoformat(value)
        if isinstance(value, str) and kit.register.by_name[name].kind == "date"
        else value
        for name, value in said.items()
        if value is not None
    }


def values_of(paper: Paper) -> dict[str, Any]:
    """The confirmed fields as typed values by column; what a field says of another column (per mu, from–to) gives way to
    that column's own field."""
    kit = furniture(paper.register)
    own: dict[str, Any] = {}
    also: dict[str, Any] = {}
    for field in paper.fields.filter(state=Field.State.CONFIRMED):
        for name, value in _values(kit, field.column, field.text).items():
            (own if name == field.column else also).setdefault(name, value)
    return also | own


def waiting(paper: Paper) -> QuerySet[Field]:
    """The fields nobody confirmed yet."""
    return paper.fields.filter(state=Field.State.PROPOSED)


def twins(paper: Paper, values: dict[str, Any]) -> list[Any]:
    """Records of the village this paper may belong to: of the same number, else of the same other side."""
    kit = furniture(paper.register)
    mine = kit.model._default_manager.filter(organisation=paper.organisation)
    number = next(
        (column.name for column in kit.register.columns if column.name.endswith("_no") and column.kind == "text"), ""
    )
    party = kit.road.party[0] if kit.road.party else ""
    found: list[Any] = []
    for name in (number, party):
        if name and values.get(name):
            found += [each for each in mine.filter(**{name: values[name]})[:10] if each not in found]
    return found


def accept(person: Person | None, paper: Paper, record: Record | None = None) -> Any:
    """The paper becomes a record, or evidence of one that is there (then nothing in the ledger changes; what differs is to
    be settled). One transaction; twice is once.

    :raises ScanError: while a field waits for a person, or for a record of another village or register.
    """
    kit = furniture(paper.register)
    with commit(person, paper.organisation, "import", "收下纸质合同") as act:
        paper = Paper.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=paper.pk)
        if paper.state == Paper.State.ACCEPTED:
            return kit.model._default_manager.get(pk=paper.record)
        left = waiting(paper).count()
        if paper.state != Paper.State.READ or left:
            raise ScanError(
                f"还有 {left} 栏没有确认，确认完才能收下" if left else paper.message or "这份纸质合同还没有读好"
            )
        values, attached = values_of(paper), record is not None
        if record is not None:
            if record.organisation_id != paper.organisation_id or record.register.name != paper.register:
                raise ScanError("只能附到同一个村的合同上")
            _compare(act, paper, record, values)
        else:
            for group in kit.register.required:
                if not any(values.get(name) for name in group):
                    raise ScanError(
                        f"{'或'.join(kit.register.by_name[name].title for name in group)}必须有一个，请填上再收下"
                    )
            asked = [field.column for field in paper.fields.all()]
            record = intake.enter(act, kit, kit.model(organisation=paper.organisation), values, asked)
        paper.state, paper.record, paper.attached = Paper.State.ACCEPTED, record.pk, attached
        act.save(paper, "state", "record", "attached")
        for each in Attachment.objects.filter(pk__in=paper.originals.values("file")):
            each.record, each.label = record.key, "合同原件扫描"
            act.save(each, "record", "label")
    return record


def _compare(act: Commit, paper: Paper, record: Record, values: dict[str, Any]) -> None:
    for field in paper.fields.filter(state=Field.State.CONFIRMED):
        if field.column in values and getattr(record, field.column) != values[field.column]:
            field.settled = Field.Settled.OPEN
            act.save(field, "settled")


def differences(paper: Paper, record: Record) -> list[tuple[Field, Any, Any]]:
    """Fields on which paper and ledger do not agree, or did not: (field, what the ledger says now, what the paper says)."""
    values = values_of(paper)
    return [
        (field, getattr(record, field.column), values.get(field.column))
        for field in paper.fields.exclude(settled=Field.Settled.NOTHING)
    ]


def settle(person: Person | None, paper: Paper, column: str, which: str) -> None:
    """Which holds of a difference: the paper (the record is changed) or the ledger (nothing is, the difference is closed).

    :raises ScanError: where nothing is open there.
    """
    kit = furniture(paper.register)
    field = paper.fields.filter(column=column, settled=Field.Settled.OPEN).first()
    if paper.state != Paper.State.ACCEPTED or field is None or which not in ("ledger", "paper"):
        raise ScanError("这一处没有要核对的")
    record = kit.model._default_manager.get(pk=paper.record)
    with commit(
        person,
        paper.organisation,
        "edit",
        "核对纸质合同",
        note=f"{kit.register.by_name[column].title}：{Field.Settled(which).label}",
    ) as act:
        act.about(record.key)
        if which == "paper":
            intake.enter(act, kit, record, {column: values_of(paper)[column]})
        field.settled = which
        act.save(field, "settled")


def drop(person: Person | None, paper: Paper, why: str) -> None:
    """Leaves a paper; its files are kept."""
    _still_open(paper)
    with commit(person, paper.organisation, "import", "放弃纸质合同", note=why) as act:
        paper.state, paper.message = Paper.State.DROPPED, why
        act.save(paper, "state", "message")


def _still_open(paper: Paper) -> None:
    paper.refresh_from_db(fields=("state",))
    if paper.state in (Paper.State.ACCEPTED, Paper.State.DROPPED):
        raise ScanError("这份纸质合同已经收下或放弃，不能再改；要改合同，请在它自己的页上改")
