"""The commands that need a home, run as a person runs them: processes, a home of their own, exit codes and words."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mingbai import demo

VILLAGE = "140109007901"


def run(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mingbai", *map(str, words)], env=of(home), text=True, capture_output=True, check=False,
                          timeout=120)


def of(home: Path) -> dict[str, str]:
    return {**os.environ, "MINGBAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one village and its demo ledger taken in by the command."""
    home = tmp_path_factory.mktemp("home")
    demo.write(home / "books", villages=1)
    assert run(home, "fsck").returncode == 0
    made = subprocess.run([sys.executable, "-c", f"""
import django; django.setup()
from datetime import date
from mingbai.places.models import Home, Organisation
from mingbai.records.door import derived
with derived():
    Home.objects.create(today=date(2026, 9, 30))
    county = Organisation(code="140109000000", name="万柏林区", level="county").placed(); county.save()
    Organisation(code="{VILLAGE}", name="九院村", level="village", parent=county, is_collective=True).placed().save()
"""], env=of(home), check=True, capture_output=True)
    assert made.returncode == 0
    (book,) = (home / "books").glob("*.xlsx")
    looked = run(home, "import", book, "--place", VILLAGE)
    assert "等人看过再收" in looked.stdout, looked.stderr
    taken = run(home, "import", book, "--place", VILLAGE, "--accept")
    assert "新增 19" in taken.stdout, taken.stderr
    return home


def test_figures_in_json_and_in_words(home: Path) -> None:
    printed = json.loads(run(home, "figures", "--place", "140109", "--json").stdout)
    assert printed["indicators"]["contracts"] == 19
    assert printed["indicators"]["contracts_amount_fen"] == 13_600_000_000
    assert printed["indicators"]["claims_fen"] is None
    spoken = run(home, "figures", "--place", "140109").stdout
    assert "合同金额 1.36 亿元" in spoken
    assert "整改率 还没有" in spoken


def test_what_goes_out_comes_back_unchanged(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "出.xlsx"
    assert run(home, "export", "--place", VILLAGE, "--out", out).returncode == 0
    again = run(home, "export", "--place", VILLAGE, "--out", out)
    assert (again.returncode, "不覆盖" in again.stderr) == (2, True)
    back = run(home, "import", out, "--place", VILLAGE, "--accept")
    assert back.returncode == 0, back.stdout + back.stderr
    assert "新增 0，更新 0，不变 19" in back.stdout


def test_fsck_ends_with_1_and_a_name_and_mends(home: Path) -> None:
    good = run(home, "fsck", "--place", VILLAGE)
    assert (good.returncode, "都对得上" in good.stdout) == (0, True), good.stdout
    subprocess.run([sys.executable, "-c", "import django; django.setup()\nfrom mingbai.board.models import Tally\n"
                    "from mingbai.records.guard import lifted\nwith lifted(): Tally.objects.filter(indicator='contracts').update(number=20)"], env=of(home), check=True)
    bad = run(home, "fsck")
    assert bad.returncode == 1
    assert "[计数] 九院村：contracts 存的是 20，从记录数是 19" in bad.stdout
    assert run(home, "fsck", "--rebuild").returncode == 0


@pytest.mark.parametrize(("words", "said"), [
    (("figures", "--place", "999999"), "没有代码是 999999 的组织"),
    (("figures", "--place", "九院村"), "不是区划代码"),
    (("figures",), "还缺少：--place"),
    (("import", "没有.xlsx", "--place", VILLAGE), "没有这个文件"),
    (("export", "--place", VILLAGE, "--out", "x.xlsx", "--register", "nothing"), "没有名为“nothing”的台账"),
    (("serve", "--port", "99999"), "不是端口"),
])
def test_what_cannot_run_ends_with_2_and_a_sentence(home: Path, words: tuple[str, ...], said: str) -> None:
    done = run(home, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_home_and_an_older_demo_make_room_for_a_demo(tmp_path: Path) -> None:
    again = ("from mingbai.application import house, _clear_for_demo\n"
             "_clear_for_demo(house())\n"
             "from mingbai.places.models import Home; from mingbai.records.door import derived\n"
             "with derived(): Home.objects.create(is_demo=True)\n"
             "_clear_for_demo(house())\n"
             "assert not Home.objects.exists()")
    done = subprocess.run([sys.executable, "-c", again], env=of(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_demo_is_not_built_over_real_accounts(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", "from mingbai.application import house, _clear_for_demo; _clear_for_demo(house())"],
                          env=of(home), text=True, capture_output=True, check=False)
    assert "里是真的账" in done.stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_serve_says_a_port_is_taken(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = run(home, "serve", "--port", listener.getsockname()[1])
    assert done.returncode == 2
    assert "已经有程序在用" in done.stderr


def children_of(pid: int) -> list[int]:
    shown = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], text=True, capture_output=True, check=False).stdout
    return [int(each) for each in shown.split()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_serve_answers_and_leaves_nobody_behind(home: Path, how: signal.Signals) -> None:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "mingbai", "serve", "--port", str(port)], env=of(home), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    family: list[int] = []
    try:
        until = time.monotonic() + 40
        while True:
            with socket.create_connection(("127.0.0.1", port), timeout=20) if _open(port) else socket.socket() as client:
                try:
                    client.sendall(b"GET /static/web/mingbai.css HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                    if client.recv(100).startswith(b"HTTP/1."):
                        break
                except OSError:
                    pass
            assert time.monotonic() < until
            time.sleep(0.2)
        family = children_of(process.pid)
        assert len(family) == 2
        process.send_signal(how)
        assert process.wait(40) == (0 if how != signal.SIGKILL else -9)
        until = time.monotonic() + 40
        while any(_alive(pid) for pid in family):
            assert time.monotonic() < until
            time.sleep(0.1)
        with socket.create_server(("127.0.0.1", port)):
            pass
    finally:
        process.kill()
        process.wait()


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
