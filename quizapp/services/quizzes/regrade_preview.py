"""What regrading a question would change, told before it is done."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Attempt, AttemptItem, Bank, Enrolment, Job, QuestionVersion
from quizapp.services.content import questions
from quizapp.services.content.editable_questions import row_of
from quizapp.services.content.questions import Asked
from quizapp.services.quizzes import handing_in, regrade_answers
from quizapp.services.quizzes.quiz_settings import Settings
from quizapp.services.quizzes.tries import counted

LISTED = 200  # changes that are listed; all are counted
LOOKED_AT = 20_000  # answers that are looked at to foresee what changes


@dataclass(frozen=True, slots=True)
class Change:
    """The points of one question in one attempt, before and after."""

    learner: str  # "" where there is no name, or it is not this person's to see
    quiz: str
    assignment: str  # of which course, and its title; "" where the attempt was not assigned
    attempt: int  # the learner's first, second ...
    handed_in_at: datetime | None
    slot: int
    old: float
    new: float
    weight: float
    total_old: float
    total_new: float
    most: float


@dataclass
class Foreseen:
    """What regrading would change; `is_all` is False where there are more answers than looked at.

    `now_right` and `now_wrong` count answers, also of study, that cross the line between the two.
    """

    version: int
    changes: list[Change] = field(default_factory=list)
    changed: int = 0  # questions of attempts whose points change
    raised: int = 0
    answers: int = 0  # that would be judged otherwise
    study: int = 0  # of these, answers that belong to no quiz
    now_right: int = 0
    now_wrong: int = 0
    unreadable: int = 0  # answers that the new version cannot read, which stay as they are
    open: int = 0  # attempts under way that ask an older version
    is_all: bool = True
    is_running: bool = False

    @property
    def lowered(self) -> int:
        """How many points go down."""
        return self.changed - self.raised


def foresee(bank: Bank, uid: str, person_id: int | None = None) -> Foreseen:
    """Return what regrading a question with its newest key would change; changes nothing.

    Answers of attempts still under way are left out, as are those that a person has judged.
    Learners of a course are named to its staff alone. Absent where the bank has no such question.
    """
    question = row_of(db.session(), bank.id, uid)
    asked = questions.asked(question.id, question.version)
    found = Foreseen(asked.version, is_running=_is_running(asked.id))
    if asked.kind.GRADED_BY != "app":
        return found
    found.open = _open_attempts(asked)
    rows = db.session.execute(regrade_answers.answers(asked).limit(LOOKED_AT + 1)).all()
    found.is_all = len(rows) <= LOOKED_AT
    names = Names(bank.id, _taught_by(person_id))
    for (_, n, _), group in _by_place(rows[:LOOKED_AT]).items():
        _foresee_place(found, asked, group, names, in_quiz=n is not None)
    found.changes.sort(key=lambda one: (one.assignment or one.quiz, one.learner, one.attempt))
    del found.changes[LISTED:]
    return found


@dataclass(frozen=True, slots=True)
class Names:
    """Whose names are shown: in this bank's quizzes, and in what these courses were given."""

    bank_id: int
    courses: Collection[int]

    def of(self, row: Any) -> str:
        """Return the name that goes with an answer, "" where it is not shown."""
        if row.course_id is not None:
            return row.name if row.course_id in self.courses else ""
        return row.name if row.bank_id == self.bank_id else ""


def _taught_by(person_id: int | None) -> set[int]:
    """Return the courses that somebody teaches or assists in."""
    select = sa.select(Enrolment.course_id).where(
        Enrolment.user_id == person_id, Enrolment.left_at.is_(None), Enrolment.role != "learner"
    )
    return set(db.session.scalars(select)) if person_id is not None else set()


def _open_attempts(asked: Asked) -> int:
    """Return how many attempts under way ask a version with another key."""
    same = sa.and_(AttemptItem.user_id == Attempt.user_id, AttemptItem.n == Attempt.n)
    select = (
        sa.select(sa.func.count())
        .select_from(Attempt)
        .join(AttemptItem, same)
        .join(
            QuestionVersion,
            sa.and_(
                QuestionVersion.question_id == AttemptItem.question_id,
                QuestionVersion.number == AttemptItem.question_version,
            ),
        )
        .where(
            Attempt.state == "open",
            AttemptItem.question_id == asked.id,
            QuestionVersion.stat_group < asked.stat_group,
        )
    )
    return db.session.scalar(select) or 0


def _by_place(rows: Iterable[Any]) -> dict[tuple[int, int | None, int], list[Any]]:
    """Return the answers of each place of each attempt together; study answers stand alone."""
    found: dict[tuple[int, int | None, int], list[Any]] = defaultdict(list)
    for row in rows:
        logged = row.LoggedResponse
        in_quiz = logged.attempt_n is not None
        place = (logged.slot or 0) if in_quiz else logged.seq
        found[(logged.user_id, logged.attempt_n, place)].append(row)
    return found


def _foresee_place(
    found: Foreseen, asked: Asked, rows: Sequence[Any], names: Names, *, in_quiz: bool
) -> None:
    before = {row.LoggedResponse.try_no: row.fraction for row in rows}
    after = dict(before)
    for row in rows:
        grade = regrade_answers.new_grade(asked, row)
        if grade is None:
            found.unreadable += regrade_answers.is_unreadable(asked, row)
            continue
        after[row.LoggedResponse.try_no] = grade.fraction
        found.answers += 1
        found.study += not in_quiz
        was, is_now = (row.score or 0) >= 1, (grade.score or 0) >= 1
        found.now_right += is_now > was
        found.now_wrong += was > is_now
    change = _change(rows[0], before, after, names) if in_quiz and after != before else None
    if change and change.old != change.new:
        found.changed += 1
        found.raised += change.new > change.old
        found.changes.append(change)


def _change(
    row: Any, before: dict[int, float | None], after: dict[int, float | None], names: Names
) -> Change:
    settings = Settings.of(row.settings)
    old, new = (
        handing_in.points_of(counted(tries, settings) or 0.0, row.weight, settings.floor_zero)
        for tries in (before, after)
    )
    total = row.points or 0.0
    return Change(
        learner=names.of(row),
        quiz=row.title,
        assignment=f"{row.course}: {row.assignment}" if row.course_id is not None else "",
        attempt=row.number,
        handed_in_at=row.handed_in_at,
        slot=row.LoggedResponse.slot,
        old=old,
        new=new,
        weight=row.weight,
        total_old=total,
        total_new=round(total + new - old, 9),
        most=row.max_points or 0.0,
    )


def _is_running(question_id: int) -> bool:
    select = sa.select(Job.id).where(
        Job.dedupe_key == regrade_answers.job_key(question_id),
        Job.state.in_(("waiting", "running")),
    )
    return db.session.scalar(select) is not None
