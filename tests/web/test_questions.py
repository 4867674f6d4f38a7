"""The pages on which questions are written, by plain forms alone."""

import io
import re
import struct
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import BankMember, LoggedResponse, Media, Question, QuestionVersion, Review
from quizapp.services.content import banks, editable_questions
from quizapp.services.people.sessions import Person
from quizapp.web.question_form import pairs, tree_of
from quizapp.web.question_pages import WRITABLE
from tests.core.samples import SAMPLES
from tests.factories import create_bank, create_person, sign_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 3, 2) + b"\x08\x02\0\0\0"
NEW = "/banks/blood/questions/new"
PREVIEW = "/banks/blood/questions/preview"


@pytest.fixture
def owner(app: Flask, client: FlaskClient) -> Person:
    """The owner of a bank, signed in."""
    person = create_person("instructor", name="Ms Okoro")
    create_bank(owner_id=person.id)
    sign_in(client, person)
    return person


def fields(type_name: str = "multiple_choice", /, **more: str) -> dict[str, str]:
    """What a browser sends of a sample."""
    sample = SAMPLES[type_name]
    form = dict(pairs(tree_of(WRITABLE[type_name].FIELDS, sample.body)))
    return {
        "type": type_name,
        "stem": sample.stem,
        "status": "active",
        "act": "save",
        **form,
        **more,
    }


def create(client: FlaskClient, type_name: str = "multiple_choice", /, **more: str) -> str:
    """Store a question by its form; returns its page."""
    sent = client.post(NEW, data=fields(type_name, **more))
    assert sent.status_code == 303, sent.text
    return str(sent.location)


def uid_of(page: str) -> str:
    return page.split("/")[-2]


def stored(page: str) -> editable_questions.Editable:
    db.session.rollback()
    bank = banks.find("blood")
    assert bank
    return editable_questions.find(bank, uid_of(page))


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def sent_by(page: str) -> dict[str, str]:
    """The fields of the form on a page, as a browser without a script sends them."""
    form = page[page.index("data-editor") :].split("</form>", maxsplit=1)[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|textarea|select)\b[^>]*>", form):
        name, value = (re.search(rf'\b{each}="([^"]*)"', tag) for each in ("name", "value"))
        is_box = re.search('type="(checkbox|radio)"', tag)
        if not name or (is_box and "checked" not in tag):
            continue
        inside = form.split(tag)[1]
        found[name[1]] = value[1] if value else ""
        if tag.startswith("<textarea"):
            found[name[1]] = inside.split("</textarea>")[0].removeprefix("\n")
        if tag.startswith("<select"):
            chosen = re.search(r'value="([^"]*)" selected', inside.split("</select>")[0])
            found[name[1]] = chosen[1] if chosen else ""
    return found


@pytest.mark.only("sqlite")
def test_the_types_that_can_be_written_are_listed(client: FlaskClient, owner: Person) -> None:
    page = client.get(NEW).text
    for name in WRITABLE:
        assert f"/questions/new?type={name}" in page
    assert "opaque" not in page
    assert client.get(f"{NEW}?type=opaque").status_code == 404
    assert client.get(f"{NEW}?type=nothing").status_code == 404
    assert client.post(NEW, data={"type": "opaque"}).status_code == 404


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", WRITABLE)
def test_every_type_is_written_shown_and_left_alone_when_sent_back(
    client: FlaskClient, owner: Person, name: str
) -> None:
    assert client.get(f"{NEW}?type={name}").status_code == 200
    page = create(client, name)
    assert stored(page).draft.body == SAMPLES[name].body
    shown = client.get(page)
    assert shown.status_code == 200
    assert 'aria-invalid="true"' not in shown.text
    assert "Nothing is wrong with it." in shown.text
    again = client.post(page, data={**sent_by(shown.text), "act": "save"})
    assert again.location.endswith(page)
    assert stored(page).version == 1
    assert stored(page).draft.body == SAMPLES[name].body


