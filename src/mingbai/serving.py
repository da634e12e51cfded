"""``mingbai serve``: the web server and the background worker as two children, started together and stopped together.

The parent does nothing but watch: a worker that dies is started again (its job is taken up), a web server that dies
ends everything. Each child holds the end of a pipe to the parent and stops by itself when the parent is gone, however
it went.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

SECONDS_TO_STOP = 30
_PROCESSES, _THREADS = 2, 2


class PortTakenError(ValueError):
    """Somebody else listens there."""


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address, before anything else is started.

    :raises PortTakenError: with a sentence that says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except socket.gaierror:
        raise PortTakenError(f"--host “{host}”不是这台机器的地址；本机用 127.0.0.1") from None
    except PermissionError:
        raise PortTakenError(f"端口 {port} 要系统管理员才能用；请换一个 1024 以上的，例如 --port 8000") from None
    except OSError as error:
        why = (
            "已经有程序在用（也许明白账已经开着）"
            if error.errno == 98 or "in use" in str(error)
            else f"用不了：{error.strerror}"
        )
        raise PortTakenError(
            f"{host}:{port} {why}；请关掉它，或者换一个端口：mingbai serve --port {port + 1}"
        ) from None


def serve(listener: socket.socket) -> int:
    """Runs until SIGTERM or SIGINT, then stops both children. 0 when it was told to stop, 2 when the web server died."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    web = _child("web", str(listener.fileno()), keep=(listener.fileno(),))
    worker, started = _child("worker"), time.monotonic()
    try:
        while not stop.wait(0.2):
            if web.poll() is not None:
                print("网页服务停了，见上面的记录。", file=sys.stderr)
                return 2
            if worker.poll() is not None and time.monotonic() - started > 2:
                print("后台工停了，重新开工。", file=sys.stderr)
                worker, started = _child("worker"), time.monotonic()
        return 0
    finally:
        _end((web, worker))
        listener.close()


def _child(*words: str, keep: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """A child of its own session (Ctrl-C reaches the parent alone), on a leash: its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "mingbai.serving", *words], stdin=subprocess.PIPE, pass_fds=keep, start_new_session=True
    )


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        try:
            child.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _leash() -> None:
    """Ends this process in order when the parent is gone."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _web(descriptor: str) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings: dict[str, Any] = {
                "bind": f"fd://{descriptor}",
                "workers": _PROCESSES,
                "threads": _THREADS,
                "worker_class": "gthread",
                "graceful_timeout": 20,
                "timeout": 120,
                "keepalive": 5,
                "loglevel": "warning",
                "proc_name": "mingbai",
                "control_socket_disable": True,
            }
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from mingbai.wsgi import application

            return application

    sys.argv[1:] = []
    Server().run()


def _worker() -> None:
    import django

    django.setup()
    from mingbai.records.worker import SlotTakenError, work

    try:
        work("1")
    except SlotTakenError as taken:
        print(f"{taken}，等它做完。", file=sys.stderr)
        time.sleep(5)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings")
    _leash()
    if sys.argv[1] == "web":
        _web(sys.argv[2])
    else:
        _worker()
