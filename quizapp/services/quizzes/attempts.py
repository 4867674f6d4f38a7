"""Starting an attempt, and answering the questions of a practice quiz."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.question import Grade, Response
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt as AttemptRow
from quizapp.models import AttemptItem, Quiz
from quizapp.services.content.questions import Absent, Asked
from quizapp.services.identifiers import new_uid
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, handing_in, open_exams, quizzes, tries
from quizapp.services.quizzes.assigned import Assigned, deadline
from quizapp.services.quizzes.attempt_views import Attempt, Item, Refused
from quizapp.services.quizzes.quizzes import Drawn, QuizView
from quizapp.services.study import responses
from quizapp.services.study.given import Given

SEEDS = 2**53


def start(
    person: Person, quiz: QuizView, now: datetime, seed: int, assigned: Assigned | None = None
) -> Attempt:
    """Begin an attempt, or go on with the open one; one that ran out is handed in first.

    It keeps copies of settings, versions and order: later edits do not touch it. Tries are counted
    by assignment, those outside of one by themselves; the caller looks whether it is open.
    Raises Absent (the quiz was deleted meanwhile), Refused (no-tries, empty), Busy.
    """
    with writing() as session:
        if session.get(Quiz, quiz.id) is None:
            raise Absent
        n = responses.take_seq(session.connection(), person.id)
        earlier = session.scalars(
            sa.select(AttemptRow)
            .where(AttemptRow.user_id == person.id, AttemptRow.quiz_id == quiz.id)
            .order_by(AttemptRow.number)
        ).all()
        wanted = assigned.id if assigned else None
        alike = [attempt for attempt in earlier if attempt.assignment_id == wanted]
        uid = _open_one(session, person, alike, now)
        if uid is None:
            most = assigned.tries if assigned else quiz.settings.tries
            if most is not None and len(alike) >= most:
                raise Refused("no-tries")
            number = earlier[-1].number + 1 if earlier else 1
            uid = _begin(session, person, quiz, (n, number, seed), now, assigned)
    return attempt_views.load(person, uid)


def _open_one(
    session: Session, person: Person, earlier: list[AttemptRow], now: datetime
) -> str | None:
    for attempt in earlier:
        if attempt.state == "open" and not attempt_views.is_over(attempt.deadline_at, now):
            return attempt.uid
        handing_in.close(session, person, attempt, now)
    return None


def _begin(
    session: Session,
    person: Person,
    quiz: QuizView,
    numbers: tuple[int, int, int],
    now: datetime,
    assigned: Assigned | None,
) -> str:
    n, number, seed = numbers
    drawn = quizzes.draw(quiz, seed)
    if not drawn:
        raise Refused("empty")
    ends = deadline(now, quiz.settings.seconds_for(person), assigned.ends_at if assigned else None)
    settings = {**quiz.stored, "title": quiz.title, "time_factor_pct": person.time_factor_pct}
    if assigned and assigned.held:
        settings["feedback"] = "deferred"  # a practice quiz would show the keys at once
    attempt = AttemptRow(
        user_id=person.id,
        n=n,
        uid=new_uid(),
        quiz_id=quiz.id,
        assignment_id=assigned.id if assigned else None,
        number=number,
        state="open",
        settings=settings,
        seed=seed,
        started_at=now,
        deadline_at=ends,
    )
    session.add(attempt)
    session.flush()
    session.execute(sa.insert(AttemptItem), _item_rows(attempt, drawn))
    return attempt.uid


def _item_rows(attempt: AttemptRow, drawn: list[Drawn]) -> list[dict[str, Any]]:
    rng = Random(attempt.seed)
    return [
        {
            "user_id": attempt.user_id,
            "n": attempt.n,
            "slot": slot,
            "question_id": each.question_id,
            "question_version": each.version,
            "weight": each.weight,
            "option_seed": rng.randrange(SEEDS),
        }
        for slot, each in enumerate(drawn, start=1)
    ]


def next_practice(person: Person, uid: str) -> Item | None:
    """Return the first question of a practice attempt with something left to do, else None."""
    attempt = attempt_views.load(person, uid)
    return attempt.next_open() if attempt.is_open else None


@dataclass(frozen=True, slots=True)
class Practised:
    """What a practice answer came to."""

    asked: Asked
    response: Response
    grade: Grade
    logged: responses.Logged
    try_no: int
    settled: bool  # the key may be shown


def answer_practice(
    person: Person,
    uid: str,
    slot: int,
    client_id: str,
    raw: object,
    *,
    now: datetime,
    version: int | None = None,
    question_uid: str | None = None,
    took_ms: int | None = None,
    answered_at: datetime | None = None,
    hinted: bool = False,
) -> Practised:
    """Judge and log an answer of a practice quiz; what settles the last place hands it in.

    One transaction. Later tries are logged too, but only the first makes a review. The same id and
    body again gives the same and writes nothing, also after the end. Raises Absent, BadResponse,
    IdReused, Busy, Refused (closed, exam, wrong-question, question-done, in-exam).
    """
    attempt = attempt_views.load(person, uid)
    item = attempt.item(slot)
    asked = item.asked
    if attempt.is_exam:
        raise Refused("exam")
    if (question_uid or asked.uid, version or asked.version) != (asked.uid, asked.version):
        raise Refused("wrong-question")
    response = asked.kind.parse(asked.question, raw)
    if asked.id in open_exams.questions(db.session.connection(), person.id):
        raise Refused("in-exam")
    grade = asked.kind.grade(asked.question, response)
    with writing() as session:
        connection = session.connection()
        responses.take_seq(connection, person.id, count=0)  # locks the learner: tries are counted
        row = session.get_one(AttemptRow, (person.id, attempt.n))
        before = tries.tried(connection, person.id, attempt.n, attempt.settings)
        here = before.get(slot, tries.UNTRIED)
        given = Given(
            client_id=client_id,
            asked=asked,
            response=response,
            grade=grade,
            source="quiz",
            answered_at=_between(attempt.started_at, answered_at or now, now),
            received_at=now,
            took_ms=_credible(took_ms, attempt.started_at, now),
            attempt_n=attempt.n,
            slot=slot,
            try_no=here.count + 1,
            marks={"hint": True} if hinted and attempt.settings.hints else None,
        )
        logged = responses.log(connection, person, given, handing_in.facts_of(session, asked.id))
        if not logged.repeated:
            if row.state != "open" or attempt_views.is_over(row.deadline_at, now):
                raise Refused("closed")
            if here.settled and attempt.settings.question_tries:
                raise Refused("question-done")
        after = tries.tried(connection, person.id, attempt.n, attempt.settings)
        settled = [place for place, so_far in after.items() if so_far.settled]
        if not logged.repeated and len(settled) == len(attempt.items):
            handing_in.close(session, person, row, now)
    return Practised(asked, response, grade, logged, given.try_no, slot in settled)


def _between(first: datetime, at: datetime, last: datetime) -> datetime:
    """Return when an answer was given: what the client says, but within the attempt."""
    return max(first, min(at, last))


def _credible(took_ms: int | None, started_at: datetime, now: datetime) -> int | None:
    if took_ms is None:
        return None
    return min(max(took_ms, 0), int((now - started_at).total_seconds() * 1000))
