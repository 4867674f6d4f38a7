"""Real server processes for tests: started on a free port, waited for, and ended or killed."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GONE = (http.client.HTTPException, urllib.error.URLError, OSError)  # a server that was killed


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, port: int, **more: str) -> dict[str, str]:
    """Return an environment for `flask` and gunicorn that touches nothing but `instance`."""
    return {**os.environ, "QUIZAPP_INSTANCE": str(instance), "PORT": str(port), **more}


def flask(*arguments: str) -> list[str]:
    """Return the command line of one of our commands."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def start(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a server in a process group of its own; what it prints is added to `log`."""
    with log.open("ab") as file:
        return subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=file, stderr=file, start_new_session=True
        )


def wait_until_healthy(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when GET /health answers 200; fail with the log when it does not."""
    for _ in range(600):
        with contextlib.suppress(*GONE):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server is not up: {log.read_text()}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a server and all its children at once, as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    assert gone(process.pid)


def gone(pid: int) -> bool:
    """Say whether all of a process group ends within ten seconds."""
    for _ in range(200):
        if not group_members(pid):
            return True
        time.sleep(0.05)
    return False


def group_members(pid: int) -> list[int]:
    """Return the processes of a process group that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, group = path.read_text().rsplit(") ", 1)[1].split()[:3]
            if int(group) == pid and state != "Z":
                found.append(int(path.parent.name))
    return found


class Browser:
    """A small client with cookies and the CSRF token of the first page."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = self.opener.open(f"{self.url}/", timeout=10).read().decode()
        found = re.search(r'name="csrf-token"\s+content="([^"]+)"', page)
        assert found, "the first page has no CSRF token"
        self.token = found[1]

    def get(self, path: str) -> Any:
        """Return the JSON of an address."""
        with self.opener.open(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Send JSON; returns status and answer, also of a refusal."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-CSRFToken": self.token},
        )
        try:
            with self.opener.open(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process and leave nothing of it behind, whatever happens."""
    try:
        yield process
    finally:
        kill(process)
