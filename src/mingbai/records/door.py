"""``commit()``: the one door for writing. One transaction, one audit event, and what must be recomputed.

    with commit(person, village, "edit", "改合同", on=today) as act:
        act.save(contract)
        act.recheck("contracts", village)

Whoever opens the door must hold the power over the organisation; a write while no door is open is refused by
:mod:`mingbai.records.guard`, and ``tests/house/test_door.py`` looks for any that goes round it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import repeat
from typing import Any, TypeVar

import polars as pl
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from mingbai.places.clock import today
from mingbai.places.models import Organisation, Person
from mingbai.places.scope import scope
from mingbai.records import bulk
from mingbai.records.chain import End, append, discreet, end_of, ends
from mingbai.units import holds_numbers, mask_numbers
from mingbai.vault.fields import FreeLine, FreeText, SealedField

M = TypeVar("M", bound=models.Model)
Recompute = Callable[["Commit", Organisation], None]
Together = Callable[["Commit", Sequence[Organisation]], None]

_open: ContextVar[Commit | None] = ContextVar("commit", default=None)
_recompute: dict[str, Recompute] = {}
_together: dict[str, Together] = {}
_follows: dict[type[models.Model], list[str]] = {}
_later: ContextVar[frozenset[str]] = ContextVar("later", default=frozenset())


class DoorError(RuntimeError):
    """A write outside the door, or a door inside a door."""


def recomputes(
    name: str, how: Recompute, after: type[models.Model] | None = None, together: Together | None = None
) -> None:
    """Names what ``act.recheck(name, organisation)`` runs, inside the transaction, when the door closes. With ``after``
    it is asked for by itself whenever rows of that model were written. ``together``: the same for many organisations at
    once, where one door wrote for many (:meth:`Commit.of`)."""
    _recompute[name] = how
    if together is not None:
        _together[name] = together
    if after is not None and name not in _follows.setdefault(after, []):
        _follows[after].append(name)


@contextmanager
def later(*names: str) -> Iterator[None]:
    """What these recompute is left out of the doors within: many open one after the other, and whoever opens them has it
    made anew for all of them afterwards."""
    token = _later.set(frozenset(names))
    try:
        yield
    finally:
        _later.reset(token)


def is_open() -> bool:
    return _open.get() is not None


@dataclass
class Commit:
    """An open door."""

    person: Person | None
    organisation: Organisation
    deed: str
    on: date
    note: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    _rechecks: dict[tuple[str, int], Organisation] = field(default_factory=dict)
    _about: set[str] = field(default_factory=set)
    _at: Sequence[Organisation] = ()
    """The organisations whose rows are being written, where they are not the door's own."""
    _end: End | None = None

    def about(self, record: str) -> None:
        """Says that this is (also) about a record, ``contracts:12``: it stands in the record's history."""
        self._about.add(record)

    def save(self, row: M, *fields: str) -> M:
        """Creates or updates one row; the event tells what it was and what it is."""
        self._written(type(row))
        was = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
        row.save(update_fields=fields or None)
        names = [f.attname for f in row._meta.concrete_fields if not f.primary_key and (not fields or f.name in fields)]
        now = {name: _shown(row, name) for name in names}
        if was is None:
            self._line(row, now={name: value for name, value in now.items() if value not in (None, "", [], {})})
        else:
            changed = [name for name in names if getattr(was, name) != getattr(row, name)]
            if changed:
                self._line(row, was={n: _shown(was, n) for n in changed}, now={n: now[n] for n in changed})
        return row

    def add(self, model: type[M], columns: Sequence[str], rows: Iterable[Sequence[Any]] | pl.DataFrame) -> int:
        """Many new rows at once, by one statement; the event tells how many. Gives the number of rows.

        A data frame has the columns in their order, as plain values: numbers of other rows, dates as ISO text.
        """
        number = self.derive(model, columns, rows)
        if number:
            self.lines.append({"what": model._meta.label_lower, "added": number})
        return number

    @contextmanager
    def adding(self, model: type[M], columns: Sequence[str], rows: pl.DataFrame) -> Iterator[None]:
        """As :meth:`add`, with something else to do while the database takes them; they stand at the end of the block."""
        with self._inserting(model, columns, rows):
            self.lines.append({"what": model._meta.label_lower, "added": len(rows)})
            yield

    def derive(self, model: type[M], columns: Sequence[str], rows: Iterable[Sequence[Any]] | pl.DataFrame) -> int:
        """Many new rows of what is derived from others: as :meth:`add`, without a line."""
        with self._inserting(model, columns, rows) as number:
            return number

    @contextmanager
    def _inserting(
        self, model: type[M], columns: Sequence[str], rows: Iterable[Sequence[Any]] | pl.DataFrame
    ) -> Iterator[int]:
        ready: pl.DataFrame | list[tuple[Any, ...]]
        if isinstance(rows, pl.DataFrame):
            names = list(columns)
            ready = _discreet([model._meta.get_field(name) for name in names], rows)
        else:
            turned = list(zip(*rows, strict=True))
            said = [
                (name, values)
                for name, values in zip(columns, turned or repeat(()), strict=bool(turned))
                if values.count(None) < len(values)
            ]  # a column of nothing need not be written
            names = [name for name, _ in said]
            ready = _prepared([model._meta.get_field(name) for name in names], [values for _, values in said])
        if not len(ready):
            yield 0
            return
        self._written(model)
        with bulk.inserting(bulk.table(model, tuple(names)), ready):
            yield len(ready)

    def gather(self, model: type[M], keys: Sequence[str], sums: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Adds to the ``sums`` of derived rows known by their ``keys``, and makes those that are not there yet. ``rows``
        hold keys and sums in that order, every key once; a unique constraint stands on the keys."""
        fields = [model._meta.get_field(name) for name in (*keys, *sums)]
        ready = _prepared(fields, list(zip(*rows, strict=True)))
        if ready:
            self._written(model)
            bulk.gather(bulk.table(model, (*keys, *sums)), len(keys), ready)
        return len(ready)

    def numbers(self, model: type[models.Model], count: int) -> list[int]:
        """Primary keys for rows that are yet to be added: given to nobody else, in order."""
        table = model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [f'"{table}"', count],
                )
                return [number for (number,) in cursor.fetchall()]
            cursor.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = %s", [table]
            )  # ours alone: the door holds the database's one lock
            (last,) = cursor.fetchone() or (0,)
            return list(range(last + 1, last + 1 + count))

    def change(self, rows: models.QuerySet[M], **values: Any) -> int:
        """The same change to many rows; the event tells which."""
        which = sorted(rows.values_list("pk", flat=True))
        if which:
            model = rows.model
            self._written(model)
            model._default_manager.filter(pk__in=which).update(**values)
            shown = {name: discreet(value) for name, value in values.items()}
            self.lines.append({"what": model._meta.label_lower, "rows": which, "now": shown})
        return len(which)

    def rewrite(self, model: type[M], columns: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> int:
        """New values for derived columns of many rows, (pk, values), by one statement and without a line: what is
        derived can be rebuilt."""
        fields = [model._meta.get_field(name) for name in columns]
        pairs = list(rows)
        ready = [
            (*values, pk)
            for values, (pk, _) in zip(
                _prepared(fields, list(zip(*(values for _, values in pairs), strict=True))), pairs, strict=True
            )
        ]
        if ready:
            self._written(model)
            quote = connection.ops.quote_name
            sets = ", ".join(f"{quote(f.column)} = %s" for f in fields)
            with connection.cursor() as cursor:
                cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote('id')} = %s", ready)  # noqa: S608
        return len(ready)

    def drop(self, rows: models.QuerySet[M]) -> int:
        """Takes away derived rows."""
        self._written(rows.model)
        return rows.delete()[0]

    def remove(self, row: models.Model, why: str) -> None:
        self._line(row, was={f.attname: _shown(row, f.attname) for f in row._meta.concrete_fields}, why=why)
        self._written(type(row))
        row.delete()

    def told(self, what: str, **facts: Any) -> None:
        """A fact for the event that is no row of its own (how many rows a file had, which seed was drawn)."""
        self.lines.append({"what": what, **{name: discreet(value) for name, value in facts.items()}})

    @contextmanager
    def of(self, organisations: Sequence[Organisation]) -> Iterator[None]:
        """Within, what is derived is written for these organisations at or below the door's: what follows from it is
        recomputed for each of them."""
        before, self._at = self._at, organisations
        try:
            yield
        finally:
            self._at = before

    def alone(self, *questions: tuple[str, Sequence[Any]]) -> list[list[tuple[Any, ...]]]:
        """The rows of questions asked while nobody else writes for the organisation: whoever comes later waits till this door
        is closed. What holds it is the end of its chain, which the event needs anyway, or its own row where it has none."""
        end, *answers = bulk.send([ends(self.organisation), *questions])
        if not end and connection.vendor != "sqlite":
            _, end, *answers = bulk.send(
                [
                    ("SELECT 1 FROM places_organisation WHERE id = %s FOR NO KEY UPDATE", [self.organisation.pk]),
                    ends(self.organisation),
                    *questions,
                ]
            )
        self._end = end_of(end)
        return answers

    def recheck(self, name: str, organisation: Organisation | None = None) -> None:
        """What must be recomputed before the door closes, once however often it is asked for."""
        place = organisation or self.organisation
        if name not in _later.get():
            self._rechecks[name, place.pk] = place

    def _line(self, row: models.Model, **facts: Any) -> None:
        self.lines.append({"what": f"{row._meta.label_lower}:{row.pk}", **facts})
        record = str(getattr(row, "key", ""))
        if ":" in record:
            self._about.add(record)

    def _written(self, model: type[models.Model]) -> None:
        for name in _follows.get(model, ()):
            for place in self._at or (self.organisation,):
                self.recheck(name, place)

    def _recompute(self) -> None:
        while self._rechecks:  # the last asked for comes first: what follows from rows waits until they stand
            (name, _), last = self._rechecks.popitem()
            alike = [key for key in self._rechecks if key[0] == name] if name in _together else []
            places = [*(self._rechecks.pop(key) for key in alike), last]
            with self.of(places):
                if alike:
                    _together[name](self, places)
                else:
                    _recompute[name](self, last)


@contextmanager
def commit(
    person: Person | None,
    organisation: Organisation,
    power: str,
    deed: str,
    *,
    on: date | None = None,
    note: str = "",
    quiet: bool = False,
) -> Iterator[Commit]:
    """Opens the door. ``person`` None is the command line, which holds the files anyway. ``quiet``: no event where
    nothing but what is derived was written (a recheck that found everything as it was).

    :raises PermissionDenied: when the person does not hold ``power`` over the organisation.
    :raises DoorError: inside another door.
    """
    if _open.get() is not None:
        raise DoorError("commit() inside commit(): hand the open one down")
    if person is not None and not scope(person, power).covers(organisation):
        raise PermissionDenied(f"{person.name}对{organisation.name}没有“{power}”的权力")
    act = Commit(person, organisation, deed, on or today(), note)
    with _uncollected(), transaction.atomic():
        token = _open.set(act)
        try:
            yield act
            act._recompute()
            if act.lines or not quiet:
                append(act.organisation, act.person, act.deed, act.on, act.note, act.lines, act._about, act._end)
        finally:
            _open.reset(token)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Garbage waits for the door to close: looking through a hundred thousand rows on their way to the database, none of
    which is garbage, takes a fifth of the time they need."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def derived() -> Iterator[None]:
    """For what can be rebuilt from the records at any time (job progress, roll-ups): written without an event."""
    token = _open.set(_open.get() or Commit(None, Organisation(), "derived", date.min))
    try:
        with transaction.atomic():
            yield
    finally:
        _open.reset(token)


_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
"""Kinds of field whose values the database takes as Python has them."""


def _prepared(fields: Sequence[Any], turned: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Columns as rows that the database takes: a million values are not asked one by one what they are."""
    target = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks itself up for every value
    columns: list[Sequence[Any]] = []
    for each, values in zip(fields if turned else (), turned, strict=True):
        if isinstance(each, _AS_THEY_ARE) and not isinstance(each, FreeText | FreeLine):
            columns.append(values)
        elif isinstance(each, models.ForeignKey):
            columns.append([getattr(value, "pk", value) for value in values])
        elif isinstance(each, FreeText | FreeLine):
            columns.append(
                tuple(value and mask_numbers(value) for value in values)
                if holds_numbers("\n".join(filter(None, values)))
                else values
            )
        elif isinstance(each, models.DateField):
            days: dict[Any, Any] = {
                value: target.ops.adapt_datefield_value(date.fromisoformat(value))
                if type(value) is str and type(each) is models.DateField  # as a ledger's reading has it
                else each.get_db_prep_save(value, target)
                for value in set(values)
            }
            columns.append([days[value] for value in values])
        elif isinstance(each, models.JSONField):  # few different ones, each given again and again
            said = {
                id(value): each.get_db_prep_save(value, target)
                for value in {id(value): value for value in values}.values()
            }
            columns.append([said[id(value)] for value in values])
        elif isinstance(each, SealedField):
            columns.append(each.sealed(values))
        else:
            columns.append(tuple(each.get_db_prep_save(value, target) for value in values))
    return list(zip(*columns, strict=True))


def _discreet(fields: Sequence[Any], rows: pl.DataFrame) -> pl.DataFrame:
    """A frame as the database takes it: numbers of persons in part."""
    for each, name in zip(fields, rows.columns, strict=True):
        if isinstance(each, FreeText | FreeLine):
            rows = rows.with_columns(masked(rows[name]))
    return rows


def masked(words: pl.Series) -> pl.Series:
    """Words with the numbers of persons in part (:func:`mingbai.units.mask_numbers`), looked at once."""
    said = words.unique().drop_nulls().to_list()
    if not holds_numbers("\n".join(said)):
        return words
    return words.replace({each: mask_numbers(each) for each in said if holds_numbers(each)})


def _shown(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    if name == "password" or isinstance(row._meta.get_field(name), SealedField):
        return None if value is None else "•••"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return discreet(value)
