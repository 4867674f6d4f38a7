"""A course's forecast in numbers and ids, worked out for all learners, facts and days at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import fsum
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, REVIEW, Memory, Weights
from quizapp.core.scheduling.level import Level
from quizapp.core.scheduling.odds import chance_of, log_odds
from quizapp.core.scheduling.plan import PlanFact, Terms, plan
from quizapp.core.scheduling.plan_recall import Recall
from quizapp.core.scheduling.repair import AT_RISK, answers_to_repair
from quizapp.core.statistics import class_forecast
from quizapp.core.statistics.class_forecast import Band, ClassForecast, Learner
from quizapp.extensions import db
from quizapp.models import Card, Course, Setting, UserDay
from quizapp.services.courses import class_memory, course_facts
from quizapp.services.courses.course_facts import CourseFacts, chunks
from quizapp.services.study import levels

KEY: Final = "forecast:{}"  # of the setting of a course, by its uid
MINUTES: Final = 15  # of study a day, where nobody said
MOST_TARGETS: Final = 8  # the next ones
MOST_CELLS: Final = 400_000  # learners x facts of all targets
SAMPLE: Final = 20  # learners for whom a plan is made; fewer where one takes long:
PLANNED, PLANNED_AT_ONCE = 24_000, 6_000  # facts x days of all plans
WEAKEST: Final = 10
USUAL_S, LEAST_S, MOST_S = 20.0, 3.0, 120.0  # of an answer
WHOLE: Final = 0  # instead of an assignment's id: the course as a whole


@dataclass(frozen=True, slots=True)
class Target:
    """A day on which something is to be known: by an assignment, or by the course as a whole."""

    id: int  # of the assignment, or WHOLE
    day: int
    facts: tuple[int, ...]
    without: frozenset[int]  # learners who are excused


class Kept(NamedTuple):
    """A memory as it is stored; a tuple, as there may be hundreds of thousands."""

    stability: float
    difficulty: float
    last_day: int
    due_day: int
    state: int

    def faded(self, day: int, recall: Recall) -> class_forecast.Faded:
        """Return the recall on a day, and how long ago the last answer is then."""
        days = day - self.last_day
        # What was missed a minute ago is on the tip of the tongue, not known.
        days = days if days > 0 else int(self.state != REVIEW)
        return recall.chance(self.stability, days), days


@dataclass(frozen=True, slots=True)
class Class:
    """The learners of a course with what a forecast needs of them."""

    learners: tuple[int, ...]
    memories: Mapping[int, Mapping[int, Kept]]
    weights: Mapping[int, Weights]
    levels: Mapping[int, Level]
    seconds: float  # of an answer

    def on(self, target: Target) -> list[Learner]:
        """Return the learners as they will be on the day of a target."""
        found = []
        for who in self.learners:
            if who not in target.without:
                mine = self.memories.get(who, {})
                recall = Recall(self.weights.get(who, DEFAULT_WEIGHTS))
                known = {
                    fact: mine[fact].faded(target.day, recall)
                    for fact in target.facts
                    if fact in mine
                }
                found.append(Learner(who, known, self.levels.get(who, Level())))
        return found


def of_course(course_id: int, now: datetime, *, at_once: bool = False) -> dict[str, Any]:
    """Return the figures as they are stored: plain JSON; see `course_forecast` for who reads them.

    at_once: somebody waits for them, so plans are made for fewer learners.
    """
    course = db.session.get_one(Course, course_id)
    setting = db.session.get(Setting, KEY.format(course.uid))
    wanted: dict[str, Any] = setting.value if setting else {}
    about = course_facts.of_course(course_id)
    learners = tuple(db.session.scalars(class_memory.learner_ids(course_id)).all())
    today = now.astimezone(ZoneInfo(course.tz)).toordinal()
    targets: list[Target] = []
    if wanted.get("on", True):
        last = date.fromisoformat(wanted["day"]) if wanted.get("day") else course.ends_on
        targets = list(_targets(about, learners, course.tz, last, now))
        targets = _fitting(targets, len(learners))
    facts = sorted({fact for one in targets for fact in one.facts})
    people = _class(course_id, tuple(sorted(learners)), facts)
    minutes = int(wanted.get("minutes", MINUTES))
    most = (PLANNED_AT_ONCE if at_once else PLANNED) // max(len(targets), 1)
    return {
        "learners": list(people.learners),
        "facts": facts,
        "minutes": minutes,
        "seconds": round(people.seconds, 1),
        "targets": [_stored(people, one, today, minutes, most) for one in targets],
    }


def _targets(
    about: CourseFacts, learners: Sequence[int], tz: str, last: date | None, now: datetime
) -> Iterator[Target]:
    """Yield what is to come, the soonest first; of two on a day the assignment."""
    found = []
    for one in about.given:
        due = one.terms.due_at or one.terms.closes_at
        if due is not None and due > now and one.facts:
            excused = frozenset(who for who in one.exceptions if one.terms_of(who).excused)
            facts = tuple(fact for fact in about.facts if fact in one.facts)
            day = due.astimezone(ZoneInfo(tz)).toordinal()
            found.append(Target(one.id, day, facts, excused))
    if last is not None and last > now.astimezone(ZoneInfo(tz)).date() and about.facts:
        found.append(Target(WHOLE, last.toordinal(), about.facts, frozenset()))
    yield from sorted(found, key=lambda one: (one.day, one.id == WHOLE, one.id))


def _fitting(targets: list[Target], learners: int) -> list[Target]:
    """Return the first ones that can be worked out in seconds; of a vast one its first facts."""
    room, found = MOST_CELLS // max(learners, 1), []
    for one in targets[:MOST_TARGETS]:
        if not room:
            break
        facts = one.facts[:room]
        found.append(Target(one.id, one.day, facts, one.without))
        room -= len(facts)
    return found


def _class(course_id: int, learners: tuple[int, ...], facts: Sequence[int]) -> Class:
    whose = class_memory.learner_ids(course_id)
    memories: dict[int, dict[int, Kept]] = {}
    for some in chunks(list(facts)):
        rows = db.session.execute(
            sa.select(
                Card.user_id, Card.fact_id, Card.stability, Card.difficulty, Card.last_day,
                Card.due_day, Card.state,
            ).where(Card.user_id.in_(whose), Card.fact_id.in_(some))
        )  # fmt: skip
        for user_id, fact_id, *kept in rows:
            memories.setdefault(user_id, {})[fact_id] = Kept._make(kept)
    return Class(
        learners,
        memories,
        class_memory.weights_of(course_id),
        levels.of_learners(db.session.connection(), whose),
        _seconds(whose),
    )


def _seconds(whose: sa.Select[int]) -> float:
    """Return how long an answer takes the class."""
    answers, ms = db.session.execute(
        sa.select(sa.func.sum(UserDay.answers), sa.func.sum(UserDay.ms)).where(
            UserDay.user_id.in_(whose)
        )
    ).one()
    if not answers or not ms:
        return USUAL_S
    return min(max(float(ms) / float(answers) / 1000, LEAST_S), MOST_S)


def _stored(people: Class, target: Target, today: int, minutes: int, most: int) -> dict[str, Any]:
    learners = people.on(target)
    found = class_forecast.forecast(target.facts, learners)
    planned, sampled = _planned(people, target, learners, found, today, minutes, most)
    return {
        "id": target.id,
        "day": target.day,
        "mean": _short(found.mean),
        "planned": None if planned is None else round(planned, 2),
        "sampled": sampled,
        "repair_s": round(_repair_s(people, target, learners, found, today), 1),
        "who": [one.id for one in learners],
        "bands": [_short(one) for one in found.learners],
        "risks": [[one.fact_id, round(one.recall, 4), one.never_met] for one in found.facts],
    }


def _short(band: Band) -> list[float]:
    return [round(one, 2) for one in (band.mean, band.low, band.high)]


def _repair_s(
    people: Class, target: Target, learners: Sequence[Learner], found: ClassForecast, today: int
) -> float:
    """Return the time that the weakest facts take a learner, on average, as `repair` has it."""
    weakest = [one.fact_id for one in found.facts[:WEAKEST]]
    answers = []
    for one in learners:
        recall = Recall(people.weights.get(one.id, DEFAULT_WEIGHTS), one.level.shift)
        mine = people.memories.get(one.id, {})
        for fact in weakest:
            known = one.memories.get(fact)
            if known is None or one.level.recall(*known) < AT_RISK:
                kept = mine.get(fact)
                memory = (kept.stability, kept.difficulty) if kept else None
                since = today - kept.last_day if kept else 0
                answers.append(answers_to_repair(recall, memory, since, target.day - today))
    return people.seconds * fsum(answers) / max(len(learners), 1)


def _planned(
    people: Class, target: Target, learners: Sequence[Learner], found: ClassForecast,
    today: int, minutes: int, most: int,
) -> tuple[float | None, int]:  # fmt: skip
    """Return what the class will know if all follow a plan, and for how many one was made.

    These are spread evenly over the class from the weakest to the strongest, and only what a plan
    brings is taken from them: what they know without is that of the whole class.
    """
    days = target.day - today
    if not learners or days < 1:
        return None, 0
    number = min(max(most // (len(target.facts) * days), 2), SAMPLE, len(learners))
    order = sorted(range(len(learners)), key=lambda place: found.learners[place].mean)
    chosen = [order[(2 * n + 1) * len(order) // (2 * number)] for n in range(number)]
    terms = Terms(today, target.day, float(minutes))
    gains = [_gain(people, target, learners[place], terms) for place in chosen]
    mean = found.mean.mean + fsum(gains) / number
    return min(max(mean, found.mean.mean), float(len(target.facts))), number


def _gain(people: Class, target: Target, learner: Learner, terms: Terms) -> float:
    """Return how many facts more a learner will know with a plan than without."""
    weights = people.weights.get(learner.id, DEFAULT_WEIGHTS)
    mine = people.memories.get(learner.id, {})
    facts = [_plan_fact(fact, mine.get(fact), people.seconds) for fact in target.facts]
    shift = learner.level.shift
    without = fsum(chance_of(log_odds(one) + shift) for one, _ in learner.memories.values())
    return plan(facts, terms, weights, shift).expected - without


def _plan_fact(fact_id: int, kept: Kept | None, seconds: float) -> PlanFact:
    if kept is None:
        return PlanFact(fact_id, None, 0, 0, seconds=seconds)
    memory = Memory(REVIEW, None, kept.stability, kept.difficulty)
    return PlanFact(fact_id, memory, kept.last_day, kept.due_day, seconds=seconds)
