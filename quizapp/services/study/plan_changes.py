"""Making, changing and ending plans: what a learner may wish for, and why not."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.scheduling.days import learner_day
from quizapp.database import writing
from quizapp.models import Plan
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE, Unfit, storable
from quizapp.services.study import plan_lists, plan_rows, plan_scope, plans, responses
from quizapp.services.study.plan_rows import EASY, EXAM, PAUSE, RESCUE, Wish

FARTHEST_DAYS: Final = 366  # an exam, and the end of a pause
MOST_EXAMS, MOST_PAUSES, MOST_DATES = 10, 20, 60
__all__ = [
    "Absent",
    "Unfit",
    "change_exam",
    "end",
    "make_exam",
    "pause",
    "rescue",
    "set_easy",
    "take_up",
]


def make_exam(
    person: Person, title: str, day: int, minutes: int, target: dict[str, Any], now: datetime
) -> int:
    """Plan for an exam of one's own; returns the number of the plan.

    target: {"bank": uid}, {"quiz": uid}, or {} for the whole shelf. Raises Unfit.
    """
    goal = {"kind": EXAM, "title": _title(title), "day": day, "minutes": minutes, **target}
    today = _check_exam(person, day, minutes, now)
    scope = plan_scope.of_goal(person, goal, now)
    if scope is None or not scope.facts:
        raise Unfit("target", "There is nothing to study in it.")
    with writing() as session:
        responses.take_seq(session.connection(), person.id)  # of two tabs one makes the last
        _check_room(session, person, EXAM, MOST_EXAMS)
        number = plan_rows.add(session, person, goal, today, day)
        plan_rows.note(session, person.id)
    return number


def take_up(person: Person, assignment: str, minutes: int, now: datetime) -> int:
    """Plan for what a course has set, on the day that it has set; Absent, Unfit.

    Once planned for, the minutes are changed.
    """
    scope = dict(plan_scope.of_courses(person, now, assignment=assignment)).get(assignment)
    if scope is None or scope.day is None or not scope.facts:
        raise Absent
    today = _check_exam(person, scope.day, minutes, now)
    goal = {"kind": EXAM, "title": "", "minutes": minutes, "assignment": assignment}
    with writing() as session:
        responses.take_seq(session.connection(), person.id)
        for wish in plan_rows.of_user(session.connection(), person.id):
            if wish.goal.get("assignment") == assignment:
                _put(session, person.id, wish.id, goal, scope.day)
                return wish.id
        _check_room(session, person, EXAM, MOST_EXAMS)
        number = plan_rows.add(session, person, goal, today, scope.day)
        plan_rows.note(session, person.id)
    return number


def change_exam(
    person: Person, number: int, title: str, day: int | None, minutes: int, now: datetime
) -> None:
    """Change title, day and minutes of an exam; the day of a course's stays as the course has it.

    Raises Absent, Unfit.
    """
    wish = _find(person, number, EXAM)
    goal = {**wish.goal, "minutes": minutes, "title": _title(title) or wish.goal["title"]}
    if "assignment" in goal:
        _check_minutes(minutes)
    else:
        goal["day"] = wish.goal["day"] if day is None else day
        _check_exam(person, goal["day"], minutes, now)
    with writing() as session:
        responses.take_seq(session.connection(), person.id)
        _put(session, person.id, number, goal, goal.get("day", wish.until_day))


def pause(person: Person, from_day: int, until_day: int, now: datetime) -> int:
    """Ask nothing from one learner day to another, both counted in; Unfit."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    if until_day < from_day:
        raise Unfit("until_day", "A pause ends on the day on which it begins, or later.")
    if until_day < today:
        raise Unfit("until_day", "That is over. Give a day that is to come.")
    if until_day - from_day >= FARTHEST_DAYS:
        raise Unfit("until_day", "A pause is at most a year long.")
    if from_day > today + FARTHEST_DAYS:
        raise Unfit("from_day", "That is too far away. Give a day within a year.")
    return _make(person, {"kind": PAUSE}, max(from_day, today), until_day, MOST_PAUSES)


