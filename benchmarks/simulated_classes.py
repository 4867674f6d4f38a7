"""Classes whose learners' memory is not FSRS: what all of them answer, and truly know later."""

import random
from dataclasses import dataclass
from math import exp

from benchmarks.simulated_learners import Person, answers
from quizapp.core.scheduling import review_log
from quizapp.core.scheduling.review_log import UserLog

FACT_SPREAD, OWN_SPREAD = 0.5, 0.25  # of how hard a fact is: for all, and for one learner
CLASS_SPREAD, LEARNER_SPREAD = 0.3, 0.5  # of the first half-life, in logarithms


@dataclass(slots=True)
class Learner:
    """A learner of a class: the log, and the memory that made it."""

    log: UserLog
    facts: list[int]  # of each history of the log
    person: Person
    last_day: int  # of the simulation on which an answer was given

    def chance(self, fact: int, days_ahead: int) -> float:
        """Return how likely a fact is known so many days after the last answer of the class."""
        return self.person.chance(fact, self.last_day + days_ahead, 1)


def simulate(seed: int, learners: int = 30, facts: int = 0) -> list[Learner]:
    """Return a class that studied the same facts (40 to 120) for 30 to 90 days."""
    rng = random.Random(seed)
    days, facts = rng.choice((30, 60, 90)), facts or rng.choice((40, 80, 120))
    a_day = rng.choice((4, 8, 16))
    base = rng.gauss(0.8, CLASS_SPREAD)
    hardness = [rng.gauss(0, FACT_SPREAD) for _ in range(facts)]
    made = []
    for number in range(learners):
        person = _person(rng, base, hardness)
        rows = answers(rng, number, person, days, a_day)
        order = dict.fromkeys(int(row.card) for row in sorted(rows, key=lambda row: row.at_ms))
        made.append(Learner(review_log.user_log(rows), list(order), person, 0))
    last = max(days[-1] for one in made for days in one.person.days.values())
    for one in made:
        one.last_day = last
    return made


def _person(rng: random.Random, base: float, hardness: list[float]) -> Person:
    return Person(
        rng.choice(("exp", "power", "traces")), exp(rng.gauss(base, LEARNER_SPREAD)),
        exp(rng.gauss(0.6, 0.25)), rng.uniform(0.2, 0.7), rng.uniform(0, 0.2), rng.uniform(0, 0.08),
        rng.gauss(0, 0.3), [one + rng.gauss(0, OWN_SPREAD) for one in hardness],
    )  # fmt: skip
