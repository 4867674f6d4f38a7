"""Behind the matrix: one learner's facts, one fact's learners, as of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Bank, Fact
from quizapp.services.content import evidence
from quizapp.services.content.evidence import Passage
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, class_memory, course_facts
from quizapp.services.courses.access import LEARNER, CourseView, Member
from quizapp.services.courses.class_memory import Remembered
from quizapp.services.courses.course_facts import CourseFacts, chunks


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact of the course."""

    id: int
    uid: str
    statement: str
    bank: str


@dataclass(frozen=True, slots=True)
class Known:
    """A learner and a fact: what is remembered, None where they never met.

    owed: an assignment that asked for it is due, so that never met counts as 0.
    """

    member: Member
    fact: FactView
    memory: Remembered | None
    owed: bool

    @property
    def value(self) -> float | None:
        """The chance of recall; None where it does not count."""
        if self.memory:
            return self.memory.recall
        return 0.0 if self.owed else None

    @property
    def state(self) -> str:
        """Known (a memory), owed or not_asked."""
        return "known" if self.memory else "owed" if self.owed else "not_asked"


@dataclass(frozen=True, slots=True)
class LearnerPage:
    """A learner's facts, the least known first; those that do not count stand last."""

    member: Member
    rows: Sequence[Known]

    @property
    def known(self) -> float:
        """How many facts would be recalled now: the sum of recall."""
        return fsum(row.memory.recall for row in self.rows if row.memory)

    @property
    def met(self) -> int:
        """How many facts the learner has a memory of."""
        return sum(row.memory is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class FactPage:
    """A fact's learners, who knows it least first, and the sentence that proves it."""

    fact: FactView
    passage: Passage | None
    rows: Sequence[Known]

    @property
    def values(self) -> list[float]:
        """What counts."""
        return [row.value for row in self.rows if row.value is not None]

    @property
    def mean(self) -> float | None:
        """The mean recall of those who count."""
        values = self.values
        return fsum(values) / len(values) if values else None


def learner_of(course: CourseView, uid: str) -> Member:
    """Return a learner of the course; Absent for anybody else, its staff too."""
    member = access.member(course.id, uid)
    if member.role != LEARNER:
        raise Absent
    return member


def fact_of(course: CourseView, uid: str) -> FactView:
    """Return a fact that the course is about; Absent for any other."""
    found = db.session.scalar(sa.select(Fact.id).where(Fact.uid == uid))
    if found is None or found not in course_facts.of_course(course.id).facts:
        raise Absent
    return _views([found])[0]


def of_learner(course: CourseView, member: Member, now: datetime) -> LearnerPage:
    """Return what one learner of the course knows of its facts."""
    about = course_facts.of_course(course.id)
    memories = class_memory.of_class(course.id, about.facts, now, member.user_id)
    by_fact = {one.fact_id: one for one in memories}
    owed = about.owed(member.user_id, member.joined_at, now)
    rows = [
        Known(member, fact, by_fact.get(fact.id), fact.id in owed) for fact in _views(about.facts)
    ]
    return LearnerPage(member, sorted(rows, key=_least_known))


def of_fact(course: CourseView, fact: FactView, now: datetime) -> FactPage:
    """Return who of the course knows one of its facts."""
    about = course_facts.of_course(course.id)
    by_learner = {one.user_id: one for one in class_memory.of_class(course.id, [fact.id], now)}
    rows = [
        Known(member, fact, by_learner.get(member.user_id), _owes(about, member, fact, now))
        for member in access.learners(course.id)
    ]
    return FactPage(fact, evidence.of_fact(fact.id), sorted(rows, key=_least_known))


def of_both(course: CourseView, member: Member, fact: FactView, now: datetime) -> Known:
    """Return what one learner of the course knows of one fact."""
    found = class_memory.of_class(course.id, [fact.id], now, member.user_id)
    owed = not found and _owes(course_facts.of_course(course.id), member, fact, now)
    return Known(member, fact, found[0] if found else None, owed)


def _owes(about: CourseFacts, member: Member, fact: FactView, now: datetime) -> bool:
    return fact.id in about.owed(member.user_id, member.joined_at, now)


def _least_known(one: Known) -> tuple[bool, float]:
    value = one.value
    return value is None, value or 0.0


def _views(fact_ids: Sequence[int]) -> list[FactView]:
    found: dict[int, FactView] = {}
    for some in chunks(list(fact_ids)):
        rows = db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement, Bank.title)
            .join(Bank, Bank.id == Fact.bank_id)
            .where(Fact.id.in_(some))
        )
        found |= {row.id: FactView(*row) for row in rows}
    return [found[fact_id] for fact_id in fact_ids if fact_id in found]
