"""How much work the next days bring at a wanted retention, and how much is known at their end.

A simulation with chances from a fixed seed, so the same question has the same answer. What is due
first is counted of every card; what follows is played for a sample of cards, and for a sample of
facts never met, whose load is then laid over the days on which they are begun. The sample makes
an error of about 4 percent (one standard deviation, against the mean of many simulations).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Final

from quizapp.core.scheduling import fsrs6
from quizapp.core.scheduling.fsrs import AGAIN, DEFAULT_WEIGHTS, GOOD, MAXIMUM_DAYS, Weights
from quizapp.core.scheduling.fuzz import fuzzed
from quizapp.core.scheduling.level import Level

SAMPLE: Final = 300  # futures of cards, spread over all of them
NEW_SAMPLE: Final = 150  # futures of a fact never met
MOST_STEPS: Final = 8  # answers within a day; then the day is over
_SEED: Final = 2
NOBODYS: Final = Level()
_EVEN_DRAWS: Final = 24  # of a future
_STEPS_NEW: Final = 2  # right answers in a row that end the first day of a fact


@dataclass(frozen=True, slots=True)
class Held:
    """A card as the simulation sees it; days are learner days."""

    stability: float
    difficulty: float
    last_day: int
    due_day: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked: so many days from `today`, at this retention, with so many new facts a day.

    new_left: facts never met; new_done: of them met today already, which today's number counts.
    step_pass: the chance of a right answer when a fact is met first or comes back within the day.
    """

    today: int
    days: int
    retention: float
    new_per_day: int = 0
    new_left: int = 0
    new_done: int = 0
    step_pass: float = 0.75

    @property
    def begun(self) -> list[int]:
        """How many facts are met first on each day."""
        left, begun = self.new_left, []
        for day in range(self.days):
            wanted = max(self.new_per_day - (0 if day else self.new_done), 0)
            begun.append(min(wanted, left))
            left -= begun[-1]
        return begun


@dataclass(frozen=True, slots=True)
class Load:
    """Answers expected on each day, steps within the day counted, and facts known at the end."""

    answers: tuple[float, ...]
    known: float


def simulate(
    cards: Sequence[Held],
    terms: Terms,
    weights: Weights = DEFAULT_WEIGHTS,
    level: Level = NOBODYS,
) -> Load:
    """Return the load if everything is answered on the day it falls due, what is overdue today.

    The first answer of a card comes on the day that is set already, whatever the retention: only
    later days follow from it. `level`: by how much the learner is better than the weights say.
    Raises ValueError as `fsrs6.model` and for a retention outside 0.1..1.
    """
    if not 0.1 <= terms.retention < 1:
        raise ValueError(f"desired retention is 0.1 to 1, not {terms.retention}")
    play = _Play(terms, weights, level)
    answers, known = _of_cards(cards, play)
    more, new_known = _of_new(play)
    total = tuple(one + other for one, other in zip(answers, more, strict=True))
    return Load(total, known + new_known)


