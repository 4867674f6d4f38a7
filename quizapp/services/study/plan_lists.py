"""What the plans make of a learner day: the exams first, then what else is studied."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

import sqlalchemy as sa

from quizapp.core.scheduling import plan
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import Weights
from quizapp.core.scheduling.plan import DayPlan, PlanFact, Terms
from quizapp.extensions import db
from quizapp.models import UserDay
from quizapp.services.people.sessions import Person
from quizapp.services.study import goals, memories, plan_rows, plan_scope, plans, queue, waiting
from quizapp.services.study.plan_days import DayList
from quizapp.services.study.plan_facts import due_seconds, model_of, plan_facts, seconds_of
from quizapp.services.study.plan_rows import EXAM, RESCUE, Wish
from quizapp.services.study.plans import Exam

AHEAD_DAYS: Final = 28  # days off and easy days are made room for so long before
LONGEST_DAYS: Final = 400  # for which shares of days are worked out
USUAL_DAYS: Final = 14  # whose mean is a usual day
STRETCH: Final = 1.5  # a day may take so many times a usual one, to make room for easy days
LEAST_MINUTES: Final = 5.0


@dataclass(frozen=True, slots=True)
class Made:
    """Today's list, None where no plan acts today; and the plans that are over."""

    listed: DayList | None
    over: tuple[int, ...]


@dataclass
class Outlook:
    """All that plans are made from, of one learner on one day."""

    person: Person
    now: datetime
    day: int
    weights: Weights
    shift: float
    exams: list[Exam]
    rescue: Wish | None
    over: list[int]
    taken: set[int] = field(default_factory=set)  # facts that an exam has planned already
    spent: float = 0.0  # minutes studied today, taken off the day's list when it is made anew

    @cached_property
    def shelf(self) -> list[int]:
        """The banks studied today."""
        return memories.shelf(self.person, self.day)

    @cached_property
    def banks(self) -> frozenset[int]:
        """The banks for whose facts the plans speak."""
        return frozenset(self.shelf).union(*(plan_scope.banks_of(e.fact_ids) for e in self.exams))

    @cached_property
    def off(self) -> frozenset[int]:
        """The days of pauses, today and ahead."""
        spans = (plan_rows.noted(self.person) or {}).get("off", ())
        return frozenset(
            day
            for start, until in spans
            for day in range(max(start, self.day), min(until, self.day + LONGEST_DAYS) + 1)
        )

    @cached_property
    def share(self) -> dict[int, float]:
        """The days on which less is asked, today and ahead, and how much."""
        share = plan_rows.shares(self.person)
        days = range(self.day, self.day + LONGEST_DAYS)
        found = {} if share is None else {day: share(day) for day in days if day not in self.off}
        return {day: part for day, part in found.items() if part < 1}

    @property
    def uneven(self) -> bool:
        """Whether days off or easy days are near."""
        near = range(self.day, self.day + AHEAD_DAYS)
        return any(day in self.off or day in self.share for day in near)

    def facts_of(self, exam: Exam) -> list[PlanFact]:
        """Return the facts of an exam that no sooner one has; they are taken then."""
        mine = [fact for fact in exam.facts if fact not in self.taken]
        self.taken.update(mine)
        return plan_facts(self.person, mine, self.now)

    def terms(
        self,
        minutes: float,
        exam_day: int | None,
        new_per_day: int | None = None,
        since: int | None = None,
    ) -> Terms:
        """Return the terms of a plan, days off and easy days counted in.

        Of one that goes on since an earlier day, what was studied today is taken off today.
        """
        share = self.share
        if since is not None and since < self.day and self.spent > 0:
            used = min(self.spent, minutes)
            self.spent -= used
            share = {**share, self.day: share.get(self.day, 1.0) * (1 - used / minutes)}
        return Terms(
            self.day,
            exam_day,
            minutes,
            self.off,
            share,
            new_per_day,
            self.person.desired_retention,
        )

    def rest(self) -> list[PlanFact]:
        """Return what else is on the shelf, new facts in the order in which they are met.

        New ones of a bank that an exam asks for wait until the exam is over.
        """
        ids = plan_scope.ordered(self.person, waiting.askable_facts(self.shelf))
        wanted = goals.of_learner(db.session.connection(), self.person.id, self.now)
        first = [fact for _, named in wanted for fact in ids if named is not None and fact in named]
        facts = plan_facts(self.person, dict.fromkeys([*first, *ids]), self.now)
        examined = plan_scope.banks_of(self.taken)
        held = waiting.askable_facts(sorted(examined)) if examined else set()
        return [
            fact
            for fact in facts
            if fact.fact_id not in self.taken and not (fact.memory is None and fact.fact_id in held)
        ]


def outlook(person: Person, now: datetime) -> Outlook:
    """Return what the learner's plans are made from now."""
    day = learner_day(now, person.tz, person.rollover_minutes)
    exams, over, rescue = [], [], None
    for wish in plans.wishes(person):
        exam = plans.exam_of(person, wish, now) if wish.kind == EXAM else None
        if exam is not None:
            exams.append(exam)
        elif wish.kind == EXAM or (wish.until_day is not None and wish.until_day < day):
            over.append(wish.id)
        elif wish.kind == RESCUE:
            rescue = wish
    exams = sorted((one for one in exams if one.day > day), key=lambda one: (one.day, one.id))
    return Outlook(
        person,
        now,
        day,
        *model_of(person),
        exams,
        rescue,
        over,
        spent=_minutes_studied(person, day),
    )


