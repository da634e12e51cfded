"""Every ``mingbai`` and ``python`` command of the pages is run, page by page, in a small demo home.

``make`` targets set up or run whole suites and have runs of their own (CI, ``make drill``); ``serve`` and ``demo`` are
started and stopped in test_application.py; docs/add-a-register.md is followed to the letter in tests/registers.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test_docs import ROOT, commands

pytestmark = pytest.mark.full
ELSEWHERE = {"serve", "demo", "new-register"}
DEBTS = "id,debtor,creditor,amount_fen\n1,甲村,乙公司,500\n2,乙公司,丙镇,400\n3,丙镇,甲村,300\n"
LOOK = """
import django; django.setup()
from pathlib import Path
from mingbai.notices.models import Notice
up = Notice.objects.filter(state="published").first()
Path("NOTICE.json").write_bytes(bytes(up.body)); print(up.organisation.code, up.code)
"""


def lines() -> dict[str, list[str]]:
    """Page → its command lines that name something to do, in order; what two pages say alike is run at the first."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for page, line in commands():
        words = [word for word in shlex.split(line, comments=True) if not re.fullmatch(r"[A-Z_]+=.*", word)]
        runs = Path(words[0]).name == "mingbai" and len(words) > 1 and words[1] not in ELSEWHERE
        if page not in ("add-a-register.md", "CHANGELOG.md") and (runs or (words[0] == "python" and words[1] != "-m")):
            found.setdefault(page, [])
            if line not in seen:
                found[page].append(line)
                seen.add(line)
    return found


class Desk:
    """A folder with everything the pages speak of, and the words that stand for it there."""

    def __init__(self, folder: Path, demo: Path) -> None:
        self.folder, self.home = folder, folder / "var"
        self.env = {**os.environ, "MINGBAI_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "mingbai.settings", "PYTHONPATH": str(ROOT / "src")}
        shutil.copytree(demo / "var", self.home)
        shutil.copytree(demo / "out", folder / "out")
        ledger = sorted((folder / "out/台账").glob("*.xlsx"))[0]
        for name in ("FILE", "九院村.xlsx", "文件"):
            shutil.copy(ledger, folder / (name if name.endswith("xlsx") else f"{name}.xlsx"))
        for name in ("OBLIGATIONS.csv", "债务.csv"):
            (folder / name).write_text(DEBTS, encoding="utf-8")
        code, seen = self.run([sys.executable, "-c", LOOK]).split()
        shutil.copytree(self.home / "keys", folder / "media-keys")
        self.stands = {
            "FILE": "FILE.xlsx", "文件": "文件.xlsx", "CODE": code, "140109007901": code, "ABCD-EFGH": seen, "YOUR_FOLDER": "out/台账", "你的文件夹": "out/台账", "各村台账/": "out/台账",
            "out": "out/台账", "/media/keys": "media-keys", "examples/setoff.py": str(ROOT / "examples/setoff.py"),
        }

    def run(self, words: list[str], **more: str) -> str:
        done = subprocess.run(words, cwd=self.folder, env={**self.env, **more}, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode in (0, 1), f"{' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def follow(self, line: str) -> None:
        """Runs a line as it stands, but for the words that stand for a reader's own things."""
        words, more = shlex.split(line, comments=True), {}
        while re.fullmatch(r"[A-Z_]+=.*", words[0]):
            name, _, value = words.pop(0).partition("=")
            more[name] = str(self.folder / "srv" / Path(value).name)
        (self.folder / "srv").mkdir(exist_ok=True)
        written = words[words.index("--out") + 1] if "--out" in words else ""
        program = [sys.executable, "-m", "mingbai"] if Path(words[0]).name == "mingbai" else [sys.executable]
        said = [word if word == written else self.stands.get(word, word) for word in words[1:]]
        if said[0] == "backup" and len(said) > 1:
            (self.folder / said[1]).parent.mkdir(exist_ok=True)
        if said[0] == "export":
            said[-1] = "export.xlsx"
        if said in (["setoff"], ["read"], ["verify"], ["backup"], ["restore"], ["import"], ["export"], ["template"]):
            said.append("--help")  # named in passing
        self.run([*program, *said], **more)


@pytest.fixture(scope="module")
def desk(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), demo_folder)


def test_there_are_commands_to_run() -> None:
    assert {"README.md", "README.zh.md", "operate.md", "setoff.md", "tour.md"} <= lines().keys()


@pytest.mark.xdist_group("desk")
@pytest.mark.parametrize("page", lines())
def test_the_commands_of_a_page_run(desk: Desk, page: str) -> None:
    for line in lines()[page]:
        desk.follow(line)
