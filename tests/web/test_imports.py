"""Bringing files in and taking banks out through the pages."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Import, Question, Quiz, Upload, UploadPiece
from quizapp.services.content import banks, editable_questions, editing
from quizapp.services.operations import job_handlers, jobs
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import undoing, uploads
from tests.factories import create_person, sign_in
from tests.web.people_ground import real_now

BANK = """format: quizapp-bank/1
title: Rivers
questions:
  - {key: a, type: true_false, stem: The Rhine is a river., answer: true, category: a/b}
  - {key: b, type: short_answer, stem: "What flows through Cologne?", answers: [{text: Rhine}]}
  - {key: c, type: true_false, stem: Broken}
"""


class Nobody:
    """A job's context without a worker."""

    def now(self) -> datetime:
        return real_now()

    def progress(self, share: float) -> None:
        pass


def work() -> int:
    """Run what is due, as the worker does."""
    done = 0
    while held := jobs.lease("test", real_now()):
        result = job_handlers.HANDLERS[held.kind](held.payload, Nobody())
        jobs.finish(held, result, real_now())
        done += 1
    return done


@pytest.fixture
def teacher(app: Flask, client: FlaskClient) -> Person:
    person = create_person("instructor")
    sign_in(client, person)
    return person


def bring(client: FlaskClient, text: str = BANK, name: str = "rivers.yaml", **fields: str) -> str:
    file = (io.BytesIO(text.encode()), name)
    data = {"file": file, **fields}
    answer = client.post("/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={**fields})


def test_a_file_becomes_a_published_quiz_in_two_forms(client: FlaskClient, teacher: Person) -> None:
    page = bring(client)
    assert "Reading the file" in client.get(page).text
    assert work() == 1
    preview = client.get(page).text
    assert "2 of 3 questions are ready" in preview
    assert "What flows through Cologne?" in preview
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0
    assert post(client, f"{page}/store", title="Rivers", go="quiz").status_code == 303
    assert work() == 1
    stored = client.get(page).text
    quiz = db.session.scalars(sa.select(Quiz)).one()
    assert f"/quizzes/{quiz.slug}" in stored
    assert (quiz.visibility, quiz.status) == ("link", "active")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UploadPiece)) == 0
    assert client.get(f"/quizzes/{quiz.slug}").status_code == 200


def test_what_is_left_out_is_not_stored_and_a_category_can_give_a_tag(
    client: FlaskClient, teacher: Person
) -> None:
    page = bring(client)
    work()
    fields = {"leave_out": "2", "tag-0": "geo", "title": "T", "go": "store"}
    post(client, f"{page}/store", **fields)
    work()
    question = db.session.scalars(sa.select(Question)).one()
    assert question.external_id == "a"
    assert "geo" in question.search_text


def test_an_import_is_taken_back_with_one_click(client: FlaskClient, teacher: Person) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="store")
    work()
    assert post(client, f"{page}/undo").status_code == 303
    assert "Taken back" in client.get(page).text
    assert db.session.scalars(sa.select(Bank)).one().deleted_at is not None
    assert post(client, f"{page}/undo").status_code == 404


def test_undo_in_a_bank_with_other_questions_takes_only_its_own(
    client: FlaskClient, teacher: Person
) -> None:
    first = bring(client)
    work()
    post(client, f"{first}/store", title="Rivers", go="store")
    work()
    slug = db.session.scalars(sa.select(Bank.slug)).one()
    changed = BANK.replace("is a river.", "is long.").replace("key: b", "key: d")
    second = bring(client, changed, bank=slug)
    work()
    post(client, f"{second}/store", bank=slug, go="store")
    work()
    rows = {q.external_id: q for q in db.session.scalars(sa.select(Question))}
    assert {key: q.version for key, q in rows.items()} == {"a": 2, "b": 1, "d": 1}
    db.session.rollback()
    post(client, f"{second}/undo")
    assert work() == 1
    rows = {q.external_id: q for q in db.session.scalars(sa.select(Question))}
    assert {key: q.version for key, q in rows.items()} == {"a": 3, "b": 1}
    texts = db.session.execute(sa.text("select stem from question_versions where number in (1, 3)"))
    assert [stem for (stem,) in texts].count("The Rhine is a river.") == 2


def test_the_same_file_again_doubles_nothing(client: FlaskClient, teacher: Person) -> None:
    for _ in range(2):
        page = bring(client)
        work()
        post(client, f"{page}/store", title="Rivers", go="store")
        work()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 2
    assert "0 new, 0 changed, 2 as they were" in client.get(page).text


def test_what_was_edited_here_or_goes_out_and_in_again_is_not_doubled(
    client: FlaskClient, teacher: Person
) -> None:
    gift = "Two plus two? {=4 ~5 ~6}\n\nThe sky is blue. {T}\n\nName a river. {=Rhine}\n"
    page = bring(client, gift, "sums.gift")
    work()
    post(client, f"{page}/store", title="Sums", go="store")
    work()
    slug = db.session.scalars(sa.select(Bank.slug)).one()
    uid = db.session.scalars(sa.select(Question.uid).where(Question.name.like("Two%"))).one()
    db.session.rollback()
    edit_stem(teacher, slug, uid, "How much is two plus two?")
    again = bring(client, gift, "sums.gift", bank=slug)
    work()
    assert created() == 0
    assert "kept as it is here" in client.get(again).text
    post(client, f"{again}/discard")
    for name in ("moodle_xml", "gift", "csv", "qti2", "bank_yaml"):
        file = client.get(f"/banks/{slug}/export/{name}/file").data
        endings = {"moodle_xml": "xml", "gift": "gift", "csv": "csv"}
        data = {"file": (io.BytesIO(file), f"x.{endings.get(name, 'zip')}"), "bank": slug}
        sent = client.post("/import", data=data, content_type="multipart/form-data")
        work()
        assert created() == 0, name
        post(client, f"{sent.headers['Location']}/discard")


