"""The study pages without a script: asking, why, undo, wishes, summary, shelf, first page."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Card, CardMark, LoggedResponse, Shelf
from tests.factories import create_bank, create_person, sign_in
from tests.web.people_ground import real_now


@pytest.fixture
def learner(client: FlaskClient, app: Flask) -> FlaskClient:
    create_bank()
    sign_in(client, create_person(name="Mara"))
    return client


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that answers."""
    form = page[page.index('action="/study"') :]
    return dict(
        re.findall(r'name="(client_id|question|version|bank|mistakes)" value="([^"]*)"', form)
    )


def answer(client: FlaskClient, **response: Any) -> str:
    page = client.get("/study?bank=blood").text
    return client.post("/study", data={**fields(page), **response}, follow_redirects=True).text


def test_the_first_page_asks_a_stranger_a_real_question(client: FlaskClient, app: Flask) -> None:
    create_bank()
    page = client.get("/").text
    assert "What fights infection" in page
    reply = client.post("/study", data={**fields(page), "r.option": "o1"}, follow_redirects=True)
    assert "Your answer: right" in reply.text


def test_the_first_page_without_a_bank_says_so(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "No bank is here yet" in page.text


def test_the_first_page_tells_a_learner_what_waits(learner: FlaskClient) -> None:
    answer(learner, **{"r.option": "o2"})
    page = learner.get("/").text
    assert "Study now" in page
    assert "new fact" in page or "due" in page


def test_an_answer_without_a_choice_says_so_and_changes_nothing(learner: FlaskClient) -> None:
    assert "Nothing was chosen" in answer(learner)
    assert db.session.scalars(sa.select(LoggedResponse)).all() == []


def test_undo_is_a_button_that_works_without_a_script(learner: FlaskClient) -> None:
    answer(learner, **{"r.option": "o1"})
    assert "undone" in learner.post("/study/undo", follow_redirects=True).text
    assert db.session.scalars(sa.select(Card)).all() == []
    assert "nothing left to undo" in learner.post("/study/undo", follow_redirects=True).text


@pytest.mark.parametrize("action", ["suspend", "resume", "bury", "flag", "unflag"])
def test_wishes_about_a_fact_are_kept(learner: FlaskClient, action: str) -> None:
    question = fields(learner.get("/study?bank=blood").text)["question"]
    reply = learner.post("/study/marks", data={"question": question, "action": action})
    assert reply.status_code == 303
    mark = db.session.scalars(sa.select(CardMark)).one()
    assert (mark.suspended_at is not None) == (action == "suspend")
    assert (mark.buried_until_day is not None) == (action == "bury")
    assert mark.flag == (action == "flag")


def test_an_unknown_wish_or_question_is_refused(learner: FlaskClient) -> None:
    question = fields(learner.get("/study?bank=blood").text)["question"]
    assert learner.post("/study/marks", data={"question": question}).status_code == 400
    assert (
        learner.post("/study/marks", data={"question": "none", "action": "bury"}).status_code == 404
    )


def test_the_summary_lists_what_was_missed_and_leads_to_practice(learner: FlaskClient) -> None:
    answer(learner, **{"r.option": "o2"})
    page = learner.get("/study/summary").text
    assert "Fact 1 of Blood." in page
    assert "1 question" in page
    practice = learner.get("/study?mistakes=").text
    assert fields(practice)["mistakes"] == ""
    reply = learner.post(
        "/study", data={**fields(practice), "r.option": "o1"}, follow_redirects=True
    )
    assert "your schedule stays as it is" in reply.text
    sources = db.session.scalars(
        sa.select(LoggedResponse.source).order_by(LoggedResponse.seq)
    ).all()
    assert sources == ["study", "practice"]
    done = learner.get("/study?mistakes=")
    assert done.status_code == 302  # each was answered right since
    assert "No mistakes are left" in learner.get(done.location).text
    assert "Practise my mistakes" in learner.get("/me").text


def test_an_answer_is_its_owners_alone(learner: FlaskClient, app: Flask) -> None:
    answer(learner, **{"r.option": "o1"})
    seq = db.session.scalars(sa.select(LoggedResponse.seq)).one()
    assert learner.get(f"/study/answers/{seq}").status_code == 200
    other = app.test_client()
    assert other.get(f"/study/answers/{seq}").status_code == 404
    sign_in(other, create_person())
    assert other.get(f"/study/answers/{seq}").status_code == 404


def test_a_flashcard_shows_two_buttons_and_four_by_setting(client: FlaskClient, app: Flask) -> None:
    create_bank(facts=1)
    # The day must not turn between the answer and its learning step.
    turn = {"rollover_minutes": (real_now().hour * 60 + 12 * 60) % (24 * 60)}
    plain, four = create_person(**turn), create_person(prefs={"rating_buttons": 4}, **turn)
    for person, names in ((plain, ["Again", "Good"]), (four, ["Again", "Hard", "Good", "Easy"])):
        browser = app.test_client()
        sign_in(browser, person)
        answer(browser, **{"r.option": "o1"})
        page = browser.get("/study?bank=blood").text  # the learning step comes early: nothing else
        assert re.findall(r'class="rating[^>]*><b>(\w+)', page) == names
        assert "% likely then" in page


def test_the_first_answer_puts_a_bank_on_the_shelf_and_the_button_takes_it_off(
    learner: FlaskClient,
) -> None:
    assert "Your shelf is empty" in learner.get("/study", follow_redirects=True).text
    answer(learner, **{"r.option": "o1"})
    assert len(db.session.scalars(sa.select(Shelf)).all()) == 1
    learner.post("/banks/blood/shelf", data={"action": "take_off"})
    assert db.session.scalars(sa.select(Shelf)).all() == []
    assert "On your shelf" in learner.post("/banks/blood/shelf", follow_redirects=True).text


def test_a_private_bank_is_not_there_for_others(learner: FlaskClient) -> None:
    create_bank("Secret", visibility="private", owner_id=create_person("instructor").id)
    for address in ("/banks/secret", "/study?bank=secret", "/api/v1/study/next?bank=secret"):
        assert learner.get(address).status_code == 404
    assert "Secret" not in learner.get("/banks").text


def test_the_pages_about_the_app_are_there(client: FlaskClient) -> None:
    for address in ("/help", "/keyboard", "/accessibility", "/privacy"):
        assert client.get(address).status_code == 200


def test_an_undone_answer_no_longer_counts_in_the_session(learner: FlaskClient) -> None:
    answer(learner, **{"r.option": "o2"})
    learner.post("/study/undo")
    page = learner.get("/study/summary").text
    assert "You have not answered anything today" in page
    assert "What you missed" not in page


def test_who_does_not_know_need_not_guess(learner: FlaskClient) -> None:
    page = answer(learner, unknown="1")
    assert "Here it is" in page
    assert "Right answer" in page
    logged = db.session.scalars(sa.select(LoggedResponse)).one()
    assert (logged.score, logged.payload, logged.marks) == (0.0, {}, {"unknown": True})


def test_a_question_leads_to_what_one_knows_of_its_fact(learner: FlaskClient) -> None:
    question = fields(learner.get("/study?bank=blood").text)["question"]
    address = f"/study/questions/{question}/memory"
    assert "not met this fact" in learner.get(address, follow_redirects=True).text
    answer(learner, **{"r.option": "o1"})
    assert "Fact 1 of Blood." in learner.get(address, follow_redirects=True).text
