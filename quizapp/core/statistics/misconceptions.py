"""Wrong options that many learners choose: what a class believes instead of a fact."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_CHOSEN = 3  # learners
ABOVE_CHANCE = 1.5  # chosen so many times as often as blind guessing would


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong option that `chosen` of the `wrong` learners took who answered a question wrong."""

    question: int
    option: str
    chosen: int
    wrong: int

    @property
    def share(self) -> float:
        """Its share of the wrong answers."""
        return self.chosen / self.wrong


def candidates(answers: Mapping[int, Sequence[Sequence[str]]]) -> list[int]:
    """Return the questions of which some option was chosen often enough to be looked at.

    `answers`: by question, what each learner who answered it wrong has chosen.
    """
    return [
        question
        for question, chosen in answers.items()
        if max(_counts(chosen).values(), default=0) >= LEAST_CHOSEN
    ]


def find(
    answers: Mapping[int, Sequence[Sequence[str]]], distractors: Mapping[int, Sequence[str]]
) -> list[Misconception]:
    """Return the distractors that stand out, those that most learners chose first.

    One that stands alone is left out: to be wrong is then to choose it. Of a question with several
    distractors one stands out if its share of the wrong answers is ABOVE_CHANCE times what it would
    be if all were as likely.
    """
    found = [
        Misconception(question, option, count, len(answers[question]))
        for question, options in distractors.items()
        if len(options) > 1
        for option, count in sorted(_counts(answers.get(question, ())).items())
        if option in options and _stands_out(count, len(answers[question]), len(options))
    ]
    return sorted(found, key=lambda one: (-one.chosen, -one.share, one.question, one.option))


def _counts(chosen: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(option for options in chosen for option in set(options))


def _stands_out(count: int, wrong: int, options: int) -> bool:
    return count >= LEAST_CHOSEN and count * options >= ABOVE_CHANCE * wrong
