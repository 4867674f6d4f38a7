"""Bringing an article to a page: the form, what it refuses, and how far the work is."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from quizapp.core.articles.model import ArticleError, Drafted, Extracted
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Article, Bank, Upload, UploadPiece
from quizapp.services.articles import child
from quizapp.services.people.sessions import Person
from tests.factories import create_bank, create_person, sign_in
from tests.web.article_ground import DRAFTS, FACTS, TIDES
from tests.web.test_imports import work

LINK = "http://models.example:8080/v1"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the child processes know the article about tides; returns what they were given."""
    given: list[Any] = []

    def note(*what: Any) -> Extracted:
        given.append(what)
        return TIDES

    monkeypatch.setattr(child, "read_text", note)
    monkeypatch.setattr(child, "read", note)
    monkeypatch.setattr(child, "draft", lambda *_what: Drafted(FACTS, DRAFTS))
    return given


def send(client: FlaskClient, **fields: Any) -> Any:
    boundary, body = encode_multipart(fields)  # in memory: the client leaves large files open
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post("/articles/new", data=body, content_type=kind)


def test_a_pasted_text_leads_to_its_review(
    client: FlaskClient, teacher: Person, read: list[Any]
) -> None:
    answer = send(client, text="A text.\n")
    assert answer.status_code == 303
    waiting = client.get(answer.headers["Location"])
    assert "It waits for its turn" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    assert work() == 1
    assert read[0][0] == "A text.\n"
    done = client.get(answer.headers["Location"])
    article = db.session.scalars(sa.select(Article.uid)).one()
    assert done.headers["Location"] == f"/articles/{article}/review"
    bank = db.session.scalars(sa.select(Bank)).one()
    assert (bank.title, bank.visibility, bank.owner_id) == (TIDES.title, "private", teacher.id)


def test_a_file_goes_into_a_bank_of_ones_own(
    client: FlaskClient, teacher: Person, read: list[Any]
) -> None:
    create_bank("Seas", owner_id=teacher.id)
    assert '<option value="seas" selected>' in client.get("/articles/new?bank=seas").text
    file = FileStorage(io.BytesIO(b"x" * 2_000_000), "tides.txt")  # more than other forms take
    assert send(client, file=file, bank="seas").status_code == 303
    assert work() == 1
    assert read[0][:2] == (b"x" * 2_000_000, "tides.txt")
    assert db.session.scalars(sa.select(Bank)).one().slug == "seas"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://example.org/tides", "https://example.org/tides"),
        (" example.org/tides ", "https://example.org/tides"),
        ("http://example.org:81/?a=b", "http://example.org:81/?a=b"),
    ],
)
def test_an_address_is_kept_as_one_that_can_be_fetched(
    client: FlaskClient, teacher: Person, written: str, url: str
) -> None:
    assert send(client, address=written).status_code == 303
    options = db.session.scalars(sa.select(Upload.options)).one()
    assert (options["given"], options["url"]) == ("address", url)


@pytest.mark.parametrize(
    "written", ["ftp://example.org/x", "file:///etc/passwd", "https://", "http://[x", "a b://c"]
)
def test_what_is_no_address_of_a_page_is_refused_and_stays_in_the_form(
    client: FlaskClient, teacher: Person, written: str
) -> None:
    answer = send(client, address=written)
    assert answer.status_code == 422
    assert "That is not an address of a web page." in answer.text
    assert f'value="{written}"' in answer.text
    assert db.session.scalar(sa.select(Upload)) is None


def test_nothing_and_too_much_are_told_and_the_text_stays(
    client: FlaskClient, teacher: Person
) -> None:
    empty = send(client, text=" \n")
    assert empty.status_code == 422
    assert "Paste a text, choose a file or give an address first." in empty.text
    both = send(client, text="Keep me.", address="https://example.org")
    assert both.status_code == 422
    assert "That is more than one article." in both.text
    assert "Keep me." in both.text
    long = send(client, text="word " * 400_000)
    assert long.status_code == 422
    assert "A text may have at most" in long.text
    assert db.session.scalar(sa.select(Upload)) is None


def test_why_an_article_cannot_be_used_is_said_in_plain_words(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_what: Any) -> Extracted:
        raise ArticleError("This PDF holds pictures of pages, not text.")

    monkeypatch.setattr(child, "read", fail)
    page = send(client, file=FileStorage(io.BytesIO(b"%PDF-"), "x.pdf")).headers["Location"]
    work()
    text = client.get(page).text
    assert "This PDF holds pictures of pages, not text." in text
    assert "Nothing was stored." in text
    assert 'href="/articles/new?of=' in text
    assert "Try again" not in text  # the file is not kept
    assert "refresh" not in text
    assert db.session.scalar(sa.select(UploadPiece)) is None


