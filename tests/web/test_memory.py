"""The page of the memory model: figures with their rows, versions, and the way back."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.content import catalog
from quizapp.services.identifiers import new_secret
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import fit_jobs, levels, pooled
from tests.factories import create_bank, create_person, sign_in
from tests.services.simulated_logs import put_log, simulated
from tests.services.test_memory_model import Clock, anew, run, work
from tests.web.world import browser_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def bank(app: Flask) -> Bank:
    catalog.forget()
    return create_bank(facts=40)


@pytest.fixture
def ada(bank: Bank) -> Person:
    person = create_person(name="Ada", seen_on=NOW.date())
    put_log(person, bank, simulated(9, 250))
    return person


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def test_a_stranger_is_sent_to_the_first_page(client: FlaskClient) -> None:
    assert client.get("/me/model").status_code == 302
    assert client.post("/me/model/fit").status_code == 404
    assert client.post("/me/model/use", data={"version": "0"}).status_code == 404


def test_a_guest_without_answers_reads_what_will_be_here(app: Flask) -> None:
    guest, _ = sessions.guest_of(new_secret(), NOW, "UTC")
    page = text(browser_of(app, guest), "/me/model")
    assert "After some answers" in page
    assert "The usual values" in page
    assert "after 100 more answers" in page
    assert "Fit it to my answers now" not in page


def test_the_figures_open_the_answers_behind_them(client: FlaskClient, ada: Person) -> None:
    sign_in(client, ada)
    levels.refresh(NOW)
    page = text(client, "/me/model")
    assert "See those 210 answers" in page
    assert "You recall less than the model says." in page
    assert 'href="/me/rows?what=calibration&amp;bin=0"' in page
    rows = [text(client, f"/me/rows?what=calibration&format=csv&bin={n}") for n in range(7)]
    assert sum(one.count("\n") - 1 for one in rows) == 210
    assert text(client, "/me/rows?what=calibration&format=csv").count("\n") == 211
    first = text(client, "/me/rows?what=calibration")
    assert "Answers that were foretold" in first
    assert "Next" in first


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("query", ["bin=7", "bin=-1", "bin=x", "bin=", "after=x"])
def test_an_address_that_we_never_made_is_404(client: FlaskClient, ada: Person, query: str) -> None:
    sign_in(client, ada)
    assert client.get(f"/me/rows?what=calibration&{query}").status_code == 404
    assert client.get("/me/rows?what=fitted&version=1").status_code == 404
    assert client.get("/me/rows?what=fitted").status_code == 404


def test_a_fit_is_asked_for_and_its_result_can_be_left_again(
    client: FlaskClient, ada: Person
) -> None:
    sign_in(client, ada)
    assert "Fit it to my answers now" in text(client, "/me/model")
    response = client.post("/me/model/fit", follow_redirects=True)
    assert "It is being fitted to your answers" in response.get_data(as_text=True)
    work()
    page = text(client, "/me/model")
    assert "Fitted to you" in page
    assert "Go back to the usual values" in page
    assert "after 20 more answers" in page
    assert text(client, "/me/rows?what=fitted&version=1&format=csv").count("\n") == 211
    response = client.post("/me/model/use", data={"version": "0"}, follow_redirects=True)
    assert "what is due stays due" in response.get_data(as_text=True)
    assert anew(ada).params_version == 0
    assert "Use this one" in text(client, "/me/model")
    again = client.post("/me/model/fit", follow_redirects=True)
    assert "There are too few new answers" in again.get_data(as_text=True)


@pytest.mark.only("sqlite")
def test_versions_of_others_are_not_there(client: FlaskClient, ada: Person, bank: Bank) -> None:
    run(fit_jobs.FIT, ada)
    ben = create_person()
    put_log(ben, bank, [(0, NOW, 3), (0, NOW + timedelta(days=3), 3)])
    sign_in(client, ben)
    assert client.post("/me/model/use", data={"version": "1"}).status_code == 404
    assert client.get("/me/rows?what=fitted&version=1").status_code == 404
    for bad in ("", "-1", "1e3", "9" * 30):
        assert client.post("/me/model/use", data={"version": bad}).status_code == 400
    assert "Fitted to you" not in text(client, "/me/model")


@pytest.mark.only("sqlite")
def test_forms_need_their_token(guarded: FlaskClient, ada: Person) -> None:
    sign_in(guarded, ada)
    assert guarded.post("/me/model/use", data={"version": "0"}).status_code == 400
    assert guarded.post("/me/model/fit").status_code == 400
    db.session.rollback()


@pytest.mark.only("sqlite")
def test_admins_read_of_the_weights_of_all(client: FlaskClient, bank: Bank) -> None:
    sign_in(client, create_person("admin"))
    assert "too few learners yet" in text(client, "/admin")
    for n in range(5):
        put_log(create_person(), bank, simulated(9, 250 - n))
    pooled.run({}, Clock())
    assert "answers of 5 learners" in text(client, "/admin")
