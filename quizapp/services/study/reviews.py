"""Log 2: what an answer says of the memory of each fact that it tests."""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.core.scheduling.evidence import NO_MARKS, Evidence, counts, evidence
from quizapp.core.scheduling.fold import CardState, ReviewRow, recall_at, schedule, step
from quizapp.core.scheduling.fsrs import Memory, Weights
from quizapp.core.scheduling.fuzz import chance
from quizapp.models import Review, Shelf
from quizapp.services.people.sessions import Person
from quizapp.services.study import plan_rows, replay, settling
from quizapp.services.study.given import Facts, Given

_INSERT = sa.insert(Review)


@lru_cache(maxsize=4)
def _shelf(dialect: str) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(Shelf).on_conflict_do_nothing(index_elements=["user_id", "bank_id"])


@dataclass(frozen=True, slots=True)
class Tested:
    """A fact that an answer says something of: the whole question, or one part of it."""

    part: str | None
    fact_id: int
    score: float


def tested_by(given: Given, facts: Facts) -> list[Tested]:
    """Return what is scheduled: nothing of what does not count or still awaits a person.

    Parts that name the question's own fact count with the question; several parts of one fact
    make one review, of their mean.
    """
    score = given.grade.score
    if score is None or not counts(given.source, given.try_no):
        return []
    tested = [] if facts.fact_id is None else [Tested(None, facts.fact_id, score)]
    by_fact: dict[int, list[str]] = {}
    for part, fact_id in sorted(facts.parts.items()):
        if fact_id != facts.fact_id and part in given.grade.parts:
            by_fact.setdefault(fact_id, []).append(part)
    for fact_id, parts in by_fact.items():
        mean = sum(given.grade.parts[part] for part in parts) / len(parts)
        tested.append(Tested(parts[0], fact_id, mean))
    return tested


def write(
    connection: sa.Connection,
    person: Person,
    given: Given,
    facts: Facts,
    day: int,
    seqs: tuple[int, int],
    tested: Tested,
    sums: dict[str, int],
) -> CardState | None:
    """Write one review and its card; adds to the day's sums."""
    fact_id = tested.fact_id
    before = replay.card_of(connection, person.id, fact_id)
    past = None
    if settling.is_late(connection, person, given, fact_id, before):
        # What the card was at the time of the answer, not what later answers made of it.
        past = replay.rows_of(connection, person.id, fact_id)
        before = replay.card_at(connection, person, past, given.answered_at)
    weights = replay.weights_of(connection, person.id, person.params_version)
    found = _heard(person, given, day, seqs, tested, before, weights)
    if found is None:
        return before
    row, memory, values = found
    connection.execute(_INSERT, values)
    if past is not None:
        settling.settle(connection, person, fact_id, given.answered_at, given.received_at)
        return replay.refold(connection, person, fact_id, past)
    if before is None:
        connection.execute(
            _shelf(connection.dialect.name),
            {"user_id": person.id, "bank_id": facts.bank_id, "added_at": given.received_at},
        )
    replay.count(sums, before, values["rating"], day)
    after = step(before, row, weights, memory)
    replay.store(connection, person.id, fact_id, after)
    return after


def append(
    connection: sa.Connection,
    person: Person,
    given: Given,
    day: int,
    seqs: tuple[int, int],
    tested: Tested,
    before: CardState | None,
) -> None:
    """Write one review after the card that it met; the caller folds the card anew."""
    weights = replay.weights_of(connection, person.id, person.params_version)
    found = _heard(person, given, day, seqs, tested, before, weights)
    if found is not None:
        connection.execute(_INSERT, found[2])


def _heard(
    person: Person,
    given: Given,
    day: int,
    seqs: tuple[int, int],
    tested: Tested,
    before: CardState | None,
    weights: Weights,
) -> tuple[ReviewRow, Memory, dict[str, Any]] | None:
    """Return the review of an answer, the memory it leaves and its columns; None says nothing."""
    recall = recall_at(before, given.answered_at, weights)
    says = _evidence(given, recall, tested.score)
    if says is None:
        return None
    row, memory, unmoved = _row(
        person, given, day, (seqs[1], tested.fact_id), before, says, weights
    )
    values = _review_row(person, given, row, before, seqs[0], tested, recall)
    if row.due_day != unmoved:  # by days off or easy days: so that it can be told why it is due
        values["details"]["moved_from"] = unmoved
    return row, memory, values


def _review_row(
    person: Person,
    given: Given,
    row: ReviewRow,
    before: CardState | None,
    response_seq: int,
    tested: Tested,
    recall: float | None,
) -> dict[str, Any]:
    details = {"source": row.source, **_policy(person)}
    if recall is not None:
        # What was foretold, so that it can be held against what came.
        details["recall"] = round(recall, 6)
    if given.asked.guess:
        details["guess"] = given.asked.guess
    for name in ("certainty", "said_right"):
        if given.marks and name in given.marks:
            details[name] = given.marks[name]
    return {
        "user_id": person.id,
        "seq": row.seq,
        "response_seq": response_seq,
        "kind": row.kind,
        "question_id": given.asked.id,
        "part": tested.part,
        "fact_id": tested.fact_id,
        "rating": row.rating,
        "p_knew": row.p_knew,
        "at": row.at,
        "day": row.day,
        "delta_days": max(row.day - before.last_day, 0) if before else 0,
        "took_ms": given.took_ms,
        "engine": row.engine,
        "params_version": row.params_version,
        "due_day": row.due_day,
        "due_at": row.due_at,
        "voids_seq": None,
        "details": details,
    }


def _policy(person: Person) -> dict[str, Any]:
    """Return what a due day is chosen by: kept, so that it can be chosen again as it was."""
    policy: dict[str, Any] = {
        "tz": person.tz,
        "rollover": person.rollover_minutes,
        "retention": person.desired_retention,
    }
    uneven = plan_rows.uneven_days(person)
    return policy if uneven is None else {**policy, "uneven": uneven}


def _evidence(given: Given, recall: float | None, score: float) -> Evidence | None:
    return evidence(
        given.asked.kind.GRADED_BY,
        score,
        given.asked.guess,
        recall,
        rating=given.response.get("rating"),
        marks=given.marks or NO_MARKS,
    )


def _row(
    person: Person,
    given: Given,
    day: int,
    what: tuple[int, int],
    before: CardState | None,
    says: Evidence,
    weights: Weights,
) -> tuple[ReviewRow, Memory, int]:
    """Return the row, the memory, and the due day as it were if all days were alike."""
    when = partial(
        schedule,
        before,
        says.rating,
        says.p_knew,
        given.answered_at,
        max(day, before.last_day) if before else day,
        person.tz,
        person.rollover_minutes,
        steps=given.source == "study",
        chance=chance(person.id, what[1], before.reps if before else 0),
        retention=person.desired_retention,
        weights=weights,
    )
    share = plan_rows.shares(person)
    due_day, due_at, memory = when(share=share)
    row = ReviewRow(
        seq=what[0],
        kind="answer",
        at=given.answered_at,
        day=day,
        rating=says.rating,
        p_knew=says.p_knew,
        due_day=due_day,
        due_at=due_at,
        source=given.source,
        params_version=person.params_version,
        question_id=given.asked.id,
    )
    return row, memory, due_day if share is None else when().due_day
