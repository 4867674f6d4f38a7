"""The figures of a learner's own page, from cards, day sums and attempts; never from the logs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from math import ceil, fsum, sqrt
from statistics import median
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.statistics.recall import (
    Due,
    Retention,
    due_per_day,
    true_retention,
    weekly_retention,
)
from quizapp.extensions import db
from quizapp.models import Fact, LoggedResponse, UserDay
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories, waiting
from quizapp.services.study.memories import FactMemory

AHEAD_DAYS = 14
HABIT_DAYS = 25
WEEKS = 8
WINDOWS = (1, 7, 30, 365, None)  # days up to and with today; None is all time
WEAKEST = 3
RECENT_ANSWERS = 50
UNKNOWN_MS = 20_000  # of an answer, while there is no other
_NORMAL_95 = 1.96

_DAYS = (
    sa.select(
        UserDay.day,
        UserDay.answers,
        *(
            getattr(UserDay, f"{age}_{end}")
            for age in ("learning", "young", "mature")
            for end in ("pass", "fail")
        ),
    )
    .where(UserDay.user_id == sa.bindparam("user"))
    .order_by(UserDay.day)
)
_STUDIED = sa.select(UserDay.day).where(
    UserDay.user_id == sa.bindparam("user"),
    UserDay.day > sa.bindparam("after"),
    UserDay.answers > 0,
)
_PACE = (  # the newest by the primary key: a few rows, however long the log is
    sa.select(LoggedResponse.took_ms)
    .where(LoggedResponse.user_id == sa.bindparam("user"))
    .order_by(LoggedResponse.seq.desc())
    .limit(RECENT_ANSWERS)
)


@dataclass(frozen=True, slots=True)
class Summary:
    """The one thing to do now, and the habit behind it, without a streak to lose."""

    due: int
    new: int
    minutes: int  # for all of it, 0 when nothing waits
    studied: int  # days with an answer
    of_days: int  # of the last so many days, today included

    @property
    def waiting(self) -> int:
        """Everything that would be asked now."""
        return self.due + self.new


@dataclass(frozen=True, slots=True)
class Window:
    """True retention over the last `days`, today included; None is all time."""

    days: int | None
    retention: Retention


@dataclass(frozen=True, slots=True)
class Known:
    """How many facts would be recalled now: the sum of recall, and where it likely lies."""

    expected: float
    low: int
    high: int
    met: int
    facts: int  # on the shelf; those never met count as not known


@dataclass(frozen=True, slots=True)
class WeakFact:
    """A fact that is most likely forgotten."""

    uid: str
    statement: str
    recall: float
    lapses: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All figures of the page but the scores and the article."""

    today: int
    summary: Summary
    due: Due
    answers: Mapping[int, int]  # by learner day
    windows: list[Window]
    weeks: list[tuple[int, Retention]]
    known: Known
    stabilities: tuple[float, ...]
    weakest: list[WeakFact]


def dashboard(person: Person, now: datetime) -> Dashboard:
    """Return the figures as of now; days are learner days, and suspended facts are not due."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    facts = waiting.askable_facts(memories.shelf(person))
    met = memories.of_person(person, now)
    known = [memory for memory in met if memory.fact_id in facts]
    days = db.session.connection().execute(_DAYS, {"user": person.id}).all()
    suspended, buried = memories.asleep(person, now)
    return Dashboard(
        today=today,
        summary=summary_for_home(person, now, [memory.fact_id for memory in met]),
        due=_due(known, suspended, buried, today),
        answers={row.day: row.answers for row in days},
        windows=[_window(days, today, span) for span in WINDOWS],
        weeks=weekly_retention(days, today, WEEKS),
        known=known_now([memory.recall for memory in known], len(facts)),
        stabilities=tuple(memory.stability for memory in known),
        weakest=_weakest(memory for memory in known if memory.fact_id not in suspended),
    )


def summary_for_home(person: Person, now: datetime, met: Collection[int] | None = None) -> Summary:
    """Return what waits today within the learner's limits, how long it takes, and the habit.

    `met`: the facts with a card, where they have been read already.
    """
    today = learner_day(now, person.tz, person.rollover_minutes)
    counts = waiting.counts(person, now, met)
    first = learner_day(person.created_at, person.tz, person.rollover_minutes)
    of_days = min(max(today - first + 1, 1), HABIT_DAYS)
    studied = db.session.connection().execute(
        _STUDIED, {"user": person.id, "after": today - of_days}
    )
    return Summary(
        due=counts.due,
        new=counts.new,
        minutes=ceil(counts.all * pace_ms(person) / 60_000),
        studied=sum(day <= today for day in studied.scalars()),
        of_days=of_days,
    )


def pace_ms(person: Person) -> float:
    """Return the median time of the learner's recent answers; a usual one where none is known."""
    rows = db.session.connection().execute(_PACE, {"user": person.id}).scalars()
    known = [took_ms for took_ms in rows if took_ms]
    return median(known) if known else UNKNOWN_MS


def known_now(recalls: Collection[float], facts: int) -> Known:
    """Return the sum of recall with the range that holds the true count 95 times in 100.

    Facts are taken as independent, so the variance is the sum of R (1 - R); of `facts`, those
    without a recall were never met and count 0 (Anki's `sum_by_note`).
    """
    expected = fsum(recalls)
    spread = _NORMAL_95 * sqrt(fsum(recall * (1 - recall) for recall in recalls))
    low, high = max(expected - spread, 0), min(expected + spread, len(recalls))
    return Known(expected, round(low), round(high), len(recalls), facts)


def _due(known: Iterable[FactMemory], suspended: set[int], buried: set[int], today: int) -> Due:
    """Count what falls due; what is buried today is left out, as it comes back another day."""
    return due_per_day(
        (
            memory.due_day
            for memory in known
            if memory.fact_id not in suspended
            and not (memory.due_day <= today and memory.fact_id in buried)
        ),
        today,
        AHEAD_DAYS,
    )


def _window(days: Sequence[Any], today: int, span: int | None) -> Window:
    first = 0 if span is None else today - span + 1
    return Window(span, true_retention(row for row in days if first <= row.day <= today))


def _weakest(known: Iterable[FactMemory]) -> list[WeakFact]:
    chosen = nsmallest(WEAKEST, known, key=lambda memory: memory.recall)
    facts = {
        fact_id: (uid, statement)
        for fact_id, uid, statement in db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement).where(
                Fact.id.in_([memory.fact_id for memory in chosen])
            )
        )
    }
    return [WeakFact(*facts[one.fact_id], one.recall, one.lapses) for one in chosen]
