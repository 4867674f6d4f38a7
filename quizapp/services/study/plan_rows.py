"""The table of a learner's plans, and what each request must know of it without reading it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Plan, Snapshot, User
from quizapp.services.people.sessions import Person
from quizapp.services.study import numbering

EXAM, PAUSE, EASY, RESCUE = "exam", "pause", "easy", "rescue"
ACTIVE, ENDED, OVER = "active", "ended", "over"  # goes on; ended by the learner; by the calendar
TODAY: Final = "plan"  # the snapshot of today's list
AHEAD: Final = "plan_ahead"  # and of the days ahead
NOTED: Final = "plan"  # in users.prefs


@dataclass(frozen=True, slots=True)
class Wish:
    """A plan that goes on; `goal` as the table holds it."""

    id: int
    goal: Mapping[str, Any]
    from_day: int | None
    until_day: int | None

    @property
    def kind(self) -> str:
        """One of exam, pause, easy, rescue; empty for what we do not know."""
        return str(self.goal.get("kind", ""))


def of_user(connection: sa.Connection, user_id: int) -> list[Wish]:
    """Return the plans of a learner that go on, the oldest first."""
    rows = connection.execute(
        sa.select(Plan.id, Plan.goal, Plan.from_day, Plan.until_day)
        .where(Plan.user_id == user_id, Plan.state == ACTIVE)
        .order_by(Plan.id)
    )
    return [Wish(*row) for row in rows]


def add(
    session: Session, person: Person, goal: dict[str, Any], from_day: int, until_day: int | None
) -> int:
    """Store a plan inside the caller's transaction, the learner locked; returns its number."""
    number = numbering.take_seq(session.connection(), person.id)
    session.add(
        Plan(
            user_id=person.id,
            id=number,
            goal=goal,
            from_day=from_day,
            until_day=until_day,
            state=ACTIVE,
        )
    )
    session.flush()
    return number


def end(session: Session, user_id: int, numbers: Sequence[int], state: str) -> None:
    """Let plans end inside the caller's transaction, the learner locked."""
    numbering.take_seq(session.connection(), user_id)
    session.execute(
        sa.update(Plan).where(Plan.user_id == user_id, Plan.id.in_(numbers)).values(state=state)
    )
    note(session, user_id)


def note(session: Session, user_id: int) -> None:
    """Note in the preferences what the plans mean for every answer, and forget the lists made.

    So that whoever has no plan pays nothing, and an answer reads no table to learn of days off.
    """
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    wishes = of_user(session.connection(), user_id)
    prefs = {name: value for name, value in user.prefs.items() if name != NOTED}
    if wishes:
        prefs[NOTED] = {**_noted(wishes), "revision": user.seq}
    user.prefs = prefs
    forget_lists(session, user.uid)


def forget_lists(session: Session, uid: str) -> None:
    """Let a learner's lists be made anew at the next need, inside the caller's transaction."""
    session.execute(
        sa.delete(Snapshot).where(Snapshot.kind.in_((TODAY, AHEAD)), Snapshot.subject == uid)
    )


def _noted(wishes: Iterable[Wish]) -> dict[str, Any]:
    off: list[list[int | None]] = []
    weekdays: dict[str, float] = {}
    dates: dict[str, float] = {}
    for wish in wishes:
        if wish.kind == PAUSE:
            off.append([wish.from_day, wish.until_day])
        elif wish.kind == EASY:
            weekdays.update(wish.goal.get("weekdays", {}))
            dates.update(wish.goal.get("dates", {}))
    return {"off": off, "weekdays": weekdays, "dates": dates}


def noted(person: Person) -> Mapping[str, Any] | None:
    """Return what `note` wrote of the person's plans; None without any."""
    found = person.prefs.get(NOTED)
    return found if isinstance(found, dict) else None


def off_until(person: Person, day: int) -> int | None:
    """Return the last day of the pause that holds a learner day; None where none does."""
    spans = (noted(person) or {}).get("off", ())
    return max((until for start, until in spans if start <= day <= until), default=None)


def shares(person: Person) -> Callable[[int], float] | None:
    """Return how gladly each learner day is taken, 0..1; None where all are alike.

    Days off 0, easy days their share; a date goes before its weekday.
    """
    return shares_of(uneven_days(person))


def uneven_days(person: Person) -> dict[str, Any] | None:
    """Return the days off and easy days as they are noted; None where all days are alike."""
    told = noted(person)
    if not told or not (told["off"] or told["weekdays"] or told["dates"]):
        return None
    return {name: told[name] for name in ("off", "weekdays", "dates")}


def shares_of(told: Mapping[str, Any] | None) -> Callable[[int], float] | None:
    """Return what `shares` does, of days that were noted once."""
    if told is None:
        return None
    spans, weekdays, dates = told["off"], told["weekdays"], told["dates"]

    def share(day: int) -> float:
        if any(start <= day <= until for start, until in spans):
            return 0.0
        if str(day) in dates:
            return float(dates[str(day)])
        return float(weekdays.get(str(date.fromordinal(day).weekday()), 1.0))

    return share


def bring(session: Session, guest_id: int, account_id: int) -> None:
    """Move a guest's plans into an account where none goes on; else they go with the guest."""
    forget_lists(session, session.get_one(User, guest_id).uid)
    connection = session.connection()
    if of_user(connection, account_id):
        return
    numbers = session.scalars(
        sa.select(Plan.id).where(Plan.user_id == guest_id).order_by(Plan.id)
    ).all()
    if not numbers:
        return
    first = numbering.take_seq(connection, account_id, len(numbers))
    for number, old in enumerate(numbers, first):
        session.execute(
            sa.update(Plan)
            .where(Plan.user_id == guest_id, Plan.id == old)
            .values(user_id=account_id, id=number)
        )
    note(session, account_id)
