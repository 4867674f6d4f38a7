"""Answers that come late: what was decided later, in ignorance of them, is decided anew.

A phone that was offline hands in what its learner answered hours ago. The answer takes its place in
time, and the card is folded again; but the reviews after it hold what followed from the memory as
it was thought to be: the chance that a right answer was known, the days since the last answer, the
day on which to ask again. So that the order in which answers arrive makes no difference, those
reviews are taken back and written anew, with the settings that they were first decided by.
"""

from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.evidence import p_knew
from quizapp.core.scheduling.fold import CardState, fold, recall_at, schedule
from quizapp.core.scheduling.fsrs import ENGINE, Weights
from quizapp.core.scheduling.fuzz import chance
from quizapp.models import Review
from quizapp.services.people.sessions import Person
from quizapp.services.study import plan_rows, replay
from quizapp.services.study.given import Given
from quizapp.services.study.numbering import take_seq

_VOIDED = sa.select(Review.voids_seq).where(
    Review.user_id == sa.bindparam("user"), Review.voids_seq.is_not(None)
)
_LATER = replay.REVIEWS_WITH_FACT.where(
    Review.user_id == sa.bindparam("user"),
    Review.question_id.in_(replay.OF_FACT),
    Review.at > sa.bindparam("since"),
    Review.kind == "answer",
    Review.seq.not_in(_VOIDED),
).order_by(Review.at, Review.seq)
_TURNED = sa.select(Review.seq).where(  # rows that change a card without an answer
    Review.user_id == sa.bindparam("user"),
    Review.question_id.in_(replay.OF_FACT),
    Review.at > sa.bindparam("since"),
    Review.kind.in_(["reset", "reparam"]),
)


def is_late(
    connection: sa.Connection, person: Person, given: Given, fact_id: int, card: CardState | None
) -> bool:
    """Return whether something newer than the answer stands in the log of its card already."""
    if card is not None and given.answered_at < card.last_at:
        return True
    if given.answered_at >= given.received_at:
        return False
    since = {"user": person.id, "fact": fact_id, "since": given.answered_at}
    return connection.execute(_TURNED.limit(1), since).first() is not None


def voiding(person: Person, review: sa.Row, seq: int, now: datetime) -> dict[str, object]:  # type: ignore[type-arg]
    """Return the columns of the review that takes back another one."""
    return {
        "user_id": person.id,
        "seq": seq,
        "response_seq": review.response_seq,
        "kind": "undo",
        "question_id": review.question_id,
        "part": review.part,
        "fact_id": review.fact_id,
        "at": now,
        "day": learner_day(now, person.tz, person.rollover_minutes),
        "delta_days": 0,
        "engine": ENGINE,
        "params_version": person.params_version,
        "voids_seq": review.seq,
        "details": {},
    }


def settle(
    connection: sa.Connection, person: Person, fact_id: int, since: datetime, now: datetime
) -> None:
    """Decide anew what was decided for the answers given after `since`; the caller folds the card.

    What comes out as it was stays as it is. A review whose guess is not on record keeps its chance
    that it was known; what was brought from elsewhere is left alone.
    """
    later = connection.execute(_LATER, {"user": person.id, "fact": fact_id, "since": since}).all()
    if not later:
        return
    rows = replay.rows_of(connection, person.id, fact_id)
    weights = replay.all_weights(connection, person.id)
    for review in (row for row in later if row.fact_now == fact_id):
        earlier = replay.before(rows, (review.at, review.seq))
        met = fold(earlier, weights, person.tz, person.rollover_minutes)
        values = _anew(person, review, met, weights[review.params_version])
        if not values:
            continue
        first = take_seq(connection, person.id, 2)
        for row in (
            voiding(person, review, first, now),
            {**review._mapping, **values, "engine": ENGINE, "seq": first + 1},
        ):
            row.pop("fact_now", None)
            connection.execute(sa.insert(Review).values(**row))
            rows.append(replay.row_of(row))


def _anew(person: Person, review: Any, met: CardState | None, weights: Weights) -> dict[str, Any]:
    """Return the columns of a review that come out differently after this card."""
    details = dict(review.details)
    recall = recall_at(met, review.at, weights)
    details.pop("recall", None)
    if recall is not None:
        details["recall"] = round(recall, 6)
    knew = review.p_knew
    if knew is not None and "guess" in details:
        knew = p_knew(details["guess"], recall, details.get("certainty"))
    when = partial(
        schedule,
        met,
        review.rating,
        knew,
        review.at,
        max(review.day, met.last_day) if met else review.day,
        details.get("tz", person.tz),
        details.get("rollover", person.rollover_minutes),
        steps=details.get("source", "study") == "study",
        chance=chance(person.id, review.fact_id, met.reps if met else 0),
        retention=details.get("retention", person.desired_retention),
        weights=weights,
    )
    share = plan_rows.shares_of(details.get("uneven"))
    due_day, due_at, _ = when(share=share)
    unmoved = due_day if share is None else when().due_day
    details.pop("moved_from", None)
    if due_day != unmoved:
        details["moved_from"] = unmoved
    values = {
        "p_knew": knew,
        "delta_days": max(review.day - met.last_day, 0) if met else 0,
        "due_day": due_day,
        "due_at": due_at,
        "details": details,
    }
    return {} if all(review._mapping[name] == value for name, value in values.items()) else values
