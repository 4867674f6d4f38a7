"""Work on what strangers brought, in a process of its own that has little memory and time.

Only the standard library is imported here, as the child begins with this, too.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal

MIB: Final = 1024 * 1024
MOST_ANSWER: Final = 64 * MIB  # bytes
LONGEST_COMPLAINT: Final = 2000  # characters of what the child said that are kept
_STOPPED: Final = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)
# Nothing else of ours goes to the child, least of all a secret.
_PASSED: Final = (
    "PATH", "LANG", "LC_ALL", "TMPDIR",
    "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
)  # fmt: skip
# Each thread of a numerics library takes address space, which is limited.
_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: seconds on the clock, bytes of address space."""

    seconds: int
    memory: int


class Failed(RuntimeError):
    """The child came to no answer: it had no time or memory left, or broke; the text says more."""

    def __init__(self, kind: Literal["time", "memory", "broken"], said: str = "") -> None:
        super().__init__(f"{kind}: {said}")
        self.kind = kind


class Stopped(RuntimeError):
    """Somebody else has ended the child, such as a system without memory; it may be tried again."""


def run(program: Path, task: Mapping[str, Any], data: bytes, limits: Limits) -> Any:
    """Run a program on a task (JSON) and bytes, and return its answer (JSON); Failed, Stopped.

    The program calls `task_and_data` first and `answer` last.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        with tempfile.TemporaryFile() as complaints:
            given.write(json.dumps([limits.seconds, limits.memory, task]).encode() + b"\n")
            given.write(data)
            given.seek(0)
            code = _run(program, (given, answered, complaints), limits.seconds)
            _check(code, complaints)
        answered.seek(0)
        try:
            return json.load(answered)
        except ValueError as error:
            raise Failed("broken", "its answer is not JSON") from error


def _run(program: Path, files: tuple[IO[bytes], IO[bytes], IO[bytes]], seconds: int) -> int:
    given, answered, complaints = files
    environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
    try:
        # A session of its own: a signal to the worker's group lets it end its work first.
        return subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-P", str(program)],
            stdin=given,
            stdout=answered,
            stderr=complaints,
            env=environment | _ONE_THREAD,
            timeout=seconds,
            start_new_session=True,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise Failed("time") from error


def _check(code: int, complaints: IO[bytes]) -> None:
    if code == 0:
        return
    if code == -signal.SIGXCPU:
        raise Failed("time")
    if code in _STOPPED:
        raise Stopped(f"ended by signal {-code}")
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(size - LONGEST_COMPLAINT, 0))
    said = complaints.read().decode(errors="replace")
    raise Failed("memory" if "MemoryError" in said else "broken", f"exit {code}: {said}")


def task_and_data() -> tuple[Any, bytes]:
    """In the child: return what it was given, once it can no longer exceed its limits."""
    seconds, memory, task = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # should the parent be gone
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_ANSWER, MOST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return task, sys.stdin.buffer.read()


def answer(told: Any) -> None:
    """In the child: give the answer."""
    json.dump(told, sys.stdout)
    sys.stdout.flush()
