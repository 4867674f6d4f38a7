"""What the answers of a class say beyond memory: who guesses, and what many believe instead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.statistics import misconceptions
from quizapp.core.statistics.class_needs import QUICK_MS
from quizapp.core.statistics.misconceptions import Misconception
from quizapp.extensions import db
from quizapp.models import Attempt, LoggedResponse, Question, QuestionVersion, Regrade
from quizapp.services.content.questions import asked
from quizapp.services.courses.class_memory import learner_ids
from quizapp.services.courses.course_facts import Given, chunks
from quizapp.services.study import judged

QUICK_DAYS = 14  # how far back speed is looked at,
BELIEVED_DAYS = 90  # and wrong options
CHOOSING = ("multiple_choice", "multiple_response")
_JUDGED = [name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY == "app"]


class Recent(NamedTuple):
    """Of recent timed answers: how many took under 2 s, how many there are, how many were right."""

    quick: int = 0
    timed: int = 0
    right: int = 0


def recent(course_id: int, facts: Sequence[int], now: datetime) -> dict[int, Recent]:
    """Return each learner's recent answers in numbers.

    Answers to questions on these facts that the app judges: a flashcard is soon turned.
    """
    found: dict[int, Recent] = {}
    is_quick = sa.case((LoggedResponse.took_ms < QUICK_MS, 1), else_=0)
    is_right = sa.case((judged.SCORE >= 1, 1), else_=0)
    for some in chunks(list(facts)):
        rows = db.session.execute(
            sa.select(
                LoggedResponse.user_id,
                sa.func.sum(is_quick),
                sa.func.count(LoggedResponse.took_ms),
                sa.func.sum(is_right),
            )
            .outerjoin(Regrade, judged.LATEST)
            .join(Question, Question.id == LoggedResponse.question_id)
            .where(
                LoggedResponse.user_id.in_(learner_ids(course_id)),
                LoggedResponse.answered_at > now - timedelta(days=QUICK_DAYS),
                LoggedResponse.took_ms.is_not(None),
                Question.fact_id.in_(some),
                Question.type.in_(_JUDGED),
            )
            .group_by(LoggedResponse.user_id)
        )
        for user_id, quick, timed, right in rows:
            before = found.get(user_id, Recent())
            found[user_id] = Recent(
                before.quick + int(quick), before.timed + timed, before.right + int(right)
            )
    return found


def handed_in(given: Sequence[Given]) -> set[tuple[int, int]]:
    """Return (assignment, learner) of the quizzes that somebody has handed in."""
    ids = [one.id for one in given if one.quiz_id is not None]
    rows = db.session.execute(
        sa.select(Attempt.assignment_id, Attempt.user_id)
        .where(Attempt.assignment_id.in_(ids), Attempt.state != "open")
        .distinct()
    )
    return {(assignment_id, user_id) for assignment_id, user_id in rows if assignment_id}


def believed(course_id: int, facts: Sequence[int], now: datetime) -> list[Misconception]:
    """Return the wrong options that many learners have chosen lately, on these facts.

    Of each learner the last wrong answer to a question counts, once; answers to a version with
    another key do not.
    """
    chosen: dict[int, dict[int, list[str]]] = {}
    for some in chunks(list(facts)):
        for user_id, question_id, payload in db.session.execute(_wrong(course_id, some, now)):
            chosen.setdefault(question_id, {})[user_id] = _options(payload)
    answers = {question: list(by_user.values()) for question, by_user in chosen.items()}
    looked_at = misconceptions.candidates(answers)
    return misconceptions.find(answers, {one: _distractors(one) for one in looked_at})


def _wrong(course_id: int, facts: list[int], now: datetime) -> sa.Select[int, int, dict]:  # type: ignore[type-arg]
    given, current = sa.orm.aliased(QuestionVersion), sa.orm.aliased(QuestionVersion)
    return (
        sa.select(LoggedResponse.user_id, LoggedResponse.question_id, LoggedResponse.payload)
        .join(Question, Question.id == LoggedResponse.question_id)
        .join(
            given,
            sa.and_(
                given.question_id == Question.id, given.number == LoggedResponse.question_version
            ),
        )
        .join(
            current,
            sa.and_(current.question_id == Question.id, current.number == Question.version),
        )
        .outerjoin(Regrade, judged.LATEST)
        .where(
            LoggedResponse.user_id.in_(learner_ids(course_id)),
            LoggedResponse.answered_at > now - timedelta(days=BELIEVED_DAYS),
            Question.fact_id.in_(facts),
            Question.type.in_(CHOOSING),
            Question.status == "active",
            given.stat_group == current.stat_group,
            judged.SCORE < 1,
        )
        .order_by(LoggedResponse.user_id, LoggedResponse.seq)
    )


def _options(payload: object) -> list[str]:
    """Return the options that an answer names; "I don't know" names none."""
    if not isinstance(payload, dict):
        return []
    named = payload.get("options", [payload.get("option")])
    return [one for one in named if isinstance(one, str)] if isinstance(named, list) else []


def _distractors(question_id: int) -> list[str]:
    """Return the wrong options of a question as it stands."""
    version = db.session.scalar(sa.select(Question.version).where(Question.id == question_id))
    question = asked(question_id, version or 1)
    key = _options(dict(question.kind.key(question.question) or {}))
    options = question.question.body.get("options", ())
    return [str(option["id"]) for option in options if option["id"] not in key]
