"""Backup, restore and new keys of a home, on a small demo that the drill has just proved whole."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import drill
from faults import Faults
from mingbai.safekeeping import DATABASE, MANIFEST, SafekeepingError, backup, restore

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def kept(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("drill")
    shutil.copytree(demo_folder / "var", folder / drill.HOME)
    return drill.drill(folder)


def test_a_restored_home_is_the_home(kept: dict[str, Any]) -> None:
    assert kept["pages"] > 20
    assert "都对得上" in kept["fsck"]


def test_a_backup_without_keys_opens_nothing(kept: dict[str, Any], tmp_path: Path) -> None:
    with zipfile.ZipFile(kept["packed"]) as box:
        assert not [name for name in box.namelist() if name.startswith("keys/")]
    with pytest.raises(SafekeepingError, match="--keys"):
        restore(kept["packed"], tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_the_keys_of_another_home_are_told_apart(kept: dict[str, Any], tmp_path: Path) -> None:
    shutil.copytree(kept["home"] / "keys", tmp_path / "keys")
    (tmp_path / "keys/mark.key").write_text("00" * 32)
    with pytest.raises(SafekeepingError, match=r"mark\.key"):
        restore(kept["packed"], tmp_path / "home", keys=tmp_path / "keys")


def test_a_living_home_and_a_backup_that_is_there_are_never_overwritten(kept: dict[str, Any], tmp_path: Path) -> None:
    before = drill.hashes(kept["home"] / "files")
    with pytest.raises(SafekeepingError, match="不会盖掉"):
        restore(kept["packed"], kept["home"])
    with pytest.raises(SafekeepingError, match="不覆盖"):
        backup(kept["home"], kept["packed"])
    with pytest.raises(SafekeepingError, match="没有账"):
        backup(tmp_path, tmp_path / "x.zip")
    assert drill.hashes(kept["home"] / "files") == before


def rewritten(source: Path, target: Path, name: str, data: bytes) -> Path:
    """The backup with one entry replaced (or added)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, data)
    return target


def test_a_damaged_file_is_named(kept: dict[str, Any], tmp_path: Path) -> None:
    with zipfile.ZipFile(kept["packed"]) as box:
        name = next(each for each in box.namelist() if each.startswith("files/"))
        manifest = json.loads(box.read(MANIFEST))
    with pytest.raises(SafekeepingError, match=name):
        restore(rewritten(kept["packed"], tmp_path / "a.zip", name, b"other"), tmp_path / "home", keys=kept["home"] / "keys")
    manifest["files"]["../../evil"] = "0" * 64
    with pytest.raises(SafekeepingError, match="不该有的文件名"):
        restore(rewritten(kept["packed"], tmp_path / "b.zip", MANIFEST, json.dumps(manifest).encode()), tmp_path / "home", keys=kept["home"] / "keys")
    (tmp_path / "c.zip").write_bytes(kept["packed"].read_bytes()[:-4000])
    with pytest.raises(SafekeepingError, match="坏了"):
        restore(tmp_path / "c.zip", tmp_path / "home", keys=kept["home"] / "keys")
    assert not (tmp_path / "home").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [], "nothing half-made is left"


def test_a_full_disk_at_any_file_operation_leaves_a_backup_whole_or_absent(kept: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults, failed, target = Faults(monkeypatch), 0, tmp_path / "b.zip"
    backup(kept["home"], target)
    target.unlink()
    for _ in faults.ends():
        try:
            backup(kept["home"], target)
        except OSError:
            failed += 1
        if target.exists():
            at, faults.at = faults.at, 0
            home = tmp_path / "home"
            restore(target, home, keys=kept["home"] / "keys")
            shutil.rmtree(home)
            target.unlink()
            faults.at = at
        assert list(tmp_path.iterdir()) == []
    assert failed > 10


def test_a_full_disk_at_any_file_operation_leaves_a_restored_home_whole_or_absent(kept: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults, failed, home = Faults(monkeypatch), 0, tmp_path / "home"
    restore(kept["packed"], home, keys=kept["home"] / "keys")
    shutil.rmtree(home)
    for _ in faults.ends():
        try:
            restore(kept["packed"], home, keys=kept["home"] / "keys")
        except (OSError, SafekeepingError):
            failed += 1
            assert not home.exists()
        else:
            assert (home / DATABASE).is_file()
            shutil.rmtree(home)
        assert list(tmp_path.iterdir()) == []
    assert failed > 8


KEYS = """
import django; django.setup()
from mingbai.safekeeping import new_keys, SafekeepingError
from mingbai.places.models import Party
from mingbai.records.files import content
from mingbai.records.models import Attachment
from mingbai.kit.intake import reading_of
from mingbai.kit.models import Upload
def all_of():
    return ([p.id_no for p in Party.objects.order_by("pk")], [content(a) for a in Attachment.objects.order_by("pk")], [reading_of(u).file for u in Upload.objects.exclude(reading=None)])
before = all_of()
first = new_keys()
assert set(first) == {"seal-2"}, first
assert all_of() == before
assert len(before[0]) > 10 and len(before[1]) > 2
new_keys(forget=True)
from django.conf import settings
assert [p.name for p in (settings.HOME / "keys").glob("seal-*")] == ["seal-2.key"]
assert all_of() == before
print("ok")
"""


def test_new_keys_seal_everything_anew_and_the_old_one_can_go(kept: dict[str, Any], tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(kept["home"], home)
    done = subprocess.run([sys.executable, "-c", KEYS], env=drill.env(home), capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("ok"), done.stderr[-3000:]
    assert "都对得上" in drill.run(home, "fsck")
