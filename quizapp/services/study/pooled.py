"""Weights fitted to all learners of the instance together, for those with a small log.

What is stored are 21 numbers that at least five learners have made, none of whom counts for more
than a bounded part, and how well they foretold learners who had no part in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum, sqrt
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling import gate
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.core.scheduling.gate import ANSWERS, FactLog
from quizapp.core.scheduling.review_log import History, Scored, UserLog
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Review, Setting, Snapshot, User
from quizapp.services.operations import jobs
from quizapp.services.study import fit_log, levels

JOB: Final = "memory.pool"
KEY: Final = "memory.pooled"
LEAST_LEARNERS: Final = 5
LEAST_EACH: Final = 64  # scored answers with which a learner counts
MOST_EACH: Final = 1000  # of a learner, the first ones: it is for beginners
MOST_ROWS: Final = 2000  # of a learner's log that are read
MOST_LEARNERS: Final = 100  # the newest
FOLDS: Final = 5
EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The last fit; `weights` None where it was not better than the usual ones."""

    weights: Weights | None
    learners: int
    answers: int
    loss_usual: float
    loss_pooled: float
    at: datetime


def current() -> Pooled | None:
    """Return the last fit; None where there never were enough learners."""
    found = db.session.get(Setting, KEY)
    data: Mapping[str, Any] = found.value if found else {}
    if not data.get("learners"):
        return None
    return Pooled(
        tuple(data["weights"]) if data["weights"] else None,
        data["learners"],
        data["answers"],
        data["loss_usual"],
        data["loss_pooled"],
        datetime.fromisoformat(data["at"]),
    )


def ask(now: datetime) -> bool:
    """Ask for a fit where the last one is a week old, or enough learners have come; the worker's.

    What was fitted once is fitted anew even where few are left: it must not outlive who made it.
    """
    if not _is_time(now):
        return False
    with writing(jobs.PATIENCE_S) as session:
        jobs.enqueue(session, JOB, {}, now=now, dedupe_key=JOB)
    return True


def _is_time(now: datetime) -> bool:
    found = db.session.get(Setting, KEY)
    if found is not None:
        is_time = now - datetime.fromisoformat(found.value["at"]) >= EVERY
    else:
        there = sa.select(sa.func.count()).where(Snapshot.kind == levels.KIND)
        is_time = db.session.execute(there).scalar_one() >= LEAST_LEARNERS
    db.session.rollback()
    return is_time


def run(_payload: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fit to all learners together, and keep it with how well it foretells; the handler."""
    connection = db.session.connection()
    logs = [fit_log.read(connection, user_id, MOST_ROWS) for user_id in _learners()]
    db.session.rollback()
    found = fitted(logs) if len(logs) >= LEAST_LEARNERS else {"learners": 0}
    value = {**found, "at": context.now().isoformat()}
    with writing(jobs.PATIENCE_S) as session:
        session.merge(Setting(key=KEY, value=value))
    return {"learners": len(logs), "better": bool(found.get("weights"))}


def _learners() -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Review.user_id)
            .join(User, User.id == Review.user_id)
            .where(Review.kind.in_(ANSWERS), Review.delta_days >= 1, User.merged_into_id.is_(None))
            .group_by(Review.user_id)
            .having(sa.func.count() >= LEAST_EACH)
            .order_by(Review.user_id.desc())
            .limit(MOST_LEARNERS)
        )
    )


def fitted(learners: Sequence[Sequence[FactLog]]) -> dict[str, Any]:
    """Return the weights, None where they are not better, and how well they foretell.

    Each learner is foretold by weights to which the others alone were fitted; better means by one
    standard error over learners. The weights that are kept have all learners in them.
    """
    from quizapp.core.scheduling import fitting  # slow to load, and never in a web process

    logs = [_first(gate.log_of(one)) for one in learners]
    gains, usual, pooled = [], [], []
    for fold in range(FOLDS):
        others = fitting.fit(_together([log for n, log in enumerate(logs) if n % FOLDS != fold]))
        for facts in learners[fold::FOLDS]:
            old = gate.mean_loss(gate.foretell(facts, DEFAULT_WEIGHTS)[:MOST_EACH])
            new = gate.mean_loss(gate.foretell(facts, others)[:MOST_EACH])
            gains.append(old - new)
            usual.append(old)
            pooled.append(new)
    n = len(gains)
    mean = fsum(gains) / n
    error = sqrt(fsum((one - mean) ** 2 for one in gains) / (n - 1) / n)
    better = mean > gate.LEAST_ERRORS * error
    return {
        "weights": list(fitting.fit(_together(logs))) if better else None,
        "learners": n,
        "answers": sum(len(log.scored) for log in logs),
        "loss_usual": fsum(usual) / n,
        "loss_pooled": fsum(pooled) / n,
    }


def _first(log: UserLog) -> UserLog:
    return UserLog(log.histories, log.scored[:MOST_EACH], log.rows)


def _together(logs: Sequence[UserLog]) -> UserLog:
    """Return one log of all: each learner's answers in their order, spread over the whole."""
    histories: list[History] = []
    scored: list[tuple[float, Scored]] = []
    for log in logs:
        first = len(histories)
        histories += log.histories
        scored += [
            (place / len(log.scored), one._replace(history=first + one.history))
            for place, one in enumerate(log.scored)
        ]
    scored.sort(key=lambda pair: pair[0])
    return UserLog(histories, [one for _, one in scored], sum(log.rows for log in logs))
