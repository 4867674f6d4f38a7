"""What one learner has answered on one fact, and what was left of the memory each time."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.core.scheduling.fold import history
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, REVIEW, retrievability
from quizapp.extensions import db
from quizapp.models import LoggedResponse
from quizapp.services.content import said
from quizapp.services.content.questions import Absent, asked
from quizapp.services.courses.course_facts import chunks
from quizapp.services.people import sessions
from quizapp.services.study import answer_rows, replay
from quizapp.services.study.answer_rows import AnswerRow
from quizapp.services.study.figure_rows import PAGE, Page

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer with its question, what was answered, and the recall that it met.

    recall_before: 0..1, as the memory model had it just before; None at the first answer, and
    where the answer says nothing of memory (a second try, an essay that waits).
    """

    row: AnswerRow
    said: str
    recall_before: float | None


def of_learner(
    user_id: int, fact_id: int, since: datetime, after: str | None = None, most: int = PAGE
) -> Page[GivenAnswer]:
    """Return a learner's answers on a fact since they joined the course, the newest first.

    What they studied before is theirs alone. The caller has checked who asks.
    """
    person = sessions.person(user_id)
    if person is None:
        raise Absent
    page = answer_rows.of_fact(person, fact_id, after, most)
    words = _words(user_id, [row.seq for row in page.rows])
    recalls = _recalls(user_id, fact_id)
    shown = [row for row in page.rows if row.at >= since]
    rows = [GivenAnswer(row, words.get(row.seq, ""), recalls.get(row.seq)) for row in shown]
    return Page(rows, page.after if len(shown) == len(page.rows) else None)


def _words(user_id: int, seqs: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in chunks(seqs):
        rows = db.session.execute(
            sa.select(
                LoggedResponse.seq,
                LoggedResponse.question_id,
                LoggedResponse.question_version,
                LoggedResponse.payload,
            ).where(LoggedResponse.user_id == user_id, LoggedResponse.seq.in_(some))
        )
        for seq, question_id, version, payload in rows:
            found[seq] = said.said(asked(question_id, version), payload)
    return found


def _recalls(user_id: int, fact_id: int) -> dict[int, float]:
    """Return the recall that each answer met, by the number of the answer.

    Left out are the first answer, and those that met a fact still being learnt, minutes after the
    last one: the model says nothing of so short a time.
    """
    connection = db.session.connection()
    answers = _answers_of(user_id, fact_id)
    weights = replay.all_weights(connection, user_id)
    found = {}
    for before, row, _after in history(replay.rows_of(connection, user_id, fact_id), weights):
        days = (row.at - before.last_at).total_seconds() / DAY_S if before else 0.0
        if before is None or row.seq not in answers or (before.state != REVIEW and days < 1):
            continue
        own = weights.get(before.params_version, DEFAULT_WEIGHTS)
        found[answers[row.seq]] = retrievability(before.stability, days, own)
    return found


def _answers_of(user_id: int, fact_id: int) -> dict[int, int]:
    """Return which answer made each review of a fact."""
    reviews = replay.REVIEWS_WITH_FACT.subquery()
    rows = db.session.execute(
        sa.select(reviews.c.seq, reviews.c.response_seq).where(
            reviews.c.user_id == user_id,
            reviews.c.fact_now == fact_id,
            reviews.c.response_seq.is_not(None),
        )
    )
    return {seq: response_seq for seq, response_seq in rows}  # noqa: C416 - rows are no pairs
