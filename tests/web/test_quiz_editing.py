"""Making, filling and publishing a quiz over HTTP, without a script; tries on the page and API."""

import re
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt, Bank, LoggedResponse, Question, Quiz, QuizSlot
from tests.factories import create_person, sign_in
from tests.services.quiz_makers import (
    CHOICE,
    KEYWORD,
    TYPED,
    client_id,
    create_questions,
    create_quiz,
    tag,
)


def editor(client: FlaskClient) -> list[int]:
    """Sign in the owner of a private bank; returns its questions."""
    owner = create_person("instructor")
    ids = create_questions(
        ("multiple_choice", CHOICE), ("short_answer", TYPED), ("multiple_choice", CHOICE)
    )
    with writing() as session:
        bank = session.query(Bank).one()
        bank.owner_id, bank.visibility = owner.id, "private"
    sign_in(client, owner)
    return ids


def new(client: FlaskClient, go: str = "draft") -> str:
    reply = client.post("/banks/quizbank/quizzes/new", data={"title": "Mine", "go": go})
    assert reply.status_code == 303
    return str(re.findall(r"/quizzes/([^/]+)/", reply.location)[0])


def hidden(page: str, name: str, form: str) -> str:
    """The value of a hidden field in the form with this action."""
    found = re.search(rf'action="[^"]*{form}".*?name="{name}" value="([^"]*)"', page, re.DOTALL)
    assert found
    return found[1]


def test_from_a_bank_to_a_published_link_in_one_form(app: Flask, client: FlaskClient) -> None:
    editor(client)
    assert "New quiz" in client.get("/banks/quizbank").text
    assert "Publish 3 questions by link" in client.get("/banks/quizbank/quizzes/new").text
    slug = new(client, "publish")
    page = client.get(f"/quizzes/{slug}/publish").text
    assert f'value="http://localhost/quizzes/{slug}"' in page
    assert "Try it as a learner" in page
    stranger = app.test_client()
    assert "Mine" in stranger.get(f"/quizzes/{slug}").text
    assert "Edit" not in stranger.get(f"/quizzes/{slug}").text
    assert f"/quizzes/{slug}/edit" in client.get(f"/quizzes/{slug}").text
    assert stranger.post(f"/quizzes/{slug}").status_code == 303
    assert db.session.query(Attempt).count() == 1


def test_a_draft_is_filled_and_its_settings_saved(app: Flask, client: FlaskClient) -> None:
    ids = editor(client)
    tag(ids[0], "basics")
    slug = new(client)
    base = f"/quizzes/{slug}"
    assert client.get(base).status_code == 404
    page = client.get(f"{base}/questions?type=short_answer").text
    assert page.count('name="question"') == 1
    assert client.get(f"{base}/questions?tag=basics&page=7").text.count('name="question"') == 1
    assert "No question found" in client.get(f"{base}/questions?q=nothing%25").text
    assert client.get(f"{base}/questions?q=%00").status_code == 400
    uid = db.session.get_one(Question, ids[1]).uid
    assert client.post(f"{base}/questions", data={"question": uid}).status_code == 303
    again = client.post(f"{base}/questions", data={"question": uid}, follow_redirects=True)
    assert "Tick at least one question" in again.text
    draw = {"n": "2", "weight": "0,5", "tag": "basics"}
    reply = client.post(f"{base}/pools", data=draw, follow_redirects=True)
    assert "Only 1 question fits now" in reply.text
    assert "asks 2 of 3 questions" in reply.text
    for bad in ({"n": "x"}, {"n": "0"}, {"n": "2", "tag": "none"}, {}):
        assert client.post(f"{base}/pools", data=bad).status_code == 422
    page = client.get(f"{base}/edit").text
    sent = {"seen": hidden(page, "seen", "/edit"), "title": "New", "feedback": "immediate",
            "minutes": "1.5", "tries": "2", "question_tries": "3", "penalty_percent": "33",
            "shuffle_options": "no", "description": "a\r\nb"}  # fmt: skip
    assert client.post(f"{base}/edit", data=sent).status_code == 303
    quiz = db.session.query(Quiz).one()
    assert quiz.settings == {
        "description": "a\nb", "feedback": "immediate", "time_limit_s": 90, "tries": 2,
        "shuffle": False, "floor_zero": False, "question_tries": 3, "penalty_percent": 33,
        "hints": False, "shuffle_options": False,
    }  # fmt: skip
    late = client.post(f"{base}/edit", data={**sent, "title": "Later"})
    assert late.status_code == 409
    assert "changed in another tab" in late.text
    assert 'value="Later"' in late.text
    for bad in ({"minutes": "x"}, {"tries": "0"}, {"title": ""}, {"feedback": "late"}):
        assert client.post(f"{base}/edit", data={**sent, **bad}).status_code == 422
    assert db.session.query(Quiz).one().title == "New"


