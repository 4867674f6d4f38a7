"""What a learner did today, what was missed, and what comes next."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    AttemptItem,
    Bank,
    Card,
    CardMark,
    Fact,
    LoggedResponse,
    Question,
    Regrade,
    Review,
    User,
)
from quizapp.services.content import banks
from quizapp.services.content.questions import Asked, asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned, open_exams
from quizapp.services.study import judged

LOOKS_AHEAD_DAYS = 7
BLANK = "blank"  # the source of a question that was left without an answer
DAY_NUMBERS = 20_000  # of the learner's counter: more than the answers of a day take
AGAIN_AFTER = 8  # a missed question comes back after this many others


@dataclass(frozen=True, slots=True)
class Missed:
    """A fact that was missed today."""

    fact_id: int
    statement: str
    times: int
    partly: bool  # the last answer was partly right
    seq: int  # of the last answer
    due_at: datetime | None
    is_mended: bool = False  # answered right since


@dataclass(frozen=True, slots=True)
class Sitting:
    """A learner's day of study so far."""

    answers: int
    right: int
    partly: int
    ms: int
    missed: list[Missed]

    @property
    def wrong(self) -> int:
        """Answers that scored nothing."""
        return self.answers - self.right - self.partly


def answers_today(person: Person, now: datetime) -> int:
    """Return how many questions were answered in study today."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(LoggedResponse)
            .where(*_today(person, now), LoggedResponse.source == "study")
        )
        or 0
    )


def of_today(person: Person, now: datetime) -> Sitting:
    """Return today's answers in study and practice, and the facts that were missed."""
    rows = db.session.execute(
        sa.select(
            LoggedResponse.seq,
            judged.SCORE,
            LoggedResponse.took_ms,
            Question.fact_id,
            Fact.statement,
            Card.due_at,
        )
        .join(Question, Question.id == LoggedResponse.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .outerjoin(
            Card, sa.and_(Card.user_id == LoggedResponse.user_id, Card.fact_id == Question.fact_id)
        )
        .outerjoin(Regrade, judged.LATEST)
        .where(
            *_today(person, now),
            LoggedResponse.source.in_(("study", "practice")),
            LoggedResponse.score.is_not(None),
        )
        .order_by(LoggedResponse.seq)
    ).all()
    missed: dict[int, Missed] = {}
    for seq, score, _ms, fact_id, statement, due_at in rows:
        if score is not None and fact_id is not None and score < 1:
            times = missed[fact_id].times + 1 if fact_id in missed else 1
            missed[fact_id] = Missed(fact_id, statement, times, score > 0, seq, due_at)
        elif fact_id in missed:
            missed[fact_id] = replace(missed[fact_id], is_mended=True)
    return Sitting(
        answers=len(rows),
        right=sum((score or 0) >= 1 for _, score, *_rest in rows),
        partly=sum(0 < (score or 0) < 1 for _, score, *_rest in rows),
        ms=sum(took_ms or 0 for _, _, took_ms, *_rest in rows),
        missed=sorted(missed.values(), key=lambda m: (m.is_mended, -m.times)),
    )


def coming(person: Person, now: datetime) -> list[tuple[datetime, int]]:
    """Return how many cards are due on each of the next days, from tomorrow."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    counted = dict(
        db.session.execute(
            sa.select(Card.due_day, sa.func.count())
            .outerjoin(
                CardMark,
                sa.and_(CardMark.user_id == Card.user_id, CardMark.fact_id == Card.fact_id),
            )
            .where(
                Card.user_id == person.id,
                Card.due_day > today,
                Card.due_day <= today + LOOKS_AHEAD_DAYS,
                CardMark.suspended_at.is_(None),
            )
            .group_by(Card.due_day)
        ).all()
    )
    return [
        (day_start(today + n, person.tz, person.rollover_minutes), counted.get(today + n, 0))
        for n in range(1, LOOKS_AHEAD_DAYS + 1)
    ]


def next_mistake(person: Person, attempt_uid: str, now: datetime) -> Asked | None:
    """Return a question to practise again; None when each was answered right since.

    Of the attempt named, where what was left blank counts as missed, or with an empty uid of all
    that was ever missed. Attempts whose results are held back are left out.
    Practice is logged but never scheduled: it changes no card.
    """
    held = assigned.hidden(person.id, now)
    last = _last_answers(person, attempt_uid, held)
    hidden = open_exams.questions(db.session.connection(), person.id)
    wrong = [row for row in last if row.score < 1] + _blank(person, attempt_uid, held)
    wrong = [row for row in wrong if row.question_id not in hidden]
    if not wrong:
        return None
    newest = max((row.seq for row in last), default=0)
    waiting = [row for row in wrong if newest - row.seq >= AGAIN_AFTER or row.source != "practice"]
    chosen = min(waiting or wrong, key=lambda row: (row.source == BLANK, row.seq))
    return asked(chosen.question_id, chosen.version)


def mistakes_left(person: Person, attempt_uid: str, now: datetime) -> int:
    """Return how many questions `next_mistake` has left."""
    held = assigned.hidden(person.id, now)
    wrong = [row for row in _last_answers(person, attempt_uid, held) if row.score < 1]
    return len(wrong) + len(_blank(person, attempt_uid, held))


def _blank(person: Person, attempt_uid: str, held: set[int]) -> list[Any]:
    """Return the questions of an attempt that were never answered, there or since."""
    answered = sa.select(LoggedResponse.question_id).where(LoggedResponse.user_id == person.id)
    select = (
        sa.select(
            AttemptItem.slot.label("seq"),
            AttemptItem.question_id,
            sa.literal(BLANK).label("source"),
            Question.version,
        )
        .join(Attempt, sa.and_(Attempt.user_id == AttemptItem.user_id, Attempt.n == AttemptItem.n))
        .join(Question, Question.id == AttemptItem.question_id)
        .join(Bank, Bank.id == Question.bank_id)
        .where(
            banks.viewable(person),
            Attempt.user_id == person.id,
            Attempt.uid == attempt_uid,
            Attempt.n.not_in(held),
            Attempt.state != "open",
            Question.status == "active",
            AttemptItem.question_id.not_in(answered),
        )
    )
    return list(db.session.execute(select)) if attempt_uid else []


def _last_answers(person: Person, attempt_uid: str, held: set[int]) -> list[Any]:
    """Return each question's last answer, of those that were once missed.

    What was answered in attempts of `held` is as if it had not been.
    """
    told: Any = sa.true()
    if held:
        told = sa.or_(LoggedResponse.attempt_n.is_(None), LoggedResponse.attempt_n.not_in(held))
    once_missed = (
        sa.select(LoggedResponse.question_id)
        .outerjoin(Regrade, judged.LATEST)
        .where(LoggedResponse.user_id == person.id, judged.SCORE < 1, told)
    )
    if attempt_uid:
        once_missed = (
            sa.select(AttemptItem.question_id)
            .join(
                Attempt, sa.and_(Attempt.user_id == AttemptItem.user_id, Attempt.n == AttemptItem.n)
            )
            .where(Attempt.user_id == person.id, Attempt.uid == attempt_uid, Attempt.n.not_in(held))
        )
    newest = (
        sa.select(sa.func.max(LoggedResponse.seq).label("seq"))
        .where(
            LoggedResponse.user_id == person.id,
            LoggedResponse.question_id.in_(once_missed),
            LoggedResponse.score.is_not(None),
            told,
        )
        .group_by(LoggedResponse.question_id)
        .subquery()
    )
    return list(
        db.session.execute(
            sa.select(
                LoggedResponse.seq,
                LoggedResponse.question_id,
                LoggedResponse.source,
                judged.SCORE.label("score"),
                Question.version,
            )
            .join(Question, Question.id == LoggedResponse.question_id)
            .join(Bank, Bank.id == Question.bank_id)
            .join(newest, newest.c.seq == LoggedResponse.seq)
            .outerjoin(Regrade, judged.LATEST)
            .where(
                LoggedResponse.user_id == person.id,
                Question.status == "active",
                banks.viewable(person),
            )
        )
    )


def _today(person: Person, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    today = learner_day(now, person.tz, person.rollover_minutes)
    begins = day_start(today, person.tz, person.rollover_minutes)
    undone = sa.select(Review.response_seq).where(
        Review.user_id == person.id, Review.kind == "undo", Review.day >= today
    )
    newest = sa.select(User.seq).where(User.id == person.id).scalar_subquery()
    return (
        LoggedResponse.user_id == person.id,
        LoggedResponse.seq > newest - DAY_NUMBERS,  # or all that was ever answered would be read
        LoggedResponse.answered_at >= begins,
        LoggedResponse.seq.not_in(undone),
    )
