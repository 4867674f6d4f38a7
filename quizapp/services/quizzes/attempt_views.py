"""An attempt as its pages and the other services read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.core.question import Response
from quizapp.extensions import db
from quizapp.models import Attempt as AttemptRow
from quizapp.models import AttemptItem, Quiz
from quizapp.services.content import questions
from quizapp.services.content.questions import Absent, Asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.quizzes.assigned import Origin
from quizapp.services.quizzes.quizzes import Settings
from quizapp.services.quizzes.tries import UNTRIED, Tried, tried

GRACE = timedelta(seconds=5)  # what a slow line may cost after the deadline
IDLE = timedelta(days=7)  # an attempt without a time limit is handed in after so long untouched

WORDS = {
    "closed": "This attempt has ended. Nothing was changed.",
    "exam": "The answers of an exam are saved, and judged when it is handed in.",
    "practice": "The answers of a practice quiz are sent one by one.",
    "no-tries": "There are no tries left for this quiz.",
    "empty": "This quiz has no questions yet.",
    "save-conflict": "Another tab or device has saved another answer meanwhile. Both are kept.",
    "id-reused": "The same id came with another body.",
    "in-exam": "This question is in your open exam. Hand that in first.",
    "not-open": "This assignment is not open yet.",
    "ended": "This assignment is closed.",
    "excused": "You are excused from this assignment.",
    "question-done": "There are no tries left for this question.",
    "wrong-question": "This place of the attempt asks another question.",
}


class Refused(ValueError):
    """The attempt does not allow it; `code` is stable, the text is plain words."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Item:
    """One question of an attempt: an exam's has a draft, a practice's has been answered or not."""

    slot: int
    asked: Asked
    weight: float
    option_seed: int
    flagged: bool
    draft: Response | None
    draft_seq: int
    draft_at: datetime | None
    tries: int  # answers logged so far
    settled: bool  # nothing is left to do: its key may be shown in practice

    @property
    def answered(self) -> bool:
        """Whether something was saved or given."""
        return self.draft is not None or self.tries > 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One learner's one sitting of one quiz."""

    n: int
    uid: str
    number: int
    state: str  # open, handed_in, expired
    settings: Settings
    started_at: datetime
    deadline_at: datetime | None
    handed_in_at: datetime | None
    points: float | None
    max_points: float | None
    quiz_slug: str
    title: str
    items: Sequence[Item] = ()
    origin: Origin | None = None  # the assignment that it was begun for
    comment: str | None = None  # what a person wrote about it

    @property
    def is_open(self) -> bool:
        """Whether it has not been handed in."""
        return self.state == "open"

    @property
    def is_exam(self) -> bool:
        """Whether answers are judged only after handing in."""
        return self.settings.is_exam

    @property
    def percent(self) -> float | None:
        """Points in percent; None where nothing is judged."""
        if self.points is None or not self.max_points:
            return None
        return 100 * self.points / self.max_points

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(item.answered for item in self.items)

    def hides(self, now: datetime) -> bool:
        """Whether points, keys and feedback are held back until they are released."""
        return self.origin is not None and self.origin.hides(now)

    def is_over(self, now: datetime) -> bool:
        """Whether the time is up, the seconds of grace included."""
        return is_over(self.deadline_at, now)

    def item(self, slot: int) -> Item:
        """Return the question at a place; Absent where there is none."""
        for item in self.items:
            if item.slot == slot:
                return item
        raise Absent

    def next_open(self) -> Item | None:
        """Return the first question without an answer, or with a try left."""
        return next((item for item in self.items if not item.settled), None)


def is_over(deadline_at: datetime | None, now: datetime) -> bool:
    """Say whether a deadline has passed, the seconds of grace included."""
    return deadline_at is not None and now > deadline_at + GRACE


