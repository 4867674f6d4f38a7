"""Assignments: their terms, exceptions, and who may give what to which course."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import AssignmentException, Attempt, Audit, Bank
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, assignment_exceptions, assignments, course_tasks
from quizapp.services.courses.access import ASSISTANT, CourseView
from quizapp.services.courses.assignment_exceptions import Change
from quizapp.services.courses.assignment_terms import Late, Terms
from quizapp.services.courses.courses import Archived
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Unfit
from tests.factories import create_bank, create_person
from tests.services.course_makers import archived, course_of, enrolled
from tests.services.learner_makers import facts_of
from tests.services.quiz_makers import CHOICE, create_questions, create_quiz

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DUE = datetime(2026, 6, 12, 12, tzinfo=UTC)

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def course(teacher: Person) -> CourseView:
    return course_of(teacher)


@pytest.fixture
def slug(teacher: Person) -> str:
    return create_quiz(create_questions(("multiple_choice", CHOICE))).slug


def give(course: CourseView, teacher: Person, slug: str, now: datetime, **terms: Any) -> str:
    return assignments.create_quiz(course, teacher, slug, Terms(**terms), now)


@pytest.mark.parametrize(
    ("late", "share"),
    [
        (None, 1.0),
        (timedelta(minutes=1), 0.9),
        (DAY, 0.9),
        (DAY + timedelta(seconds=1), 0.8),
        (9 * DAY + HOUR, 0.0),
        (40 * DAY, 0.0),
    ],
)
def test_lateness_takes_a_share_for_each_day_that_has_begun(
    late: timedelta | None, share: float
) -> None:
    assert Terms(due_at=DUE, late=Late(None, 10)).kept_share(late) == pytest.approx(share)


def test_what_comes_within_the_grace_of_the_due_time_is_not_late() -> None:
    terms = Terms(due_at=DUE)
    assert terms.late_by(DUE + timedelta(seconds=4)) is None
    assert terms.late_by(DUE + timedelta(seconds=6)) == timedelta(seconds=6)
    assert terms.late_by(None) is None
    assert Terms().late_by(DUE) is None


def test_it_ends_when_it_closes_or_when_late_work_ends() -> None:
    assert Terms(due_at=DUE).ends_at is None
    assert Terms(due_at=DUE, late=Late(0)).ends_at == DUE
    assert Terms(due_at=DUE, late=Late(24), closes_at=DUE + HOUR).ends_at == DUE + HOUR
    assert Terms(due_at=DUE, late=Late(24), closes_at=DUE + 2 * DAY).ends_at == DUE + DAY
    both = Terms(opens_at=DUE - DAY, closes_at=DUE)
    moments = (DUE - 2 * DAY, DUE - DAY, DUE - HOUR, DUE)
    assert [both.is_open(at) for at in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms("T", opens_at=DUE, due_at=DUE), "due_at"),
        (Terms("T", opens_at=DUE, closes_at=DUE - HOUR), "closes_at"),
        (Terms("T", due_at=DUE, closes_at=DUE - HOUR), "closes_at"),
        (Terms("T", due_at=datetime(1, 1, 1, tzinfo=UTC)), "due_at"),
        (Terms("T", tries=0), "tries"),
        (Terms("T", tries=101), "tries"),
        (Terms("T", counts="worst"), "counts"),
        (Terms("T", due_at=DUE, late=Late(-1)), "until_hours"),
        (Terms("T", late=Late(5)), "until_hours"),
        (Terms("T", due_at=DUE, late=Late(None, 101)), "percent_per_day"),
        (Terms(" "), "title"),
        (Terms("a\0b"), "title"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: Terms, field: str) -> None:
    with pytest.raises(Unfit) as unfit:
        terms.checked()
    assert unfit.value.field == field


def test_an_assigned_quiz_keeps_its_terms(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    said = Terms("", now, now + DAY, now + 3 * DAY, 2, "best", Late(24, 10), True, now + 4 * DAY)
    uid = assignments.create_quiz(course, teacher, slug, said, now)
    found = assignments.find(course, uid)
    assert found.title == "Exam"
    assert (found.is_quiz, found.quiz_slug, found.bank_slug) == (True, slug, None)
    assert found.terms == replace(said, title="Exam")
    assert assignments.of_course(course.id) == [found]
    with pytest.raises(Absent):
        assignments.find(course_of(teacher, "Other"), uid)


def test_assignments_come_by_due_time_and_undated_ones_last(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    for title, due in (("never", None), ("late", now + 2 * DAY), ("soon", now + DAY)):
        give(course, teacher, slug, now, title=title, due_at=due)
    assert [one.title for one in assignments.of_course(course.id)] == ["soon", "late", "never"]


def test_only_quizzes_that_the_teacher_may_see_are_given(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    ids = create_questions(("multiple_choice", CHOICE))
    create_quiz(ids, slug="by-link", visibility="link")
    create_quiz(ids, slug="hidden", visibility="private")
    assert give(course, teacher, "by-link", now)
    with pytest.raises(Absent):
        give(course, teacher, "hidden", now)
    with writing() as session:
        session.query(Bank).filter_by(slug="quizbank").one().owner_id = teacher.id
    assert give(course, teacher, "hidden", now)


def test_a_goal_names_facts_of_its_own_bank(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    bank, other = create_bank(), create_bank("Other")
    ours, theirs = facts_of(bank), facts_of(other)

    def goal(fact_ids: list[int] | None, retention: float = 0.9) -> str:
        return assignments.create_goal(
            course, teacher, bank.slug, fact_ids, retention, Terms(due_at=now + DAY), now
        )

    some = assignments.find(course, goal([ours[1], theirs[0]]))
    assert (some.title, some.fact_ids, some.retention) == ("Blood", (ours[1],), 0.9)
    assert assignments.find(course, goal(None, 0.8)).fact_ids is None
    for fact_ids, retention in ((theirs, 0.9), ([], 0.9), (None, 0.3), (None, 1.0)):
        with pytest.raises(Unfit):
            goal(fact_ids, retention)


def test_a_private_bank_of_others_is_no_goal(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    create_bank("Theirs", "theirs", "private", create_person().id)
    with pytest.raises(Absent):
        assignments.create_goal(course, teacher, "theirs", None, 0.9, Terms(), now)


def test_exceptions_are_counted_in_for_their_person_alone(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    mara, tom = create_person(name="Mara"), create_person(name="Tom")
    enrolled(course, mara)
    enrolled(course, tom)
    uid = give(course, teacher, slug, now, title="T", due_at=DUE, closes_at=DUE + DAY, tries=1)
    member = access.member(course.id, mara.uid)
    change = Change(due_at=DUE + DAY, closes_at=DUE + 3 * DAY, tries=2)
    assignment_exceptions.save(course, uid, member, change, teacher, now)
    one = assignments.find(course, uid)
    terms = assignments.terms_for_all(one)
    assert terms[mara.id] == replace(one.terms, due_at=DUE + DAY, closes_at=DUE + 3 * DAY, tries=2)
    assert terms[tom.id] == one.terms
    assert assignments.terms_of(one, mara.id) == terms[mara.id]
    rows = assignment_exceptions.of_assignment(one)
    assert [(row.member.name, row.differs) for row in rows] == [("Mara", True), ("Tom", False)]
    noted = db.session.scalars(sa.select(Audit.subject_user_id)).all()
    assert noted == [mara.id]


def test_taking_an_exception_back_keeps_points_given_by_hand(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    mara = create_person()
    enrolled(course, mara)
    uid = give(course, teacher, slug, now)
    one, member = assignments.find(course, uid), access.member(course.id, mara.uid)
    marks = [{"points": 3, "note": "", "by": 1, "at": "2026-03-02T10:00:00+00:00"}]
    with writing() as session:
        changes = {"marks": marks, "excused": True}
        session.add(AssignmentException(assignment_id=one.id, user_id=mara.id, changes=changes))
    assert assignments.terms_of(one, mara.id).excused
    assignment_exceptions.save(course, uid, member, Change(), teacher, now)
    assert db.session.get_one(AssignmentException, (one.id, mara.id)).changes == {"marks": marks}
    assert not assignments.terms_of(one, mara.id).excused
    with pytest.raises(Unfit):
        assignment_exceptions.save(course, uid, member, Change(tries=1000), teacher, now)


def test_an_exception_without_anything_in_it_leaves_no_row(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    mara = create_person()
    enrolled(course, mara)
    uid, member = give(course, teacher, slug, now), access.member(course.id, mara.uid)
    assignment_exceptions.save(course, uid, member, Change(excused=True), teacher, now)
    assignment_exceptions.save(course, uid, member, Change(), teacher, now)
    assert db.session.scalars(sa.select(AssignmentException)).all() == []


def test_open_attempts_get_the_new_end(course: CourseView, teacher: Person, now: datetime) -> None:
    slug = create_quiz(create_questions(("multiple_choice", CHOICE)), time_limit_s=7200).slug
    mara, tom = create_person(), create_person(time_factor_pct=200)
    uid = give(course, teacher, slug, now, title="T", closes_at=now + HOUR)
    for who in (mara, tom):
        course_tasks.start(enrolled(course, who), uid, who, now, 1)

    def ends() -> list[timedelta]:
        rows = db.session.execute(sa.select(Attempt.user_id, Attempt.deadline_at)).all()
        return [at - now for _, at in sorted(rows) if at]

    assert ends() == [HOUR, HOUR]
    later = now + timedelta(minutes=5)
    assignments.change(course, uid, Terms("T", closes_at=now + 3 * HOUR), later)
    assert ends() == [2 * HOUR, 3 * HOUR]  # the time limit, and with twice the time the end
    member = access.member(course.id, mara.uid)
    sooner = Change(closes_at=now + HOUR)
    assignment_exceptions.save(course, uid, member, sooner, teacher, later)
    assert ends() == [HOUR, 3 * HOUR]
    after = now + 2 * HOUR  # hers is over by then, and stays so
    assignments.change(course, uid, Terms("T", closes_at=now + 9 * HOUR), after)
    assert ends() == [HOUR, 4 * HOUR]


def test_a_copy_is_due_at_the_same_time_of_day_in_the_other_zone(
    teacher: Person, slug: str, now: datetime
) -> None:
    berlin, tokyo = course_of(teacher, "B", "Europe/Berlin"), course_of(teacher, "T", "Asia/Tokyo")
    due = datetime(2026, 6, 12, 10, tzinfo=UTC)  # noon in Berlin
    uid = give(
        berlin, teacher, slug, now, title="T", due_at=due, held=True, released_at=due, tries=3
    )
    copy = assignments.find(tokyo, assignments.duplicate(berlin, uid, tokyo, teacher, now))
    assert copy.due_at == datetime(2026, 6, 12, 3, tzinfo=UTC)  # noon in Tokyo
    assert (copy.title, copy.tries, copy.held, copy.released_at) == ("T", 3, True, None)


def test_what_is_not_ones_own_to_give_is_not_copied(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    bank = create_bank("Theirs", "theirs", "private", teacher.id)
    uid = assignments.create_goal(course, teacher, bank.slug, None, 0.9, Terms(), now)
    helper = create_person("instructor")
    seen, own = enrolled(course, helper, ASSISTANT), course_of(helper, "Own")
    assert banks.may_view(helper, bank)  # by the goal alone
    with pytest.raises(Unfit):
        assignments.duplicate(seen, uid, own, helper, now)
    assert assignments.duplicate(seen, uid, seen, helper, now)  # it has the bank already


def test_release_shows_results_from_now_on(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    uid = give(course, teacher, slug, now, title="T", held=True)
    assert assignments.find(course, uid).terms.hides_results(now + 99 * DAY)
    assignments.release(course, uid, teacher, now)
    assert not assignments.find(course, uid).terms.hides_results(now)
    planned = give(course, teacher, slug, now, title="P", held=True, released_at=now + DAY)
    terms = assignments.find(course, planned).terms
    assert [terms.hides_results(at) for at in (now, now + DAY)] == [True, False]


def test_a_deleted_assignment_is_gone(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    uid = give(course, teacher, slug, now)
    assignments.delete(course, uid, teacher, now)
    assert assignments.of_course(course.id) == []
    with pytest.raises(Absent):
        assignments.change(course, uid, Terms("T"), now)


def test_nothing_changes_in_an_archived_course(
    course: CourseView, teacher: Person, slug: str, now: datetime
) -> None:
    mara = create_person()
    enrolled(course, mara)
    uid, member = give(course, teacher, slug, now), access.member(course.id, mara.uid)
    archived(course, now)
    acts: list[Callable[[], Any]] = [
        lambda: give(course, teacher, slug, now),
        lambda: assignments.change(course, uid, Terms("T"), now),
        lambda: assignments.delete(course, uid, teacher, now),
        lambda: assignments.release(course, uid, teacher, now),
        lambda: assignment_exceptions.save(course, uid, member, Change(tries=3), teacher, now),
        lambda: assignments.duplicate(course, uid, course, teacher, now),
    ]
    for act in acts:
        with pytest.raises(Archived):
            act()
    assert assignments.find(course, uid)
