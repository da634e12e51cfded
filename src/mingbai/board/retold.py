"""Rows against the events that wrote them: what an event last said of a field is what the field holds.

    for each in differences(places):   # of these organisations' chains
        each.organisation, each.what

Every row :meth:`~mingbai.records.door.Commit.save` wrote is told of field by field. A record that came with a workbook is what
was read there (the reading is sealed), until an event says otherwise. Not compared: sealed values and bytes an event wrote, of
which it tells nothing; the models in :data:`LEFT_OUT`; other rows that were added many at a time, until one of them is saved.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from mingbai.books.models import BankAccount, Import, Month
from mingbai.kit.intake import IntakeError, reading_of, rows_of
from mingbai.kit.models import Case, Finding, Step, Upload
from mingbai.kit.record import SEALED, Record
from mingbai.letters.models import Letter
from mingbai.notices.models import Notice
from mingbai.places.models import Grant, Home, Organisation, Person, Role
from mingbai.records.chain import discreet
from mingbai.records.models import Attachment, Decision, Event, Job, Receipt
from mingbai.registers.contracts.models import ContractEvent
from mingbai.scans.models import Field, Leaf
from mingbai.vault.fields import SealedField
from mingbai.vault.seal import Unopenable

LEFT_OUT: tuple[type[models.Model], ...] = (Upload, Import, Leaf, Field, Job, Home)
"""These are written without a line too: by an import, by what is recomputed, while a file is read again, by the demo's clock."""
ONLY: dict[type[models.Model], tuple[str, ...]] = {Finding: ("state", "reason", "by_id", "on", "case_id")}
"""What a person made of a finding; the rest of it, and one nobody judged, is made anew and comes and goes without a line."""
ALWAYS_TOLD: tuple[type[models.Model], ...] = (
    Receipt,
    Decision,
    Grant,
    Role,
    Person,
    Case,
    Step,
    Letter,
    Notice,
    BankAccount,
    Attachment,
    ContractEvent,
)
"""No row of these comes to be but by an event that tells of it."""
MOVING = frozenset((*Record.DERIVED, "fingerprint", "headings", "doubtful"))
"""What a record has that is made anew from its columns, or is of use to its next import only."""
_DECIDED = ("klass", "cell_id")
"""What people decide of a record beside its columns; no import does."""
HIDDEN = "•••"
_AT_ONCE = 500


class Difference(NamedTuple):
    organisation: int
    what: str


@dataclass(slots=True)
class _Told:
    """What events say of a row: field → value as told; ``whole``: of every field, those that are empty unsaid."""

    organisation: int
    whole: bool = False
    removed: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


def differences(places: Collection[int]) -> Iterator[Difference]:
    """Rows of which the chains of these organisations (by number) tell otherwise. All chains are read: more than one may tell of a row."""
    told, numbers, founded = _read()
    for model, rows in told.items():
        mine = {pk: said for pk, said in rows.items() if said.organisation in places}
        yield from _compared(model, mine)
    records = [each for each in apps.get_models() if issubclass(each, Record)]
    for model in records:
        yield from _counted(model, numbers[model], places)
        for upload in Upload.objects.filter(
            organisation__in=places, register=model.register.name, state=Upload.State.ACCEPTED
        ).order_by("pk"):
            yield from _imported(model, upload, told.get(model, {}))
    if founded:  # before there was a chain nothing was told of
        for model in ALWAYS_TOLD:
            yield from _untold(model._default_manager.all(), told.get(model, {}), places)
        yield from _untold(Finding.objects.exclude(state=Finding.State.OPEN), told.get(Finding, {}), places)
        for model in records:
            yield from _untold(model._default_manager.filter(upload=None), told.get(model, {}), places)
        yield from _untold(Month.objects.filter(closed=True), told.get(Month, {}), places)


