"""What a learner's open exams ask: no other page may give the answers away meanwhile."""

import sqlalchemy as sa

from quizapp.models import Attempt, AttemptItem
from quizapp.services.quizzes.quizzes import Settings

_OPEN = (
    sa.select(AttemptItem.question_id, Attempt.settings)
    .join(Attempt, sa.and_(Attempt.user_id == AttemptItem.user_id, Attempt.n == AttemptItem.n))
    .where(Attempt.user_id == sa.bindparam("user"), Attempt.state == "open")
)


def questions(connection: sa.Connection, user_id: int) -> set[int]:
    """Return the ids of the questions in the exams that a learner has not handed in."""
    rows = connection.execute(_OPEN, {"user": user_id}).all()
    return {question_id for question_id, settings in rows if Settings.of(settings).is_exam}
