"""The learner's page in a browser: who gets it, what it says, and the rows behind it."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.plots import stability
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Fact
from quizapp.services.people.sessions import Person
from quizapp.services.study import cards, waiting
from quizapp.web.me_rows import STABILITY_FROM
from tests.factories import create_bank, create_person, sign_in
from tests.services.learner_makers import (
    day_of,
    facts_of,
    put_article,
    put_attempt,
    put_card,
    put_evidence,
    put_on_shelf,
    rate,
)

NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock


@pytest.fixture
def mara(app: Flask, client: FlaskClient) -> Person:
    """Somebody with a bank, memories, an article and an attempt."""
    waiting.forget()
    person = create_person(name="Mara <b>", created_at=NOW - timedelta(days=60))
    bank = create_bank(facts=6)
    facts = facts_of(bank)
    uid = put_article(bank, "White cells fight. Red cells carry.")
    put_evidence(uid, facts[0], "White cells fight.")
    rate(person, facts[0], 3, NOW - timedelta(days=30), 1)
    rate(person, facts[0], 3, NOW - timedelta(days=20), 2)
    rate(person, facts[0], 1, NOW - timedelta(days=2), 3)
    for fact in facts[1:4]:
        put_card(person, fact, NOW)
    put_attempt(person, 1, NOW)
    sign_in(client, person)
    return person


def test_a_stranger_is_sent_to_the_first_page(client: FlaskClient) -> None:
    for path in ("/me", "/me/rows?what=days"):
        assert client.get(path).location == "/"
    assert client.post("/me/marks").status_code == 404


def test_a_guest_sees_what_to_do_and_how_to_keep_it(app: Flask, client: FlaskClient) -> None:
    sign_in(client, create_person(kind="guest", created_at=NOW))
    page = client.get("/me").text
    assert "Make an account to keep it" in page
    assert "Find something to study" in page
    assert "Your figures will be here" in page


def test_the_page_says_one_thing_to_do_then_shows_what_is_known(
    mara: Person, client: FlaskClient
) -> None:
    page = client.get("/me").text
    assert "Mara &lt;b&gt;. 4 cards are due." in page
    assert page.count("btn primary") == 1
    assert "You have studied on 2 of the last 25 days." in page
    assert "of 6 facts" in page
    assert page.count("<svg viewBox") == page.count('role="img"') + page.count('role="group"') + 1
    assert page.count("<details>") == 5
    assert 'class="k1"' in page or 'class="k4"' in page
    assert "style=" not in page
    assert "/attempts/attempt1" in page
    assert "/me/settings" in page


def test_each_figure_opens_its_rows(mara: Person, client: FlaskClient) -> None:
    today = day_of(mara, NOW)
    day = today - 2
    uid = db.session.get_one(Fact, 1).uid
    for query, expected in (
        (f"what=due&day={today}", "Fact 2 of Blood."),
        ("what=facts", "Fact 1 of Blood."),
        ("what=days", f"what=day&amp;day={day}"),
        (f"what=day&day={day}", "/study/answers/"),
        (f"what=fact&id={uid}", "White cells fight."),
        ("what=retention&age=mature&days=30", "Forgotten"),
        ("what=retention&age=true", "recalled"),
        (f"what=retention&age=young&days=7&until={today}", "No memory of this age"),
    ):
        response = client.get(f"/me/rows?{query}")
        assert response.status_code == 200, query
        assert expected in response.text, query
        sheet = client.get(f"/me/rows?{query}&format=csv")
        assert sheet.mimetype == "text/csv"
        assert "attachment" in sheet.headers["Content-Disposition"]
        assert len(list(csv.reader(io.StringIO(sheet.text)))) >= 1


def test_the_bins_of_the_rows_are_those_of_the_chart(mara: Person, client: FlaskClient) -> None:
    values = tuple(float(days) for days in STABILITY_FROM)
    chart = stability.build(stability.Data(values))
    assert [count for _, count in chart.rows] == ["1"] * len(STABILITY_FROM)
    page = client.get("/me/rows?what=facts&bin=2").text
    assert "7 to under 21 days" in page
    assert "Fact 2 of Blood." in page  # its stability is 10 days
    assert "Fact 1 of Blood." not in page


def test_long_lists_come_in_pages(mara: Person, client: FlaskClient) -> None:
    bank = create_bank("Bones", facts=70)
    put_on_shelf(mara, bank)
    for fact in facts_of(bank):
        put_card(mara, fact, NOW, due_in=3)
    query = f"what=due&day={day_of(mara, NOW) + 3}"
    first = client.get(f"/me/rows?{query}").text
    assert first.count('scope="row"') == 50
    after = first.partition("after=")[2].partition('"')[0]
    second = client.get(f"/me/rows?{query}&after={after}").text
    assert second.count('scope="row"') == 20
    sheet = client.get(f"/me/rows?{query}&format=csv").text
    assert sheet.count("\n") == 71


@pytest.mark.parametrize(
    "query",
    [
        "", "what=nothing", "what=due", "what=due&day=x", "what=due&day=-1",
        "what=day&day=99999999999999", "what=fact", "what=fact&id=nobody", "what=facts&bin=7",
        "what=retention", "what=retention&age=old", "what=days&after=1'--",
        "what=facts&after=a-b", "what=day&day=1&after=²", "what=retention&age=true&days=x",
        "what=retention&age=true&after=1&until=0",
    ],
)  # fmt: skip
def test_an_address_that_we_never_made_is_absent(
    mara: Person, client: FlaskClient, query: str
) -> None:
    assert client.get(f"/me/rows?{query}").status_code in {200, 404}
    if "until" not in query:
        assert client.get(f"/me/rows?{query}").status_code == 404


def test_others_rows_stay_theirs(mara: Person, client: FlaskClient) -> None:
    uid = db.session.get_one(Fact, 1).uid
    sign_in(client, create_person())
    assert client.get(f"/me/rows?what=fact&id={uid}").status_code == 404
    sent = client.post("/me/marks", data={"fact": uid, "action": "suspend"})
    assert sent.status_code == 404
    assert "Fact 1" not in client.get("/me/rows?what=facts").text


def test_a_spreadsheet_runs_nothing(mara: Person, client: FlaskClient) -> None:
    with writing() as session:
        session.get_one(Fact, 2).statement = '=HYPERLINK("http://x")'
    sheet = client.get("/me/rows?what=facts&format=csv").text
    assert "'=HYPERLINK" in sheet
    assert "<b>" not in client.get("/me/rows?what=facts").text


def test_what_is_set_aside_can_be_taken_up_again(mara: Person, client: FlaskClient) -> None:
    cards.suspend(mara, 2, NOW)
    cards.flag(mara, 3, 1)
    page = client.get("/me").text
    assert "Set aside and flagged" in page
    assert "3 cards are due." in page
    uids = {n: db.session.get_one(Fact, n).uid for n in (2, 3)}
    for n, action in ((2, "resume"), (3, "unflag")):
        sent = client.post("/me/marks", data={"fact": uids[n], "action": action})
        assert sent.location == "/me#marked"
    page = client.get("/me").text
    assert "Set aside and flagged" not in page
    assert "4 cards are due." in page
    client.post("/me/marks", data={"fact": uids[2], "action": "suspend"})
    assert "3 cards are due." in client.get("/me").text
    assert client.post("/me/marks", data={"fact": uids[2], "action": "x"}).status_code == 400
