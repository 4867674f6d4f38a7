"""How much waits for a learner today: what the queue would ask, without choosing."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.queue import AHEAD
from quizapp.extensions import db
from quizapp.models import Card, Fact, Question
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories, plan_days, queue
from quizapp.services.study.plan_days import DayList

KEPT_S = 60.0  # how old the set of a bank's facts may be; a figure, so a minute does no harm
_TYPES = [name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY in {"app", "learner"}]
_ASKABLE = sa.select(Fact.bank_id, Fact.id).where(
    Fact.bank_id.in_(sa.bindparam("banks", expanding=True)),
    Fact.status == "active",
    sa.exists().where(
        Question.fact_id == Fact.id, Question.status == "active", Question.type.in_(_TYPES)
    ),
)
_DUE = sa.select(Card.fact_id).where(
    Card.user_id == sa.bindparam("user"), Card.due_at <= sa.bindparam("until")
)
_MET = sa.select(Card.fact_id).where(Card.user_id == sa.bindparam("user"))

_KEPT: dict[tuple[sa.URL, int], tuple[float, frozenset[int]]] = {}
_MUTEX = Lock()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions would be asked if the learner went on now, within the day's limits."""

    due: int
    new: int

    @property
    def all(self) -> int:
        """Due and new together."""
        return self.due + self.new


def counts(
    person: Person,
    now: datetime,
    met: Collection[int] | None = None,
    bank_id: int | None = None,
) -> Counts:
    """Return what waits today, of the whole shelf or of one bank; by the plans where they act.

    `met`: the facts with a card, where the caller has read them already.
    """
    listed = plan_days.of_today(person, now)
    if listed is not None and listed.speaks_for(bank_id):
        return _planned(person, listed, now, bank_id)
    today = learner_day(now, person.tz, person.rollover_minutes)
    facts = askable_facts([bank_id] if bank_id else memories.shelf(person, today))
    connection = db.session.connection()
    if met is None:
        met = connection.execute(_MET, {"user": person.id}).scalars().all()
    suspended, buried = memories.asleep(person, now)
    until = min(now + AHEAD, day_start(today + 1, person.tz, person.rollover_minutes))
    due = set(connection.execute(_DUE, {"user": person.id, "until": until}).scalars())
    due = (due & facts) - suspended - buried
    new = facts.difference(met, suspended, buried)
    if queue.unlimited(person, today):
        return Counts(len(due), len(new))
    sums = queue.day_sums(connection, person, today)
    return Counts(
        min(len(due), max(person.reviews_per_day - sums["reviews"], 0)),
        min(len(new), max(person.new_per_day - sums["new_facts"], 0)),
    )


def _planned(person: Person, listed: DayList, now: datetime, bank_id: int | None) -> Counts:
    facts = askable_facts([bank_id] if bank_id else plan_days.viewable(person, listed))
    left = plan_days.left(person, listed, now)
    due = sum(one.fact_id in facts for one in (*left.steps, *left.reviews))
    return Counts(due, sum(fact in facts for fact in left.new))


def askable_facts(bank_ids: list[int]) -> set[int]:
    """Return the facts that these banks can ask, at most KEPT_S seconds old."""
    database, clock = db.engine.url, time.monotonic()
    missing = [bank for bank in bank_ids if _KEPT.get((database, bank), (0.0, None))[0] < clock]
    if missing:
        _read(database, missing, clock + KEPT_S)
    return set().union(*(_KEPT[database, bank][1] for bank in bank_ids))


def forget() -> None:
    """Read all banks anew; after an import or edit in this process."""
    with _MUTEX:
        _KEPT.clear()


def _read(database: sa.URL, bank_ids: list[int], until: float) -> None:
    found: dict[int, list[int]] = {bank: [] for bank in bank_ids}
    for bank, fact in db.session.connection().execute(_ASKABLE, {"banks": bank_ids}).all():
        found[bank].append(fact)
    with _MUTEX:
        if len(_KEPT) > 2000:
            _KEPT.clear()
        for bank, facts in found.items():
            _KEPT[database, bank] = (until, frozenset(facts))
