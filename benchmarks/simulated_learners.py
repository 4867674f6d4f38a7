"""Learners whose memory is not FSRS: what they answer over months, for trying models out."""

import random
from dataclasses import dataclass, field
from math import exp, log

from quizapp.core.scheduling.review_log import DAY_MS, HOUR_MS, LogRow

START_MS = 1_700_000_000_000 // DAY_MS * DAY_MS
SKIPPED = 0.12  # of the days nothing is answered
MOST_A_DAY = 60
FIRST_RIGHT = 0.6
SHORTEST = 0.4  # days of a half-life


@dataclass(slots=True)
class Person:
    """How somebody forgets: half-lives that grow with success, a power law, or ACT-R traces."""

    kind: str
    base: float  # days of the first half-life
    growth: float
    lapse: float  # what a failure leaves of the half-life
    guess: float
    slip: float
    drift: float  # how much better or worse they get over the whole time
    hardness: list[float]
    half: dict[int, float] = field(default_factory=dict)
    days: dict[int, list[int]] = field(default_factory=dict)

    def chance(self, card: int, day: int, share: float) -> float:
        """Return the chance of a right answer; share: how much of the time has passed."""
        seen = self.days[card]
        elapsed = day - seen[-1]
        if self.kind == "exp":
            recall = 2.0 ** (-elapsed / self.half[card])
        elif self.kind == "power":
            recall = (1 + elapsed / self.half[card]) ** -0.7
        else:
            trace = sum(max(day - one, 0.5) ** -0.4 for one in seen)
            recall = 1 / (1 + exp(-(1.6 * log(trace) + 1 + self.hardness[card])))
        recall = min(max(recall + self.drift * share * 0.2, 0.0), 1.0)
        return self.guess + (1 - self.guess - self.slip) * recall

    def learn(self, card: int, day: int, chance: float, passed: bool) -> None:
        """Change the memory by an answer."""
        if card not in self.half:
            self.half[card] = self.base * exp(self.hardness[card]) * (1.0 if passed else 0.4)
        elif passed:
            self.half[card] *= 1 + self.growth * 1.6 * (1 - chance)
        else:
            self.half[card] = max(SHORTEST, self.half[card] * self.lapse)
        self.days.setdefault(card, []).append(day)


def learner(seed: int) -> list[LogRow]:
    """Return a learner's log: 60 to 240 days, 40 to 300 cards, planned somewhat like SM-2."""
    return simulate(seed)[0]


def simulate(seed: int, only_days: int | None = None) -> tuple[list[LogRow], Person, int]:
    """Return a learner's log, what they remember after it, and how many days it took.

    only_days: how many days it shall be instead of 60 to 240.
    """
    rng = random.Random(seed)
    days, cards, new_a_day = (
        rng.choice((60, 90, 150, 240)), rng.choice((40, 80, 150, 300)), rng.choice((10, 20, 30)),
    )  # fmt: skip
    days = only_days or days
    person = Person(
        rng.choice(("exp", "power", "traces")), exp(rng.gauss(0.8, 0.6)), exp(rng.gauss(0.6, 0.25)),
        rng.uniform(0.2, 0.7), rng.uniform(0, 0.2), rng.uniform(0, 0.08), rng.gauss(0, 0.3),
        [rng.gauss(0, 0.5) for _ in range(cards)],
    )  # fmt: skip
    return answers(rng, seed, person, days, new_a_day), person, days


def answers(
    rng: random.Random, seed: int, person: Person, days: int, new_a_day: int
) -> list[LogRow]:
    """Let a person study the cards of `hardness` for some days; returns the log."""
    cards = len(person.hardness)
    due: dict[int, int] = {}
    rows, met = [], 0
    for day in range(days):
        if rng.random() < SKIPPED:
            continue
        fresh = range(met, min(cards, met + new_a_day))
        met = fresh.stop
        for card in [*[one for one, at in due.items() if at <= day][:MOST_A_DAY], *fresh]:
            is_new = card not in person.days
            chance = FIRST_RIGHT if is_new else person.chance(card, day, day / days)
            passed = rng.random() < chance
            gap = 1 if is_new else day - person.days[card][-1] + 1
            person.learn(card, day, chance, passed)
            due[card] = day + (max(1, round(gap * rng.uniform(1.6, 2.4))) if passed else 1)
            at_ms = START_MS + day * DAY_MS + int(rng.uniform(8, 20) * HOUR_MS)
            took_ms = int(exp(rng.gauss(8.3 - 0.5 * chance, 0.5)))
            rows.append(LogRow(str(seed), str(card), at_ms, 3 if passed else 1, took_ms))
    return rows
