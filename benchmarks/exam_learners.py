"""Learners with months of history and an exam ahead, who follow a plan or the capping of others."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from statistics import fmean, median
from typing import Final, Protocol

from benchmarks.simulated_learners import Person
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, REVIEW, Memory, interval_for
from quizapp.core.scheduling.level import level_of
from quizapp.core.scheduling.plan import PlanFact, Terms, today
from quizapp.core.scheduling.plan_recall import Recall, Strength

HISTORY_DAYS: Final = 180
SKIPPED: Final = 0.12  # of the days nothing is answered
SECONDS: Final = 20.0
SPREAD: Final = 0.05  # of an interval: fuzz
EVEN_DAYS: Final = 14  # before the exam, in which a pile shows
_KINDS: Final = ("exp", "power", "traces")
_RECALL: Final = Recall(DEFAULT_WEIGHTS)


class Truth(Protocol):
    """What a learner really remembers."""

    def chance(self, fact: int, day: int) -> float:
        """Return the chance of a right answer."""

    def learn(self, fact: int, day: int, passed: bool) -> None:
        """Change by an answer, and by the right one that follows a wrong one."""


class FsrsTruth:
    """A memory that is FSRS-6 with the default weights; also what the planner believes."""

    def __init__(self) -> None:
        self.memory: dict[int, Strength] = {}
        self.last: dict[int, int] = {}

    def chance(self, fact: int, day: int) -> float:
        """Return the chance of a right answer."""
        return _RECALL.chance(self.memory[fact][0], day - self.last[fact])

    def learn(self, fact: int, day: int, passed: bool) -> None:
        """Change by an answer, and by the right one that follows a wrong one."""
        if fact in self.memory:
            found = _RECALL.answered(*self.memory[fact], day - self.last[fact])
            self.memory[fact] = (found[1], found[2]) if passed else (found[3], found[4])
        else:
            self.memory[fact] = _RECALL.new[0 if passed else 1]
        self.last[fact] = day


class OtherTruth:
    """A memory that is not FSRS: half-lives, a power law or ACT-R traces."""

    def __init__(self, rng: random.Random, facts: int) -> None:
        self.person = Person(
            rng.choice(_KINDS), exp(rng.gauss(1.2, 0.4)), exp(rng.gauss(1.2, 0.2)),
            rng.uniform(0.2, 0.7), 0.0, 0.0, 0.0, [rng.gauss(0, 0.5) for _ in range(facts)],
        )  # fmt: skip

    def chance(self, fact: int, day: int) -> float:
        """Return the chance of a right answer."""
        return self.person.chance(fact, day, 0.0)

    def learn(self, fact: int, day: int, passed: bool) -> None:
        """Change by an answer, and by the right one that follows a wrong one."""
        chance = self.chance(fact, day) if fact in self.person.days else 0.5
        self.person.learn(fact, day, chance, passed)


@dataclass(slots=True)
class Learner:
    """Somebody who has met all facts in the past months, and answers as the truth has it."""

    facts: int
    rng: random.Random
    truth: Truth
    believed: FsrsTruth = field(default_factory=FsrsTruth)
    due: dict[int, int] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)  # by day, repeats of the day included
    seen: list[tuple[float, bool, float]] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The share of facts that are truly known on the day on which the learner stands."""
        return fmean(self.truth.chance(fact, self.day) for fact in range(self.facts))

    @property
    def day(self) -> int:
        """The day after the last one that was studied or passed."""
        return max(self.answers, default=-1) + 1

    @property
    def minutes(self) -> Mapping[int, float]:
        """The time each day took."""
        return {day: count * SECONDS / 60 for day, count in self.answers.items()}

    def ask(self, fact: int, day: int) -> None:
        """Answer, and be asked again on the same day where it was wrong."""
        is_new = fact not in self.believed.memory
        passed = self.rng.random() < (0.5 if is_new else self.truth.chance(fact, day))
        if not is_new:
            elapsed = day - self.believed.last[fact]
            self.seen.append((self.believed.chance(fact, day), passed, elapsed))
        self.truth.learn(fact, day, passed)
        self.believed.learn(fact, day, passed)
        self.answers[day] += 3 if is_new else 1 if passed else 2
        days = interval_for(self.believed.memory[fact][0], 0.9)
        spread = self.rng.uniform(1 - SPREAD, 1 + SPREAD)
        self.due[fact] = day + max(round(days * spread), 1)

    def known(self) -> list[PlanFact]:
        """Return what a planner is told."""
        believed = self.believed
        return [
            PlanFact(
                fact,
                Memory(REVIEW, None, *believed.memory[fact]),
                believed.last[fact],
                self.due[fact],
                seconds=SECONDS,
            )
            for fact in believed.memory
        ]

    def shift(self) -> float:
        """Return by how much the learner is better than the model, as the app would learn it."""
        predicted, passed, days = zip(*self.seen[-400:], strict=True)
        return level_of(predicted, passed, None, days).shift


def with_history(seed: int, facts: int, is_fsrs: bool) -> Learner:
    """Return a learner on the day after the history, with nothing counted yet."""
    rng = random.Random(seed)
    learner = Learner(facts, rng, FsrsTruth() if is_fsrs else OtherTruth(rng, facts))
    met_on = {fact: int(rng.random() * HISTORY_DAYS * 0.95) for fact in range(facts)}
    for day in range(HISTORY_DAYS):
        learner.answers[day] = 0
        is_over = day == HISTORY_DAYS - 1  # by then everything has been met
        if rng.random() < SKIPPED and not is_over:
            continue
        for fact in range(facts):
            if met_on[fact] <= day and learner.due.get(fact, day) <= day:
                learner.ask(fact, day)
    learner.answers = {HISTORY_DAYS - 1: 0}
    return learner


def cap(learner: Learner, days: int, minutes: float | None = None) -> Learner:
    """Study with intervals cut at the days left, the field's way; minutes: of a day at most.

    The last of these days is the one before the exam: everything comes once more on it.
    """
    last = learner.day + days - 1
    for day in range(learner.day, last + 1):
        learner.answers[day] = 0
        for due, fact in sorted((due, fact) for fact, due in learner.due.items()):
            if min(due, last) > day:
                continue
            if minutes is not None and learner.minutes[day] + SECONDS / 60 > minutes:
                break
            learner.ask(fact, day)
    return learner


def follow(learner: Learner, days: int, minutes: float) -> Learner:
    """Study by a plan that is made anew every day."""
    exam_day = learner.day + days
    for day in range(learner.day, exam_day):
        found = today(
            learner.known(), Terms(day, exam_day, minutes), DEFAULT_WEIGHTS, learner.shift()
        )
        learner.answers[day] = 0
        for fact in (*found.facts, *found.new):
            learner.ask(fact, day)
    return learner


def peak(learner: Learner) -> float:
    """Return the longest day over the median one, of the last two weeks."""
    last = [learner.minutes[day] for day in sorted(learner.minutes)[-EVEN_DAYS:]]
    return max(last) / max(median(last), SECONDS / 60)
