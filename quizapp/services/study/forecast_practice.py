"""Studying what would be forgotten by a day: the facts at risk, one after another."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import REVIEW
from quizapp.core.scheduling.queue import AHEAD
from quizapp.extensions import db
from quizapp.models import Card
from quizapp.services.content.questions import Absent, Asked
from quizapp.services.people.sessions import Person
from quizapp.services.study import exam_forecasts, forecasts, memories, queue

PREFIX: Final = "risk:"  # before the key of what is ahead, where the address names what to study
_CHUNK: Final = 5000  # numbers in one IN


def names_risk(text: str | None) -> bool:
    """Say whether an address asks for the facts at risk, and not for mistakes."""
    return text is not None and text.startswith(PREFIX)


def next_question(person: Person, text: str, now: datetime) -> Asked | None:
    """Return a question on the fact most at risk that was not answered today; None when all were.

    It is studied like any other: an answer before its time, which schedules it anew. Absent where
    there is no such day ahead.
    """
    for fact in _left(person, text, now):
        asked = queue.of_fact(person, fact)
        if asked is not None:
            return asked
    return None


def left(person: Person, text: str, now: datetime) -> int:
    """Return how many facts `next_question` has left, at most; none where nothing is named."""
    try:
        return len(_left(person, text, now))
    except Absent:
        return 0


def _left(person: Person, text: str, now: datetime) -> list[int]:
    ahead = exam_forecasts.find(person, text.removeprefix(PREFIX), now)
    found = forecasts.of_facts(person, ahead.facts, ahead.day, now)
    suspended, buried = memories.asleep(person, now)
    at_risk = [fact for fact, _ in found.at_risk if fact not in suspended and fact not in buried]
    done = _done_today(person, at_risk, now)
    return [fact for fact in at_risk if fact not in done]


def _done_today(person: Person, fact_ids: list[int], now: datetime) -> set[int]:
    """Return what was answered today and need not be asked again within the day, or not yet."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    return {
        fact
        for some in _chunks(fact_ids)
        for fact in db.session.scalars(
            sa.select(Card.fact_id).where(
                Card.user_id == person.id,
                Card.fact_id.in_(some),
                Card.last_day >= today,
                sa.or_(Card.state == REVIEW, Card.due_at > now + AHEAD),
            )
        )
    }


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
