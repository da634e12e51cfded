"""A run of tests leaves nothing behind, and never touches the home the shell names."""

import os
import subprocess
import sys
from pathlib import Path


def test_a_run_leaves_no_home_and_touches_no_real_one(tmp_path: Path) -> None:
    real, scratch = tmp_path / "real", tmp_path / "scratch"
    real.mkdir()
    scratch.mkdir()
    env = {**os.environ, "MINGBAI_HOME": str(real), "TMPDIR": str(scratch)}
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/board/test_board.py::test_every_indicator_has_a_key_of_its_own"],
                          env=env, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(real.iterdir()) == []
    assert [path.name for path in scratch.iterdir() if path.name.startswith("mingbai")] == []
