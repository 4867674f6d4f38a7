"""What a learner can plan for: banks of the shelf, their quizzes, and a backlog."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.study import memories, waiting
from quizapp.services.study.plan_facts import seconds_of

MOST_OFFERED = 300


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is overdue since an earlier day, and how long it takes to answer it once."""

    facts: int
    minutes: int


def banks_of(person: Person) -> list[tuple[str, str]]:
    """Return uid and title of the banks on the shelf, the newest first."""
    ids = memories.shelf(person)
    rows = db.session.execute(sa.select(Bank.id, Bank.uid, Bank.title).where(Bank.id.in_(ids)))
    named = {row.id: (row.uid, row.title) for row in rows}
    return [named[bank] for bank in ids[:MOST_OFFERED]]


def quizzes_of(person: Person) -> list[tuple[str, str]]:
    """Return uid and title of the quizzes of the shelf's banks that the person may see."""
    shelf = set(memories.shelf(person))
    found = [one for one in quizzes.visible_quizzes(person) if one.bank_id in shelf]
    return [(one.uid, one.title) for one in found[:MOST_OFFERED]]


def backlog(person: Person, now: datetime) -> Backlog:
    """Return what is overdue on the shelf."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    askable = waiting.askable_facts(memories.shelf(person, today))
    askable = askable.difference(*memories.asleep(person, now))
    late = sum(
        one.due_day < today and one.fact_id in askable for one in memories.of_person(person, now)
    )
    return Backlog(late, ceil(late * seconds_of(person) / 60))