def test_a_text_of_which_nothing_came_is_in_the_form_again_and_can_be_tried_again(
    app: Flask, client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_what: Any) -> Extracted:
        raise ArticleError("There is no text in this.")

    create_bank("Seas", owner_id=teacher.id)
    with monkeypatch.context() as patch:
        patch.setattr(child, "read_text", fail)
        page = send(client, text="  Menu <b>\n", bank="seas").headers["Location"]
        work()
    text = client.get(page).text
    link = re.search(r'href="(/articles/new\?of=[^"]+)">Change the text<', text)
    assert link
    form = client.get(link[1]).text
    assert ">\n  Menu &lt;b&gt;\n</textarea>" in form
    assert '<option value="seas" selected>' in form
    again = re.search(r'action="(/articles/drafts/[^"]+/again)"', text)
    assert again
    stranger = app.test_client()
    sign_in(stranger, create_person("instructor"))
    assert stranger.get(link[1]).status_code == 404
    assert stranger.post(again[1]).status_code == 404
    monkeypatch.setattr(child, "read_text", lambda *_what: TIDES)
    monkeypatch.setattr(child, "draft", lambda *_what: Drafted(FACTS, DRAFTS))
    assert client.post(again[1]).headers["Location"] == page
    assert "It waits for its turn" in client.get(page).text
    work()
    assert client.get(page).status_code == 303
    assert client.post(again[1]).status_code == 404


def test_an_address_that_failed_is_in_the_form_again(client: FlaskClient, teacher: Person) -> None:
    page = send(client, address="http://127.0.0.1/tides").headers["Location"]
    work()
    text = client.get(page).text
    assert "public web" in text
    assert "Try again" in text
    link = re.search(r'href="(/articles/new\?of=[^"]+)">Change the address<', text)
    assert link
    assert 'value="http://127.0.0.1/tides"' in client.get(link[1]).text


def test_whoever_waits_long_is_told_why(client: FlaskClient, teacher: Person) -> None:
    page = send(client, text="A text.").headers["Location"]
    assert "longer than usual" not in client.get(page).text
    with writing() as session:
        session.scalars(sa.select(Upload)).one().created_at -= timedelta(seconds=12)
    assert "longer than usual" in client.get(page).text


def test_a_drafting_whose_bank_was_deleted_says_so(
    client: FlaskClient, teacher: Person, read: list[Any]
) -> None:
    page = send(client, text="A text.").headers["Location"]
    work()
    client.post(f"/banks/{db.session.scalars(sa.select(Bank.slug)).one()}/manage/delete")
    assert "The article is gone" in client.get(page).text


def test_nothing_is_said_of_a_language_model_where_none_is_set_up(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUIZAPP_LLM_URL", raising=False)
    text = client.get("/articles/new").text
    assert "Nothing of the article is sent anywhere." in text
    assert 'name="generator"' not in text
    send(client, text="A text.", generator="llm")
    assert db.session.scalars(sa.select(Upload.options)).one()["generator"] == "local"


def test_where_a_language_model_is_set_up_the_page_says_what_goes_where(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("URL", LINK), ("MODEL", "small-1"), ("KEY", "secret-key")):
        monkeypatch.setenv(f"QUIZAPP_LLM_{name}", value)
    text = client.get("/articles/new").text
    assert "The language model small-1 at models.example" in text
    assert "the title and the text of the article are sent to models.example" in text
    assert re.search(r'value="local" checked', text)
    assert "secret-key" not in text
    send(client, text="A text.", generator="llm")
    send(client, text="A text.")
    kept = db.session.scalars(sa.select(Upload.options).order_by(Upload.id))
    assert [options["generator"] for options in kept] == ["llm", "local"]


def test_an_article_goes_into_no_bank_of_somebody_else(
    client: FlaskClient, teacher: Person
) -> None:
    create_bank("Theirs", owner_id=create_person("instructor").id)
    assert send(client, text="A text.", bank="theirs").status_code == 404
    assert db.session.scalar(sa.select(Upload)) is None


def test_another_person_sees_nothing_of_a_drafting(
    app: Flask, client: FlaskClient, teacher: Person
) -> None:
    page = send(client, text="A text.").headers["Location"]
    other = app.test_client()
    sign_in(other, create_person("instructor"))
    assert other.get(page).status_code == 404


def test_an_upload_of_questions_is_no_drafting(client: FlaskClient, teacher: Person) -> None:
    file = (io.BytesIO(b"x"), "x.txt")
    sent = client.post("/import", data={"file": file}, content_type="multipart/form-data")
    uid = sent.headers["Location"].rpartition("/")[2]
    assert client.get(f"/articles/drafts/{uid}").status_code == 404


def test_the_pages_where_instructors_look_lead_here(client: FlaskClient, teacher: Person) -> None:
    create_bank("Seas", owner_id=teacher.id)
    assert 'href="/articles/new"' in client.get("/banks").text
    assert 'href="/articles/new"' in client.get("/import").text
    assert 'href="/articles/new?bank=seas"' in client.get("/banks/seas/manage").text
    assert 'href="/articles/new?bank=seas"' in client.get("/import?bank=seas").text
