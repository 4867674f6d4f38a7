"""How the questions of a course's quizzes did: only its own class, under the names it knows."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.services.quizzes import handing_in, saving
from tests.factories import create_bank, create_person, sign_in
from tests.services.course_makers import assigned_goal, course_of, enrolled
from tests.services.marks_makers import RIGHT, WRONG, Class, create_class, hand_in
from tests.services.quiz_makers import begin, client_id

pytestmark = pytest.mark.only("sqlite")
NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
DAY = timedelta(days=1)


@pytest.fixture
def made(app: Flask, client: FlaskClient) -> Class:
    """Ada is right, Ben is wrong; somebody else takes the same quiz on their own."""
    made = create_class(NOW - 3 * DAY)
    enrolled(made.course, made.ada, name="Ada of 1B", now=NOW - 3 * DAY)
    hand_in(made, made.ada, NOW - DAY, {1: RIGHT})
    hand_in(made, made.ben, NOW - DAY, {1: WRONG})
    other = create_person(name="Otto")
    attempt = begin(other, made.quiz, NOW - DAY)
    saving.save(
        other, attempt.uid, 1, client_id=client_id(9), base_seq=0, response=RIGHT, flagged=False,
        now=NOW - DAY,
    )  # fmt: skip
    handing_in.hand_in(other, attempt.uid, NOW - DAY)
    sign_in(client, made.teacher)
    return made


def path(made: Class) -> str:
    return f"/courses/{made.course.uid}/questions"


def test_the_quizzes_that_were_given_are_listed(made: Class, client: FlaskClient) -> None:
    assigned_goal(made.course, create_bank().id, title="A goal is no quiz")
    page = client.get(path(made)).text
    assert f'href="{path(made)}/{made.homework.uid}"' in page
    assert "A goal is no quiz" not in page


def test_only_the_class_is_counted(made: Class, client: FlaskClient) -> None:
    page = client.get(f"{path(made)}/{made.homework.uid}").text
    assert "Of 2 attempts" in page
    rows = client.get(f"{path(made)}/{made.homework.uid}?format=csv").text.splitlines()
    assert rows[0].startswith("number,question,stem")
    assert len(rows) == 3
    enrolled(made.course, made.ben, "assistant")
    assert "Of 1 attempt " in client.get(f"{path(made)}/{made.homework.uid}").text


def test_the_answers_stand_under_the_names_of_the_class(made: Class, client: FlaskClient) -> None:
    listing = client.get(f"{path(made)}/{made.homework.uid}").text
    where = listing.split(f'href="{path(made)}/{made.homework.uid}/', 1)[1].split('"')[0]
    page = client.get(f"{path(made)}/{made.homework.uid}/{where}".replace("&amp;", "&")).text
    assert "Ada of 1B" in page
    assert "Otto" not in page
    assert "white" in page
    assert "style=" not in page
    question = where.split("?")[0]
    rows = client.get(f"{path(made)}/{made.homework.uid}/{question}?format=csv").text
    assert "Ada of 1B" in rows
    assert "Otto" not in rows


def test_nothing_is_there_for_others_or_for_what_is_no_quiz_of_the_course(
    made: Class, client: FlaskClient
) -> None:
    goal = assigned_goal(made.course, create_bank().id)
    for more in (goal.uid, "nothing", f"{made.homework.uid}/nothing"):
        assert client.get(f"{path(made)}/{more}").status_code == 404
    elsewhere = course_of(made.teacher)
    found = client.get(f"/courses/{elsewhere.uid}/questions/{made.homework.uid}")
    assert found.status_code == 404
    assert "No quiz was given yet" in client.get(f"/courses/{elsewhere.uid}/questions").text
    sign_in(client, made.ada)
    for more in ("", f"/{made.homework.uid}"):
        assert client.get(path(made) + more).status_code == 404
