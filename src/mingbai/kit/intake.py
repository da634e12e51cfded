"""Intake 导入: a workbook handed in, read as a job, looked at, mended cell by cell, and accepted through the door.

Read = accepted + rejected + skipped at every moment. The workbook stays as it came; mends lie over it. A row known
from an earlier file (by its contract number, else by its words) is updated or left alone, so that the same file twice
changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from django.db.models import Max

from mingbai.columns import Column, Register
from mingbai.kit.findings import fingerprint
from mingbai.kit.findings import receive as receive_findings
from mingbai.kit.furniture import Furniture, furniture
from mingbai.kit.lessons import learnt
from mingbai.kit.models import Heading, Mend, Upload
from mingbai.kit.record import SEALED, Record
from mingbai.places.models import Organisation, Party, Person
from mingbai.records import files, jobs
from mingbai.records.door import Commit, commit
from mingbai.sheets import Reading, Refused, read
from mingbai.sheets.guard import kept
from mingbai.sheets.reading import SheetReading
from mingbai.units import holds_numbers, mask_numbers
from mingbai.units.wording import phrase
from mingbai.vault.seal import mark, seal, unseal

READS = "kit.read"


class IntakeError(ValueError):
    """An upload that is not in the state for this; the sentence says what to do."""


def receive(person: Person | None, organisation: Organisation, register: str, name: str, data: bytes) -> Upload:
    """Keeps a workbook and queues its reading. The same bytes again give the upload there is.

    :raises records.files.UnwelcomeError: for what is no workbook.
    """
    same = Upload.objects.filter(
        organisation=organisation, register=register, file__sha256=hashlib.sha256(data).hexdigest()
    )
    same = same.exclude(state__in=(Upload.State.DROPPED, Upload.State.REFUSED))
    again = same.first()
    if again is not None:
        return again
    with commit(person, organisation, "import", "交来台账") as act:
        again = same.first()
        if again is not None:  # handed in twice at one moment
            act.told("upload", id=again.pk)
            return again
        file = files.keep(act, name, data, label="台账")
        upload = act.save(Upload(organisation=organisation, register=register, file=file, by=person, on=act.on))
        jobs.enqueue(
            READS,
            upload.pk,
            organisation=organisation,
            person=person,
            title=f"读 {file.name}",
            url=f"/imports/{upload.pk}/",
        )
    return upload


@jobs.works(READS)
def read_upload(progress: jobs.Progress | None, upload_id: int) -> str:
    """Reads a workbook with the mends and headings a person gave; says what came of it."""
    upload = Upload.objects.select_related("file", "organisation", "by").get(pk=upload_id)
    if upload.state in (Upload.State.ACCEPTED, Upload.State.DROPPED):
        return upload.message
    if progress:
        progress("正在读表")
    kit = furniture(upload.register)
    try:
        reading = _read(kit, upload)
    except Refused as refused:
        with commit(upload.by, upload.organisation, "import", "台账没读成") as act:
            upload.state, upload.message = Upload.State.REFUSED, str(refused)
            act.save(upload, "state", "message")
        return upload.message
    with commit(upload.by, upload.organisation, "import", "读台账") as act:
        upload.reading = _pack(reading, upload.pk)
        upload.read, upload.accepted = sum(s.read for s in reading.sheets), reading.accepted
        upload.rejected, upload.skipped = (
            sum(s.rejected for s in reading.sheets),
            sum(s.skipped for s in reading.sheets),
        )
        upload.letters = {sheet.name: letters for sheet in reading.sheets if (letters := sheet.letters())}
        upload.errors, upload.state, upload.message = len(reading.errors), Upload.State.READ, reading.sentence
        upload.save(update_fields=("reading", "letters"))
        act.save(upload, "read", "accepted", "rejected", "skipped", "errors", "state", "message")
    return phrase(
        "读 {read!s} 行 = 收 {accepted!s} + 退 {rejected!s} + 略 {skipped!s}",
        read=upload.read,
        accepted=upload.accepted,
        rejected=upload.rejected,
        skipped=upload.skipped,
    )


def _read(kit: Furniture, upload: Upload) -> Reading:
    cells: dict[str, dict[str, str]] = {}
    for mend in upload.mends.all():
        cells.setdefault(mend.sheet, {})[mend.cell] = mend.text
    own = learnt(upload.organisation, kit.register)
    headers = {**own.get("headers", {}), **{heading: column or None for heading, column in upload.mapping.items()}}
    wish = {**own, "sheets": {}, "cells": cells, "headers": headers}
    with on_disk(upload) as path:
        return read(path, kit.register, wish, kept())


class on_disk:  # noqa: N801 - read as words: with on_disk(upload) as path
    """The workbook as a file for the reading child, gone afterwards."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload

    def __enter__(self) -> Path:
        self._folder = tempfile.TemporaryDirectory(prefix="mingbai-")
        path = Path(self._folder.name) / f"workbook{Path(self.upload.file.name).suffix.lower()}"
        path.write_bytes(files.content(self.upload.file))
        return path

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


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
        f"kit.upload.reading.{about}",
    )


