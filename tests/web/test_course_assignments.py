"""The pages about assignments: giving them, taking them, and the calendar of what is due."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, Attempt, Bank, Quiz
from quizapp.services.courses import assignments, calendars
from quizapp.services.courses.access import CourseView
from quizapp.services.people import throttling
from quizapp.services.people.sessions import Person
from tests.factories import create_bank, create_person, sign_in
from tests.services.course_makers import (
    archived,
    assigned_goal,
    assigned_quiz,
    course_of,
    enrolled,
    excepted,
)
from tests.services.learner_makers import facts_of
from tests.services.quiz_makers import CHOICE, KEYWORD, create_questions, create_quiz
from tests.web.people_ground import real_now

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FORM = "%Y-%m-%dT%H:%M"

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", name="Ms Okoro")


@pytest.fixture
def learner(app: Flask) -> Person:
    return create_person(name="Mara")


@pytest.fixture
def course(teacher: Person, learner: Person) -> CourseView:
    course = course_of(teacher, "Biology", "Europe/Berlin", real_now())
    enrolled(course, learner)
    return course


@pytest.fixture
def quiz(teacher: Person) -> int:
    """A quiz, an exam, that only its bank's owner sees."""
    found = create_quiz(create_questions(("multiple_choice", CHOICE)), visibility="private")
    with writing() as session:
        bank = session.query(Bank).filter_by(slug="quizbank").one()
        bank.owner_id, bank.visibility = teacher.id, "private"
    return found.id


def browser(app: Flask, who: Person) -> FlaskClient:
    client = app.test_client()
    sign_in(client, who)
    return client


def base(course: CourseView) -> str:
    return f"/courses/{course.uid}/assignments"


def given(course: CourseView) -> assignments.AssignmentView:
    (one,) = assignments.of_course(course.id)
    return one


def test_a_quiz_is_assigned_with_times_of_the_courses_zone(
    app: Flask, teacher: Person, course: CourseView, quiz: int
) -> None:
    client = browser(app, teacher)
    assert '<option value="exam">Exam (Quizbank)</option>' in client.get(f"{base(course)}/new").text
    fields = {
        "quiz": "exam", "opens_at": "2031-03-30T01:30", "due_at": "2031-03-30T03:30",
        "closes_at": "2031-10-26T02:30", "tries": "2", "counts": "best", "until_hours": "48",
        "percent_per_day": "10", "held": "y",
    }  # fmt: skip
    assert client.post(f"{base(course)}/new", data=fields).status_code == 303
    one = given(course)
    assert one.opens_at == datetime(2031, 3, 30, 0, 30, tzinfo=UTC)
    assert one.due_at == datetime(2031, 3, 30, 1, 30, tzinfo=UTC)  # an hour of that day is left out
    assert one.closes_at == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)  # the first of two
    assert (one.title, one.tries, one.counts, one.held) == ("Exam", 2, "best", True)
    assert (one.late.until_hours, one.late.percent_per_day) == (48, 10)
    page = client.get(f"{base(course)}/{one.uid}/edit").text
    for wall in ("2031-03-30T01:30", "2031-03-30T03:30", "2031-10-26T02:30"):
        assert f'value="{wall}"' in page


