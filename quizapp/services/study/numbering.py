"""The numbers of a learner's own rows, which also put the learner's writers in turn."""

import sqlalchemy as sa

from quizapp.database import Busy
from quizapp.models import User

_TAKE = (
    sa.update(User)
    .where(User.id == sa.bindparam("user"), User.merged_into_id.is_(None))
    .values(seq=User.seq + sa.bindparam("count"))
    .returning(User.seq)
)


def take_seq(connection: sa.Connection, user_id: int, count: int = 1) -> int:
    """Take `count` numbers of the learner's own counter and return the first.

    The first statement of a transaction that writes to person tables: on PostgreSQL it locks that
    learner, so two tabs cannot fork a card. Busy where the learner was merged or erased meanwhile:
    the page sends it again, as whoever it is by then.
    """
    last = connection.execute(_TAKE, {"user": user_id, "count": count}).scalar()
    if last is None:
        raise Busy
    return int(last) - count + 1
