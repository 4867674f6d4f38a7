"""Rows that go past SQLAlchemy's bookkeeping read back as they would have gone through it."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.formats.shared.source import Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Evidence, Fact, MediaBlob, Question, QuestionVersion, RawBlock
from quizapp.services.identifiers import new_uid, new_uids
from quizapp.services.transfer import import_reading, importing
from quizapp.services.transfer.import_rows import insert_rows
from quizapp.services.transfer.import_work import Work
from tests.factories import create_bank


def question_row(bank: Bank, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "uid": f"q{number}",
        "bank_id": bank.id,
        "fact_id": None,
        "type": "essay",
        "status": "active",
        "version": 1,
        "external_system": None,
        "external_id": "50 % of “it”; --" if number == 101 else None,
        "name": "Größe 中 🙂 %s %(a)s ?",
        "category": None,
        "search_text": "a\nb\nc",
        "import_id": None,
        "edited_here": number == 102,
        "position": number,
    }


def version_row(number: int, body: Any, now: datetime) -> dict[str, Any]:
    return {
        "question_id": number,
        "number": 1,
        "stat_group": 1,
        "stem": "",
        "body": body,
        "html": {},
        "renderer": "",
        "sha256": "0" * 64,
        "edited_by": None,
        "edited_at": now,
        "reason": None,
    }


def test_rows_read_back_as_they_were_given(app: Flask, now: datetime) -> None:
    bank = create_bank()
    bodies = [{"a": 1, "b": [True, None, "ü%s"]}, {"a": True}, {}]
    questions = [question_row(bank, number) for number in (101, 102, 103)]
    versions = [version_row(n, body, now) for n, body in enumerate(bodies, 101)]
    raw = [{"question_id": 103, "format": "gift", "raw": "::x::", "lossy": ["a"]}]
    with writing() as session:
        insert_rows(session, Question, questions)
        insert_rows(session, QuestionVersion, versions)
        insert_rows(session, RawBlock, raw)
    tables: list[tuple[Any, list[dict[str, Any]]]] = [
        (Question, questions),
        (QuestionVersion, versions),
        (RawBlock, raw),
    ]
    for model, rows in tables:
        order = model.id if model is Question else model.question_id
        stored = db.session.scalars(sa.select(model).where(order > 100).order_by(order)).all()
        assert [{name: getattr(one, name) for name in rows[0]} for one in stored] == rows
    versions_now = db.session.scalars(sa.select(QuestionVersion).order_by("question_id"))
    kinds = [type(one.body.get("a")) for one in versions_now if one.question_id > 100]
    assert kinds == [int, bool, type(None)]


def test_the_rows_are_the_same_to_the_database_as_those_of_sqlalchemy(
    app: Flask, now: datetime
) -> None:
    bank = create_bank()
    body = {"text": "é", "n": [1.5]}
    with writing() as session:
        insert_rows(session, Question, [question_row(bank, 101), question_row(bank, 102)])
        insert_rows(session, QuestionVersion, [version_row(101, body, now)])
        session.connection().execute(sa.insert(QuestionVersion), [version_row(102, body, now)])
    query = (
        "SELECT CAST(body AS TEXT), CAST(edited_at AS TEXT), html FROM question_versions "
        "WHERE question_id > 100"
    )
    one, other = db.session.execute(sa.text(query)).all()
    assert one == other


def test_columns_with_names_that_sql_reserves_and_bytes_are_stored(app: Flask) -> None:
    with writing() as session:
        session.execute(sa.text("INSERT INTO media (sha256, mime, size) VALUES ('a', 'b', 1)"))
        insert_rows(session, MediaBlob, [{"sha256": "a", "data": b"\x00\xff"}])
    assert db.session.scalar(sa.select(MediaBlob.data)) == b"\x00\xff"
    assert {"start", "end"} <= set(Evidence.__table__.columns.keys())


def test_a_column_that_is_not_named_gets_what_the_model_says(app: Flask) -> None:
    bank = create_bank()
    row = {"uid": "f", "bank_id": bank.id, "key": "k", "statement": "It is so."}
    with writing() as session:
        insert_rows(session, Fact, [row])
        insert_rows(session, Fact, [])
    fact = db.session.scalars(sa.select(Fact).where(Fact.uid == "f")).one()
    assert (fact.status, fact.position, fact.detail) == ("active", 0, {})


def test_ids_made_together_begin_alike_and_differ() -> None:
    uids = new_uids(1000)
    assert len(set(uids)) == 1000
    assert len({uid[:4] for uid in uids}) == 1
    assert {len(uid) for uid in uids} == {len(new_uid()) + 4}
    assert len({uid[4:] for uid in uids}) == 1000
    assert new_uids(0) == []


@pytest.mark.only("sqlite")
def test_a_large_file_is_stored_while_it_is_read(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "CHUNK", 5)
    waiting, most = 0, 0
    storing = Work._batch

    def seen(questions: int) -> None:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)

    def stored(*arguments: Any) -> None:
        nonlocal waiting
        waiting -= 1
        storing(*arguments)

    monkeypatch.setattr(Work, "_batch", stored)
    table = "front,back\n" + "".join(f"front {n},back {n}\n" for n in range(60))
    source = Source.of("table.csv", table.encode())
    assert importing.import_bank(source, now=now, seen=seen).accepted == 60
    assert most <= 3