def reading_of(upload: Upload) -> Reading:
    """What was read of an upload.

    :raises IntakeError: when it was not read yet, or could not be.
    """
    if upload.reading is None:
        raise IntakeError(upload.message or "这个文件还在读，请稍等")
    whole = json.loads(zlib.decompress(unseal(bytes(upload.reading), f"kit.upload.reading.{upload.pk}")))
    sheets = [SheetReading(**sheet) for sheet in whole.pop("sheets")]
    return Reading(file=upload.file.name, register=furniture(upload.register).register, sheets=sheets, **whole)


def mend_cell(person: Person | None, upload: Upload, sheet: str, cell: str, text: str) -> None:
    """Says what a cell should be; the file is read again at once.

    :raises IntakeError: after it was accepted.
    """
    _still_open(upload)
    with commit(person, upload.organisation, "import", "改格") as act:
        old = Mend.objects.filter(upload=upload, sheet=sheet, cell=cell).first()
        entry = old or Mend(upload=upload, sheet=sheet, cell=cell)
        entry.text, entry.by = text, person
        act.save(entry)
        act.told(f"{sheet}!{cell}", upload=upload.pk)
    read_upload(None, upload.pk)
    upload.refresh_from_db()


def settle(person: Person | None, upload: Upload, headings: Mapping[str, str]) -> None:
    """Says which heading is which column (``""`` = none of them); remembered for the village, offered to neighbours.

    :raises IntakeError: for a column there is not, or after acceptance.
    """
    _still_open(upload)
    register = furniture(upload.register).register
    for column in headings.values():
        if column and column not in register.by_name:
            raise IntakeError(f"没有“{column}”这一栏")
    with commit(person, upload.organisation, "import", "对表头") as act:
        upload.mapping = {**Upload.objects.get(pk=upload.pk).mapping, **headings}
        act.save(upload, "mapping")
        for heading, column in headings.items():
            old = Heading.objects.filter(
                organisation=upload.organisation, register=register.name, heading=heading
            ).first()
            entry = old or Heading(organisation=upload.organisation, register=register.name, heading=heading)
            entry.column = column
            act.save(entry)
    read_upload(None, upload.pk)
    upload.refresh_from_db()


def drop(person: Person | None, upload: Upload, why: str) -> None:
    """Leaves an upload; the file is kept."""
    _still_open(upload)
    with commit(person, upload.organisation, "import", "放弃导入", note=why) as act:
        upload.state, upload.message = Upload.State.DROPPED, why
        act.save(upload, "state", "message")


def accept(person: Person | None, upload: Upload) -> Upload:
    """Takes the accepted rows into the register, in one transaction, and checks them. Twice is once.

    :raises IntakeError: when it is not ready, or nothing in it can be accepted.
    """
    organisation = upload.organisation
    upload.refresh_from_db(fields=("state",))
    if upload.state == Upload.State.ACCEPTED:
        upload.refresh_from_db()
        return upload
    with commit(person, organisation, "import", "收下台账") as act:
        upload = Upload.objects.select_for_update(of=("self",)).select_related("file", "organisation").get(pk=upload.pk)
        if upload.state == Upload.State.ACCEPTED:
            return upload
        if upload.state != Upload.State.READ:
            raise IntakeError(upload.message or "这个文件还没有读好")
        if not upload.accepted:
            raise IntakeError("没有一行可以收下：请先对表头、改错格")
        kit = furniture(upload.register)
        counts = _store(act, kit, upload, reading_of(upload))
        upload.state = Upload.State.ACCEPTED
        upload.added, upload.changed, upload.same = counts["added"], counts["changed"], counts["same"]
        act.save(upload, "state", "added", "changed", "same")
    return upload


@dataclass(slots=True)
class _Known:
    """Records the village has, to know a row again."""

    by_serial: dict[int, int]
    by_print: dict[str, list[int]]
    by_number: dict[str, int]
    prints: dict[int, str]