def _read() -> tuple[dict[type[models.Model], dict[int, _Told]], dict[type[models.Model], Counter[int]], bool]:
    """What all events say last, how many rows of each model they say an organisation has, and whether they begin where the home does."""
    known: dict[str, type[models.Model]] = {
        model._meta.label_lower: model for model in apps.get_models() if model.__module__.startswith("mingbai.")
    }
    found: dict[type[models.Model], dict[int, _Told]] = defaultdict(dict)
    numbers: dict[type[models.Model], Counter[int]] = defaultdict(Counter)
    founded = False
    for place, lines in Event.objects.order_by("pk").values_list("organisation_id", "lines").iterator(chunk_size=500):
        for line in lines:
            label, _, number = line["what"].partition(":")
            model = known.get(label)
            founded |= model is Home and "was" not in line
            if model is None or issubclass(model, LEFT_OUT):
                continue
            numbers[model][place] += line.get("added", 0) or (number.isdigit() and ("now" in line) - ("was" in line))
            for pk in line.get("updated", ()):  # an import wrote the whole row
                found[model].pop(pk, None)
            if number.isdigit() and ("now" in line or "was" in line):
                _one(found[model].setdefault(int(number), _Told(place)), place, line)
            elif isinstance(line.get("rows"), list) and "now" in line:
                for pk in line["rows"]:
                    if pk in found[model] or issubclass(model, Record):
                        _many(model, found[model].setdefault(pk, _Told(place)), line["now"])
    return found, numbers, founded


def _one(row: _Told, place: int, line: dict[str, Any]) -> None:
    row.organisation, row.removed = place, "now" not in line
    if "was" not in line:
        row.whole, row.fields = True, dict(line["now"])
    else:
        row.fields.update(line.get("now", {}))


def _many(model: type[models.Model], row: _Told, now: dict[str, Any]) -> None:
    for name, value in now.items():
        column: Any = model._meta.get_field(name)
        if column.is_relation and not (value is None or isinstance(value, int)):  # the words for a row, not its number
            row.fields[column.attname] = HIDDEN
        else:
            row.fields[column.attname] = value


def _compared(model: type[models.Model], rows: dict[int, _Told]) -> Iterator[Difference]:
    columns = [
        each
        for each in model._meta.concrete_fields
        if each.attname in ONLY.get(model, (each.attname,))
        and not each.primary_key
        and not (issubclass(model, Record) and each.name in MOVING)
        and not isinstance(each, SealedField | models.BinaryField)
    ]
    for numbers in _parts(sorted(rows)):
        stands = {
            pk: values
            for pk, *values in model._default_manager.filter(pk__in=numbers).values_list(
                "pk", *(each.attname for each in columns)
            )
        }
        for pk in numbers:
            said, row = rows[pk], f"{model._meta.verbose_name} {model._meta.db_table} 第 {pk} 号"
            if pk not in stands:
                if not said.removed and not (
                    model is Finding and said.fields.get("state", Finding.State.OPEN) == Finding.State.OPEN
                ):
                    yield Difference(said.organisation, f"{row}不见了：审计记录说登记过，没有说删去")
                continue
            if said.removed:
                yield Difference(said.organisation, f"{row}还在，审计记录说删去了")
                continue
            for column, value in zip(columns, stands[pk], strict=True):
                if not _agrees(column, said, value) and not (
                    model is Role and column.name == "powers" and _given(pk, said.fields.get("powers", []), value)
                ):
                    yield Difference(
                        said.organisation,
                        f"{row}的{column.verbose_name}（{column.name}）是 {_brief(value)}，审计记录说是 {_brief(said.fields.get(column.attname))}",
                    )


def _counted(model: type[Record], told: Counter[int], places: Collection[int]) -> Iterator[Difference]:
    """How many records of a register the organisations have, and should have."""
    there = Counter(
        model._default_manager.filter(organisation__in=places).order_by().values_list("organisation", flat=True)
    )
    for place in sorted(there.keys() | (told.keys() & set(places))):
        if there[place] != told[place]:
            yield Difference(
                place, f"{model.register.title}有 {there[place]} 条记录，审计记录说登记过 {told[place]} 条"
            )


