"""Who chose what: answers by thirds of the attempts, and how their choosers did elsewhere."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from quizapp.core.statistics.figures import NOTHING, Figure, absent, fisher, mean, mean_of
from quizapp.core.statistics.recall import wilson

SAME = 1e-9  # percent: what is nearer than this differs by rounding
BLANK = ""  # the label of no answer
Thirds = tuple[int, int, int]  # of the weakest, the middle and the strongest


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer. In percent: chosen, of all that were asked; rest, of the points of the others.

    thirds: how many of each third chose it. correlation: of choosing it with the rest, times 100.
    canvas: the same with the total that holds the question, of those who answered, as it is.
    """

    label: str
    chosen: Figure
    count: int
    thirds: Thirds
    rest: Figure
    correlation: Figure
    canvas: Figure


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """All answers to a question; `sizes` of the thirds, whose attempts have a rest to go by."""

    sizes: Thirds
    choices: tuple[Choice, ...]

    def of(self, label: str) -> Choice | None:
        """Return an answer by its label."""
        return next((choice for choice in self.choices if choice.label == label), None)


def thirds_of(rests: Sequence[float | None]) -> list[int | None]:
    """Return for each attempt 0 weakest, 1 middle, 2 strongest third; None without a rest.

    Equal ones stay together, in the third where the middle of them lies.
    """
    known = [(rest, at) for at, rest in enumerate(rests) if rest is not None]
    known.sort()
    third: list[int | None] = [None] * len(rests)
    first = 0
    for place, (rest, _) in enumerate(known, start=1):
        if place == len(known) or known[place][0] - rest > SAME:
            at_middle = min(int(3 * (first + place) / 2 / len(known)), 2)
            for _, at in known[first:place]:
                third[at] = at_middle
            first = place
    return third


def choice_table(
    labels: Sequence[Collection[str]],
    rests: Sequence[float | None],
    shares: Sequence[float | None],
    listed: Iterable[str] = (),
) -> ChoiceTable:
    """Return what was chosen: the `listed` labels first, then others, the commonest first.

    labels: of each attempt, each once, none where nothing was answered. rests, shares: its percent
    of the other points and of all. The last row is for no answer, if any gave none.
    """
    choosers: dict[str, list[int]] = {label: [] for label in listed}
    for at, each in enumerate(labels):
        for label in each or (BLANK,):
            choosers.setdefault(label, []).append(at)
    third, n = thirds_of(rests), len(labels)
    rest, total = _Scale(rests), _Scale(shares, choosers.get(BLANK, ()))
    sizes = Counter(third)
    return ChoiceTable(
        (sizes[0], sizes[1], sizes[2]),
        tuple(
            _choice(label, choosers[label], n, third, (rest, total))
            for label in _in_order(choosers, listed)
        ),
    )


def _in_order(choosers: Mapping[str, Sequence[int]], listed: Iterable[str]) -> list[str]:
    first = {label: place for place, label in enumerate(listed)}
    return sorted(
        choosers,
        key=lambda label: (
            label == BLANK,
            first.get(label, len(first)),
            -len(choosers[label]),
            label,
        ),
    )


def _choice(
    label: str,
    choosers: Sequence[int],
    n: int,
    third: Sequence[int | None],
    scales: "tuple[_Scale, _Scale]",
) -> Choice:
    counts = Counter(third[at] for at in choosers)
    low, high = wilson(len(choosers), n)
    rest, total = scales
    return Choice(
        label=label,
        chosen=Figure(len(choosers) / n, n, low, high).scaled(100),
        count=len(choosers),
        thirds=(counts[0], counts[1], counts[2]),
        rest=mean_of(rest.values_of(choosers)).within(-100.0, 100.0),
        correlation=rest.correlation(choosers).scaled(100),
        canvas=total.correlation(choosers) if label != BLANK else absent(0, "other-type"),
    )


class _Scale:
    """Percents of attempts, with which choosing an answer is correlated."""

    def __init__(self, values: Sequence[float | None], leave_out: Iterable[int] = ()) -> None:
        self._values = list(values)
        for at in leave_out:
            self._values[at] = None
        known = [value for value in self._values if value is not None]
        self._n, self._mean = len(known), mean(known) if known else 0.0
        self._squares = fsum([(value - self._mean) ** 2 for value in known])

    def values_of(self, places: Iterable[int]) -> list[float]:
        return [value for at in places if (value := self._values[at]) is not None]

    def correlation(self, choosers: Sequence[int]) -> Figure:
        """Return Pearson's correlation with having chosen, a variable of 0 and 1."""
        chosen, n = self.values_of(choosers), self._n
        if n < 2:
            return absent(n, "few")
        spread = len(chosen) * (1 - len(chosen) / n) * self._squares
        if spread < NOTHING * 10_000 * n:
            return absent(n, "constant")
        value = (fsum(chosen) - len(chosen) * self._mean) / sqrt(spread)
        return fisher(max(-1.0, min(1.0, value)), n)