def _known(kit: Furniture, organisation: Organisation) -> _Known:
    numbered = _number_column(kit.register)
    fields = ["pk", "serial", "fingerprint", *([numbered] if numbered else [])]
    known = _Known({}, {}, {}, {})
    often: Counter[str] = Counter()
    for pk, serial, seen, *number in kit.model._default_manager.filter(organisation=organisation).values_list(*fields):
        known.by_serial[serial] = pk
        known.by_print.setdefault(seen, []).append(pk)
        known.prints[pk] = seen
        if number and number[0]:
            known.by_number[number[0]] = pk
            often[number[0]] += 1
    known.by_number = {number: pk for number, pk in known.by_number.items() if often[number] == 1}
    return known


def _number_column(register: Register) -> str:
    return next(
        (column.name for column in register.columns if column.name.endswith("_no") and column.kind == "text"), ""
    )


def _store(act: Commit, kit: Furniture, upload: Upload, reading: Reading) -> Counter[str]:
    organisation, register, model = upload.organisation, kit.register, kit.model
    names = [column.name for column in register.columns]
    known = _known(kit, organisation)
    numbered = _number_column(register)
    serial = max(known.by_serial, default=0)
    rows = list(rows_of(kit.register, reading))
    in_file = Counter(values[names.index(numbered)] for _, values, _, _ in rows) if numbered else Counter()
    party_of = _parties(act, kit, organisation, names, [values for _, values, _, _ in rows])
    fresh: list[tuple[Any, ...]] = []
    changed: list[tuple[int, tuple[Any, ...]]] = []
    counts: Counter[str] = Counter()
    at = names.index(numbered) if numbered else 0
    for (place, values, headings, doubtful), party in zip(rows, party_of, strict=True):
        seen = fingerprint(values)
        number = values[at] if numbered else None
        twins = known.by_print.get(seen)
        if twins:
            twins.pop()
            counts["same"] += 1
            continue
        stored = (*values, party, upload.pk, place[0], place[1], seen, headings, doubtful)
        pk = known.by_number.pop(number, None) if number and in_file[number] == 1 else None
        if pk is not None:
            changed.append((pk, _unread_kept(kit, pk, names, stored, doubtful)))
        else:
            fresh.append(stored)
    counts.update(added=len(fresh), changed=len(changed))
    own = (*names, "party", "upload", "source_sheet", "source_row", "fingerprint", "headings", "doubtful")
    if changed:
        act.rewrite(model, own, changed)
        act.told(model._meta.label_lower, updated=[pk for pk, _ in changed])
    if fresh or changed:
        columns = dict(zip(own, zip(*fresh, strict=True), strict=True)) if fresh else dict.fromkeys(own, ())
        numbers = act.numbers(model, len(fresh))
        standing = receive_findings(
            kit,
            act,
            organisation,
            {
                "_row": numbers,
                "_file": [organisation.code] * len(fresh),
                "_sheet": [""] * len(fresh),
                "_headings": columns["headings"],
                "_doubtful": columns["doubtful"],
                **{column.name: columns[column.name] for column in register.columns if column.kind not in SEALED},
            },
        )
        act.add(
            model,
            ("id", "organisation", "serial", *own, "klass", *Record.DERIVED),
            [
                (pk, organisation.pk, serial, *stored, "", *stands)
                for serial, (pk, stored, stands) in enumerate(zip(numbers, fresh, standing, strict=True), serial + 1)
            ],
        )
    act.told(
        "upload",
        id=upload.pk,
        sha256=upload.file.sha256,
        read=upload.read,
        accepted=upload.accepted,
        rejected=upload.rejected,
        skipped=upload.skipped,
        added=counts["added"],
        changed=counts["changed"],
        same=counts["same"],
    )
    return counts


def _unread_kept(kit: Furniture, pk: int, names: list[str], stored: tuple[Any, ...], doubtful: str) -> tuple[Any, ...]:
    """The row for a record that is there already: a cell nobody could read (a masked number of an export, a doubt)
    takes nothing away from it."""
    unread = [name for name in doubtful.split("|") if name in names]
    if not unread:
        return stored
    old = kit.model._default_manager.filter(pk=pk).values_list(*unread).get()
    kept = dict(zip(unread, old, strict=True))
    return (*(kept.get(name, value) for name, value in zip(names, stored, strict=False)), *stored[len(names) :])