def _minutes_studied(person: Person, day: int) -> float:
    """Return how long the learner has studied on a day."""
    ms = db.session.scalar(
        sa.select(UserDay.ms).where(UserDay.user_id == person.id, UserDay.day == day)
    )
    return (ms or 0) / 60_000


def today(person: Person, now: datetime) -> Made:
    """Return what the plans make of today."""
    known = outlook(person, now)
    until = plan_rows.off_until(person, known.day)
    if until is not None:
        return Made(DayList(known.day, known.banks, (), (), 0.0, until), tuple(known.over))
    chosen = [_of_exam(known, exam) for exam in known.exams]
    rest = known.rest()
    if known.rescue is not None and is_gone(known, rest):
        known.over.append(known.rescue.id)
        known.rescue = None
    if not (chosen or known.rescue or known.uneven):
        return Made(None, tuple(known.over))
    chosen.append(_of_rest(known, rest))
    return Made(
        DayList(
            known.day,
            known.banks,
            tuple(dict.fromkeys(fact for one in chosen for fact in one.facts)),
            tuple(dict.fromkeys(fact for one in chosen for fact in one.new)),
            round(sum(one.minutes for one in chosen), 1),
        ),
        tuple(known.over),
    )


def has_backlog(person: Person, minutes: int, now: datetime) -> bool:
    """Say whether what is due, exams apart, takes more than so many minutes."""
    known = outlook(person, now)
    for exam in known.exams:
        known.facts_of(exam)
    return due_seconds(known.rest(), known.day) > 60 * minutes


def is_gone(known: Outlook, rest: Sequence[PlanFact]) -> bool:
    """Say whether all that is due fits into the minutes of a day, so that no backlog is left."""
    minutes = known.rescue.goal["minutes"] if known.rescue else 0
    return due_seconds(rest, known.day) <= 60 * minutes


def rest_terms(known: Outlook, rest: Sequence[PlanFact]) -> Terms | None:
    """Return the terms on which the rest is planned; None where it is asked as it falls due."""
    if known.rescue is not None:
        wish = known.rescue
        return known.terms(wish.goal["minutes"], None, new_per_day=0, since=wish.from_day)
    if not known.uneven:
        return None
    share = known.share.get(known.day, 1.0)
    new = round(known.person.new_per_day * share)
    return known.terms(STRETCH * usual_minutes(known, rest), None, new_per_day=new)


def usual_minutes(known: Outlook, rest: Sequence[PlanFact]) -> float:
    """Return how long a usual day takes: what falls due in two weeks, and new facts, by day."""
    last = known.day + USUAL_DAYS - 1
    new = min(known.person.new_per_day, sum(fact.memory is None for fact in rest))
    seconds = due_seconds(rest, last) / USUAL_DAYS + 2 * new * seconds_of(known.person)
    return max(seconds / 60, LEAST_MINUTES)


def _of_exam(known: Outlook, exam: Exam) -> DayPlan:
    facts = known.facts_of(exam)
    terms = known.terms(exam.minutes_per_day, exam.day, since=exam.since)
    return plan.today(facts, terms, known.weights, known.shift)


def _of_rest(known: Outlook, rest: Sequence[PlanFact]) -> DayPlan:
    """Return what is asked of the rest: by a plan, or as it falls due within the day's limits."""
    terms = rest_terms(known, rest)
    sums = queue.day_sums(db.session.connection(), known.person, known.day)
    if terms is not None:
        new_left = max((terms.new_per_day or 0) - sums["new_facts"], 0)
        terms = replace(terms, new_per_day=new_left)
        return plan.today(near(rest, known), terms, known.weights, known.shift)
    most = max(known.person.reviews_per_day - sums["reviews"], 0)
    due = [
        one for one in rest if one.memory and one.due_day <= known.day and one.last_day < known.day
    ]
    due = sorted(due, key=lambda one: (one.due_day, one.fact_id))[:most]
    new = [one for one in rest if one.memory is None]
    new = new[: max(known.person.new_per_day - sums["new_facts"], 0)]
    seconds = sum(one.seconds for one in (*due, *new))
    return DayPlan(
        known.day,
        tuple(one.fact_id for one in due),
        tuple(one.fact_id for one in new),
        seconds / 60,
    )


def near(rest: Sequence[PlanFact], known: Outlook) -> list[PlanFact]:
    """Return what can come up in the next weeks; a plan for thousands need not hold the others."""
    last, new = known.day + 2 * AHEAD_DAYS, known.person.new_per_day * AHEAD_DAYS
    chosen = []
    for fact in rest:
        if fact.memory is None:
            new -= 1
        if new >= 0 if fact.memory is None else fact.due_day <= last:
            chosen.append(fact)
    return chosen
