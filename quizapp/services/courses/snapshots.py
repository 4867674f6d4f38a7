"""The figures of courses' first pages and forecasts, made in the background and read fast.

A snapshot is refreshed by the worker while somebody looks at the page or the class answers. A
course that is small is worked out within the request that finds nothing fresh.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Assignment, Course, Snapshot, User
from quizapp.services import snapshot_rows
from quizapp.services.courses import class_memory, course_facts
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.snapshot_sorts import FIRST_PAGE, FORECAST, JOB, KIND, SORTS, Sort
from quizapp.services.operations import jobs

__all__ = ["FIRST_PAGE", "FORECAST", "JOB", "KIND", "Figures", "current", "refresh", "run"]
LOOKED_AT: Final = timedelta(hours=1)  # how long a page that was asked for is kept fresh
FOLLOWED: Final = timedelta(days=30)  # and, where the class goes on answering, how long then
ASKED_EVERY: Final = timedelta(minutes=10)  # a request writes that it was asked for, so often
SMALL_CELLS: Final = 5000  # with SMALL_ROWS worked out in some 100 ms
SMALL_ROWS: Final = 20_000  # of the learners' logs
ROUND_S: Final = 10.0  # a round of the worker ends after this, as other work waits
PATIENCE_S: Final = 10.0
log = logging.getLogger("quizapp.work")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a page of a course is made of; `data` as the `make` of its sort returns it."""

    data: dict[str, Any]
    as_of: datetime
    is_fresh: bool


class Context(Protocol):
    """What a job needs of its surroundings."""

    def now(self) -> datetime: ...


def current(course: CourseView, now: datetime, sort: Sort = FIRST_PAGE) -> Figures | None:
    """Return a course's figures; None while they are made for the first time.

    Those of a small course are of now. Of a bigger one they are fresh, or old ones are returned
    and newer ones asked for.
    """
    stored, stamp = _read(course.uid, sort), _stamp(course.id)
    is_fresh = stored is not None and now - stored[1] <= sort.fresh
    is_current = stored is not None and stored[0].get("stamp") == stamp
    if not (is_fresh and is_current) and _is_small(course.id, stored, stamp):
        data = {**sort.make(course.id, now, True), "stamp": stamp}
        _keep(course, data, now, sort)
        return Figures(data, now, is_fresh=True)
    if is_fresh:
        _note_asked(course, now, sort)
    else:
        _ask(course, now, sort)
    return Figures(*stored, is_fresh=is_fresh) if stored else None


def run(payload: dict[str, Any], context: Context) -> None:
    """Make the figures of the first page of the course that a job names."""
    _run(payload, context, FIRST_PAGE)


def run_forecast(payload: dict[str, Any], context: Context) -> None:
    """Make the forecast of the course that a job names."""
    _run(payload, context, FORECAST)


def _run(payload: dict[str, Any], context: Context, sort: Sort) -> None:
    found = db.session.execute(
        sa.select(Course.id, Course.uid).where(Course.uid == payload["course"])
    ).first()
    if found is not None:
        _make(found.id, found.uid, context.now(), sort)


def refresh(now: datetime) -> int:
    """Make the figures anew that age while somebody looks, or answers; returns how many.

    The oldest first, and no longer than ROUND_S: what is left waits for the next round.
    """
    began, made = time.monotonic(), 0
    for sort in SORTS:
        for course_id, uid in _aging(now, sort):
            if time.monotonic() - began > ROUND_S:
                break
            _make(course_id, uid, now, sort)
            made += 1
    return made


def forget_in(session: Session, course_uid: str, sort: Sort) -> None:
    """Throw figures away inside a writing transaction: the next request makes them anew."""
    session.execute(
        sa.delete(Snapshot).where(Snapshot.kind == sort.kind, Snapshot.subject == course_uid)
    )


def _make(course_id: int, uid: str, now: datetime, sort: Sort) -> None:
    stamp = _stamp(course_id)  # before the figures: what comes meanwhile makes them old
    data = sort.make(course_id, now, False)
    if not store(course_id, uid, {**data, "stamp": stamp}, now, sort):
        log.info("somebody joined or left course %s meanwhile; it is made anew", uid)


def store(
    course_id: int, uid: str, data: dict[str, Any], now: datetime, sort: Sort = FIRST_PAGE
) -> bool:
    """Store figures; False where the learners are not those of now.

    Numbers of somebody who was erased meanwhile must not come back.
    """
    db.session.rollback()
    with writing(PATIENCE_S) as session:
        there = set(session.scalars(class_memory.learner_ids(course_id)))
        if there != set(data["learners"]):
            return False
        dialect = session.get_bind().dialect.name
        session.execute(
            snapshot_rows.upsert(dialect, unless_newer=True), _row(sort.kind, uid, data, now)
        )
        return True