class _Play:
    """The rules of the game: what the learner answers, and when the next answer is due."""

    def __init__(self, terms: Terms, weights: Weights, level: Level) -> None:
        self.terms = terms
        self.model = fsrs6.model(weights)
        self._level = None if level == NOBODYS else level
        self._stretch = (terms.retention ** (1 / self.model.decay) - 1) / self.model.factor
        self._random = Random(_SEED)
        self._strata: list[list[int]] = []
        self._path = self._draws = 0

    def futures(self, count: int) -> Iterator[int]:
        """Yield the number of each future before it is played.

        Over all of them the first chances lie evenly (a Latin hypercube), which takes most of the
        error of so few.
        """
        self._strata = [self._random.sample(range(count), count) for _ in range(_EVEN_DRAWS)]
        for self._path in range(count):
            self._draws = 0
            yield self._path

    def _chance(self) -> float:
        chance = self._random.random()
        if self._draws < _EVEN_DRAWS:
            strata = self._strata[self._draws]
            chance = (strata[self._path] + chance) / len(strata)
            self._draws += 1
        return chance

    def recall(self, stability: float, days: float) -> float:
        """Return the chance of recall, the learner's level counted in."""
        recall = self.model.recall(stability, days)
        return recall if self._level is None else self._level.recall(recall, days)

    def asked_again(self, chance: float) -> float:
        """Return how many answers within the day are expected after an answer with this chance."""
        return (1 - chance) / max(self.terms.step_pass, 1 / MOST_STEPS)

    def answer(self, memory: tuple[float, float], delta: int) -> tuple[tuple[float, float], int]:
        """Return the memory after a day on which it was asked, and the answers that this took."""
        if self._chance() < self.recall(memory[0], delta):
            return self.model.after(*memory, GOOD, delta), 1
        return self._steps(self.model.after(*memory, AGAIN, delta), 1, 1)

    def begin(self) -> tuple[tuple[float, float], int]:
        """Return the memory of a new fact after its first day, and the answers that this took."""
        right = self._chance() < self.terms.step_pass
        wanted = _STEPS_NEW - 1 if right else _STEPS_NEW
        return self._steps(self.model.first(GOOD if right else AGAIN), wanted, _STEPS_NEW)

    def _steps(
        self, memory: tuple[float, float], wanted: int, again: int
    ) -> tuple[tuple[float, float], int]:
        answers = 1
        while wanted and answers < MOST_STEPS:
            answers += 1
            right = self._chance() < self.terms.step_pass
            memory = self.model.after(*memory, GOOD if right else AGAIN, 0)
            wanted = wanted - 1 if right else again
        return memory, answers

    def interval(self, stability: float) -> int:
        """Return the days until the next answer, spread as they are in earnest."""
        lowest, highest = _spread(min(max(round(stability * self._stretch), 1), MAXIMUM_DAYS))
        return lowest + int(self._chance() * (highest - lowest + 1))

    def future(
        self, memory: tuple[float, float], last: int, due: int
    ) -> Iterator[tuple[int, int, tuple[float, float]]]:
        """Yield day, answers, memory after it, for each day on which the fact is asked."""
        while due < self.terms.days:
            memory, answers = self.answer(memory, due - last)
            yield due, answers, memory
            last, due = due, due + self.interval(memory[0])


@lru_cache(maxsize=4096)
def _spread(days: int) -> tuple[int, int]:
    """Return the shortest and the longest interval that fuzz makes of one."""
    return fuzzed(days, 0.0), fuzzed(days, 1 - 2.0**-53)


def _of_cards(cards: Sequence[Held], play: _Play) -> tuple[list[float], float]:
    """Return the load and the knowledge of the facts met already; days count from today here."""
    days, today = play.terms.days, play.terms.today
    answers, known = [0.0] * days, 0.0
    ordered = sorted(cards, key=lambda card: (card.due_day, card.stability, card.difficulty))
    for card in ordered:
        due = max(card.due_day - today, 0)
        if due < days:
            chance = play.recall(card.stability, max(due + today - card.last_day, 0))
            answers[due] += 1 + play.asked_again(chance)
    count = _futures_of(len(ordered))
    for n in play.futures(count):
        card = ordered[(2 * n + 1) * len(ordered) // (2 * count)]
        weight = len(ordered) / count
        last, memory = min(card.last_day - today, 0), (card.stability, card.difficulty)
        future = play.future(memory, last, max(card.due_day - today, 0))
        for turn, (day, asked, after) in enumerate(future):
            if turn:  # the first is counted above, of all cards
                answers[day] += weight * asked
            last, memory = day, after
        known += weight * play.recall(memory[0], days - last)
    return answers, known


def _futures_of(cards: int) -> int:
    """Return how many futures are played: of few cards all have the same number of them."""
    return SAMPLE if cards > SAMPLE else cards * (SAMPLE // max(cards, 1))


def _of_new(play: _Play) -> tuple[list[float], float]:
    """Return the load and the knowledge of the facts that are begun on the way."""
    days, begun = play.terms.days, play.terms.begun
    if not (total := sum(begun)):
        return [0.0] * days, 0.0
    until = list(accumulate(begun))
    by_age, known, start = [0.0] * days, 0.0, 0
    for n in play.futures(NEW_SAMPLE):
        while until[start] <= (n + 0.5) / NEW_SAMPLE * total:
            start += 1
        memory, asked = play.begin()
        by_age[0] += asked / NEW_SAMPLE
        kept, last = memory, 0
        for age, more, after in play.future(memory, 0, play.interval(memory[0])):
            by_age[age] += more / NEW_SAMPLE
            if age < days - start:
                kept, last = after, age
        known += play.recall(kept[0], days - start - last) * total / NEW_SAMPLE
    return _laid_over(by_age, begun), known


def _laid_over(by_age: Sequence[float], begun: Sequence[int]) -> list[float]:
    """Return the sum of one fact's load by age over the days on which facts are begun."""
    sums = list(accumulate(by_age))
    load = [0.0] * len(begun)
    before = 0
    for start, count in enumerate(begun):
        if count != before:  # it changes a few times at most
            for day in range(start, len(begun)):
                load[day] += (count - before) * sums[day - start]
            before = count
    return load
