"""What a course asks of one learner: what is due next, done or missed, and beginning it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Attempt, Bank, Quiz
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, assignments
from quizapp.services.courses.access import LEARNER, CourseView
from quizapp.services.courses.assignment_terms import Terms
from quizapp.services.courses.assignments import AssignmentView
from quizapp.services.courses.courses import Archived
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, attempts, quizzes
from quizapp.services.quizzes.assigned import Assigned
from quizapp.services.quizzes.attempt_views import Refused, is_over
from quizapp.services.quizzes.quizzes import QuizView
from quizapp.services.study import memories, waiting

OPEN, UPCOMING, DONE, MISSED, EXCUSED = "open", "upcoming", "done", "missed", "excused"


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt at an assignment, as far as a list needs it."""

    uid: str
    is_open: bool
    deadline_at: datetime | None
    handed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """How many of a goal's facts a learner would recall now at the retention that it asks."""

    known: int
    facts: int

    @property
    def is_reached(self) -> bool:
        """Whether all are known."""
        return self.facts > 0 and self.known >= self.facts


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment as one learner has it; `state` is open, upcoming, done, missed or excused."""

    course: CourseView
    assignment: AssignmentView
    terms: Terms
    state: str
    sittings: Sequence[Sitting]  # the newest last
    goal: GoalProgress | None

    @property
    def begun(self) -> Sitting | None:
        """The attempt that is open."""
        return next((one for one in self.sittings if one.is_open), None)

    @property
    def tries_left(self) -> int | None:
        """How many attempts are left; None: as many as one likes."""
        most = self.terms.tries
        return None if most is None else max(most - len(self.sittings), 0)

    def may_begin(self, now: datetime) -> bool:
        """Say whether an attempt can be begun now, or gone on with."""
        if not self.assignment.is_quiz or self.course.is_archived or self.terms.excused:
            return False
        if self.begun is not None:
            return True
        return self.terms.is_open(now) and self.tries_left != 0

    def is_overdue(self, now: datetime) -> bool:
        """Say whether it is due already and not done: what comes now is late."""
        return self.state == OPEN and self.terms.due_at is not None and self.terms.due_at < now


def of_course(course: CourseView, person: Person, now: datetime) -> list[Task]:
    """Return what a course asks of a person: open ones by due time, then upcoming, done, missed."""
    return of_courses([course], person, now)


def due_next(person: Person, now: datetime, most: int = 5) -> list[Task]:
    """Return what a person has open over all courses that go on, the next due first."""
    found = [one for one in access.of_person(person) if one.role == LEARNER]
    open_ones = [task for task in of_courses(found, person, now) if task.state == OPEN]
    return open_ones[:most]


def find(course: CourseView, uid: str, person: Person, now: datetime) -> Task:
    """Return one task of a learner of the course; Absent where there is none."""
    one = assignments.find(course, uid)
    if course.role != LEARNER:
        raise Absent
    return of_courses([course], person, now, [one])[0]


def quiz_of(task: Task) -> QuizView:
    """Return the quiz of a task whoever may see it otherwise; Absent where it is retired or gone.

    That the learner is in the course is reason enough.
    """
    row = db.session.get(Quiz, task.assignment.quiz_id) if task.assignment.is_quiz else None
    bank = db.session.get(Bank, row.bank_id) if row and row.bank_id is not None else None
    if row is None or row.status != "active" or (bank and bank.deleted_at is not None):
        raise Absent
    return quizzes.of_row(row)


def start(
    course: CourseView, uid: str, person: Person, now: datetime, seed: int
) -> attempt_views.Attempt:
    """Begin an attempt at an assignment, or go on with the open one.

    It ends with its time limit, or when the assignment does. Raises Absent, Archived, Busy, and
    Refused (not-open, ended, excused, no-tries, empty).
    """
    task = find(course, uid, person, now)
    quiz, terms = quiz_of(task), task.terms
    if course.is_archived:
        raise Archived
    if terms.excused:
        raise Refused("excused")
    if not terms.has_opened(now):
        raise Refused("not-open")
    if terms.has_ended(now):
        raise Refused("ended")
    binding = Assigned(task.assignment.id, terms.tries, terms.ends_at, terms.hides_results(now))
    return attempts.start(person, quiz, now, seed, binding)


def of_courses(
    courses: Sequence[CourseView],
    person: Person,
    now: datetime,
    given: Sequence[AssignmentView] | None = None,
) -> list[Task]:
    """Return what several courses ask of a person together; `given`: only these of theirs."""
    if not courses:
        return []
    by_id = {course.id: course for course in courses}
    given = assignments.of_courses(list(by_id)) if given is None else given
    ids = [one.id for one in given]
    changes, sat = assignments.changes_of(ids, person.id), _sittings(person, ids, now)
    recall = _recall(person, now, given)
    tasks = []
    for one in given:
        terms = one.terms.with_changes(changes.get((one.id, person.id), {}))
        goal = None if one.is_quiz else _progress(one, recall)
        state = _state(terms, sat.get(one.id, ()), goal, now)
        tasks.append(Task(by_id[one.course_id], one, terms, state, sat.get(one.id, ()), goal))
    return sorted(tasks, key=_order)


def _order(task: Task) -> tuple[Any, ...]:
    place = (OPEN, UPCOMING, DONE, MISSED, EXCUSED).index(task.state)
    at = task.terms.opens_at if task.state == UPCOMING else task.terms.due_at or task.terms.ends_at
    return place, at is None, at.timestamp() if at else 0.0, task.assignment.id


def _state(
    terms: Terms, sittings: Sequence[Sitting], goal: GoalProgress | None, now: datetime
) -> str:
    if terms.excused:
        return EXCUSED
    if not terms.has_opened(now):
        return UPCOMING
    if any(one.is_open for one in sittings):
        return OPEN
    if sittings or (goal and goal.is_reached):
        return DONE
    over = terms.has_ended(now)
    if goal is not None:
        over = over or (terms.due_at is not None and terms.due_at <= now)
    return MISSED if over else OPEN


def _sittings(
    person: Person, assignment_ids: Sequence[int], now: datetime
) -> Mapping[int, list[Sitting]]:
    """Return the attempts by assignment; one whose time is over is not open, handed in or not."""
    found: dict[int, list[Sitting]] = {}
    rows = db.session.execute(
        sa.select(
            Attempt.assignment_id,
            Attempt.uid,
            Attempt.state,
            Attempt.deadline_at,
            Attempt.handed_in_at,
        )
        .where(Attempt.user_id == person.id, Attempt.assignment_id.in_(assignment_ids))
        .order_by(Attempt.number)
    )
    for assignment_id, uid, state, deadline_at, handed_in_at in rows:
        goes_on = state == "open" and not is_over(deadline_at, now)
        sitting = Sitting(uid, goes_on, deadline_at, handed_in_at)
        found.setdefault(assignment_id or 0, []).append(sitting)
    return found


def _recall(person: Person, now: datetime, given: Sequence[AssignmentView]) -> Mapping[int, float]:
    """Return what the person would recall now, of all facts met; nothing where no goal asks."""
    if all(one.is_quiz for one in given):
        return {}
    return {one.fact_id: one.recall for one in memories.of_person(person, now)}


def _progress(goal: AssignmentView, recall: Mapping[int, float]) -> GoalProgress:
    facts = facts_of(goal)
    least = goal.retention or assignments.RETENTION
    return GoalProgress(sum(recall.get(fact, 0.0) >= least for fact in facts), len(facts))


def facts_of(goal: AssignmentView) -> Collection[int]:
    """Return the facts that a goal asks to know: of those chosen, what its bank can ask."""
    if goal.bank_id is None:
        return set()
    askable = waiting.askable_facts([goal.bank_id])
    return askable if goal.fact_ids is None else askable & set(goal.fact_ids)
