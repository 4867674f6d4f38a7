"""The page on which a corrected key is put to older answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Job
from quizapp.services.content import banks, editable_questions, editing
from quizapp.services.operations import job_handlers
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import handing_in, saving
from tests.factories import create_person, sign_in
from tests.services.bank_makers import question
from tests.services.quiz_makers import begin, client_id, create_questions, create_quiz
from tests.services.test_regrading import OPTIONS, Quiet
from tests.web.people_ground import real_now

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def owner(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def learner(owner: Person) -> Person:
    """Somebody whose one answer in an exam was judged wrong."""
    ids = create_questions(("multiple_choice", OPTIONS))
    with writing() as session:
        session.execute(sa.update(Bank).values(owner_id=owner.id))
    person, now = create_person(name="Ada <b>"), real_now()
    attempt = begin(person, create_quiz(ids), now)
    saving.save(
        person, attempt.uid, 1, client_id=client_id(1), base_seq=0,
        response={"option": "o2"}, flagged=False, now=now,
    )  # fmt: skip
    handing_in.hand_in(person, attempt.uid, now + timedelta(minutes=1))
    return person


@pytest.fixture
def desk(client: FlaskClient, owner: Person, learner: Person) -> FlaskClient:
    sign_in(client, owner)
    return client


def path(name: str = "regrade") -> str:
    return f"/banks/quizbank/questions/{question(1).uid}/{name}"


def correct(owner: Person, right: str = "o2") -> None:
    """Make another option the right one."""
    bank = banks.find("quizbank")
    assert bank
    found = editable_questions.find(bank, question(1).uid)
    options = [
        {**each, "fraction": "1" if each["id"] == right else "0"} for each in OPTIONS["options"]
    ]
    draft = replace(found.draft, body={"options": options})
    editing.edit_question(bank, owner, found.uid, found.version, draft, real_now())


def run_jobs() -> None:
    db.session.rollback()
    for job in db.session.scalars(sa.select(Job).where(Job.state == "waiting")).all():
        job_handlers.HANDLERS[job.kind](job.payload, Quiet(real_now()))
    with writing() as session:
        session.execute(sa.update(Job).values(state="done", dedupe_key=None))


def test_it_is_offered_once_the_key_has_changed(desk: FlaskClient, owner: Person) -> None:
    assert path() not in desk.get(path("versions")).text
    correct(owner)
    assert f'href="{path()}"' in desk.get(path("versions")).text


def test_the_marks_are_shown_before_and_changed_by_the_job(
    desk: FlaskClient, owner: Person, learner: Person
) -> None:
    correct(owner)
    page = desk.get(path()).text
    assert "1 mark changes" in page
    assert "Ada &lt;b&gt;" in page
    assert "0, then 1 of 1" in page
    assert "Regrade 1 answer" in page
    answer = desk.post(path(), data={"version": "2"}, follow_redirects=True).text
    assert "The answers are being judged anew." in answer
    assert "Regrade 1 answer" not in answer
    run_jobs()
    assert "Nothing changes" in desk.get(path()).text


def test_the_learner_sees_the_new_mark_and_the_corrected_key(
    desk: FlaskClient, app: Flask, owner: Person, learner: Person
) -> None:
    correct(owner)
    desk.post(path(), data={"version": "2"})
    run_jobs()
    browser = app.test_client()
    sign_in(browser, learner)
    quiz = browser.get("/quizzes/exam").text
    attempt = quiz[quiz.index('href="/attempts/') + 6 :].split('"', 1)[0]
    page = browser.get(f"{attempt}?show=all").text
    assert "1 of 1 points" in page
    assert "The key of this question was corrected" in page
    assert "Wrong" not in page


def test_a_page_that_is_out_of_date_changes_nothing(desk: FlaskClient, owner: Person) -> None:
    correct(owner)
    correct(owner, "o3")
    for version in ("2", "", "x", "9" * 40):
        page = desk.post(path(), data={"version": version}, follow_redirects=True).text
        assert "The question has changed since." in page
    assert db.session.scalars(sa.select(Job)).all() == []


def test_it_is_absent_for_others(client: FlaskClient, learner: Person) -> None:
    sign_in(client, create_person("instructor"))
    for page in (path(), path().replace("quizbank", "nowhere"), path()[:-12] + "zzz/regrade"):
        assert client.get(page).status_code == 404
        assert client.post(page, data={"version": "1"}).status_code == 404
