"""The days ahead by a learner's plans: the calendar, and what the minutes buy.

Worked out once a day at the first look, in the background where it is much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

import sqlalchemy as sa

from quizapp.core.scheduling import plan
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.forecast import Forecast, forecast
from quizapp.core.scheduling.level import Level
from quizapp.core.scheduling.odds import chance_of, log_odds
from quizapp.core.scheduling.plan import Plan, PlanFact
from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Snapshot, User
from quizapp.services.operations import jobs
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import levels, plan_days, plan_lists, plan_rows, plans
from quizapp.services.study.plan_facts import plan_facts
from quizapp.services.study.plan_lists import Outlook
from quizapp.services.study.plans import MINUTES, Exam

JOB: Final = "study.plan"
SMALL: Final = 12_000  # facts times days that a request works out itself
CHOICES: Final = (0.5, 0.75, 1.0, 1.5, 2.0)  # of the minutes, to show what they buy


class Context(Protocol):
    """What a job needs of its surroundings."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a plan: the facts asked again, those met, and about how long it takes."""

    day: int
    reviews: tuple[int, ...]
    new: tuple[int, ...]
    minutes: float


@dataclass(frozen=True, slots=True)
class Course:
    """What a plan leads to: its days, and how many facts are known at their end, as expected.

    low, high: it lies between them 8 times in 10. idle: without studying any more. choices: minutes
    a day and what they lead to, fewest first. recall: of each fact at the end.
    """

    days: tuple[Day, ...]
    facts: int
    expected: float
    idle: float
    low: float
    high: float
    choices: tuple[tuple[int, float], ...]
    recall: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The plans of exams by their number, and of all else where it is planned."""

    exams: dict[int, Course]
    rest: Course | None
    as_of: datetime


def current(person: Person, now: datetime) -> Ahead | None:
    """Return the days ahead; None while they are worked out for the first time.

    What is little work is done here, which writes; of more the days come first, and what other
    minutes would buy from a worker; of much all from a worker, and the last are returned.
    """
    stored = db.session.execute(
        sa.select(Snapshot.data, Snapshot.as_of).where(
            Snapshot.kind == plan_rows.AHEAD, Snapshot.subject == person.uid
        )
    ).first()
    stamp = _stamp(person, plans.exams_of(person, now), now)
    if stored is not None and stored.data["stamp"] == stamp:
        return _of(stored.data, stored.as_of)
    known = plan_lists.outlook(person, now)
    work = _work(known)
    whole = work * (1 + len(CHOICES)) <= 2 * SMALL
    if not whole:
        _ask(person, now)
    if work <= SMALL:
        return _of(_keep(person, known, stamp, now, whole=whole), now)
    return None if stored is None else _of(stored.data, stored.as_of)


def run(payload: dict[str, Any], context: Context) -> None:
    """Work out the days ahead of the learner that a job names."""
    user_id = db.session.scalar(sa.select(User.id).where(User.uid == payload["user"]))
    person = None if user_id is None else sessions.person(user_id)
    if person is not None and plan_rows.noted(person) is not None:
        now = context.now()
        stamp = _stamp(person, plans.exams_of(person, now), now)
        _keep(person, plan_lists.outlook(person, now), stamp, now)


def _ask(person: Person, now: datetime) -> None:
    try:
        with writing() as session:
            payload = {"user": person.uid}
            jobs.enqueue(session, JOB, payload, now=now, dedupe_key=f"{JOB}:{person.uid}")
    except Busy:  # the page is asked for again
        pass


def _keep(
    person: Person, known: Outlook, stamp: list[Any], now: datetime, *, whole: bool = True
) -> dict[str, Any]:
    data = {**_made(known, CHOICES if whole else ()), "stamp": stamp}
    try:
        with writing() as session:
            if sessions.person(person.id) is not None:  # not erased meanwhile
                plan_days.keep(session.connection(), plan_rows.AHEAD, person.uid, data, now)
    except Busy:  # made anew at the next look
        pass
    return data


def _work(known: Outlook) -> int:
    """Return facts times days of what is planned, each once."""
    work = sum(len(exam.facts) * (exam.day - known.day) for exam in known.exams)
    if not (known.rescue or known.uneven):
        return work
    examined = {fact for exam in known.exams for fact in exam.facts}
    rest = [one for one in known.rest() if one.fact_id not in examined]
    return work + len(plan_lists.near(rest, known)) * plan_lists.AHEAD_DAYS


def _stamp(person: Person, exams: Iterable[Exam], now: datetime) -> list[Any]:
    """Return what changes when the days ahead have to be worked out anew."""
    told = plan_rows.noted(person) or {}
    day = learner_day(now, person.tz, person.rollover_minutes)
    dates = [[exam.id, exam.day, len(exam.facts)] for exam in exams]
    return [day, told.get("revision"), person.params_version, dates]


def _made(known: Outlook, choices: Sequence[float]) -> dict[str, Any]:
    known.spent = 0.0  # a whole day is shown, also to whoever has begun it
    level = levels.of_learner(db.session.connection(), known.person.id)
    exams = {str(exam.id): _of_exam(known, exam, choices, level) for exam in known.exams}
    rest = known.rest()
    if known.rescue is not None and plan_lists.is_gone(known, rest):
        known.rescue = None
    terms = plan_lists.rest_terms(known, rest)
    if terms is None:
        return {"exams": exams, "rest": None}
    facts = plan_lists.near(rest, known)
    made = plan.plan(facts, terms, known.weights, known.shift)
    reached = _reached(known, facts, made, known.day + plan_lists.AHEAD_DAYS, level)
    return {"exams": exams, "rest": _stored(made, *reached)}


def _of_exam(known: Outlook, exam: Exam, choices: Sequence[float], level: Level) -> dict[str, Any]:
    held = _held(known, exam)
    first = known.facts_of(exam)
    facts = plan_facts(known.person, exam.facts, known.now) if held else first
    made = {
        minutes: plan.plan(facts, known.terms(minutes, exam.day), known.weights, known.shift)
        for minutes in _minutes(exam.minutes_per_day, choices)
    }
    reached = {
        minutes: _reached(known, facts, one, exam.day, level) for minutes, one in made.items()
    }
    means = {minutes: round(one.mean, 2) for minutes, (one, _) in reached.items()}
    bought = [[minutes, mean] for minutes, mean in sorted(means.items()) if minutes]
    minutes = exam.minutes_per_day
    days = made[minutes].days
    if held:
        begun = plan.plan(first, known.terms(minutes, exam.day), known.weights, known.shift)
        days = (
            *(one for one in begun.days if one.day < held),
            *(one for one in days if one.day >= held),
        )
    shown = replace(made[minutes], days=days)
    return {**_stored(shown, *reached[minutes]), "idle": means[0], "choices": bought}


def _held(known: Outlook, exam: Exam) -> int:
    """Return the day until which sooner exams have facts of this one to themselves, 0 for none.

    What the exam leads to is said of all of its facts, as if it had them from the start.
    """
    sooner = known.exams[: known.exams.index(exam)]
    return max((one.day for one in sooner if one.fact_ids & exam.fact_ids), default=0)


def _minutes(minutes: int, choices: Sequence[float]) -> set[int]:
    """Return minutes a day to compare, none among them: nothing more is studied."""
    near = {round(minutes * share) for share in choices}
    return {0, minutes, *(one for one in near if MINUTES[0] <= one <= MINUTES[1])}


def _reached(
    known: Outlook, facts: Iterable[PlanFact], made: Plan, day: int, level: Level
) -> tuple[Forecast, dict[int, float]]:
    """Return what a plan leads to and the recall of each fact, as `forecasts` would foretell them.

    The planner counts in the shift of the level alone; here the whole of it is.
    """
    last = {one.fact_id: one.last_day for one in facts}
    last.update((fact, one.day) for one in made.days for fact in (*one.facts, *one.new))
    ago = [max(day - last[fact], 0) for fact in made.recall]
    bare = [
        chance_of(log_odds(one) - known.shift) if one > 0 else 0.0 for one in made.recall.values()
    ]
    recall = [level.recall(*one) for one in zip(bare, ago, strict=True)]
    found = forecast(bare, level, day - known.day, ago)
    return found, dict(zip(made.recall, recall, strict=True))


def _stored(made: Plan, found: Forecast, recall: Mapping[int, float]) -> dict[str, Any]:
    days = [[one.day, list(one.facts), list(one.new), round(one.minutes, 1)] for one in made.days]
    return {
        "days": days,
        "expected": round(found.mean, 2),
        "low": round(found.low, 2),
        "high": round(found.high, 2),
        "recall": [[fact, round(one, 4)] for fact, one in recall.items()],
        "idle": 0.0,
        "choices": [],
    }


def _of(data: dict[str, Any], as_of: datetime) -> Ahead:
    exams = {int(number): _course(one) for number, one in data["exams"].items()}
    return Ahead(exams, _course(data["rest"]) if data["rest"] else None, as_of)


def _course(data: dict[str, Any]) -> Course:
    days = tuple(
        Day(day, tuple(facts), tuple(new), minutes) for day, facts, new, minutes in data["days"]
    )
    return Course(
        days,
        len(data["recall"]),
        data["expected"],
        data["idle"],
        data["low"],
        data["high"],
        tuple((minutes, reached) for minutes, reached in data["choices"]),
        tuple((fact, recall) for fact, recall in data["recall"]),
    )