_ATTEMPTS = assigned.joined(
    sa.select(
        AttemptRow.n,
        AttemptRow.uid,
        AttemptRow.number,
        AttemptRow.state,
        AttemptRow.settings,
        AttemptRow.started_at,
        AttemptRow.deadline_at,
        AttemptRow.handed_in_at,
        AttemptRow.points,
        AttemptRow.max_points,
        AttemptRow.comment,
        Quiz.slug,
        Quiz.title,
        *assigned.COLUMNS,
    ).join(Quiz, Quiz.id == AttemptRow.quiz_id)
)


def load(person: Person, uid: str) -> Attempt:
    """Return a person's attempt with its questions; Absent where it is not theirs."""
    row = db.session.execute(
        _ATTEMPTS.where(AttemptRow.user_id == person.id, AttemptRow.uid == uid)
    ).first()
    if row is None:
        raise Absent
    return _attempt(row, _items(person, row.n, Settings.of(row.settings)))


def of_quiz(person: Person, quiz_id: int, assignment_id: int | None = None) -> list[Attempt]:
    """Return a person's attempts of a quiz, newest first, without their questions.

    Those of an assignment, or those that were taken freely.
    """
    rows = db.session.execute(
        _ATTEMPTS.where(
            AttemptRow.user_id == person.id,
            AttemptRow.quiz_id == quiz_id,
            AttemptRow.assignment_id == assignment_id,
        ).order_by(AttemptRow.number.desc())
    )
    return [_attempt(row) for row in rows]


def open_attempts(person: Person) -> dict[str, Attempt]:
    """Return a person's open attempts outside assignments, by the quiz's slug."""
    rows = db.session.execute(
        _ATTEMPTS.where(
            AttemptRow.user_id == person.id,
            AttemptRow.state == "open",
            AttemptRow.assignment_id.is_(None),
        )
    )
    return {attempt.quiz_slug: attempt for attempt in map(_attempt, rows)}


def _attempt(row: Any, items: Sequence[Item] = ()) -> Attempt:
    values: dict[str, Any] = dict(row._mapping)
    settings: Mapping[str, Any] = values.pop("settings")
    title, slug = values.pop("title"), values.pop("slug")
    origin = assigned.taken_out(values)
    return Attempt(
        **values,
        settings=Settings.of(settings),
        quiz_slug=slug,
        title=settings.get("title") or title,
        items=tuple(items),
        origin=origin,
    )


def _items(person: Person, n: int, settings: Settings) -> list[Item]:
    rows: Any = db.session.execute(
        sa.select(
            AttemptItem.slot,
            AttemptItem.question_id,
            AttemptItem.question_version,
            AttemptItem.weight,
            AttemptItem.option_seed,
            AttemptItem.flagged,
            AttemptItem.draft,
            AttemptItem.draft_seq,
            AttemptItem.draft_at,
        )
        .where(AttemptItem.user_id == person.id, AttemptItem.n == n)
        .order_by(AttemptItem.slot)
    ).all()
    tries = tried(db.session.connection(), person.id, n, settings)
    return [_item(dict(row._mapping), tries, settings) for row in rows]


def _item(values: dict[str, Any], tries: Mapping[int, Tried], settings: Settings) -> Item:
    asked = questions.asked(values.pop("question_id"), values.pop("question_version"))
    so_far = tries.get(values["slot"], UNTRIED)
    return Item(
        **values,
        asked=_as_set(asked, settings),
        tries=so_far.count,
        settled=so_far.settled or values["draft"] is not None,
    )


def as_of(item: Item, version: int, settings: Settings) -> Item:
    """Return a place of an attempt as a later version of its question asks it."""
    return replace(item, asked=_as_set(questions.asked(item.asked.id, version), settings))


def _as_set(asked: Asked, settings: Settings) -> Asked:
    """Return the question with its options in random order, and its hints, as the quiz says."""
    body = dict(asked.question.body)
    shuffles = any(field.name == "shuffle" for field in asked.kind.FIELDS)
    if settings.shuffle_options is not None and shuffles:
        body["shuffle"] = settings.shuffle_options
    if not settings.hints:
        body["hints"] = []
    if body == asked.question.body:
        return asked
    return replace(asked, question=replace(asked.question, body=body))
