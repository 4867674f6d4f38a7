"""Marking answers: points, memory and comments that follow, and the queue of what waits."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    AttemptItem,
    Bank,
    Card,
    LoggedResponse,
    Question,
    QuestionVersion,
    Regrade,
    Review,
    UserDay,
)
from quizapp.services.content import questions
from quizapp.services.content.questions import Absent
from quizapp.services.courses import joining, judging, marking, marking_queue, marks
from quizapp.services.courses.judging import Overtaken
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import (
    attempt_views,
    attempts,
    quizzes,
    regrade_answers,
    regrade_preview,
    regrading,
    results,
)
from quizapp.services.quizzes.assigned import Assigned
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.services.quizzes.results import Result
from quizapp.services.study import replay_check
from tests.factories import create_person
from tests.services.course_makers import enrolled
from tests.services.marks_makers import RIGHT, TEXT, WRONG, Class, answer_of, create_class, hand_in
from tests.services.quiz_makers import client_id
from tests.services.test_regrading import Quiet

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGAIN, GOOD = 1, 3


@pytest.fixture
def made(app: Flask, now: datetime) -> Class:
    return create_class(now)


def judge(
    made: Class,
    slot: int,
    points: float | None,
    now: datetime,
    comment: str = "",
    seen: int = 0,
    person: Person | None = None,
) -> None:
    who = person or made.ada
    judging.judge(
        made.course, made.homework.uid, made.member(who), answer_of(who, slot).seq, points,
        comment, seen, made.teacher, now,
    )  # fmt: skip


def result(made: Class, slot: int, person: Person | None = None) -> Result:
    db.session.rollback()
    who = person or made.ada
    uid = db.session.scalars(
        sa.select(Attempt.uid).where(Attempt.user_id == who.id).order_by(Attempt.n.desc())
    ).first()
    found = results.of_attempt(who, attempt_views.load(who, uid or ""))
    return next(each for each in found if each.item.slot == slot)


def ratings(person: Person) -> list[tuple[str, int | None]]:
    rows = db.session.execute(
        sa.select(Review.kind, Review.rating)
        .where(Review.user_id == person.id)
        .order_by(Review.seq)
    )
    return [(row.kind, row.rating) for row in rows]


def agrees() -> bool:
    db.session.rollback()
    return replay_check.check().different == 0


def test_the_first_marking_makes_a_memory_as_of_the_time_of_the_answer(
    made: Class, now: datetime
) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    assert ratings(made.ada) == []
    judge(made, 2, 4, now + 3 * DAY)
    assert ratings(made.ada) == [("answer", GOOD)]
    review = db.session.scalars(sa.select(Review)).one()
    assert review.at == answer_of(made.ada, 2).answered_at
    card = db.session.scalars(sa.select(Card)).one()
    assert card.last_at == review.at
    day = db.session.scalars(sa.select(UserDay)).one()
    assert (day.answers, day.right, day.new_facts) == (1, 1, 1)
    assert agrees()


@pytest.mark.only("sqlite")
def test_an_essay_that_was_partly_right_is_asked_again_soon(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    judge(made, 2, 3, now + DAY)
    assert ratings(made.ada) == [("answer", AGAIN)]
    assert agrees()


def test_a_memory_that_went_on_meanwhile_is_folded_anew(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    hand_in(made, made.ada, now + 5 * DAY, {2: TEXT})
    judge(made, 2, 4, now + 6 * DAY)  # the later one
    first = min(
        db.session.scalars(sa.select(Attempt.n).where(Attempt.user_id == made.ada.id)).all()
    )

    early = db.session.scalars(
        sa.select(LoggedResponse.seq).where(LoggedResponse.attempt_n == first)
    ).one()
    judging.judge(
        made.course, made.homework.uid, made.member(made.ada), early, 0, "", 0, made.teacher,
        now + 7 * DAY,
    )  # fmt: skip
    # The later answer was decided in ignorance of the early one, and is decided anew.
    rewritten = [("undo", None), ("answer", GOOD)]
    assert ratings(made.ada) == [("answer", GOOD), ("answer", AGAIN), *rewritten]
    assert agrees()


def test_a_marked_essay_can_be_marked_again(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: RIGHT, 2: TEXT})
    judge(made, 2, 0, now)
    judge(made, 2, 4, now + HOUR, seen=1)
    assert ratings(made.ada)[-2:] == [("undo", None), ("answer", GOOD)]
    rows = db.session.scalars(sa.select(Regrade).order_by(Regrade.n)).all()
    assert [(row.fraction, row.why, row.by) for row in rows] == [
        (0, "person", made.teacher.id),
        (1, "person", made.teacher.id),
    ]
    found = result(made, 2)
    assert (found.points, found.outcome, found.is_by_person) == (4, "right", True)
    assert agrees()


def test_an_answer_that_the_app_judged_wrong_can_be_said_to_be_right(
    made: Class, now: datetime
) -> None:
    hand_in(made, made.ada, now, {1: WRONG})
    judge(made, 1, 1, now, "This was right.")
    found = result(made, 1)
    assert (found.points, found.outcome, found.comment) == (1, "right", "This was right.")
    assert found.feedback == () or list(found.feedback) == []
    row = db.session.scalars(sa.select(Regrade)).one()
    assert (row.why, row.note) == ("override", "This was right.")
    attempt = db.session.scalars(sa.select(Attempt)).one()
    assert (attempt.points, attempt.max_points) == (1, 5)
    assert agrees()


@pytest.mark.only("sqlite")
def test_a_corrected_key_leaves_what_a_person_has_judged(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: WRONG})
    judge(made, 1, 0.5, now)
    asked = _corrected(made, now)
    rows = db.session.execute(regrade_answers.answers(asked)).all()
    assert [regrade_answers.new_grade(asked, row) for row in rows] == [None]


def test_a_corrected_key_judges_what_has_only_a_comment(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: WRONG})
    judge(made, 1, None, now, "Look at it again.")
    asked = _corrected(made, now)
    row = db.session.execute(regrade_answers.answers(asked)).one()
    grade = regrade_answers.new_grade(asked, row)
    assert grade
    assert grade.fraction == 1


def test_the_marks_of_an_assignment_follow_a_corrected_key_and_are_listed_before(
    made: Class, now: datetime
) -> None:
    hand_in(made, made.ada, now, {1: WRONG})
    asked = _corrected(made, now)
    bank = db.session.scalars(sa.select(Bank)).one()
    for person_id, name in ((made.teacher.id, "Ada"), (None, "")):  # names are for course staff
        change = regrade_preview.foresee(bank, asked.uid, person_id).changes[0]
        assert (change.assignment, change.learner) == ("Biology 1B: Homework", name)
        assert (change.total_old, change.total_new) == (-0.5, 1)
    payload = {"question": asked.id, "version": 2, "by": made.teacher.id}
    regrading.run(payload, Quiet(now))
    db.session.rollback()
    found = marks.of_course(made.course, now)
    assert found.marks[(made.ada.id, made.homework.id)].points == 1


def _corrected(made: Class, now: datetime) -> Any:
    """Make the second option the right one, in a version with another key."""

    with writing() as session:
        question = session.scalars(
            sa.select(Question).where(Question.type == "multiple_choice")
        ).one()
        old = session.get_one(QuestionVersion, (question.id, 1))
        options = [
            {**each, "fraction": "1" if each["id"] == "o2" else "0"} for each in old.body["options"]
        ]
        body = {**old.body, "options": options}
        session.add(
            QuestionVersion(
                question_id=question.id, number=2, stat_group=2, stem=old.stem, body=body,
                sha256="1" * 64, edited_at=now,
            )
        )  # fmt: skip
        question.version = 2
        question_id = question.id
    return questions.asked(question_id, 2)


def test_a_comment_alone_changes_neither_points_nor_memory(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: WRONG, 2: TEXT})
    before = ratings(made.ada)
    judge(made, 1, None, now, "Read line 3.")
    judge(made, 2, None, now, "I read this soon.")
    assert ratings(made.ada) == before
    assert [(result(made, n).outcome, result(made, n).comment) for n in (1, 2)] == [
        ("wrong", "Read line 3."),
        ("waiting", "I read this soon."),
    ]
    judge(made, 2, 4, now, "Good", seen=1)
    assert (result(made, 2).points, result(made, 2).comment) == (4, "Good")
    assert agrees()


@pytest.mark.only("sqlite")
def test_a_comment_on_a_persons_judgement_leaves_it_a_persons(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: WRONG})
    judge(made, 1, 1, now)
    judge(made, 1, None, now, "Sorry!", seen=1)
    judge(made, 1, None, now, "", seen=2)
    found = result(made, 1)
    assert (found.is_by_person, found.points, found.comment, found.judgements) == (True, 1, "", 3)


@pytest.mark.only("sqlite")
def test_saying_again_what_stands_writes_nothing(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {1: RIGHT, 2: TEXT})
    judge(made, 1, 1, now)
    judge(made, 2, 2, now, "ok")
    judge(made, 2, 2, now, "ok", seen=1)
    assert len(db.session.scalars(sa.select(Regrade)).all()) == 1


@pytest.mark.only("sqlite")
def test_what_is_worth_nothing_can_still_be_said_to_be_right(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    with writing() as session:
        session.execute(sa.update(AttemptItem).values(weight=0.0))
    judge(made, 2, 1, now)
    found = result(made, 2)
    assert (found.outcome, found.points) == ("right", 0)


@pytest.mark.only("sqlite")
def test_a_third_of_a_point_can_be_had_in_full(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    with writing() as session:
        session.execute(sa.update(AttemptItem).values(weight=1 / 3))
    judge(made, 2, 0.333333, now)
    assert result(made, 2).outcome == "right"


@pytest.mark.only("sqlite")
def test_two_markers_do_not_overwrite_each_other(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    judge(made, 2, 2, now)
    with pytest.raises(Overtaken):
        judge(made, 2, 4, now, seen=0)
    assert result(made, 2).points == 2


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("points", [-1, 4.01, float("nan")])
def test_points_out_of_range_are_refused(made: Class, now: datetime, points: float) -> None:
    hand_in(made, made.ada, now, {2: TEXT})
    with pytest.raises(Unfit):
        judge(made, 2, points, now)
    assert result(made, 2).outcome == "waiting"


@pytest.mark.only("sqlite")
def test_an_attempt_under_way_cannot_be_judged(made: Class, now: datetime) -> None:
    with writing() as session:
        session.execute(sa.text('update quizzes set settings = \'{"feedback": "immediate"}\''))

    quiz = quizzes.find("exam", made.ada)
    begun = attempts.start(made.ada, quiz, now, 1, Assigned(made.homework.id, None, None, False))
    attempts.answer_practice(made.ada, begun.uid, 1, client_id(1), WRONG, now=now)
    with pytest.raises(Absent):
        judge(made, 1, 1, now)


@pytest.mark.only("sqlite")
def test_a_comment_on_the_attempt_is_kept(made: Class, now: datetime) -> None:
    attempt = hand_in(made, made.ada, now)
    member = made.member(made.ada)
    marking.comment_on(
        made.course, made.homework.uid, member, attempt.uid, " Well\r\ndone ", made.teacher, now
    )
    assert db.session.scalars(sa.select(Attempt.comment)).one() == "Well\ndone"


def test_the_queue_holds_what_a_person_marks_of_those_who_are_in_the_course(
    made: Class, now: datetime
) -> None:
    gone = create_person(name="Gone")
    enrolled(made.course, gone)
    for person in (made.ada, made.ben, gone):
        hand_in(made, person, now)

    joining.leave(made.course, gone, now)
    found = marking_queue.queue(made.course, made.homework.uid)
    assert {place.learner.name for place in found.places} == {"Ada", "Ben"}
    assert found.waiting == 2
    first = found.places[0].learner
    other = made.ben if first.user_id == made.ada.id else made.ada
    judge(made, 2, 2, now, person=made.ada if other is made.ben else made.ben)
    db.session.rollback()
    found = marking_queue.queue(made.course, made.homework.uid)
    assert (found.waiting, len(found.places)) == (1, 2)
    assert found.find(None, None) == 1
    after = found.after(0)
    assert after
    assert after.learner.user_id == other.id


def test_one_answer_of_the_queue_has_what_its_marker_reads(made: Class, now: datetime) -> None:
    hand_in(made, made.ada, now)
    found = marking_queue.queue(made.course, made.homework.uid)
    one = marking_queue.to_mark(found.places[0])
    assert (one.response, one.weight, one.points, one.judgements) == (TEXT, 4.0, None, 0)
    judge(made, 2, 3, now, "Nearly")
    db.session.rollback()
    one = marking_queue.to_mark(found.places[0])
    assert (one.points, one.comment, one.judgements) == (3, "Nearly", 1)


@pytest.mark.only("sqlite")
def test_the_queue_of_nothing_is_empty(made: Class) -> None:
    found = marking_queue.queue(made.course, made.homework.uid)
    assert (found.find(None, None), found.waiting) == (None, 0)
    with pytest.raises(Absent):
        found.find("nobody", 1)
    with pytest.raises(Absent):
        marking_queue.queue(made.course, "nothing")
