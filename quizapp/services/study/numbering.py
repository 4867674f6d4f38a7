"""The numbers of a learner's own rows, which also put the learner's writers in turn."""

from dataclasses import replace

import sqlalchemy as sa

from quizapp.database import Busy
from quizapp.models import User
from quizapp.services.people.sessions import Person

_TAKE = (
    sa.update(User)
    .where(User.id == sa.bindparam("user"), User.merged_into_id.is_(None))
    .values(seq=User.seq + sa.bindparam("count"))
    .returning(User.seq, User.tz, User.rollover_minutes, User.params_version)
)


def take_seq(connection: sa.Connection, user_id: int, count: int = 1) -> int:
    """Take `count` numbers of the learner's own counter and return the first.

    The first statement of a transaction that writes to person tables: on PostgreSQL it locks that
    learner, so two tabs cannot fork a card. Busy where the learner was merged or erased meanwhile:
    the page sends it again, as whoever it is by then.
    """
    return int(_taken(connection, user_id, count).seq) - count + 1


def take_turn(connection: sa.Connection, person: Person, count: int = 1) -> tuple[int, Person]:
    """Do the same; returns the person, too, with the zone and the weights that are in use now.

    They may have changed since the request began, and all cards with them: one that was written by
    those of before would stay behind.
    """
    row = _taken(connection, person.id, count)
    known = (person.tz, person.rollover_minutes, person.params_version)
    if known != (row.tz, row.rollover_minutes, row.params_version):
        person = replace(
            person,
            tz=row.tz,
            rollover_minutes=row.rollover_minutes,
            params_version=row.params_version,
        )
    return int(row.seq) - count + 1, person


def _taken(connection: sa.Connection, user_id: int, count: int) -> sa.Row[int, str, int, int]:
    row = connection.execute(_TAKE, {"user": user_id, "count": count}).first()
    if row is None:
        raise Busy
    return row
