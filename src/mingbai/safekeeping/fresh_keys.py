"""New keys 换钥匙: everything personal sealed anew, in steps that may be cut off and run again."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mingbai.safekeeping.files import SafekeepingError, settle

Progress = Callable[[str, int, int], None]


def new_keys(forget: bool = False, progress: Progress | None = None) -> Counter[str]:
    """Seals everything personal anew under a fresh key; gives how much is sealed under which key now.

    Where an earlier run was cut off it is finished. Old keys stay, since a server that is running still writes with its own, until
    ``forget``, which takes them away when nothing needs them any more.

    :raises SafekeepingError: ``forget`` while something is still sealed under an old key.
    """
    from django.conf import settings

    from mingbai.vault import seal

    home = Path(settings.HOME)
    if forget:
        left = _sealed_under(home)
        old = [name for name in left if name != seal.current()]
        if old:
            raise SafekeepingError(
                "还有内容用旧钥匙封着；请停下 mingbai serve，不带 --forget 再运行一次，然后再 --forget"
            )
        for path in sorted((home / "keys").glob("seal-*.key")):
            if path.stem != seal.current():
                path.unlink()
        return left
    if set(_sealed_under(home)) <= {seal.current()}:
        seal.fresh_key()
    _seal_rows(progress)
    files = list((home / "files").glob("??/*"))
    for number, path in enumerate(files, 1):
        data = path.read_bytes()
        if not data.startswith(seal.current().encode() + b":"):
            draft = path.with_name(f".{path.name[:16]}.{secrets.token_hex(4)}")
            draft.write_bytes(seal.seal(seal.unseal(data, path.name), path.name))
            settle(draft)
            draft.replace(path)
        if progress:
            progress("重封附件", number, len(files))
    return _sealed_under(home)


def _sealed_columns() -> Iterator[tuple[Any, Any]]:
    from django.apps import apps
    from django.db.models import BinaryField

    from mingbai.vault.fields import SealedField

    for model in apps.get_models():
        if model.__module__.startswith("mingbai."):
            for field in model._meta.concrete_fields:
                if isinstance(field, SealedField) or (isinstance(field, BinaryField) and field.name == "reading"):
                    yield model, field


def _seal_rows(progress: Progress | None) -> None:
    """Every sealed column, one transaction and one audit event for each: cut off, it is begun again with the next run."""
    from mingbai.places.models import Organisation
    from mingbai.records.door import commit
    from mingbai.vault import seal
    from mingbai.vault.fields import SealedField

    columns = list(_sealed_columns())
    root = Organisation.objects.order_by("path").first()
    if root is None:
        return
    for number, (model, field) in enumerate(columns, 1):
        with commit(None, root, "people", "换钥匙", quiet=True) as act:
            rows = (
                model._default_manager.exclude(**{f"{field.name}__isnull": True})
                .order_by("pk")
                .values_list("pk", field.attname)
            )
            if isinstance(field, SealedField):
                pairs = [(pk, (value,)) for pk, value in rows]
            else:
                about = f"{model._meta.label_lower}.{field.name}"
                pairs = [
                    (pk, (seal.seal(seal.unseal(bytes(value), f"{about}.{pk}"), f"{about}.{pk}"),))
                    for pk, value in rows
                ]
            if act.rewrite(model, (field.name,), pairs):
                act.told("keys", column=f"{model._meta.label_lower}.{field.name}", rows=len(pairs), key=seal.current())
        if progress:
            progress("重封各栏", number, len(columns))


def _sealed_under(home: Path) -> Counter[str]:
    """Key name → how many values and files it seals, read off their first bytes without opening them."""
    from django.db import connection

    found: Counter[str] = Counter()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, field in _sealed_columns():
            cursor.execute(
                f"SELECT substr({quote(field.column)}, 1, 16) FROM {quote(model._meta.db_table)} "  # noqa: S608 - our own names
                f"WHERE {quote(field.column)} IS NOT NULL"
            )
            found.update(bytes(start).partition(b":")[0].decode("ascii", "replace") for (start,) in cursor.fetchall())
    for path in (home / "files").glob("??/*"):
        with path.open("rb") as file:
            found[file.read(16).partition(b":")[0].decode("ascii", "replace")] += 1
    return found
