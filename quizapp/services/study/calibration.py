"""What was foretold of a learner's answers just before each, held against what came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import AGAIN
from quizapp.core.scheduling.gate import right_chance
from quizapp.core.statistics import calibration
from quizapp.core.statistics.calibration import Calibration
from quizapp.extensions import db
from quizapp.models import Fact, LoggedResponse, Parameters, Review
from quizapp.services.people.sessions import Person
from quizapp.services.study import fit_log, replay
from quizapp.services.study.figure_rows import CHUNK, PAGE, Page, cut, whole

NEWEST: Final = 2000  # answers of which the figures speak


@dataclass(frozen=True, slots=True)
class ToldRow:
    """An answer on a fact that had a night to fade; `told` is None where nothing was noted."""

    seq: int  # of the review
    response_seq: int | None
    at: datetime
    fact: str  # uid
    statement: str
    told: float | None  # the chance to be right, guessing included
    right: bool


def of_person(person: Person, held: Collection[int] = ()) -> Calibration:
    """Return how well the newest answers were foretold, by the model as it was at the time.

    `held`: the attempts (n) of which nothing is told yet.
    """
    told = [(row.told, row.right) for row in _newest(person, held)]
    return calibration.calibration([chance for chance, _ in told], [right for _, right in told])


def rows(
    person: Person,
    number: int | None,
    after: str | None = None,
    most: int = PAGE,
    held: Collection[int] = (),
) -> Page[ToldRow]:
    """Return the answers of one bin of these, or all of them, the newest first."""
    before = whole(after) if after else None
    chosen = [
        row
        for row in _newest(person, held)
        if (number is None or calibration.bin_of(row.told) == number)
        and (before is None or row.seq < before)
    ]
    return cut(_with_facts(person, chosen[: most + 1]), most, lambda row: str(row.seq))


def rows_of_version(
    person: Person,
    number: int,
    after: str | None = None,
    most: int = PAGE,
    held: Collection[int] = (),
) -> Page[ToldRow]:
    """Return the answers on which a version rests, the newest first; LookupError without one."""
    version = db.session.get(Parameters, (person.id, number))
    if version is None:
        raise LookupError(number)
    select = _answers(person, held).where(Review.at <= version.at)
    if after:
        select = select.where(Review.seq < whole(after))
    found = [_answer(row) for row in db.session.execute(select.limit(most + 1))]
    return cut(_with_facts(person, found), most, lambda row: str(row.seq))


@dataclass(frozen=True, slots=True)
class _Answer:
    seq: int
    response_seq: int | None
    at: datetime
    told: float
    is_told: bool
    right: bool


def _newest(person: Person, held: Collection[int]) -> list[_Answer]:
    """Return the newest answers of which something was foretold; those of before are left out."""
    select = _answers(person, held).where(Review.kind == "answer").limit(NEWEST)
    return [one for row in db.session.execute(select) if (one := _answer(row)).is_told]


def _answers(person: Person, held: Collection[int]) -> sa.Select[Any]:
    select = (
        sa.select(Review.seq, Review.response_seq, Review.at, Review.rating, Review.details)
        .where(fit_log.scored(person.id))
        .order_by(Review.seq.desc())
    )
    if held:
        untold = sa.select(LoggedResponse.seq).where(
            LoggedResponse.user_id == person.id, LoggedResponse.attempt_n.in_(held)
        )
        of_no_response = Review.response_seq.is_(None)
        select = select.where(sa.or_(of_no_response, Review.response_seq.not_in(untold)))
    return select


def _answer(row: sa.Row[Any]) -> _Answer:
    recall = row.details.get("recall")
    told = 0.0 if recall is None else right_chance(recall, row.details.get("guess") or 0.0)
    return _Answer(row.seq, row.response_seq, row.at, told, recall is not None, row.rating > AGAIN)


def _with_facts(person: Person, answers: Sequence[_Answer]) -> list[ToldRow]:
    facts: dict[int, tuple[str, str]] = {}
    reviews = replay.REVIEWS_WITH_FACT.subquery()
    for n in range(0, len(answers), CHUNK):
        some = [one.seq for one in answers[n : n + CHUNK]]
        for seq, uid, statement in db.session.execute(
            sa.select(reviews.c.seq, Fact.uid, Fact.statement)
            .join(Fact, Fact.id == reviews.c.fact_now)
            .where(reviews.c.user_id == person.id, reviews.c.seq.in_(some))
        ):
            facts[seq] = (uid, statement)
    return [
        ToldRow(
            one.seq, one.response_seq, one.at, *facts[one.seq],
            one.told if one.is_told else None, one.right,
        )
        for one in answers
        if one.seq in facts
    ]  # fmt: skip
