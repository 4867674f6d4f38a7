"""Marks: what attempts at an assigned quiz come to, lateness, what is missing, points by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.extensions import db
from quizapp.models import Assignment, AssignmentException, Audit
from quizapp.services.content.questions import Absent
from quizapp.services.courses import (
    access,
    courses,
    joining,
    judging,
    mark_exports,
    marking,
    marks,
)
from quizapp.services.courses.courses import Archived
from quizapp.services.courses.marks import Mark
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, handing_in
from quizapp.services.quizzes.assigned import Assigned
from quizapp.services.quizzes.quiz_settings import Unfit
from tests.factories import create_person
from tests.services.course_makers import assigned_goal, assigned_quiz, enrolled, excepted
from tests.services.marks_makers import RIGHT, TEXT, WRONG, Class, answer_of, create_class, hand_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def made(app: Flask, now: datetime) -> Class:
    """Due in a day."""
    return create_class(now, due_at=now + DAY)


def mark_of(made: Class, person: Person, now: datetime) -> Mark:
    db.session.rollback()
    found = marks.of_course(made.course, now)
    return found.marks[(person.id, made.homework.id)]


def mark_essay(made: Class, person: Person, points: float, now: datetime, **more: Any) -> None:
    logged = answer_of(person, 2)
    values: dict[str, Any] = {"comment": "", "seen": 0, **more}
    judging.judge(
        made.course, made.homework.uid, made.member(person), logged.seq, points,
        person=made.teacher, now=now, **values,
    )  # fmt: skip


def give(made: Class, points: float | None, now: datetime, note: str = "") -> None:
    marking.give(
        made.course, made.homework.uid, made.member(made.ada), points, note, made.teacher, now
    )


@pytest.mark.only("sqlite")
def test_an_essay_waits_and_is_not_in_the_points_yet(made: Class, now: datetime) -> None:
    attempt = hand_in(made, made.ada, now)
    mark = mark_of(made, made.ada, now)
    assert (mark.points, mark.max_points, mark.waiting, mark.most) == (1, 1, 1, 5)
    assert (mark.attempt_uid, mark.tries_used, mark.missing) == (attempt.uid, 1, False)


def test_a_marked_essay_joins_the_points(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now)
    mark_essay(made, made.ada, 3, now)
    mark = mark_of(made, made.ada, now)
    assert (mark.points, mark.max_points, mark.waiting) == (4, 5, 0)
    assert marks.of_course(made.course, now).total(made.ada.id).percent == 80


@pytest.mark.only("sqlite")
def test_an_essay_left_blank_waits_for_nobody(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: RIGHT})
    mark = mark_of(made, made.ada, now)
    assert (mark.points, mark.max_points, mark.waiting) == (1, 5, 0)


@pytest.mark.only("sqlite")
def test_nothing_is_missing_before_it_is_due(made: Class, now: datetime) -> None:
    mark = mark_of(made, made.ben, now)
    assert (mark.points, mark.missing, mark.in_total) == (None, False, None)


@pytest.mark.only("sqlite")
def test_what_is_due_and_was_not_begun_is_missing_and_counts_as_nothing_reached(
    made: Class, now: datetime
) -> None:
    mark = mark_of(made, made.ben, now + DAY)
    assert (mark.points, mark.missing, mark.in_total) == (None, True, (0.0, 5.0))


@pytest.mark.only("sqlite")
def test_an_attempt_under_way_is_not_missing(made: Class, now: datetime) -> None:

    attempts.start(made.ada, made.quiz, now, 1, Assigned(made.homework.id, None, None, False))
    mark = mark_of(made, made.ada, now + DAY)
    assert (mark.missing, mark.under_way, mark.points) == (False, True, None)


@pytest.mark.only("sqlite")
def test_who_is_excused_misses_nothing_and_counts_nothing(made: Class, now: datetime) -> None:
    excepted(made.homework, made.ben, excused=True)
    mark = mark_of(made, made.ben, now + 2 * DAY)
    assert (mark.missing, mark.excused, mark.in_total) == (False, True, None)


@pytest.mark.only("sqlite")
def test_a_later_due_date_of_ones_own_counts(made: Class, now: datetime) -> None:
    excepted(made.homework, made.ben, due_at=(now + 3 * DAY).isoformat())
    assert not mark_of(made, made.ben, now + 2 * DAY).missing
    assert mark_of(made, made.ada, now + 2 * DAY).missing


def test_lateness_takes_its_percent_for_each_day_begun(app: Flask, now: datetime) -> None:
    made = create_class(now, due_at=now, late={"percent_per_day": 10})
    hand_in(made, made.ada, now + DAY + HOUR, {1: RIGHT, 2: TEXT})
    mark_essay(made, made.ada, 4, now + DAY + HOUR)
    mark = mark_of(made, made.ada, now + 2 * DAY)
    assert (mark.points, mark.taken, mark.late) == (4, 1, DAY + HOUR)


@pytest.mark.only("sqlite")
def test_in_time_is_not_late(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now + DAY)
    mark = mark_of(made, made.ada, now + DAY)
    assert (mark.late, mark.taken) == (None, 0)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("counts", "points"), [("first", 1.0), ("last", -0.5), ("best", 1.0)])
def test_the_assignment_says_which_attempt_counts(
    app: Flask, now: datetime, counts: str, points: float
) -> None:
    made = create_class(now, counts=counts)
    first = hand_in(made, made.ada, now, {1: RIGHT, 2: TEXT})
    last = hand_in(made, made.ada, now + HOUR, {1: WRONG, 2: TEXT})
    mark = mark_of(made, made.ada, now + DAY)
    assert (mark.points, mark.tries_used, mark.waiting) == (points, 2, 1)
    assert mark.attempt_uid == (last if counts == "last" else first).uid


@pytest.mark.only("sqlite")
def test_attempts_outside_the_assignment_have_no_marks(made: Class, now: datetime) -> None:

    own = attempts.start(made.ada, made.quiz, now, 1)
    handing_in.hand_in(made.ada, own.uid, now)
    assert mark_of(made, made.ada, now).tries_used == 0


@pytest.mark.only("sqlite")
def test_a_study_goal_and_what_was_deleted_have_no_column(made: Class, now: datetime) -> None:
    assigned_goal(made.course, made.quiz.bank_id or 0)
    assigned_quiz(made.course, made.quiz.id, deleted_at=now)
    found = marks.of_course(made.course, now)
    assert [one.uid for one in found.assignments] == [made.homework.uid]


@pytest.mark.only("sqlite")
def test_who_left_is_not_in_the_table(made: Class, now: datetime) -> None:

    joining.leave(made.course, made.ben, now)
    assert [one.name for one in marks.of_course(made.course, now).learners] == ["Ada"]


def test_points_by_hand_stand_in_place_of_the_attempts_and_can_be_taken_back(
    made: Class, now: datetime
) -> None:
    hand_in(made, made.ada, now, {1: WRONG})
    give(made, 4.5, now, "She told me in person.")
    mark = mark_of(made, made.ada, now)
    assert (mark.points, mark.original, mark.max_points) == (4.5, -0.5, 5)
    assert (mark.overridden, mark.note) == (True, "She told me in person.")
    give(made, None, now + HOUR, "Wrong learner")
    mark = mark_of(made, made.ada, now)
    assert (mark.points, mark.original, mark.overridden, mark.note) == (-0.5, None, False, "")
    history = marks.detail(made.course, made.homework.uid, made.member(made.ada), now).given
    assert [(one.points, one.by) for one in history] == [
        (4.5, made.teacher.uid),
        (None, made.teacher.uid),
    ]


@pytest.mark.only("sqlite")
def test_points_by_hand_are_of_all_points_also_without_an_attempt(
    made: Class, now: datetime
) -> None:
    give(made, 5, now)
    mark = mark_of(made, made.ada, now + 2 * DAY)
    assert (mark.points, mark.max_points, mark.missing) == (5, 5, False)


@pytest.mark.only("sqlite")
def test_points_by_hand_leave_other_exceptions_as_they_are(made: Class, now: datetime) -> None:
    excepted(made.homework, made.ada, excused=True)
    give(made, 5, now)
    row = db.session.get_one(AssignmentException, (made.homework.id, made.ada.id))
    assert row.changes["excused"] is True


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("points", [-0.1, 5.1, float("nan"), float("inf")])
def test_more_points_than_there_are_cannot_be_given(
    made: Class, now: datetime, points: float
) -> None:
    with pytest.raises(Unfit):
        give(made, points, now)
    assert not mark_of(made, made.ada, now).overridden


@pytest.mark.only("sqlite")
def test_a_note_is_bounded_and_storable(made: Class, now: datetime) -> None:
    for note in ("x" * 4001, "a\0b"):
        with pytest.raises(Unfit):
            give(made, 1, now, note)


@pytest.mark.only("sqlite")
def test_giving_points_is_noted_with_the_learner_and_no_name(made: Class, now: datetime) -> None:
    give(made, 1, now)
    row = db.session.scalars(sa.select(Audit).where(Audit.action == "course.mark")).one()
    assert (row.actor_id, row.subject_user_id, row.note) == (
        made.teacher.id,
        made.ada.id,
        made.homework.uid,
    )


@pytest.mark.only("sqlite")
def test_nothing_changes_in_an_archived_course(made: Class, now: datetime) -> None:
    attempt = hand_in(made, made.ada, now)
    courses.archive(made.course, made.teacher, now)
    member, uid = made.member(made.ada), made.homework.uid
    with pytest.raises(Archived):
        give(made, 1, now)
    with pytest.raises(Archived):
        mark_essay(made, made.ada, 1, now)
    with pytest.raises(Archived):
        marking.comment_on(made.course, uid, member, attempt.uid, "Well", made.teacher, now)
    with pytest.raises(Archived):
        marking.release(made.course, uid, True, made.teacher, now)


@pytest.mark.only("sqlite")
def test_nothing_is_found_through_another_course(made: Class, now: datetime) -> None:
    attempt = hand_in(made, made.ada, now)
    seq, member = answer_of(made.ada, 2).seq, made.member(made.ada)
    other_teacher = create_person("instructor")
    other = courses.create(other_teacher, courses.Wanted("Other", "UTC"), now)
    enrolled(other, made.ada)
    uid = made.homework.uid
    with pytest.raises(Absent):
        marking.give(other, uid, member, 1, "", other_teacher, now)
    with pytest.raises(Absent):
        judging.judge(other, uid, member, seq, 1, "", 0, other_teacher, now)
    with pytest.raises(Absent):
        marking.comment_on(other, uid, member, attempt.uid, "", other_teacher, now)
    with pytest.raises(Absent):
        marking.release(other, uid, True, other_teacher, now)
    assert mark_of(made, made.ada, now).waiting == 1


def test_held_results_are_not_in_what_the_learner_sees_until_released(
    app: Flask, now: datetime
) -> None:
    made = create_class(now, held=True)
    hand_in(made, made.ada, now)
    give(made, 5, now, "Good")
    seen = marks.of_learner(made.course, made.ada.id, now)[0]
    assert (seen.points, seen.max_points, seen.note, seen.overridden) == (None, None, "", False)
    assert (seen.released, seen.tries_used) == (False, 1)
    marking.release(made.course, made.homework.uid, True, made.teacher, now)
    db.session.rollback()
    seen = marks.of_learner(made.course, made.ada.id, now)[0]
    assert (seen.points, seen.released, seen.note) == (5, True, "Good")
    marking.release(made.course, made.homework.uid, False, made.teacher, now)
    db.session.rollback()
    assert not marks.of_learner(made.course, made.ada.id, now)[0].released


@pytest.mark.only("sqlite")
def test_results_can_be_withheld_that_were_never_held(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now)
    marking.release(made.course, made.homework.uid, False, made.teacher, now)
    row = db.session.get_one(Assignment, made.homework.id)
    assert (row.held, row.released_at) == (True, None)
    db.session.rollback()
    assert marks.of_learner(made.course, made.ada.id, now)[0].points is None


@pytest.mark.only("sqlite")
def test_a_learner_sees_the_own_marks_alone(made: Class, now: datetime) -> None:
    hand_in(made, made.ben, now)
    assert [mark.user_id for mark in marks.of_learner(made.course, made.ada.id, now)] == [
        made.ada.id
    ]
    assert access.learners(made.course.id)[1].user_id == made.ben.id


def test_the_long_export_has_each_answer_with_its_judgement(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now)
    hand_in(made, made.ada, now + HOUR, {1: WRONG})
    logged = answer_of(made.ada, 1)
    judging.judge(
        made.course, made.homework.uid, made.member(made.ada), logged.seq, 0.5, "Half", 0,
        made.teacher, now + HOUR,
    )  # fmt: skip
    head, *rows = mark_exports.responses(made.course)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["attempt"], row["slot"], row["points"], row["comment"]) for row in found] == [
        (1, 1, 1.0, ""),
        (1, 2, None, ""),
        (2, 1, 0.5, "Half"),
    ]
    attempt = marks.detail(made.course, made.homework.uid, made.member(made.ada), now).sittings[1]
    assert attempt.points == 0.5
