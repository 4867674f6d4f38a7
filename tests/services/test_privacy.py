"""Everything of a person can be taken away, and taken out."""

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Audit,
    Bank,
    BankMember,
    CardMark,
    Course,
    Enrolment,
    ErasedResult,
    Identity,
    Import,
    Job,
    LoggedResponse,
    OneTimeLink,
    QuestionReport,
    QuestionVersion,
    Snapshot,
    Upload,
    UploadPiece,
    User,
)
from quizapp.models.memory import Regrade
from quizapp.services.identifiers import new_secret
from quizapp.services.people import accounts, erasure, links, merging, privacy, sessions
from quizapp.services.people.people import LastAdmin
from quizapp.services.people.privacy import safe_cell
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts
from tests.factories import create_person
from tests.services.quiz_makers import CHOICE, ESSAY, TYPED, begin, create_questions, create_quiz

GOOD = "orchid lamp seven"
SECRET = "typed by Mara herself"


@pytest.fixture(autouse=True)
def _cheap(app: Flask) -> None:
    app.config.update(ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=64)


@pytest.fixture
def mara(now: datetime) -> Person:
    """Somebody who has left a trace in every table."""
    ids = create_questions(("multiple_choice", CHOICE), ("short_answer", TYPED), ("essay", ESSAY))
    quiz = create_quiz(ids, feedback="immediate")
    guest, _ = sessions.guest_of(new_secret(), now, "UTC")
    who = accounts.sign_up(None, "mara@example.org", "Mara", GOOD, "UTC", now)
    early = begin(guest, quiz, now)
    attempts.answer_practice(guest, early.uid, 1, str(uuid4()), {"option": "o2"}, now=now)
    merging.merge(guest.id, who.id, now)
    done = begin(who, create_quiz(ids, slug="second", feedback="immediate"), now)
    given = [{"option": "o2"}, {"text": SECRET}, {"text": SECRET}]
    for slot, raw in enumerate(given, start=1):
        at = now + timedelta(minutes=slot)
        attempts.answer_practice(who, done.uid, slot, str(uuid4()), raw, now=at, took_ms=900)
    with writing() as session:
        session.add_all(
            [
                Identity(issuer="lti", subject="7", user_id=who.id),
                Course(uid="c", title="Course", created_at=now),
                Import(
                    bank_id=1,
                    user_id=who.id,
                    filename="f",
                    sha256="0",
                    format="gift",
                    state="stored",
                ),
                QuestionReport(question_id=ids[0], version=1, user_id=who.id, text=SECRET, at=now),
                Job(kind="x", state="done", run_after=now, created_by=who.id, created_at=now),
                Snapshot(kind="course", subject="1", data={"names": ["Mara"]}, as_of=now),
                CardMark(user_id=who.id, fact_id=1, note=SECRET),
                Upload(
                    uid="u",
                    user_id=who.id,
                    filename=SECRET,
                    state="ready",
                    options={"title": SECRET},
                    created_at=now,
                ),
                BankMember(bank_id=1, user_id=who.id, access="edit"),
                Audit(at=now, actor_id=who.id, action="x", subject_user_id=who.id),
            ]
        )
        session.flush()
        session.add(UploadPiece(upload_id=1, number=0, data=SECRET.encode()))
        session.add(
            Enrolment(course_id=1, user_id=who.id, role="learner", shown_name="Mara", joined_at=now)
        )
        session.get_one(Bank, 1).owner_id = who.id
        session.get_one(QuestionVersion, (ids[0], 1)).edited_by = who.id
        seq = session.scalars(
            sa.select(LoggedResponse.seq).where(
                LoggedResponse.user_id == who.id, LoggedResponse.slot == 3
            )
        ).one()
        session.add(
            Regrade(
                user_id=who.id,
                seq=seq,
                n=1,
                score=0.5,
                fraction=0.5,
                why="person",
                by=who.id,
                at=now,
                note=SECRET,
            )
        )
    sessions.start(who.id, now)
    links.make_link("reset", who.id, None, 24, now)
    return sessions.person(who.id) or who


