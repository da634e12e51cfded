"""Backup 备份, restore 恢复 and new keys 换钥匙 of a home.

A backup is one zip: the database as of one moment, the sealed files, and a manifest with the SHA-256 of each, the schema's
state, totals to compare, and a mark of every key. Keys travel only when asked to: without them the backup tells nobody anything.
Files are named by their content and never change, so that copying them after the database misses none it speaks of.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from mingbai import __version__
from mingbai.safekeeping import databases
from mingbai.safekeeping.databases import PostgreSQL, SQLite
from mingbai.safekeeping.files import SafekeepingError, settle
from mingbai.safekeeping.fresh_keys import new_keys
from mingbai.vault import LAST_BACKUP

__all__ = ["DATABASE", "MANIFEST", "SafekeepingError", "backup", "key_mark", "new_keys", "restore"]

DATABASE, MANIFEST = SQLite.name, "manifest.json"
FORMAT = 1
_NAMES = re.compile(r"mingbai\.(?:sqlite3|pgdump)|files/[0-9a-f]{2}/[0-9a-f]{64}|keys/[a-z0-9-]+\.key")
Progress = Callable[[str, int, int], None]


def backup(home: Path, target: Path, *, with_keys: bool = False, progress: Progress | None = None) -> dict[str, Any]:
    """Writes ``target`` whole or not at all, while the home is in use; gives the manifest.

    :raises SafekeepingError: there is no home, or the target is there already.
    """
    if not home.is_dir():
        raise SafekeepingError(f"{home} 里没有账（没有这个文件夹）；用 MINGBAI_HOME 指明家目录")
    if target.exists():
        raise SafekeepingError(f"{target} 已经有了，不覆盖；请换一个文件名，例如带上日期")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".mingbai-") as folder:
            database = databases.of(home)
            copy = Path(folder) / database.name
            counted = database.copy(copy)
            contents = {database.name: copy, **{str(path.relative_to(home)): path for path in _files(home, with_keys)}}
            manifest: dict[str, Any] = {
                "format": FORMAT,
                "version": __version__,
                "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
                "totals": counted,
                "keys": {path.stem: key_mark(path) for path in sorted((home / "keys").glob("*.key"))},
                "with_keys": with_keys,
                "files": {},
            }
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as box:
                for number, (name, path) in enumerate(contents.items(), 1):
                    box.write(path, name, zipfile.ZIP_DEFLATED if name == SQLite.name else zipfile.ZIP_STORED)
                    manifest["files"][name] = _sha256(path)
                    if progress:
                        progress("备份", number, len(contents))
                box.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        settle(draft)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    last = home / LAST_BACKUP
    fresh = last.with_name(f".{LAST_BACKUP}.{secrets.token_hex(4)}")
    fresh.write_text(
        json.dumps({"made_at": manifest["made_at"], "name": target.name}, ensure_ascii=False), encoding="utf-8"
    )
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
    database, brought = databases.of(home), False
    try:
        try:
            with zipfile.ZipFile(source) as box:
                manifest = _manifest(box, database.name)
                for number, (name, digest) in enumerate(manifest["files"].items(), 1):
                    _unpack(box, name, digest, draft)
                    if progress:
                        progress("恢复", number, len(manifest["files"]))
        except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError) as broken:
            if isinstance(broken, SafekeepingError):
                raise
            raise SafekeepingError(f"{source.name} 坏了，或者不是明白账的备份（{broken}）；请换另一份备份") from broken
        _bring_keys(manifest, draft, keys, home / "keys")
        database.bring(draft / database.name, manifest["totals"])
        brought = True
        for each in draft.rglob("*"):
            if each.is_file():
                settle(each)
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
        if brought:
            database.forget()
        raise
    result: dict[str, Any] = manifest
    return result


def key_mark(path: Path) -> str:
    """Tells which key it is, and nothing of the key."""
    return hashlib.sha256(b"mingbai key mark\0" + path.read_bytes().strip()).hexdigest()[:16]


def _files(home: Path, with_keys: bool) -> list[Path]:
    found = sorted(path for path in (home / "files").glob("??/*") if not path.name.startswith("."))
    return found + (sorted((home / "keys").glob("*.key")) if with_keys else [])


def _manifest(box: zipfile.ZipFile, database: str) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(box.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise SafekeepingError(f"这份备份的格式是 {manifest['format']}，这个版本只认 {FORMAT}；请升级明白账")
    strange = [name for name in manifest["files"] if not _NAMES.fullmatch(name)]
    if strange or not {SQLite.name, PostgreSQL.name} & set(manifest["files"]):
        raise SafekeepingError(f"备份里有不该有的文件名：{'、'.join(strange[:3]) or '没有数据库'}；请换另一份备份")
    if database not in manifest["files"]:
        raise SafekeepingError(
            "这份备份是 PostgreSQL 的：请用 MINGBAI_DATABASE 指明一个空库"
            if database == SQLite.name
            else "这份备份是 SQLite 的：请不要设 MINGBAI_DATABASE"
        )
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
            raise SafekeepingError(
                f"缺这个家的钥匙 {name}.key，或者它是别的家的；请用 --keys 指明另外保管的 keys 文件夹"
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
