"""Cards and day sums as folds of the log of reviews: rebuilt, compared, mended."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fold import CardState, ReviewRow, finished, fold, history, rezoned
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.core.statistics.recall import review_class
from quizapp.models import (
    Card,
    LoggedResponse,
    Parameters,
    Question,
    QuestionPart,
    Regrade,
    Review,
    UserDay,
)
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import judged

CARD_FIELDS = tuple(CardState.__slots__)
SUMS = (
    "answers",
    "right",
    "ms",
    "new_facts",
    "learning_pass",
    "learning_fail",
    "young_pass",
    "young_fail",
    "mature_pass",
    "mature_fail",
)
Days = dict[int, dict[str, int]]
LAST_SEQ = 2**62
_SOURCE = re.compile(r'"source": *"(\w+)"')
_CHUNK = 2000

_CARD = sa.select(*(getattr(Card, name) for name in CARD_FIELDS)).where(
    Card.user_id == sa.bindparam("user"), Card.fact_id == sa.bindparam("fact")
)
_WEIGHTS = sa.select(Parameters.weights).where(
    Parameters.user_id == sa.bindparam("user"), Parameters.version == sa.bindparam("version")
)
_TIME = sa.DateTime(timezone=True)  # without our own type: a replay reads a million
_FACT_NOW = sa.case(
    (Review.part.is_(None), Question.fact_id),
    else_=sa.func.coalesce(QuestionPart.fact_id, Review.fact_id),
)
_ROWS = (
    sa.select(
        _FACT_NOW,
        Review.seq,
        Review.kind,
        sa.type_coerce(Review.at, _TIME),
        Review.day,
        Review.rating,
        Review.p_knew,
        Review.due_day,
        sa.type_coerce(Review.due_at, _TIME),
        sa.cast(Review.details, sa.Text),
        Review.engine,
        Review.params_version,
        Review.voids_seq,
        Review.question_id,
    )
    .join(Question, Question.id == Review.question_id)
    .outerjoin(
        QuestionPart,
        sa.and_(QuestionPart.question_id == Review.question_id, QuestionPart.part == Review.part),
    )
)
REVIEWS_WITH_FACT = (  # each review with `fact_now`, the fact that its question belongs to now
    sa.select(*Review.__table__.c, _FACT_NOW.label("fact_now"))
    .join(Question, Question.id == Review.question_id)
    .outerjoin(
        QuestionPart,
        sa.and_(QuestionPart.question_id == Review.question_id, QuestionPart.part == Review.part),
    )
)
OF_FACT = sa.union(  # the questions that belong to a fact now
    sa.select(Question.id).where(Question.fact_id == sa.bindparam("fact")),
    sa.select(QuestionPart.question_id).where(QuestionPart.fact_id == sa.bindparam("fact")),
)


@lru_cache(maxsize=4)
def _upserts(dialect: str) -> tuple[Any, Any]:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    card, day = insert(Card), insert(UserDay)
    return (
        card.on_conflict_do_update(
            index_elements=["user_id", "fact_id"],
            set_={name: card.excluded[name] for name in CARD_FIELDS},
        ),
        day.on_conflict_do_update(
            index_elements=["user_id", "day"],
            set_={name: getattr(UserDay, name) + day.excluded[name] for name in SUMS},
        ),
    )


def card_of(connection: sa.Connection, user_id: int, fact_id: int) -> CardState | None:
    """Return a learner's memory of a fact as stored, None where the two never met."""
    row = connection.execute(_CARD, {"user": user_id, "fact": fact_id}).first()
    return CardState(*row) if row else None


def store(connection: sa.Connection, user_id: int, fact_id: int, card: CardState | None) -> None:
    """Write a card, or delete it where nothing is left of it."""
    if card is None:
        connection.execute(sa.delete(Card).where(Card.user_id == user_id, Card.fact_id == fact_id))
        return
    values = {name: getattr(card, name) for name in CARD_FIELDS}
    upsert, _ = _upserts(connection.dialect.name)
    connection.execute(upsert, {"user_id": user_id, "fact_id": fact_id, **values})


def weights_of(connection: sa.Connection, user_id: int, version: int) -> Weights:
    """Return the weights of a version of a learner's parameters; 0 are the engine's own."""
    if version == 0:
        return DEFAULT_WEIGHTS
    found = connection.execute(_WEIGHTS, {"user": user_id, "version": version}).scalar_one()
    return tuple(found)


