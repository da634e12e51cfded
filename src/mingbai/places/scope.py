"""``scope(person, power)``: where every query begins. Always an argument, never ambient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from mingbai.places.clock import today
from mingbai.places.models import Grant, Organisation, Person
from mingbai.places.tree import after

T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Scope:
    """What a person may reach with one power: subtrees of organisations, as paths (none of them inside another)."""

    person: Person | None
    power: str
    paths: tuple[str, ...]

    def of(self, model: type[T]) -> QuerySet[T]:
        """The rows of a model that belong to organisations in scope. ``model.owner`` names the way to its
        organisation; "" for the organisation itself."""
        owner = getattr(model, "owner", None)
        assert owner is not None, f"{model.__name__} does not say whose it is"
        rows: QuerySet[T] = model._default_manager.all()
        if not self.paths:
            return rows.none()
        if model is Organisation:
            return rows.filter(self._ranges("path"))
        assert owner, f"{model.__name__} belongs to no organisation"
        return rows.filter(**{f"{owner}__in": Organisation.objects.filter(self._ranges("path")).values("pk")})

    @property
    def organisations(self) -> QuerySet[Organisation]:
        return self.of(Organisation)

    def covers(self, organisation: Organisation) -> bool:
        return any(organisation.path.startswith(path) for path in self.paths)

    def within(self, organisation: Organisation) -> Scope:
        """The part of this scope that lies in an organisation and below it (nothing, where they do not meet)."""
        if self.covers(organisation):
            return Scope(self.person, self.power, (organisation.path,))
        inside = tuple(path for path in self.paths if path.startswith(organisation.path))
        return Scope(self.person, self.power, inside)

    def _ranges(self, field: str) -> Q:
        wanted = Q()
        for path in self.paths:
            wanted |= Q(**{f"{field}__gte": path, f"{field}__lt": after(path)})
        return wanted


def scope(person: Any, power: str) -> Scope:
    """The organisations over which this person holds this power today."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return Scope(None, power, ())
    return Scope(
        person, power, _outermost(grant.organisation.path for grant in grants_of(person) if power in grant.role.powers)
    )


def grants_of(person: Person) -> list[Grant]:
    """The grants that hold today, read once a request."""
    cached: list[Grant] | None = getattr(person, "_grants", None)
    if cached is None:
        now = today()
        rows = Grant.objects.filter(person=person).select_related("role", "organisation").order_by("pk")
        cached = [grant for grant in rows if grant.holds(now)]
        person._grants = cached
    return cached


def whole(power: str = "view") -> Scope:
    """Everything there is: for the command line, where whoever runs it holds the files anyway."""
    return Scope(None, power, _outermost(Organisation.objects.filter(parent=None).values_list("path", flat=True)))


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(paths):
        if not any(path.startswith(other) for other in kept):
            kept.append(path)
    return tuple(kept)
