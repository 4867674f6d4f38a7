"""The pages of a course's marks: the table, points by hand, marking, release, files."""

import contextlib
import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, Audit, LoggedResponse, Quiz
from quizapp.services.courses import courses
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, quizzes
from quizapp.services.quizzes.assigned import Assigned
from quizapp.web import course_marks
from tests.factories import create_person, sign_in
from tests.services.course_makers import enrolled
from tests.services.marks_makers import RIGHT, TEXT, WRONG, Class, answer_of, create_class, hand_in
from tests.services.quiz_makers import client_id
from tests.web.people_ground import real_now

pytestmark = pytest.mark.only("sqlite")
HOUR = timedelta(hours=1)


@pytest.fixture
def made(app: Flask) -> Class:
    """Due an hour ago; Ada has handed in, Ben has not."""
    now = real_now()
    made = create_class(now - 2 * HOUR, due_at=now - HOUR)
    hand_in(made, made.ada, now - 2 * HOUR)
    return made


@pytest.fixture
def desk(client: FlaskClient, made: Class) -> FlaskClient:
    sign_in(client, made.teacher)
    return client


def path(made: Class, *rest: object) -> str:
    return "/".join([f"/courses/{made.course.uid}/marks", *map(str, rest)])


def cell(made: Class, person: Person | None = None) -> str:
    return path(made, made.homework.uid, (person or made.ada).uid)


def attempt_path(made: Class) -> str:
    page = desk_page(made)
    found = re.search(r'href="([^"]+/attempts/[^"]+)"', page)
    assert found
    return found[1]


def desk_page(made: Class) -> str:

    client = current_app.test_client()  # type: ignore[attr-defined]
    sign_in(client, made.teacher)
    return str(client.get(cell(made)).text)