def _parties(
    act: Commit, kit: Furniture, organisation: Organisation, names: list[str], rows: list[list[Any]]
) -> list[int | None]:
    """The party of each row: the village's own by name and identity number, made where it is new. Whether two parties
    are one person is for a person to say."""
    if not kit.road.party:
        return [None] * len(rows)
    name, id_no, phone = (names.index(each) for each in kit.road.party)
    wanted = [(str(row[name])[:200], mark(row[id_no]) if row[id_no] else "") if row[name] else None for row in rows]
    known = {
        (each, sign): pk
        for pk, each, sign in Party.objects.filter(organisation=organisation).values_list("pk", "name", "id_mark")
    }
    new = {key: row for key, row in zip(wanted, rows, strict=True) if key is not None and key not in known}
    act.add(
        Party,
        ("organisation", "name", "id_mark", "id_no", "phone"),
        [(organisation.pk, *key, row[id_no], row[phone]) for key, row in new.items()],
    )
    if new:
        known = {
            (each, sign): pk
            for pk, each, sign in Party.objects.filter(organisation=organisation).values_list("pk", "name", "id_mark")
        }
    return [known[key] if key is not None else None for key in wanted]


def rows_of(register: Register, reading: Reading) -> Iterator[tuple[tuple[str, int], list[Any], str, str]]:
    """The rows a reading accepted, as they are stored: (sheet, row), values of the register's columns, headings, doubtful columns."""
    names = [column.name for column in register.columns]
    doubtful: dict[tuple[str, int], list[str]] = {}
    for error in reading.errors:
        doubtful.setdefault((error.get("part", error["sheet"]), error["row"]), []).append(error["column"] or "")
    for sheet in reading.sheets:
        maps = [sheet.mapping, *(block["mapping"] for block in sheet.blocks)]
        present = sorted({entry["column"] for each in maps for entry in each if entry["column"]})
        headings = "|".join(("", *present, ""))
        columns = [
            _discreet(register.by_name[name], sheet.columns.get(name) or [None] * sheet.accepted) for name in names
        ]
        for row, *values in zip(sheet.row_numbers, *columns, strict=True):
            silent = doubtful.get((sheet.name, row))
            yield (sheet.name, row), values, headings, "|".join(("", *silent, "")) if silent else "||"


def _discreet(column: Column, values: Sequence[Any]) -> Sequence[Any]:
    """A column as it is stored: of numbers of persons that stand in free text, a part (:class:`FreeText`)."""
    if column.kind != "text" or column.sealed or column.reference:
        return values
    if not holds_numbers("\n".join(filter(None, values))):  # a whole column at once: most hold none
        return values
    return [mask_numbers(value) if value else value for value in values]


def next_serial(kit: Furniture, organisation: Organisation) -> int:
    last = kit.model._default_manager.filter(organisation=organisation).aggregate(Max("serial"))["serial__max"]
    return (last or 0) + 1


def edit(person: Person | None, record: Record, values: Mapping[str, Any], note: str = "") -> Record:
    """Changes a record's columns by hand; its findings are made anew."""
    kit = furniture(record.register.name)
    with commit(person, record.organisation, "edit", phrase("改{register}", register=kit.title), note=note) as act:
        enter(act, kit, record, values)
    record.refresh_from_db()
    return record


def enter(
    act: Commit, kit: Furniture, record: Record, values: Mapping[str, Any], asked: Sequence[str] | None = None
) -> Any:
    """Columns of one record, new or known, through an open door. ``asked``: the columns its source had a place for; None = all."""
    fresh = record if record.pk is None else kit.model._default_manager.select_for_update().get(pk=record.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.fingerprint = fingerprint(_stored(fresh, column.name) for column in kit.register.columns)
    if fresh.pk is None:
        fresh.serial = next_serial(kit, fresh.organisation)
        fresh.headings = "|".join(
            ("", *sorted(column.name for column in kit.register.columns if asked is None or column.name in asked), "")
        )
        fresh.doubtful = "||"
        if asked is not None:
            names = [column.name for column in kit.register.columns]
            fresh.party_id = _parties(act, kit, fresh.organisation, names, [[getattr(fresh, name) for name in names]])[
                0
            ]
        act.save(fresh)
    else:  # its own cells only: somebody else may be at another
        act.save(fresh, *values, "fingerprint")
    act.recheck(f"findings:{kit.name}", fresh.organisation)
    return fresh


def _stored(record: Record, name: str) -> Any:
    value = getattr(record, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _still_open(upload: Upload) -> None:
    if upload.state in (Upload.State.ACCEPTED, Upload.State.DROPPED):
        raise IntakeError("这个文件已经收下或放弃，不能再改；要改哪一条，请在它自己的页上改")
