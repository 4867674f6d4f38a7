"""Courses in the browser: made, joined, peopled, ended; what each side sees of it."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Course, User
from quizapp.services.courses import access, course_privacy, joining
from quizapp.services.courses.access import CourseView
from quizapp.services.people.sessions import Person
from tests.factories import create_person, sign_in
from tests.services.course_makers import archived, course_of, enrolled
from tests.web.people_ground import GOOD, prepare, real_now, submit

pytestmark = pytest.mark.only("sqlite")
SECRET = "only-for-the-tests"


@pytest.fixture(autouse=True)
def _ground(app: Flask) -> None:
    prepare(app)


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", "Ms Okoro")


@pytest.fixture
def course(teacher: Person) -> CourseView:
    """A course with a code."""
    made = course_of(teacher, tz="Pacific/Auckland", now=real_now())
    joining.open_code(made, SECRET, real_now())
    return access.find(made.uid, teacher)


@pytest.fixture
def teaching(app: Flask, teacher: Person) -> FlaskClient:
    return browser(app, teacher)


def browser(app: Flask, who: Person | None = None) -> FlaskClient:
    client = app.test_client()
    if who:
        sign_in(client, who)
    return client


def code_of(course: CourseView) -> str:
    code = joining.code_of(course, SECRET)
    assert code
    return code


def names(course: CourseView) -> list[str]:
    db.session.rollback()
    return [one.name for one in access.learners(course.id)]


def table(page: TestResponse) -> list[dict[str, str]]:
    assert page.content_type.startswith("text/csv")
    assert "attachment" in page.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(page.text)))


# Joining


@pytest.mark.parametrize("typed", ["{}", "{lower}", "{bare}", " {spaced} "])
def test_a_code_opens_its_course_however_it_is_typed(
    client: FlaskClient, course: CourseView, typed: str
) -> None:
    code = code_of(course)
    text = typed.format(code, lower=code.lower(), bare=code.replace("-", ""), spaced=" ".join(code))
    page = client.post("/join", data={"code": text}, follow_redirects=True)
    assert page.status_code == 200
    assert "<h1>Biology 1B</h1>" in page.text


def test_a_stranger_joins_as_a_guest_with_a_name(client: FlaskClient, course: CourseView) -> None:
    path = f"/join/{code_of(course)}"
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
    client.get(path)
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1  # looking makes nobody
    answer = client.post(path, data={"name": "  Gus   P "})
    assert (answer.status_code, answer.location) == (303, f"/courses/{course.uid}")
    assert names(course) == ["Gus P"]
    assert "Gus P" not in client.get("/courses").text
    assert "Biology 1B" in client.get("/courses").text


def test_who_has_an_account_joins_under_its_name_or_another(app: Flask, course: CourseView) -> None:
    client = browser(app, create_person(name="Lena Petrova"))
    path = f"/join/{code_of(course)}"
    assert 'value="Lena Petrova"' in client.get(path).text
    client.post(path, data={"name": "Lena P"})
    assert names(course) == ["Lena P"]


def test_who_is_in_it_goes_to_the_course_at_once_and_keeps_the_name(
    app: Flask, course: CourseView, teacher: Person
) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner, name="Lena P")
    for who in (learner, teacher):
        client, path = browser(app, who), f"/join/{code_of(course)}"
        for answer in (client.get(path), client.post(path, data={"name": "Other"})):
            assert (answer.status_code, answer.location) == (302, f"/courses/{course.uid}")
    assert names(course) == ["Lena P"]
    assert access.find(course.uid, teacher).role == "instructor"


def test_who_signs_in_on_the_way_comes_back_to_the_join_page(
    client: FlaskClient, course: CourseView
) -> None:
    path = f"/join/{code_of(course)}"
    for to in ("sign-in", "sign-up"):
        assert f'href="/{to}?next={path}"' in client.get(path).text
    fields = {"email": "lena@example.org", "name": "Lena", "password": GOOD}
    assert client.post(f"/sign-up?next={path}", data=fields).location == path
    assert 'value="Lena"' in client.get(path).text


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x07b"])
def test_a_name_that_cannot_be_is_refused_in_words(
    client: FlaskClient, course: CourseView, name: str
) -> None:
    answer = client.post(f"/join/{code_of(course)}", data={"name": name})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert names(course) == []


@pytest.mark.parametrize("how", ["wrong", "ended", "closed", "archived", "before"])
def test_a_code_that_opens_nothing_says_so_and_never_why(
    client: FlaskClient, course: CourseView, how: str
) -> None:
    code = code_of(course)
    if how == "wrong":
        code = "AAAA-AAAA"
    elif how == "ended":
        with writing() as session:
            session.get_one(Course, course.id).code_expires = real_now() - timedelta(seconds=1)
    elif how == "closed":
        joining.close_code(course)
    elif how == "archived":
        archived(course, real_now())
    else:
        joining.open_code(course, SECRET, real_now() + timedelta(seconds=1))
    for answer in (client.get(f"/join/{code}"), client.post(f"/join/{code}", data={"name": "G"})):
        assert answer.status_code == 404
        assert "No course is open under this code." in answer.text
        assert f'value="{code}"' in answer.text  # to be mended
        assert "Biology" not in answer.text
    assert names(course) == []


@pytest.mark.parametrize("code", ["-", "%2F", "☃", "x" * 300, "<b>", "..", "%00"])
def test_any_text_is_no_code(client: FlaskClient, course: CourseView, code: str) -> None:
    assert client.get(f"/join/{code}").status_code in {400, 404}
    assert client.post("/join", data={"code": code}).status_code in {303, 400, 422}


def test_codes_cannot_be_guessed_but_a_class_can_join_from_one_address(
    app: Flask, course: CourseView
) -> None:
    code = code_of(course)
    for _ in range(70):
        assert browser(app).get(f"/join/{code}").status_code == 200
    tries = [browser(app).get("/join/AAAA-AAAA").status_code for _ in range(62)]
    assert tries[0] == 404
    assert tries[-1] == 429
    assert browser(app).get(f"/join/{code}").status_code == 429  # the right one tells nothing


# Making, and the code to show


def test_a_new_course_shows_its_code_at_once(teaching: FlaskClient, teacher: Person) -> None:
    fields = {"title": " Biology  2 ", "tz": "Europe/Oslo", "ends_on": "", "retention_days": "90"}
    page = teaching.post("/courses/new", data=fields, follow_redirects=True)
    [course] = access.of_person(teacher)
    assert (course.title, course.tz, course.retention_days) == ("Biology 2", "Europe/Oslo", 90)
    assert f'<p class="code">{code_of(course)}</p>' in page.text
    assert f'value="http://localhost/join/{code_of(course)}"' in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 301), ("title", "a\x07b"), ("tz", "Mars/Olympus"),
        ("ends_on", "yesterday"), ("ends_on", "2001-01-01"), ("retention_days", "29"),
        ("retention_days", "9" * 40), ("retention_days", "x"),
    ],
)  # fmt: skip
def test_what_a_course_cannot_be_is_said_beside_its_field(
    teaching: FlaskClient, teacher: Person, course: CourseView, field: str, value: str
) -> None:
    fields = {"title": "T", "tz": "UTC", "ends_on": "", "retention_days": "", field: value}
    for path in ("/courses/new", f"/courses/{course.uid}/settings"):
        answer = teaching.post(path, data=fields)
        assert answer.status_code == 422, path
        assert f'id="{field}-error"' in answer.text or 'class="error"' in answer.text
    assert [one.title for one in access.of_person(teacher)] == ["Biology 1B"]


def test_another_code_ends_the_one_before(
    teaching: FlaskClient, client: FlaskClient, course: CourseView, teacher: Person
) -> None:
    old = code_of(course)
    page = teaching.post(f"/courses/{course.uid}/code", follow_redirects=True)
    new = code_of(access.find(course.uid, teacher))
    assert new in page.text
    assert [client.get(f"/join/{code}").status_code for code in (old, new)] == [404, 200]


def test_a_closed_or_ended_code_is_not_shown(
    teaching: FlaskClient, course: CourseView, teacher: Person
) -> None:
    people = f"/courses/{course.uid}/people"
    page = teaching.post(f"/courses/{course.uid}/code/close", follow_redirects=True)
    assert "Nobody can join now" in page.text
    assert 'class="code"' not in page.text
    joining.open_code(course, "another secret than the app has", real_now())
    assert 'class="code"' not in teaching.get(people).text
    joining.open_code(course, SECRET, real_now() - timedelta(days=31))
    assert 'class="code"' not in teaching.get(people).text


# People


def test_people_are_searched_and_paged(teaching: FlaskClient, course: CourseView) -> None:
    for number in range(60):
        enrolled(course, create_person(), name=f"Learner {number:02}")
    people = f"/courses/{course.uid}/people"
    first, second = teaching.get(people), teaching.get(f"{people}?page=2")
    assert (first.text.count("<li class="), second.text.count("<li class=")) == (50, 11)
    assert "Page 1 of 2" in first.text
    found = teaching.get(f"{people}?q=LEARNER 1")
    assert found.text.count("<li class=") == 10
    assert "Nobody found" in teaching.get(f"{people}?q=zzz").text
    for page in ("-1", "0", "99999999999999999999", "x"):
        assert teaching.get(f"{people}?page={page}").status_code == 200


def test_people_come_as_a_table_that_no_spreadsheet_runs(
    teaching: FlaskClient, course: CourseView
) -> None:
    enrolled(course, create_person(), name="=HYPERLINK(1)")
    rows = table(teaching.get(f"/courses/{course.uid}/people?format=csv"))
    assert [(row["name"], row["role"]) for row in rows] == [
        ("'=HYPERLINK(1)", "learner"),
        ("Ms Okoro", "instructor"),
    ]


def test_an_assistant_sees_the_people_but_neither_code_nor_time_nor_settings(
    app: Flask, course: CourseView
) -> None:
    assistant = create_person(name="Tariq")
    enrolled(course, assistant, "assistant")
    enrolled(course, learner := create_person(name="Lena", time_factor_pct=150))
    client = browser(app, assistant)
    page = client.get(f"/courses/{course.uid}/people")
    assert "Lena" in page.text
    for hidden in (code_of(course), "150", "percent", "<select", "/settings"):
        assert hidden not in page.text.split("<main", 1)[1], hidden
    people = f"/courses/{course.uid}/people/{learner.uid}"
    for path in ("settings", "audit", "deletion"):
        assert client.get(f"/courses/{course.uid}/{path}").status_code == 404
    for path in (f"{people}/role", f"{people}/time", f"{people}/remove"):
        assert client.post(path, data={"role": "learner", "percent": "100"}).status_code == 404
    for path in ("code", "code/close", "archive", "reopen", "settings"):
        assert client.post(f"/courses/{course.uid}/{path}").status_code == 404


def test_a_role_is_given_and_the_last_instructor_stays(
    teaching: FlaskClient, course: CourseView, teacher: Person
) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner)
    people = f"/courses/{course.uid}/people"
    page = teaching.post(f"{people}/{teacher.uid}/role", data={"role": "learner"},
                         follow_redirects=True)  # fmt: skip
    assert "Nobody else teaches this course." in page.text
    teaching.post(f"{people}/{learner.uid}/role", data={"role": "instructor"})
    assert access.find(course.uid, learner).role == "instructor"
    page = teaching.post(f"{people}/{learner.uid}/role", data={"role": "king"},
                         follow_redirects=True)  # fmt: skip
    assert "There is no such role." in page.text


def test_a_guest_is_never_made_to_teach(
    teaching: FlaskClient, client: FlaskClient, course: CourseView
) -> None:
    client.post(f"/join/{code_of(course)}", data={"name": "Gus"})
    [guest] = access.learners(course.id)
    path = f"/courses/{course.uid}/people"
    assert f"role-{guest.uid}" not in teaching.get(path).text
    page = teaching.post(f"{path}/{guest.uid}/role", data={"role": "assistant"},
                         follow_redirects=True)  # fmt: skip
    assert "A guest cannot teach." in page.text


def test_extra_time_is_set_once_and_only_instructors_see_it(
    app: Flask, teaching: FlaskClient, course: CourseView
) -> None:
    learner, other = create_person(name="Lena"), create_person(name="Omar")
    enrolled(course, learner)
    enrolled(course, other)
    path = f"/courses/{course.uid}/people/{learner.uid}/time"
    assert "150 percent" in teaching.post(path, data={"percent": "150"}, follow_redirects=True).text
    assert db.session.get_one(User, learner.id).time_factor_pct == 150
    for percent in ("99", "401", "x", "", "9" * 30):
        page = teaching.post(path, data={"percent": percent}, follow_redirects=True)
        assert "Give 100 to 400 percent." in page.text
    assert browser(app, other).get(f"/courses/{course.uid}/people").status_code == 404
    db.session.rollback()
    assert db.session.get_one(User, learner.id).time_factor_pct == 150


def test_who_is_taken_out_is_gone_and_can_join_again(
    app: Flask, teaching: FlaskClient, course: CourseView
) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner)
    path = f"/courses/{course.uid}/people/{learner.uid}/remove"
    assert "is not in the course any more" in teaching.post(path, follow_redirects=True).text
    assert names(course) == []
    assert teaching.post(path).status_code == 404
    browser(app, learner).post(f"/join/{code_of(course)}", data={"name": "Lena"})
    assert names(course) == ["Lena"]


def test_people_of_another_course_cannot_be_reached_through_ones_own(
    teaching: FlaskClient, course: CourseView
) -> None:
    other = create_person()
    enrolled(course_of(create_person("instructor")), other)
    for act in ("role", "time", "remove"):
        path = f"/courses/{course.uid}/people/{other.uid}/{act}"
        fields = {"role": "assistant", "percent": "200"}
        assert teaching.post(path, data=fields).status_code == 404
    assert db.session.get_one(User, other.id).time_factor_pct == 100


# Leaving


def test_a_learner_leaves_after_one_more_question(app: Flask, course: CourseView) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner)
    client = browser(app, learner)
    path = f"/courses/{course.uid}/leave"
    assert "What you know comes along" in client.get(path).text
    assert names(course) == ["Lena"]
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/courses")
    assert names(course) == []
    assert client.get(path).status_code == 404


def test_an_archived_course_can_still_be_left(app: Flask, course: CourseView) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner)
    archived(course, real_now())
    client = browser(app, learner)
    assert f"/courses/{course.uid}/leave" in client.get("/courses").text
    assert client.post(f"/courses/{course.uid}/leave").status_code == 303


def test_the_last_instructor_cannot_leave(teaching: FlaskClient, course: CourseView) -> None:
    answer = teaching.post(f"/courses/{course.uid}/leave")
    assert answer.status_code == 409
    assert "Make somebody instructor first." in answer.text


# Settings and the end


def test_settings_are_changed(teaching: FlaskClient, course: CourseView, teacher: Person) -> None:
    path = f"/courses/{course.uid}/settings"
    fields = {"title": "Physics", "tz": "UTC", "ends_on": "2099-06-12", "retention_days": "365"}
    page = teaching.post(path, data=fields, follow_redirects=True)
    assert 'value="2099-06-12"' in page.text
    assert "365 days after the course is archived." in page.text
    found = access.find(course.uid, teacher)
    assert (found.title, found.tz, found.retention_days) == ("Physics", "UTC", 365)
    teaching.post(path, data={**fields, "ends_on": "", "retention_days": ""})
    found = access.find(course.uid, teacher)
    assert (found.ends_on, found.retention_days) == (None, None)


def test_an_archived_course_is_looked_at_and_changed_by_nobody(
    app: Flask, teaching: FlaskClient, course: CourseView, teacher: Person
) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner)
    page = teaching.post(f"/courses/{course.uid}/archive", follow_redirects=True)
    assert "This course is archived" in page.text
    people = f"/courses/{course.uid}/people/{learner.uid}"
    acts: tuple[tuple[str, dict[str, str]], ...] = (
        (f"{people}/role", {"role": "assistant"}), (f"{people}/time", {"percent": "200"}),
        (f"{people}/remove", {}), (f"/courses/{course.uid}/code", {}),
        (f"/courses/{course.uid}/code/close", {}), (f"/courses/{course.uid}/archive", {}),
        (f"/courses/{course.uid}/settings", {"title": "New", "tz": "UTC"}),
    )  # fmt: skip
    for path, fields in acts:
        answer = teaching.post(path, data=fields)
        assert answer.status_code == 409, path
        assert "nothing changes" in answer.text
    for path in ("people", "settings", "audit", "deletion"):
        page = teaching.get(f"/courses/{course.uid}/{path}")
        assert page.status_code == 200
        assert "<select" not in page.text
    assert names(course) == ["Lena"]
    assert "Archived" in teaching.get("/courses").text
    teaching.post(f"/courses/{course.uid}/reopen")
    assert not access.find(course.uid, teacher).is_archived


def test_the_dry_run_is_a_page_and_a_table(teaching: FlaskClient, course: CourseView) -> None:
    enrolled(course, create_person(), name="Lena P")
    path = f"/courses/{course.uid}/deletion"
    assert "Nothing, until the settings say after how many days." in teaching.get(path).text
    with writing() as session:
        session.get_one(Course, course.id).retention_days = 30
    archived(course, datetime.fromisoformat("2026-03-02T20:00:00+00:00"))
    page = teaching.get(path)
    assert "On Thu 2 Apr 2026" in re.sub(r"[,]", "", page.text)
    assert "Lena P" in page.text
    assert table(teaching.get(f"{path}?format=csv")) == [
        {"name": "Lena P", "attempts": "0", "exceptions": "0", "leaves_the_course": "yes"}
    ]


# Who looked


def test_instructor_and_learner_see_who_looked(
    app: Flask, teaching: FlaskClient, course: CourseView, teacher: Person
) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner, name="Lena P")
    client = browser(app, learner)
    assert "Nobody." in client.get("/me/data").text
    course_privacy.looked(teacher, course, learner.id, "marks", real_now())
    page = teaching.get(f"/courses/{course.uid}/audit")
    for text in ("Lena P", "Looked at: marks", "Ms Okoro"):
        assert text in page.text
    mine = client.get("/me/data")
    for text in ("Looked at: marks", "Ms Okoro", "Biology 1B"):
        assert text in mine.text
    [row] = table(teaching.get(f"/courses/{course.uid}/audit?format=csv"))
    assert (row["who"], row["about"], row["what"]) == ("Ms Okoro", "Lena P", "Looked at: marks")
    [row] = table(client.get("/me/data?format=csv"))
    assert (row["who"], row["course"]) == ("Ms Okoro", "Biology 1B")
    assert "Looked at" not in browser(app, create_person()).get("/me/data").text


# The frame


def test_courses_are_in_the_frame_of_everybody_who_can_have_some(
    app: Flask, client: FlaskClient, course: CourseView
) -> None:
    assert 'href="/courses"' not in client.get("/").text
    assert 'href="/join"' in client.get("/").text
    client.post(f"/join/{code_of(course)}", data={"name": "Gus"})
    assert 'href="/courses"' in client.get("/").text
    assert 'href="/join"' not in client.get("/").text


def test_the_list_says_who_teaches_and_how_many_learn(app: Flask, course: CourseView) -> None:
    learner = create_person(name="Lena")
    enrolled(course, learner)
    gone = create_person()
    enrolled(course, gone)
    joining.leave(course, gone, real_now())
    page = browser(app, learner).get("/courses").text
    assert "1 learner, taught by Ms Okoro" in page
    assert "You are in" in page
    assert "Biology" not in browser(app, gone).get("/courses").text


def test_every_form_needs_its_token(guarded: FlaskClient, course: CourseView) -> None:
    path = f"/join/{code_of(course)}"
    assert guarded.post(path, data={"name": "Gus"}).status_code == 400
    assert submit(guarded, path, name="Gus").status_code == 303
    assert names(course) == ["Gus"]
