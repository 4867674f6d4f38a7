"""Who looked at whose data, and what becomes of a course's people when they go or sign up."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import AssignmentException, Attempt, Audit, Enrolment, User
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_lists, course_privacy, joining
from quizapp.services.courses.access import CourseView
from quizapp.services.identifiers import new_secret
from quizapp.services.people import accounts, erasure, merging, privacy, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import handing_in, saving
from tests.factories import create_person
from tests.services.course_makers import assigned_quiz, course_of, enrolled, excepted
from tests.services.quiz_makers import CHOICE, begin, client_id, create_questions, create_quiz

SECRET = "a secret of the app"


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", "Ms Okoro")


@pytest.fixture
def learner(app: Flask) -> Person:
    return create_person("learner", "Lena")


@pytest.fixture
def course(teacher: Person, learner: Person) -> CourseView:
    course = course_of(teacher, tz="Pacific/Auckland")
    enrolled(course, learner, name="Lena P")
    return course


@pytest.fixture
def guest(app: Flask, now: datetime) -> Person:
    return sessions.guest_of(new_secret(), now, "UTC")[0]


def looks() -> int:
    wanted = Audit.action == course_privacy.LOOK
    return db.session.scalar(sa.select(sa.func.count(Audit.id)).where(wanted)) or 0


# Looks


def test_a_look_is_noted_once_a_day_of_the_course(
    course: CourseView, teacher: Person, learner: Person
) -> None:
    evening = datetime(2026, 3, 2, 10, 59, tzinfo=UTC)  # a minute before midnight, there
    for _ in range(3):
        course_privacy.looked(teacher, course, learner.id, "marks", evening)
    assert looks() == 1
    course_privacy.looked(teacher, course, learner.id, "marks", evening + timedelta(minutes=1))
    assert looks() == 2


def test_each_page_actor_and_person_is_noted_for_itself(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    other = create_person(name="Omar")
    course_privacy.looked(teacher, course, learner.id, "marks", now)
    course_privacy.looked(teacher, course, learner.id, "memory", now)
    course_privacy.looked(teacher, course, other.id, "marks", now)
    course_privacy.looked(other, course, learner.id, "marks", now)
    course_privacy.looked(teacher, course_of(teacher), learner.id, "marks", now)
    assert looks() == 5


def test_looking_at_oneself_is_nobodys_business(
    course: CourseView, learner: Person, now: datetime
) -> None:
    course_privacy.looked(learner, course, learner.id, "marks", now)
    assert looks() == 0


def test_both_sides_see_the_same_look(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    course_privacy.looked(teacher, course, learner.id, "marks", now)
    [seen] = course_privacy.of_person(learner).entries
    assert seen == course_privacy.of_course(course).entries[0]
    assert (seen.actor, seen.subject, seen.what, seen.course) == (
        "Ms Okoro", "Lena P", "marks", "Biology 1B",
    )  # fmt: skip
    assert course_privacy.of_person(teacher).entries == []


def test_acts_are_listed_newest_first_and_only_those_of_the_course(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    elsewhere = course_of(teacher, "Chemistry")
    enrolled(elsewhere, learner)
    joining.give_time(course, learner.id, 125, teacher, now)
    joining.give_role(course, learner.id, "assistant", teacher, now + timedelta(hours=1))
    joining.give_role(elsewhere, learner.id, "assistant", teacher, now)
    homework = assigned_quiz(course, create_quiz(create_questions(("essay", {}))).id)
    with writing() as session:
        session.add(Audit(at=now + timedelta(hours=2), actor_id=teacher.id, action="course.mark",
                          subject_user_id=learner.id, note=homework.uid))  # fmt: skip
    found = course_privacy.of_course(course).entries
    assert [one.action for one in found] == ["course.mark", "course.role.assistant", "course.time"]
    assert {one.course for one in found} == {"Biology 1B"}
    assert len(course_privacy.of_person(learner).entries) == 4


def test_what_was_noted_is_paged(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    for day in range(5):
        course_privacy.looked(teacher, course, learner.id, "marks", now + timedelta(days=day))
    first, last = (course_privacy.of_course(course, page, size=2) for page in (1, 99))
    assert (first.total, first.pages, len(first.entries)) == (5, 3, 2)
    assert first.entries[0].at == now + timedelta(days=4)
    assert (last.page, [one.at for one in last.entries]) == (3, [now])


def test_an_erased_actor_has_no_name_but_the_look_stays(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    course_privacy.looked(teacher, course, learner.id, "marks", now)
    erasure.erase(teacher.id, now)
    [seen] = course_privacy.of_person(learner).entries
    assert (seen.actor, seen.what) == ("", "marks")


# Erasing


def test_a_course_whose_only_instructor_is_erased_belongs_to_the_admins(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    admin = create_person("admin")
    erasure.erase(teacher.id, now)
    assert access.for_instructor(course.uid, admin).title == "Biology 1B"
    assert [one.course.uid for one in course_lists.of_person(admin).forsaken] == [course.uid]
    assert access.find(course.uid, learner).role == "learner"
    with pytest.raises(Absent):
        access.find(course.uid, create_person("instructor"))
    joining.give_role(access.find(course.uid, admin), learner.id, "instructor", admin, now)
    assert course_lists.of_person(admin).forsaken == []


def test_a_course_with_another_instructor_stays_theirs(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    admin, second = create_person("admin"), create_person("instructor")
    enrolled(course, second, "instructor")
    erasure.erase(teacher.id, now)
    assert access.for_instructor(course.uid, second)
    assert course_lists.of_person(admin).forsaken == []


def test_an_erased_learner_leaves_no_enrolment_and_no_exception(
    course: CourseView, learner: Person, now: datetime
) -> None:
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)))
    excepted(assigned_quiz(course, quiz.id), learner, tries=2)
    erasure.erase(learner.id, now)
    assert access.learners(course.id) == []
    assert db.session.scalars(sa.select(AssignmentException)).all() == []


@pytest.mark.parametrize("role", ["instructor", "admin"])
def test_a_mark_by_hand_stays_without_its_erased_giver(
    course: CourseView, learner: Person, now: datetime, role: str
) -> None:
    create_person("admin")
    giver = create_person(role)
    if role == "instructor":
        enrolled(course, giver, "assistant")
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)))
    marks = [{"points": 2, "note": "", "by": by, "at": "2026"} for by in (giver.uid, "else")]
    excepted(assigned_quiz(course, quiz.id), learner, marks=marks, tries=2)
    erasure.erase(giver.id, now)
    [row] = db.session.scalars(sa.select(AssignmentException))
    assert [mark["by"] for mark in row.changes["marks"]] == [None, "else"]
    assert [mark["points"] for mark in row.changes["marks"]] == [2, 2]
    assert row.changes["tries"] == 2


def test_a_learner_can_leave_a_course_that_nobody_teaches(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    admin, other = create_person("admin"), create_person()
    enrolled(course, other)
    erasure.erase(teacher.id, now)
    joining.leave(course, learner, now)
    joining.remove(access.find(course.uid, admin), other.id, admin, now)
    assert access.members(course.id) == []


# Signing up and merging


def join(course: CourseView, who: Person, name: str, now: datetime) -> None:
    joining.open_code(course, SECRET, now)
    joining.join(course, who, name, now)


def test_a_guest_who_signs_up_stays_in_the_course(
    course: CourseView, guest: Person, now: datetime
) -> None:
    join(course, guest, "Gus", now)
    who = accounts.sign_up(guest, "gus@example.org", "Gustav", "orchid lamp seven", "UTC", now)
    [member] = [one for one in access.learners(course.id) if one.user_id == who.id]
    assert (member.name, member.is_guest) == ("Gus", False)


def test_a_merged_guest_brings_the_course_the_time_and_what_was_noted(
    course: CourseView, guest: Person, teacher: Person, now: datetime
) -> None:
    account = create_person(name="Gustav")
    join(course, guest, "Gus", now)
    joining.give_time(course, guest.id, 150, teacher, now)
    course_privacy.looked(teacher, course, guest.id, "marks", now)
    merging.merge(guest.id, account.id, now)
    assert [one.name for one in access.learners(course.id)] == ["Gus", "Lena P"]
    assert db.session.get_one(User, account.id).time_factor_pct == 150
    noted = [one.action for one in course_privacy.of_person(account).entries]
    assert sorted(noted) == ["course.look", "course.time"]


def test_a_guest_brings_back_a_course_that_the_account_had_left(
    course: CourseView, guest: Person, learner: Person, now: datetime
) -> None:
    joining.leave(course, learner, now)
    join(course, guest, "Gus", now)
    merging.merge(guest.id, learner.id, now)
    assert [one.user_id for one in access.learners(course.id)] == [learner.id]


def test_a_guest_who_left_does_not_take_the_account_out(
    course: CourseView, guest: Person, learner: Person, now: datetime
) -> None:
    join(course, guest, "Gus", now)
    joining.leave(course, guest, now)
    merging.merge(guest.id, learner.id, now)
    assert [one.name for one in access.learners(course.id)] == ["Lena P"]
    assert db.session.get(Enrolment, (course.id, guest.id)) is None


def test_exceptions_of_both_are_joined_and_the_newest_mark_counts(
    course: CourseView, guest: Person, learner: Person, now: datetime
) -> None:
    homework = assigned_quiz(course, create_quiz(create_questions(("essay", {}))).id)
    late = {"points": 2, "note": "", "by": "t", "at": "2026-03-02T09:00:00+00:00"}
    early = {**late, "points": 1, "at": "2026-03-01T09:00:00+00:00"}
    excepted(homework, learner, tries=2, marks=[late])
    excepted(homework, guest, tries=5, excused=True, marks=[early])
    merging.merge(guest.id, learner.id, now)
    [row] = db.session.scalars(sa.select(AssignmentException))
    assert row.user_id == learner.id
    assert row.changes == {"tries": 2, "excused": True, "marks": [early, late]}


# Taking one's data out


def test_held_marks_are_not_in_the_export_before_they_are_released(
    course: CourseView, learner: Person, now: datetime
) -> None:
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)))
    released = now + timedelta(days=2)
    homework = assigned_quiz(course, quiz.id, held=True, released_at=released)
    excepted(homework, learner, tries=2, marks=[{"points": 7, "note": "", "by": "t", "at": "x"}])
    attempt = begin(learner, quiz, now)
    saving.save(
        learner, attempt.uid, 1, client_id=client_id(1), base_seq=0, response={"option": "o1"},
        flagged=False, now=now,
    )  # fmt: skip
    with writing() as session:
        session.scalars(sa.select(Attempt)).one().assignment_id = homework.id
    handing_in.hand_in(learner, attempt.uid, now)
    before, after = (privacy.export(learner.id, at) for at in (now, released))
    assert [row["score"] for row in before["responses"]] == [None]
    assert [row["points"] for row in before["attempts"]] == [None]
    assert {row["rating"] for row in before["reviews"]} <= {None}
    assert before["exceptions"][0]["changes"] == {"tries": 2}
    assert [row["score"] for row in after["responses"]] == [1.0]
    assert after["exceptions"][0]["changes"]["marks"] == [{"points": 7, "note": "", "at": "x"}]
    assert after["exceptions"][0]["assignment"] == homework.uid
    csv = ["".join(privacy.responses_csv(learner.id, at)) for at in (now, released)]
    assert ",1.0,1.0," not in csv[0]
    assert ",1.0,1.0," in csv[1]
