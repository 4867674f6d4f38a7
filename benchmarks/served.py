"""A served app with the immunotherapy bank in an empty instance, and what its workers cost."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.server import (
    ROOT,
    environment,
    flask,
    free_port,
    group_members,
    kill,
    start,
    wait_until_healthy,
)

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SLUG = "immunotherapy"


@dataclass(frozen=True)
class Served:
    """A running server: its port, its instance folder, its process group."""

    port: int
    instance: Path
    group: int

    def cpu_s(self) -> float:
        """Return the processor time that all its processes have used."""
        total = 0.0
        for pid in group_members(self.group):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS_PER_S
        return total

    def memory_mb(self) -> float:
        """Return the resident memory of the largest process."""
        pages = [
            int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            for pid in group_members(self.group)
        ]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def served(workers: int = 2, threads: int = 8) -> Iterator[Served]:
    """Start gunicorn as `make run` does, with the project's own bank; ends it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        instance, port = Path(folder), free_port()
        env = environment(instance, port)
        for command in (
            flask("db", "upgrade"),
            flask("bank", "import", str(ROOT / "questions" / SLUG), "--public"),
        ):
            subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=sys.stderr)
        command = [
            *(sys.executable, "-m", "gunicorn", "--no-control-socket"),
            *("-b", f"127.0.0.1:{port}", "-w", str(workers), "--threads", str(threads)),
            *("--worker-class", "gthread", "--log-level", "warning", "wsgi:app"),
        ]
        process = start(command, env, instance / "log")
        try:
            wait_until_healthy(port, process, instance / "log")
            yield Served(port, instance, process.pid)
        finally:
            kill(process)
