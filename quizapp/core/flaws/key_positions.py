"""Where the right options stand over many questions: one place too often can be guessed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from quizapp.core.flaws.wording import choices
from quizapp.core.question import Question

FEWEST = 12  # questions of as many options; of fewer, chance alone makes such patterns
DEVIATIONS = 3.0  # standard deviations above what chance gives


@dataclass(frozen=True, slots=True)
class Pattern:
    """The right option stands at one place more often than chance would have it."""

    options: int
    position: int  # from 1
    times: int
    questions: int
    expected: float


def patterns(questions: Iterable[Question]) -> list[Pattern]:
    """Return such places, by number of options; only of options that are shown as they stand."""
    places: dict[int, Counter[int]] = {}
    for question in questions:
        if question.type == "multiple_choice":
            for each in choices(question):
                if each.key is not None and not each.is_shuffled and len(each.options) > 1:
                    counts = places.setdefault(len(each.options), Counter())
                    counts[each.options.index(each.key) + 1] += 1
    return [
        found
        for size, counts in sorted(places.items())
        for position, times in sorted(counts.items())
        if (found := _pattern(size, position, times, counts.total()))
    ]


def _pattern(options: int, position: int, times: int, questions: int) -> Pattern | None:
    if questions < FEWEST:
        return None
    share = 1 / options
    expected = questions * share
    if times <= expected + DEVIATIONS * sqrt(questions * share * (1 - share)):
        return None
    return Pattern(options, position, times, questions, expected)