def _imported(model: type[Record], upload: Upload, told: dict[int, _Told]) -> Iterator[Difference]:
    """Records against what was read of the workbook they came with, column by column where no event has said otherwise since."""
    columns = model.register.columns
    try:
        read = {place: values for place, values, *_ in rows_of(model.register, reading_of(upload))}
    except (IntakeError, Unopenable, ValueError) as error:
        yield Difference(
            upload.organisation_id, f"文件 {upload.file.name}（导入第 {upload.pk} 号）读出的内容打不开：{error}"
        )
        return
    rows = model._default_manager.filter(upload=upload).order_by("pk")
    for pk, sheet, row, doubtful, klass, cell, *values in rows.values_list(
        "pk", "source_sheet", "source_row", "doubtful", *_DECIDED, *(each.name for each in columns)
    ):
        said, name = told.get(pk), f"{model.register.title} {model._meta.db_table} 第 {pk} 号"
        for what, value in zip(_DECIDED, (klass, cell), strict=True):
            if value and (said is None or what not in said.fields):
                yield Difference(
                    upload.organisation_id,
                    f"{name}的{model._meta.get_field(what).verbose_name}（{what}）是 {_brief(value)}，没有一条审计记录说定过",
                )
        if (sheet, row) not in read:
            yield Difference(
                upload.organisation_id,
                f"{name}记着来自 {upload.file.name} 的“{sheet}”第 {row} 行，那里没有收过这一行，或另有一条记录已经来自它",
            )
            continue
        for column, was, value in zip(columns, read.pop((sheet, row)), values, strict=True):
            unread = (
                f"|{column.name}|" in doubtful and was is None
            )  # an import leaves what there was where it could not read
            if not unread and (said is None or column.name not in said.fields) and _plain(was) != _plain(value):
                shown = (
                    ("别的号码", "另一个") if column.kind in SEALED or column.sealed else (_brief(value), _brief(was))
                )
                yield Difference(
                    upload.organisation_id,
                    f"{name}的{column.title}（{column.name}）是 {shown[0]}，{upload.file.name} 的“{sheet}”第 {row} 行读出的是 {shown[1]}，没有一条审计记录说改过",
                )


def _agrees(column: Any, row: _Told, value: Any) -> bool:
    if column.attname not in row.fields:
        return not row.whole or value in (None, "", [], {}) or value == column.get_default()
    told = row.fields[column.attname]
    if told == HIDDEN or told == _plain(value):
        return True
    try:  # a value given in another kind (a number as text) is told as it was given
        typed = (column.target_field if column.is_relation else column).to_python(told)
    except (ValidationError, TypeError, ValueError):
        return False
    return typed == value or bool(_plain(typed) == _plain(value))


def _given(pk: int, told: list[str], value: list[str]) -> bool:
    """Whether a role has the powers it was given with, and besides only those that a later version gave the roles of its name."""
    key = Role.objects.values_list("key", flat=True).get(pk=pk)
    later = {
        power
        for name in ("notices.migrations.0002_powers", "books.migrations.0003_powers")
        for power in import_module(f"mingbai.{name}").POWERS.get(key, ())
    }
    return value[: len(told)] == told and later.issuperset(value[len(told) :])


def _untold(rows: models.QuerySet[Any], told: Collection[int], places: Collection[int]) -> Iterator[Difference]:
    model, owner = rows.model, getattr(rows.model, "owner", None)
    top = None if owner else Organisation.objects.order_by("path").values_list("pk", flat=True).first()
    for pk, place in rows.order_by("pk").values_list("pk", owner or "pk").iterator(chunk_size=10_000):
        if pk not in told and (at := place if top is None else top) in places:
            yield Difference(
                at, f"{model._meta.verbose_name} {model._meta.db_table} 第 {pk} 号这样，没有一条审计记录说过"
            )


def _parts(numbers: list[int]) -> Iterable[list[int]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(discreet(value)))


def _brief(value: Any) -> str:
    said = _plain(value)
    return "空" if said in (None, "", [], {}) else f"“{str(said)[:40]}”"
