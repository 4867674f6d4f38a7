"""Backup, restore and check of an SQLite file."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from quizapp.services.operations.operations_errors import Refused

BESIDE = ("-wal", "-shm")
WAIT_S = 30.0


def backup(url: sa.URL, target: Path) -> None:
    """Copy the file in one read transaction, so that writers go on; then swap it in."""
    source = _file(url)
    if not source.is_file():
        raise Refused(f"there is no database at {source}")
    if target.exists() and target.samefile(source):
        raise Refused("a backup cannot take the place of the database itself")
    making = _copy(source, target)
    making.replace(target)
    _sync(target.parent)


def verify(_url: sa.URL, source: Path) -> str:
    """Return the migration that a backup is at; Refused where it is damaged or not ours."""
    try:
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise Refused(f"{source} is not a backup of quizapp: {error}") from error
    if found != "ok" or broken:
        raise Refused(f"{source} is damaged: {found if found != 'ok' else 'foreign keys'}")
    if row is None:
        raise Refused(f"{source} is not a backup of quizapp: it names no migration")
    return str(row[0])


def exists(url: sa.URL) -> bool:
    """Say whether there is a database that a restore would replace."""
    return _file(url).exists()


def restore(url: sa.URL, source: Path, stamp: str) -> str | None:
    """Swap a copy of the backup in; returns where the old file is kept."""
    target = _file(url)
    kept = None
    making = _copy(source, target)
    if target.exists():
        kept = target.with_name(f"{target.name}.{stamp}")
        try:
            _fold_wal(target)
        except Refused:
            making.unlink()
            raise
        for suffix in BESIDE:  # still there only if the old file is damaged
            with suppress(FileNotFoundError):
                target.with_name(target.name + suffix).rename(f"{kept}{suffix}")
        os.link(target, kept)  # so that there is never a moment without a database
    making.replace(target)
    _sync(target.parent)
    return str(kept) if kept else None


def integrity(connection: sa.Connection) -> list[str]:
    """Return what SQLite finds wrong with the file."""
    rows = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    return [] if rows == ["ok"] else list(rows)


def foreign_keys(connection: sa.Connection) -> list[str]:
    """Return rows that point at nothing."""
    rows: list[Any] = list(connection.exec_driver_sql("PRAGMA foreign_key_check"))
    return [f"{table} row {row} has no {parent}" for table, row, parent, _ in rows]


def _file(url: sa.URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise Refused("a database in memory cannot be kept")
    return Path(url.database).resolve()


def _copy(source: Path, target: Path) -> Path:
    """Write a whole copy, WAL included, beside `target`, readable by its owner only."""
    making = target.with_name(f".{target.name}.{os.getpid()}.making")
    making.unlink(missing_ok=True)
    os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(source, timeout=WAIT_S)) as connection:
            connection.execute("VACUUM INTO ?", (str(making),))
        with closing(sqlite3.connect(making)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise Refused(f"{source} is damaged: {found}")
        _sync(making)
    except sqlite3.Error as error:
        making.unlink(missing_ok=True)
        raise Refused(f"{source} could not be copied: {error}") from error
    except BaseException:
        making.unlink(missing_ok=True)
        raise
    return making


def _fold_wal(path: Path) -> None:
    """Bring the WAL into the file; SQLite refuses while another process has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Refused("the app is running: stop it, then restore") from error
    except sqlite3.DatabaseError:
        pass  # damaged: kept as it is, with what stands beside it


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
