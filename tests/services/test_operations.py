"""Backup under load, restore, and check: nothing is lost, and nothing bad goes unseen."""

import os
import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Setting, User
from quizapp.services.operations import operations
from quizapp.services.operations.operations import Refused
from tests.factories import create_bank, create_person

pytestmark = pytest.mark.usefixtures("app")


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def write_pairs(app: Flask, stop: threading.Event) -> None:
    """Write two rows per transaction: a copy that tears one apart holds an odd number."""
    with app.app_context():
        n = 0
        while not stop.is_set():
            with writing(wait_s=5) as session:
                session.add(Setting(key=f"{threading.get_ident()} {n} a", value=1))
                session.flush()
                session.add(Setting(key=f"{threading.get_ident()} {n} b", value=1))
            n += 1


def test_backup_under_load_restores(app: Flask, tmp_path: Path, now: datetime) -> None:
    create_bank(facts=50)
    stop = threading.Event()
    writers = [threading.Thread(target=write_pairs, args=(app, stop)) for _ in range(3)]
    for writer in writers:
        writer.start()
    copies = [tmp_path / f"copy{n}" for n in range(3)]
    for copy in copies:
        assert operations.backup(copy)["bytes"] > 0
        assert copy.stat().st_mode & 0o777 == 0o600
    stop.set()
    for writer in writers:
        writer.join()
    everything = count(Setting)
    for copy in copies:
        answer = operations.restore(copy, now, force=True)
        assert answer["current"]
        kept = Path(answer["kept"])
        assert kept.exists()
        assert count(Setting) % 2 == 0
        assert set(operations.check().values()) == {"ok"}
        os.replace(kept, f"{kept}.{copy.name}")
    assert count(Setting) <= everything
    assert not list(tmp_path.glob(".*making"))


def test_what_a_restore_replaced_can_be_restored(tmp_path: Path, now: datetime) -> None:
    operations.backup(tmp_path / "empty")
    create_person()
    with pytest.raises(Refused, match="--force"):
        operations.restore(tmp_path / "empty", now)
    assert count(User) == 1
    kept = operations.restore(tmp_path / "empty", now, force=True)["kept"]
    assert count(User) == 0
    operations.restore(Path(kept), now.replace(year=2027), force=True)
    assert count(User) == 1


def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path, now: datetime) -> None:
    create_person()
    other = tmp_path / "other"
    other.write_bytes(b"not a database" * 500)
    with pytest.raises(Refused):
        operations.restore(other, now, force=True)
    with pytest.raises(Refused, match="no file"):
        operations.restore(tmp_path / "absent", now, force=True)
    with pytest.raises(Refused, match="no folder"):
        operations.backup(tmp_path / "absent" / "copy")
    assert count(User) == 1


def test_a_torn_backup_is_refused(tmp_path: Path, now: datetime) -> None:
    create_bank(facts=200)
    copy = tmp_path / "copy"
    operations.backup(copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(Refused):
        operations.restore(copy, now, force=True)
    assert set(operations.check().values()) == {"ok"}


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path, now: datetime) -> None:
    with writing() as session:
        session.execute(sa.text("update alembic_version set version_num = 'fromthefuture'"))
    assert operations.check()["migrations"] != "ok"
    operations.backup(tmp_path / "copy")
    with pytest.raises(Refused, match="fromthefuture"):
        operations.restore(tmp_path / "copy", now, force=True)


@pytest.mark.only("sqlite")
def test_restore_where_nothing_is(tmp_path: Path, now: datetime) -> None:
    create_person()
    operations.backup(tmp_path / "copy")
    db.session.remove()
    db.engine.dispose()
    Path(db.engine.url.database or "").unlink()
    assert operations.restore(tmp_path / "copy", now)["kept"] is None
    assert count(User) == 1


@pytest.mark.only("sqlite")
def test_restore_is_refused_while_the_app_runs(tmp_path: Path, now: datetime) -> None:
    operations.backup(tmp_path / "copy")
    running = sqlite3.connect(db.engine.url.database or "")
    running.execute("select count(*) from users").fetchall()
    with pytest.raises(Refused, match="running"):
        operations.restore(tmp_path / "copy", now, force=True)
    running.close()
    operations.restore(tmp_path / "copy", now, force=True)


@pytest.mark.only("sqlite")
def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path, now: datetime) -> None:
    create_bank(facts=100)
    operations.backup(tmp_path / "copy")
    db.session.remove()
    db.engine.dispose()
    path = Path(db.engine.url.database or "")
    path.write_bytes(b"\xff" * 5000)
    kept = Path(operations.restore(tmp_path / "copy", now, force=True)["kept"])
    assert kept.read_bytes() == b"\xff" * 5000
    assert set(operations.check().values()) == {"ok"}


@pytest.mark.only("sqlite")
def test_check_sees_a_row_that_points_at_nothing() -> None:
    create_bank()
    db.session.rollback()
    connection = sqlite3.connect(db.engine.url.database or "")
    connection.execute("delete from banks")
    connection.commit()
    connection.close()
    assert len(operations.check()["foreign_keys"]) > 5


@pytest.mark.only("sqlite")
def test_a_backup_never_takes_the_databases_place() -> None:
    with pytest.raises(Refused, match="itself"):
        operations.backup(Path(db.engine.url.database or ""))


def test_an_older_backup_is_restored_and_said_to_be_old(tmp_path: Path, now: datetime) -> None:
    create_person()
    operations.backup(tmp_path / "copy")
    operations.restore(tmp_path / "copy", now, force=True)
    flask_migrate.upgrade()
    assert count(User) == 1
