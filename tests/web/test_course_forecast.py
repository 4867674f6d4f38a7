"""The forecast of a course in a browser: its sentence, its rows, its files, its switch."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Assignment, Audit, Fact, Job
from quizapp.services.courses import snapshots
from quizapp.web import course_forecast
from tests.factories import create_bank, create_person, sign_in
from tests.services.course_makers import archived, assigned_goal, course_of, enrolled
from tests.services.learner_makers import facts_of, put_card

pytestmark = pytest.mark.only("sqlite")
NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
DAY = timedelta(days=1)


class Class:
    """A course with an exam in two weeks, two learners and some memories; the teacher's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.teacher = create_person("instructor", name="Ms Okoro")
        self.course = course_of(self.teacher, tz="Europe/Berlin")
        self.bank = create_bank(facts=10)
        self.facts = facts_of(self.bank)
        self.ada = create_person(name="=Ada <b>")
        self.ben = create_person(name="Ben")
        for one in (self.ada, self.ben):
            enrolled(self.course, one)
        self.goal = assigned_goal(
            self.course, self.bank.id, title="The <i>exam", due_at=NOW + 14 * DAY
        )
        for fact in self.facts[:9]:
            put_card(self.ben, fact, NOW, stability=60, days_ago=1)
        put_card(self.ada, self.facts[0], NOW, stability=60, days_ago=1)
        sign_in(client, self.teacher)

    @property
    def path(self) -> str:
        return f"/courses/{self.course.uid}/forecast"

    def get(self, more: str = "") -> str:
        page = self.client.get(f"{self.path}{more}")
        assert page.status_code == 200, page.status_code
        return page.text

    def rows(self, more: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.get(more))))


@pytest.fixture
def made(app: Flask, client: FlaskClient) -> Class:
    return Class(client)


def test_staff_read_what_the_class_will_know_in_a_sentence(made: Class) -> None:
    page = made.get()
    said = re.search(
        r"the class will know about (\d+) of 10 facts, (\d+) to (\d+), if nobody studies on; "
        r"about (\d+) if all follow a plan of 15 minutes a day",
        page,
    )
    assert said
    mean, low, high, planned = map(int, said.groups())
    assert low <= mean <= high
    assert mean < planned <= 10
    assert "not a grade" in page
    assert "The &lt;i&gt;exam" in page
    assert "=Ada &lt;b&gt;" in page
    assert page.index("Fact 10 of Blood.") < page.index("Fact 2 of Blood.")
    assert page.count("btn primary") == 1
    assert "style=" not in page
    assert 'aria-current="page">Forecast</a>' in page


def test_every_figure_opens_its_rows(made: Class) -> None:
    page = made.get()
    key = made.goal.uid
    for more in ("learners", "facts"):
        assert f'href="{made.path}/{more}?of={key}"' in page
        assert made.client.get(f"{made.path}/{more}?of={key}").status_code == 200
    for target in set(re.findall(r'href="(/courses/[^"#]+)"', page)):
        assert made.client.get(target.replace("&amp;", "&")).status_code == 200, target
    tenths = re.findall(r"tenth=(\d)", page)
    assert "0" in tenths
    assert "Ben" not in made.get(f"/learners?of={key}&tenth=1")
    assert "=Ada" in made.get(f"/learners?of={key}&tenth=0") + made.get(
        f"/learners?of={key}&tenth=1"
    )
    assert "None" in made.get(f"/learners?of={key}&tenth=5555")


def test_the_rows_are_files_that_no_spreadsheet_runs(made: Class) -> None:
    rows = made.rows("/learners?format=csv")
    assert rows[0] == list(course_forecast.LEARNERS)
    assert [row[0] for row in rows[1:]] == ["'=Ada <b>", "Ben"]
    assert float(rows[1][2]) <= float(rows[1][1]) <= float(rows[1][3]) <= 10
    rows = made.rows(f"/facts?of={made.goal.uid}&format=csv")
    assert rows[0] == list(course_forecast.FACTS)
    assert rows[1] == ["Fact 10 of Blood.", "0", "2", "2"]
    assert len(rows) == 11


def test_learners_and_strangers_see_nothing_of_it(made: Class) -> None:
    for person in (made.ada, create_person("instructor")):
        sign_in(made.client, person)
        for more in ("", "/learners", "/facts"):
            assert made.client.get(made.path + more).status_code == 404, more
        assert made.client.post(made.path, data={"minutes": 5}).status_code == 404


def test_an_assistant_sees_it_and_sets_nothing(made: Class) -> None:
    helper = create_person(name="Hal")
    enrolled(made.course, helper, "assistant")
    sign_in(made.client, helper)
    assert "switch off" not in made.get()
    assert made.client.post(made.path, data={"minutes": 5}).status_code == 404


