"""The processes behind `flask ops serve`: gunicorn and the worker, which live and die together."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
WORKERS, THREADS = 2, 8
GRACE_S = 10  # how long requests and a job may go on after a stop
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


class CannotListen(RuntimeError):
    """HOST and PORT cannot be used; the message says why and what to do."""


def host_and_port() -> tuple[str, int]:
    """Return where to listen, from HOST and PORT."""
    port = os.environ.get("PORT") or "5000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotListen(f"PORT is a number from 1 to 65535, not {port!r}")
    return os.environ.get("HOST") or "127.0.0.1", int(port)


def address(url: str) -> str:
    """Return how people reach the app: QUIZAPP_URL, else where it listens."""
    if url:
        return url
    return local_address(*host_and_port())


def local_address(host: str, port: int) -> str:
    """Return the address on this machine of what listens at `host`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_port(host: str, port: int) -> None:
    """Raise CannotListen where something else listens, or the system refuses."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        advice = "choose another HOST or PORT"
        if error.errno == errno.EADDRINUSE:
            advice = f"choose another port, as in: make run PORT={port + 1}"
        raise CannotListen(f"{host}:{port}: {error.strerror or error}; {advice}") from error


def gunicorn(host: str, port: int) -> list[str]:
    """Return the command of the web server."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    # Without --no-control-socket gunicorn 27 opens a socket in the home directory.
    return [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", bind),
        *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
        *("--graceful-timeout", str(GRACE_S), "--log-level", "warning", "wsgi:app"),
    ]


def worker() -> list[str]:
    """Return the command of the worker."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "ops", "work"]


def run_together(commands: Sequence[list[str]], ready: Callable[[threading.Event], None]) -> int:
    """Run commands until one ends or we are told to stop, then end them all.

    `ready` is called once they run. Returns 0 when told to stop, 1 when one died by itself.
    """
    stop = threading.Event()
    catch_signals(stop)
    children = [subprocess.Popen(each, cwd=ROOT, preexec_fn=_die_with_parent) for each in commands]  # noqa: S603, PLW1509
    try:
        ready(stop)
        while not stop.is_set():
            if any(child.poll() is not None for child in children):
                return 1
            stop.wait(0.2)
        return 0
    finally:
        _end(children)


def catch_signals(stop: threading.Event) -> None:
    """Let SIGINT and SIGTERM set `stop` instead of tearing the process down."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)


def wait_until_healthy(host: str, port: int, stop: threading.Event, seconds: float = 60) -> bool:
    """Ask /health until it answers; False when that takes too long or we are told to stop."""
    url = f"{local_address(host, port)}/health"
    for _ in range(int(seconds / 0.1)):
        if stop.is_set():
            return False
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return True
        except OSError:
            stop.wait(0.1)
    return False


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(GRACE_S + 2)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _die_with_parent() -> None:
    """Have the kernel end a child whose parent was killed: it would keep the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
