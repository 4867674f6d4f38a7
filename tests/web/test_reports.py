"""Reporting a question, and the inbox of whoever can mend it."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Question, QuestionReport, User
from quizapp.services.content import question_reports
from tests.factories import create_bank, create_person, sign_in
from tests.services.learner_makers import facts_of, put_article, put_evidence


def question_of(slug: str) -> str:
    return db.session.scalars(sa.select(Question.uid).order_by(Question.id)).first() or slug


@pytest.fixture
def uid(app: Flask) -> str:
    """A question of a public bank without an owner, with its evidence."""
    bank = create_bank()
    article = put_article(bank, "White cells fight. Red cells carry.")
    put_evidence(article, facts_of(bank)[0], "White cells fight.")
    return question_of("blood")


def reports() -> list[QuestionReport]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(QuestionReport).order_by(QuestionReport.id)))


def test_the_form_shows_the_question_and_the_evidence(uid: str, client: FlaskClient) -> None:
    page = client.get(f"/questions/{uid}/report").text
    assert "What fights infection (0)?" in page
    assert "white blood cells" in page
    assert "<mark>White cells fight.</mark>" in page
    assert client.get("/questions/nowhere/report").status_code == 404
    assert client.get(f"/questions/{uid}/report?version=9").status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_a_report_comes_from_a_guest_and_leads_back(uid: str, client: FlaskClient) -> None:
    path = f"/questions/{uid}/report"
    came = client.get(path, headers={"Referer": "http://localhost/study?bank=blood"}).text
    assert 'name="next" value="/study?bank=blood"' in came
    sent = client.post(path, data={"text": " It is\r\nwrong. ", "next": "/study?bank=blood"})
    assert sent.location == "/study?bank=blood"
    (report,) = reports()
    assert (report.text, report.version, report.state) == ("It is\nwrong.", 1, "open")
    assert db.session.get_one(User, report.user_id).kind == "guest"
    assert "Thank you." in client.get("/banks").text


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_back_never_leads_elsewhere(uid: str, client: FlaskClient, away: str) -> None:
    path = f"/questions/{uid}/report"
    sent = client.post(path, data={"text": "x", "next": away}, headers={"Referer": away})
    assert sent.location == "/study?bank=blood"


def test_nothing_is_stored_of_an_empty_or_endless_report(uid: str, client: FlaskClient) -> None:
    for text in ("", "  \n ", "x" * 2001):
        response = client.post(f"/questions/{uid}/report", data={"text": text})
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.text
    assert client.post(f"/questions/{uid}/report", data={"text": "a\0b"}).status_code == 400
    assert reports() == []


def test_twenty_a_day_are_enough(uid: str, client: FlaskClient) -> None:
    sign_in(client, create_person())
    for n in range(question_reports.PER_DAY):
        assert client.post(f"/questions/{uid}/report", data={"text": f"{n}"}).status_code == 303
    response = client.post(f"/questions/{uid}/report", data={"text": "once more"})
    assert response.status_code == 429
    assert "once more" in response.text  # what was written is not lost
    assert len(reports()) == question_reports.PER_DAY


def test_the_form_needs_its_token(uid: str, guarded: FlaskClient) -> None:
    assert guarded.post(f"/questions/{uid}/report", data={"text": "x"}).status_code == 400


def test_admins_answer_for_banks_without_an_owner(uid: str, client: FlaskClient) -> None:
    client.post(f"/questions/{uid}/report", data={"text": "It is <wrong>."})
    (report,) = reports()
    sign_in(client, create_person("instructor"))
    assert "It is" not in client.get("/reports").text
    sent = client.post(f"/reports/{report.id}", data={"state": "closed"})
    assert sent.status_code == 404
    sign_in(client, create_person("admin"))
    page = client.get("/reports").text
    assert "It is &lt;wrong&gt;." in page
    assert "<mark>White cells fight.</mark>" in page
    assert client.post(f"/reports/{report.id}", data={"state": "gone"}).status_code == 400
    assert client.post(f"/reports/{report.id}", data={"state": "closed"}).status_code == 303
    assert "It is" not in client.get("/reports").text
    assert "It is" in client.get("/reports?state=closed").text
    client.post(f"/reports/{report.id}", data={"state": "open"})
    assert "It is" in client.get("/reports").text


def test_an_owner_gets_the_reports_on_their_own_bank_alone(app: Flask, client: FlaskClient) -> None:
    owner = create_person("instructor")
    create_bank(owner_id=owner.id)
    create_bank("Bones")
    person = create_person(name="Tell-tale")
    for question in db.session.scalars(sa.select(Question).where(Question.position == 0)).all():
        uid, bank = question.uid, question.bank_id
        sign_in(client, person)
        client.post(f"/questions/{uid}/report", data={"text": f"Bank {bank} errs."})
    with writing() as session:
        session.execute(sa.update(Question).values(version=1))
    sign_in(client, owner)
    page = client.get("/reports").text
    assert "Bank 1 errs." in page
    assert "Bank 2 errs." not in page
    assert "Tell-tale" not in page
    sign_in(client, create_person("admin"))
    page = client.get("/reports").text
    assert "Bank 1 errs." not in page
    assert "Bank 2 errs." in page
