"""Which attempts item analysis looks at: the first of each person, the last, the best, or all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Attempt, User
from quizapp.services.quizzes.quiz_settings import Settings

Which = Literal["first", "last", "best", "all"]
WHICH: tuple[Which, ...] = ("first", "last", "best", "all")
MOST_ATTEMPTS = 5_000  # the newest; more would keep a page waiting
AT_ONCE = 500  # ids in one query


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt that was handed in; only those who teach the learner fill the name in."""

    user_id: int
    n: int
    number: int
    is_guest: bool
    settings: Settings
    started_at: datetime
    handed_in_at: datetime
    share: float  # of the most points, as stored; to choose the best by
    name: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """The attempt's own key."""
        return self.user_id, self.n


@dataclass(frozen=True, slots=True)
class Chosen:
    """The attempts chosen, oldest first.

    counts: how many each way of choosing has. finished: all that are handed in, of which only the
    newest MOST_ATTEMPTS are looked at.
    """

    sittings: list[Sitting]
    counts: dict[Which, int]
    finished: int


def choose(
    quiz_ids: Sequence[int],
    which: Which,
    user_ids: Collection[int] | None = None,
    assignment_id: int | None = None,
) -> Chosen:
    """Return the chosen attempts of quizzes; first, last and best are of each person and quiz."""
    query = _sittings(quiz_ids, assignment_id)
    if user_ids is not None and len(user_ids) <= AT_ONCE:
        query = query.where(Attempt.user_id.in_(user_ids))
    found: list[Any] = [
        row
        for row in db.session.execute(query).all()
        if user_ids is None or row.user_id in user_ids
    ]
    ways = {each: _choose(found[:MOST_ATTEMPTS], each) for each in WHICH}
    counts = {each: len(rows) for each, rows in ways.items()}
    return Chosen([_sitting(row) for row in ways[which]], counts, len(found))


def _sittings(quiz_ids: Sequence[int], assignment_id: int | None) -> sa.Select[Any]:
    query = (
        sa.select(
            Attempt.user_id,
            Attempt.n,
            Attempt.quiz_id,
            Attempt.number,
            Attempt.settings,
            Attempt.started_at,
            Attempt.handed_in_at,
            Attempt.points,
            Attempt.max_points,
            User.kind,
        )
        .join(User, User.id == Attempt.user_id)
        .where(
            Attempt.quiz_id.in_(quiz_ids),
            Attempt.state != "open",
            Attempt.handed_in_at.is_not(None),
        )
        .order_by(Attempt.handed_in_at.desc(), Attempt.user_id, Attempt.n)
    )
    return query if assignment_id is None else query.where(Attempt.assignment_id == assignment_id)


def _choose(rows: Sequence[Any], which: Which) -> list[Any]:
    """Return all attempts, or one of each person and quiz, oldest first."""
    ordered = sorted(rows, key=lambda row: (row.handed_in_at, row.user_id, row.n))
    if which == "all":
        return ordered
    kept: dict[tuple[int, int], Any] = {}
    for row in ordered:
        person = (row.user_id, row.quiz_id)
        if person not in kept or _is_better(row, kept[person], which):
            kept[person] = row
    return list(kept.values())


def _is_better(row: Any, kept: Any, which: Which) -> bool:
    if which == "best":
        return _share(row) > _share(kept) + 1e-12
    return row.number < kept.number if which == "first" else row.number > kept.number


def _share(row: Any) -> float:
    return (row.points or 0.0) / row.max_points if row.max_points else 0.0


def _sitting(row: Any) -> Sitting:
    return Sitting(
        row.user_id,
        row.n,
        row.number,
        row.kind == "guest",
        Settings.of(row.settings),
        row.started_at,
        row.handed_in_at,
        _share(row),
    )
