"""The page of forecasts: who gets it, what it says, the rows behind it, and the switch."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Question, Review
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.study import plan_changes, waiting
from tests.factories import create_bank, create_person, sign_in
from tests.services.learner_makers import day_of, facts_of, put_card, put_on_shelf
from tests.services.quiz_makers import begin, create_quiz

NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
DAY = timedelta(days=1)


@pytest.fixture
def mara(app: Flask, client: FlaskClient) -> Person:
    """Somebody with six facts on the shelf, of which four were met."""
    waiting.forget()
    person = create_person(name="Mara", created_at=NOW - 60 * DAY)
    bank = create_bank(facts=6)
    put_on_shelf(person, bank)
    for fact, stability in zip(facts_of(bank), (400.0, 4.0, 4.0, 0.1), strict=False):
        put_card(person, fact, NOW, stability=stability)
    sign_in(client, person)
    return person


def quiz_of_bank(**settings: object) -> str:
    ids = [row.id for row in db.session.query(Question).filter_by(type="multiple_choice")]
    return create_quiz(ids, "small", bank="blood", **settings).slug  # type: ignore[arg-type]


def test_a_stranger_is_sent_to_the_first_page(client: FlaskClient) -> None:
    assert client.get("/me/forecast").location == "/"
    assert client.post("/me/forecast/shown", data={"on": "0"}).status_code == 404


def test_a_guest_without_anything_is_told_what_to_do(app: Flask, client: FlaskClient) -> None:
    sign_in(client, create_person(kind="guest", created_at=NOW))
    page = client.get("/me/forecast").text
    assert "Nothing to forecast yet" in page
    assert "Find something to study" in page


def test_the_page_says_how_many_facts_will_be_known_and_which_are_at_risk(
    mara: Person, client: FlaskClient
) -> None:
    page = client.get("/me/forecast").text
    assert "Your shelf, in 30 days" in page
    assert re.search(r"you will know about \d of 6, most likely between \d and \d", page)
    assert "an estimate, never a grade" in page
    assert "Most at risk" in page
    assert "never met" in page
    assert "Show the table" in page
    assert "To bring them back takes about" in page
    assert "/study?mistakes=risk:shelf" in page
    assert "style=" not in page


def test_every_figure_opens_its_rows(mara: Person, client: FlaskClient) -> None:
    page = client.get("/me/forecast").text
    found = re.findall(r'href="(/me/rows\?what=forecast[^"]+)"', page)
    assert len(set(found)) > 3
    for href in set(found):
        rows = client.get(href.replace("&amp;", "&"))
        assert rows.status_code == 200
        assert "Recall on the day" in rows.text
    sheet = client.get("/me/rows?what=forecast&exam=shelf&format=csv").text.splitlines()
    assert sheet[0] == "fact,recall_on_day,recall_today,bank"
    assert len(sheet) == 7


@pytest.mark.parametrize(
    "args",
    [
        "",
        "&exam=",
        "&exam=plan-9",
        "&exam=quiz-none",
        "&exam=shelf&day=1",
        "&exam=shelf&day=x",
        "&exam=shelf&day=3652059",
        "&exam=shelf&after=-1",
    ],
)
def test_rows_that_were_never_offered_are_absent(
    mara: Person, client: FlaskClient, args: str
) -> None:
    assert client.get(f"/me/rows?what=forecast{args}").status_code == 404


def test_an_exam_is_foretold_with_and_without_its_plan(mara: Person, client: FlaskClient) -> None:
    day = day_of(mara, NOW) + 12
    number = plan_changes.make_exam(mara, "Final <b>", day, 15, {}, NOW)
    page = client.get("/me/forecast").text
    assert "Final &lt;b&gt;" in page
    assert "With your plan: about" in page
    assert f"/me/rows?what=planned&amp;exam={number}" in page
    assert client.get(f"/me/rows?what=forecast&exam=plan-{number}").status_code == 200


def test_the_facts_at_risk_can_be_studied_and_that_schedules_them(
    mara: Person, client: FlaskClient
) -> None:
    address = "/study?mistakes=risk:shelf"
    page = client.get(address).text
    assert 'name="mistakes" value="risk:shelf"' in page
    assert 'data-mode="study"' in page
    fields = dict(re.findall(r'name="(client_id|question|version|mistakes)" value="([^"]+)"', page))
    answer = {"r.rating": "3"} if 'name="r.rating"' in page else {"r.option": "o1"}
    done = client.post("/study", data={**fields, **answer})
    assert done.status_code == 303
    assert "mistakes=risk" in (done.location or "")
    (review,) = db.session.query(Review).filter_by(user_id=mara.id)
    assert review.details["source"] == "study"
    assert client.get(done.location or "").status_code == 200
    assert client.get("/study?mistakes=risk:plan-99").status_code == 404


def test_switched_off_no_page_shows_a_forecast_until_it_is_switched_on(
    mara: Person, client: FlaskClient
) -> None:
    slug = quiz_of_bank(feedback="immediate")
    assert "If you took it today" in client.get(f"/quizzes/{slug}").text
    assert client.post("/me/forecast/shown", data={"on": "2"}).status_code == 400
    assert client.post("/me/forecast/shown", data={"on": "0"}).location == "/me/forecast"
    off = client.get("/me/forecast").text
    assert "switched off" in off
    assert "you will know about" not in off
    assert "If you took it today" not in client.get(f"/quizzes/{slug}").text
    assert client.get("/me/rows?what=forecast&exam=shelf").status_code == 404
    client.post("/me/forecast/shown", data={"on": "1"})
    assert "you will know about" in client.get("/me/forecast").text


def test_a_quiz_says_about_how_many_points_it_would_bring_but_not_during_an_attempt(
    mara: Person, client: FlaskClient
) -> None:
    slug = quiz_of_bank()
    page = client.get(f"/quizzes/{slug}").text
    assert re.search(r"\d of 6 points</a>, \d to \d\.", page)
    assert client.get("/me/rows?what=forecast&exam=quiz-small").status_code == 200
    person = sessions.person(mara.id)
    assert person
    begin(person, quizzes.find(slug, person), NOW)
    assert "If you took it today" not in client.get(f"/quizzes/{slug}").text


def test_who_has_met_none_of_a_quiz_sees_no_forecast_of_it(app: Flask, client: FlaskClient) -> None:
    create_bank()
    slug = quiz_of_bank()
    assert "If you took it today" not in client.get(f"/quizzes/{slug}").text
    sign_in(client, create_person())
    assert "If you took it today" not in client.get(f"/quizzes/{slug}").text