def counts() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in User.metadata.sorted_tables
    }


def test_nothing_is_left_that_names_an_erased_person(mara: Person, now: datetime) -> None:
    ids = db.session.scalars(
        sa.select(User.id).where(sa.or_(User.id == mara.id, User.merged_into_id == mara.id))
    ).all()
    assert len(ids) == 2
    naming = {"by", "edited_by", "created_by", "actor_id", "owner_id", "subject_user_id"}
    naming |= {"user_id", "merged_into_id"}
    erasure.erase(mara.id, now)
    db.session.rollback()
    for table in User.metadata.sorted_tables:
        for column in table.columns:
            points = any(key.column.table.name == "users" for key in column.foreign_keys)
            if points or column.name in naming or (table.name, column.name) == ("users", "id"):
                left = sa.select(sa.func.count()).where(column.in_(ids))
                assert db.session.scalar(left) == 0, f"{table.name}.{column.name}"
        dump = repr(db.session.execute(sa.select(table)).all())
        for word in ("mara@example.org", "Mara", SECRET, mara.uid):
            assert word not in dump, f"{word} in {table.name}"


def test_the_fixture_has_a_row_in_every_table_of_a_person(mara: Person) -> None:
    """Else the test above would prove nothing about the tables it leaves empty."""
    db.session.rollback()
    empty = {
        table.name
        for table in User.metadata.sorted_tables
        if "user_id" in table.columns
        and not db.session.scalar(
            sa.select(sa.func.count()).where(table.columns["user_id"] == mara.id)
        )
    }
    assert empty == {"attempt_saves", "exceptions", "parameters", "plans"}


def test_every_column_that_could_name_a_person_is_known(app: Flask) -> None:
    """A new column under one of these names has to be added to UNNAMED, or to this list."""
    known = {(column.class_.__tablename__, column.key) for column in erasure.UNNAMED}
    for table in User.metadata.sorted_tables:
        for column in table.columns:
            if column.name in {"by", "edited_by", "created_by", "actor_id", "subject_user_id"}:
                assert (table.name, column.name) in known, f"{table.name}.{column.name}"
            if column.name == "user_id" and not column.foreign_keys:
                in_key = table.name in {"regrades", "attempt_items", "attempt_saves"}
                assert in_key or (table.name, column.name) in known, table.name


def test_handed_in_answers_stay_without_person_time_or_words(mara: Person, now: datetime) -> None:
    erasure.erase(mara.id, now)
    kept = db.session.scalars(sa.select(ErasedResult).order_by(ErasedResult.slot)).all()
    assert [(row.slot, row.fraction, row.choices) for row in kept] == [
        (1, -0.5, ["o2"]),
        (2, 0.0, []),
        (3, 0.5, []),
    ]
    assert len({row.attempt_key for row in kept}) == 1
    assert {row.month for row in kept} == {"2026-03"}
    assert kept[0].took_ms == 900


def test_content_passes_to_the_admins_and_the_audit_keeps_the_act(
    mara: Person, now: datetime
) -> None:
    erasure.erase(mara.id, now)
    assert db.session.get_one(Bank, 1).owner_id is None
    acts = db.session.execute(sa.select(Audit.action, Audit.actor_id, Audit.subject_user_id))
    assert {tuple(row) for row in acts} >= {("x", None, None), ("user.erase", None, None)}
    reports = db.session.scalars(sa.select(QuestionReport)).all()
    assert [(row.user_id, row.text) for row in reports] == [(None, "")]
    assert db.session.scalars(sa.select(OneTimeLink)).all() == []


def test_others_lose_nothing(mara: Person, now: datetime) -> None:
    other = create_person(name="Other")
    attempt = begin(other, create_quiz([1], slug="third", feedback="immediate"), now)
    attempts.answer_practice(other, attempt.uid, 1, str(uuid4()), {"option": "o1"}, now=now)
    before = privacy.export(other.id, now)
    erasure.erase(mara.id, now)
    db.session.rollback()
    assert privacy.export(other.id, now) == before
    erasure.erase(mara.id, now)
    assert counts()["users"] == 1