def test_the_weakest_facts_are_given_to_practise_from_here(made: Class) -> None:
    page = made.get()
    uid = db.session.get_one(Fact, made.facts[9]).uid
    assert f'value="{uid}"' in page
    due = re.search(r'name="due" value="([^"]+)"', page)
    assert due
    sent = {"fact": uid, "title": "Again", "due": due[1]}
    reply = made.client.post(f"/courses/{made.course.uid}/practise", data=sent)
    assert reply.status_code == 303
    given = db.session.scalars(sa.select(Assignment).order_by(Assignment.id.desc())).first()
    assert given
    assert (given.goal or {})["facts"] == [made.facts[9]]


def test_a_look_at_a_learner_from_here_is_noted(made: Class) -> None:
    page = made.get()
    link = f"/courses/{made.course.uid}/learners/{made.ben.uid}"
    assert f'href="{link}"' in page
    made.client.get(link)
    assert db.session.scalars(sa.select(Audit.subject_user_id)).all() == [made.ben.id]


def test_the_instructor_sets_day_and_minutes(made: Class) -> None:
    day = (NOW + 40 * DAY).date()
    sent = {"is_on": "y", "day": f"{day:%Y-%m-%d}", "minutes": "30"}
    assert made.client.post(made.path, data=sent).status_code == 303
    page = made.get()
    assert "a plan of 30 minutes a day" in page
    assert "The course as a whole" in page
    assert f'value="{day:%Y-%m-%d}"' in page
    assert "of 10 facts" in made.get("?of=course")


def test_it_can_be_switched_off_and_on(made: Class) -> None:
    assert made.client.post(made.path, data={"minutes": "15"}).status_code == 303
    page = made.get()
    assert "switched off" in page
    assert "Ben" not in page
    for more in ("/learners", "/facts"):
        assert made.client.get(made.path + more).status_code == 404
    assert made.client.post(made.path, data={"minutes": "15", "is_on": "y"}).status_code == 303
    assert "Ben" in made.get()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"is_on": "y", "minutes": "0"},
        {"is_on": "y", "minutes": "many"},
        {"is_on": "y", "minutes": "99999999999999999999"},
        {"is_on": "y", "minutes": "15", "day": "soon"},
        {"is_on": "y", "minutes": "15", "day": "2020-01-01"},
        {"is_on": "y", "minutes": "15", "day": "9999-12-31"},
    ],
)
def test_what_cannot_be_set_is_said_on_the_page(made: Class, sent: dict[str, str]) -> None:
    reply = made.client.post(made.path, data=sent)
    assert reply.status_code == 422
    assert 'class="error"' in reply.text
    assert "a plan of 15 minutes a day" in made.get()


@pytest.mark.parametrize("odd", ["?of=nothing", "/learners?of=%F0", "/facts?of=0"])
def test_a_day_that_is_none_is_not_found(made: Class, odd: str) -> None:
    assert made.client.get(made.path + odd).status_code == 404


def test_an_archived_course_can_be_looked_at(made: Class) -> None:
    archived(made.course, NOW)
    page = made.get()
    assert "Practise the ticked facts" not in page
    assert "switch off" not in page
    assert made.client.post(made.path, data={"minutes": "15"}).status_code == 409


def test_a_class_too_big_for_a_request_is_waited_for(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SMALL_CELLS", 0)
    assert "data-waiting" in made.get()
    assert made.client.get(f"{made.path}/learners").status_code == 404
    assert db.session.scalars(sa.select(Job.kind)).all() == [snapshots.FORECAST.job]
    snapshots.refresh(NOW + timedelta(seconds=5))
    assert "Ben" in made.get()


def test_a_course_with_nothing_ahead_says_what_to_do(app: Flask, client: FlaskClient) -> None:
    teacher = create_person("instructor")
    course = course_of(teacher)
    sign_in(client, teacher)
    page = client.get(f"/courses/{course.uid}/forecast").text
    assert "No day is ahead yet" in page
    assigned_goal(course, create_bank().id, due_at=NOW + DAY)
    assert "Nobody has joined yet" in client.get(f"/courses/{course.uid}/forecast").text


def test_long_lists_are_paged(made: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_forecast, "PAGE", 1)
    page = made.get(f"/learners?of={made.goal.uid}")
    assert "Page 1 of 2" in page
    assert "Ben" not in page
    assert "Ben" in made.get(f"/learners?of={made.goal.uid}&page=2")
    assert "Page 10 of 10" in made.get("/facts?page=99999999")