def test_saving_a_form_as_it_came_moves_no_time(
    app: Flask, teacher: Person, course: CourseView, quiz: int
) -> None:
    second = datetime(2031, 10, 26, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    row = assigned_quiz(course, quiz, due_at=second)
    client = browser(app, teacher)
    fields = {"title": "Renamed", "due_at": "2031-10-26T02:30", "counts": "first"}
    assert client.post(f"{base(course)}/{row.uid}/edit", data=fields).status_code == 303
    assert (given(course).due_at, given(course).title) == (second, "Renamed")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a quiz"),
        ({"quiz": "nothing"}, "Choose a quiz"),
        ({"link": "https://elsewhere.example/quizzes/nothing"}, "Choose a quiz"),
        ({"quiz": "exam", "due_at": "tomorrow"}, "Not a valid"),
        ({"quiz": "exam", "due_at": "0001-01-01T00:00"}, "This date cannot be right."),
        ({"quiz": "exam", "due_at": "9999-12-31T23:59"}, "This date cannot be right."),
        ({"quiz": "exam", "tries": "9" * 30}, "Number must be"),
        ({"quiz": "exam", "until_hours": "5"}, "Say when it is due first"),
        (
            {"quiz": "exam", "opens_at": "2031-05-02T10:00", "due_at": "2031-05-01T10:00"},
            "It has to be due after it opens.",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    app: Flask, teacher: Person, course: CourseView, quiz: int, fields: dict[str, str], said: str
) -> None:
    sent = {"counts": "first", **fields}
    reply = browser(app, teacher).post(f"{base(course)}/new", data=sent)
    assert reply.status_code == 422
    assert said in reply.text
    assert assignments.of_course(course.id) == []


def test_a_quiz_by_link_is_assigned_by_its_link(
    app: Flask, teacher: Person, course: CourseView, quiz: int
) -> None:
    ids = create_questions(("multiple_choice", CHOICE), slug="others")
    create_quiz(ids, slug="by-link", visibility="link", bank="others")
    client = browser(app, teacher)
    assert 'value="by-link"' in client.get(f"{base(course)}/new?quiz=by-link").text
    link = "https://quiz.example/app/quizzes/by-link?from=mail#top"
    fields = {"link": link, "counts": "first"}
    assert client.post(f"{base(course)}/new", data=fields).status_code == 303
    assert given(course).quiz_slug == "by-link"


def test_a_goal_is_set_and_narrowed_to_some_facts(
    app: Flask, teacher: Person, course: CourseView
) -> None:
    bank = create_bank()
    client = browser(app, teacher)
    assert client.post(f"{base(course)}/new-goal", data={"bank": "blood"}).status_code == 422
    fields: dict[str, Any] = {"bank": "blood", "due_at": "2031-06-12T12:00", "percent": "85"}
    assert client.post(f"{base(course)}/new-goal", data=fields).status_code == 303
    one = given(course)
    assert (one.bank_slug, one.fact_ids, one.retention) == ("blood", None, 0.85)
    edit = f"{base(course)}/{one.uid}/edit"
    uids = re.findall(r'name="fact" value="([^"]+)"', client.get(edit).text)
    assert len(uids) == 3
    chosen = {**fields, "which": "some", "fact": uids[:2]}
    assert client.post(edit, data=chosen).status_code == 303
    assert given(course).fact_ids == tuple(facts_of(bank)[:2])
    assert client.get(edit).text.count("checked") == 3  # two facts, and "only those ticked"
    reply = client.post(edit, data={**fields, "which": "some"})
    assert (reply.status_code, "Choose at least one fact" in reply.text) == (422, True)


def test_exceptions_are_typed_and_listed(
    app: Flask, teacher: Person, learner: Person, course: CourseView, quiz: int
) -> None:
    row = assigned_quiz(course, quiz, due_at=datetime(2031, 5, 1, 10, tzinfo=UTC))
    client = browser(app, teacher)
    address = f"{base(course)}/{row.uid}/exceptions"
    sent = {"due_at": "2031-05-03T12:00", "tries": "4"}
    assert client.post(f"{address}/{learner.uid}", data=sent).status_code == 303
    terms = assignments.terms_of(given(course), learner.id)
    assert (terms.due_at, terms.tries) == (datetime(2031, 5, 3, 10, tzinfo=UTC), 4)
    lines = list(csv.DictReader(io.StringIO(client.get(f"{address}?format=csv").text)))
    assert [(line["learner"], line["tries"], line["differs"]) for line in lines] == [
        ("Mara", "4", "1")
    ]
    assert 'value="2031-05-03T12:00"' in client.get(f"{address}/{learner.uid}").text
    early = {"opens_at": "2032-01-01T12:00"}
    assert client.post(f"{address}/{learner.uid}", data=early).status_code == 422
    assert client.get(f"{address}/{teacher.uid}").status_code == 404
    assert client.get(f"{address}/{create_person().uid}").status_code == 404


def test_the_table_has_its_csv_that_no_spreadsheet_runs(
    app: Flask, teacher: Person, course: CourseView, quiz: int
) -> None:
    due = datetime(2031, 5, 1, 10, tzinfo=UTC)
    assigned_quiz(course, quiz, title="=1+1", due_at=due, held=True)
    client = browser(app, teacher)
    assert "Thu 1 May 2031, 12:00" in client.get(base(course)).text
    reply = client.get(f"{base(course)}?format=csv")
    (line,) = csv.DictReader(io.StringIO(reply.text))
    assert (line["title"], line["kind"], line["due_at"], line["results"]) == (
        "'=1+1", "quiz", "2031-05-01T10:00:00+00:00", "Held back",
    )  # fmt: skip


def test_a_copy_and_a_deletion(
    app: Flask, teacher: Person, learner: Person, course: CourseView, quiz: int
) -> None:
    row = assigned_quiz(course, quiz)
    other = course_of(teacher, "Chemistry")
    client = browser(app, teacher)
    assert "Chemistry" in client.get(f"{base(course)}/{row.uid}/edit").text
    sent = {"course": other.uid}
    assert client.post(f"{base(course)}/{row.uid}/copy", data=sent).status_code == 303
    assert given(other).title == "Homework"
    theirs = {"course": course_of(create_person("instructor"), "Theirs").uid}
    assert client.post(f"{base(course)}/{row.uid}/copy", data=theirs).status_code == 404
    browser(app, learner).post(f"{base(course)}/{row.uid}/start")
    assert "1 attempt was begun" in client.get(f"{base(course)}/{row.uid}/delete").text
    assert client.post(f"{base(course)}/{row.uid}/delete").status_code == 303
    assert assignments.of_course(course.id) == []


def test_nothing_is_offered_or_taken_in_an_archived_course(
    app: Flask, teacher: Person, learner: Person, course: CourseView, quiz: int
) -> None:
    row = assigned_quiz(course, quiz)
    archived(course, real_now())
    client = browser(app, teacher)
    page = client.get(f"{base(course)}/{row.uid}/edit")
    assert (page.status_code, "<button" in page.text.split("<main")[1]) == (200, False)
    for path in ("new", f"{row.uid}/edit", f"{row.uid}/delete", f"{row.uid}/release"):
        sent = {"quiz": "exam", "counts": "first"}
        assert client.post(f"{base(course)}/{path}", data=sent).status_code == 409, path
    taker = browser(app, learner)
    assert ">Start<" not in taker.get(f"{base(course)}/{row.uid}/start").text
    assert taker.post(f"{base(course)}/{row.uid}/start").status_code == 409
    assert db.session.scalars(sa.select(Attempt)).all() == []


def test_a_learner_takes_a_private_quiz_and_its_results_are_held(
    app: Flask, teacher: Person, learner: Person, course: CourseView, quiz: int
) -> None:
    row = assigned_quiz(course, quiz, held=True, tries=1, due_at=real_now() - HOUR)
    client, start = browser(app, learner), f"{base(course)}/{row.uid}/start"
    assert client.get("/quizzes/exam").status_code == 404
    assert "Late now" in client.get(f"/courses/{course.uid}").text
    assert ">Start<" in client.get(start).text
    first, second = (client.post(start).location for _tab in range(2))
    assert first == second
    assert client.get(first).status_code == 200
    uid = first.rpartition("/")[2]
    token = {"X-CSRFToken": "not checked in tests"}
    done = client.post(f"/api/v1/attempts/{uid}/hand-in", headers=token).get_json()
    assert (done["state"], done["points"], done["max_points"]) == ("handed_in", None, None)
    for path in (first, f"{first}?show=all", f"{first}?slot=1"):
        page = client.get(path).text
        assert "when your instructor releases them" in page
        assert KEYWORD not in page
    assert "Not released yet" in client.get(start).text
    again = client.post(start, follow_redirects=True).text
    assert "You have used all tries" in again
    assert f"{base(course)}/{row.uid}/start" in client.get(first).text
    staff = browser(app, teacher)
    assert staff.post(f"{base(course)}/{row.uid}/release").status_code == 303
    assert KEYWORD in client.get(f"{first}?show=all").text
    assert "0 of 1" in client.get(start).text
    assert "1 hour late" in client.get(f"/courses/{course.uid}").text
    open_ = client.post(f"/api/v1/attempts/{uid}/hand-in", headers=token).get_json()
    assert (open_["points"], open_["max_points"]) == (0.0, 1.0)


def test_what_came_of_a_free_attempt_stays_on_the_quizs_own_page(
    app: Flask, learner: Person, course: CourseView, quiz: int
) -> None:
    with writing() as session:
        session.get_one(Quiz, quiz).visibility = "public"
    row = assigned_quiz(course, quiz)
    client = browser(app, learner)
    client.post(f"{base(course)}/{row.uid}/start")
    page = client.get("/quizzes/exam").text
    assert (">Start<" in page, "Go on" in page) == (True, False)
    assert "Go on" in client.get(f"{base(course)}/{row.uid}/start").text


def test_the_course_page_says_what_is_next_done_and_missed(
    app: Flask, learner: Person, course: CourseView, quiz: int
) -> None:
    now = real_now()
    assigned_quiz(course, quiz, title="Soon", due_at=now + HOUR)
    assigned_quiz(course, quiz, title="Gone", closes_at=now - HOUR)
    assigned_quiz(course, quiz, title="Coming", opens_at=now + DAY)
    assigned_goal(course, create_bank().id, title="Facts", due_at=now + 2 * DAY)
    client = browser(app, learner)
    page = client.get(f"/courses/{course.uid}").text
    places = [page.index(f">{name}<") for name in ("To do", "Soon", "Facts", "Later", "Coming",
                                                   "Missed", "Gone")]  # fmt: skip
    assert places == sorted(places)
    assert "0 of 3 known, until" in page
    assert 'href="/study?bank=blood"' in page
    home = client.get("/").text.partition("2 assignments wait")[2]
    home = home[home.index("Due next") :]
    assert home.index("Due next") < home.index(">Soon<") < home.index(">Facts<")
    assert ">Gone<" not in home


def test_a_strangers_first_page_stays_as_it_is(app: Flask, client: FlaskClient) -> None:
    create_bank()
    assert "Due next" not in client.get("/").text


def test_a_guest_takes_an_assignment(
    app: Flask, client: FlaskClient, course: CourseView, quiz: int
) -> None:
    row = assigned_quiz(course, quiz)
    guest = create_person(kind="guest")
    enrolled(course, guest, name="Guest")
    sign_in(client, guest)
    reply = client.post(f"{base(course)}/{row.uid}/start")
    assert client.get(reply.location).status_code == 200
    assert client.get(f"/courses/{course.uid}").status_code == 200


def calendar_of(app: Flask, who: Person) -> str:
    return f"/calendar/{calendars.token(who, app.config['SECRET_KEY'])}.ics"


def test_the_calendar_shows_what_is_due_without_signing_in(
    app: Flask, client: FlaskClient, learner: Person, course: CourseView, quiz: int
) -> None:
    due = datetime(2031, 5, 1, 10, tzinfo=UTC)
    row = assigned_quiz(course, quiz, title="Blood, and more", due_at=due)
    excused = assigned_quiz(course, quiz, title="Excused", due_at=due)
    excepted(excused, learner, excused=True)
    assigned_quiz(course, quiz, title="Undated")
    other = enrolled(course_of(create_person("instructor"), "Chemistry"), learner)
    moved = assigned_quiz(other, quiz, title="Moved", due_at=due)
    excepted(moved, learner, due_at=(due + DAY).isoformat())
    path = calendar_of(app, learner)
    assert path in browser(app, learner).get(f"/courses/{course.uid}").text
    reply = client.get(path)
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    text = reply.text.replace("\r\n ", "")
    assert re.findall(r"^(?:UID|DTSTART|SUMMARY):(.*)\r$", text, re.MULTILINE) == [
        f"{row.uid}@quizapp", "20310501T100000Z", "Blood\\, and more (Biology)",
        f"{moved.uid}@quizapp", "20310502T100000Z", "Moved (Chemistry)",
    ]  # fmt: skip
    assert "Mara" not in text
    with writing() as session:
        session.get_one(Assignment, row.id).deleted_at = real_now()
    assert "Blood" not in client.get(path).text


def test_a_new_address_ends_the_old_one(
    app: Flask, client: FlaskClient, learner: Person, course: CourseView
) -> None:
    before = calendar_of(app, learner)
    sent = {"next": f"/courses/{course.uid}"}
    assert browser(app, learner).post("/calendar", data=sent).location == sent["next"]
    after = calendar_of(app, learner)
    assert after != before
    assert [client.get(path).status_code for path in (before, after)] == [404, 200]


@pytest.mark.parametrize("token", ["", ".", "x", "{uid}.", "{uid}.a", "{uid}.é", "{other}.{mac}"])
def test_a_made_up_address_leads_nowhere(
    app: Flask, client: FlaskClient, learner: Person, course: CourseView, token: str
) -> None:
    mac = calendars.token(learner, app.config["SECRET_KEY"]).partition(".")[2]
    made = token.format(uid=learner.uid, other=create_person().uid, mac=mac)
    assert client.get(f"/calendar/{made}.ics").status_code == 404


def test_misses_and_fetches_are_throttled(
    app: Flask, client: FlaskClient, learner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "PER_ADDRESS", 2)
    monkeypatch.setattr(calendars, "PER_PERSON", 2)
    path = calendar_of(app, learner)
    for address, first in ((path, 200), ("/calendar/x.y.ics", 404)):
        found = [client.get(address).status_code for _ in range(3)]
        assert found == [first, first, 429]