def test_places_move_and_go_without_a_script(app: Flask, client: FlaskClient) -> None:
    ids = editor(client)
    slug = new(client, "publish")
    base = f"/quizzes/{slug}"

    def send(go: str, **more: Any) -> int:
        page = client.get(f"{base}/edit").text
        data = {"seen": hidden(page, "seen", "/places"), "at": ["1", "2", "3"], "go": go, **more}
        return client.post(f"{base}/places", data=data).status_code

    def order() -> list[tuple[int | None, float]]:
        db.session.rollback()
        rows = db.session.query(QuizSlot).order_by(QuizSlot.position)
        return [(row.question_id, row.weight) for row in rows]

    assert send("up-2", **{"weight-1": "2", "weight-2": "1", "weight-3": "1"}) == 303
    assert order() == [(ids[1], 1.0), (ids[0], 2.0), (ids[2], 1.0)]
    assert send("down-3") == 303  # the last stays where it is
    assert [question for question, _ in order()] == [ids[1], ids[0], ids[2]]
    before = order()
    assert send("save", **{"weight-1": "many"}) == 303
    assert send("save", seen="old") == 409
    assert order() == before
    assert send("remove-1") == 303
    assert [question for question, _ in order()] == [ids[0], ids[2]]


def test_copying_retiring_and_deleting(app: Flask, client: FlaskClient) -> None:
    editor(client)
    slug = new(client, "publish")
    copy = client.post(f"/quizzes/{slug}/duplicate").location
    assert "Copy of Mine" in client.get(copy).text
    assert "Delete “" in client.get(f"/quizzes/{slug}/delete").text
    client.post(f"/quizzes/{slug}")  # begun by the owner: an ordinary attempt
    assert "Retire “" in client.get(f"/quizzes/{slug}/delete").text
    reply = client.post(f"/quizzes/{slug}/delete", follow_redirects=True)
    assert "Retired" in reply.text
    assert client.get(f"/quizzes/{slug}").status_code == 404
    client.post(copy.replace("/edit", "/delete"))
    assert db.session.query(Quiz).count() == 1
    assert client.post(f"/quizzes/{slug}/publish", data={"state": "x"}).status_code == 303
    client.post(f"/quizzes/{slug}/publish", data={"state": "public"})
    assert client.get(f"/quizzes/{slug}").status_code == 200


def test_a_private_quiz_is_not_named_on_its_banks_page(app: Flask, client: FlaskClient) -> None:
    create_quiz(create_questions(("multiple_choice", CHOICE)), slug="shown")
    create_quiz([], slug="hidden-one", visibility="public")
    with writing() as session:
        session.query(Quiz).filter_by(slug="hidden-one").one().visibility = "private"
    page = client.get("/banks/quizbank").text
    assert "Shown" in page
    assert "Hidden-One" not in page


def test_a_page_asks_again_without_the_key(app: Flask, client: FlaskClient, now: datetime) -> None:
    person = create_person()
    sign_in(client, person)
    quiz = create_quiz(
        create_questions(("multiple_choice", CHOICE)),
        feedback="immediate", question_tries=2, penalty_percent=40,
    )  # fmt: skip
    assert "You have 2 tries at each question" in client.get(f"/quizzes/{quiz.slug}").text
    path = client.post(f"/quizzes/{quiz.slug}").location
    page = client.post(path, data={"slot": "1", "r.option": "o2"}, follow_redirects=True).text
    assert "Not right yet." in page
    assert "1 try is left." in page
    assert "Each missed one takes 40 percent" in page
    assert "Tried" in page
    assert KEYWORD not in page
    assert KEYWORD not in client.get(f"{path}?slot=1&again=1").text
    client.post(path, data={"slot": "1", "r.option": "o1", "hint": "1"})
    assert KEYWORD in client.get(f"{path}?slot=1").text
    assert "0.6 of 1 points" in client.get(path).text
    marks = [row.marks for row in db.session.query(LoggedResponse).order_by("seq")]
    assert marks == [{}, {"hint": True}]


def test_the_api_gives_the_key_only_when_no_try_is_left(app: Flask, client: FlaskClient) -> None:
    person = create_person()
    sign_in(client, person)
    quiz = create_quiz(
        create_questions(*[("multiple_choice", CHOICE)] * 2),
        feedback="immediate", question_tries=2,
    )  # fmt: skip
    uid = client.post(f"/quizzes/{quiz.slug}").location.rsplit("/", 1)[1]
    question = db.session.query(Question).order_by(Question.id).first()
    assert question

    def send(number: int, option: str) -> Any:
        body = {"client_id": client_id(number), "question": question.uid, "version": 1,
                "response": {"option": option}, "attempt": uid, "slot": 1}  # fmt: skip
        return client.post("/api/v1/answers", json=body)

    first = send(1, "o2")
    said = first.json
    assert (said["score"], said["outcome"], said["key"]) == (0, "wrong", None)
    assert said["evidence"] is None
    assert said["next"]["slot"] == 1
    assert KEYWORD not in first.text
    assert send(1, "o2").json["key"] is None
    last = send(2, "o3").json
    assert last["key"] == {"option": "o1"}
    assert last["next"]["slot"] == 2
    refused = send(3, "o1")
    assert (refused.status_code, refused.json["code"]) == (409, "question-done")
