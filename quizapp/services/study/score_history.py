"""The scores of a learner's attempts that are handed in, quiz by quiz."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import Attempt, Quiz
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned

MOST = 200  # attempts looked at, the newest


@dataclass(frozen=True, slots=True)
class Score:
    """An attempt that is handed in and judged."""

    uid: str
    number: int
    day: int
    share: float  # of the points


@dataclass(frozen=True, slots=True)
class QuizScores:
    """A quiz with a learner's scores, oldest first, and its pass mark 0..1 as it was last."""

    title: str
    pass_share: float | None
    scores: list[Score]


def of_person(person: Person, now: datetime) -> list[QuizScores]:
    """Return the quizzes that were taken, the newest first.

    What awaits a person, or is held back until it is released, is left out.
    """
    held = assigned.hidden(person.id, now)
    rows = db.session.execute(
        sa.select(
            Attempt.quiz_id,
            Quiz.title,
            Attempt.uid,
            Attempt.number,
            Attempt.handed_in_at,
            Attempt.points,
            Attempt.max_points,
            Attempt.settings,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Attempt.user_id == person.id,
            Attempt.n.not_in(held),
            Attempt.state.in_(("handed_in", "expired")),
            Attempt.handed_in_at.is_not(None),
            Attempt.points.is_not(None),
            Attempt.max_points > 0,
        )
        .order_by(Attempt.handed_in_at.desc(), Attempt.n.desc())
        .limit(MOST)
    )
    found: dict[int, QuizScores] = {}
    for quiz_id, title, uid, number, at, points, most, settings in rows:
        quiz = found.setdefault(quiz_id, QuizScores(title, _pass_share(settings), []))
        day = learner_day(at, person.tz, person.rollover_minutes)
        quiz.scores.insert(0, Score(uid, number, day, points / most))
    return list(found.values())


def _pass_share(settings: Mapping[str, Any]) -> float | None:
    percent = settings.get("pass_percent")
    return None if percent is None else float(percent) / 100
