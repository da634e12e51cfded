"""Backup 备份, restore 恢复 and new keys 换钥匙 of a home.

A backup is one zip: the database as of one moment, the sealed files, and a manifest with the SHA-256 of each, the schema's
state, totals to compare, and a mark of every key. Keys travel only when asked to: without them the backup tells nobody anything.
Files are named by their content and never change, so that copying them after the database misses none it speaks of.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from mingbai import __version__
from mingbai.vault import LAST_BACKUP

DATABASE, MANIFEST = "mingbai.sqlite3", "manifest.json"
FORMAT = 1
_NAMES = re.compile(r"mingbai\.sqlite3|files/[0-9a-f]{2}/[0-9a-f]{64}|keys/[a-z0-9-]+\.key")
Progress = Callable[[str, int, int], None]


class SafekeepingError(ValueError):
    """What cannot be backed up or restored; the sentence says what to do."""


def backup(home: Path, target: Path, *, with_keys: bool = False, progress: Progress | None = None) -> dict[str, Any]:
    """Writes ``target`` whole or not at all, while the home is in use; gives the manifest.

    :raises SafekeepingError: there is no home, or the target is there already.
    """
    if not (home / DATABASE).is_file():
        raise SafekeepingError(f"{home} 里没有账（没有 {DATABASE}）；用 MINGBAI_HOME 指明家目录")
    if target.exists():
        raise SafekeepingError(f"{target} 已经有了，不覆盖；请换一个文件名，例如带上日期")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".mingbai-") as folder:
            copy = Path(folder) / DATABASE
            with closing(sqlite3.connect(home / DATABASE)) as living, closing(sqlite3.connect(copy)) as still:
                living.backup(still)
            contents = {DATABASE: copy, **{str(path.relative_to(home)): path for path in _files(home, with_keys)}}
            manifest: dict[str, Any] = {
                "format": FORMAT, "version": __version__, "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
                "totals": totals(copy), "keys": {path.stem: key_mark(path) for path in sorted((home / "keys").glob("*.key"))}, "with_keys": with_keys, "files": {},
            }
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as box:
                for number, (name, path) in enumerate(contents.items(), 1):
                    box.write(path, name, zipfile.ZIP_DEFLATED if name == DATABASE else zipfile.ZIP_STORED)
                    manifest["files"][name] = _sha256(path)
                    if progress:
                        progress("备份", number, len(contents))
                box.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        _settle(draft)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    last = home / LAST_BACKUP
    fresh = last.with_name(f".{LAST_BACKUP}.{secrets.token_hex(4)}")
    fresh.write_text(json.dumps({"made_at": manifest["made_at"], "name": target.name}, ensure_ascii=False), encoding="utf-8")
    fresh.replace(last)
    return manifest


def restore(source: Path, home: Path, *, keys: Path | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Makes ``home`` out of a backup, whole or not at all; gives the manifest. ``keys`` is the folder with the keys, where
    they are neither in the backup nor in ``home/keys``.

    :raises SafekeepingError: the home is in use, the file is damaged or no backup, or the keys are those of another home.
    """
    if not source.is_file():
        raise SafekeepingError(f"没有这个文件：{source}")
    if home.exists() and any(each.name != "keys" for each in home.iterdir()):
        raise SafekeepingError(f"{home} 里已经有东西，恢复不会盖掉它；请用 MINGBAI_HOME 指一个空的家目录")
    home.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}-"))
    try:
        try:
            with zipfile.ZipFile(source) as box:
                manifest = _manifest(box)
                for number, (name, digest) in enumerate(manifest["files"].items(), 1):
                    _unpack(box, name, digest, draft)
                    if progress:
                        progress("恢复", number, len(manifest["files"]))
        except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError) as broken:
            if isinstance(broken, SafekeepingError):
                raise
            raise SafekeepingError(f"{source.name} 坏了，或者不是明白账的备份（{broken}）；请换另一份备份") from broken
        _bring_keys(manifest, draft, keys, home / "keys")
        with closing(sqlite3.connect(draft / DATABASE)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok" or totals(draft / DATABASE) != manifest["totals"]:
            raise SafekeepingError(f"{source.name} 里的数据库和它自己的合计对不上（{said}）；请换另一份备份")
        for each in draft.rglob("*"):
            if each.is_file():
                _settle(each)
        aside = None
        if home.exists():
            aside = home.with_name(f".{home.name}-{secrets.token_hex(4)}")
            home.rename(aside)
        try:
            draft.rename(home)
        except OSError:
            if aside is not None:
                aside.rename(home)
            raise
        if aside is not None:
            shutil.rmtree(aside)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    result: dict[str, Any] = manifest
    return result


def totals(database: Path) -> dict[str, Any]:
    """What two databases must have alike: rows of every table of the house, and the digest of all chains' events."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                  if not name.startswith(("sqlite_", "django_session", "django_tasks"))]
        counts = {name: base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608 - names of its own
        chains = hashlib.sha256()
        if "records_event" in tables:
            for (each,) in base.execute("SELECT hash FROM records_event ORDER BY id"):
                chains.update(str(each).encode())
        migrations = [list(row) for row in base.execute("SELECT app, name FROM django_migrations ORDER BY app, name")] if "django_migrations" in tables else []
    return {"rows": counts, "chains": chains.hexdigest(), "migrations": migrations}


def key_mark(path: Path) -> str:
    """Tells which key it is, and nothing of the key."""
    return hashlib.sha256(b"mingbai key mark\0" + path.read_bytes().strip()).hexdigest()[:16]


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
            raise SafekeepingError("还有内容用旧钥匙封着；请停下 mingbai serve，不带 --forget 再运行一次，然后再 --forget")
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
            _settle(draft)
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
            rows = model._default_manager.exclude(**{f"{field.name}__isnull": True}).order_by("pk").values_list("pk", field.attname)
            if isinstance(field, SealedField):
                pairs = [(pk, (value,)) for pk, value in rows]
            else:
                pairs = [(pk, (seal.seal(seal.unseal(bytes(value), f"kit.upload.reading.{pk}"), f"kit.upload.reading.{pk}"),)) for pk, value in rows]
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
            cursor.execute(f"SELECT substr({quote(field.column)}, 1, 16) FROM {quote(model._meta.db_table)} WHERE {quote(field.column)} IS NOT NULL")  # noqa: S608
            found.update(bytes(start).partition(b":")[0].decode("ascii", "replace") for (start,) in cursor.fetchall())
    for path in (home / "files").glob("??/*"):
        with path.open("rb") as file:
            found[file.read(16).partition(b":")[0].decode("ascii", "replace")] += 1
    return found


def _files(home: Path, with_keys: bool) -> list[Path]:
    found = sorted(path for path in (home / "files").glob("??/*") if not path.name.startswith("."))
    return found + (sorted((home / "keys").glob("*.key")) if with_keys else [])


def _manifest(box: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(box.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise SafekeepingError(f"这份备份的格式是 {manifest['format']}，这个版本只认 {FORMAT}；请升级明白账")
    strange = [name for name in manifest["files"] if not _NAMES.fullmatch(name)]
    if strange or DATABASE not in manifest["files"]:
        raise SafekeepingError(f"备份里有不该有的文件名：{'、'.join(strange[:3]) or '没有数据库'}；请换另一份备份")
    return manifest


def _unpack(box: zipfile.ZipFile, name: str, digest: str, folder: Path) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with box.open(name) as packed, path.open("xb") as file:
        shutil.copyfileobj(packed, file)
    if name.startswith("keys/"):
        path.chmod(0o600)
    if _sha256(path) != digest:
        raise SafekeepingError(f"备份里的 {name} 被改动过或者坏了；请换另一份备份")


def _bring_keys(manifest: dict[str, Any], draft: Path, *folders: Path | None) -> None:
    """The keys the manifest names, from the backup itself or the first folder that has the right ones."""
    place = draft / "keys"
    place.mkdir(exist_ok=True, mode=0o700)
    for name, wanted in manifest["keys"].items():
        path = place / f"{name}.key"
        for folder in (None, *folders):
            other = path if folder is None else folder / f"{name}.key"
            if other.is_file() and key_mark(other) == wanted:
                if folder is not None:
                    shutil.copyfile(other, path)
                    path.chmod(0o600)
                break
        else:
            raise SafekeepingError(f"缺这个家的钥匙 {name}.key，或者它是别的家的；请用 --keys 指明另外保管的 keys 文件夹")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(path: Path) -> None:
    """On the disk, not only on its way there."""
    with path.open("rb+") as file, suppress(OSError):
        os.fsync(file.fileno())
