"""Backup, restore and check of a PostgreSQL database, with PostgreSQL's own programs."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.services.operations.operations_errors import Refused


def backup(url: sa.URL, target: Path) -> None:
    """Dump in PostgreSQL's custom format, in one transaction of its own; then swap it in."""
    making = target.with_name(f".{target.name}.{os.getpid()}.making")
    try:
        os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        _run(
            url,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--file={making}",
            f"--dbname={_address(url)}",
        )
        with making.open("rb") as file:
            os.fsync(file.fileno())
        making.replace(target)
    finally:
        making.unlink(missing_ok=True)


def verify(url: sa.URL, source: Path) -> str:
    """Return the migration that a backup is at; Refused where it cannot be read to its end."""
    _run(url, "pg_restore", "--file=/dev/null", str(source))
    table = _run(
        url, "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(source)
    )
    found = re.search(r"^COPY .*alembic_version .*\n(\w+)$", table, re.MULTILINE)
    if not found:
        raise Refused(f"{source} is not a backup of quizapp: it names no migration")
    return found[1]


def exists(_url: sa.URL) -> bool:
    """Say whether there are tables that a restore would replace."""
    with db.engine.connect() as connection:
        return bool(sa.inspect(connection).get_table_names())


def restore(url: sa.URL, source: Path, stamp: str) -> str | None:
    """Dump what is there to a file beside the backup, then replace it in one transaction."""
    kept = None
    if exists(url):
        kept = source.with_name(f"{source.name}.{stamp}")
        backup(url, kept)
    db.engine.dispose()
    with tempfile.NamedTemporaryFile(suffix=".sql") as script:
        _run(
            url, "pg_restore", "--no-owner", "--no-privileges", f"--file={script.name}", str(source)
        )
        _run(
            url,
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "-v",
            "ON_ERROR_STOP=1",
            f"--dbname={_address(url)}",
            "--command=set lock_timeout = '10s'; drop schema public cascade; create schema public",
            f"--file={script.name}",
        )
    return str(kept) if kept else None


def integrity(connection: sa.Connection) -> list[str]:
    """Read every row of every table, as a damaged page shows only when it is read."""
    wrong = []
    for table in sa.inspect(connection).get_table_names():
        name = connection.dialect.identifier_preparer.quote(table)
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"select count(t.*::text) from {name} t")  # noqa: S608
        except sa.exc.DBAPIError as error:
            wrong.append(f"{table}: {error.orig}")
    return wrong


def foreign_keys(connection: sa.Connection) -> list[str]:
    """Return constraints that the server does not vouch for; it refuses broken rows itself."""
    rows = connection.execute(
        sa.text(
            "select conrelid::regclass::text, conname from pg_constraint where not convalidated"
        )
    )
    return [f"{table}: {name} is not validated" for table, name in rows]


def _address(url: sa.URL) -> str:
    """Return the address without its password, which any user of the machine could see in `ps`."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _program(name: str) -> str:
    where = os.pathsep.join(filter(None, (os.environ.get("PG_BINDIR"), os.environ.get("PATH"))))
    found = shutil.which(name, path=where)
    if not found:
        raise Refused(
            f"{name} is missing: install postgresql-client, or set PG_BINDIR to its folder"
        )
    return found


def _run(url: sa.URL, program: str, *arguments: str) -> str:
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    command = [_program(program), *arguments]
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        command, check=False, capture_output=True, text=True, env=environment
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise Refused(f"{program} refused: {lines[0]}")
    return done.stdout
