"""What a learner's log tells of one fact: each answer with its memory, and why it is due then.

Told from the log by folding it anew, each answer with the weights of its own row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fold import CardState, ReviewRow, history
from quizapp.core.scheduling.fsrs import MAXIMUM_DAYS, Weights
from quizapp.core.scheduling.fuzz import chance, fuzzed
from quizapp.core.scheduling.level import Level
from quizapp.extensions import db
from quizapp.models import CardMark, Fact, LoggedResponse, Question, Review, Shelf
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.study import levels, plan_days, plans, replay
from quizapp.services.study.figure_rows import CHUNK
from quizapp.services.study.plans import Exam


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of the log: what it met and what it left; `form` is the name of a question type.

    recall: foretold before it, None of a first answer. due_before: the day on which it was due.
    """

    seq: int
    response_seq: int | None
    kind: str  # answer, import
    form: str
    source: str
    at: datetime
    day: int
    rating: int
    p_knew: float | None
    recall: float | None
    stability: float
    weights: Weights
    due_day: int
    due_before: int | None


@dataclass(frozen=True, slots=True)
class Wait:
    """How the due day of the last answer came about, in days after it.

    model_days: until recall falls to `retention`, what was wanted then; 0 of a learning step.
    even_days: as the fuzz would have set it, were all days alike; set_days: as it was set.
    by: what else set it: "easy" days and days off, new "weights" ("kept" where these left the day
    as it was), or "other".
    """

    retention: float
    model_days: int
    even_days: int
    set_days: int
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All that is told of a fact; answers oldest first, those not released yet left out.

    level: by how much the learner is better than the model. listed: a plan has chosen the fact for
    today; passed_over: it is due, and a plan has chosen others. off_until: the last day of a pause
    from studying. paused_until: the day on which its bank is studied again; buried_until likewise
    the fact.
    """

    answers: tuple[Told, ...]
    card: CardState | None
    wait: Wait | None
    today: int
    level: Level = field(default_factory=Level)
    withheld: bool = False
    suspended: bool = False
    buried_until: int | None = None
    paused_until: int | None = None
    exam: Exam | None = None
    listed: bool = False
    passed_over: bool = False
    off_until: int | None = None


def of_fact(person: Person, fact_id: int, now: datetime) -> Story:
    """Return the story of a fact that the learner has met or marked."""
    connection = db.session.connection()
    rows = replay.rows_of(connection, person.id, fact_id)
    more = _more(person, [row.seq for row in rows])
    held = assigned.hidden(person.id, now)
    kept = [row for row in rows if more[row.seq].attempt_n not in held]
    answers, wait = _told(person, kept, more, replay.all_weights(connection, person.id))
    card = replay.card_of(connection, person.id, fact_id)
    today = learner_day(now, person.tz, person.rollover_minutes)
    withheld = len(kept) < len(rows)
    return Story(
        answers=tuple(answers),
        card=card,
        wait=None if withheld else wait,
        today=today,
        level=levels.of_learner(connection, person.id),
        withheld=withheld,
        **_wishes(person, fact_id, today),
        **_planned(person, fact_id, card, today, now),
    )


def is_withheld(person: Person, fact_id: int, now: datetime) -> bool:
    """Say whether an answer on the fact counts for memory, and its result is not released yet."""
    if not (held := assigned.hidden(person.id, now)):
        return False
    rows = replay.rows_of(db.session.connection(), person.id, fact_id)
    more = _more(person, [row.seq for row in rows])
    return any(more[row.seq].attempt_n in held for row in rows)


def _more(person: Person, seqs: list[int]) -> Mapping[int, Any]:
    """Return what the rows of a fold leave out: the question's type, the attempt, the details."""
    select = (
        sa.select(
            Review.seq,
            Review.response_seq,
            Review.fact_id,
            Review.details,
            Question.type,
            LoggedResponse.attempt_n,
        )
        .join(Question, Question.id == Review.question_id)
        .outerjoin(
            LoggedResponse,
            sa.and_(
                LoggedResponse.user_id == Review.user_id, LoggedResponse.seq == Review.response_seq
            ),
        )
    )
    found: dict[int, Any] = {}
    for n in range(0, len(seqs), CHUNK):
        some = select.where(Review.user_id == person.id, Review.seq.in_(seqs[n : n + CHUNK]))
        found.update({row.seq: row for row in db.session.execute(some)})
    return found


