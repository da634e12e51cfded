"""``make drill``: a demo home is built, backed up, restored elsewhere, and both are held against each other:
rows and chains, every file, every page that a role sees, and what fsck says.

    python tests/drill.py [--villages 6]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

PAGES = ("/", "/registers/contracts/", "/findings/contracts/", "/cases/contracts/", "/places/", "/figures/", "/figures/summary/", "/notices/", "/audit/", "/people/", "/rules/")
PUBLIC = "/g/"
HOME = "家"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--villages", type=int, default=6)
    parser.add_argument("--look", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.look:
        print(json.dumps(look()))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder, HOME), "demo", "--villages", str(options.villages), "--no-serve", "--out", str(Path(folder, "out")))
        said = drill(Path(folder))
    print(f"一致：{said['rows']:,} 行，{said['files']} 个文件，{said['pages']} 个网页，审计链 {said['chains'][:12]}…；fsck：{said['fsck']}")


def drill(folder: Path, databases: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """Drills with the home that stands in ``folder``. ``databases`` are the addresses of its PostgreSQL database and of an
    empty one for the restored home; without them, SQLite.

    :raises AssertionError: where the two homes differ.
    """
    first, second, keys, packed = folder / HOME, folder / "恢复的家", folder / "钥匙", folder / "备份.zip"
    run(first, "backup", str(packed), database=databases[0])
    (first / "keys").rename(keys)  # kept apart, as the manual asks
    fsck = run(second, "restore", str(packed), "--keys", str(keys), database=databases[1]).splitlines()[-1]
    keys.rename(first / "keys")
    run(second, "backup", str(folder / "again.zip"), database=databases[1])
    was, now = (totals(each) for each in (packed, folder / "again.zip"))
    assert was == now, "rows or chains differ"
    files = [hashes(home / "files") for home in (first, second)]
    assert files[0] == files[1], "files differ"
    seen = [json.loads(subprocess.run([sys.executable, __file__, "--look"], env=env(*home), capture_output=True, text=True, check=True).stdout.splitlines()[-1])
            for home in ((first, databases[0]), (second, databases[1]))]
    assert seen[0] == seen[1], [address for address in seen[0] if seen[0][address] != seen[1].get(address)]
    assert len(seen[0]) > 20
    return {"rows": sum(was["rows"].values()), "chains": was["chains"], "files": len(files[0]), "pages": len(seen[0]), "fsck": fsck, "home": first, "packed": packed}


def look() -> dict[str, str]:
    """Role and address → hash of the page, without what is new each time."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from mingbai.notices.models import Notice
    from mingbai.places.models import Person
    from mingbai.registers.contracts.models import Contract

    settings.ALLOWED_HOSTS = ["testserver"]
    records = [f"/registers/contracts/{pk}/" for pk in Contract.objects.order_by("pk").values_list("pk", flat=True)[:5]]
    notices = [f"/g/n/{number}/" for number in Notice.objects.exclude(number="").order_by("pk").values_list("number", flat=True)[:5]]
    found = {}
    for login in (None, "clerk", "county", "auditor"):
        client = Client()
        if login:
            client.force_login(Person.objects.get(login=login))
        for address in (PUBLIC, *notices) if login is None else (*PAGES, *records):
            page = client.get(address)
            text = re.sub(rb'csrfmiddlewaretoken" value="[^"]*"|name="once" value="[^"]*"|x-csrftoken": "[^"]*"', b"", page.content)
            found[f"{login or 'villager'} {address}"] = f"{page.status_code} {hashlib.sha256(text).hexdigest()[:16]}"
    return found


def totals(backup: Path) -> dict[str, Any]:
    with zipfile.ZipFile(backup) as box:
        return json.loads(box.read("manifest.json"))["totals"]


def run(home: Path, *words: str, database: str = "") -> str:
    done = subprocess.run([sys.executable, "-m", "mingbai", *words], env=env(home, database), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"mingbai {' '.join(words)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def env(home: Path, database: str = "") -> dict[str, str]:
    return {**os.environ, "MINGBAI_HOME": str(home), "MINGBAI_DATABASE": database, "DJANGO_SETTINGS_MODULE": "mingbai.settings"}


def hashes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


if __name__ == "__main__":
    main()
