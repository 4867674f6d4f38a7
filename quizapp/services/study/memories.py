"""What a learner remembers of each fact as of now: recall, stability, and when it is due."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import REVIEW, retrievability
from quizapp.core.scheduling.level import Level
from quizapp.extensions import db
from quizapp.models import Bank, Card, CardMark, Shelf
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person
from quizapp.services.study import levels, replay

DAY_S = 86_400


class FactMemory(NamedTuple):
    """A learner's memory of a fact; a tuple, as a page may read thousands."""

    fact_id: int
    recall: float  # 0..1, calibrated: now; of a fact still being learnt, in a day
    stability: float  # days
    due_day: int
    lapses: int


# The time without our own type: a page may read thousands, and the difference is milliseconds.
_CARDS = sa.select(
    Card.fact_id,
    sa.type_coerce(Card.last_at, sa.DateTime(timezone=True)),
    Card.stability,
    Card.due_day,
    Card.lapses,
    Card.state,
).where(Card.user_id == sa.bindparam("user"))
_SOME_CARDS = _CARDS.where(Card.fact_id.in_(sa.bindparam("facts", expanding=True)))
_ASLEEP = sa.select(CardMark.fact_id, CardMark.suspended_at, CardMark.buried_until_day).where(
    CardMark.user_id == sa.bindparam("user"),
    sa.or_(CardMark.suspended_at.is_not(None), CardMark.buried_until_day.is_not(None)),
)


def of_person(
    person: Person, now: datetime, fact_ids: Collection[int] | None = None
) -> list[FactMemory]:
    """Return the learner's memories, of these facts or of all; facts never met are left out.

    Recall is calibrated: what the model says, moved by the learner's own level (see `levels`).
    """
    connection = db.session.connection()
    level = levels.of_learner(connection, person.id)
    weights = replay.weights_of(connection, person.id, person.params_version)
    if fact_ids is None:
        rows = connection.execute(_CARDS, {"user": person.id}).all()
    else:
        some = {"user": person.id, "facts": list(fact_ids)}
        rows = connection.execute(_SOME_CARDS, some).all()
    # SQLite gives times in UTC that do not say so.
    clock = now.astimezone(UTC)
    if rows and rows[0][1].tzinfo is None:
        clock = clock.replace(tzinfo=None)
    is_known = level != Level()  # before the first answers a level says how unsure it is, no more
    found = []
    for fact_id, last_at, stability, due_day, lapses, state in rows:
        # What was missed a minute ago is on the tip of the tongue, not known.
        days = max((clock - last_at).total_seconds() / DAY_S, 0.0 if state == REVIEW else 1.0)
        recall = retrievability(stability, days, weights)
        if is_known:
            recall = level.recall(recall, days)
        found.append(FactMemory(fact_id, recall, stability, due_day, lapses))
    return found


def asleep(person: Person, now: datetime) -> tuple[set[int], set[int]]:
    """Return the facts that are suspended, and those that are left alone until another day."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    suspended, buried = set(), set()
    for fact_id, since, until in db.session.connection().execute(_ASLEEP, {"user": person.id}):
        if since is not None:
            suspended.add(fact_id)
        elif until is not None and until > today:
            buried.add(fact_id)
    return suspended, buried


_SHELF = (
    sa.select(Shelf.bank_id, Shelf.paused_until)
    .join(Bank, Bank.id == Shelf.bank_id)
    .where(Shelf.user_id == sa.bindparam("viewer"), banks.VIEWABLE)
    .order_by(Shelf.added_at.desc(), Shelf.bank_id)
)


def shelf(person: Person, day: int | None = None) -> list[int]:
    """Return the ids of the banks on the learner's shelf that are theirs to see, the newest first.

    With a learner day, only those that are not paused then.
    """
    rows = db.session.connection().execute(_SHELF, banks.viewer(person))
    return [bank for bank, paused in rows if not (day and paused and paused > day)]
