"""The built wheel carries all that the commands need: law, statutes, templates, demo data."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.full
def test_the_wheel_alone_gives_the_command_with_all_it_needs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    tracked = subprocess.run(["git", "-c", "core.quotepath=off", "ls-files", "src/mingbai"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    inside = set(zipfile.ZipFile(wheel).namelist())
    missing = [name for name in tracked if name.removeprefix("src/") not in inside]
    assert not missing
    site = tmp_path / "site"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel], check=True)
    done = subprocess.run([sys.executable, "-m", "mingbai", "demo", "--villages", "2", "--files", "out"], cwd=tmp_path, text=True,
                          env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "index.html").exists()
    where = subprocess.run([sys.executable, "-c", "import mingbai; print(mingbai.__file__)"], cwd=tmp_path, text=True,
                           env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, check=True).stdout
    assert where.startswith(str(site)), "the test ran the checkout, not the wheel"
