"""One fact on its way to the exam: what it will be worth with answers on given days."""

from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.scheduling.plan_recall import NEW_ANSWERS, NEW_PASS, Recall, Strength
from quizapp.core.scheduling.plan_terms import PlanFact


class Track:
    """A fact, the days on which the plan asks it, and its expected recall on exam day."""

    __slots__ = ("days", "exam_day", "fact", "first_day", "recall", "start", "taken", "value")

    def __init__(self, fact: PlanFact, recall: Recall, today: int, exam_day: int) -> None:
        self.fact = fact
        self.recall = recall
        self.exam_day = exam_day
        memory = fact.memory
        self.first_day = today if memory is None else max(today, fact.last_day + 1)
        if memory:
            self.start: Strength = memory.stability, memory.difficulty
        else:
            (known, easy), (unknown, hard) = recall.new
            self.start = known**NEW_PASS * unknown ** (1 - NEW_PASS), (easy + hard) / 2
        self.days: list[int] = []
        self.taken: dict[int, float] = {}  # seconds that the plan has set aside, by day
        self.value = self.expected(())

    @property
    def is_new(self) -> bool:
        """Say whether the fact was never met."""
        return self.fact.memory is None

    def expected(self, days: Sequence[int]) -> float:
        """Return the chance of recall on exam day if it is asked on these days, in order.

        Before the last one the two memories that an answer may leave are taken as one: the plan is
        made anew every day, from what came true.
        """
        recall = self.recall
        now, last = self.start, self.fact.last_day
        if self.fact.memory is None:
            if not days:
                return 0.0
            last, days = days[0], days[1:]
            if not days:
                known, unknown = (recall.chance(one, self.exam_day - last) for one, _ in recall.new)
                return NEW_PASS * known + (1 - NEW_PASS) * unknown
        if not days:
            return recall.chance(now[0], max(self.exam_day - last, 0))
        for day in days[:-1]:
            now, last = recall.mixed(*now, day - last), day
        return recall.then(*now, days[-1] - last, self.exam_day - days[-1])

    def with_one_more(self, days: Iterable[int]) -> Iterator[tuple[float, int]]:
        """Yield what `expected` is with one more of these days, and the day, in rising order.

        Not for a fact never met that has no first day yet.
        """
        recall, taken, exam_day = self.recall, self.days, self.exam_day
        now, last, place = self.start, self.fact.last_day, 0
        if self.fact.memory is None:
            last, place = taken[0], 1
        for day in days:
            while place < len(taken) and taken[place] < day:
                now, last = recall.mixed(*now, taken[place] - last), taken[place]
                place += 1
            if place == len(taken):
                yield recall.then(*now, day - last, exam_day - day), day
                continue
            after, before = recall.mixed(*now, day - last), day
            for one in taken[place:-1]:
                after, before = recall.mixed(*after, one - before), one
            yield recall.then(*after, taken[-1] - before, exam_day - taken[-1]), day

    def seconds(self, days: Sequence[int]) -> list[float]:
        """Return how long the fact takes on each of these days, wrong answers asked again."""
        now, last, found = self.start, self.fact.last_day, []
        for place, day in enumerate(days):
            if place == 0 and self.fact.memory is None:
                found.append(self.fact.seconds * NEW_ANSWERS)
            else:
                chance = self.recall.chance(now[0], day - last)
                found.append(self.fact.seconds * (2 - chance))
                if place < len(days) - 1:
                    now = self.recall.mixed(*now, day - last)
            last = day
        return found
