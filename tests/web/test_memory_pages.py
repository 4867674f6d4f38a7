"""The pages about a fact's memory, the work ahead and hard facts, in a browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, CardMark, Fact, Question, Snapshot, User
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.study import waiting
from tests.factories import create_bank, create_person, sign_in
from tests.services.learner_makers import (
    facts_of,
    put_article,
    put_card,
    put_evidence,
    put_on_shelf,
    rate,
)

NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
DAY = timedelta(days=1)


@pytest.fixture
def mara(app: Flask, client: FlaskClient) -> Person:
    """Somebody with one fact that does not stick and one that does."""
    waiting.forget()
    person = create_person(name="Mara", created_at=NOW - 90 * DAY)
    facts = facts_of(create_bank(facts=6))
    put_evidence(put_article(db.session.get_one(Bank, 1), "White cells fight."), 1, "White cells")
    for turn in range(6):
        at = NOW - (60 - 5 * turn) * DAY
        rate(person, facts[0], 1 if turn else 4, at, 10 * turn + 1)
        rate(person, facts[0], 3, at + timedelta(minutes=20), 10 * turn + 2)
    rate(person, facts[1], 4, NOW - 20 * DAY, 99)
    sign_in(client, person)
    return person


def uid_of(fact: int) -> str:
    return db.session.get_one(Fact, fact).uid


def test_a_stranger_is_sent_to_the_first_page(client: FlaskClient) -> None:
    for path in ("/me/workload", "/me/leeches"):
        assert client.get(path).location == "/"
        assert client.post(path).status_code == 404


def test_the_page_of_a_fact_shows_its_curve_its_table_and_why_it_is_due(
    mara: Person, client: FlaskClient
) -> None:
    page = client.get(f"/me/rows?what=fact&id={uid_of(1)}").text
    assert 'id="why"' in page
    assert "How you kept it" in page
    assert page.count('class="c-dot is-odd"') == 5
    assert page.count('<circle class="c-dot"') == 7
    table = page.partition("<details>")[2].partition("</details>")[0]
    assert table.count("<tr") == 13
    assert table.count("Forgotten") == 5
    sentence = re.search(r"Expected recall today (\d+) percent", page)
    figure = re.search(r"<b>(\d+)%</b><span>recall today", page)
    assert sentence
    assert figure
    assert sentence[1] == figure[1]
    assert re.search(r'<a href="/study/answers/\d+">', table)
    assert "style=" not in page
    other = client.get(f"/me/rows?what=fact&id={uid_of(2)}").text
    assert "You last answered it on" in other
    assert "(20 days ago): Flashcard, recalled, easy." in other


def test_recall_on_the_page_of_a_fact_counts_all_of_the_learners_level(
    mara: Person, client: FlaskClient
) -> None:
    with writing() as session:
        level = {"shift": 0.2, "tilt": -0.5, "fade": -0.6, "taught": 1.0}
        session.add(Snapshot(kind="level", subject=mara.uid, data=level, as_of=NOW))
    for fact in (1, 2):
        page = client.get(f"/me/rows?what=fact&id={uid_of(fact)}").text
        sentence = re.search(r"Expected recall today (\d+) percent", page)
        figure = re.search(r"<b>(\d+)%</b><span>recall today", page)
        assert sentence
        assert figure
        assert sentence[1] == figure[1]


def test_nothing_tells_of_an_answer_that_is_not_released(
    mara: Person, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assigned, "hidden", lambda *_: {None})  # what was answered in no attempt
    for more in ("", "&after=3"):
        page = client.get(f"/me/rows?what=fact&id={uid_of(1)}{more}").text
        assert "Its figures are not shown yet" in page
        for told in ("recall today", "times forgotten", "falls to 90%", "Due ", "percent foretold"):
            assert told not in page


def test_the_day_in_a_list_of_cards_leads_to_why(mara: Person, client: FlaskClient) -> None:
    page = client.get("/me/rows?what=facts").text
    assert f"/me/rows?what=fact&amp;id={uid_of(2)}#why" in page


def test_why_now_is_offered_after_the_answer_only(mara: Person, client: FlaskClient) -> None:
    question = client.get("/study?bank=blood").text
    assert ">Why now?<" not in question
    answered = re.search(
        r"/study/answers/\d+", client.get(f"/me/rows?what=fact&id={uid_of(2)}").text
    )
    assert answered
    page = client.get(answered[0]).text
    link = re.search(r'href="(/study/questions/[\w-]+/memory)#why">Why now\?<', page)
    assert link
    assert client.get(link[1]).location == f"/me/rows?what=fact&id={uid_of(2)}"


def test_the_workload_shows_now_beside_what_is_tried(mara: Person, client: FlaskClient) -> None:
    page = client.get("/me/workload").text
    assert "as set now" in page
    assert "at what you try" not in page
    assert "estimate" in page
    assert 'value="90"' in page
    tried = client.get("/me/workload?retention=75&new=3&days=90").text
    assert "at what you try" in tried
    assert "The next 90 days" in tried
    assert tried.count("c-then") == 1
    assert "Use 75% and 3 new a day" in tried
    assert "style=" not in tried


def test_what_was_tried_can_be_used(mara: Person, client: FlaskClient) -> None:
    sent = client.post("/me/workload", data={"retention": "75", "new": "3", "days": "90"})
    assert sent.location == "/me/workload?days=90"
    user = db.session.get_one(User, mara.id)
    assert (user.desired_retention, user.new_per_day) == (0.75, 3)
    assert user.name == "Mara"
    page = client.get(sent.location).text
    assert "Nothing in the past changes." in page
    assert "a day instead of" in page


@pytest.mark.parametrize(
    "query",
    ["retention=x", "retention=-1", "retention=999", "new=99999999999", "days=7", "new=²",
     "retention=&new=&days="],
)  # fmt: skip
def test_an_odd_address_shows_the_usual_page(mara: Person, client: FlaskClient, query: str) -> None:
    assert client.get(f"/me/workload?{query}").status_code == 200


def test_a_hard_fact_is_listed_with_what_to_do(mara: Person, client: FlaskClient) -> None:
    page = client.get("/me/leeches").text
    assert "Fact 1 of Blood." in page
    assert "Fact 2 of Blood." not in page
    assert "Missed 5 times" in page
    assert "<mark>White cells</mark>" in page
    assert "Another form may hold better" in page
    report = re.search(r"/questions/[\w-]+/report", page)
    assert report
    assert client.get(report[0]).status_code == 200
    assert "Rewrite the question" not in page


def test_the_owner_of_a_bank_is_led_to_the_question(mara: Person, client: FlaskClient) -> None:
    with writing() as session:
        session.get_one(Bank, 1).owner_id = mara.id
    page = client.get("/me/leeches").text
    edit = re.search(r"/banks/blood/questions/[\w-]+/edit", page)
    assert edit
    assert client.get(edit[0]).status_code == 200
    assert client.get("/banks/blood/manage/facts").status_code == 200
    assert "/report" not in page
    with writing() as session:
        session.execute(sa.update(Question).values(status="retired"))
    waiting.forget()
    assert client.get("/me/leeches").status_code == 200


def test_a_hard_fact_is_suspended_or_flagged_with_one_press(
    mara: Person, client: FlaskClient
) -> None:
    for action in ("flag", "suspend"):
        sent = client.post("/me/leeches", data={"fact": uid_of(1), "action": action})
        assert sent.location == "/me/leeches"
        assert ("No fact is hard" in client.get("/me/leeches").text) == (action == "suspend")
    mark = db.session.scalars(sa.select(CardMark)).one()
    assert mark.suspended_at
    assert mark.flag == 1
    sent = client.post("/me/leeches", data={"fact": uid_of(1), "action": "x"})
    assert sent.status_code == 400


def test_others_facts_are_absent(mara: Person, client: FlaskClient) -> None:
    uid = uid_of(1)
    sign_in(client, create_person())
    sent = client.post("/me/leeches", data={"fact": uid, "action": "suspend"})
    assert sent.status_code == 404
    assert "No fact is hard" in client.get("/me/leeches").text


def test_a_change_of_settings_says_what_it_changes_ahead(mara: Person, client: FlaskClient) -> None:
    bank = create_bank("Bones", facts=9)
    put_on_shelf(mara, bank)
    for fact in facts_of(bank):
        put_card(mara, fact, NOW)
    form = {
        "name": "Mara", "tz": "UTC", "rollover": "04:00", "new_per_day": "10",
        "reviews_per_day": "200", "retention": "90", "rating_buttons": "2",
        "single_keys": "y", "theme": "system",
    }  # fmt: skip
    with writing() as session:
        user = session.get_one(User, mara.id)
        user.new_per_day, user.reviews_per_day = 10, 200
    plain = client.post("/me/settings", data=form, follow_redirects=True).text
    assert "Your settings are saved." in plain
    assert "Nothing in the past changes." not in plain
    paced = client.post("/me/settings", data={**form, "retention": "97"}, follow_redirects=True)
    assert "a day instead of" in paced.text
    moved = {**form, "retention": "97", "tz": "Europe/Berlin", "rollover": "05:30"}
    said = client.post("/me/settings", data=moved, follow_redirects=True).text
    assert "Cards fall due from 05:30 in Europe/Berlin." in said
    assert re.search(r"\d+ cards? (is|are) due today", said)
