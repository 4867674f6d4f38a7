"""Editing an article in a browser: a look before, the result after, nothing lost in between."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Article, Bank, Question
from quizapp.services.people.sessions import Person
from tests.factories import create_bank, create_person, sign_in
from tests.services.learner_makers import facts_of, put_article, put_evidence

TEXT = "White cells fight. Red cells <carry>.\n\n## Clots\n\nPlatelets close wounds."
EDITED = TEXT.replace("<carry>", "<carry> air")


@pytest.fixture
def owner(app: Flask, client: FlaskClient) -> Person:
    who = create_person("instructor")
    sign_in(client, who)
    return who


@pytest.fixture
def bank(owner: Person) -> Bank:
    return create_bank(owner_id=owner.id)


@pytest.fixture
def uid(bank: Bank) -> str:
    uid = put_article(bank, TEXT)
    quotes = ("White cells fight.", "Red cells <carry>.", "Platelets close wounds.")
    for fact_id, quote in zip(facts_of(bank), quotes, strict=True):
        put_evidence(uid, fact_id, quote)
    return uid


def send(client: FlaskClient, uid: str, text: str, act: str = "save", **more: Any) -> TestResponse:
    form = {"title": "On blood", "version": 1, "text": text, "act": act} | more
    return client.post(f"/articles/{uid}/edit", data=form)


def version_of(uid: str) -> int | None:
    db.session.rollback()
    return db.session.scalar(sa.select(Article.version).where(Article.uid == uid))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found.group(1)


def figures(page: str) -> list[str]:
    return re.findall(r'<li class="figure"><b>(\d+)</b> ([^<]*)</li>', page)


def test_the_article_page_leads_its_editors_to_the_form(
    app: Flask, client: FlaskClient, uid: str
) -> None:
    assert f"/articles/{uid}/edit" in client.get(f"/articles/{uid}").text
    assert f"/articles/{uid}/edit" not in app.test_client().get(f"/articles/{uid}").text
    page = client.get(f"/articles/{uid}/edit").text
    assert "Red cells &lt;carry&gt;.\n\n## Clots" in page
    assert hidden(page, "version") == "1"


def test_a_look_says_what_would_change_and_stores_nothing(client: FlaskClient, uid: str) -> None:
    answer = send(client, uid, EDITED, "preview")
    assert answer.status_code == 200
    assert figures(answer.text) == [
        ("1", "fact will hold"),
        ("1", "will move"),
        ("1", "will break"),
    ]
    assert "Fact 2 of Blood." in answer.text
    assert "<del>&gt;</del><ins>&gt; air</ins>" in answer.text
    assert "&lt;carry&gt; air.\n\n## Clots" in answer.text  # the text is kept in the form
    assert version_of(uid) == 1
    kept = send(client, uid, TEXT + " More.", "preview").text
    assert "No fact loses its sentence." in kept


def test_saving_leads_to_what_holds_moved_and_broke(client: FlaskClient, uid: str) -> None:
    answer = send(client, uid, EDITED.replace("\n", "\r\n"))
    assert answer.status_code == 303
    assert answer.location == f"/articles/{uid}/facts"
    page = client.get(answer.location).text
    assert "Saved as version 2." in page
    assert figures(page) == [("1", "fact holds"), ("1", "moved"), ("1", "broke")]
    assert page.count('value="confirm"') == 1
    assert "Say fact 2." in page
    shown = client.get(f"/articles/{uid}").text
    assert "1 fact lost its sentence" in shown
    assert "&lt;carry&gt; air." in shown


def test_the_same_text_makes_no_version(client: FlaskClient, uid: str) -> None:
    page = client.get(send(client, uid, TEXT).location).text
    assert "there is no new version" in page
    assert version_of(uid) == 1


def test_an_overtaken_edit_is_refused_with_its_text_in_the_form(
    client: FlaskClient, uid: str
) -> None:
    send(client, uid, EDITED)
    for act, status in (("preview", 200), ("save", 409)):
        answer = send(client, uid, "My <own> text.", act)
        assert answer.status_code == status
        assert "Somebody has saved version 2" in answer.text
        assert "My &lt;own&gt; text." in answer.text
    assert version_of(uid) == 2
    again = send(client, uid, "My <own> text.", version=hidden(answer.text, "version"))
    assert again.status_code == 303
    assert version_of(uid) == 3


@pytest.mark.parametrize(
    ("text", "words"), [("", "There is no paragraph"), ("A\x01b.", "cannot be stored")]
)
def test_what_cannot_be_stored_comes_back_with_the_reason(
    client: FlaskClient, uid: str, text: str, words: str
) -> None:
    for act in ("preview", "save"):
        answer = send(client, uid, text, act, title="My title")
        assert answer.status_code == 422
        assert words in answer.text
        assert 'value="My title"' in answer.text
    assert version_of(uid) == 1


def test_a_long_text_passes_and_one_that_is_too_long_is_refused_in_words(
    client: FlaskClient, uid: str
) -> None:
    def sent(text: str) -> TestResponse:
        fields = {"title": "T", "version": "1", "act": "preview", "text": text}
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        body, kind = "".join([*parts, "--x--\r\n"]), "multipart/form-data; boundary=x"
        return client.post(f"/articles/{uid}/edit", data=body.encode(), content_type=kind)

    assert sent("Длинный текст. " * 33_000).status_code == 200  # 495,000 characters, 900 kB
    refused = sent("Длинный текст. " * 34_000)
    assert refused.status_code == 422
    assert "at most 500,000 characters" in refused.text
    assert sent("x" * 4_300_000).status_code == 413


def test_one_button_says_that_the_suggested_words_prove_the_fact(
    client: FlaskClient, uid: str
) -> None:
    send(client, uid, EDITED)
    page = client.get(f"/articles/{uid}/facts").text
    form = {name: hidden(page, name) for name in ("version", "evidence", "start")}
    quote = "Red cells <carry> air."
    assert "\nRed cells &lt;carry&gt; air.</textarea>" in page
    wrong = client.post(f"/articles/{uid}/facts", data=form | {"act": "confirm", "quote": "No."})
    assert wrong.status_code == 422
    assert "do not stand in the article" in wrong.text
    assert "\nNo.</textarea>" in wrong.text
    stale = form | {"act": "confirm", "quote": quote, "version": "1"}
    answer = client.post(f"/articles/{uid}/facts", data=stale, follow_redirects=True)
    assert "edited the article meanwhile" in answer.text
    answer = client.post(
        f"/articles/{uid}/facts", data=form | {"act": "confirm", "quote": quote},
        follow_redirects=True,
    )  # fmt: skip
    assert "These words prove it from now on." in answer.text
    assert "Every fact has its sentence" in answer.text


def test_one_button_retires_the_questions_of_a_fact(
    client: FlaskClient, bank: Bank, uid: str
) -> None:
    bank_id = bank.id
    send(client, uid, EDITED)
    page = client.get(f"/articles/{uid}/facts").text
    chosen = re.findall(r'name="question" value="([^"]+)" checked', page)
    assert len(chosen) == 2
    none = client.post(f"/articles/{uid}/facts", data={"act": "retire"}, follow_redirects=True)
    assert "Choose some questions first." in none.text
    answer = client.post(
        f"/articles/{uid}/facts", data={"act": "retire", "question": chosen}, follow_redirects=True
    )
    assert "2 questions are asked no more." in answer.text
    query = sa.select(Question.uid).where(Question.bank_id == bank_id, Question.status == "retired")
    assert set(db.session.scalars(query)) == set(chosen)


def test_old_versions_stay_readable(client: FlaskClient, uid: str) -> None:
    send(client, uid, EDITED)
    page = client.get(f"/articles/{uid}/versions").text
    assert "&lt;carry&gt; air." in page
    old = client.get(f"/articles/{uid}/versions?number=1").text
    assert "Red cells &lt;carry&gt;." in old
    assert "<h3>Clots</h3>" in old
    assert client.get(f"/articles/{uid}/versions?number=3").status_code == 404


def test_other_people_find_nothing(app: Flask, client: FlaskClient, uid: str) -> None:
    sign_in(client, create_person("instructor"))
    for path in ("edit", "facts", "versions"):
        assert client.get(f"/articles/{uid}/{path}").status_code == 404
    assert send(client, uid, EDITED).status_code == 404
    assert version_of(uid) == 1