def _keep(course: CourseView, data: dict[str, Any], now: datetime, sort: Sort) -> None:
    """Store what a request has made, with the note that it was asked for, if its turn comes."""
    try:
        store(course.id, course.uid, data, now, sort)
    except Busy:
        return
    _note_asked(course, now, sort)


def _note_asked(course: CourseView, now: datetime, sort: Sort) -> None:
    """Note that somebody looks at the page, at most every ASKED_EVERY; a lost note does no harm."""
    asked = db.session.scalar(
        sa.select(Snapshot.as_of).where(Snapshot.kind == sort.asked, Snapshot.subject == course.uid)
    )
    if asked is not None and now - asked < ASKED_EVERY:
        return
    try:
        with writing() as session:
            dialect = session.get_bind().dialect.name
            session.execute(
                snapshot_rows.upsert(dialect, unless_newer=True),
                _row(sort.asked, course.uid, {}, now),
            )
    except Busy:
        pass


def _ask(course: CourseView, now: datetime, sort: Sort) -> None:
    """Ask a worker for the figures of a course that is not small."""
    _note_asked(course, now, sort)
    try:
        with writing() as session:
            payload = {"course": course.uid}
            key = f"{sort.job}:{course.uid}"
            jobs.enqueue(session, sort.job, payload, now=now, dedupe_key=key)
    except Busy:  # the page is asked for again
        pass


def _is_small(
    course_id: int, stored: tuple[dict[str, Any], datetime] | None, stamp: list[int]
) -> bool:
    """Say whether a course can be worked out at once; one that was big stays so until made anew."""
    rows, learners = stamp[:2]
    if rows > SMALL_ROWS:
        return False
    if stored and len(stored[0]["learners"]) * len(stored[0]["facts"]) > SMALL_CELLS:
        return False
    return learners * len(course_facts.of_course(course_id).facts) <= SMALL_CELLS


def _read(uid: str, sort: Sort) -> tuple[dict[str, Any], datetime] | None:
    row = db.session.execute(
        sa.select(Snapshot.data, Snapshot.as_of).where(
            Snapshot.kind == sort.kind, Snapshot.subject == uid
        )
    ).first()
    return (row.data, row.as_of) if row else None


def _aging(now: datetime, sort: Sort) -> list[tuple[int, str]]:
    """Return the courses to make anew: looked at just now, or lately and with more to say."""
    figures, asked = (sa.orm.aliased(Snapshot) for _ in range(2))
    rows = db.session.execute(
        sa.select(Course.id, Course.uid, asked.as_of.label("asked"))
        .join(asked, sa.and_(asked.kind == sort.asked, asked.subject == Course.uid))
        .outerjoin(figures, sa.and_(figures.kind == sort.kind, figures.subject == Course.uid))
        .where(
            sa.or_(figures.as_of.is_(None), figures.as_of <= now - sort.aging),
            asked.as_of > now - FOLLOWED,
        )
        .order_by(figures.as_of.is_not(None), figures.as_of, Course.id)
    ).all()
    return [
        (row.id, row.uid)
        for row in rows
        if row.asked > now - LOOKED_AT or not _is_stored_current(row.id, row.uid, sort)
    ]


def _is_stored_current(course_id: int, uid: str, sort: Sort) -> bool:
    """Say whether nobody has answered, joined or left, and nothing was assigned since."""
    stored = _read(uid, sort)
    return stored is not None and stored[0].get("stamp") == _stamp(course_id)


def _stamp(course_id: int) -> list[int]:
    """Return numbers that change with every answer, learner, assignment and its dates."""
    answered = db.session.execute(
        sa.select(sa.func.sum(User.seq), sa.func.count(), sa.func.sum(User.id)).where(
            User.id.in_(class_memory.learner_ids(course_id))
        )
    ).one()
    given = db.session.execute(
        sa.select(Assignment.id, Assignment.due_at, Assignment.closes_at)
        .where(Assignment.course_id == course_id, Assignment.deleted_at.is_(None))
        .order_by(Assignment.id)
    ).all()
    dates = crc32(repr([tuple(row) for row in given]).encode())
    return [int(number or 0) for number in (*answered, len(given), dates)]


def _row(kind: str, subject: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"kind": kind, "subject": subject, "data": data, "as_of": now}


def _write(session: Session, row: dict[str, Any]) -> None:
    dialect = session.get_bind().dialect.name
    session.execute(snapshot_rows.upsert(dialect, unless_newer=True), row)
