"""docs/add-a-register.md, followed word for word in a copy of the project: the result is the register that is shipped,
it walks its whole road in a browser there, and not one file outside its folder has changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mingbai.registers.scaffold import NameError, new_register

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/add-a-register.md"
FOLDER = Path("src/mingbai/registers/inspections")


def steps() -> list[tuple[str, str]]:
    """The page from top to bottom: (file, its text) and ("", a command)."""
    found = []
    for block in re.finditer(r"(?:`(src/[^`]+)`:\n\n)?```(sh|python|yaml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        file, kind, text = block.groups()
        found += [("", line) for line in text.splitlines()] if kind == "sh" else [(file, text)]
    return found


def prints(root: Path) -> dict[str, str]:
    """Path → hash of every file of the project outside the folder."""
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for top in ("src", "tests", "docs") for path in sorted((root / top).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts and FOLDER not in path.relative_to(root).parents and path.suffix != ".xlsx"}


@pytest.mark.full
def test_following_the_page_makes_the_register_and_touches_nothing_else(tmp_path: Path) -> None:
    for each in ("src", "tests", "docs"):
        shutil.copytree(ROOT / each, tmp_path / each, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.rmtree(tmp_path / FOLDER)
    before = prints(tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "src"), "MINGBAI_HOME": str(tmp_path / "home"), "PATH": path, "DJANGO_SETTINGS_MODULE": "mingbai.settings"}

    def run(*words: str) -> None:
        done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

    ran = 0
    for file, text in steps():
        if file:
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif not text.startswith("mingbai serve"):  # it would stay open; the browser below has a server of its own
            run(*(["python", "-m", "mingbai", *text.split()[1:]] if text.startswith("mingbai") else text.split()))
            ran += 1
    assert ran >= 8
    made, shipped = ({str(each.relative_to(root / FOLDER)): each.read_text(encoding="utf-8") for each in (root / FOLDER).rglob("*")
                      if each.suffix in (".py", ".yaml") and each.parent.name != "migrations"} for root in (tmp_path, ROOT))
    assert made == shipped
    assert [each.name for each in (tmp_path / FOLDER / "migrations").glob("0*.py")] == ["0001_initial.py"]
    run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/registers/test_inspections.py")
    assert prints(tmp_path) == before


def test_the_folder_as_it_comes_is_a_register_that_works(tmp_path: Path) -> None:
    files = {path.name for path in new_register("wells", "机井台账", tmp_path)}
    assert files == {"__init__.py", "apps.py", "models.py", "register.py", "rules.py", "law.yaml", "road.py"}
    for path in (tmp_path / "wells").rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path.name, "exec")
        assert "@" not in path.read_text(encoding="utf-8").replace("@RULEBOOK", "")


@pytest.mark.parametrize(("name", "title"), [("Wells", "机井台账"), ("class", "机井台账"), ("contracts", "机井台账"), ("kit", "机井台账"), ("../x", "机井台账"), ("wells", "<b>")])
def test_a_name_that_will_not_do_is_refused_in_words(name: str, title: str, tmp_path: Path) -> None:
    with pytest.raises(NameError, match=r"不能做|已经有了"):
        new_register(name, title, tmp_path)
    assert list(tmp_path.iterdir()) == []
