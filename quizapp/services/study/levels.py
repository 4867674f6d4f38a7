"""How much better or worse than the model a learner recalls, learnt from the answers so far."""

import sqlalchemy as sa

from quizapp.core.scheduling.forecast import Level
from quizapp.models import Snapshot, User

KIND = "level"

_LEVEL = (
    sa.select(Snapshot.data)
    .join(User, User.uid == Snapshot.subject)
    .where(Snapshot.kind == KIND, User.id == sa.bindparam("user"))
)


def of_learner(connection: sa.Connection, user_id: int) -> Level:
    """Return the learner's level as last worked out; that of nobody in particular before."""
    found = connection.execute(_LEVEL, {"user": user_id}).scalar()
    return Level(found["shift"], found["spread"]) if found else Level()
