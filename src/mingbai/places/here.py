"""Where a request stands: who asks, with which power, looking at which place. Every page begins with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from mingbai.places.models import Organisation, Person
from mingbai.places.powers import POWERS
from mingbai.places.scope import Scope, grants_of, scope

M = TypeVar("M", bound=Model)
P = ParamSpec("P")
PLACE = "place"
"""The session's key of the place a person chose to look at."""


@dataclass(frozen=True)
class Here:
    """Who asks, what they may reach with the power of the page, and the place they look at (inside it)."""

    person: Person
    scope: Scope
    place: Organisation

    def of(self, model: type[M]) -> QuerySet[M]:
        """The rows of the place one looks at and below."""
        return self.scope.within(self.place).of(model)

    def get(self, model: type[M], **which: Any) -> M:
        """One row anywhere in scope.

        :raises Http404: when there is none, or it is another's: the two are not told apart.
        """
        try:
            return self.scope.of(model).get(**which)
        except (model.DoesNotExist, ValueError) as error:
            raise Http404("没有这一条，或者不在您的范围内") from error

    def may(self, power: str, organisation: Organisation | None = None) -> bool:
        return scope(self.person, power).covers(organisation or self.place)

    def powers(self, organisation: Organisation | None = None) -> frozenset[str]:
        return frozenset(power for power in POWERS if self.may(power, organisation))


def here(request: HttpRequest, power: str = "view") -> Here:
    """Where a signed-in request stands.

    :raises PermissionDenied: when the person holds the power nowhere.
    """
    found = scope(request.user, power)
    if not found.paths:
        raise PermissionDenied(f"您没有“{POWERS[power]}”的权力")
    places = found.organisations
    chosen = places.filter(code=request.session.get(PLACE, "")).first()
    place = (
        chosen
        or places.filter(path__in=[grant.organisation.path for grant in grants_of(request.user)]).first()
        or places.first()
    )
    assert place is not None
    return Here(request.user, found, place)


def page(
    power: str = "view",
) -> Callable[
    [Callable[Concatenate[HttpRequest, Here, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]
]:
    """A page for those who hold a power: ``@page("import")``; its function gets ``(request, here, …)``."""

    def dress(
        view: Callable[Concatenate[HttpRequest, Here, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def dressed(request: HttpRequest, *args: P.args, **options: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            found = here(request, power)
            if power == "view":
                request.here = found  # what the page shows around itself need not ask again
            return view(request, found, *args, **options)

        page_of: Any = dressed
        page_of.power = power  # the access matrix reads it
        return page_of

    return dress
