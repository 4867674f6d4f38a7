"""The work that is ahead of a learner, as set now and at other settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import Final

import sqlalchemy as sa

from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.workload import Held, Terms, simulate
from quizapp.core.statistics.recall import true_retention
from quizapp.extensions import db
from quizapp.models import Card, UserDay
from quizapp.services.people.sessions import Person
from quizapp.services.study import dashboards, levels, memories, queue, replay, waiting

DAYS: Final = (30, 90, 365)
RETENTION: Final = (0.70, 0.97)
NEW_PER_DAY: Final = (0, 1000)
TRADE_OFF: Final = (0.75, 0.80, 0.85, 0.90, 0.95)  # of what is wanted, shown side by side
PRIOR_PASS: Final = 0.75  # of answers within a day, before any; it weighs as much as so many
PRIOR_ANSWERS: Final = 20

_CARDS = sa.select(
    Card.fact_id, Card.stability, Card.difficulty, Card.last_day, Card.due_day
).where(Card.user_id == sa.bindparam("user"))


@dataclass(frozen=True, slots=True)
class Workload:
    """What is expected at a retention and a number of new facts a day; an estimate.

    reviews: answers by day from today on, steps within the day counted; minutes likewise.
    known: facts that would be recalled after the last day, of `facts`.
    """

    retention: float
    new_per_day: int
    minutes: tuple[float, ...]
    reviews: tuple[float, ...]
    known: float
    facts: int

    @property
    def mean(self) -> float:
        """Minutes a day on average."""
        return fsum(self.minutes) / max(len(self.minutes), 1)

    @property
    def mean_reviews(self) -> float:
        """Answers a day on average."""
        return fsum(self.reviews) / max(len(self.reviews), 1)


@dataclass(frozen=True, slots=True)
class _Learner:
    """All that the simulation needs to know of a learner; read once for several settings."""

    cards: list[Held]
    today: int
    new_left: int
    new_done: int
    step_pass: float
    seconds: float
    facts: int


def ahead(
    person: Person,
    now: datetime,
    *,
    retention: float | None = None,
    new_per_day: int | None = None,
    days: int = 30,
) -> Workload:
    """Return the work of the next days, at the learner's own settings where none are given.

    Everything is taken to be answered on its day; plans, easy days and the limit of reviews are
    left out. The days on which cards are due already do not move with the settings.
    """
    return at_settings(person, now, [(retention, new_per_day)], days)[0]


def at_settings(
    person: Person,
    now: datetime,
    wanted: Sequence[tuple[float | None, int | None]],
    days: int = 30,
) -> list[Workload]:
    """Return the work at each (retention, new facts a day); None is the learner's own."""
    connection = db.session.connection()
    weights = replay.weights_of(connection, person.id, person.params_version)
    level = levels.of_learner(connection, person.id)
    learner = _read(person, now)
    made: dict[Terms, Workload] = {}  # the same settings are often asked for twice
    found = []
    for retention, new in wanted:
        terms = Terms(
            learner.today,
            days,
            person.desired_retention if retention is None else retention,
            person.new_per_day if new is None else new,
            learner.new_left,
            learner.new_done,
            learner.step_pass,
        )
        if terms not in made:
            load = simulate(learner.cards, terms, weights, level)
            minutes = tuple(answers * learner.seconds / 60 for answers in load.answers)
            made[terms] = Workload(
                terms.retention, terms.new_per_day, minutes, load.answers, load.known, learner.facts
            )
        found.append(made[terms])
    return found


def _read(person: Person, now: datetime) -> _Learner:
    today = learner_day(now, person.tz, person.rollover_minutes)
    facts = waiting.askable_facts(memories.shelf(person))
    suspended, buried = memories.asleep(person, now)
    rows = db.session.connection().execute(_CARDS, {"user": person.id}).all()
    cards = [
        Held(stability, difficulty, last, max(due, today + 1) if fact in buried else due)
        for fact, stability, difficulty, last, due in rows
        if fact in facts and fact not in suspended
    ]
    met = {row.fact_id for row in rows}
    sums = queue.day_sums(db.session.connection(), person, today)
    return _Learner(
        cards,
        today,
        len(facts - met - suspended),
        sums["new_facts"],
        _step_pass(person, today),
        dashboards.pace_ms(person) / 1000,
        len(facts - suspended),
    )


def _step_pass(person: Person, today: int) -> float:
    """Return how often an answer of the last year was right that met a fact still being learnt."""
    rows = db.session.execute(
        sa.select(UserDay.__table__).where(UserDay.user_id == person.id, UserDay.day > today - 365)
    ).all()
    share = true_retention(rows).learning
    right = share.passed + PRIOR_PASS * PRIOR_ANSWERS
    return right / (share.answered + PRIOR_ANSWERS)


def due_today(person: Person, now: datetime) -> int:
    """Return how many cards fall due before the learner's day ends, what is overdue included."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    end = day_start(today + 1, person.tz, person.rollover_minutes)
    facts = waiting.askable_facts(memories.shelf(person))
    suspended, buried = memories.asleep(person, now)
    due = db.session.scalars(
        sa.select(Card.fact_id).where(Card.user_id == person.id, Card.due_at < end)
    )
    return len((facts & set(due)) - suspended - buried)
