"""Versions of the weights by which a learner's memory is worked out: kept, put to use, left.

Version 0 is everybody's: the published weights. A change of version appends a review of kind
reparam to each card; what was due stays due, and no row of the log changes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.scheduling.fsrs import ENGINE, Weights
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Parameters, User
from quizapp.services.operations import jobs
from quizapp.services.people.sessions import Person
from quizapp.services.study import aligning, responses

USUAL: Final = 0
OWN, POOLED = "own", "pooled"  # what a version was fitted to
ADOPTED, KEPT, LEFT = "adopted", "kept", "left"  # put to use; not better; the learner went back
MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights, and how well they foretold the later answers beside those in use before."""

    weights: Weights
    source: str
    rows: int  # scored answers that were looked at
    loss_before: float | None
    loss_after: float | None
    better: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A version as a learner sees it; losses in nats, None where nothing told."""

    number: int
    source: str
    at: datetime | None
    rows: int
    loss_before: float | None
    loss_after: float | None
    state: str
    in_use: bool


class NoSuchVersion(LookupError):
    """The learner has no version of this number that was ever in use."""


def versions(person: Person) -> list[Version]:
    """Return the newest versions of a learner, the usual values last."""
    rows = db.session.scalars(
        sa.select(Parameters)
        .where(Parameters.user_id == person.id)
        .order_by(Parameters.version.desc())
        .limit(MOST_SHOWN)
    )
    found = [_version(row, person.params_version) for row in rows]
    in_use = person.params_version == USUAL
    return [*found, Version(USUAL, "", None, 0, None, None, ADOPTED, in_use)]


def _version(row: Parameters, used: int) -> Version:
    return Version(
        row.version, source_of(row.engine), row.at, row.rows, row.loss_before, row.loss_after,
        row.state, row.version == used,
    )  # fmt: skip


def source_of(engine: str) -> str:
    """Return whose answers a version was fitted to."""
    return POOLED if engine.startswith(POOLED) else OWN


def newest(connection: sa.Connection, user_id: int, source: str | None = None) -> Any:
    """Return (version, engine, rows, state) of the newest version, of a source; None without."""
    select = sa.select(Parameters.version, Parameters.engine, Parameters.rows, Parameters.state)
    select = select.where(Parameters.user_id == user_id).order_by(Parameters.version.desc())
    rows = connection.execute(select.limit(MOST_SHOWN)).all()
    return next((row for row in rows if source in (None, source_of(row.engine))), None)


def keep(person: Person, found: Fitted, now: datetime) -> int | None:
    """Store what a fit has found, in use at once where it is better; returns its version.

    None where the learner has changed the version meanwhile: the fit was measured against another.
    """
    with writing(jobs.PATIENCE_S) as session:
        if not _is_still(session, person):
            return None
        last = session.scalar(
            sa.select(sa.func.max(Parameters.version)).where(Parameters.user_id == person.id)
        )
        number = (last or USUAL) + 1
        session.add(
            Parameters(
                user_id=person.id,
                version=number,
                engine=f"{found.source}/{ENGINE}"[:32],
                weights=list(found.weights),
                retention=person.desired_retention,
                rows=found.rows,
                loss_before=found.loss_before,
                loss_after=found.loss_after,
                state=ADOPTED if found.better else KEPT,
                at=now,
            )
        )
        if found.better:
            _put_to_use(session, person.id, number)
            aligning.ask(session, person.id, now)
        return number


def _is_still(session: Session, person: Person) -> bool:
    """Lock the learner and say whether the version in use is the one that was known."""
    responses.take_seq(session.connection(), person.id, 0)
    used = session.scalar(sa.select(User.params_version).where(User.id == person.id))
    return used == person.params_version


def went_back(connection: sa.Connection, user_id: int) -> bool:
    """Say whether the learner has left a later version for the one in use, or the usual values."""
    used = sa.select(User.params_version).where(User.id == user_id).scalar_subquery()
    left = sa.select(Parameters.version).where(
        Parameters.user_id == user_id, Parameters.state == LEFT, Parameters.version > used
    )
    return connection.execute(left.limit(1)).first() is not None


def use(person: Person, number: int, now: datetime, *, untried: bool = False) -> None:
    """Put a version to use, or the usual values with 0, as the learner wishes; NoSuchVersion.

    The one in use until now is `left`: nothing is fitted by itself until the learner asks again.
    `untried`: also one that was only kept. The cards follow by a job, within moments.
    """
    with writing() as session:
        responses.take_seq(session.connection(), person.id, 0)
        chosen = session.get(Parameters, (person.id, number))
        if number != USUAL and (chosen is None or (chosen.state == KEPT and not untried)):
            raise NoSuchVersion(number)
        used = session.scalar(sa.select(User.params_version).where(User.id == person.id))
        if used == number:
            return
        left = session.get(Parameters, (person.id, used))
        if left is not None:
            left.state = LEFT
        if chosen is not None:
            chosen.state = ADOPTED
        _put_to_use(session, person.id, number)
        aligning.ask(session, person.id, now)


def _put_to_use(session: Session, user_id: int, number: int) -> None:
    session.execute(sa.update(User).where(User.id == user_id).values(params_version=number))
