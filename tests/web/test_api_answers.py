"""POST /api/v1/answers and GET /api/v1/study/next, as the contract has them."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import LoggedResponse, User
from quizapp.services.content import catalog
from tests.factories import create_bank, create_person, sign_in


@pytest.fixture
def bank(app: Flask) -> str:
    catalog.forget()
    return create_bank().slug


@pytest.fixture
def learner(client: FlaskClient, bank: str) -> FlaskClient:
    sign_in(client, create_person())
    return client


def following(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/v1/study/next?bank=blood").get_json()


def body(question: dict[str, Any], /, **more: Any) -> dict[str, Any]:
    return {
        "client_id": question["client_id"],
        "question": question["question"],
        "version": question["version"],
        "response": {"option": "o1"},
        "took_ms": 1200,
        **more,
    }


def test_next_names_a_question_and_the_id_to_answer_it_under(learner: FlaskClient) -> None:
    found = following(learner)
    assert set(found) == {"question", "version", "type", "html", "client_id"}
    assert found["type"] == "multiple_choice"
    assert "white blood cells" in found["html"]


def test_an_answer_gets_its_grading_the_key_and_what_comes_next(learner: FlaskClient) -> None:
    reply = learner.post("/api/v1/answers", json=body(following(learner)))
    assert reply.status_code == 200
    said = reply.get_json()
    assert set(said) == {
        "client_id",
        "score",
        "outcome",
        "key",
        "feedback",
        "evidence",
        "card",
        "next",
    }
    assert (said["score"], said["outcome"], said["key"]) == (1.0, "right", {"option": "o1"})
    assert said["next"]["question"]


def test_the_same_id_and_body_give_the_same_grading(learner: FlaskClient) -> None:
    sent = body(following(learner))
    first = learner.post("/api/v1/answers", json=sent).get_json()
    second = learner.post("/api/v1/answers", json=sent)
    assert second.status_code == 200
    for name in ("client_id", "score", "outcome", "key", "feedback", "evidence", "card"):
        assert second.get_json()[name] == first[name]


def test_the_same_id_with_another_body_is_a_conflict(learner: FlaskClient) -> None:
    sent = body(following(learner))
    learner.post("/api/v1/answers", json=sent)
    reply = learner.post("/api/v1/answers", json={**sent, "response": {"option": "o2"}})
    assert (reply.status_code, reply.get_json()["code"]) == (409, "id-reused")
    assert reply.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "seven"},
        {"version": "1"},
        {"version": 0},
        {"response": []},
        {"took_ms": -1},
        {"took_ms": 2**60},
        {"question": ""},
        {"more": 1},
        {"answered_at": "yesterday"},
        {"answered_at": "2026-01-01T10:00:00"},
    ],
)
def test_a_malformed_body_is_400_and_changes_nothing(
    learner: FlaskClient, change: dict[str, Any]
) -> None:
    reply = learner.post("/api/v1/answers", json=body(following(learner), **change))
    assert (reply.status_code, reply.get_json()["code"]) == (400, "malformed")


def test_no_json_is_400(learner: FlaskClient) -> None:
    for data in (b"", b"{", b"[]", b"\xff", b'{"client_id": "\\u0000"}'):
        assert learner.post("/api/v1/answers", data=data).status_code == 400


def test_an_option_that_is_not_there_is_422(learner: FlaskClient) -> None:
    for response in ({"option": "o9"}, {}, {"text": "x"}, {"option": ["o1"]}):
        reply = learner.post("/api/v1/answers", json=body(following(learner), response=response))
        assert reply.status_code == 422


def test_unknown_questions_versions_and_banks_are_404(learner: FlaskClient) -> None:
    found = following(learner)
    for change in ({"question": "nothing"}, {"version": 99}):
        assert learner.post("/api/v1/answers", json=body(found, **change)).status_code == 404
    assert learner.get("/api/v1/study/next?bank=nothing").status_code == 404


def test_the_first_answer_of_a_stranger_makes_a_guest_who_is_known_afterwards(
    client: FlaskClient, bank: str
) -> None:
    first = following(client)
    assert client.post("/api/v1/answers", json=body(first)).status_code == 200
    assert following(client)["question"] != first["question"]


def test_an_answer_without_the_csrf_token_is_refused(guarded: FlaskClient, bank: str) -> None:
    reply = guarded.post("/api/v1/answers", json=body(following(guarded)))
    assert (reply.status_code, reply.get_json()["code"]) == (400, "csrf")
    page = guarded.get("/").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    sent = body(following(guarded))
    headers = {"X-CSRFToken": token}
    assert guarded.post("/api/v1/answers", json=sent, headers=headers).status_code == 200


def test_without_a_script_the_form_answers_and_shows_why(client: FlaskClient, bank: str) -> None:
    page = client.get("/study?bank=blood").text
    fields = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("client_id", "question", "version", "bank")
    }
    reply = client.post("/study", data={**fields, "r.option": "o2"}, follow_redirects=True)
    assert reply.status_code == 200
    assert "Your answer: wrong" in reply.text
    assert "Right answer" in reply.text
    again = client.post("/study", data={**fields, "r.option": "o2"})
    assert again.status_code == 303


def test_a_form_with_nonsense_is_never_a_500(client: FlaskClient, bank: str) -> None:
    page = client.get("/study?bank=blood").text
    question = page.split('name="question" value="')[1].split('"')[0]
    good = {"client_id": str(uuid4()), "question": question, "version": "1"}
    bad: list[dict[str, str]] = [
        {},
        {**good, "client_id": "x"},
        {**good, "version": "x"},
        {**good, "version": "9" * 40},
        {**good, "question": "\0"},
        {**good, "r.option": "\0"},
        {**good, "r.option": "x" * 9000},
        {**good, "r.gaps.1": "x"},
        {**good, "bank": "nothing"},
    ]
    for fields in bad:
        assert client.post("/study", data=fields).status_code in {302, 303, 400, 404}


def test_a_first_answer_whose_reply_was_lost_comes_back_as_the_same_guest(
    client: FlaskClient, bank: str
) -> None:
    client.get("/")
    with client.session_transaction() as cookie:
        before = dict(cookie)
    sent = body(following(client))
    first = client.post("/api/v1/answers", json=sent).get_json()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)  # the browser never saw the reply
    second = client.post("/api/v1/answers", json=sent)
    assert second.status_code == 200
    assert second.get_json()["card"] == first["card"]
    assert len(db.session.scalars(sa.select(LoggedResponse)).all()) == 1


def test_the_token_of_a_guest_who_has_an_account_now_opens_nothing(
    client: FlaskClient, bank: str
) -> None:
    client.get("/")
    with client.session_transaction() as cookie:
        before = dict(cookie)
    client.post("/api/v1/answers", json=body(following(client)))
    person = {"email": "a@example.org", "name": "A", "password": "a long unusual phrase"}
    assert client.post("/sign-up", data=person).status_code in {302, 303}
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    client.post("/api/v1/answers", json=body(following(client)))
    kinds = db.session.scalars(sa.select(User.kind).order_by(User.id)).all()
    assert kinds == ["person", "guest"]
