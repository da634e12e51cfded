"""What every page shows around its own content: who, where, which day, the ways from here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": SimpleNamespace(person=None, place=None, today=None, demo=False, nav=[], jobs=0)}
