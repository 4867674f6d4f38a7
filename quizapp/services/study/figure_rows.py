"""The rows behind a learner's figures: facts that are due or known, and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import Bank, Fact, UserDay
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories, waiting
from quizapp.services.study.memories import FactMemory

T = TypeVar("T")
PAGE = 50
CHUNK = 500  # numbers in one IN


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins; None where there is no more."""

    rows: list[T]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact with the learner's memory of it."""

    uid: str
    statement: str
    bank: str
    recall: float
    stability: float
    due_day: int
    lapses: int
    suspended: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """A learner day in sums."""

    day: int
    answers: int
    right: int
    ms: int
    new_facts: int


def due(
    person: Person, now: datetime, day: int, after: str | None = None, most: int = PAGE
) -> Page[FactRow]:
    """Return the facts that fall due on a day, the longest overdue first; today holds overdue ones.

    The same rule as the figure: suspended facts never, buried ones not before their day.
    """
    today = learner_day(now, person.tz, person.rollover_minutes)
    suspended, buried = memories.asleep(person, now)
    facts = waiting.askable_facts(memories.shelf(person))
    chosen = [
        one
        for one in memories.of_person(person, now)
        if max(one.due_day, today) == day
        and one.fact_id in facts
        and one.fact_id not in suspended
        and not (one.due_day <= today and one.fact_id in buried)
    ]
    return _page_of(chosen, lambda one: (one.due_day, one.fact_id), suspended, after, most)


def known(
    person: Person,
    now: datetime,
    stability: tuple[float, float] = (0, float("inf")),
    after: str | None = None,
    most: int = PAGE,
) -> Page[FactRow]:
    """Return the facts met on the shelf, the weakest first; `stability` in days, [from, to)."""
    facts = waiting.askable_facts(memories.shelf(person))
    low, high = stability
    chosen = [
        one
        for one in memories.of_person(person, now)
        if one.fact_id in facts and low <= one.stability + 1e-9 < high
    ]
    suspended, _ = memories.asleep(person, now)
    # Recall falls from one page to the next view; parts in a million keep the place well enough.
    return _page_of(
        chosen, lambda one: (round(one.recall * 1e6), one.fact_id), suspended, after, most
    )


def days(person: Person, after: str | None = None, most: int = PAGE) -> Page[DayRow]:
    """Return the days on which the learner studied, the newest first."""
    select = (
        sa.select(UserDay.day, UserDay.answers, UserDay.right, UserDay.ms, UserDay.new_facts)
        .where(UserDay.user_id == person.id, UserDay.answers > 0)
        .order_by(UserDay.day.desc())
        .limit(most + 1)
    )
    if after:
        select = select.where(UserDay.day < whole(after))
    rows = [DayRow(*row) for row in db.session.execute(select)]
    return cut(rows, most, lambda row: str(row.day))


def memory_of(person: Person, now: datetime, fact_id: int) -> FactRow | None:
    """Return what the learner remembers of a fact."""
    found = memories.of_person(person, now, [fact_id])
    suspended, _ = memories.asleep(person, now)
    rows = _fact_rows(found, suspended)
    return rows[0] if rows else None


def _page_of(
    chosen: Iterable[FactMemory], key: Any, suspended: set[int], after: str | None, most: int
) -> Page[FactRow]:
    place = tuple(whole(part) for part in after.split("-")) if after else ()
    ordered = sorted((one for one in chosen if key(one) > place), key=key)
    rows = _fact_rows(ordered[:most], suspended)
    more = len(ordered) > most
    return Page(rows, "-".join(str(part) for part in key(ordered[most - 1])) if more else None)


def _fact_rows(chosen: list[FactMemory], suspended: set[int]) -> list[FactRow]:
    words: dict[int, tuple[str, str, str]] = {}
    for n in range(0, len(chosen), CHUNK):
        some = [one.fact_id for one in chosen[n : n + CHUNK]]
        for fact_id, *names in db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement, Bank.title)
            .join(Bank, Bank.id == Fact.bank_id)
            .where(Fact.id.in_(some))
        ):
            words[fact_id] = (names[0], names[1], names[2])
    return [
        FactRow(
            *words[one.fact_id],
            one.recall,
            one.stability,
            one.due_day,
            one.lapses,
            one.fact_id in suspended,
        )
        for one in chosen
    ]


def cut(rows: list[T], most: int, place: Any) -> Page[T]:
    """Return the page of rows that were read with one too many."""
    return Page(rows[:most], place(rows[most - 1]) if len(rows) > most else None)


def whole(text: str) -> int:
    """Read a place that came in an address; ValueError for anything but a number we gave."""
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ValueError(text)
    return int(text)