def rows_of(connection: sa.Connection, user_id: int, fact_id: int) -> list[ReviewRow]:
    """Return all reviews of the questions that belong to a fact now."""
    select = _ROWS.where(
        Review.user_id == user_id, Review.question_id.in_(OF_FACT), _FACT_NOW.in_([fact_id])
    )
    return [row for _, row in _read(connection.execute(select, {"fact": fact_id}))]


def card_at(
    connection: sa.Connection, person: Person, rows: Iterable[ReviewRow], at: datetime
) -> CardState | None:
    """Return what the card was just before `at`."""
    kept = before(rows, (at, LAST_SEQ))
    weights = all_weights(connection, person.id)
    return fold(kept, weights, person.tz, person.rollover_minutes)


def before(rows: Iterable[ReviewRow], place: tuple[datetime, int]) -> list[ReviewRow]:
    """Return the rows before a place (at, seq) in the log, and what voids them."""
    rows = list(rows)
    earlier = {row.seq for row in rows if (row.at, row.seq) < place}
    return [row for row in rows if row.seq in earlier or row.voids_seq in earlier]


def refold(
    connection: sa.Connection, person: Person, fact_id: int, past: list[ReviewRow]
) -> CardState | None:
    """Fold a card anew after rows were added out of turn; mends the sums of the days touched.

    `past` are the card's rows as they were before. Returns the card as stored.
    """
    rows = rows_of(connection, person.id, fact_id)
    weights = all_weights(connection, person.id)
    card = fold(rows, weights, person.tz, person.rollover_minutes)
    store(connection, person.id, fact_id, card)
    change: Days = {}
    _add(change, rows, weights, 1)
    _add(change, past, weights, -1)
    add_to_days(connection, person.id, change)
    return card


def add_to_days(connection: sa.Connection, user_id: int, change: Days) -> None:
    """Add sums (which may be negative) to a learner's days."""
    _, upsert = _upserts(connection.dialect.name)
    rows = [
        {"user_id": user_id, "day": day, **sums}
        for day, sums in change.items()
        if any(sums.values())
    ]
    if rows:
        connection.execute(upsert, rows)


def age_met(before: CardState | None, day: int) -> str:
    """Return which memory an answer of a learner day met: learning, young or mature.

    True retention is about facts that had a night to fade: on the day of the last answer all is
    learning, whatever interval a quiz had given.
    """
    if before is None or day <= before.last_day:
        return "learning"
    return review_class(before.state, before.interval_days)


def count(
    sums: dict[str, int], before: CardState | None, rating: int, day: int, sign: int = 1
) -> None:
    """Add one review to its day's sums, or take it away with sign -1."""
    age = age_met(before, day)
    sums[f"{age}_{'pass' if rating > fsrs.AGAIN else 'fail'}"] += sign
    sums["new_facts"] += sign * (before is None)


def all_weights(connection: sa.Connection, user_id: int) -> dict[int, Weights]:
    """Return a learner's weights by version."""
    rows = connection.execute(
        sa.select(Parameters.version, Parameters.weights).where(Parameters.user_id == user_id)
    )
    return {0: DEFAULT_WEIGHTS, **{version: tuple(weights) for version, weights in rows}}


def rebuild_cards(connection: sa.Connection, user_id: int) -> None:
    """Make all of a learner's cards and day sums anew, inside the caller's transaction."""
    person = sessions.person(user_id)
    if person is None:
        return
    cards, days = folded(connection, person)
    connection.execute(sa.delete(Card).where(Card.user_id == user_id))
    connection.execute(sa.delete(UserDay).where(UserDay.user_id == user_id))
    for fact_id, card in cards.items():
        store(connection, user_id, fact_id, card)
    add_to_days(connection, user_id, days)


def folded(connection: sa.Connection, person: Person) -> tuple[dict[int, CardState], Days]:
    """Return all cards and day sums that a learner's log makes; holds one fact's log at a time."""
    weights = all_weights(connection, person.id)
    cards: dict[int, CardState] = {}
    days: Days = {}
    select = _ROWS.where(Review.user_id == person.id).order_by(_FACT_NOW)
    result = connection.execute(select, execution_options={"yield_per": _CHUNK})
    for fact_id, pairs in groupby(_read(result), itemgetter(0)):
        rows = [row for _, row in pairs]
        card = _add(days, rows, weights, 1)
        if card is not None:
            cards[fact_id] = finished(card, rows, person.tz, person.rollover_minutes)
    _add_answers(connection, person.id, days)
    return cards, days


