"""Model fields for personal data: sealed at rest (plain in Python, opaque bytes in the database, absent from queries),
or free text from which numbers of persons are kept in part only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models

from mingbai.units import mask_numbers
from mingbai.vault.seal import seal, sealer, unseal


class _Discreet(models.Field[Any, Any]):
    """Words people write. A telephone, identity or card number among them is stored in part (``138****2233``): whoever
    needs the whole number finds it in the sealed columns or the sealed workbook it came from."""

    if TYPE_CHECKING:  # a model's attribute is text, not the field

        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: Any, value: Any) -> None: ...

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return mask_numbers(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class FreeText(_Discreet, models.TextField):
    """Free text, numbers of persons in part."""


class FreeLine(_Discreet, models.CharField):
    """A line of free text, numbers of persons in part."""


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

    def sealed(self, values: Sequence[str | None]) -> list[bytes | None]:
        """A whole column of values, each sealed by itself."""
        fresh = sealer(self._about)
        return [None if value is None else fresh(value.encode()) for value in values]

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
