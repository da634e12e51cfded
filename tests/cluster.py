"""A PostgreSQL of the tests' own: made in a folder, listening on a socket in it, taken away when the work is done.

    python tests/cluster.py pytest -n 2        # runs the words with MINGBAI_TEST_DATABASE naming it

PostgreSQL refuses to run as root: then it runs as the ``postgres`` user that its package makes. Where there is no PostgreSQL,
or no such user, it says so and ends well: the suite has then run on SQLite alone.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDERS = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
# A test's database may be lost with the machine's power, so nothing waits for the disk; a killed server loses nothing by it.
OPTIONS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=256MB", "listen_addresses=''", "timezone=Asia/Shanghai")


class NoClusterError(RuntimeError):
    """Why there is no PostgreSQL here."""


class Cluster:
    """``folder`` holds data, log and socket; every command is run as the owner of the data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, shutil.which("pg_ctl", path=os.pathsep.join([*FOLDERS, os.environ.get("PATH", "")]))
        if self.bin is None:
            raise NoClusterError("没有找到 PostgreSQL（pg_ctl）；Debian 上：apt install postgresql")
        self.owner: list[str] = []
        if os.geteuid() == 0:
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                raise NoClusterError("root 不能运行 PostgreSQL，又没有 postgres 用户") from None
            os.chown(folder, user.pw_uid, user.pw_gid)
            self.owner = ["runuser", "-u", "postgres", "--"]
        folder.chmod(0o755)
        self._run("initdb", "-D", self.data, "-U", "mingbai", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def url(self, name: str) -> str:
        return f"postgresql://mingbai@/{name}?host={self.folder}"

    def start(self, *more: str) -> None:
        """``more``: settings that go before those of the tests, ``fsync=on``."""
        settings = " ".join(f"-c {option}" for option in (*OPTIONS, *more, f"unix_socket_directories={self.folder}"))
        self._run("pg_ctl", "start", "-w", "-D", self.data, "-l", str(self.folder / "log"), "-o", settings)

    def stop(self, how: str = "fast") -> None:
        """``immediate`` is a crash: no farewell to any connection, recovery at the next start."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", how)

    def _run(self, name: str, *words: str) -> None:
        assert self.bin is not None
        done = subprocess.run([*self.owner, str(Path(self.bin).with_name(name)), *words], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise NoClusterError(f"{name}: {done.stderr.strip()}")


@contextmanager
def cluster(*more: str) -> Iterator[Cluster]:
    """:raises NoClusterError: where PostgreSQL cannot run."""
    with tempfile.TemporaryDirectory(prefix="mingbai-pg-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder))
        made.start(*more)
        try:
            yield made
        finally:
            made.stop("immediate")


if __name__ == "__main__":
    try:
        with cluster() as running:
            sys.exit(subprocess.run([sys.executable, "-m", *sys.argv[1:]], env={**os.environ, "MINGBAI_TEST_DATABASE": running.url("postgres")}).returncode)
    except NoClusterError as without:
        print(f"没有在 PostgreSQL 上跑：{without}")
