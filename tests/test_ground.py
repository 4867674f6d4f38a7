"""The test ground itself: what other tests take for granted."""

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Question, User
from tests.factories import create_bank, create_person, sign_in


def test_health(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}


def test_requests_do_not_share_who_is_signed_in(app: Flask) -> None:
    teacher, stranger = app.test_client(), app.test_client()
    sign_in(teacher, create_person("instructor", name="Ada"))

    @app.get("/who")
    def who() -> str:
        from quizapp.web.identity import person

        found = person()
        return found.name if found else "nobody"

    assert [browser.get("/who").text for browser in (teacher, stranger, teacher)] == [
        "Ada",
        "nobody",
        "Ada",
    ]


def test_a_test_sees_what_a_request_wrote(app: Flask, client: FlaskClient) -> None:
    @app.post("/write")
    def write() -> str:
        return create_person().uid

    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 0
    client.post("/write")
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1


def test_a_bank_has_its_questions(app: Flask) -> None:
    bank = create_bank(facts=2)
    assert bank.slug == "blood"
    types = db.session.scalars(sa.select(Question.type).where(Question.bank_id == bank.id))
    assert sorted(types) == ["flashcard"] * 2 + ["multiple_choice"] * 2
