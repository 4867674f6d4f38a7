"""`flask ops serve`: from nothing to a served app, and everything ends together."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests import server
from tests.server import ROOT, environment, flask


def wait_for(log: Path, words: str) -> str:
    for _ in range(200):
        if words in (text := log.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_from_nothing_to_served_and_ended(tmp_path: Path, number: signal.Signals) -> None:
    port, log = server.free_port(), tmp_path / "log"
    env = environment(tmp_path / "instance", port)
    with server.ended(server.start(flask("ops", "serve"), env, log)) as process:
        server.wait_until_healthy(port, process, log)
        said = wait_for(log, "/links/")
        assert f"http://127.0.0.1:{port}" in said
        assert re.search(rf"http://127\.0\.0\.1:{port}/links/[\w-]{{43}}\n", said)
        assert len(server.group_members(process.pid)) >= 5  # serve, gunicorn and its two, worker
        os.kill(process.pid, number)
        assert process.wait(20) == 0
        assert server.gone(process.pid)
    assert "Traceback" not in log.read_text()


def test_when_one_dies_the_other_ends_too(tmp_path: Path) -> None:
    port, log = server.free_port(), tmp_path / "log"
    env = environment(tmp_path / "instance", port)
    with server.ended(server.start(flask("ops", "serve"), env, log)) as process:
        server.wait_until_healthy(port, process, log)
        for pid in server.group_members(process.pid):
            if b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)
        assert process.wait(20) == 1
        assert server.gone(process.pid)


def test_a_killed_parent_leaves_nothing_behind(tmp_path: Path) -> None:
    port, log = server.free_port(), tmp_path / "log"
    env = environment(tmp_path / "instance", port)
    with server.ended(server.start(flask("ops", "serve"), env, log)) as process:
        server.wait_until_healthy(port, process, log)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        assert server.gone(process.pid)


def refusal(instance: Path, port: str, **more: str) -> str:
    env = {**environment(instance, 0, **more), "PORT": port}
    done = subprocess.run(
        flask("ops", "serve"), cwd=ROOT, env=env, capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert not (instance / "quizapp.db").exists()
    return done.stderr


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(tmp_path, str(port))
    assert f"127.0.0.1:{port}" in said
    assert "in use" in said


def test_what_is_no_port_or_host_is_one_clear_line(tmp_path: Path) -> None:
    assert "PORT" in refusal(tmp_path, "http")
    assert "no.such.host.invalid" in refusal(tmp_path, "5000", HOST="no.such.host.invalid")
