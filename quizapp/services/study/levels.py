"""How much better or worse than the model a learner recalls, learnt from the answers so far.

The recall that was foretold before each of the newest answers is held against what came. Kept in
snapshots, refreshed within a minute of new answers; a cache, made anew where it is missing.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import AGAIN
from quizapp.core.scheduling.gate import foretell
from quizapp.core.scheduling.level import ANSWERS, Level, level_of
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Review, Snapshot, User
from quizapp.services import snapshot_rows
from quizapp.services.study import fit_log, replay

log = logging.getLogger("quizapp.levels")
KIND: Final = "level"
TOLD: Final = "level_told"  # recalls foretold anew: by the weights of now, of answers before them
LATELY: Final = timedelta(days=2)  # a session notes that somebody is there every twelve hours
BATCH: Final = 50  # learners stored in one transaction
ROUND_S: Final = 10.0  # a round of the worker ends after this, as other work waits
PATIENCE_S: Final = 10.0

_LEVEL = (
    sa.select(Snapshot.data)
    .join(User, User.uid == Snapshot.subject)
    .where(Snapshot.kind == KIND, User.id == sa.bindparam("user"))
)


class _Learner(NamedTuple):
    id: int
    uid: str
    seq: int
    version: int


class _Answer(NamedTuple):
    seq: int
    passed: bool
    guess: float
    days: float
    recall: float | None  # foretold at the time, by the weights that are in use now


def of_learner(connection: sa.Connection, user_id: int) -> Level:
    """Return the learner's level as last worked out; that of nobody in particular before."""
    found = connection.execute(_LEVEL, {"user": user_id}).scalar()
    return _level(found) if found else Level()


def of_learners(connection: sa.Connection, whose: sa.Select[int]) -> dict[int, Level]:
    """Return the levels of these learners (`whose` selects their ids) that were worked out."""
    rows = connection.execute(
        sa.select(User.id, Snapshot.data)
        .join(Snapshot, Snapshot.subject == User.uid)
        .where(Snapshot.kind == KIND, User.id.in_(whose))
    )
    return {user_id: _level(data) for user_id, data in rows}


def _level(data: Mapping[str, Any]) -> Level:
    """Return a level as it was stored; what an older one lacks is as of nobody in particular."""
    known = {name: data[name] for name in Level.__slots__ if name in data}
    if "unsure" in known:
        known["unsure"] = tuple(known["unsure"])
    return Level(**known)


def answers_behind(connection: sa.Connection, user_id: int) -> int:
    """Return on how many answers the learner's level rests."""
    found = connection.execute(_LEVEL, {"user": user_id}).scalar()
    return int(found.get("answers", 0)) if found else 0


def refresh(now: datetime) -> list[int]:
    """Work out the levels of learners with new answers; returns who they are.

    No longer than ROUND_S: what is left waits for the next round.
    """
    began, done = time.monotonic(), []
    rows: list[dict[str, Any]] = []
    for learner in _waiting(now):
        if time.monotonic() - began > ROUND_S:
            break
        rows += _tried(learner, now)
        done.append(learner.id)
        if len(rows) >= BATCH:
            _store(rows)
            rows = []
    _store(rows)
    return done


def _tried(learner: _Learner, now: datetime) -> list[dict[str, Any]]:
    """Return what to store of a learner; nothing where it fails, as all others wait behind."""
    try:
        return _worked_out(learner, now)
    except sa.exc.OperationalError:
        raise
    except Exception:
        log.exception("the level of user %s could not be worked out", learner.id)
        db.session.rollback()
        return []


def refresh_one(user_id: int, now: datetime) -> None:
    """Work out one learner's level, whether or not there are new answers."""
    row = db.session.execute(_USERS.where(User.id == user_id)).first()
    if row is not None:
        _store(_worked_out(_Learner(*row), now))


_USERS = sa.select(User.id, User.uid, User.seq, User.params_version)


