"""Fitting a learner's weights in the background: when, on what, and whether they are used.

Fitted on the first four fifths of the scored answers by time; used only where the later fifth,
which had no part in the fit, is foretold better than by the weights in use and by the usual ones.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling import gate
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.core.scheduling.gate import FactLog
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.operations import jobs
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import aligning, fit_log, levels, parameters, pooled, replay
from quizapp.services.study.parameters import OWN, POOLED, USUAL, Fitted

FIT: Final = "memory.fit"
LEAST: Final = 100  # scored answers: 80 to fit on, 20 to tell by; and at least so many new ones
GROWTH: Final = 4  # or a quarter more than the last time, if that is more
LEAST_ASKED: Final = 20  # new scored answers with which a learner may ask for another fit
LEAST_POOLED: Final = 16  # scored answers by which pooled weights are tried on a learner


def tend(now: datetime) -> int:
    """Refresh the levels of who has answered, and ask for the fits that are due; the worker's."""
    learners = levels.refresh(now)
    connection = db.session.connection()
    due = [user_id for user_id in learners if is_due(connection, user_id)]
    db.session.rollback()
    if due:
        with writing(jobs.PATIENCE_S) as session:
            for user_id in due:
                _enqueue(session, user_id, now, asked=False)
    return len(due)


def lacking(person: Person) -> int:
    """Return how many scored answers a learner lacks to ask for a fit; 0 where they may."""
    connection = db.session.connection()
    last = parameters.newest(connection, person.id, OWN)
    count = fit_log.scored_count(connection, person.id)
    if last is None or count < LEAST:
        return max(LEAST - count, 0)
    return max(LEAST_ASKED - _changed(count, last.rows), 0)


def ask(person: Person, now: datetime) -> bool:
    """Ask for a fit, as the learner wishes; False where they lack answers."""
    if lacking(person):
        return False
    with writing() as session:
        _enqueue(session, person.id, now, asked=True)
    return True


def _enqueue(session: Any, user_id: int, now: datetime, *, asked: bool) -> None:
    payload = {"user": user_id, "asked": asked}
    jobs.enqueue(session, FIT, payload, now=now, dedupe_key=f"{FIT}:{user_id}:{asked}")


def is_due(connection: sa.Connection, user_id: int) -> bool:
    """Say whether a learner's log has grown, or shrunk, enough since the last fit.

    Who went back to an earlier version has decided: nothing is due before they ask themselves.
    """
    if parameters.went_back(connection, user_id):
        return False
    count = fit_log.scored_count(connection, user_id)
    if count < LEAST:
        first = parameters.newest(connection, user_id) is None
        return count >= LEAST_POOLED and first and _pooled_weights() is not None
    own = parameters.newest(connection, user_id, OWN)
    return own is None or _changed(count, own.rows) >= max(LEAST, own.rows // GROWTH)


def _changed(count: int, before: int) -> int:
    """Return by how many answers a log differs: fewer are left of a history taken back."""
    return abs(count - before)


def run(payload: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fit one learner's weights and keep what came of it; the worker's handler."""
    user_id = int(payload["user"])
    person = _present(user_id)
    if person is None:
        return {"state": "gone"}
    wished = payload.get("asked") and not lacking(person)
    if not wished and not is_due(db.session.connection(), user_id):
        return {"state": "not due"}
    found = fitted(person)
    db.session.rollback()
    if found is None:
        return {"state": "too few answers"}
    number = parameters.keep(person, found, context.now())
    if number is None:
        return {"state": "changed meanwhile"}
    if found.better:
        aligning.align(user_id, context.now())
        levels.refresh_one(user_id, context.now())
    return {"state": parameters.ADOPTED if found.better else parameters.KEPT, "version": number}


def _present(user_id: int) -> Person | None:
    merged = db.session.execute(sa.select(User.merged_into_id).where(User.id == user_id)).first()
    return sessions.person(user_id) if merged and merged[0] is None else None


def fitted(person: Person) -> Fitted | None:
    """Return weights for a learner with how they did; None where there is nothing to tell by."""
    connection = db.session.connection()
    count = fit_log.scored_count(connection, person.id)
    used = replay.weights_of(connection, person.id, person.params_version)
    facts = fit_log.read(connection, person.id)
    if count >= LEAST:
        return own(facts, used, count)
    weights = _pooled_weights()
    if weights is None or count < LEAST_POOLED or person.params_version != USUAL:
        return None
    return tried(facts, used, weights, count)


def _pooled_weights() -> Weights | None:
    found = pooled.current()
    return found.weights if found else None


def own(facts: Sequence[FactLog], used: Weights, count: int) -> Fitted:
    """Return weights fitted to the log, better only where its later part says so.

    Where the usual weights have become better than those in use, they are what is found.
    """
    from quizapp.core.scheduling import fitting  # slow to load, and never in a web process

    log = gate.log_of(facts)
    until = int(len(log.scored) * gate.PAST)
    weights = fitting.fit(log, until)
    told = {each: gate.foretell(facts, each)[until:] for each in {weights, used, DEFAULT_WEIGHTS}}
    verdict = gate.judge(told[used], told[weights])
    is_better = verdict.better and (
        weights == DEFAULT_WEIGHTS or gate.judge(told[DEFAULT_WEIGHTS], told[weights]).better
    )
    if not is_better and gate.judge(told[used], told[DEFAULT_WEIGHTS]).better:
        weights, is_better = DEFAULT_WEIGHTS, True
        verdict = gate.judge(told[used], told[DEFAULT_WEIGHTS])
    return Fitted(weights, OWN, count, verdict.loss_before, verdict.loss_after, is_better)


def tried(facts: Sequence[FactLog], used: Weights, weights: Weights, count: int) -> Fitted:
    """Return pooled weights, better where they foretell the few answers better on average.

    They have proved themselves on other learners, so no margin is asked of a small log.
    """
    verdict = gate.judge(gate.foretell(facts, used), gate.foretell(facts, weights))
    better = verdict.answers > 0 and verdict.loss_after < verdict.loss_before
    return Fitted(weights, POOLED, count, verdict.loss_before, verdict.loss_after, better)