def set_easy(
    person: Person, weekdays: dict[int, float], dates: dict[int, float], now: datetime
) -> int | None:
    """Say on which weekdays (0 Monday) and learner days less is asked, and how much: 0..1.

    In place of what was said before; nothing said ends it. Returns the number of the plan. Unfit.
    """
    today = learner_day(now, person.tz, person.rollover_minutes)
    if any(day not in range(7) for day in weekdays):
        raise Unfit("weekdays", "This is not a day of the week.")
    if any(not 0 <= share < 1 for share in (*weekdays.values(), *dates.values())):
        raise Unfit("weekdays", "An easy day takes less than another day.")
    if len(weekdays) == 7 and not any(weekdays.values()):
        raise Unfit("weekdays", "Leave at least one day of the week to study on.")
    if any(not today <= day <= today + FARTHEST_DAYS for day in dates):
        raise Unfit("dates", "Give days that are to come, within a year.")
    if len(dates) > MOST_DATES:
        raise Unfit("dates", f"Give at most {MOST_DATES} days.")
    goal = {
        "kind": EASY,
        "weekdays": {str(day): share for day, share in sorted(weekdays.items())},
        "dates": {str(day): share for day, share in sorted(dates.items())},
    }
    until = None if weekdays else max(dates, default=None)
    return _replace(person, goal if weekdays or dates else None, EASY, today, until)


def rescue(person: Person, minutes: int, now: datetime) -> int:
    """Take what is overdue in so many minutes a day, the most worth first, until it is gone.

    Raises Unfit, also where a day of so many minutes is enough for all of it.
    """
    _check_minutes(minutes)
    if not plan_lists.has_backlog(person, minutes, now):
        raise Unfit(
            "minutes", "All that is due fits into that. Nothing needs to be taken in parts."
        )
    today = learner_day(now, person.tz, person.rollover_minutes)
    number = _replace(person, {"kind": RESCUE, "minutes": minutes}, RESCUE, today, None)
    assert number is not None  # noqa: S101 - a goal was given
    return number


def end(person: Person, number: int) -> str:
    """End one of the learner's plans; returns its kind, Absent where there is none such."""
    wish = _find(person, number)
    with writing() as session:
        plan_rows.end(session, person.id, [number], plan_rows.ENDED)
    return wish.kind


def _find(person: Person, number: int, kind: str | None = None) -> Wish:
    for wish in plans.wishes(person):
        if wish.id == number and kind in {None, wish.kind}:
            return wish
    raise Absent


def _make(person: Person, goal: dict[str, Any], start: int, until: int | None, most: int) -> int:
    with writing() as session:
        responses.take_seq(session.connection(), person.id)
        _check_room(session, person, goal["kind"], most)
        number = plan_rows.add(session, person, goal, start, until)
        plan_rows.note(session, person.id)
    return number


def _replace(
    person: Person, goal: dict[str, Any] | None, kind: str, today: int, until: int | None
) -> int | None:
    with writing() as session:
        connection = session.connection()
        responses.take_seq(connection, person.id)
        old = [wish.id for wish in plan_rows.of_user(connection, person.id) if wish.kind == kind]
        number = None if goal is None else plan_rows.add(session, person, goal, today, until)
        plan_rows.end(session, person.id, old, plan_rows.ENDED)
    return number


def _put(
    session: Session, user_id: int, number: int, goal: dict[str, Any], until: int | None
) -> None:
    session.execute(
        sa.update(Plan)
        .where(Plan.user_id == user_id, Plan.id == number)
        .values(goal=goal, until_day=until)
    )
    plan_rows.note(session, user_id)


def _check_room(session: Session, person: Person, kind: str, most: int) -> None:
    found = plan_rows.of_user(session.connection(), person.id)
    if sum(wish.kind == kind for wish in found) >= most:
        raise Unfit("title", f"You have {most} of these already. End one of them first.")


def _check_minutes(minutes: int) -> None:
    if not plans.MINUTES[0] <= minutes <= plans.MINUTES[1]:
        raise Unfit("minutes", f"Give {plans.MINUTES[0]} to {plans.MINUTES[1]} minutes a day.")


def _check_exam(person: Person, day: int, minutes: int, now: datetime) -> int:
    today = learner_day(now, person.tz, person.rollover_minutes)
    _check_minutes(minutes)
    if day <= today:
        raise Unfit("day", "Give a day that is to come: from tomorrow on.")
    if day > today + FARTHEST_DAYS:
        raise Unfit("day", "That is too far away. Give a day within a year.")
    return today


def _title(text: str) -> str:
    tidy = " ".join(text.split())
    if len(tidy) > LONGEST_TITLE:
        raise Unfit("title", f"A title has at most {LONGEST_TITLE} characters.")
    return storable("title", tidy)
