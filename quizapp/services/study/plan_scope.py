"""What an exam plan is about: its facts, its day, its title, as they are now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import Assignment, AssignmentException, Bank, Course, Enrolment, Fact, Quiz
from quizapp.services.content import banks
from quizapp.services.courses import course_facts
from quizapp.services.courses.access import LEARNER
from quizapp.services.courses.course_facts import Given
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_settings
from quizapp.services.study import memories, waiting

_CHUNK = 5000  # numbers in one IN
_EXCEPTED = sa.exists().where(AssignmentException.assignment_id == Assignment.id)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be known, and by which learner day where somebody else has set it.

    facts: ids in the order of their banks, only those that the learner may see and be asked.
    """

    title: str
    facts: tuple[int, ...]
    day: int | None = None
    course_title: str | None = None
    assignment_id: int | None = None


def of_goal(person: Person, goal: Mapping[str, Any], now: datetime) -> Scope | None:
    """Return what a plan's goal means now; None where it is gone, or no longer this person's."""
    if "assignment" in goal:
        found = of_courses(person, now, assignment=str(goal["assignment"]))
        return found[0][1] if found else None
    if "quiz" in goal:
        return _of_quiz(person, str(goal["quiz"]))
    if "bank" in goal:
        return _of_bank(person, str(goal["bank"]))
    return Scope("", ordered(person, waiting.askable_facts(memories.shelf(person))))


def of_courses(
    person: Person, now: datetime, *, course: int | None = None, assignment: str | None = None
) -> list[tuple[str, Scope]]:
    """Return what the courses that go on want known by a day to come, the soonest first.

    By the uid of the assignment: dated quizzes and goals, with the learner's own exceptions. Of one
    course, or one assignment, where it is named.
    """
    one = sa.true() if course is None else Course.id == course
    if assignment is not None:
        one = sa.and_(one, Assignment.uid == assignment)
    rows = db.session.execute(
        sa.select(Assignment, Course)
        .join(Course, Course.id == Assignment.course_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(
            Enrolment.user_id == person.id,
            Enrolment.left_at.is_(None),
            Enrolment.role == LEARNER,
            Course.archived_at.is_(None),
            Assignment.deleted_at.is_(None),
            sa.or_(Assignment.due_at.is_not(None), Assignment.closes_at.is_not(None), _EXCEPTED),
            one,
        )
    ).all()
    known = {row.Course.id: course_facts.of_course(row.Course.id) for row in rows}
    given = {one.id: one for facts in known.values() for one in facts.given}
    found = []
    for row in rows:
        scope = _of_assignment(person, row.Assignment, row.Course, given[row.Assignment.id], now)
        if scope is not None:
            found.append((row.Assignment.uid, scope))
    return sorted(found, key=lambda pair: (pair[1].day, pair[0]))


def _of_assignment(
    person: Person, assignment: Assignment, course: Course, given: Given, now: datetime
) -> Scope | None:
    terms = given.terms_of(person.id)
    at = terms.due_at or terms.closes_at
    if at is None or at <= now or terms.excused:
        return None
    facts: Collection[int] = given.facts
    if given.quiz_id is not None:
        facts = _not_telling(facts, given.quiz_id)
    day = learner_day(at, person.tz, person.rollover_minutes)
    return Scope(
        assignment.title, ordered(person, facts), day, course.title, assignment_id=assignment.id
    )


def _of_quiz(person: Person, uid: str) -> Scope | None:
    quiz = db.session.scalar(sa.select(Quiz).where(Quiz.uid == uid, Quiz.status == "active"))
    if quiz is None:
        return None
    return Scope(quiz.title, ordered(person, _not_telling(course_facts.of_quiz(quiz.id), quiz.id)))


def _not_telling(facts: Collection[int], quiz_id: int) -> Collection[int]:
    """Return what to study for a quiz: for an exam its banks, or its plan would tell."""
    stored = db.session.scalar(sa.select(Quiz.settings).where(Quiz.id == quiz_id))
    if not quiz_settings.Settings.of(stored or {}).is_exam:
        return facts
    return waiting.askable_facts(sorted(banks_of(facts)))


def _of_bank(person: Person, uid: str) -> Scope | None:
    row = db.session.execute(sa.select(Bank.id, Bank.title).where(Bank.uid == uid)).first()
    if row is None:
        return None
    return Scope(row.title, ordered(person, waiting.askable_facts([row.id])))


def ordered(person: Person, facts: Collection[int]) -> tuple[int, ...]:
    """Return those that can be asked of this person, in the order of their banks."""
    found: list[tuple[int, int, int]] = []
    for some in _chunks(facts):
        rows = db.session.execute(
            sa.select(Fact.bank_id, Fact.position, Fact.id)
            .join(Bank, Bank.id == Fact.bank_id)
            .where(Fact.id.in_(some), Fact.status == "active", banks.viewable(person))
        )
        found += [(bank, position, fact) for bank, position, fact in rows]
    askable = waiting.askable_facts(sorted({bank for bank, _, _ in found}))
    return tuple(fact for _, _, fact in sorted(found) if fact in askable)


def banks_of(facts: Collection[int]) -> set[int]:
    """Return the banks to which facts belong."""
    return {
        bank
        for some in _chunks(facts)
        for bank in db.session.scalars(sa.select(Fact.bank_id).where(Fact.id.in_(some)).distinct())
    }


def _chunks(facts: Collection[int]) -> Iterable[list[int]]:
    ids = sorted(facts)
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