def test_the_last_admin_cannot_be_erased(now: datetime) -> None:
    boss = create_person("admin")
    with pytest.raises(LastAdmin):
        erasure.erase(boss.id, now)
    create_person("admin")
    erasure.erase(boss.id, now)
    assert counts()["users"] == 1


def test_a_guest_can_be_erased(app: Flask, now: datetime) -> None:
    guest, token = sessions.guest_of(new_secret(), now, "UTC")
    erasure.erase(guest.id, now)
    assert sessions.find(token, now) is None
    assert counts()["users"] == 0


# Export


def test_the_export_holds_everything_and_no_hash(mara: Person, now: datetime) -> None:
    data = json.loads("".join(privacy.json_lines(privacy.export(mara.id, now))))
    assert data["profile"]["email"] == "mara@example.org"
    assert len(data["responses"]) == 4
    assert [row["payload"] for row in data["responses"]][2] == {"text": SECRET}
    assert len(data["reviews"]) >= 2
    assert {row["number"] for row in data["attempts"]} == {1}
    assert data["card_marks"][0]["note"] == SECRET
    assert data["shelf"][0]["bank"] == "quizbank"
    assert data["enrolments"][0]["course"] == "c"
    assert set(data["sessions"][0]) == {"expires_at", "seen_at"}
    assert data["owned"]["banks"] == [{"slug": "quizbank", "title": "Quizbank"}]
    assert {row["stem"] for row in data["questions"]} == {
        "Question 1?",
        "Question 2?",
        "Question 3?",
    }
    assert all(row["question"] for row in data["responses"])
    text = json.dumps(data)
    for secret in ("argon2", "sha256", "password_hash", "user_id", "question_id", "token"):
        assert secret not in text, secret


def test_every_table_of_a_person_is_in_the_export(mara: Person, now: datetime) -> None:
    data = privacy.export(mara.id, now)
    for table in User.metadata.sorted_tables:
        if "user_id" in table.columns:
            assert table.name in data


def test_marks_of_an_open_attempt_are_left_out(mara: Person, now: datetime) -> None:
    data = privacy.export(mara.id, now)
    still_open = [row["n"] for row in data["attempts"] if row["state"] == "open"]
    scores = [row["score"] for row in data["responses"] if row["attempt_n"] in still_open]
    assert scores == [None]
    lines = list(csv.DictReader(io.StringIO("".join(privacy.responses_csv(mara.id, now)))))
    assert lines[0]["score"] == ""


def test_answers_come_as_a_table(mara: Person, now: datetime) -> None:
    lines = list(csv.DictReader(io.StringIO("".join(privacy.responses_csv(mara.id, now)))))
    assert len(lines) == 4
    assert lines[1]["question"] == "Question 1?"
    assert lines[1]["fraction"] == "-0.5"
    assert json.loads(lines[2]["answer"]) == {"text": SECRET}


def test_no_cell_is_live_in_a_spreadsheet(shared: Path) -> None:
    strings: dict[str, Any] = json.loads(
        (shared / "hostile/csv_injection/strings.json").read_text()
    )
    for text in [*strings["payloadbox"], *strings["own"]]:
        cell = safe_cell(text)
        assert isinstance(cell, str)
        assert not cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")), text
        assert cell.removeprefix("'") == text or cell == text
    assert safe_cell(-0.5) == -0.5


def test_a_hostile_stem_and_title_are_made_safe(mara: Person, now: datetime) -> None:
    with writing() as session:
        session.get_one(Bank, 1).title = "=HYPERLINK(1)"
        for version in session.scalars(sa.select(QuestionVersion)):
            version.stem = "@SUM(1)"
    lines = list(csv.reader(io.StringIO("".join(privacy.responses_csv(mara.id, now)))))
    assert {tuple(line[1:3]) for line in lines[1:]} == {("'=HYPERLINK(1)", "'@SUM(1)")}