def test_an_edit_is_a_new_version_and_both_can_be_compared(
    client: FlaskClient, owner: Person
) -> None:
    page = create(client)
    edit = fields(
        version="1", stem="Which two <b>kinds of immunotherapy are there?", reason="Shorter"
    )
    assert client.post(page, data=edit).status_code == 303
    assert "Saved as version 2." in client.get(page).text
    compared = client.get(page.replace("/edit", "/versions")).text
    assert '<dd class="pre">Which two <ins>&lt;b&gt;</ins>kinds of' in compared
    assert "Shorter" in compared
    assert "Their statistics count together." in compared
    assert client.get(page.replace("/edit", "/versions?old=1&new=7")).status_code == 404
    huge = client.get(page.replace("/edit", f"/versions?old=1&new={'9' * 30}"))
    assert huge.status_code in (400, 404)


def test_a_conflict_keeps_what_was_typed(client: FlaskClient, owner: Person) -> None:
    page = create(client)
    client.post(page, data=fields(version="1", stem="Theirs?"))
    sent = client.post(page, data=fields(version="1", stem="Mine, long thought about?"))
    assert sent.status_code == 409
    assert "Mine, long thought about?" in sent.text
    assert "Somebody has saved version 2" in sent.text
    assert stored(page).draft.stem == "Theirs?"
    assert sent_by(sent.text)["version"] == "2"
    assert client.post(page, data={**sent_by(sent.text), "act": "save"}).status_code == 303
    assert stored(page).draft.stem == "Mine, long thought about?"


def test_what_is_wrong_stands_beside_its_field(client: FlaskClient, owner: Person) -> None:
    before = count(Question)
    sent = client.post(NEW, data=fields(**{"options.1.text": "", "options.0.fraction": "lots"}))
    assert sent.status_code == 422
    assert count(Question) == before
    form = sent.text[sent.text.index("data-editor") :]
    assert re.search(r'id="f-options.1.text"[^>]*aria-describedby="f-options.1.text-error"'
                     r'[^>]*aria-invalid="true"', form)  # fmt: skip
    assert 'id="f-options.1.text-error">Text is missing.</p>' in form
    assert 'id="f-options.0.fraction-error">Share of the points should be a number.' in form
    assert '<a href="#f-options.1.text">Option 2: Text is missing.</a>' in sent.text
    assert 'value="lots"' in form
    draft = client.post(NEW, data=fields(status="draft", **{"options.1.text": ""}))
    assert draft.status_code == 303
    assert "Text is missing." in client.get(draft.location).text


@pytest.mark.only("sqlite")
def test_rows_come_and_go_without_anything_being_stored(client: FlaskClient, owner: Person) -> None:
    before = count(QuestionVersion)
    page = client.post(NEW, data=fields(act="add:options")).text
    assert sent_by(page)["options.3.id"] == "o4"
    page = client.post(NEW, data={**sent_by(page), "act": "up:options.2"}).text
    assert sent_by(page)["options.1.text"] == "Active and idle"
    page = client.post(NEW, data={**sent_by(page), "act": "remove:options.0"}).text
    assert sent_by(page)["options.0.id"] == "o3"
    assert "options.3.id" not in sent_by(page)
    gaps = client.post(NEW, data=fields("cloze", stem="[[1]] [[9]]", act="fill:gaps")).text
    assert sent_by(gaps)["gaps.9.kind"] == "typed"
    assert count(QuestionVersion) == before


@pytest.mark.only("sqlite")
def test_the_learners_view_shows_formulas_and_no_script(client: FlaskClient, owner: Person) -> None:
    evil = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) $x^2$"
    sent = client.post(PREVIEW, data=fields(stem=evil, **{"options.0.text": evil}))
    assert sent.status_code == 200
    assert "<math" in sent.text
    assert "<!doctype" not in sent.text
    page = client.post(NEW, data=fields(stem=evil, act="preview", name=evil, tags=evil)).text
    for text in (sent.text, page):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'javascript:alert(1)"' not in text
    page = create(client, stem=evil, name=evil, tags=evil, category=evil, reason=evil)
    for path in (page, page.replace("/edit", "/versions"), page.replace("/edit", "/try")):
        assert "<script>alert" not in client.get(path).text
        assert "<img src=x" not in client.get(path).text


