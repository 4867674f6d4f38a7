"""Do the cards agree with the log? Compare them all, or write them all anew."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from math import isclose
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.fold import CardState
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, Review, User, UserDay
from quizapp.services.people import sessions
from quizapp.services.study import replay

OTHER_ENGINE = 1e-5  # relative; what two implementations of one model may differ by
EXAMPLES = 10


@dataclass
class Comparison:
    """What a replay found."""

    cards: int = 0
    reviews: int = 0
    different: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def note(self, user_id: int, what: str, stored: Any, replayed: Any) -> None:
        """Count a difference and keep the first few."""
        self.different += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(
                {"user": user_id, "what": what, "stored": str(stored), "replayed": str(replayed)}
            )


def check(pending: Set[int] = frozenset(), users: Iterable[int] | None = None) -> Comparison:
    """Compare every stored card and day with what the log says; changes nothing.

    Of these users, or of all, one after the other, so that no more than the cards of one and the
    reviews of one fact are in memory. Left out are the facts in `pending`, whose cards a job has
    yet to fold again, and the days of learners who have such a fact.
    """
    found = Comparison()
    for user_id in _everybody() if users is None else users:
        _compare(user_id, found, pending)
        db.session.rollback()
    return found


def rebuild(pending: Set[int] = frozenset()) -> Comparison:
    """Write every card and day anew from the log, learner by learner; returns what differed."""
    found = check(pending)
    for user_id in _everybody():
        with writing(wait_s=10) as session:
            replay.rebuild_cards(session.connection(), user_id)
    return found


def _everybody() -> Sequence[int]:
    return db.session.scalars(sa.select(User.id).order_by(User.id)).all()


def _compare(user_id: int, found: Comparison, pending: Set[int]) -> None:
    person = sessions.person(user_id)
    if person is None:
        return
    connection = db.session.connection()
    cards, days = replay.folded(connection, person)
    stored = {
        fact_id: CardState(*values)
        for fact_id, *values in connection.execute(
            sa.select(Card.fact_id, *(getattr(Card, name) for name in replay.CARD_FIELDS)).where(
                Card.user_id == user_id
            )
        )
    }
    found.cards += len(stored)
    found.reviews += connection.execute(
        sa.select(sa.func.count()).select_from(Review).where(Review.user_id == user_id)
    ).scalar_one()
    for fact_id in sorted(stored.keys() | cards.keys()):
        if fact_id not in pending and not _same(stored.get(fact_id), cards.get(fact_id)):
            found.note(user_id, f"fact {fact_id}", stored.get(fact_id), cards.get(fact_id))
    if not pending & (stored.keys() | cards.keys()):
        _compare_days(connection, user_id, days, found)


def _compare_days(
    connection: sa.Connection, user_id: int, days: replay.Days, found: Comparison
) -> None:
    stored = {
        day: dict(zip(replay.SUMS, sums, strict=True))
        for day, *sums in connection.execute(
            sa.select(UserDay.day, *(getattr(UserDay, name) for name in replay.SUMS)).where(
                UserDay.user_id == user_id
            )
        )
    }
    empty = dict.fromkeys(replay.SUMS, 0)
    for day in sorted(stored.keys() | days.keys()):
        if stored.get(day, empty) != days.get(day, empty):
            found.note(user_id, f"day {day}", stored.get(day), days.get(day))


def _same(stored: CardState | None, replayed: CardState | None) -> bool:
    """Bit for bit where one engine made both; within the tolerance of two engines otherwise."""
    if stored is None or replayed is None or stored.engine == replayed.engine:
        return stored == replayed
    return (
        isclose(stored.stability, replayed.stability, rel_tol=OTHER_ENGINE)
        and isclose(stored.difficulty, replayed.difficulty, rel_tol=OTHER_ENGINE)
        and stored.due_day == replayed.due_day
        and stored.state == replayed.state
    )
