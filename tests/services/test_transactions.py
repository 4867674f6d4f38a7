"""Writers take turns: none is lost, a wait has an end, each connection is set for safety."""

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp import create_app, database
from quizapp.database import Busy, FairLock, patient, writing
from quizapp.extensions import db
from quizapp.models import Setting, User
from tests.factories import create_person

PROCESSES, THREADS, TIMES = 2, 4, 50


def count_up(instance: str) -> None:
    """Read a number and write it back one higher, from several threads."""
    app = create_app({"INSTANCE_PATH": instance})

    def one_thread(_: int) -> None:
        with app.app_context():
            for _ in range(TIMES):
                with writing(wait_s=20) as session:
                    row = session.get_one(Setting, "n", populate_existing=True)
                    row.value = row.value + 1

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one_thread, range(THREADS)))


@pytest.mark.only("sqlite")
@pytest.mark.usefixtures("app")
def test_no_update_is_lost(tmp_path: Path) -> None:
    with writing() as session:
        session.add(Setting(key="n", value=0))
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=count_up, args=(str(tmp_path),)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert db.session.scalar(sa.select(Setting.value)) == PROCESSES * THREADS * TIMES == 400


@pytest.mark.only("sqlite")
def test_a_patient_writer_waits_longer_than_a_page_would(app: Flask) -> None:
    elsewhere = FairLock(Path(db.engine.url.database or ""))
    assert elsewhere.acquire(1)
    threading.Timer(database.WAIT_S * 2, elsewhere.release).start()
    with patient(30), writing() as session:
        session.add(Setting(key="n", value=1))
    assert db.session.scalar(sa.select(Setting.value)) == 1


@pytest.mark.only("sqlite")
def test_a_writer_whose_turn_does_not_come_leaves_nothing(app: Flask) -> None:
    path = Path(db.engine.url.database or "")
    elsewhere = FairLock(path)  # as another process holds it: lock files of its own
    assert elsewhere.acquire(1)
    began = time.monotonic()

    def refused() -> None:
        with writing() as session:
            session.add(User(uid="never"))

    with pytest.raises(Busy):
        refused()
    assert 0.5 <= time.monotonic() - began < 1.5
    elsewhere.release()
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 0
    create_person()
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1


@pytest.mark.only("sqlite")
@pytest.mark.usefixtures("app")
def test_threads_take_turns_in_the_order_they_came() -> None:
    lock = FairLock(Path(db.engine.url.database or ""))
    order: list[int] = []
    assert lock.acquire(1)

    def wait(n: int) -> None:
        assert lock.acquire(5)
        order.append(n)
        lock.release()

    threads = [threading.Thread(target=wait, args=(n,)) for n in range(6)]
    for n, thread in enumerate(threads):
        thread.start()
        while len(lock._waiting) <= n:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_what_fails_is_rolled_back_and_the_turn_is_given_on(app: Flask) -> None:
    def breaks() -> None:
        with writing() as session:
            session.add(Setting(key="n", value=1))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        breaks()
    with writing() as session:
        assert session.get(Setting, "n") is None


@pytest.mark.only("sqlite")
@pytest.mark.usefixtures("app")
def test_each_pooled_connection_is_durable_and_strict() -> None:
    connections = [db.engine.connect() for _ in range(5)]
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
    for connection in connections:
        for name, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
    for connection in connections:
        connection.close()


@pytest.mark.only("sqlite")
@pytest.mark.usefixtures("app")
def test_readers_do_not_wait_for_a_writer() -> None:
    create_person()
    with writing() as session:
        session.execute(sa.update(User).values(name="new"))
        with db.engine.connect() as reader:
            assert reader.scalar(sa.select(User.name)) == ""
        assert database.WAIT_S == 0.5