def _add(
    days: Days, rows: list[ReviewRow], weights: dict[int, Weights], sign: int
) -> CardState | None:
    """Add the reviews of a card to the sums of their days; returns the card that they make."""
    card = None
    for met, row, after in history(rows, weights):
        card = after
        if row.kind == "answer" and row.rating is not None:
            sums = days.get(row.day)
            if sums is None:
                sums = days[row.day] = dict.fromkeys(SUMS, 0)
            count(sums, met, row.rating, row.day, sign)
    return card


def _add_answers(connection: sa.Connection, user_id: int, days: Days) -> None:
    """Add answers, right ones and time: each response once, on the day of its standing reviews.

    Right is what is judged right now.
    """
    undone = sa.select(Review.voids_seq).where(
        Review.user_id == user_id, Review.voids_seq.is_not(None)
    )
    day_of = (
        sa.select(Review.response_seq, sa.func.min(Review.day).label("day"))
        .where(Review.user_id == user_id, Review.kind == "answer", Review.seq.not_in(undone))
        .group_by(Review.response_seq)
        .subquery()
    )
    is_right = sa.case((judged.SCORE >= 1, 1), else_=0)
    select = (
        sa.select(
            day_of.c.day,
            sa.func.count(),
            sa.func.sum(is_right),
            sa.func.sum(sa.func.coalesce(LoggedResponse.took_ms, 0)),
        )
        .join(LoggedResponse, LoggedResponse.seq == day_of.c.response_seq)
        .outerjoin(Regrade, judged.LATEST)
        .where(LoggedResponse.user_id == user_id)
        .group_by(day_of.c.day)
    )
    for day, *counted in connection.execute(select):
        sums = days.setdefault(day, dict.fromkeys(SUMS, 0))
        for name, value in zip(("answers", "right", "ms"), counted, strict=True):
            sums[name] += int(value)


def answer_sums(score: float | None, took_ms: int | None) -> dict[str, int]:
    """Return what one answer adds to its day, apart from its reviews."""
    return {"answers": 1, "right": int(score is not None and score >= 1), "ms": took_ms or 0}


def _read(result: Iterable[Any]) -> Iterator[tuple[int, ReviewRow]]:
    for fact_id, seq, kind, at, day, rating, knew, due_day, due_at, details, *rest in result:
        # Of the details only the source is needed, and to parse them all would double the time.
        found = _SOURCE.search(details)
        source = found[1] if found else "study"
        when, due = _utc(at), due_at and _utc(due_at)
        yield fact_id, ReviewRow(seq, kind, when, day, rating, knew, due_day, due, source, *rest)


def _utc(time: datetime) -> datetime:
    """Return what UTCDateTime would: SQLite gives times in UTC that do not say so."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def row_of(columns: Mapping[str, Any]) -> ReviewRow:
    """Return a review that is about to be written as the fold will read it."""
    names = ("rating", "p_knew", "due_day", "due_at", "voids_seq", "question_id")
    return ReviewRow(
        seq=columns["seq"],
        kind=columns["kind"],
        at=columns["at"],
        day=columns["day"],
        source=columns["details"].get("source", "study"),
        engine=columns["engine"],
        params_version=columns["params_version"],
        **{name: columns.get(name) for name in names},
    )


def rezone(connection: sa.Connection, person: Person) -> None:
    """Move `due_at` of all cards to the zone and rollover of now; the logs stay as they are."""
    rows = connection.execute(
        sa.select(Card.fact_id, *(getattr(Card, name) for name in CARD_FIELDS)).where(
            Card.user_id == person.id, Card.state == fsrs.REVIEW
        )
    ).all()
    changes = []
    for fact_id, *values in rows:
        card = rezoned(CardState(*values), person.tz, person.rollover_minutes)
        changes.append({"user": person.id, "fact": fact_id, "at": card.due_at})
    if changes:
        connection.execute(
            sa.update(Card)
            .where(Card.user_id == sa.bindparam("user"), Card.fact_id == sa.bindparam("fact"))
            .values(due_at=sa.bindparam("at")),
            changes,
        )