def queue_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(learner|answer|seen)" value="([^"]*)"', page))


def test_the_table_says_what_came_and_what_is_missing(desk: FlaskClient, made: Class) -> None:
    page = desk.get(path(made)).text
    assert "1 of 1" in page
    assert "1 to mark" in page
    assert "missing" in page
    assert "1 answer of Homework" in page
    assert page.index(">Ada</a>") < page.index(">Ben</a>")
    assert cell(made) in page


def test_the_table_is_sorted_by_total_with_those_who_have_none_last(
    desk: FlaskClient, made: Class
) -> None:
    for name in ("Zoe", "Cem"):
        person = create_person(name=name)
        enrolled(made.course, person)
    hand_in(made, made.ben, real_now(), {1: WRONG})
    names = re.compile(r'<th scope="row"><a[^>]*>(\w+)')
    falling = names.findall(desk.get(path(made) + "?sort=total&order=falls").text)
    assert falling[0] == "Ada"
    assert names.findall(desk.get(path(made) + "?order=falls").text) == ["Zoe", "Cem", "Ben", "Ada"]
    by_column = desk.get(path(made) + f"?sort={made.homework.uid}&order=falls").text
    assert names.findall(by_column)[:2] == ["Ada", "Ben"]
    assert 'aria-sort="descending"' in by_column


def test_forty_learners_stand_on_a_page_and_names_are_found(desk: FlaskClient, made: Class) -> None:
    for n in range(41):
        enrolled(made.course, create_person(name=f"L{n:02}"))
    first, second = (desk.get(path(made) + f"?page={n}").text for n in (1, 2))
    assert (first.count('<th scope="row">'), second.count('<th scope="row">')) == (40, 3)
    assert "page 1 of 2" in first
    found = desk.get(path(made) + "?q=l07").text
    assert found.count('<th scope="row">') == 1
    assert "No learner&#39;s name has these letters." in desk.get(path(made) + "?q=zzz").text
    assert desk.get(path(made) + "?page=999999999999&sort=nothing").status_code == 200


def test_a_learners_page_leads_to_each_mark(desk: FlaskClient, made: Class) -> None:
    page = desk.get(path(made, "learners", made.ada.uid)).text
    assert cell(made) in page
    assert "In all:" in page


def test_a_mark_shows_its_attempts_and_takes_points_by_hand(desk: FlaskClient, made: Class) -> None:
    page = desk.get(cell(made)).text
    assert "Attempt 1" in page
    assert "counts" in page
    page = desk.post(
        cell(made), data={"points": "4,5", "note": "<b>Well</b>"}, follow_redirects=True
    ).text
    assert "4.5 of 5" in page
    assert "The attempts came to 1." in page
    assert "&lt;b&gt;Well&lt;/b&gt;" in page
    assert "Ms Okoro" in page
    page = desk.post(cell(made), data={"go": "back", "note": "No"}, follow_redirects=True).text
    assert "taken back" in page
    assert "by hand" not in page.split("What was given by hand")[0].split("Points by hand")[0]


@pytest.mark.parametrize("points", ["", "x", "6", "-1", "nan", "1e3", "9" * 400, "١"])
def test_what_is_no_number_of_points_is_refused_and_the_note_kept(
    desk: FlaskClient, made: Class, points: str
) -> None:
    answer = desk.post(cell(made), data={"points": points, "note": "My long note"})
    assert answer.status_code == 422
    assert "My long note" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_an_attempt_shows_answers_keys_and_the_rubric(desk: FlaskClient, made: Class) -> None:
    page = desk.get(attempt_path(made)).text
    assert "White cells fight." in page
    assert "To mark" in page
    assert "Took" not in page  # nobody measured it
    assert page.count('id="q1"') == 1


def test_an_answer_is_judged_and_commented_on_from_the_attempt(
    desk: FlaskClient, made: Class
) -> None:
    seq = answer_of(made.ada, 1).seq
    page = desk.post(
        attempt_path(made),
        data={"answer": seq, "seen": 0, "points": "0.5", "comment": "Half", "place": 1},
        follow_redirects=True,
    ).text
    assert "0.5 of 1 point" in page
    assert "Judged by a person" in page
    assert "Half" in page
    answer = desk.post(
        attempt_path(made), data={"answer": seq, "seen": 0, "points": "1", "comment": "All of it"}
    )
    assert answer.status_code == 409
    assert "All of it" in answer.text
    answer = desk.post(
        attempt_path(made), data={"answer": seq, "seen": 1, "points": "7", "comment": "Kept text"}
    )
    assert answer.status_code == 422
    assert "Give 0 to 1 points." in answer.text
    assert "Kept text" in answer.text


def test_this_was_right_gives_all_points_in_one_press(desk: FlaskClient, made: Class) -> None:
    hand_in(made, made.ben, real_now(), {1: WRONG})
    found = re.search(r'href="([^"]+/attempts/[^"]+)"', desk.get(cell(made, made.ben)).text)
    assert found
    page = desk.get(found[1]).text
    button = re.search(r'name="full" value="([^"]*)"', page)
    assert button
    data = {"answer": answer_of(made.ben, 1).seq, "seen": 0, "points": "", "full": button[1]}
    page = desk.post(found[1], data=data, follow_redirects=True).text
    assert "1 of 1 point" in page
    assert 'name="full"' not in page


def test_comments_reach_the_learner_with_the_results(
    desk: FlaskClient, made: Class, app: Flask
) -> None:
    where = attempt_path(made)
    seq = answer_of(made.ada, 2).seq
    desk.post(where, data={"comment": "You write <well>."})
    desk.post(where, data={"answer": seq, "seen": 0, "points": "3", "comment": "Say why."})
    browser = app.test_client()
    sign_in(browser, made.ada)
    results = f"/attempts/{where.rsplit('/', 1)[1]}?show=all"
    page = browser.get(results).text
    assert "You write &lt;well&gt;." in page
    assert "Say why." in page
    assert "A person has judged this answer." in page
    desk.post(path(made, made.homework.uid, "release"), data={"on": "0"})
    page = browser.get(results).text
    assert "Say why." not in page
    assert "You write" not in page
    desk.post(path(made, made.homework.uid, "release"), data={"on": "1"})
    assert "Say why." in browser.get(results).text


def test_the_queue_goes_from_answer_to_answer_until_all_are_marked(
    desk: FlaskClient, made: Class
) -> None:
    hand_in(made, made.ben, real_now())
    queue = path(made, made.homework.uid, "to-mark")
    page = desk.get(queue).text
    assert "Answer 1 of 2" in page
    assert "KEYTEXT rubric" in page or "How it is judged" not in page
    answer = desk.post(queue, data={**queue_fields(page), "points": "4", "comment": ""})
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Answer 2 of 2" in page
    assert "1 is not marked yet" in page
    page = desk.post(queue, data={**queue_fields(page), "points": "0"}, follow_redirects=True).text
    assert "That was the last one." in page
    assert "to mark" not in page.split("Marking and results")[0]
    page = desk.get(queue).text  # it can be marked again
    assert 'value="4"' in page or 'value="0"' in page


def test_names_are_hidden_where_the_marker_wants_it_so(desk: FlaskClient, made: Class) -> None:
    hand_in(made, made.ben, real_now())
    queue = path(made, made.homework.uid, "to-mark")
    page = desk.get(queue + "?names=hidden").text
    assert not re.search(r">(Ada|Ben)<", page)
    data = {**queue_fields(page), "points": "1", "names": "hidden"}
    answer = desk.post(queue, data=data)
    assert "names=hidden" in answer.location
    page = desk.get(answer.location).text
    assert not re.search(r">(Ada|Ben)<", page)


def test_what_cannot_be_taken_in_the_queue_keeps_the_text(desk: FlaskClient, made: Class) -> None:
    queue = path(made, made.homework.uid, "to-mark")
    fields = queue_fields(desk.get(queue).text)
    for data, status in (
        ({"points": "", "comment": ""}, 422),
        ({"points": "99", "comment": "Much text"}, 422),
        ({"points": "1", "comment": "Much text", "seen": "5"}, 409),
    ):
        answer = desk.post(queue, data={**fields, **data})
        assert answer.status_code == status
        assert data["comment"] in answer.text
    for wrong in ({"learner": "x"}, {"answer": "99999"}, {"answer": ""}):
        assert desk.post(queue, data={**fields, "points": "1", **wrong}).status_code == 404


def test_a_queue_without_anything_says_so(desk: FlaskClient, made: Class) -> None:
    with writing() as session:
        session.query(LoggedResponse).filter_by(slot=2).update({"graded_by": "app"})
    assert "Nothing to mark" in desk.get(path(made, made.homework.uid, "to-mark")).text


def test_the_csv_has_a_row_per_learner_and_no_formula(desk: FlaskClient, made: Class) -> None:
    enrolled(made.course, made.ben, name="=1+1")
    with writing() as session:
        session.get_one(Assignment, made.homework.id).title = "@work"
    answer = desk.get(path(made, "table.csv"))
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    by_uid = {row["learner"]: row for row in rows}
    assert by_uid[made.ben.uid]["name"] == "'=1+1"
    assert by_uid[made.ada.uid]["'@work"] == "1.0"
    assert by_uid[made.ben.uid]["'@work (state)"] == "missing"
    assert by_uid[made.ada.uid]["total (percent)"] == "100.0"


def test_the_excel_sheet_holds_the_same_and_only_text_and_numbers(
    desk: FlaskClient, made: Class
) -> None:
    enrolled(made.course, made.ben, name="=1+1")
    answer = desk.get(path(made, "table.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("learner", "name", "Homework")
    assert {row[1] for row in rows[1:]} == {"'=1+1", "Ada"}
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_every_response_is_a_row_of_the_long_file(desk: FlaskClient, made: Class) -> None:
    answer = desk.get(path(made, "responses.csv"))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["type"] for row in rows] == ["multiple_choice", "essay"]
    first, second = rows
    assert (first["course"], first["assignment"]) == ("Biology 1B", "Homework")
    assert (first["learner"], first["name"], first["attempt"]) == (made.ada.uid, "Ada", "1")
    assert (first["response"], first["score"], first["points"]) == ("white", "1.0", "1.0")
    assert (second["response"], second["score"], second["points"]) == (TEXT["text"], "", "")
    assert second["max"] == "4.0"
    assert first["answered_at"].endswith("+00:00")


def test_a_long_file_waits_on_the_disk_and_is_the_same(
    desk: FlaskClient, made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = desk.get(path(made, "responses.csv")).text
    monkeypatch.setattr(course_marks, "IN_MEMORY", 100)
    answer = desk.get(path(made, "responses.csv"))
    with contextlib.closing(answer):
        assert answer.text == short
        assert answer.content_length == len(short.encode())


def test_points_stand_with_the_try_that_counts(desk: FlaskClient, made: Class) -> None:
    with writing() as session:
        settings = {"feedback": "immediate", "question_tries": 3, "penalty_percent": 25}
        session.get_one(Quiz, made.quiz.id).settings = settings
    quiz, now = quizzes.find("exam", made.ben), real_now()
    begun = attempts.start(made.ben, quiz, now, 1, Assigned(made.homework.id, None, None, False))
    for n, response in enumerate((WRONG, RIGHT), start=1):
        attempts.answer_practice(made.ben, begun.uid, 1, client_id(n), response, now=now)
    attempts.answer_practice(made.ben, begun.uid, 2, client_id(3), TEXT, now=now)
    text = desk.get(path(made, "responses.csv")).text
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["learner"] == made.ben.uid]
    assert [(row["slot"], row["try"], row["points"]) for row in rows] == [
        ("1", "1", ""),
        ("1", "2", "0.75"),
        ("2", "1", ""),
    ]


def test_taking_a_file_is_noted(desk: FlaskClient, made: Class) -> None:
    for name in ("table.csv", "table.xlsx", "responses.csv"):
        desk.get(path(made, name))
    actions = [row.action for row in db.session.query(Audit).order_by(Audit.id)]
    assert actions.count("course.export.marks") == 2
    assert actions.count("course.export.responses") == 1
    assert desk.get(path(made, "table.exe")).status_code == 404


def test_looking_at_one_learner_is_noted_once_a_day(desk: FlaskClient, made: Class) -> None:
    for _ in range(2):
        desk.get(cell(made))
        desk.get(attempt_path(made))
        desk.get(path(made, made.homework.uid, "to-mark"))
    db.session.rollback()
    looks = [row.note for row in db.session.query(Audit) if row.action == "course.look"]
    assert sorted(filter(None, looks)) == ["answers", "attempt", "marks"]


def test_an_assistant_marks_and_a_learner_or_a_stranger_sees_nothing(
    app: Flask, made: Class
) -> None:
    assistant, other = create_person(name="Ass"), create_person("instructor")
    enrolled(made.course, assistant, role="assistant")
    pages = [
        path(made), cell(made), attempt_path(made), path(made, made.homework.uid, "to-mark"),
        path(made, "table.csv"), path(made, "responses.csv"),
        path(made, "learners", made.ada.uid),
    ]  # fmt: skip
    for person, status in ((assistant, 200), (made.ada, 404), (other, 404), (None, 404)):
        browser = app.test_client()
        if person:
            sign_in(browser, person)
        assert {browser.get(page).status_code for page in pages} == {status}
        if status == 404:
            posts = (cell(made), attempt_path(made), path(made, made.homework.uid, "release"))
            assert {browser.post(page, data={"points": "1"}).status_code for page in posts} == {404}


def test_the_marks_of_staff_cannot_be_asked_for(desk: FlaskClient, made: Class) -> None:
    assert desk.get(cell(made, made.teacher)).status_code == 404
    assert desk.get(path(made, "nothing", made.ada.uid)).status_code == 404


def test_an_open_attempt_cannot_be_read(desk: FlaskClient, made: Class) -> None:

    begun = attempts.start(
        made.ben, made.quiz, real_now(), 1, Assigned(made.homework.id, None, None, False)
    )
    page = desk.get(cell(made, made.ben)).text
    assert "under way" in page
    assert begun.uid not in page
    assert desk.get(f"{cell(made, made.ben)}/attempts/{begun.uid}").status_code == 404


def test_an_archived_course_is_looked_at_and_not_changed(desk: FlaskClient, made: Class) -> None:
    where = attempt_path(made)
    courses.archive(made.course, made.teacher, real_now())
    for page in (path(made), cell(made), where, path(made, made.homework.uid, "to-mark")):
        answer = desk.get(page)
        assert answer.status_code == 200
        assert answer.text.count('method="post"') == 0
    for page in (cell(made), where, path(made, made.homework.uid, "release")):
        assert desk.post(page, data={"points": "1"}).status_code == 409


def test_times_are_those_of_the_courses_zone(desk: FlaskClient, made: Class) -> None:

    with writing() as session:
        row = session.get_one(Assignment, made.homework.id)
        row.due_at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # Berlin: 01:30, before summer time
    with writing() as session:
        session.execute(db.text("update courses set tz = 'Europe/Berlin'"))
    assert "Sun 29 Mar 2026, 01:30" in desk.get(path(made)).text
    with writing() as session:
        row = session.get_one(Assignment, made.homework.id)
        row.due_at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # after it
    assert "Sun 29 Mar 2026, 03:30" in desk.get(path(made)).text


def test_right_answers_need_no_marking(desk: FlaskClient, made: Class) -> None:
    hand_in(made, made.ben, real_now(), {1: RIGHT})
    page = desk.get(path(made)).text
    assert "1 answer of Homework" in page
