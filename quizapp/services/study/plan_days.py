"""Today's list of a learner with a plan: made once a day, read by every question after that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.fsrs import REVIEW
from quizapp.core.scheduling.queue import AHEAD
from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Bank, Card, Snapshot, User
from quizapp.services import snapshot_rows
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories, plan_rows

BEYOND: Final = "beyond"  # in the note of the plans: the day on which the learner goes on without
_CHUNK: Final = 500  # numbers in one IN

_STORED = sa.select(Snapshot.data).where(
    Snapshot.kind == plan_rows.TODAY, Snapshot.subject == sa.bindparam("uid")
)
_LISTED = sa.select(Card.fact_id, Card.last_day, Card.due_at, Card.stability).where(
    Card.user_id == sa.bindparam("user"), Card.fact_id.in_(sa.bindparam("facts", expanding=True))
)
_STEPS = (
    sa.select(Card.fact_id, Card.due_at, Card.stability)
    .where(
        Card.user_id == sa.bindparam("user"),
        Card.due_at <= sa.bindparam("until"),
        Card.state != REVIEW,
        Card.last_day >= sa.bindparam("today"),
    )
    .order_by(Card.due_at, Card.fact_id)
)
_VIEWABLE = sa.select(Bank.id).where(
    Bank.id.in_(sa.bindparam("banks", expanding=True)), banks.VIEWABLE
)


@dataclass(frozen=True, slots=True)
class DayList:
    """What the plans choose for a learner day, in the order in which it is asked.

    banks: for whose facts it speaks; what is asked of others is no matter of the plan.
    minutes: as expected. off_until: the last day of a pause, in which nothing is asked.
    """

    day: int
    banks: frozenset[int]
    reviews: tuple[int, ...]
    new: tuple[int, ...]
    minutes: float
    off_until: int | None = None

    def speaks_for(self, bank_id: int | None) -> bool:
        """Say whether it decides what is asked of this bank, or of the whole shelf (None)."""
        return bank_id is None or bank_id in self.banks

    def stored(self) -> dict[str, Any]:
        """Return what the snapshot holds."""
        return {
            "day": self.day,
            "banks": sorted(self.banks),
            "reviews": list(self.reviews),
            "new": list(self.new),
            "minutes": self.minutes,
            "off_until": self.off_until,
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> "DayList":
        """Read what the snapshot holds."""
        return cls(
            data["day"],
            frozenset(data["banks"]),
            tuple(data["reviews"]),
            tuple(data["new"]),
            data["minutes"],
            data["off_until"],
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that is still to be asked, with the stability of its memory."""

    fact_id: int
    due_at: datetime
    stability: float


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a list: learning steps within the day, reviews and new facts in order."""

    steps: list[Waiting]
    reviews: list[Waiting]
    new: list[int]


def of_today(person: Person, now: datetime) -> DayList | None:
    """Return the list of the learner day; None where no plan acts, or the learner goes on without.

    Made here at the first need of the day, which writes; so it must not be called within a
    transaction that has something to lose.
    """
    told = plan_rows.noted(person)
    if told is None:
        return None
    today = learner_day(now, person.tz, person.rollover_minutes)
    if told.get(BEYOND) == today:
        return None
    data = db.session.connection().execute(_STORED, {"uid": person.uid}).scalar()
    if data is None or data["day"] != today:
        from quizapp.services.study import plan_lists  # which needs what needs this

        made = plan_lists.today(person, now)
        data = {"day": today} if made.listed is None else made.listed.stored()
        _keep(person, data, made.over, now)
    return DayList.of(data) if "banks" in data else None


def left(person: Person, listed: DayList, now: datetime) -> Left:
    """Return what of the list was not answered yet on its day, and the learning steps now due."""
    connection = db.session.connection()
    suspended, buried = memories.asleep(person, now)
    asleep = suspended | buried
    if listed.off_until is not None:
        return Left([], [], [])
    tomorrow = day_start(listed.day + 1, person.tz, person.rollover_minutes)
    until = {"user": person.id, "until": min(now + AHEAD, tomorrow), "today": listed.day}
    steps = [Waiting(*row) for row in connection.execute(_STEPS, until)]
    cards = _cards(connection, person.id, (*listed.reviews, *listed.new))
    reviews = [
        Waiting(fact, min(cards[fact].due_at, now), cards[fact].stability)
        for fact in listed.reviews
        if fact in cards and cards[fact].last_day < listed.day and fact not in asleep
    ]
    new = [fact for fact in listed.new if fact not in cards and fact not in asleep]
    return Left([one for one in steps if one.fact_id not in asleep], reviews, new)


def viewable(person: Person, listed: DayList) -> list[int]:
    """Return the banks of a list that are still the learner's to see."""
    rows = db.session.connection().execute(
        _VIEWABLE, {**banks.viewer(person), "banks": sorted(listed.banks)}
    )
    return sorted(rows.scalars())


def go_beyond(person: Person, now: datetime, *, on: bool = True) -> None:
    """Let the learner study without the plans for the rest of the day, or take that back."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    with writing() as session:
        user = session.get_one(User, person.id, with_for_update=True)
        told = user.prefs.get(plan_rows.NOTED)
        if told:
            kept = {name: value for name, value in told.items() if name != BEYOND}
            user.prefs = {
                **user.prefs,
                plan_rows.NOTED: {**kept, BEYOND: today} if on else kept,
            }


def is_beyond(person: Person, now: datetime) -> bool:
    """Say whether the learner goes on without the plans today."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    return (plan_rows.noted(person) or {}).get(BEYOND) == today


def _cards(connection: sa.Connection, user_id: int, facts: tuple[int, ...]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for at in range(0, len(facts), _CHUNK):
        some = {"user": user_id, "facts": facts[at : at + _CHUNK]}
        found.update({row.fact_id: row for row in connection.execute(_LISTED, some)})
    return found


def _keep(person: Person, data: dict[str, Any], over: Sequence[int], now: datetime) -> None:
    """Store the list if the turn to write comes, and that these plans are over.

    A list that was made of plans which have changed meanwhile is for this request only.
    """
    try:
        with writing() as session:
            user = session.get(User, person.id, with_for_update=True)
            told = (user.prefs.get(plan_rows.NOTED) if user else None) or {}
            if told.get("revision") != (plan_rows.noted(person) or {}).get("revision"):
                return
            if over:
                plan_rows.end(session, person.id, over, plan_rows.OVER)
            keep(session.connection(), plan_rows.TODAY, person.uid, data, now)
    except Busy:
        return


def keep(
    connection: sa.Connection, kind: str, uid: str, data: dict[str, Any], now: datetime
) -> None:
    """Store a snapshot of a learner's inside the caller's transaction."""
    row = {"kind": kind, "subject": uid, "data": data, "as_of": now}
    connection.execute(snapshot_rows.upsert(connection.dialect.name), row)
