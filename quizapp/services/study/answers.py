"""Answering a question: graded, logged, and followed by the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quizapp.core.question import Grade, Response
from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fold import CardState, schedule
from quizapp.core.scheduling.fuzz import chance
from quizapp.database import writing_rows
from quizapp.extensions import db
from quizapp.services.content.questions import Absent, Asked, asked, fact_of, part_facts, place
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, attempts, open_exams
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.study import plan_rows, queue, replay, responses
from quizapp.services.study.given import Facts, Given
from quizapp.services.study.responses import IdReused

__all__ = [
    "Absent",
    "Answered",
    "IdReused",
    "NotAskable",
    "Refused",
    "answer",
    "answer_in_attempt",
    "current",
    "outcome",
    "place",
    "preview",
    "read",
]

EARLIEST = timedelta(days=30)  # an offline phone may hand in answers this old
LONGEST_MS = 86_400_000


class NotAskable(ValueError):
    """A question that takes no answers: a description, a draft, or kept as it came."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to."""

    asked: Asked
    fact_id: int | None
    client_id: str
    response: Response
    grade: Grade
    card: CardState | None
    seq: int
    seed: int  # of the order in which options were shown
    next: Asked | None
    next_seed: int | None = None  # None: the next question's own id gives its order
    next_slot: int | None = None
    settled: bool = True  # False: another try is open, so nothing may show the key yet


def answer(
    person: Person,
    client_id: str,
    question_uid: str,
    version: int,
    raw: object,
    *,
    now: datetime,
    took_ms: int | None = None,
    answered_at: datetime | None = None,
    source: str = "study",
    bank: str | None = None,
    marks: Mapping[str, Any] | None = None,
) -> Answered:
    """Grade an answer, log it with all that follows, and choose what to ask next.

    One transaction; when it returns, the answer is on disk. The same id and body again gives the
    same grading and writes nothing. `bank` is the slug of the question's bank where the next
    question is to come from it, too.
    Raises Absent, NotAskable, BadResponse, IdReused, Busy, and Refused for a question of the
    learner's own open exam.
    """
    where = place(question_uid, person)
    question = asked(where.id, version)
    if question.kind.GRADED_BY == "nobody" or where.status == "draft":
        raise NotAskable
    hidden = open_exams.questions(db.session.connection(), person.id)
    if where.id in hidden:
        raise Refused("in-exam")
    response = read(question, raw, marks)
    grade = question.kind.grade(question.question, response)
    given = Given(
        client_id=client_id,
        asked=question,
        response=response,
        grade=grade,
        source=source,
        answered_at=when(answered_at, now),
        received_at=now,
        took_ms=None if took_ms is None else min(max(took_ms, 0), LONGEST_MS),
        marks=marks,
    )
    parts = part_facts(where.id) if question.has_parts else {}
    facts = Facts(where.bank_id, where.fact_id, parts)
    with writing_rows() as connection:
        logged = responses.log(connection, person, given, facts)
    stays = bank is not None and bank == where.bank_slug
    sums = logged.sums if given.answered_at == now else {}
    following = queue.next_question(person, now, where.bank_id if stays else None, sums, hidden)
    db.session.rollback()
    return Answered(
        question,
        where.fact_id,
        client_id,
        response,
        grade,
        logged.card,
        logged.seq,
        seed_of(client_id),
        following,
    )


def answer_in_attempt(
    person: Person,
    client_id: str,
    question_uid: str,
    version: int,
    raw: object,
    *,
    attempt: str,
    slot: int,
    now: datetime,
    took_ms: int | None = None,
    answered_at: datetime | None = None,
    hinted: bool = False,
) -> Answered:
    """Answer a place of a practice quiz; next comes the same while it may be tried again.

    Otherwise the first place that is still open.

    Raises as `answer` does, and Refused where the attempt is closed or an exam.
    """
    done = attempts.answer_practice(
        person,
        attempt,
        slot,
        client_id,
        raw,
        now=now,
        version=version,
        question_uid=question_uid,
        took_ms=took_ms,
        answered_at=when(answered_at, now),
        hinted=hinted,
    )
    view = attempt_views.load(person, attempt)
    item = view.item(slot)
    again = view.is_open and not done.settled
    following = item if again else attempts.next_practice(person, attempt)
    db.session.rollback()
    return Answered(
        done.asked,
        fact_of(done.asked.id),
        client_id,
        done.response,
        done.grade,
        done.logged.card,
        done.logged.seq,
        item.option_seed,
        following.asked if following else None,
        following.option_seed if following else None,
        following.slot if following else None,
        done.settled,
    )


def current(question_uid: str, person: Person) -> Asked:
    """Return a question as it is asked now; Absent where it is not, or not to this person."""
    where = place(question_uid, person)
    if where.status != "active":
        raise Absent
    return asked(where.id, where.version)


def read(question: Asked, raw: object, marks: Mapping[str, Any] | None = None) -> Response:
    """Return the response in `raw`; empty, which is wrong, where the learner says "I don't know".

    Raises BadResponse.
    """
    if marks and marks.get("unknown") and question.kind.GRADED_BY == "app":
        return {}
    return question.kind.parse(question.question, raw)


def when(answered_at: datetime | None, now: datetime) -> datetime:
    """Return when it was given: as the client says, but neither later than now nor very old."""
    if answered_at is None or answered_at > now:
        return now
    return max(answered_at, now - EARLIEST)


def outcome(asked: Asked, score: float | None) -> str:
    """Return right, partial, wrong, self (a flashcard) or waiting (for a person)."""
    if asked.kind.GRADED_BY == "learner":
        return "self"
    if score is None:
        return "waiting"
    if score >= 1:
        return "right"
    return "partial" if score > 0 else "wrong"


@dataclass(frozen=True, slots=True)
class Rating:
    """What a flashcard's button would do."""

    rating: int
    due_at: datetime
    wait_s: int | None  # a step within the day
    interval_days: int
    recall: float  # predicted on that day


def preview(person: Person, fact_id: int | None, now: datetime) -> list[Rating]:
    """Return what each of the four ratings would do to the memory of a fact now."""
    connection = db.session.connection()
    card = replay.card_of(connection, person.id, fact_id) if fact_id else None
    weights = replay.weights_of(connection, person.id, person.params_version)
    today = learner_day(now, person.tz, person.rollover_minutes)
    day = max(today, card.last_day) if card else today
    delta = max(day - card.last_day, 0) if card else 0
    outcomes = fsrs.preview(card.memory if card else None, delta, weights=weights)
    ratings = []
    for rating, after in outcomes.items():
        due_day, due_at, _ = schedule(
            card,
            rating,
            None,
            now,
            day,
            person.tz,
            person.rollover_minutes,
            steps=True,
            chance=chance(person.id, fact_id or 0, card.reps if card else 0),
            retention=person.desired_retention,
            weights=weights,
            share=plan_rows.shares(person),
        )
        elapsed = max((due_at - now).total_seconds() / 86400, 0.0)
        recall = fsrs.retrievability(after.memory.stability, elapsed, weights)
        ratings.append(Rating(rating, due_at, after.wait_s, due_day - day, recall))
    return ratings


def seed_of(client_id: str) -> int:
    """Return the seed of a study question's option order: the id it will be answered under."""
    return UUID(client_id).int & (2**53 - 1)
