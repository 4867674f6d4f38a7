"""Handing in: an attempt's saved answers are judged and logged, all in one transaction."""

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Attempt as AttemptRow
from quizapp.models import AttemptItem, AttemptSave, LoggedResponse, Question
from quizapp.models.memory import Regrade
from quizapp.services.content import questions
from quizapp.services.content.questions import Absent
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views
from quizapp.services.quizzes.attempt_views import GRACE, IDLE, Attempt, is_over
from quizapp.services.quizzes.quizzes import Settings
from quizapp.services.quizzes.tries import counted
from quizapp.services.study import responses
from quizapp.services.study.given import Facts, Given

log = logging.getLogger("quizapp.handing_in")
WORKER_WAIT_S = 5.0
AT_ONCE = 200  # attempts that one call hands in; the next call takes the rest


def hand_in(person: Person, uid: str, now: datetime) -> Attempt:
    """Hand in an attempt and return it; one that is handed in already stays as it is.

    Raises Absent, Busy. After deadline and grace it counts as expired: only saves were taken.
    """
    with writing() as session:
        responses.take_seq(session.connection(), person.id, count=0)  # locks the learner
        attempt = session.scalar(
            sa.select(AttemptRow).where(AttemptRow.user_id == person.id, AttemptRow.uid == uid)
        )
        if attempt is None:
            raise Absent
        close(session, person, attempt, now)
    return attempt_views.load(person, uid)


def current(person: Person, uid: str, now: datetime) -> Attempt:
    """Return an attempt as it stands now: one whose time is over is handed in first."""
    attempt = attempt_views.load(person, uid)
    if attempt.is_open and attempt.is_over(now):
        return hand_in(person, uid, now)
    return attempt


def history(
    person: Person, quiz_id: int, now: datetime, assignment_id: int | None = None
) -> list[Attempt]:
    """Return a person's attempts of a quiz, newest first, after handing in what is over.

    Those of an assignment, or those that were taken freely.
    """
    found = attempt_views.of_quiz(person, quiz_id, assignment_id)
    over = [attempt for attempt in found if attempt.is_open and attempt.is_over(now)]
    for attempt in over:
        hand_in(person, attempt.uid, now)
    return attempt_views.of_quiz(person, quiz_id, assignment_id) if over else found


def hand_in_expired(now: datetime) -> int:
    """Hand in what was left open: past deadline and grace, or without a limit and untouched long.

    One transaction per attempt, safe to repeat and to run twice at once. Returns how many.
    """
    done = 0
    rows = db.session.execute(_abandoned(now)).all()
    db.session.rollback()
    for user_id, n in rows:
        person = sessions.person(user_id)
        try:
            done += person is not None and _expire(person, n, now)
        except Busy:
            break  # the next call goes on
        except sa.exc.OperationalError:
            raise
        except Exception:  # one that cannot be judged must not keep all others open
            log.exception("attempt %s of user %s could not be handed in", n, user_id)
    return done


def _abandoned(now: datetime) -> sa.Select[int, int]:
    def touched(table: type[AttemptSave] | type[LoggedResponse]) -> sa.Exists:
        n = AttemptSave.n if table is AttemptSave else LoggedResponse.attempt_n
        at = AttemptSave.at if table is AttemptSave else LoggedResponse.received_at
        return sa.exists().where(
            table.user_id == AttemptRow.user_id, n == AttemptRow.n, at > now - IDLE
        )

    idle = sa.and_(
        AttemptRow.deadline_at.is_(None),
        AttemptRow.started_at <= now - IDLE,
        ~touched(AttemptSave),
        ~touched(LoggedResponse),
    )
    return (
        sa.select(AttemptRow.user_id, AttemptRow.n)
        .where(
            AttemptRow.state == "open",
            sa.or_(AttemptRow.deadline_at < now - GRACE, idle),
        )
        .order_by(AttemptRow.deadline_at)
        .limit(AT_ONCE)
    )


def _expire(person: Person, n: int, now: datetime) -> bool:
    with writing(wait_s=WORKER_WAIT_S) as session:
        responses.take_seq(session.connection(), person.id, count=0)
        attempt = session.get(AttemptRow, (person.id, n))
        # The learner may have handed it in, or saved, since the list was read.
        found = (
            attempt is not None
            and session.execute(
                _abandoned(now).where(AttemptRow.user_id == person.id, AttemptRow.n == n)
            ).first()
        )
        if not attempt or not found:
            return False
        close(session, person, attempt, now, state="expired")
    return True


