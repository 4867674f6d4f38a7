"""The facts of a planned day, as a page lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import Bank, Fact
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories, plan_ahead, plan_days
from quizapp.services.study.memories import FactMemory
from quizapp.services.study.plan_ahead import Day

_CHUNK = 500  # numbers in one IN


@dataclass(frozen=True, slots=True)
class PlannedFact:
    """A fact of a planned day; recall and due day of one that was met."""

    uid: str
    statement: str
    bank: str
    is_new: bool
    recall: float | None
    due_day: int | None


def of_day(person: Person, now: datetime, day: int, exam: int | None) -> list[PlannedFact]:
    """Return what is planned for a learner day, in its order: of an exam (its plan's number).

    0 is what else is studied; None is today's own list. LookupError where there is no such plan.
    """
    chosen = _today(person, now, day) if exam is None else _ahead(person, now, day, exam)
    words = _words([*chosen.reviews, *chosen.new])
    met = {one.fact_id: one for one in memories.of_person(person, now, list(words))}
    facts = (*chosen.reviews, *chosen.new)
    return [_planned(fact, words, met) for fact in facts if fact in words]


def on_exam_day(person: Person, now: datetime, exam: int) -> list[tuple[PlannedFact, float]]:
    """Return an exam's facts with the recall that the plan leads to on the day, the weakest first.

    LookupError where there is no such plan.
    """
    ahead = plan_ahead.current(person, now)
    course = ahead.exams.get(exam) if ahead else None
    if course is None:
        raise LookupError(exam)
    words = _words([fact for fact, _ in course.recall])
    met = {one.fact_id: one for one in memories.of_person(person, now, list(words))}
    return [
        (_planned(fact, words, met), recall)
        for fact, recall in sorted(course.recall, key=lambda one: (one[1], one[0]))
        if fact in words
    ]


def _planned(
    fact: int, words: Mapping[int, tuple[str, str, str]], met: Mapping[int, FactMemory]
) -> PlannedFact:
    known = met.get(fact)
    recall, due_day = (known.recall, known.due_day) if known else (None, None)
    return PlannedFact(*words[fact], known is None, recall, due_day)


def _today(person: Person, now: datetime, day: int) -> Day:
    listed = plan_days.of_today(person, now)
    if listed is None or day != learner_day(now, person.tz, person.rollover_minutes):
        raise LookupError(day)
    return Day(day, listed.reviews, listed.new, listed.minutes)


def _ahead(person: Person, now: datetime, day: int, exam: int) -> Day:
    ahead = plan_ahead.current(person, now)
    course = None if ahead is None else ahead.exams.get(exam) if exam else ahead.rest
    for one in course.days if course else ():
        if one.day == day:
            return one
    raise LookupError(day)


def _words(facts: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    found: dict[int, tuple[str, str, str]] = {}
    for at in range(0, len(facts), _CHUNK):
        for fact_id, *names in db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement, Bank.title)
            .join(Bank, Bank.id == Fact.bank_id)
            .where(Fact.id.in_(facts[at : at + _CHUNK]))
        ):
            found[fact_id] = (names[0], names[1], names[2])
    return found