@pytest.mark.only("sqlite")
def test_the_right_answer_is_shown_once_nothing_is_wrong(
    client: FlaskClient, owner: Person
) -> None:
    assert "And after the right answer" in client.post(PREVIEW, data=fields()).text
    wrong = client.post(PREVIEW, data=fields(**{"options.0.fraction": "0"})).text
    assert "And after the right answer" not in wrong
    assert "No option is fully right." in wrong


@pytest.mark.only("sqlite")
def test_no_form_breaks_the_page(client: FlaskClient, owner: Person) -> None:
    names = sorted({name for each in WRITABLE for name in fields(each)} - {"type", "act"})
    odd = "| 0| 1| o1| r1| w1| a\u0301| [[1]] [[2]]| typed| word| choice| -1| 1e400| x.y| $$| ![]"
    texts = st.sampled_from(odd.split("| "))
    acts = st.sampled_from(["preview", "save", "add:options", "fill:gaps", "up:x", "remove:gaps.1"])

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(sorted(WRITABLE)), st.dictionaries(st.sampled_from(names), texts), acts)
    def check(name: str, data: dict[str, str], act: str) -> None:
        sent = {**fields(name), **data, "type": name, "act": act}
        assert client.post(NEW, data=sent).status_code in (200, 303, 422)
        assert client.post(PREVIEW, data=sent).status_code == 200

    check()


@pytest.mark.only("sqlite")
def test_a_form_that_is_too_long_is_refused_whole(client: FlaskClient, owner: Person) -> None:
    assert client.post(NEW, data=fields(stem="x" * 2_000_000)).status_code == 413
    assert client.post(NEW, data=fields(stem="a\0b")).status_code == 400
    sent = client.post(NEW, data=fields(stem="x" * 60_001))
    assert sent.status_code == 422
    assert "more than 60000 characters" in sent.text


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", sorted(WRITABLE))
def test_a_question_is_tried_and_nothing_is_recorded(
    client: FlaskClient, owner: Person, name: str
) -> None:
    path = create(client, name).replace("/edit", "/try")
    assert client.get(path).status_code == 200
    key = WRITABLE[name].key(SAMPLES[name])
    answer: dict[str, Any] = {"seed": "4"}
    for part, value in (key or {"text": "x"}).items():
        if isinstance(value, dict):
            answer |= {f"r.{part}.{inner}": each for inner, each in value.items()}
        else:
            listed = isinstance(value, list)
            answer[f"r.{part}[]" if listed else f"r.{part}"] = (
                value if listed else str(value).lower() if isinstance(value, bool) else value
            )
    sent = client.post(path, data=answer)
    assert sent.status_code == 200
    if WRITABLE[name].GRADED_BY == "app":
        assert "data-graded" in sent.text
        assert ">Right</h2>" in sent.text
    assert client.post(path, data={"seed": "x", "r.text": ""}).status_code == 200
    assert count(LoggedResponse) == count(Review) == 0


def test_a_copy_is_opened_as_a_draft(client: FlaskClient, owner: Person) -> None:
    page = create(client)
    sent = client.post(page.replace("/edit", "/duplicate"))
    assert sent.status_code == 303
    assert stored(sent.location).draft.status == "draft"
    assert "This is the copy." in client.get(sent.location).text


def picture(data: bytes = PNG, alt: str = "A [cell]", name: str = "cell.png") -> dict[str, Any]:
    return {"upload.file": (io.BytesIO(data), name), "upload.alt": alt}


