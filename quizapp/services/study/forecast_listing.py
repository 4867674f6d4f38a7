"""The facts behind a forecast, in words, with the chance to know each on the day."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import Bank, Fact
from quizapp.services.courses import course_facts
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.study import exam_forecasts, forecasts, memories, plan_scope, waiting

QUIZ: Final = "quiz-"  # before the slug of a quiz, in the key of what is forecast
_CHUNK: Final = 5000  # numbers in one IN


class FactOnDay(NamedTuple):
    """A fact; chance: to know it on the day, 0 of one never met. now: the same today."""

    uid: str
    statement: str
    bank: str
    chance: float
    now: float | None


class Listed(NamedTuple):
    """What a forecast is about, and its facts, the least known first."""

    title: str
    day: int
    facts: list[FactOnDay]


def of_key(person: Person, key: str, day: int | None, now: datetime) -> Listed:
    """Return the facts of what a key names, on its day or another; Absent where there is none.

    Of a quiz that is an exam all facts of its banks, as it does not say beforehand what it asks.
    """
    if key.startswith(QUIZ):
        return _of_quiz(person, key.removeprefix(QUIZ), now)
    ahead = exam_forecasts.find(person, key, now)
    on = ahead.day if day is None else day
    return Listed(ahead.title, on, _facts_on(person, ahead.facts, on, now))


def named(person: Person, chances: Sequence[tuple[int, float]], now: datetime) -> list[FactOnDay]:
    """Return facts in words, in the order given."""
    ids = [fact for fact, _ in chances]
    recalls = {one.fact_id: one.recall for one in memories.of_person(person, now, ids)}
    words = {
        fact: (uid, statement, bank)
        for some in _chunks(ids)
        for fact, uid, statement, bank in db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement, Bank.title)
            .join(Bank, Bank.id == Fact.bank_id)
            .where(Fact.id.in_(some))
        )
    }
    return [
        FactOnDay(*words[fact], chance, recalls.get(fact))
        for fact, chance in chances
        if fact in words
    ]


def _of_quiz(person: Person, slug: str, now: datetime) -> Listed:
    quiz = quizzes.find(slug, person)
    facts = course_facts.of_quiz(quiz.id)
    if quiz.settings.is_exam:
        facts = frozenset(waiting.askable_facts(sorted(plan_scope.banks_of(facts))))
    today = learner_day(now, person.tz, person.rollover_minutes)
    shown = plan_scope.ordered(person, facts)
    return Listed(quiz.title, today, _facts_on(person, shown, today, now))


def _facts_on(person: Person, fact_ids: Iterable[int], day: int, now: datetime) -> list[FactOnDay]:
    ids = sorted(fact_ids)
    known = forecasts.known_of(person, ids)
    return named(person, known.chances(ids, known.on(day)), now)


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
