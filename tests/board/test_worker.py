"""A job whose worker is killed is taken up again, and given up after three deaths: with real processes and a real home."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

START = """
import django, sys, time, os
django.setup()
from pathlib import Path
from mingbai.records import jobs
from mingbai.records.worker import work
HOME = Path(os.environ["MINGBAI_HOME"])

@jobs.works("drill")
def drill(progress, about):
    with (HOME / "starts").open("a") as file:
        file.write("x")
    if len((HOME / "starts").read_text()) <= about:
        time.sleep(60)
    return "做完了"
"""


def python(home: Path, code: str) -> subprocess.Popen[str]:
    env = {**os.environ, "MINGBAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings"}
    return subprocess.Popen([sys.executable, "-c", START + textwrap.dedent(code)], env=env, text=True, stdout=subprocess.PIPE)


def said(home: Path, code: str) -> str:
    process = python(home, code)
    out = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    return out.strip()


def home_with_a_job(home: Path, hangs: int) -> None:
    said(home, f"""
        from django.core.management import call_command
        call_command("migrate", verbosity=0)
        from mingbai.places.models import Organisation
        from mingbai.records.door import derived
        with derived():
            place = Organisation(code="140109007901", name="村", level="village").placed(); place.save()
        jobs.enqueue("drill", {hangs}, organisation=place, person=None, title="演练")
    """)


def kill_at_work(home: Path, times: int) -> None:
    worker = python(home, "work('1')")
    until = time.monotonic() + 30
    while not ((home / "starts").exists() and len((home / "starts").read_text()) == times):
        assert time.monotonic() < until
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


STATE = "from mingbai.records.models import Job; job = Job.objects.get(); print(job.state, job.message)"


def test_killed_once_it_is_done_the_second_time(tmp_path: Path) -> None:
    home_with_a_job(tmp_path, hangs=1)
    kill_at_work(tmp_path, 1)
    assert said(tmp_path, STATE).startswith("running")
    said(tmp_path, "work('1', until_empty=True)")
    assert said(tmp_path, STATE) == "done 做完了"
    assert (tmp_path / "starts").read_text() == "xx"


@pytest.mark.full
def test_killed_three_times_it_is_given_up_in_words(tmp_path: Path) -> None:
    home_with_a_job(tmp_path, hangs=9)
    for times in (1, 2, 3):
        kill_at_work(tmp_path, times)
    said(tmp_path, "work('1', until_empty=True)")
    assert said(tmp_path, STATE).startswith("failed 做了三次")
    assert (tmp_path / "starts").read_text() == "xxx"


def test_a_slot_has_one_worker_and_leaves_the_others_jobs_alone(tmp_path: Path) -> None:
    home_with_a_job(tmp_path, hangs=1)
    worker = python(tmp_path, "work('1')")
    until = time.monotonic() + 30
    while not (tmp_path / "starts").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    try:
        assert "已经在干活" in said(tmp_path, """
            from mingbai.records.worker import SlotTakenError
            try: work("1")
            except SlotTakenError as taken: print(taken)
        """)
        said(tmp_path, "work('2', until_empty=True)")
        assert said(tmp_path, STATE).startswith("running")
    finally:
        worker.kill()
        worker.wait()
