"""A learner's facts as the planner reads them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import Memory, Weights
from quizapp.core.scheduling.fuzz import chance
from quizapp.core.scheduling.plan import PlanFact
from quizapp.extensions import db
from quizapp.models import Card
from quizapp.services.people.sessions import Person
from quizapp.services.study import dashboards, levels, memories, replay

LEAST_S, MOST_S = 3.0, 300.0  # of an answer, whatever was measured
NEW_ANSWERS: Final = 2.0  # of a fact on the day on which it is met
_CHUNK: Final = 5000  # numbers in one IN
_CARDS = sa.select(
    Card.fact_id,
    Card.state,
    Card.step,
    Card.stability,
    Card.difficulty,
    Card.last_day,
    Card.due_day,
    Card.reps,
).where(
    Card.user_id == sa.bindparam("user"), Card.fact_id.in_(sa.bindparam("facts", expanding=True))
)


def plan_facts(person: Person, fact_ids: Iterable[int], now: datetime) -> list[PlanFact]:
    """Return facts in the order given, each with its memory and the learner's own pace.

    What is suspended is left out; what is left alone until another day counts as due then.
    """
    today = learner_day(now, person.tz, person.rollover_minutes)
    suspended, buried = memories.asleep(person, now)
    ids = [fact for fact in fact_ids if fact not in suspended]
    cards = _cards(person.id, ids)
    seconds = seconds_of(person)
    found = []
    for fact in ids:
        card = cards.get(fact)
        if card is None and fact in buried:
            continue
        memory = None if card is None else _memory(card)
        last, due = (card.last_day, card.due_day) if card else (today, today)
        if fact in buried:
            due = max(due, today + 1)
        luck = chance(person.id, fact, card.reps if card else 0)
        found.append(PlanFact(fact, memory, last, due, seconds=seconds, chance=luck))
    return found


def seconds_of(person: Person) -> float:
    """Return how long the learner takes for an answer."""
    return min(max(dashboards.pace_ms(person) / 1000, LEAST_S), MOST_S)


def model_of(person: Person) -> tuple[Weights, float]:
    """Return the learner's weights, and by how much they are better than these say."""
    connection = db.session.connection()
    weights = replay.weights_of(connection, person.id, person.params_version)
    return weights, levels.of_learner(connection, person.id).shift


def _memory(card: Any) -> Memory:
    return Memory(card.state, card.step, card.stability, card.difficulty)


def _cards(user_id: int, ids: Sequence[int]) -> Mapping[int, Any]:
    found: dict[int, Any] = {}
    for at in range(0, len(ids), _CHUNK):
        some = {"user": user_id, "facts": ids[at : at + _CHUNK]}
        found.update({row.fact_id: row for row in db.session.connection().execute(_CARDS, some)})
    return found


def due_seconds(facts: Iterable[PlanFact], day: int) -> float:
    """Return how long it takes to answer all that is due by a day once."""
    return sum(fact.seconds for fact in facts if fact.memory and fact.due_day <= day)


def answers_needed(fact: PlanFact, days: int, retention: float, weights: Weights) -> float:
    """Return about how many answers keep a fact until a day so far ahead, failures counted in.

    Each time its recall would fall to `retention` it is asked; a miss is asked twice.
    """
    memory = fact.memory
    if memory is None:
        new = fsrs.review(None, fsrs.GOOD, 0, steps=False, weights=weights).memory
        return NEW_ANSWERS + _asked(new.stability, new.difficulty, days, retention, weights)
    # Rounded, as thousands of facts then need the same few numbers.
    stability = float(f"{memory.stability:.2g}")
    return _asked(stability, float(round(memory.difficulty)), days, retention, weights)


@lru_cache(maxsize=8192)
def _asked(
    stability: float, difficulty: float, days: int, retention: float, weights: Weights
) -> float:
    """Return the answers after one that left this memory."""
    memory = Memory(fsrs.REVIEW, None, stability, difficulty)
    at, answers = 0, 0.0
    while True:
        wait = max(round(fsrs.interval_for(memory.stability, retention, weights)), 1)
        at += wait
        if at >= days:
            return answers
        answers += 2 - retention
        memory = fsrs.review(memory, fsrs.GOOD, wait, steps=False, weights=weights).memory
