"""Several tries at one question of a practice quiz: how many, when they end, and what they earn."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Attempt, LoggedResponse
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Settings


@dataclass(frozen=True, slots=True)
class Tried:
    """What has been given to one place of a practice quiz."""

    count: int
    settled: bool  # found, out of tries, or with a person


UNTRIED = Tried(0, False)


def tried(connection: sa.Connection, user_id: int, n: int, settings: Settings) -> dict[int, Tried]:
    """Return what has been given to each place of an attempt that has an answer."""
    rows = connection.execute(
        sa.select(
            LoggedResponse.slot,
            sa.func.count(),
            sa.func.count(LoggedResponse.score),
            sa.func.max(LoggedResponse.score),
        )
        .where(LoggedResponse.user_id == user_id, LoggedResponse.attempt_n == n)
        .group_by(LoggedResponse.slot)
    )
    allowed = settings.question_tries if settings.tries_again else 1
    return {
        slot: Tried(count, count >= (allowed or 1) or judged < count or (best or 0) >= 1)
        for slot, count, judged, best in rows
        if slot is not None
    }


def may_try_again(person: Person, n: int | None, slot: int | None) -> bool:
    """Say whether a place of an open practice attempt has tries left, so that its key is hidden."""
    row = db.session.get(Attempt, (person.id, n)) if n is not None else None
    if row is None or slot is None or row.state != "open":
        return False
    settings = Settings.of(row.settings)
    so_far = tried(db.session.connection(), person.id, row.n, settings)
    return settings.tries_again and not so_far.get(slot, UNTRIED).settled


def counted(fractions: Mapping[int, float | None], settings: Settings) -> float | None:
    """Return what a place earns by its fractions by try, from 1; None awaits a person.

    Where a question may be tried again, the best try counts: its fraction less the penalty for
    each try before it, never below 0. Else the first try counts, as it is.
    """
    if not settings.tries_again:
        return fractions.get(1, 0.0)
    if any(fraction is None for fraction in fractions.values()):
        return None
    penalty = settings.penalty_percent / 100
    earned = [(each or 0.0) - penalty * (try_no - 1) for try_no, each in fractions.items()]
    return max([0.0, *earned])
