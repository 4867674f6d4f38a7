"""Taking a quiz over HTTP: pages without a script, the API's codes, and no key before its time."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import AttemptSave, LoggedResponse, User
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, disguise, handing_in
from quizapp.services.quizzes.attempt_views import Attempt
from tests.factories import create_person, sign_in
from tests.services.quiz_makers import (
    CHOICE,
    CLOZE,
    ESSAY,
    KEYWORD,
    ORDER,
    TYPED,
    begin,
    client_id,
    create_questions,
    create_quiz,
)

KINDS = (("multiple_choice", CHOICE), ("short_answer", TYPED), ("cloze", CLOZE), ("essay", ESSAY))


def real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the views read the real clock


class Sitting:
    """A signed-in learner in an attempt."""

    def __init__(self, client: FlaskClient, *kinds: Any, ago: int = 0, **settings: Any) -> None:
        self.client = client
        self.person: Person = create_person()
        sign_in(client, self.person)
        quiz = create_quiz(create_questions(*(kinds or KINDS)), **settings)
        self.attempt = begin(self.person, quiz, real_now() - timedelta(seconds=ago))
        self.path = f"/attempts/{self.attempt.uid}"
        self.api = f"/api/v1{self.path}"

    def put(self, slot: int, response: Any, base: int = 0, number: int = 1, **more: Any) -> Any:
        body = {"client_id": client_id(number), "base_seq": base, "response": response}
        return self.client.put(f"{self.api}/items/{slot}", json={**body, "flagged": False, **more})

    def page(self, query: str = "") -> str:
        reply = self.client.get(self.path + query)
        assert reply.status_code == 200
        return str(reply.text)

    def alias(self, slot: int, option: str) -> str:
        """Return the name that the page gives to an option."""
        item = self.attempt.item(slot)
        shown = disguise.hidden(item.asked, item.option_seed, {"option": option})
        assert shown
        return str(shown["option"])

    def now_is(self) -> Attempt:
        db.session.rollback()
        return attempt_views.load(self.person, self.attempt.uid)


def test_a_stranger_starts_and_becomes_a_guest(app: Flask, client: FlaskClient) -> None:
    create_quiz(create_questions(*KINDS), time_limit_s=1200, tries=2, description="All of it.")
    assert "Exam" in client.get("/quizzes").text
    page = client.get("/quizzes/exam").text
    assert "All of it." in page
    assert "20" in page
    assert page.count("<button") == 1
    reply = client.post("/quizzes/exam")
    assert reply.status_code == 303
    assert client.get(reply.location).status_code == 200
    assert db.session.query(User).one().kind == "guest"
    assert client.post("/quizzes/exam").location == reply.location
    assert "Go on" in client.get("/quizzes/exam").text
    assert client.get("/quizzes/none").status_code == 404


def test_tries_end_in_words(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client, tries=1)
    client.post(f"{sitting.path}/hand-in")
    reply = client.post("/quizzes/exam", follow_redirects=True)
    assert "You have used all tries" in reply.text
    assert "Attempt 1" in reply.text


def test_an_exam_without_a_script(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    page = sitting.page()
    assert "Question 1 of 4" in page
    sent = {"slot": "1", "base_seq": "0", "flagged": "", "go": "next"}
    sent["r.option"] = sitting.alias(1, "o1")
    reply = client.post(sitting.path, data=sent)
    assert reply.status_code == 303
    assert reply.location.endswith("?slot=2")
    flag = {"slot": "1", "base_seq": "1", "flagged": "", "r.option": "o1", "go": "flag"}
    assert client.post(sitting.path, data=flag).location.endswith("?slot=1")
    item = sitting.now_is().item(1)
    assert (item.draft, item.flagged, item.draft_seq) == ({"option": "o1"}, True, 2)
    page = sitting.page("?slot=1")
    assert re.search(rf'value="{sitting.alias(1, "o1")}" checked', page)
    assert "answered, flagged" in page
    review = client.get(f"{sitting.path}/review").text
    assert "You have answered 1 of 4" in review
    assert "2. Question 2?" in review
    assert "Answered, flagged by you" in review
    confirm = client.get(f"{sitting.path}/hand-in").text
    assert "3 questions have no answer." in confirm
    done = client.post(f"{sitting.path}/hand-in", follow_redirects=True).text
    assert "1 of 4 points" in done
    assert "Practise the 3 I missed" in done  # blanks can be practised, too
    assert client.post(f"{sitting.path}/hand-in").status_code == 303
    assert db.session.query(LoggedResponse).count() == 1


def test_two_tabs_without_a_script_show_both(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    data = {"slot": "1", "base_seq": "0", "flagged": "", "go": "next"}
    client.post(sitting.path, data={**data, "r.option": "o1"})
    reply = client.post(sitting.path, data={**data, "r.option": "o2"})
    assert reply.status_code == 409
    assert f'name="r.option" value="{sitting.alias(1, "o2")}" checked' in reply.text
    assert f'name="other.option" value="{sitting.alias(1, "o1")}" checked' in reply.text
    assert 'name="base_seq" value="1"' in reply.text
    assert sitting.now_is().item(1).draft == {"option": "o1"}
    client.post(sitting.path, data={**data, "base_seq": "1", "r.option": "o2"})
    assert sitting.now_is().item(1).draft == {"option": "o2"}


def test_what_cannot_be_read_stays_in_the_form(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client, ("ordering", ORDER))
    data = {"slot": "1", "base_seq": "0", "r.order.i1": "1", "r.order.i2": "1", "go": "next"}
    reply = client.post(sitting.path, data=data)
    assert reply.status_code == 422
    assert "Each item needs one place of its own" in reply.text
    assert sitting.now_is().item(1).draft is None


@pytest.mark.parametrize("answered", [False, True])
def test_no_exam_page_or_answer_shows_the_key(
    app: Flask, client: FlaskClient, answered: bool
) -> None:
    sitting = Sitting(client, time_limit_s=600)
    if answered:
        texts = [sitting.put(1, {"option": "o1"}).text, sitting.put(2, {"text": "x"}, 0, 2).text]
        texts += [sitting.put(2, {"text": "y"}, 0, 3).text, sitting.put(1, {"option": "zz"}).text]
    else:
        texts = []
    for path in (
        "",
        "?slot=1",
        "?slot=2",
        "?slot=3",
        "?slot=4",
        "?show=all",
        "/review",
        "/hand-in",
    ):
        texts.append(client.get(sitting.path + path).text)
    texts.append(client.get("/quizzes/exam").text)
    body = {
        "client_id": client_id(9), "question": sitting.attempt.items[1].asked.uid, "version": 1,
        "response": {"text": "x"}, "attempt": sitting.attempt.uid, "slot": 2,
    }  # fmt: skip
    reply = client.post("/api/v1/answers", json=body)
    assert (reply.status_code, reply.json["code"]) == (409, "exam")
    texts.append(reply.text)
    data = {"slot": "1", "base_seq": "0", "r.option": "o2", "go": "save"}
    texts.append(client.post(sitting.path, data=data).text)
    for text in texts:
        assert KEYWORD not in text
        assert "fraction" not in text
        assert "score" not in text.lower() or "score nothing" in text
    client.post(f"{sitting.path}/hand-in")
    assert KEYWORD in sitting.page("?show=all")


def test_the_ids_of_an_exam_page_tell_nothing(app: Flask, client: FlaskClient) -> None:
    pairs = {
        "lefts": [{"id": n, "text": n, "right": n} for n in ("p1", "p2")],
        "rights": [{"id": n, "text": n} for n in ("p1", "p2")],
    }
    gaps = {"1": {"kind": "choice", **CHOICE}, "2": {"kind": "word", "word": "w1"}}
    cloze = {"gaps": gaps, "words": [{"id": "w1", "text": "one"}, {"id": "w2", "text": "two"}]}
    kinds = (
        ("multiple_choice", CHOICE),
        ("ordering", ORDER),
        ("matching", pairs),
        ("cloze", cloze),
    )
    sitting = Sitting(client, *kinds)
    for slot, ids in enumerate((("o1", "o2"), ("i1", "i2"), ("p1", "p2"), ("w1", "o1")), 1):
        page = sitting.page(f"?slot={slot}")
        names = re.findall(r'(?:name="r\.|value="|id="pair-)([^"]+)"', page)
        assert any(name.startswith(("x", "order.x", "pairs.x")) for name in names)
        assert not {part for name in names for part in name.split(".")} & set(ids)
    given = {"gaps": {"1": "o2", "2": "w1"}}
    item = sitting.attempt.item(4)
    aliased = disguise.hidden(item.asked, item.option_seed, given)
    assert aliased
    assert aliased != given
    assert sitting.put(4, aliased).status_code == 200
    assert sitting.now_is().item(4).draft == given
    page = sitting.page("?slot=4")
    for name in aliased["gaps"].values():
        assert f'value="{name}" selected' in page
    other = {"gaps": {"1": "o3", "2": "w1"}}
    shown = disguise.hidden(item.asked, item.option_seed, other)
    # Each is answered in its own names: a page learns no real id, a program needs no page.
    assert sitting.put(4, shown, number=2).json["current"]["response"] == aliased
    assert sitting.put(4, other, number=3).json["current"]["response"] == given
    order = sitting.attempt.item(2)
    named = disguise.hidden(order.asked, order.option_seed, {"order": ["i2", "i1"]})
    assert named
    places = {f"r.order.{name}": str(place) for place, name in enumerate(named["order"], 1)}
    client.post(sitting.path, data={"slot": "2", "base_seq": "0", "go": "next", **places})
    assert sitting.now_is().item(2).draft == {"order": ["i2", "i1"]}


def test_a_broken_form_is_asked_again(app: Flask, client: FlaskClient) -> None:
    pairs = {
        "lefts": [{"id": "l1", "text": "a", "right": "r1"}],
        "rights": [{"id": "r1", "text": "b"}],
    }
    sitting = Sitting(client, ("multiple_choice", CHOICE), ("matching", pairs), ("ordering", ORDER))
    for slot, name in ((1, "r.option[]"), (2, "r.pairs"), (3, "r.order")):
        data = {"slot": str(slot), "base_seq": "0", "go": "next", name: "nonsense"}
        assert client.post(sitting.path, data=data).status_code == 422


def test_saving_through_the_api(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    first = sitting.put(1, {"option": "o1"})
    assert (first.status_code, first.json["seq"]) == (200, 1)
    assert datetime.fromisoformat(first.json["saved_at"]).tzinfo
    assert sitting.put(1, {"option": "o1"}).json == first.json
    reused = sitting.put(1, {"option": "o2"})
    assert (reused.status_code, reused.json["code"]) == (409, "id-reused")
    conflict = sitting.put(1, {"option": "o2"}, number=2)
    assert (conflict.status_code, conflict.json["code"]) == (409, "save-conflict")
    assert conflict.mimetype == "application/problem+json"
    assert conflict.json["current"]["seq"] == 1
    assert conflict.json["current"]["response"] == {"option": "o1"}
    assert sitting.put(1, None, base=1, number=3).json["seq"] == 3
    assert sitting.now_is().item(1).draft is None
    assert sitting.put(1, None, base=3, number=4, flagged=True).status_code == 200
    assert sitting.now_is().item(1).flagged


def test_the_apis_refusals(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    put, url = client.put, f"{sitting.api}/items/1"
    good = {"client_id": client_id(1), "base_seq": 0, "response": None, "flagged": False}
    assert sitting.put(1, {"option": "o9"}).status_code == 422
    assert sitting.put(1, {"option": "o9"}).json["code"] == "unknown-option"
    for bad in (
        {**good, "client_id": "x"}, {**good, "base_seq": -1}, {**good, "base_seq": "0"},
        {**good, "response": "o1"}, {**good, "flagged": 1}, {**good, "more": 1}, {}, [],
    ):  # fmt: skip
        assert put(url, json=bad).status_code == 400
        assert put(url, json=bad).json["code"] == "malformed"
    assert put(url, data="{", content_type="application/json").status_code == 400
    assert sitting.put(9, None).json["code"] == "absent"
    assert put("/api/v1/attempts/nothing/items/1", json=good).status_code == 404
    assert db.session.query(AttemptSave).count() == 0
    done = client.post(f"{sitting.api}/hand-in")
    assert (done.status_code, done.json["state"], done.json["points"]) == (200, "handed_in", 0.0)
    assert client.post(f"{sitting.api}/hand-in").json == done.json
    assert (sitting.put(1, None).status_code, sitting.put(1, None).json["code"]) == (409, "closed")


def test_an_attempt_is_its_owners_alone(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    stranger, other = app.test_client(), app.test_client()
    sign_in(other, create_person(role="admin"))
    body = {"client_id": client_id(1), "base_seq": 0, "response": None, "flagged": False}
    for browser, page in ((other, 404), (stranger, 302)):
        for path in ("", "/review", "/hand-in"):
            assert browser.get(sitting.path + path).status_code == page
        assert browser.post(sitting.path, data={"slot": "1"}).status_code == page
        assert browser.post(f"{sitting.path}/hand-in").status_code == page
        assert browser.put(f"{sitting.api}/items/1", json=body).status_code == 404
        assert browser.post(f"{sitting.api}/hand-in").status_code == 404
    assert sitting.now_is().is_open


def test_forms_and_api_need_their_token(app: Flask, guarded: FlaskClient) -> None:
    sitting = Sitting(guarded)
    assert sitting.put(1, {"option": "o1"}).status_code == 400
    for path in (
        f"{sitting.path}/hand-in",
        f"{sitting.api}/hand-in",
        sitting.path,
        "/quizzes/exam",
    ):
        assert guarded.post(path).status_code == 400
    assert sitting.now_is().is_open
    token = re.search(r'name="csrf-token" content="([^"]+)"', sitting.page())
    assert token
    body = {"client_id": client_id(1), "base_seq": 0, "response": None, "flagged": False}
    headers = {"X-CSRFToken": token[1]}
    assert guarded.put(f"{sitting.api}/items/1", json=body, headers=headers).status_code == 200


def test_the_page_after_the_time_is_up(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client, time_limit_s=60, ago=70)
    assert sitting.put(1, {"option": "o1"}).json["code"] == "closed"
    reply = client.post(sitting.path, data={"slot": "1", "r.option": "o1"}, follow_redirects=True)
    assert "The time was over" in reply.text
    assert sitting.now_is().state == "expired"
    assert client.get(f"{sitting.path}/review").status_code == 302
    assert client.get(f"{sitting.path}/hand-in").status_code == 302


def test_the_timer_counts_the_personal_factor_silently(app: Flask, client: FlaskClient) -> None:
    person = create_person(time_factor_pct=200)
    sign_in(client, person)
    quiz = create_quiz(create_questions(*KINDS), time_limit_s=600)
    assert "20</b><span>minutes" in client.get("/quizzes/exam").text
    attempt = begin(person, quiz, real_now())
    page = client.get(f"/attempts/{attempt.uid}").text
    assert "19 min" in page
    assert "200" not in re.sub(r'(src|href|content|value|data-[a-z]+)="[^"]*"', "", page)


def test_practice_judges_at_once(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client, *KINDS[:2], feedback="immediate")
    page = sitting.page()
    assert KEYWORD not in page
    assert re.search(r'<button class="option" name="r.option" value="o1"', page)
    form = re.search(r'name="client_id" value="([^"]+)"', page)
    assert form
    data = {"slot": "1", "client_id": form[1], "r.option": "o2"}
    reply = client.post(sitting.path, data=data)
    assert reply.location.endswith("?slot=1")
    client.post(sitting.path, data=data)  # pressed twice
    judged = sitting.page("?slot=1")
    assert f"{KEYWORD} no" in judged
    assert "Try it again" in judged
    assert "Your answer: wrong" in judged
    assert '<button class="option"' in sitting.page("?slot=1&again=1")
    client.post(sitting.path, data={**data, "r.option": "o1"})  # the browser's Back button
    assert "The first one counts" in sitting.page("?slot=1")
    assert db.session.query(LoggedResponse).count() == 2
    empty = client.post(sitting.path, data={"slot": "2"}, follow_redirects=True)
    assert "Nothing was chosen or typed yet" in empty.text
    client.post(sitting.path, data={"slot": "2", "r.text": TYPED["answers"][0]["text"]})
    assert sitting.now_is().state == "handed_in"
    assert "See how it went" in sitting.page("?slot=2")
    assert "Try it again" not in sitting.page("?slot=1")
    results = sitting.page()
    assert "0.5 of 2 points" in results
    assert 'Missed <span class="chip">1</span>' in results
    assert f"mistakes={sitting.attempt.uid}" in results
    assert "Practise the one I missed" in results


def test_practice_can_be_finished_early(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client, feedback="immediate")
    assert "Finish this round?" in client.get(f"{sitting.path}/hand-in").text
    client.post(sitting.path, data={"slot": "2", "r.text": "wrong"})
    client.post(f"{sitting.path}/hand-in")
    assert "0 of 4 points" in sitting.page()
    assert "Question 2?" in client.get(f"/study?mistakes={sitting.attempt.uid}").text
    late = client.post(sitting.path, data={"slot": "1", "r.option": "o1"}, follow_redirects=True)
    assert "This attempt has ended" in late.text
    assert sitting.put(1, None).json["code"] == "practice"


def test_an_essay_waits_and_the_page_says_so(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client, ("essay", ESSAY), KINDS[0], pass_percent=50)
    sitting.put(1, {"text": "My view."})
    sitting.put(2, {"option": "o1"}, number=2)
    handing_in.hand_in(sitting.person, sitting.attempt.uid, real_now())
    page = sitting.page()
    assert "1 of 1 points" in page
    assert "1 answer waits for a person" in page
    assert "Passed." in page
    assert "Waiting for a person" in sitting.page("?show=all")


def test_a_wrong_slot_is_absent(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    for query in ("?slot=0", "?slot=5", "?slot=99999999999"):
        assert client.get(sitting.path + query).status_code == 404
    assert client.post(sitting.path, data={"slot": "77"}).status_code == 404
    assert client.get(f"{sitting.path}?slot=x").status_code == 200


def test_study_tells_nothing_of_what_an_open_exam_asks(app: Flask, client: FlaskClient) -> None:
    sitting = Sitting(client)
    asked = sitting.now_is().item(1).asked
    body = {
        "client_id": str(uuid4()),
        "question": asked.uid,
        "version": asked.version,
        "response": {"option": "o1"},
    }
    refused = client.post("/api/v1/answers", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in-exam")
    following = client.get(f"/api/v1/study/next?bank={asked.bank_slug}").get_json()
    assert following is None  # all of the bank's questions are in the exam
    client.post(f"{sitting.path}/hand-in")
    assert client.post("/api/v1/answers", json=body).status_code == 200