def created() -> int:
    """How many questions the last upload would make."""
    report = db.session.scalars(sa.select(Upload.report).order_by(Upload.id.desc())).first()
    db.session.rollback()
    assert report
    return int(report["created"])


def edit_stem(person: Person, slug: str, uid: str, stem: str) -> None:
    bank = banks.editable(slug, person)
    found = editable_questions.find(bank, uid)
    draft = replace(found.draft, stem=stem)
    saved = editing.edit_question(bank, person, uid, found.version, draft, real_now())
    assert saved.uid == uid


def test_undo_brings_back_a_question_whose_type_the_file_had_changed(
    client: FlaskClient, teacher: Person
) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="store")
    work()
    slug = db.session.scalars(sa.select(Bank.slug)).one()
    other = BANK.replace(
        "type: true_false, stem: The Rhine is a river., answer: true",
        ('type: short_answer, stem: "A river?", answers: [{text: Rhine}]'),
    )
    second = bring(client, other, bank=slug)
    work()
    post(client, f"{second}/store", bank=slug, go="store")
    work()
    post(client, f"{second}/undo")
    work()
    rows = db.session.scalars(sa.select(Question).where(Question.status == "active"))
    assert sorted(question.type for question in rows) == ["short_answer", "true_false"]


def test_a_file_that_cannot_be_read_says_so_and_stores_nothing(
    client: FlaskClient, teacher: Person
) -> None:
    page = bring(client, "PK\x03\x04 no zip", "x.zip")
    work()
    text = client.get(page).text
    assert "could not be read" in text
    assert "damaged" in text
    post(client, f"{page}/discard")
    assert client.get(page).status_code == 404
    assert db.session.scalar(sa.select(Upload)) is None


def test_another_person_sees_nothing_of_an_upload(app: Flask, client: FlaskClient) -> None:
    sign_in(client, create_person("instructor"))
    page = bring(client)
    other = app.test_client()
    sign_in(other, create_person("instructor"))
    assert other.get(page).status_code == 404
    assert post(other, f"{page}/store").status_code == 404
    assert post(other, f"{page}/discard").status_code == 404


def test_nothing_chosen_is_told(client: FlaskClient, teacher: Person) -> None:
    answer = post(client, "/import", text="  ")
    assert answer.status_code == 303
    assert "Choose a file" in client.get("/import").text


def test_a_large_file_is_staged_unseen_and_a_broken_end_leaves_nothing(
    app: Flask, teacher: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quizapp.core.formats.model import FormatError, QuestionIn
    from quizapp.core.formats.shared.source import Source
    from quizapp.services.transfer import import_reading
    from quizapp.services.transfer.import_work import Wishes, Work

    monkeypatch.setattr(import_reading, "CHUNK", 2)
    seen: list[int] = []

    class Plugin:
        NAME, LABEL, SUFFIXES, OPTIONS = "fake", "Fake", (".x",), ()

        @staticmethod
        def read(source: Source) -> Any:
            for number in range(1, 6):
                visible = sa.select(sa.func.count()).where(Bank.deleted_at.is_(None))
                seen.append(db.session.scalar(visible) or 0)
                db.session.rollback()
                yield QuestionIn(number, "flashcard", f"F{number}", {"back": "B"})
            raise FormatError("torn off")

    work = Work(Plugin, Source.of("a.x", b""), Wishes(owner_id=teacher.id))  # type: ignore[arg-type]
    with pytest.raises(FormatError, match="torn off"):
        work.store(now)
    assert set(seen) == {0}
    for model in (Bank, Question, Import):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


def test_a_staged_import_without_a_worker_is_swept(
    app: Flask, teacher: Person, now: datetime
) -> None:
    with writing() as session:
        bank = Bank(uid="b", slug="b", title="B", owner_id=teacher.id, deleted_at=now)
        session.add(bank)
        session.flush()
        row = {"filename": "f", "sha256": "", "format": "gift", "state": "staged", "at": now}
        session.add(Import(bank_id=bank.id, options={"made_bank": True}, **row))
    assert undoing.abandon_forsaken(now) == 0
    assert undoing.abandon_forsaken(now + timedelta(hours=3)) == 1
    assert db.session.scalar(sa.select(Bank)) is None


def test_uploads_left_lying_are_deleted(client: FlaskClient, teacher: Person) -> None:
    bring(client)
    uploads.sweep(real_now() + timedelta(days=1))
    assert db.session.scalar(sa.select(Upload)) is not None
    db.session.rollback()
    uploads.sweep(real_now() + timedelta(days=3))
    assert db.session.scalar(sa.select(Upload)) is None
    assert db.session.scalar(sa.select(UploadPiece)) is None


def test_a_bank_goes_out_with_a_word_on_what_is_lost(client: FlaskClient, teacher: Person) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="store")
    work()
    slug = db.session.scalars(sa.select(Bank.slug)).one()
    assert "carries everything" in client.get(f"/banks/{slug}/export").text
    told = client.get(f"/banks/{slug}/export/bank_yaml").text
    assert "The file holds 2 questions." in told
    assert "Nothing is lost." in told
    file = client.get(f"/banks/{slug}/export/bank_yaml/file")
    assert file.data[:2] == b"PK"
    assert "attachment" in file.headers["Content-Disposition"]
    assert client.get(f"/banks/{slug}/export/olx").status_code == 404
    for part in ("questions", "sheet", "key"):
        paper = client.get(f"/banks/{slug}/print?part={part}")
        assert paper.status_code == 200
        assert ("Rhine" in paper.text) is (part != "sheet")