def test_a_picture_is_stored_and_the_form_is_kept(client: FlaskClient, owner: Person) -> None:
    path = "/banks/blood/media"
    page = client.post(path, data={**fields(stem="Half written"), **picture()})
    assert page.status_code == 200
    assert r"![A \[cell\]](media/cell.png)" in page.text
    assert "Half written" in page.text
    assert sent_by(page.text)["options.0.text"] == "Active and passive"
    reply = client.post(path, data=picture(), headers={"Accept": "application/json"})
    assert reply.json == {"markdown": r"![A \[cell\]](media/cell.png)"}
    assert client.get("/media/blood/cell.png").data == PNG
    shown = client.post(PREVIEW, data=fields(stem=reply.json["markdown"])).text
    assert '<img src="/media/blood/cell.png" alt="A [cell]">' in shown


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (picture(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"), "no PNG"),
        (picture(b"<!doctype html><script>alert(1)</script>"), "no PNG"),
        (picture(PNG[:16] + struct.pack(">II", 50_000, 50_000)), "too many pixels"),
        (picture(PNG + b"x" * 3000), "too big"),
        (picture(alt="  "), "Say in words"),
        (picture(alt="x" * 501), "at most 500"),
        ({"upload.alt": "x"}, "Choose a picture"),
        ({"upload.alt": "x", "upload.file": "no file"}, "Choose a picture"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    client: FlaskClient, owner: Person, app: Flask, sent: dict[str, Any], words: str
) -> None:
    app.config["MAX_PICTURE_LENGTH"] = 2000
    sent = {name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
            for name, value in sent.items()}  # fmt: skip
    reply = client.post("/banks/blood/media", data={**fields(), **sent})
    assert reply.status_code == 422
    assert words in reply.text
    assert "Active and passive" in reply.text
    assert count(Media) == 0


@pytest.mark.only("sqlite")
def test_pictures_may_be_larger_than_forms_but_only_for_people(
    client: FlaskClient, owner: Person, app: Flask
) -> None:
    def status(browser: FlaskClient, size: int) -> int:
        boundary, body = encode_multipart(
            {"upload.file": FileStorage(io.BytesIO(PNG + b"x" * size), "a.png"), "upload.alt": "x"}
        )
        kind = f"multipart/form-data; boundary={boundary}"
        json = {"Accept": "application/json"}
        sent = browser.post("/banks/blood/media", data=body, content_type=kind, headers=json)
        return sent.status_code

    assert status(client, 3_000_000) == 200
    assert status(app.test_client(), 3_000_000) == 413
    assert status(client, 9_500_000) == 413


@pytest.mark.only("sqlite")
def test_the_questions_of_another_bank_are_not_there(client: FlaskClient, owner: Person) -> None:
    other = create_bank("Bones", visibility="public")
    foreign = db.session.scalars(sa.select(Question).where(Question.bank_id == other.id)).first()
    assert foreign
    for base in (f"/banks/blood/questions/{foreign.uid}", f"/banks/bones/questions/{foreign.uid}"):
        assert client.get(f"{base}/edit").status_code == 404
        assert client.post(f"{base}/edit", data=fields(version="1")).status_code == 404
        assert client.get(f"{base}/versions").status_code == 404
        assert client.get(f"{base}/try").status_code == 404
        assert client.post(f"{base}/duplicate").status_code == 404
    assert client.post(PREVIEW, data=fields(uid=foreign.uid)).status_code == 404
    assert client.get("/banks/bones/questions/new").status_code == 404
    assert client.post("/banks/bones/media", data=picture()).status_code == 404


@pytest.mark.only("sqlite")
def test_a_member_who_may_edit_writes_and_one_who_may_view_does_not(
    client: FlaskClient, owner: Person, app: Flask
) -> None:
    editor, viewer = create_person("learner"), create_person("learner")
    bank = banks.find("blood")
    assert bank
    bank_id = bank.id
    with writing() as session:
        session.add(BankMember(bank_id=bank_id, user_id=editor.id, access="edit"))
        session.add(BankMember(bank_id=bank_id, user_id=viewer.id, access="view"))
    sign_in(client, editor)
    assert client.post(NEW, data=fields()).status_code == 303
    other = app.test_client()
    sign_in(other, viewer)
    assert other.post(NEW, data=fields()).status_code == 404


@pytest.mark.only("sqlite")
def test_forms_need_their_token(guarded: FlaskClient, owner: Person) -> None:
    assert guarded.post(NEW, data=fields()).status_code == 400
    assert guarded.post(PREVIEW, data=fields()).status_code == 400
    assert guarded.post("/banks/blood/media", data=picture()).status_code == 400