def _waiting(now: datetime) -> list[_Learner]:
    """Return the learners whose level is not of their last answer: missing, or here lately."""
    rows = db.session.execute(
        _USERS.add_columns(Snapshot.data)
        .outerjoin(Snapshot, sa.and_(Snapshot.kind == KIND, Snapshot.subject == User.uid))
        .where(
            User.seq > 0,
            User.merged_into_id.is_(None),
            sa.or_(Snapshot.subject.is_(None), User.seen_on >= (now - LATELY).date()),
        )
        .order_by(Snapshot.as_of.is_not(None), Snapshot.as_of, User.id)
    ).all()
    return [
        _Learner(*learner)
        for *learner, data in rows
        if data is None or (data.get("seq"), data.get("version")) != (learner[2], learner[3])
    ]


def _worked_out(learner: _Learner, now: datetime) -> list[dict[str, Any]]:
    """Return the snapshots to store for a learner."""
    connection = db.session.connection()
    newest = _newest(connection, learner)
    older = [one.seq for one in newest if one.recall is None]
    told, stored = _told(connection, learner, older)
    heard = [
        (recall, one)
        for one in reversed(newest)
        if (recall := told.get(str(one.seq)) if one.recall is None else one.recall) is not None
    ]
    level = level_of(
        [recall for recall, _ in heard],
        [one.passed for _, one in heard],
        [one.guess for _, one in heard],
        [one.days for _, one in heard],
    )
    level = level if heard else Level()
    known = {"answers": len(heard), "seq": learner.seq, "version": learner.version}
    data = {**asdict(level), **known}
    db.session.rollback()
    rows = [{"kind": KIND, "subject": learner.uid, "data": data, "as_of": now}]
    if not stored:
        kept = {"version": learner.version, "recalls": told}
        rows.append({"kind": TOLD, "subject": learner.uid, "data": kept, "as_of": now})
    return rows


def _newest(connection: sa.Connection, learner: _Learner) -> list[_Answer]:
    rows = connection.execute(
        sa.select(
            Review.seq, Review.rating, Review.params_version, Review.delta_days, Review.details
        )
        .where(fit_log.scored(learner.id))
        .order_by(Review.seq.desc())
        .limit(ANSWERS)
    )
    return [
        _Answer(
            seq,
            rating > AGAIN,
            float(details.get("guess") or 0.0),
            float(days),
            details.get("recall") if version == learner.version else None,
        )
        for seq, rating, version, days, details in rows
    ]


def _told(
    connection: sa.Connection, learner: _Learner, older: Sequence[int]
) -> tuple[Mapping[str, float | None], bool]:
    """Return what the weights of now foretell of older answers, and whether that was stored.

    A level against the weights of before would put right once more what new weights have put
    right already. It takes a walk through the whole log, hence once for each version.
    """
    if not older:
        return {}, True
    kept = connection.execute(
        sa.select(Snapshot.data).where(Snapshot.kind == TOLD, Snapshot.subject == learner.uid)
    ).scalar()
    if kept and kept["version"] == learner.version and str(max(older)) in kept["recalls"]:
        return kept["recalls"], True
    weights = replay.weights_of(connection, learner.id, learner.version)
    anew = {one.seq: one.recall for one in foretell(fit_log.read(connection, learner.id), weights)}
    return {str(seq): round(anew[seq], 6) if seq in anew else None for seq in older}, False


def _store(rows: list[dict[str, Any]]) -> None:
    """Store snapshots of those who are still there."""
    if not rows:
        return
    with writing(PATIENCE_S) as session:
        uids = {row["subject"] for row in rows}
        there = set(session.scalars(sa.select(User.uid).where(User.uid.in_(uids))))
        upsert = snapshot_rows.upsert(session.get_bind().dialect.name)
        # In one order, as two workers that store the same would else wait for one another.
        for row in sorted(rows, key=lambda row: (row["subject"], row["kind"])):
            if row["subject"] in there:
                session.execute(upsert, row)
