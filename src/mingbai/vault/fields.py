"""A model field whose value is sealed at rest: plain in Python, opaque bytes in the database, absent from queries."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from mingbai.vault.seal import seal, unseal


class SealedField(models.BinaryField):
    """Text, sealed (identity numbers, phones, bank cards, free text that may hold them). None stays None."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("editable", True)
        super().__init__(*args, **options)

    @property
    def _about(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value.encode(), self._about)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else unseal(bytes(value), self._about).decode()

    def to_python(self, value: Any) -> Any:
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.attname} is sealed: it cannot be searched, only its mark")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: Any) -> str:
        return "•••"