def close(
    session: Session, person: Person, attempt: AttemptRow, now: datetime, state: str | None = None
) -> None:
    """Judge, log and count an open attempt, inside a transaction that has locked the learner."""
    session.refresh(attempt, with_for_update=True)  # saves under way are waited for
    if attempt.state != "open":
        return
    over = is_over(attempt.deadline_at, now)
    attempt.state = state or ("expired" if over else "handed_in")
    attempt.handed_in_at = attempt.deadline_at if over else now
    if Settings.of(attempt.settings).is_exam:
        _log_saves(session, person, attempt, now)
    session.flush()
    recount(session, attempt)


def _log_saves(session: Session, person: Person, attempt: AttemptRow, now: datetime) -> None:
    """Log each saved answer at the time it was given; what has no answer makes no row."""
    items = session.scalars(
        sa.select(AttemptItem)
        .where(
            AttemptItem.user_id == attempt.user_id,
            AttemptItem.n == attempt.n,
            AttemptItem.draft_at.is_not(None),
        )
        .order_by(AttemptItem.draft_at, AttemptItem.slot)
    ).all()
    for item in items:
        if item.draft is not None:
            given = _given(attempt, item, now)
            facts = facts_of(session, item.question_id)
            responses.log(session.connection(), person, given, facts)


def _given(attempt: AttemptRow, item: AttemptItem, now: datetime) -> Given:
    asked = questions.asked(item.question_id, item.question_version)
    draft = item.draft or {}
    return Given(
        client_id=str(uuid4()),  # none that a learner could have used before
        asked=asked,
        response=draft,
        grade=asked.kind.grade(asked.question, draft),
        source="quiz",
        answered_at=item.draft_at or now,
        received_at=now,
        attempt_n=attempt.n,
        slot=item.slot,
    )


def facts_of(session: Session, question_id: int) -> Facts:
    """Return the facts that a question tests now."""
    bank_id, fact_id = session.execute(
        sa.select(Question.bank_id, Question.fact_id).where(Question.id == question_id)
    ).one()
    return Facts(bank_id, fact_id, questions.part_facts(question_id))


def recount(session: Session, attempt: AttemptRow) -> None:
    """Set the points of an attempt from its responses and regrades; also after a person graded.

    The first try counts, or the best one less its penalty where the quiz lets a question be tried
    again. What awaits a person counts neither in the points nor in the most.
    """
    settings = Settings.of(attempt.settings)
    fractions = effective_fractions(session, attempt.user_id, attempt.n, settings)
    floor = settings.floor_zero
    points, most = 0.0, 0.0
    for slot, weight in session.execute(
        sa.select(AttemptItem.slot, AttemptItem.weight)
        .where(AttemptItem.user_id == attempt.user_id, AttemptItem.n == attempt.n)
        .order_by(AttemptItem.slot)
    ):
        fraction = fractions.get(slot, 0.0)
        if fraction is not None:
            points += points_of(fraction, weight, floor)
            most += weight
    attempt.points, attempt.max_points = round(points, 9), round(most, 9)


def points_of(fraction: float, weight: float, floor: bool) -> float:
    """Return what an answer earns; below 0 only where the quiz allows it."""
    return weight * (max(fraction, 0.0) if floor else fraction)


def effective_fractions(
    session: Session, user_id: int, n: int, settings: Settings
) -> Mapping[int, float | None]:
    """Return each place's fraction that counts, as judged last; None awaits a person."""
    rows = session.execute(
        sa.select(
            LoggedResponse.slot,
            LoggedResponse.try_no,
            LoggedResponse.fraction,
            Regrade.seq,
            Regrade.fraction,
        )
        .outerjoin(
            Regrade,
            sa.and_(Regrade.user_id == LoggedResponse.user_id, Regrade.seq == LoggedResponse.seq),
        )
        .where(LoggedResponse.user_id == user_id, LoggedResponse.attempt_n == n)
        .order_by(LoggedResponse.slot, LoggedResponse.try_no, Regrade.n)
    )
    tries: dict[int, dict[int, float | None]] = {}
    for slot, try_no, first, seq, later in rows:
        if slot is not None:
            tries.setdefault(slot, {})[try_no] = later if seq else first
    return {slot: counted(fractions, settings) for slot, fractions in tries.items()}