def _told(
    person: Person,
    rows: list[ReviewRow],
    more: Mapping[int, Any],
    weights: Mapping[int, Weights],
) -> tuple[list[Told], Wait | None]:
    """Return the answers that stand, and how the day on which the fact is due came about."""
    counted = list(history(rows, weights))
    past = max((n for n, (_, row, _) in enumerate(counted) if row.kind == "reparam"), default=-1)
    told: list[Told] = []
    wait: Wait | None = None
    for n, (before, row, after) in enumerate(counted):
        version = counted[past][1].params_version if n <= past else row.params_version
        if row.kind == "reset":
            told, wait = [], None
        elif row.kind == "reparam":
            if wait and after:
                by = "kept" if row.due_day is None else "weights"
                days = after.due_day - after.last_day
                wait = Wait(wait.retention, 0, days, days, by)
        elif after is not None:
            told.append(_answer(before, row, after, more[row.seq], weights[version]))
            wait = _wait(person, before, row, after, more[row.seq], weights[row.params_version])
    return told, wait


def _answer(
    before: CardState | None, row: ReviewRow, after: CardState, more: Any, weights: Weights
) -> Told:
    recall = more.details.get("recall")
    if recall is None and before is not None:  # an older row
        elapsed = max((row.at - before.last_at).total_seconds() / 86400, 0.0)
        recall = fsrs.retrievability(before.stability, elapsed, weights)
    return Told(
        row.seq,
        more.response_seq,
        row.kind,
        more.type,
        row.source,
        row.at,
        row.day,
        row.rating or fsrs.AGAIN,
        row.p_knew,
        recall,
        after.stability,
        weights,
        after.due_day,
        before.due_day if before else None,
    )


def _wait(
    person: Person,
    before: CardState | None,
    row: ReviewRow,
    after: CardState,
    more: Any,
    weights: Weights,
) -> Wait:
    """Return how the row's due day follows from its memory; compared with what stands in it."""
    retention = float(more.details.get("retention", person.desired_retention))
    set_days = after.due_day - after.last_day
    if after.state != fsrs.REVIEW:
        return Wait(retention, 0, set_days, set_days)
    days = round(fsrs.interval_for(after.stability, retention, weights))
    days = min(max(days, 1), MAXIMUM_DAYS)
    if (even_day := more.details.get("moved_from")) is not None:
        return Wait(retention, days, even_day - after.last_day, set_days, "easy")
    luck = chance(person.id, more.fact_id, before.reps if before else 0)
    by = None if set_days == fuzzed(days, luck) else "other"
    return Wait(retention, days, set_days, set_days, by)


def _wishes(person: Person, fact_id: int, today: int) -> dict[str, Any]:
    row = db.session.execute(
        sa.select(CardMark.suspended_at, CardMark.buried_until_day, Shelf.paused_until)
        .select_from(Fact)
        .outerjoin(CardMark, sa.and_(CardMark.fact_id == Fact.id, CardMark.user_id == person.id))
        .outerjoin(Shelf, sa.and_(Shelf.bank_id == Fact.bank_id, Shelf.user_id == person.id))
        .where(Fact.id == fact_id)
    ).one()
    suspended_at, buried, paused = row
    return {
        "suspended": suspended_at is not None,
        "buried_until": buried if buried and buried > today else None,
        "paused_until": paused if paused and paused > today else None,
    }


def _planned(
    person: Person, fact_id: int, card: CardState | None, today: int, now: datetime
) -> dict[str, Any]:
    """Return what the learner's plans say of the fact."""
    exams = [exam for exam in plans.exams_of(person, now) if fact_id in exam.fact_ids]
    listed = plan_days.of_today(person, now)
    chosen = listed is not None and (
        (fact_id in listed.reviews and card is not None and card.last_day < today)
        or (fact_id in listed.new and card is None)
    )
    bank = db.session.scalar(sa.select(Fact.bank_id).where(Fact.id == fact_id))
    waits = card is not None and card.due_day <= today and card.last_day < today
    return {
        "exam": exams[0] if exams else None,
        "listed": chosen,
        "passed_over": listed is not None and bank in listed.banks and waits and not chosen,
        "off_until": listed.off_until if listed else None,
    }
