"""The page of a bank's flaws, and the hints beside the form of a question."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.services.people.sessions import Person
from tests.factories import create_person, sign_in
from tests.services.bank_makers import put_bank, put_question, question

pytestmark = pytest.mark.only("sqlite")
PAGE = "/banks/blood/flaws"
BODY = {
    "options": [
        {"id": "o1", "text": "Plasma", "fraction": "1"},
        {"id": "o2", "text": "All *of* these", "fraction": "0"},
    ]
}


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def bank_id(teacher: Person) -> int:
    return put_bank("Blood", teacher.id)


@pytest.fixture
def desk(client: FlaskClient, teacher: Person, bank_id: int) -> FlaskClient:
    sign_in(client, teacher)
    return client


def put(bank_id: int, stem: str) -> str:
    return question(put_question(bank_id, stem, kind="multiple_choice", body=BODY)).uid


def test_a_bank_without_flaws_says_so(desk: FlaskClient) -> None:
    page = desk.get(PAGE).text
    assert "No flaws found" in page
    assert "Nothing to mend" in page
    assert re.search(rf'href="{PAGE}" aria-current="page">Flaws', page)


def test_flaws_are_listed_with_a_way_to_the_question(desk: FlaskClient, bank_id: int) -> None:
    uid = put(bank_id, "Which <i>is</i> not a cell?")
    page = desk.get(PAGE).text
    assert "1 question could be better" in page
    assert f'href="/banks/blood/questions/{uid}/edit"' in page
    assert "A negative question: “not” is easily overlooked" in page
    assert '<option value="negative_stem">A negative question (1)</option>' in page
    assert "<i>is</i>" not in page


def test_one_kind_is_shown_alone(desk: FlaskClient, bank_id: int) -> None:
    put(bank_id, "Which is not a cell?")
    assert "Which is not a cell?" in desk.get(f"{PAGE}?rule=all_of_the_above").text
    other = desk.get(f"{PAGE}?rule=many_gaps").text
    assert "None of this kind" in other
    for query in ("rule=nonsense", "page=-1", "page=99999999999999999999", "page=x&rule=%FF"):
        assert "Which is not a cell?" in desk.get(f"{PAGE}?{query}").text


def test_only_who_may_edit_sees_it(client: FlaskClient, bank_id: int) -> None:
    assert client.get(PAGE).status_code == 404
    sign_in(client, create_person("instructor"))
    assert client.get(PAGE).status_code == 404
    assert client.get("/banks/nowhere/flaws").status_code == 404


def test_the_form_of_a_question_gives_hints_and_stores_it_all_the_same(
    desk: FlaskClient, bank_id: int
) -> None:
    uid = put(bank_id, "Which is not a cell?")
    page = desk.get(f"/banks/blood/questions/{uid}/edit").text
    assert "Could be better" in page
    assert "All of the above: Whoever knows" in page
    fields = {
        "type": "multiple_choice", "uid": uid, "version": "1", "status": "active", "act": "save",
        "stem": "Which is no cell, then?",
        "options.0.id": "o1", "options.0.text": "Plasma", "options.0.fraction": "1",
        "options.1.id": "o2", "options.1.text": "All of these", "options.1.fraction": "0",
    }  # fmt: skip
    assert desk.post(f"/banks/blood/questions/{uid}/edit", data=fields).status_code == 303
    assert question(1).version == 2
